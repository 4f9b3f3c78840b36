"""Numbers of a chart: the values of its axis, and cells of the table behind it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from kernels_lib.study.numerals import Numerals


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
