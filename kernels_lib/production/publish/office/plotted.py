"""What a figure plots, read from its rows and from the roles of its traces.

Words in the rows are in the reader's language, so what decides a colour is read from the traces'
roles, which are not.  A role counts only where the trace's number is the row's: a drawing that cannot
be matched stays neutral.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kernels_lib.production.publish.figures import Figure
from kernels_lib.production.publish.office.chartparts import Axis
from kernels_lib.production.publish.office.sheets import is_number
from kernels_lib.production.publish.office.source import parsed

# Roles of the marks that say on which side of its target a row is.
GAINED, MISSED, OPEN, NEUTRAL = "gained", "missed", "open", "neutral"
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Plotted:
    """A figure's rows with what they are drawn as."""

    figure: Figure

    @cached_property
    def labels(self) -> dict[str, str]:
        """Heads of the columns by key."""
        return {column["key"]: column["label"] for column in self.figure.columns}

    @cached_property
    def texts(self) -> list[dict[str, str]]:
        """The rows as the page's table shows them."""
        keys = [column["key"] for column in self.figure.columns]
        return [dict(zip(keys, (cell.text for cell in row), strict=True)) for row in self.figure.cells]

    def has(self, *keys: str) -> bool:
        """Whether there are such columns."""
        return set(keys) <= set(self.labels)

    def numbers(self, key: str) -> list[float | None]:
        """A column's numbers; None where a row has none."""
        return [float(row[key]) if is_number(row.get(key)) else None for row in self.figure.rows]

    def places(self, *keys: str) -> int:
        """Decimals that show all these columns alike."""
        found = [parsed(row[key], self.figure.language) for row in self.texts for key in keys if key in row]
        return max((number[1] for number in found if number), default=0)

    @property
    def _wide(self) -> Mapping[str, Any]:
        return self.figure.forms["wide"]

    def marks(self) -> list[tuple[str, float, float]]:
        """Role, value and height of every mark, from the top down."""
        found = []
        for trace in self._wide["data"]:
            if "markers" in str(trace.get("mode", "")):
                role = (trace.get("meta") or {}).get("role", "")
                found += [(role, x, y) for x, y in zip(trace["x"], trace["y"], strict=True) if None not in (x, y)]
        return sorted(found, key=lambda mark: -mark[2])

    def roles(self, key: str, wanted: Mapping[str, str]) -> list[str]:
        """For each row, what `wanted` calls the role of its mark at the row's value; neutral if unknown."""
        values = self.numbers(key)
        marks = [mark for mark in self.marks() if mark[0] in wanted]
        known = [value for value in values if value is not None]
        if len(marks) != len(known) or any(
            abs(mark[1] - value) > 0.06 * max(1.0, abs(value)) for mark, value in zip(marks, known, strict=True)
        ):
            return [NEUTRAL] * len(values)
        found = iter(marks)
        return [NEUTRAL if value is None else wanted[next(found)[0]] for value in values]

    @cached_property
    def squares(self) -> dict[tuple[int, int], tuple[str, str]]:
        """Role and text of every cell of a heat map by row and column."""
        found = {}
        for trace in self._wide["data"]:
            if trace.get("type") != "heatmap":
                continue
            role = (trace.get("meta") or {}).get("role", "")
            for i, line in enumerate(trace["z"]):
                for j, cell in enumerate(line):
                    text = _TAGS.sub("", (trace.get("text") or [])[i][j]) if trace.get("text") else ""
                    if cell is not None and text:
                        row = round(-(trace.get("y0", 0) + i * trace.get("dy", -1)))
                        found[row, round(trace.get("x0", 0)) + j] = (role, text.lstrip("≈=? "))
        return found

    def square(self, row: int, column: int, value: float | None) -> str:
        """Role of a cell, if the drawing has the row's number there."""
        role, text = self.squares.get((row, column), ("", ""))
        if role and not text:
            return role  # the drawing has a sign there and no number
        drawn = parsed(text, self.figure.language)
        if value is None or drawn is None:
            return ""
        return role if abs(drawn[0] - abs(value)) <= 0.51 * 10.0 ** -drawn[1] else ""

    def blocks(self) -> list[list[str]]:
        """Of a chart of passes and fails: for each row and block of slots, dots for what passes and rings."""
        slots: dict[tuple[int, float], str] = {}
        for trace in self._wide["data"]:
            sign = {"passes": "●", "fails": "○"}.get((trace.get("meta") or {}).get("role", ""))
            if sign:
                slots |= {(round(-y), round(base, 3)): sign for base, y in zip(trace["base"], trace["y"], strict=True)}
        starts = sorted({start for _, start in slots})
        groups: list[list[float]] = []
        for start in starts:
            if not groups or start - groups[-1][-1] > 1.2:
                groups.append([])
            groups[-1].append(start)
        rows = range(max((row for row, _ in slots), default=-1) + 1)
        return [["".join(slots.get((row, start), "") for start in group) for group in groups] for row in rows]

    def axis(self) -> Axis:
        """The scale across as the page's drawing has it."""
        across = self._wide["layout"].get("xaxis", {})
        ticks = [float(tick) for tick in across.get("tickvals") or ()]
        low, high = (float(end) for end in across.get("range") or (ticks[0], ticks[-1]))
        if len(ticks) > 1:
            low, high, step = ticks[0], ticks[-1], ticks[1] - ticks[0]
        else:
            step = (high - low) / 4
        places = next((places for places in range(4) if abs(round(step, places) - step) < 1e-9), 4)
        return Axis(low, high, step, "0" + ("." + "0" * places if places else ""))

    def notes(self) -> Iterator[str]:
        """Words that the drawing has beside its marks."""
        for note in self._wide["layout"].get("annotations") or ():
            yield _TAGS.sub("", note.get("text", ""))


def chosen(count: int, most: int, keep: Sequence[int] = ()) -> list[int | None]:
    """Which of `count` rows to show where only `most` fit: the first and last, and those to keep; None is a gap.

    Examples
    --------
    >>> chosen(3, 5), chosen(9, 5), chosen(9, 6, keep=[4])
    ([0, 1, 2], [0, 1, None, 7, 8], [0, 1, None, 4, None, 8])
    """
    if count <= most:
        return list(range(count))
    for room in range(most, 0, -1):
        head, tail = math.ceil(room / 2), room // 2
        shown: list[int | None] = []
        for at in sorted({*range(head), *(at for at in keep if at < count), *range(count - tail, count)}):
            last = shown[-1] if shown else -1
            if last is not None and at > last + 1:
                shown.append(None)
            shown.append(at)
        if len(shown) <= most:
            return shown
    return [0, None][:most]
