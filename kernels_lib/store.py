"""Costly arrays, kept between runs under what they were computed from.

A value is found again by its *content key*: the kind of thing it is, and everything that it depends
on, including the version of the code that made it.  Nothing is ever changed in place or needs to be
deleted: another input, or another version, is another file.

The folder is a convenience, never a source: a missing, damaged or unwritable file costs time and
nothing else.  Files hold plain arrays (no pickle), so reading one cannot run code.
"""

from __future__ import annotations

import contextlib
import io
import json
import secrets
import zipfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from kernels_lib.errors import BadParameters, ScorecardError
from kernels_lib.paths import find_root

# Names of values start with this in the file, so that none can collide with the key's own entry.
_VALUE = "value."
_KEY = "key"

# A digest of all that goes before ends each file: an archive's own check sums leave its directory out.
# Programs that open archives pass over it.
_DIGEST = 32


def remember(
    kind: str,
    key: Mapping[str, Any],
    make: Callable[[], dict[str, np.ndarray]],
    *,
    folder: Path | None = None,
) -> dict[str, np.ndarray]:
    """The arrays that `make` computes, from an earlier run where there is one.

    Safe with several readers and writers: a file appears whole or not at all, and whoever finishes
    last replaces it by an equal one.

    Parameters
    ----------
    kind : str
        What the arrays are, such as ``"signed-rank"``; begins the file's name, so no path.
    key : mapping of str to anything that JSON can hold
        All that the arrays depend on.  ``version`` is required: raise it with the code of `make`.
    make : callable
        Computes the arrays by name.  Called if no sound file is found.
    folder : Path, optional
        Where the files are; ``build/cache`` below the project's root if not given.

    Returns
    -------
    dict of str to ndarray
        As `make` returned them.  Outside a project, and where the folder cannot be written, they
        are computed and not kept.

    Raises
    ------
    BadParameters
        If `key` has no ``version``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     first = remember("squares", {"version": 1, "n": 3}, lambda: {"x": np.arange(3) ** 2}, folder=Path(name))
    ...     again = remember("squares", {"version": 1, "n": 3}, lambda: {}, folder=Path(name))
    >>> again["x"]
    array([0, 1, 4])
    """
    if "version" not in key:
        raise BadParameters("the key of a stored value has no 'version'.", remedy="Give the version of its code.")
    text = json.dumps({"kind": kind, **key}, sort_keys=True, separators=(",", ":"))
    path = _path(kind, text, folder)
    if path is None:
        return make()
    found = _read(path, text)
    if found is None:
        found = make()
        _write(path, text, found)
    return found


def _path(kind: str, text: str, folder: Path | None) -> Path | None:
    if folder is None:
        try:
            folder = find_root() / "build" / "cache"
        except ScorecardError:
            return None
    return folder / f"{kind}-{sha256(text.encode()).hexdigest()[:32]}.npz"


def _read(path: Path, text: str) -> dict[str, np.ndarray] | None:
    """The arrays in a file that is whole and was written for this very key, else None."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    archived, digest = data[:-_DIGEST], data[-_DIGEST:]
    if sha256(archived).digest() != digest:
        return None
    try:
        with np.load(io.BytesIO(archived), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, EOFError, ValueError, zipfile.BadZipFile):
        # Whole, but not written here.
        return None
    if str(arrays.pop(_KEY, "")) != text:
        return None
    return {name.removeprefix(_VALUE): array for name, array in arrays.items()}


def _write(path: Path, text: str, arrays: Mapping[str, np.ndarray]) -> None:
    archive = io.BytesIO()
    named = {_VALUE + name: array for name, array in arrays.items()}
    np.savez_compressed(archive, allow_pickle=False, **{_KEY: np.array(text)}, **named)
    archived = archive.getvalue()
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own for each writer, with the permissions that any new file gets here.
        temporary = path.with_name(f".{path.stem}-{secrets.token_hex(8)}.tmp")
        with temporary.open("xb") as file:
            file.write(archived + sha256(archived).digest())
        temporary.replace(path)
    except OSError:
        # A read-only or full folder, or (on Windows) a reader that holds the file: not kept this time.
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
