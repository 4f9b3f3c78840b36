"""Wall and CPU seconds of commands, and projects to run them in."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from kernels_lib.production.engines import kernel_environment
from tests.conftest import ROOT, copy_project
from tests.gallery import CRITERIA

BUILD = [sys.executable, "-m", "kernels_lib", "build"]


@dataclass(frozen=True)
class Taken:
    """What something took: wall seconds, and CPU seconds of it and all that it started."""

    wall: float
    cpu: float

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.wall + other.wall, self.cpu + other.cpu)

    def __mul__(self, factor: float) -> Taken:
        return Taken(self.wall * factor, self.cpu * factor)


def median(rounds: Iterable[Taken]) -> Taken:
    """The median round, wall and CPU each by itself."""
    rounds = list(rounds)
    return Taken(statistics.median(r.wall for r in rounds), statistics.median(r.cpu for r in rounds))


def environment(project: Path) -> dict[str, str]:
    """What every way runs in: the same as a report's kernel has."""
    own = {"PYTHONPATH": str(ROOT), "SCORECARD_ROOT": str(project)}
    return {**kernel_environment(project), **own, "PATH": os.environ["PATH"]}


def timed(command: list[str], project: Path) -> Taken:
    """Run a command that must succeed."""
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(command, env=environment(project), cwd=project, capture_output=True, text=True)
    wall, after = time.perf_counter() - started, os.times()
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Taken(wall, cpu)


def told(command: list[str], project: Path) -> dict:
    """The JSON object that a command prints last, on a line of its own."""
    done = subprocess.run(command, env=environment(project), cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])


def interleaved(ways: dict[str, Callable[[], Taken]], rounds: int) -> dict[str, list[Taken]]:
    """Each way once a round, so that a slow minute of the machine meets all of them."""
    taken: dict[str, list[Taken]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(way())
            print(f"    {name:24s} {taken[name][-1].wall:8.2f} s wall {taken[name][-1].cpu:8.2f} s CPU", flush=True)
    return taken


def emptied(project: Path) -> Path:
    """The project without anything that was built or stored."""
    shutil.rmtree(project / "build", ignore_errors=True)
    return project


def with_brands(project: Path, count: int) -> Path:
    """A copy of the project whose study has made-up scores of so many brands."""
    copy_project(project)
    for name in ("clients", "industries"):
        shutil.rmtree(project / "params" / name)
    folder = project / "datasets/made-up"
    folder.mkdir()
    draw = random.Random(count)
    with (folder / "scores.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["brand", "industry", *CRITERIA])
        for number in range(1, count + 1):
            scores = [draw.choice(range(2, 11)) / 2 for _ in CRITERIA]
            writer.writerow([f"Brand {number:05d}", f"industry {number % 6}", *scores])
    package = {
        "name": "made-up",
        "title": "Made-up scores",
        "sources": [{"title": "Drawn for a benchmark"}],
        "licenses": [{"name": "CC0-1.0"}],
        "scorecard": {"waves": {"2011": "2011-03-01"}, "title": {"en": "Made-up scores", "de": "Erfundene Werte"}},
        "resources": [
            {
                "name": "scores",
                "path": "scores.csv",
                "scorecard": {
                    "role": "scores",
                    "basis": "measured",
                    "unit_column": "brand",
                    "group_column": "industry",
                },
            }
        ],
    }
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    study = project / "params/study.yaml"
    study.write_text(study.read_text().replace("dataset: altimeter-2010", "dataset: made-up"))
    return project
