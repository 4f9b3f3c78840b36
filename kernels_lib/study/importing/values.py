"""One cell as a number or a text."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_COMMA = re.compile(r"[-+]?\d+,\d+")
# A whole number of digits in a double: 0.1 + 0.2 as a spreadsheet shows it.
_DIGITS = 15


def number_in(cell: Any, decimal: str = ".") -> str | None:
    """A cell as a number in digits with a decimal point; None where it is none.

    Numbers that stand as text keep their digits.

    Examples
    --------
    >>> number_in(4.0), number_in("3,50", ","), number_in("four"), number_in(0.30000000000000004)
    ('4', '3.50', None, '0.3')
    """
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if isinstance(cell, float):
        text = f"{cell:.{_DIGITS}g}"
        return text if float(text) != int(float(text)) else str(int(float(text)))
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    if decimal == "," and _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    return text if _NUMBER.fullmatch(text) else None


def has_comma(cell: Any) -> bool:
    """Whether a text is a number with a decimal comma."""
    return isinstance(cell, str) and bool(_COMMA.fullmatch(cell.strip()))


def text_of(cell: Any) -> str:
    """A cell as text, as it stands; dates as 2026-04-05."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return number_in(cell) or str(cell).strip()
