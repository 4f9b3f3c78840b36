"""The page as a PDF: tagged, with an outline, whole, and without anything of this machine."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from kernels_lib.errors import GateFailed
from kernels_lib.production import browser
from kernels_lib.production.browser import missing_for_pdf
from kernels_lib.production.publish import to_html
from kernels_lib.production.publish.pdf import _renumbered as renumbered
from kernels_lib.production.publish.pdf import to_pdf
from tests.production import sample_notebook as sample

pytestmark = pytest.mark.browser

CLIENT = "brand-19"


@pytest.fixture(scope="module", autouse=True)
def printer() -> None:
    """A browser and pypdf; without them there is nothing to test, but not in CI."""
    if lacking := missing_for_pdf():
        if os.environ.get("CI") == "true":
            pytest.fail(lacking)
        pytest.skip(lacking)


@pytest.fixture(scope="module")
def page(site: Path) -> str:
    return (site / f"build/site/clients/{CLIENT}/report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def raw(page: str, made_once) -> bytes:
    def printed(folder: Path) -> None:
        folder.mkdir()
        (folder / "report.pdf").write_bytes(to_pdf(page))

    return (made_once("pdf", printed) / "report.pdf").read_bytes()


@pytest.fixture(scope="module")
def printed(raw: bytes) -> Any:
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(raw))


@pytest.fixture(scope="module")
def texts(printed: Any) -> list[str]:
    return [re.sub(r"\s+", " ", sheet.extract_text()) for sheet in printed.pages]


def titles(outline: list[Any]) -> list[str]:
    return [title for entry in outline for title in (titles(entry) if isinstance(entry, list) else [entry.title])]


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).replace("&#39;", "'").replace("&amp;", "&").split())


@pytest.mark.slow
def test_it_is_tagged_for_screen_readers_and_says_its_language(printed):
    root = printed.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert "en" == root["/Lang"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


@pytest.mark.slow
def test_its_outline_has_the_headline_and_every_section_in_whole_words(page, printed):
    found = titles(printed.outline)

    assert plain(re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)[1]) == found[0]
    sections = [plain(heading) for heading in re.findall(r'<h2 id="[^"]+">(.*?)</h2>', page, re.S)]
    assert len(sections) > 4
    assert sections == [title for title in found if title in sections]


@pytest.mark.slow
def test_title_and_subject_are_the_pages_and_nothing_tells_of_the_machine_or_the_moment(page, raw, printed):
    assert {
        "/Title": re.search(r"<title>([^<]+)</title>", page)[1],
        "/Subject": re.search(r'<meta name="description" content="([^"]+)"', page)[1],
    } == dict(printed.metadata)
    told = b"".join(stream.get_data() for stream in streams(printed)) + raw
    for word in (b"Chrom", b"Skia", b"pypdf", b"CreationDate", b"ModDate", b"file:", b"report.invalid", b"/tmp/"):
        assert word not in told, word
    assert str(Path.home()).encode() not in told


def streams(printed: Any) -> list[Any]:
    from pypdf.generic import StreamObject

    objects = [printed.get_object(number) for number in range(1, len(printed.xref[0]) + 1) if number in printed.xref[0]]
    return [found for found in objects if isinstance(found, StreamObject) and found.get("/Subtype") != "/Image"]


@pytest.mark.slow
def test_every_sheet_has_its_foot_with_the_client_the_tag_and_its_number(texts):
    for number, text in enumerate(texts, 1):
        assert f"{number} of {len(texts)}" in text
        assert "Brand 19" in text
        assert "reconstructed" in text.casefold()


@pytest.mark.slow
def test_the_notice_is_on_the_first_sheet(texts):
    assert "Brand-level scores are a reconstruction" in texts[0]


@pytest.mark.slow
def test_folds_are_open_and_no_column_of_a_table_is_lost(site, texts):
    whole = " ".join(texts)
    ledger = json.loads((site / f"build/results/clients/{CLIENT}.json").read_text())["tests"]

    assert "Conclusion" in whole
    # The ledger's last column, word by word: lines of a cell do not follow each other in a PDF's text.
    for test in ledger:
        assert set(test["conclusion"].casefold().split()) <= set(whole.casefold().replace(",", "").split())


@pytest.mark.slow
def test_no_sheet_ends_with_the_head_of_a_table(texts):
    assert [] == [number for number, text in enumerate(texts, 1) if text.rstrip().endswith("Conclusion")]


@pytest.mark.slow
def test_the_sheets_are_a4(printed):
    widths = {tuple(round(float(side) / 72 * 25.4) for side in sheet.mediabox[2:]) for sheet in printed.pages}

    assert {(210, 297)} == widths


@pytest.mark.slow
def test_the_words_of_every_chart_are_text_that_can_be_searched(page, texts):
    whole = " ".join(texts)
    labels = {
        label
        for island in re.findall(r'data-form="wide">(.*?)</script>', page, re.S)
        for note in json.loads(island)["layout"].get("annotations", ())
        for label in re.findall(r"[A-Za-z][a-z]{5,}", re.sub(r"<[^>]+>|&[a-z]+;", " ", note.get("text", "")))
    }

    assert len(labels) > 20
    assert set() == {label for label in labels if label not in whole}


@pytest.mark.slow
def test_links_of_the_contents_stay_inside_the_file(printed):
    links = [link.get_object() for sheet in printed.pages for link in sheet.get("/Annots", ())]
    inside = [link for link in links if "/Dest" in link]

    assert len(inside) >= 6
    assert all("/A" not in link or link["/A"]["/URI"].startswith("https://") for link in links)


@pytest.mark.slow
def test_equal_pages_give_equal_files():
    html = to_html(sample.notebook())

    first = to_pdf(html)
    # Another page between the two: what the browser did before must not show.
    to_pdf("<!doctype html><html lang='en'><title>x</title><h1>x</h1><table><tr><th>a</th></tr></table></html>")
    assert first == to_pdf(html)


def test_ids_are_counted_anew_in_their_order():
    assert b"/ID (node00000000) [(node00000001) (node00000000)]" == renumbered(
        b"/ID (node00000075) [(node00000221) (node00000075)]"
    )


def test_one_browser_prints_every_page_of_a_process():
    seen = [browser.in_browser(id) for _ in range(3)]

    assert 1 == len(set(seen))


@pytest.mark.slow
def test_a_browser_that_was_closed_is_started_again():
    browser.in_browser(lambda one: one.close())

    assert "ok" == browser.in_browser(lambda one: one.new_page().evaluate("'ok'"))


def test_what_stops_in_the_browser_stops_only_the_one_who_asked():
    with pytest.raises(GateFailed, match=r"the browser stopped: .*report\.invalid"):
        browser.in_browser(lambda one: one.new_context(offline=True).new_page().goto("https://report.invalid/"))

    assert browser.in_browser(lambda one: one.is_connected())


def test_without_a_browser_a_message_says_what_to_install(monkeypatch):
    monkeypatch.setenv("SCORECARD_CHROMIUM", "nowhere")

    with pytest.raises(GateFailed, match=r"no browser was found\. Install Chromium"):
        to_pdf("<html></html>")
