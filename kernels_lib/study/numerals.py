"""Numbers and dates as a reader sees them, in one language.

Scores, means and differences have the decimals of the instrument; a true minus sign, a decimal
mark of the language, never a negative zero.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cache, lru_cache

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

from kernels_lib.study.language import _, spoken

MINUS = "\u2212"
EN_DASH = "\u2013"


@dataclass(frozen=True)
class Numerals:
    """Formatter of one language and one instrument.

    Parameters
    ----------
    language : {"en", "de"}
        Decides decimal mark, grouping, dates and ordinals.
    score_decimals, mean_decimals : int
        Decimals of a score and of a mean on the instrument's scale.

    Examples
    --------
    >>> n = Numerals("en", 1, 2)
    >>> n.score(4), n.mean(2.0833), n.difference(-1.5), n.difference(-0.04), n.ordinal(22)
    ('4.0', '2.08', '−1.5', '0.0', '22nd')
    >>> Numerals("de", 1, 2).mean(2.0833)
    '2,08'
    """

    language: str = "en"
    score_decimals: int = 1
    mean_decimals: int = 2

    def fixed(self, value: float | None, decimals: int, *, signed: bool = False) -> str:
        """`value` with so many decimals; a dash for None or NaN."""
        if value is None or math.isnan(value):
            return EN_DASH
        return _fixed(value, decimals, signed, *_symbols(self.language))

    def score(self, value: float | None) -> str:
        """A score in points on the instrument's scale."""
        return self.fixed(value, self.score_decimals)

    def mean(self, value: float | None) -> str:
        """A mean in points on the instrument's scale."""
        return self.fixed(value, self.mean_decimals)

    def difference(self, value: float | None) -> str:
        """A signed difference in points."""
        return self.fixed(value, self.score_decimals, signed=True)

    def error(self, value: float) -> str:
        """A standard error in points: two decimals, more where two would show no error at all.

        Examples
        --------
        >>> n = Numerals("en")
        >>> n.error(0.214), n.error(0.0031), n.error(0.0)
        ('0.21', '0.003', '0.00')
        """
        decimals = 2
        while 0 < value < 0.5 * 10**-decimals and decimals < 6:
            decimals += 1
        return self.fixed(value, decimals)

    def target(self, value: float) -> str:
        """A target without needless decimals: 4, not 4.0."""
        whole = round(value, 9) == round(value)
        return self.fixed(value, 0 if whole else self.score_decimals)

    def interval(self, low: float | None, high: float | None) -> str:
        """An interval of means, ``1.82–2.33``; a dash where there is none."""
        if low is None or high is None or math.isnan(low) or math.isnan(high):
            return EN_DASH
        return f"{self.mean(low)}{EN_DASH}{self.mean(high)}"

    def p_value(self, value: float | None) -> str:
        """Three decimals, or ``< 0.001``; a dash where nothing was tested."""
        if value is None or math.isnan(value):
            return EN_DASH
        if value < 0.001:
            return f"< {self.fixed(0.001, 3)}"
        return self.fixed(value, 3)

    def ordinal(self, rank: int) -> str:
        """``1st``, ``2nd``, ``11th`` in English, ``1.`` in German."""
        if self.language != "en":
            return f"{rank}."
        suffix = {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
        return f"{rank}{'th' if 10 <= rank % 100 <= 20 else suffix}"

    def date(self, value: dt.date) -> str:
        """A date in words: ``2 August 2010``."""
        pattern = {"en": "d MMMM y", "de": "d. MMMM y"}[self.language]
        return format_date(value, pattern, locale=self.language)

    @property
    def separators(self) -> str:
        """Decimal mark and grouping, in the form of plotly's ``layout.separators``."""
        return "".join(_symbols(self.language))


@cache
def _symbols(language: str) -> tuple[str, str]:
    """Decimal mark and grouping of a language."""
    return get_decimal_symbol(language), get_group_symbol(language)


# A report states the same few numbers again and again; typed, because numpy rounds in another way.
@lru_cache(maxsize=8192, typed=True)
def _fixed(value: float, decimals: int, signed: bool, point: str, group: str) -> str:
    # Rounded through repr first: 2.675 is stored as 2.67499... and must still read as 2.68.
    rounded = round(round(value, 9), decimals)
    digits = f"{abs(rounded):,.{decimals}f}"
    digits = digits.replace(",", "\0").replace(".", point)
    digits = digits.replace("\0", group)
    if rounded < 0:
        return MINUS + digits
    return "+" + digits if signed and rounded > 0 else digits


SMALL = {
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    "de": ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
}


def in_words(count: int) -> str:
    """Counts up to twelve as words of the language that is spoken, further ones as digits.

    Examples
    --------
    >>> in_words(3), in_words(29)
    ('three', '29')
    """
    small = SMALL[spoken()]
    return small[count] if 0 <= count < len(small) else str(count)


def listed(names: list[str]) -> str:
    """Names as a list in the language that is spoken.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + f" {_('and')} " + names[-1]


def plural(count: int, one: str, many: str) -> str:
    """The noun that fits the count.

    Examples
    --------
    >>> plural(1, "brand", "brands"), plural(0, "brand", "brands")
    ('brand', 'brands')
    """
    return one if count == 1 else many
