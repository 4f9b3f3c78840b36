"""Building on a Dask cluster: every worker keeps a template process and forks it for each report.

    dask scheduler --host 127.0.0.1 --port 8786
    dask worker tcp://127.0.0.1:8786 --nworkers 2 --nthreads 1
    scorecard build --scheduler tcp://127.0.0.1:8786

A worker has the project in a folder: the same shared one, or a clone of its own named by
``$SCORECARD_ROOT``.  In the second case ``--store URL`` says where finished files travel: any folder
or object store that fsspec knows.  A worker that is lost takes nothing along: what it had finished is
in place, and the scheduler gives what it was at to another one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadParameters, NotebookFailed, ScorecardError
from kernels_lib.paths import build_folder
from kernels_lib.production import keys
from kernels_lib.production.jobs import FILES, Job, Outcome
from kernels_lib.production.leaks import Units
from kernels_lib.production.moving import replace, replace_folder, workplace
from kernels_lib.production.tasks import Task

PLUGIN = "scorecard"


def work(tasks: Sequence[Task], units: Units, *, root: Path, address: str, store: str = "") -> Iterator[Outcome]:
    """Do all tasks on a cluster; outcomes as they come.

    Parameters
    ----------
    tasks : sequence of Task
    units : Units
        Names and scores of all units.
    root : Path
        The project here; workers without ``$SCORECARD_ROOT`` use the same path.
    address : str
        Of the scheduler, such as ``tcp://127.0.0.1:8786``.
    store : str, optional
        Where finished files travel, as fsspec knows it; empty: workers share the project's folder.

    Raises
    ------
    BadParameters
        If nobody answers at the address, or a worker's project is another one.
    """
    from distributed import Client, as_completed
    from distributed.scheduler import KilledWorker

    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise BadParameters(
            f"no scheduler answers at '{address}': {str(error).splitlines()[0]}.",
            where="--scheduler",
            remedy="Start one with 'dask scheduler', and give the address that it prints.",
        ) from error
    with client:
        client.register_plugin(_plugin()(str(root), dict(units), store, _same()), name=PLUGIN)
        given = {
            client.submit(perform, task.as_json(), key=f"{task.job.key}-{_identity(task)}", pure=False, retries=0): task
            for task in tasks
        }
        for future in as_completed(given, loop=client.loop):
            task = given[future]
            error = future.exception()
            if isinstance(error, KilledWorker):
                yield _lost(task)
                continue
            if isinstance(error, ScorecardError):
                raise error
            outcome = Outcome.from_json(future.result(), task.job)
            if store and outcome.ok:
                fetch(task.job, outcome, store)
            yield outcome


def perform(plain: Mapping[str, Any]) -> dict[str, Any]:
    """On a worker: do a task in a child of its template; the outcome as JSON."""
    from distributed import get_worker

    return get_worker().plugins[PLUGIN].perform(plain)


class Bench:
    """What a worker keeps between tasks."""

    def __init__(self, root: str, units: Units, store: str, same: Mapping[str, str]) -> None:
        self._root, self._units, self._store, self._same = root, units, store, same

    def open(self) -> None:
        """Start the template; the project must be the one that the build was planned with."""
        from kernels_lib.production.workers import Crew

        self._root = os.environ.get("SCORECARD_ROOT") or self._root
        self._lock = threading.Lock()
        self._crew: Crew | None = None
        if differing := keys.differing(self._same, _same()):
            raise BadParameters(
                f"a worker has another version of {' and '.join(differing)} than this project.",
                where="--scheduler",
                remedy="Give all machines the same commit and requirements.lock.",
            )

    def close(self) -> None:
        """End the template and what runs in it."""
        if self._crew is not None:
            self._crew.close()

    def perform(self, plain: Mapping[str, Any]) -> dict[str, Any]:
        """Do a task; several threads of the worker may do so at once."""
        from kernels_lib.production.workers import Crew

        task = Task.from_json(plain, Path(self._root))
        with self._lock:
            if self._crew is None:
                self._crew = Crew(Path(self._root), task.job.engine)
        if self._store and not task.need.run:
            bring(task.job, self._store)
        outcome = self._crew.do(task, self._units)
        if self._store and outcome.ok:
            send(task.job, outcome, self._store)
        return outcome.as_json()


def _plugin() -> type:
    """The bench as Dask wants it; made here, so that nothing else imports Dask."""
    from distributed import WorkerPlugin

    class Plugin(Bench, WorkerPlugin):
        def setup(self, worker: Any) -> None:
            self.open()

        def teardown(self, worker: Any) -> None:
            self.close()

    return Plugin


def _same() -> dict[str, str]:
    """What must be the same here and on every worker."""
    return {"the toolkit": keys.code("."), "the packages": keys.packages()}


def _identity(task: Task) -> str:
    return keys.digest(task.as_json())


def _lost(task: Task) -> Outcome:
    failure = NotebookFailed(
        f"stopped for '{task.job.label}': so many workers were lost while they made it that the scheduler gave it up.",
        where=f"reports/{task.job.report}.ipynb",
        remedy="Build it alone with --engine stock to see which cell ends the process.",
    )
    return Outcome(task.job, ok=False, error=str(failure), exit_code=failure.exit_code)


def _travelling(job: Job, outcome: Outcome) -> list[Path]:
    """A job's files below the project, in the order in which they may appear: the record last."""
    documents = [job.folder / name for name in FILES.values() if name in outcome.files]
    beside = [job.folder / "SHA256SUMS", job.folder / "manifest.json"]
    shared = job.build / "site" / "assets"
    assets = sorted(shared.iterdir()) if job.assets == "shared" and shared.is_dir() else []
    return [*assets, job.notebook_file, *documents, *job.results_files, *beside, job.record_file]


def send(job: Job, outcome: Outcome, store: str) -> None:
    """Copy a finished job's files to the store; they appear together or not at all, where it can do that."""
    import fsspec

    system, base = fsspec.core.url_to_fs(store)
    with system.transaction:
        for path in _travelling(job, outcome):
            target = _in_store(base, path, job)
            system.makedirs(target.rpartition("/")[0], exist_ok=True)
            with system.open(target, "wb") as file:
                file.write(path.read_bytes())


def bring(job: Job, store: str) -> None:
    """Copy from the store what publishing anew begins with, where this machine does not have it."""
    _copy(job, [path for path in (job.notebook_file, job.record_file) if not path.is_file()], store)


def fetch(job: Job, outcome: Outcome, store: str) -> None:
    """Copy a finished job's files from the store into this project, each moved into place whole."""
    paths = _travelling(job, outcome)
    own = [path for path in paths if path.parent == job.folder]
    _copy(job, [path for path in paths if path.parent != job.folder and path != job.record_file], store)
    with _opened(job, store) as (read, work):
        replace_folder(job.folder, {path.name: read(path) for path in own}, work)
    _copy(job, [job.record_file], store)


def _copy(job: Job, paths: Sequence[Path], store: str) -> None:
    with _opened(job, store) as (read, work):
        for path in paths:
            replace(path, read(path), work)


@contextmanager
def _opened(job: Job, store: str) -> Iterator[tuple[Callable[[Path], bytes], Path]]:
    """What reads a job's file from the store, and a folder to work in."""
    import shutil

    import fsspec

    system, base = fsspec.core.url_to_fs(store)
    work = workplace(build_folder(job.root, ""))
    try:
        yield lambda path: system.cat_file(_in_store(base, path, job)), work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _in_store(base: str, path: Path, job: Job) -> str:
    return f"{base.rstrip('/')}/{path.relative_to(job.root).as_posix()}"
