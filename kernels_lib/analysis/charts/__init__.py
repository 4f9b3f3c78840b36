"""Charts of the reports, one file a chart; `CHARTS` is the whole set.

Every chart takes frames and keyword-only context and returns a `go.Figure`: traces say their role,
``layout.meta`` holds the words, the table behind the chart and the forms for phone and slide.
"""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go

from kernels_lib.analysis.charts.dumbbell import peers
from kernels_lib.analysis.charts.heatmap import heatmap
from kernels_lib.analysis.charts.house import TRACE_TYPES
from kernels_lib.analysis.charts.industries import industries
from kernels_lib.analysis.charts.multiverse import multiverse
from kernels_lib.analysis.charts.pairs import pairs
from kernels_lib.analysis.charts.progress import progress
from kernels_lib.analysis.charts.ranking import ranking
from kernels_lib.analysis.charts.scorecard import scorecard
from kernels_lib.analysis.charts.standing import standing
from kernels_lib.analysis.charts.strengths import strengths

CHARTS: dict[str, Callable[..., go.Figure]] = {
    "strengths": strengths,
    "scorecard": scorecard,
    "peers": peers,
    "heatmap": heatmap,
    "ranking": ranking,
    "industries": industries,
    "pairs": pairs,
    "multiverse": multiverse,
    "standing": standing,
    "progress": progress,
}

__all__ = [
    "CHARTS",
    "TRACE_TYPES",
    "heatmap",
    "industries",
    "multiverse",
    "pairs",
    "peers",
    "progress",
    "ranking",
    "scorecard",
    "standing",
    "strengths",
]
