"""Which totals a printed mean can stand for (the GRIM test of Brown and Heathers).

n scores on a grid have a total on the same grid, so few totals round to a given printed mean:
2.08 over 30 brands in half points can only be 62.5 points.  All arithmetic is in whole steps of
the grid and in fractions; nothing here is a float until the last line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property

import pandas as pd

from kernels_lib.errors import BadData, BadParameters

# Largest denominator that a step, an end of the scale or a target can have in points.
_FINEST = 10_000


@dataclass(frozen=True)
class Grid:
    """Number of brands and the scores that each can have: floor, floor + step, ..., top.

    Parameters
    ----------
    n : int
        Brands.
    step : float
        Distance of neighbouring scores, in points.
    floor, top : float
        Ends of the scale, in points; whole numbers of steps.

    Examples
    --------
    >>> grid = Grid(30, 0.5, 1, 5)
    >>> grid.low, grid.high, grid.points(125)
    (2, 10, 62.5)
    """

    n: int
    step: float
    floor: float
    top: float

    def __post_init__(self) -> None:
        if self.n < 1:
            raise BadParameters(f"{self.n} brands have no mean.", remedy="Give n of 1 or more.")
        if self.step is None or self.step <= 0:
            raise BadParameters(
                f"step {self.step} is not a distance between scores.",
                remedy="Bounds from published means need a grid: give the step in points, such as 0.5.",
            )
        if self.top <= self.floor:
            raise BadParameters(f"the scale {self.floor}-{self.top} has no room.")
        for name, end in (("floor", self.floor), ("top", self.top)):
            if (_fraction(end) / self.exact_step).denominator != 1:
                raise BadParameters(
                    f"{name} {end} is not a whole number of steps of {self.step}.",
                    remedy="Choose a step that divides both ends of the scale.",
                )

    @cached_property
    def exact_step(self) -> Fraction:
        """The step as a fraction."""
        return _fraction(self.step)

    @cached_property
    def low(self) -> int:
        """The lowest score, in steps."""
        return int(_fraction(self.floor) / self.exact_step)

    @cached_property
    def high(self) -> int:
        """The highest score, in steps."""
        return int(_fraction(self.top) / self.exact_step)

    def units(self, points: float) -> Fraction:
        """Points as steps; a target need not lie on the grid."""
        return _fraction(points) / self.exact_step

    def points(self, units: float) -> float:
        """Steps as points."""
        return float(units) * float(self.exact_step)


def possible_totals(mean_text: str, n: int, step: float, floor: float, top: float) -> list[int]:
    """Every total whose mean prints as `mean_text`, rounding halves either way.

    Parameters
    ----------
    mean_text : str
        The mean as printed: ``"3.90"`` says more than ``"3.9"``.
    n : int
        Brands.
    step, floor, top : float
        The grid of scores, in points.

    Returns
    -------
    list of int
        Totals over the brands in steps, ascending; empty if no table on this grid has such a mean.

    References
    ----------
    .. [1] Brown, N. J. L. and Heathers, J. A. J. (2017), The GRIM test.
       https://doi.org/10.1177/1948550616673876

    Examples
    --------
    >>> possible_totals("2.08", 30, 0.5, 1, 5), possible_totals("2.08", 30, 1, 1, 5)
    ([125], [])
    """
    grid = Grid(n, step, floor, top)
    mean, half = _printed(mean_text)
    # Both ends count: sources round halves up or to even, and do not say which.
    first = math.ceil((mean - half) * n / grid.exact_step)
    last = math.floor((mean + half) * n / grid.exact_step)
    return list(range(max(first, n * grid.low), min(last, n * grid.high) + 1))


def grim_table(
    means: pd.DataFrame | Mapping[str, str], n_values: Iterable[int], steps: Iterable[float], floor: float, top: float
) -> pd.DataFrame:
    """How many totals each printed mean can stand for, over numbers of brands and steps.

    Parameters
    ----------
    means : DataFrame with a column ``mean`` of text, or mapping of str to str
        Means as printed, per criterion.
    n_values : iterable of int
        Numbers of brands to try.
    steps : iterable of float
        Steps to try, in points.
    floor, top : float
        Ends of the scale, in points.

    Returns
    -------
    DataFrame, index: ``step``, ``n``
        One column per criterion with the number of totals, and ``fits``: whether none is 0.
    """
    texts = printed_means(means)
    sizes = list(n_values)
    index = pd.MultiIndex.from_product([list(steps), sizes], names=["step", "n"])
    rows = [
        [len(possible_totals(text, int(n), float(step), floor, top)) for text in texts.values()] for step, n in index
    ]
    table = pd.DataFrame(rows, index=index, columns=list(texts))
    table["fits"] = (table > 0).all(axis=1)
    return table


def grim_probability(mean_text: str, n: int, step: float = 1.0) -> float:
    """Share of means with that many printed digits that no n scores on the grid can have.

    Examples
    --------
    >>> grim_probability("7.22", 32)  # (100 - 32) / 100
    0.68
    """
    _, half = _printed(mean_text)
    return float(max(Fraction(0), 1 - n * 2 * half / _fraction(step)))


def printed_means(means: pd.DataFrame | Mapping[str, str] | pd.Series) -> dict[str, str]:
    """Printed means per criterion, from a frame's column ``mean`` or from a mapping."""
    if isinstance(means, pd.DataFrame):
        if "mean" not in means.columns:
            raise BadData("published means have no column 'mean'.", remedy=f"Found: {', '.join(map(str, means))}.")
        means = means["mean"]
    return {str(criterion): text for criterion, text in means.items()}


def printed_range(mean_text: str) -> tuple[float, float]:
    """Smallest and largest mean that prints as `mean_text`, in points.

    Examples
    --------
    >>> printed_range("3.9")
    (3.85, 3.95)
    """
    mean, half = _printed(mean_text)
    return float(mean - half), float(mean + half)


def _printed(mean_text: str) -> tuple[Fraction, Fraction]:
    """A printed number and half a unit of its last digit."""
    if not isinstance(mean_text, str):
        raise BadData(
            f"the mean {mean_text!r} is a number, not text.",
            remedy="Keep published means as printed, in quotes: '3.90' says more than 3.9.",
        )
    try:
        number = Decimal(mean_text.strip())
        finite = number.is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise BadData(f"'{mean_text}' is not a printed mean.", remedy="Write it like '3.90'.")
    digits = max(0, -int(number.as_tuple().exponent))
    return Fraction(number), Fraction(1, 2 * 10**digits)


def _fraction(number: float) -> Fraction:
    # 0.1 and 1/3 as floats are meant as 1/10 and 1/3.
    return Fraction(number).limit_denominator(_FINEST)
