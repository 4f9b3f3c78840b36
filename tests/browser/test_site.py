"""The real site in a real browser, offline."""

from __future__ import annotations

import dataclasses
import gzip
import json

import pytest

from kernels_lib.production import build
from kernels_lib.production.browser import INSPECTIONS
from kernels_lib.production.inspection import look, wait_until
from tests.conftest import SAMPLE

pytestmark = pytest.mark.browser

WIDTHS = (1440, 768, 390)
PAGES = [
    "study", "methods", "industries/retail", "clients/brand-07", "clients/brand-19",
    *(pytest.param(f"clients/{slug}", marks=pytest.mark.slow) for slug in ("brand-16", "brand-23")),
]  # fmt: skip

# One of each kind: published means, methods, an industry, clients with and without much to say, one in German.
KINDS = ["study", "methods", "industries/luxury-hotels", "clients/brand-07", "clients/brand-16", "clients/brand-24"]


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


@pytest.mark.sample(5)
@pytest.mark.parametrize("name", ["report.html", "slides.html"])
@pytest.mark.parametrize("folder", PAGES)
@pytest.mark.sample(2)
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


def check(seen):
    """Nothing is asked for, nothing said, nothing sticks out, and every figure shows a trace."""
    assert [] == seen["requests"]
    assert [] == seen["console"]
    assert {"sideways": 0, "widest": "", "slides": []} == seen["overflow"]
    blank = [f["id"] for f in seen["figures"] if f["height"] < 60 or not any(t["marks"] for t in f["traces"])]
    assert [] == blank


@pytest.mark.sample(4)
@pytest.mark.parametrize("folder", ["study", "clients/brand-07"])
@pytest.mark.parametrize("width", [768, 390])
def test_a_page_is_whole_on_a_small_screen(site, open_page, folder, width):
    check(look(open_page(width, 844), site / "build/site" / folder / "report.html"))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_document_is_whole_at_every_width_in_both_schemes(site, open_page, width, scheme):
    page = open_page(width, 900, color_scheme=scheme)
    for path in ["index.html", *(f"{folder}/{name}" for folder in KINDS for name in ("report.html", "slides.html"))]:
        check(look(page, site / "build/site" / path))


@pytest.mark.slow
@pytest.mark.parametrize("study", ["attitude", "wine"])
def test_the_measured_studies_pass_the_browsers_gates_as_well(project, study):
    planned = build.plan(build.Request(root=project, study_name=study, inspect=True))
    some = [job for job in planned.jobs if job.kind != "client"] + [
        job for job in planned.jobs if job.kind == "client"
    ][:3]
    summary = build.run(dataclasses.replace(planned, jobs=tuple(some)))

    assert [] == [outcome.error for outcome in summary.failed]
    for outcome in summary.outcomes:
        assert dict.fromkeys(INSPECTIONS, "passed") == {gate: outcome.gates[gate] for gate in INSPECTIONS}


@pytest.mark.parametrize("width", [1440, pytest.param(390, marks=pytest.mark.slow)])
@pytest.mark.slow
def test_every_link_of_the_contents_leads_to_its_section(site, open_page, width):
    page = open_page(width, 900, reduced_motion="reduce")
    page.goto((site / "build/site/clients/brand-19/report.html").as_uri())
    contents = page.locator(".rail a" if width > 1080 else ".tocd a")
    assert contents.count() >= 6
    for place in range(contents.count()):
        link = contents.nth(place)
        if not link.is_visible():
            page.click(".tocd summary")
        link.click()
        target = link.get_attribute("href")
        wait_until(page, f"location.hash === '{target}'")
        top = page.evaluate(f"document.querySelector('{target}').getBoundingClientRect().top")
        last = page.evaluate("innerHeight + scrollY >= document.documentElement.scrollHeight - 2")
        assert 0 <= top < 120 or last, target


DRAWN = "Array.from(document.querySelectorAll('.present .plot')).every((plot) => plot.querySelector('.trace, .hm'))"
SCROLL = """(() => { const root = document.documentElement;
  return [root.scrollWidth - innerWidth, root.scrollHeight - innerHeight] })()"""


@pytest.mark.parametrize(
    "folder", ["industries/retail", *(pytest.param(f, marks=pytest.mark.slow) for f in ("study", "clients/brand-24"))]
)
@pytest.mark.parametrize("width", [1440, pytest.param(390, marks=pytest.mark.slow)])
def test_each_slide_draws_its_chart_when_it_is_reached(site, open_page, folder, width):
    page = open_page(width, 900)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((site / "build/site" / folder / "slides.html").as_uri())
    total = page.evaluate("Reveal.getTotalSlides()")
    for number in range(total):
        wait_until(page, f"Reveal.getIndices().h === {number}")
        wait_until(
            page, "Array.from(document.querySelectorAll('.present .plot')).every(p => p.querySelector('.trace, .hm'))"
        )
        scroll = page.evaluate(
            "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
        )
        assert max(scroll) <= 0, number + 1
        page.keyboard.press("ArrowRight")
    assert total - 1 == page.evaluate("Reveal.getIndices().h")
    assert [] == said


# What a document weighs

MOST_BYTES, MOST_PACKED = 2_000_000, 600_000


def weigh(paths):
    assert paths
    for path in paths:
        raw = path.read_bytes()
        assert len(raw) <= MOST_BYTES, path.parent.name
        assert len(gzip.compress(raw, 6)) <= MOST_PACKED, path.parent.name


def test_a_document_is_light_enough_for_mail(site):
    weigh([site / "build/site" / f / n for f in ("study", "clients/brand-07") for n in ("report.html", "slides.html")])


@pytest.mark.slow
def test_every_document_is_light_enough_for_mail(whole_site):
    weigh(sorted((whole_site / "build/site").rglob("*.html")))


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
    assert 2 * (8 + len(SAMPLE)) == len(set(links))
    assert all((site / "build/site" / link).is_file() for link in links)
    assert [] == messages
