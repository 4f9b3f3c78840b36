"""One problem of data or parameters, with its place in the file that a person mends."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from kernels_lib.errors import ScorecardError
from kernels_lib.study.importing.reading import Place

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to do.

    Attributes
    ----------
    level : str
        ``error``: no report can be made, or it would be wrong.  ``warning``: to be looked at.
    file : str
        The file to mend; for data that were imported, the person's own.
    cell : str
        In a workbook, such as ``D7``; else empty.
    row : int or None
        Row or line in the file, counted from 1.
    value : str
        What stands there.
    """

    level: Level
    wrong: str
    mend: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    counted: str = "line"

    @property
    def where(self) -> str:
        """The place in words."""
        if self.cell:
            return f"{self.file}, sheet {self.sheet}, cell {self.cell}"
        place = self.file + (f", {self.counted} {self.row}" if self.row is not None else "")
        return place + (f", column '{self.column}'" if self.column else "")

    def as_object(self) -> dict[str, Any]:
        """As JSON, without what does not apply."""
        found = {key: value for key, value in asdict(self).items() if value not in ("", None) and key != "counted"}
        return {**found, "where": self.where}

    def __str__(self) -> str:
        return f"{self.where}: {self.wrong}" + (f" {self.mend}" if self.mend else "")


def at(place: Place, level: Level, wrong: str, mend: str = "", value: str = "") -> Problem:
    """A problem of one cell."""
    return Problem(
        level, wrong, mend, place.file, place.sheet, place.cell, place.row, place.column, value, place.counted
    )


def of_error(error: ScorecardError) -> list[Problem]:
    """An error that was raised, as problems: one that holds several gives several."""
    problems = getattr(error, "problems", None)
    if problems:
        return [found for one in problems for found in of_error(one)]
    return [Problem("error", error.found, error.remedy, file=error.where or "", row=error.line)]
