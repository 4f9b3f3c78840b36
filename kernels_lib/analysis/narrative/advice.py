"""What to do first: the instrument's advice, in the order of the gaps, the gate respected."""

from __future__ import annotations

from dataclasses import dataclass

from kernels_lib.analysis.narrative.client import ClientWords
from kernels_lib.analysis.statement import NOTHING, Statement, state
from kernels_lib.study.numerals import in_words, plural

MOST_STEPS = 4


@dataclass(frozen=True)
class Condition:
    """One criterion that the gate waits for."""

    criterion: str
    met: bool
    score: float


class Advice:
    """Steps for one client.

    Parameters
    ----------
    words : ClientWords
    """

    def __init__(self, words: ClientWords) -> None:
        self.words = words
        self.gate = words.study.instrument.gate

    @property
    def conditions(self) -> list[Condition]:
        """The gate's conditions, met ones first; empty without a gate."""
        if self.gate is None:
            return []
        needed = self.gate.requires["others"]
        others = self.words.card.drop(index=self.gate.criterion)
        others = others.sort_values(["score"], ascending=False, kind="stable", na_position="last")
        return [Condition(str(c), bool(row["score"] >= needed), float(row["score"])) for c, row in others.iterrows()]

    @property
    def open(self) -> bool:
        """Whether every condition is met; true without a gate."""
        return all(condition.met for condition in self.conditions)

    @property
    def steps(self) -> list[str]:
        """Criteria to work on, first things first; the gated one waits while the gate is closed."""
        waiting = self.gate.criterion if self.gate and not self.open else None
        return [str(c) for c in self.words.misses.index if c != waiting][:MOST_STEPS]

    def title(self) -> Statement:
        """The gate's state, or the first step where there is no gate."""
        words = self.words
        if self.gate is None:
            if not self.steps:
                sure = "surely " if len(words.close) else ""
                return state("first.title", f"Nothing is {sure}short of its target: hold what is there")
            return state("first.title", "Begin with {phrase}", phrase=words.phrase(self.steps[0]))
        gated = words.short(self.gate.criterion)
        closed = sum(not condition.met for condition in self.conditions)
        total = in_words(len(self.conditions))
        if closed == 0:
            return state("first.title", "The gate is open: {gated} may come now", gated=gated)
        if closed == len(self.conditions):
            return state("first.title", "Hold the {gated}: none of {total} conditions is met", gated=gated, total=total)
        return state(
            "first.title",
            "Hold the {gated}: {closed} of {total} conditions {are} still closed",
            gated=gated,
            closed=words.numbers.count("gate.closed", closed),
            total=total,
            are=plural(closed, "is", "are"),
        )

    def reason(self) -> Statement:
        """Why there is a gate."""
        return NOTHING if self.gate is None else state("first.gate", "{reason}", reason=self.gate.reason)

    def first(self) -> Statement:
        """The first action, for the summary."""
        if not self.steps and len(self.words.close):
            return state("first.action", "Have it scored by further raters before you change anything.")
        if not self.steps:
            return state("first.action", "Keep what is on target, and score again in the next wave.")
        action = self.words.study.instrument[self.steps[0]].action.rstrip(".")
        return state("first.action", "{action}.", action=action)

    def first_note(self) -> Statement:
        """Why this comes first, and what waits."""
        words = self.words
        if not self.steps:
            return NOTHING
        widest = words.misses["gap"].round(9)
        reason = "It works on the widest gap" if widest[self.steps[0]] == widest.min() else "It comes next"
        if self.gate is None or self.open:
            return state("first.why", reason + ".")
        met = sum(condition.met for condition in self.conditions)
        return state(
            "first.why",
            reason + ". Hold the {gated} until the other criteria reach {needed}: {met} of {total} {are} there.",
            gated=words.short(self.gate.criterion),
            needed=words.numbers.target("gate.needed", self.gate.requires["others"]),
            met=words.numbers.count("gate.met", met),
            total=in_words(len(self.conditions)),
            are=plural(met, "is", "are"),
        )

    def step(self, criterion: str) -> tuple[str, Statement]:
        """An action and how to do it."""
        entry = self.words.study.instrument[criterion]
        gap = self.words.numbers.distance(f"criteria.{criterion}.gap", self.words.card.loc[criterion, "gap"])
        how = state(
            f"steps.{criterion}", "{short}, {gap} short. {improve}", short=entry.short, gap=gap, improve=entry.improve
        )
        return entry.action.rstrip("."), how

    def order(self) -> Statement:
        """How the steps are ordered."""
        if len(self.steps) < 2:
            return NOTHING
        return state(
            "steps.order",
            "The order follows the size of the gap; of equal gaps, the one furthest behind the best quarter comes "
            "first. It is advice, not the result of a test.",
        )

    def quarter_title(self) -> Statement:
        """The slide about the next 90 days; nothing where there is no gap."""
        if not self.steps:
            return NOTHING
        return state(
            "quarter.title",
            "The next 90 days: {count}",
            count=plural(min(len(self.steps), 3), "one step", f"{in_words(min(len(self.steps), 3))} steps"),
        )
