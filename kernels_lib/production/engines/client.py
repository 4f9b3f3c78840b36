"""papermill's client with cells run by a function, and its managers that save now and then.

Client(manager, runs)   papermill's and nbclient's own handling of a cell's messages
Here                    runs cells with the kernel of this process (see `shell`)
There                   runs cells in a child of a template, where `serve` answers
Saver, Manager          what a client tells what happens: for `execute`, and for papermill
"""

from __future__ import annotations

import base64
import contextlib
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import nbclient.client
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import run_hook, run_sync
from nbformat import NotebookNode, from_dict
from nbformat.v4 import nbbase
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager

from kernels_lib.production import limits
from kernels_lib.production.engines import continues, shell, template
from kernels_lib.production.engines.shell import Deliver, Message
from kernels_lib.production.engines.template import Child, ChildDied

SAVE_EVERY_S = 30

# How much longer than a cell may run its process may live.
GRACE_S = 5
# Bytes of a cell's id, as the notebook format limits it.
LONGEST_ID = 64


def reseed(seed: int) -> None:
    """Set ``random``, and numpy's global numbers where numpy is imported."""
    random.seed(seed)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed(seed)


class Runs(Protocol):
    """What runs a cell's code: a kernel here, or one in a child; `ended` says that there is none any more."""

    @property
    def ended(self) -> bool: ...

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


_JSON = re.compile(r"application/(.*\+)?json")


def output_from(message: Message) -> NotebookNode:
    """The output that a message brings, as nbformat makes it.

    nbformat copies and validates every value of what is shown.  A bundle of texts and of JSON is valid, and
    nobody else has it, so it is taken as it is; whatever else comes is nbformat's.
    """
    content = message["content"]
    kind = message["header"]["msg_type"]
    plain = kind == "display_data" and all(isinstance(v, str) or _JSON.fullmatch(k) for k, v in content["data"].items())
    if not plain:
        return nbbase.output_from_msg(message)
    output, data = NotebookNode(), NotebookNode()
    dict.update(data, content["data"])
    dict.update(output, output_type=kind, metadata=from_dict(content["metadata"]), data=data)
    return output


class Client(PapermillNotebookClient):
    """papermill's client, with cells run by a function instead of a kernel's sockets."""

    def __init__(
        self, manager: Any, runs: Runs, *, begun: Mapping[int, NotebookNode] | None = None, **settings: Any
    ) -> None:
        super().__init__(manager, **settings)
        self._runs = runs
        self._begun = begun or {}
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
        if cell_index in self._begun:
            return self._taken_over(cell, self._begun[cell_index])
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

    def _taken_over(self, cell: NotebookNode, ran: NotebookNode) -> NotebookNode:
        """A cell that ran before this process was forked."""
        cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
        self._runs.kernel.shell.execution_count = ran.execution_count + 1
        return cell

    def output(self, outs: list[NotebookNode], msg: Message, display_id: str | None, cell_index: int) -> Any:
        """Add an output; text that continues a stream joins it, so that outputs do not depend on the clock."""
        # nbclient looks this function up in its own module; its place is only taken while this client asks.
        before, nbclient.client.output_from_msg = nbclient.client.output_from_msg, output_from
        try:
            out = super().output(outs, msg, display_id, cell_index)
        finally:
            nbclient.client.output_from_msg = before
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

        if self._runs.ended:
            raise DeadKernelError("Kernel died")
        timeout = self._get_timeout(cell)
        try:
            return self._runs(cell.source, cell.get("id"), request, timeout, receive)
        except TimeoutError:
            raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout, cell) from None

    @staticmethod
    def _hook(hook: Any, **arguments: Any) -> None:
        if hook is not None:
            run_sync(run_hook)(hook, **arguments)


class Here:
    """Runs cells with the kernel of this process."""

    def __init__(self) -> None:
        self.kernel: shell.Kernel | None = None
        self._receive: Deliver | None = None

    @property
    def ended(self) -> bool:
        """Whether a cell has ended the kernel."""
        return self.kernel is None or self.kernel.shell.exit_now

    def deliver(self, message: Message) -> None:
        """Pass a message on to the cell that runs."""
        if self._receive is not None:
            self._receive(message)

    def __call__(
        self, code: str, cell_id: str | None, request: str, timeout_s: float | None, receive: Deliver
    ) -> dict[str, Any]:
        self._receive = receive
        try:
            return shell.run(self.kernel, code, cell_id=cell_id, request=request, timeout_s=timeout_s)
        finally:
            self._receive = None


class There:
    """Runs cells in a child of a template."""

    ended = False  # its end is told when the next cell is sent

    def __init__(self, child: Child) -> None:
        self._child = child

    def __call__(
        self, code: str, cell_id: str | None, request: str, timeout_s: float | None, receive: Deliver
    ) -> dict[str, Any]:
        # The child stops the cell; code in C that never returns to Python is ended from here.
        until = time.monotonic() + timeout_s + GRACE_S if timeout_s else None
        try:
            self._child.send({"code": code, "cell_id": cell_id, "request": request, "timeout_s": timeout_s})
            for report in self._child.reports(until):
                if "overdue" in report:
                    raise TimeoutError
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
    limits.apply_from_environment()
    reseed(argument["seed"])
    with shell.attached(lambda message: template.report(_sendable(message))) as kernel:
        while (request := template.receive()) is not None:
            if kernel.shell.exit_now:
                os._exit(0)
            try:
                reply = shell.run(kernel, **request)
            except TimeoutError:
                template.report({"overdue": True})
                continue
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


class Saver:
    """As much of papermill's manager as its client needs, without its clock readings and copies."""

    def __init__(
        self, notebook: NotebookNode, save: Callable[[NotebookNode], None] | None, running: Path | None = None
    ) -> None:
        self.nb = notebook
        self._save = save
        # Opened once: opening and cutting a file costs more than running most cells.
        self._running = None if running is None else running.open("wb", buffering=0)
        self._last = time.monotonic()

    def save(self) -> None:
        """Save now."""
        if self._save is not None:
            self._save(self.nb)
        self._last = time.monotonic()

    def autosave_cell(self) -> None:
        """Save if that was long ago."""
        if self._save is not None and time.monotonic() - self._last >= SAVE_EVERY_S:
            self.save()

    def cell_start(self, cell: NotebookNode, cell_index: int) -> None:
        """Note which cell runs now."""
        if self._running is not None and cell.cell_type == "code":
            # Padded, so that nothing of a longer name before is left; whoever reads it strips it.
            self._running.seek(0)
            self._running.write(str(cell.get("id")).encode("utf-8").ljust(LONGEST_ID))

    def close(self) -> None:
        """Note no more cells."""
        if self._running is not None:
            self._running.close()

    def cell_exception(self, cell: NotebookNode, cell_index: int, exception: Exception) -> None:
        """Note that a cell failed."""
        # Where papermill looks when a cell failed without an error among its outputs.
        cell.metadata["papermill"] = {"exception": True}

    def cell_complete(self, cell: NotebookNode, cell_index: int) -> None:
        """Save if that was long ago."""
        self.autosave_cell()


class Manager(NotebookExecutionManager):
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
