"""Every industry's mean overall score; the client's own in ink, thin ones withheld in words."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.analysis.charts.remembering import drawn_once
from kernels_lib.analysis.rows import Row, by_row
from kernels_lib.study.language import _, _n
from kernels_lib.study.numerals import Numerals

ROW = 40
PHONE_ROW = 50


@drawn_once
def industries(
    frame: pd.DataFrame,
    *,
    numerals: Numerals,
    floor: float,
    top: float,
    mean_all: float,
    message: str,
    basis: str,
    caption: str = "",
    unit_many: str = "brands",
    n_all: int | None = None,
    minimum_base: int = 4,
    own_words: str | None = None,
    subtitle: str = "",
    identity: str = "industries",
) -> go.Figure:
    """Industry means with their intervals against the mean of all.

    Parameters
    ----------
    frame : DataFrame, index industry
        `name`, `n`, `mean`, `ci_low`, `ci_high`, `own`, `withheld`.
    numerals : Numerals
    floor, top : float
        Ends of the scale; the axis shows a part of it where the data fill less.
    mean_all : float
        Mean of all units, a dotted line.
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    unit_many : str, default "brands"
    n_all : int, optional
        Number of all units; default the sum of `n`.
    minimum_base : int, default 4
        Stated where an industry is withheld.
    own_words : str, optional
        Stands in brackets behind the own industry's name, by default "yours"; empty for none.
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: interval, own interval, mean, own mean, all mean.
    """
    ordered = frame.sort_values("mean", ascending=False, kind="stable", na_position="last")
    hidden = ordered["withheld"].astype(bool) | ordered["mean"].isna()
    own_words = _("yours") if own_words is None else own_words
    rows = [row for __, row in by_row(ordered[~hidden])] + [row for __, row in by_row(ordered[hidden])]
    total = n_all if n_all is not None else int(frame["n"].dropna().sum())
    many = f"{total} {unit_many}"
    shown = [row for row in rows if _shown(row)]
    values = [float(row[key]) for row in shown for key in ("mean", "ci_low", "ci_high") if known(row[key])]
    low, high = house.narrower([*values, mean_all], floor, top)
    # True of both kinds: too few others, and withheld so that another cannot be computed back.
    words = _("withheld to protect single {units}").format(units=unit_many)
    under = [_("Mean overall score of each industry with its interval.")]
    ends = {"floor": numerals.target(floor), "top": numerals.target(top)}
    if (low, high) == (float(floor), float(top)):
        under.append(_("Scale from {floor} to {top}.").format(**ends))
    else:
        part = {name: house.tick_label(end, (low, high), numerals) for name, end in (("low", low), ("high", high))}
        under.append(_("The axis shows {low} to {high} of the scale from {floor} to {top}.").format(**ends, **part))
    points = _("points")

    everything = _("All {many}").format(many=many)
    last = {
        "name": everything,
        "n": total,
        "mean": house.number(mean_all, numerals.mean_decimals),
        "note": _("dotted line"),
    }

    def draw(form: Form) -> Drawing:
        return _draw(
            form, rows, numerals, low=low, high=high, mean_all=mean_all, many=many, words=words, own=own_words,
            head=house.interval_head(frame, numerals, mean=True),
        )  # fmt: skip

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or " ".join(under),
        caption=caption,
        alt_rows=[
            *(_phrase(row, mean_all, many, words, own_words, numerals) for row in rows),
            f"{everything} {numerals.mean(mean_all)}",
        ],
        how_to_read=_(
            "A ring is the mean of an industry's {units}, the line through it its interval; the own industry is "
            "filled. The dotted line is the mean of all {many}. Where intervals overlap, the order of the industries "
            "is open to doubt. A mean is withheld where fewer than {least} other {units} stand behind it, and where "
            "another withheld one could be computed from it."
        ).format(units=unit_many, many=many, least=minimum_base),
        basis=basis,
        columns=[
            ("name", _("Industry"), "", "text"),
            ("n", house.capital(unit_many), "", "number"),
            ("mean", _("Mean"), points, "number"),
            ("low", _("Interval from"), points, "number"),
            ("high", _("Interval to"), points, "number"),
            ("note", _("Note"), "", "text"),
        ],
        rows=[*(_cells(row, words, own_words, numerals) for row in rows), last] if rows else [],
        numerals=numerals,
    )


def _shown(row: Row) -> bool:
    return known(row["mean"]) and not bool(row["withheld"])


def _name(row: Row, own: str) -> str:
    return f"{row['name']} ({own})" if bool(row["own"]) and own else str(row["name"])


def _draw(
    form: Form,
    everything: list[pd.Series],
    numerals: Numerals,
    *,
    low: float,
    high: float,
    mean_all: float,
    many: str,
    words: str,
    own: str,
    head: str,
) -> Drawing:
    shown = house.shortened(everything, form.rows and form.rows + 2, keep=lambda row: bool(row["own"]))
    rows = {i: item for i, item in enumerate(shown) if not isinstance(item, int)}
    narrow = form.names_above
    d = Drawing(
        form, low=low, high=high, rows=len(shown), row=PHONE_ROW if narrow else ROW,
        names=[_name(row, own) for row in rows.values()],
        # On a phone the mean and its interval stand at the right of the name.
        room=form.width * form.slack - 130 if narrow else None,
    )  # fmt: skip

    def lane(i: int) -> float:
        return d.under(i) + d.units(3) if narrow else d.y(i)

    d.axis(house.ticks(low, high), numerals)
    d.upright(mean_all, colour=house.QUIET, width=1.5, dash="2px,3px", extra=8)
    label = _("all {many} {mean}").format(many=many, mean=numerals.mean(mean_all))
    half = house.text_width(label, form.small) / 2
    middle = min(max(d.px(mean_all), half - d.left), d.plot_width + (d.right if narrow else 20) - half)
    d.note(
        house.escaped(label), x=d.across(mean_all), above=18, dx=middle - d.px(mean_all), size=form.small,
        colour=house.MUT, anchor="center",
    )  # fmt: skip

    present = {i: row for i, row in rows.items() if _shown(row)}
    for is_own, role, colour in ((False, "interval", house.QUIET), (True, "own interval", house.INK)):
        lines = [
            (row["ci_low"], lane(i), row["ci_high"], lane(i))
            for i, row in present.items()
            if bool(row["own"]) is is_own and known(row["ci_low"]) and known(row["ci_high"])
        ]
        d.line(role, lines, colour=colour, width=2.5)
    others = {i: row for i, row in present.items() if not bool(row["own"])}
    mine = {i: row for i, row in present.items() if bool(row["own"])}
    d.marks(
        "mean", [(row["mean"], lane(i)) for i, row in others.items()], symbol="circle", size=form.dot - 2,
        fill=house.PAPER, edge=house.QUIET, edge_width=2.5,
        hover=[_hover(row, words, own, numerals) for row in others.values()],
    )  # fmt: skip
    d.marks(
        "own mean", [(row["mean"], lane(i)) for i, row in mine.items()], symbol="circle", size=form.dot,
        fill=house.INK, edge=house.PAPER, edge_width=1.5,
        hover=[_hover(row, words, own, numerals) for row in mine.values()],
    )  # fmt: skip
    # The foot of the dotted line, as a mark that can be pointed at.
    everything = _("All {many}").format(many=many)
    d.marks(
        "all mean", [(mean_all, d.foot)], symbol="line-ns", size=form.dot * 0.6, fill=house.QUIET, edge=house.QUIET,
        edge_width=1.5, hover=[f"{everything}: {numerals.mean(mean_all)}."],
    )  # fmt: skip

    start = 30 if form.name == "deck" else 33
    widest = max((house.digits_width(numerals.mean(r["mean"]), form.column) for r in present.values()), default=0)
    if not narrow:
        (text,), size = house.fitted(head, d.right - start + 2, form.small, form.least)
        d.note(house.escaped(text), x=1, above=18, dx=start, size=size, colour=house.MUT)
    for i, item in enumerate(shown):
        if isinstance(item, int):
            d.omitted(i, _left_out(item))
            continue
        is_own = bool(item["own"])
        d.name(i, _name(item, own), bold=is_own, colour=house.INK, hover=_hover(item, words, own, numerals))
        if not _shown(item):
            text = words if bool(item["withheld"]) else _("no overall score")
            d.note(
                house.escaped(text), x=0, y=lane(i), dx=6, size=form.small, colour=house.MUT, italic=True, halo=True
            )  # fmt: skip
            continue
        mean, interval = numerals.mean(item["mean"]), numerals.interval(item["ci_low"], item["ci_high"])
        has = known(item["ci_low"]) and known(item["ci_high"])
        if narrow:
            text = f"<b>{mean}</b> {interval if has else ''}"
            d.note(
                text, x=1, y=d.y(i), dx=d.right - 4, dy=d.name_line, size=form.small,
                colour=house.INK if is_own else house.MUT, anchor="right", halo=True,
            )  # fmt: skip
            continue
        d.note(
            mean, x=1, y=d.y(i), dx=start + widest, dy=1, size=form.column, colour=house.INK if is_own else house.INK2,
            anchor="right", bold=is_own,
        )  # fmt: skip
        if has:
            d.column(i, interval, dx=start + widest + 12, dy=1, colour=house.MUT)
    return d


def _left_out(count: int) -> str:
    return _n(
        "{n} industry between these is left out here; the report shows all",
        "{n} industries between these are left out here; the report shows all",
        count,
    ).format(n=count)


def _phrase(row: Row, mean_all: float, many: str, words: str, own: str, numerals: Numerals) -> str:
    name = _name(row, own)
    if not _shown(row):
        absent = words if bool(row["withheld"]) else _("no overall score")
        return f"{name}: {absent}"
    gap = round(float(row["mean"]) - mean_all, 9)
    if gap == 0:
        text = _("{name} {mean}, level with the mean of all {many}")
    elif gap < 0:
        text = _("{name} {mean}, {gap} below the mean of all {many}")
    else:
        text = _("{name} {mean}, {gap} above the mean of all {many}")
    text = text.format(name=name, mean=numerals.mean(row["mean"]), gap=house.distance(gap, numerals), many=many)
    if not (known(row["ci_low"]) and known(row["ci_high"])):
        return text
    interval = numerals.interval(row["ci_low"], row["ci_high"])
    return f"{text} ({_('interval {interval}').format(interval=interval)})"


def _hover(row: Row, words: str, own: str, numerals: Numerals) -> str:
    name = _name(row, own)
    if not _shown(row):
        absent = words if bool(row["withheld"]) else _("no overall score")
        return f"{name}: {absent}."
    mean = house.with_interval(row["mean"], row["ci_low"], row["ci_high"], numerals)
    return _("{name}: mean {mean}, n = {n}.").format(name=name, mean=mean, n=int(row["n"]))


def _cells(row: Row, words: str, own: str, numerals: Numerals) -> dict[str, Any]:
    shown = _shown(row)

    def mean(key: str) -> float | None:
        return house.number(row[key], numerals.mean_decimals) if shown else None

    return {
        "name": _name(row, own),
        "n": int(row["n"]) if known(row["n"]) and shown else None,
        "mean": mean("mean"),
        "low": mean("ci_low"),
        "high": mean("ci_high"),
        "note": "" if shown else words if bool(row["withheld"]) else _("no overall score"),
    }
