"""The two paired tests on thousands of samples at once: one sample a row, one p-value a row.

Made for simulation.  A study's own questions are tested in `significance`, one by one and with
everything a ledger needs; the p-values here are the same numbers (tests hold them together).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from kernels_lib.analysis.effects import DIGITS

# Beyond this many differences the exact distribution costs more than it tells; see `signed_rank_p`.
EXACT_UP_TO = 60
# Within these factors of a level the decision is left to the exact distribution; the approximation
# was off by at most 1.25 at 21 differences and 1.15 at 30.
_BAND, _BAND_FROM_30 = 2.5, 1.5
# Below this many differences the approximation that finds the band is not to be trusted either.
_ALL_EXACT_UP_TO = 20
# Cosines that are worked on together: they stay in the processor's cache.
_CHUNK = 32_768


def signed_rank_p(d: np.ndarray, *, level: float | None = None) -> np.ndarray:
    """Two-sided p-values of Wilcoxon's signed-rank test (Pratt), exact with ties and zeros.

    The distribution of a sum of signed ranks is inverted from its characteristic function, a
    product of cosines, at as many frequencies as the sum has values: a finite Fourier transform,
    exact to about 1e-14.  Beyond 60 differences the p-value is the normal's with the exact
    conditional variance and the fourth-cumulant term of Edgeworth's series; it is within 6 % of the
    exact one there.

    Parameters
    ----------
    d : ndarray, shape (n_samples, n)
        Differences, none missing.
    level : float, optional
        The level at which the p-values will be decided.  Given it, p-values that are clearly on one
        side of it stay approximate (never at 20 differences or fewer), which saves most of the time.

    Returns
    -------
    ndarray, shape (n_samples,)

    Examples
    --------
    >>> signed_rank_p(np.array([[1.0, 2, 3, 4], [0, 0, 0, 0], [-1, 2, 3, 4]]))
    array([0.125, 1.   , 0.25 ])
    """
    d = np.round(np.atleast_2d(np.asarray(d, dtype=float)), DIGITS)
    n = d.shape[1]
    doubled = np.rint(2 * pd.DataFrame(np.abs(d)).rank(axis=1).to_numpy())
    doubled[d == 0] = 0
    total = doubled.sum(axis=1)
    # Rank sum of the side that has more; the distribution is symmetric.
    reached = (total + np.abs((np.sign(d) * doubled).sum(axis=1))) / 2
    p = _edgeworth(doubled, total, reached)
    if n > EXACT_UP_TO:
        return p
    near = np.ones(len(d), dtype=bool)
    if level is not None and n > _ALL_EXACT_UP_TO:
        band = _BAND if n < 30 else _BAND_FROM_30
        near = (p > level / band) & (p < level * band)
    rows = np.flatnonzero(near)
    together = max(1, 2 * _CHUNK // (n * (n + 1)))
    for start in range(0, rows.size, together):
        some = rows[start : start + together]
        p[some] = _exact(doubled[some], total[some], reached[some])
    return p


def _edgeworth(doubled: np.ndarray, total: np.ndarray, reached: np.ndarray) -> np.ndarray:
    squares = (doubled**2).sum(axis=1)
    some = squares > 0
    safe = np.where(some, squares, 1.0)
    z = (2 * reached - total) / np.sqrt(safe)
    kurtosis = -2 * (doubled**4).sum(axis=1) / safe**2
    tail = special.ndtr(-z) + np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * kurtosis / 24 * (z**3 - 3 * z)
    return np.where(some, np.clip(2 * tail, 0.0, 1.0), 1.0)


def _exact(doubled: np.ndarray, total: np.ndarray, reached: np.ndarray) -> np.ndarray:
    n = doubled.shape[1]
    # The doubled rank sum has the values 0 ... n(n+1), an odd number of them, so that all
    # frequencies but the first come in conjugate pairs.
    values = n * (n + 1) + 1
    half_angle = np.pi * np.arange(1, (values + 1) // 2) / values
    wave = np.ones((len(doubled), half_angle.size))
    for column in doubled.T:
        wave *= np.cos(np.outer(column, half_angle))
    # The tail from `reached` to `total` is a geometric sum at every frequency.
    terms = total - reached + 1
    wave *= np.cos(np.outer(reached, half_angle)) * np.sin(np.outer(terms, half_angle)) / np.sin(half_angle)
    tail = (terms + 2 * wave.sum(axis=1)) / values
    return np.clip(2 * tail, 0.0, 1.0)


def paired_t_p(d: np.ndarray) -> np.ndarray:
    """Two-sided p-values of the paired t-test; of the sign test where a row has no spread.

    That is the rule of `significance.pairwise`: without spread there is no t.

    Parameters
    ----------
    d : ndarray, shape (n_samples, n)
        Differences, none missing; n is at least 2.

    Returns
    -------
    ndarray, shape (n_samples,)

    Examples
    --------
    >>> paired_t_p(np.array([[1.0, 2, 3], [1, 1, 1], [0, 0, 0]])).round(3)
    array([0.074, 0.25 , 1.   ])
    """
    d = np.round(np.atleast_2d(np.asarray(d, dtype=float)), DIGITS)
    n = d.shape[1]
    flat = np.ptp(d, axis=1) == 0
    spread = np.where(flat, 1.0, d.std(axis=1, ddof=1))
    p = 2 * special.stdtr(n - 1, -np.abs(d.mean(axis=1)) / spread * np.sqrt(n))
    return np.where(flat, np.where(d[:, 0] == 0, 1.0, 2 * 0.5**n), p)


def firm(d: np.ndarray, level: float) -> np.ndarray:
    """Where both tests are at most `level` and mean and ranks point the same way.

    Parameters
    ----------
    d : ndarray, shape (n_samples, n)
        Differences, none missing.
    level : float

    Returns
    -------
    ndarray of int, shape (n_samples,)
        1 or -1: firm, with this sign; 0: unresolved.
    """
    d = np.round(np.atleast_2d(np.asarray(d, dtype=float)), DIGITS)
    side = np.sign(np.round(d.mean(axis=1), DIGITS)).astype(int)
    # The ranks are only asked where the mean passes.
    passed = np.flatnonzero(paired_t_p(d) <= level)
    found = np.zeros(len(d), dtype=int)
    if passed.size:
        rows = d[passed]
        ranks = pd.DataFrame(np.abs(rows)).rank(axis=1).to_numpy()
        same = np.sign((np.sign(rows) * ranks).sum(axis=1)) == side[passed]
        found[passed] = side[passed] * (same & (signed_rank_p(rows, level=level) <= level))
    return found
