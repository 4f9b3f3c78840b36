"""Which files a notebook reads beside those that every report is made from.

A cell may read a file of its own.  An audit hook of the interpreter sees each file that is opened and
each folder that is listed while the notebook runs, so a later change of it makes the report run again.
Only where the notebook runs in this very process; what a subprocess reads is not seen.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from kernels_lib.production.keys import LIBRARY, file_digest, of_folder

# Where nothing lies that a report is made from: what is installed, and what the system has.
_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/opt", "/run", "/var/lib", "/var/cache")


class Reads:
    """Files and folders that this process reads from now on."""

    def __init__(self, root: Path, *, known: tuple[Path, ...], work: Path) -> None:
        self._root = root
        installed = {sys.prefix, sys.base_prefix, *(entry for entry in sys.path if entry)} - {str(root)}
        own = [Path.home() / name for name in (".cache", ".config", ".ipython", ".local")]
        outside = [*known, root / "build", LIBRARY, work, *own, *map(Path, installed), *map(Path, _SYSTEM)]
        self._skipped = tuple(f"{path}{os.sep}" for path in outside)
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._watching = False

    def watch(self) -> None:
        """Begin; a hook cannot be taken away again, so it is only for a process that soon ends."""
        self._watching = True
        sys.addaudithook(self._seen)

    def found(self) -> dict[str, dict[str, str]]:
        """Stop, and give each file and folder with its digest, named relative to the project where it is inside."""
        self._watching = False
        files = {self._named(path): file_digest(Path(path)) for path in sorted(self._files) if Path(path).is_file()}
        folders = {}
        for path in sorted(self._folders):
            if Path(path).is_dir():
                folders[self._named(path)] = of_folder(entry.name for entry in Path(path).iterdir())
        return {"files": files, "folders": folders}

    def _named(self, path: str) -> str:
        inside = Path(path)
        return inside.relative_to(self._root).as_posix() if inside.is_relative_to(self._root) else path

    def _seen(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._watching or event not in ("open", "os.listdir", "os.scandir"):
            return
        path = arguments[0]
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, (str, os.PathLike)):
            return
        if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            return
        whole = os.path.abspath(path)
        if f"{whole}{os.sep}".startswith(self._skipped):
            return
        (self._files if event == "open" else self._folders).add(whole)


def nothing() -> dict[str, dict[str, str]]:
    """What is found where nobody watched."""
    return {"files": {}, "folders": {}}
