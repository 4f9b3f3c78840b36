"""The reference is what the code says: the committed pages, and the lists that are written by hand."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import ast
import csv
import difflib
import io
import json
import re
import subprocess
import sys

import pytest
from typer.main import get_command

from kernels_lib import cli, errors, reference
from kernels_lib.production.publish.tidy import CODEBOOK, RULE, tables
from kernels_lib.reference import codebooks, description, failures, parameters
from kernels_lib.reference.models import rows
from kernels_lib.study.beside import Activity, Figures, Objectives, Pool, SelfAssessment
from kernels_lib.study.importing.mapping import Declaration
from kernels_lib.study.instrument import Instrument
from kernels_lib.study.params import ClientFile, IndustryFile, Parameters
from kernels_lib.study.results import FigureRecord, Results, Sentence, Table
from tests.conftest import ROOT, change

FOLDER = ROOT / reference.FOLDER
MADE = reference.pages(ROOT)


@pytest.mark.parametrize("name", MADE)
def test_the_committed_page_is_what_the_code_makes(name):
    path = FOLDER / name
    assert path.is_file(), "not there: run `make docs`"
    told = difflib.unified_diff(
        path.read_text(encoding="utf-8").splitlines(), MADE[name].splitlines(), lineterm="", n=0
    )
    assert not list(told), f"{name} is not what the code makes: run `make docs`"


def test_no_page_is_left_of_something_that_is_gone():
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.md")}
    assert set(MADE) == there, "run `make docs`"


def test_the_command_that_make_docs_runs_writes_the_pages_and_takes_away_old_ones(project):
    (project / "docs/reference/datasets").mkdir(parents=True)
    (project / "docs/reference/datasets/gone.md").write_text("old")

    done = subprocess.run([sys.executable, "-m", "kernels_lib.reference"], capture_output=True, text=True, cwd=ROOT)

    assert 0 == done.returncode, done.stderr
    assert "docs/reference/commands.md" in done.stdout
    written = {
        path.relative_to(project / "docs/reference").as_posix() for path in project.glob("docs/reference/**/*.md")
    }
    assert set(MADE) == written
    assert "$(BIN)/python -m kernels_lib.reference" in (ROOT / "Makefile").read_text()


# Commands


def verbs():
    for name, command in get_command(cli.app).commands.items():
        inner = getattr(command, "commands", {})
        yield from ((f"{name} {one}", found) for one, found in inner.items()) if inner else ((name, command),)


VERBS = dict(verbs())


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_is_there_with_its_options_and_an_example(name):
    command = VERBS[name]
    section = MADE["commands.md"].partition(f"\n## scorecard {name}\n")[2].partition("\n## ")[0]
    assert section
    for option in command.params:
        assert option.help, f"{option.name} of {name} has no help"
        for spelt in option.opts if option.param_type_name == "option" else [option.metavar]:
            assert f"`{spelt}" in section or f"{spelt}," in section or f", {spelt}" in section
    example = re.search(r"^Example: `(scorecard [^`]+)`$", section, re.M)
    assert example and example[1].startswith(f"scorecard {name}")


def test_no_help_shows_a_type_where_a_word_would_do():
    # typer writes <str> where an option has no word of its own.
    for name, command in VERBS.items():
        for option in command.params:
            if option.param_type_name == "option" and not option.is_flag:
                assert option.metavar, f"{option.opts[0]} of {name}"
            assert "[" not in (option.metavar or ""), f"{option.name} of {name}: usage would show brackets twice"


# Keys of files

MODELS = (
    Parameters, IndustryFile, ClientFile, Instrument, Figures, Pool, SelfAssessment, Objectives, Activity, Declaration,
    Table, FigureRecord, Sentence,
)  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_has_a_meaning_and_a_type(model):
    found = rows(model)
    assert len(found) >= len(model.model_fields)
    assert [] == [row.key for row in found if not row.meaning or row.type == "anything"]


def test_every_key_of_the_results_has_a_meaning():
    assert [] == [row.key for row in rows(Results, deep=False) if not row.meaning]


def test_a_parameter_s_row_says_default_bounds_place_and_cost():
    lines = {line.split("|")[1].strip(): line for line in parameters.page().splitlines() if line.startswith("| `")}
    assert "| number | `0.05` | above 0, below 0.5 | all | the reports |" in lines["`alpha`"]
    assert '`["html", "slides"]`' in lines["`formats`"]
    assert "| study, `--set` | the reports |" in lines["`seed`"]
    assert "| client, clients.csv | documents only |" in lines["`commentary.summary`"]
    assert "documents only" in lines["`colours.primary`"]


# datapackage.json

READERS = {
    "study/datasets.py": ("read_dataset", "_check_texts", "_resource", "_claim"),
    "study/importing/writing.py": ("make_again",),
}


def keys_read() -> set[str]:
    """Texts that the reading functions look up in the parts of a description."""
    found = set()
    for path, functions in READERS.items():
        tree = ast.parse((ROOT / "kernels_lib" / path).read_text(encoding="utf-8"))
        seen = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in functions]
        assert len(functions) == len(seen)
        for node in (inner for function in seen for inner in ast.walk(function)):
            looked = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
                looked = node.args[0]
            elif isinstance(node, ast.Subscript):
                looked = node.slice
            if isinstance(looked, ast.Constant) and isinstance(looked.value, str):
                found.add(looked.value)
            if isinstance(node, ast.Set) and all(isinstance(one, ast.Constant) for one in node.elts):
                found |= {one.value for one in node.elts}
    return found


def test_every_key_that_is_read_of_a_description_is_described_and_no_other():
    parts = (
        description.PACKAGE, description.OWN, description.RESOURCE, description.RESOURCE_OWN, description.CLAIM,
        description.IMPORT,
    )  # fmt: skip
    assert keys_read() == {key.name for part in parts for key in part}


def test_every_role_of_the_datasets_is_described():
    for path in ROOT.glob("datasets/*/datapackage.json"):
        for resource in json.loads(path.read_text(encoding="utf-8"))["resources"]:
            assert resource["scorecard"]["role"] in description.ROLES


# Errors, tables, codebooks


def test_every_error_class_is_listed_with_its_exit_code():
    known = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.ScorecardError)}
    assert known == set(failures.classes())
    for one in known:
        assert re.search(rf"\| `{one.__name__}` \| .+ \| {one.exit_code} \|", MADE["errors.md"])
        assert one.exit_code in failures.EXIT_CODES


def test_every_column_of_the_tidy_tables_is_on_the_page():
    whose = dict.fromkeys(("study", "wave", "report", "subject"), "")
    book = tables({**whose, "numbers": {}, **dict.fromkeys(("criteria", "brands", "industries", "tests"), ())})
    listed = list(csv.DictReader(io.StringIO(book[f"{CODEBOOK}.csv"].decode())))
    assert len(listed) > 60
    rules = [row for row in listed if row["table"] == "*"]
    assert [RULE] == [row["meaning"] for row in rules]
    assert RULE in MADE["files.md"]
    for row in (row for row in listed if row["table"] != "*"):
        section = MADE["files.md"].partition(f"### {row['table']}.csv")[2].partition("\n#")[0]
        shared = MADE["files.md"].partition("begins with these columns:")[2].partition("\n#")[0]
        assert f"| `{row['column']}` | {row['label']} |" in section + shared


def test_a_codebook_follows_the_data(project):
    before = codebooks.page(project, "wine")
    assert (
        "| `bitterness` | From 1, least bitter, to 5, most bitter. | integer | points | 1 to 5, needed | 0 |" in before
    )
    # 210 points / 72 ratings = 2.92
    assert "1 to 5, mean 2.92, 5 different values" in before

    change(project / "datasets/wine/ratings.csv", "Bottle 1,cold,no,Judge 1,2", "Bottle 1,cold,no,Judge 1,")

    # 208 / 71 = 2.93
    assert "| 1 | 1 to 5, mean 2.93, 5 different values |" in codebooks.page(project, "wine")


def test_a_codebook_names_source_licence_basis_and_notice():
    for name in codebooks.names(ROOT):
        page = MADE[f"datasets/{name}.md"]
        assert "| Source |" in page and "| Licence |" in page and "Basis: `" in page
    assert "*Brand-level scores are a reconstruction" in MADE["datasets/altimeter-2010.md"]
