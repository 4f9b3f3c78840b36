"""What is tracked beside the scorecard: a client's self-assessment, its objectives, its activity.

Three instruments in ``params/instruments/beside/`` say what is asked, and which answers others have
published.  A client's own figures lie beside the scores, one file a client and wave:
``datasets/DATASET/beside/WAVE/CLIENT.yaml``.  Answers of an agency's own pool of clients, where it has
some, are counted in ``_pool.yaml`` of the same folder.  A client without a file has none of it: no
section, no sentence.

Nothing here imports pandas, computes a statistic or words a sentence.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kernels_lib.errors import BadData, BadParameters, ScorecardError, UnknownName
from kernels_lib.paths import shown
from kernels_lib.study.instrument import Identifier, Status
from kernels_lib.study.language import SOURCE
from kernels_lib.study.results import Basis
from kernels_lib.study.validation import ANY, Quoted, Spoken, check_model, joined
from kernels_lib.study.yamlfile import YamlFile, read_yaml

FOLDER = "beside"
POOL = "_pool"
INSTRUMENTS = "params/instruments/beside"
# Sections of a client's report, and the key of its file that each needs.
SECTIONS = ("self_assessment", "objectives", "activity")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True, defer_build=True)


class _Sourced(_Part):
    """A part that says of each field whether the source gives it (published) or we chose it (assumed)."""

    status: dict[str, Status] = Field(description="Of each field.")

    @model_validator(mode="after")
    def _every_field_has_a_status(self) -> _Sourced:
        if missing := sorted(set(self.model_fields_set) - {"id", "status"} - set(self.status)):
            raise ValueError(f"no status (published or assumed) for: {', '.join(missing)}")
        return self


# --- the instruments -------------------------------------------------------------------------


class Item(_Sourced):
    """One yes/no question, and the published share that answers it."""

    id: Identifier = Field(description="Its name in files.")
    question: Spoken = Field(description="What is asked.")
    short: Spoken = Field(description="The same in a few words, for charts.")
    benchmark: Identifier = Field(description="A row of the benchmarks.")
    counts: Literal["yes", "no"] = Field(description="Which answer the published share is a share of.")


class Withdrawn(_Sourced):
    """A figure that its publisher took back: shown with the reason, never compared."""

    benchmark: Identifier = Field(description="A row of the benchmarks.")
    statement: Spoken = Field(description="What it said.")
    reason: Spoken = Field(description="Why it was withdrawn.")


class SelfAssessment(_Part):
    """Yes/no questions that an organisation answers about itself."""

    id: Identifier = Field(description="As its file.")
    name: Spoken = Field(description="Its name in reports.")
    source: Quoted = Field(description="Who made it, as reports cite it.")
    benchmarks: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="A folder in datasets/ with benchmarks.csv.")
    base_note: Spoken = Field(description="What is known of who answered the published questions.")
    items: tuple[Item, ...] = Field(min_length=1, strict=False)
    withdrawn: tuple[Withdrawn, ...] = Field((), strict=False)


class Objective(_Sourced):
    """Something that a programme is for."""

    id: Identifier = Field(description="Its name in files.")
    name: Spoken = Field(description="Its name in reports.")
    kind: Literal["objective", "lifecycle"] = Field(
        description="What a programme is for, or what it does to customers."
    )
    better: Literal["higher", "lower"] = Field(description="Which way is better.")


class Objectives(_Part):
    """What a programme can be for, and what it does to the life of a customer."""

    id: Identifier = Field(description="As its file.")
    name: Spoken = Field(description="Its name in reports.")
    source: Quoted = Field(description="Who made it, as reports cite it.")
    objectives: tuple[Objective, ...] = Field(min_length=1, strict=False)


class Metric(_Sourced):
    """Something that can be counted about a page; vanity metrics carry no conclusion."""

    id: Identifier = Field(description="Its name in files.")
    name: Spoken = Field(description="Its name in reports.")
    kind: Literal["meaningful", "vanity"] = Field(description="Whether a conclusion may rest on it.")
    unit: Literal["count", "percent"] = Field(description="Of its values.")
    why: Spoken = Field(description="What it is worth, as a sentence.")


class Conversation(_Sourced):
    """The least share of messages that should converse and not sell."""

    least: float = Field(gt=0, lt=1, description="The share.")
    why: Spoken = Field(description="Why, as a sentence.")


class Activity(_Part):
    """What a page's team counts, each marked by what it is worth."""

    id: Identifier = Field(description="As its file.")
    name: Spoken = Field(description="Its name in reports.")
    source: Quoted = Field(description="Who made it, as reports cite it.")
    conversation: Conversation
    metrics: tuple[Metric, ...] = Field(min_length=1, strict=False)


# --- a client's own figures ------------------------------------------------------------------

OwnBasis = Literal["measured", "illustrative"]


class Due(_Part):
    """A value that is to be reached by a day."""

    value: float = Field(description="What is to be reached.")
    by: dt.date = Field(description="The day.")


class Found(_Part):
    """A value that was measured on a day."""

    value: float = Field(description="What was found.")
    on: dt.date = Field(description="The day.")


class Progress(_Part):
    """One objective of a client: where it began, what is agreed, what was measured."""

    measure: Spoken = Field(description="What is counted, such as: qualified leads a quarter.")
    unit: Literal["count", "percent"] = Field("count", description="Of the values.")
    start: float = Field(description="Where it began.")
    milestone: Due = Field(description="What is agreed on the way.")
    target: Due = Field(description="What is agreed in the end.")
    measured: Found = Field(description="What was measured last.")

    @model_validator(mode="after")
    def _ordered(self) -> Progress:
        if self.milestone.by > self.target.by:
            raise ValueError(f"the milestone is due on {self.milestone.by}, after the target on {self.target.by}")
        if self.start == self.target.value:
            raise ValueError(f"start and target are both {self.start:g}: there is no way between them")
        low, high = sorted((self.start, self.target.value))
        if not low <= self.milestone.value <= high:
            raise ValueError(f"the milestone {self.milestone.value:g} is not between start and target")
        return self


class Messages(_Part):
    """Messages of a period by what they were for; `sampled`: a random sample of them was read, not all."""

    conversation: int = Field(ge=0, description="Those that converse.")
    selling: int = Field(ge=0, description="Those that sell.")
    sampled: bool = Field(False, description="Whether a random sample was read, not all.")

    @model_validator(mode="after")
    def _some(self) -> Messages:
        if not self.conversation + self.selling:
            raise ValueError("no message was counted; leave 'messages' out")
        return self


class Counted(_Part):
    """A metric in a period, and in the one before where that is known."""

    value: float = Field(description="In the period.")
    before: float | None = Field(None, description="In the period before.")


class OwnActivity(_Part):
    """What a client's team counted in a period."""

    from_: dt.date = Field(alias="from", description="First day of the period.")
    to: dt.date = Field(description="Its last day.")
    messages: Messages | None = None
    metrics: dict[str, Counted] = Field(default_factory=dict, description="Metric: what was counted.")

    @model_validator(mode="after")
    def _ordered(self) -> OwnActivity:
        if self.to < self.from_:
            raise ValueError(f"the period ends on {self.to}, before it begins on {self.from_}")
        if not self.metrics and self.messages is None:
            raise ValueError("neither 'messages' nor 'metrics': leave 'activity' out")
        return self


class Figures(_Part):
    """A client's own figures of one wave."""

    basis: OwnBasis = Field(description="measured, or illustrative: made up to show what the section looks like.")
    source: Spoken = Field(description="Who answered and counted, and how.")
    self_assessment: dict[str, Literal["yes", "no"]] | None = Field(
        None, min_length=1, description="Question of the self-assessment: the client's answer."
    )
    objectives: dict[str, Progress] | None = Field(None, min_length=1, description="Objective: how far it is.")
    activity: OwnActivity | None = None


class Answered(_Part):
    """How many of a pool answered yes, of how many that answered."""

    yes: int = Field(ge=0, description="How many.")
    of: int = Field(ge=1, description="Of how many.")

    @model_validator(mode="after")
    def _part_of(self) -> Answered:
        if self.yes > self.of:
            raise ValueError(f"{self.yes} of {self.of} is more than all")
        return self


class Pool(_Part):
    """The answers of an agency's own pool of clients."""

    basis: OwnBasis = Field(description="measured, or illustrative: made up to show what the section looks like.")
    source: Spoken = Field(description="Who asked, whom and how.")
    name: Spoken = Field(description="What the pool is called inside a sentence: our clients.")
    answers: dict[str, Answered] = Field(
        min_length=1, description="Question of the self-assessment: how many said yes."
    )


# --- published shares ------------------------------------------------------------------------


@dataclass(frozen=True)
class Benchmark:
    """A published share; None where its publisher withdrew it.

    `half` is half a unit of its last printed digit; `n` is None where no base was published.
    """

    id: str
    share: float | None
    half: float
    n: int | None
    source: str
    year: int
    line: int


def read_benchmarks(root: Path, name: str, *, where: str = "", line: int | None = None) -> dict[str, Benchmark]:
    """Read ``datasets/NAME/benchmarks.csv``.

    Raises
    ------
    UnknownName
        If there is no such dataset; `where` and `line` say who asked for it.
    BadData
        Every cell that is wrong, at once.
    """
    path = root / "datasets" / name / "benchmarks.csv"
    if not path.is_file():
        known = sorted(each.parent.name for each in (root / "datasets").glob("*/benchmarks.csv"))
        raise UnknownName("set of benchmarks", name, known, where=where or None, line=line)
    label = shown(path, root)
    found: dict[str, Benchmark] = {}
    problems: list[ScorecardError] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        wanted = ("id", "share", "source", "year", "n", "erratum")
        if missing := [column for column in wanted if column not in (reader.fieldnames or ())]:
            raise BadData(f"no column '{missing[0]}'.", where=label, line=1)
        for row in reader:
            try:
                found[row["id"]] = _benchmark(row, label, reader.line_num)
            except BadData as problem:
                problems.append(problem)
    if problems:
        raise joined(problems)
    return found


def _benchmark(row: Mapping[str, str], label: str, line: int) -> Benchmark:
    share, n = row["share"].strip(), row["n"].strip()
    if bool(share) is bool(row["erratum"].strip()):
        found = "has a share and an erratum" if share else "has neither a share nor an erratum"
        raise BadData(
            f"'{row['id']}' {found}.", where=label, line=line, remedy="A withdrawn figure has an erratum, no share."
        )
    try:
        value = float(share) if share else None
        base = int(n) if n else None
        year = int(row["year"])
    except ValueError as error:
        raise BadData(f"a number of '{row['id']}' cannot be read: {error}.", where=label, line=line) from error
    if (value is not None and not 0 <= value <= 1) or (base is not None and base < 1):
        raise BadData(
            f"'{row['id']}' has share '{share}' and n '{n}'.",
            where=label,
            line=line,
            remedy="A share lies between 0 and 1, a base is 1 or more.",
        )
    decimals = len(share.partition(".")[2])
    return Benchmark(row["id"], value, 0.5 * 10.0**-decimals, base, row["source"], year, line)


# --- reading and checking --------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """A client's figures with the instruments they belong to, in one language."""

    figures: Figures
    assessment: SelfAssessment
    objectives: Objectives
    activity: Activity
    benchmarks: Mapping[str, Benchmark] = field(default_factory=dict)
    pool: Pool | None = None

    @property
    def basis(self) -> Basis:
        """What the client's figures rest on."""
        return Basis(self.figures.basis)

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """Sections that these figures fill."""
        return tuple(name for name in SECTIONS if getattr(self.figures, name) is not None)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every text that a report quotes from the instruments and the client's own file."""
        parts: list[Any] = [self.assessment, self.objectives, self.activity, self.figures, self.pool]
        return tuple(sorted({text for part in parts if part for text in _texts(part.model_dump())}))


def _texts(node: Any) -> Iterable[str]:
    if isinstance(node, str) and " " in node:
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _texts(value)


def own_file(root: Path, dataset: str, wave: str, slug: str) -> Path:
    """Where a client's own figures lie, whether there are some or not."""
    return root / "datasets" / dataset / FOLDER / wave / f"{slug}.yaml"


def made_from(root: Path, dataset: str, wave: str, slug: str) -> list[Path]:
    """Every file that a client's sections beside the scorecard are made from; empty where it has none."""
    own = own_file(root, dataset, wave, slug)
    if not own.is_file():
        return []
    shared = sorted((root / INSTRUMENTS).glob("*.yaml")) + sorted((root / "datasets").glob("*/benchmarks.csv"))
    return [path for path in (own, own.with_stem(POOL), *shared) if path.is_file()]


def read_beside(root: Path, dataset: str, wave: str, slug: str, *, language: str = SOURCE) -> Beside | None:
    """A client's own figures of one wave; None where it has none.

    Raises
    ------
    BadParameters, UnknownName, BadData
        Everything that is wrong with its file, the pool's, the instruments and the benchmarks, at once.
    """
    own = own_file(root, dataset, wave, slug)
    if not own.is_file():
        return None
    instruments = [_instrument(root, name, model, language) for name, model in MODELS.items()]
    assessment, objectives, activity = (model for model, _ in instruments)
    file = read_yaml(own, shown(own, root))
    pool_path = own.with_stem(POOL)
    pool_file = read_yaml(pool_path, shown(pool_path, root)) if pool_path.is_file() else None
    figures = check_model(Figures, file, language=language)
    pool = check_model(Pool, pool_file, language=language) if pool_file else None
    origin = instruments[0][1]
    benchmarks = read_benchmarks(root, assessment.benchmarks, where=origin.shown, line=origin.line("benchmarks"))
    problems = [
        *_benchmarks_that_fail(assessment, benchmarks, origin),
        *_unknown(file, "self_assessment", figures.self_assessment, [item.id for item in assessment.items], "question"),
        *_unknown(file, "objectives", figures.objectives, [each.id for each in objectives.objectives], "objective"),
    ]
    if figures.activity:
        known = [metric.id for metric in activity.metrics]
        problems += _unknown(file, ("activity", "metrics"), figures.activity.metrics, known, "metric")
    if pool:
        problems += _unknown(pool_file, "answers", pool.answers, [item.id for item in assessment.items], "question")
    if problems:
        raise joined(problems)
    return Beside(figures, assessment, objectives, activity, benchmarks, pool)


MODELS: dict[str, type[BaseModel]] = {
    "self_assessment": SelfAssessment,
    "objectives": Objectives,
    "activity": Activity,
}


def _instrument(root: Path, name: str, model: type[BaseModel], language: str) -> tuple[Any, YamlFile]:
    path = root / INSTRUMENTS / f"{name}.yaml"
    file = read_yaml(path, shown(path, root))
    return check_model(model, file, language=language), file


def _benchmarks_that_fail(
    assessment: SelfAssessment, benchmarks: Mapping[str, Benchmark], file: YamlFile
) -> Iterable[ScorecardError]:
    """References to benchmarks that are not there, were withdrawn, or were not."""
    for kind, entries in (("items", assessment.items), ("withdrawn", assessment.withdrawn)):
        for place, entry in enumerate(entries):
            line = file.line(kind, place, "benchmark")
            found = benchmarks.get(entry.benchmark)
            if found is None:
                yield UnknownName("benchmark", entry.benchmark, benchmarks, where=file.shown, line=line)
            elif kind == "items" and found.share is None:
                yield BadParameters(
                    f"'{entry.benchmark}' was withdrawn by its publisher and cannot be compared with.",
                    where=file.shown,
                    line=line,
                    remedy="Move it to 'withdrawn', with the reason.",
                )
            elif kind == "withdrawn" and found.share is not None:
                yield BadParameters(
                    f"'{entry.benchmark}' stands here as withdrawn and has a share in the benchmarks.",
                    where=file.shown,
                    line=line,
                    remedy=f"Give line {found.line} of the benchmarks its erratum and no share, or take it away here.",
                )


def _unknown(
    file: YamlFile, key: str | tuple[str, ...], entries: Mapping[str, Any] | None, known: Iterable[str], kind: str
) -> Iterable[ScorecardError]:
    path = (key,) if isinstance(key, str) else key
    known = list(known)
    for name in entries or ():
        if name not in known:
            yield UnknownName(kind, name, known, where=file.shown, line=file.line(*path, name))


def check_beside(
    root: Path, dataset: str, waves: Iterable[str], clients: Iterable[str], *, contents: bool = True
) -> None:
    """Look at every file beside a dataset's scores: its folder is a wave, its name a client's.

    Parameters
    ----------
    root : Path
    dataset : str
    waves, clients : iterable of str
        Those that there are.
    contents : bool, default True
        Whether each file is read, too.

    Raises
    ------
    UnknownName, BadParameters
        Every problem, at once.
    """
    waves, clients = list(waves), set(clients)
    problems: list[ScorecardError] = []
    for path in sorted((root / "datasets" / dataset / FOLDER).glob("*/*.yaml")):
        label = shown(path, root)
        try:
            if path.parent.name not in waves:
                raise UnknownName("wave", path.parent.name, waves, where=label)
            if path.stem != POOL and path.stem not in clients:
                raise UnknownName("client", path.stem, clients, where=label)
            if contents and path.stem == POOL:
                check_model(Pool, read_yaml(path, label), language=ANY)
            elif contents:
                read_beside(root, dataset, path.parent.name, path.stem, language=ANY)
        except ScorecardError as problem:
            problems.append(problem)
    if problems:
        raise joined(problems)
