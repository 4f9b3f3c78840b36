"""A whole dataset: its description, its tables, and all that is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernels_lib.errors import ScorecardError, UnknownName
from kernels_lib.paths import shown
from kernels_lib.study.checking import rules
from kernels_lib.study.checking.problems import Problem, of_error
from kernels_lib.study.checking.tables import Table, read_table
from kernels_lib.study.counts import Counts
from kernels_lib.study.datasets import Dataset, read_dataset, read_means, read_scores
from kernels_lib.study.importing.writing import MadeAgain, make_again
from kernels_lib.study.instrument import Instrument
from kernels_lib.study.language import SOURCE

SCORED = ("scores", "ratings")
# Beyond this, a table is checked while it is counted or read for a report, not cell by cell.
MOST_BYTES = 20_000_000
# Of one kind; the others are counted.
MOST_ERRORS = 1000


@dataclass(frozen=True)
class Inspection:
    """What a dataset holds and what is wrong with it.

    Attributes
    ----------
    tables : tuple of Table
        One a wave, oldest first, as far as they can be read cell by cell.
    counts : mapping of wave to Counts
        Of waves whose ratings are counted.
    imported : str
        The name of the person's own file; empty where the data were not brought in by `import`.
    """

    name: str
    instrument: Instrument | None
    problems: tuple[Problem, ...]
    tables: tuple[Table, ...] = ()
    counts: Mapping[str, Counts] | None = None
    imported: str = ""

    @property
    def errors(self) -> list[Problem]:
        """Those that no report can be made with."""
        return [problem for problem in self.problems if problem.level == "error"]


def inspect(root: Path, name: str, instrument: Instrument | None, language: str = SOURCE) -> Inspection:
    """Look at a dataset, every wave of it.

    Raises
    ------
    UnknownName
        If there is no such dataset.
    """
    folder = root / "datasets" / name
    known = sorted(path.parent.name for path in (root / "datasets").glob("*/datapackage.json"))
    if name not in known:
        raise UnknownName("dataset", name, known)
    problems: list[Problem] = []
    try:
        datasets = _waves(root, name, language)
        made = make_again(folder)
    except ScorecardError as error:
        return Inspection(name, instrument, tuple(of_error(error)))
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    tables, counts = [], {}
    for dataset in datasets:
        if dataset.means is not None and instrument is not None:
            problems += _of_means(dataset, instrument)
        if dataset.scores is None:
            continue
        entry = next(e for e in package["resources"] if (folder / e["path"]).resolve() == dataset.scores.path)
        big = dataset.scores.path.stat().st_size > MOST_BYTES
        # One row a rating has no column for a criterion: whoever counts it says what is wrong.
        if not big and dataset.scores.path.suffix == ".csv" and not dataset.scores.criterion_column:
            table = read_table(root, folder, entry, made, dataset.wave, instrument.ids if instrument else ())
            tables.append(table)
            problems += _of_table(folder, package, entry, table, instrument)
        if instrument is not None:
            found, read = _as_reports_read(dataset, instrument, none_yet=not _errors(problems))
            problems += found
            if read is not None:
                counts[dataset.wave] = read
    if not any(dataset.scores for dataset in datasets):
        problems.append(Problem("error", "no resource has the role 'scores' or 'ratings'.", file=datasets[0].shown))
    problems += _checksums(folder, package, made, shown(folder / "datapackage.json", root))
    imported = made.sheet.file if made else ""
    return Inspection(name, instrument, tuple(dict.fromkeys(problems)), tuple(tables), counts, imported)


def _errors(problems: Sequence[Problem]) -> bool:
    return any(problem.level == "error" for problem in problems)


def _waves(root: Path, name: str, language: str) -> list[Dataset]:
    newest = read_dataset(root, name, language=language)
    found = [newest]
    while found[0].before:
        found.insert(0, read_dataset(root, name, found[0].before, language=language))
    return found


def _of_table(
    folder: Path, package: Mapping[str, Any], entry: Mapping[str, Any], table: Table, instrument: Instrument | None
) -> list[Problem]:
    scale = (instrument.scale.floor, instrument.scale.top) if instrument else None
    problems = list(rules.of_original(table))
    problems += rules.of_schema(table, _by_frictionless(folder, package, entry), scale)
    if instrument is not None:
        problems += rules.of_instrument(table, instrument, problems)
    names = list(rules.of_names(table, instrument.unit.one if instrument else table.header[table.unit]))
    # A row that is to be deleted has no other problems worth mending.
    gone = {(one.file, one.sheet, one.row) for one in names if one.wrong.endswith(rules.COUNTED_TWICE)}
    return [*(one for one in problems if (one.file, one.sheet, one.row) not in gone or one.row is None), *names]


def _by_frictionless(folder: Path, package: Mapping[str, Any], entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What frictionless finds in one table, by row and field."""
    from frictionless import Package

    described = {key: value for key, value in package.items() if key != "resources"} | {"resources": [entry]}
    report = Package.from_descriptor(described, basepath=str(folder)).validate(limit_errors=MOST_ERRORS)
    wanted = ["type", "rowNumber", "fieldName", "cell", "message", "note"]
    return [dict(zip(wanted, error, strict=True)) for error in report.flatten(wanted)]


def _as_reports_read(
    dataset: Dataset, instrument: Instrument, *, none_yet: bool
) -> tuple[list[Problem], Counts | None]:
    """What the reader of reports says; told only where nothing else was found, because it stops at the first."""
    assert dataset.scores is not None
    try:
        return [], read_scores(dataset.scores, instrument).counts
    except ScorecardError as error:
        return (of_error(error) if none_yet else []), None


def _of_means(dataset: Dataset, instrument: Instrument) -> list[Problem]:
    """What the reader of published means says."""
    assert dataset.means is not None
    try:
        read_means(dataset.means, instrument)
    except ScorecardError as error:
        return of_error(error)
    return []


def _checksums(folder: Path, package: Mapping[str, Any], made: MadeAgain | None, label: str) -> list[Problem]:
    from hashlib import sha256

    found = []
    for entry in package.get("resources", []):
        path = folder / str(entry.get("path", ""))
        where = f"datasets/{folder.name}/{entry.get('path')}"
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            continue
        if "hash" in entry and f"sha256:{sha256(path.read_bytes()).hexdigest()}" != entry["hash"]:
            mend = (
                "Mend the original and import it again with --replace." if made else "Record the new one in its place."
            )
            found.append(Problem("warning", f"differs from the checksum in {label}.", mend, file=where))
    if made is not None and not made.as_recorded:
        where = f"datasets/{folder.name}/original/{made.original.name}"
        mend = f"Import it again: scorecard import {where} --as {folder.name} --replace"
        found.append(
            Problem("warning", "the original is another file than the one that was imported.", mend, file=where)
        )
    return found
