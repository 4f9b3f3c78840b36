"""What the research team is told about one industry."""

from __future__ import annotations

import math

from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.narrative.base import plain_number, shortlist
from kernels_lib.analysis.narrative.evidence import EvidenceWords
from kernels_lib.analysis.rows import by_row
from kernels_lib.analysis.statement import Statement, firm, joined, open_, state
from kernels_lib.study.language import N_, _, _n
from kernels_lib.study.numerals import in_words, listed
from kernels_lib.study.results import Basis

# A headline names so many criteria at most; further ones are counted.
MOST_NAMED = 2
# Strengths are few and good to read, up to so many.
MOST_STRONG = 5


class IndustryWords(EvidenceWords):
    """Sentences of an industry's report and deck."""

    kind_words = N_("Industry report")

    def description(self) -> str:
        """One sentence about the document."""
        return _n(
            "How one {unit} of {name} scores, and how little one can settle.",
            "How {n} {units} of {name} score together, and how little few can settle.",
            self.size,
        ).format(n=in_words(self.size), unit=self.unit, units=self.units, name=self.name)

    @property
    def name(self) -> str:
        """The industry's display name."""
        return self.study.industry.name

    @property
    def size(self) -> int:
        """Units in the industry."""
        return len(self.study.members)

    def _by(self, verdict: str) -> list[str]:
        card = self.shared.card
        return [str(c) for c in card.index[card["verdict"] == verdict]]

    @property
    def overall(self) -> float:
        """Mean overall score of the industry."""
        return float(self.shared.league.loc[self.study.members.index, "overall"].mean())

    def headline(self) -> Statement:
        """The finding: what is firm, or that nothing is."""
        return self._headline().claiming(self.claims_of_targets())

    def _headline(self) -> Statement:
        strong, weak = self._by("strength"), self._by("missed opportunity")
        if strong and weak:
            return state(
                "headline",
                "{name}: firmly on target in {strong} criteria, firmly short in {weak}"
                if len(strong) > MOST_STRONG
                else "{name}: firmly on target in {strong}, firmly short in {weak} criteria"
                if len(weak) > MOST_NAMED
                else "{name}: firmly on target in {strong}, firmly short in {weak}",
                name=self.name,
                strong=in_words(len(strong)) if len(strong) > MOST_STRONG else listed([self.short(c) for c in strong]),
                weak=self._named(weak),
            )
        if weak:
            return state(
                "headline",
                "{name} is firmly short of the target in {what} criteria"
                if len(weak) > MOST_NAMED
                else "{name} is firmly short of the target in {what}",
                name=self.name,
                what=self._named(weak),
            )
        if strong:
            return state(
                "headline",
                "{name} is firmly on target in {what} criteria"
                if len(strong) > MOST_NAMED
                else "{name} is firmly on target in {what}",
                name=self.name,
                what=self._named(strong),
            )
        return state(
            "headline",
            _n(
                "{name}: one {unit} is too few to settle any criterion",
                "{name}: {n} {units} are too few to settle any criterion",
                self.size,
            ),
            name=self.name,
            n=in_words(self.size),
            unit=self.unit,
            units=self.units,
        )

    def _named(self, criteria: list[str]) -> str:
        """Two criteria by name, further ones by their number."""
        if len(criteria) > MOST_NAMED:
            return in_words(len(criteria))
        return listed([self.short(criterion) for criterion in criteria])

    def summary(self) -> Statement:
        """Mean, size, and what that can bear."""
        league = self.shared.league["overall"]
        n, k = in_words(self.size), len(self.shared.card)
        parts = [
            state(
                "industry.mean",
                _n(
                    "The one {unit} of {name} averages {mean} over the criteria, {group} {all}.",
                    "The {n} {units} of {name} average {mean} over the criteria, {group} {all}.",
                    self.size,
                ),
                n=n,
                unit=self.unit,
                units=self.units,
                name=self.name,
                group=self.group,
                mean=self.numbers.mean("industry.mean", self.overall),
                all=self.numbers.mean("group.overall", float(league.mean())),
            )
        ]
        smallest = 2 * 0.5**self.size
        if smallest > self.study.parameters.alpha / k:
            parts.append(
                state(
                    "industry.floor",
                    _n(
                        "With {count} the smallest p-value that a test of ranks can reach is {p}, which is more than "
                        "{alpha}: the criterion cannot be firm here, however clear it looks.",
                        "With {count} the smallest p-value that a test of ranks can reach is {p}, which does not pass "
                        "a correction for {k} criteria: no single criterion can be firm here, however clear it looks.",
                        k,
                    ),
                    count=self.brand_count(self.size),
                    p=self.study.numerals.p_value(min(1.0, smallest)),
                    k=str(k),
                    alpha=plain_number(self.study.numerals, self.study.parameters.alpha),
                )
            )
        return joined("industry.summary", parts).claiming(self.claims_of_targets())

    def card_title(self) -> Statement:
        """What the criteria show together."""
        return self._card_title().claiming(self.claims_of_targets())

    def _card_title(self) -> Statement:
        open_ones = self._by("unresolved")
        if not open_ones:
            return state("card.title", "Every criterion is settled against its target")
        if len(open_ones) == len(self.shared.card):
            return state("card.title", "No criterion is settled against its target")
        settled = len(self.shared.card) - len(open_ones)
        return state(
            "card.title",
            _n(
                "{count} of {total} criteria is settled against the target",
                "{count} of {total} criteria are settled against the target",
                settled,
            ),
            count=self.numbers.count("card.settled", settled),
            total=in_words(len(self.shared.card)),
        )

    def card_caption(self) -> Statement:
        """The extremes, with their numbers."""
        card = self.shared.card.dropna(subset=["mean"])
        if not len(card):
            return state("card.caption", "No criterion was scored.")
        high, low = card["mean"].idxmax(), card["mean"].idxmin()
        return state(
            "card.caption",
            "The highest mean is {high_mean} in {high}, the lowest {low_mean} in {low}; both describe {count}.",
            high=self.short(high),
            low=self.short(low),
            count=self.brand_count(self.size),
            high_mean=self.numbers.mean(f"criteria.{high}.mean", card.loc[high, "mean"]),
            low_mean=self.numbers.mean(f"criteria.{low}.mean", card.loc[low, "mean"]),
        )

    def place_title(self) -> Statement:
        """Where the industry stands among the others."""
        total = float(self.shared.league["overall"].mean())
        difference = round(self.overall - total, 9)
        if difference > 0:
            words = _("{name} averages {mean}, above the {total} of {group}")
        elif difference < 0:
            words = _("{name} averages {mean}, below the {total} of {group}")
        else:
            words = _("{name} averages {mean}, level with the {total} of {group}")
        return state(
            "place.title",
            words,
            name=self.name,
            mean=self.numbers.mean("industry.mean", self.overall),
            total=self.numbers.mean("group.overall", total),
            group=self.group,
        )

    def place(self) -> Statement:
        """What the comparison rests on."""
        rows = self.shared.industries
        small = [f"{row['name']} ({int(row['n'])})" for _, row in by_row(rows) if row["n"] < 5]
        parts = [self.industry_intervals()]
        if small:
            parts.append(
                state("place.small", "Few {units} stand behind {names}.", units=self.units, names=listed(small))
            )
        if self.study.basis is Basis.RECONSTRUCTED:
            parts.append(
                state(
                    "place.reconstruction",
                    "Which industries lead was put into the reconstruction from a remark of the source, so the "
                    "picture adds no evidence to it.",
                )
            )
        return joined("place", parts)

    def units_title(self) -> Statement:
        """The heat map of the industry's units."""
        league = self.shared.league.loc[self.study.members.index, "overall"].dropna()
        if len(league) < 2:
            return state("units.title", "One {unit} in {name}", unit=self.unit, name=self.name)
        return state(
            "units.title",
            "{many} in {name} score from {low} to {high} overall",
            many=self.brand_count(self.size),
            name=self.name,
            low=self.numbers.mean("units.low", league.min()),
            high=self.numbers.mean("units.high", league.max()),
        )

    def answer_columns(self) -> list[tuple[object, object, object, object, bool]]:
        """Firmly on target, firmly short, unresolved: for the numerals of a slide."""
        total = len(self.shared.card)
        columns = []
        for head, verdict, quiet in (
            (_("▸ Firmly on target"), "strength", False),
            (_("◂ Firmly short"), "missed opportunity", False),
            (_("≈ Unresolved"), "unresolved", True),
        ):
            found = self._by(verdict)
            if not found:
                continue
            said = state(
                "answer.words",
                _("all of them") if len(found) == total > 1 else _("{names}"),
                names=shortlist([self.short(c) for c in found]),
            ).claiming((open_ if quiet else firm)(*(question("targets", c) for c in found)))
            of = _n("of {n} criterion", "of {n} criteria", total).format(n=total)
            columns.append((head, str(len(found)), of, said, quiet))
        return columns

    def answer_title(self) -> Statement:
        """The answer in one slide title."""
        if math.isnan(self.overall):
            return state("answer.title", "{name} was not scored", name=self.name)
        return state(
            "answer.title",
            "{name} averages {mean} over {count}",
            name=self.name,
            mean=self.numbers.mean("industry.mean", self.overall),
            count=self.brand_count(self.size),
        )
