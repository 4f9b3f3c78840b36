"""``scorecard new``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kernels_lib.cli import completing
from kernels_lib.cli.app import StudyOption, app

if TYPE_CHECKING:
    from kernels_lib.study.scaffolding import Made

new = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Make a file to begin with: study, instrument, industry or client.\n\n"
    "Example: scorecard new client acme --brand 'Brand 12'",
)
app.add_typer(new, name="new")


@new.command()
def study(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of its folder in params/studies/.")],
    dataset: Annotated[
        str,
        typer.Option(
            "--dataset",
            metavar="NAME",
            help="A folder in datasets/; an example is made by default.",
            autocompletion=completing.datasets,
        ),
    ] = "",
    instrument: Annotated[
        str,
        typer.Option(
            "--instrument",
            metavar="NAME",
            help="A file in params/instruments/; one is made by default.",
            autocompletion=completing.instruments,
        ),
    ] = "",
) -> None:
    """Make a further study, ready to be built.

    Example: scorecard new study cafes
    """
    from kernels_lib.paths import find_root
    from kernels_lib.study.scaffolding import new_study

    _tell(new_study(find_root(), name, dataset=dataset, instrument=instrument))


@new.command()
def instrument(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of its file in params/instruments/.")],
) -> None:
    """Make an instrument: criteria, scale and stages.

    Example: scorecard new instrument service
    """
    from kernels_lib.paths import find_root
    from kernels_lib.study.scaffolding import new_instrument

    _tell(new_instrument(find_root(), name))


@new.command()
def industry(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of its file, or as in the data.")],
    value: Annotated[str, typer.Option("--value", metavar="TEXT", help="As in the data, where NAME is another.")] = "",
    study: StudyOption = "",
) -> None:
    """Make a file for what differs for one industry.

    Example: scorecard new industry north --study cafes
    """
    from kernels_lib.paths import find_root
    from kernels_lib.study.scaffolding import new_industry

    _tell(new_industry(find_root(), name, study_name=study, value=value))


@new.command()
def client(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of its file and folder, or as in the data.")],
    brand: Annotated[str, typer.Option("--brand", metavar="TEXT", help="As in the data, where NAME is another.")] = "",
    study: StudyOption = "",
) -> None:
    """Make a file for what differs for one client.

    Example: scorecard new client acme --brand "Brand 12"
    """
    from kernels_lib.paths import find_root
    from kernels_lib.study.scaffolding import new_client

    _tell(new_client(find_root(), name, study_name=study, brand=brand))


def _tell(made: Made) -> None:
    for name in made.files:
        typer.echo(f"Made {name}")
    typer.echo(f"Next: {made.next}")
