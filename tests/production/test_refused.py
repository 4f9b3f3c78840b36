"""Parameters that could become code, and ways that leave the project: each is refused, with its place."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from nbformat import v4

from kernels_lib.errors import BadData, BadParameters, ScorecardError, UnknownName
from kernels_lib.production import build, engines
from kernels_lib.production.notebooks import check_parameters, declared_parameters
from kernels_lib.study import open_study

NO_NAMES = (
    "a; import os", "class", "__builtins__", "__import__", "print", "a b", "a\nb", "a=1\nimport os", "", "1a", "a-b",
    "None", "lambda", "x.y", "a\u202e", "é\n",
)  # fmt: skip


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_name_that_is_none_never_reaches_a_cell(name):
    with pytest.raises(UnknownName, match="unknown parameter"):
        check_parameters({"client": "str"}, {name: "x"}, "reports/x.ipynb")
    given = v4.new_notebook(cells=[v4.new_code_cell("x = 1", metadata={"tags": ["parameters"]})])
    with pytest.raises(BadParameters, match="cannot name a parameter"):
        engines.with_parameters(given, {name: "x"})


@pytest.mark.parametrize("name", ["print", "__builtins__", "__name__", "id"])
def test_a_notebook_may_not_declare_what_python_itself_uses(name):
    given = v4.new_notebook(cells=[v4.new_code_cell(f"{name} = 'x'", metadata={"tags": ["parameters"]})])
    with pytest.raises(BadParameters, match=f"'{name}' cannot name a parameter"):
        declared_parameters(given, "reports/x.ipynb")


class Text(str):
    def __repr__(self):
        return "__import__('os').abort()"


NO_VALUES = (
    np.int64(3), np.float64(0.5), np.str_("x"), (1, 2), [1], {"a": 1}, {1}, Path("x"), float("nan"), float("inf"),
    -float("inf"), b"x", dt.date(2026, 1, 5), Decimal("1"), 1j, print, Text("x"),
)  # fmt: skip


@pytest.mark.parametrize("value", NO_VALUES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("kind", ["", "float"])
def test_only_plain_scalars_are_written_into_a_cell(value, kind):
    with pytest.raises(BadParameters, match="parameter 'x' is "):
        check_parameters({"x": kind}, {"x": value}, "reports/x.ipynb")


@pytest.mark.parametrize(
    "text", ['"""\n__import__(\'os\').abort()', '"; raise SystemExit #', "\\", "\n", "\x00é", "{x}"]
)
def test_a_text_is_the_same_text_again_in_the_cell(text):
    given = v4.new_notebook(cells=[v4.new_code_cell("x: str = 'y'", metadata={"tags": ["parameters"]})])
    made = engines.with_parameters(given, {"x": text})
    found = {}
    exec(made.cells[1].source, found)
    assert text == found["x"]


# Ways out of the project

WAYS_OUT = ("../../x", "..", ".", "/etc", "attitude/../../..", "attitude/.", "attitude\\..", "~root", "a\nb")


@pytest.mark.parametrize("name", WAYS_OUT)
def test_a_study_is_a_name_and_no_way(root, name):
    with pytest.raises(UnknownName, match="unknown study"):
        open_study(name, root=root)
    with pytest.raises(UnknownName, match="unknown study"):
        build.plan(build.Request(root=root, study_name=name))


@pytest.mark.parametrize("name", [*WAYS_OUT, "CON", "-rf", "brand-07/../brand-08"])
def test_a_client_is_a_name_and_no_way(root, name):
    with pytest.raises(UnknownName, match="unknown client"):
        build.plan(build.Request(root=root, clients=(name,)))


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", ["../x", "CON ", "a b", "Brand", "x" * 41, "-a", "a-"])
def test_a_clients_file_has_a_name_that_a_folder_can_have(project, name):
    (project / "params/clients" / f"{name.replace('/', '_')}.yaml").write_text("brand: Brand 01\n")
    with pytest.raises(BadParameters, match="cannot name a folder of the site"):
        build.plan(build.Request(root=project))


@pytest.mark.sample(3)
@pytest.mark.parametrize("key", ["logo", "type.headings"])
@pytest.mark.parametrize("way", ["../secret{}", "/etc/passwd{}", "clients/../../secret{}", "out{}"])
def test_a_picture_or_a_font_lies_below_the_parameters(project, tmp_path, key, way):
    ending = ".svg" if key == "logo" else ".woff2"
    for place in (project, tmp_path):
        (place / f"secret{ending}").write_bytes(b"wOF2<svg/>")
    # A link below params/ that leads out of it.
    (project / f"params/out{ending}").symlink_to(tmp_path / f"secret{ending}")
    with pytest.raises(BadParameters, match="no file below params"):
        build.plan(build.Request(root=project, clients=("brand-07",), overrides=(f"{key}={way.format(ending)}",)))


@pytest.mark.parametrize("way", ["../attitude/scores.csv", "/etc/passwd", "out.csv", "."])
def test_a_datasets_files_lie_in_its_folder(project, tmp_path, way):
    folder = project / "datasets/attitude"
    shutil.copy(folder / "scores.csv", tmp_path / "outside.csv")
    (folder / "out.csv").symlink_to(tmp_path / "outside.csv")
    package = json.loads((folder / "datapackage.json").read_text())
    package["resources"][0]["path"] = way
    (folder / "datapackage.json").write_text(json.dumps(package))
    if way.startswith("../attitude"):
        # Inside, though by a detour.
        open_study("attitude", root=project)
        return
    with pytest.raises(BadData, match=r"leaves the dataset's folder|described but not there"):
        open_study("attitude", root=project)


def linked(project, tmp_path, name):
    """A file or folder of the project moved out of it, a link in its place."""
    outside = tmp_path / "outside" / name
    outside.parent.mkdir(parents=True)
    shutil.move(project / name, outside)
    (project / name).symlink_to(outside, target_is_directory=outside.is_dir())


LINKS = (
    "datasets/attitude", "datasets/attitude/datapackage.json", "params/instruments/attitude.yaml",
    "params/studies/attitude/study.yaml", "params/studies/attitude",
)  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
def test_a_link_that_leaves_the_project_is_refused(project, tmp_path, name):
    linked(project, tmp_path, name)
    with pytest.raises(ScorecardError, match=r"is a link that leaves (params|datasets)/"):
        open_study("attitude", root=project)


def test_a_clients_file_that_is_a_link_out_of_the_project_is_refused(project, tmp_path):
    linked(project, tmp_path, "params/clients/brand-07.yaml")
    with pytest.raises(BadParameters, match=r"clients/brand-07.yaml: is a link that leaves params/"):
        open_study(client="brand-07", root=project)


def test_a_folder_whose_name_only_begins_like_the_project_is_outside(tmp_path):
    from kernels_lib.paths import inside

    # /srv/data-secret is not in /srv/data
    assert not inside(tmp_path / "data-secret" / "x", tmp_path / "data")
    assert inside(tmp_path / "data" / "x", tmp_path / "data")
