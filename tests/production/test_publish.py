"""What a published document holds and refuses, read as text; no browser needed."""

from __future__ import annotations

import base64
import hashlib
import html as html_module
import itertools
import json
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import v4

from kernels_lib.errors import GateFailed, UnknownName
from kernels_lib.production import publish
from kernels_lib.production.publish import PAGES, assets, figures, page, parts, render_index, to_presenter
from kernels_lib.study import theme
from tests.conftest import ROOT
from tests.production import office_notebook
from tests.production import sample_notebook as sample

HOSTILE = '</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> "\u2028\u2029&'


@pytest.fixture(scope="module")
def notebook():
    return sample.notebook()


@pytest.fixture(scope="module")
def documents(notebook):
    return {name: to_format(notebook) for name, to_format in PAGES.items()}


def with_cell(*outputs, **options):
    made = sample.notebook()
    made.cells.append(sample.code(*outputs, **options))
    return made


def scripts(document: str) -> list[str]:
    """What runs in a document, at once or (the chart library) when it is needed."""
    return re.findall(r'<script(?: type="text/plain" id="chart-library")?>(.*?)</script>', document, re.DOTALL)


def islands(document: str) -> list[dict]:
    found = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', document, re.DOTALL)
    return [json.loads(text) for text in found]


def without_scripts(document: str) -> str:
    return re.sub(r"<(script|style)[^>]*>.*?</\1>", "", document, flags=re.DOTALL)


# Several formats at once


def test_a_notebook_is_read_once_for_all_its_formats(monkeypatch):
    notebook = office_notebook.notebook()
    pages = {name: publish.FORMATS[name](notebook) for name in ("html", "slides")}
    packages = {name: publish.FORMATS[name](notebook) for name in ("xlsx", "pptx")}
    presenter = to_presenter(notebook)
    read, times = page.read, []
    monkeypatch.setattr(page, "read", lambda made: times.append(made) or read(made))
    made = publish.documents(notebook, [*pages, *packages], presenter=True)

    assert [notebook] == times
    assert {name: text.encode() for name, text in pages.items()} | packages == made.files
    assert (pages, packages) == (made.pages, made.packages)
    assert (presenter, []) == (made.presenter, made.warnings)


def test_nbconvert_gives_the_same_bytes(notebook, documents):
    from nbconvert.exporters import get_exporter

    for name, exporter in (("html", "scorecard_html"), ("slides", "scorecard_slides")):
        assert documents[name] == get_exporter(exporter)().from_notebook_node(notebook)[0]
    assert to_presenter(notebook) == get_exporter("scorecard_slides")(presenter=True).from_notebook_node(notebook)[0]


@pytest.mark.parametrize(
    "asked", [{"formats": ["docx"]}, {"formats": ["html"], "assets": "cdn"}], ids=["format", "way of assets"]
)
def test_an_unknown_format_or_way_is_refused_with_the_known_ones(notebook, asked):
    with pytest.raises(UnknownName, match="Known: "):
        publish.documents(notebook, **asked)


@pytest.mark.parametrize("address", ["/assets/", "https://example.org/assets/", '../"><script>/', "../../assets", ""])
def test_shared_assets_have_a_relative_address(notebook, address):
    with pytest.raises(ValueError, match="no relative address"):
        publish.documents(notebook, ["html"], assets="shared", to_assets=address)


WATCHED = """
import sys, threading
from kernels_lib.production import publish
from tests.production import sample_notebook

made = sample_notebook.notebook()
publish.compile_all({way!r})
assert 1 == threading.active_count()
opened = []
sys.addaudithook(lambda event, given: opened.append(given[0]) if event == "open" else None)
documents = publish.documents(made, ["html", "slides"], assets={way!r})
print(opened)
"""


@pytest.mark.parametrize("way", ["inline", "shared"])
@pytest.mark.sample(2)
def test_once_everything_is_compiled_no_file_is_read_for_a_document(way):
    done = subprocess.run(
        [sys.executable, "-c", WATCHED.format(way=way)], capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert ("[]\n", "") == (done.stdout, done.stderr)


def test_markdown_of_known_notebooks_is_rendered_beforehand(notebook, documents, monkeypatch):
    page.marked_up.cache_clear()
    publish.compile_all(notebooks=[notebook])
    monkeypatch.setattr(page, "renderer", None)

    assert documents == publish.documents(notebook, PAGES).pages


# Scripts and styles in a folder of the site


@pytest.fixture(scope="module")
def sharing(notebook):
    return publish.documents(notebook, ["html", "slides"], assets="shared", to_assets="../assets/").pages


@pytest.mark.parametrize("name", PAGES)
def test_a_shared_page_loads_existing_files_of_its_site_and_holds_no_script(sharing, name):
    text = sharing[name]
    asked = re.findall(r'\ssrc="([^"]*)"|<link rel="stylesheet" href="([^"]*)"|data-src="([^"]*)"', text)
    files = {f"../assets/{file}" for file in publish.shared_assets()}

    assert {"".join(one) for one in asked} <= files
    assert {"html": 4, "slides": 7}[name] == len(asked)
    assert {""} == set(re.findall(r"<script (?!type=\"application/json)[^>]*>(.*?)</script>", text))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'; img-src data:; font-src data:; ")
    assert "; style-src 'self' 'unsafe-inline'; script-src 'self'; " in policy


@pytest.mark.parametrize("name", PAGES)
def test_a_shared_page_says_what_the_page_that_stands_alone_says(documents, sharing, name):
    alone, shared = (parts.take_apart(text, "../assets/") for text in (documents[name], sharing[name]))

    assert alone.libraries == shared.libraries
    assert alone.data == shared.data
    assert alone.own.partition("<body>")[2].rstrip() == shared.own.partition("<body>")[2].rstrip()


def test_the_name_of_a_shared_file_changes_with_what_is_in_it():
    for name, content in publish.shared_assets().items():
        assert hashlib.sha256(content).hexdigest()[:12] == name.split(".")[-2]


@pytest.mark.parametrize("name", PAGES)
def test_every_script_is_named_by_its_hash_in_the_policy_and_no_other_is(documents, name):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', documents[name])[1]
    named = set(re.findall(r"'(sha256-[^']+)'", html_module.unescape(policy)))

    present = {
        "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in scripts(documents[name])
    }

    assert present == named
    assert policy.startswith("default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src")
    assert policy.endswith("; base-uri 'none'; form-action 'none'")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_asked_of_another_file(documents, name):
    text = without_scripts(documents[name])

    assert re.findall(r"<(?:link|iframe|object|embed|base)\b", text) == []
    assert re.findall(r'\ssrc(?:set)?="(?!data:)[^"]*', text) == []
    assert re.findall(r'\shref="(?!#)[^"]*', text) == []
    style = "".join(re.findall(r"<style>(.*?)</style>", documents[name], re.DOTALL))
    assert re.findall(r"@import|url\((?!data:)", style) == []


@pytest.mark.parametrize("name", PAGES)
def test_code_notes_results_and_hidden_cells_never_reach_a_reader(documents, name):
    for secret in ("SECRET_CODE", "SECRET_NOTE", "SECRET_RESULT", "injected", "Run all"):
        assert secret not in documents[name]


@pytest.mark.parametrize("name", PAGES)
def test_the_same_notebook_gives_the_same_bytes(notebook, documents, name):
    assert PAGES[name](notebook) == documents[name] == PAGES[name](sample.notebook())


def test_a_page_embeds_wide_and_narrow_forms_and_a_deck_its_own_only(documents):
    forms = {name: re.findall(r'class="island" data-form="(\w+)"', text) for name, text in documents.items()}

    assert forms == {"html": ["wide", "narrow"] * 2, "slides": ["deck"] * 2}


@pytest.mark.parametrize("name", PAGES)
def test_islands_hold_the_drawing_and_not_the_rows(documents, name):
    for island in islands(documents[name]):
        assert set(island) == {"data", "layout"}
        assert "meta" not in island["layout"]


def test_figures_are_numbered_described_and_followed_by_their_numbers(documents):
    text = documents["html"]

    assert re.findall(r"<figcaption><b>(.*?)</b>", text) == ["Figure 1.", "Figure 2."]
    assert text.count('role="img" aria-label="Brand 19 meets the target') == 2
    assert text.count("How to read this chart") == 2
    assert "Show the numbers behind figure 2" in text
    table = text.split("Numbers behind figure 1")[1].split("</table>")[0]
    assert '<th scope="row">Dialog</th><td class="num">4.50</td><td class="num">3.10</td>' not in table  # scores have 1
    assert '<th scope="row">Dialog</th><td class="num">4.5</td><td class="num" data-v="3.1">3.10</td>' in table


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_name_stays_text_everywhere(name):
    made = sample.notebook(subject=HOSTILE, title=HOSTILE, description=HOSTILE, foot=HOSTILE, notice=HOSTILE + ". Two.",
                           notice_tag=HOSTILE, confidentiality=HOSTILE, kicker=[HOSTILE], contact=HOSTILE)  # fmt: skip
    for cell in made.cells:
        for output in cell.get("outputs", ()):
            if sample.PLOTLY in output.get("data", {}):
                chart = output["data"][sample.PLOTLY]
                chart["layout"]["annotations"][0]["text"] = HOSTILE
                meta = chart["layout"]["meta"]
                for form in meta["forms"].values():
                    form["layout"]["annotations"][0]["text"] = HOSTILE
                for said in ("message", "subtitle", "caption", "alt", "how_to_read"):
                    meta[said] = HOSTILE
                meta["rows"][0]["name"] = meta["columns"][0]["label"] = HOSTILE
            if output.get("metadata", {}).get("scorecard", {}).get("kind") in ("headline", "title"):
                output["metadata"]["scorecard"]["text"] = HOSTILE

    text = PAGES[name](made)

    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert all(island["layout"]["annotations"][0]["text"] == HOSTILE for island in islands(text))
    assert len(re.findall(r"<script\b", text)) == len(islands(text)) + len(scripts(text))


def test_a_running_foot_cannot_leave_its_css_string():
    text = assets.css_string('"} </style><script>\n\\ é')

    assert text.count('"') == 2
    assert "<" not in text and "\n" not in text and "}" not in text


def test_markdown_html_is_shown_as_text_and_javascript_links_are_disarmed():
    made = sample.notebook()
    made.cells.append(sample.markdown("## Topic\n\n<b onclick=x()>bold</b> [link](javascript:alert(1))"))
    made.cells.append(sample.code(sample.title("A message")))

    text = PAGES["html"](made)

    assert "&lt;b onclick" in text
    assert "javascript:alert" not in text


@pytest.mark.parametrize(
    ("output", "says"),
    [
        (v4.new_output("stream", name="stdout", text="shape: (30, 8)\n"), "shape: (30, 8)"),
        (v4.new_output("stream", name="stderr", text="FutureWarning\n"), "FutureWarning"),
        (v4.new_output("error", ename="KeyError", evalue="'x'", traceback=[]), "KeyError"),
        (v4.new_output("execute_result", data={"text/plain": "3.25"}, execution_count=1), "text/plain"),
        (v4.new_output("display_data", data={"text/html": "<table></table>", "text/plain": ""}), "text/html"),
        (v4.new_output("display_data", data={"application/javascript": "alert(1)"}), "application/javascript"),
        (v4.new_output("display_data", data={"image/png": "iVBOR", "text/plain": ""}), "image/png"),
        (sample.html("mystery", "<p>?</p>"), "mystery"),
        (sample.html("prose", '<p><img src="https://example.org/a.png"></p>'), "example.org"),
        (sample.html("prose", "<script src='a.js'></script>"), "<script"),
        (sample.shown("figure", {sample.PLOTLY: {"data": [{"type": "bar"}], "layout": {}}}), "report.figure"),
    ],
)
def test_what_a_reader_must_not_see_or_would_miss_is_refused_and_its_cell_named(output, says):
    made = with_cell(output)

    with pytest.raises(GateFailed) as caught:
        PAGES["html"](made)

    assert says in str(caught.value)
    assert f"cell {len(made.cells)}" in str(caught.value)


def test_hidden_cells_may_print_but_not_fail():
    printed = v4.new_output("stream", name="stdout", text="hello")
    failed = v4.new_output("error", ename="KeyError", evalue="'x'", traceback=[])

    PAGES["html"](with_cell(printed, tags=("remove-cell",)))
    with pytest.raises(GateFailed):
        PAGES["html"](with_cell(failed, tags=("remove-cell",)))


@pytest.mark.parametrize("missing", ["id", "message", "alt", "how_to_read", "basis", "rows"])
def test_a_chart_without_its_words_or_numbers_is_refused(missing):
    chart = sample.figure(sample.dumbbell, "third", **{missing: ""})

    with pytest.raises(GateFailed):
        PAGES["html"](with_cell(sample.shown("figure", {sample.PLOTLY: chart})))


@pytest.mark.parametrize("kind", ["choropleth", "scattergl", "scatterpollar"])
def test_a_trace_that_cannot_be_drawn_is_refused_in_every_form(kind):
    chart = sample.figure(sample.dumbbell, "third")
    chart["layout"]["meta"]["forms"]["narrow"]["data"][0]["type"] = kind

    with pytest.raises(GateFailed, match=kind):
        PAGES["html"](with_cell(sample.shown("figure", {sample.PLOTLY: chart})))


def test_a_trace_beyond_the_vendored_bundle_costs_the_full_one_and_a_warning(documents):
    chart = sample.figure(sample.dumbbell, "third")
    chart["layout"]["meta"]["forms"]["narrow"]["data"][0]["type"] = "scatterpolar"
    made = with_cell(sample.shown("figure", {sample.PLOTLY: chart}))

    text = PAGES["html"](made)

    assert 3_000_000 < len(text) - len(documents["html"]) < 3_500_000
    assert ["chart 'third' uses scatterpolar"] == [said.split(":")[0] for said in page.read(made).warnings]
    assert [] == page.read(sample.notebook()).warnings


def test_the_narrow_form_says_only_what_the_wide_one_does_not():
    same = {"type": "bar", "x": [1], "y": [2]}
    assert [{"like": 0}] == figures._unlike([same], [same])
    assert [{"like": 0, "y": [3]}] == figures._unlike([{**same, "y": [3]}], [same])
    # A key that the narrow form lacks cannot be taken away again: the trace is said whole.
    assert [same] == figures._unlike([same], [{**same, "text": "x"}])
    assert [same] == figures._unlike([same], [])


def test_the_same_chart_twice_is_refused():
    chart = sample.figure(sample.dumbbell, "signature")

    with pytest.raises(GateFailed, match="twice"):
        PAGES["html"](with_cell(sample.shown("figure", {sample.PLOTLY: chart})))


def test_a_piece_for_a_slide_is_refused_on_the_page():
    with pytest.raises(GateFailed, match="slides-only"):
        PAGES["html"](with_cell(sample.html("slide", "<div></div>")))


def test_sections_take_their_ids_from_tags_and_their_messages_from_titles(notebook):
    document = page.read(notebook)

    assert [(s.id, s.topic) for s in document.sections] == [
        ("scorecard", "The scorecard"),
        ("gap", "Strengths and missed opportunities"),
        ("peers", "Against your peers"),
        ("more-than-noise", "More than noise"),
        ("first", "What to do first"),
        ("method", "Method and provenance"),
    ]
    assert document.sections[0].message == "Three criteria carry the score of 3.25"
    assert "heavy line" in document.sections[1].lead


def test_a_section_of_which_nothing_is_left_is_left_out():
    made = sample.notebook()
    made.cells += [sample.markdown("## Nothing here"), sample.code(sample.title(""))]

    assert "Nothing here" not in PAGES["html"](made)


def test_the_deck_splits_at_slides_and_leaves_other_cells_out(notebook, documents):
    titles = [slide.title for slide in page.read(notebook).slides]

    assert titles[0].startswith("Brand 19 keeps its page fresh")
    assert titles[1:4] == [
        "Three strengths, five gaps: the page scores 3.25 of 5",
        "The widest gap is in telling members what to expect",
        "What the widest gap means",
    ]
    assert len(titles) == documents["slides"].count("<section") == 8
    assert "scorecard-table" not in documents["slides"]
    assert documents["slides"].count("<h1>") == documents["html"].count("<h1>") == 1


def test_report_only_and_slides_only_keep_to_their_document(documents):
    assert 'class="sum"' in documents["html"] and 'class="sum"' not in documents["slides"]
    assert 'class="g3"' in documents["slides"] and 'class="g3"' not in documents["html"]


def test_the_notice_is_in_the_title_block_the_running_foot_and_on_every_slide(documents):
    head, _, rest = documents["html"].partition("<main")
    assert "reconstructed, not measured" in head.split("</style>")[1]
    assert 'content:"Brand 19, scorecard report, wave 2010. Brand scores reconstructed."' in head

    slides = documents["slides"].split("<section")[1:]
    assert all("brand scores reconstructed" in slide for slide in slides)
    assert rest.count("brand scores reconstructed") == 5  # two charts, each with its table, and the foot


def test_a_study_without_a_notice_shows_none(documents):
    made = sample.notebook(notice="", notice_tag="")

    assert 'class="notice"' not in PAGES["html"](made)
    assert 'class="rec"' not in PAGES["slides"](made)


def test_a_client_s_colour_marks_the_client_darker_where_it_is_too_faint():
    strong = PAGES["html"](sample.notebook(colours={"primary": "#7a1fa2"}))
    faint = PAGES["html"](sample.notebook(colours={"primary": "#ffee00"}))

    light, dark = faint.split("prefers-color-scheme")[:2]
    assert "--client:#7a1fa2" in strong
    assert "--client:#9d9715" in light  # the same hue, dark enough for 3:1 on white
    assert "--client:#ffee00" in dark


@pytest.mark.parametrize("change", [{"title": ""}, {"logo": "https://example.org/logo.png"}, {"surprise": 1}])
def test_a_masthead_that_cannot_be_published_is_refused(change):
    with pytest.raises(GateFailed):
        PAGES["html"](sample.notebook(**change))


def test_an_unknown_language_is_refused_with_the_known_ones():
    with pytest.raises(UnknownName, match="Known: de, en"):
        PAGES["html"](sample.notebook(language="xx"))


def test_words_and_numbers_follow_the_language():
    text = PAGES["html"](sample.notebook(language="de"))

    assert '<html lang="de">' in text
    assert "Wie die Abbildung zu lesen ist" in text
    assert '<td class="num" data-v="4.5">4,5</td>' in text


NOTED = """## Noise

Firm after the correction.[^holm] Zeros stay.[^pratt]

[^holm]: Holm (1979).

[^pratt]: Pratt *(1959)*."""


def test_footnotes_are_numbered_through_the_page_linked_both_ways_and_not_on_slides():
    made = sample.notebook()
    made.cells.append(sample.markdown(NOTED, slide="slide"))
    made.cells.append(sample.code(sample.title("A message"), slide="-"))
    made.cells.append(sample.markdown("## More\n\nAgain.[^pratt]\n\n[^pratt]: Pratt *(1959)*."))
    made.cells.append(sample.code(sample.title("Another message")))

    text, deck = PAGES["html"](made), PAGES["slides"](made)

    assert ["1", "2", "2"] == re.findall(r'<sup class="fn"><a href="#note-(\d)"', text)
    assert ["1", "2"] == re.findall(r'id="ref-(\d)"', text)
    assert '<li id="note-2">Pratt <em>(1959)</em>. <a href="#ref-2" aria-label="Back to the text: Note 2">' in text
    assert '<a href="#notes">Notes</a>' in text
    assert "Firm after the correction. Zeros stay." in deck and "Holm (1979)" not in deck


@pytest.mark.parametrize(
    ("source", "says"),
    [("Text.[^none]", r"'\[\^none\]' refers to no note"), ("Text.[^holm]\n\n[^holm]: Another.", "says two different")],
)
def test_a_note_that_is_missing_or_contradicts_itself_is_refused(source, says):
    made = sample.notebook()
    for cell in (NOTED, "## More\n\n" + source):
        made.cells += [sample.markdown(cell), sample.code(sample.title("A message"))]

    with pytest.raises(GateFailed, match=says):
        PAGES["html"](made)


def test_speaker_notes_are_in_the_presenters_deck_only():
    made = sample.notebook()
    made.cells += [
        sample.code(sample.title("A last slide"), slide="slide"),
        sample.markdown("Pause here.", slide="notes"),
        sample.markdown("Then ask who decides.", tags=("notes",)),
    ]

    deck = to_presenter(made)

    assert "Pause here." in deck and "Then ask who decides." in deck
    assert deck.count('<aside class="notes">') == len(page.read(made).slides)
    for name in PAGES:
        assert "Pause here." not in PAGES[name](made) and "Then ask" not in PAGES[name](made)


def test_a_clients_type_comes_before_the_houses_and_is_embedded():
    fonts = {"headings": {"family": "client headings", "data": "data:font/woff2;base64,AAAA"},
             "text": {"family": "Lato", "data": ""}}  # fmt: skip
    text = PAGES["html"](sample.notebook(fonts=fonts))

    assert '@font-face{font-family:"client headings";src:url(data:font/woff2;base64,AAAA) format("woff2")}' in text
    assert ':root{--prose:"Lato",-apple-system' in text
    assert "@font-face" not in PAGES["html"](sample.notebook())


def test_one_h1_then_h2_and_every_link_has_its_target(documents):
    levels = [int(level) for level in re.findall(r"<h(\d)", documents["html"])]
    ids = set(re.findall(r'\sid="([^"]+)"', documents["html"]))

    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))
    assert set(re.findall(r'href="#([^"]+)"', documents["html"])) <= ids


def test_nonfinite_numbers_in_a_drawing_are_refused():
    with pytest.raises(GateFailed, match="plain JSON"):
        figures.island({"x": [float("nan")]})


def test_vendored_files_are_what_was_fetched():
    listed = set(assets.checksums())
    present = {str(p.relative_to(assets.ASSETS)) for folder in ("plotly", "reveal")
               for p in (assets.ASSETS / folder).iterdir()}  # fmt: skip

    assert listed == present
    for name, digest in assets.checksums().items():
        assert hashlib.sha256((assets.ASSETS / name).read_bytes()).hexdigest() == digest


def test_a_damaged_vendored_file_cannot_be_published(monkeypatch, tmp_path):
    (tmp_path / "plotly").mkdir()
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  plotly/x.js\n")
    (tmp_path / "plotly" / "x.js").write_text("1")
    monkeypatch.setattr(assets, "ASSETS", tmp_path)
    assets.checksums.cache_clear()
    try:
        with pytest.raises(GateFailed, match="not what was fetched"):
            assets.text.__wrapped__("plotly/x.js")
    finally:
        assets.checksums.cache_clear()


def test_the_vendored_plotly_is_the_one_that_plotly_py_draws_for():
    from plotly.offline import get_plotlyjs_version

    assert get_plotlyjs_version() == assets.PLOTLY_VERSION
    assert f"v{assets.PLOTLY_VERSION}" in assets.text(assets.PLOTLY)[:400]


def test_each_house_colour_is_one_token_of_the_drawing_script():
    table = json.loads(re.search(r"const TOKENS = (\{.*?\});", assets.script("draw.js"))[1])

    assert sorted(table.values()) == sorted(theme.TOKENS)


def test_nbconvert_finds_both_exporters():
    from nbconvert.exporters import get_exporter

    assert get_exporter("scorecard_html")().file_extension == ".html"
    assert get_exporter("scorecard_slides")().file_extension == ".slides.html"


ENTRIES = [
    {"kind": "study", "name": "30 brands", "slug": "study", "links": {"report": "study/report.html"},
     "headline": "Brands talk to people.", "status": "built", "overall": 2.9604, "stage": "Immature",
     "rank": None, "error": ""},
    {"kind": "client", "name": "A <b>", "slug": "a", "links": {"report": "clients/a/report.html"}, "headline": "",
     "status": "built", "overall": 3.25, "stage": "Adolescence", "rank": "8th of 30, tied", "error": "",
     "changes": ["score 3.25, was 3.10", "dialog: strength, was unresolved"]},
    {"kind": "client", "name": "B", "slug": "b", "links": {}, "headline": "", "status": "failed", "overall": None,
     "stage": "", "rank": None, "error": "stopped at cell 6: <UnknownName>"},
]  # fmt: skip


def test_the_index_lists_every_document_and_says_what_failed():
    text = render_index("Thirty brands", ENTRIES, "Scores are reconstructed.")

    assert "3 reports" in text and "1 failed" in text
    assert "2 of 2 clients" in text
    assert "score 3.25, was 3.10; dialog: strength, was unresolved" in text
    assert 'href="clients/a/report.html"' in text
    assert "A &lt;b&gt;" in text and "&lt;UnknownName&gt;" in text
    assert ">3.25</td>" in text and 'data-key="8">8th of 30, tied' in text
    assert "Scores are reconstructed." in text


def test_the_index_speaks_the_language_of_the_study():
    text = render_index("Dreißig Marken", ENTRIES, language="de")

    assert '<html lang="de">' in text
    assert ">2,96</td>" in text or "3,25" in text
    for english in ("Since the last build", "1 failed", "Clients", "report<"):
        assert english not in text.partition("<script>")[0].partition("</style>")[2]


def test_the_index_refuses_a_status_it_does_not_know():
    with pytest.raises(UnknownName, match="Known: built, draft, failed"):
        render_index("x", [ENTRIES[0] | {"status": "done"}])


# What draw.js does with labels and shapes before it draws them.
def completed(item, common):
    whole = {**common, **item}
    for key, value in common.items():
        if isinstance(value, dict):
            whole[key] = completed(item.get(key, {}), value)
    return whole


plain_values = st.one_of(st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["a", "b", 1.0, 1.5]))
labels_of_a_chart = st.lists(
    st.fixed_dictionaries(
        {"text": st.text(max_size=3), "font": st.dictionaries(st.sampled_from("abc"), plain_values)},
        optional={name: st.one_of(plain_values, st.lists(st.integers(0, 1))) for name in ("x", "y", "align")},
    ),
    max_size=8,
)


@given(labels_of_a_chart)
@pytest.mark.slow
def test_labels_that_are_much_alike_say_so_once_and_nothing_is_lost(labels):
    packed = figures._packed({"annotations": labels, "width": 4})
    alike = packed.get("alike", {}).get("annotations", {})

    # As JSON: 1, 1.0 and true are three things
    whole = [completed(label, alike) for label in packed["annotations"]]
    assert json.dumps(labels, sort_keys=True) == json.dumps(whole, sort_keys=True)
    assert 4 == packed["width"]
    assert "text" not in alike


def test_a_style_that_thirty_labels_have_stands_in_the_page_once():
    font = {"family": "Liberation Sans", "size": 13.0, "weight": 400}
    labels = [{"text": f"Brand {i}", "font": font, "x": 0, "y": -i} for i in range(30)]
    packed = figures._packed({"annotations": [*labels, {**labels[0], "font": {**font, "weight": 600}}]})

    assert {"annotations": {"font": font, "x": 0}} == packed["alike"]
    assert {"text": "Brand 7", "y": -7} == packed["annotations"][7]
    assert {"text": "Brand 0", "y": 0, "font": {"weight": 600}} == packed["annotations"][-1]
