"""Do the criteria differ at all?  What Friedman's test and the analysis of variance say of every table.

*Friedman.*  With r_i the mid-ranks of brand i minus their mean, and a_i = |r_i|^2, the test is
W = |mean r|^2 / mean a, chi-square = n (k-1) W, already corrected for ties.  For every vector u,
|x - a u|^2 >= 0 gives |x|^2 / a >= 2 u.x - |u|^2 a; the right side is an average over brands.  For
any prices l on the totals S therefore, whatever the table,

    W >= l.S / n + min over rows m of (2 u.r(m) - |u|^2 a(m) - l.m).

So two vectors of k numbers *are* the certificate, whoever found them: one minimum over the rows that
a brand can have proves the bound.  That minimum is exact and in whole numbers.  A row is an ordered
partition of the criteria into scores; going up the scale, the criteria that get the next score have
ranks that depend only on how many were placed before, so the best row is a shortest path over subsets:
3^k steps a score instead of (scores)^k rows.

The best certificate maximises a concave function of (u, l), here by cutting planes: a linear program
proposes (u, l), the shortest path answers with the row that violates it most.  The bound it reaches is
the exact minimum over *mixtures* of rows; tables of n brands can lie only above it.

*A table close to the bound*, so that a reader sees how little is lost: annealing over tables with the
published totals.  A move lifts one brand's score and lowers another's on the same criterion; all such
moves on one criterion are weighed at once.

*Analysis of variance.*  The numerator of F is published.  The error sum of squares is
sum x^2 - sum T_i^2 / k - (criteria), with T_i the brands' totals: the squares are largest with all
scores at the ends of the scale, and the T_i differ least when they are two neighbouring whole numbers.
Both at once may not be possible; F is then above the bound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special

from kernels_lib.analysis.bounds.totals import Grid, possible_totals, printed_means
from kernels_lib.errors import BadData
from kernels_lib.store import remember
from kernels_lib.study.language import _

# Steps of one shortest path, 3^k a score: 2 million take 30 ms, and about a hundred are needed.
PATH_STEPS_UP_TO = 2_000_000
# Combinations of totals, where printed means fit several, that the analysis of variance goes through.
COMBINATIONS_UP_TO = 100_000

_METHOD = "Friedman over every table with these totals; cutting planes, certificate checked in whole numbers"
_ANOVA_METHOD = "repeated-measures F over every table with these totals; largest error sum of squares"
# Raise it with any change to what `_search` finds.
_VERSION = 1

# Cutting planes end when hope and answer are this near in W; or, once they are `_NEAR`, after so many rounds without
# progress, because the linear program itself is only good to 1e-7.
_GAP, _NEAR = 2e-7, 1e-5
_IDLE, _ROUNDS = 8, 300
# Tables to begin from in the search for a small W; 0.8 s each for 30 brands and 8 criteria.
_ATTEMPTS = 3
_FAR = 1 << 60


@dataclass(frozen=True)
class OmnibusBound:
    """What Friedman's test says of every table; all fields but `method` and `reason` are None if it cannot be said.

    Attributes
    ----------
    statistic_low, w_low, f_low : float or None
        No table has a smaller chi-square, Kendall's W, or Iman-Davenport F; `f_low` is None also where W must be 1.
    p_high, f_p_high : float or None
        No table has a larger p-value, of the chi-square and of F.
    df : int or None
        Of the chi-square.
    attained_statistic, attained_w, attained_p : float or None
        Of the table found: the true minimum lies between `statistic_low` and `attained_statistic`.
    attained_table : ndarray, shape (n_brands, n_criteria), or None
        Points.
    method : str
    reason : str
        Completes "cannot be tested: ..."; else empty.
    """

    statistic_low: float | None = None
    p_high: float | None = None
    w_low: float | None = None
    f_low: float | None = None
    f_p_high: float | None = None
    df: int | None = None
    attained_statistic: float | None = None
    attained_w: float | None = None
    attained_p: float | None = None
    attained_table: np.ndarray | None = None
    method: str = _METHOD
    reason: str = ""


@dataclass(frozen=True)
class AnovaBound:
    """What the repeated-measures analysis of variance says of every table.

    Attributes
    ----------
    statistic_low : float or None
        No table has a smaller F.
    p_high : float or None
        No table has a larger p-value (sphericity assumed).
    df1, df2 : int or None
    method : str
    reason : str
        Completes "cannot be tested: ..."; else empty.
    """

    statistic_low: float | None = None
    p_high: float | None = None
    df1: int | None = None
    df2: int | None = None
    method: str = _ANOVA_METHOD
    reason: str = ""


def friedman_bound(
    means: pd.DataFrame | Mapping[str, str],
    n: int,
    *,
    step: float,
    floor: float,
    top: float,
    rng: np.random.Generator,
    folder: Path | None = None,
) -> OmnibusBound:
    """The smallest Friedman statistic of any table that fits the published means.

    Parameters
    ----------
    means : DataFrame with a column ``mean`` of text, or mapping of str to str
        Means as printed, per criterion id.
    n : int
        Brands.
    step, floor, top : float
        The grid of scores, in points.
    rng : numpy.random.Generator
        For the table close to the bound; the bound itself does not depend on it.  One number is drawn.
    folder : Path, optional
        Where what the search found is kept; see `store.remember`.

    Returns
    -------
    OmnibusBound

    Raises
    ------
    BadData
        If a printed mean fits no table on this grid.

    Examples
    --------
    >>> bound = friedman_bound({"a": "5.0", "b": "3.0"}, 10, step=1, floor=1, top=5, rng=np.random.default_rng(1))
    >>> round(bound.w_low, 4), round(bound.attained_w, 4)  # five brands score 5 on b, five score 1
    (0.5, 0.5)
    """
    grid = Grid(n, step, floor, top)
    possible = _totals(means, grid)
    k = len(possible)
    if n < 2 or k < 2:
        return OmnibusBound(reason=_("fewer than two brands") if n < 2 else _("fewer than two criteria"))
    if 3**k * (grid.high - grid.low + 1) > PATH_STEPS_UP_TO:
        why = _("{k} criteria on a scale of {scores} scores are out of reach")
        return OmnibusBound(reason=why.format(k=k, scores=grid.high - grid.low + 1))

    ranges = [(totals[0], totals[-1]) for totals in possible]
    seed = int(rng.integers(2**62))
    key = {"version": _VERSION, "totals": ranges, "n": n, "low": grid.low, "high": grid.high, "seed": seed}
    found = remember("omnibus", key, lambda: _search(ranges, grid, np.random.default_rng(seed)), folder=folder)
    # What was kept is only a proposal: the bound is proved here from the two vectors.
    w = max(Fraction(0), certified_w(found["direction"], found["prices"], ranges, grid))
    w_low = float(w)
    while Fraction(w_low) > w:
        w_low = math.nextafter(w_low, 0.0)

    statistic_low = math.nextafter(n * (k - 1) * w_low, 0.0) if w else 0.0
    f_low, f_p_high = _iman_davenport(w_low, n, k)
    attained_w = _w(found["table"])
    return OmnibusBound(
        statistic_low=statistic_low,
        p_high=_outward(special.chdtrc(k - 1, statistic_low)),
        w_low=w_low,
        f_low=f_low,
        f_p_high=f_p_high,
        df=k - 1,
        attained_statistic=n * (k - 1) * attained_w,
        attained_w=attained_w,
        attained_p=float(special.chdtrc(k - 1, n * (k - 1) * attained_w)),
        attained_table=found["table"] * float(grid.exact_step),
    )


def certified_w(
    direction: np.ndarray, prices: np.ndarray, totals: Sequence[int | tuple[int, int]], grid: Grid
) -> Fraction:
    """The lower bound of W that two vectors prove, in exact arithmetic.

    Parameters
    ----------
    direction : array-like, shape (n_criteria,)
        u of the module's inequality; any numbers are allowed, good ones give a good bound.
    prices : array-like, shape (n_criteria,)
        l, per step.
    totals : sequence of int, or of (least, largest)
        One per criterion, in steps.
    grid : Grid

    Returns
    -------
    Fraction
        May be negative, and then says nothing.

    Examples
    --------
    >>> certified_w([0, 0], [0, 0], [10, 12], Grid(4, 1, 1, 5))
    Fraction(0, 1)
    """
    ranges = [(total, total) if isinstance(total, int | np.integer) else total for total in totals]
    k = len(ranges)
    # Both vectors in whole multiples of a unit so fine that nothing is lost and so coarse that no sum
    # leaves 64 bits: u = U / fine, and all terms as multiples of 1 / (4 fine^2).
    fine = 1 << 26
    while True:
        u = [round(Fraction(float(value)) * fine) for value in direction]
        costs = [round(Fraction(float(value)) * 4 * fine**2) for value in prices]
        squared = sum(value**2 for value in u)
        largest = sum(map(abs, u)) * 4 * fine * k + squared * k**3 + sum(map(abs, costs)) * (grid.high - grid.low)
        if largest < _FAR >> 2 or fine == 1:
            break
        fine >>= 1
    row = _Rows(ranges, grid).cheapest(
        np.array([4 * fine * value for value in u]), squared, np.array(costs), whole_numbers=True
    )[0]
    shifted = [(low - grid.n * grid.low, high - grid.n * grid.low) for low, high in ranges]
    paid = sum(min(cost * low, cost * high) for cost, (low, high) in zip(costs, shifted, strict=True))
    return Fraction(paid + grid.n * int(row), 4 * fine**2 * grid.n)


def rm_anova_bound(
    means: pd.DataFrame | Mapping[str, str], n: int, *, step: float, floor: float, top: float
) -> AnovaBound:
    """The smallest repeated-measures F of any table that fits the published means; a safe bound.

    Parameters
    ----------
    means : DataFrame with a column ``mean`` of text, or mapping of str to str
        Means as printed, per criterion id.
    n : int
        Brands.
    step, floor, top : float
        The grid of scores, in points.

    Returns
    -------
    AnovaBound

    Raises
    ------
    BadData
        If a printed mean fits no table on this grid.

    Examples
    --------
    >>> bound = rm_anova_bound({"a": "4.0", "b": "2.0"}, 10, step=1, floor=1, top=5)
    >>> round(bound.statistic_low, 2), bound.df1, bound.df2
    (3.46, 1, 9)
    """
    grid = Grid(n, step, floor, top)
    possible = _totals(means, grid)
    k = len(possible)
    if n < 2 or k < 2:
        return AnovaBound(reason=_("fewer than two brands") if n < 2 else _("fewer than two criteria"))
    if math.prod(map(len, possible)) > COMBINATIONS_UP_TO:
        return AnovaBound(reason=_("the printed means fit too many combinations of totals"))

    squares = [{total: int((_spread_out(total, grid) ** 2).sum()) for total in totals} for totals in possible]
    ratios = []
    for totals in product(*possible):
        grand = sum(totals)
        quotient, rest = divmod(grand, n)
        evenest = (n - rest) * quotient**2 + rest * (quotient + 1) ** 2
        criteria = Fraction(sum(total**2 for total in totals), n) - Fraction(grand**2, n * k)
        error = sum(of[total] for of, total in zip(squares, totals, strict=True)) - Fraction(evenest, k) - criteria
        # Without any error F is infinite, unless the criteria do not differ either.
        ratios.append(Fraction(0) if criteria == 0 else criteria * (n - 1) / error if error > 0 else None)
    finite = [ratio for ratio in ratios if ratio is not None]
    if not finite:
        return AnovaBound(reason=_("no table has any error variance"))
    statistic, df1, df2 = float(min(finite)), k - 1, (k - 1) * (n - 1)
    statistic = math.nextafter(statistic, 0.0)
    return AnovaBound(statistic, _outward(special.fdtrc(df1, df2, statistic)), df1, df2)


class _Rows:
    """The rows that a brand can have, as paths over subsets of the criteria."""

    def __init__(self, ranges: Sequence[tuple[int, int]], grid: Grid) -> None:
        self.k = len(ranges)
        # Where the mean is an end of the scale, every brand has that score.
        self.allowed = np.ones((grid.high - grid.low + 1, self.k), dtype=bool)
        for j, (low, high) in enumerate(ranges):
            if low == grid.n * grid.high:
                self.allowed[:-1, j] = False
            elif high == grid.n * grid.low:
                self.allowed[1:, j] = False
        self.members = (np.arange(1 << self.k)[:, None] >> np.arange(self.k)) & 1
        before, added = [], []
        for after in range(1 << self.k):
            subset = after
            while True:
                before.append(after ^ subset)
                added.append(subset)
                if subset == 0:
                    break
                subset = (subset - 1) & after
        self.before, self.added = np.array(before), np.array(added)
        size = self.members.sum(axis=1)
        # The transitions into one set lie side by side: it has 2^size subsets.
        self.starts = np.concatenate([[0], np.cumsum(1 << size)])
        count = size[self.added]
        self.doubled_rank = np.where(count > 0, 2 * size[self.before] + count - self.k, 0)
        self.four_squares = count * self.doubled_rank**2

    @cached_property
    def forbidden(self) -> list[np.ndarray]:
        """Per score the transitions that would give it to a criterion that cannot have it."""
        return [np.flatnonzero(self.members[self.added] @ ~allowed > 0) for allowed in self.allowed]

    def cheapest(
        self, direction: np.ndarray, weight: float, prices: np.ndarray, *, whole_numbers: bool = False
    ) -> tuple[float, np.ndarray]:
        """Least value of direction . 2r - weight * 4a - prices . m over all rows m, and such a row.

        Scores count from the floor, in steps.  The vectors are scaled alike: all terms come out as multiples
        of the same unit.
        """
        far = _FAR if whole_numbers else 1e18
        base = self.doubled_rank * (self.members @ direction)[self.added] - weight * self.four_squares
        paid = (self.members @ prices)[self.added]
        least = np.full(1 << self.k, far, dtype=np.int64 if whole_numbers else float)
        least[0] = 0
        costs = []
        for score, forbidden in enumerate(self.forbidden):
            cost = least[self.before] + base - score * paid
            cost[forbidden] = far
            costs.append(cost)
            least = np.minimum.reduceat(cost, self.starts[:-1])
        return least[-1], self._traced(costs)

    def _traced(self, costs: list[np.ndarray]) -> np.ndarray:
        row, placed = np.zeros(self.k, dtype=int), (1 << self.k) - 1
        for score in reversed(range(len(costs))):
            first, last = self.starts[placed], self.starts[placed + 1]
            best = first + int(np.argmin(costs[score][first:last]))
            row[self.members[self.added[best]] == 1] = score
            placed = self.before[best]
        return row


def _totals(means: pd.DataFrame | Mapping[str, str], grid: Grid) -> list[list[int]]:
    every = []
    for criterion, text in printed_means(means).items():
        every.append(possible_totals(text, grid.n, grid.step, grid.floor, grid.top))
        if not every[-1]:
            raise BadData(
                f"no {grid.n} scores on this grid have the mean {text} of '{criterion}'.",
                remedy="Check the printed mean, the number of brands and the step; `grim_table` shows which fit.",
            )
    return every


def _search(ranges: Sequence[tuple[int, int]], grid: Grid, rng: np.random.Generator) -> dict[str, np.ndarray]:
    direction, prices = _certificate(ranges, grid)
    aim = float(certified_w(direction, prices, ranges, grid))
    return {"direction": direction, "prices": prices, "table": _table(ranges, grid, rng, aim)}


def _certificate(ranges: Sequence[tuple[int, int]], grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """The vectors u and l of the best bound, by cutting planes.

    Variables: u, q >= |u|^2, l = raised - lowered (a total may lie in a range), and the bound itself.  The program
    knows |u|^2 by tangents and the rows by those found so far; it is too hopeful, and each answer mends it.
    """
    # 0.4 s, which nothing else in a notebook needs.
    from scipy.optimize import linprog

    k, n, rows = len(ranges), grid.n, _Rows(ranges, grid)
    low, high = (np.array(ends) / n - grid.low for ends in zip(*ranges, strict=True))
    cuts: list[np.ndarray] = []
    right: list[float] = []

    def touch(u: np.ndarray) -> None:
        cuts.append(np.concatenate([2 * u, [-1], np.zeros(2 * k + 1)]))
        right.append(float(u @ u))

    def ask(u: np.ndarray, prices: np.ndarray) -> float:
        worst, row = rows.cheapest(u, float(u @ u) / 4, prices)
        ranks = _doubled_ranks(row[None])[0] / 2
        cuts.append(np.concatenate([-2 * ranks, [ranks @ ranks], row - low, high - row, [1]]))
        right.append(0.0)
        touch(u)
        return float(worst + np.minimum(prices * low, prices * high).sum())

    best = (np.zeros(k), np.zeros(k))
    for unit in 0.3 * np.eye(k):
        touch(unit)
        touch(-unit)
    reached = ask(*best)
    bounds = [(-2, 2)] * k + [(0, 4)] + [(0, 4)] * (2 * k) + [(None, 1)]
    hope = np.concatenate([np.zeros(3 * k + 1), [-1]])
    idle, gap = 0, math.inf
    for __ in range(_ROUNDS):
        answer = linprog(hope, A_ub=np.array(cuts), b_ub=right, bounds=bounds, method="highs")
        if answer.x is None or -answer.fun - reached < _GAP or idle > _IDLE:
            break
        u, prices = answer.x[:k], answer.x[k + 1 : 2 * k + 1] - answer.x[2 * k + 1 : 3 * k + 1]
        # Also part of the way from the best so far: proposals at the corners of the program swing widely.
        steadied = (0.3 * u + 0.7 * best[0], 0.3 * prices + 0.7 * best[1])
        for proposal in (steadied, (u, prices)):
            value = ask(*proposal)
            if value > reached:
                best, reached = proposal, value
        narrowed = -answer.fun - reached < gap - _GAP / 10
        gap = min(gap, -answer.fun - reached)
        idle = 0 if narrowed or gap > _NEAR else idle + 1
    return best


def _table(ranges: Sequence[tuple[int, int]], grid: Grid, rng: np.random.Generator, aim: float) -> np.ndarray:
    """A table with small W, in steps; no table is below `aim`."""
    # Where a mean fits several totals the middle one serves: any table that fits is an upper bound.
    totals = [(low + high) // 2 for low, high in ranges]
    best: np.ndarray | None = None
    for __ in range(_ATTEMPTS):
        start = np.column_stack([rng.permutation(_spread_out(total, grid)) for total in totals])
        table = _annealed(start, grid, rng)
        if best is None or _w(table) < _w(best):
            best = table
        if _w(best) <= aim + _GAP:
            break
    return best


def _spread_out(total: int, grid: Grid) -> np.ndarray:
    """Scores with this total, as many as possible at the ends of the scale."""
    at_top, beyond = divmod(total - grid.n * grid.low, grid.high - grid.low)
    column = np.full(grid.n, grid.low)
    column[:at_top] = grid.high
    if at_top < grid.n:
        column[at_top] += beyond
    return column


def _annealed(table: np.ndarray, grid: Grid, rng: np.random.Generator) -> np.ndarray:
    x, n = table.copy(), len(table)
    steps = min(2000, 20 * table.size)
    free = np.flatnonzero(np.ptp(x, axis=0))
    best, best_w = x.copy(), _w(x)
    if free.size == 0:
        return best
    # One move changes W by about 1 / n^2.
    heat = np.geomspace(0.3, 0.01, steps) / n**2
    ranks = _doubled_ranks(x)
    now = best_w
    for column, warmth in zip(rng.choice(free, steps), heat, strict=True):
        # Small enough to weigh at once; larger tables show a random part of their moves.
        rows = np.arange(n) if n <= 40 else rng.choice(n, 40, replace=False)
        reach = grid.high - grid.low
        lifts = np.arange(1, reach + 1) if reach <= 10 else 1 + rng.choice(reach, 10, replace=False)
        w = _w_after(x, ranks, column, rows, lifts, grid)
        # Exponential noise: the better of two moves usually, not always, comes first.
        chosen = int(np.argmin(w - warmth * rng.standard_exponential(w.shape)))
        lift, up, down = np.unravel_index(chosen, w.shape)
        if w[lift, up, down] > now + 5 * warmth:
            continue
        x[rows[up], column] += lifts[lift]
        x[rows[down], column] -= lifts[lift]
        ranks[rows[[up, down]]] = _doubled_ranks(x[rows[[up, down]]])
        now = float(w[lift, up, down])
        if now < best_w:
            best, best_w = x.copy(), now
            if best_w == 0:
                break
    return best


def _w_after(
    x: np.ndarray, ranks: np.ndarray, column: int, rows: np.ndarray, lifts: np.ndarray, grid: Grid
) -> np.ndarray:
    """W after lifting one row's score and lowering another's as much; infinite where that is no move.

    Shape (lifts, rows lifted, rows lowered).
    """
    n = len(x)
    sums, spread = ranks.sum(axis=0), float((ranks**2).sum())
    part, old = x[rows], ranks[rows]
    score = part[:, column]
    changes = []
    for sign in (1, -1):
        new = score + sign * lifts[:, None]
        beside = np.sign(part[None] - new[:, :, None])
        change = beside - np.sign(part - score[:, None])
        change[:, :, column] = 0
        change[:, :, column] = -change.sum(axis=2)
        grown = (change * (change + 2 * old)).sum(axis=2)
        alone = 2 * change @ sums + (change**2).sum(axis=2)
        changes.append((change.astype(float), grown, alone, (new < grid.low) | (new > grid.high)))
    (lifted, grown_up, alone_up, out_up), (lowered, grown_down, alone_down, out_down) = changes
    squares = sums @ sums + alone_up[:, :, None] + alone_down[:, None, :] + 2 * lifted @ lowered.transpose(0, 2, 1)
    total = spread + grown_up[:, :, None] + grown_down[:, None, :]
    # A table without any order among the criteria counts as W = 0, as in `significance.friedman`.
    w = np.where(total > 0, squares / np.maximum(total, 1) / n, 0.0)
    w[out_up[:, :, None] | out_down[:, None, :]] = np.inf
    w[:, np.arange(len(rows)), np.arange(len(rows))] = np.inf
    return w


def _doubled_ranks(rows: np.ndarray) -> np.ndarray:
    """Mid-ranks within each row minus their mean, doubled: whole numbers."""
    return np.sign(rows[:, :, None] - rows[:, None, :]).sum(axis=2)


def _w(table: np.ndarray) -> float:
    ranks = _doubled_ranks(table)
    spread = int((ranks**2).sum())
    return float((ranks.sum(axis=0) ** 2).sum() / (len(table) * spread)) if spread else 0.0


def _iman_davenport(w: float, n: int, k: int) -> tuple[float | None, float]:
    """Smallest F and largest p-value when W is at least `w`."""
    # Where all brands agree F is infinite and its p-value that of the permutation test: at most this, because a
    # row that tells the criteria apart has at least k orders.
    unanimous = _outward(float(k) ** -(n - 1))
    if w >= 1:
        return None, unanimous
    f = math.nextafter((n - 1) * w / (1 - w), 0.0)
    return f, max(unanimous, _outward(special.fdtrc(k - 1, (k - 1) * (n - 1), f)))


def _outward(p: float) -> float:
    # The tail functions are good to about 13 digits.
    return float(min(1.0, p * (1 + 1e-10)))
