"""Ratings by many respondents as counts: how often each unit got each score on each criterion.

    read_counts     a file's counts, from an earlier run where the file is still the same
    count_ratings   counts from the file itself, whatever its size
    Counts          what is known of the ratings from then on

Means, spreads, distributions, agreement by chance-corrected coefficients and the one-way intraclass
correlation follow from counts exactly.  Who gave a rating does not, and is not kept: memory and
reports stay the same size from a hundred thousand ratings to a hundred million.
"""

from __future__ import annotations

import json
import math
import re
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from kernels_lib.errors import BadData, ScorecardError, UnknownName
from kernels_lib.keep import read_sealed, write_sealed
from kernels_lib.study.cells import score_of
from kernels_lib.study.fingerprint import Fingerprint
from kernels_lib.study.ratings_file import RatingsFile, Value, opened
from kernels_lib.study.validation import joined

if TYPE_CHECKING:
    import numpy as np

    from kernels_lib.study.datasets import Resource
    from kernels_lib.study.instrument import Instrument

# Raise it with the code that counts: what an earlier version kept is then not read.
VERSION = 1

MEMORY = "512MB"
# 0 to 100 in half points; more different scores are measurements, and no one counts those.
MOST_LEVELS = 201
# Of a table of counts: 160 MB.
MOST_CELLS = 20_000_000
# Problems named one by one; the others are counted.
MOST_PROBLEMS = 20

# Sums of floats end at 3.3000000000000003 where the score on paper is 3.3.
_DIGITS = 9


@dataclass(frozen=True)
class Counts:
    """How often each unit was given each score on each criterion.

    Attributes
    ----------
    units : tuple of str
        In the order of their names, numbers in them by value: the order of rows carries no meaning.
    groups : tuple of str
        Each unit's industry; empty text where the data have none.
    criteria : tuple of str
        In the instrument's order.
    levels : tuple of float
        Every score that occurs, in points, rising.
    cells : array of int, length n_units * n_criteria * n_levels
        Ratings of a unit on a criterion with a level; unit by unit, in each criterion by criterion.
    empty : int
        Ratings without a score, which count for nothing.
    """

    units: tuple[str, ...]
    groups: tuple[str, ...]
    criteria: tuple[str, ...]
    levels: tuple[float, ...]
    cells: array[int]
    empty: int = 0

    @cached_property
    def ratings(self) -> int:
        """How many ratings were counted."""
        return sum(self.cells)

    def table(self) -> np.ndarray:
        """The counts, shape (n_units, n_criteria, n_levels); not to be changed."""
        import numpy as np

        shape = (len(self.units), len(self.criteria), len(self.levels))
        table = np.frombuffer(self.cells, dtype=np.int64).reshape(shape)
        table.flags.writeable = False
        return table

    @cached_property
    def means(self) -> tuple[tuple[float | None, ...], ...]:
        """Each unit's mean on each criterion, in points; None where nobody rated it.

        The sum behind a mean is exact and rounded once, as if every rating had been added.
        """
        tops, bottom = _as_fractions(self.levels)
        width, per_unit = len(self.levels), len(self.criteria)
        found = []
        for start in range(0, len(self.cells), width):
            cell = self.cells[start : start + width]
            number = sum(cell)
            total = sum(map(int.__mul__, cell, tops))
            found.append(total / bottom / number if number else None)
        return tuple(tuple(found[start : start + per_unit]) for start in range(0, len(found), per_unit))


def read_counts(resource: Resource, instrument: Instrument) -> tuple[Counts, str]:
    """A file's counts and its SHA-256; from ``build/cache`` where file, columns and scale are the same.

    Raises
    ------
    BadData, BadParameters
        As `count_ratings`.
    """
    folder = resource.root / "build" / "cache"
    fingerprint = Fingerprint(resource.path, folder)
    counts = None
    if fingerprint.first:
        # Never counted: hashing and counting each read the whole file, so both at once.
        with ThreadPoolExecutor(1) as beside:
            computed = beside.submit(fingerprint.compute)
            counts = count_ratings(resource, instrument)
            computed.result()
    digest = fingerprint.known or fingerprint.compute()
    key = _key(resource, instrument, digest)
    path = folder / f"counts-{sha256(key.encode()).hexdigest()[:32]}.bin"
    if counts is None:
        data = read_sealed(path)
        if data is not None:
            return _from_bytes(data), digest
        counts = count_ratings(resource, instrument)
    if not fingerprint.unchanged:
        raise BadData("it changed while it was read.", where=resource.shown, remedy="Start again when it is complete.")
    write_sealed(path, _to_bytes(counts))
    return counts, digest


def count_ratings(
    resource: Resource, instrument: Instrument, *, memory: str = MEMORY, threads: int | None = None
) -> Counts:
    """Count the ratings of a CSV or Parquet file, larger than memory perhaps, and check every one.

    One row is one rating where the resource names a `criterion_column` (long), else one unit and
    respondent with one column a criterion (wide).  Names are compared without blanks around them.

    A respondent who rated the same twice counts twice, unless ``unique`` is ``"check"``: then that is
    an error.  The check remembers every respondent, on the disk where memory does not suffice.

    Parameters
    ----------
    resource : Resource
        The file, and which column is what.
    instrument : Instrument
        Criteria and scale.
    memory : str
        What DuckDB may use before it moves to a temporary folder.
    threads : int, optional
        As many as there are processors by default.

    Returns
    -------
    Counts

    Raises
    ------
    BadData, BadParameters
        Every wrong value once, with its first row and how many ratings have it; all at once.
    """
    with opened(resource, instrument.ids, memory=memory, threads=threads) as file:
        if (most := file.most_scores_at_first()) > MOST_LEVELS:
            raise _too_many_levels(f"its first rows have {most:,} different scores", resource)
        file.tally()
        return _Reader(resource, instrument, file).counts()


class _Reader:
    """The values of one file, given their meaning."""

    def __init__(self, resource: Resource, instrument: Instrument, file: RatingsFile) -> None:
        self._resource, self._instrument, self._file = resource, instrument, file
        self._wrong: list[Value] = []

    def counts(self) -> Counts:
        units, criteria, scores, industries = (
            self._file.values(kind) for kind in ("unit", "criterion", "score", "industry")
        )
        names, unit_places = self._units(units)
        criterion_places = self._criteria(criteria)
        levels, score_places, empty = self._levels(scores)
        groups, astray = self._groups(unit_places, industries, len(names))
        self._refuse(astray)
        if not names or not levels:
            raise BadData("the file has a header and no ratings.", where=self._resource.shown)
        ids = tuple(self._instrument.ids)
        shape = (len(names), len(ids), len(levels))
        if len(levels) > MOST_LEVELS or math.prod(shape) > MOST_CELLS:
            raise _too_many_levels(f"{len(names):,} units have {len(levels):,} different scores", self._resource)
        places = {"unit": unit_places, "criterion": criterion_places, "score": score_places}
        return Counts(tuple(names), groups, ids, levels, self._file.dense(places, shape), empty)

    def _units(self, values: Iterable[Value]) -> tuple[list[str], dict[int, int]]:
        """Names in order, and the place of each code; names that differ in capitals only are wrong."""
        named: dict[str, list[Value]] = {}
        for value in values:
            if name := _name(value.raw):
                named.setdefault(name, []).append(value)
            else:
                self._wrong.append(value)
        first: dict[str, str] = {}
        # The spelling of most ratings stands first and counts as right.
        for name, spelt in named.items():
            if first.setdefault(name.casefold(), name) != name:
                self._wrong.extend(spelt)
        self._usual = first
        names = sorted(first.values(), key=_natural)
        return names, {value.code: place for place, name in enumerate(names) for value in named[name]}

    def _criteria(self, values: Iterable[Value]) -> dict[int, int]:
        places = {criterion: place for place, criterion in enumerate(self._instrument.ids)}
        found = {}
        for value in values:
            if (name := _name(value.raw)) in places:
                found[value.code] = places[name]
            else:
                self._wrong.append(value)
        return found

    def _levels(self, values: Iterable[Value]) -> tuple[tuple[float, ...], dict[int, int], int]:
        """Scores rising, the place of each code, and how many ratings have none."""
        scale, known, empty = self._instrument.scale, {}, 0
        for value in values:
            try:
                score = self._score(value, "", "", "")
            except ScorecardError:
                # Said again with the row, unit and criterion, once these are known.
                self._wrong.append(value)
                continue
            if score is None:
                empty += value.ratings
            elif scale.step is None:
                known[value.code] = score
            else:
                steps = round((score - scale.floor) / scale.step)
                known[value.code] = round(scale.floor + steps * scale.step, _DIGITS)
        levels = tuple(sorted(set(known.values())))
        places = {level: place for place, level in enumerate(levels)}
        return levels, {code: places[level] for code, level in known.items()}, empty

    def _score(self, value: Value, unit: str, criterion: str, where: str) -> float | None:
        return score_of(_name(value.raw), self._instrument, unit, criterion, where)

    def _groups(
        self, places: Mapping[int, int], values: Sequence[Value], number: int
    ) -> tuple[tuple[str, ...], list[int]]:
        """Each unit's industry, and codes of the units that have several."""
        names = {value.code: _name(value.raw) for value in values}
        found: dict[int, str] = {}
        astray = set()
        for unit, industry in self._file.groups():
            if unit in places and found.setdefault(places[unit], names[industry]) != names[industry]:
                astray.add(places[unit])
        return tuple(found.get(place, "") for place in range(number)), [
            code for code, place in places.items() if place in astray
        ]

    # ---- everything that is wrong, at once ----------------------------------------------------

    def _refuse(self, astray: Sequence[int]) -> None:
        problems, more = self._unreadable()
        values = self._wrong[:MOST_PROBLEMS]
        problems += self._about(values)
        problems += self._about_groups(astray[:MOST_PROBLEMS])
        more += len(self._wrong) - len(values) + len(astray[MOST_PROBLEMS:])
        # Who rated twice is looked for in ratings that are right otherwise.
        if not problems and self._resource.unique == "check":
            problems, more = self._doubled()
        if more:
            problems.append(BadData(f"and {more:,} more.", where=self._resource.shown))
        if problems:
            raise joined(problems)

    def _unreadable(self) -> tuple[list[ScorecardError], int]:
        rows, number = self._file.unreadable(MOST_PROBLEMS)
        remedy = "Quote a field that contains a comma; separate fields by commas; save it as UTF-8."
        problems = [BadData(f"{what}.", where=self._row(row), remedy=remedy) for row, what in rows]
        return [*problems], number - len(rows)

    def _about(self, values: Sequence[Value]) -> list[ScorecardError]:
        found = []
        for kind in ("unit", "criterion", "score"):
            wrong = {value.code: value for value in values if value.kind == kind}
            places = self._file.where(kind, list(wrong)) if wrong else {}
            for code, place in places.items():
                value = wrong[code]
                where = self._row(place.row, value.ratings)
                found.append((place.row, self._problem(value, place.unit, place.criterion, where)))
        return [problem for _, problem in sorted(found, key=lambda one: one[0])]

    def _problem(self, value: Value, unit: str, criterion: str, where: str) -> ScorecardError:
        name = _name(value.raw)
        if value.kind == "criterion":
            if name:
                return UnknownName("criterion", name, self._instrument.ids, where=where)
            return BadData(f"no {self._resource.criterion_column} in this row.", where=where)
        if value.kind == "unit":
            if not name:
                return BadData(f"no {self._resource.unit_column} in this row.", where=where)
            usual = self._usual[name.casefold()]
            return BadData(f"'{name}' is spelt '{usual}' elsewhere.", where=where, remedy="Spell both alike.")
        try:
            self._score(value, unit, criterion, where)
        except ScorecardError as error:
            return error
        raise AssertionError("a score was wrong and is not any more")

    def _about_groups(self, codes: Sequence[int]) -> list[ScorecardError]:
        if not codes:
            return []
        units = {value.code: _name(value.raw) for value in self._file.values("unit")}
        first: dict[str, tuple[str, int]] = {}
        problems: list[ScorecardError] = []
        for code, group, row in self._file.where_groups(codes):
            before, its_row = first.setdefault(units[code], (group, row))
            if group != before:
                found = f"'{units[code]}' is in '{before}' in row {its_row:,} and in '{group}' here."
                problems.append(BadData(found, where=self._row(row)))
        return problems

    def _doubled(self) -> tuple[list[ScorecardError], int]:
        pairs, number = self._file.doubled(MOST_PROBLEMS)
        column = self._resource.rater_column
        problems: list[ScorecardError] = []
        for unit, rater, criterion, times in pairs:
            on = f" on '{criterion}'" if criterion else ""
            who = f"{column} '{rater}'" if rater else f"rows without {column}"
            problems.append(
                BadData(f"{who} rated '{unit}'{on} {times} times.", where=self._resource.shown, remedy="Keep one.")
            )
        return problems, number - len(pairs)

    def _row(self, row: int, ratings: int = 1) -> str:
        others = f" (the first of {ratings:,})" if ratings > 1 else ""
        return f"{self._resource.shown}, row {row:,}{others}"


def _too_many_levels(found: str, resource: Resource) -> BadData:
    return BadData(
        f"{found}: counts are kept of at most {MOST_LEVELS} scores, and {MOST_CELLS:,} of all units together.",
        where=resource.shown,
        remedy="Round the ratings to the steps of a scale; or average them beforehand into one row a unit and use the "
        "role 'scores', for which no error of measurement is known.",
    )


def _name(raw: Any) -> str:
    return "" if raw is None else str(raw).strip()


def _natural(name: str) -> tuple[list[Any], str]:
    """``Brand 2`` before ``Brand 10``."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], name


def _as_fractions(levels: Sequence[float]) -> tuple[list[int], int]:
    """The levels as whole numbers over one denominator, exactly."""
    ratios = [level.as_integer_ratio() for level in levels]
    bottom = max((below for _, below in ratios), default=1)
    return [above * (bottom // below) for above, below in ratios], bottom


# ---- kept between runs ------------------------------------------------------------------------


def _key(resource: Resource, instrument: Instrument, digest: str) -> str:
    columns = [
        *(resource.unit_column, resource.group_column, resource.criterion_column, resource.score_column),
        *(resource.rater_column, resource.unique, "".join(resource.path.suffixes)),
    ]
    scale = [instrument.scale.floor, instrument.scale.top, instrument.scale.step]
    return json.dumps([VERSION, digest, columns, instrument.ids, scale])


def _to_bytes(counts: Counts) -> bytes:
    head = {
        "order": sys.byteorder,
        "units": counts.units,
        "groups": counts.groups,
        "criteria": counts.criteria,
        "levels": counts.levels,
        "empty": counts.empty,
    }
    return json.dumps(head).encode() + b"\n" + counts.cells.tobytes()


def _from_bytes(data: bytes) -> Counts:
    text, _, cells = data.partition(b"\n")
    head = json.loads(text)
    numbers = array("q")
    numbers.frombytes(cells)
    if head["order"] != sys.byteorder:
        numbers.byteswap()
    names = {key: tuple(head[key]) for key in ("units", "groups", "criteria", "levels")}
    return Counts(**names, cells=numbers, empty=head["empty"])
