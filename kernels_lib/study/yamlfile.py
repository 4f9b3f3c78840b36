"""YAML files with the line of every key.

YAML 1.2 (``NO`` stays text), duplicate keys refused, no objects built from tags, size limited.

What was read is kept, in memory and in ``build/cache``, under the bytes of the file: the parser, which is
slow and slow to load, is needed only where they changed.  A file with a mistake is parsed each time.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadParameters
from kernels_lib.keep import cache_beside, remember_json

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_VALUES = 50_000

Key = tuple[str, ...]


@dataclass(frozen=True)
class YamlFile:
    """Plain values and where they stand.

    Attributes
    ----------
    shown : str
        The file as messages print it.
    values : dict
        Plain Python values; shared by all who read the file, so never changed.
    lines : dict of tuple of str to int
        Path of keys to the line, counted from 1.
    """

    shown: str
    values: dict[str, Any]
    lines: dict[Key, int] = field(default_factory=dict)

    def line(self, *path: str | int) -> int | None:
        """Line of a key, or of its nearest parent that has one."""
        key = tuple(str(part) for part in path)
        while key:
            if key in self.lines:
                return self.lines[key]
            key = key[:-1]
        return None

    def place(self, *path: str) -> tuple[str, int | None]:
        """Where a key stands, as messages name it, and its line."""
        return self.shown, self.line(*path)


# What was read from which bytes; of a long session only what was read last.
_READ: dict[bytes, YamlFile] = {}
_MOST_READ = 20_000


def read_yaml(path: Path, shown: str) -> YamlFile:
    """Read one YAML mapping, from what was kept of the same bytes where that is at hand.

    Raises
    ------
    BadParameters
        If the file is missing, no UTF-8, too large, malformed, has a duplicate key, or is no
        mapping.
    """
    if not path.is_file():
        raise BadParameters("the file does not exist.", where=shown, remedy="Create it, or correct the name.")
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        raise BadParameters(f"the file has {len(raw):,} bytes.", where=shown, remedy=f"At most {MAX_BYTES:,} are read.")
    file = _READ.get(raw)
    if file is None:
        file = _READ[raw] = _kept(path, raw, shown)
        if len(_READ) > _MOST_READ:
            del _READ[next(iter(_READ))]
    return file if file.shown == shown else YamlFile(shown, file.values, file.lines)


def _kept(path: Path, raw: bytes, shown: str) -> YamlFile:
    """The file as read, now or earlier, from these very bytes."""
    folder = cache_beside(path.parent)
    key = {"version": _reader(), "bytes": sha256(raw).hexdigest()}
    packed = remember_json(
        "yaml", key, lambda: _packed(parse_yaml(_text(raw, shown), shown)), folder=folder, keep=folder is not None
    )
    lines = {tuple(place): line for place, line in packed["lines"]}
    return YamlFile(shown, _unpacked(packed["values"]), lines)


@cache
def _reader() -> str:
    """The version of what reads: this file, and the parser."""
    return f"{sha256(Path(__file__).read_bytes()).hexdigest()[:16]}, ruamel.yaml {version('ruamel.yaml')}"


# A date is the one kind of value that JSON lacks.
_DATE = "date"


def _packed(file: YamlFile) -> dict[str, Any]:
    return {"values": _pack(file.values), "lines": [[list(place), line] for place, line in file.lines.items()]}


def _pack(node: Any) -> Any:
    """As JSON can hold it; a mapping becomes a list of pairs, so that none is taken for a date."""
    if isinstance(node, dict):
        return {"map": [[key, _pack(value)] for key, value in node.items()]}
    if isinstance(node, list):
        return [_pack(value) for value in node]
    return {_DATE: node.isoformat()} if isinstance(node, dt.date) else node


def _unpacked(node: Any) -> Any:
    if isinstance(node, dict):
        if _DATE in node:
            return dt.date.fromisoformat(node[_DATE])
        return {key: _unpacked(value) for key, value in node["map"]}
    return [_unpacked(value) for value in node] if isinstance(node, list) else node


def _text(raw: bytes, shown: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadParameters(
            f"byte {error.start} is no UTF-8.", where=shown, remedy="Save the file as UTF-8."
        ) from error


# Texts that YAML 1.2 reads in one way only, as Python does; for all others the parser is asked.
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_WORD = re.compile(r"[a-z][a-z_]*")
_WORDS_OF_YAML = frozenset(("true", "false", "null"))


def parse_scalar(text: str) -> Any:
    """A value given on the command line, read as YAML 1.2 would read it in a file.

    Examples
    --------
    >>> parse_scalar("0.01"), parse_scalar("holm"), parse_scalar("[html, slides]"), parse_scalar("NO")
    (0.01, 'holm', ['html', 'slides'], 'NO')
    """
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _WORD.fullmatch(text) and text not in _WORDS_OF_YAML:
        return text
    from ruamel.yaml.error import YAMLError

    try:
        return _plain(_loaded(text, "--set"), (), {}, "--set")
    except YAMLError:
        return text


@cache
def _bounding() -> type[Any]:
    """The parser that refuses, before anything is made of it, what a few lines can blow up.

    That is nesting, and aliases of aliases.
    """
    from ruamel.yaml import events
    from ruamel.yaml.parser import RoundTripParser

    class Bounding(RoundTripParser):
        def __init__(self, loader: Any) -> None:
            super().__init__(loader)
            self._depth = 0
            self._size: dict[str | None, int] = {}
            self._open = [0]  # values so far in each collection that is open, below an anchor or not
            self._anchors: list[str | None] = [None]

        def get_event(self) -> Any:
            event = super().get_event()
            if isinstance(event, events.AliasEvent):
                self._open[-1] += self._size.get(event.anchor, 1)
            elif isinstance(event, events.ScalarEvent):
                self._open[-1] += 1
                self._size[event.anchor] = 1
            elif isinstance(event, events.CollectionStartEvent):
                self._depth += 1
                self._open.append(1)
                self._anchors.append(event.anchor)
            elif isinstance(event, events.CollectionEndEvent):
                self._depth -= 1
                whole = self._open.pop()
                self._size[self._anchors.pop()] = whole
                self._open[-1] += whole
            if self._depth > MAX_DEPTH or self._open[-1] > MAX_VALUES:
                what = f"{MAX_DEPTH} levels" if self._depth > MAX_DEPTH else f"{MAX_VALUES:,} values"
                raise _TooMuch(what, event.start_mark.line + 1)
            return event

    return Bounding


class _TooMuch(Exception):
    """More than is read: of what, and in which line."""


def _loaded(text: str, shown: str) -> Any:
    """What ruamel.yaml makes of a text, within bounds."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    yaml.Parser = _bounding()
    try:
        return yaml.load(text)
    except _TooMuch as error:
        what, line = error.args
        raise BadParameters(
            f"the file holds more than {what}, aliases written out.",
            where=shown,
            line=line,
            remedy="No file of parameters needs that.",
        ) from None


def parse_yaml(text: str, shown: str) -> YamlFile:
    """A YAML mapping from its text.

    Raises
    ------
    BadParameters
        If it is malformed, has a duplicate key, or is no mapping.
    """
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        loaded = _loaded(text, shown)
    except DuplicateKeyError as error:
        raise BadParameters(
            f"{error.problem}.", where=shown, line=_line_of(error), remedy="Keep one of the two."
        ) from error
    except MarkedYAMLError as error:
        raise BadParameters(
            f"this is not YAML: {error.problem}.",
            where=shown,
            line=_line_of(error),
            remedy="Indent with spaces and close every quote and bracket.",
        ) from error
    except YAMLError as error:
        raise BadParameters(f"this is not YAML: {str(error).splitlines()[0]}.", where=shown) from error
    if loaded is None:
        return YamlFile(shown, {})
    if not isinstance(loaded, dict):
        raise BadParameters(
            f"the file holds a {_kind(loaded)}.", where=shown, remedy="It must hold 'key: value' lines."
        )
    lines: dict[Key, int] = {}
    return YamlFile(shown, _plain(loaded, (), lines, shown), lines)


def _line_of(error: Any) -> int | None:
    mark = error.problem_mark or error.context_mark
    return None if mark is None else mark.line + 1


def _plain(node: Any, path: Key, lines: dict[Key, int], shown: str) -> Any:
    """Plain Python values from ruamel's, noting the line of every key."""
    if len(path) > MAX_DEPTH:
        raise BadParameters(f"values are nested deeper than {MAX_DEPTH} levels.", where=shown)
    if isinstance(node, dict):
        plain = {}
        for key, value in node.items():
            name = str(key)
            position = node.lc.key(key) if hasattr(node, "lc") and key in (node.lc.data or {}) else None
            if position is not None:
                lines[(*path, name)] = position[0] + 1
            plain[name] = _plain(value, (*path, name), lines, shown)
        return plain
    if isinstance(node, list):
        for index in range(len(node)):
            if hasattr(node, "lc") and index in (node.lc.data or {}):
                lines[(*path, str(index))] = node.lc.item(index)[0] + 1
        return [_plain(value, (*path, str(index)), lines, shown) for index, value in enumerate(node)]
    if node is None or isinstance(node, bool):
        return node
    if isinstance(node, int):
        return int(node)
    if isinstance(node, float):
        return float(node)
    if isinstance(node, dt.datetime):
        raise BadParameters(f"'{node}' is a date with a time.", where=shown, remedy="Write a date: 2010-08-02.")
    if isinstance(node, dt.date):
        return dt.date(node.year, node.month, node.day)
    if isinstance(node, str):
        return str(node)
    raise BadParameters(
        f"'{'.'.join(path)}' has a value of a kind that is not read here.",
        where=shown,
        line=lines.get(path),
        remedy="Use plain text, numbers, lists and mappings, without tags.",
    )


def _kind(value: Any) -> str:
    return "list" if isinstance(value, list) else "single value"
