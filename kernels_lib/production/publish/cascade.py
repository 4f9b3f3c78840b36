"""What deck.css says of each element of a deck, without a browser: rules, ranks, inherited type.

Only what decides about size is read, and only what deck.css uses: the selectors of `tree`, lengths in
px, em, ch and %, the shorthands padding, margin, border, font and gap.  At-rules, states (``:hover``)
and boxes that a style sheet adds (``::before``) change no height here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from kernels_lib.production.publish import assets
from kernels_lib.production.publish.lettering import Type
from kernels_lib.production.publish.tree import Element, Test, selector

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
    """A rule; `key` is a class (``.big``) or a tag that whatever it selects has, `needs` are all classes around it."""

    key: str
    needs: frozenset[str]
    selector: str
    chooses: Test
    declared: Declared
    forced: Declared


class Cascade:
    """The deck's style sheet applied to a deck.

    Parameters
    ----------
    root : Element
        The deck's slides; what is said of each element is left on it.
    sans, serif : float
        How many times wider than the house's letters those of this deck may be.
    """

    def __init__(self, root: Element, sans: float = 1.0, serif: float = 1.0) -> None:
        self._wider = {False: sans, True: serif}
        self._outermost = Type(wider=sans)
        self._types: dict[tuple[Element, int], tuple[Type, Type]] = {}
        chosen = _chosen(root)
        for element, rule in chosen:
            element.declared.update(rule.declared)
        for element, rule in chosen:
            if rule.forced:
                element.declared.update(rule.forced)

    def said(self, element: Element, name: str, otherwise: str = "") -> str:
        """What the style sheet says of an element under one name."""
        return element.declared.get(name, otherwise)

    def length(self, element: Element, name: str, type_: Type, whole: float = 0.0) -> float | None:
        """A length in px; None where it is a word such as auto, or nothing is said."""
        said = element.declared.get(name)
        return pixels(said, type_, whole) if said else None

    def sum(self, element: Element, names: Iterable[str], type_: Type, whole: float = 0.0) -> float:
        """Some lengths together."""
        declared = element.declared
        return sum(pixels(declared[name], type_, whole) or 0.0 for name in names if name in declared)

    def display(self, element: Element) -> str:
        """How an element stands among others."""
        return self.said(element, "display", "block" if element.name in _BLOCKS else "inline")

    def shown(self, element: Element) -> bool:
        """Whether an element takes room on its slide."""
        return self.display(element) != "none" and self.said(element, "position") != "absolute"

    def type_of(self, element: Element, above: Type) -> Type:
        """How an element's text is set, from what it inherits and what is said of it."""
        known = self._types.get((element, id(above)))
        if known is None:
            # Kept with the one above, so that no other type takes its identity.
            known = self._types[element, id(above)] = (above, self._type_of(element, above))
        return known[1]

    def _type_of(self, element: Element, above: Type) -> Type:
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

    def type_above(self, element: Element) -> Type:
        """What an element inherits."""
        if element.parent is None:
            return self._outermost
        return self.type_of(element.parent, self.type_above(element.parent))


def _chosen(root: Element) -> list[tuple[Element, Rule]]:
    """Elements with the rules that choose them, the weakest rule first."""
    named: dict[str, list[Element]] = {}
    for element in root.below():
        named.setdefault(element.name, []).append(element)
        for name in element.classes:
            named.setdefault(f".{name}", []).append(element)
    return [
        (element, rule)
        for rule in rules()
        if rule.needs <= named.keys()
        for element in named.get(rule.key, ())
        if rule.chooses(element)
    ]


def pixels(value: str, type_: Type, whole: float = 0.0) -> float | None:
    """A length in px; `whole` is what a percentage is of.

    Examples
    --------
    >>> pixels("1.5em", Type(size=20)), pixels("25%", Type(), 400), pixels("auto", Type())
    (30.0, 100.0, None)
    """
    number, unit = _length(value)
    if number is None or unit == "px":
        return number
    return number * (type_.size if unit == "em" else type_.width("0") if unit == "ch" else whole / 100)


@cache
def _length(value: str) -> tuple[float | None, str]:
    found = _LENGTH.fullmatch(value)
    return (float(found[1]), found[2] or "px") if found else (None, "")


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of the deck that can matter to a slide's height, the weakest first."""
    css = re.sub(r"/\*.*?\*/", "", assets.text("deck.css"), flags=re.S)
    css = re.sub(r"@[^{;]+\{(?:[^{}]|\{[^{}]*\})*\}", "", css)
    found = []
    for order, (selectors, body) in enumerate(re.findall(r"([^{}]+)\{([^{}]*)\}", css)):
        declared = dict(_longhand(body))
        for text in map(str.strip, re.split(r",(?![^()]*\))", selectors)):
            if declared and not _OTHER.search(text):
                found.append((_rank(text), order, _rule(text, _of_slide(text, declared))))
    return tuple(rule for _, _, rule in sorted(found, key=lambda entry: entry[:2]))


def _rule(text: str, declared: Declared) -> Rule:
    plain = {name: value.removesuffix("!important").strip() for name, value in declared.items()}
    forced = {name: plain[name] for name, value in declared.items() if value.endswith("!important")}
    needs = frozenset(re.findall(r"\.[\w-]+", _bare(text)))
    return Rule(_key(text), needs, text, selector(text), plain, forced)


def _of_slide(text: str, declared: Declared) -> Declared:
    """A slide that waits for its turn is not displayed; here every one is, as a column."""
    if text.endswith(" section") and declared.get("display") == "none":
        return {**declared, "display": "flex"}
    return declared


def _key(text: str) -> str:
    """The last class or tag of a selector's last part; empty if it has neither.

    Examples
    --------
    >>> _key(".rows:not(:has(li:nth-child(5))) li b"), _key(".g3 .big + p"), _key(".a.b:empty"), _key("*")
    ('b', 'p', '.b', '')
    """
    names = re.findall(r"\.[\w-]+|(?<![\w.:-])[a-z][\w-]*", re.split(r"[\s>+~]+", _bare(text))[-1])
    return names[-1] if names else ""


def _bare(text: str) -> str:
    """A selector without its conditions in parentheses."""
    while "(" in text:
        text = re.sub(r"\([^()]*\)", "", text)
    return text.strip()


def _rank(text: str) -> tuple[int, int, int]:
    """Specificity: ids; classes, attributes and pseudo-classes; elements.

    Examples
    --------
    >>> _rank(".rows:not(:has(li:nth-child(5))) li b"), _rank(".mm.quarter .act")
    ((0, 2, 3), (0, 3, 0))
    """
    # The three that take selectors count for what is inside them.
    plain = re.sub(r":(?:has|not|is)\(", " ", text)
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
