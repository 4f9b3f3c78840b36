"""What the research team is told about one industry."""

from __future__ import annotations

import math

from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.narrative.evidence import EvidenceWords
from kernels_lib.analysis.statement import Statement, firm, joined, open_, state
from kernels_lib.study.numerals import listed, plural
from kernels_lib.study.results import Basis


class IndustryWords(EvidenceWords):
    """Sentences of an industry's report and deck."""

    kind_words = "Industry report"

    def description(self) -> str:
        """One sentence about the document."""
        return f"How {self.brand_count(self.size)} of {self.name} score together, and how little few can settle."

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
                "{name}: firmly on target in {strong}, firmly short in {weak}",
                name=self.name,
                strong=listed([self.short(c) for c in strong]),
                weak=listed([self.short(c) for c in weak]) if len(weak) <= 2 else f"{self._count(len(weak))} criteria",
            )
        if weak or strong:
            some = weak or strong
            side = "short of the target" if weak else "on target"
            what = listed([self.short(c) for c in some]) if len(some) <= 2 else f"{self._count(len(some))} criteria"
            return state("headline", "{name} is firmly {side} in {what}", name=self.name, side=side, what=what)
        return state(
            "headline",
            "{name}: {count} are too few to settle any criterion",
            name=self.name,
            count=self.brand_count(self.size),
        )

    def _count(self, count: int) -> str:
        return self.numbers.count("count", count).text

    def summary(self) -> Statement:
        """Mean, size, and what that can bear."""
        league = self.shared.league["overall"]
        parts = [
            state(
                "industry.mean",
                "The {count} of {name} average {mean} over the criteria, {group} {all}.",
                count=self.brand_count(self.size),
                name=self.name,
                group=self.group,
                mean=self.numbers.mean("industry.mean", self.overall),
                all=self.numbers.mean("group.overall", float(league.mean())),
            )
        ]
        smallest = 2 * 0.5**self.size
        if smallest > self.study.parameters.alpha / len(self.shared.card):
            parts.append(
                state(
                    "industry.floor",
                    "With {count} the smallest p-value that a test of ranks can reach is {p}, which does not pass a "
                    "correction for {k} criteria: no single criterion can be firm here, however clear it looks.",
                    count=self.brand_count(self.size),
                    p=self.study.numerals.p_value(min(1.0, smallest)),
                    k=str(len(self.shared.card)),
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
        return state(
            "card.title",
            "{count} of {total} criteria {are} settled against the target",
            count=self.numbers.count("card.settled", len(self.shared.card) - len(open_ones)),
            total=self._count(len(self.shared.card)),
            are=plural(len(self.shared.card) - len(open_ones), "is", "are"),
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
        side = "above" if difference > 0 else "below" if difference < 0 else "level with"
        return state(
            "place.title",
            "{name} averages {mean}, {side} the {total} of {group}",
            name=self.name,
            mean=self.numbers.mean("industry.mean", self.overall),
            side=side,
            total=self.numbers.mean("group.overall", total),
            group=self.group,
        )

    def place(self) -> Statement:
        """What the comparison rests on."""
        rows = self.shared.industries
        small = [f"{row['name']} ({int(row['n'])})" for _, row in rows.iterrows() if row["n"] < 5]
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
            many=self._brands(),
            name=self.name,
            low=self.numbers.mean("units.low", league.min()),
            high=self.numbers.mean("units.high", league.max()),
        )

    def _brands(self) -> str:
        text = self.brand_count(self.size)
        return text[0].upper() + text[1:]

    def answer_columns(self) -> list[tuple[object, object, object, object, bool]]:
        """Firmly on target, firmly short, unresolved: for the numerals of a slide."""
        total = len(self.shared.card)
        columns = []
        for head, verdict, quiet in (
            ("▸ Firmly on target", "strength", False),
            ("◂ Firmly short", "missed opportunity", False),
            ("≈ Unresolved", "unresolved", True),
        ):
            found = self._by(verdict)
            names = [self.short(c) for c in found]
            shown = "all of them" if len(names) == total else listed(names) if names else "none"
            if names:
                claims = (open_ if quiet else firm)(*(question("targets", c) for c in found))
                said = state("answer.words", "{words}", words=shown[0].upper() + shown[1:]).claiming(claims)
                columns.append((head, str(len(names)), f"of {total} criteria", said, quiet))
        return columns

    def answer_title(self) -> Statement:
        """The answer in one slide title."""
        mean = "not scored" if math.isnan(self.overall) else self.numbers.mean("industry.mean", self.overall)
        return state(
            "answer.title",
            "{name} averages {mean} over {count}",
            name=self.name,
            mean=mean,
            count=self.brand_count(self.size),
        )
