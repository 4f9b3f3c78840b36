"""An instrument and a study for data that have none: drafts in plain words, to be rewritten.

Every text is marked `assumed` and says nothing that the data do not say.  Texts are in English; a
report in another language asks for theirs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from hashlib import sha256

from kernels_lib.study.importing.mapping import Ends
from kernels_lib.study.importing.values import number_in

# A chart has room for so many letters of a criterion.
SHORT = 26
_BANDS = (("low", "Low"), ("fair", "Fair"), ("good", "Good"), ("high", "High"))
_FIELDS = ("name", "short", "phrase", "does", "lacks", "question", "weight", "why", "improve", "action")


def draft_instrument(
    name: str,
    *,
    title: str,
    source: str,
    unit: tuple[str, str],
    scale: Ends,
    criteria: Mapping[str, str],
    decimals: int,
) -> str:
    """``params/instruments/NAME.yaml`` as text.

    Parameters
    ----------
    name, title, source : str
    unit : (str, str)
        What is scored: one, many.
    scale : Ends
    criteria : mapping of id to what its column asks
    decimals : int
        Of a score.
    """
    width = scale.top - scale.floor
    # Three quarters of the way up is 4 on a scale from 1 to 5; a tenth of the way is a difference that shows.
    target, margin = _round(scale.floor + 0.75 * width, width), 0.1 * width
    shorts = short_names(list(criteria.values()))
    lines = [
        "# yaml-language-server: $schema=../schema/instrument.schema.json",
        "#",
        f"# Drafted by `scorecard import` from the columns of {_comment(source)}. Target, margin, stages and every",
        "# sentence about a criterion are placeholders (assumed): rewrite them, `why`, `improve` and `action` first.",
        "",
        f"id: {name}",
        f"name: {_quoted(title)}",
        f"source: {_quoted(source)}",
        "unit:",
        f"  one: {_quoted(unit[0])}",
        f"  many: {_quoted(unit[1])}",
        f"decimals: {{score: {decimals}, mean: {_mean_decimals(decimals, scale)}}}",
        "",
        "scale:",
        f"  floor: {_number(scale.floor)}",
        f"  top: {_number(scale.top)}",
        f"  step: {'null' if scale.step is None else _number(scale.step)}    # null: any number between the ends",
        "  status: {floor: assumed, top: assumed, step: assumed}",
        "",
        "target:",
        f"  value: {_number(target)}    # three quarters of the way up; agree on one before looking at results",
        "  status: assumed",
        "",
        "margin:",
        f"  value: {_number(margin)}    # smallest difference that matters, in points",
        "  status: assumed",
        "",
        "stage_rule: truncation",
        "stages:",
    ]
    for place, (band, word) in enumerate(_BANDS):
        start = _number(_round(scale.floor + place * width / len(_BANDS), width) if place else scale.floor)
        lines.append(f"  - {{id: {band}, name: {word}, from: {start}, status: {{name: assumed, from: assumed}}}}")
    lines += ["", "criteria:"]
    for (criterion, asks), short in zip(criteria.items(), shorts, strict=True):
        lines += _criterion(criterion, asks, short, unit, len(criteria))
    return "\n".join(lines) + "\n"


def _criterion(criterion: str, asks: str, short: str, unit: tuple[str, str], count: int) -> list[str]:
    texts = drafted_texts(asks, short, unit, count)
    lines = [f"  - id: {criterion}"]
    lines += [f"    {field}: {_quoted(text)}" for field, text in texts.items() if field != "weight"]
    lines.insert(len(lines) - 3, "    weight: 1")
    lines.append("    status:")
    lines.append(f"      {{{', '.join(f'{field}: assumed' for field in _FIELDS)}}}")
    return lines


def drafted_texts(asks: str, short: str, unit: tuple[str, str], count: int) -> dict[str, str]:
    """What a draft says of a criterion; `scorecard check` knows by it that nobody rewrote it."""
    asks = asks if len(asks) <= 300 else asks[:299].rstrip() + "\u2026"
    question = asks if asks.endswith("?") else f"What is the score on {short}?"
    return {
        "name": asks,
        "short": short,
        "phrase": f"the score on {short}",
        "does": f"scores well on {short}",
        "lacks": f"scores low on {short}",
        "question": question,
        "why": f"{short} is one of the {count} criteria of this study."
        if count > 1
        else f"{short} is what was scored.",
        "improve": f"Find out what the best {unit[1]} do differently on {short}.",
        "action": f"Name one person who answers for {short}.",
    }


def short_names(names: Sequence[str]) -> list[str]:
    """Names that fit into a chart, none twice.

    Examples
    --------
    >>> short_names(["Dialog", "How well does it answer questions?", "How well does it answer questions?"])
    ['Dialog', 'How well does it answer…', 'How well does it answer 2']
    """
    found: list[str] = []
    for name in names:
        short = name.rstrip("?.: ") or name
        if len(short) > SHORT:
            cut = short[: SHORT - 1]
            short = (cut.rpartition(" ")[0] if " " in cut[10:] else cut).rstrip(" ,;:-") + "\u2026"
        if short in found and name not in names[: len(found)]:
            # Names that begin alike differ in their ends.
            end = name.rstrip("?.: ")[-(SHORT - 1) :]
            short = "\u2026" + (end.partition(" ")[2] or end)
        number, free = 2, short
        while free in found:
            free = f"{short[: SHORT - 3]} {number}"
            number += 1
        found.append(free)
    return found


def draft_study(name: str, *, title: str, instrument: str, units: int) -> str:
    """``params/studies/NAME/study.yaml`` as text."""
    lines = [
        "# yaml-language-server: $schema=../../schema/study.schema.json",
        "#",
        "# Drafted by `scorecard import`. Keys that are not set here have their built-in defaults;",
        "# params/study.yaml explains each of them.",
        "",
        f"title: {_quoted(title[:160])}",
        f"dataset: {name}",
        f"instrument: {instrument}",
        f"seed: {int(sha256(name.encode()).hexdigest()[:7], 16)}",
    ]
    if units < 5:
        lines.append(f"minimum_base: {max(2, units - 1)}  # there are no more than {units} in the data")
    return "\n".join(lines) + "\n"


def plural(word: str) -> str:
    """The plural of an English noun, as a draft needs it.

    Examples
    --------
    >>> plural("brand"), plural("company"), plural("bus")
    ('brands', 'companies', 'buses')
    """
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def decimals_of(scale: Ends, texts: Sequence[str]) -> int:
    """Decimals that scores are printed with."""
    if scale.step is not None:
        # On a short scale, what a score lacks to the target is less than a point.
        return 0 if scale.top - scale.floor >= 20 else 1
    numbers = (text for text in texts if number_in(text) is not None and "e" not in text.casefold())
    longest = max((len(text.partition(".")[2]) for text in numbers), default=1)
    # A number of a hundred units says nothing in its third decimal.
    return max(0, min(longest, 2 - math.floor(math.log10(scale.top - scale.floor))))


def _mean_decimals(decimals: int, scale: Ends) -> int:
    """Decimals of a mean: a measured score has all that mean something already."""
    if scale.step is None:
        return max(decimals, 1)
    return 1 if scale.top >= 10 else 2


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    return " ".join(text.split())


def _round(value: float, width: float) -> float:
    """A number that people would choose: half points on a short scale, fives on one to 100."""
    part = 0.5 if 2 < width < 20 else 10 ** math.floor(math.log10(width)) / 20
    return float(f"{math.floor(value / part + 0.5) * part:.10g}")


def _number(value: float) -> str:
    return f"{value:.10g}"
