"""A pydantic model as rows of a table: name, meaning, type, default, bounds; parts inside it with a dot."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from kernels_lib.study.language import LANGUAGES

# What a JSON Schema calls a type, and what a writer of YAML would.
_TYPES = {
    "string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "nothing",
}  # fmt: skip
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "maxLength": "at most {} letters",
    "minItems": "at least {} of them",
}


@dataclass(frozen=True)
class Row:
    """One key that a file may have."""

    key: str
    meaning: str
    type: str
    default: str
    bounds: str


def rows(model: type[BaseModel], *, deep: bool = True) -> list[Row]:
    """The keys of a model in their order, those of its parts below them.

    Parameters
    ----------
    model : model class
    deep : bool, default True
        Whether the keys of parts are listed, too.
    """
    schema = model.model_json_schema(by_alias=True)
    for name, field in model.model_fields.items():
        if field.default_factory is not None:
            # A schema leaves out what a function makes.
            schema["properties"][field.alias or name]["default"] = field.get_default(call_default_factory=True)
    return list(_rows(schema, schema.get("$defs", {}), "", deep))


def _rows(schema: Mapping[str, Any], parts: Mapping[str, Any], above: str, deep: bool) -> Iterator[Row]:
    needed = schema.get("required", ())
    for key, field in schema.get("properties", {}).items():
        part, suffix = _part(field, parts)
        # A part's own docstring may go on to its attributes.
        meaning = field.get("description") or (part or {}).get("description", "").partition("\n\n")[0]
        yield Row(
            above + key,
            " ".join(meaning.split()),
            _type(field, parts),
            "needed" if key in needed else _default(field),
            _bounds(field),
        )
        if deep and part is not None and part.get("properties"):
            yield from _rows(part, parts, f"{above}{key}{suffix}.", deep)


def _part(field: Mapping[str, Any], parts: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, str]:
    """The model inside a field, and how its keys are reached: of a list ``[]``, of a mapping ``.NAME``."""
    if "$ref" in field:
        return parts[field["$ref"].rpartition("/")[2]], ""
    for one in field.get("anyOf", ()):
        found, suffix = _part(one, parts)
        if found is not None:
            return found, suffix
    for inside, suffix in (("items", "[]"), ("additionalProperties", ".NAME")):
        if isinstance(field.get(inside), Mapping):
            found, further = _part(field[inside], parts)
            if found is not None:
                return found, suffix + further
    return None, ""


def _type(field: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    if "$ref" in field:
        part = parts[field["$ref"].rpartition("/")[2]]
        return _type(part, parts) if "enum" in part else "a mapping"
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return " or ".join(f"`{one}`" for one in field["enum"])
    if "anyOf" in field:
        if _spoken(field):
            return "text, or one a language"
        return ", or ".join(dict.fromkeys(_type(one, parts) for one in field["anyOf"]))
    kind = field.get("type", "")
    if kind == "array":
        return f"a list of: {_type(field.get('items', {}), parts)}"
    if kind == "object":
        inner = field.get("additionalProperties")
        return f"a mapping of: {_type(inner, parts)}" if isinstance(inner, Mapping) else "a mapping"
    if field.get("format") == "date":
        return "a date"
    return _TYPES.get(kind, "anything")


def _spoken(field: Mapping[str, Any]) -> bool:
    """Whether a field is ``text`` or ``{en: text, de: Text}``."""
    return any(set(one.get("properties", ())) == set(LANGUAGES) for one in field.get("anyOf", ()))


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    if isinstance(value, Mapping):
        # Parts say theirs themselves.
        return ""
    if value in (None, "", []):
        return "empty" if "default" in field else ""
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _plain(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,}"


def _bounds(field: Mapping[str, Any]) -> str:
    found = [said.format(_plain(field[key])) for key, said in _BOUNDS.items() if key in field]
    if field.get("pattern"):
        found.append(f"as `{field['pattern']}`")
    if not found and "anyOf" in field and not _spoken(field):
        found = [text for one in field["anyOf"] if (text := _bounds(one))]
    if not found and isinstance(field.get("items"), Mapping):
        found = [f"each {text}"] if (text := _bounds(field["items"])) else []
    if not found and isinstance(field.get("additionalProperties"), Mapping):
        found = [f"each {text}"] if (text := _bounds(field["additionalProperties"])) else []
    return ", ".join(found)
