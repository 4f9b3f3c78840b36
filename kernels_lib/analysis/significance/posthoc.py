"""Pairs of criteria after Friedman's test, by mean ranks.

For checking against published numbers only: such tests let the other criteria decide whether two
of them differ (Benavoli, Corani and Mangili 2016), which `families.pairwise` does not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.significance.blocks import complete_blocks
from kernels_lib.analysis.significance.core import SMALLEST, check_known, mid_ranks, normal_tail, t_tail
from kernels_lib.analysis.significance.multiplicity import adjust

METHODS = ("nemenyi", "conover", "siegel", "exact")


@dataclass(frozen=True)
class PosthocResult:
    """All pairs of criteria.

    Attributes
    ----------
    pairs : DataFrame
        ``first``, ``second`` (positions from 0), ``z`` (first less second, standardised; of
        "conover" it is t), ``p_value``, ``p_adjusted``; NaN where not tested.
    critical_q, critical_difference : float or None
        Nemenyi's: the studentised range over the square root of 2, and the distance of mean ranks
        from which on two criteria differ at `alpha`.
    reason : str
        Why nothing could be tested; empty otherwise.
    """

    pairs: pd.DataFrame
    critical_q: float | None = None
    critical_difference: float | None = None
    reason: str = ""


def friedman_posthoc(
    scores: pd.DataFrame | ArrayLike, method: str = "nemenyi", adjustment: str = "holm", *, alpha: float = 0.05
) -> PosthocResult:
    """Every pair of criteria by their mean ranks within brands.

    * nemenyi: the studentised range, which holds the whole family's level without an adjustment;
    * conover: t with (n-1)(k-1) degrees of freedom, corrected for ties;
    * siegel: normal, not corrected for ties;
    * exact: the exact distribution of the difference of two rank sums without ties.

    Parameters
    ----------
    scores : DataFrame or array-like, shape (n_brands, n_criteria)
        Points.  A brand with a missing score is left out.
    method : {"nemenyi", "conover", "siegel", "exact"}
    adjustment : str
        As for `adjust`; not used by "nemenyi".
    alpha : float
        Level of the critical difference.

    Returns
    -------
    PosthocResult

    References
    ----------
    .. [1] Conover, W. J. (1999), *Practical Nonparametric Statistics*, 3rd ed., p. 371.
    .. [2] Eisinga, R., Heskes, T., Pelzer, B. and Te Grotenhuis, M. (2017), Exact p-values for
       pairwise comparison of Friedman rank sums, *BMC Bioinformatics* 18, 68.
       https://doi.org/10.1186/s12859-017-1486-2

    Examples
    --------
    >>> result = friedman_posthoc([[1, 2], [1, 2], [1, 2]], "exact", "none")  # rank sums 3 and 6
    >>> result.pairs["p_value"].tolist()  # 2 / 2^3
    [0.25]
    """
    check_known("method", method, METHODS)
    points, _, reason = complete_blocks(scores)
    n, k = points.shape
    pairs = pd.DataFrame(list(combinations(range(k), 2)), columns=["first", "second"])
    if reason:
        return PosthocResult(pairs.assign(z=np.nan, p_value=np.nan, p_adjusted=np.nan), reason=reason)

    ranks = mid_ranks(points)
    sums = ranks.sum(axis=0)
    apart = sums[pairs["first"]] - sums[pairs["second"]]
    # Standard deviation of a difference of two rank sums without ties.
    deviation = math.sqrt(n * k * (k + 1) / 6)
    z = apart / deviation
    if method == "conover":
        left = 2 * (n * float((ranks**2).sum()) - float(sums @ sums)) / ((n - 1) * (k - 1))
        if left <= 1e-9:
            return PosthocResult(
                pairs.assign(z=np.nan, p_value=np.nan, p_adjusted=np.nan),
                reason="all brands rank the criteria alike: nothing is left to compare with",
            )
        z = apart / math.sqrt(left)
        p = [t_tail(value, (n - 1) * (k - 1), "two-sided") for value in z]
    elif method == "siegel":
        p = [normal_tail(value, "two-sided") for value in z]
    elif method == "exact":
        p = _exact(np.abs(apart), n, k)
    else:
        p = [max(_range_tail(abs(value) * math.sqrt(2), k), SMALLEST) for value in z]
    pairs = pairs.assign(z=z, p_value=p)
    pairs["p_adjusted"] = pairs["p_value"] if method == "nemenyi" else adjust(pairs["p_value"], adjustment)
    if method != "nemenyi":
        return PosthocResult(pairs)
    q = _range_quantile(alpha, k) / math.sqrt(2)
    return PosthocResult(pairs, critical_q=q, critical_difference=q * deviation / n)


def _exact(distances: np.ndarray, n: int, k: int) -> list[float]:
    """Chances that two rank sums of n brands are at least so far apart."""
    steps = np.abs(np.arange(-(k - 1), k))
    # Within a brand two criteria never share a rank.
    one = np.where(steps == 0, 0.0, (k - steps) / (k * (k - 1)))
    share = np.ones(1)
    for _ in range(n):
        share = np.convolve(share, one)
    middle = n * (k - 1)
    # Mid-ranks can leave a distance between two whole numbers: the next one counts.
    ceilings = np.ceil(distances - 1e-9).astype(int)
    return [1.0 if d == 0 else float(min(1.0, max(2 * share[middle + d :].sum(), SMALLEST))) for d in ceilings]


def _range_tail(q: float, k: int) -> float:
    """Chance that the range of k standard normal values exceeds q."""
    if q <= 0:
        return 1.0
    nodes, weights = _legendre()
    # The least of the k lies between -9 and 9.
    x = 9 * nodes
    density = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    # The others all above it, less the others all within q: as a difference of powers it is lost in
    # rounding, so it is summed up from its factors.
    above, within = special.ndtr(-x), special.ndtr(x + q) - special.ndtr(x)
    powers = sum(above ** (k - 2 - i) * within**i for i in range(k - 1))
    return float(9 * k * (weights @ (density * special.ndtr(-x - q) * powers)))


@cache
def _legendre() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(200)


def _range_quantile(alpha: float, k: int) -> float:
    low, high = 0.0, 40.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if _range_tail(middle, k) > alpha else (low, middle)
    return low
