"""Speed, in one run on one machine, as ratios, and error rates by simulation: ``make bench`` writes build/bench.json.

The peer is what everyone uses, a shell loop: papermill, then nbconvert to HTML, then to slides, for
each client.  It is timed with few clients and scaled, and says so.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import simulations
from tests.conftest import ROOT, copy_project

CLIENTS = ("brand-01", "brand-02", "brand-03", "brand-04", "brand-05", "brand-06")
STOCK_CLIENTS = CLIENTS[:2]
ROUNDS = 3


def timed(command: list[str], project: Path) -> float:
    """Wall seconds of a command that must succeed."""
    environment = {**os.environ, "SCORECARD_ROOT": str(project), "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    subprocess.run(command, env=environment, cwd=project, check=True, capture_output=True)
    return time.perf_counter() - started


def stock_loop(project: Path) -> float:
    """Seconds a client of papermill and two nbconverts."""
    total = 0.0
    for client in STOCK_CLIENTS:
        source, out = str(project / "reports/client.ipynb"), str(project / f"{client}.ipynb")
        total += timed([sys.executable, "-m", "papermill", source, out, "-p", "client", client], project)
        for kind in ("html", "slides"):
            total += timed([sys.executable, "-m", "nbconvert", "--to", kind, out], project)
    return total / len(STOCK_CLIENTS)


def ours(project: Path) -> float:
    """Seconds a client of ``scorecard build``, start-up and imports counted."""
    shutil.rmtree(project / "build", ignore_errors=True)
    return timed([sys.executable, "-m", "kernels_lib.cli", "build", *CLIENTS], project) / len(CLIENTS)


def bounds_of_all_pairs(folder: Path) -> float:
    """Seconds for worst cases of both tests for the 28 pairs of the study, from an empty store."""
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
    from kernels_lib.analysis.verification.runner import run_folder

    started = time.perf_counter()
    assert all(case.agrees for case in run_folder(ROOT / "tests" / "reference_cases"))
    return time.perf_counter() - started


def main() -> None:
    """Measure, print, write."""
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project")
        rounds = [(stock_loop(project), ours(project)) for _ in range(ROUNDS)]
        bounds_s = bounds_of_all_pairs(Path(folder) / "store")
    stock, cold = (statistics.median(values) for values in zip(*rounds, strict=True))
    found = {
        "clients": 30,
        "clients_timed": {"stock_loop": len(STOCK_CLIENTS), "cold": len(CLIENTS)},
        "rounds": ROUNDS,
        "stock_loop_s": round(30 * stock, 1),
        "cold_s": round(30 * cold, 1),
        "ratio_stock": round(stock / cold, 1),
        "bounds_28_pairs_s": round(bounds_s, 2),
        "verify_s": round(verification(), 2),
    }
    error, coverage = simulations.familywise_error(), simulations.interval_coverage()
    found |= simulations.as_numbers(error, coverage)
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")
    print(f"30 clients, scaled from {len(STOCK_CLIENTS)} and {len(CLIENTS)}, median of {ROUNDS} rounds in one run")
    print(f"  papermill and two nbconverts, one client after the other  {found['stock_loop_s']:8.1f} s")
    print(f"  scorecard build                                           {found['cold_s']:8.1f} s")
    print(f"  ratio                                                     {found['ratio_stock']:8.1f}")
    print(f"worst cases of 28 pairs from an empty store                  {found['bounds_28_pairs_s']:8.2f} s")
    print(f"all reference cases                                         {found['verify_s']:8.2f} s")
    print(simulations.told(error, coverage))


if __name__ == "__main__":
    main()
