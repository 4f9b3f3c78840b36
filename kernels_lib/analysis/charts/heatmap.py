"""Every unit on every criterion: filled where the target is reached, open where it is missed.

The scale has two colours, not a gradient: what matters is the side of the target, the number in
the cell says how far, and two tokens keep their contrast on paper, at night and in print.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    most = 2 if room * form.slack / max(form.slack, 0.94) >= 2.4 * size else 1
    tall = 40.0
    while tall < 0.36 * (form.height or 500):
        if all(house.whole(house.fit(label, tall, size, lines=most), label) for label in labels):
            break
        tall += 4
    return _Heads(tuple(tuple(house.fit(label, tall, size, lines=most)) for label in labels), True, size, tall)


def _draw(
    form: Form,
    everything: list[_Row],
    labels: list[str],
    goals: list[float],
    numerals: Numerals,
    units: tuple[str, str],
) -> Drawing:
    narrow, deck = form.names_above, form.height is not None
    panels = 2 if deck and len(everything) > PANEL else 1
    shown = house.shortened(everything, PANEL * panels if deck else None, keep=lambda row: row.own)
    rows = {i: item for i, item in enumerate(shown) if isinstance(item, _Row)}
    deep = -(-len(shown) // panels)
    size = form.least if narrow or deck else form.least + 0.5
    names = [item.name for item in rows.values()]
    longest = max(house.text_width(name, size, bold=True) for name in names) + 12
    left = round(min(max(longest, 56 if narrow else 110), 96 if narrow else 200 if not deck else 230))
    # Between two panels some air stands behind the overall scores.
    right, air = 42 if narrow else 60 if not deck else 84, 14 if panels > 1 else 2
    name_size = house.one_size(names, left - 10, size, form.least, bold=True)
    name_lines = (
        max(len(house.fit(name, left - 10, name_size, bold=True, lines=3)) for name in names) if not deck else 1
    )
    cell = max(house.text_width(_text(v, row, numerals), size) for row in rows.values() for v in row.values)
    plot = form.width / panels - left - right
    # As many columns side by side as keep their numbers readable; further ones in blocks below.
    most = max(1, int(plot * form.slack / (cell + (6 if narrow else 10))))
    # A slide has no room for blocks and says what it leaves out.
    omitted = max(0, len(labels) - most) if deck else 0
    labels = labels[: len(labels) - omitted]
    blocks = -(-len(labels) // most)
    columns = -(-len(labels) // blocks)
    width = plot / columns
    # Heads of two lines need the width of a page more than the numbers do.
    heads = _heads(labels, width * max(form.slack, 0.94) - 2, size, form)
    height = 24.0 if narrow else 28.0 if not deck else 36.0
    if len(shown) > 40:
        height = 21.0
    height = max(height, name_lines * name_size * 1.25 + 3) if name_lines > 1 else height
    step = deep + (heads.tall + 24) / height
    between = columns + (left + right) / width  # columns from one panel to the next
    d = Drawing(
        form, low=-0.5, high=between * (panels - 1) + columns - 0.5, rows=deep * blocks, row=height,
        breaks={deep * block: step - deep for block in range(1, blocks)}, left=left, right=right,
        top=round(heads.tall + 12), bottom=34 if omitted else 8,
    )  # fmt: skip
    for panel in range(panels):
        begin = panel * between
        _overall_head(d, begin + columns - 0.5, right - air, size)
        for block in range(blocks):
            part = range(block * columns, min((block + 1) * columns, len(labels)))
            first = block * deep
            _write_heads(d, heads, part, begin, first)
            cells: dict[str, list[tuple[int, float, str, str]]] = {"strength": [], "missed": []}
            missing: list[tuple[float, float]] = []
            for i in range(panel * deep, min((panel + 1) * deep, len(shown))):
                item, y = shown[i], d.y(first + i - panel * deep)
                if isinstance(item, int):
                    lines = house.fit(house.units_left_out(item, *units), left + plot, size, lines=1)
                    d.note(
                        house.stacked(lines), x=d.across(begin - 0.5), y=y, dx=-left, size=size, colour=house.MUT,
                        italic=True, halo=True,
                    )  # fmt: skip
                    continue
                lines = house.fit(item.name, left - 10, name_size, bold=item.own, lines=name_lines)
                d.note(
                    house.stacked(lines), x=d.across(begin - 0.5), y=y, dx=-left, size=name_size,
                    colour=house.INK if item.own else house.INK2, bold=item.own,
                    hover="" if house.whole(lines, item.name) else item.name,
                )  # fmt: skip
                if block == 0:
                    d.note(
                        numerals.mean(item.overall), x=d.across(begin + columns - 0.5), y=y, dx=right - air,
                        size=size, colour=house.INK, anchor="right", bold=True,
                    )  # fmt: skip
                for place in part:
                    value = item.values[place]
                    if value is None:
                        missing.append((begin + place - part.start, y))
                        continue
                    look = "strength" if round(value - goals[place], 9) >= 0 else "missed"
                    hover = _hover(item, labels[place], value, goals[place], numerals)
                    cells[look].append((place - part.start, y, _text(value, item, numerals), hover))
                if item.own:
                    out = 3 / d.plot_width
                    d.rect(
                        d.across(begin - 0.5) - out, d.across(begin + len(part) - 0.5) + out,
                        d.up(y + 0.5), d.up(y - 0.5), edge=house.INK, edge_width=1.5, layer="above",
                    )  # fmt: skip
            for look, fill, colour in (
                ("strength", house.BLUE, house.ONBLUE),
                ("missed", house.VERMW, house.VERM),
            ):
                d.cells(
                    look, cells[look], columns=columns, start=begin, fill=fill, text_colour=colour, text_size=size
                )  # fmt: skip
            d.words("missing", missing, ["–"] * len(missing), colour=house.MUT, size=size)
    if omitted:
        text = _n(
            "{n} further criterion is left out here; the report shows all",
            "{n} further criteria are left out here; the report shows all",
            omitted,
        ).format(n=omitted)
        d.note(house.escaped(text), x=0, below=18, size=size, colour=house.MUT, italic=True)
    return d


def _overall_head(d: Drawing, x: float, dx: float, size: float) -> None:
    text = house.escaped(_("overall"))
    d.note(text, x=d.across(x), above=12, dx=dx, size=size, colour=house.MUT, anchor="right")


def _write_heads(d: Drawing, heads: _Heads, part: range, begin: float, first: int) -> None:
    for place in part:
        x = d.across(begin + place - part.start)
        look: dict[str, Any] = {"angle": -90} if heads.upright else {}
        d.note(
            house.stacked(list(heads.lines[place])), x=x, y=d.y(first, 0.5), dy=6, size=heads.size,
            colour=house.INK2, anchor="center", valign="bottom", **look,
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
