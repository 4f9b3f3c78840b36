"""What deck.css says of each element of a deck, without a browser: rules, ranks, inherited type.

Only what decides about size is read, and only what deck.css uses: selectors that soupsieve knows,
lengths in px, em, ch and %, the shorthands padding, margin, border, font and gap.  At-rules, states
(``:hover``) and boxes that a style sheet adds (``::before``) change no height here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import soupsieve
from bs4 import BeautifulSoup
from bs4.element import Tag

from kernels_lib.production.publish import assets
from kernels_lib.production.publish.lettering import Type

Declared = dict[str, str]

# Rules of other occasions: while a pointer or the keyboard is on something, on paper, one by one.
_OTHER = re.compile(r"::|:hover|:focus|\.together|reveal-print|\.present|\.presenter")
_BLOCKS = frozenset(["div", "section", "p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "figure",
                     "table", "caption", "svg", "aside"])  # fmt: skip
_BOLD = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4"})
_SIDES = ("top", "right", "bottom", "left")
_LENGTH = re.compile(r"(-?[\d.]+)(px|em|ch|%)?")
# Size of <small>, of its surroundings, as browsers have it.
_SMALL = 1 / 1.2


@dataclass(frozen=True)
class Rule:
    """A rule; `key` is a class (``.big``) or a tag that whatever it selects has."""

    key: str
    selector: Any
    declared: Declared


class Cascade:
    """The deck's style sheet applied to a deck.

    Parameters
    ----------
    soup : BeautifulSoup
        The deck's slides.
    sans, serif : float
        How many times wider than the house's letters those of this deck may be.
    """

    def __init__(self, soup: BeautifulSoup, sans: float = 1.0, serif: float = 1.0) -> None:
        self._wider = {False: sans, True: serif}
        self._declared: dict[int, Declared] = {}
        named: dict[str, list[Tag]] = {}
        for element in soup.find_all(True):
            for name in (element.name, *(f".{name}" for name in element.get("class", ()))):
                named.setdefault(name, []).append(element)
        matched = [
            (element, rule) for rule in rules() for element in named.get(rule.key, ()) if rule.selector.match(element)
        ]
        for element, rule in matched:
            self._declared.setdefault(id(element), {}).update(rule.declared)
        for element, rule in matched:
            forced = {name: value for name, value in rule.declared.items() if value.endswith("!important")}
            self._declared[id(element)].update(forced)

    def said(self, element: Tag, name: str, otherwise: str = "") -> str:
        """What the style sheet says of an element under one name."""
        value = self._declared.get(id(element), {}).get(name, otherwise)
        return value.removesuffix("!important").strip()

    def length(self, element: Tag, name: str, type_: Type, whole: float = 0.0) -> float | None:
        """A length in px; None where it is a word such as auto, or nothing is said."""
        return pixels(self.said(element, name), type_, whole)

    def sum(self, element: Tag, names: Iterable[str], type_: Type, whole: float = 0.0) -> float:
        """Some lengths together."""
        return sum(self.length(element, name, type_, whole) or 0.0 for name in names)

    def display(self, element: Tag) -> str:
        """How an element stands among others."""
        return self.said(element, "display", "block" if element.name in _BLOCKS else "inline")

    def shown(self, element: Tag) -> bool:
        """Whether an element takes room on its slide."""
        return self.display(element) != "none" and self.said(element, "position") != "absolute"

    def type_of(self, element: Tag, above: Type) -> Type:
        """How an element's text is set, from what it inherits and what is said of it."""
        changes: dict[str, Any] = {"bold": True} if element.name in _BOLD else {}
        size = self.length(element, "font-size", above, above.size)
        if size is not None or element.name == "small":
            changes["size"] = above.size * _SMALL if size is None else size
        if line := self.said(element, "line-height"):
            changes["line"] = float(line)
        if weight := self.said(element, "font-weight"):
            changes["bold"] = weight not in ("400", "normal")
        if family := self.said(element, "font-family"):
            changes["serif"] = "serif" in family
            changes["wider"] = self._wider[changes["serif"]]
        if space := self.said(element, "white-space"):
            changes["whole"] = space == "nowrap"
        type_ = above.but(**changes) if changes else above
        spacing = self.length(element, "letter-spacing", type_)
        return type_ if spacing is None else type_.but(spacing=spacing)

    def type_above(self, element: Tag) -> Type:
        """What an element inherits."""
        type_ = Type(wider=self._wider[False])
        for parent in reversed(list(element.parents)):
            type_ = self.type_of(parent, type_)
        return type_


def pixels(value: str, type_: Type, whole: float = 0.0) -> float | None:
    """A length in px; `whole` is what a percentage is of.

    Examples
    --------
    >>> pixels("1.5em", Type(size=20)), pixels("25%", Type(), 400), pixels("auto", Type())
    (30.0, 100.0, None)
    """
    found = _LENGTH.fullmatch(value)
    if not found:
        return None
    factor = {"em": type_.size, "ch": type_.width("0"), "%": whole / 100}.get(found[2] or "px", 1.0)
    return float(found[1]) * factor


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of the deck that can matter to a slide's height, the weakest first."""
    css = re.sub(r"/\*.*?\*/", "", assets.text("deck.css"), flags=re.S)
    css = re.sub(r"@[^{;]+\{(?:[^{}]|\{[^{}]*\})*\}", "", css)
    found = []
    for order, (selectors, body) in enumerate(re.findall(r"([^{}]+)\{([^{}]*)\}", css)):
        declared = dict(_longhand(body))
        for selector in re.split(r",(?![^()]*\))", selectors):
            selector = selector.strip()
            if declared and not _OTHER.search(selector):
                rule = Rule(_key(selector), soupsieve.compile(selector), _of_slide(selector, declared))
                found.append((_rank(selector), order, rule))
    return tuple(rule for _, _, rule in sorted(found, key=lambda entry: entry[:2]))


def _of_slide(selector: str, declared: Declared) -> Declared:
    """A slide that waits for its turn is not displayed; here every one is, as a column."""
    if selector.endswith(" section") and declared.get("display") == "none":
        return {**declared, "display": "flex"}
    return declared


def _key(selector: str) -> str:
    """The last class or tag of a selector's last part; empty if it has neither.

    Examples
    --------
    >>> _key(".rows:not(:has(li:nth-child(5))) li b"), _key(".g3 .big + p"), _key(".a.b:empty"), _key("*")
    ('b', 'p', '.b', '')
    """
    names = re.findall(r"\.[\w-]+|(?<![\w.:-])[a-z][\w-]*", re.split(r"[\s>+~]+", _bare(selector))[-1])
    return names[-1] if names else ""


def _bare(selector: str) -> str:
    """A selector without its conditions in parentheses."""
    while "(" in selector:
        selector = re.sub(r"\([^()]*\)", "", selector)
    return selector.strip()


def _rank(selector: str) -> tuple[int, int, int]:
    """Specificity: ids; classes, attributes and pseudo-classes; elements.

    Examples
    --------
    >>> _rank(".rows:not(:has(li:nth-child(5))) li b"), _rank(".mm.quarter .act")
    ((0, 2, 3), (0, 3, 0))
    """
    # The three that take selectors count for what is inside them.
    plain = re.sub(r":(?:has|not|is)\(", " ", selector)
    classes = re.findall(r"\.[\w-]+|\[[^]]*\]|:[\w-]+", plain)
    elements = re.findall(r"(?<![\w.#:(-])[a-z][\w-]*", plain)
    return len(re.findall(r"#[\w-]+", plain)), len(classes), len(elements)


def _longhand(body: str) -> Iterator[tuple[str, str]]:
    """The declarations of a rule, shorthands taken apart."""
    for declaration in body.split(";"):
        name, colon, value = (part.strip() for part in declaration.partition(":"))
        if not colon:
            continue
        parts = value.split()
        if name in ("padding", "margin"):
            for side, part in zip(_SIDES, _four(parts), strict=True):
                yield f"{name}-{side}", part
        elif name == "padding-block":
            yield "padding-top", parts[0]
            yield "padding-bottom", parts[-1]
        elif name == "border" or name.removeprefix("border-") in _SIDES:
            thick = re.search(r"[\d.]+px", value)
            for side in _SIDES if name == "border" else (name.removeprefix("border-"),):
                yield f"border-{side}", thick[0] if thick else "0"
        elif name == "font":
            weight, size, line, family = re.fullmatch(r"(\d+) ([\d.]+\w+)/([\d.]+) (.+)", value).groups()  # type: ignore[union-attr]
            yield from {"font-weight": weight, "font-size": size, "line-height": line, "font-family": family}.items()
        elif name == "gap":
            yield "row-gap", parts[0]
            yield "column-gap", parts[-1]
        else:
            yield name, value


def _four(parts: list[str]) -> list[str]:
    """Top, right, bottom, left from one to four values."""
    return [parts[0], parts[1 % len(parts)], parts[2 % len(parts) if len(parts) > 2 else 0],
            parts[{1: 0, 2: 1, 3: 1}.get(len(parts), 3)]]  # fmt: skip
