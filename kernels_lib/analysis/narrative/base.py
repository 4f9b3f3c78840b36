"""What every reader is told: numbers, pairs of criteria, how the data came about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd

from kernels_lib.analysis import excerpts, frozen
from kernels_lib.analysis.findings import Common
from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.statement import NOTHING, Numbers, Statement, firm, joined, open_, state
from kernels_lib.study.language import N_, SOURCE, _, _n, spoken
from kernels_lib.study.numerals import Numerals, in_words, listed
from kernels_lib.study.opening import Study
from kernels_lib.study.results import Basis, Claim, Test

CORRECTION_WORDS = {
    "holm": N_("after Holm's correction"),
    "bonferroni": N_("after Bonferroni's correction"),
    "bh": N_("at a false discovery rate controlled by Benjamini and Hochberg"),
    "none": N_("without a correction"),
}

# Who is above whom: words in turn, each by one distance and by a range of distances.
ORDERED = (
    (N_("{first} is above {whom} by {low} points."), N_("{first} is above {whom} by {low} to {high} points.")),
    (N_("{first} stands above {whom} by {low} points."), N_("{first} stands above {whom} by {low} to {high} points.")),
    (N_("{first} is ahead of {whom} by {low} points."), N_("{first} is ahead of {whom} by {low} to {high} points.")),
)


# A sentence names so many criteria at most.
MOST_NAMED = 5
# Beside a number on a slide there is room for so many names.
MOST_BESIDE = 8


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
        return _("all {n} {units}").format(n=self.study.n_units, units=self.units)

    def short(self, criterion: str) -> str:
        """A criterion's label inside a sentence."""
        return inside(self.study.instrument[criterion].short)

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
            return _("at their target")
        return _("{target} or above").format(target=self.study.numerals.target(self.common_target))

    @property
    def below_target(self) -> str:
        """``below 4``, or words where targets differ."""
        if self.common_target is None:
            return _("below their target")
        return _("below {target}").format(target=self.study.numerals.target(self.common_target))

    @property
    def here(self) -> str:
        """Where a finding from unit scores holds: what the hedge must say."""
        if self.study.basis is Basis.RECONSTRUCTED:
            return _("in this reconstruction")
        return _("in these data")

    @cached_property
    def firm_here(self) -> pd.DataFrame:
        """Pairs that are firm in the unit scores but not certain from the means alone."""
        return self.shared.pairs[self.shared.pairs["holds"] == "firm"]

    @cached_property
    def firm_always(self) -> pd.DataFrame:
        """Pairs that hold in every table consistent with the published means."""
        return self.shared.pairs[self.shared.pairs["holds"] == "every"]

    @cached_property
    def _order_of_pairs(self) -> pd.DataFrame:
        """What the sentences say of pairs: a tenth of the table's columns, so that choosing rows is quick."""
        return self.shared.pairs[["first", "second", "difference", "holds"]]

    @cached_property
    def unresolved(self) -> pd.DataFrame:
        """Pairs whose order the data do not settle, without their tests."""
        return self._order_of_pairs[~self._order_of_pairs["holds"].isin(["firm", "every"])]

    @cached_property
    def resolved(self) -> pd.DataFrame:
        """Pairs in a firm order, without their tests."""
        return self._order_of_pairs[self._order_of_pairs["holds"].isin(["firm", "every"])]

    def claims_of_pairs(self) -> tuple[Claim, ...]:
        """Every pair as the ledger has it."""
        return self._claims_of_pairs

    @cached_property
    def _claims_of_pairs(self) -> tuple[Claim, ...]:
        return (*_pairs(firm, self.resolved), *_pairs(open_, self.unresolved))

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
        open_pairs = set(map(frozenset, zip(self.unresolved["first"], self.unresolved["second"], strict=True)))
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
        if self.shared.many:
            return self.overall_title()
        if total == 0:
            return state("pairs.title", "One criterion alone has no order")
        if not count and self.shared.of_means:
            return state("pairs.title", "No two criteria can be put in order from the published means alone")
        if not count:
            return state("pairs.title", "No two criteria can be put in order from these {units}", units=self.units)
        if count == total:
            return state("pairs.title", "Every pair of criteria is in a firm order")
        if self.resolved["first"].nunique() == 1:
            return state(
                "pairs.title",
                _n(
                    "{first} stands above one other; the rest cannot be put in order",
                    "{first} stands above {count} others; the rest cannot be put in order",
                    count,
                ),
                first=self.short(self.resolved["first"].iloc[0]),
                count=in_words(count),
            )
        if len(self.low_group) > 1 and len(self.low_group) < len(self.shared.card):
            return state("pairs.title", "High and low are apart; the order among the low is not settled")
        return state("pairs.title", "Some criteria are apart; the order of the others is not settled")

    def apart(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Of many criteria those firmly above the overall score, firmly below it, and the others; largest first."""
        frame = self.shared.beside_overall.sort_values("difference", ascending=False, kind="stable")
        sure, up = frame["firm"], frame["difference"] > 0
        return frame[sure & up], frame[sure & ~up][::-1], frame[~sure]

    def overall_title(self) -> Statement:
        """How many of many criteria stand apart from the overall score."""
        high, low, __ = self.apart()
        if not len(high) + len(low):
            words = state("overall.title", "No criterion stands firmly apart from the overall score")
        else:
            words = state(
                "overall.title",
                "Of {k} criteria {high} are firmly above the overall score, {low} firmly below it",
                k=str(len(self.shared.card)),
                high=self.numbers.count("overall.above", len(high), words=False),
                low=self.numbers.count("overall.below", len(low), words=False),
            )
        return words.claiming(self.claims_of_overall())

    def claims_of_overall(self) -> tuple[Claim, ...]:
        """Every comparison with the overall score as the ledger has it."""
        high, low, rest = self.apart()
        return (*_overall(firm, high), *_overall(firm, low), *_overall(open_, rest))

    def overall_items(self) -> list[tuple[str, bool, Statement]]:
        """What many criteria are compared with, which stand apart, and which do not: tag, quiet, words."""
        if not self.shared.many:
            return []
        k = len(self.shared.card)
        how = state(
            "overall.how",
            "With {k} criteria there are {pairs} pairs, too many to test or to read. Each criterion is compared with "
            "the overall score of the same {units} instead: {k} questions, corrected as one family. So nothing is "
            "said here about the order of any two criteria.",
            k=str(k),
            pairs=self.study.numerals.fixed(k * (k - 1) // 2, 0),
            units=self.units,
        )
        high, low, rest = self.apart()
        items = [(_("What is compared"), True, how)]
        for frame, side in ((high, "above"), (low, "below")):
            if len(frame):
                items.append((_("Firm"), False, self._apart_by(frame, side)))
        if len(rest):
            names = state(
                "overall.open",
                _n(
                    "{count} criterion cannot be told from the overall score: {names}.",
                    "{count} criteria cannot be told from the overall score: {names}.",
                    len(rest),
                ),
                count=self.numbers.count("overall.open", len(rest), words=False),
                names=shortlist([self.short(str(c)) for c in rest.index]),
            )
            items.append((_("≈ Unresolved"), True, names.claiming(_overall(open_, rest))))
        return items

    def _apart_by(self, frame: pd.DataFrame, side: str) -> Statement:
        sizes = frame["difference"].abs()
        one, several = {
            "above": (
                N_("{count} above the overall score, by {high} points: {names}."),
                N_("{count} above the overall score, by {low} to {high} points: {names}."),
            ),
            "below": (
                N_("{count} below the overall score, by {high} points: {names}."),
                N_("{count} below the overall score, by {low} to {high} points: {names}."),
            ),
        }[side]
        low = self.numbers.distance(f"overall.{side}.least", sizes.min())
        high = self.numbers.distance(f"overall.{side}.most", sizes.max())
        words = state(
            f"overall.{side}.names",
            one if low.text == high.text else several,
            count=self.numbers.count(f"overall.{side}", len(frame), words=False),
            low=low,
            high=high,
            names=shortlist([self.short(str(c)) for c in frame.index]),
        )
        return words.claiming(_overall(firm, frame))

    def order(self, pairs: pd.DataFrame, identity: str) -> Statement:
        """Who is above whom, in as few sentences as the pairs allow.

        Criteria that are above the same others share a sentence.
        """
        above: dict[str, dict[str, float]] = {}
        for first, second, ahead in zip(pairs["first"], pairs["second"], pairs["difference"], strict=True):
            above.setdefault(first, {})[second] = ahead
        sentences = []
        means = self.shared.card["mean"].to_dict()
        for number, first in enumerate(sorted(above, key=lambda criterion: -means[criterion])):
            seconds = sorted(above[first], key=lambda criterion: -means[criterion])
            low = self.numbers.distance(f"{identity}.{first}.least", min(above[first].values()))
            high = self.numbers.distance(f"{identity}.{first}.most", max(above[first].values()))
            one_distance, distances = ORDERED[number % len(ORDERED)]
            words = state(
                f"{identity}.{first}",
                one_distance if low.text == high.text else distances,
                first=self.short(first),
                whom=self._whom(seconds),
                low=low,
                high=high,
            )
            sentences.append(words.claiming(firm(*(question("pairs", first, second) for second in above[first]))))
        return joined(identity, sentences)

    def _whom(self, below: list[str]) -> str:
        """The criteria below another one: their names, or how many of all others."""
        others = len(self.shared.card) - 1
        if len(below) == others > 1:
            return _("all {others} others").format(others=in_words(others))
        if len(below) > 3:
            return _("{n} of the other {others}").format(n=in_words(len(below)), others=in_words(others))
        return listed([self.short(criterion) for criterion in below])

    def unsettled(self) -> Statement:
        """Which criteria share the lowest place, as far as the data can tell."""
        if len(self.low_group) < 2:
            return NOTHING
        everything = len(self.low_group) == len(self.shared.card)
        parts = [self._which_is_open(), self._no_order() if everything else self._one_group()]
        return joined("pairs.unsettled", parts).claiming(_pairs(open_, self.unresolved))

    def unsettled_short(self) -> Statement:
        """The same for a slide."""
        if len(self.low_group) < 2:
            return NOTHING
        group = state("pairs.group", "Treat them as one group.")
        parts = [self._which_is_open(), group] if len(self.low_group) < len(self.shared.card) else [self._no_order()]
        return joined("pairs.unsettled.short", parts).claiming(_pairs(open_, self.unresolved))

    def _which_is_open(self) -> Statement:
        size = len(self.low_group)
        if size == len(self.shared.card):
            return state("pairs.which", "No two of the {k} criteria are in a firm order.", k=in_words(size))
        if size > MOST_NAMED:
            return state("pairs.which", "The order among the {k} lowest criteria is open.", k=in_words(size))
        names = listed([self.short(criterion) for criterion in self.low_group])
        return state("pairs.which", "Which of {names} is lowest is open.", names=names)

    def pairs_caption(self) -> Statement:
        """The largest difference and the smallest firm one: what the matrix shows beside the counts."""
        rows = self._order_of_pairs.dropna(subset=["difference"]).sort_values("difference", kind="stable")
        if not len(rows):
            return state("pairs.caption", "No two criteria were scored together.")
        largest = rows.iloc[-1]
        named = {
            "first": self.short(largest["first"]),
            "second": self.short(largest["second"]),
            "most": self.numbers.distance("pairs.largest", largest["difference"]),
        }
        sure = rows[rows["holds"].isin(["firm", "every"])]
        if not len(sure):
            return state("pairs.caption", "The largest difference is {most} points, {first} over {second}.", **named)
        least = sure.iloc[0]
        return state(
            "pairs.caption",
            "The largest difference is {most} points, {first} over {second}; the smallest that is firm is {least} "
            "points, {above} over {below}.",
            **named,
            least=self.numbers.distance("pairs.smallest_firm", least["difference"]),
            above=self.short(least["first"]),
            below=self.short(least["second"]),
        ).claiming(_pairs(firm, sure))

    def industries_caption(self) -> Statement:
        """From which to which mean the industries reach."""
        rows = self.shared.industries
        shown = rows[~rows["withheld"]].sort_values("mean") if "withheld" in rows else rows.sort_values("mean")
        shown = shown.dropna(subset=["mean"])
        everyone = self.numbers.mean("group.overall", float(self.shared.league["overall"].mean()))
        if len(shown) < 2:
            return state("industry.caption", "The mean of {group} is {total}.", group=self.group, total=everyone)
        return state(
            "industry.caption",
            "The means reach from {low} in {bottom} to {high} in {top}; that of {group} is {total}.",
            low=self.numbers.mean("industries.lowest", shown.iloc[0]["mean"]),
            bottom=shown.iloc[0]["name"],
            high=self.numbers.mean("industries.highest", shown.iloc[-1]["mean"]),
            top=shown.iloc[-1]["name"],
            group=self.group,
            total=everyone,
        )

    def _no_order(self) -> Statement:
        """What cannot put any two criteria in order."""
        if self.shared.of_means:
            return state("pairs.open", "The published means cannot put them in order.")
        n = len(self.study.members)
        return state(
            "pairs.open",
            _n(
                "The scores of one {unit} cannot put them in order.",
                "The scores of {n} {units} cannot put them in order.",
                n,
            ),
            n=in_words(n),
            unit=self.unit,
            units=self.units,
        )

    def _one_group(self) -> Statement:
        """What cannot put the lowest criteria in order, and how many pairs are open in all."""
        n, count = len(self.study.members), len(self.unresolved)
        if self.shared.of_means:
            cannot = state("pairs.open", "The published means cannot put them in order: treat them as one group.")
        else:
            cannot = state(
                "pairs.open",
                _n(
                    "The scores of one {unit} cannot put them in order: treat them as one group.",
                    "The scores of {n} {units} cannot put them in order: treat them as one group.",
                    n,
                ),
                n=in_words(n),
                unit=self.unit,
                units=self.units,
            )
        in_all = state(
            "pairs.open.count",
            _n(
                "In all, {count} of {total} pairs is in no firm order.",
                "In all, {count} of {total} pairs are in no firm order.",
                count,
            ),
            count=self.numbers.count("pairs.unresolved", count, words=False),
            total=str(len(self.shared.pairs)),
        )
        return joined("pairs.open", [cannot, in_all])

    @property
    def bracketed(self) -> list[str]:
        """The low group as a chart may bracket it: only where it is small enough to be a group."""
        return self.low_group if len(self.low_group) <= MOST_NAMED else []

    def industry_intervals(self) -> Statement:
        """What the intervals beside the industries' means are."""
        level = percent(plain_number(self.study.numerals, round(100 * (1 - self.study.parameters.alpha), 9)))
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
            "confidence interval: the error of rating is not known."
            if not self.study.rated
            else "The line behind each mark is the range under other weights of the criteria. It is a range, not a "
            "confidence interval; the table says more.",
        )

    # ---- what stands around the findings ----------------------------------------------------

    def kicker(self) -> list[str]:
        """Kind of report, industry, wave: the line above the headline."""
        return [_(self.kind_words), self._wave()]

    kind_words = N_("Scorecard study")

    def masthead(self) -> dict[str, Any]:
        """Who the document is for and what it is about, as `Report.masthead` takes it."""
        return {
            "kicker": self.kicker(),
            "title": self.document_title(),
            "description": self.description(),
            "notice_tag": self.notice_tag(),
            "made": self.made(),
        }

    def made(self) -> str:
        """What the document was made from, in one line to quote."""
        made = self.study.provenance
        hashes = {
            _("scores"): made.get("scores"),
            _("ratings"): made.get("ratings"),
            _("published means"): made.get("published means"),
            _("own figures"): made.get("own figures"),
            _("parameters"): made["parameters"],
            _("seed"): made["seed"],
        }
        return _("Made from {dataset}, wave {wave}: {hashes}; {toolkit}.").format(
            dataset=self.study.roster.dataset.name,
            wave=self.study.wave,
            hashes=", ".join(f"{name} {value}" for name, value in hashes.items() if value),
            toolkit=made["toolkit"],
        )

    def _wave(self) -> str:
        date = self.study.numerals.date(self.study.report_date)
        return _("Wave {wave}, {date}").format(wave=self.study.wave, date=date)

    def document_title(self) -> str:
        """The title of the document, as a browser's tab shows it."""
        return _("{subject}: {kind}, wave {wave}").format(
            subject=self.study.subject, kind=inside(_(self.kind_words)), wave=self.study.wave
        )

    def description(self) -> str:
        """One sentence about the document."""
        k = len(self.study.instrument.criteria)
        return _n(
            "All {n} {units} on one criterion: what they reach, what they miss, and how sure that is.",
            "All {n} {units} on {k} criteria: what they reach, what they miss, and how sure that is.",
            k,
        ).format(n=self.study.n_units, units=self.units, k=k)

    def notice_tag(self) -> str:
        """The notice in three words, for every slide."""
        if self.shared.of_means:
            return _("means published; {unit} scores reconstructed").format(unit=self.unit)
        if self.study.basis is Basis.RECONSTRUCTED:
            return _("{unit} scores reconstructed").format(unit=self.unit)
        return ""

    def method_title(self) -> Statement:
        """The section on method."""
        if self.study.basis is Basis.RECONSTRUCTED:
            return state("method.title", "What is published, what is rebuilt, what is computed")
        return state("method.title", "What is measured, what is assumed, what is computed")

    def method(self) -> Statement:
        """How the numbers come about."""
        return joined("method", [*self.method_lines(), frozen.said(self.study)])

    def cite(self) -> Statement:
        """How the report is to be cited: what it is, and what it was made from."""
        study = self.study
        return state(
            "method.cite",
            "To cite: {title} ({year}). {kind}, wave {wave}, {date}. Made with {toolkit} from {dataset}; scores "
            "{scores}, parameters {parameters}.",
            title=study.parameters.title.rstrip("."),
            year=str(study.report_date.year),
            kind=_(self.kind_words),
            wave=study.wave,
            date=study.numerals.date(study.report_date),
            toolkit=study.provenance["toolkit"],
            dataset=study.roster.dataset.name,
            scores=study.provenance["scores"][:12],
            parameters=study.provenance["parameters"],
        )

    def method_lines(self) -> list[Statement]:
        """The method, one statement a line."""
        study = self.study
        total, k = len(self.shared.pairs), len(self.shared.card)
        corrected = _(CORRECTION_WORDS[study.parameters.correction])
        compared = _("one criterion")
        if self.shared.many:
            compared = _("{k} criteria, each against its target and against the overall score").format(k=k)
        elif k > 1:
            compared = _n("{k} criteria or {total} pair", "{k} criteria or {total} pairs", total).format(
                k=k, total=total
            )
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
                    _n(
                        "{n} {units} with {k} criterion each, as measured: {source}.",
                        "{n} {units} with {k} criteria each, as measured: {source}.",
                        k,
                    ),
                    n=str(study.n_units),
                    units=self.units,
                    k=str(k),
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
                    alpha=percent(study.numerals.fixed(100 * study.parameters.alpha, 0))
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
        if len(tests) > excerpts.MOST_TESTS:
            return _("Test ledger: {tested} tests, long families in parts").format(tested=tested)
        return _n(
            "Test ledger: the one test, with what could not be tested",
            "Test ledger: all {tested} tests, with what could not be tested",
            tested,
        ).format(tested=tested)

    def brand_count(self, count: int) -> str:
        """``one brand``, ``five brands``."""
        if not count:
            return _("no {units}").format(units=self.units)
        return _n("one {unit}", "{n} {units}", count).format(n=in_words(count), unit=self.unit, units=self.units)


def _pairs(kind: Callable[..., tuple[Claim, ...]], frame: pd.DataFrame) -> tuple[Claim, ...]:
    return kind(*(question("pairs", *pair) for pair in zip(frame["first"], frame["second"], strict=True)))


def _overall(kind: Callable[..., tuple[Claim, ...]], frame: pd.DataFrame) -> tuple[Claim, ...]:
    return kind(*(question("overall", str(criterion)) for criterion in frame.index))


def shortlist(names: Sequence[str]) -> str:
    """Names in a list; of many the first, and how many more there are.

    Examples
    --------
    >>> shortlist(["A", "B"]), shortlist(list("ABCDEFGHIJKLM"))
    ('A and B', 'A, B, C, D, E, F and 7 more')
    """
    if len(names) <= MOST_BESIDE:
        return listed(list(names))
    first = names[: MOST_BESIDE - 2]
    return _("{names} and {n} more").format(names=", ".join(first), n=len(names) - len(first))


def inside(label: str) -> str:
    """A label inside a sentence: in English in lower case, unless it begins with an abbreviation."""
    if spoken() != SOURCE or label[:2].isupper():
        return label
    return label[:1].lower() + label[1:]


def percent(number: str) -> str:
    """``95%``, and with a space where the language wants one."""
    return _("{n}%").format(n=number)


def plain_number(numerals: Numerals, value: float) -> str:
    """A parameter with the decimals that it was given: ``0.05``, ``0.001``."""
    return numerals.fixed(value, max(0, -int(Decimal(repr(value)).normalize().as_tuple().exponent)))
