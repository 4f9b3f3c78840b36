"""What each column of a file holds: counted, not yet interpreted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kernels_lib.study.importing.mapping import column_names, row_at, tidy_text
from kernels_lib.study.importing.reading import Sheet
from kernels_lib.study.importing.values import has_comma, number_in
from kernels_lib.study.importing.wording import SUMMARY

Kind = Literal["numbers", "texts", "dates", "empty"]

# Stand where there is no score; compared without case.
MISSING_WORDS = (
    "na", "n/a", "n.a.", "nan", "null", "none", "missing", "-", "--", ".", "?", "k.a.", "k. a.", "keine angabe",
    "don't know", "dont know", "weiß nicht", "not applicable", "no answer", "#n/a",
)  # fmt: skip
# Stand where there is no score, if no score can be as high or low.
MISSING_CODES = (99, 999, 9999, 98, 998, 97, 88, 888, 77, -1, -7, -8, -9, -88, -99, -999, -9999)


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    numbers : Counter of float
        Values that are numbers.
    texts : Counter of str
        Values that are none, and no known word for a missing one.
    gaps : Counter of str
        Words for a missing value.
    """

    name: str
    place: int
    label: str
    filled: int
    dates: int
    commas: int
    points: int
    numbers: Mapping[float, int] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)
    gaps: Mapping[str, int] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What most cells are."""
        if not self.filled:
            return "empty"
        if self.dates > self.filled / 2:
            return "dates"
        number, text = sum(self.numbers.values()), sum(self.texts.values())
        return "numbers" if number and number >= text else "texts" if text else "empty"

    @property
    def different(self) -> int:
        """How many different values it has."""
        return len(self.numbers) + len(self.texts)

    @property
    def values(self) -> int:
        """Cells that hold a value."""
        return sum(self.numbers.values()) + sum(self.texts.values()) + self.dates

    @property
    def asks(self) -> str:
        """What it asks: its label, or its name."""
        return self.label or self.name


@dataclass(frozen=True)
class Profile:
    """A file's columns."""

    sheet: Sheet
    header_row: int
    first_row: int
    label_row: int
    columns: Sequence[Column]
    rows: int

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        """Of all columns."""
        return [column.name for column in self.columns]


def profile(sheet: Sheet, header_row: int, first_row: int, label_row: int = 0) -> Profile:
    """Count what stands in each column from `first_row` on."""
    names = column_names(sheet, header_row)
    start = first_place(sheet, first_row)
    # Sums and means below a table say nothing about its scale; they are kept, and told by `scorecard check`.
    rows = [row for row in sheet.rows[start:] if not _sums_up(row)]
    labels = row_at(sheet, label_row) if label_row else None
    columns = []
    for place, name in enumerate(names):
        label = tidy_text(sheet.rows[labels][place]) if labels is not None else sheet.labels.get(name, "")
        columns.append(_column(name, place, label, [row[place] for row in rows]))
    return Profile(sheet, header_row, first_row, label_row, columns, len(rows))


def _sums_up(row: Sequence[Any]) -> bool:
    first = next((cell for cell in row if cell is not None), None)
    return isinstance(first, str) and bool(SUMMARY.fullmatch(first.strip()))


def first_place(sheet: Sheet, first_row: int) -> int:
    """Where in ``sheet.rows`` the data begin."""
    if sheet.kind in ("sav", "parquet"):
        return 1
    return next((i for i, number in enumerate(sheet.numbers) if number >= first_row), len(sheet.rows))


def _column(name: str, place: int, label: str, cells: Sequence[Any]) -> Column:
    numbers: Counter[float] = Counter()
    texts: Counter[str] = Counter()
    gaps: Counter[str] = Counter()
    filled = dates = commas = points = 0
    for cell in cells:
        if cell is None:
            continue
        filled += 1
        if isinstance(cell, dt.date):
            dates += 1
            continue
        found = number_in(cell, ",")
        if found is not None:
            numbers[float(found)] += 1
            commas += has_comma(cell)
            points += isinstance(cell, float) or (isinstance(cell, str) and "." in cell)
        elif (text := tidy_text(cell)).casefold() in MISSING_WORDS:
            gaps[text] += 1
        else:
            texts[text] += 1
    return Column(name, place, label, filled, dates, commas, points, numbers, texts, gaps)


# ---- where the table begins -----------------------------------------------------------------------

_IMPORT_ID = '{"ImportId"'


def heading(sheet: Sheet) -> tuple[int, int, int]:
    """Row of the header, first row of data, and row with what columns ask (0: none)."""
    if sheet.kind in ("sav", "parquet"):
        return 1, 2, 0
    qualtrics = next(
        (i for i, row in enumerate(sheet.rows[:6]) if any(str(cell).startswith(_IMPORT_ID) for cell in row)), None
    )
    if qualtrics is not None and qualtrics >= 2:
        after = sheet.numbers[qualtrics] + 1
        return sheet.numbers[qualtrics - 2], after, sheet.numbers[qualtrics - 1]
    row = _header(sheet)
    return sheet.numbers[row], sheet.numbers[row] + 1, 0


def _header(sheet: Sheet) -> int:
    """The first row of texts that is as wide as the table: titles above a table are narrower."""
    width = max((_filled(row) for row in sheet.rows[:50]), default=0)
    for i, row in enumerate(sheet.rows[:30]):
        texts = sum(isinstance(cell, str) and number_in(cell, ",") is None for cell in row)
        if _filled(row) >= max(2, 0.6 * width) and texts >= 0.6 * _filled(row):
            return i
    return 0


def _filled(row: Sequence[Any]) -> int:
    return sum(cell is not None for cell in row)
