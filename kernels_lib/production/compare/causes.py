"""Why something is different: the parameter, or the cells of the data, behind each thing that moved.

One input that differs is the cause.  Of several, each is tried alone: the first side is computed again with
that one as in the second.  What then comes out as in the second side has it as its cause.  Where that cannot
be tried, all that could be behind it are named, and it is said that it is one of them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kernels_lib.production.compare.computing import Computer, Variant
from kernels_lib.production.compare.differences import Item, differences
from kernels_lib.production.compare.sides import Side
from kernels_lib.production.preview.form import whom
from kernels_lib.study.datasets import Resource, read_dataset, read_means, read_scores
from kernels_lib.study.instrument import read_instrument
from kernels_lib.study.params import UNSEEN
from kernels_lib.study.roster import Roster
from kernels_lib.study.yamledit import as_yaml

# More inputs than this are not tried one by one.
MOST_ALONE = 8
# Cells that are named; the others are counted.
MOST_CELLS = 3
# Parameters that change what is said and no result, or that say which data: the data speak for themselves.
_NO_CAUSE = (*UNSEEN, "title", "dataset", "wave", "report_date", "client_name", "language")


@dataclass(frozen=True)
class Cell:
    """One cell of the data that is not what it was."""

    file: str
    line: int | None
    unit: str
    column: str
    before: str
    after: str

    def __str__(self) -> str:
        place = self.file + (f", line {self.line}" if self.line is not None else "")
        return f"{place}: {self.unit}, {self.column} {self.before} → {self.after}"


@dataclass(frozen=True)
class Input:
    """One thing that reports are made from and that differs.

    Attributes
    ----------
    name : str
        A parameter (``"alpha"``, ``"target.dialog"``), ``"data"`` or ``"toolkit"``.
    before, after : str
    origin : str
        File and line of a parameter; empty where it is not known.
    cells : tuple of Cell
        Of the data.
    why_no_cells : str
        Why the cells are not known.
    """

    name: str
    kind: Literal["parameter", "data", "toolkit"]
    before: str
    after: str
    origin: str = ""
    cells: tuple[Cell, ...] = ()
    why_no_cells: str = ""

    def __str__(self) -> str:
        said = f"{self.name} {self.before} → {self.after}"
        return f"{said} ({self.origin})" if self.origin else said


@dataclass(frozen=True)
class Explained:
    """A difference and what is behind it, in words; `sure` where that was found out."""

    item: Item
    cause: str
    sure: bool


def inputs_of(
    root: Path, roster: Roster, key: str, sides: Sequence[Side], pair: Sequence[Mapping[str, Any]]
) -> list[Input]:
    """Everything that differs in what two results of one report were made from."""
    before, after = pair
    found = list(_parameters(root, roster, key, before["parameters"], after["parameters"]))
    data = _data(root, sides, pair)
    if data is not None:
        found.append(data)
    tools = before["provenance"].get("toolkit", ""), after["provenance"].get("toolkit", "")
    if tools[0] != tools[1]:
        found.append(Input("toolkit", "toolkit", *tools))
    return found


def _parameters(
    root: Path, roster: Roster, key: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Input]:
    then, now = _flat(before), _flat(after)
    client, industry = whom(roster, key)
    effective = roster.parameters(client=client, industry=industry)
    here = _flat(effective.values.model_dump(mode="json"))
    for name in dict.fromkeys([*then, *now]):
        head = name.partition(".")[0]
        # A parameter that only a later toolkit knows differs by the toolkit.
        if head in _NO_CAUSE or head not in before or head not in after or then.get(name) == now.get(name):
            continue
        at_hand = name in effective.origins and here.get(name) in (then.get(name), now.get(name))
        origin = str(effective.origin(name)) if at_hand else ""
        yield Input(name, "parameter", _shown(name, then, roster), _shown(name, now, roster), origin)


def _shown(name: str, values: Mapping[str, Any], roster: Roster) -> str:
    """A value as the command line takes it; a criterion's own, or the instrument's where it has none."""
    value = values.get(name)
    if value is not None:
        return f"{value:g}" if isinstance(value, float) else as_yaml(value)
    head, _, criterion = name.partition(".")
    if head == "target":
        return f"{roster.instrument.target.value:g} (the instrument's)"
    if head == "weights":
        weight = next((each.weight for each in roster.instrument.criteria if each.id == criterion), 1)
        return f"{weight:g} (the instrument's)"
    return "none"


def _flat(parameters: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": held for inner, held in value.items()}
        else:
            flat[name] = value
    return flat


# The data

_SOURCES = ("scores", "published means", "ratings", "dataset")


def _data(root: Path, sides: Sequence[Side], pair: Sequence[Mapping[str, Any]]) -> Input | None:
    """The data, where they differ, with the cells if both sides' files are at hand."""
    then, now = ({name: one["provenance"].get(name, "") for name in _SOURCES} for one in pair)
    if then == now:
        return None
    named = [
        f"{one['provenance'].get('dataset', '')}, scores {one['provenance'].get('scores', '')[:12]}" for one in pair
    ]
    tables, lacking = [], []
    for side, one in zip(sides, pair, strict=True):
        table = _table(side.project or root, one)
        if table is None:
            lacking.append(f"the files behind {side.label} are not at hand (scores {one['provenance'].get('scores')})")
        else:
            tables.append(table)
    if lacking:
        return Input("data", "data", *named, why_no_cells="; ".join(lacking))
    return Input("data", "data", *named, cells=tuple(_cells(*tables)))


# Resource, unit and column to the cell's text.
_Table = dict[tuple[str, str], tuple[Resource, str]]


def _table(root: Path, results: Mapping[str, Any]) -> _Table | None:
    """Scores and published means of a project, if they are those that results were made from."""
    parameters, recorded = results["parameters"], results["provenance"]
    dataset = read_dataset(root, parameters["dataset"], results["wave"])
    instrument = read_instrument(root, parameters["instrument"], parameters["language"])
    table: _Table = {}
    if dataset.scores is not None:
        scores = read_scores(dataset.scores, instrument)
        if scores.sha256[:12] != recorded.get("scores", "")[:12]:
            return None
        for unit, row in zip(scores.units, scores.values, strict=True):
            for criterion, value in zip(instrument.ids, row, strict=True):
                table[unit, criterion] = (dataset.scores, "none" if value is None else f"{value:g}")
    if dataset.means is not None:
        means = read_means(dataset.means, instrument)
        if means.sha256[:12] != recorded.get("published means", "")[:12]:
            return None
        table |= {("published mean", criterion): (dataset.means, text) for criterion, text in means.mean.items()}
    return table


def _cells(then: _Table, now: _Table) -> Iterator[Cell]:
    lines: dict[Path, dict[str, int]] = {}
    for unit, column in dict.fromkeys([*then, *now]):
        before, after = then.get((unit, column)), now.get((unit, column))
        said = [one[1] if one else "not in the data" for one in (before, after)]
        if said[0] == said[1]:
            continue
        resource = (after or before or (None,))[0]
        assert resource is not None
        if resource.path not in lines:
            lines[resource.path] = _lines(resource)
        # Means have a row a criterion.
        row = column if unit == "published mean" else unit
        yield Cell(resource.shown, lines[resource.path].get(row), unit, column, *said)


def _lines(resource: Resource) -> dict[str, int]:
    """Line of each unit's first row, where the file can be read as text."""
    if resource.path.suffix.casefold() != ".csv":
        return {}
    found: dict[str, int] = {}
    with resource.path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        column = resource.unit_column or (reader.fieldnames or [""])[0]
        for row in reader:
            found.setdefault(row.get(column) or "", reader.line_num)
    return found


# Which of them


def explain(
    items: Sequence[Item],
    inputs: Sequence[Input],
    *,
    key: str,
    unit: str,
    tried: Tried,
) -> list[Explained]:
    """Each difference with its cause.

    Parameters
    ----------
    items : sequence of Item
    inputs : sequence of Input
        Everything that differs.
    key, unit : str
        The report, and its client's name in the data.
    tried : Tried
        What became of trying them.
    """
    return [_explained(item, inputs, unit if key.startswith("client/") else "", tried) for item in items]


def _explained(item: Item, inputs: Sequence[Input], unit: str, tried: Tried) -> Explained:
    if not inputs:
        return Explained(item, "nothing that is recorded differs: an instrument, a report or the code did", False)
    if len(inputs) == 1:
        return Explained(item, *_said(inputs[0], item, unit))
    by_name = {each.name: each for each in inputs}
    if tried.why_not:
        listed = "; ".join(_said(each, item, unit)[0] for each in inputs)
        return Explained(item, f"one of, or several together: {listed} ({tried.why_not})", False)
    behind = [name for name, found in tried.alone.items() if _among(item, found)]
    if behind:
        told = [_said(by_name[name], item, unit) for name in behind]
        either = " or, as well, " if len(told) > 1 else ""
        return Explained(item, either.join(text for text, _ in told), all(sure for _, sure in told))
    untried = [each for each in inputs if each.name not in tried.alone]
    if untried:
        listed = "; ".join(_said(each, item, unit)[0] for each in untried)
        return Explained(item, f"none of the parameters alone; {listed}", False)
    needed = [name for name, found in tried.without.items() if not _among(item, found)]
    told = {name: _said(each, item, unit)[0] for name, each in by_name.items()}
    if len(needed) == 1:
        others = " or ".join(text for name, text in told.items() if name not in needed)
        return Explained(item, f"{told[needed[0]]} together with {others}", True)
    return Explained(item, f"only together: {'; '.join(told[name] for name in needed or told)}", bool(needed))


def _among(item: Item, found: Sequence[Item]) -> bool:
    return any(_same(one, item) for one in found)


def _same(one: Item, other: Item) -> bool:
    return (one.id, one.after) == (other.id, other.after)


def _said(each: Input, item: Item, unit: str) -> tuple[str, bool]:
    """A cause in words; of data, the cells that this difference can come from."""
    if each.kind != "data":
        return str(each), True
    if not each.cells:
        return f"{each}; {each.why_no_cells}" if each.why_no_cells else str(each), False
    cells = [cell for cell in each.cells if cell.column in item.criteria] or list(each.cells)
    if ".score" in item.id or item.id.startswith("verdict.score"):
        cells = [cell for cell in cells if cell.unit == unit] or cells
    left = len(cells) - MOST_CELLS
    more = f", and {left} more {'cell' if left == 1 else 'cells'}" if left > 0 else ""
    listed = "; ".join(map(str, cells[:MOST_CELLS])) + more
    return (listed, True) if len(cells) == 1 else (f"{len(cells)} cells of the data: {listed}", False)


@dataclass(frozen=True)
class Tried:
    """What became of trying inputs one by one.

    Attributes
    ----------
    alone : mapping of str to sequence of Item
        What each input changes alone, from the first side.
    without : mapping of str to sequence of Item
        What all the others change together; empty where no two had to be together.
    why_not : str
        Why they could not be tried; empty where they were.
    """

    alone: Mapping[str, Sequence[Item]] = field(default_factory=dict)
    without: Mapping[str, Sequence[Item]] = field(default_factory=dict)
    why_not: str = ""


def tried(
    computer: Computer,
    roster: Roster,
    key: str,
    first: Side,
    pair: Sequence[Mapping[str, Any]],
    inputs: Sequence[Input],
    items: Sequence[Item],
) -> Tried:
    """Try each input alone; where that does not explain everything, all but one."""
    before, after = pair
    if len(inputs) > MOST_ALONE:
        return Tried(why_not=f"more than {MOST_ALONE} inputs differ, so they were not tried one by one")
    if any(each.kind == "toolkit" for each in inputs):
        return Tried(why_not="an earlier toolkit cannot be run from here")
    can = [each.name for each in inputs if each.kind == "parameter" or _waves_differ(before, after)]
    plain, *ones = (_variant(key, roster, before, after, names) for names in ([], *([name] for name in can)))
    base, *found = computer.compute([plain, *ones])
    if not first.computed and differences(before, base):
        return Tried(why_not=f"{first.label} cannot be computed again from the files that are here")
    alone = {name: differences(base, one) for name, one in zip(can, found, strict=True)}
    if len(can) < len(inputs) or all(any(_among(item, one) for one in alone.values()) for item in items):
        return Tried(alone)
    rest = [_variant(key, roster, before, after, [other for other in can if other != name]) for name in can]
    return Tried(alone, {name: differences(base, one) for name, one in zip(can, computer.compute(rest), strict=True)})


def _waves_differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the data differ by the wave, so that this report can be computed with either."""
    return before["parameters"]["dataset"] == after["parameters"]["dataset"] and before["wave"] != after["wave"]


def _variant(
    key: str, roster: Roster, before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str]
) -> Variant:
    """A report of the first side with some inputs as in the second."""
    client, industry = whom(roster, key)
    here = roster.parameters(client=client, industry=industry).values.model_dump(mode="json")
    wanted = {name: value for name, value in before["parameters"].items() if name in here and name not in _NO_CAUSE}
    for name in names:
        head = name.partition(".")[0]
        if head in wanted:
            wanted[head] = _with(wanted[head], after["parameters"][head], name)
    overrides = [f"{name}={_written(value)}" for name, value in wanted.items() if here[name] != value]
    return Variant(key, (after if "data" in names else before)["wave"], tuple(overrides))


def _with(held: Any, others: Any, name: str) -> Any:
    """One parameter as in the second side; of a parameter with parts only this part."""
    inner = name.partition(".")[2]
    if not inner:
        return others
    kept = {key: value for key, value in held.items() if key != inner}
    return kept | {key: value for key, value in others.items() if key == inner}


def _written(value: Any) -> str:
    return value if isinstance(value, str) else as_yaml(json.loads(json.dumps(value)))
