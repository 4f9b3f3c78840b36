"""What has to be done in a build: each job with its keys and what it needs.

A task crosses process and machine borders as JSON; `perform` does it wherever it arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernels_lib.production import records, runner
from kernels_lib.production.jobs import Job, Outcome
from kernels_lib.production.keys import Keyring, Keys
from kernels_lib.production.records import Need
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


# Names of all units: the same for every task, so a worker is told once.
_units: tuple[str, ...] = ()


def remember_units(names: Iterable[str]) -> None:
    """Tell this process, and those forked from it, whose names a document may hide."""
    global _units
    _units = tuple(names)


def perform(task: Task) -> Outcome:
    """Do a task in this process."""
    return runner.run_job(task.job, task.keys, task.need, _units)


def perform_json(given: Mapping[str, Any]) -> dict[str, Any]:
    """Do a task that came as JSON, ``{"root": ..., "task": ...}``; its outcome as JSON."""
    return perform(Task.from_json(given["task"], Path(given["root"]))).as_json()
