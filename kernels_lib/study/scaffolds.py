"""The texts of files that `scaffolding` makes.

Whatever is put into them (a brand's name, say) is written as JSON text, which YAML reads as it is.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadData
from kernels_lib.study.datasets import read_dataset

Scale = tuple[float, float, float | None]  # lowest score, highest, step between scores

# Units of the example dataset, and the groups that they are in.
_UNITS = 12
_GROUPS = ("north", "south")


@dataclass(frozen=True)
class Draft:
    """An instrument to be written: criteria with their texts, and the scale."""

    criteria: tuple[Mapping[str, Any], ...]
    scale: Scale
    unit: Mapping[str, Any]
    about: str

    @property
    def ids(self) -> list[str]:
        """Criterion ids."""
        return [criterion["id"] for criterion in self.criteria]


_TEXTS = ("name", "short", "phrase", "does", "lacks", "question", "why", "improve", "action")


def _criterion(identity: str, **texts: tuple[str, str]) -> dict[str, Any]:
    return {"id": identity, **{key: {"en": en, "de": de} for key, (en, de) in texts.items()}}


EXAMPLE = Draft(
    criteria=(
        _criterion(
            "speed",
            name=("Answer quickly", "Schnell antworten"),
            short=("Quick answers", "Schnelligkeit"),
            phrase=("answering quickly", "schnell antworten"),
            does=("answers quickly", "antwortet schnell"),
            lacks=("hardly answers quickly", "antwortet kaum schnell"),
            question=("How soon is a question answered?", "Wie schnell wird eine Frage beantwortet?"),
            why=("Who waits too long asks elsewhere.", "Wer zu lange wartet, fragt anderswo."),
            improve=(
                "Look at the questions that waited longest, and remove what they waited for.",
                "Die Fragen ansehen, die am längsten liegen blieben, und beseitigen, worauf sie warteten.",
            ),
            action=("Answer every question within one working day.", "Jede Frage binnen eines Werktags beantworten."),
        ),
        _criterion(
            "clarity",
            name=("Answer clearly", "Verständlich antworten"),
            short=("Clear answers", "Verständlichkeit"),
            phrase=("answering clearly", "verständlich antworten"),
            does=("answers clearly", "antwortet verständlich"),
            lacks=("hardly answers clearly", "antwortet kaum verständlich"),
            question=("Can a layperson follow the answer?", "Können Laien der Antwort folgen?"),
            why=(
                "An answer that is not understood is asked for again.",
                "Was niemand versteht, wird noch einmal gefragt.",
            ),
            improve=(
                "Let someone from outside read ten answers, and rewrite what they stumble over.",
                "Jemanden von außen zehn Antworten lesen lassen und umschreiben, was dabei aufhält.",
            ),
            action=(
                "Rewrite the three most sent answers.",
                "Die drei am häufigsten verschickten Antworten umschreiben.",
            ),
        ),
        _criterion(
            "solution",
            name=("Solve the problem", "Das Problem lösen"),
            short=("Solutions", "Problemlösung"),
            phrase=("solving the problem", "das Problem lösen"),
            does=("solves the problem", "löst das Problem"),
            lacks=("hardly solves the problem", "löst das Problem kaum"),
            question=("Is the problem solved after the answer?", "Ist das Problem nach der Antwort gelöst?"),
            why=("People ask because they want something done.", "Menschen fragen, weil etwas erledigt werden soll."),
            improve=(
                "Give those who answer the means to settle what is asked most.",
                "Denen, die antworten, die Mittel geben, das Häufigste selbst zu erledigen.",
            ),
            action=("Ask after a week whether it is solved.", "Nach einer Woche fragen, ob es gelöst ist."),
        ),
    ),
    scale=(1, 5, 1),
    unit={"one": {"en": "brand", "de": "Marke"}, "many": {"en": "brands", "de": "Marken"}},
    about="An example to write over: three criteria on a scale of five.",
)


def criteria_of(root: Path, dataset: str) -> Draft:
    """A draft for the columns of a dataset that hold numbers; its texts are to be written over.

    Raises
    ------
    BadData
        If the dataset has no scores, or none whose criteria are columns.
    """
    read = read_dataset(root, dataset)
    remedy = "Give an instrument that fits: --instrument NAME."
    if read.scores is None:
        raise BadData("no resource has the role 'scores' or 'ratings'.", where=read.shown, remedy=remedy)
    package = json.loads((root / "datasets" / dataset / "datapackage.json").read_text(encoding="utf-8"))
    folder = root / "datasets" / dataset
    entry = next(e for e in package["resources"] if folder / e["path"] == read.scores.path)
    named = {read.scores.unit_column, read.scores.group_column, read.scores.rater_column}
    fields = [
        field
        for field in entry.get("schema", {}).get("fields", [])
        if field.get("type") in ("integer", "number") and field["name"] not in named
    ]
    if read.scores.criterion_column or not fields:
        raise BadData("no column is a criterion by itself.", where=read.scores.shown, remedy=remedy)
    wrong = [field["name"] for field in fields if not _is_identifier(field["name"])]
    if wrong:
        raise BadData(
            f"'{wrong[0]}' cannot name a criterion: lower-case letters, digits and underscores, a letter first.",
            where=read.shown,
            remedy=remedy,
        )
    unit = package.get("scorecard", {}).get("unit", {})
    return Draft(
        tuple(_derived(field) for field in fields),
        _scale_of(fields, read.scores.path, read.scores.shown),
        {"one": unit.get("one", "brand"), "many": unit.get("many", "brands")},
        f"Made from the columns of datasets/{dataset}: write over the texts.",
    )


def _is_identifier(name: str) -> bool:
    return name.isascii() and name.isidentifier() and name == name.lower() and name[0].isalpha() and len(name) <= 40


def _derived(field: Mapping[str, Any]) -> dict[str, Any]:
    plain = field["name"].replace("_", " ")
    name = str(field.get("title") or plain.capitalize())[:80]
    return {
        "id": field["name"],
        "name": name,
        "short": name[:40],
        "phrase": f"doing well on {plain}",
        "does": f"does well on {plain}",
        "lacks": f"does little on {plain}",
        "question": str(field.get("description") or f"How good is {plain}?"),
        "why": f"To be written: why {plain} matters.",
        "improve": f"To be written: how to get better on {plain}.",
        "action": f"To be written: the first step on {plain}.",
    }


def _scale_of(fields: Iterable[Mapping[str, Any]], path: Path, where: str) -> Scale:
    """From the columns' constraints; where they have none, from the numbers themselves."""
    fields = list(fields)
    step = 1 if all(field["type"] == "integer" for field in fields) else None
    stated = [field.get("constraints", {}) for field in fields]
    if all("minimum" in one and "maximum" in one for one in stated):
        return min(one["minimum"] for one in stated), max(one["maximum"] for one in stated), step
    if path.suffix != ".csv":
        raise BadData(
            "the columns state no minimum and maximum.", where=where, remedy="Add them as constraints of the fields."
        )
    numbers = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            numbers += [float(row[field["name"]]) for field in fields if _is_number(row[field["name"]])]
    if not numbers or min(numbers) == max(numbers):
        raise BadData("the columns hold no two different numbers.", where=where)
    return math.floor(min(numbers)), math.ceil(max(numbers)), step


def _is_number(text: str | None) -> bool:
    try:
        return math.isfinite(float(text or ""))
    except ValueError:
        return False


def _yaml(value: Any) -> str:
    """A value on one line: JSON is YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml(one)}" for key, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    return f"{value:g}"


def instrument_text(name: str, draft: Draft) -> str:
    """An instrument's file."""
    floor, top, step = draft.scale
    spread = top - floor
    label = name.replace("_", " ").capitalize()
    decimals = "{score: 0, mean: 1}" if spread >= 50 else "{score: 1, mean: 2}"
    stages = (
        ("weak", {"en": "Weak", "de": "Schwach"}, 0.0),
        ("fair", {"en": "Fair", "de": "Mäßig"}, 0.25),
        ("good", {"en": "Good", "de": "Gut"}, 0.5),
        ("strong", {"en": "Strong", "de": "Stark"}, 0.75),
    )
    lines = [
        "# yaml-language-server: $schema=../schema/instrument.schema.json",
        "#",
        f"# {draft.about} Reports quote these texts. A text is",
        "# `text`, or {en: text, de: Text} where reports are read in German too. Each number and text says whether",
        "# your source gives it (published) or you chose it (assumed).",
        "",
        f"id: {name}",
        f"name: {_yaml({'en': label, 'de': label})}",
        'source: "Who made the instrument, the year, the title, where it was published"',
        "unit:  # what is scored",
        f"  one: {_yaml(draft.unit['one'])}",
        f"  many: {_yaml(draft.unit['many'])}",
        f"decimals: {decimals}  # of a score, and of a mean",
        "",
        "scale:",
        f"  floor: {_number(floor)}",
        f"  top: {_number(top)}",
        f"  step: {'null' if step is None else _number(step)}  # between scores; null: any value",
        "  status: {floor: assumed, top: assumed, step: assumed}",
        "",
        "target:  # a score of this or more counts as a strength",
        f"  value: {_number(floor + 0.75 * spread)}",
        "  status: assumed",
        "",
        "margin:  # a smaller difference does not matter in practice",
        f"  value: {_number(spread / 8)}",
        "  status: assumed",
        "",
        "stage_rule: truncation",
        "stages:  # named bands of the scale, from their lower end",
    ]
    for identity, words, share in stages:
        cut = _number(floor + share * spread)
        lines.append(
            f"  - {{id: {identity}, name: {_yaml(words)}, from: {cut}, status: {{name: assumed, from: assumed}}}}"
        )
    lines += [
        "",
        "# `does` and `lacks` follow the name of a unit; `phrase` follows 'when it comes to'.",
        "criteria:",
    ]
    for criterion in draft.criteria:
        lines.append(f"  - id: {criterion['id']}")
        lines += [f"    {key}: {_yaml(criterion[key])}" for key in _TEXTS]
        lines.append("    weight: 1  # only ratios matter")
        lines.append(f"    status: {{{', '.join(f'{key}: assumed' for key in (*_TEXTS, 'weight'))}}}")
    return "\n".join(lines) + "\n"


_SAID_IN_STUDY = "params/study.yaml explains each key."


def study_text(name: str, dataset: str, instrument: str) -> str:
    """A further study's file."""
    label = name.replace("-", " ").capitalize()
    return f"""# yaml-language-server: $schema=../../schema/study.schema.json
#
# A further study. Keys that are not set here have their built-in defaults; take the # of a line away to
# set one. {_SAID_IN_STUDY}

title: {_yaml({"en": label, "de": label})}
dataset: {dataset}  # a folder in datasets/
instrument: {instrument}  # a file in params/instruments/
seed: {int(sha256(name.encode()).hexdigest()[:7], 16)}  # of every random draw; any number, once chosen never changed

# Numbers
# alpha: 0.05
# correction: holm

# Comparison and disclosure
# peer_group: all
# disclosure: aggregate
# minimum_base: 4

# Documents
# formats: [html, slides]
# language: en
# contact: ""
"""


def client_text(brand: str, slug: str, criterion: str, target: float, study_name: str) -> str:
    """A client's file."""
    study = "params/study.yaml" if not study_name else f"params/studies/{study_name}/study.yaml"
    option = f" --study {study_name}" if study_name else ""
    return f"""# yaml-language-server: $schema={_up(study_name)}schema/client.schema.json
#
# What differs for one client; all else is as in {study} and in its industry's file.
# `scorecard params {slug}{option}` shows every effective value and where it came from.
# Take the # of a line away to set a key. {_SAID_IN_STUDY}

brand: {_yaml(brand)}  # as in the data

# client_name: {_yaml(f"{brand} Ltd")}
# language: en
# contact: research@example.org
# confidentiality: {_yaml(f"Prepared for {brand} only.")}
# colours: {{primary: "#7a1f5c"}}
# target: {{{criterion}: {_number(target)}}}
# formats: [html, slides]
# status: draft
# commentary: {{summary: {_yaml("What we think of it, in our own words.")}}}
"""


def industry_text(value: str, name: str, criterion: str, study_name: str) -> str:
    """An industry's file."""
    return f"""# yaml-language-server: $schema={_up(study_name)}schema/industry.schema.json
#
# What differs for one industry and its clients; a client's own file comes after it.
# Take the # of a line away to set a key. {_SAID_IN_STUDY}

industry: {_yaml(value)}  # as in the data
name: {_yaml({"en": name, "de": name})}  # as in reports

# weights: {{{criterion}: 1.5}}
# peer_group: industry
# disclosure: aggregate
"""


def _up(study_name: str) -> str:
    """The way from a layer's folder to params/."""
    return "../../../" if study_name else "../"


def example_scores(ids: Iterable[str], floor: float, top: float, step: float | None) -> str:
    """Made-up scores: the same every time, each within the scale and on its grid."""
    ids = list(ids)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["unit", "group", *ids])
    for unit in range(_UNITS):
        scores = [
            _score((7 * unit + 4 * place + 3 * unit * place) % 11 / 10, floor, top, step) for place in range(len(ids))
        ]
        table.writerow([f"Example {unit + 1:02d}", _GROUPS[unit % len(_GROUPS)], *scores])
    return text.getvalue()


def _score(share: float, floor: float, top: float, step: float | None) -> str:
    if step is None:
        return f"{floor + share * (top - floor):.6g}"
    # Rounded down, so that a last step that the scale does not hold is never taken.
    return f"{floor + math.floor(share * (top - floor) / step + 1e-9) * step:.10g}"


def example_package(name: str, ids: Iterable[str], scale: Scale, scores: bytes) -> str:
    """The example dataset's ``datapackage.json``."""
    floor, top, step = scale
    kind = "integer" if step is not None and float(step).is_integer() and float(floor).is_integer() else "number"
    limits = {"required": True, "minimum": floor, "maximum": top}
    text = {"type": "string", "unit": ""}
    fields = [
        {"name": "unit", "description": "Who is scored.", **text, "constraints": {"required": True, "unique": True}},
        {"name": "group", "description": "Its industry.", **text, "constraints": {"required": True}},
        *({"name": one, "type": kind, "description": "", "unit": "points", "constraints": limits} for one in ids),
    ]
    label = name.replace("-", " ").capitalize()
    package = {
        "profile": "data-package",
        "name": name,
        "title": f"{label}: example data",
        "description": "Made-up scores to begin with; replace them by your own.",
        "version": "0.1.0",
        "sources": [{"title": "Made up by `scorecard new study`"}],
        "licenses": [{"name": "CC0-1.0", "title": "No rights reserved"}],
        "scorecard": {
            "title": {"en": f"{label}: example data", "de": f"{label}: Beispieldaten"},
            "wave": "1",
            "waves": {"1": "2026-01-01"},
            "unit": {"one": "brand", "many": "brands"},
        },
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": "scores",
                "path": "scores.csv",
                "title": "Scores",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(scores),
                "hash": f"sha256:{sha256(scores).hexdigest()}",
                "schema": {"fields": fields, "primaryKey": "unit", "missingValues": [""]},
                "scorecard": {
                    "role": "scores",
                    "basis": "measured",
                    "notice": {
                        "en": "Example data. These scores are made up.",
                        "de": "Beispieldaten. Diese Werte sind erfunden.",
                    },
                    "unit_column": "unit",
                    "group_column": "group",
                },
            }
        ],
    }
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"
