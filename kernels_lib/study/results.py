"""What leaves a notebook as data: the contract between analysis and production.

A notebook's last cell displays one `Results` under the MIME type `MIME`.  Exporters take it out
of the page; office formats, gates and comparisons read it and need no import of analysis.
Nothing here imports pandas.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MIME = "application/vnd.scorecard.results+json"


class Basis(StrEnum):
    """What a number rests on; every number, ledger row and figure carries one."""

    MEASURED = "measured"  # raw data at hand
    PUBLISHED = "published"  # printed by the source
    RECONSTRUCTED = "reconstructed"  # from a table rebuilt to match published means
    EVERY_TABLE = "every table"  # true of all tables consistent with the published means
    ILLUSTRATIVE = "illustrative"  # made up to show what a section looks like


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Number(_Record):
    """One number as it is stated: prose refers to it by `ref`."""

    ref: str
    value: float | None
    unit: str = ""
    text: str
    basis: Basis


class Claim(_Record):
    """What a statement says of one question of the ledger: that it is settled, or that it is not."""

    question: str
    firm: bool


class Sentence(_Record):
    """One statement, the numbers it states, and the questions of the ledger that it speaks of."""

    id: str
    text: str
    html: str
    refs: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()


class Column(_Record):
    """A column of a table: `kind` decides alignment and format."""

    key: str
    label: str
    unit: str = ""
    kind: Literal["text", "number"] = "text"


class Table(_Record):
    """A table of a report as plain values."""

    id: str
    caption: str
    note: str = ""
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    basis: Basis


class FigureRecord(_Record):
    """What a figure says; the drawing itself stays in the notebook."""

    id: str
    message: str
    alt: str
    how_to_read: str
    basis: Basis
    claims: tuple[Claim, ...] = ()


class Test(_Record):
    """One row of the test ledger: one p-value and what it carries.

    Attributes
    ----------
    id : str
        Unique in its report.
    about : str
        The question, such as ``"pairs.first.second"``.  The tests of ranks and of means of one
        question share it, and so share `firm`.
    p_value : float or None
        None where the question cannot be tested; `conclusion` then says why.
    n_used : int
        Observations that can speak for either side.
    ties, zeros : int or None
        None where the method has neither.
    smallest_p : float or None
        The smallest p-value that n, ties and zeros allow, before the correction.
    detectable : float or None
        The smallest effect that this test finds in four of five such studies, at the level of the
        family's first step, in the unit of `effect`.
    firm : bool
        Whether the conclusion stands: every track of the question passes after the correction.
    apa : str
        The result in the style of the American Psychological Association.
    """

    __test__ = False  # not a pytest class

    id: str
    about: str
    family: str
    family_size: int
    question: str
    subject: str
    method: str
    exactness: Literal["exact", "asymptotic", "permutation", "worst case", "not tested"]
    n_used: int
    ties: int | None = None
    zeros: int | None = None
    statistic: float | None = None
    df: float | None = None
    p_value: float | None
    p_adjusted: float | None
    correction: str
    alpha: float
    effect_name: str = ""
    effect: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float | None = None
    smallest_p: float | None = None
    detectable: float | None = None
    firm: bool = False
    conclusion: str
    apa: str = ""
    basis: Basis


class Criterion(_Record):
    """One criterion over the brands of the study or of one industry."""

    id: str
    name: str
    side: str
    n: int
    mean: float
    ci_low: float | None
    ci_high: float | None
    ci_level: float | None
    target: float
    stage: str
    stage_status: str
    verdict: Literal["strength", "missed opportunity", "unresolved"]
    grade: str
    published_mean: float | None = None
    basis: Basis
    ci_basis: Basis


class Results(_Record):
    """Everything that one report states."""

    schema_version: Literal[1] = 1
    study: str
    report: str
    subject: str
    subject_name: str
    wave: str
    report_date: str
    basis: Basis
    notice: str
    headline: str = ""
    summary: dict[str, Any] = Field(default_factory=dict)
    criteria: tuple[Criterion, ...] = ()
    brands: tuple[dict[str, Any], ...] = ()
    industries: tuple[dict[str, Any], ...] = ()
    numbers: dict[str, Number] = Field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    figures: tuple[FigureRecord, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    tests: tuple[Test, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict)
    provenance: dict[str, str] = Field(default_factory=dict)
