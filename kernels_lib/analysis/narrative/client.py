"""What one client is told."""

from __future__ import annotations

import math
from functools import cached_property

import pandas as pd
from scipy import special

from kernels_lib.analysis.findings import Common
from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.narrative.base import Words
from kernels_lib.analysis.statement import NOTHING, Statement, firm, joined, note, open_, state
from kernels_lib.study.numerals import in_words, listed, plural
from kernels_lib.study.opening import Study
from kernels_lib.study.results import Basis, Claim


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

    kind_words = "Scorecard report"

    def kicker(self) -> list[str]:
        """Kind of report, industry, wave."""
        industry = self.study.roster.industry_of(self.study.client)
        return [self.kind_words, *([industry.name] if industry else []), self._wave()]

    def description(self) -> str:
        """One sentence about the document."""
        k = len(self.study.instrument.criteria)
        return f"How {self.name} scores on {k} criteria, what it misses, what to do first and how sure that is."

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

    @property
    def close(self) -> pd.DataFrame:
        """Criteria so near their target that other raters might decide otherwise."""
        return self.card[self.card["verdict"] == "too close to call"]

    def _counts(self) -> Statement:
        """``two on target, one too close to call``, without what there is none of."""
        counts = (
            ("strengths", len(self.strengths), "on target"),
            ("misses", len(self.misses), "short of it"),
            ("close", len(self.close), "too close to call"),
        )
        return joined(
            "counts",
            [
                note(f"counts.{key}", f"{{count}} {words}", count=self.numbers.count(f"{key}.count", count))
                for key, count, words in counts
                if count
            ],
            between=", ",
        )

    def _close_names(self) -> str:
        return listed([self.short(str(c)) for c in self.close.index])

    @property
    def distinctive(self) -> pd.DataFrame:
        """Strengths, the largest lead over peers first: what the headline is about."""
        return self.strengths.sort_values("difference", ascending=False, kind="stable", na_position="last")

    @property
    def scored(self) -> int:
        """Criteria that the client was scored on."""
        return int(self.card["score"].notna().sum())

    def headline(self) -> Statement:
        """The finding of the whole report."""
        instrument = self.study.instrument
        does = [instrument[c].does for c in self.distinctive.index[:2]]
        lacks = [instrument[c].lacks for c in self.misses.index[:2]]
        if not self.scored:
            return state("headline", "{name} was not scored in this wave", name=self.name)
        if len(self.close) and not lacks:
            return self._close_headline(does)
        if not lacks:
            return state(
                "headline",
                "{name} is on target on {every} it was scored on",
                name=self.name,
                every="the one criterion" if self.scored == 1 else f"all {in_words(self.scored)} criteria",
            )
        if not does:
            return state(
                "headline",
                "{name} {lacks}. No criterion is on target yet.",
                name=self.name,
                lacks=" and ".join(lacks),
            )
        if len(does) == 1:
            return state(
                "headline", "{name} {does}. It {lacks}.", name=self.name, does=does[0], lacks=" and ".join(lacks)
            )
        return state("headline", "{name} {does}. It {lacks}.", name=self.name, does=" and ".join(does), lacks=lacks[0])

    def _close_headline(self, does: list[str]) -> Statement:
        """Nothing is surely short, and something is too close to call."""
        if not does:
            return state(
                "headline",
                "{name} is too close to its target to call",
                name=self.name,
            )
        return state(
            "headline",
            "{name} {does}. {close} {is_} too close to call.",
            name=self.name,
            does=" and ".join(does),
            close=self._close_names()[0].upper() + self._close_names()[1:],
            is_=plural(len(self.close), "is", "are"),
        )

    def overall(self) -> Statement:
        """The overall score and how it hangs on the weights."""
        if len(self.card) == 1:
            return NOTHING
        return state(
            "overall.range",
            "{low} to {high}, depending on how the {count} criteria are weighted",
            low=self.numbers.mean("overall.low", self.place["low"]),
            high=self.numbers.mean("overall.high", self.place["high"]),
            count=in_words(self.scored),
        )

    def rank(self) -> Statement:
        """``8th of 30, tied with one``."""
        if math.isnan(self.place["rank"]):
            return state("rank", "not ranked: scored on too few criteria")
        ranks = self.shared.league["rank"]
        tied = int((ranks == self.place["rank"]).sum()) - 1
        rank = self.numbers.rank("overall.rank", self.place["rank"])
        total = str(int(ranks.notna().sum()))
        if tied:
            return state("rank", "{rank} of {total}, tied with {tied}", rank=rank, total=total, tied=in_words(tied))
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
        row = self.card.loc[criterion]
        base = str(int(row["base"]))
        top = row["score"] >= self.study.instrument.scale.top
        if not math.isnan(row["tied"]) and row["tied"] == row["base"]:
            return state(f"strengths.{criterion}", "{group} score the same", group=self.group)
        if round(row["gap"], 9) == 0:
            return state(f"strengths.{criterion}", "exactly on the target, nothing to spare")
        if math.isnan(row["above"]):
            return state(f"strengths.{criterion}", "{gap} above the target", gap=self._gap(criterion))
        above = int(row["above"])
        if above == 0:
            tied = int(row["tied"])
            if top and tied:
                return state(
                    f"strengths.{criterion}",
                    "the maximum; {tied} of {base} peers reach it too",
                    tied=self.numbers.count(f"criteria.{criterion}.tied", tied, words=False),
                    base=base,
                )
            return state(f"strengths.{criterion}", "no peer scores higher")
        return state(
            f"strengths.{criterion}",
            "{above} of {base} peers {score} higher",
            above=self.numbers.count(f"criteria.{criterion}.above", above, words=False),
            base=base,
            score=plural(above, "scores", "score"),
        )

    def _gap(self, criterion: str):
        return self.numbers.distance(f"criteria.{criterion}.gap", self.card.loc[criterion, "gap"])

    def miss_note(self, criterion: str, place: int) -> Statement:
        """One line below a missed opportunity in the summary; `place` counts from 0."""
        row = self.card.loc[criterion]
        gap = self._gap(criterion)
        widest = self.misses["gap"].round(9)
        if place == 0 and (len(widest) == 1 or widest.iloc[0] < widest.iloc[1]):
            rest = ", the widest gap" if len(widest) > 1 else ", the only gap"
            return state(f"misses.{criterion}", "{gap} points short" + rest, gap=gap)
        if not math.isnan(row["above"]) and row["above"] > 0:
            above = int(row["above"])
            return state(
                f"misses.{criterion}",
                "{gap} points short; {above} of {base} peers higher",
                gap=gap,
                above=self.numbers.count(f"criteria.{criterion}.above", above, words=False),
                base=str(int(row["base"])),
            )
        if not math.isnan(row["above"]):
            return state(f"misses.{criterion}", "{gap} points short; no peer scores higher", gap=gap)
        return state(f"misses.{criterion}", "{gap} points short", gap=gap)

    def scorecard_title(self) -> Statement:
        """What carries the score."""
        score = self.numbers.mean("overall.score", self.place["overall"])
        strong = len(self.strengths)
        if math.isnan(self.place["overall"]):
            return state("scorecard.title", "Scored on too few criteria for an overall score")
        if strong == 0 and len(self.close) == self.scored:
            return state("scorecard.title", "Too close to the target to call: the score is {score}", score=score)
        if strong == 0:
            return state("scorecard.title", "No criterion is on target: the score is {score}", score=score)
        if strong == self.scored:
            return state("scorecard.title", "Every criterion is on target: the score is {score}", score=score)
        return state(
            "scorecard.title",
            "{count} {carry} the score of {score}",
            count=self.numbers.count("strengths.count", strong),
            carry=plural(strong, "criterion carries", "criteria carry"),
            score=score,
        )

    def scorecard(self) -> Statement:
        """What the strong criteria average and what the others do, and along which line they split."""
        parts = []
        if len(self.strengths) and len(self.misses):
            parts.append(
                state(
                    "scorecard.split",
                    "{strong} {average} {high}; the other {rest} {other} {low}.",
                    strong=listed([self.short(c) for c in self.strengths.index])
                    if len(self.strengths) <= 3
                    else f"the {in_words(len(self.strengths))} criteria on target",
                    average=plural(len(self.strengths), "scores", "average"),
                    high=self.numbers.mean("strengths.mean", self.strengths["score"].mean()),
                    rest=in_words(len(self.misses)),
                    other=plural(len(self.misses), "scores", "average"),
                    low=self.numbers.mean("misses.mean", self.misses["score"].mean()),
                )
            )
        parts.append(self._sides())
        parts.append(self._rank_interval())
        if len(self.close):
            sem = self.close["sem"].max()
            parts.append(
                state(
                    "scorecard.close",
                    "{names} {is_} too close to call: other raters would move a score by about {sem} points, and {it} "
                    "{lies} within twice that of the target.",
                    names=self._close_names(),
                    is_=plural(len(self.close), "is", "are"),
                    sem=self.study.numerals.fixed(sem, 2),
                    it=plural(len(self.close), "it", "they"),
                    lies=plural(len(self.close), "lies", "lie"),
                )
            )
        missing = self.card.index[self.card["score"].isna()]
        if len(missing):
            parts.append(
                state(
                    "scorecard.missing",
                    "{names} {was} not scored; the overall score is the mean of the others.",
                    names=listed([self.short(c) for c in missing]),
                    was=plural(len(missing), "was", "were"),
                )
            )
        return joined("scorecard", parts)

    def _rank_interval(self) -> Statement:
        """Where the rank would lie had other criteria, or raters, of the same kind been used."""
        low, high = self.place["rank_ci_low"], self.place["rank_ci_high"]
        if math.isnan(low) or (len(self.card) == 1 and self.study.ratings is None):
            return NOTHING
        what = "criteria and raters" if self.study.ratings is not None else "criteria"
        if len(self.card) == 1:
            what = "raters"
        if low == high:
            return state(
                "rank.interval.one",
                "Other {what} of the same kind would hardly change its rank.",
                what=what,
            )
        return state(
            "rank.interval",
            "With other {what} of the same kind its rank would lie between {low} and {high}, in 95 of 100 draws.",
            what=what,
            low=self.numbers.rank("overall.rank_ci_low", low),
            high=self.numbers.rank("overall.rank_ci_high", high),
        )

    def _sides(self) -> Statement:
        """How the two sides of the instrument compare, for the client and for all."""
        sides = [side.id for side in self.study.instrument.sides]
        own = self.card.groupby("side_id")["score"].mean().reindex(sides)
        if len(sides) != 2 or own.isna().any():
            return NOTHING
        group = self.card.groupby("side_id")["group_mean"].mean().reindex(sides)
        first, second = (self.study.instrument.side_name(side) for side in sides)
        return state(
            "scorecard.sides",
            "On {first} {name} averages {own_first}, on {second} {own_second}; the means of {group} are "
            "{all_first} and {all_second}.",
            first=first,
            second=second,
            name=self.name,
            group=self.group,
            own_first=self.numbers.mean(f"sides.{sides[0]}.mean", own.iloc[0]),
            own_second=self.numbers.mean(f"sides.{sides[1]}.mean", own.iloc[1]),
            all_first=self.numbers.mean(f"sides.{sides[0]}.group_mean", group.iloc[0]),
            all_second=self.numbers.mean(f"sides.{sides[1]}.group_mean", group.iloc[1]),
        )

    def gap_title(self) -> Statement:
        """Where the widest gap is."""
        if not len(self.misses):
            least = self.strengths["gap"].idxmin() if len(self.strengths) else None
            if len(self.close):
                return state("gap.title", "No gap is sure; {names} is too close to call", names=self._close_names())
            if least is None:
                return state("gap.title", "There are no scores to compare with the target")
            return state("gap.title", "No gap is left; the least to spare is in {phrase}", phrase=self.phrase(least))
        gaps = self.misses["gap"].round(9)
        widest = list(gaps.index[gaps == gaps.iloc[0]])
        if len(widest) == 1:
            return state("gap.title", "The widest gap is in {phrase}", phrase=self.phrase(widest[0]))
        if len(widest) == 2:
            return state("gap.title", "Two gaps are widest: {names}", names=listed([self.short(c) for c in widest]))
        return state(
            "gap.title",
            "{count} criteria share the widest gap, {gap} points",
            count=self.numbers.count("misses.widest", len(widest)),
            gap=self._gap(widest[0]),
        )

    def gap_message(self) -> Statement:
        """The title of the signature chart."""
        hit, miss = len(self.strengths), len(self.misses)
        if len(self.close):
            return state("gap.message", "{name}: {counts}", name=self.name, counts=self._counts())
        if not miss:
            return state("gap.message", "{name} is on target everywhere", name=self.name)
        if not hit:
            return state("gap.message", "{name} is below the target on every criterion", name=self.name)
        return state(
            "gap.message",
            "{name} is on target on {hit} {one} and short of it on {miss}",
            name=self.name,
            hit=self.numbers.count("strengths.count", hit),
            one=plural(hit, "criterion", "criteria"),
            miss=self.numbers.count("misses.count", miss),
        )

    def gap_caption(self) -> Statement:
        """One or two sentences with the numbers."""
        parts = []
        if len(self.misses):
            first = self.misses.index[0]
            gap = self._gap(first)
            parts.append(
                state(
                    "gap.caption.own",
                    "{name} is {gap} points short on {what}.",
                    name=self.name,
                    gap=gap,
                    what=self.short(first),
                )
            )
        if len(self.close):
            parts.append(
                state(
                    "gap.caption.close",
                    "{names} {is_} too close to call: other raters might put {it} on the other side.",
                    names=self._close_names(),
                    is_=plural(len(self.close), "is", "are"),
                    it=plural(len(self.close), "it", "them"),
                )
            )
        group = self.shared.card
        below = int((group["verdict"] == "missed opportunity").sum())
        open_ones = [self.short(c) for c in group.index[group["verdict"] == "unresolved"]]
        if below:
            parts.append(
                state(
                    "gap.caption.group",
                    "{here} {group} together are firmly below target on {below} {one}"
                    + ("; on which side {open} {lies} is unresolved." if open_ones else "."),
                    here=self.here,
                    group=self.group,
                    below=self.numbers.count("group.below", below),
                    one=plural(below, "criterion", "criteria"),
                    open=listed(open_ones),
                    lies=plural(len(open_ones), "lies", "lie"),
                )
            )
        return joined("gap.caption", parts).claiming(self.claims_of_targets())

    def gap_meaning(self) -> Statement:
        """What the widest gap means: why it is common, and what closes it."""
        if not len(self.misses):
            return NOTHING
        criterion = self.study.instrument[self.misses.index[0]]
        return state("gap.meaning", "{why} {improve}", why=criterion.why, improve=criterion.improve)

    @property
    def compared(self) -> pd.DataFrame:
        """Criteria with peers to compare with, the largest lead first."""
        known = self.card.dropna(subset=["difference"])
        return known.sort_values("difference", ascending=False, kind="stable")

    @property
    def peers_name(self) -> str:
        """``29 peers``."""
        base = int(self.card["base"].max())
        words = "peers" if self.study.parameters.peer_group == "all" else "peers in the industry"
        return f"{base} {words if base != 1 else words.replace('peers', 'peer')}"

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
        lead, lag = known.index[0], known.index[-1]
        ahead, behind = known["difference"].iloc[0] > 1e-9, known["difference"].iloc[-1] < -1e-9
        places = []
        if ahead:
            places.append(self._place("ahead", lead, bool(known.loc[lead, "firm"])))
        if behind:
            places.append(self._place("behind", lag, bool(known.loc[lag, "firm"])))
        if not places:
            return state("peers.title", "Level with its peers throughout")
        any_firm = known["firm"].any()
        none_firm = "" if any_firm else "; neither is firm" if len(places) == 2 else ", though not firmly"
        if len(places) == 1:
            places.insert(0, "Behind its peers nowhere" if ahead else "Ahead of its peers nowhere")
        return state("peers.title", "{first}, {second}{firm}", first=places[0], second=places[1], firm=none_firm)

    def _place(self, side: str, criterion: object, sure: bool) -> str:
        hedge = "firmly " if sure else ""
        return f"{hedge}{side} in {self.short(str(criterion))}"

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
        sure = known[known["firm"]]
        tested = int(known["p_value"].notna().sum())
        if len(sure):
            parts.append(
                state(
                    "peers.firm",
                    "More than noise, after the correction for {tested} comparisons: {names}.",
                    tested=str(tested),
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
        whole = low == scale.floor and high == scale.top
        return state(
            "peers.expected",
            "In {what}, 95 of 100 further {units} like its peers would score anywhere "
            + ("on the scale." if whole else "from {low} to {high}."),
            what=self.short(str(row.name)),
            units=self.units,
            low=self.numbers.score(f"criteria.{row.name}.expected_low", low),
            high=self.numbers.score(f"criteria.{row.name}.expected_high", high),
        )

    def _noise(self, known: pd.DataFrame, tested: int) -> Statement:
        """That nothing is more than noise, and how far from that the largest distance is."""
        largest = known.loc[known["z"].abs().idxmax()]
        needed = self._needed(int(largest["base"]))
        count = self.numbers.count("peers.tested", tested)
        none = "None of the {tested} differences that can be tested is"
        if tested == 1:
            none = "The one difference that can be tested is not"
        if abs(largest["z"]) >= needed:
            return state(
                "peers.noise", none + " more than noise once it is corrected for being one of so many.", tested=count
            )
        return state(
            "peers.noise",
            none
            + " more than noise: a single {unit} has to stand {needed} standard deviations from its peers before a "
            "test takes note, even without a correction, and the largest distance here is {largest}.",
            tested=count,
            unit=self.unit,
            needed=self.numbers.deviations("peers.needed", needed),
            largest=self.numbers.deviations("peers.largest", largest["z"]),
        )

    def _lead(self, known: pd.DataFrame) -> Statement:
        lead, lag = known.index[0], known.index[-1]
        top, bottom = known["difference"].iloc[0], known["difference"].iloc[-1]
        parts = []
        if top > 1e-9:
            parts.append(
                state(
                    "peers.lead",
                    "In {what} {name} scores {by} points above the mean of its {peers}.",
                    what=self.short(lead),
                    name=self.name,
                    peers=self.peers_name,
                    by=self.numbers.distance(f"criteria.{lead}.difference", top),
                )
            )
        if bottom < -1e-9:
            parts.append(
                state(
                    "peers.lag",
                    "In {what} it is {by} points below them."
                    if parts
                    else "In {what} {name} scores {by} points below the mean of its {peers}.",
                    what=self.short(lag),
                    name=self.name,
                    peers=self.peers_name,
                    by=self.numbers.distance(f"criteria.{lag}.difference", bottom),
                )
            )
        return joined("peers.places", parts)

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
        worst = behind.idxmax()
        equal = [self.short(c) for c in behind.index[behind <= 0]]
        if behind[worst] <= 0:
            return state("peers.message", "{name} is level with the best on every criterion", name=self.name)
        if equal and len(equal) <= 3:
            return state(
                "peers.message",
                "As good as the best in {equal}; furthest behind them in {worst}",
                equal=listed(equal),
                worst=self.short(worst),
            )
        return state("peers.message", "Furthest behind the best quarter in {worst}", worst=self.short(worst))

    def peers_caption(self) -> Statement:
        """One or two sentences with the numbers."""
        known = self.card.dropna(subset=["best_quarter", "score"])
        if not len(known):
            return self.peers()
        behind = (known["best_quarter"] - known["score"]).round(9)
        worst = behind.idxmax()
        return state(
            "peers.caption",
            "On {worst} {name} is {by} points behind the mean of the best quarter of its peers, which is never "
            "fewer than {least} {units}.",
            worst=self.short(worst),
            name=self.name,
            by=self.numbers.distance(f"criteria.{worst}.behind", max(behind[worst], 0)),
            least=in_words(self.study.parameters.minimum_base),
            units=self.units,
        )

    def others_title(self) -> Statement:
        """The section with every unit's overall score, or why there is none."""
        if self.study.parameters.disclosure == "aggregate":
            return state("others.title", "Scores of single {units} are not shown", units=self.units)
        return state(
            "others.title",
            "{name} is {rank} by overall score",
            name=self.name,
            rank=self.rank(),
        )

    def others(self) -> Statement:
        """Under which names the others appear."""
        how = {
            "aggregate": "At this level of disclosure only means and quartiles of the others are shown.",
            "masked": "The others appear under other names, the same throughout this report and different in every "
            "other client's.",
            "named": "The others appear under their own names, as agreed for this client.",
        }
        return state("others.how", how[self.study.parameters.disclosure])

    def noise_items(self) -> list[tuple[str, bool, Statement]]:
        """What is firm, what is unresolved, what cannot be tested: tag, quiet, words."""
        items = []
        if len(self.firm_always):
            certain = joined(
                "noise.always",
                [
                    self.order(self.firm_always, "noise.always.order"),
                    state("noise.always.why", "This holds in every table of scores that fits the published means."),
                ],
            )
            items.append(("Firm, always", False, certain))
        if len(self.firm_here):
            where = "Firm here" if self.study.basis is Basis.RECONSTRUCTED else "Firm"
            here = self.order(self.firm_here, "noise.here")
            if self.study.basis is Basis.RECONSTRUCTED:
                here = joined("noise.here.hedged", [state("noise.here.where", "In this reconstruction only:"), here])
            items.append((where, False, here))
        if self.unsettled().text:
            items.append(("≈ Unresolved", True, self.unsettled()))
        elif len(self.unresolved):
            items.append(
                (
                    "≈ Unresolved",
                    True,
                    state(
                        "noise.unresolved",
                        "The order of {count} of {total} pairs of criteria.",
                        count=self.numbers.count("pairs.unresolved", len(self.unresolved), words=False),
                        total=str(len(self.shared.pairs)),
                    ).claiming(self.claims_of_pairs()),
                )
            )
        items.append(("Cannot be tested", True, self.untestable()))
        return items

    @property
    def flat(self) -> list[str]:
        """Criteria on which the peers all have the same score."""
        known = self.compared
        return [self.short(str(c)) for c in known.index if math.isnan(known.loc[c, "p_value"])]

    def untestable_short(self) -> Statement:
        """The same as `untestable`, for a slide."""
        raters = "How other raters would score is not known."
        if not self.flat:
            return state("noise.untestable.short", raters)
        return state("noise.untestable.short", "On {flat} all score the same. " + raters, flat=listed(self.flat))

    def untestable(self) -> Statement:
        """What no test here can answer."""
        flat, parts = self.flat, []
        if flat and len(self.compared):
            parts.append(
                state(
                    "noise.flat",
                    "Whether {name} differs from its peers in {flat}: there they all score the same.",
                    name=self.name,
                    flat=listed(flat),
                ).claiming(self.claims_of_peers())
            )
        if self.study.ratings is not None:
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
            return state("industry.title", "Too few in {industry} to show their mean", industry=row["name"])
        total = float(self.shared.league["overall"].mean())
        difference = round(row["mean"] - total, 9)
        side = "above" if difference > 0 else "below" if difference < 0 else "level with"
        return state(
            "industry.title",
            "{industry} averages {mean}, {side} the {total} of {group}",
            industry=row["name"],
            mean=self.numbers.mean("industry.mean", row["mean"]),
            side=side,
            total=self.numbers.mean("group.overall", total),
            group=self.group,
        )

    def industry(self) -> Statement:
        """How much the industry's mean can bear."""
        rows = self.shared.industries
        own = rows[rows["own"]]
        parts = [self.industry_intervals()]
        if len(own) and not own.iloc[0]["withheld"]:
            n = int(own.iloc[0]["n"])
            parts.append(
                state(
                    "industry.base",
                    "The mean rests on {count}, {name} among them; its interval is wide for that reason.",
                    count=self.brand_count(n),
                    name=self.name,
                )
            )
        if rows["withheld"].any():
            hidden = rows[rows["withheld"]]
            parts.append(
                state(
                    "industry.withheld",
                    "{names} {is_} withheld, because single {units} could be read off {its} mean.",
                    names=listed(list(hidden["name"])),
                    is_=plural(len(hidden), "is", "are"),
                    units=self.units,
                    its=plural(len(hidden), "its", "their"),
                )
            )
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
            else f"Of the {in_words(len(shown))} industries shown, {{top}} averages most and {{bottom}} least",
            top=shown.iloc[-1]["name"],
            bottom=shown.iloc[0]["name"],
        )

    # ---- the deck's own sentences -----------------------------------------------------------

    def answer_title(self) -> Statement:
        """The whole answer in one slide title."""
        strong, weak = len(self.strengths), len(self.misses)
        score = self.numbers.mean("overall.score", self.place["overall"])
        top = self.study.numerals.target(self.study.instrument.scale.top)
        if len(self.close):
            return state("answer.title", "{counts}: {score} of {top}", counts=self._counts(), score=score, top=top)
        if not weak:
            return state("answer.title", "On target everywhere: {score} of {top}", score=score, top=top)
        if not strong:
            return state(
                "answer.title",
                "{weak} gaps, none closed yet: {score} of {top}",
                weak=self.numbers.count("misses.count", weak),
                score=score,
                top=top,
            )
        return state(
            "answer.title",
            "{strong} {strengths}, {weak} {gaps}: the score is {score} of {top}",
            strong=self.numbers.count("strengths.count", strong),
            strengths=plural(strong, "strength", "strengths"),
            weak=self.numbers.count("misses.count", weak),
            gaps=plural(weak, "gap", "gaps"),
            score=score,
            top=top,
        )

    def meaning_title(self) -> Statement:
        """The slide about the widest gap."""
        if not len(self.misses):
            return NOTHING
        first = self.misses.index[0]
        return state(
            "meaning.title",
            "{what}: {gap} points to the target",
            what=self.study.instrument[first].short,
            gap=self._gap(first),
        )

    def strengths_title(self) -> Statement:
        """The slide about the strengths; nothing where there are none."""
        strong = len(self.strengths)
        if not strong:
            return NOTHING
        if strong == 1:
            return state("strengths.title", "One strength to keep: {name}", name=self.short(self.strengths.index[0]))
        return state(
            "strengths.title", "{count} strengths to keep", count=self.numbers.count("strengths.count", strong)
        )

    def best_title(self) -> Statement:
        """The slide about the best in class; nothing where the client is level with them."""
        rows = self.distances()
        if not len(rows):
            return NOTHING
        return state("best.title", "The best quarter is furthest ahead in {what}", what=self.short(rows.index[0]))

    def distances(self) -> pd.DataFrame:
        """The three largest distances behind the best quarter."""
        known = self.card.dropna(subset=["best_quarter", "score"]).copy()
        known["behind"] = (known["best_quarter"] - known["score"]).round(9)
        return known[known["behind"] > 0].sort_values("behind", ascending=False, kind="stable").head(3)
