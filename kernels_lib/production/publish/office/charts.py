"""Figures as native charts: bars and points that whoever opens the deck can edit.

Which chart a figure becomes is decided by the columns of its rows, so a chart that is added to the
library needs no line here if it has the same columns; what fits none of `KINDS` becomes a table
(`grids`).  Beside a chart stands a table of what no bar can say: verdicts, intervals, counts.

    target, mean        bars that begin at the target: filled above it, open below it
    value, low, high    bars with the range under other weights
    mean, low, high     bars with intervals
    score, peers_mean   points: own score, peers, best quarter
    answer, same        bars of those who answer alike, each with its interval
    way, milestone_way  bars from start to target, a tick at the milestone of each
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kernels_lib.production.publish.office.canvas import Canvas, Frame, Par, Run, Td, fitted, height, par
from kernels_lib.production.publish.office.chartparts import Axis, Chart, Lines, Look, Series, add
from kernels_lib.production.publish.office.grids import left_out
from kernels_lib.production.publish.office.plotted import GAINED, MISSED, NEUTRAL, OPEN, Plotted, chosen
from kernels_lib.production.publish.office.sheets import decimals
from kernels_lib.production.publish.office.source import Source
from kernels_lib.production.publish.office.template import SMALLEST
from kernels_lib.production.publish.office.typeset import width as text_width
from kernels_lib.production.publish.office.typeset import wrapped
from kernels_lib.study.language import _
from kernels_lib.study.numerals import EN_DASH

KEY = 24.0  # height of a line of the key
AXIS = 26.0  # below the plot
AIR, NO_AIR = 44.0, 18.0  # right of the plot, with and without room for the value of a bar that ends there
LEAST_ROW, MOST_ROW, MOST_ROW_OF_FEW = 22.0, 46.0, 64.0
SPACE = "    "
SIGNS = {GAINED: "▲ ", MISSED: "▼ ", OPEN: "◇ ", NEUTRAL: ""}
_LOOKS = {
    GAINED: Look("blue", "blue", ink="blue"),
    MISSED: Look("vermw", "verm", ink="verm"),
    OPEN: Look("paper", "quiet", ink="ink2"),
    NEUTRAL: Look("quiet", ink="ink"),
}


@dataclass(frozen=True)
class Beside:
    """A column of the table right of a chart."""

    head: str
    texts: Sequence[str]
    quiet: Sequence[bool] = ()
    side: str = "l"
    bold: bool = False


@dataclass
class Rows:
    """The rows that are shown, and where they stand on the slide."""

    plotted: Plotted
    shown: list[int | None]  # None is where rows are left out
    omitted: int
    frame: Frame  # of everything
    plot: Frame  # of the marks
    aside: Frame  # of the table at the right
    air: float  # between the two

    def of(self, values: Sequence[Any], gap: Any = None) -> list[Any]:
        """What the shown rows have of something that all rows have."""
        return [gap if at is None else values[at] for at in self.shown]

    @property
    def names(self) -> list[str]:
        return self.of([row["name"] for row in self.plotted.texts], "⋮")

    @property
    def pitch(self) -> float:
        return self.plot.height / len(self.shown)

    def across(self, value: float, axis: Axis) -> float:
        """Where a value lies on the slide."""
        return self.plot.x + self.plot.width * (value - axis.low) / (axis.high - axis.low)


def draw(canvas: Canvas, frame: Frame, plotted: Plotted, source: Source) -> bool:
    """Draw a figure as a native chart; whether there is one for its columns."""
    kind = next((make for wanted, make in KINDS if plotted.has(*wanted)), None)
    if kind is None or not any(value is not None for value in plotted.numbers(_own(plotted))):
        return False
    kind(canvas, frame, plotted, source)
    return True


def _own(plotted: Plotted) -> str:
    return next(key for key in ("score", "value", "mean", "same", "way") if plotted.has(key))


# The charts


def _against_target(canvas: Canvas, frame: Frame, plotted: Plotted, source: Source) -> None:
    """Bars that begin at the target; with a client's scores, the group's means below them."""
    of_client = plotted.has("score")
    own = "score" if of_client else "mean"
    roles = {"strength score": GAINED, "missed score": MISSED, "unresolved score": OPEN}
    states = plotted.roles(own, roles)
    targets = {target for target in plotted.numbers("target") if target is not None}
    beside = [_means(plotted)]
    if of_client:
        verdicts = _signed(plotted, "group_verdict")
        quiet = [text.startswith("◇") for text in verdicts]
    else:
        beside.append(Beside(_("Interval"), _intervals(plotted)))
        verdicts = [SIGNS[state] + row["group_verdict"] for state, row in zip(states, plotted.texts, strict=True)]
        quiet = [state == OPEN for state in states]
    beside.append(Beside(plotted.labels["group_verdict"], verdicts, quiet))
    subject, group = (source.head.subject, plotted.labels["mean"]) if of_client else ("", "")
    key = _key_of_target(subject, group, one=len(targets) == 1)
    rows = _placed(canvas, frame, plotted, beside, key, lanes=2 if of_client else 1, air=AIR if of_client else NO_AIR)
    axis = plotted.axis()
    if len(targets) == 1:
        axis = replace(axis, cross=targets.pop())
    series = [_own_bars(rows, own, states, axis, interval=not of_client)]
    if of_client:
        series.append(
            Series(plotted.labels["mean"], rows.of(plotted.numbers("mean")), Look("band", "band"),
                   low=rows.of(plotted.numbers("low")), high=rows.of(plotted.numbers("high")))
        )  # fmt: skip
    _bars(canvas, rows, series, axis, own, lanes=of_client)
    if axis.cross is None:
        _ticks(canvas, rows, rows.of(plotted.numbers("target")), axis)
        return
    text = f"{plotted.labels['target']} {plotted.texts[0]['target']}"
    half = text_width(text, SMALLEST, bold=True) / 2 + 4
    at = min(rows.across(axis.cross, axis), rows.plot.right + rows.air - half)
    canvas.text(
        Frame(at - half, rows.plot.y - 21, 2 * half, 20), [par(text, SMALLEST, bold=True, side="ctr")], name="Target"
    )


def _key_of_target(subject: str, group: str, *, one: bool = True) -> list[Run]:
    """What the colours mean; `one` target is where the bars begin, several are ticks."""
    whose = f"{subject}: " if subject else ""
    above, below = (
        (_("on the target or above"), _("below it: the bar is what is missing"))
        if one
        else (_("on its target or above"), _("below it"))
    )
    runs = [Run("■ ", "blue"), Run(whose + above + SPACE), Run("□ ", "verm", bold=True), Run(below + SPACE)]
    if not one:
        runs += [Run("┃ ", bold=True), Run(_("target") + SPACE)]
    if group:
        words = _("{mean}, with its interval").format(mean=group)
        return [*runs, Run("■ ", "band"), Run("— ", "quiet", bold=True), Run(words)]
    return [*runs, Run("□ ", "quiet", bold=True), Run(_("unresolved") + SPACE), Run("— ", bold=True),
            Run(_("interval of the mean"))]  # fmt: skip


def _with_range(canvas: Canvas, frame: Frame, plotted: Plotted, source: Source) -> None:
    """Overall scores with the range that other weights give."""
    own = [at for at, row in enumerate(plotted.texts) if row["name"] == source.head.subject]
    values = [row["value"] for row in plotted.texts]
    beside = [Beside(plotted.labels["value"], values, side="r", bold=True), Beside(_("Range"), _intervals(plotted))]
    key = [Run("■ ", "rule"), Run(plotted.labels["value"] + SPACE), Run("— ", bold=True),
           Run(_("range under other weights, no confidence interval"))]  # fmt: skip
    target = next(
        (x for trace in plotted.figure.forms["wide"]["data"] if _role(trace) == "target" for x in trace["x"]), None
    )
    if target is not None:
        key += [Run(SPACE + "┃ ", bold=True), Run(_("target"))]
    rows = _placed(canvas, frame, plotted, beside, key, keep=own)
    axis = plotted.axis()
    looks = [_seen_through(Look("client", "client")) if at in own else Look("rule") for at in rows.shown]
    _bars(canvas, rows, [_plain_bars(rows, "value", looks)], axis, "value")
    _ticks(canvas, rows, [target] * len(rows.shown), axis)


def _with_interval(canvas: Canvas, frame: Frame, plotted: Plotted, source: Source) -> None:
    """Means with their intervals: of criteria, with stages and verdicts, or of industries."""
    of_criteria = plotted.has("verdict", "target")
    states, beside, key = (_of_criteria if of_criteria else _of_groups)(plotted)
    rows = _placed(canvas, frame, plotted, beside, key)
    axis = plotted.axis()
    own = {"own": Look("client", "client"), "all": Look("paper", "quiet"), NEUTRAL: Look("rule")}
    looks = [_seen_through(own.get(state) or _LOOKS[state]) for state in rows.of(states, NEUTRAL)]
    _bars(canvas, rows, [_plain_bars(rows, "mean", looks)], axis, "mean")
    if of_criteria:
        _ticks(canvas, rows, rows.of(plotted.numbers("target")), axis)


def _of_criteria(plotted: Plotted) -> tuple[list[str], list[Beside], list[Run]]:
    """Colours by the side of the target, with stages and verdicts beside them."""
    roles = plotted.roles("mean", {"mean": NEUTRAL, "unresolved mean": OPEN})
    states = []
    for role, mean, target in zip(roles, plotted.numbers("mean"), plotted.numbers("target"), strict=True):
        known = role != OPEN and mean is not None and target is not None
        states.append((GAINED if mean >= target else MISSED) if known else OPEN)
    verdicts = [SIGNS[state] + row["verdict"] for state, row in zip(states, plotted.texts, strict=True)]
    beside = [_means(plotted)]
    if plotted.has("stage"):
        beside.append(Beside(plotted.labels["stage"], [row["stage"] for row in plotted.texts]))
    beside.append(Beside(plotted.labels["verdict"], verdicts, [state == OPEN for state in states]))
    return states, beside, _key_of_target("", "", one=False)


def _of_groups(plotted: Plotted) -> tuple[list[str], list[Beside], list[Run]]:
    """The own group in the client's colour; a note stands where a mean is withheld."""
    states = plotted.roles("mean", {"mean": NEUTRAL, "own mean": "own", "all mean": "all"})
    beside = [_means(plotted)]
    if plotted.has("n"):
        beside.insert(0, Beside(plotted.labels["n"], [row["n"] for row in plotted.texts], side="r"))
    notes = [row.get("note", "").replace(EN_DASH, "") if row.get("mean") == EN_DASH else "" for row in plotted.texts]
    words = [note or interval for note, interval in zip(notes, _intervals(plotted), strict=True)]
    beside.append(Beside(_("Interval"), words, [bool(note) for note in notes]))
    key = [Run("■ ", "rule"), Run(plotted.labels["mean"] + SPACE), Run("— ", bold=True), Run(_("its interval"))]
    return states, beside, key


def _against_peers(canvas: Canvas, frame: Frame, plotted: Plotted, source: Source) -> None:
    """Own score, the peers' mean and the mean of their best quarter, as points on one line a criterion."""
    difference = [row["difference"] for row in plotted.texts] if plotted.has("difference") else []
    signed = [f"+{text}" if number is not None and number > 0 else text
              for text, number in zip(difference, plotted.numbers("difference"), strict=True)]  # fmt: skip
    beside = [Beside(plotted.labels["difference"], signed, side="r", bold=True)] if difference else []
    if plotted.has("firm"):
        beside.append(Beside(plotted.labels["firm"], [row["firm"] for row in plotted.texts]))
    key = [Run("● ", "client"), Run(plotted.labels["score"] + SPACE), Run("■ ", "quiet"),
           Run(plotted.labels["peers_mean"] + SPACE)]  # fmt: skip
    if plotted.has("best_quarter"):
        key += [Run("◆ ", "mut"), Run(plotted.labels["best_quarter"] + SPACE)]
    if plotted.has("q1", "q3"):
        key += [Run("▬ ", "band"), Run(_("middle half of the peers"))]
    rows = _placed(canvas, frame, plotted, beside, key, names=True)
    own, peers = rows.of(plotted.numbers("score")), rows.of(plotted.numbers("peers_mean"))
    lines = []
    if plotted.has("q1", "q3"):
        low, high = rows.of(plotted.numbers("q1")), rows.of(plotted.numbers("q3"))
        lines.append(Lines(_("middle half of the peers"), low, high, "quiet", 15, shine=0.7))
    lines.append(Lines(plotted.labels.get("difference", ""), peers, own, "ink", 2.25))
    series = [Series(plotted.labels["peers_mean"], peers, Look("quiet", "quiet", size=8), symbol="square")]
    looks: list[Look | None] = []
    if plotted.has("best_quarter"):
        best = rows.of(plotted.numbers("best_quarter"))
        level = [a is not None and a == b for a, b in zip(own, best, strict=True)]
        # Where the own score is level with it, one mark is both: programs differ in which would lie on top.
        hidden = [Look(symbol="none") if same else None for same in level]
        looks = [Look("client", "ink2", 1.75, size=15, symbol="diamond") if same else None for same in level]
        # Filled: LibreOffice draws no edge around a mark.
        look = Look("mut", "mut", size=9)
        series.append(Series(plotted.labels["best_quarter"], best, look, hidden, symbol="diamond"))
    dots = Look("client", "paper", 1.0, size=12)
    series.append(Series(plotted.labels["score"], own, dots, looks, symbol="circle"))
    chart = Chart(
        rows.names, series, plotted.axis(), _chart_frame(rows), rows.plot,
        decimals(plotted.places("score", "peers_mean")), head=plotted.labels["name"],
        heights=[float(at) for at in range(1, len(rows.shown) + 1)], lines=lines,
    )  # fmt: skip
    add(canvas, chart, name="Chart", words=plotted.figure.alt)


def _answered_alike(canvas: Canvas, frame: Frame, plotted: Plotted, source: Source) -> None:
    """Of everyone asked, those who answer as the subject does; the interval is that of the same side."""
    beside = [Beside(plotted.labels["answer"], [row["answer"] for row in plotted.texts]),
              Beside(plotted.labels["same"], [row["same"] for row in plotted.texts], side="r", bold=True)]  # fmt: skip
    if plotted.has("pool"):
        # A share of yes beside one of the same answer: the head says which.
        head = f"{plotted.labels['pool']} · {plotted.labels['share']}"
        beside.append(Beside(head, [row["pool"] for row in plotted.texts], side="r"))
    key = [
        Run("■ ", "client"),
        Run(plotted.labels["same"] + " (%)" + SPACE),
        Run("— ", bold=True),
        Run(_("its interval")),
    ]
    rows = _placed(canvas, frame, plotted, beside, key)
    low, high = _around_same(plotted)
    series = Series(
        plotted.labels["same"], rows.of(plotted.numbers("same")), Look("client"),
        [_seen_through(Look("client", "client"))] * len(rows.shown), rows.of(low), rows.of(high), whisker="ink",
    )  # fmt: skip
    _bars(canvas, rows, [series], plotted.axis(), "same")


def _around_same(plotted: Plotted) -> tuple[list[float | None], list[float | None]]:
    """The interval of those who say yes; of those who say no where that is the same answer: what is left of 100."""
    low, high = [], []
    for row, least, most in zip(plotted.texts, plotted.numbers("low"), plotted.numbers("high"), strict=True):
        known = least is not None and most is not None
        of_yes = row["answer"] == _("yes")
        low.append((least if of_yes else 100 - most) if known else None)
        high.append((most if of_yes else 100 - least) if known else None)
    return low, high


def _on_the_way(canvas: Canvas, frame: Frame, plotted: Plotted, source: Source) -> None:
    """How far each objective has come from its start to its target; an upright line is its milestone."""
    states = _signed(plotted, "state")
    looks = {"▲": _LOOKS[GAINED], "▼": _LOOKS[MISSED]}
    beside = [Beside(plotted.labels["measured"], [row["measured"] for row in plotted.texts], bold=True),
              Beside(plotted.labels["target"], [row["target"] for row in plotted.texts]),
              Beside(plotted.labels["state"], states, [state.startswith("◇") for state in states])]  # fmt: skip
    key = [Run("■ ", "blue"), Run(plotted.labels["way"] + " (%)" + SPACE), Run("┃ ", bold=True),
           Run(plotted.labels["milestone_way"])]  # fmt: skip
    rows = _placed(canvas, frame, plotted, beside, key)
    axis = plotted.axis()
    chosen_looks = [looks.get(state[:1], _LOOKS[OPEN]) for state in rows.of(states, "◇")]
    series = Series(plotted.labels["way"], rows.of(plotted.numbers("way")), Look("blue"), chosen_looks)
    _bars(canvas, rows, [series], axis, "way")
    _ticks(canvas, rows, rows.of(plotted.numbers("milestone_way")), axis)


# Their parts


def _role(trace: dict[str, Any]) -> str:
    return (trace.get("meta") or {}).get("role", "")


def _means(plotted: Plotted) -> Beside:
    return Beside(plotted.labels["mean"], [row["mean"] for row in plotted.texts], side="r", bold=True)


def _signed(plotted: Plotted, key: str) -> list[str]:
    """Verdicts with the signs that stand before the same words in the page's drawing."""
    signs = {note[1:].strip(): note[:1] for note in plotted.notes() if note[:1] in "▲▼◇"}
    return [f"{signs[row[key]]} {row[key]}" if row[key] in signs else row[key] for row in plotted.texts]


def _intervals(plotted: Plotted) -> list[str]:
    if not plotted.has("low", "high"):
        return [EN_DASH] * len(plotted.texts)
    return [EN_DASH if EN_DASH in (row["low"], row["high"]) else f"{row['low']}{EN_DASH}{row['high']}"
            for row in plotted.texts]  # fmt: skip


def _placed(
    canvas: Canvas, frame: Frame, plotted: Plotted, beside: Sequence[Beside], key: Sequence[Run], *,
    lanes: int = 1, keep: Sequence[int] = (), names: bool = False, air: float = NO_AIR,
) -> Rows:  # fmt: skip
    """Key, names and the table at the right, and how many rows there is room for."""
    line = fitted([Par(tuple(key), SMALLEST)], frame.width, 2 * KEY)
    top = max(KEY, height(line, frame.width) + 5)
    canvas.text(frame.top(top), line, name="Key")
    widths, heads = _aside(beside, frame.width * 0.42)
    head = max([20.0, *(height([cell.pars[0]], room - 8) + 6 for cell, room in zip(heads, widths, strict=True))])
    least = max(LEAST_ROW, 13.0 * lanes)
    room = frame.height - top - head - AXIS
    shown = chosen(
        len(plotted.texts), max(1, int((room - 20 if room / least < len(plotted.texts) else room) / least)), keep
    )
    known = [at for at in shown if at is not None]
    omitted = len(plotted.texts) - len(known)
    most = (MOST_ROW if len(known) > 3 else MOST_ROW_OF_FEW) + 8 * (lanes - 1)
    tall = min((room - (20 if omitted else 0)) / len(shown), most) * len(shown)
    # A few rows stand a little lower, not at the top of an empty slide.
    down = max(0.0, room - tall - 40) * 0.3
    label = max(text_width(plotted.texts[at]["name"], SMALLEST, bold=True) for at in known) + 16
    left = min(max(label, 90.0), 210.0)
    y = frame.y + top + head + down
    aside = Frame(frame.right - sum(widths), y, sum(widths), tall)
    plot = Frame(frame.x + left, y, aside.x - air - 12 - frame.x - left, tall)
    rows = Rows(plotted, shown, omitted, frame, plot, aside, air)
    _table_beside(canvas, rows, beside, heads, widths, head)
    if names:
        _names(canvas, rows, left)
    if omitted:
        at = Frame(frame.x, y + tall + AXIS, frame.width, 20)
        canvas.text(at, [par(left_out(omitted), SMALLEST, "mut", italic=True)], name="Left out")
    return rows


def _aside(beside: Sequence[Beside], most: float) -> tuple[list[float], list[Td]]:
    """Widths of the table's columns, and their heads."""
    widths = []
    for column in beside:
        widest = max((text_width(text, SMALLEST, bold=column.bold) for text in column.texts), default=0.0)
        word = max((text_width(word, SMALLEST) for word in column.head.split()), default=0.0)
        # A head of two lines at most, unless that would cost the chart too much.
        half = min(text_width(column.head, SMALLEST) * 0.62, 110.0)
        widths.append(max(widest, word, half, 40.0) + 14)
    if sum(widths) > most:
        # The widest columns give way: their texts are wrapped or shortened.
        for _turn in range(200):
            if sum(widths) <= most:
                break
            widest_at = max(range(len(widths)), key=widths.__getitem__)
            widths[widest_at] -= 4
    heads = [Td((par(column.head, SMALLEST, "mut", side=column.side),), anchor="b") for column in beside]
    return widths, heads


def _table_beside(
    canvas: Canvas, rows: Rows, beside: Sequence[Beside], heads: Sequence[Td], widths: Sequence[float], head: float
) -> None:
    if not beside:
        return
    body = []
    for at in rows.shown:
        cells = []
        for column, room in zip(beside, widths, strict=True):
            if at is None:
                cells.append(Td())
                continue
            quiet = bool(column.quiet) and column.quiet[at]
            look = {"bold": column.bold, "italic": quiet, "side": column.side}
            text = par(column.texts[at], SMALLEST, "mut" if quiet else "ink2" if not column.bold else "ink", **look)
            lines = max(1, int((rows.pitch - 2) / (SMALLEST * 1.2)))
            cells.append(Td((text.cut(room - 8, lines),)))
        body.append(cells)
    top = Frame(rows.aside.x, rows.aside.y - head, rows.aside.width, 0)
    canvas.table(
        top, [list(heads), *body], widths, name="Beside the chart", heights=[head, *[rows.pitch] * len(body)],
        head=True, padding=(0, 0, 8, 0), rules=lambda row, column: ("ink", 1.0) if row == 0 else ("hair", 0.75),
    )  # fmt: skip


def _names(canvas: Canvas, rows: Rows, wide: float) -> None:
    """Names of rows left of points, whose scale down is no scale for readers."""
    lines = max(1, int((rows.pitch - 2) / (SMALLEST * 1.2)))
    body = [[Td((par(name, SMALLEST, bold=True).cut(wide - 8, lines),))] for name in rows.names]
    canvas.table(
        Frame(rows.frame.x, rows.plot.y, wide, 0), body, [wide], name="Rows", heights=[rows.pitch] * len(body),
        padding=(0, 0, 8, 0), rules=lambda row, column: ("hair", 0.75),
    )  # fmt: skip


def _chart_frame(rows: Rows) -> Frame:
    """The chart reaches from the names to the table at the right, and down to the labels of its scale."""
    return Frame(rows.frame.x, rows.plot.y - 4, rows.plot.right + rows.air - rows.frame.x, rows.plot.height + AXIS + 4)


def _own_bars(rows: Rows, key: str, states: Sequence[str], axis: Axis, *, interval: bool) -> Series:
    """The bars that the slide is about, coloured by the side of the target on which they end."""
    values = rows.of(rows.plotted.numbers(key))
    # Beside an interval there is no room for a value: it stands in the table.
    looks = [_seen_through(_LOOKS[state]) if interval else replace(_LOOKS[state], label=_label(value, axis, rows))
             for value, state in zip(values, rows.of(states, NEUTRAL), strict=True)]  # fmt: skip
    low, high = (rows.of(rows.plotted.numbers(end)) if interval else () for end in ("low", "high"))
    return Series(rows.plotted.labels[key], values, Look("blue"), looks, low, high, whisker="ink")


def _seen_through(look: Look) -> Look:
    """So that an interval can be seen that runs through the bar."""
    return replace(look, shine=0.4) if look.fill in ("blue", "client") else look


def _plain_bars(rows: Rows, key: str, looks: Sequence[Look]) -> Series:
    values, low, high = (rows.of(rows.plotted.numbers(column)) for column in (key, "low", "high"))
    return Series(rows.plotted.labels[key], values, Look("quiet"), looks, low, high, whisker="ink")


def _label(value: float | None, axis: Axis, rows: Rows) -> str:
    """Where a bar's value stands: behind its end, or inside where that would be left of the plot."""
    if value is None:
        return ""
    start = axis.low if axis.cross is None else axis.cross
    to_end, to_start = (rows.across(value, axis) - rows.plot.x, rows.across(start, axis) - rows.across(value, axis))
    return "inEnd" if to_end < 36 <= to_start else "outEnd"


def _ticks(canvas: Canvas, rows: Rows, values: Sequence[float | None], axis: Axis) -> None:
    """An upright line at a value of each row; one line where all have the same."""
    if len(set(values)) == 1 and values[0] is not None:
        canvas.upright(rows.across(values[0], axis), rows.plot.y - 4, rows.plot.height + 8, weight=2)
        return
    for at, value in enumerate(values):
        if value is not None:
            canvas.upright(
                rows.across(value, axis), rows.plot.y + (at + 0.08) * rows.pitch, rows.pitch * 0.84, weight=2
            )


def _bars(canvas: Canvas, rows: Rows, series: Sequence[Series], axis: Axis, key: str, *, lanes: bool = False) -> None:
    values, verdicts = rows.plotted.numbers(key), [row.get("verdict", "") for row in rows.plotted.texts]
    absent = [f" ({said})" if value is None and said else "" for value, said in zip(values, verdicts, strict=True)]
    named = [name + more for name, more in zip(rows.names, rows.of(absent, ""), strict=True)]
    lines = max(1, int((rows.pitch - 2) / (SMALLEST * 1.2)))
    wide = rows.plot.x - rows.frame.x - 14
    cut = [_short(name, wide, lines) for name in named]
    chart = Chart(
        cut, series, axis, _chart_frame(rows), rows.plot, decimals(rows.plotted.places(key)),
        head=rows.plotted.labels["name"], gap=45 if lanes else 60, overlap=-8 if lanes else 100,
    )  # fmt: skip
    add(canvas, chart, name="Chart", words=rows.plotted.figure.alt)


def _short(name: str, room: float, lines: int) -> str:
    p = par(name, SMALLEST, bold=True)
    return name if len(wrapped(name, SMALLEST, room, bold=True)) <= lines else p.cut(room, lines).text


Maker = Callable[[Canvas, Frame, Plotted, Source], None]
# The columns that a chart needs; the first that fits is taken.
KINDS: list[tuple[tuple[str, ...], Maker]] = [
    (("name", "score", "peers_mean"), _against_peers),
    (("name", "gap", "target", "mean", "group_verdict"), _against_target),
    (("name", "value", "low", "high"), _with_range),
    (("name", "mean", "low", "high"), _with_interval),
    (("name", "answer", "share", "same"), _answered_alike),
    (("name", "way", "milestone_way", "state"), _on_the_way),
]
