"""An executed notebook into a page model: title block, sections, slides.

What may arrive
---------------
Outputs carry ``metadata["scorecard"]["kind"]``; they come from a `Report` object in the notebook.

==========  ===================================================================================
masthead    who it is for and about; its fields are in the metadata.  Exactly one a notebook
headline    the finding of the whole document: the page's and the deck's h1
title       the message of a section (h2) or of a slide
prose, summary, table, gate, steps, say, fold, slide
            safe HTML, put in as it is
figure      plotly's MIME type, see `figures`
results     data for other programs: never shown
==========  ===================================================================================

A markdown cell that begins with ``## Topic`` begins a section: the topic stands small above the
section's message and in the contents, the rest of the cell is its lead.  A markdown heading ``#``
names the notebook for its authors and is not published.  ``[^key]`` refers to a note, ``[^key]: text``
on a paragraph of its own is the note; notes are numbered through the page and stand at its end, a
deck leaves them out.  Code is never shown.  Whatever else a
cell shows (a stream, an error, a bare repr, an unknown MIME type) is an error: a client's page must
not show it, and nothing may vanish silently.

Tags: ``remove-cell``, ``parameters`` and ``injected-parameters`` are never shown; ``notes`` (or the slide
type of that name) says what to say about the slide above, and only a presenter's deck has it;
``report-only`` is left out of the deck, ``slides-only`` out of the page; ``section-NAME`` on a
heading gives the section its id.

Slides: only cells with slideshow metadata are part of the deck.  ``slide`` (or ``subslide``) starts
one, ``-``, an empty type and ``fragment`` continue it, ``skip`` and ``notes`` are left out.

Classes in HTML fragments
-------------------------
Both documents style: ``num hit miss un mut small verm blue vh opt prov (r m e c) sb (i.hit, i.miss,
--t: target in %) scroll ledger mx (f h u d) say (.tag .q) steps (.do .why) gate (.k .ok .no .w .arm
.cta .st) fold glossary note none notice``; tables with caption, small and ``tr.brk``.
The page: ``sum kpi (.big .rg dl) lst (s m .n) hs hm first strip`` (a small SVG: ``track band range
target me tick ink b ax``).
The deck: ``g3 (.big .s .m) do gt (.n .y .num .a .c .w .d .arm .cta) mm (.q .n .of .act quarter) one
(.big .of .words) rows (s m) lines src rec``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup, escape

from kernels_lib.errors import GateFailed
from kernels_lib.production.publish import commentary, figures
from kernels_lib.production.publish.figures import Figure
from kernels_lib.production.publish.words import words
from kernels_lib.study.results import MIME as RESULTS

HIDDEN = frozenset({"remove-cell", "parameters", "injected-parameters", "notes"})
FRAGMENTS = frozenset({"prose", "summary", "table", "gate", "steps", "say", "fold", "slide"})
NONE = Markup("")
_STARTS, _CONTINUES, _LEFT_OUT = {"slide", "subslide"}, {"-", "", "fragment"}, {"skip", "notes"}
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*(?:\n|\Z)")
# Whatever an element would fetch by itself; links that a reader follows are no request.
_FETCHES = re.compile(
    r"<(?:link|script|iframe|object|embed|base)\b|<[a-z][^>]*\s(?:src|srcset|poster|data|xlink:href)\s*=\s*"
    r"[\"']?(?!data:|#)[^\"'>\s]+|url\(\s*[\"']?(?!data:|#)|@import",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Masthead:
    """Who a document is for, what it is about, and what its data need to be said of them."""

    title: str
    subject: str
    description: str = ""
    kicker: tuple[str, ...] = ()
    confidentiality: str = ""
    language: str = "en"
    notice: str = ""
    notice_tag: str = ""
    foot: str = ""
    made: str = ""
    contact: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    logo: str = ""
    fonts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    status: str = "final"
    commentary: tuple[Mapping[str, str], ...] = ()

    @property
    def draft(self) -> str:
        """What a draft is called; empty for a final report."""
        return words(self.language)["draft"] if self.status == "draft" else ""

    @property
    def draft_line(self) -> str:
        """What a draft says of itself, in full."""
        return f"{self.draft}. {words(self.language)['draft_note']}" if self.draft else ""

    @property
    def notice_parts(self) -> tuple[str, str]:
        """The notice's first sentence, and the rest."""
        first, stop, rest = self.notice.partition(". ")
        return (first + stop.strip(), rest) if stop else (self.notice, "")

    @property
    def tag(self) -> str:
        """What every slide and page says: that it is a draft, and the notice in short or its first sentence."""
        notice = self.notice_tag or self.notice_parts[0].rstrip(".")
        return "; ".join(filter(None, (self.draft, notice)))


@dataclass(frozen=True)
class Block:
    """Something to show: safe HTML, a heading or a figure.

    A laid-out piece also has its `layout` (a macro of the pieces' template) and the plain values
    that were laid out (`content`), for formats that are not HTML.
    """

    kind: str
    html: Markup = NONE
    figure: Figure | None = None
    number: int = 0
    layout: str = ""
    content: tuple[Any, ...] = ()


@dataclass
class Section:
    """A section of the page; the one without a topic is the title block."""

    id: str
    topic: str
    lead: Markup = NONE
    message: str = ""
    blocks: list[Block] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.message or self.lead or self.blocks)


@dataclass
class Slide:
    """One slide of the deck."""

    title: str
    where: str
    topic: str = ""
    lead: Markup = NONE
    blocks: list[Block] = field(default_factory=list)
    notes: list[Markup] = field(default_factory=list)  # what to say; only a presenter's deck has them


@dataclass(frozen=True)
class Note:
    """A footnote of the page."""

    number: int
    html: Markup


@dataclass(frozen=True)
class Document:
    """A notebook as something to be laid out: `opening` and `sections` as page, `slides` as deck."""

    masthead: Masthead
    headline: str
    opening: Section
    sections: tuple[Section, ...]
    slides: tuple[Slide, ...]
    notes: tuple[Note, ...] = ()

    @property
    def warnings(self) -> list[str]:
        """What whoever builds the document should know about it."""
        found = {figure.id: figure for form in ("page", "deck") for figure in self.figures(form) if figure.extra}
        return [
            f"chart '{figure.id}' uses {', '.join(figure.extra)}: the document carries the full plotly.js and grows by "
            "3.3 MB. A chart of bars, lines or points would spare that."
            for figure in found.values()
        ]

    def figures(self, form: str) -> list[Figure]:
        """The figures of the page (``"page"``) or of the deck (``"deck"``), in order."""
        groups = self.slides if form == "deck" else (self.opening, *self.sections)
        return [block.figure for group in groups for block in group.blocks if block.figure is not None]


@dataclass(frozen=True)
class _Item:
    kind: str  # a block's kind, or topic, headline, title
    html: Markup = NONE
    text: str = ""
    id: str = ""
    figure: Figure | None = None
    layout: str = ""
    content: tuple[Any, ...] = ()
    notes: Mapping[str, Markup] = field(default_factory=dict)


@dataclass(frozen=True)
class _Cell:
    where: str
    tags: frozenset[str]
    slide_type: str | None  # None: belongs to no slide
    items: tuple[_Item, ...]


def read(notebook: Mapping[str, Any]) -> Document:
    """The page model of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, nbformat 4.

    Returns
    -------
    Document

    Raises
    ------
    GateFailed
        If an output must not reach a reader, has no place in the model or lacks a part.
    """
    masthead = _masthead(notebook)
    cells = [_cell(cell, index, masthead.language) for index, cell in enumerate(notebook["cells"], 1)]
    kept = [cell for cell in cells if not cell.tags & (HIDDEN - {"notes"})]
    shown = [cell for cell in kept if not _is_note(cell)]
    headline = next((item.text for cell in shown for item in cell.items if item.kind == "headline"), "")
    if not headline:
        raise GateFailed("the notebook shows no headline.", remedy="Show one through report.headline().")
    paged = [cell for cell in shown if "slides-only" not in cell.tags]
    numbers, notes = _numbered(paged)
    opening, *sections = _sections(paged, numbers)
    slides = _slides(cell for cell in kept if "report-only" not in cell.tags)
    if masthead.commentary:
        sections.insert(0, _view(masthead))
        # After the title and the answer: what is thought of it.
        slides[2:2] = _view_slides(masthead)
    document = Document(masthead, headline, opening, tuple(s for s in sections if not s.empty), tuple(slides), notes)
    for form in ("page", "deck"):
        _distinct(document.figures(form), form)
    return document


def _is_note(cell: _Cell) -> bool:
    return cell.slide_type == "notes" or "notes" in cell.tags


def _masthead(notebook: Mapping[str, Any]) -> Masthead:
    found = [
        meta
        for cell in notebook["cells"]
        if not _tags(cell) & HIDDEN
        for output in cell.get("outputs", ())
        if (meta := _scorecard(output)).get("kind") == "masthead"
    ]
    if len(found) != 1:
        raise GateFailed(
            f"the notebook shows {len(found)} mastheads and needs one.", remedy="Show it through report.masthead()."
        )
    known = set(Masthead.__dataclass_fields__)
    unknown = sorted(set(found[0]) - known - {"kind"})
    if unknown:
        raise GateFailed(f"the masthead says '{', '.join(unknown)}', which has no place in a document.")
    fields = {key: value for key, value in found[0].items() if key in known}
    if not fields.get("title") or not fields.get("subject"):
        raise GateFailed("the masthead says no title or no subject.")
    words(fields.get("language", "en"))
    fields["kicker"] = tuple(fields.get("kicker") or ())
    fields["commentary"] = tuple(fields.get("commentary") or ())
    if fields.get("logo") and not fields["logo"].startswith("data:image/"):
        raise GateFailed("the masthead's logo is not a data URI: a document asks nothing of the network.")
    head = Masthead(**fields)
    # First of all that stands above the headline, in every format.
    return replace(head, kicker=(head.draft, *head.kicker)) if head.draft else head


def _cell(cell: Mapping[str, Any], index: int, language: str) -> _Cell:
    where = f"cell {index}"
    tags = _tags(cell)
    slideshow = cell.get("metadata", {}).get("slideshow")
    slide_type = None if slideshow is None else (slideshow.get("slide_type") or "")
    if slide_type is not None and slide_type not in _STARTS | _CONTINUES | _LEFT_OUT:
        raise GateFailed(f"unknown slide type '{slide_type}'.", where=where)
    items: list[_Item] = []
    if cell["cell_type"] == "markdown":
        items = _markdown_cell(cell["source"], tags, where)
    elif cell["cell_type"] == "raw" and not tags & HIDDEN:
        raise GateFailed("a raw cell cannot be published.", where=where, remedy="Tag it remove-cell.")
    else:
        for output in cell.get("outputs", ()):
            items.extend(_output(output, where, language, hidden=bool(tags & HIDDEN)))
    return _Cell(where, tags, slide_type, tuple(items))


def _tags(cell: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(cell.get("metadata", {}).get("tags", ()))


def _scorecard(output: Mapping[str, Any]) -> Mapping[str, Any]:
    return output.get("metadata", {}).get("scorecard", {})


def _markdown_cell(source: str, tags: Iterable[str], where: str) -> list[_Item]:
    items = []
    rest = source.strip()
    heading = _HEADING.match(rest)
    if heading and len(heading[1]) <= 2:
        if len(heading[1]) == 2:
            topic = Markup(_markdown(heading[2], where)).striptags()
            names = sorted(tag.removeprefix("section-") for tag in tags if tag.startswith("section-"))
            items.append(_Item("topic", text=topic, id=names[0] if names else _slug(topic)))
        rest = rest[heading.end() :].strip()
    notes = {
        key: _markdown(text.strip(), where).removeprefix("<p>").removesuffix("</p>")
        for key, text in _NOTE.findall(rest)
    }
    rest = _NOTE.sub("", rest).strip()
    if rest:
        html = _markdown(rest, where)
        if unknown := sorted(set(_REFERENCE.findall(html)) - set(notes)):
            raise GateFailed(
                f"'[^{unknown[0]}]' refers to no note.", where=where, remedy=f"Write '[^{unknown[0]}]: text' below it."
            )
        items.append(_Item("how", html=html, notes=notes))
    return items


_NOTE = re.compile(r"^\[\^([\w-]+)\]:[ \t]+((?:(?!\n\s*\n).)+)", re.M | re.S)
_REFERENCE = re.compile(r"\[\^([\w-]+)\]")


def _numbered(cells: Iterable[_Cell]) -> tuple[dict[str, int], tuple[Note, ...]]:
    """Notes in the order in which the page refers to them; a note that is repeated keeps its number."""
    numbers: dict[str, int] = {}
    notes: list[Note] = []
    for cell in cells:
        for item in cell.items:
            for key in _REFERENCE.findall(item.html) if item.notes else ():
                if key not in numbers:
                    numbers[key] = len(numbers) + 1
                    notes.append(Note(numbers[key], item.notes[key]))
                elif notes[numbers[key] - 1].html != item.notes[key]:
                    raise GateFailed(f"note '{key}' says two different things.", where=cell.where)
    return numbers, tuple(notes)


def _referred(html: Markup, numbers: Mapping[str, int], seen: set[int]) -> Markup:
    """References as links to the notes; the first to each note is where its note links back to."""

    def link(found: re.Match[str]) -> str:
        number = numbers[found[1]]
        anchor = "" if number in seen else f' id="ref-{number}"'
        seen.add(number)
        return f'<sup class="fn"><a href="#note-{number}"{anchor}>{number}</a></sup>'

    return Markup(_REFERENCE.sub(link, html))


def _output(output: Mapping[str, Any], where: str, language: str, *, hidden: bool) -> list[_Item]:
    kind = output["output_type"]
    if kind == "error":
        raise GateFailed(f"the cell stopped with {output.get('ename')}: {output.get('evalue')}.", where=where)
    if hidden:
        return []
    if kind == "stream":
        first = next(iter(output.get("text", "").strip().splitlines()), "")
        if not first:
            return []
        raise GateFailed(
            f"the cell wrote to {output.get('name')}: '{first[:90]}'. A reader must not see it.",
            where=where,
            remedy="Remove the print, mend the warning, or tag the cell remove-cell.",
        )
    data, said = output.get("data", {}), _scorecard(output).get("kind")
    if RESULTS in data or said in ("results", "masthead"):
        return []
    if figures.MIME in data:
        figure = figures.read(data[figures.MIME], where=where, language=language)
        return [_Item("figure", figure=figure)]
    if said in ("headline", "title"):
        text = _scorecard(output).get("text")
        if text is None:
            text = Markup(_markdown(_HEADING.sub(r"\2", data.get("text/markdown", "")), where)).striptags()
        return [_Item(said, text=text.strip())] if text.strip() else []
    if said in FRAGMENTS and "text/html" in data:
        if not data["text/html"].strip():
            return []
        meta = _scorecard(output)
        laid_out = {"layout": meta.get("layout", ""), "content": tuple(meta.get("content", ()))}
        return [_Item(said, html=_harmless(data["text/html"], where), **laid_out)]
    if said:
        raise GateFailed(f"output of kind '{said}' with {_listed(data)} has no place in a document.", where=where)
    raise GateFailed(
        f"the cell shows {_listed(data)} that did not come from the report.",
        where=where,
        remedy="Show it through the report object, end the line with a semicolon, or tag the cell remove-cell.",
    )


def _listed(data: Mapping[str, Any]) -> str:
    return ", ".join(sorted(data)) or "nothing"


def _harmless(html: str, where: str) -> Markup:
    """HTML of the report's own making, once it is sure that it fetches nothing."""
    found = _FETCHES.search(html)
    if found:
        raise GateFailed(f"'{found[0][:60]}' would ask something of another file.", where=where)
    return Markup(html)


@cache
def renderer() -> Any:
    import mistune

    # Raw HTML in markdown is shown as text, and mistune itself disarms javascript: links.
    return mistune.create_markdown(escape=True, plugins=["strikethrough"])


def _markdown(source: str, where: str) -> Markup:
    html, fetches = marked_up(source)
    if fetches:
        _harmless(html, where)
    return Markup(html)


@lru_cache(maxsize=1 << 12)
def marked_up(source: str) -> tuple[str, bool]:
    """Markdown as HTML, and whether that fetches something; most texts of a report are every client's."""
    html = renderer()(source).strip()
    return html, _FETCHES.search(html) is not None


def render_markdown(notebook: Mapping[str, Any]) -> None:
    """Have the texts of a notebook's markdown cells ready, so that `read` finds them done."""
    for index, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "markdown":
            _markdown_cell(cell["source"], _tags(cell), f"cell {index}")


def _inline(source: str, where: str) -> Markup:
    return Markup(str(_markdown(source.strip(), where)).removeprefix("<p>").removesuffix("</p>"))


def _slug(text: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    return slug if slug and slug[0].isalpha() else f"section-{slug}".rstrip("-")


def _sections(cells: Iterable[_Cell], numbers: Mapping[str, int]) -> list[Section]:
    """The title block, and a section for each topic; figures are numbered in order."""
    sections = [Section("summary", "")]
    taken, number = {"summary", "main", "notes", "view"}, 0
    referred: set[int] = set()
    for cell in cells:
        for item in cell.items:
            if item.notes:
                item = replace(item, html=_referred(item.html, numbers, referred))
            current = sections[-1]
            if item.kind == "topic":
                sections.append(Section(_free(item.id, taken), item.text))
            elif item.kind == "how" and not current.lead and not current.message and not current.blocks:
                current.lead = item.html
            elif item.kind == "title" and not current.message:
                current.message = item.text
            elif item.kind == "figure":
                number += 1
                current.blocks.append(Block("figure", figure=item.figure, number=number))
            elif item.kind not in ("headline", "slide"):
                current.blocks.append(_block(item))
            elif item.kind == "slide":
                raise GateFailed("a piece laid out for a slide would be on the page.", where=cell.where,
                                 remedy="Tag the cell slides-only.")  # fmt: skip
    return sections


def _view(head: Masthead) -> Section:
    """The analyst's own words, apart from what is computed."""
    said = words(head.language)
    shown = Markup("").join(
        Markup("<h3>{}</h3>").format(remark["about"]) + commentary.as_html(remark["text"])
        if remark["about"]
        else commentary.as_html(remark["text"])
        for remark in head.commentary
    )
    note = Markup('<p class="small mut">{}</p>').format(said["view_note"])
    block = Block("view", html=Markup('<div class="view">{}</div>').format(shown) + note)
    return Section("view", said["view"], blocks=[block])


def _view_slides(head: Masthead) -> list[Slide]:
    """What is said on the whole, as many slides as it takes."""
    said = words(head.language)
    parts = [
        part for remark in head.commentary if not remark["about"] for part in commentary.for_slides(remark["text"])
    ]
    return [
        Slide(said["view_more" if number else "view"], "commentary", blocks=[Block("view", html=part)])
        for number, part in enumerate(parts)
    ]


def _free(identity: str, taken: set[str]) -> str:
    free, count = identity, 1
    while free in taken:
        count += 1
        free = f"{identity}-{count}"
    taken.add(free)
    return free


def _block(item: _Item) -> Block:
    if item.kind == "title":
        return Block("title", html=escape(item.text))
    return Block(item.kind, html=item.html, figure=item.figure, layout=item.layout, content=item.content)


def _slides(cells: Iterable[_Cell]) -> list[Slide]:
    slides: list[Slide] = []
    for cell in cells:
        if _is_note(cell):
            if slides:
                slides[-1].notes += [item.html for item in cell.items if item.html]
            continue
        if cell.slide_type is None or cell.slide_type in _LEFT_OUT:
            continue
        if cell.slide_type in _STARTS:
            slides.append(Slide("", cell.where))
        elif not slides:
            raise GateFailed("continues a slide, but no slide was started.", where=cell.where)
        current = slides[-1]
        for item in cell.items:
            if item.kind == "topic":
                current.topic = item.text
            elif item.kind in ("headline", "title") and not current.title:
                current.title = item.text
            elif item.kind == "how":
                current.lead += Markup(_REFERENCE.sub("", item.html))
            elif item.kind != "headline":
                current.blocks.append(_block(item))
    for slide in slides:
        slide.title = slide.title or slide.topic
        # A slide whose findings are all absent (an empty title and nothing below) is no slide.
        if not slide.title and (slide.blocks or slide.lead):
            raise GateFailed("the slide that starts here has no title.", where=slide.where)
    return [slide for slide in slides if slide.title]


def _distinct(shown: Iterable[Figure], form: str) -> None:
    seen: set[str] = set()
    for figure in shown:
        if figure.id in seen:
            raise GateFailed(f"the {form} shows chart '{figure.id}' twice.", remedy="Give each chart its own id.")
        seen.add(figure.id)
