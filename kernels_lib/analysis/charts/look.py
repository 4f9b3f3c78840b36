"""How charts look: the tokens of their colours, and the sizes of the three forms.

One chart is drawn in three forms: `WIDE` for the page, `NARROW` for a phone and `DECK` for a slide.
Colours are `theme.HOUSE` tokens and never anything else.
"""

from __future__ import annotations

from dataclasses import dataclass

from kernels_lib.study.theme import HOUSE

INK, INK2, MUT, PAPER = HOUSE["ink"], HOUSE["ink2"], HOUSE["mut"], HOUSE["paper"]
BLUE, VERM, VERMW, ONBLUE = HOUSE["blue"], HOUSE["verm"], HOUSE["vermw"], HOUSE["onblue"]
QUIET, RULE, HAIR, BAND, ZONE, WASH = (HOUSE[t] for t in ("quiet", "rule", "hair", "band", "zone", "wash"))
CLIENT = HOUSE["client"]

TRACE_TYPES = ("scatter", "bar", "heatmap", "box")
CLEAR = "rgba(0,0,0,0)"


@dataclass(frozen=True)
class Form:
    """Sizes of one way of drawing, in pixels.

    Parameters
    ----------
    name : {"wide", "narrow", "deck"}
    width : int
        Width that the form is designed for.  Wide and narrow stretch with the page.
    left, right, top, bottom : int
        Margins, equal for all horizontal charts, so that their axes line up down the page.
    row : int
        Height of a row of the signature chart; a deck's rows shrink to fit `height`.
    title, small, head, axis, score, column : float
        Sizes of names, second lines, heads, axis labels, direct labels, right column.
    least : float
        The smallest size that any word has, however little room there is.  A page on paper is shown
        at 0.815 of its size, which leaves 7.5 pt.
    dot, bar : float
        Diameter of a score's dot and thickness of its bar.
    lane, under : float
        Where in a row the main mark and the line below it lie, in rows from the middle.
    names_above : bool
        Whether a name stands above its row, not left of it.
    interval_column : bool
        Whether the right column has room for intervals.
    slack : float
        Least part of the designed plot width at which labels must still fit.
    height : int or None
        Greatest height of the whole drawing; None where the page simply scrolls.
    rows : int or None
        Most rows; further ones are left out in the middle, and the drawing says so.
    """

    name: str
    width: int
    left: int
    right: int
    top: int
    bottom: int
    row: int
    title: float
    small: float
    head: float
    axis: float
    score: float
    column: float
    least: float
    dot: float
    bar: float
    lane: float
    under: float
    names_above: bool
    interval_column: bool
    slack: float
    height: int | None
    rows: int | None


WIDE = Form(
    name="wide", width=824, left=196, right=184, top=50, bottom=58, row=60,
    title=15, small=13.5, head=14.25, axis=13.5, score=15.5, column=15, least=12.5, dot=14, bar=17,
    lane=0.14, under=-0.21, names_above=False, interval_column=True, slack=0.78, height=None, rows=None,
)  # fmt: skip
NARROW = Form(
    name="narrow", width=358, left=12, right=14, top=40, bottom=36, row=68,
    title=13.5, small=12, head=12.5, axis=12, score=14, column=13, least=11.5, dot=13, bar=15,
    lane=0.05, under=-0.25, names_above=True, interval_column=False, slack=0.78, height=None, rows=None,
)  # fmt: skip
DECK = Form(
    name="deck", width=1152, left=290, right=274, top=66, bottom=62, row=50,
    title=21, small=18, head=19, axis=18, score=21, column=20, least=16, dot=19, bar=22,
    lane=0.14, under=-0.35, names_above=False, interval_column=False, slack=1.0, height=500, rows=10,
)  # fmt: skip
FORMS = (WIDE, NARROW, DECK)
