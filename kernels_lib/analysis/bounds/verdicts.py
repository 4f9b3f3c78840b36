"""What the published means prove on both tracks, the test of means and the test of ranks.

    pairs_by_both_tracks              every pair of criteria
    against_target_by_both_tracks     every criterion against its target
    tipping_points                    how much brands would have to differ to undo a difference

A finding of the project is firm if both tracks pass (see `significance.families`).  Hence, over all
tables with the published means, it holds

    "every"   if each track passes in every table,
    "none"    if at least one track passes in no table,
    "some"    otherwise: it is not certain, and not excluded.

*After a correction.*  Holm, Bonferroni and Benjamini-Hochberg never turn smaller p-values into larger
adjusted ones.  Corrected as one family, p-values that no table exceeds therefore certify what passes
in every table, and p-values that no table falls below certify what passes in none, although no single
table need hold all the extremes together.

*Ranks.*  The certificates are ``rank_p_sure`` and ``rank_p_floor``: bounds of the exact conditional
p-value.  ``rank_p_worst`` beside them is the worst case as it is usually computed (exact where one
side only is possible, else by the normal approximation), for the reader.  Worst cases are the worse
of the two rules for zeros and best cases the better, so nothing hangs on the rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kernels_lib.analysis.bounds.mean_based import (
    CERTAIN,
    IMPOSSIBLE,
    UNDECIDABLE,
    against_over_tables,
    pairs_over_tables,
)
from kernels_lib.analysis.bounds.rank_tables import RULES
from kernels_lib.analysis.bounds.sampler import illustration
from kernels_lib.analysis.bounds.signed_ranks import (
    EXACT,
    NORMAL,
    NOT_COMPUTED,
    BestRanks,
    RankBound,
    SignBound,
    best_paired_ranks,
    best_ranks_against,
    compute_together,
    paired_signs,
    rank_floor,
    signs_against,
    worst_paired_ranks,
    worst_ranks_against,
)
from kernels_lib.analysis.bounds.totals import Grid, possible_totals, printed_means
from kernels_lib.analysis.significance import adjust

BOTH_TRACKS = "both tracks"
MEANS_ONLY = "test of means only"
RANKS_ONLY = "test of ranks only"

# The least that is known of the p-values behind a row decides what the row can be called.
_WEAKEST_FIRST = (NOT_COMPUTED, NORMAL, EXACT)


def pairs_by_both_tracks(
    means: pd.DataFrame | Mapping[str, str],
    n: int,
    *,
    step: float,
    floor: float,
    top: float,
    alpha: float,
    correction: str = "holm",
    names: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> pd.DataFrame:
    """Every pair of criteria over all tables that fit the published means, on both tracks.

    Parameters
    ----------
    means, n, step, floor, top, alpha, correction, names
        As for `pairs_over_tables`.
    folder : Path, optional
        Where computed rank tables are kept; see `store.remember`.

    Returns
    -------
    DataFrame, one row per unordered pair, in the order of `means`
        All columns of `pairs_over_tables` (``p_worst``, ``p_best`` and their kin are of the test of
        means), but ``holds`` is of both tracks; and

        * ``holds_means``, ``holds_ranks``: ``"every"``, ``"some"``, ``"none"``
        * ``grade``: ``"both tracks"``, ``"test of means only"`` or ``"test of ranks only"`` for what
          passes in every table; else ``"in no table"`` where ``holds`` is ``"none"``, and ``"not
          decidable from the means"``
        * ``sure_sign``: whether the direction of the difference of means is a plain fact
        * ``rank_z``: smallest z, 0 if the rank sum can vanish or point the other way; NaN where not computed
        * ``rank_p_worst``, ``rank_p_worst_adjusted``; 1 where not computed
        * ``rank_exactness``: what ``rank_p_worst`` is: ``"exact"``, ``"normal approximation"``, ``"not computed"``
        * ``rank_attained``: whether a table with these means is known to have ``rank_z``; else it is a safe bound
        * ``rank_p_exact``: exact conditional p-value of that table; NaN if none is known
        * ``rank_p_sure``, ``rank_p_sure_adjusted``: no table has a larger exact one
        * ``rank_p_best``, ``rank_p_best_adjusted``: smallest one that a table is known to have
        * ``rank_p_floor``, ``rank_p_floor_adjusted``: no table has a smaller exact one
        * ``sign_p_worst``, ``sign_p_best``: sign test, exact, not corrected
        * ``rank_reason``: why there is no bound of ranks; empty otherwise

    Raises
    ------
    BadData
        If a printed mean fits no table on this grid.
    """
    table = pairs_over_tables(
        means, n, step=step, floor=floor, top=top, alpha=alpha, correction=correction, names=names
    )
    grid, totals = Grid(n, step, floor, top), _totals(means, n, step, floor, top)
    all_totals = {
        (first, second): list(product(totals[first], totals[second]))
        for first, second in zip(table["first"], table["second"], strict=True)
    }
    compute_together((case for both in all_totals.values() for case in _telling(both, grid)), grid, folder=folder)
    rows = []
    for both in all_totals.values():
        sides = {int(np.sign(x - y)) for x, y in both}
        cases = _telling(both, grid)
        farthest = max(cases, key=lambda case: abs(case[0] - case[1]))
        rows.append(
            {
                "sure_sign": len(sides) == 1 and sides != {0},
                **_rank_columns(
                    [worst_paired_ranks(x, y, grid, rule, folder=folder) for x, y in cases for rule in RULES],
                    [best_paired_ranks(*farthest, grid, rule) for rule in RULES],
                    [paired_signs(x, y, grid) for x, y in cases],
                    one_way=not {-1, 1} <= sides,
                ),
            }
        )
    table["holds_means"] = table["holds"]
    return _judged(table, rows, ["sure_sign"], alpha, correction)


def against_target_by_both_tracks(
    means: pd.DataFrame | Mapping[str, str],
    targets: Mapping[str, float] | float,
    n: int,
    *,
    step: float,
    floor: float,
    top: float,
    alpha: float,
    correction: str = "holm",
    folder: Path | None = None,
) -> pd.DataFrame:
    """Every published mean against its target, over all tables that fit the means, on both tracks.

    Parameters
    ----------
    means, targets, n, step, floor, top, alpha, correction
        As for `against_over_tables`.
    folder : Path, optional
        Where computed rank tables are kept; see `store.remember`.

    Returns
    -------
    DataFrame, index: criterion, in the order of `means`
        All columns of `against_over_tables`, with ``grade`` and ``verdict`` (``"strength"``, ``"missed
        opportunity"``, ``"unresolved"``) of both tracks, and

        * ``verdict_means``: the verdict by the test of means alone; the interval belongs to it
        * ``holds``, ``holds_means``, ``holds_ranks`` and the columns of ranks and signs as in
          `pairs_by_both_tracks`

    Raises
    ------
    UnknownName
        If a criterion has no target.
    BadData
        If a printed mean fits no table on this grid.
    """
    table = against_over_tables(means, targets, n, step=step, floor=floor, top=top, alpha=alpha, correction=correction)
    grid, totals = Grid(n, step, floor, top), _totals(means, n, step, floor, top)
    rows = []
    for criterion, target, fact in zip(table.index, table["target"], table["fact"], strict=True):
        possible = totals[criterion]
        farthest = max(possible, key=lambda total: abs(total - n * grid.units(target)))
        rows.append(
            _rank_columns(
                [worst_ranks_against(total, grid, target, rule, folder=folder) for total in possible for rule in RULES],
                [best_ranks_against(farthest, grid, target, rule) for rule in RULES],
                [signs_against(total, grid, target) for total in possible],
                one_way=fact != "undecided",
            )
        )
    table["holds_means"] = table["grade"].map({CERTAIN: "every", UNDECIDABLE: "some", IMPOSSIBLE: "none"})
    table["verdict_means"] = table["verdict"]
    table = _judged(table, rows, [], alpha, correction)
    table["verdict"] = table["verdict"].where(table["holds"] == "every", "unresolved")
    return table


def tipping_points(
    means: pd.DataFrame | Mapping[str, str],
    n: int,
    *,
    step: float,
    floor: float,
    top: float,
    alpha: float,
    rng: np.random.Generator,
    draws: int = 2000,
    halo: float = 0.0,
    names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """How much the brands' differences would have to vary for each pair to stop being significant.

    A mean difference passes the paired t-test, unadjusted, if and only if the standard deviation of
    the brands' differences stays below ``tipping_sd`` = difference * sqrt(n) / critical t.  Beside it
    stand the smallest and the largest SD that the published means allow, which are certain, and a
    typical one, which is only an illustration (see `sampler`).

    Parameters
    ----------
    means, n, step, floor, top, alpha, names
        As for `pairs_over_tables`; alpha is the level of a single test.
    rng : numpy.random.Generator
    draws : int
        Tables drawn for the typical SD.
    halo : float
        Correlation between criteria in these tables; see `sampler.halo`.

    Returns
    -------
    DataFrame, one row per unordered pair, in the order of `means`
        * ``first``, ``second``, ``first_name``, ``second_name``, ``difference``: as in `pairs_over_tables`
        * ``tipping_sd``, ``smallest_sd``, ``typical_sd``, ``largest_sd``: points
        * ``passes``: in ``"every"`` table, in ``"some"``, in ``"none"``, unadjusted

    Raises
    ------
    BadData
        If a printed mean fits no table on this grid.
    """
    table = pairs_over_tables(means, n, step=step, floor=floor, top=top, alpha=alpha, correction="none", names=names)
    grid, totals = Grid(n, step, floor, top), _totals(means, n, step, floor, top)
    middle = {criterion: possible[len(possible) // 2] for criterion, possible in totals.items()}
    drawn = illustration(middle, grid, draws=draws, rng=rng, alpha=alpha, correction="none", halos=(halo,))
    pairs = list(zip(table["first"], table["second"], strict=True))
    table["smallest_sd"] = [
        min(_smallest_sd(x - y, grid) for x, y in product(totals[first], totals[second])) for first, second in pairs
    ]
    # Both list the pairs in the order of `means`.
    table["typical_sd"] = drawn["typical_sd"].to_numpy()
    table["passes"] = table["holds"]
    columns = ["first", "second", "first_name", "second_name", "difference", "tipping_sd"]
    return table[[*columns, "smallest_sd", "typical_sd", "largest_sd", "passes"]]


def _totals(
    means: pd.DataFrame | Mapping[str, str], n: int, step: float, floor: float, top: float
) -> dict[str, list[int]]:
    return {criterion: possible_totals(text, n, step, floor, top) for criterion, text in printed_means(means).items()}


def _telling(both: Iterable[tuple[int, int]], grid: Grid) -> list[tuple[int, int]]:
    """Pairs of totals that include every extreme: per difference the least and the most room for the other sign.

    All that the tests of ranks and signs know of two totals is their difference and that room, and
    more room only adds tables.
    """
    by_gap: dict[int, list[tuple[int, int, int]]] = {}
    for x, y in both:
        upper, lower = max(x, y), min(x, y)
        room = min(lower - grid.n * grid.low, grid.n * grid.high - upper)
        by_gap.setdefault(abs(x - y), []).append((room, x, y))
    return [case[1:] for cases in by_gap.values() for case in sorted({min(cases), max(cases)})]


def _rank_columns(
    worst: list[RankBound], best: list[BestRanks], signs: list[SignBound], *, one_way: bool
) -> dict[str, Any]:
    """Extremes over all totals and both rules; `one_way`: the totals leave no doubt about the direction."""
    # A missing bound is replaced by 1, which is always safe.
    last = max(worst, key=lambda bound: (1.0 if bound.p_value is None else bound.p_value, bound.p_sure))
    weakest = min((bound.exactness for bound in worst), key=_WEAKEST_FIRST.index)
    known = one_way and weakest != NOT_COMPUTED and last.p_value is not None
    z = [bound.z for bound in worst]
    return {
        "rank_z": math.nan if None in z else min(z) if one_way else 0.0,
        "rank_p_worst": last.p_value if known else 1.0,
        "rank_exactness": weakest,
        "rank_attained": one_way and last.attained,
        "rank_p_exact": math.nan if last.p_exact is None or not one_way else last.p_exact,
        "rank_p_sure": max(bound.p_sure for bound in worst) if one_way else 1.0,
        "rank_p_best": min(bound.p_value for bound in best),
        "rank_p_floor": min(rank_floor(bound.most) for bound in signs),
        "sign_p_worst": max(bound.p_worst for bound in signs) if one_way else 1.0,
        "sign_p_best": min(bound.p_best for bound in signs),
        "rank_reason": next((bound.reason for bound in worst if bound.reason), ""),
    }


_MADE = (
    "holds_means",
    "holds_ranks",
    "rank_z",
    "rank_p_worst",
    "rank_p_worst_adjusted",
    "rank_exactness",
    "rank_attained",
    "rank_p_exact",
    "rank_p_sure",
    "rank_p_sure_adjusted",
    "rank_p_best",
    "rank_p_best_adjusted",
    "rank_p_floor",
    "rank_p_floor_adjusted",
    "sign_p_worst",
    "sign_p_best",
    "rank_reason",
)


def _judged(
    table: pd.DataFrame, rows: list[dict[str, Any]], further: list[str], alpha: float, correction: str
) -> pd.DataFrame:
    """Join the columns of ranks, correct them as one family, and say what holds on both tracks."""
    kept = [column for column in table.columns if column != "holds_means"]
    made = [c for c in _MADE if not c.endswith("_adjusted") and not c.startswith("holds")]
    table = table.join(pd.DataFrame(rows, index=table.index, columns=[*further, *made]))
    for column in ("worst", "sure", "best", "floor"):
        p = table[f"rank_p_{column}"].astype(float)
        table[f"rank_p_{column}_adjusted"] = adjust(p, correction)
    table["holds_ranks"] = np.select(
        [table["rank_p_sure_adjusted"] <= alpha, table["rank_p_floor_adjusted"] > alpha], ["every", "none"], "some"
    )
    means, ranks = table["holds_means"] == "every", table["holds_ranks"] == "every"
    excluded = (table["holds_means"] == "none") | (table["holds_ranks"] == "none")
    table["holds"] = np.select([means & ranks, excluded], ["every", "none"], "some")
    table["grade"] = np.select(
        [means & ranks, means, ranks, excluded], [BOTH_TRACKS, MEANS_ONLY, RANKS_ONLY, IMPOSSIBLE], UNDECIDABLE
    )
    order = [*kept, *(c for c in ("holds", "grade") if c not in kept), *further, *_MADE]
    return table[order]


def _smallest_sd(gap: int, grid: Grid) -> float:
    """SD of n differences that are two neighbouring steps, points; the least possible."""
    n, rest = grid.n, gap % grid.n
    return grid.points(math.sqrt(rest * (n - rest) / (n * (n - 1)))) if n > 1 else 0.0
