"""A real headless browser, offline, and what it sees in a published document."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--hide-scrollbars"]


def find_browser() -> str | None:
    """Path of a Chromium or Chrome on this machine, or None."""
    asked = os.environ.get("SCORECARD_CHROMIUM")
    candidates = [asked] if asked else [*map(shutil.which, NAMES), MAC]
    return next((path for path in candidates if path and Path(path).exists()), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for the session; skips where there is none, but not in CI."""
    path = find_browser()
    if path is None:
        reason = f"no browser: install Chromium ({', '.join(NAMES)}) or set SCORECARD_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """``open_page(width, height, **options)``: a page of an offline context, closed after the test."""
    contexts = []

    def opened(width: int = 1440, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(offline=True, viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def inspect_page(page: Any, path: str | Path, *, fragment: str = "") -> dict[str, Any]:
    """Open a published page or deck, draw everything, and say what a browser sees.

    Parameters
    ----------
    page : playwright Page
        Of an offline context.
    path : str or Path
        The document.
    fragment : str, optional
        Such as ``"#/2"``.

    Returns
    -------
    dict
        * ``requests``: every address asked for besides the document itself
        * ``console``: console messages and uncaught errors
        * ``figures``: ``{id, width, height, traces: [{type, name, points, marks}]}``; `marks` counts
          drawn elements that have a size, `points` the data they stand for
        * ``overflow``: ``{"sideways": px that the page is wider than the window,
          "slides": [{slide, element, over}]}``
        * ``title``, ``slides``: the document's title and its number of slides
    """
    requests: list[str] = []
    console: list[str] = []
    address = Path(path).resolve().as_uri()
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: console.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: console.append(f"error: {error}"))
    page.goto(address + fragment, wait_until="load")
    draw_all(page)
    seen = page.evaluate(_SEEN)
    return {
        # Icons of the browser's own interface are no request of the document.
        "requests": [
            url for url in requests if url.split("#")[0] != address and not url.startswith(("data:", "blob:"))
        ],
        "console": console,
        **seen,
    }


def draw_all(page: Any) -> int:
    """Draw every chart of the open document and wait until it is done; how many there are."""
    count = page.evaluate("window.scorecard ? (window.scorecard.drawAll(), window.scorecard.figures.length) : 0")
    if count:
        wait_until(page, f"document.documentElement.dataset.drawn === '{count}'")
    return count


def wait_until(page: Any, expression: str, *, timeout_s: float = 20) -> None:
    """Wait until a JavaScript expression is true.

    Playwright's own `wait_for_function` evaluates text inside the page, which the documents' policy forbids.
    """
    deadline = time.monotonic() + timeout_s
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not true within {timeout_s} s: {expression}")
        page.wait_for_timeout(30)


_SEEN = """() => {
  const measure = () => Array.from(document.querySelectorAll("[data-figure]"), (figure) => {
    const target = figure.querySelector(".draw");
    const frame = target.getBoundingClientRect();
    const groups = Array.from(target.querySelectorAll(".trace, .hm, .heatmaplayer > g, .im"));
    const owner = (element) => {
      const bound = element.__data__;
      const first = Array.isArray(bound) ? bound[0] : bound;
      return first && first.trace ? first.trace.index : -1;
    };
    return {
      id: figure.dataset.figure, width: Math.round(frame.width), height: Math.round(frame.height),
      traces: (target._fullData || []).map((trace) => {
        const own = groups.filter((group) => owner(group) === trace.index);
        const marks = own.flatMap((group) => Array.from(group.querySelectorAll("path, text, image, rect, circle")))
          .filter((mark) => { const box = mark.getBoundingClientRect(); return box.width + box.height > 0.5; });
        const numbers = (list) => Array.from(list || []).filter((v) => v !== null && v !== undefined && v === v).length;
        return {
          type: trace.type, name: (trace.meta && trace.meta.role) || trace.name || "",
          points: Math.min(numbers(trace.x) || Infinity, numbers(trace.y) || Infinity, 1e9) % 1e9, marks: marks.length,
        };
      }),
    };
  });
  let figures = [];
  const deck = window.scorecardDeck;
  if (deck) deck.together(() => { figures = measure(); }); else figures = measure();
  return {
    title: document.title,
    slides: document.querySelectorAll(".slides > section").length,
    figures: figures,
    overflow: {
      sideways: Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
      slides: deck ? deck.overflowing() : [],
    },
  };
}"""
