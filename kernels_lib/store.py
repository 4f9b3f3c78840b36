"""Costly arrays, kept between runs under what they were computed from; see `keep`.

Files hold plain arrays (no pickle), so reading one cannot run code.  The digest at a file's end covers
what an archive's own check sums leave out; programs that open archives pass over it.
"""

from __future__ import annotations

import contextlib
import io
import os
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from kernels_lib.keep import file_of, key_text, read_sealed, write_sealed

T = TypeVar("T")

# Names of values start with this in the file, so that none can collide with the key's own entry.
_VALUE = "value."
_KEY = "key"


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
    text = key_text(kind, key)
    path = file_of(kind, text, ".npz", folder)
    if path is None:
        return make()
    found = _read(path, text)
    if found is None:
        found = make()
        _write(path, text, found)
    return found


# How long somebody else may take over what is asked for here before it is computed here as well.
PATIENCE_S = 60
LOOK_AGAIN_S = 0.005


def remember_together(
    kind: str,
    wanted: Mapping[T, tuple[Mapping[str, Any], Callable[[], dict[str, np.ndarray]]]],
    *,
    folder: Path | None = None,
) -> dict[T, dict[str, np.ndarray]]:
    """Several values as `remember` gives them, computed together with other processes that want the same.

    Each value is computed by the process that comes to it first; the others go on with the next and take
    it when it is there.  A process that ends half-way keeps nobody waiting.

    Parameters
    ----------
    kind : str
        As for `remember`.
    wanted : mapping of name to (key, make)
        As for `remember`, by any name.
    folder : Path, optional
        As for `remember`.

    Returns
    -------
    dict
        The arrays of each, by name.
    """
    found: dict[T, dict[str, np.ndarray]] = {}
    later = []
    for name, (key, make) in wanted.items():
        with _only_one(file_of(kind, key_text(kind, key), ".npz", folder)) as first:
            if first:
                found[name] = remember(kind, key, make, folder=folder)
            else:
                later.append(name)
    for name in later:
        key, make = wanted[name]
        path, until = file_of(kind, key_text(kind, key), ".npz", folder), time.monotonic() + PATIENCE_S
        while path is not None and not path.is_file() and time.monotonic() < until:
            with _only_one(path) as free:
                if free:
                    break
            time.sleep(LOOK_AGAIN_S)
        found[name] = remember(kind, key, make, folder=folder)
    return found


@contextlib.contextmanager
def _only_one(path: Path | None) -> Iterator[bool]:
    """Whether no other process is computing what a file will hold; true where processes cannot tell."""
    descriptor = None
    if path is not None and fcntl is not None and not path.is_file():
        # A folder that cannot be written keeps nothing, and so has nothing to share.
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    if descriptor is None:
        yield True
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
        # The value is there by now: nobody will ask again.
        with contextlib.suppress(OSError):
            path.with_suffix(".lock").unlink()
    finally:
        os.close(descriptor)


def _read(path: Path, text: str) -> dict[str, np.ndarray] | None:
    """The arrays in a file that is whole and was written for this very key, else None."""
    archived = read_sealed(path)
    if archived is None:
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
    write_sealed(path, archive.getvalue())
