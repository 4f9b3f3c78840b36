"""Measured values between their start, their milestone and their target."""

from __future__ import annotations

import pandas as pd

from kernels_lib.study.beside import Beside, Progress

# What became of an objective, best first.
REACHED, ON_THE_WAY, AHEAD, BEHIND = "target reached", "milestone reached", "milestone not due yet", "behind"
STATES = (REACHED, ON_THE_WAY, AHEAD, BEHIND)


def objectives(beside: Beside) -> pd.DataFrame:
    """Every objective of the client, in the instrument's order.

    Returns
    -------
    DataFrame, index objective
        ``name``, ``kind``, ``measure``, ``unit``, ``start``, ``milestone``, ``milestone_by``, ``target``,
        ``target_by``, ``measured``, ``measured_on`` as agreed and found; ``way`` and ``milestone_way``, the part of
        the way from start to target, 1 at the target, below 0 where things got worse than at the start;
        ``missing``, what the milestone lacks in the unit (0 where it is reached); ``state``, one of `STATES`.
    """
    own = beside.figures.objectives or {}
    rows = {
        entry.id: {"name": entry.name, "kind": entry.kind, **_row(own[entry.id])}
        for entry in beside.objectives.objectives
        if entry.id in own
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _row(progress: Progress) -> dict[str, object]:
    # Rounded: 0.3 of the way in floats must still be level with a milestone at 0.3.
    way, milestone = (round(_way(progress, value), 9) for value in (progress.measured.value, progress.milestone.value))
    return {
        "measure": progress.measure,
        "unit": progress.unit,
        "start": progress.start,
        "milestone": progress.milestone.value,
        "milestone_by": progress.milestone.by,
        "target": progress.target.value,
        "target_by": progress.target.by,
        "measured": progress.measured.value,
        "measured_on": progress.measured.on,
        "way": way,
        "milestone_way": milestone,
        "missing": 0.0 if way >= milestone else abs(progress.milestone.value - progress.measured.value),
        "state": _state(progress, way, milestone),
    }


def _way(progress: Progress, value: float) -> float:
    """The part of the way from start to target; it may lead down, as for churn."""
    return (value - progress.start) / (progress.target.value - progress.start)


def _state(progress: Progress, way: float, milestone: float) -> str:
    if way >= 1:
        return REACHED
    if way >= milestone:
        return ON_THE_WAY
    # On the very day it is due.
    return BEHIND if progress.measured.on >= progress.milestone.by else AHEAD
