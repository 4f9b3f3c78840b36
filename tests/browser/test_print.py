"""On paper nothing is cut: pages measured in print media at the printable width of A4 and Letter."""

from __future__ import annotations

import io

import pytest

from kernels_lib.production.inspection import draw_all

pytestmark = pytest.mark.browser

CLIENT = "clients/brand-19"
FOLDERS = ["study", "methods", "industries/retail", "clients/brand-07", "clients/brand-24"]
slow = pytest.mark.slow

# px between margins of 16 mm: 210 mm and 8.5 in of paper
WIDTHS = {"A4": round((210 - 32) / 25.4 * 96), "Letter": round((215.9 - 32) / 25.4 * 96)}

MEASURED = """() => {
  const room = document.documentElement.clientWidth;
  const called = (element) => element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") +
    Array.from(element.classList, (name) => "." + name).join("") + ": " + element.textContent.trim().slice(0, 40);
  const shown = (element) => element.checkVisibility() && !element.closest(".vh, .skip");
  const boxes = Array.from(document.querySelectorAll("body *")).filter((e) => shown(e) && !e.closest("svg, .draw"));
  const wide = boxes.filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > room + 1 || box.left < -1);
  });
  /* Cut off or scrolled away: the box is smaller than what it holds, and shows no more than itself. */
  const cut = boxes.filter((element) => {
    const style = getComputedStyle(element);
    if (style.display === "inline" || style.overflowX === "visible" || element.closest(".plot")) return false;
    return element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
  });
  const words = Array.from(document.querySelectorAll("svg text")).filter((text) => {
    const svg = text.ownerSVGElement.closest(".plot") || text.ownerSVGElement;
    const box = text.getBoundingClientRect();
    const frame = svg.getBoundingClientRect();
    const across = box.left < frame.left - 1 || box.right > frame.right + 1;
    const along = box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    return box.width > 0 && getComputedStyle(text).visibility !== "hidden" && (across || along);
  });
  const small = boxes.filter((element) => element.children.length === 0 && element.textContent.trim() &&
    parseFloat(getComputedStyle(element).fontSize) < 9.3);
  return {
    wide: wide.map(called), cut: cut.map(called), small: small.map(called),
    words: words.map((text) => text.textContent),
    heads: Array.from(document.querySelectorAll("thead"), (head) => getComputedStyle(head).display),
    folded: Array.from(document.querySelectorAll("details.fold:not([open])"), called),
    tables: document.querySelectorAll("table").length,
  };
}"""


@slow
@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("folder", [CLIENT, *FOLDERS])
def test_nothing_is_wider_than_the_paper_and_no_word_leaves_its_chart(site, open_page, folder, paper):
    page = open_page(WIDTHS[paper], 1000)
    page.goto((site / "build/site" / folder / "report.html").as_uri())
    page.emulate_media(media="print")
    draw_all(page)
    seen = page.evaluate(MEASURED)

    assert [] == seen["wide"]
    assert [] == seen["cut"]
    assert [] == seen["words"]
    # 7 pt
    assert [] == seen["small"]
    assert [] == seen["folded"]
    assert seen["tables"] >= 3
    assert {"table-header-group"} == set(seen["heads"])


@pytest.mark.parametrize(
    ("paper", "size"), [pytest.param("A4", (210, 297), marks=slow), pytest.param("Letter", (216, 279), marks=slow)]
)
def test_the_head_of_the_ledger_stands_on_every_sheet_that_it_reaches(site, open_page, paper, size):
    pypdf = pytest.importorskip("pypdf")
    page = open_page(1280, 900)
    page.goto((site / "build/site" / CLIENT / "report.html").as_uri())
    page.emulate_media(media="print")
    draw_all(page)
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(format=paper, prefer_css_page_size=True)))

    assert {size} == {tuple(round(float(side) / 72 * 25.4) for side in p.mediabox[2:]) for p in printed.pages}
    texts = [" ".join(sheet.extract_text().split()) for sheet in printed.pages]
    ledger = [text for text in texts if text.count("signed rank") >= 2]
    assert len(ledger) >= 2
    assert all("Conclusion" in text for text in ledger)
