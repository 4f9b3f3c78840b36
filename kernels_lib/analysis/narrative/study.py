"""What the research team is told about the whole study."""

from __future__ import annotations

import pandas as pd

from kernels_lib.analysis import bounds
from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.narrative.evidence import EvidenceWords
from kernels_lib.analysis.statement import NOTHING, Statement, firm, joined, open_, state
from kernels_lib.study.numerals import in_words, listed, plural
from kernels_lib.study.results import Basis


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

    @property
    def sure(self) -> str:
        """How a firm statement is hedged."""
        return "in every table that fits the published means" if self.shared.of_means else self.here

    def headline(self) -> Statement:
        """The finding: on which side of the target the criteria lie."""
        return self._headline().claiming(self.claims_of_targets())

    def _headline(self) -> Statement:
        if len(self.shared.card) == 1:
            return self._one_headline()
        units = self.units.capitalize()
        strong = self._named(self.strong)
        if self.strong and self.weak:
            return state(
                "headline",
                "{units} are on target in {strong} and miss the target on {weak} of {total} criteria",
                units=units,
                strong=strong,
                total=in_words(len(self.shared.card)),
                weak=self.numbers.count("criteria.below", len(self.weak)),
            )
        if self.weak:
            return state(
                "headline",
                "{units} miss the target on {weak} of {total} criteria and are firmly above it on none",
                units=units,
                weak=self.numbers.count("criteria.below", len(self.weak)),
                total=in_words(len(self.shared.card)),
            )
        if self.strong:
            return state("headline", "{units} are on target in {strong}", units=units, strong=strong)
        return state("headline", "No criterion is firmly on either side of its target")

    def _named(self, criteria: list[str]) -> str:
        if len(criteria) <= 2:
            return listed([self.phrase(c) for c in criteria])
        return f"{in_words(len(criteria))} criteria"

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
            "The {many} criteria of {first} average {high}, the {few} of {second} {low}.",
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
            ("▸ Firmly on target", "▸ On target", self.strong, False),
            ("◂ Firmly short of it", "◂ Short of it", self.weak, False),
            ("≈ Unresolved", "≈ Unresolved", self.open, True),
        ):
            if not criteria:
                continue
            loose = [] if quiet else [c for c in criteria if not sure[c]]
            names = "all of them" if len(criteria) == total > 1 else listed([self.short(c) for c in criteria])
            words = names[0].upper() + names[1:]
            if loose:
                words += f"; {listed([self.short(c) for c in loose])} by the test of means only"
            claims = (
                *firm(*(question("targets", c) for c in criteria if sure[c])),
                *open_(*(question("targets", c) for c in criteria if not sure[c])),
            )
            said = state("answer.words", "{words}", words=words).claiming(claims)
            of = f"of {total} {plural(total, 'criterion', 'criteria')}"
            columns.append((loose_head if loose else head, str(len(criteria)), of, said, quiet))
        return columns

    def answer_title(self) -> Statement:
        """The answer in one slide title."""
        return state("answer.title", "{counts}", counts=self._counts()).claiming(self.claims_of_targets())

    def _counts(self) -> str:
        """``one on target, six short of it, one unresolved``, without what there is none of."""
        counts = [(self.strong, "on target"), (self.weak, "short of it"), (self.open, "unresolved")]
        return ", ".join(f"{in_words(len(found))} {words}" for found, words in counts if found)

    def reproduced_title(self) -> Statement:
        """Whether the published means come back."""
        published, scores = self.study.published, self.study.scores
        if published is None:
            return state("reproduced.title", "The means are computed from the scores")
        off = [c for c in scores.columns if abs(scores[c].mean() - float(published.mean[c])) >= 0.005]
        if off:
            return state(
                "reproduced.title",
                "{count} published {means} not reproduced",
                count=self.numbers.count("reproduced.off", len(off)),
                means=plural(len(off), "mean is", "means are"),
            )
        return state(
            "reproduced.title",
            "All {count} published means come back to the second decimal",
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
        if len(self.weak) == 1:
            return state("target.title", "The one firm gap is in {phrase}", phrase=self.phrase(self.weak[0]))
        loose = len(self.weak_by_means)
        return state(
            "target.title",
            "{count} criteria are firmly short of the target, by {least} to {most} points"
            if not loose
            else "{count} criteria are short of the target by {least} to {most} points, {sure} of them firmly",
            sure=in_words(len(self.weak) - loose),
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
        parts = [
            state(
                "target.fact",
                "As a matter of fact {below} of the {total} means {lie} below the target.",
                below=self.numbers.count("criteria.fact_below", below),
                total=in_words(len(card)),
                lie=plural(below, "lies", "lie"),
            )
        ]
        if self.shared.of_means:
            parts.append(
                state(
                    "target.grade",
                    "How surely that speaks for more than these {units} is another question: for {weak} of them a test "
                    "of means, corrected over all {total}, would say so whatever the single scores were"
                    + (
                        ", and for {sure} of these a test of ranks as well."
                        if self.weak_by_means
                        else ", and so would a test of ranks."
                    ),
                    units=self.units,
                    weak=self.numbers.count("criteria.below", len(self.weak)),
                    sure=self.numbers.count("criteria.below_firmly", len(self.weak) - len(self.weak_by_means)),
                    total=in_words(len(card)),
                )
            )
        else:
            parts.append(
                state(
                    "target.grade",
                    "{weak} of them {is_} firmly below by a test of ranks and a test of means alike, corrected over "
                    "all {total}.",
                    weak=self.numbers.count("criteria.below", len(self.weak)),
                    is_=plural(len(self.weak), "is", "are"),
                    total=in_words(len(card)),
                )
            )
        if self.open:
            parts.append(
                state(
                    "target.open",
                    "On which side {open} {lies}, for more than these {units}, is unresolved.",
                    units=self.units,
                    open=listed([self.short(c) for c in self.open]),
                    lies=plural(len(self.open), "lies", "lie"),
                )
            )
        parts.append(self._within_margin())
        parts.append(self.all_at_an_end())
        return joined("target", parts).claiming(self.claims_of_targets())

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
            "{names} {is_} on target within the margin of {margin} points: that was tested for itself.",
            names=listed([self.short(c) for c in near]),
            is_=plural(len(near), "is", "are"),
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
            + ("" if row["firm"] else ": which side it is on stays unresolved"),
            name=row["short"],
            mean=self.numbers.mean(f"criteria.{criterion}.mean", row["mean"]),
            target=self.study.numerals.target(row["target"]),
        )

    def _one_target(self) -> Statement:
        """The one criterion of an instrument against its target."""
        row = self.shared.card.iloc[0]
        sure = "firmly" if row["firm"] else "though not firmly"
        side = {"below": "below the target", "above": "above the target", "at": "on the target"}.get(row["fact"])
        if side is None:
            return state("target.one", "{name} was not scored.", name=row["short"])
        return state("target.one", "The mean lies {side}, {sure}.", side=side, sure=sure).claiming(
            self.claims_of_targets()
        )

    def target_caption(self) -> Statement:
        """The caption of the signature chart."""
        noted = self.shared.card[self.shared.card["interval_note"].str.contains("confirm", regex=False)]
        alone = listed([self.short(str(c)) for c in noted.index])
        if self.shared.of_means:
            step = " of half-point scores" if self.study.instrument.scale.step == 0.5 else ""
            return state(
                "target.caption",
                f"Each interval is the widest over all tables{step} that fit the published mean, at the level at which "
                "the correction tested it: it leaves the target outside where the test of means passes in every table"
                + ("; for {alone} a sign test of so few does not confirm it." if alone else "."),
                alone=alone,
            )
        return state(
            "target.caption",
            "Each interval is at the level at which the correction tested it: it leaves the target outside where the "
            "test of means passes. Firm needs the ranks, too" + ("; they do not confirm {alone}." if alone else "."),
            alone=alone,
        )

    def pair_items(self) -> list[tuple[str, bool, Statement]]:
        """What the scores settle about the order, and what they leave open; empty for published means."""
        items: list[tuple[str, bool, Statement]] = []
        if self.shared.of_means:
            return items
        total = len(self.shared.pairs)
        facts = state(
            "pairs.facts",
            "The order of the {count} means and their {total} differences describe these {n} {units} and need no test.",
            count=in_words(len(self.shared.card)),
            total=str(total),
            n=str(self.study.n_units),
            units=self.units,
        )
        items.append(("Plain fact", False, facts))
        if len(self.firm_here):
            items.append(("Firm", False, self.order(self.firm_here, "pairs.firm")))
        unsettled = self.unsettled()
        if unsettled.text:
            items.append(("≈ Unresolved", True, unsettled))
        return items

    def certainties(self) -> list[tuple[str, bool, Statement]]:
        """Facts about the units that need no test; empty for measured data."""
        if not self.shared.of_means:
            return []
        rows = self._certainties()
        items = []
        for criterion, row in rows.iterrows():
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
        if every and self.study.ratings is not None:
            return state(
                "heat.message",
                "{every} of {n} {units} score on target everywhere; errors of rating are not counted here",
                every=self.numbers.count("heat.every", every),
                n=str(self.study.n_units),
                units=self.units,
            )
        if every:
            return state(
                "heat.message",
                "{every} of {n} {units} {are} on target everywhere",
                every=self.numbers.count("heat.every", every),
                n=str(self.study.n_units),
                units=self.units,
                are=plural(every, "is", "are"),
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
            "{count} of {total} criteria are in the stage {stage}",
            count=self.numbers.count("scorecard.most", int(counts.iloc[0])),
            total=in_words(len(stages)),
            stage=most,
        )

    def pairs_count_title(self) -> Statement:
        """How many pairs are settled, for a slide."""
        count = len(self.firm_here) + len(self.firm_always)
        if not len(self.shared.pairs):
            return self.pairs_title()
        return state(
            "pairs.count",
            "{firm} of {total} pairs are in a firm order",
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
