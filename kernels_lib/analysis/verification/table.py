"""The outcome of reference cases as a table to read and as an object to process."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from kernels_lib.analysis.verification.runner import CaseResult, CheckResult

HEADS = ("case", "method", "result", "published", "ours", "digits", "")
_RIGHT = {"published", "ours", "digits"}


def as_table(cases: Sequence[CaseResult]) -> str:
    """One line a check in aligned columns, and how many agree.

    Examples
    --------
    >>> as_table([])
    '0 of 0 checks in 0 cases agree'
    """
    rows = [_row(check) for case in cases for check in case.checks]
    widths = [max(map(len, column)) for column in zip(HEADS, *rows, strict=True)]
    lines = []
    for row in [HEADS, *rows] if rows else []:
        cells = [
            cell.rjust(width) if head in _RIGHT else cell.ljust(width)
            for head, cell, width in zip(HEADS, row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    agreeing = sum(check.agrees for case in cases for check in case.checks)
    lines.append(f"{agreeing} of {len(rows)} checks in {len(cases)} cases agree")
    return "\n".join(lines)


def as_object(cases: Sequence[CaseResult]) -> dict[str, Any]:
    """The same for a program; numbers that are not finite are text, because JSON has none."""
    checks = [check for case in cases for check in case.checks]
    return {
        "cases": [
            {
                "name": case.name,
                "title": case.title,
                "method": case.method,
                "agrees": case.agrees,
                "checks": [{key: _json(value) for key, value in asdict(check).items()} for check in case.checks],
            }
            for case in cases
        ],
        "agree": sum(check.agrees for check in checks),
        "checks": len(checks),
        "ok": all(case.agrees for case in cases),
    }


def _row(check: CheckResult) -> tuple[str, ...]:
    verdict = "agrees" if check.agrees else f"DIFFERS: {check.reason}"
    digits = "-" if check.digits is None else str(check.digits)
    return (check.case, check.method, check.result, _cell(check.published), _cell(check.ours), digits, verdict)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


def _json(value: Any) -> Any:
    plain = value is None or isinstance(value, str | bool | int)
    return value if plain or (isinstance(value, float) and math.isfinite(value)) else str(value)
