"""Two shares of separate groups: do they differ by more than chance.

fisher_exact     both counts known
against_printed  one of the two known only as a rounded share, as published surveys print it
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy import special

from kernels_lib.analysis.significance.core import SMALLEST, TestResult, check_known
from kernels_lib.errors import BadParameters
from kernels_lib.study.language import N_, _

# Tables whose chances differ by rounding only are equally likely, as in R's fisher.test.
_SAME = 1 + 1e-7
ALTERNATIVES = ("two-sided", "greater", "less")

FISHER = N_("Fisher's exact test, two-sided")
PRINTED = N_("Fisher's exact test, two-sided; the largest p of all counts that round to the printed share")


def fisher_exact(count: int, n: int, other: int, other_n: int, alternative: str = "two-sided") -> TestResult:
    """Fisher's exact test of two shares, `count` of `n` against `other` of `other_n`.

    Two-sided: the chance of all tables with the same margins that are no likelier than the one at hand.

    Parameters
    ----------
    count, other : int
        How many have the property.
    n, other_n : int
        Of how many.
    alternative : {"two-sided", "greater", "less"}
        "greater": the first share is the larger one.

    Returns
    -------
    TestResult
        ``statistic`` is `count`; ``smallest_p`` what these margins allow at all.

    Raises
    ------
    BadParameters
        If a count is negative or more than its base.

    References
    ----------
    .. [1] Fisher, R. A. (1935), *The Design of Experiments*, section 7.

    Examples
    --------
    >>> round(fisher_exact(3, 4, 1, 4).p_value, 4)  # (1 + 16 + 16 + 1) / 70
    0.4857
    """
    check_known("alternative", alternative, ALTERNATIVES)
    for part, whole in ((count, n), (other, other_n)):
        if not 0 <= part <= whole:
            raise BadParameters(f"{part} of {whole} is no share.", remedy="A count lies between 0 and its base.")
    total = count + other
    support = np.arange(max(0, total - other_n), min(n, total) + 1)
    if support.size == 1:
        reason = N_("nobody was asked") if not (n and other_n) else N_("everybody gave the same answer")
        return TestResult(float(count), None, None, "not tested", n + other_n, method=_(FISHER), reason=_(reason))
    chances = _chances(support, n, other_n, total)
    at = chances[count - int(support[0])]
    p = {
        "two-sided": chances[chances <= at * _SAME].sum(),
        "greater": chances[support >= count].sum(),
        "less": chances[support <= count].sum(),
    }[alternative]
    ends = {"greater": chances[-1], "less": chances[0]}
    floor = ends.get(alternative, chances[chances <= chances.min() * _SAME].sum())
    return TestResult(
        float(count), None, _bounded(p), "exact", n + other_n, method=_(FISHER), smallest_p=_bounded(floor)
    )


def _chances(support: np.ndarray, n: int, other_n: int, total: int) -> np.ndarray:
    """Hypergeometric chances of each count of the first group; scipy.stats would double a kernel's start."""

    def log_choose(whole: int, part: np.ndarray | int) -> np.ndarray:
        return special.gammaln(whole + 1) - special.gammaln(np.add(part, 1)) - special.gammaln(whole - part + 1)

    logs = log_choose(n, support) + log_choose(other_n, total - support) - log_choose(n + other_n, total)
    chances = np.exp(logs)
    return chances / chances.sum()


def _bounded(p: float) -> float:
    return float(min(1.0, max(p, SMALLEST)))


def printed_counts(share: float, n: int, half: float) -> range:
    """Counts of `n` that round to a printed share; `half` is half a unit of its last digit.

    Examples
    --------
    >>> printed_counts(0.12, 100, 0.005), printed_counts(0.35, 140, 0.005)
    (range(12, 13), range(49, 50))
    """
    low = max(0, math.ceil(round((share - half) * n, 9)))
    high = min(n, math.floor(round((share + half) * n, 9)))
    # A share that no count can give, because it was weighted: the nearest count.
    return range(low, high + 1) if low <= high else range(round(share * n), round(share * n) + 1)


def against_printed(count: int, n: int, share: float, share_n: int, half: float) -> TestResult:
    """`count` of `n` against a share that was printed with so many digits, two-sided.

    The published survey's own count is not known, so the p-value is the largest of all counts that round to
    the printed share: whatever the count was, the true one is no larger.

    Parameters
    ----------
    count, n : int
        The own group.
    share : float
        As printed, in [0, 1].
    share_n : int
        Base of the printed share.
    half : float
        Half a unit of its last digit: 0.005 for 12%.

    Returns
    -------
    TestResult
    """
    found = [fisher_exact(count, n, other, share_n) for other in printed_counts(share, share_n, half)]
    tested = [each for each in found if each.p_value is not None]
    if not tested:
        return found[0]
    worst = max(tested, key=lambda each: each.p_value)
    floor = min(each.smallest_p for each in tested)
    return replace(worst, exactness="worst case", method=_(PRINTED), smallest_p=floor)
