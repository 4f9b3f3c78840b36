"""Whether two columns rise together, by ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kernels_lib.analysis import counting
from kernels_lib.analysis.effects import DIGITS, numbers_of
from kernels_lib.analysis.significance.core import (
    ALTERNATIVES,
    TestResult,
    by_tails,
    check_known,
    mid_ranks,
    normal_tail,
    t_tail,
)
from kernels_lib.errors import BadParameters

KINDS = ("kendall", "spearman")
# Exact: Spearman's distribution over 2^n subsets, Kendall's without ties by counting inversions
# (any n), with ties over all n! orders.
SPEARMAN_UP_TO = 12
KENDALL_UP_TO = 200
KENDALL_TIES_UP_TO = 8


@dataclass(frozen=True)
class RankCorrelationResult(TestResult):
    """A rank correlation.

    Attributes
    ----------
    effect : float or None
        Kendall's tau-b or Spearman's rho, from -1 to 1.
    """

    effect: float | None = None


def rank_correlation(
    x: ArrayLike, y: ArrayLike, kind: str = "kendall", alternative: str = "two-sided", *, exact: bool | None = None
) -> RankCorrelationResult:
    """Kendall's tau-b or Spearman's rho, tested over all orders of one column beside the other.

    Parameters
    ----------
    x, y : array-like of equal length
        A pair with NaN is left out.
    kind : {"kendall", "spearman"}
    alternative : {"two-sided", "greater", "less"}
        Greater: the columns rise together.  Two-sided is twice the smaller tail.
    exact : bool, optional
        Default and True: exact as far as it can be counted (Spearman up to 12 pairs; Kendall up to
        200 pairs without ties, up to 8 with), beyond it asymptotic.  ``exactness`` says which.

    Returns
    -------
    RankCorrelationResult
        ``statistic`` is the number of concordant pairs, or Spearman's sum of squared differences of
        ranks.  A constant column has no correlation: p-value None.

    References
    ----------
    .. [1] Kendall, M. G. (1970), *Rank Correlation Methods*, 4th ed.

    Examples
    --------
    >>> result = rank_correlation([1, 2, 3, 4], [1, 3, 2, 4])  # 5 of 6 pairs concordant
    >>> result.statistic, round(result.effect, 4), round(result.p_value, 4)
    (5.0, 0.6667, 0.3333)
    """
    check_known("kind", kind, KINDS)
    check_known("alternative", alternative, ALTERNATIVES)
    first, second = (np.round(numbers_of(column), DIGITS) + 0.0 for column in (x, y))
    if first.size != second.size:
        raise BadParameters(f"{first.size} and {second.size} values.", remedy="Correlated columns are equally long.")
    both = ~(np.isnan(first) | np.isnan(second))
    first, second = first[both], second[both]
    n = first.size
    reason = "fewer than three pairs" if n < 3 else ""
    if not reason and (np.ptp(first) == 0 or np.ptp(second) == 0):
        reason = "a column is constant"
    if reason:
        return RankCorrelationResult(
            statistic=None, z=None, p_value=None, exactness="not tested", n_used=n, method=kind, reason=reason
        )
    test = _kendall if kind == "kendall" else _spearman
    return test(first, second, alternative, exact is not False)


def _kendall(x: np.ndarray, y: np.ndarray, alternative: str, exact: bool) -> RankCorrelationResult:
    n = x.size
    i, j = np.triu_indices(n, 1)
    in_x, in_y = np.sign(x[i] - x[j]), np.sign(y[i] - y[j])
    products = in_x * in_y
    score = int(products.sum())
    common: dict[str, Any] = {
        "statistic": float((products > 0).sum()),
        "n_used": n,
        "effect": float(score / math.sqrt(float((in_x != 0).sum()) * float((in_y != 0).sum()))),
    }
    ties = bool((in_x == 0).any() or (in_y == 0).any())
    z = score / math.sqrt(_kendall_variance(x, y))
    if exact and not ties and n <= KENDALL_UP_TO:
        share = _concordant_pairs(n)
        at = (i.size + score) // 2
        upper, lower = float(share[at:].sum()), float(share[: at + 1].sum())
    elif exact and n <= KENDALL_TIES_UP_TO:
        upper, lower = _by_all_orders(x, y, score)
    else:
        p = normal_tail(z, alternative)
        return RankCorrelationResult(z=z, p_value=p, exactness="asymptotic", method="Kendall's tau-b, normal", **common)
    p = by_tails(upper, lower, alternative)
    return RankCorrelationResult(z=z, p_value=p, exactness="exact", method="Kendall's tau-b, exact", **common)


def _kendall_variance(x: np.ndarray, y: np.ndarray) -> float:
    """Of concordant less discordant pairs, given the ties."""
    n = x.size
    t, u = (np.unique(column, return_counts=True)[1].astype(float) for column in (x, y))

    def weigh(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) * (2 * counts + 5)).sum())

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1)).sum())

    def triples(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) * (counts - 2)).sum())

    plain = (n * (n - 1) * (2 * n + 5) - weigh(t) - weigh(u)) / 18
    return plain + pairs(t) * pairs(u) / (2 * n * (n - 1)) + triples(t) * triples(u) / (9 * n * (n - 1) * (n - 2))


def _concordant_pairs(n: int) -> np.ndarray:
    """Probability of every number of concordant pairs among n without ties, all orders alike."""
    share = np.ones(1)
    for size in range(2, n + 1):
        # The newest value forms 0 to size - 1 concordant pairs with the earlier ones, each as likely.
        share = np.convolve(share, np.full(size, 1 / size))
    return share


def _by_all_orders(x: np.ndarray, y: np.ndarray, score: int) -> tuple[float, float]:
    i, j = np.triu_indices(x.size, 1)
    in_x = np.sign(x[i] - x[j])
    orders = np.array(list(permutations(range(x.size))))
    scores = (np.sign(y[orders[:, i]] - y[orders[:, j]]) * in_x).sum(axis=1)
    return float((scores >= score).mean()), float((scores <= score).mean())


def _spearman(x: np.ndarray, y: np.ndarray, alternative: str, exact: bool) -> RankCorrelationResult:
    n = x.size
    rank_x, rank_y = mid_ranks(x[None])[0], mid_ranks(y[None])[0]
    centred_x, centred_y = rank_x - (n + 1) / 2, rank_y - (n + 1) / 2
    rho = float(centred_x @ centred_y / math.sqrt(float(centred_x @ centred_x) * float(centred_y @ centred_y)))
    rho = max(-1.0, min(1.0, rho))
    common: dict[str, Any] = {"statistic": float(((rank_x - rank_y) ** 2).sum()), "n_used": n, "effect": rho, "z": None}
    if exact and n <= SPEARMAN_UP_TO:
        doubled_x, doubled_y = (np.rint(2 * r).astype(int) - 2 for r in (rank_x, rank_y))
        share = counting.permutations(doubled_x, doubled_y)
        at = int(doubled_x @ doubled_y)
        p = by_tails(float(share[at:].sum()), float(share[: at + 1].sum()), alternative)
        return RankCorrelationResult(p_value=p, exactness="exact", method="Spearman's rho, exact", **common)
    if np.array_equal(centred_x, centred_y) or np.array_equal(centred_x, -centred_y):
        # t is infinite.  Orders that only swap tied values agree as well as the observed one.
        _, tied = np.unique(x, return_counts=True)
        one = math.exp(sum(math.lgamma(t + 1) for t in tied.tolist()) - math.lgamma(n + 1))
        p = by_tails(one if rho > 0 else 1.0, 1.0 if rho > 0 else one, alternative)
        reason = "the ranks agree throughout: exact p-value"
        return RankCorrelationResult(p_value=p, exactness="exact", method="Spearman's rho", reason=reason, **common)
    t = rho * math.sqrt((n - 2) / (1 - rho**2))
    p = t_tail(t, n - 2, alternative)
    return RankCorrelationResult(p_value=p, exactness="asymptotic", method="Spearman's rho, t", df=n - 2, **common)
