"""Tables and the slide of what stands beside the scorecard; what they say comes from `narrative.beside`."""

from __future__ import annotations

import math
from collections.abc import Hashable

import plotly.graph_objects as go
from markupsafe import Markup

from kernels_lib.analysis import charts, pieces
from kernels_lib.analysis.charts.progress import STATES
from kernels_lib.analysis.narrative.beside import BesideWords
from kernels_lib.analysis.rows import Row, by_row
from kernels_lib.analysis.statement import NOTHING, Statement, amount, joined, note, state
from kernels_lib.analysis.tables import ShownTable, provenance, table
from kernels_lib.study.language import _
from kernels_lib.study.numerals import EN_DASH
from kernels_lib.study.results import Basis, Column

# A slide has room for so many numerals beside the share of conversation.
MOST_METRICS = 2


def assessment_table(words: BesideWords) -> ShownTable | None:
    """Every question with the own answer and the published share; withdrawn figures last, without a share."""
    if not len(words.answers):
        return None
    published = words.numbers.on(Basis.PUBLISHED)
    rows: list[dict[str, object]] = []
    for item, row in by_row(words.answers):
        rows.append(
            {
                "question": row["question"],
                "answer": Markup("<b>{}</b>").format(_("yes") if row["answer"] == "yes" else _("no")),
                "share": (
                    published.percent(f"own.assessment.{item}.share", row["share"]),
                    _percent_range(words, row["low"], row["high"]),
                ),
                "same": published.percent(f"own.assessment.{item}.same", row["same"]),
                "pool": _pool(words, row),
            }
        )
    breaks = [len(rows)]
    for entry in words.beside.assessment.withdrawn:
        rows.append(
            {
                "question": (entry.statement, entry.reason),
                "answer": EN_DASH,
                "share": _("withdrawn"),
                "same": EN_DASH,
                "pool": EN_DASH if words.pool else "",
            }
        )
    columns = [
        Column(key="question", label=_("Question")),
        Column(key="answer", label=words.name),
        Column(key="share", label=_("Say yes"), unit=_("interval"), kind="number"),
        Column(key="same", label=_("Same answer"), kind="number"),
    ]
    if words.pool:
        columns.append(Column(key="pool", label=_("Pool of clients"), unit=_("interval"), kind="number"))
    sources = dict.fromkeys(
        _("{source}, {year}, n = {n}").format(
            source=row["source"],
            year=int(row["year"]),
            n=_("not published") if math.isnan(row["n"]) else words.study.numerals.fixed(row["n"], 0),
        )
        for __, row in by_row(words.answers)
    )
    return table(
        "assessment-table",
        words.assessment_title().text,
        columns,
        rows,
        basis=words.basis,
        note=Markup(
            _("Answers: {own} &ensp;Shares: {published} {sources}. Intervals of shares are Wilson's, one at a time.")
        ).format(own=provenance(words.basis), published=provenance(Basis.PUBLISHED), sources="; ".join(sources)),
        breaks=breaks if words.beside.assessment.withdrawn else (),
        optional=("same",) if words.pool else (),
    )


def _percent_range(words: BesideWords, low: float, high: float) -> str:
    if math.isnan(low):
        return ""
    fixed = words.study.numerals.fixed
    return _("{low} to {high}%").format(low=fixed(100 * low, 0), high=fixed(100 * high, 0))


def _pool(words: BesideWords, row: Row) -> object:
    if not words.pool or math.isnan(row["pool"]):
        return EN_DASH
    shown = _("{yes} of {n}").format(yes=int(row["pool_yes"]), n=int(row["pool_n"]))
    return shown, _percent_range(words, row["pool_low"], row["pool_high"])


def objectives_table(words: BesideWords) -> ShownTable | None:
    """Measured value, milestone, target and start of every objective: on a phone the first columns are seen first."""
    if not len(words.objectives):
        return None
    date = words.study.numerals.date
    rows = []
    for __, row in by_row(words.objectives):
        sign, state_words = STATES[row["state"]]
        rows.append(
            {
                "objective": (row["name"], row["measure"]),
                "start": row["start_text"],
                "milestone": (row["milestone_text"], _("by {day}").format(day=date(row["milestone_by"]))),
                "target": (row["target_text"], _("by {day}").format(day=date(row["target_by"]))),
                "measured": (
                    Markup("<b>{}</b>").format(row["measured_text"]),
                    _("on {day}").format(day=date(row["measured_on"])),
                ),
                "state": f"{sign} {_(state_words)}",
            }
        )
    return table(
        "objectives-table",
        words.objectives_title().text,
        [
            Column(key="objective", label=_("Objective"), unit=_("what is counted")),
            Column(key="measured", label=_("Measured"), kind="number"),
            Column(key="state", label=_("State")),
            Column(key="milestone", label=_("Milestone"), kind="number"),
            Column(key="target", label=_("Target"), kind="number"),
            Column(key="start", label=_("Start"), kind="number"),
        ],
        rows,
        basis=words.basis,
        note=Markup(_("Values: {own}")).format(own=provenance(words.basis)),
        breaks=_first_of_lifecycle(words),
        optional=("start",),
    )


def _first_of_lifecycle(words: BesideWords) -> list[int]:
    kinds = list(words.objectives["kind"])
    place = kinds.index("lifecycle") if "lifecycle" in kinds else 0
    return [place] if place else []


def activity_table(words: BesideWords) -> ShownTable | None:
    """The meaningful metrics, with the period before where it is known."""
    if not len(words.meaningful):
        return None
    rows = [
        {"metric": (row["name"], row["why"]), **_counted(words, metric, row)}
        for metric, row in by_row(words.meaningful)
    ]
    return table(
        "activity-table",
        _("What a conclusion can rest on"),
        [
            Column(key="metric", label=_("Counted")),
            Column(key="value", label=_("This period"), kind="number"),
            Column(key="before", label=_("Before"), kind="number"),
            Column(key="change", label=_("Change"), kind="number"),
        ],
        rows,
        basis=words.basis,
        subtitle=words.period(),
        note=Markup(_("Values: {own} &ensp;Changes of percentages are in percentage points.")).format(
            own=provenance(words.basis)
        ),
    )


def vanity_table(words: BesideWords) -> ShownTable | None:
    """The vanity metrics, small, each with the reason why nothing rests on it."""
    if not len(words.vanity):
        return None
    rows = [
        {"metric": row["name"], "why": row["why"], **_counted(words, metric, row)}
        for metric, row in by_row(words.vanity)
    ]
    return table(
        "vanity-table",
        _("Counted, and not used"),
        [
            Column(key="metric", label=_("Counted")),
            Column(key="value", label=_("This period"), kind="number"),
            Column(key="before", label=_("Before"), kind="number"),
            Column(key="why", label=_("Why nothing rests on it")),
        ],
        rows,
        basis=words.basis,
        note=Markup(_("Values: {own}")).format(own=provenance(words.basis)),
        small=True,
    )


def _counted(words: BesideWords, metric: Hashable, row: Row) -> dict[str, object]:
    numerals, unit = words.study.numerals, row["unit"]
    known = not math.isnan(row["before"])
    return {
        "value": words.numbers.amount(f"own.activity.{metric}", float(row["value"]), unit),
        "before": amount(numerals, float(row["before"]), unit) if known else EN_DASH,
        "change": amount(numerals, float(row["change"]), "count", signed=True) if known else EN_DASH,
    }


def standing(words: BesideWords) -> go.Figure | None:
    """The own answers among those of everyone asked; None where there are none."""
    if not len(words.answers):
        return None
    return charts.standing(
        words.answers,
        subject=words.name,
        numerals=words.study.numerals,
        message=words.standing_message().text,
        caption=words.standing_caption(),
        basis=words.basis.value,
        pool=words.pool,
    )


def progress(words: BesideWords) -> go.Figure | None:
    """The objectives on their way; None where there are none."""
    if not len(words.objectives):
        return None
    return charts.progress(
        words.objectives,
        numerals=words.study.numerals,
        message=words.objectives_title().text,
        caption=words.progress_caption(),
        basis=words.basis.value,
    )


def activity_slide(words: BesideWords) -> Statement:
    """The share of conversation and the first meaningful metrics large; the vain ones last, in the small print."""
    if not words.has("activity"):
        return NOTHING
    columns = []
    if words.conversation is not None:
        shares = words.shares()
        columns.append(
            (
                _("Conversation"),
                state("own.activity.slide.share", "{share}", share=shares["share"]),
                note("own.activity.slide.of", "of the messages; the rule is {least}", least=shares["least"]),
                words.beside.activity.conversation.why,
                False,
            )
        )
    for metric, row in by_row(words.meaningful.head(MOST_METRICS)):
        counted = _counted(words, metric, row)
        value = state(f"own.activity.slide.{metric}", "{value}", value=counted["value"])
        before = _("{before} before").format(before=counted["before"]) if not math.isnan(row["before"]) else ""
        columns.append((row["name"], value, before, row["why"], False))
    return pieces.numerals("own.activity.slide", columns, joined("own.activity.foot", [words.unused(), words.source()]))
