"""The shape of the project: layers, notebooks, what stands in which file."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "kernels_lib").rglob("*.py"))

# A room may import those to its right.
LAYERS = {
    "kernels_lib.study": {
        "kernels_lib.study", "kernels_lib.keep", "kernels_lib.errors", "kernels_lib.paths", "kernels_lib",
    },
    "kernels_lib.analysis": {
        "kernels_lib.analysis", "kernels_lib.study", "kernels_lib.store", "kernels_lib.keep", "kernels_lib.errors",
        "kernels_lib.paths", "kernels_lib.templating", "kernels_lib",
    },
    "kernels_lib.production": {
        "kernels_lib.production", "kernels_lib.study", "kernels_lib.keep", "kernels_lib.errors", "kernels_lib.paths",
        "kernels_lib.templating", "kernels_lib",
    },
}  # fmt: skip


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_imports_only_what_its_layer_allows(path):
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    room = next((room for room in LAYERS if module == room or module.startswith(room + ".")), None)
    if room is None:
        return
    own = {name for name in imports(path) if name == "kernels_lib" or name.startswith("kernels_lib.")}
    allowed = LAYERS[room]
    wrong = {n for n in own if not any(n == a or (a != "kernels_lib" and n.startswith(a + ".")) for a in allowed)}
    assert not wrong


@pytest.mark.parametrize("module", ["kernels_lib.cli", "kernels_lib.production.build", "kernels_lib.study.roster"])
@pytest.mark.sample(3)
def test_the_command_starts_without_the_heavy_libraries(module):
    heavy = ("pandas", "numpy", "scipy", "statsmodels", "plotly", "papermill")
    code = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


def test_conda_users_get_the_same_dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = set(project["dependencies"]).union(*project["optional-dependencies"].values())
    lines = re.findall(r"^  - ([^:\n]+)$", (ROOT / "environment.yml").read_text(), re.M)
    found = {line.strip() for line in lines} - {"conda-forge", "pip", "python>=3.11"}
    assert wanted == found


def test_the_lock_is_pinned_by_hash_and_names_no_host():
    lock = (ROOT / "requirements.lock").read_text()
    assert "http:" not in lock
    assert "https:" not in lock
    assert "index-url" not in lock
    pins = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pins) > 100
    assert all("==" in line and line.endswith("\\") for line in pins)
    locked = {re.split(r"[=\[ ;]", line)[0].lower().replace("_", "-") for line in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        assert re.split(r"[>=<\[ ]", requirement)[0].lower().replace(".", "-") in {
            name.replace(".", "-") for name in locked
        }


NOTEBOOKS = sorted((ROOT / "reports").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_without_outputs_and_hold_no_logic(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    tagged = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    assert 1 == len(tagged)
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        assert [] == cell["outputs"]
        assert cell["execution_count"] is None
        tree = ast.parse("".join(cell["source"]))
        logic = (ast.FunctionDef, ast.For, ast.While, ast.If, ast.Try, ast.ClassDef, ast.Lambda)
        assert not [node for node in ast.walk(tree) if isinstance(node, logic)]
    for node in ast.parse("".join(tagged[0]["source"])).body:
        assert isinstance(node, ast.AnnAssign), "every parameter has a type"
        assert node.value is not None, "every parameter has a default"


def test_the_four_reports_are_there():
    assert {"study", "industry", "client", "methods"} <= {path.stem for path in NOTEBOOKS}


def test_no_file_names_this_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    # Written apart, so that this file does not name them either.
    words = ["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", "../sha" + "red", "pypi." + "org", "files.python" + "hosted"]
    for name in tracked.stdout.splitlines():
        path = ROOT / name
        if not path.is_file() or "assets" in path.parts or path.suffix in (".png", ".jpg"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not [word for word in words if word in text], name


def test_every_test_that_the_readme_names_is_there():
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("which test proves it")[2].partition("\n## ")[0]
    named = re.findall(r"`(tests/[^`]+)`", table)

    assert len(named) > 8
    assert [] == [name for name in named if not (ROOT / name).exists()]
