"""One case against a small sample of controls.

crawford_howell         a t-test that knows the controls are few
prediction_interval     where one more case of the same kind would lie
percentile_with_ties    the same by ranks
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.effects import DIGITS, Interval
from kernels_lib.analysis.significance.core import (
    ALTERNATIVES,
    TestResult,
    check_known,
    check_level,
    differences,
    t_tail,
)


@dataclass(frozen=True)
class CrawfordHowellResult(TestResult):
    """One case against controls.

    Attributes
    ----------
    z_cc : float or None
        Distance from the controls' mean in standard deviations of the controls.
    ci_low, ci_high : float or None
        Interval of `z_cc`, exact by the noncentral t distribution.
    percent_below : float or None
        Share of the controls' population expected below the case, in percent.
    percent_low, percent_high : float or None
        The normal distribution's shares below `ci_low` and `ci_high`, in percent.
    """

    z_cc: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    percent_below: float | None = None
    percent_low: float | None = None
    percent_high: float | None = None


class Percentile(NamedTuple):
    """Where one case stands among others, by ranks alone.

    Attributes
    ----------
    percent : float or None
        Share of the others below the case, ties counting half, from 0 to 100.
    low, high : float or None
        Interval of that share in the others' population, in percent.
    below, tied, above : int
        Others that scored less, the same, more.
    rank_p : float or None
        Two-sided: how often one of n + 1 alike would stand so far out; ties count as further out.
    smallest_p : float or None
        2 / (n + 1), which no case can go below.
    method : str
        How the interval was found, or why there is none.
    """

    percent: float | None
    low: float | None
    high: float | None
    below: int
    tied: int
    above: int
    rank_p: float | None
    smallest_p: float | None
    method: str


def crawford_howell(
    case: float, controls: ArrayLike, alternative: str = "two-sided", *, level: float = 0.95
) -> CrawfordHowellResult:
    """One case against a small sample of controls: t = (x - m) / (s sqrt(1 + 1/n)), n - 1 degrees of freedom.

    Parameters
    ----------
    case : float
        The case's score; NaN if it has none.
    controls : array-like
        The others' scores, the case not among them; NaN is left out.
    alternative : {"two-sided", "greater", "less"}
    level : float
        Level of the intervals, such as 0.95.

    Returns
    -------
    CrawfordHowellResult
        p-value None with a reason where the controls have no spread or are fewer than two.

    References
    ----------
    .. [1] Crawford, J. R. and Howell, D. C. (1998), *The Clinical Neuropsychologist* 12, 482-486.
       https://doi.org/10.1076/clin.12.4.482.7241
    .. [2] Crawford, J. R. and Garthwaite, P. H. (2002), *Neuropsychologia* 40, 1196-1208 (the
       intervals).  https://doi.org/10.1016/S0028-3932(01)00224-X

    Examples
    --------
    >>> result = crawford_howell(4.0, [1.0, 2.0, 3.0])  # (4 - 2) / (1 * sqrt(4/3))
    >>> round(result.statistic, 3), result.z_cc
    (1.732, 2.0)
    """
    check_known("alternative", alternative, ALTERNATIVES)
    check_level(level)
    x = differences(controls)
    n = x.size
    common: dict[str, Any] = {"z": None, "n_used": n, "method": "Crawford-Howell t"}
    reason = (
        "no score"
        if case is None or math.isnan(case)
        else "fewer than two others"
        if n < 2
        else "no spread"
        if np.ptp(x) == 0
        else ""
    )
    if reason:
        return CrawfordHowellResult(statistic=None, p_value=None, exactness="not tested", reason=reason, **common)

    z_cc = float((case - x.mean()) / x.std(ddof=1))
    t = z_cc / math.sqrt((n + 1) / n)
    low, high = (_noncentrality(z_cc * math.sqrt(n), n - 1, share) / math.sqrt(n) for share in _limits(level))
    return CrawfordHowellResult(
        statistic=t,
        p_value=t_tail(t, n - 1, alternative),
        exactness="asymptotic",
        df=n - 1,
        z_cc=z_cc,
        ci_low=low,
        ci_high=high,
        percent_below=100 * float(special.stdtr(n - 1, t)),
        percent_low=100 * float(special.ndtr(low)),
        percent_high=100 * float(special.ndtr(high)),
        **common,
    )


def _limits(level: float) -> tuple[float, float]:
    """Shares of the noncentral t below the observed one, at the lower and at the upper limit."""
    return (1 + level) / 2, (1 - level) / 2


def _noncentrality(t: float, df: int, share: float) -> float:
    """The noncentrality that leaves `share` of the noncentral t distribution below `t`."""
    found = float(special.nctdtrinc(df, share, t))
    # That inverse is good to six digits; the distribution itself is good to twelve.
    step = 1e-4 * max(1.0, abs(found))
    for _ in range(4):
        here = float(special.nctdtr(df, found, t))
        slope = (float(special.nctdtr(df, found + step, t)) - float(special.nctdtr(df, found - step, t))) / (2 * step)
        if slope == 0 or not math.isfinite(slope):
            break
        found -= (here - share) / slope
    return found


def prediction_interval(mean: float, sd: float, n: int, level: float = 0.95) -> Interval:
    """Where one more value of the same normal population would lie: mean -+ t sd sqrt(1 + 1/n).

    Parameters
    ----------
    mean, sd : float
        Of `n` values; `sd` over n - 1.
    n : int
    level : float
        Such as 0.95.

    Returns
    -------
    Interval
        Limits None for fewer than two values or without a spread.  Not held within any scale.

    References
    ----------
    .. [1] Hahn, G. J. and Meeker, W. Q. (1991), *Statistical Intervals*, section 4.7.

    Examples
    --------
    >>> low, high, _ = prediction_interval(3.0, 1.0, 29)
    >>> round(low, 2), round(high, 2)
    (0.92, 5.08)
    """
    check_level(level)
    if n < 2 or math.isnan(mean) or math.isnan(sd):
        return Interval(None, None, "none: fewer than two scores")
    if sd <= 0:
        return Interval(None, None, "none: no spread")
    half = -float(special.stdtrit(n - 1, (1 - level) / 2)) * sd * math.sqrt(1 + 1 / n)
    return Interval(mean - half, mean + half, "t, one more value")


def percentile_with_ties(case: float, controls: ArrayLike, level: float = 0.95) -> Percentile:
    """Share of the others below the case, ties counting half, with an exact interval.

    The lower limit is Clopper and Pearson's for "strictly below", the upper one theirs for "below or
    the same": whichever way ties are counted, the level is kept.

    Parameters
    ----------
    case : float
        The case's score; NaN if it has none.
    controls : array-like
        The others' scores, the case not among them; NaN is left out.
    level : float
        Such as 0.95.

    Returns
    -------
    Percentile
        None where the case has no score or there are no others.

    Examples
    --------
    >>> result = percentile_with_ties(4, [1, 2, 4, 5])  # 2 below, 1 tied: 2.5 of 4
    >>> result.percent, result.smallest_p
    (62.5, 0.4)
    """
    check_level(level)
    x = differences(controls)
    n = x.size
    if case is None or math.isnan(case) or n == 0:
        reason = "none: no others" if n == 0 else "none: no score"
        return Percentile(None, None, None, 0, 0, 0, None, 2 / (n + 1) if n else None, reason)
    case = round(float(case), DIGITS)
    below, tied, above = int((x < case).sum()), int((x == case).sum()), int((x > case).sum())
    tail = (1 - level) / 2
    low = float(special.betaincinv(below, n - below + 1, tail)) if below else 0.0
    high = float(special.betaincinv(below + tied + 1, above, 1 - tail)) if above else 1.0
    return Percentile(
        percent=100 * (below + tied / 2) / n,
        low=100 * low,
        high=100 * high,
        below=below,
        tied=tied,
        above=above,
        rank_p=min(1.0, 2 * (min(below, above) + tied + 1) / (n + 1)),
        smallest_p=min(1.0, 2 / (n + 1)),
        method="mid-rank, Clopper-Pearson limits",
    )
