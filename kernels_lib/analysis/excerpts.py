"""What a page shows of a list that is too long to be read: its first, its middle and its last places.

The rule knows places only, never what stands in them, and it is said wherever it is used.  Workbooks and
results hold every place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kernels_lib.study.language import _, _n

MOST_LISTED = 60  # beyond, a page shows three parts of a list
PART = 20  # places of each part
MOST_TESTS = 200  # beyond, a ledger shows families that are longer than a list in three parts


def places(count: int, keep: Sequence[int] = ()) -> list[int]:
    """Which places of a list are shown, from 0: all, or the first, the middle and the last ones.

    Parameters
    ----------
    count : int
        Length of the list.
    keep : sequence of int, optional
        Places that are shown in any case, such as the client's own.

    Examples
    --------
    >>> len(places(60)), len(places(61))
    (60, 60)
    >>> [place for place in places(3000, keep=[700]) if place % 20 == 0]
    [0, 700, 1500, 2980]
    """
    if count <= MOST_LISTED:
        return list(range(count))
    middle = (count - PART) // 2
    return sorted({*range(PART), *range(middle, middle + PART), *range(count - PART, count), *keep})


def excerpt(items: Sequence[Any], *, keep: Callable[[Any], bool] | None = None) -> list[Any]:
    """The shown items, and where some are left out their number as an int.

    Examples
    --------
    >>> shown = excerpt("a" * 100)
    >>> len(shown), shown[20], shown[41]
    (62, 20, 20)
    """
    kept = [place for place, item in enumerate(items) if keep is not None and keep(item)]
    result: list[Any] = []
    last = -1
    for place in places(len(items), kept):
        if place - last > 1:
            result.append(place - last - 1)
        result.append(items[place])
        last = place
    return result


def shown_rows(count: int, one: str, many: str, keep: Sequence[int] = ()) -> list[int | str]:
    """Places of a table's rows that are shown, and words where rows are left out; `one`, `many`: what a row is."""
    rows: list[int | str] = []
    last = -1
    for place in places(count, keep):
        if place - last > 1:
            rows.append(left_out(place - last - 1, one, many))
        rows.append(place)
        last = place
    return rows


def left_out(count: int, one: str, many: str) -> str:
    """What stands in the place of rows that are left out of a page."""
    return _n("{n} {unit} between these is left out", "{n} {units} between these are left out", count).format(
        n=count, unit=one, units=many
    )


def rule(count: int, many: str, *, kept: str = "") -> str:
    """The rule in words; empty where everything is shown.

    Parameters
    ----------
    count : int
    many : str
        What the rows are.
    kept : str, optional
        What is shown in any case.
    """
    if count <= MOST_LISTED:
        return ""
    parts = (
        _("Shown, by place: the first {part}, the middle {part} and the last {part} of {n} {units}, and {kept}.")
        if kept
        else _("Shown, by place: the first {part}, the middle {part} and the last {part} of {n} {units}.")
    )
    # A part may begin or end among equals.
    whole = _("Equal scores stand in the order of the data. The annex (format xlsx) has all of them.")
    return f"{parts.format(part=PART, n=count, units=many, kept=kept)} {whole}"
