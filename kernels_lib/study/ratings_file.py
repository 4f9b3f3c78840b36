"""A file of ratings, larger than memory perhaps, read by DuckDB: the one place that speaks SQL.

The rows are grouped as they stand: nothing is trimmed, looked up or converted for each of a hundred
million rows, only afterwards for each of the few values that occur.  So a scan costs what the bare
aggregation costs, and every check is made all the same.  Where a row stands is asked only if some
value is wrong, in a second scan.

What a value means (a unit, a criterion, a score) is not known here; see `counts`.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import tempfile
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kernels_lib.errors import BadData

if TYPE_CHECKING:
    import duckdb

    from kernels_lib.study.datasets import Resource

KINDS = ("unit", "industry", "criterion", "score")
# More than this in one column, and it is not the column that it is taken for.
MOST_VALUES = {"unit": 100_000, "industry": 10_000, "criterion": 10_000, "score": 10_000}
# The first rows show a column of measurements before they are all counted.
GLANCE = 100_000
MOST_REJECTED = 100_000
HEADER_BYTES = 1_000_000
_NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_NUMERIC = (*_NUMERIC, "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True)
class Value:
    """A value as it stands in a column, and how many ratings have it."""

    kind: str
    code: int
    raw: Any
    ratings: int


@dataclass(frozen=True)
class Found:
    """The first row with a value; rows count from 1, the header is none."""

    row: int
    unit: str
    criterion: str


class RatingsFile:
    """One file, open; made by `opened`.

    Attributes
    ----------
    long : bool
        Whether each row is one rating; else one unit and respondent, one column a criterion.
    """

    def __init__(self, db: duckdb.DuckDBPyConnection, resource: Resource, criteria: Sequence[str], path: str) -> None:
        self._db, self._resource, self._path = db, resource, path
        self.long = bool(resource.criterion_column)
        self._parquet = is_parquet(resource.path)
        header = self._parquet_columns() if self._parquet else dict.fromkeys(_header(resource), "VARCHAR")
        self._scores = [resource.score_column] if self.long else list(criteria)
        named = [resource.unit_column, resource.group_column, resource.criterion_column, *self._scores]
        if missing := [column for column in named if column and column not in header]:
            raise BadData(
                f"no column '{missing[0]}'.", where=resource.shown, remedy=f"The columns are: {', '.join(header)}."
            )
        self._header = header
        for column in self._scores:
            kind = header[column].split("(")[0]
            if kind not in (*_NUMERIC, "VARCHAR"):
                raise BadData(
                    f"column '{column}' holds {kind}, no scores.", where=resource.shown, remedy="Store it as a number."
                )

    # ---- one scan -----------------------------------------------------------------------------

    def most_scores_at_first(self) -> int:
        """How many different scores the first rows have, in one column."""
        columns = ", ".join(f"count(distinct {_quoted(column)})" for column in self._scores)
        listed = ", ".join(map(_quoted, self._scores))
        return max(self._one(f"select {columns} from (select {listed} from {self._source(skip=True)} limit {GLANCE})"))

    def tally(self) -> None:
        """Count the ratings by unit, industry, criterion and score, each as it stands."""
        first, *further = self._grouped()
        self._db.execute(f"create temp table tally as {first}")
        for query in further:
            self._db.execute(f"insert into tally {query}")
        for kind in KINDS:
            self._db.execute(
                f"create temp table {kind}_values as "
                f"select {kind} as raw, row_number() over () as code, sum(n)::bigint as n from tally group by {kind}"
            )

    def _grouped(self) -> list[str]:
        unit, industry = self._text(self._resource.unit_column), self._text(self._resource.group_column)
        if self.long:
            criterion, score = self._text(self._resource.criterion_column), _quoted(self._resource.score_column)
            pairs = [(criterion, score)]
        else:
            pairs = [(_text(column), self._score(column)) for column in self._scores]
        if self.long or self._parquet:
            # Where columns are stored apart, one at a time takes half the time of all at once.
            return [
                f"select {unit} as unit, {industry} as industry, {criterion} as criterion, {score} as score, "
                f"count(*) as n from {self._source()} group by all"
                for criterion, score in pairs
            ]
        columns = [_quoted(column) for column in self._scores]
        sets = ", ".join(f"(unit, industry, {column})" for column in columns)
        listed = ", ".join(columns)
        chosen = " ".join(f"when grouping({quoted}) = 0 then {{}}" for quoted in columns)
        names, scores = chosen.format(*map(_text, self._scores)), chosen.format(*columns)
        table = f"(select {unit} as unit, {industry} as industry, {listed} from {self._source()})"
        criterion, score = f"case {names} end as criterion", f"case {scores} end as score"
        return [
            f"select unit, industry, {criterion}, {score}, count(*) as n from {table} group by grouping sets ({sets})"
        ]

    def values(self, kind: str) -> list[Value]:
        """The different values of one kind, the most frequent first.

        Raises
        ------
        BadData
            If there are more than such a column can have.
        """
        (number,) = self._one(f"select count(*) from {kind}_values")
        if number > MOST_VALUES[kind]:
            column = getattr(self._resource, f"{'group' if kind == 'industry' else kind}_column")
            raise BadData(
                f"column '{column or self._scores[0]}' has {number:,} different values; at most "
                f"{MOST_VALUES[kind]:,} can be the {_MANY[kind]}.",
                where=self._resource.shown,
                remedy="Name the right column in 'scorecard', or round what is measured before it is stored.",
            )
        found = self._db.execute(f"select code, raw, n from {kind}_values order by n desc, raw").fetchall()
        return [Value(kind, code, raw, n) for code, raw, n in found]

    def groups(self) -> list[tuple[int, int]]:
        """Which unit stands beside which industry, as codes."""
        return self._db.execute(
            f"select distinct u.code, i.code from tally join unit_values u on {_same('u', 'unit')} "
            f"join industry_values i on {_same('i', 'industry')} order by all"
        ).fetchall()

    def dense(self, places: Mapping[str, Mapping[int, int]], shape: tuple[int, int, int]) -> array[int]:
        """The counts as one row of numbers: unit by unit, criterion by criterion, score by score.

        Parameters
        ----------
        places : mapping of kind to mapping of code to place
            For the kinds unit, criterion and score; a code without a place is not counted.
        """
        for kind in ("unit", "criterion", "score"):
            self._db.execute(
                f"create or replace temp table {kind}_places as select v.raw, p.place from {kind}_values v "
                "join (select unnest(?::bigint[]) as code, unnest(?::bigint[]) as place) p using (code)",
                [list(places[kind]), list(places[kind].values())],
            )
        _, criteria, scores = shape
        found = self._db.execute(
            f"select (u.place * {criteria} + c.place) * {scores} + s.place, sum(n)::bigint from tally "
            f"join unit_places u on {_same('u', 'unit')} join criterion_places c on {_same('c', 'criterion')} "
            f"join score_places s on {_same('s', 'score')} group by 1"
        )
        counts = array("q", bytes(8 * shape[0] * criteria * scores))
        while rows := found.fetchmany(GLANCE):
            for place, number in rows:
                counts[place] = number
        return counts

    # ---- what is wrong, and where -------------------------------------------------------------

    def unreadable(self, most: int) -> tuple[list[tuple[int, str]], int]:
        """Rows that are no rows of this table, each with what is wrong, and how many there are."""
        if self._parquet:
            return [], 0
        rows = self._db.execute(
            "select line - 1, any_value(error_type), any_value(error_message) from reject_errors "
            f"group by line order by line limit {most}"
        ).fetchall()
        (number,) = self._one("select count(distinct line) from reject_errors")
        return [(row, _REJECTED.get(kind, message.splitlines()[0])) for row, kind, message in rows], number

    def where(self, kind: str, codes: Sequence[int]) -> dict[int, Found]:
        """The first row of each value, by its code."""
        found = self._db.execute(
            f"select v.code, min(r.row), arg_min(r.unit, r.row), arg_min(r.criterion, r.row) from ({self._rows()}) r "
            f"join {kind}_values v on r.{kind} is not distinct from v.raw "
            "where v.code in (select unnest(?::bigint[])) group by v.code",
            [list(codes)],
        ).fetchall()
        lost = self._lost_rows()
        return {
            code: Found(_counting(row, lost), _plain(unit), _plain(criterion)) for code, row, unit, criterion in found
        }

    def where_groups(self, units: Sequence[int]) -> list[tuple[int, str, int]]:
        """For each of these units: each industry that it stands beside, and the first such row."""
        found = self._db.execute(
            f"select v.code, r.industry, min(r.row) from ({self._rows()}) r "
            "join unit_values v on r.unit is not distinct from v.raw "
            "where v.code in (select unnest(?::bigint[])) group by all order by 1, 3",
            [list(units)],
        ).fetchall()
        lost = self._lost_rows()
        return [(code, _plain(industry), _counting(row, lost)) for code, industry, row in found]

    def doubled(self, most: int) -> tuple[list[tuple[str, str, str, int]], int]:
        """Ratings that the same respondent gave of the same unit and criterion: some of them, and how many.

        The respondents that were seen are kept, on the disk where memory does not suffice.
        """
        rater = self._resource.rater_column
        if rater not in self._header:
            raise BadData(
                f"no column '{rater}', so that nothing says who rated twice.",
                where=self._resource.shown,
                remedy='Name it in "rater_column", or leave "unique" out.',
            )
        keys = [self._text(self._resource.unit_column), self._text(rater)]
        keys.append(self._text(self._resource.criterion_column) if self.long else "''")
        self._db.execute(
            f"create or replace temp table doubled as select {keys[0]} as unit, {keys[1]} as rater, "
            f"{keys[2]} as criterion, count(*) as times from {self._source(skip=True)} group by 1, 2, 3 "
            "having count(*) > 1"
        )
        (number,) = self._one("select count(*) from doubled")
        rows = self._db.execute(
            f"select unit, rater, criterion, times from doubled order by all limit {most}"
        ).fetchall()
        return [(_plain(unit), _plain(who), _plain(criterion), times) for unit, who, criterion, times in rows], number

    # ---- SQL ----------------------------------------------------------------------------------

    def _source(self, *, skip: bool = False, numbered: bool = False) -> str:
        """The file as a table; `skip`: without the rows that cannot be read, which `tally` keeps apart."""
        path = _text(self._path)
        if self._parquet:
            return f"read_parquet({path}, binary_as_string = true{', file_row_number = true' if numbered else ''})"
        columns = ", ".join(f"{_text(column)}: 'VARCHAR'" for column in self._header)
        packed = "gzip" if self._resource.path.suffix == ".gz" else "none"
        rejects = "ignore_errors = true" if skip else f"store_rejects = true, rejects_limit = {MOST_REJECTED}"
        return (
            f"read_csv({path}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
            f"nullstr = '', compression = '{packed}', {rejects}, columns = {{{columns}}})"
        )

    def _rows(self) -> str:
        """Every rating with its row, unit, industry, criterion and score."""
        number = "file_row_number + 1" if self._parquet else "row_number() over ()"
        unit, industry = self._text(self._resource.unit_column), self._text(self._resource.group_column)
        table = f"(select {number} as row, * from {self._source(skip=True, numbered=True)})"
        if self.long:
            criterion = self._text(self._resource.criterion_column)
            pairs = [(criterion, _quoted(self._resource.score_column))]
        else:
            pairs = [(_text(column), self._score(column)) for column in self._scores]
        return " union all ".join(
            f"(select row, {unit} as unit, {industry} as industry, {criterion} as criterion, {score} as score "
            f"from {table})"
            for criterion, score in pairs
        )

    def _text(self, column: str) -> str:
        """A column of names as text; a column that there is none of is empty throughout."""
        if not column:
            return "''"
        return _quoted(column) if self._header[column] == "VARCHAR" else f"cast({_quoted(column)} as varchar)"

    def _score(self, column: str) -> str:
        """A column of scores, all of one type where there are several."""
        kinds = {self._header[name] for name in self._scores}
        common = "" if len(kinds) == 1 else "varchar" if "VARCHAR" in kinds else "double"
        return f"cast({_quoted(column)} as {common})" if common else _quoted(column)

    def _lost_rows(self) -> list[int]:
        """Rows that were passed over: those behind them stand further down than they count."""
        if self._parquet:
            return []
        return [row for (row,) in self._db.execute("select distinct line - 1 from reject_errors order by 1").fetchall()]

    def _parquet_columns(self) -> dict[str, str]:
        found = self._db.execute(f"describe select * from {self._source()}").fetchall()
        return {str(name): str(kind) for name, kind, *_ in found}

    def _one(self, query: str) -> tuple[Any, ...]:
        return self._db.execute(query).fetchone() or ()


_MANY = {"unit": "things that are scored", "industry": "groups", "criterion": "criteria", "score": "scores"}
_REJECTED = {
    "TOO MANY COLUMNS": "more fields than the header has",
    "MISSING COLUMNS": "fewer fields than the header has",
    "UNQUOTED VALUE": "a quotation mark that is not closed, or closed before the field ends",
    "INVALID ENCODING": "bytes that are no UTF-8",
    "INVALID STATE": "this is not CSV",
}


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet, by its name."""
    return path.suffix.lower() in (".parquet", ".pq")


@contextmanager
def opened(
    resource: Resource, criteria: Sequence[str], *, memory: str, threads: int | None = None
) -> Iterator[RatingsFile]:
    """A file of ratings, open for counting.

    Parameters
    ----------
    resource : Resource
        Says which column is what.
    criteria : sequence of str
        Columns of a file with one row a unit and respondent.
    memory : str
        What DuckDB may use before it moves to a temporary folder, such as ``"512MB"``.
    threads : int, optional
        As many as there are processors for this process by default.

    Raises
    ------
    BadData
        If the file cannot be read as what its name says, or lacks a column.
    """
    # Imported by the function that needs it: the command starts without it.
    import duckdb

    with tempfile.TemporaryDirectory(prefix="scorecard-") as folder:
        path = _without_wildcards(resource.path, Path(folder))
        settings = {
            "memory_limit": memory,
            "threads": threads or _processors(),
            "temp_directory": str(Path(folder) / "spilled"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        db = duckdb.connect(":memory:", config=settings)
        try:
            # A notebook without ipywidgets has no bar, and refuses even to switch it off.
            if db.execute("select current_setting('enable_progress_bar')").fetchone() == (True,):
                db.execute("set enable_progress_bar = false")
            yield RatingsFile(db, resource, criteria, path)
        except duckdb.OutOfMemoryException as error:
            raise BadData(
                f"the ratings do not fit: {_first_line(error)}",
                where=resource.shown,
                remedy="Free some room in the folder for temporary files ($TMPDIR).",
            ) from error
        except duckdb.Error as error:
            raise BadData(f"it cannot be read: {_first_line(error)}", where=resource.shown) from error
        finally:
            # Ends DuckDB's threads: whoever forks afterwards has only its own.
            db.close()


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") + "."


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _without_wildcards(path: Path, folder: Path) -> str:
    """A path in which DuckDB sees no pattern for several files."""
    if not set("*?[") & set(str(path)):
        return str(path)
    link = folder / f"ratings{path.suffix}"
    link.symlink_to(path)
    return str(link)


def _header(resource: Resource) -> list[str]:
    """Names of the columns of a CSV file."""
    open_raw = gzip.open if resource.path.suffix == ".gz" else open
    try:
        with open_raw(resource.path, "rb") as file:
            text = file.read(HEADER_BYTES).decode("utf-8-sig", errors="replace")
    except (OSError, EOFError, zlib.error) as error:
        raise BadData(f"it cannot be read: {error}.", where=resource.shown) from error
    rows = (row for row in csv.reader(io.StringIO(text, newline="")) if row)
    header = next(islice(rows, 1), None)
    if header is None:
        raise BadData("the file is empty.", where=resource.shown)
    header = [name.strip() for name in header]
    if doubled := [name for name in header if header.count(name) > 1]:
        raise BadData(f"column '{doubled[0]}' stands twice.", where=resource.shown, line=1)
    return header


def _counting(row: int, lost: Sequence[int]) -> int:
    for passed in lost:
        if passed > row:
            break
        row += 1
    return row


def _plain(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _same(table: str, kind: str) -> str:
    return f"tally.{kind} is not distinct from {table}.raw"


def _quoted(name: str) -> str:
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"
