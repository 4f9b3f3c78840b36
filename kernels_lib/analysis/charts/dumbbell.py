"""The client against its peers on every criterion; single peers are never drawn."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.analysis.rows import Row, by_row
from kernels_lib.study.language import N_, _, _n
from kernels_lib.study.numerals import Numerals

ROW = 46
PHONE_ROW = 60
WITHHELD = N_("withheld: too few peers")


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
    of = dict(by_row(client_card))
    rows = [of[criterion] for criterion in order]
    words = _(
        "Score from {floor} to {top}, sorted by the lead over peers. Best quarter: the mean of the highest scores, so "
        "that no single one shows. Soft band: the middle half of {units}."
    ).format(floor=numerals.target(floor), top=numerals.target(top), units=unit_many)
    points = _("points")

    def draw(form: Form) -> Drawing:
        return _draw(form, rows, numerals, floor=floor, top=top, subject=subject, unit_many=unit_many)

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or words,
        caption=caption,
        alt_rows=[_phrase(row, numerals) for row in rows],
        how_to_read=_(
            "The dot is {subject}, the upright tick the mean of its peers; the thick line between them is the lead or "
            "the lag. The soft band holds the middle half of the peers. The open diamond is the mean of their best "
            "quarter, and the dotted line is the way there; where the dot is already level with it, the diamond rings "
            "the dot. A difference is firm only where ▲ or ▼ says so."
        ).format(subject=subject),
        basis=basis,
        columns=[
            ("name", _("Criterion"), "", "text"),
            ("score", subject, points, "number"),
            ("peers_mean", _("Mean of peers"), points, "number"),
            ("difference", _("Difference"), points, "number"),
            ("q1", _("Middle half from"), points, "number"),
            ("q3", _("Middle half to"), points, "number"),
            ("best_quarter", _("Mean of the best quarter"), points, "number"),
            ("base", _("Peers"), "", "number"),
            ("below", _("Scoring lower"), "", "number"),
            ("tied", _("Tied"), "", "number"),
            ("firm", _("Firm"), "", "text"),
        ],
        rows=[_cells(row, numerals) for row in rows],
        numerals=numerals,
    )


def _draw(
    form: Form,
    everything: list[Row],
    numerals: Numerals,
    *,
    floor: float,
    top: float,
    subject: str,
    unit_many: str,
) -> Drawing:
    shown = house.shortened(everything, form.rows and form.rows + 1)
    rows = {i: item for i, item in enumerate(shown) if not isinstance(item, int)}
    narrow = form.names_above
    d = Drawing(
        form, low=floor, high=top, rows=len(shown), row=PHONE_ROW if narrow else ROW,
        names=[row["name"] for row in rows.values()],
        # The name shares its line with the difference at the right.
        room=form.width * form.slack - 72 if narrow else None,
    )  # fmt: skip

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
            d.omitted(i, house.criteria_left_out(item))
            continue
        d.name(i, item["name"])
    _right(d, rows, numerals, subject)
    _names_of_marks(d, rows, both, quartiles, best, level, subject, unit_many, lane)
    return d


def _firm(row: Row) -> bool:
    return known(row["firm"]) and bool(row["firm"])


def _right(d: Drawing, rows: dict[int, Row], numerals: Numerals, subject: str) -> None:
    form = d.form
    narrow = form.names_above
    start = 30 if form.name == "deck" else 33
    if not narrow:
        title = _("{subject} minus peers").format(subject=subject)
        if house.text_width(title, form.least, bold=True) > d.right - start + 2:
            title = _("Score minus peers")
        d.heads(title, _("points; peers below"), dx=start)
    widest = max(house.digits_width(_signed(row, numerals, narrow), form.column + 0.5) for row in rows.values())
    for i, row in rows.items():
        absent = "" if known(row["score"]) else _("not scored")
        if not known(row["peers_mean"]):
            withheld = _("withheld") if narrow and absent else _(WITHHELD)
            absent = f"{absent}; {withheld}" if absent else withheld
        if absent or not known(row["difference"]):
            if not narrow:
                d.column(i, absent, dx=start, lines=2, colour=house.MUT, italic=True)
                continue
            (text,), size = house.fitted(absent, 0.5 * form.width, form.small, form.least)
            d.note(
                house.escaped(text), x=1, y=d.y(i), dx=d.right - 4, dy=d.name_line, size=size, colour=house.MUT,
                anchor="right", italic=True, halo=True,
            )  # fmt: skip
            continue
        if narrow:
            d.note(
                _signed(row, numerals, True), x=1, y=d.y(i), dx=d.right - 4, dy=d.name_line, size=form.title,
                colour=house.INK, anchor="right", bold=True, halo=True,
            )  # fmt: skip
            continue
        up = form.small * 0.7 if _firm(row) else 1
        at = start + widest + 14
        d.note(
            _signed(row, numerals, False), x=1, y=d.y(i), dx=start + widest, dy=up, size=form.column + 0.5,
            colour=house.INK, anchor="right", bold=True,
        )  # fmt: skip
        count = _count(row, numerals)
        if not house.whole(house.fit(count, d.right - at + 2, form.least, lines=1), count):
            # The ties have a line of their own; where the verdict needs that, they stay in the table.
            first, comma, ties = count.partition(", ")
            count = _count(row, numerals, ties=False) if _firm(row) else first + comma + ties.replace(" ", "\u00a0")
        d.column(i, count, dx=at, dy=up, lines=1 if _firm(row) else 2, colour=house.MUT)
        if _firm(row):
            words = " ".join(house.verdict("strength" if row["difference"] > 0 else "missed opportunity"))
            d.column(i, words, dx=start, dy=-up, colour=house.INK2)


def _signed(row: Row, numerals: Numerals, with_verdict: bool) -> str:
    """The difference; on a phone, which has no room for words, with the sign of a firm one."""
    if not known(row["difference"]):
        return ""
    sign = ("▲ " if row["difference"] > 0 else "▼ ") if with_verdict and _firm(row) else ""
    return sign + numerals.difference(row["difference"])


def _names_of_marks(
    d: Drawing,
    rows: dict[int, Row],
    both: dict[int, Row],
    quartiles: dict[int, Row],
    best: dict[int, Row],
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
        text = house.escaped(_("minus peers"))
        d.note(text, x=1, above=13, dx=d.right - 4, size=small, colour=house.MUT, anchor="right")
    if both:
        i, row = next(iter(both.items()))
        bases = {int(r["base"]) for r in both.values() if known(r["base"])}
        base = bases.pop() if len(bases) == 1 else 0
        text = _n("{n} peer, mean", "{n} peers, mean", base).format(n=base) if base else _("peers, mean")
        size = small if narrow else form.head
        # A name too long to stand at a mark stays in the words around the chart.
        fits = house.text_width(subject, size, bold=True) <= (130 if narrow else d.left + 20)
        name = subject if fits else _("own score")
        place: dict[str, float] = {"above": 12.0} if i == next(iter(rows)) else {"y": d.y(i, 0.5)}
        if narrow:
            place = {"y": lane(i), "dy": 19.0}
        half = house.text_width(name, size, bold=True) / 2
        # At the end of the scale the client's name moves inwards, and the peers' keeps clear of it.
        end = d.px(d.high) + (d.right - 2 if narrow else 22)
        start = -d.left + half if narrow else half
        shift = min(0.0, end - half - d.px(row["score"])) + max(0.0, start - d.px(row["score"]))
        apart = d.px(row["score"], tight=True) - d.px(row["peers_mean"], tight=True) + shift
        ahead = row["score"] >= row["peers_mean"]
        away = min(4.0, apart - half - 8) if ahead else max(-4.0, apart + half + 8)
        # In fewer words where the end of the drawing is near.
        at = d.px(row["peers_mean"], tight=True) + away
        room = at + d.left if ahead else d.px(d.high, tight=True) + d.right - at
        text = text if house.text_width(text, small) <= room else _("peers")
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
        text = _("middle half") if narrow else _("middle half of {units}").format(units=unit_many)
        wide = house.text_width(text, small) + form.dot
        if left == row["peers_q1"] < row["peers_q3"] and d.px(left, tight=True) > wide - d.left * narrow:
            # A dot near the end of the band reaches beyond it.
            nearest = min(d.px(mark, tight=True) for mark in marks[1:]) - d.px(left, tight=True)
            away = max(6.0, form.dot * 0.78 - nearest + 4)
            d.note(
                house.escaped(text), x=d.across(left), y=lane(i), dx=-away, size=small, colour=house.MUT,
                anchor="right", halo=True,
            )  # fmt: skip
            break
    for i, row in reversed(list(best.items())):
        others = [row[key] for key in ("score", "peers_mean", "peers_q3") if known(row[key])]
        text = _("best quarter") if narrow else _("best quarter, mean")
        room = d.px(d.high, tight=True) + (8 if narrow else 28) - d.px(row["best_quarter"], tight=True)
        free = i not in level and row["best_quarter"] >= max(others)
        if free and room > house.text_width(text, small) + form.dot / 2:
            d.note(
                text, x=d.across(row["best_quarter"]), y=lane(i), dx=form.dot / 2 + 4, size=small,
                colour=house.MUT, halo=True,
            )  # fmt: skip
            break


def _count(row: Row, numerals: Numerals, *, ties: bool = True) -> str:
    """``27 of 29``, with the ties; ``all at 5.0`` where nobody differs."""
    if not known(row["below"]) or not known(row["base"]):
        return ""
    base, below, tied = int(row["base"]), int(row["below"]), int(row["tied"]) if known(row["tied"]) else 0
    if tied == base:
        return _("all at {score}").format(score=numerals.score(row["score"]))
    text = _("{below} of {base}, {tied} tied") if tied and ties else _("{below} of {base}")
    return text.format(below=below, base=base, tied=tied)


def _phrase(row: Row, numerals: Numerals) -> str:
    if not known(row["score"]):
        return _("{name} not scored").format(name=row["name"])
    score = numerals.score(row["score"])
    if not known(row["peers_mean"]):
        return _("{name} {score}, peers withheld: too few").format(name=row["name"], score=score)
    text = _("{name} {score}, {difference} points from the peers' mean of {mean}").format(
        name=row["name"],
        score=score,
        difference=numerals.difference(row["difference"]),
        mean=numerals.mean(row["peers_mean"]),
    )
    parts = [_("firm") if _firm(row) else _("not firm")]
    if known(row["best_quarter"]):
        parts.append(_("best quarter {mean}").format(mean=numerals.mean(row["best_quarter"])))
    if known(row["below"]) and known(row["base"]):
        base, below, tied = int(row["base"]), int(row["below"]), int(row["tied"]) if known(row["tied"]) else 0
        if tied == base:
            words = _("all peers at {score}")
        else:
            words = _("{below} of {base} peers lower, {tied} tied") if tied else _("{below} of {base} peers lower")
        parts.append(words.format(base=base, below=below, tied=tied, score=score))
    return f"{text} ({', '.join(parts)})"


def _hover(row: Row, subject: str, numerals: Numerals) -> str:
    own = _("{name}: {subject} {score}.") if known(row["score"]) else _("{name}: {subject} not scored.")
    sentences = [own.format(name=row["name"], subject=subject, score=numerals.score(row["score"]))]
    if not known(row["peers_mean"]):
        return f"{sentences[0]} {_('The peers are withheld: there are too few.')}"
    mean = numerals.mean(row["peers_mean"])
    if known(row["base"]):
        n = int(row["base"])
        sentences.append(_n("{n} peer averages {mean}.", "{n} peers average {mean}.", n).format(n=n, mean=mean))
    else:
        sentences.append(_("The peers average {mean}.").format(mean=mean))
    if known(row["peers_q1"]) and known(row["peers_q3"]):
        low, high = numerals.mean(row["peers_q1"]), numerals.mean(row["peers_q3"])
        sentences.append(_("Their middle half is from {low} to {high}.").format(low=low, high=high))
    if known(row["best_quarter"]):
        mean = numerals.mean(row["best_quarter"])
        sentences.append(_("Their best quarter averages {mean}.").format(mean=mean))
    if known(row["difference"]):
        difference = numerals.difference(row["difference"])
        words = (
            _("The difference of {difference} is firm.")
            if _firm(row)
            else _("The difference of {difference} is not firm.")
        )
        sentences.append(words.format(difference=difference))
    return " ".join(sentences)


def _cells(row: Row, numerals: Numerals) -> dict[str, Any]:
    def mean(key: str) -> float | None:
        return house.number(row[key], numerals.mean_decimals)

    compared = known(row["peers_mean"])
    firm = _("firm") if _firm(row) else _("not firm")
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
        "firm": firm if compared and known(row["difference"]) else _("not compared"),
    }
