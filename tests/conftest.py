"""Fixtures: a copy of the project to break, and one site that many tests read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def copy_project(target: Path) -> Path:
    """Parameters, data and notebooks, without what was built."""
    for folder in ("params", "datasets", "reports"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return target


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
def site(tmp_path_factory) -> Path:
    """A project with everything built, as ``make reports`` builds it; read only.

    Tests that use it carry ``xdist_group("site")``, so that it is built once.
    """
    from kernels_lib.production import build

    folder = copy_project(tmp_path_factory.mktemp("site") / "project")
    summary = build.run(build.plan(build.Request(root=folder)))
    assert not summary.failed, "\n".join(outcome.error for outcome in summary.failed)
    return folder


def change(path: Path, old: str, new: str) -> None:
    """Replace one text in a file, and fail if it is not there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"'{old}' is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
