"""Objectives on their way from start to target, with the milestone on the way."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form
from kernels_lib.analysis.rows import Row, by_row
from kernels_lib.study.language import N_, _
from kernels_lib.study.numerals import Numerals

ROW = 52
PHONE_ROW = 66
STATES = {
    "target reached": ("▲", N_("target reached")),
    "milestone reached": ("▲", N_("milestone reached")),
    "milestone not due yet": ("◇", N_("milestone not due yet")),
    "behind": ("▼", N_("behind its milestone")),
}
# Role, fill and edge of a bar, by state.
LOOKS = {
    "target reached": ("gained", house.BLUE, None),
    "milestone reached": ("gained", house.BLUE, None),
    "milestone not due yet": ("open", house.BAND, house.QUIET),
    "behind": ("missed", house.VERMW, house.VERM),
}


def progress(
    frame: pd.DataFrame,
    *,
    numerals: Numerals,
    message: str,
    basis: str,
    caption: str = "",
    subtitle: str = "",
    identity: str = "progress",
) -> go.Figure:
    """One bar an objective, from its start as far as it has come.

    Parameters
    ----------
    frame : DataFrame, index objective
        `name`, `measured_text`, `target_text`, `way`, `milestone_way` (parts of the way from start to target),
        `state`.
    numerals : Numerals
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: gained, missed, open, milestone, target.
    """
    rows = [row for __, row in by_row(frame)]
    ways = [100 * float(row["way"]) for row in rows]
    low = min(0.0, 25 * math.floor(min(ways, default=0) / 25))
    high = max(100.0, 25 * math.ceil(max(ways, default=0) / 25))

    def draw(form: Form) -> Drawing:
        return _draw(form, rows, numerals, low=low, high=high)

    percent = _("percent of the way")
    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or _("The way from each start to each target, in percent of it."),
        caption=caption,
        alt_rows=[_phrase(row, numerals) for row in rows],
        how_to_read=_(
            "A bar begins at the start and ends at the measured value; the heavy line is the target, the tick on the "
            "way is the milestone. A filled bar has reached its milestone, an edged one is behind it, and a grey one "
            "has a milestone that was not due when it was measured."
        ),
        basis=basis,
        columns=[
            ("name", _("Objective"), "", "text"),
            ("measured", _("Measured"), "", "text"),
            ("target", _("Target"), "", "text"),
            ("way", _("Way covered"), percent, "number"),
            ("milestone_way", _("Milestone at"), percent, "number"),
            ("state", _("State"), "", "text"),
        ],
        rows=[_cells(row) for row in rows],
        numerals=numerals,
    )


def _draw(form: Form, rows: list[pd.Series], numerals: Numerals, *, low: float, high: float) -> Drawing:
    narrow = form.names_above
    shown = house.shortened(rows, form.rows)
    places = {i: item for i, item in enumerate(shown) if not isinstance(item, int)}
    d = Drawing(
        form, low=low, high=high, rows=len(shown), row=PHONE_ROW if narrow else ROW,
        names=[row["name"] for row in places.values()], room=form.width * form.slack - 110 if narrow else None,
    )  # fmt: skip

    def lane(i: int) -> float:
        return d.under(i) if narrow else d.y(i)

    d.axis(house.ticks(low, high), numerals)
    for state, (role, fill, edge) in LOOKS.items():
        chosen = [(i, row) for i, row in places.items() if row["state"] == state]
        d.bars(
            role, [(0.0, 100 * row["way"], lane(i)) for i, row in chosen], thickness=form.bar, fill=fill, edge=edge,
            hover=[_phrase(row, numerals) + "." for __, row in chosen],
        )  # fmt: skip
    d.marks(
        "milestone", [(100 * row["milestone_way"], lane(i)) for i, row in places.items()], symbol="line-ns",
        size=form.bar * 1.3, fill=house.INK, edge=house.INK, edge_width=3,
        hover=[_phrase(row, numerals) + "." for row in places.values()],
    )  # fmt: skip
    d.target_line(100, label=_("target"))
    start = 30 if form.name == "deck" else 33
    if not narrow:
        d.heads(_("measured, target"), _("state"), dx=start)
    for i, item in enumerate(shown):
        if isinstance(item, int):
            d.omitted(i, _("{n} between these are left out here; the report shows all").format(n=item))
            continue
        d.name(i, item["name"])
        sign, words = STATES[item["state"]]
        text = _("{measured}, target {target}").format(measured=item["measured_text"], target=item["target_text"])
        if narrow:
            d.note(
                house.escaped(f"{sign} {text}"), x=1, y=d.y(i), dx=d.right - 4, dy=d.name_line, size=form.small,
                colour=house.INK, anchor="right", bold=True, halo=True,
            )  # fmt: skip
            continue
        up = form.small * 0.7
        d.column(i, text, dx=start, dy=up, colour=house.INK, bold=True)
        d.column(i, f"{sign} {_(words)}", dx=start, dy=-up, colour=house.INK2)
    return d


def _phrase(row: Row, numerals: Numerals) -> str:
    return _("{name}: {measured}, target {target}, {way}% of the way, {state}").format(
        name=row["name"],
        measured=row["measured_text"],
        target=row["target_text"],
        way=numerals.fixed(100 * row["way"], 0),
        state=_(STATES[row["state"]][1]),
    )


def _cells(row: Row) -> dict[str, Any]:
    return {
        "name": row["name"],
        "measured": row["measured_text"],
        "target": row["target_text"],
        "way": house.number(100 * row["way"], 0),
        "milestone_way": house.number(100 * row["milestone_way"], 0),
        "state": _(STATES[row["state"]][1]),
    }
