"""A report's results as tidy tables, for whoever goes on computing: one row a thing, one column a field.

Numbers have all their digits and a decimal point, what is missing is empty, truths are true and false,
and codes stay English whatever language the report is in.  The first columns of every table say whose
it is, so that tables of several reports can be put below each other.  codebook.csv says what each
column means.  A text that a spreadsheet would take for a formula has an apostrophe before it (`inert`), which
`original` takes away again; numbers stay numbers.  Nothing is here that the report's own results do
not state: what its reader must not see was withheld before.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kernels_lib.production.publish.office.codebook import CRITERIA, LEDGER, LISTED, NUMBERS, Meaning

# Whose a row is.
KEYS = (
    Meaning("study", "text", "Study", "Folder of the study; main is the main one"),
    Meaning("wave", "text", "Wave", "Round of data"),
    Meaning("report", "code", "Report", "study, methods, industry or client"),
    Meaning("subject", "text", "Subject", "Folder of the client or industry; empty for the study's own reports"),
)
_ID = Meaning("id", "text", "Id", "As in the instrument or the data")
_ABOUT = Meaning("about", "text", "About", "The question in short; the tests of one question share it")

# Fields of each table; lists of units and industries have further ones where their reader may see them.
TABLES: dict[str, tuple[Meaning, ...]] = {
    "criteria": (_ID, *CRITERIA),
    "brands": LISTED,
    "industries": (_ID, *LISTED),
    "numbers": NUMBERS,
    "tests": (LEDGER[0], _ABOUT, *LEDGER[1:]),
}
CODEBOOK = "codebook"
# What a spreadsheet runs, or skips to find something to run; a text that begins with the mark itself gets one more,
# so that the rule can be undone.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
MARK = "'"
# A number with its sign is a number in a spreadsheet as well: nothing to run.
NUMERAL = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*")
RULE = (
    "Texts that begin with = + - @ ' a tab or a line break have an apostrophe before them, so that spreadsheets run "
    "nothing, unless they are a number with its sign; take away one apostrophe at the beginning of a text to have it "
    "as it was. Numbers are as they are."
)
TYPES = {"text": "text", "code": "text", "message": "text", "count": "integer", "flag": "boolean"}


def tables(results: Mapping[str, Any]) -> dict[str, bytes]:
    """Each table as CSV in UTF-8, by its file's name.

    Parameters
    ----------
    results : mapping
        As a notebook displayed them, see `kernels_lib.study.results`.
    """
    whose = {key: results[key] for key in ("study", "wave", "report", "subject")}
    made, listed = {}, []
    for name, meanings in TABLES.items():
        held = results[name]
        records = [_flat(record) for record in (held.values() if isinstance(held, Mapping) else held)]
        columns = [*KEYS, *_with_further(meanings, records)]
        made[f"{name}.csv"] = _csv([column.key for column in columns], ({**whose, **record} for record in records))
        listed += [
            {
                "table": name,
                "column": column.key,
                "type": TYPES.get(column.kind, "number"),
                "label": column.label,
                "meaning": column.meaning,
            }
            for column in columns
        ]
    listed.append({"table": "*", "column": "*", "type": "text", "label": "Every text", "meaning": RULE})
    made[f"{CODEBOOK}.csv"] = _csv(("table", "column", "type", "label", "meaning"), listed)
    return made


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula; see `RULE`.

    Examples
    --------
    >>> inert("=1+1"), inert("'quoted"), inert("-0.5"), inert("Brand 07")
    ("'=1+1", "''quoted", '-0.5', 'Brand 07')
    """
    return f"{MARK}{text}" if text.startswith(RISKY) and not NUMERAL.fullmatch(text) else text


def original(text: str) -> str:
    """The text that `inert` was given.

    Examples
    --------
    >>> original("'=1+1"), original("''quoted"), original("Brand 07")
    ('=1+1', "'quoted", 'Brand 07')
    """
    return text.removeprefix(MARK)


def _with_further(meanings: Sequence[Meaning], records: Iterable[Mapping[str, Any]]) -> list[Meaning]:
    """The fields of a table, and those that only these records have: a criterion's score, say."""
    known = {meaning.key for meaning in (*KEYS, *meanings)}
    further = dict.fromkeys(key for record in records for key in record if key not in known)
    return [*meanings, *(Meaning(key, "mean", key, "Points on the scale") for key in further)]


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        flat |= {f"{key}.{k}": v for k, v in _flat(value).items()} if isinstance(value, Mapping) else {key: value}
    return flat


def _csv(columns: Sequence[str], records: Iterable[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    # With this end of a line the module quotes a carriage return inside a cell, else the row ends.
    table = csv.writer(text, lineterminator="\r\n")
    lines = []
    for cells in (map(inert, columns), *([_cell(record.get(column)) for column in columns] for record in records)):
        table.writerow(cells)
        lines.append(text.getvalue().removesuffix("\r\n"))
        text.seek(0)
        text.truncate()
    return "\n".join([*lines, ""]).encode("utf-8")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    # The shortest text that gives the same number again.
    return repr(value) if isinstance(value, int | float) else inert(str(value))
