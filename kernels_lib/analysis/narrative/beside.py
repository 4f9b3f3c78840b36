"""What a client reads about its own figures beside the scorecard.

Each sentence has an absence of its own, for *Run all*; a published report has the sections only where the
client has the figures.  What one organisation says of itself or counts is no sample and carries no test;
the only claims here are those of a pool of clients against published shares.
"""

from __future__ import annotations

import math
from functools import cached_property

import pandas as pd

from kernels_lib.analysis import beside as frames
from kernels_lib.analysis.beside.activity import Share
from kernels_lib.analysis.beside.objectives import AHEAD, BEHIND, ON_THE_WAY, REACHED
from kernels_lib.analysis.ledger import question
from kernels_lib.analysis.narrative.base import CORRECTION_WORDS, inside
from kernels_lib.analysis.rows import by_row
from kernels_lib.analysis.statement import NOTHING, Numbers, Statement, amount, firm, joined, note, open_, state
from kernels_lib.study.language import N_, _, _n
from kernels_lib.study.numerals import listed
from kernels_lib.study.opening import Study
from kernels_lib.study.results import Basis, Number

# How many gave the same answer; with an interval where the base of the share was published.
COMPANY = {
    True: {
        "only": N_(
            "Its answer to “{question}” is “{answer}”: {share} of the {n} asked say the same ({low} to {high})."
        ),
        "rarest": N_(
            "Its rarest answer is “{answer}” to “{question}”: {share} of the {n} asked say the same ({low} to {high})."
        ),
        "commonest": N_(
            "Its most common one is “{answer}” to “{question}”: {share} of them say the same ({low} to {high})."
        ),
    },
    False: {
        "only": N_("Its answer to “{question}” is “{answer}”: {share} of those asked say the same."),
        "rarest": N_("Its rarest answer is “{answer}” to “{question}”: {share} of those asked say the same."),
        "commonest": N_("Its most common one is “{answer}” to “{question}”: {share} say the same."),
    },
}


def _quoted(name: str) -> str:
    return _("“{name}”").format(name=name)


class BesideWords:
    """Sentences about self-assessment, objectives and activity of one client.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.name = study.subject
        self.beside = study.beside
        self.numbers = Numbers(study.numerals, self.basis)

    @property
    def basis(self) -> Basis:
        """What the client's own figures rest on."""
        return self.study.basis if self.beside is None else self.beside.basis

    def has(self, section: str) -> bool:
        """Whether the client has figures for a section."""
        return self.beside is not None and section in self.beside.sections

    def source(self) -> Statement:
        """Who counted; that nobody did, where the figures are made up."""
        if self.beside is None:
            return NOTHING
        template = N_("Illustrative: {source}") if self.basis is Basis.ILLUSTRATIVE else N_("{source}")
        return state("own.source", template, source=self.beside.figures.source)

    # ---- self-assessment -----------------------------------------------------------------

    @cached_property
    def answers(self) -> pd.DataFrame:
        """The client's answers among the published shares; empty where it gave none."""
        if not self.has("self_assessment"):
            return pd.DataFrame()
        parameters = self.study.parameters
        return frames.self_assessment(
            self.beside,
            alpha=parameters.alpha,
            correction=parameters.correction,
            minimum_base=parameters.minimum_base,
        )

    @property
    def pool(self) -> str:
        """What the pool is called inside a sentence; empty where no share of it is shown."""
        shown = len(self.answers) and self.answers["pool"].notna().any()
        return self.beside.pool.name if shown else ""

    def assessment_title(self) -> Statement:
        """How often the client says yes."""
        if not len(self.answers):
            return state("own.assessment.title", "{name} has not assessed itself", name=self.name)
        yes, total = int((self.answers["answer"] == "yes").sum()), len(self.answers)
        return state(
            "own.assessment.title",
            _n(
                "{name} says yes to {yes} of {total} question about itself",
                "{name} says yes to {yes} of {total} questions about itself",
                total,
            ),
            name=self.name,
            yes=self.numbers.count("own.assessment.yes", yes, words=False),
            total=str(total),
        )

    def assessment(self) -> Statement:
        """Where the answers stand among the organisations that were asked, and what that is not."""
        if not len(self.answers):
            return NOTHING
        ordered = self.answers.sort_values("same", kind="stable")
        parts = [self._company("rarest" if len(ordered) > 1 else "only", ordered.index[0])]
        if len(ordered) > 1:
            parts.append(self._company("commonest", ordered.index[-1]))
        parts.append(
            state(
                "own.assessment.no_test",
                "These are the answers of one organisation about itself and no sample: they can be placed among the "
                "others, and no test can be made of them.",
            )
        )
        parts.append(state("own.assessment.base", "{words}", words=self.beside.assessment.base_note))
        return joined("own.assessment", parts)

    def _company(self, which: str, item: str) -> Statement:
        """How many gave the same answer as the client to one question: its rarest, its commonest, its only one."""
        row = self.answers.loc[item]
        published = self.numbers.on(Basis.PUBLISHED)
        values = {
            "question": row["question"],
            "answer": _("yes") if row["answer"] == "yes" else _("no"),
            "share": published.percent(f"own.assessment.{item}.same", row["same"]),
        }
        if not math.isnan(row["n"]):
            values["n"] = self.study.numerals.fixed(row["n"], 0)
            for end in ("low", "high"):
                values[end] = published.percent(f"own.assessment.{item}.same_{end}", row[f"same_{end}"])
        return state(f"own.assessment.{which}", COMPANY["n" in values][which], **values)

    def pooled(self) -> Statement:
        """The pool of clients against the published shares: the only test here."""
        tested = self.answers[self.answers["p_value"].notna()] if self.pool else self.answers[:0]
        if not len(tested):
            return NOTHING
        parts = []
        corrected = _(CORRECTION_WORDS[self.study.parameters.correction])
        for more, words in (
            (True, N_("Among {pool}, firmly more say yes than in the published survey on {items}, {corrected}.")),
            (False, N_("Among {pool}, firmly fewer say yes than in the published survey on {items}, {corrected}.")),
        ):
            chosen = tested[tested["firm"] & ((tested["difference"] > 0) == more)]
            if len(chosen):
                identity = "own.pool.more" if more else "own.pool.fewer"
                shares = joined(identity, [self._pool_share(str(i)) for i in chosen.index], between=", ")
                parts.append(
                    state(identity, words, pool=self.pool, items=shares, corrected=corrected).claiming(
                        firm(*(question("benchmarks", str(item)) for item in chosen.index))
                    )
                )
        unsettled = tested[~tested["firm"]]
        if len(unsettled):
            parts.append(
                state(
                    "own.pool.open",
                    _n(
                        "Whether they differ on {items} is unresolved.",
                        "Whether they differ on these is unresolved: {items}.",
                        len(unsettled),
                    ),
                    items=listed([_quoted(short) for short in unsettled["short"]]),
                ).claiming(open_(*(question("benchmarks", str(item)) for item in unsettled.index)))
            )
        parts.append(
            state(
                "own.pool.caveat",
                "The test takes the pool for a random draw, and everyone who took part in the survey for the base of "
                "each question; a pool that was chosen in another way may stand apart for that reason alone.",
            )
        )
        parts.append(state("own.pool.source", "About {pool}: {source}", pool=self.pool, source=self.beside.pool.source))
        return joined("own.pool", parts)

    def _pool_share(self, item: str) -> Statement:
        row = self.answers.loc[item]
        return note(
            f"own.pool.{item}",
            "“{short}” ({pool} against {published})",
            short=row["short"],
            pool=self.numbers.on(self._pool_basis).percent(f"own.pool.{item}.share", row["pool"]),
            published=self.numbers.on(Basis.PUBLISHED).percent(f"own.assessment.{item}.share", row["share"]),
        )

    @property
    def _pool_basis(self) -> Basis:
        return Basis(self.beside.pool.basis)

    def standing_message(self) -> Statement:
        """The title of the chart of answers."""
        row = self.answers.sort_values("same", kind="stable").iloc[0]
        if len(self.answers) == 1:
            return self.assessment_title()
        return state(
            "own.standing.message",
            "The rarest of its answers is shared by {share}",
            share=self.numbers.on(Basis.PUBLISHED).percent(f"own.assessment.{row.name}.same", row["same"]),
        )

    def standing_caption(self) -> str:
        """The survey behind the chart, and what the answers rest on."""
        row = self.answers.iloc[0]
        return _("Published shares: {source}, {year}. Own answers:").format(source=row["source"], year=int(row["year"]))

    # ---- objectives ----------------------------------------------------------------------

    @cached_property
    def objectives(self) -> pd.DataFrame:
        """The client's objectives with what became of them; empty where it has none."""
        if not self.has("objectives"):
            return pd.DataFrame()
        table = frames.objectives(self.beside)
        for column in ("start", "milestone", "target", "measured"):
            table[f"{column}_text"] = [
                amount(self.study.numerals, value, unit)
                for value, unit in zip(table[column], table["unit"], strict=True)
            ]
        return table

    def objectives_title(self) -> Statement:
        """How many milestones are reached."""
        if not len(self.objectives):
            return state("own.objectives.title", "{name} has named no objectives", name=self.name)
        reached, total = int(self.objectives["state"].isin([REACHED, ON_THE_WAY]).sum()), len(self.objectives)
        return state(
            "own.objectives.title",
            _n(
                "Milestone reached on {reached} of {total} objective",
                "Milestone reached on {reached} of {total} objectives",
                total,
            ),
            reached=self.numbers.count("own.objectives.reached", reached, words=False),
            total=str(total),
        )

    def objectives_meaning(self) -> Statement:
        """What is behind, what is not due, what has arrived, and that nothing is tested."""
        table = self.objectives
        if not len(table):
            return NOTHING
        parts = [self._behind(str(item)) for item in table.index[table["state"] == BEHIND]]
        parts += [self._not_due(str(item)) for item in table.index[table["state"] == AHEAD]]
        if arrived := list(table.loc[table["state"] == REACHED, "name"]):
            parts.append(
                state(
                    "own.objectives.arrived",
                    _n("At its target already: {names}.", "At their targets already: {names}.", len(arrived)),
                    names=listed([inside(str(name)) for name in arrived]),
                )
            )
        parts.append(
            state(
                "own.objectives.no_test",
                "Each value was measured once. How much of it is chance is not known, so nothing is tested here.",
            )
        )
        return joined("own.objectives", parts)

    def _behind(self, item: str) -> Statement:
        row = self.objectives.loc[item]
        return state(
            f"own.objectives.{item}.behind",
            "Behind its milestone: {name}, at {measured} where {milestone} was due on {by}.",
            name=inside(row["name"]),
            measured=self._value(item, "measured"),
            milestone=self._value(item, "milestone"),
            by=self.study.numerals.date(row["milestone_by"]),
        )

    def _not_due(self, item: str) -> Statement:
        row = self.objectives.loc[item]
        return state(
            f"own.objectives.{item}.ahead",
            "Not due yet: {name}, which has until {by} to come from {measured} to {milestone}.",
            name=inside(row["name"]),
            measured=self._value(item, "measured"),
            milestone=self._value(item, "milestone"),
            by=self.study.numerals.date(row["milestone_by"]),
        )

    def _value(self, item: str, column: str) -> Number:
        row = self.objectives.loc[item]
        return self.numbers.amount(f"own.objectives.{item}.{column}", float(row[column]), row["unit"])

    def progress_caption(self) -> str:
        """When the values were measured."""
        days = sorted(set(self.objectives["measured_on"]))
        return _("Measured by {day}.").format(day=self.study.numerals.date(days[-1]))

    # ---- activity ------------------------------------------------------------------------

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """What the client counted, the meaningful first; empty where it counted nothing."""
        return frames.activity(self.beside) if self.has("activity") else pd.DataFrame({"kind": []})

    @cached_property
    def conversation(self) -> Share | None:
        """The share of messages that conversed; None where they were not counted."""
        return frames.conversation(self.beside, alpha=self.study.parameters.alpha) if self.beside else None

    @property
    def meaningful(self) -> pd.DataFrame:
        """Metrics that a conclusion can rest on."""
        return self.metrics[self.metrics["kind"] == "meaningful"]

    @property
    def vanity(self) -> pd.DataFrame:
        """Metrics that are shown last, and why."""
        return self.metrics[self.metrics["kind"] == "vanity"]

    def period(self) -> str:
        """The period that was counted."""
        own, numerals = self.beside.figures.activity, self.study.numerals
        return _("{first} to {last}").format(first=numerals.date(own.from_), last=numerals.date(own.to))

    def activity_title(self) -> Statement:
        """The share of conversation, against the rule of thumb."""
        if not self.has("activity"):
            return state("own.activity.title", "{name} has counted no activity", name=self.name)
        if self.conversation is None:
            return state("own.activity.title", "What was counted, the meaningful first")
        return state(
            "own.activity.title",
            {
                "reached": N_("{share} of the messages converse, as the rule of thumb asks"),
                "short": N_("{share} of the messages converse; the rule of thumb asks for {least}"),
                "too close": N_("{share} of the messages read converse: too close to {least} to call"),
            }[self.conversation.verdict],
            **self.shares(),
        )

    def shares(self) -> dict[str, Number]:
        """The share of conversation, the least that is asked for, and what is left for selling."""
        rule = self.numbers.on(Basis.PUBLISHED)
        share, least = self.conversation.share, self.conversation.least
        # 79.6% is not 80%, and must not read like it.
        decimals = next((d for d in range(3) if round(100 * share, d) != round(100 * least, d)), 0)
        return {
            "share": self.numbers.percent("own.activity.conversation", share, decimals),
            "least": rule.percent("own.activity.least", least),
            "rest": rule.percent("own.activity.rest", 1 - self.conversation.least),
        }

    def activity(self) -> Statement:
        """What the ratio counts, how the meaningful metrics moved."""
        if not self.has("activity"):
            return NOTHING
        return joined("own.activity", [self._ratio(), self._moved()])

    def _ratio(self) -> Statement:
        share = self.conversation
        if share is None:
            return NOTHING
        counted = state(
            "own.activity.ratio",
            "Of {n} messages from {period}, {count} were conversation and {selling} were selling. The rule of thumb is "
            "{least} to {rest}. {why}",
            n=self.numbers.count("own.activity.n", share.n, words=False),
            period=self.period(),
            count=self.numbers.count("own.activity.count", share.count, words=False),
            selling=self.numbers.count("own.activity.selling", share.n - share.count, words=False),
            why=self.beside.activity.conversation.why,
            **self.shares(),
        )
        if math.isnan(share.low):
            return joined(
                "own.activity.ratio",
                [counted, state("own.activity.all", "All messages were counted, so the share has no sampling error.")],
            )
        sampled = state(
            "own.activity.sampled",
            "A random sample of the messages was read: the share of all of them lies between {low} and {high}, at "
            "the level of {level}.",
            low=self.numbers.percent("own.activity.low", share.low),
            high=self.numbers.percent("own.activity.high", share.high),
            level=_("{n}%").format(n=self.study.numerals.target(100 * (1 - self.study.parameters.alpha))),
        )
        return joined("own.activity.ratio", [counted, sampled])

    def _moved(self) -> Statement:
        """Which meaningful metrics rose and which fell since the period before."""
        parts = []
        for up, words in (
            (True, N_("Up since the period before: {names}.")),
            (False, N_("Down: {names}.")),
        ):
            change = self.meaningful["change"] if len(self.meaningful) else pd.Series(dtype=float)
            chosen = self.meaningful[(change > 0) if up else (change < 0)] if len(change) else self.meaningful
            if len(chosen):
                names = listed([_quoted(inside(str(name))) for name in chosen["name"]])
                parts.append(state("own.activity.up" if up else "own.activity.down", words, names=names))
        return joined("own.activity.moved", parts)

    def demoted(self) -> Statement:
        """Why some counts come last."""
        if not len(self.vanity):
            return NOTHING
        return state(
            "own.activity.vanity",
            "These are counted everywhere and come last here, because they say how many looked and not what came of "
            "it. No conclusion of this report rests on them.",
        )

    def unused(self) -> Statement:
        """The vain counts in one line, for the small print of a slide."""
        counts = [
            note(
                f"own.activity.unused.{metric}",
                "{name} {value}",
                name=inside(row["name"]),
                value=self.numbers.amount(f"own.activity.{metric}", float(row["value"]), row["unit"]),
            )
            for metric, row in by_row(self.vanity)
        ]
        if not counts:
            return NOTHING
        return state(
            "own.activity.unused",
            "Counted, and not used for a conclusion: {counts}.",
            counts=joined("own.activity.unused.counts", counts, between=", "),
        )
