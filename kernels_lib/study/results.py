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
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Number(_Record):
    """One number as it is stated: prose refers to it by `ref`."""

    ref: str = Field(description="The name under which every format states it.")
    value: float | None = Field(description="With all its digits.")
    unit: str = Field("", description="Such as points, rank or share.")
    text: str = Field(description="As the report writes it.")
    basis: Basis


class Claim(_Record):
    """What a statement says of one question of the ledger: that it is settled, or that it is not."""

    question: str = Field(description="As `about` of the rows of the ledger.")
    firm: bool = Field(description="Whether it says that the question is settled.")


class Sentence(_Record):
    """One statement, the numbers it states, and the questions of the ledger that it speaks of."""

    id: str = Field(description="Unique in its report.")
    text: str = Field(description="The statement.")
    html: str = Field(description="The same with its numbers marked.")
    refs: tuple[str, ...] = Field((), description="Numbers that it states.")
    claims: tuple[Claim, ...] = Field((), description="What it says of questions of the ledger.")


class Column(_Record):
    """A column of a table: `kind` decides alignment and format."""

    key: str = Field(description="Its key in each row.")
    label: str = Field(description="Its head.")
    unit: str = Field("", description="Of its numbers.")
    kind: Literal["text", "number"] = Field("text", description="What it holds.")


class Table(_Record):
    """A table of a report as plain values."""

    id: str = Field(description="Unique in its report.")
    caption: str = Field(description="What it shows.")
    note: str = Field("", description="What stands below it.")
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...] = Field(description="Values by the columns' keys.")
    basis: Basis


class FigureRecord(_Record):
    """What a figure says; the drawing itself stays in the notebook."""

    id: str = Field(description="Unique in its report.")
    message: str = Field(description="What it shows, as a sentence.")
    alt: str = Field(description="The same for who cannot see it.")
    how_to_read: str = Field(description="How to read it.")
    basis: Basis
    claims: tuple[Claim, ...] = Field((), description="What its message says of questions of the ledger.")


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

    schema_version: Literal[1] = Field(1, description="Of this list of keys.")
    study: str = Field(description="Folder of the study; main is the main one.")
    report: str = Field(description="study, methods, industry or client.")
    subject: str = Field(description="Folder of the client or industry; empty for the study's own reports.")
    subject_name: str = Field(description="Its name in the report.")
    wave: str = Field(description="Round of data.")
    report_date: str = Field(description="As 2010-08-02.")
    basis: Basis = Field(description="What the scores rest on.")
    notice: str = Field(description="What every document must say of them; empty where nothing.")
    headline: str = Field("", description="The report's first statement.")
    summary: dict[str, Any] = Field(default_factory=dict, description="What the list of reports shows of it.")
    criteria: tuple[Criterion, ...] = Field((), description="One for each criterion, as criteria.csv.")
    brands: tuple[dict[str, Any], ...] = Field((), description="Units, where the reader may see them, as brands.csv.")
    industries: tuple[dict[str, Any], ...] = Field((), description="Industries, as industries.csv.")
    numbers: dict[str, Number] = Field(default_factory=dict, description="Every number that is stated, by its name.")
    tables: tuple[Table, ...] = Field((), description="Tables of the report.")
    figures: tuple[FigureRecord, ...] = Field((), description="What each figure says.")
    sentences: tuple[Sentence, ...] = Field((), description="Every statement.")
    tests: tuple[Test, ...] = Field((), description="The ledger, as tests.csv.")
    parameters: dict[str, Any] = Field(default_factory=dict, description="Effective parameters.")
    provenance: dict[str, str] = Field(default_factory=dict, description="What it was made from: data, versions.")
