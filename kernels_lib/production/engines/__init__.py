"""Running one notebook through papermill, with a clean environment and private sockets.

papermill writes its output in place while it runs and saves "completed" for a killed kernel, so
it gets a temporary file, and only its exceptions are believed.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat

from kernels_lib.errors import NotebookFailed
from kernels_lib.production.notebooks import heading_above

CELL_TIMEOUT_S = 300
STARTUP_TIMEOUT_S = 120

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


def prepare_process() -> None:
    """Import papermill without the URI grammar that jsonschema would parse, at a second a process."""
    # jsonschema suppresses the ImportError; nothing here validates URIs.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import papermill  # noqa: F401

    # Its warnings name things that are checked before it runs; its errors come as exceptions.
    logging.getLogger("papermill").setLevel(logging.ERROR)


def kernel_environment(root: Path) -> dict[str, str]:
    """The environment of a report's kernel."""
    kept = {name: os.environ[name] for name in _PASSED if name in os.environ}
    # The library is imported from the project when it is not installed.
    return {**kept, **_FIXED, "SCORECARD_ROOT": str(root), "PYTHONPATH": str(root)}


ENGINES = ("auto", "kernel", "stock")


def run(
    notebook: nbformat.NotebookNode,
    parameters: dict[str, Any],
    *,
    root: Path,
    folder: Path,
    name: str,
    subject: str,
    kind: str = "auto",
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
    kind : {"auto", "kernel", "stock"}
        ``kernel`` forks the kernel from a warm template, ``stock`` starts it as papermill always
        does, ``auto`` takes the first where forking is safe.

    Returns
    -------
    NotebookNode

    Raises
    ------
    NotebookFailed
        If a cell raised, timed out, or the kernel died.
    """
    prepare_process()
    import papermill
    from jupyter_client.provisioning import KernelProvisionerFactory
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

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
        KernelProvisionerFactory.instance().default_provisioner_name = _provisioner(kind)
        papermill.execute_notebook(
            str(source),
            str(target),
            parameters=parameters,
            progress_bar=False,
            request_save_on_cell_execute=False,
            cwd=str(work),
            kernel_name="python3",
            execution_timeout=CELL_TIMEOUT_S,
            start_timeout=STARTUP_TIMEOUT_S,
            config=config,
        )
    except PapermillExecutionError as error:
        raise _failed(name, subject, _left(target, source), f"{error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise _failed(name, subject, _left(target, source), f"a cell ran longer than {CELL_TIMEOUT_S} s") from error
    except DeadKernelError as error:
        raise _failed(name, subject, _left(target, source), "the kernel died") from error
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(sockets, ignore_errors=True)
    return nbformat.read(target, as_version=4)


def _provisioner(kind: str) -> str:
    """jupyter_client's name for how a kernel starts."""
    if kind == "stock":
        return "local-provisioner"
    from kernels_lib.production.engines import provisioner

    return provisioner.NAME if provisioner.supported() else "local-provisioner"


def _left(target: Path, source: Path) -> nbformat.NotebookNode:
    """The partly run notebook; what was to run, where papermill had not saved anything yet."""
    return nbformat.read(target if target.is_file() else source, as_version=4)


def _failed(name: str, subject: str, executed: nbformat.NotebookNode, reason: str) -> NotebookFailed:
    raised = [
        (index, output)
        for index, cell in enumerate(executed.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    place = ""
    if raised:
        index, output = raised[0]
        heading = heading_above(executed, index)
        place = f" at cell {index + 1}" + (f' ("{heading}")' if heading else "")
        reason = f"{output.ename}: {output.evalue}"
    failure = NotebookFailed(f"stopped for '{subject}'{place}: {reason}.", where=f"reports/{name}.ipynb")
    failure.notebook = executed  # type: ignore[attr-defined]
    return failure
