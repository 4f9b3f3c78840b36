"""A report's effective parameters as rows, and what differs between two of them.

A mapping (weights, target, colours) is a row for each of its keys: they may come from different files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from kernels_lib.study.params import Effective, Origin, Parameters


@dataclass(frozen=True)
class Row:
    """One effective value.

    Attributes
    ----------
    key : str
        With a dot inside a mapping: ``target.dialog``.
    default : bool
        Whether it is what the toolkit would take if nobody said anything; a file may say the same.
    """

    key: str
    value: Any
    origin: Origin
    default: bool

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "value": self.value,
            "origin": str(self.origin),
            "file": self.origin.file,
            "line": self.origin.line,
            "default": self.default,
        }


@dataclass(frozen=True)
class Difference:
    """A key with another value for each of two; None where one of them does not have it."""

    key: str
    first: Row | None
    second: Row | None


def rows(effective: Effective) -> list[Row]:
    """Every effective value and where it came from, in the order of the parameters."""
    found = []
    for key, value in effective.values.model_dump(mode="json").items():
        if isinstance(value, Mapping) and value:
            found += [_row(effective, f"{key}.{inner}", one) for inner, one in value.items()]
        else:
            found.append(_row(effective, key, value))
    return found


def _row(effective: Effective, key: str, value: Any) -> Row:
    # `type: {}` in the study's file gives none of its keys: the values inside are built in.
    origin = effective.origins.get(key) or effective.origin("")
    return Row(key, value, origin, value == _built_in().get(key, _NOT_GIVEN))


_NOT_GIVEN = object()


@cache
def _built_in() -> Mapping[str, Any]:
    """The toolkit's own values, keys as in rows."""
    fields = Parameters.model_fields
    plain = {
        name: field.get_default(call_default_factory=True) for name, field in fields.items() if not field.is_required()
    }
    plain = {name: value.model_dump() if isinstance(value, BaseModel) else value for name, value in plain.items()}
    inner = {
        f"{name}.{key}": one for name, value in plain.items() if isinstance(value, dict) for key, one in value.items()
    }
    return {**plain, **inner}


def differences(first: Effective, second: Effective) -> list[Difference]:
    """What differs in value, key by key; where a value came from makes no difference."""
    here, there = ({row.key: row for row in rows(one)} for one in (first, second))
    empty = {key for found in (here, there) for key, row in found.items() if row.value == {}}
    keys = [key for key in dict.fromkeys([*here, *there]) if key not in empty]
    found = [Difference(key, here.get(key), there.get(key)) for key in keys]
    return [one for one in found if _value(one.first) != _value(one.second)]


def _value(row: Row | None) -> Any:
    return None if row is None else row.value
