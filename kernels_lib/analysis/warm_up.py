"""What a kernel would otherwise do at its first figure, table and parameter file.

Imported by the template of warm kernels, before it forks; importing it anywhere else is harmless.
"""

from __future__ import annotations

import datetime as dt

import IPython.display  # noqa: F401 - loaded for the kernels
import plotly.graph_objects as go

from kernels_lib.analysis.tables import environment
from kernels_lib.study.language import LANGUAGES
from kernels_lib.study.numerals import Numerals
from kernels_lib.study.yamlfile import parse_scalar

for _language in LANGUAGES:
    Numerals(_language).date(dt.date(2010, 8, 2))
environment().get_template("table.html.j2")
_ = environment().get_template("pieces.html.j2").module
parse_scalar("2010-08-02")
go.Figure(
    [go.Scatter(x=[0], y=[0], text=["a"], meta={"role": "warm"}), go.Bar(x=[0], y=[0], base=[0]), go.Heatmap(z=[[0]])],
    {"template": "none", "shapes": [{"type": "line"}], "annotations": [{"text": "a"}], "meta": {"id": "warm"}},
).to_json()
