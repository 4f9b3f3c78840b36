"""How much room a text takes: widths of letters, and lines of words, without a browser.

Widths are those of Liberation Sans (which has Arial's) and of P052 (which has Palatino's), the
families that a slide's type falls back to; a letter that is not listed counts as a whole em.
Kerning is left out, so that a line comes out no shorter than a browser sets it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache

# Width in thousandths of the type size, and the letters that have it.
_SANS = """
191 '
222 ijl‘’
260 |
278 !,./:;I[\\]ft
333 ()-`r“”„›‹·²³
334 {}
355 "•
389 *
400 °
500 Jcksvxyz^▸◂
556 0123456789#$?L_abdeghnopqu–«»€§±≈≤≥≠
584 +<=>~−×
611 FTZßøµ
667 &ABEKPSVXYΔ
722 CDHNRUw
778 GOQØ◇
834 Mm½¼ω
889 %æ✓
944 W
1000 Æ—…→←▲▼
1015 @
"""
_BOLD = """
238 '
278 ,./I\\ijl‘’
280 |
333 !()-:;[]`ft›‹·²³
389 *r{}•
400 °
474 "
500 z“”„
556 0123456789#$J_aceksvxy–«»€§±≈≤≥≠▸◂
584 +<=>^~−×µ
611 ?FLTZbdghnopqußø
667 EPSVXY
722 &ABCDHKNRUΔ
778 GOQwØ◇
834 M½¼
889 %mæ✓ω
944 W
975 @
1000 Æ—…→←▲▼
"""
_SERIF = """
208 '
234 j
250 ,.:;·
278 !‘’
291 il
326 t
333 ()-J[]`f{}I›‹²³
371 "
395 r*
400 °
424 s
444 ?c
479 e
500 0123456789#$_az–“”„«»€§
525 Sx
553 bo
565 Fgkqyvßø
582 hn
606 puPµ+/<=>\\^|~−•×±
613 BELTd
668 RXYZΔ
709 C
726 VK
763 G@½¼ω
778 DAU&
786 OQ
833 NHwØ✓
840 %
883 m
946 MÆ
1000 W—…≈≤≥≠→←▲▼◇▸◂
"""

# Of a letter that no family lists.
_UNKNOWN = 1.0

# How far letters reach above and below the baseline, in em.
_SANS_REACH = (0.905, 0.212)
_SERIF_REACH = (0.726, 0.274)


@dataclass(frozen=True)
class Type:
    """How a text is set.

    `size` and `spacing` (more room between letters) are in px, `line` is a multiple of the size;
    `whole` text is not broken into lines, and letters are so many times `wider` than the house's.
    """

    size: float = 16.0
    line: float = 1.2
    serif: bool = False
    bold: bool = False
    whole: bool = False
    spacing: float = 0.0
    wider: float = 1.0

    @property
    def height(self) -> float:
        """Height of a line."""
        return self.size * self.line

    @cached_property
    def above(self) -> float:
        """From the top of a line to its baseline."""
        # In whole px, as browsers take them; what the line has more is shared by both sides.
        up, down = (round(reach * self.size) for reach in (_SERIF_REACH if self.serif else _SANS_REACH))
        return (self.height - up - down) / 2 + up

    def width(self, text: str) -> float:
        """Width of a text on one line.

        Examples
        --------
        >>> Type(size=10).width("ill")
        6.66
        """
        table = _table("serif" if self.serif else "bold" if self.bold else "sans")
        units = sum(table.get(letter) or _of_base(table, letter) for letter in text)
        return units * self.wider * self.size + self.spacing * len(text)

    def but(self, **changed: object) -> Type:
        """The same with something else."""
        return replace(self, **changed)  # type: ignore[arg-type]


@cache
def _table(family: str) -> dict[str, float]:
    lines = {"sans": _SANS, "bold": _BOLD, "serif": _SERIF}[family].strip().splitlines()
    found = {
        letter: float(width) / 1000 for width, letters in (line.split(" ", 1) for line in lines) for letter in letters
    }
    space = 0.25 if family == "serif" else 0.278
    return found | dict.fromkeys(" \u00a0", space) | {"\u202f": 0.2, "\u00ad": 0.0, "\u200b": 0.0}


def _of_base(table: dict[str, float], letter: str) -> float:
    """An accented letter is as wide as the letter below its accent."""
    return table.get(unicodedata.normalize("NFD", letter)[0], _UNKNOWN)


@dataclass(frozen=True)
class Atom:
    """What no line is broken in: a word or a part of it, or a small box.

    `above` and `below` say how far it takes the line up and down from its baseline, `gap` is the
    space before it, `breaks` whether a line may end before it.
    """

    width: float
    above: float = 0.0
    below: float = 0.0
    gap: float = 0.0
    text: str = ""
    breaks: bool = True


# The end of a line.
BREAK = Atom(float("inf"), text="\n")

# Before a space, after a hyphen or dash between letters, after a slash between letters.
_PARTS = re.compile(r"[ \t\n\r\f]+|\u200b|(?<=[^\W\d_][-\u2010\u2013])(?=[^\W\d_])|(?<=\u2014)")


@lru_cache(maxsize=1 << 14)
def atoms(text: str, type_: Type) -> tuple[Atom, ...]:
    """The parts of a text that lines are made of.

    Examples
    --------
    >>> [atom.text for atom in atoms("peer-to-peer, 2.0–3.5", Type())]
    ['peer-', 'to-', 'peer,', '2.0–3.5']
    """
    return tuple(_atoms(text, type_))


def _atoms(text: str, type_: Type) -> Iterator[Atom]:
    gap, may_break, at = 0.0, False, 0
    for found in [*_PARTS.finditer(text), None]:
        word = text[at : found.start()] if found else text[at:]
        if word:
            below = type_.height - type_.above
            yield Atom(type_.width(word), type_.above, below, gap, word, may_break and not type_.whole)
            gap, may_break = 0.0, False
        if found:
            at = found.end()
            gap = max(gap, type_.width(" ")) if found[0].strip("\u200b") else gap
            may_break = True
    if gap or may_break:
        # A space at the end belongs to whatever follows.
        yield Atom(0.0, gap=gap, breaks=may_break and not type_.whole)


def lines(parts: Iterable[Atom], room: float, strut: Type) -> list[tuple[float, float]]:
    """The lines that the parts fill, one word after another; each as far as it goes above and below its baseline.

    Parameters
    ----------
    parts : iterable of Atom
    room : float
        Width in px.
    strut : Type
        Of the element that the lines are in: no line is lower than one of its own.

    Examples
    --------
    >>> small = Type(size=10)
    >>> len(lines(atoms("one two three", small), 40.0, small))
    2
    """
    least = (strut.above, strut.height - strut.above)
    found: list[tuple[float, float]] = []
    used = gap = 0.0
    may_break = False
    for part in parts:
        gap, may_break = max(gap, part.gap), may_break or part.breaks
        if not part.text:
            continue
        if part is BREAK:
            used, may_break = float("inf"), True
            continue
        if not found or (may_break and used + gap + part.width > room):
            found.append(least)
            used = part.width
        else:
            used += gap + part.width
        above, below = found[-1]
        found[-1] = max(above, part.above), max(below, part.below)
        gap, may_break = 0.0, False
    return found


def longest(parts: Iterable[Atom]) -> float:
    """Width of the parts on one line."""
    return sum(part.gap + part.width for part in parts if part is not BREAK)


def widest(parts: Iterable[Atom]) -> float:
    """Width of what no line can be broken in."""
    most = run = 0.0
    for part in parts:
        if part is BREAK:
            run = 0.0
            continue
        run = part.width if part.breaks else run + part.gap + part.width
        most = max(most, run)
    return most
