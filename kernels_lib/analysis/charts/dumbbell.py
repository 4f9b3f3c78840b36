"""The client against its peers on every criterion; single peers are never drawn."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.study.numerals import Numerals

ROW = 46
PHONE_ROW = 60
WITHHELD = "withheld: too few peers"


def peers(
    client_card: pd.DataFrame,
    *,
    subject: str,
    numerals: Numerals,
    floor: float,
    top: float,
    message: str,
    basis: str,
    caption: str = "",
    unit_many: str = "brands",
    subtitle: str = "",
    identity: str = "peers",
) -> go.Figure:
    """The client's score, the peers' mean, their middle half and the mean of their best quarter.

    Parameters
    ----------
    client_card : DataFrame, index criterion
        `name`, `score`, `peers_mean`, `peers_q1`, `peers_q3`, `best_quarter`, `base`, `below`,
        `tied`, `difference`, `firm`; NaN where withheld.
    subject : str
        The client's name.
    numerals : Numerals
    floor, top : float
        Ends of the scale.
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    unit_many : str, default "brands"
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: middle half, best quarter line, difference, peers mean, best quarter, client.
    """
    # Largest lead first; then the group's mean; what cannot be compared comes last.
    keys = pd.DataFrame({"difference": client_card["difference"].round(9)}, index=client_card.index)
    keys["mean"] = client_card["group_mean"] if "group_mean" in client_card else client_card["peers_mean"]
    order = keys.sort_values(["difference", "mean"], ascending=False, kind="stable", na_position="last").index
    rows = [client_card.loc[criterion] for criterion in order]
    scale = f"Score from {numerals.target(floor)} to {numerals.target(top)}"

    def draw(form: Form) -> Drawing:
        return _draw(form, rows, numerals, floor=floor, top=top, subject=subject, unit_many=unit_many)

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle
        or f"{scale}, sorted by the lead over peers. Best quarter: the mean of the highest scores, so that no single "
        f"one shows. Soft band: the middle half of {unit_many}.",
        caption=caption,
        alt_rows=[_phrase(row, subject, numerals) for row in rows],
        how_to_read=(
            f"The dot is {subject}, the upright tick the mean of its peers; the thick line between them is the lead or "
            "the lag. The soft band holds the middle half of the peers. The open diamond is the mean of their best "
            "quarter, and the dotted line is the way there; where the dot is already level with it, the diamond rings "
            "the dot. A difference is called firm only where the right column says so."
        ),
        basis=basis,
        columns=[
            ("name", "Criterion", "", "text"),
            ("score", subject, "points", "number"),
            ("peers_mean", "Mean of peers", "points", "number"),
            ("difference", "Difference", "points", "number"),
            ("q1", "Middle half from", "points", "number"),
            ("q3", "Middle half to", "points", "number"),
            ("best_quarter", "Mean of the best quarter", "points", "number"),
            ("base", "Peers", "", "number"),
            ("below", "Scoring lower", "", "number"),
            ("tied", "Tied", "", "number"),
            ("firm", "Firm", "", "text"),
        ],
        rows=[_cells(row, numerals) for row in rows],
        numerals=numerals,
    )


def _draw(
    form: Form,
    everything: list[pd.Series],
    numerals: Numerals,
    *,
    floor: float,
    top: float,
    subject: str,
    unit_many: str,
) -> Drawing:
    shown = house.shortened(everything, form.rows and form.rows + 1)
    rows = {i: item for i, item in enumerate(shown) if not isinstance(item, int)}
    d = Drawing(
        form, low=floor, high=top, rows=len(shown), row=PHONE_ROW if form.names_above else ROW,
        names=[row["name"] for row in rows.values()], cross=top,
    )  # fmt: skip
    narrow = form.names_above
    if narrow:
        # The name shares its line with the difference at the right.
        d.room = form.width * form.slack - 60

    def lane(i: int) -> float:
        return d.under(i) + d.units(2) if narrow else d.y(i)

    d.axis(house.ticks(floor, top), numerals)
    hover = {i: _hover(row, subject, numerals) for i, row in rows.items()}
    compared = {i: row for i, row in rows.items() if known(row["peers_mean"])}
    scored = {i: row for i, row in rows.items() if known(row["score"])}
    both = {i: row for i, row in compared.items() if i in scored}
    best = {i: row for i, row in compared.items() if known(row["best_quarter"])}

    quartiles = {i: row for i, row in compared.items() if known(row["peers_q1"]) and known(row["peers_q3"])}
    d.bars(
        "middle half", [(row["peers_q1"], row["peers_q3"], lane(i)) for i, row in quartiles.items()],
        thickness=form.bar * 0.74, fill=house.BAND, hover=[hover[i] for i in quartiles],
    )  # fmt: skip
    ways = [(row["score"], lane(i), row["best_quarter"], lane(i)) for i, row in best.items() if i in scored]
    d.line("best quarter line", ways, colour=house.QUIET, width=1.5, dash="1.5px,3.5px")
    leads = [(row["peers_mean"], lane(i), row["score"], lane(i)) for i, row in both.items()]
    d.line("difference", leads, colour=house.INK, width=3 if form.name != "deck" else 4)
    d.marks(
        "peers mean", [(row["peers_mean"], lane(i)) for i, row in compared.items()], symbol="line-ns",
        size=form.bar * 1.06, fill=house.QUIET, edge=house.QUIET, edge_width=3, hover=[hover[i] for i in compared],
    )  # fmt: skip
    level = {i for i, row in best.items() if i in scored and abs(row["best_quarter"] - row["score"]) < 1e-9}
    for ring, size in ((False, form.dot - 1), (True, form.dot * 1.55)):
        chosen = {i: row for i, row in best.items() if (i in level) is ring}
        d.marks(
            "best quarter", [(row["best_quarter"], lane(i)) for i, row in chosen.items()], symbol="diamond",
            size=size, fill=house.PAPER, edge=house.INK2, edge_width=1.75, hover=[hover[i] for i in chosen],
        )  # fmt: skip
    d.marks(
        "client", [(row["score"], lane(i)) for i, row in scored.items()], symbol="circle", size=form.dot,
        fill=house.CLIENT, edge=house.PAPER, edge_width=1.5, hover=[hover[i] for i in scored],
    )  # fmt: skip

    for i, item in enumerate(shown):
        if isinstance(item, int):
            d.omitted(i, item, "criteria")
            continue
        d.name(i, item["name"])
    _right(d, rows, numerals, subject)
    _names_of_marks(d, rows, both, quartiles, best, level, subject, unit_many, lane)
    return d


def _right(d: Drawing, rows: dict[int, pd.Series], numerals: Numerals, subject: str) -> None:
    form = d.form
    narrow, deck = form.names_above, form.name == "deck"
    start = 30 if deck else 33
    if not narrow:
        title = f"{subject} minus peers"
        if house.text_width(title, form.head, bold=True) > d.right - start + 6:
            title = "Score minus peers"
        d.heads(title, "points; peers below", dx=start)
    for i, row in rows.items():
        y = d.y(i)
        absent = "" if known(row["score"]) else "not scored"
        if not known(row["peers_mean"]):
            withheld = "withheld" if narrow and absent else WITHHELD
            absent = f"{absent}; {withheld}" if absent else withheld
        if absent or not known(row["difference"]):
            dx, dy, anchor = (d.right - 4, d.name_line, "right") if narrow else (start, 0, "left")
            text = "withheld" if narrow and absent == WITHHELD else absent
            d.note(
                text, x=1, y=y, dx=dx, dy=dy, size=form.small, colour=house.MUT, anchor=anchor, italic=True, halo=narrow
            )  # fmt: skip
            continue
        difference = numerals.difference(row["difference"])
        if narrow:
            dy = d.name_line
            d.note(
                difference, x=1, y=y, dx=d.right - 4, dy=dy, size=form.title, colour=house.INK, anchor="right",
                bold=True, halo=True,
            )  # fmt: skip
            continue
        firm = bool(row["firm"]) if known(row["firm"]) else False
        up = 9 if firm and not deck else 1
        wide = 50 if deck else 36
        d.note(
            difference, x=1, y=y, dx=start + wide, dy=up, size=form.column + 0.5, colour=house.INK, anchor="right",
            bold=True,
        )  # fmt: skip
        text = _count(row, numerals)
        at = start + wide + 15
        (text,) = house.fit(text, d.right - at + 2, form.small, lines=1)
        d.note(text, x=1, y=y, dx=at, dy=up, size=form.small, colour=house.MUT)
        if firm and not deck:
            sign = "▲ firmly above" if row["difference"] > 0 else "▼ firmly below"
            d.note(sign, x=1, y=y, dx=at, dy=-9, size=form.small, colour=house.INK2)


def _names_of_marks(
    d: Drawing,
    rows: dict[int, pd.Series],
    both: dict[int, pd.Series],
    quartiles: dict[int, pd.Series],
    best: dict[int, pd.Series],
    level: set[int],
    subject: str,
    unit_many: str,
    lane: Any,
) -> None:
    """Name every kind of mark once, in the first row with room."""
    form = d.form
    small = form.small
    narrow = form.names_above
    if narrow:
        d.note("minus peers", x=1, above=13, dx=d.right - 4, size=small, colour=house.MUT, anchor="right")
    if both:
        i, row = next(iter(both.items()))
        bases = {int(r["base"]) for r in both.values() if known(r["base"])}
        text = f"{bases.pop()} peers, mean" if len(bases) == 1 else "peers, mean"
        (name,) = house.fit(subject, 110 if narrow else d.left, form.head, bold=True, lines=1)
        place: dict[str, float] = {"above": 12.0} if i == next(iter(rows)) else {"y": d.y(i, 0.5)}
        if narrow:
            place = {"y": lane(i), "dy": 19.0}
        size = small if narrow else form.head
        half = house.text_width(name, size, bold=True) / 2
        # At the end of the scale the client's name moves inwards, and the peers' keeps clear of it.
        end = d.px(d.high) + (d.right - 2 if narrow else 22)
        start = -d.left + half if narrow else half
        shift = min(0.0, end - half - d.px(row["score"])) + max(0.0, start - d.px(row["score"]))
        apart = d.px(row["score"], tight=True) - d.px(row["peers_mean"], tight=True) + shift
        ahead = row["score"] >= row["peers_mean"]
        away = min(4.0, apart - half - 8) if ahead else max(-4.0, apart + half + 8)
        d.note(
            house.escaped(text), x=d.across(row["peers_mean"]), dx=away, size=small, colour=house.MUT,
            anchor="right" if ahead else "left", halo=True, **place,
        )  # fmt: skip
        d.note(
            house.escaped(name), x=d.across(row["score"]), size=size, colour=house.INK, anchor="center", bold=True,
            halo=not narrow, **{**place, "dx": shift},
        )  # fmt: skip
    for i, row in quartiles.items():
        marks = [row["peers_q1"], row["peers_mean"]]
        marks += [row[key] for key in ("score", "best_quarter") if known(row[key])]
        left = min(marks)
        text = "middle half" if narrow else f"middle half of {unit_many}"
        wide = house.text_width(text, small) + form.dot
        if left == row["peers_q1"] < row["peers_q3"] and d.px(left, tight=True) > wide - d.left * narrow:
            d.note(
                house.escaped(text), x=d.across(left), y=lane(i), dx=-6, size=small, colour=house.MUT,
                anchor="right", halo=True,
            )  # fmt: skip
            break
    for i, row in reversed(list(best.items())):
        others = [row[key] for key in ("score", "peers_mean", "peers_q3") if known(row[key])]
        text = "best quarter" if narrow else "best quarter, mean"
        room = d.px(d.high, tight=True) + (8 if narrow else 28) - d.px(row["best_quarter"], tight=True)
        free = i not in level and row["best_quarter"] >= max(others)
        if free and room > house.text_width(text, small) + form.dot / 2:
            d.note(
                text, x=d.across(row["best_quarter"]), y=lane(i), dx=form.dot / 2 + 4, size=small,
                colour=house.MUT, halo=True,
            )  # fmt: skip
            break


def _count(row: pd.Series, numerals: Numerals) -> str:
    """``27 of 29``, with the ties; ``all at 5.0`` where nobody differs."""
    if not known(row["below"]) or not known(row["base"]):
        return ""
    base, below, tied = int(row["base"]), int(row["below"]), int(row["tied"]) if known(row["tied"]) else 0
    if tied == base:
        return f"all at {numerals.score(row['score'])}"
    return f"{below} of {base}" + (f", {tied} tied" if tied else "")


def _phrase(row: pd.Series, subject: str, numerals: Numerals) -> str:
    if not known(row["score"]):
        return f"{row['name']} not scored"
    text = f"{row['name']} {numerals.score(row['score'])}"
    if not known(row["peers_mean"]):
        return f"{text}, peers {WITHHELD}"
    firm = "firm" if known(row["firm"]) and bool(row["firm"]) else "not firm"
    count = _count(row, numerals)
    first, comma, tied = count.partition(", ")
    lower = f"; {first} peers lower{comma}{tied}" if " of " in count else f"; peers {count}" if count else ""
    best = f", best quarter {numerals.mean(row['best_quarter'])}" if known(row["best_quarter"]) else ""
    return (
        f"{text}, {numerals.difference(row['difference'])} points from the peers' mean of "
        f"{numerals.mean(row['peers_mean'])} ({firm}{best}{lower})"
    )


def _hover(row: pd.Series, subject: str, numerals: Numerals) -> str:
    own = numerals.score(row["score"]) if known(row["score"]) else "not scored"
    if not known(row["peers_mean"]):
        return f"{row['name']}: {subject} {own}. The peers are {WITHHELD}."
    base = f"{int(row['base'])} peers" if known(row["base"]) else "The peers"
    text = f"{row['name']}: {subject} {own}. {base} average {numerals.mean(row['peers_mean'])}"
    if known(row["peers_q1"]) and known(row["peers_q3"]):
        text += f", the middle half {numerals.mean(row['peers_q1'])} to {numerals.mean(row['peers_q3'])}"
    if known(row["best_quarter"]):
        text += f", the best quarter {numerals.mean(row['best_quarter'])}"
    if known(row["difference"]):
        firm = "firm" if known(row["firm"]) and bool(row["firm"]) else "not firm"
        text += f". The difference of {numerals.difference(row['difference'])} is {firm}"
    return f"{text}."


def _cells(row: pd.Series, numerals: Numerals) -> dict[str, Any]:
    def mean(key: str) -> float | None:
        return house.number(row[key], numerals.mean_decimals)

    compared = known(row["peers_mean"])
    firm = "firm" if known(row["firm"]) and bool(row["firm"]) else "not firm"
    return {
        "name": row["name"],
        "score": house.number(row["score"], numerals.score_decimals),
        "peers_mean": mean("peers_mean"),
        "difference": house.number(row["difference"], numerals.score_decimals),
        "q1": mean("peers_q1"),
        "q3": mean("peers_q3"),
        "best_quarter": mean("best_quarter"),
        "base": int(row["base"]) if known(row["base"]) and compared else None,
        "below": int(row["below"]) if known(row["below"]) and compared else None,
        "tied": int(row["tied"]) if known(row["tied"]) and compared else None,
        "firm": firm if compared and known(row["difference"]) else "not compared",
    }
