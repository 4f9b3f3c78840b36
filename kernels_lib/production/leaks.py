"""Whether a document holds what its reader must not learn: another unit's name, or its scores.

A text may hide a name in many ways: as HTML entities, JSON escapes, percent codes or base64, in another
case or normal form, with characters between its letters that take no room.  `decoded` undoes them.

Scores have no name, only a pattern.  A unit's *row* is its scores on all criteria; it is looked for in
order, at equal steps (a row of a table, a column, every second number of a hover text), and as a set in
an array that holds just as many.  A *column* is one criterion, or the overall mean, of all units; it is
looked for in arrays of as many values as there are units.

On a coarse scale a pattern can come about by chance.  Whether rows can be told at all is worked out from
the data (`Secrets.tellable`); what a reader may see anyway (its own row, quartiles, extremes) is no leak.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import math
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from kernels_lib.production.publish.office import contents

# Name of a unit to its industry and its scores, as workers are told.
Units = Mapping[str, tuple[str, Sequence[float | None]]]

# Names: how a text is undone

_NO_ROOM = tuple(map(chr, [0xAD, 0x34F, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A),
                           *range(0xFE00, 0xFE10), 0xFEFF]))  # fmt: skip
_ASCII = bytes(range(128))
_REFERENCE = re.compile(rb"#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]*;?")
_FOUR_DIGITS = re.compile(rb"[0-9a-fA-F]{4}")
_PERCENT = re.compile(rb"%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_IN_BASE64 = bytes(97 if byte in _ALPHABET else 32 for byte in range(256))
_SHORTEST_BASE64 = 20
_DEEPEST = 4
_SHORTEST_ARRAY = 32
_BDATA = re.compile(rb"bdata\W{1,5}([A-Za-z0-9+/]+)")
_NOT_WORDS = bytes(byte for byte in range(128) if not chr(byte).isalnum())
_WORDS = re.compile(rb"[a-z0-9\x80-\xff]+")
_WORD = re.compile(r"\w+")


def decoded(text: str) -> list[str]:
    """A text with its escapes undone, and all texts and arrays that it holds as base64.

    Examples
    --------
    >>> decoded('Brand&#32;03 Brand\\\\u002004 %42rand')
    ['Brand 03 Brand 04 Brand']
    >>> decoded("data:,QnJhbmQgMDMgaGFzIGl0cyBvd24gc2NvcmU=")[1]
    'Brand 03 has its own score'
    """
    return [part.decode("utf-8") for part in _decoded(text)]


@dataclass(frozen=True)
class Text:
    """A text with its escapes undone, then all texts and arrays that it holds as base64: read once, asked often."""

    raw: tuple[bytes, ...]

    def without(self, words: Iterable[str]) -> Text:
        """The same without some words where they are not encoded."""
        first, *within = self.raw
        for word in words:
            first = first.replace(word.encode("utf-8"), b"")
        return Text((first, *within))


def undone(*pieces: str) -> Text:
    """A text, in one or several pieces, ready to be asked what it holds.

    No escape begins in one piece and ends in the next, and a piece without any is read the quicker.
    """
    firsts, within = [], []
    for piece in pieces:
        first, *more = _decoded(piece)
        firsts.append(first)
        within += more
    return Text((b"\n".join(firsts), *([b"\n".join(within)] if within else [])))


def _decoded(text: str, depth: int = 0) -> tuple[bytes, ...]:
    raw = text.encode("utf-8", "replace")
    runs = dict.fromkeys(_base64_in(raw)) if depth < _DEEPEST else {}
    given = raw
    for _ in range(4):  # an escape may be escaped itself
        before, raw = raw, _undone(raw)
        if raw == before:
            break
    # Again: letters of base64 may have been escaped, too, and what looks like an escape may be none.
    if raw != given and depth < _DEEPEST:
        runs |= dict.fromkeys(_base64_in(raw))
    blobs = dict.fromkeys(blob for run in runs for blob in _from_base64(*run))
    within = [found for blob in blobs for found in _read(*blob, depth)]
    return (raw, b"\n".join(within)) if within else (raw,)


def _undone(raw: bytes) -> bytes:
    """A text with each of its escapes undone once: cut at their first signs, which is quicker than a pattern."""
    if b"\\u" in raw:
        first, *rest = raw.split(b"\\u")
        raw = first + b"".join(map(_without_json_escape, rest))
    if b"&" in raw:
        first, *rest = raw.split(b"&")
        raw = first + b"".join(map(_without_entity, rest))
    if b"%" in raw:
        raw = _PERCENT.sub(lambda found: unquote_to_bytes(found[0]).decode("utf-8", "replace").encode(), raw)
    return raw.replace(b"<br>", b" ").replace(b"<br/>", b" ") if b"<br" in raw else raw


def _without_json_escape(after: bytes) -> bytes:
    """What stands behind a backslash and a u, with the sign that four digits mean instead of all."""
    sign = _sign(after[:4])
    return sign + after[4:] if sign else b"\\u" + after


@lru_cache(maxsize=4096)
def _sign(digits: bytes) -> bytes:
    return chr(int(digits, 16)).encode("utf-8", "replace") if _FOUR_DIGITS.fullmatch(digits) else b""


def _without_entity(after: bytes) -> bytes:
    """What stands behind an ampersand, with the sign that it means instead of both."""
    found = _REFERENCE.match(after)
    return _meant(found[0]) + after[found.end() :] if found else b"&" + after


@lru_cache(maxsize=4096)
def _meant(reference: bytes) -> bytes:
    return html.unescape("&" + reference.decode("ascii")).encode("utf-8", "replace")


def _base64_in(raw: bytes) -> Iterator[tuple[bytes, bool]]:
    """Every run of letters that could be base64, and whether it is known for an array of numbers."""
    runs, long = raw.translate(_IN_BASE64), b"a" * _SHORTEST_BASE64
    at = runs.find(long)
    while at >= 0:
        end = runs.find(b" ", at)
        end = len(runs) if end < 0 else end
        yield raw[at:end], False
        at = runs.find(long, end)
    # Few small numbers make a short run.
    for found in _BDATA.finditer(raw) if b"bdata" in raw else ():
        yield found[1], True


def _from_base64(run: bytes, is_array: bool) -> Iterator[tuple[bytes, bool]]:
    """What a run means, and whether it may be an array of numbers."""
    run = run.replace(b"-", b"+").replace(b"_", b"/")
    try:
        blob = base64.b64decode(run[: len(run) - (len(run) % 4 == 1)] + b"=" * (-len(run) % 4))
    except binascii.Error:
        return
    yield blob, is_array or len(blob) >= _SHORTEST_ARRAY


@lru_cache(maxsize=256)  # a logo or a font is in every document of a client
def _read(blob: bytes, may_be_array: bool, depth: int) -> tuple[bytes, ...]:
    """Texts in some bytes, and the numbers if they are an array of numbers."""
    if blob.startswith(b"wOF2"):
        return ()
    arrays = tuple(_arrays(blob)) if may_be_array else ()
    try:
        # Letters of sixteen bits; of other bytes with zeros these would be nonsense.
        text = blob.decode("utf-16" if b"\0" in blob else "utf-8")
        text = text if b"\0" not in blob or "".join(text.split()).isprintable() else ""
    except UnicodeDecodeError:
        text = ""
    if text:
        return (*_decoded(text, depth + 1), *arrays)
    if not may_be_array:  # a long word, or an identifier
        return ()
    return (*(b"\n".join(_runs(part)) for part in (blob, *contents.noted(blob))), *arrays)


def _runs(blob: bytes) -> list[bytes]:
    """What reads like text, whether its letters are bytes, pairs of bytes or UTF-8."""
    found = _RUNS.findall(blob) + _RUNS.findall(blob.replace(b"\0", b""))
    return found + [run.decode("latin-1").encode("utf-8") for run in found if not run.isascii()]


_RUNS = re.compile(rb"[\x20-\x7e\xa0-\xff]{4,}")


def _arrays(blob: bytes) -> Iterator[bytes]:
    """The blob as JSON arrays of numbers, by every type that plotly packs; only what looks like scores."""
    import numpy as np

    for kind in ("<f8", "<f4", "<i4", "<i2", "i1"):
        size = int(kind[-1])
        if len(blob) % size or not 4 <= len(blob) // size <= 1_000_000:
            continue
        with np.errstate(invalid="ignore"):
            values = np.frombuffer(blob, kind).astype(float)
            plain = np.isfinite(values) & (np.abs(values) < 1e6) & ((values == 0) | (np.abs(values) > 1e-6))
        if plain.all():
            yield json.dumps([round(float(value), 10) for value in values], separators=(",", ":")).encode()


class Secrets:
    """Names of units and, where they are known, their scores: made once, asked about many documents.

    Parameters
    ----------
    units : mapping of str to (str, sequence of (float or None)), or iterable of str
        Name to industry and scores; names alone, where only names are looked for.

    Examples
    --------
    >>> secrets = Secrets(["Brand 03", "Gap"])
    >>> secrets.name_in("<p>BRAND\u00a003</p>"), secrets.name_in("a gap, Brand 030"), secrets.name_in("Gap")
    ('Brand 03', '', 'Gap')
    """

    def __init__(self, units: Units | Iterable[str]) -> None:
        self._rows = dict(units) if isinstance(units, Mapping) else {}
        self.names = tuple(name for name in units if name.strip())
        self._keys = {name: _key(name) for name in self.names}
        often = Counter(word for key in self._keys.values() for word in set(_WORDS.findall(key[0])))
        # Where names are thousands, each is looked for by that of its words which fewest others have.
        self._by_word: dict[bytes, list[str]] = {}
        if len(self.names) > _FEW:
            for name, (words, _) in self._keys.items():
                rarest = min(_WORDS.findall(words), key=lambda word: often[word], default=b"")
                self._by_word.setdefault(rarest, []).append(name)

        # Names that begin alike and are alike long are found by one pattern.
        squeezed = [key[1] for key in self._keys.values()]
        alike = len({(len(key), key[:4]) for key in squeezed}) == 1 and len(squeezed[0]) > 4
        self._together = re.compile(b"|".join(map(re.escape, squeezed))) if alike else None
        self._named: dict[bytes, list[str]] = {}
        for name, key in self._keys.items():
            self._named.setdefault(key[1], []).append(name)

    # Names

    def name_in(self, text: str | Text, shown: Sequence[str] = ()) -> str:
        """A name that a text holds, in whatever way it is written; empty if there is none.

        Parameters
        ----------
        shown : sequence of str
            Names that may stand there, although another's name may be a part of them.
        """
        read = undone(text) if isinstance(text, str) else text
        return next(filter(None, (self._name(raw, shown) for raw in read.raw)), "")

    def _name(self, raw: bytes, shown: Sequence[str]) -> str:
        small = self._small(raw)
        squeezed = small.translate(None, _NOT_WORDS)
        close = [name for name in self._close(small, squeezed) if name not in shown]
        if not close:
            return ""
        text, folded = _without(_closed_up(raw.decode("utf-8", "replace")), shown)
        return next((name for name in close if _stands_in(name, text, folded)), "")

    def _close(self, small: bytes, squeezed: bytes) -> Iterable[str]:
        """Names whose letters stand in a text one after the other."""
        if self._together is not None:
            return {name for key in set(self._together.findall(squeezed)) for name in self._named[key]}
        names: Iterable[str] = self.names
        if len(self.names) > _FEW:
            said = self._by_word.keys() & {*_WORDS.findall(small), b""}
            names = [name for word in said for name in self._by_word[word]]
        return [name for name in names if self._keys[name][1] in squeezed]

    def _small(self, raw: bytes) -> bytes:
        """Small letters, one normal form, nothing that takes no room, blanks as blanks."""
        if not raw.isascii():
            signs = set(raw.translate(None, _ASCII).decode("utf-8", "replace"))
            if any(map(_joins, signs)):
                return _folded(raw.decode("utf-8", "replace")).encode("utf-8")
            # Signs that join no other are folded one by one: there are few of them in a long text.
            for sign in signs:
                if (plain := _plain(sign)) != sign:
                    raw = raw.replace(sign.encode("utf-8"), plain.encode("utf-8"))
        return raw.lower()

    # Scores

    @cached_property
    def _known(self) -> dict[str, tuple[float, ...]]:
        """Rows without a gap; a unit with gaps has no row to look for."""
        whole = {name: row for name, (_, row) in self._rows.items() if row and None not in row}
        return {name: tuple(float(score) for score in row if score is not None) for name, row in whole.items()}

    @cached_property
    def tellable(self) -> bool:
        """Whether a row of scores can be told from one that came about by chance.

        How many different rows the scale makes likely, against how many are looked for.  With few
        criteria, a coarse scale or very many units some row stands in every document by chance.
        """
        if len(self._known) < 2:
            return False
        columns = list(zip(*self._known.values(), strict=True))
        kinds = 1.0
        for column in columns:
            counts = Counter(column)
            kinds *= math.exp(-sum(n / len(column) * math.log(n / len(column)) for n in counts.values()))
        return len(columns) >= 4 and len(self._known) * _PLACES / kinds <= _CHANCE

    @cached_property
    def _patterns(self) -> _Patterns:
        rows = {name: row for name, row in self._known.items() if len(set(row)) >= 3} if self.tellable else {}
        return _Patterns(rows)

    @cached_property
    def _columns(self) -> dict[tuple[float, ...], str]:
        """Each criterion and the overall mean over all units, sorted; few units, or few values, tell nothing."""
        if len(self._known) < _FEWEST_UNITS:
            return {}
        columns = [*zip(*self._known.values(), strict=True)]
        columns.append(tuple(statistics.fmean(row) for row in self._known.values()))
        return {tuple(sorted(round(v, d) for v in column)): "all" for column in columns for d in (1, 2)
                if len(set(column)) >= 4}  # fmt: skip

    def ready(self) -> None:
        """Work out what every question needs: for a process that others are forked from."""
        if self._rows:
            self._patterns, self._columns  # noqa: B018

    def scores_in(self, text: str | Text, own: str, *, comma: bool = False) -> str:
        """Whose scores a text holds; empty if nobody's but the reader's own.

        Parameters
        ----------
        own : str
            The reader's name in the data.
        comma : bool, default False
            Whether the text's decimals may be set off by a comma.
        """
        read = undone(text) if isinstance(text, str) else text
        return next(filter(None, (self._scores(raw, own, comma=comma) for raw in read.raw)), "")

    def scores_in_any(self, texts: Mapping[str, Text], own: str, *, comma: bool = False) -> tuple[str, str]:
        """The first of several texts that holds somebody's scores, and whose; empty if none does."""
        # All at once first: most hold none, and one long search is cheaper than many.
        if self._scores(b"\n".join(raw for text in texts.values() for raw in text.raw), own, comma=comma):
            for name, text in texts.items():
                if found := self.scores_in(text, own, comma=comma):
                    return name, found
        return "", ""

    def _scores(self, raw: bytes, own: str, *, comma: bool) -> str:
        if not self._patterns.width and not self._columns:
            return ""
        tokens = _Tokens(raw)
        found = self._scores_among(tokens, own)
        if found or not comma:
            return found
        with_points = tokens.with_points()
        return self._scores_among(with_points, own) if with_points else ""

    def _scores_among(self, tokens: _Tokens, own: str) -> str:
        for name in self._patterns.rows_in(tokens):
            if name != own and not self._explained(self._known[name], own):
                return f"the scores of '{name}'"
        for array in tokens.arrays({len(self._known), len(self._known) - 1} if self._columns else ()):
            for column in self._columns:
                if _is_column(array, column, self._known.get(own)):
                    return f"the scores of all {len(array)} units on one criterion"
        return ""

    def _explained(self, row: Sequence[float], own: str) -> bool:
        """Whether the reader may see the same numbers as its own, or as quartiles and extremes of others."""
        wanted = sorted(row)
        if own in self._known and sorted(self._known[own]) == wanted:
            return True
        group = self._rows[own][0] if own in self._rows else ""
        others = [name for name in self._known if name != own]
        alike = [name for name in others if self._rows[name][0] == group]
        for names in (others, alike, [*others, own], [*alike, own]):
            rows = [self._known[name] for name in names if name in self._known]
            if len(rows) < 3:
                continue
            for at in (0.0, 0.25, 0.5, 0.75, 1.0):
                if sorted(_quantile(column, at) for column in zip(*rows, strict=True)) == wanted:
                    return True
        return False


@lru_cache(maxsize=16)
def of_names(names: tuple[str, ...]) -> Secrets:
    """Secrets that are names only."""
    return Secrets(names)


_FEW = 100
_PLACES = 5  # measured: random rows on a scale of half points, in the pages and decks of thirty clients
_CHANCE = 0.001
_FEWEST_UNITS = 8


@cache
def _plain(sign: str) -> str:
    """A sign as it is compared."""
    return " " if sign.isspace() else _folded(sign)


@cache
def _joins(sign: str) -> bool:
    """Whether a sign may be one letter with what stands before it: then a text is folded as a whole."""
    first = _plain(sign)[:1]
    return bool(first) and (unicodedata.category(first)[0] == "M" or "\u1100" <= first <= "\u11ff")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _closed_up(text)).casefold())


def _closed_up(text: str) -> str:
    """A text without what takes no room."""
    # Searched one by one: they are rare, and a table of them would be asked for every letter.
    for sign in _NO_ROOM:
        if sign in text:
            text = text.replace(sign, "")
    return text


def _key(name: str) -> tuple[bytes, bytes]:
    """A name as it is looked for first: folded, and with nothing between its letters."""
    folded = _folded(name).encode("utf-8")
    return folded, folded.translate(None, _NOT_WORDS)


def _without(text: str, shown: Sequence[str]) -> tuple[str, str]:
    """A text, and the same folded, without names that may stand there."""
    folded = _folded(text)
    for name in sorted(filter(None, shown), key=len, reverse=True):
        text = text.replace(name, "\n")
        folded = folded.replace(_folded(name), "\n")
    return text, folded


@lru_cache(maxsize=1 << 14)
def _as_a_word(name: str, *, loosely: bool) -> re.Pattern[str]:
    """A name as whole words; loosely: blanks, hyphens, or its own signs between them."""
    words = re.findall(r"[^\W_]+", _folded(name))
    signs = "".join(re.escape(sign) for sign in sorted({*re.sub(r"[^\W_]|\s", "", _folded(name))}))
    middle = rf"[\s_\-\u2010-\u2015{signs}]{{1,6}}".join(map(re.escape, words)) if loosely else re.escape(name)
    return re.compile(rf"(?<!\w){middle}(?!\w)")


def _stands_in(name: str, text: str, folded: str) -> bool:
    """Whether a text holds a name as whole words.

    A name of one word may be a word of the language too: it is looked for as it is written, and in capitals.
    """
    several = len(re.findall(r"[^\W_]+", name)) > 1 or any(ch.isdigit() for ch in name)
    # Signs at its ends are part of a name: "C+" is not "C".
    if several and re.fullmatch(r"\w.*\w", name.strip(), re.S):
        return _as_a_word(name, loosely=True).search(folded) is not None
    normal = unicodedata.normalize("NFKC", text)
    forms = {unicodedata.normalize("NFKC", form) for form in (name, name.upper())}
    return any(_as_a_word(form, loosely=False).search(normal) for form in forms)


# Scores: numbers of a text as codes


def _quantile(column: Sequence[float], at: float) -> float:
    ordered = sorted(column)
    place = at * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (place - low) * (ordered[high] - ordered[low]), 10)


class _Tokens:
    """Every number of a text: where it begins and ends, and its first eight characters as one integer."""

    def __init__(self, raw: bytes) -> None:
        import numpy as np

        self._bytes = b" " + raw + b" " * 9
        self.raw = np.frombuffer(self._bytes, np.uint8)
        kind = np.frombuffer(self._bytes.translate(_KIND), np.uint8)
        # A point belongs to a number if a digit stands on both sides.
        inside = kind == 1
        point = np.flatnonzero(kind == 2)
        inside[point] = inside[point - 1] & inside[np.minimum(point + 1, len(inside) - 1)]
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        starts, ends = edges[::2], edges[1::2]
        # Part of a word or a colour is no number.
        keep = kind[starts - 1] != 3
        self.starts, self.ends = starts[keep], ends[keep]
        eights = np.ndarray(len(self._bytes) - 7, "<u8", self._bytes, strides=(1,))
        self.keys = eights[self.starts] & _first_bytes()[np.minimum(self.ends - self.starts, 8)]

    def with_points(self) -> _Tokens | None:
        """The same numbers with decimals set off by a comma as if it were a point; None if there are none."""
        import numpy as np

        if not len(self.starts):
            return None
        before, behind = self.raw[self.starts - 1], self.raw[self.ends]
        points = np.flatnonzero(self.raw == ord("."))
        last = np.searchsorted(self.starts, points, side="right") - 1
        whole = np.ones(len(self.starts), bool)
        whole[last[(last >= 0) & (points < self.ends[last])]] = False
        # Of 1,5,2 only the first comma; and no number that has a point already.
        joined = (behind[:-1] == ord(",")) & (self.ends[:-1] + 1 == self.starts[1:]) & whole[:-1] & whole[1:]
        joined &= before[:-1] != ord(",")
        if not joined.any():
            return None
        changed = bytearray(self._bytes[1:-9])
        for at in self.ends[:-1][joined].tolist():
            changed[at - 1] = ord(".")
        return _Tokens(bytes(changed))

    def arrays(self, lengths: Container[int]) -> Iterator[list[float]]:
        """Arrays of numbers only, of these lengths, as JSON writes them."""
        for first, last in self.spans:
            if last - first + 1 in lengths:
                content = self.raw[self.starts[first] : self.ends[last]].tobytes()
                yield [float(part.lstrip(b"-")) for part in content.split(b",-") for part in part.split(b",")]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """First and last token of each array of at least four numbers."""
        import numpy as np

        if len(self.starts) < 4:
            return []
        gap = self.starts[1:] - self.ends[:-1]
        joined = self.raw[self.ends[:-1]] == ord(",")
        joined &= (gap == 1) | ((gap == 2) & (self.raw[self.starts[1:] - 1] == ord("-")))
        broken = np.flatnonzero(np.concatenate(([True], ~joined, [True])))
        long = np.flatnonzero(np.diff(broken) >= 4)
        firsts, lasts = broken[long], broken[long + 1] - 1
        closed = self.raw[self.ends[lasts]] == ord("]")
        return list(zip(firsts[closed].tolist(), lasts[closed].tolist(), strict=True))


@cache
def _first_bytes() -> Any:
    """What keeps the first 0 to 8 bytes of eight, as integers."""
    import numpy as np

    return np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)


# 1 a digit, 2 a point, 3 what makes a number a part of a word; 0 anything else.
_KIND = bytes(
    1 if chr(b).isdigit() and b < 128 else 2 if b == 46 else 3 if b in b"_#" or (b < 128 and chr(b).isalpha()) else 0
    for b in range(256)
)


class _Patterns:
    """Rows of scores, to be found among the numbers of a text."""

    def __init__(self, rows: Mapping[str, Sequence[float]]) -> None:
        import numpy as np

        self.width = len(next(iter(rows.values()), ()))
        self._sets: dict[tuple[int, ...], list[str]] = {}
        self._ordered: dict[tuple[int, ...], list[str]] = {}
        numbers: dict[float, int] = {}
        forms: dict[bytes, int] = {}
        for name, row in rows.items():
            for places in (1, 2):
                codes = []
                for score in row:
                    value = round(score, places)
                    code = numbers.setdefault(value, len(numbers) + 1)
                    codes.append(code)
                    for form in _forms(value, score if places == 2 else value):
                        forms.setdefault(form, code)
                if name not in self._ordered.setdefault(tuple(codes), []):
                    self._ordered[tuple(codes)].append(name)
                    self._sets.setdefault(tuple(sorted(codes)), []).append(name)
        keys = np.array([int.from_bytes(form.ljust(8, b"\0"), "little") for form in forms], np.uint64)
        order = np.argsort(keys)
        self._keys, self._codes = keys[order], np.array(list(forms.values()), np.uint32)[order]
        self._weights = [pow(_MULTIPLIER, j + 1, 1 << 32) for j in range(self.width)]
        self._may = np.zeros(1 << 16, bool)
        for codes in self._ordered:
            self._may[(sum(w * c for w, c in zip(self._weights, codes, strict=True)) & 0xFFFFFFFF) >> 16] = True

    def rows_in(self, tokens: _Tokens) -> Iterator[str]:
        """Whose rows stand among the numbers of a text."""
        import numpy as np

        if not self.width or len(tokens.keys) < self.width:
            return
        place = np.minimum(np.searchsorted(self._keys, tokens.keys), len(self._keys) - 1)
        codes = np.where(self._keys[place] == tokens.keys, self._codes[place], 0).astype(np.uint32)
        known = codes != 0
        for step in range(1, _LONGEST_STEP + 1):
            places = np.flatnonzero(_every(known, self.width, step))
            total = np.zeros(len(places), np.uint32)
            for j, weight in enumerate(self._weights):
                total += codes[places + j * step] * np.uint32(weight)
            for at in places[self._may[total >> 16]].tolist():
                found = tuple(codes[at : at + (self.width - 1) * step + 1 : step].tolist())
                yield from self._ordered.get(found, ())
        for first, last in tokens.spans:
            if last - first + 1 == self.width:
                yield from self._sets.get(tuple(sorted(codes[first : last + 1].tolist())), ())


def _every(known: Any, width: int, step: int) -> Any:
    """Where all of so many, at equal steps from there, are true."""
    held = 1
    while held < width:
        further = min(held, width - held)
        known = known[: max(0, len(known) - further * step)] & known[further * step :]
        held += further
    return known


_MULTIPLIER = 2654435761
_LONGEST_STEP = 16


def _forms(value: float, exact: float) -> set[bytes]:
    """How a number may be written, its first eight characters."""
    written = {repr(float(value)), f"{value:.1f}" if round(value, 1) == value else "", f"{value:.2f}", f"{value:.3f}"}
    written |= {repr(float(exact)), f"{value:.0f}" if value == int(value) else ""}
    return {form[:8].encode() for form in written if form}


def _is_column(array: Sequence[float], column: Sequence[float], own: Sequence[float] | None) -> bool:
    """Whether an array holds a column, with or without the reader's own value."""
    for places in (1, 2):
        found = Counter(round(value, places) for value in array)
        missing = Counter(column) - found
        surplus = found - Counter(column)
        if not surplus and missing.total() == len(column) - len(array):
            return True
    return False
