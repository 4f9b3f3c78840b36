"""JSON that people can read too: one item a line, keys sorted, as ``json.dumps(..., indent=1)`` writes it.

The standard library writes indented JSON in Python, item by item, and looks at the identity of each.  Here
whatever holds only numbers and words is written at one go.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from json.encoder import c_make_encoder
from json.encoder import encode_basestring as quoted
from typing import Any


@dataclass(frozen=True, slots=True)
class OneLine:
    """A value that is written on one line, for programs."""

    value: Any


def text(value: Any) -> str:
    """A value as JSON.

    Parameters
    ----------
    value : object
        None, truths, numbers (numpy's too), texts, lists, tuples, mappings of texts to these, and `OneLine`.

    Returns
    -------
    str
        Without a line break at its end.

    Raises
    ------
    TypeError
        If it holds what JSON has no form for.

    Examples
    --------
    >>> print(text({"b": [1, {"c": None}], "a": OneLine([1, 2])}))
    {
     "a": [1, 2],
     "b": [
      1,
      {
       "c": null
      }
     ]
    }
    """
    parts: list[str] = []
    _put(value, 0, parts.append)
    return "".join(parts)


_on_one_line = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=lambda value: _plain(value)).encode


def _plain(value: Any) -> Any:
    """What JSON can hold, of a value that it has no form for."""
    return json.loads(_unusual(value))


def _float(value: float) -> str:
    if math.isfinite(value):
        return float.__repr__(value)
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


_PLAIN: dict[type, Callable[[Any], str]] = {
    str: quoted,
    int: int.__repr__,
    float: _float,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
}


def _put(value: Any, depth: int, add: Callable[[str], None]) -> None:
    """Add a value's JSON, indented by one space a level, keys sorted."""
    plain = _PLAIN.get(type(value))
    if plain is not None:
        add(plain(value))
    elif isinstance(value, OneLine):
        add(_on_one_line(value.value))
    elif isinstance(value, dict | list | tuple):
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        if not value:
            add(opening + closing)
            return
        inner, outer = "\n" + " " * (depth + 1), "\n" + " " * depth
        inside = value.values() if isinstance(value, dict) else value
        if _PLAIN.keys() >= set(map(type, inside)):
            add(opening + inner)
            add(_flat(depth + 1)(value)[1:-1])
        elif isinstance(value, dict):
            before = opening + inner
            for key, item in sorted(value.items(), key=lambda entry: entry[0]):
                add(before + _key(key) + ": ")
                _put(item, depth + 1, add)
                before = "," + inner
        else:
            before = opening + inner
            for item in value:
                add(before)
                _put(item, depth + 1, add)
                before = "," + inner
        add(outer + closing)
    else:
        add(_unusual(value))


def _key(key: Any) -> str:
    return quoted(key) if isinstance(key, str) else quoted(_unusual(key))


def _unusual(value: Any) -> str:
    """What is a plain value in other clothes, such as a number of numpy's."""
    if isinstance(value, bytes):
        return quoted(value.decode("ascii"))
    for kind in (str, bool, int, float):
        if isinstance(value, kind):
            return _PLAIN[kind](value)
    if value is None:
        return "null"
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


@cache
def _flat(depth: int) -> Callable[[Any], str]:
    """Writes a list or dict of plain values whose items stand at a depth."""
    between = ",\n" + " " * depth
    if c_make_encoder is None:  # another Python than CPython
        return json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(between, ": ")).encode
    # What JSONEncoder makes anew for every call.
    encode = c_make_encoder(None, json.JSONEncoder().default, quoted, None, ": ", between, True, False, True)
    return lambda value: "".join(encode(value, 0))
