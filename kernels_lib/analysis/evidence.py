"""Tables of evidence: what each comparison rests on, beside the ledger.

pairs            sizes, intervals and counts behind every pair of criteria
overall          of many criteria each against the overall score
worst_cases      every pair over all tables with the published means, with its tipping point
across           criteria across industries
change           criteria against the wave before
raters           how far raters agree
index            how the criteria hang together
model            the ordinal model
gaps             verdicts over every table that missing or rounded scores allow
sensitivity      what flips when one choice is another
verified         the reference cases that the methods were checked against
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from kernels_lib.analysis import bounds, excerpts
from kernels_lib.analysis.ledger import untested
from kernels_lib.analysis.narrative.base import percent, plain_number
from kernels_lib.analysis.narrative.evidence import EvidenceWords
from kernels_lib.analysis.rows import Row, by_row
from kernels_lib.analysis.tables import ShownTable, as_given, provenance, table
from kernels_lib.study.language import N_, _, _n
from kernels_lib.study.numerals import EN_DASH, Numerals
from kernels_lib.study.results import Basis, Column

if TYPE_CHECKING:
    from kernels_lib.analysis.narrative.methods import MethodsWords
    from kernels_lib.analysis.sensitivity import Trial
    from kernels_lib.analysis.verification.runner import CaseResult

VERDICTS = {"every": N_("holds in every consistent table"), "some": N_("only in some"), "none": N_("in none")}


def _signed_range(words: EvidenceWords, low: float, high: float, decimals: int | None = None) -> str:
    fixed = words.study.numerals.fixed
    decimals = words.study.numerals.mean_decimals if decimals is None else decimals
    if math.isnan(low) or math.isnan(high):
        return EN_DASH
    return _("{low} to {high}").format(low=fixed(low, decimals), high=fixed(high, decimals))


def _pair(row: Row) -> str:
    return _("{first} over {second}").format(first=row["first_name"], second=row["second_name"])


def pairs(words: EvidenceWords) -> ShownTable | None:
    """Size, interval, rank-based size and plain count of every pair, the largest difference first."""
    if words.shared.of_means or not len(words.shared.pairs):
        return None
    numerals = words.study.numerals
    frame = words.shared.pairs.sort_values("difference", ascending=False, kind="stable", na_position="last")
    rows = [
        {
            "pair": (_pair(row), _counted(words, row)),
            "difference": (numerals.mean(row["difference"]), _signed_range(words, row["ci_low"], row["ci_high"])),
            "shift": (numerals.mean(row["hodges_lehmann"]), _signed_range(words, row["hl_low"], row["hl_high"])),
            "biserial": numerals.fixed(row["rank_biserial"], 2),
            "ranks": numerals.p_value(row["p_adjusted"]),
            "means": numerals.p_value(row["t_p_adjusted"]),
            "holds": _("firm") if row["holds"] in ("firm", "every") else _("≈ unresolved"),
        }
        for __, row in by_row(frame)
    ]
    return table(
        "pairs-table",
        _("Every pair of criteria, {n} in all").format(n=len(rows)),
        [
            Column(key="pair", label=_("Pair")),
            Column(key="difference", label=_("Difference"), unit=_("of means, interval"), kind="number"),
            Column(key="shift", label=_("Shift"), unit="Hodges-Lehmann", kind="number"),
            Column(key="biserial", label=_("Rank-biserial"), unit=_("−1 to 1"), kind="number"),
            Column(key="ranks", label=_("p, ranks"), unit=_("adjusted"), kind="number"),
            Column(key="means", label=_("p, means"), unit=_("adjusted"), kind="number"),
            Column(key="holds", label=_("Order")),
        ],
        rows,
        basis=words.shared.basis,
        note=_(
            "Intervals are for one pair at a time, that of the means by bootstrap (BCa), that of the shift from signed "
            "ranks; firm is decided after the correction for all pairs."
        ),
        subtitle=_(
            "Shown are the {part} largest differences, the {part} in the middle and the {part} smallest. "
            "The annex (format xlsx) has all of them."
        ).format(part=excerpts.PART)
        if len(rows) > excerpts.MOST_LISTED
        else "",
        optional=("shift", "biserial"),
        small=True,
        shown=excerpts.shown_rows(len(rows), _("pair"), _("pairs")),
    )


def overall(words: EvidenceWords) -> ShownTable | None:
    """Of many criteria each against the overall score, the farthest above it first."""
    if not words.shared.many:
        return None
    numerals = words.study.numerals
    frame = words.shared.beside_overall.sort_values("difference", ascending=False, kind="stable", na_position="last")
    rows = [
        {
            "criterion": (row["short"], _counted(words, {**row, "wins": row["above"], "losses": row["below"]})),
            "difference": (
                numerals.fixed(row["difference"], numerals.mean_decimals, signed=True),
                _signed_range(words, row["ci_low"], row["ci_high"]),
            ),
            "biserial": numerals.fixed(row["rank_biserial"], 2),
            "ranks": numerals.p_value(row["p_adjusted"]),
            "means": numerals.p_value(row["t_p_adjusted"]),
            "holds": _("firm") if row["firm"] else _("≈ unresolved"),
        }
        for __, row in by_row(frame)
    ]
    return table(
        "overall-table",
        _("Each criterion against the overall score, {n} in all").format(n=len(rows)),
        [
            Column(key="criterion", label=_("Criterion")),
            Column(key="difference", label=_("Difference"), unit=_("of means, interval"), kind="number"),
            Column(key="biserial", label=_("Rank-biserial"), unit=_("−1 to 1"), kind="number"),
            Column(key="ranks", label=_("p, ranks"), unit=_("adjusted"), kind="number"),
            Column(key="means", label=_("p, means"), unit=_("adjusted"), kind="number"),
            Column(key="holds", label=_("Apart")),
        ],
        rows,
        basis=words.shared.basis,
        note=_(
            "Intervals are for one criterion at a time, by bootstrap (BCa); firm is decided after the correction for "
            "all criteria."
        ),
        optional=("biserial",),
        small=True,
        shown=excerpts.shown_rows(len(rows), _("criterion"), _("criteria")),
    )


def _counted(words: EvidenceWords, row: Row) -> str:
    n, wins, losses = int(row["n"]), int(row["wins"]), int(row["losses"])
    return _("above in {wins} of {n} {units}, below in {losses}, the same in {same}").format(
        wins=wins, n=n, units=words.units, losses=losses, same=n - wins - losses
    )


def worst_cases(words: EvidenceWords) -> ShownTable | None:
    """Every pair over all tables with the published means, the largest difference first."""
    if not words.shared.of_means:
        return None
    study, numerals = words.study, words.study.numerals
    scale = study.instrument.scale
    tipping = bounds.tipping_points(
        pd.DataFrame({"mean": pd.Series(study.published.mean)}).loc[study.instrument.ids],
        study.published.n,
        step=scale.step,
        floor=scale.floor,
        top=scale.top,
        alpha=study.parameters.alpha,
        rng=study.rng("typical spread of differences"),
        draws=study.parameters.bootstrap_draws,
    ).set_index(["first", "second"])
    frame = words.shared.pairs.sort_values("difference", ascending=False, kind="stable")
    rows = []
    for __, row in by_row(frame):
        turn = tipping.loc[(row["first"], row["second"])]
        rows.append(
            {
                "pair": _pair(row),
                "difference": numerals.mean(row["difference"]),
                "means": (numerals.p_value(row["p_worst"]), numerals.p_value(row["p_worst_adjusted"])),
                "ranks": (
                    f"≤ {numerals.p_value(row['rank_p_sure'])}",
                    f"≤ {numerals.p_value(row['rank_p_sure_adjusted'])}",
                ),
                "tipping": numerals.fixed(turn["tipping_sd"], 2),
                "spread": f"{numerals.fixed(turn['smallest_sd'], 2)}{EN_DASH}{numerals.fixed(turn['largest_sd'], 2)}",
                "holds": (_(VERDICTS[row["holds"]]), _grade(row)),
            }
        )
    return table(
        "worst-table",
        _("Every pair over all tables that have the published means"),
        [
            Column(key="pair", label=_("Pair")),
            Column(key="difference", label=_("Difference"), unit=_("points, a fact"), kind="number"),
            Column(key="means", label=_("Worst p, means"), unit=_("below: adjusted"), kind="number"),
            Column(key="ranks", label=_("Worst p, ranks"), unit=_("below: adjusted"), kind="number"),
            Column(key="tipping", label=_("Tips at SD"), unit=_("points"), kind="number"),
            Column(key="spread", label=_("SD can be"), unit=_("points"), kind="number"),
            Column(key="holds", label=_("Verdict")),
        ],
        rows,
        basis=Basis.EVERY_TABLE,
        subtitle=_(
            "Looked at alone, a difference passes the test of means as long as the standard deviation of the single "
            "differences stays below the one at which it tips."
        ),
        note=Markup(
            _n(
                "{basis} &ensp;p of means is the largest that any table allows, p of ranks a bound that none exceeds; "
                "below them after the correction for {n} pair.",
                "{basis} &ensp;p of means is the largest that any table allows, p of ranks a bound that none exceeds; "
                "below them after the correction for {n} pairs.",
                len(rows),
            )
        ).format(basis=provenance(Basis.EVERY_TABLE), n=len(rows)),
        optional=("tipping", "spread"),
        small=True,
    )


def _grade(row: Row) -> str:
    if row["holds"] == "every":
        return _("both tests")
    return _("test of means only, and only on this step") if row["holds_means"] == "every" else ""


def illustration(words: EvidenceWords) -> ShownTable | None:
    """How often each undecided pair passes in tables drawn at random: an illustration, not evidence."""
    if not words.shared.of_means:
        return None
    study, scale = words.study, words.study.instrument.scale
    printed = study.published.mean
    totals = {
        c: (found := bounds.possible_totals(printed[c], study.published.n, scale.step, scale.floor, scale.top))[
            len(found) // 2
        ]
        for c in study.instrument.ids
    }
    drawn = bounds.illustration(
        totals,
        bounds.Grid(study.published.n, scale.step, scale.floor, scale.top),
        draws=study.parameters.bootstrap_draws,
        rng=study.rng("tables drawn for illustration"),
        alpha=study.parameters.alpha,
        correction=study.parameters.correction,
    )
    holds = {frozenset((row.first, row.second)): row.holds for row in words.shared.pairs.itertuples()}
    drawn["key"] = [frozenset((row.first, row.second)) for row in drawn.itertuples()]
    drawn = drawn[drawn["key"].map(holds) == "some"]
    shares = drawn.pivot(index="key", columns="halo", values="share_both")
    names = {c.id: c.short for c in study.instrument.criteria}
    first = drawn.drop_duplicates("key").set_index("key").join(shares)
    columns = [f"share{place}" for place, __ in enumerate(shares.columns)]
    rows = [
        {
            "pair": _("{first} over {second}").format(first=names[row["first"]], second=names[row["second"]]),
            **{
                key: percent(study.numerals.fixed(100 * row[rho], 0))
                for key, rho in zip(columns, shares.columns, strict=True)
            },
        }
        for __, row in by_row(first.sort_values(shares.columns[0], ascending=False, kind="stable"))
    ]
    return table(
        "illustration-table",
        _("Undecided pairs in tables drawn at random: an illustration"),
        [
            Column(key="pair", label=_("Pair")),
            *(
                Column(
                    key=key,
                    label=_("Correlation {rho}").format(rho=as_given(study.numerals, rho)),
                    unit=_("share of tables that pass"),
                    kind="number",
                )
                for key, rho in zip(columns, shares.columns, strict=True)
            ),
        ],
        rows,
        basis=Basis.RECONSTRUCTED,
        note=_(
            "{tables} tables, each with these means as likely as any other. The shares follow from that assumption "
            "alone; they are not probabilities of the truth."
        ).format(tables=study.numerals.fixed(study.parameters.bootstrap_draws, 0)),
        small=True,
    )


def across(words: EvidenceWords) -> ShownTable | None:
    """Every criterion across the industries."""
    if not words.shared.compares_industries:
        return None
    numerals = words.study.numerals
    frame, __ = words.shared.across
    rows = [
        {
            "criterion": row["short"],
            "n": str(int(row["n"])),
            "effect": numerals.fixed(row["epsilon_squared"], 2),
            "ranks": (numerals.p_value(row["p_value"]), numerals.p_value(row["p_adjusted"])),
            "means": (numerals.p_value(row["f_p_value"]), numerals.p_value(row["f_p_adjusted"])),
            "verdict": untested(row["reason"])
            if row["reason"]
            else _("industries differ")
            if row["firm"]
            else _("≈ unresolved"),
        }
        for __, row in by_row(frame)
    ]
    return table(
        "across-table",
        _("Every criterion across the industries"),
        [
            Column(key="criterion", label=_("Criterion")),
            Column(key="n", label="n", kind="number"),
            Column(key="effect", label=_("Epsilon squared"), unit=_("0 to 1"), kind="number"),
            Column(key="ranks", label=_("p, ranks"), unit=_("below: adjusted"), kind="number"),
            Column(key="means", label=_("p, means"), unit=_("below: adjusted"), kind="number"),
            Column(key="verdict", label=_("Verdict")),
        ],
        rows,
        basis=words.study.basis,
        note=_(
            "Exploratory: Kruskal-Wallis with permuted industries, analysis of variance, Benjamini and Hochberg's "
            "correction."
        ),
        optional=("n",),
        small=True,
    )


def change(words: EvidenceWords) -> ShownTable | None:
    """Every criterion against the wave before."""
    if words.shared.change is None:
        return None
    numerals = words.study.numerals
    rows = [
        {
            "criterion": (row["short"], _("{n} in both waves").format(n=int(row["n_both"]))),
            "before": numerals.mean(row["mean_before"]),
            "after": numerals.mean(row["mean_after"]),
            "change": (
                numerals.fixed(row["change"], numerals.mean_decimals, signed=True),
                _signed_range(words, row["ci_low"], row["ci_high"]),
            ),
            "ranks": numerals.p_value(row["p_adjusted"]),
            "means": numerals.p_value(row["t_p_adjusted"]),
            "verdict": untested(row["reason"])
            if row["reason"]
            else _("≈ unresolved")
            if row["holds"] != "firm"
            else _("rose")
            if row["change"] > 0
            else _("fell"),
        }
        for __, row in by_row(words.shared.change)
    ]
    return table(
        "change-table",
        _("Change since wave {before}").format(before=words.study.roster.dataset.before),
        [
            Column(key="criterion", label=_("Criterion")),
            Column(key="before", label=_("Before"), unit=_("mean"), kind="number"),
            Column(key="after", label=_("Now"), unit=_("mean"), kind="number"),
            Column(key="change", label=_("Change"), unit=_("interval"), kind="number"),
            Column(key="ranks", label=_("p, ranks"), unit=_("adjusted"), kind="number"),
            Column(key="means", label=_("p, means"), unit=_("adjusted"), kind="number"),
            Column(key="verdict", label=_("Verdict")),
        ],
        rows,
        basis=words.study.basis,
        optional=("ranks", "means"),
    )


def raters(words: EvidenceWords) -> ShownTable | None:
    """How far raters agree, criterion by criterion."""
    if not len(words.shared.agreement):
        return None
    fixed, counted = words.study.numerals.fixed, words.study.counts is not None

    def pair(row: Row, key: str) -> tuple[str, str]:
        return fixed(row[key], 2), _signed_range(words, row[f"{key}_low"], row[f"{key}_high"], 2)

    rows = [
        {
            "criterion": (
                words.study.instrument[str(criterion)].short,
                _rated_by(words, row),
            ),
            "alpha": pair(row, "alpha"),
            "single": pair(row, "icc_single"),
            "mean": pair(row, "icc_mean"),
            "ac2": pair(row, "ac2"),
            "sem": words.study.numerals.error(row["sem"]),
        }
        for criterion, row in by_row(words.shared.agreement)
    ]
    return table(
        "raters-table",
        _("Agreement of the raters"),
        [
            Column(key="criterion", label=_("Criterion")),
            Column(key="alpha", label=_("Krippendorff's alpha"), unit=_("ordinal"), kind="number"),
            Column(key="single", label="ICC(1)" if counted else "ICC(A,1)", unit=_("one rater"), kind="number"),
            Column(key="mean", label="ICC(1,k)" if counted else "ICC(A,k)", unit=_("mean of raters"), kind="number"),
            Column(key="ac2", label=_("Gwet's AC2"), unit=_("ordinal weights"), kind="number"),
            Column(key="sem", label="SEM", unit=_("points"), kind="number"),
        ],
        rows,
        basis=words.study.basis,
        note=_counted_note(words)
        if counted
        else _(
            "Intervals below each coefficient. SEM, the standard error of measurement, is the spread of the means "
            "times the root of 1 - ICC(A,k). Where all raters always agree, alpha and ICC are undefined, because there "
            "is nothing to tell apart; AC2 is then 1."
        ),
        optional=("single", "ac2"),
    )


def _rated_by(words: EvidenceWords, row: Row) -> str:
    """How many units a criterion was rated on, and by how many."""
    n, units = int(row["n_units"]), words.units
    if words.study.counts is None:
        return _("{n} {units}, {raters} raters").format(n=n, units=units, raters=int(row["n_raters"]))
    whole = words.study.numerals
    if row["fewest"] == row["most"]:
        each = _("{n} {units}, {ratings} ratings of each")
        return each.format(n=n, units=units, ratings=whole.fixed(row["most"], 0))
    between = _("{n} {units}, {fewest} to {most} ratings of each")
    return between.format(n=n, units=units, fewest=whole.fixed(row["fewest"], 0), most=whole.fixed(row["most"], 0))


def _counted_note(words: EvidenceWords) -> str:
    return _(
        "Intervals below each coefficient. Each {unit} is taken to have been rated by respondents of its own, so the "
        "model is the one-way one: ICC(1) of one rating, ICC(1,k) of a mean of as many as are typical. ICC(A,1) "
        "compares raters and needs to know who gave each rating, which counts do not say. SEM, the standard error of "
        "measurement, is that of such a mean; a {unit}'s own follows from its own number of ratings."
    ).format(unit=words.unit)


def index(words: EvidenceWords) -> ShownTable | None:
    """Alpha, omega, and how each criterion goes with the sum of the others."""
    if words.shared.of_means:
        return None
    found, fixed = words.shared.reliability, words.study.numerals.fixed
    rows: list[dict[str, object]] = [
        {
            "item": name,
            "value": fixed(one.effect, 2),
            "interval": _signed_range(
                words,
                math.nan if one.ci_low is None else one.ci_low,
                math.nan if one.ci_high is None else one.ci_high,
                2,
            ),
            "note": one.reason,
        }
        for name, one in ((_("Cronbach's alpha"), found.alpha), (_("McDonald's omega"), found.omega))
    ]
    rows += [
        {
            "item": _("{criterion} with the sum of the others").format(
                criterion=words.study.instrument[str(criterion)].short
            ),
            "value": fixed(value, 2),
            "interval": EN_DASH,
            "note": "",
        }
        for criterion, value in found.item_rest.items()
    ]
    return table(
        "index-table",
        _("How the criteria hang together, {n} {units}").format(n=found.n, units=words.units),
        [
            Column(key="item", label=_("Coefficient")),
            Column(key="value", label=_("Value"), kind="number"),
            Column(key="interval", label=_("Interval"), kind="number"),
            Column(key="note", label=_("Note")),
        ],
        rows,
        basis=words.study.basis,
        small=True,
    )


def model(words: EvidenceWords) -> ShownTable | None:
    """The ordinal model, criterion by criterion."""
    if words.shared.of_means:
        return None
    numerals = words.study.numerals
    rows = [
        {
            "criterion": row["short"],
            "odds": numerals.fixed(row["odds_ratio"], 2),
            "interval": _signed_range(words, row["ci_low"], row["ci_high"], 2),
            "p": numerals.p_value(row["p_value"]),
            "note": row["reason"],
        }
        for __, row in by_row(words.shared.model)
    ]
    return table(
        "model-table",
        _("Odds of a higher score, against the reference criterion"),
        [
            Column(key="criterion", label=_("Criterion")),
            Column(key="odds", label=_("Odds ratio"), kind="number"),
            Column(key="interval", label=_("Interval"), kind="number"),
            Column(key="p", label="p", unit=_("not corrected"), kind="number"),
            Column(key="note", label=_("Note")),
        ],
        rows,
        basis=words.study.basis,
        note=_("Ordered logit of all scores, errors clustered by {unit}. It changes no verdict.").format(
            unit=words.unit
        ),
        small=True,
    )


def gaps(words: EvidenceWords) -> ShownTable | None:
    """Every verdict over all tables that the missing or rounded scores allow."""
    if not words.shared.has_gaps:
        return None
    numerals = words.study.numerals
    rows = [
        {
            "name": row["name"],
            "difference": _signed_range(words, row["difference_low"], row["difference_high"]),
            "means": numerals.p_value(row["p_worst"]),
            "ranks": numerals.p_value(row["rank_p_worst"]),
            "holds": _(VERDICTS[row["holds"]]),
        }
        for __, row in by_row(words.shared.completions)
    ]
    return table(
        "gaps-table",
        _("Every verdict over all completions of the scores"),
        [
            Column(key="name", label=_("Comparison")),
            Column(key="difference", label=_("Difference can be"), unit=_("points"), kind="number"),
            Column(key="means", label=_("Worst p, means"), kind="number"),
            Column(key="ranks", label=_("Worst p, ranks"), kind="number"),
            Column(key="holds", label=_("Verdict")),
        ],
        rows,
        basis=words.study.basis,
        note=_("Worst p before the correction; the verdict is after it, by both tests."),
        small=True,
    )


def verified(words: EvidenceWords, cases: Sequence[CaseResult]) -> ShownTable:
    """Published answers beside ours, one row a check."""
    rows = [
        {
            "case": (case.title, check.method),
            "result": check.result,
            "published": _answer(words.study.numerals, check.published),
            "ours": _answer(words.study.numerals, check.ours),
            "digits": EN_DASH if check.digits is None else _("exact") if check.digits == "exact" else str(check.digits),
            "agrees": _("agrees") if check.agrees else Markup('<span class="miss">{}</span>').format(_("differs")),
        }
        for case in cases
        for check in case.checks
    ]
    agreed = sum(check.agrees for case in cases for check in case.checks)
    return table(
        "verified-table",
        _("{agreed} of {total} published answers come back").format(agreed=agreed, total=len(rows)),
        [
            Column(key="case", label=_("Case")),
            Column(key="result", label=_("Result")),
            Column(key="published", label=_("Published"), kind="number"),
            Column(key="ours", label=_("Ours"), kind="number"),
            Column(key="digits", label=_("Digits agreed"), kind="number"),
            Column(key="agrees", label=_("Verdict")),
        ],
        rows,
        basis=Basis.PUBLISHED,
        note=_(
            "Published answers from textbooks, articles and other software, rerun by this toolkit while the report was "
            "made; the command scorecard verify does the same."
        ),
        small=True,
    )


def _answer(numerals: Numerals, value: object) -> str:
    if value is None:
        return EN_DASH
    if isinstance(value, bool):
        return _("True") if value else _("False")
    return f"{value:.10g}".replace(".", numerals.separators[0]) if isinstance(value, float) else str(value)


# Conclusions that a row of the table names; the others are counted.
_MOST_FLIPS = 6


def sensitivity(words: MethodsWords) -> ShownTable:
    """Each choice that was ours: as chosen, as tried, and what then flips."""
    return table(
        "sensitivity-table",
        _("What flips when one choice is another"),
        [
            Column(key="choice", label=_("Choice"), unit=_("as chosen")),
            Column(key="tried", label=_("Tried")),
            Column(key="flips", label=_("Flip"), kind="number"),
            Column(key="which", label=_("Which")),
        ],
        [_tried(words, trial) for trial in words.trials],
        basis=words.study.basis,
        note=_(
            "A verdict flips if it becomes another or ceases to be one, an order if it is no longer drawn, or drawn "
            "for the first time. Of weights each {unit} counts whose stage is another for at least one criterion."
        ).format(unit=words.unit),
    )


def _tried(words: MethodsWords, trial: Trial) -> dict[str, Any]:
    study, numerals = words.study, words.study.numerals
    flips = _("{count} of {total}").format(count=len(trial.flips), total=trial.conclusions)
    which = "; ".join(trial.flips[:_MOST_FLIPS]) or EN_DASH
    if len(trial.flips) > _MOST_FLIPS:
        which += "; " + _("and {n} more").format(n=len(trial.flips) - _MOST_FLIPS)
    if trial.choice == "alpha":
        chosen, tried = plain_number(numerals, study.parameters.alpha), plain_number(numerals, trial.value)
        return {"choice": (_("Level alpha"), chosen), "tried": tried, "flips": flips, "which": which}
    if trial.choice == "target":
        by = plain_number(numerals, abs(trial.value))
        tried = (_("{by} points higher") if trial.value > 0 else _("{by} points lower")).format(by=by)
        chosen = words.at_target
        return {"choice": (_("Target"), chosen), "tried": tried, "flips": flips, "which": which}
    if trial.choice == "zeros":
        chosen = _("the worse of both rules") if words.shared.of_means else _("ranked along (Pratt)")
        tried = _("either rule") if words.shared.of_means else _("dropped (Wilcoxon)")
        return {"choice": (_("Zeros among differences"), chosen), "tried": tried, "flips": flips, "which": which}
    name, count = trial.most or ("", 0)
    most = _("most with {criterion}: {n}").format(criterion=name, n=count)
    first = _("the first place stays") if trial.leads else _("the first place changes")
    weights = set(study.weights.values())
    return {
        "choice": (_("Weights"), _("all equal") if len(weights) == 1 else _("as the instrument or the study has them")),
        "tried": _("one criterion counted twice") if trial.choice == "doubled" else _("one criterion left out"),
        "flips": flips,
        "which": f"{most}; {first}" if count else first,
    }
