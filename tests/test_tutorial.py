"""The tutorial, followed: its commands in their order, in a copy of the project."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import shutil
import time

import pytest
from openpyxl import load_workbook

from kernels_lib.production.browser import missing_for_browser
from tests.documented import DOCS, Session, steps

PAGE = DOCS / "tutorial.md"


@pytest.fixture
def session(project, monkeypatch) -> Session:
    shutil.copytree(DOCS / "tutorial", project / "docs/tutorial")
    return Session(project, monkeypatch)


def follow(session, wanted) -> list[str]:
    every = steps(PAGE)
    followed = []
    for step, then in zip(every, [*(one.command for one in every[1:]), ""], strict=True):
        if wanted(step):
            session.follow(step, then)
            followed.append(step.command)
    return followed


@pytest.mark.slow
def test_the_tutorial_works_as_far_as_the_first_report(session):
    followed = follow(session, lambda step: not step.comment)

    assert "scorecard build shop-beech --study shops" == followed[-1]
    made = session.project / "build/studies/shops/site/clients/shop-beech"
    assert {"report.html", "slides.html"} <= {path.name for path in made.iterdir()}
    assert "For the manager of Shop Beech only." in (made / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_whole_tutorial_makes_thirty_reports_in_ten_minutes(session):
    begun = time.monotonic()
    lacking = missing_for_browser()
    follow(session, lambda step: not (lacking and "browser" in step.comment))

    site = session.project / "build/studies/shops/site/clients"
    assert 30 == len(list(site.glob("*/report.html"))) == len(list(site.glob("*/slides.html")))
    # What the commands take; reading is the person's.
    assert time.monotonic() - begun < 300


def test_the_spreadsheet_says_that_it_is_invented_and_has_thirty_shops_and_eight_criteria():
    book = load_workbook(DOCS / "tutorial/shops-mended.xlsx")
    assert any("invented" in str(row[0]) for row in book["Read me"].values)
    rows = list(book["Scores"].values)
    assert ("Shop", "Region") == rows[2][:2]
    assert (30, 8) == (len(rows) - 3, len(rows[2]) - 2)
    assert all(1 <= score <= 5 for row in rows[3:] for score in row[2:])


def test_the_corrected_copy_differs_in_what_the_tutorial_says():
    # D7 is 1, F12 is 4, row 34 goes.
    before, after = (load_workbook(DOCS / f"tutorial/{name}.xlsx")["Scores"] for name in ("shops", "shops-mended"))
    changed = {
        cell.coordinate: (cell.value, after[cell.coordinate].value)
        for row in before.iter_rows(max_row=33)
        for cell in row
        if cell.value != after[cell.coordinate].value
    }
    assert {"D7": ("one", 1), "F12": (44, 4)} == changed
    assert (34, 33) == (before.max_row, after.max_row)
