"""`scorecard doctor` and `scorecard lab`: what is missing, what that switches off, and how to mend it."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import json
import os
import sys
from collections import namedtuple

import pytest

from kernels_lib.production import doctor
from tests.test_cli_params import scorecard


def looked(project, what):
    return {finding.what: finding for finding in doctor.diagnose(project)}[what]


def test_a_machine_without_a_browser_makes_reports_without_pdf(project, monkeypatch):
    monkeypatch.setattr(doctor.browser, "missing_for_browser", lambda: "no browser was found. Install Chromium.")
    found = looked(project, "browser")

    assert ("missing", "no browser was found.", "Install Chromium.") == (found.state, found.found, found.remedy)
    assert "report.pdf" in found.disables


def test_a_required_package_that_is_missing_or_old_is_broken(project):
    text = '[project]\ndependencies = ["pandas>=99", "no-such-thing", "pydantic>=2"]\n'
    (project / "pyproject.toml").write_text(text + '[project.optional-dependencies]\nlab = ["no-such-lab"]\n')
    core, extra = looked(project, "packages"), looked(project, "packages of 'lab'")

    assert "broken" == core.state
    assert core.found.startswith("no-such-thing is not installed; pandas is ")
    assert core.found.endswith("and should be >=99")
    assert ("missing", "no-such-lab is not installed") == (extra.state, extra.found)
    assert "scorecard lab" in extra.disables
    assert not doctor.healthy(doctor.diagnose(project))


def test_a_package_for_another_system_is_not_missed(project):
    (project / "pyproject.toml").write_text("[project]\ndependencies = [\"no-such; sys_platform == 'win32'\"]\n")
    assert "well" == looked(project, "packages").state


def test_another_version_than_the_locks_is_told(project):
    (project / "requirements.lock").write_text(
        "pydantic==1.0 \\\n    --hash=sha256:00\nnot-here==2.0 \\\n    --hash=x\n"
    )
    found = looked(project, "versions")

    assert "missing" == found.state
    assert found.found.startswith("pydantic ") and "(locked: ==1.0)" in found.found
    assert "not-here" not in found.found


def test_a_full_disk_is_broken_and_a_nearly_full_one_is_told(project, monkeypatch):
    usage = namedtuple("usage", "free")
    for free, state in ((100_000_000, "broken"), (500_000_000, "missing"), (9_000_000_000, "well")):
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path, free=free: usage(free))
        assert state == looked(project, "disk").state


def test_a_build_folder_that_cannot_be_written_is_broken(project):
    (project / "build").write_text("a file where a folder should be")
    found = looked(project, "build/")

    assert "broken" == found.state
    assert found.found.startswith("cannot be written: ")


def test_a_project_outside_git_is_told(project):
    assert ("missing", "the project is in no repository") == (
        looked(project, "git").state,
        looked(project, "git").found,
    )


def test_the_exit_code_is_1_only_where_something_is_broken(project, monkeypatch, capsys):
    (project / "pyproject.toml").write_text('[project]\ndependencies = ["pydantic"]\n')
    code, out, _ = scorecard(monkeypatch, capsys, "doctor")
    assert (0, True) == (code, "Reports can be made." in out)
    (project / "pyproject.toml").write_text('[project]\ndependencies = ["no-such-thing"]\n')
    code, out, _ = scorecard(monkeypatch, capsys, "doctor", "--json")

    assert 1 == code
    found = json.loads(out)
    assert not found["ok"]
    assert ["packages"] == [one["what"] for one in found["findings"] if one["state"] == "broken"]


def test_lab_says_how_to_install_it(project, monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, _, err = scorecard(monkeypatch, capsys, "lab")

    assert 2 == code
    assert "Error: JupyterLab is not installed. Install it with: pip install 'scorecard-reports[lab]'.\n" == err


@pytest.mark.parametrize(("words", "more"), [((), []), (("--no-browser",), ["--no-browser"])])
def test_lab_opens_the_reports_with_this_interpreter(project, monkeypatch, capsys, words, more):
    ran = []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr(os, "execv", lambda program, arguments: ran.append((program, arguments)))
    monkeypatch.setenv("PYTHONPATH", "before")
    scorecard(monkeypatch, capsys, "lab", *words)

    assert [(sys.executable, [sys.executable, "-m", "jupyterlab", str(project / "reports"), *more])] == ran
    assert str(project) == os.environ["SCORECARD_ROOT"]
    assert os.environ["PYTHONPATH"].endswith(f"{os.pathsep}before")
