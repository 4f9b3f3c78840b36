"""Tests of several criteria scored on the same brands (blocks)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.effects import DIGITS
from kernels_lib.analysis.significance.core import TestResult, mid_ranks


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

    ranks = mid_ranks(points)
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
