"""What is compared: results that lie somewhere, or results that are computed for it.

build, a copy of it, a folder or .zip with results      as they are
wave=2010                                               computed with that wave
set:alpha=0.01 correction=bh                            computed with these parameters
now                                                     computed with the parameters as they are
last delivered                                          what deliveries.csv says was sent last
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadParameters, UnknownName, suggest
from kernels_lib.paths import build_folder, shown
from kernels_lib.study.params import parse_overrides

DELIVERIES = "deliveries.csv"
_LAST = re.compile(r"last[ -]delivered")
_MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class Side:
    """One side of a comparison.

    Attributes
    ----------
    label : str
        As it was asked for.
    results : mapping of str to dict
        `Results` by the key of the report's job; empty where they are still to be computed.
    computed : bool
        Whether they are computed, with `wave` and `overrides`.
    project : Path or None
        The project whose data stand behind them, where that is known.
    """

    label: str
    results: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    computed: bool = False
    wave: str = ""
    overrides: tuple[str, ...] = ()
    project: Path | None = None


def read_side(root: Path, study_name: str, text: str) -> Side:
    """What one word of the command line means.

    Raises
    ------
    BadParameters
        If it means nothing, or what it names has no results.
    """
    if text == "now":
        return Side("now", computed=True, project=root)
    if text.startswith("set:"):
        pairs = parse_overrides(text.removeprefix("set:"))
        if not pairs:
            raise BadParameters("'set:' sets nothing.", where="compare", remedy="Write for example set:alpha=0.01.")
        return Side(text, computed=True, overrides=tuple(f"{key}={value}" for key, value in pairs), project=root)
    if text.startswith("wave="):
        return Side(text, computed=True, wave=text.removeprefix("wave="), project=root)
    if _LAST.fullmatch(text):
        return _delivered(root, study_name)
    path = Path(text)
    for candidate in (path, root / path):
        if candidate.exists():
            return _on_disk(root, study_name, text, candidate)
    near = suggest(text, ["now", "last delivered", *(path.name for path in root.iterdir())])
    raise BadParameters(
        f"'{text}' is no file or folder.",
        where="compare",
        remedy=(f"Did you mean '{near}'? " if near else "")
        + "Give a folder or .zip with results, 'now', wave=NAME, 'set:KEY=VALUE' or 'last delivered'.",
    )


def key_of(results: Mapping[str, Any]) -> str:
    """The key of the job that made these results."""
    kind = results["report"]
    return f"{kind}/" if kind in ("study", "methods") else f"{kind}/{results['subject']}"


def _on_disk(root: Path, study_name: str, text: str, path: Path) -> Side:
    found = {key_of(one): one for one in _results_in(path, study_name)}
    if not found:
        raise BadParameters(
            "there are no results.",
            where=text,
            remedy="A build has them in results/; documents alone, as a client has them, do not hold them.",
        )
    label = shown(path.resolve(), root) or text
    # A build folder lies in its project, so the data are beside it.
    above = path.resolve().parent
    project = above if path.is_dir() and (above / "datasets").is_dir() else None
    return Side(label, found, project=project)


def _results_in(path: Path, study_name: str) -> Iterator[dict[str, Any]]:
    if path.is_file():
        yield from _in_archive(path)
        return
    own = build_folder(Path(), study_name).relative_to("build")
    folders = (path / own / "results", path / "build" / own / "results", path / "results")
    folder = next((folder for folder in folders if folder.is_dir()), path)
    for file in sorted(folder.rglob("*.json")):
        if file.stat().st_size <= _MOST_BYTES:
            yield from _read(file.read_bytes())


def _in_archive(path: Path) -> Iterator[dict[str, Any]]:
    if not zipfile.is_zipfile(path):
        yield from _read(path.read_bytes())
        return
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith(".json") and entry.file_size <= _MOST_BYTES:
                yield from _read(archive.read(entry))


def _read(raw: bytes) -> Iterator[dict[str, Any]]:
    """Results, where these are some; other JSON lies beside them and is none of our business."""
    try:
        found = json.loads(raw)
    except ValueError:
        return
    if isinstance(found, dict) and {"schema_version", "numbers", "tests", "report", "subject"} <= found.keys():
        yield found


def _delivered(root: Path, study_name: str) -> Side:
    """The last delivery to each client, from what was kept of it."""
    rows = _deliveries(root, study_name)
    results: dict[str, dict[str, Any]] = {}
    missing = []
    for client, row in rows.items():
        found = _of_delivery(root, study_name, client, row)
        if found is None:
            missing.append(f"{client} ({row['date']}, checksum {row['checksum'][:12]})")
        else:
            results[f"client/{client}"] = found
    if not results:
        raise BadParameters(
            f"the results of no delivery are at hand: {', '.join(missing)}.",
            where=DELIVERIES,
            remedy="Keep a copy of build/ when you deliver, or of its results in build/delivered/CHECKSUM/.",
        )
    return Side("last delivered", results)


def _deliveries(root: Path, study_name: str) -> dict[str, dict[str, str]]:
    path = root / DELIVERIES
    if not path.is_file():
        raise BadParameters(
            "the file does not exist: nothing was delivered yet.", where=DELIVERIES, remedy="Deliver, or name a folder."
        )
    last: dict[str, dict[str, str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if not {"client", "date", "checksum"} <= {key for key, value in row.items() if value}:
                raise BadParameters(
                    "the row has no client, date or checksum.", where=DELIVERIES, line=number, remedy="Mend the row."
                )
            if row.get("study", "main") != (study_name or "main"):
                continue
            before = last.get(row["client"])
            if before is None or row["date"] >= before["date"]:
                last[row["client"]] = row
    if not last:
        raise BadParameters("nothing of this study was delivered yet.", where=DELIVERIES)
    return last


def _of_delivery(root: Path, study_name: str, client: str, row: Mapping[str, str]) -> dict[str, Any] | None:
    """The results behind a delivery: kept with it, or still those of the build."""
    kept = root / "build" / "delivered" / row["checksum"]
    if kept.is_dir():
        for file in sorted(kept.rglob("*.json")):
            for found in _read(file.read_bytes()):
                if found["subject"] == client:
                    return found
    build = build_folder(root, study_name)
    sums = build / "site" / "clients" / client / "SHA256SUMS"
    results = build / "results" / "clients" / f"{client}.json"
    if sums.is_file() and results.is_file() and sha256(sums.read_bytes()).hexdigest() == row["checksum"]:
        return next(_read(results.read_bytes()), None)
    return None


def chosen(available: Iterable[str], clients: Iterable[str], industries: Iterable[str] = ()) -> list[str]:
    """Keys of the reports to compare; all that there are unless some are named.

    Raises
    ------
    UnknownName
        If a client is named that there is nothing of.
    """
    available = list(available)
    wanted = [f"client/{client}" for client in clients] + [f"industry/{each}" for each in industries]
    for key in wanted:
        if key not in available:
            kind, _, slug = key.partition("/")
            known = [other.partition("/")[2] for other in available if other.startswith(f"{kind}/")]
            raise UnknownName(f"{kind} in both sides", slug, known)
    return wanted or available


def file_label(side: Side) -> str:
    """How a side is called in a file's name."""
    return re.sub(r"[^a-z0-9.]+", "-", side.label.casefold()).strip("-.")[:60] or "side"
