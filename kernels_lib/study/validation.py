"""pydantic's verdict on a YAML file, as messages with file, line and mend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, ValidationInfo, WithJsonSchema

from kernels_lib.errors import BadParameters, ScorecardError, UnknownName, quoted
from kernels_lib.study.language import LANGUAGES, SOURCE, pick
from kernels_lib.study.yamlfile import YamlFile

M = TypeVar("M", bound=BaseModel)


# In place of a language, where a file is checked before it is known who reads it: any one will do.
ANY = "any"


def _in_language(value: Any, info: ValidationInfo) -> Any:
    return pick(value, _language(value, info))


def in_language_if_given(value: Any, info: ValidationInfo) -> Any:
    """The text in the reader's language; a text alone stands in every language."""
    return pick(value, _language(value, info), plain=True)


def _language(value: Any, info: ValidationInfo) -> str:
    wanted = (info.context or {}).get("language", SOURCE)
    if wanted != ANY:
        return wanted
    written = value if isinstance(value, Mapping) else {}
    return next((name for name in LANGUAGES if written.get(name)), SOURCE)


_EITHER = {
    "anyOf": [
        {"type": "string", "maxLength": 600},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"type": "string", "maxLength": 600} for name in LANGUAGES},
        },
    ]
}

# A text in the reader's language: `text`, or `{en: text, de: Text}`.
Spoken = Annotated[str, Field(min_length=1, max_length=600), BeforeValidator(_in_language), WithJsonSchema(_EITHER)]
# The same, where a text alone may stand in every language: a citation, a name that is not translated.
Quoted = Annotated[str, Field(max_length=600), BeforeValidator(in_language_if_given), WithJsonSchema(_EITHER)]


def check_model(model: type[M], file: YamlFile, *, what: str = "key", language: str = SOURCE) -> M:
    """Validate a file's values, its texts in one language (or in `ANY` that they have).

    Raises
    ------
    UnknownName
        If the only problem is one unknown key.
    BadParameters
        Otherwise; one message a problem, each with its line.
    """
    try:
        return model.model_validate(file.values, context={"language": language})
    except ValidationError as failure:
        problems = [_problem(model, file, error, what) for error in failure.errors()]
    raise joined(problems)


def joined(found: Iterable[ScorecardError]) -> ScorecardError:
    """One error from several, each said once: the only one itself, else all messages, one a line."""
    single = [one for problem in found for one in getattr(problem, "problems", [problem])]
    problems = list({str(problem): problem for problem in single}.values())
    if len(problems) == 1:
        return problems[0]
    error = BadParameters("\n".join(str(problem) for problem in problems))
    error.problems = problems  # type: ignore[attr-defined]
    return error


def _problem(model: type[BaseModel], file: YamlFile, error: Any, what: str) -> ScorecardError:
    location = [str(part) for part in error["loc"]]
    line = file.line(*location)
    if error["type"] == "extra_forbidden":
        return UnknownName(what, location[-1], _keys_beside(model, location), where=file.shown, line=line)
    name = ".".join(location)
    message = error["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    found = f"'{name}': {message}" if name else message
    shown_input = (
        "" if isinstance(error["input"], dict | list) or not name else f" (found {_as_written(error['input'])})"
    )
    remedy = "Put it in quotes." if error["type"] == "string_type" and _is_scalar(error["input"]) else ""
    return BadParameters(f"{found}{shown_input}.", where=file.shown, line=line, remedy=remedy)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, bool | int | float | dt.date)


def _as_written(value: Any) -> str:
    """A value as its file has it, as far as a message needs it."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return repr(quoted(value)) if isinstance(value, str) else repr(value)


def _keys_beside(model: type[BaseModel], location: list[str]) -> list[str]:
    """The keys that would have worked where an unknown one stands."""
    current: Any = model
    for part in location[:-1]:
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            return []
        fields = {field.alias or name: field for name, field in current.model_fields.items()}
        if part in fields:
            current = _model_in(fields[part].annotation)
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [field.alias or name for name, field in current.model_fields.items()]
    return []


def _model_in(annotation: Any) -> Any:
    """The model inside ``tuple[Model, ...]`` or ``Model | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
