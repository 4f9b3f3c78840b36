"""How soon the preview shows a saved change: seconds in a browser, for ``make bench``.

From the moment a YAML file is saved (its own time stamp) until the new page stands in the frame, with its
scripts run.  Medians over some rounds, because other work of the machine only ever adds to them.

    python -m tests.browser.preview_speed
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import sync_playwright

from kernels_lib.production.browser import launch
from kernels_lib.production.preview.desk import Desk
from kernels_lib.production.preview.server import Server
from tests.conftest import copy_project

CLIENT = "brand-01"
ROUNDS = 9
_SECONDS = "() => document.documentElement.dataset.seconds"
_LONGEST_MS = 120_000

# What is saved: a threshold of one client, the level of all tests, a colour.
CHANGES: dict[str, Callable[[int], str]] = {
    "target": lambda place: f"target: {{dialog: {3 + place / 10:.1f}}}",
    "alpha": lambda place: f"alpha: 0.0{21 + place}",
    "colour": lambda place: f"colours: {{primary: '#2a{place + 16:02x}86'}}",
}


def preview_times(project: Path, *, rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds from saving a file to the new page, by what was changed; medians.

    Parameters
    ----------
    project : Path
        A project to be changed.
    rounds : int, default 9
        Times that each change is made; the first one is not counted.
    """
    path = project / "params/clients" / f"{CLIENT}.yaml"
    brand = f"brand: Brand {CLIENT[-2:]}\n"
    path.write_text(brand)
    desk = Desk(project, "", f"client/{CLIENT}")
    found: dict[str, float] = {}
    with Server(desk) as server, sync_playwright() as playwright:
        desk.start()
        Thread(target=server.serve_forever, daemon=True).start()
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(server.url)
        page.wait_for_selector("iframe[data-shown]", timeout=_LONGEST_MS)
        page.wait_for_selector(".field", timeout=_LONGEST_MS)
        for name, line in CHANGES.items():
            taken = [_followed(page, path, f"{brand}{line(place)}\n") for place in range(rounds + 1)]
            found[f"preview_{name}_s"] = statistics.median(taken[1:])
        browser.close()
        server.shutdown()
        desk.close()
    return found


def _followed(page: Any, path: Path, text: str) -> float:
    before = page.evaluate("() => document.documentElement.dataset.arrived")
    path.write_text(text)
    page.wait_for_function(
        "old => document.documentElement.dataset.arrived !== old", arg=before, timeout=_LONGEST_MS, polling=20
    )
    seconds = float(page.evaluate(_SECONDS))
    # The index is written and the form drawn before the next change.
    page.wait_for_timeout(400)
    return seconds


def main() -> None:
    """Print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(preview_times(copy_project(Path(folder) / "project")), indent=1))


if __name__ == "__main__":
    main()
