"""``scorecard preview``."""

from __future__ import annotations

from typing import Annotated

import typer

from kernels_lib.cli import completing
from kernels_lib.cli.app import StudyOption, app


@app.command()
def preview(
    client: Annotated[
        str,
        typer.Argument(
            metavar="CLIENT",
            help="A client; without one the study's own report is shown first.",
            autocompletion=completing.clients,
        ),
    ] = "",
    study: StudyOption = "",
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0: the next free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Say where the page is; open nothing.")] = False,
) -> None:
    """Show a report and its deck while you change parameters, notebooks or data; Ctrl-C ends it.

    Example: scorecard preview brand-07
    """
    import webbrowser

    from kernels_lib.paths import find_root
    from kernels_lib.production.preview.desk import Desk
    from kernels_lib.production.preview.form import first_subject
    from kernels_lib.production.preview.server import Server

    root = find_root()
    desk = Desk(root, study, first_subject(root, study, client), said=lambda line: typer.echo(line, err=True))
    with Server(desk, port) as server:
        desk.start()
        typer.echo(f"Preview: {server.url}")
        typer.echo("It follows params, reports, datasets and the toolkit itself. Ctrl-C ends it.", err=True)
        if not no_browser:
            webbrowser.open(server.url)
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            typer.echo("The preview has ended. What was published stays in build/site.", err=True)
        finally:
            desk.close()
