"""The browser on this machine, where there is one: it prints PDFs and inspects documents.

Both are extras: everything else is made without a browser, and messages say what is missing.

A process keeps one browser and opens it at the first use.  It lives in a thread of its own, because
playwright keeps an event loop running in the thread that it was started in, and there papermill
could not run another notebook.
"""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from kernels_lib.errors import GateFailed

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--hide-scrollbars"]

INSTALL = "Install it with: pip install 'scorecard-reports[browser]'."

# Gates that only a browser can see to; a build without --inspect says that they were not run.
INSPECTIONS = ("requests", "console", "drawn", "fits")

CLOSING_S = 10

_T = TypeVar("_T")


def find_browser() -> str | None:
    """Path of a Chromium or Chrome on this machine, or None; ``$SCORECARD_CHROMIUM`` comes first."""
    asked = os.environ.get("SCORECARD_CHROMIUM")
    candidates = [asked] if asked else [*map(shutil.which, NAMES), MAC]
    return next((path for path in candidates if path and Path(path).exists()), None)


def missing_for_browser() -> str:
    """What is missing to open a document, as a sentence; empty where nothing is."""
    if find_browser() is None:
        return f"no browser was found. Install Chromium ({', '.join(NAMES)}) or set SCORECARD_CHROMIUM to its path."
    if find_spec("playwright") is None:
        return f"the Python package playwright is not installed. {INSTALL}"
    return ""


def missing_for_pdf() -> str:
    """What is missing to print a PDF, as a sentence; empty where nothing is."""
    if lacking := missing_for_browser():
        return lacking
    if find_spec("pypdf") is None:
        return f"the Python package pypdf is not installed. {INSTALL}"
    return ""


def launch(playwright: Any) -> Any:
    """The browser of this machine, headless, through a running playwright."""
    return playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)


def in_browser(action: Callable[[Any], _T]) -> _T:
    """What an action gives that gets this process's browser.

    Parameters
    ----------
    action : callable
        Called with playwright's Browser; opens contexts and closes them again.

    Raises
    ------
    GateFailed
        If there is no browser, or it stopped.
    """
    if lacking := missing_for_browser():
        raise GateFailed(lacking)
    future: Future[_T] = Future()
    _desk().put((action, future))
    return future.result()


@cache
def _desk() -> SimpleQueue[Any]:
    """Where actions are handed in; the thread that has the browser takes them one by one."""
    desk: SimpleQueue[Any] = SimpleQueue()
    thread = Thread(target=_serve, args=(desk,), name="browser", daemon=True)
    thread.start()
    atexit.register(_close, desk, thread)
    return desk


def _close(desk: SimpleQueue[Any], thread: Thread) -> None:
    desk.put(None)
    thread.join(CLOSING_S)


def _serve(desk: SimpleQueue[Any]) -> None:
    from playwright.sync_api import Error, sync_playwright

    with ExitStack() as open_things:
        playwright = browser = None
        while (task := desk.get()) is not None:
            action, future = task
            try:
                if playwright is None:
                    playwright = open_things.enter_context(sync_playwright())
                if browser is None or not browser.is_connected():
                    browser = launch(playwright)
                    open_things.callback(browser.close)
                future.set_result(action(browser))
            except Error as error:
                first = str(error).strip().splitlines()[0]
                future.set_exception(GateFailed(f"the browser stopped: {first}.", remedy="Build it once more."))
            except BaseException as error:  # whatever it is, it belongs to whoever waits for the result
                future.set_exception(error)
