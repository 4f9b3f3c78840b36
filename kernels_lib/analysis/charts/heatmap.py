"""Every unit on every criterion: filled where the target is reached, open where it is missed.

The scale has two colours, not a gradient: what matters is the side of the target, the number in
the cell says how far, and two tokens keep their contrast on paper, at night and in print.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.study.language import _, _n
from kernels_lib.study.numerals import Numerals

MOST_ROWS = 60  # beyond, units are shown in tenths
PANEL = 15  # rows of a panel; a slide has two side by side


@dataclass(frozen=True)
class _Row:
    name: str
    values: list[float | None]
    overall: float | None
    own: bool
    averaged: bool  # over several units: printed as a mean


def heatmap(
    scores: pd.DataFrame,
    overall: pd.DataFrame,
    *,
    names: Mapping[str, str],
    targets: Mapping[str, float] | float,
    numerals: Numerals,
    message: str,
    basis: str,
    highlight: str = "",
    caption: str = "",
    unit_one: str = "brand",
    unit_many: str = "brands",
    subtitle: str = "",
    identity: str = "heatmap",
) -> go.Figure:
    """Scores of all units, best overall score at the top, criteria in the instrument's order.

    Parameters
    ----------
    scores : DataFrame, shape (n_units, n_criteria)
        Points; NaN where a unit was not scored.
    overall : DataFrame, index unit
        `overall`: decides the order.
    names : mapping of str to str
        Short label per criterion id.
    targets : mapping of str to float, or float
        Target per criterion.
    numerals : Numerals
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    highlight : str, optional
        A unit whose row is framed.
    unit_one, unit_many : str
        What a row is.
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: strength, missed, missing.  Beyond 60 units the rows are means of tenths, and the
        highlighted unit keeps a row of its own.
    """
    ids = [str(c) for c in scores.columns]
    goal = {c: float(targets[c] if isinstance(targets, Mapping) else targets) for c in ids}
    rows = _rows(scores, overall, highlight)
    tenths = any(row.averaged for row in rows)
    common = house.shared_target(goal.values())
    if tenths:
        what = _("Each row is the mean of a tenth of the {units}, best overall score at the top.")
    else:
        what = _("One row a {unit}, best overall score at the top.")
    if common is None:
        line = _("Filled: on its target or above. Tinted: below it.")
    else:
        line = _("Filled: on the target of {target} or above. Tinted: below it.")
    words = f"{what} {line}".format(unit=unit_one, units=unit_many, target=numerals.target(common or 0))
    points = _("points")
    labels = [str(names.get(c, c)) for c in ids]

    def draw(form: Form) -> Drawing:
        return _draw(form, rows, labels, [goal[c] for c in ids], numerals, (unit_one, unit_many))

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or words,
        caption=caption,
        alt_rows=[_phrase(row, labels, [goal[c] for c in ids], numerals) for row in rows],
        how_to_read=_how_to_read(tenths, common, unit_one, numerals),
        basis=basis,
        columns=[
            ("name", house.capital(unit_many if tenths else unit_one), "", "text"),
            *[
                (c, label, points if common is not None else _target_unit(goal[c], numerals), "number")
                for c, label in zip(ids, labels, strict=True)
            ],
            ("_overall", _("Overall"), points, "number"),
        ],
        rows=[
            {
                "name": row.name,
                **{
                    c: house.number(v, numerals.mean_decimals if row.averaged else numerals.score_decimals)
                    for c, v in zip(ids, row.values, strict=True)
                },
                "_overall": house.number(row.overall, numerals.mean_decimals),
            }
            for row in rows
        ],
        numerals=numerals,
    )


def _target_unit(target: float, numerals: Numerals) -> str:
    return _("points, target {target}").format(target=numerals.target(target))


def _how_to_read(tenths: bool, target: float | None, unit: str, numerals: Numerals) -> str:
    along = (
        _("Read along a row for one tenth, down a column for one criterion.")
        if tenths
        else _("Read along a row for one {unit}, down a column for one criterion.").format(unit=unit)
    )
    cells = (
        _("A filled cell reaches its target, a tinted one falls short; the number is the score.")
        if target is None
        else _("A filled cell reaches the target of {target}, a tinted one falls short; the number is the score.")
    )
    dash = _("A dash means not scored.")
    return f"{along} {cells.format(target=numerals.target(target or 0))} {dash}"


def _rows(scores: pd.DataFrame, overall: pd.DataFrame, highlight: str) -> list[_Row]:
    order = overall["overall"].reindex(scores.index).sort_values(ascending=False, kind="stable", na_position="last")

    def one(unit: Any) -> _Row:
        values = [float(v) if known(v) else None for v in scores.loc[unit]]
        whole = order.loc[unit]
        return _Row(str(unit), values, float(whole) if known(whole) else None, str(unit) == highlight, False)

    if len(order) <= MOST_ROWS:
        return [one(unit) for unit in order.index]
    rows = []
    edges = [round(len(order) * i / 10) for i in range(11)]
    for start, end in pairwise(edges):
        members = order.index[start:end]
        means = scores.loc[members].mean()
        whole = order.loc[members].mean()
        rows.append(
            _Row(
                _("Places {first} to {last}").format(first=start + 1, last=end),
                [float(v) if known(v) else None for v in means],
                float(whole) if known(whole) else None,
                False,
                True,
            )
        )
        rows += [one(unit) for unit in members if str(unit) == highlight]
    return rows


@dataclass(frozen=True)
class _Heads:
    """Heads of the columns: in up to two lines, or upright where a column is too narrow for that."""

    lines: tuple[tuple[str, ...], ...]
    upright: bool
    size: float
    tall: float  # pixels


def _heads(labels: list[str], room: float, size: float, form: Form) -> _Heads:
    flat = [house.fit(label, room, size) for label in labels]
    if all(house.whole(lines, label) for lines, label in zip(flat, labels, strict=True)):
        return _Heads(tuple(map(tuple, flat)), False, size, 2 * size * 1.3)
    narrowest = room * form.slack / max(form.slack, 0.94)
    most = max(1, min(3, int(narrowest / (1.2 * size))))
    tall = 40.0
    while tall < (200 if form.height is not None else 320):
        if all(house.whole(house.fit(label, tall, size, lines=most), label) for label in labels):
            break
        tall += 4
    return _Heads(tuple(tuple(house.fit(label, tall, size, lines=most)) for label in labels), True, size, tall)


@dataclass(frozen=True)
class _Grid:
    """How rows and columns are laid out in one form: panels side by side, blocks of columns one below the other."""

    form: Form
    shown: list[Any]  # rows, and the number of those left out
    labels: list[str]
    omitted: int  # columns
    size: float
    left: int
    right: int
    air: int  # behind the overall scores, before the next panel
    panels: int
    blocks: int
    columns: int
    heads: _Heads
    height: float
    name_size: float
    names: dict[int, list[str]]
    above: frozenset[int]  # rows whose names stand above them

    @property
    def deep(self) -> int:
        """Rows of a panel."""
        return -(-len(self.shown) // self.panels)

    @property
    def between(self) -> float:
        """Columns from one panel to the next."""
        width = (self.form.width / self.panels - self.left - self.right) / self.columns
        return self.columns + (self.left + self.right) / width

    def part(self, block: int) -> range:
        """Criteria of a block."""
        return range(block * self.columns, min((block + 1) * self.columns, len(self.labels)))

    def rows(self, panel: int) -> range:
        """Rows of a panel."""
        return range(panel * self.deep, min((panel + 1) * self.deep, len(self.shown)))

    def pixels_above(self, i: int) -> float:
        """Height of a name that stands above its row."""
        return len(self.names[i]) * self.name_size * 1.25 + 2 if i in self.above else 0.0

    def sheet(self) -> Drawing:
        """An empty drawing."""
        breaks = {self.deep * block: (self.heads.tall + 24) / self.height for block in range(1, self.blocks)}
        for i in self.above:
            for block in range(self.blocks):
                row = block * self.deep + i % self.deep
                breaks[row] = breaks.get(row, 0.0) + self.pixels_above(i) / self.height
        return Drawing(
            self.form, low=-0.5, high=self.between * (self.panels - 1) + self.columns - 0.5,
            rows=self.deep * self.blocks, row=self.height, breaks=breaks, left=self.left, right=self.right,
            top=round(self.heads.tall + 12), bottom=34 if self.omitted else 8,
        )  # fmt: skip


def _grid(form: Form, everything: list[_Row], labels: list[str], numerals: Numerals) -> _Grid:
    narrow, deck = form.names_above, form.height is not None
    panels = 2 if deck and len(everything) > PANEL else 1
    shown = house.shortened(everything, PANEL * panels if deck else None, keep=lambda row: row.own)
    rows = {i: item for i, item in enumerate(shown) if isinstance(item, _Row)}
    size = form.least if narrow or deck else form.least + 0.5
    least, most = (56, 96) if narrow else (110, 230) if deck else (110, 200)
    longest = max(house.text_width(row.name, size, bold=True) for row in rows.values()) + 12
    left = round(min(max(longest, least), most))
    right, air = 42 if narrow else 60 if not deck else 84, 14 if panels > 1 else 2
    plot = form.width / panels - left - right
    cell = max(house.text_width(_text(v, row, numerals), size) for row in rows.values() for v in row.values)
    # As many columns side by side as keep their numbers readable; further ones in blocks below.
    fitting = max(1, int(plot * form.slack / (cell + (6 if narrow else 10))))
    # A slide has no room for blocks and says what it leaves out.
    omitted = max(0, len(labels) - fitting) if deck else 0
    labels = labels[: len(labels) - omitted]
    blocks = -(-len(labels) // fitting)
    columns = -(-len(labels) // blocks)
    # Heads of two lines need the width of a page more than the numbers do.
    heads = _heads(labels, plot / columns * max(form.slack, 0.94) - 2, size, form)

    # Names in one line or, on a page, in two; longer ones stand above their rows.
    def written(row: _Row, size: float, lines: int) -> list[str]:
        return house.fit(row.name, left - 10, size, bold=row.own, lines=lines)

    lines = 1 if deck else 2
    above = frozenset(i for i, row in rows.items() if not house.whole(written(row, form.least, lines), row.name))
    beside = [row.name for i, row in rows.items() if i not in above]
    name_size = house.one_size(beside, left - 10, size, form.least, bold=True, lines=lines)
    across = left + plot * form.slack
    names = {
        i: house.fit(row.name, across, name_size, bold=row.own, lines=3)
        if i in above
        else written(row, name_size, lines)
        for i, row in rows.items()
    }
    lines = max((len(names[i]) for i in rows if i not in above), default=1)
    height = 24.0 if narrow else 28.0 if not deck else 36.0
    height = 21.0 if len(shown) > 40 else height
    height = max(height, lines * name_size * 1.25 + 3) if lines > 1 else height
    grid = _Grid(
        form, shown, labels, omitted, size, left, right, air, panels, blocks, columns, heads, height, name_size, names,
        above,
    )  # fmt: skip
    if form.height is None:
        return grid
    taken = heads.tall + 12 + (34 if omitted else 8) + sum(map(grid.pixels_above, above))
    return replace(grid, height=min(height, (form.height - taken) / grid.deep))


def _draw(
    form: Form,
    everything: list[_Row],
    labels: list[str],
    goals: list[float],
    numerals: Numerals,
    units: tuple[str, str],
) -> Drawing:
    grid = _grid(form, everything, labels, numerals)
    d = grid.sheet()
    for panel in range(grid.panels):
        begin = panel * grid.between
        head = house.escaped(_("overall"))
        _at_end(d, grid, begin, head, above=12, colour=house.MUT)
        for block in range(grid.blocks):
            first = block * grid.deep - panel * grid.deep
            _write_heads(d, grid, grid.part(block), begin, block * grid.deep)
            for i in grid.rows(panel):
                item, y = grid.shown[i], d.y(first + i)
                if isinstance(item, int):
                    _write_omitted(d, grid, begin, y, house.units_left_out(item, *units))
                    continue
                _write_name(d, grid, i, begin, y)
                if block == 0:
                    _at_end(d, grid, begin, numerals.mean(item.overall), y=y, colour=house.INK, bold=True)
                if item.own:
                    _frame(d, begin, len(grid.part(block)), y)
            _fill(d, grid, goals, numerals, panel, block)
    if grid.omitted:
        text = _n(
            "{n} further criterion is left out here; the report shows all",
            "{n} further criteria are left out here; the report shows all",
            grid.omitted,
        ).format(n=grid.omitted)
        d.note(house.escaped(text), x=0, below=18, size=grid.size, colour=house.MUT, italic=True)
    return d


def _fill(d: Drawing, grid: _Grid, goals: list[float], numerals: Numerals, panel: int, block: int) -> None:
    """The cells of one panel and block."""
    begin, part = panel * grid.between, grid.part(block)
    cells: dict[str, list[tuple[int, float, str, str]]] = {"strength": [], "missed": []}
    missing: list[tuple[float, float]] = []
    for i in grid.rows(panel):
        row, y = grid.shown[i], d.y(block * grid.deep + i - panel * grid.deep)
        for place in part if isinstance(row, _Row) else ():
            value = row.values[place]
            if value is None:
                missing.append((begin + place - part.start, y))
                continue
            look = "strength" if round(value - goals[place], 9) >= 0 else "missed"
            hover = _hover(row, grid.labels[place], value, goals[place], numerals)
            cells[look].append((place - part.start, y, _text(value, row, numerals), hover))
    common = {"columns": grid.columns, "start": begin, "text_size": grid.size}
    d.cells("strength", cells["strength"], fill=house.BLUE, text_colour=house.ONBLUE, **common)
    d.cells("missed", cells["missed"], fill=house.VERMW, text_colour=house.VERM, **common)
    d.words("missing", missing, ["–"] * len(missing), colour=house.MUT, size=grid.size)


def _write_name(d: Drawing, grid: _Grid, i: int, begin: float, y: float) -> None:
    row, lines = grid.shown[i], grid.names[i]
    up = d.row / 2 + grid.pixels_above(i) / 2 if i in grid.above else 0.0
    d.note(
        house.stacked(lines), x=d.across(begin - 0.5), y=y, dx=-grid.left, dy=up, size=grid.name_size,
        colour=house.INK if row.own else house.INK2, bold=row.own,
        hover="" if house.whole(lines, row.name) else row.name,
    )  # fmt: skip


def _write_omitted(d: Drawing, grid: _Grid, begin: float, y: float, text: str) -> None:
    wide = (begin - 0.5 + grid.columns, begin - 0.5)
    room = grid.left + d.px(wide[0]) - d.px(wide[1]) + grid.right
    (line,) = house.fit(text, room, grid.size, lines=1)
    d.note(
        house.escaped(line), x=d.across(begin - 0.5), y=y, dx=-grid.left, size=grid.size, colour=house.MUT, italic=True,
        halo=True,
    )  # fmt: skip


def _at_end(d: Drawing, grid: _Grid, begin: float, text: str, **look: Any) -> None:
    """Words in the column of overall scores."""
    x = d.across(begin + grid.columns - 0.5)
    d.note(text, x=x, dx=grid.right - grid.air, size=grid.size, anchor="right", **look)


def _frame(d: Drawing, begin: float, columns: int, y: float) -> None:
    """The frame of the highlighted row."""
    out = 3 / d.plot_width
    d.rect(
        d.across(begin - 0.5) - out, d.across(begin + columns - 0.5) + out, d.up(y + 0.5), d.up(y - 0.5),
        edge=house.INK, edge_width=1.5, layer="above",
    )  # fmt: skip


def _write_heads(d: Drawing, grid: _Grid, part: range, begin: float, first: int) -> None:
    # Where the first row's name stands above it, heads stand above that.
    up = 6 + max((grid.pixels_above(i) for i in grid.above if i % grid.deep == 0), default=0.0)
    look: dict[str, Any] = {"angle": -90} if grid.heads.upright else {}
    for place in part:
        d.note(
            house.stacked(list(grid.heads.lines[place])), x=d.across(begin + place - part.start), y=d.y(first, 0.5),
            dy=up, size=grid.heads.size, colour=house.INK2, anchor="center", valign="bottom", **look,
        )  # fmt: skip


def _text(value: float | None, row: _Row, numerals: Numerals) -> str:
    return numerals.mean(value) if row.averaged else numerals.score(value)


def _hover(row: _Row, label: str, value: float, goal: float, numerals: Numerals) -> str:
    gap = round(value - goal, 9)
    return house.at_target_sentence(f"{row.name}, {label}", _text(value, row, numerals), gap, goal, numerals)


def _phrase(row: _Row, labels: list[str], goals: list[float], numerals: Numerals) -> str:
    cells = zip(labels, row.values, goals, strict=True)
    scored = [(value, goal) for __, value, goal in cells if value is not None]
    reached = sum(round(value - goal, 9) >= 0 for value, goal in scored)
    if row.overall is None:
        text = _("{name} without an overall score, {reached} of {n} criteria on target")
    else:
        text = _("{name} {overall}, {reached} of {n} criteria on target")
    return text.format(name=row.name, overall=numerals.mean(row.overall), reached=reached, n=len(scored))
