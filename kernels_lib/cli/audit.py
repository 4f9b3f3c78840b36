"""``scorecard audit``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kernels_lib.cli.app import JsonOption, app

if TYPE_CHECKING:
    from kernels_lib.production.audit import Audit


@app.command()
def audit(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A delivered folder or zip file, or a folder of such folders.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Hold a delivery against its manifest and checksums, offline.

    Example: scorecard audit build/site/clients/brand-07
    """
    from kernels_lib.production import audit as production

    found = production.audit(folder)
    wrong = any(each.problems for each in found.values())
    if as_json:
        plain = {
            name or ".": {
                "ok": not each.problems,
                "problems": list(each.problems),
                "files": dict(each.files),
                "gates_not_run": each.not_run,
                "made_from": each.manifest.get("made_from", {}),
                "rebuild": each.manifest.get("rebuild", {}),
            }
            for name, each in found.items()
        }
        typer.echo(json.dumps({"ok": not wrong, "deliveries": plain}, indent=1, ensure_ascii=False))
        raise typer.Exit(1 if wrong else 0)
    for name, each in found.items():
        _tell(name or folder.name, each)
    raise typer.Exit(1 if wrong else 0)


def _tell(name: str, found: Audit) -> None:
    if found.problems:
        typer.echo(f"{name}: not as it was published.", err=True)
        for problem in found.problems:
            typer.echo(f"    {problem}", err=True)
        return
    size = sum(found.files.values())
    typer.echo(f"{name}: {len(found.files)} files, {size:,} bytes, all as published.")
    made = found.manifest.get("provenance", {})
    typer.echo(f"    Made from {made.get('dataset', 'unknown data')} with {made.get('toolkit', 'an unknown toolkit')}.")
    again = found.manifest.get("rebuild", {}).get("command")
    if again:
        typer.echo(f"    To make it again: {again}")
    if found.not_run:
        typer.echo(f"    Not checked before publishing: {', '.join(found.not_run)}.")
