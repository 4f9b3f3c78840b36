"""Tables drawn at random from all tables with the published totals.

Given the totals, a table drawn uniformly from all consistent ones has independent criteria, so each
criterion is drawn for itself: brand after brand, each score with the probability that it has among
all ways to complete the total.  No Markov chain and no rejection; the law is exact.

Counts of completions overflow and underflow, so they are *tilted*: the score v gets a weight
proportional to exp(t v) with t such that the mean comes out at the published one.  The factor is the
same for all ways with the same total, so it changes no conditional probability.

These tables illustrate; they prove nothing.  That all tables are equally likely is a choice, and how
often something happens among them is a consequence of that choice, not the probability that it is so.
In particular a flat choice makes brands alike and criteria unrelated; `halo` couples the criteria.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

from kernels_lib.analysis.bounds.signed_ranks import signed_rank_z
from kernels_lib.analysis.bounds.totals import Grid
from kernels_lib.analysis.effects import CORRECTIONS
from kernels_lib.analysis.significance.core import check_known
from kernels_lib.errors import BadData, BadParameters


def draw_tables(totals: Sequence[int], grid: Grid, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Tables drawn uniformly and independently from all tables with these totals.

    Parameters
    ----------
    totals : sequence of int
        One per criterion, in steps.
    grid : Grid
    draws : int
        Tables.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int16, shape (draws, n_brands, n_criteria)
        Scores in steps.

    Raises
    ------
    BadData
        If no table has these totals.

    Examples
    --------
    >>> tables = draw_tables([125, 300], Grid(30, 0.5, 1, 5), 2, np.random.default_rng(1))
    >>> tables.shape, tables.sum(axis=1).tolist()
    ((2, 30, 2), [[125, 300], [125, 300]])
    """
    tables = np.empty((draws, grid.n, len(totals)), dtype=np.int16)
    for criterion, total in enumerate(totals):
        tables[:, :, criterion] = _draw_scores(int(total), grid, draws, rng)
    return tables


def log10_tables(totals: Sequence[int], grid: Grid) -> float:
    """Decimal logarithm of the number of tables with these totals.

    Raises
    ------
    BadData
        If no table has these totals.

    Examples
    --------
    >>> round(10 ** log10_tables([4], Grid(2, 1, 1, 5)))  # 1 + 3, 2 + 2, 3 + 1
    3
    """
    found = 0.0
    for total in totals:
        above, tilt, weights = _tilted(int(total), grid)
        if tilt is not None:
            # P(total) = ways * exp(t total) / Z^n, where Z is the sum of exp(t v).
            ways = math.log(_completions(weights, grid.n)[-1][above])
            ways += grid.n * float(special.logsumexp(tilt * np.arange(weights.size))) - tilt * above
            found += ways / math.log(10)
    return found


def halo(tables: np.ndarray, rho: float, rng: np.random.Generator) -> np.ndarray:
    """The same scores, handed out so that a brand good at one criterion tends to be good at all.

    Within each table and criterion the scores go to the brands in the order of a normal variable
    whose correlation between any two criteria is `rho` (a Gaussian copula).  Totals and histograms
    stay as they are; with rho 0 the law of uniform tables does too.

    Parameters
    ----------
    tables : ndarray, shape (n_tables, n_brands, n_criteria)
    rho : float
        In [0, 1].
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of the same shape

    Raises
    ------
    BadParameters
        If `rho` is outside [0, 1].
    """
    if not 0 <= rho <= 1:
        raise BadParameters(f"halo {rho} is no correlation from 0 to 1.")
    draws, n, _ = tables.shape
    common = rng.standard_normal((draws, n, 1))
    latent = math.sqrt(rho) * common + math.sqrt(1 - rho) * rng.standard_normal(tables.shape)
    place = latent.argsort(axis=1).argsort(axis=1)
    return np.take_along_axis(np.sort(tables, axis=1), place, axis=1)


def paired_t_of(d: np.ndarray) -> np.ndarray:
    """t of the paired test of every row at once.

    Parameters
    ----------
    d : ndarray of int, shape (n_tables, n_brands)

    Returns
    -------
    ndarray, shape (n_tables,)
        Without spread: infinite with the sign of the difference, 0 without difference.

    Examples
    --------
    >>> paired_t_of(np.array([[1, 2, 3], [1, 1, 1], [0, 0, 0]])).round(3)  # 2 / (1 / sqrt 3)
    array([3.464,   inf, 0.   ])
    """
    n = d.shape[1]
    total, squares = d.sum(axis=1, dtype=np.int64), (d.astype(np.int64) ** 2).sum(axis=1)
    # Whole numbers, so that no spread is exactly 0.
    scatter = n * squares - total**2
    t = total * np.sqrt((n - 1) / np.where(scatter > 0, scatter, 1))
    return np.where(scatter > 0, t, np.where(total == 0, 0.0, np.copysign(np.inf, total)))


def illustration(
    totals: Mapping[str, int],
    grid: Grid,
    *,
    draws: int,
    rng: np.random.Generator,
    alpha: float,
    correction: str = "holm",
    halos: Sequence[float] = (0.0, 0.5),
) -> pd.DataFrame:
    """In how many of the tables drawn at random each pair of criteria would pass.

    The shares are consequences of taking all consistent tables for equally likely (and of the halo
    put on top); they are not probabilities of the truth, and no finding may rest on them.

    Parameters
    ----------
    totals : mapping of str to int
        Total per criterion id, in steps.
    grid : Grid
    draws : int
        Tables; the halos use the same histograms.
    rng : numpy.random.Generator
    alpha : float
        Level of the family of all pairs.
    correction : {"holm", "bonferroni", "bh", "none"}
    halos : sequence of float
        Correlations between criteria, see `halo`.

    Returns
    -------
    DataFrame, one row per halo and unordered pair, pairs in the order of `totals`
        * ``halo``, ``first``, ``second`` (`first` has the higher total), ``difference`` in points
        * ``share_ranks``: tables in which the signed-rank test (Pratt, normal approximation) passes
          after the correction and points the way of the difference
        * ``share_means``: the same of the paired t; without spread the sign test takes its place
        * ``share_both``: tables in which both do
        * ``typical_sd``: median over the tables of the SD of the brands' differences, points
        * ``draws``

    Raises
    ------
    BadData
        If no table has these totals.
    BadParameters
        If `draws` is below 1.
    """
    check_known("correction", correction, CORRECTIONS)
    if draws < 1:
        raise BadParameters(f"{draws} tables show nothing.", remedy="Give draws of 1 or more.")
    ids = list(totals)
    ordered = [(a, b) if totals[a] >= totals[b] else (b, a) for a, b in combinations(ids, 2)]
    column = {criterion: place for place, criterion in enumerate(ids)}
    drawn = draw_tables(list(totals.values()), grid, draws, rng)
    rows = []
    for rho in halos:
        tables = halo(drawn, rho, rng)
        z, t, sd = (np.zeros((draws, len(ordered))) for _ in range(3))
        for place, (first, second) in enumerate(ordered):
            d = tables[:, :, column[first]] - tables[:, :, column[second]]
            z[:, place], t[:, place] = signed_rank_z(d, "pratt"), paired_t_of(d)
            sd[:, place] = d.std(axis=1, ddof=min(1, grid.n - 1))
        ranks = (_adjust_rows(2 * special.ndtr(-np.abs(z)), correction) <= alpha) & (z > 0)
        means = (_adjust_rows(_p_of_means(t, grid.n), correction) <= alpha) & (t > 0)
        for place, (first, second) in enumerate(ordered):
            rows.append(
                {
                    "halo": float(rho),
                    "first": first,
                    "second": second,
                    "difference": grid.points((totals[first] - totals[second]) / grid.n),
                    "share_ranks": float(ranks[:, place].mean()),
                    "share_means": float(means[:, place].mean()),
                    "share_both": float((ranks & means)[:, place].mean()),
                    "typical_sd": grid.points(float(np.median(sd[:, place]))),
                    "draws": draws,
                }
            )
    columns = ["halo", "first", "second", "difference", "share_ranks", "share_means", "share_both", "typical_sd"]
    return pd.DataFrame(rows, columns=[*columns, "draws"])


def _tilted(total: int, grid: Grid) -> tuple[int, float | None, np.ndarray]:
    """Steps above the lowest total, the tilt, and the tilted probabilities of the scores from the lowest up.

    The tilt is None where all scores must lie on one end of the scale.
    """
    reach = grid.high - grid.low
    above = total - grid.n * grid.low
    if not 0 <= above <= grid.n * reach:
        raise BadData(f"no {grid.n} scores from {grid.low} to {grid.high} steps have the total {total}.")
    scores = np.arange(reach + 1)
    if above in (0, grid.n * reach):
        return above, None, (scores == above // grid.n).astype(float)
    mean = above / grid.n
    # With n brands the mean is at least 1 / n away from both ends, so |t| < log(n + 1) + 1.
    low, high = -math.log(grid.n + 1) - 1, math.log(grid.n + 1) + 1
    for _ in range(60):
        tilt = (low + high) / 2
        weights = special.softmax(tilt * scores)
        low, high = (tilt, high) if weights @ scores < mean else (low, tilt)
    return above, tilt, weights


def _completions(weights: np.ndarray, n: int) -> list[np.ndarray]:
    """Probability of every sum of m scores, for m = 0, ..., n."""
    found = [np.ones(1)]
    for _ in range(n):
        found.append(np.convolve(found[-1], weights))
    return found


def _draw_scores(total: int, grid: Grid, draws: int, rng: np.random.Generator) -> np.ndarray:
    above, tilt, weights = _tilted(total, grid)
    if tilt is None:
        return np.full((draws, grid.n), total // grid.n)
    reach = weights.size - 1
    scores = np.arange(reach + 1)
    completions = _completions(weights, grid.n - 1)
    found = np.empty((draws, grid.n), dtype=int)
    missing = np.full(draws, above)
    for brand in range(grid.n):
        others = grid.n - brand - 1
        # Zeros on both sides stand for sums that the others cannot have.
        padded = np.pad(completions[others], reach)
        ways = weights * padded[missing[:, None] - scores + reach]
        summed = ways.cumsum(axis=1)
        drawn = (rng.random(draws)[:, None] * summed[:, -1:] >= summed).sum(axis=1)
        # A product can round up to the whole sum; scores that cannot be completed stay excluded.
        drawn = np.clip(drawn, np.maximum(0, missing - others * reach), np.minimum(reach, missing))
        found[:, brand] = drawn
        missing = missing - drawn
    return found + grid.low


def _p_of_means(t: np.ndarray, n: int) -> np.ndarray:
    """Two-sided p-values of t; of the sign test where t is infinite."""
    p = 2 * special.stdtr(max(n - 1, 1), -np.abs(np.where(np.isinf(t), 0.0, t)))
    return np.where(np.isinf(t), min(1.0, 2 * 0.5**n), np.minimum(p, 1.0))


def _adjust_rows(p: np.ndarray, correction: str) -> np.ndarray:
    """`significance.adjust` of every row at once; no p-value is missing."""
    m = p.shape[1]
    if correction == "none" or m == 0:
        return p
    if correction == "bonferroni":
        return np.minimum(p * m, 1.0)
    order = p.argsort(axis=1)
    ascending = np.take_along_axis(p, order, axis=1)
    if correction == "holm":
        corrected = np.maximum.accumulate(ascending * (m - np.arange(m)), axis=1)
    else:
        corrected = np.minimum.accumulate((ascending * m / np.arange(1, m + 1))[:, ::-1], axis=1)[:, ::-1]
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, np.minimum(corrected, 1.0), axis=1)
    return adjusted
