"""The deck for PowerPoint: a slide for each slide of the deck, in order, all of it native.

Titles are titles, figures are charts that can be edited or tables, laid-out pieces are shapes and
tables; there are no pictures of them and no speaker notes.  Every slide says at its foot whom it is
for and what its data need to be said of them.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from kernels_lib.errors import GateFailed
from kernels_lib.production.publish import page
from kernels_lib.production.publish.commentary import with_addresses
from kernels_lib.production.publish.office import charts, grids, template
from kernels_lib.production.publish.office.canvas import Canvas, Frame, Par, Td, fitted, height, par, settled, td
from kernels_lib.production.publish.office.layouts import LAYOUTS
from kernels_lib.production.publish.office.package import moment, rewritten, sayable
from kernels_lib.production.publish.office.plotted import Plotted, chosen
from kernels_lib.production.publish.office.source import Source, read
from kernels_lib.production.publish.office.template import FOOT, FOOT_HEIGHT, LEFT, RIGHT, SMALLEST
from kernels_lib.production.publish.office.typeset import set_wider, shortened
from kernels_lib.production.publish.office.typeset import width as text_width
from kernels_lib.study.language import _, speaking

BOTTOM = 488.0
FOREIGN = 1.08  # how much wider than the house's a client's own type may set
# What PowerPoint shows of logos; a page shows SVG as well.
_LOGO = re.compile(r"data:image/(?:png|jpeg);base64,(.+)", re.S)
# Of a title: a line's height in type sizes, the least size, and the space below it.
_TITLE_LINE, _LEAST_TITLE, _BELOW = 1.15, 18, 16
_FOOT_ROOM = RIGHT - LEFT - 70  # left of the slide's number
_BLOCK_ENDS = re.compile(r"</(?:p|li|h[1-6]|dt|dd|div)>|<br\s*/?>", re.I)
# What words alone are made of; anything else is laid out and needs a layout.
_WORDS_ONLY = re.compile(r"</?(?!(?:p|b|strong|em|i|span|data|a|br|ul|ol|li|sup|sub|small|code|h[1-6])\b)[a-z]", re.I)
_TABLE_ID = re.compile(r'<table[^>]*\bid="([^"]+)"')


def to_pptx(notebook: Mapping[str, Any], document: page.Document | None = None) -> bytes:
    """The deck of an executed notebook for PowerPoint.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, nbformat 4; see `kernels_lib.production.publish.page` for what its outputs may be.
    document : Document, optional
        Its page model, where it has been read already.

    Returns
    -------
    bytes
        A pptx, the same for the same notebook.

    Raises
    ------
    GateFailed
        If the notebook cannot be published, has no slides, or shows a piece that has no native form.
    """
    source = read(notebook, document)
    with speaking(source.head.language), set_wider(FOREIGN if source.head.fonts else 1.0):
        return rewritten(_Deck(source).written())


class _Deck:
    """A presentation while it is made."""

    def __init__(self, source: Source) -> None:
        from pptx import Presentation

        self.source = source
        self.colours = template.palette(source.head.colours.get("primary", ""))
        fonts = {place: font["family"] for place, font in source.head.fonts.items() if not font["data"]}
        look = template.Look(
            self.colours, source.head.language, _("What this slide says, as one sentence"),
            serif=fonts.get("headings", template.SERIF), sans=fonts.get("text", template.SANS),
        )  # fmt: skip
        self.file = Presentation(io.BytesIO(template.package(look)))

    def written(self) -> bytes:
        document = self.source.document
        if not document.slides:
            raise GateFailed("no cell of the notebook is part of a slide.", remedy="Give cells slideshow metadata.")
        for number, slide in enumerate(document.slides, 1):
            self._slide(slide, number, len(document.slides))
        self._properties()
        file = io.BytesIO()
        self.file.save(file)
        return file.getvalue()

    def _properties(self) -> None:
        head, said = self.source.head, self.file.core_properties
        made = moment(self.source.results["report_date"])
        said.title, said.subject, said.comments = (_short(text) for text in (head.title, head.subject, head.notice))
        said.author = said.last_modified_by = _short(head.contact)
        said.created = said.modified = made
        said.language, said.revision = head.language, 1

    def _slide(self, slide: page.Slide, number: int, total: int) -> None:
        opening = number == 1
        made = self.file.slides.add_slide(self.file.slide_layouts[0 if opening else 1])
        canvas = Canvas(made, self.colours, self.source.head.language)
        if opening:
            self._open(canvas, slide)
        else:
            top = self._title(canvas, slide.title)
            self._fill(canvas, Frame(LEFT, top, RIGHT - LEFT, BOTTOM - top), slide)
        self._foot(canvas, number, total, opening=opening)

    def _open(self, canvas: Canvas, slide: page.Slide) -> None:
        """The finding, dark and large, with whom it is for above it and the notice below."""
        head = self.source.head
        light, mild = template.ON_DARK, "#b4bdc7"
        room = RIGHT - LEFT - self._logo(canvas)
        for at, text in enumerate(self._above(mild)):
            canvas.text(Frame(LEFT, 28 + 22 * at, room, 22), [text.cut(room, 1)], name="Kicker")
        more = [par(text, 19, light, after=8) for text in _spoken(slide.lead)]
        for block in slide.blocks:
            if block.figure is not None or block.layout:
                raise GateFailed("the first slide is for words alone.", where=slide.where)
            more += [par(text, 19, light, after=8) for text in _spoken(block.html)]
        # What must be said is never cut for what may be said.
        notice = fitted([par(head.notice, 17, "#d5dae0", line=1.3)], 760, 120) if head.notice else []
        title = _titled(slide.title, template.OPENING_SIZE, 820, 220, light)
        most = 130 - height(notice, 760)
        words = [*(fitted(more, 760, most) if more else []), *notice]
        tall = 62 + title.height(820) + 22 + height(words, 760)
        y = 70 + max(0.0, (FOOT - 90 - tall) / 2)
        _mark(canvas, y)
        self._place(canvas, 0, Frame(LEFT, y + 62, 820, title.height(820) + 2), [title])
        self._place(canvas, 1, Frame(LEFT, y + 84 + title.height(820), 760, max(height(words, 760), 2) + 2), words)

    def _above(self, colour: str) -> list[Par]:
        """What stands above the finding: the report and its wave, and for whose eyes it is."""
        head = self.source.head
        lines = [par("     ".join(head.kicker), 15, colour)] if head.kicker else []
        lines += [par(head.confidentiality, 15, colour)] if head.confidentiality else []
        return lines

    def _logo(self, canvas: Canvas) -> float:
        """The client's logo at the top right; gives the width that it takes."""
        found = _LOGO.match(self.source.head.logo)
        if not found:
            return 0.0
        picture = canvas.slide.shapes.add_picture(io.BytesIO(base64.b64decode(found[1])), 0, 0)
        factor = min(150 * template.EMU / picture.width, 34 * template.EMU / picture.height)
        picture.width, picture.height = round(picture.width * factor), round(picture.height * factor)
        picture.left, picture.top = round(RIGHT * template.EMU) - picture.width, 28 * template.EMU
        properties = picture._element.nvPicPr.cNvPr
        properties.set("descr", sayable(self.source.head.subject))
        return picture.width / template.EMU + 16

    def _title(self, canvas: Canvas, text: str) -> float:
        """The message; gives the place below it."""
        x, y, room, most = template.TITLE
        title = _titled(text, template.TITLE_SIZE, room, most)
        tall = title.height(room)
        self._place(canvas, 0, Frame(x, y, room, tall + 2), [title])
        return y + tall + _BELOW

    def _place(
        self, canvas: Canvas, index: int, frame: Frame, pars: list[Par], *, anchor: str = "t", edge: str = ""
    ) -> None:
        """Fill a placeholder that the slide has from its layout; without words it goes."""
        from pptx.oxml import parse_xml

        found = next(shape for shape in canvas.slide.placeholders if shape.placeholder_format.idx == index)
        element, tree = found._element, found._element.getparent()
        tree.remove(element)
        if not pars:
            return
        # What is filled later is read later: the title first, the tag after all else.
        tree.append(element)
        found.left, found.top, found.width, found.height = (
            round(length * template.EMU) for length in (frame.x, frame.y, frame.width, frame.height)
        )
        if edge:
            element.spPr.append(parse_xml(edge.replace("<a:ln", f"<a:ln {_NAMES}", 1)))
        body = canvas.body(pars, anchor).replace("<p:txBody>", f"<p:txBody {_NAMES}>", 1)
        element.replace(element.txBody, parse_xml(body))

    def _foot(self, canvas: Canvas, number: int, total: int, *, opening: bool) -> None:
        """Who it is for, what must be said of its data, its number, and how far the deck has come."""
        ink = "#b4bdc7" if opening else "mut"
        # The tag is never cut for the name before it, which the first slide has in full.
        tag = shortened(sayable(self.source.head.tag), SMALLEST, _FOOT_ROOM - 200, 1)
        wide = text_width(tag, SMALLEST) + 18 if tag else 0.0
        who = shortened(sayable(self.source.who), SMALLEST, _FOOT_ROOM - wide - 30, 1)
        used = text_width(who, SMALLEST) + 14
        words = canvas.paragraph(par(who, SMALLEST, ink))
        _placeholder(canvas, "Footer", template.FOOTER, Frame(LEFT, FOOT, used, FOOT_HEIGHT), words)
        frame = Frame(LEFT + used + 2, FOOT, wide, FOOT_HEIGHT)
        said = [par(tag, SMALLEST, ink, side="ctr")] if tag else []
        self._place(canvas, template.TAG, frame, said, anchor="ctr", edge=canvas.line(ink, 1.0, "dash"))
        field = (
            f'<a:p><a:pPr algn="r"/><a:fld id="{template.SLIDE_NUMBER}" type="slidenum"><a:rPr '
            f'lang="{canvas.language}" '
            f'sz="{SMALLEST * 100}">{canvas.fill(ink)}<a:latin typeface="+mn-lt"/></a:rPr><a:t>{number}</a:t></a:fld>'
            "</a:p>"
        )
        _placeholder(canvas, "Slide number", template.NUMBER, Frame(RIGHT - 60, FOOT, 60, FOOT_HEIGHT), field)
        bar = Frame(0, template.HEIGHT - 3, template.WIDTH * number / total, 3)
        canvas.box(bar, fill=template.ON_DARK if opening else "client", name="Progress")

    # What stands below a title

    def _fill(self, canvas: Canvas, frame: Frame, slide: page.Slide) -> None:
        """Words take what they need, everything else shares the rest."""
        blocks = [page.Block("prose", html=slide.lead)] if slide.lead else []
        blocks += slide.blocks
        spoken = {at: _words(block) for at, block in enumerate(blocks) if _is_text(block)}
        others = len(blocks) - len(spoken)
        most = frame.height * (0.4 if others else 1.0)
        words = {at: fitted(pars, frame.width, most / len(spoken)) for at, pars in spoken.items() if pars}
        room = frame.height - sum(height(pars, frame.width) + 14 for pars in words.values())
        y = frame.y
        for at, block in enumerate(blocks):
            if at in words:
                tall = height(words[at], frame.width)
                canvas.text(Frame(frame.x, y, frame.width, tall + 2), words[at], name="Words", fit=False)
                y += tall + 14
            elif at not in spoken:
                share = room / others - (14 if others > 1 else 0)
                self._draw(canvas, Frame(frame.x, y, frame.width, share), block, slide)
                y += share + 14

    def _draw(self, canvas: Canvas, frame: Frame, block: page.Block, slide: page.Slide) -> None:
        if block.figure is not None:
            plotted = Plotted(block.figure)
            if not charts.draw(canvas, frame, plotted, self.source):
                grids.draw(canvas, frame, plotted, self.source)
        elif block.layout in LAYOUTS:
            LAYOUTS[block.layout](canvas, frame, self.source, *block.content)
        elif (found := _TABLE_ID.search(block.html)) and (table := self.source.table(found[1])):
            _of_results(canvas, frame, table, self.source)
        else:
            raise GateFailed(
                f"'{block.layout or block.kind}' has no native form for PowerPoint.",
                where=slide.where,
                remedy="Add a function to LAYOUTS in publish/office/layouts.py, or show words, a table or a figure.",
            )


_NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


def _short(text: str) -> str:
    # Office takes 255 letters of a property.
    return sayable(text)[:255]


def _titled(text: str, size: int, room: float, most: float, colour: str = "ink") -> Par:
    """A title as large as it fits, a little smaller if it then stands on one line.

    It is cut only where even a small one is too high.
    """
    sizes = [par(text, smaller, colour, serif=True, line=_TITLE_LINE) for smaller in range(size, _LEAST_TITLE - 1, -1)]
    found = [title for title in sizes[:4] if title.lines(room) == 1] or [p for p in sizes if p.height(room) <= most]
    return found[0] if found else sizes[-1].cut(room, int(most / (sizes[-1].size * _TITLE_LINE)))


def _is_text(block: page.Block) -> bool:
    return block.figure is None and not block.layout and not _WORDS_ONLY.search(block.html)


def _words(block: page.Block) -> list[Par]:
    heading = block.kind == "title"
    html = Markup(with_addresses(block.html)) if block.kind == "view" else block.html
    return [par(text, 19, bold=heading, after=8, line=1.3) for text in _spoken(html)]


def _spoken(html: Markup) -> list[str]:
    """The paragraphs of a piece of HTML as text."""
    marked = re.sub(r"<li\b[^>]*>", "• ", str(html))
    parts = (" ".join(Markup(part).striptags().split()) for part in _BLOCK_ENDS.split(marked))
    return [part for part in parts if part and part != "•"]


def _of_results(canvas: Canvas, frame: Frame, table: Mapping[str, Any], source: Source) -> None:
    """A table of the results, as far as it fits."""
    (title,) = fitted([par(table["caption"], 17, bold=True)], frame.width, 44)
    top = title.height(frame.width) + 6
    canvas.text(frame.top(top), [title], name="Heading", fit=False)
    body = frame.below(top)
    columns = table["columns"][: max(1, int(body.width / grids.NARROWEST_WORDS))]
    widths = [body.width / len(columns)] * len(columns)
    count = len(table["rows"])
    shown = [at for at in chosen(count, max(2, int((body.height - 60) / grids.ROW))) if at is not None]

    def line(texts: Iterable[str], **look: Any) -> list[Td]:
        sides = ("r" if column["kind"] == "number" else "l" for column in columns)
        return [td(text, SMALLEST, side=side, **look) for text, side in zip(texts, sides, strict=True)]

    made = [line((column["label"] for column in columns), colour="ink2")]
    made += [line(_shown(table["rows"][at].get(column["key"]), source) for column in columns) for at in shown]
    room = body.height - (grids.NOTE if len(shown) < count else 0)
    used = canvas.table(body, settled(made, widths, room), widths, name=table["caption"], head=True)
    if len(shown) < count:
        words = [par(grids.left_out(count - len(shown)), SMALLEST, "mut", italic=True)]
        canvas.text(body.below(used + 2).top(grids.NOTE), words, name="Left out")


def _shown(value: Any, source: Source) -> str:
    """A value of a table as a reader sees it."""
    return source.numerals.mean(value) if isinstance(value, float) else str(value if value is not None else "")


def _mark(canvas: Canvas, y: float) -> None:
    """The one idea of all pictures: filled beyond the line, open before it."""
    canvas.box(Frame(LEFT + 291, y, 135, 11), fill="#74bdf0", name="Mark")
    canvas.box(Frame(LEFT, y + 26, 291, 11), fill="#2a241f", edge="#ff9f6b", weight=1.5, name="Mark")
    canvas.upright(LEFT + 291, y - 7, 50, colour=template.ON_DARK)
    canvas.box(
        Frame(LEFT - 7, y + 24.5, 14, 14), fill=template.DARK, edge="#ff9f6b", weight=3, kind="ellipse", name="Mark"
    )
    canvas.box(Frame(LEFT + 418, y - 2.5, 16, 16), fill="#74bdf0", kind="ellipse", name="Mark")


def _placeholder(canvas: Canvas, name: str, kind: str, frame: Frame, text: str) -> None:
    """A placeholder that python-pptx does not bring from the layout by itself."""
    canvas.add(
        f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="{canvas.next()}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/>'
        f"</p:cNvSpPr><p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{canvas.place(frame)}</p:spPr><p:txBody>"
        f'<a:bodyPr anchor="ctr"/><a:lstStyle/>{text}</p:txBody></p:sp>'
    )
