"""A report's notebook run in this process: its cells, its sections, its gate of claims, without a kernel.

For tests that need many reports of odd data; the real way through papermill is tested elsewhere.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from kernels_lib.analysis import report as report_module
from kernels_lib.production import build, gates
from kernels_lib.production.notebooks import read_report, tags, without_sections
from kernels_lib.study.results import MIME


def run_report(
    root: Path, kind: str, monkeypatch, study_name: str = "", *, run_all: bool = False, **subject: str
) -> dict[str, Any]:
    """Run one report and return its results, plus ``shown``: every text that a reader sees.

    `run_all` keeps every section, as *Run all* in JupyterLab does, whatever the data have.

    Raises whatever a cell raises; results that hold NaN or break a claim fail here.
    """
    planned = build.plan(build.Request(root=root, study_name=study_name))
    job = next(j for j in planned.jobs if j.kind == kind and (not subject or j.slug in subject.values()))
    notebook = read_report(root, job.report)
    if not run_all:
        notebook = without_sections(notebook, set(job.sections))
    shown: list[str] = []
    closed: list[dict[str, Any]] = []

    def display(bundle: dict[str, Any], **_: Any) -> None:
        shown.extend(_texts(bundle))
        closed.extend([bundle[MIME]] if MIME in bundle else [])

    monkeypatch.setattr(report_module, "display", display)
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
        if "parameters" in tags(cell):
            names.update(job.parameters)
    (found,) = closed
    assert "NaN" not in json.dumps(found)
    broken = gates.claims(gates.Delivery(notebook, found, {}, root, quoted=job.quoted))
    assert not broken, broken
    for text in shown:
        odd = re.search(r"(?<![\w/])(?:nan|NaN|inf)(?!\w)|>None<", re.sub(r'="[^"]*"', "", text))
        assert odd is None, (odd[0], text[:300])
    return {**found, "shown": re.sub(r"<[^>]+>", "", "\n".join(shown))}


def _texts(bundle: dict[str, Any]) -> list[str]:
    return [str(value) for kind, value in bundle.items() if kind in ("text/html", "text/markdown", "text/plain")]
