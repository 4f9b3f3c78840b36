"""Texts that `scorecard import` drafted and nobody rewrote: fit for a first look, not for a client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kernels_lib.study.checking.problems import Problem
from kernels_lib.study.importing.drafting import drafted_texts
from kernels_lib.study.instrument import Instrument

# What readers are told about a criterion.
_TOLD = ("why", "improve", "action")


def still_drafted(root: Path, instrument: Instrument) -> Iterator[Problem]:
    """One warning for all criteria whose advice is still the draft's."""
    unit = (instrument.unit.one, instrument.unit.many)
    drafted = []
    for criterion in instrument.criteria:
        draft = drafted_texts(criterion.name, criterion.short, unit, len(instrument.criteria))
        if any(getattr(criterion, field) == draft[field] for field in _TOLD):
            drafted.append(criterion.id)
    if drafted:
        listed = ", ".join(drafted[:3]) + (" ..." if len(drafted) > 3 else "")
        number = f"{len(drafted)} {'criterion' if len(drafted) == 1 else 'criteria'}"
        yield Problem(
            "warning",
            f"the advice on {number} is a draft ({listed}).",
            "Rewrite `why`, `improve` and `action` before a client reads it.",
            file=f"params/instruments/{instrument.id}.yaml",
        )
