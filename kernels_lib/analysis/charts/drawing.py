"""A chart in one form while it is being drawn: marks, and words and shapes around them.

Nothing here knows what a chart means.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from kernels_lib.analysis.charts.lettering import escaped, fit, fitted, sentence, stacked, text_width, whole
from kernels_lib.analysis.charts.look import CLEAR, HAIR, INK, INK2, MUT, PAPER, RULE
from kernels_lib.analysis.charts.marks import Marks
from kernels_lib.analysis.charts.scales import plain, tick_label
from kernels_lib.analysis.charts.sheet import LINE
from kernels_lib.study.language import _
from kernels_lib.study.numerals import Numerals
from kernels_lib.study.theme import SANS


class Drawing(Marks):
    """Traces, shapes and annotations as plain dicts."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.notes: list[dict[str, Any]] = []
        self.x_axis: dict[str, Any] = {"visible": False}

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

    def axis(
        self,
        values: Sequence[float],
        numerals: Numerals,
        *,
        strong: float | None = None,
        shifts: Sequence[float] = (0.0,),
    ) -> None:
        """Gridlines and their labels; the one at `strong` is bold.  Again for each panel, at its shift."""
        labels = []
        for value in values:
            label = tick_label(value, values, numerals)
            labels.append(f"<b>{label}</b>" if strong is not None and math.isclose(value, strong) else label)
        places = [value + shift for shift in shifts for value in values]
        # Plotly leaves out the gridlines at the ends of an axis.
        for end in (self.low, self.high):
            if any(math.isclose(end, place) for place in places):
                self.upright(end, colour=HAIR, width=1)
        self.x_axis = {
            "tickvals": [plain(place) for place in places],
            "ticktext": labels * len(shifts),
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

    def name(
        self,
        index: int,
        text: str,
        *,
        second: str = "",
        bold: bool = True,
        colour: str = INK,
        hover: str = "",
        halo: bool = True,
    ) -> None:
        """The name of a row, in the size and the lines that all names have."""
        form, size = self.form, self.name_size
        lines = fit(text, self.room, size, bold=bold, lines=self.name_lines)
        html = stacked(lines)
        cut = hover or ("" if whole(lines, text) else text)
        if second and not self.fixed:
            (below,), small = fitted(second, self.room, form.small, form.least)
            style = f"font-size:{small}px;color:{MUT};font-weight:400"
            html += f'<br><span style="{style}">{escaped(below)}</span>'
        if form.names_above:
            # A short name stands next to its own row, not to the one above.
            dy = self.row * 0.5 - max(0, self.name_lines - len(lines)) * size * LINE
            dx = -self.left - (2 if halo else 0)
            self.note(
                html, x=0, y=self.y(index), dx=dx, dy=dy, size=size, colour=colour, bold=bold, hover=cut, halo=halo,
                valign="top",
            )  # fmt: skip
            return
        self.note(html, x=0, y=self.y(index), dx=-self.left, dy=1, size=size, colour=colour, bold=bold, hover=cut)

    def column(
        self,
        index: int,
        text: str,
        *,
        dx: float,
        dy: float = 0.0,
        lines: int = 1,
        size: float | None = None,
        spare: float = 0.0,
        **look: Any,
    ) -> None:
        """Words of a row in the right column; they become smaller before they leave the drawing.

        `spare` is what else stands at its right end, in pixels.
        """
        room = self.right - dx - spare + 2
        shown, size = fitted(text, room, size or self.form.small, self.form.least, lines=lines)
        cut = "" if whole(shown, text) else text
        self.note(stacked(shown), x=1, y=self.y(index), dx=dx, dy=dy, size=size, hover=cut, **look)

    def heads(self, first: str, second: str, *, dx: float) -> None:
        """The two lines above the right column."""
        form = self.form
        room = self.right - dx + 2
        (upper,), large = fitted(first, room, form.head, form.least, bold=True)
        (lower,), small = fitted(second, room, form.small, form.least)
        high = self.top - form.head * 0.75
        self.note(escaped(upper), x=1, above=high, dx=dx, size=large, colour=INK, bold=True)
        self.note(escaped(lower), x=1, above=high - form.head * 1.45, dx=dx, size=small, colour=MUT)

    def target_line(self, value: float, *, label: str) -> None:
        """The target: the line that carries the whole report."""
        form = self.form
        high = self.top - form.head * 0.75
        self.line("target", [(value, self.foot, value, 0.5)], colour=INK, width=2)
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
            self.note(_("target"), x=first, above=high, size=form.head, colour=INK, anchor="center", bold=True)

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

    def omitted(self, index: int, text: str) -> None:
        """A row that says how many rows a slide leaves out."""
        size = self.form.small
        self.note(escaped(text), x=0, y=self.y(index), dx=-self.left, size=size, colour=MUT, italic=True, halo=True)

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
                "range": [self.foot, 0.5],
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
