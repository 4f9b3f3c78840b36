"""Builds killed at any file operation: each client's folder is the old or the new one, and the next build completes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import copy_project

ROOT = Path(__file__).resolve().parent.parent.parent


def chaos(project: Path, kills: int, seed: int) -> dict[str, int]:
    copy_project(project)
    done = subprocess.run(
        [sys.executable, "-m", "tests.determinism.chaos", str(project), str(kills), str(seed)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=2400,
    )
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_a_killed_build_leaves_each_client_old_or_new(tmp_path, told):
    tally = chaos(tmp_path / "project", 2, seed=1)

    assert 2 == tally["kills"]
    assert 2 * 3 == tally.get("old", 0) + tally.get("new", 0)
    told("kills survived", tally["kills"])


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(2500)
@pytest.mark.parametrize("seed", [2, 3])
def test_two_hundred_killed_builds_leave_each_client_old_or_new(seed, tmp_path, told):
    tally = chaos(tmp_path / "project", 100, seed)

    assert 100 == tally["kills"]
    # Kills fell before, between and after the clients' folders.
    assert tally["old"] > 20
    assert tally["new"] > 20
    assert tally["between clients"] > 10
    told("kills survived", tally["kills"])
    told("bytes compared after a kill", tally["bytes compared"])
