"""Cells that are the same for every client, run once in the template before it is forked for each.

Only asked for (``--share-cells``), and only the first cells of a notebook: from the one after the
parameters up to the first that names a parameter which differs, or that could look at one in a way that
cannot be seen in its text.  Nothing is moved, so cells run in their order either way.

Before cells are shared, a few clients are run both ways and every output is compared.  What cannot be seen
in outputs (a file that a cell writes into its working folder, say) is not compared: cells that do such
things are not for sharing.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from kernels_lib.errors import NotebookFailed
from kernels_lib.production import runner
from kernels_lib.production.engines.here import run_first, run_here
from kernels_lib.production.jobs import Job
from kernels_lib.production.keys import digest
from kernels_lib.production.moving import workplace

# What looks at names, or at what ran before, without naming it in the text.
UNSEEN_LOOKS = {
    # Random numbers go on from where earlier cells left them.
    *("random", "default_rng"),
    *("exec", "eval", "compile", "globals", "locals", "vars", "dir", "input", "get_ipython", "breakpoint"),
    *("In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh", "exit", "quit"),
}
SAMPLE = 2


@dataclass(frozen=True)
class Shared:
    """First cells of a notebook that ran once.

    Attributes
    ----------
    key : str
        For which jobs: see `key_of`.
    varying : tuple of str
        Parameters that differ between them.
    cells : tuple of NotebookNode
        The code cells as they ran, in order, from the one after the injected parameters.
    """

    key: str
    varying: tuple[str, ...]
    cells: tuple[nbformat.NotebookNode, ...]


_shared: Shared | None = None


def shareable(sources: Sequence[str], varying: Iterable[str]) -> int:
    """How many of the first cells do not depend on parameters that differ.

    Parameters
    ----------
    sources : sequence of str
        Code cells after the one with the parameters.
    varying : iterable of str
        Names of parameters that are not the same for all.

    Examples
    --------
    >>> shareable(["import math", "x = math.pi", "y = x + client", "z = 1"], {"client"})
    2
    >>> shareable(["def f(): return client", "1"], {"client"})
    0
    >>> shareable(["%matplotlib inline", "1"], ())
    0
    """
    closed = UNSEEN_LOOKS | set(varying)
    for count, source in enumerate(sources):
        try:
            tree = ast.parse(source)
        except SyntaxError:
            # A magic, or a shell command: its effects are not in the text.
            return count
        if closed & set(_names(tree)):
            return count
    return len(sources)


def _names(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names
        elif isinstance(node, ast.alias):
            yield from (*node.name.split("."), node.asname or "")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # A name that is looked up by its text, as in `pd.DataFrame.query("brand == @client")`.
            yield from ast_names_in(node.value)


def ast_names_in(text: str) -> Iterable[str]:
    """Words of a short text that could name a variable."""
    return text.replace("@", " ").replace("{", " ").replace("}", " ").split() if len(text) < 500 else ()


def key_of(job: Job, varying: Iterable[str]) -> str:
    """What jobs must agree in to share cells: notebook, sections, language, and parameters that do not differ."""
    same = {name: value for name, value in job.parameters.items() if name not in varying}
    return digest([job.report, job.sections, job.language, same])


def varying_in(jobs: Sequence[Job]) -> set[str]:
    """Names of parameters that differ between jobs."""
    names = {name for job in jobs for name in job.parameters}
    return {name for name in names if len({repr(job.parameters.get(name)) for job in jobs}) > 1}


def group(jobs: Iterable[Job]) -> tuple[list[Job], set[str]]:
    """The clients' jobs that can share cells, and the parameters in which they differ; none where they share none."""
    clients = [job for job in jobs if job.kind == "client"]
    varying = varying_in(clients)
    alike: dict[str, list[Job]] = {}
    for job in clients:
        alike.setdefault(key_of(job, varying), []).append(job)
    largest = max(alike.values(), key=len, default=[])
    return (largest, varying) if len(largest) > SAMPLE and count_for(largest[0], varying) else ([], varying)


def count_for(job: Job, varying: Iterable[str]) -> int:
    """How many first cells a job can share."""
    sources = [cell.source for cell in _after_parameters(runner.prepare(job))]
    return shareable(sources, varying)


def _after_parameters(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    place = next((i for i, cell in enumerate(code) if "parameters" in cell.metadata.get("tags", [])), -1)
    return [cell for cell in code[place + 1 :] if cell.source.strip()] if place == 0 else []


@contextmanager
def _folder(build: Path) -> Iterator[Path]:
    made = workplace(build)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def begin(asked: Mapping[str, Any]) -> int:
    """In the template: run the first cells, and keep what they made for children; how many there are."""
    global _shared
    job, varying = Job.from_json(asked["job"], Path(asked["root"])), asked["varying"]
    count = count_for(job, varying)
    same = {name: value for name, value in job.parameters.items() if name not in varying}
    with _folder(job.root / "build") as folder:
        cells = run_first(
            runner.prepare(job), same, count, root=job.root, folder=folder, name=job.report, subject=job.label
        )
    _shared = Shared(key_of(job, varying), tuple(varying), tuple(cells))
    return count


def cells_for(job: Job) -> tuple[nbformat.NotebookNode, ...]:
    """First cells that the process from which this one was forked ran for a job already.

    Raises
    ------
    NotebookFailed
        If what it ran was for others: their names would be among this notebook's.
    """
    if _shared is None:
        return ()
    if _shared.key != key_of(job, _shared.varying):
        raise NotebookFailed(f"'{job.label}' cannot share the cells that were run for others.")
    return _shared.cells


def probe(asked: Mapping[str, Any]) -> list[str]:
    """In a child: run a job's notebook, and give a digest of each code cell's outputs and count."""
    job = Job.from_json(asked["job"], Path(asked["root"]))
    with _folder(job.root / "build") as folder:
        executed = run_here(
            runner.prepare(job),
            job.parameters,
            root=job.root,
            folder=folder,
            name=job.report,
            subject=job.label,
            begun=cells_for(job),
        )
    return [digest([c.execution_count, c.outputs]) for c in executed.cells if c.cell_type == "code"]
