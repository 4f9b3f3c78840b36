"""What is wrong with a table of scores: the rules of its schema, of the instrument, and of names.

Frictionless holds the file against its schema, by row and field; here its findings get the words and
the places of the person's own file.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kernels_lib.errors import suggest
from kernels_lib.study.checking.problems import Problem, at
from kernels_lib.study.checking.spelling import perhaps_the_same, same_but_for_looks
from kernels_lib.study.checking.tables import Table
from kernels_lib.study.importing.reading import Odd
from kernels_lib.study.importing.values import has_comma
from kernels_lib.study.importing.wording import SUMMARY
from kernels_lib.study.instrument import Instrument

Key = tuple[int, int]
COUNTED_TWICE = ", and would be counted as one of them."


def of_schema(table: Table, errors: Iterable[Mapping[str, Any]], scale: tuple[float, float] | None) -> list[Problem]:
    """Frictionless's findings of one table, in our words.

    Parameters
    ----------
    errors : iterable of mapping
        As `frictionless.Report.flatten` gives them: type, rowNumber, fieldName, cell, message, note.
    scale : (float, float) or None
        Lowest and highest score.
    """
    found: dict[object, Problem] = {}
    for error in errors:
        kind = str(error["type"])
        if kind in ("hash-count", "byte-count", "sha256-count", "hash-count-error") or kind.endswith("-count"):
            # The checksum is told once, for the whole file.
            continue
        row = error.get("rowNumber")
        field = error.get("fieldName")
        if row is None or int(row) - 2 >= len(table.rows):
            found[error["message"]] = Problem("error", str(error["message"]), file=table.path)
            continue
        place = int(row) - 2
        column = table.header.index(field) if field in table.header else table.unit
        key = (place, column) if field or kind == "primary-key" else (place, kind)
        problem = _in_words(table, (place, column), kind, error, scale)
        # Where a name stands twice, both rules of its column say so.
        found.setdefault(key, problem)
    return list(found.values())


def _in_words(
    table: Table, key: Key, kind: str, error: Mapping[str, Any], scale: tuple[float, float] | None
) -> Problem:
    row, column = key
    place, text = table.place(row, column), table.rows[row][column]
    name = table.header[column]
    note = str(error.get("note") or "")
    if kind in ("unique-error", "primary-key"):
        return _twice(table, row)
    if kind == "constraint-error" and "required" in note:
        return at(place, "error", f"no {name} in this row.", "Write it, or delete the row.")
    if kind == "constraint-error" and scale and ("minimum" in note or "maximum" in note):
        return _outside(table, key, scale)
    if kind == "type-error" and column in table.criteria:
        return no_number(table, key)
    return at(place, "error", str(error["message"]), value=text)


def _outside(table: Table, key: Key, scale: tuple[float, float]) -> Problem:
    text = table.rows[key[0]][key[1]]
    ends = f"{scale[0]:g}-{scale[1]:g}"
    guess = _slip(text, scale)
    mend = f"Perhaps {guess} was meant; correct it" if guess else "Correct it"
    return at(
        table.place(*key), "error", f"{text} is outside the scale {ends}.", f"{mend}, or widen the scale.", value=text
    )


def _slip(text: str, scale: tuple[float, float]) -> str:
    """What 45 or 55 may stand for on a scale to 5."""
    digits = text.lstrip("-")
    if digits.isdigit() and len(digits) == 2:
        guess = f"{digits[0]}.{digits[1]}" if digits[0] != digits[1] else digits[0]
        return guess if scale[0] <= float(guess) <= scale[1] else ""
    return ""


def no_number(table: Table, key: Key) -> Problem:
    """A cell that should be a score and is not."""
    place, text, cell = table.place(*key), table.rows[key[0]][key[1]], table.original(*key)
    if isinstance(cell, Odd):
        return at(place, "error", f"{cell.why}.", "Write the score itself.", value=text)
    if isinstance(cell, dt.date):
        return at(
            place, "error", f"a date ({text}), where a score should be.",
            f"A number such as {cell.day}.{cell.month} was taken for a date: set the cell to Number and type it again.",
            value=text,
        )  # fmt: skip
    if has_comma(text):
        return at(
            place,
            "error",
            f"'{text}' is a text, no number.",
            f"Write {text.replace(',', '.')} as a number.",
            value=text,
        )
    return at(place, "error", f"'{text}' is no number.", "Write the score, or leave the cell empty.", value=text)


def _twice(table: Table, row: int) -> Problem:
    keys = [(r[table.unit].strip(), r[table.rater].strip() if table.rater is not None else "") for r in table.rows]
    first = keys.index(keys[row])
    unit, rater = keys[row]
    whose = f"'{unit}'" + (f" by '{rater}'" if rater else "")
    column = _differing(table, first, row)
    return at(
        table.place(row, column),
        "error",
        f"{whose} stands twice; first in {_short(table, first, column)}.",
        "Keep one of the two, or correct the name.",
        value=table.rows[row][column],
    )


def _differing(table: Table, first: int, row: int) -> int:
    """In a long file the score that stands twice is pointed at, elsewhere the name."""
    if table.tidy is None or table.made is None or table.made.declared.layout != "long":
        return table.unit
    return next((c for c in table.criteria if table.rows[row][c] and table.rows[first][c]), table.unit)


def _short(table: Table, row: int, column: int) -> str:
    place = table.place(row, column)
    return f"cell {place.cell}" if place.cell else f"{place.counted} {place.row}"


# ---- the instrument -------------------------------------------------------------------------------


def of_instrument(table: Table, instrument: Instrument, told: Iterable[Problem]) -> Iterator[Problem]:
    """What only the instrument knows: its criteria, its scale, its steps."""
    names = [table.header[column] for column in table.criteria]
    yield from _columns(table, instrument, names)
    known = {problem.where for problem in told}
    scale = instrument.scale
    for column in table.criteria:
        if table.header[column] not in instrument.ids:
            continue
        for row, line in enumerate(table.rows):
            text = line[column].strip()
            if not text or str(table.place(row, column)) in known:
                continue
            number = table.number(row, column)
            if number is None or not math.isfinite(number):
                yield no_number(table, (row, column))
            elif not scale.floor <= number <= scale.top:
                yield _outside(table, (row, column), (scale.floor, scale.top))
            elif not scale.allows(number):
                yield at(
                    table.place(row, column),
                    "error",
                    f"{text} is between the steps of {scale.step:g}.",
                    f"Correct it, or change `step` in params/instruments/{instrument.id}.yaml.",
                    value=text,
                )


def _columns(table: Table, instrument: Instrument, names: Sequence[str]) -> Iterator[Problem]:
    for criterion in instrument.ids:
        if criterion not in names:
            near = suggest(criterion, [name for name in names if name not in instrument.ids])
            mend = f"Perhaps it is '{near}': " if near else ""
            yield Problem(
                "error",
                f"no column for the criterion '{criterion}'.",
                f"{mend}Name its column with `scorecard import ... --map 'COLUMN={criterion}'`, "
                f"or take it out of params/instruments/{instrument.id}.yaml.",
                file=table.made.sheet.file if table.made else table.path,
                sheet=table.made.sheet.name if table.made else "",
            )
    if table.made is not None and table.made.declared.layout == "long":
        for column in table.criteria:
            if table.header[column] not in instrument.ids:
                row = next(i for i, line in enumerate(table.rows) if line[column])
                near = suggest(table.header[column], instrument.ids)
                mend = f"Did you mean '{near}'?" if near else f"Known: {', '.join(instrument.ids)}."
                yield at(
                    table.place(row, column),
                    "error",
                    f"'{table.header[column]}' is no criterion of the instrument.",
                    mend,
                )


# ---- names ----------------------------------------------------------------------------------------


def of_names(table: Table, one: str) -> Iterator[Problem]:
    """Names that are spelt two ways, units in two industries, rows that are sums of the others."""
    for column, what in ((table.unit, one), (table.group, "industry"), (table.rater, "rater")):
        if column is not None:
            yield from _spelt(table, column, what)
    yield from _two_groups(table)
    yield from _summaries(table)


def _spelt(table: Table, column: int, what: str) -> Iterator[Problem]:
    names = table.names_in(column)
    first = {name: row for row, name in reversed(list(enumerate(names))) if name}
    for group in same_but_for_looks(first):
        often = max(group, key=lambda name: (names.count(name), -first[name]))
        for name in group:
            if name != often:
                yield at(
                    table.place(first[name], column),
                    "error",
                    f"the {what} is '{often}' in {_short(table, first[often], column)}: one name spelt two ways.",
                    "Write it in one way.",
                    value=name,
                )
    for name, other in perhaps_the_same(first):
        yield at(
            table.place(first[other], column),
            "warning",
            f"the {what} '{other}' is almost '{name}' in {_short(table, first[name], column)}.",
            "If they are one, write it in one way.",
            value=other,
        )


def _two_groups(table: Table) -> Iterator[Problem]:
    if table.group is None:
        return
    groups: dict[str, tuple[str, int]] = {}
    for row, (unit, group) in enumerate(zip(table.names_in(table.unit), table.names_in(table.group), strict=True)):
        known, where = groups.setdefault(unit, (group, row))
        if known != group:
            yield at(
                table.place(row, table.group),
                "error",
                f"'{unit}' is in '{group}' here and in '{known}' in {_short(table, where, table.group)}.",
                "Each may be in one.",
                value=group,
            )


def _summaries(table: Table) -> Iterator[Problem]:
    columns: dict[int, list[float | None]] = defaultdict(list)
    for column in table.criteria:
        columns[column] = [table.number(row, column) for row in range(len(table.rows))]
    for row, name in enumerate(table.names_in(table.unit)):
        if not SUMMARY.fullmatch(name.strip()) or len(table.rows) < 4:
            continue
        if all(_sums_up(values, row) for values in columns.values()):
            yield at(
                table.place(row, table.unit),
                "error",
                f"'{name}' is a sum or mean of the rows above{COUNTED_TWICE}",
                "Delete the row.",
                value=name,
            )


def _sums_up(values: Sequence[float | None], row: int) -> bool:
    others = [value for place, value in enumerate(values) if value is not None and place < row]
    own = values[row]
    if own is None or not others:
        return own is None
    total = math.fsum(others)
    # Printed with a digit or two.
    return any(math.isclose(own, one, rel_tol=0.01, abs_tol=0.051) for one in (total, total / len(others)))


# ---- the file that was imported -------------------------------------------------------------------


def of_original(table: Table) -> Iterator[Problem]:
    """What the original shows and the table does not: merged cells, a header that stands twice, torn lines."""
    if table.made is None:
        return
    sheet, declared = table.made.sheet, table.made.declared
    for found in sheet.merged:
        start, _, end = found.partition(":")
        first, last = (int(re.sub(r"\D", "", cell)) for cell in (start, end))
        if last >= declared.first_row and _concerned(table, first, last):
            yield Problem(
                "error",
                f"the cells {found} are merged: the first holds the value, the others are read as empty.",
                "Split them and write the value into each.",
                file=sheet.file,
                sheet=sheet.name,
                cell=start,
            )
    for line, fields in sheet.ragged:
        yield Problem(
            "error",
            f"{fields} fields, more than in the other lines.",
            "Quote a field that contains the delimiter.",
            file=sheet.file,
            row=line,
        )
    yield from _same_headers(table)


def _concerned(table: Table, first: int, last: int) -> bool:
    assert table.made is not None and table.tidy is not None
    numbers = table.made.sheet.numbers
    rows = {numbers[spot[0]] for line in table.tidy.spots for spot in line if spot is not None}
    return any(first <= row <= last for row in rows)


def _same_headers(table: Table) -> Iterator[Problem]:
    assert table.made is not None
    used = {*table.made.declared.criteria, *table.made.declared.roles().values()}
    header = table.made.declared.header_row
    for column, name in enumerate(table.names):
        bare = re.sub(r" \[[A-Z]+\]$", "", name)
        if bare == name or bare not in used:
            continue
        sheet = table.made.sheet
        row = next((i for i, number in enumerate(sheet.numbers) if number == header), 0)
        place = sheet.place(row, column, bare)
        first = sheet.place(row, list(table.names).index(bare), bare)
        if name in used:
            wrong = f"the header '{bare}' stands twice; first in {first.cell or first}. Both columns are read."
        else:
            wrong = f"the header '{bare}' stands twice; first in {first.cell or first}. Only the first is read."
        yield at(place, "error", wrong, "Rename or delete one of the two columns.", value=bare)
