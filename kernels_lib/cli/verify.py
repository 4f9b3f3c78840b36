"""``scorecard verify``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kernels_lib.cli.app import JsonOption, app


@app.command()
def verify(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Cases to run; tests/reference_cases by default.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Hold every method against published answers.

    Example: scorecard verify
    """
    from kernels_lib.analysis.verification.runner import run_folder
    from kernels_lib.analysis.verification.table import as_object, as_table
    from kernels_lib.paths import find_root

    cases = run_folder(find_root() / "tests" / "reference_cases" if folder is None else folder)
    typer.echo(json.dumps(as_object(cases), indent=1, ensure_ascii=False) if as_json else as_table(cases))
    raise typer.Exit(0 if all(case.agrees for case in cases) else 1)
