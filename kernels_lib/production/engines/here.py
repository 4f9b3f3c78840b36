"""Running a report's notebook in this very process, which was forked for it and ends with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat

from kernels_lib.production.engines import (
    RUNNING,
    explained,
    kernel_environment,
    prepare_process,
    with_parameters,
)
from kernels_lib.production.limits import Clock, Limits, applied


def run_here(
    notebook: nbformat.NotebookNode,
    parameters: dict[str, Any],
    *,
    root: Path,
    folder: Path,
    name: str,
    subject: str,
    limits: Limits | None = None,
    begun: Sequence[nbformat.NotebookNode] = (),
    save: Callable[[nbformat.NotebookNode], None] | None = None,
) -> nbformat.NotebookNode:
    """Execute a notebook, as `kernels_lib.production.engines.run` does, without a second process.

    Whatever the notebook does to this process stays in it: environment, folder, modules, random numbers.

    Raises
    ------
    NotebookFailed
        If a cell raised, timed out or ended the kernel; the notebook as far as it ran is its attribute.
    """
    executed = with_parameters(notebook, parameters)
    done = dict(zip(_places(executed), begun, strict=False))
    _run(executed, root, folder, name, subject, limits, begun=done, save=save)
    return executed


def run_first(
    notebook: nbformat.NotebookNode,
    parameters: dict[str, Any],
    count: int,
    *,
    root: Path,
    folder: Path,
    name: str,
    subject: str,
    limits: Limits | None = None,
) -> list[nbformat.NotebookNode]:
    """Execute the first cells of a notebook in this process, and leave what they made in it.

    Parameters
    ----------
    count : int
        How many code cells after the parameters.

    Returns
    -------
    list of NotebookNode
        These cells as they ran: what `run_here` takes in a process forked from this one.

    Raises
    ------
    NotebookFailed
    """
    executed = with_parameters(notebook, parameters, always=True)
    places = _places(executed)[:count]
    if not places:
        return []
    executed.cells = executed.cells[: places[-1] + 1]
    _run(executed, root, folder, name, subject, limits, last=False)
    return [executed.cells[place] for place in places]


def _places(notebook: nbformat.NotebookNode) -> list[int]:
    """Where the code cells after the parameters are."""
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    own = {"parameters", "injected-parameters"}
    return [i for i in code if not own & set(notebook.cells[i].metadata.get("tags", []))]


def _run(
    notebook: nbformat.NotebookNode,
    root: Path,
    folder: Path,
    name: str,
    subject: str,
    limits: Limits | None,
    **how: Any,
) -> None:
    prepare_process()
    limits = limits or Limits()
    clock = Clock(limits)
    from kernels_lib.production.engines.inprocess import execute, seed_of

    work = folder / "work"
    work.mkdir()
    before, here = dict(os.environ), Path.cwd()
    os.environ.clear()
    os.environ.update(kernel_environment(root), IPYTHONDIR=str(folder / "ipython"))
    os.chdir(work)
    try:
        with explained(name, subject, lambda: notebook, clock), applied(limits):
            execute(notebook, time_left=clock, running=folder / RUNNING, seed=seed_of(notebook), **how)
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)
