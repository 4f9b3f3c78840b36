"""Analysis of variance of several criteria scored on the same brands: the mean-based twin of Friedman's test.

rm_anova                F, with Greenhouse and Geisser's correction for unequal spreads
rm_anova_permutation    the same F without a normal distribution
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.significance.blocks import BlockPermutationResult, complete_blocks, shuffled_column_sums
from kernels_lib.analysis.significance.core import SMALLEST, TestResult, permutation_p

# Sums of squares below this share of the whole are rounding.
NOTHING = 1e-12


@dataclass(frozen=True)
class RepeatedMeasuresResult(TestResult):
    """F of the criteria, brands as blocks.

    Attributes
    ----------
    df1, df2 : float or None
        Degrees of freedom before the correction.
    epsilon : float or None
        Greenhouse and Geisser's, from 1 / (k-1) to 1; 1 where all differences vary alike.
    p_gg : float or None
        p-value with both degrees of freedom times epsilon; `p_value` assumes epsilon 1.
    effect : float or None
        Partial eta squared: share of the variation within brands that the criteria explain.
    dropped : int
        Brands left out because a score is missing.
    """

    df1: float | None = None
    df2: float | None = None
    epsilon: float | None = None
    p_gg: float | None = None
    effect: float | None = None
    dropped: int = 0


def _sums_of_squares(points: np.ndarray) -> tuple[float, float]:
    """Of the criteria, and of what is left within brands."""
    within = points - points.mean(axis=1, keepdims=True)
    criteria = within.mean(axis=0)
    return len(points) * float(criteria @ criteria), float(((within - criteria) ** 2).sum())


def _greenhouse_geisser(points: np.ndarray) -> float:
    within = points - points.mean(axis=1, keepdims=True)
    covariance = np.atleast_2d(np.cov(within, rowvar=False))
    k = points.shape[1]
    epsilon = float(np.trace(covariance) ** 2 / ((k - 1) * (covariance**2).sum()))
    return min(1.0, max(1 / (k - 1), epsilon))


def rm_anova(scores: pd.DataFrame | ArrayLike) -> RepeatedMeasuresResult:
    """Repeated-measures analysis of variance that all criteria have the same mean.

    Parameters
    ----------
    scores : DataFrame or array-like, shape (n_brands, n_criteria)
        Points.  A brand with a missing score is left out and counted.

    Returns
    -------
    RepeatedMeasuresResult
        All scores of each brand equal: p-values 1.  All brands with the same profile: F would be
        infinite and is not tested.

    References
    ----------
    .. [1] Greenhouse, S. W. and Geisser, S. (1959), On methods in the analysis of profile data,
       *Psychometrika* 24, 95-112.  https://doi.org/10.1007/BF02289823

    Examples
    --------
    >>> result = rm_anova([[1, 2, 4], [2, 2, 3], [1, 3, 5]])
    >>> round(result.statistic, 2), result.df1, result.df2, round(result.epsilon, 3)
    (8.91, 2, 4, 0.519)
    """
    points, dropped, reason = complete_blocks(scores)
    n, k = points.shape
    common: dict[str, Any] = {
        "z": None,
        "n_used": n,
        "dropped": dropped,
        "method": "repeated-measures analysis of variance, Greenhouse-Geisser",
    }
    if not reason:
        criteria, rest = _sums_of_squares(points)
        common |= {"df1": k - 1, "df2": (k - 1) * (n - 1)}
        scale = float((points**2).sum())
        if criteria + rest <= NOTHING * scale:
            reason = "no brand tells the criteria apart"
            return RepeatedMeasuresResult(
                statistic=0.0, p_value=1.0, p_gg=1.0, exactness="exact", reason=reason, **common
            )
        if rest <= NOTHING * scale:
            reason = "all brands have the same profile: nothing is left to compare with"
    if reason:
        return RepeatedMeasuresResult(statistic=None, p_value=None, exactness="not tested", reason=reason, **common)

    f = criteria / (k - 1) / (rest / ((k - 1) * (n - 1)))
    epsilon = _greenhouse_geisser(points)
    return RepeatedMeasuresResult(
        statistic=f,
        p_value=max(float(special.fdtrc(k - 1, (k - 1) * (n - 1), f)), SMALLEST),
        p_gg=max(float(special.fdtrc((k - 1) * epsilon, (k - 1) * (n - 1) * epsilon, f)), SMALLEST),
        epsilon=epsilon,
        effect=criteria / (criteria + rest),
        exactness="asymptotic",
        **common,
    )


def rm_anova_permutation(
    scores: pd.DataFrame | ArrayLike, draws: int, rng: np.random.Generator
) -> BlockPermutationResult:
    """The F of `rm_anova` by permuting each brand's scores: no normal distribution, no sphericity.

    Parameters
    ----------
    scores : DataFrame or array-like, shape (n_brands, n_criteria)
        Points.  A brand with a missing score is left out and counted.
    draws : int
        Random tables, such as 9999.
    rng : numpy Generator
        The only source of chance.

    Returns
    -------
    BlockPermutationResult
        ``statistic`` is F, None where it is infinite; ``effect`` partial eta squared.

    Examples
    --------
    >>> rm_anova_permutation([[1, 2, 3]] * 8, 99, np.random.default_rng(1)).p_value
    0.01
    """
    observed = rm_anova(scores)
    points, dropped, reason = complete_blocks(scores)
    common: dict[str, Any] = {
        "statistic": observed.statistic,
        "z": None,
        "n_used": observed.n_used,
        "effect": observed.effect,
        "draws": draws,
        "dropped": dropped,
        "method": f"repeated-measures F, {draws} permutations within brands",
    }
    if reason:
        return BlockPermutationResult(p_value=None, exactness="not tested", reason=reason, **common)
    if observed.p_value == 1.0 and observed.reason:
        return BlockPermutationResult(p_value=1.0, exactness="exact", reason=observed.reason, **common)

    # Within a brand the sum of squares stays, so F grows with the column sums' squares alone.
    within = points - points.mean(axis=1, keepdims=True)
    reached = float((within.sum(axis=0) ** 2).sum()) * (1 - NOTHING)
    count = sum(int(((sums**2).sum(axis=1) >= reached).sum()) for sums in shuffled_column_sums(within, draws, rng))
    return BlockPermutationResult(
        p_value=permutation_p(count, draws), exactness="permutation", smallest_p=1 / (draws + 1), **common
    )
