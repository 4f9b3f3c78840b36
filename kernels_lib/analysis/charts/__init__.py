"""Charts of the reports, one file a chart; `CHARTS` is the whole set.

Every chart takes frames and keyword-only context and returns a `go.Figure`: traces say their role,
``layout.meta`` holds the words, the table behind the chart and the forms for phone and slide.
"""

from __future__ import annotations

from kernels_lib.analysis.charts.strengths import strengths

CHARTS = {"strengths": strengths}
