"""Sizes and intervals: how large, and how sure.

    mean_interval        a mean on a bounded scale, safe at the ends of the scale
    agreeing_interval    the interval that is drawn beside a verdict, at the level of its test of means
    step_levels          the level at which each member of a family is tested
    wilson               a share of brands
    newcombe             a difference of two shares
    describe             a column in seven numbers

    hodges_lehmann, _interval    the rank-based size of a difference
    hodges_lehmann_shift, ...    the same between two groups
    rank_biserial                how lopsided the differences are, by ranks
    cliffs_delta                 how often one group is above the other
    bootstrap_means              a mean difference, not held within a scale
    bootstrap_ci                 mean, median or correlation by the bootstrap

Nothing here decides anything: verdicts are made in `significance`.  Where an interval does not
exist, its limits are None and `method` says why.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis import counting
from kernels_lib.errors import BadParameters, UnknownName

CORRECTIONS = ("holm", "bonferroni", "bh", "none")
DIGITS = 9
# Beyond so many brands random samples and tables are drawn in ways that are quicker then: the same
# distribution, other draws.
MANY = 200

# From here on, a mean's bootstrap cannot see the tail that the few other brands hint at.
CROWDED = 0.8
# Exact distributions of ranks are counted up to here.
COUNT_UP_TO = 200
# Below this many brands BCa falls well short of its level (86 % at 5 brands, nominal 95 %).
FEW = 10


class Interval(NamedTuple):
    """Limits in points, or None, and how they were found or why there are none."""

    low: float | None
    high: float | None
    method: str


class Description(NamedTuple):
    """A column in seven numbers; None where there are too few scores."""

    n: int
    mean: float | None
    sd: float | None
    se: float | None
    median: float | None
    min: float | None
    max: float | None


class EffectInterval(NamedTuple):
    """A size with its limits; None where they do not exist, and `method` says why."""

    effect: float | None
    low: float | None
    high: float | None
    method: str


class BootstrapResult(NamedTuple):
    """A statistic and its bootstrap.

    Attributes
    ----------
    effect : float or None
        The statistic of the sample.
    se : float or None
        Standard deviation of the drawn statistics.
    ideal_se : float or None
        What `se` tends to with ever more draws; of the mean only.
    jackknife_se, acceleration : float or None
        From leaving out one row at a time.
    ci_low, ci_high : float or None
    method : str
        How the limits were found, or why there are none.
    """

    effect: float | None
    se: float | None
    ideal_se: float | None
    jackknife_se: float | None
    acceleration: float | None
    ci_low: float | None
    ci_high: float | None
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
    means = _drawn_means(distinct, counts, draws, rng)

    # Half of the ties count as below: means of half points tie often.
    means, mean = np.round(means, DIGITS), round(mean, DIGITS)
    deviation = distinct - mean
    acceleration = (counts @ deviation**3) / (6 * (counts @ deviation**2) ** 1.5)
    low, high = np.quantile(means, _bca_shares(means, mean, acceleration, level))
    return float(low), float(high)


def times_drawn(n: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """How often each of n brands is drawn, n times with replacement.

    Returns
    -------
    ndarray of int, shape (draws, n)

    Examples
    --------
    >>> times_drawn(3, 2, np.random.default_rng(1)).sum(axis=1)
    array([3, 3])
    """
    if n <= MANY:
        return rng.multinomial(n, np.full(n, 1 / n), size=draws)
    drawn = rng.integers(0, n, (draws, n)) + n * np.arange(draws)[:, None]
    return np.bincount(drawn.ravel(), minlength=draws * n).reshape(draws, n)


def _drawn_means(distinct: np.ndarray, counts: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Means of samples drawn from a sample with replacement."""
    n = int(counts.sum())
    if n <= MANY or distinct.size * 20 < n:
        # Drawing how often each value occurs is drawing brands, only faster.
        return rng.multinomial(n, counts / n, size=draws) @ distinct / n
    # With about as many values as brands the brands themselves are drawn faster: the same distribution, other draws.
    values = np.repeat(distinct, counts)
    return np.concatenate(
        [values[rng.integers(0, n, (some, n), dtype=np.uint32)].mean(axis=1) for some in _some_at_a_time(draws, n)]
    )


def _bca_shares(drawn: np.ndarray, observed: float, acceleration: float, level: float) -> np.ndarray:
    """Which shares of the drawn statistics are the BCa limits; NaN where all lie on one side."""
    below = ((drawn < observed).mean() + (drawn <= observed).mean()) / 2
    if not 0 < below < 1:
        return np.full(2, np.nan)
    bias = special.ndtri(below)
    shifted = bias + special.ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    return special.ndtr(bias + shifted / (1 - acceleration * shifted))


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


def agreeing_interval(values: ArrayLike, target: float, *, step_alpha: float, floor: float, top: float) -> Agreeing:
    """The interval to draw beside a verdict: it leaves the target outside if and only if the test of means passes.

    It is the interval that belongs to the test of means (Student's t; the exact end-point interval
    where all scores are equal), at level 1 - `step_alpha`, the level at which the correction tested
    this criterion (`step_levels`), clipped to the scale.  It is never moved to fit a verdict: where
    the ranks do not confirm what the means show, `note` says so and the verdict stays unresolved.

    Parameters
    ----------
    values : array-like
        Scores in points; NaN is left out.
    target : float
        Points, on the scale.
    step_alpha : float
        Level of the test of means for this criterion within its family.
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
    note = ""
    if np.ptp(np.round(x, DIGITS)) == 0:
        low, high, _ = end_point_interval(float(x[0]), x.size, step_alpha, floor, top)
        note = "all scores equal: exact interval"
    else:
        low, high, _ = t_interval(x, step_alpha)
    return Agreeing(float(max(floor, low)), float(min(top, high)), note)


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


def newcombe(count: int, n: int, other: int, other_n: int, level: float = 0.95) -> Interval:
    """Interval of the difference of two independent shares, from the Wilson intervals of both.

    Limits None where a group is empty.

    References
    ----------
    .. [1] Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions,
       *Statistics in Medicine* 17, 873-890, method 10.

    Examples
    --------
    >>> low, high, _ = newcombe(56, 70, 48, 80)
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    if n == 0 or other_n == 0:
        return Interval(None, None, "none: no brands")
    first, second = count / n, other / other_n
    low, high, _ = wilson(count, n, level)
    other_low, other_high, _ = wilson(other, other_n, level)
    down = math.hypot(first - low, other_high - second)
    up = math.hypot(high - first, second - other_low)
    return Interval(first - second - down, first - second + up, "Newcombe")


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


def hodges_lehmann_interval(d: ArrayLike, level: float = 0.95) -> EffectInterval:
    """Hodges and Lehmann's estimate with the interval that belongs to the signed-rank test.

    The limits are order statistics of the Walsh averages, found from the exact distribution of the
    signed ranks of untied differences (beyond 200 differences from its normal approximation).  With
    ties the level is at least the nominal one.

    Parameters
    ----------
    d : array-like
        Differences; NaN is left out.
    level : float
        Such as 0.95.

    Returns
    -------
    EffectInterval
        Below six differences 95 % cannot be reached: the limits are the extremes, and `method` names
        the level they have.  None without differences.

    References
    ----------
    .. [1] Bauer, D. F. (1972), Constructing confidence sets using rank statistics, *JASA* 67, 687-690.
       https://doi.org/10.1080/01621459.1972.10481279

    Examples
    --------
    >>> hodges_lehmann_interval([1, 2, 3, 4, 5, 6])
    EffectInterval(effect=3.5, low=1.0, high=6.0, method='exact order statistics')
    """
    x = _present(d)
    if x.size == 0:
        return EffectInterval(None, None, None, "none: no differences")
    i, j = np.triu_indices(x.size)
    averages = np.sort((x[i] + x[j]) / 2)
    n = x.size
    if n <= COUNT_UP_TO:
        below = np.cumsum(counting.sign_flips(np.arange(1, n + 1)))
        return _order_statistics(averages, below, level)
    deviation = math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    return _normal_order_statistics(averages, deviation, level)


def hodges_lehmann_shift(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> EffectInterval:
    """Median of all differences between a value of `x` and one of `y`, with the Mann-Whitney test's interval.

    Parameters
    ----------
    x, y : array-like
        Two groups; NaN is left out.
    level : float
        Such as 0.95.

    Returns
    -------
    EffectInterval
        As for `hodges_lehmann_interval`; exact up to 200 values of both groups together.

    Examples
    --------
    >>> hodges_lehmann_shift([2, 4], [1, 1, 0]).effect  # 1 1 2 3 3 4
    2.5
    """
    first, second = _present(x), _present(y)
    n, m = first.size, second.size
    if n == 0 or m == 0:
        return EffectInterval(None, None, None, "none: an empty group")
    shifts = np.sort((first[:, None] - second).ravel())
    if n + m <= COUNT_UP_TO:
        # The sum of n ranks of n + m, less its least value, is the Mann-Whitney count.
        least = n * (n + 1) // 2
        ways = counting.subset_sums(np.arange(1, n + m + 1), n)[least : least + n * m + 1]
        return _order_statistics(shifts, np.cumsum(ways), level)
    return _normal_order_statistics(shifts, math.sqrt(n * m * (n + m + 1) / 12), level)


def _order_statistics(ordered: np.ndarray, below: np.ndarray, level: float) -> EffectInterval:
    """Limits from the chances `below[k]` that the test statistic is at most k."""
    alpha = 1 - level
    # The smallest k with P(at most k) >= alpha / 2; the k-th smallest and k-th largest are the limits.
    k = int(np.searchsorted(below, alpha / 2 * (1 - 1e-12)))
    method = "exact order statistics"
    if k == 0:
        k = 1
        reached = 1 - 2 * below[0]
        if reached < level - 1e-12:
            method = f"the extremes: with so few the level is {100 * max(reached, 0):.3g} %"
    return EffectInterval(float(np.median(ordered)), float(ordered[k - 1]), float(ordered[-k]), method)


def _normal_order_statistics(ordered: np.ndarray, deviation: float, level: float) -> EffectInterval:
    k = max(1, math.floor(ordered.size / 2 + special.ndtri((1 - level) / 2) * deviation))
    return EffectInterval(
        float(np.median(ordered)), float(ordered[k - 1]), float(ordered[-k]), "order statistics, normal"
    )


def rank_biserial(d: ArrayLike) -> float | None:
    """Matched-pairs rank-biserial correlation: how lopsided the differences are, from -1 to 1.

    Rank sum of the positive less that of the negative differences, over both; zeros are dropped
    before ranking, whatever a test beside it does with them.  None without a non-zero difference.

    References
    ----------
    .. [1] Kerby, D. S. (2014), The simple difference formula, *Comprehensive Psychology* 3.
       https://doi.org/10.2466/11.IT.3.1

    Examples
    --------
    >>> rank_biserial([1, 2, -3, 4, 0])  # (1 + 2 + 4 - 3) / 10
    0.4
    """
    x = np.round(_present(d), DIGITS)
    x = x[x != 0]
    if x.size == 0:
        return None
    ranks = pd.Series(np.abs(x)).rank().to_numpy()
    return float((np.sign(x) @ ranks) / ranks.sum())


def cliffs_delta(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> EffectInterval:
    """How much more often a value of `x` is above one of `y` than below it, from -1 to 1.

    The interval is Cliff's asymmetric one, which stays within -1 and 1, with n1 + n2 - 2 degrees of
    freedom.

    Parameters
    ----------
    x, y : array-like
        Two groups; NaN is left out.
    level : float
        Such as 0.95.

    Returns
    -------
    EffectInterval
        At -1 or 1 nothing varies: the inner limit is then that of the smaller group, as by Feng and
        Cliff.  Limits None where a group has fewer than two values, or where all values are equal.

    References
    ----------
    .. [1] Feng, D. and Cliff, N. (2004), Monte Carlo evaluation of ordinal d with improved confidence
       interval, *Journal of Modern Applied Statistical Methods* 3, 322-332.

    Examples
    --------
    >>> cliffs_delta([2, 3, 4], [1, 2, 3]).effect  # above in 6 of 9 pairs, below in 1
    0.5555555555555556
    """
    first, second = np.round(_present(x), DIGITS), np.round(_present(y), DIGITS)
    n, m = first.size, second.size
    if n == 0 or m == 0:
        return EffectInterval(None, None, None, "none: an empty group")
    sides = np.sign(first[:, None] - second)
    delta = float(sides.mean())
    if n < 2 or m < 2:
        return EffectInterval(delta, None, None, "none: fewer than two values in a group")
    if not sides.any():
        return EffectInterval(delta, None, None, "none: all values equal")

    quantile = -float(special.stdtrit(n + m - 2, (1 - level) / 2))
    if abs(delta) == 1:
        inner = (min(n, m) - quantile**2) / (min(n, m) + quantile**2)
        low, high = sorted((delta, delta * inner))
        return EffectInterval(delta, low, high, "complete separation: limit of the smaller group")
    of_rows = m**2 * float(((sides.mean(axis=1) - delta) ** 2).sum())
    of_columns = n**2 * float(((sides.mean(axis=0) - delta) ** 2).sum())
    of_pairs = float(((sides - delta) ** 2).sum())
    variance = (of_rows + of_columns - of_pairs) / (n * m * (n - 1) * (m - 1))
    # The unbiased estimate can fall below what any variance of such a delta can be.
    variance = max(variance, (1 - delta**2) / (n * m - 1))
    width = quantile * math.sqrt(variance) * math.sqrt((1 - delta**2) ** 2 + quantile**2 * variance)
    scale = 1 - delta**2 + quantile**2 * variance
    return EffectInterval(
        delta,
        max(-1.0, (delta - delta**3 - width) / scale),
        min(1.0, (delta - delta**3 + width) / scale),
        "Cliff, asymmetric",
    )


def describe(values: ArrayLike) -> Description:
    """Count, mean, standard deviation over n - 1, standard error, median and ends of a column.

    Sums are rounded once, at the end, so that many digits in front of a small spread do no harm.

    Parameters
    ----------
    values : array-like
        NaN is left out.

    Examples
    --------
    >>> describe([1, 2, 3])[:3]
    (3, 2.0, 1.0)
    """
    x = _present(values)
    n = x.size
    if n == 0:
        return Description(0, None, None, None, None, None, None)
    mean = math.fsum(x) / n
    sd = math.sqrt(math.fsum((x - mean) ** 2) / (n - 1)) if n > 1 else None
    se = None if sd is None else sd / math.sqrt(n)
    return Description(n, mean, sd, se, float(np.median(x)), float(x.min()), float(x.max()))


def bootstrap_means(d: ArrayLike, *, level: float = 0.95, draws: int = 9999, rng: np.random.Generator) -> Interval:
    """BCa interval of the mean of paired differences, which know no scale to be held within.

    The same differences in any order give the same limits.  Beyond 200 differences of about as many values the
    draws are others than below, with the same distribution: see `MANY`.

    Parameters
    ----------
    d : array-like
        Differences in points; NaN is left out.
    level : float
        Such as 0.95.
    draws : int
        Bootstrap samples.
    rng : numpy Generator
        The only source of chance.

    Returns
    -------
    Interval
        Limits None for fewer than two differences or where all are equal.

    Examples
    --------
    >>> bootstrap_means([0.5, 0.5], rng=np.random.default_rng(1)).method
    'none: no spread'
    """
    x = np.round(_present(d), DIGITS) + 0.0
    if x.size < 2:
        return Interval(None, None, "none: fewer than two differences")
    distinct, counts = np.unique(x, return_counts=True)
    if distinct.size == 1:
        return Interval(None, None, "none: no spread")
    low, high = _bca(distinct, counts, level, draws, rng)
    if math.isnan(low):
        return Interval(None, None, "none: too few draws")
    return Interval(low, high, "BCa bootstrap")


def _mean(rows: np.ndarray) -> np.ndarray:
    return rows[..., 0].mean(axis=-1)


def _median(rows: np.ndarray) -> np.ndarray:
    return np.median(rows[..., 0], axis=-1)


def _pearson(rows: np.ndarray) -> np.ndarray:
    """NaN where one of the columns does not vary."""
    centred = rows - rows.mean(axis=-2, keepdims=True)
    product = (centred[..., 0] * centred[..., 1]).sum(axis=-1)
    scale = np.sqrt((centred**2).sum(axis=-2).prod(axis=-1))
    varies = (np.ptp(rows, axis=-2) > 0).all(axis=-1)
    return np.where(varies, product / np.where(varies, scale, 1.0), np.nan)


BOOTSTRAPPED: dict[str, Callable[[np.ndarray], np.ndarray]] = {"mean": _mean, "median": _median, "pearson": _pearson}
BOOTSTRAP_METHODS = ("bca", "percentile")


def bootstrap_ci(
    statistic: str,
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    method: str = "bca",
    level: float = 0.95,
    draws: int = 9999,
    rng: np.random.Generator,
) -> BootstrapResult:
    """Bootstrap of a mean, a median or a correlation; rows of `x` and `y` are drawn together.

    The median of scores in half points jumps: its interval is coarse, and BCa is seldom right for
    it.  A constant column has no interval here; `mean_interval` has one for scores on a scale.

    Parameters
    ----------
    statistic : {"mean", "median", "pearson"}
    x : array-like
        One column; a row with NaN is left out.
    y : array-like, optional
        The other column, of the correlation.
    method : {"bca", "percentile"}
    level : float
        Such as 0.95.
    draws : int
        Bootstrap samples.
    rng : numpy Generator
        The only source of chance.

    Returns
    -------
    BootstrapResult

    References
    ----------
    .. [1] Efron, B. and Tibshirani, R. J. (1993), *An Introduction to the Bootstrap*, chapters 11, 14.

    Examples
    --------
    >>> result = bootstrap_ci("mean", [1, 2, 6], rng=np.random.default_rng(1))
    >>> result.effect, round(result.ideal_se, 4), round(result.jackknife_se, 4)  # sqrt(14/9), sqrt(7/3)
    (3.0, 1.2472, 1.5275)
    """
    for kind, name, known in (
        ("statistic", statistic, tuple(BOOTSTRAPPED)),
        ("bootstrap", method, BOOTSTRAP_METHODS),
    ):
        if name not in known:
            raise UnknownName(kind, name, known)
    if (y is None) == (statistic == "pearson"):
        raise BadParameters(f"a {statistic} of {1 if y is None else 2} columns.", remedy="Only pearson takes two.")
    rows = np.column_stack([numbers_of(column) for column in (x, y) if column is not None])
    rows = rows[~np.isnan(rows).any(axis=1)]
    n, of = len(rows), BOOTSTRAPPED[statistic]
    least = 3 if statistic == "pearson" else 2
    effect = float(of(rows)) if n and not np.isnan(of(rows)) else None
    if n < least or effect is None or (np.ptp(np.round(rows, DIGITS), axis=0) == 0).any():
        reason = f"none: fewer than {least} rows" if n < least else "none: no spread"
        return BootstrapResult(effect, None, None, None, None, None, None, reason)

    drawn = np.concatenate([of(rows[rng.integers(0, n, (some, n))]) for some in _some_at_a_time(draws, rows.size)])
    # A sample of one brand n times has no correlation.
    drawn = np.round(drawn[~np.isnan(drawn)], DIGITS + 3)
    left = np.arange(n)
    without = np.array([of(rows[left != i]) for i in range(n)])
    without = without[~np.isnan(without)]
    away = without.mean() - without
    square = float(away @ away)
    acceleration = float((away**3).sum() / (6 * square**1.5)) if square > 0 else 0.0
    if method == "bca":
        shares, name = _bca_shares(drawn, round(effect, DIGITS + 3), acceleration, level), "BCa bootstrap"
    else:
        shares, name = np.array([(1 - level) / 2, (1 + level) / 2]), "percentile bootstrap"
    low, high = (None, None) if np.isnan(shares).any() else map(float, np.quantile(drawn, shares))
    return BootstrapResult(
        effect=effect,
        se=float(drawn.std(ddof=1)) if drawn.size > 1 else None,
        ideal_se=float(rows[:, 0].std() / math.sqrt(n)) if statistic == "mean" else None,
        jackknife_se=math.sqrt((n - 1) / n * square),
        acceleration=acceleration,
        ci_low=low,
        ci_high=high,
        method=name if low is not None else "none: all drawn values lie on one side",
    )


def _some_at_a_time(draws: int, numbers_per_draw: int) -> list[int]:
    """How many samples to draw at a time: about 16 MB."""
    at_once = max(1, 2_000_000 // max(1, numbers_per_draw))
    return [min(at_once, draws - start) for start in range(0, draws, at_once)]


def numbers_of(values: ArrayLike) -> np.ndarray:
    """Floats, NaN where a value is None or missing."""
    return pd.to_numeric(pd.Series(values, dtype=object), errors="raise").to_numpy(dtype=float, na_value=np.nan)


def _present(values: ArrayLike) -> np.ndarray:
    x = np.asarray(values, dtype=float).ravel()
    return x[~np.isnan(x)]
