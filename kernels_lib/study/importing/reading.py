"""A file as a table of cells, each with its place: csv, xlsx, SPSS and Parquet.

Cells keep what the file says: a number stays a number, a text a text.  Nothing is dropped or
converted here; see `tidying`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadData, BadParameters, UnknownName

MAX_BYTES = 200_000_000
MAX_CELLS = 20_000_000
DELIMITERS = (",", ";", "\t", "|")
NAMES_OF_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# Looked at to find out what separates fields.
_GLANCE = 200


class Odd(str):
    """A cell that holds no value of its own: a formula without a result, an error of the spreadsheet.

    Attributes
    ----------
    why : str
        What is wrong with it, as a sentence.
    """

    why = ""

    @classmethod
    def cell(cls, text: str, why: str) -> Odd:
        """The text that is kept, and what is wrong with it."""
        made = cls(text)
        made.why = why
        return made


@dataclass(frozen=True)
class Place:
    """Where a cell stands in the file that a person has: `cell` in a workbook, else `row` and `column`."""

    file: str
    row: int
    column: str
    sheet: str = ""
    cell: str = ""
    counted: str = "line"

    def __str__(self) -> str:
        if self.cell:
            return f"{self.file}, sheet {self.sheet}, cell {self.cell}"
        named = f", column '{self.column}'" if self.column else ""
        return f"{self.file}, {self.counted} {self.row}{named}"


@dataclass(frozen=True)
class Sheet:
    """One table as it stands in a file.

    Attributes
    ----------
    file : str
        The file's name, without its folder.
    name : str
        Of the sheet; empty where a file has one table.
    rows : sequence of sequence of cells
        None, text, number, truth, date or `Odd`; all rows are of one length.
    numbers : sequence of int
        Row (or line) of each row, counted from 1 as the person's program counts.
    labels : mapping of column to text
        What a column asks, where the file says it apart from its name (SPSS).
    missing : tuple of str
        Codes that the file itself declares as missing.
    words : mapping of column to mapping
        Labels of values, where the file has them (SPSS).
    merged : tuple of str
        Merged ranges of a workbook.
    ragged : tuple of (int, int)
        Lines that have another number of fields than the first, and how many.
    sheets : tuple of str
        All sheets of the workbook.
    notes : tuple of str
        What was found out about the file on the way.
    """

    file: str
    name: str
    rows: Sequence[Sequence[Any]]
    numbers: Sequence[int]
    kind: str
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    words: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    merged: tuple[str, ...] = ()
    ragged: tuple[tuple[int, int], ...] = ()
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""

    @property
    def width(self) -> int:
        """Columns."""
        return len(self.rows[0]) if self.rows else 0

    def place(self, row: int, column: int, name: str = "") -> Place:
        """Where the cell in `row` and `column` (counted from 0) stands."""
        number = self.numbers[row]
        if self.kind == "xlsx":
            return Place(self.file, number, name, self.name, f"{letters(column)}{number}")
        return Place(self.file, number, name, counted="line" if self.kind == "csv" else "row")


def letters(column: int) -> str:
    """The letters of a column, counted from 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def read_sheet(path: Path, *, sheet: str = "", encoding: str = "", delimiter: str = "") -> Sheet:
    """Read one table of a file.

    Parameters
    ----------
    path : Path
    sheet : str
        Of a workbook; empty: the one with most numbers.
    encoding, delimiter : str
        Of a csv file; empty: found out.

    Raises
    ------
    BadData
        If it is none of the known kinds, is damaged, or has no rows.
    UnknownName
        If the workbook has no such sheet.
    """
    if not path.is_file():
        raise BadData("there is no such file.", where=path.name, remedy="Correct the name.")
    if (size := path.stat().st_size) > MAX_BYTES:
        raise BadData(
            f"the file has {size:,} bytes; at most {MAX_BYTES:,} are brought in cell by cell.",
            where=path.name,
            remedy='Put it into a folder of datasets/ and describe it by hand, with "counted": true.',
        )
    kind = kind_of(path)
    if sheet and kind != "xlsx":
        raise BadParameters(f"'{path.name}' has no sheets.", where="--sheet", remedy="Leave it out.")
    found = READ[kind](path, sheet, encoding, delimiter)
    if not any(cell is not None for row in found.rows for cell in row):
        raise BadData("there is nothing in it.", where=path.name)
    return found


KINDS = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".sav": "sav",
    ".zsav": "sav", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip


def kind_of(path: Path) -> str:
    """``csv``, ``xlsx``, ``sav`` or ``parquet``, by the file's name.

    Raises
    ------
    BadData
    """
    kind = KINDS.get(path.suffix.casefold())
    if kind is None:
        old = path.suffix.casefold() in (".xls", ".ods", ".numbers")
        how = "Save it as .xlsx." if old else "Save it as .csv, .xlsx, .sav or .parquet."
        raise BadData(f"files that end in '{path.suffix}' are not read.", where=path.name, remedy=how)
    return kind


# ---- csv ------------------------------------------------------------------------------------------


def _read_csv(path: Path, _sheet: str, encoding: str, delimiter: str) -> Sheet:
    text, encoding, notes = _decoded(path, encoding)
    delimiter = delimiter or _delimiter(text)
    rows, numbers = [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell if cell.strip() else None for cell in row])
                # A quoted field may span lines: the row stands where it begins.
                numbers.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadData(f"this is not CSV: {error}.", where=path.name, line=reader.line_num) from error
    # Spreadsheets write the sheet's whole width, empty columns at the end included.
    usual = Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 0
    ragged = tuple(
        (number, len(row))
        for number, row in zip(numbers, rows, strict=True)
        if len(row) > usual and any(cell is not None for cell in row[usual:])
    )
    return Sheet(
        path.name, "", _squared(rows), numbers, "csv", ragged=ragged, notes=tuple(notes), encoding=encoding,
        delimiter=delimiter,
    )  # fmt: skip


def _decoded(path: Path, encoding: str) -> tuple[str, str, list[str]]:
    raw = path.read_bytes()
    if encoding:
        try:
            return raw.decode(encoding), encoding, []
        except (UnicodeDecodeError, LookupError) as error:
            raise BadData(f"it cannot be read as '{encoding}': {error}.", where=path.name) from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16"), "utf-16", []
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Windows programs write this one; five of its codes mean nothing and are read as Latin 1.
        try:
            text, encoding = raw.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            text, encoding = raw.decode("latin-1"), "latin-1"
        return text, encoding, [f"it is no UTF-8 and was read as {encoding}: look at the umlauts and accents"]
    if "\0" in text:
        raise BadData("the file holds zero bytes; it is no text.", where=path.name)
    return text, "utf-8-sig", []


def _delimiter(text: str) -> str:
    """What gives the most fields, as many in every row."""
    first = list(_lines(text, _GLANCE))
    best, most = ",", 1.0
    for delimiter in DELIMITERS:
        lengths = [len(row) for row in csv.reader(first, delimiter=delimiter) if row]
        width, times = Counter(lengths).most_common(1)[0] if lengths else (1, 0)
        # Decimal commas also cut lines, but not into as many fields in each.
        score = width * (times / max(len(lengths), 1)) ** 2
        if width > 1 and score > most:
            best, most = delimiter, score
    return best


def _lines(text: str, most: int) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline="")):
        if number >= most:
            return
        yield line


# ---- xlsx -----------------------------------------------------------------------------------------


def _read_xlsx(path: Path, sheet: str, _encoding: str, _delimiter: str) -> Sheet:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        values, formulas = load_workbook(path, data_only=True), load_workbook(path)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise BadData(
            "it cannot be opened as a workbook.", where=path.name, remedy="Open it and save it as .xlsx, no password."
        ) from error
    names = tuple(page.title for page in values.worksheets)
    if sheet and sheet not in names:
        raise UnknownName("sheet", sheet, names, where=path.name)
    pages = {page.title: page for page in values.worksheets}
    chosen = pages[sheet] if sheet else max(values.worksheets, key=_numbers_on)
    rows, numbers = _cells(chosen, formulas[chosen.title])
    return Sheet(
        path.name, chosen.title, rows, numbers, "xlsx", merged=tuple(sorted(map(str, chosen.merged_cells.ranges))),
        sheets=names, notes=_hidden(chosen, numbers),
    )  # fmt: skip


def _numbers_on(page: Any) -> int:
    return sum(
        isinstance(cell, int | float) and not isinstance(cell, bool)
        for row in page.iter_rows(values_only=True)
        for cell in row
    )


def _cells(page: Any, formulas: Any) -> tuple[list[list[Any]], list[int]]:
    rows, numbers = [], []
    for number, (read, written) in enumerate(zip(page.iter_rows(), formulas.iter_rows(), strict=True), 1):
        row = [_cell(value, formula) for value, formula in zip(read, written, strict=True)]
        if any(cell is not None for cell in row):
            rows.append(row)
            numbers.append(number)
    return _squared(rows), numbers


def _cell(read: Any, written: Any) -> Any:
    value = read.value
    if value is None and written.data_type == "f":
        return Odd.cell(str(written.value), "a formula without a stored result; open the workbook, save it, close it")
    if read.data_type == "e":
        return Odd.cell(str(value), "an error of the spreadsheet")
    if isinstance(value, str):
        return value if value.strip() else None
    return value


def _hidden(page: Any, numbers: Sequence[int]) -> tuple[str, ...]:
    rows = [number for number in numbers if page.row_dimensions[number].hidden]
    columns = [name for name, one in page.column_dimensions.items() if one.hidden]
    told = []
    if rows:
        told.append(f"{len(rows)} hidden rows are read as well (row {rows[0]} is the first)")
    if columns:
        told.append(f"hidden columns are read as well ({', '.join(columns)})")
    return tuple(told)


# ---- SPSS and Parquet -----------------------------------------------------------------------------


def _read_sav(path: Path, _sheet: str, _encoding: str, _delimiter: str) -> Sheet:
    try:
        import pyreadstat
    except ImportError as error:
        raise BadData(
            "SPSS files need pyreadstat, which is not installed.",
            where=path.name,
            remedy="Run `make` again, or save the file as .xlsx.",
        ) from error

    try:
        columns, about = pyreadstat.read_sav(str(path), output_format="dict", user_missing=True)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise BadData(f"it cannot be read as an SPSS file: {error}.", where=path.name) from error
    names = list(about.column_names)
    table = [[_spss(value) for value in row] for row in zip(*(columns[name] for name in names), strict=True)]
    codes = sorted({code for ranges in about.missing_ranges.values() for code in _codes(ranges)})
    return Sheet(
        path.name, "", [names, *table], [0, *range(1, len(table) + 1)], "sav",
        labels={name: label for name, label in about.column_names_to_labels.items() if label},
        missing=tuple(codes),
        words={name: dict(words) for name, words in about.variable_value_labels.items()},
    )  # fmt: skip


def _spss(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return (value.strip() or None) if isinstance(value, str) else value


def _codes(ranges: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in ranges:
        if one["lo"] == one["hi"]:
            yield f"{one['lo']:g}" if isinstance(one["lo"], float) else str(one["lo"])


def _read_parquet(path: Path, _sheet: str, _encoding: str, _delimiter: str) -> Sheet:
    import duckdb

    db = duckdb.connect(":memory:")
    try:
        found = db.execute("select * from read_parquet(?, binary_as_string = true)", [str(path)])
        names = [str(column[0]) for column in found.description]
        rows = [[_plain(value) for value in row] for row in found.fetchall()]
    except duckdb.Error as error:
        raise BadData(f"it cannot be read: {str(error).splitlines()[0]}", where=path.name) from error
    finally:
        db.close()
    return Sheet(path.name, "", [names, *rows], [0, *range(1, len(rows) + 1)], "parquet")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | dt.date):
        return value
    if isinstance(value, str):
        return value if value.strip() else None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return None if math.isnan(number) else number


READ: dict[str, Callable[[Path, str, str, str], Sheet]] = {
    "csv": _read_csv,
    "xlsx": _read_xlsx,
    "sav": _read_sav,
    "parquet": _read_parquet,
}


def _squared(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows of one length, without columns that are empty throughout at the end."""
    width = max((max((i + 1 for i, cell in enumerate(row) if cell is not None), default=0) for row in rows), default=0)
    return [[*row[:width], *[None] * (width - len(row))] for row in rows]
