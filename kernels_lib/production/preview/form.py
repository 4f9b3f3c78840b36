"""The parameters of one report as fields of a form, made from the JSON schema of `Parameters`.

A parameter that is added to the model is in the form by itself: its type, bounds and words decide what
kind of field it gets.  Parameters by criterion are one field a criterion.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kernels_lib.errors import ScorecardError, UnknownName
from kernels_lib.paths import params_folder, shown
from kernels_lib.study.params import SECTIONS, STUDY_ONLY, Effective, Origin, Parameters, known_studies
from kernels_lib.study.roster import Client, Industry, Roster, read_roster
from kernels_lib.study.yamlfile import read_yaml

# What stands together on the page; whatever is in none of these comes last.
GROUPS = {
    "Thresholds": ("alpha", "correction", "target", "weights"),
    "Comparison and disclosure": ("peer_group", "disclosure", "minimum_base"),
    "Document": ("language", "sections", "formats", "client_name", "contact", "confidentiality", "report_date", "wave"),
    "Look": ("colours", "type", "logo"),
    "Draws": ("bootstrap_draws", "weight_draws", "seed"),
}
REST = "Study"
LAYERS = ("client", "industry", "study")
# More steps than this are typed, not slid over.
_MOST_STEPS = 250


def of_report(root: Path, study_name: str, subject: str) -> dict[str, Any]:
    """The form of one report.

    Parameters
    ----------
    root : Path
    study_name : str
    subject : str
        Key of the report's job, such as ``"client/brand-07"``.

    Returns
    -------
    dict
        ``title``; ``layers``: name, file and whether it exists, the report's own first; ``groups``: each a
        title and its fields.

    Raises
    ------
    ScorecardError
        If the files cannot be read.
    """
    roster = read_roster(root, study_name)
    client, industry = whom(roster, subject)
    effective = roster.parameters(client=client, industry=industry)
    files = layer_files(roster, client, industry)
    schema = Parameters.model_json_schema()
    fields = [field for key in Parameters.model_fields for field in _fields(key, schema, roster, effective, files)]
    named = {
        title: [field for key in keys for field in fields if field["key"].split(".")[0] == key]
        for title, keys in GROUPS.items()
    }
    grouped = {key for keys in GROUPS.values() for key in keys}
    named[REST] = [field for field in fields if field["key"].split(".")[0] not in grouped]
    return {
        "title": _title(roster, subject, client, industry, effective),
        "layers": [
            {"name": layer, "file": shown(path, root), "exists": path.is_file()} for layer, path in files.items()
        ],
        "groups": [{"title": title, "fields": found} for title, found in named.items() if found],
    }


def subjects(root: Path, study_name: str) -> list[dict[str, str]]:
    """Every report of a study: key and name, those of the study first."""
    roster = read_roster(root, study_name)
    found = [{"key": "study/", "name": "The study"}, {"key": "methods/", "name": "Methods"}]
    found += [{"key": f"industry/{each.slug}", "name": each.name} for each in roster.industries.values()]
    found += [{"key": f"client/{each.slug}", "name": each.brand} for each in roster.clients.values()]
    return found


def whom(roster: Roster, subject: str) -> tuple[Client | None, Industry | None]:
    """The client, and the industry whose file counts for the report.

    Raises
    ------
    UnknownName
    """
    kind, _, slug = subject.partition("/")
    client = roster.client(slug) if kind == "client" else None
    if client is not None:
        return client, roster.industry_of(client)
    return None, roster.industry(slug) if kind == "industry" else None


def layer_files(roster: Roster, client: Client | None, industry: Industry | None) -> dict[str, Path]:
    """The file of each layer, there or not, the report's own first."""
    folder = params_folder(roster.root, roster.study_name)
    files = {}
    if client is not None:
        files["client"] = folder / "clients" / f"{client.slug}.yaml"
    if industry is not None:
        files["industry"] = folder / "industries" / f"{industry.slug}.yaml"
    return {**files, "study": folder / "study.yaml"}


def _title(roster: Roster, subject: str, client: Client | None, industry: Industry | None, effective: Effective) -> str:
    if client is not None:
        return effective.values.client_name or client.brand
    if industry is not None:
        return industry.name
    return "Methods" if subject.startswith("methods") else "The study"


def _fields(
    key: str, schema: Mapping[str, Any], roster: Roster, effective: Effective, files: Mapping[str, Path]
) -> Iterator[dict[str, Any]]:
    """The fields of one parameter: several where it has parts."""
    about = _resolved(schema["properties"][key], schema)
    value = effective.values.model_dump(mode="json")[key]
    where = [layer for layer in files if layer == "study" or key not in STUDY_ONLY]
    if "properties" in about and about.get("type") == "object":
        for part, inner in about["properties"].items():
            yield _field(f"{key}.{part}", _words(part), inner, value[part], roster, effective, files, where)
    elif about.get("type") == "object":
        for criterion in roster.instrument.criteria:
            name = f"{key}.{criterion.id}"
            inner = _by_criterion(key, about["additionalProperties"], roster)
            own = value.get(criterion.id)
            field = _field(name, criterion.short, inner, own, roster, effective, files, where)
            if own is None:
                field |= {"value": _of_instrument(key, criterion.id, roster)}
                field["origin"] = _place(_instrument_origin(key, criterion.id, roster), files, roster.root)
            yield {**field, "of": _words(key)}
    else:
        yield _field(key, _words(key), about, value, roster, effective, files, where)


def _field(
    key: str,
    label: str,
    about: Mapping[str, Any],
    value: Any,
    roster: Roster,
    effective: Effective,
    files: Mapping[str, Path],
    where: list[str],
) -> dict[str, Any]:
    return {
        "key": key,
        "label": label,
        "help": about.get("description", ""),
        "value": value,
        "origin": _place(effective.origin(key), files, roster.root),
        "layers": where,
        **_kind(key, about, roster, effective),
    }


def _kind(key: str, about: Mapping[str, Any], roster: Roster, effective: Effective) -> dict[str, Any]:
    """What kind of field a parameter gets, and what it may hold."""
    if key == "sections":
        return {"kind": "choices", "choices": list(SECTIONS)}
    if key == "wave":
        # One wave's data say which others there are.
        return {"kind": "select", "choices": ["", *_waves(roster)]}
    if key in ("dataset", "instrument"):
        return {"kind": "select", "choices": _known(key, roster.root)}
    if "enum" in about:
        return {"kind": "select", "choices": about["enum"]}
    if about.get("type") == "array":
        return {"kind": "choices", "choices": about["items"].get("enum", [])}
    if about.get("type") == "boolean":
        return {"kind": "switch"}
    if about.get("type") in ("number", "integer"):
        return _numeric(about)
    if "#" in about.get("pattern", ""):
        return {"kind": "colour"}
    if any(part.get("format") == "date" for part in about.get("anyOf", [about])):
        return {"kind": "date"}
    spoken = any(part.get("type") == "object" for part in about.get("anyOf", []))
    # Where a file has a text once a language, the form changes the one that this report is read in.
    return {"kind": "text", "language": effective.values.language} if spoken else {"kind": "text"}


def _numeric(about: Mapping[str, Any]) -> dict[str, Any]:
    whole = about.get("type") == "integer"
    low = about.get("minimum", about.get("exclusiveMinimum"))
    high = about.get("maximum", about.get("exclusiveMaximum"))
    if low is None or high is None:
        return {"kind": "number", "whole": whole, "min": low, "max": None}
    step = about.get("step") or (1 if whole else _round_step((high - low) / 100))
    if (high - low) / step > _MOST_STEPS:
        # Too long for a slider, and past what JavaScript counts exactly.
        return {"kind": "number", "whole": whole, "min": low, "max": high if high < 2**53 else None}
    first = low + step if "exclusiveMinimum" in about else low
    last = high - step if "exclusiveMaximum" in about else high
    return {"kind": "slider", "whole": whole, "min": _tidy(first), "max": _tidy(last), "step": step}


def _round_step(raw: float) -> float:
    """The nearest 1, 2 or 5 times a power of ten that is not above."""
    power = 10 ** math.floor(math.log10(raw))
    return _tidy(max(part * power for part in (1, 2, 5) if part * power <= raw * (1 + 1e-9)))


def _tidy(value: float) -> float:
    return round(value, 10)


def _by_criterion(key: str, about: Mapping[str, Any], roster: Roster) -> Mapping[str, Any]:
    """What one criterion's value may be: a target lies on the scale, a weight is compared with the others."""
    scale = roster.instrument.scale
    if key == "target":
        return {"type": "number", "minimum": scale.floor, "maximum": scale.top, "step": _fine(scale.top - scale.floor)}
    if key == "weights":
        # Only ratios matter, so a short slider says all; a larger number can be typed.
        most = max(5.0, *(2 * criterion.weight for criterion in roster.instrument.criteria))
        return {"type": "number", "minimum": 0, "maximum": most, "step": 0.25}
    return about


def _fine(length: float) -> float:
    return _round_step(length / 40)


def _of_instrument(key: str, criterion: str, roster: Roster) -> float | None:
    instrument = roster.instrument
    if key == "target":
        return instrument.target.value
    if key == "weights":
        return next(each.weight for each in instrument.criteria if each.id == criterion)
    return None


def _instrument_origin(key: str, criterion: str, roster: Roster) -> Origin:
    """The line of the instrument that a value by criterion comes from where no layer gives one."""
    path = roster.root / "params" / "instruments" / f"{roster.instrument_name}.yaml"
    file = read_yaml(path, shown(path, roster.root))
    if key == "target":
        return Origin(file.shown, file.line("target", "value"))
    place = roster.instrument.ids.index(criterion)
    return Origin(file.shown, file.line("criteria", place, "weight"))


def _place(origin: Origin, files: Mapping[str, Path], root: Path) -> dict[str, Any]:
    layer = next((name for name, path in files.items() if shown(path, root) == origin.file), "")
    return {"file": origin.file, "line": origin.line, "layer": layer}


def _known(key: str, root: Path) -> list[str]:
    """Names of the datasets, or of the instruments."""
    if key == "dataset":
        return sorted(path.parent.name for path in (root / "datasets").glob("*/datapackage.json"))
    return sorted(path.stem for path in (root / "params" / "instruments").glob("*.yaml"))


def _waves(roster: Roster) -> list[str]:
    package = json.loads((roster.root / roster.dataset.shown).read_text(encoding="utf-8"))
    return list(package.get("scorecard", {}).get("waves", {}))


def _words(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _resolved(about: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = about.get("$ref", "")
    return {**about, **schema["$defs"][reference.rpartition("/")[2]]} if reference else about


def first_subject(root: Path, study_name: str, client: str) -> str:
    """Key of the report that a preview begins with.

    Raises
    ------
    UnknownName
        If there is no such study or client.
    """
    study_file_of(root, study_name)
    if not client:
        return "study/"
    try:
        roster = read_roster(root, study_name)
    except ScorecardError:
        # The page will say what is wrong with the files, and follow while it is mended.
        return f"client/{client}"
    return f"client/{roster.client(client).slug}"


def study_file_of(root: Path, study_name: str) -> None:
    """See that the study is there; what is in its file is for later.

    Raises
    ------
    UnknownName
    """
    if study_name and not (params_folder(root, study_name) / "study.yaml").is_file():
        raise UnknownName("study", study_name, known_studies(root), where="--study")
