"""What the columns of the annex are called and what they mean.

The keys are the fields of `kernels_lib.study.results`; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from kernels_lib.study.language import N_


@dataclass(frozen=True)
class Meaning:
    """A column: its field, how it is written, its head, and what stands in it.

    `kind` is text, count, score, mean, effect, p, share, flag (a truth), code (a word that the results
    keep in English and that `CODES` lists) or message (one that the catalogues know from elsewhere).
    """

    key: str
    kind: str
    label: str
    meaning: str = ""


NUMBERS = (
    Meaning("ref", "text", N_("Reference"), N_("The name under which every format states this number")),
    Meaning("value", "own", N_("Value"), N_("With all the digits that were computed; shown as the text shows it")),
    Meaning("unit", "code", N_("Unit")),
    Meaning("text", "text", N_("As stated"), N_("As the report and the slides write it")),
    Meaning("basis", "code", N_("Basis"), N_("What the number rests on")),
)

SCORES = (
    Meaning("name", "text", N_("Criterion")),
    Meaning("side", "text", N_("Kind")),
    Meaning("score", "score", N_("Score"), N_("Points on the scale; empty where not scored")),
    Meaning("target", "score", N_("Target"), N_("The score that counts as gained")),
    Meaning("gap", "score", N_("To target"), N_("Score minus target; negative is missing")),
    Meaning("verdict", "code", N_("Verdict")),
    Meaning("peers_mean", "mean", N_("Mean of peers"), N_("Of the other brands that this report compares with")),
    Meaning("best_quarter", "mean", N_("Mean of the best quarter"), N_("Of those peers that score highest")),
)

CRITERIA = (
    Meaning("name", "text", N_("Criterion")),
    Meaning("side", "text", N_("Kind")),
    Meaning("n", "count", N_("n"), N_("How many were scored")),
    Meaning("mean", "mean", N_("Mean"), N_("Of all who were scored, in points")),
    Meaning("ci_low", "mean", N_("Interval from"), N_("Lower end of the interval of the mean")),
    Meaning("ci_high", "mean", N_("Interval to"), N_("Upper end of the interval of the mean")),
    Meaning("ci_level", "share", N_("Level of the interval")),
    Meaning("target", "score", N_("Target"), N_("The score that counts as gained")),
    Meaning("stage", "text", N_("Stage"), N_("The band of the scale that the mean lies in")),
    Meaning("stage_status", "code", N_("Name of the stage"), N_("Whether the source printed it or it is assumed")),
    Meaning("verdict", "code", N_("Verdict"), N_("Against the target, by the rows of the ledger")),
    Meaning("grade", "code", N_("Grade of evidence")),
    Meaning("published_mean", "mean", N_("Published mean"), N_("As the source prints it")),
    Meaning("basis", "code", N_("Basis of the mean")),
    Meaning("ci_basis", "code", N_("Basis of the interval")),
)

LEDGER = (
    Meaning("id", "text", N_("Reference"), N_("One row a p-value")),
    Meaning("question", "text", N_("Question")),
    Meaning("subject", "text", N_("Comparison"), N_("What was compared")),
    Meaning("conclusion", "text", N_("Conclusion")),
    Meaning("firm", "flag", N_("Firm"), N_("Whether every test of the question passes after the correction")),
    Meaning("p_value", "p", N_("p"), N_("Empty where the question cannot be tested")),
    Meaning("p_adjusted", "p", N_("p adjusted"), N_("After the correction for its family")),
    Meaning("effect", "effect", N_("Effect")),
    Meaning("ci_low", "effect", N_("Interval from"), N_("Lower end of the interval of the effect")),
    Meaning("ci_high", "effect", N_("Interval to"), N_("Upper end of the interval of the effect")),
    Meaning("ci_level", "share", N_("Level of the interval")),
    Meaning("effect_name", "text", N_("What the effect is")),
    Meaning("method", "text", N_("Test")),
    Meaning("n_used", "count", N_("n"), N_("Observations that can speak for either side")),
    Meaning("ties", "count", N_("Ties"), N_("Empty where the method has none")),
    Meaning("zeros", "count", N_("Zeros"), N_("Empty where the method has none")),
    Meaning("statistic", "effect", N_("Statistic")),
    Meaning("df", "effect", N_("Degrees of freedom")),
    Meaning("exactness", "code", N_("How p was computed")),
    Meaning("smallest_p", "p", N_("Smallest p"), N_("That n, ties and zeros allow, before the correction")),
    Meaning("detectable", "effect", N_("Can find"), N_("Smallest effect found in four of five such studies")),
    Meaning("family", "message", N_("Family"), N_("Questions that are corrected as one")),
    Meaning("family_size", "count", N_("Size of the family")),
    Meaning("correction", "code", N_("Correction")),
    Meaning("alpha", "share", N_("Level"), N_("Of the whole family")),
    Meaning("apa", "text", N_("As researchers quote it")),
    Meaning("basis", "code", N_("Basis")),
)

# Columns of what the results list for readers who may see single units; others keep their field's name.
LISTED = (
    Meaning("name", "text", N_("Name")),
    Meaning("industry", "text", N_("Industry")),
    Meaning("n", "count", N_("n"), N_("How many stand behind it")),
    Meaning("rank", "count", N_("Rank"), N_("1 is best; equal scores share the better rank")),
    Meaning("overall", "mean", N_("Overall score"), N_("The weighted mean of the criteria")),
    Meaning("mean", "mean", N_("Mean"), N_("Of the overall scores, in points")),
    Meaning("ci_low", "mean", N_("Interval from")),
    Meaning("ci_high", "mean", N_("Interval to")),
    Meaning("basis", "code", N_("Basis")),
)

# Words that the results keep in English, so that programs can rely on them.
CODES = {
    "strength": N_("strength"),
    "missed opportunity": N_("missed opportunity"),
    "unresolved": N_("unresolved"),
    "too close to call": N_("too close to call"),
    "not scored": N_("not scored"),
    "measured": N_("measured"),
    "published": N_("published"),
    "reconstructed": N_("reconstructed"),
    "every table": N_("true in every table"),
    "illustrative": N_("illustrative: made up"),
    "assumed": N_("assumed"),
    "both tests agree": N_("both tests agree"),
    "not decided by both tests": N_("not decided by both tests"),
    "both tracks": N_("both tests, in every table"),
    "test of means only": N_("test of means only, in every table"),
    "not decidable from the means": N_("not decidable from the means"),
    "exact": N_("exact"),
    "asymptotic": N_("asymptotic"),
    "permutation": N_("permutation"),
    "worst case": N_("worst case"),
    "not tested": N_("not tested"),
    "points": N_("points"),
    "count": N_("count"),
    "rank": N_("rank"),
    "share": N_("share"),
    "standard deviations": N_("standard deviations"),
    "none": N_("none"),
    "holm": "Holm",
    "bonferroni": "Bonferroni",
    "bh": "Benjamini-Hochberg",
    "by": "Benjamini-Yekutieli",
    "hochberg": "Hochberg",
    "dunn": "Dunn",
}

# Names of the sheets of known tables; others are called as the page calls them, in short.
TABLES = {
    "scorecard-table": N_("Scorecard"),
    "group-table": N_("Criteria in order"),
    "pairs-table": N_("Pairs"),
    "overall-table": N_("Against overall"),
    "worst-table": N_("Pairs, every table"),
    "illustration-table": N_("Pairs, illustration"),
    "across-table": N_("Across industries"),
    "reproduced-table": N_("Published and reproduced"),
    "advice-table": N_("Why and how"),
    "gaps-table": N_("Gaps"),
    "sensitivity-table": N_("Sensitivity"),
    "index-table": N_("Overall score"),
    "league-table": N_("League table"),
    "model-table": N_("Model"),
    "raters-table": N_("Raters"),
    "grid-table": N_("Grid of means"),
    "verified-table": N_("Verified answers"),
    "parameters-table": N_("Parameters"),
    "assumptions-table": N_("Assumptions"),
    "families-table": N_("Families of tests"),
    "change-table": N_("Change"),
    "assessment-table": N_("Self-assessment"),
    "objectives-table": N_("Objectives"),
    "activity-table": N_("Activity"),
    "vanity-table": N_("Counted, not used"),
}
