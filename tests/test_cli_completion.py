"""What a shell offers when Tab is pressed."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kernels_lib.cli import app
from tests.conftest import ROOT


def offered(project, *words):
    """What bash is offered for the last of the words."""
    environment = {
        **os.environ,
        "SCORECARD_ROOT": str(project),
        "_SCORECARD_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(("scorecard", *words)),
        "COMP_CWORD": str(len(words)),
    }
    code = "from kernels_lib.cli.app import app; import kernels_lib.cli; app(prog_name='scorecard')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=ROOT)
    return done.stdout.split()


ASKED = {
    "a client": (("build", "brand-0"), [f"brand-0{n}" for n in range(1, 10)]),
    "not one that is named already": (("build", "brand-07", "brand-07"), []),
    "an industry": (("build", "--industry", "re"), ["retail"]),
    "a study": (("check", "--study", "at"), ["attitude"]),
    "a client of another study": (("params", "--study", "wine", "bottle-8"), ["bottle-8"]),
    "the other client of a diff": (("params", "brand-07", "--diff", "brand-19"), ["brand-19"]),
    "a client to deliver": (("deliver", "brand-30"), ["brand-30"]),
    "a dataset": (("new", "study", "x", "--dataset", "att"), ["attitude"]),
    "an instrument": (("new", "study", "x", "--instrument", "fa"), ["facebook_page"]),
    "a verb": (("del",), ["deliver"]),
}


@pytest.mark.sample(4)
@pytest.mark.parametrize("name", ASKED)
def test_tab_offers(name):
    words, expected = ASKED[name]
    assert expected == offered(ROOT, *words)


def test_a_project_that_cannot_be_read_offers_nothing(project):
    (project / "params/study.yaml").write_text("a: [")
    assert [] == offered(project, "build", "brand-0")


def test_completion_imports_nothing_heavy():
    code = (
        "import sys, typer; from types import SimpleNamespace; from kernels_lib.cli import completing;"
        "found = completing.clients(SimpleNamespace(params={}), 'brand-0');"
        "print(len(found), [m for m in ('pandas', 'numpy', 'plotly', 'duckdb', 'frictionless') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert "9 []" == done.stdout.strip()


def test_every_argument_that_names_a_client_completes():
    from typer.main import get_command

    group = get_command(app)
    for name, command in group.commands.items():
        for parameter in getattr(command, "params", []):
            if "CLIENT" in (parameter.metavar or ""):
                assert parameter._custom_shell_complete is not None, name
