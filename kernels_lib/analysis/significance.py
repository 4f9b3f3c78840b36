"""Tests of hypotheses, and the two families every report needs.

Single tests take numbers and return one `TestResult`; families take a frame and return a frame
with one row per question:

    signed_rank, paired_t, sign_test, friedman, crawford_howell      -> TestResult
    adjust                                                           -> adjusted p-values
    pairwise                                                         -> one row per pair of criteria
    against_target                                                   -> one row per criterion

Two tracks run beside each other, one on ranks and one on means; a finding is firm only if both
agree after the correction.  A question that cannot be tested has the p-value None and a reason,
never NaN.  Differences are rounded to nine digits before they are ranked.  Nothing here draws
random numbers or words a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.effects import (
    CORRECTIONS,
    DIGITS,
    agreeing_interval,
    end_point_p,
    hodges_lehmann,
    numbers_of,
    step_levels,
)
from kernels_lib.errors import UnknownName

# The exact distribution of the signed ranks takes 5 ms here and 0.3 s at 500.
EXACT_UP_TO = 200
# The median of all Walsh averages needs n^2/2 numbers per pair.
HODGES_LEHMANN_UP_TO = 500

ALTERNATIVES = ("two-sided", "greater", "less")
ZEROS = ("pratt", "wilcox")


@dataclass(frozen=True)
class TestResult:
    """One test.

    Attributes
    ----------
    method : str
        The test and its conventions, as a ledger prints them.
    statistic, z, df : float or None
        As the test defines them; None where the test has none.
    p_value : float or None
        In [0, 1]; None where the question cannot be tested, see `reason`.
    exactness : {"exact", "asymptotic", "not tested"}
        A t-test counts as asymptotic: it is exact for normal scores only.
    n_used : int
        Observations that can speak for either side.
    ties, zeros : int or None
        Non-zero differences whose size occurs more than once; differences of zero.
    smallest_p : float or None
        The smallest p-value these n, ties and zeros allow, where the test has such a floor.
    reason : str
        Why there is no p-value, or what was put in its place; empty otherwise.
    """

    __test__ = False  # not a pytest class

    statistic: float | None
    z: float | None
    p_value: float | None
    exactness: str
    n_used: int
    ties: int | None = None
    zeros: int | None = None
    df: float | None = None
    method: str = ""
    smallest_p: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class FriedmanResult(TestResult):
    """Friedman's test; `p_value` belongs to the chi-square, `f_p_value` to Iman and Davenport's F.

    Attributes
    ----------
    effect : float or None
        Kendall's W, corrected for ties.
    f_statistic, df1, df2, f_p_value : float or None
        Iman and Davenport's F.  Reports quote this p-value: the chi-square is conservative.
    rank_sums : tuple of float
        One per criterion, in the order of the columns; the smallest score has rank 1.
    dropped : int
        Blocks left out because a score is missing.
    """

    effect: float | None = None
    f_statistic: float | None = None
    df1: float | None = None
    df2: float | None = None
    f_p_value: float | None = None
    rank_sums: tuple[float, ...] = ()
    dropped: int = 0


@dataclass(frozen=True)
class CrawfordHowellResult(TestResult):
    """One case against controls.

    Attributes
    ----------
    z_cc : float or None
        Distance from the controls' mean in standard deviations of the controls.
    percent_below : float or None
        Share of the controls' population expected below the case, in percent.
    """

    z_cc: float | None = None
    percent_below: float | None = None


def signed_rank(
    d: ArrayLike, zeros: str = "pratt", alternative: str = "two-sided", *, exact: bool | None = None
) -> TestResult:
    """Wilcoxon's signed-rank test, exact in the presence of ties and zeros.

    The p-value is conditional on the ranks at hand: each non-zero difference is as likely to be
    positive as negative.  Its distribution is built by convolution over doubled mid-ranks, which
    are whole numbers, so ties cost nothing.  (`scipy.stats.wilcoxon(method="exact")` ignores ties
    and zeros.)

    Parameters
    ----------
    d : array-like
        Differences; NaN is left out.
    zeros : {"pratt", "wilcox"}
        Pratt ranks the zeros and then drops them; Wilcoxon drops them first.
    alternative : {"two-sided", "greater", "less"}
        Greater: differences tend to be positive.  Two-sided is twice the smaller tail, at most 1.
    exact : bool, optional
        Default: exact up to 200 differences, beyond it normal with the exact conditional variance.

    Returns
    -------
    TestResult
        ``statistic`` is the rank sum of the positive differences, ``z`` the standardised sum of
        signed ranks without continuity correction.  No non-zero difference: p-value 1.

    References
    ----------
    .. [1] Pratt, J. W. (1959), Remarks on zeros and ties in the Wilcoxon signed rank procedures,
       *JASA* 54, 655-667.

    Examples
    --------
    >>> signed_rank([1, 2, 3, 4]).p_value  # all four positive: 2 / 2^4
    0.125
    """
    _known("alternative", alternative, ALTERNATIVES)
    _known("rule for zeros", zeros, ZEROS)
    d = _differences(d)
    nonzero = d != 0
    kept = nonzero if zeros == "wilcox" else np.ones(d.size, dtype=bool)
    ranks = _mid_ranks(np.abs(d[kept])[None])[0][nonzero[kept]] if kept.any() else np.empty(0)
    positive = d[nonzero] > 0
    m = ranks.size
    rule = {"pratt": "Pratt", "wilcox": "zeros dropped"}[zeros]
    counts: dict[str, Any] = {"n_used": m, "zeros": int(d.size - m), "ties": _tied(np.abs(d[nonzero]))}
    if m == 0:
        return TestResult(
            statistic=0.0,
            z=0.0,
            p_value=1.0,
            exactness="exact",
            method=f"signed rank ({rule}), exact",
            smallest_p=1.0,
            reason="no difference at all" if d.size else "no data",
            **counts,
        )

    doubled = np.rint(2 * ranks).astype(int)
    reached = int(doubled[positive].sum())
    total = int(doubled.sum())
    z = (2 * reached - total) / math.sqrt(float(doubled @ doubled))
    use_exact = d.size <= EXACT_UP_TO if exact is None else exact
    if use_exact:
        share = _rank_sum_distribution(doubled)
        upper, lower = float(share[reached:].sum()), float(share[: reached + 1].sum())
    else:
        upper, lower = float(special.ndtr(-z)), float(special.ndtr(z))
    one_sided = {"greater": upper, "less": lower, "two-sided": 2 * min(upper, lower)}[alternative]
    return TestResult(
        statistic=reached / 2,
        z=float(z),
        p_value=min(1.0, one_sided),
        exactness="exact" if use_exact else "asymptotic",
        method=f"signed rank ({rule}), " + ("exact" if use_exact else "normal, exact conditional variance"),
        smallest_p=min(1.0, (2.0 if alternative == "two-sided" else 1.0) * 0.5**m),
        **counts,
    )


def _rank_sum_distribution(doubled: np.ndarray) -> np.ndarray:
    """Probability of every doubled rank sum from 0 to the total when each sign is a fair coin."""
    share = np.zeros(int(doubled.sum()) + 1)
    share[0] = 1.0
    filled = 1
    for rank in doubled:
        # Only the part that earlier ranks can have reached; the right-hand side is built first.
        share[rank : filled + rank] += share[:filled].copy()
        filled += rank
        share[:filled] /= 2
    return share


def paired_t(d: ArrayLike, alternative: str = "two-sided") -> TestResult:
    """Student's t-test of a mean difference of zero.

    Parameters
    ----------
    d : array-like
        Differences; NaN is left out.
    alternative : {"two-sided", "greater", "less"}

    Returns
    -------
    TestResult
        p-value None with the reason ``"no spread"`` where all differences are equal.

    Examples
    --------
    >>> result = paired_t([1.0, 2.0, 3.0])  # 2 / (1 / sqrt 3)
    >>> round(result.statistic, 3), result.df
    (3.464, 2)
    """
    _known("alternative", alternative, ALTERNATIVES)
    d = _differences(d)
    n = d.size
    counts: dict[str, Any] = {"n_used": n, "zeros": int((d == 0).sum()), "ties": None, "method": "paired t"}
    if n < 2 or np.ptp(d) == 0:
        reason = "fewer than two differences" if n < 2 else "no spread"
        return TestResult(statistic=None, z=None, p_value=None, exactness="not tested", reason=reason, **counts)

    t = float(d.mean() / (d.std(ddof=1) / math.sqrt(n)))
    return TestResult(
        statistic=t, z=None, p_value=_t_tail(t, n - 1, alternative), exactness="asymptotic", df=n - 1, **counts
    )


def sign_test(d: ArrayLike, alternative: str = "two-sided") -> TestResult:
    """Exact sign test; zeros are dropped.

    Parameters
    ----------
    d : array-like
        Differences; NaN is left out.
    alternative : {"two-sided", "greater", "less"}

    Returns
    -------
    TestResult
        ``statistic`` is the number of positive differences.  No non-zero difference: p-value 1.

    Examples
    --------
    >>> sign_test([1, 1, 2, 0]).p_value  # 2 / 2^3
    0.25
    """
    _known("alternative", alternative, ALTERNATIVES)
    d = _differences(d)
    positive, m = int((d > 0).sum()), int((d != 0).sum())
    # A fair coin: at least k heads of m is as likely as at most m - k.
    upper, lower = float(special.bdtr(m - positive, m, 0.5)), float(special.bdtr(positive, m, 0.5))
    p = {"greater": upper, "less": lower, "two-sided": 2 * min(upper, lower)}[alternative] if m else 1.0
    return TestResult(
        statistic=float(positive),
        z=(2 * positive - m) / math.sqrt(m) if m else 0.0,
        p_value=min(1.0, p),
        exactness="exact",
        n_used=m,
        zeros=d.size - m,
        method="sign test, exact",
        smallest_p=min(1.0, (2.0 if alternative == "two-sided" else 1.0) * 0.5**m),
        reason="" if m else ("no difference at all" if d.size else "no data"),
    )


def friedman(scores: pd.DataFrame | ArrayLike) -> FriedmanResult:
    """Friedman's test that all criteria are scored alike, with Kendall's W and Iman-Davenport's F.

    With mid-ranks r within a brand and their column sums R,
    Q = (k-1) sum (R_j - n(k+1)/2)^2 / sum (r_ij - (k+1)/2)^2, which is corrected for ties by itself;
    W = Q / (n(k-1)); F = (n-1) W / (1-W) with k-1 and (k-1)(n-1) degrees of freedom.

    Parameters
    ----------
    scores : DataFrame or array-like, shape (n_brands, n_criteria)
        Points.  A brand with a missing score is left out and counted.

    Returns
    -------
    FriedmanResult
        Where no brand tells any two criteria apart: p-values 1, no W.  Where all brands rank the
        criteria alike (W = 1) F is infinite: ``f_statistic`` is None and ``f_p_value`` the exact
        permutation p-value.  ``reason`` says so in both cases.

    References
    ----------
    .. [1] Iman, R. L. and Davenport, J. M. (1980), *Communications in Statistics* A9, 571-595.
    """
    points = np.round(np.atleast_2d(np.asarray(scores, dtype=float)), DIGITS)
    complete = ~np.isnan(points).any(axis=1)
    points = points[complete]
    n, k = points.shape
    common: dict[str, Any] = {
        "n_used": n,
        "dropped": int((~complete).sum()),
        "method": "Friedman, corrected for ties; Iman-Davenport F",
    }
    if n < 2 or k < 2:
        reason = "fewer than two brands scored on every criterion" if n < 2 else "fewer than two criteria"
        return FriedmanResult(statistic=None, z=None, p_value=None, exactness="not tested", reason=reason, **common)

    ranks = _mid_ranks(points)
    centred = ranks - (k + 1) / 2
    spread = float((centred**2).sum())
    sums = tuple(float(value) for value in ranks.sum(axis=0))
    common |= {"df": k - 1, "df1": k - 1, "df2": (k - 1) * (n - 1), "rank_sums": sums, "exactness": "asymptotic"}
    if spread == 0:
        return FriedmanResult(
            statistic=0.0, z=None, p_value=1.0, f_p_value=1.0, reason="no brand tells the criteria apart", **common
        )

    q = (k - 1) * float((centred.sum(axis=0) ** 2).sum()) / spread
    common |= {"statistic": q, "z": None, "p_value": float(special.chdtrc(k - 1, q))}
    if np.ptp(ranks, axis=0).max() == 0:
        # All rows the same (W = 1, nothing is as extreme but the same again): with M different
        # orders of that row, M of the M^n tables reach it.
        _, tied = np.unique(ranks[0], return_counts=True)
        log_orders = special.gammaln(k + 1) - special.gammaln(tied + 1).sum()
        exact_p = max(math.exp(-(n - 1) * log_orders), np.finfo(float).tiny)
        return FriedmanResult(
            effect=1.0, f_p_value=exact_p, reason="all brands rank the criteria alike: exact p-value", **common
        )

    w = q / (n * (k - 1))
    f = (n - 1) * w / (1 - w)
    return FriedmanResult(
        effect=w, f_statistic=f, f_p_value=float(special.fdtrc(k - 1, (k - 1) * (n - 1), f)), **common
    )


def crawford_howell(case: float, controls: ArrayLike, alternative: str = "two-sided") -> CrawfordHowellResult:
    """One case against a small sample of controls: t = (x - m) / (s sqrt(1 + 1/n)), n - 1 degrees of freedom.

    Parameters
    ----------
    case : float
        The case's score; NaN if it has none.
    controls : array-like
        The others' scores, the case not among them; NaN is left out.
    alternative : {"two-sided", "greater", "less"}

    Returns
    -------
    CrawfordHowellResult
        p-value None with a reason where the controls have no spread or are fewer than two.

    References
    ----------
    .. [1] Crawford, J. R. and Howell, D. C. (1998), *The Clinical Neuropsychologist* 12, 482-486.
       https://doi.org/10.1076/clin.12.4.482.7241

    Examples
    --------
    >>> result = crawford_howell(4.0, [1.0, 2.0, 3.0])  # (4 - 2) / (1 * sqrt(4/3))
    >>> round(result.statistic, 3), result.z_cc
    (1.732, 2.0)
    """
    _known("alternative", alternative, ALTERNATIVES)
    x = _differences(controls)
    n = x.size
    common: dict[str, Any] = {"z": None, "n_used": n, "method": "Crawford-Howell t"}
    reason = (
        "no score"
        if case is None or math.isnan(case)
        else "fewer than two others"
        if n < 2
        else "no spread"
        if np.ptp(x) == 0
        else ""
    )
    if reason:
        return CrawfordHowellResult(statistic=None, p_value=None, exactness="not tested", reason=reason, **common)

    z_cc = float((case - x.mean()) / x.std(ddof=1))
    t = z_cc / math.sqrt((n + 1) / n)
    return CrawfordHowellResult(
        statistic=t,
        p_value=_t_tail(t, n - 1, alternative),
        exactness="asymptotic",
        df=n - 1,
        z_cc=z_cc,
        percent_below=100 * float(special.stdtr(n - 1, t)),
        **common,
    )


TESTS: dict[str, Callable[..., TestResult]] = {
    "signed_rank": signed_rank,
    "paired_t": paired_t,
    "sign_test": sign_test,
    "friedman": friedman,
    "crawford_howell": crawford_howell,
}


def adjust(p_values: ArrayLike, method: str = "holm") -> np.ndarray:
    """Adjusted p-values of one family; reject where they are at most alpha.

    Parameters
    ----------
    p_values : array-like
        None or NaN where nothing was tested.  Such entries do not count as tests, as in R's
        `p.adjust` (statsmodels counts them).
    method : {"holm", "bonferroni", "bh", "none"}

    Returns
    -------
    ndarray of float
        NaN where nothing was tested.

    Examples
    --------
    >>> adjust([0.01, None, 0.03])
    array([0.02,  nan, 0.03])
    """
    _known("correction", method, CORRECTIONS)
    p = numbers_of(p_values)
    adjusted = p.copy()
    tested = np.flatnonzero(~np.isnan(p))
    m = tested.size
    if m == 0 or method == "none":
        return adjusted

    order = tested[np.argsort(p[tested], kind="stable")]
    ascending = p[order]
    if method == "bonferroni":
        corrected = ascending * m
    elif method == "holm":
        corrected = np.maximum.accumulate(ascending * (m - np.arange(m)))
    else:
        # Where a later, larger p-value passes, so do all smaller ones.
        corrected = np.minimum.accumulate((ascending * m / np.arange(1, m + 1))[::-1])[::-1]
    adjusted[order] = np.minimum(corrected, 1.0)
    return adjusted


def pairwise(
    scores: pd.DataFrame, *, alpha: float, correction: str = "holm", names: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Every pair of criteria, tested on the brands that were scored on both.

    Only the two criteria at hand enter a test: mean-rank procedures let the other criteria decide
    too.  Both tracks are corrected over all pairs.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.
    alpha : float
        Level of the family.
    correction : {"holm", "bonferroni", "bh", "none"}
    names : mapping of str to str, optional
        Display names; the ids themselves if not given.

    Returns
    -------
    DataFrame, one row per unordered pair, in the order of the columns
        * ``first``, ``second``, ``first_name``, ``second_name``: `first` has the higher mean over
          the brands scored on both (equal means: the order of the columns)
        * ``difference``: points, never negative; NaN if no brand was scored on both
        * ``holds``: ``"firm"`` if both tracks pass after the correction and point the same way,
          else ``"unresolved"``
        * ``p_value``, ``p_adjusted``: signed rank (Pratt); ``t_p_value``, ``t_p_adjusted``: paired
          t, or the sign test where all differences are equal (`method` says so); NaN untested
        * ``p_worst``, ``p_best``: always NaN here; see `bounds.pairs_over_tables`
        * ``n``, ``n_used``, ``zeros``, ``ties``, ``wins``, ``losses``: counts of brands
        * ``hodges_lehmann``: points; NaN beyond 500 brands
        * ``statistic``, ``z``, ``exactness``, ``method``
    """
    names = names or {}
    points = scores.to_numpy(dtype=float)
    rows = []
    for i, j in combinations(range(points.shape[1]), 2):
        d = _differences(points[:, i] - points[:, j])
        mean = round(float(d.mean()), DIGITS) if d.size else math.nan
        if mean < 0:
            i, j, d, mean = j, i, -d + 0.0, -mean
        first, second = scores.columns[i], scores.columns[j]
        rows.append(
            {
                "first": first,
                "second": second,
                "first_name": names.get(first, first),
                "second_name": names.get(second, second),
                "difference": mean + 0.0,
                **_two_tracks(d),
                "wins": int((d > 0).sum()),
                "losses": int((d < 0).sum()),
                "hodges_lehmann": _or_nan(hodges_lehmann(d) if d.size <= HODGES_LEHMANN_UP_TO else None),
                "p_worst": math.nan,
                "p_best": math.nan,
            }
        )
    columns = ["first", "second", "first_name", "second_name", "difference", "holds", "p_value", "p_adjusted"]
    columns += ["t_p_value", "t_p_adjusted", "p_worst", "p_best", "n", "n_used", "zeros", "ties", "wins", "losses"]
    columns += ["hodges_lehmann", "statistic", "z", "exactness", "method"]
    table = pd.DataFrame(rows, columns=[c for c in columns if c not in ("holds", "p_adjusted", "t_p_adjusted")])
    passed = _correct(table, alpha, correction)
    table["holds"] = np.where(passed, "firm", "unresolved")
    return table[columns]


def against_target(
    scores: pd.DataFrame,
    targets: Mapping[str, float] | float,
    *,
    alpha: float,
    correction: str = "holm",
    floor: float,
    top: float,
) -> pd.DataFrame:
    """Every criterion's mean against its target: strength, missed opportunity, or unresolved.

    The rank track is the signed-rank test (Pratt) of score minus target, the mean track Student's
    t.  A criterion on which all brands have the same score has no t-test; there the sign test
    decides in both tracks, and in the mean track the exact end-point test as well (the larger
    p-value counts), because eight brands at the top of the scale say much about the median and
    little about the mean.

    The interval is that of `effects.agreeing_interval`: it leaves the target outside if and only
    if the verdict is firm.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.
    targets : mapping of str to float, or float
        Points, per criterion id or for all.
    alpha : float
        Level of the family.
    correction : {"holm", "bonferroni", "bh", "none"}
    floor, top : float
        Ends of the scale, in points.

    Returns
    -------
    DataFrame, index: criterion, in the order of the columns
        * ``n``, ``mean``, ``target``, ``difference`` (mean minus target, points)
        * ``verdict``: ``"strength"``, ``"missed opportunity"`` or ``"unresolved"``
        * ``p_value``, ``p_adjusted``: signed rank; ``t_p_value``, ``t_p_adjusted``: mean track;
          ``sign_p_value``: sign test, not corrected; NaN where there are no scores
        * ``step_alpha``: level of the test of means within its family; ``ci_level`` is 1 minus it
        * ``ci_low``, ``ci_high``, ``interval_note``
        * ``above``, ``at``, ``below``: brands above, on and below the target
        * ``n_used``, ``zeros``, ``ties``, ``statistic``, ``z``, ``exactness``, ``method``

    Raises
    ------
    UnknownName
        If a criterion has no target.
    """
    rows, columns_of_points = [], []
    for criterion in scores.columns:
        if isinstance(targets, Mapping) and criterion not in targets:
            raise UnknownName("criterion without a target", str(criterion), map(str, targets))
        target = float(targets[criterion] if isinstance(targets, Mapping) else targets)
        x = scores[criterion].to_numpy(dtype=float)
        x = x[~np.isnan(x)]
        d = _differences(x - target)
        tracks = _two_tracks(d)
        if x.size and np.ptp(d) == 0:
            of_the_mean = end_point_p(float(x[0]), x.size, target, floor, top)
            tracks["t_p_value"] = max(tracks["t_p_value"], of_the_mean)
            tracks["method"] += " and exact end-point test"
        columns_of_points.append(x)
        rows.append(
            {
                "mean": float(x.mean()) if x.size else math.nan,
                "target": target,
                "difference": float(d.mean()) + 0.0 if x.size else math.nan,
                **tracks,
                "sign_p_value": _or_nan(sign_test(d).p_value if x.size else None),
                "above": int((d > 0).sum()),
                "at": int((d == 0).sum()),
                "below": int((d < 0).sum()),
            }
        )
    columns = ["n", "mean", "target", "difference", "verdict", "p_value", "p_adjusted", "t_p_value", "t_p_adjusted"]
    columns += ["sign_p_value", "step_alpha", "ci_low", "ci_high", "ci_level", "interval_note", "above", "at", "below"]
    columns += ["n_used", "zeros", "ties", "statistic", "z", "exactness", "method"]
    table = pd.DataFrame(rows, index=scores.columns, columns=list(rows[0]) if rows else columns)
    table.index.name = "criterion"
    firm = _correct(table, alpha, correction)
    side = np.where(table["difference"] > 0, "strength", "missed opportunity")
    table["verdict"] = np.where(firm, side, "unresolved")
    table["step_alpha"] = step_levels(table["t_p_value"], alpha, correction)
    table["ci_level"] = 1 - table["step_alpha"]
    intervals = [
        agreeing_interval(x, target, step_alpha=level, firm=bool(sure), floor=floor, top=top)
        for x, target, level, sure in zip(columns_of_points, table["target"], table["step_alpha"], firm, strict=True)
    ]
    table["ci_low"] = [_or_nan(interval.low) for interval in intervals]
    table["ci_high"] = [_or_nan(interval.high) for interval in intervals]
    table["interval_note"] = [interval.note for interval in intervals]
    return table[columns]


def _two_tracks(d: np.ndarray) -> dict[str, Any]:
    """Rank track and mean track of one question, before the correction."""
    if d.size == 0:
        nothing = dict.fromkeys(("p_value", "t_p_value", "statistic", "z"), math.nan)
        counts = dict.fromkeys(("n", "n_used", "zeros", "ties"), 0)
        return {**nothing, **counts, "exactness": "not tested", "method": "not tested: no scores"}
    ranks, means = signed_rank(d), paired_t(d)
    if means.p_value is None:
        mean_p, beside = sign_test(d).p_value, "no spread: sign test"
    else:
        mean_p, beside = means.p_value, means.method
    return {
        "p_value": ranks.p_value,
        "t_p_value": mean_p,
        "statistic": ranks.statistic,
        "z": ranks.z,
        "n": d.size,
        "n_used": ranks.n_used,
        "zeros": ranks.zeros,
        "ties": ranks.ties,
        "exactness": ranks.exactness,
        "method": f"{ranks.method}; {beside}",
    }


def _correct(table: pd.DataFrame, alpha: float, correction: str) -> np.ndarray:
    """Add the adjusted p-values of both tracks; where both pass and point the same way."""
    table["p_adjusted"] = adjust(table["p_value"], correction)
    table["t_p_adjusted"] = adjust(table["t_p_value"], correction)
    same_side = np.sign(table["z"].astype(float)) == np.sign(table["difference"].astype(float).round(DIGITS))
    return ((table["p_adjusted"] <= alpha) & (table["t_p_adjusted"] <= alpha) & same_side).to_numpy(dtype=bool)


def _differences(d: ArrayLike) -> np.ndarray:
    """Without NaN, rounded: 3.1 - 3.0 and 3.3 - 3.2 are the same difference."""
    x = np.asarray(d, dtype=float).ravel()
    # Adding zero turns -0.0 into 0.0.
    return np.round(x[~np.isnan(x)], DIGITS) + 0.0


def _mid_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks within each row, ties sharing their mean rank.

    Pandas ranks like scipy.stats and is loaded anyway; scipy.stats would double a kernel's start.
    """
    return pd.DataFrame(values).rank(axis=1).to_numpy()


def _tied(sizes: np.ndarray) -> int:
    _, counts = np.unique(sizes, return_counts=True)
    return int(counts[counts > 1].sum())


def _t_tail(t: float, df: int, alternative: str) -> float:
    if alternative == "two-sided":
        return float(min(1.0, 2 * special.stdtr(df, -abs(t))))
    return float(special.stdtr(df, -t if alternative == "greater" else t))


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _known(kind: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise UnknownName(kind, name, known)
