"""The command itself, and the options that several verbs share."""

from __future__ import annotations

from typing import Annotated

import typer

from kernels_lib import __version__
from kernels_lib.cli import completing

app = typer.Typer(
    name="scorecard",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Research reports made from notebooks: one page and one slide deck for each client.",
)

StudyOption = Annotated[
    str,
    typer.Option(
        "--study",
        metavar="NAME",
        help="A study in params/studies/; the main study by default.",
        autocompletion=completing.studies,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Replace one parameter, for example --set alpha=0.01."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one machine-readable object.")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"scorecard-reports {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it and stop.")
    ] = False,
) -> None:
    pass
