"""Type: how wide words are, where lines break, what is escaped.

Widths are estimated from the metrics of Arial: no browser is at hand here.  Words that have too
little room become smaller before they are broken, and are broken before they are cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

# Advance widths of Arial for the printable ASCII characters, in thousandths of the type size.
_WIDTHS = dict(
    zip(
        map(chr, range(32, 127)),
        [278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278]
        + [556] * 10
        + [278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722]
        + [778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333]
        + [556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556]
        + [500, 722, 500, 500, 500, 334, 260, 334, 584],
        strict=True,
    )
)


def escaped(text: str) -> str:
    """Text from data, safe inside plotly's pseudo-HTML and its %{} templates.

    Examples
    --------
    >>> escaped("Tom & <b>Co</b>")
    'Tom &amp; &lt;b&gt;Co&lt;/b&gt;'
    """
    plain_text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain_text.replace("%{", "%&#123;")


def stacked(lines: list[str]) -> str:
    """Lines as plotly's pseudo-HTML."""
    return "<br>".join(escaped(line) for line in lines)


@lru_cache(maxsize=4096)
def sentence(text: str, width: int = 58) -> str:
    """A plain sentence as a hover label: escaped, broken into lines of so many letters."""
    lines: list[str] = []
    for glue, part in _parts(text):
        # A letter of Chinese or Japanese is about as wide as two of ours.
        length = _columns(lines[-1]) + _columns(part) if lines else 0
        if lines and length < width:
            lines[-1] += glue + part
        else:
            lines.append(part)
    return stacked(lines)


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of text in pixels, a little generous: the reader's font may be wider.

    Examples
    --------
    >>> 100 < text_width("Community expectations", 12) < 140
    True
    """
    return _thousandths(text) / 1000 * size * (1.09 if bold else 1.03)


@lru_cache(maxsize=16384)
def _thousandths(text: str) -> int:
    """Width of a line in thousandths of the type size."""
    if text.isascii() and text.isprintable():
        return sum(map(_WIDTHS.__getitem__, text))
    total = 0
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char):
            continue
        wide = 1000 if _columns(char) == 2 else 700
        total += _WIDTHS.get(" " if char == "\u00a0" else char, 556 if char in "–−" else wide)
    return total


def _columns(text: str) -> int:
    """Columns of a text: a letter of Chinese or Japanese takes two."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def digits_width(text: str, size: float) -> float:
    """Width of a number, without the margin that words are given; digits are as wide in bold."""
    return text_width(text, size) / 1.03


# Where no space is needed between two letters, a line may break between them; but no line begins
# with a closing sign or a small letter.
_WIDE = "\u2e80-\u303f\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_CLOSING = "[、。，．・：；？！）」』】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々]"
_PART = re.compile(f"[{_WIDE}]{_CLOSING}*|[^ \\t\\r\\n{_WIDE}]+|\\S")


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Pieces that stay on one line, each with what joins it to the piece before."""
    # A no-break space stays inside its piece.
    for number, word in enumerate(re.split("[ \t\r\n]+", text.strip(" \t\r\n"))):
        for place, part in enumerate(_PART.findall(word)):
            yield (" " if number and not place else ""), part


def fit(text: str, width: float, size: float, *, bold: bool = False, lines: int = 2) -> list[str]:
    """Text in at most so many lines of a width; a long word is broken, a long text gets an ellipsis.

    Examples
    --------
    >>> fit("Set community expectations", 120, 15, bold=True)
    ['Set community', 'expectations']
    >>> fit("Set community expectations", 120, 15, lines=1)
    ['Set community…']
    >>> fit("Kundenzufriedenheit", 100, 15)
    ['Kundenzufrie-', 'denheit']
    """

    def wide(line: str) -> bool:
        return text_width(line, size, bold=bold) > width

    result = [""]
    waiting = list(_parts(text))[::-1]
    while waiting:
        glue, part = waiting.pop()
        longer = result[-1] + (glue if result[-1] else "") + part
        if not wide(longer):
            result[-1] = longer
        elif result[-1] and len(result) < lines:
            result.append("")
            waiting.append(("", part))
        elif len(result) < lines and (at := _break(part, wide)):
            result[-1] = part[:at] + ("" if part[at - 1] in "-/" else "-")
            result.append("")
            waiting.append(("", part[at:]))
        else:
            result[-1] = f"{longer}…"
            break
    return [_shorter(line, wide) if wide(line) or line.endswith("…") else line for line in result]


# Where German joins two words, and where a syllable begins: at one consonant, or at letters that are
# one sound, before a vowel.
_JOINT = re.compile(r"(?<=ungs|eits|ions|afts|täts)(?=\w{4})")
_SYLLABLE = re.compile(r"(?:sch|ch|ck|ph|th|[bcdfghj-np-tv-xzß])(?=[aeiouyäöü])", re.IGNORECASE)


def _break(word: str, wide: Callable[[str], bool]) -> int:
    """Where to break a word too long for a line: after its own hyphen, else where words join, else syllables."""
    own = [found.end() for found in re.finditer("[-/]", word[:-1]) if not wide(word[: found.end()])]
    joints = [found.start() for found in _JOINT.finditer(word) if not wide(f"{word[: found.start()]}-")]
    syllables = [found.start() for found in _SYLLABLE.finditer(word) if 3 <= found.start() <= len(word) - 3]
    return max(own or joints or [at for at in syllables if not wide(f"{word[:at]}-")], default=0)


def _shorter(line: str, wide: Callable[[str], bool]) -> str:
    """A line with an ellipsis, cut between words where that leaves most of it."""
    cut = line.rstrip("…")
    if not wide(f"{cut}…"):
        return f"{cut.rstrip(' ,;:')}…"
    while cut and wide(f"{cut}…"):
        cut = cut[:-1]
    at = cut.rfind(" ")
    return f"{(cut[:at] if at > 0.6 * len(cut) else cut).rstrip(' ,;:')}…"


def whole(lines: list[str], text: str) -> bool:
    """Whether lines say all of a text, with no word broken."""
    return "".join("".join(lines).split()) == "".join(text.split())


def balanced(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Text in one line, or in two of about equal length: no word wraps alone."""
    wide = text_width(text, size, bold=bold)
    if wide <= width:
        return [text]
    for half in (wide / 2 * 1.03, wide / 2 * 1.15, wide / 2 * 1.3):
        even = fit(text, min(width, half), size, bold=bold)
        if whole(even, text):
            return even
    return fit(text, width, size, bold=bold, lines=3)


def fitted(
    text: str, width: float, size: float, least: float, *, bold: bool = False, lines: int = 1
) -> tuple[list[str], float]:
    """Text in at most so many lines, as large as it can be without being broken or cut; and its size.

    Examples
    --------
    >>> fitted("Community expectations", 150, 15, 12.5)
    (['Community expectations'], 13.0)
    """
    tried = size
    while tried > least and not whole(fit(text, width, tried, bold=bold, lines=lines), text):
        tried = max(least, tried - 0.5)
    return fit(text, width, tried, bold=bold, lines=lines), tried


def one_size(texts: list[str], width: float, size: float, least: float, *, bold: bool = False, lines: int = 1) -> float:
    """The largest size at which all texts fit: names of one chart have one size."""
    return min((fitted(text, width, size, least, bold=bold, lines=lines)[1] for text in texts), default=size)
