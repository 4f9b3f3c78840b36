"""Tests of several criteria where not every brand was scored on every criterion.

    durbin            cells missing by a balanced design
    skillings_mack    cells missing anyhow

Rows are brands, columns criteria, NaN where a brand was not scored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.effects import DIGITS
from kernels_lib.analysis.significance.blocks import TIES
from kernels_lib.analysis.significance.core import SMALLEST, TestResult, check_known, mid_ranks


@dataclass(frozen=True)
class IncompleteBlocksResult(TestResult):
    """A test of several criteria with missing cells.

    Attributes
    ----------
    dropped : int
        Brands left out: scored on fewer than two criteria.
    criteria_used : tuple of int
        Positions, from 0, of the criteria that were compared.
    """

    dropped: int = 0
    criteria_used: tuple[int, ...] = ()


def _comparable(scores: pd.DataFrame | ArrayLike) -> tuple[np.ndarray, int, np.ndarray, str]:
    """Rounded scores of brands scored at least twice, brands left out, criteria left, why no test is possible."""
    points = np.round(np.atleast_2d(np.asarray(scores, dtype=float)), DIGITS) + 0.0
    kept = (~np.isnan(points)).sum(axis=1) >= 2
    dropped = int((~kept).sum())
    points = points[kept]
    used = np.flatnonzero((~np.isnan(points)).any(axis=0))
    reason = ""
    if used.size < 2:
        reason = "fewer than two criteria scored on the same brand"
    elif len(points) < 2:
        reason = "fewer than two brands scored on two criteria"
    return points[:, used], dropped, used, reason


def durbin(scores: pd.DataFrame | ArrayLike) -> IncompleteBlocksResult:
    """Durbin's test for a balanced incomplete design, Conover's chi-square with ties corrected.

    Every brand is scored on the same number of criteria, every criterion on the same number of
    brands, every pair of criteria on the same number of brands.  With complete cells it is
    Friedman's test.

    Parameters
    ----------
    scores : DataFrame or array-like, shape (n_brands, n_criteria)
        Points; NaN where the design left a cell out.

    Returns
    -------
    IncompleteBlocksResult
        A design that is not balanced is not tested: `skillings_mack` can.

    References
    ----------
    .. [1] Conover, W. J. (1999), *Practical Nonparametric Statistics*, 3rd ed., p. 388.

    Examples
    --------
    >>> durbin([[1, 2, None], [2, None, 5], [None, 3, 4]]).statistic  # rank sums 2, 3, 4
    2.6666666666666665
    """
    points, dropped, used, reason = _comparable(scores)
    present = (~np.isnan(points)).astype(int)
    common: dict[str, Any] = {
        "z": None,
        "n_used": len(points),
        "dropped": dropped,
        "criteria_used": tuple(used.tolist()),
        "method": "Durbin, chi-square, corrected for ties",
    }
    together = present.T @ present
    if not reason and (
        np.ptp(present.sum(axis=1)) > 0
        or np.ptp(np.diag(together)) > 0
        or np.ptp(together[~np.eye(used.size, dtype=bool)]) > 0
    ):
        reason = "the missing cells do not follow a balanced design"
    if reason:
        return IncompleteBlocksResult(statistic=None, p_value=None, exactness="not tested", reason=reason, **common)

    t, k = used.size, int(present[0].sum())
    centred = np.nan_to_num(mid_ranks(points) - (k + 1) / 2)
    spread = float((centred**2).sum())
    if spread == 0:
        reason = "no brand tells the criteria apart"
        return IncompleteBlocksResult(statistic=0.0, p_value=1.0, exactness="exact", df=t - 1, reason=reason, **common)
    statistic = (t - 1) * float((centred.sum(axis=0) ** 2).sum()) / spread
    return IncompleteBlocksResult(
        statistic=statistic,
        p_value=max(float(special.chdtrc(t - 1, statistic)), SMALLEST),
        exactness="asymptotic",
        df=t - 1,
        **common,
    )


def skillings_mack(scores: pd.DataFrame | ArrayLike, *, ties: str = "corrected") -> IncompleteBlocksResult:
    """Friedman's test with missing cells, without leaving a whole brand out for one gap.

    A gap counts as the brand's mean rank; a brand with fewer scores weighs less.  The quadratic
    form in the covariance of the criteria's sums is a chi-square.

    Parameters
    ----------
    scores : DataFrame or array-like, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.  A brand with one score says nothing and is left
        out, as is a criterion that no brand was scored on.
    ties : {"corrected", "uncorrected"}
        Uncorrected, as published, uses the covariance that holds without ties: with ties the
        statistic is then too small.  Corrected, complete tables give Friedman's statistic.

    Returns
    -------
    IncompleteBlocksResult
        Not tested where the criteria fall into sets that no brand links.

    References
    ----------
    .. [1] Skillings, J. H. and Mack, G. A. (1981), On the use of a Friedman-type statistic in
       balanced and unbalanced block designs, *Technometrics* 23, 171-177.
       https://doi.org/10.1080/00401706.1981.10486261

    Examples
    --------
    >>> skillings_mack([[1, 2, 3], [1, 2, 3], [1, 2, None]]).df
    2
    """
    check_known("rule for ties", ties, TIES)
    points, dropped, used, reason = _comparable(scores)
    present = (~np.isnan(points)).astype(float)
    linked = _linked(present) if not reason else True
    common: dict[str, Any] = {
        "z": None,
        "n_used": len(points),
        "dropped": dropped,
        "criteria_used": tuple(used.tolist()),
        "method": f"Skillings-Mack, chi-square, {'' if ties == 'corrected' else 'not '}corrected for ties",
    }
    if not linked:
        reason = "the criteria fall into sets that no brand links"
    if reason:
        return IncompleteBlocksResult(statistic=None, p_value=None, exactness="not tested", reason=reason, **common)

    k = present.sum(axis=1)
    centred = np.nan_to_num(mid_ranks(points) - (k[:, None] + 1) / 2)
    spread = (centred**2).sum(axis=1)
    if spread.sum() == 0:
        reason = "no brand tells the criteria apart"
        return IncompleteBlocksResult(
            statistic=0.0, p_value=1.0, exactness="exact", df=used.size - 1, reason=reason, **common
        )
    sums = (np.sqrt(12 / (k + 1)) @ centred)[:-1]
    # One brand adds k on the diagonal and -1 beside it, less where it ties its scores.
    share = spread / (k * (k**2 - 1) / 12) if ties == "corrected" else np.ones(len(k))
    covariance = np.diag((share * k) @ present) - (present * share[:, None]).T @ present
    # Ties may leave a brand that links two sets without a say: the pseudo-inverse copes.
    statistic = float(sums @ np.linalg.pinv(covariance[:-1, :-1], hermitian=True) @ sums)
    df = int(np.linalg.matrix_rank(covariance[:-1, :-1], hermitian=True))
    return IncompleteBlocksResult(
        statistic=statistic,
        p_value=max(float(special.chdtrc(df, statistic)), SMALLEST),
        exactness="asymptotic",
        df=df,
        **common,
    )


def _linked(present: np.ndarray) -> bool:
    """Whether every criterion can be reached from the first through brands scored on both."""
    together = present.T @ present > 0
    reached = together[0]
    while not np.array_equal(wider := together[reached].any(axis=0), reached):
        reached = wider
    return bool(reached.all())
