"""What has to be done in a build: each job with its keys and what it needs.

A task crosses process and machine borders as JSON; `perform` does it wherever it arrives.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kernels_lib.production import records, runner
from kernels_lib.production.engines import template
from kernels_lib.production.jobs import Job, Outcome
from kernels_lib.production.keys import Keyring, Keys, digest
from kernels_lib.production.leaks import Secrets, Units
from kernels_lib.production.limits import Limits, seal
from kernels_lib.production.records import Need
from kernels_lib.study.params import UNSEEN
from kernels_lib.study.roster import Roster


@dataclass(frozen=True)
class Task:
    """A job that has something to do."""

    job: Job
    keys: Keys
    need: Need

    def as_json(self) -> dict[str, Any]:
        """Plain values, without the root."""
        keys = {"running": dict(self.keys.running), "publishing": dict(self.keys.publishing)}
        need = {"run": self.need.run, "formats": list(self.need.formats), "why": list(self.need.why)}
        return {"job": self.job.as_json(), "keys": keys, "need": need}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any], root: Path) -> Task:
        """The task again, for the project in `root`."""
        need = plain["need"]
        return cls(
            Job.from_json(plain["job"], root),
            Keys(**plain["keys"]),
            Need(need["run"], tuple(need["formats"]), tuple(need["why"])),
        )


def decide(
    roster: Roster, jobs: Iterable[Job], origins: Mapping[str, Mapping[str, Any]], *, force: bool = False
) -> tuple[list[Task], list[Outcome]]:
    """Which jobs have something to do, and the outcomes of those that are up to date."""
    ring = Keyring(roster)
    tasks, unchanged = [], []
    for job in jobs:
        keys = ring.keys(job, runner.prepare(job), origins.get(job.key, {}))
        record = records.read(job)
        needed = records.need(job, keys, record, force=force)
        if needed:
            tasks.append(Task(job, keys, needed))
        else:
            unchanged.append(records.unchanged(job, record))
    return tasks, unchanged


# Names and scores of all units: the same for every task, so a worker is told once.
_secrets: Secrets | None = None


def remember_units(units: Units) -> None:
    """Tell this process, and those forked from it, whose names and scores a document may hide."""
    global _secrets
    _secrets = Secrets({name: (group, tuple(row)) for name, (group, row) in units.items()})
    _secrets.ready()


def rehearse_publishing(roster: Roster, job: Job, origins: Mapping[str, Any]) -> None:
    """Go through what publishing a report's last run takes, for processes that are forked from this one.

    Raises
    ------
    ScorecardError
        If it cannot be published; the build of it says the same.
    """
    runner.rehearse(job, Keyring(roster).keys(job, runner.prepare(job), origins), _secrets)


def try_publishing(task: Task) -> None:
    """Go through publishing a report's last run, in a process that will publish its next one and has time."""
    # What was run before may be of another notebook; whatever is wrong with the next run is said of that one.
    with contextlib.suppress(Exception):
        runner.rehearse(task.job, task.keys, _secrets)


def perform(task: Task) -> Outcome:
    """Do a task in this process."""
    return runner.run_job(task.job, task.keys, task.need, _secrets)


def perform_json(given: Mapping[str, Any]) -> dict[str, Any]:
    """Do a task that came as JSON, ``{"root": ..., "task": ...}``, in a process forked for it; its outcome as JSON."""
    task = Task.from_json(given["task"], Path(given["root"]))
    if not task.need.run:
        return perform(task).as_json()
    if not _needs_browser(task):
        seal(Limits.of(task.job.values))
        return perform(task).as_json()
    # A browser cannot start in a process that is closed to the network, so the notebook gets one of its own.
    failed = apart(run_json, given)
    if failed is not None:
        return failed
    outcome = perform(replace(task, need=replace(task.need, run=False)))
    return (replace(outcome, made=("run", *outcome.made)) if outcome.ok else outcome).as_json()


def publish_each(given: Mapping[str, Any]) -> None:
    """Publish one report after the other, in a process forked for that: what `perform_json` takes, then what is sent.

    Each outcome is reported as JSON.  It ends when whoever sends has gone.
    """
    root, plain = Path(given["root"]), given["task"]
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            template.report(perform(Task.from_json(plain, root)).as_json())
            plain = template.receive()


def _needs_browser(task: Task) -> bool:
    return task.job.inspect or "pdf" in task.need.formats


def apart(function: Callable[[Any], Any], argument: Any) -> Any:
    """What a function returns, as JSON, in a process forked from this one, which has one thread."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = {"value": function(argument)}
        except Exception:
            answer = {"fault": traceback.format_exc()}
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(json.dumps(answer).encode("utf-8"))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        # This process ends as that one did: whoever waits for it knows what to make of it.
        os.kill(os.getpid(), os.WTERMSIG(status) if os.WIFSIGNALED(status) else signal.SIGKILL)
    answer = json.loads(said)
    if "fault" in answer:
        raise RuntimeError(answer["fault"])
    return answer["value"]


def run_json(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Run a task's notebook and keep what it gave, for another process to publish; None if all went well."""
    task = Task.from_json(given["task"], Path(given["root"]))
    seal(Limits.of(task.job.values))
    failed = runner.run_only(task.job, task.keys)
    return None if failed is None else failed.as_json()


def load(modules: Iterable[str]) -> None:
    """Import modules in a template, as a kernel would."""
    from kernels_lib.production.engines import shell

    environment = dict(os.environ)
    gc.disable()
    with shell.importing():
        for name in modules:
            importlib.import_module(name)
    gc.enable()
    # What libraries set when they are imported is not what a kernel starts with.
    os.environ.clear()
    os.environ.update(environment)


def get_ready_early() -> None:
    """In a template that does not know yet what it will be asked for: as for documents that stand alone."""
    get_ready({"assets": "inline"})


def get_ready(asked: Mapping[str, Any]) -> None:
    """Compile in this process what every document needs, so that its children need not."""
    from kernels_lib.production.gates import compile_all

    compile_all(asked["assets"])


# Goes through what clients' reports have in common; named, because no module here may import the analysis.
REHEARSAL = "kernels_lib.analysis.warm_up"
# Clients that share all parameters share all common findings; for so many kinds of them, the largest, it is
# gone through beforehand, while one process works and the others wait.
KINDS = 1
# A notebook that does not say this word does not ask for them: an agency's own of three cells, say.  Only its
# study is opened beforehand.
ASKS = "findings"


def rehearsals(tasks: Iterable[Task]) -> list[dict[str, Any]]:
    """What a template should go through once, so that its children find it done: for `rehearse`.

    One client of each kind of which there are several; a kind is whatever agrees in all parameters.
    """
    kinds: dict[str, list[Job]] = {}
    for task in tasks:
        if task.need.run and task.job.kind == "client":
            values = {name: value for name, value in task.job.values.items() if name not in (*UNSEEN, "client_name")}
            kinds.setdefault(digest(values), []).append(task.job)
    several = sorted((jobs for jobs in kinds.values() if len(jobs) > 1), key=len, reverse=True)
    return [{**jobs[0].parameters, "asks": _asks(jobs[0])} for jobs in several[:KINDS]]


def _asks(job: Job) -> bool:
    return any(cell.cell_type == "code" and ASKS in cell.source for cell in runner.prepare(job).cells)


def rehearse(parameters: Mapping[str, Any]) -> str:
    """Go through one client's report, so that children forked from this process find the common work done.

    Parameters
    ----------
    parameters : mapping
        Of the notebook; ``changing`` where they will change from one child to the next, and ``asks``: whether
        it asks for what clients share, true unless it is said.

    Returns
    -------
    str
        Why it could not be gone through: then each report does the work itself, and says what is wrong with it.
    """
    prepare = importlib.import_module(REHEARSAL).prepare
    try:
        prepare(
            parameters["study_name"],
            clients=[parameters["client"]],
            wave=parameters["wave"],
            overrides=parameters["overrides"],
            changing=parameters.get("changing", False),
            asks=parameters.get("asks", True),
        )
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""
