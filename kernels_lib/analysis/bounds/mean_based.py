"""Worst and best cases of the tests of means over every table with the published means.

The numerator of a t statistic is published; only the spread is unknown, and its extremes over all
tables have closed forms.

*One criterion.*  With a given total the squares add up to most when as many scores as possible
lie on the ends of the scale and to least when all scores are two neighbouring grid values.

*Two criteria.*  With totals S_x >= S_y the differences d = x - y add up to D = S_x - S_y.  Given d,
some y completes it exactly when sum(max(lo, lo - d)) <= S_y <= sum(min(hi, hi - d)), because y can
then be raised in single steps from the left sum to the right one; that is
sum(d-) <= min(S_y - n lo, n hi - S_x).  For each admissible sum of negative parts, the squares are
largest with as many d as possible at plus or minus the whole scale, if they fit into n brands.
Trying every admissible sum is exact.

*All pairs at once: the evenest table.*  Write S_j = n q_j + r_j, 0 <= r_j < n, and give the first r_j
brands the score q_j + 1 and all others q_j.  Every criterion then takes two neighbouring values, so
its variance is the least possible.  The sets of high brands are nested, hence d between any two
criteria takes, besides q_x - q_y, only one of its neighbours: two neighbouring whole numbers, the
least possible sum of squares for their total.  One and the same table therefore attains the best
case of all criteria and all pairs together.

*After a correction.*  Holm, Bonferroni and Benjamini-Hochberg are monotone: smaller p-values never
give larger adjusted ones.  The correction applied to the worst cases therefore certifies rejection
in every table, and applied to the best cases it excludes rejection in any table; since the evenest
table attains all best cases, rejection there really occurs.  (Where a difference is a whole number
of steps per brand the evenest table has no spread and no t; `p_best` may then come from the next
evenest arrangement of that pair alone, and "some" means not excluded.)

*No spread.*  Where all scores can be equal the t-test is undefined for that table.  Against a target
the sign test and the exact end-point test of the mean take its place, the larger p-value counting,
as in `significance.against_target`; for a pair the sign test, as in `significance.pairwise`.

Worst and best run over all totals that a printed mean can stand for.

*Any step.*  The step of the grid is often inferred, not published.  Without it a mean is known up to
half a unit of its last digit, and the squares are at most the scale's length times the sum of
absolute values (for one criterion: Bhatia and Davis, variance <= (hi - m)(m - lo)).  The columns
``any_step`` say whether a conclusion survives that; where it does not, it leans on the step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from kernels_lib.analysis.bounds.totals import Grid, possible_totals, printed_means, printed_range
from kernels_lib.analysis.effects import end_point_interval, end_point_p, step_levels
from kernels_lib.analysis.significance import adjust
from kernels_lib.errors import BadData, UnknownName
from kernels_lib.study.language import N_

CERTAIN = "every table, test of means"
UNDECIDABLE = "not decidable from the means"
IMPOSSIBLE = "in no table"


class Bound(NamedTuple):
    """An extreme case: t (signed; infinite without spread, 0 without difference), its p-value, its SD in points."""

    t: float
    p_value: float
    sd: float


def sd_bounds(total: int, grid: Grid) -> tuple[float, float]:
    """Least and largest standard deviation of n scores with this total, in points.

    Examples
    --------
    >>> least, largest = sd_bounds(125, Grid(30, 0.5, 1, 5))
    >>> round(least, 2), round(largest, 2)
    (0.19, 1.79)
    """
    least, most = _squares_against(total, grid)
    return _sd(total, least, grid), _sd(total, most, grid)


def guaranteed_counts(total: int, grid: Grid, cut: float) -> tuple[int, int]:
    """Least and most brands that can have scored `cut` or more, given the total.

    Examples
    --------
    >>> guaranteed_counts(125, Grid(30, 0.5, 1, 5), 3.0)  # 65 steps above 1.0, 4 for each brand at 3.0
    (0, 16)
    """
    n, low, high = grid.n, grid.low, grid.high
    reaching = math.ceil(grid.units(cut))
    if reaching <= low:
        return n, n
    if reaching > high:
        return 0, 0
    most = min(n, (total - n * low) // (reaching - low))
    # All others just below the cut: what is still missing must come from brands at the top.
    least = max(0, math.ceil(Fraction(total - n * (reaching - 1), high - reaching + 1)))
    return least, most


def worst_t_against(total: int, grid: Grid, target: float) -> Bound:
    """The largest p-value of a test of the mean against `target` over all tables with this total."""
    return max(_cases_against(total, grid, target, best=False), key=lambda bound: bound.p_value)


def best_t_against(total: int, grid: Grid, target: float) -> Bound:
    """The smallest p-value of a test of the mean against `target` over all tables with this total."""
    return min(_cases_against(total, grid, target, best=True), key=lambda bound: bound.p_value)


def worst_paired_t(total_x: int, total_y: int, grid: Grid) -> Bound:
    """The largest p-value of the paired test over all tables with these two totals.

    Examples
    --------
    >>> bound = worst_paired_t(300, 234, Grid(30, 0.5, 1, 5))
    >>> round(bound.p_value, 4), round(bound.sd, 2)
    (0.0021, 1.79)
    """
    return max(_cases_paired(total_x, total_y, grid, best=False), key=lambda bound: bound.p_value)


def best_paired_t(total_x: int, total_y: int, grid: Grid) -> Bound:
    """The smallest p-value of the paired test over all tables with these two totals."""
    return min(_cases_paired(total_x, total_y, grid, best=True), key=lambda bound: bound.p_value)


def evenest_table(totals: Sequence[int], grid: Grid) -> np.ndarray:
    """The table that attains the smallest variance of every criterion and of every pair at once.

    Parameters
    ----------
    totals : sequence of int
        One total per criterion, in steps.
    grid : Grid

    Returns
    -------
    ndarray, shape (n_brands, n_criteria)
        Scores in points.

    Examples
    --------
    >>> evenest_table([7, 10], Grid(3, 1, 1, 5))
    array([[3., 4.],
           [2., 3.],
           [2., 3.]])
    """
    brand = np.arange(grid.n)[:, None]
    quotient, rest = np.divmod(np.asarray(totals, dtype=int), grid.n)
    return (quotient + (brand < rest)) * float(grid.exact_step)


def pairs_over_tables(
    means: pd.DataFrame | Mapping[str, str],
    n: int,
    *,
    step: float,
    floor: float,
    top: float,
    alpha: float,
    correction: str = "holm",
    names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Every pair of criteria over all tables that fit the published means (paired test of means).

    Parameters
    ----------
    means : DataFrame with a column ``mean`` of text, or mapping of str to str
        Means as printed, per criterion id.
    n : int
        Brands.
    step, floor, top : float
        The grid of scores, in points.
    alpha : float
        Level of the family of all pairs.
    correction : {"holm", "bonferroni", "bh", "none"}
    names : mapping of str to str, optional
        Display names; the ids themselves if not given.

    Returns
    -------
    DataFrame, one row per unordered pair, in the order of `means`
        * ``first``, ``second``, ``first_name``, ``second_name``: `first` has the higher mean
        * ``difference``: points, from the totals (their middle where several fit), never negative
        * ``holds``: ``"every"`` table shows the difference after the correction, ``"some"``, ``"none"``
        * ``p_worst``, ``p_best``, ``p_worst_adjusted``, ``p_best_adjusted``; ``p_adjusted`` is
          ``p_worst_adjusted``
        * ``any_step``: whether ``"every"`` would also follow if scores could have any value on the
          scale, that is without knowing the step
        * ``largest_sd``: largest possible SD of the brands' differences, points
        * ``tipping_sd``: the SD above which the difference would no longer pass at `alpha` unadjusted

    Raises
    ------
    BadData
        If a printed mean fits no table on this grid.
    """
    grid, totals, names = Grid(n, step, floor, top), _all_totals(means, n, step, floor, top), names or {}
    texts = printed_means(means)
    critical = float(-special.stdtrit(n - 1, alpha / 2)) if n > 1 else math.inf
    rows = []
    for a, b in combinations(totals, 2):
        first, second = (a, b) if sum(totals[a]) / len(totals[a]) >= sum(totals[b]) / len(totals[b]) else (b, a)
        both = list(product(totals[first], totals[second]))
        worst = [worst_paired_t(x, y, grid) for x, y in both]
        best = [best_paired_t(x, y, grid) for x, y in both]
        gaps = [x - y for x, y in both]
        # With totals on both sides of equality not even the direction is certain.
        one_sided = min(gaps) >= 0 or max(gaps) <= 0
        rows.append(
            {
                "first": first,
                "second": second,
                "first_name": names.get(first, first),
                "second_name": names.get(second, second),
                "difference": abs(grid.points((min(gaps) + max(gaps)) / 2 / n)),
                "p_worst": max(bound.p_value for bound in worst) if one_sided else 1.0,
                "p_best": min(bound.p_value for bound in best),
                "p_any_step": _any_step_paired(texts[first], texts[second], grid),
                "largest_sd": max(_largest_sd_of_difference(x, y, grid) for x, y in both),
                "tipping_sd": grid.points(min(map(abs, gaps)) / n) * math.sqrt(n) / critical,
            }
        )
    columns = ["first", "second", "first_name", "second_name", "difference", "holds", "p_worst", "p_best"]
    columns += ["p_worst_adjusted", "p_best_adjusted", "p_adjusted", "any_step", "largest_sd", "tipping_sd"]
    made = [c for c in columns if c != "holds" and c != "any_step" and not c.endswith("adjusted")]
    table = pd.DataFrame(rows, columns=[*made, "p_any_step"])
    table["p_worst_adjusted"] = adjust(table["p_worst"], correction)
    table["p_best_adjusted"] = adjust(table["p_best"], correction)
    table["p_adjusted"] = table["p_worst_adjusted"]
    table["any_step"] = adjust(table["p_any_step"], correction) <= alpha
    table["holds"] = np.select(
        [table["p_worst_adjusted"] <= alpha, table["p_best_adjusted"] > alpha], ["every", "none"], "some"
    )
    return table[columns]


def against_over_tables(
    means: pd.DataFrame | Mapping[str, str],
    targets: Mapping[str, float] | float,
    n: int,
    *,
    step: float,
    floor: float,
    top: float,
    alpha: float,
    correction: str = "holm",
) -> pd.DataFrame:
    """Every published mean against its target, over all tables that fit the published means.

    Two layers that a report shows apart: the *fact*, where the published mean lies, and the *grade*,
    what can be said beyond these brands.  The interval is the union of the intervals of all tables,
    each at the level at which the correction tested this criterion in the worst case; it leaves the
    target outside where the verdict is firm, and elsewhere only where `interval_note` says why.

    Parameters
    ----------
    means : DataFrame with a column ``mean`` of text, or mapping of str to str
        Means as printed, per criterion id.
    targets : mapping of str to float, or float
        Points, per criterion id or for all.
    n : int
        Brands.
    step, floor, top : float
        The grid of scores, in points.
    alpha : float
        Level of the family.
    correction : {"holm", "bonferroni", "bh", "none"}

    Returns
    -------
    DataFrame, index: criterion, in the order of `means`
        * ``n``, ``mean`` (from the total, its middle where several fit), ``target``, ``difference``
        * ``sd_min``, ``sd_max``: points
        * ``p_worst``, ``p_best``, ``p_worst_adjusted``, ``p_best_adjusted``
        * ``step_alpha``; ``ci_low``, ``ci_high`` at ``ci_level`` = 1 - step_alpha; ``ci95_low``,
          ``ci95_high`` at 95 % each for itself; all within the scale; ``interval_note``
        * ``fact``: ``"below"``, ``"above"``, ``"at"``, by exact totals; ``"undecided"`` where the
          printed mean fits totals on both sides of the target
        * ``grade``: ``"every table, test of means"``, ``"not decidable from the means"`` or ``"in no table"``
        * ``verdict``: ``"strength"``, ``"missed opportunity"`` or ``"unresolved"``
        * ``any_step``: whether the verdict would also be firm without knowing the step
        * ``method``: the test behind ``p_worst``, in English

    Raises
    ------
    UnknownName
        If a criterion has no target.
    BadData
        If a printed mean fits no table on this grid.
    """
    grid, totals = Grid(n, step, floor, top), _all_totals(means, n, step, floor, top)
    texts = printed_means(means)
    rows = []
    for criterion, possible in totals.items():
        if isinstance(targets, Mapping) and criterion not in targets:
            raise UnknownName("criterion without a target", criterion, map(str, targets))
        target = float(targets[criterion] if isinstance(targets, Mapping) else targets)
        sides = {_side(total, grid, target) for total in possible}
        fact = sides.pop() if len(sides) == 1 else "undecided"
        worst = max((worst_t_against(total, grid, target) for total in possible), key=lambda bound: bound.p_value)
        spreads = [sd_bounds(total, grid) for total in possible]
        mean = grid.points((possible[0] + possible[-1]) / 2 / n)
        rows.append(
            {
                "n": n,
                "mean": mean,
                "target": target,
                "difference": mean - target,
                "sd_min": min(least for least, _ in spreads),
                "sd_max": max(most for _, most in spreads),
                "p_worst": 1.0 if fact == "undecided" else worst.p_value,
                "p_best": min(best_t_against(total, grid, target).p_value for total in possible),
                "p_any_step": max(worst.p_value, _any_step_against(texts[criterion], grid, target)),
                "fact": fact,
                "method": N_("no spread: sign test and exact end-point test") if worst.sd == 0 else N_("t, worst case"),
            }
        )
    made = [
        "n",
        "mean",
        "target",
        "difference",
        "sd_min",
        "sd_max",
        "p_worst",
        "p_best",
        "p_any_step",
        "fact",
        "method",
    ]
    table = pd.DataFrame(rows, index=pd.Index(list(totals), name="criterion"), columns=made)
    table["p_worst_adjusted"] = adjust(table["p_worst"], correction)
    table["p_best_adjusted"] = adjust(table["p_best"], correction)
    table["any_step"] = adjust(table["p_any_step"], correction) <= alpha
    table["step_alpha"] = step_levels(table["p_worst"], alpha, correction)
    table["ci_level"] = 1 - table["step_alpha"]
    drawn = [_widest(totals[c], grid, level) for c, level in table["step_alpha"].items()]
    usual = [_widest(totals[c], grid, 0.05) for c in table.index]
    table["ci_low"], table["ci_high"] = [low for low, _ in drawn], [high for _, high in drawn]
    table["ci95_low"], table["ci95_high"] = [low for low, _ in usual], [high for _, high in usual]

    certain = table["p_worst_adjusted"] <= alpha
    impossible = table["p_best_adjusted"] > alpha
    # Without spread the sign test must pass as well, so the exact interval may exclude what it does not
    # reject.  The interval is not moved to fit the verdict; the note says so.
    outside = (table["ci_low"] > table["target"]) | (table["ci_high"] < table["target"])
    table["interval_note"] = np.where(outside & ~certain, "the sign test does not confirm what the means show", "")
    table["grade"] = np.select([certain, impossible], [CERTAIN, IMPOSSIBLE], UNDECIDABLE)
    side = np.where(table["fact"] == "above", "strength", "missed opportunity")
    table["verdict"] = np.where(certain, side, "unresolved")
    columns = ["n", "mean", "target", "difference", "sd_min", "sd_max", "p_worst", "p_worst_adjusted", "p_best"]
    columns += [
        "p_best_adjusted",
        "step_alpha",
        "ci_low",
        "ci_high",
        "ci_level",
        "ci95_low",
        "ci95_high",
        "interval_note",
    ]
    return table[[*columns, "fact", "grade", "verdict", "any_step", "method"]]


def certainties(
    means: pd.DataFrame | Mapping[str, str],
    n: int,
    *,
    step: float,
    floor: float,
    top: float,
    cut: float | None = None,
) -> pd.DataFrame:
    """Facts about the brands that need no test: they hold in every table that fits the means.

    Parameters
    ----------
    means : DataFrame with a column ``mean`` of text, or mapping of str to str
        Means as printed, per criterion id.
    n : int
        Brands.
    step, floor, top : float
        The grid of scores, in points.
    cut : float, optional
        Points; the middle of the scale if not given.

    Returns
    -------
    DataFrame, index: criterion, in the order of `means`
        * ``n``, ``cut``
        * ``at_least_below``: so many brands scored less than the cut, or more of them
        * ``at_least_reaching``, ``at_most_reaching``: brands at or above the cut
        * ``at_least_on_top``: brands with the highest score
        * ``sd_min``, ``sd_max``: points
        * ``all_equal``: whether all brands must have the same score
    """
    grid, totals = Grid(n, step, floor, top), _all_totals(means, n, step, floor, top)
    cut = (floor + top) / 2 if cut is None else cut
    rows = []
    for possible in totals.values():
        counts = [guaranteed_counts(total, grid, cut) for total in possible]
        spreads = [sd_bounds(total, grid) for total in possible]
        least, most = min(c for c, _ in counts), max(c for _, c in counts)
        rows.append(
            {
                "n": n,
                "cut": cut,
                "at_least_below": n - most,
                "at_least_reaching": least,
                "at_most_reaching": most,
                "at_least_on_top": min(guaranteed_counts(total, grid, top)[0] for total in possible),
                "sd_min": min(s for s, _ in spreads),
                "sd_max": max(s for _, s in spreads),
                "all_equal": len(possible) == 1 and spreads[0][1] == 0,
            }
        )
    return pd.DataFrame(rows, index=pd.Index(list(totals), name="criterion"))


def _all_totals(
    means: pd.DataFrame | Mapping[str, str], n: int, step: float, floor: float, top: float
) -> dict[str, list[int]]:
    totals = {}
    for criterion, text in printed_means(means).items():
        totals[criterion] = possible_totals(text, n, step, floor, top)
        if not totals[criterion]:
            raise BadData(
                f"no {n} scores in steps of {step} from {floor} to {top} have the mean {text} of '{criterion}'.",
                remedy="Check the printed mean, the number of brands and the step; `grim_table` shows which fit.",
            )
    return totals


def _squares_against(total: int, grid: Grid) -> tuple[int, int]:
    """Least and largest sum of squared scores, in steps, given the total."""
    n, low, high = grid.n, grid.low, grid.high
    quotient, rest = divmod(total, n)
    least = (n - rest) * quotient**2 + rest * (quotient + 1) ** 2
    at_top, beyond = divmod(total - n * low, high - low)
    most = at_top * high**2
    if at_top < n:
        most += (low + beyond) ** 2 + (n - at_top - 1) * low**2
    return least, most


def _squares_paired(total_x: int, total_y: int, grid: Grid) -> tuple[int, int]:
    """Least and largest sum of squared differences, in steps, for total_x >= total_y."""
    n, reach, gap = grid.n, grid.high - grid.low, total_x - total_y
    quotient, rest = divmod(gap, n)
    least = (n - rest) * quotient**2 + rest * (quotient + 1) ** 2
    # Every sum of negative parts that the margins of the scale leave room for.
    negative = np.arange(min(total_y - n * grid.low, n * grid.high - total_x) + 1)
    positive = gap + negative
    far_down, rest_down = np.divmod(negative, reach)
    far_up, rest_up = np.divmod(positive, reach)
    needed = far_down + (rest_down > 0) + far_up + (rest_up > 0)
    squares = (far_down + far_up) * reach**2 + rest_down**2 + rest_up**2
    return least, int(squares[needed <= n].max())


def _scatter(total: int, squares: int, n: int) -> int:
    """n times the sum of squared deviations: a whole number, exactly 0 without spread."""
    return n * squares - total**2


def _sd(total: int, squares: int, grid: Grid) -> float:
    n = grid.n
    return grid.points(math.sqrt(_scatter(total, squares, n) / (n * (n - 1)))) if n > 1 else 0.0


def _largest_sd_of_difference(total_x: int, total_y: int, grid: Grid) -> float:
    x, y = max(total_x, total_y), min(total_x, total_y)
    return _sd(x - y, _squares_paired(x, y, grid)[1], grid)


def _cases(total: int, least: int, most: int, grid: Grid, *, best: bool) -> Iterator[int]:
    """The sums of squares that can hold the largest, or the smallest, p-value."""
    yield least if best else most
    if _scatter(total, least, grid.n) == 0:
        # A table without spread is judged by another test, whose p-value may be the larger or the
        # smaller one: it and its nearest neighbour with spread, one brand a step up and one down.
        if not best:
            yield least
        elif least + 2 <= most:
            yield least + 2


def _cases_against(total: int, grid: Grid, target: float, *, best: bool) -> Iterator[Bound]:
    n, aim = grid.n, grid.units(target)
    gap = Fraction(total, n) - aim
    for squares in _cases(total, *_squares_against(total, grid), grid, best=best):
        scatter = _scatter(total, squares, n)
        if scatter:
            yield _t_bound(float(gap), scatter, grid)
        else:
            value = grid.points(total / n)
            signs = 1.0 if gap == 0 else min(1.0, 2 * 0.5**n)
            p = max(signs, end_point_p(value, n, target, grid.floor, grid.top))
            yield Bound(_without_spread(float(gap)), p, 0.0)


def _cases_paired(total_x: int, total_y: int, grid: Grid, *, best: bool) -> Iterator[Bound]:
    n, gap = grid.n, abs(total_x - total_y)
    sign = 1 if total_x >= total_y else -1
    x, y = max(total_x, total_y), min(total_x, total_y)
    for squares in _cases(gap, *_squares_paired(x, y, grid), grid, best=best):
        scatter = _scatter(gap, squares, n)
        if scatter:
            yield _t_bound(sign * gap / n, scatter, grid)
        else:
            yield Bound(_without_spread(float(sign * gap)), 1.0 if gap == 0 else min(1.0, 2 * 0.5**n), 0.0)


def _any_step_against(text: str, grid: Grid, target: float) -> float:
    """Largest p-value if scores can have any value on the scale; a safe bound."""
    n = grid.n
    low, high = (min(max(end, grid.floor), grid.top) for end in printed_range(text))
    # |t| falls all the way towards the target, so the nearest possible mean is the worst.
    mean = min(max(target, low), high)
    if mean == target or n < 2:
        return 1.0
    variance = (grid.top - mean) * (mean - grid.floor) / (n - 1)
    p = 0.0 if variance <= 0 else 2 * float(special.stdtr(n - 1, -abs(mean - target) / math.sqrt(variance)))
    return max(p, min(1.0, 2 * 0.5**n), end_point_p(mean, n, target, grid.floor, grid.top))


def _any_step_paired(text_x: str, text_y: str, grid: Grid) -> float:
    """Largest p-value of a pair if scores can have any value on the scale; a safe bound."""
    n, reach = grid.n, grid.top - grid.floor
    low_x = max(printed_range(text_x)[0], grid.floor)
    high_y = min(printed_range(text_y)[1], grid.top)
    gap = low_x - high_y
    if gap <= 0 or n < 2:
        return 1.0
    # Means of the squares: |d| is at most the scale's length, and negative parts need room.
    room = min(high_y - grid.floor, grid.top - low_x)
    squares = reach * min(gap + 2 * room, reach)
    variance = (squares - gap**2) / (n - 1)
    p = 0.0 if variance <= 0 else 2 * float(special.stdtr(n - 1, -gap / math.sqrt(variance)))
    return max(p, min(1.0, 2 * 0.5**n))


def _t_bound(gap: float, scatter: int, grid: Grid) -> Bound:
    """t and p of a mean `gap` (steps) with n times the sum of squared deviations."""
    n = grid.n
    sd = math.sqrt(scatter / (n * (n - 1)))
    t = gap / sd * math.sqrt(n)
    return Bound(t, float(min(1.0, 2 * special.stdtr(n - 1, -abs(t)))), grid.points(sd))


def _without_spread(gap: float) -> float:
    return math.copysign(math.inf, gap) if gap else 0.0


def _side(total: int, grid: Grid, target: float) -> str:
    gap = total - grid.n * grid.units(target)
    return "above" if gap > 0 else "below" if gap < 0 else "at"


def _widest(possible: Sequence[int], grid: Grid, alpha: float) -> tuple[float, float]:
    """Union of the intervals of the mean over all tables, within the scale."""
    n = grid.n
    lows, highs = [], []
    for total in possible:
        mean = grid.points(total / n)
        least, most = _squares_against(total, grid)
        if _scatter(total, most, n):
            half = float(-special.stdtrit(n - 1, alpha / 2)) * _sd(total, most, grid) / math.sqrt(n)
            lows.append(mean - half)
            highs.append(mean + half)
        if _scatter(total, least, n) == 0:
            low, high, _ = end_point_interval(mean, n, alpha, grid.floor, grid.top)
            lows.append(low)
            highs.append(high)
    return max(grid.floor, min(lows)), min(grid.top, max(highs))
