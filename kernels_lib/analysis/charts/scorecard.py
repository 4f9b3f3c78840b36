"""The scorecard: every criterion's mean on the scale, over the stages it passes through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.study.numerals import Numerals

ROW = 50
PHONE_ROW = 58


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
    rows = [row for _, row in card[card["mean"].notna()].sort_values("mean", ascending=False, kind="stable").iterrows()]
    rows += [row for _, row in card[card["mean"].isna()].iterrows()]
    many = house.group_words(card["n"], unit_many)
    target = house.shared_target(card["target"])
    head = house.interval_words(card)
    scale = f"from {numerals.target(floor)} to {numerals.target(top)}"

    def draw(form: Form) -> Drawing:
        return _draw(
            form, rows, numerals, floor=floor, top=top, target=target, stages=stages, many=many, head=head
        )  # fmt: skip

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or f"Mean of all {many}, {scale}, with its interval. Bands: the stages of the scale.",
        caption=caption,
        alt_rows=[_phrase(row, numerals) for row in rows],
        how_to_read=(
            f"A dot is the mean of all {many}, the line through it its interval. The shaded bands behind are the "
            "stages of the scale. Where the line is dashed and the mark is an open diamond, the data do not settle on "
            "which side of the target the mean lies."
            + (" Criteria that share a letter are not in a firm order." if "letters" in card else "")
        ),
        basis=basis,
        columns=[
            ("name", "Criterion", "", "text"),
            ("side", "Kind", "", "text"),
            ("mean", f"Mean of all {many}", "points", "number"),
            ("low", "Interval from", "points", "number"),
            ("high", "Interval to", "points", "number"),
            ("stage", "Stage", "", "text"),
            ("target", "Target", "points", "number"),
            ("verdict", "Against target", "", "text"),
            *([("letters", "Letters", "", "text")] if "letters" in card else []),
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
    d = Drawing(
        form, low=floor, high=top, rows=len(shown), row=PHONE_ROW if form.names_above else ROW,
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
        d.target_line(target, label=f"target {numerals.target(target)}")
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
            d.omitted(i, item, "criteria")
        else:
            d.name(i, item["name"], second=item["side"], halo=False)
    if form.names_above:
        _beside(d, rows, numerals, target, lane)
    else:
        _right_column(d, rows, numerals, many, head)
    return d


def _bands(d: Drawing, stages: Sequence[tuple[float, str]], target: float | None) -> None:
    form = d.form
    cuts = sorted((max(start, d.low), name) for start, name in stages if start < d.high)
    ends = [*[start for start, _ in cuts[1:]], d.high]
    for number, ((start, name), end) in enumerate(zip(cuts, ends, strict=True)):
        if end <= start:
            continue
        if number % 2 == 0:
            d.rect(d.across(start), d.across(end), 0, 1, fill=house.WASH)
        if number:
            d.upright(start, colour=house.RULE, width=1)
        width = (d.px(end) - d.px(start)) * max(form.slack, 0.92) - 2
        middle = (start + end) / 2
        # A second line of the name needs the height at which the target's label stands.
        free = target is None or abs(d.px(middle) - d.px(target)) > width / 2 + form.head * 2.2
        size = form.small - 1
        lines = house.fit(name, width, size, lines=2 if free else 1)
        if len(" ".join(lines)) > 4:
            text = "<br>".join(house.escaped(line) for line in lines)
            d.note(
                text, x=d.across(middle), above=d.top - form.head * 2.25 - size * 0.6, size=size, colour=house.MUT,
                anchor="center", valign="bottom", hover=name if " ".join(lines) != name else "",
            )  # fmt: skip


def _right_column(d: Drawing, rows: dict[int, Any], numerals: Numerals, many: str, head: str) -> None:
    form = d.form
    deck = not form.interval_column
    start = 30 if deck else 33
    d.heads(f"All {many}", "mean and stage" if deck else f"mean, {head}", dx=start)
    means = [numerals.mean(row["mean"]) for row in rows.values()]
    widest = max((house.digits_width(mean, form.column) for mean in means), default=0)
    for i, row in rows.items():
        if not known(row["mean"]):
            d.note("no mean", x=1, y=d.y(i), dx=start, size=form.small, colour=house.MUT, italic=True)
            continue
        d.note(
            numerals.mean(row["mean"]), x=1, y=d.y(i), dx=start + widest, dy=1 if deck else 10, size=form.column,
            colour=house.INK, anchor="right", bold=True,
        )  # fmt: skip
        at = start + widest + 14 if deck else start
        (stage,) = house.fit(_with_letters(row), d.right - at - 4, form.small, lines=1)
        if not deck and known(row["ci_low"]) and known(row["ci_high"]):
            interval = numerals.interval(row["ci_low"], row["ci_high"])
            d.note(interval, x=1, y=d.y(i), dx=start + widest + 9, dy=10, size=13.8, colour=house.MUT)
        d.note(
            house.escaped(stage), x=1, y=d.y(i), dx=at, dy=1 if deck else -9, size=form.small, colour=house.INK2
        )  # fmt: skip


def _beside(d: Drawing, rows: dict[int, Any], numerals: Numerals, target: float | None, lane: Any) -> None:
    for i, row in rows.items():
        if not known(row["mean"]):
            continue
        low = row["ci_low"] if known(row["ci_low"]) else row["mean"]
        high = row["ci_high"] if known(row["ci_high"]) else row["mean"]
        mean = numerals.mean(row["mean"])
        loose = row["verdict"] == "unresolved"
        letters = f" ({row['letters']})" if _letters(row) else ""
        texts = [f"{mean} unresolved{letters}"] if loose else [f"{mean} {row['stage']}{letters}"]
        texts += [f"{mean}{letters}", mean]
        place = d.beside(low, high, texts, size=d.form.small, keep_off=target)
        if place is not None:
            text, shift, anchor = place
            at = low if anchor == "right" else high
            d.note(
                house.escaped(text), x=d.across(at), y=lane(i), dx=shift, size=d.form.small, colour=house.INK2,
                anchor=anchor, italic=loose,
            )  # fmt: skip


def _letters(row: pd.Series) -> str:
    return str(row.get("letters", "") or "")


def _with_letters(row: pd.Series) -> str:
    """The letters that criteria share whose order is not firm, and the stage, which may be cut short."""
    return f"{_letters(row)} · {_stage(row)}" if _letters(row) else _stage(row)


def _stage(row: pd.Series) -> str:
    assumed = " (assumed)" if row["stage_status"] == "assumed" and row["stage"] else ""
    return f"{row['stage']}{assumed}"


def _phrase(row: pd.Series, numerals: Numerals) -> str:
    if not known(row["mean"]):
        return f"{row['name']} without a mean"
    gap = round(float(row["mean"] - row["target"]), 9)
    target = numerals.target(row["target"])
    way = (
        f"just on {target}"
        if gap == 0
        else f"{house.distance(gap, numerals)} {'short of' if gap < 0 else 'above'} {target}"
    )
    words = house.verdict(row["verdict"], bool(row.get("firm", True)))[1]
    return f"{row['name']} {numerals.mean(row['mean'])}, {way} ({_stage(row)}, {words})"


def _hover(row: pd.Series, many: str, numerals: Numerals) -> str:
    spread = ""
    if known(row["ci_low"]) and known(row["ci_high"]):
        spread = f" ({numerals.mean(row['ci_low'])} to {numerals.mean(row['ci_high'])})"
    words = house.verdict(row["verdict"], bool(row.get("firm", True)))[1]
    side = f"its side of {numerals.target(row['target'])} is unresolved"
    firm = f"{words} {numerals.target(row['target'])}"
    verdict = side if row["verdict"] == "unresolved" else firm
    return f"{row['name']}: mean of all {many} {numerals.mean(row['mean'])}{spread}, stage {_stage(row)}; {verdict}."


def _cells(row: pd.Series, numerals: Numerals) -> dict[str, Any]:
    return {
        "name": row["name"],
        "side": row["side"],
        "mean": house.number(row["mean"], numerals.mean_decimals),
        "low": house.number(row["ci_low"], numerals.mean_decimals),
        "high": house.number(row["ci_high"], numerals.mean_decimals),
        "stage": _stage(row),
        "target": house.number(row["target"], numerals.score_decimals),
        **({"letters": _letters(row)} if "letters" in row else {}),
        "verdict": house.verdict(row["verdict"], bool(row.get("firm", True)))[1] if known(row["mean"]) else "no mean",
    }
