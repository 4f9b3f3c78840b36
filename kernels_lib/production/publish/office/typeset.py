"""How many lines a text fills, in points: office programs set lines themselves and tell nobody.

Lines are filled word by word, as PowerPoint and Excel do; a word that is wider than its column is
broken where the column ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from kernels_lib.production.publish.lettering import Type

# Widths are of the fonts that a reader probably has; programs differ by less than this.
SLACK = 1.01
# A line may end after a space, after a hyphen between letters, and after a dash.
_BREAKS = re.compile(r"(?<=[ \t])(?=\S)|(?<=[^\W\d_][-\u2010])(?=[^\W\d_])|(?<=[\u2014\u200b])")


# Of a client's own type, which may set wider than the house's.
_wider: ContextVar[float] = ContextVar("wider", default=1.0)


@contextmanager
def set_wider(times: float) -> Iterator[None]:
    """Letters count as so many times wider for a while."""
    token = _wider.set(times)
    try:
        yield
    finally:
        _wider.reset(token)


def _type(size: float, bold: bool, serif: bool) -> Type:
    return Type(size=size, bold=bold, serif=serif, wider=_wider.get())


def width(text: str, size: float, *, bold: bool = False, serif: bool = False) -> float:
    """Width of a text on one line.

    Examples
    --------
    >>> round(width("ill", 10), 1)
    6.7
    """
    type_ = _type(size, bold, serif)
    return type_.width(text) * _slack(type_)


def _slack(type_: Type) -> float:
    # The serif has relatives of one name and slightly different widths.
    return SLACK + 0.015 * type_.serif


def widest_word(text: str, size: float, *, bold: bool = False, serif: bool = False) -> float:
    """Width of what no line should be broken in."""
    type_ = _type(size, bold, serif)
    words = (word.rstrip() for line in text.split("\n") for word in _BREAKS.split(line))
    return max((type_.width(word) for word in words), default=0.0) * _slack(type_)


def wrapped(text: str, size: float, room: float, *, bold: bool = False, serif: bool = False) -> list[str]:
    """The lines of a text in a column that is `room` wide.

    Examples
    --------
    >>> wrapped("one two three", 10, 42)
    ['one two', 'three']
    >>> wrapped("peer-to-peer", 10, 42)
    ['peer-to-', 'peer']
    """
    return [line.rstrip() for line in _filled(text, _type(size, bold, serif), room)]


@lru_cache(maxsize=2048)  # a text is measured several times before it is placed
def _filled(text: str, type_: Type, room: float) -> tuple[str, ...]:
    """The lines of a text with the spaces at their ends."""
    found: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for part in _parts(paragraph, type_, room):
            if line and type_.width((line + part).rstrip()) * _slack(type_) > room:
                found.append(line)
                line = ""
            line += part
        found.append(line)
    return tuple(found)


def _parts(text: str, type_: Type, room: float) -> Iterator[str]:
    """Words with the space behind them, none of them wider than the column."""
    for word in _BREAKS.split(text):
        if type_.width(word.rstrip()) * _slack(type_) <= room:
            yield word
            continue
        part, used = "", 0.0
        for letter in word:
            wide = type_.width(letter) * _slack(type_)
            if part and used + wide > room:
                yield part
                part, used = "", 0.0
            part, used = part + letter, used + wide
        yield part


def shortened(text: str, size: float, room: float, lines: int, *, bold: bool = False, serif: bool = False) -> str:
    """A text of at most so many lines; what is left out shows as three dots.

    Examples
    --------
    >>> shortened("one two three four five", 10, 45, 2)
    'one two three…'
    >>> shortened("one", 10, 45, 2)
    'one'
    """
    type_ = _type(size, bold, serif)
    found = _filled(text, type_, room)
    if len(found) <= lines:
        return text
    *before, last = found[:lines]
    last = last.rstrip(" ,;:")
    while last and type_.width(last + "…") * _slack(type_) > room:
        word_end = last.rfind(" ")
        # Cut between words, unless the last one is no word but a chain of letters.
        last = last[:word_end] if 0 < len(last) - word_end <= 16 and word_end > 0 else last[:-1]
        last = last.rstrip(" ,;:")
    return "".join(before) + last + "…"
