"""A project like this one, in which something is tried out: its parameters its own, its data and caches shared.

It lies in ``build/work``, costs a few milliseconds and is gone afterwards.  What is computed in it for the
first time is kept in the real project's cache, because it is kept there under everything that it depends on.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kernels_lib.paths import build_folder

# What a project has beside params/ that a build reads.
READ = ("datasets", "reports", "tests")


@contextmanager
def project_like(root: Path, texts: Mapping[Path, str] | None = None) -> Iterator[Path]:
    """The root of such a project, with other texts in some files of ``params/``.

    Parameters
    ----------
    root : Path
    texts : mapping of Path to str, optional
        Files below `root`, and what they hold instead; a file need not exist.
    """
    work = build_folder(root, "") / "work"
    work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"j{os.getpid()}-", dir=work)).resolve()
    cache, kept = folder / "build" / "cache", build_folder(root, "") / "cache"
    try:
        shutil.copytree(root / "params", folder / "params", copy_function=_linked)
        for name in READ:
            if (root / name).is_dir():
                (folder / name).symlink_to(root / name, target_is_directory=True)
        cache.mkdir(parents=True)
        _share(kept, cache)
        for path, text in (texts or {}).items():
            target = folder / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            # A file of its own: what the link leads to is the project's.
            target.unlink(missing_ok=True)
            target.write_bytes(text.encode("utf-8"))
        yield folder
        kept.mkdir(parents=True, exist_ok=True)
        _share(cache, kept)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _share(source: Path, target: Path) -> None:
    """Give one cache the findings of another: whole files under their contents' names, never changed in place."""
    if not source.is_dir():
        return
    for entry in os.scandir(source):
        # Folders hold what a build noted of its own documents; a name with a dot is being written.
        if entry.is_file() and not entry.name.startswith(".") and not (target / entry.name).exists():
            with contextlib.suppress(OSError):
                _linked(entry.path, str(target / entry.name))


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
