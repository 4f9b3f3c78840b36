"""The command as a newcomer types it, wrong input included."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from kernels_lib import cli
from tests.conftest import ROOT, change


def scorecard(*arguments, project=ROOT, timeout=200):
    environment = {**os.environ, "SCORECARD_ROOT": str(project), "NO_COLOR": "1", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "kernels_lib.cli", *arguments],
        capture_output=True, text=True, env=environment, timeout=timeout, cwd=project,
    )  # fmt: skip


def test_help_names_every_command():
    done = scorecard("--help")
    assert 0 == done.returncode
    for command in ("build", "check", "params"):
        assert command in done.stdout


def published(project):
    """Every file of a build but what is kept to be faster next time."""
    build = project / "build"
    return [path for path in build.rglob("*") if path.is_file() and build / "cache" not in path.parents]


@pytest.mark.parametrize("command", ["build", "check", "params"])
def test_every_command_has_help_with_an_example(command):
    done = scorecard(command, "--help")
    assert 0 == done.returncode
    assert f"Example: scorecard {command}" in done.stdout


WRONG = {
    "unknown parameter": (["build", "brand-07", "--set", "alfa=1"], "unknown parameter 'alfa'. Did you mean 'alpha'?"),
    "value out of range": (["build", "brand-07", "--set", "alpha=2"], "--set: 'alpha': input should be less than 0.5"),
    "no pair": (["build", "--set", "alpha"], "'alpha' is no key=value. Write for example --set alpha=0.01."),
    "unknown client": (["build", "brnad-07"], "unknown client 'brnad-07'. Did you mean 'brand-07'?"),
    "unknown industry": (["build", "--industry", "retial"], "unknown industry 'retial'. Did you mean 'retail'?"),
    "unknown study": (["build", "--study", "atitude"], "unknown study 'atitude'. Did you mean 'attitude'?"),
    "missing dataset": (["build", "--set", "dataset=altimeter-2011"], "unknown dataset 'altimeter-2011'."),
    "unknown format": (["build", "--formats", "pdff"], "unknown format 'pdff'."),
    "unknown wave": (["build", "--wave", "2031"], "unknown wave '2031'."),
    "unknown command": (["bild"], "No such command 'bild'."),
    "unknown option": (["build", "--sett", "alpha=1"], "No such option"),
    "unknown client of params": (["params", "brand-70"], "unknown client 'brand-70'."),
}  # fmt: skip


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_gives_one_message_and_exit_code_2(name, project, monkeypatch, capsys):
    (project / "build/site").mkdir(parents=True)
    (project / "build/site/index.html").write_text("built before")
    arguments, message = WRONG[name]

    monkeypatch.setattr(sys, "argv", ["scorecard", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()

    assert 2 == stopped.value.code
    stderr = capsys.readouterr().err
    assert message in stderr
    assert "Traceback" not in stderr
    assert ["index.html"] == [path.name for path in published(project)]
    assert "built before" == (project / "build/site/index.html").read_text()


def test_the_real_command_ends_with_code_2_too(project):
    done = scorecard("build", "brand-07", "--set", "alfa=0.01", project=project)
    assert 2 == done.returncode
    assert "Did you mean 'alpha'?" in done.stderr


def test_a_score_outside_the_scale_stops_the_build_with_its_line(project):
    change(project / "datasets/altimeter-2010/reconstruction.csv", "Brand 07,food_drink,1.0", "Brand 07,food_drink,11")
    done = scorecard("build", project=project)
    assert 2 == done.returncode
    assert "reconstruction.csv, line 8: score 11 for 'Brand 07' on 'community_expectations'" in done.stderr
    assert [] == published(project)


def test_check_says_what_is_there(project):
    done = scorecard("check", "--json", project=project)
    assert 0 == done.returncode
    facts = json.loads(done.stdout)
    assert (30, 8, 6, 30, 0, 38) == tuple(
        facts[key] for key in ("units", "criteria", "industries", "clients", "missing_scores", "reports")
    )


def test_params_shows_value_file_and_line(project):
    done = scorecard("params", "brand-07", "--set", "alpha=0.01", project=project)
    assert 0 == done.returncode
    assert "0.01  # --set" in done.stdout
    assert "params/clients/brand-07.yaml, line" in done.stdout
    rows = json.loads(scorecard("params", "brand-07", "--json", project=project).stdout)
    assert 0.05 == rows["alpha"]["value"]


def test_outside_a_project_the_command_says_how_to_find_one(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "SCORECARD_ROOT"}
    done = subprocess.run(
        [sys.executable, "-m", "kernels_lib.cli", "check"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert 2 == done.returncode
    assert "no project here" in done.stderr
