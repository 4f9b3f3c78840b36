"""Finished files and folders into place, so that nobody ever sees a half of one.

A file is written beside and moved over the old one.  A report's folder is made whole beside, and
changes places with the old one in a single step of the system, where the system has such a step
(Linux, macOS): a reader, a crash or a kill finds the old documents or the new ones, and never a page
of this build beside a deck of the last.  Elsewhere the old folder steps aside for an instant, and
`recover` brings it back if the process ended in between.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from kernels_lib.errors import CannotWrite
from kernels_lib.paths import root_above, shown

_ASIDE = ".before"  # the end of the name of a folder that stepped aside


def workplace(build: Path) -> Path:
    """A new folder of this process's own below build/work; whoever asked for it removes it.

    Raises
    ------
    CannotWrite
        If it cannot be made.
    """
    work = build / "work"
    try:
        work.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f"j{os.getpid()}-", dir=work))
    except OSError as error:
        raise CannotWrite(_told(work), error) from error


def replace(target: Path, content: bytes, work: Path) -> None:
    """Write a file below `work`, which is on the target's file system, and move it into place.

    Raises
    ------
    CannotWrite
        If the disk is full or the place is not writable; the target is as it was.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix="w", dir=work)
        # Not forced onto the disk: after a kill the system still has it, and a record is never believed
        # about a file that is not as it was left.
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError as error:
        raise CannotWrite(_told(target), error) from error


def _told(path: Path) -> str:
    """A path as messages print it: from the project on."""
    root = root_above(path.parent)
    return path.name if root is None else shown(path, root)


def replace_folder(target: Path, files: Mapping[str, bytes], work: Path, *, keep: Iterable[str] = ()) -> None:
    """Put a whole folder into place of what was there.

    Parameters
    ----------
    target : Path
    files : mapping of str to bytes
        Names and contents, written in this order.
    work : Path
        A folder of the caller's own on the same file system.
    keep : iterable of str
        Names in the old folder that are in the new one too, as they are, times included.

    Raises
    ------
    CannotWrite
        If the disk is full or the place is not writable; the target is as it was.
    """
    try:
        made = Path(tempfile.mkdtemp(prefix="f", dir=work))
        for name, content in files.items():
            (made / name).write_bytes(content)
            (made / name).chmod(0o644)
        for name in keep:
            _same(target / name, made / name)
        made.chmod(0o755)
        target.parent.mkdir(parents=True, exist_ok=True)
        _put(made, target)
    except OSError as error:
        raise CannotWrite(_told(target), error) from error


def _same(path: Path, target: Path) -> None:
    """One more name for a file, or for all files of a folder; a copy where the system has no such thing."""
    if path.is_dir() and not path.is_symlink():
        shutil.copytree(path, target, copy_function=_link, symlinks=True)
    else:
        _link(path, target)


def _link(path: str | Path, target: str | Path) -> None:
    try:
        os.link(path, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, target, follow_symlinks=False)


def _put(made: Path, target: Path) -> None:
    """Give a folder its place; what was there is gone afterwards."""
    if not target.exists():
        made.rename(target)
        return
    if not _exchanged(made, target):
        _step_aside(made, target)
    # The old one now stands at the place of the new one, or is gone.
    shutil.rmtree(made, ignore_errors=True)


def _step_aside(made: Path, target: Path) -> None:
    aside = target.with_name(f".{target.name}{_ASIDE}")
    shutil.rmtree(aside, ignore_errors=True)
    target.rename(aside)
    try:
        made.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def recover(site: Path) -> None:
    """Bring back folders that stepped aside in a process that ended before the new one was in place."""
    for aside in [*site.glob(f".*{_ASIDE}"), *site.glob(f"*/.*{_ASIDE}")]:
        target = aside.with_name(aside.name[1 : -len(_ASIDE)])
        if target.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(target)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the system let two folders change places in one step."""
    call = _exchange()
    if call is None:
        return False
    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    number = ctypes.get_errno()
    # Some file systems (NFS, some containers' layers) have no such step.
    if number in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EXDEV):
        return False
    raise OSError(number, os.strerror(number), str(other))


@cache
def _exchange() -> Callable[[bytes, bytes], int] | None:
    """The system's call that lets two paths change places; None where there is none."""
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform.startswith("linux"):
            at, here, swap = library.renameat2, -100, 2  # AT_FDCWD, RENAME_EXCHANGE
            return lambda one, other: at(here, one, here, other, swap)
        if sys.platform == "darwin":
            of, swap = library.renamex_np, 2  # RENAME_SWAP
            return lambda one, other: of(one, other, swap)
    return None


@contextmanager
def lock(path: Path, *, shared: bool = False, waiting: Callable[[str], None] = lambda holder: None) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when the process ends, however it ends.

    Parameters
    ----------
    path : Path
    shared : bool
        Whether others may hold it shared at the same time.
    waiting : callable
        Called once, with the number of the process that holds it, where it cannot be had at once.

    Raises
    ------
    CannotWrite
        If the file cannot be made.
    """
    try:
        import fcntl
    except ImportError:  # no such locks on Windows
        yield
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
    except OSError as error:
        raise CannotWrite(_told(path), error) from error
    with file:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            waiting(file.read().strip() or "unknown")
            fcntl.flock(file, kind)
        if not shared:
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
        yield
