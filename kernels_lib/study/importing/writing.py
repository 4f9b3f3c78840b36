"""The folder of a dataset: the original untouched, the table that reports read, ``datapackage.json``.

It is written beside its place and moved there when it is whole; what was there before is moved to
``datasets/.earlier/`` and never deleted.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kernels_lib import __version__
from kernels_lib.errors import BadData, BadParameters, CannotWrite
from kernels_lib.paths import shown, slug_of
from kernels_lib.study.importing.mapping import Declaration, Ends
from kernels_lib.study.importing.reading import Sheet, read_sheet
from kernels_lib.study.importing.tidying import Tidy, tidy
from kernels_lib.study.importing.values import number_in

EARLIER = ".earlier"
BESIDE = "beside"
ORIGINAL = "original"


@dataclass(frozen=True)
class Content:
    """All that a dataset's folder is made from."""

    name: str
    source: Path
    sheet: Sheet
    declared: Declaration
    tables: tuple[Tidy, ...]
    scale: Ends
    criteria: Mapping[str, str]
    unit: tuple[str, str]
    title: str


def write_dataset(root: Path, content: Content, *, replace: bool) -> tuple[Path, Path | None]:
    """Write ``datasets/NAME``; the folder, and where the one before it lies now.

    Raises
    ------
    BadParameters
        If there is such a dataset and it is not to be replaced.
    """
    folder = root / "datasets" / content.name
    if folder.exists() and not replace:
        raise BadParameters(
            f"there is a dataset '{content.name}' already.",
            where=shown(folder, root),
            remedy="Add --replace (the old one is kept in datasets/.earlier), or choose another name with --as.",
        )
    before = _package_before(folder)
    temporary = folder.with_name(f".{content.name}-{secrets.token_hex(6)}")
    try:
        _fill(temporary, content, before)
        if (folder / BESIDE).is_dir():
            # Clients' own figures are of the study, not of the file that is brought in again.
            shutil.copytree(folder / BESIDE, temporary / BESIDE)
        moved = _set_aside(folder) if folder.exists() else None
        try:
            temporary.rename(folder)
        except OSError:
            if moved is not None:
                moved.rename(folder)
            raise
    except OSError as error:
        raise CannotWrite(shown(folder, root), error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder, moved


def _fill(folder: Path, content: Content, before: Mapping[str, Any]) -> None:
    (folder / ORIGINAL).mkdir(parents=True)
    original = folder / ORIGINAL / content.source.name
    shutil.copyfile(content.source, original)
    files = {}
    for table in content.tables:
        path = f"{_stem(table, content.tables)}.csv"
        raw = table.text().encode("utf-8")
        (folder / path).write_bytes(raw)
        files[path] = (table, raw)
    package = _package(content, original.read_bytes(), files)
    text = json.dumps(_kept(package, before), indent=2, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


def _set_aside(folder: Path) -> Path:
    """Move a dataset out of the way, under a name that is free."""
    earlier = folder.parent / EARLIER
    earlier.mkdir(exist_ok=True)
    number = 1
    while (earlier / f"{folder.name}-{number}").exists():
        number += 1
    return folder.rename(earlier / f"{folder.name}-{number}")


def _package_before(folder: Path) -> dict[str, Any]:
    path = folder / "datapackage.json"
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadData(
            f"this is not JSON: {error}.", where=f"{folder.name}/datapackage.json", remedy="Mend it, or move it away."
        ) from error


def _stem(table: Tidy, tables: Sequence[Tidy]) -> str:
    waves = [one.wave for one in tables if one.role == table.role]
    return table.role if len(waves) < 2 else f"{table.role}-{_plain_slug(table.wave)}"


def _plain_slug(name: str) -> str:
    """A wave in a file's name: 2026 stays 2026."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or slug_of(name)


# ---- datapackage.json -----------------------------------------------------------------------------


def _package(content: Content, original: bytes, files: Mapping[str, tuple[Tidy, bytes]]) -> dict[str, Any]:
    declared = content.declared
    waves = {wave: day.isoformat() for wave, day in declared.waves.items()}
    return {
        "profile": "data-package",
        "name": content.name,
        "title": content.title,
        "description": f"Brought in from {content.source.name} with `scorecard import`.",
        "version": "1.0.0",
        "sources": [{"title": f"{content.source.name}, as received"}],
        "licenses": [{"name": "not-stated", "title": "Not stated: ask whose data these are before passing them on"}],
        "scorecard": {
            "title": content.title,
            "wave": max(waves, key=lambda wave: waves[wave]),
            "waves": waves,
            "unit": {"one": content.unit[0], "many": content.unit[1]},
            "import": {
                "file": f"{ORIGINAL}/{content.source.name}",
                "hash": f"sha256:{sha256(original).hexdigest()}",
                "bytes": len(original),
                "unit": content.unit[0],
                "criteria": list(content.criteria),
                "mapping": declared.stored(),
                "toolkit": f"scorecard-reports {__version__}",
            },
        },
        "resources": [_resource(content, path, table, raw) for path, (table, raw) in files.items()],
    }


def _resource(content: Content, path: str, table: Tidy, raw: bytes) -> dict[str, Any]:
    own: dict[str, Any] = {
        "role": table.role,
        "basis": "measured",
        "notice": "",
        "unit_column": table.columns["unit"],
    }
    if table.columns.get("industry"):
        own["group_column"] = table.columns["industry"]
    if table.columns.get("rater"):
        own["rater_column"] = table.columns["rater"]
    if table.counted:
        own["counted"] = True
    if len(content.declared.waves) > 1 and table.wave:
        own["wave"] = table.wave
    key = [table.columns[role] for role in ("unit", "rater") if table.columns.get(role)]
    return {
        "profile": "tabular-data-resource",
        "name": path.removesuffix(".csv"),
        "path": path,
        "title": _titles(table, content),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(raw),
        "hash": f"sha256:{sha256(raw).hexdigest()}",
        "schema": {
            "fields": [_field(content, table, name) for name in table.header],
            **({"primaryKey": key[0] if len(key) == 1 else key} if table.role != "remarks" else {}),
            "missingValues": [""],
        },
        "scorecard": own,
    }


def _titles(table: Tidy, content: Content) -> str:
    said = {
        "scores": f"Scores by {content.unit[0]}",
        "ratings": f"Ratings by {content.unit[0]} and rater",
        "remarks": "Weights, evidence and notes that reports do not use",
    }
    return said[table.role] + (f", wave {table.wave}" if len(content.declared.waves) > 1 and table.wave else "")


def _field(content: Content, table: Tidy, name: str) -> dict[str, Any]:
    if table.role == "remarks" or name not in content.criteria:
        return _name_field(content, table, name)
    texts = [row[table.header.index(name)] for row in table.rows]
    scale = content.scale
    numbers = [text for text in texts if number_in(text) is not None]
    whole = scale.step is not None and float(scale.step).is_integer() and all("." not in n for n in numbers)
    ends = {"minimum": _plain(scale.floor), "maximum": _plain(scale.top)}
    return {
        "name": name,
        "type": "integer" if whole and float(scale.floor).is_integer() else "number",
        "description": content.criteria[name],
        "unit": "points",
        "constraints": ends,
    }


def _name_field(content: Content, table: Tidy, name: str) -> dict[str, Any]:
    said = {
        table.columns["unit"]: f"The {content.unit[0]}, as in the source.",
        table.columns.get("industry", ""): "Its group, as in the source.",
        table.columns.get("rater", ""): "Who scored.",
    }
    found: dict[str, Any] = {
        "name": name,
        "type": "string",
        "description": said.get(name, "As in the source."),
        "unit": "",
    }
    if table.role == "remarks":
        return found
    if name == table.columns["unit"]:
        found["constraints"] = {"required": True} | ({"unique": True} if table.role == "scores" else {})
    elif name == table.columns.get("rater"):
        found["constraints"] = {"required": True}
    return found


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


# What people write into a description; a new import of the same dataset keeps it.
_WRITTEN = ("title", "description", "version", "sources", "licenses", "keywords")
_WRITTEN_OF_TABLE = ("title", "description")
_WRITTEN_OF_FIELD = ("description", "unit", "title")


def _kept(package: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The new description with the texts that people wrote into the old one."""
    if not before:
        return package
    kept = {key: before[key] for key in _WRITTEN if key in before}
    own, old = package["scorecard"], before.get("scorecard", {})
    own = {**own, **{key: old[key] for key in ("title", "claims") if key in old}}
    own["waves"] = {wave: old.get("waves", {}).get(wave, day) for wave, day in own["waves"].items()}
    tables = {entry.get("path"): entry for entry in before.get("resources", [])}
    resources = [_table_kept(entry, tables.get(entry["path"], {})) for entry in package["resources"]]
    ordered = _ordered({**package, **kept}, before)
    return {**ordered, "scorecard": own, "resources": resources}


def _table_kept(entry: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    fields = {field.get("name"): field for field in before.get("schema", {}).get("fields", [])}
    made = {**entry, **{key: before[key] for key in _WRITTEN_OF_TABLE if key in before}}
    kept = [_field_kept(field, fields.get(field["name"], {})) for field in entry["schema"]["fields"]]
    notes = {key: value for key, value in before.get("scorecard", {}).items() if key in ("basis", "notice")}
    made = {**made, "schema": {**entry["schema"], "fields": kept}, "scorecard": {**entry["scorecard"], **notes}}
    return _ordered(made, before)


def _ordered(made: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Keys in the order that they had, so that a comparison shows what changed; new ones behind."""
    return {key: made[key] for key in (*before, *made) if key in made}


def _field_kept(field: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    texts = {key: before[key] for key in _WRITTEN_OF_FIELD if key in before}
    rules = {**before.get("constraints", {}), **field.get("constraints", {})}
    return {**field, **texts, **({"constraints": rules} if rules else {})}


# ---- made again -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class MadeAgain:
    """The tables of a dataset as its original and its mapping give them now."""

    sheet: Sheet
    declared: Declaration
    tables: dict[str, Tidy]
    original: Path
    as_recorded: bool


def make_again(folder: Path) -> MadeAgain | None:
    """Repeat an import from what the dataset's folder holds; None where it was not brought in by `import`.

    Raises
    ------
    BadData
        If the original is not there any more.
    """
    package = _package_before(folder)
    own = package.get("scorecard", {}).get("import")
    if not own:
        return None
    original = folder / str(own["file"])
    if not original.is_file():
        raise BadData(
            f"'{own['file']}' is not there, from which the data were brought in.",
            where=f"datasets/{folder.name}/datapackage.json",
            remedy="Put it back, or import the data again with --replace.",
        )
    declared = Declaration.model_validate(own["mapping"])
    sheet = read_sheet(original, sheet=declared.sheet, encoding=declared.encoding, delimiter=declared.delimiter)
    tables = tidy(sheet, declared, own["criteria"], own["unit"])
    named = {f"{_stem(table, tables)}.csv": table for table in tables}
    same = f"sha256:{sha256(original.read_bytes()).hexdigest()}" == own["hash"]
    return MadeAgain(sheet, declared, named, original, same)
