"""Costly arrays, kept between runs under what they were computed from; see `keep`.

Files hold plain arrays (no pickle), so reading one cannot run code.  The digest at a file's end covers
what an archive's own check sums leave out; programs that open archives pass over it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kernels_lib.keep import file_of, key_text, read_sealed, write_sealed

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
