"""What changed from one wave to the next, criterion by criterion.

    wave_change     one row a criterion, whichever brands the two waves share
    overlap_t       mean track where the waves share some brands only
    overlap_ranks   rank track where the waves share some brands only

Brands scored in both waves are compared with themselves; brands scored in one wave count too, as
members of that wave.  No brand is left out for having been scored once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.agreement import minimal_detectable_change
from kernels_lib.analysis.counting import sign_flips, subset_sums
from kernels_lib.analysis.effects import CROWDED, DIGITS, FEW, end_point_p, mean_interval
from kernels_lib.analysis.significance.core import NO_SPREAD, TestResult, differences, mid_ranks, or_nan, t_tail
from kernels_lib.analysis.significance.groups import brunner_munzel, mann_whitney, welch_t
from kernels_lib.analysis.significance.multiplicity import adjust
from kernels_lib.analysis.significance.paired import EXACT_UP_TO, paired_t, sign_test, signed_rank
from kernels_lib.errors import BadData
from kernels_lib.study.language import _

COLUMNS = [
    "design", "n_before", "n_after", "n_both", "mean_before", "mean_after", "change", "ci_low", "ci_high",
    "hodges_lehmann", "p_value", "p_adjusted", "t_p_value", "t_p_adjusted", "holds", "at_top_before",
    "at_floor_before", "mdc", "exactness", "method", "interval_method", "note", "reason",
]  # fmt: skip

# Subsets of a hundred brands are counted in a tenth of a second; of two hundred in two.
SINGLES_EXACT_UP_TO = 100

# So many scores of a wave say on which scale it was scored, and so large a share of the other lies above the middle.
LEAST_SCORES = 20
FAR_SHARE = 0.2


def other_scale(before: pd.DataFrame, after: pd.DataFrame, *, floor: float, top: float) -> str:
    """Which wave looks as if it was scored on a shorter scale: ``"before"``, ``"after"``, or empty for neither.

    Zero to four read as zero to ten makes every brand rise.  A wave of at least 20 scores none of which lies
    above the middle of the scale, beside one with a fifth of its scores there, is taken for such a wave; only
    criteria that both have count.

    Parameters
    ----------
    before, after : DataFrame, index brand, one column a criterion
        Points; NaN where a brand was not scored.
    floor, top : float
        Ends of the scale.

    Examples
    --------
    >>> low, high = pd.DataFrame({"a": [0.0, 4.0] * 20}), pd.DataFrame({"a": [0.0, 10.0] * 20})
    >>> other_scale(low, high, floor=0, top=10), other_scale(high, low, floor=0, top=10)
    ('before', 'after')
    >>> other_scale(low, high / 2.5, floor=0, top=4)
    ''
    """
    both = [c for c in before.columns if c in after.columns and before[c].notna().any() and after[c].notna().any()]
    middle = (floor + top) / 2
    shares = []
    for frame in (before, after):
        values = frame[both].to_numpy(dtype=float)
        values = values[~np.isnan(values)]
        if values.size < LEAST_SCORES:
            return ""
        shares.append(float((values > middle).mean()))
    for short, long, name in ((shares[0], shares[1], "before"), (shares[1], shares[0], "after")):
        if short == 0 and long >= FAR_SHARE:
            return name
    return ""


def wave_change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    alpha: float,
    correction: str = "holm",
    floor: float,
    top: float,
    level: float = 0.95,
    draws: int = 2000,
    rng: np.random.Generator,
    sem: Mapping[str, float] | float | None = None,
) -> pd.DataFrame:
    """Change of every criterion's mean between two waves, tested by ranks and by means.

    =================  ==========================================  ================================
    brands             rank track                                  mean track
    =================  ==========================================  ================================
    the same           signed rank (Pratt, exact)                  paired t
    all different      Brunner-Munzel; below 10 brands in a wave   Welch's t
                       exact Mann-Whitney
    partly the same    `overlap_ranks`                             `overlap_t`
    =================  ==========================================  ================================

    The design is decided criterion by criterion, from the brands that have a score.  A change is
    firm only if both tracks pass after the correction over all tested criteria and point the same
    way.  Where a mean track does not exist, because there is no spread or a single score, an exact
    test of ranks or signs stands in for it, and `method` says so; without spread the exact
    end-point test of the means must pass as well, because eight equal scores say little about a mean.

    Parameters
    ----------
    before, after : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.  Brands are matched by the index.
    alpha : float
        Level of the family.
    correction : {"holm", "bonferroni", "bh", "none"}
    floor, top : float
        Ends of the scale.
    level : float
        Of each interval by itself: intervals are not corrected for the number of criteria.
    draws : int
        Bootstrap samples.
    rng : numpy Generator
    sem : mapping of str to float, or float, optional
        Standard error of measurement of one brand's score, in points.

    Returns
    -------
    DataFrame, index: criterion, those of `after` first
        * ``design``: ``"paired"``, ``"unpaired"``, ``"partly overlapping"``, or empty if untested
        * ``n_before``, ``n_after``, ``n_both``: brands with a score
        * ``mean_before``, ``mean_after``, ``change``: points; over all brands of each wave
        * ``ci_low``, ``ci_high``, ``interval_method``: of the change; bootstrap (BCa), or Gaffke's
          where a wave has fewer than 10 brands or most of them sit on an end of the scale
        * ``hodges_lehmann``: points; median of all changes that one brand, or two brands of which
          each was scored once, can show
        * ``p_value``, ``p_adjusted``: ranks; ``t_p_value``, ``t_p_adjusted``: means; NaN untested
        * ``holds``: ``"firm"`` or ``"unresolved"``
        * ``at_top_before``, ``at_floor_before``: brands that could not rise, or fall
        * ``mdc``: smallest change of one brand beyond its error of measurement (95 %), points; NaN
          without `sem`
        * ``exactness``, ``method`` (of the ranks; of the means), ``note``
        * ``reason``: completes "cannot be tested: ..."; empty where it was tested

    Raises
    ------
    BadData
        If a brand stands twice in a wave.
    """
    for name, wave in (("before", before), ("after", after)):
        if not wave.index.is_unique:
            twice = wave.index[wave.index.duplicated()][0]
            raise BadData(f"'{twice}' stands twice in the wave {name}.", remedy="Keep one row a brand.")
    criteria = [*after.columns, *(c for c in before.columns if c not in after.columns)]
    brands = after.index.union(before.index, sort=False)
    rows = []
    for criterion in criteria:
        x, y = (
            wave[criterion].reindex(brands).to_numpy(dtype=float) if criterion in wave else None
            for wave in (before, after)
        )
        error = sem.get(criterion) if isinstance(sem, Mapping) else sem
        row = _row(x, y, floor, top, level, draws, rng)
        row["mdc"] = math.nan if error is None or math.isnan(error) else minimal_detectable_change(error)
        rows.append(row)

    table = pd.DataFrame(rows, index=pd.Index(criteria, name="criterion"), columns=[*COLUMNS, "rank_side"])
    for p in ("p", "t_p"):
        table[f"{p}_adjusted"] = adjust(table[f"{p}_value"], correction)
    passed = (table["p_adjusted"] <= alpha) & (table["t_p_adjusted"] <= alpha)
    same_side = np.sign(table["rank_side"].astype(float)) == np.sign(table["change"].astype(float).round(DIGITS))
    table["holds"] = np.where(passed & same_side, "firm", "unresolved")
    return table[COLUMNS]


def overlap_t(before: ArrayLike, after: ArrayLike) -> TestResult:
    """t-test of a change of means where only some brands were scored twice; separate variances.

    The change is the difference of the plain means that each wave publishes.  Its variance is
    Welch's minus the part that the brands scored twice take away, by their correlation; the degrees
    of freedom lie between those of the paired test and Welch's.  With all brands scored twice this
    is the paired t-test, with none Welch's.  It was chosen over a mixed model because it asks for
    no equal variances and no optimiser, and because its estimate is the figure in the report; a
    mixed model uses the pairs somewhat better.

    Parameters
    ----------
    before, after : array-like, shape (n_brands,)
        One entry a brand; NaN where a brand was not scored in that wave.

    Returns
    -------
    TestResult
        p-value None with fewer than two scores in a wave or without any spread.  Where fewer than
        two brands were scored twice, or these have no spread, the correlation counts as 0.

    References
    ----------
    .. [1] Derrick, B., Russ, B., Toher, D. and White, P. (2017), Test statistics for the comparison
       of means for two samples that include both paired and independent observations, *Journal of
       Modern Applied Statistical Methods* 16(1), 137-157.
       https://doi.org/10.22237/jmasm/1493597280

    Examples
    --------
    >>> nan = math.nan
    >>> result = overlap_t([1, 2, 3, 4, nan, nan], [2, 4, 4, 6, 5, 7])
    >>> round(result.statistic, 3), round(result.df, 3)
    (4.696, 3.963)
    """
    x, y = _waves(before, after)
    both = ~np.isnan(x) & ~np.isnan(y)
    all_x, all_y = x[~np.isnan(x)], y[~np.isnan(y)]
    n_x, n_y, pairs = all_x.size, all_y.size, int(both.sum())
    common: dict[str, Any] = {"n_used": int((~np.isnan(x) | ~np.isnan(y)).sum()), "method": _("partly overlapping t")}
    if min(n_x, n_y) < 2 or np.ptp(all_x) == np.ptp(all_y) == 0:
        reason = _("fewer than two scores in a wave") if min(n_x, n_y) < 2 else _(NO_SPREAD)
        return TestResult(statistic=None, z=None, p_value=None, exactness="not tested", reason=reason, **common)

    sd_x, sd_y = all_x.std(ddof=1), all_y.std(ddof=1)
    r = 0.0
    if pairs >= 2 and np.ptp(x[both]) > 0 and np.ptp(y[both]) > 0:
        r = float(np.corrcoef(x[both], y[both])[0, 1])
    part_x, part_y = sd_x**2 / n_x, sd_y**2 / n_y
    variance = part_x + part_y - 2 * r * pairs * sd_x * sd_y / (n_x * n_y)
    if variance <= 1e-12 * (part_x + part_y):
        reason = _(NO_SPREAD)
        return TestResult(statistic=None, z=None, p_value=None, exactness="not tested", reason=reason, **common)

    welch_df = (part_x + part_y) ** 2 / (part_x**2 / (n_x - 1) + part_y**2 / (n_y - 1))
    singles = n_x + n_y - 2 * pairs
    df = welch_df
    if pairs:
        df = (pairs - 1) + (welch_df - pairs + 1) / (n_x + n_y) * singles
    t = float((all_y.mean() - all_x.mean()) / math.sqrt(variance))
    p = t_tail(t, df, "two-sided")
    return TestResult(statistic=t, z=None, p_value=p, exactness="asymptotic", df=float(df), **common)


def overlap_ranks(before: ArrayLike, after: ArrayLike) -> TestResult:
    """Rank test of a shift where only some brands were scored twice.

    The signed-rank sum of the brands scored twice (Pratt) plus the Mann-Whitney count of those
    scored once: both count pairs of observations that favour the later wave, so that their sum is
    a natural whole, and the Hodges-Lehmann estimate in `wave_change` is the shift that balances it.
    The p-value is exact and conditional on the ranks, ties and zeros included: signs of the changes
    are fair coins, and any of the brands scored once may belong to either wave.

    Like every rank-sum test it presumes that, without a change, the two waves are spread alike; the
    mean track does not, and a finding needs both.

    Parameters
    ----------
    before, after : array-like, shape (n_brands,)
        One entry a brand; NaN where a brand was not scored in that wave.

    Returns
    -------
    TestResult
        ``statistic`` is the rank sum of rises plus the Mann-Whitney count; ``n_used`` leaves out
        zeros, and all brands scored once where only one wave has such brands: they then have
        nobody to be compared with.  Exact with at most 200 pairs and 100 others, else normal with
        the exact conditional variance.

    References
    ----------
    .. [1] Dubnicka, S. R., Blair, R. C. and Hettmansperger, T. P. (2002), Rank-based procedures for
       mixed paired and two-sample designs, *Journal of Modern Applied Statistical Methods* 1(1),
       32-41. https://doi.org/10.22237/jmasm/1020254460

    Examples
    --------
    >>> nan = math.nan
    >>> overlap_ranks([1, 1, nan, 2], [2, 3, 4, nan]).p_value  # two rises, one later brand above: 2 / (4 * 2)
    0.25
    """
    x, y = _waves(before, after)
    both = ~np.isnan(x) & ~np.isnan(y)
    d = differences(y[both] - x[both])
    only_x, only_y = x[np.isnan(y) & ~np.isnan(x)], y[np.isnan(x) & ~np.isnan(y)]
    if only_x.size == 0 or only_y.size == 0:
        only_x = only_y = np.empty(0)

    # Twice the mid-ranks are whole numbers; a sum of either kind is counted in these units.
    of_pairs = np.rint(2 * mid_ranks(np.abs(d)[None])[0][d != 0]).astype(int) if d.size else np.empty(0, dtype=int)
    singles = np.concatenate([only_y, only_x])
    of_singles = np.rint(2 * mid_ranks(singles[None])[0]).astype(int) if singles.size else np.empty(0, dtype=int)
    later = only_y.size
    reached = int(of_pairs[d[d != 0] > 0].sum() + of_singles[:later].sum())
    n, m = singles.size, of_pairs.size
    expected = of_pairs.sum() / 2 + (later * of_singles.mean() if n else 0.0)
    variance = float((of_pairs**2).sum()) / 4
    if n:
        variance += later * (n - later) / n * float(of_singles.var(ddof=1))
    exact = d.size <= EXACT_UP_TO and n <= SINGLES_EXACT_UP_TO
    common: dict[str, Any] = {
        "statistic": (reached - later * (later + 1)) / 2,
        "n_used": m + n,
        "zeros": int(d.size - m),
        "method": _("signed ranks and rank sum together, exact")
        if exact
        else _("signed ranks and rank sum together, normal"),
    }
    if variance == 0:
        return TestResult(z=0.0, p_value=1.0, exactness="exact", reason="no difference at all", **common)

    z = float((reached - expected) / math.sqrt(variance))
    if exact:
        share = np.convolve(sign_flips(of_pairs), subset_sums(of_singles, later))
        p = 2 * min(float(share[reached:].sum()), float(share[: reached + 1].sum()))
        return TestResult(z=z, p_value=min(1.0, p), exactness="exact", **common)
    return TestResult(z=z, p_value=float(2 * special.ndtr(-abs(z))), exactness="asymptotic", **common)


def _waves(before: ArrayLike, after: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.round(np.asarray(wave, dtype=float).ravel(), DIGITS) + 0.0 for wave in (before, after))


def _row(
    x: np.ndarray | None,
    y: np.ndarray | None,
    floor: float,
    top: float,
    level: float,
    draws: int,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """One criterion; `x` and `y` are aligned by brand, None where the wave does not have the criterion."""
    missing = "before" if x is None else "after" if y is None else ""
    absent = np.empty(0)
    x, y = _waves(absent if x is None else x, absent if y is None else y)
    all_x, all_y = x[~np.isnan(x)], y[~np.isnan(y)]
    row: dict[str, Any] = {
        "design": "",
        "n_before": all_x.size,
        "n_after": all_y.size,
        "n_both": 0,
        "mean_before": float(all_x.mean()) if all_x.size else math.nan,
        "mean_after": float(all_y.mean()) if all_y.size else math.nan,
        "at_top_before": int((all_x == round(top, DIGITS)).sum()),
        "at_floor_before": int((all_x == round(floor, DIGITS)).sum()),
        **dict.fromkeys(("change", "ci_low", "ci_high", "hodges_lehmann", "p_value", "t_p_value"), math.nan),
        "rank_side": math.nan,
        "exactness": "not tested",
        "method": "",
        "interval_method": "",
        "note": "",
        "reason": "",
    }
    if missing:
        row["reason"] = _(
            "the wave before does not have this criterion"
            if missing == "before"
            else "the wave after does not have this criterion"
        )
    elif all_x.size == 0 or all_y.size == 0:
        row["reason"] = _(
            "no brand was scored in the wave before" if all_x.size == 0 else "no brand was scored in the wave after"
        )
    if row["reason"]:
        return row

    both = ~np.isnan(x) & ~np.isnan(y)
    row["n_both"] = int(both.sum())
    row["change"] = float(round(all_y.mean() - all_x.mean(), DIGITS)) + 0.0
    if np.ptp(all_x) == np.ptp(all_y) == 0 and all_x[0] == all_y[0]:
        row["note"] = f"every brand has {all_x[0]:g} in both waves"
    if both.sum() == all_x.size == all_y.size:
        found = _paired(y[both] - x[both], floor, top)
        interval = mean_interval(
            y[both] - x[both], level=level, floor=floor - top, top=top - floor, draws=draws, rng=rng
        )
    else:
        found = _partly(x, y, floor, top) if both.any() else _unpaired(all_x, all_y, floor, top)
        interval = _change_interval(x, y, floor, top, level, draws, rng)
    row |= {key: value for key, value in found.items() if key != "note"}
    row["note"] = "; ".join(filter(None, [row["note"], found.get("note", "")]))
    row |= {"ci_low": or_nan(interval[0]), "ci_high": or_nan(interval[1]), "interval_method": interval[2]}
    row["hodges_lehmann"] = _shift(x, y)
    return row


def _tracks(design: str, ranks: TestResult, means: TestResult, instead: TestResult, at_ends: float) -> dict[str, Any]:
    """Both tracks of one criterion.

    `instead` stands in for means that cannot be tested, and `at_ends`, the exact p-value for means
    without spread, beside it: the larger one counts.
    """
    beside, p = means.method, means.p_value
    if p is None:
        beside, p = f"{means.reason}: {instead.method}", instead.p_value
        if means.reason == _(NO_SPREAD):
            beside, p = _("{method} and exact end-point test").format(method=beside), max(p, at_ends)
    return {
        "design": design,
        "p_value": ranks.p_value,
        "t_p_value": p,
        "exactness": ranks.exactness,
        "method": f"{ranks.method}; {beside}",
    }


def _paired(d: np.ndarray, floor: float, top: float) -> dict[str, Any]:
    d = differences(d)
    ranks = signed_rank(d)
    at_ends = end_point_p(float(d[0]), d.size, 0.0, floor - top, top - floor)
    return {**_tracks("paired", ranks, paired_t(d), sign_test(d), at_ends), "rank_side": ranks.z}


def _unpaired(x: np.ndarray, y: np.ndarray, floor: float, top: float) -> dict[str, Any]:
    counted = mann_whitney(y, x)
    ranks = counted if min(x.size, y.size) < FEW else brunner_munzel(y, x)
    side = float(np.sign(y[:, None] - x[None, :]).sum())
    found = _tracks("unpaired", ranks, welch_t(y, x), counted, _end_points_p(x, y, floor, top))
    return {**found, "rank_side": side}


def _end_points_p(x: np.ndarray, y: np.ndarray, floor: float, top: float) -> float:
    """Exact p-value for two waves whose means have no spread: twice that at which their intervals part.

    Both intervals hold together with the sum of their error rates, so each has half of it, whether
    or not the waves share brands.
    """
    low, high = sorted([(float(x[0]), x.size), (float(y[0]), y.size)])
    if low[0] == high[0]:
        return 1.0
    left, right = low[0], high[0]
    for __ in range(60):
        between = (left + right) / 2
        of_low, of_high = (end_point_p(*wave, between, floor, top) for wave in (low, high))
        left, right = (between, right) if of_low > of_high else (left, between)
    return min(1.0, 2 * max(of_low, of_high))


def _partly(x: np.ndarray, y: np.ndarray, floor: float, top: float) -> dict[str, Any]:
    ranks = overlap_ranks(x, y)
    at_ends = _end_points_p(x[~np.isnan(x)], y[~np.isnan(y)], floor, top)
    found = _tracks("partly overlapping", ranks, overlap_t(x, y), ranks, at_ends)
    once = [int((~np.isnan(a) & np.isnan(b)).sum()) for a, b in ((x, y), (y, x))]
    if min(once) == 0:
        found["note"] = "only one wave has brands scored once: the ranks compare the others alone, the means use all"
    return {**found, "rank_side": ranks.z}


def _shift(x: np.ndarray, y: np.ndarray) -> float:
    """Median of the Walsh averages of the changes and of the gaps between brands scored once."""
    both = ~np.isnan(x) & ~np.isnan(y)
    d = y[both] - x[both]
    i, j = np.triu_indices(d.size)
    only_x, only_y = x[np.isnan(y) & ~np.isnan(x)], y[np.isnan(x) & ~np.isnan(y)]
    gaps = np.concatenate([(d[i] + d[j]) / 2, (only_y[:, None] - only_x[None, :]).ravel()])
    return float(np.round(np.median(gaps), DIGITS)) + 0.0


def _change_interval(
    x: np.ndarray, y: np.ndarray, floor: float, top: float, level: float, draws: int, rng: np.random.Generator
) -> tuple[float, float, str]:
    """Interval of the difference of two means whose brands are not all the same."""
    waves = [wave[~np.isnan(wave)] for wave in (x, y)]
    crowd = max(float((wave == end).mean()) for wave in waves for end in (floor, top))
    if min(wave.size for wave in waves) < FEW or crowd > CROWDED or all(np.ptp(wave) == 0 for wave in waves):
        low, high, method = *_gaffke_change(*waves, floor, top, level, draws, rng), "Gaffke, wave by wave"
    else:
        low, high, method = *_bca_change(x, y, level, draws, rng), "BCa bootstrap"
    return float(max(floor - top, low)), float(min(top - floor, high)), method


def _gaffke_change(
    x: np.ndarray, y: np.ndarray, floor: float, top: float, level: float, draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    # Each wave at its worst end of the scale; independent weights leave out what pairs would save.
    lowest, highest = [], []
    for wave in (np.sort(x), np.sort(y)):
        weights = rng.dirichlet(np.ones(wave.size + 1), size=draws)
        inner = weights[:, :-1] @ wave
        lowest.append(inner + weights[:, -1] * floor)
        highest.append(inner + weights[:, -1] * top)
    return (
        float(np.quantile(lowest[1] - highest[0], (1 - level) / 2)),
        float(np.quantile(highest[1] - lowest[0], (1 + level) / 2)),
    )


def _bca_change(
    x: np.ndarray, y: np.ndarray, level: float, draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Brands are drawn, each with whatever scores it has."""
    in_x, in_y = ~np.isnan(x), ~np.isnan(y)
    held_x, held_y = np.where(in_x, x, 0.0), np.where(in_y, y, 0.0)
    drawn = rng.multinomial(x.size, np.full(x.size, 1 / x.size), size=draws)
    n_x, n_y = drawn @ in_x, drawn @ in_y
    some = (n_x > 0) & (n_y > 0)
    changes = (drawn @ held_y)[some] / n_y[some] - (drawn @ held_x)[some] / n_x[some]
    mean_x, mean_y = held_x.sum() / in_x.sum(), held_y.sum() / in_y.sum()

    changes, change = np.round(changes, DIGITS), round(mean_y - mean_x, DIGITS)
    bias = special.ndtri(((changes < change).mean() + (changes <= change).mean()) / 2)
    pull = in_y * (held_y - mean_y) / in_y.sum() - in_x * (held_x - mean_x) / in_x.sum()
    acceleration = (pull**3).sum() / (6 * (pull**2).sum() ** 1.5)
    shifted = bias + special.ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    low, high = np.quantile(changes, special.ndtr(bias + shifted / (1 - acceleration * shifted)))
    return float(low), float(high)
