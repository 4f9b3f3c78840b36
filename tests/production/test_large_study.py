"""Hundreds and thousands of brands: every report passes its gates and says what it leaves out."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from kernels_lib.production import build
from kernels_lib.production.gates import MAX_BYTES
from tests.benchmark.measuring import with_brands
from tests.conftest import change

SAID = "the first 20, the middle 20 and the last 20 of {count} brands"
PLACES = {"study": "study", "industry": "industries/industry-1", "client": "clients/brand-00001"}


def built(folder: Path, count: int, **parameters: str) -> Path:
    """One report of each kind, of a study of so many brands; its gates passed."""
    project = with_brands(folder, count)
    for key, (old, new) in {"bootstrap_draws": ("2000", "200"), "weight_draws": ("5000", "200"), **parameters}.items():
        change(project / "params/study.yaml", f"{key}: {old}", f"{key}: {new}")
    planned = build.plan(build.Request(root=project, formats=("html", "slides", "xlsx")))
    first = {job.kind: job for job in reversed(planned.jobs)}
    summary = build.run(dataclasses.replace(planned, jobs=tuple(first.values())))
    assert not summary.failed, "\n".join(outcome.error for outcome in summary.failed)
    return project / "build/site"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    return built(tmp_path_factory.mktemp("large") / "project", 400, disclosure=("aggregate", "masked"))


def page(site: Path, kind: str) -> str:
    return (site / PLACES[kind] / "report.html").read_text(encoding="utf-8")


def figure(text: str, name: str) -> str:
    return re.search(rf'<figure id="fig-{name}".*?</figure>', text, re.S)[0]


def rows(table: str) -> list[str]:
    return re.findall(r"<tr.*?</tr>", table.split("<tbody>")[1].split("</tbody>")[0], re.S)


def left_out(table: str) -> int:
    return sum(int(n) for n in re.findall(r">(\d+) brands between these are left out<", table))


@pytest.mark.slow
def test_the_study_of_400_shows_sixty_of_its_ranks_and_says_which(site):
    text = page(site, "study")
    for shown in (figure(text, "ranking"), re.search(r'<table id="league-table".*?</table>', text, re.S)[0]):
        # Three parts of 20 and two rows that stand for the 340 others
        assert 62 == len(rows(shown))
        assert 400 - 60 == left_out(shown)
        assert SAID.format(count=400) in shown
    assert "Ranks, with their intervals" in text
    assert "Every rank" not in text


@pytest.mark.slow
def test_a_client_of_400_is_shown_its_own_place_under_masked_names(site):
    text = page(site, "client")
    shown = figure(text, "others")
    own = "Brand 00001"

    assert f"{SAID.format(count=400)}, and {own}." in shown
    assert 400 == len(rows(shown)) - shown.count("are left out</th></tr>") + left_out(shown)
    assert any(own in row for row in rows(shown))
    # Not one of the others by its true name
    assert {own} == set(re.findall(r"Brand \d{5}", text))


@pytest.mark.slow
def test_an_industry_of_67_shows_tenths_of_its_scores(site):
    # 400 brands over six industries: 67 in each of the first four
    shown = figure(page(site, "industry"), "heatmap")

    assert 10 == len(rows(shown))
    assert "Each row is the mean of a tenth of the brands" in shown


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), [("study", "results.json"), ("client", "clients/brand-00001.json")])
def test_results_and_workbook_hold_every_brand(site, kind, name):
    with zipfile.ZipFile(io.BytesIO((site / PLACES[kind] / "annex.xlsx").read_bytes())) as book:
        sheets = [book.read(part).decode() for part in book.namelist() if part.startswith("xl/worksheets/sheet")]
    longest = max(sheet.count("<row ") for sheet in sheets)

    assert 400 < longest
    if kind == "study":
        found = json.loads((site.parent / "results" / name).read_text(encoding="utf-8"))
        league = next(table for table in found["tables"] if table["id"] == "league-table")
        assert (400, 400) == (len(league["rows"]), len(found["brands"]))


@pytest.mark.slow
def test_words_of_the_drawing_speak_of_what_is_drawn(site):
    alt = re.search(r'aria-label="(.*?)"></div>', figure(page(site, "study"), "ranking"))[1]

    assert 60 == alt.count("(rank ")
    assert 2 == alt.count("170 brands between these are left out")


@pytest.mark.slow
@pytest.mark.parametrize("disclosure", ["aggregate", "masked", "named"])
def test_reports_of_3000_brands_can_be_sent_by_mail(tmp_path, disclosure):
    parameters = {} if disclosure == "aggregate" else {"disclosure": ("aggregate", disclosure)}
    site = built(tmp_path / "project", 3000, **parameters)
    sizes = {path: path.stat().st_size for path in site.rglob("*.html") if path.parent != site}

    assert 8 == len(sizes)
    assert max(sizes.values()) < MAX_BYTES
    # As large as those of 400 brands, give or take the digits
    assert SAID.format(count=3000) in page(site, "study")
