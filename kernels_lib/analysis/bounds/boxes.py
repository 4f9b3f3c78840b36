"""Two tests of one sample when each difference is only known to lie in an interval.

A *box* is n intervals [low_i, high_i], one a brand; a *completion* is a choice of one difference from
each.  For either test: the largest and the smallest p-value that any completion can have.

*The mean.*  Student's t grows with sum(d) / |d|.  Where sum(d) > 0 this ratio is quasi-concave (the
sets on which it is at least r are convex cones), hence smallest at a corner of the box.  Of all corners
only those matter that no other beats in both the sum and the squares; brand by brand they stay few.
It is largest where every difference is as near as it can be to one value c, and c is then the squares
over the sum: one interval between neighbouring ends of the box contains it.

*The ranks.*  With zeros ranked and dropped (Pratt) the sum of signed ranks is the sum of sign(d_i + d_j)
over i <= j, so it never falls when a difference grows: its extremes are those of the lowest and the highest
completion.  **The p-value has no such law.**  It is conditional on ties, and lifting a difference past
another one can make it larger (.75 of -5, 1, 1, 4, and .875 of -5, 2, 1, 4).  So the p-value is bounded by what it is,
P(sum over i in F of r_i <= 0), r_i the signed ranks and F a random half of the brands.  Go up the sizes
|d| = 0 ... and place brands in groups of equal size; the rank of a group depends only on how many were
placed before.  For each number placed, keep for every x the largest P(sum <= x) over all ways to get
there.  Taking the largest for each x apart can only add, so the result is safe; with all differences
known there is one way, and it is exact.

Two such programmes are used.  One knows for every placed brand whether it is negative and counts the
uncertain brands by whether they are certainly not negative, certainly not positive, or neither; it is the
tighter one while few are uncertain.  The other knows only the sizes, and compares with the signed-rank sum
of the lowest completion.  Where both are out of reach, ties are not followed at all: breaking them at random
leaves the sum symmetric about its tied value, so that no tied tail is more than twice the untied one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product

import numpy as np
from scipy import special

from kernels_lib.analysis import counting
from kernels_lib.analysis.effects import DIGITS
from kernels_lib.analysis.significance import EXACT_UP_TO, paired_t, sign_test, signed_rank
from kernels_lib.analysis.significance.core import mid_ranks

# Numbers that a programme may touch, about 0.1 s each; the one that knows signs has more to do for each.
SIGNED_UP_TO = 3_000_000
SIZED_UP_TO = 30_000_000
# Undominated corners kept; beyond, neighbours are joined, which is safe.
CORNERS_UP_TO = 2_000

EXACT, CERTIFIED, SAFE = "exact", "certified", "safe"


@dataclass(frozen=True)
class Extremes:
    """The p-values of one test over all completions.

    Attributes
    ----------
    p_worst, p_best : float
        No completion has a larger, or a smaller, p-value.  1 is the worst wherever the direction is not certain.
    low, high : float
        Extremes of the statistic's numerator: the sum of the differences, or of the signed ranks.
    exactness : {"exact", "certified", "safe"}
        Attained; or safe and close; or safe and coarse.
    """

    p_worst: float
    p_best: float
    low: float
    high: float
    exactness: str


# --- the mean --------------------------------------------------------------------------------


def mean_extremes(
    low: np.ndarray, high: np.ndarray, p_without_spread: Callable[[float], float] | None = None
) -> Extremes:
    """Student's t-test of mean zero over a box.

    Parameters
    ----------
    low, high : ndarray, shape (n_brands,)
        Points; n of 1 or more.
    p_without_spread : callable, optional
        The p-value where all differences equal the given one, which has no t-test; the sign test if not given.

    Returns
    -------
    Extremes
        Exact up to joined corners.  `p_best` is 0 where all differences can be equal and not zero: near such
        completions the p-value of the t-test has no other bound.

    Examples
    --------
    >>> found = mean_extremes(np.array([1.0, 2.0, 1.0]), np.array([1.0, 2.0, 4.0]))
    >>> round(found.p_worst, 4), round(found.p_best, 4)  # d = 1, 2, 4 and 1, 2, 5/3
    (0.1181, 0.0339)
    """
    low, high = _rounded(low), _rounded(high)
    n, alone = low.size, p_without_spread or (lambda value: float(sign_test(np.full(low.size, value)).p_value or 1.0))
    least, most = float(low.sum().round(DIGITS)), float(high.sum().round(DIGITS))
    # The values that all differences can have at once.
    first, last = float(low.max()), float(high.min())
    if (low == high).all():
        p = paired_t(low).p_value
        p = alone(first) if p is None else p
        return Extremes(p, p, least, most, EXACT)
    if n == 1:
        nearest = min(max(0.0, first), last)
        return Extremes(alone(nearest), min(alone(first), alone(last)), least, most, EXACT)
    best = min(_best_t(low, high), _best_t(-high, -low))
    if first <= last:
        best = min(best, alone(first), alone(last))
    if least <= 0 <= most:
        return Extremes(1.0, best, least, most, EXACT)
    worst = _worst_t(low, high) if least > 0 else _worst_t(-high, -low)
    if first <= last:
        worst = max(worst, alone(first if least > 0 else last))
    return Extremes(worst, best, least, most, EXACT)


def _worst_t(low: np.ndarray, high: np.ndarray) -> float:
    """Largest p-value over the corners of a box on which the sum is positive."""
    known = low == high
    sums, squares = np.array([low[known].sum()]), np.array([(low[known] ** 2).sum()])
    for a, b in zip(low[~known], high[~known], strict=True):
        sums = np.concatenate([sums + a, sums + b]).round(DIGITS)
        squares = np.concatenate([squares + a * a, squares + b * b])
        # Another corner with a smaller sum and larger squares is always at least as bad.
        order = np.lexsort([-squares, sums])
        sums, squares = sums[order], squares[order]
        kept = np.concatenate([[True], squares[1:] > np.maximum.accumulate(squares)[:-1]])
        sums, squares = sums[kept], squares[kept]
        if sums.size > CORNERS_UP_TO:
            # Both ascend: of each stretch the smallest sum and the largest squares.
            at = np.linspace(0, sums.size, CORNERS_UP_TO // 2, endpoint=False).astype(int)
            sums, squares = sums[at], np.concatenate([squares[at[1:] - 1], squares[-1:]])
    return float(_p_of_t(sums, squares, low.size).max())


def _best_t(low: np.ndarray, high: np.ndarray) -> float:
    """Smallest p-value over the completions with a positive sum."""
    if high.sum() <= 0:
        return 1.0
    if low.max() <= high.min() and high.min() > 0:
        return 0.0
    ends = np.unique(np.concatenate([low, high]))
    values = [ends]
    for left, right in pairwise(ends):
        fixed = np.concatenate([low[low >= right], high[high <= left]])
        if fixed.sum() != 0:
            c = (fixed**2).sum() / fixed.sum()
            values.append(np.array([c] if left < c < right else []))
    nearest = np.clip(np.concatenate(values)[:, None], low, high)
    sums, squares = nearest.sum(axis=1), (nearest**2).sum(axis=1)
    positive = sums > 0
    return float(_p_of_t(sums[positive], squares[positive], low.size).min())


def _p_of_t(sums: np.ndarray, squares: np.ndarray, n: int) -> np.ndarray:
    """Two-sided p-values; 0 without spread, which has a test of its own."""
    scatter = n * squares - sums**2
    spread = scatter > 1e-12 * n * squares
    t = np.sqrt((n - 1) / np.where(spread, scatter, 1.0)) * sums
    return np.where(spread, 2 * special.stdtr(n - 1, -np.abs(t)), np.where(sums == 0, 1.0, 0.0))


# --- the ranks -------------------------------------------------------------------------------


def rank_extremes(low: np.ndarray, high: np.ndarray, step: float | None = None) -> Extremes:
    """The signed-rank test (Pratt) over a box.

    Parameters
    ----------
    low, high : ndarray, shape (n_brands,)
        Points; n of 1 or more.
    step : float, optional
        Points.  If given, and if all ends are multiples of it, only multiples count as differences.

    Returns
    -------
    Extremes
        ``low`` and ``high`` are sums of signed ranks.  Beyond 200 brands the p-values are the normal ones with bounds
        of the variance.

    References
    ----------
    .. [1] Pratt, J. W. (1959), Remarks on zeros and ties in the Wilcoxon signed rank procedures,
       *JASA* 54, 655-667.

    Examples
    --------
    >>> found = rank_extremes(np.array([1.0, 2, 3, -1]), np.array([1.0, 2, 3, 4]))
    >>> found.p_worst, found.p_best, found.low  # the last one unknown, from -1 to 4
    (0.375, 0.125, 7.0)
    """
    low, high = _rounded(low), _rounded(high)
    least, most = _signed_sum(low), _signed_sum(high)
    if (low == high).all():
        p = float(signed_rank(low).p_value or 0.0)
        return Extremes(p, p, least / 2, most / 2, EXACT)
    bounds = _asymptotic if low.size > EXACT_UP_TO else _exact
    worst, best, exactness = 1.0, 1.0, CERTIFIED
    for a, b, reached, farthest in ((low, high, least, most), (-high, -low, -most, -least)):
        if farthest > 0:
            upper, lower, kind = bounds(a, b, step, reached, farthest)
            best, exactness = min(best, 2 * lower), SAFE if SAFE in (exactness, kind) else CERTIFIED
            if reached > 0:
                worst = min(worst, 2 * upper)
    return Extremes(worst, best, least / 2, most / 2, exactness)


def _asymptotic(
    low: np.ndarray, high: np.ndarray, step: float | None, least: int, most: int
) -> tuple[float, float, str]:
    n = low.size
    certain = int(((low == 0) & (high == 0)).sum())
    possible = int(((low <= 0) & (high >= 0)).sum())
    # Of doubled ranks: ties only lower the sum of squares, and zeros take the smallest ranks.
    largest = 4 * sum(rank * rank for rank in range(certain + 1, n + 1))
    # Cauchy and Schwarz: the squares are at least the squared sum over the number of ranks.
    smallest = (n * (n + 1) - possible * (possible + 1)) ** 2 / n
    z_low = max(least, 0) / math.sqrt(largest)
    z_high = min(math.sqrt(n), most / math.sqrt(smallest)) if smallest else math.sqrt(n)
    return float(special.ndtr(-z_low)), float(special.ndtr(-z_high)), SAFE


def _exact(low: np.ndarray, high: np.ndarray, step: float | None, least: int, most: int) -> tuple[float, float, str]:
    """Largest and smallest upper tail over the completions."""
    box = _Box.of(low, high, step)
    programmes = ((_Signed(box), SIGNED_UP_TO), (_Sized(box, least, most), SIZED_UP_TO))
    found = [programme for programme, limit in programmes if programme.steps() <= limit]
    if not found:
        n = low.size
        untied = counting.sign_flips(np.arange(1, n + 1))
        reached = (least + n * (n + 1)) // 4
        return min(1.0, 2 * float(untied[max(reached, 0) :].sum())), 0.5**n, SAFE
    upper = min(programme.tail(worst=True) for programme in found)
    lower = max(programme.tail(worst=False) for programme in found)
    return min(1.0, upper), lower, CERTIFIED


@dataclass(frozen=True)
class _Box:
    """A box with sizes as whole numbers.

    On a grid they count steps.  Else even numbers stand for the ends that occur and the odd ones for all sizes
    between two neighbouring ends, where several groups can follow each other.
    """

    nearest: np.ndarray  # least size of each difference
    up: np.ndarray  # largest size as a positive difference, or -1
    down: np.ndarray  # largest size as a negative difference, or -1
    known: np.ndarray
    grid: bool

    @classmethod
    def of(cls, low: np.ndarray, high: np.ndarray, step: float | None) -> _Box:
        ends = np.concatenate([low, high])
        on_grid = step is not None and bool(np.allclose(ends / step, np.rint(ends / step), rtol=0, atol=1e-6))
        if on_grid:
            a, b = np.rint(low / step).astype(int), np.rint(high / step).astype(int)
        else:
            sizes = np.unique(np.abs(np.append(ends, 0.0)))
            a, b = (np.sign(x).astype(int) * 2 * np.searchsorted(sizes, np.abs(x)) for x in (low, high))
        nearest = np.where((a <= 0) & (b >= 0), 0, np.minimum(np.abs(a), np.abs(b)))
        return cls(nearest, np.where(b >= 0, b, -1), np.where(a <= 0, -a, -1), a == b, on_grid)

    @property
    def n(self) -> int:
        return self.nearest.size

    @property
    def farthest(self) -> np.ndarray:
        return np.maximum(self.up, self.down)

    def only(self, chosen: np.ndarray) -> _Box:
        arrays = {name: getattr(self, name)[chosen] for name in ("nearest", "up", "down", "known")}
        return replace(self, **arrays)

    def cells(self) -> range:
        return range(int(self.farthest.max(initial=0)) + 1)

    def several(self, cell: int) -> bool:
        """Whether groups of different size fit into the cell."""
        return not self.grid and cell % 2 == 1

    def placed(self, cell: int) -> tuple[int, int]:
        """Least and most differences of at most this size."""
        return int((self.farthest <= cell).sum()), int((self.nearest <= cell).sum())


class _Tails:
    """Distribution functions P(sum <= x) of sums of doubled ranks, as arrays over x."""

    def __init__(self, n: int) -> None:
        self.reach = n * (n + 1)
        self.size = 2 * self.reach + 1

    def nothing(self) -> np.ndarray:
        return (np.arange(-self.reach, self.reach + 1) >= 0).astype(float)

    def grown(self, tail: np.ndarray, count: int, first: int, jump: int) -> np.ndarray:
        """After adding first + jump * (heads of `count` fair coins)."""
        padded = np.concatenate([np.zeros(self.size), tail, np.ones(self.size)])
        grown = np.zeros(self.size)
        weight = 0.5**count
        for heads in range(count + 1):
            start = self.size - min(max(first + jump * heads, -self.size), self.size)
            grown += weight * padded[start : start + self.size]
            weight *= (count - heads) / (heads + 1)
        return grown

    def at(self, tail: np.ndarray, x: int) -> float:
        return float(tail[min(max(x + self.reach, 0), self.size - 1)]) if x >= -self.reach else 0.0


class _Signed:
    """The programme that knows the signs of what it has placed."""

    def __init__(self, box: _Box) -> None:
        self.box, self.tails = box, _Tails(box.n)
        self.fixed = box.only(box.known)
        uncertain = ~box.known
        never_negative, never_positive = box.down <= 0, box.up <= 0
        self.kinds = [
            box.only(uncertain & never_negative),
            box.only(uncertain & never_positive & ~never_negative),
            box.only(uncertain & ~never_negative & ~never_positive),
        ]

    def _windows(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        for cell in self.box.cells():
            yield cell, [kind.placed(cell) for kind in self.kinds]

    def steps(self) -> int:
        before, total = [(0, 0)] * 3, 0
        for _, after in self._windows():
            pairs = [
                sum(max(0, b1 - max(a, b0) + 1) for a in range(a0, a1 + 1))
                for (a0, a1), (b0, b1) in zip(before, after, strict=True)
            ]
            total, before = total + math.prod(pairs), after
        mean_group = 2 + self.box.n / max(1, len(self.box.cells()))
        return int(total * mean_group * self.tails.size)

    def tail(self, *, worst: bool) -> float:
        better = np.maximum if worst else np.minimum
        states = {(0, 0, 0): self.tails.nothing()}
        for cell, windows in self._windows():
            states = self._through(cell, windows, states, better, worst)
        (last,) = states.values()
        return self.tails.at(last, 0)

    def _through(
        self,
        cell: int,
        windows: list[tuple[int, int]],
        states: dict[tuple[int, ...], np.ndarray],
        better: np.ufunc,
        worst: bool,
    ) -> dict[tuple[int, ...], np.ndarray]:
        fixed_before = int((self.fixed.nearest < cell).sum())
        fixed_up = int(((self.fixed.nearest == cell) & (self.fixed.down < cell)).sum())
        fixed_down = int(((self.fixed.nearest == cell) & (self.fixed.down == cell)).sum())
        mixed = self.kinds[2]
        room_up, room_down = int((mixed.up >= cell).sum()), int((mixed.down >= cell).sum())
        several = self.box.several(cell)
        found: dict[tuple[int, ...], np.ndarray] = dict(states) if several else {}
        for before in sorted(product(*(range(high + 1) for _, high in windows)), key=sum):
            tail = (found if several else states).get(before)
            if tail is None:
                continue
            for after in product(*(range(b, high + 1) for b, (_, high) in zip(before, windows, strict=True))):
                if any(a < low for a, (low, _) in zip(after, windows, strict=True)) and not several:
                    continue
                up, down, both = (a - b for a, b in zip(after, before, strict=True))
                count = fixed_up + fixed_down + up + down + both
                if several and count == 0:
                    continue
                if cell == 0 or count == 0:
                    grown = tail
                else:
                    # Lower sums for the worst case: as many of the undecided as can be are negative.
                    negative = min(both, room_down) if worst else max(0, both - room_up)
                    rank = 2 * (fixed_before + sum(before)) + count + 1
                    grown = self.tails.grown(tail, count, -rank * (fixed_down + down + negative), rank)
                found[after] = better(found[after], grown) if after in found else grown
        return {
            state: tail
            for state, tail in found.items()
            if all(low <= s <= high for s, (low, high) in zip(state, windows, strict=True))
        }


class _Sized:
    """The programme that knows only the sizes, and the extremes of the signed-rank sum."""

    def __init__(self, box: _Box, least: int, most: int) -> None:
        self.box, self.tails, self.least, self.most = box, _Tails(box.n), least, most
        n = box.n
        self.allowed = np.zeros((n + 1, n + 1), dtype=bool)
        below = box.placed(0)
        self.zeros = below
        for cell in box.cells()[1:]:
            window = box.placed(cell)
            first, last = below[0], window[1] if box.several(cell) else below[1]
            self.allowed[first : last + 1, window[0] : window[1] + 1] = True
            below = window
        self.allowed &= np.triu(np.ones_like(self.allowed), 1)

    def steps(self) -> int:
        before, after = np.nonzero(self.allowed)
        return int((after - before + 1).sum() * self.tails.size)

    def tail(self, *, worst: bool) -> float:
        better = np.maximum if worst else np.minimum
        kept: dict[int, np.ndarray] = {zeros: self.tails.nothing() for zeros in range(self.zeros[0], self.zeros[1] + 1)}
        for before in range(self.box.n):
            if before not in kept:
                continue
            for after in np.flatnonzero(self.allowed[before]).tolist():
                count, rank = after - before, before + after + 1
                grown = self.tails.grown(kept[before], count, -rank * count, 2 * rank)
                kept[after] = better(kept[after], grown) if after in kept else grown
        # Under "no difference" the sum is as likely at least t as at most -t.
        return self.tails.at(kept[self.box.n], -(self.least if worst else self.most))


def _signed_sum(d: np.ndarray) -> int:
    """Twice the sum of the signed mid-ranks, zeros ranked: a whole number."""
    return int(np.rint(2 * (np.sign(d) * mid_ranks(np.abs(d)[None])[0]).sum()))


def _rounded(d: np.ndarray) -> np.ndarray:
    return np.round(np.asarray(d, dtype=float), DIGITS) + 0.0
