"""Fixtures: a copy of the project to break, and one site that many tests read."""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kernels_lib.study.language import speaking

ROOT = Path(__file__).resolve().parent.parent

# A busy machine is no fault of the code: no example fails for the seconds that it took.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# What is printed to a file is not the terminal's business, nor that of whoever runs the tests.
for _name in ("FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "NO_COLOR", "COLUMNS"):
    os.environ.pop(_name, None)

# Clients of the sites that make test reads; make test-all reads one with all thirty.
SAMPLE = tuple(f"brand-{number:02d}" for number in (7, 8, 9, 16, 19, 23, 24))


def copy_project(target: Path) -> Path:
    """Parameters, data and notebooks, without what was built."""
    for folder in ("params", "datasets", "reports", "tests/reference_cases"):
        ignored = shutil.ignore_patterns(".ipynb_checkpoints")
        shutil.copytree(ROOT / folder, target / folder, ignore=ignored, copy_function=shutil.copyfile)
    return target


def pytest_xdist_auto_num_workers(config):
    """More than processors where these are few: tests wait for browsers and for other processes.

    The long proofs wait less, and some have the machine to themselves only by being few.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    more = 2 if config.option.markexpr == "not slow" else 1
    return processors + more if processors <= 4 else processors


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Of a sampled test's cases all but every n-th are long proofs; the longest of all begin first."""
    seen: Counter[str] = Counter()
    for item in items:
        asked = item.get_closest_marker("sample")
        if asked is None or item.get_closest_marker("slow"):
            continue
        name = item.nodeid.partition("[")[0]
        if seen[name] % asked.args[0]:
            item.add_marker(pytest.mark.slow)
        seen[name] += 1
    # What takes minutes begins first: other processes do the rest meanwhile, and none is waited for at the end.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def _english():
    """Opening a study says which language is spoken from then on: no test hears the one before."""
    with speaking("en"):
        yield


@pytest.fixture
def told(record_property):
    """Counts that the run prints at its end: ``told("kills survived", 100)``."""
    return lambda what, count: record_property(f"told: {what}", count)


def pytest_terminal_summary(terminalreporter, config):
    """What was tried, summed over all tests, and what was left out."""
    tallies: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", ()):
        for name, value in report.user_properties:
            if name.startswith("told: "):
                tallies[name.removeprefix("told: ")] += value
    if tallies:
        terminalreporter.section("what was tried")
        for name, count in sorted(tallies.items()):
            terminalreporter.write_line(f"{count:>15,}  {name}")
    if config.option.markexpr == "not slow":
        terminalreporter.write_line("The long proofs were left out: make test-all runs them.")


@pytest.fixture
def root() -> Path:
    """The project itself; read only."""
    return ROOT


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A copy of the project that a test may break."""
    folder = copy_project(tmp_path / "project")
    monkeypatch.setenv("SCORECARD_ROOT", str(folder))
    return folder


@pytest.fixture(scope="session")
def made_once(tmp_path_factory, worker_id):
    """``made_once(name, make)``: a folder that ``make(folder)`` filled for all processes of the run; read only."""

    def folder_of(name, make) -> Path:
        shared = tmp_path_factory.getbasetemp()
        if worker_id != "master":
            shared = shared.parent
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            # Whoever comes first makes it; the others wait for it.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                done.touch()
        return folder

    return folder_of


@pytest.fixture(scope="session")
def site(made_once) -> Path:
    """A project with the study, methods, all industries and some clients built; read only."""
    return made_once("site", lambda folder: _built(folder, SAMPLE))


@pytest.fixture(scope="session")
def whole_site(made_once) -> Path:
    """The same with every client, as ``make reports`` builds it; for slow tests only."""
    return made_once("whole-site", lambda folder: _built(folder, None))


@pytest.fixture
def small_site(project, site) -> Path:
    """A project of its own with two clients built, to be changed."""
    both = [f"{place}/{client}" for place in ("site/clients",) for client in ("brand-08", "brand-09")]
    for name in (*both, "results/clients", "notebooks/client", "cache/made/client"):
        shutil.copytree(site / "build" / name, project / "build" / name)
    # Findings lie under what they were made of and are never changed in place: one copy is enough for all tests.
    for path in (site / "build/cache").iterdir():
        if path.suffix in (".json", ".npz") and "-" in path.name:
            os.link(path, project / "build/cache" / path.name)
    manifest = json.loads((site / "build/site/manifest.json").read_text())
    kept = {"client/brand-08", "client/brand-09"}
    manifest["entries"] = {key: entry for key, entry in manifest["entries"].items() if key in kept}
    (project / "build/site/manifest.json").write_text(json.dumps(manifest))
    return project


def _built(folder: Path, clients: tuple[str, ...] | None) -> None:
    from kernels_lib.production import build

    copy_project(folder)
    planned = build.plan(build.Request(root=folder))
    if clients is not None:
        wanted = tuple(job for job in planned.jobs if job.kind != "client" or job.slug in clients)
        planned = dataclasses.replace(planned, jobs=wanted)
    summary = build.run(planned)
    assert not summary.failed, "\n".join(outcome.error for outcome in summary.failed)


def change(path: Path, old: str, new: str) -> None:
    """Replace one text in a file, and fail if it is not there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"'{old}' is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
