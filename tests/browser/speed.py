"""How soon a report and a deck can be read: seconds in a browser, for ``make bench``.

A document is opened from a file, and used as a reader uses it: a link of the contents is followed, a
slide is turned to, a chart is looked at.  Medians over some rounds, because other work of the machine
only ever adds to them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from kernels_lib.production.browser import launch
from kernels_lib.production.inspection import wait_until

ROUNDS = 7

_ANSWERS = {
    "report": "(() => { const link = document.querySelectorAll('.rail a')[1]; if (!link) return false; link.click(); "
    "return location.hash === link.getAttribute('href'); })()",
    "deck": "!!(window.Reveal && Reveal.isReady() && (Reveal.slide(2), Reveal.getIndices().h === 2))",
}
_DRAWN = "document.documentElement.dataset.drawn > 0"


def reading_times(site_folder: str | Path, *, client: str = "", rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds until a client's report and deck can be used.

    Parameters
    ----------
    site_folder : str or Path
        A built site.
    client : str, optional
        Folder of a client; the first one if empty.
    rounds : int, default 7
        Times that each document is opened.

    Returns
    -------
    dict of str to float
        ``report_answers_s``, ``deck_answers_s``: from asking for the document until a link of the contents
        leads on, and until a slide can be turned to; ``report_chart_s``, ``deck_chart_s``: until the first
        chart that the reader goes to is drawn.  Medians.
    """
    clients = Path(site_folder) / "clients"
    folder = clients / client if client else sorted(path for path in clients.iterdir() if path.is_dir())[0]
    found: dict[str, float] = {}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for document, name in (("report", "report.html"), ("deck", "slides.html")):
            taken = [_read(browser, folder / name, _ANSWERS[document]) for _ in range(rounds)]
            found[f"{document}_answers_s"] = statistics.median(answers for answers, _ in taken)
            found[f"{document}_chart_s"] = statistics.median(chart for _, chart in taken)
        browser.close()
    return found


def _read(browser: Any, path: Path, answers: str) -> tuple[float, float]:
    """Seconds until a document answers, and until its first chart is drawn."""
    context = browser.new_context(offline=True, viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        since = _watch()
        page.goto(path.as_uri(), wait_until="commit")
        wait_until(page, answers)
        answered = since()
        wait_until(page, _DRAWN)
        return answered, since()
    finally:
        context.close()


def _watch() -> Callable[[], float]:
    started = time.perf_counter()
    return lambda: time.perf_counter() - started
