"""One value of a YAML file given, replaced or taken out; every other byte stays, comments included.

The parser says where each value begins and ends, and the text is cut there.  Nothing is written anew
from what was read, so quotes, order, alignment and comments are the author's.  The result is read
again and must say what was asked and nothing else; where it would not, the file is refused.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from collections.abc import Sequence
from typing import Any

from kernels_lib.errors import BadParameters
from kernels_lib.study.yamlfile import YamlFile, parse_scalar, parse_yaml

# Texts that need no quotes; everything else gets them.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_@./-]*(?: [A-Za-z0-9_@./-]+)*")
_COMMENT = re.compile(r"( +)#")


def with_value(text: str, path: Sequence[str], value: Any, shown: str) -> str:
    """The text with a value at a path of one or two keys.

    Parameters
    ----------
    text : str
        A YAML mapping; may be empty.
    path : sequence of str
    value : None, bool, int, float, str, date, list or dict
    shown : str
        The file, as messages print it.

    Raises
    ------
    BadParameters
        If the text is no YAML, or the value stands in a way that only its author can change.

    Examples
    --------
    >>> with_value("alpha: 0.05  # as always\\ntarget: {}\\n", ["target", "dialog"], 3.5, "x.yaml")
    'alpha: 0.05  # as always\\ntarget: {dialog: 3.5}\\n'
    """
    before = parse_yaml(text, shown)
    wanted = copy.deepcopy(before.values)
    place = wanted
    for key in path[:-1]:
        place[key] = place[key] if isinstance(place.get(key), dict) else {}
        place = place[key]
    place[path[-1]] = value
    return _checked(text, _put(text, _root(text), list(path), value), wanted, before, path, shown)


def without_value(text: str, path: Sequence[str], shown: str) -> str:
    """The text without the value at a path, and without a mapping that this leaves empty.

    Raises
    ------
    BadParameters
        As for `with_value`.

    Examples
    --------
    >>> without_value("brand: A\\ntarget:\\n  dialog: 3.5\\nalpha: 0.1\\n", ["target", "dialog"], "x.yaml")
    'brand: A\\nalpha: 0.1\\n'
    """
    before = parse_yaml(text, shown)
    path = list(path)
    wanted = copy.deepcopy(before.values)
    inner = wanted.get(path[0])
    if len(path) > 1 and isinstance(inner, dict):
        inner.pop(path[1], None)
        if not inner:
            path = path[:1]
    if len(path) == 1:
        wanted.pop(path[0], None)
    if wanted == before.values:
        return text
    return _checked(text, _taken(text, _root(text), path), wanted, before, path, shown)


def as_yaml(value: Any) -> str:
    """A value on one line.

    Examples
    --------
    >>> as_yaml([0.01, "holm", "a: b", "yes", None])
    '[0.01, holm, "a: b", yes, null]'
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_yaml(key)}: {as_yaml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and parse_scalar(value) == value
        return value if plain else json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, dt.date) else repr(value)


def _checked(text: str, changed: str, wanted: dict[str, Any], before: YamlFile, path: Sequence[str], shown: str) -> str:
    try:
        right = parse_yaml(changed, shown).values == wanted
    except BadParameters:
        right = False
    if right:
        return changed
    raise BadParameters(
        f"'{'.'.join(path)}' stands there in a way that is not changed from outside, such as an alias.",
        where=shown,
        line=before.line(*path),
        remedy="Change it in the file itself.",
    )


def _root(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).compose(text)


def _put(text: str, node: Any, path: list[str], value: Any) -> str:
    """The text with the value below a mapping's node."""
    pair = _pair(node, path[0])
    if pair is None:
        return _added(text, node, path, value)
    key, held = pair
    if len(path) > 1 and hasattr(held, "value") and isinstance(held.value, list) and _is_mapping(held):
        return _put(text, held, path[1:], value)
    value = _nested(path[1:], value)
    if isinstance(value, list) and isinstance(held.value, list) and not held.flow_style:
        return _relisted(text, pair, value)
    if held.start_mark.index == held.end_mark.index:
        # Nothing stands there; the parser looks for it as far as the next key.
        at = text.index(":", key.end_mark.index) + 1
        return _spliced(text, at, at, f" {as_yaml(value)}")
    return _spliced(text, held.start_mark.index, _end(text, held), as_yaml(value))


def _added(text: str, node: Any, path: list[str], value: Any) -> str:
    """The text with a key that a mapping does not have yet."""
    newline = "\r\n" if "\r\n" in text else "\n"
    if node is not None and node.flow_style:
        written = f"{as_yaml(path[0])}: {as_yaml(_nested(path[1:], value))}"
        if not node.value:
            return _spliced(text, node.start_mark.index, _end(text, node), "{" + written + "}")
        at = _end(text, node.value[-1][1])
        return _spliced(text, at, at, ", " + written)
    indent = 0 if node is None or not node.value else node.value[0][0].start_mark.column
    lines = [" " * (indent + 2 * depth) + f"{as_yaml(key)}:" for depth, key in enumerate(path)]
    lines[-1] += f" {as_yaml(value)}"
    # A mapping of the file itself grows at the file's end, one inside another after its last value.
    at = len(text) if not indent else _end_of_line(text, _end(text, node.value[-1][1]))
    before = text[:at] + (newline if at and not text[:at].endswith("\n") else "")
    return before + "".join(line + newline for line in lines) + text[at:]


def _nested(path: list[str], value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


def _relisted(text: str, pair: tuple[Any, Any], value: list[Any]) -> str:
    """A list of one item a line: items taken out or added at its end, each with its own line."""
    key, held = pair
    found = [parse_scalar(str(item.value)) for item in held.value]
    kept = [item for item in found if item in value]
    added = [item for item in value if item not in found]
    if [*kept, *added] != value or not kept:
        # In another order, or all anew: the list is written on one line.
        at, end = key.end_mark.index, _end(text, held)
        # A comment inside would be lost: left as it is, which is refused.
        return text if "#" in text[at:end] else text[:at] + ": " + as_yaml(value) + text[end:]
    newline = "\r\n" if "\r\n" in text else "\n"
    last = _end_of_line(text, _end(text, held))
    start = _start_of_line(text, held.start_mark.index)
    dash = text[start : held.value[0].start_mark.index]
    lines = "".join(f"{dash}{as_yaml(item)}{newline}" for item in added)
    head = text[:last] + (newline if lines and not text[:last].endswith("\n") else "")
    changed = head + lines + text[last:]
    for item, said in reversed(list(zip(held.value, found, strict=True))):
        if said not in value:
            begin = _start_of_line(changed, item.start_mark.index)
            changed = changed[:begin] + changed[_end_of_line(changed, item.end_mark.index) :]
    return changed


def _taken(text: str, node: Any, path: list[str]) -> str:
    """The text without a key of a mapping."""
    pair = _pair(node, path[0])
    if pair is None:
        return text
    key, held = pair
    if len(path) > 1:
        return _taken(text, held, path[1:])
    end = _end(text, held)
    if not node.flow_style:
        return text[: _start_of_line(text, key.start_mark.index)] + text[_end_of_line(text, end) :]
    place = next(index for index, (known, _) in enumerate(node.value) if known is key)
    if place:
        begin = _end(text, node.value[place - 1][1])
    else:
        begin = key.start_mark.index
        end = node.value[1][0].start_mark.index if len(node.value) > 1 else end
    return text[:begin] + text[end:]


def _spliced(text: str, start: int, end: int, written: str) -> str:
    """The text with one part replaced; a comment behind it on its line stays in its column where it can."""
    after = text[end:]
    comment = _COMMENT.match(after)
    grown = len(written) - (end - start)
    if comment and grown and "\n" not in text[start:end]:
        after = " " * max(2, len(comment[1]) - grown) + after[len(comment[1]) :]
    return text[:start] + written + after


def _pair(node: Any, key: str) -> tuple[Any, Any] | None:
    if node is None:
        return None
    return next(((known, held) for known, held in node.value if str(known.value) == key), None)


def _is_mapping(node: Any) -> bool:
    return str(node.tag).endswith(":map")


def _end(text: str, node: Any) -> int:
    """Where a node's own text ends; a block's own mark is where the next thing begins."""
    if isinstance(node.value, list) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    start, end = node.start_mark.index, node.end_mark.index
    if getattr(node, "style", None) in ("|", ">"):
        end = start + len(text[start:end].rstrip("\r\n "))
    return end


def _start_of_line(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _end_of_line(text: str, at: int) -> int:
    """Behind the end of the line."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1
