"""Executing a notebook in this process, or in a forked child for whoever calls papermill.

    execute(notebook, ...)     the cells run here: for a process that exists for this notebook alone
    ScorecardEngine            papermill's engine: the cells run in a child, papermill's process stays clean

Both feed the messages of a kernel without sockets (see `shell`) to papermill's own client, so that
outputs, display ids, errors and metadata come from the same code as with a real kernel.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import hashlib
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import run_hook, run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.log import logger

from kernels_lib.production.engines import template
from kernels_lib.production.engines.template import Child, ChildDied, Template, TemplateFailed

# Not imported with this module: papermill imports every engine it knows, also for those who use another.
if TYPE_CHECKING:
    from kernels_lib.production.engines.shell import Deliver, Kernel, Message

SAVE_EVERY_S = 30


def execute(
    notebook: NotebookNode, *, timeout_s: float | None, seed: int, save: Callable[[NotebookNode], None] | None = None
) -> None:
    """Run a notebook's cells in this process, which should exist for this notebook alone.

    What cells do to the process (modules, environment of C libraries, threads) stays; output
    streams, descriptors, folder, environment, search path and warnings are put back.

    Parameters
    ----------
    notebook : NotebookNode
        Its parameters are already in it.  Outputs and execution counts are written into it, also
        when a cell raises.
    timeout_s : float or None
        Longest that one cell may run.  Code in C that never returns to Python is not interrupted
        by it; whoever started this process should end it a little later.
    seed : int
        For ``random``, and for numpy's global numbers where numpy is already imported.
    save : callable, optional
        Called with the notebook every half minute while outputs come, and when a cell has raised.

    Raises
    ------
    papermill.exceptions.PapermillExecutionError
        If a cell raised; papermill's markers are then in the notebook.
    nbclient.exceptions.CellTimeoutError
        If a cell ran longer than `timeout_s`.
    nbclient.exceptions.DeadKernelError
        If a cell follows one that called ``exit``.
    """
    from papermill.execute import raise_for_execution_errors

    from kernels_lib.production.engines import shell

    _clear(notebook)
    _reseed(seed)
    saver = _Saver(notebook, save)
    here = _Here()
    client = Client(saver, here, timeout=timeout_s, record_timing=False)
    try:
        with shell.attached(here.deliver) as kernel:
            here.kernel = kernel
            client.reset_execution_trackers()
            client.papermill_execute_cells()
            notebook.metadata["language_info"] = dict(kernel.language_info)
            client.set_widgets_metadata()
        raise_for_execution_errors(notebook, None)
    except Exception:
        saver.save()
        raise


def seed_of(notebook: NotebookNode) -> int:
    """A seed for a notebook with its parameters: equal sources give equal random numbers.

    Returns
    -------
    int
        Below 2**32.
    """
    digest = hashlib.sha256()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            digest.update(cell.source.encode("utf-8", "surrogatepass") + b"\0")
    return int.from_bytes(digest.digest()[:4], "big")


def _clear(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = []


def _reseed(seed: int) -> None:
    random.seed(seed)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed(seed)


class _Saver:
    """As much of papermill's manager as its client needs, without its clock readings and copies."""

    def __init__(self, notebook: NotebookNode, save: Callable[[NotebookNode], None] | None) -> None:
        self.nb = notebook
        self._save = save
        self._last = time.monotonic()

    def save(self) -> None:
        if self._save is not None:
            self._save(self.nb)
        self._last = time.monotonic()

    def autosave_cell(self) -> None:
        if self._save is not None and time.monotonic() - self._last >= SAVE_EVERY_S:
            self.save()

    def cell_start(self, cell: NotebookNode, cell_index: int) -> None:
        """Nothing to note."""

    def cell_exception(self, cell: NotebookNode, cell_index: int, exception: Exception) -> None:
        # Where papermill looks when a cell failed without an error among its outputs.
        cell.metadata["papermill"] = {"exception": True}

    def cell_complete(self, cell: NotebookNode, cell_index: int) -> None:
        self.autosave_cell()


class Runs(Protocol):
    """What runs a cell's code: a kernel here, or one in a child."""

    def __call__(
        self, code: str, cell_id: str | None, request: str, timeout_s: float | None, receive: Deliver
    ) -> dict[str, Any]:
        """Run code as the request of that number; messages go to `receive`.

        Returns
        -------
        dict
            Content of the reply.

        Raises
        ------
        TimeoutError
            If it ran longer than `timeout_s`.
        DeadKernelError
            If there is nothing left to run it.
        """


class Client(PapermillNotebookClient):
    """papermill's client, with cells run by a function instead of a kernel's sockets."""

    def __init__(self, manager: Any, runs: Runs, **settings: Any) -> None:
        super().__init__(manager, **settings)
        self._runs = runs
        self._requests = 0

    def execute_cell(
        self, cell: NotebookNode, cell_index: int, execution_count: int | None = None, store_history: bool = True
    ) -> NotebookNode:
        """Run one cell, as nbclient's method of this name does."""
        self._hook(self.on_cell_start, cell=cell, cell_index=cell_index)
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        tags = cell.metadata.get("tags", [])
        if self.skip_cells_with_tag in tags:
            return cell
        if self.record_timing:
            cell["metadata"]["execution"] = {}
        self._hook(self.on_cell_execute, cell=cell, cell_index=cell_index)
        cell.outputs = []
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        reply = self._reply(cell, cell_index)
        self._hook(self.on_cell_complete, cell=cell, cell_index=cell_index)
        if execution_count:
            cell["execution_count"] = execution_count
        self._hook(self.on_cell_executed, cell=cell, cell_index=cell_index, execute_reply={"content": reply})
        if reply["status"] == "error":
            self._hook(self.on_cell_error, cell=cell, cell_index=cell_index, execute_reply={"content": reply})
            allowed = self.allow_errors or reply["ename"] in self.allow_error_names or "raises-exception" in tags
            if self.force_raise_errors or not allowed:
                raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell

    def output(self, outs: list[NotebookNode], msg: Message, display_id: str | None, cell_index: int) -> Any:
        """Add an output; text that continues a stream joins it, so that outputs do not depend on the clock."""
        out = super().output(outs, msg, display_id, cell_index)
        if out is not None and outs and outs[-1] is out and continues(outs[-2:]):
            outs[-2]["text"] += outs.pop()["text"]
        return out

    def _reply(self, cell: NotebookNode, cell_index: int) -> dict[str, Any]:
        self._requests += 1
        request = f"cell-{self._requests}"

        def receive(message: Message) -> None:
            # What threads of earlier cells say now belongs to no cell, as with a real kernel.
            if message["parent_header"].get("msg_id") == request:
                self.process_message(message, cell, cell_index)

        timeout = self._get_timeout(cell)
        try:
            return self._runs(cell.source, cell.get("id"), request, timeout, receive)
        except TimeoutError:
            raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout, cell) from None

    @staticmethod
    def _hook(hook: Any, **arguments: Any) -> None:
        if hook is not None:
            run_sync(run_hook)(hook, **arguments)


def continues(outputs: list[NotebookNode]) -> bool:
    """Whether two outputs are parts of one stream."""
    return (
        len(outputs) == 2
        and all(output["output_type"] == "stream" for output in outputs)
        and outputs[0]["name"] == outputs[1]["name"]
    )


class _Overdue(BaseException):
    """Raised into a cell that runs too long."""


class _Here:
    """Runs cells with the kernel of this process."""

    def __init__(self) -> None:
        self.kernel: Kernel | None = None
        self._receive: Deliver | None = None
        self._overdue = False

    def deliver(self, message: Message) -> None:
        """Pass a message on; what a cell says about being stopped is not its output."""
        if self._receive is not None and not (self._overdue and message["msg_type"] == "error"):
            self._receive(message)

    def __call__(
        self, code: str, cell_id: str | None, request: str, timeout_s: float | None, receive: Deliver
    ) -> dict[str, Any]:
        from kernels_lib.production.engines import shell

        kernel = self.kernel
        if kernel is None or kernel.shell.exit_now:
            raise DeadKernelError("Kernel died")
        self._receive = receive
        try:
            with self._stopped_after(timeout_s):
                return shell.run(kernel, code, cell_id=cell_id, request=request)
        finally:
            self._receive = None

    @contextlib.contextmanager
    def _stopped_after(self, timeout_s: float | None) -> Iterator[None]:
        if not timeout_s or threading.current_thread() is not threading.main_thread():
            yield
            return
        watching = True

        def stop(*_: object) -> None:
            if watching:
                self._overdue = True
                raise _Overdue

        before = signal.signal(signal.SIGALRM, stop)
        # Again every second, for cells that catch everything.
        signal.setitimer(signal.ITIMER_REAL, timeout_s, 1)
        try:
            with contextlib.suppress(_Overdue):
                yield
        finally:
            watching = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        if self._overdue:
            raise TimeoutError


class _There:
    """Runs cells in a child of a template."""

    def __init__(self, child: Child) -> None:
        self._child = child

    def __call__(
        self, code: str, cell_id: str | None, request: str, timeout_s: float | None, receive: Deliver
    ) -> dict[str, Any]:
        until = time.monotonic() + timeout_s if timeout_s else None
        try:
            self._child.send({"code": code, "cell_id": cell_id, "request": request})
            for report in self._child.reports(until):
                if "reply" in report:
                    return report["reply"]
                receive(_received(report))
        except ChildDied as error:
            raise DeadKernelError("Kernel died") from error
        except TimeoutError:
            self._child.kill()
            raise
        raise DeadKernelError("Kernel died")


def serve(argument: Mapping[str, Any]) -> dict[str, Any]:
    """In a child: run the cells that the other side sends, until it says that there are no more.

    Returns
    -------
    dict
        The kernel's ``language_info``.
    """
    from kernels_lib.production.engines import shell

    _reseed(argument["seed"])
    with shell.attached(lambda message: template.report(_sendable(message))) as kernel:
        while (request := template.receive()) is not None:
            if kernel.shell.exit_now:
                os._exit(0)
            reply = shell.run(kernel, **request)
            template.report({"reply": kernel.session.unpack(kernel.session.pack(reply))})
        return dict(kernel.language_info)


def _sendable(message: Message) -> dict[str, Any]:
    return {
        "header": {"msg_type": message["msg_type"], "date": message["header"]["date"].isoformat()},
        "parent": message["parent_header"].get("msg_id"),
        "content": message["content"],
        "buffers": [base64.b64encode(buffer).decode("ascii") for buffer in message["buffers"]],
    }


def _received(sent: dict[str, Any]) -> Message:
    header = {**sent["header"], "date": datetime.fromisoformat(sent["header"]["date"])}
    return {
        "header": header,
        "msg_type": header["msg_type"],
        "parent_header": {"msg_id": sent["parent"]},
        "content": sent["content"],
        "buffers": [base64.b64decode(buffer) for buffer in sent["buffers"]],
        "metadata": {},
    }


class _Manager(NotebookExecutionManager):
    """papermill's manager, saving every half minute and at the end instead of twice a cell."""

    _held = False

    def save(self, **arguments: Any) -> None:
        """Save, except where papermill would do so at every cell."""
        if not self._held:
            super().save(**arguments)

    def cell_start(self, cell: NotebookNode, cell_index: int | None = None, **arguments: Any) -> None:
        """Note that a cell starts."""
        with self._holding():
            super().cell_start(cell, cell_index, **arguments)

    def cell_complete(self, cell: NotebookNode, cell_index: int | None = None, **arguments: Any) -> None:
        """Note that a cell has ended."""
        with self._holding():
            super().cell_complete(cell, cell_index, **arguments)
        self.autosave_cell()

    @contextlib.contextmanager
    def _holding(self) -> Iterator[None]:
        self._held = True
        try:
            yield
        finally:
            self._held = False


class ScorecardEngine(NBClientEngine):
    """papermill's engine ``scorecard``: cells run in a child forked from a warm template.

    Where that is not possible (platform, language, a notebook that needs a front end) it is
    papermill's own engine.
    """

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str | None,
        output_path: str | None = None,
        progress_bar: bool | dict[str, Any] = True,
        log_output: bool = False,
        autosave_cell_every: int = SAVE_EVERY_S,
        **settings: Any,
    ) -> NotebookNode:
        """As papermill's, with a manager that saves less often."""
        manager = _Manager(
            nb,
            output_path=output_path,
            progress_bar=progress_bar,
            log_output=log_output,
            autosave_cell_every=autosave_cell_every,
        )
        manager.notebook_start()
        try:
            cls.execute_managed_notebook(manager, kernel_name, log_output=log_output, **settings)
        finally:
            manager.cleanup_pbar()
            manager.notebook_complete()
        return manager.nb

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str | None,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **settings: Any,
    ) -> NotebookNode:
        """Run a notebook's cells in a child."""
        from kernels_lib.production.engines import choose

        child = None
        if choose(nb_man.nb, "auto") == "warm":
            child = _child(nb_man.nb)
        if child is None:
            return super().execute_managed_notebook(
                nb_man, kernel_name, log_output, stdout_file, stderr_file, start_timeout, execution_timeout, **settings
            )
        known = Client.class_trait_names()
        client = Client(
            nb_man,
            _There(child),
            **{name: value for name, value in settings.items() if name in known},
            timeout=execution_timeout or settings.get("timeout"),
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        try:
            client.reset_execution_trackers()
            client.papermill_execute_cells()
            with contextlib.suppress(ChildDied):  # the last cell may end its process
                child.send(None)
                nb_man.nb.metadata["language_info"] = child.result()
            client.set_widgets_metadata()
        finally:
            child.kill()
        return nb_man.nb


_templates: dict[tuple[str, ...], Template] = {}


def _child(notebook: NotebookNode) -> Child | None:
    """A child that serves this notebook's cells; None where forking turns out to be unsafe."""
    from kernels_lib.production.engines import preload_for

    preload = preload_for(notebook)
    held = _templates.get(preload)
    if held is None or not held.alive:
        held = _templates[preload] = Template(preload, os.environ)
        atexit.register(held.close)
    try:
        return held.fork(f"{__name__}:serve", {"seed": seed_of(notebook)}, environment=os.environ, folder=Path.cwd())
    except TemplateFailed as error:
        logger.warning("%s Continuing with an ordinary kernel.", error)
        return None
