"""A statement: a sentence, and the numbers it states, each with a reference.

Prose marks its numbers, ``<data value="2.08" data-ref="criteria.dialog.mean">2.08</data>``, so that
a gate compares references and not digits found in text.  A statement that calls something firm,
different or unresolved names the questions of the ledger that it speaks of (`firm`, `open_`); a gate
compares them with the ledger.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from string import Formatter
from typing import Any

from markupsafe import Markup, escape

from kernels_lib.study.language import _
from kernels_lib.study.numerals import Numerals, in_words
from kernels_lib.study.results import Basis, Claim, Number, Sentence


@dataclass(frozen=True)
class Statement:
    """One or more sentences as text and as safe HTML, with the numbers they state.

    A laid-out piece also says its `layout` and its `content` as plain values, so that other formats
    than HTML can lay it out in their own way.
    """

    id: str
    text: str
    html: Markup
    numbers: tuple[Number, ...] = ()
    claims: tuple[Claim, ...] = ()
    layout: str = ""
    content: tuple[Any, ...] = ()

    def claiming(self, claims: Iterable[Claim]) -> Statement:
        """The same words, resting on these questions of the ledger."""
        return replace(self, claims=tuple(dict.fromkeys([*self.claims, *claims])))

    def record(self) -> Sentence:
        """The statement as it goes into the results."""
        return Sentence(
            id=self.id,
            text=self.text,
            html=str(self.html),
            refs=tuple(number.ref for number in self.numbers),
            claims=self.claims,
        )

    def __html__(self) -> str:
        return str(self.html)

    def __str__(self) -> str:
        return self.text


def firm(*questions: str) -> tuple[Claim, ...]:
    """That these questions are settled."""
    return tuple(Claim(question=question, firm=True) for question in questions)


def open_(*questions: str) -> tuple[Claim, ...]:
    """That these questions are not settled."""
    return tuple(Claim(question=question, firm=False) for question in questions)


def mark(number: Number) -> Markup:
    """A number as HTML that carries its value and reference."""
    value = "" if number.value is None else f"{number.value:.12g}"
    return Markup(f'<data value="{value}" data-ref="{escape(number.ref)}">{escape(number.text)}</data>')


def note(identity: str, template: str, **values: object) -> Statement:
    """As `state`, for words that continue a line: the first letter stays as it is."""
    return _filled(identity, template, values, sentence=False)


def state(identity: str, template: str, **values: object) -> Statement:
    """Fill a template; texts are escaped, numbers are marked.

    Parameters
    ----------
    identity : str
        The statement's id in the results.
    template : str
        With ``{name}`` for each value.  The template itself is ours and is trusted as HTML.  It is a
        message: it comes in the reader's language (see `kernels_lib.study.language`), so it stands
        here as one literal, or as the result of ``_n`` where a count decides its form.
    **values : Number, Statement or str

    Returns
    -------
    Statement
    """
    return _filled(identity, template, values, sentence=True)


def _filled(identity: str, template: str, values: Mapping[str, object], *, sentence: bool) -> Statement:
    template = _(template)
    plain, safe, numbers, claims = {}, {}, [], []
    parts = _parts(template)
    # A value that the words do not mention is not stated.
    used = {name for __, name in parts}
    for name, value in values.items():
        if name not in used:
            continue
        if isinstance(value, Number):
            plain[name], safe[name] = value.text, mark(value)
            numbers.append(value)
        elif isinstance(value, Statement):
            plain[name], safe[name] = value.text, value.html
            numbers.extend(value.numbers)
            claims.extend(value.claims)
        else:
            plain[name], safe[name] = str(value), escape(str(value))
    begin = _upper_first if sentence else str
    text, html = (begin(_one_point(_put(parts, values))) for values in (plain, safe))
    return Statement(identity, text, Markup(html), tuple(numbers), tuple(dict.fromkeys(claims)))


@lru_cache(maxsize=2048)
def _parts(template: str) -> tuple[tuple[str, str], ...]:
    """A template as texts, each with the name of the value that follows it; empty where none does.

    Raises
    ------
    ValueError
        If a value has a form of its own, as in ``{share:.1f}``: numbers come formatted.
    """
    parts = []
    for text, name, form, conversion in Formatter().parse(template):
        if form or conversion or not (name is None or name.isidentifier()):
            raise ValueError(f"'{template}': write each value as {{name}}")
        parts.append((text, name or ""))
    return tuple(parts)


def _put(parts: tuple[tuple[str, str], ...], values: Mapping[str, str]) -> str:
    # Joined and not added: a text of ours plus safe HTML would be escaped.
    return "".join([piece for text, name in parts for piece in ((text, values[name]) if name else (text,))])


# "1 points" and "<data ...>1</data> points", where a whole number of points may be one.
_ONE_POINT = re.compile(r"((?<![\d.,])1(?:</data>)? )(?:points\b|(Punkt)en?\b)")


def _one_point(text: str) -> str:
    return _ONE_POINT.sub(lambda found: found[1] + (found[2] or "point"), text)


def _upper_first(text: str) -> str:
    # A sentence may begin with a number in words ("three"), also inside its <data> element.
    if text.startswith("<data"):
        start = text.index(">") + 1
        return text[:start] + text[start : start + 1].upper() + text[start + 1 :]
    return text[:1].upper() + text[1:]


def joined(identity: str, statements: Iterable[Statement], *, between: str = " ") -> Statement:
    """Several statements, one after the other."""
    parts = [part for part in statements if part.text]
    return Statement(
        identity,
        between.join(part.text for part in parts),
        Markup(between).join(part.html for part in parts),
        tuple(number for part in parts for number in part.numbers),
        tuple(dict.fromkeys(claim for part in parts for claim in part.claims)),
    )


NOTHING = Statement("", "", Markup(""))


def amount(numerals: Numerals, value: float, unit: str, *, signed: bool = False) -> str:
    """``48,200``, ``4.1%``: a count or a percentage with the decimals it was given with, at most three."""
    decimals = next(d for d in range(4) if d == 3 or math.isclose(value, round(value, d), abs_tol=1e-9))
    text = numerals.fixed(value, decimals, signed=signed)
    return _("{n}%").format(n=text) if unit == "percent" else text


@dataclass(frozen=True)
class Numbers:
    """Makes numbers of one basis, formatted for one language and instrument."""

    numerals: Numerals
    basis: Basis

    def on(self, basis: Basis) -> Numbers:
        """The same formatter for numbers of another basis."""
        return Numbers(self.numerals, basis)

    def score(self, ref: str, value: float) -> Number:
        """A score in points."""
        return self._number(ref, value, "points", self.numerals.score(value))

    def mean(self, ref: str, value: float) -> Number:
        """A mean in points."""
        return self._number(ref, value, "points", self.numerals.mean(value))

    def distance(self, ref: str, value: float) -> Number:
        """A distance in points without its sign: ``1.5``."""
        return self._number(ref, abs(value), "points", self.numerals.score(abs(value)))

    def target(self, ref: str, value: float) -> Number:
        """A target, without needless decimals."""
        return self._number(ref, value, "points", self.numerals.target(value))

    def count(self, ref: str, value: int, *, words: bool = True) -> Number:
        """A count, small ones in words."""
        return self._number(ref, value, "count", in_words(int(value)) if words else str(int(value)))

    def rank(self, ref: str, value: float) -> Number:
        """A rank as an ordinal."""
        return self._number(ref, value, "rank", self.numerals.ordinal(int(value)))

    def deviations(self, ref: str, value: float) -> Number:
        """A number of standard deviations, without its sign."""
        return self._number(ref, abs(value), "standard deviations", self.numerals.fixed(abs(value), 1))

    def statistic(self, ref: str, value: float) -> Number:
        """A test statistic or a coefficient, two decimals."""
        return self._number(ref, value, "", self.numerals.fixed(value, 2))

    def share(self, ref: str, value: float) -> Number:
        """A number from 0 to 1, two decimals."""
        return self._number(ref, value, "share", self.numerals.fixed(value, 2))

    def percent(self, ref: str, value: float, decimals: int = 0) -> Number:
        """A number from 0 to 1 in percent: ``12%``."""
        return self._number(ref, value, "share", _("{n}%").format(n=self.numerals.fixed(100 * value, decimals)))

    def amount(self, ref: str, value: float, unit: str) -> Number:
        """A count, or a number that is in percent already, with the decimals it was given with."""
        return self._number(ref, value, "count" if unit == "count" else "percent", amount(self.numerals, value, unit))

    def _number(self, ref: str, value: float, unit: str, text: str) -> Number:
        known = value is not None and not math.isnan(value)
        return Number(ref=ref, value=float(value) if known else None, unit=unit, text=text, basis=self.basis)
