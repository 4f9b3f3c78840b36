"""Whether a slide's words fit it, told without a browser.

The deck's own markup is laid out by the deck's own style sheet, as far as its height goes: blocks,
columns, grids and tables.  So the rule follows deck.css and the templates by itself; a test compares
it with Chromium.  Wherever a browser may choose (letters that stand closer, rows that shrink,
another family of type) the safe side is taken: what passes here does not overflow there.

    markup  ->  cascade (what is said of each element)  ->  lettering (lines)  ->  heights
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from kernels_lib.keep import remember_json
from kernels_lib.production.publish import page, render
from kernels_lib.production.publish.cascade import Cascade, pixels
from kernels_lib.production.publish.lettering import BREAK, Atom, Type, atoms, lines, longest, widest
from kernels_lib.production.publish.tree import Element, parse

WIDTH, HEIGHT = 1280, 720

# A chart is drawn at whatever height is left; below this share of its own its rows would touch.
SMALLEST_SHARE = 0.72
# Sans letters are wider on some machines, serif ones narrower if anything; a client's own type is unknown.
WIDER, FOREIGN = 1.04, 1.08
# px that a word or a row may be larger than its place before it meets its neighbour.
TOLERANCE = 6.0
# px of an ordinary line, to say how much is too much.
LINE = 35

_BOX = "\u25ad"  # the text of an atom that is a small box
_BEGIN = '<div class="reveal">'
_SLIDE = re.compile(r'<section class="[^"]*" data-slide="')
_INLINE_BOXES = frozenset({"inline-block", "inline-grid", "inline-flex"})
_AROUND = ("padding-top", "padding-bottom", "border-top", "border-bottom")
_BESIDE = ("padding-left", "padding-right", "border-left", "border-right")
_MARGINS = ("margin-left", "margin-right")


def too_much(document: page.Document, deck: str = "", *, version: str = "", folder: Path | None = None) -> list[str]:
    """What does not fit its slide.

    Parameters
    ----------
    document : Document
        See `kernels_lib.production.publish.page.read`.
    deck : str, optional
        The finished deck; laid out anew where it holds none.
    version : str, optional
        Of the code, templates and styles; what was measured is kept under it between builds.  Empty: it is not.
    folder : Path, optional
        Where it is kept, see `kernels_lib.keep.remember_json`.

    Returns
    -------
    list of str
        One sentence a slide, with its title and by how much; empty if everything fits.
    """
    fonts = document.masthead.fonts
    sans, serif = FOREIGN if "text" in fonts else WIDER, FOREIGN if "headings" in fonts else 1.0
    slides = _slides(deck if _BEGIN in deck else render.deck(document).html)
    if len(slides) != len(document.slides):
        return [f"the deck has {len(slides)} slides and the notebook {len(document.slides)}"]
    found = []
    sizes = _sizes(slides, sans, serif, version, folder)
    for number, (slide, measured) in enumerate(zip(document.slides, sizes, strict=True), 1):
        where = f"slide {number}, '{slide.title}',"
        if measured is None:
            found.append(f"{where} holds markup that ends a slide or begins another")
            continue
        height, cramped = measured
        if (over := height - HEIGHT) > 0:
            count = max(1, round(over / LINE))
            found.append(f"{where} is about {over:.0f} px too full ({count} {'line' if count == 1 else 'lines'})")
        elif cramped:
            by, what, way = max(cramped)
            found.append(f"{where} has {what}, about {by:.0f} px too {way} for its place")
    return found


def _slides(deck: str) -> list[str]:
    """The markup of each slide of a deck, without scripts."""
    start, end = deck.index(_BEGIN), deck.index("</main>")
    markup = re.sub(r"<script\b.*?</script>", "", deck[start:end], flags=re.S)
    starts = [found.start() for found in _SLIDE.finditer(markup)]
    return [markup[at:to] for at, to in pairwise([*starts, len(markup)])]


# The height that a slide needs, and what is larger than its place on it: by how many px, what, and whether it is
# too wide or too high.  None: it is not one slide.
Size = list[Any] | None

# What slides need, by their markup and the widths of type; the oldest go first.
_KNOWN: dict[tuple[str, float, float], Size] = {}
MOST_KNOWN = 512


def _sizes(slides: Sequence[str], sans: float, serif: float, version: str, folder: Path | None) -> list[Size]:
    """What each slide needs; a theme that changes the deck's colours changes none of it."""
    key = {"version": version, "slides": sha256("\0".join(slides).encode()).hexdigest(), "type": [sans, serif]}
    found = remember_json(
        "slides", key, lambda: [_measured(slide, sans, serif) for slide in slides], folder=folder, keep=bool(version)
    )
    for slide, size in zip(slides, found, strict=True):
        # Another build may change one slide of many.
        _note(slide, sans, serif, size)
    return found


def _measured(slide: str, sans: float, serif: float) -> Size:
    """What one slide needs.

    A slide that says what it said in the build before, or in another client's deck, needs what it needed there.
    """
    if (slide, sans, serif) not in _KNOWN:
        layout = Layout(parse(f'{_BEGIN}<div class="slides">{slide}'), sans=sans, serif=serif)
        heights = list(layout.heights())
        # Lists, as they come back from a file.
        cramped = [list(each) for each in layout.cramped]
        _note(slide, sans, serif, [heights[0], cramped] if len(heights) == 1 and layout.closed else None)
    return _KNOWN[slide, sans, serif]


def forget() -> None:
    """Measure everything anew: the styles have changed in this process."""
    _KNOWN.clear()


def _note(slide: str, sans: float, serif: float, size: Size) -> None:
    while len(_KNOWN) >= MOST_KNOWN and (slide, sans, serif) not in _KNOWN:
        del _KNOWN[next(iter(_KNOWN))]
    _KNOWN[slide, sans, serif] = size


class Layout:
    """The slides of a deck, laid out.

    Attributes
    ----------
    slides : list of Element
    cramped : list of (float, str, str)
        What is larger than its place on the slide that was laid out last: by how many px, what, and
        whether it is too wide or too high.
    closed : bool
        Whether nothing stands outside the deck.
    """

    def __init__(self, root: Element, *, sans: float = 1.0, serif: float = 1.0) -> None:
        self.slides = [
            element
            for element in root.named("section")
            if element.parent is not None and "slides" in element.parent.classes
        ]
        outer = [root.elements, *(element.elements for element in root.elements)]
        self.closed = all(len(elements) == 1 for elements in outer)
        self._css = Cascade(root, sans, serif)
        self._known: dict[tuple[Element, int], tuple[Type, list[Any]]] = {}
        self.cramped: list[tuple[float, str, str]] = []

    def heights(self) -> Iterator[float]:
        """The height that each slide needs."""
        for slide in self.slides:
            self.cramped.clear()
            yield self._height(slide, WIDTH, self._css.type_above(slide))

    # Boxes

    def _height(self, element: Element, room: float, above: Type) -> float:
        """Height of an element's box in so much width, without its margins."""
        css, type_ = self._css, self._css.type_of(element, above)
        width = self._width(element, room, type_)
        if element.name in ("svg", "img"):
            return css.length(element, "height", type_) or _drawn(element, width)
        inside = width - css.sum(element, _BESIDE, type_, room)
        display = css.display(element)
        if "data-height" in element.attributes:
            content = SMALLEST_SHARE * float(element.attributes["data-height"])
        elif display.endswith("grid"):
            content = self._grid(element, inside, type_)
        elif element.name == "table":
            content = self._table(element, inside, type_)
        else:
            content = self._stack(element, inside, type_, collapse=not display.endswith("flex"))
        return max(content + css.sum(element, _AROUND, type_, room), css.length(element, "min-height", type_) or 0.0)

    def _width(self, element: Element, room: float, type_: Type) -> float:
        limits = (self._css.length(element, name, type_, room) for name in ("width", "max-width"))
        own = room - self._css.sum(element, _MARGINS, type_, room)
        return min([own, *(limit for limit in limits if limit is not None)])

    def _stack(self, element: Element, room: float, type_: Type, *, collapse: bool) -> float:
        """Height of blocks and runs of words, one below the other; margins of neighbours may collapse."""
        total = below = 0.0
        for piece in self._pieces(element, type_):
            if isinstance(piece, list):
                total, below = total + below + self._text(piece, room, type_), 0.0
                continue
            own = self._css.type_of(piece, type_)
            top = self._css.length(piece, "margin-top", own, room) or 0.0
            height = self._height(piece, room, type_)
            total += (max(below, top) if collapse else below + top) + height
            if not collapse:
                self._note_if_capped(piece, height)
            below = self._css.length(piece, "margin-bottom", own, room) or 0.0
        return total + below

    def _note_if_capped(self, element: Element, height: float) -> None:
        """A row that may shrink but not grow (``flex: 0 1 84px``) is never higher than it begins."""
        capped = re.fullmatch(r"0 [01] ([\d.]+)px", self._css.said(element, "flex"))
        if capped and height > float(capped[1]) + TOLERANCE:
            what = element.words()
            self.cramped.append((height - float(capped[1]), f"the row '{what[:40]}...'", "high"))

    def _baseline(self, element: Element, above: Type) -> float:
        """From the top of an element to its first baseline."""
        type_ = self._css.type_of(element, above)
        top = self._css.sum(element, ("margin-top", "padding-top", "border-top"), type_)
        for piece in self._pieces(element, type_):
            if isinstance(piece, list):
                return top + max(type_.above, next(atom.above for atom in piece if atom.text))
            return top + self._baseline(piece, type_)
        return top

    # Words

    def _inner(self, element: Element) -> list[Any]:
        """Texts and elements below one that take room."""
        return [child for child in element.children if isinstance(child, str) or self._css.shown(child)]

    def _pieces(self, element: Element, type_: Type) -> list[Any]:
        """What stands in an element: lists of atoms (runs of words) and elements of their own."""
        known = self._known.get((element, id(type_)))
        if known is None:
            # Asked for width, baseline and height; kept with its type, so that no other takes its identity.
            known = self._known[element, id(type_)] = (type_, self._read(element, type_))
        return known[1]

    def _read(self, element: Element, type_: Type) -> list[Any]:
        found: list[Any] = []
        for child in self._inner(element):
            if isinstance(child, Element) and self._blocky(child):
                found.append(child)
                continue
            if not found or isinstance(found[-1], Element):
                found.append([])
            found[-1].extend(self._atoms(child, type_))
        return [piece for piece in found if isinstance(piece, Element) or any(atom.text for atom in piece)]

    def _blocky(self, element: Element) -> bool:
        """Whether an element begins a line of its own, or holds something that does."""
        display = self._css.display(element)
        if display in _INLINE_BOXES:
            return False
        return display != "inline" or any(isinstance(c, Element) and self._blocky(c) for c in self._inner(element))

    def _atoms(self, node: Any, above: Type) -> Iterator[Atom]:
        if not isinstance(node, Element):
            yield from atoms(str(node), above)
        elif node.name == "br":
            yield BREAK
        elif self._css.display(node) in _INLINE_BOXES:
            first, whole = self._baseline(node, above), self._height(node, 1e6, above)
            yield Atom(self._span(node, above, longest), first, whole - first, text=_BOX)
        else:
            type_ = self._css.type_of(node, above)
            for child in self._inner(node):
                yield from self._atoms(child, type_)

    def _text(self, parts: Sequence[Atom], room: float, type_: Type) -> float:
        """Height of a run of words; notes a word that is wider than its room."""
        for part in parts:
            if part.text != _BOX and part is not BREAK and part.width / type_.wider > room + TOLERANCE:
                self.cramped.append((part.width - room, f"the word '{part.text}'", "wide"))
        return sum(above + below for above, below in lines(parts, room, type_))

    def _span(self, element: Element, above: Type, measure: Callable[[Iterable[Atom]], float]) -> float:
        """Width of an element on one line (`longest`), or broken wherever it can be (`widest`)."""
        css, type_ = self._css, self._css.type_of(element, above)
        if fixed := css.length(element, "width", type_):
            return fixed + css.sum(element, _MARGINS, type_)
        tracks = _tracks(css.said(element, "grid-template-columns"))
        if css.display(element).endswith("grid") and tracks:
            inside = [sum(pixels(track, type_) or 0.0 for track in tracks)]
        else:
            inside = [
                self._span(piece, type_, measure) if isinstance(piece, Element) else measure(piece)
                for piece in self._pieces(element, type_)
            ]
        limit = css.length(element, "max-width", type_) or float("inf")
        return min(max(inside, default=0.0) + css.sum(element, (*_BESIDE, *_MARGINS), type_), limit)

    # Grids

    def _grid(self, element: Element, room: float, type_: Type) -> float:
        css = self._css
        items = [child for child in self._inner(element) if isinstance(child, Element) or str(child).strip()]
        if css.said(element, "grid-auto-flow") == "column":
            tracks = _tracks(css.said(element, "grid-auto-columns", "auto")) * len(items)
        else:
            tracks = _tracks(css.said(element, "grid-template-columns", "1fr"))
        places = self._places(items, len(tracks))
        gap = css.length(element, "column-gap", type_, room) or 0.0
        columns = self._columns(tracks, items, places, room - gap * (len(tracks) - 1), type_)
        aligned = css.said(element, "align-items") == "baseline"
        rows: dict[int, list[tuple[float, float]]] = {}
        tall: list[tuple[_Place, float]] = []
        for item, place in zip(items, places, strict=True):
            width = sum(columns[place.column : place.column + place.columns]) + gap * (place.columns - 1)
            first, height = self._item(item, width, type_)
            if place.rows > 1:
                tall.append((place, height))
            else:
                rows.setdefault(place.row, []).append((first if aligned else 0.0, height))
        heights = {row: _aligned(boxes) for row, boxes in rows.items()}
        for place, height in tall:
            spanned = range(place.row, place.row + place.rows)
            missing = height - sum(heights.get(row, 0.0) for row in spanned)
            heights[spanned[-1]] = heights.get(spanned[-1], 0.0) + max(0.0, missing)
        row_gap = css.length(element, "row-gap", type_) or 0.0
        return sum(heights.values()) + row_gap * max(0, len(heights) - 1)

    def _item(self, item: Any, width: float, type_: Type) -> tuple[float, float]:
        """First baseline and height of something in a grid, margins included."""
        if not isinstance(item, Element):
            return type_.above, self._text(atoms(item.strip(), type_), width, type_)
        margins = self._css.sum(item, ("margin-top", "margin-bottom"), self._css.type_of(item, type_), width)
        return self._baseline(item, type_), self._height(item, width, type_) + margins

    def _places(self, items: Sequence[Any], count: int) -> list[_Place]:
        """Where each thing in a grid stands: what names its place first, the rest in what is free."""
        found: dict[int, _Place] = {}
        for index, item in enumerate(items):
            if isinstance(item, Element) and (row := self._css.said(item, "grid-row")):
                column = self._css.said(item, "grid-column", "1")
                found[index] = _Place(*_from_to(row), *_from_to(column))
        taken = {cell for place in found.values() for cell in place.cells()}
        row = column = 0
        for index, item in enumerate(items):
            if index in found:
                continue
            wanted = self._css.said(item, "grid-column") if isinstance(item, Element) else ""
            start, columns = _from_to(wanted) if wanted else (column, 1)
            row, column = row + (start < column), start
            while (row, column) in taken or column >= count:
                step = not wanted and column + 1 < count
                row, column = (row, column + 1) if step else (row + 1, start if wanted else 0)
            found[index] = _Place(row, 1, column, columns)
            taken.update(found[index].cells())
        return [found[index] for index in range(len(items))]

    def _columns(
        self, tracks: Sequence[str], items: Sequence[Any], places: Sequence[_Place], room: float, type_: Type
    ) -> list[float]:
        """Widths of a grid's columns: fixed ones and those of their content first, the rest by shares."""
        shares = [float(share[1]) if (share := re.search(r"([\d.]+)fr", track)) else 0.0 for track in tracks]
        widths = [0.0] * len(tracks)
        for column, track in enumerate(tracks):
            if not shares[column]:
                inside = [i for i, p in zip(items, places, strict=True) if (p.column, p.columns) == (column, 1)]
                widths[column] = self._track(track, inside, type_)
        left = max(0.0, room - sum(widths)) / (sum(shares) or 1.0)
        return [width + left * share for width, share in zip(widths, shares, strict=True)]

    def _track(self, track: str, items: Iterable[Any], type_: Type) -> float:
        """Width of a column that takes no share of what is left."""
        least, _, most = track.removeprefix("minmax(").rstrip(")").partition(",")
        fixed = pixels(least, type_)
        if fixed is not None and not most:
            return fixed
        inside = (
            self._span(item, type_, longest) if isinstance(item, Element) else longest(atoms(item.strip(), type_))
            for item in items
        )
        return max(fixed or 0.0, *inside, 0.0)

    # Tables

    def _table(self, element: Element, room: float, type_: Type) -> float:
        """Caption and rows; columns get what their words need and share the rest, as browsers do."""
        captions = [caption for caption in element.named("caption") if self._css.shown(caption)]
        rows = [
            [cell for cell in row.elements if cell.name in ("th", "td") and self._css.shown(cell)]
            for row in element.named("tr")
        ]
        columns = self._table_columns(rows, room)
        heights = []
        for row in rows:
            boxes, at = [], 0
            for cell in row:
                above, count = self._css.type_above(cell), int(cell.attributes.get("colspan") or 1)
                width = sum(columns[at : at + count])
                boxes.append((self._baseline(cell, above), self._height(cell, width, above)))
                at += count
            heights.append(_aligned(boxes))
        return sum(self._item(caption, room, type_)[1] for caption in captions) + sum(heights)

    def _table_columns(self, rows: Sequence[Sequence[Element]], room: float) -> list[float]:
        least: dict[int, float] = {}
        most: dict[int, float] = {}
        for row in rows:
            at = 0
            for cell in row:
                above, count = self._css.type_above(cell), int(cell.attributes.get("colspan") or 1)
                for place in range(at, at + count):
                    least.setdefault(place, 0.0)
                    most.setdefault(place, 0.0)
                if count == 1:
                    least[at] = max(least[at], self._span(cell, above, widest))
                    most[at] = max(most[at], self._span(cell, above, longest))
                at += count
        low = [least[place] for place in sorted(least)]
        wish = [max(0.0, most[place] - least[place]) for place in sorted(least)]
        spare = room - sum(low)
        if spare < -TOLERANCE:
            self.cramped.append((-spare, "a table", "wide"))
        if not sum(wish):
            return [width + max(0.0, spare) / len(low) for width in low]
        return [width + max(0.0, spare) * more / sum(wish) for width, more in zip(low, wish, strict=True)]


def _drawn(element: Element, width: float) -> float:
    """Height of a drawing that is as wide as its place."""
    box = element.attributes.get("viewbox", "").split()
    return width * float(box[3]) / float(box[2]) if len(box) == 4 else 0.0


def _aligned(boxes: Sequence[tuple[float, float]]) -> float:
    """Height of boxes (first baseline, height) that stand in a row on one baseline."""
    above = max((first for first, _ in boxes), default=0.0)
    below = max((height - first for first, height in boxes), default=0.0)
    # Browsers round each box's part above its baseline.
    return above + below + (1.0 if len({first for first, _ in boxes}) > 1 else 0.0)


@dataclass(frozen=True)
class _Place:
    """Where in a grid something stands, counted from 0."""

    row: int
    rows: int
    column: int
    columns: int

    def cells(self) -> set[tuple[int, int]]:
        rows, columns = range(self.row, self.row + self.rows), range(self.column, self.column + self.columns)
        return {(row, column) for row in rows for column in columns}


def _from_to(value: str) -> tuple[int, int]:
    """First row or column, counted from 0, and how many.

    Examples
    --------
    >>> _from_to("2"), _from_to("1 / 3")
    ((1, 1), (0, 2))
    """
    first, _, last = value.partition("/")
    return int(first) - 1, (int(last) - int(first)) if last.strip() else 1


def _tracks(template: str) -> list[str]:
    """The columns of a grid, one by one.

    Examples
    --------
    >>> _tracks("repeat(2, minmax(0, 1fr)) 74px")
    ['minmax(0,1fr)', 'minmax(0,1fr)', '74px']
    """
    inside = r"(?:[^()]|\([^()]*\))+"
    flat = re.sub(rf"repeat\((\d+),\s*({inside})\)", lambda m: " ".join([m[2]] * int(m[1])), template)
    return [track.replace(" ", "") for track in re.findall(r"[\w-]+\([^()]*\)|[^\s()]+", flat)]
