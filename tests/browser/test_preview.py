"""The preview as an analyst uses it, in a real browser."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Thread

import pytest

pytest.importorskip("watchfiles")

from kernels_lib.production.preview.desk import Desk
from kernels_lib.production.preview.server import Server
from tests.browser.axe import violations
from tests.conftest import change

pytestmark = pytest.mark.browser
ARRIVED = "() => document.documentElement.dataset.arrived"
LONGEST_MS = 60_000


@contextmanager
def previewed(project, subject):
    """The address of a preview that is at work."""
    desk = Desk(project, "", subject)
    with Server(desk) as server:
        desk.start()
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            desk.close()
            thread.join()


def opened(browser, url):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(url)
    page.wait_for_selector("iframe[data-shown]", timeout=LONGEST_MS)
    page.wait_for_selector(".field", timeout=LONGEST_MS)
    return page


def report(page):
    return page.query_selector("iframe[data-document='report.html']").content_frame()


def after(page, action):
    """Do something and wait until another page is shown."""
    before = page.evaluate(ARRIVED)
    action()
    page.wait_for_function("old => document.documentElement.dataset.arrived !== old", arg=before, timeout=LONGEST_MS)


@pytest.mark.slow
def test_a_day_with_the_preview(browser, small_site):
    path = small_site / "params/clients/brand-08.yaml"
    path.write_text("# ours\nbrand: Brand 08  # as in the data\n")
    with previewed(small_site, "client/brand-08") as url:
        page = opened(browser, url)
        heard = []
        page.on("pageerror", lambda error: heard.append(str(error)))

        # A threshold in the form: the file has it, with its comments, and the page follows, where the reader was.
        report(page).evaluate("() => document.querySelectorAll('section[id]')[3].scrollIntoView()")
        there = "() => document.querySelectorAll('section[id]')[3].getBoundingClientRect().top"
        before = report(page).evaluate(there)
        number = page.locator("[data-key='target.dialog'] input[type=number]")
        after(page, lambda: (number.fill("2"), number.press("Tab")))
        assert "# ours\nbrand: Brand 08  # as in the data\ntarget:\n  dialog: 2\n" == path.read_text()
        assert abs(before - report(page).evaluate(there)) <= 2
        page.wait_for_function(
            "() => document.querySelector(\"[data-key='target.dialog'] .from\").textContent.includes('line 4')"
        )

        # A value that a build refuses: said beside the field, and nothing is written.
        number.fill("9")
        number.press("Tab")
        page.wait_for_selector("[data-key='target.dialog'] .wrong:not([hidden])")
        said = page.locator("[data-key='target.dialog'] .wrong").inner_text()
        assert "params/clients/brand-08.yaml, line 4: target 9 for 'dialog' is outside the scale 1-5." == said
        assert "dialog: 2\n" in path.read_text()

        # A mistake in an editor: the command line's message, above the last good page.
        shown = page.get_attribute("iframe[data-shown]", "data-shown")
        change(path, "brand: Brand 08", "brand: Brand 88")
        page.wait_for_selector("#errors:not([hidden])", timeout=LONGEST_MS)
        message = page.locator("#errors").inner_text()
        assert "Error: params/clients/brand-08.yaml, line 2: unknown brand 'Brand 88'. Did you mean" in message
        assert "last good page" in message
        assert shown == page.get_attribute("iframe[data-shown]", "data-shown")

        # Mended in the editor, with another colour: the page follows.
        after(page, lambda: path.write_text("brand: Brand 08\ncolours: {primary: '#7a1f5c'}\n"))
        assert page.locator("#errors").is_hidden()

        assert [] == violations(page)
        assert [] == heard
        page.close()
