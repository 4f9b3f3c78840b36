"""The tables of the reports: which rows and columns, in which order.

`tables` renders; what is a table's message comes from `narrative`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby

from markupsafe import Markup

from kernels_lib.analysis import bounds, excerpts, frozen, scoring
from kernels_lib.analysis.findings import Common
from kernels_lib.analysis.ledger import families as findings_of_families
from kernels_lib.analysis.ledger import family_words, is_signed, zeros
from kernels_lib.analysis.narrative import ClientWords, MethodsWords, StudyWords
from kernels_lib.analysis.narrative.since import Since
from kernels_lib.analysis.rows import Row, by_row
from kernels_lib.analysis.statement import note
from kernels_lib.analysis.tables import ShownTable, as_given, provenance, score_bar, table
from kernels_lib.study.language import N_, SOURCE, _, _n, spoken
from kernels_lib.study.numerals import EN_DASH, in_words
from kernels_lib.study.opening import Study
from kernels_lib.study.results import Basis, Column, Number, Test

_FIRM = {"strength": N_("▲ firmly above"), "missed opportunity": N_("▼ firmly below")}
_BY_MEANS = {"strength": N_("▲ above"), "missed opportunity": N_("▼ below")}


def client_scorecard(words: ClientWords) -> ShownTable:
    """A client's scores, one row a criterion, the highest first."""
    study, numerals, numbers = words.study, words.study.numerals, words.numbers
    scale = study.instrument.scale
    card = words.card.assign(group=words.card["group_mean"])
    card = card.sort_values(["score", "group"], ascending=False, kind="stable", na_position="last")
    rows, breaks = [], []
    for place, (criterion, row) in enumerate(by_row(card)):
        if row["verdict"] == "missed opportunity" and not breaks and place:
            breaks.append(place)
        known = not math.isnan(row["score"])
        score = numbers.score(f"criteria.{criterion}.score", row["score"])
        bar = score_bar(row["score"], row["target"], scale.floor, scale.top) if known else Markup("")
        rows.append(
            {
                "criterion": (row["short"], row["side"]),
                "score": (bar + Markup("<b>{}</b>").format(score.text)) if known else _("not scored"),
                "gap": _signed(numbers, str(criterion), row) if known else EN_DASH,
                "stage": row["stage"] or EN_DASH,
                "group": (
                    numbers.mean(f"criteria.{criterion}.group_mean", row["group_mean"]),
                    numerals.interval(row["group_low"], row["group_high"]),
                ),
                "below": _peers_below(row),
            }
        )
    notes = {"basis": provenance(study.basis), "k": in_words(len(card))}
    return table(
        "scorecard-table",
        _reached(words),
        [
            Column(key="criterion", label=_("Criterion")),
            Column(key="score", label=_("Score")),
            Column(key="gap", label=_("To target"), kind="number"),
            Column(key="stage", label=_("Stage")),
            Column(
                key="group",
                label=_("{n} {units}, mean").format(n=study.n_units, units=words.units),
                unit=_("interval"),
                kind="number",
            ),
            Column(key="below", label=_("Peers below"), kind="number"),
        ],
        rows,
        basis=study.basis,
        subtitle=_(
            "Scale {floor} to {top} in steps of {step}. The bar ends at the score, the tick marks the target, the open "
            "part is what is missing."
        ).format(**_ends(study), step=as_given(numerals, scale.step))
        if scale.step
        else _(
            "Scale {floor} to {top}. The bar ends at the score, the tick marks the target, the open part is what is "
            "missing."
        ).format(**_ends(study)),
        note=Markup(
            _(
                "Scores: {basis} &ensp;The interval is at the level at which the group's mean was tested against the "
                "target, {k} criteria together."
                if len(card) > 1
                else "Scores: {basis} &ensp;The interval is at the level at which the group's mean was tested against "
                "the target."
            )
        ).format(**notes),
        breaks=breaks,
        optional=("stage", "below"),
    )


def client_change(since: Since) -> ShownTable | None:
    """A client's scores in both waves, the largest rise first; None where they cannot be compared."""
    if since.table is None or not since.table.rows["change"].notna().any():
        return None
    words, numerals, numbers = since.words, since.words.study.numerals, since.words.numbers
    known = since.table.rows["least"].notna().any()
    reach = {"beyond": _("larger than error"), "within": _("error could be it"), "unknown": _("not known")}
    order = since.table.rows.sort_values("change", ascending=False, kind="stable", na_position="last")
    rows = [
        {
            "criterion": row["short"],
            "before": numbers.score(f"since.{criterion}.before", row["before"])
            if not math.isnan(row["before"])
            else EN_DASH,
            "after": numbers.score(f"criteria.{criterion}.score", row["after"])
            if not math.isnan(row["after"])
            else EN_DASH,
            "change": EN_DASH
            if math.isnan(row["change"])
            else numerals.fixed(row["change"], numerals.mean_decimals, signed=True),
            "reach": EN_DASH if math.isnan(row["change"]) else reach[row["reach"]],
        }
        for criterion, row in by_row(order)
    ]
    columns = [
        Column(key="criterion", label=_("Criterion")),
        Column(key="before", label=_("Wave {wave}").format(wave=since.before), kind="number"),
        Column(key="after", label=_("Wave {wave}").format(wave=words.study.wave), kind="number"),
        Column(key="change", label=_("Change"), unit=_("points"), kind="number"),
    ]
    if known:
        columns.append(Column(key="reach", label=_("Beside error of measurement")))
    return table(
        "change-table",
        _("Your scores then and now"),
        columns,
        rows,
        basis=words.study.basis,
        shown=excerpts.shown_rows(len(rows), _("criterion"), _("criteria")),
    )


def _reached(words: ClientWords) -> str:
    """How many criteria are on target, how many fall short and by how much: the scorecard's message."""
    numerals = words.study.numerals
    hit, miss, close = len(words.strengths), len(words.misses), len(words.close)
    clauses = [
        note("scorecard.hit", _n("{n} criterion is on target", "{n} criteria are on target", hit), n=in_words(hit))
        if hit
        else note("scorecard.hit", "No criterion is on target")
    ]
    if miss:
        least, most = (numerals.score(abs(end)) for end in (words.misses["gap"].max(), words.misses["gap"].min()))
        by = (
            _n("{n} falls short by {most} points", "{n} fall short by {most} points", miss)
            if least == most
            else _("{n} fall short by {least} to {most} points")
        )
        clauses.append(note("scorecard.miss", by, n=in_words(miss), least=least, most=most))
    if close:
        too_close = _n("{n} is too close to call", "{n} are too close to call", close)
        clauses.append(note("scorecard.close", too_close, n=in_words(close)))
    text = "; ".join(clause.text for clause in clauses)
    return text[:1].upper() + text[1:]


def _signed(numbers, criterion: str, row: Row) -> Markup:
    kind = {"strength": "hit", "missed opportunity": "miss"}.get(row["verdict"], "un")
    number = Number(
        ref=f"criteria.{criterion}.gap_signed",
        value=float(row["gap"]),
        unit="points",
        text=numbers.numerals.difference(row["gap"]),
        basis=numbers.basis,
    )
    return Markup('<span class="{}">{}</span>').format(kind, number.text)


def _peers_below(row: Row) -> str:
    if math.isnan(row["below"]):
        return _("withheld") if row["verdict"] != "not scored" else EN_DASH
    below, tied, base = int(row["below"]), int(row["tied"]), int(row["base"])
    if tied == base:
        return _("all tied")
    shown = _("{below} of {base}, {tied} tied") if tied else _("{below} of {base}")
    return shown.format(below=below, base=base, tied=tied)


def group_scorecard(words: StudyWords) -> ShownTable:
    """Every criterion of the group: mean, interval, stage, verdict."""
    study, numbers, shared = words.study, words.numbers, words.shared
    card = shared.card.sort_values("mean", ascending=False, kind="stable", na_position="last")
    rows = [
        {
            "criterion": (row["short"], row["side"]),
            "mean": numbers.mean(f"criteria.{criterion}.mean", row["mean"]),
            "interval": study.numerals.interval(row["ci_low"], row["ci_high"]),
            "target": study.numerals.target(row["target"]),
            "stage": (row["stage"] or EN_DASH, "" if row["stage_status"] == "published" else _("name assumed")),
            "verdict": _verdict(row, shared),
        }
        for criterion, row in by_row(card)
    ]
    sides = _("widest over all tables") if shared.of_means else _("at the family's level")
    return table(
        "group-table",
        _("{k} criteria, from the highest mean to the lowest").format(k=len(card))
        if len(card) > 1
        else card["short"].iloc[0],
        [
            Column(key="criterion", label=_("Criterion")),
            Column(key="mean", label=_("Mean"), kind="number"),
            Column(key="interval", label=_("Interval"), unit=sides, kind="number"),
            Column(key="target", label=_("Target"), kind="number"),
            Column(key="stage", label=_("Stage")),
            Column(key="verdict", label=_("Against the target")),
        ],
        rows,
        basis=shared.basis,
        subtitle=_("Points from {floor} to {top}.").format(**_ends(study)),
        note=Markup(_("Means: {basis} &ensp;Intervals: {intervals}")).format(
            basis=provenance(shared.basis),
            intervals=provenance(Basis.EVERY_TABLE if shared.of_means else shared.basis),
        ),
        optional=("target", "stage"),
    )


def _ends(study: Study) -> dict[str, str]:
    """Both ends of the scale."""
    scale = study.instrument.scale
    return {"floor": as_given(study.numerals, scale.floor), "top": as_given(study.numerals, scale.top)}


def _verdict(row: Row, shared: Common) -> object:
    if row["verdict"] == "unresolved":
        side = {"below": _("mean below, not firm"), "above": _("mean above, not firm")}.get(row["fact"], "")
        return (Markup('<span class="un">{}</span>').format(_("◇ unresolved")), side)
    kind = "hit" if row["verdict"] == "strength" else "miss"
    grade = _("both tests agree")
    if shared.of_means:
        grade = _("in every table, both tests") if row["firm"] else _("in every table, test of means only")
    words = _(_FIRM[row["verdict"]] if row["firm"] else _BY_MEANS[row["verdict"]])
    return (Markup('<span class="{}">{}</span>').format(kind, words), grade)


def reproduced(words: StudyWords) -> ShownTable | None:
    """Published, reproduced, difference, for every criterion, and the stage of both; None without published means."""
    if words.study.published is None:
        return None
    study = words.study
    numbers = words.numbers
    rows = []
    for criterion in study.instrument.criteria:
        printed = float(study.published.mean[criterion.id])
        ours = float(study.scores[criterion.id].mean())
        stage = scoring.stage(ours, study.instrument.stage_cuts).name
        rows.append(
            {
                "criterion": criterion.short,
                "published": numbers.on(Basis.PUBLISHED).mean(f"published.{criterion.id}.mean", printed),
                "reproduced": numbers.on(study.basis).mean(f"reproduced.{criterion.id}.mean", ours),
                "difference": Number(
                    ref=f"reproduced.{criterion.id}.difference",
                    value=ours - printed,
                    unit="points",
                    text=study.numerals.fixed(ours - printed, 4, signed=True),
                    basis=study.basis,
                ),
                "stage": study.published.stage[criterion.id],
                "same": _(
                    "same: {stage}" if stage == study.published.stage[criterion.id] else "differs: {stage}"
                ).format(stage=stage),
            }
        )
    return table(
        "reproduced-table",
        words.reproduced_title().text,
        [
            Column(key="criterion", label=_("Criterion")),
            Column(key="published", label=_("Published"), unit=_("mean"), kind="number"),
            Column(key="reproduced", label=_("Reproduced"), unit=_("mean"), kind="number"),
            Column(key="difference", label=_("Difference"), unit=_("points"), kind="number"),
            Column(key="stage", label=_("Stage as printed")),
            Column(key="same", label=_("Stage reproduced")),
        ],
        rows,
        basis=study.basis,
        subtitle=_(
            "The difference is that of rounding: the reconstruction has the exact totals that the printed means allow."
        ),
        note=Markup(_("Published: {published} &ensp;Reproduced: {reproduced}")).format(
            published=provenance(Basis.PUBLISHED), reproduced=provenance(study.basis)
        ),
        optional=("stage",),
    )


def assumptions(study: Study) -> ShownTable:
    """What is published and what is assumed, field by field of the instrument, and what is rebuilt."""
    instrument = study.instrument
    scale = instrument.scale
    k = len(instrument.criteria)
    rows = [
        _item(
            _("Criteria and their names"),
            [c.status.get("name", "assumed") for c in instrument.criteria],
            _n("{k} criterion. {source}", "{k} criteria. {source}", k).format(k=k, source=instrument.source),
        ),
    ]
    if study.published is not None:
        rows.append(
            _item(
                _("Means and stages"),
                ["published"],
                _("{n} {units}, one mean a criterion").format(n=study.published.n, units=instrument.unit.many),
            )
        )
    from_to = _("from {floor} to {top}, continuous" if scale.step is None else "from {floor} to {top}, steps of {step}")
    step = "" if scale.step is None else as_given(study.numerals, scale.step)
    rows += [
        _item(_("Scale"), list(scale.status.values()), from_to.format(**_ends(study), step=step)),
        _item(_("Target"), [instrument.target.status], as_given(study.numerals, instrument.target.value)),
        _item(
            _("Stage names"),
            [s.status.get("name", "assumed") for s in instrument.stages],
            _apart(
                _("{stage} from {start}").format(stage=s.name, start=as_given(study.numerals, s.from_))
                for s in instrument.stages
            ),
        ),
        _item(
            _("Stage cut-offs"),
            [s.status.get("from", "assumed") for s in instrument.stages],
            _("by truncation: a mean just below a cut-off is in the stage below it"),
        ),
        _item(
            _("Weights"),
            [c.status.get("weight", "assumed") for c in instrument.criteria],
            _("all equal")
            if len(set(study.weights.values())) == 1
            else _apart(f"{instrument[c].short} {as_given(study.numerals, w)}" for c, w in study.weights.items()),
        ),
        _item(
            _("Raters' questions"),
            [c.status.get("question", "assumed") for c in instrument.criteria],
            _("in our words"),
        ),
        _item(
            _("Reasons and advice"),
            [c.status.get("improve", "assumed") for c in instrument.criteria],
            _("in our words; published means that the source says so in substance"),
        ),
    ]
    if study.basis is Basis.RECONSTRUCTED:
        rows += [
            {
                "item": _("Scores of single {units}").format(units=instrument.unit.many),
                "status": provenance(Basis.RECONSTRUCTED),
                "note": study.notice,
            },
            {
                "item": _("Industry of each {unit}").format(unit=instrument.unit.one),
                "status": provenance(Basis.RECONSTRUCTED),
                "note": _("sizes and order are ours; a remark of the source says which industries lead"),
            },
        ]
    else:
        rows.append(
            {
                "item": _("Scores of single {units}").format(units=instrument.unit.many),
                "status": provenance(study.basis),
                "note": "; ".join(study.roster.dataset.sources),
            }
        )
    return table(
        "assumptions-table",
        _("What is published, what is assumed, what is rebuilt")
        if study.basis is Basis.RECONSTRUCTED
        else _("What is measured and what is assumed"),
        [
            Column(key="item", label=_("Item")),
            Column(key="status", label=_("Status")),
            Column(key="note", label=_("Note")),
        ],
        rows,
        basis=study.basis,
    )


def _apart(texts: Iterable[str]) -> str:
    """Texts that hold numbers, one after the other: a comma would read as a decimal mark where that is one."""
    return (", " if spoken() == SOURCE else "; ").join(texts)


def _item(item: str, statuses: Sequence[str], words: str) -> dict[str, object]:
    kinds = sorted(set(statuses), reverse=True)
    assumed = Markup('<span class="prov c">{}</span>').format(_("assumed"))
    tags = Markup(" ").join(provenance(Basis.PUBLISHED) if kind == "published" else assumed for kind in kinds)
    return {"item": item, "status": tags, "note": words}


def ledger(study: Study, tests: Sequence[Test]) -> ShownTable:
    """Every p-value of a report, one row each."""
    rows = [
        {
            "subject": (
                test.subject,
                _asked_as(study, test),
            ),
            "method": (test.method, test.apa),
            "n": (str(test.n_used), _ties(test)),
            "effect": _effect(study, test),
            "p": (_at_most(test) + study.numerals.p_value(test.p_value), _floor(study, test)),
            "adjusted": _at_most(test) + study.numerals.p_value(test.p_adjusted),
            "detectable": study.numerals.fixed(test.detectable, 2),
            "conclusion": test.conclusion,
        }
        for test in tests
    ]
    tested = sum(test.p_value is not None for test in tests)
    whole = _n("The one test, and what could not be tested", "All {tested} tests, and what could not be tested", tested)
    parts = _("{tested} tests, long families in parts, and what could not be tested")
    long = len(tests) > excerpts.MOST_TESTS
    return table(
        "ledger-table",
        (parts if long else whole).format(tested=tested),
        [
            Column(key="subject", label=_("Comparison"), unit=_("family: size, correction")),
            Column(key="method", label=_("Test"), unit=_("as researchers quote it")),
            Column(key="n", label="n", kind="number"),
            Column(key="effect", label=_("Effect"), unit=_("interval; what it is"), kind="number"),
            Column(key="p", label="p", unit=_("below: smallest possible"), kind="number"),
            Column(key="adjusted", label=_("p adjusted"), kind="number"),
            Column(key="detectable", label=_("Can find"), unit=_("points, 80%"), kind="number"),
            Column(key="conclusion", label=_("Conclusion")),
        ],
        rows,
        basis=tests[0].basis if tests else study.basis,
        note=_(
            "n counts the scores that a test can use: of signed ranks, those off zero. Intervals are for one question "
            "at a time. Can find: the smallest difference that the test would find in four of five such studies, at "
            "the strictest level of its family. ≤ marks a bound that no table exceeds."
        ),
        subtitle=_(
            "Of a family of more than {most} tests the first {part}, the middle {part} and the last {part} are shown. "
            "The annex (format xlsx) has all of them."
        ).format(most=excerpts.MOST_LISTED, part=excerpts.PART)
        if long
        else "",
        optional=("n", "detectable"),
        small=True,
        shown=tests_shown(tests),
    )


def tests_shown(tests: Sequence[Test]) -> list[int | str]:
    """Places of the tests that a page shows, and words where it leaves some out.

    Short families are shown whole: what a report rests on is mostly theirs.
    """
    if len(tests) <= excerpts.MOST_TESTS:
        return list(range(len(tests)))
    shown: list[int | str] = []
    begin = 0
    for __, group in groupby(tests, key=lambda test: test.family):
        count = len(list(group))
        places = excerpts.shown_rows(count, _("test"), _("tests"))
        shown += [place + begin if isinstance(place, int) else place for place in places]
        begin += count
    return shown


def _asked_as(study: Study, test: Test) -> str:
    """The family of a test, its size and its correction."""
    family = family_words(study, test.family, test.about)
    return f"{family}: {test.family_size}, {_(_CORRECTIONS[test.correction])}"


def _at_most(test: Test) -> str:
    """The worst cases of ranks are bounds: no table has a larger p, none need reach it."""
    bound = test.exactness == "worst case" and test.id.endswith(".ranks") and 0.001 <= (test.p_value or 0) < 1
    return "≤ " if bound else ""


def _ties(test: Test) -> str:
    counted = [zeros(test.zeros)] if test.zeros else []
    if test.ties:
        counted.append(_("{count} tied").format(count=test.ties))
    return ", ".join(counted)


def _effect(study: Study, test: Test) -> tuple[str, str]:
    shown = study.numerals.fixed(test.effect, 2, signed=is_signed(test))
    name = test.effect_name if test.effect is not None else ""
    if test.ci_low is None or test.ci_high is None:
        return shown, name
    low, high = (study.numerals.fixed(limit, 2) for limit in (test.ci_low, test.ci_high))
    return shown, _("{low} to {high}; {effect}").format(low=low, high=high, effect=name)


def _floor(study: Study, test: Test) -> str:
    return "" if test.smallest_p is None else study.numerals.p_value(test.smallest_p)


def families(study: Study, tests: Sequence[Test]) -> ShownTable:
    """What each family asks, how it is corrected, and what it can find at all."""
    frame = findings_of_families(tests)
    rows = []
    for __, row in by_row(frame):
        low, high = row["detectable_low"], row["detectable_high"]
        found = EN_DASH
        if not math.isnan(low):
            found = study.numerals.fixed(low, 2)
            if study.numerals.fixed(high, 2) != found:
                found += f"{EN_DASH}{study.numerals.fixed(high, 2)}"
        asked = str(row["tests"])
        if row["tests"] != row["of"]:
            asked = _("{tests} of {asked}").format(tests=row["tests"], asked=row["of"])
        rows.append(
            {
                "question": (row["question"], family_words(study, row["family"], row["about"])),
                "tests": (asked, _(_CORRECTIONS[row["correction"]])),
                "expected": study.numerals.fixed(row["expected"], 2),
                "smallest": _p_range(study, row["smallest_p"], row["smallest_p_high"]),
                "detectable": found,
                "firm": str(row["firm"]),
            }
        )
    return table(
        "families-table",
        _("What each family of tests asks, and what it can find at all"),
        [
            Column(key="question", label=_("Question")),
            Column(key="tests", label=_("Asked"), unit=_("correction"), kind="number"),
            Column(key="expected", label=_("False alarms"), unit=_("expected uncorrected"), kind="number"),
            Column(key="smallest", label=_("Smallest p"), unit=_("by ranks, before correction"), kind="number"),
            Column(key="detectable", label=_("Can find"), unit=_("points, in 4 of 5 studies"), kind="number"),
            Column(key="firm", label=_("Firm"), kind="number"),
        ],
        rows,
        basis=tests[0].basis if tests else study.basis,
        note=_(
            "A question whose smallest possible p does not pass the correction can never be firm, however clear the "
            "scores look. What can be found is a matter of n, spread and level, not of what was found."
        ),
        optional=("expected", "smallest"),
    )


_CORRECTIONS = {
    "holm": N_("Holm"),
    "bonferroni": N_("Bonferroni"),
    "bh": N_("Benjamini-Hochberg"),
    "none": N_("none"),
}


def _p_range(study: Study, low: float, high: float) -> str:
    first, last = study.numerals.p_value(low), study.numerals.p_value(high)
    return first if first == last else _("{low} to {high}").format(low=first, high=last)


def advice(words: StudyWords) -> ShownTable:
    """Why units score so and how to improve, for every criterion."""
    rows = [
        {
            "criterion": (
                entry.name,
                _("mean {mean}").format(mean=words.study.numerals.mean(words.shared.card.loc[entry.id, "mean"])),
            ),
            "why": entry.why,
            "improve": entry.improve,
        }
        for entry in words.study.instrument.criteria
    ]
    return table(
        "advice-table",
        _("Why the scores are as they are, and how to improve"),
        [
            Column(key="criterion", label=_("Criterion")),
            Column(key="why", label=_("Why")),
            Column(key="improve", label=_("How to improve")),
        ],
        rows,
        basis=words.shared.basis,
        subtitle=_("The instrument's words; the methods section says which of them the source supports."),
    )


def league(words: StudyWords) -> ShownTable:
    """Every unit's overall score and rank, with what other weights and other criteria would give."""
    numerals = words.study.numerals
    frame = words.shared.league

    def span(row: Row, low: str, high: str) -> str:
        if math.isnan(row[low]):
            return EN_DASH
        return f"{int(row[low])}{EN_DASH}{int(row[high])}" if row[low] != row[high] else str(int(row[low]))

    rows = [
        {
            "unit": str(unit),
            "overall": (numerals.mean(row["overall"]), numerals.interval(row["low"], row["high"])),
            "rank": EN_DASH if math.isnan(row["rank"]) else str(int(row["rank"])),
            "weights": span(row, "rank_low", "rank_high"),
            "interval": span(row, "rank_ci_low", "rank_ci_high"),
        }
        for unit, row in by_row(frame)
    ]
    rated = words.study.ratings is not None
    return table(
        "league-table",
        _("Every rank of {n} {units}, with its interval").format(n=len(rows), units=words.units)
        if len(rows) <= excerpts.MOST_LISTED
        else _("Ranks of {n} {units}, with their intervals").format(n=len(rows), units=words.units),
        [
            Column(key="unit", label=words.unit.capitalize()),
            Column(key="overall", label=_("Overall"), unit=_("range"), kind="number"),
            Column(key="rank", label=_("Rank"), kind="number"),
            Column(key="weights", label=_("Under other weights"), kind="number"),
            Column(
                key="interval",
                label=_("With other criteria and raters") if rated else _("With other criteria"),
                kind="number",
            ),
        ],
        rows,
        basis=words.study.basis,
        note=Markup(
            _(
                "{basis} &ensp;Each holds 95% of random draws: of the weights, and of the criteria and raters that "
                "were used. Ranks whose intervals overlap are not to be read as an order."
                if rated
                else "{basis} &ensp;Each holds 95% of random draws: of the weights, and of the criteria that were "
                "used. Ranks whose intervals overlap are not to be read as an order."
            )
        ).format(basis=provenance(words.study.basis)),
        subtitle=excerpts.rule(len(rows), words.units),
        small=True,
        shown=excerpts.shown_rows(len(rows), words.unit, words.units),
    )


def league_fold(words: StudyWords) -> str:
    """What the folded league table is called."""
    if len(words.shared.league) <= excerpts.MOST_LISTED:
        return N_("Every rank, with its interval")
    return N_("Ranks, with their intervals")


def grid(words: MethodsWords) -> ShownTable | None:
    """How many totals fit each published mean, for several steps of the scale; None without published means."""
    if words.study.published is None:
        return None
    study = words.study
    scale, published = study.instrument.scale, study.published
    steps = [("whole", 1.0), ("half", 0.5), ("third", 1 / 3), ("quarter", 0.25)]
    rows = []
    for criterion in study.instrument.criteria:
        text = published.mean[criterion.id]
        row: dict[str, object] = {
            "criterion": criterion.short,
            "mean": text.replace(".", study.numerals.separators[0]),
        }
        for key, step in steps:
            fits = len(bounds.possible_totals(text, published.n, step, scale.floor, scale.top))
            row[key] = str(fits) if fits else Markup('<span class="miss">{}</span>').format(_("none"))
        rows.append(row)
    return table(
        "grid-table",
        words.grid_title().text,
        [
            Column(key="criterion", label=_("Criterion")),
            Column(key="mean", label=_("Mean as printed"), kind="number"),
            Column(key="whole", label=_("Whole points"), unit=_("totals that fit"), kind="number"),
            Column(key="half", label=_("Half points"), unit=_("totals that fit"), kind="number"),
            Column(key="third", label=_("Thirds"), unit=_("totals that fit"), kind="number"),
            Column(key="quarter", label=_("Quarters"), unit=_("totals that fit"), kind="number"),
        ],
        rows,
        basis=Basis.PUBLISHED,
        note=_("{n} {units}; a total fits if its mean rounds to the printed one.").format(
            n=published.n, units=words.units
        ),
    )


def parameters(study: Study) -> ShownTable:
    """Effective parameters and where each came from."""
    values = study.parameters.model_dump()
    built_in = study.effective.origin("")
    rows = []
    for key, value in values.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        if isinstance(value, dict):
            shown = ", ".join(f"{k}: {v}" for k, v in value.items() if v != "")
        origin = study.effective.origin(key)
        rows.append(
            {
                "key": key,
                "value": str(shown) if shown not in (None, "") else EN_DASH,
                "origin": _("built-in default")
                if origin == built_in
                else origin.file
                if origin.line is None
                else _("{file}, line {line}").format(file=origin.file, line=origin.line),
            }
        )
    return table(
        "parameters-table",
        _("Parameters of this study"),
        [
            Column(key="key", label=_("Parameter")),
            Column(key="value", label=_("Value")),
            Column(key="origin", label=_("Comes from")),
        ],
        rows,
        basis=study.basis,
        small=True,
    )


def quotable(study: Study) -> ShownTable:
    """What the report was made from, to be quoted."""
    rows = [{"item": _(_MADE_FROM[key]), "value": _source(study, key)} for key in study.provenance]
    if plan := frozen.quoted(study):
        rows.append({"item": _("Analysis plan"), "value": plan})
    rows.append({"item": _("Date of the report"), "value": study.numerals.date(study.report_date)})
    return table(
        "provenance-table",
        _("Made from"),
        [Column(key="item", label=_("Item")), Column(key="value", label=_("Value"))],
        rows,
        basis=study.basis,
        subtitle=_("Hashes are the first twelve digits of SHA-256."),
    )


_MADE_FROM = {
    "dataset": N_("Dataset"),
    "parameters": N_("Parameters"),
    "seed": N_("Seed"),
    "toolkit": N_("Toolkit"),
    "scores": N_("Scores"),
    "ratings": N_("Ratings"),
    "published means": N_("Published means"),
    "own figures": N_("Own figures"),
}


# Whether a respondent rated each thing once.
_ONCE = {
    "": N_("whether each respondent rated once is not known"),
    "stated": N_("each respondent rated once, as the source states"),
    "check": N_("each respondent rated once, as was checked"),
}


def _source(study: Study, key: str) -> str:
    """One value of `Study.provenance` in the reader's language."""
    if key == "dataset":
        dataset = study.roster.dataset
        return _("{dataset}, wave {wave}").format(dataset=dataset.name, wave=dataset.wave)
    if key == "ratings":
        once = _(_ONCE[study.roster.dataset.scores.unique])
        return _("{ratings}, counted; {once}").format(ratings=study.numerals.fixed(study.counts.ratings, 0), once=once)
    file = {"scores": study.roster.scores, "published means": study.published}.get(key)
    if file is None or file.as_recorded:
        return study.provenance[key]
    return _("{hash} (differs from the recorded checksum)").format(hash=file.sha256[:12])


def glossary_rows(study: Study) -> list[tuple[str, str]]:
    """The words used in a report."""
    unit, units = study.instrument.unit.one, study.instrument.unit.many
    rows = [
        (_("Criterion"), _("One thing that is scored for each {unit}.")),
        (_("Score"), _("Points on the scale from {floor} to {top}.")),
        (_("Overall"), _("The weighted mean of the criteria that were scored.")),
        (_("Target"), _("The score that counts as gained.")),
        (_("Stage"), _("A named band of the scale.")),
        (_("Strength"), _("On the target or above it; of a group, firmly above.")),
        (_("Missed opportunity"), _("Below the target; of a group, firmly below.")),
        (_("Unresolved"), _("The data cannot tell. It does not mean that there is no difference.")),
        (
            _("Firm"),
            _(
                "A test of ranks and a test of means agree after the correction for the whole family of tests, in "
                "every table with the published means."
                if study.means_only
                else "A test of ranks and a test of means agree after the correction for the whole family of tests."
            ),
        ),
        (_("Range"), _("What other weights of the criteria would give. It is not a confidence interval.")),
        (_("Peers"), _("The other {units} that a client is compared with.")),
        (_("Best quarter"), _("The mean of the best quarter of the peers, so that no single {unit} is shown.")),
    ]
    if study.means_only:
        rows += [
            (_("Every table"), _("Every table of scores of {n} {units} that has the published means.")),
            (_("Reconstruction"), _("One such table, drawn by a documented script for the worked examples.")),
        ]
    return [(word, text.format(unit=unit, units=units, n=study.n_units, **_ends(study))) for word, text in rows]
