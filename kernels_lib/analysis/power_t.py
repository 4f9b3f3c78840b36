"""Power of Student's t tests, and the number of brands that a power needs.

Nothing here looks at data: power belongs to a plan, not to a result.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy import special

from kernels_lib.analysis.significance.core import check_known
from kernels_lib.errors import BadParameters

DESIGNS = ("two-sample", "paired", "one-sample")
SIDES = ("two-sided", "one-sided")

# Beyond this shift the far tail is below 1e-22 (it is less than that of the normal), and scipy's
# noncentral t is NaN there for some degrees of freedom.
_NO_FAR_TAIL = 10.0
_FEWEST = 2.0
_MOST = 1e9


class TPower(NamedTuple):
    """Power and number of brands that belong together; one of them None with a `reason`.

    Attributes
    ----------
    power : float or None
        Probability, in [0, 1], of a p-value of at most alpha.
    n : float or None
        Brands (pairs of scores for a paired test, brands *per group* for two samples); not rounded
        where it was asked for.
    reason : str
        Why there is no number; empty otherwise.
    """

    power: float | None
    n: float | None
    reason: str = ""


def t_power(
    design: str,
    delta: float,
    sd: float,
    alpha: float,
    alternative: str = "two-sided",
    n: float | None = None,
    power: float | None = None,
) -> TPower:
    """Power of a t test with `n` brands, or the `n` that gives a power, from the noncentral t.

    The shift of the noncentral t is delta/sd sqrt(n) with n - 1 degrees of freedom (one sample,
    pairs), or delta/sd sqrt(n/2) with 2(n - 1) (two samples of n each).  Two-sided, both tails
    count; R's ``power.t.test`` leaves out the far one unless told ``strict=TRUE``.

    Parameters
    ----------
    design : {"two-sample", "paired", "one-sample"}
    delta : float
        True difference of means, in points.  One-sided, the test looks for positive differences.
    sd : float
        Standard deviation in points: of the scores, or of the differences of pairs.
    alpha : float
        Level of the test, between 0 and 1.
    alternative : {"two-sided", "one-sided"}
    n, power : float, optional
        Exactly one of the two; the other is computed.

    Returns
    -------
    TPower
        `n` is None where no number of brands reaches the power, as for delta = 0; it is 2, the
        fewest a t test works with, where even these reach it.

    Raises
    ------
    BadParameters
        If neither or both of `n` and `power` are given, or a number is outside its range.
    UnknownName
        For an unknown design or alternative.

    References
    ----------
    .. [1] Cohen, J. (1988), *Statistical Power Analysis for the Behavioral Sciences*, chapter 2.

    Examples
    --------
    >>> round(t_power("two-sample", 1, 1, 0.05, n=20).power, 4)
    0.869
    >>> round(t_power("two-sample", 1, 1, 0.05, power=0.9).n, 2)
    22.02
    """
    _check(design, delta, sd, alpha, alternative, n, power)
    if power is None:
        return TPower(_power(design, delta / sd, alpha, alternative, n), float(n))

    def reached(size: float) -> float:
        return _power(design, delta / sd, alpha, alternative, size) - power

    if reached(_FEWEST) >= 0:
        return TPower(float(power), _FEWEST)
    high = 2 * _FEWEST
    while high < _MOST and reached(high) < 0:
        high *= 2
    if reached(high) < 0:
        return TPower(float(power), None, f"no number of brands up to {_MOST:,.0f} reaches this power")
    # Power grows with n, so that halving the interval ends at the one crossing.
    low = high / 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) < 0 else (low, middle)
    return TPower(float(power), (low + high) / 2)


def _power(design: str, d: float, alpha: float, alternative: str, n: float) -> float:
    shift = d * math.sqrt(n / 2 if design == "two-sample" else n)
    df = 2 * (n - 1) if design == "two-sample" else n - 1
    if alternative == "one-sided":
        return _above(df, shift, -special.stdtrit(df, alpha))
    critical = -special.stdtrit(df, alpha / 2)
    return min(1.0, _above(df, abs(shift), critical) + _above(df, -abs(shift), critical))


def _above(df: float, shift: float, critical: float) -> float:
    """P(T > critical) for a noncentral t; computed in the lower tail, where small values keep their digits."""
    if shift < -_NO_FAR_TAIL and critical >= 0:
        return 0.0
    above = float(special.nctdtr(df, -shift, -critical))
    # In the far tail of few degrees of freedom scipy loses the number; nothing of it is left there.
    return 0.0 if math.isnan(above) and shift < 0 else above


def _check(
    design: str, delta: float, sd: float, alpha: float, alternative: str, n: float | None, power: float | None
) -> None:
    check_known("design", design, DESIGNS)
    check_known("alternative", alternative, SIDES)
    if (n is None) == (power is None):
        raise BadParameters("power needs exactly one of n and power.", remedy="Give one; the other is computed.")
    wrong = [
        f"{name} {value} is not {wanted}"
        for name, value, wanted, good in (
            ("delta", delta, "a finite difference", math.isfinite(delta)),
            ("sd", sd, "above 0", 0 < sd < math.inf),
            ("alpha", alpha, "between 0 and 1", 0 < alpha < 1),
            ("n", n, "2 or more", n is None or 2 <= n < math.inf),
            ("power", power, "between 0 and 1", power is None or 0 < power < 1),
        )
        if not good
    ]
    if wrong:
        raise BadParameters("; ".join(wrong) + ".")
