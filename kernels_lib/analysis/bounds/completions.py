"""What holds in every table that completes a partly known one.

Every score is known to lie in an interval: a point where it is known exactly, the whole scale where it
is missing, half a unit either way where it was rounded.  A *consistent table* has each score somewhere in
its interval.  The verdicts are those of `significance.pairwise` and `significance.against_target`, over all
consistent tables:

    every    the difference passes in both tracks, the same way, in every consistent table
    none     it does so in no consistent table
    some     neither could be shown: it depends on what is not known

Each question is bounded apart (see `boxes`); the corrections never turn a smaller p-value into a larger
one, so the correction of all worst p-values is an upper bound, and of all best ones a lower bound, whatever the table.
One table need not be the worst for all questions at once, hence "some" may be said too often, never the
other two.

A brand with a missing score counts here: its score could be anything.  `significance` leaves it out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kernels_lib.analysis.bounds.boxes import SAFE, Extremes, mean_extremes, rank_extremes
from kernels_lib.analysis.effects import DIGITS, end_point_p
from kernels_lib.analysis.significance import EXACT_UP_TO, adjust, sign_test
from kernels_lib.errors import BadData, BadParameters, UnknownName
from kernels_lib.store import remember

GRADES = {"every": "holds in every consistent table", "some": "only in some", "none": "in none"}

# Raise it with any change to the p-values that `boxes.rank_extremes` gives.
_VERSION = 1
_P = ("p_worst", "p_best", "rank_p_worst", "rank_p_best")
_ADJUSTED = tuple(f"{column}_adjusted" for column in _P)


def missing_box(scores: pd.DataFrame, floor: float, top: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The box of a table with missing scores: they can be anything on the scale.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a score is missing.
    floor, top : float
        Ends of the scale, in points.

    Returns
    -------
    low, high : DataFrame
        Labelled as `scores`, without NaN.

    Raises
    ------
    BadData
        If a score lies outside the scale.

    Examples
    --------
    >>> low, high = missing_box(pd.DataFrame({"a": [2.0, math.nan]}), 1, 5)
    >>> list(low["a"]), list(high["a"])
    ([2.0, 1.0], [2.0, 5.0])
    """
    return rounding_box(scores, 0.0, floor, top)


def rounding_box(scores: pd.DataFrame, unit: float, floor: float, top: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The box of a table whose scores were rounded; missing ones can be anything on the scale.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a score is missing.
    unit : float
        What was rounded to, in points: 0.5 for half points.  0: nothing was rounded.
    floor, top : float
        Ends of the scale, in points.

    Returns
    -------
    low, high : DataFrame
        Labelled as `scores`, without NaN; half a unit either way, within the scale.

    Raises
    ------
    BadParameters
        If the unit is negative or not a number.
    BadData
        If a score lies outside the scale.

    Examples
    --------
    >>> low, high = rounding_box(pd.DataFrame({"a": [2.0, 5.0]}), 0.5, 1, 5)
    >>> list(low["a"]), list(high["a"])
    ([1.75, 4.75], [2.25, 5.0])
    """
    if not 0 <= unit < math.inf:
        raise BadParameters(f"rounding unit {unit}.", remedy="Give what the scores were rounded to, such as 0.5.")
    points = scores.astype(float)
    low, high = (points - unit / 2).clip(lower=floor).fillna(floor), (points + unit / 2).clip(upper=top).fillna(top)
    _check_box(points.fillna(floor), points.fillna(floor), floor, top)
    return low, high


def pairs_over_completions(
    low: pd.DataFrame,
    high: pd.DataFrame,
    *,
    alpha: float,
    correction: str = "holm",
    names: Mapping[str, str] | None = None,
    floor: float,
    top: float,
    step: float | None = None,
    folder: Path | None = None,
) -> pd.DataFrame:
    """Every pair of criteria over all consistent tables.

    Parameters
    ----------
    low, high : DataFrame, shape (n_brands, n_criteria)
        Points; ends of each score's interval, see `missing_box` and `rounding_box`.
    alpha : float
        Level of the family of all pairs.
    correction : {"holm", "bonferroni", "bh", "none"}
    names : mapping of str to str, optional
        Display names; the ids themselves if not given.
    floor, top : float
        Ends of the scale, in points.
    step : float, optional
        Points.  Only multiples of it are scores, which narrows the bounds of the rank track a little; without it any
        value is.  Not for rounded scores: their true values lie between the steps.
    folder : Path, optional
        Where the bounds of ranks are kept; see `store.remember`.

    Returns
    -------
    DataFrame, one row per unordered pair, in the order of the columns
        * ``first``, ``second``, ``first_name``, ``second_name``: `first` has the higher mean in the middle of the box
          (equal: the order of the columns)
        * ``difference_low``, ``difference_high``: points, of the means; may have either sign
        * ``holds``: ``"every"``, ``"some"``, ``"none"``; ``grade``: the same in words
        * ``p_worst``, ``p_best``: mean track; ``rank_p_worst``, ``rank_p_best``: rank track (Pratt); each also
          with ``_adjusted``.  Worst is 1 where the direction is not certain; best may be 0 where all differences can
          be equal
        * ``n``, ``uncertain``: brands, and those whose difference is not exactly known
        * ``exactness``: of the rank track: ``"exact"``, ``"certified"`` (safe and close), ``"safe"`` (safe and coarse)
        * ``note``: what cannot be better known, and why; else empty

    Raises
    ------
    BadData
        If the two frames do not match, or an interval is empty or leaves the scale.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [5.0] * 12, "b": [1.0, 2.0] * 5 + [3.0, math.nan]})
    >>> low, high = missing_box(scores, 1, 5)
    >>> pair = pairs_over_completions(low, high, alpha=0.05, floor=1, top=5, step=1).loc[0]
    >>> pair["grade"], round(float(pair["difference_low"]), 2), round(float(pair["difference_high"]), 2)
    ('holds in every consistent table', 3.08, 3.42)
    """
    lows, highs = _check_box(low, high, floor, top)
    names, columns = names or {}, list(low.columns)
    rows, boxes = [], []
    for i, j in combinations(range(len(columns)), 2):
        # The column that is higher in the middle of the box comes first.
        middle = np.round(lows[:, i] + highs[:, i], DIGITS).sum() - np.round(lows[:, j] + highs[:, j], DIGITS).sum()
        if round(float(middle), DIGITS) < 0:
            i, j = j, i
        box = (_rounded(lows[:, i] - highs[:, j]), _rounded(highs[:, i] - lows[:, j]))
        first, second = columns[i], columns[j]
        boxes.append(box)
        rows.append(
            {
                "first": first,
                "second": second,
                "first_name": names.get(first, first),
                "second_name": names.get(second, second),
                **_reach(box),
                "note": _unknown([c for c in (first, second) if _nothing_known(low[c], high[c], floor, top)]),
            }
        )
    means = [mean_extremes(*box) if box[0].size else None for box in boxes]
    table = _verdicts(rows, boxes, means, alpha, correction, step, folder)
    order = ["first", "second", "first_name", "second_name", "difference_low", "difference_high", "holds", "grade"]
    return table[[*order, *_P, *_ADJUSTED, "n", "uncertain", "exactness", "note"]]


def against_target_over_completions(
    low: pd.DataFrame,
    high: pd.DataFrame,
    targets: Mapping[str, float] | float,
    *,
    alpha: float,
    correction: str = "holm",
    names: Mapping[str, str] | None = None,
    floor: float,
    top: float,
    step: float | None = None,
    folder: Path | None = None,
) -> pd.DataFrame:
    """Every criterion's mean against its target over all consistent tables.

    Parameters
    ----------
    low, high : DataFrame, shape (n_brands, n_criteria)
        Points; ends of each score's interval, see `missing_box` and `rounding_box`.
    targets : mapping of str to float, or float
        Points, per criterion id or for all.
    alpha, correction, names, floor, top, step, folder
        As for `pairs_over_completions`.

    Returns
    -------
    DataFrame, index: criterion, in the order of the columns
        * ``name``, ``target``, ``difference_low``, ``difference_high`` (mean minus target, points)
        * ``verdict``: ``"strength"`` or ``"missed opportunity"`` if it is one in every consistent table, else
          ``"unresolved"``
        * ``holds``, ``grade``, the p-values, ``n``, ``uncertain``, ``exactness``, ``note``: as there; the mean track of
          equal scores is the larger of sign test and exact end-point test, as in `significance.against_target`

    Raises
    ------
    UnknownName
        If a criterion has no target.
    BadData
        If the two frames do not match, or an interval is empty or leaves the scale.
    """
    lows, highs = _check_box(low, high, floor, top)
    rows, boxes, means = [], [], []
    for place, criterion in enumerate(low.columns):
        if isinstance(targets, Mapping) and criterion not in targets:
            raise UnknownName("criterion without a target", str(criterion), map(str, targets))
        target = float(targets[criterion] if isinstance(targets, Mapping) else targets)
        box = (_rounded(lows[:, place] - target), _rounded(highs[:, place] - target))
        equal = partial(_p_of_equal, n=len(lows), target=target, floor=floor, top=top)
        means.append(mean_extremes(*box, equal) if len(lows) else None)
        boxes.append(box)
        unknown = [criterion] if _nothing_known(low[criterion], high[criterion], floor, top) else []
        shown = (names or {}).get(criterion, criterion)
        rows.append({"name": shown, "target": target, **_reach(box), "note": _unknown(unknown)})
    table = _verdicts(rows, boxes, means, alpha, correction, step, folder)
    table.index = pd.Index(low.columns, name="criterion")
    side = np.where(table["difference_low"] > 0, "strength", "missed opportunity")
    table["verdict"] = np.where(table["holds"] == "every", side, "unresolved")
    order = ["name", "target", "difference_low", "difference_high", "verdict", "holds", "grade"]
    return table[[*order, *_P, *_ADJUSTED, "n", "uncertain", "exactness", "note"]]


def _verdicts(
    rows: list[dict[str, Any]],
    boxes: Sequence[tuple[np.ndarray, np.ndarray]],
    means: Sequence[Extremes | None],
    alpha: float,
    correction: str,
    step: float | None,
    folder: Path | None,
) -> pd.DataFrame:
    """Both tracks of all questions, corrected, and what follows."""
    ranks = _ranks(boxes, step, folder)
    for row, box, mean, rank in zip(rows, boxes, means, ranks, strict=True):
        row |= {"n": box[0].size, "uncertain": int((box[0] < box[1]).sum())}
        if mean is None or rank is None:
            row |= {**dict.fromkeys(_P, math.nan), "exactness": "not tested", "up": False, "down": False, "sure": False}
            row["note"] = "no brands"
            continue
        row |= dict(zip(_P, (mean.p_worst, mean.p_best, rank.p_worst, rank.p_best), strict=True))
        row["exactness"] = rank.exactness
        # Both tracks have to point the same way.
        row["up"], row["down"] = mean.high > 0 and rank.high > 0, mean.low < 0 and rank.low < 0
        row["sure"] = (mean.low > 0 and rank.low > 0) or (mean.high < 0 and rank.high < 0)
        if rank.exactness == SAFE and not row["note"]:
            row["note"] = (
                f"more than {EXACT_UP_TO} brands: normal approximation of the ranks with bounds of the variance"
                if row["n"] > EXACT_UP_TO
                else "so many uncertain ties are out of reach: the rank p-value is at most twice the untied one"
            )
    made = ["first", "second", "first_name", "second_name", "name", "target", "difference_low", "difference_high"]
    made += [*_P, "n", "uncertain", "exactness", "note", "up", "down", "sure"]
    table = pd.DataFrame(rows, columns=made)
    for column in _P:
        table[f"{column}_adjusted"] = adjust(table[column].astype(float), correction)
    passes = (table["p_worst_adjusted"] <= alpha) & (table["rank_p_worst_adjusted"] <= alpha) & table["sure"].eq(True)
    can_pass = (table["p_best_adjusted"] <= alpha) & (table["rank_p_best_adjusted"] <= alpha)
    can_pass &= table["up"].eq(True) | table["down"].eq(True)
    table["holds"] = np.select([passes, ~can_pass], ["every", "none"], "some")
    table["grade"] = table["holds"].map(GRADES)
    return table


def _ranks(
    boxes: Sequence[tuple[np.ndarray, np.ndarray]], step: float | None, folder: Path | None
) -> list[Extremes | None]:
    """The rank track of all questions; what takes long is kept."""
    found = [rank_extremes(a, b) if a.size and (a == b).all() else None for a, b in boxes]
    open_ones = [at for at, box in enumerate(boxes) if found[at] is None and box[0].size]
    if not open_ones:
        return found

    def make() -> dict[str, np.ndarray]:
        bounds = [rank_extremes(*boxes[at], step) for at in open_ones]
        numbers = [[bound.p_worst, bound.p_best, bound.low, bound.high] for bound in bounds]
        return {"numbers": np.array(numbers), "exactness": np.array([bound.exactness for bound in bounds])}

    ends = [[end.tolist() for end in boxes[at]] for at in open_ones]
    kept = remember("completions", {"version": _VERSION, "step": step, "boxes": ends}, make, folder=folder)
    for at, numbers, exactness in zip(open_ones, kept["numbers"], kept["exactness"], strict=True):
        found[at] = Extremes(*map(float, numbers), str(exactness))
    return found


def _reach(box: tuple[np.ndarray, np.ndarray]) -> dict[str, float]:
    low, high = (float(end.mean().round(DIGITS)) + 0.0 if end.size else math.nan for end in box)
    return {"difference_low": low, "difference_high": high}


def _p_of_equal(difference: float, n: int, target: float, floor: float, top: float) -> float:
    """The mean track of `significance.against_target` where all scores are equal."""
    signs = float(sign_test(np.full(n, difference)).p_value or 0.0)
    return max(signs, end_point_p(target + difference, n, target, floor, top))


def _nothing_known(low: pd.Series, high: pd.Series, floor: float, top: float) -> bool:
    return len(low) > 0 and bool(((low <= floor) & (high >= top)).all())


def _unknown(criteria: Sequence[Any]) -> str:
    return f"no score is known of {' and '.join(map(str, criteria))}: nothing is certain" if criteria else ""


def _check_box(low: pd.DataFrame, high: pd.DataFrame, floor: float, top: float) -> tuple[np.ndarray, np.ndarray]:
    if not (low.index.equals(high.index) and low.columns.equals(high.columns)):
        raise BadData("the lower and the upper ends are not of the same brands and criteria.")
    lows, highs = _rounded(low.to_numpy(dtype=float)), _rounded(high.to_numpy(dtype=float))
    # Written so that NaN fails as well.
    for wrong, what in (
        (~(lows <= highs), "has no scores between its ends"),
        (~((lows >= floor) & (highs <= top)), f"is outside the scale {floor:g}-{top:g}"),
    ):
        if wrong.any():
            brand, criterion = np.argwhere(wrong)[0]
            raise BadData(
                f"the score of '{low.index[brand]}' on '{low.columns[criterion]}' {what}: "
                f"{lows[brand, criterion]:g} to {highs[brand, criterion]:g}.",
                remedy="`missing_box` and `rounding_box` make boxes that fit.",
            )
    return lows, highs


def _rounded(points: np.ndarray) -> np.ndarray:
    return np.round(points, DIGITS) + 0.0
