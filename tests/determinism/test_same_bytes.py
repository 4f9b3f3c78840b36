"""The same inputs give the same bytes, whatever runs them: engine, number of workers, shards, scheduler, folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernels_lib.production import build
from tests.conftest import copy_project

# A client, the client who reads German, and an industry.
ASKED = {"clients": ("brand-07", "brand-24"), "industries": ("retail",)}


def files(project: Path) -> dict[str, bytes]:
    """What a build leaves, without its own notes of times."""
    made = [path for path in (project / "build").rglob("*") if path.is_file()]
    kept = [path for path in made if path.relative_to(project / "build").parts[0] in ("site", "results", "notebooks")]
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in kept}


def made(project: Path, *, jobs: int = 2, **more) -> dict[str, bytes]:
    copy_project(project)
    summary = build.run(build.plan(build.Request(root=project, **ASKED, **more)), jobs=jobs)
    assert not summary.failed, summary.failed[0].error
    return files(project)


def same(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert one.keys() == other.keys()
    assert [] == [name for name in one if one[name] != other[name]]


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> dict[str, bytes]:
    """What one worker makes in forked processes."""
    return made(tmp_path_factory.mktemp("alone") / "project", jobs=1)


def test_one_worker_makes_what_two_make_in_another_folder(alone, tmp_path):
    same(alone, made(tmp_path / "a-project-of-another-name"))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["kernel", "stock"])
def test_a_real_kernel_makes_what_the_forked_process_makes(alone, engine, tmp_path):
    same(alone, made(tmp_path / "project", engine=engine))


@pytest.mark.slow
def test_shards_together_make_what_one_build_makes(alone, tmp_path):
    project = tmp_path / "project"
    for part in (2, 1):
        found = made_again(project, shard=f"{part}/2")
    same(alone, found)


def made_again(project: Path, **more) -> dict[str, bytes]:
    return made(project, **more) if not project.exists() else _more(project, **more)


def _more(project: Path, **more) -> dict[str, bytes]:
    summary = build.run(build.plan(build.Request(root=project, **ASKED, **more)))
    assert not summary.failed, summary.failed[0].error
    return files(project)


@pytest.mark.slow
def test_a_cluster_makes_what_this_machine_makes(alone, cluster, tmp_path):
    cluster.workers(2)
    same(alone, made(tmp_path / "project", scheduler=cluster.address))


@pytest.mark.slow
def test_workers_without_a_common_folder_make_the_same_through_a_store(alone, cluster, tmp_path):
    theirs, store = copy_project(tmp_path / "theirs"), tmp_path / "store"
    cluster.workers(1, SCORECARD_ROOT=str(theirs))
    found = made(tmp_path / "ours", scheduler=cluster.address, store=store.as_uri())
    same(alone, found)
    stored = {path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file()}
    assert {"build/site/clients/brand-07/report.html", "build/results/clients/brand-24.json"} <= stored
    # Publishing anew goes the same way: the notebook that ran is in the store.
    ours = tmp_path / "ours"
    for project in (ours, theirs):
        (project / "params/clients/brand-07.yaml").write_text("brand: Brand 07\ncontact: Ms Jones, room 7\n")
    summary = build.run(build.plan(build.Request(root=ours, scheduler=cluster.address, store=store.as_uri(), **ASKED)))
    assert {"brand-07": ("html", "slides")} == {o.job.slug: o.made for o in summary.made}
    assert b"Ms Jones, room 7" in (ours / "build/site/clients/brand-07/report.html").read_bytes()
