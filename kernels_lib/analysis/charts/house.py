"""How every chart is drawn: forms, rows, marks and words, as plain plotly JSON.

One chart is drawn by one function in three forms: `WIDE` for the page, `NARROW` for a phone and
`DECK` for a slide.  A `Drawing` collects traces, shapes and annotations as plain dicts, so that a
form can lie in the figure's metadata and a page needs no Python to switch to it.  Nothing here
knows what a chart means; colours are `theme.HOUSE` tokens and never anything else.

Rows lie at y = 0, -1, -2, ...; one unit is `Drawing.row` pixels.  Words are placed in pixels
beside a row, with widths estimated from the metrics of Arial: no browser is at hand here.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.errors import BadData
from kernels_lib.study.numerals import Numerals
from kernels_lib.study.theme import HOUSE, SANS

INK, INK2, MUT, PAPER = HOUSE["ink"], HOUSE["ink2"], HOUSE["mut"], HOUSE["paper"]
BLUE, VERM, VERMW, ONBLUE = HOUSE["blue"], HOUSE["verm"], HOUSE["vermw"], HOUSE["onblue"]
QUIET, RULE, HAIR, BAND, ZONE, WASH = (HOUSE[t] for t in ("quiet", "rule", "hair", "band", "zone", "wash"))
CLIENT = HOUSE["client"]

TRACE_TYPES = ("scatter", "bar", "heatmap", "box")
CLEAR = "rgba(0,0,0,0)"

# A group's verdict against its target: sign and words.  A diamond and italics mean "unresolved".
VERDICTS = {
    "strength": ("▲", "firmly above"),
    "missed opportunity": ("▼", "firmly below"),
    "unresolved": ("◇", "unresolved"),
}


# Where only the test of means says so, nothing is firm.
BY_MEANS = {"strength": ("▲", "above, by means"), "missed opportunity": ("▼", "below, by means")}


def verdict(name: str, firm: bool = True) -> tuple[str, str]:
    """Sign and words of a group's verdict; `firm` is whether both tests say so.

    Examples
    --------
    >>> verdict("strength"), verdict("strength", firm=False)
    (('▲', 'firmly above'), ('▲', 'above, by means'))
    """
    return VERDICTS[name] if firm or name not in BY_MEANS else BY_MEANS[name]


@dataclass(frozen=True)
class Form:
    """Sizes of one way of drawing, in pixels.

    Parameters
    ----------
    name : {"wide", "narrow", "deck"}
    width : int
        Width that the form is designed for.  Wide and narrow stretch with the page.
    left, right, top, bottom : int
        Margins, equal for all horizontal charts, so that their axes line up down the page.
    row : int
        Height of a row of the signature chart; a deck's rows shrink to fit `height`.
    title, small, head, axis, score, column : float
        Sizes of names, second lines, heads, axis labels, direct labels, right column.
    dot, bar : float
        Diameter of a score's dot and thickness of its bar.
    lane, under : float
        Where in a row the main mark and the line below it lie, in rows from the middle.
    names_above : bool
        Whether a name stands above its row, not left of it.
    interval_column : bool
        Whether the right column has room for intervals.
    slack : float
        Least part of the designed plot width at which labels must still fit.
    height : int or None
        Greatest height of the whole drawing; None where the page simply scrolls.
    rows : int or None
        Most rows; further ones are left out in the middle, and the drawing says so.
    """

    name: str
    width: int
    left: int
    right: int
    top: int
    bottom: int
    row: int
    title: float
    small: float
    head: float
    axis: float
    score: float
    column: float
    dot: float
    bar: float
    lane: float
    under: float
    names_above: bool
    interval_column: bool
    slack: float
    height: int | None
    rows: int | None


WIDE = Form(
    name="wide", width=824, left=196, right=184, top=50, bottom=58, row=60,
    title=15, small=13.5, head=14.25, axis=13.5, score=15.5, column=15, dot=14, bar=17,
    lane=0.14, under=-0.21, names_above=False, interval_column=True, slack=0.78, height=None, rows=None,
)  # fmt: skip
NARROW = Form(
    name="narrow", width=358, left=12, right=14, top=40, bottom=36, row=68,
    title=13.5, small=12, head=12.5, axis=12, score=14, column=13, dot=13, bar=15,
    lane=0.05, under=-0.25, names_above=True, interval_column=False, slack=0.88, height=None, rows=None,
)  # fmt: skip
DECK = Form(
    name="deck", width=1152, left=290, right=274, top=66, bottom=62, row=50,
    title=21, small=18, head=19, axis=18, score=21, column=20, dot=19, bar=22,
    lane=0.14, under=-0.35, names_above=False, interval_column=False, slack=1.0, height=500, rows=10,
)  # fmt: skip
FORMS = (WIDE, NARROW, DECK)


class Drawing:
    """One chart in one form while it is being drawn.

    Parameters
    ----------
    form : Form
    low, high : float
        Ends of the x axis.
    rows : int
        Number of rows.
    row : float, optional
        Height of a row in pixels; default the form's.
    breaks : mapping of int to float, optional
        Extra space before a row, in rows.
    left, right, top, bottom : int, optional
        Margins other than the form's.
    names : sequence of str, optional
        Names of the rows: long ones make a phone's rows higher.
    cross : float, optional
        Value of an upright line that names above the rows must not cross.
    """

    def __init__(
        self,
        form: Form,
        *,
        low: float,
        high: float,
        rows: int,
        row: float | None = None,
        breaks: Mapping[int, float] | None = None,
        left: int | None = None,
        right: int | None = None,
        top: int | None = None,
        bottom: int | None = None,
        names: Sequence[str] = (),
        cross: float | None = None,
    ) -> None:
        self.room = form.width * form.slack - 10
        cross = high if cross is None else cross
        self.form, self.low, self.high, self.rows = form, float(low), float(high), rows
        self.left = form.left if left is None else left
        self.right = form.right if right is None else right
        self.top = form.top if top is None else top
        self.bottom = form.bottom if bottom is None else bottom
        self.breaks = dict(breaks or {})
        self.span = rows + sum(self.breaks.values())
        self.row = float(form.row if row is None else row)
        self.body = self.row
        self.name_lines = 1
        if form.names_above and names:
            # Names must not cross the target line, and a phone has no hover to show the rest of one.
            part = (cross - low) / (high - low) * form.slack
            self.room = self.left + part * (form.width - self.left - self.right) - 6
            self.room = self.room if self.room > 0.5 * form.width else form.width * form.slack - 10
            self.name_lines = max(len(fit(name, self.room, form.title, bold=True)) for name in names)
            self.row += (self.name_lines - 1) * form.title * 1.3
        if form.height is not None:
            self.row = round(min(self.row, (form.height - self.top - self.bottom) / max(self.span, 1)), 2)
        # In shallow rows a bar of full thickness would touch the line below it.
        self.bar = round(min(form.bar, self.row * 0.46), 1)
        self.dot = round(min(form.dot, self.row * 0.42), 1)
        self.fixed = form.name == "deck"
        self.plot_width = form.width - self.left - self.right
        self.plot_height = round(self.row * self.span, 2)
        self.traces: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []
        self.x_axis: dict[str, Any] = {"visible": False}

    # Places

    @property
    def name_line(self) -> float:
        """Pixels from a row's middle up to the last line of its name, where names stand above."""
        return self.row / 2 - self.form.title * (0.7 + 1.3 * (self.name_lines - 1))

    def y(self, index: int, rows: float = 0.0) -> float:
        """Height of a row, moved up by `rows` of its own height."""
        down = index + sum(extra for before, extra in self.breaks.items() if before <= index)
        return plain(-down + rows)

    def px(self, x: float, *, tight: bool = False) -> float:
        """Pixels from the left end of the plot; `tight` for the narrowest width that must still work."""
        width = self.plot_width * (self.form.slack if tight else 1.0)
        return (x - self.low) / (self.high - self.low) * width

    def units(self, pixels: float) -> float:
        """Pixels as rows."""
        return plain(pixels / self.row)

    def across(self, x: float) -> float:
        """A value as a part of the plot's width; words out of the axis range would vanish as data."""
        return plain((x - self.low) / (self.high - self.low))

    def up(self, y: float) -> float:
        """A height in rows as a part of the plot's height."""
        return plain(1 - (0.5 - y) / self.span)

    # Traces

    def line(
        self,
        role: str,
        segments: Sequence[tuple[float, float, float, float]],
        *,
        colour: str,
        width: float,
        dash: str = "solid",
    ) -> None:
        """Lines ``(x0, y0, x1, y1)`` in one trace; lines without length are left out."""
        drawn = [s for s in segments if not (math.isclose(s[0], s[2]) and math.isclose(s[1], s[3]))]
        if not drawn:
            return
        xs: list[float | None] = []
        ys: list[float | None] = []
        for x0, y0, x1, y1 in drawn:
            xs += [plain(x0), plain(x1), None]
            ys += [plain(y0), plain(y1), None]
        self.traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": xs[:-1],
                "y": ys[:-1],
                "line": {"color": colour, "width": width, "dash": dash},
                "hoverinfo": "skip",
                "meta": {"role": role},
            }
        )

    def marks(
        self,
        role: str,
        points: Sequence[tuple[float, float]],
        *,
        symbol: str,
        size: float,
        fill: str,
        edge: str,
        edge_width: float,
        hover: Sequence[str] | None = None,
    ) -> None:
        """Marks of one kind in one trace."""
        if not points:
            return
        trace: dict[str, Any] = {
            "type": "scatter",
            "mode": "markers",
            "x": [plain(x) for x, _ in points],
            "y": [plain(y) for _, y in points],
            "marker": {"symbol": symbol, "size": size, "color": fill, "opacity": 1},
            "cliponaxis": False,
            "meta": {"role": role},
        }
        trace["marker"]["line"] = {"color": edge, "width": edge_width}
        self._hover(trace, hover)
        self.traces.append(trace)

    def label(self, text: str, x: float, y: float, *, colour: str, side: str, italic: bool = False) -> None:
        """The direct label of a mark, at its left or right.

        An annotation, because text of a trace sits some pixels too high and touches its mark.
        """
        away = self.form.dot / 2 + (5 if self.form.name != "deck" else 7)
        left = side == "left"
        self.note(
            text, x=self.across(x), y=y, dx=-away if left else away, size=self.form.score, colour=colour,
            anchor="right" if left else "left", bold=True, italic=italic,
        )  # fmt: skip

    def lane(self, index: int) -> float:
        """Height of a row's main mark."""
        return self._in_row(index, self.form.lane)

    def under(self, index: int) -> float:
        """Height of the line below a row's main mark."""
        return self._in_row(index, self.form.under)

    def _in_row(self, index: int, part: float) -> float:
        if not self.form.names_above:
            return self.y(index, part)
        # A name of two lines makes a phone's row higher at its top only.
        return self.y(index, -0.5 + (0.5 + part) * self.body / self.row)

    def bars(
        self,
        role: str,
        boxes: Sequence[tuple[float, float, float]],
        *,
        thickness: float,
        fill: str,
        edge: str | None = None,
        hover: Sequence[str] | None = None,
        text: Sequence[str] | None = None,
        text_colour: str = INK,
        text_size: float = 13,
    ) -> None:
        """Horizontal bars ``(from, to, y)`` in one trace; bars without length are left out."""
        keep = [i for i, (start, end, _) in enumerate(boxes) if not math.isclose(start, end)]
        if not keep:
            return
        trace: dict[str, Any] = {
            "type": "bar",
            "orientation": "h",
            "base": [plain(boxes[i][0]) for i in keep],
            "x": [plain(boxes[i][1] - boxes[i][0]) for i in keep],
            "y": [plain(boxes[i][2]) for i in keep],
            "width": self.units(thickness),
            "marker": {"color": fill, "line": {"color": edge or fill, "width": 1.25 if edge else 0}},
            "cliponaxis": False,
            "meta": {"role": role},
        }
        if text is not None and any(text[i] for i in keep):
            trace |= {
                "text": [text[i] for i in keep],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "constraintext": "none",
                "textangle": 0,
                "textfont": {"color": text_colour, "size": text_size, "family": SANS},
            }
        self._hover(trace, None if hover is None else [hover[i] for i in keep])
        self.traces.append(trace)

    def words(
        self,
        role: str,
        points: Sequence[tuple[float, float]],
        text: Sequence[str],
        *,
        colour: str,
        size: float,
        weight: int = 400,
        position: str = "middle center",
        hover: Sequence[str] | None = None,
    ) -> None:
        """Words at places of the plot, as one trace."""
        if not points:
            return
        trace: dict[str, Any] = {
            "type": "scatter",
            "mode": "text",
            "x": [plain(x) for x, _ in points],
            "y": [plain(y) for _, y in points],
            "text": list(text),
            "textposition": position,
            "textfont": {"color": colour, "size": size, "weight": weight, "family": SANS},
            "cliponaxis": False,
            "meta": {"role": role},
        }
        self._hover(trace, hover)
        self.traces.append(trace)

    def cells(
        self,
        role: str,
        cells: Sequence[tuple[int, float, str, str]],
        *,
        columns: int,
        fill: str,
        text_colour: str,
        text_size: float,
        gap: float = 2,
    ) -> None:
        """Cells ``(column, y, text, hover)`` of one look, as one heat map trace."""
        if not cells:
            return
        ys = sorted({y for _, y, _, _ in cells}, reverse=True)
        # A heat map of one row or column cannot know its cell size; dx and dy say it.
        rows: dict[float, dict[int, tuple[str, str]]] = {y: {} for y in ys}
        for column, y, text, hover in cells:
            rows[y][column] = (text, hover)
        for number, run in enumerate(_runs(ys)):
            grid = [[rows[y].get(column) for column in range(columns)] for y in run]
            self.traces.append(
                {
                    "type": "heatmap",
                    "x0": 0,
                    "dx": 1,
                    "y0": plain(run[0]),
                    "dy": -1,
                    "z": [[None if cell is None else 1 for cell in line] for line in grid],
                    "text": [["" if cell is None else cell[0] for cell in line] for line in grid],
                    "hovertext": [["" if cell is None else cell[1] for cell in line] for line in grid],
                    "texttemplate": "%{text}",
                    "hoverinfo": "text",
                    "hoverongaps": False,
                    "zmin": 0,
                    "zmax": 1,
                    "colorscale": [[0, fill], [1, fill]],
                    "showscale": False,
                    "xgap": gap,
                    "ygap": gap,
                    "textfont": {"color": text_colour, "size": text_size, "family": SANS},
                    "meta": {"role": role, "part": number},
                }
            )

    def _hover(self, trace: dict[str, Any], hover: Sequence[str] | None) -> None:
        if hover is None:
            trace["hoverinfo"] = "skip"
        else:
            trace["hovertext"] = [sentence(text) for text in hover]
            trace["hoverinfo"] = "text"

    # Words and shapes beside the data

    def note(
        self,
        text: str,
        *,
        x: float,
        y: float | None = None,
        above: float | None = None,
        below: float | None = None,
        dx: float = 0.0,
        dy: float = 0.0,
        size: float,
        colour: str,
        anchor: str = "left",
        bold: bool = False,
        italic: bool = False,
        halo: bool = False,
        hover: str = "",
        angle: float = 0,
        valign: str = "middle",
    ) -> None:
        """Words at a part `x` of the plot's width, moved right by `dx` and up by `dy` pixels.

        Vertically at the height `y` in rows, or so many pixels `above` or `below` the plot.
        `text` is pseudo-HTML: what comes from data has gone through `escaped`.
        """
        place = {"yref": "y", "y": plain(y)} if y is not None else {"yref": "paper", "y": 1.0}
        if below is not None:
            place = {"yref": "paper", "y": 0.0}
            dy -= below
        dy += above or 0.0
        note: dict[str, Any] = {
            "text": f"<i>{text}</i>" if italic else text,
            "xref": "paper",
            "x": plain(x),
            **place,
            "xshift": round(dx, 1),
            "yshift": round(dy, 1),
            "xanchor": anchor,
            "yanchor": valign,
            "align": anchor,
            "showarrow": False,
            "borderpad": 0,
            "borderwidth": 0,
            "font": {"family": SANS, "size": size, "color": colour, "weight": 600 if bold else 400},
        }
        if halo:
            note |= {"bgcolor": PAPER, "borderpad": 2}
        if hover:
            note["hovertext"] = sentence(hover)
        if angle:
            note["textangle"] = angle
        self.notes.append(note)

    def rect(
        self,
        x0: float,
        x1: float,
        y0: float,
        y1: float,
        *,
        fill: str = CLEAR,
        edge: str | None = None,
        edge_width: float = 1.0,
        layer: str = "below",
    ) -> None:
        """A rectangle, in parts of the plot's width and height."""
        line = {"color": edge, "width": edge_width} if edge else {"width": 0}
        box = {"x0": plain(x0), "x1": plain(x1), "y0": plain(y0), "y1": plain(y1)}
        self.shapes.append(
            {"type": "rect", "xref": "paper", "yref": "paper", **box, "fillcolor": fill, "line": line, "layer": layer}
        )

    def upright(
        self, x: float, *, colour: str, width: float, dash: str = "solid", start: float = 0.0, extra: float = 0.0
    ) -> None:
        """An upright line behind the data, from a part of the plot's height to `extra` pixels above it."""
        end = 1 + extra / max(self.plot_height, 1)
        self.shapes.append(
            {
                "type": "line",
                "xref": "paper",
                "yref": "paper",
                "x0": self.across(x),
                "x1": self.across(x),
                "y0": plain(start),
                "y1": plain(end),
                "line": {"color": colour, "width": width, "dash": dash},
                "layer": "below",
            }
        )

    def axis(self, values: Sequence[float], numerals: Numerals, *, strong: float | None = None) -> None:
        """Gridlines and their labels; the one at `strong` is bold."""
        labels = []
        for value in values:
            label = tick_label(value, values, numerals)
            labels.append(f"<b>{label}</b>" if strong is not None and math.isclose(value, strong) else label)
        # Plotly leaves out the gridlines at the ends of an axis.
        for end in (self.low, self.high):
            if any(math.isclose(end, value) for value in values):
                self.upright(end, colour=HAIR, width=1)
        self.x_axis = {
            "tickvals": [plain(v) for v in values],
            "ticktext": labels,
            "tickfont": {"size": self.form.axis, "color": MUT, "family": SANS},
            "showgrid": True,
            "gridcolor": HAIR,
            "gridwidth": 1,
            "ticks": "",
            "ticklabelstandoff": 6,
            "tickangle": 0,
            "zeroline": False,
            "showline": False,
        }

    def name(
        self,
        index: int,
        text: str,
        *,
        second: str = "",
        bold: bool = True,
        colour: str = INK,
        hover: str = "",
        rows: float = 0.0,
        room: float | None = None,
        halo: bool = True,
    ) -> None:
        """The name of a row, wrapped or shortened to the space it has."""
        form = self.form
        if form.names_above:
            lines = fit(text, room or self.room, form.title, bold=bold, lines=2)
            html = "<br>".join(escaped(line) for line in lines)
            cut = hover or (text if " ".join(lines) != text else "")
            # A short name stands next to its own row, not to the one above.
            dy = self.row * 0.5 - max(0, self.name_lines - len(lines)) * form.title * 1.3
            dx = -self.left - (2 if halo else 0)
            self.note(
                html, x=0, y=self.y(index), dx=dx, dy=dy, size=form.title, colour=colour, bold=bold, hover=cut,
                halo=halo, valign="top",
            )  # fmt: skip
            return
        width = (room or self.left) - 8
        size = form.title
        lines = fit(text, width, size, bold=bold, lines=2)
        if len(lines) > 1 and self.row < 2.3 * size:
            # Two lines of this size would touch the next row: smaller, and one line where that is tight, too.
            size = max(min(size, self.row / 2.4), form.small * 0.9)
            lines = fit(text, width, size, bold=bold, lines=2 if self.row >= 2.3 * size else 1)
        html = "<br>".join(escaped(line) for line in lines)
        if second and form.interval_column and self.row >= 24 + 18 * len(lines):
            (side,) = fit(second, width, form.small, lines=1)
            html += f'<br><span style="font-size:{form.small}px;color:{MUT};font-weight:400">{escaped(side)}</span>'
        cut = hover or (text if " ".join(lines) != text else "")
        self.note(html, x=0, y=self.y(index, rows), dx=-self.left, dy=1, size=size, colour=colour, bold=bold, hover=cut)

    def heads(self, first: str, second: str, *, dx: float) -> None:
        """The two lines above the right column."""
        form = self.form
        # Widths are estimated generously, so a few pixels more still fit.
        room = self.right - dx + 6
        (upper,) = fit(first, room, form.head, bold=True, lines=1)
        (lower,) = fit(second, room, form.small, lines=1)
        high = self.top - form.head * 0.75
        self.note(escaped(upper), x=1, above=high, dx=dx, size=form.head, colour=INK, bold=True)
        self.note(escaped(lower), x=1, above=high - form.head * 1.45, dx=dx, size=form.small, colour=MUT)

    def target_line(self, value: float, *, label: str) -> None:
        """The target: the line that carries the whole report."""
        form = self.form
        high = self.top - form.head * 0.75
        self.line("target", [(value, self.y(self.rows - 1, -0.5), value, 0.5)], colour=INK, width=2)
        # Plotly cuts a line at the plot's edge; what rises above it is a shape.
        self.upright(value, colour=INK, width=2, start=1.0, extra=self.top * 0.28)
        at = self.across(value)
        # Near the end of the scale the label must not run into the right column or out of the drawing.
        spare = (self.right if form.names_above else 24) - text_width(label, form.head, bold=True) / 2
        dx = min(0.0, self.plot_width - self.px(value) + spare)
        self.note(escaped(label), x=at, above=high, dx=dx, size=form.head, colour=INK, anchor="center", bold=True)

    def target_ticks(self, targets: Sequence[tuple[int, float]]) -> None:
        """Targets that differ by row, each as a tick; the first is headed."""
        form = self.form
        ticks = [(x, self.y(i, 0.42), x, self.y(i, -0.42)) for i, x in targets]
        self.line("target", ticks, colour=INK, width=2)
        if targets:
            high = self.top - form.head * 0.75
            first = self.across(targets[0][1])
            self.note("target", x=first, above=high, size=form.head, colour=INK, anchor="center", bold=True)

    def beside(
        self, low: float, high: float, texts: Sequence[str], *, size: float, keep_off: float | None = None
    ) -> tuple[str, float, str] | None:
        """The first of `texts` that fits left or right of a mark: text, shift in pixels and anchor.

        `keep_off` is a line that the words must not cross.
        """
        margin = 4 if self.form.names_above else -2
        for text in texts:
            width = text_width(text, size) + 8
            for start, end, anchor in (
                (self.px(low, tight=True) - width, self.px(low, tight=True), "right"),
                (self.px(high, tight=True), self.px(high, tight=True) + width, "left"),
            ):
                inside = start >= -margin and end <= self.px(self.high, tight=True) + margin
                line = None if keep_off is None else self.px(keep_off, tight=True)
                if inside and (line is None or not start - 3 < line < end + 3):
                    return text, (-8 if anchor == "right" else 8), anchor
        return None

    def omitted(self, index: int, count: int, many: str) -> None:
        """A row that says how many rows a slide leaves out."""
        text = f"{count} {many} between these are left out here; the report shows all"
        size = self.form.small
        self.note(text, x=0, y=self.y(index), dx=-self.left, size=size, colour=MUT, italic=True, halo=True)

    # The result

    def as_json(self, numerals: Numerals) -> dict[str, Any]:
        """Data and layout as plain JSON values."""
        form = self.form
        height = round(self.plot_height + self.top + self.bottom)
        layout: dict[str, Any] = {
            "height": height,
            "margin": {"l": self.left, "r": self.right, "t": self.top, "b": self.bottom, "pad": 0},
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "font": {"family": SANS, "size": 15, "color": INK2},
            "showlegend": False,
            "separators": numerals.separators,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": PAPER,
                "bordercolor": RULE,
                "align": "left",
                "font": {"family": SANS, "size": 14, "color": INK},
            },
            "dragmode": False,
            "xaxis": {
                "range": [self.low, self.high],
                "fixedrange": True,
                "automargin": False,
                **self.x_axis,
            },
            "yaxis": {
                "range": [self.y(self.rows - 1, -0.5), 0.5],
                "visible": False,
                "fixedrange": True,
                "automargin": False,
            },
            "shapes": self.shapes,
            "annotations": self.notes,
        }
        if any(trace["type"] == "bar" for trace in self.traces):
            layout["barmode"] = "overlay"
        # A slide has one size; pages and phones stretch the plot between fixed margins.
        layout |= {"width": form.width, "autosize": False} if self.fixed else {"autosize": True}
        return {"data": self.traces, "layout": layout}


def figure(
    draw: Callable[[Form], Drawing],
    *,
    identity: str,
    message: str,
    subtitle: str,
    caption: str,
    alt_rows: Iterable[str],
    how_to_read: str,
    basis: str,
    columns: Sequence[tuple[str, str, str, str]],
    rows: Sequence[Mapping[str, Any]],
    numerals: Numerals,
) -> go.Figure:
    """Draw a chart in all forms and put it together with what must be said about it.

    Parameters
    ----------
    draw : callable
        Draws the chart in one form.
    identity : str
        The figure's id in the report.
    message, subtitle, caption, how_to_read : str
        The words around the drawing, as plain text.
    alt_rows : iterable of str
        One phrase for each row; with the message, the text for readers who do not see the chart.
    basis : str
        What the numbers rest on, one of `results.Basis`.
    columns : sequence of (key, label, unit, kind)
        Columns of the table behind the chart; kind is "text" or "number".
    rows : sequence of mapping
        Its rows.
    numerals : Numerals

    Returns
    -------
    go.Figure
        The wide form; ``layout.meta["forms"]`` holds narrow and deck.

    Raises
    ------
    BadData
        If there is no row to draw.
    """
    if not rows:
        raise BadData(
            f"chart '{identity}' has nothing to draw.", remedy="Leave the figure out where its table is empty."
        )

    drawn = {form.name: draw(form).as_json(numerals) for form in FORMS}
    phrases = "; ".join(alt_rows)
    meta = {
        "id": identity,
        "message": message,
        "subtitle": subtitle,
        "caption": caption,
        "alt": f"{message.rstrip('.')}: {phrases}." if phrases else message,
        "how_to_read": how_to_read,
        "basis": str(basis),
        "columns": [dict(zip(("key", "label", "unit", "kind"), column, strict=True)) for column in columns],
        "rows": [{key: _value(row.get(key)) for key, _, _, _ in columns} for row in rows],
        "forms": {name: drawn[name] for name in ("narrow", "deck")},
    }
    wide = drawn["wide"]
    return go.Figure(data=wide["data"], layout={**wide["layout"], "template": "none", "meta": meta})


def shortened(items: Sequence[Any], most: int | None, *, keep: Callable[[Any], bool] | None = None) -> list[Any]:
    """At most so many items: the first and the last ones, with the number left out between them.

    Parameters
    ----------
    items : sequence
    most : int or None
        Greatest length; None for all.
    keep : callable, optional
        Items that must stay, such as the client's own row.

    Returns
    -------
    list
        Items, and one int where items were left out.

    Examples
    --------
    >>> shortened("abcdefgh", 5)
    ['a', 'b', 4, 'g', 'h']
    >>> shortened("abcdefgh", 5, keep=lambda item: item == "d")
    ['a', 2, 'd', 3, 'h']
    """
    items = list(items)
    if most is None or len(items) <= most:
        return items
    kept = [i for i, item in enumerate(items) if keep is not None and keep(item)][:1]
    inner = bool(kept) and most // 2 - 1 <= kept[0] < len(items) - (most // 2 - 1)
    ends = (most - (3 if inner else 1)) // 2
    chosen = sorted({*range(ends + (most - (3 if inner else 1)) % 2), *range(len(items) - ends, len(items)), *kept})
    result: list[Any] = []
    last = -1
    for i in chosen:
        if i - last > 1:
            result.append(i - last - 1)
        result.append(items[i])
        last = i
    return result


# Words


def escaped(text: str) -> str:
    """Text from data, safe inside plotly's pseudo-HTML and its %{} templates.

    Examples
    --------
    >>> escaped("Tom & <b>Co</b>")
    'Tom &amp; &lt;b&gt;Co&lt;/b&gt;'
    """
    plain_text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain_text.replace("%{", "%&#123;")


def sentence(text: str, width: int = 58) -> str:
    """A plain sentence as a hover label: escaped, broken into lines."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + len(word) < width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return "<br>".join(escaped(line) for line in lines)


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


# Advance widths of Arial for the printable ASCII characters, in thousandths of the type size.
_WIDTHS = dict(
    zip(
        map(chr, range(32, 127)),
        [278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278]
        + [556] * 10
        + [278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722]
        + [778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333]
        + [556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556]
        + [500, 722, 500, 500, 500, 334, 260, 334, 584],
        strict=True,
    )
)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of text in pixels, a little generous: the reader's font may be wider.

    Examples
    --------
    >>> 100 < text_width("Community expectations", 12) < 140
    True
    """
    total = 0
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char):
            continue
        wide = 1000 if unicodedata.east_asian_width(char) in "WF" else 700
        total += _WIDTHS.get(char, 556 if char in "–−" else wide)
    return total / 1000 * size * (1.09 if bold else 1.03)


def digits_width(text: str, size: float) -> float:
    """Width of a number, without the margin that words are given; digits are as wide in bold."""
    return text_width(text, size) / 1.03


def balanced(text: str, width: float, size: float) -> list[str]:
    """Text in one line, or in two of about equal length: no word wraps alone."""
    if text_width(text, size) <= width:
        return [text]
    half = min(width, text_width(text, size) / 2 * 1.12)
    even = fit(text, half, size)
    return even if not even[-1].endswith("…") else fit(text, width, size)


def fit(text: str, width: float, size: float, *, bold: bool = False, lines: int = 2) -> list[str]:
    """Text in at most so many lines of a width, with an ellipsis where it is cut.

    Examples
    --------
    >>> fit("Set community expectations", 120, 15, bold=True)
    ['Set community', 'expectations']
    >>> fit("Set community expectations", 120, 15, lines=1)
    ['Set community…']
    """

    def wide(line: str) -> bool:
        return text_width(line, size, bold=bold) > width

    result = [""]
    words = text.split() or [""]
    for number, word in enumerate(words):
        longer = f"{result[-1]} {word}".strip()
        if not wide(longer):
            result[-1] = longer
        elif len(result) < lines and result[-1]:
            result.append(word)
        else:
            result[-1] = f"{longer}…" if number + 1 < len(words) or wide(longer) else longer
            break
    for i, line in enumerate(result):
        if wide(line):
            cut = line.rstrip("…")
            while cut and wide(f"{cut}…"):
                cut = cut[:-1]
            # Between words where that leaves most of the line, else inside the word.
            at = cut.rfind(" ")
            if len(cut) < len(line.rstrip("…")) and at > 0.6 * len(cut):
                cut = cut[:at]
            result = [*result[:i], f"{cut.rstrip(' ,;:')}…"]
            break
    return result


# Numbers


def plain(value: float | None) -> float:
    """A number as a Python float without noise in the last digits."""
    if value is None:
        raise ValueError("a place in a chart must be a number")
    return round(float(value), 6) + 0.0


def known(value: Any) -> bool:
    """Whether a cell of a frame holds a number."""
    return value is not None and not pd.isna(value)


def number(value: Any, decimals: int) -> float | None:
    """A cell for the table behind a chart: rounded as it is shown, None where missing."""
    return round(round(float(value), 9), decimals) + 0.0 if known(value) else None


def distance(value: float, numerals: Numerals) -> str:
    """A size in points; a difference too small for the scores' decimals gets those of the means."""
    shown = numerals.score(abs(value))
    return numerals.mean(abs(value)) if float(round(abs(value), numerals.score_decimals)) == 0 != value else shown


def ticks(low: float, high: float) -> list[float]:
    """Round values of an axis, its ends included, about four to six steps.

    Examples
    --------
    >>> ticks(1, 5), ticks(0, 100), ticks(2, 4)
    ([1.0, 2.0, 3.0, 4.0, 5.0], [0.0, 20.0, 40.0, 60.0, 80.0, 100.0], [2.0, 2.5, 3.0, 3.5, 4.0])
    """
    low, high = float(low), float(high)
    span = high - low
    power = 10 ** math.floor(math.log10(span))
    steps = [power * factor for factor in (0.1, 0.2, 0.25, 0.5, 1, 2)]
    whole = [s for s in steps if math.isclose(span / s, round(span / s)) and 3 <= round(span / s) <= 6]
    fitting = [s for s in whole if math.isclose(low / s, round(low / s), abs_tol=1e-9)] or whole
    # Fewest decimals first, then the step that is nearest to five intervals.
    step = min(fitting, key=lambda s: (abs(span / s - 4.6), s)) if fitting else span / 4
    return [round(low + i * step, 9) for i in range(round(span / step) + 1)]


def tick_label(value: float, values: Sequence[float], numerals: Numerals) -> str:
    """An axis label with no more decimals than the axis needs."""
    decimals = next((d for d in range(4) if all(math.isclose(v, round(v, d), abs_tol=1e-9) for v in values)), 4)
    if math.isclose(value, round(value), abs_tol=1e-9):
        decimals = 0
    return numerals.fixed(value, decimals)


def narrower(values: Iterable[float], floor: float, top: float) -> tuple[float, float]:
    """The part of a scale that holds all values with some air; the scale itself if that saves little.

    Examples
    --------
    >>> narrower([2.2, 3.8], 1, 5)
    (2.0, 4.0)
    >>> narrower([1.2, 4.8], 1, 5)
    (1.0, 5.0)
    """
    span = top - floor
    present = list(values)
    if not present:
        return float(floor), float(top)
    step = ticks(floor, top)[1] - floor
    low = max(floor, floor + math.floor((min(present) - floor - 0.02 * span) / (step / 2)) * step / 2)
    high = min(top, floor + math.ceil((max(present) - floor + 0.02 * span) / (step / 2)) * step / 2)
    if high - low > 0.7 * span or high <= low:
        return float(floor), float(top)
    return float(low), float(high)


def shared_target(targets: Iterable[float]) -> float | None:
    """The one target of all rows, or None if they differ.

    Examples
    --------
    >>> shared_target([4, 4.0]), shared_target([4, 3])
    (4.0, None)
    """
    distinct = {round(float(t), 9) for t in targets}
    return distinct.pop() if len(distinct) == 1 else None


def interval_words(card: pd.DataFrame) -> str:
    """``95% interval`` where the frame states one level, else ``interval``."""
    if "ci_level" not in card:
        return "interval"
    levels = {round(float(level), 4) for level in card["ci_level"].dropna()}
    return f"{levels.pop():.0%} interval" if len(levels) == 1 else "interval"


def group_words(n: Iterable[Any], unit_many: str) -> str:
    """``30 brands``: how large the group is."""
    sizes = [int(size) for size in n if known(size)]
    return f"{max(sizes)} {unit_many}" if sizes else unit_many


def _runs(ys: Sequence[float]) -> list[list[float]]:
    """Heights in runs of unit distance."""
    runs: list[list[float]] = []
    for y in ys:
        if runs and math.isclose(runs[-1][-1] - y, 1):
            runs[-1].append(y)
        else:
            runs.append([y])
    return runs


def _value(cell: Any) -> Any:
    if cell is None or isinstance(cell, str | bool | int):
        return str(cell) if isinstance(cell, str) else cell
    return None if pd.isna(cell) else float(cell)
