"""Charts that are drawn once: the same numbers and words give the same figure.

A chart of what all clients share is the same in every client's report, and a changed target leaves most
charts as they were.  What was drawn is kept as text, so that nobody who changes a figure changes another.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts.assembling import as_json, unchecked
from kernels_lib.study.language import spoken

# Figures in memory, by what they were drawn from; the oldest go first.
_DRAWN: dict[str, str] = {}
MOST_DRAWN = 64


def drawn_once(chart: Callable[..., go.Figure]) -> Callable[..., go.Figure]:
    """A chart function that draws what it has drawn before from memory; each caller gets a figure of its own.

    Parameters
    ----------
    chart : callable
        Its figure depends on nothing but its arguments and the language that is spoken.  Arguments are frames and
        values that a text tells apart (`repr`).
    """

    @wraps(chart)
    def drawn(*args: Any, **kwargs: Any) -> go.Figure:
        key = repr((chart.__name__, spoken(), [_told(arg) for arg in args], {k: _told(v) for k, v in kwargs.items()}))
        if key not in _DRAWN:
            figure = chart(*args, **kwargs)
            while len(_DRAWN) >= MOST_DRAWN:
                del _DRAWN[next(iter(_DRAWN))]
            _DRAWN[key] = json.dumps(as_json(figure), ensure_ascii=False)
            return figure
        return unchecked(**json.loads(_DRAWN[key]))

    return drawn


def _told(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return (list(value.columns), list(value.index), [value[column].tolist() for column in value.columns])
    return value


def forget() -> None:
    """Draw everything anew."""
    _DRAWN.clear()
