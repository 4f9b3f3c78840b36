"""Every unit's overall score, best first; the highlighted one in ink, the others in grey."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis import excerpts
from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.analysis.rows import by_row
from kernels_lib.study.language import _
from kernels_lib.study.numerals import Numerals

ROW = 26
PHONE_ROW = 24
AIR = 22  # pixels between a panel and the next
PANEL = 15  # rows of a panel; a slide has two side by side


@dataclass(frozen=True)
class _Row:
    name: str
    value: float | None
    rank: int | None
    low: float | None
    high: float | None
    own: bool


def ranking(
    overall: pd.DataFrame,
    *,
    numerals: Numerals,
    floor: float,
    top: float,
    message: str,
    basis: str,
    highlight: str = "",
    target: float | None = None,
    caption: str = "",
    unit_one: str = "brand",
    unit_many: str = "brands",
    subtitle: str = "",
    identity: str = "ranking",
) -> go.Figure:
    """Overall scores in order, with their range under other weights where the frame has one.

    Parameters
    ----------
    overall : DataFrame, index unit
        `overall` and `rank`; optionally `low` and `high`, the range under other weights.
    numerals : Numerals
    floor, top : float
        Ends of the scale.
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    highlight : str, optional
        The unit drawn in ink.
    target : float, optional
        A target line.
    unit_one, unit_many : str
        What is ranked.
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: range, highlighted range, score, highlighted score, target.  Beyond 60 units a page
        shows the first, the middle and the last ones and the highlighted one; the rows behind the
        chart are all.
    """
    ordered = overall.sort_values("overall", ascending=False, kind="stable", na_position="last")
    ranged = "low" in ordered and "high" in ordered
    rows = [
        _Row(
            name=str(unit),
            value=float(row["overall"]) if known(row["overall"]) else None,
            rank=int(row["rank"]) if known(row["rank"]) else None,
            low=float(row["low"]) if ranged and known(row["low"]) and known(row["high"]) else None,
            high=float(row["high"]) if ranged and known(row["low"]) and known(row["high"]) else None,
            own=str(unit) == highlight,
        )
        for unit, row in by_row(ordered)
    ]
    scale = _("Overall score from {floor} to {top}, best first.")
    under = [scale.format(floor=numerals.target(floor), top=numerals.target(top))]
    if ranged:
        under.append(_("Thin line: range under other weights, no confidence interval."))
    if len(rows) > excerpts.MOST_LISTED:
        under.append(excerpts.rule(len(rows), unit_many, kept=highlight))
    read = [_("Each row is one of the {units}, the dot its overall score.").format(units=unit_many)]
    if ranged:
        read.append(
            _(
                "The thin line shows how far the score moves when the criteria are weighted otherwise; it says nothing "
                "about errors of rating. Where the lines of two rows overlap, their order depends on the weights."
            )
        )
    else:
        read.append(_("{units} with equal scores share the better rank.").format(units=house.capital(unit_many)))
    points = _("points")

    def draw(form: Form) -> Drawing:
        draw_panels = form.rows is not None and len(rows) > PANEL
        units = (unit_one, unit_many)
        sheet = _panels if draw_panels else _single
        return sheet(form, rows, numerals, floor=floor, top=top, target=target, ranged=ranged, units=units)

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or " ".join(under),
        caption=caption,
        alt_rows=[
            excerpts.left_out(row, unit_one, unit_many) if isinstance(row, int) else _phrase(row, target, numerals)
            for row in excerpts.excerpt(rows, keep=_is_own)
        ],
        how_to_read=" ".join(read),
        basis=basis,
        columns=[
            ("rank", _("Rank"), "", "number"),
            ("name", house.capital(unit_one), "", "text"),
            ("value", _("Overall score"), points, "number"),
            *([("gap", _("To target"), points, "number")] if target is not None else []),
            *([("low", _("Range from"), points, "number")] if ranged else []),
            *([("high", _("Range to"), points, "number")] if ranged else []),
        ],
        rows=[_cells(row, target, numerals) for row in rows],
        shown=excerpts.shown_rows(len(rows), unit_one, unit_many, [i for i, row in enumerate(rows) if row.own]),
        numerals=numerals,
    )


def _is_own(row: _Row) -> bool:
    return row.own


def _single(
    form: Form,
    everything: list[_Row],
    numerals: Numerals,
    *,
    floor: float,
    top: float,
    target: float | None,
    ranged: bool,
    units: tuple[str, str],
) -> Drawing:
    """One below the other; as many as there are, on a page."""
    if form.rows is None:
        shown = excerpts.excerpt(everything, keep=_is_own)
    else:
        shown = house.shortened(everything, PANEL, keep=_is_own)
    rows = {i: item for i, item in enumerate(shown) if isinstance(item, _Row)}
    narrow = form.names_above
    wished: float = PHONE_ROW if narrow else ROW if form.rows is None else 36
    # On a phone, too, names stand left of the dots: a row more for each name would double a long list.
    left = 104 if narrow else form.left
    across = (form.width - 20) * form.slack if narrow else form.width - form.right
    names = _names(rows, left, form, wished, across=across)
    height = _row_height(form, len(shown), names.values(), wished)
    d = Drawing(
        form, low=floor, high=top, rows=len(shown), row=height, left=left, right=46 if narrow else None,
        breaks=_breaks(names, height),
    )  # fmt: skip
    d.axis(house.ticks(floor, top), numerals, strong=target)
    hover = {i: _hover(row, len(everything), numerals) for i, row in rows.items()}
    _marks(d, rows, dict.fromkeys(rows, 0.0), {i: d.y(i) for i in rows}, hover, target, numerals)

    start = 14 if narrow else 30 if form.name == "deck" else 33
    if not narrow:
        head = _("score, range") if ranged else _("score")
        d.note(house.escaped(head), x=1, above=18, dx=start, size=form.small, colour=house.MUT)
    size = min(form.column, max(form.least, d.row * 0.6))
    values = {i: numerals.mean(row.value) for i, row in rows.items() if row.value is not None}
    widest = max((house.digits_width(value, size) for value in values.values()), default=0)
    for i, item in enumerate(shown):
        if isinstance(item, int):
            d.omitted(i, _left_out(item, len(everything), units))
            continue
        _write_name(d, item, names[i], x=0, y=d.y(i), dx=-d.left, hover=hover[i])
        if i not in values:
            _no_score(d, x=0, y=d.y(i))
            continue
        d.note(
            values[i], x=1, y=d.y(i), dx=start + widest - (6 if narrow else 0), size=size, anchor="right",
            colour=house.INK if item.own else house.INK2, bold=item.own,
        )  # fmt: skip
        if item.low is not None and not narrow:
            interval = numerals.interval(item.low, item.high)
            d.column(i, interval, dx=start + widest + 12, size=min(form.small, size), colour=house.MUT)
    return d


def _panels(
    form: Form,
    everything: list[_Row],
    numerals: Numerals,
    *,
    floor: float,
    top: float,
    target: float | None,
    ranged: bool,
    units: tuple[str, str],
) -> Drawing:
    """In two panels side by side, so that a slide names thirty."""
    shown = house.shortened(everything, 2 * PANEL, keep=_is_own)
    rows = {i: item for i, item in enumerate(shown) if isinstance(item, _Row)}
    deep = -(-len(shown) // 2)
    right, left = 66 + AIR, 184
    # Both panels lie on one axis; between them stand the scores of the first and the names of the second.
    plot = (form.width - 2 * left - 2 * right) / 2
    shift = (top - floor) * (1 + (left + right) / plot)
    names = _names(rows, left - 4, form, form.small / 0.6, across=left + plot)
    # Rows of both panels lie side by side: a name of more lines makes both higher.
    beside: dict[int, _Name] = {}
    for i, name in names.items():
        other = beside.setdefault(i % deep, name)
        beside[i % deep] = max(other, name, key=lambda one: one.high)
    height = _row_height(form, deep, beside.values(), 36)
    d = Drawing(
        form, low=floor, high=top + shift, rows=deep, row=height, left=left, right=right,
        breaks=_breaks(beside, height),
    )  # fmt: skip
    d.axis(house.ticks(floor, top), numerals, strong=target, shifts=(0.0, shift))
    hover = {i: _hover(row, len(everything), numerals) for i, row in rows.items()}
    shifts = {i: shift * (i // deep) for i in rows}
    _marks(d, rows, shifts, {i: d.y(i % deep) for i in rows}, hover, target, numerals)
    size = max(form.least, min(form.small, d.row * 0.7))
    for panel in range(2):
        x = d.across(top + shift * panel)
        head = house.escaped(_("score"))
        d.note(head, x=x, above=18, dx=right - AIR, size=form.least, colour=house.MUT, anchor="right")
    for i, item in enumerate(shown):
        panel = i // deep
        begin, end = (d.across(value + shift * panel) for value in (floor, top))
        y = d.y(i % deep)
        if isinstance(item, int):
            lines = house.fit(_left_out(item, len(everything), units), left + plot, form.least)
            text = house.stacked(lines)
            d.note(text, x=begin, y=y, dx=-left, size=form.least, colour=house.MUT, italic=True, halo=True)
            continue
        _write_name(d, item, names[i], x=begin, y=y, dx=-left + 4 * panel, hover=hover[i])
        if item.value is None:
            _no_score(d, x=begin, y=y)
            continue
        d.note(
            numerals.mean(item.value), x=end, y=y, dx=right - AIR, size=size, anchor="right",
            colour=house.INK if item.own else house.INK2, bold=item.own,
        )  # fmt: skip
    return d


def _left_out(count: int, total: int, units: tuple[str, str]) -> str:
    """What stands in the place of rows that are left out: a page, too, leaves some out of a long list."""
    return (house.units_left_out if total <= excerpts.MOST_LISTED else excerpts.left_out)(count, *units)


def _no_score(d: Drawing, *, x: float, y: float) -> None:
    text = house.escaped(_("no overall score"))
    d.note(text, x=x, y=y, dx=6, size=max(d.form.least, d.form.small - 1), colour=house.MUT, italic=True, halo=True)


def _marks(
    d: Drawing,
    rows: dict[int, _Row],
    shifts: dict[int, float],
    heights: dict[int, float],
    hover: dict[int, str],
    target: float | None,
    numerals: Numerals,
) -> None:
    """Ranges, target and dots; `shifts` are the rows' panels."""
    for own, role, colour, width in (
        (False, "range", house.QUIET, 1.5),
        (True, "highlighted range", house.INK, 2.0),
    ):
        lines = [
            (row.low + shifts[i], heights[i], row.high + shifts[i], heights[i])
            for i, row in rows.items()
            if row.own is own and row.value is not None and row.low is not None and row.high is not None
        ]
        d.line(role, lines, colour=colour, width=width)
    if target is not None:
        for shift in sorted(set(shifts.values())):
            d.target_line(target + shift, label=house.target_words(target, numerals))
    size = max(4.0, min(d.form.dot - 3, d.row * 0.7))
    for own, role, fill, wide in (
        (False, "score", house.QUIET, size),
        (True, "highlighted score", house.INK, size + 3),
    ):
        chosen = [(i, row) for i, row in rows.items() if row.own is own and row.value is not None]
        d.marks(
            role, [(row.value + shifts[i], heights[i]) for i, row in chosen], symbol="circle", size=wide, fill=fill,
            edge=house.PAPER, edge_width=1.0, hover=[hover[i] for i, __ in chosen],
        )  # fmt: skip


@dataclass(frozen=True)
class _Name:
    """A name as it is written: left of its row, or above it where there is no room beside it."""

    lines: tuple[str, ...]
    size: float
    inset: float  # pixels that the rank takes before it
    above: bool = False

    @property
    def high(self) -> float:
        return len(self.lines) * self.size * 1.25 + (2 if self.above else 4)


def _names(rows: dict[int, _Row], left: float, form: Form, height: float, *, across: float) -> dict[int, _Name]:
    """Every name in one size: in one line if that is possible, else in two; a long one in three, or above its row.

    `across` are the pixels of a line above a row.
    """
    ranks = max((len(str(row.rank)) for row in rows.values() if row.rank is not None), default=1)
    inset = house.digits_width("0" * ranks, form.small) + 8
    room = left - inset - 6

    def fitting(lines: int) -> list[str]:
        return [
            row.name
            for row in rows.values()
            if house.whole(house.fit(row.name, room, form.least, bold=True, lines=lines), row.name)
        ]

    size = min(form.title, max(form.least, height * 0.6))
    lines = 1 if len(fitting(1)) >= len(rows) - 1 else 2
    size = house.one_size(fitting(lines), room, size, form.least, bold=True, lines=lines)
    found = {}
    for i, row in rows.items():
        name = _Name(tuple(house.fit(row.name, room, size, bold=row.own, lines=lines)), size, inset)
        if not house.whole(list(name.lines), row.name):
            name = _Name(tuple(house.fit(row.name, room, form.least, bold=row.own, lines=3)), form.least, inset)
        if not house.whole(list(name.lines), row.name):
            above = house.fit(row.name, across - inset, form.least, bold=row.own, lines=3)
            name = _Name(tuple(above), form.least, inset, above=True)
        found[i] = name
    return found


def _row_height(form: Form, count: int, names: Iterable[_Name], wished: float) -> float:
    """Height of a row; on a slide, what is left when names of several lines have theirs."""
    if form.height is None:
        return wished
    names = list(names)
    room = form.height - form.top - form.bottom - sum(name.high for name in names if name.above)
    needs = [name.high for name in names if len(name.lines) > 1 and not name.above]
    height = min(wished, room / count)
    for __ in range(4):
        large = [need for need in needs if need > height]
        height = min(wished, (room - sum(large)) / max(1, count - len(large)))
    return height


def _breaks(names: dict[int, _Name], height: float) -> dict[int, float]:
    """Space around the rows whose names are higher than a row: half above and half below, or all above."""
    breaks: dict[int, float] = {}
    for i, name in names.items():
        more = name.high / height if name.above else name.high / height - 1
        if more <= 0 or (len(name.lines) == 1 and not name.above):
            continue
        part = 1.0 if name.above else 0.5
        breaks[i] = breaks.get(i, 0.0) + part * more
        breaks[i + 1] = breaks.get(i + 1, 0.0) + (1 - part) * more
    return breaks


def _write_name(d: Drawing, row: _Row, name: _Name, *, x: float, y: float, dx: float, hover: str) -> None:
    up = d.row / 2 + name.high / 2 - 2 if name.above else 0.0
    if row.rank is not None:
        size = min(d.form.small, name.size)
        d.note(str(row.rank), x=x, y=y, dx=dx + name.inset - 8, size=size, colour=house.MUT, anchor="right")
    d.note(
        house.stacked(list(name.lines)), x=x, y=y, dx=dx + name.inset, dy=up, size=name.size,
        colour=house.INK if row.own else house.INK2, bold=row.own, halo=name.above,
        hover="" if house.whole(list(name.lines), row.name) else hover,
    )  # fmt: skip


def _phrase(row: _Row, target: float | None, numerals: Numerals) -> str:
    if row.value is None:
        return _("{name} without an overall score").format(name=row.name)
    value = numerals.mean(row.value)
    if target is None:
        text = f"{row.name} {value}"
    else:
        text = house.at_target(row.name, value, round(row.value - target, 9), target, numerals)
    inside = []
    if row.rank is not None:
        inside.append(_("rank {rank}").format(rank=row.rank))
    if row.low is not None:
        inside.append(_("range {range}").format(range=numerals.interval(row.low, row.high)))
    return f"{text} ({', '.join(inside)})" if inside else text


def _hover(row: _Row, n: int, numerals: Numerals) -> str:
    if row.value is None:
        return _("{name}: no overall score.").format(name=row.name)
    value = numerals.mean(row.value)
    if row.rank is None:
        sentences = [f"{row.name}: {value}."]
    else:
        place = _("{name}: {value}, {rank} of {n}.")
        sentences = [place.format(name=row.name, value=value, rank=numerals.ordinal(row.rank), n=n)]
    if row.low is not None:
        words = _("Under other weights {low} to {high}.")
        sentences.append(words.format(low=numerals.mean(row.low), high=numerals.mean(row.high)))
    return " ".join(sentences)


def _cells(row: _Row, target: float | None, numerals: Numerals) -> dict[str, float | str | int | None]:
    gap = None if target is None or row.value is None else row.value - target
    return {
        "rank": row.rank,
        "name": row.name,
        "gap": house.number(gap, numerals.mean_decimals),
        **{key: house.number(getattr(row, key), numerals.mean_decimals) for key in ("value", "low", "high")},
    }
