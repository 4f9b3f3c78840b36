"""Engines agree: what a notebook shows does not depend on what ran it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from kernels_lib.errors import NotebookFailed
from kernels_lib.production import engines
from kernels_lib.production.engines import template
from tests.production.behaviours import BEHAVIOURS, TAGS, WITH_FRONT_END

ROOT = Path(__file__).resolve().parent.parent.parent
SPEC = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

# Beside the engines: the way builds run a report, without papermill, in a child forked for it.
WAYS = ("warm", "child", "kernel")

pytestmark = pytest.mark.skipif(not template.supported(), reason="only one engine where processes cannot be forked")


# (behaviour, way) -> what differs from a stock kernel, as docs/engines.md says.
DEVIATIONS: dict[tuple[str, str], str] = {}


def notebook(name: str) -> nbformat.NotebookNode:
    made = v4.new_notebook(metadata=SPEC)
    for number, source in enumerate({**BEHAVIOURS, **WITH_FRONT_END}[name]):
        made.cells.append(v4.new_code_cell(source, id=f"c{number}"))
        if (name, number) in TAGS:
            made.cells[-1].metadata["tags"] = TAGS[name, number]
    return made


def run_in_child(argument: dict[str, Any]) -> dict[str, Any]:
    """In a child of a template: as builds do."""
    from kernels_lib.production.engines.here import run_here

    given = nbformat.from_dict(argument["notebook"])
    try:
        executed = run_here(given, {}, root=ROOT, folder=Path(argument["folder"]), name="x", subject="s")
    except NotebookFailed as failure:
        return {"notebook": failure.notebook, "failure": str(failure)}
    return {"notebook": executed, "failure": ""}


def ran(given: nbformat.NotebookNode, way: str, folder: Path) -> dict[str, Any]:
    """The executed notebook and the message of its failure."""
    if way == "child":
        return in_child(given, folder)
    try:
        executed = engines.run(given, {}, root=ROOT, folder=folder, name="x", subject="s", kind=way)
    except NotebookFailed as failure:
        return {"notebook": failure.notebook, "failure": str(failure)}
    return {"notebook": executed, "failure": ""}


def in_child(given: nbformat.NotebookNode, folder: Path) -> dict[str, Any]:
    engines.prepare_process()
    environment = engines.kernel_environment(ROOT)
    child = template.shared(engines.PRELOAD, environment).fork(
        f"{__name__}:run_in_child", {"notebook": given, "folder": str(folder)}, environment=environment
    )
    try:
        return child.result()
    except template.ChildDied:
        return {"notebook": given, "failure": "reports/x.ipynb: stopped for 's': the kernel died."}


def seen(outcome: dict[str, Any]) -> dict[str, Any]:
    """What readers see of an executed notebook, without what no two runs share."""
    cells = [
        {"count": cell.get("execution_count"), "outputs": cell.get("outputs", []), "source": cell["source"]}
        for cell in outcome["notebook"]["cells"]
    ]
    text = json.dumps({"cells": cells, "failure": outcome["failure"]}, ensure_ascii=True, sort_keys=True)
    return json.loads(masked(text))


def masked(text: str) -> str:
    for pattern, mask in (
        (r"0x[0-9a-f]{8,16}", "0xADDRESS"),
        (r"ipykernel_[0-9]+", "ipykernel_PID"),
        (r"Process ForkPoolWorker-\d+", "Process ForkPoolWorker"),
        (r"/tmp/[^\\\"' ]*?/work\b", "FOLDER"),
    ):
        text = re.sub(pattern, mask, text)
    return text


@cache
def stock(name: str) -> dict[str, Any]:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(dir="/tmp") as folder:
        return seen(ran(notebook(name), "stock", Path(folder)))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [*BEHAVIOURS])
def test_an_engine_shows_what_a_stock_kernel_shows(name, way, tmp_path):
    found = seen(ran(notebook(name), way, tmp_path))

    if (name, way) in DEVIATIONS:
        assert stock(name) != found, "no deviation any more: take it out here and in docs/engines.md"
    else:
        assert stock(name) == found
