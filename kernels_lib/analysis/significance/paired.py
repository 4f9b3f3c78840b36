"""Tests of one sample of differences: of ranks, of signs, of the mean.

signed_rank    Wilcoxon's, exact with ties and zeros
sign_test      exact
paired_t       Student's
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.significance.core import (
    ALTERNATIVES,
    TestResult,
    check_known,
    differences,
    mid_ranks,
    t_tail,
    tied,
)

# The exact distribution of the signed ranks takes 5 ms here and 0.3 s at 500.
EXACT_UP_TO = 200

ZEROS = ("pratt", "wilcox")


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
    check_known("alternative", alternative, ALTERNATIVES)
    check_known("rule for zeros", zeros, ZEROS)
    d = differences(d)
    nonzero = d != 0
    kept = nonzero if zeros == "wilcox" else np.ones(d.size, dtype=bool)
    ranks = mid_ranks(np.abs(d[kept])[None])[0][nonzero[kept]] if kept.any() else np.empty(0)
    positive = d[nonzero] > 0
    m = ranks.size
    rule = {"pratt": "Pratt", "wilcox": "zeros dropped"}[zeros]
    counts: dict[str, Any] = {"n_used": m, "zeros": int(d.size - m), "ties": tied(np.abs(d[nonzero]))}
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
    check_known("alternative", alternative, ALTERNATIVES)
    d = differences(d)
    n = d.size
    counts: dict[str, Any] = {"n_used": n, "zeros": int((d == 0).sum()), "ties": None, "method": "paired t"}
    if n < 2 or np.ptp(d) == 0:
        reason = "fewer than two differences" if n < 2 else "no spread"
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
