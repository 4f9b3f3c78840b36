"""Costly values, kept between runs under what they were made from; arrays are kept by `store`.

A value is found again by its *content key*: the kind of thing it is, and everything that it depends
on, including the version of the code that made it.  Nothing is ever changed in place: another input,
or another version, is another file.  `prune` removes the oldest where they have become too many.

The folder is a convenience, never a source: a missing, damaged or unwritable file costs time and
nothing else.  Files hold plain JSON (or plain arrays), so reading one cannot run code.  Nothing here
imports more than the standard library.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadParameters, ScorecardError
from kernels_lib.paths import find_root, root_above

# A digest of all that goes before ends each file.
_DIGEST = 32
# What a folder of kept values may hold: a hundred builds of the study, or thousands of tries in the preview.
MOST_BYTES = 200_000_000
# As `file_of` names them: other files of the folder are not ours to remove.
_NAME = re.compile(r".+-[0-9a-f]{32}\.(?:json|npz)")


def remember_json(
    kind: str, key: Mapping[str, Any], make: Callable[[], Any], *, folder: Path | None = None, keep: bool = True
) -> Any:
    """What `make` returns, from an earlier run where there is one.

    Safe with several readers and writers: a file appears whole or not at all, and whoever finishes
    last replaces it by an equal one.

    Parameters
    ----------
    kind : str
        What the value is, such as ``"yaml"``; begins the file's name, so no path.
    key : mapping of str to anything that JSON can hold
        All that the value depends on.  ``version`` is required: raise it with the code of `make`.
    make : callable
        Makes the value: None, truths, numbers, texts, lists, and mappings of texts to these.  Called if no
        sound file is found; what it raises is raised here, and nothing is kept.
    folder : Path, optional
        Where the files are; ``build/cache`` below the project's root if not given.
    keep : bool
        Whether there is a file at all; if not, the value is made.

    Returns
    -------
    object
        Equal to what `make` returned.  A value that would not come back as it was (a text of half
        characters, say) is made every time, and so is one outside a project.

    Raises
    ------
    BadParameters
        If `key` has no ``version``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     first = remember_json("sums", {"version": 1, "of": [1, 2]}, lambda: {"sum": 3}, folder=Path(name))
    ...     again = remember_json("sums", {"version": 1, "of": [1, 2]}, lambda: {}, folder=Path(name))
    >>> again
    {'sum': 3}
    """
    text = key_text(kind, key)
    path = file_of(kind, text, ".json", folder) if keep else None
    if path is None:
        return make()
    content = read_sealed(path)
    if content is not None:
        try:
            found = json.loads(content)
        except ValueError:
            # Whole, but not written here.
            found = None
        if isinstance(found, dict) and found.get("key") == text and "value" in found:
            return found["value"]
    value = make()
    written = json.dumps({"key": text, "value": value}, ensure_ascii=True, separators=(",", ":"))
    # By repr: NaN, minus zero and the kinds of numbers are told apart.
    if repr(json.loads(written)["value"]) == repr(value):
        write_sealed(path, written.encode("ascii"))
    return value


def key_text(kind: str, key: Mapping[str, Any]) -> str:
    """A content key as one text.

    Raises
    ------
    BadParameters
        If `key` has no ``version``.
    """
    if "version" not in key:
        raise BadParameters("the key of a stored value has no 'version'.", remedy="Give the version of its code.")
    return json.dumps({"kind": kind, **key}, sort_keys=True, separators=(",", ":"))


def file_of(kind: str, text: str, suffix: str, folder: Path | None) -> Path | None:
    """The file of a value; None outside a project."""
    if folder is None:
        try:
            folder = find_root() / "build" / "cache"
        except ScorecardError:
            return None
    return folder / f"{kind}-{sha256(text.encode()).hexdigest()[:32]}{suffix}"


@lru_cache(maxsize=1024)
def cache_beside(folder: Path) -> Path | None:
    """``build/cache`` of the project that a folder is part of; None where it is part of none."""
    root = root_above(folder)
    return None if root is None else root / "build" / "cache"


def digest_of(files: Iterable[Path], base: Path) -> str:
    """One digest of several files: of their names below `base` and of their bytes.

    Raises
    ------
    OSError
        If one cannot be read.
    """
    whole = sha256()
    for path in sorted(files):
        whole.update(f"{path.relative_to(base).as_posix()}\0".encode())
        whole.update(sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def prune(folder: Path, most: int = MOST_BYTES) -> int:
    """Remove the values that were made first, where a folder holds more than it may; how many.

    Afterwards it is three quarters full.  Whoever still needs a value makes it again.

    Parameters
    ----------
    folder : Path
        Of kept values; need not exist.
    most : int
        Bytes.
    """
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                # Another build may have removed it since.
                with contextlib.suppress(OSError):
                    state = entry.stat()
                    found.append((state.st_mtime_ns, entry.name, state.st_size))
    held, removed = sum(size for *_, size in found), 0
    if held <= most:
        return 0
    for _, name, size in sorted(found):
        if held <= 0.75 * most:
            break
        with contextlib.suppress(OSError):
            (folder / name).unlink()
            held, removed = held - size, removed + 1
    return removed


def read_sealed(path: Path) -> bytes | None:
    """What `write_sealed` wrote; None where there is nothing, or not the whole."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    content, digest = data[:-_DIGEST], data[-_DIGEST:]
    return content if sha256(content).digest() == digest else None


def write_sealed(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all; where none can be written, none is."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own for each writer, with the permissions that any new file gets here.
        temporary = path.with_name(f".{path.stem}-{secrets.token_hex(8)}.tmp")
        with temporary.open("xb") as file:
            file.write(content + sha256(content).digest())
        temporary.replace(path)
    except OSError:
        # A read-only or full folder, or (on Windows) a reader that holds the file: not kept this time.
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
