"""A template process: imports everything once, then forks a child for every job.

    Template(preload, environment)      starts it
    template.run(function, argument)    calls a function in the template itself (shared work)
    template.fork(function, argument)   calls a function in a child of its own -> Child

Functions are named as "module:name", take one JSON value and return one.  A child starts from the
template's clean state, whatever its siblings did, and dies with the template; the template dies
with the process that started it, also when that one is killed.

Forking is only safe with one thread, so the template counts its threads and refuses otherwise.
It has a kernel (without sockets, see `shell`) before it imports anything: pandas, plotly, tqdm and
others decide at import what they will print, and must decide what they would in a notebook.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kernels_lib.errors import ScorecardError

# Thread pools that would start at import; a process with threads must not be forked.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "1",
}

FRONT_END = "kernels_lib.production.engines.shell:importing"

# How long a child may take to end once it has no channel any more.
GRACE_S = 5
# How long a template waits at its end for children that are about to end, so that what they used is accounted for.
LAST_S = 0.05

_LENGTH = struct.Struct("!Q")
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def supported() -> bool:
    """Whether a process that has imported libraries can be forked safely here."""
    return sys.platform == "linux" and hasattr(os, "fork")


class TemplateFailed(ScorecardError):
    """The template could not start, has ended, or a function raised in it."""

    exit_code = 1


class ForkRefused(TemplateFailed):
    """The template must not fork: it has threads."""


class ChildDied(ScorecardError):
    """A child ended without a result.

    Attributes
    ----------
    signal : int or None
        The signal that ended it.
    code : int or None
        Its exit code, if no signal ended it.
    """

    exit_code = 1

    def __init__(self, code: int) -> None:
        self.signal = -code if code < 0 else None
        self.code = code if code >= 0 else None
        how = f"was ended by {_signal_name(-code)}" if code < 0 else f"ended with exit code {code}"
        super().__init__(f"the process of this job {how}.")


class ChildRaised(ScorecardError):
    """A function raised in its child.

    Attributes
    ----------
    traceback : str
        As Python prints it.
    """

    exit_code = 1

    def __init__(self, found: str, text: str) -> None:
        self.traceback = text
        super().__init__(found)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class Child:
    """One job in a process forked from the template.

    Attributes
    ----------
    pid : int
    """

    def __init__(self, template: Template, pid: int, channel: socket.socket) -> None:
        self.pid = pid
        self._template = template
        self._channel: socket.socket | None = channel
        self._buffer = bytearray()
        self._answer: dict[str, Any] | None = None
        self._code: int | None = None

    def fileno(self) -> int:
        """What to select on: readable when the child reported, finished or died."""
        if self._channel is None:
            raise ValueError("this child has ended")
        return self._channel.fileno()

    def send(self, value: Any) -> None:
        """Send a JSON value that the child reads with `receive`.

        Raises
        ------
        ChildDied
        """
        try:
            _write(self._open(), {"value": value})
        except OSError as error:
            raise self._lost() from error

    def reports(self, until: float | None = None) -> Iterator[Any]:
        """What the child reports, as it comes, until it finishes.

        Parameters
        ----------
        until : float, optional
            Time on the monotonic clock.

        Raises
        ------
        TimeoutError
            If nothing had come when that time came; the child still runs.
        ChildDied
            If it ended without a result.
        """
        while self._answer is None:
            frame = self._frame(until)
            if frame is None:
                raise self._lost()
            if "report" in frame:
                yield frame["report"]
            else:
                self._answer = frame

    def result(self) -> Any:
        """What the function returned; waits for it.

        Raises
        ------
        ChildDied
            If the child ended without a result, with how it ended.
        ChildRaised
            If the function raised.
        """
        for _ in self.reports():
            pass
        self.close()  # it ends by itself
        answer = self._answer or {}
        if "error" in answer:
            raise ChildRaised(answer["error"], answer["traceback"])
        return answer["result"]

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self._code is None:
            self._code = self._template._ended(self.pid)
        return self._code

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait until it has ended; its exit code, negative for a signal, or None where that took too long."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        pause = 0.001
        # Asked again and again: a template that waited for one child could not fork another.
        while self.poll() is None and (until is None or time.monotonic() < until):
            time.sleep(pause)
            pause = min(0.02, pause * 1.5)
        return self._code

    def kill(self) -> None:
        """End it and what it started, at once."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.wait(GRACE_S)
        self.close()

    def close(self) -> None:
        """Close the channel; a child that still reports is ended by that."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _lost(self) -> ChildDied:
        """How the child ended whose channel has ended; one that closed it and lives on is of no use."""
        self.close()
        if self.wait(GRACE_S) is None:
            self.kill()
        return ChildDied(-signal.SIGKILL if self._code is None else self._code)

    def _open(self) -> socket.socket:
        if self._channel is None:
            raise ValueError("this child has ended")
        return self._channel

    def _frame(self, until: float | None) -> dict[str, Any] | None:
        channel = self._open()
        while True:
            frame = _taken(self._buffer)
            if frame is not None:
                return frame
            left = None if until is None else max(0.0, until - time.monotonic())
            if not select.select([channel], [], [], left)[0]:
                raise TimeoutError
            try:
                more = channel.recv(1 << 20)
            except ConnectionResetError:
                return None
            if not more:
                return None
            self._buffer += more


class Template:
    """A template process, started at once; it imports while the caller goes on.

    Parameters
    ----------
    preload : sequence of str
        Modules to import.
    environment : mapping of str to str
        The template's whole environment, and its children's unless they get their own.
    prepare : sequence of str
        Functions without arguments ("module:name") to call after importing.
    idle : (str, sequence of str)
        A function of a list, and items; it is called with one after the other while nobody asks anything, until
        the first child is forked.
    front_end : str
        Function ("module:name") that returns a context to import in, with the kernel that libraries
        look for while they are imported.  Empty: they see none.

    Raises
    ------
    TemplateFailed
        From the first method that needs the template, if it could not start; the message ends
        with what Python said.
    """

    def __init__(
        self,
        preload: Sequence[str],
        environment: Mapping[str, str],
        *,
        prepare: Sequence[str] = (),
        idle: tuple[str, Sequence[str]] = ("", ()),
        front_end: str = FRONT_END,
    ) -> None:
        if not supported():
            raise TemplateFailed("processes cannot be forked safely on this platform.", remedy="Use --engine stock.")
        ours, theirs = socket.socketpair()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the template
        self._lock = threading.Lock()
        self._ready = False
        self._became = False
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                env={**environment, **ONE_THREAD, "PYTHONPATH": _search_path(environment)},
            )
        self._channel = ours
        self._finish = atexit.register(self.close)
        with contextlib.suppress(BrokenPipeError):  # it has ended; the first question says why
            setup = {"preload": list(preload), "prepare": list(prepare), "front_end": front_end}
            _write(ours, {**setup, "idle": [idle[0], list(idle[1])]})

    @property
    def pid(self) -> int:
        """The template's process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the template runs."""
        return self._process.poll() is None

    def ready(self) -> None:
        """Wait until everything is imported and prepared.

        Raises
        ------
        TemplateFailed
        """
        with self._lock:
            self._await_ready()

    def run(self, function: str, argument: Any = None) -> Any:
        """Call a function in the template itself; every child forked later has what it left there.

        Raises
        ------
        TemplateFailed
            If it raised.
        """
        return self._ask({"do": "run", "function": function, "argument": argument})

    def fork(
        self,
        function: str,
        argument: Any = None,
        *,
        environment: Mapping[str, str] | None = None,
        folder: str | Path | None = None,
    ) -> Child:
        """Call a function in a new child.

        Parameters
        ----------
        function : str
            As "module:name".
        argument
            A JSON value.
        environment : mapping of str to str, optional
            The child's whole environment; None for the template's.
        folder : str or Path, optional
            The child's working folder; None for the template's.

        Raises
        ------
        ForkRefused
            If the template has threads.
        TemplateFailed
            If it has ended.
        """
        ours, theirs = socket.socketpair()
        request = {
            "do": "fork",
            "function": function,
            "environment": None if environment is None else dict(environment),
            "folder": None if folder is None else str(folder),
        }
        try:
            with theirs:
                pid = self._ask(request, theirs)
        except BaseException:
            ours.close()
            raise
        child = Child(self, pid, ours)
        child.send(argument)
        return child

    def become(self, function: str, argument: Any = None) -> Child:
        """Call a function in the template itself, which ends with it: as a child, but nothing is forked for it.

        For the last call of a template, or the only one: it takes a process of its own and costs none.

        Raises
        ------
        TemplateFailed
            If it has ended.
        """
        ours, theirs = socket.socketpair()
        request = {"do": "become", "function": function, "environment": None, "folder": None}
        try:
            with theirs:
                self._ask(request, theirs)
        except BaseException:
            ours.close()
            raise
        self._became = True
        child = Child(self, self.pid, ours)
        child.send(argument)
        return child

    def close(self) -> None:
        """End the template and with it its children."""
        atexit.unregister(self._finish)
        self._channel.close()
        if self._became:
            self._end_group()
        elif not self._ready:
            # Still importing: it would not notice for a second.
            self._process.kill()
        try:
            self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()

    def __enter__(self) -> Template:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ended(self, pid: int) -> int | None:
        """Exit code of a child; the template is its parent and alone knows it."""
        if pid == self.pid:
            if self._process.returncode is not None:
                return self._process.returncode
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                return None
            self._end_group()
            return self._process.wait()
        try:
            return self._ask({"do": "poll", "pid": pid})
        except TemplateFailed:
            # Children die with the template.
            return -signal.SIGKILL

    def _end_group(self) -> None:
        """End it and what its function left running, before it is reaped: until then nobody gets its number."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.kill()

    def _ask(self, request: dict[str, Any], descriptor: socket.socket | None = None) -> Any:
        with self._lock:
            self._await_ready()
            try:
                _write(self._channel, request, descriptor)
                answer = _read(self._channel)
            except OSError as error:
                raise self._failed() from error
        if answer is None:
            raise self._failed()
        if "refused" in answer:
            raise ForkRefused(answer["refused"], remedy=answer["remedy"])
        if "error" in answer:
            raise TemplateFailed(answer["error"])
        return answer["result"]

    def _await_ready(self) -> None:
        if self._ready:
            return
        answer = _read(self._channel)
        if answer is None:
            raise self._failed()
        if "error" in answer:
            raise TemplateFailed(answer["error"])
        self._ready = True

    def _failed(self) -> TemplateFailed:
        """What the template said last is the best explanation there is."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.poll()
        how = "was lost" if code is None else f"was ended by {_signal_name(-code)}" if code < 0 else "ended"
        said = ""
        if not self._said.closed:
            self._said.seek(0)
            lines = [line for line in self._said.read().decode("utf-8", "replace").splitlines() if line.strip()]
            said = f" It said last: {lines[-1].strip()}" if lines else ""
        return TemplateFailed(
            f"the template process, which imports the libraries once for all reports, {how}.{said}",
            remedy="Build with --engine stock to see whether the libraries themselves work.",
        )


_shared: dict[tuple[str, ...], Template] = {}
_READ_AT_START = ("PYTHON", "OPENBLAS_", "OMP_", "MKL_")


def shared(preload: Sequence[str], environment: Mapping[str, str]) -> Template:
    """This process's template with these modules, started on first use.

    Its children get their own environments, but for what Python and its libraries read as they start
    (PYTHONHASHSEED, numbers of threads): who asks for another gets a template of its own.
    """
    at_start = {name: value for name, value in environment.items() if name.startswith(_READ_AT_START)}
    made_of = (*preload, *map("=".join, sorted(at_start.items())))
    held = _shared.get(made_of)
    if held is None or not held.alive:
        held = _shared[made_of] = Template(preload, environment)
    return held


def report(value: Any) -> None:
    """In a child: send a JSON value to whoever holds its `Child`."""
    _write(_mine(), {"report": value})


def in_child() -> bool:
    """Whether this process is a child of a template, and can report."""
    return _own_channel is not None


def receive() -> Any:
    """In a child: the next value sent with `Child.send`; raises EOFError when the other side has gone."""
    frame = _read(_mine())
    if frame is None:
        raise EOFError("the process that asked for this job has gone")
    return frame["value"]


_own_channel: socket.socket | None = None


def _mine() -> socket.socket:
    if _own_channel is None:
        raise RuntimeError("only a child of a template can report")
    return _own_channel


def _search_path(environment: Mapping[str, str]) -> str:
    """PYTHONPATH with this package in it, installed or not."""
    import kernels_lib

    own = str(Path(kernels_lib.__file__).parent.parent)
    given = [folder for folder in environment.get("PYTHONPATH", "").split(os.pathsep) if folder]
    return os.pathsep.join([*given, *([] if own in given else [own])])


def _write(channel: socket.socket, value: Any, descriptor: socket.socket | None = None) -> None:
    raw = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if descriptor is None:
        channel.sendall(_LENGTH.pack(len(raw)) + raw)
    else:
        socket.send_fds(channel, [_LENGTH.pack(len(raw))], [descriptor.fileno()])
        channel.sendall(raw)


def _read(channel: socket.socket, descriptors: list[int] | None = None) -> dict[str, Any] | None:
    """The next frame; None at the end.  Descriptors that came with it are added to the list."""
    head = b""
    while len(head) < _LENGTH.size:
        try:
            more, received, _, _ = socket.recv_fds(channel, _LENGTH.size - len(head), 1)
        except ConnectionResetError:
            return None
        if descriptors is not None:
            descriptors += received
        if not more:
            return None
        head += more
    left = _LENGTH.unpack(head)[0]
    body = bytearray()
    while len(body) < left:
        more = channel.recv(min(1 << 20, left - len(body)))
        if not more:
            return None
        body += more
    return json.loads(body.decode("utf-8", "surrogatepass"))


def _taken(buffer: bytearray) -> dict[str, Any] | None:
    """A whole frame from the front of what was received so far, if there is one."""
    if len(buffer) < _LENGTH.size:
        return None
    end = _LENGTH.size + _LENGTH.unpack_from(buffer)[0]
    if len(buffer) < end:
        return None
    frame = json.loads(buffer[_LENGTH.size : end].decode("utf-8", "surrogatepass"))
    del buffer[:end]
    return frame


def _named(function: str) -> Callable[..., Any]:
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)


# In the template

# The folder that the caller happens to be in is not searched for modules.
_START = f"import sys; sys.flags.safe_path or sys.path.pop(0); from {__name__} import serve; serve(int(sys.argv[1]))"


def serve(descriptor: int) -> None:
    """Be a template: import, prepare, answer requests until the other side goes, and end."""
    try:
        _serve(descriptor)
    finally:
        _leave(0)


def _serve(descriptor: int) -> None:
    # A terminal's Ctrl-C is for the process that started us, which then closes the channel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = socket.socket(fileno=descriptor)
    channel.set_inheritable(False)
    setup = _read(channel)
    if setup is None:
        return
    try:
        _import(setup)
    except Exception as error:
        traceback.print_exc()
        _write(channel, {"error": f"the template process could not import the libraries: {_line(error)}."})
        return
    _write(channel, {"result": None})
    ended: dict[int, int] = {}
    descriptors: list[int] = []
    function, items = setup["idle"]
    while True:
        _while_idle(function, items, channel)
        request = _read(channel, descriptors)
        if request is None:
            _await_ending(ended)
            return
        if request["do"] == "fork":
            # The work has begun: from now on the next child comes first.
            items.clear()
        if request["do"] == "become":
            _write(channel, {"result": os.getpid()})
            # Whoever asked for it waits for what it does, and asks no template any more.
            channel.close()
            _live(request, socket.socket(fileno=descriptors.pop()), os.getppid())
        try:
            answer = _answer(request, ended, channel, descriptors)
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{request.get('function', request['do'])} raised {_line(error)}."}
        while descriptors:
            os.close(descriptors.pop())
        _write(channel, answer)


def _while_idle(function: str, items: list[str], channel: socket.socket) -> None:
    """Go on with what will probably be asked for; whatever goes wrong is said by whoever asks for it."""
    with contextlib.suppress(Exception):
        while items and not select.select([channel], [], [], 0)[0]:
            _named(function)([items.pop(0)])


def _line(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[-1].rstrip(".")


def _import(setup: dict[str, Any]) -> None:
    import gc

    environment = dict(os.environ)
    # Nothing of what is imported will ever be collected; looking for it takes a tenth of the time.
    gc.disable()
    with _named(setup["front_end"])() if setup["front_end"] else contextlib.nullcontext():
        for name in setup["preload"]:
            importlib.import_module(name)
    os.environ.clear()
    os.environ.update(environment)
    for function in setup["prepare"]:
        _named(function)()
    gc.enable()
    _freeze()


def _freeze() -> None:
    """Keep the pages of what exists shared with the children: no collection touches it any more."""
    import gc

    # What could be collected is little, and looking for it takes as long as importing pandas.
    gc.freeze()


def _answer(
    request: dict[str, Any], ended: dict[int, int], channel: socket.socket, descriptors: list[int]
) -> dict[str, Any]:
    _reap(ended)
    match request["do"]:
        case "run":
            result = _named(request["function"])(request["argument"])
            _freeze()
            return {"result": result}
        case "fork":
            answer = _fork(request, channel, descriptors[-1])
            ended.pop(answer.get("result", 0), None)  # an earlier child may have had the number
            return answer
        case "poll":
            return {"result": ended.get(request["pid"])}
    raise ValueError(f"unknown request {request['do']!r}")


def _fork(request: dict[str, Any], channel: socket.socket, descriptor: int) -> dict[str, Any]:
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208 - in the path of every job
    if threads != 1:
        return {
            "refused": f"the template process has {threads} threads, and a process with threads must not be forked.",
            "remedy": "Use --engine stock, or keep the library that starts threads out of the preloaded modules.",
        }
    template = os.getpid()
    pid = os.fork()
    if pid == 0:
        channel.close()
        _live(request, socket.socket(fileno=descriptor), template)
    return {"result": pid}


def _await_ending(ended: dict[int, int]) -> None:
    """Children that have nothing to do any more end at this moment; the others end with the template."""
    until = time.monotonic() + LAST_S
    while _reap(ended) and time.monotonic() < until:
        time.sleep(0.001)


def _reap(ended: dict[int, int]) -> bool:
    """Note the children that have ended, and end what they left running; whether there are others."""
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return False
        if found is None:
            return True
        pid = found.si_pid
        # Before it is reaped: until then no other process can get its number.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        ended[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# In a child


def _live(request: dict[str, Any], channel: socket.socket, template: int) -> None:
    """Call the function, send what it returned, and end without returning."""
    global _own_channel
    code = 1
    try:
        _settle(request, template)
        _own_channel = channel
        # The other side must see the end of this child, not of what a notebook forks.
        os.register_at_fork(after_in_child=channel.close)
        argument = receive()
        _write(channel, {"result": _named(request["function"])(argument)})
        code = 0
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
    except BaseException as error:
        with contextlib.suppress(OSError):
            _write(
                channel, {"error": f"{request['function']} raised {_line(error)}.", "traceback": traceback.format_exc()}
            )
    finally:
        _leave(code)


def _settle(request: dict[str, Any], template: int) -> None:
    """What a process of its own has of its own: a session, signals, folder, environment, random numbers."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != template:
        os._exit(1)  # it died before we asked to die with it
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if request["environment"] is not None:
        os.environ.clear()
        os.environ.update(request["environment"])
        time.tzset()
        _search(os.environ.get("PYTHONPATH", ""))
    if request["folder"] is not None:
        os.chdir(request["folder"])
    _forget_exits()
    _reseed()


def _search(path: str) -> None:
    """Modules are found where the child's own PYTHONPATH says, before where the template's did."""
    for folder in reversed(path.split(os.pathsep)):
        if folder and folder not in sys.path:
            sys.path.insert(0, folder)


def _forget_exits() -> None:
    """What the template would do at its exit is not the child's to do; what the child registers is."""
    import weakref

    atexit._clear()
    weakref.finalize._registry.clear()  # type: ignore[attr-defined]
    weakref.finalize._registered_with_atexit = False  # type: ignore[attr-defined]
    for module, name in (("multiprocessing.util", "_exit_function"), ("logging", "shutdown")):
        if module in sys.modules:
            atexit.register(getattr(sys.modules[module], name))


def _reseed() -> None:
    """Children of one template would otherwise draw the same numbers."""
    import random

    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _leave(code: int) -> None:
    """End as Python would, without taking the interpreter apart page by copied page."""
    try:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    finally:
        os._exit(code)
