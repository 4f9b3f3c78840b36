"""The tables of the reports: which rows and columns, in which order.

`tables` renders; what is a table's message comes from `narrative`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from kernels_lib.analysis import bounds, scoring
from kernels_lib.analysis.findings import Common
from kernels_lib.analysis.ledger import families as findings_of_families
from kernels_lib.analysis.narrative import ClientWords, MethodsWords, StudyWords
from kernels_lib.analysis.tables import ShownTable, provenance, score_bar, table
from kernels_lib.study.numerals import EN_DASH, in_words, plural
from kernels_lib.study.opening import Study
from kernels_lib.study.results import Basis, Column, Number, Test

_GRADES = {"strength": "▲ firmly above", "missed opportunity": "▼ firmly below", "unresolved": "◇ unresolved"}


def client_scorecard(words: ClientWords) -> ShownTable:
    """A client's scores, one row a criterion, the highest first."""
    study, numerals, numbers = words.study, words.study.numerals, words.numbers
    scale = study.instrument.scale
    card = words.card.assign(group=words.card["group_mean"])
    card = card.sort_values(["score", "group"], ascending=False, kind="stable", na_position="last")
    rows, breaks = [], []
    for place, (criterion, row) in enumerate(card.iterrows()):
        if row["verdict"] == "missed opportunity" and not breaks and place:
            breaks.append(place)
        known = not math.isnan(row["score"])
        score = numbers.score(f"criteria.{criterion}.score", row["score"])
        bar = score_bar(row["score"], row["target"], scale.floor, scale.top) if known else Markup("")
        rows.append(
            {
                "criterion": (row["short"], row["side"]),
                "score": (bar + Markup("<b>{}</b>").format(score.text)) if known else "not scored",
                "gap": _signed(numbers, str(criterion), row) if known else EN_DASH,
                "stage": row["stage"] or EN_DASH,
                "group": (
                    numbers.mean(f"criteria.{criterion}.group_mean", row["group_mean"]),
                    numerals.interval(row["group_low"], row["group_high"]),
                ),
                "below": _peers_below(row),
            }
        )
    hit, miss = len(words.strengths), len(words.misses)
    caption = f"{in_words(hit).capitalize()} {plural(hit, 'criterion is', 'criteria are')} on target"
    if not hit:
        caption = "No criterion is on target"
    if miss:
        least, most = (numerals.score(abs(words.misses["gap"].max())), numerals.score(abs(words.misses["gap"].min())))
        reach = f"by {most} points" if least == most else f"by {least} to {most} points"
        caption += f"; {in_words(miss)} {plural(miss, 'falls', 'fall')} short {reach}"
    if len(words.close):
        caption += f"; {in_words(len(words.close))} {plural(len(words.close), 'is', 'are')} too close to call"
    step = f" in steps of {scale.step:g}" if scale.step else ""
    return table(
        "scorecard-table",
        caption,
        [
            Column(key="criterion", label="Criterion"),
            Column(key="score", label="Score"),
            Column(key="gap", label="To target", kind="number"),
            Column(key="stage", label="Stage"),
            Column(key="group", label=f"{study.n_units} {words.units}, mean", unit="interval", kind="number"),
            Column(key="below", label="Peers below", kind="number"),
        ],
        rows,
        basis=study.basis,
        subtitle=f"Scale {scale.floor:g} to {scale.top:g}{step}. The bar ends at the score, the tick marks the target, "
        "the open part is what is missing.",
        note=Markup(
            "Scores: {} &ensp;The interval is at the level at which the group's mean was tested against the target{}."
        ).format(provenance(study.basis), f", {in_words(len(card))} criteria together" if len(card) > 1 else ""),
        breaks=breaks,
        optional=("stage", "below"),
    )


def _signed(numbers, criterion: str, row: pd.Series) -> Markup:
    kind = {"strength": "hit", "missed opportunity": "miss"}.get(row["verdict"], "un")
    number = Number(
        ref=f"criteria.{criterion}.gap_signed",
        value=float(row["gap"]),
        unit="points",
        text=numbers.numerals.difference(row["gap"]),
        basis=numbers.basis,
    )
    return Markup('<span class="{}">{}</span>').format(kind, number.text)


def _peers_below(row: pd.Series) -> str:
    if math.isnan(row["below"]):
        return "withheld" if row["verdict"] != "not scored" else EN_DASH
    below, tied, base = int(row["below"]), int(row["tied"]), int(row["base"])
    if tied == base:
        return "all tied"
    return f"{below} of {base}" + (f", {tied} tied" if tied else "")


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
            "stage": (row["stage"] or EN_DASH, "" if row["stage_status"] == "published" else "name assumed"),
            "verdict": _verdict(row, shared),
        }
        for criterion, row in card.iterrows()
    ]
    sides = "widest over all tables" if shared.of_means else "at the family's level"
    return table(
        "group-table",
        f"{len(card)} criteria, from the highest mean to the lowest" if len(card) > 1 else card["short"].iloc[0],
        [
            Column(key="criterion", label="Criterion"),
            Column(key="mean", label="Mean", kind="number"),
            Column(key="interval", label="Interval", unit=sides, kind="number"),
            Column(key="target", label="Target", kind="number"),
            Column(key="stage", label="Stage"),
            Column(key="verdict", label="Against the target"),
        ],
        rows,
        basis=shared.basis,
        subtitle=f"Points from {study.instrument.scale.floor:g} to {study.instrument.scale.top:g}.",
        note=Markup("Means: {} &ensp;Intervals: {}").format(
            provenance(shared.basis), provenance(Basis.EVERY_TABLE if shared.of_means else shared.basis)
        ),
        optional=("target", "stage"),
    )


def _verdict(row: pd.Series, shared: Common) -> object:
    if row["verdict"] == "unresolved":
        side = {"below": "mean below, not firm", "above": "mean above, not firm"}.get(row["fact"], "")
        return (Markup('<span class="un">◇ unresolved</span>'), side)
    kind = "hit" if row["verdict"] == "strength" else "miss"
    grade = "both tests agree"
    if shared.of_means:
        grade = "in every table, both tests" if row["firm"] else "in every table, test of means only"
    words = _GRADES[row["verdict"]] if row["firm"] else _GRADES[row["verdict"]].replace("firmly ", "")
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
                "same": f"same: {stage}" if stage == study.published.stage[criterion.id] else f"differs: {stage}",
            }
        )
    return table(
        "reproduced-table",
        words.reproduced_title().text,
        [
            Column(key="criterion", label="Criterion"),
            Column(key="published", label="Published", unit="mean", kind="number"),
            Column(key="reproduced", label="Reproduced", unit="mean", kind="number"),
            Column(key="difference", label="Difference", unit="points", kind="number"),
            Column(key="stage", label="Stage as printed"),
            Column(key="same", label="Stage reproduced"),
        ],
        rows,
        basis=study.basis,
        subtitle="The difference is that of rounding: the reconstruction has the exact totals that the printed means "
        "allow.",
        note=Markup("Published: {} &ensp;Reproduced: {}").format(provenance(Basis.PUBLISHED), provenance(study.basis)),
        optional=("stage",),
    )


def assumptions(study: Study) -> ShownTable:
    """What is published and what is assumed, field by field of the instrument, and what is rebuilt."""
    instrument = study.instrument
    scale = instrument.scale
    rows = [
        _item(
            "Criteria and their names",
            [c.status.get("name", "assumed") for c in instrument.criteria],
            f"{(k := len(instrument.criteria))} {plural(k, 'criterion', 'criteria')}. {instrument.source}",
        ),
    ]
    if study.published is not None:
        rows.append(
            _item(
                "Means and stages", ["published"], f"{study.published.n} {instrument.unit.many}, one mean a criterion"
            )
        )
    step = "continuous" if scale.step is None else f"steps of {scale.step:g}"
    rows += [
        _item("Scale", list(scale.status.values()), f"from {scale.floor:g} to {scale.top:g}, {step}"),
        _item("Target", [instrument.target.status], f"{instrument.target.value:g}"),
        _item(
            "Stage names",
            [s.status.get("name", "assumed") for s in instrument.stages],
            ", ".join(f"{s.name} from {s.from_:g}" for s in instrument.stages),
        ),
        _item(
            "Stage cut-offs",
            [s.status.get("from", "assumed") for s in instrument.stages],
            "by truncation: a mean just below a cut-off is in the stage below it",
        ),
        _item(
            "Weights",
            [c.status.get("weight", "assumed") for c in instrument.criteria],
            "all equal"
            if len(set(study.weights.values())) == 1
            else ", ".join(f"{instrument[c].short} {w:g}" for c, w in study.weights.items()),
        ),
        _item("Raters' questions", [c.status.get("question", "assumed") for c in instrument.criteria], "in our words"),
        _item(
            "Reasons and advice",
            [c.status.get("improve", "assumed") for c in instrument.criteria],
            "in our words; published means that the source says so in substance",
        ),
    ]
    if study.basis is Basis.RECONSTRUCTED:
        rows += [
            {
                "item": f"Scores of single {instrument.unit.many}",
                "status": provenance(Basis.RECONSTRUCTED),
                "note": study.notice,
            },
            {
                "item": f"Industry of each {instrument.unit.one}",
                "status": provenance(Basis.RECONSTRUCTED),
                "note": "sizes and order are ours; a remark of the source says which industries lead",
            },
        ]
    else:
        rows.append(
            {
                "item": f"Scores of single {instrument.unit.many}",
                "status": provenance(study.basis),
                "note": "; ".join(study.roster.dataset.sources),
            }
        )
    return table(
        "assumptions-table",
        "What is published, what is assumed, what is rebuilt"
        if study.basis is Basis.RECONSTRUCTED
        else "What is measured and what is assumed",
        [Column(key="item", label="Item"), Column(key="status", label="Status"), Column(key="note", label="Note")],
        rows,
        basis=study.basis,
    )


def _item(item: str, statuses: Sequence[str], note: str) -> dict[str, object]:
    kinds = sorted(set(statuses), reverse=True)
    tags = Markup(" ").join(
        provenance(Basis.PUBLISHED) if kind == "published" else Markup('<span class="prov c">assumed</span>')
        for kind in kinds
    )
    return {"item": item, "status": tags, "note": note}


def ledger(study: Study, tests: Sequence[Test]) -> ShownTable:
    """Every p-value of a report, one row each."""
    rows = [
        {
            "subject": (test.subject, f"{test.family}: {test.family_size}, {_CORRECTIONS[test.correction]}"),
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
    return table(
        "ledger-table",
        f"All {tested} {plural(tested, 'test', 'tests')}, and what could not be tested",
        [
            Column(key="subject", label="Comparison", unit="family: size, correction"),
            Column(key="method", label="Test", unit="as researchers quote it"),
            Column(key="n", label="n", kind="number"),
            Column(key="effect", label="Effect", unit="interval; what it is", kind="number"),
            Column(key="p", label="p", unit="below: smallest possible", kind="number"),
            Column(key="adjusted", label="p adjusted", kind="number"),
            Column(key="detectable", label="Can find", unit="points, 80%", kind="number"),
            Column(key="conclusion", label="Conclusion"),
        ],
        rows,
        basis=tests[0].basis if tests else study.basis,
        note="n counts the scores that a test can use: of signed ranks, those off zero. Intervals are for one question "
        "at a time. Can find: the smallest difference that the test would find in four of five such studies, at the "
        "strictest level of its family. ≤ marks a bound that no table exceeds.",
        optional=("n", "detectable"),
        small=True,
    )


def _at_most(test: Test) -> str:
    """The worst cases of ranks are bounds: no table has a larger p, none need reach it."""
    bound = test.exactness == "worst case" and test.id.endswith(".ranks") and 0.001 <= (test.p_value or 0) < 1
    return "≤ " if bound else ""


def _ties(test: Test) -> str:
    counts = ((test.zeros, "zero", "zeros"), (test.ties, "tied", "tied"))
    return ", ".join(f"{count} {plural(count, one, many)}" for count, one, many in counts if count)


def _effect(study: Study, test: Test) -> tuple[str, str]:
    shown = study.numerals.fixed(test.effect, 2, signed=test.effect_name.startswith(("difference", "change", "mean")))
    name = test.effect_name if test.effect is not None else ""
    if test.ci_low is None or test.ci_high is None:
        return shown, name
    low, high = (study.numerals.fixed(limit, 2) for limit in (test.ci_low, test.ci_high))
    return shown, f"{low} to {high}; {name}"


def _floor(study: Study, test: Test) -> str:
    return "" if test.smallest_p is None else study.numerals.p_value(test.smallest_p)


def families(study: Study, tests: Sequence[Test]) -> ShownTable:
    """What each family asks, how it is corrected, and what it can find at all."""
    frame = findings_of_families(tests)
    rows = []
    for __, row in frame.iterrows():
        low, high = row["detectable_low"], row["detectable_high"]
        found = EN_DASH
        if not math.isnan(low):
            found = study.numerals.fixed(low, 2)
            if study.numerals.fixed(high, 2) != found:
                found += f"{EN_DASH}{study.numerals.fixed(high, 2)}"
        asked = str(row["tests"]) if row["tests"] == row["of"] else f"{row['tests']} of {row['of']}"
        rows.append(
            {
                "question": (row["question"], row["family"]),
                "tests": (asked, _CORRECTIONS[row["correction"]]),
                "expected": study.numerals.fixed(row["expected"], 2),
                "smallest": _p_range(study, row["smallest_p"], row["smallest_p_high"]),
                "detectable": found,
                "firm": str(row["firm"]),
            }
        )
    return table(
        "families-table",
        "What each family of tests asks, and what it can find at all",
        [
            Column(key="question", label="Question"),
            Column(key="tests", label="Asked", unit="correction", kind="number"),
            Column(key="expected", label="False alarms", unit="expected uncorrected", kind="number"),
            Column(key="smallest", label="Smallest p", unit="by ranks, before correction", kind="number"),
            Column(key="detectable", label="Can find", unit="points, in 4 of 5 studies", kind="number"),
            Column(key="firm", label="Firm", kind="number"),
        ],
        rows,
        basis=tests[0].basis if tests else study.basis,
        note="A question whose smallest possible p does not pass the correction can never be firm, however clear the "
        "scores look. What can be found is a matter of n, spread and level, not of what was found.",
        optional=("expected", "smallest"),
    )


_CORRECTIONS = {"holm": "Holm", "bonferroni": "Bonferroni", "bh": "Benjamini-Hochberg", "none": "none"}


def _p_range(study: Study, low: float, high: float) -> str:
    first, last = study.numerals.p_value(low), study.numerals.p_value(high)
    return first if first == last else f"{first} to {last}"


def advice(words: StudyWords) -> ShownTable:
    """Why units score so and how to improve, for every criterion."""
    rows = [
        {
            "criterion": (entry.name, f"mean {words.study.numerals.mean(words.shared.card.loc[entry.id, 'mean'])}"),
            "why": entry.why,
            "improve": entry.improve,
        }
        for entry in words.study.instrument.criteria
    ]
    return table(
        "advice-table",
        "Why the scores are as they are, and how to improve",
        [
            Column(key="criterion", label="Criterion"),
            Column(key="why", label="Why"),
            Column(key="improve", label="How to improve"),
        ],
        rows,
        basis=words.shared.basis,
        subtitle="The instrument's words; the methods section says which of them the source supports.",
    )


def league(words: StudyWords) -> ShownTable:
    """Every unit's overall score and rank, with what other weights and other criteria would give."""
    numerals = words.study.numerals
    frame = words.shared.league

    def span(row: pd.Series, low: str, high: str) -> str:
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
        for unit, row in frame.iterrows()
    ]
    others = "criteria" if words.study.ratings is None else "criteria and raters"
    return table(
        "league-table",
        f"Every rank of {len(rows)} {words.units}, with its interval",
        [
            Column(key="unit", label=words.unit.capitalize()),
            Column(key="overall", label="Overall", unit="range", kind="number"),
            Column(key="rank", label="Rank", kind="number"),
            Column(key="weights", label="Under other weights", kind="number"),
            Column(key="interval", label=f"With other {others}", kind="number"),
        ],
        rows,
        basis=words.study.basis,
        note=Markup(
            "{} &ensp;Each holds 95% of random draws: of the weights, and of the {} that were used. Ranks whose "
            "intervals overlap are not to be read as an order."
        ).format(provenance(words.study.basis), others),
        small=True,
    )


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
        row: dict[str, object] = {"criterion": criterion.short, "mean": text}
        for key, step in steps:
            fits = len(bounds.possible_totals(text, published.n, step, scale.floor, scale.top))
            row[key] = str(fits) if fits else Markup('<span class="miss">none</span>')
        rows.append(row)
    return table(
        "grid-table",
        words.grid_title().text,
        [
            Column(key="criterion", label="Criterion"),
            Column(key="mean", label="Mean as printed", kind="number"),
            Column(key="whole", label="Whole points", unit="totals that fit", kind="number"),
            Column(key="half", label="Half points", unit="totals that fit", kind="number"),
            Column(key="third", label="Thirds", unit="totals that fit", kind="number"),
            Column(key="quarter", label="Quarters", unit="totals that fit", kind="number"),
        ],
        rows,
        basis=Basis.PUBLISHED,
        note=f"{published.n} {words.units}; a total fits if its mean rounds to the printed one.",
    )


def parameters(study: Study) -> ShownTable:
    """Effective parameters and where each came from."""
    values = study.parameters.model_dump()
    rows = []
    for key, value in values.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        if isinstance(value, dict):
            shown = ", ".join(f"{k}: {v}" for k, v in value.items() if v != "")
        rows.append(
            {
                "key": key,
                "value": str(shown) if shown not in (None, "") else EN_DASH,
                "origin": str(study.effective.origin(key)),
            }
        )
    return table(
        "parameters-table",
        "Parameters of this study",
        [
            Column(key="key", label="Parameter"),
            Column(key="value", label="Value"),
            Column(key="origin", label="Comes from"),
        ],
        rows,
        basis=study.basis,
        small=True,
    )


def quotable(study: Study) -> ShownTable:
    """What the report was made from, to be quoted."""
    rows = [{"item": key.capitalize(), "value": value} for key, value in study.provenance.items()]
    rows.append({"item": "Date of the report", "value": study.numerals.date(study.report_date)})
    return table(
        "provenance-table",
        "Made from",
        [Column(key="item", label="Item"), Column(key="value", label="Value")],
        rows,
        basis=study.basis,
        subtitle="Hashes are the first twelve digits of SHA-256.",
    )


def glossary_rows(study: Study) -> list[tuple[str, str]]:
    """The words used in a report."""
    unit, units = study.instrument.unit.one, study.instrument.unit.many
    rows = [
        ("Criterion", f"One thing that is scored for each {unit}."),
        ("Score", f"Points on the scale from {study.instrument.scale.floor:g} to {study.instrument.scale.top:g}."),
        ("Overall", "The weighted mean of the criteria that were scored."),
        ("Target", "The score that counts as gained."),
        ("Stage", "A named band of the scale."),
        ("Strength", "On the target or above it; of a group, firmly above."),
        ("Missed opportunity", "Below the target; of a group, firmly below."),
        ("Unresolved", "The data cannot tell. It does not mean that there is no difference."),
        (
            "Firm",
            "A test of ranks and a test of means agree after the correction for the whole family of tests"
            + (", in every table with the published means." if study.means_only else "."),
        ),
        ("Range", "What other weights of the criteria would give. It is not a confidence interval."),
        ("Peers", f"The other {units} that a client is compared with."),
        ("Best quarter", f"The mean of the best quarter of the peers, so that no single {unit} is shown."),
    ]
    if study.means_only:
        rows += [
            ("Every table", f"Every table of scores of {study.n_units} {units} that has the published means."),
            ("Reconstruction", "One such table, drawn by a documented script for the worked examples."),
        ]
    return rows
