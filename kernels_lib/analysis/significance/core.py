"""What every test shares: its result, and the small sums that several tests need.

A question that cannot be tested has the p-value None and a reason, never NaN.  Differences are
rounded to nine digits before they are ranked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.effects import DIGITS
from kernels_lib.errors import UnknownName

ALTERNATIVES = ("two-sided", "greater", "less")


@dataclass(frozen=True)
class TestResult:
    """One test.

    Attributes
    ----------
    method : str
        The test and its conventions, as a ledger prints them.
    statistic, z, df : float or None
        As the test defines them; None where the test has none.
    p_value : float or None
        In [0, 1]; None where the question cannot be tested, see `reason`.
    exactness : {"exact", "asymptotic", "not tested"}
        A t-test counts as asymptotic: it is exact for normal scores only.
    n_used : int
        Observations that can speak for either side.
    ties, zeros : int or None
        Non-zero differences whose size occurs more than once; differences of zero.
    smallest_p : float or None
        The smallest p-value these n, ties and zeros allow, where the test has such a floor.
    reason : str
        Why there is no p-value, or what was put in its place; empty otherwise.
    """

    __test__ = False  # not a pytest class

    statistic: float | None
    z: float | None
    p_value: float | None
    exactness: str
    n_used: int
    ties: int | None = None
    zeros: int | None = None
    df: float | None = None
    method: str = ""
    smallest_p: float | None = None
    reason: str = ""


def differences(d: ArrayLike) -> np.ndarray:
    """Without NaN, rounded: 3.1 - 3.0 and 3.3 - 3.2 are the same difference."""
    x = np.asarray(d, dtype=float).ravel()
    # Adding zero turns -0.0 into 0.0.
    return np.round(x[~np.isnan(x)], DIGITS) + 0.0


def mid_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks within each row, ties sharing their mean rank.

    Pandas ranks like scipy.stats and is loaded anyway; scipy.stats would double a kernel's start.
    """
    return pd.DataFrame(values).rank(axis=1).to_numpy()


def tied(sizes: np.ndarray) -> int:
    _, counts = np.unique(sizes, return_counts=True)
    return int(counts[counts > 1].sum())


def t_tail(t: float, df: int, alternative: str) -> float:
    if alternative == "two-sided":
        return float(min(1.0, 2 * special.stdtr(df, -abs(t))))
    return float(special.stdtr(df, -t if alternative == "greater" else t))


def or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def check_known(kind: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise UnknownName(kind, name, known)
