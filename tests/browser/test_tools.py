"""What a reader does with a document: take a chart along, print one sheet, look at all slides at once."""

from __future__ import annotations

import csv
import io

import pytest

from kernels_lib.production.inspection import wait_until
from kernels_lib.production.publish import PAGES, to_presenter
from tests.production import sample_notebook as sample

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tools")
    made = sample.notebook()
    made.cells.append(sample.code(sample.title("A last slide"), slide="slide"))
    made.cells.append(sample.markdown("Ask who decides.", slide="notes"))
    for name, to_format in {**PAGES, "presenter": to_presenter}.items():
        (folder / f"{name}.html").write_text(to_format(made), encoding="utf-8")
    return folder


def opened(open_page, path, *, width=1280, height=800, **options):
    page = open_page(width, height, **options)
    page.goto(path.as_uri())
    return page


def test_the_numbers_of_a_chart_download_as_csv_with_what_they_rest_on(open_page, published):
    page = opened(open_page, published / "html.html", accept_downloads=True)
    with page.expect_download() as download:
        page.click("#fig-signature [data-act='download']")
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))

    assert "signature.csv" == download.value.suggested_filename
    assert "Basis" == rows[0][-1]
    assert {"brand scores reconstructed"} == {row[-1] for row in rows[1:]}
    dialog = next(row for row in rows if row[0] == "Dialog")
    # As a program reads them: 3.1, not 3.10
    assert ["4.5", "3.1"] == dialog[1:3]


@pytest.mark.slow
def test_a_chart_is_copied_as_a_picture(open_page, published):
    page = opened(open_page, published / "html.html", permissions=["clipboard-read", "clipboard-write"])
    page.click("#fig-signature [data-act='copy']")
    wait_until(page, "document.querySelector('#fig-signature .said').textContent === 'Copied'")

    kinds = page.evaluate("navigator.clipboard.read().then((items) => items.flatMap((item) => item.types))")
    assert ["image/png"] == kinds


@pytest.mark.slow
def test_the_summary_prints_on_one_sheet_and_the_page_is_as_it_was(open_page, published, tmp_path):
    from pypdf import PdfReader

    page = opened(open_page, published / "html.html")
    page.evaluate("window.print = () => { window.asked = document.documentElement.classList.contains('one-page') }")
    page.click(".onepage")
    assert page.evaluate("window.asked")
    path = tmp_path / "one.pdf"
    page.pdf(path=path, format="A4", prefer_css_page_size=True)

    assert 1 == len(PdfReader(path).pages)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("document.documentElement.classList.contains('one-page')")


@pytest.mark.slow
def test_all_slides_are_seen_at_a_glance_and_one_is_chosen(open_page, published):
    page = opened(open_page, published / "slides.html", height=720)
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    page.keyboard.press("Escape")
    boxes = page.evaluate(
        "Array.from(document.querySelectorAll('.slides > section'), (s) => s.getBoundingClientRect())"
        ".map((box) => [box.left, box.right])"
    )
    assert all(0 <= left and right <= 1280 for left, right in boxes)
    assert "2" == page.evaluate("document.documentElement.dataset.drawn")

    page.locator(".slides > section").nth(3).click()
    assert 3 == page.evaluate("Reveal.getIndices().h")
    assert not page.evaluate("document.documentElement.classList.contains('glance')")


def test_the_presenters_deck_shows_what_to_say_and_what_comes_next(open_page, published):
    page = opened(open_page, published / "presenter.html", height=720)
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    last = page.evaluate("Reveal.getTotalSlides() - 1")
    page.evaluate(f"Reveal.slide({last} - 1)")
    assert "Next slide: A last slide" == page.inner_text("#then")
    page.evaluate(f"Reveal.slide({last})")

    assert "Ask who decides." in page.inner_text("#speaker")
    box = page.locator(".slides > section.present").bounding_box()
    assert box["y"] + box["height"] <= page.locator(".speaker").bounding_box()["y"] + 1
