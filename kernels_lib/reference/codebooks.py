"""``datasets/NAME.md``: the codebook of a dataset, from its description and a count of its cells."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kernels_lib.reference.markdown import code, document, sentence, table
from kernels_lib.study.language import SOURCE, pick

# Different texts of a column that are listed one by one, and the letters that they may have together.
MOST_LISTED, MOST_LETTERS = 8, 120
NUMBERS = ("integer", "number")


def names(root: Path) -> list[str]:
    """The datasets that are described, but for those that were set aside."""
    found = sorted(path.parent.name for path in (root / "datasets").glob("*/datapackage.json"))
    return [name for name in found if not name.startswith(".")]


def page(root: Path, name: str) -> str:
    """One dataset's codebook."""
    folder = root / "datasets" / name
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    own = package.get("scorecard", {})
    waves = ", ".join(f"{wave} ({day})" for wave, day in own.get("waves", {}).items())
    facts = [
        ("Title", str(pick(own.get("title", package.get("title", "")), SOURCE))),
        ("Source", "; ".join(map(_linked, package.get("sources", [])))),
        ("Licence", "; ".join(map(_linked, package.get("licenses", [])))),
        ("Waves", waves),
        ("A row is about", " / ".join(own.get("unit", {}).values())),
        ("Brought in from", _origin(own)),
    ]
    return document(
        f"Codebook: {name}",
        [
            sentence(package.get("description", "")),
            table(("", ""), [fact for fact in facts if fact[1]]),
            *(_file(folder, resource) for resource in package.get("resources", [])),
            _claims(own.get("claims", [])),
        ],
    )


def _linked(entry: Mapping[str, str]) -> str:
    said = entry.get("title") or entry.get("name", "")
    return f"[{said}]({entry['path']})" if entry.get("path") else said


def _origin(own: Mapping[str, Any]) -> str:
    made = own.get("import", {})
    return f"`{made['file']}` with `scorecard import`" if "file" in made else ""


def _claims(claims: Sequence[Mapping[str, Any]]) -> str:
    if not claims:
        return ""
    said = [
        (
            f"{one['count']} of {one['of']}",
            str(pick(one["text"], SOURCE)),
            f"below {one['below']} on {_and(one['criteria'])}",
        )
        for one in claims
    ]
    return "## Counts that the source states\n\n" + table(("count", "says", "held against"), said)


def _and(words: Sequence[str]) -> str:
    return " and ".join(code(word) for word in words)


def _file(folder: Path, resource: Mapping[str, Any]) -> str:
    """One file: what it is, then its columns."""
    own = resource.get("scorecard", {})
    records = list(_records(folder / resource["path"])) if resource["path"].endswith(".csv") else []
    facts = [f"{len(records)} rows.", sentence(resource.get("description", ""))]
    facts += [f"Role: `{own.get('role', 'none')}`. Basis: `{own.get('basis', 'measured')}`."]
    facts += [f"*{notice}*"] if (notice := str(pick(own.get("notice", ""), SOURCE))) else []
    fields = resource.get("schema", {}).get("fields", [])
    columns = table(
        ("column", "meaning", "type", "unit", "allowed", "missing", "found"),
        [_column(field, [record.get(field["name"]) or "" for record in records]) for field in fields],
    )
    return f"## {resource['path']}\n\n{' '.join(filter(None, facts))}\n\n{columns}"


def _records(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _column(field: Mapping[str, Any], cells: Sequence[str]) -> tuple[str, ...]:
    known = [cell for cell in cells if cell.strip()]
    found = _numbers(known) if field.get("type") in NUMBERS else _texts(known)
    return (
        code(field["name"]),
        sentence(field.get("description", "")),
        field.get("type", ""),
        field.get("unit", ""),
        _allowed(field.get("constraints", {})),
        str(len(cells) - len(known)),
        found,
    )


def _allowed(rules: Mapping[str, Any]) -> str:
    ends = [rules.get("minimum"), rules.get("maximum")]
    said = []
    if None not in ends:
        said.append(f"{ends[0]} to {ends[1]}")
    elif ends != [None, None]:
        said.append(f"from {ends[0]}" if ends[1] is None else f"up to {ends[1]}")
    said += ["needed"] if rules.get("required") else []
    said += ["none twice"] if rules.get("unique") else []
    said += [f"as `{rules['pattern']}`"] if rules.get("pattern") else []
    return ", ".join(said)


def _numbers(known: Sequence[str]) -> str:
    """Range, mean and different values; the mean from sums without error of their own."""
    values = [float(cell) for cell in known]
    if not values:
        return "no value"
    mean = math.fsum(values) / len(values)
    return f"{min(values):g} to {max(values):g}, mean {mean:.2f}, {_values(len(set(values)))}"


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} different values"


def _texts(known: Sequence[str]) -> str:
    counts = Counter(known)
    if not counts:
        return "no value"
    if not 1 < len(counts) <= MOST_LISTED or len(counts) == len(known) or sum(map(len, counts)) > MOST_LETTERS:
        return _values(len(counts))
    return ", ".join(f"{text} ({count})" for text, count in counts.items())
