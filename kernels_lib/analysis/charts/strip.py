"""One overall score on the scale, for the summary: a strip, not a chart with rows."""

from __future__ import annotations

import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form
from kernels_lib.study.numerals import Numerals

HEIGHT = 76
WIDTHS = {"wide": 300, "narrow": 326, "deck": 520}


def overall_strip(
    value: float,
    *,
    subject: str,
    numerals: Numerals,
    floor: float,
    top: float,
    message: str,
    basis: str,
    low: float | None = None,
    high: float | None = None,
    q1: float | None = None,
    q3: float | None = None,
    target: float | None = None,
    caption: str = "",
    unit_many: str = "brands",
    subtitle: str = "",
    identity: str = "overall",
) -> go.Figure:
    """The client's overall score, its range under other weights and the middle half of all.

    Parameters
    ----------
    value : float
        The overall score.
    subject : str
        Whose score it is.
    numerals : Numerals
    floor, top : float
        Ends of the scale.
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    low, high : float, optional
        Range under other weights.
    q1, q3 : float, optional
        Quartiles of all units; left out where they are withheld.
    target : float, optional
    unit_many : str, default "brands"
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: scale, middle half, range, target, client.
    """
    spread = low is not None and high is not None
    middle = q1 is not None and q3 is not None
    parts = []
    if target is not None:
        gap = round(value - target, 9)
        way = "just on" if gap == 0 else f"{house.distance(gap, numerals)} {'short of' if gap < 0 else 'above'}"
        parts.append(f"{subject} {numerals.mean(value)}, {way} the target of {numerals.target(target)}")
    else:
        parts.append(f"{subject} {numerals.mean(value)}")
    if spread:
        parts.append(f"range under other weights {numerals.mean(low)} to {numerals.mean(high)}")
    if middle:
        parts.append(f"middle half of {unit_many} {numerals.mean(q1)} to {numerals.mean(q3)}")

    def draw(form: Form) -> Drawing:
        return _draw(
            form, value, numerals, floor=floor, top=top, spread=(low, high) if spread else None,
            middle=(q1, q3) if middle else None, target=target, unit_many=unit_many, hover="; ".join(parts) + ".",
        )  # fmt: skip

    named = [("Overall score", value), ("Range from", low), ("Range to", high)]
    named += [("Middle half from", q1), ("Middle half to", q3), ("Target", target)]
    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or f"Overall score from {numerals.target(floor)} to {numerals.target(top)}.",
        caption=caption,
        alt_rows=parts,
        how_to_read=(
            f"The dot is {subject}. The dark line shows how far the score moves when the criteria are weighted "
            f"otherwise: a range, not a confidence interval. The soft band holds the middle half of the {unit_many}."
        ),
        basis=basis,
        columns=[("name", "Figure", "", "text"), ("value", "Value", "points", "number")],
        rows=[
            {"name": name, "value": house.number(number, numerals.mean_decimals)}
            for name, number in named
            if number is not None
        ],
        numerals=numerals,
    )


def _draw(
    form: Form,
    value: float,
    numerals: Numerals,
    *,
    floor: float,
    top: float,
    spread: tuple[float, float] | None,
    middle: tuple[float, float] | None,
    target: float | None,
    unit_many: str,
    hover: str,
) -> Drawing:
    deck = form.name == "deck"
    small, strong = (13.0, 14.0) if not deck else (18.0, 20.0)
    scale = 1.0 if not deck else 1.4
    width = WIDTHS[form.name]
    # The strip sits in a column of the summary, so its widths are its own.
    strip = Form(
        **{**{f: getattr(form, f) for f in Form.__dataclass_fields__}, "width": width, "height": None, "slack": 1.0}
    )
    top_space, bottom = round(30 * scale), round(28 * scale)
    d = Drawing(
        strip, low=floor, high=top, rows=1, row=HEIGHT * scale - top_space - bottom, left=8, right=8, top=top_space,
        bottom=bottom,
    )  # fmt: skip
    d.fixed = True
    d.line("scale", [(floor, 0, top, 0)], colour=house.RULE, width=2)
    if middle is not None:
        d.bars("middle half", [(*middle, 0)], thickness=13 * scale, fill=house.BAND)
    if spread is not None:
        d.line("range", [(spread[0], 0, spread[1], 0)], colour=house.INK, width=2.5 * scale)
    if target is not None:
        d.line("target", [(target, -0.5, target, 0.5)], colour=house.INK, width=2)
    d.marks(
        "client", [(value, 0)], symbol="circle", size=14 * scale, fill=house.CLIENT, edge=house.PAPER, edge_width=1.5,
        hover=[hover],
    )  # fmt: skip

    def held(centre: float, text: str, size: float, bold: bool = False) -> float:
        half = house.text_width(text, size, bold=bold) / 2
        return min(max(centre, half - d.left), d.plot_width + d.right - half)

    own = numerals.mean(value)
    own_half = house.text_width(own, strong, bold=True) / 2
    own_at = held(d.px(value), own, strong, True)
    shift = own_at - d.px(value)
    d.note(
        own, x=d.across(value), above=10 * scale, dx=shift, size=strong, colour=house.INK, anchor="center", bold=True
    )
    taken = [(own_at - own_half - 8, own_at + own_half + 8)]

    def free(start: float, end: float) -> bool:
        inside = start >= -d.left and end <= d.plot_width + d.right
        return inside and all(end < a or start > b for a, b in taken)

    if target is not None:
        text = f"target {numerals.target(target)}"
        wide = house.text_width(text, small)
        at = d.px(target)
        for start in (at - wide / 2, at + 6, at - wide - 6, own_at + own_half + 10, own_at - own_half - 10 - wide):
            if free(start, start + wide):
                d.note(text, x=0, above=10 * scale, dx=start, size=small, colour=house.INK2)
                taken.append((start - 6, start + wide + 6))
                break
    ends = [(floor, "left", 0.0), (top, "right", d.plot_width)]
    below = 14 * scale
    for end, anchor, at in ends:
        dx = -4.0 if anchor == "left" else 4.0
        text = numerals.target(end)
        d.note(text, x=0, below=below, dx=at + dx, size=small, colour=house.MUT, anchor=anchor)
    if middle is not None:
        text = f"middle half of {unit_many}"
        wide = house.text_width(text, small)
        centre = (d.px(middle[0]) + d.px(middle[1])) / 2
        edge = house.text_width(numerals.target(top), small) + 10
        start = min(max(centre - wide / 2, edge - d.left), d.plot_width - edge - wide)
        d.note(house.escaped(text), x=0, below=below, dx=start, size=small, colour=house.MUT)
    return d
