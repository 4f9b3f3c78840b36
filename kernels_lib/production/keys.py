"""Content keys: what a report is made from, part by part, as digests.

Two reports with equal keys are equal, so nothing is made again unless a part of its key changed.
The parts have names that a person understands, because ``scorecard build --explain`` prints them.

A report is made in two steps.  *Running* the notebook depends on its code cells, the parameters, the
data, the library that computes and the versions of all packages; *publishing* depends on what running
gave, and on the notebook's words and tags, the theme, the templates and the exporters.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import kernels_lib
from kernels_lib.keep import cache_beside
from kernels_lib.production.jobs import Job
from kernels_lib.study.beside import FOLDER as OWN
from kernels_lib.study.fingerprint import sha256_of
from kernels_lib.study.freezing import lock_file
from kernels_lib.study.params import SAID, THEME, UNSEEN
from kernels_lib.study.roster import Roster

LIBRARY = Path(kernels_lib.__file__).parent

# A notebook whose code says one of these looks at them after all.
_LOOKS_AT_ALL = ("exhibits.parameters", ".effective", *(f".{name}" for name in UNSEEN))


def digest(value: Any) -> str:
    """Digest of bytes, text, or anything that JSON can hold."""
    if not isinstance(value, (bytes, str)):
        value = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    raw = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return sha256(raw).hexdigest()[:32]


@cache
def code(*places: str) -> str:
    """Digest of source files, catalogues and templates below places of the library."""
    paths = []
    for place in places:
        path = LIBRARY / place
        paths += [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    found = [(p.relative_to(LIBRARY).as_posix(), digest(p.read_bytes())) for p in paths if "__pycache__" not in p.parts]
    return digest(found)


@cache
def packages() -> str:
    """Digest of the interpreter and of the name and version of every installed package."""
    folders = [Path(entry) for entry in sys.path if entry]
    found = {p.name for folder in folders if folder.is_dir() for p in folder.iterdir() if p.suffix == ".dist-info"}
    return digest([sys.version, sys.platform, sorted(found)])


@dataclass(frozen=True)
class Keys:
    """Parts of one report's two steps, each a name and a digest."""

    running: Mapping[str, str]
    publishing: Mapping[str, str]


class Keyring:
    """Keys of all jobs of one study; what is the same for all of them is looked at once."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._shared = {
            "the data": digest(_data(roster)),
            "the instrument": digest(
                (roster.root / "params/instruments" / f"{roster.instrument_name}.yaml").read_bytes()
            ),
            "who is studied": digest(_who(roster)),
            "the library that computes": code("study", "analysis", "locale", "store.py", "errors.py", "paths.py"),
            "the packages": packages(),
            "the frozen plan": _plan(roster),
        }

    def keys(self, job: Job, notebook: Any, origins: Mapping[str, Any]) -> Keys:
        """Keys of one report.

        Parameters
        ----------
        job : Job
        notebook : NotebookNode
            As it will run.
        origins : mapping
            File and line of each parameter: a report that shows its parameters shows these too.
        """
        cells = _cells(notebook)
        values = dict(job.values)
        if looks_at_all(notebook):
            values = {"values": values, "origins": {key: str(origin) for key, origin in origins.items()}}
        else:
            values = {key: value for key, value in values.items() if key not in UNSEEN}
        running = {
            "the notebook's code": digest(cells.code),
            "the parameters": digest([job.parameters, values]),
            **self._shared,
            "the client's own figures": digest([(name, file_digest(job.root / name)) for name in job.beside]),
        }
        publishing = {
            "the notebook's words and tags": cells.digest,
            "the theme": digest([{key: job.values.get(key) for key in THEME}, theme_files(job)]),
            "the analyst's words and the status": digest({key: job.values.get(key) for key in SAID}),
            "the templates and exporters": code(*EXPORTERS),
            "who must not be named": digest([job.hides, job.quoted]),
            "how scripts are held": job.assets,
        }
        return Keys(running, publishing)


# What makes documents, and what stands beside them.
EXPORTERS = (
    "production/publish",
    "production/gates.py",
    "production/leaks.py",
    "production/notebooks.py",
    "production/runner.py",
)


def looks_at_all(notebook: Any) -> bool:
    """Whether a notebook's code looks at parameters that others need not know."""
    return any(name in _cells(notebook).code for name in _LOOKS_AT_ALL)


@dataclass(frozen=True)
class _Cells:
    code: str
    digest: str


_known: dict[int, tuple[Any, _Cells]] = {}


def _cells(notebook: Any) -> _Cells:
    """The text of a notebook's code, and the digest of everything else in it; jobs share notebooks."""
    kept = _known.get(id(notebook))
    if kept is None or kept[0] is not notebook:
        sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        text = json.dumps([notebook.metadata.get("kernelspec", {}).get("name", ""), *sources])
        kept = notebook, _Cells(text, digest([dict(cell) for cell in notebook.cells]))
        _known[id(notebook)] = kept
    return kept[1]


def _plan(roster: Roster) -> str:
    path = lock_file(roster.root, roster.study_name)
    return digest(path.read_bytes()) if path.is_file() else ""


def _data(roster: Roster) -> list[Any]:
    """Name and digest of every file that belongs to the dataset; clients' own figures are each client's."""
    folder = roster.root / "datasets" / roster.dataset.name
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    files = [path for path in files if path.relative_to(folder).parts[0] != OWN]
    return [roster.dataset.wave, [(path.relative_to(folder).as_posix(), file_digest(path)) for path in files]]


def _who(roster: Roster) -> list[Any]:
    clients = [(client.slug, client.brand, client.industry) for client in roster.clients.values()]
    industries = [(i.slug, i.id, i.name, i.size) for i in roster.industries.values()]
    return [clients, industries]


def file_digest(path: Path) -> str:
    """Digest of a file's bytes, which may be more than memory; of a large file from an earlier run."""
    return sha256_of(path, cache_beside(path.parent))[:32]


def theme_files(job: Job) -> list[tuple[str, str]]:
    """The logo and type that a theme brings as files."""
    named = [job.values.get("logo", ""), *dict(job.values.get("type") or {}).values()]
    paths = [job.root / "params" / name for name in named if Path(name).suffix]
    return [(path.name, digest(path.read_bytes())) for path in paths if path.is_file()]


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Names of the parts that are not what they were."""
    return [name for name in now if before.get(name) != now[name]]


def of_folder(names: Iterable[str]) -> str:
    """Digest of what a folder holds."""
    return digest(sorted(names))
