"""Whether a slide's words fit it, told without a browser.

The deck's own markup is laid out by the deck's own style sheet, as far as its height goes: blocks,
columns, grids and tables, with widths of letters from `lettering`.  So the rule follows deck.css by
itself; a test compares it with Chromium.  Wherever a browser may choose (letters that stand closer,
rows that shrink), the safe side is taken: what passes here does not overflow there.

    style sheet  ->  declarations of each element  ->  heights  ->  what is too high or too wide
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from kernels_lib.production.publish import assets, page
from kernels_lib.production.publish.lettering import Atom, Type, atoms, lines, longest, widest
from kernels_lib.production.publish.slides import ScorecardSlidesExporter

WIDTH, HEIGHT = 1280, 720

# A chart is drawn at whatever height is left; below this share of its own its rows would touch.
SMALLEST_SHARE = 0.72
# A client's own type may be wider than the house's.
FOREIGN = 1.08
# px that an estimate may be off before a word counts as too wide for its column.
TOLERANCE = 2.0

Declared = dict[str, str]

_BLOCKS = frozenset("div section p h1 h2 h3 h4 ul ol li dl dt dd figure table caption svg main body".split())
# The text of an atom that is a small box.
_BOX = "\u25ad"
_BOXES = frozenset({"inline-block", "inline-grid", "inline-flex"})


def too_much(document: page.Document) -> list[str]:
    """What does not fit its slide.

    Parameters
    ----------
    document : Document
        See `kernels_lib.production.publish.page.read`.

    Returns
    -------
    list of str
        One sentence a slide, with its title and by how much; empty if everything fits.
    """
    soup = _markup(document)
    sheet = _Sheet(soup, FOREIGN if document.masthead.fonts else 1.0)
    found = []
    for number, (slide, section) in enumerate(zip(document.slides, soup.select(".slides > section"), strict=True), 1):
        where = f"slide {number}, '{slide.title}',"
        over = sheet.height(section, WIDTH, sheet.type_above(section)) - HEIGHT
        if over > 0:
            found.append(f"{where} is about {over:.0f} px too full ({max(1, round(over / 35))} lines of text)")
        elif sheet.too_wide:
            word, by = max(sheet.too_wide, key=lambda item: item[1])
            found.append(f"{where} has '{word}', which is about {by:.0f} px too wide for its column")
        sheet.too_wide.clear()
    return found


@cache
def _exporter() -> ScorecardSlidesExporter:
    return ScorecardSlidesExporter()


def _markup(document: page.Document) -> BeautifulSoup:
    """The slides as they are published, without style and scripts."""
    deck = _exporter().render(document)
    start, end = deck.index('<div class="reveal">'), deck.index("</main>")
    return BeautifulSoup(re.sub(r"<script\b.*?</script>", "", deck[start:end], flags=re.S), "html.parser")


# The style sheet


@cache
def _rules() -> tuple[tuple[tuple[int, int, int], str, Declared], ...]:
    """Rank, selector and declarations of every rule that can matter to a slide's height, weakest first."""
    css = re.sub(r"/\*.*?\*/", "", assets.text("deck.css"), flags=re.S)
    css = re.sub(r"@[^{;]+\{(?:[^{}]|\{[^{}]*\})*\}", "", css)
    found = []
    for order, (selectors, body) in enumerate(re.findall(r"([^{}]+)\{([^{}]*)\}", css)):
        declared = dict(_declarations(body))
        for selector in _split(selectors):
            if declared and not re.search(r"::|:hover|:focus|\.together|reveal-print|\.present", selector):
                # A slide that waits for its turn is not displayed; here all of them are.
                kept = {k: v for k, v in declared.items() if not (k == "display" and selector.endswith(" section"))}
                found.append(((_rank(selector), order), selector, kept))
    return tuple((rank, selector, declared) for (rank, order), selector, declared in sorted(found, key=lambda f: f[0]))


def _split(selectors: str) -> list[str]:
    """A list of selectors, one by one; a comma inside parentheses separates nothing."""
    return [selector.strip() for selector in re.split(r",(?![^()]*\))", selectors)]


def _rank(selector: str) -> tuple[int, int, int]:
    """Specificity: ids; classes, attributes and pseudo-classes; elements."""
    plain = re.sub(r":(?:has|not|is)\(", " ", selector)
    classes = len(re.findall(r"\.[\w-]+|\[[^]]*\]|:[\w-]+", plain))
    return len(re.findall(r"#[\w-]+", plain)), classes, len(re.findall(r"(?<![\w.#:(-])[a-z][a-z0-9]*", plain))


_SIDES = ("top", "right", "bottom", "left")


def _declarations(body: str) -> Iterator[tuple[str, str]]:
    """Longhand declarations that matter to size; ``!important`` is left in the value."""
    for declaration in body.split(";"):
        name, colon, value = (part.strip() for part in declaration.partition(":"))
        if not colon:
            continue
        if name in ("padding", "margin"):
            parts = value.split()
            for side, place in zip(_SIDES, (0, 1, 2, 3), strict=True):
                yield f"{name}-{side}", parts[{1: (0, 0, 0, 0), 2: (0, 1, 0, 1), 3: (0, 1, 2, 1)}.get(
                    len(parts), (0, 1, 2, 3))[place]]  # fmt: skip
        elif name == "padding-block":
            parts = value.split()
            yield "padding-top", parts[0]
            yield "padding-bottom", parts[-1]
        elif re.fullmatch(r"border(-(top|right|bottom|left))?", name):
            thick = re.search(r"[\d.]+px", value)
            for side in _SIDES if name == "border" else (name.removeprefix("border-"),):
                yield f"border-{side}", thick[0] if thick else "0"
        elif name == "font":
            parts = re.match(r"(?:italic\s+)?(\d+)\s+([\d.]+\w+)/([\d.]+)\s+(.+)", value)
            if parts:
                yield from zip(("font-weight", "font-size", "line-height", "font-family"), parts.groups(), strict=True)
        elif name == "gap":
            parts = value.split()
            yield "row-gap", parts[0]
            yield "column-gap", parts[-1]
        else:
            yield name, value


def _important(declared: Mapping[str, str]) -> Declared:
    return {key: value for key, value in declared.items() if "!important" in value}


# Lengths

_LENGTH = re.compile(r"(-?[\d.]+)(px|em|ch|%)?$")


def _px(value: str, type_: Type, whole: float) -> float | None:
    """A length in px; `whole` is what a percentage is of.  None for a word such as auto."""
    found = _LENGTH.match(value.replace("!important", "").strip())
    if not found:
        return None
    number, unit = float(found[1]), found[2]
    factor = {"em": type_.size, "ch": type_.width("0"), "%": whole / 100}.get(unit or "px", 1.0)
    return number * factor


@dataclass
class _Sheet:
    """The style sheet applied to one deck, and the heights that follow from it."""

    soup: BeautifulSoup
    wider: float = 1.0
    too_wide: list[tuple[str, float]] = field(default_factory=list)
    declared: dict[int, Declared] = field(default_factory=dict)

    def __post_init__(self) -> None:
        forced: list[tuple[Tag, Declared]] = []
        for _, selector, declared in _rules():
            for element in self.soup.select(selector):
                self.declared.setdefault(id(element), {}).update(declared)
                forced.append((element, _important(declared)))
        for element, declared in forced:
            self.declared[id(element)].update(declared)

    # What an element says and inherits

    def of(self, element: Tag) -> Declared:
        return self.declared.get(id(element), {})

    def type_of(self, element: Tag, above: Type) -> Type:
        """How an element's text is set, from what it inherits and says."""
        said = self.of(element)
        changes: dict[str, Any] = {}
        if element.name in ("b", "strong", "th", "h3"):
            changes["bold"] = True
        if "font-size" in said:
            changes["size"] = _px(said["font-size"], above, above.size) or above.size
        elif element.name == "small":
            changes["size"] = above.size / 1.2
        if "line-height" in said:
            changes["line"] = float(said["line-height"])
        if "font-weight" in said:
            changes["bold"] = said["font-weight"] not in ("400", "normal")
        if "font-family" in said:
            changes["serif"] = "serif" in said["font-family"]
        if "letter-spacing" in said:
            changes["spacing"] = _px(said["letter-spacing"], above.but(size=changes.get("size", above.size)), 0.0) or 0.0
        if "white-space" in said:
            changes["whole"] = said["white-space"] == "nowrap"
        return above.but(**changes) if changes else above

    def type_above(self, element: Tag) -> Type:
        """What an element inherits."""
        type_ = Type(wider=self.wider)
        for parent in reversed(list(element.parents)):
            type_ = self.type_of(parent, type_)
        return type_

    def display(self, element: Tag) -> str:
        usual = "block" if element.name in _BLOCKS else "inline"
        return self.of(element).get("display", usual).replace("!important", "").strip()

    def shown(self, element: Tag) -> bool:
        """Whether an element takes part in the layout of its slide."""
        return self.display(element) != "none" and self.of(element).get("position") != "absolute"

    def _inner(self, element: Tag) -> list[Any]:
        """Texts and elements below one; a comment is neither."""
        return [
            child
            for child in element.children
            if (isinstance(child, Tag) and self.shown(child))
            or (isinstance(child, NavigableString) and not isinstance(child, PreformattedString))
        ]

    def _blocky(self, element: Tag) -> bool:
        """Whether an element begins a line of its own, or holds something that does."""
        if self.display(element) in _BOXES:
            return False
        return self.display(element) != "inline" or any(
            isinstance(c, Tag) and self._blocky(c) for c in self._inner(element)
        )

    def _sum(self, element: Tag, names: Iterable[str], type_: Type, whole: float) -> float:
        said = self.of(element)
        return sum(_px(said[name], type_, whole) or 0.0 for name in names if name in said)

    # Heights

    def height(self, element: Tag, room: float, above: Type) -> float:
        """Height of an element's box, without its margins, in so much width."""
        said, type_ = self.of(element), self.type_of(element, above)
        width = self._width(element, room, type_)
        around = self._sum(element, ("padding-top", "padding-bottom", "border-top", "border-bottom"), type_, room)
        inside = width - self._sideways(element, type_, room)
        if element.name in ("svg", "img"):
            return _px(said.get("height", "0"), type_, 0.0) or self._drawn(element, width)
        if "data-height" in element.attrs:
            content = SMALLEST_SHARE * float(element["data-height"])
        elif self.display(element).endswith("grid"):
            content = self._grid(element, inside, type_)
        elif self.display(element).endswith("flex"):
            content = self._stacked(element, inside, type_, collapse=False)
        elif element.name == "table":
            content = self._table(element, inside, type_)
        else:
            content = self._stacked(element, inside, type_, collapse=True)
        least = _px(said["min-height"], type_, 0.0) if "min-height" in said else 0.0
        return max(content + around, least or 0.0)

    def _width(self, element: Tag, room: float, type_: Type) -> float:
        said = self.of(element)
        width = room - self._sum(element, ("margin-left", "margin-right"), type_, room)
        for name in ("width", "max-width"):
            limit = _px(said[name], type_, room) if name in said else None
            if limit is not None:
                width = min(width, limit)
        return width

    def _sideways(self, element: Tag, type_: Type, whole: float) -> float:
        names = ("padding-left", "padding-right", "border-left", "border-right")
        return self._sum(element, names, type_, whole)

    def _drawn(self, element: Tag, width: float) -> float:
        box = str(element.get("viewbox") or element.get("viewBox") or "").split()
        return width * float(box[3]) / float(box[2]) if len(box) == 4 else 0.0

    def _stacked(self, element: Tag, room: float, type_: Type, *, collapse: bool) -> float:
        """Blocks and runs of text, one below the other."""
        total = below = 0.0
        for kind, piece in self._pieces(element, type_):
            if kind == "text":
                total, below = total + below + self._text(piece, room, type_), 0.0
                continue
            own = self.type_of(piece, type_)
            top = self._sum(piece, ("margin-top",), own, room)
            total += (max(below, top) if collapse else below + top) + self.height(piece, room, type_)
            below = self._sum(piece, ("margin-bottom",), own, room)
        gap = _px(self.of(element).get("row-gap", "0"), type_, 0.0) or 0.0
        return total + below + gap * max(0, len(self._inner(element)) - 1)

    def _pieces(self, element: Tag, type_: Type) -> list[tuple[str, Any]]:
        """What stands in an element: ``("text", atoms)`` of a run of words, ``("block", element)``."""
        found: list[tuple[str, Any]] = []
        for child in self._inner(element):
            if isinstance(child, Tag) and self._blocky(child):
                found.append(("block", child))
                continue
            if not found or found[-1][0] == "block":
                found.append(("text", []))
            found[-1][1].extend(self._inline(child, type_))
        return [piece for piece in found if piece[0] == "block" or any(atom.text for atom in piece[1])]

    def _inline(self, node: Any, above: Type) -> Iterator[Atom]:
        if not isinstance(node, Tag):
            yield from atoms(str(node), above)
            return
        if node.name == "br":
            yield Atom(float("inf"), text="\n")
            return
        type_ = self.type_of(node, above)
        if self.display(node) in _BOXES:
            fixed = _px(self.of(node).get("width", ""), type_, 0.0)
            inside = longest(atom for child in self._inner(node) for atom in self._inline(child, type_))
            around = self._sum(node, ("margin-left", "margin-right"), type_, 0.0)
            yield Atom(
                (fixed or inside + self._sideways(node, type_, 0.0)) + around, self.height(node, 1e6, above), text="▭"
            )
            return
        for child in self._inner(node):
            yield from self._inline(child, type_)

    def _text(self, parts: list[Atom], room: float, type_: Type) -> float:
        """Height of a run of text; notes a word that is wider than its room."""
        for part in parts:
            if part.text not in ("\n", _BOX) and part.width > room + TOLERANCE:
                self.too_wide.append((part.text, part.width - room))
        return sum(above + below for above, below in lines(parts, room, type_))

    def _baseline(self, element: Tag, above: Type) -> float:
        """From the top of an element's box to its first baseline, margin included."""
        type_ = self.type_of(element, above)
        top = self._sum(element, ("margin-top", "padding-top", "border-top"), type_, 0.0)
        for kind, piece in self._pieces(element, type_):
            if kind == "block":
                return top + self._baseline(piece, type_)
            return top + max(type_.above, next(atom.above for atom in piece if atom.text))
        return top

    # Widths that depend on what is inside

    def _span(self, element: Tag, above: Type, measure: Any) -> float:
        """Width of an element that `measure` (`longest` or `widest`) gives for its texts."""
        type_ = self.type_of(element, above)
        around = self._sideways(element, type_, 0.0) + self._sum(element, ("margin-left", "margin-right"), type_, 0.0)
        said = self.of(element)
        if fixed := _px(said.get("width", ""), type_, 0.0):
            return fixed
        if self.display(element).endswith("grid") and "grid-template-columns" in said:
            tracks = sum(_px(track, type_, 0.0) or 0.0 for track in _tracks(said["grid-template-columns"]))
            return tracks + around
        inside = [
            self._span(piece, type_, measure) if kind == "block" else measure(piece)
            for kind, piece in self._pieces(element, type_)
        ]
        limit = _px(said.get("max-width", ""), type_, 0.0) or float("inf")
        return min(max(inside, default=0.0) + around, limit)

    # Grids

    def _grid(self, element: Tag, room: float, type_: Type) -> float:
        said = self.of(element)
        items = self._items(element, type_)
        places = _placed(items, [self.of(item) if isinstance(item, Tag) else {} for item in items],
                         len(_tracks(said.get("grid-template-columns", "1fr"))))  # fmt: skip
        columns = self._columns(said, items, places, room, type_)
        gap = _px(said.get("column-gap", "0"), type_, room) or 0.0
        rows: dict[int, list[tuple[float, float]]] = {}
        tall = []
        for item, place in zip(items, places, strict=True):
            width = sum(columns[place.column : place.column + place.columns]) + gap * (place.columns - 1)
            height = self._item(item, width, type_)
            if place.rows > 1:
                tall.append((place, height))
            else:
                aligned = said.get("align-items") == "baseline"
                rows.setdefault(place.row, []).append((self._first(item, type_) if aligned else 0.0, height))
        heights = {row: _aligned(boxes) for row, boxes in rows.items()}
        row_gap = _px(said.get("row-gap", "0"), type_, 0.0) or 0.0
        for place, height in tall:
            have = sum(heights.get(row, 0.0) for row in range(place.row, place.row + place.rows))
            last = place.row + place.rows - 1
            heights[last] = heights.get(last, 0.0) + max(0.0, height - have)
        return sum(heights.values()) + row_gap * max(0, len(heights) - 1)

    def _items(self, element: Tag, type_: Type) -> list[Any]:
        """Children of a grid; loose text between them is one too."""
        found: list[Any] = []
        for child in self._inner(element):
            if isinstance(child, Tag):
                found.append(child)
            elif str(child).strip():
                found.append(str(child))
        return found

    def _item(self, item: Any, width: float, type_: Type) -> float:
        if not isinstance(item, Tag):
            return self._text(list(atoms(item.strip(), type_)), width, type_)
        own = self.type_of(item, type_)
        return self.height(item, width, type_) + self._sum(item, ("margin-top", "margin-bottom"), own, width)

    def _first(self, item: Any, type_: Type) -> float:
        return self._baseline(item, type_) if isinstance(item, Tag) else type_.above

    def _columns(self, said: Declared, items: list[Any], places: list[_Place], room: float, type_: Type) -> list[float]:
        """Widths of a grid's columns: fixed ones first, the rest by their shares."""
        tracks = _tracks(said.get("grid-template-columns", "1fr"))
        gap = _px(said.get("column-gap", "0"), type_, room) or 0.0
        left = room - gap * (len(tracks) - 1)
        found, shares = [0.0] * len(tracks), [0.0] * len(tracks)
        for column, track in enumerate(tracks):
            if share := re.search(r"([\d.]+)fr", track):
                shares[column] = float(share[1])
                continue
            found[column] = self._track(
                track, [i for i, p in zip(items, places, strict=True) if p.column == column and p.columns == 1], type_
            )
        left -= sum(found)
        total = sum(shares) or 1.0
        return [have + max(0.0, left) * share / total for have, share in zip(found, shares, strict=True)]

    def _track(self, track: str, items: list[Any], type_: Type) -> float:
        """Width of a column that takes no share."""
        least, _, most = track.removeprefix("minmax(").rstrip(")").partition(",")
        fixed = _px(least, type_, 0.0)
        if fixed is not None and not most:
            return fixed
        inside = [
            self._span(item, type_, longest) if isinstance(item, Tag) else longest(atoms(item, type_)) for item in items
        ]
        return max(fixed or 0.0, max(inside, default=0.0))

    # Tables

    def _table(self, element: Tag, room: float, type_: Type) -> float:
        """Caption and rows; columns get what their words need and share the rest, as browsers do."""
        captions = [child for child in self._inner(element) if isinstance(child, Tag) and child.name == "caption"]
        total = sum(self._item(caption, room, type_) for caption in captions)
        rows = [
            [cell for cell in row.find_all(["th", "td"], recursive=False) if self.shown(cell)]
            for row in element.find_all("tr")
            if self.shown(row)
        ]
        columns = self._table_columns([row for row in rows if row], room)
        for row in rows:
            boxes, at = [], 0
            for cell in row:
                count = int(cell.get("colspan") or 1)
                above = self.type_above(cell)
                boxes.append((self._baseline(cell, above), self.height(cell, sum(columns[at : at + count]), above)))
                at += count
            total += _aligned(boxes)
        return total

    def _table_columns(self, rows: list[list[Tag]], room: float) -> list[float]:
        least: dict[int, float] = {}
        most: dict[int, float] = {}
        for row in rows:
            at = 0
            for cell in row:
                count = int(cell.get("colspan") or 1)
                if count == 1:
                    above = self.type_above(cell)
                    least[at] = max(least.get(at, 0.0), self._span(cell, above, widest))
                    most[at] = max(most.get(at, 0.0), self._span(cell, above, longest))
                at += count
        places = range(max((max(least, default=-1), max((len(row) for row in rows), default=0) - 1)) + 1)
        low = [least.get(place, 0.0) for place in places]
        high = [max(most.get(place, 0.0), low[place]) for place in places]
        spare = room - sum(low)
        if spare < -TOLERANCE:
            self.too_wide.append(("a table", -spare))
        wish = sum(high) - sum(low)
        if wish <= 0:
            return [width + max(0.0, spare) / max(1, len(low)) for width in low]
        return [a + (b - a) * max(0.0, spare) / wish for a, b in zip(low, high, strict=True)]


def _aligned(boxes: list[tuple[float, float]]) -> float:
    """Height of boxes (first baseline, height) that stand in a row on one baseline."""
    above = max((first for first, _ in boxes), default=0.0)
    # Browsers round each box's part above its baseline.
    rounded = 1.0 if len({first for first, _ in boxes}) > 1 else 0.0
    return above + max((height - first for first, height in boxes), default=0.0) + rounded


@dataclass(frozen=True)
class _Place:
    """Where in a grid something stands."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1


def _tracks(template: str) -> list[str]:
    """The columns of a grid, one by one.

    Examples
    --------
    >>> _tracks("repeat(2, minmax(0,1fr)) 74px")
    ['minmax(0,1fr)', 'minmax(0,1fr)', '74px']
    """
    template = template.replace("!important", "").strip()
    repeated = re.sub(
        r"repeat\((\d+),\s*((?:[^()]|\([^()]*\))+)\)", lambda m: " ".join([m[2].strip()] * int(m[1])), template
    )
    return [track.replace(" ", "") for track in re.findall(r"(?:[\w-]+\([^()]*\)|[^\s()]+)", repeated)]


def _placed(items: list[Any], said: list[Declared], count: int) -> list[_Place]:
    """Rows and columns of a grid's items: those that name theirs first, the others in the free places."""
    taken: set[tuple[int, int]] = set()
    found: dict[int, _Place] = {}
    for index, declared in enumerate(said):
        if "grid-row" in declared and "grid-column" in declared:
            row, rows = _from_to(declared["grid-row"])
            column, columns = _from_to(declared["grid-column"])
            found[index] = _Place(row, column, rows, columns)
            taken |= {(r, c) for r in range(row, row + rows) for c in range(column, column + columns)}
    row = column = 0
    for index, declared in enumerate(said):
        if index in found:
            continue
        if "grid-column" in declared:
            wanted, columns = _from_to(declared["grid-column"])
            row += wanted < column
            column = wanted
            while (row, column) in taken:
                row += 1
        else:
            columns = 1
            while (row, column) in taken or column >= count:
                row, column = (row, column + 1) if column + 1 < count else (row + 1, 0)
        found[index] = _Place(row, column, 1, columns)
        taken |= {(row, c) for c in range(column, column + columns)}
    return [found[index] for index in range(len(items))]


def _from_to(value: str) -> tuple[int, int]:
    """First line, counted from 0, and how many: ``2`` or ``1 / 3``."""
    first, _, last = value.partition("/")
    return int(first) - 1, (int(last) - int(first)) if last.strip() else 1
