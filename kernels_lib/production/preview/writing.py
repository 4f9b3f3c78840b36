"""A chosen value into the YAML file that an analyst chooses, if a build would take it.

The changed file is first tried: the report is planned, as ``scorecard build`` would, over a copy of
``params/`` that has it.  What that refuses is refused here, in the same words, and nothing is written.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadParameters, UnknownName
from kernels_lib.paths import shown
from kernels_lib.production import build
from kernels_lib.production.alike import project_like
from kernels_lib.production.preview.form import layer_files, whom
from kernels_lib.study.params import Parameters
from kernels_lib.study.roster import Client, Industry, Roster, read_roster
from kernels_lib.study.yamledit import as_yaml, with_value, without_value
from kernels_lib.study.yamlfile import parse_yaml


def write(root: Path, study_name: str, subject: str, layer: str, key: str, value: Any) -> dict[str, Any]:
    """Write one value.

    Parameters
    ----------
    root : Path
    study_name, subject : str
        Whose parameter it is: ``"client/brand-07"``.
    layer : {"client", "industry", "study"}
        Whose file it goes to; a client's or an industry's is made if it does not exist.
    key : str
        Parameter, or part of one: ``"target.dialog"``.
    value
        A JSON value; None takes the key out of the file, so that the layer below counts.

    Returns
    -------
    dict
        ``file``, ``line``: where the value now stands; ``note``: where another file still decides; ``sha256`` of
        the file as written.

    Raises
    ------
    ScorecardError
        As the build would; the file is then as it was.
    """
    roster, files = _opened(root, study_name, subject)
    if layer not in files:
        raise UnknownName("layer", layer, files)
    head = key.partition(".")[0]
    if head not in Parameters.model_fields:
        raise UnknownName("parameter", head, Parameters.model_fields)
    path = files[layer]
    label = shown(path, root)
    client, industry = whom(roster, subject)
    text = _text(path) if path.is_file() else _new(layer, roster, client, industry)
    changed = _changed(text, key, value, label)
    with project_like(root, {path: changed}) as overlay:
        planned = build.plan(build.Request(root=overlay, study_name=study_name, only=subject))
    replace_file(path, changed)
    origin = next(iter(planned.origins.values())).get(key)
    return {
        "file": label,
        "line": parse_yaml(changed, label).line(*key.split(".")),
        "note": _outdone(key, label, origin) if value is not None else "",
        "changed": changed != text,
    }


def _opened(root: Path, study_name: str, subject: str) -> tuple[Roster, dict[str, Path]]:
    roster = read_roster(root, study_name)
    return roster, layer_files(roster, *whom(roster, subject))


def _outdone(key: str, label: str, origin: Any) -> str:
    """Why the report does not change: a later layer has the key too."""
    if origin is None or origin.file == label:
        return ""
    return f"Written, but {origin} has '{key}' too, and decides for this report."


def _changed(text: str, key: str, value: Any, label: str) -> str:
    path = key.split(".")
    held: Any = parse_yaml(text, label).values
    for part in path:
        held = held.get(part) if isinstance(held, dict) else None
    if value is None:
        return without_value(text, path, label)
    if isinstance(value, dict):
        # A text of one language, beside those of others.
        ((language, said),) = value.items()
        return with_value(text, [*path, language] if isinstance(held, dict) else path, said, label)
    if isinstance(value, list) and isinstance(held, list):
        # What was there stays in its order.
        value = [*(item for item in held if item in value), *(item for item in value if item not in held)]
    if key == "report_date" and isinstance(value, str):
        value = _date(value, label)
    return with_value(text, path, value, label)


def _date(value: str, label: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise BadParameters(f"'{value}' is no date.", where=label, remedy="Write a date: 2010-08-02.") from error


def _new(layer: str, roster: Roster, client: Client | None, industry: Industry | None) -> str:
    """The first lines of a file that does not exist yet."""
    folder = layer_files(roster, client, industry)[layer].parent
    schema = os.path.relpath(roster.root / "params" / "schema" / f"{layer}.schema.json", folder)
    head = f"# yaml-language-server: $schema={Path(schema).as_posix()}\n\n"
    if layer == "client" and client is not None:
        return f"{head}brand: {as_yaml(client.brand)}  # as in the data\n"
    if layer == "industry" and industry is not None:
        return f"{head}industry: {as_yaml(industry.id)}  # as in the data\nname: {as_yaml(industry.name)}\n"
    raise BadParameters("the file does not exist.", where=shown(folder / "study.yaml", roster.root))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadParameters(
            f"byte {error.start} is no UTF-8.", where=path.name, remedy="Save the file as UTF-8."
        ) from error


def replace_file(path: Path, text: str) -> None:
    """Write beside the file and move into its place: no reader sees half of it, and its mode stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp~", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8"))
        Path(name).chmod(mode)
        Path(name).replace(path.resolve())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
