"""The house of every chart: what its parts offer, under one name.

    look        colours and the sizes of the three forms
    lettering   how wide words are, where lines break
    scales      numbers, axes
    wording     words that several charts share
    sheet       rows, margins, places
    marks       traces
    drawing     words and shapes around them
    assembling  the whole figure

Each imports only those above it.
"""

from __future__ import annotations

from kernels_lib.analysis.charts.assembling import NO_TEMPLATE, as_json, figure, shortened
from kernels_lib.analysis.charts.drawing import Drawing
from kernels_lib.analysis.charts.lettering import (
    balanced,
    capital,
    digits_width,
    escaped,
    fit,
    fitted,
    one_size,
    sentence,
    stacked,
    text_width,
    whole,
)
from kernels_lib.analysis.charts.look import (
    BAND,
    BLUE,
    CLEAR,
    CLIENT,
    DECK,
    FORMS,
    HAIR,
    INK,
    INK2,
    MUT,
    NARROW,
    ONBLUE,
    PAPER,
    QUIET,
    RULE,
    TRACE_TYPES,
    VERM,
    VERMW,
    WASH,
    WIDE,
    ZONE,
    Form,
)
from kernels_lib.analysis.charts.scales import (
    distance,
    known,
    narrower,
    number,
    plain,
    shared_target,
    tick_label,
    ticks,
)
from kernels_lib.analysis.charts.wording import (
    BY_MEANS,
    VERDICTS,
    at_target,
    at_target_sentence,
    by_means_words,
    criteria_left_out,
    group_words,
    interval_head,
    points_short,
    target_words,
    units_left_out,
    verdict,
    with_interval,
)

__all__ = [
    "BAND",
    "BLUE",
    "BY_MEANS",
    "CLEAR",
    "CLIENT",
    "DECK",
    "FORMS",
    "HAIR",
    "INK",
    "INK2",
    "MUT",
    "NARROW",
    "NO_TEMPLATE",
    "ONBLUE",
    "PAPER",
    "QUIET",
    "RULE",
    "TRACE_TYPES",
    "VERDICTS",
    "VERM",
    "VERMW",
    "WASH",
    "WIDE",
    "ZONE",
    "Drawing",
    "Form",
    "as_json",
    "at_target",
    "at_target_sentence",
    "balanced",
    "by_means_words",
    "capital",
    "criteria_left_out",
    "digits_width",
    "distance",
    "escaped",
    "figure",
    "fit",
    "fitted",
    "group_words",
    "interval_head",
    "known",
    "narrower",
    "number",
    "one_size",
    "plain",
    "points_short",
    "sentence",
    "shared_target",
    "shortened",
    "stacked",
    "target_words",
    "text_width",
    "tick_label",
    "ticks",
    "units_left_out",
    "verdict",
    "whole",
    "with_interval",
]
