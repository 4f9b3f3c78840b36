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

from kernels_lib.analysis.effects import DIGITS, numbers_of
from kernels_lib.errors import BadParameters, UnknownName
from kernels_lib.study.language import N_

ALTERNATIVES = ("two-sided", "greater", "less")

# Why there is no test of means where all values are equal; other functions ask for this reason.
NO_SPREAD = N_("no spread")

# Random tables are drawn in blocks of about this many numbers: 16 MB at a time.
BLOCK = 2_000_000
# Ranking by comparing all pairs is quickest up to here.
COMPARE_UP_TO = 1_000_000
SMALLEST = float(np.finfo(float).tiny)


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
    exactness : {"exact", "asymptotic", "permutation", "not tested"}
        A t-test counts as asymptotic: it is exact for normal scores only.  "permutation": by
        random permutations, so that another seed gives a slightly different p-value.
    n_used : int
        Observations that can speak for either side.
    ties, zeros : int or None
        Non-zero differences whose size occurs more than once; differences of zero.
    smallest_p : float or None
        The smallest p-value these n, ties and zeros allow, where the test has such a floor.
    reason : str
        Why there is no p-value, or what was put in its place; empty otherwise.

    `method` and `reason` come in the reader's language where a report may show them.
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
    """Ranks within each row, ties sharing their mean rank; NaN keeps no rank and takes none."""
    rows, columns = values.shape
    if rows * columns * columns > COMPARE_UP_TO:
        # Pandas ranks like scipy.stats and is loaded anyway; scipy.stats would double a kernel's start.
        return pd.DataFrame(values).rank(axis=1).to_numpy()
    below = (values[:, None, :] < values[:, :, None]).sum(axis=2)
    same = (values[:, None, :] == values[:, :, None]).sum(axis=2)
    ranks = below + (same + 1) / 2
    ranks[np.isnan(values)] = np.nan
    return ranks


def tied(sizes: np.ndarray) -> int:
    _, counts = np.unique(sizes, return_counts=True)
    return int(counts[counts > 1].sum())


def tie_term(values: np.ndarray) -> float:
    """Sum of t^3 - t over the groups of equal values."""
    _, counts = np.unique(values, return_counts=True)
    t = counts.astype(float)
    return float((t**3 - t).sum())


def by_tails(upper: float, lower: float, alternative: str) -> float:
    """The p-value from both tails, each with the observed value; two-sided is twice the smaller."""
    p = {"greater": upper, "less": lower, "two-sided": 2 * min(upper, lower)}[alternative]
    # A tail below 1e-308 is not nothing.
    return float(min(1.0, max(p, SMALLEST)))


def t_tail(t: float, df: float, alternative: str) -> float:
    return by_tails(float(special.stdtr(df, -t)), float(special.stdtr(df, t)), alternative)


def normal_tail(z: float, alternative: str) -> float:
    return by_tails(float(special.ndtr(-z)), float(special.ndtr(z)), alternative)


def corrected(distance: float, alternative: str) -> float:
    """A distance from the mean after the continuity correction of one half, as in R."""
    step = {"greater": 0.5, "less": -0.5, "two-sided": 0.5 * np.sign(distance)}[alternative]
    return float(distance - step)


def permutation_p(reached: int, draws: int) -> float:
    """The observed table counts as one of the draws, hence never 0 (Phipson and Smyth 2010)."""
    return (reached + 1) / (draws + 1)


def blocks_of_draws(draws: int, numbers_per_draw: int) -> list[int]:
    """How many draws to make at a time, so that memory stays small."""
    if draws < 1:
        raise BadParameters(f"{draws} draws.", remedy="A permutation test needs at least one; 9999 is usual.")
    at_once = max(1, BLOCK // max(numbers_per_draw, 1))
    return [min(at_once, draws - start) for start in range(0, draws, at_once)]


def in_groups(values: ArrayLike, groups: ArrayLike) -> dict[object, np.ndarray]:
    """Values by group in order of appearance, without missing values or missing groups."""
    x = np.round(numbers_of(values), DIGITS) + 0.0
    labels = pd.Series(groups, dtype=object)
    if x.size != labels.size:
        raise BadParameters(f"{x.size} values and {labels.size} groups.", remedy="Every value needs its group.")
    present = ~np.isnan(x) & labels.notna().to_numpy()
    codes, names = pd.factorize(labels[present])
    return {name: x[present][codes == code] for code, name in enumerate(names)}


def or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def check_known(kind: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise UnknownName(kind, name, known)


def check_level(level: float) -> None:
    if not 0 < level < 1:
        raise BadParameters(f"level {level:g}.", remedy="A level lies between 0 and 1, such as 0.95.")
