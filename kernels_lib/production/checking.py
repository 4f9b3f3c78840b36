"""A check before any report is made: data, parameters, notebooks and words; every problem at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kernels_lib.errors import ScorecardError
from kernels_lib.production.build import Plan, Request, plan
from kernels_lib.study.checking.drafts import still_drafted
from kernels_lib.study.checking.inspection import Inspection, inspect
from kernels_lib.study.checking.problems import Problem, of_error
from kernels_lib.study.importing.bringing import study_of
from kernels_lib.study.instrument import Instrument, read_instrument
from kernels_lib.study.language import SOURCE
from kernels_lib.study.messages import missing
from kernels_lib.study.params import Effective, layer_files, parse_overrides, read_layers
from kernels_lib.study.validation import ANY


@dataclass(frozen=True)
class Checked:
    """What was found.

    Attributes
    ----------
    summary : dict
        What is there: of each wave the numbers of units, criteria, raters and scores, and more.
    next : tuple of str
        Commands that come next.
    """

    problems: tuple[Problem, ...]
    summary: dict[str, Any]
    verdict: str
    next: tuple[str, ...] = ()

    @property
    def errors(self) -> list[Problem]:
        """Those that no report can be made with."""
        return [problem for problem in self.problems if problem.level == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """Those that a person should look at."""
        return [problem for problem in self.problems if problem.level == "warning"]

    def as_object(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "ok": not self.errors,
            **self.summary,
            "errors": [problem.as_object() for problem in self.errors],
            "warnings": [problem.as_object() for problem in self.warnings],
            "verdict": self.verdict,
            "next": list(self.next),
        }


@dataclass
class _Finding:
    """What is gathered on the way."""

    problems: list[Problem] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)


# `analysis.screening.screen`, handed in because production does not import analysis.
Screen = Callable[..., Any]


def check(root: Path, dataset: str, study: str, overrides: Sequence[str], *, screen: Screen) -> Checked:
    """Check a dataset, and the study that uses it.

    Parameters
    ----------
    root : Path
    dataset : str
        A folder in datasets/; empty: the study's own.
    study : str
        Empty: the main one; with a dataset, the study that uses it, if one does.
    overrides : sequence of str
    screen : callable
        Summarises a table and looks for odd patterns.

    Raises
    ------
    UnknownName
        If there is no such dataset or study.
    """
    found = _Finding()
    used_by: str | None = study
    if dataset and not study:
        used_by = study_of(root, dataset)
    effective = None if used_by is None else _effective(root, used_by, overrides, found)
    name = dataset or (effective.values.dataset if effective else "")
    if not name:
        return _verdict(found, "", used_by)
    instrument = _instrument(root, name, effective, found)
    language = effective.values.language if effective else SOURCE
    inspected = inspect(root, name, instrument, language)
    found.problems += inspected.problems
    _summarise(inspected, screen, found)
    if instrument is not None:
        found.problems += still_drafted(root, instrument)
    if used_by is not None and (not dataset or effective is None or effective.values.dataset == dataset):
        _check_study(root, used_by, overrides, effective, found, data_well=not inspected.errors)
    return _verdict(found, name, used_by, inspected)


def _effective(root: Path, study: str, overrides: Sequence[str], found: _Finding) -> Effective | None:
    """The study's parameters; None, and what is wrong with them, where they cannot be read."""
    pairs = tuple(pair for text in overrides for pair in parse_overrides(text))
    try:
        return read_layers(root, study, overrides=pairs, language=ANY)
    except ScorecardError as error:
        found.problems += of_error(error)
        return None


def _instrument(root: Path, name: str, effective: Effective | None, found: _Finding) -> Instrument | None:
    wanted = effective.values.instrument if effective else _imported_with(root, name)
    if not wanted:
        return None
    try:
        return read_instrument(root, wanted, ANY)
    except ScorecardError as error:
        found.problems += of_error(error)
        return None


def _imported_with(root: Path, name: str) -> str:
    """The instrument that an imported dataset names."""
    import json

    path = root / "datasets" / name / "datapackage.json"
    if not path.is_file():
        return ""
    own = json.loads(path.read_text(encoding="utf-8")).get("scorecard", {}).get("import", {})
    return str(own.get("mapping", {}).get("instrument", ""))


def _summarise(inspected: Inspection, screen: Screen, found: _Finding) -> None:
    instrument = inspected.instrument
    found.summary["dataset"] = inspected.name
    if inspected.imported:
        found.summary["imported_from"] = inspected.imported
    found.summary["unit"] = instrument.unit.many if instrument else "units"
    waves = []
    for table in inspected.tables if instrument else ():
        screened = screen(table, instrument, (inspected.counts or {}).get(table.wave))
        # Patterns of the newest wave, which is reported; an older one can hardly be asked about again.
        found.problems += screened.odd if table is inspected.tables[-1] else ()
        waves.append(screened.summary)
    found.summary["waves"] = waves
    if waves:
        newest = waves[-1]
        found.summary |= {
            "wave": newest["wave"],
            "units": newest["units"],
            "criteria": newest["criteria"],
            "industries": newest["industries"],
            "missing_scores": newest["missing"],
        }


def _check_study(
    root: Path,
    study: str,
    overrides: Sequence[str],
    effective: Effective | None,
    found: _Finding,
    *,
    data_well: bool,
) -> None:
    """Parameters, notebooks and words; without sound data, what can be judged without them."""
    if not data_well or effective is None:
        found.problems += _without_data(root, study, effective)
        return
    try:
        planned = plan(Request(root=root, study_name=study, overrides=tuple(overrides)), thorough=True)
    except ScorecardError as error:
        found.problems += of_error(error)
        return
    _facts(planned, found)


def _without_data(root: Path, study: str, effective: Effective | None) -> Iterable[Problem]:
    readers: list[Callable[[], Any]] = [
        lambda: layer_files(root, study, "industries"),
        lambda: layer_files(root, study, "clients"),
    ]
    problems: list[Problem] = []
    for read in readers:
        try:
            read()
        except ScorecardError as error:
            problems += of_error(error)
    if effective is not None:
        for error in missing(root, effective.values.language):
            problems += of_error(error)
    return problems


def _facts(planned: Plan, found: _Finding) -> None:
    roster = planned.roster
    assert roster.scores is not None, "a plan has scores"
    found.summary |= {
        "dataset": roster.dataset.name,
        "wave": roster.dataset.wave,
        "units": len(roster.scores.units),
        "criteria": len(roster.instrument.criteria),
        "industries": len(roster.industries),
        "clients": len(roster.clients),
        "missing_scores": sum(score is None for row in roster.scores.values for score in row),
        "reports": len(planned.jobs),
    }
    told = " ".join(problem.where for problem in found.problems)
    found.problems += [
        Problem("warning", warning)
        for warning in planned.warnings
        if not (
            roster.dataset.scores
            and warning.startswith(roster.dataset.scores.shown)
            and roster.dataset.scores.shown in told
        )
    ]


def _verdict(found: _Finding, name: str, study: str | None, inspected: Inspection | None = None) -> Checked:
    problems = tuple(dict.fromkeys(found.problems))
    errors = sum(problem.level == "error" for problem in problems)
    of_study = f" --study {study}" if study else ""
    if errors:
        said = f"{errors} {'error' if errors == 1 else 'errors'}: no report can be made, or it would be wrong."
        imported = inspected.imported if inspected else ""
        again = f"mend {imported}, then: scorecard import {imported} --as {name} --replace"
        return Checked(problems, found.summary, said, (again,) if imported and inspected and inspected.errors else ())
    if study is None:
        said = f"The data are well. No study uses them: write params/studies/{name}/study.yaml."
        return Checked(problems, found.summary, said)
    reports = found.summary.get("reports", 0)
    said = f"Data, parameters and notebooks are well; `scorecard build{of_study}` would make {reports} reports."
    return Checked(problems, found.summary, said, (f"scorecard build{of_study}",))
