"""A real headless browser, offline; what it sees in a document comes from `kernels_lib.production.inspection`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernels_lib.production.browser import launch, missing_for_browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for the session; skips where there is none, but not in CI."""
    if lacking := missing_for_browser():
        if os.environ.get("CI") == "true":
            pytest.fail(lacking)
        pytest.skip(lacking)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = launch(playwright)
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
