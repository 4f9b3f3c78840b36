"""First cells that are the same for every client run once, with the same outputs as when each runs its own."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels_lib.production import build, sharing

CLIENTS = tuple(f"brand-{number:02d}" for number in (7, 8, 9, 10))


@pytest.mark.parametrize(
    ("cells", "count"),
    [
        (["import math", "x = math.pi", "print(client)", "y = 1"], 2),
        (["def f():\n    return client", "1"], 0),
        (["print(f'{client}')", "1"], 0),
        (["frame.query('brand == @client')", "1"], 0),
        (["x = 1", "%matplotlib inline", "y = 1"], 1),
        (["x = 1", "!ls", "y = 1"], 1),
        (["x = 1", "print(_)", "y = 1"], 1),
        (["x = 1", "Out[1]", "y = 1"], 1),
        (["x = 1", "globals()['cli' + 'ent']", "y = 1"], 1),
        (["import client", "1"], 0),
        (["class client: pass", "1"], 0),
        (["global client", "1"], 0),
        (["import random; random.random()", "1"], 0),
        (["import numpy as np", "np.random.normal()"], 1),
        (["from os import path as client", "1"], 0),
        ([], 0),
    ],
)
def test_cells_are_shared_up_to_the_first_that_could_look_at_what_differs(cells, count):
    assert count == sharing.shareable(cells, {"client"})


@given(st.lists(st.sampled_from(["a = 1", "b = 2", "print(client)", "import os"]), max_size=8))
def test_whatever_is_shared_names_nothing_that_differs(cells):
    count = sharing.shareable(cells, {"client"})
    assert not any("client" in cell for cell in cells[:count])
    assert count == len(cells) or "client" in cells[count]


def with_cells(project, *sources):
    """The client notebook with further cells before the one that opens the study."""
    path = project / "reports/client.ipynb"
    notebook = json.loads(path.read_text())
    place = next(i for i, cell in enumerate(notebook["cells"]) if cell.get("id") == "open")
    for number, source in enumerate(sources):
        cell = {"cell_type": "code", "id": f"more-{number}", "metadata": {"tags": ["remove-cell"]}, "outputs": [],
                "execution_count": None, "source": source}  # fmt: skip
        notebook["cells"].insert(place + number, cell)
    path.write_text(json.dumps(notebook))


def built(project, **more):
    summary = build.run(build.plan(build.Request(root=project, clients=CLIENTS, force=True, **more)))
    assert not summary.failed, summary.failed[0].error
    folders = (project / "build/site/clients", project / "build/notebooks/client")
    return {p.relative_to(project).as_posix(): p.read_bytes() for f in folders for p in f.rglob("*.*")}, summary.notes


@pytest.mark.slow
def test_a_costly_first_cell_runs_once_and_every_output_stays_the_same(project):
    log = project / "log.txt"
    with_cells(project, f"with open({str(log)!r}, 'a') as f: f.write('x')\nsum(range(9))", "total = 36")
    apart, notes = built(project)
    assert ((), len(CLIENTS)) == (notes, len(log.read_text()))
    log.unlink()
    shared, notes = built(project, share_cells=True)
    assert () == notes
    assert apart == shared
    # Once in the template, once in each of two clients that are run both ways: not once a client.
    assert 1 + sharing.SAMPLE == len(log.read_text())


@pytest.mark.slow
def test_cells_that_give_something_else_each_time_are_not_shared_and_the_build_says_so(project):
    with_cells(project, "import os; print(os.getpid())")
    # That such a cell cannot be published either is another matter.
    summary = build.run(build.plan(build.Request(root=project, clients=CLIENTS, share_cells=True)))
    assert 1 == len(summary.notes)
    assert "no cells are shared: a client's outputs were not the same" in summary.notes[0]


@pytest.mark.slow
def test_a_notebook_whose_first_cell_needs_the_client_shares_nothing_and_the_build_says_so(project):
    path = project / "reports/client.ipynb"
    text = path.read_text()
    first = json.loads(text)["cells"][2]["source"][0]
    path.write_text(text.replace(json.dumps(first), json.dumps(f"client\n{first}"), 1))
    _, notes = built(project, share_cells=True)
    assert ("no cells are shared: the notebooks' first cells depend on the client.",) == notes
