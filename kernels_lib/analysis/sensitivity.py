"""What hangs on each choice that was ours: the level, the target, the rule for zeros, the weights.

One choice at a time is another, everything else stays; the verdicts are then drawn as always and laid
beside those of the report.  Tests and corrections are tried together in `multiverse`; here each choice
stands alone, so that a reader can say of any conclusion which of them it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from kernels_lib.analysis import scoring
from kernels_lib.analysis.findings import Common, common
from kernels_lib.analysis.multiverse import DROPPED, MEANS, PRATT, above
from kernels_lib.analysis.rows import by_row
from kernels_lib.study.language import _
from kernels_lib.study.opening import Study
from kernels_lib.study.params import Effective

# Levels that are tried in place of the study's own.
LEVELS = (0.01, 0.05, 0.1)

Choice = Literal["alpha", "target", "zeros", "doubled", "left out"]


@dataclass(frozen=True)
class Trial:
    """One choice that was another.

    Attributes
    ----------
    choice : {"alpha", "target", "zeros", "doubled", "left out"}
        The last two are of the weights: each criterion in turn counted twice, or not at all.
    value : float or None
        The level, or by how many points all targets are higher (negative: lower).
    flips : tuple of str
        Conclusions that are then others: a criterion's verdict, the order of two; of weights the units whose
        stage is another for at least one criterion.
    conclusions : int
        How many there were to flip.
    most : tuple of (str, int) or None
        Of weights: the criterion that moves most units, and how many.
    leads : bool
        Of weights: whether the first place stays with the same units throughout.
    """

    choice: Choice
    value: float | None
    flips: tuple[str, ...]
    conclusions: int
    most: tuple[str, int] | None = None
    leads: bool = True


def trials(study: Study, shared: Common) -> tuple[Trial, ...]:
    """Every choice, tried alone.

    Parameters
    ----------
    study : Study
    shared : Common
        Its findings, as the report has them.

    Returns
    -------
    tuple of Trial
    """
    return (*_levels(study, shared), *_targets(study, shared), *_zeros(study, shared), *_weights(study))


def flipping(found: tuple[Trial, ...]) -> set[str]:
    """Conclusions about criteria that flip under at least one choice."""
    return {flip for trial in found if trial.choice in ("alpha", "target", "zeros") for flip in trial.flips}


def conclusions(shared: Common) -> dict[str, str]:
    """Every conclusion about criteria by what it is about: a verdict, or which of two is above."""
    return _verdicts(shared) | _orders(shared)


def _verdicts(shared: Common) -> dict[str, str]:
    return {str(row["short"]): str(row["verdict"]) for __, row in by_row(shared.card)}


def _orders(shared: Common) -> dict[str, str]:
    names = {criterion.id: criterion.short for criterion in shared.study.instrument.criteria}
    found = {}
    for row in shared.pairs.itertuples():
        first, second = (names[each] for each in (row.first, row.second))
        between = _("{first} and {second}").format(first=min(first, second), second=max(first, second))
        found[between] = above(first, second) if row.holds in ("firm", "every") else ""
    return found


def _flipped(then: dict[str, str], now: dict[str, str]) -> tuple[str, ...]:
    return tuple(about for about, said in then.items() if now.get(about, said) != said)


def _with(study: Study, **values: object) -> Common:
    """Findings of the same study with other parameters."""
    effective = Effective(study.effective.values.model_copy(update=values), study.effective.origins)
    return common(replace(study, effective=effective))


def _levels(study: Study, shared: Common) -> Iterator[Trial]:
    then = conclusions(shared)
    for level in LEVELS:
        if level != study.parameters.alpha:
            yield Trial("alpha", level, _flipped(then, conclusions(_with(study, alpha=level))), len(then))


def _targets(study: Study, shared: Common) -> Iterator[Trial]:
    """All targets one margin lower and higher, as far as the scale goes."""
    scale, then = study.instrument.scale, _verdicts(shared)
    for shift in (-study.instrument.margin.value, study.instrument.margin.value):
        moved = {c: min(scale.top, max(scale.floor, target + shift)) for c, target in study.targets.items()}
        if moved != study.targets:
            yield Trial("target", shift, _flipped(then, _verdicts(_with(study, target=moved))), len(then))


def _zeros(study: Study, shared: Common) -> Iterator[Trial]:
    """Zeros dropped from the ranks in place of ranked along; worst cases over tables take the worse of both."""
    if shared.of_means:
        yield Trial("zeros", None, (), len(conclusions(shared)))
        return
    table = shared.multiverse
    own = table[table["correction"] == study.parameters.correction]
    passes = own.pivot(index="name", columns="test", values="passes").astype(bool)
    flips = passes.index[(passes[PRATT] & passes[MEANS]) != (passes[DROPPED] & passes[MEANS])]
    yield Trial("zeros", None, tuple(map(str, flips)), len(conclusions(shared)))


def _weights(study: Study) -> Iterator[Trial]:
    if len(study.instrument.criteria) < 2:
        return
    then = _stages(study, study.weights)
    tried: tuple[tuple[Choice, float], ...] = (("doubled", 2), ("left out", 0))
    for choice, factor in tried:
        moved: dict[str, set[str]] = {}
        leads = True
        for criterion in study.instrument.criteria:
            weights = {**study.weights, criterion.id: factor * study.weights[criterion.id]}
            if not sum(weights.values()) > 0:
                continue
            now = _stages(study, weights)
            moved[criterion.short] = {unit for unit, found in now.items() if found[0] != then[unit][0]}
            leads = leads and all((found[1] == 1) == (then[unit][1] == 1) for unit, found in now.items())
        if not moved:
            continue
        name = max(moved, key=lambda short: len(moved[short]))
        flips = tuple(sorted(set().union(*moved.values())))
        yield Trial(choice, None, flips, len(then), (name, len(moved[name])), leads)


def _stages(study: Study, weights: dict[str, float]) -> dict[str, tuple[str, float]]:
    """Each unit's stage and rank."""
    table = scoring.overall(study.members, weights)
    cuts = study.instrument.stage_cuts
    return {str(unit): (scoring.stage(row["overall"], cuts).name, row["rank"]) for unit, row in by_row(table)}
