"""Which files changed, and what that asks for: another build, or a warm process with the new code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock

from kernels_lib.production.keys import LIBRARY

# Folders below the project that reports are made from.
SOURCES = ("params", "reports", "datasets", "tests/reference_cases")
# What editors and Jupyter leave beside a file while it is saved.
PASSING = (r"^\.", r"\.tmp$", r"^4913$", r"^#.*#$")
PASSING_FOLDERS = (".ipynb_checkpoints",)
# A save is over when nothing more came for so long; changes that keep coming are told after this at the latest.
QUIET_MS = 20
LATEST_MS = 200


class OwnWrites:
    """What was written here: the news of it is no change."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[Path, str] = {}

    def note(self, path: Path) -> None:
        """Remember a file as it is now."""
        with self._lock:
            self._known[path.resolve()] = _digest(path)

    def others(self, paths: Iterable[Path]) -> list[Path]:
        """Those of the files that are not as they were written here."""
        with self._lock:
            return [path for path in paths if self._known.get(path.resolve()) != _digest(path)]


def watch(root: Path, stop: Event, changed: Callable[[list[Path]], None]) -> None:
    """Call `changed` with the files that changed, until `stop` is set.

    Parameters
    ----------
    root : Path
        The project.
    stop : Event
    changed : callable
    """
    import watchfiles

    passing = watchfiles.DefaultFilter(
        ignore_dirs=(*watchfiles.DefaultFilter.ignore_dirs, *PASSING_FOLDERS),
        ignore_entity_patterns=(*watchfiles.DefaultFilter.ignore_entity_patterns, *PASSING),
    )
    places = [path for path in (*(root / name for name in SOURCES), LIBRARY) if path.is_dir()]
    for found in watchfiles.watch(
        *places,
        watch_filter=passing,
        debounce=LATEST_MS,
        step=QUIET_MS,
        stop_event=stop,
        rust_timeout=500,
        raise_interrupt=False,
    ):
        changed(sorted({Path(path) for _, path in found}))


def is_code(path: Path) -> bool:
    """Whether a file is part of the toolkit, which the warm process has imported."""
    return path.is_relative_to(LIBRARY)


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
