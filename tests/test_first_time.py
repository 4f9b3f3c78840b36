"""A researcher's first day: a messy workbook, what is wrong with it, and the first report."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
import time

import pytest
from openpyxl import Workbook, load_workbook

from kernels_lib import cli
from kernels_lib.production import build

BRANDS = (
    "Northwind", "Contoso", "Fabrikam", "Tailspin", "Wingtip", "Litware", "Proseware", "Adatum", "Lucerne", "Margie",
    "Trey", "Woodgrove",
)  # fmt: skip
# What is planted, and where: cell, what is said of it.
PLANTED = {
    "C5": "'four' is no number.",
    "D6": "45 is outside the scale 1-5.",
    "E7": "a date (2026-05-04), where a score should be.",
    "A16": "'Contoso' stands twice; first in cell A5.",
    "A17": "the brand is 'Fabrikam' in cell A6: one name spelt two ways.",
    "A18": "'Average' is a sum or mean of the rows above, and would be counted as one of them.",
}


@pytest.fixture
def scorecard(project, monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["scorecard", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        captured = capsys.readouterr()
        return stopped.value.code, captured.out, captured.err

    run.project = project
    return run


def scores(i: int) -> list[int]:
    return [1 + i % 5, 1 + 2 * i % 5, 1 + (3 * i + 1) % 5, 1 + (i * i + 2) % 5]


def messy(path):
    """Two sheets, a title above the table, comments beside it, and six problems."""
    book = Workbook()
    book.active.title = "Read me"
    book.active["A1"] = "Sent by the agency"
    page = book.create_sheet("Scores")
    page["A1"] = "Brand scores, spring"
    rows = [["Brand", "Sector", "Service", "Delivery", "Price fairness", "Website", "Comments"]]
    for i, brand in enumerate(BRANDS):
        rows.append([brand, "food" if i % 2 else "retail", *scores(i), "fine" if i == 3 else None])
    rows += [["Contoso", "food", 2, 3, 2, 4], ["FABRIKAM", "retail", 3, 3, 3, 3]]
    for number, row in enumerate(rows, 3):
        for column, value in enumerate(row, 1):
            page.cell(number, column, value)
    page["C5"], page["D6"], page["E7"], page["F9"] = "four", 45, dt.datetime(2026, 5, 4), "n/a"
    page["A18"] = "Average"
    for column in range(3, 7):
        known = [page.cell(row, column).value for row in range(4, 18)]
        known = [value for value in known if isinstance(value, int)]
        page.cell(18, column, round(sum(known) / len(known), 2))
    book.save(path)
    return path


def mended(path):
    """The same workbook after a person went through the list."""
    book = load_workbook(path)
    page = book["Scores"]
    page["C5"], page["D6"], page["E7"] = 4, 4, 4
    # The program would show a number as a date again.
    page["E7"].number_format = "General"
    page.delete_rows(16, 3)
    book.save(path)


def test_a_messy_workbook_becomes_a_report_in_minutes(scorecard):
    begun = time.monotonic()
    path = messy(scorecard.project / "scores.xlsx")

    code, out, _ = scorecard("import", path, "--as", "shops", "--yes")
    assert 0 == code
    assert "Scale: 1 to 5, in steps of 1." in out
    assert "taken as missing: n/a (1 cell)" in out
    assert "Next: scorecard check shops" in out

    code, out, _ = scorecard("check", "shops")
    assert 2 == code
    assert "6 errors:" in out
    for cell, wrong in PLANTED.items():
        assert any(f"scores.xlsx, sheet Scores, cell {cell} " in line and wrong in line for line in out.splitlines())
    assert "Next: mend scores.xlsx, then: scorecard import scores.xlsx --as shops --replace" in out

    mended(path)
    code, out, _ = scorecard("import", path, "--as", "shops", "--replace")
    assert 0 == code
    assert "This is the mapping of the import before." in out
    code, out, _ = scorecard("check", "shops")
    assert 0 == code
    assert "Next: scorecard build --study shops" in out

    code, out, _ = scorecard("build", "northwind", "--study", "shops")
    assert 0 == code
    site = scorecard.project / "build/studies/shops/site"
    assert "Open build/studies/shops/site/index.html" in out
    assert (site / "index.html").is_file()
    page = (site / "clients/northwind/report.html").read_text(encoding="utf-8")
    assert "Northwind" in page and "Price fairness" in page
    # What the commands take; reading and mending is the person's.
    assert time.monotonic() - begun < 120


def test_as_json_every_problem_has_its_cell_row_column_value_and_mend(scorecard):
    scorecard("import", messy(scorecard.project / "scores.xlsx"), "--as", "shops", "--yes")

    code, out, _ = scorecard("check", "shops", "--json")
    found = json.loads(out)
    assert (2, False) == (code, found["ok"])
    assert set(PLANTED) == {problem["cell"] for problem in found["errors"]}
    (slip,) = [problem for problem in found["errors"] if problem["cell"] == "D6"]
    assert {
        "level": "error", "file": "scores.xlsx", "sheet": "Scores", "cell": "D6", "row": 6, "column": "Delivery",
        "value": "45", "wrong": "45 is outside the scale 1-5.",
        "mend": "Perhaps 4.5 was meant; correct it, or widen the scale.", "where": "scores.xlsx, sheet Scores, cell D6",
    } == slip  # fmt: skip
    (wave,) = found["waves"]
    # 15 rows of 4: one word, one date, one n/a
    assert (14 + 1, 4, 57, 3) == (wave["units"] + 1, wave["criteria"], wave["scores"], wave["missing"])


def test_without_a_terminal_and_without_yes_nothing_is_written(scorecard):
    code, out, err = scorecard("import", messy(scorecard.project / "scores.xlsx"), "--as", "shops")

    assert 2 == code
    assert "Add --yes to take it, or change it with --map" in err
    assert "Price fairness" in out
    assert not (scorecard.project / "datasets/shops").exists()


def test_at_a_terminal_a_column_can_be_changed_before_it_is_taken(scorecard, monkeypatch):
    said = iter(["Servise=ignore", "Service=ignore", ""])
    monkeypatch.setattr("builtins.input", lambda _: next(said))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    code, out, _ = scorecard("import", messy(scorecard.project / "scores.xlsx"), "--as", "shops")
    assert 0 == code
    assert "unknown column 'Servise'. Did you mean 'Service'?" in out
    header = (scorecard.project / "datasets/shops/scores.csv").read_text().splitlines()[0]
    assert "brand,industry,delivery,price_fairness,website" == header


@pytest.mark.slow
def test_a_table_that_nobody_here_made_is_brought_in_checked_and_built(scorecard):
    from statsmodels.datasets import statecrime

    path = scorecard.project / "states.csv"
    statecrime.load_pandas().data.to_csv(path, sep=";", decimal=",")

    code, out, _ = scorecard("import", path, "--as", "states", "--yes")
    assert 0 == code
    # Five percentages and a rate to 24; crimes per 100,000 are on another scale.
    assert "on another scale than most, which end at 100" in out
    code, out, _ = scorecard("check", "states", "--json")
    found = json.loads(out)
    assert (0, 51, 6, 0) == (code, found["units"], found["criteria"], found["missing_scores"])

    planned = build.plan(build.Request(root=scorecard.project, study_name="states"))
    one = {job.kind: job for job in reversed(planned.jobs)}
    summary = build.run(dataclasses.replace(planned, jobs=(one["study"], one["client"])))
    assert [] == [outcome.error for outcome in summary.failed]
