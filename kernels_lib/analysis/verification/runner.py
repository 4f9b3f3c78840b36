"""Published answers, run again: one JSON file is one case, one entry of its ``checks`` one check.

    run_folder(folder) -> [CaseResult]      every *.json of a folder, in the order of their names
    run_case(path) -> CaseResult            one file

A call is a function that takes the check's arguments by name and returns a mapping of result names
to a number, a truth value, a text, or a table of them:

    {"effect": 0.84, "loading": {"a": 0.9}, "z": {("a", "b"): 1.2, ("b", "a"): -1.2}, "coef": [1, 2]}

An entry ``_reason`` says why results are None.  Nothing is skipped: what cannot be run or compared
is a check that failed, with the reason.  This is the one place of the library that catches every
exception, because one broken case must not hide the others.
"""

from __future__ import annotations

import inspect
import json
import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kernels_lib.analysis.verification import CALLS
from kernels_lib.errors import BadData, UnknownName
from kernels_lib.study.language import pick, spoken

MOST_DIGITS = 15
REASON = "_reason"

Call = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class CheckResult:
    """One published number beside ours.

    Attributes
    ----------
    case, title : str
        Of the file.
    method : str
        The call.
    result : str
        Path of the result, such as ``"p_value[A,B]"``.
    published, ours : number, bool, str or None
        `ours` is None where there is none.
    tolerance : float or None
    digits : int, "exact" or None
        Significant digits that agree, at most 15; "exact" for equal text and truth values.
    agrees : bool
    reason : str
        Why it does not agree; empty otherwise.
    source, origin : str
        Where the number was published, and how it came from there.
    """

    case: str
    title: str
    method: str
    result: str
    published: Any
    ours: Any
    tolerance: float | None
    digits: int | str | None
    agrees: bool
    reason: str
    source: str
    origin: str


@dataclass(frozen=True)
class CaseResult:
    """All checks of one file."""

    name: str
    title: str
    checks: tuple[CheckResult, ...]

    @property
    def agrees(self) -> bool:
        return all(check.agrees for check in self.checks)

    @property
    def method(self) -> str:
        """The calls of the case, each once, in the order of the checks."""
        return ", ".join(dict.fromkeys(check.method for check in self.checks if check.method))


class _Failed(Exception):
    """A check cannot be run or compared; the text says why."""


def run_folder(folder: Path, calls: Mapping[str, Call] | None = None) -> list[CaseResult]:
    """Run every case of a folder.

    Parameters
    ----------
    folder : Path
        Its ``*.json`` files are cases.
    calls : mapping of str to function, optional
        `CALLS` if not given.

    Returns
    -------
    list of CaseResult
        In the order of the file names.

    Raises
    ------
    BadData
        If there is no such folder, or no case in it.
    """
    if not folder.is_dir():
        raise BadData(
            f"there is no folder '{folder}'." if not folder.exists() else f"'{folder}' is not a folder.",
            remedy="Give the folder that holds the cases; without one it is tests/reference_cases.",
        )
    paths = sorted(path for path in folder.glob("*.json") if path.is_file())
    if not paths:
        raise BadData(
            f"there is no case in '{folder}'.",
            remedy="A case is a .json file; tests/reference_cases/README.md describes it.",
        )
    return [run_case(path, calls) for path in paths]


def run_case(path: Path, calls: Mapping[str, Call] | None = None) -> CaseResult:
    """Run the checks of one file; a file that cannot be read is one failed check.

    Parameters
    ----------
    path : Path
    calls : mapping of str to function, optional
        `CALLS` if not given.
    """
    try:
        case = _read(path)
    except Exception as error:
        return CaseResult(path.stem, "", (_failure(path.stem, {}, {}, str(error)),))
    known = CALLS if calls is None else calls
    # Ten checks of one model are one fit.
    done: dict[str, Mapping[str, Any] | _Failed] = {}
    name = str(case.get("name") or path.stem)
    checks = tuple(_checked(name, case, check, known, done) for check in case["checks"])
    return CaseResult(name, case["title"], checks)


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise _Failed(f"the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _Failed("the file is not text in UTF-8") from error
    try:
        case = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _Failed(f"the file is not JSON: {error.msg} in line {error.lineno}") from error
    if not isinstance(case, dict):
        raise _Failed("the file does not hold one object with 'data' and 'checks'")
    if not isinstance(case.get("data", {}), dict):
        raise _Failed("'data' is not an object")
    if not isinstance(case.get("checks"), list) or not case["checks"]:
        raise _Failed("there are no checks")
    return case | {"title": str(pick(case.get("title") or "", spoken(), plain=True))}


def _no_constant(name: str) -> None:
    raise _Failed(f"the file is not JSON: {name} is no number there; write null for a missing value")


def _checked(
    name: str,
    case: Mapping[str, Any],
    check: Any,
    calls: Mapping[str, Call],
    done: dict[str, Mapping[str, Any] | _Failed],
) -> CheckResult:
    ours = None
    try:
        if not isinstance(check, dict):
            raise _Failed("the check is not an object")
        missing = [key for key in ("call", "result", "expected") if key not in check]
        if missing:
            raise _Failed(f"the check has no {', no '.join(missing)}")
        ours = _plain(_entry(_results(check, case.get("data", {}), calls, done), str(check["result"])))
        digits = _compare(ours, check["expected"], check.get("tolerance"))
    except Exception as error:
        reason = str(error) if isinstance(error, _Failed) else _told(error)
        return _failure(name, case, check if isinstance(check, dict) else {}, reason, ours)
    return _result(name, case, check, ours=ours, digits=digits, agrees=True, reason="")


def _results(
    check: Mapping[str, Any],
    data: Mapping[str, Any],
    calls: Mapping[str, Call],
    done: dict[str, Mapping[str, Any] | _Failed],
) -> Mapping[str, Any]:
    """What the check's call returns; the same call with the same arguments is made once."""
    call, arguments = check["call"], check.get("args", {})
    key = json.dumps([call, arguments], sort_keys=True)
    if key not in done:
        try:
            done[key] = _call(str(call), arguments, data, calls)
        except Exception as error:
            done[key] = error if isinstance(error, _Failed) else _Failed(_told(error))
    found = done[key]
    if isinstance(found, _Failed):
        raise found
    return found


def _call(name: str, arguments: Any, data: Mapping[str, Any], calls: Mapping[str, Call]) -> Mapping[str, Any]:
    if name not in calls:
        raise _Failed(str(UnknownName("call", name, calls)))
    if not isinstance(arguments, dict):
        raise _Failed("'args' is not an object")
    function = calls[name]
    parameters = inspect.signature(function).parameters
    for argument in arguments:
        if argument not in parameters:
            raise _Failed(str(UnknownName(f"argument of {name}", argument, parameters)))
    wanted = [key for key, one in parameters.items() if one.default is one.empty and key not in arguments]
    if wanted:
        raise _Failed(f"{name} needs {', '.join(wanted)}")
    return function(**{key: _resolved(value, data) for key, value in arguments.items()})


def _resolved(value: Any, data: Mapping[str, Any]) -> Any:
    """`value` with every text ``$key``, at any depth, replaced by that entry of the data."""
    if isinstance(value, str) and value.startswith("$"):
        if value[1:] not in data:
            raise _Failed(str(UnknownName("key of the data", value[1:], data)))
        return data[value[1:]]
    if isinstance(value, list):
        return [_resolved(one, data) for one in value]
    if isinstance(value, dict):
        return {key: _resolved(one, data) for key, one in value.items()}
    return value


def _entry(results: Mapping[str, Any], path: str) -> Any:
    """The result that a path names: ``name``, ``name[label]`` or ``name[label,label]``."""
    parts = re.fullmatch(r"(\w+)(?:\[(.+)\])?", path, re.S)
    known = [name for name in results if name != REASON]
    name, label = parts.groups() if parts else (path, None)
    if name not in known:
        raise _Failed(str(UnknownName("result", name, known)))
    value = results[name]
    table = _table(value)
    if label is None:
        if table is not None:
            raise _Failed(f"'{name}' is a table; name one entry, such as {name}[{next(iter(table), '1')}]")
    elif table is None:
        raise _Failed(f"'{name}' is one value and has no entry '{label}'")
    elif _tidy(label) not in table:
        raise _Failed(str(UnknownName(f"entry of {name}", label, table)))
    else:
        value = table[_tidy(label)]
    if value is None:
        why = results.get(REASON)
        raise _Failed("there is no result (null)" + (f": {why}" if why else ""))
    return value


def _table(value: Any) -> dict[str, Any] | None:
    """Entries by the text that a path gives; None for a single value."""
    if isinstance(value, Mapping):
        return {_label(key): one for key, one in value.items()}
    if isinstance(value, np.ndarray) or (isinstance(value, Sequence) and not isinstance(value, str)):
        return {str(i): one for i, one in enumerate(value, start=1)}
    return None


def _label(key: Any) -> str:
    if isinstance(key, tuple):
        return ",".join(map(_label, key))
    if isinstance(key, float) and key.is_integer():
        return str(int(key))
    return _tidy(str(key))


def _tidy(label: str) -> str:
    return re.sub(r"\s*,\s*", ",", label.strip())


def _plain(value: Any) -> Any:
    """Numpy's numbers and truth values as Python's."""
    return value.item() if isinstance(value, np.generic) else value


def _compare(ours: Any, published: Any, tolerance: Any) -> int | str:
    """Digits that agree; raises if the pass rule is broken."""
    if isinstance(published, str | bool):
        if type(ours) is not type(published) or ours != published:
            raise _Failed(f"{_shown(published)} was published, {_shown(ours)} is the result")
        return "exact"
    if not _is_number(published):
        raise _Failed("no number, text or truth value is expected: nothing to compare with")
    if not _is_number(tolerance) or tolerance < 0:
        raise _Failed("a number needs a tolerance of 0 or more")
    if isinstance(ours, bool) or not isinstance(ours, int | float):
        raise _Failed(f"a number was published, {_shown(ours)} is the result")
    if not _is_number(ours):
        raise _Failed(f"the result is {ours}, not a finite number")
    off = abs(ours - published)
    # .125 is within .005 of .13, though not in binary.
    if off > tolerance and not math.isclose(off, tolerance, rel_tol=1e-9):
        raise _Failed(f"off by {off:.3g}, tolerance {tolerance:g}")
    return agreed_digits(ours, published)


def agreed_digits(ours: float, published: float) -> int:
    """Significant digits in which two numbers agree, from 0 to 15.

    Beside a published 0 they are decimal places.

    Examples
    --------
    >>> agreed_digits(0.86895, 0.869), agreed_digits(2.0, 2.0), agreed_digits(1e-9, 0.0)
    (4, 15, 9)
    """
    off = abs(ours - published)
    if off == 0:
        return MOST_DIGITS
    size = off / abs(published) if published else off
    return int(min(MOST_DIGITS, max(0, math.floor(-math.log10(size) + 1e-9))))


def _is_number(value: Any) -> bool:
    # JSON has whole numbers beyond any float, and 1e999 is read as infinity.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _shown(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else json.dumps(value, default=str)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


def _failure(
    name: str, case: Mapping[str, Any], check: Mapping[str, Any], reason: str, ours: Any = None
) -> CheckResult:
    published = check.get("expected")
    digits = agreed_digits(ours, published) if _is_number(ours) and _is_number(published) else None
    return _result(name, case, check, ours=ours, digits=digits, agrees=False, reason=reason)


def _result(name: str, case: Mapping[str, Any], check: Mapping[str, Any], **outcome: Any) -> CheckResult:
    tolerance = check.get("tolerance")
    return CheckResult(
        case=name,
        title=case.get("title", ""),
        method=str(check.get("call") or ""),
        result=str(check.get("result") or ""),
        published=check.get("expected"),
        tolerance=float(tolerance) if _is_number(tolerance) else None,
        source=str(case.get("source") or ""),
        origin=str(check.get("origin") or case.get("expected_origin") or ""),
        **outcome,
    )
