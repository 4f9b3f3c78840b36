"""Screenshots of page and deck, into build/shots; ``--readme`` renews those in docs/.

``make shots`` after ``make reports``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from kernels_lib.production.browser import find_browser, launch

ROOT = Path(__file__).resolve().parent.parent.parent
CLIENT = ROOT / "build/site/clients/brand-07"

# name: file, width, height, scheme, whole page
SHOTS = {
    "report-desktop": (CLIENT / "report.html", 1440, 900, "light", True),
    "report-dark": (CLIENT / "report.html", 1440, 900, "dark", True),
    "report-phone": (CLIENT / "report.html", 390, 844, "light", True),
    "study-desktop": (ROOT / "build/site/study/report.html", 1440, 900, "light", True),
    "industry-desktop": (ROOT / "build/site/industries/retail/report.html", 1440, 900, "light", True),
    "methods-desktop": (ROOT / "build/site/methods/report.html", 1440, 900, "light", True),
    "german-desktop": (ROOT / "build/site/clients/brand-24/report.html", 1440, 900, "light", True),
    "tablet": (CLIENT / "report.html", 768, 1024, "light", True),
    "deck-phone": (CLIENT / "slides.html", 390, 844, "light", False),
    "index-phone": (ROOT / "build/site/index.html", 390, 844, "light", False),
    "index-dark": (ROOT / "build/site/index.html", 1440, 900, "dark", True),
    "index": (ROOT / "build/site/index.html", 1440, 900, "light", True),
}


def main() -> None:
    """Take every picture."""
    if find_browser() is None:
        sys.exit("No Chromium found. On Debian: apt-get install chromium")
    if not CLIENT.is_dir():
        sys.exit("Nothing is built yet. Run make reports first.")
    target = ROOT / "build/shots"
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, (path, width, height, scheme, whole) in SHOTS.items():
            page = _open(browser, path, width, height, scheme)
            page.screenshot(path=target / f"{name}.png", full_page=whole)
            page.context.close()
        page = _open(browser, CLIENT / "slides.html", 1280, 720, "light")
        slides = page.evaluate("document.querySelectorAll('.reveal .slides > section').length")
        for number in range(slides):
            page.evaluate(f"Reveal.slide({number})")
            page.wait_for_timeout(400)
            page.screenshot(path=target / f"deck-{number + 1:02d}.png")
        _on_paper(browser, target)
        if "--readme" in sys.argv:
            _for_readme(browser)
        browser.close()
    print(f"{len(list(target.iterdir()))} pictures in build/shots")


def _on_paper(browser, target: Path) -> None:
    """The page on A4 and Letter and its summary alone, as PDF and, where poppler is installed, as pictures."""
    page = _open(browser, CLIENT / "report.html", 1440, 900, "light")
    page.emulate_media(media="print")
    for paper in ("A4", "Letter"):
        page.pdf(path=target / f"print-{paper}.pdf", format=paper, prefer_css_page_size=True, print_background=True)
    page.evaluate("document.documentElement.classList.add('one-page')")
    page.pdf(path=target / "print-summary.pdf", format="A4", prefer_css_page_size=True, print_background=True)
    if shutil.which("pdftoppm"):
        for path in target.glob("print-*.pdf"):
            subprocess.run(["pdftoppm", "-r", "60", "-png", path, path.with_suffix("")], check=True)


def _for_readme(browser) -> None:
    docs = ROOT / "docs"
    docs.mkdir(exist_ok=True)
    page = _open(browser, CLIENT / "report.html", 1280, 1500, "light")
    page.screenshot(path=docs / "report.png")
    page = _open(browser, CLIENT / "slides.html", 1280, 720, "light")
    page.evaluate("Reveal.slide(2)")
    page.wait_for_timeout(500)
    page.screenshot(path=docs / "deck.png")


def _open(browser, path: Path, width: int, height: int, scheme: str):
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_timeout(300)
    page.evaluate("window.scorecard && window.scorecard.drawAll && window.scorecard.drawAll()")
    page.wait_for_timeout(700)
    return page


if __name__ == "__main__":
    main()
