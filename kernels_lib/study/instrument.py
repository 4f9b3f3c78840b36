"""An instrument: criteria, scale, stages, and the gate, read from ``params/instruments/``.

Everything that is specific to one questionnaire stands in its YAML file, and each field there
says whether it was published by the source or is assumed by us.  No criterion's name appears in
code.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kernels_lib.errors import BadParameters, UnknownName
from kernels_lib.paths import inside, shown
from kernels_lib.study.language import SOURCE
from kernels_lib.study.numerals import Numerals
from kernels_lib.study.validation import Quoted, Spoken, check_model
from kernels_lib.study.yamlfile import read_yaml

# From so many criteria on each is compared with the overall score: 20 have 190 pairs, 60 have 1,770.
MANY_CRITERIA = 20

Status = Literal["published", "assumed"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True, defer_build=True)


class Unit(_Part):
    """What is scored: a brand, a department."""

    one: Spoken = Field(description="One of them, as in a sentence: brand.")
    many: Spoken = Field(description="Several of them: brands.")


class Decimals(_Part):
    """Decimals of a score and of a mean."""

    score: int = Field(1, ge=0, le=6, description="Of a single score.")
    mean: int = Field(2, ge=0, le=6, description="Of a mean.")


class Scale(_Part):
    """Lowest and highest score, the step between scores (null: continuous), and what they were rounded to."""

    floor: float = Field(description="Lowest score.")
    top: float = Field(description="Highest score.")
    step: float | None = Field(None, gt=0, description="Between two scores; null: any number.")
    rounded_to: float | None = Field(None, gt=0, description="What scores were rounded to before they arrived.")
    status: dict[Literal["floor", "top", "step"], Status] = Field(description="Of each of the three.")

    @model_validator(mode="after")
    def _ordered(self) -> Scale:
        if not self.floor < self.top:
            raise ValueError(f"floor {self.floor:g} is not below top {self.top:g}")
        return self

    def allows(self, score: float) -> bool:
        """Whether `score` lies on the scale and on its grid."""
        if not self.floor <= score <= self.top:
            return False
        if self.step is None:
            return True
        steps = (score - self.floor) / self.step
        return abs(steps - round(steps)) < 1e-6


class Declared(_Part):
    """A number with its status."""

    value: float = Field(description="In points.")
    status: Status = Field(description="Whether the source says it.")


class Stage(_Part):
    """A named band of the scale, from its lower cut-off up to the next."""

    id: Identifier = Field(description="Its name in files.")
    name: Spoken = Field(description="Its name in reports.")
    nickname: Quoted = Field("", description="Another name that the source uses.")
    from_: float = Field(
        alias="from", description="Lower cut-off, in points; the first is at the scale's floor or below."
    )
    status: dict[str, Status] = Field(description="Of each field.")


class Side(_Part):
    """A group of criteria."""

    id: Identifier = Field(description="Its name in files; criteria name it in `side`.")
    name: Spoken = Field(description="Its name in reports.")
    status: Status = Field(description="Whether the source says it.")


class Gate(_Part):
    """A criterion that waits until the others reach a score."""

    criterion: Identifier = Field(description="The one that waits.")
    requires: dict[Literal["others"], float] = Field(description="Score that the others must reach, in points.")
    reason: Spoken = Field(description="Why it waits, as a sentence of the report.")
    status: Status = Field(description="Whether the source says it.")


class Criterion(_Part):
    """One thing that is scored, with the words reports use for it."""

    id: Identifier = Field(description="Its column in the data.")
    name: Spoken = Field(description="Its name in full.")
    short: Spoken = Field(description="Its name in charts and narrow tables.")
    phrase: Spoken = Field(description="What it is about, inside a sentence: taking part in dialog.")
    does: Spoken = Field(description="What a strong one does, after its name: answers its members.")
    lacks: Spoken = Field(description="What a weak one does, after its name: seldom answers.")
    question: Spoken = Field(description="What the rater was asked.")
    side: str = Field("", description="The group that it belongs to.")
    weight: float = Field(1, ge=0, description="In the overall score; only ratios matter.")
    why: Spoken = Field(description="Why it matters, as a sentence.")
    improve: Spoken = Field(description="How to improve, as a sentence.")
    action: Spoken = Field(description="The first step, as a short sentence.")
    status: dict[str, Status] = Field(description="Of each field.")

    @model_validator(mode="after")
    def _every_field_has_a_status(self) -> Criterion:
        fields = {name for name in self.model_fields_set if name not in ("id", "status")}
        if missing := sorted(fields - set(self.status)):
            raise ValueError(f"no status (published or assumed) for: {', '.join(missing)}")
        return self


class Instrument(_Part):
    """Criteria, scale, stages, and the gate of one questionnaire."""

    id: Identifier = Field(description="As its file.")
    name: Spoken = Field(description="Its name in reports.")
    source: Quoted = Field(description="Who made it, as reports cite it.")
    unit: Unit
    decimals: Decimals = Decimals()
    scale: Scale
    target: Declared = Field(description="The score that counts as gained.")
    margin: Declared = Field(description="The smallest difference that matters.")
    stage_rule: Literal["truncation"] = Field("truncation", description="A mean is in the last stage that it reaches.")
    stages: tuple[Stage, ...] = Field(min_length=1, strict=False)  # YAML has lists
    sides: tuple[Side, ...] = Field((), strict=False)
    gate: Gate | None = None
    criteria: tuple[Criterion, ...] = Field(min_length=1, strict=False)

    @model_validator(mode="after")
    def _consistent(self) -> Instrument:
        ids = [criterion.id for criterion in self.criteria]
        if doubled := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"criterion id used twice: {', '.join(doubled)}")
        sides = {side.id for side in self.sides}
        for criterion in self.criteria:
            if criterion.side and criterion.side not in sides:
                raise ValueError(f"criterion '{criterion.id}' names an unknown side '{criterion.side}'")
        cuts = [stage.from_ for stage in self.stages]
        if cuts != sorted(set(cuts)) or cuts[0] > self.scale.floor:
            raise ValueError("stages must rise from the scale's floor, each cut-off once")
        if not self.scale.floor <= self.target.value <= self.scale.top:
            raise ValueError(f"target {self.target.value:g} is outside the scale")
        if self.gate and self.gate.criterion not in ids:
            raise ValueError(f"the gate names an unknown criterion '{self.gate.criterion}'")
        return self

    @property
    def ids(self) -> list[str]:
        """Criterion ids in the instrument's order."""
        return [criterion.id for criterion in self.criteria]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every text that reports quote from the instrument, the longest first."""
        fields = ("name", "short", "phrase", "does", "lacks", "question", "why", "improve", "action")
        texts = {getattr(criterion, field) for criterion in self.criteria for field in fields}
        texts |= {side.name for side in self.sides} | {self.unit.one, self.unit.many}
        if self.gate:
            texts.add(self.gate.reason)
        return tuple(sorted(texts, key=lambda text: (-len(text), text)))

    def __getitem__(self, criterion_id: str) -> Criterion:
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise UnknownName("criterion", criterion_id, self.ids)

    def side_name(self, side_id: str) -> str:
        """Display name of a side, empty for none."""
        return next((side.name for side in self.sides if side.id == side_id), "")

    @property
    def stage_cuts(self) -> list[tuple[float, str, str]]:
        """Lower cut-off, name, and status of the name, rising."""
        return [(stage.from_, stage.name, stage.status.get("name", "assumed")) for stage in self.stages]

    def numerals(self, language: str) -> Numerals:
        """The formatter for this instrument's decimals."""
        return Numerals(language, self.decimals.score, self.decimals.mean)


def read_instrument(
    root: Path, name: str, language: str = SOURCE, *, where: str | None = None, line: int | None = None
) -> Instrument:
    """Read ``params/instruments/NAME.yaml``, its texts in one language.

    Raises
    ------
    UnknownName
        If there is no such instrument; `where` and `line` say who asked for it.
    BadParameters
        If the file is wrong; every problem is named with its line.
    """
    folder = root / "params" / "instruments"
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in known:
        raise UnknownName("instrument", name, known, where=where, line=line)
    path = folder / f"{name}.yaml"
    if not inside(path, folder):
        raise BadParameters("is a link that leaves params/.", where=shown(path, root), remedy="Put the file there.")
    file = read_yaml(path, shown(path, root))
    return check_model(Instrument, file, language=language)
