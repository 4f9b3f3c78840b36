"""The annex: one workbook of inert text and real numbers.

Nothing in it computes, fetches or runs: no formula, no link, no macro.  A text that begins like a
formula is a text, also after somebody edits its cell.  Each sheet says at its top what its numbers
rest on; heads stay in sight and are repeated on paper.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import Any

from kernels_lib.production.publish.office.package import moment, rewritten, sayable
from kernels_lib.production.publish.office.sheets import MOST_LETTERS, Cell, Column, Sheet, Value, is_number, sheets
from kernels_lib.production.publish.office.source import Source, read
from kernels_lib.production.publish.office.typeset import width as text_width
from kernels_lib.production.publish.office.typeset import wrapped
from kernels_lib.production.publish.page import Document
from kernels_lib.study.language import _, speaking
from kernels_lib.study.theme import HOUSE

FONT, SIZE = "Arial", 10.0
LINE = 1.4  # height of a line, in type sizes
# Widths of columns in points; in a sheet for reading, of the first one and of the others.
NARROWEST, WIDEST, WIDEST_OF_MANY = 48.0, 260.0, 130.0
FIRST, OTHERS = 170.0, 320.0
MARGIN = 12.0  # inside a cell, with the indent of words
TALLEST = 405.0  # Excel shows no higher row
WIDE_TABLE = 14  # columns beyond which A3 is easier to read than A4
_A4, _A3 = 9, 8
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def to_xlsx(notebook: Mapping[str, Any], document: Document | None = None) -> bytes:
    """The numbers of an executed notebook as a workbook.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, nbformat 4; see `kernels_lib.production.publish.page` for what its outputs may be.
    document : Document, optional
        Its page model, where it has been read already.

    Returns
    -------
    bytes
        An xlsx, the same for the same notebook.

    Raises
    ------
    GateFailed
        If the notebook cannot be published, or displayed no results.
    """
    source = read(notebook, document)
    with speaking(source.head.language):
        return rewritten(_Book(source).written(sheets(source)))


def _inert(text: object) -> str:
    """A text as Excel can hold it; what is cut says so."""
    said = sayable(text)
    if len(said) <= MOST_LETTERS:
        return said
    mark = _("… (shortened)")
    return said[: MOST_LETTERS - len(mark)] + mark


class _Book:
    """A workbook while it is written."""

    def __init__(self, source: Source) -> None:
        import xlsxwriter

        self.source = source
        self.file = io.BytesIO()
        inert = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        # Columns are counted in digits of the default type: 7 px of Arial at 10 points.
        usual = {"default_format_properties": {"font_name": FONT, "font_size": SIZE}}
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True, **inert, **usual})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        head = source.head
        self.book.set_properties(
            {
                "title": _inert(head.title),
                "subject": _inert(head.subject),
                "author": _inert(head.contact),
                "comments": _inert(" ".join(part for part in (head.notice, head.confidentiality) if part)),
                "created": moment(source.results["report_date"]),
            }
        )

    def written(self, pages: list[Sheet]) -> bytes:
        for page in pages:
            self._write(page)
        self.book.close()
        return self.file.getvalue()

    def format(self, **said: Any) -> Any:
        """A format of the book; equal ones are one."""
        key = tuple(sorted(said.items()))
        if key not in self._formats:
            look = {"font_name": FONT, "font_size": SIZE, "font_color": HOUSE["ink"], "valign": "vcenter"}
            self._formats[key] = self.book.add_format(look | said)
        return self._formats[key]

    def _write(self, page: Sheet) -> None:
        sheet = self.book.add_worksheet(page.name)
        widths = _widths(page)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, _letters(width), self.format())
        first = self._top(sheet, page, sum(widths), len(widths))
        if not page.plain:
            self._head(sheet, page, first, widths)
        begin = first + 1 - page.plain  # no head: the first column says what a row is
        for at, row in enumerate(page.rows, begin):
            for place, value in enumerate(row):
                self._cell(sheet, at, place, value, page)
            sheet.set_row(at, max(_height(_text(cell), width) for cell, width in zip(row, widths, strict=True)))
        self._paper(sheet, page, first)

    def _top(self, sheet: Any, page: Sheet, width: float, columns: int) -> int:
        """Title, notice, basis and notes, each across the sheet; gives the row below them."""
        head = self.source.head
        lines: list[tuple[str, dict[str, Any]]] = [(page.title, {"bold": True, "font_size": 14})]
        if head.draft:
            lines.append((head.draft_line, {"bold": True, "bg_color": HOUSE["notice"]}))
        if head.notice:
            lines.append((head.notice, {"bold": True, "bg_color": HOUSE["notice"]}))
        bases = ", ".join(self.source.basis(basis) for basis in page.bases)
        lines.append((f"{_('Basis')}: {bases}", {"font_color": HOUSE["mut"]}))
        lines += [(note, {"font_color": HOUSE["mut"]}) for note in page.notes]
        for at, (text, look) in enumerate(lines):
            style = self.format(text_wrap=True, **look, **_quoted(text))
            # Excel grows no row for the text of joined cells.
            sheet.set_row(at, _height(text, width, look.get("font_size", SIZE), bold=True))
            if columns > 1:
                sheet.merge_range(at, 0, at, columns - 1, "", style)
            sheet.write_string(at, 0, _inert(text), style)
        return len(lines) + 1

    def _head(self, sheet: Any, page: Sheet, at: int, widths: list[float]) -> None:
        for place, column in enumerate(page.columns):
            look = {"bold": True, "text_wrap": True, "bottom": 2, "valign": "bottom"} | _side(column, place)
            sheet.write_string(at, place, _inert(column.head), self.format(**look, **_quoted(column.head)))
        heights = [_height(column.head, width, bold=True) for column, width in zip(page.columns, widths, strict=True)]
        sheet.set_row(at, max(heights))

    def _cell(self, sheet: Any, at: int, place: int, value: Value | Cell, page: Sheet) -> None:
        column = page.columns[place]
        own = value if isinstance(value, Cell) else Cell(value)
        look: dict[str, Any] = _side(column, place)
        if own.strong or (page.plain and place == 0):
            look["bold"] = True
        if is_number(own.value) and math.isfinite(own.value):
            look["num_format"] = own.format or column.format or "General"
            # Beside words, in a sheet for reading, numbers stand left as the words do.
            look.setdefault("align", "left")
            sheet.write_number(at, place, own.value, self.format(**look))
        elif own.value not in (None, ""):
            text = _inert(own.value)
            sheet.write_string(at, place, text, self.format(text_wrap=True, **look, **_quoted(text)))

    def _paper(self, sheet: Any, page: Sheet, first: int) -> None:
        if not page.plain:
            sheet.freeze_panes(first + 1, 1)
            sheet.repeat_rows(first)
            sheet.autofilter(first, 0, first + max(len(page.rows), 1), len(page.columns) - 1)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_A3 if len(page.columns) > WIDE_TABLE else _A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        who = ", ".join(part for part in (self.source.who, self.source.head.tag) if part)
        # An ampersand begins a command there; Excel takes 255 letters in all.
        sheet.set_footer(f"&L&8{_inert(who)[:160].replace('&', '&&')[:220]}&R&8&P / &N")


def _quoted(text: object) -> dict[str, bool]:
    """Mark a text that would be a formula if somebody typed it, so that it stays a text when edited."""
    return {"quote_prefix": True} if str(text).startswith(_BEGINS_A_FORMULA) else {}


def _side(column: Column, place: int) -> dict[str, Any]:
    """Numbers right; words left, and off the number before them."""
    if column.number:
        return {"align": "right"}
    return {"align": "left", "indent": 1} if place else {}


def _text(value: Value | Cell) -> str:
    held = value.value if isinstance(value, Cell) else value
    return "" if held is None or is_number(held) else str(held)


def _widths(page: Sheet) -> list[float]:
    """Width of each column in points: its longest text and the longest word of its head, within limits."""
    widths = []
    for place, column in enumerate(page.columns):
        words = () if page.plain else column.head.split()
        head = max((text_width(word, SIZE, bold=True) for word in words), default=0.0)
        held = max((text_width(_text(row[place])[:200], SIZE) for row in page.rows), default=0.0)
        # A filter's button covers the end of the head.
        wanted = max(held + MARGIN + 5, head + MARGIN + 16)
        most = WIDEST if len(page.columns) <= WIDE_TABLE else WIDEST_OF_MANY
        if page.plain:
            most = OTHERS if place else FIRST
        least = NARROWEST if not page.plain else most / 2
        widths.append(min(max(wanted, least), most))
    return widths


def _letters(points: float) -> float:
    """A width in the letters that Excel counts in: 7 px each and 5 px beside them."""
    return round((points / 0.75 - 5) / 7, 2)


def _height(text: str, width: float, size: float = SIZE, *, bold: bool = False) -> float:
    """Height of a cell whose text is wrapped."""
    # No row could show more of it.
    count = len(wrapped(text[:4_000], size, width - MARGIN, bold=bold))
    return min(count * size * LINE + 2, TALLEST)
