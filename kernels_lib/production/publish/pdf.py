"""The page on paper: printed by a browser, then made to say only what the page says.

The browser sees the page at an address that does not exist, offline, in the colours of paper, with
every fold open and every chart drawn at the paper's width; the page's own style sheet says size and
margins and sets the running foot.  Chromium tags the file for screen readers and makes an outline.

Afterwards title, language and subject are the page's; dates, the browser's name and version go, so
that equal pages printed by the same browser with the same fonts give equal files.
"""

from __future__ import annotations

import html as entities
import io
import logging
import re
from typing import Any

from kernels_lib.errors import GateFailed
from kernels_lib.production.browser import in_browser
from kernels_lib.production.inspection import draw_all

# Nothing is there: the document is handed to the browser when it asks for this address.
ADDRESS = "https://report.invalid/"
# A4, where the page's style sheet names no size.
PAPER = {"width": "210mm", "height": "297mm"}
# A window about as wide as paper, so that what adapts to the window adapts to paper.
WINDOW = {"width": 794, "height": 1123}
HEADINGS = "Array.from(document.querySelectorAll('h1, h2, h3, h4, h5, h6'), (h) => h.textContent)"
_ID = re.compile(rb"node\d{8}(?!\d)")


def to_pdf(html: str) -> bytes:
    """A published page as a PDF.

    Parameters
    ----------
    html : str
        The page, as `to_html` gives it.

    Returns
    -------
    bytes
        A tagged PDF with an outline.

    Raises
    ------
    GateFailed
        If there is no browser, or it cannot print the page.
    """
    printed, headings = in_browser(lambda browser: _print(browser, html))
    return _tidied(printed, headings, html)


def _print(browser: Any, html: str) -> tuple[bytes, list[str]]:
    """What Chromium prints, and the page's headings in order."""
    context = browser.new_context(offline=True, viewport=WINDOW, color_scheme="light", reduced_motion="reduce")
    try:
        context.route("**/*", lambda route: _answer(route, html))
        page = context.new_page()
        page.goto(ADDRESS, wait_until="load")
        # The page opens its folds and lays its charts out for paper when it hears of this.
        page.emulate_media(media="print")
        draw_all(page)
        printed = page.pdf(**PAPER, prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
        return printed, page.evaluate(HEADINGS)
    finally:
        context.close()


def _answer(route: Any, html: str) -> None:
    if route.request.url == ADDRESS:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
    else:
        route.abort()


def _tidied(printed: bytes, headings: list[str], html: str) -> bytes:
    """The printed file with the page's own words and without anything of this machine or this moment."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject, TextStringObject

    # It remarks on how Chromium counts the file's objects, and mends it.
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(printed)))
    root = writer.root_object
    root.pop("/Metadata", None)
    root[NameObject("/Lang")] = TextStringObject(_found(r'<html[^>]* lang="([^"]+)"', html))
    writer.metadata = {
        "/Title": _found(r"<title>([^<]+)</title>", html),
        "/Subject": _found(r'<meta name="description" content="([^"]*)"', html),
    }
    _mend_outline(root, headings)
    file = io.BytesIO()
    writer.write(file)
    return _renumbered(file.getvalue())


def _renumbered(printed: bytes) -> bytes:
    """The same with the ids of table heads counted anew: Chromium counts on from whatever it did before.

    New ids are as long as the old ones and in the same order, so that nothing in the file moves.
    """
    ids = {found: b"node%08d" % place for place, found in enumerate(sorted(set(_ID.findall(printed))))}
    return _ID.sub(lambda found: ids[found[0]], printed)


def _found(pattern: str, html: str) -> str:
    found = re.search(pattern, html)
    return entities.unescape(found[1]).strip() if found else ""


def _mend_outline(root: Any, headings: list[str]) -> None:
    """Give every entry of the outline the words of its heading.

    Chromium joins the lines of a heading that wraps without a space between them.
    """
    from pypdf.generic import NameObject, TextStringObject

    known = {_bare(heading): " ".join(heading.split()) for heading in headings}
    entries = list(_entries(root["/Outlines"])) if "/Outlines" in root else []
    if not entries:
        raise GateFailed("the printed page has no outline.", remedy="A newer Chromium makes one.")
    for entry in entries:
        title = known.get(_bare(entry["/Title"]), entry["/Title"])
        entry[NameObject("/Title")] = TextStringObject(title)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _entries(parent: Any) -> Any:
    """Every entry below one of an outline, in order."""
    child = parent.get("/First")
    while child is not None:
        entry = child.get_object()
        yield entry
        yield from _entries(entry)
        child = entry.get("/Next")
