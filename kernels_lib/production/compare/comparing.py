"""The comparison of two sides, report by report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadParameters
from kernels_lib.production.compare import causes, differences
from kernels_lib.production.compare.causes import Explained, Input
from kernels_lib.production.compare.computing import Computer, Variant
from kernels_lib.production.compare.sides import Side, chosen, read_side
from kernels_lib.production.preview.form import whom
from kernels_lib.study.roster import Roster, read_roster

# Where both sides are computed and nobody is named, the study's own report is compared.
USUAL = ("study/",)


@dataclass(frozen=True)
class ReportCompared:
    """One report of both sides.

    Attributes
    ----------
    inputs : tuple of Input
        What differs in what it was made from.
    explained : tuple of Explained
        What differs in it, conclusions first.
    gone, new : tuple of str
        Refs of numbers that only the first or only the second side states.
    """

    key: str
    name: str
    inputs: tuple[Input, ...]
    explained: tuple[Explained, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def conclusions(self) -> list[Explained]:
        """Those that flipped."""
        return [each for each in self.explained if each.item.kind == "conclusion"]

    @property
    def numbers(self) -> list[Explained]:
        """Those that moved."""
        return [each for each in self.explained if each.item.kind == "number"]


@dataclass(frozen=True)
class Comparison:
    """Two sides and their reports; `missing` are keys that only one side has."""

    first: Side
    second: Side
    reports: tuple[ReportCompared, ...]
    missing: tuple[str, ...]
    notice: str
    title: str

    @property
    def different(self) -> list[ReportCompared]:
        """Reports in which something is different."""
        return [report for report in self.reports if report.explained or report.gone or report.new]


def compare(
    root: Path,
    study_name: str,
    first: str,
    second: str,
    *,
    clients: Sequence[str] = (),
    industries: Sequence[str] = (),
    told: Callable[[int, int], None] = lambda done, all_: None,
) -> Comparison:
    """Compare two sides.

    Parameters
    ----------
    root : Path
    study_name : str
    first, second : str
        As `read_side` reads them.
    clients, industries : sequence of str
        Reports to compare; by default all that both sides have.
    told : callable
        Called with how many reports are computed, and how many there are.

    Raises
    ------
    ScorecardError
        If a side is nothing, or the two have no report in common.
    """
    roster = read_roster(root, study_name)
    sides = [read_side(root, study_name, text) for text in (first, second)]
    named = [f"client/{roster.client(each).slug}" for each in clients]
    named += [f"industry/{roster.industry(each).slug}" for each in industries]
    keys, missing = _keys(sides, named)
    with Computer(root, study_name, told) as computer:
        computer.compute([variant for side in sides for variant in _variants(side, keys)])
        sides = [_computed(side, keys, computer) for side in sides]
        reports = [_report(root, roster, key, sides, computer) for key in keys]
    notices = {side.results[key]["notice"] for side in sides for key in keys}
    return Comparison(
        *sides,
        tuple(reports),
        tuple(missing),
        " ".join(sorted(filter(None, notices))),
        roster.parameters().values.title,
    )


def _keys(sides: Sequence[Side], named: Sequence[str]) -> tuple[list[str], list[str]]:
    """Reports that both sides have or can compute, and those that only one has."""
    held = [list(side.results) for side in sides if not side.computed]
    if not held:
        return list(named) or list(USUAL), []
    common = [key for key in held[0] if all(key in other for other in held[1:])]
    missing = sorted({key for keys in held for key in keys} - set(common))
    clients = [key.partition("/")[2] for key in named if key.startswith("client/")]
    industries = [key.partition("/")[2] for key in named if key.startswith("industry/")]
    keys = chosen(common, clients, industries)
    if not keys:
        raise BadParameters("the two sides have no report in common.", where="compare")
    return keys, missing


def _computed(side: Side, keys: Sequence[str], computer: Computer) -> Side:
    if not side.computed:
        return side
    return replace(side, results=dict(zip(keys, computer.compute(_variants(side, keys)), strict=True)))


def _variants(side: Side, keys: Sequence[str]) -> list[Variant]:
    """What has to be computed of a side."""
    return [Variant(key, side.wave, side.overrides) for key in keys] if side.computed else []


def _report(root: Path, roster: Roster, key: str, sides: Sequence[Side], computer: Computer) -> ReportCompared:
    before, after = pair = [side.results[key] for side in sides]
    items = differences.differences(before, after)
    inputs = causes.inputs_of(root, roster, key, sides, pair)
    tried = causes.Tried()
    if items and len(inputs) > 1:
        tried = causes.tried(computer, roster, key, sides[0], pair, inputs, items)
    client = whom(roster, key)[0]
    unit = client.brand if client is not None else ""
    explained = causes.explain(items, inputs, key=key, unit=unit, tried=tried)
    gone, new = differences.apart(before, after)
    return ReportCompared(key, _name(key, after), tuple(inputs), tuple(explained), tuple(gone), tuple(new))


def _name(key: str, results: Mapping[str, Any]) -> str:
    kind = key.partition("/")[0]
    return {"study": "The study", "methods": "Methods"}.get(kind, results["subject_name"])


def as_json(compared: Comparison) -> dict[str, Any]:
    """The comparison as plain values."""
    return {
        "first": compared.first.label,
        "second": compared.second.label,
        "missing": list(compared.missing),
        "reports": [
            {
                "key": report.key,
                "name": report.name,
                "inputs": [
                    {
                        "name": each.name,
                        "before": each.before,
                        "after": each.after,
                        "origin": each.origin,
                        "cells": [vars(cell) for cell in each.cells],
                    }
                    for each in report.inputs
                ],
                "conclusions": [_plain(each) for each in report.conclusions],
                "numbers": [_plain(each) for each in report.numbers],
                "gone": list(report.gone),
                "new": list(report.new),
            }
            for report in compared.reports
        ],
    }


def _plain(each: Explained) -> dict[str, Any]:
    item = each.item
    return {
        "id": item.id,
        "words": item.words,
        "before": item.before,
        "after": item.after,
        **({"way": item.way} if item.kind == "conclusion" else {}),
        "cause": each.cause,
        "sure": each.sure,
    }
