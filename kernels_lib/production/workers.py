"""This machine's workers: one template process that has imported everything, and a child of it for each task.

Where processes cannot be forked safely, or another engine is asked for, a pool of ordinary processes
does the same tasks the ordinary way.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from kernels_lib.errors import NotebookFailed
from kernels_lib.paths import shown
from kernels_lib.production import engines
from kernels_lib.production.engines import template
from kernels_lib.production.jobs import Outcome
from kernels_lib.production.leaks import Units
from kernels_lib.production.runner import failed_file, prepare
from kernels_lib.production.tasks import Task, get_ready, perform, rehearsals, remember_units, try_publishing

# A task that died may have been unlucky; one that dies twice is at fault.
TRIES = 2

# A cell is stopped after its own limit; a whole report that hangs where no limit reaches it, after this.
LONGEST_S = 3600
# What a process keeps of so many documents is little beside what it would have to do anew.
MOST_PUBLISHED = 50
LOOK_EVERY_S = 30


class Crew:
    """The workers of one build.

    Parameters
    ----------
    root : Path
    engine : str
        As asked for.
    starts : bool, default True
        Whether the template starts at once; else with the first task.
    one : bool, default False
        Whether one report is asked for, see `engines.begin`.
    begun : Template, optional
        What `engines.begin` gave; closed with the crew.
    """

    def __init__(
        self,
        root: Path,
        engine: str = "auto",
        *,
        starts: bool = True,
        one: bool = False,
        begun: template.Template | None = None,
    ) -> None:
        self._root = root
        self._forks = engine in ("auto", "warm") and template.supported()
        self._one = one
        self._loaded = one and begun is not None
        self._template = begun
        self._prepared: template.Template | None = None
        self._rehearsed: template.Template | None = None
        self._share: dict[str, Any] | None = None
        self._lock = threading.Lock()
        # What whoever asked for the build should know of how it went.
        self.notes: list[str] = []
        if self._forks and starts and begun is None:
            self._start()

    def _start(self) -> template.Template:
        self._template = engines.begin(self._root, one=self._one)
        self._loaded = self._one
        self._prepared = None
        return self._template

    def _load(self, parent: template.Template) -> None:
        """Have the template import what running a notebook needs, once."""
        if not self._loaded:
            parent.run("kernels_lib.production.tasks:load", list(engines.RUNNING_NEEDS))
            self._loaded = True

    def work(
        self,
        tasks: Sequence[Task],
        units: Units,
        *,
        count: int,
        share: bool = False,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Iterator[Outcome]:
        """Do all tasks, at most `count` at once; outcomes as they come.

        Parameters
        ----------
        tasks : sequence of Task
        units : Units
            Names and scores of all units.
        count : int
        share : bool, default False
            Whether clients' first cells, which are the same for all, run once: see `sharing`.
        meanwhile : callable
            Called once while this process would only wait; not where it has something else to do.

        Raises
        ------
        TemplateFailed
            If the template cannot start, or died again and again.
        """
        if not self._forks:
            return self._in_a_pool(tasks, units, count)
        if share:
            return self._shared(tasks, units, count)
        if len(tasks) == 1:
            return self._in_both(tasks[0], units, meanwhile)
        return self._in_children(tasks, units, count, meanwhile)

    def do(self, task: Task, units: Units) -> Outcome:
        """Do one task; several threads may ask at once.

        Raises
        ------
        TemplateFailed
            If the template cannot start.
        """
        if not self._forks:
            remember_units(units)
            return perform(task)
        for _ in range(TRIES):
            with self._lock:
                parent = self._ready([task], units)
            child = self._forked(parent, task)
            try:
                return Outcome.from_json(_told(child, _Given(task, 1)), task.job)
            except template.ChildDied as died:
                last = died
            finally:
                child.close()
        return _died(task, last, child)

    def close(self) -> None:
        """End all that is still running."""
        if self._template is not None:
            self._template.close()
            self._template = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _in_children(
        self, tasks: Sequence[Task], units: Units, count: int, meanwhile: Callable[[], None] = lambda: None
    ) -> Iterator[Outcome]:
        waiting = deque((task, 1) for task in tasks)
        running: dict[template.Child, _Given] = {}
        restarts, prepared = 0, False
        parent = self._ready(tasks, units)
        while waiting or running:
            try:
                while waiting and len(running) < count:
                    if len(running) == count - 1:
                        # The others are at work already while the template rehearses.
                        self._rehearse(parent, tasks)
                    child = self._forked(parent, waiting[0][0])
                    running[child] = _Given(*waiting.popleft())
                if not prepared:
                    prepared = True
                    meanwhile()
                for child in select.select(list(running), [], [], LOOK_EVERY_S)[0] or _overdue(running):
                    given = running.pop(child)
                    if given.overdue:
                        child.kill()
                        yield _stopped(given.task, f"it ran longer than {LONGEST_S // 60} minutes.", child)
                        continue
                    try:
                        outcome = Outcome.from_json(_told(child, given), given.task.job)
                    except template.ChildRaised as raised:
                        # A fault of ours: whoever mends it needs the lines.
                        raise RuntimeError(raised.traceback) from raised
                    except template.ChildDied as died:
                        if not parent.alive:
                            waiting.append((given.task, given.attempt))
                            raise template.TemplateFailed(str(died)) from died
                        if given.attempt < TRIES:
                            waiting.append((given.task, given.attempt + 1))
                            continue
                        outcome = _died(given.task, died, child)
                    else:
                        if more := _next(child, given, waiting):
                            running[child] = more
                    yield outcome
            except template.TemplateFailed:
                # The template itself was lost, and its children with it: what was not finished is done again.
                restarts += 1
                if restarts > TRIES or parent.alive:
                    raise
                waiting.extend((given.task, given.attempt) for given in running.values())
                running.clear()
                parent = self._ready(tasks, units)

    def _shared(self, tasks: Sequence[Task], units: Units, count: int) -> Iterator[Outcome]:
        """Reports that share nothing first; then the clients that do, from a template that ran their first cells."""
        from kernels_lib.production import sharing

        jobs, varying = sharing.group(task.job for task in tasks if task.need.run)
        alike = {job.key for job in jobs}
        alone = [task for task in tasks if task.job.key not in alike]
        if alone:
            yield from self._in_children(alone, units, count)
        together = [task for task in tasks if task.job.key in alike]
        if not together:
            self.notes.append("no cells are shared: the notebooks' first cells depend on the client.")
            return
        self.close()
        self._share = {"root": str(self._root), "job": jobs[0].as_json(), "varying": sorted(varying)}
        parent = self._ready(together, units)
        if self._compared(parent, together):
            yield from self._in_children(together, units, count)
            return
        self.notes.append(
            "no cells are shared: a client's outputs were not the same when its first cells ran before it was known. "
            "Something in them looks at the time, at random numbers or at the client."
        )
        self.close()
        self._share = None
        yield from self._in_children(together, units, count)

    def _compared(self, parent: template.Template, tasks: Sequence[Task]) -> bool:
        """Whether a sample of clients gives the same outputs with and without shared cells."""
        from kernels_lib.production import sharing

        sample = [tasks[0], *tasks[-1 : -sharing.SAMPLE : -1]]
        with template.Template(engines.RUNNING_NEEDS, engines.kernel_environment(self._root)) as plain:
            for task in sample:
                asked = {"root": str(self._root), "job": task.job.as_json()}
                found = [each.fork("kernels_lib.production.sharing:probe", asked) for each in (plain, parent)]
                if found[0].result() != found[1].result():
                    return False
        return True

    def _in_both(self, task: Task, units: Units, meanwhile: Callable[[], None]) -> Iterator[Outcome]:
        """One task: a child runs the notebook, and this process, which waits anyway, publishes it."""
        remember_units(units)
        if task.need.run:
            # Both processes import at the same time, each what it needs.
            get_ready({"assets": task.job.assets})

            def prepare_publishing() -> None:
                try_publishing(task)
                meanwhile()

            failed = self._ran(task, meanwhile=prepare_publishing)
            if failed is not None:
                yield failed
                return
            task = replace(task, need=replace(task.need, run=False))
            outcome = perform(task)
            yield replace(outcome, made=("run", *outcome.made)) if outcome.ok else outcome
            return
        yield perform(task)

    def _ran(self, task: Task, *, meanwhile: Callable[[], None]) -> Outcome | None:
        """Run a task's notebook in a child, and do something else meanwhile; what went wrong, if anything did."""
        asked = {"root": str(self._root), "task": task.as_json()}
        for _ in range(TRIES):
            if self._template is None or not self._template.alive:
                self._start()
            try:
                self._load(self._template)
                # A process for this notebook alone, as any: the template has nothing else to do.
                child = self._template.become("kernels_lib.production.tasks:run_json", asked)
                meanwhile()
                plain = child.result()
                return None if plain is None else Outcome.from_json(plain, task.job)
            except template.ChildRaised as raised:
                raise RuntimeError(raised.traceback) from raised
            except template.ChildDied as died:
                last = died
        return _died(task, last, child)

    def _ready(self, tasks: Sequence[Task], units: Units) -> template.Template:
        """The template with everything done that its children share."""
        parent = self._template
        if parent is None or not parent.alive:
            self.close()
            parent = self._start()
        if self._prepared is not parent:
            if any(task.need.run for task in tasks):
                self._load(parent)
            parent.run("kernels_lib.production.tasks:remember_units", dict(units))
            parent.run("kernels_lib.production.tasks:get_ready", {"assets": tasks[0].job.assets})
            parent.run("kernels_lib.production.engines.shell:remember", _sources(tasks))
            if self._share is not None:
                self._rehearse(parent, tasks)
                parent.run("kernels_lib.production.sharing:begin", self._share)
            self._prepared = parent
        return parent

    def _rehearse(self, parent: template.Template, tasks: Sequence[Task]) -> None:
        """Once a template: go through what children will find done."""
        if self._rehearsed is not parent:
            self._rehearsed = parent
            for asked in rehearsals(tasks):
                parent.run("kernels_lib.production.tasks:rehearse", asked)

    def _forked(self, parent: template.Template, task: Task) -> template.Child:
        does = "perform_json" if task.need.run else "publish_each"
        return parent.fork(f"kernels_lib.production.tasks:{does}", {"root": str(self._root), "task": task.as_json()})

    def _in_a_pool(self, tasks: Sequence[Task], units: Units, count: int) -> Iterator[Outcome]:
        # Spawned, not forked: the parent may have threads (progress bars), and a worker starts clean.
        with ProcessPoolExecutor(count, get_context("spawn"), _begin, (dict(units),)) as pool:
            given = {pool.submit(perform, task): task for task in tasks}
            try:
                for future in as_completed(given):
                    try:
                        yield future.result()
                    except BrokenProcessPool as broken:
                        yield _died(given[future], broken)
            except (KeyboardInterrupt, GeneratorExit):
                pool.shutdown(wait=False, cancel_futures=True)
                raise


@dataclass(frozen=True)
class _Given:
    """What a child was given to do, how often it was tried, since when, and how much that child had done before."""

    task: Task
    attempt: int
    since: float = field(default_factory=time.monotonic)
    done: int = 0

    @property
    def overdue(self) -> bool:
        """Whether it runs longer than any report may: code outside Python that never returns, say."""
        return time.monotonic() - self.since > LONGEST_S


def _overdue(running: Mapping[template.Child, _Given]) -> list[template.Child]:
    return [child for child, given in running.items() if given.overdue]


def _told(child: template.Child, given: _Given) -> Any:
    """A task's outcome as JSON.

    Raises
    ------
    ChildDied, ChildRaised
    """
    if not given.task.need.run:
        for report in child.reports():
            return report
    return child.result()


def _next(child: template.Child, given: _Given, waiting: deque[tuple[Task, int]]) -> _Given | None:
    """The next task of a child that publishes, which it has been sent; None where it has ended.

    What runs gets a process of its own.  Publishing runs nobody's code, so it goes on in the process that has
    laid out and measured much of the same before.
    """
    if given.task.need.run:
        return None
    if given.done + 1 < MOST_PUBLISHED and waiting and not waiting[0][0].need.run:
        task, attempt = waiting[0]
        with contextlib.suppress(template.ChildDied):  # then the task is another child's
            child.send(task.as_json())
            waiting.popleft()
            return _Given(task, attempt, done=given.done + 1)
    child.close()
    return None


def _sources(tasks: Sequence[Task]) -> list[str]:
    """Code of all cells that will run, each once."""
    notebooks = {id(notebook): notebook for notebook in (prepare(task.job) for task in tasks if task.need.run)}
    cells = [cell for notebook in notebooks.values() for cell in notebook.cells if cell.cell_type == "code"]
    return list(dict.fromkeys(cell.source for cell in cells))


def _begin(units: Units) -> None:
    """In a worker of the pool: Ctrl-C is the parent's to handle; a job that has begun ends and cleans up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    remember_units(units)


def _died(task: Task, died: Exception, child: template.Child | None = None) -> Outcome:
    return _stopped(task, f"the kernel died, twice; {str(died)[:1].lower()}{str(died)[1:]}", child)


def _stopped(task: Task, why: str, child: template.Child | None = None) -> Outcome:
    failure = NotebookFailed(
        f"stopped for '{task.job.label}'{_place(task, child)}: {why}",
        where=f"reports/{task.job.report}.ipynb",
        remedy="Build it alone with --engine stock to see which cell does it.",
    )
    kept = failed_file(task.job)
    path = shown(kept, task.job.root) if kept.is_file() else ""
    return Outcome(task.job, ok=False, error=str(failure), exit_code=failure.exit_code, failed_notebook=path)


def _place(task: Task, child: template.Child | None) -> str:
    """The cell that a process was at when it ended, as messages name it; empty if it was at none."""
    if child is None:
        return ""
    notes = list((task.job.root / "build" / "work").glob(f"j{child.pid}-*/{engines.RUNNING}"))
    if not notes:
        return ""
    notebook, identity = prepare(task.job), notes[0].read_text(encoding="utf-8").strip()
    found = [index for index, cell in enumerate(notebook.cells) if cell.get("id") == identity]
    return engines.place_of(notebook, found[0]) if found else ""


def sweep(work: Path) -> None:
    """Remove working folders whose process has gone: a build that was killed could not."""
    import shutil

    for folder in work.glob("j*-*"):
        with contextlib.suppress(ValueError):
            if not _alive(int(folder.name[1:].partition("-")[0])):
                shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
