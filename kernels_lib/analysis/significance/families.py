"""Families of questions: one frame in, one row a question out.

    pairwise          every pair of criteria
    against_overall   every criterion against the overall score, where pairs would be too many
    against_target    every criterion against its target

Two tracks run beside each other, one on ranks and one on means; a finding is firm only if both
agree after the correction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from kernels_lib.analysis.effects import (
    DIGITS,
    agreeing_interval,
    end_point_p,
    hodges_lehmann_interval,
    rank_biserial,
    step_levels,
    wilson,
)
from kernels_lib.analysis.significance.core import differences, or_nan
from kernels_lib.analysis.significance.multiplicity import adjust
from kernels_lib.analysis.significance.paired import paired_t, sign_test, signed_rank
from kernels_lib.errors import UnknownName
from kernels_lib.study.language import _, spoken

# The median of all Walsh averages needs n^2/2 numbers per pair.
HODGES_LEHMANN_UP_TO = 500


def pairwise(
    scores: pd.DataFrame, *, alpha: float, correction: str = "holm", names: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Every pair of criteria, tested on the brands that were scored on both.

    Only the two criteria at hand enter a test: mean-rank procedures let the other criteria decide
    too.  Both tracks are corrected over all pairs.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.
    alpha : float
        Level of the family.
    correction : {"holm", "bonferroni", "bh", "none"}
    names : mapping of str to str, optional
        Display names; the ids themselves if not given.

    Returns
    -------
    DataFrame, one row per unordered pair, in the order of the columns
        * ``first``, ``second``, ``first_name``, ``second_name``: `first` has the higher mean over
          the brands scored on both (equal means: the order of the columns)
        * ``difference``: points, never negative; NaN if no brand was scored on both
        * ``holds``: ``"firm"`` if both tracks pass after the correction and point the same way,
          else ``"unresolved"``
        * ``p_value``, ``p_adjusted``: signed rank (Pratt); ``t_p_value``, ``t_p_adjusted``: paired
          t, or the sign test where all differences are equal (`method` says so); NaN untested
        * ``p_worst``, ``p_best``: always NaN here; see `bounds.pairs_over_tables`
        * ``n``, ``n_used``, ``zeros``, ``ties``, ``wins``, ``losses``: counts of brands
        * ``hodges_lehmann``, ``hl_low``, ``hl_high`` (points, at ``hl_level``); NaN beyond 500 brands
        * ``rank_biserial``: (W+ - W-) / (W+ + W-), zeros dropped; ``sd`` of the differences, points
        * ``statistic``, ``z``, ``t``, ``smallest_p``, ``exactness``, ``method``
    """
    names = names or {}
    points = scores.to_numpy(dtype=float)
    rows = []
    for i, j in combinations(range(points.shape[1]), 2):
        d = differences(points[:, i] - points[:, j])
        mean = round(float(d.mean()), DIGITS) if d.size else math.nan
        if mean < 0:
            i, j, d, mean = j, i, -d + 0.0, -mean
        first, second = scores.columns[i], scores.columns[j]
        rows.append(
            {
                "first": first,
                "second": second,
                "first_name": names.get(first, first),
                "second_name": names.get(second, second),
                "difference": mean + 0.0,
                **_two_tracks(d),
                "wins": int((d > 0).sum()),
                "losses": int((d < 0).sum()),
                **_shift(d, 1 - alpha),
                "p_worst": math.nan,
                "p_best": math.nan,
            }
        )
    columns = ["first", "second", "first_name", "second_name", "difference", "holds", "p_value", "p_adjusted"]
    columns += ["t_p_value", "t_p_adjusted", "p_worst", "p_best", "n", "n_used", "zeros", "ties", "wins", "losses"]
    columns += [*SHIFT, "sd", "rank_biserial", "statistic", "z", "t", "smallest_p", "exactness", "method"]
    table = pd.DataFrame(rows, columns=[c for c in columns if c not in ("holds", "p_adjusted", "t_p_adjusted")])
    passed = _correct(table, alpha, correction)
    table["holds"] = np.where(passed, "firm", "unresolved")
    return table[columns]


def against_overall(
    scores: pd.DataFrame, overall: pd.Series, *, alpha: float, correction: str = "holm"
) -> pd.DataFrame:
    """Every criterion against the overall score of the same brands: who stands apart from the whole.

    Of k criteria there are k such questions, and k (k - 1) / 2 pairs.  A criterion is part of the
    overall score, which halves nothing: with equal weights its distance from the mean of the others is
    k / (k - 1) times that from the overall score, and both tests are the same.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.
    overall : Series
        Points, by brand; NaN where a brand has no overall score.
    alpha : float
        Level of the family.
    correction : {"holm", "bonferroni", "bh", "none"}

    Returns
    -------
    DataFrame, index: criterion, in the order of the columns
        * ``difference``: mean of score minus overall, points; NaN if there is no brand with both
        * ``firm``: both tracks pass after the correction and point the same way
        * ``above``, ``below``: brands whose score lies above and below their overall score
        * the other columns of `pairwise` on one comparison

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    >>> against_overall(scores, scores.mean(axis=1), alpha=0.05)["difference"].tolist()  # 1 - 2, 3 - 2
    [-1.0, 1.0]
    """
    rows = []
    for criterion in scores.columns:
        d = differences((scores[criterion] - overall.reindex(scores.index)).to_numpy(dtype=float))
        rows.append(
            {
                "difference": float(d.mean()) + 0.0 if d.size else math.nan,
                **_two_tracks(d),
                "above": int((d > 0).sum()),
                "below": int((d < 0).sum()),
                **_shift(d, 1 - alpha),
            }
        )
    table = pd.DataFrame(rows, index=scores.columns)
    table.index.name = "criterion"
    table["firm"] = _correct(table, alpha, correction)
    return table


def against_target(
    scores: pd.DataFrame,
    targets: Mapping[str, float] | float,
    *,
    alpha: float,
    correction: str = "holm",
    floor: float,
    top: float,
) -> pd.DataFrame:
    """Every criterion's mean against its target: strength, missed opportunity, or unresolved.

    The rank track is the signed-rank test (Pratt) of score minus target, the mean track Student's
    t.  A criterion on which all brands have the same score has no t-test; there the sign test
    decides in both tracks, and in the mean track the exact end-point test as well (the larger
    p-value counts), because eight brands at the top of the scale say much about the median and
    little about the mean.

    The interval is that of `effects.agreeing_interval`: it leaves the target outside if and only
    if the test of means passes; `interval_note` says where the ranks do not confirm that.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.
    targets : mapping of str to float, or float
        Points, per criterion id or for all.
    alpha : float
        Level of the family.
    correction : {"holm", "bonferroni", "bh", "none"}
    floor, top : float
        Ends of the scale, in points.

    Returns
    -------
    DataFrame, index: criterion, in the order of the columns
        * ``n``, ``mean``, ``target``, ``difference`` (mean minus target, points)
        * ``verdict``: ``"strength"``, ``"missed opportunity"`` or ``"unresolved"``
        * ``p_value``, ``p_adjusted``: signed rank; ``t_p_value``, ``t_p_adjusted``: mean track;
          ``sign_p_value``, ``sign_p_adjusted``: sign test, beside the others; NaN without scores
        * ``step_alpha``: level of the test of means within its family; ``ci_level`` is 1 minus it
        * ``ci_low``, ``ci_high``, ``interval_note``
        * ``above``, ``at``, ``below``: brands above, on and below the target; ``share`` at or above
          it with Wilson's interval, ``share_low``, ``share_high``
        * ``hodges_lehmann``, ``hl_low``, ``hl_high``, ``hl_level``, ``rank_biserial``, ``sd``: of score
          minus target, as in `pairwise`
        * ``n_used``, ``zeros``, ``ties``, ``statistic``, ``z``, ``t``, ``smallest_p``, ``exactness``, ``method``

    Raises
    ------
    UnknownName
        If a criterion has no target.
    """
    rows, columns_of_points = [], []
    for criterion in scores.columns:
        if isinstance(targets, Mapping) and criterion not in targets:
            raise UnknownName("criterion without a target", str(criterion), map(str, targets))
        target = float(targets[criterion] if isinstance(targets, Mapping) else targets)
        x = scores[criterion].to_numpy(dtype=float)
        x = x[~np.isnan(x)]
        columns_of_points.append(x)
        rows.append(_beside_target(x.tobytes(), target, 1 - alpha, floor, top, spoken()))
    columns = ["n", "mean", "target", "difference", "verdict", "p_value", "p_adjusted", "t_p_value", "t_p_adjusted"]
    columns += ["sign_p_value", "step_alpha", "ci_low", "ci_high", "ci_level", "interval_note", "above", "at", "below"]
    columns += [*SHIFT, "sd", "rank_biserial", "share", "share_low", "share_high", "sign_p_adjusted"]
    columns += ["n_used", "zeros", "ties", "statistic", "z", "t", "smallest_p", "exactness", "method"]
    table = pd.DataFrame(rows, index=scores.columns, columns=list(rows[0]) if rows else columns)
    table["sign_p_adjusted"] = adjust(table["sign_p_value"], correction)
    table.index.name = "criterion"
    firm = _correct(table, alpha, correction)
    side = np.where(table["difference"] > 0, "strength", "missed opportunity")
    table["verdict"] = np.where(firm, side, "unresolved")
    table["step_alpha"] = step_levels(table["t_p_value"], alpha, correction)
    table["ci_level"] = 1 - table["step_alpha"]
    intervals = [
        agreeing_interval(x, target, step_alpha=level, floor=floor, top=top)
        for x, target, level in zip(columns_of_points, table["target"], table["step_alpha"], strict=True)
    ]
    table["ci_low"] = [or_nan(interval.low) for interval in intervals]
    table["ci_high"] = [or_nan(interval.high) for interval in intervals]
    alone = (table["t_p_adjusted"] <= alpha) & ~firm
    notes = [interval.note for interval in intervals]
    table["interval_note"] = [
        "the ranks do not confirm what the means show" if only else note
        for only, note in zip(alone, notes, strict=True)
    ]
    return table[columns]


# Another target of one criterion leaves the others as they were.
@lru_cache(maxsize=64)
def _beside_target(
    points: bytes, target: float, level: float, floor: float, top: float, language: str
) -> Mapping[str, Any]:
    """One criterion's scores against its target, before the correction.

    `points` are the scores as bytes of doubles; `language` is that of the methods' names.
    """
    x = np.frombuffer(points)
    d = differences(x - target)
    tracks = _two_tracks(d)
    if x.size and np.ptp(d) == 0:
        of_the_mean = end_point_p(float(x[0]), x.size, target, floor, top)
        tracks["t_p_value"] = max(tracks["t_p_value"], of_the_mean)
        tracks["method"] = _("{method} and exact end-point test").format(method=tracks["method"])
    return {
        "mean": float(x.mean()) if x.size else math.nan,
        "target": target,
        "difference": float(d.mean()) + 0.0 if x.size else math.nan,
        **tracks,
        "sign_p_value": or_nan(sign_test(d).p_value if x.size else None),
        **_shift(d, level),
        **_share(d, level),
        "above": int((d > 0).sum()),
        "at": int((d == 0).sum()),
        "below": int((d < 0).sum()),
    }


SHIFT = ("hodges_lehmann", "hl_low", "hl_high", "hl_level")


def _shift(d: np.ndarray, level: float) -> dict[str, float]:
    """Sizes that belong to the ranks."""
    size = {"rank_biserial": or_nan(rank_biserial(d))}
    if d.size == 0 or d.size > HODGES_LEHMANN_UP_TO:
        return {**dict.fromkeys(SHIFT, math.nan), **size}
    shift = hodges_lehmann_interval(d, level)
    limits = {"hl_low": or_nan(shift.low), "hl_high": or_nan(shift.high)}
    return {"hodges_lehmann": or_nan(shift.effect), **limits, "hl_level": level, **size}


def _share(d: np.ndarray, level: float) -> dict[str, float]:
    """Share of brands on the target or above it."""
    reached = int((d >= 0).sum())
    low, high, __ = wilson(reached, d.size, level)
    return {"share": reached / d.size if d.size else math.nan, "share_low": or_nan(low), "share_high": or_nan(high)}


def _two_tracks(d: np.ndarray) -> dict[str, Any]:
    """Rank track and mean track of one question, before the correction."""
    if d.size == 0:
        nothing = dict.fromkeys(("p_value", "t_p_value", "statistic", "z", "t", "smallest_p", "sd"), math.nan)
        counts = dict.fromkeys(("n", "n_used", "zeros", "ties"), 0)
        return {**nothing, **counts, "exactness": "not tested", "method": _("not tested: no scores")}
    ranks, means = signed_rank(d), paired_t(d)
    if means.p_value is None:
        mean_p, beside = sign_test(d).p_value, _("no spread: sign test")
    else:
        mean_p, beside = means.p_value, means.method
    return {
        "p_value": ranks.p_value,
        "t_p_value": mean_p,
        "statistic": ranks.statistic,
        "z": ranks.z,
        "t": or_nan(means.statistic),
        "sd": float(d.std(ddof=1)) if d.size > 1 else math.nan,
        "smallest_p": or_nan(ranks.smallest_p),
        "n": d.size,
        "n_used": ranks.n_used,
        "zeros": ranks.zeros,
        "ties": ranks.ties,
        "exactness": ranks.exactness,
        "method": f"{ranks.method}; {beside}",
    }


def _correct(table: pd.DataFrame, alpha: float, correction: str) -> np.ndarray:
    """Add the adjusted p-values of both tracks; where both pass and point the same way."""
    table["p_adjusted"] = adjust(table["p_value"], correction)
    table["t_p_adjusted"] = adjust(table["t_p_value"], correction)
    same_side = np.sign(table["z"].astype(float)) == np.sign(table["difference"].astype(float).round(DIGITS))
    return ((table["p_adjusted"] <= alpha) & (table["t_p_adjusted"] <= alpha) & same_side).to_numpy(dtype=bool)
