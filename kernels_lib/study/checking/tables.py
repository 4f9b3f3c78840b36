"""A dataset's tables as they stand, each cell with the place that a person knows it by.

Of data that were imported, that place is in the original: the cell of a workbook, the line of a csv
file.  It is found by making the table again from the original and the mapping.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernels_lib.paths import shown
from kernels_lib.study.importing.mapping import column_names
from kernels_lib.study.importing.reading import Place
from kernels_lib.study.importing.tidying import Tidy, place_of
from kernels_lib.study.importing.values import number_in
from kernels_lib.study.importing.writing import MadeAgain


@dataclass(frozen=True)
class Table:
    """One table of one wave.

    Attributes
    ----------
    unit, group, rater : int or None
        Places of these columns.
    criteria : tuple of int
        Places of all other columns that hold scores.
    """

    path: str
    wave: str
    role: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    unit: int
    group: int | None
    rater: int | None
    criteria: tuple[int, ...]
    made: MadeAgain | None = None
    tidy: Tidy | None = None
    names: Sequence[str] = ()

    def place(self, row: int, column: int) -> Place:
        """Where a cell stands in the file to mend."""
        if self.made is not None and self.tidy is not None:
            found = place_of(self.made.sheet, self._spot(row, column), self.names)
            if found is not None:
                return found
        return Place(self.path, self.lines[row], self.header[column])

    def original(self, row: int, column: int) -> Any:
        """The cell as the original has it; None where there is no original."""
        spot = self._spot(row, column)
        return None if spot is None or self.made is None else self.made.sheet.rows[spot[0]][spot[1]]

    def _spot(self, row: int, column: int) -> tuple[int, int] | None:
        if self.tidy is None or row >= len(self.tidy.spots):
            return None
        return self.tidy.spots[row][column]

    def number(self, row: int, column: int) -> float | None:
        """A cell as a number; None where it is empty or none."""
        text = number_in(self.rows[row][column])
        return None if text is None else float(text)

    def names_in(self, column: int | None) -> list[str]:
        """A column of names, row by row; empty text where there is no such column."""
        return ["" if column is None else row[column].strip() for row in self.rows]


def read_table(
    root: Path, folder: Path, entry: dict[str, Any], made: MadeAgain | None, wave: str, ids: Sequence[str]
) -> Table:
    """A table of the dataset, cells as text; rows that are too short are filled, too long ones cut.

    Columns of scores are those of `ids`, the instrument's criteria; of imported data, all but the names.
    """
    path = folder / entry["path"]
    own = entry.get("scorecard", {})
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    reader = csv.reader(io.StringIO(text, newline=""))
    rows, lines, header = [], [], []
    for row in reader:
        if not row:
            continue
        if not header:
            header = [cell.strip() for cell in row]
            continue
        rows.append(tuple([*row, *[""] * len(header)][: len(header)]))
        lines.append(reader.line_num)
    unit, group = own.get("unit_column", "brand"), own.get("group_column", "")
    rater = own.get("rater_column", "rater") if own.get("role") == "ratings" else ""
    tidy = made.tables.get(entry["path"]) if made else None
    same = tidy is not None and tidy.text().encode("utf-8") == path.read_bytes()
    return Table(
        path=shown(path, root),
        wave=wave,
        role=own.get("role", ""),
        header=tuple(header),
        rows=tuple(rows),
        lines=tuple(lines),
        unit=_index(header, unit) or 0,
        group=_index(header, group),
        rater=_index(header, rater),
        criteria=tuple(
            i for i, name in enumerate(header) if name not in (unit, group, rater) and (same or not ids or name in ids)
        ),
        made=made if same else None,
        tidy=tidy if same else None,
        names=column_names(made.sheet, made.declared.header_row) if made and same else (),
    )


def _index(header: Sequence[str], name: str) -> int | None:
    return header.index(name) if name and name in header else None
