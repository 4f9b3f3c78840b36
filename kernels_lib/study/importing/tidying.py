"""Cells and a mapping to the table that reports read: a function of these two alone.

Only what the mapping declares is done: missing codes become empty, words become their points, decimal
commas become points, blanks around a text go.  Every other cell stays as it stands, wrong or not, and
knows where it came from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernels_lib.errors import BadData, UnknownName
from kernels_lib.study.importing.mapping import BESIDE, Declaration, column_names, tidy_text
from kernels_lib.study.importing.profiling import first_place
from kernels_lib.study.importing.reading import Place, Sheet
from kernels_lib.study.importing.values import number_in, text_of

Spot = tuple[int, int] | None


@dataclass(frozen=True)
class Tidy:
    """One table of one wave.

    Attributes
    ----------
    role : str
        ``scores`` (a row a unit), ``ratings`` (a row a unit and rater), ``remarks`` (what is kept beside).
    columns : mapping of role to header
        Which column holds the unit, the industry, the rater; empty text where none does.
    spots : tuple of tuple
        Row and column of each cell in the sheet; None for what was numbered here.
    counted : bool
        Whether each row is by a respondent of its own, who is known by a number only.
    """

    role: str
    wave: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    spots: tuple[tuple[Spot, ...], ...]
    columns: Mapping[str, str]
    counted: bool = False

    def text(self) -> str:
        """As CSV."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return out.getvalue()


def tidy(sheet: Sheet, declared: Declaration, criteria: Sequence[str], unit_name: str) -> tuple[Tidy, ...]:
    """The tables of a file, the oldest wave first, then what is kept beside the scores.

    Parameters
    ----------
    sheet : Sheet
    declared : Declaration
    criteria : sequence of str
        Of the instrument, in its order; criteria that have no column get an empty one in a long file only.
    unit_name : str
        The instrument's word for what is scored, which heads the first column.

    Raises
    ------
    UnknownName
        If a declared column is not there.
    """
    return _Tidying(sheet, declared, criteria, unit_name).tables()


@dataclass(frozen=True)
class _Record:
    """One row of the file: who, when, and its cells."""

    row: int
    unit: str
    rater: str
    industry: str
    wave: str


class _Tidying:
    def __init__(self, sheet: Sheet, declared: Declaration, criteria: Sequence[str], unit_name: str) -> None:
        self._sheet, self._declared = sheet, declared
        names = column_names(sheet, declared.header_row)
        self._place = {name: column for column, name in enumerate(names)}
        wanted = [*declared.roles().values(), *(declared.criteria if declared.layout == "wide" else ())]
        for column in wanted:
            if column not in self._place:
                raise UnknownName("column", column, names, where=sheet.file)
        self._start = first_place(sheet, declared.first_row)
        self._missing = {code.casefold() for code in declared.missing}
        self._codes = {float(number) for code in declared.missing if (number := number_in(code)) is not None}
        self._words = {" ".join(word.split()).casefold(): points for word, points in declared.words.items()}
        self._criteria = list(criteria)
        taken = set(self._criteria)
        self._unit_header = _free(_header(unit_name), taken)
        self._industry_header = _free("industry", taken)
        self._rater_header = _free("rater", taken)

    def tables(self) -> tuple[Tidy, ...]:
        records = self._records()
        found = []
        for wave in self._declared.waves:
            chosen = [record for record in records if record.wave == wave]
            found.append(self._wide(chosen, wave) if self._declared.layout == "wide" else self._long(chosen, wave))
        dates = self._declared.waves
        ordered = sorted(found, key=lambda table: dates[table.wave])
        beside = self._beside(records)
        return (*ordered, beside) if beside else tuple(ordered)

    # ---- rows -------------------------------------------------------------------------------------

    def _records(self) -> list[_Record]:
        count = len(self._sheet.rows) - self._start
        width = len(str(count))
        declared = self._declared
        single = next(iter(declared.waves), "")
        found = []
        for number, row in enumerate(range(self._start, len(self._sheet.rows)), 1):
            cells = self._sheet.rows[row]
            if all(cells[column] is None for column in self._used()):
                continue
            mark = str(number).zfill(width)
            found.append(
                _Record(
                    row,
                    self._unit(row, mark),
                    self._name(row, declared.rater) if declared.rater else f"{declared.number_raters} {mark}",
                    self._name(row, declared.industry),
                    self._name(row, declared.wave) if declared.wave else single,
                )
            )
        if declared.wave and (astray := sorted({one.wave for one in found} - set(declared.waves))):
            first = next(record for record in found if record.wave == astray[0])
            where = str(self._sheet.place(first.row, self._place[declared.wave], declared.wave))
            raise UnknownName("wave", astray[0], declared.waves, where=where)
        return found

    def _unit(self, row: int, mark: str) -> str:
        declared = self._declared
        name = self._name(row, declared.unit) if declared.unit else mark
        return f"{declared.number_units} {name}" if name and declared.number_units else name

    def _used(self) -> list[int]:
        declared = self._declared
        columns = [declared.score] if declared.layout == "long" else list(declared.criteria)
        return [self._place[column] for column in [*columns, *([declared.unit] if declared.unit else [])]]

    def _name(self, row: int, column: str) -> str:
        if not column:
            return ""
        return tidy_text(text_of(self._sheet.rows[row][self._place[column]]))

    def _spot(self, row: int, column: str) -> Spot:
        return (row, self._place[column]) if column else None

    # ---- scores -----------------------------------------------------------------------------------

    @property
    def _rated(self) -> bool:
        return bool(self._declared.rater or self._declared.number_raters)

    def _wide(self, records: Sequence[_Record], wave: str) -> Tidy:
        declared = self._declared
        columns = {criterion: column for column, criterion in declared.criteria.items()}
        named = [criterion for criterion in self._criteria if criterion in columns]
        named += [criterion for criterion in columns if criterion not in named]
        rows, spots = [], []
        for record in records:
            scores = [self._score(self._sheet.rows[record.row][self._place[columns[c]]]) for c in named]
            rows.append((*self._who(record), *scores))
            spots.append((*self._where(record), *(self._spot(record.row, columns[c]) for c in named)))
        return self._table(wave, named, rows, spots)

    def _long(self, records: Sequence[_Record], wave: str) -> Tidy:
        """One row a unit (and rater); a score that stands twice gets a row of its own."""
        declared = self._declared
        named = [c for c in self._criteria if c in declared.criteria.values()]
        named += [c for c in dict.fromkeys(declared.criteria.values()) if c not in named]
        lines: dict[tuple[str, str, int], dict[str, tuple[str, Spot]]] = {}
        heads: dict[tuple[str, str, int], _Record] = {}
        for record in records:
            criterion = self._criterion(record.row)
            if criterion not in named:
                named.append(criterion)
            score = self._score(self._sheet.rows[record.row][self._place[declared.score]])
            rater = record.rater if self._rated else ""
            times = 0
            while criterion in lines.get((record.unit, rater, times), {}):
                times += 1
            key = (record.unit, rater, times)
            heads.setdefault(key, record)
            lines.setdefault(key, {})[criterion] = (score, self._spot(record.row, declared.score))
        rows, spots = [], []
        for key, line in lines.items():
            found = [line.get(criterion, ("", self._spot(heads[key].row, declared.unit))) for criterion in named]
            rows.append((*self._who(heads[key]), *(score for score, _ in found)))
            spots.append((*self._where(heads[key]), *(spot for _, spot in found)))
        return self._table(wave, named, rows, spots)

    def _criterion(self, row: int) -> str:
        """The criterion of a row; one that is not declared keeps its name, for `check` to tell."""
        text = self._name(row, self._declared.criterion)
        return self._declared.criteria.get(text, text)

    def _who(self, record: _Record) -> list[str]:
        found = [record.unit]
        if self._declared.industry:
            found.append(record.industry)
        if self._rated:
            found.append(record.rater)
        return found

    def _where(self, record: _Record) -> list[Spot]:
        declared = self._declared
        found = [self._spot(record.row, declared.unit)]
        if declared.industry:
            found.append(self._spot(record.row, declared.industry))
        if self._rated:
            found.append(self._spot(record.row, declared.rater))
        return found

    def _table(self, wave: str, named: Sequence[str], rows: Sequence[Any], spots: Sequence[Any]) -> Tidy:
        industry = self._industry_header if self._declared.industry else ""
        rater = self._rater_header if self._rated else ""
        header = [self._unit_header, *([industry] if industry else []), *([rater] if rater else []), *named]
        return Tidy(
            role="ratings" if self._rated else "scores",
            wave=wave,
            header=tuple(header),
            rows=tuple(tuple(row) for row in rows),
            spots=tuple(tuple(row) for row in spots),
            columns={"unit": self._unit_header, "industry": industry, "rater": rater},
            # Respondents who are known by a number rated one thing each: counting says all there is.
            counted=bool(self._declared.number_raters and not self._declared.rater),
        )

    def _score(self, cell: Any) -> str:
        if cell is None:
            return ""
        number = number_in(cell, self._declared.decimal)
        text = number if number is not None else text_of(cell)
        flat = tidy_text(text).casefold()
        if flat in self._missing or (number is not None and float(number) in self._codes):
            return ""
        if flat in self._words:
            return number_in(self._words[flat]) or ""
        return text

    # ---- beside -----------------------------------------------------------------------------------

    def _beside(self, records: Sequence[_Record]) -> Tidy | None:
        """Weights, evidence and notes, with what they belong to."""
        kept = {role: getattr(self._declared, role) for role in BESIDE if getattr(self._declared, role)}
        if not kept:
            return None
        declared = self._declared
        heads: dict[str, Callable[[_Record], str]] = {self._unit_header: lambda record: record.unit}
        if self._rated:
            heads[self._rater_header] = lambda record: record.rater
        if declared.layout == "long":
            heads["criterion"] = lambda record: self._criterion(record.row)
        if declared.wave:
            heads["wave"] = lambda record: record.wave
        told = [record for record in records if any(self._name(record.row, column) for column in kept.values())]
        rows = [
            (*(head(record) for head in heads.values()), *(self._name(record.row, column) for column in kept.values()))
            for record in told
        ]
        spots = [
            (*(None for _ in heads), *(self._spot(record.row, column) for column in kept.values())) for record in told
        ]
        header = (*heads, *kept)
        return Tidy("remarks", "", header, tuple(rows), tuple(spots), {"unit": self._unit_header})


def place_of(sheet: Sheet, spot: Spot, names: Sequence[str]) -> Place | None:
    """Where a cell of a tidy table stands in the original."""
    return None if spot is None else sheet.place(spot[0], spot[1], names[spot[1]])


def _header(name: str) -> str:
    text = "_".join(name.casefold().split())
    if not text:
        raise BadData("the instrument has no word for what is scored.", remedy="Give it `unit`.")
    return text


def _free(name: str, taken: set[str]) -> str:
    found = name
    while found in taken:
        found += "_name"
    taken.add(found)
    return found
