"""What only a browser sees in a finished page or deck: the gates of ``build --inspect``.

    requests   nothing is asked of the network, nor of another file
    console    the browser says nothing: no error, no warning
    drawn      every figure shows at least one of its traces
    fits       no sideways scroll at any width, no slide fuller than its frame

A document is opened offline as its reader opens it, from a file, at the widths of a desktop, a
tablet and a phone, and drawn whole.  Documents draw themselves through ``window.scorecard`` (one
without figures has none) and measure their slides through ``window.scorecardDeck``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kernels_lib.errors import GateFailed
from kernels_lib.production.browser import INSPECTIONS, in_browser

# Windows of a desktop, a tablet and a phone.
WINDOWS = ((1440, 900), (768, 1024), (390, 844))
WAIT_S = 20


def inspect(pages: Mapping[str, str], subject: str) -> dict[str, str]:
    """Open each page and deck in the browser.

    Parameters
    ----------
    pages : mapping of str to str
        Format to the finished document.
    subject : str
        Of whom it is for, for messages.

    Returns
    -------
    dict of str to str
        Gate to ``"passed"``.

    Raises
    ------
    GateFailed
        At the first gate that a document does not pass.
    """
    with tempfile.TemporaryDirectory(prefix="scorecard-") as folder:
        for name, document in pages.items():
            path = Path(folder) / f"{name}.html"
            path.write_text(document, encoding="utf-8")
            in_browser(lambda browser, name=name, path=path: _inspect(browser, name, path, subject))
    return dict.fromkeys(INSPECTIONS, "passed")


def _inspect(browser: Any, name: str, path: Path, subject: str) -> None:
    for width, height in WINDOWS:
        context = browser.new_context(offline=True, viewport={"width": width, "height": height})
        try:
            seen = look(context.new_page(), path)
        finally:
            context.close()
        for gate in INSPECTIONS:
            if problem := CHECKS[gate](seen):
                found, remedy = problem
                raise GateFailed(f"gate '{gate}': {name} at {width} px: {found}.", where=subject, remedy=remedy)


Problem = tuple[str, str] | None


def requests(seen: Mapping[str, Any]) -> Problem:
    """Nothing is asked of the network, nor of another file."""
    if not seen["requests"]:
        return None
    return f"asks for '{seen['requests'][0][:120]}'", "Put it into the document, or take out what loads it."


def console(seen: Mapping[str, Any]) -> Problem:
    """No error and no warning."""
    if not seen["console"]:
        return None
    return f"the browser says '{seen['console'][0][:200]}'", "Open the document's console for the place."


def drawn(seen: Mapping[str, Any]) -> Problem:
    """Every figure has a size, and at least one trace with marks that can be seen."""
    for figure in seen["figures"]:
        if min(figure["width"], figure["height"]) < 1 or not any(trace["marks"] for trace in figure["traces"]):
            roles = ", ".join(trace["name"] or trace["type"] for trace in figure["traces"]) or "none"
            return f"figure '{figure['id']}' is blank (traces: {roles})", "Look at the numbers that it is drawn from."
    return None


def fits(seen: Mapping[str, Any]) -> Problem:
    """No sideways scroll; no slide with more on it than it can show."""
    if seen["overflow"]["sideways"]:
        widest = seen["overflow"]["widest"]
        return f"is {seen['overflow']['sideways']} px wider than the window (at {widest})", "Let it wrap or scroll."
    for slide in seen["overflow"]["slides"]:
        found = f"slide {slide['slide']}, '{slide['title']}', holds {slide['over']} px more than it can show"
        return f"{found} (at {slide['element']})", "Shorten its texts, or make two slides of it."
    return None


CHECKS: dict[str, Callable[[Mapping[str, Any]], Problem]] = {
    "requests": requests,
    "console": console,
    "drawn": drawn,
    "fits": fits,
}


def look(page: Any, path: str | Path, *, fragment: str = "") -> dict[str, Any]:
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
        * ``overflow``: ``{"sideways": px that the page is wider than the window, "widest": the
          element that reaches farthest, "slides": [{slide, title, element, over}]}``
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


def wait_until(page: Any, expression: str, *, timeout_s: float = WAIT_S) -> None:
    """Wait until a JavaScript expression is true.

    Playwright's own `wait_for_function` evaluates text inside the page, which the documents' policy forbids.

    Raises
    ------
    GateFailed
        If it does not become true in time.
    """
    deadline = time.monotonic() + timeout_s
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise GateFailed(f"not true within {timeout_s:g} s: {expression}.")
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
  const called = (element) => element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") +
    Array.from(element.classList, (name) => "." + name).join("");
  /* Whose right edge lies beyond the window, and is not cut off or scrolled by something around it. */
  const widest = () => {
    let found = "";
    let edge = window.innerWidth + 1;
    for (const element of document.body.querySelectorAll("*")) {
      const right = element.getBoundingClientRect().right;
      if (right > edge && !element.closest("svg, .scroll")) { edge = right; found = called(element); }
    }
    return found || "body";
  };
  /* How far letters stand out of their line, where lines are closer than the letters of this machine's
     type are high: its descent reaches below the line, and no ink. */
  const outOfLine = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), range = document.createRange();
    let most = 0;
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const line = parseFloat(getComputedStyle(text.parentElement).lineHeight);
      range.selectNode(text);
      for (const letters of range.getClientRects()) most = Math.max(most, (letters.height - line) / 2 || 0);
    }
    return most;
  };
  /* Words that run out of their box into the next, though all of it is on the slide. */
  const lapping = (slide) => {
    for (const element of slide.querySelectorAll(".content, .content *, .open, .open *")) {
      const style = getComputedStyle(element);
      if (style.display === "inline" || style.position === "absolute" || element.closest("svg, .draw")) continue;
      const over = Math.max(element.scrollHeight - element.clientHeight, element.scrollWidth - element.clientWidth);
      if (over > 8 && over > outOfLine(element) + 1) {
        return [{ slide: Number(slide.dataset.slide), element: called(element), over: over }];
      }
    }
    return [];
  };
  const overfull = () => {
    let found = deck.overflowing();
    const known = new Set(found.map((one) => one.slide));
    deck.together(() => {
      for (const slide of sections) if (!known.has(Number(slide.dataset.slide))) found = found.concat(lapping(slide));
    });
    return found.map((one) => {
      const title = sections[one.slide - 1].querySelector("h1, h2");
      return Object.assign({ title: title ? title.textContent.trim() : "" }, one);
    });
  };
  const root = document.documentElement;
  const sections = Array.from(document.querySelectorAll(".slides > section"));
  const deck = window.scorecardDeck;
  let figures = [];
  if (deck) deck.together(() => { figures = measure(); }); else figures = measure();
  const sideways = Math.max(0, root.scrollWidth - window.innerWidth);
  return {
    title: document.title,
    slides: sections.length,
    figures: figures,
    overflow: {
      sideways: sideways,
      widest: sideways ? widest() : "",
      slides: deck ? overfull() : [],
    },
  };
}"""
