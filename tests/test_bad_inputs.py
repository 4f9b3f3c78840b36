"""Bad input gets one message that helps, the right exit code, and costs nothing of what was built before."""

from __future__ import annotations

import ast
import json
import os
import random
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kernels_lib import cli
from tests.conftest import copy_project

CORPUS = Path(__file__).parent / "bad_inputs"
KINDS = CORPUS / "groups.yaml"
RUNS = ("build", "deliver")


def cases() -> list[dict[str, Any]]:
    found = []
    for path in sorted(set(CORPUS.glob("*.yaml")) - {KINDS}):
        found += [{**case, "file": path.stem} for case in YAML(typ="safe", pure=True).load(path.read_text("utf-8"))]
    return found


def as_parameter(case: dict[str, Any], place: int) -> Any:
    # Who gets as far as running a notebook takes seconds; of the others each third is among the quick tests.
    slow = case.get("runs", False) or place % 3
    return pytest.param(case, id=f"{case['group']}: {case['case']}", marks=pytest.mark.slow if slow else ())


CASES = cases()


@pytest.fixture(scope="module")
def pristine(tmp_path_factory) -> Path:
    """A project with something built; every case gets a copy whose files are links to it."""
    folder = copy_project(tmp_path_factory.mktemp("bad") / "project")
    for name in ("site/clients/brand-07", "site/clients/brand-08", "results/clients"):
        (folder / "build" / name).mkdir(parents=True)
    for name in ("site/index.html", "site/clients/brand-07/report.html", "site/clients/brand-08/report.html"):
        (folder / "build" / name).write_text(f"built before: {name}")
    (folder / "build/site/manifest.json").write_text('{"entries": {}}')
    return folder


@pytest.fixture
def broken(pristine, tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(pristine, folder, copy_function=os.link)
    monkeypatch.setenv("SCORECARD_ROOT", str(folder))
    monkeypatch.chdir(folder)
    return folder


def put(project: Path, case: dict[str, Any]) -> None:
    """What the case changes; links are cut first, so that no other case sees it."""
    for name in [*case.get("remove", ()), *case.get("write", ()), *case.get("mkdir", ()), *case.get("link", ())]:
        path = project / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
    for name, content in case.get("write", {}).items():
        (project / name).write_bytes(as_bytes(content))
    for name in case.get("mkdir", ()):
        (project / name).mkdir()
    for name, target in case.get("link", {}).items():
        (project / name).symlink_to(target)
    for name, (before, after) in case.get("replace", {}).items():
        text = (project / name).read_text(encoding="utf-8")
        assert before in text, f"{name} no longer holds {before!r}"
        (project / name).unlink()
        (project / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    for name, (place, source) in case.get("cell", {}).items():
        notebook = json.loads((project / name).read_text(encoding="utf-8"))
        planted = {"cell_type": "code", "id": "planted", "metadata": {}, "execution_count": None, "outputs": []}
        notebook["cells"].insert(place, {**planted, "source": source})
        (project / name).unlink()
        (project / name).write_text(json.dumps(notebook), encoding="utf-8")


def as_bytes(content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode("utf-8")
    if "hex" in content:
        return bytes.fromhex(content["hex"])
    text, times = content["repeat"]
    return text.encode("utf-8") * times + content.get("then", "").encode("utf-8")


def built(project: Path) -> dict[str, str]:
    """Every byte of what was published before."""
    site = project / "build/site"
    return {
        path.relative_to(site).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def run(words: list[str], monkeypatch, capsys) -> tuple[int, str]:
    """The command in this process; its code, and all that it said."""
    monkeypatch.setattr(sys, "argv", ["scorecard", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    return ended.value.code or 0, f"{said.err}\n{said.out}"


def hold(case: dict[str, Any], code: int, said: str) -> None:
    assert case["code"] == code, said
    assert "Traceback" not in said
    missing = [words for words in case["says"] if words not in said]
    assert not missing, f"{missing} not said; it said: {said}"


@pytest.mark.sample(2)
@pytest.mark.timeout(180)
@pytest.mark.parametrize("case", [as_parameter(case, place) for place, case in enumerate(CASES)])
def test_bad_input_is_told_and_loses_nothing(case, broken, monkeypatch, capsys, told):
    put(broken, case)
    before = built(broken)

    code, said = run([str(word) for word in case["run"]], monkeypatch, capsys)

    hold(case, code, said)
    if code:
        # A build that fails is listed in the index; the clients' own folders are as they were.
        listed = ("index.html", "manifest.json") if code == 1 else ()
        assert {name: digest for name, digest in before.items() if name not in listed} == {
            name: digest for name, digest in built(broken).items() if name not in listed
        }
    told("bad inputs tried", 1)


# A few through the real command, so that what it does before and after is seen too.
_TOLD = [case for case in CASES if case["run"][0] not in RUNS]
SAMPLE = random.Random(7).sample(_TOLD, min(3, len(_TOLD)))


@pytest.mark.sample(3)
@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case["case"])
def test_the_real_command_says_the_same(case, broken):
    put(broken, case)

    done = subprocess.run(
        [sys.executable, "-m", "kernels_lib", *map(str, case["run"])],
        cwd=broken,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    hold(case, done.returncode, done.stderr + done.stdout)


def test_the_corpus_is_as_large_and_as_wide_as_it_says():
    assert len(CASES) >= 150
    assert len({case["case"] for case in CASES}) == len(CASES)
    assert len({case["group"] for case in CASES}) >= 58


def test_every_known_kind_of_bad_input_has_cases_or_tests_or_a_reason(told):
    kinds = YAML(typ="safe", pure=True).load(KINDS.read_text("utf-8"))
    filled = {case["group"] for case in CASES}
    assert 63 <= len({kind["kind"] for kind in kinds}) == len(kinds)
    for kind in kinds:
        tried = kind.get("groups", []), kind.get("tests", []), kind.get("does not apply", "")
        assert any(tried) and {"kind", "groups", "tests", "does not apply"} >= kind.keys(), kind
        assert filled >= set(tried[0]), kind
        for name in tried[1]:
            file, _, test = name.partition("::")
            assert f"def {test}(" in (CORPUS.parent / file).read_text("utf-8"), name
    # And no case that belongs to none.
    assert filled == {group for kind in kinds for group in kind.get("groups", [])}
    told("kinds of bad input that are tried", sum("does not apply" not in kind for kind in kinds))


# Every message has a test of its text.

RAISED = {"BadParameters", "BadData", "ScorecardError", "CannotWrite", "UnknownName"}
# Told of another machine, a file that changes meanwhile, or a package that is missing; or by a notebook's own code.
NOT_FROM_HERE = {
    "it changed while it was read.",
    "SPSS files need pyreadstat, which is not installed.",
    "are brought in cell by cell.",
    "the ratings do not fit:",
    "this is not CSV:",
    "the instrument has no word for what is scored.",
    "a report is for a client or for an industry, not both.",
    "this report has no client, so it has no peers.",
    "no resource has the role 'scores'.",
    "unknown language",
    "() is put together from pieces.",
    "its code is no Python:",
}
# Gaps that are known: whoever closes one takes it out.
GAPS = {
    "the plan is not the one that was frozen.",
    "another plan was frozen on",
    "no column is a criterion.",
    "the columns state no minimum and maximum.",
    "the columns hold no two different numbers.",
    "' stands there in a way that is not changed from outside, such as an alias.",
    "the file does not exist.",
    "values are nested deeper than",
}


def messages(path: Path) -> set[str]:
    """The longest fixed piece of each message that a module raises."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED and node.args:
            first = node.args[0]
            parts = first.values if isinstance(first, ast.JoinedStr) else [first]
            pieces = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if pieces:
                kind = "unknown " if node.func.id == "UnknownName" else ""
                found.add(kind + max(pieces, key=len).strip())
    return found


def test_every_message_on_data_parameters_and_words_has_a_test_of_its_text():
    folder = CORPUS.parent
    here = Path(__file__)
    texts = [path for kind in ("py", "yaml") for path in folder.rglob(f"*.{kind}") if path != here]
    texts += (folder.parent / "docs").rglob("*.md")
    said = " ".join(" ".join(path.read_text(encoding="utf-8", errors="replace").split()) for path in texts)
    # As YAML and JSON write quotes.
    said = said.replace('\\"', '"').replace("''", "'")
    raised = {
        message
        for room in ("study", "cli")
        for path in (folder.parent / "kernels_lib" / room).rglob("*.py")
        for message in messages(path)
    }
    untested = {message for message in raised if " ".join(message.split()) not in said}

    assert set() == untested - GAPS - NOT_FROM_HERE, "give each an entry in tests/bad_inputs/"
    assert set() == GAPS - untested, "these have a test now: take them out of GAPS"


# Mutations: whatever is written into a file, a message comes back, or all is well.

MUTATED = ("params/clients/brand-07.yaml", "params/study.yaml", "datasets/attitude/scores.csv", "reports/client.ipynb")


STRANGE = [
    b"\x00",
    b"\xff\xfe",
    b"\t",
    b"\n",
    b'"',
    b"'",
    b": ",
    b"- ",
    b"&a *a",
    b"{",
    b"}}",
    b"=1+1",
    b"\xe2\x80\xae",
]


def mutated(text: bytes, draw: Any) -> bytes:
    """One or two places changed: bytes flipped, a piece cut out, put in twice, or strange text put in."""
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 40))
        piece = draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from(STRANGE),
                st.just(text[at : at + length]),
            )
        )
        text = text[:at] + piece + text[at + length * draw(st.booleans()) :]
    return text


def hold_mutations(name: str, examples: int, broken: Path, monkeypatch, capsys) -> None:
    path = broken / name
    original = path.read_bytes()
    study = ["--study", "attitude"] if "attitude" in name else []

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        derandomize=True,
    )
    @given(st.data())
    def holds(data):
        path.unlink(missing_ok=True)
        path.write_bytes(mutated(original, data.draw))
        code, said = run(["check", *study], monkeypatch, capsys)
        assert code in (0, 2), said
        assert "Traceback" not in said

    holds()


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", MUTATED)
def test_a_few_mutations_of_a_file_never_end_in_a_stack_trace(name, broken, monkeypatch, capsys):
    hold_mutations(name, 8, broken, monkeypatch, capsys)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", MUTATED)
def test_many_mutations_of_a_file_never_end_in_a_stack_trace(name, broken, monkeypatch, capsys, told):
    hold_mutations(name, 150, broken, monkeypatch, capsys)
    told("mutated files tried", 150)
