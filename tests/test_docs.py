"""The pages of docs/: commands parse, files are right, links lead somewhere, what is shown is what happens."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import re
import shutil

import pytest
import typer
from typer.main import get_command

from kernels_lib.cli import app
from kernels_lib.errors import ScorecardError
from kernels_lib.production.browser import missing_for_browser
from kernels_lib.study.beside import Figures
from kernels_lib.study.clients_file import read_clients
from kernels_lib.study.importing.mapping import Declaration
from kernels_lib.study.instrument import Instrument
from kernels_lib.study.params import ClientFile, Parameters
from kernels_lib.study.validation import ANY, check_model
from kernels_lib.study.yamlfile import read_yaml
from tests.documented import DOCS, ROOT, File, Session, matches, parts, scorecards, steps

PAGES = {path.relative_to(ROOT).as_posix(): path for path in sorted(DOCS.rglob("*.md"))}
FRONT = {name: ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")}
HOW_TO = {path.stem: path for path in sorted((DOCS / "how-to").glob("*.md"))}
SHOWN = {f"{name}, {one.path}": one for name, page in HOW_TO.items() for one in parts(page) if isinstance(one, File)}

# The file that a page shows, by its name, and the model that it has to fit.
MODELS = (
    (r"params/clients/.+\.yaml", ClientFile),
    (r"params/studies/.+/study\.yaml", Parameters),
    (r"datasets/.+/beside/.+\.yaml", Figures),
    (r"mapping\.yaml", Declaration),
)


# Commands


COMMAND = get_command(app)


def the_verb(words: list[str]):
    """The command that words name, and the words behind it."""
    command, rest = COMMAND, list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    return command, rest


@pytest.mark.parametrize("name", {**PAGES, **FRONT})
def test_every_command_on_a_page_has_a_verb_and_options_that_exist(name):
    for where, words in scorecards({**PAGES, **FRONT}[name]):
        command, rest = the_verb(words)
        known = {spelt for option in command.params for spelt in option.opts} | {"--help"}
        assert words[0].startswith("-") or words[0] == "VERB" or not hasattr(command, "commands"), f"{where}: {words}"
        assert [] == [word for word in rest if re.match(r"--?[a-z]", word) and word not in known], f"{where}: {words}"


@pytest.mark.parametrize("name", ["tutorial", *HOW_TO])
def test_every_command_of_a_block_parses_whole(name):
    page = HOW_TO.get(name, DOCS / "tutorial.md")
    for step in steps(page):
        if not step.command.startswith("scorecard ") or "--install-completion" in step.command:
            continue
        words = next(words for where, words in scorecards(page) if where == step.where)
        command, rest = the_verb(words)
        try:
            command.make_context(words[0], rest)
        except typer.TyperException as error:
            pytest.fail(f"{step.where}: {error.format_message()}")


def test_each_verb_has_a_page_that_shows_it():
    shown = {words[0] for page in HOW_TO.values() for _, words in scorecards(page) if words}
    assert set(COMMAND.commands) <= shown


# Files


@pytest.mark.parametrize("name", [name for name, file in SHOWN.items() if file.path.endswith(".yaml")])
def test_a_file_that_a_page_shows_is_right_or_is_refused_where_the_page_says_so(name, tmp_path):
    file = SHOWN[name]
    model = next(model for pattern, model in MODELS if re.fullmatch(pattern, file.path))
    path = tmp_path / "shown.yaml"
    path.write_text(file.text, encoding="utf-8")
    try:
        check_model(model, read_yaml(path, file.path), language=ANY)
        refused = False
    except ScorecardError:
        refused = True
    # What is wrong with figures is told by their instruments, when they are built.
    assert refused == (file.wrong and model is not Figures), file.where


@pytest.mark.parametrize("name", ["params/clients.csv", "tutorial"])
def test_a_table_of_clients_that_is_shown_can_be_read(name, tmp_path):
    text = (DOCS / "tutorial/clients.csv").read_text()
    if name != "tutorial":
        (text,) = [file.text for file in SHOWN.values() if file.path == name]
    (tmp_path / "params").mkdir()
    (tmp_path / "params/clients.csv").write_text(text)
    assert text.count("\n") - 1 == len(read_clients(tmp_path, ""))


def test_the_tutorial_s_own_files_are_right():
    for name, model in (("instrument", Instrument), ("study", Parameters)):
        check_model(model, read_yaml(DOCS / f"tutorial/{name}.yaml", name), language=ANY)


# Links


@pytest.mark.parametrize("name", {**PAGES, **FRONT})
def test_every_link_leads_to_a_file_and_a_heading(name):
    page = {**PAGES, **FRONT}[name]
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, heading = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{name}: {target}"
        if heading:
            titles = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.M)
            assert heading in {re.sub(r"[^\w\- ]", "", title.casefold()).replace(" ", "-") for title in titles}, target


def test_the_index_names_every_page():
    linked = {(DOCS / target).resolve() for target in re.findall(r"\]\(([^)#]+)\)", (DOCS / "README.md").read_text())}
    assert set(PAGES.values()) - {DOCS / "README.md"} <= linked


# What they show


def test_output_that_is_left_out_matches_and_output_that_differs_does_not():
    assert matches(("a (... s)", "...", "d"), "a (0.3 s)\nb\nc\nd\n")
    assert not matches(("a", "d"), "a\nb\nd\n")
    assert not matches((), "something\n")


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", HOW_TO)
def test_a_page_s_commands_print_what_it_shows(name, project, monkeypatch):
    lacking = missing_for_browser()
    if name == "deliver" and lacking:
        pytest.skip(lacking)
    shutil.copytree(DOCS / "tutorial", project / "docs/tutorial")
    session = Session(project, monkeypatch)
    for part in parts(HOW_TO[name]):
        if isinstance(part, File):
            session.put(part)
        elif "not run" not in part.comment:
            session.follow(part)
