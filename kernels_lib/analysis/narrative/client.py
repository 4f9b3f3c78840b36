"""What one client is told."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from functools import cached_property
from typing import Any

import pandas as pd
from scipy import special

from kernels_lib.analysis.findings import Common
from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.narrative.base import Words
from kernels_lib.analysis.rows import by_row
from kernels_lib.analysis.statement import NOTHING, Statement, firm, joined, note, open_, state
from kernels_lib.study.language import N_, _, _n
from kernels_lib.study.numerals import in_words, listed
from kernels_lib.study.opening import Study
from kernels_lib.study.results import Basis, Claim, Number

# The reader's others, by disclosure.
OTHERS = {
    "aggregate": N_("At this level of disclosure only means and quartiles of the others are shown."),
    "masked": N_(
        "The others appear under other names, the same throughout this report and different in every other client's."
    ),
    "named": N_("The others appear under their own names, as agreed for this client."),
}

# The rank with other criteria or raters of the same kind: hardly moved, moved far, moved; by what is drawn anew.
RANK_INTERVALS = {
    "criteria": (
        N_("Other criteria of the same kind would hardly change its rank."),
        N_(
            "Its rank hangs on the choice of criteria: with others of the same kind it would lie between {low} and "
            "{high}, in 95 of 100 draws."
        ),
        N_("With other criteria of the same kind its rank would lie between {low} and {high}, in 95 of 100 draws."),
    ),
    "raters": (
        N_("Other raters of the same kind would hardly change its rank."),
        N_(
            "Its rank hangs on the choice of raters: with others of the same kind it would lie between {low} and "
            "{high}, in 95 of 100 draws."
        ),
        N_("With other raters of the same kind its rank would lie between {low} and {high}, in 95 of 100 draws."),
    ),
    "both": (
        N_("Other criteria and raters of the same kind would hardly change its rank."),
        N_(
            "Its rank hangs on the choice of criteria and raters: with others of the same kind it would lie between "
            "{low} and {high}, in 95 of 100 draws."
        ),
        N_(
            "With other criteria and raters of the same kind its rank would lie between {low} and {high}, in 95 of "
            "100 draws."
        ),
    ),
}

# Largest distance from the peers, as a share of what a test would need, up to which nothing comes near.
FAR_FROM_NOISE = 0.7
# Share of the peers that is few.
FEW = 0.2
# Units behind a mean from which on its interval is not wide for their number.
SMALL_GROUP = 10


class ClientWords(Words):
    """Sentences of a client's report and deck.

    Parameters
    ----------
    study : Study
        Opened for a client.
    shared : findings.Common
    card : DataFrame
        `findings.client_card`, already disclosed.
    """

    def __init__(self, study: Study, shared: Common, card: pd.DataFrame) -> None:
        super().__init__(study, shared)
        self.card = card
        self.name = study.subject
        self.place = shared.league.loc[study.client.brand]

    kind_words = N_("Scorecard report")

    def kicker(self) -> list[str]:
        """Kind of report, industry, wave."""
        industry = self.study.roster.industry_of(self.study.client)
        return [_(self.kind_words), *([industry.name] if industry else []), self._wave()]

    def description(self) -> str:
        """One sentence about the document."""
        k = len(self.study.instrument.criteria)
        return _n(
            "How {name} scores on one criterion, what it misses, what to do first and how sure that is.",
            "How {name} scores on {k} criteria, what it misses, what to do first and how sure that is.",
            k,
        ).format(name=self.name, k=k)

    def named(self, criteria: Iterable[object]) -> str:
        """Criteria as a sentence names them; German puts each between quotation marks."""
        return listed([_("{criterion}").format(criterion=self.short(str(c))) for c in criteria])

    @cached_property
    def rows(self) -> dict[Hashable, dict[str, Any]]:
        """The client's card by criterion, for looking single values up."""
        return dict(by_row(self.card))

    @cached_property
    def strengths(self) -> pd.DataFrame:
        """Criteria on target or above, the highest score first, then the largest lead over peers."""
        mine = self.card[self.card["verdict"] == "strength"]
        return mine.sort_values(["score", "difference"], ascending=False, kind="stable", na_position="last")

    @cached_property
    def misses(self) -> pd.DataFrame:
        """Criteria below target, the widest gap first; ties by the distance behind the best quarter."""
        mine = self.card[self.card["verdict"] == "missed opportunity"].copy()
        mine["behind"] = (mine["best_quarter"] - mine["score"]).fillna(0)
        return mine.sort_values(["gap", "behind"], ascending=[True, False], kind="stable")

    @cached_property
    def close(self) -> pd.DataFrame:
        """Criteria so near their target that other raters might decide otherwise."""
        return self.card[self.card["verdict"] == "too close to call"]

    def _counts(self) -> Statement:
        """``two on target, one too close to call``, without what there is none of."""
        strong = self.numbers.count("strengths.count", len(self.strengths))
        weak = self.numbers.count("misses.count", len(self.misses))
        close = self.numbers.count("close.count", len(self.close))
        counts = (
            (strong, note("counts.strengths", "{count} on target", count=strong)),
            (weak, note("counts.misses", "{count} short of it", count=weak)),
            (close, note("counts.close", "{count} too close to call", count=close)),
        )
        return joined("counts", [words for count, words in counts if count.value], between=", ")

    def _close_names(self) -> str:
        return self.named(self.close.index)

    @cached_property
    def distinctive(self) -> pd.DataFrame:
        """Strengths, the largest lead over peers first: what the headline is about."""
        return self.strengths.sort_values("difference", ascending=False, kind="stable", na_position="last")

    @cached_property
    def scored(self) -> int:
        """Criteria that the client was scored on."""
        return int(self.card["score"].notna().sum())

    def headline(self) -> Statement:
        """The finding of the whole report."""
        does = [self.study.instrument[c].does for c in self.distinctive.index[:2]]
        if not self.scored:
            return state("headline", "{name} was not scored in this wave", name=self.name)
        if len(self.close) and not len(self.misses):
            return self._close_headline(does)
        if len(self.card) == 1:
            return self._headline_of_one()
        if not len(self.misses):
            return self._headline_on_target()
        if not does:
            return self._headline_below_target()
        return self._headline_of_both(does)

    def _headline_of_one(self) -> Statement:
        """The only criterion of the instrument."""
        criterion = self.study.instrument[self.card.index[0]]
        if not len(self.misses):
            return state("headline", "{name} {does} and is on target", name=self.name, does=criterion.does)
        if self._mild:
            return state(
                "headline", "{name} is {gap} points short of its target", name=self.name, gap=self._gap(criterion.id)
            )
        return state(
            "headline",
            "{name} {lacks}: {gap} points short of its target",
            name=self.name,
            lacks=criterion.lacks,
            gap=self._gap(criterion.id),
        )

    def _headline_on_target(self) -> Statement:
        if self.scored == len(self.card):
            return state(
                "headline",
                "{name} is on target on all {count} criteria",
                name=self.name,
                count=in_words(self.scored),
            )
        return state(
            "headline",
            _n(
                "{name} is on target on the one criterion it was scored on",
                "{name} is on target on all {count} criteria it was scored on",
                self.scored,
            ),
            name=self.name,
            count=in_words(self.scored),
        )

    def _headline_below_target(self) -> Statement:
        first = self.misses.index[0]
        if self._mild:
            return state(
                "headline",
                "{name} has no criterion surely on target. The widest gap, {gap} points, is in {phrase}."
                if len(self.close)
                else "{name} has no criterion on target yet. The widest gap, {gap} points, is in {phrase}.",
                name=self.name,
                gap=self._gap(first),
                phrase=self.phrase(first),
            )
        lacks = [self.study.instrument[c].lacks for c in self.misses.index[:2]]
        return state(
            "headline",
            "{name} {lacks}. No criterion is surely on target."
            if len(self.close)
            else "{name} {lacks}. No criterion is on target yet.",
            name=self.name,
            lacks=_both(lacks),
        )

    def _headline_of_both(self, does: list[str]) -> Statement:
        """What is done and what is lacking; how the two are set against each other follows from the scores."""
        strong, weak, first = len(self.strengths), len(self.misses), self.misses.index[0]
        lacks = [self.study.instrument[c].lacks for c in self.misses.index[:2]]
        values = {"name": self.name, "does": _both(does), "lacks": lacks[0]}
        if self._mild:
            return state(
                "headline",
                "{name} {does}. It is {gap} points short of the target in {phrase}.",
                **values,
                gap=self._gap(first),
                phrase=self.phrase(first),
            )
        ties = len(self.widest)
        if strong == 1 and ties > 2:
            values["lacks"] = _both(lacks)
            return state("headline", "{name} {does}. Much is missing elsewhere: it {lacks}.", **values)
        if strong == 1 and ties == 2:
            values["lacks"] = _both(lacks)
            return state("headline", "{name} {does}, but {lacks}.", **values)
        if strong == 1 and weak > 1:
            return state(
                "headline",
                "{name} {does}. That is its one sure strength so far: it {lacks}."
                if len(self.close)
                else "{name} {does}. That is its one strength so far: it {lacks}.",
                **values,
            )
        if weak == 1:
            return state(
                "headline",
                "{name} {does}. Its one sure gap: it {lacks}."
                if len(self.close)
                else "{name} {does}. Its only gap: it {lacks}.",
                **values,
            )
        if strong > weak:
            return state("headline", "{name} {does}. Its widest gap: it {lacks}.", **values)
        if strong == weak:
            return state("headline", "{name} {does}. Still, it {lacks}.", **values)
        if self.place["overall"] > self._middle:
            return state("headline", "{name} {does}. It {lacks}.", **values)
        return state("headline", "{name} {does}, but {lacks}.", **values)

    @property
    def _middle(self) -> float:
        """The middle of the scale."""
        return (self.study.instrument.scale.floor + self.study.instrument.scale.top) / 2

    @cached_property
    def _mild(self) -> bool:
        """Whether even the widest gap lies in the upper half of the scale, where "hardly" would be too strong."""
        return bool(self.misses["score"].iloc[0] > self._middle)

    @cached_property
    def widest(self) -> list[str]:
        """Criteria that share the widest gap."""
        gaps = self.misses["gap"].round(9)
        return [str(c) for c in gaps.index[gaps == gaps.min()]]

    def _close_headline(self, does: list[str]) -> Statement:
        """Nothing is surely short, and something is too close to call."""
        if not does:
            return state("headline", "{name} is too close to its target to call", name=self.name)
        close = self._close_names()
        return state(
            "headline",
            _n(
                "{name} {does}. {close} is too close to call.",
                "{name} {does}. {close} are too close to call.",
                len(self.close),
            ),
            name=self.name,
            does=_both(does),
            close=close[:1].upper() + close[1:],
        )

    def overall(self) -> Statement:
        """The overall score and how it hangs on the weights."""
        if self.scored < 2:
            return NOTHING
        low = self.numbers.mean("overall.low", self.place["low"])
        high = self.numbers.mean("overall.high", self.place["high"])
        if low.text == high.text:
            return state("overall.range", "the same under any weights of the criteria")
        return state(
            "overall.range",
            "{low} to {high}, depending on how the {count} criteria are weighted",
            low=low,
            high=high,
            count=in_words(self.scored),
        )

    def rank(self) -> Statement:
        """``8th of 30, tied with one other``."""
        if math.isnan(self.place["rank"]):
            return state("rank", "not ranked: scored on too few criteria")
        ranks = self.shared.league["rank"]
        tied = int((ranks == self.place["rank"]).sum()) - 1
        rank = self.numbers.rank("overall.rank", self.place["rank"])
        total = str(int(ranks.notna().sum()))
        if tied:
            return state(
                "rank",
                _n("{rank} of {total}, tied with one other", "{rank} of {total}, tied with {tied} others", tied),
                rank=rank,
                total=total,
                tied=in_words(tied),
            )
        return state("rank", "{rank} of {total}", rank=rank, total=total)

    def rank_range(self) -> Statement:
        """Where other weights would put the client."""
        if math.isnan(self.place["rank_low"]) or len(self.card) == 1:
            return NOTHING
        low = self.numbers.rank("overall.rank_low", self.place["rank_low"])
        high = self.numbers.rank("overall.rank_high", self.place["rank_high"])
        if low.text == high.text:
            return state("rank.range", "{low} under any weights tried", low=low)
        return state("rank.range", "{low} to {high} under other weights", low=low, high=high)

    def strength_note(self, criterion: str) -> Statement:
        """One line below a strength in the summary."""
        row, identity = self.rows[criterion], f"strengths.{criterion}"
        base = str(int(row["base"]))
        if not math.isnan(row["tied"]) and row["tied"] == row["base"]:
            return state(identity, "{group} score the same", group=self.group)
        if round(row["gap"], 9) == 0:
            return state(identity, "exactly on the target, nothing to spare")
        if math.isnan(row["above"]):
            return state(identity, "{gap} points above the target", gap=self._gap(criterion))
        above, tied = int(row["above"]), int(row["tied"])
        if above:
            return state(
                identity,
                _n("{above} of {base} peers scores higher", "{above} of {base} peers score higher", above),
                above=self.numbers.count(f"criteria.{criterion}.above", above, words=False),
                base=base,
            )
        if row["score"] >= self.study.instrument.scale.top and tied:
            return state(
                identity,
                _n(
                    "the maximum; {tied} of {base} peers reaches it too",
                    "the maximum; {tied} of {base} peers reach it too",
                    tied,
                ),
                tied=self.numbers.count(f"criteria.{criterion}.tied", tied, words=False),
                base=base,
            )
        return state(identity, "no peer scores higher")

    def _gap(self, criterion: str):
        return self.numbers.distance(f"criteria.{criterion}.gap", self.rows[criterion]["gap"])

    def miss_note(self, criterion: str, place: int) -> Statement:
        """One line below a missed opportunity in the summary; `place` counts from 0."""
        row, identity, gap = self.rows[criterion], f"misses.{criterion}", self._gap(criterion)
        gaps = self.misses["gap"].round(9)
        if len(gaps) == 1:
            return state(
                identity,
                "{gap} points short, the only sure gap" if len(self.close) else "{gap} points short, the only gap",
                gap=gap,
            )
        if place == 0 and len(self.widest) == 1:
            return state(identity, "{gap} points short, the widest gap", gap=gap)
        if math.isnan(row["above"]):
            return state(identity, "{gap} points short", gap=gap)
        above, base = int(row["above"]), int(row["base"])
        if not above:
            return state(identity, "{gap} points short; no peer scores higher", gap=gap)
        values = {
            "gap": gap,
            "above": self.numbers.count(f"criteria.{criterion}.above", above, words=False),
            "base": str(base),
        }
        if above <= FEW * base:
            return state(
                identity,
                _n(
                    "{gap} points short; only {above} of {base} peers scores higher",
                    "{gap} points short; only {above} of {base} peers score higher",
                    above,
                ),
                **values,
            )
        if place and gaps.iloc[place] == gaps.iloc[place - 1]:
            return state(
                identity,
                _n(
                    "also {gap} points short; {above} of {base} peers scores higher",
                    "also {gap} points short; {above} of {base} peers score higher",
                    above,
                ),
                **values,
            )
        return state(
            identity,
            _n(
                "{gap} points short; {above} of {base} peers scores higher",
                "{gap} points short; {above} of {base} peers score higher",
                above,
            ),
            **values,
        )

    def scorecard_title(self) -> Statement:
        """What carries the score."""
        if math.isnan(self.place["overall"]):
            return state("scorecard.title", "Scored on too few criteria for an overall score")
        strong, weak = len(self.strengths), len(self.misses)
        score = self.numbers.mean("overall.score", self.place["overall"])
        if len(self.close) == self.scored:
            return state("scorecard.title", "Too close to the target to call: the score is {score}", score=score)
        if len(self.card) == 1 and strong:
            return state("scorecard.title", "On target: the score is {score}", score=score)
        if len(self.card) == 1:
            return state("scorecard.title", "Below the target: the score is {score}", score=score)
        if not strong:
            return state(
                "scorecard.title",
                "No criterion is surely on target: the score is {score}"
                if len(self.close)
                else "No criterion is on target: the score is {score}",
                score=score,
            )
        if strong == self.scored:
            return state("scorecard.title", "Every criterion is on target: the score is {score}", score=score)
        count = self.numbers.count("strengths.count", strong)
        if strong == 1:
            return state(
                "scorecard.title",
                "Only {what} is surely on target: the score is {score}"
                if len(self.close)
                else "Only {what} is on target: the score is {score}",
                what=self.named(self.strengths.index),
                score=score,
            )
        if strong < weak:
            return state("scorecard.title", "{count} criteria carry the score of {score}", count=count, score=score)
        return state(
            "scorecard.title",
            "{count} of {total} criteria are surely on target: the score is {score}"
            if len(self.close)
            else "{count} of {total} criteria are on target: the score is {score}",
            count=count,
            total=in_words(self.scored),
            score=score,
        )

    def scorecard(self) -> Statement:
        """What the strong criteria average and what the others do, and along which line they split."""
        parts = [self._split(), self._sides(), self._rank_interval()]
        if len(self.close):
            parts.append(
                state(
                    "scorecard.close",
                    _n(
                        "{names} is too close to call: other raters would move a score by about {sem} points, and it "
                        "lies within twice that of the target.",
                        "{names} are too close to call: other raters would move a score by about {sem} points, and "
                        "they lie within twice that of the target.",
                        len(self.close),
                    ),
                    names=self._close_names(),
                    sem=self.study.numerals.error(self.close["sem"].max()),
                )
            )
        missing = self.card.index[self.card["score"].isna()]
        if len(missing):
            parts.append(
                state(
                    "scorecard.missing",
                    _n(
                        "{names} was not scored; the overall score is the mean of the others.",
                        "{names} were not scored; the overall score is the mean of the others.",
                        len(missing),
                    ),
                    names=self.named(missing),
                )
            )
        return joined("scorecard", parts)

    def _split(self) -> Statement:
        """What the criteria on target average, and what those below it do."""
        strong, weak = self.strengths, self.misses
        if not len(strong) or not len(weak):
            return NOTHING
        values = {
            "strong": self.named(strong.index),
            "count": in_words(len(strong)),
            "high": self._average("strengths.mean", strong["score"]),
            "rest": in_words(len(weak)),
            "low": self._average("misses.mean", weak["score"]),
        }
        if len(strong) == 1:
            return state(
                "scorecard.split",
                _n(
                    "{strong} scores {high}; the one criterion below target scores {low}.",
                    "{strong} scores {high}; the {rest} criteria below target average {low}.",
                    len(weak),
                ),
                **values,
            )
        if len(strong) <= 3:
            return state(
                "scorecard.split",
                _n(
                    "{strong} average {high}; the one criterion below target scores {low}.",
                    "{strong} average {high}; the {rest} criteria below target average {low}.",
                    len(weak),
                ),
                **values,
            )
        return state(
            "scorecard.split",
            _n(
                "The {count} criteria on target average {high}, the one below it scores {low}.",
                "The {count} criteria on target average {high}, the {rest} below it {low}.",
                len(weak),
            ),
            **values,
        )

    def _average(self, ref: str, scores: pd.Series) -> Number:
        """A mean of scores; one score alone keeps a score's decimals."""
        return (self.numbers.mean if len(scores) > 1 else self.numbers.score)(ref, scores.mean())

    def _rank_interval(self) -> Statement:
        """Where the rank would lie had other criteria, or raters, of the same kind been used."""
        low, high = self.place["rank_ci_low"], self.place["rank_ci_high"]
        if math.isnan(low) or (len(self.card) == 1 and self.study.ratings is None):
            return NOTHING
        drawn = "criteria" if self.study.ratings is None else "raters" if len(self.card) == 1 else "both"
        ranked = int(self.shared.league["rank"].notna().sum())
        still, wide, narrow = RANK_INTERVALS[drawn]
        return state(
            "rank.interval.one" if low == high else "rank.interval",
            still if low == high else wide if high - low >= ranked / 2 else narrow,
            low=self.numbers.rank("overall.rank_ci_low", low),
            high=self.numbers.rank("overall.rank_ci_high", high),
        )

    def _sides(self) -> Statement:
        """How the two sides of the instrument compare, for the client and for all."""
        sides = [side.id for side in self.study.instrument.sides]
        if len(sides) != 2:
            return NOTHING
        means = self.card[["side_id", "score", "group_mean"]].groupby("side_id").mean().reindex(sides)
        own, group = means["score"], means["group_mean"]
        if own.isna().any():
            return NOTHING
        first, second = (self.study.instrument.side_name(side) for side in sides)
        values = {
            "first": first,
            "second": second,
            "name": self.name,
            "group": self.group,
            "own_first": self.numbers.mean(f"sides.{sides[0]}.mean", own.iloc[0]),
            "own_second": self.numbers.mean(f"sides.{sides[1]}.mean", own.iloc[1]),
            "all_first": self.numbers.mean(f"sides.{sides[0]}.group_mean", group.iloc[0]),
            "all_second": self.numbers.mean(f"sides.{sides[1]}.group_mean", group.iloc[1]),
        }
        more, less = (own > group + 1e-9).all(), (own < group - 1e-9).all()
        mine, theirs = round(own.iloc[0] - own.iloc[1], 9), round(group.iloc[0] - group.iloc[1], 9)
        wider = mine * theirs > 0 and abs(mine) > abs(theirs)
        if more:
            return state(
                "scorecard.sides",
                "On {first} {name} averages {own_first}, on {second} {own_second}: both more than the {all_first} and "
                "{all_second} of {group}.",
                **values,
            )
        if less and wider and mine > 0:
            return state(
                "scorecard.sides",
                "{name} averages {own_first} on {first} and only {own_second} on {second}; {group} average {all_first} "
                "and {all_second}.",
                **values,
            )
        if less:
            return state(
                "scorecard.sides",
                "On {first} {name} averages {own_first}, on {second} {own_second}, both less than the {all_first} and "
                "{all_second} of {group}.",
                **values,
            )
        if wider:
            return state(
                "scorecard.sides",
                "{name} averages {own_first} on {first} and {own_second} on {second}; for {group} the two lie closer "
                "together, at {all_first} and {all_second}.",
                **values,
            )
        return state(
            "scorecard.sides",
            "On {first} {name} averages {own_first}, on {second} {own_second}; the means of {group} are {all_first} "
            "and {all_second}.",
            **values,
        )

    def gap_title(self) -> Statement:
        """Where the widest gap is."""
        if not len(self.misses):
            return self._no_gap_title()
        first, widest = self.misses.index[0], self.widest
        gap = self._gap(first)
        if len(self.card) == 1:
            return state("gap.title", "{name} is {gap} points short of its target", name=self.name, gap=gap)
        if len(self.misses) == 1:
            return state(
                "gap.title",
                "The only sure gap is in {phrase}" if len(self.close) else "The only gap is in {phrase}",
                phrase=self.phrase(first),
            )
        if len(widest) == 1 and len(self.strengths) >= len(self.misses):
            return state("gap.title", "The widest gap left is in {phrase}", phrase=self.phrase(first))
        if len(widest) == 1:
            return state("gap.title", "The widest gap is in {phrase}", phrase=self.phrase(first))
        if len(widest) == 2:
            return state("gap.title", "Two gaps are widest: {names}", names=listed([self.short(c) for c in widest]))
        return state(
            "gap.title",
            "{count} criteria share the widest gap, {gap} points",
            count=self.numbers.count("misses.widest", len(widest)),
            gap=gap,
        )

    def _no_gap_title(self) -> Statement:
        if len(self.close):
            return state(
                "gap.title",
                _n(
                    "No gap is sure; {names} is too close to call",
                    "No gap is sure; {names} are too close to call",
                    len(self.close),
                ),
                names=self._close_names(),
            )
        if not len(self.strengths):
            return state("gap.title", "There are no scores to compare with the target")
        least = self.strengths["gap"].idxmin()
        if len(self.card) == 1 and not round(self.card["gap"].iloc[0], 9):
            return state("gap.title", "{name} is exactly on target", name=self.name)
        if len(self.card) == 1:
            return state(
                "gap.title", "{name} is on target, with {gap} points to spare", name=self.name, gap=self._gap(least)
            )
        return state("gap.title", "No gap left; least to spare in {phrase}", phrase=self.phrase(least))

    def gap_message(self) -> Statement:
        """The title of the signature chart."""
        strong, weak = len(self.strengths), len(self.misses)
        if not self.scored:
            return state("gap.message", "{name} was not scored in this wave", name=self.name)
        if len(self.card) == 1:
            return self._message_of_one()
        if len(self.close):
            return state("gap.message", "{name}: {counts}", name=self.name, counts=self._counts())
        if not weak:
            return state("gap.message", "{name} is on target everywhere", name=self.name)
        if not strong:
            return state("gap.message", "{name} is below the target on every criterion", name=self.name)
        values = {
            "name": self.name,
            "hit": self.numbers.count("strengths.count", strong),
            "miss": self.numbers.count("misses.count", weak),
        }
        if weak > strong:
            return state(
                "gap.message",
                "{name} misses the target on {miss} criteria and reaches it on {hit}",
                **values,
            )
        return state(
            "gap.message",
            _n(
                "{name} is on target on {hit} criterion and short of it on {miss}",
                "{name} is on target on {hit} criteria and short of it on {miss}",
                strong,
            ),
            **values,
        )

    def _message_of_one(self) -> Statement:
        if len(self.close):
            return state("gap.message", "{name} is too close to its target to call", name=self.name)
        if len(self.misses):
            return state("gap.message", "{name} is below the target", name=self.name)
        return state("gap.message", "{name} is on target", name=self.name)

    def gap_caption(self) -> Statement:
        """One or two sentences with the numbers."""
        parts = []
        if len(self.misses):
            first = self.misses.index[0]
            parts.append(
                state(
                    "gap.caption.own",
                    "{name} is {gap} points short on {what}.",
                    name=self.name,
                    gap=self._gap(first),
                    what=self.named([first]),
                )
            )
        if len(self.close):
            parts.append(
                state(
                    "gap.caption.close",
                    _n(
                        "{names} is too close to call: other raters might put it on the other side.",
                        "{names} are too close to call: other raters might put them on the other side.",
                        len(self.close),
                    ),
                    names=self._close_names(),
                )
            )
        parts.append(self._group_caption())
        return joined("gap.caption", parts).claiming(self.claims_of_targets())

    def _group_caption(self) -> Statement:
        """On which criteria the group is below target, and where that is open."""
        group = self.shared.card
        below = int((group["verdict"] == "missed opportunity").sum())
        if not below:
            return NOTHING
        parts = [
            state(
                "gap.caption.group",
                _n(
                    "{here} {group} together are firmly below target on {below} criterion.",
                    "{here} {group} together are firmly below target on {below} criteria.",
                    below,
                ),
                here=self.here,
                group=self.group,
                below=self.numbers.count("group.below", below),
            )
        ]
        open_ones = group.index[group["verdict"] == "unresolved"]
        if len(open_ones):
            parts.append(
                state(
                    "gap.caption.open",
                    _n(
                        "Whether {open} lies above or below it is unresolved.",
                        "Whether {open} lie above or below it is unresolved.",
                        len(open_ones),
                    ),
                    open=self.named(open_ones),
                )
            )
        return joined("gap.caption.group", parts)

    def gap_meaning(self) -> Statement:
        """What the widest gap means: why it is common, and what closes it."""
        if not len(self.misses):
            return NOTHING
        criterion = self.study.instrument[self.misses.index[0]]
        return state("gap.meaning", "{why} {improve}", why=criterion.why, improve=criterion.improve)

    @cached_property
    def compared(self) -> pd.DataFrame:
        """Criteria with peers to compare with, the largest lead first."""
        known = self.card.dropna(subset=["difference"])
        return known.sort_values("difference", ascending=False, kind="stable")

    @cached_property
    def base(self) -> int:
        """How many peers there are."""
        return int(self.card["base"].max())

    def claims_of_peers(self) -> tuple[Claim, ...]:
        """Every criterion against the peers, as the ledger has it."""
        return (
            *firm(*(question("peers", str(c)) for c in self.card.index[self.card["firm"]])),
            *open_(*(question("peers", str(c)) for c in self.card.index[~self.card["firm"]])),
        )

    def peers_title(self) -> Statement:
        """Where the client leads and trails, and whether that is firm."""
        return self._peers_title().claiming(self.claims_of_peers())

    def _peers_title(self) -> Statement:
        known = self.compared
        if not len(known):
            return state("peers.title", "Too few peers to compare with")
        top, bottom = known.iloc[0], known.iloc[-1]
        ahead, behind = self._apart(top) and top["difference"] > 0, self._apart(bottom) and bottom["difference"] < 0
        values = {"lead": self.short(str(top.name)), "lag": self.short(str(bottom.name))}
        if ahead and behind:
            return self._both_ways_title(bool(top["firm"]), bool(bottom["firm"]), values)
        if ahead and len(known) == 1:
            return state(
                "peers.title",
                "Firmly ahead of its peers in {lead}"
                if top["firm"]
                else "Ahead of its peers in {lead}, though not firmly",
                **values,
            )
        if behind and len(known) == 1:
            return state(
                "peers.title",
                "Firmly behind its peers in {lag}"
                if bottom["firm"]
                else "Behind its peers in {lag}, though not firmly",
                **values,
            )
        if ahead:
            return state(
                "peers.title",
                "Firmly ahead in {lead}; nowhere behind its peers"
                if top["firm"]
                else "Ahead in {lead}, though not firmly; nowhere behind",
                **values,
            )
        if behind:
            return state(
                "peers.title",
                "Firmly behind in {lag}; nowhere ahead of its peers"
                if bottom["firm"]
                else "Behind in {lag}, though not firmly; nowhere ahead",
                **values,
            )
        return state("peers.title", "Level with its peers throughout")

    def _both_ways_title(self, ahead: bool, behind: bool, values: dict[str, str]) -> Statement:
        """Where it leads and where it trails; `ahead` and `behind` say which of the two is firm."""
        if ahead and behind:
            return state("peers.title", "Firmly ahead in {lead}, firmly behind in {lag}", **values)
        if ahead:
            return state("peers.title", "Firmly ahead in {lead}; behind in {lag}, but not firmly", **values)
        if behind:
            return state("peers.title", "Firmly behind in {lag}; ahead in {lead}, but not firmly", **values)
        return state("peers.title", "Ahead in {lead}, behind in {lag}; neither is firm", **values)

    def _apart(self, row: pd.Series) -> bool:
        """Whether a difference from the peers shows in the decimals of a score."""
        return bool(row["firm"]) or round(abs(round(row["difference"], 9)), self.study.numerals.score_decimals) > 0

    def peers(self) -> Statement:
        """Leads, lags, and whether they are more than noise."""
        known = self.compared
        if not len(known):
            return state(
                "peers.withheld",
                "Fewer than {least} other {units} stand behind the comparison, so it is withheld.",
                least=in_words(self.study.parameters.minimum_base),
                units=self.units,
            )
        parts = [self._lead(known)]
        if self.study.parameters.peer_group == "industry":
            parts.append(
                state(
                    "peers.industry",
                    _n(
                        "The one peer is the other {unit} of its industry.",
                        "The peers are the {base} other {units} of its industry.",
                        self.base,
                    ),
                    base=in_words(self.base),
                    unit=self.unit,
                    units=self.units,
                )
            )
        sure = known[known["firm"]]
        tested = int(known["p_value"].notna().sum())
        if len(sure):
            parts.append(
                state(
                    "peers.firm",
                    _n(
                        "More than noise, by the one comparison that can be made: {names}.",
                        "More than noise, after the correction for {tested} comparisons: {names}.",
                        tested,
                    ),
                    tested=in_words(tested),
                    names=listed([self.short(c) for c in sure.index]),
                )
            )
        elif tested:
            parts.append(self._noise(known, tested))
        parts.append(self._expected(known))
        return joined("peers", parts).claiming(self.claims_of_peers())

    def _expected(self, known: pd.DataFrame) -> Statement:
        """How wide one more brand like the peers could lie: why so little about one brand is firm."""
        spread = known.dropna(subset=["expected_low"])
        if not len(spread):
            return NOTHING
        scale = self.study.instrument.scale
        row = spread.loc[spread["z"].abs().idxmax()]
        low, high = max(scale.floor, row["expected_low"]), min(scale.top, row["expected_high"])
        shown = self.study.numerals.score
        whole = (shown(low), shown(high)) == (shown(scale.floor), shown(scale.top))
        return state(
            "peers.expected",
            "In {what}, 95 of 100 further {units} like its peers would score anywhere on the scale."
            if whole
            else "In {what}, 95 of 100 further {units} like its peers would score anywhere from {low} to {high}.",
            what=self.named([row.name]),
            units=self.units,
            low=self.numbers.score(f"criteria.{row.name}.expected_low", low),
            high=self.numbers.score(f"criteria.{row.name}.expected_high", high),
        )

    def _noise(self, known: pd.DataFrame, tested: int) -> Statement:
        """That nothing is more than noise, and how far from that the largest distance is."""
        largest = known.loc[known["z"].abs().idxmax()]
        needed, distance = self._needed(int(largest["base"])), abs(largest["z"])
        values = {"tested": self.numbers.count("peers.tested", tested), "unit": self.unit}
        if distance >= needed:
            return state(
                "peers.noise",
                _n(
                    "The one difference that can be tested is not more than noise.",
                    "None of the {tested} differences that can be tested is more than noise once it is corrected for "
                    "being one of so many.",
                    tested,
                ),
                **values,
            )
        values["needed"] = self.numbers.deviations("peers.needed", needed)
        values["largest"] = self.numbers.deviations("peers.largest", distance)
        if values["needed"].text == values["largest"].text:
            return state(
                "peers.noise",
                _n(
                    "The one difference that can be tested is not more than noise, though with {largest} standard "
                    "deviations it falls only just short of what a test takes note of.",
                    "None of the {tested} differences that can be tested is more than noise, though the largest, "
                    "{largest} standard deviations, falls only just short of what a test takes note of without a "
                    "correction.",
                    tested,
                ),
                **values,
            )
        if distance <= FAR_FROM_NOISE * needed:
            return state(
                "peers.noise",
                _n(
                    "The one difference that can be tested is not more than noise: it amounts to {largest} standard "
                    "deviations, and a single {unit} has to stand {needed} from its peers before a test takes note.",
                    "None of the {tested} differences that can be tested comes near to being more than noise: the "
                    "largest amounts to {largest} standard deviations, and a single {unit} has to stand {needed} from "
                    "its peers before a test takes note, even without a correction.",
                    tested,
                ),
                **values,
            )
        return state(
            "peers.noise",
            _n(
                "The one difference that can be tested is not more than noise: a single {unit} has to stand {needed} "
                "standard deviations from its peers before a test takes note, and the distance here is {largest}.",
                "None of the {tested} differences that can be tested is more than noise: a single {unit} has to stand "
                "{needed} standard deviations from its peers before a test takes note, even without a correction, and "
                "the largest distance here is {largest}.",
                tested,
            ),
            **values,
        )

    def _lead(self, known: pd.DataFrame) -> Statement:
        """Where it leads and where it trails, the larger distance first."""
        top, bottom = known.iloc[0], known.iloc[-1]
        ahead, behind = self._apart(top) and top["difference"] > 0, self._apart(bottom) and bottom["difference"] < 0
        values = {
            "name": self.name,
            "base": str(self.base),
            "lead": self.named([top.name]),
            "lag": self.named([bottom.name]),
            "up": self.numbers.distance(f"criteria.{top.name}.difference", top["difference"]),
            "down": self.numbers.distance(f"criteria.{bottom.name}.difference", bottom["difference"]),
        }
        if ahead and behind and top["difference"] >= -bottom["difference"]:
            return state(
                "peers.places",
                _n(
                    "In {lead} {name} scores {up} points above its one peer; in {lag} it is {down} points below.",
                    "In {lead} {name} scores {up} points above the mean of its {base} peers; in {lag} it is {down} "
                    "points below.",
                    self.base,
                ),
                **values,
            )
        if ahead and behind:
            return state(
                "peers.places",
                _n(
                    "In {lag} {name} scores {down} points below its one peer; in {lead} it is {up} points above.",
                    "In {lag} {name} scores {down} points below the mean of its {base} peers; in {lead} it is {up} "
                    "points above.",
                    self.base,
                ),
                **values,
            )
        if ahead:
            return state(
                "peers.lead",
                _n(
                    "In {lead} {name} scores {up} points above its one peer.",
                    "In {lead} {name} scores {up} points above the mean of its {base} peers.",
                    self.base,
                ),
                **values,
            )
        if behind:
            return state(
                "peers.lag",
                _n(
                    "In {lag} {name} scores {down} points below its one peer.",
                    "In {lag} {name} scores {down} points below the mean of its {base} peers.",
                    self.base,
                ),
                **values,
            )
        return NOTHING

    def _needed(self, base: int) -> float:
        """Distance from the peers, in their standard deviations, that an uncorrected test needs."""
        t = -special.stdtrit(base - 1, self.study.parameters.alpha / 2)
        return float(t * math.sqrt((base + 1) / base))

    def peers_message(self) -> Statement:
        """The title of the dumbbell chart."""
        known = self.card.dropna(subset=["best_quarter", "score"])
        if not len(known):
            return state("peers.message", "{name}, without peers to compare with", name=self.name)
        behind = (known["best_quarter"] - known["score"]).round(9)
        worst, equal = behind.idxmax(), behind.index[behind <= 0]
        if len(equal) == len(known) == 1:
            return state("peers.message", "{name} is level with the best", name=self.name)
        if len(equal) == len(known):
            return state("peers.message", "{name} is level with the best on every criterion", name=self.name)
        if not len(equal):
            return state("peers.message", "Furthest behind the best quarter in {worst}", worst=self.short(str(worst)))
        return state(
            "peers.message",
            _n(
                "As good as the best in {equal}; furthest behind in {worst}",
                "As good as the best on {count} criteria; furthest behind in {worst}",
                len(equal),
            ),
            equal=self.short(str(equal[0])),
            count=in_words(len(equal)),
            worst=self.short(str(worst)),
        )

    def peers_caption(self) -> Statement:
        """One or two sentences with the numbers."""
        known = self.card.dropna(subset=["best_quarter", "score"])
        if not len(known):
            return self.peers()
        behind = (known["best_quarter"] - known["score"]).round(9)
        worst = behind.idxmax()
        return state(
            "peers.caption",
            "On {worst} {name} is {by} points behind the mean of the best quarter of its peers, which is never fewer "
            "than {least} {units}."
            if behind[worst] > 0
            else "Nowhere is {name} behind the mean of the best quarter of its peers, which is never fewer than "
            "{least} {units}.",
            worst=self.named([worst]),
            name=self.name,
            by=self.numbers.distance(f"criteria.{worst}.behind", max(behind[worst], 0)),
            least=in_words(self.study.parameters.minimum_base),
            units=self.units,
        )

    def others_title(self) -> Statement:
        """The section with every unit's overall score, or why there is none."""
        if self.study.parameters.disclosure == "aggregate":
            return state("others.title", "Scores of single {units} are not shown", units=self.units)
        if math.isnan(self.place["rank"]):
            return state("others.title", "{name} is not ranked: scored on too few criteria", name=self.name)
        return state("others.title", "{name} is {rank} by overall score", name=self.name, rank=self.rank())

    def others(self) -> Statement:
        """Under which names the others appear."""
        return state("others.how", OTHERS[self.study.parameters.disclosure])

    def noise_items(self) -> list[tuple[str, bool, Statement]]:
        """What is firm, what is unresolved, what cannot be tested: tag, quiet, words."""
        items = self.overall_items()
        if len(self.firm_always):
            certain = joined(
                "noise.always",
                [
                    self.order(self.firm_always, "noise.always.order"),
                    state("noise.always.why", "This holds in every table of scores that fits the published means."),
                ],
            )
            items.append((_("Firm, always"), False, certain))
        if len(self.firm_here):
            where = _("Firm here") if self.study.basis is Basis.RECONSTRUCTED else _("Firm")
            here = self.order(self.firm_here, "noise.here")
            if self.study.basis is Basis.RECONSTRUCTED:
                here = joined("noise.here.hedged", [state("noise.here.where", "In this reconstruction only:"), here])
            items.append((where, False, here))
        unsettled, untestable = self.unsettled(), self.untestable()
        if unsettled.text:
            items.append((_("≈ Unresolved"), True, unsettled))
        elif len(self.unresolved):
            unresolved = state(
                "noise.unresolved",
                "The order of {count} of {total} pairs of criteria.",
                count=self.numbers.count("pairs.unresolved", len(self.unresolved), words=False),
                total=str(len(self.shared.pairs)),
            )
            items.append((_("≈ Unresolved"), True, unresolved.claiming(self.claims_of_pairs())))
        if untestable.text:
            items.append((_("Cannot be tested"), True, untestable))
        return items

    @cached_property
    def flat(self) -> list[str]:
        """Criteria on which the peers all have the same score."""
        known = self.compared
        return [str(c) for c in known.index if math.isnan(known.loc[c, "p_value"])]

    def untestable_short(self) -> Statement:
        """The same as `untestable`, for a slide."""
        parts = []
        if self.flat:
            parts.append(state("noise.untestable.flat", "On {flat} all score the same.", flat=self.named(self.flat)))
        if not self.study.rated:
            parts.append(state("noise.untestable.raters", "How other raters would score is not known."))
        return joined("noise.untestable.short", parts)

    def untestable(self) -> Statement:
        """What no test here can answer."""
        flat, parts = self.flat, []
        if flat and len(self.compared):
            parts.append(
                state(
                    "noise.flat",
                    "Whether {name} differs from its peers in {flat}: there they all score the same.",
                    name=self.name,
                    flat=self.named(flat),
                ).claiming(self.claims_of_peers())
            )
        if self.study.rated:
            return joined("noise.untestable", parts)
        parts.append(
            state(
                "noise.raters",
                "Whether another rater would have given {name} the same scores: each {unit} has one score a "
                "criterion, and how many raters stand behind it is not known.",
                name=self.name,
                unit=self.unit,
            )
        )
        return joined("noise.untestable", parts)

    def industry_title(self) -> Statement:
        """Where the client's industry stands, and on how many units."""
        rows = self.shared.industries
        own = rows[rows["own"]]
        if not len(own):
            return state("industry.title", "The data name no industry for {name}", name=self.name)
        row = own.iloc[0]
        if row["withheld"]:
            return state(
                "industry.title",
                "Too few {units} in {industry} to show their mean",
                units=self.units,
                industry=row["name"],
            )
        total = float(self.shared.league["overall"].mean())
        values = {
            "industry": row["name"],
            "mean": self.numbers.mean("industry.mean", row["mean"]),
            "total": self.numbers.mean("group.overall", total),
            "group": self.group,
        }
        if values["mean"].text == values["total"].text:
            return state("industry.title", "{industry} averages {mean}, level with {group}", **values)
        if row["mean"] > total:
            return state("industry.title", "{industry} averages {mean}, above the {total} of {group}", **values)
        return state("industry.title", "{industry} averages {mean}, below the {total} of {group}", **values)

    def industry(self) -> Statement:
        """How much the industry's mean can bear."""
        rows = self.shared.industries
        own = rows[rows["own"]]
        parts = []
        if len(own) and not own.iloc[0]["withheld"]:
            n = int(own.iloc[0]["n"])
            parts.append(
                state(
                    "industry.base",
                    "The mean rests on {count}, {name} among them; its interval is wide for that reason."
                    if n < SMALL_GROUP
                    else "The mean rests on {count}, {name} among them.",
                    count=self.brand_count(n),
                    name=self.name,
                )
            )
        hidden = rows[rows["withheld"]]
        if len(hidden):
            parts.append(
                state(
                    "industry.withheld",
                    _n(
                        "{names} is withheld, because single {units} could be read off its mean.",
                        "{names} are withheld, because single {units} could be read off their mean.",
                        len(hidden),
                    ),
                    names=listed(list(hidden["name"])),
                    units=self.units,
                )
            )
        parts.append(self.industry_intervals())
        if self.study.basis is Basis.RECONSTRUCTED:
            parts.append(
                state(
                    "industry.reconstruction",
                    "Which industries lead was put into the reconstruction from a remark of the source, so the "
                    "picture adds no evidence to it.",
                )
            )
        return joined("industry", parts)

    def industry_message(self) -> Statement:
        """The title of the industry chart."""
        rows = self.shared.industries
        shown = rows[~rows["withheld"]].sort_values("mean")
        if len(shown) < 2:
            return state("industry.message", "Too few industries can be shown")
        return state(
            "industry.message",
            "{top} averages most, {bottom} least"
            if len(shown) == len(rows)
            else "Of {count} industries shown, {top} averages most, {bottom} least",
            count=in_words(len(shown)),
            top=shown.iloc[-1]["name"],
            bottom=shown.iloc[0]["name"],
        )

    # ---- the deck's own sentences -----------------------------------------------------------

    def answer_title(self) -> Statement:
        """The whole answer in one slide title."""
        if not self.scored:
            return state("answer.title", "{name} was not scored in this wave", name=self.name)
        if math.isnan(self.place["overall"]):
            return state("answer.title", "Scored on too few criteria for an overall score")
        strong, weak = len(self.strengths), len(self.misses)
        values = {
            "strong": self.numbers.count("strengths.count", strong),
            "weak": self.numbers.count("misses.count", weak),
            "score": self.numbers.mean("overall.score", self.place["overall"]),
            "top": self.study.numerals.target(self.study.instrument.scale.top),
        }
        if len(self.card) == 1:
            return self._answer_of_one(values)
        if len(self.close):
            return state("answer.title", "{counts}: {score} of {top}", counts=self._counts(), **values)
        if not weak:
            return state("answer.title", "On target everywhere: {score} of {top}", **values)
        if not strong:
            return state(
                "answer.title",
                _n(
                    "{weak} gap, not closed yet: {score} of {top}",
                    "{weak} gaps, none closed yet: {score} of {top}",
                    weak,
                ),
                **values,
            )
        if strong == 1:
            return state(
                "answer.title",
                _n(
                    "{strong} strength, {weak} gap: the score is {score} of {top}",
                    "{strong} strength against {weak} gaps: the score is {score} of {top}",
                    weak,
                ),
                **values,
            )
        if strong < weak:
            return state("answer.title", "{strong} strengths, {weak} gaps: the score is {score} of {top}", **values)
        return state(
            "answer.title",
            _n(
                "{strong} strengths, {weak} gap left: the score is {score} of {top}",
                "{strong} strengths, {weak} gaps left: the score is {score} of {top}",
                weak,
            ),
            **values,
        )

    def _answer_of_one(self, values: dict[str, object]) -> Statement:
        if len(self.close):
            return state("answer.title", "Too close to the target to call: {score} of {top}", **values)
        if len(self.misses):
            return state("answer.title", "Short of the target: {score} of {top}", **values)
        return state("answer.title", "On target: {score} of {top}", **values)

    def meaning_title(self) -> Statement:
        """The slide about the widest gap; without any, about the strength with the least to spare."""
        if not len(self.misses):
            if self.least_to_spare is None:
                return NOTHING
            return state(
                "meaning.title", "Hold this first: {what}", what=self.study.instrument[self.least_to_spare].short
            )
        first = self.misses.index[0]
        return state(
            "meaning.title",
            "{what}: {gap} points to the target",
            what=self.study.instrument[first].short,
            gap=self._gap(first),
        )

    @cached_property
    def least_to_spare(self) -> str | None:
        """The strength that is nearest to its target, where nothing is short of it and nothing too close to call."""
        if len(self.misses) or len(self.close) or len(self.strengths) < 2:
            return None
        return str(self.strengths["gap"].idxmin())

    def strengths_title(self) -> Statement:
        """The slide about the strengths; nothing where there are none."""
        strong = len(self.strengths)
        if not strong:
            return NOTHING
        return state(
            "strengths.title",
            _n("One strength to keep: {name}", "{count} strengths to keep", strong),
            name=self.short(self.strengths.index[0]),
            count=self.numbers.count("strengths.count", strong),
        )

    def best_title(self) -> Statement:
        """The slide about the best in class; nothing where the client is level with them."""
        rows = self.distances()
        if not len(rows):
            return NOTHING
        first = rows.index[0]
        return state(
            "best.title",
            "The best quarter, too, is furthest ahead in {what}"
            if len(self.misses) > 1 and first == self.misses.index[0]
            else "The best quarter is furthest ahead in {what}",
            what=self.short(str(first)),
        )

    def distances(self) -> pd.DataFrame:
        """The three largest distances behind the best quarter."""
        return self._distances

    @cached_property
    def _distances(self) -> pd.DataFrame:
        known = self.card.dropna(subset=["best_quarter", "score"]).copy()
        known["behind"] = (known["best_quarter"] - known["score"]).round(9)
        return known[known["behind"] > 0].sort_values("behind", ascending=False, kind="stable").head(3)


def _both(words: list[str]) -> str:
    """One or two things that are done, as one."""
    if len(words) < 2:
        return "".join(words)
    first, second = words
    # A clause inside the first part is closed before the second begins.
    joint = _("{first}, and {second}") if "," in first else _("{first} and {second}")
    return joint.format(first=first, second=second)
