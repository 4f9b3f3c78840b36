"""Laid-out pieces of a page or a slide: summary, gate, steps, lists, numerals.

A piece lays out statements that `narrative` made; it says nothing of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.narrative.advice import Advice, Condition
from kernels_lib.analysis.narrative.base import Words
from kernels_lib.analysis.narrative.client import ClientWords
from kernels_lib.analysis.narrative.study import StudyWords
from kernels_lib.analysis.rows import by_row
from kernels_lib.analysis.statement import NOTHING, Statement, firm, joined, note, open_, state
from kernels_lib.analysis.tables import environment, score_bar
from kernels_lib.study.language import N_, _, _n
from kernels_lib.study.numerals import Numerals, in_words, listed

MOST_LISTED = 3
MOST_STRENGTHS = 5

# The three months of the next quarter.
SPANS = (N_("Days 1 to 30"), N_("Days 31 to 60"), N_("Days 61 to 90"))


def _piece(identity: str, macro: str, *arguments: Any) -> Statement:
    """Render a macro; the numbers in its statements travel with it."""
    module = environment().get_template("pieces.html.j2").module
    html = Markup(str(getattr(module, macro)(*arguments)).replace("\n", ""))
    inside = list(_statements(arguments))
    numbers = {number.ref: number for statement in inside for number in statement.numbers}
    claims = dict.fromkeys(claim for statement in inside for claim in statement.claims)
    return Statement(
        identity,
        _SEVERAL.sub(" · ", " ".join(Markup(_EDGE.sub(" · ", html)).striptags().split())).strip(" ·"),
        html,
        tuple(numbers.values()),
        tuple(claims),
        layout=macro,
        content=tuple(_plain(argument) for argument in arguments),
    )


# Where one box of a layout ends and the next begins: words on both sides are not one phrase.
_EDGE = re.compile(r"(?=<(?!/?(?:data|b|i|em|sup)\b))")
_SEVERAL = re.compile(r"\s*·[\s·]*")


def _plain(node: Any) -> Any:
    """What a piece says as JSON: texts, truths, lists and mappings; drawings have no words and become empty."""
    if isinstance(node, Statement):
        return node.text
    if isinstance(node, Markup):
        return "" if "<svg" in node or "<i " in node else node.striptags()
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(value) for value in node]
    return node if isinstance(node, bool | int | float) or node is None else str(node)


def _statements(node: Any) -> Iterable[Statement]:
    if isinstance(node, Statement):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _statements(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _statements(value)


def summary(words: ClientWords, advice: Advice) -> Statement:
    """The one-screen summary of a client's page."""
    return _piece("summary", "summary", _answer(words, advice))


def answer(words: ClientWords, advice: Advice) -> Statement:
    """The same as a slide."""
    return _piece("answer", "answer", {**_answer(words, advice), "first_note": NOTHING})


def _answer(words: ClientWords, advice: Advice) -> dict[str, Any]:
    numerals, place = words.study.numerals, words.place
    unscored = math.isnan(place["overall"])
    score = words.numbers.mean("overall.score", place["overall"])
    stage = _stage(words, place["overall"])
    top = numerals.target(words.study.instrument.scale.top)
    return {
        "head": _("Overall score"),
        "score": state("overall.score", "{score}", score=score),
        "top": top,
        "of": _("of {top}").format(top=top),
        "range": NOTHING if unscored else words.overall(),
        "strip": Markup("") if unscored else strip(words),
        "facts": [(_("Stage"), *stage), (_("Rank"), words.rank(), words.rank_range())],
        "strengths_head": _("Strengths: {reach}").format(reach=words.at_target),
        "misses_head": _("Missed opportunities: {reach}").format(reach=words.below_target),
        "strengths": [
            (numerals.score(row["score"]), row["short"], words.strength_note(str(criterion)))
            for criterion, row in by_row(words.strengths.head(MOST_LISTED))
        ],
        "misses": [
            (numerals.score(row["score"]), row["short"], words.miss_note(str(criterion), place))
            for place, (criterion, row) in enumerate(by_row(words.misses.head(MOST_LISTED)))
        ],
        "no_strengths": _no_strengths(words),
        "no_misses": _no_misses(words),
        "first_head": _("Do this first"),
        "first_tag": _("First:"),
        "first": advice.first(),
        "first_note": advice.first_note(),
    }


def _no_strengths(words: ClientWords) -> str:
    if not words.scored:
        return _("No criterion was scored.")
    return _("No criterion is surely on target.") if len(words.close) else _("No criterion is on target yet.")


def _no_misses(words: ClientWords) -> str:
    if not words.scored:
        return _("No criterion was scored.")
    if len(words.close):
        return _("No criterion is surely short of it.")
    return _("None: every criterion is on target.") if words.scored > 1 else _("None: it is on target.")


def _stage(words: ClientWords, overall: float) -> tuple[str, str]:
    from kernels_lib.analysis import scoring

    stage = scoring.stage(overall, words.study.instrument.stage_cuts)
    if not stage.name:
        return _("none"), ""
    cuts = [cut for cut, name, _ in words.study.instrument.stage_cuts if name == stage.name]
    start = words.study.numerals.target(cuts[0])
    if stage.status == "assumed":
        return stage.name, _("from {start} up; the stage's name is ours").format(start=start)
    return stage.name, _("from {start} up; cut-off inferred").format(start=start)


def strip(words: ClientWords) -> Markup:
    """The overall score on the scale, with its range and the middle half of all units."""
    scale, numerals = words.study.instrument.scale, words.study.numerals
    overall = words.shared.league["overall"].dropna()
    width, left, right = 300.0, 6.0, 294.0

    def x(value: float) -> float:
        return round(left + (right - left) * (value - scale.floor) / (scale.top - scale.floor), 1)

    own = float(words.place["overall"])
    enough = len(overall) > words.study.parameters.minimum_base
    quarter, three = (float(overall.quantile(q)) for q in (0.25, 0.75))
    parts = [f'<line class="track" x1="{left}" y1="40" x2="{right}" y2="40"/>']
    if enough:
        parts.append(f'<rect class="band" x="{x(quarter)}" y="34" width="{x(three) - x(quarter):.1f}" height="12"/>')
    parts.append(f'<line class="range" x1="{x(words.place["low"])}" y1="40" x2="{x(words.place["high"])}" y2="40"/>')
    if words.common_target is not None:
        target = words.common_target
        parts.append(f'<line class="target" x1="{x(target)}" y1="28" x2="{x(target)}" y2="52"/>')
        label = _("target {target}").format(target=numerals.target(target))
        # The two labels stand apart: above the line, or the target's below it where they would meet.
        height = 24 if abs(x(target) - x(own)) > 62 else 70
        parts.append(f'<text x="{x(target)}" y="{height}" text-anchor="middle">{label}</text>')
    parts.append(f'<circle class="me" cx="{x(own)}" cy="40" r="6.5"/>')
    parts.append(f'<text class="ink b" x="{x(own)}" y="24" text-anchor="middle">{numerals.mean(own)}</text>')
    for value in (scale.floor, scale.top):
        parts.append(f'<text class="ax" x="{x(value)}" y="70" text-anchor="middle">{numerals.target(value)}</text>')
    middle = (x(quarter) + x(three)) / 2
    if enough and (words.common_target is None or height == 24 or abs(middle - x(words.common_target)) > 80):
        parts.append(f'<text class="ax" x="{middle:.1f}" y="64" text-anchor="middle">{_("middle half")}</text>')
    title = _("Overall score {score} on the scale from {floor} to {top}").format(
        score=numerals.mean(own), floor=numerals.target(scale.floor), top=numerals.target(scale.top)
    )
    return Markup(
        f'<svg class="strip" viewBox="0 0 {width:g} 76" role="img" aria-label="{title}">' + "".join(parts) + "</svg>"
    )


def noise(words: ClientWords) -> Statement:
    """What is firm, unresolved, and beyond testing, as a list."""
    return _piece("noise", "say", words.noise_items())


def say(identity: str, items: Sequence[tuple[str, bool, Statement]]) -> Statement:
    """A list of statements, each with the grade of its evidence."""
    return _piece(identity, "say", list(items))


def _gate(advice: Advice) -> dict[str, Any]:
    words = advice.words
    numerals, scale = words.study.numerals, words.study.instrument.scale
    needed = advice.gate.requires["others"] if advice.gate else 0
    rows = [
        {
            "met": condition.met,
            "name": words.study.instrument[condition.criterion].short,
            "keep": _("Keep: {name}").format(name=words.study.instrument[condition.criterion].short),
            "bar": Markup('<span class="sb"></span>')
            if math.isnan(condition.score)
            else score_bar(condition.score, needed, scale.floor, scale.top),
            "words": _condition(condition, needed, numerals),
        }
        for condition in advice.conditions
    ]
    gated = words.study.instrument[advice.gate.criterion]
    own = words.rows[gated.id]["score"]
    met = sum(condition.met for condition in advice.conditions)
    label = _n("One condition", "{count} conditions", len(rows)).format(count=in_words(len(rows)))
    state_words = (
        _n("Gate open: {met} of {total} condition met", "Gate open: {met} of {total} conditions met", len(rows))
        if advice.open
        else _n(
            "Gate closed: {met} of {total} condition met", "Gate closed: {met} of {total} conditions met", len(rows)
        )
    )
    return {
        "label": _upper_first(label),
        "rows": rows,
        "name": gated.short,
        "score": _("not scored") if math.isnan(own) else _("scores {score} today").format(score=numerals.score(own)),
        "score_number": numerals.score(own),
        "state": state_words.format(met=met, total=len(rows)),
    }


def _condition(condition: Condition, needed: float, numerals: Numerals) -> str:
    if math.isnan(condition.score):
        return _("not scored")
    if condition.met:
        return _("open, {score}").format(score=numerals.score(condition.score))
    return _("{gap} short").format(gap=numerals.score(needed - condition.score))


def gate(advice: Advice) -> Statement:
    """The gate and its conditions; nothing where the instrument has none."""
    if advice.gate is None:
        return NOTHING
    return _piece("gate", "gate", _gate(advice))


def steps(advice: Advice) -> Statement:
    """Numbered steps, the first thing first."""
    if not advice.steps and len(advice.words.close):
        return state("steps", "<p>No gap is sure. Have it scored by further raters, then decide what to change.</p>")
    if not advice.steps:
        return state("steps", "<p>There is no gap to close. Hold what is there and score again in the next wave.</p>")
    return _piece("steps", "steps", [advice.step(criterion) for criterion in advice.steps], advice.order())


def gate_slide(advice: Advice) -> Statement:
    """The steps, what to keep, and the gate, as a slide."""
    words, numerals = advice.words, advice.words.study.numerals
    plan = [
        {
            "action": words.study.instrument[criterion].action.rstrip("."),
            "name": words.study.instrument[criterion].short,
            "words": _("{gap} short").format(gap=numerals.score(-words.rows[criterion]["gap"])),
        }
        for criterion in advice.steps
    ]
    keep = (
        _gate(advice)
        if advice.gate
        else {
            "label": _("Steps"),
            "name": "",
            "rows": [
                {
                    "met": True,
                    "name": row["short"],
                    "keep": _("Keep: {name}").format(name=row["short"]),
                    "words": numerals.score(row["score"]),
                }
                for __, row in by_row(words.strengths.head(MOST_LISTED))
            ],
        }
    )
    if not plan and not any(row["met"] for row in keep["rows"]):
        return lines("gate.slide", [advice.first()])
    return _piece("gate.slide", "gate_slide", keep, plan)


def quarter(advice: Advice) -> Statement:
    """The next 90 days: an action a month, and how to know that it worked."""
    words = advice.words
    columns = []
    for when, criterion in zip(SPANS, advice.steps, strict=False):
        entry = words.study.instrument[criterion]
        target = words.study.numerals.target(words.study.targets[criterion])
        done = _("Done at a score of {target}: {question}").format(target=target, question=entry.question)
        columns.append((_(when), entry.action.rstrip("."), entry.short, done))
    return _piece("quarter", "quarter", columns) if columns else NOTHING


def meaning(words: ClientWords) -> Statement:
    """One number and two sentences about the widest gap, or about the strength with the least to spare."""
    first = words.misses.index[0] if len(words.misses) else words.least_to_spare
    if first is None:
        return NOTHING
    criterion = words.study.instrument[str(first)]
    row = words.rows[first]
    score = words.numbers.score(f"criteria.{criterion.id}.score", row["score"])
    target = words.numbers.target(f"criteria.{criterion.id}.target", row["target"])
    head = state("meaning.score", "{score}", score=score)
    if len(words.misses):
        of = note("meaning.of", "of {target} needed for {name}", target=target, name=words.short(criterion.id))
        return _piece("meaning", "one", head, of, [criterion.why, criterion.improve], "verm")
    of = note("meaning.of", "the target is {target}: nowhere is less to spare", target=target)
    return _piece("meaning", "one", head, of, [criterion.why, criterion.improve], "blue")


def strengths(words: ClientWords) -> Statement:
    """The strengths as slide rows; where they are too many for a slide, the first and how many there are beside."""
    count = len(words.strengths)
    if not count:
        return NOTHING
    shown = words.strengths if count <= MOST_STRENGTHS else words.strengths.head(MOST_STRENGTHS - 1)
    lines: list[tuple[Any, ...]] = [
        (
            words.study.numerals.score(row["score"]),
            _upper_first(words.study.instrument[str(criterion)].does),
            words.strength_note(str(criterion)),
        )
        for criterion, row in by_row(shown)
    ]
    if left_out := count - len(shown):
        template = _n(
            "{n} further criterion is left out here; the report shows all",
            "{n} further criteria are left out here; the report shows all",
            left_out,
        )
        lines.append(("", state("strengths.others", template, n=in_words(left_out)), ""))
    return _piece("strengths.rows", "rows", "s", lines)


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def best(words: ClientWords) -> Statement:
    """The three largest distances behind the best quarter as slide rows."""
    rows = words.distances()
    if not len(rows):
        return NOTHING
    lines = [
        (
            words.study.numerals.score(row["behind"]),
            words.study.instrument[str(criterion)].short,
            note(
                f"best.{criterion}",
                "points behind: {own} against {best}",
                own=words.numbers.score(f"criteria.{criterion}.score", row["score"]),
                best=words.numbers.score(f"criteria.{criterion}.best_quarter", row["best_quarter"]),
            ),
        )
        for criterion, row in by_row(rows)
    ]
    return _piece("best.rows", "rows", "b", lines)


def noise_slide(words: Words) -> Statement:
    """How many pairs are firm, unresolved, and what cannot be tested, as numerals."""
    total = len(words.shared.pairs)
    always, here, open_pairs = len(words.firm_always), len(words.firm_here), len(words.unresolved)
    claims = words.claims_of_pairs()
    columns = _overall_columns(words) if words.shared.many else []
    if always + here:
        of = _("of {total} pairs of criteria").format(total=total)
        columns.append((_("Firm"), str(always + here), of, _firm_pairs(words).claiming(claims), False))
    if open_pairs:
        why = words.unsettled_short()
        if not why.text:
            why = state("noise.unsettled", "These data do not put them in order.").claiming(claims)
        columns.append((_("≈ Unresolved"), str(open_pairs), _("of {total} pairs").format(total=total), why, True))
    tested = getattr(words, "card", pd.DataFrame())
    # Of many criteria three numerals fill the slide; the page says what cannot be tested.
    if "p_value" in tested and len(columns) < 3:
        flat = int((tested["p_value"].isna() & (tested["base"] >= 2)).sum())
        of = _n("of one criterion against peers", "of {total} criteria against peers", len(tested))
        if flat:
            columns.append(
                (_("Cannot be tested"), str(flat), of.format(total=len(tested)), words.untestable_short(), True)
            )
    return _piece("noise.numerals", "numerals", columns, "")


def _overall_columns(words: Words) -> list[tuple[str, str, str, Statement, bool]]:
    """How many of many criteria are above the overall score, below it, and neither; which are the farthest off."""
    high, low, rest = words.apart()
    of = _("of {total} criteria").format(total=len(words.shared.card))
    farthest = {True: _("Farthest: {names}."), False: _("Among them: {names}.")}
    columns = []
    for frame, head, kind in (
        (high, _("▲ Above overall"), firm),
        (low, _("▼ Below overall"), firm),
        (rest, _("≈ Unresolved"), open_),
    ):
        if len(frame):
            names = listed([words.short(str(c)) for c in frame.index[:3]])
            said = state("overall.slide", farthest[kind is firm], names=names)
            said = said.claiming(kind(*(question("overall", str(c)) for c in frame.index)))
            columns.append((head, str(len(frame)), of, said, kind is open_))
    return columns


def overall(words: Words) -> Statement:
    """Which of many criteria stand apart from the overall score, as a list."""
    return say("overall.items", words.overall_items())


def _firm_pairs(words: Words) -> Statement:
    """Where the firm pairs hold: in every table, or only in these scores."""
    always, here = len(words.firm_always), len(words.firm_here)
    if not words.shared.of_means and not (always and here):
        return state(
            "noise.firm",
            _n(
                "It holds {here}, by a test of ranks and a test of means.",
                "They hold {here}, by a test of ranks and a test of means.",
                here,
            ),
            here=words.here,
        )
    parts = []
    if always:
        parts.append(
            state(
                "noise.firm.always",
                _n(
                    "One holds whatever the single scores were.",
                    "{count} hold whatever the single scores were.",
                    always,
                ),
                count=in_words(always),
            )
        )
    if here:
        parts.append(
            state(
                "noise.firm.here",
                _n("One more holds {here}.", "{count} more hold {here}.", here)
                if always
                else _n("It holds {here}.", "They hold {here}.", here),
                count=in_words(here),
                here=words.here,
            )
        )
    return joined("noise.firm", parts)


def numerals(
    identity: str, columns: Sequence[tuple[Any, Any, Any, Any, bool]], source: Statement = NOTHING
) -> Statement:
    """Large numerals side by side: head, number, of what, words, quiet."""
    return _piece(identity, "numerals", list(columns), source if source.text else "")


def lines(identity: str, paragraphs: Sequence[Statement]) -> Statement:
    """Short paragraphs of a slide."""
    return _piece(identity, "lines", [line for line in paragraphs if line.text])


def glossary(rows: Sequence[tuple[str, str]]) -> Statement:
    """The words used in a report, folded away."""
    return _piece("glossary", "fold", _("Words used in this report"), list(rows))


def certainties(words: StudyWords) -> Statement:
    """The first few certain counts, as slide rows."""
    rows = [("", name, text) for name, _, text in words.certainties()[:5]]
    return _piece("certain.rows", "rows", "plain", rows) if rows else NOTHING


def group_advice(words: StudyWords) -> Statement:
    """What raises the lowest criteria, as slide rows."""
    card = words.shared.card.dropna(subset=["mean"]).sort_values("mean", kind="stable")
    gate = words.study.instrument.gate
    rows = [
        (words.study.numerals.mean(row["mean"]), row["short"], words.study.instrument[str(criterion)].action)
        for criterion, row in by_row(card)
        if gate is None or criterion != gate.criterion
    ]
    return _piece("advice.rows", "rows", "plain", rows[:4])
