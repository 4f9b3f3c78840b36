"""What a report's kernel may use: time, memory, and no network.

A report is computed from the project's own files; one that asks the network would differ from day to
day, and could send what it knows to somebody.  So a notebook's process is closed to the network, where
the platform has a way to close it:

* on Linux (x86-64, ARM64) a seccomp filter refuses to make an internet socket, in this process, in its
  subprocesses and in C; it cannot be taken back, so only processes made for one notebook are sealed
* everywhere Python's own sockets are refused while cells run, with words that say what to do

This keeps mistakes and dependencies honest.  It is no cage for an enemy's notebook: see SECURITY.md.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import socket
import struct
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# How a kernel of its own learns its limits.
VARIABLE = "SCORECARD_LIMITS"

_INTERNET = {socket.AF_INET, socket.AF_INET6}


@dataclass(frozen=True)
class Limits:
    """Limits of one notebook.

    Attributes
    ----------
    cell_s, notebook_s : float
        Longest that one cell, and the whole notebook, may run.
    memory_mb : int
        How much memory it may take beyond what its libraries hold; 0: no limit.
    network : bool
        Whether it may use the network.
    """

    cell_s: float = 300
    notebook_s: float = 1800
    memory_mb: int = 4096
    network: bool = False

    def as_variable(self) -> str:
        """For the environment of a kernel."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Limits:
        """From a report's parameters."""
        return cls(**(values.get("limits") or {}))


class Clock:
    """How long the next cell may run: nbclient asks it before each.

    Attributes
    ----------
    began : dict of str to NotebookNode
        The cells that it was asked about, by id, the one that runs last; they hold what they have shown so far.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._end = time.monotonic() + limits.notebook_s
        self.began: dict[str, Any] = {}

    def __call__(self, cell: Any) -> float:
        """Seconds; never 0, which would mean without limit."""
        self.began[cell.get("id")] = cell
        return max(0.01, min(self._limits.cell_s, self._end - time.monotonic()))

    @property
    def said(self) -> str:
        """Which limit a cell that was stopped had run into."""
        if time.monotonic() >= self._end:
            return f"the notebook ran longer than {self._limits.notebook_s:g} s (limits.notebook_s)"
        return f"the cell ran longer than {self._limits.cell_s:g} s (limits.cell_s)"


class NetworkRefused(PermissionError):
    """A report's notebook asked for the network."""

    def __init__(self) -> None:
        super().__init__(
            "a report's notebook has no network, so that it gives the same every time. Put what it needs into "
            "datasets/, or set `limits: {network: true}` in params/study.yaml"
        )


# Holds what is never taken back: a context manager that nobody holds would end.
_FOR_GOOD = contextlib.ExitStack()


def seal(limits: Limits) -> bool:
    """Close this process, and all that it starts, to the network for good.

    Returns
    -------
    bool
        Whether the system refuses from now on; Python's own sockets are refused by `applied` anyway.
    """
    return not limits.network and _no_internet_sockets()


@contextlib.contextmanager
def applied(limits: Limits) -> Iterator[None]:
    """The limits that can be taken back, while the block runs: memory, and Python's own sockets."""
    with _memory(limits.memory_mb), _guarded(not limits.network):
        yield


def apply_from_environment() -> bool:
    """In a kernel of its own: apply for good what the environment says; whether it is sealed now."""
    said = os.environ.pop(VARIABLE, "")
    if not said:
        return False
    limits = Limits(**json.loads(said))
    _FOR_GOOD.enter_context(applied(limits))
    return seal(limits)


# Memory


@contextlib.contextmanager
def _memory(megabytes: int) -> Iterator[None]:
    try:
        import resource
    except ImportError:  # not on Windows
        yield
        return
    held = _held_bytes()
    if not megabytes or not held:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = held + megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _held_bytes() -> int:
    """Address space of this process; 0 where that is not told (the limit would not be kept there either)."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


# Python's own sockets

_refusing = False
_watching = False


@contextlib.contextmanager
def _guarded(refuse: bool) -> Iterator[None]:
    global _refusing, _watching
    before = _refusing
    if refuse and not _watching:
        sys.addaudithook(_look)
        _watching = True
    _refusing = refuse
    try:
        yield
    finally:
        _refusing = before


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if not _refusing or not event.startswith("socket."):
        return
    if (event == "socket.__new__" and arguments[1] in _INTERNET) or event == "socket.getaddrinfo":
        raise NetworkRefused


# The system's calls

# machine -> what the kernel calls it, and the numbers of socket and of io_uring_setup, which makes sockets too.
_MACHINES = {"x86_64": (0xC000003E, 41, 425), "aarch64": (0xC00000B7, 198, 425)}
_REFUSED = (2, 10, 17, 40)  # AF_INET, AF_INET6, AF_PACKET, AF_VSOCK
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF: load a word, jump if equal or above, return
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EACCES, _ENOSYS = 13, 38


def _filter(machine: str) -> list[tuple[int, int, int, int]]:
    """A classic BPF program on ``struct seccomp_data``: (code, jump if true, jump if false, value) a line."""
    arch, make_socket, make_ring = _MACHINES[machine]
    families = len(_REFUSED)
    return [
        (_LOAD, 0, 0, 4),  # the machine
        (_EQUAL, 0, families + 5, arch),  # a foreign one: refuse
        (_LOAD, 0, 0, 0),  # the call
        (_AT_LEAST, families + 3, 0, 0x40000000),  # another numbering of the same machine: refuse
        (_EQUAL, families + 3, 0, make_ring),
        (_EQUAL, 0, families + 3, make_socket),
        (_LOAD, 0, 0, 16),  # its first argument, the family
        *((_EQUAL, families - 1 - place, 0 if place < families - 1 else 2, family)
          for place, family in enumerate(_REFUSED)),
        (_RETURN, 0, 0, _ERRNO | _EACCES),
        (_RETURN, 0, 0, _ERRNO | _ENOSYS),
        (_RETURN, 0, 0, _ALLOW),
    ]  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_void_p))


_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _MODE_FILTER = 22, 38, 2


def _no_internet_sockets() -> bool:
    if not sys.platform.startswith("linux") or platform.machine() not in _MACHINES:
        return False
    lines = _filter(platform.machine())
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = _Program(len(lines), ctypes.cast(code, ctypes.c_void_p).value)
    control = ctypes.CDLL(None, use_errno=True).prctl
    control.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if control(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return control(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(program), 0, 0) == 0
