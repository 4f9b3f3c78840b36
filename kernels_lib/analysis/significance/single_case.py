"""One case against a small sample of controls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.significance.core import ALTERNATIVES, TestResult, check_known, differences, t_tail


@dataclass(frozen=True)
class CrawfordHowellResult(TestResult):
    """One case against controls.

    Attributes
    ----------
    z_cc : float or None
        Distance from the controls' mean in standard deviations of the controls.
    percent_below : float or None
        Share of the controls' population expected below the case, in percent.
    """

    z_cc: float | None = None
    percent_below: float | None = None


def crawford_howell(case: float, controls: ArrayLike, alternative: str = "two-sided") -> CrawfordHowellResult:
    """One case against a small sample of controls: t = (x - m) / (s sqrt(1 + 1/n)), n - 1 degrees of freedom.

    Parameters
    ----------
    case : float
        The case's score; NaN if it has none.
    controls : array-like
        The others' scores, the case not among them; NaN is left out.
    alternative : {"two-sided", "greater", "less"}

    Returns
    -------
    CrawfordHowellResult
        p-value None with a reason where the controls have no spread or are fewer than two.

    References
    ----------
    .. [1] Crawford, J. R. and Howell, D. C. (1998), *The Clinical Neuropsychologist* 12, 482-486.
       https://doi.org/10.1076/clin.12.4.482.7241

    Examples
    --------
    >>> result = crawford_howell(4.0, [1.0, 2.0, 3.0])  # (4 - 2) / (1 * sqrt(4/3))
    >>> round(result.statistic, 3), result.z_cc
    (1.732, 2.0)
    """
    check_known("alternative", alternative, ALTERNATIVES)
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
    return CrawfordHowellResult(
        statistic=t,
        p_value=t_tail(t, n - 1, alternative),
        exactness="asymptotic",
        df=n - 1,
        z_cc=z_cc,
        percent_below=100 * float(special.stdtr(n - 1, t)),
        **common,
    )
