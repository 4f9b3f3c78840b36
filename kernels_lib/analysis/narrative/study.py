"""What the research team is told about the whole study."""

from __future__ import annotations

import pandas as pd

from kernels_lib.analysis import bounds
from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.narrative.base import shortlist
from kernels_lib.analysis.narrative.evidence import EvidenceWords
from kernels_lib.analysis.rows import by_row
from kernels_lib.analysis.statement import NOTHING, Statement, firm, joined, open_, state
from kernels_lib.study.language import N_, _, _n
from kernels_lib.study.numerals import in_words, listed
from kernels_lib.study.results import Basis

# A headline says what so many criteria are about at most; further ones are counted.
MOST_PHRASED = 2

# The one criterion of an instrument: the side of the target that its mean lies on, and whether firmly.
ONE_SIDE = {
    ("below", True): N_("The mean lies below the target, firmly."),
    ("below", False): N_("The mean lies below the target, though not firmly."),
    ("above", True): N_("The mean lies above the target, firmly."),
    ("above", False): N_("The mean lies above the target, though not firmly."),
    ("at", True): N_("The mean lies on the target, firmly."),
    ("at", False): N_("The mean lies on the target, though not firmly."),
}


class StudyWords(EvidenceWords):
    """Sentences of the study's report and deck."""

    def _by(self, verdict: str) -> list[str]:
        card = self.shared.card
        return [str(c) for c in card.index[card["verdict"] == verdict]]

    @property
    def strong(self) -> list[str]:
        """Criteria firmly above target."""
        return self._by("strength")

    @property
    def weak(self) -> list[str]:
        """Criteria firmly below target."""
        return self._by("missed opportunity")

    @property
    def open(self) -> list[str]:
        """Criteria whose side of the target is unresolved."""
        return self._by("unresolved")

    def headline(self) -> Statement:
        """The finding: on which side of the target the criteria lie."""
        return self._headline().claiming(self.claims_of_targets())

    def _headline(self) -> Statement:
        if len(self.shared.card) == 1:
            return self._one_headline()
        total = in_words(len(self.shared.card))
        weak = self.numbers.count("criteria.below", len(self.weak))
        many = len(self.strong) > MOST_PHRASED
        strong = in_words(len(self.strong)) if many else listed([self.phrase(c) for c in self.strong])
        if self.strong and self.weak:
            return state(
                "headline",
                _n(
                    "{units} are on target in {strong} criteria and miss the target on {weak} of {total} criteria",
                    "{units} are on target in {strong} criteria and miss the target on {weak} of {total} criteria",
                    len(self.weak),
                )
                if many
                else _n(
                    "{units} are on target in {strong} and miss the target on {weak} of {total} criteria",
                    "{units} are on target in {strong} and miss the target on {weak} of {total} criteria",
                    len(self.weak),
                ),
                units=self.units,
                strong=strong,
                total=total,
                weak=weak,
            )
        if self.weak:
            return state(
                "headline",
                _n(
                    "{units} miss the target on {weak} of {total} criteria and are firmly above it on none",
                    "{units} miss the target on {weak} of {total} criteria and are firmly above it on none",
                    len(self.weak),
                ),
                units=self.units,
                weak=weak,
                total=total,
            )
        if self.strong:
            return state(
                "headline",
                "{units} are on target in {strong} criteria" if many else "{units} are on target in {strong}",
                units=self.units,
                strong=strong,
            )
        return state("headline", "No criterion is firmly on either side of its target")

    def summary(self) -> Statement:
        """The sides of the target, the highest and the lowest mean, with their numbers."""
        card = self.shared.card.dropna(subset=["mean"])
        if not len(card):
            return state("summary.extremes", "No criterion was scored.")
        high, low = card["mean"].idxmax(), card["mean"].idxmin()
        if len(self.shared.card) == 1:
            return state(
                "summary.one",
                "The mean of {name} is {mean}.",
                name=self.short(high),
                mean=self.numbers.mean(f"criteria.{high}.mean", card.loc[high, "mean"]),
            )
        return joined(
            "summary",
            [
                state(
                    "summary.extremes",
                    "Means run from {low_mean} for {low} to {high_mean} for {high}.",
                    low=self.short(low),
                    high=self.short(high),
                    low_mean=self.numbers.mean(f"criteria.{low}.mean", card.loc[low, "mean"]),
                    high_mean=self.numbers.mean(f"criteria.{high}.mean", card.loc[high, "mean"]),
                ),
                self._sides(),
            ],
        )

    def _sides(self) -> Statement:
        """The mean of each side of the instrument."""
        sides = self.study.instrument.sides
        if len(sides) != 2:
            return NOTHING
        means = self.shared.card.groupby("side_id")["mean"].mean()
        counts = self.shared.card.groupby("side_id")["mean"].size()
        first, second = sorted(sides, key=lambda side: -means[side.id])
        return state(
            "summary.sides",
            "The {many} criteria of {first} average {high}, the {few} of {second} {low}."
            if counts.min() > 1
            else "What belongs to {first} averages {high}, what belongs to {second} {low}.",
            many=in_words(int(counts[first.id])),
            few=in_words(int(counts[second.id])),
            first=first.name,
            second=second.name,
            high=self.numbers.mean(f"sides.{first.id}.mean", means[first.id]),
            low=self.numbers.mean(f"sides.{second.id}.mean", means[second.id]),
        )

    def answer_columns(self) -> list[tuple[object, object, object, object, bool]]:
        """Firmly above, firmly below, unresolved: for the summary and a slide."""
        total = len(self.shared.card)
        columns = []
        sure = self.shared.card["firm"]
        for head, loose_head, criteria, quiet in (
            (_("▸ Firmly on target"), _("▸ On target"), self.strong, False),
            (_("◂ Firmly short of it"), _("◂ Short of it"), self.weak, False),
            (_("≈ Unresolved"), _("≈ Unresolved"), self.open, True),
        ):
            if not criteria:
                continue
            loose = [] if quiet else [c for c in criteria if not sure[c]]
            everything = len(criteria) == total > 1
            if everything and loose:
                words = _("all of them; {loose} by the test of means only")
            elif everything:
                words = _("all of them")
            else:
                words = _("{names}; {loose} by the test of means only") if loose else _("{names}")
            said = state(
                "answer.words",
                words,
                names=shortlist([self.short(c) for c in criteria]),
                loose=shortlist([self.short(c) for c in loose]),
            )
            claims = (
                *firm(*(question("targets", c) for c in criteria if sure[c])),
                *open_(*(question("targets", c) for c in criteria if not sure[c])),
            )
            of = _n("of {n} criterion", "of {n} criteria", total).format(n=total)
            columns.append((loose_head if loose else head, str(len(criteria)), of, said.claiming(claims), quiet))
        return columns

    def answer_title(self) -> Statement:
        """The answer in one slide title."""
        return state("answer.title", "{counts}", counts=self._counts()).claiming(self.claims_of_targets())

    def _counts(self) -> str:
        """``one on target, six short of it, one unresolved``, without what there is none of."""
        strong, weak, unresolved = len(self.strong), len(self.weak), len(self.open)
        counts = (
            (strong, _n("one on target", "{n} on target", strong)),
            (weak, _n("one short of it", "{n} short of it", weak)),
            (unresolved, _n("one unresolved", "{n} unresolved", unresolved)),
        )
        return ", ".join(words.format(n=in_words(count)) for count, words in counts if count)

    def reproduced_title(self) -> Statement:
        """Whether the published means come back."""
        published, scores = self.study.published, self.study.scores
        if published is None:
            return state("reproduced.title", "The means are computed from the scores")
        off = [c for c in scores.columns if abs(scores[c].mean() - float(published.mean[c])) >= 0.005]
        if off:
            return state(
                "reproduced.title",
                _n(
                    "{count} published mean is not reproduced",
                    "{count} published means are not reproduced",
                    len(off),
                ),
                count=self.numbers.count("reproduced.off", len(off)),
            )
        return state(
            "reproduced.title",
            _n(
                "The one published mean comes back to the second decimal",
                "All {count} published means come back to the second decimal",
                len(scores.columns),
            ),
            count=self.numbers.count("reproduced.count", len(scores.columns)),
        )

    def reproduced(self) -> Statement:
        """What a match does and does not show."""
        if self.study.basis is not Basis.RECONSTRUCTED:
            return NOTHING
        return state(
            "reproduced.meaning",
            "The reconstruction was built to have these means, so the match shows that such scores exist. It does not "
            "show that these are the scores: a great many other tables have the same means.",
        )

    def target_title(self) -> Statement:
        """The section on strengths and missed opportunities."""
        return self._target_title().claiming(self.claims_of_targets())

    @property
    def weak_by_means(self) -> list[str]:
        """Criteria below target by the test of means alone."""
        card = self.shared.card
        return [c for c in self.weak if not card.loc[c, "firm"]]

    def _target_title(self) -> Statement:
        if not self.strong and not self.weak:
            return state("target.title", "No criterion is firmly on either side of its target")
        if not self.weak:
            return state("target.title", "No criterion is firmly short of its target")
        gaps = self.shared.card.loc[self.weak, "difference"]
        loose = len(self.weak_by_means)
        if len(self.weak) == 1:
            return state(
                "target.title",
                "The one gap, by the test of means only, is in {phrase}"
                if loose
                else "The one firm gap is in {phrase}",
                phrase=self.phrase(self.weak[0]),
            )
        sure = len(self.weak) - loose
        if not loose:
            words = _("{count} criteria are firmly short of the target, by {least} to {most} points")
        elif not sure:
            words = _("{count} criteria are short of the target by {least} to {most} points, none of them firmly")
        else:
            words = _n(
                "{count} criteria are short of the target by {least} to {most} points, one of them firmly",
                "{count} criteria are short of the target by {least} to {most} points, {sure} of them firmly",
                sure,
            )
        return state(
            "target.title",
            words,
            sure=in_words(sure),
            count=self.numbers.count("criteria.below", len(self.weak)),
            least=self.numbers.distance("gaps.least", gaps.max()),
            most=self.numbers.distance("gaps.most", gaps.min()),
        )

    def target_message(self) -> Statement:
        """The title of the signature chart."""
        words = state("target.message", "{group} together: {counts}", group=self.group, counts=self._counts())
        return words.claiming(self.claims_of_targets())

    def target(self) -> Statement:
        """Fact and grade of evidence, apart."""
        card = self.shared.card
        below = int((card["fact"] == "below").sum())
        if len(card) == 1:
            return self._one_target()
        fact = state(
            "target.fact",
            _n(
                "As a matter of fact {below} of the {total} means lies below the target.",
                "As a matter of fact {below} of the {total} means lie below the target.",
                below,
            )
            if below
            else "As a matter of fact none of the {total} means lies below the target.",
            below=self.numbers.count("criteria.fact_below", below),
            total=in_words(len(card)),
        )
        parts = [fact, self._grade(), self._open(), self._within_margin(), self.all_at_an_end()]
        return joined("target", parts).claiming(self.claims_of_targets())

    def _grade(self) -> Statement:
        """How surely the criteria below their target are below it."""
        weak = len(self.weak)
        if self.shared.of_means:
            words = self._grade_of_means()
        elif not weak:
            words = _(
                "None of them is firmly below by a test of ranks and a test of means alike, corrected over all {total}."
            )
        else:
            words = _n(
                "{weak} of them is firmly below by a test of ranks and a test of means alike, corrected over all "
                "{total}.",
                "{weak} of them are firmly below by a test of ranks and a test of means alike, corrected over all "
                "{total}.",
                weak,
            )
        sure = weak - len(self.weak_by_means)
        return state(
            "target.grade",
            words,
            units=self.units,
            weak=self.numbers.count("criteria.below", weak),
            sure=self.numbers.count("criteria.below_firmly", sure),
            total=in_words(len(self.shared.card)),
        )

    def _grade_of_means(self) -> str:
        """The words of the grade where only means were published."""
        weak, loose = len(self.weak), len(self.weak_by_means)
        if not weak:
            return _(
                "How surely that speaks for more than these {units} is another question: for none of them would a "
                "test of means, corrected over all {total}, say so whatever the single scores were."
            )
        if not loose:
            return _n(
                "How surely that speaks for more than these {units} is another question: for {weak} of them a test "
                "of means, corrected over all {total}, would say so whatever the single scores were, and so would a "
                "test of ranks.",
                "How surely that speaks for more than these {units} is another question: for {weak} of them a test "
                "of means, corrected over all {total}, would say so whatever the single scores were, and so would a "
                "test of ranks.",
                weak,
            )
        if loose == weak:
            return _n(
                "How surely that speaks for more than these {units} is another question: for {weak} of them a test "
                "of means, corrected over all {total}, would say so whatever the single scores were; a test of ranks "
                "would not.",
                "How surely that speaks for more than these {units} is another question: for {weak} of them a test "
                "of means, corrected over all {total}, would say so whatever the single scores were; a test of ranks "
                "would for none of these.",
                weak,
            )
        return _n(
            "How surely that speaks for more than these {units} is another question: for {weak} of them a test "
            "of means, corrected over all {total}, would say so whatever the single scores were, and for {sure} of "
            "these a test of ranks as well.",
            "How surely that speaks for more than these {units} is another question: for {weak} of them a test "
            "of means, corrected over all {total}, would say so whatever the single scores were, and for {sure} of "
            "these a test of ranks as well.",
            weak - loose,
        )

    def _open(self) -> Statement:
        """Criteria whose side of the target is unresolved."""
        if not self.open:
            return NOTHING
        return state(
            "target.open",
            _n(
                "On which side {open} lies, for more than these {units}, is unresolved.",
                "On which side {open} lie, for more than these {units}, is unresolved.",
                len(self.open),
            ),
            units=self.units,
            open=listed([self.short(c) for c in self.open]),
        )

    def _within_margin(self) -> Statement:
        """Criteria whose mean is on target within the margin, by a test that asks for just that."""
        if self.shared.of_means:
            return NOTHING
        card = self.shared.card
        near = [str(c) for c in card.index[card["on_target"] & (card["verdict"] == "unresolved")]]
        if not near:
            return NOTHING
        return state(
            "target.margin",
            _n(
                "{names} is on target within the margin of {margin} points: that was tested for itself.",
                "{names} are on target within the margin of {margin} points: that was tested for itself.",
                len(near),
            ),
            names=listed([self.short(c) for c in near]),
            margin=self.study.numerals.target(self.study.instrument.margin.value),
        ).claiming(firm(*(question("margins", c) for c in near)))

    def _one_headline(self) -> Statement:
        """The one criterion of an instrument: its mean beside its target."""
        criterion = str(self.shared.card.index[0])
        row = self.shared.card.iloc[0]
        if row["fact"] == "not scored":
            return state("headline", "{name} was not scored", name=row["short"])
        return state(
            "headline",
            "{name} averages {mean} against a target of {target}"
            if row["firm"]
            else "{name} averages {mean} against a target of {target}: which side it is on stays unresolved",
            name=row["short"],
            mean=self.numbers.mean(f"criteria.{criterion}.mean", row["mean"]),
            target=self.study.numerals.target(row["target"]),
        )

    def _one_target(self) -> Statement:
        """The one criterion of an instrument against its target."""
        row = self.shared.card.iloc[0]
        words = ONE_SIDE.get((row["fact"], bool(row["firm"])))
        if words is None:
            return state("target.one", "{name} was not scored.", name=row["short"])
        return state("target.one", words).claiming(self.claims_of_targets())

    def target_caption(self) -> Statement:
        """The caption of the signature chart."""
        noted = self.shared.card[self.shared.card["interval_note"].str.contains("confirm", regex=False)]
        alone = listed([self.short(str(c)) for c in noted.index])
        if not self.shared.of_means:
            return state(
                "target.caption",
                "Each interval is at the level at which the correction tested it: it leaves the target outside where "
                "the test of means passes. Firm needs the ranks, too; they do not confirm {alone}."
                if alone
                else "Each interval is at the level at which the correction tested it: it leaves the target outside "
                "where the test of means passes. Firm needs the ranks, too.",
                alone=alone,
            )
        if self.study.instrument.scale.step == 0.5:
            return state(
                "target.caption",
                "Each interval is the widest over all tables of half-point scores that fit the published mean, at the "
                "level at which the correction tested it: it leaves the target outside where the test of means passes "
                "in every table; for {alone} a sign test of so few does not confirm it."
                if alone
                else "Each interval is the widest over all tables of half-point scores that fit the published mean, at "
                "the level at which the correction tested it: it leaves the target outside where the test of means "
                "passes in every table.",
                alone=alone,
            )
        return state(
            "target.caption",
            "Each interval is the widest over all tables that fit the published mean, at the level at which the "
            "correction tested it: it leaves the target outside where the test of means passes in every table; for "
            "{alone} a sign test of so few does not confirm it."
            if alone
            else "Each interval is the widest over all tables that fit the published mean, at the level at which the "
            "correction tested it: it leaves the target outside where the test of means passes in every table.",
            alone=alone,
        )

    def pair_items(self) -> list[tuple[str, bool, Statement]]:
        """What the scores settle about the order, and what they leave open; empty for published means."""
        items: list[tuple[str, bool, Statement]] = []
        if self.shared.of_means:
            return items
        total = len(self.shared.pairs)
        if not total:
            return items
        facts = state(
            "pairs.facts",
            "The order of the {count} means and their {total} differences describe these {n} {units} and need no test.",
            count=in_words(len(self.shared.card)),
            total=str(total),
            n=str(self.study.n_units),
            units=self.units,
        )
        items.append((_("Plain fact"), False, facts))
        if len(self.firm_here):
            items.append((_("Firm"), False, self.order(self.firm_here, "pairs.firm")))
        unsettled = self.unsettled()
        if unsettled.text:
            items.append((_("≈ Unresolved"), True, unsettled))
        return items

    def certainties(self) -> list[tuple[str, bool, Statement]]:
        """Facts about the units that need no test; empty for measured data."""
        if not self.shared.of_means:
            return []
        rows = self._certainties()
        items = []
        for criterion, row in by_row(rows):
            below = int(row["at_least_below"])
            if row["all_equal"]:
                text = state(
                    f"certain.{criterion}",
                    "{group} must have scored {top}: no other table has this mean.",
                    group=self.group,
                    top=self.study.numerals.target(self.study.instrument.scale.top),
                )
            elif below:
                text = state(
                    f"certain.{criterion}",
                    "at least {below} of {n} {units} scored below {cut}.",
                    below=self.numbers.on(Basis.EVERY_TABLE).count(f"certain.{criterion}.below", below, words=False),
                    n=str(int(row["n"])),
                    units=self.units,
                    cut=self.study.numerals.target(row["cut"]),
                )
            elif int(row["at_least_reaching"]):
                text = state(
                    f"certain.{criterion}",
                    "at least {least} of {n} {units} reached {cut}.",
                    least=self.numbers.on(Basis.EVERY_TABLE).count(
                        f"certain.{criterion}.reaching", int(row["at_least_reaching"]), words=False
                    ),
                    n=str(int(row["n"])),
                    units=self.units,
                    cut=self.study.numerals.target(row["cut"]),
                )
            else:
                continue
            items.append((self.study.instrument[str(criterion)].short, False, text))
        return items

    def _certainties(self) -> pd.DataFrame:
        scale, published = self.study.instrument.scale, self.study.published
        return bounds.certainties(published.mean, published.n, step=scale.step, floor=scale.floor, top=scale.top)

    def league_title(self) -> Statement:
        """The ranking of units, measured data only."""
        league = self.shared.league["overall"].dropna()
        return state(
            "league.title",
            "Overall scores run from {low} to {high}",
            low=self.numbers.mean("league.low", league.min()),
            high=self.numbers.mean("league.high", league.max()),
        )

    def heat_message(self) -> Statement:
        """The title of the heat map."""
        target = (self.study.scores >= pd.Series(self.study.targets)).sum(axis=1)
        every = int((target == len(self.study.scores.columns)).sum())
        if every and self.study.rated:
            return state(
                "heat.message",
                _n(
                    "{every} of {n} {units} scores on target everywhere; errors of rating are not counted here",
                    "{every} of {n} {units} score on target everywhere; errors of rating are not counted here",
                    every,
                ),
                every=self.numbers.count("heat.every", every),
                n=str(self.study.n_units),
                units=self.units,
            )
        if every:
            return state(
                "heat.message",
                _n(
                    "{every} of {n} {units} is on target everywhere",
                    "{every} of {n} {units} are on target everywhere",
                    every,
                ),
                every=self.numbers.count("heat.every", every),
                n=str(self.study.n_units),
                units=self.units,
            )
        return state("heat.message", "No {unit} is on target on every criterion", unit=self.unit)

    def claims(self) -> list[Statement]:
        """The source's own headline counts, against what any table with these means must show."""
        return [self._claim(claim) for claim in self.study.roster.dataset.claims] if self.shared.of_means else []

    def _claim(self, claim) -> Statement:
        scores = self.study.scores[list(claim.criteria)]
        rebuilt = int((scores < claim.below).all(axis=1).sum())
        return joined(
            f"claim.{claim.id}",
            [
                state(
                    f"claim.{claim.id}.published",
                    "The source counts {count} of {n} {units} that {text}.",
                    count=self.numbers.count(f"claims.{claim.id}.count", claim.count, words=False),
                    n=str(claim.of),
                    units=self.units,
                    text=claim.text,
                ),
                state(
                    f"claim.{claim.id}.rebuilt",
                    "Read as scoring below {below} on {criteria} together, the reconstruction has {rebuilt}; it was "
                    "built to.",
                    below=self.study.numerals.target(claim.below),
                    criteria=listed([self.short(c) for c in claim.criteria]),
                    rebuilt=self.numbers.on(Basis.RECONSTRUCTED).count(
                        f"claims.{claim.id}.rebuilt", rebuilt, words=False
                    ),
                ),
            ],
        )

    def claims_title(self) -> Statement:
        """The section on the source's headline."""
        claims = self.study.roster.dataset.claims
        if not claims:
            return state("claims.title", "The source gives no further counts")
        first = claims[0]
        return state(
            "claims.title",
            "{count} of {n} {units} {text}",
            count=self.numbers.count(f"claims.{first.id}.count", first.count, words=False),
            n=str(first.of),
            units=self.units,
            text=first.text,
        )

    def scorecard_title(self) -> Statement:
        """The section with means, intervals and stages."""
        stages = self.shared.card["stage"]
        counts = stages.value_counts()
        if len(stages) == 1:
            return state(
                "scorecard.title",
                "{name} is in the stage {stage}",
                name=self.shared.card["short"].iloc[0],
                stage=counts.index[0],
            )
        if len(counts) == 1:
            return state("scorecard.title", "All criteria are in one stage, {stage}", stage=counts.index[0])
        most = counts.index[0]
        return state(
            "scorecard.title",
            _n(
                "{count} of {total} criteria is in the stage {stage}",
                "{count} of {total} criteria are in the stage {stage}",
                int(counts.iloc[0]),
            ),
            count=self.numbers.count("scorecard.most", int(counts.iloc[0])),
            total=in_words(len(stages)),
            stage=most,
        )

    def pairs_count_title(self) -> Statement:
        """How many pairs are settled, for a slide."""
        count = len(self.firm_here) + len(self.firm_always)
        if self.shared.many or not len(self.shared.pairs):
            return self.pairs_title()
        return state(
            "pairs.count",
            _n("{firm} of {total} pairs is in a firm order", "{firm} of {total} pairs are in a firm order", count)
            if count
            else "None of {total} pairs is in a firm order",
            firm=self.numbers.count("pairs.firm", count),
            total=str(len(self.shared.pairs)),
        ).claiming(self.claims_of_pairs())

    def certainties_title(self) -> Statement:
        """The section of facts that need no test."""
        return state("certain.title", "Some counts follow from the means alone")

    def reproduced_lines(self) -> list[Statement]:
        """The match of published and reproduced means, for a slide; nothing without published ones."""
        if self.study.published is None:
            return []
        off = max(abs(self.study.scores[c].mean() - float(m)) for c, m in self.study.published.mean.items())
        largest = state(
            "reproduced.largest",
            "The largest difference is {off} points, from rounding to two decimals.",
            off=self.study.numerals.fixed(off, 4),
        )
        return [largest, self.reproduced()]

    def advice_title(self) -> Statement:
        """The section with the instrument's advice."""
        gate = self.study.instrument.gate
        if gate is None:
            return state("advice.title", "What stands behind each score, and what raises it")
        return state("advice.title", "Work on the others first: {gated} comes last", gated=self.short(gate.criterion))
