"""How large a difference a number of brands can find, by formula.

    mde_dz          smallest difference that is found with a given power, in standard deviations
    brands_needed   brands for a difference, a spread and a power
    first_step      what the smallest possible p-value allows

Power belongs to a plan: nothing here looks at the p-values of a study.  (The power to find what
was found says nothing that the p-value did not say.)  `planning` asks the same by simulation.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

from kernels_lib.analysis.power_t import t_power
from kernels_lib.analysis.significance.core import check_known
from kernels_lib.errors import BadParameters

# Relative efficiency of the signed-rank test on normal differences: 3 / pi.
RANK_EFFICIENCY = 3 / math.pi
TESTS = ("paired_t", "signed_rank")


class FirstStep(NamedTuple):
    """Whether a test can pass the first step of Holm's correction at all.

    Attributes
    ----------
    smallest_p : float
        Smallest two-sided p-value of a signed-rank or sign test.
    level : float
        alpha / comparisons.
    can_pass : bool
    pairs_needed : int
        Fewest brands with a non-zero difference whose smallest p-value passes.
    """

    smallest_p: float
    level: float
    can_pass: bool
    pairs_needed: int


class BrandsNeeded(NamedTuple):
    """Closed-form answers, rounded up; None where no number reaches the power."""

    paired_t: int | None
    signed_rank: int | None


@cache
def mde_dz(n: int, alpha: float, power: float, *, test: str = "paired_t") -> float | None:
    """Minimum detectable effect: the mean difference, in standard deviations of the differences.

    From the noncentral t, findings on the wrong side not counted; for the signed-rank test divided
    by the root of its relative efficiency on normal differences, 3/pi.  Multiply by the standard
    deviation to get points.

    Parameters
    ----------
    n : int
        Brands.
    alpha : float
        Two-sided level of the single test: alpha / m for Holm's first of m.
    power : float
        Wanted probability of a p-value of at most alpha, above alpha and below 1.
    test : {"paired_t", "signed_rank"}

    Returns
    -------
    float or None
        None with fewer than two brands, and for the signed-rank test where even its smallest
        possible p-value is above alpha.

    Raises
    ------
    BadParameters
        If alpha or power is out of range.

    Examples
    --------
    >>> [round(mde_dz(30, 0.05 / m, 0.8), 2) for m in (1, 8, 28)]
    [0.53, 0.7, 0.79]
    """
    check_known("test", test, TESTS)
    check_power(alpha, power)
    if n < 2 or (test == "signed_rank" and smallest_p(n) > alpha):
        return None

    def too_small(effect: float) -> bool:
        # Both sides at alpha are one side at half of it, but for a false finding on the wrong side:
        # less than one in a million at powers worth planning for, and left out by R too.
        return t_power("paired", effect, 1.0, alpha / 2, "one-sided", n=n).power < power

    low, high = 0.0, 1.0
    while too_small(high):
        low, high = high, 2 * high
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if too_small(middle) else (low, middle)
    return high / math.sqrt(RANK_EFFICIENCY) if test == "signed_rank" else high


def smallest_p(m: int) -> float:
    """Smallest two-sided p-value of a signed-rank or sign test with `m` non-zero differences.

    Examples
    --------
    >>> smallest_p(5)  # five brands can never reach .05
    0.0625
    """
    return min(1.0, 2 * 0.5 ** max(m, 0))


def first_step(m: int, alpha: float, comparisons: int) -> FirstStep:
    """Whether `m` non-zero differences can pass the first step of Holm's correction at all.

    Parameters
    ----------
    m : int
        Brands with a non-zero difference.
    alpha : float
        Level of the family.
    comparisons : int
        Tests in the family.

    Examples
    --------
    >>> first_step(10, 0.05, 28).can_pass, first_step(10, 0.05, 28).pairs_needed
    (False, 11)
    """
    level = step_level(alpha, comparisons)
    needed = max(1, math.ceil(1 - math.log2(level)))
    return FirstStep(smallest_p(m), level, smallest_p(m) <= level, needed)


def brands_needed(effect: float, sd: float, power: float, alpha: float, comparisons: int = 1) -> BrandsNeeded:
    """Brands that a paired comparison needs, by the closed form for normal differences.

    Parameters
    ----------
    effect : float
        True mean difference in points, not 0.
    sd : float
        Standard deviation of the brands' differences, in points, above 0.
    power : float
        Above alpha and below 1.
    alpha : float
        Level of the family.
    comparisons : int
        Tests in the family; the answer is for Holm's first step.

    Returns
    -------
    BrandsNeeded
        The signed-rank test needs pi/3 times as many as the t-test, and never fewer than its
        smallest p-value asks for.

    Examples
    --------
    >>> brands_needed(1.0, 1.5, 0.8, 0.05)
    BrandsNeeded(paired_t=20, signed_rank=21)
    """
    level = step_level(alpha, comparisons)
    check_power(level, power)
    # One side at half the level, as in `mde_dz`.
    n = t_power("paired", abs(effect), sd, level / 2, "one-sided", power=power).n
    if n is None:
        return BrandsNeeded(None, None)
    return BrandsNeeded(
        math.ceil(n - 1e-9),
        max(math.ceil(n / RANK_EFFICIENCY - 1e-9), first_step(0, alpha, comparisons).pairs_needed),
    )


def step_level(alpha: float, comparisons: int) -> float:
    """Level of Holm's first step: alpha / comparisons.

    Raises
    ------
    BadParameters
        For fewer than one comparison, or an alpha that is not between 0 and 1.
    """
    if comparisons < 1:
        raise BadParameters(f"comparisons {comparisons} is not 1 or more.", remedy="Count the tests of the family.")
    if not 0 < alpha < 1:
        raise BadParameters(f"alpha {alpha:g} is not between 0 and 1.", remedy="0.05 is usual.")
    return alpha / comparisons


def check_power(level: float, power: float) -> None:
    if not 0 < level < 1:
        raise BadParameters(f"alpha {level:g} is not between 0 and 1.", remedy="0.05 is usual.")
    if not level < power < 1:
        raise BadParameters(f"power {power:g} is not between {level:.3g} and 1.", remedy="0.8 and 0.9 are usual.")
