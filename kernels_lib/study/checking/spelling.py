"""One name spelt two ways: the same but for case, blanks and punctuation, or but for one letter."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

# Forms of companies: "Acme" and "Acme Inc." are one.
_FORMS = {"inc", "ltd", "limited", "llc", "gmbh", "ag", "co", "corp", "corporation", "plc", "sa", "kg", "se", "company"}
# A word must be as long before one letter makes it another spelling and not another name.
_LONG = 5


def folded(name: str) -> str:
    """A name without case, accents, blanks and punctuation.

    Examples
    --------
    >>> folded("Ac-me  Café")
    'acmecafe'
    """
    flat = unicodedata.normalize("NFKD", name.casefold())
    letters = re.sub(r"[\W_]+", "", "".join(c for c in flat if not unicodedata.combining(c)))
    return letters or name


def same_but_for_looks(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Names that are one when case, blanks and punctuation do not count; in their order.

    Examples
    --------
    >>> same_but_for_looks(["Acme", "Bolt", "ACME "])
    [('Acme', 'ACME ')]
    """
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for name in names:
        groups[folded(name)][name] = None
    return [tuple(group) for group in groups.values() if len(group) > 1]


def perhaps_the_same(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs that differ in one letter of a long word, or in the form of the company.

    Examples
    --------
    >>> list(perhaps_the_same(["Fabrikam", "Fabrikan", "Acme", "Acme Ltd", "Brand 01", "Brand 02"]))
    [('Fabrikam', 'Fabrikan'), ('Acme', 'Acme Ltd')]
    """
    words = {name: _words(name) for name in dict.fromkeys(names)}
    found: dict[tuple[str, str], None] = {}
    places: dict[str, list[str]] = defaultdict(list)
    for name, parts in words.items():
        # A name with one letter taken out meets every name that differs from it in one letter.
        for key in _keys(parts):
            places[key].append(name)
    order = {name: place for place, name in enumerate(words)}
    for group in places.values():
        for i, one in enumerate(group):
            for other in group[i + 1 :]:
                if one != other and folded(one) != folded(other) and _near(words[one], words[other]):
                    found[(one, other)] = None
    yield from sorted(found, key=lambda pair: (order[pair[0]], order[pair[1]]))


def _words(name: str) -> tuple[str, ...]:
    found = [folded(word) for word in re.split(r"[\s,.]+", name) if word.strip()]
    kept = tuple(word for word in found if word not in _FORMS)
    return kept or tuple(found)


def _keys(words: tuple[str, ...]) -> set[str]:
    whole = " ".join(words)
    return {whole} | {whole[:i] + whole[i + 1 :] for i in range(len(whole))}


def _near(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if one == other:
        return True
    if len(one) != len(other):
        return False
    changed = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(changed) != 1:
        return False
    a, b = changed[0]
    numbers = any(c.isdigit() for c in a + b)
    return not numbers and min(len(a), len(b)) >= _LONG and _one_apart(a, b)


def _one_apart(a: str, b: str) -> bool:
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
