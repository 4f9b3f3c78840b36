"""An IPython kernel without sockets, threads or files: cells run in this process.

It is ipykernel's own kernel, shell, display hook, publisher and streams; only what they would send
over a socket goes to a function instead.  So a notebook sees what it sees in a kernel, and whoever
reads the messages gets what a kernel would have sent.

    kernel()            this process's kernel, made on first use
    importing()         a context in which imported libraries see that kernel
    attached(deliver)   a context in which the kernel has this process's output streams
    run(kernel, ...)    one cell; its messages go to `deliver`, the reply is returned

Output that bypasses Python (subprocesses, libraries in C) is caught in memory files that stand in
for descriptors 1 and 2, and read at every write and flush, so that it keeps its place.
"""

from __future__ import annotations

import asyncio
import builtins
import codecs
import contextlib
import contextvars
import io
import logging
import os
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from functools import cache, partial
from pathlib import Path
from typing import Any

from ipykernel import compiler, eventloops, ipkernel
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelbase import _accepts_parameters
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core import interactiveshell
from IPython.core.error import UsageError
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.profiledir import ProfileDir
from IPython.core.shellapp import InteractiveShellApp
from jupyter_client.session import Session
from traitlets.config import Config

Message = dict[str, Any]
Deliver = Callable[[Message], None]

FLUSH_EVERY_S = 30
INLINE_BACKEND = "module://matplotlib_inline.backend_inline"


class Handover(Session):
    """A session that hands over what it would send, as the other end would have received it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(key=b"", **kwargs)
        self.deliver: Deliver | None = None
        self.turn = threading.RLock()
        self.overdue = False

    def send(  # type: ignore[override]
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: Any = None,
        metadata: Any = None,
    ) -> Message | None:
        """Hand one message over; messages from forks of this process are dropped, as a kernel drops them."""
        if isinstance(msg_or_type, dict):
            message = msg_or_type
            buffers = buffers or message.get("buffers", [])
        else:
            message = self.msg(msg_or_type, content=content, parent=parent, header=header, metadata=metadata)
        if self.deliver is None or os.getpid() != self.pid:
            return None
        if self.overdue and message["msg_type"] == "error":
            return None  # what a cell says about being stopped is not its output
        received = {
            **message,
            "header": dict(message["header"]),
            # As over a socket: later changes of the object must not change what was shown.
            "content": self.unpack(self.pack(message["content"])),
            "metadata": self.unpack(self.pack(message["metadata"])),
            "buffers": [memoryview(buffer) for buffer in buffers or []],
        }
        with self.turn:
            self.deliver(received)
        return message


class Captured:
    """One of the descriptors 1 and 2, caught in a file in memory."""

    def __init__(self, descriptor: int, name: str) -> None:
        self.descriptor = descriptor
        self.original = os.dup(descriptor)
        self._file = _memory_file(name)
        self._read = 0
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        os.dup2(self._file, descriptor)

    def drain(self) -> str:
        """What was written since the last time."""
        text = ""
        while raw := os.pread(self._file, 1 << 20, self._read):
            self._read += len(raw)
            text += self._decode(raw)
        if not text and self._read and os.fstat(self._file).st_size < self._read:
            # Someone opened it as a file and cut it ("> /dev/stdout" in a shell).
            self._read = 0
            return self.drain()
        return text

    def close(self) -> None:
        """Put the descriptor back."""
        os.dup2(self.original, self.descriptor)
        os.close(self.original)
        os.close(self._file)


def _memory_file(name: str) -> int:
    import fcntl

    if hasattr(os, "memfd_create"):
        file = os.memfd_create(name)
    else:
        file, path = tempfile.mkstemp(prefix=name)
        Path(path).unlink()
    fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_APPEND)
    return file


class _Turn:
    """The lock of a stream's buffers; whoever takes it finds in them what bypassed Python until then."""

    def __init__(self, collect: Callable[[], None]) -> None:
        self._lock = threading.RLock()
        self._collect = collect

    def __enter__(self) -> None:
        self._lock.acquire()
        self._collect()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Stream(OutStream):
    """ipykernel's output stream, flushed when something is shown and at the end of a cell, by whoever writes."""

    def __init__(self, session: Handover, name: str, captured: Captured) -> None:
        # Not the parent's: it starts threads.
        io.TextIOBase.__init__(self)
        self.session = session
        self.name = name
        self.topic = b"stream." + name.encode()
        self.pub_thread = self  # of which only `schedule` is used
        self.thread = None
        self.echo = None
        self._captured = captured
        self._original_stdstream_copy = captured.original
        self._parent_header: ContextVar[dict[str, Any]] = ContextVar("parent_header")
        self._parent_header.set({})
        self._parent_header_global: dict[str, Any] = {}
        self._master_pid = os.getpid()
        self._flush_pending = self._subprocess_flush_pending = False
        self._buffer_lock = _Turn(self._collect)
        self._buffers: defaultdict[Any, io.StringIO] = defaultdict(io.StringIO)
        self._isatty = False
        self._should_watch = False
        self._local = threading.local()
        self._flushed = time.monotonic()

    def schedule(self, function: Callable[[], None]) -> None:
        """In a fork of this process, which may end at any time: flush at once."""
        function()

    def _schedule_flush(self) -> None:
        """Hardly ever by the clock, on which outputs would depend; only so that a long cell can be saved."""
        if time.monotonic() - self._flushed > FLUSH_EVERY_S:
            self.flush()

    def _flush(self) -> None:
        if self._is_master_process():
            self._flushed = time.monotonic()
            super()._flush()
            return
        # A fork of this process: its memory is not ours, but its descriptors are.
        self._subprocess_flush_pending = False
        for _, text in self._flush_buffers():
            os.write(self._captured.descriptor, text.encode("utf-8", "replace"))

    def _collect(self) -> None:
        if self._is_master_process():
            text = self._captured.drain()
            if text:
                self._buffers[frozenset(self._parent_header_global.items())].write(text)

    def close(self) -> None:
        """Write no more."""
        self.pub_thread = None


class _Loop:
    """The part of tornado's loop that a kernel uses while a cell runs."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.asyncio_loop = loop
        self.add_callback = loop.call_soon_threadsafe

    def call_later(self, delay: float, callback: Callable[..., Any], *args: Any) -> None:
        """Only asked for by ``exit``: the loop ends with the notebook anyway."""

    def stop(self) -> None:
        """As above."""


class _CurrentFolder:
    """What IPython's way of adding the notebook's folder to the search path looks at."""

    ignore_cwd = False


class _MainThread:
    """Stands for ipykernel's shell channel thread; cells run in the thread that it would have started from."""

    def __init__(self) -> None:
        self.parent_thread = threading.current_thread()


class Profile(ProfileDir):
    """A place for what magics such as %store keep: made when one does, gone with the notebook."""

    @property
    def location(self) -> str:  # type: ignore[override]
        """The folder; most notebooks never make it."""
        return str(Path(tempfile.gettempdir()) / f"ipython-{os.getpid()}")


class Kernel(IPythonKernel):
    """ipykernel's kernel in this process; its cells share one context."""

    cells_context: contextvars.Context

    def start(self) -> None:
        """Nothing to start."""

    def record_ports(self, ports: dict[str, int]) -> None:
        """It has none."""


class Transforming(TransformerManager):
    """IPython's translation of magics into Python, remembered: reports of one build share their cells."""

    def __init__(self) -> None:
        super().__init__()
        self._own = self._rules()

    def transform_cell(self, cell: str) -> str:
        """The cell as Python."""
        if self._rules() != self._own:
            return super().transform_cell(cell)  # the notebook has added rules, which may do anything
        if cell not in _transformed:
            _transformed[cell] = super().transform_cell(cell)
        return _transformed[cell]

    def _rules(self) -> list[Any]:
        return [*self.cleanup_transforms, *self.line_transforms, *self.token_transformers]


_transformed: dict[str, str] = {}

# ipykernel names a cell's code by this hash, which takes a millisecond a cell.
compiler.murmur2_x86 = cache(compiler.murmur2_x86)
# IPython parses every cell twice to see whether it awaits something, besides running it.
interactiveshell._should_be_async = cache(interactiveshell._should_be_async)


@cache
def _parameters_of(function: Any, names: tuple[str, ...]) -> dict[str, bool]:
    return _accepts_parameters(function, names)


def _accepts(method: Any, names: Sequence[str]) -> dict[str, bool]:
    """What ipykernel asks of a method before every cell, by reading its signature anew."""
    return _parameters_of(getattr(method, "__func__", method), tuple(names))


ipkernel._accepts_parameters = _accepts


def remember(sources: Sequence[str]) -> None:
    """In a template: do now what only depends on the text of cells, for all children."""
    transforming = kernel().shell.input_transformer_manager
    for source in sources:
        compiler.get_file_name(source)
        with contextlib.suppress(SyntaxError):  # said when the cell runs
            interactiveshell._should_be_async(transforming.transform_cell(source))


@contextlib.contextmanager
def _without_debugger() -> Iterator[None]:
    """The debugger has no one to talk to here, and importing it costs a tenth of a second."""
    if "debugpy" in sys.modules or "ipykernel.debugger" in sys.modules:
        yield
        return
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["debugpy"]


def kernel() -> Kernel:
    """This process's kernel.

    A template makes it before it imports libraries, which look for a kernel while they are
    imported; each child then has one of its own, by being forked.
    """
    if Kernel.initialized():
        return Kernel.instance()
    config = Config()
    config.HistoryManager.enabled = False
    log = logging.getLogger("scorecard.kernel")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    environment = dict(os.environ)
    with _without_debugger():
        made = Kernel.instance(
            session=Handover(), profile_dir=Profile(), config=config, user_ns={}, iopub_socket=object(), log=log
        )
    # A kernel asks for colours as it is made; whoever only made one prints to a terminal or a file still.
    os.environ.clear()
    os.environ.update(environment)
    made.cells_context = contextvars.copy_context()
    made.shell_channel_thread = _MainThread()
    made.shell.input_transformer_manager = Transforming()
    for extension in InteractiveShellApp.default_extensions.default():
        made.shell.extension_manager.load_extension(extension)
    # ipykernel looks for the kernel in an application, of which there is none.
    made.shell.enable_gui = partial(_enable_gui, made)
    return made


def _enable_gui(own: Kernel, gui: str | None = None) -> None:
    try:
        eventloops.enable_gui(gui, kernel=own)
    except ValueError as error:
        raise UsageError(str(error)) from error
    own.shell.active_eventloop = gui


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """While libraries are imported before any cell runs: they see the kernel that a cell would show them."""
    own = kernel()
    own.shell.init_environment()
    with own.shell.builtin_trap:
        yield


def forget() -> None:
    """Take this process's kernel away, so that a real one can be made."""
    if Kernel.initialized():
        Kernel.clear_instance()
        ZMQInteractiveShell.clear_instance()


@contextlib.contextmanager
def attached(deliver: Deliver, *, last: bool = True) -> Iterator[Kernel]:
    """Give the kernel this process's output, and put everything back afterwards.

    Parameters
    ----------
    deliver : callable
        Gets every message.
    last : bool, default True
        Whether the kernel goes afterwards; else names and results stay for those forked from this process.
    """
    with _put_back():
        own = kernel()
        own.session.pid = os.getpid()
        own.session.deliver = deliver
        own.shell_channel_thread = _MainThread()
        loop = asyncio.new_event_loop()
        own.io_loop = _Loop(loop)
        with _streams(own):
            _as_launched(own.shell)
            try:
                yield own
            finally:
                _end(loop)
                own.session.deliver = None
                _sweep(own.profile_dir)
                if last:
                    # Names and results of this notebook are not the next one's.
                    forget()


@contextlib.contextmanager
def _put_back() -> Iterator[None]:
    """What cells change of their process without meaning to last longer than the notebook."""
    streams = sys.stdout, sys.stderr, sys.displayhook, sys.argv, builtins.input
    path, main, handlers = sys.path[:], sys.modules["__main__"], logging.root.handlers[:]
    environment, folder = dict(os.environ), Path.cwd()
    # Also makes every warning new again, as it would be to a process that has just started.
    with warnings.catch_warnings():
        logging.root.handlers[:] = []
        try:
            yield
        finally:
            sys.stdout, sys.stderr, sys.displayhook, sys.argv, builtins.input = streams
            sys.path[:], sys.modules["__main__"], logging.root.handlers[:] = path, main, handlers
            os.environ.clear()
            os.environ.update(environment)
            with contextlib.suppress(FileNotFoundError):  # a cell may have removed it
                os.chdir(folder)


@contextlib.contextmanager
def _streams(own: Kernel) -> Iterator[None]:
    """The notebook's output, in place of the process's."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    caught = {name: Captured(descriptor, name) for descriptor, name in ((1, "stdout"), (2, "stderr"))}
    made = [Stream(own.session, name, captured) for name, captured in caught.items()]
    sys.stdout, sys.stderr = own._stdout, own._stderr = made
    try:
        yield
    finally:
        for stream in made:
            stream.close()
        for captured in caught.values():
            captured.close()


def _as_launched(shell: ZMQInteractiveShell) -> None:
    """What a kernel's start leaves in its process."""
    import ipykernel_launcher

    shell.init_environment()
    # matplotlib draws into the notebook unless told otherwise.
    os.environ.setdefault("MPLBACKEND", INLINE_BACKEND)
    sys.argv = [ipykernel_launcher.__file__, "-f", "in-process.json"]
    InteractiveShellApp.init_path(_CurrentFolder)
    sys.modules["__main__"] = shell.user_module


def _sweep(profile: Profile) -> None:
    """Remove what magics kept."""
    if Path(profile.location).is_dir():
        import shutil

        shutil.rmtree(profile.location)


def _end(loop: asyncio.AbstractEventLoop) -> None:
    """Close the loop with whatever still waits in it."""
    if not loop.is_running():
        for task in asyncio.all_tasks(loop):
            task.cancel()
            task._log_destroy_pending = False  # type: ignore[attr-defined]
        loop.close()
    asyncio.set_event_loop(None)


def run(own: Kernel, code: str, *, cell_id: str | None, request: str, timeout_s: float | None = None) -> dict[str, Any]:
    """Run one cell as a kernel would on an ``execute_request``.

    Parameters
    ----------
    code : str
    cell_id : str or None
    request : str
        Number of the request; messages name it as their parent.
    timeout_s : float, optional
        Longest that it may run.

    Returns
    -------
    dict
        Content of the ``execute_reply``.

    Raises
    ------
    TimeoutError
        If it ran longer, as soon as its code returns to Python.
    """
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    parent = own.session.msg("execute_request", {**content, "stop_on_error": True})
    parent["msg_id"] = parent["header"]["msg_id"] = request
    own.session.overdue = False
    try:
        with _stopped_after(timeout_s, own.session):
            loop = own.io_loop.asyncio_loop
            # One context for all cells: what one sets in a context variable, the next finds.
            cell = loop.create_task(_run(own, code, cell_id, parent), context=own.cells_context)
            return loop.run_until_complete(cell)
    finally:
        _flush(own)


class Overdue(BaseException):
    """Raised into a cell that runs too long."""


@contextlib.contextmanager
def _stopped_after(timeout_s: float | None, session: Handover) -> Iterator[None]:
    if not timeout_s or threading.current_thread() is not threading.main_thread():
        yield
        return
    watching = True

    def stop(*_: object) -> None:
        if watching:
            session.overdue = True
            raise Overdue

    before = signal.signal(signal.SIGALRM, stop)
    # Again every second, for cells that catch everything.
    signal.setitimer(signal.ITIMER_REAL, timeout_s, 1)
    try:
        with contextlib.suppress(Overdue):
            yield
    finally:
        watching = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if session.overdue:
            raise TimeoutError


def _flush(own: Kernel) -> None:
    # A cell may have put something else into the place of the kernel's streams.
    for stream in (sys.stdout, own._stdout, sys.stderr, own._stderr):
        if stream is not None and not stream.closed:
            stream.flush()


async def _run(own: Kernel, code: str, cell_id: str | None, parent: Message) -> dict[str, Any]:
    # Tasks that earlier cells left go on while a kernel waits for the next cell.
    if len(asyncio.all_tasks()) > 1:
        await asyncio.sleep(0)
    own.set_parent([], parent)
    own._publish_execute_input(code, parent, own.shell.execution_count)
    return await own.do_execute(code, False, True, {}, False, cell_id=cell_id)
