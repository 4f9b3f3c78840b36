"""Executing a notebook in this process, or in a forked child for whoever calls papermill.

    execute(notebook, ...)     the cells run here: for a process that exists for this notebook alone
    ScorecardEngine            papermill's engine: the cells run in a child, papermill's process stays clean

Both feed the messages of a kernel without sockets (see `shell`) to papermill's own client (see
`client`), so that outputs, display ids, errors and metadata come from the same code as with a real
kernel.

papermill loads every engine while it is itself imported, so nothing of it is imported here before
it is needed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from kernels_lib.production.engines import choose, preload_for, template
from kernels_lib.production.engines.template import Child, ChildDied, ForkRefused


def execute(
    notebook: NotebookNode,
    *,
    time_left: Callable[[NotebookNode], float | None],
    seed: int,
    running: Path | None = None,
    save: Callable[[NotebookNode], None] | None = None,
    begun: Mapping[int, NotebookNode] | None = None,
    last: bool = True,
) -> None:
    """Run a notebook's cells in this process, which should exist for this notebook alone.

    What cells do to the process (modules, environment of C libraries, threads) stays; output
    streams, descriptors, folder, environment, search path and warnings are put back.

    Parameters
    ----------
    notebook : NotebookNode
        Its parameters are already in it.  Outputs and execution counts are written into it, also
        when a cell raises.
    time_left : callable
        Asked before each cell how long it may run, in seconds.  Code in C that never returns to Python is
        not interrupted by it; whoever started this process should end it a little later.
    seed : int
        For ``random``, and for numpy's global numbers where numpy is already imported.
    running : Path, optional
        A file that always says which cell runs: who finds this process dead reads it.
    save : callable, optional
        Called with the notebook every half minute while outputs come, and when a cell has raised.
    begun : mapping of int to NotebookNode, optional
        Cells, by their place, that the process from which this one was forked ran already: their outputs
        are taken over, and what they made is there.
    last : bool, default True
        Whether names and results go afterwards; else they stay for processes forked from this one.

    Raises
    ------
    papermill.exceptions.PapermillExecutionError
        If a cell raised; papermill's markers are then in the notebook.
    nbclient.exceptions.CellTimeoutError
        If a cell ran longer than it may.
    nbclient.exceptions.DeadKernelError
        If a cell follows one that called ``exit``.
    """
    from papermill.execute import raise_for_execution_errors

    from kernels_lib.production.engines import shell
    from kernels_lib.production.engines.client import Client, Here, Saver, reseed

    _clear(notebook)
    reseed(seed)
    saver = Saver(notebook, save, running)
    here = Here()
    # nbclient's own setting takes whole seconds only.
    client = Client(saver, here, begun=begun, timeout_func=time_left, record_timing=False)
    try:
        with shell.attached(here.deliver, last=last) as kernel:
            here.kernel = kernel
            kernel.shell.execution_count = 1
            client.reset_execution_trackers()
            client.papermill_execute_cells()
            notebook.metadata["language_info"] = dict(kernel.language_info)
            client.set_widgets_metadata()
        raise_for_execution_errors(notebook, None)
    except Exception:
        saver.save()
        raise
    finally:
        saver.close()


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


class ScorecardEngine:
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
        autosave_cell_every: int = 30,
        **settings: Any,
    ) -> NotebookNode:
        """As papermill's, with a manager that saves less often."""
        from kernels_lib.production.engines.client import Manager

        manager = Manager(
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
        nb_man: Any,
        kernel_name: str | None,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **settings: Any,
    ) -> NotebookNode:
        """Run a notebook's cells in a child."""
        from papermill.log import logger

        from kernels_lib.production.engines.client import Client, There

        child = None
        if choose(nb_man.nb, "auto") == "warm" and replaces(kernel_name):
            child = _child(nb_man.nb)
        if child is None:
            from papermill.engines import NBClientEngine

            return NBClientEngine.execute_managed_notebook(
                nb_man, kernel_name, log_output, stdout_file, stderr_file, start_timeout, execution_timeout, **settings
            )
        known = Client.class_trait_names()
        client = Client(
            nb_man,
            There(child),
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

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        """The kernel's name, as papermill finds it."""
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """The language, as papermill finds it."""
        from papermill.utils import nb_language

        return nb_language(nb, language)


def replaces(kernel_name: str | None) -> bool:
    """Whether a kernel is IPython in this very Python; a kernel of another environment has other libraries."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        command = KernelSpecManager().get_kernel_spec(kernel_name or "python3").argv
    except NoSuchKernel:
        return False  # papermill's own engine says so
    # jupyter_client starts a plain "python" with the Python that asks.
    names = {"python", "python3", f"python{sys.version_info[0]}.{sys.version_info[1]}"}
    python = command[0] in names or os.path.abspath(command[0]) == os.path.abspath(sys.executable)  # noqa: PTH100
    return python and "ipykernel_launcher" in command


def _child(notebook: NotebookNode) -> Child | None:
    """A child that serves this notebook's cells; None where forking turns out to be unsafe."""
    from papermill.log import logger

    try:
        return template.shared(preload_for(notebook), os.environ).fork(
            "kernels_lib.production.engines.client:serve",
            {"seed": seed_of(notebook)},
            environment=os.environ,
            folder=Path.cwd(),
        )
    except ForkRefused as error:
        logger.warning("%s Continuing with an ordinary kernel.", error)
        return None
