"""Figures that are tables at heart, as native tables: pairs, heat maps, choices of method, anything else.

What does not fit is left out from the middle, and a line says how much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kernels_lib.production.publish.office.canvas import Canvas, Frame, Td, fitted, height, par, row_height, settled, td
from kernels_lib.production.publish.office.plotted import Plotted, chosen
from kernels_lib.production.publish.office.source import Source
from kernels_lib.production.publish.office.template import SMALLEST
from kernels_lib.production.publish.office.typeset import widest_word
from kernels_lib.production.publish.office.typeset import width as text_width
from kernels_lib.study.language import _, _n
from kernels_lib.study.numerals import Numerals

ROW, MOST_ROW = 24.0, 38.0
NOTE = 22.0  # a line below a table
NARROWEST = 62.0  # of a column of numbers with a name above it
NARROWEST_WORDS = 90.0  # of a column of words
PADDING = (4.0, 2.0, 4.0, 2.0)
# Looks of cells by the role of the drawing: fill, colour, bold, italic, sign before the number.
_CELLS = {
    "pair in every table": ("ink2", "paper", True, False, ""),
    "firm pair": ("band", "ink", True, False, ""),
    "unresolved pair": ("", "mut", False, True, "≈ "),
    "untold pair": ("", "mut", False, True, "=?"),
    "strength": ("blue", "onblue", False, False, ""),
    "missed": ("vermw", "verm", False, False, ""),
}
_PLAIN = ("", "ink", False, False, "")


def draw(canvas: Canvas, frame: Frame, plotted: Plotted, source: Source) -> None:
    """Draw a figure as a table."""
    if plotted.has("first", "second", "difference"):
        _pairs(canvas, frame, plotted)
    elif plotted.squares:
        _heatmap(canvas, frame, plotted, source.head.subject)
    elif plotted.blocks():
        _choices(canvas, frame, plotted)
    else:
        # What is said of the drawing would mislead here.
        _table(canvas, _said(canvas, frame, plotted.figure.message), plotted)


def _said(canvas: Canvas, frame: Frame, words: str) -> Frame:
    """A line on how the figure is drawn; gives what is left below it."""
    if not words:
        return frame
    lines = fitted([par(words, SMALLEST, "mut")], frame.width, 3 * SMALLEST * 1.2 + 1)
    tall = height(lines, frame.width) + 8
    canvas.text(frame.top(tall), lines, name="Key")
    return frame.below(tall)


def _pairs(canvas: Canvas, frame: Frame, plotted: Plotted) -> None:
    """A triangle: how far the criterion above a column is ahead of the one in the row."""
    frame = _said(canvas, frame, plotted.figure.subtitle)
    names = list(dict.fromkeys(row[key] for key in ("first", "second") for row in plotted.texts))
    left = min(max(text_width(name, SMALLEST, bold=True) for name in names) + 16, 200.0)
    wide = (frame.width - left) / max(len(names) - 1, 1)
    if wide < 44 or ROW * len(names) > frame.height:
        _table(canvas, frame, plotted)
        return
    cells = _differences(plotted, names)
    # Long names do not fit above narrow columns: rows and columns then share a number.
    fits = all(widest_word(name, SMALLEST) <= wide - 8 for name in names[:-1])
    titles = names if fits else [f"{at}  {name}" for at, name in enumerate(names, 1)]
    heads = names if fits else [str(at) for at in range(1, len(names) + 1)]
    corner = "" if fits else titles[0]
    rows = [[td(corner, SMALLEST, bold=True, anchor="b"), *(_head(head, side="ctr") for head in heads[:-1])]]
    for below, title in enumerate(titles[1:], 1):
        line = (cells.get((below, column), Td()) for column in range(len(names) - 1))
        rows.append([td(title, SMALLEST, bold=True), *line])
    _even(canvas, frame, rows, [left, *[wide] * (len(names) - 1)], plotted, white=True)


def _differences(plotted: Plotted, names: Sequence[str]) -> dict[tuple[int, int], Td]:
    """A cell for each pair, by row and column, with the decimals of the page's drawing."""
    drawn = [text for _role, text in plotted.squares.values()]
    places = max((len(text.partition(".")[2] or text.partition(",")[2]) for text in drawn), default=2)
    numerals = Numerals(plotted.figure.language)
    order = {name: at for at, name in enumerate(names)}
    cells = {}
    for row, value in zip(plotted.texts, plotted.numbers("difference"), strict=True):
        column, below = order[row["first"]], order[row["second"]]
        role = plotted.square(below - 1, column, value)
        fill, colour, bold, italic, sign = _CELLS.get(role, _PLAIN)
        text = sign if role == "untold pair" else sign + numerals.fixed(value, places)
        cells[below, column] = td(text, SMALLEST + 1, colour, fill=fill, bold=bold, italic=italic, side="ctr")
    return cells


def _heatmap(canvas: Canvas, frame: Frame, plotted: Plotted, subject: str) -> None:
    """One row a unit, one column a criterion, the overall score last."""
    frame = _said(canvas, frame, plotted.figure.subtitle)
    name, *scores = plotted.labels
    last = [scores.pop()] if scores[-1].startswith("_") else []
    left = min(max(text_width(row[name], SMALLEST, bold=True) for row in plotted.texts) + 12, 190.0)
    room = frame.width - left - 76.0 * len(last)
    kept = scores[: max(1, int(room / NARROWEST))]
    widths = [left, *[room / len(kept)] * len(kept), *[76.0] * len(last)]
    head = [td("", SMALLEST), *(_head(plotted.labels[key], side="ctr") for key in kept)]
    head += [_head(plotted.labels[key], side="r") for key in last]
    own = [at for at, row in enumerate(plotted.texts) if row[name] == subject]
    numerals, places = Numerals(plotted.figure.language), plotted.places(*kept)
    values = {key: plotted.numbers(key) for key in kept}

    def line(at: int) -> list[Td]:
        cells = [td(plotted.texts[at][name], SMALLEST, bold=at in own)]
        for column, key in enumerate(kept):
            value = values[key][at]
            fill, colour, *_look = _CELLS.get(plotted.square(at, column, value), _PLAIN)
            cells.append(td(numerals.fixed(value, places), SMALLEST, colour, fill=fill, side="ctr"))
        return cells + [td(plotted.texts[at][key], SMALLEST, bold=True, side="r") for key in last]

    _listed(canvas, frame, plotted, head, line, widths, fewer=len(scores) - len(kept), keep=own, white=True)


def _choices(canvas: Canvas, frame: Frame, plotted: Plotted) -> None:
    """Which conclusion passes under which choice of method: a dot for each correction."""
    # The page's own line speaks of cells; here a dot stands for one.
    frame = _said(canvas, frame, _("● passes, ○ does not.") + " " + plotted.figure.subtitle)
    blocks = plotted.blocks()
    name, *columns = plotted.labels
    tests, others = columns[: len(blocks[0])], columns[len(blocks[0]) :]
    left = min(max(text_width(row[name], SMALLEST, bold=True) for row in plotted.texts) + 16, 400.0)
    widths = [left, *[(frame.width - left) / len(columns)] * len(columns)]
    head = [_head(plotted.labels[name]), *(_head(plotted.labels[key], side="ctr") for key in columns)]
    passed = plotted.numbers("count")

    def line(at: int) -> list[Td]:
        row = plotted.texts[at]
        # Dots only where they are this row's: as many pass as its count says.
        drawn = at < len(blocks) and passed[at] in (None, "".join(blocks[at]).count("●"))
        dots = blocks[at] if drawn else [row[key] for key in tests]
        cells = [*dots, *(row[key] for key in others)]
        return [td(row[name], SMALLEST, bold=True), *(td(cell, SMALLEST, "ink2", side="ctr") for cell in cells)]

    _listed(canvas, frame, plotted, head, line, widths)


def _table(canvas: Canvas, frame: Frame, plotted: Plotted) -> None:
    """The figure's own table, as far as it fits."""
    kept = list(plotted.labels)[: max(1, int(frame.width / NARROWEST_WORDS))]
    share = frame.width / len(kept)
    widths = []
    for key in kept:
        held = (plotted.labels[key], *(row[key] for row in plotted.texts))
        widest = max(text_width(text, SMALLEST, bold=key == kept[0]) for text in held)
        widths.append(min(widest + 14, 2.5 * share))
    if sum(widths) > frame.width:
        widths = [width * frame.width / sum(widths) for width in widths]
    sides = ["r" if cell.number else "l" for cell in plotted.figure.cells[0]]
    head = [_head(plotted.labels[key], side=side) for key, side in zip(kept, sides, strict=False)]

    def line(at: int) -> list[Td]:
        texts = (plotted.texts[at][key] for key in kept)
        cells = enumerate(zip(texts, sides, strict=False))
        return [td(text, SMALLEST, bold=place == 0, side=side) for place, (text, side) in cells]

    _listed(canvas, frame, plotted, head, line, widths, fewer=len(plotted.labels) - len(kept))


def _head(text: str, *, side: str = "l") -> Td:
    return td(text, SMALLEST, "ink2", side=side, anchor="b")


def _listed(
    canvas: Canvas, frame: Frame, plotted: Plotted, head: Sequence[Td], line: Callable[[int], list[Td]],
    widths: Sequence[float], *, fewer: int = 0, keep: Sequence[int] = (), white: bool = False,
) -> None:  # fmt: skip
    """As many rows as fit, and what is said of the others and of `fewer` columns."""
    head = [Td(tuple(p.cut(width - 8, 3) for p in cell.pars), cell.fill, cell.anchor)
            for cell, width in zip(head, widths, strict=True)]  # fmt: skip
    count = len(plotted.texts)
    room = frame.height - row_height(head, widths, PADDING) - (NOTE if fewer else 0)
    all_fit = count * ROW <= room
    shown = list(range(count)) if all_fit else chosen(count, int((room - NOTE * (not fewer)) / ROW), keep)
    gap = [td("⋮", SMALLEST, "mut"), *[Td()] * (len(widths) - 1)]
    rows = [list(head), *(gap if at is None else line(at) for at in shown)]
    notes = [] if all_fit else [left_out(count - sum(at is not None for at in shown))]
    if fewer:
        words = _n("{n} further column is left out; the annex has it.",
                   "{n} further columns are left out; the annex has them.", fewer)  # fmt: skip
        notes.append(words.format(n=fewer))
    _even(canvas, frame, rows, widths, plotted, notes, white=white)


def left_out(count: int) -> str:
    """What is said of rows that a slide has no room for."""
    words = _n("{n} row between them is left out; the annex has it.",
               "{n} rows between them are left out; the annex has them.", count)  # fmt: skip
    return words.format(n=count)


def _even(
    canvas: Canvas, frame: Frame, rows: Sequence[Sequence[Td]], widths: Sequence[float], plotted: Plotted,
    notes: Sequence[str] = (), *, white: bool = False,
) -> None:  # fmt: skip
    """A table whose rows are equally high, with what is left out below it."""
    top = row_height(rows[0], widths, PADDING)
    room = frame.height - top - (NOTE if notes else 0)
    tall = min(room / max(len(rows) - 1, 1), MOST_ROW)
    body = settled(rows[1:], widths, tall * (len(rows) - 1), PADDING)
    needed = [row_height(row, widths, PADDING) for row in body]
    heights = [max(tall, need) for need in needed]
    rule = ("paper", 1.5) if white else ("hair", 0.75)
    used = canvas.table(
        frame, [rows[0], *body], widths, name="Table", words=plotted.figure.alt, head=True, padding=PADDING,
        heights=[top, *(heights if sum(heights) <= room + 0.5 else needed)],
        rules=lambda row, column: ("ink", 1.0) if row == 0 else rule,
    )  # fmt: skip
    if notes:
        below = Frame(frame.x, frame.y + used + 3, frame.width, NOTE)
        canvas.text(below, [par(" ".join(notes), SMALLEST, "mut", italic=True)], name="Left out")
