"""Published markup as a tree of elements, and the selectors of deck.css.

Read as the slide rule needs it, and no further: the markup is our own templates' and fragments, the
selectors are those that deck.css uses.  A test compares both with Beautiful Soup and soupsieve, which
take a hundred times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import unescape

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
RAW = frozenset({"script", "style"})  # what is inside is text, whatever it looks like

_TOKEN = re.compile(
    r"<!--.*?-->|<[!?][^>]*>"
    r"|</([a-zA-Z][^\s/>]*)[^>]*>"
    r"|<([a-zA-Z][^\s/>]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.S,
)
_ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?""")


class Element:
    """An element; `children` are elements and texts, `count` of them elements; `place` is its own, from 1.

    Attributes
    ----------
    declared : dict
        What a cascade says of it.
    """

    __slots__ = ("attributes", "children", "classes", "count", "declared", "name", "parent", "place")

    def __init__(self, name: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.name = name
        self.attributes = attributes
        self.classes = tuple(attributes["class"].split()) if "class" in attributes else ()
        self.parent = parent
        self.children: list[Element | str] = []
        self.declared: dict[str, str] = {}
        self.place = self.count = 0

    @property
    def elements(self) -> list[Element]:
        """Its children without the texts."""
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def parents(self) -> Iterator[Element]:
        """What it is in, the nearest first."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    def below(self) -> Iterator[Element]:
        """Every element in it, in order."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.below()

    def named(self, name: str) -> list[Element]:
        """Every element in it of one name."""
        return [element for element in self.below() if element.name == name]

    def words(self) -> str:
        """Its text, words apart by single spaces."""
        return " ".join(" ".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()


def parse(markup: str) -> Element:
    """Markup as a tree below a root without a name.

    Examples
    --------
    >>> root = parse('<p class="a b">One<br>two &amp; <b>three</b></p>')
    >>> [(element.name, element.classes) for element in root.below()]
    [('p', ('a', 'b')), ('br', ()), ('b', ())]
    >>> root.words()
    'One two & three'
    """
    root = at = Element("", {}, None)
    end = 0
    while found := _TOKEN.search(markup, end):
        _add_text(at, markup[end : found.start()])
        end = found.end()
        closed, opened, said = found.groups()
        if closed:
            at = _closed(at, closed.lower())
        elif opened:
            element = Element(opened.lower(), _attributes(said), at)
            at.count += 1
            element.place = at.count
            at.children.append(element)
            if element.name in RAW:
                stop = markup.find(f"</{element.name}", end)
                _add_text(element, markup[end:stop] if stop >= 0 else markup[end:], raw=True)
                end = stop if stop >= 0 else len(markup)
                at = element
            elif element.name not in VOID and not said.endswith("/"):
                at = element
    _add_text(at, markup[end:])
    return root


def _add_text(element: Element, text: str, *, raw: bool = False) -> None:
    if text:
        element.children.append(unescape(text) if "&" in text and not raw else text)


def _closed(element: Element, name: str) -> Element:
    """Where the markup goes on after an end tag; one that ends nothing is passed over."""
    for open_ in (element, *element.parents):
        if open_.name == name and open_.parent is not None:
            return open_.parent
    return element


def _attributes(said: str) -> dict[str, str]:
    if not said or said.isspace():
        return {}
    return {name.lower(): unescape(double or single or bare) for name, double, single, bare in _ATTRIBUTE.findall(said)}


# Selectors

Test = Callable[[Element], bool]

_COMPOUND = re.compile(r"\*|[a-zA-Z][\w-]*|[.#][\w-]+|\[[^]]*\]|:[\w-]+(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?")
_STEP = re.compile(r"\s*([>+~])\s*|\s+")


@cache
def selector(text: str) -> Test:
    """What says whether an element is chosen by a selector, without commas on its top level.

    Raises
    ------
    ValueError
        If the selector uses what is not read here.

    Examples
    --------
    >>> root = parse("<ul class=rows><li>1<li></ul>")
    >>> [selector(".rows:has(li:nth-child(1)) > li")(element) for element in root.below()]
    [False, True, False]
    """
    steps = _steps(text)
    test = steps[0][1]
    for combinator, compound in steps[1:]:
        test = _and(compound, _RELATED[combinator](test))
    return test


def _and(first: Test, second: Test) -> Test:
    return lambda element: first(element) and second(element)


def _steps(text: str) -> list[tuple[str, Test]]:
    """Compound selectors from left to right, each with how it stands to the one before."""
    at, combinator, found = 0, " ", []
    text = text.strip()
    if leading := _STEP.match(text):
        combinator, at = leading[1] or " ", leading.end()
    while at < len(text):
        tests = []
        while part := _COMPOUND.match(text, at):
            tests.append(_simple(part[0]))
            at = part.end()
        step = _STEP.match(text, at)
        if not tests or (at < len(text) and not step):
            raise ValueError(f"the selector '{text}' uses what the slide rule does not read, at '{text[at:]}'")
        found.append((combinator, _all(tests)))
        if step:
            combinator, at = step[1] or " ", step.end()
    return found


def _all(tests: list[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda element: all(test(element) for test in tests)


def _simple(part: str) -> Test:
    name = part[1:]
    if part == "*":
        return lambda element: element.parent is not None
    if part[0] == ".":
        return lambda element: name in element.classes
    if part[0] == "#":
        return lambda element: element.attributes.get("id") == name
    if part[0] == "[":
        key, _, value = part[1:-1].partition("=")
        wanted = value.strip("\"'")
        return lambda element: key in element.attributes and (not value or element.attributes[key] == wanted)
    if part[0] != ":":
        return lambda element: element.name == part
    kind, _, inside = name.partition("(")
    if kind not in _PSEUDO:
        raise ValueError(f"the slide rule does not read ':{kind}'")
    return _PSEUDO[kind](inside[:-1])


def _not(inside: str) -> Test:
    tests = [selector(one) for one in _listed(inside)]
    return lambda element: not any(test(element) for test in tests)


def _is(inside: str) -> Test:
    tests = [selector(one) for one in _listed(inside)]
    return lambda element: any(test(element) for test in tests)


def _has(inside: str) -> Test:
    """Whether something in the element is chosen; only children and what is below them are looked at."""
    choices = []
    for one in _listed(inside):
        steps = _steps(one)
        if len(steps) != 1 or steps[0][0] not in " >":
            raise ValueError(f"the slide rule does not read ':has({inside})'")
        choices.append(steps[0])
    return lambda element: any(
        any(test(inner) for inner in (element.elements if combinator == ">" else element.below()))
        for combinator, test in choices
    )


def _nth_child(inside: str) -> Test:
    place = int(inside)
    return lambda element: element.place == place


def _last_child(element: Element) -> bool:
    return element.parent is not None and element.place == element.parent.count


def _last_of_type(element: Element) -> bool:
    return element.parent is not None and all(
        other.name != element.name or other.place <= element.place for other in element.parent.elements
    )


def _empty(element: Element) -> bool:
    return all(isinstance(child, str) and not child.strip(" \t\r\n\f") for child in element.children)


_PSEUDO: Mapping[str, Callable[[str], Test]] = {
    "not": _not,
    "is": _is,
    "has": _has,
    "nth-child": _nth_child,
    "first-child": lambda inside: _nth_child("1"),
    "last-child": lambda inside: _last_child,
    "last-of-type": lambda inside: _last_of_type,
    "empty": lambda inside: _empty,
}


def _listed(selectors: str) -> list[str]:
    return re.split(r",(?![^()]*\))", selectors)


def _within(element: Element, test: Test) -> bool:
    around = element.parent
    while around is not None:
        if test(around):
            return True
        around = around.parent
    return False


def _before(element: Element) -> list[Element]:
    """Elements beside and before one, the nearest last."""
    return element.parent.elements[: element.place - 1] if element.parent is not None else []


_RELATED: Mapping[str, Callable[[Test], Test]] = {
    " ": lambda test: lambda element: _within(element, test),
    ">": lambda test: lambda element: element.parent is not None and test(element.parent),
    "+": lambda test: lambda element: any(test(other) for other in _before(element)[-1:]),
    "~": lambda test: lambda element: any(test(other) for other in _before(element)),
}
