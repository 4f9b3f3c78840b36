"""``scorecard build``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kernels_lib.cli import completing
from kernels_lib.cli.app import JsonOption, SetOption, StudyOption, app

if TYPE_CHECKING:
    from kernels_lib.production.build import Plan, Summary
    from kernels_lib.production.workers import Crew


@app.command()
def build(
    clients: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CLIENT", help="Clients to build; all reports by default.", autocompletion=completing.clients
        ),
    ] = None,
    study: StudyOption = "",
    industry: Annotated[
        list[str] | None,
        typer.Option(
            "--industry",
            metavar="NAME",
            help="An industry's report and its clients.",
            autocompletion=completing.industries,
        ),
    ] = None,
    set_: SetOption = None,
    formats: Annotated[
        str, typer.Option("--formats", metavar="LIST", help="Any of html,slides,xlsx,pptx,pdf, or all.")
    ] = "",
    inspect: Annotated[bool, typer.Option("--inspect", help="Also open each page and deck in a browser.")] = False,
    presenter: Annotated[
        bool, typer.Option("--presenter", help="Also make decks with speaker notes, in build/presenter.")
    ] = False,
    wave: Annotated[
        str, typer.Option("--wave", metavar="NAME", help="A wave of the dataset; the newest by default.")
    ] = "",
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=0, help="Worker processes; 0: one a processor.")] = 0,
    shard: Annotated[
        str, typer.Option("--shard", metavar="I/N", help="Only the I-th of N parts: other machines do the others.")
    ] = "",
    scheduler: Annotated[
        str, typer.Option("--scheduler", metavar="ADDRESS", help="A Dask scheduler: its workers make the reports.")
    ] = "",
    store: Annotated[
        str, typer.Option("--store", metavar="URL", help="Where finished files travel if workers share no folder.")
    ] = "",
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="NAME",
            help="How notebooks run: auto, warm (in a forked process), kernel (forked) or stock.",
        ),
    ] = "auto",
    assets: Annotated[
        str,
        typer.Option(
            "--assets", metavar="HOW", help="Scripts: inline in each document, or shared by all of a hosted site."
        ),
    ] = "inline",
    share_cells: Annotated[
        bool, typer.Option("--share-cells", help="Run first cells that are the same for all clients once.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Make everything again, whatever is up to date.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say what would be made and why; make nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run the reports whose inputs changed and publish them into build/site.

    Example: scorecard build brand-07 --set alpha=0.01
    """
    from kernels_lib.paths import find_root
    from kernels_lib.production import engines, head_start

    root = find_root()
    one = len(clients or ()) == 1
    forks = engine in ("auto", "warm") and engines.template.supported()
    # The workers import what they need while this process imports what it needs, and plans the build.
    begun = None
    if forks and not (scheduler or explain):
        begun = head_start.taken(root, one=one) or engines.begin(root, one=one)

    from kernels_lib.production import build as production
    from kernels_lib.production import uptodate
    from kernels_lib.production.workers import Crew

    before = uptodate.made_from(str(root))
    request = production.Request(
        root=root,
        study_name=study,
        clients=tuple(clients or ()),
        industries=tuple(industry or ()),
        overrides=tuple(set_ or ()),
        formats=tuple(part.strip() for part in formats.split(",") if part.strip()),
        wave=wave,
        engine=engine,
        inspect=inspect,
        presenter=presenter,
        assets=assets,
        shard=shard,
        force=force,
        scheduler=scheduler,
        store=store,
        share_cells=share_cells,
    )
    if explain:
        _explain(production.plan(request), as_json)
        return
    with Crew(root, engine, starts=not scheduler, one=one, begun=begun) as crew:
        planned = production.plan(request)
        for warning in planned.warnings:
            typer.echo(f"Note: {warning}", err=True)
        summary = (
            production.run(planned, jobs=jobs, crew=crew, waiting=_waits)
            if as_json
            else _with_progress(planned, jobs, crew)
        )
    if as_json:
        typer.echo(json.dumps(_build_json(summary), indent=1, ensure_ascii=False))
        raise typer.Exit(summary.exit_code)
    _tell(summary, root)
    if not summary.exit_code and not force:
        outputs, further = production.places(planned, summary)
        said = "\n".join(_said(summary, root, made=0))
        warned = "\n".join(f"Note: {warning}" for warning in [*planned.warnings, *_warnings(summary)])
        uptodate.leave(str(root), sys.argv[2:], said, warned, before=before, outputs=outputs, further=further)
    raise typer.Exit(summary.exit_code)


def _waits(holder: str) -> None:
    typer.echo(f"Another build of this study is running (process {holder}); this one begins when it ends.", err=True)


def _explain(planned: Plan, as_json: bool) -> None:
    """What a build would do, a line a report, and why."""
    from kernels_lib.production import build as production

    tasks = production.explain(planned)
    if as_json:
        rows = [
            {"kind": t.job.kind, "slug": t.job.slug, "run": t.need.run, "formats": t.need.formats, "why": t.need.why}
            for t in tasks
        ]
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for task in tasks:
        does = "would run and publish" if task.need.run else "would publish anew, without running,"
        typer.echo(f"{task.job.kind} {task.job.slug}".rstrip() + f": {does} {', '.join(task.need.formats)}")
        for reason in task.need.why:
            typer.echo(f"    {reason}")
    rest = len(planned.jobs) - len(tasks)
    if rest:
        typer.echo(f"{rest} {'report is' if rest == 1 else 'reports are'} up to date.")


def _with_progress(planned: Plan, jobs: int, crew: Crew) -> Summary:
    """Run with a bar on a terminal, with a line a report elsewhere."""
    from kernels_lib.production import build as production

    # Not what rich takes for a terminal: FORCE_COLOR, which many CI services set, asks for no moving bar in a log.
    if not sys.stderr.isatty():

        def tell(outcome: Any) -> None:
            state = "built" if outcome.ok else "FAILED"
            typer.echo(f"{state}  {outcome.job.kind} {outcome.job.slug} ({outcome.seconds:.1f} s)", err=True)

        return production.run(planned, jobs=jobs, crew=crew, progress=tell, waiting=_waits)

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def advance(outcome: Any) -> None:
            bar.update(task, advance=1, description=f"{outcome.job.kind} {outcome.job.slug}".ljust(28))

        def begin(count: int) -> None:
            bar.update(task, total=count)

        return production.run(planned, jobs=jobs, crew=crew, progress=advance, begin=begin, waiting=_waits)


def _build_json(summary: Summary) -> dict[str, Any]:
    return {
        "exit_code": summary.exit_code,
        "changed_meanwhile": list(summary.changed),
        "warnings": list(summary.warnings),
        "reports": [
            {
                "kind": o.job.kind,
                "slug": o.job.slug,
                "name": o.job.name,
                "ok": o.ok,
                "seconds": round(o.seconds, 2),
                "error": o.error,
                "failed_notebook": o.failed_notebook,
                "files": sorted(o.files),
                "warnings": list(o.warnings),
                "made": list(o.made),
            }
            for o in summary.outcomes
        ],
    }


def _tell(summary: Summary, root: Path) -> None:
    for warning in [*_warnings(summary), *summary.notes]:
        typer.echo(f"Note: {warning}", err=True)
    for message, notebooks in _alike(summary).items():
        typer.echo(message, err=True)
        kept = [path for path in notebooks if path]
        if kept:
            more = f" (and {len(kept) - 1} more of the same)" if len(kept) > 1 else ""
            typer.echo(f"The partly run notebook: {kept[0]}{more}.", err=True)
    if summary.failed:
        good = len(summary.outcomes) - len(summary.failed)
        others = (
            f"{good} other {'report is' if good == 1 else 'reports are'} published." if good else "Nothing was built."
        )
        typer.echo(f"{len(summary.failed)} failed. {others} What was published before is untouched.", err=True)
    for line in _said(summary, root, made=len(summary.made)):
        typer.echo(line)
    if summary.changed:
        more = f" and {len(summary.changed) - 3} more" if len(summary.changed) > 3 else ""
        typer.echo(
            f"{', '.join(summary.changed[:3])}{more}: changed while the build ran, so some reports may be of the old "
            "version and some of the new. Run the same command again: it makes all of them anew.",
            err=True,
        )


def _warnings(summary: Summary) -> list[str]:
    """What is to be known of the documents, each said once."""
    return list(dict.fromkeys(warning for outcome in summary.outcomes for warning in outcome.warnings))


def _said(summary: Summary, root: Path, *, made: int) -> Iterator[str]:
    """What a build says on its standard output."""
    from kernels_lib.paths import shown

    good = len(summary.outcomes) - len(summary.failed)
    kept = good - made
    if made:
        seen = " and inspected in a browser" if any(outcome.job.inspect for outcome in summary.outcomes) else ""
        rest = f", {kept} up to date" if kept else ""
        yield f"{made} {'report' if made == 1 else 'reports'} built{seen}{rest}."
    elif good:
        yield f"{good} {'report is' if good == 1 else 'reports are'} up to date."
    if good and summary.outcomes[0].job.presenter:
        folder = shown(summary.outcomes[0].job.presenter_file.parents[1], root)
        yield f"Decks with speaker notes, for presenters only: {folder}"
    if good:
        yield f"Open {shown(summary.site / 'index.html', root)}"


def _alike(summary: Summary) -> dict[str, list[str]]:
    """Failures by their message; of those that differ in the subject alone only the first is told."""
    told: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for outcome in summary.failed:
        general = outcome.error.replace(f"'{outcome.job.label}'", "")
        message = told.setdefault(general, outcome.error)
        found.setdefault(message, []).append(outcome.failed_notebook)
    return found
