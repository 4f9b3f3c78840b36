"""``scorecard import``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kernels_lib.cli.app import JsonOption, app

if TYPE_CHECKING:
    from kernels_lib.study.importing.bringing import Draft, Order, Written


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="csv, xlsx, sav (SPSS) or parquet.")],
    name: Annotated[str, typer.Option("--as", metavar="NAME", help="Name of the dataset: a folder in datasets/.")],
    sheet: Annotated[
        str, typer.Option("--sheet", metavar="NAME", help="Of a workbook; the one with most numbers by default.")
    ] = "",
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FILE.yaml|COLUMN=MEANING", help="What columns mean: a criterion, unit, rater, ignore ..."
        ),
    ] = None,
    instrument: Annotated[
        str, typer.Option("--instrument", metavar="NAME", help="A known one, or the name of the one to draft.")
    ] = "",
    scale: Annotated[str, typer.Option("--scale", metavar="1-7/1", help="Of an instrument to draft.")] = "",
    wave: Annotated[str, typer.Option("--wave", metavar="NAME", help="Name of the wave, where no column has it.")] = "",
    header: Annotated[int, typer.Option("--header", metavar="ROW", help="Row with the names of columns.")] = 0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take the proposal without asking.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Where there is such a dataset, keep it aside.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring new data in: a file as it is becomes a dataset, with the columns mapped to criteria.

    Example: scorecard import scores.xlsx --as wave-2026 --yes
    """
    from kernels_lib.paths import find_root
    from kernels_lib.study.importing import bringing
    from kernels_lib.study.importing.mapping import ends_of
    from kernels_lib.study.importing.proposing import Wish

    files, pairs = _maps(map_ or [])
    wish = Wish(instrument, wave, ends_of(scale) if scale else None, header)
    order = bringing.Order(find_root(), file, name, sheet, wish, files[0] if files else None, tuple(pairs), replace)
    draft = bringing.prepare(order)
    if not as_json:
        show(draft)
    if not (yes or map_ or draft.again):
        draft = _asked(draft, as_json=as_json)
    written = bringing.write(draft)
    if as_json:
        typer.echo(json.dumps(_object(draft, written), indent=1, ensure_ascii=False))
        return
    _tell(order, written)


def _maps(values: list[str]) -> tuple[list[Path], list[str]]:
    """Files of a mapping, and single columns."""
    from kernels_lib.errors import BadParameters

    files = [Path(value) for value in values if "=" not in value]
    if len(files) > 1:
        raise BadParameters(f"{len(files)} files of a mapping are named.", where="--map", remedy="Name one.")
    return files, [value for value in values if "=" in value]


def show(draft: Draft) -> None:
    """Print what is proposed: a table, then what was guessed."""
    from kernels_lib.cli.tables import table

    where = draft.order.path.name + (f", sheet {draft.sheet.name}" if draft.sheet.name else "")
    rows = sum(len(one.rows) for one in draft.tables if one.role != "remarks")
    typer.echo(f"{where}: {draft.proposal.profile.rows} rows, read as {rows} rows of {draft.tables[0].role}.")
    table(("column", "holds", "is", "because"), draft.meanings)
    declared = draft.declared
    if draft.instrument is None and declared.scale is not None:
        ends = declared.scale
        step = "any number" if ends.step is None else f"in steps of {ends.step:g}"
        typer.echo(
            f"Instrument: '{declared.instrument}', to be drafted. Scale: {ends.floor:g} to {ends.top:g}, {step}."
        )
    else:
        typer.echo(f"Instrument: '{declared.instrument}' (params/instruments/{declared.instrument}.yaml).")
    if declared.words:
        typer.echo("Words as points: " + ", ".join(f"{word} = {p:g}" for word, p in declared.words.items()) + ".")
    if declared.missing:
        typer.echo(f"Taken as missing: {', '.join(declared.missing)}.")
    if draft.again:
        typer.echo("This is the mapping of the import before.")
    for remark in draft.proposal.remarks:
        typer.echo(f"Note: {remark}.")


def _asked(draft: Draft, *, as_json: bool) -> Draft:
    """The draft as the person at the terminal wants it."""
    import sys

    from kernels_lib.errors import BadParameters, ScorecardError
    from kernels_lib.study.importing import bringing

    if as_json or not sys.stdin.isatty():
        raise BadParameters(
            "nothing was written: nobody is here to accept the proposal.",
            where="scorecard import",
            remedy="Add --yes to take it, or change it with --map 'COLUMN=criterion' (or unit, rater, ignore ...).",
        )
    while True:
        said = input("Enter to take it, COLUMN=MEANING to change one, q to leave: ").strip()
        if not said:
            return draft
        if said.casefold() in ("q", "quit", "n", "no"):
            raise typer.Abort
        try:
            draft = bringing.changed_draft(draft, [said])
        except ScorecardError as error:
            typer.echo(str(error))
            continue
        show(draft)


def _tell(order: Order, written: Written) -> None:
    from kernels_lib.paths import shown

    typer.echo(f"Written: {shown(written.folder, order.root)}, with the original untouched.")
    if written.moved:
        typer.echo(f"What was there before is kept in {shown(written.moved, order.root)}.")
    for file in written.files:
        typer.echo(f"Drafted: {file}. Rewrite its texts when you can.")
    typer.echo(f"Next: scorecard check {order.name}")


def _object(draft: Draft, written: Written) -> dict[str, object]:
    from kernels_lib.paths import shown

    root = draft.order.root
    return {
        "dataset": draft.order.name,
        "folder": shown(written.folder, root),
        "kept_before": shown(written.moved, root) if written.moved else "",
        "drafted": list(written.files),
        "study": written.study,
        "mapping": draft.declared.stored(),
        "remarks": list(draft.proposal.remarks),
        "next": f"scorecard check {draft.order.name}",
    }
