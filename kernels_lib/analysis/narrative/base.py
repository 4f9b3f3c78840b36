"""What every reader is told: numbers, pairs of criteria, how the data came about."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import pandas as pd

from kernels_lib.analysis.findings import Common
from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.statement import NOTHING, Numbers, Statement, firm, joined, open_, state
from kernels_lib.study.numerals import in_words, listed, plural
from kernels_lib.study.opening import Study
from kernels_lib.study.results import Basis, Claim, Test

CORRECTION_WORDS = {
    "holm": "after Holm's correction",
    "bonferroni": "after Bonferroni's correction",
    "bh": "at a false discovery rate controlled by Benjamini and Hochberg",
    "none": "without a correction",
}


# A sentence names so many criteria at most.
MOST_NAMED = 5


class Words:
    """Sentences about a group of units; readers' classes build on it.

    Parameters
    ----------
    study : Study
    shared : findings.Common
    """

    def __init__(self, study: Study, shared: Common) -> None:
        self.study = study
        self.shared = shared
        self.numbers = Numbers(study.numerals, shared.basis)
        self.units = study.instrument.unit.many
        self.unit = study.instrument.unit.one

    @property
    def group(self) -> str:
        """``all 30 brands``."""
        return f"all {self.study.n_units} {self.units}"

    def short(self, criterion: str) -> str:
        """A criterion's label inside a sentence."""
        return _lower_first(self.study.instrument[criterion].short)

    def phrase(self, criterion: str) -> str:
        """A criterion as something that is done: ``telling members what to expect``."""
        return self.study.instrument[criterion].phrase

    @cached_property
    def common_target(self) -> float | None:
        """The target, where all criteria have the same."""
        targets = set(self.study.targets.values())
        return targets.pop() if len(targets) == 1 else None

    @property
    def at_target(self) -> str:
        """``4 or above``, or words where targets differ."""
        if self.common_target is None:
            return "at their target"
        return f"{self.study.numerals.target(self.common_target)} or above"

    @property
    def below_target(self) -> str:
        """``below 4``, or words where targets differ."""
        if self.common_target is None:
            return "below their target"
        return f"below {self.study.numerals.target(self.common_target)}"

    @property
    def here(self) -> str:
        """Where a finding from unit scores holds: what the hedge must say."""
        if self.study.basis is Basis.RECONSTRUCTED:
            return "in this reconstruction"
        return "in these data"

    @property
    def firm_here(self) -> pd.DataFrame:
        """Pairs that are firm in the unit scores but not certain from the means alone."""
        return self.shared.pairs[self.shared.pairs["holds"] == "firm"]

    @property
    def firm_always(self) -> pd.DataFrame:
        """Pairs that hold in every table consistent with the published means."""
        return self.shared.pairs[self.shared.pairs["holds"] == "every"]

    @property
    def unresolved(self) -> pd.DataFrame:
        """Pairs whose order the data do not settle."""
        return self.shared.pairs[~self.shared.pairs["holds"].isin(["firm", "every"])]

    def claims_of_pairs(self) -> tuple[Claim, ...]:
        """Every pair as the ledger has it."""
        settled = self.shared.pairs["holds"].isin(["firm", "every"])
        return (*_pairs(firm, self.shared.pairs[settled]), *_pairs(open_, self.shared.pairs[~settled]))

    def claims_of_targets(self) -> tuple[Claim, ...]:
        """Every criterion against its target, as the ledger has it."""
        sure = self.shared.card["firm"]
        return (
            *firm(*(question("targets", str(c)) for c in self.shared.card.index[sure])),
            *open_(*(question("targets", str(c)) for c in self.shared.card.index[~sure])),
        )

    @cached_property
    def low_group(self) -> list[str]:
        """The lowest criteria, as far up as no two of them are in a firm order."""
        return self._unsettled(ascending=True)

    def _unsettled(self, *, ascending: bool) -> list[str]:
        card = self.shared.card.dropna(subset=["mean"]).sort_values("mean", ascending=ascending, kind="stable")
        open_pairs = {frozenset((row.first, row.second)) for row in self.unresolved.itertuples()}
        group: list[str] = []
        for criterion in card.index:
            if any(frozenset((criterion, other)) not in open_pairs for other in group):
                break
            group.append(str(criterion))
        return group if len(group) > 1 else []

    def pairs_title(self) -> Statement:
        """What is settled about the order of the criteria, as a message."""
        return self._pairs_title().claiming(self.claims_of_pairs())

    def _pairs_title(self) -> Statement:
        count = len(self.firm_here) + len(self.firm_always)
        total = len(self.shared.pairs)
        if total == 0:
            return state("pairs.title", "One criterion alone has no order")
        if not count:
            return state("pairs.title", f"No two criteria can be put in order from {self._source()}")
        if count == total:
            return state("pairs.title", "Every pair of criteria is in a firm order")
        settled = self.shared.pairs[self.shared.pairs["holds"].isin(["firm", "every"])]
        if settled["first"].nunique() == 1:
            return state(
                "pairs.title",
                "{first} stands above {count} others; the rest cannot be put in order",
                first=self.short(settled["first"].iloc[0]),
                count=in_words(count),
            )
        if len(self.low_group) > 1 and len(self.low_group) < len(self.shared.card):
            return state("pairs.title", "High and low are apart; the order among the low is not settled")
        return state("pairs.title", "Some criteria are apart; the order of the others is not settled")

    def _source(self) -> str:
        return "the published means alone" if self.shared.of_means else f"these {self.units}"

    def order(self, pairs: pd.DataFrame, identity: str) -> Statement:
        """Who is above whom, in as few sentences as the pairs allow.

        Criteria that are above the same others share a sentence.
        """
        above: dict[str, list[str]] = {}
        for row in pairs.itertuples():
            above.setdefault(row.first, []).append(row.second)
        sentences = []
        means = self.shared.card["mean"]
        for number, first in enumerate(sorted(above, key=lambda criterion: -means[criterion])):
            seconds = sorted(above[first], key=lambda criterion: -means[criterion])
            mine = pairs[pairs["first"] == first]["difference"]
            low = self.numbers.distance(f"{identity}.{first}.least", mine.min())
            high = self.numbers.distance(f"{identity}.{first}.most", mine.max())
            others = len(self.shared.card) - 1
            whom = (
                f"{in_words(len(seconds))} of the other {in_words(others)}"
                if len(seconds) > 3
                else listed([self.short(second) for second in seconds])
            )
            if len(seconds) == others:
                whom = f"all {in_words(others)} others"
            reach = "by {low} points" if low.text == high.text else "by {low} to {high} points"
            verb = ("{first} is above {whom} ", "{first} stands above {whom} ", "{first} is ahead of {whom} ")
            template = verb[number % 3] + reach + "."
            sentences.append(
                state(f"{identity}.{first}", template, first=self.short(first), whom=whom, low=low, high=high).claiming(
                    _pairs(firm, pairs[pairs["first"] == first])
                )
            )
        return joined(identity, sentences)

    def unsettled(self) -> Statement:
        """Which criteria share the lowest place, as far as the data can tell."""
        if len(self.low_group) < 2:
            return NOTHING
        everything = len(self.low_group) == len(self.shared.card)
        if everything:
            names = f"No two of the {in_words(len(self.low_group))} criteria are in a firm order."
        elif len(self.low_group) > MOST_NAMED:
            names = f"The order among the {in_words(len(self.low_group))} lowest criteria is open."
        else:
            names = f"Which of {listed([self.short(c) for c in self.low_group])} is lowest is open."
        who = (
            "The published means"
            if self.shared.of_means
            else f"The scores of {self.brand_count(len(self.study.members))}"
        )
        return state(
            "pairs.unsettled",
            "{names} {who} cannot put them in order: treat them as one group. In all, {count} of {total} pairs "
            "are in no firm order."
            if not everything
            else "{names} {who} cannot put them in order.",
            names=names,
            who=who,
            count=self.numbers.count("pairs.unresolved", len(self.unresolved), words=False),
            total=str(len(self.shared.pairs)),
        ).claiming(_pairs(open_, self.unresolved))

    @property
    def bracketed(self) -> list[str]:
        """The low group as a chart may bracket it: only where it is small enough to be a group."""
        return self.low_group if len(self.low_group) <= MOST_NAMED else []

    def industry_intervals(self) -> Statement:
        """What the intervals beside the industries' means are."""
        level = f"{self.study.numerals.target(100 * (1 - self.study.parameters.alpha))}%"
        return state(
            "method.industries",
            "Intervals are at {level}: Gaffke's, whose coverage is not proved but never was seen to fail, where fewer "
            "than ten stand behind a mean or most sit on an end of the scale; else by bootstrap.",
            level=level,
        )

    def league_caption(self) -> Statement:
        """What the ranges in the ranking are."""
        return state(
            "league.caption",
            "The line behind each mark is the range under other weights of the criteria. It is a range, not a "
            "confidence interval"
            + (": the error of rating is not known." if self.study.ratings is None else "; the table says more."),
        )

    # ---- what stands around the findings ----------------------------------------------------

    def kicker(self) -> list[str]:
        """Kind of report, industry, wave: the line above the headline."""
        return [self.kind_words, self._wave()]

    kind_words = "Scorecard study"

    def masthead(self) -> dict[str, Any]:
        """Who the document is for and what it is about, as `Report.masthead` takes it."""
        return {
            "kicker": self.kicker(),
            "title": self.document_title(),
            "description": self.description(),
            "notice_tag": self.notice_tag(),
        }

    def _wave(self) -> str:
        return f"Wave {self.study.wave}, {self.study.numerals.date(self.study.report_date)}"

    def document_title(self) -> str:
        """The title of the document, as a browser's tab shows it."""
        return f"{self.study.subject}: {self.kind_words.lower()}, wave {self.study.wave}"

    def description(self) -> str:
        """One sentence about the document."""
        k = len(self.study.instrument.criteria)
        return f"{self.group.capitalize()} on {k} criteria: what they reach, what they miss, and how sure that is."

    def notice_tag(self) -> str:
        """The notice in three words, for every slide."""
        if self.shared.of_means:
            return f"means published; {self.unit} scores reconstructed"
        return f"{self.unit} scores reconstructed" if self.study.basis is Basis.RECONSTRUCTED else ""

    def method_title(self) -> Statement:
        """The section on method."""
        if self.study.basis is Basis.RECONSTRUCTED:
            return state("method.title", "What is published, what is rebuilt, what is computed")
        return state("method.title", "What is measured, what is assumed, what is computed")

    def method(self) -> Statement:
        """How the numbers come about."""
        return joined("method", self.method_lines())

    def method_lines(self) -> list[Statement]:
        """The method, one statement a line."""
        study = self.study
        total, k = len(self.shared.pairs), len(self.shared.card)
        corrected = CORRECTION_WORDS[study.parameters.correction]
        compared = f"{k} criteria or {total} {plural(total, 'pair', 'pairs')}" if k > 1 else "one criterion"
        lines = []
        if study.means_only:
            lines.append(
                state(
                    "method.data",
                    "Of {group} only the means were published. Scores of single {units} are a reconstruction with "
                    "exactly these means, one among a great many tables that have them.",
                    group=self.group,
                    units=self.units,
                )
            )
        else:
            lines.append(
                state(
                    "method.data",
                    "{n} {units} with {k} each, as measured: {source}.",
                    n=str(study.n_units),
                    units=self.units,
                    k=f"{k} {plural(k, 'criterion', 'criteria')}",
                    source="; ".join(study.roster.dataset.sources).rstrip("."),
                )
            )
        if self.shared.of_means:
            lines.append(
                state(
                    "method.tests",
                    "A statement about the group is called firm if a test of ranks and a test of means make it for "
                    "every table of scores that has the published means, {corrected} over {all}. "
                    "Where only the test of means does, that is said.",
                    corrected=corrected,
                    all=compared,
                )
            )
        else:
            lines.append(
                state(
                    "method.tests",
                    "A statement about the group is called firm if an exact signed-rank test and a test of means "
                    "agree, {corrected} over {all}, at {alpha}.",
                    corrected=corrected,
                    all=compared,
                    alpha=f"{study.numerals.fixed(100 * study.parameters.alpha, 0)}%"
                    if round(100 * study.parameters.alpha, 9) % 1 == 0
                    else study.numerals.fixed(study.parameters.alpha, 3),
                )
            )
        if k > 1:
            lines.append(self._about_weights())
        return lines

    def _about_weights(self) -> Statement:
        study = self.study
        return state(
            "method.weights",
            "The overall score is the weighted mean of the criteria. Its range, and that of the rank, hold 95% of "
            "{draws} random weightings; they show what hangs on the weights and are no confidence intervals.",
            draws=study.numerals.fixed(study.parameters.weight_draws, 0),
        )

    def ledger_fold(self, tests: list[Test]) -> str:
        """The words on the folded ledger."""
        tested = sum(test.p_value is not None for test in tests)
        return f"Test ledger: all {tested} tests, with what could not be tested"

    def brand_count(self, count: int) -> str:
        """``one brand``, ``five brands``."""
        return f"{in_words(count)} {plural(count, self.unit, self.units)}"


def _pairs(kind: Callable[..., tuple[Claim, ...]], frame: pd.DataFrame) -> tuple[Claim, ...]:
    return kind(*(question("pairs", row.first, row.second) for row in frame.itertuples()))


def _lower_first(text: str) -> str:
    # Labels that begin with a capitalised abbreviation keep it.
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
