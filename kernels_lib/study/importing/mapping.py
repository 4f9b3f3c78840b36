"""Which column is what: the declaration that a person reads, corrects and keeps.

It stands as YAML in a file of one's own (``--map FILE.yaml``), as ``column=meaning`` on the command
line, and as JSON in the dataset's ``datapackage.json``, from which the data can be made again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kernels_lib.errors import BadParameters, UnknownName
from kernels_lib.study.importing.reading import Sheet, letters
from kernels_lib.study.validation import check_model
from kernels_lib.study.yamlfile import parse_scalar, read_yaml

# What a column can be, other than a criterion.
ROLES = ("unit", "industry", "rater", "wave", "criterion", "score", "weight", "evidence", "note")
# Roles whose cells are kept beside the scores: no number of a report comes from them.
BESIDE = ("weight", "evidence", "note")
IGNORE = "ignore"


class Ends(BaseModel):
    """The scale of the scores: lowest, highest, and the step between scores (null: any number)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor: float = Field(description="Lowest score.")
    top: float = Field(description="Highest score.")
    step: float | None = Field(None, description="Between two scores; null: any number.")


class Declaration(BaseModel):
    """What each part of a file means.

    Columns are named as in the file; one whose name stands twice, or is empty, is named ``name [F]``
    or ``[F]``, with its letter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    layout: Literal["wide", "long"] = Field("wide", description="wide: a column a criterion; long: a row a score.")
    sheet: str = Field("", description="Of a workbook.")
    encoding: str = Field("", description="Of a csv file.")
    delimiter: str = Field("", description="Of a csv file.")
    decimal: Literal[".", ","] = Field(".", description="Of numbers that stand as text.")
    header_row: int = Field(1, ge=0, description="Row with the names of the columns; 0: there is none.")
    first_row: int = Field(2, ge=1, description="First row of data.")
    label_row: int = Field(0, ge=0, description="Row with what each column asks; 0: there is none.")
    unit: str = Field("", description="Column with what is scored; empty: each row is a unit of its own.")
    number_units: str = Field("", description="Units without a name, or with a number for one: what stands before it.")
    industry: str = Field("", description="Column with the group of each unit.")
    rater: str = Field("", description="Column with who scored.")
    number_raters: str = Field("", description="Without such a column: raters are called this and a number.")
    wave: str = Field("", description="Column with the wave.")
    waves: dict[str, dt.date] = Field(default_factory=dict, description="Each wave's date.")
    criterion: str = Field("", description="Long: column with the criterion.")
    score: str = Field("", description="Long: column with the score.")
    weight: str = Field("", description="Column that is kept beside the scores, unused.")
    evidence: str = Field("", description="Column that is kept beside the scores, unused.")
    note: str = Field("", description="Column that is kept beside the scores, unused.")
    criteria: dict[str, str] = Field(default_factory=dict, description="Column (long: value): criterion.")
    ignore: tuple[str, ...] = Field((), description="Columns that are left in the original.")
    missing: tuple[str, ...] = Field((), description="What stands where there is no score.")
    words: dict[str, float] = Field(default_factory=dict, description="Answers in words: their points.")
    instrument: str = Field("", description="A file in params/instruments/.")
    scale: Ends | None = Field(None, description="Of an instrument that is drafted.")

    def roles(self) -> dict[str, str]:
        """Role to column, of the roles that a column has."""
        return {role: getattr(self, role) for role in ROLES if getattr(self, role)}

    def stored(self) -> dict[str, Any]:
        """As JSON, without what is as it would be anyway."""
        return self.model_dump(mode="json", exclude_defaults=True)


def column_names(sheet: Sheet, header_row: int) -> list[str]:
    """A name for each column, none twice.

    Examples
    --------
    >>> page = Sheet("a.xlsx", "A", [["Brand", "Dialog", None, "Dialog"]], [1], "xlsx")
    >>> column_names(page, 1)
    ['Brand', 'Dialog', '[C]', 'Dialog [D]']
    """
    row = _row_at(sheet, header_row)
    names: list[str] = []
    for column in range(sheet.width):
        text = "" if row is None else tidy_text(sheet.rows[row][column])
        if not text:
            text = f"[{letters(column)}]"
        names.append(f"{text} [{letters(column)}]" if text in names else text)
    return names


def tidy_text(cell: Any) -> str:
    """A cell as a name: without blanks around it, or line breaks and double blanks in it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    return " ".join(str(cell).split())


def _row_at(sheet: Sheet, number: int) -> int | None:
    """The place in `rows` of a row as a person counts it."""
    if sheet.kind in ("sav", "parquet"):
        return 0
    return next((i for i, found in enumerate(sheet.numbers) if found == number), None)


def row_at(sheet: Sheet, number: int) -> int | None:
    """As a person counts rows: the place in ``sheet.rows``; None where that row is empty or not there."""
    return _row_at(sheet, number)


def read_declaration(path: Path) -> Mapping[str, Any]:
    """The keys of a file of one's own; those that are not there keep what was proposed.

    Raises
    ------
    BadParameters, UnknownName
        Wrong keys and values, with their lines.
    """
    file = read_yaml(path, path.name)
    check_model(Declaration, file, what="key")
    return file.values


def changed(
    proposed: Declaration, changes: Mapping[str, Any], pairs: Iterable[str], names: Sequence[str]
) -> Declaration:
    """A proposal with what a person declares put over it.

    Parameters
    ----------
    proposed : Declaration
    changes : mapping
        Keys of a Declaration.
    pairs : iterable of str
        ``column=criterion``, ``column=unit`` (or another role), ``column=ignore``.
    names : sequence of str
        The file's columns (and, in a long file, the values of its criterion column).

    Raises
    ------
    BadParameters, UnknownName
    """
    values = proposed.model_dump()
    if "criteria" in changes:
        # A person's list is the whole list.
        values["criteria"] = {}
    values.update(changes)
    for pair in pairs:
        column, equals, meaning = pair.rpartition("=")
        if not equals or not column or not meaning:
            raise BadParameters(
                f"'{pair}' is no column=criterion.", where="--map", remedy="Write for example --map 'Q1=dialog'."
            )
        _assign(values, column.strip(), meaning.strip(), names)
    made = Declaration.model_validate(values)
    _check_columns(made, names)
    return made


def _assign(values: dict[str, Any], column: str, meaning: str, names: Sequence[str]) -> None:
    if column not in names:
        raise UnknownName("column", column, names, where="--map")
    for role in ROLES:
        if values[role] == column:
            values[role] = ""
    values["criteria"] = {name: one for name, one in values["criteria"].items() if name != column}
    values["ignore"] = tuple(name for name in values["ignore"] if name != column)
    if meaning in ROLES:
        values[meaning] = column
    elif meaning == IGNORE:
        values["ignore"] = (*values["ignore"], column)
    else:
        values["criteria"] = {**values["criteria"], column: meaning}


def _check_columns(made: Declaration, names: Sequence[str]) -> None:
    for named in [*made.roles().values(), *made.criteria]:
        if named not in names:
            raise UnknownName("column", named, names, where="the mapping")
    used = list(made.criteria.values())
    if doubled := sorted({one for one in used if used.count(one) > 1}):
        columns = [name for name, one in made.criteria.items() if one == doubled[0]]
        raise BadParameters(
            f"{' and '.join(repr(name) for name in columns)} are both '{doubled[0]}'.",
            where="the mapping",
            remedy=f"Keep one; take the other out with --map '{columns[-1]}=ignore'.",
        )
    if made.layout == "long" and not (made.criterion and made.score):
        raise BadParameters(
            "a long table needs a column with the criterion and one with the score.",
            where="the mapping",
            remedy="Name them: --map 'COLUMN=criterion' --map 'COLUMN=score'.",
        )
    if not made.criteria:
        raise BadParameters(
            "no column is a criterion.", where="the mapping", remedy="Name one: --map 'COLUMN=criterion_id'."
        )


def ends_of(text: str) -> Ends:
    """``1-5``, ``0-100`` or ``1-5/0.5``: a scale as the command line has it.

    Raises
    ------
    BadParameters

    Examples
    --------
    >>> ends_of("1-5/0.5")
    Ends(floor=1.0, top=5.0, step=0.5)
    """
    whole, _, step = text.partition("/")
    low, _, high = whole.strip().rpartition("-")
    numbers = [parse_scalar(part.strip()) for part in (low, high, step or "null")]
    right = all(isinstance(n, int | float) for n in numbers[:2]) and (numbers[2] is None or numbers[2] > 0)
    if not right or numbers[0] >= numbers[1]:
        raise BadParameters(
            f"'{text}' is no scale.", where="--scale", remedy="Write lowest-highest/step: 1-7/1, or 0-100."
        )
    return Ends(floor=numbers[0], top=numbers[1], step=numbers[2])
