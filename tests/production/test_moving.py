"""Files and folders are moved into place whole, or everything stays as it was and a message says why."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kernels_lib.errors import CannotWrite
from kernels_lib.production import build, moving, runner
from kernels_lib.production.jobs import Job


@pytest.fixture
def work(project) -> Path:
    folder = project / "build" / "work"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def target(project) -> Path:
    folder = project / "build/site/clients/acme"
    folder.mkdir(parents=True)
    (folder / "report.html").write_bytes(b"old page")
    (folder / "slides.html").write_bytes(b"old deck")
    return folder


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("exchanges", [True, False], ids=["in one step", "where the system has no such step"])
def test_a_folder_takes_the_place_of_another_with_what_is_to_stay(exchanges, target, work, monkeypatch):
    if not exchanges:
        monkeypatch.setattr(moving, "_exchange", lambda: None)
    (target / "sub").mkdir()
    (target / "sub" / "own.txt").write_text("mine")
    kept = (target / "slides.html").stat()

    moving.replace_folder(target, {"report.html": b"new page"}, work, keep=["slides.html", "sub"])

    assert {"report.html": b"new page", "slides.html": b"old deck", "sub/own.txt": b"mine"} == held(target)
    assert kept.st_mtime_ns == (target / "slides.html").stat().st_mtime_ns
    assert [] == list(work.iterdir())
    assert ["acme"] == [path.name for path in target.parent.iterdir()]


def test_a_file_system_without_such_a_step_gets_the_other_way(target, work, monkeypatch):
    def refuses(one: bytes, other: bytes) -> int:
        moving.ctypes.set_errno(errno.EINVAL)
        return -1

    monkeypatch.setattr(moving, "_exchange", lambda: refuses)

    moving.replace_folder(target, {"report.html": b"new page"}, work)

    assert {"report.html": b"new page"} == held(target)


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_stepped_aside_comes_back(there, target):
    aside = target.with_name(".acme.before")
    target.rename(aside)
    if there:
        target.mkdir()
        (target / "report.html").write_bytes(b"new page")

    moving.recover(target.parent.parent)

    assert ["acme"] == [path.name for path in target.parent.iterdir()]
    assert (b"new page" if there else b"old page") == (target / "report.html").read_bytes()


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
READ_ONLY = OSError(errno.EROFS, os.strerror(errno.EROFS))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            FULL,
            (
                "build/site/clients/acme: cannot be written: no space left on device. What was there is untouched. "
                "Free some space on the disk, then run it again."
            ),
        ),
        (
            READ_ONLY,
            (
                "build/site/clients/acme: cannot be written: read-only file system. What was there is untouched. "
                "This file system can only be read: build in a copy of the project elsewhere."
            ),
        ),
    ],
    ids=["disk full", "read-only"],
)
def test_a_folder_that_cannot_be_written_leaves_the_old_one_and_says_why(error, said, target, work, monkeypatch):
    before = held(target)

    def fails(path: Path, content: bytes) -> None:
        raise error

    monkeypatch.setattr(Path, "write_bytes", fails)
    with pytest.raises(CannotWrite) as caught:
        moving.replace_folder(target, {"report.html": b"new page"}, work)
    monkeypatch.undo()

    assert said == str(caught.value)
    assert 1 == caught.value.exit_code
    assert before == held(target)


def test_a_file_in_the_place_of_a_folder_is_told(project, work):
    (project / "build/site").write_text("not a folder")

    with pytest.raises(CannotWrite, match=r"build/site/index\.html: cannot be written: (not a directory|file exists)"):
        moving.replace(project / "build/site/index.html", b"page", work)


def test_a_disk_that_fills_up_during_a_build_leaves_what_was_published(small_site):
    """Files may not grow beyond a megabyte, as on a disk with so much left; a page has 1.7."""
    before = held(small_site / "build/site/clients/brand-09")

    done = subprocess.run(
        [sys.executable, "-m", "kernels_lib", "build", "brand-09", "--set", "alpha=0.01"],
        cwd=small_site,
        capture_output=True,
        text=True,
        preexec_fn=lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_FSIZE, (2**20, 2**20)),
        check=False,
    )

    assert 1 == done.returncode, done.stderr
    assert "build/site/clients/brand-09: cannot be written: file too large. What was there is untouched." in done.stderr
    assert "Traceback" not in done.stderr
    assert before == held(small_site / "build/site/clients/brand-09")


def test_a_second_build_waits_for_the_first(project):
    path, waited, order = project / "build/cache/build.lock", [], []
    with moving.lock(path):
        other = threading.Thread(target=lambda: _second(path, waited, order))
        other.start()
        deadline = time.monotonic() + 10
        while not waited and time.monotonic() < deadline:
            time.sleep(0.01)
        order.append("first")
    other.join(10)

    assert [str(os.getpid())] == waited
    assert ["first", "second"] == order


def _second(path: Path, waited: list[str], order: list[str]) -> None:
    with moving.lock(path, waiting=waited.append):
        order.append("second")


def test_shards_of_one_study_do_not_wait_for_each_other(project):
    path = project / "build/cache/build.lock"
    with moving.lock(path, shared=True), moving.lock(path, shared=True, waiting=pytest.fail):
        pass


@pytest.mark.slow
def test_a_file_that_changes_while_a_build_reads_it_is_told_and_all_is_made_anew(small_site, monkeypatch):
    real, data = build._worked, next((small_site / "datasets").glob("*/reconstruction.csv"))

    def meanwhile(*arguments):
        data.write_bytes(data.read_bytes())  # the same again: only its time says that it was written
        return real(*arguments)

    monkeypatch.setattr(build, "_worked", meanwhile)
    request = build.Request(root=small_site, clients=("brand-08", "brand-09"), force=True)
    summary = build.run(build.plan(request))

    assert ("datasets/altimeter-2010/reconstruction.csv",) == summary.changed
    assert 1 == summary.exit_code
    monkeypatch.undo()
    again = build.explain(build.plan(build.Request(root=small_site, clients=("brand-08", "brand-09"))))
    assert ["brand-08", "brand-09"] == [task.job.slug for task in again]


@pytest.mark.slow
def test_what_somebody_else_put_into_a_client_s_folder_stays(small_site):
    folder = small_site / "build/site/clients/brand-09"
    (folder / "letter.txt").write_text("Dear client")

    summary = build.run(build.plan(build.Request(root=small_site, clients=("brand-09",), force=True)))

    assert not summary.failed
    assert "Dear client" == (folder / "letter.txt").read_text()


def test_a_failed_notebook_that_cannot_be_kept_is_no_second_failure(project, monkeypatch):
    from kernels_lib.errors import NotebookFailed

    def full(*arguments):
        raise FULL

    error = NotebookFailed("stopped.")
    error.notebook = object()
    monkeypatch.setattr(runner, "_save", full)
    job = Job(project, "", "client", "client", "x", "X", {}, (), ())

    assert "" == runner._keep_failed(job, error)
