"""Thousands of clients: whether the cost of one stays the same, and the memory: ``make bench-large``.

The notebook has three cells, so that what is measured is the engine: planning, forking, exporting,
checking, noting.  Brands and scores are made up.  Writes build/bench-large.json and prints a table.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from tests.benchmark.measuring import BUILD, emptied, environment, with_brands
from tests.conftest import ROOT

COUNTS = (30, 300, 3000)
MOST = 10_000
SHARED = ("--assets", "shared")

CELLS = (
    'study_name: str = ""\nclient: str = "brand-00001"\nwave: str = ""\noverrides: str = ""',
    """from markupsafe import escape
from kernels_lib.analysis.report import Report
from kernels_lib.analysis.statement import Statement
from kernels_lib.study import open_study

study = open_study(study_name, client=client, wave=wave, overrides=overrides)
report = Report(study, "client", study.basis)
report.masthead(["One client"], title="Three cells", description="A report of three cells.")
scores = study.scores.loc[study.client.brand]
said = f"{study.client.brand} scores best on {scores.idxmax()}."
report.headline(Statement("headline", said, escape(said)))
report.title(Statement("title", said, escape(said)))
report.facts(summary={"n": len(study.scores)})""",
    "report.close()",
)


def three_cells() -> nbformat.NotebookNode:
    """A client's report of three cells."""
    cells = [new_code_cell(source) for source in CELLS]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    cells[0].metadata["tags"] = ["parameters"]
    cells[1].metadata["slideshow"] = {"slide_type": "slide"}
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


class Memory:
    """The largest memory of a build's processes, looked at ten times a second while it runs.

    ``parent`` and ``template`` are resident sets; ``worker`` is what a forked process has for itself:
    pages that it wrote and shares with nobody.
    """

    def __init__(self, pid: int) -> None:
        self.largest = {"parent": 0.0, "template": 0.0, "worker": 0.0}
        self._pid = pid
        self._running = True
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        self._running = False
        self._thread.join()
        return self.largest

    def _watch(self) -> None:
        while self._running:
            self._note("parent", _megabytes(self._pid, "Rss"))
            for template in _children(self._pid):
                self._note("template", _megabytes(template, "Rss"))
                for worker in _children(template):
                    self._note("worker", _megabytes(worker, "Private_Dirty"))
            time.sleep(0.1)

    def _note(self, name: str, megabytes: float) -> None:
        self.largest[name] = max(self.largest[name], megabytes)


def _children(pid: int) -> list[int]:
    try:
        return [int(found) for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _megabytes(pid: int, name: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def build(project: Path, *more: str) -> dict[str, float]:
    """Wall seconds of a build that must succeed, and its memory."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [*BUILD, *SHARED, *more],
        env=environment(project),
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    memory = Memory(process.pid)
    said = process.communicate()[1]
    largest = memory.stop()
    assert process.returncode == 0, said[-2000:]
    return {"seconds": time.perf_counter() - started, **{f"{name}_mb": round(mb) for name, mb in largest.items()}}


def made_up(folder: Path, count: int) -> Path:
    """A project of so many brands whose reports are all of three cells."""
    project = with_brands(folder / f"large-{count}", count)
    for path in (project / "reports").glob("*.ipynb"):
        nbformat.write(three_cells() if path.stem == "client" else _for(path.stem), path)
    return project


def _for(kind: str) -> nbformat.NotebookNode:
    """The study's, industries' and methods' reports, three cells too."""
    notebook = three_cells()
    named = "industry" if kind == "industry" else ""
    first = [line for line in CELLS[0].splitlines() if not line.startswith("client")]
    notebook.cells[0].source = "\n".join([*first, 'industry: str = "industry-1"'] if named else first)
    body = CELLS[1].replace("client=client", "industry=industry" if named else "")
    body = body.replace("study_name, ,", "study_name,").replace('"client"', f'"{kind}"')
    body = body.replace("study.scores.loc[study.client.brand]", "study.members.mean()")
    notebook.cells[1].source = body.replace("study.client.brand", "study.subject")
    return notebook


def main() -> None:
    """Measure, print, write."""
    found: dict[str, Any] = {"workers": os.cpu_count(), "counts": {}}
    with tempfile.TemporaryDirectory() as name:
        for count in (*COUNTS, MOST):
            project = made_up(Path(name), count)
            cold = build(emptied(project))
            # Without the note of the build before, every key is compared by what it is made of.
            shutil.rmtree(project / "build/cache/uptodate")
            by_content, noop = (build(project)["seconds"] for _ in range(2))
            entry = {
                **cold,
                "per_client_ms": round(1000 * cold["seconds"] / count, 2),
                "noop_by_content_s": round(by_content, 2),
                "noop_s": round(noop, 2),
            }
            found["counts"][count] = entry
            print(f"{count:6d} clients: {json.dumps(entry)}", flush=True)
    (few, *_), most = found["counts"].values(), found["counts"][COUNTS[-1]]
    found["start_s"] = round(few["seconds"], 2)
    found["marginal_ms"] = round(1000 * (most["seconds"] - few["seconds"]) / (COUNTS[-1] - COUNTS[0]), 2)
    path = ROOT / "build" / "bench-large.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")
    print(f"from {COUNTS[0]} to {COUNTS[-1]} clients each further one costs {found['marginal_ms']} ms of wall")


if __name__ == "__main__":
    main()
