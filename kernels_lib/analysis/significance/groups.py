"""Tests of separate groups of brands, such as industries.

    mann_whitney             two groups by ranks, exact with ties
    pairwise_mann_whitney    every pair of groups
    brunner_munzel           two groups by ranks, spreads may differ
    welch_t                  two groups by means, spreads may differ
    kruskal                  several groups by ranks; kruskal_permutation without an approximation
    dunn                     every pair of groups, on the ranks of all
    anova_oneway             several groups by means
    profile_permutation      whether groups have different profiles over the criteria
    smallest_pairwise_p      what two groups of given sizes can show at most

A group is known by its label, in order of appearance; a value without a group, or a group without
a value, is left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis import counting
from kernels_lib.analysis.effects import DIGITS, MANY
from kernels_lib.analysis.significance.core import (
    ALTERNATIVES,
    NO_SPREAD,
    SMALLEST,
    TestResult,
    blocks_of_draws,
    by_tails,
    check_known,
    check_level,
    corrected,
    differences,
    in_groups,
    mid_ranks,
    normal_tail,
    permutation_p,
    t_tail,
    tie_term,
    tied,
)
from kernels_lib.analysis.significance.multiplicity import adjust
from kernels_lib.errors import BadParameters
from kernels_lib.study.language import _

# The exact distribution of the rank sum takes about a nanosecond for each of these steps.
EXACT_STEPS = 200_000_000
# Sums of squares below this share of the whole are rounding.
NOTHING = 1e-12

PAIR_COLUMNS = ["first", "second", "n_first", "n_second", "statistic", "z", "p_value", "p_adjusted", "method", "reason"]


@dataclass(frozen=True)
class TwoGroupsResult(TestResult):
    """A test of two groups.

    Attributes
    ----------
    effect : float or None
        What the test is about: see there.
    ci_low, ci_high : float or None
        Interval of `effect`.
    """

    effect: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True)
class KruskalResult(TestResult):
    """Kruskal and Wallis' test.

    Attributes
    ----------
    epsilon_squared : float or None
        H / (n - 1), from 0 to 1.
    eta_squared_h : float or None
        (H - k + 1) / (n - k): another number under a similar name; may be negative.
    n_groups : int
    draws : int
        Random permutations; 0 for the chi-square.
    """

    epsilon_squared: float | None = None
    eta_squared_h: float | None = None
    n_groups: int = 0
    draws: int = 0


@dataclass(frozen=True)
class AnovaResult(TestResult):
    """One-way analysis of variance.

    Attributes
    ----------
    df1, df2 : float or None
    r_squared : float or None
        Share of the variation that lies between groups.
    sd_residual : float or None
        Standard deviation within groups.
    n_groups : int
    """

    df1: float | None = None
    df2: float | None = None
    r_squared: float | None = None
    sd_residual: float | None = None
    n_groups: int = 0


@dataclass(frozen=True)
class ProfileResult(TestResult):
    """A test of profiles.

    Attributes
    ----------
    effect : float or None
        Share of the squared distances between profiles that lies between groups.
    n_groups, draws, dropped : int
        `dropped` brands lack a score or a group.
    """

    effect: float | None = None
    n_groups: int = 0
    draws: int = 0
    dropped: int = 0


# --- two groups ------------------------------------------------------------------------------


def mann_whitney(
    x: ArrayLike,
    y: ArrayLike,
    alternative: str = "two-sided",
    *,
    exact: bool | None = None,
    correction: bool = False,
) -> TestResult:
    """Mann and Whitney's (Wilcoxon's rank sum) test of two groups, exact in the presence of ties.

    The exact p-value is conditional on the ranks at hand: every choice of n1 of them is as likely as
    any other.

    Parameters
    ----------
    x, y : array-like
        Two groups; NaN is left out.
    alternative : {"two-sided", "greater", "less"}
        Greater: `x` tends to be above `y`.  Two-sided is twice the smaller tail, at most 1.  (With
        ties and unequal sizes some software adds up both tails as far out instead.)
    exact : bool, optional
        Default: exact while it takes well below a second, else normal, corrected for ties.
    correction : bool
        Continuity correction of one half of the normal p-value and its z; the exact one has none.

    Returns
    -------
    TestResult
        ``statistic`` is U of `x`: in how many pairs its value is above that of `y`, ties counting
        half.  All values equal: p-value 1.

    References
    ----------
    .. [1] Mann, H. B. and Whitney, D. R. (1947), *Annals of Mathematical Statistics* 18, 50-60.
       https://doi.org/10.1214/aoms/1177730491

    Examples
    --------
    >>> result = mann_whitney([4, 5, 6], [1, 2, 3])
    >>> result.statistic, result.p_value  # 2 of 20 choices
    (9.0, 0.1)
    """
    check_known("alternative", alternative, ALTERNATIVES)
    first, second = differences(x), differences(y)
    n, m = first.size, second.size
    pooled = np.concatenate([first, second])
    common: dict[str, Any] = {"n_used": n + m, "ties": tied(pooled)}
    if n == 0 or m == 0:
        return TestResult(
            statistic=None,
            z=None,
            p_value=None,
            exactness="not tested",
            method="Mann-Whitney",
            reason=_("a group without scores"),
            **common,
        )
    doubled = np.rint(2 * mid_ranks(pooled[None])[0]).astype(int)
    reached = int(doubled[:n].sum())
    u = (reached - n * (n + 1)) / 2
    if np.ptp(pooled) == 0:
        return TestResult(
            statistic=u,
            z=0.0,
            p_value=1.0,
            exactness="exact",
            method=_("Mann-Whitney, exact"),
            smallest_p=1.0,
            reason="all scores are equal",
            **common,
        )

    size = n + m
    distance = u - n * m / 2
    deviation = math.sqrt(n * m / 12 * (size + 1 - tie_term(pooled) / (size * (size - 1))))
    steps = min(n, m) * size * int(doubled.sum())
    if exact if exact is not None else steps <= EXACT_STEPS and size <= 1000:
        share, at = _rank_sums(doubled, n, reached)
        ends = {"greater": share[-1], "less": share[0], "two-sided": 2 * min(share[0], share[-1])}
        return TestResult(
            statistic=u,
            z=distance / deviation,
            p_value=by_tails(float(share[at:].sum()), float(share[: at + 1].sum()), alternative),
            exactness="exact",
            method=_("Mann-Whitney, exact"),
            smallest_p=min(1.0, float(ends[alternative])),
            **common,
        )
    z = (corrected(distance, alternative) if correction else distance) / deviation
    return TestResult(
        statistic=u,
        z=z,
        p_value=normal_tail(z, alternative),
        exactness="asymptotic",
        method=_("Mann-Whitney, normal, corrected for ties and continuity")
        if correction
        else _("Mann-Whitney, normal, corrected for ties"),
        **common,
    )


def _rank_sums(doubled: np.ndarray, n: int, reached: int) -> tuple[np.ndarray, int]:
    """Probability of every rank sum of `n` values chosen at random, smallest to largest; where the observed one is."""
    size = doubled.size
    if 2 * n > size:
        # The others' rank sum is the rest: fewer to choose.
        share, at = _rank_sums(doubled, size - n, int(doubled.sum()) - reached)
        return share[::-1], share.size - 1 - at
    # From the smallest rank on and in their common unit, sums stay short.
    base = int(doubled.min())
    unit = int(np.gcd.reduce(doubled - base))
    ranks = np.sort(doubled - base) // unit
    least, most = int(ranks[:n].sum()), int(ranks[-n:].sum())
    share = counting.subset_sums(ranks, n)[least : most + 1]
    return share, (reached - n * base) // unit - least


def smallest_pairwise_p(n1: int, n2: int) -> float:
    """The smallest two-sided p-value that ranks of two groups of these sizes can give: 2 / C(n1 + n2, n1).

    Examples
    --------
    >>> round(smallest_pairwise_p(5, 5), 4)  # times 15 pairs of six industries: 0.119
    0.0079
    """
    if n1 < 1 or n2 < 1:
        return 1.0
    return float(min(1.0, max(2 / math.comb(n1 + n2, n1), SMALLEST)))


def brunner_munzel(
    x: ArrayLike, y: ArrayLike, alternative: str = "two-sided", *, level: float = 0.95
) -> TwoGroupsResult:
    """Brunner and Munzel's test whether values of one group tend to be above the other's, whatever their spreads.

    Parameters
    ----------
    x, y : array-like
        Two groups; NaN is left out.
    alternative : {"two-sided", "greater", "less"}
        Greater: `x` tends to be above `y`.
    level : float
        Level of the interval.

    Returns
    -------
    TwoGroupsResult
        ``effect`` is P(x < y) + P(x = y) / 2, with a t interval that may leave [0, 1]; ``statistic``
        is positive if `y` is larger.  Where the groups do not overlap nothing varies: the p-value is
        the exact one of `mann_whitney` and there is no interval; ``reason`` says so.

    References
    ----------
    .. [1] Brunner, E. and Munzel, U. (2000), The nonparametric Behrens-Fisher problem, *Biometrical
       Journal* 42, 17-25.
       https://doi.org/10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U

    Examples
    --------
    >>> result = brunner_munzel([1, 2, 3, 4], [2, 3, 4, 6])
    >>> result.effect, round(result.p_value, 2)  # y above in 9 of 16 pairs, equal in 3 more
    (0.71875, 0.31)
    """
    check_known("alternative", alternative, ALTERNATIVES)
    check_level(level)
    first, second = differences(x), differences(y)
    n, m = first.size, second.size
    common: dict[str, Any] = {"z": None, "n_used": n + m, "method": "Brunner-Munzel, t"}
    if min(n, m) < 2:
        reason = _("a group without scores") if min(n, m) == 0 else _("a group with a single score")
        return TwoGroupsResult(statistic=None, p_value=None, exactness="not tested", reason=reason, **common)

    ranks = mid_ranks(np.concatenate([first, second])[None])[0]
    # How many of the other group each value exceeds, ties counting half.
    above_x = ranks[:n] - mid_ranks(first[None])[0]
    above_y = ranks[n:] - mid_ranks(second[None])[0]
    effect = float(above_y.mean() / n)
    of_x, of_y = float(above_x.var(ddof=1)), float(above_y.var(ddof=1))
    if of_x == 0 and of_y == 0:
        ranked = mann_whitney(first, second, alternative)
        reason = ranked.reason or "the groups do not overlap: exact Mann-Whitney p-value"
        return TwoGroupsResult(
            statistic=None, p_value=ranked.p_value, exactness=ranked.exactness, effect=effect, reason=reason, **common
        )
    # Shares of the pairs: variances of the estimate from either side.
    from_x, from_y = of_x / (n * m**2), of_y / (m * n**2)
    se = math.sqrt(from_x + from_y)
    # In counts, as in the degrees of freedom of Welch.
    df = (n * of_x + m * of_y) ** 2 / ((n * of_x) ** 2 / (n - 1) + (m * of_y) ** 2 / (m - 1))
    statistic = (effect - 0.5) / se
    half = -float(special.stdtrit(df, (1 - level) / 2)) * se
    return TwoGroupsResult(
        statistic=statistic,
        p_value=t_tail(-statistic, df, alternative),
        exactness="asymptotic",
        df=df,
        effect=effect,
        ci_low=effect - half,
        ci_high=effect + half,
        **common,
    )


def welch_t(x: ArrayLike, y: ArrayLike, alternative: str = "two-sided", *, level: float = 0.95) -> TwoGroupsResult:
    """Welch's t-test of two means, whatever the spreads.

    Parameters
    ----------
    x, y : array-like
        Two groups; NaN is left out.
    alternative : {"two-sided", "greater", "less"}
        Greater: the mean of `x` is above that of `y`.
    level : float
        Level of the interval.

    Returns
    -------
    TwoGroupsResult
        ``effect`` is the difference of the means, x - y, in points.  No spread in either group:
        p-value None.

    Examples
    --------
    >>> result = welch_t([1, 2, 3], [2, 4, 6])  # -2 / sqrt(1/3 + 4/3)
    >>> round(result.statistic, 3), round(result.df, 3)
    (-1.549, 2.941)
    """
    check_known("alternative", alternative, ALTERNATIVES)
    check_level(level)
    first, second = differences(x), differences(y)
    n, m = first.size, second.size
    effect = float(first.mean() - second.mean()) if n and m else None
    common: dict[str, Any] = {"z": None, "n_used": n + m, "method": "Welch t", "effect": effect}
    reason = ""
    if min(n, m) < 2:
        reason = _("a group without scores") if min(n, m) == 0 else _("a group with a single score")
    elif np.ptp(first) == 0 and np.ptp(second) == 0:
        reason = _(NO_SPREAD)
    if reason or effect is None:
        return TwoGroupsResult(statistic=None, p_value=None, exactness="not tested", reason=reason, **common)
    of_x, of_y = float(first.var(ddof=1)) / n, float(second.var(ddof=1)) / m
    df = (of_x + of_y) ** 2 / (of_x**2 / (n - 1) + of_y**2 / (m - 1))
    se = math.sqrt(of_x + of_y)
    half = -float(special.stdtrit(df, (1 - level) / 2)) * se
    return TwoGroupsResult(
        statistic=effect / se,
        p_value=t_tail(effect / se, df, alternative),
        exactness="asymptotic",
        df=df,
        ci_low=effect - half,
        ci_high=effect + half,
        **common,
    )


# --- several groups --------------------------------------------------------------------------


def _pairs(rows: list[dict[str, Any]], correction: str) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[c for c in PAIR_COLUMNS if c != "p_adjusted"])
    table["p_adjusted"] = adjust(table["p_value"], correction)
    for column in ("statistic", "z", "p_value"):
        table[column] = table[column].astype(float)
    return table[PAIR_COLUMNS]


def pairwise_mann_whitney(
    values: ArrayLike,
    groups: ArrayLike,
    adjustment: str = "holm",
    *,
    exact: bool | None = None,
    correction: bool = False,
) -> pd.DataFrame:
    """Mann and Whitney's test for every pair of groups, on the values of these two alone.

    Small groups cannot show anything here, see `smallest_pairwise_p`.

    Parameters
    ----------
    values, groups : array-like of equal length
        Scores and the labels of their groups.
    adjustment : str
        As for `adjust`.
    exact, correction
        As for `mann_whitney`.

    Returns
    -------
    DataFrame, one row per pair of groups
        * ``first``, ``second``: labels
        * ``n_first``, ``n_second``: sizes
        * ``statistic``: U of `first`; ``z``
        * ``p_value``, ``p_adjusted``: NaN where not tested
        * ``method``, ``reason``

    Examples
    --------
    >>> pairwise_mann_whitney([1, 2, 3, 4, 5, 6], list("aaabbb"))["p_value"].tolist()
    [0.1]
    """
    rows = []
    for (first, x), (second, y) in combinations(in_groups(values, groups).items(), 2):
        result = mann_whitney(x, y, exact=exact, correction=correction)
        rows.append(
            {
                "first": first,
                "second": second,
                "n_first": x.size,
                "n_second": y.size,
                "statistic": result.statistic,
                "z": result.z,
                "p_value": result.p_value,
                "method": result.method,
                "reason": result.reason,
            }
        )
    return _pairs(rows, adjustment)


def _ranked(values: ArrayLike, groups: ArrayLike) -> tuple[dict[object, np.ndarray], np.ndarray, np.ndarray]:
    """Mid-ranks over all groups by group, sizes, and all values."""
    by_group = in_groups(values, groups)
    sizes = np.array([x.size for x in by_group.values()], dtype=int)
    pooled = np.concatenate([*by_group.values(), np.empty(0)])
    ranks = mid_ranks(pooled[None])[0]
    return dict(zip(by_group, np.split(ranks, np.cumsum(sizes)[:-1]), strict=False)), sizes, pooled


def _too_few(sizes: np.ndarray) -> str:
    if sizes.size < 2:
        return _("fewer than two groups with scores")
    return _("every group has a single score") if sizes.max() == 1 else ""


def kruskal(values: ArrayLike, groups: ArrayLike) -> KruskalResult:
    """Kruskal and Wallis' test that several groups are scored alike, corrected for ties.

    Parameters
    ----------
    values, groups : array-like of equal length
        Scores and the labels of their groups.

    Returns
    -------
    KruskalResult
        ``statistic`` is H.  All scores equal: p-value 1 and no effect size.

    References
    ----------
    .. [1] Kruskal, W. H. and Wallis, W. A. (1952), Use of ranks in one-criterion variance analysis,
       *JASA* 47, 583-621.  https://doi.org/10.1080/01621459.1952.10483441

    Examples
    --------
    >>> result = kruskal([1, 2, 3, 4, 5, 6], list("aaabbb"))
    >>> round(result.statistic, 3), round(result.epsilon_squared, 3)
    (3.857, 0.771)
    """
    ranks, sizes, pooled = _ranked(values, groups)
    n, k = pooled.size, sizes.size
    common: dict[str, Any] = {
        "z": None,
        "n_used": n,
        "n_groups": k,
        "ties": tied(pooled),
        "method": "Kruskal-Wallis, chi-square, corrected for ties",
    }
    reason = _too_few(sizes)
    if reason:
        return KruskalResult(statistic=None, p_value=None, exactness="not tested", reason=reason, **common)
    if np.ptp(pooled) == 0:
        reason = "all scores are equal"
        return KruskalResult(statistic=0.0, p_value=1.0, exactness="exact", df=k - 1, reason=reason, **common)

    spread = float(((np.concatenate(list(ranks.values())) - (n + 1) / 2) ** 2).sum())
    between = sum(r.size * (float(r.mean()) - (n + 1) / 2) ** 2 for r in ranks.values())
    h = (n - 1) * between / spread
    return KruskalResult(
        statistic=h,
        p_value=max(float(special.chdtrc(k - 1, h)), SMALLEST),
        exactness="asymptotic",
        df=k - 1,
        epsilon_squared=h / (n - 1),
        eta_squared_h=(h - k + 1) / (n - k),
        **common,
    )


def _dealt_sums(
    distinct: np.ndarray, times: np.ndarray, sizes: np.ndarray, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Sums of groups to which a few values, each so many times, are dealt at random; shape (draws, groups).

    The groups take their values one after the other: how many of each is hypergeometric in what is left.
    """
    left = np.tile(times, (draws, 1))
    sums = np.zeros((draws, len(sizes)), dtype=np.int64)
    for group, size in enumerate(sizes[:-1]):
        wanted = np.full(draws, size)
        behind = left.sum(axis=1)
        for place, value in enumerate(distinct):
            behind = behind - left[:, place]
            taken = rng.hypergeometric(left[:, place], behind, wanted)
            left[:, place] -= taken
            wanted = wanted - taken
            sums[:, group] += value * taken
    sums[:, -1] = left @ distinct
    return sums


def kruskal_permutation(values: ArrayLike, groups: ArrayLike, draws: int, rng: np.random.Generator) -> KruskalResult:
    """Kruskal and Wallis' test by permuting the scores over the groups: right for small groups too.

    Of more than 200 scores with few values, how many of each value a group gets is drawn at once.

    Parameters
    ----------
    values, groups : array-like of equal length
        Scores and the labels of their groups.
    draws : int
        Random permutations, such as 9999.
    rng : numpy Generator
        The only source of chance.

    Returns
    -------
    KruskalResult
        As of `kruskal`, with the permutation p-value.

    Examples
    --------
    >>> kruskal_permutation([1, 1, 1], list("aab"), 99, np.random.default_rng(1)).p_value
    1.0
    """
    observed = kruskal(values, groups)
    common = {
        name: getattr(observed, name)
        for name in ("statistic", "z", "n_used", "n_groups", "ties", "df", "epsilon_squared", "eta_squared_h")
    }
    common |= {"draws": draws, "method": f"Kruskal-Wallis, {draws} permutations"}
    if observed.p_value is None or observed.epsilon_squared is None:
        return KruskalResult(p_value=observed.p_value, exactness=observed.exactness, reason=observed.reason, **common)

    ranks, sizes, __ = _ranked(values, groups)
    # Doubled and centred ranks are whole numbers; H grows with the groups' squared sums over sizes.
    doubled = np.rint(2 * np.concatenate(list(ranks.values()))).astype(np.int64) - (observed.n_used + 1)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    reached = float((np.add.reduceat(doubled, starts) ** 2 / sizes).sum()) * (1 - NOTHING)

    def between(dealt: np.ndarray) -> np.ndarray:
        return (np.add.reduceat(dealt, starts, axis=1) ** 2 / sizes).sum(axis=1)

    # Few brands can be dealt to the groups in few ways: then every one is counted.
    every = counting.arrangements(list(map(int, sizes)), draws)
    if every is not None:
        common["method"] = f"Kruskal-Wallis, all {len(every)} arrangements"
        found = between(doubled[every])
        floor = float((found >= found.max() * (1 - NOTHING)).mean())
        return KruskalResult(p_value=float((found >= reached).mean()), exactness="exact", smallest_p=floor, **common)
    count = 0
    distinct, times = np.unique(doubled, return_counts=True)
    if doubled.size > MANY and distinct.size * 20 < doubled.size:
        sums = _dealt_sums(distinct, times, sizes, draws, rng)
        count = int(((sums**2 / sizes).sum(axis=1) >= reached).sum())
        return KruskalResult(
            p_value=permutation_p(count, draws), exactness="permutation", smallest_p=1 / (draws + 1), **common
        )
    for some in blocks_of_draws(draws, doubled.size):
        count += int((between(rng.permuted(np.broadcast_to(doubled, (some, doubled.size)), axis=1)) >= reached).sum())
    return KruskalResult(
        p_value=permutation_p(count, draws), exactness="permutation", smallest_p=1 / (draws + 1), **common
    )


def dunn(values: ArrayLike, groups: ArrayLike, adjustment: str = "holm") -> pd.DataFrame:
    """Dunn's test for every pair of groups on the ranks of all groups, two-sided, corrected for ties.

    Parameters
    ----------
    values, groups : array-like of equal length
        Scores and the labels of their groups.
    adjustment : str
        As for `adjust`.

    Returns
    -------
    DataFrame, one row per pair of groups
        As `pairwise_mann_whitney`; ``z`` is positive where `first` has the higher ranks, and
        ``statistic`` the difference of the mean ranks.

    References
    ----------
    .. [1] Dunn, O. J. (1964), Multiple comparisons using rank sums, *Technometrics* 6, 241-252.
       https://doi.org/10.1080/00401706.1964.10490181

    Examples
    --------
    >>> dunn([1, 2, 3, 4, 5, 6], list("aaabbb"))["statistic"].tolist()  # mean ranks 2 and 5
    [-3.0]
    """
    ranks, __, pooled = _ranked(values, groups)
    n = pooled.size
    rows = []
    for (first, x), (second, y) in combinations(ranks.items(), 2):
        # Two groups have two values at least, so n > 1 here.
        variance = (n * (n + 1) / 12 - tie_term(pooled) / (12 * (n - 1))) * (1 / x.size + 1 / y.size)
        difference = float(x.mean() - y.mean())
        equal = np.ptp(pooled) == 0
        z = 0.0 if equal else difference / math.sqrt(variance)
        rows.append(
            {
                "first": first,
                "second": second,
                "n_first": x.size,
                "n_second": y.size,
                "statistic": difference,
                "z": z,
                "p_value": normal_tail(z, "two-sided"),
                "method": "Dunn, normal, corrected for ties",
                "reason": "all scores are equal" if equal else "",
            }
        )
    return _pairs(rows, adjustment)


def anova_oneway(values: ArrayLike, groups: ArrayLike) -> AnovaResult:
    """One-way analysis of variance that several groups have the same mean.

    Sums of squares are of deviations from means that are computed first, so that many digits in
    front of a small spread do no harm.

    Parameters
    ----------
    values, groups : array-like of equal length
        Scores and the labels of their groups.

    Returns
    -------
    AnovaResult
        ``statistic`` is F.  All scores equal, or equal within every group: p-value None.

    Examples
    --------
    >>> result = anova_oneway([1, 2, 3, 4, 5, 6], list("aaabbb"))  # 13.5 / 1
    >>> round(result.statistic, 9), result.df1, result.df2
    (13.5, 1, 4)
    """
    by_group = in_groups(values, groups)
    sizes = np.array([x.size for x in by_group.values()], dtype=int)
    n, k = int(sizes.sum()), sizes.size
    common: dict[str, Any] = {"z": None, "n_used": n, "n_groups": k, "method": "one-way analysis of variance"}
    reason = _too_few(sizes)
    if not reason:
        # Deviations from one of the values are exact to the last digit; means of them lose nothing.
        base = next(iter(by_group.values()))[0]
        shifted = [x - base for x in by_group.values()]
        grand = math.fsum(np.concatenate(shifted)) / n
        means = [math.fsum(x) / x.size for x in shifted]
        between = math.fsum(x.size * (mean - grand) ** 2 for x, mean in zip(shifted, means, strict=True))
        within = math.fsum(math.fsum((x - mean) ** 2) for x, mean in zip(shifted, means, strict=True))
        if all(np.ptp(x) == 0 for x in shifted):
            reason = "no spread within the groups"
    if reason:
        return AnovaResult(statistic=None, p_value=None, exactness="not tested", reason=reason, **common)
    f = between / (k - 1) / (within / (n - k))
    return AnovaResult(
        statistic=f,
        p_value=max(float(special.fdtrc(k - 1, n - k, f)), SMALLEST),
        exactness="asymptotic",
        df1=k - 1,
        df2=n - k,
        r_squared=between / (between + within),
        sd_residual=math.sqrt(within / (n - k)),
        **common,
    )


def profile_permutation(
    scores: pd.DataFrame | ArrayLike, groups: ArrayLike, draws: int, rng: np.random.Generator
) -> ProfileResult:
    """Whether groups have different profiles: one question instead of one for every criterion and pair.

    Each brand's own mean is taken away first, so that only its strong and weak sides count, not its
    level.  The statistic is the pseudo-F of a permutational analysis of variance on Euclidean
    distances; whole brands are dealt anew over the groups.

    Parameters
    ----------
    scores : DataFrame or array-like, shape (n_brands, n_criteria)
        Points.  A brand with a missing score or without a group is left out and counted.
    groups : array-like, length n_brands
        Labels of the groups.
    draws : int
        Random permutations, such as 9999.
    rng : numpy Generator
        The only source of chance.

    Returns
    -------
    ProfileResult
        ``statistic`` is the pseudo-F, None where nothing varies within the groups.

    References
    ----------
    .. [1] Anderson, M. J. (2001), A new method for non-parametric multivariate analysis of variance,
       *Austral Ecology* 26, 32-46.  https://doi.org/10.1111/j.1442-9993.2001.01070.pp.x

    Examples
    --------
    >>> scores = [[1, 3], [2, 4], [1, 3], [4, 2], [3, 1], [5, 3]]  # three rise by 2, three fall by 2
    >>> round(profile_permutation(scores, list("aaabbb"), 999, np.random.default_rng(1)).p_value, 1)
    0.1
    """
    points = np.atleast_2d(np.asarray(scores, dtype=float))
    labels = pd.Series(groups, dtype=object)
    if len(labels) != len(points):
        raise BadParameters(f"{len(points)} brands and {len(labels)} groups.", remedy="Every brand needs its group.")
    kept = ~np.isnan(points).any(axis=1) & labels.notna().to_numpy()
    points = points[kept]
    codes, names = pd.factorize(labels[kept])
    sizes = np.bincount(codes, minlength=len(names)).astype(int)
    n, g = len(points), len(names)
    common: dict[str, Any] = {
        "z": None,
        "n_used": n,
        "n_groups": g,
        "draws": draws,
        "dropped": int((~kept).sum()),
        "method": f"profiles, pseudo-F, {draws} permutations of brands over groups",
    }
    reason = _("fewer than two criteria") if points.shape[1] < 2 else _too_few(sizes)
    if reason:
        return ProfileResult(statistic=None, p_value=None, exactness="not tested", reason=reason, **common)
    profiles = points - points.mean(axis=1, keepdims=True)
    profiles = np.round(profiles - profiles.mean(axis=0), DIGITS)[np.argsort(codes, kind="stable")]
    total = float((profiles**2).sum())
    if total == 0:
        reason = "all brands have the same profile"
        return ProfileResult(statistic=0.0, p_value=1.0, exactness="exact", reason=reason, **common)

    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def between(dealt: np.ndarray) -> np.ndarray:
        sums = np.add.reduceat(dealt, starts, axis=-2)
        return (sums**2 / sizes[:, None]).sum(axis=(-2, -1))

    observed = float(between(profiles))
    within = total - observed
    every = counting.arrangements(list(map(int, sizes)), draws)
    if every is not None:
        dealt = between(profiles[every])
        floor = float((dealt >= dealt.max() - NOTHING * total).mean())
        p_value = float((dealt >= observed - NOTHING * total).mean())
        found = {"p_value": p_value, "exactness": "exact", "smallest_p": floor}
        common["method"] = f"profiles, pseudo-F, all {len(every)} arrangements of brands over groups"
    else:
        count = 0
        for some in blocks_of_draws(draws, profiles.size):
            order = rng.permuted(np.broadcast_to(np.arange(n), (some, n)), axis=1)
            count += int((between(profiles[order]) >= observed - NOTHING * total).sum())
        found = {
            "p_value": permutation_p(count, draws),
            "exactness": "permutation",
            "smallest_p": 1 / (draws + 1),
        }
    flat = within <= NOTHING * total
    return ProfileResult(
        statistic=None if flat else observed / (g - 1) / (within / (n - g)),
        **found,
        effect=min(1.0, observed / total),
        reason="nothing varies within the groups" if flat else "",
        **common,
    )
