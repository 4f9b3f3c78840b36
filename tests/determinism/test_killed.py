"""Whatever is killed, whenever: no half-written file in the site, and the next build completes."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kernels_lib.production import build
from tests.conftest import copy_project

CLIENTS = ("brand-07", "brand-08", "brand-09", "brand-24")
REQUEST = {"clients": CLIENTS}


def started(project: Path, *more: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "kernels_lib", "build", *CLIENTS, *more],
        env={**os.environ, "SCORECARD_ROOT": str(project)},
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # As in a terminal: whoever runs the tests in the background has them ignore Ctrl-C, and what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def children(pid: int) -> list[int]:
    """All processes below one, the nearest first."""
    own: list[int] = []
    try:
        # Each thread has children of its own.
        for thread in Path(f"/proc/{pid}/task").iterdir():
            own += map(int, (thread / "children").read_text().split())
    except (FileNotFoundError, ProcessLookupError):
        return own
    return own + [below for child in own for below in children(child)]


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def whole(project: Path) -> int:
    """Check that every file of the site is whole; how many documents there are."""
    site = project / "build/site"
    documents = sorted(site.rglob("*.html"))
    for path in documents:
        assert path.read_bytes().rstrip().endswith(b"</html>"), path
    for path in site.rglob("manifest.json"):
        found = json.loads(path.read_text())
        for name, entry in found.get("files", {}).items():
            content = (path.parent / name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == entry["sha256"], path.parent / name
    return len(documents)


def completed(project: Path) -> None:
    """The next build makes what is left, and leaves nothing behind."""
    summary = build.run(build.plan(build.Request(root=project, **REQUEST)))
    assert not summary.failed, summary.failed[0].error
    assert 2 * len(CLIENTS) + 1 == whole(project)
    assert [] == list((project / "build/work").iterdir())
    assert [] == build.explain(build.plan(build.Request(root=project, **REQUEST)))


def wait_for(moment: float, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + moment
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


# Moments in seconds after the start, drawn once: an import, a first report, a last one.
MOMENTS = sorted(random.Random(5).uniform(0.3, 6) for _ in range(6))


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_killing_the_build_leaves_whole_files_and_the_next_build_goes_on(moment, tmp_path):
    project = copy_project(tmp_path / "project")
    process = started(project)
    wait_for(moment, process)
    below = children(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in below) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [] == [pid for pid in below if Path(f"/proc/{pid}").exists()], "something of it goes on"
    whole(project)
    completed(project)


def test_killing_a_worker_loses_nothing(tmp_path):
    project = copy_project(tmp_path / "project")
    process = started(project)
    killed = kill_one_job(process)
    said = process.communicate(timeout=200)[0].decode()
    assert killed, "no job was running at any moment"
    assert 0 == process.returncode, said
    assert 2 * len(CLIENTS) + 1 == whole(project)


def kill_one_job(process: subprocess.Popen) -> bool:
    """Kill the first child of the template that is seen."""
    while process.poll() is None:
        for parent in children(process.pid):
            for job in children(parent):
                os.kill(job, signal.SIGKILL)
                return True
        time.sleep(0.005)
    return False


@pytest.mark.slow
def test_killing_the_template_with_all_its_jobs_loses_nothing(tmp_path):
    project = copy_project(tmp_path / "project")
    process = started(project)
    while process.poll() is None and not any(children(parent) for parent in children(process.pid)):
        time.sleep(0.005)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    said = process.communicate(timeout=200)[0].decode()
    assert 0 == process.returncode, said
    assert 2 * len(CLIENTS) + 1 == whole(project)


@pytest.mark.slow
def test_killing_a_worker_of_a_cluster_loses_nothing(cluster, tmp_path):
    project = copy_project(tmp_path / "project")
    nanny = cluster.workers(2)
    process = started(project, "--scheduler", cluster.address)
    victim = None
    while process.poll() is None and victim is None:
        # A worker of the nanny that has a template that has a job.
        busy = [w for w in children(nanny.pid) for t in children(w) if "template" in command(t) and children(t)]
        victim = next((w for w in busy if "template" not in command(w)), None)
        time.sleep(0.01)
    os.kill(victim, signal.SIGKILL)
    said = process.communicate(timeout=220)[0].decode()
    assert 0 == process.returncode, said
    assert 2 * len(CLIENTS) + 1 == whole(project)
    completed(project)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupting_a_build_says_so_and_leaves_whole_files(number, tmp_path):
    project = copy_project(tmp_path / "project")
    process = started(project)
    while process.poll() is None and not any((project / "build/site").rglob("report.html")):
        time.sleep(0.01)
    os.kill(process.pid, number)
    said = process.communicate(timeout=60)[0].decode()
    assert 130 == process.returncode, said
    assert "Interrupted. What was published before is untouched." in said
    assert "Traceback" not in said
    whole(project)
    completed(project)
