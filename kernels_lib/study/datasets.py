"""Datasets as received: a Frictionless ``datapackage.json`` and CSV files, never edited.

Files are read as text, cell by cell, so that a brand called ``NA`` stays a name and every problem
has a line and a column.  Ratings by many respondents are counted instead, whatever their number
(`counts`).  Nothing here imports pandas.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadData, ScorecardError, UnknownName
from kernels_lib.paths import inside, shown
from kernels_lib.study.cells import number_of, score_of
from kernels_lib.study.counts import Counts, read_counts
from kernels_lib.study.instrument import Instrument
from kernels_lib.study.language import SOURCE, pick
from kernels_lib.study.ratings_file import is_parquet
from kernels_lib.study.results import Basis
from kernels_lib.study.validation import joined

MAX_BYTES = 200_000_000


@dataclass(frozen=True)
class Resource:
    """One file of a dataset.

    Attributes
    ----------
    root : Path
        Of the project.
    counted : bool
        Whether its ratings are counted by DuckDB (CSV, CSV.gz or Parquet, of any size) rather than
        read one by one (CSV); each unit's ratings are then taken to be by respondents of its own.
    criterion_column, score_column : str
        Of counted ratings with one row a rating; empty where each criterion has a column.
    unique : str
        Of counted ratings, whether a respondent rated each thing once: ``"stated"`` by the source,
        to be ``"check"``-ed, or not known (empty).
    same_scale : bool
        Whether the source says that every wave was scored on the instrument's scale.
    """

    root: Path
    path: Path
    shown: str
    role: str
    basis: Basis
    notice: str
    unit_column: str
    group_column: str
    recorded_hash: str
    rater_column: str = ""
    counted: bool = False
    criterion_column: str = ""
    score_column: str = ""
    unique: str = ""
    same_scale: bool = False

    def is_as_recorded(self, digest: str) -> bool:
        """Whether a file is the one that was described; where no checksum is recorded, nothing differs from it."""
        return digest == self.recorded_hash or not self.recorded_hash


@dataclass(frozen=True)
class Claim:
    """A count that the source states: `count` of `of` units score below `below` on all of `criteria`."""

    id: str
    text: str
    count: int
    of: int
    criteria: tuple[str, ...]
    below: float


@dataclass(frozen=True)
class Dataset:
    """A dataset's description; its files are read by the functions below.

    `before` is the wave before this one, empty for the first; `waves` are all of them.
    """

    name: str
    title: str
    shown: str
    wave: str
    wave_date: dt.date
    scores: Resource | None
    means: Resource | None
    sources: tuple[str, ...]
    claims: tuple[Claim, ...] = ()
    before: str = ""
    waves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scores:
    """A unit x criterion table as read.

    Attributes
    ----------
    units : tuple of str
        In the file's order.
    groups : tuple of str
        Each unit's industry; empty text where the data have none.
    values : tuple of tuple of (float or None)
        Points on the instrument's scale, one tuple a unit, in the instrument's order.  Where the data
        have raters: the mean over those who scored.
    raters : tuple of str
        In the file's order; empty where each unit has one score a criterion.
    ratings : tuple of tuple of tuple of (float or None)
        What each rater gave: unit, criterion, rater.  Empty without raters.
    counts : Counts or None
        Where the ratings were counted: how often each unit got each score.
    """

    units: tuple[str, ...]
    groups: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    sha256: str
    as_recorded: bool
    raters: tuple[str, ...] = ()
    ratings: tuple[tuple[tuple[float | None, ...], ...], ...] = ()
    counts: Counts | None = None

    @property
    def rated(self) -> bool:
        """Whether several ratings stand behind the scores, so that their error is known."""
        return bool(self.raters) or self.counts is not None

    @cached_property
    def has_gaps(self) -> bool:
        """Whether some unit was not scored on some criterion; found out once, because every report asks."""
        return any(score is None for row in self.values for score in row)


@dataclass(frozen=True)
class Means:
    """Published means as printed.

    Attributes
    ----------
    mean : dict of str to str
        Criterion id to the mean, digits as printed.
    stage : dict of str to str
    n : int
        Units behind each mean.
    """

    mean: dict[str, str]
    stage: dict[str, str]
    n: int
    sha256: str
    as_recorded: bool


def read_dataset(
    root: Path,
    name: str,
    wave: str = "",
    *,
    language: str = SOURCE,
    where: str | None = None,
    line: int | None = None,
) -> Dataset:
    """Read ``datasets/NAME/datapackage.json``, its texts in one language.

    Raises
    ------
    UnknownName
        If there is no such dataset or wave.
    BadData
        If the description is damaged, names a file that is not there, or has a text in another language
        only; of such texts all are named at once.
    """
    folder = root / "datasets" / name
    known = sorted(path.parent.name for path in (root / "datasets").glob("*/datapackage.json"))
    if name not in known:
        raise UnknownName("dataset", name, known, where=where, line=line)
    path = folder / "datapackage.json"
    label = shown(path, root)
    if not inside(path, root / "datasets"):
        raise BadData("is a link that leaves datasets/.", where=label, remedy="Put the dataset itself there.")
    package = _json(path, label)
    own = package.get("scorecard", {})
    waves = own.get("waves", {})
    if not isinstance(waves, dict) or not waves:
        raise BadData("no 'waves' in 'scorecard'.", where=label, remedy='Add for example {"2010": "2010-08-02"}.')
    newest = max(waves, key=lambda wave_name: waves[wave_name])
    chosen = wave or newest
    if chosen not in waves:
        raise UnknownName("wave", wave, waves, where=label)
    _check_texts(package, language, path, label)
    resources = [
        _resource(root, folder, entry, label, language)
        for entry in package.get("resources", [])
        if entry.get("scorecard", {}).get("wave", chosen) == chosen
    ]
    return Dataset(
        name=name,
        title=str(pick(own.get("title", package.get("title", "")), language) or name),
        shown=label,
        wave=chosen,
        wave_date=_date(waves[chosen], label),
        scores=next((r for r in resources if r.role in ("scores", "ratings")), None),
        means=next((r for r in resources if r.role == "means"), None),
        sources=tuple(source.get("title", "") for source in package.get("sources", [])),
        claims=tuple(_claim(entry, label, language) for entry in own.get("claims", [])),
        before=max((w for w in waves if waves[w] < waves[chosen]), key=lambda w: waves[w], default=""),
        waves=tuple(waves),
    )


def read_scores(resource: Resource, instrument: Instrument) -> Scores:
    """Read a unit x criterion table, or one row a unit and rater where the role is ``ratings``.

    Raises
    ------
    BadData
        At the first cell that is wrong, with its line and column.
    BadData, BadParameters
        Where ratings are counted: everything that is wrong, at once.
    """
    if resource.counted:
        counts, digest = read_counts(resource, instrument)
        as_recorded = resource.is_as_recorded(digest)
        return Scores(counts.units, counts.groups, counts.means, digest, as_recorded, counts=counts)
    if resource.role == "ratings":
        return _read_ratings(resource, instrument)
    header, rows, raw = _rows(resource)
    wanted = [resource.unit_column, *([resource.group_column] if resource.group_column else []), *instrument.ids]
    if missing := [column for column in wanted if column not in header]:
        raise BadData(
            f"no column '{missing[0]}'.",
            where=resource.shown,
            line=1,
            remedy=f"The header is: {', '.join(header)}.",
        )
    place = {column: header.index(column) for column in wanted}
    units: dict[str, int] = {}
    groups, values = [], []
    for line, row in rows:
        unit = row[place[resource.unit_column]].strip()
        if not unit:
            raise BadData(f"no {resource.unit_column} in this row.", where=resource.shown, line=line)
        if (folded := unit.casefold()) in units:
            raise BadData(
                f"'{unit}' stands here and in line {units[folded]}.",
                where=resource.shown,
                line=line,
                remedy="Each may have one row.",
            )
        units[folded] = line
        groups.append(row[place[resource.group_column]].strip() if resource.group_column else "")
        values.append(tuple(score_of(row[place[c]], instrument, unit, c, resource.shown, line) for c in instrument.ids))
    if not values:
        raise BadData("the file has a header and no rows.", where=resource.shown)
    names = tuple(row[place[resource.unit_column]].strip() for _, row in rows)
    digest = sha256(raw).hexdigest()
    return Scores(names, tuple(groups), tuple(values), digest, resource.is_as_recorded(digest))


def _read_ratings(resource: Resource, instrument: Instrument) -> Scores:
    """One row a unit and rater; a unit's score is the mean of its raters."""
    header, rows, raw = _rows(resource)
    unit_column, rater_column, group_column = resource.unit_column, resource.rater_column, resource.group_column
    wanted = [unit_column, rater_column, *([group_column] if group_column else []), *instrument.ids]
    if missing := [column for column in wanted if column not in header]:
        raise BadData(
            f"no column '{missing[0]}'.",
            where=resource.shown,
            line=1,
            remedy=f"The header is: {', '.join(header)}.",
        )
    place = {column: header.index(column) for column in wanted}
    seen: dict[tuple[str, str], int] = {}
    groups: dict[str, str] = {}
    raters: dict[str, None] = {}
    given: dict[tuple[str, str], tuple[float | None, ...]] = {}
    for line, row in rows:
        unit, rater = row[place[unit_column]].strip(), row[place[rater_column]].strip()
        for name, column in ((unit, unit_column), (rater, rater_column)):
            if not name:
                raise BadData(f"no {column} in this row.", where=resource.shown, line=line)
        if (key := (unit.casefold(), rater.casefold())) in seen:
            raise BadData(
                f"'{unit}' and rater '{rater}' stand here and in line {seen[key]}.",
                where=resource.shown,
                line=line,
                remedy="Each rater may score each once.",
            )
        seen[key] = line
        group = row[place[group_column]].strip() if group_column else ""
        if groups.setdefault(unit, group) != group:
            raise BadData(
                f"'{unit}' is in '{groups[unit]}' above and in '{group}' here.", where=resource.shown, line=line
            )
        raters[rater] = None
        given[unit, rater] = tuple(
            score_of(row[place[c]], instrument, unit, c, resource.shown, line) for c in instrument.ids
        )
    if not given:
        raise BadData("the file has a header and no rows.", where=resource.shown)
    nothing = (None,) * len(instrument.ids)
    ratings = tuple(
        tuple(zip(*(given.get((unit, rater), nothing) for rater in raters), strict=True)) for unit in groups
    )
    values = tuple(tuple(_mean(scores) for scores in unit) for unit in ratings)
    digest = sha256(raw).hexdigest()
    return Scores(
        tuple(groups),
        tuple(groups.values()),
        values,
        digest,
        resource.is_as_recorded(digest),
        raters=tuple(raters),
        ratings=ratings,
    )


def _mean(scores: Iterable[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return math.fsum(known) / len(known) if known else None


def read_means(resource: Resource, instrument: Instrument) -> Means:
    """Read published means: columns criterion, mean, stage, n.

    Raises
    ------
    BadData
        If a criterion lacks its mean, a mean is no number on the scale, or n differs by row.
    """
    header, rows, raw = _rows(resource)
    for column in ("criterion", "mean", "stage", "n"):
        if column not in header:
            raise BadData(f"no column '{column}'.", where=resource.shown, line=1)
    means: dict[str, str] = {}
    stages: dict[str, str] = {}
    counts: set[int] = set()
    for line, row in rows:
        cell = dict(zip(header, row, strict=True))
        criterion = cell["criterion"].strip()
        if criterion not in instrument.ids:
            raise UnknownName("criterion", criterion, instrument.ids, where=resource.shown, line=line)
        number_of(cell["mean"], resource.shown, line, "mean", instrument)
        means[criterion], stages[criterion] = cell["mean"].strip(), cell["stage"].strip()
        if not cell["n"].strip().isdigit():
            raise BadData(f"n is '{cell['n']}', which is no count.", where=resource.shown, line=line)
        counts.add(int(cell["n"]))
    if missing := [c for c in instrument.ids if c not in means]:
        raise BadData(f"no published mean for '{missing[0]}'.", where=resource.shown)
    if len(counts) != 1:
        raise BadData("n differs between rows.", where=resource.shown, remedy="All means need one n.")
    digest = sha256(raw).hexdigest()
    return Means(means, stages, counts.pop(), digest, resource.is_as_recorded(digest))


def _json(path: Path, label: str) -> dict[str, Any]:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadData(f"this is not JSON: {error}.", where=label) from error
    if not isinstance(loaded, dict):
        raise BadData("the file holds no JSON object.", where=label)
    return loaded


def _check_texts(package: dict[str, Any], language: str, path: Path, label: str) -> None:
    """Texts that reports quote have this language: ``"text"``, or ``{"en": "text", "de": "Text"}``."""
    own = package.get("scorecard", {})
    texts = [("title", own.get("title", package.get("title", "")))]
    texts += [("text", claim.get("text", "")) for claim in own.get("claims", [])]
    texts += [("notice", entry.get("scorecard", {}).get("notice", "")) for entry in package.get("resources", [])]
    problems: list[ScorecardError] = []
    for key, text in texts:
        try:
            pick(text, language)
        except ValueError as error:
            # The package's own title stays one text, for other tools.
            remedy = "The title in two languages belongs in 'scorecard'." if key == "title" else ""
            problems.append(BadData(f"'{key}': {error}.", where=label, line=_line(path, key, text), remedy=remedy))
    if problems:
        raise joined(problems)


def _line(path: Path, key: str, text: Any) -> int | None:
    """Line of a key with this text in a JSON file; None if it is written in another way there."""
    opening, first = "", text
    if isinstance(text, dict):
        opening, first = r'\{\s*"[^"]*"\s*:\s*', next(iter(text.values()), "")
    value = re.escape(json.dumps(first, ensure_ascii=False))
    raw = path.read_text(encoding="utf-8")
    found = re.search(rf'"{key}"\s*:\s*{opening}{value}', raw)
    return raw.count("\n", 0, found.start()) + 1 if found else None


def _resource(root: Path, folder: Path, entry: dict[str, Any], label: str, language: str) -> Resource:
    own = entry.get("scorecard", {})
    path = (folder / str(entry.get("path", ""))).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadData(f"resource path '{entry.get('path')}' leaves the dataset's folder.", where=label)
    if not path.is_file():
        raise BadData(
            f"'{entry.get('path')}' is described but not there.",
            where=label,
            remedy="Put the file back, or correct its path.",
        )
    if own.get("basis", "measured") not in set(Basis):
        raise UnknownName("basis", str(own.get("basis")), [b.value for b in Basis], where=label)
    counted, unique = own.get("counted", False), str(own.get("unique", ""))
    if counted not in (True, False) or (counted and own.get("role") != "ratings"):
        raise BadData(
            f"'counted' is {json.dumps(counted)} where the role is '{own.get('role', '')}'.",
            where=label,
            remedy="Write true or false, with the role 'ratings'.",
        )
    if bool(own.get("criterion_column")) != bool(own.get("score_column")):
        raise BadData(
            "of 'criterion_column' and 'score_column' only one is named.",
            where=label,
            remedy="Name both where each row is one rating, none where each criterion has a column.",
        )
    if unique not in ("", "stated", "check"):
        raise UnknownName("value of 'unique'", unique, ["stated", "check"], where=label)
    if own.get("same_scale", False) not in (True, False):
        raise BadData(
            f"'same_scale' is {json.dumps(own['same_scale'])}.",
            where=label,
            remedy="Write true where every wave was scored on the instrument's scale; else leave it out.",
        )
    if is_parquet(path) and not counted:
        raise BadData(
            f"'{path.name}' is Parquet, which is read where ratings are counted.",
            where=label,
            remedy="Give it the role 'ratings' and \"counted\": true, or store it as CSV.",
        )
    return Resource(
        root=root,
        path=path,
        shown=shown(path, root),
        role=str(own.get("role", "")),
        basis=Basis(own.get("basis", "measured")),
        notice=str(pick(own.get("notice", ""), language)),
        unit_column=str(own.get("unit_column", "brand")),
        group_column=str(own.get("group_column", "")),
        rater_column=str(own.get("rater_column", "rater")),
        recorded_hash=str(entry.get("hash", "")).removeprefix("sha256:"),
        counted=counted,
        criterion_column=str(own.get("criterion_column", "")),
        score_column=str(own.get("score_column", "")),
        unique=unique,
        same_scale=own.get("same_scale", False),
    )


def _claim(entry: dict[str, Any], label: str, language: str) -> Claim:
    if missing := {"id", "text", "count", "of", "criteria", "below"} - set(entry):
        raise BadData(f"a claim lacks {', '.join(sorted(missing))}.", where=label)
    return Claim(
        str(entry["id"]),
        str(pick(entry["text"], language)),
        int(entry["count"]),
        int(entry["of"]),
        tuple(entry["criteria"]),
        float(entry["below"]),
    )


def _date(text: str, label: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise BadData(f"'{text}' is no date.", where=label, remedy="Write it as 2010-08-02.") from error


def _rows(resource: Resource) -> tuple[list[str], list[tuple[int, list[str]]], bytes]:
    """Header, rows with their lines, and the bytes that were read."""
    size = resource.path.stat().st_size
    if size > MAX_BYTES:
        raise BadData(
            f"the file has {size:,} bytes.",
            where=resource.shown,
            remedy=f'At most {MAX_BYTES:,} are read cell by cell; ratings of any number with "counted": true.',
        )
    raw = resource.path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(f"byte {error.start} is no UTF-8.", where=resource.shown, remedy="Save it as UTF-8.") from error
    if "\0" in text:
        raise BadData("the file holds zero bytes; it is no text.", where=resource.shown)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    header: list[str] = []
    try:
        for row in reader:
            if not row:
                continue
            if not header:
                header = [cell.strip() for cell in row]
                continue
            if len(row) != len(header):
                raise BadData(
                    f"{len(row)} fields where the header has {len(header)}.",
                    where=resource.shown,
                    line=reader.line_num,
                    remedy="Quote a field that contains a comma; separate fields by commas.",
                )
            rows.append((reader.line_num, row))
    except csv.Error as error:
        raise BadData(f"this is not CSV: {error}.", where=resource.shown, line=reader.line_num) from error
    if not header:
        raise BadData("the file is empty.", where=resource.shown)
    if doubled := [column for column in header if header.count(column) > 1]:
        raise BadData(f"column '{doubled[0]}' stands twice.", where=resource.shown, line=1)
    return header, rows, raw
