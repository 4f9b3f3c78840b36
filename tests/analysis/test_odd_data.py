"""Reports of data that no method likes: a worded absence, never NaN, a warning or a stack trace."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from kernels_lib.errors import BadParameters
from kernels_lib.production import build
from kernels_lib.study import open_study
from tests.analysis.reports import run_report
from tests.conftest import ROOT, change

pytestmark = pytest.mark.filterwarnings("error")

QUESTIONS = ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]
HEADER = ["department", *QUESTIONS]


def departments() -> list[list[str]]:
    with (ROOT / "datasets/attitude/scores.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def write(project: Path, rows: list[list[str]], name: str = "scores.csv", header: list[str] | None = None) -> None:
    with (project / "datasets/attitude" / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header or HEADER, *rows])


def with_column(rows: list[list[str]], question: str, value: str) -> list[list[str]]:
    place = HEADER.index(question)
    return [[*row[:place], value, *row[place + 1 :]] for row in rows]


def grouped(project: Path, groups: list[str]) -> None:
    """Give every department an industry."""
    rows = [[*row, group] for row, group in zip(departments(), groups, strict=True)]
    write(project, rows, header=[*HEADER, "branch"])
    describe(project, lambda package: package["resources"][0]["scorecard"].update(group_column="branch"))


def describe(project: Path, change) -> None:
    path = project / "datasets/attitude/datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    change(package)
    path.write_text(json.dumps(package), encoding="utf-8")


def ledger(found, prefix):
    return [test for test in found["tests"] if test["about"].startswith(prefix)]


@pytest.mark.slow
def test_a_criterion_at_the_top_for_everyone_is_worded_and_not_modelled(project, monkeypatch):
    write(project, with_column(departments(), "critical", "100"))
    found = run_report(project, "study", monkeypatch, "attitude")

    assert "cannot enter: every department has the same score" in found["shown"]
    assert {"strength"} == {c["verdict"] for c in found["criteria"] if c["id"] == "critical"}
    run_report(project, "client", monkeypatch, "attitude", client="department-03")


@pytest.mark.slow
def test_departments_that_all_score_the_same_differ_in_nothing(project, monkeypatch):
    rows = [[row[0], *["60"] * 7] for row in departments()]
    write(project, rows)
    found = run_report(project, "study", monkeypatch, "attitude")

    assert {"unresolved"} == {c["verdict"] for c in found["criteria"]}
    assert not any(test["firm"] for test in found["tests"] if test["family"] != "on the target, within the margin")
    assert all(test["p_value"] in (None, 1.0) for test in ledger(found, "pairs"))
    run_report(project, "client", monkeypatch, "attitude", client="department-03")


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_departments_settle_nothing(project, monkeypatch, count):
    write(project, departments()[:count])
    found = run_report(project, "study", monkeypatch, "attitude")

    assert {"unresolved"} == {c["verdict"] for c in found["criteria"]}
    (omnibus,) = {test["conclusion"] for test in ledger(found, "omnibus")}
    assert omnibus.startswith("cannot be tested: fewer than two" if count == 1 else "unresolved")
    # So few get a report each only if everybody agreed.
    change(project / "params/studies/attitude/study.yaml", "disclosure: aggregate", "disclosure: named")
    run_report(project, "client", monkeypatch, "attitude", client="department-01")


@pytest.mark.parametrize("level", ["aggregate", "masked"])
def test_a_client_of_a_study_of_few_gets_no_report(project, level):
    write(project, departments()[:4])
    planned = build.plan(build.Request(root=project, study_name="attitude", overrides=(f"disclosure={level}",)))
    assert {"study", "methods"} == {job.kind for job in planned.jobs}
    assert "No client's report is made." in " ".join(planned.warnings)
    with pytest.raises(BadParameters, match="minimum_base is 4, and there are 3 others"):
        open_study("attitude", client="department-01", overrides=f"disclosure={level}", root=project)
    open_study("attitude", client="department-01", overrides=f"disclosure={level} minimum_base=3", root=project)


@pytest.mark.slow
def test_a_criterion_that_nobody_scored_cannot_be_tested(project, monkeypatch):
    write(project, with_column(departments(), "learning", ""))
    found = run_report(project, "study", monkeypatch, "attitude")

    targets = ledger(found, "targets.learning")
    assert {"cannot be tested: not scored"} == {test["conclusion"] for test in targets}
    assert {None} == {test["p_value"] for test in targets}
    assert {"cannot be tested: no unit was scored on both"} == {
        test["conclusion"] for test in ledger(found, "pairs") if "learning" in test["about"]
    }
    run_report(project, "client", monkeypatch, "attitude", client="department-03")


@pytest.mark.slow
def test_missing_scores_leave_some_verdicts_as_they_are_and_say_which(project, monkeypatch):
    rows = departments()
    for place, (row, column) in enumerate([(2, 1), (5, 3), (9, 3), (14, 6), (20, 7), (27, 2)]):
        rows[row + place % 2][column] = ""
    write(project, rows)
    found = run_report(project, "study", monkeypatch, "attitude")

    assert "6 scores are missing" in found["shown"]
    table = next(t for t in found["tables"] if t["id"] == "gaps-table")
    # 7 targets and 21 pairs
    assert 28 == len(table["rows"])
    assert {"holds in every consistent table", "only in some"} <= {row["holds"] for row in table["rows"]}
    assert "Skillings-Mack" in ledger(found, "omnibus")[0]["method"]
    run_report(project, "client", monkeypatch, "attitude", client="department-03")


@pytest.mark.slow
def test_a_single_industry_has_no_other_to_differ_from(project, monkeypatch):
    grouped(project, ["office"] * 30)
    found = run_report(project, "study", monkeypatch, "attitude")

    assert [] == ledger(found, "industries")
    run_report(project, "industry", monkeypatch, "attitude", industry="office")
    run_report(project, "client", monkeypatch, "attitude", client="department-03")


@pytest.mark.slow
def test_an_industry_of_one_is_compared_and_its_own_report_settles_nothing(project, monkeypatch):
    grouped(project, ["single"] + ["office"] * 14 + ["works"] * 15)
    found = run_report(project, "study", monkeypatch, "attitude")

    assert 2 * 7 + 1 == len(ledger(found, "industries"))
    alone = run_report(project, "industry", monkeypatch, "attitude", industry="single")
    assert {"unresolved"} == {c["verdict"] for c in alone["criteria"]}
    assert not any(test["firm"] for test in alone["tests"] if not test["about"].startswith(("industries", "dunn")))
    run_report(project, "client", monkeypatch, "attitude", client="department-01")


@pytest.mark.slow
def test_every_industry_of_one_cannot_be_compared(project, monkeypatch):
    grouped(project, [f"branch{i}" for i in range(30)])
    found = run_report(project, "study", monkeypatch, "attitude")

    tests = ledger(found, "industries")
    assert all(test["p_value"] is None or test["p_value"] == 1 for test in tests)
    assert not any(test["firm"] for test in tests)


def later_wave(package, path="later.csv"):
    first = package["resources"][0]
    first["scorecard"]["wave"] = "1977"
    later = json.loads(json.dumps(first))
    later |= {"name": "later", "path": path, "hash": ""}
    later["scorecard"]["wave"] = "1978"
    package["resources"].append(later)
    package["scorecard"]["waves"]["1978"] = "1978-01-01"


def test_a_second_wave_says_what_rose_and_what_cannot_be_told(project, monkeypatch):
    rows = departments()
    # Advancement up by 20 for everyone, criticism unchanged, the rest as noise of +-1.
    place = HEADER.index("advance")
    later = [
        [row[0], *(str(int(v) + (1 if (i + j) % 2 else -1)) for j, v in enumerate(row[1:]))]
        for i, row in enumerate(rows)
    ]
    for i, (before, after) in enumerate(zip(rows, later, strict=True)):
        after[place] = str(int(before[place]) + 19 + i % 3)
        after[HEADER.index("critical")] = before[HEADER.index("critical")]
    write(project, later, "later.csv")
    describe(project, later_wave)
    found = run_report(project, "study", monkeypatch, "attitude")

    changes = {test["about"]: test["conclusion"] for test in ledger(found, "waves")}
    assert "rose" == changes["waves.advance"]
    assert 7 == len(changes)
    assert all(said == "unresolved" for about, said in changes.items() if about != "waves.advance")
    assert "The same departments were scored in both waves" in found["shown"]


@pytest.mark.slow
def test_a_wave_with_partly_other_departments_throws_nobody_away(project, monkeypatch):
    rows = departments()
    later = [[f"New {row[0]}" if i % 3 == 0 else row[0], *row[1:]] for i, row in enumerate(rows)]
    write(project, later, "later.csv")
    describe(project, later_wave)
    found = run_report(project, "study", monkeypatch, "attitude")

    # 20 of 30 stay: 20 pairs and 10 + 10 others speak
    assert "20 of the departments were scored in both waves" in found["shown"]
    assert {60} == {test["n_used"] for test in ledger(found, "waves")}


@pytest.mark.parametrize("study_name", ["", "attitude", "wine"])
@pytest.mark.parametrize(
    "kind", ["study", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("methods", "industry", "client"))]
)
@pytest.mark.sample(3)
def test_run_all_words_what_the_data_do_not_have(root, monkeypatch, study_name, kind):
    if (study_name, kind) == ("attitude", "industry"):
        pytest.skip("these data have no industries")
    found = run_report(root, kind, monkeypatch, study_name, run_all=True)

    if (study_name, kind) == ("", "study"):
        assert "Industries are not compared in this report" in found["shown"]
        assert {"every table"} == {test["basis"] for test in found["tests"]}
    if kind == "study" and study_name != "wine":
        assert "How far raters agree is not known" in found["shown"]
        assert "There is no earlier wave to compare with" in found["shown"]
