"""Speed, in one run on one machine, as ratios, and error rates by simulation: ``make bench``.

Writes build/bench.json and prints a table.  The ways are interleaved, so that a slow minute meets all of
them, and medians are shown.  The slow peers make a few clients and are scaled to thirty: the first client,
which finds an empty store, counts once, the others for all the rest.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from kernels_lib.study.results import MIME
from tests import bench_ratings, simulations
from tests.benchmark import peers
from tests.benchmark.measuring import (
    BUILD,
    Taken,
    copy_project,
    emptied,
    interleaved,
    median,
    timed,
    with_brands,
)
from tests.benchmark.methods import methods
from tests.conftest import ROOT

CLIENTS = [f"brand-{number:02d}" for number in range(1, 31)]
STOCK, TUNED = CLIENTS[:2], CLIENTS[:4]
ROUNDS = 3


def scaled(clients: list[Taken], start: Taken | None = None) -> Taken:
    """Thirty clients: what the start and the first took, and the mean of the others for the rest."""
    first, *others = clients
    mean = sum(others[1:], others[0]) * (1 / len(others))
    return (start or Taken(0, 0)) + first + mean * (len(CLIENTS) - 1)


def thirty(project: Path, out: Path) -> dict[str, Any]:
    """Thirty clients, sixty documents, by every way."""
    theme = iter(range(100))

    def stock() -> Taken:
        # A round begins with the parameters that the first one had: what it makes is compared at the end.
        shutil.rmtree(project / "params")
        shutil.copytree(ROOT / "params", project / "params")
        return scaled(peers.stock_loop(project, STOCK, out))

    def tuned() -> Taken:
        whole, clients = peers.in_one_process("tuned", project, TUNED, out)
        return scaled(clients, whole + sum(clients[1:], clients[0]) * -1)

    def floor() -> Taken:
        return peers.in_one_process("floor", project, CLIENTS, out)[0]

    def cold(*more: str) -> Taken:
        return timed([*BUILD, *CLIENTS, *more], emptied(project))

    def again() -> Taken:
        return timed([*BUILD, *CLIENTS], project)

    def one_client() -> Taken:
        # Another target each time: other verdicts, sentences and figures of this client alone.
        path = project / "params/clients/brand-01.yaml"
        path.write_text(f"brand: Brand 01\ntarget: {{dialog: {3 + next(theme) / 10:.1f}}}\n")
        return timed([*BUILD, "brand-01"], project)

    def another_theme() -> Taken:
        path = project / "params/study.yaml"
        line = next(line for line in path.read_text().splitlines() if line.startswith("colours:"))
        path.write_text(path.read_text().replace(line, f"colours: {{primary: '#2a{next(theme) + 16:02x}86'}}"))
        return timed([*BUILD, *CLIENTS], project)

    ways = {
        "stock loop": stock,
        "tuned process": tuned,
        "floor": floor,
        "cold, one worker": lambda: cold("--jobs", "1"),
        "cold": cold,
        "all reports, cold": lambda: timed([*BUILD], emptied(project)),
        "note of no-op": again,
        "no-op": again,
        "one client": one_client,
        "theme": another_theme,
    }
    taken = interleaved(ways, ROUNDS)
    check_equal(project, out)
    return {name: median(rounds) for name, rounds in taken.items()}


def check_equal(project: Path, out: Path) -> None:
    """The peers made what this toolkit makes: same outputs of every cell, same pages."""
    copy_project(fresh := out / "fresh")
    timed([*BUILD, *TUNED], fresh)
    for way, clients in (("stock", STOCK), ("tuned", TUNED)):
        for client in clients:
            ours, theirs = (
                _outputs(path)
                for path in (fresh / f"build/notebooks/client/{client}.ipynb", out / f"{way}-{client}.ipynb")
            )
            # Cells of sections that a report drops ran in the peers only, and are counted in what was stated.
            assert all(theirs[cell] == shown for cell, shown in ours.items()), f"{way} gives other outputs for {client}"
    for client in TUNED:
        for name, kind in (("report.html", "html"), ("slides.html", "slides")):
            ours = (fresh / "build/site/clients" / client / name).read_text()
            assert ours == (out / f"floor-{client}.{kind}.html").read_text(), f"the floor's {name} of {client} differs"


def _outputs(path: Path) -> dict[str, list[Any]]:
    """What each cell shows, by its id; the results, which are data for programs, left out."""
    cells = {cell["id"]: cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"}
    shown = {key: [o["data"] for o in cell["outputs"] if MIME not in o["data"]] for key, cell in cells.items()}
    return {key: found for key, found in shown.items() if found}


def many(folder: Path, count: int) -> dict[str, float]:
    """Seconds for so many made-up brands: one worker, two, and a cluster of two."""
    from tests.determinism.conftest import Cluster, started

    project = with_brands(folder / f"brands-{count}", count)
    found = {}
    for jobs in (1, 2):
        found[f"{count}_clients_{jobs}_workers_s"] = _clients_only(project, "--jobs", str(jobs)).wall
    with started(folder) as cluster:
        assert isinstance(cluster, Cluster)
        cluster.workers(2)
        found[f"{count}_clients_dask_2_s"] = _clients_only(project, "--scheduler", cluster.address).wall
    shutil.rmtree(project)
    return found


def _clients_only(project: Path, *more: str) -> Taken:
    with (project / "datasets/made-up/scores.csv").open() as file:
        next(file)
        slugs = [line.split(",")[0].lower().replace(" ", "-") for line in file]
    return timed([*BUILD, *slugs, *more], emptied(project))


def bounds_of_all_pairs(folder: Path) -> float:
    """Seconds for worst cases of both tests for the 28 pairs of the study, from an empty store."""
    import time

    from kernels_lib.analysis import bounds
    from kernels_lib.study import open_study

    study = open_study(root=ROOT)
    scale = study.instrument.scale
    started = time.perf_counter()
    bounds.pairs_by_both_tracks(
        study.published.mean,
        study.published.n,
        step=scale.step,
        floor=scale.floor,
        top=scale.top,
        alpha=study.parameters.alpha,
        folder=folder,
    )
    return time.perf_counter() - started


def verification() -> float:
    """Seconds for all reference cases, in this process."""
    import time

    from kernels_lib.analysis.verification.runner import run_folder

    started = time.perf_counter()
    assert all(case.agrees for case in run_folder(ROOT / "tests" / "reference_cases"))
    return time.perf_counter() - started


def reading(project: Path) -> dict[str, float]:
    """Seconds until a document can be used, and until the preview shows a change; nothing without a browser."""
    from kernels_lib.production.browser import missing_for_browser

    if missing_for_browser():
        return {}
    from tests.browser.preview_speed import preview_times
    from tests.browser.speed import reading_times

    found = reading_times(project / "build/site") | preview_times(project)
    return {name: round(value, 2) for name, value in found.items()}


def main() -> None:
    """Measure, print, write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = copy_project(folder / "project")
        (out := folder / "out").mkdir()
        print(f"30 clients, {ROUNDS} rounds interleaved; one line a measurement", flush=True)
        taken = thirty(project, out)
        found = as_numbers(taken)
        found |= {key: round(value, 1) for count in (30, 300) for key, value in many(folder, count).items()}
        found |= reading(project)
        found["bounds_28_pairs_s"] = round(bounds_of_all_pairs(folder / "store"), 2)
        found["ratings"] = bench_ratings.ratings(folder)
    found |= methods()
    found["verify_s"] = round(verification(), 2)
    error, coverage = simulations.familywise_error(), simulations.interval_coverage()
    found |= simulations.as_numbers(error, coverage)
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")
    print(table(taken, found))
    print(bench_ratings.told(found["ratings"]))
    print(simulations.told(error, coverage))


KEYS = {
    "stock loop": "stock_loop",
    "tuned process": "tuned_process",
    "floor": "floor",
    "cold, one worker": "cold_one_worker",
    "cold": "cold",
    "all reports, cold": "reports",
    "no-op": "noop",
    "one client": "one_client",
    "theme": "theme",
}


def as_numbers(taken: dict[str, Taken]) -> dict[str, Any]:
    """The keys of bench.json; seconds of wall, and of CPU under ``cpu``."""
    found: dict[str, Any] = {
        "clients": len(CLIENTS),
        "clients_timed": {"stock_loop": len(STOCK), "tuned_process": len(TUNED)},
        "rounds": ROUNDS,
        "workers": os.cpu_count(),
        "python": sys.version.split()[0],
    }
    found |= {f"{key}_s": round(taken[name].wall, 3) for name, key in KEYS.items()}
    found["cpu"] = {f"{key}_s": round(taken[name].cpu, 3) for name, key in KEYS.items()}
    found["theme_per_client_s"] = round(taken["theme"].wall / len(CLIENTS), 3)
    cold = taken["cold"].wall
    for key, name in (("stock", "stock loop"), ("tuned", "tuned process"), ("floor", "floor")):
        found[f"ratio_{key}"] = round(taken[name].wall / cold, 2)
    return found


def table(taken: dict[str, Taken], found: dict[str, Any]) -> str:
    """What was measured, for a person."""
    cold = taken["cold"].wall
    lines = [
        "",
        f"30 clients, 60 documents; medians of {ROUNDS} interleaved rounds on {found['workers']} processors",
        f"stock loop scaled from {len(STOCK)} clients, tuned process from {len(TUNED)}",
        f"{'':30}{'wall s':>10}{'CPU s':>10}{'x cold':>10}",
    ]
    for name in KEYS:
        spent = taken[name]
        lines.append(f"{name:30}{spent.wall:10.2f}{spent.cpu:10.2f}{spent.wall / cold:10.2f}")
    lines += [f"{key:40}{value:10.2f}" for key, value in found.items() if isinstance(value, float)]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
