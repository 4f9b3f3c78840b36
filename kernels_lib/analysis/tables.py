"""Our own accessible HTML tables: caption, scopes, alignment by kind, units in the head.

A cell is a plain text, a `Number` or safe `Markup`; what the reader sees and what the results
record come from the same cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from kernels_lib.analysis.statement import mark
from kernels_lib.study.language import N_, _
from kernels_lib.study.numerals import Numerals
from kernels_lib.study.results import Basis, Column, Number, Table
from kernels_lib.templating import Compiled


@dataclass(frozen=True)
class ShownTable:
    """A table as HTML and as it goes into the results."""

    html: Markup
    record: Table
    numbers: tuple[Number, ...]


@cache
def environment() -> Environment:
    """Templates of tables and pieces; everything is escaped unless it is `Markup`."""
    return Environment(
        loader=PackageLoader("kernels_lib.analysis", "templates"),
        bytecode_cache=Compiled(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def table(
    identity: str,
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    *,
    basis: Basis,
    subtitle: str = "",
    note: str = "",
    breaks: Sequence[int] = (),
    optional: Sequence[str] = (),
    small: bool = False,
    shown: Sequence[int | str] | None = None,
) -> ShownTable:
    """A table with a row header in its first column.

    Parameters
    ----------
    identity : str
        Id in the results, and of the HTML element.
    caption : str
        The message, as a sentence.
    columns : sequence of Column
    rows : sequence of mapping
        Column key to a text, `Number`, `Markup`, or a pair of one of these and a small second line.
    basis : Basis
        What the table's numbers rest on.
    subtitle, note : str
        Below the caption; below the table.
    breaks : sequence of int
        Rows (from 0) that begin a new group, set off by a rule.
    optional : sequence of str
        Columns that a phone may hide.
    small : bool
        Smaller type, for long tables.
    shown : sequence of int and str, optional
        Which rows the page shows, and words where it leaves some out; default all.  The results hold every row.

    Returns
    -------
    ShownTable
    """
    mains = [cell[0] if isinstance(cell, tuple) else cell for row in rows for cell in row.values()]
    numbers = [main for main in mains if isinstance(main, Number)]
    html = (
        environment()
        .get_template("table.html.j2")
        .render(
            identity=identity,
            caption=caption,
            subtitle=subtitle,
            note=note,
            columns=columns,
            body=_body(columns, rows, range(len(rows)) if shown is None else shown, set(breaks), set(optional)),
            optional=set(optional),
            small=small,
        )
    )
    record = Table(
        id=identity,
        caption=caption,
        note=note,
        columns=tuple(columns),
        rows=tuple({column.key: _plain(row.get(column.key, "")) for column in columns} for row in rows),
        basis=basis,
    )
    return ShownTable(Markup(html), record, tuple(numbers))


def _body(
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    places: Iterable[int | str],
    breaks: AbstractSet[int],
    optional: AbstractSet[str],
) -> Markup:
    """The rows; not in the template, which asks its environment for every attribute of every cell."""
    opening = [
        f'<td class="{"num" if column.kind == "number" else ""}{" opt" if column.key in optional else ""}">'
        for column in columns
    ]
    lines = []
    for number, place in enumerate(places):
        lines.append('<tr class="brk">' if number in breaks else "<tr>")
        if isinstance(place, str):
            lines.append(f'<th scope="row" colspan="{len(columns)}" class="mut">{escape(place)}</th>')
        else:
            row = rows[place]
            cells = [_shown(row.get(column.key, "")) for column in columns]
            lines.append(f'<th scope="row">{cells[0]}</th>')
            lines += [f"{tag}{cell}</td>" for tag, cell in zip(opening[1:], cells[1:], strict=True)]
        lines.append("</tr>")
    return Markup("".join(f"{line}\n" for line in lines))


def _shown(cell: Any) -> str:
    main, second = cell if isinstance(cell, tuple) else (cell, "")
    text = escape(mark(main) if isinstance(main, Number) else main)
    return f"{text}<small>{escape(second)}</small>" if second else str(text)


def _plain(cell: Any) -> Any:
    main, second = cell if isinstance(cell, tuple) else (cell, "")
    if isinstance(main, Number):
        return main.value
    text = main.striptags() if isinstance(main, Markup) else str(main)
    return f"{text} ({second})" if second and text else text


_TAGS = {
    Basis.PUBLISHED: ("", N_("published")),
    Basis.RECONSTRUCTED: ("r", N_("reconstructed")),
    Basis.MEASURED: ("m", N_("measured")),
    Basis.EVERY_TABLE: ("e", N_("true in every table")),
    Basis.ILLUSTRATIVE: ("r", N_("illustrative: made up")),
}


def provenance(basis: Basis) -> Markup:
    """The small tag that says what a number rests on."""
    kind, words = _TAGS[basis]
    return Markup('<span class="prov {}">{}</span>').format(kind, _(words))


def as_given(numerals: Numerals, value: float) -> str:
    """A number of the instrument with the decimals that it was given with: ``0.5``, ``100``."""
    return f"{value:g}".replace(".", numerals.separators[0])


def score_bar(score: float, target: float, floor: float, top: float) -> Markup:
    """A small bar that ends at the score; the open part up to the target is what is missing."""
    span = top - floor
    filled = 100 * (score - floor) / span
    mark_at = 100 * (target - floor) / span
    style = Markup('<span class="sb" aria-hidden="true" style="--t:{:.1f}%">').format(mark_at)
    if score >= target:
        return style + Markup('<i class="hit" style="width:{:.1f}%"></i></span>').format(filled)
    inner = Markup('<i style="width:{:.1f}%"></i><i class="miss" style="left:{:.1f}%;width:{:.1f}%"></i></span>')
    return style + inner.format(filled, filled, mark_at - filled)
