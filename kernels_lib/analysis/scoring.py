"""From scores to one ranked overall score per brand, and what one score means.

    overall       one weighted mean and one rank per brand
    reweighted    how far both move when the weights are not taken for granted
    rank_intervals  how far the rank moves when criteria, and raters, are taken as a sample
    stage         the named band of the scale that a score or a mean lies in
    verdict_of_score  a single brand's score against the target

Nothing here reads a file, draws, tests a hypothesis, or knows which client it works for; every
number can be recomputed by hand from the arguments.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from kernels_lib.errors import BadParameters, UnknownName

# Equal scores can differ in the 16th digit (3.1 - 3.0 is not 3.3 - 3.2) and must still tie.
DIGITS = 9


class Stage(NamedTuple):
    """A named band of the scale; both texts are empty where there is none."""

    name: str
    status: str


def overall(scores: pd.DataFrame, weights: Mapping[str, float], *, min_coverage: float = 0.75) -> pd.DataFrame:
    """Weighted mean of the criteria, one overall score and rank per brand.

    A brand is averaged over the criteria it was scored on.  Below `min_coverage` of the total
    weight it gets no overall score, because a mean over its three best criteria would flatter it.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points on the instrument's scale, higher is better.  Index: brand.  Columns: criterion
        ids.  NaN where a brand was not scored.
    weights : mapping of str to float
        Weight per criterion id.  Any unit: only ratios matter.  Criteria that `scores` does not
        have are left aside, so that a part of the instrument can be summed up with the same weights.
    min_coverage : float, default 0.75
        Least share of the total weight, in [0, 1], that a brand must be scored on.

    Returns
    -------
    DataFrame, shape (n_brands, 3)
        Best brand first, brands without an overall score last.

        * ``overall``: points on the instrument's scale, or NaN
        * ``coverage``: share of the total weight scored, in [0, 1]
        * ``rank``: 1 is best; ties share the better rank (1, 2, 2, 4); NaN without an overall score

    Raises
    ------
    UnknownName
        If `scores` has a criterion that `weights` does not.
    BadParameters
        If a weight is negative or not a number, or all are zero.

    References
    ----------
    .. [1] OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 6.
       https://doi.org/10.1787/9789264043466-en

    Examples
    --------
    >>> scores = pd.DataFrame({"branding": [4.0, 2.0], "dialog": [2.0, np.nan]}, index=["A", "B"])
    >>> overall(scores, {"branding": 3, "dialog": 1})
       overall  coverage  rank
    A      3.5      1.00   1.0
    B      2.0      0.75   2.0
    """
    for criterion in scores.columns:
        if criterion not in weights:
            raise UnknownName("criterion without a weight", str(criterion), map(str, weights))
    weight = np.array([float(weights[criterion]) for criterion in scores.columns])
    if not np.all(np.isfinite(weight)) or np.any(weight < 0) or (weight.size and weight.sum() <= 0):
        raise BadParameters(
            f"weights {dict(weights)} cannot be used.", remedy="Give no negative weight and at least one above 0."
        )

    points = scores.to_numpy(dtype=float)
    scored = ~np.isnan(points)
    scored_weight = scored @ weight
    coverage = scored_weight / weight.sum() if weight.size else np.zeros(len(scores))

    # Divided by the weight actually scored, not by the total: a gap is unknown, not a zero.
    counted = (np.round(coverage, DIGITS) >= min_coverage) & (scored_weight > 0)
    value = np.full(len(scores), np.nan)
    value[counted] = (np.where(scored, points, 0.0) @ weight)[counted] / scored_weight[counted]

    table = pd.DataFrame({"overall": value, "coverage": coverage}, index=scores.index)
    table["rank"] = table["overall"].round(DIGITS).rank(ascending=False, method="min")
    return table.sort_values("rank", kind="stable", na_position="last")


def stage(value: float, stages: Iterable[tuple[float, str, str]]) -> Stage:
    """The stage that `value` has reached, by truncation: 2.87 is still in the stage that begins at 2.

    Parameters
    ----------
    value : float
        Points on the instrument's scale; NaN if there is no score.
    stages : iterable of (from, name, status)
        Each stage's lowest value in points, its name, and whether the name is ``"published"`` or
        ``"assumed"``.  Any order.

    Returns
    -------
    Stage
        Empty texts for NaN and for a value below the first stage.

    Examples
    --------
    >>> bands = [(1, "Immature", "published"), (3, "Adolescence", "published")]
    >>> stage(2.87, bands).name, stage(0.1 + 0.2 + 2.7, bands).name
    ('Immature', 'Adolescence')
    """
    if value is None or math.isnan(value):
        return Stage("", "")

    # Sums of floats end at 2.9999999999 where the sum on paper is 3.
    reached = [band for band in stages if band[0] <= round(value, DIGITS)]
    if not reached:
        return Stage("", "")
    _, name, status = max(reached, key=lambda band: band[0])
    return Stage(name, status)


def reweighted(
    scores: pd.DataFrame, *, draws: int, rng: np.random.Generator, min_coverage: float = 0.75
) -> pd.DataFrame:
    """How far each brand's overall score and rank move if any weights are as good as any others.

    Weights are drawn uniformly from all that add up to one (Dirichlet with every parameter 1);
    each draw weighs all brands alike.  The limits hold 95 % of the draws.  They describe the
    choice of weights, not sampling error.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points on the instrument's scale.  NaN where a brand was not scored: the brand is then
        averaged over the others, as in `overall`.
    draws : int
        Number of sets of weights.
    rng : numpy Generator
        The only source of chance.
    min_coverage : float, default 0.75
        Least share of the criteria that a brand must be scored on.

    Returns
    -------
    DataFrame, index as `scores`
        * ``low``, ``high``: points; 2.5 % and 97.5 % of the overall scores, or NaN
        * ``rank_low``, ``rank_high``: the best and the worst rank within the same limits, or NaN
    """
    columns = ["low", "high", "rank_low", "rank_high"]
    points = scores.to_numpy(dtype=float)
    scored = ~np.isnan(points)
    share = scored.mean(axis=1) if points.shape[1] else np.zeros(len(scores))
    counted = (np.round(share, DIGITS) >= min_coverage) & (share > 0)

    table = pd.DataFrame(np.nan, index=scores.index, columns=columns)
    if not counted.any():
        return table

    weights = rng.dirichlet(np.ones(points.shape[1]), size=draws)
    points, scored = points[counted], scored[counted]
    values = (weights @ np.where(scored, points, 0.0).T) / (weights @ scored.T)
    ranks = ranks_by_row(values)
    table.loc[counted, columns] = np.column_stack(
        [
            *_quantiles(values, [0.025, 0.975]),
            # A rank that was drawn, never one between two ranks.
            *_quantiles(ranks, [0.025, 0.975], method="inverted_cdf"),
        ]
    )
    return table


def rank_intervals(
    scores: pd.DataFrame,
    weights: Mapping[str, float],
    *,
    level: float = 0.95,
    draws: int,
    rng: np.random.Generator,
    ratings: np.ndarray | None = None,
    min_coverage: float = 0.75,
) -> pd.DataFrame:
    """How sure each brand's rank is, if other criteria, and other raters, might as well have been used.

    Each draw takes as many criteria as there are, with replacement, each with its own weight, and
    ranks all brands on them; given ratings, it first draws raters with replacement, the same ones
    for every brand and criterion.  The interval describes the choice of criteria and raters; the
    brands themselves are these and no sample.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.
    weights : mapping of str to float
        As for `overall`.
    level : float
        Share of the draws within the limits.
    draws : int
    rng : numpy Generator
        The only source of chance.
    ratings : ndarray, shape (n_brands, n_criteria, n_raters), optional
        Points of each rater, brands and criteria as in `scores`; NaN where one did not score.  A
        cell that none of the drawn raters scored keeps its score.
    min_coverage : float
        As for `overall`: decides which brands have a rank at all.

    Returns
    -------
    DataFrame, index as `scores`
        * ``rank``: as in `overall`
        * ``rank_low``, ``rank_high``: best and worst rank within the limits; ties share the better
          rank; NaN for a brand without an overall score

    Raises
    ------
    UnknownName, BadParameters
        As `overall`; BadParameters also where `ratings` has another shape than `scores`.

    References
    ----------
    .. [1] Goldstein, H. and Spiegelhalter, D. J. (1996), League tables and their limitations,
       *JRSS A* 159, 385-443. https://doi.org/10.2307/2983325

    Examples
    --------
    >>> scores = pd.DataFrame({"branding": [5.0, 4.0, 1.0], "dialog": [4.0, 5.0, 1.0]}, index=["A", "B", "C"])
    >>> rank_intervals(scores, {"branding": 1, "dialog": 1}, draws=200, rng=np.random.default_rng(1))
       rank  rank_low  rank_high
    A   1.0       1.0        2.0
    B   1.0       1.0        2.0
    C   3.0       3.0        3.0
    """
    ranked = overall(scores, weights, min_coverage=min_coverage)["rank"].reindex(scores.index)
    table = pd.DataFrame({"rank": ranked, "rank_low": np.nan, "rank_high": np.nan})
    if ratings is not None and ratings.shape[:2] != scores.shape:
        raise BadParameters(
            f"ratings of shape {ratings.shape} do not fit scores of shape {scores.shape}.",
            remedy="Give one rating a brand, criterion and rater.",
        )
    weight = np.array([float(weights[criterion]) for criterion in scores.columns])
    # A criterion without weight is none: drawing it would leave nothing to average.
    used, counted = np.flatnonzero(weight > 0), ranked.notna().to_numpy()
    if not counted.any():
        return table

    points = scores.to_numpy(dtype=float)[counted][:, used]
    drawn = rng.multinomial(used.size, np.full(used.size, 1 / used.size), size=draws) * weight[used]
    if ratings is None:
        scored = ~np.isnan(points)
        total, covered = drawn @ np.where(scored, points, 0.0).T, drawn @ scored.T
    else:
        total, covered = _by_drawn_raters(points, ratings[counted][:, used], drawn, rng)
    # A brand that none of the drawn criteria covers has no rank in that draw.
    values = np.divide(total, covered, out=np.full(total.shape, np.nan), where=covered > 0)
    ranks = ranks_by_row(values)
    ever = ~np.isnan(ranks).all(axis=0)
    # A rank that was drawn, never one between two ranks.
    limits = _quantiles(ranks[:, ever], [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    table.loc[ranked.index[counted][ever], ["rank_low", "rank_high"]] = limits.T
    return table


def ranks_by_row(values: np.ndarray) -> np.ndarray:
    """Ranks within each row, the highest value first; equal values share the better rank.

    Parameters
    ----------
    values : ndarray, shape (n_draws, n_brands)
        Compared after rounding to nine digits; NaN has no rank.

    Returns
    -------
    ndarray of float32, same shape
        1 for the highest; NaN where `values` is.

    Examples
    --------
    >>> ranks_by_row(np.array([[3.0, 5.0, np.nan, 3.0, 1.0]]))
    array([[ 2.,  1., nan,  2.,  4.]], dtype=float32)
    """
    ranks = np.empty(values.shape, dtype=_RANK)
    at_once = max(1, _BLOCK // max(values.shape[1], 1))
    for start in range(0, len(values), at_once):
        falling = -np.round(values[start : start + at_once], DIGITS)
        # What has no value is sorted to the end.
        order = np.argsort(falling, axis=1)
        ordered = np.take_along_axis(falling, order, axis=1)
        place = np.broadcast_to(np.arange(1, falling.shape[1] + 1, dtype=_RANK), falling.shape).copy()
        # A value equal to the one before it has that one's place.
        place[:, 1:][ordered[:, 1:] == ordered[:, :-1]] = 1
        np.maximum.accumulate(place, axis=1, out=place)
        place[np.isnan(ordered)] = np.nan
        np.put_along_axis(ranks[start : start + at_once], order, place, axis=1)
    return ranks


# Whole numbers up to 16 million are exact in it.
_RANK = np.float32
# Numbers that are ranked at a time, so that they stay near the processor.
_BLOCK = 250_000


def _quantiles(drawn: np.ndarray, shares: list[float], method: str = "linear") -> np.ndarray:
    """Quantiles of each column, without its missing values; shape (shares, columns)."""
    # In single precision numpy would round the shares, too.
    if np.isnan(drawn).any():
        return np.nanquantile(drawn.astype(float), shares, axis=0, method=method)
    found = np.empty((len(shares), drawn.shape[1]))
    # Which of the ordered numbers the shares are, where they are one of them and not between two.
    places = np.quantile(np.arange(float(len(drawn))), shares, method="inverted_cdf").astype(int)
    at_once = max(1, _BLOCK // max(len(drawn), 1))
    for start in range(0, drawn.shape[1], at_once):
        # numpy orders a column in no time where its numbers lie side by side.
        columns = np.array(drawn[:, start : start + at_once].T, order="C")
        here = found[:, start : start + at_once]
        if method == "inverted_cdf":
            columns.sort(axis=1)
            here[:] = columns[:, places].T
        else:
            here[:] = np.quantile(
                columns.astype(float, copy=False), shares, axis=1, method=method, overwrite_input=True
            )
    return found


def _by_drawn_raters(
    points: np.ndarray, ratings: np.ndarray, drawn: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted sums and weights covered, shape (draws, brands), each draw with raters of its own."""
    raters = ratings.shape[2]
    given = ~np.isnan(ratings)
    held = np.where(given, ratings, 0.0)
    total, covered = np.empty((2, len(drawn), len(points)))
    times = rng.multinomial(raters, np.full(raters, 1 / raters), size=len(drawn))
    for row, (weight, count) in enumerate(zip(drawn, times, strict=True)):
        heard = given @ count
        seen = np.divide(held @ count, heard, out=points.copy(), where=heard > 0)
        scored = ~np.isnan(seen)
        total[row] = np.where(scored, seen, 0.0) @ weight
        covered[row] = scored @ weight
    return total, covered


def verdict_of_score(score: float, target: float, sem: float | None = None) -> str:
    """A single brand's score on one criterion against the target.

    A brand's score is a rating, not a sample.  Scored by two raters or more, it is known up to
    1.96 standard errors of measurement; if that range covers the target, nothing is decided.
    Scored once, the score itself decides and a score on the target has reached it.

    Parameters
    ----------
    score : float
        Points; NaN if the brand was not scored.
    target : float
        Points; the least score that counts as a strength.
    sem : float, optional
        Standard error of measurement of `score`, in points; None, NaN or 0 if it is not known.

    Returns
    -------
    {"strength", "missed opportunity", "too close to call", "not scored"}

    Examples
    --------
    >>> verdict_of_score(4.0, 4.0), verdict_of_score(3.5, 4.0), verdict_of_score(3.5, 4.0, sem=0.3)
    ('strength', 'missed opportunity', 'too close to call')
    """
    if score is None or math.isnan(score):
        return "not scored"
    gap = round(score - target, DIGITS)
    margin = 0.0 if sem is None or math.isnan(sem) else round(1.96 * sem, DIGITS)
    if margin > 0 and abs(gap) <= margin:
        return "too close to call"
    return "strength" if gap >= 0 else "missed opportunity"
