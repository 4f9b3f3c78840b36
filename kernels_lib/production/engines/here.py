"""Running a report's notebook in this very process, which was forked for it and ends with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat

from kernels_lib.production.engines import (
    CELL_TIMEOUT_S,
    explained,
    kernel_environment,
    prepare_process,
    with_parameters,
)


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
    from kernels_lib.production.engines.inprocess import execute, seed_of

    executed = with_parameters(notebook, parameters)
    work = folder / "work"
    work.mkdir()
    before, here = dict(os.environ), Path.cwd()
    os.environ.clear()
    os.environ.update(kernel_environment(root), IPYTHONDIR=str(folder / "ipython"))
    os.chdir(work)
    try:
        with explained(name, subject, lambda: executed):
            execute(executed, timeout_s=CELL_TIMEOUT_S, seed=seed_of(executed))
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)
    return executed
