"""A small executed notebook with every laid-out piece, for the office formats; made by hand like `sample_notebook`."""

from __future__ import annotations

from typing import Any

from nbformat import v4

from kernels_lib.study.results import MIME, Basis, Column, Number, Results, Table
from tests.production import sample_notebook as sample

FACTS = [["Stage", "Adolescence", "from 3 up; cut-off inferred"], ["Rank", "8th of 30, tied with one", ""]]
ANSWER = {
    "score": "3.25", "top": "5", "range": "2.65 to 3.97, depending on the weights", "strip": "", "facts": FACTS,
    "strengths_head": "Strengths: 4 or above", "strengths": [list(row) for row in sample.STRENGTHS],
    "no_strengths": "None yet.", "misses_head": "Missed opportunities: below 4",
    "misses": [list(row) for row in sample.MISSES], "no_misses": "None.", "first_head": "Do this first",
    "first": "Write down what the page is for.", "first_note": "It closes the widest gap.",
}  # fmt: skip
ROWS = [{"bar": "", "met": score >= 4, "name": name, "words": f"{score}"} for name, _, score, *_ in sample.ROWS[:7]]
GATE = {"label": "Seven conditions", "name": "Call to action", "score": "scores 2.5 today", "score_number": "2.5",
        "state": "Gate closed: 3 of 7 conditions met", "rows": ROWS}  # fmt: skip
PLAN = [{"action": action, "name": name, "words": short} for action, name, short in sample.PLAN]
TERMS = [["Firm", "Two kinds of test agree after correction."], ["Unresolved", "The data fit either answer."]]
# Layout to what it lays out: the arguments of its macro.
PIECES: dict[str, list[Any]] = {
    "answer": [ANSWER],
    "summary": [ANSWER],
    "numerals": [[["Firm", "18", "of 28 pairs", "Six hold always.", False], ["≈ Open", "10", "of 28", "", True]],
                 "Made so."],
    "one": ["2.0", "of 4 needed for community expectations", ["Members cannot know what to ask.", "State it."]],
    "rows": ["s", [[number, name, note] for number, name, note in sample.STRENGTHS]],
    "gate_slide": [GATE, PLAN],
    "gate": [GATE],
    "quarter": [[["Days 1 to 30", "State the purpose", "Community expectations", "Done when a rater gives 4."]]],
    "lines": [["Only means were published.", "Scores of single brands are rebuilt."]],
    "say": [[["Firm", False, "The criteria differ."], ["≈ Unresolved", True, "Which is lowest."]]],
    "steps": [[["Answer as named people", "Let the team sign its replies."]], "The order follows the gap."],
    "fold": ["Words used in this report", TERMS],
}  # fmt: skip


def piece(layout: str, content: list[Any], kind: str = "slide") -> Any:
    """An output as the report object makes it for a laid-out piece."""
    return sample.shown(kind, {"text/html": f"<div class='{layout}'></div>"}, layout=layout, content=content)


def results(**changed: Any) -> dict[str, Any]:
    """The least that a report says."""
    number = Number(ref="overall.score", value=3.25, unit="points", text="3.25", basis=Basis.RECONSTRUCTED)
    table = Table(
        id="scorecard-table", caption="Three criteria are on target", basis=Basis.RECONSTRUCTED,
        columns=(Column(key="name", label="Criterion"), Column(key="gap", label="To target", kind="number")),
        rows=({"name": "Dialog", "gap": "+0.5"}, {"name": "Advocacy", "gap": "−1.5"}),
    )  # fmt: skip
    fields = {
        "study": "main", "report": "client", "subject": "brand-19", "subject_name": "Brand 19", "wave": "2010",
        "report_date": "2010-08-02", "basis": Basis.RECONSTRUCTED, "notice": sample.NOTICE,
        "numbers": {number.ref: number}, "tables": (table,), "provenance": {"dataset": "altimeter-2010"},
    } | changed  # fmt: skip
    return Results(**fields).model_dump(mode="json")


def notebook(slides: list[Any] | None = None, said: dict[str, Any] | None = None, **head: Any) -> Any:
    """A page with a summary and a glossary, and a deck of these slides (else one of each piece and two figures)."""
    charts = [sample.figure(sample.signature, "signature"), sample.figure(sample.dumbbell, "dumbbell")]
    figures = [sample.shown("figure", {sample.PLOTLY: chart, "text/plain": "Figure"}) for chart in charts]
    if slides is None:
        slides = [piece(layout, content) for layout, content in PIECES.items()] + figures
    cells = [
        sample.code(sample.masthead(**head), sample.title("Brand 19 keeps its page fresh.", 1), slide="slide"),
        sample.code(piece("summary", [ANSWER], "summary"), tags=("report-only",)),
        sample.markdown("## The scorecard"),
        sample.code(sample.title("Three criteria carry the score"), *figures[:1], tags=("report-only",)),
        sample.code(piece("fold", PIECES["fold"], "fold"), tags=("report-only",)),
        *(sample.code(sample.title(f"Message {number} of the deck"), slide, tags=("slides-only",), slide="slide")
          for number, slide in enumerate(slides, 2)),
        sample.code(sample.shown("results", {MIME: said or results(), "text/plain": "results"})),
    ]  # fmt: skip
    made = v4.new_notebook(cells=cells)
    for at, cell in enumerate(made.cells):
        cell["id"] = f"cell-{at}"
    return made
