"""Packages of parts (xlsx, pptx) whose bytes depend on their contents alone."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

TYPES = "[Content_Types].xml"
_MOMENT = (1980, 1, 1, 0, 0, 0)
# What XML cannot say, and the halves of pairs that no file encoding can.
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def rewritten(data: bytes) -> bytes:
    """A package with its parts in one order and without the times at which they were made.

    Parameters
    ----------
    data : bytes
        A zip file.

    Returns
    -------
    bytes
        Types first, as programs that look only at the beginning expect, then by name.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name in sorted(parts, key=lambda name: (name != TYPES, name)):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else the zip says on which system it was made
            package.writestr(entry, parts[name], compresslevel=9)
    return file.getvalue()


def sayable(text: object) -> str:
    """A text without what XML cannot hold.

    Examples
    --------
    >>> sayable("a\\x07b")
    'ab'
    """
    return _UNSAYABLE.sub("", str(text))


def moment(date: str) -> dt.datetime:
    """When a file says it was made: the report's date at midnight, never the clock's."""
    return dt.datetime.fromisoformat(date)
