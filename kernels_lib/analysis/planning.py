"""How many brands, and raters, a new study needs: simulated from the scores at hand.

    plan              the answer for a typical and for the hardest pair of criteria
    raters_in         how many raters the data have, and how they agree
    read_raters       "1,2,3" as numbers
    in_words          a plan, as lines of text
    why_they_differ   simulation and formula, compared in words

The formulas are in `power`.  Whoever calls this says whether the scores were measured or
reconstructed: a plan can be no better than what it starts from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from kernels_lib.analysis import row_tests
from kernels_lib.analysis.agreement import icc as agreement_of
from kernels_lib.analysis.agreement import one_way_icc
from kernels_lib.analysis.effects import DIGITS, wilson
from kernels_lib.analysis.power import brands_needed, check_power, first_step, mde_dz, step_level
from kernels_lib.errors import BadData, BadParameters
from kernels_lib.study.counts import Counts

# More brands than this are not simulated: no scorecard study scores so many by hand.
MOST_BRANDS = 600
FEWEST_AT_HAND = 5
# Shares of zeros and of scores on an end of the scale that are worth a word.
WORTH_A_WORD = 0.05


@dataclass(frozen=True)
class Answer:
    """Brands needed for one pair of criteria and one number of raters.

    Attributes
    ----------
    first, second : str
        The two criteria; their spread is what the answer rests on.
    raters : int
        Raters who score each brand; each brand's score is their mean.
    sd : float
        Standard deviation of the brands' differences, in points, with these raters.
    n : int or None
        Fewest brands whose simulated power reaches the wanted one; None with a `reason`.
    power, power_low, power_high : float or None
        Simulated power at `n`, and the 95 % interval of its simulation error.
    power_ranks, power_means : float or None
        Simulated power at `n` of the signed-rank test alone and of the t-test alone.
    closed_form : int or None
        Brands by the formula for a signed-rank test on normal differences.
    power_at_closed_form : float or None
        Simulated power there.
    closed_form_low, closed_form_high : int or None
        The same formula at the ends of the 95 % interval of the spread, which is itself known from
        the brands at hand only.
    zeros, at_ends : float
        Share of differences that are zero, and of moved scores on an end of the scale, in [0, 1].
    sd_moved : float
        Standard deviation of the simulated differences, in points: moved, rounded and clipped.
    reason : str
        Why there is no `n`; empty otherwise.
    """

    first: str
    second: str
    raters: int
    sd: float
    n: int | None
    power: float | None
    power_low: float | None
    power_high: float | None
    power_ranks: float | None
    power_means: float | None
    closed_form: int | None
    power_at_closed_form: float | None
    closed_form_low: int | None
    closed_form_high: int | None
    zeros: float
    at_ends: float
    sd_moved: float
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """The answer to "how many brands, and raters, does a new study need?".

    Attributes
    ----------
    effect, power, alpha, comparisons
        As asked.
    level : float
        alpha / comparisons: both tests must reach it.
    pairs : int
        Pairs of criteria whose means can lie `effect` apart on the scale.
    brands_at_hand : int
    found_at_hand : float or None
        Points that the number of brands at hand finds in the typical pair with this power, by the
        closed form; None where no difference is found.
    fewest : int
        Fewest brands whose smallest possible p-value passes.
    typical : tuple of Answer
        The pair with the median spread, one answer a number of raters.
    hardest : Answer
        The pair with the widest spread, with the first number of raters.
    icc : float or None
        Agreement of single raters that was assumed; None: raters as in the data.
    runs : int
        Simulated studies behind each power.
    notes : tuple of str
        What a reader must know; whole sentences.
    """

    effect: float
    power: float
    alpha: float
    comparisons: int
    level: float
    pairs: int
    brands_at_hand: int
    found_at_hand: float | None
    fewest: int
    typical: tuple[Answer, ...]
    hardest: Answer
    icc: float | None
    runs: int
    notes: tuple[str, ...]


class _Pair(NamedTuple):
    """Brands' differences of two criteria, one of them moved until the means lie `effect` apart.

    A score that falls between two points of the grid goes to `high` with probability `share_high`
    and to `low` otherwise, so that the mean difference is the effect exactly.
    """

    first: str
    second: str
    sd: float
    sd_scores: tuple[float, float]
    low: np.ndarray
    high: np.ndarray
    share_high: np.ndarray
    at_ends: float


def plan(
    scores: pd.DataFrame,
    *,
    effect: float,
    power: float,
    alpha: float,
    floor: float,
    top: float,
    step: float | None,
    rng: np.random.Generator,
    comparisons: int | None = None,
    raters: Sequence[int] = (1,),
    icc: float | None = None,
    raters_now: int = 1,
    runs: int = 2000,
) -> Plan:
    """How many brands, and raters, a new study needs to find a difference between two criteria.

    The new study is drawn from the scores at hand: brands with replacement, with one criterion of a
    pair moved until the true means lie `effect` apart, rounded at random to the scale's grid (which
    keeps the mean) and clipped to the scale.  Of the four ways to move, the one that moves least is
    taken.  A study succeeds if it finds the difference firmly: exact signed rank (Pratt) and
    paired t both at most alpha / comparisons, Holm's first step, on the right side.  The fewest
    brands are found by bisection; all sizes share their random numbers.

    What raters change: a brand's difference has the variance of true differences plus that of the
    raters' errors divided by the number of raters.  With the agreement ICC(A,1) of single raters
    the error variance of a criterion scored by one is (1 - ICC) times its variance.  Errors on two
    criteria are taken to be independent; a rater's severity, which both share, cancels out in their
    difference, so that the gain from raters is rather over- than understated.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.
    effect : float
        Points, above 0.
    power : float
        Above alpha / comparisons and below 1, such as 0.8.
    alpha : float
        Level of the family.
    floor, top : float
        Ends of the scale.
    step : float or None
        Distance between possible scores; None: continuous.
    rng : numpy Generator
    comparisons : int, optional
        Tests in the family; default: all pairs of the criteria.
    raters : sequence of int
        Numbers of raters to answer for.  Others than `raters_now` need `icc`.
    icc : float, optional
        ICC(A,1), in (0, 1].
    raters_now : int
        Raters behind each score at hand, which is their mean.
    runs : int
        Simulated studies behind each power: 2000 give it to about 2 percentage points.

    Returns
    -------
    Plan

    Raises
    ------
    BadParameters
        For an effect that is not above 0 or that no pair of criteria can have on this scale, for a
        power, level, number of raters or ICC out of range, and for raters without ICC.
    BadData
        With fewer than two criteria, fewer than 5 brands scored on both criteria of any pair, or
        where no brand differs from another.
    """
    if comparisons is None:
        comparisons = math.comb(scores.shape[1], 2)
    if scores.shape[1] < 2:
        raise BadData("a comparison needs two criteria.", remedy="Plan with a study that has more than one.")
    level = step_level(alpha, comparisons)
    check_power(level, power)
    _check_raters(raters, icc, raters_now)
    pairs = _moved_pairs(scores, effect, floor, top, None if step is None else step / raters_now)
    by_spread = sorted(pairs, key=lambda pair: (round(pair.sd, DIGITS), pair.first, pair.second))
    typical, hardest = by_spread[(len(by_spread) - 1) // 2], by_spread[-1]

    draws = rng.random((2, runs, MOST_BRANDS))
    span = top - floor
    asked = {"effect": effect, "power": power, "alpha": alpha, "comparisons": comparisons}

    def answer(pair: _Pair, r: int) -> Answer:
        return _answer(pair, r, _shrinkage(pair, r, icc, raters_now), draws, span, step, **asked)

    answers = tuple(answer(typical, r) for r in raters)
    same = hardest is typical
    brands = int(scores.notna().all(axis=1).sum())
    reachable = mde_dz(brands, level, power, test="signed_rank")
    return Plan(
        **asked,
        level=level,
        pairs=len(pairs),
        brands_at_hand=brands,
        found_at_hand=None if reachable is None else reachable * answers[0].sd,
        fewest=first_step(0, alpha, comparisons).pairs_needed,
        typical=answers,
        hardest=answers[0] if same else answer(hardest, raters[0]),
        icc=icc,
        runs=runs,
        notes=_notes(typical, raters, icc, raters_now, math.comb(scores.shape[1], 2) - len(pairs), effect),
    )


def read_raters(text: str, icc: float | None, raters_now: int = 1) -> tuple[int, ...]:
    """Numbers of raters from a text such as ``1,2,3``; empty: as now, and one to three where `icc` is known.

    Raises
    ------
    BadParameters
        If a part is not a whole number.

    Examples
    --------
    >>> read_raters("1, 2,4", 0.6), read_raters("", 0.6), read_raters("", None, 5)
    ((1, 2, 4), (1, 2, 3), (5,))
    """
    if not text.strip():
        return (raters_now,) if icc is None else tuple(sorted({1, 2, 3, raters_now}))
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise BadParameters(f"raters '{text}' are not whole numbers from 1.", remedy="Write for example 1,2,3.")
    return tuple(map(int, parts))


def why_they_differ(answer: Answer, many: str = "brands") -> str:
    """Why simulation and closed form need different numbers of brands, in plain sentences.

    Empty where one of the two is missing.
    """
    if answer.n is None or answer.closed_form is None:
        return ""
    gap = answer.n - answer.closed_form
    size = f"as many {many} as" if gap == 0 else f"{abs(gap)} {'more' if gap > 0 else 'fewer'} than"
    seen = []
    if answer.zeros >= WORTH_A_WORD:
        seen.append(f"{answer.zeros:.0%} of them are zero, which tells the ranks nothing")
    if answer.at_ends >= WORTH_A_WORD:
        seen.append(f"{answer.at_ends:.0%} of the moved scores sit on an end of the scale")
    if abs(answer.sd_moved / answer.sd - 1) >= WORTH_A_WORD:
        wider = "wider" if answer.sd_moved > answer.sd else "narrower"
        seen.append(f"moving made them {wider} (spread {answer.sd_moved:.2f} instead of {answer.sd:.2f} points)")
    return (
        f"The simulation needs {size} the formula. It asks both tests to pass: with {answer.n} {many} the ranks pass "
        f"in {answer.power_ranks:.0%} of the simulated studies and the means in {answer.power_means:.0%}. The formula "
        "asks the ranks alone and takes the differences to be normal" + (f"; {', and '.join(seen)}." if seen else ".")
    )


def in_words(planned: Plan, *, names: Mapping[str, str] | None = None, one: str = "brand", many: str = "brands") -> str:
    """A plan as plain text, for a terminal.

    Parameters
    ----------
    planned : Plan
    names : mapping of str to str, optional
        Display names of the criteria.
    one, many : str
        What is scored.
    """
    names = names or {}
    family = (
        "the only comparison"
        if planned.comparisons == 1
        else f"one of {planned.comparisons} comparisons (Holm's first step)"
    )
    lines = [
        f"To find a true difference of {planned.effect:g} points between two criteria with a power of",
        f"{planned.power:.0%}, as {family}, signed rank and paired t both at p <= {planned.level:.2g}, a study needs:",
        "",
    ]
    shown = {"typical pair": planned.typical[0], "hardest pair": planned.hardest}
    if planned.pairs == 1:
        shown = {"the one pair": planned.hardest}
    for kind, answer in shown.items():
        pair = " - ".join(names.get(c, c) for c in (answer.first, answer.second))
        lines += [
            f"  {_count(answer, many):>14}  {kind}: {pair} (differences spread by {answer.sd:.2f} points)",
            f"  {'':14}  {_beside(answer, planned, many)}",
        ]
    if len(planned.typical) > 1:
        lines += ["", f"Raters of each {one}, typical pair (agreement of single raters {planned.icc:g}):"]
        lines += [
            f"  {_count(a, many):>14}  {a.raters} rater{'s' if a.raters > 1 else ''} (differences spread by "
            f"{a.sd:.2f} points; formula {_or_none(a.closed_form)})"
            for a in planned.typical
        ]
    lines += ["", *filter(None, [why_they_differ(planned.typical[0], many)])]
    if planned.found_at_hand is not None:
        lines.append(
            f"With {planned.brands_at_hand} {many}, as in the data, a difference of {planned.found_at_hand:.2f} points "
            "is found with this power in the typical pair (formula)."
        )
    lines.append(f"Fewer than {planned.fewest} {many} can never pass, whatever they score.")
    return "\n".join([*lines, *planned.notes])


def _count(answer: Answer, many: str) -> str:
    return f"{'?' if answer.n is None else answer.n} {many}"


def _or_none(number: int | None) -> str:
    return "none" if number is None else str(number)


def _beside(answer: Answer, planned: Plan, many: str) -> str:
    formula = f"formula {_or_none(answer.closed_form)}"
    if answer.closed_form_low != answer.closed_form_high:
        formula += (
            f" ({_or_none(answer.closed_form_low)} to {_or_none(answer.closed_form_high)}, because the spread is known "
            f"from {planned.brands_at_hand} {many} only)"
        )
    if answer.n is None:
        return f"{answer.reason}; {formula}"
    return f"simulated power {answer.power:.1%} ({answer.power_low:.1%} to {answer.power_high:.1%}); {formula}"


def _answer(
    pair: _Pair,
    raters: int,
    shrink: float,
    draws: np.ndarray,
    span: float,
    step: float | None,
    *,
    effect: float,
    power: float,
    alpha: float,
    comparisons: int,
) -> Answer:
    level = step_level(alpha, comparisons)
    sd = pair.sd * shrink
    closed = brands_needed(effect, sd, power, alpha, comparisons).signed_rank
    width = draws.shape[2]

    def studies(n: int) -> np.ndarray:
        return _draw(pair, draws[:, :, :n], effect, shrink, raters, span, step)

    def simulated(n: int) -> float:
        return float((row_tests.firm(studies(n), level) == 1).mean())

    n, reached, reason = None, None, ""
    if closed is None or closed > width:
        reason = f"more than {width}, which are not simulated"
    else:
        n, reached = _fewest(simulated, closed, first_step(0, alpha, comparisons).pairs_needed, width, power)
        if n is None:
            reason = f"not even {width} reach this power in simulation"
    interval, ranks, means = (None, None), None, None
    if n is not None:
        runs, d = draws.shape[1], studies(n)
        interval = wilson(round(reached * runs), runs)[:2]
        ranks = float((row_tests.signed_rank_p(d, level=level) <= level).mean())
        means = float((row_tests.paired_t_p(d) <= level).mean())
    narrow, wide = (brands_needed(effect, sd * factor, power, alpha, comparisons) for factor in _sd_factors(pair))
    seen = studies(FEWEST_AT_HAND)
    return Answer(
        first=pair.first,
        second=pair.second,
        raters=raters,
        sd=sd,
        n=n,
        power=reached,
        power_low=interval[0],
        power_high=interval[1],
        power_ranks=ranks,
        power_means=means,
        closed_form=closed,
        power_at_closed_form=simulated(closed) if closed is not None and closed <= width else None,
        closed_form_low=narrow.signed_rank,
        closed_form_high=wide.signed_rank,
        zeros=float((np.abs(seen) < 1e-9).mean()),
        at_ends=pair.at_ends,
        sd_moved=float(seen.std()),
        reason=reason,
    )


def _fewest(
    simulated: Callable[[int], float], start: int, fewest: int, most: int, power: float
) -> tuple[int | None, float | None]:
    """Smallest n that reaches the power; bisection, because common random numbers make it rise with n."""
    low, high = max(fewest, 2) - 1, max(fewest, min(start, most))
    at_high = simulated(high)
    while at_high < power:
        if high == most:
            return None, None
        low, high = high, min(most, math.ceil(1.25 * high))
        at_high = simulated(high)
    # The answer is seldom far below the closed form: look there before halving the whole way down.
    near = max(low + 1, math.floor(0.8 * high))
    if low + 1 < near < high:
        at_near = simulated(near)
        low, high, at_high = (low, near, at_near) if at_near >= power else (near, high, at_high)
    while high - low > 1:
        middle = (low + high) // 2
        at_middle = simulated(middle)
        low, high, at_high = (low, middle, at_middle) if at_middle >= power else (middle, high, at_high)
    return high, at_high


def _draw(
    pair: _Pair, draws: np.ndarray, effect: float, shrink: float, raters: int, span: float, step: float | None
) -> np.ndarray:
    """Differences of simulated studies, shape (runs, n)."""
    brand = (draws[0] * pair.low.size).astype(int)
    d = np.where(draws[1] < pair.share_high[brand], pair.high[brand], pair.low[brand])
    if shrink == 1:
        return d
    d = effect + shrink * (d - effect)
    if step is not None:
        # A mean of r scores lies on a grid r times as fine.  A fresh random number for the rounding
        # is made of the digits of the one that chose the brand.
        fine = step / raters
        d = np.floor(d / fine + (draws[0] * pair.low.size) % 1) * fine
    return np.clip(d, -span, span)


def _shrinkage(pair: _Pair, raters: int, icc: float | None, raters_now: int) -> float:
    """Standard deviation of a difference with these raters, as a share of that at hand."""
    if icc is None or raters == raters_now:
        return 1.0
    return math.sqrt(1 - _error_share(pair, icc, raters_now)[0] * (1 - raters_now / raters))


def _sd_factors(pair: _Pair, level: float = 0.95) -> tuple[float, float]:
    """What a standard deviation is multiplied by for the limits of its interval, if differences are normal."""
    df = pair.low.size - 1
    return (
        math.sqrt(df / special.chdtri(df, (1 - level) / 2)),
        math.sqrt(df / special.chdtri(df, (1 + level) / 2)),
    )


def _error_share(pair: _Pair, icc: float, raters_now: int) -> tuple[float, bool]:
    """Share of the variance of a difference at hand that is the raters' error; whether it was cut to 1."""
    # The mean of r raters varies by truth + error / r; of one rater's variance truth is the ICC.
    of_a_score = (1 - icc) / raters_now / (icc + (1 - icc) / raters_now)
    share = of_a_score * (pair.sd_scores[0] ** 2 + pair.sd_scores[1] ** 2) / pair.sd**2
    return min(1.0, share), share > 1


def _moved_pairs(scores: pd.DataFrame, effect: float, floor: float, top: float, step: float | None) -> list[_Pair]:
    if not (math.isfinite(effect) and effect > 0):
        raise BadParameters(f"effect {effect:g} is not above 0.", remedy="Give the difference to be found, in points.")
    found, largest, spread = [], 0.0, False
    for first, second in combinations(scores.columns, 2):
        both = scores[[first, second]].dropna().to_numpy(dtype=float)
        if len(both) < FEWEST_AT_HAND:
            continue
        means = both.mean(axis=0)
        largest = max(largest, *(top - means), *(means - floor))
        sd = float(np.round(both[:, 0] - both[:, 1], DIGITS).std(ddof=1))
        spread = spread or sd > 0
        if sd > 0 and (moved := _least_move(both, effect, floor, top, step)) is not None:
            sds = tuple(float(value) for value in both.std(axis=0, ddof=1))
            found.append(_Pair(str(first), str(second), sd, sds, *moved))
    if found:
        return found
    if largest == 0:
        raise BadData(
            f"no two criteria have {FEWEST_AT_HAND} brands scored on both.", remedy="A plan needs a spread to go by."
        )
    if not spread:
        raise BadData(
            "no brand differs from another in any pair of criteria.", remedy="A plan needs a spread to go by."
        )
    raise BadParameters(
        f"effect {effect:g} does not fit the scale {floor:g}-{top:g}: no two criteria of this study can lie so far "
        "apart.",
        remedy=f"An effect below {largest:.2f} would work.",
    )


def _least_move(
    both: np.ndarray, effect: float, floor: float, top: float, step: float | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float] | None:
    """The four moves that set two criteria `effect` apart; differences after the smallest, signed positive."""
    best = None
    for moved, kept in ((0, 1), (1, 0)):
        for side in (1.0, -1.0):
            goal = both[:, kept].mean() + side * effect
            if not floor < goal < top:
                continue
            shift = _shift_to(goal, both[:, moved], floor, top, step)
            if best is None or abs(shift) < abs(best[0]) - 1e-9:
                best = (shift, moved, kept, side)
    if best is None:
        return None
    shift, moved, kept, side = best
    low, high, share = _rounded(both[:, moved] + shift, floor, top, step)
    ends = (1 - share) * ((low == floor) | (low == top)) + share * ((high == floor) | (high == top))
    differences = [np.round(side * (points - both[:, kept]), DIGITS) for points in (low, high)]
    return differences[0], differences[1], share, float(ends.mean())


def _shift_to(goal: float, points: np.ndarray, floor: float, top: float, step: float | None) -> float:
    """The shift that gives the moved, rounded and clipped scores the mean `goal`."""
    low, high = floor - points.max() - (step or 0), top - points.min() + (step or 0)
    for _ in range(60):
        middle = (low + high) / 2
        below, above, share = _rounded(points + middle, floor, top, step)
        mean = ((1 - share) * below + share * above).mean()
        low, high = (middle, high) if mean < goal else (low, middle)
    return (low + high) / 2


def _rounded(
    points: np.ndarray, floor: float, top: float, step: float | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The two neighbours on the grid, clipped, and the probability of the upper one."""
    if step is None:
        clipped = np.clip(points, floor, top)
        return clipped, clipped, np.zeros(points.size)
    units = (points - floor) / step
    below = np.floor(units)
    low, high = (np.clip(floor + step * unit, floor, top) for unit in (below, below + 1))
    return low, high, units - below


def _notes(
    typical: _Pair, raters: Sequence[int], icc: float | None, raters_now: int, left_out: int, effect: float
) -> tuple[str, ...]:
    notes = []
    at_hand = "one rater a brand" if raters_now == 1 else f"{raters_now} raters a brand, as their mean"
    if icc is None:
        notes.append(
            f"The scores at hand are taken to come from {at_hand}. How much further raters would help cannot be known "
            "from them; with the agreement of single raters from a pilot, ICC(A,1), it can."
        )
    else:
        notes.append(f"The scores at hand are taken to come from {at_hand}, with an agreement of {icc:.2g}.")
        if _error_share(typical, icc, raters_now)[1] and max(raters) > raters_now:
            notes.append(
                f"An agreement of {icc:.2g} would mean more error than the typical pair's scores differ by; all their "
                "spread is taken to be error, so the gain from raters is an upper limit."
            )
    if left_out:
        which = "1 pair of criteria is" if left_out == 1 else f"{left_out} pairs of criteria are"
        notes.append(f"{which} left out: too few brands scored on both, no spread, or no room for {effect:g} points.")
    return tuple(notes)


def raters_in(ratings: np.ndarray | None, counts: Counts | None = None) -> tuple[int, float | None]:
    """Raters behind each score of a study, and how well single raters agree.

    Parameters
    ----------
    ratings : ndarray, shape (n_brands, n_criteria, n_raters), or None
        Points of each rater; None where the data have one score a brand and criterion.
    counts : Counts, optional
        Where ratings were counted instead.

    Returns
    -------
    raters : int
        1 without ratings; of counted ratings, the median number behind a score.
    icc : float or None
        Median over the criteria of ICC(A,1), of counted ratings ICC(1); None where no criterion has one above 0.
    """
    if counts is not None:
        table = counts.table()
        behind = table.sum(axis=2)
        now = max(1, round(float(np.median(behind[behind > 0]))))
        found = [one_way_icc(table[:, place], counts.levels).effect for place in range(table.shape[1])]
    elif ratings is not None:
        now = ratings.shape[2]
        found = [agreement_of(ratings[:, place, :], "A,1").effect for place in range(ratings.shape[1])]
    else:
        return 1, None
    positive = [min(1.0, value) for value in found if value is not None and value > 0]
    return now, float(np.median(positive)) if positive else None


def _check_raters(raters: Sequence[int], icc: float | None, raters_now: int) -> None:
    if not raters or any(r < 1 for r in raters):
        raise BadParameters(
            f"raters {','.join(map(str, raters))} are not whole numbers from 1.",
            remedy="Write for example 1,2,3.",
        )
    if icc is not None and not 0 < icc <= 1:
        raise BadParameters(
            f"icc {icc:g} is not above 0 and at most 1.",
            remedy="Give ICC(A,1), the agreement of single raters, such as 0.6.",
        )
    if icc is None and any(r != raters_now for r in raters):
        raise BadParameters(
            "how much several raters help depends on how well they agree, which is not in the data.",
            remedy="Give icc, the agreement of single raters ICC(A,1), such as 0.6.",
        )
