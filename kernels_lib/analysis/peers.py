"""One brand against the others, criterion by criterion.

The others never include the brand itself.  Whether a difference from the peers is more than
noise is a question of its own: it never changes the verdict of a score against its target, and
withholding small groups from a reader is not done here.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from kernels_lib.analysis.effects import Interval
from kernels_lib.analysis.significance import (
    DIGITS,
    adjust,
    crawford_howell,
    percentile_with_ties,
    prediction_interval,
)
from kernels_lib.errors import UnknownName


def against_peers(
    score_row: pd.Series,
    peers: pd.DataFrame,
    *,
    alpha: float,
    correction: str = "bh",
    minimum_base: int = 4,
) -> pd.DataFrame:
    """Where a brand stands among its peers on each criterion, and whether that is more than noise.

    Parameters
    ----------
    score_row : Series
        The brand's scores in points.  Index: criterion ids.  NaN where it was not scored.
    peers : DataFrame, shape (n_peers, n_criteria)
        The other brands' scores, without the brand itself.  NaN where a peer was not scored.
    alpha : float
        Level of the family of all criteria.
    correction : {"holm", "bonferroni", "bh", "none"}
        Exploratory, hence Benjamini and Hochberg by default.
    minimum_base : int, default 4
        Least number of brands in the best quarter.

    Returns
    -------
    DataFrame, index: criterion, as `score_row`
        * ``peers_mean``, ``peers_q1``, ``peers_q3``: points; NaN without peers
        * ``best_quarter``: mean of the best quarter of the peers (rounded up), at least
          `minimum_base` brands; NaN if there are not so many
        * ``base``: number of peers scored
        * ``below``, ``tied``, ``above``: peers that scored less, the same, more; NaN if the brand
          was not scored
        * ``difference``: score minus peers' mean
        * ``p_value``, ``p_adjusted``: Crawford and Howell's t; NaN where it cannot be tested
        * ``firm``: whether ``p_adjusted`` is at most `alpha`
        * ``z``: the difference in standard deviations of the peers; ``z_low``, ``z_high`` by the
          noncentral t; ``t``: the statistic
        * ``expected_low``, ``expected_high``: where one further brand like the peers would lie with
          probability 1 - alpha, in points, not clipped to the scale
        * ``percentile``: mid-rank percentile among the peers, ``percentile_low``, ``percentile_high``

    Raises
    ------
    UnknownName
        If `peers` lacks a criterion of `score_row`.
    """
    rows = []
    for criterion, value in score_row.items():
        if criterion not in peers.columns:
            raise UnknownName("criterion", str(criterion), map(str, peers.columns))
        score = math.nan if value is None else round(float(value), DIGITS)
        others = peers[criterion].to_numpy(dtype=float)
        others = np.sort(np.round(others[~np.isnan(others)], DIGITS))[::-1]
        base = others.size
        quarter = max(math.ceil(base / 4), minimum_base)
        result = crawford_howell(score, others, level=1 - alpha)
        expected = _expected(others, 1 - alpha)
        place = percentile_with_ties(score, others, 1 - alpha)
        scored = not math.isnan(score)
        rows.append(
            {
                "peers_mean": float(others.mean()) if base else math.nan,
                "peers_q1": float(np.quantile(others, 0.25)) if base else math.nan,
                "peers_q3": float(np.quantile(others, 0.75)) if base else math.nan,
                "best_quarter": float(others[:quarter].mean()) if base and base >= quarter else math.nan,
                "base": base,
                "below": float((others < score).sum()) if scored else math.nan,
                "tied": float((others == score).sum()) if scored else math.nan,
                "above": float((others > score).sum()) if scored else math.nan,
                "difference": score - float(others.mean()) if base else math.nan,
                "p_value": _or_nan(result.p_value),
                "z": _or_nan(result.z_cc),
                "z_low": _or_nan(result.ci_low),
                "z_high": _or_nan(result.ci_high),
                "t": _or_nan(result.statistic),
                "expected_low": _or_nan(expected.low),
                "expected_high": _or_nan(expected.high),
                "percentile": _or_nan(place.percent),
                "percentile_low": _or_nan(place.low),
                "percentile_high": _or_nan(place.high),
            }
        )
    columns = ["peers_mean", "peers_q1", "peers_q3", "best_quarter", "base", "below", "tied", "above", "difference"]
    more = ["z", "z_low", "z_high", "t", "expected_low", "expected_high"]
    more += ["percentile", "percentile_low", "percentile_high"]
    table = pd.DataFrame(rows, index=score_row.index, columns=[*columns, "p_value", *more])
    table.index.name = "criterion"
    table["p_adjusted"] = adjust(table["p_value"], correction)
    table["firm"] = table["p_adjusted"] <= alpha
    return table[[*columns, "p_value", "p_adjusted", "firm", *more]]


def _expected(others: np.ndarray, level: float) -> Interval:
    """Where one further brand like the peers would lie."""
    if others.size < 2:
        return Interval(None, None, "none: fewer than two peers")
    return prediction_interval(float(others.mean()), float(others.std(ddof=1)), others.size, level)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
