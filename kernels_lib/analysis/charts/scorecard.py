"""The scorecard: every criterion's mean on the scale, over the stages it passes through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.analysis.rows import Row, by_row
from kernels_lib.study.language import _
from kernels_lib.study.numerals import Numerals

ROW = 50
PHONE_ROW = 58
START = 33  # pixels from the plot to the right column


def scorecard(
    card: pd.DataFrame,
    *,
    numerals: Numerals,
    floor: float,
    top: float,
    stages: Sequence[tuple[float, str]],
    message: str,
    basis: str,
    caption: str = "",
    unit_many: str = "brands",
    subtitle: str = "",
    identity: str = "scorecard",
) -> go.Figure:
    """Means with their intervals on the scale, the stages behind them as named bands.

    Parameters
    ----------
    card : DataFrame, index criterion
        `name`, `side`, `n`, `mean`, `ci_low`, `ci_high`, `target`, `verdict`, `stage`,
        `stage_status`; optionally `firm` (whether both tests support the verdict) and `letters`
        (criteria that share one are not in a firm order).
    numerals : Numerals
    floor, top : float
        Ends of the scale.
    stages : sequence of (from, name)
        Lower ends and names of the stages.
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    unit_many : str, default "brands"
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: interval, unresolved interval, mean, unresolved mean, target.
    """
    # Those without a mean come last.
    ordered = card.sort_values("mean", ascending=False, kind="stable", na_position="last")
    rows = [row for __, row in by_row(ordered)]
    many = house.group_words(card["n"], unit_many)
    target = house.shared_target(card["target"])
    head = house.interval_head(card, numerals, mean=True)
    words = _("Mean of all {many}, from {floor} to {top}, with its interval. Bands: the stages of the scale.")
    points = _("points")

    def draw(form: Form) -> Drawing:
        return _draw(
            form, rows, numerals, floor=floor, top=top, target=target, stages=stages, many=many, head=head
        )  # fmt: skip

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or words.format(many=many, floor=numerals.target(floor), top=numerals.target(top)),
        caption=caption,
        alt_rows=[_phrase(row, numerals) for row in rows],
        how_to_read=_how_to_read(rows, many, "letters" in card),
        basis=basis,
        columns=[
            ("name", _("Criterion"), "", "text"),
            ("side", _("Kind"), "", "text"),
            ("mean", _("Mean of all {many}").format(many=many), points, "number"),
            ("low", _("Interval from"), points, "number"),
            ("high", _("Interval to"), points, "number"),
            ("stage", _("Stage"), "", "text"),
            ("target", _("Target"), points, "number"),
            ("verdict", _("Against target"), "", "text"),
            *([("letters", _("Letters"), "", "text")] if "letters" in card else []),
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
    target: float | None,
    stages: Sequence[tuple[float, str]],
    many: str,
    head: str,
) -> Drawing:
    shown = house.shortened(everything, form.rows and form.rows + 2)
    rows = {i: item for i, item in enumerate(shown) if not isinstance(item, int)}
    room = form.right - START + 2
    stages_fit = all(
        house.whole(house.fit(text, room, form.least, lines=1), text) for text in map(_with_letters, rows.values())
    )
    height = PHONE_ROW if form.names_above else ROW if stages_fit else ROW + 12
    d = Drawing(
        form, low=floor, high=top, rows=len(shown), row=height, second=True,
        names=[row["name"] for row in rows.values()], cross=target,
    )  # fmt: skip
    _bands(d, stages, target)
    d.axis(house.ticks(floor, top), numerals, strong=target)

    def lane(i: int) -> float:
        return d.under(i) + d.units(4) if form.names_above else d.y(i)

    placed = {i: row for i, row in rows.items() if known(row["mean"])}
    spread = {i: row for i, row in placed.items() if known(row["ci_low"]) and known(row["ci_high"])}
    for role, loose, dash in (("interval", False, "solid"), ("unresolved interval", True, "3px,3px")):
        lines = [
            (row["ci_low"], lane(i), row["ci_high"], lane(i))
            for i, row in spread.items()
            if (row["verdict"] == "unresolved") is loose
        ]
        d.line(role, lines, colour=house.QUIET, width=2.5, dash=dash)
    if target is not None:
        d.target_line(target, label=house.target_words(target, numerals))
    else:
        d.target_ticks([(i, float(row["target"])) for i, row in rows.items()])
    looks = {
        "strength": ("mean", "circle", house.BLUE, house.PAPER, 1.5, form.dot),
        "missed opportunity": ("mean", "circle", house.PAPER, house.VERM, 2.75, form.dot - 2),
        "unresolved": ("unresolved mean", "diamond", house.PAPER, house.QUIET, 2.25, form.dot - 1),
    }
    for verdict, (role, symbol, fill, edge, width, size) in looks.items():
        chosen = [(i, row) for i, row in placed.items() if row["verdict"] == verdict]
        d.marks(
            role, [(row["mean"], lane(i)) for i, row in chosen], symbol=symbol, size=size, fill=fill, edge=edge,
            edge_width=width, hover=[_hover(row, many, numerals) for _, row in chosen],
        )  # fmt: skip
    for i, item in enumerate(shown):
        if isinstance(item, int):
            d.omitted(i, house.criteria_left_out(item))
        else:
            second = _second(d, item, numerals, target)
            d.name(i, item["name"], second=second, halo=False)
    if not form.names_above:
        _right_column(d, rows, numerals, many, head)
    return d


def _bands(d: Drawing, stages: Sequence[tuple[float, str]], target: float | None) -> None:
    form = d.form
    cuts = sorted((max(start, d.low), name) for start, name in stages if start < d.high)
    ends = [*[start for start, __ in cuts[1:]], d.high]
    for number, ((start, name), end) in enumerate(zip(cuts, ends, strict=True)):
        if end <= start:
            continue
        if number % 2 == 0:
            d.rect(d.across(start), d.across(end), 0, 1, fill=house.WASH)
        if number:
            d.upright(start, colour=house.RULE, width=1)
        width = (d.px(end) - d.px(start)) * 0.8 if form.names_above else d.px(end) - d.px(start) - 2
        middle = (start + end) / 2
        # A second line of the name needs the height at which the target's label stands.
        free = target is None or abs(d.px(middle) - d.px(target)) > width / 2 + form.head * 2.2
        # Estimates are generous; a name that has no room stands in the rows that reach its stage.
        most = 2 if free else 1
        lines, size = house.fitted(name, width * 1.03, max(form.small - 1, form.least), form.least, lines=most)
        if house.whole(lines, name):
            d.note(
                house.stacked(lines), x=d.across(middle), above=d.top - form.head * 2.25 - size * 0.6, size=size,
                colour=house.MUT, anchor="center", valign="bottom",
            )  # fmt: skip


def _right_column(d: Drawing, rows: dict[int, Any], numerals: Numerals, many: str, head: str) -> None:
    form = d.form
    deck = not form.interval_column
    start = 30 if deck else START
    d.heads(_("All {many}").format(many=many), _("mean and stage") if deck else head, dx=start)
    means = [numerals.mean(row["mean"]) for row in rows.values()]
    widest = max((house.digits_width(mean, form.column) for mean in means), default=0)
    for i, row in rows.items():
        if not known(row["mean"]):
            d.column(i, _("no mean"), dx=start, colour=house.MUT, italic=True)
            continue
        d.note(
            numerals.mean(row["mean"]), x=1, y=d.y(i), dx=start + widest, dy=1 if deck else 10, size=form.column,
            colour=house.INK, anchor="right", bold=True,
        )  # fmt: skip
        at = start + widest + 14 if deck else start
        if not deck and known(row["ci_low"]) and known(row["ci_high"]):
            interval = numerals.interval(row["ci_low"], row["ci_high"])
            d.column(i, interval, dx=start + widest + 9, dy=10, size=13.8, colour=house.MUT)
        # Below the mean a long stage grows downwards, beside it to both sides.
        place = {"dy": 1} if deck else {"dy": form.small * 0.62 - 9, "valign": "top"}
        d.column(i, _with_letters(row), dx=at, lines=2, colour=house.INK2, **place)


def _second(d: Drawing, row: Row, numerals: Numerals, target: float | None) -> str:
    """What stands below a name: on a page the kind; a phone has no right column, so the mean, letters and stage.

    In as many words as there is room for left of the target line.
    """
    if not d.form.names_above:
        return str(row["side"]) if d.form.interval_column else ""
    if not known(row["mean"]):
        return _("no mean")
    mean, letters = numerals.mean(row["mean"]), _letters(row)
    sign, words = house.verdict("unresolved")
    verdicts = [f"{sign} {words}", sign] if row["verdict"] == "unresolved" else [""]
    stages = dict.fromkeys([_stage(row), str(row["stage"]), ""])
    texts = [
        " · ".join(part for part in (mean, letters, stage, verdict) if part) for stage in stages for verdict in verdicts
    ]
    room = d.room if target is None else d.left + d.px(target, tight=True) - 6
    return next((text for text in texts if house.text_width(text, d.form.least) <= room), texts[-1])


def _letters(row: Row) -> str:
    return str(row.get("letters", "") or "")


def _with_letters(row: Row) -> str:
    """The letters that criteria share whose order is not firm, and the stage, which may be cut short."""
    return f"{_letters(row)} · {_stage(row)}" if _letters(row) else _stage(row)


def _stage(row: Row) -> str:
    if row["stage_status"] == "assumed" and row["stage"]:
        return _("{stage} (assumed)").format(stage=row["stage"])
    return str(row["stage"])


def _verdict(row: Row) -> str:
    return house.verdict(row["verdict"], bool(row.get("firm", True)))[1]


def _phrase(row: Row, numerals: Numerals) -> str:
    if not known(row["mean"]):
        return _("{name} without a mean").format(name=row["name"])
    gap = round(float(row["mean"] - row["target"]), 9)
    text = house.at_target(row["name"], numerals.mean(row["mean"]), gap, row["target"], numerals)
    return f"{text} ({_stage(row)}, {_verdict(row)})"


def _hover(row: Row, many: str, numerals: Numerals) -> str:
    mean = house.with_interval(row["mean"], row["ci_low"], row["ci_high"], numerals)
    own = _("{name}: the mean of all {many} is {mean}, at the stage {stage}.")
    if row["verdict"] == "unresolved":
        words = _("On which side of its target of {target} it lies is unresolved.")
    else:
        words = _("Against its target of {target}: {verdict}.")
    return " ".join(
        [
            own.format(name=row["name"], many=many, mean=mean, stage=_stage(row)),
            words.format(target=numerals.target(row["target"]), verdict=_verdict(row)),
        ]
    )


def _how_to_read(rows: Sequence[pd.Series], many: str, letters: bool) -> str:
    sentences = [
        _(
            "A dot is the mean of all {many}, the line through it its interval. The shaded bands behind are the "
            "stages of the scale. A filled dot is a mean above its target, an open one a mean below it. Where the "
            "line is dashed and the mark is an open diamond, the data do not settle on which side of the target the "
            "mean lies."
        ).format(many=many),
        house.by_means_words((row["verdict"], bool(row.get("firm", True))) for row in rows if known(row["mean"])),
    ]
    if letters:
        sentences.append(_("Criteria that share a letter are not in a firm order."))
    return " ".join(sentence for sentence in sentences if sentence)


def _cells(row: Row, numerals: Numerals) -> dict[str, Any]:
    return {
        "name": row["name"],
        "side": row["side"],
        "mean": house.number(row["mean"], numerals.mean_decimals),
        "low": house.number(row["ci_low"], numerals.mean_decimals),
        "high": house.number(row["ci_high"], numerals.mean_decimals),
        "stage": _stage(row),
        "target": house.number(row["target"], numerals.score_decimals),
        **({"letters": _letters(row)} if "letters" in row else {}),
        "verdict": _verdict(row) if known(row["mean"]) else _("no mean"),
    }
