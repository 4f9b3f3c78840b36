"""Every unit's overall score, best first; the highlighted one in ink, the others in grey."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.study.numerals import Numerals

ROW = 26
PHONE_ROW = 24
MOST_NAMED = 60  # beyond, rows are thin and only some are named
THICK = 760  # height in pixels that many thin rows share


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
        Roles: range, highlighted range, score, highlighted score, target.  Beyond 60 units only
        every k-th and the highlighted one are named.
    """
    ordered = overall.sort_values("overall", ascending=False, kind="stable", na_position="last")
    ranged = "low" in ordered and "high" in ordered
    rows = [
        {
            "name": str(unit),
            "value": float(row["overall"]) if known(row["overall"]) else None,
            "rank": int(row["rank"]) if known(row["rank"]) else None,
            "low": float(row["low"]) if ranged and known(row["low"]) and known(row["high"]) else None,
            "high": float(row["high"]) if ranged and known(row["low"]) and known(row["high"]) else None,
            "own": str(unit) == highlight,
        }
        for unit, row in ordered.iterrows()
    ]
    thin = "" if len(rows) <= MOST_NAMED else f" Not every {unit_one} is named."
    line = " Thin line: range under other weights, no confidence interval." if ranged else ""
    scale = f"Overall score from {numerals.target(floor)} to {numerals.target(top)}, best first."

    def draw(form: Form) -> Drawing:
        return _draw(form, rows, numerals, floor=floor, top=top, target=target, ranged=ranged, unit_many=unit_many)

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or f"{scale}{line}{thin}",
        caption=caption,
        alt_rows=[_phrase(row, target, ranged, numerals) for row in rows],
        how_to_read=(
            f"Each row is one of the {unit_many}, the dot its overall score. "
            + (
                "The thin line shows how far the score moves when the criteria are weighted otherwise; it says nothing "
                "about errors of rating. Where the lines of two rows overlap, their order depends on the weights."
                if ranged
                else f"{house.capital(unit_many)} with equal scores share the better rank."
            )
        ),
        basis=basis,
        columns=[
            ("rank", "Rank", "", "number"),
            ("name", house.capital(unit_one), "", "text"),
            ("value", "Overall score", "points", "number"),
            *([("low", "Range from", "points", "number"), ("high", "Range to", "points", "number")] if ranged else []),
        ],
        rows=[
            {
                "rank": row["rank"],
                "name": row["name"],
                **{key: house.number(row[key], numerals.mean_decimals) for key in ("value", "low", "high")},
            }
            for row in rows
        ],
        numerals=numerals,
    )


def _draw(
    form: Form,
    everything: list[dict[str, Any]],
    numerals: Numerals,
    *,
    floor: float,
    top: float,
    target: float | None,
    ranged: bool,
    unit_many: str,
) -> Drawing:
    most = None if form.rows is None else 13
    shown = house.shortened(everything, most, keep=lambda row: row["own"])
    rows = {i: item for i, item in enumerate(shown) if not isinstance(item, int)}
    narrow = form.names_above
    height: float = PHONE_ROW if narrow else ROW if form.rows is None else 36
    thin = len(shown) > MOST_NAMED
    if thin:
        height = max(2.0, min(THICK / len(shown), height))
    # On a phone, too, names stand left of the dots: a row more for each name would double a long list.
    left = 104 if narrow else None
    right = 46 if narrow else None
    d = Drawing(form, low=floor, high=top, rows=len(shown), row=height, left=left, right=right)
    scale = house.ticks(floor, top)
    d.axis(scale, numerals, strong=target)

    scored = {i: row for i, row in rows.items() if row["value"] is not None}
    size = max(4.0, min(form.dot - 3, d.row * 0.7))
    for own, role, colour, width in (
        (False, "range", house.QUIET, 1.0 if thin else 1.5),
        (True, "highlighted range", house.INK, 2.0),
    ):
        lines = [
            (row["low"], d.y(i), row["high"], d.y(i))
            for i, row in scored.items()
            if row["own"] is own and row["low"] is not None
        ]
        if not thin or own:
            d.line(role, lines, colour=colour, width=width)
    if target is not None:
        d.target_line(target, label=f"target {numerals.target(target)}")
    hover = {i: _hover(row, ranged, len(everything), numerals) for i, row in rows.items()}
    for own, role, fill, wide in (
        (False, "score", house.QUIET, size),
        (True, "highlighted score", house.INK, size + (3 if not thin else 6)),
    ):
        chosen = [(i, row) for i, row in scored.items() if row["own"] is own]
        d.marks(
            role, [(row["value"], d.y(i)) for i, row in chosen], symbol="circle", size=wide, fill=fill,
            edge=house.PAPER, edge_width=1.0 if not thin or own else 0.0, hover=[hover[i] for i, _ in chosen],
        )  # fmt: skip

    named = _named(d, rows)
    start = 14 if narrow else 30 if form.name == "deck" else 33
    if not narrow:
        d.note("score" + (", range" if ranged else ""), x=1, above=18, dx=start, size=form.small, colour=house.MUT)
    texts = [numerals.mean(row["value"]) for row in scored.values()]
    size = min(form.column, max(11.5, d.row * 0.6)) if not thin else form.small
    widest = max((house.digits_width(text, size) for text in texts), default=0)
    ranks = max((len(str(row["rank"])) for row in rows.values() if row["rank"] is not None), default=1)
    for i, item in enumerate(shown):
        if isinstance(item, int):
            d.omitted(i, item, unit_many)
            continue
        if i not in named:
            continue
        name_size = min(form.title, max(11.5, d.row * 0.6)) if not thin else form.small
        inset = house.digits_width("0" * ranks, form.small) + 8
        colour, bold = (house.INK, True) if item["own"] else (house.INK2, False)
        if item["rank"] is not None:
            d.note(
                str(item["rank"]), x=0, y=d.y(i), dx=-d.left + inset - 8, size=min(form.small, name_size),
                colour=house.MUT, anchor="right",
            )  # fmt: skip
        (name,) = house.fit(item["name"], d.left - inset - 6, name_size, bold=bold, lines=1)
        cut = hover[i] if name != item["name"] else ""
        d.note(
            house.escaped(name), x=0, y=d.y(i), dx=-d.left + inset, size=name_size, colour=colour, bold=bold, hover=cut
        )  # fmt: skip
        if item["value"] is None:
            text = "no overall score"
            d.note(text, x=0, y=d.y(i), dx=6, size=name_size, colour=house.MUT, italic=True, halo=True)
            continue
        d.note(
            numerals.mean(item["value"]), x=1, y=d.y(i), dx=start + widest - (6 if narrow else 0), size=size,
            colour=house.INK if bold else house.INK2, anchor="right", bold=bold,
        )  # fmt: skip
        if item["low"] is not None and not narrow:
            interval = numerals.interval(item["low"], item["high"])
            d.note(interval, x=1, y=d.y(i), dx=start + widest + 12, size=min(form.small, size), colour=house.MUT)
    return d


def _named(d: Drawing, rows: dict[int, Any]) -> set[int]:
    """Rows that are named: all, or every k-th so that names do not touch; the highlighted one always."""
    apart = max(1, -(-20 // max(1, int(d.row)))) if d.row < 20 and len(rows) > MOST_NAMED else 1
    own = [i for i, row in rows.items() if row["own"]]
    chosen = [i for number, i in enumerate(rows) if number % apart == 0]
    return {i for i in chosen if all(abs(i - j) >= apart for j in own)} | set(own)


def _phrase(row: dict[str, Any], target: float | None, ranged: bool, numerals: Numerals) -> str:
    if row["value"] is None:
        return f"{row['name']} without an overall score"
    text = f"{row['name']} {numerals.mean(row['value'])}"
    if target is not None:
        gap = round(row["value"] - target, 9)
        way = "just on" if gap == 0 else f"{house.distance(gap, numerals)} {'short of' if gap < 0 else 'above'}"
        text += f", {way} {numerals.target(target)}"
    rank = f"rank {row['rank']}" if row["rank"] is not None else ""
    spread = f"range {numerals.interval(row['low'], row['high'])}" if ranged and row["low"] is not None else ""
    inside = ", ".join(part for part in (rank, spread) if part)
    return f"{text} ({inside})" if inside else text


def _hover(row: dict[str, Any], ranged: bool, n: int, numerals: Numerals) -> str:
    if row["value"] is None:
        return f"{row['name']}: no overall score."
    text = f"{row['name']}: {numerals.mean(row['value'])}"
    if row["rank"] is not None:
        text += f", {numerals.ordinal(row['rank'])} of {n}"
    if ranged and row["low"] is not None:
        text += f"; {numerals.mean(row['low'])} to {numerals.mean(row['high'])} under other weights"
    return f"{text}."
