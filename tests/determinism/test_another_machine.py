"""The same inputs give the same bytes for another user, in another folder, time zone and language of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kernels_lib.production.browser import missing_for_pdf
from tests.conftest import copy_project

ROOT = Path(__file__).resolve().parent.parent.parent

# What differs from one machine to the next and must be seen in no document.
HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "USER": "ada", "LOGNAME": "ada"}
THERE = {
    "TZ": "Pacific/Kiritimati",  # its date is often tomorrow's
    "LC_ALL": "de_DE.UTF-8",
    "LANG": "tr_TR.UTF-8",
    "USER": "grace",
    "LOGNAME": "grace",
    "PYTHONHASHSEED": "7",
    "SOURCE_DATE_EPOCH": "1",
    "COLUMNS": "40",
    "NO_COLOR": "1",
}


# Nobody, as most systems number it.
NOBODY = 65534
# May read what the first user may, because Python itself may lie in that one's home; owns and writes only its own.
AS_NOBODY = (
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=+dac_read_search",
    "--ambient-caps=+dac_read_search",
)  # fmt: skip


def made(
    project: Path, formats: str, environment: dict[str, str], umask: int, become: tuple[str, ...] = ()
) -> dict[str, bytes]:
    """Everything in the client's folder, and the results."""
    copy_project(project)
    (home := project.parent / f"home-{project.name}").mkdir()
    if become:
        for path in (home, project, *project.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    done = subprocess.run(
        [*become, sys.executable, "-m", "kernels_lib", "build", "brand-07", "--formats", formats],
        cwd=project,
        env={**os.environ, **environment, "HOME": str(home), "PYTHONPATH": str(ROOT)},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    folders = [project / "build/site/clients/brand-07", project / "build/results/clients"]
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    assert {NOBODY if become else os.getuid()} == {path.stat().st_uid for path in paths}
    return {path.relative_to(project / "build").as_posix(): path.read_bytes() for path in paths}


def same(formats: str, folder: Path, told, become: tuple[str, ...] = ()) -> None:
    one = made(folder / "project", formats, HERE, 0o022)
    other = made(folder / "another folder of another name", formats, THERE, 0o077, become)

    assert one.keys() == other.keys()
    assert {"results/clients/brand-07.json", "site/clients/brand-07/manifest.json"} < one.keys()
    assert [] == [name for name in one if one[name] != other[name]]
    told("bytes built twice and compared", sum(map(len, one.values())))


@pytest.mark.slow
def test_pages_decks_and_workbooks_are_the_same_on_another_machine(tmp_path, told):
    same("html,slides,xlsx,pptx", tmp_path, told)


@pytest.mark.slow
@pytest.mark.skipif(bool(missing_for_pdf()), reason="no browser makes the PDF here")
def test_all_formats_with_the_pdf_are_the_same_on_another_machine(tmp_path, told):
    same("all", tmp_path, told)


def cannot_become_another() -> str:
    """Why no process can be started as another user here; empty where one can."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        return "only root may start a process as another user"
    if shutil.which("setpriv") is None:
        return "no setpriv here (util-linux)"
    asked = [*AS_NOBODY, sys.executable, "-c", "import os; print(os.getuid(), os.getgid())"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return "" if f"{NOBODY} {NOBODY}\n" == found.stdout else f"no process as another user: {found.stderr.strip()}"


@pytest.mark.slow
def test_another_user_of_the_machine_makes_the_same_files(tmp_path, told):
    if why := cannot_become_another():
        pytest.skip(why)
    same("html,slides,xlsx,pptx", tmp_path, told, AS_NOBODY)
    told("users who built the same", 2)
