"""Worst and best cases of the tests of ranks and of signs over every table with the published means.

What is a theorem, what a safe bound, and what an approximation:

*Tables whose differences cannot have both signs* (a criterion entirely on an end of the scale, say):
every difference that is not zero counts for the same side, so the exact conditional p-value is
2 / 2^m with m such differences, and the fewest possible m makes it largest.  Exact and attained.

*One criterion against a target.*  The smallest z over all tables (`rank_tables`) is exact, and so is
the normal approximation's largest p-value.

*Two criteria.*  The same holds for all differences with the published total.  Some of them may
belong to no table: their negative parts can need more room than the scale leaves (see `mean_based`).
The smallest z is then a safe bound; it is attained where the differences found fit, which is checked.

*The exact conditional p-value where both signs are possible.*  It depends on more than z, and the
table with the smallest z need not have the largest one.  Whatever the ranks, however, chance exceeds
z at most 1 / (4 P(N > sqrt 2)) = 3.18 times as often as a normal variable does [1]_.  That factor
turns the bound of z into a certificate, ``p_sure``, which is what a claim about every table rests on.

*Direction.*  All p-values are two-sided but count for the direction of the published difference
only: where the rank sum of a table vanishes or points the other way, its p-value counts as 1.

References
----------
.. [1] Bentkus, V. K. and Dzindzalieta, D. (2015), A tight Gaussian bound for weighted sums of
   Rademacher random variables, *Bernoulli* 21, 1231-1237. https://doi.org/10.3150/14-BEJ603
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import special

from kernels_lib.analysis.bounds import rank_tables
from kernels_lib.analysis.bounds.rank_tables import RULES, Size, smallest_z, within_reach
from kernels_lib.analysis.bounds.totals import Grid
from kernels_lib.analysis.significance import signed_rank
from kernels_lib.analysis.significance.core import check_known
from kernels_lib.study.language import _, spoken

EXACT = "exact"
NORMAL = "normal approximation"
NOT_COMPUTED = "not computed"


@cache
def signs_over_normal() -> float:
    """How many times as often as a normal variable sums of random signs exceed any limit, at most [1]."""
    return float(1 / (4 * special.ndtr(-math.sqrt(2))))


@dataclass(frozen=True)
class RankBound:
    """The worst case of the signed-rank test over all tables.

    Attributes
    ----------
    rule : {"pratt", "wilcox"}
        What is done with zeros.
    z : float or None
        No table has a smaller z in the direction of the published difference; 0 where the rank sum
        can vanish or point the other way.  None where not computed.
    p_normal : float or None
        Two-sided p-value of `z` by the normal approximation with the exact conditional variance.
    p_exact : float or None
        Exact conditional p-value of a table that has this `z`; where `exactness` is ``"exact"`` the
        largest one of all tables.  None where no such table is known.
    p_sure : float
        No table has a larger exact conditional p-value.
    exactness : {"exact", "normal approximation", "not computed"}
        What `p_value` is.
    attained : bool
        Whether a table with the published means is known to have `z`.
    differences : tuple of float or None
        Differences of the brands that have `z`, where attained: points, ascending, signs turned so
        that their mean is not negative.
    reason : str
        Why nothing was computed; empty otherwise.
    """

    rule: str
    z: float | None
    p_normal: float | None
    p_exact: float | None
    p_sure: float
    exactness: str
    attained: bool
    differences: tuple[float, ...] | None = None
    reason: str = ""

    @property
    def p_value(self) -> float | None:
        """The largest p-value: exact where that is known, else by the normal approximation."""
        return self.p_exact if self.exactness == EXACT else self.p_normal


class BestRanks(NamedTuple):
    """Smallest p-value of the signed-rank test that some table is known to have, and one that none falls below."""

    p_value: float
    floor: float


class SignBound(NamedTuple):
    """Largest and smallest p-value of the sign test over all tables, both exact and attained.

    `most` is the largest number of brands that can be on the side of the difference; 0 without difference.
    """

    p_worst: float
    p_best: float
    most: int


def worst_paired_ranks(
    total_x: int, total_y: int, grid: Grid, rule: str = "pratt", *, folder: Path | None = None
) -> RankBound:
    """The worst case of the signed-rank test of two criteria over all tables with these totals.

    Parameters
    ----------
    total_x, total_y : int
        In steps.
    grid : Grid
    rule : {"pratt", "wilcox"}
        What is done with zeros.
    folder : Path, optional
        Where computed tables are kept; see `store.remember`.

    Examples
    --------
    >>> worst_paired_ranks(300, 234, Grid(30, 0.5, 1, 5)).p_exact  # 66 steps, 8 a brand: 9 brands, 2 / 2^9
    0.00390625
    """
    return _worst(_paired(total_x, total_y, grid), grid, rule, folder)


def compute_together(pairs: Iterable[tuple[int, int]], grid: Grid, *, folder: Path | None = None) -> None:
    """Have at hand what the worst cases of these pairs of totals need, by both rules.

    Processes that want the same at the same time share the work.
    """
    _computed_together(tuple(pairs), grid, folder)


@lru_cache(64)
def _computed_together(pairs: tuple[tuple[int, int], ...], grid: Grid, folder: Path | None) -> None:
    tables = {}
    for total_x, total_y in pairs:
        question = _paired(total_x, total_y, grid)
        sizes = question.sizes(both_signs=not question.one_sided)
        if within_reach(question.n, sizes):
            tables |= dict.fromkeys((question.n, sizes, question.has_zero, rule) for rule in RULES)
    rank_tables.compute_together(tables, folder)


def worst_ranks_against(
    total: int, grid: Grid, target: float, rule: str = "pratt", *, folder: Path | None = None
) -> RankBound:
    """The worst case of the signed-rank test of one criterion against `target` over all tables with this total.

    Examples
    --------
    >>> bound = worst_ranks_against(122, Grid(30, 0.5, 1, 5), 3.0, "wilcox")
    >>> round(bound.p_normal, 3), bound.attained
    (0.039, True)
    """
    return _worst(_against(total, grid, target), grid, rule, folder)


def best_paired_ranks(total_x: int, total_y: int, grid: Grid, rule: str = "pratt") -> BestRanks:
    """The best case of the signed-rank test of two criteria over all tables with these totals.

    For its `floor` see `rank_floor`.
    """
    return _best(_paired(total_x, total_y, grid), rule)


def best_ranks_against(total: int, grid: Grid, target: float, rule: str = "pratt") -> BestRanks:
    """The best case of the signed-rank test of one criterion against `target`; see `best_paired_ranks`."""
    return _best(_against(total, grid, target), rule)


def paired_signs(total_x: int, total_y: int, grid: Grid) -> SignBound:
    """Worst and best case of the sign test of two criteria over all tables with these totals.

    Examples
    --------
    >>> paired_signs(300, 234, Grid(30, 0.5, 1, 5)).p_worst  # at least 9 brands differ, all one way
    0.00390625
    """
    return _signs(_paired(total_x, total_y, grid))


def signs_against(total: int, grid: Grid, target: float) -> SignBound:
    """Worst and best case of the sign test of one criterion against `target` over all tables."""
    return _signs(_against(total, grid, target))


def rank_floor(most: int) -> float:
    """A p-value that the signed-rank test cannot fall below if at most so many brands are on one side.

    Of all ways to sign the differences, those that keep these brands where they are and turn any of
    the others over reach the rank sum, so each such way counts: 2 / 2^most.

    Examples
    --------
    >>> rank_floor(5), rank_floor(0)
    (0.0625, 1.0)
    """
    return min(1.0, 2 * 0.5**most)


def signed_rank_z(d: np.ndarray, rule: str = "pratt") -> np.ndarray:
    """z of the signed-rank test of every row at once.

    Parameters
    ----------
    d : ndarray of int, shape (n_tables, n_brands)
        Differences in steps.
    rule : {"pratt", "wilcox"}
        What is done with zeros.

    Returns
    -------
    ndarray, shape (n_tables,)
        Without continuity correction, with the exact conditional variance; 0 without any difference.

    Examples
    --------
    >>> signed_rank_z(np.array([[0, 1, 2], [0, 0, 0]]), "wilcox")  # (1 + 2) / sqrt(1 + 4)
    array([1.34164079, 0.        ])
    """
    check_known("rule for zeros", rule, RULES)
    sizes = np.abs(d)
    ranked = (d == 0).sum(axis=1) if rule == "pratt" else np.zeros(len(d), dtype=int)
    rank_sum, squares = np.zeros(len(d)), np.zeros(len(d))
    for size in np.unique(sizes)[int((sizes == 0).any()) :]:
        up, down = (d == size).sum(axis=1), (d == -size).sum(axis=1)
        rank = ranked + (up + down + 1) / 2
        rank_sum += (up - down) * rank
        squares += (up + down) * rank**2
        ranked = ranked + up + down
    return rank_sum / np.sqrt(np.where(squares > 0, squares, 1))


@dataclass(frozen=True)
class _Question:
    """Differences on a grid with a known total, turned so that they are positive on the whole.

    A difference is a whole number of steps e minus `aim`, low <= e <= high; the e of all n add up to
    `total`.  `room` limits the sum of negative parts of a pair.
    """

    n: int
    low: int
    high: int
    aim: Fraction
    total: int
    room: int | None

    @property
    def gap(self) -> Fraction:
        return self.total - self.n * self.aim

    @property
    def has_zero(self) -> bool:
        return self.aim.denominator == 1 and self.low <= self.aim <= self.high

    def sizes(self, *, both_signs: bool) -> tuple[Size, ...]:
        """Sizes of non-zero differences, ascending."""
        found: dict[Fraction, list[int | None]] = {}
        for e in range(self.low, self.high + 1):
            if e > self.aim or (e < self.aim and both_signs):
                found.setdefault(abs(e - self.aim), [None, None])[e < self.aim] = e
        return tuple(Size(*found[size]) for size in sorted(found))

    def fits(self, values: np.ndarray) -> bool:
        """Whether some table has these differences."""
        return self.room is None or -int(values[values < 0].sum()) <= self.room

    def lopsided(self, end: int) -> np.ndarray:
        """Differences that some table has: none, one, two, ... at one end, the total shared out evenly among the rest.

        With nobody at the end that is the evenest table; it always exists and comes first.
        """
        found = []
        for at_end in range(self.n):
            others = self.n - at_end
            quotient, rest = divmod(self.total - at_end * end, others)
            e = np.repeat([end, quotient, quotient + 1], [at_end, others - rest, rest])
            if self.low <= e.min() and e.max() <= self.high and self.fits(e):
                found.append(e)
        return np.array(found)

    def multiples(self, e: np.ndarray) -> np.ndarray:
        """The differences e - aim as whole numbers, in units of which no more than their ratios matter."""
        return e * self.aim.denominator - self.aim.numerator

    @property
    def one_sided(self) -> bool:
        """Whether no difference can point the other way."""
        return self.gap > 0 and self.sign_counts()[1].max() == 0

    def sign_counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Every number of positive and of negative differences that some table has."""
        up, down = (grid.ravel() for grid in np.indices((self.n + 1, self.n + 1)))
        least_up, least_down = math.floor(self.aim) + 1, math.ceil(self.aim) - 1
        # The sum of the e below the aim, sign turned, lies between these; whole numbers in between all occur.
        from_ = np.maximum(-least_down * down, least_up * up - self.total)
        to = np.minimum(-self.low * down, self.high * up - self.total)
        if self.room is not None:
            to = np.minimum(to, self.room)
        possible = (from_ <= to) & ((up + down <= self.n) if self.has_zero else (up + down == self.n))
        possible &= (up == 0) | (least_up <= self.high)
        possible &= (down == 0) | (self.low <= least_down)
        return up[possible], down[possible]


def _paired(total_x: int, total_y: int, grid: Grid) -> _Question:
    x, y = max(total_x, total_y), min(total_x, total_y)
    reach = grid.high - grid.low
    room = min(y - grid.n * grid.low, grid.n * grid.high - x)
    return _Question(grid.n, -reach, reach, Fraction(0), x - y, room)


def _against(total: int, grid: Grid, target: float) -> _Question:
    aim, low, high = grid.units(target), grid.low, grid.high
    if total < grid.n * aim:
        # Seen from the other end of the scale.
        total, aim, low, high = -total, -aim, -high, -low
    # Counted from the aim, so that a difference of zero adds nothing to the total.
    anchor = min(max(math.floor(aim), low), high)
    return _Question(grid.n, low - anchor, high - anchor, aim - anchor, total - grid.n * anchor, None)


def _worst(question: _Question, grid: Grid, rule: str, folder: Path | None) -> RankBound:
    return _worst_said(question, grid, rule, folder, spoken())


# No parameter of a study is part of these: another level, or another correction, asks for the very same again.
MOST_KNOWN = 4096


@lru_cache(MOST_KNOWN)
def _worst_said(question: _Question, grid: Grid, rule: str, folder: Path | None, language: str) -> RankBound:
    """The worst case; what it says of itself is in the language that is spoken."""
    check_known("rule for zeros", rule, RULES)
    up, _down = question.sign_counts()
    one_sided = question.one_sided
    sizes = question.sizes(both_signs=not one_sided)
    computed = within_reach(question.n, sizes)
    surest = min(1.0, 2 * 0.5 ** int(up.min())) if one_sided else 1.0
    exactness = EXACT if one_sided else NORMAL if computed else NOT_COMPUTED
    if not computed:
        why = _(
            "not computed beyond about 30 brands on 20 steps ({n} on {steps} here); the bound of the test of means "
            "alone holds"
        )
        alone = "" if one_sided else why.format(n=grid.n, steps=grid.high - grid.low)
        return RankBound(rule, None, None, surest if one_sided else None, surest, exactness, False, None, alone)

    z, values = smallest_z(question.n, sizes, question.has_zero, rule, folder).at(question.total)
    z = max(0.0, z) if question.gap > 0 else 0.0
    attained = question.fits(values)
    if z == 0 and not attained:
        # A few brands far up against many slightly down need little room.
        tried = question.lopsided(question.high)
        against = tried[signed_rank_z(question.multiples(tried), rule) <= 0]
        attained, values = len(against) > 0, against[0] if len(against) else values
    p_normal = _two_sided(z)
    d = question.multiples(values) * float(grid.exact_step / question.aim.denominator)
    if one_sided:
        p_exact = surest
    else:
        p_exact = _exact_p(d, rule) if attained and z > 0 else 1.0 if attained else None
        surest = min(1.0, signs_over_normal() * p_normal)
    differences = tuple(float(value) for value in d) if attained else None
    return RankBound(rule, z, p_normal, p_exact, surest, exactness, attained, differences)


@lru_cache(MOST_KNOWN)
def _best(question: _Question, rule: str) -> BestRanks:
    check_known("rule for zeros", rule, RULES)
    if question.gap == 0:
        return BestRanks(1.0, 1.0)
    up, __ = question.sign_counts()
    # Few brands as far down as possible leave much to share out evenly among all others.
    tried = question.multiples(question.lopsided(question.low))
    z = signed_rank_z(tried, rule)
    return BestRanks(min(_exact_p(tried[row], rule) for row in {0, int(z.argmax())}), rank_floor(int(up.max())))


def _signs(question: _Question) -> SignBound:
    if question.gap == 0:
        return SignBound(1.0, 1.0, 0)
    up, down = question.sign_counts()
    # As many positive ones by chance or more: at most `down` of all the others.
    p = np.where(up > down, np.minimum(1.0, 2 * special.bdtr(down, np.maximum(up + down, 1), 0.5)), 1.0)
    return SignBound(float(p.max()), float(p.min()), int(up.max()))


def _two_sided(z: float) -> float:
    return float(min(1.0, 2 * special.ndtr(-z)))


def _exact_p(d: np.ndarray, rule: str) -> float:
    """Exact conditional p-value; 1 where the rank sum does not point up."""
    result = signed_rank(d, rule)
    return result.p_value if result.z > 0 else 1.0
