"""Records of what was made from what: one small file a report, written after the report itself.

A record says which keys a report's files were made from, and which further files its notebook read.
A build that was killed leaves the records of what it had finished, so the next one goes on there.
A record is never believed about a file that is not as it was left.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernels_lib.production.jobs import FILES, Job, Outcome
from kernels_lib.production.keys import Keys, differing, digest, file_digest, of_folder

VERSION = 1


@dataclass(frozen=True)
class Need:
    """What has to be done for a report.

    Attributes
    ----------
    run : bool
        Whether the notebook has to run; else its kept outputs are published again.
    formats : tuple of str
        What has to be published; empty where everything is up to date.
    why : tuple of str
        Reasons, as a person would say them.
    """

    run: bool
    formats: tuple[str, ...]
    why: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.formats)


def read(job: Job) -> dict[str, Any] | None:
    """What is known of a report's last build; None where nothing is, or the record is damaged."""
    record = read_json(job.record_file)
    return record if record is not None and record.get("version") == VERSION else None


def read_json(path: Path) -> dict[str, Any] | None:
    """What a file of an earlier build says; None where there is none, or it is damaged.

    Such a file is a convenience: without it the report is made again.
    """
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def new(job: Job, keys: Keys, further: Mapping[str, Mapping[str, str]], notebook: bytes) -> dict[str, Any]:
    """The record of a notebook that just ran."""
    return {
        "version": VERSION,
        "running": dict(keys.running),
        "further": {kind: dict(found) for kind, found in further.items()},
        "notebook": digest(notebook),
        "formats": {},
    }


def published(
    record: dict[str, Any],
    job: Job,
    keys: Keys,
    files: Mapping[str, Mapping[str, Any]],
    made: tuple[str, ...],
    more: Any,
) -> dict[str, Any]:
    """The record with formats that were just published; those no longer there are forgotten."""
    formats = {name: entry for name, entry in record["formats"].items() if FILES[name] in files}
    for name in made:
        formats[name] = {
            "publishing": dict(keys.publishing),
            "sha256": files[FILES[name]]["sha256"],
            "state": state(job.folder / FILES[name]),
        }
    return {**record, "formats": formats, "inspected": job.inspect, "told": more}


def told(outcome: Outcome) -> dict[str, Any]:
    """What a later build says of a report that it need not touch."""
    kept = outcome.as_json()
    return {name: kept[name] for name in ("files", "gates", "headline", "summary", "warnings")}


def unchanged(job: Job, record: Mapping[str, Any]) -> Outcome:
    """The outcome of a report that was up to date."""
    return Outcome.from_json({**record["told"], "ok": True, "changes": None}, job)


def state(path: Path) -> list[int]:
    """Size and time of a file: where they are the same, so is its content."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def need(job: Job, keys: Keys, record: dict[str, Any] | None, *, force: bool = False) -> Need:
    """What has to be done for a report, and why."""
    if force:
        return Need(True, job.formats, ("--force was given",))
    if record is None:
        return Need(True, job.formats, ("it was not built before",))
    changed = [f"changed: {part}" for part in differing(record["running"], keys.running)]
    changed += _further(job.root, record["further"])
    if not changed and not _kept(job.notebook_file, record["notebook"]):
        changed = ["its executed notebook is gone or was changed"]
    if changed:
        return Need(True, job.formats, tuple(changed))
    formats, why = [], {}
    for name in job.formats:
        reasons = _unpublished(job, keys, record, name)
        if reasons:
            formats.append(name)
            why |= dict.fromkeys(reasons)
    if job.inspect and not record.get("inspected"):
        formats, why = list(job.formats), {**why, "it was not inspected in a browser": None}
    if not all(path.is_file() for path in job.results_files):
        formats, why = list(job.formats), {**why, "a file of its results is gone": None}
    if job.presenter and not job.presenter_file.is_file():
        formats, why = list(job.formats), {**why, "the presenter's deck is not there": None}
    return Need(False, tuple(formats), tuple(why))


def _unpublished(job: Job, keys: Keys, record: Mapping[str, Any], name: str) -> list[str]:
    entry = record["formats"].get(name)
    if entry is None:
        return [f"{FILES[name]} was not published before"]
    changed = [f"changed: {part}" for part in differing(entry["publishing"], keys.publishing)]
    path = job.folder / FILES[name]
    if not path.is_file():
        return [*changed, f"{FILES[name]} is gone"]
    if state(path) != entry["state"] and file_sha256(path) != entry["sha256"]:
        return [*changed, f"{FILES[name]} was changed by hand"]
    return changed


def file_sha256(path: Path) -> str:
    """The whole digest of a published file, as its SHA256SUMS has it."""
    from hashlib import sha256

    return sha256(path.read_bytes()).hexdigest()


def _kept(path: Path, wanted: str) -> bool:
    return path.is_file() and digest(path.read_bytes()) == wanted


def _further(root: Path, further: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Files and folders that the notebook read by itself, as far as they are not what they were."""
    changed = []
    for name, wanted in further["files"].items():
        path = root / name
        if (file_digest(path) if path.is_file() else "") != wanted:
            changed.append(f"changed: {name}")
    for name, wanted in further["folders"].items():
        path = root / name
        found = of_folder(entry.name for entry in path.iterdir()) if path.is_dir() else ""
        if found != wanted:
            changed.append(f"changed: what is in {name}")
    return changed
