"""The SHA-256 of a large file, computed once and remembered as long as the file is not touched."""

from __future__ import annotations

import json
import time
from hashlib import file_digest, sha256
from pathlib import Path

from kernels_lib.keep import read_sealed, write_sealed

# Reading a smaller file takes no longer than looking up what is remembered of it.
SMALL = 1_000_000

# A file changed again within one tick of the clock keeps its time: only a time this long ago is believed.
_SETTLED_NS = 2_000_000_000


class Fingerprint:
    """The SHA-256 of a file, from an earlier run where it is not touched since.

    A file is taken for untouched while its path, size, times and place on the disk are the same; it is
    remembered only if it was last changed some seconds before it was read.

    Parameters
    ----------
    path : Path
        The file.
    folder : Path or None
        Where it is remembered; None for nowhere.

    Attributes
    ----------
    known : str
        The digest in hexadecimal digits; empty until `compute` where nothing is remembered.
    first : bool
        Whether the file is large and none of its name was read before, however it looked then.
    """

    def __init__(self, path: Path, folder: Path | None) -> None:
        self._path = path
        self._state = _state(path)
        self._memory = None
        if folder is not None and self._state[0] > SMALL:
            self._memory = folder / f"sha256-{sha256(str(path.resolve()).encode()).hexdigest()[:32]}.json"
        kept = read_sealed(self._memory) if self._memory else None
        before = json.loads(kept) if kept else {}
        self.first = self._memory is not None and not before
        self.known = str(before["sha256"]) if before.get("state") == self._state else ""

    def compute(self) -> str:
        """Read the whole file, piece by piece, and remember its digest."""
        started = time.time_ns()
        with self._path.open("rb") as file:
            self.known = file_digest(file, "sha256").hexdigest()
        if self._memory:
            settled = self.unchanged and started - self._state[1] > _SETTLED_NS
            state = self._state if settled else []
            write_sealed(self._memory, json.dumps({"state": state, "sha256": self.known}).encode())
        return self.known

    @property
    def unchanged(self) -> bool:
        """Whether the file still looks as it did at first."""
        return _state(self._path) == self._state


def sha256_of(path: Path, folder: Path | None) -> str:
    """The SHA-256 of a file in hexadecimal digits, remembered in `folder` where it is large.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    fingerprint = Fingerprint(path, folder)
    return fingerprint.known or fingerprint.compute()


def _state(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
