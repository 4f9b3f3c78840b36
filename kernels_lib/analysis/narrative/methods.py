"""What a careful reader is told about data, assumptions and methods."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from kernels_lib.analysis.bounds import possible_totals
from kernels_lib.analysis.ledger import FAMILIES
from kernels_lib.analysis.narrative.base import CORRECTION_WORDS, plain_number
from kernels_lib.analysis.narrative.study import StudyWords
from kernels_lib.analysis.sensitivity import Trial, conclusions, flipping, trials
from kernels_lib.analysis.statement import NOTHING, Statement, joined, state
from kernels_lib.study.language import N_, _, _n
from kernels_lib.study.numerals import in_words, listed
from kernels_lib.study.results import Basis

if TYPE_CHECKING:
    from kernels_lib.analysis.verification.runner import CaseResult


class MethodsWords(StudyWords):
    """Sentences of the methods report."""

    def headline(self) -> Statement:
        """What the report as a whole rests on."""
        if self.study.means_only:
            return state(
                "headline",
                "Eight means are published; every single score here is rebuilt"
                if len(self.shared.card) == 8
                else "Only the means are published; every single score here is rebuilt",
            )
        return state("headline", "Every number here is computed from the scores of {group}", group=self.group)

    def grid_title(self) -> Statement:
        """Which scores can have the published means at all."""
        if not self.study.means_only:
            return state("grid.title", "The scores lie on the scale's grid")
        impossible = [c for c, text in self.study.published.mean.items() if not self._fits(text, 1.0)]
        if impossible:
            return state(
                "grid.title",
                _n(
                    "Whole points cannot give {count} of the published means; half points can",
                    "Whole points cannot give {count} of the published means; half points can",
                    len(impossible),
                ),
                count=self.numbers.count("grid.impossible", len(impossible)),
            )
        return state("grid.title", "The published means fit whole points")

    def _fits(self, text: str, step: float) -> bool:
        scale = self.study.instrument.scale
        return bool(possible_totals(text, self.study.published.n, step, scale.floor, scale.top))

    def grid(self) -> Statement:
        """Why the step is what it is."""
        if not self.study.means_only:
            return NOTHING
        return state(
            "grid.reason",
            "A mean of {n} scores printed to two decimals allows only certain totals. The table lists, for each mean, "
            "how many totals fit at each step. Half points are the coarsest step that fits all {k}, and then each "
            "total is known exactly.",
            n=str(self.study.published.n),
            k=in_words(len(self.shared.card)),
        )

    def units_message(self) -> Statement:
        """The heat map of the reconstruction, or of the data."""
        if self.study.basis is Basis.RECONSTRUCTED:
            return state("units.message", "One table among many that have the published means")
        return self.heat_message()

    def units_caption(self) -> Statement:
        """What the heat map may be used for."""
        if self.study.basis is Basis.RECONSTRUCTED:
            return state(
                "units.caption",
                "The worked examples use this table. It shows how a report looks with scores of single {units}; it "
                "says nothing about any real one.",
                units=self.units,
            )
        return state("units.caption", "Scores as measured.")

    kind_words = N_("Methods report")

    def description(self) -> str:
        """One sentence about the document."""
        return _("Data, assumptions, tests and parameters of the study, for careful readers.")

    def rules_title(self) -> Statement:
        """The section on verdicts."""
        return state("rules.title", "One target decides; tests say how surely")

    def rules(self) -> list[tuple[str, bool, Statement]]:
        """The rules of the verdicts: tag, quiet, words."""
        unit, units = self.unit, self.units
        alpha = plain_number(self.study.numerals, self.study.parameters.alpha)
        corrected = _(CORRECTION_WORDS[self.study.parameters.correction])
        rules = [
            (
                _("The target"),
                state(
                    "rules.target",
                    "Each criterion has one target. On it or above is gained; below is a missed "
                    "opportunity. There is no second threshold.",
                ),
            ),
            (
                _("One {unit}").format(unit=unit),
                state(
                    "rules.unit",
                    "A {unit}'s score is a rating, not a sample: it is compared with the target as it is. "
                    "How another rater would score is not known where each {unit} was scored once.",
                    unit=unit,
                ),
            ),
            (
                _("All {units}").format(units=units),
                state(
                    "rules.group",
                    "The mean of a group is firmly above or below only if a signed-rank test (Pratt's zeros, "
                    "exact) and a test of means both pass at {alpha} {corrected}. Otherwise it is unresolved.",
                    alpha=alpha,
                    corrected=corrected,
                ),
            ),
            (
                _("Interval"),
                state(
                    "rules.interval",
                    "The interval drawn is at the level at which the correction tested that criterion by its mean: it "
                    "leaves the target outside exactly where that test passes.",
                ),
            ),
            (
                _("Peers"),
                state(
                    "rules.peers",
                    "Whether one {unit} differs from the others is another question (Crawford and Howell's "
                    "t, Benjamini and Hochberg's correction). It never changes a verdict.",
                    unit=unit,
                ),
            ),
            (
                _("Privacy"),
                state(
                    "rules.privacy",
                    "An aggregate of fewer than {least} other {units} is withheld from a client, and so is "
                    "a second industry where the first could be computed back.",
                    least=in_words(self.study.parameters.minimum_base),
                    units=units,
                ),
            ),
        ]
        if self.study.means_only:
            rules.insert(
                3,
                (
                    _("Means only"),
                    state(
                        "rules.means",
                        "Where only means were published, the test takes the spread of scores that is worst for "
                        "it among all tables with these means. What passes then holds in every one of them.",
                    ),
                ),
            )
        return [(tag, False, words) for tag, words in rules]

    def rule_lines(self) -> list[Statement]:
        """The first rules, for a slide."""
        return [words for __, __, words in self.rules()[:4]]

    def families_title(self) -> Statement:
        """The section on families of tests."""
        return state("families.title", "Every question is asked with all of its kind, and corrected for that")

    def family_items(self) -> list[tuple[str, bool, Statement]]:
        """What each family asks, in the words of a reader: tag, quiet, words."""
        present = {test.family for test in self.shared.tests}
        items = []
        for key, family in FAMILIES.items():
            if family.name in present or key == "peers":
                name = _(family.name)
                items.append((name[:1].upper() + name[1:], False, state(f"families.{key}", family.plain)))
        return items

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """Every choice that was ours, tried alone."""
        return trials(self.study, self.shared)

    def sensitivity_title(self) -> Statement:
        """How many conclusions hang on a single choice."""
        count, total = len(flipping(self.trials)), len(conclusions(self.shared))
        if not count:
            return state(
                "sensitivity.title", "None of {total} conclusions flips when one choice is another", total=str(total)
            )
        return state(
            "sensitivity.title",
            _n(
                "{count} of {total} conclusions flips when one choice is another",
                "{count} of {total} conclusions flip when one choice is another",
                count,
            ),
            count=self.numbers.count("sensitivity.flipping", count, words=False),
            total=str(total),
        )

    def sensitivity(self) -> Statement:
        """What each choice is worth, in words."""
        parts = [
            state(
                "sensitivity.how",
                "Level, target, rule for zeros and weights were fixed beforehand. Here each in turn is another, while "
                "everything else stays.",
            )
        ]
        parts += [self._tried(place, trial) for place, trial in enumerate(self.trials)]
        return joined("sensitivity", parts)

    def _tried(self, place: int, trial: Trial) -> Statement:
        identity, count = f"sensitivity.{place}", len(trial.flips)
        number = self.numbers.count(f"{identity}.flips", count, words=False)
        numerals = self.study.numerals
        if trial.choice == "alpha":
            level = plain_number(numerals, trial.value)
            return state(
                identity,
                _n(
                    "At a level of {level}, {count} of {total} flips.",
                    "At a level of {level}, {count} of {total} flip.",
                    count,
                ),
                level=level,
                count=number,
                total=str(trial.conclusions),
            )
        if trial.choice == "target":
            by = plain_number(numerals, abs(trial.value))
            return state(
                identity,
                _n(
                    "With every target {by} points higher, {count} of {total} verdicts flips.",
                    "With every target {by} points higher, {count} of {total} verdicts flip.",
                    count,
                )
                if trial.value > 0
                else _n(
                    "With every target {by} points lower, {count} of {total} verdicts flips.",
                    "With every target {by} points lower, {count} of {total} verdicts flip.",
                    count,
                ),
                by=by,
                count=number,
                total=str(trial.conclusions),
            )
        if trial.choice == "zeros":
            if self.shared.of_means:
                return state(identity, "Nothing hangs on the rule for zeros: worst cases take the worse of both rules.")
            return state(
                identity,
                _n(
                    "With zeros dropped from the ranks, {count} of {total} flips.",
                    "With zeros dropped from the ranks, {count} of {total} flip.",
                    count,
                ),
                count=number,
                total=str(trial.conclusions),
            )
        of_units = self.numbers.on(self.study.basis).count(f"{identity}.units", count, words=False)
        return state(
            identity,
            "With one criterion counted twice, {count} of {total} {units} can come to another stage."
            if trial.choice == "doubled"
            else "With one criterion left out, {count} of {total} {units} can come to another stage.",
            count=of_units,
            total=str(trial.conclusions),
            units=self.units,
        )

    def verified_title(self, cases: Sequence[CaseResult]) -> Statement:
        """How many published answers come back."""
        checks = [check for case in cases for check in case.checks]
        agreed = sum(check.agrees for check in checks)
        return state(
            "verified.title",
            "{agreed} of {total} published answers come back",
            agreed=self.numbers.on(Basis.PUBLISHED).count("verified.agreed", agreed, words=False),
            total=str(len(checks)),
        )

    def verified(self, cases: Sequence[CaseResult]) -> Statement:
        """What was rerun, and what did not agree."""
        off = [check for case in cases for check in case.checks if not check.agrees]
        parts = [
            state(
                "verified.how",
                "{cases} cases from textbooks, articles and other software, with {methods} methods, rerun while this "
                "report was made.",
                cases=str(len(cases)),
                methods=str(len({check.method for case in cases for check in case.checks})),
            )
        ]
        if off:
            names = listed(sorted({check.case for check in off}))
            parts.append(state("verified.off", "These differ and must be looked into: {names}.", names=names))
        return joined("verified", parts)

    def parameters_title(self) -> Statement:
        """The section with every effective parameter."""
        return state("parameters.title", "Every value, and the line that it came from")
