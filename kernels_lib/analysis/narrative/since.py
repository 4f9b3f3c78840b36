"""What one client's own scores did since the wave before."""

from __future__ import annotations

import math
from functools import cached_property

from kernels_lib.analysis import findings
from kernels_lib.analysis.narrative.base import shortlist
from kernels_lib.analysis.narrative.client import ClientWords
from kernels_lib.analysis.statement import NOTHING, Statement, joined, state
from kernels_lib.study.language import _n
from kernels_lib.study.numerals import in_words


class Since:
    """A client's change; whether it is more than noise is told only where raters say how large the error is.

    Parameters
    ----------
    words : ClientWords
    """

    def __init__(self, words: ClientWords) -> None:
        self.words = words
        self.before = words.study.roster.dataset.before

    @cached_property
    def table(self) -> findings.ClientChange | None:
        """The changes; None where the waves cannot be compared for this client."""
        return findings.client_change(self.words.study, self.words.shared, self.words.card)

    def title(self) -> Statement:
        """How many scores went up and down."""
        if self.words.shared.other_scale:
            return state(
                "change.title", "Not compared with wave {before}: the scales seem to differ", before=self.before
            )
        if self.table is None:
            return state(
                "change.title",
                "{client} has no scores of wave {before}",
                client=self.words.name,
                before=self.before,
            )
        changes = self.table.rows["change"].dropna()
        if not len(changes):
            return state("change.title", "No criterion was scored in both waves")
        count = self.words.numbers.count
        return state(
            "change.title",
            "Since wave {before}: {up} up, {down} down, {same} as before",
            before=self.before,
            up=count("since.up", int((changes > 0).sum()), words=False),
            down=count("since.down", int((changes < 0).sum()), words=False),
            same=count("since.same", int((changes == 0).sum()), words=False),
        )

    def how(self) -> Statement:
        """The overall score then and now, over the same criteria, and how large a change by error alone can be."""
        if self.table is None:
            return NOTHING
        parts = [self._overall(), self._error(), self._single()]
        return joined("since", [part for part in parts if part.text])

    def _overall(self) -> Statement:
        before, now = self.table.overall_before, self.table.overall_after
        if math.isnan(before) or math.isnan(now):
            return NOTHING
        numbers, count = self.words.numbers, int(self.table.rows["change"].notna().sum())
        return state(
            "since.overall",
            "The overall score was {before} then and is {now} now, under the same weights."
            if count == len(self.table.rows)
            else _n(
                "On the one criterion that both waves have, the score was {before} then and is {now} now.",
                "On the {k} criteria that both waves have, the overall score was {before} then and is {now} now, under "
                "the same weights.",
                count,
            ),
            k=in_words(count),
            before=numbers.score("since.overall.before", before),
            now=numbers.score("since.overall.now", now),
        )

    def _error(self) -> Statement:
        rows = self.table.rows
        if not rows["change"].notna().any():
            return NOTHING
        known = rows.dropna(subset=["change", "least"])
        if not len(known):
            return state(
                "since.unknown",
                "Each score was given once in a wave, so nobody knows how much of a change is error: read it as a "
                "description, not as a trend.",
            )
        numbers = self.words.numbers
        beyond = int((known["reach"] == "beyond").sum())
        low, high = (numbers.distance(f"since.least.{end}", value) for end, value in
                     (("low", known["least"].min()), ("high", known["least"].max())))  # fmt: skip
        told = state(
            "since.error",
            "Error of measurement alone seldom moves a score by more than {low} points."
            if low.text == high.text
            else "Error of measurement alone seldom moves a score by more than {low} to {high} points.",
            low=low,
            high=high,
        )
        counted = state(
            "since.beyond",
            _n("{n} change is larger than that.", "{n} changes are larger than that.", beyond)
            if beyond
            else "No change is larger than that.",
            n=numbers.count("since.beyond", beyond),
        )
        whose = state(
            "since.whose",
            "How large that error is, this wave's raters say; the wave before is taken to have had the same.",
        )
        return joined("since.errors", [told, counted, whose])

    def _single(self) -> Statement:
        rows = self.table.rows
        single = rows.index[rows["before"].isna() != rows["after"].isna()]
        if not len(single):
            return NOTHING
        names = shortlist([self.words.short(str(criterion)) for criterion in single])
        return state("change.single", "Not compared, because only one wave has scores on it: {names}.", names=names)
