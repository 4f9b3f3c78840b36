"""Whoever uses a keyboard or a screen reader gets the whole document: published pages in a real browser."""

from __future__ import annotations

import pytest

from kernels_lib.production.inspection import draw_all, wait_until
from tests.browser.axe import violations

pytestmark = pytest.mark.browser

# The quick tests look at a short report; every kind is looked at by make test-all, brand-24 in German.
QUICK = "industries/retail"
FOLDERS = ["study", "methods", "clients/brand-07", "clients/brand-19", "clients/brand-24"]
LOOKS = [(width, scheme) for width in (1440, 390) for scheme in ("light", "dark")]
slow = pytest.mark.slow

UNFOLD = "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"


def looked_at(quick: list, folders: list[str]) -> list:
    """Folder, width and scheme of every combination; all but the quick ones are slow."""
    every = [(folder, *look) for folder in folders for look in LOOKS]
    return [*quick, *(pytest.param(*one, marks=slow) for one in every if one not in quick)]


def opened(open_page, path, width=1440, scheme="light"):
    page = open_page(width, 900, color_scheme=scheme, reduced_motion="reduce")
    page.goto(path.as_uri())
    page.evaluate(UNFOLD)
    draw_all(page)
    return page


@pytest.mark.parametrize(("folder", "width", "scheme"), looked_at([(QUICK, 390, "dark")], [QUICK, *FOLDERS]))
@pytest.mark.slow
def test_axe_finds_nothing_wrong_in_a_page_with_everything_open(site, open_page, folder, width, scheme):
    page = opened(open_page, site / "build/site" / folder / "report.html", width, scheme)

    assert [] == violations(page)


@pytest.mark.parametrize(("folder", "width", "scheme"), looked_at([], [QUICK, *FOLDERS]))
def test_axe_finds_nothing_wrong_on_any_slide(site, open_page, folder, width, scheme):
    page = opened(open_page, site / "build/site" / folder / "slides.html", width, scheme)
    for number in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate(f"Reveal.slide({number})")
        assert [] == violations(page), number + 1


@pytest.mark.slow
def test_axe_finds_nothing_wrong_on_a_slide_of_lists_and_one_with_a_chart(site, open_page):
    page = opened(open_page, site / "build/site" / QUICK / "slides.html")
    for number in (1, 2):
        page.evaluate(f"Reveal.slide({number})")
        assert [] == violations(page), number + 1


@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), *(pytest.param(*look, marks=slow) for look in LOOKS[1:])]
)
def test_axe_finds_nothing_wrong_in_the_index(site, open_page, width, scheme):
    assert [] == violations(opened(open_page, site / "build/site/index.html", width, scheme))


def test_axe_would_find_a_missing_name_pale_words_and_an_unknown_role(site, open_page):
    page = opened(open_page, site / "build/site/index.html")
    page.evaluate("""() => { document.querySelector("main").insertAdjacentHTML("beforeend",
      '<button></button><p style="color:#aaa;background:#fff">pale</p><p role="figur">odd</p>'); }""")

    assert {"button-name", "color-contrast", "aria-roles"} <= {found.split(":")[0] for found in violations(page)}


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", ["report.html", "slides.html"])
@pytest.mark.parametrize("folder", [QUICK, *(pytest.param(folder, marks=slow) for folder in FOLDERS)])
def test_every_figure_has_a_name_and_says_what_it_shows(site, open_page, folder, name):
    page = opened(open_page, site / "build/site" / folder / name)
    session = page.context.new_cdp_session(page)
    spoken = images(session)
    # Of a deck only the slide that is shown is read out.
    for number in range(1, page.evaluate("window.Reveal ? Reveal.getTotalSlides() : 0")):
        page.evaluate(f"Reveal.slide({number})")
        spoken |= images(session)

    alts = page.eval_on_selector_all(".draw", "all => all.map((draw) => draw.getAttribute('aria-label'))")
    assert alts
    assert [] == [alt for alt in alts if alt not in spoken]
    assert [] == [alt for alt in alts if len(alt) < 80]


def images(session) -> set[str]:
    """Names of the images in what the browser hands to a screen reader."""
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    return {node["name"]["value"] for node in tree if node["role"]["value"] == "image" and "name" in node}


# The keyboard

MARK = """() => {
  const all = document.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex]");
  const usable = (element) => element.checkVisibility() && !element.disabled && element.tabIndex >= 0;
  // Slides before and after the one that is shown are hidden in this way.
  const shown = Array.from(all).filter((element) => usable(element) && !element.closest("[aria-hidden=true]"));
  shown.forEach((element, place) => { element.dataset.place = place; });
  return shown.map((element) => element.outerHTML.slice(0, 120));
}"""

FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    place: "place" in element.dataset ? Number(element.dataset.place) : -1,
    seen: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none",
    inside: box.bottom > 0 && box.top < window.innerHeight && box.right > 0 && box.left < window.innerWidth,
    html: element.outerHTML.slice(0, 120),
  };
}"""

# What looks as if it could be clicked but is no control, nor a part of one.
MISLEADING = """() => Array.from(document.querySelectorAll("body *")).filter((element) =>
  getComputedStyle(element).cursor === "pointer" && element.checkVisibility() && !element.closest(".draw") &&
  !element.closest("a[href], button, summary, label, input, select")).map((one) => one.outerHTML.slice(0, 120))"""


def tabbed(page) -> tuple[list[str], list[dict]]:
    """Every control of the page, and what the tab key reaches, one after another."""
    controls = page.evaluate(MARK)
    stops = []
    for _ in range(2 * len(controls) + 10):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            break
        stops.append(stop)
    return controls, stops


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440, pytest.param(390, marks=slow)])
@pytest.mark.parametrize(
    "document",
    [f"{QUICK}/report.html", "index.html", *(pytest.param(f"{f}/report.html", marks=slow) for f in FOLDERS)],
)
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(site, open_page, document, width):
    page = opened(open_page, site / "build/site" / document, width)
    controls, stops = tabbed(page)

    places = [stop["place"] for stop in stops if stop["place"] >= 0]
    assert len(controls) > 8
    assert 'href="#main"' in stops[0]["html"]
    assert [] == [controls[place] for place in range(len(controls)) if place not in places]
    assert sorted(places) == places
    assert [] == [stop["html"] for stop in stops if not stop["seen"]]
    assert [] == [stop["html"] for stop in stops if not stop["inside"]]
    assert [] == page.evaluate(MISLEADING)

    # The first of them skips what comes before the report.
    page.evaluate("document.activeElement.blur(), window.scrollTo(0, 0)")
    page.locator("[href='#main']").press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.slow
def test_the_keyboard_goes_through_a_deck_and_its_buttons(site, open_page):
    page = opened(open_page, site / "build/site" / QUICK / "slides.html")
    controls, stops = tabbed(page)
    assert [*range(len(controls))] == [stop["place"] for stop in stops]
    assert {"prev", "next"} <= set(page.eval_on_selector_all("[data-place][data-go]", "b => b.map(x => x.dataset.go)"))
    assert all(stop["seen"] and stop["inside"] for stop in stops)
    assert [] == page.evaluate(MISLEADING)

    page.locator(".present [data-go=next]").press("Enter")
    wait_until(page, "Reveal.getIndices().h === 1")
    page.keyboard.press("ArrowRight")
    wait_until(page, "Reveal.getIndices().h === 2")
    page.keyboard.press("ArrowLeft")
    wait_until(page, "Reveal.getIndices().h === 1")
