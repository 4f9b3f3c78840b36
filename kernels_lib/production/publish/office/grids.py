"""Figures that are tables at heart, as native tables: pairs, heat maps, choices of method, anything else.

What does not fit is left out from the middle, and a line says how much.
"""

from __future__ import annotations

from collections.abc import Sequence

from kernels_lib.production.publish.office.canvas import Canvas, Frame, Td, fitted, height, par, row_height, settled, td
from kernels_lib.production.publish.office.plotted import Plotted, chosen
from kernels_lib.production.publish.office.source import Source
from kernels_lib.production.publish.office.template import SMALLEST
from kernels_lib.production.publish.office.typeset import width as text_width
from kernels_lib.study.language import _, _n

ROW = 24.0
MOST_ROW = 38.0
NOTE = 22.0
NARROWEST = 62.0  # of a column of numbers with a name above it
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


def draw(canvas: Canvas, frame: Frame, plotted: Plotted, source: Source) -> None:
    """Draw a figure as a table."""
    if plotted.has("first", "second", "difference"):
        _pairs(canvas, frame, plotted)
    elif plotted.squares:
        _heatmap(canvas, frame, plotted, source.head.subject)
    elif plotted.blocks():
        _choices(canvas, frame, plotted)
    else:
        _rows(canvas, frame, plotted)


def _said(canvas: Canvas, frame: Frame, plotted: Plotted) -> Frame:
    """The figure's own line on how it is drawn; gives what is left below it."""
    if not plotted.figure.subtitle:
        return frame
    words = fitted([par(plotted.figure.subtitle, SMALLEST, "mut")], frame.width, 3 * SMALLEST * 1.2 + 1)
    tall = height(words, frame.width) + 8
    canvas.text(frame.top(tall), words, name="Key")
    return frame.below(tall)


def _pairs(canvas: Canvas, frame: Frame, plotted: Plotted) -> None:
    """A triangle: how far the criterion above a column is ahead of the one in the row."""
    frame = _said(canvas, frame, plotted)
    names = list(dict.fromkeys(name for key in ("first", "second") for name in (row[key] for row in plotted.texts)))
    order = {name: at for at, name in enumerate(names)}
    left = min(max(text_width(name, SMALLEST, bold=True) for name in names) + 16, 200.0)
    wide = (frame.width - left) / max(len(names) - 1, 1)
    if wide < 44 or ROW * len(names) > frame.height:
        _rows(canvas, frame, plotted, said=False)
        return
    cells: dict[tuple[int, int], Td] = {}
    for row, text, value in zip(
        plotted.texts, _column(plotted, "difference"), plotted.numbers("difference"), strict=True
    ):
        column, below = order[row["first"]], order[row["second"]]
        role = plotted.square(below - 1, column, value)
        fill, colour, bold, italic, sign = _CELLS.get(role, ("", "ink", False, False, ""))
        shown = sign if role == "untold pair" else sign + text
        cells[below, column] = td(shown, SMALLEST + 1, colour, fill=fill, bold=bold, italic=italic, side="ctr")
    # Long names do not fit above narrow columns: rows and columns then share a number.
    fits = all(text_width(word, SMALLEST) <= wide - 8 for name in names[:-1] for word in name.split())
    heads = [name if fits else str(at) for at, name in enumerate(names[:-1], 1)]
    rows = [[td("", SMALLEST), *(td(head, SMALLEST, "ink2", side="ctr", anchor="b") for head in heads)]]
    for below, name in enumerate(names[1:], 1):
        title = name if fits else f"{below + 1}  {name}"
        rows.append(
            [td(title, SMALLEST, bold=True), *(cells.get((below, column), Td()) for column in range(len(names) - 1))]
        )
    if not fits:
        rows[0][0] = td(f"1  {names[0]}", SMALLEST, bold=True, anchor="b")
    _even(canvas, frame, rows, [left, *[wide] * (len(names) - 1)], plotted, white=True)


def _column(plotted: Plotted, key: str) -> list[str]:
    """Texts of a column with the decimals that the drawing has, which are fewer than the table's."""
    drawn = [text for _role, text in plotted.squares.values()]
    places = max((len(text.partition(".")[2] or text.partition(",")[2]) for text in drawn), default=2)
    from kernels_lib.study.numerals import Numerals

    numerals = Numerals(plotted.figure.language)
    return [numerals.fixed(value, places) for value in plotted.numbers(key)]


def _heatmap(canvas: Canvas, frame: Frame, plotted: Plotted, subject: str) -> None:
    """One row a unit, one column a criterion, the overall score last."""
    frame = _said(canvas, frame, plotted)
    keys = [column["key"] for column in plotted.figure.columns]
    name, *scores = keys
    last = scores.pop() if scores[-1].startswith("_") else ""
    left = min(max(text_width(row[name], SMALLEST, bold=True) for row in plotted.texts) + 12, 190.0)
    right = 76.0 if last else 0.0
    most = max(1, int((frame.width - left - right) / NARROWEST))
    kept = scores[:most]
    wide = (frame.width - left - right) / len(kept)
    places = plotted.places(*kept)
    head = [td("", SMALLEST), *(td(plotted.labels[key], SMALLEST, "ink2", side="ctr", anchor="b") for key in kept)]
    head += [td(plotted.labels[last], SMALLEST, "ink2", side="r", anchor="b")] if last else []
    widths = [left, *[wide] * len(kept), *[right] * bool(last)]
    top = row_height(_broken([head], widths)[0], widths, PADDING)
    own = [at for at, row in enumerate(plotted.texts) if row[name] == subject]
    fewer = len(scores) - len(kept)
    room = frame.height - top - (NOTE if fewer else 0)
    most_rows = int(room / ROW)
    shown = chosen(
        len(plotted.texts),
        most_rows if most_rows >= len(plotted.texts) else int((room - NOTE * (not fewer)) / ROW),
        own,
    )
    from kernels_lib.study.numerals import Numerals

    numerals = Numerals(plotted.figure.language)
    values = {key: plotted.numbers(key) for key in kept}
    rows = [head]
    for at in shown:
        if at is None:
            rows.append([Td((par("⋮", SMALLEST, "mut"),)), *[Td()] * (len(widths) - 1)])
            continue
        line = [td(plotted.texts[at][name], SMALLEST, bold=at in own)]
        for column, key in enumerate(kept):
            value = values[key][at]
            fill, colour, *_look = _CELLS.get(plotted.square(at, column, value), ("", "ink", False, False, ""))
            line.append(td(numerals.fixed(value, places), SMALLEST, colour, fill=fill, side="ctr"))
        line += [td(plotted.texts[at][last], SMALLEST, bold=True, side="r")] if last else []
        rows.append(line)
    omitted = len(plotted.texts) - len([at for at in shown if at is not None])
    notes = [_left_out(omitted)] if omitted else []
    if fewer:
        words = _n(
            "{n} further column is left out; the annex has it.",
            "{n} further columns are left out; the annex has them.",
            fewer,
        )
        notes.append(words.format(n=fewer))
    _even(canvas, frame, _broken(rows, widths), widths, plotted, notes, white=True)


def _choices(canvas: Canvas, frame: Frame, plotted: Plotted) -> None:
    """Which conclusion passes under which choice of method: a dot for each correction."""
    keys = [column["key"] for column in plotted.figure.columns]
    name, *tests = keys
    blocks = plotted.blocks()
    # The page's own line speaks of cells; here a dot stands for one.
    key = _("● passes, ○ does not.") + " " + plotted.figure.subtitle
    words = fitted([par(key, SMALLEST, "mut")], frame.width, 3 * SMALLEST * 1.2 + 1)
    tall = height(words, frame.width) + 8
    canvas.text(frame.top(tall), words, name="Key")
    frame = frame.below(tall)
    left = min(max(text_width(row[name], SMALLEST, bold=True) for row in plotted.texts) + 16, 400.0)
    wide = (frame.width - left) / len(tests)
    widths = [left, *[wide] * len(tests)]
    head = [td(plotted.labels[name], SMALLEST, "ink2", anchor="b"),
            *(td(plotted.labels[key], SMALLEST, "ink2", side="ctr", anchor="b") for key in tests)]  # fmt: skip
    most = int((frame.height - row_height(head, widths, PADDING) - NOTE) / ROW)
    shown = chosen(len(plotted.texts), most)
    rows = [head]
    for at in shown:
        if at is None:
            rows.append([Td((par("⋮", SMALLEST, "mut"),)), *[Td()] * len(tests)])
            continue
        dots = (
            blocks[at]
            if at < len(blocks) and len(blocks[at]) == len(tests)
            else [plotted.texts[at][key] for key in tests]
        )
        rows.append(
            [td(plotted.texts[at][name], SMALLEST, bold=True), *(td(dot, SMALLEST, "ink2", side="ctr") for dot in dots)]
        )
    omitted = len(plotted.texts) - len([at for at in shown if at is not None])
    _even(canvas, frame, rows, widths, plotted, [_left_out(omitted)] if omitted else [])


def _rows(canvas: Canvas, frame: Frame, plotted: Plotted, *, said: bool = True) -> None:
    """The figure's own table, as far as it fits."""
    if said:
        frame = _said(canvas, frame, plotted)
    keys = [column["key"] for column in plotted.figure.columns]
    kept = keys[: max(1, int(frame.width / 90))]
    wants = [max(text_width(text, SMALLEST) for text in (plotted.labels[key], *(row[key] for row in plotted.texts))) + 14
             for key in kept]  # fmt: skip
    most = max(frame.width / len(kept), 90.0)
    capped = [min(want, 2.5 * most) for want in wants]
    widths = [width * frame.width / sum(capped) for width in capped] if sum(capped) > frame.width else capped
    number = {key: figure_cell.number for key, figure_cell in zip(keys, plotted.figure.cells[0], strict=True)}
    head = [td(plotted.labels[key], SMALLEST, "ink2", side="r" if number[key] else "l", anchor="b") for key in kept]
    count = len(plotted.texts)
    room = frame.height - row_height(head, widths, PADDING)
    shown = chosen(count, int(room / ROW) if room / ROW >= count else int((room - NOTE) / ROW))
    rows = [head]
    for at in shown:
        if at is None:
            rows.append([Td((par("⋮", SMALLEST, "mut"),)), *[Td()] * (len(kept) - 1)])
            continue
        rows.append(
            [
                td(plotted.texts[at][key], SMALLEST, bold=key == kept[0], side="r" if number[key] else "l")
                for key in kept
            ]
        )
    omitted = count - len([at for at in shown if at is not None])
    notes = [_left_out(omitted)] if omitted else []
    if len(keys) > len(kept):
        words = _n(
            "{n} further column is left out; the annex has it.",
            "{n} further columns are left out; the annex has them.",
            len(keys) - len(kept),
        )
        notes.append(words.format(n=len(keys) - len(kept)))
    _even(canvas, frame, rows, widths, plotted, notes)


def _left_out(count: int) -> str:
    words = _n(
        "{n} row between them is left out; the annex has it.",
        "{n} rows between them are left out; the annex has them.",
        count,
    )
    return words.format(n=count)


def _broken(rows: Sequence[Sequence[Td]], widths: Sequence[float]) -> list[list[Td]]:
    """Heads of at most three lines."""
    head = [Td(tuple(p.cut(width - 8, 3) for p in cell.pars), cell.fill, cell.anchor) for cell, width in
            zip(rows[0], widths, strict=True)]  # fmt: skip
    return [head, *map(list, rows[1:])]


def _even(
    canvas: Canvas, frame: Frame, rows: Sequence[Sequence[Td]], widths: Sequence[float], plotted: Plotted,
    notes: Sequence[str] = (), *, white: bool = False,
) -> None:  # fmt: skip
    """A table whose rows are equally high, with what is left out below it."""
    top = row_height(rows[0], widths, PADDING)
    room = frame.height - top - (NOTE if notes else 0)
    tall = min(room / max(len(rows) - 1, 1), MOST_ROW)
    body = settled(rows[1:], widths, tall * (len(rows) - 1), PADDING)
    heights = [max(tall, row_height(row, widths, PADDING)) for row in body]
    if sum(heights) > room:
        heights = [row_height(row, widths, PADDING) for row in body]
    rule = ("paper", 1.5) if white else ("hair", 0.75)
    used = canvas.table(
        frame, [rows[0], *body], widths, name="Table", words=plotted.figure.alt, heights=[top, *heights], head=True,
        padding=PADDING, rules=lambda row, column: ("ink", 1.0) if row == 0 else rule,
    )  # fmt: skip
    if notes:
        canvas.text(
            Frame(frame.x, frame.y + used + 3, frame.width, NOTE), [par(" ".join(notes), SMALLEST, "mut", italic=True)], name="Left out"
        )  # fmt: skip
