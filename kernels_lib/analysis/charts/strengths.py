"""Strengths and missed opportunities: every criterion against its target, the chart of the report.

Right of the target line is what is gained, filled; the open boxes left of it are what is missing.
With a client the coloured lane is the client's and the group stays a grey interval below it;
without one the group itself is coloured, and only where its side of the line is firm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.analysis.rows import by_row
from kernels_lib.study.language import _
from kernels_lib.study.numerals import Numerals, in_words

DROP = 2.6  # how far below the axis the bracket's words stand, in sizes of its labels
BREAK = 0.27  # rows of extra space before the first criterion below its target


@dataclass(frozen=True)
class _Row:
    id: str
    name: str
    side: str
    value: float | None
    target: float
    state: str  # "gained", "missed", "open" where the side of the line is not settled, "absent"
    mean: float | None
    low: float | None
    high: float | None
    verdict: str  # of the group
    both: bool = True  # whether both tests say so

    @property
    def gap(self) -> float:
        return round(self.value - self.target, 9) if self.value is not None else 0.0

    @property
    def firm(self) -> bool:
        return self.verdict != "unresolved"


_STATES = {"strength": "gained", "missed opportunity": "missed", "unresolved": "open", "too close to call": "open"}


def strengths(
    card: pd.DataFrame,
    *,
    subject: str,
    numerals: Numerals,
    floor: float,
    top: float,
    message: str,
    basis: str,
    caption: str = "",
    unit_many: str = "brands",
    unsettled: Sequence[str] = (),
    client: pd.DataFrame | None = None,
    unsettled_words: str = "",
    subtitle: str = "",
    identity: str = "strengths",
) -> go.Figure:
    """Every criterion against its target, with what is gained and what is missing.

    Parameters
    ----------
    card : DataFrame, index criterion
        The group's `name`, `side`, `n`, `mean`, `ci_low`, `ci_high`, `target`, `verdict`.
    subject : str
        Whose chart it is: the client's or the group's name.
    numerals : Numerals
    floor, top : float
        Ends of the scale.
    message : str
        The figure's title, a sentence.
    basis : str
        What the numbers rest on.
    caption : str, optional
        Sentences below the figure.
    unit_many : str, default "brands"
        What is counted.
    unsettled : sequence of str, optional
        Criteria whose order in the group is unresolved: a bracket joins them.
    client : DataFrame, index criterion, optional
        A client's `score`, `target`, `verdict`, `group_mean`, `group_low`, `group_high`,
        `group_verdict`.  With it the coloured lane is the client's.
    unsettled_words, subtitle : str, optional
        Words that replace the usual ones.
    identity : str, default "strengths"
        The figure's id.

    Returns
    -------
    go.Figure
        Roles: missed, strength, missed score, strength score, unresolved score, interval,
        unresolved interval, group mean, target.
    """
    rows = _rows(card, client, numerals)
    many = house.group_words(card["n"], unit_many)
    target = house.shared_target(row.target for row in rows)
    head = house.interval_head(card, numerals, mean=client is not None)
    bracket = [row.id for row in rows if row.id in set(unsettled)] if len(unsettled) > 1 else []
    words = _("which of these {n} is lowest across the {many}: unresolved").format(n=in_words(len(bracket)), many=many)
    hover = {row.id: _hover(row, many, client is not None, numerals) for row in rows}

    def draw(form: Form) -> Drawing:
        return _draw(
            form, rows, numerals, floor=floor, top=top, target=target, of_client=client is not None, many=many,
            head=head, bracket=bracket, words=unsettled_words or words, hover=hover,
        )  # fmt: skip

    if client is None:
        scale = _(
            "Mean of all {many}, from {floor} to {top}. Filled: on target. Open: what is missing. Grey line below: its "
            "interval."
        )
    else:
        scale = _("Score from {floor} to {top}. Coloured: {subject}. Grey line below: all {many}.")
    scale = scale.format(floor=numerals.target(floor), top=numerals.target(top), subject=subject, many=many)
    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or scale,
        caption=caption,
        alt_rows=[_phrase(row, many, client is not None, numerals) for row in rows],
        how_to_read=_how_to_read(rows, subject, many, target, client is not None, bool(bracket), numerals),
        basis=basis,
        columns=_columns(client is not None, many),
        rows=[_cells(row, client is not None, numerals) for row in rows],
        numerals=numerals,
    )


def _rows(card: pd.DataFrame, client: pd.DataFrame | None, numerals: Numerals) -> list[_Row]:
    frame = card if client is None else client
    rows = []
    for criterion, cells in by_row(frame):
        if client is None:
            value, low, high = cells["mean"], cells["ci_low"], cells["ci_high"]
            mean, group, both = value, cells["verdict"], cells.get("firm", True)
        else:
            value, mean = cells["score"], cells["group_mean"]
            low, high, group = cells["group_low"], cells["group_high"], cells["group_verdict"]
            both = cells.get("group_firm", True)
        rows.append(
            _Row(
                id=str(criterion),
                name=str(cells["name"]),
                side=str(cells["side"]),
                value=float(value) if known(value) else None,
                target=float(cells["target"]),
                state=_STATES.get(cells["verdict"], "absent") if known(value) else "absent",
                mean=float(mean) if known(mean) else None,
                low=float(low) if known(low) and known(high) else None,
                high=float(high) if known(low) and known(high) else None,
                verdict=group if isinstance(group, str) and group in house.VERDICTS else "unresolved",
                both=bool(both),
            )
        )
    worst = float("-inf")
    # Stable: criteria that tie in score and mean stay in the instrument's order.
    return sorted(
        rows,
        key=lambda row: (
            -round(row.value, 9) if row.value is not None else -worst,
            -round(row.mean, 9) if row.mean is not None else -worst,
        ),
    )


def _draw(
    form: Form,
    everything: list[_Row],
    numerals: Numerals,
    *,
    floor: float,
    top: float,
    target: float | None,
    of_client: bool,
    many: str,
    head: str,
    bracket: Sequence[str],
    words: str,
    hover: dict[str, str],
) -> Drawing:
    shown = house.shortened(everything, form.rows)
    rows = {i: item for i, item in enumerate(shown) if isinstance(item, _Row)}
    split = next((i for i, row in rows.items() if row.state == "missed"), 0)
    # With targets that differ by row "below" need not come last, and a break would mislead.
    breaks = {split: BREAK} if target is not None and split > 0 else {}
    height = form.row if len(shown) <= 14 or form.names_above else 50
    places = [i for i, row in rows.items() if row.id in bracket]
    foot = _foot(form, words) if len(places) > 1 else []
    d = Drawing(
        form, low=floor, high=top, rows=len(shown), breaks=breaks, row=height, second=form.interval_column,
        bottom=max(form.bottom, round(form.axis * DROP + len(foot) * form.small * 1.25)),
        names=[row.name for row in rows.values()], cross=target,
    )  # fmt: skip
    lane, under = d.lane, d.under

    edge = 6 if form.names_above else 10
    if target is not None and target < top:
        d.rect(d.across(target), 1 + edge / d.plot_width, 0, 1 + 5 / d.plot_height, fill=house.ZONE)
    d.axis(house.ticks(floor, top), numerals, strong=target)

    _boxes(d, rows, numerals, of_client, hover, lane)
    firm = [(i, row) for i, row in rows.items() if row.low is not None and row.firm]
    loose = [(i, row) for i, row in rows.items() if row.low is not None and not row.firm]
    for role, group, dash in (("interval", firm, "solid"), ("unresolved interval", loose, "3px,3px")):
        lines = [(row.low, under(i), row.high, under(i)) for i, row in group]
        d.line(role, lines, colour=house.QUIET, width=2.5, dash=dash)
    means = [(i, row) for i, row in rows.items() if row.mean is not None]
    d.marks(
        "group mean", [(row.mean, under(i)) for i, row in means], symbol="line-ns", size=d.bar * 0.6,
        fill=house.QUIET, edge=house.QUIET, edge_width=2.5, hover=[hover[row.id] for _, row in means],
    )  # fmt: skip
    if target is not None:
        d.target_line(target, label=house.target_words(target, numerals))
    else:
        d.target_ticks([(i, row.target) for i, row in rows.items()])
    _dots(d, rows, numerals, of_client, hover, lane)
    # With targets that differ by row, the headings flank the first one's.
    _headings(d, rows, next(iter(rows.values())).target if target is None else target)

    for i, row in rows.items():
        d.name(i, row.name, second=row.side if form.interval_column else "")
        if row.state == "absent":
            d.note(
                _("not scored"), x=0, y=lane(i), dx=6, size=form.small, colour=house.MUT, italic=True, halo=True
            )  # fmt: skip
    for i, item in enumerate(shown):
        if isinstance(item, int):
            d.omitted(i, house.criteria_left_out(item))
    if form.names_above:
        _beside_lines(d, rows, numerals, of_client, many, target)
    else:
        _right_column(d, rows, numerals, of_client, many, head, spare=14 if foot else 0)
        if of_client:
            _name_the_line(d, rows, many, target)
    if foot:
        _bracket(d, places, foot)
    return d


def _boxes(d: Drawing, rows: dict[int, _Row], numerals: Numerals, of_client: bool, hover: Any, lane: Any) -> None:
    form = d.form
    size = form.small
    missed = [(i, row) for i, row in rows.items() if row.state == "missed" and row.gap < 0]
    inside = []
    for __, row in missed:
        room = d.px(row.target) - d.px(row.value)
        long, short = house.points_short(row.gap, numerals)
        texts = [long] if room >= 130 * size / 13.5 or form.names_above else []
        tight = d.px(row.target, tight=True) - d.px(row.value, tight=True) - d.dot / 2
        if _label_inside(d, row, numerals, of_client):
            tight -= 2 * house.text_width(_label(row, numerals, of_client), form.score, bold=True)
        texts += [short, house.distance(row.gap, numerals)]
        texts = [text for text in texts if house.text_width(text, size) + 9 <= tight]
        # The dot covers the left end: a thin space keeps the words in the middle of what is left.
        inside.append(f"  {texts[0]}" if texts else "")
    d.bars(
        "missed", [(row.value, row.target, lane(i)) for i, row in missed], thickness=d.bar, fill=house.VERMW,
        edge=house.VERM, hover=[hover[row.id] for _, row in missed], text=inside, text_colour=house.VERM,
        text_size=size,
    )  # fmt: skip
    gained = [(i, row) for i, row in rows.items() if row.state == "gained" and row.gap > 0]
    d.bars(
        "strength", [(row.target, row.value, lane(i)) for i, row in gained], thickness=d.bar, fill=house.BLUE,
        hover=[hover[row.id] for _, row in gained],
    )  # fmt: skip


def _label(row: _Row, numerals: Numerals, of_client: bool) -> str:
    return numerals.score(row.value) if of_client else numerals.mean(row.value)


def _label_inside(d: Drawing, row: _Row, numerals: Numerals, of_client: bool) -> bool:
    """Whether a missed score is so near the floor that its label would run into the names."""
    need = house.text_width(_label(row, numerals, of_client), d.form.score, bold=True) + d.dot / 2 + 4
    return d.px(row.value, tight=True) + (d.form.left if d.form.names_above else 0) < need


def _dots(d: Drawing, rows: dict[int, _Row], numerals: Numerals, of_client: bool, hover: Any, lane: Any) -> None:
    form = d.form

    def mark(role: str, chosen: list[tuple[int, _Row]], **look: Any) -> None:
        d.marks(
            role, [(row.value, lane(i)) for i, row in chosen], hover=[hover[row.id] for _, row in chosen], **look
        )  # fmt: skip

    missed = [(i, row) for i, row in rows.items() if row.state == "missed"]
    mark("missed score", missed, symbol="circle", size=d.dot, fill=house.PAPER, edge=house.VERM, edge_width=2.75)
    for i, row in missed:
        inside = row.gap < 0 and _label_inside(d, row, numerals, of_client)
        side = "right" if inside else "left"
        d.label(_label(row, numerals, of_client), row.value, lane(i), colour=house.VERM, side=side)

    # A gap of nothing has no bar: the dot alone sits on the line.
    gained = [(i, row) for i, row in rows.items() if row.state == "gained"]
    mark(
        "strength score", gained, symbol="circle", size=d.dot + 2, fill=house.BLUE, edge=house.PAPER,
        edge_width=1.5,
    )  # fmt: skip
    for i, row in gained:
        text = _label(row, numerals, of_client)
        width = house.text_width(text, form.score, bold=True) + d.dot / 2 + 7
        air = d.px(d.high, tight=True) - d.px(row.value, tight=True) + (8 if form.names_above else 30)
        on_it = _("{value} just on it").format(value=text)
        if row.gap == 0 and house.text_width(on_it, form.score, bold=True) + d.dot / 2 + 5 <= air:
            text = on_it
        inside = d.px(row.value, tight=True) - d.px(row.target, tight=True) >= width + 4
        # At the end of the scale the label goes into the bar, or left of the line if the bar is too short.
        side = "right" if air >= width + (0 if form.names_above else 12) else "left"
        colour = house.ONBLUE if side == "left" and inside else house.BLUE
        d.label(text, row.value, lane(i), colour=colour, side=side)

    loose = [(i, row) for i, row in rows.items() if row.state == "open"]
    mark(
        "unresolved score", loose, symbol="diamond", size=d.dot, fill=house.PAPER, edge=house.QUIET,
        edge_width=2.25,
    )  # fmt: skip
    for i, row in loose:
        text = _label(row, numerals, of_client)
        width = house.text_width(text, form.score, bold=True) + d.dot / 2 + 7
        crowded = d.px(d.high, tight=True) - d.px(row.value, tight=True) < width
        left = crowded or (row.gap < 0 and not _label_inside(d, row, numerals, of_client))
        d.label(text, row.value, lane(i), colour=house.INK2, side="left" if left else "right", italic=True)


def _headings(d: Drawing, rows: dict[int, _Row], target: float) -> None:
    form = d.form
    above = d.top - form.head * 2.2
    if any(row.state == "missed" for row in rows.values()):
        d.note(
            _("◂ missed opportunity"), x=d.across(target), above=above, dx=-form.head, size=form.head,
            colour=house.VERM, anchor="right", bold=True,
        )  # fmt: skip
    if any(row.state == "gained" for row in rows.values()):
        text = _("strength ▸")
        need = house.text_width(text, form.head, bold=True)
        room = d.px(d.high, tight=True) - d.px(target, tight=True)
        if room + 18 >= need + form.head:
            d.note(text, x=d.across(target), above=above, dx=form.head, size=form.head, colour=house.BLUE, bold=True)
        elif room + 12 >= need:
            d.note(text, x=1, above=above, dx=12, size=form.head, colour=house.BLUE, anchor="right", bold=True)


def _right_column(
    d: Drawing, rows: dict[int, _Row], numerals: Numerals, of_client: bool, many: str, head: str, *, spare: float
) -> None:
    form = d.form
    deck = not form.interval_column
    start = 30 if deck else 33
    if deck:
        head = _("mean, against target") if of_client else _("against target")
    d.heads(_("All {many}").format(many=many), head, dx=start)
    widest = max((house.digits_width(numerals.mean(row.mean), form.column) for row in rows.values()), default=0)
    beside = widest + 14 if deck and of_client else 0
    for i, row in rows.items():
        if row.mean is None:
            d.column(i, _("no mean"), dx=start, colour=house.MUT, italic=True)
            continue
        first = 1 if deck else 11
        if of_client:
            d.note(
                numerals.mean(row.mean), x=1, y=d.y(i), dx=start + widest, dy=first, size=form.column,
                colour=house.INK, anchor="right", bold=True,
            )  # fmt: skip
        if row.low is not None and not deck:
            interval = numerals.interval(row.low, row.high)
            look = {"size": 13.8, "colour": house.MUT} if of_client else {"size": form.column, "colour": house.INK2}
            d.column(i, interval, dx=start + (widest + 9 if of_client else 0), dy=first, **look)
        # Below the mean a verdict of two lines grows downwards, beside it to both sides.
        below = not deck and (row.low is not None or of_client)
        place = {"dy": form.small * 0.62 - 9, "valign": "top"} if below else {"dy": 1}
        d.column(
            i, " ".join(house.verdict(row.verdict, row.both)), dx=start + beside, lines=2, spare=spare,
            size=min(form.small, max(form.least, d.row * 0.38)), colour=house.INK2 if row.firm else house.MUT,
            italic=not row.firm, **place,
        )  # fmt: skip


def _name_the_line(d: Drawing, rows: dict[int, _Row], many: str, target: float | None) -> None:
    """Name the grey line once, in the first row with room."""
    for i, row in rows.items():
        if row.low is None:
            continue
        name = _("all {many}").format(many=many)
        place = d.beside(row.low, row.high, [name], size=d.form.small, keep_off=row.target)
        # In the tinted zone a halo of paper would show as a box.
        if place is not None and place[2] == "right" and (target is None or row.low <= target):
            text, shift, anchor = place
            d.note(
                house.escaped(text), x=d.across(row.low), y=d.under(i), dx=shift, size=d.form.small,
                colour=house.MUT, anchor=anchor, halo=True,
            )  # fmt: skip
            return


def _beside_lines(
    d: Drawing, rows: dict[int, _Row], numerals: Numerals, of_client: bool, many: str, target: float | None
) -> None:
    """A phone has no right column: the group's mean and verdict stand beside its line."""
    name = _("all {many}").format(many=many)
    named = not of_client
    for i, row in rows.items():
        if row.mean is None:
            continue
        sign, words = house.verdict(row.verdict, row.both)
        short = f"{numerals.mean(row.mean)} {sign}" if of_client else sign
        # What is not firm is said in words; the line is named where that leaves them room.
        texts = [f"{short} {words}", short] if not row.firm or not of_client else [short]
        if not named:
            texts.insert(0, f"{name} {texts[0]}")
        low = row.mean if row.low is None else row.low
        high = row.mean if row.high is None else row.high
        place = d.beside(low, high, texts, size=d.form.small, keep_off=row.target)
        if place is None:
            continue
        text, shift, anchor = place
        named = named or text.startswith(name)
        at = low if anchor == "right" else high
        over_zone = target is not None and (at > target or (anchor == "left" and at >= target))
        d.note(
            house.escaped(text), x=d.across(at), y=d.under(i), dx=shift, size=d.form.small,
            colour=house.MUT, anchor=anchor, italic=not row.firm, halo=not over_zone,
        )  # fmt: skip


def _foot(form: Form, words: str) -> list[str]:
    """The bracket's words in lines."""
    width = (form.width - 14) * form.slack if form.names_above else (form.width - 24) * 0.95
    return house.balanced(words, width, form.small)


def _bracket(d: Drawing, places: Sequence[int], lines: Sequence[str]) -> None:
    """Join the criteria whose order is unresolved; a tick at each of them and at no other."""
    form = d.form
    narrow = form.names_above
    right = d.right - (1 if narrow else 4)
    tick = 5 if narrow else 7
    size = form.small
    drop = form.axis * DROP
    foot = d.up(d.foot) - drop / d.plot_height
    heights = [d.up(d.lane(i)) for i in places]
    # Pixels from the right end of the plot across, parts of the plot's height up.
    path = f"M{right - tick},{heights[0]:.5f}L{right},{heights[0]:.5f}L{right},{foot:.5f}L{right - tick},{foot:.5f}"
    path += "".join(f"M{right - tick},{y:.5f}L{right},{y:.5f}" for y in heights[1:])
    d.shapes.append(
        {
            "type": "path",
            "xref": "paper",
            "yref": "paper",
            "xsizemode": "pixel",
            "xanchor": 1,
            "path": path,
            "line": {"color": house.QUIET, "width": 1.25},
            "fillcolor": house.CLEAR,
            "layer": "below",
        }
    )
    for number, line in enumerate(lines):
        d.note(
            house.escaped(line), x=1, below=drop + number * size * 1.25, dx=right - tick - 6, size=size,
            colour=house.MUT, anchor="right", italic=True,
        )  # fmt: skip


def _group_phrase(row: _Row, many: str, of_client: bool, numerals: Numerals) -> str:
    words = house.verdict(row.verdict, row.both)[1]
    if of_client:
        if row.mean is None:
            return _("no mean of all {many}").format(many=many)
        return _("all {many} {mean}, {verdict}").format(many=many, mean=numerals.mean(row.mean), verdict=words)
    if row.low is None:
        return words
    return _("interval {interval}, {verdict}").format(interval=numerals.interval(row.low, row.high), verdict=words)


def _phrase(row: _Row, many: str, of_client: bool, numerals: Numerals) -> str:
    group = _group_phrase(row, many, of_client, numerals)
    if row.value is None:
        return f"{_('{name} not scored').format(name=row.name)} ({group})"
    text = house.at_target(row.name, _label(row, numerals, of_client), row.gap, row.target, numerals)
    return f"{text} ({_('too close to call')}; {group})" if of_client and row.state == "open" else f"{text} ({group})"


def _hover(row: _Row, many: str, of_client: bool, numerals: Numerals) -> str:
    words = house.verdict(row.verdict, row.both)[1]
    own = _("{name}: not scored.").format(name=row.name)
    if of_client:
        sentences = [own]
        if row.value is not None:
            value = numerals.score(row.value)
            sentences = [house.at_target_sentence(row.name, value, row.gap, row.target, numerals)]
        if row.state == "open":
            sentences.append(_("That is too close to call."))
        if row.mean is not None:
            mean = house.with_interval(row.mean, row.low, row.high, numerals)
            sentences.append(_("All {many} {mean}, {verdict}.").format(many=many, mean=mean, verdict=words))
        return " ".join(sentences)
    if row.value is None:
        return own
    mean = house.with_interval(row.value, row.low, row.high, numerals)
    own = house.at_target_sentence(row.name, mean, row.gap, row.target, numerals)
    if not row.firm:
        return f"{own} {_('On which side of the target the mean lies is unresolved.')}"
    return f"{own} {house.capital(words)}."


def _columns(of_client: bool, many: str) -> list[tuple[str, str, str, str]]:
    points = _("points")
    return [
        ("name", _("Criterion"), "", "text"),
        ("side", _("Kind"), "", "text"),
        *([("score", _("Score"), points, "number")] if of_client else []),
        ("target", _("Target"), points, "number"),
        ("gap", _("To target"), points, "number"),
        *([("verdict", _("Verdict"), "", "text")] if of_client else []),
        ("mean", _("Mean of all {many}").format(many=many), points, "number"),
        ("low", _("Interval from"), points, "number"),
        ("high", _("Interval to"), points, "number"),
        ("group_verdict", _("All {many} against target").format(many=many), "", "text"),
    ]


def _cells(row: _Row, of_client: bool, numerals: Numerals) -> dict[str, Any]:
    verdicts = {"gained": _("strength"), "missed": _("missed opportunity"), "open": _("too close to call")}
    means = numerals.mean_decimals
    own = numerals.score_decimals if of_client else means
    return {
        "name": row.name,
        "side": row.side,
        "score": house.number(row.value, own),
        "target": house.number(row.target, numerals.score_decimals),
        "gap": house.number(row.gap, own) if row.value is not None else None,
        "verdict": verdicts.get(row.state, _("not scored")),
        "mean": house.number(row.mean, means),
        "low": house.number(row.low, means),
        "high": house.number(row.high, means),
        "group_verdict": house.verdict(row.verdict, row.both)[1] if row.mean is not None else _("no mean"),
    }


def _how_to_read(
    rows: Sequence[_Row],
    subject: str,
    many: str,
    target: float | None,
    of_client: bool,
    bracket: bool,
    numerals: Numerals,
) -> str:
    if target is None:
        sentences = [_("Start at the heavy tick in its row, the target.")]
    else:
        sentences = [_("Start at the heavy line at {target}, the target.").format(target=numerals.target(target))]
    if of_client:
        sentences.append(
            _(
                "A blue bar reaches from the target to a score of {subject} that is on or above it. An open box shows "
                "how many points a score still lacks. The grey line below is the mean of all {many} (upright tick) "
                "with its interval; dashed means that its side of the target is unresolved. ▲ and ▼ say that the mean "
                "is firmly above or below the target."
            ).format(subject=subject, many=many)
        )
        if any(row.state == "open" for row in rows):
            sentences.append(_("An open diamond is a score too close to its target to call."))
    else:
        sentences.append(
            _(
                "A blue bar reaches from the target to a mean that is firmly on or above it. An open box shows how "
                "many points a mean firmly below it lacks. The grey line is the interval of the mean over {many}. "
                "Where it is dashed and the mark is an open diamond, the data do not settle on which side of the "
                "target the mean lies."
            ).format(many=many)
        )
    sentences.append(house.by_means_words((row.verdict, row.both) for row in rows if row.mean is not None))
    if bracket:
        sentences.append(_("The bracket at the right joins criteria that the data cannot put in order."))
    return " ".join(sentence for sentence in sentences if sentence)
