"""Engines agree: what a notebook shows does not depend on what ran it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from kernels_lib.errors import NotebookFailed
from kernels_lib.production import build, engines, runner
from kernels_lib.production.engines import template
from kernels_lib.production.limits import Limits
from tests.production.behaviours import BEHAVIOURS, CORE, WITH_FRONT_END, Behaviour

ROOT = Path(__file__).resolve().parent.parent.parent

# A child is how builds run reports: without papermill, forked from a template with all libraries.
WARM = ("child", "warm")
ALL = (*WARM, "kernel")

# (behaviour, way) -> what differs from a stock kernel, as docs/engines.md says.
DEVIATIONS: dict[tuple[str, str], str] = {
    ("a file opened over stdout", "child"): "what was written before it is lost",
    ("a file opened over stdout", "warm"): "what was written before it is lost",
    ("a killed kernel", "child"): "what its cells had shown since it was last saved is lost",
}

pytestmark = pytest.mark.skipif(not template.supported(), reason="only one engine where processes cannot be forked")


def ran(given: nbformat.NotebookNode, way: str, folder: Path, parameters: dict[str, Any]) -> dict[str, Any]:
    """The executed notebook and the message of its failure."""
    folder = folder / way
    folder.mkdir()
    if way == "child":
        return in_child(given, folder, parameters)
    # A stock kernel has no limits: what it shows there is what all others show within theirs.
    limits = Limits(network=True, memory_mb=0) if way == "stock" else Limits()
    kind = "stock" if way == "stock with limits" else way
    try:
        executed = engines.run(
            given, parameters, root=ROOT, folder=folder, name="x", subject="s", kind=kind, limits=limits
        )
    except NotebookFailed as failure:
        return {"notebook": failure.notebook, "failure": str(failure)}
    return {"notebook": executed, "failure": ""}


def in_child(given: nbformat.NotebookNode, folder: Path, parameters: dict[str, Any]) -> dict[str, Any]:
    environment = engines.kernel_environment(ROOT)
    child = template.shared(engines.PRELOAD, environment).fork(
        f"{__name__}:run_in_child",
        {"notebook": given, "folder": str(folder), "parameters": parameters},
        environment=environment,
    )
    try:
        return child.result()
    except template.ChildDied:
        identity = (folder / engines.RUNNING).read_text().strip()
        at = next(index for index, cell in enumerate(given.cells) if cell.id == identity)
        place = engines.place_of(given, at)
        return {"notebook": given, "failure": f"reports/x.ipynb: stopped for 's'{place}: the kernel died."}


def run_in_child(argument: dict[str, Any]) -> dict[str, Any]:
    """In a child of a template: as builds do."""
    from kernels_lib.production.engines.here import run_here

    given, folder = nbformat.from_dict(argument["notebook"]), Path(argument["folder"])
    try:
        executed = run_here(given, argument["parameters"], root=ROOT, folder=folder, name="x", subject="s")
    except NotebookFailed as failure:
        return {"notebook": failure.notebook, "failure": str(failure)}
    return {"notebook": executed, "failure": ""}


def seen(outcome: dict[str, Any]) -> dict[str, Any]:
    """What readers see of an executed notebook, without what no two runs share."""
    cells = [
        {"count": cell.get("execution_count"), "outputs": cell.get("outputs", []), "source": cell["source"]}
        for cell in outcome["notebook"]["cells"]
    ]
    text = json.dumps({"cells": cells, "failure": outcome["failure"]}, ensure_ascii=True, sort_keys=True)
    for pattern, mask in (
        (r"0x[0-9a-f]{8,16}", "0xADDRESS"),
        (r"ipykernel_[0-9]+", "ipykernel_PID"),
        (r"/[^\\\"' ]*?/(child|warm|kernel|auto|stock|stock with limits)/work\b", "FOLDER"),
    ):
        text = re.sub(pattern, mask, text)
    return json.loads(text)


def settled(found: dict[str, Any]) -> dict[str, Any]:
    """Without the order of stdout and stderr, which a real kernel sends apart, by a clock."""
    cells = []
    for cell in found["cells"]:
        outputs: list[dict[str, Any]] = []
        for streams, group in groupby(cell["outputs"], lambda output: output["output_type"] == "stream"):
            run = list(group)
            outputs += sorted_streams(run) if streams else run
        cells.append({**cell, "outputs": outputs})
    return {**found, "cells": cells}


def sorted_streams(outputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One output a stream, by name."""
    texts: dict[str, str] = {}
    for output in outputs:
        texts[output["name"]] = texts.get(output["name"], "") + output["text"]
    return [{"output_type": "stream", "name": name, "text": texts[name]} for name in sorted(texts)]


def without_order(found: dict[str, Any]) -> dict[str, Any]:
    """The lines of both streams of the whole notebook, sorted; all else where it stands."""
    streams = [each for cell in found["cells"] for each in cell["outputs"] if each["output_type"] == "stream"]
    cells = [
        {**cell, "outputs": [each for each in cell["outputs"] if each["output_type"] != "stream"]}
        for cell in found["cells"]
    ]
    lines = {each["name"]: sorted(each["text"].splitlines()) for each in sorted_streams(streams)}
    return {**found, "cells": cells, "lines": lines}


def assert_agree(
    name: str,
    given: nbformat.NotebookNode,
    ways: tuple[str, ...],
    folder: Path,
    *,
    look: Callable[[dict[str, Any]], dict[str, Any]] = settled,
    quits: bool = False,
    **parameters: Any,
):
    def shown(way: str) -> dict[str, Any]:
        found = look(seen(ran(given, way, folder, parameters)))
        # A real kernel that quits may be gone before its last answer was read: it is asked again.
        for _ in range(5 if quits and way not in WARM else 0):
            if "the kernel died" not in found["failure"]:
                break
            found = look(seen(ran(given, way, folder, parameters)))
        return found

    stock = shown("stock")
    for way in ways:
        found = shown(way)
        if (name, way) in DEVIATIONS:
            assert stock != found, f"{way}: no deviation any more; take it out here and in docs/engines.md"
        else:
            assert stock == found, way


def assert_behaves(behaviour: Behaviour, ways: tuple[str, ...], folder: Path):
    look = without_order if behaviour.any_order else settled
    assert_agree(behaviour.name, behaviour.notebook(), ways, folder, look=look, quits=behaviour.quits)


def test_a_real_kernel_that_quits_is_asked_again_and_ours_is_not(monkeypatch, tmp_path):
    died = {"cells": [], "failure": "reports/x.ipynb: stopped for 's' at cell 1: the kernel died."}
    answers = {"stock": [died, {"cells": [], "failure": ""}], "warm": [{"cells": [], "failure": ""}, died]}
    monkeypatch.setattr(f"{__name__}.ran", lambda given, way, folder, parameters: answers[way].pop(0))
    monkeypatch.setattr(f"{__name__}.seen", lambda outcome: outcome)

    assert_agree("it", None, ("warm",), tmp_path, quits=True)
    assert ([], [died]) == (answers["stock"], answers["warm"])
    answers |= {"stock": [{"cells": [], "failure": ""}]}
    with pytest.raises(AssertionError, match="warm"):
        assert_agree("it", None, ("warm",), tmp_path, quits=True)


# A stock kernel takes seconds to start, so that only a few are started among the quick tests.
QUICK = [pytest.param(each, marks=() if place % 4 == 0 else pytest.mark.slow) for place, each in enumerate(CORE)]


@pytest.mark.sample(2)
@pytest.mark.parametrize("behaviour", QUICK, ids=lambda behaviour: behaviour.name)
def test_warm_engines_show_what_a_stock_kernel_shows(behaviour: Behaviour, tmp_path):
    assert_behaves(behaviour, WARM, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", [each for each in BEHAVIOURS if each.any_order], ids=lambda each: each.name)
def test_warm_engines_show_output_of_subprocesses_in_its_cell_each_time(behaviour: Behaviour, tmp_path):
    """They wait for it when a cell ends, as a stock kernel does not."""
    in_child, in_process = (seen(ran(behaviour.notebook(), way, tmp_path, {})) for way in WARM)

    assert in_child == in_process


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
def test_every_engine_shows_what_a_stock_kernel_shows(behaviour: Behaviour, tmp_path):
    limited = ("stock with limits",) if behaviour.any_order else ()
    assert_behaves(behaviour, ("kernel",) if behaviour.core else (*ALL, *limited), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", WITH_FRONT_END, ids=lambda behaviour: behaviour.name)
def test_notebooks_that_need_a_front_end_get_a_real_kernel(behaviour: Behaviour, tmp_path):
    assert "kernel" == engines.choose(behaviour.notebook())
    assert_behaves(behaviour, ("kernel", "auto"), tmp_path)


@cache
def jobs() -> dict[str, Any]:
    """One job of every report."""
    return {job.report: job for job in reversed(build.plan(build.Request(root=ROOT)).jobs)}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("report", ["client", "industry", "methods", "study"])
def test_every_report_is_the_same_from_every_engine(report, tmp_path):
    job = jobs()[report]
    assert "warm" == engines.choose(runner.prepare(job))
    assert_agree(report, runner.prepare(job), ALL, tmp_path, **job.parameters)


def test_every_deviation_is_in_the_docs():
    told = (ROOT / "docs/engines.md").read_text(encoding="utf-8")
    assert not [what for what in DEVIATIONS.values() if what not in told]


def test_an_unknown_engine_is_refused_with_the_names_of_all():
    with pytest.raises(engines.UnknownName) as caught:
        engines.choose(v4.new_notebook(), "wram")

    assert "--engine: unknown engine 'wram'. Did you mean 'warm'? Known: auto, kernel, stock, warm." == str(
        caught.value
    )


def test_another_language_and_another_platform_get_papermill_s_own_engine(monkeypatch):
    other = v4.new_notebook(metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}})
    assert ["stock"] * 4 == [engines.choose(other, asked) for asked in engines.ENGINES]

    monkeypatch.setattr(template, "supported", lambda: False)
    assert ["stock"] * 4 == [engines.choose(v4.new_notebook(), asked) for asked in engines.ENGINES]
