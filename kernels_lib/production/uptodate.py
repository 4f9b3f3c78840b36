"""A build in which nothing changed, answered before anything is imported.

After a build in which all went well, a small note is left: the words of the command, a fingerprint of
everything that a report is made from and a fingerprint of everything that was made.  A fingerprint is
a digest of names, sizes and times, so comparing it takes milliseconds even for thousands of reports.
If anything differs, nothing is concluded: the build then looks at contents.

Only the standard library's smallest modules are used here: see `kernels_lib.__main__`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time

# A file may change twice within one tick of the file system's clock: younger files are not trusted.
_TICK_NS = 50_000_000
_LIBRARY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What a report may be made from, below the project's root.
_SOURCES = ("params", "datasets", "reports", "tests/reference_cases")


def answer(arguments: list[str], folder: str) -> tuple[str, str]:
    """What a build would say, and warn of, if nothing changed since the last one; nothing where that is not certain.

    Parameters
    ----------
    arguments : list of str
        Words of the command line after ``build``.
    folder : str
        Working folder.
    """
    root = root_of(folder)
    if not root:
        return "", ""
    try:
        with open(_path(root, arguments), encoding="utf-8") as file:
            note = json.load(file)
    except (OSError, ValueError):
        return "", ""
    if note["made_from"] != made_from(root) or note["made"] != _fingerprint(root, [*note["outputs"], *note["further"]]):
        return "", ""
    return note["said"], note["warned"]


def leave(
    root: str, arguments: list[str], said: str, warned: str = "", *, before: str, outputs: list[str], further: list[str]
) -> None:
    """Leave the note.

    Parameters
    ----------
    root : str
    arguments : list of str
        As `answer` will be asked.
    said, warned : str
        What to say next time, on standard output and on standard error.
    before : str
        What `made_from` gave before the build read anything.
    outputs : list of str
        Files and folders that were made, relative to the root.
    further : list of str
        Files and folders that notebooks read by themselves.
    """
    if _youngest(root, further) > time.time_ns() - _TICK_NS:
        # Changed just now: another change within the same tick would not be seen.
        return
    made = _fingerprint(root, [*outputs, *further])
    note = {"made_from": before, "made": made, "outputs": outputs, "further": further, "said": said, "warned": warned}
    path = _path(root, arguments)
    beside = f"{path}.{os.getpid()}"
    import contextlib

    # Without the note the next build looks at contents; that is no reason to call this one failed.
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(beside, "w", encoding="utf-8") as file:
            json.dump(note, file)
        os.replace(beside, path)


def made_from(root: str) -> str:
    """Fingerprint of everything that reports are made from: files, library, packages."""
    found = hashlib.sha256(repr([sys.version, sorted(_packages())]).encode())
    found.update(_fingerprint(root, [*_SOURCES, _LIBRARY]).encode())
    return found.hexdigest()


def states(root: str, places: list[str]) -> dict[str, tuple[int, int]]:
    """Size and time of change of each file in some places, by its path relative to the root."""
    found = (each for place in places for each in _files(os.path.join(root, place)))
    return {os.path.relpath(path, root): (size, changed) for path, size, changed in found}


def root_of(folder: str) -> str:
    """The project's root, as `kernels_lib.paths.find_root` finds it; empty where there is none."""
    named = os.environ.get("SCORECARD_ROOT")
    if named:
        return os.path.realpath(named)
    here = os.path.realpath(folder)
    while not os.path.isfile(os.path.join(here, "params", "study.yaml")):
        above = os.path.dirname(here)
        if above == here:
            return ""
        here = above
    return here


def _path(root: str, arguments: list[str]) -> str:
    name = hashlib.sha256("\0".join(arguments).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return os.path.join(root, "build", "cache", "uptodate", f"{name}.json")


def _packages() -> set[str]:
    found = set()
    for entry in sys.path:
        if entry and os.path.isdir(entry):
            found.update(name for name in os.listdir(entry) if name.endswith(".dist-info"))
    return found


def _fingerprint(root: str, places: list[str]) -> str:
    found = hashlib.sha256()
    for place in places:
        for path, size, changed in _files(os.path.join(root, place)):
            found.update(f"{path}\0{size}\0{changed}\n".encode("utf-8", "surrogateescape"))
        found.update(b"\n")
    return found.hexdigest()


def _youngest(root: str, further: list[str]) -> int:
    places = [os.path.join(root, place) for place in [*_SOURCES, _LIBRARY, *further]]
    return max((changed for place in places for _, _, changed in _files(place)), default=0)


def _files(place: str):
    """Each file in a place, in an order of its own: path, size, time of change."""
    try:
        entries = sorted(os.scandir(place), key=lambda entry: entry.name)
    except NotADirectoryError:
        status = os.stat(place)
        yield place, status.st_size, status.st_mtime_ns
        return
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name == "__pycache__" or entry.name == ".ipynb_checkpoints":
            continue
        if entry.is_dir():
            yield from _files(entry.path)
        else:
            status = entry.stat()
            yield entry.path, status.st_size, status.st_mtime_ns
