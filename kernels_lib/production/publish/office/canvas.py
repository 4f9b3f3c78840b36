"""Text, shapes and tables on a slide, set so that they fit.

Lengths are points.  A text is a list of paragraphs (`Par`) of runs (`Run`).  Before anything is placed,
its height is estimated; what is too high is set smaller, down to `SMALLEST`, and only then cut, which
three dots show.  Line heights are exact, so that an estimate and a program's setting agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from kernels_lib.errors import GateFailed
from kernels_lib.production.publish.office.package import sayable
from kernels_lib.production.publish.office.template import EMU, SMALLEST, THEME
from kernels_lib.production.publish.office.typeset import shortened, widest_word, wrapped

_NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_DECORATIVE = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)
_TABLE = "http://schemas.openxmlformats.org/drawingml/2006/table"
_SCHEME = {token: place for place, token in THEME.items() if place not in ("hlink", "folHlink")}
_SCHEME |= {"ink": "tx1", "paper": "bg1", "ink2": "tx2", "wash": "bg2"}
MOST_LETTERS = 3_000  # in a paragraph; a slide in the smallest type has room for fewer
_SMALLER = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.3, 0.2)


@dataclass(frozen=True)
class Run:
    """Letters of one look; the colour is a token of the house or ``#rrggbb``."""

    text: str
    colour: str = "ink"
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Par:
    """A paragraph; `after` is the space below it and `line` the height of a line in type sizes."""

    runs: tuple[Run, ...]
    size: float = 18
    serif: bool = False
    after: float = 0
    side: str = "l"
    line: float = 1.2

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def bold(self) -> bool:
        """Whether most of it is; bold letters are wider."""
        return 2 * sum(len(run.text) for run in self.runs if run.bold) > len(self.text)

    def lines(self, room: float) -> int:
        """Lines that it fills."""
        return len(wrapped(self.text, self.size, room, bold=self.bold, serif=self.serif))

    def height(self, room: float) -> float:
        """Height in a column that is `room` wide, without the space below."""
        return self.lines(room) * self.size * self.line

    def scaled(self, factor: float) -> Par:
        """The same in another size, never smaller than `SMALLEST`."""
        size = max(SMALLEST, round(self.size * factor * 2) / 2)
        return replace(self, size=min(self.size, size), after=self.after * max(factor, 0.5))

    def unbroken(self, room: float) -> Par:
        """The same so small that its longest word stands on one line, if `SMALLEST` allows that."""
        widest = widest_word(self.text, self.size, bold=self.bold, serif=self.serif)
        return self if widest <= room else self.scaled(int(self.size * room / widest * 2) / 2 / self.size)

    def cut(self, room: float, lines: int) -> Par:
        """At most so many lines of it."""
        text = shortened(self.text, self.size, room, lines, bold=self.bold, serif=self.serif)
        return self if text == self.text else replace(self, runs=(replace(self.runs[0], text=text),))


def par(text: object, size: float = 18, colour: str = "ink", *, bold: bool = False, italic: bool = False,
        **more: Any) -> Par:  # fmt: skip
    """A paragraph of one look; a text that no slide could hold is cut at once."""
    said = sayable(text)
    said = said if len(said) <= MOST_LETTERS else said[: MOST_LETTERS - 1] + "…"
    return Par((Run(said, colour, bold, italic),), size, **more)


@dataclass(frozen=True)
class Frame:
    """A rectangle on a slide."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def below(self, height: float) -> Frame:
        """What is left below so much of it."""
        return replace(self, y=self.y + height, height=max(0.0, self.height - height))

    def top(self, height: float) -> Frame:
        """So much of it."""
        return replace(self, height=min(height, self.height))

    def columns(self, shares: Sequence[float], gap: float) -> list[Frame]:
        """Columns side by side, as wide as their shares."""
        room = self.width - gap * (len(shares) - 1)
        found, x = [], self.x
        for share in shares:
            width = room * share / sum(shares)
            found.append(replace(self, x=x, width=width))
            x += width + gap
        return found


def height(pars: Sequence[Par], room: float) -> float:
    """Height of paragraphs below each other."""
    return sum(p.height(room) + p.after for p in pars) - (pars[-1].after if pars else 0)


def fitted(pars: Sequence[Par], room: float, most: float) -> list[Par]:
    """Paragraphs as large as they fit; the last ones cut where even the smallest type is too high."""
    for factor in _SMALLER:
        tried = [p.scaled(factor).unbroken(room) for p in pars]
        if height(tried, room) <= most:
            return tried
    return _cut([p.scaled(0.0) for p in pars], room, most)


def _cut(pars: Sequence[Par], room: float, most: float) -> list[Par]:
    """What fits of the paragraphs, and three dots."""
    kept: list[Par] = []
    left = most
    for p in pars:
        left -= kept[-1].after if kept else 0
        lines = int(left / (p.size * p.line) + 1e-6)
        if lines < 1:
            break
        kept.append(p.cut(room, lines))
        left -= kept[-1].height(room)
        if kept[-1] is not p:
            return kept
    if not kept:
        raise GateFailed(f"a slide has {most:.0f} points for '{pars[0].text[:60]}', less than one line.")
    last = kept[-1]
    more = replace(last, runs=(*last.runs[:-1], replace(last.runs[-1], text=last.runs[-1].text + " …")))
    kept[-1] = more.cut(room, last.lines(room))
    return kept


@dataclass(frozen=True)
class Td:
    """A cell of a table."""

    pars: tuple[Par, ...] = ()
    fill: str = ""
    anchor: str = "ctr"
    span: int = 1  # columns that it covers

    def scaled(self, factor: float) -> Td:
        return replace(self, pars=tuple(p.scaled(factor) for p in self.pars))


def td(text: object, size: float = 16, colour: str = "ink", *, fill: str = "", anchor: str = "ctr", **more: Any) -> Td:
    """A cell of one paragraph."""
    return Td((par(text, size, colour, **more),), fill, anchor)


PADDING = (0.0, 3.0, 8.0, 3.0)  # of a cell: left, top, right, bottom


def row_height(row: Sequence[Td], widths: Sequence[float], padding: tuple[float, ...] = PADDING) -> float:
    """Height that a row needs."""
    across, down = padding[0] + padding[2], padding[1] + padding[3]
    found, column = 0.0, 0
    for cell in row:
        room = sum(widths[column : column + cell.span]) - across
        found = max(found, height(cell.pars, room) + down)
        column += cell.span
    return found


def settled(
    rows: Sequence[Sequence[Td]], widths: Sequence[float], most: float, padding: tuple[float, ...] = PADDING
) -> list[list[Td]]:
    """Rows as large as they fit; cut to fewer lines where even the smallest type is too high.

    Raises
    ------
    GateFailed
        If not even one line a row fits: whoever made the rows must leave some out.
    """
    for factor in _SMALLER:
        tried = [_unbroken([cell.scaled(factor) for cell in row], widths, padding) for row in rows]
        if sum(row_height(row, widths, padding) for row in tried) <= most:
            return tried
    across = padding[0] + padding[2]
    smallest = [[cell.scaled(0.0) for cell in row] for row in rows]
    for lines in range(12, 0, -1):
        tried = [
            [replace(cell, pars=tuple(fitted(cell.pars, room - across, lines * SMALLEST * 1.2 + 0.01)))
             for cell, room in zip(row, _rooms(row, widths), strict=True)]
            for row in smallest
        ]  # fmt: skip
        if sum(row_height(row, widths, padding) for row in tried) <= most + 0.5:
            return tried
    raise GateFailed(f"a table of {len(rows)} rows does not fit into {most:.0f} points of a slide.")


def _unbroken(row: Sequence[Td], widths: Sequence[float], padding: tuple[float, ...]) -> list[Td]:
    rooms = (room - padding[0] - padding[2] for room in _rooms(row, widths))
    return [
        replace(cell, pars=tuple(p.unbroken(room) for p in cell.pars)) for cell, room in zip(row, rooms, strict=True)
    ]


def _rooms(row: Sequence[Td], widths: Sequence[float]) -> list[float]:
    found, column = [], 0
    for cell in row:
        found.append(sum(widths[column : column + cell.span]))
        column += cell.span
    return found


class Canvas:
    """A slide while it is filled."""

    def __init__(self, slide: Any, colours: dict[str, str], language: str) -> None:
        self.slide = slide
        self.colours = colours
        self.language = {"en": "en-GB", "de": "de-DE"}[language]
        self._tree = slide.shapes._spTree

    # Shapes

    def text(
        self, frame: Frame, pars: Sequence[Par], *, anchor: str = "t", name: str = "Text", fill: str = "",
        edge: str = "", dash: str = "", inset: float = 0, fit: bool = True,
    ) -> float:  # fmt: skip
        """Place paragraphs in a frame; gives the height that they fill."""
        room = frame.width - 2 * inset
        shown = fitted(pars, room, frame.height - 2 * inset) if fit else list(pars)
        body = self.body(shown, anchor, inset)
        self._shape(frame, name, body, fill=fill, edge=edge, dash=dash, is_text=True)
        return height(shown, room) + 2 * inset

    def box(self, frame: Frame, *, fill: str = "", edge: str = "", weight: float = 1.0, dash: str = "",
            kind: str = "rect", name: str = "Shape") -> None:  # fmt: skip
        """A shape without words, which screen readers pass over."""
        self._shape(frame, name, "", fill=fill, edge=edge, weight=weight, dash=dash, kind=kind)

    def rule(self, x: float, y: float, width: float, *, colour: str = "rule", weight: float = 0.75,
             dash: str = "") -> None:  # fmt: skip
        """A line across."""
        self._line(Frame(x, y, width, 0), colour, weight, dash)

    def upright(self, x: float, y: float, tall: float, *, colour: str = "ink", weight: float = 2.25,
                dash: str = "") -> None:  # fmt: skip
        """A line down."""
        self._line(Frame(x, y, 0, tall), colour, weight, dash)

    def _shape(self, frame: Frame, name: str, body: str, *, fill: str = "", edge: str = "", weight: float = 1.0,
               dash: str = "", kind: str = "rect", is_text: bool = False) -> None:  # fmt: skip
        marks = "" if is_text else _DECORATIVE
        kind_of = '<p:cNvSpPr txBox="1"/>' if is_text else "<p:cNvSpPr/>"
        look = self.fill(fill) + self.line(edge, weight, dash)
        self.add(
            f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="{self.next()}" name={quoteattr(name)}>{marks}</p:cNvPr>'
            f"{kind_of}<p:nvPr/>"
            f'</p:nvSpPr><p:spPr>{self.place(frame)}<a:prstGeom prst="{kind}"><a:avLst/></a:prstGeom>{look}</p:spPr>'
            f"{body or '<p:txBody><a:bodyPr/><a:p><a:endParaRPr/></a:p></p:txBody>'}</p:sp>"
        )

    def _line(self, frame: Frame, colour: str, weight: float, dash: str) -> None:
        self.add(
            f'<p:cxnSp {_NAMES}><p:nvCxnSpPr><p:cNvPr id="{self.next()}" name="Line">{_DECORATIVE}</p:cNvPr>'
            "<p:cNvCxnSpPr/><p:nvPr/>"
            f'</p:nvCxnSpPr><p:spPr>{self.place(frame)}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
            f"{self.line(colour, weight, dash)}</p:spPr></p:cxnSp>"
        )

    # Tables

    def table(
        self, frame: Frame, rows: Sequence[Sequence[Td]], widths: Sequence[float], *, name: str, words: str = "",
        heights: Sequence[float] = (), head: bool = False, rules: Callable[[int, int], tuple[str, float]] | None = None,
        padding: tuple[float, ...] = PADDING,
    ) -> float:  # fmt: skip
        """A native table; gives its height.

        `heights` are used as they are; without them rows are as high as their text.  `rules` says
        colour and weight of the line below a row and column, `words` are read out instead of it.
        """
        tall = list(heights) or [row_height(row, widths, padding) for row in rows]
        rules = rules or (lambda row, column: ("rule", 0.75))
        body = "".join(
            f'<a:tr h="{_emu(tall[at])}">{"".join(self._cells(row, at, rules, padding))}</a:tr>'
            for at, row in enumerate(rows)
        )
        grid = "".join(f'<a:gridCol w="{_emu(width)}"/>' for width in widths)
        placed = Frame(frame.x, frame.y, sum(widths), sum(tall))
        said = f" descr={quoteattr(sayable(words))}" if words else ""
        self.add(
            f'<p:graphicFrame {_NAMES}><p:nvGraphicFramePr><p:cNvPr id="{self.next()}" name={quoteattr(name)}{said}/>'
            '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
            f'{self.place(placed, "p:xfrm")}<a:graphic><a:graphicData uri="{_TABLE}"><a:tbl>'
            f"<a:tblPr{' firstRow=' + quoteattr('1') if head else ''}><a:tableStyleId>"
            f"{{2D5ABB26-0587-4C30-8999-92F81FD0307C}}"
            f"</a:tableStyleId></a:tblPr><a:tblGrid>{grid}</a:tblGrid>{body}</a:tbl></a:graphicData></a:graphic>"
            "</p:graphicFrame>"
        )
        return sum(tall)

    def _cells(
        self, row: Sequence[Td], at: int, rules: Callable[[int, int], tuple[str, float]], padding: tuple[float, ...]
    ) -> Iterable[str]:
        left, top, right, bottom = (_emu(length) for length in padding)
        none = "".join(f"<a:{side}><a:noFill/></a:{side}>" for side in ("lnL", "lnR", "lnT"))
        for place, cell in enumerate(row):
            colour, weight = rules(at, place)
            below = f'<a:lnB w="{_emu(weight)}">{self.fill(colour)}</a:lnB>' if weight else "<a:lnB><a:noFill/></a:lnB>"
            span = f' gridSpan="{cell.span}"' if cell.span > 1 else ""
            body = f"<a:txBody><a:bodyPr/>{''.join(map(self.paragraph, cell.pars)) or '<a:p/>'}</a:txBody>"
            yield (
                f'<a:tc{span}>{body}<a:tcPr marL="{left}" marR="{right}" marT="{top}" marB="{bottom}" '
                f'anchor="{cell.anchor}">'
                f"{none}{below}{self.fill(cell.fill)}</a:tcPr></a:tc>"
            )
            yield '<a:tc hMerge="1"><a:txBody><a:bodyPr/><a:p/></a:txBody><a:tcPr/></a:tc>' * (cell.span - 1)

    # Charts

    def chart(self, frame: Frame, relation: str, *, name: str, words: str) -> None:
        """The frame of a chart that is a part of its own."""
        uri = "http://schemas.openxmlformats.org/drawingml/2006/chart"
        self.add(
            f'<p:graphicFrame {_NAMES}><p:nvGraphicFramePr><p:cNvPr id="{self.next()}" name={quoteattr(name)} '
            f"descr={quoteattr(sayable(words))}/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>"
            f'{self.place(frame, "p:xfrm")}<a:graphic><a:graphicData uri="{uri}"><c:chart xmlns:c="{uri}" '
            f'r:id="{relation}"/></a:graphicData></a:graphic></p:graphicFrame>'
        )

    # Pieces of XML

    def body(self, pars: Sequence[Par], anchor: str = "t", inset: float = 0) -> str:
        """The text of a shape."""
        room = " ".join(f'{side}="{_emu(inset)}"' for side in ("lIns", "tIns", "rIns", "bIns"))
        text = "".join(map(self.paragraph, pars)) or "<a:p/>"
        return (
            f'<p:txBody><a:bodyPr wrap="square" {room} anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle/>{text}'
            "</p:txBody>"
        )

    def paragraph(self, p: Par) -> str:
        """One paragraph."""
        side = f' algn="{p.side}"' if p.side != "l" else ""
        space = f'<a:spcAft><a:spcPts val="{round(p.after * 100)}"/></a:spcAft>' if p.after else ""
        runs = "".join(self._run(run, p) for run in p.runs if run.text)
        end = f'<a:endParaRPr sz="{round(p.size * 100)}"/>' if not runs else ""
        line = f'<a:lnSpc><a:spcPts val="{round(p.size * p.line * 100)}"/></a:lnSpc>'
        return f'<a:p><a:pPr marL="0" indent="0"{side}>{line}{space}<a:buNone/></a:pPr>{runs}{end}</a:p>'

    def _run(self, run: Run, p: Par) -> str:
        look = f"{' b=' + quoteattr('1') if run.bold else ''}{' i=' + quoteattr('1') if run.italic else ''}"
        font = "+mj-lt" if p.serif else "+mn-lt"
        properties = (
            f'<a:rPr lang="{self.language}" sz="{round(p.size * 100)}"{look}>{self.fill(run.colour)}'
            f'<a:latin typeface="{font}"/></a:rPr>'
        )
        # A line break inside a paragraph is an element of its own.
        lines = [f"<a:r>{properties}<a:t>{escape(part)}</a:t></a:r>" for part in run.text.split("\n")]
        return f"<a:br>{properties}</a:br>".join(lines)

    def fill(self, token: str, *, shine: float = 0.0) -> str:
        """A token of the house as a colour of the theme where it is one, so that the deck can be recoloured.

        `shine` is how much shows through it.
        """
        if not token:
            return "<a:noFill/>"
        tag = "schemeClr" if token in _SCHEME else "srgbClr"
        value = _SCHEME.get(token) or self.colours.get(token, token).lstrip("#").upper()
        alpha = f'<a:alpha val="{round(100_000 * (1 - shine))}"/>' if shine else ""
        return f'<a:solidFill><a:{tag} val="{value}">{alpha}</a:{tag}></a:solidFill>'

    def line(self, token: str, weight: float = 1.0, dash: str = "") -> str:
        dashed = f'<a:prstDash val="{dash}"/>' if dash else ""
        return f'<a:ln w="{_emu(weight)}">{self.fill(token)}{dashed}</a:ln>' if token else "<a:ln><a:noFill/></a:ln>"

    def place(self, frame: Frame, tag: str = "a:xfrm") -> str:
        return (
            f'<{tag}><a:off x="{_emu(frame.x)}" y="{_emu(frame.y)}"/><a:ext cx="{_emu(frame.width)}" '
            f'cy="{_emu(frame.height)}"/></{tag}>'
        )

    def next(self) -> int:
        """A free number for a shape."""
        return max((int(found) for found in self._tree.xpath(".//p:cNvPr/@id")), default=1) + 1

    def add(self, xml: str) -> None:
        """Put a shape on top of those that are there."""
        from pptx.oxml import parse_xml

        self._tree.append(parse_xml(xml))


def _emu(points: float) -> int:
    return round(points * EMU)
