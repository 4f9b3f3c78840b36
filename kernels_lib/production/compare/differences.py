"""What is different between two results of one report: numbers beyond rounding, and conclusions.

A number has moved if it is printed differently.  A conclusion has flipped if a question of the ledger
became firm or ceased to be, if a verdict or a stage is another, or if one test alone crossed its level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Way = Literal["weaker", "stronger", "other"]

# Decimals of the numbers that only a table states.
_INTERVAL = ".2f"


@dataclass(frozen=True)
class Item:
    """One thing that is different.

    Attributes
    ----------
    id : str
        What it is, the same on both sides: a number's ref, a question of the ledger.
    kind : {"number", "conclusion"}
    words : str
        What it is, for a reader.
    before, after : str
        As printed.
    way : {"weaker", "stronger", "other"}
        Of a conclusion: what happened to how firm it is.
    criteria : tuple of str
        Ids of the criteria that it is about.
    """

    id: str
    kind: Literal["number", "conclusion"]
    words: str
    before: str
    after: str
    way: Way = "other"
    criteria: tuple[str, ...] = ()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Item]:
    """Everything that is different, conclusions first."""
    names = _names(before) | _names(after)
    return [*_conclusions(before, after, names), *_numbers(before, after, names)]


def apart(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Refs of the numbers that only one side states."""
    then, now = _stated(before), _stated(after)
    return sorted(then.keys() - now.keys()), sorted(now.keys() - then.keys())


def _names(results: Mapping[str, Any]) -> dict[str, str]:
    return {criterion["id"]: criterion["name"] for criterion in results["criteria"]}


def _stated(results: Mapping[str, Any]) -> dict[str, tuple[str, float | None]]:
    """Every number by its ref: as printed, and its value."""
    found = {ref: (number["text"], number["value"]) for ref, number in results["numbers"].items()}
    for criterion in results["criteria"]:
        for part in ("mean", "ci_low", "ci_high"):
            if criterion[part] is not None:
                found.setdefault(
                    f"criteria.{criterion['id']}.{part}", (f"{criterion[part]:{_INTERVAL}}", criterion[part])
                )
    return found


def _numbers(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Item]:
    then, now = _stated(before), _stated(after)
    for ref, (text, _) in then.items():
        if ref in now and now[ref][0] != text:
            about = tuple(part for part in ref.split(".") if part in names)
            yield Item(ref, "number", in_words(ref, names), text, now[ref][0], criteria=about)


def in_words(ref: str, names: Mapping[str, str]) -> str:
    """A ref as a reader would say it.

    Examples
    --------
    >>> in_words("criteria.dialog.ci_low", {"dialog": "Participate in dialog"})
    'Participate in dialog: ci low'
    """
    parts = [part for part in ref.split(".") if part != "criteria"]
    named = [names[part] for part in parts if part in names]
    rest = [part.replace("_", " ") for part in parts if part not in names]
    return ": ".join(filter(None, [" and ".join(named), ", ".join(rest)]))


def _conclusions(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Item]:
    yield from _verdicts(before, after, names)
    yield from _stages(before, after, names)
    yield from _questions(before, after)
    if before["headline"] != after["headline"]:
        yield Item("headline", "conclusion", "The headline", before["headline"], after["headline"])


def _verdicts(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Item]:
    """The client's own verdicts, and those of the group."""
    for origin, then, now in (
        ("score", _own(before), _own(after)),
        ("group", _of_group(before), _of_group(after)),
    ):
        for criterion, verdict in then.items():
            if criterion in now and now[criterion] != verdict:
                words = names.get(criterion, criterion) + (", the client's score" if origin == "score" else "")
                yield Item(
                    f"verdict.{origin}.{criterion}",
                    "conclusion",
                    words,
                    verdict,
                    now[criterion],
                    _way(verdict, now[criterion]),
                    (criterion,),
                )


def _own(results: Mapping[str, Any]) -> dict[str, str]:
    return {key: entry["verdict"] for key, entry in (results["summary"].get("scores") or {}).items()}


def _of_group(results: Mapping[str, Any]) -> dict[str, str]:
    return {criterion["id"]: criterion["verdict"] for criterion in results["criteria"]}


OPEN = ("unresolved", "too close to call", "not scored", "not significant")


def _way(then: str, now: str) -> Way:
    if (then in OPEN) == (now in OPEN):
        return "other"
    return "weaker" if now in OPEN else "stronger"


def _stages(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Item]:
    then, now = before["summary"].get("stage"), after["summary"].get("stage")
    if then and now and then != now:
        yield Item("stage", "conclusion", "The stage", then, now)
    known = {criterion["id"]: criterion["stage"] for criterion in after["criteria"]}
    for criterion in before["criteria"]:
        if known.get(criterion["id"], criterion["stage"]) != criterion["stage"]:
            yield Item(
                f"stage.{criterion['id']}",
                "conclusion",
                f"{criterion['name']}: stage",
                criterion["stage"],
                known[criterion["id"]],
                criteria=(criterion["id"],),
            )


def _questions(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Item]:
    """Questions of the ledger that became firm or open; else tests that crossed their level alone."""
    then, now = _by_question(before), _by_question(after)
    for about, rows in then.items():
        others = now.get(about)
        if not others:
            continue
        first, other = rows[0], others[0]
        was, is_ = _said(rows), _said(others)
        if was != is_:
            ways = {(True, False): "weaker", (False, True): "stronger"}
            way: Any = ways.get((first["firm"], other["firm"]), "other")
            yield Item(f"question.{about}", "conclusion", _words(first), was, is_, way, _criteria_of(about))
            continue
        known = {row["id"]: row for row in others}
        for row in rows:
            match = known.get(row["id"])
            if match is not None and _passes(row) != _passes(match):
                yield Item(
                    f"test.{row['id']}",
                    "conclusion",
                    f"{_words(row)}, by {row['method']}",
                    _level(row),
                    _level(match),
                    "stronger" if _passes(match) else "weaker",
                    _criteria_of(about),
                )


def _by_question(results: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in results["tests"]:
        found.setdefault(row["about"], []).append(row)
    return found


def _said(rows: list[Mapping[str, Any]]) -> str:
    return "; ".join(dict.fromkeys(row["conclusion"] for row in rows))


def _words(row: Mapping[str, Any]) -> str:
    asked = row["question"]
    return row["subject"] if row["subject"] in asked else f"{row['subject']} ({asked[:1].lower()}{asked[1:]})"


def _criteria_of(about: str) -> tuple[str, ...]:
    return tuple(about.split(".")[1:])


def _passes(row: Mapping[str, Any]) -> bool:
    return row["p_adjusted"] is not None and row["p_adjusted"] <= row["alpha"]


def _level(row: Mapping[str, Any]) -> str:
    if row["p_adjusted"] is None:
        return "not tested"
    p = "p < 0.001" if row["p_adjusted"] < 0.001 else f"p = {row['p_adjusted']:.3f}"
    return f"{'significant' if _passes(row) else 'not significant'} at {row['alpha']:g} ({p})"
