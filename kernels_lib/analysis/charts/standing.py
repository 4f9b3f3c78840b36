"""Own yes/no answers among published shares: which part of those asked gives the same answer."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.analysis.rows import Row, by_row
from kernels_lib.study.language import _
from kernels_lib.study.numerals import Numerals

ROW = 52
PHONE_ROW = 66


def standing(
    frame: pd.DataFrame,
    *,
    subject: str,
    numerals: Numerals,
    message: str,
    basis: str,
    caption: str = "",
    pool: str = "",
    subtitle: str = "",
    identity: str = "standing",
) -> go.Figure:
    """One bar a question: those who answer yes from the left, no from the right; the own side is filled.

    Parameters
    ----------
    frame : DataFrame, index question
        `short`, `answer` (yes or no), `share`, `low`, `high` (of yes), `same`, `pool`; shares in [0, 1], NaN
        where there is none.
    subject : str
        Whose answers are filled.
    numerals : Numerals
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    pool : str, optional
        What the pool is called, inside a sentence.
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: same, other, interval, pool.
    """
    rows = [row for __, row in by_row(frame.sort_values("same", kind="stable"))]
    pooled = pool if frame["pool"].notna().any() else ""
    read = _(
        "Each bar is everyone who was asked: those who say yes at the left, those who say no at the right. The "
        "filled side is where {subject} stands. The line below a bar is the interval of the share that says yes."
    ).format(subject=subject)
    if pooled:
        read += " " + _("A diamond is the share of {pool} that says yes.").format(pool=pooled)

    def draw(form: Form) -> Drawing:
        return _draw(form, rows, numerals)

    percent = _("percent")
    columns = [
        ("name", _("Question"), "", "text"),
        ("answer", subject, "", "text"),
        ("share", _("Say yes"), percent, "number"),
        ("low", _("Interval from"), percent, "number"),
        ("high", _("Interval to"), percent, "number"),
        ("same", _("Same answer"), percent, "number"),
    ]
    if pooled:
        columns.append(("pool", house.capital(pooled), percent, "number"))
    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or _("The rarest answer first. Of everyone asked, in percent."),
        caption=caption,
        alt_rows=[_phrase(row, numerals) for row in rows],
        how_to_read=read,
        basis=basis,
        columns=columns,
        rows=[_cells(row) for row in rows],
        numerals=numerals,
    )


def _draw(form: Form, rows: list[pd.Series], numerals: Numerals) -> Drawing:
    narrow = form.names_above
    d = Drawing(
        form, low=0, high=100, rows=len(rows), row=PHONE_ROW if narrow else ROW, names=[row["short"] for row in rows],
        room=form.width * form.slack - 96 if narrow else None,
    )  # fmt: skip
    d.axis(house.ticks(0, 100), numerals)
    hover = [_phrase(row, numerals) + "." for row in rows]
    bars: dict[str, list[tuple[float, float, float]]] = {"same": [], "other": []}
    for i, row in enumerate(rows):
        yes, no = (0.0, 100 * row["share"], d.lane(i)), (100 * row["share"], 100.0, d.lane(i))
        bars["same"].append(yes if row["answer"] == "yes" else no)
        bars["other"].append(no if row["answer"] == "yes" else yes)
    for role, fill, edge in (("other", house.BAND, None), ("same", house.CLIENT, None)):
        d.bars(role, bars[role], thickness=form.bar, fill=fill, edge=edge, hover=hover)
    lines = [
        (100 * row["low"], d.under(i), 100 * row["high"], d.under(i)) for i, row in enumerate(rows) if known(row["low"])
    ]
    d.line("interval", lines, colour=house.QUIET, width=3 if form.name != "deck" else 4)
    pooled = [(i, row) for i, row in enumerate(rows) if known(row["pool"])]
    d.marks(
        "pool", [(100 * row["pool"], d.lane(i)) for i, row in pooled], symbol="diamond", size=form.dot - 1,
        fill=house.PAPER, edge=house.INK2, edge_width=1.75, hover=[hover[i] for i, __ in pooled],
    )  # fmt: skip
    d.note(_("yes"), x=0, above=12, size=form.small, colour=house.MUT)
    d.note(_("no"), x=1, above=12, size=form.small, colour=house.MUT, anchor="right")
    start = 30 if form.name == "deck" else 33
    if not narrow:
        d.heads(_("same answer"), _("of everyone asked"), dx=start)
    for i, row in enumerate(rows):
        d.name(i, row["short"])
        text = _same(row, numerals)
        if narrow:
            d.note(
                house.escaped(text), x=1, y=d.y(i), dx=d.right - 4, dy=d.name_line, size=form.title, colour=house.INK,
                anchor="right", bold=True, halo=True,
            )  # fmt: skip
        else:
            d.column(i, text, dx=start, size=form.column, colour=house.INK, bold=True)
    return d


def _same(row: Row, numerals: Numerals) -> str:
    words = _("{share}% say yes") if row["answer"] == "yes" else _("{share}% say no")
    return words.format(share=numerals.fixed(100 * row["same"], 0))


def _phrase(row: Row, numerals: Numerals) -> str:
    words = (
        _("{name}: the own answer is yes, as of {same}% of everyone asked")
        if row["answer"] == "yes"
        else _("{name}: the own answer is no, as of {same}% of everyone asked")
    )
    return words.format(name=row["short"], same=numerals.fixed(100 * row["same"], 0))


def _cells(row: Row) -> dict[str, Any]:
    def percent(key: str) -> float | None:
        return house.number(100 * row[key], 0) if known(row[key]) else None

    shares = {key: percent(key) for key in ("share", "low", "high", "same", "pool")}
    return {"name": row["short"], "answer": _("yes") if row["answer"] == "yes" else _("no"), **shares}
