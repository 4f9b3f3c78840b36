"""What to do first: the instrument's advice, in the order of the gaps, the gate respected."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kernels_lib.analysis.narrative.client import ClientWords
from kernels_lib.analysis.rows import by_row
from kernels_lib.analysis.statement import NOTHING, Statement, joined, state
from kernels_lib.study.language import _n
from kernels_lib.study.numerals import in_words

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

    @cached_property
    def conditions(self) -> list[Condition]:
        """The gate's conditions, met ones first; empty without a gate."""
        if self.gate is None:
            return []
        needed = self.gate.requires["others"]
        others = self.words.card.drop(index=self.gate.criterion)
        others = others.sort_values(["score"], ascending=False, kind="stable", na_position="last")
        return [Condition(str(c), bool(row["score"] >= needed), float(row["score"])) for c, row in by_row(others)]

    @cached_property
    def open(self) -> bool:
        """Whether every condition is met; true without a gate."""
        return all(condition.met for condition in self.conditions)

    @cached_property
    def steps(self) -> list[str]:
        """Criteria to work on, first things first; the gated one waits while the gate is closed."""
        waiting = self.gate.criterion if self.gate and not self.open else None
        return [str(c) for c in self.words.misses.index if c != waiting][:MOST_STEPS]

    def title(self) -> Statement:
        """The gate's state, or the first step where there is no gate."""
        words = self.words
        if self.gate is None and not self.steps:
            return state(
                "first.title",
                "Nothing is surely short of its target: hold what is there"
                if len(words.close)
                else "Nothing is short of its target: hold what is there",
            )
        if self.gate is None:
            return state("first.title", "Begin with {phrase}", phrase=words.phrase(self.steps[0]))
        met, total = sum(condition.met for condition in self.conditions), len(self.conditions)
        closed = total - met
        values = {
            "gated": words.short(self.gate.criterion),
            "closed": words.numbers.count("gate.closed", closed),
            "total": in_words(total),
        }
        if not closed:
            return state("first.title", "The gate is open: {gated} may come now", **values)
        if not met:
            return state(
                "first.title",
                _n(
                    "Hold the {gated}: its one condition is not met",
                    "Hold the {gated}: none of {total} conditions is met",
                    total,
                ),
                **values,
            )
        if closed < met:
            return state(
                "first.title",
                _n(
                    "{closed} of {total} conditions is not met: hold the {gated}",
                    "{closed} of {total} conditions are not met: hold the {gated}",
                    closed,
                ),
                **values,
            )
        return state(
            "first.title",
            _n(
                "Hold the {gated}: {closed} of {total} conditions is not met",
                "Hold the {gated}: {closed} of {total} conditions are not met",
                closed,
            ),
            **values,
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
        if not self.steps:
            return NOTHING
        return joined("first.why", [self._why(), self._waiting()])

    def _why(self) -> Statement:
        """Why the first step comes first."""
        misses, widest = self.words.misses, self.words.widest
        if len(misses) == 1:
            return state(
                "first.why", "It works on the only sure gap." if len(self.words.close) else "It works on the only gap."
            )
        if self.steps[0] not in widest:
            return state("first.why", "It works on the widest gap that need not wait.")
        return state(
            "first.why",
            _n("It works on the widest gap.", "It works on one of the {count} widest gaps.", len(widest)),
            count=in_words(len(widest)),
        )

    def _waiting(self) -> Statement:
        """What waits behind the gate, and for how much."""
        if self.gate is None or self.open:
            return NOTHING
        words = self.words
        met, total = sum(condition.met for condition in self.conditions), len(self.conditions)
        values = {
            "gated": words.short(self.gate.criterion),
            "needed": words.numbers.target("gate.needed", self.gate.requires["others"]),
            "met": words.numbers.count("gate.met", met),
            "total": in_words(total),
        }
        if not met:
            return state(
                "first.waiting",
                "Hold the {gated} until the other criteria reach {needed}; so far none of them does.",
                **values,
            )
        if 2 * met > total:
            return state(
                "first.waiting",
                _n(
                    "Hold the {gated} until the other criteria reach {needed}: {met} of {total} is there already.",
                    "Hold the {gated} until the other criteria reach {needed}: {met} of {total} are there already.",
                    met,
                ),
                **values,
            )
        return state(
            "first.waiting",
            _n(
                "Hold the {gated} until the other criteria reach {needed}: {met} of {total} is there.",
                "Hold the {gated} until the other criteria reach {needed}: {met} of {total} are there.",
                met,
            ),
            **values,
        )

    def step(self, criterion: str) -> tuple[str, Statement]:
        """An action and how to do it."""
        entry = self.words.study.instrument[criterion]
        gap = self.words.numbers.distance(f"criteria.{criterion}.gap", self.words.rows[criterion]["gap"])
        how = state(
            f"steps.{criterion}",
            "{short}, {gap} points short. {improve}",
            short=entry.short,
            gap=gap,
            improve=entry.improve,
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
        steps = min(len(self.steps), 3)
        return state(
            "quarter.title",
            _n("The next 90 days: one step", "The next 90 days: {count} steps, {first} first", steps),
            count=in_words(steps),
            first=self.words.short(self.steps[0]),
        )
