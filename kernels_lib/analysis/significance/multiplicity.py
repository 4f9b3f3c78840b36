"""Several tests together: adjusted p-values of one family."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kernels_lib.analysis.effects import CORRECTIONS, numbers_of
from kernels_lib.analysis.significance.core import check_known


def adjust(p_values: ArrayLike, method: str = "holm") -> np.ndarray:
    """Adjusted p-values of one family; reject where they are at most alpha.

    Parameters
    ----------
    p_values : array-like
        None or NaN where nothing was tested.  Such entries do not count as tests, as in R's
        `p.adjust` (statsmodels counts them).
    method : {"holm", "bonferroni", "bh", "none"}

    Returns
    -------
    ndarray of float
        NaN where nothing was tested.

    Examples
    --------
    >>> adjust([0.01, None, 0.03])
    array([0.02,  nan, 0.03])
    """
    check_known("correction", method, CORRECTIONS)
    p = numbers_of(p_values)
    adjusted = p.copy()
    tested = np.flatnonzero(~np.isnan(p))
    m = tested.size
    if m == 0 or method == "none":
        return adjusted

    order = tested[np.argsort(p[tested], kind="stable")]
    ascending = p[order]
    if method == "bonferroni":
        corrected = ascending * m
    elif method == "holm":
        corrected = np.maximum.accumulate(ascending * (m - np.arange(m)))
    else:
        # Where a later, larger p-value passes, so do all smaller ones.
        corrected = np.minimum.accumulate((ascending * m / np.arange(1, m + 1))[::-1])[::-1]
    adjusted[order] = np.minimum(corrected, 1.0)
    return adjusted
