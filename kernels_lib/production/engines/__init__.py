"""Engines: what runs a notebook's cells, and which is chosen when.

    warm     in a process forked from a warm template, without a kernel's sockets (`inprocess`)
    kernel   a real kernel, forked from a warm template (`provisioner`)
    stock    a real kernel, started as papermill always does
    auto     warm; kernel for notebooks that need a front end; stock where forking is not safe

All give the same outputs.  papermill runs them all: it writes its output in place while it runs
and saves "completed" for a killed kernel, so it gets a temporary file, and only its exceptions are
believed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kernels_lib.errors import NotebookFailed, UnknownName
from kernels_lib.production.engines import template

if TYPE_CHECKING:
    # A template starts before its maker has imported these.
    import nbformat

    from kernels_lib.production.limits import Clock, Limits

STARTUP_TIMEOUT_S = 120
# Beside a notebook that runs: which cell is running.
RUNNING = "running"

# What a kernel may see of the environment; tokens and proxies stay out.
_PASSED = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV", "DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH")
_FIXED = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PLOTLY_RENDERER": "plotly_mimetype",
    "JUPYTER_PLATFORM_DIRS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def with_parameters(
    notebook: nbformat.NotebookNode, parameters: dict[str, Any], *, always: bool = False
) -> nbformat.NotebookNode:
    """The notebook that papermill would execute: with a cell that sets the parameters.

    For `inprocess.execute`; `run` leaves this to papermill.

    Parameters
    ----------
    notebook : NotebookNode
        A Python notebook of format 4; it is not changed.
    parameters : dict
        Scalars, already checked.
    always : bool, default False
        Whether the cell is there without any parameter too, so that cells are counted alike.

    Returns
    -------
    NotebookNode
        The injected cell has a fixed id, where papermill draws one.
    """
    import nbformat
    from papermill.translators import PythonTranslator

    from kernels_lib.production.notebooks import check_name

    for name in parameters:
        check_name(name, "parameters")
    made = nbformat.from_dict(notebook)
    for cell in made.cells:
        cell.metadata.setdefault("tags", [])
    if parameters or always:
        places = [index + 1 for index, cell in enumerate(made.cells) if "parameters" in cell.metadata.tags]
        injected = {
            "cell_type": "code",
            "execution_count": None,
            "id": "injected-parameters",
            "metadata": {"tags": ["injected-parameters"]},
            "outputs": [],
            "source": PythonTranslator.codify(parameters),
        }
        made.cells.insert(places[0] if places else 0, nbformat.from_dict(injected))
    return made


def prepare_process() -> None:
    """Import papermill without the URI grammar that jsonschema would parse, at a second a process."""
    # jsonschema suppresses the ImportError; nothing here validates URIs.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import logging

    import papermill  # noqa: F401

    # Its warnings name things that are checked before it runs; its errors come as exceptions.
    logging.getLogger("papermill").setLevel(logging.ERROR)


def kernel_environment(root: Path) -> dict[str, str]:
    """The environment of a report's kernel."""
    kept = {name: os.environ[name] for name in _PASSED if name in os.environ}
    # The library is imported from the project when it is not installed.
    return {**kept, **_FIXED, "SCORECARD_ROOT": str(root), "PYTHONPATH": str(root)}


ENGINES = ("auto", "warm", "kernel", "stock")

# What publishing needs, and what prepares it.
PUBLISHING = ("kernels_lib.production.tasks",)
COMPILE = "kernels_lib.production.tasks:get_ready_early"
LOAD = "kernels_lib.production.tasks:load"

# What every notebook needs, and what reports import; a template imports it once.
BASE = ("papermill.execute", "kernels_lib.production.engines.client", "numpy.random")
PRELOAD = (
    *BASE,
    "numpy",
    "kernels_lib.production.scipy_later",
    "pandas",
    "plotly.graph_objects",
    "kernels_lib.analysis.exhibits",
    "kernels_lib.analysis.figures",
    "kernels_lib.analysis.findings",
    "kernels_lib.analysis.pieces",
    "kernels_lib.analysis.report",
    "kernels_lib.analysis.narrative",
    "kernels_lib.analysis.warm_up",
    "kernels_lib.study.opening",
)
# What running a notebook needs.
RUNNING_NEEDS = (
    "papermill.execute",
    *PRELOAD,
    "kernels_lib.production.engines.client",
    "kernels_lib.production.sharing",
    "kernels_lib.analysis.evidence",
    "ipykernel_launcher",
    # At the first cell, or as a child begins.
    "IPython.core.logger",
    "bdb",
    "resource",
    "encodings.ascii",
)


def begin(root: Path, *, one: bool = False) -> template.Template:
    """A template for a build; it imports while the caller does, who needs not have imported anything for this.

    Parameters
    ----------
    root : Path
        The project's.
    one : bool, default False
        Whether one report is asked for: then its notebook will probably run, and the template begins with
        what that needs.  Else it begins with what publishing needs, which all reports do, and goes on with the
        rest while nobody asks it anything.
    """
    environment = kernel_environment(root)
    if one:
        return template.Template(RUNNING_NEEDS, environment)
    idle = (LOAD, RUNNING_NEEDS)
    return template.Template(PUBLISHING, environment, prepare=(COMPILE,), idle=idle, front_end="")


# Words in a cell that only make sense with a front end, or look at the kernel's own sockets.
FRONT_END = (
    r"\bipywidgets\b",
    r"\btqdm\.notebook\b",
    r"\bFigureWidget\b",
    r"^\s*(import comm\b|from comm\b|from ipykernel\b|import ipykernel\b)",
    r"^\s*%(connect_info|qtconsole|matplotlib\s+(widget|ipympl|notebook|nbagg|qt|tk|gtk)|gui\b|debug\b|pdb\b|subshell)",
    r"\bget_ipython\(\)\.kernel\b",
    r"\bIPKernelApp\b",
)


def choose(notebook: nbformat.NotebookNode, asked: str = "auto") -> str:
    """Which engine runs a notebook.

    Parameters
    ----------
    notebook : NotebookNode
    asked : str
        One of `ENGINES`.

    Returns
    -------
    {"warm", "kernel", "stock"}
        What was asked for where it can be had: warm and kernel fork, which is safe on Linux only,
        and run Python only.

    Raises
    ------
    UnknownName
        If there is no such engine.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> choose(new_notebook(cells=[new_code_cell("1 + 1")]), "stock")
    'stock'
    """
    if asked not in ENGINES:
        raise UnknownName("engine", asked, ENGINES, where="--engine")
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if asked == "stock" or not template.supported() or language.lower() != "python":
        return "stock"
    if asked == "auto":
        return "kernel" if needs_front_end(notebook) else "warm"
    return asked


def needs_front_end(notebook: nbformat.NotebookNode) -> bool:
    """Whether a cell uses what only a kernel with sockets has."""
    # Not compiled beforehand: a command begins a template before it needs this.
    pattern = "|".join(FRONT_END)
    return any(c.cell_type == "code" and re.search(pattern, c.source, re.MULTILINE) for c in notebook.cells)


def preload_for(notebook: nbformat.NotebookNode) -> tuple[str, ...]:
    """What a template for a notebook imports: the library only for notebooks that use it."""
    uses = any(cell.cell_type == "code" and "kernels_lib" in cell.source for cell in notebook.cells)
    return PRELOAD if uses else BASE


def run(
    notebook: nbformat.NotebookNode,
    parameters: dict[str, Any],
    *,
    root: Path,
    folder: Path,
    name: str,
    subject: str,
    kind: str = "auto",
    limits: Limits | None = None,
) -> nbformat.NotebookNode:
    """Execute a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Its parameters are already checked.
    parameters : dict
        Scalars only.
    root : Path
        The project.
    folder : Path
        Empty working folder of this run; the output is kept here, also when a cell raises.
    name, subject : str
        The report and whom it is for, for messages.
    kind : str
        One of `ENGINES`.
    limits : Limits, optional
        What its kernel may use.

    Returns
    -------
    NotebookNode

    Raises
    ------
    NotebookFailed
        If a cell raised, timed out, or the kernel died.
    """
    from kernels_lib.production.notebooks import check_name

    for parameter in parameters:
        check_name(parameter, f"reports/{name}.ipynb")
    prepare_process()
    import nbformat
    import papermill
    from jupyter_client.provisioning import KernelProvisionerFactory
    from traitlets.config import Config

    from kernels_lib.production.limits import VARIABLE, Clock, Limits

    kind, limits = choose(notebook, kind), limits or Limits()
    clock = Clock(limits)
    source, target = folder / f"{name}.ipynb", folder / f"{name}.run.ipynb"
    nbformat.write(notebook, source)
    work = folder / "work"
    work.mkdir()
    config = Config()
    if os.name == "posix":
        # Sockets of the file system: nothing listens on a port, and no two kernels race for one.
        config.KernelManager.transport = "ipc"
    before = dict(os.environ)
    # A socket's path may have only 107 characters (104 on macOS), so the folder's must be short.
    sockets = tempfile.mkdtemp(prefix="sc-", dir="/tmp" if os.name == "posix" else None)
    try:
        os.environ.clear()
        os.environ.update(kernel_environment(root))
        os.environ["JUPYTER_RUNTIME_DIR"] = sockets
        os.environ["IPYTHONDIR"] = str(folder / "ipython")
        os.environ[VARIABLE] = limits.as_variable()
        if kind != "warm":
            _seed_at_start(folder / "ipython", notebook, parameters)
        KernelProvisionerFactory.instance().default_provisioner_name = _provisioner(kind)
        with explained(name, subject, lambda: _left(target, source, clock), clock):
            papermill.execute_notebook(
                str(source),
                str(target),
                parameters=parameters,
                engine_name="scorecard" if kind == "warm" else None,
                progress_bar=False,
                request_save_on_cell_execute=False,
                cwd=str(work),
                kernel_name=_kernel_of(notebook),
                timeout_func=clock,
                start_timeout=STARTUP_TIMEOUT_S,
                config=config,
            )
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(sockets, ignore_errors=True)
    return with_whole_streams(nbformat.read(target, as_version=4))


def _seed_at_start(profiles: Path, notebook: nbformat.NotebookNode, parameters: dict[str, Any]) -> None:
    """A real kernel draws the random numbers that `inprocess` draws: IPython runs this file before the first cell."""
    from kernels_lib.production.engines.inprocess import seed_of

    startup = profiles / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "seed.py").write_text(_SEEDING.format(seed=seed_of(with_parameters(notebook, parameters))))
    (startup / "limits.py").write_text(_LIMITING)


# Not at once: a kernel draws numbers of its own while it starts.
_SEEDING = """
def _seed_first_cell():
    def seed(info):
        import random
        import numpy.random
        random.seed({seed})
        numpy.random.seed({seed})
        events.unregister("pre_run_cell", seed)
    events = get_ipython().events
    events.register("pre_run_cell", seed)
_seed_first_cell()
del _seed_first_cell
"""


# A kernel that was forked has them already, and no variable any more.
_LIMITING = """
import kernels_lib.production.limits as _limits
if _limits.apply_from_environment():
    from kernels_lib.production.engines.piped import through_files_from_now_on as _through_files
    _through_files(get_ipython().kernel)
    del _through_files
del _limits
"""


def with_whole_streams(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Join pieces of one stream that follow each other: where a kernel cuts them depends on the clock."""
    for cell in notebook.cells:
        joined: list[nbformat.NotebookNode] = []
        for output in cell.get("outputs", []):
            if continues([*joined[-1:], output]):
                joined[-1]["text"] += output["text"]
            else:
                joined.append(output)
        if joined:
            cell.outputs = joined
    return notebook


def continues(outputs: list[nbformat.NotebookNode]) -> bool:
    """Whether two outputs are parts of one stream."""
    return (
        len(outputs) == 2
        and all(output["output_type"] == "stream" for output in outputs)
        and outputs[0]["name"] == outputs[1]["name"]
    )


@contextlib.contextmanager
def explained(name: str, subject: str, left: Callable[[], nbformat.NotebookNode], clock: Clock) -> Iterator[None]:
    """Raise what engines raise as a `NotebookFailed` that says where; `left` returns the partly run notebook."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        yield
    except PapermillExecutionError as error:
        raise _failed(name, subject, left(), f"{error.ename}: {error.evalue}", clock) from error
    except CellTimeoutError as error:
        raise _failed(name, subject, left(), clock.said, clock, stopped=True) from error
    except NoSuchKernel as error:
        known = ", ".join(sorted(KernelSpecManager().find_kernel_specs()))
        failure = NotebookFailed(
            f"no kernel '{error.name}' is installed.",
            where=f"reports/{name}.ipynb",
            remedy=f"Install it, or choose one of these in JupyterLab: {known}.",
        )
        failure.notebook = left()  # type: ignore[attr-defined]
        raise failure from error
    except DeadKernelError as error:
        kept = left()
        for cell in kept.cells:
            if cell.get("id") in [*clock.began][-1:]:
                # Whether a kernel that dies still tells it is a matter of luck.
                cell.execution_count = None
        raise _failed(name, subject, kept, "the kernel died", clock) from error


def _kernel_of(notebook: nbformat.NotebookNode) -> str:
    """This environment's Python for notebooks in Python, whatever they call it; else the kernel that they name."""
    said = notebook.metadata.get("kernelspec", {})
    return "python3" if said.get("language", "python").lower() == "python" else said.get("name", "")


def _provisioner(kind: str) -> str:
    """jupyter_client's name for how a kernel starts."""
    return "scorecard-warm" if kind == "kernel" else "local-provisioner"


def _left(target: Path, source: Path, clock: Clock) -> nbformat.NotebookNode:
    """The partly run notebook; papermill itself saves what cells have shown only now and then."""
    import nbformat

    left = nbformat.read(target if target.is_file() else source, as_version=4)
    for cell in left.cells:
        if (ran := clock.began.get(cell.get("id"))) is not None:
            cell.outputs, cell.execution_count = cell.outputs or ran.outputs, ran.execution_count
    return with_whole_streams(left)


# Cells that papermill adds: whoever opens the report's notebook does not count them.
_ADDED = {"injected-parameters", "papermill-error-cell-tag"}


def _failed(
    name: str, subject: str, executed: nbformat.NotebookNode, reason: str, clock: Clock, *, stopped: bool = False
) -> NotebookFailed:
    raised = [
        (index, output)
        for index, cell in enumerate(executed.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    began = [index for index, cell in enumerate(executed.cells) if cell.get("id") in [*clock.began][-1:]]
    place = ""
    if raised and not stopped:
        index, output = raised[0]
        reason = f"{output.ename}: {output.evalue}"
        place = place_of(executed, index)
    elif began:
        # It was stopped, or ended its kernel.
        place = place_of(executed, began[-1])
    # A message of our own brings its full stop.
    said = f"stopped for '{subject}'{place}: {reason.removesuffix('.')}."
    failure = NotebookFailed(said, where=f"reports/{name}.ipynb")
    failure.notebook = executed  # type: ignore[attr-defined]
    return failure


def place_of(notebook: nbformat.NotebookNode, index: int) -> str:
    """A cell as messages name it, as whoever opens the report's notebook counts: `` at cell 3 ("Who leads?")``."""
    from kernels_lib.production.notebooks import heading_above, tags

    heading = heading_above(notebook, index)
    number = 1 + sum(not _ADDED & set(tags(cell)) for cell in notebook.cells[:index])
    return f" at cell {number}" + (f' ("{heading}")' if heading else "")
