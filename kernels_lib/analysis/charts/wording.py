"""Words that several charts share: verdicts, distances to a target, heads, what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from kernels_lib.analysis.charts.scales import distance, known
from kernels_lib.study.language import N_, _, _n
from kernels_lib.study.numerals import Numerals

# A group's verdict against its target: sign and words.  A diamond and italics mean "unresolved".
VERDICTS = {
    "strength": ("▲", N_("firmly above")),
    "missed opportunity": ("▼", N_("firmly below")),
    "unresolved": ("◇", N_("unresolved")),
}

# Where only the test of means says so, nothing is firm.
BY_MEANS = {"strength": ("▲", N_("above, by means")), "missed opportunity": ("▼", N_("below, by means"))}


def verdict(name: str, firm: bool = True) -> tuple[str, str]:
    """Sign and words of a group's verdict; `firm` is whether both tests say so.

    Examples
    --------
    >>> verdict("strength"), verdict("strength", firm=False)
    (('▲', 'firmly above'), ('▲', 'above, by means'))
    """
    sign, words = VERDICTS[name] if firm or name not in BY_MEANS else BY_MEANS[name]
    return sign, _(words)


def by_means_words(verdicts: Iterable[tuple[str, bool]]) -> str:
    """What "by means" is, for how to read, where a verdict says so; else nothing."""
    if all(firm or name not in BY_MEANS for name, firm in verdicts):
        return ""
    return _(
        "“Above, by means” and “below, by means” stand where the test of means alone says so and the test of ranks "
        "does not."
    )


def at_target(name: str, value: str, gap: float, target: float, numerals: Numerals) -> str:
    """A row for those who do not see the chart: ``Authenticity 2.5, 1.5 short of 4``."""
    size = distance(gap, numerals)
    if gap == 0:
        words = _("{name} {value}, just on {target}")
    elif gap < 0:
        words = _n("{name} {value}, {gap} short of {target}", "{name} {value}, {gap} short of {target}", _ones(size))
    else:
        words = _n("{name} {value}, {gap} above {target}", "{name} {value}, {gap} above {target}", _ones(size))
    return words.format(name=name, value=value, gap=size, target=numerals.target(target))


def at_target_sentence(name: str, value: str, gap: float, target: float, numerals: Numerals) -> str:
    """The same as a sentence: ``Authenticity: 2.5, which is 1.5 short of 4.``"""
    size = distance(gap, numerals)
    if gap == 0:
        words = _("{name}: {value}, which is just on {target}.")
    elif gap < 0:
        words = _n(
            "{name}: {value}, which is {gap} short of {target}.",
            "{name}: {value}, which is {gap} short of {target}.",
            _ones(size),
        )
    else:
        words = _n(
            "{name}: {value}, which is {gap} above {target}.",
            "{name}: {value}, which is {gap} above {target}.",
            _ones(size),
        )
    return words.format(name=name, value=value, gap=size, target=numerals.target(target))


def points_short(gap: float, numerals: Numerals) -> tuple[str, str]:
    """What a missed score lacks, in words and in fewer words: ``1.5 points short``, ``1.5 short``."""
    size = distance(gap, numerals)
    return (
        _n("{gap} point short", "{gap} points short", _ones(size)).format(gap=size),
        _("{gap} short").format(gap=size),
    )


def _ones(size: str) -> int:
    """1 for a distance that is written as one, as a noun beside it needs it; "1.0 points" are many."""
    return 1 if size == "1" else 2


def with_interval(value: float, low: Any, high: Any, numerals: Numerals) -> str:
    """``2.87 (2.52 to 3.22)``; the mean alone where there is no interval."""
    if not (known(low) and known(high)):
        return numerals.mean(value)
    return _("{mean} ({low} to {high})").format(
        mean=numerals.mean(value), low=numerals.mean(low), high=numerals.mean(high)
    )


def group_words(n: Iterable[Any], unit_many: str) -> str:
    """``30 brands``: how large the group is."""
    sizes = [int(size) for size in n if known(size)]
    return f"{max(sizes)} {unit_many}" if sizes else unit_many


def interval_head(card: pd.DataFrame, numerals: Numerals, *, mean: bool) -> str:
    """The head of a column of intervals, with or without means; says the level where there is one."""
    levels = set() if "ci_level" not in card else {round(float(level), 4) for level in card["ci_level"].dropna()}
    if len(levels) != 1:
        return _("mean, interval") if mean else _("interval")
    level = numerals.target(100 * levels.pop())
    return (_("mean, {level}% interval") if mean else _("{level}% interval")).format(level=level)


def target_words(target: float, numerals: Numerals) -> str:
    """The name of the target line."""
    return _("target {target}").format(target=numerals.target(target))


def criteria_left_out(count: int) -> str:
    """What a slide says where it leaves out criteria."""
    return _n(
        "{n} criterion between these is left out here; the report shows all",
        "{n} criteria between these are left out here; the report shows all",
        count,
    ).format(n=count)


def units_left_out(count: int, one: str, many: str) -> str:
    """What a slide says where it leaves out brands."""
    return _n(
        "{n} {unit} between these is left out here; the report shows all",
        "{n} {units} between these are left out here; the report shows all",
        count,
    ).format(n=count, unit=one, units=many)
