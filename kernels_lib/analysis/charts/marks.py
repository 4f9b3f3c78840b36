"""Marks of data on a sheet: lines, points, bars, words, cells, each kind one plotly trace.

Every trace says its role in ``meta``; traces are plain dicts, so that a form can lie in a figure's
metadata and a page needs no Python to switch to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from kernels_lib.analysis.charts.lettering import sentence
from kernels_lib.analysis.charts.look import CLEAR, INK
from kernels_lib.analysis.charts.scales import plain
from kernels_lib.analysis.charts.sheet import Sheet
from kernels_lib.study.theme import SANS

CELL_GAP = 2  # pixels


class Marks(Sheet):
    """A sheet with traces, and with the shapes that give them colour."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.traces: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []

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
        edge: str | None = None,
        start: float = 0.0,
    ) -> None:
        """Cells ``(column, y, text, hover)`` of one look; `start` is where column 0 lies.

        A heat map carries words and hover labels and is itself clear: plotly paints its colours into a
        picture, which a dark page could not recolour.  The colours are one path for all cells.
        """
        if not cells:
            return
        ys = sorted({y for __, y, __, __ in cells}, reverse=True)
        # A heat map of one row or column cannot know its cell size; dx and dy say it.
        rows: dict[float, dict[int, tuple[str, str]]] = {y: {} for y in ys}
        for column, y, text, hover in cells:
            rows[y][column] = (text, hover)
        self._paint([(start + column, y) for column, y, __, __ in cells], fill, edge)
        for number, run in enumerate(_runs(ys)):
            grid = [[rows[y].get(column) for column in range(columns)] for y in run]
            self.traces.append(
                {
                    "type": "heatmap",
                    "x0": plain(start),
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
                    "colorscale": [[0, CLEAR], [1, CLEAR]],
                    "showscale": False,
                    "textfont": {"color": text_colour, "size": text_size, "family": SANS},
                    "meta": {"role": role, "part": number},
                }
            )

    def _paint(self, places: Sequence[tuple[float, float]], fill: str, edge: str | None) -> None:
        """Cells around these places, a gap between them, as one path."""
        gap_x, gap_y = CELL_GAP / 2 / self.plot_width, CELL_GAP / 2 / max(self.plot_height, 1)
        boxes = []
        for x, y in places:
            left, right = self.across(x - 0.5) + gap_x, self.across(x + 0.5) - gap_x
            top, bottom = self.up(y + 0.5) - gap_y, self.up(y - 0.5) + gap_y
            corners = ((left, top), (right, top), (right, bottom), (left, bottom))
            boxes.append("M" + "L".join(f"{across:.5f},{up:.5f}" for across, up in corners) + "Z")
        self.shapes.append(
            {
                "type": "path",
                "xref": "paper",
                "yref": "paper",
                "path": "".join(boxes),
                "fillcolor": fill,
                "line": {"color": edge, "width": 1} if edge else {"width": 0},
                "layer": "below",
            }
        )

    def _hover(self, trace: dict[str, Any], hover: Sequence[str] | None) -> None:
        if hover is None:
            trace["hoverinfo"] = "skip"
        else:
            trace["hovertext"] = [sentence(text) for text in hover]
            trace["hoverinfo"] = "text"


def _runs(ys: Sequence[float]) -> list[list[float]]:
    """Heights in runs of unit distance."""
    runs: list[list[float]] = []
    for y in ys:
        if runs and math.isclose(runs[-1][-1] - y, 1):
            runs[-1].append(y)
        else:
            runs.append([y])
    return runs
