"""What was found out about a large file, kept between runs in ``build/cache``.

The folder is a convenience, never a source: a missing, damaged or unwritable file costs time and
nothing else.  What is kept ends in a digest of itself; what does not match it is not read.
Nothing here imports numpy: the command reads this before it does anything else.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from hashlib import file_digest, sha256
from pathlib import Path

_DIGEST = 32

# A file changed again within one tick of the clock keeps its time: only a time this long ago is believed.
_SETTLED_NS = 2_000_000_000


def read(path: Path) -> bytes | None:
    """What `write` kept under this name, None where it is not there or not whole."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    kept, digest = data[:-_DIGEST], data[-_DIGEST:]
    return kept if sha256(kept).digest() == digest else None


def write(path: Path, data: bytes) -> None:
    """Keep `data` under this name: whole, or not at all."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data + sha256(data).digest())
        temporary.replace(path)
    except OSError:
        # A read-only or full folder, or (on Windows) a reader that holds the file: not kept this time.
        with contextlib.suppress(OSError):
            temporary.unlink()


class Fingerprint:
    """The SHA-256 of a file, computed once and remembered as long as the file is not touched.

    A file is taken for untouched while its path, size, times and place on the disk are the same and
    it was last changed some seconds before it was read.

    Parameters
    ----------
    path : Path
        The file.
    folder : Path
        Where it is remembered.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self._path = path
        self._state = _state(path)
        self._memory = folder / f"sha256-{sha256(str(path).encode()).hexdigest()[:32]}.json"
        kept = read(self._memory)
        before = json.loads(kept) if kept else {}
        self.seen_before = bool(before)
        self.known = str(before["sha256"]) if before.get("state") == self._state else ""

    def compute(self) -> str:
        """Read the whole file; the digest in hexadecimal digits."""
        started = time.time_ns()
        with self._path.open("rb") as file:
            self.known = file_digest(file, "sha256").hexdigest()
        if self.unchanged and started - self._state[1] > _SETTLED_NS:
            write(self._memory, json.dumps({"state": self._state, "sha256": self.known}).encode())
        return self.known

    @property
    def unchanged(self) -> bool:
        """Whether the file is still the one that was looked at first."""
        return _state(self._path) == self._state


def _state(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
