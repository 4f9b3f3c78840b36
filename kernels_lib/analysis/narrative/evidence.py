"""What a group's reader is told about evidence: verdicts, what could be found at all, what hangs on a choice."""

from __future__ import annotations

import math

import pandas as pd

from kernels_lib.analysis.effects import end_point_interval
from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.multiverse import above, beside_target
from kernels_lib.analysis.narrative.base import CORRECTION_WORDS, MOST_NAMED, Words, inside, percent, shortlist
from kernels_lib.analysis.rows import by_row
from kernels_lib.analysis.statement import NOTHING, Statement, firm, joined, note, open_, state
from kernels_lib.analysis.tables import as_given
from kernels_lib.study.language import N_, _, _n
from kernels_lib.study.numerals import in_words, listed
from kernels_lib.study.results import Basis, Claim

Item = tuple[str, bool, Statement]


def _claim(settled: bool, *questions: str) -> tuple[Claim, ...]:
    return firm(*questions) if settled else open_(*questions)


class EvidenceWords(Words):
    """Sentences about evidence; the study's and an industry's words build on it."""

    # ---- verdicts from published means ------------------------------------------------------

    def verdicts_title(self) -> Statement:
        """What the published means prove."""
        if not self.shared.of_means:
            return state("verdicts.title", "The scores are known: nothing has to be proved from means alone")
        always = len(self.firm_always)
        return state(
            "verdicts.title",
            _n(
                "What one mean proves, and what it cannot",
                "What {count} means prove, and what they cannot",
                len(self.shared.card),
            ),
            count=in_words(len(self.shared.card)),
        ).claiming(self.claims_of_pairs() if always else ())

    def verdict_items(self) -> list[Item]:
        """Every claim with its verdict over all consistent tables: tag, quiet, words."""
        if not self.shared.of_means:
            return []
        return [
            (_("Plain fact"), False, self._facts()),
            (_("What is taken"), True, self._taken()),
            *self._omnibus_items(),
            *self._order_items(),
            *self._target_items(),
            *self._open_items(),
            (_("Cannot be tested"), True, self._untestable()),
        ]

    def _facts(self) -> Statement:
        return state(
            "verdicts.facts",
            "The order of the {count} means and their {total} differences describe these {n} {units} and need no test.",
            count=in_words(len(self.shared.card)),
            total=str(len(self.shared.pairs)),
            n=str(self.study.n_units),
            units=self.units,
        )

    def _taken(self) -> Statement:
        """Which tables are meant, and what another floor of the scale would leave."""
        scale = self.study.instrument.scale
        fixed = self.study.numerals.target
        words = state(
            "method.taken",
            "Every table means every table of half-point scores from {floor} to {top} with the published means."
            if scale.step == 0.5
            else "Every table means every table of whole-point scores from {floor} to {top} with the published means."
            if scale.step == 1
            else "Every table means every table of {step}-point scores from {floor} to {top} with the published means.",
            step=as_given(self.study.numerals, scale.step),
            floor=fixed(scale.floor),
            top=fixed(scale.top),
        )
        if scale.status["floor"] != "assumed":
            return words
        return joined("method.taken.all", [words, self._floor_assumed()])

    def _floor_assumed(self) -> Statement:
        """What would stay firm if the scale began one point lower; nothing is said where nothing is firm."""
        kept, firm_now = self._on_the_other_floor()
        if not firm_now:
            return NOTHING
        lost = [inside(name) for name in firm_now if name not in kept]
        if not kept:
            template = _(
                "The source does not print the scale. If it began at {other}, none of the {total} claims that are firm "
                "below would stay so."
            )
        elif 0 < len(lost) <= MOST_NAMED:
            template = _n(
                "The source does not print the scale. If it began at {other}, one of the {total} claims that are firm "
                "below would stay so: all but {lost}.",
                "The source does not print the scale. If it began at {other}, {kept} of the {total} claims that are "
                "firm below would stay so: all but {lost}.",
                len(kept),
            )
        else:
            template = _n(
                "The source does not print the scale. If it began at {other}, one of the {total} claims that are firm "
                "below would stay so.",
                "The source does not print the scale. If it began at {other}, {kept} of the {total} claims that are "
                "firm below would stay so.",
                len(kept),
            )
        return state(
            "method.floor",
            template,
            other=self.study.numerals.target(self.study.instrument.scale.floor - 1),
            kept=in_words(len(kept)),
            total=in_words(len(firm_now)),
            lost=listed(lost),
        )

    def _on_the_other_floor(self) -> tuple[list[str], list[str]]:
        """Conclusions that both tests carry on either floor, and on the assumed one."""
        rows = self.shared.multiverse
        rows = rows[rows["correction"] == self.study.parameters.correction]
        passes = rows.pivot(index="name", columns="test", values="passes").loc[list(dict.fromkeys(rows["name"]))]
        here, there = (list(passes.columns[passes.columns.str.endswith(end)]) for end in self._floors())
        sure = {question("targets", str(c)) for c in self.shared.card.index[self.shared.card["firm"]]}
        names = [self.study.instrument[q.partition(".")[2]].short for q in sure]
        certain = {above(row.first_name, row.second_name) for row in self.firm_always.itertuples()}
        certain |= {beside_target(name, side) for name in names for side in ("above", "below")}
        firm_now = [str(name) for name in passes.index if passes.loc[name, here].all() and name in certain]
        return [name for name in firm_now if passes.loc[name, there].all()], firm_now

    def _floors(self) -> tuple[str, str]:
        scale = self.study.instrument.scale
        return f"{scale.floor:g} to {scale.top:g}", f"{scale.floor - 1:g} to {scale.top:g}"

    def _omnibus_items(self) -> list[Item]:
        found = self.shared.omnibus
        numbers = self.numbers.on(Basis.EVERY_TABLE)
        if math.isnan(found["p_worst"]):
            return []
        words = state(
            "verdicts.omnibus",
            "The criteria are not all scored alike: Friedman's statistic is at least {low} in every table, which "
            "chance gives less often than once in {odds} studies."
            if found["firm"]
            else "Whether the criteria are scored alike at all cannot be told from the means.",
            low=numbers.statistic("omnibus.statistic_low", found["statistic_low"]),
            odds=self.study.numerals.fixed(10 ** math.floor(-math.log10(max(found["p_worst"], 1e-15))), 0),
        ).claiming(_claim(bool(found["firm"]), question("omnibus")))
        return [(_("In every table") if found["firm"] else _("≈ Only in some"), not found["firm"], words)]

    def _order_items(self) -> list[Item]:
        if not len(self.firm_always):
            return []
        words = joined(
            "verdicts.order",
            [
                self.order(self.firm_always, "verdicts.order.always"),
                state(
                    "verdicts.order.how",
                    _n(
                        "By ranks and by means alike, {corrected} over {total} pair, even with the scores that are "
                        "worst for the claim.",
                        "By ranks and by means alike, {corrected} over {total} pairs, even with the scores that are "
                        "worst for the claim.",
                        len(self.shared.pairs),
                    ),
                    corrected=_(CORRECTION_WORDS[self.study.parameters.correction]),
                    total=str(len(self.shared.pairs)),
                ),
            ],
        )
        return [(_("In every table"), False, words)]

    def _target_items(self) -> list[Item]:
        card, items = self.shared.card, []
        for grade, tag in (
            ("both tracks", _("In every table")),
            ("test of means only", _("In every table, by means")),
        ):
            rows = card[(card["grade"] == grade) & (card["verdict"] != "unresolved")]
            if len(rows):
                claims = _claim(grade == "both tracks", *(question("targets", str(c)) for c in rows.index))
                items.append((tag, False, self._target_sides(grade, rows).claiming(claims)))
        undecided = card[card["verdict"] == "unresolved"]
        if len(undecided):
            words = state(
                "verdicts.target.open",
                "{names}: whether the target is missed by more than these {units} hangs on the single scores.",
                names=listed([self.short(str(c)) for c in undecided.index]),
                units=self.units,
            ).claiming(open_(*(question("targets", str(c)) for c in undecided.index)))
            items.append((_("≈ Only in some"), True, words))
        return items

    def _target_sides(self, grade: str, rows: pd.DataFrame) -> Statement:
        """Which criteria of one grade are above and below the target."""
        identity = f"verdicts.target.{grade.replace(' ', '_')}"
        parts = []
        above_it = list(rows.index[rows["verdict"] == "strength"])
        below_it = list(rows.index[rows["verdict"] == "missed opportunity"])
        if above_it:
            words = _n("{names} is above the target", "{names} are above the target", len(above_it))
            parts.append(note(f"{identity}.above", words, names=listed([self.short(str(c)) for c in above_it])))
        if below_it:
            words = _n("{names} is below the target", "{names} are below the target", len(below_it))
            parts.append(note(f"{identity}.below", words, names=listed([self.short(str(c)) for c in below_it])))
        if grade == "both tracks":
            template = _("{first}, by both tests." if len(parts) == 1 else "{first}; {second}, by both tests.")
        else:
            template = _(
                "{first}, by the test of means; a test of ranks need not agree."
                if len(parts) == 1
                else "{first}; {second}, by the test of means; a test of ranks need not agree."
            )
        return state(identity, template, first=parts[0], second=parts[-1])

    def _open_items(self) -> list[Item]:
        pairs = self.shared.pairs
        items: list[Item] = []
        some = pairs[pairs["holds"] == "some"]
        alone = some[some["p_worst"] <= self.study.parameters.alpha]
        if len(some):
            words = state(
                "verdicts.some",
                "{count} of {total} differences: some tables with these means show them, others do not.",
                count=self.numbers.count("verdicts.some", len(some), words=False),
                total=str(len(pairs)),
            ).claiming(open_(*(question("pairs", row.first, row.second) for row in some.itertuples())))
            if len(alone):
                words = joined("verdicts.some.all", [words, self._alone(alone)])
            items.append((_("≈ Only in some"), True, words))
        if len(self.low_group) > 1:
            items.append((_("≈ Unresolved"), True, self._low_group_open(self._inside(pairs))))
        none = pairs[pairs["holds"] == "none"]
        if len(none):
            by_means = _n(
                "{count} pair is so close that it is firm in no table with these means: the test of means never "
                "passes.",
                "{count} pairs are so close that they are firm in no table with these means: the test of means never "
                "passes.",
                len(none),
            )
            by_one = _n(
                "{count} pair is so close that it is firm in no table with these means: one of the two tests never "
                "passes.",
                "{count} pairs are so close that they are firm in no table with these means: one of the two tests "
                "never passes.",
                len(none),
            )
            words = state(
                "verdicts.none",
                by_means if (none["holds_means"] == "none").all() else by_one,
                count=self.numbers.count("pairs.none", len(none)),
            ).claiming(open_(*(question("pairs", row.first, row.second) for row in none.itertuples())))
            items.append((_("In no table"), True, words))
        return items

    def _low_group_open(self, pairs: pd.DataFrame) -> Statement:
        """That the lowest criteria are in no order, in some tables or in any."""
        names = [self.short(c) for c in self.low_group]
        never = bool((pairs["holds"] == "none").all())
        if len(names) <= MOST_NAMED:
            template = _(
                "No table with these means settles anything inside the low group of {which}."
                if never
                else "Nothing inside the low group can be settled: {which} are one group as far as means tell."
            )
        else:
            template = _(
                "No table with these means settles anything inside the low group of the {k} lowest criteria."
                if never
                else "Nothing inside the low group can be settled: the {k} lowest criteria are one group as far as "
                "means tell."
            )
        words = state("verdicts.low", template, which=listed(names), k=in_words(len(names)))
        return words.claiming(open_(*(question("pairs", row.first, row.second) for row in pairs.itertuples())))

    def _inside(self, pairs: pd.DataFrame) -> pd.DataFrame:
        low = set(self.low_group)
        return pairs[pairs["first"].isin(low) & pairs["second"].isin(low)]

    def _alone(self, alone: pd.DataFrame) -> Statement:
        """Pairs that the test of means shows in every table when each is looked at alone, corrected or not."""
        alpha = self.study.parameters.alpha
        corrected = alone["p_worst_adjusted"] <= alpha
        parts = []
        if corrected.any():
            assumed = self.study.instrument.scale.status["step"] == "assumed"
            leaning = assumed and not alone.loc[corrected, "any_step"].all()
            parts.append(
                state(
                    "verdicts.alone.corrected",
                    "The test of means shows {shown} in every table even when corrected; the ranks do not, and a finer "
                    "step of the scale than the assumed one would undo it."
                    if leaning
                    else "The test of means shows {shown} in every table even when corrected; the ranks do not.",
                    shown=self._over(alone[corrected]),
                )
            )
        if (~corrected).any():
            parts.append(
                state(
                    "verdicts.alone.single",
                    _n(
                        "Looked at one by one, the test of means shows {shown} in every table; corrected for {total} "
                        "look it does not, and the ranks need not agree.",
                        "Looked at one by one, the test of means shows {shown} in every table; corrected for {total} "
                        "looks it does not, and the ranks need not agree.",
                        len(self.shared.pairs),
                    ),
                    shown=self._over(alone[~corrected]),
                    total=str(len(self.shared.pairs)),
                )
            )
        claims = open_(*(question("pairs", row.first, row.second) for row in alone.itertuples()))
        return joined("verdicts.alone", parts).claiming(claims)

    def _over(self, pairs: pd.DataFrame) -> str:
        """``cohesive branding above dialog and advocacy``."""
        below: dict[str, list[str]] = {}
        means = self.shared.card["mean"]
        for row in pairs.sort_values("difference", ascending=False, kind="stable").itertuples():
            below.setdefault(row.first, []).append(self.short(row.second))
        return listed([above(self.short(c), listed(below[c])) for c in sorted(below, key=lambda c: -means[c])])

    def _untestable(self) -> Statement:
        return state(
            "verdicts.untestable",
            "Agreement between raters, differences between industries, and anything about a single {unit}: none of it "
            "was published.",
            unit=self.unit,
        )

    def verdict_columns(self) -> list[tuple[object, object, object, object, bool]]:
        """The same as numerals, for a slide."""
        if not self.shared.of_means:
            return []
        pairs = self.shared.pairs
        counts = pairs["holds"].value_counts()
        columns = []
        for holds, head, quiet in (
            ("every", _("In every table"), False),
            ("some", _("≈ Only in some"), True),
            ("none", _("In none"), True),
        ):
            count = int(counts.get(holds, 0))
            if count:
                of = _n("of {total} pair", "of {total} pairs", len(pairs)).format(total=len(pairs))
                columns.append((head, str(count), of, self._verdict_words(holds), quiet))
        return columns

    def _verdict_words(self, holds: str) -> Statement:
        settled = holds == "every"
        if settled:
            return self.order(self.firm_always, "verdicts.every.order")
        rows = self.shared.pairs[self.shared.pairs["holds"] == holds]
        claims = open_(*(question("pairs", row.first, row.second) for row in rows.itertuples()))
        words = {
            "some": N_("The means fit tables with and without the difference."),
            "none": N_("Too close to be firm in any table."),
        }
        return state(f"verdicts.{holds}.words", words[holds]).claiming(claims)

    # ---- what could be found at all ---------------------------------------------------------

    def findable(self, family: str) -> Statement:
        """The smallest difference that a family's tests find, in points, and whether ranks can pass at all."""
        rows = [test for test in self.shared.tests if test.family == family]
        found = sorted(test.detectable for test in rows if test.detectable is not None)
        if not found:
            return NOTHING
        low, high = self._points(found[0]), self._points(found[-1])
        worst = rows[0].basis is Basis.EVERY_TABLE
        return state(
            f"method.findable.{family.replace(' ', '_')}",
            "With {n} {units} and the widest spread that the means allow a difference of {reach} points is found in "
            "four of five such studies; smaller ones mostly go unseen."
            if worst
            else "With {n} {units} and these spreads a difference of {reach} points is found in four of five such "
            "studies; smaller ones mostly go unseen.",
            n=str(len(self.study.members) if not worst else self.study.published.n),
            units=self.units,
            reach=low if low == high else _("{low} to {high}").format(low=low, high=high),
        )

    def _points(self, value: float) -> str:
        return self.study.numerals.fixed(value, max(1, self.study.numerals.mean_decimals - 1))

    def all_at_an_end(self) -> Statement:
        """What a criterion says on which every unit has the score at an end of the scale.

        The t interval is undefined there and a bootstrap would show no doubt at all; the exact
        interval follows from how often n units would all score alike.
        """
        scale, alpha = self.study.instrument.scale, self.study.parameters.alpha
        parts = []
        for criterion, row in by_row(self._at_an_end()):
            n, value = int(row["n"]), float(row["mean"])
            low, high, __ = end_point_interval(value, n, alpha, scale.floor, scale.top)
            top = value >= scale.top
            parts.append(
                state(
                    f"end.{criterion}",
                    "All {n} {units} have {value} on {name}: with {level} confidence at most {share} of such {units} "
                    "score lower, and their mean is at least {limit}."
                    if top
                    else "All {n} {units} have {value} on {name}: with {level} confidence at most {share} of such "
                    "{units} score higher, and their mean is at most {limit}.",
                    n=str(n),
                    units=self.units,
                    value=self.study.numerals.mean(value),
                    name=self.short(str(criterion)),
                    level=percent(self.study.numerals.target(100 * (1 - alpha))),
                    share=percent(self.study.numerals.fixed(100 * (1 - (alpha / 2) ** (1 / n)), 1)),
                    limit=self.numbers.on(self.shared.pairs_basis).mean(
                        f"criteria.{criterion}.end_limit", low if top else high
                    ),
                )
            )
        return joined("end", parts)

    def _at_an_end(self) -> pd.DataFrame:
        """Criteria on which all units certainly have the score at an end of the scale."""
        scale, card = self.study.instrument.scale, self.shared.card
        at_end = card["mean"].isin([scale.floor, scale.top]) & (card["n"] > 1)
        return card[at_end]

    # ---- what hangs on a choice -------------------------------------------------------------

    def robust_title(self) -> Statement:
        """Whether conclusions depend on the choice of method."""
        table = self.shared.robustness
        fragile = int((table["status"] == "fragile").sum())
        if not len(table):
            return state("robust.title", "Nothing was concluded that could hang on a choice")
        if not fragile:
            return state("robust.title", "No conclusion hangs on a choice of method")
        return state(
            "robust.title",
            _n(
                "{count} of {total} possible conclusions hangs on a choice of method",
                "{count} of {total} possible conclusions hang on a choice of method",
                fragile,
            ),
            count=self.numbers.count("robust.fragile", fragile),
            total=str(len(table)),
        )

    def robust(self) -> Statement:
        """How it was tried, and what the choices are worth."""
        table = self.shared.robustness
        if not len(table):
            return NOTHING
        always, never = (int((table["status"] == status).sum()) for status in ("robust", "never"))
        parts = [
            state(
                "robust.how",
                "Each possible conclusion was put to {count} combinations of test and correction and floor of the "
                "scale."
                if self.shared.of_means
                else "Each possible conclusion was put to {count} combinations of test and correction.",
                count=str(int(table["specifications"].iloc[0])),
            ),
            state(
                "robust.counts",
                _n(
                    "Of {total}, {always} passes in all of them and {never} in none.",
                    "Of {total}, {always} pass in all of them and {never} in none.",
                    always,
                ),
                total=str(len(table)),
                always=self.numbers.count("robust.always", always, words=False),
                never=self.numbers.count("robust.never", never, words=False),
            ),
            state(
                "robust.chosen",
                "The combination that the verdicts use was fixed beforehand; the others show what hangs on it.",
            ),
        ]
        deciding = table["decided_by"][table["decided_by"] != ""].value_counts()
        if len(deciding):
            what = {
                "test": N_("What the others hang on is most often the test."),
                "correction": N_("What the others hang on is most often the correction."),
                "test and correction": N_("What the others hang on is most often the two together."),
            }
            parts.append(state("robust.decides", what[str(deciding.index[0])]))
        return joined("robust", parts)

    # ---- industries -------------------------------------------------------------------------

    def across_title(self) -> Statement:
        """Whether the industries differ."""
        if not self.shared.compares_industries:
            return state("across.title", "Industries are not compared in this report")
        table, __ = self.shared.across
        count = int(table["firm"].sum())
        claims = self._claims_across(table)
        if table["p_value"].isna().all():
            return state("across.title", "Differences between industries cannot be tested here").claiming(claims)
        if not count:
            return state("across.title", "No criterion sets the industries apart firmly").claiming(claims)
        return state(
            "across.title",
            _n("{count} criterion sets the industries apart", "{count} criteria set the industries apart", count),
            count=self.numbers.count("across.firm", count),
        ).claiming(claims)

    def _percent(self, share: float) -> str:
        return percent(self.study.numerals.fixed(100 * share, 0))

    def _claims_across(self, table: pd.DataFrame) -> tuple[Claim, ...]:
        return (
            *firm(*(question("industries", str(c)) for c in table.index[table["firm"]])),
            *open_(*(question("industries", str(c)) for c in table.index[~table["firm"]])),
        )

    def across(self) -> Statement:
        """What was found, what could be, and the smallest p of two industries."""
        if not self.shared.compares_industries:
            return state(
                "across.absent",
                "Only means were published, and no industry's among them."
                if self.shared.of_means
                else "The data have no two industries.",
            )
        table, profile = self.shared.across
        alpha = self.study.parameters.alpha
        parts = []
        reasons = [reason for reason in dict.fromkeys(table["reason"]) if reason]
        if reasons:
            untested = table[table["reason"] != ""]
            parts.append(
                state(
                    "across.untested",
                    "{names} cannot be tested: {reason}."
                    if len(untested) <= MOST_NAMED
                    else "{n} criteria cannot be tested: {reason}.",
                    names=listed([self.short(str(c)) for c in untested.index]),
                    n=in_words(len(untested)),
                    reason="; ".join(reasons),
                ).claiming(open_(*(question("industries", str(c)) for c in untested.index)))
            )
        largest = table["epsilon_squared"].dropna()
        if len(largest):
            parts.append(
                state(
                    "across.largest",
                    "The largest share of the ranks' variation between industries is that of {name}, {share}; chance "
                    "alone would give about {chance}."
                    if len(largest) > 1
                    else "{share} of the ranks' variation of {name} lies between industries; chance alone would give "
                    "about {chance}.",
                    name=self.short(str(largest.idxmax())),
                    share=self._percent(largest.max()),
                    # The mean of H is its degrees of freedom.
                    chance=self._percent(table.loc[largest.idxmax(), "df"] / (table.loc[largest.idxmax(), "n"] - 1)),
                )
            )
        if not math.isnan(profile["p_value"]):
            sure = profile["p_value"] <= alpha
            parts.append(
                state(
                    "across.profiles",
                    "Taken together, the profiles of the industries differ, which is exploratory; {share} of the "
                    "variation between {units} lies between industries."
                    if sure
                    else "Taken together, the profiles of the industries do not differ firmly; {share} of the "
                    "variation between {units} lies between industries.",
                    share=self._percent(profile["effect"]),
                    units=self.units,
                ).claiming(_claim(bool(sure), question("industries", "profiles")))
            )
        parts.append(self._pairs_of_industries())
        return joined("across", parts)

    def _pairs_of_industries(self) -> Statement:
        """Whether single pairs of industries are tested, and what that found."""
        smallest, count = self.shared.smallest_industry_p
        if count < 2:
            return NOTHING
        p, pairs = self.study.numerals.p_value(smallest), str(count)
        if smallest > self.study.parameters.alpha:
            return state(
                "method.dunn",
                "Single pairs of industries are not tested: with so few in each, the smallest p-value of a rank test "
                "is {p} after the correction for {pairs} pairs, so none could ever be firm.",
                p=p,
                pairs=pairs,
            )
        found = self.shared.industry_pairs
        if not len(found):
            return state(
                "method.dunn",
                "As no criterion sets the industries apart, single pairs of them are not looked at; the smallest "
                "p-value that one could reach after the correction for {pairs} pairs is {p}.",
                p=p,
                pairs=pairs,
            )
        sure = found[found["p_adjusted"] <= self.study.parameters.alpha]
        claims = [
            Claim(
                question=question("dunn", row.criterion, str(row.first), str(row.second)), firm=row.Index in sure.index
            )
            for row in found.itertuples()
        ]
        names = [
            _("{first} and {second} on {criterion}").format(
                first=row.first_name, second=row.second_name, criterion=self.short(row.criterion)
            )
            for row in sure.itertuples()
        ]
        if not names:
            return state("across.pairs", "Which industries differ there cannot be told, by Dunn's test.").claiming(
                claims
            )
        return state(
            "across.pairs",
            "By Dunn's test these differ: {shown}."
            if len(names) <= MOST_NAMED
            else "By Dunn's test these differ: {n} pairs, as the ledger lists.",
            shown=listed(names),
            n=in_words(len(names)),
        ).claiming(claims)

    # ---- waves ------------------------------------------------------------------------------

    def change_title(self) -> Statement:
        """What changed since the wave before."""
        if self.shared.other_scale:
            before = self.study.roster.dataset.before
            return state("change.title", "Not compared with wave {before}: the scales seem to differ", before=before)
        if self.shared.change is None:
            return state("change.title", "There is no earlier wave to compare with")
        table = self.shared.change
        sure = table[table["holds"] == "firm"]
        claims = self._claims_of_change(table)
        before = self.study.roster.dataset.before
        if not len(sure):
            return state("change.title", "No firm change since wave {before}", before=before).claiming(claims)
        up, down = int((sure["change"] > 0).sum()), int((sure["change"] < 0).sum())
        return state(
            "change.title",
            "Since wave {before}: {up} rose and {down} fell, firmly"
            if up and down
            else "Since wave {before}: {up} rose, firmly"
            if up
            else "Since wave {before}: {down} fell, firmly",
            before=before,
            up=in_words(up),
            down=in_words(down),
        ).claiming(claims)

    def _claims_of_change(self, table: pd.DataFrame) -> tuple[Claim, ...]:
        sure = table["holds"] == "firm"
        return (
            *firm(*(question("waves", str(c)) for c in table.index[sure])),
            *open_(*(question("waves", str(c)) for c in table.index[~sure])),
        )

    def _not_compared(self) -> Statement:
        """Why the waves are not compared: one of them stays in the lower half of the scale, the other does not."""
        dataset = self.study.roster.dataset
        low, other = dataset.before, self.study.wave
        if self.shared.other_scale == "after":
            low, other = other, low
        scale = self.study.instrument.scale
        return state(
            "change.scale",
            "No score of wave {low} lies above the middle of the scale of {floor} to {top}, and many of wave {other} "
            "do. That is what a wave on a shorter scale looks like, so no difference is computed. If the scales are "
            "different, bring one wave to the other's scale in the source and import it again. If they are the same, "
            "say so in the dataset's description (same_scale).",
            low=low,
            other=other,
            floor=self.study.numerals.target(scale.floor),
            top=self.study.numerals.target(scale.top),
        )

    def _came_and_went(self) -> list[Statement]:
        """Units and criteria that only one of the two waves has."""
        before, after = self.study.before, self.study.scores
        new = [str(unit) for unit in after.index.difference(before.index, sort=False)]
        gone = [str(unit) for unit in before.index.difference(after.index, sort=False)]
        had, has = (frame.notna().any() for frame in (before, after))
        single = [str(c) for c in after.columns if bool(had[c]) != bool(has[c])]
        parts = []
        if new:
            parts.append(state("change.new", "New in this wave: {names}.", names=shortlist(new)))
        if gone:
            parts.append(state("change.gone", "No longer scored: {names}.", names=shortlist(gone)))
        if single:
            names = shortlist([self.short(c) for c in single])
            parts.append(
                state("change.single", "Not compared, because only one wave has scores on it: {names}.", names=names)
            )
        return parts

    def change(self) -> Statement:
        """How the waves were compared, who came and went, and who could not improve."""
        if self.shared.other_scale:
            return joined("change", [self._not_compared(), *self._came_and_went()])
        if self.shared.change is None:
            return NOTHING
        table = self.shared.change
        how = {
            "paired": N_("The same {units} were scored in both waves, so each is compared with itself."),
            "unpaired": N_("Other {units} were scored than before, so the two waves are compared as groups."),
            "partly overlapping": N_(
                "{both} of the {units} were scored in both waves; these are compared with themselves, and the others "
                "are not thrown away."
            ),
        }
        # A criterion that only one wave has was not compared in any way.
        compared = table[table["design"] != ""]
        parts = [
            state(
                "change.how",
                how[row["design"]],
                units=self.units,
                both=self.numbers.count("change.both", int(row["n_both"]), words=False),
            )
            for __, row in by_row(compared.head(1))
        ]
        full = int(table["at_top_before"].sum())
        if full:
            parts.append(
                state(
                    "change.ceiling",
                    _n(
                        "{count} score was at the top before and could not rise.",
                        "{count} scores were at the top before and could not rise.",
                        full,
                    ),
                    count=self.numbers.count("change.ceiling", full, words=False),
                )
            )
        return joined("change", [*parts, *self._came_and_went()])

    # ---- raters and the index ---------------------------------------------------------------

    def raters_title(self) -> Statement:
        """How far raters agree."""
        table = self.shared.agreement
        if not len(table):
            return state("raters.title", "How far raters agree is not known: each score stands alone")
        known = table["icc_mean"].dropna()
        if not len(known):
            return state("raters.title", "How far raters agree cannot be computed from these ratings")
        low, high = known.min(), known.max()
        number = self.numbers.share
        # As they are printed: many ratings make all criteria equally sure.
        if round(low, 2) == round(high, 2):
            return state(
                "raters.title",
                "The mean of the raters is reliable at {low}",
                low=number("raters.low", low),
            )
        return state(
            "raters.title",
            "The means of the raters are reliable at {low} to {high}",
            low=number("raters.low", low),
            high=number("raters.high", high),
        )

    def raters(self) -> Statement:
        """What the coefficients mean for a reader."""
        table = self.shared.agreement
        if not len(table):
            return NOTHING
        parts = []
        for criterion, row in by_row(table):
            if row["reason"]:
                parts.append(
                    state(
                        f"raters.{criterion}.reason",
                        "{name}: {reason}.",
                        name=self.study.instrument[str(criterion)].short,
                        reason=row["reason"],
                    )
                )
        sems = table["sem"].dropna()
        if len(sems):
            parts.append(
                state(
                    "raters.sem",
                    "Another set of as many raters would move a {unit}'s mean by about {sem} points (one standard "
                    "error of measurement); a score nearer to its target than twice that is too close to call.",
                    unit=self.unit,
                    sem=self.study.numerals.error(float(sems.max())),
                )
            )
        return joined("raters", parts)

    def index_title(self) -> Statement:
        """Whether the criteria form a scale."""
        if self.shared.of_means:
            return state("index.title", "How the criteria hang together cannot be known from means")
        found = self.shared.reliability
        if found.alpha.effect is None:
            return state("index.title", "The criteria form an index; how they hang together cannot be computed")
        return state(
            "index.title",
            "The criteria form an index; alpha is {alpha} and need not be high",
            alpha=self.numbers.share("index.alpha", found.alpha.effect),
        )

    def index(self) -> Statement:
        """What alpha says here, and what it does not."""
        if self.shared.of_means:
            return NOTHING
        found = self.shared.reliability
        parts = [
            state(
                "index.meaning",
                "The criteria are parts of an index, not repeated measures of one thing: what is added up need not "
                "hang together, and a low alpha would be no fault.",
            )
        ]
        if found.alpha.effect is None:
            parts.append(state("index.reason", "Alpha cannot be computed: {reason}.", reason=found.alpha.reason))
        if found.left_out:
            parts.append(
                state(
                    "index.constant",
                    "{names} cannot enter: every {unit} has the same score.",
                    names=listed([self.study.instrument[c].short for c in found.left_out]),
                    unit=self.unit,
                )
            )
        return joined("index", parts)

    # ---- scores that are missing or rounded -------------------------------------------------

    def gaps_title(self) -> Statement:
        """Whether the missing scores could change a verdict."""
        if not self.shared.has_gaps:
            return state("gaps.title", "No score is missing or rounded")
        found = self.shared.completions
        settled = int(found["holds"].isin(["every", "none"]).sum())
        return state(
            "gaps.title",
            _n(
                "{count} of {total} verdicts is the same whatever the missing scores were",
                "{count} of {total} verdicts are the same whatever the missing scores were",
                settled,
            )
            if self.shared.missing
            else _n(
                "{count} of {total} verdicts is the same whatever was rounded away",
                "{count} of {total} verdicts are the same whatever was rounded away",
                settled,
            ),
            count=self.numbers.count("gaps.same", settled),
            total=str(len(found)),
        )

    def gaps(self) -> Statement:
        """How the unknown part of the scores was treated."""
        if not self.shared.has_gaps:
            return NOTHING
        if self.shared.missing:
            return state(
                "gaps.how",
                _n(
                    "{count} score is missing. It may have been anything on the scale; a verdict that is the same for "
                    "every such completion does not hang on it.",
                    "{count} scores are missing. Each may have been anything on the scale; a verdict that is the same "
                    "for every such completion does not hang on them.",
                    self.shared.missing,
                ),
                count=self.numbers.count("gaps.missing", self.shared.missing, words=False),
            )
        return state(
            "gaps.how",
            "The scores were rounded to whole points before they reached us. Each may have been anything that rounds "
            "to it; a verdict that is the same for all of that does not hang on the rounding."
            if self.study.instrument.scale.rounded_to == 1
            else "The scores were rounded to {unit} points before they reached us. Each may have been anything that "
            "rounds to it; a verdict that is the same for all of that does not hang on the rounding.",
            unit=self.study.numerals.target(self.study.instrument.scale.rounded_to or 0),
        )

    def model_title(self) -> Statement:
        """The ordinal model, beside the tests."""
        if self.shared.of_means:
            return state("method.model", "No model is fitted to means alone.")
        table = self.shared.model
        count = int(table["estimable"].sum())
        if not count:
            return state("method.model", "The ordinal model cannot be fitted here")
        return state("method.model", "An ordinal model of all scores, as a second opinion")
