"""Other ways of making the same sixty documents, each run as its own command.

    stock loop       papermill, then nbconvert to HTML, then to slides: three commands a client
    tuned process    one process: papermill without a save per cell and without the URI grammar,
                     both exporters built once: the best correct use of the stock packages
    floor            one warm process: the same cells compiled beforehand, and this toolkit's exporters,
                     with no isolation of one client from the next, no kernel, no checks, nothing kept

``python -m tests.benchmark.peers tuned OUT CLIENT...`` (or ``floor``) runs one and prints its times.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmark.measuring import Taken, emptied, timed, told

STOCK = (sys.executable, "-m", "papermill", "--no-progress-bar")


def stock_loop(project: Path, clients: list[str], out: Path) -> list[Taken]:
    """Seconds of each client, from an empty store."""
    emptied(project)
    taken = []
    for client in clients:
        source, target = str(project / "reports/client.ipynb"), str(out / f"stock-{client}.ipynb")
        spent = timed([*STOCK, source, target, "-p", "client", client], project)
        for kind in ("html", "slides"):
            spent += timed([sys.executable, "-m", "nbconvert", "--to", kind, target], project)
        taken.append(spent)
    return taken


def in_one_process(way: str, project: Path, clients: list[str], out: Path) -> tuple[Taken, list[Taken]]:
    """What a way took from start to end, and each client of it."""
    emptied(project)
    command = [sys.executable, "-m", "tests.benchmark.peers", way, str(out), *clients]
    found: dict[str, Any] = {}

    def run() -> None:
        found.update(told(command, project))

    started = time.perf_counter()
    run()
    wall = time.perf_counter() - started
    return Taken(wall, found["cpu"]), [Taken(*pair) for pair in found["clients"]]


def tuned(out: Path, clients: list[str]) -> list[Taken]:
    """In this process: papermill and nbconvert at their best."""
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    import papermill
    from nbconvert.exporters import HTMLExporter, SlidesExporter

    exporters = {"html": HTMLExporter(), "slides": SlidesExporter()}
    taken = []
    for client in clients:
        clock = Clock()
        executed = papermill.execute_notebook(
            "reports/client.ipynb",
            str(out / f"tuned-{client}.ipynb"),
            parameters={"client": client},
            progress_bar=False,
            request_save_on_cell_execute=False,
        )
        for kind, exporter in exporters.items():
            (out / f"tuned-{client}.{kind}.html").write_text(exporter.from_notebook_node(executed)[0])
        taken.append(clock.taken())
    return taken


def floor(out: Path, clients: list[str]) -> list[Taken]:
    """In this process: the same cells, compiled beforehand, and the documents."""
    from kernels_lib.production import build, runner
    from kernels_lib.production.publish import documents

    planned = build.plan(build.Request(root=Path.cwd(), clients=tuple(clients)))
    from nbformat import from_dict
    from nbformat.v4 import new_output

    import kernels_lib.analysis.report as shown

    outputs: list[Any] = []

    def display(data: Any, raw: bool, metadata: Any) -> None:
        # Copied as a kernel's message is, and in the order in which notebooks are kept.
        kept = json.loads(json.dumps(data, sort_keys=True))
        outputs.append(new_output("display_data", data=kept, metadata=metadata))

    shown.display = display
    compiled: dict[int, Any] = {}
    taken = []
    for job in planned.jobs:
        clock = Clock()
        notebook = runner.prepare(job)
        namespace: dict[str, Any] = {}
        cells = []
        for cell in notebook.cells:
            cell = from_dict({**cell, "metadata": {"tags": [], **cell.metadata}})
            if cell.cell_type == "code":
                if id(cell.source) not in compiled:
                    compiled[id(cell.source)] = compile(cell.source, "cell", "exec")
                exec(compiled[id(cell.source)], namespace)
                if "parameters" in cell.metadata.tags:
                    namespace |= job.parameters
                cell.update(execution_count=1, outputs=outputs[:])
                outputs.clear()
            cells.append(cell)
        made = documents(from_dict({**notebook, "cells": cells}), ("html", "slides"))
        for name, text in made.files.items():
            (out / f"floor-{job.slug}.{name}.html").write_bytes(text)
        taken.append(clock.taken())
    return taken


class Clock:
    """Wall and CPU seconds of this process and its children since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), _cpu()

    def taken(self) -> Taken:
        return Taken(time.perf_counter() - self._wall, _cpu() - self._cpu)


def _cpu() -> float:
    import os

    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    made = {"tuned": tuned, "floor": floor}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3:])
    print(json.dumps({"clients": [[t.wall, t.cpu] for t in made], "cpu": _cpu()}))
