"""A client's own answers among published shares, and a pool of clients against them.

The client's five answers are those of one organisation: where each stands among the organisations that
were asked is a fact of counting, and no test is made of it.  A pool of clients and a survey are two
samples; their shares are compared by an exact test, all questions as one family.
"""

from __future__ import annotations

import math

import pandas as pd

from kernels_lib.analysis import effects, significance
from kernels_lib.study.beside import Answered, Benchmark, Beside, Item

COLUMNS = (
    "question", "short", "answer", "share", "low", "high", "same", "same_low", "same_high", "n", "source", "year",
    "pool", "pool_yes", "pool_n", "pool_low", "pool_high", "difference", "diff_low", "diff_high", "p_value",
    "p_adjusted", "smallest_p", "method", "reason", "firm",
)  # fmt: skip


def self_assessment(beside: Beside, *, alpha: float, correction: str, minimum_base: int) -> pd.DataFrame:
    """Every question that the client answered or the pool did, in the instrument's order.

    Parameters
    ----------
    beside : Beside
    alpha : float
        Level of the family of tests; intervals are at 1 - alpha.
    correction : str
        For that family.
    minimum_base : int
        Fewest *other* clients in the pool for its share to be shown.

    Returns
    -------
    DataFrame, index question
        ``answer`` is yes, no or empty.  ``share`` of the organisations asked answer yes, with Wilson's interval
        ``low`` and ``high`` where the base ``n`` is known; ``same``, ``same_low``, ``same_high`` are the share
        that gives the client's answer.  ``pool_yes`` of ``pool_n`` clients say yes; ``difference`` is the pool's
        share minus the published one, ``diff_low`` to ``diff_high`` its widest interval over all counts that round
        to the printed share.  All shares lie in [0, 1]; NaN where there is none.
    """
    answers, pool = beside.figures.self_assessment or {}, beside.pool.answers if beside.pool else {}
    rows = {
        item.id: _row(item, beside.benchmarks[item.benchmark], answers.get(item.id, ""), alpha)
        | _of_pool(pool.get(item.id), item, beside.benchmarks[item.benchmark], alpha, minimum_base)
        for item in beside.assessment.items
        if item.id in answers
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
    frame.index.name = "question"
    frame["p_adjusted"] = significance.adjust(frame["p_value"], correction)
    frame["firm"] = frame["p_adjusted"] <= alpha
    return frame


def _row(item: Item, benchmark: Benchmark, answer: str, alpha: float) -> dict[str, object]:
    share, low, high = _yes(item, benchmark, alpha)
    same = (share, low, high) if answer == "yes" else (1 - share, 1 - high, 1 - low)
    return {
        "question": item.question,
        "short": item.short,
        "answer": answer,
        "share": share,
        "low": low,
        "high": high,
        **dict(zip(("same", "same_low", "same_high"), same, strict=True)),
        "n": math.nan if benchmark.n is None else benchmark.n,
        "source": benchmark.source,
        "year": benchmark.year,
    }


def _yes(item: Item, benchmark: Benchmark, alpha: float) -> tuple[float, float, float]:
    """The published share that answers yes, with its interval; without one where no base was published."""
    share = benchmark.share if item.counts == "yes" else 1 - benchmark.share
    if benchmark.n is None:
        return share, math.nan, math.nan
    low, high, _ = effects.wilson(round(share * benchmark.n), benchmark.n, 1 - alpha)
    return share, low, high


def _of_pool(
    answered: Answered | None, item: Item, benchmark: Benchmark, alpha: float, minimum_base: int
) -> dict[str, object]:
    """The pool's share and its test; the client is one of the pool, so the others are one fewer."""
    nothing = {"pool": math.nan, "method": "", "reason": "", "p_value": math.nan}
    if answered is None or answered.of - 1 < minimum_base:
        return nothing
    low, high, _ = effects.wilson(answered.yes, answered.of, 1 - alpha)
    found = {
        "pool": answered.yes / answered.of,
        "pool_yes": answered.yes,
        "pool_n": answered.of,
        "pool_low": low,
        "pool_high": high,
    }
    if benchmark.n is None:
        return nothing | found
    share = benchmark.share if item.counts == "yes" else 1 - benchmark.share
    test = significance.against_printed(answered.yes, answered.of, share, benchmark.n, benchmark.half)
    # The widest that rounding allows, as the p-value is the largest: both speak of the same counts.
    counts = significance.printed_counts(share, benchmark.n, benchmark.half)
    ends = [
        effects.newcombe(answered.yes, answered.of, count, benchmark.n, 1 - alpha) for count in (counts[0], counts[-1])
    ]
    diff_low, diff_high = min(end.low for end in ends), max(end.high for end in ends)
    return found | {
        "difference": found["pool"] - share,
        "diff_low": diff_low,
        "diff_high": diff_high,
        "p_value": math.nan if test.p_value is None else test.p_value,
        "smallest_p": math.nan if test.smallest_p is None else test.smallest_p,
        "method": test.method,
        "reason": test.reason,
    }
