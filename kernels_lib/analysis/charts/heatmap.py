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
from kernels_lib.study.numerals import Numerals

MOST_ROWS = 60  # beyond, units are shown in tenths


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
    rows = _rows(scores, overall, highlight, unit_many)
    tenths = any(row.averaged for row in rows)
    common = house.shared_target(goal.values())
    line = f"the target of {numerals.target(common)}" if common is not None else "its target"
    what = f"Each row is the mean of a tenth of the {unit_many}" if tenths else f"One row a {unit_one}"
    labels = [str(names.get(c, c)) for c in ids]

    def draw(form: Form) -> Drawing:
        return _draw(form, rows, labels, [goal[c] for c in ids], numerals, unit_one)

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or f"{what}, best overall score at the top. Filled: on {line} or above. Tinted: below it.",
        caption=caption,
        alt_rows=[_phrase(row, labels, [goal[c] for c in ids], numerals) for row in rows],
        how_to_read=(
            f"Read along a row for one {'tenth' if tenths else unit_one}, down a column for one criterion. A filled "
            f"cell reaches {line}, a tinted one falls short; the number is the score. A dash means not scored."
        ),
        basis=basis,
        columns=[
            ("name", house.capital(unit_many if tenths else unit_one), "", "text"),
            *[(c, label, "points", "number") for c, label in zip(ids, labels, strict=True)],
            ("_overall", "Overall", "points", "number"),
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


def _rows(scores: pd.DataFrame, overall: pd.DataFrame, highlight: str, unit_many: str) -> list[_Row]:
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
                f"Places {start + 1} to {end}",
                [float(v) if known(v) else None for v in means],
                float(whole) if known(whole) else None,
                False,
                True,
            )
        )
        rows += [one(unit) for unit in members if str(unit) == highlight]
    return rows


def _draw(
    form: Form, everything: list[_Row], labels: list[str], goals: list[float], numerals: Numerals, unit_one: str
) -> Drawing:
    narrow, deck = form.names_above, form.name == "deck"
    shown = house.shortened(everything, 13 if deck else None, keep=lambda row: row.own)
    rows = {i: item for i, item in enumerate(shown) if isinstance(item, _Row)}
    left = 86 if narrow else 130 if not deck else 230
    right = 38 if narrow else 56 if not deck else 90
    size = 11.5 if narrow else 12.5 if not deck else 16
    cell = max(house.text_width(_text(v, row, numerals), size) for row in rows.values() for v in row.values)
    plot = form.width - left - right
    # As many columns side by side as keep their numbers readable; further ones in blocks below.
    most = max(1, int(plot * form.slack / (cell + (6 if narrow else 10))))
    # A slide has no room for blocks and says what it leaves out.
    omitted = max(0, len(labels) - most) if deck else 0
    labels = labels[: len(labels) - omitted]
    blocks = -(-len(labels) // most)
    columns = -(-len(labels) // blocks)
    # Heads of two lines need the width of a page more than the numbers do.
    room = plot * max(form.slack, 0.94) / columns - 2
    head = size - 0.5
    upright = any(len(" ".join(house.fit(label, room, head, lines=2))) < len(label) for label in labels)
    longest = max(house.text_width(label, head) for label in labels)
    tall = min(longest, 112.0) if upright else 2 * head * 1.3
    height = 24.0 if narrow else 28.0 if not deck else 36.0
    if len(shown) > 40:
        height = 21.0
    top = round(tall + 12)
    step = len(shown) + (tall + 24) / height
    breaks = {len(shown) * block: step - len(shown) for block in range(1, blocks)}
    d = Drawing(
        form, low=-0.5, high=columns - 0.5, rows=len(shown) * blocks, row=height, breaks=breaks,
        left=left, right=right, top=top, bottom=34 if omitted else 8,
    )  # fmt: skip
    looks: dict[str, list[Any]] = {"strength": [], "missed": []}
    missing: list[tuple[float, float]] = []
    for block in range(blocks):
        start = block * columns
        part = labels[start : start + columns]
        _heads(d, block * len(shown), part, upright, head, room, tall)
        for i, item in enumerate(shown):
            at = block * len(shown) + i
            if isinstance(item, int):
                d.omitted(at, item, f"{unit_one}s" if item != 1 else unit_one)
                continue
            name_size = size + (1.5 if item.own or not narrow else 0)
            (name,) = house.fit(item.name, left - 10, name_size, bold=item.own, lines=1)
            d.note(
                house.escaped(name), x=0, y=d.y(at), dx=-left, size=name_size,
                colour=house.INK if item.own else house.INK2, bold=item.own,
                hover=item.name if name != item.name else "",
            )  # fmt: skip
            if block == 0:
                d.note(
                    numerals.mean(item.overall), x=1, y=d.y(at), dx=right - 2, size=size + 0.5, colour=house.INK,
                    anchor="right", bold=True,
                )  # fmt: skip
            for column, label in enumerate(part):
                value, goal = item.values[start + column], goals[start + column]
                if value is None:
                    missing.append((column, d.y(at)))
                    continue
                hit = round(value - goal, 9) >= 0
                text = _text(value, item, numerals)
                hover = _hover(item, label, value, goal, numerals)
                looks["strength" if hit else "missed"].append((column, d.y(at), text, hover))
            if item.own:
                out = 3 / d.plot_width
                d.rect(
                    -out, len(part) / columns + out, d.up(d.y(at, 0.5)), d.up(d.y(at, -0.5)), edge=house.INK,
                    edge_width=1.5, layer="above",
                )  # fmt: skip
    d.cells("strength", looks["strength"], columns=columns, fill=house.BLUE, text_colour=house.ONBLUE, text_size=size)
    d.cells("missed", looks["missed"], columns=columns, fill=house.VERMW, text_colour=house.VERM, text_size=size)
    d.words("missing", missing, ["–"] * len(missing), colour=house.MUT, size=size)
    if omitted:
        text = f"{omitted} further criteria are left out here; the report shows all"
        d.note(text, x=0, below=18, size=size, colour=house.MUT, italic=True)
    d.note("overall", x=1, above=12, dx=right - 2, size=size, colour=house.MUT, anchor="right")
    return d


def _heads(d: Drawing, first: int, labels: list[str], upright: bool, size: float, room: float, tall: float) -> None:
    for column, label in enumerate(labels):
        x = d.across(column)
        y = d.y(first, 0.5)
        if upright:
            (text,) = house.fit(label, tall, size, lines=1)
            d.note(
                house.escaped(text), x=x, y=y, dy=6, size=size, colour=house.INK2, anchor="center", angle=-90,
                valign="bottom", hover=label if text != label else "",
            )  # fmt: skip
        else:
            text = "<br>".join(house.escaped(line) for line in house.fit(label, room, size, lines=2))
            d.note(text, x=x, y=y, dy=5, size=size, colour=house.INK2, anchor="center", valign="bottom")


def _text(value: float | None, row: _Row, numerals: Numerals) -> str:
    return numerals.mean(value) if row.averaged else numerals.score(value)


def _hover(row: _Row, label: str, value: float, goal: float, numerals: Numerals) -> str:
    gap = round(value - goal, 9)
    target = numerals.target(goal)
    side = "short of" if gap < 0 else "above"
    way = f"just on {target}" if gap == 0 else f"{house.distance(gap, numerals)} {side} {target}"
    return f"{row.name}, {label}: {_text(value, row, numerals)}, {way}."


def _phrase(row: _Row, labels: list[str], goals: list[float], numerals: Numerals) -> str:
    cells = zip(labels, row.values, goals, strict=True)
    scored = [(label, value, goal) for label, value, goal in cells if value is not None]
    reached = sum(round(value - goal, 9) >= 0 for _, value, goal in scored)
    whole = "without an overall score" if row.overall is None else numerals.mean(row.overall)
    return f"{row.name} {whole}, {reached} of {len(scored)} criteria on target"
