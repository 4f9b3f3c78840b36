"""Results in the style of the American Psychological Association, for researchers who quote them.

Numbers that cannot exceed 1 (p, r, W) lose their leading zero; p is given to three decimals or as
``< .001``; statistics have two decimals.  Symbols are the same in every language.  German writes a
decimal comma, keeps the leading zero before it, and so parts numbers by semicolons.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from kernels_lib.study.language import SOURCE, _, spoken
from kernels_lib.study.numerals import Numerals

MINUS = "\u2212"


def number(value: float | None, decimals: int = 2) -> str:
    """A statistic with so many decimals; empty where there is none.

    Examples
    --------
    >>> number(-1.005), number(30, 0)
    ('−1.00', '30')
    """
    if value is None or math.isnan(value):
        return ""
    if math.isinf(value):
        return _("infinite")
    rounded = round(round(value, 9), decimals)
    digits = f"{abs(rounded):.{decimals}f}".replace(".", Numerals(spoken()).separators[0])
    return (MINUS if rounded < 0 else "") + digits


def share(value: float | None, decimals: int = 2) -> str:
    """A number that cannot exceed 1, in English without its leading zero.

    Examples
    --------
    >>> share(-0.554), share(1.0)
    ('−.55', '1.00')
    """
    text = number(value, decimals)
    return text.replace("0.", ".", 1) if spoken() == SOURCE and (value is None or abs(value) < 1) else text


def p_value(value: float | None) -> str:
    """``p = .021``, ``p < .001``; empty where nothing was tested.

    Examples
    --------
    >>> p_value(0.0213), p_value(4e-9), p_value(1.0)
    ('p = .021', 'p < .001', 'p = 1.000')
    """
    if value is None or math.isnan(value):
        return ""
    return f"p < {share(0.001, 3)}" if value < 0.001 else f"p = {share(value, 3)}"


def interval(low: float | None, high: float | None, level: float | None) -> str:
    """``95% CI [0.12, 0.58]``; empty where there is none."""
    if low is None or high is None or level is None or math.isnan(low) or math.isnan(high):
        return ""
    percent = f"{100 * level:.4g}".replace(".", Numerals(spoken()).separators[0])
    return _("{percent}% CI [{low}, {high}]").format(percent=percent, low=number(low), high=number(high))


def line(parts: Iterable[str]) -> str:
    """The parts that say something, one after the other."""
    return (", " if spoken() == SOURCE else "; ").join(part for part in parts if part)


def freedom(*df: float) -> str:
    """Degrees of freedom of a test: ``7, 203``.

    Examples
    --------
    >>> freedom(7, 203)
    '7, 203'
    """
    return line(f"{value:.0f}" for value in df)


def symbol(name: str, value: float | None, *, df: str = "", bounded: bool = False, decimals: int = 2) -> str:
    """``t(29) = 2.31``; empty where there is no value.

    Examples
    --------
    >>> symbol("t", 2.311, df="29"), symbol("W", 0.512, bounded=True)
    ('t(29) = 2.31', 'W = .51')
    """
    if value is None or math.isnan(value):
        return ""
    shown = share(value, decimals) if bounded else number(value, decimals)
    return f"{name}{f'({df})' if df else ''} = {shown}"
