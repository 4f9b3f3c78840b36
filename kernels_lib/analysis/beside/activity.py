"""What a team counted: the share of conversation, and metrics, the meaningful before the vain."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from kernels_lib.analysis import effects
from kernels_lib.study.beside import Beside


class Share(NamedTuple):
    """The share of messages that conversed.

    `low` and `high` are NaN where all messages were counted: a full count has no sampling error.  `verdict` is
    "reached", "short", or "too close" where the interval of a sample covers the rule.
    """

    count: int
    n: int
    share: float
    least: float
    low: float
    high: float
    verdict: str


def conversation(beside: Beside, *, alpha: float) -> Share | None:
    """The share of messages that conversed, against the rule of thumb; None where they were not counted."""
    own = beside.figures.activity
    if own is None or own.messages is None:
        return None
    count, n = own.messages.conversation, own.messages.conversation + own.messages.selling
    least, share = beside.activity.conversation.least, count / n
    verdict = "reached" if share >= least else "short"
    if not own.messages.sampled:
        return Share(count, n, share, least, math.nan, math.nan, verdict)
    low, high, _ = effects.wilson(count, n, 1 - alpha)
    return Share(count, n, share, least, low, high, "too close" if low < least <= high else verdict)


def activity(beside: Beside) -> pd.DataFrame:
    """Every metric that the client counted: meaningful ones in the instrument's order, then the vain.

    Returns
    -------
    DataFrame, index metric
        ``name``, ``kind`` (meaningful or vanity), ``unit``, ``why``, ``value``, ``before`` (NaN where not known)
        and ``change``, value minus before.
    """
    own = beside.figures.activity
    counted = own.metrics if own else {}
    ordered = sorted(beside.activity.metrics, key=lambda metric: metric.kind == "vanity")
    rows = {
        metric.id: {
            "name": metric.name,
            "kind": metric.kind,
            "unit": metric.unit,
            "why": metric.why,
            "value": counted[metric.id].value,
            "before": math.nan if counted[metric.id].before is None else counted[metric.id].before,
        }
        for metric in ordered
        if metric.id in counted
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["name", "kind", "unit", "why", "value", "before"])
    frame["change"] = (frame["value"] - frame["before"]).round(9)
    return frame
