"""Tests of one sample of differences: of ranks, of signs, of the mean.

signed_rank       Wilcoxon's, exact with ties and zeros
sign_test         exact
paired_t          Student's
sign_flip_mean    the mean again, without a normal distribution: exact over all sign flips
tost              whether a difference is small enough not to matter
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis import counting
from kernels_lib.analysis.effects import DIGITS
from kernels_lib.analysis.significance.core import (
    ALTERNATIVES,
    NO_SPREAD,
    TestResult,
    by_tails,
    check_known,
    corrected,
    differences,
    mid_ranks,
    normal_tail,
    t_tail,
    tied,
)
from kernels_lib.errors import BadParameters
from kernels_lib.study.language import N_, _

# The exact distribution of the signed ranks takes 5 ms here and 0.3 s at 500.
EXACT_UP_TO = 200

ZEROS = ("pratt", "wilcox", "zsplit")
RULE_NAMES = {"pratt": N_("Pratt"), "wilcox": N_("zeros dropped"), "zsplit": N_("zeros split")}
TRACKS = ("mean", "rank")

# Sign flips: the distribution holds one number for every possible sum ...
FLIP_SUMS_UP_TO = 2_000_000
# ... or else both halves of the differences are enumerated, 2^20 sums each.
FLIP_HALVES_UP_TO = 40


@dataclass(frozen=True)
class SignedRankResult(TestResult):
    """Wilcoxon's signed-rank test.

    Attributes
    ----------
    statistic_minus : float or None
        Rank sum of the negative differences; `statistic` is that of the positive ones.
    """

    statistic_minus: float | None = None


@dataclass(frozen=True)
class EquivalenceResult(TestResult):
    """Two one-sided tests.

    Attributes
    ----------
    margin : float
        Points: differences closer to zero than this do not matter.
    equivalent : bool or None
        Whether the p-value is at most alpha; None where it cannot be tested.
    effect : float or None
        Mean difference, in points.
    ci_low, ci_high : float or None
        t interval at level 1 - 2 alpha; equivalent when it lies within the margins.
    """

    margin: float = 0.0
    equivalent: bool | None = None
    effect: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None


def signed_rank(
    d: ArrayLike,
    zeros: str = "pratt",
    alternative: str = "two-sided",
    *,
    exact: bool | None = None,
    correction: bool = False,
) -> SignedRankResult:
    """Wilcoxon's signed-rank test, exact in the presence of ties and zeros.

    The p-value is conditional on the ranks at hand: each non-zero difference is as likely to be
    positive as negative.  Its distribution is built by convolution over doubled mid-ranks, which
    are whole numbers, so ties cost nothing.  (`scipy.stats.wilcoxon(method="exact")` ignores ties
    and zeros.)

    Parameters
    ----------
    d : array-like
        Differences; NaN is left out.
    zeros : {"pratt", "wilcox", "zsplit"}
        Pratt ranks the zeros and then drops them; Wilcoxon drops them first.  "zsplit" ranks them
        and gives half of their ranks to either side: the exact p-value is Pratt's, the normal one
        is larger, because it counts the zeros' ranks as if they could have fallen on one side.
    alternative : {"two-sided", "greater", "less"}
        Greater: differences tend to be positive.  Two-sided is twice the smaller tail, at most 1.
    exact : bool, optional
        Default: exact up to 200 differences, beyond it normal with the exact conditional variance.
    correction : bool
        Continuity correction of one half of the normal p-value and its z; the exact one has none.

    Returns
    -------
    SignedRankResult
        ``statistic`` is the rank sum of the positive differences, ``z`` the standardised sum of
        signed ranks.  No non-zero difference: p-value 1.

    References
    ----------
    .. [1] Pratt, J. W. (1959), Remarks on zeros and ties in the Wilcoxon signed rank procedures,
       *JASA* 54, 655-667.

    Examples
    --------
    >>> signed_rank([1, 2, 3, 4]).p_value  # all four positive: 2 / 2^4
    0.125
    """
    check_known("alternative", alternative, ALTERNATIVES)
    check_known("rule for zeros", zeros, ZEROS)
    d = differences(d)
    nonzero = d != 0
    if zeros == "wilcox":
        d, nonzero, dropped = d[nonzero], nonzero[nonzero], int(d.size - nonzero.sum())
    else:
        dropped = 0
    ranks = np.rint(2 * mid_ranks(np.abs(d)[None])[0]).astype(int)
    doubled, positive = ranks[nonzero], d[nonzero] > 0
    m = doubled.size
    rule = _(RULE_NAMES[zeros])
    counts: dict[str, Any] = {"n_used": m, "zeros": dropped + d.size - m, "ties": tied(doubled)}
    split = int(ranks[~nonzero].sum()) / 4 if zeros == "zsplit" else 0.0
    if m == 0:
        return SignedRankResult(
            statistic=split,
            statistic_minus=split,
            z=0.0,
            p_value=1.0,
            exactness="exact",
            method=_("signed rank ({rule}), exact").format(rule=rule),
            smallest_p=1.0,
            reason="no difference at all" if dropped + d.size else "no data",
            **counts,
        )

    reached, total = int(doubled[positive].sum()), int(doubled.sum())
    use_exact = dropped + d.size <= EXACT_UP_TO if exact is None else exact
    kept = ranks if zeros == "zsplit" else doubled
    # In single ranks: W+ lies `distance` from its mean, with a quarter of the squares as variance.
    distance, deviation = (2 * reached - total) / 4, math.sqrt(float(kept @ kept)) / 4
    if correction and not use_exact:
        distance = corrected(distance, alternative)
    z = distance / deviation
    p = by_tails(*_tails(doubled, reached), alternative) if use_exact else normal_tail(z, alternative)
    return SignedRankResult(
        statistic=reached / 2 + split,
        statistic_minus=(total - reached) / 2 + split,
        z=z,
        p_value=p,
        exactness="exact" if use_exact else "asymptotic",
        method=_(
            "signed rank ({rule}), exact"
            if use_exact
            else "signed rank ({rule}), normal, exact conditional variance, continuity correction"
            if correction
            else "signed rank ({rule}), normal, exact conditional variance"
        ).format(rule=rule),
        smallest_p=_smallest(m, alternative),
        **counts,
    )


def _tails(units: np.ndarray, reached: int) -> tuple[float, float]:
    """Chances that fair signs give a sum of at least, and of at most, what was reached."""
    common = int(np.gcd.reduce(units))
    share = counting.sign_flips(units // common)
    at = reached // common
    return float(share[at:].sum()), float(share[: at + 1].sum())


def _smallest(m: int, alternative: str) -> float:
    """All `m` differences on one side."""
    return min(1.0, (2.0 if alternative == "two-sided" else 1.0) * 0.5**m)


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
    check_known("alternative", alternative, ALTERNATIVES)
    d = differences(d)
    n = d.size
    counts: dict[str, Any] = {"n_used": n, "zeros": int((d == 0).sum()), "ties": None, "method": _("paired t")}
    if n < 2 or np.ptp(d) == 0:
        reason = _("fewer than two differences") if n < 2 else _(NO_SPREAD)
        return TestResult(statistic=None, z=None, p_value=None, exactness="not tested", reason=reason, **counts)

    t = float(d.mean() / (d.std(ddof=1) / math.sqrt(n)))
    return TestResult(
        statistic=t, z=None, p_value=t_tail(t, n - 1, alternative), exactness="asymptotic", df=n - 1, **counts
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
    check_known("alternative", alternative, ALTERNATIVES)
    d = differences(d)
    positive, m = int((d > 0).sum()), int((d != 0).sum())
    # A fair coin: at least k heads of m is as likely as at most m - k.
    upper, lower = float(special.bdtr(m - positive, m, 0.5)), float(special.bdtr(positive, m, 0.5))
    return TestResult(
        statistic=float(positive),
        z=(2 * positive - m) / math.sqrt(m) if m else 0.0,
        p_value=by_tails(upper, lower, alternative) if m else 1.0,
        exactness="exact",
        n_used=m,
        zeros=d.size - m,
        method=_("sign test, exact"),
        smallest_p=_smallest(m, alternative),
        reason="" if m else ("no difference at all" if d.size else "no data"),
    )


def sign_flip_mean(d: ArrayLike, alternative: str = "two-sided") -> TestResult:
    """Test of the mean without a normal distribution: each difference could as well have had the other sign.

    Exact over all sign flips: by convolution where the differences are multiples of a unit that is
    not too small (half points), by enumerating both halves up to 40 differences otherwise.  Larger
    samples in tiny units get the normal approximation with the exact conditional variance, and
    ``exactness`` says so.

    Parameters
    ----------
    d : array-like
        Differences; NaN is left out.
    alternative : {"two-sided", "greater", "less"}

    Returns
    -------
    TestResult
        ``statistic`` is the sum of the positive differences.  No non-zero difference: p-value 1.

    References
    ----------
    .. [1] Fisher, R. A. (1935), *The Design of Experiments*, section 21.

    Examples
    --------
    >>> sign_flip_mean([1, 2, -1]).p_value  # sums of at least 3 of 1, 2, 1: 3 of 8 flips, doubled
    0.75
    """
    check_known("alternative", alternative, ALTERNATIVES)
    d = differences(d)
    nonzero = d[d != 0]
    m = nonzero.size
    counts: dict[str, Any] = {"n_used": m, "zeros": int(d.size - m), "smallest_p": _smallest(m, alternative)}
    if m == 0:
        return TestResult(
            statistic=0.0,
            z=0.0,
            p_value=1.0,
            exactness="exact",
            method="sign flips of the mean, exact",
            reason="no difference at all" if d.size else "no data",
            **counts,
        )

    units, positive = _in_units(nonzero), nonzero > 0
    reached = int(units[positive].sum())
    z = float(nonzero.sum() / math.sqrt(float(nonzero @ nonzero)))
    exactness, how = "exact", "exact"
    if int(units.sum()) <= FLIP_SUMS_UP_TO:
        p = by_tails(*_tails(units, reached), alternative)
    elif m <= FLIP_HALVES_UP_TO:
        p = by_tails(*_tails_of_halves(units, reached), alternative)
    else:
        p, exactness, how = normal_tail(z, alternative), "asymptotic", "normal, exact conditional variance"
    return TestResult(
        statistic=float(nonzero[positive].sum()),
        z=z,
        p_value=p,
        exactness=exactness,
        method=f"sign flips of the mean, {how}",
        **counts,
    )


def _in_units(d: np.ndarray) -> np.ndarray:
    """Sizes of the differences in whole multiples of the largest unit that measures them all."""
    sizes = np.abs(d)
    # Nine digits, unless the numbers are so large that their sum would leave 64 bits.
    digits = min(DIGITS, math.floor(18 - math.log10(float(sizes.sum()))))
    whole = np.rint(sizes * 10.0**digits).astype(np.int64)
    return whole // np.gcd.reduce(whole)


def _tails_of_halves(units: np.ndarray, reached: int) -> tuple[float, float]:
    """As `_tails`, for any sizes: all sums of one half are looked up among all sums of the other."""
    ordered = np.sort(units)
    first, second = _all_sums(ordered[::2]), np.sort(_all_sums(ordered[1::2]))
    below = np.searchsorted(second, reached - first, side="left").sum()
    up_to = np.searchsorted(second, reached - first, side="right").sum()
    flips = first.size * second.size
    return float((flips - below) / flips), float(up_to / flips)


def _all_sums(sizes: np.ndarray) -> np.ndarray:
    sums = np.zeros(1, dtype=np.int64)
    for size in sizes:
        sums = np.concatenate([sums, sums + size])
    return sums


def tost(d: ArrayLike, margin: float, *, alpha: float = 0.05, track: str = "mean") -> EquivalenceResult:
    """Whether a difference is too small to matter: two one-sided tests against both margins.

    "Not significant" does not show that nothing is there; this does.  The p-value is the larger of
    the two, for "above -margin" and for "below +margin".

    Parameters
    ----------
    d : array-like
        Differences; NaN is left out.
    margin : float
        Points, positive, declared before the data are seen.
    alpha : float
        Level of the test; the interval has the level 1 - 2 alpha.
    track : {"mean", "rank"}
        Student's t, or the exact signed-rank test (Pratt) against either margin.

    Returns
    -------
    EquivalenceResult
        Where all differences are equal there is no t-test: p-value None with the reason
        ``"no spread"``.

    References
    ----------
    .. [1] Schuirmann, D. J. (1987), *Journal of Pharmacokinetics and Biopharmaceutics* 15, 657-680.
       https://doi.org/10.1007/BF01068419

    Examples
    --------
    >>> tost([-0.25, 0.0, 0.0, 0.25], 0.5).equivalent
    True
    """
    check_known("track", track, TRACKS)
    if not margin > 0:
        raise BadParameters(f"margin {margin:g}.", remedy="A margin is a positive number of points, such as 0.5.")
    if not 0 < alpha < 0.5:
        raise BadParameters(f"alpha {alpha:g}.", remedy="Alpha lies between 0 and 0.5, such as 0.05.")
    x = differences(d)
    if track == "mean":
        above, below = paired_t(x + margin, "greater"), paired_t(x - margin, "less")
    else:
        above, below = signed_rank(x + margin, alternative="greater"), signed_rank(x - margin, alternative="less")
    # The side that is harder to show decides.
    decisive = below if above.p_value is None or (below.p_value or 0) > above.p_value else above
    decided = decisive.p_value is not None and x.size > 0
    half = math.nan
    if x.size > 1:
        half = float(-special.stdtrit(x.size - 1, alpha) * x.std(ddof=1) / math.sqrt(x.size))
    mean = float(x.mean()) if x.size else None
    return EquivalenceResult(
        statistic=decisive.statistic if decided else None,
        z=None,
        p_value=decisive.p_value if decided else None,
        exactness=decisive.exactness if decided else "not tested",
        n_used=decisive.n_used,
        zeros=int((x == 0).sum()),
        df=decisive.df if decided else None,
        method=f"two one-sided tests within {margin:g}: {decisive.method}",
        reason=decisive.reason if x.size else "no data",
        margin=float(margin),
        equivalent=bool(decisive.p_value <= alpha) if decided else None,
        effect=mean,
        ci_low=None if math.isnan(half) or mean is None else mean - half,
        ci_high=None if math.isnan(half) or mean is None else mean + half,
    )
