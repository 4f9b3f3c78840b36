"""Sizes and intervals: how large, and how sure.

    mean_interval        a mean on a bounded scale, safe at the ends of the scale
    agreeing_interval    the interval that is drawn beside a verdict and cannot contradict it
    step_levels          the level at which each member of a family is tested
    wilson               a share of brands
    hodges_lehmann       the rank-based size of a difference

Nothing here decides anything: verdicts are made in `significance`.  Where an interval does not
exist, its limits are None and `method` says why.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.errors import UnknownName

CORRECTIONS = ("holm", "bonferroni", "bh", "none")
DIGITS = 9

# From here on, a mean's bootstrap cannot see the tail that the few other brands hint at.
CROWDED = 0.8
# Below this many brands BCa falls well short of its level (86 % at 5 brands, nominal 95 %).
FEW = 10


class Interval(NamedTuple):
    """Limits in points, or None, and how they were found or why there are none."""

    low: float | None
    high: float | None
    method: str


class Agreeing(NamedTuple):
    """An interval drawn beside a verdict; `note` is empty for a plain t interval."""

    low: float | None
    high: float | None
    note: str


def mean_interval(
    values: ArrayLike,
    *,
    level: float = 0.95,
    floor: float,
    top: float,
    draws: int = 9999,
    rng: np.random.Generator,
) -> Interval:
    """Confidence interval of a mean of scores on a bounded scale.

    * all scores equal: the exact end-point interval (`end_point_interval`);
    * more than 80 % of the scores on one end of the scale, or fewer than 10 scores: Gaffke's
      interval, which adds the end of the scale as one more possible score;
    * otherwise the bias-corrected and accelerated bootstrap (BCa).

    Parameters
    ----------
    values : array-like
        Scores in points; NaN is left out.
    level : float
        Such as 0.95.
    floor, top : float
        Ends of the scale, in points.
    draws : int
        Bootstrap samples, or sets of random weights.
    rng : numpy Generator
        The only source of chance.  The order of `values` makes no difference.

    Returns
    -------
    Interval
        Within the scale.  Limits None for fewer than two scores.

    References
    ----------
    .. [1] Efron, B. (1987), Better bootstrap confidence intervals, *JASA* 82.
       https://doi.org/10.1080/01621459.1987.10478410
    .. [2] Learned-Miller, E. and Thomas, P. S. (2020), A new confidence interval for the mean of a
       bounded random variable.  https://arxiv.org/abs/1905.06208 (its coverage is conjectured; no
       counter-example is known)

    Examples
    --------
    >>> interval = mean_interval([5.0] * 30, floor=1, top=5, rng=np.random.default_rng(1))
    >>> round(interval.low, 2), interval.high
    (4.54, 5.0)
    """
    x = _present(values)
    if x.size < 2:
        return Interval(None, None, "none: fewer than two scores")

    # The distinct scores and how often each occurs say everything, in an order of their own.
    distinct, counts = np.unique(np.round(x, DIGITS), return_counts=True)
    if distinct.size == 1:
        return end_point_interval(float(distinct[0]), x.size, 1 - level, floor, top)
    crowd = max(counts[np.isclose(distinct, end)].sum() for end in (floor, top)) / x.size
    if crowd > CROWDED or x.size < FEW:
        low, high = _gaffke(distinct, counts, level, floor, top, draws, rng)
        method = "Gaffke"
    else:
        low, high = _bca(distinct, counts, level, draws, rng)
        method = "BCa bootstrap"
    return Interval(float(max(floor, low)), float(min(top, high)), method)


def _bca(
    distinct: np.ndarray, counts: np.ndarray, level: float, draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """BCa limits of the mean of a sample given as distinct values and their counts."""
    n = counts.sum()
    mean = counts @ distinct / n
    # Drawing how often each value occurs is drawing brands, only faster.
    means = rng.multinomial(n, counts / n, size=draws) @ distinct / n

    # Half of the ties count as below: means of half points tie often.
    means, mean = np.round(means, DIGITS), round(mean, DIGITS)
    below = ((means < mean).mean() + (means <= mean).mean()) / 2
    bias = special.ndtri(below)
    deviation = distinct - mean
    acceleration = (counts @ deviation**3) / (6 * (counts @ deviation**2) ** 1.5)

    shifted = bias + special.ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    shares = special.ndtr(bias + shifted / (1 - acceleration * shifted))
    low, high = np.quantile(means, shares)
    return float(low), float(high)


def _gaffke(
    distinct: np.ndarray,
    counts: np.ndarray,
    level: float,
    floor: float,
    top: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Gaffke's limits: random weights over the scores and one more score at the end of the scale."""
    # Weights of equal scores are summed at once: a Dirichlet with that many parameters joined.
    weights = rng.dirichlet(np.append(counts, 1.0), size=draws)
    inner = weights[:, :-1] @ distinct
    low = np.quantile(inner + weights[:, -1] * floor, (1 - level) / 2)
    high = np.quantile(inner + weights[:, -1] * top, (1 + level) / 2)
    return float(low), float(high)


def end_point_interval(value: float, n: int, alpha: float, floor: float, top: float) -> Interval:
    """Exact interval of a mean when all `n` scores are equal.

    If a share q of all such brands did not score `value`, n brands would all show it with
    probability (1 - q)^n; the share that makes this alpha / 2, put at either end of the scale,
    gives the limits.

    Parameters
    ----------
    value : float
        The score that all brands have, in points.
    n : int
        Number of brands.
    alpha : float
        One minus the level.
    floor, top : float
        Ends of the scale, in points.

    Examples
    --------
    >>> round(end_point_interval(5.0, 30, 0.05, 1, 5).low, 2)
    4.54
    """
    other = 1 - (alpha / 2) ** (1 / n)
    low = value - (value - floor) * other
    high = value + (top - value) * other
    return Interval(float(max(floor, low)), float(min(top, high)), "exact, all scores equal")


def end_point_p(value: float, n: int, target: float, floor: float, top: float) -> float:
    """The p-value that belongs to `end_point_interval`: it covers `target` exactly when alpha is less.

    Examples
    --------
    >>> round(end_point_p(5.0, 30, 4.0, 1, 5), 6)  # 2 * (3/4)^30
    0.000357
    """
    value, target = round(value, DIGITS), round(target, DIGITS)
    if value == target:
        return 1.0
    kept = (target - floor) / (value - floor) if value > target else (top - target) / (top - value)
    return min(1.0, 2 * max(kept, 0.0) ** n)


def t_interval(values: ArrayLike, alpha: float) -> Interval:
    """Student's interval of a mean at level 1 - `alpha`, not clipped to any scale.

    Limits None for fewer than two values or where all are equal.
    """
    x = _present(values)
    if x.size < 2:
        return Interval(None, None, "none: fewer than two scores")
    if np.ptp(np.round(x, DIGITS)) == 0:
        return Interval(None, None, "none: no spread")
    half = -special.stdtrit(x.size - 1, alpha / 2) * x.std(ddof=1) / math.sqrt(x.size)
    return Interval(float(x.mean() - half), float(x.mean() + half), "t")


def agreeing_interval(
    values: ArrayLike, target: float, *, step_alpha: float, firm: bool, floor: float, top: float
) -> Agreeing:
    """The interval to draw beside a verdict: it leaves the target outside if and only if `firm`.

    A verdict is firm when a test of means and a test of ranks both pass after the correction.
    One rule makes picture and ledger agree:

    1. The interval is the one that belongs to the test of means (Student's t; the exact end-point
       interval where all scores are equal), at level 1 - `step_alpha`, the level at which the
       correction tested this criterion (`step_levels`).  It excludes the target exactly when the
       test of means passes.
    2. Where the test of means passes but the verdict is not firm, because the ranks do not
       confirm it, the interval is widened until it just reaches the target, and `note` says so.
       Widening keeps the interval's level, which is then a lower bound; narrowing never happens.
    3. It is clipped to the scale.

    Parameters
    ----------
    values : array-like
        Scores in points; NaN is left out.
    target : float
        Points, on the scale.
    step_alpha : float
        Level of the test of means for this criterion within its family.
    firm : bool
        The verdict of `significance.against_target`.
    floor, top : float
        Ends of the scale, in points.

    Returns
    -------
    Agreeing
        Limits None where there are no scores.
    """
    x = _present(values)
    if x.size == 0 or math.isnan(step_alpha):
        return Agreeing(None, None, "no scores")
    notes = []
    if np.ptp(np.round(x, DIGITS)) == 0:
        low, high, _ = end_point_interval(float(x[0]), x.size, step_alpha, floor, top)
        notes.append("all scores equal: exact interval")
    else:
        low, high, _ = t_interval(x, step_alpha)
    if not firm and not low <= target <= high:
        low, high = min(low, target), max(high, target)
        notes.append("widened to the target: the ranks do not confirm the difference")
    return Agreeing(float(max(floor, low)), float(min(top, high)), "; ".join(notes))


def step_levels(p_values: ArrayLike, alpha: float, correction: str = "holm") -> np.ndarray:
    """The level at which each test of a family is decided, one by one.

    Rejecting where ``p <= level`` gives the same decisions as the correction, so that an interval
    at 1 - level excludes the target exactly when the corresponding test is rejected.

    * holm: the p-values in ascending order are held against alpha/m, alpha/(m-1), ...  Up to and
      including the first failure each keeps its own step; all later ones take the level of that
      failure, which they fail too, being larger.
    * bonferroni: alpha/m.
    * bh: with k rejections, alpha * k/m for all (alpha/m if k = 0): every rejected p is at most
      that, and the next larger p exceeds even alpha * (k+1)/m.  This is the false coverage rate
      level of Benjamini and Yekutieli (2005).
    * none: alpha.

    Parameters
    ----------
    p_values : array-like
        None or NaN where nothing was tested: left out of the family, and NaN in the answer.
    alpha : float
        Level of the family.
    correction : {"holm", "bonferroni", "bh", "none"}

    Returns
    -------
    ndarray of float

    Examples
    --------
    >>> step_levels([0.5, 0.01, 0.2], 0.06)  # 0.01 against 0.06/3, 0.2 fails at 0.06/2
    array([0.03, 0.02, 0.03])
    """
    if correction not in CORRECTIONS:
        raise UnknownName("correction", correction, CORRECTIONS)
    p = numbers_of(p_values)
    tested = ~np.isnan(p)
    ascending = np.sort(p[tested])
    m = ascending.size
    levels = np.full(p.shape, np.nan)
    if m == 0:
        return levels

    if correction == "none":
        levels[tested] = alpha
    elif correction == "bonferroni":
        levels[tested] = alpha / m
    elif correction == "bh":
        passed = np.flatnonzero(ascending <= alpha * np.arange(1, m + 1) / m)
        levels[tested] = alpha * (passed[-1] + 1 if passed.size else 1) / m
    else:
        steps = alpha / (m - np.arange(m))
        failed = np.flatnonzero(ascending > steps)
        if failed.size:
            steps[failed[0] :] = steps[failed[0]]
        order = np.argsort(p[tested], kind="stable")
        of_tested = np.empty(m)
        of_tested[order] = steps
        levels[tested] = of_tested
    return levels


def holm_levels(p_values: ArrayLike, alpha: float) -> np.ndarray:
    """`step_levels` for Holm's correction."""
    return step_levels(p_values, alpha, "holm")


def wilson(count: int, n: int, level: float = 0.95) -> Interval:
    """Wilson's score interval of a share, without continuity correction.

    Limits None for `n` = 0.

    References
    ----------
    .. [1] Newcombe, R. G. (1998), *Statistics in Medicine* 17, 857-872, method 3.

    Examples
    --------
    >>> low, high, _ = wilson(1, 29)
    >>> round(low, 4), round(high, 4)
    (0.0061, 0.1718)
    """
    if n == 0:
        return Interval(None, None, "none: no brands")
    z = special.ndtri((1 + level) / 2)
    centre = (count + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * math.sqrt(count * (n - count) / n + z**2 / 4)
    # The exact ends: rounding would leave 1e-17 where nobody or everybody counts.
    low = 0.0 if count == 0 else float(centre - half)
    high = 1.0 if count == n else float(centre + half)
    return Interval(low, high, "Wilson")


def hodges_lehmann(d: ArrayLike) -> float | None:
    """Median of all means of two differences (Walsh averages), each with itself included.

    None without differences.

    Examples
    --------
    >>> hodges_lehmann([0, 1, 5])  # 0 .5 2.5 1 3 5
    1.75
    """
    x = _present(d)
    if x.size == 0:
        return None
    i, j = np.triu_indices(x.size)
    return float(np.median((x[i] + x[j]) / 2))


def numbers_of(values: ArrayLike) -> np.ndarray:
    """Floats, NaN where a value is None or missing."""
    return pd.to_numeric(pd.Series(values, dtype=object), errors="raise").to_numpy(dtype=float, na_value=np.nan)


def _present(values: ArrayLike) -> np.ndarray:
    x = np.asarray(values, dtype=float).ravel()
    return x[~np.isnan(x)]
