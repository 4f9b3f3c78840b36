"""``scorecard compare``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from kernels_lib.cli import completing
from kernels_lib.cli.app import JsonOption, StudyOption, app

if TYPE_CHECKING:
    from kernels_lib.production.compare.comparing import Comparison, ReportCompared

# Lines of one kind that a report shows in the terminal; the page has all.
MOST = 12


@app.command()
def compare(
    first: Annotated[
        str,
        typer.Argument(
            metavar="A", help="A build folder or .zip, now, wave=NAME, 'set:KEY=VALUE' or 'last delivered'."
        ),
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="Likewise.")],
    client: Annotated[
        list[str] | None,
        typer.Option("--client", metavar="NAME", help="Only this client.", autocompletion=completing.clients),
    ] = None,
    industry: Annotated[list[str] | None, typer.Option("--industry", metavar="NAME", help="Only this one.")] = None,
    study: StudyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say which numbers moved and which conclusions flipped between two builds, waves or sets of parameters, and why.

    Example: scorecard compare now set:alpha=0.01 --client brand-07
    """
    from kernels_lib.paths import find_root, shown
    from kernels_lib.production.compare import comparing, page

    root = find_root()
    with _progress(as_json) as told:
        compared = comparing.compare(
            root, study, first, second, clients=client or (), industries=industry or (), told=told
        )
    path = page.write(root, compared)
    if as_json:
        typer.echo(json.dumps({**comparing.as_json(compared), "page": shown(path, root)}, indent=1, ensure_ascii=False))
        return
    for line in _lines(compared):
        typer.echo(line)
    typer.echo(f"Open {shown(path, root)}")


def _lines(compared: Comparison) -> Iterator[str]:
    from kernels_lib.production.compare import page

    yield f"{compared.first.label} beside {compared.second.label}: {page.headline(compared)}"
    for report in compared.different:
        yield ""
        yield f"{report.name}: {page.counted(report)}"
        yield from _of_report(report)
    if compared.missing:
        yield ""
        yield f"In one side only: {', '.join(compared.missing)}"
    yield ""


def _of_report(report: ReportCompared) -> Iterator[str]:
    from kernels_lib.production.compare import page

    for found in (report.conclusions, report.numbers):
        cause = ""
        for each in found[:MOST]:
            mark = page.MARKS[each.item.way]
            yield f"  {each.item.words}: {each.item.before} → {mark}{each.item.after}"
            # Said once for as many as have it.
            if each.cause != cause:
                yield f"      because of {each.cause}"
            cause = each.cause
        if len(found) > MOST:
            yield f"  and {len(found) - MOST} more"


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """How many reports are computed: a bar on a terminal, a line elsewhere."""
    if quiet:
        yield lambda done, all_: None
    elif not sys.stderr.isatty():
        yield (
            lambda done, all_: (
                None if done else typer.echo(f"Computing {all_} {'report' if all_ == 1 else 'reports'}.", err=True)
            )
        )
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("computing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda done, all_: bar.update(task, completed=done, total=all_)
