"""What a person sees: published documents in a real, headless, offline browser."""

from __future__ import annotations

import pytest

from kernels_lib.production.inspection import draw_all, look, wait_until
from kernels_lib.production.publish import PAGES, assets, render_index
from kernels_lib.study import theme
from tests.production import sample_notebook as sample

pytestmark = pytest.mark.browser

WIDTHS = (1440, 768, 390)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    paths = {}
    for name, to_format in PAGES.items():
        paths[name] = folder / f"{name}.html"
        paths[name].write_text(to_format(sample.notebook()), encoding="utf-8")
    return paths


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_document_asks_for_nothing_says_nothing_fits_and_draws_every_trace(open_page, published, name, width):
    seen = look(open_page(width), published[name])

    assert [] == seen["requests"]
    assert [] == seen["console"]
    assert {"sideways": 0, "widest": "", "slides": []} == seen["overflow"]
    assert ["signature", "peers"] == [figure["id"] for figure in seen["figures"]]
    for figure in seen["figures"]:
        assert figure["width"] > 250 and figure["height"] > 250
        empty = [trace for trace in figure["traces"] if trace["points"] and not trace["marks"]]
        assert [] == empty, figure["id"]


def test_charts_wait_until_the_reader_is_near(open_page, published):
    page = open_page(1440, 700)
    page.goto(published["html"].as_uri())
    wait_until(page, "window.Plotly !== undefined")
    assert page.evaluate("document.documentElement.dataset.drawn") == "0"

    page.locator("#fig-peers").scroll_into_view_if_needed()
    wait_until(page, "document.documentElement.dataset.drawn > 0")


# Holds back whatever waits for a frame or for idle time, until the test lets it go.
HELD = """
window.held = [];
window.requestAnimationFrame = window.requestIdleCallback = (action) => window.held.push(action);
window.letGo = () => { while (window.held.length) window.held.shift()(performance.now()); };
"""
FOLLOWED = """(() => {
  const link = document.querySelector(".rail a[href='#peers']");
  link.click();
  return [location.hash, Math.round(document.querySelector("#peers").getBoundingClientRect().top) < 200, typeof Plotly];
})()"""


def held_back(open_page, path):
    page = open_page(1440, 900)
    page.add_init_script(HELD)
    page.goto(path.as_uri())
    return page


@pytest.mark.slow
def test_a_link_of_the_contents_leads_on_before_the_chart_library_is_evaluated(open_page, published):
    page = held_back(open_page, published["html"])
    assert ["#peers", True, "undefined"] == page.evaluate(FOLLOWED)
    wait_until(page, "held.length > 1")  # the load's own, and a chart that the link led to
    assert ["undefined", "0"] == page.evaluate("[typeof Plotly, document.documentElement.dataset.drawn]")

    page.evaluate("letGo()")
    wait_until(page, "document.querySelector('#fig-peers .trace')")
    assert 2 == draw_all(page)


@pytest.mark.slow
def test_slides_are_turned_before_the_chart_library_is_evaluated(open_page, published):
    page = held_back(open_page, published["slides"])
    wait_until(page, "window.Reveal && Reveal.isReady()")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert [2, "undefined"] == page.evaluate("[Reveal.getIndices().h, typeof Plotly]")

    page.evaluate("letGo()")
    wait_until(page, "document.querySelector('.present .plot .trace')")
    assert 2 == draw_all(page)


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", PAGES)
def test_a_document_printed_at_once_has_its_charts(open_page, published, name):
    page = held_back(open_page, published[name])
    assert "undefined" == page.evaluate("typeof Plotly")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")

    assert "2" == page.evaluate("document.documentElement.dataset.drawn")


@pytest.mark.slow
def test_the_chart_library_is_evaluated_once_and_leaves_the_document_as_it_was(open_page, published):
    page = open_page(1440, 900)
    page.goto(published["html"].as_uri())
    scripts = "Array.from(document.scripts, (script) => script.type).join()"
    before = page.evaluate(scripts)
    draw_all(page)
    page.evaluate(
        "window.first = window.Plotly; scorecard.library(() => { window.same = window.first === window.Plotly })"
    )

    assert page.evaluate("window.same")
    assert before == page.evaluate(scripts)


def test_a_phone_gets_the_narrow_form(open_page, published):
    page = open_page(390)
    page.goto(published["html"].as_uri())
    draw_all(page)

    margin = page.evaluate("document.querySelector('#fig-signature .draw').layout.margin.l")
    assert margin == sample.signature("narrow")["layout"]["margin"]["l"]


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


COLOURS = """() => {
  const fill = (selector) => getComputedStyle(document.querySelector("#fig-signature " + selector)).fill;
  const words = Array.from(document.querySelectorAll("#fig-signature .annotation-text, .annotation-text tspan"));
  return {
    bar: fill(".barlayer .trace:nth-child(2) path"), tick: fill(".xtick text"),
    words: Array.from(new Set(words.map((word) => getComputedStyle(word).fill))),
  };
}"""


@pytest.mark.sample(3)
@pytest.mark.parametrize("mode", ["dark", "light", "print"])
def test_charts_take_the_colours_of_the_scheme_also_inside_texts(open_page, published, mode):
    page = open_page(1440, color_scheme="dark" if mode == "dark" else "light")
    page.goto(published["html"].as_uri())
    draw_all(page)
    if mode == "print":
        page.emulate_media(media="print")
    seen = page.evaluate(COLOURS)

    colours = theme.palette(mode)
    assert seen["bar"] == rgb(colours["blue"])
    assert seen["tick"] == rgb(colours["mut"])
    allowed = {rgb(colours[token]) for token in ("ink", "ink2", "mut", "verm", "blue")}
    assert set(seen["words"]) <= allowed


@pytest.mark.slow
def test_a_change_of_scheme_recolours_what_is_drawn(open_page, published):
    page = open_page(1440)
    page.goto(published["html"].as_uri())
    draw_all(page)
    page.emulate_media(color_scheme="dark")

    assert page.evaluate(COLOURS)["bar"] == rgb(theme.palette("dark")["blue"])


@pytest.mark.slow
def test_hover_words_follow_the_scheme(open_page, published):
    page = open_page(1440, color_scheme="dark")
    page.goto(published["html"].as_uri())
    draw_all(page)
    page.locator("#fig-signature .draw").scroll_into_view_if_needed()
    box = page.locator("#fig-signature .scatterlayer .trace:last-child .point").nth(1).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#fig-signature .hoverlayer .hovertext")

    fill = "getComputedStyle(document.querySelector('#fig-signature .hoverlayer .hovertext path')).fill"
    wait_until(page, f"{fill} === '{rgb(theme.palette('dark')['paper'])}'")


def test_paper_shows_every_chart_at_its_width_and_opens_what_is_folded(open_page, published, tmp_path):
    page = open_page(390)
    page.goto(published["html"].as_uri())
    page.emulate_media(media="print")
    wait_until(page, "document.documentElement.dataset.drawn === '2'")
    seen = page.evaluate("""() => ({
      forms: Array.from(document.querySelectorAll(".draw"), (d) => d.layout.width),
      widths: Array.from(document.querySelectorAll(".draw"), (d) => Math.round(d.getBoundingClientRect().width)),
      folds: Array.from(document.querySelectorAll("details.fold"), (d) => d.open),
    })""")
    assert seen == {"forms": [824, 824], "widths": [672, 672], "folds": [True, True]}

    page.emulate_media(media="screen")
    wait_until(page, "!document.querySelector('details.fold').open")
    assert page.evaluate("document.querySelector('.draw').layout.width") < 400

    pdf = page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")


def test_the_deck_draws_the_slide_that_is_shown(open_page, published):
    page = open_page(1280, 720)
    page.goto(published["slides"].as_uri() + "#/2")
    wait_until(page, "document.documentElement.dataset.drawn === '1'")
    size = page.evaluate(
        "(() => { const box = document.querySelector('.present .plot'); return [box.clientWidth, box.clientHeight] })()"
    )
    assert size[0] == 1152 and size[1] > 480

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait_until(page, "document.documentElement.dataset.drawn === '2'")


def test_every_slide_prints_as_one_page(open_page, published, tmp_path):
    page = open_page(1280, 720)
    page.goto(published["slides"].as_uri())
    pdf = page.pdf(path=tmp_path / "deck.pdf", prefer_css_page_size=True, print_background=True)

    assert pdf.count(b"/Type /Page\n") == 8
    assert page.evaluate("document.documentElement.dataset.drawn") == "2"


def test_an_overflowing_slide_is_noticed(open_page, tmp_path):
    made = sample.notebook()
    long = "<p>" + "A sentence that goes on. " * 200 + "</p>"
    made.cells.append(
        sample.code(sample.title("Too much"), sample.html("slide", long), tags=("slides-only",), slide="slide")
    )
    path = tmp_path / "deck.html"
    path.write_text(PAGES["slides"](made), encoding="utf-8")

    seen = look(open_page(1280, 720), path)

    assert [found["slide"] for found in seen["overflow"]["slides"]] == [9]


@pytest.mark.parametrize("serif", ["'Liberation Serif'", "'DejaVu Serif'", "P052"])
def test_letters_that_are_higher_than_their_line_are_no_overflow_whatever_the_type(open_page, tmp_path, serif):
    """The large figures stand on lines of .95 of their size; the descent of Liberation Serif reaches 9 px below."""
    text = PAGES["slides"](sample.notebook())
    assert theme.SERIF in text
    path = tmp_path / "deck.html"
    path.write_text(text.replace(theme.SERIF, f"{serif}, serif"), encoding="utf-8")

    assert [] == look(open_page(1280, 720), path)["overflow"]["slides"]


def test_a_script_that_is_not_ours_does_not_run(open_page, tmp_path):
    text = PAGES["html"](sample.notebook()).replace(
        "</main>", "<img src=x onerror='window.harm=1'><script>window.harm=1</script></main>"
    )
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    page = open_page(1440)
    page.goto(path.as_uri())

    assert page.evaluate("window.harm") is None


def test_no_button_shares_a_chart_and_a_picture_can_be_saved(open_page, published):
    page = open_page(1440, accept_downloads=True)
    page.goto(published["html"].as_uri())
    draw_all(page)
    assert page.locator(".modebar, .modebar-btn").count() == 0

    with page.expect_download() as download:
        page.click("#fig-signature [data-act='save']")
    assert download.value.suggested_filename == "signature.png"


@pytest.mark.slow
def test_the_contents_follow_the_reader(open_page, published):
    page = open_page(1440)
    page.goto(published["html"].as_uri() + "#peers")
    wait_until(page, "document.querySelector('.rail [aria-current]').textContent === 'Against your peers'")


@pytest.mark.slow
def test_the_bundle_draws_exactly_the_traces_that_are_let_through(open_page, published):
    page = open_page()
    page.goto(published["html"].as_uri())
    page.evaluate("scorecard.library(() => {})")

    assert set(page.evaluate("Object.keys(Plotly.PlotSchema.get().traces)")) == set(assets.PLOTLY_TRACES)


def test_the_index_filters_and_sorts(open_page, tmp_path):
    entries = [
        {"kind": "client", "name": f"Brand {i}", "slug": str(i), "links": {"report": "x.html"}, "headline": "",
         "status": "built",
         "overall": None if i == 2 else float(i), "stage": "", "rank": f"{i}th", "error": ""}
        for i in (1, 2, 3, 10)
    ]  # fmt: skip
    path = tmp_path / "index.html"
    path.write_text(render_index("Thirty brands", entries, "Reconstructed."), encoding="utf-8")
    page = open_page(390)
    seen = look(page, path)
    assert (seen["requests"], seen["console"], seen["overflow"]["sideways"]) == ([], [], 0)

    names = "Array.from(document.querySelectorAll('tbody tr:not([hidden]) th'), (th) => th.firstChild.textContent)"
    page.click("th button:has-text('Overall')")
    assert page.evaluate(names) == ["Brand 1", "Brand 3", "Brand 10", "Brand 2"]
    page.click("th button:has-text('Overall')")
    assert page.evaluate(names) == ["Brand 10", "Brand 3", "Brand 1", "Brand 2"]
    page.fill("#filter", "brand 10")
    assert page.evaluate(names) == ["Brand 10"]
    assert page.inner_text("#count").startswith("1 of 4 ")
