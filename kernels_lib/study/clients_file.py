"""``params/clients.csv``: what differs for many clients at once, one row a client.

The column ``brand`` names the unit as in the data, ``client`` (which may be missing) its folder in the
site; every other column is a parameter, with a dot inside a mapping: ``alpha``, ``colours.primary``,
``target.dialog``, ``commentary.summary``.  An empty cell says nothing.  A row lies below the client's own
YAML file, which may replace single values, and above its industry's.

Rows are counted as a spreadsheet counts them: the head is row 1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_origin

from pydantic import ValidationError

from kernels_lib.errors import BadParameters, ScorecardError, UnknownName
from kernels_lib.paths import SLUG, params_folder, shown
from kernels_lib.study.params import ClientFile, Colours, Commentary, Parameters, Type
from kernels_lib.study.validation import ANY, joined
from kernels_lib.study.yamlfile import MAX_BYTES, YamlFile, parse_scalar

NAME = "clients.csv"

# Columns that are no parameter.
_BRAND, _CLIENT = "brand", "client"
# Mappings whose keys are fixed, and those that have a key for each criterion.
_FIXED = {"colours": Colours, "type": Type, "commentary": Commentary}
_BY_CRITERION = ("weights", "target", "commentary.criteria")


@dataclass(frozen=True)
class ClientRow(YamlFile):
    """One client's row: values as a YAML file would have them; places are row and column."""

    row: int = 0
    client: str = ""

    def place(self, *path: str) -> tuple[str, int | None]:
        """Row and column of a key, as messages name them."""
        column = next((name for name in _columns(path) if name in self.cells), ".".join(path))
        return f"{self.shown}, row {self.row}, column {column}", None

    cells: Mapping[str, str] = field(default_factory=dict)


def _columns(path: Sequence[str]) -> list[str]:
    """Names of columns that may hold a key, the most exact first."""
    return [".".join(path[:length]) for length in range(len(path), 0, -1)]


# What was read last from each file, and the bytes that it was read from.
_READ: dict[Path, tuple[bytes, dict[str, ClientRow]]] = {}


def read_clients(root: Path, study_name: str) -> Mapping[str, ClientRow]:
    """The rows by brand; none where there is no such file.

    Raises
    ------
    BadParameters, UnknownName
        Everything that is wrong, at once, each with its row and column.
    """
    path = params_folder(root, study_name) / NAME
    if not path.is_file():
        return {}
    raw = path.read_bytes()
    before = _READ.get(path)
    if before is None or before[0] != raw:
        before = _READ[path] = (raw, _rows(raw, shown(path, root)))
    return before[1]


def _rows(raw: bytes, label: str) -> dict[str, ClientRow]:
    if len(raw) > MAX_BYTES:
        raise BadParameters(f"the file has {len(raw):,} bytes.", where=label, remedy=f"At most {MAX_BYTES:,} are read.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadParameters(
            f"byte {error.start} is no UTF-8.", where=label, remedy="Save it as 'CSV UTF-8'."
        ) from error
    first = text.partition("\n")[0]
    records = list(
        csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    )
    head = [cell.strip() for cell in records[0]] if records else []
    _check_head(head, label)
    found: dict[str, ClientRow] = {}
    folders: dict[str, int] = {}
    problems: list[ScorecardError] = []
    for number, record in enumerate(records[1:], 2):
        if not any(cell.strip() for cell in record):
            continue
        try:
            row = _row(head, record, number, label)
            if row.values[_BRAND] in found:
                raise BadParameters(
                    f"'{row.values[_BRAND]}' has row {found[row.values[_BRAND]].row} already.",
                    where=f"{label}, row {number}, column {_BRAND}",
                    remedy="One row a client.",
                )
            if row.client and folders.setdefault(row.client, number) != number:
                raise BadParameters(
                    f"'{row.client}' is the folder of row {folders[row.client]} already.",
                    where=f"{label}, row {number}, column {_CLIENT}",
                )
            found[row.values[_BRAND]] = row
        except ScorecardError as error:
            problems.append(error)
    if problems:
        raise joined(problems)
    return found


def _check_head(head: Sequence[str], label: str) -> None:
    problems: list[ScorecardError] = []
    if _BRAND not in head:
        problems.append(
            BadParameters(
                f"no column '{_BRAND}'.",
                where=f"{label}, row 1",
                remedy=f"The columns are: {', '.join(head) or 'none'}.",
            )
        )
    for place, column in enumerate(head):
        where = f"{label}, row 1, column {column or place + 1}"
        if column in head[:place]:
            problems.append(BadParameters(f"'{column}' is there twice.", where=where))
        elif column not in (_BRAND, _CLIENT) and not _is_parameter(column):
            problems.append(UnknownName("parameter", column, known_columns(), where=where))
    if problems:
        raise joined(problems)


def known_columns() -> list[str]:
    """Names that a column may have; those with a criterion as in ``target.CRITERION``."""
    plain = [name for name in ClientFile.model_fields if name not in (*_FIXED, "weights", "target", _BRAND)]
    inner = [f"{name}.{key}" for name, model in _FIXED.items() for key in model.model_fields if key != "criteria"]
    return [_BRAND, _CLIENT, *plain, *inner, *(f"{name}.CRITERION" for name in _BY_CRITERION)]


def _is_parameter(column: str) -> bool:
    above, dot, last = column.rpartition(".")
    return column in known_columns() or bool(dot and last and above in _BY_CRITERION and last != "CRITERION")


def _row(head: Sequence[str], record: Sequence[str], number: int, label: str) -> ClientRow:
    where = f"{label}, row {number}"
    if len(record) != len(head):
        raise BadParameters(
            f"{len(record)} cells under {len(head)} columns.", where=where, remedy="Quote cells that hold a comma."
        )
    cells = {column: cell.strip() for column, cell in zip(head, record, strict=True) if cell.strip()}
    if _BRAND not in cells:
        raise BadParameters("no brand.", where=f"{where}, column {_BRAND}")
    client = cells.get(_CLIENT, "")
    if client and not SLUG.fullmatch(client):
        raise BadParameters(
            f"'{client}' cannot name a folder of the site.",
            where=f"{where}, column {_CLIENT}",
            remedy="Use 2 to 40 lower-case letters, digits and hyphens, a letter first.",
        )
    values: dict[str, Any] = {}
    for column, text in cells.items():
        if column != _CLIENT:
            _put(values, column.split("."), _value(column, text))
    row = ClientRow(label, values, {}, row=number, client=client, cells=cells)
    _validate(row)
    return row


def _put(values: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        values = values.setdefault(part, {})
    values[path[-1]] = value


def _value(column: str, text: str) -> Any:
    """A cell as YAML would give it; what is a text stays one, whatever it looks like."""
    head, dot, _inner = column.partition(".")
    if head == _BRAND or head in _FIXED:
        return text
    annotation = Parameters.model_fields[head].annotation
    if get_origin(annotation) is list:
        return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    return text if not dot and (annotation is str or get_origin(annotation) is Literal) else parse_scalar(text)


def _validate(row: ClientRow) -> None:
    try:
        ClientFile.model_validate(row.values, context={"language": ANY})
    except ValidationError as failure:
        problems = []
        for error in failure.errors():
            message = error["msg"].removeprefix("Value error, ")
            where, _line = row.place(*(str(part) for part in error["loc"]))
            found = "" if isinstance(error["input"], dict | list) else f" (found {error['input']!r})"
            problems.append(BadParameters(f"{message[0].lower()}{message[1:]}{found}.", where=where))
        raise joined(problems) from failure
