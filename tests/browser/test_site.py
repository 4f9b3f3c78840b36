"""The real site in a real browser, offline."""

from __future__ import annotations

import json

import pytest

from kernels_lib.production.inspection import look
from tests.conftest import SAMPLE

pytestmark = pytest.mark.browser

PAGES = [
    "study", "methods", "industries/retail", "clients/brand-07", "clients/brand-19",
    *(pytest.param(f"clients/{slug}", marks=pytest.mark.slow) for slug in ("brand-16", "brand-23")),
]  # fmt: skip


def wanted(site, folder, name):
    """Ids of the figures that the executed notebook shows for a page or a deck."""
    kind, _, slug = folder.partition("/")
    kind = {"clients": "client", "industries": "industry"}.get(kind, kind)
    notebook = json.loads((site / f"build/notebooks/{kind}/{slug or kind}.ipynb").read_text())
    left_out = "slides-only" if name == "report.html" else "report-only"
    for cell in notebook["cells"]:
        shown = left_out not in cell["metadata"].get("tags", [])
        slide = cell["metadata"].get("slideshow", {}).get("slide_type", "skip") != "skip"
        for output in cell.get("outputs", []):
            figure = output.get("data", {}).get("application/vnd.plotly.v1+json")
            if figure and shown and (slide or name == "report.html"):
                yield figure["layout"]["meta"]["id"]


@pytest.mark.parametrize("name", ["report.html", "slides.html"])
@pytest.mark.parametrize("folder", PAGES)
def test_a_document_opens_offline_with_every_figure_drawn(site, open_page, folder, name):
    width, height = (1440, 900) if name == "report.html" else (1280, 720)
    seen = look(open_page(width, height), site / "build/site" / folder / name)

    assert [] == seen["requests"]
    assert [] == seen["console"]
    assert sorted(wanted(site, folder, name)) == sorted(figure["id"] for figure in seen["figures"])
    for figure in seen["figures"]:
        for trace in figure["traces"]:
            assert not trace["points"] or trace["marks"] >= 1, (figure["id"], trace)
    assert 0 == seen["overflow"]["sideways"]
    assert [] == seen["overflow"]["slides"]


@pytest.mark.parametrize("folder", ["study", "clients/brand-07"])
@pytest.mark.parametrize("width", [768, 390])
def test_a_page_needs_no_sideways_scroll_on_a_small_screen(site, open_page, folder, width):
    seen = look(open_page(width, 844), site / "build/site" / folder / "report.html")
    assert 0 == seen["overflow"]["sideways"]
    assert [] == seen["console"]


@pytest.mark.slow
def test_every_client_opens_offline_with_as_many_figures_as_its_notebook(whole_site, open_page):
    site = whole_site
    page = open_page(1440, 900)
    for folder in sorted((site / "build/site/clients").iterdir()):
        seen = look(page, folder / "report.html")
        results = json.loads((site / f"build/results/clients/{folder.name}.json").read_text())
        assert [figure["id"] for figure in results["figures"]] == [figure["id"] for figure in seen["figures"]]
        assert [] == seen["requests"] + seen["console"], folder.name
        assert all(t["marks"] for f in seen["figures"] for t in f["traces"] if t["points"]), folder.name


def test_the_index_opens_offline_and_links_to_every_report(site, open_page):
    page = open_page(1440, 900)
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto((site / "build/site/index.html").as_uri())
    links = page.eval_on_selector_all("a[href$='.html']", "all => all.map(a => a.getAttribute('href'))")
    assert 2 * (8 + len(SAMPLE)) == len(links)
    assert all((site / "build/site" / link).is_file() for link in links)
    assert [] == messages
