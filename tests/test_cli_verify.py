"""`scorecard verify`: what it prints, and its exit codes."""

from __future__ import annotations

import json
import shutil
import sys

import pytest

from kernels_lib import cli
from tests.conftest import ROOT, change

CASES = ROOT / "tests/reference_cases"


@pytest.fixture
def verify(monkeypatch, capsys):
    """The command with these words; returns exit code, output and errors."""

    def run(*words, project=ROOT):
        monkeypatch.setenv("SCORECARD_ROOT", str(project))
        monkeypatch.setattr(sys, "argv", ["scorecard", "verify", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        told = capsys.readouterr()
        return stopped.value.code, told.out, told.err

    return run


@pytest.fixture
def two_cases(tmp_path):
    for name in ("wilson_newcombe_1998", "grim_pigs1"):
        shutil.copy(CASES / f"{name}.json", tmp_path)
    return tmp_path


def test_without_a_folder_the_projects_own_cases_agree(verify):
    code, out, err = verify()
    lines = out.splitlines()
    assert (0, "") == (code, err)
    assert ["case", "method", "result", "published", "ours", "digits"] == lines[0].split()
    assert all(line.endswith("  agrees") for line in lines[1:-1])
    assert f"{len(lines) - 2} of {len(lines) - 2} checks in 37 cases agree" == lines[-1]


def test_a_changed_digit_differs_and_the_exit_code_is_1(verify, two_cases):
    change(two_cases / "wilson_newcombe_1998.json", "0.2553", "0.2563")
    code, out, _ = verify(two_cases)
    assert 1 == code
    assert [line for line in out.splitlines() if "DIFFERS: off by 0.00" in line]
    assert "31 of 32 checks in 2 cases agree" == out.splitlines()[-1]


def test_json_holds_every_check(verify, two_cases):
    code, out, _ = verify(two_cases, "--json")
    found = json.loads(out)
    assert (0, True, 32, 32) == (code, found["ok"], found["agree"], found["checks"])
    assert ["grim_pigs1", "wilson_newcombe_1998"] == [case["name"] for case in found["cases"]]
    assert ("grim", True) == (found["cases"][0]["method"], found["cases"][0]["agrees"])
    first = found["cases"][0]["checks"][0]
    assert ("consistent[1]", True, True, "exact", True, "") == tuple(
        first[key] for key in ("result", "published", "ours", "digits", "agrees", "reason")
    )


def test_one_damaged_file_does_not_hide_the_others(verify, two_cases):
    (two_cases / "bad.json").write_text("{")
    code, out, err = verify(two_cases)
    assert (1, "") == (code, err)
    assert "DIFFERS: the file is not JSON" in out
    assert "32 of 33 checks in 3 cases agree" == out.splitlines()[-1]


def test_a_folder_that_is_not_there_or_has_no_case_is_a_wrong_call(verify, tmp_path):
    code, out, err = verify(tmp_path / "absent")
    assert (2, "") == (code, out)
    assert err.startswith("Error: there is no folder ")
    assert "it is tests/reference_cases" in err
    code, _, err = verify(tmp_path)
    assert 2 == code
    assert "there is no case in" in err
    assert "README.md describes it" in err


def test_help_has_an_example(verify):
    code, out, _ = verify("--help")
    assert 0 == code
    assert "Example: scorecard verify" in out
