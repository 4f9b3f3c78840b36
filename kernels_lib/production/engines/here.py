"""Running a report's notebook in this very process, which was forked for it and ends with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat

from kernels_lib.production.engines import CELL_TIMEOUT_S, _failed, kernel_environment, prepare_process, with_parameters


def run_here(
    notebook: nbformat.NotebookNode,
    parameters: dict[str, Any],
    *,
    root: Path,
    folder: Path,
    name: str,
    subject: str,
) -> nbformat.NotebookNode:
    """Execute a notebook, as `kernels_lib.production.engines.run` does, without a second process.

    Whatever the notebook does to this process stays in it: environment, folder, modules, random numbers.

    Raises
    ------
    NotebookFailed
        If a cell raised, timed out or ended the kernel; the notebook as far as it ran is its attribute.
    """
    prepare_process()
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from kernels_lib.production.engines.inprocess import execute, seed_of

    executed = with_parameters(notebook, parameters)
    work = folder / "work"
    work.mkdir()
    before, here = dict(os.environ), Path.cwd()
    os.environ.clear()
    os.environ.update(kernel_environment(root), IPYTHONDIR=str(folder / "ipython"))
    os.chdir(work)
    try:
        execute(executed, timeout_s=CELL_TIMEOUT_S, seed=seed_of(executed))
    except PapermillExecutionError as error:
        raise _failed(name, subject, executed, f"{error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise _failed(name, subject, executed, f"a cell ran longer than {CELL_TIMEOUT_S} s") from error
    except DeadKernelError as error:
        raise _failed(name, subject, executed, "the kernel died") from error
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)
    return executed
