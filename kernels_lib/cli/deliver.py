"""``scorecard deliver``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from kernels_lib.cli import completing
from kernels_lib.cli.app import JsonOption, StudyOption, app


@app.command()
def deliver(
    clients: Annotated[
        list[str] | None,
        typer.Argument(metavar="CLIENT", help="Clients to deliver.", autocompletion=completing.clients),
    ] = None,
    to: Annotated[str, typer.Option("--to", metavar="DEST", help="A folder, a .zip file, or a URL of either.")] = "",
    everyone: Annotated[bool, typer.Option("--all", help="Every client of the study.")] = False,
    study: StudyOption = "",
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=0, help="Worker processes; 0: one a processor.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Build clients' reports in all formats, inspect them, and hand them over.

    Example: scorecard deliver brand-07 --to out/brand-07.zip
    """
    from kernels_lib.errors import BadParameters
    from kernels_lib.paths import find_root
    from kernels_lib.production.browser import missing_for_browser
    from kernels_lib.production.delivering import LOG
    from kernels_lib.production.delivering import deliver as hand_over

    if bool(clients) == everyone:
        raise BadParameters("name clients, or give --all." if not clients else "name clients or give --all, not both.")
    lacking = missing_for_browser()
    done = hand_over(find_root(), clients or (), to, study_name=study, jobs=jobs)
    failed = [one for one in done if one.error]
    if as_json:
        rows = [
            {
                "client": one.slug,
                "to": one.place,
                "checksum": one.parcel.checksum if one.parcel else "",
                "files": sorted(one.parcel.files) if one.parcel else [],
                "inspected": bool(one.parcel and one.parcel.inspected),
                "error": one.error,
            }
            for one in done
        ]
        typer.echo(json.dumps({"ok": not failed, "delivered": rows}, indent=1, ensure_ascii=False))
        raise typer.Exit(1 if failed else 0)
    if lacking:
        typer.echo(f"Note: not inspected in a browser, and without report.pdf: {lacking}", err=True)
    for one in done:
        if one.error or one.parcel is None:
            typer.echo(f"NOT delivered: {one.slug}: {one.error}", err=True)
            continue
        seen = ", inspected in a browser" if one.parcel.inspected else ""
        typer.echo(f"{one.slug}: {len(one.parcel.files)} files, {one.parcel.size / 1e6:.1f} MB{seen}, in {one.place}")
    if len(failed) < len(done):
        typer.echo(f"Noted in {LOG}.")
    raise typer.Exit(1 if failed else 0)
