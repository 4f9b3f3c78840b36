"""pydantic's verdict on a YAML file, as messages with file, line and mend."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kernels_lib.errors import BadParameters, ScorecardError, UnknownName
from kernels_lib.study.yamlfile import YamlFile

M = TypeVar("M", bound=BaseModel)


def check_model(model: type[M], file: YamlFile, *, what: str = "key") -> M:
    """Validate a file's values.

    Raises
    ------
    UnknownName
        If the only problem is one unknown key.
    BadParameters
        Otherwise; one message a problem, each with its line.
    """
    try:
        return model.model_validate(file.values)
    except ValidationError as failure:
        problems = [_problem(model, file, error, what) for error in failure.errors()]
    raise joined(problems)


def joined(problems: list[ScorecardError]) -> ScorecardError:
    """One error from several: the only one itself, else all messages, one a line."""
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
    shown_input = "" if isinstance(error["input"], dict | list) or not name else f" (found {error['input']!r})"
    return BadParameters(f"{found}{shown_input}.", where=file.shown, line=line)


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
