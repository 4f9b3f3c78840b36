"""The annex and the deck for PowerPoint: one results object feeds all formats, and nothing in them runs."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import openpyxl
import pytest
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Emu

from kernels_lib.errors import GateFailed
from kernels_lib.production import gates
from kernels_lib.production.publish import FORMATS, page
from kernels_lib.production.publish.office import codebook, contents, plotted, sheets, template
from kernels_lib.study import language
from kernels_lib.study import results as contract
from kernels_lib.study.language import speaking
from tests.analysis.chart_samples import EXAMPLES
from tests.production import office_notebook as office
from tests.production import sample_notebook as sample

MAKE = {name: FORMATS[name] for name in ("xlsx", "pptx")}
REPORTS = {
    "client/brand-07": "clients/brand-07",
    "client/brand-24": "clients/brand-24",
    "study/study": "study",
    "industry/food-drink": "industries/food-drink",
    "methods/methods": "methods",
}
QUICK = ("client/brand-07", "study/study")
DATA = re.compile(r'<data value="([^"]*)" data-ref="([^"]+)">([^<]*)</data>')
HOSTILE = [
    "=cmd|'/C calc'!A1",
    "+1+1",
    "-1-1",
    "@SUM(A1)",
    "https://example.org/x",
    "\tTab",
    "a\x07b\x00c\ud800d",
    "x" * 40_000,
]


def workbook(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def deck(data: bytes):
    return Presentation(io.BytesIO(data))


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode("utf-8")


def edited(data: bytes, **changed: str | bytes) -> bytes:
    """A package with other or further parts; ``__`` in a key stands for a slash, ``_dot_`` for a dot."""
    new = {name.replace("__", "/").replace("_dot_", "."): content for name, content in changed.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(file, "w") as copy:
        for name in package.namelist():
            if name not in new:
                copy.writestr(name, package.read(name))
        for name, content in new.items():
            copy.writestr(name, content)
    return file.getvalue()


def slide_texts(data: bytes) -> list[str]:
    held = contents.parts(data)
    names = sorted(
        (name for name in held if re.match(r"ppt/slides/slide\d", name)), key=lambda n: int(re.search(r"\d+", n)[0])
    )
    return ["\n".join(held[name]) for name in names]


def delivery(notebook, results, packages, **more):
    return gates.Delivery(notebook, results, {}, Path("no-such-folder"), packages=packages, **more)


@pytest.fixture(scope="module")
def made():
    notebook = office.notebook()
    return {name: make(notebook) for name, make in MAKE.items()}


@pytest.fixture(
    scope="module", params=[name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in REPORTS]
)
def report(request, site):
    """A real report: notebook, results, page, deck, and the two packages made from the same notebook."""
    folder = site / "build/site" / REPORTS[request.param]
    kind, _, slug = request.param.partition("/")
    results = (
        site
        / "build/results"
        / ({"study": "results.json", "methods": "methods.json"}.get(kind) or f"{REPORTS[request.param]}.json")
    )
    notebook = nbformat.read(site / f"build/notebooks/{kind}/{slug}.ipynb", as_version=4)
    packages = {name: make(notebook) for name, make in MAKE.items()}
    html, slides = ((folder / name).read_text(encoding="utf-8") for name in ("report.html", "slides.html"))
    return {
        "notebook": notebook,
        "results": json.loads(results.read_text()),
        "html": html,
        "slides": slides,
        **packages,
    }


def in_language(report, message: str) -> str:
    with speaking(report["results"]["parameters"]["language"]):
        return language._(message)


# The same numbers everywhere


def test_every_number_of_a_slide_stands_on_the_same_slide_of_the_powerpoint_deck(report):
    sections = re.findall(r"<section\b.*?</section>", report["slides"], re.S)
    slides = slide_texts(report["pptx"])
    assert len(sections) == len(slides)
    stated = [
        (text, slide) for section, slide in zip(sections, slides, strict=True) for _, _, text in DATA.findall(section)
    ]
    assert [text for text, slide in stated if unescape(text) not in slide] == []


def test_every_number_has_its_value_and_text_in_the_annex_and_the_page_says_the_same(report):
    numbers = report["results"]["numbers"]
    sheet = workbook(report["xlsx"])[in_language(report, "Numbers")]
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0] in numbers}
    assert {ref: number["text"] for ref, number in numbers.items()} == {ref: row[3] for ref, row in rows.items()}
    # Excel keeps 15 digits.
    assert {ref: pytest.approx(number["value"], rel=1e-14) for ref, number in numbers.items()} == {
        ref: row[1] for ref, row in rows.items()
    }
    for value, ref, text in DATA.findall(report["html"]):
        assert numbers[unescape(ref)]["text"].casefold() == unescape(text).casefold()
        assert rows[unescape(ref)][1] == pytest.approx(float(value))


def test_charts_plot_the_numbers_of_the_page_and_hold_nothing_else(report):
    model = page.read(report["notebook"]).slides
    charts = [
        (slide.blocks[0].figure, shape.chart.part.chart_workbook.xlsx_part.blob)
        for slide, drawn in zip(model, deck(report["pptx"]).slides, strict=True)
        for shape in drawn.shapes
        if shape.has_chart
    ]
    assert charts
    for figure, blob in charts:
        plots_peers = "peers_mean" in figure.rows[0]
        own = next(key for key in ("peers_mean", "score", "value", "mean", "same", "way") if key in figure.rows[0])
        known = {(row["name"].split(" (")[0], row[own]) for row in figure.rows}
        rows = list(workbook(blob).active.iter_rows(min_row=2, values_only=True))
        found = [(row[0].split(" (")[0], row[2 if plots_peers else 1]) for row in rows if row[0] not in (None, "⋮")]
        assert found and set(found) <= known, figure.id


def test_the_ledger_of_the_annex_has_every_test_of_the_results(report):
    rows = list(workbook(report["xlsx"])[in_language(report, "Ledger")].iter_rows(values_only=True))
    head = next(at for at, row in enumerate(rows) if row[0] == in_language(report, "Reference"))
    tests = report["results"]["tests"]
    place = rows[head].index("p")
    known = [None if test["p_value"] is None else pytest.approx(test["p_value"], rel=1e-14) for test in tests]
    assert [test["id"] for test in tests] == [row[0] for row in rows[head + 1 :]]
    assert known == [row[place] for row in rows[head + 1 :]]


def test_a_real_report_passes_the_gates_of_packages(report):
    packages = {name: report[name] for name in MAKE}
    own = report["results"]["subject_name"]
    brands = (f"Brand {number:02d}" for number in range(1, 31))
    others = tuple(name for name in brands if name != own) if report["results"]["report"] == "client" else ()
    found = delivery(report["notebook"], report["results"], packages, others=others)
    assert ["", "", "", ""] == [gates.GATES[name](found) for name in ("notice", "private", "leaks", "inert")]


def test_titles_are_titles_and_the_same_as_the_decks(report):
    titles = [slide.title for slide in page.read(report["notebook"]).slides]
    assert titles == [slide.shapes.title.text_frame.text for slide in deck(report["pptx"]).slides]


def test_nothing_leaves_its_slide_and_nothing_is_smaller_than_fourteen_points(report):
    assert_it_fits(report["pptx"])


def test_no_word_of_a_real_report_is_cut(report):
    cut = [
        (slide.shapes.title.text_frame.text, text)
        for slide in deck(report["pptx"]).slides
        for shape in slide.shapes
        if shape.name != "Footer"
        for text in re.findall(r"<a:t>([^<]*…)</a:t>", shape._element.xml)
    ]
    assert [] == cut


def test_choices_of_method_are_dots_as_many_as_pass(site):
    notebook = nbformat.read(site / "build/notebooks/study/study.ipynb", as_version=4)
    figure = next(figure for figure in page.read(notebook).figures("deck") if figure.id == "multiverse")
    table = next(
        shape.table
        for slide in deck(MAKE["pptx"](notebook)).slides
        for shape in slide.shapes
        if shape.has_table and "●" in shape._element.xml
    )
    shown = {row.cells[0].text: "".join(cell.text for cell in row.cells).count("●") for row in table.rows}
    expected = {row["name"]: row["count"] for row in figure.rows}
    assert {name: count for name, count in shown.items() if name in expected} == expected


def assert_it_fits(data: bytes) -> None:
    made = deck(data)
    for number, slide in enumerate(made.slides, 1):
        for shape in slide.shapes:
            place = f"slide {number}, {shape.name}"
            assert shape.left >= -Emu(12_700 * 8) and shape.top >= 0, place
            assert shape.left + shape.width <= made.slide_width + 12_700 * 8, place
            assert shape.top + shape.height <= made.slide_height + 12_700, place
            if shape.has_table:
                tall = sum(row.height for row in shape.table.rows)
                assert all(column.width > 12_700 * 10 for column in shape.table.columns), place
                assert tall <= Emu(round(12_700 * (template.FOOT - shape.top / 12_700))) + 12_700, place
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if re.match(r"ppt/(slides|charts)/\w+\d+\.xml", name):
                sizes = [int(size) for size in re.findall(r'\bsz="(\d+)"', package.read(name).decode("utf-8"))]
                assert min(sizes, default=1400) >= 1400, name


# The annex


def test_sheets_say_what_they_rest_on_and_keep_their_head_in_sight(made):
    book = workbook(made["xlsx"])
    names = ["Summary", "Scorecard", "Numbers", "Figure 1", "Slide dumbbell", "Ledger", "Glossary", "About"]
    assert names == book.sheetnames
    for sheet in book:
        top = [row[0] for row in sheet.iter_rows(max_row=4, values_only=True)]
        assert sample.NOTICE == top[1], sheet.title
        assert "Basis: reconstructed" == top[2], sheet.title
        assert "landscape" == sheet.page_setup.orientation
        # One page wide, which is what a file that says nothing of its width means, and as long as it is.
        assert (True, 0) == (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight)
    numbers = book["Numbers"]
    assert "B6" == numbers.freeze_panes
    assert "$5:$5" == numbers.print_title_rows
    assert "A5:E6" == numbers.auto_filter.ref


def test_numbers_are_numbers_with_the_decimals_of_the_page(made):
    book = workbook(made["xlsx"])
    cells = {row[0].value: row[1] for row in book["Scorecard"].iter_rows(min_row=6)}
    assert (0.5, -1.5) == (cells["Dialog"].value, cells["Advocacy"].value)
    assert '+0.0;"−"0.0;0.0' == cells["Dialog"].number_format
    overall = next(row for row in book["Summary"].iter_rows() if row[0].value == "Overall score")
    assert (3.25, '0.00;"−"0.00;0.00') == (overall[1].value, overall[1].number_format)


def test_a_p_value_below_the_third_decimal_is_shown_as_such_and_kept_as_it_is():
    with speaking("de"):
        numerals = sheets.Numerals("de", 1, 2)
        assert '[<0.001]"< 0,001";0.000' == sheets.p_format(numerals)


def hostile_notebook(text: str):
    table = {
        "id": "own-table", "caption": text, "note": text, "basis": "reconstructed",
        "columns": [{"key": "a", "label": text, "unit": text, "kind": "text"}], "rows": [{"a": text}],
    }  # fmt: skip
    said = office.results(notice=text) | {"tables": [table], "provenance": {text: text}}
    said["numbers"] = {text: {"ref": text, "value": 1.0, "unit": text, "text": text, "basis": "reconstructed"}}
    slides = [office.piece("lines", [[text, "second"]]), office.piece("rows", ["s", [[text, text, text]] * 3])]
    # JSON cannot hold half a pair.
    clean = json.loads(json.dumps(said).replace("\\ud800", "�"))
    return office.notebook(
        slides, clean, subject=text, title=text, foot=text, notice=text, notice_tag="rebuilt", confidentiality=text
    )


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_texts_stay_inert_in_the_annex(text):
    data = MAKE["xlsx"](hostile_notebook(text))
    assert "" == gates.inert(delivery(None, {}, {"xlsx": data}))
    book = workbook(data)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    held = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert max(len(cell.value) for cell in held) <= 32_767
    if len(text) > 32_767:
        assert any(cell.value.endswith("… (shortened)") for cell in held)
    begins = [cell for cell in held if cell.value.startswith(("=", "+", "-", "@"))]
    assert all(cell.quotePrefix for cell in begins)
    assert bool(begins) == text.startswith(("=", "+", "-", "@"))


@pytest.mark.sample(2)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_texts_stay_inside_the_slides_of_the_deck(text):
    data = MAKE["pptx"](hostile_notebook(text))
    assert_it_fits(data)
    assert "" == gates.inert(delivery(None, {}, {"pptx": data}))


def test_names_of_sheets_are_what_excel_takes():
    names = sheets._Names()
    wanted = ["[a]:*?/\\b", "History", "x" * 40, "X" * 40, "", "'quoted'", "x" * 40]
    expected = ["a b", "History 1", "x" * 31, "X" * 29 + " 2", "Sheet", "quoted", "x" * 29 + " 3"]
    assert expected == [names.free(name) for name in wanted]


def test_the_codebook_has_every_field_of_the_results():
    fields = {
        codebook.NUMBERS: contract.Number, codebook.LEDGER: contract.Test, codebook.CRITERIA: contract.Criterion,
    }  # fmt: skip
    for meanings, record in fields.items():
        # `about` is how programs join rows, the id of a criterion how they name it.
        assert set(record.model_fields) - {"about", "id"} == {meaning.key for meaning in meanings} - {"id"}


def test_the_annex_knows_a_name_for_every_table_of_the_reports(report):
    assert {table["id"] for table in report["results"]["tables"]} <= {
        *codebook.TABLES,
        "ledger-table",
        "provenance-table",
    }


# The deck


def test_the_deck_is_wide_and_made_from_our_own_template(made):
    found = deck(made["pptx"])
    assert (960, 540) == (found.slide_width // 12_700, found.slide_height // 12_700)
    assert ["Title", "Message"] == [layout.name for layout in found.slide_layouts]
    said = found.core_properties
    assert ("", "", "2010-08-02") == (said.author, said.last_modified_by, str(said.created.date()))
    with zipfile.ZipFile(io.BytesIO(made["pptx"])) as package:
        names = package.namelist()
    assert not [name for name in names if "notes" in name or "thumbnail" in name or "printerSettings" in name]
    theme = part(made["pptx"], "ppt/theme/theme1.xml")
    assert "00629B" in theme and "Palatino Linotype" in theme


def test_every_slide_ends_with_whom_it_is_for_what_must_be_said_and_its_number(made):
    for number, slide in enumerate(deck(made["pptx"]).slides, 1):
        feet = {shape.placeholder_format.type.name: shape.text_frame.text for shape in slide.placeholders}
        assert "Brand 19, scorecard report, wave 2010" == feet["FOOTER"]
        assert "brand scores reconstructed" == feet["BODY"]
        assert str(number) == feet["SLIDE_NUMBER"]


@pytest.mark.parametrize("layout", office.PIECES)
def test_a_piece_says_all_its_words(layout, made):
    def words(node):
        if isinstance(node, dict):
            # The page's own gate has no numeral; its state stands in the box.
            skipped = {"bar", "strip", "top", "met", "no_strengths", "no_misses", "label", "score_number"}
            skipped |= {"score"} if "score_number" in node and layout == "gate_slide" else set()
            return [word for key, value in node.items() if key not in skipped for word in words(value)]
        if isinstance(node, list):
            return [word for value in node for word in words(value)]
        return [node] if isinstance(node, str) else []

    at = list(office.PIECES).index(layout) + 1
    slide = slide_texts(made["pptx"])[at]
    said = words(office.PIECES[layout])
    if layout == "gate_slide":
        # What is not met stands in the plan.
        said = [word for word in said if word not in {row["name"] for row in office.ROWS if not row["met"]}]
        said = [word for word in said if word not in {row["words"] for row in office.ROWS if not row["met"]}]
    assert [word for word in said if word and word != "s" and word not in slide] == []


def test_a_piece_without_a_native_form_is_refused():
    unknown = [office.piece("carousel", [])]
    with pytest.raises(GateFailed, match="'carousel' has no native form for PowerPoint"):
        MAKE["pptx"](office.notebook(unknown))
    with pytest.raises(GateFailed, match="'slide' has no native form"):
        MAKE["pptx"](office.notebook([sample.html("slide", "<div class='new'>1</div>")]))


def test_words_and_tables_of_the_page_have_a_native_form():
    table = '<table id="scorecard-table"><tr><td>Dialog</td></tr></table>'
    slides = [
        sample.html("prose", "<p>One <b>bold</b> word.</p><ul><li>and a point</li></ul>"),
        sample.html("table", table),
    ]
    texts = slide_texts(MAKE["pptx"](office.notebook(slides)))
    assert "One bold word." in texts[1] and "• and a point" in texts[1]
    assert "Three criteria are on target" in texts[2] and "−1.5" in texts[2]


def test_a_chart_of_unknown_columns_is_a_table_and_says_what_is_left_out():
    chart = sample.figure(sample.signature, "own")
    chart["layout"]["meta"]["rows"] = [
        {"name": f"Row {at}", "score": at / 10, "mean": at / 7, "verdict": "above"} for at in range(40)
    ]
    data = MAKE["pptx"](office.notebook([sample.shown("figure", {sample.PLOTLY: chart, "text/plain": "Figure"})]))
    slide = deck(data).slides[1]
    (table,) = (shape.table for shape in slide.shapes if shape.has_table)
    texts = [row.cells[0].text for row in table.rows]
    shown = len([text for text in texts if text.startswith("Row")])
    assert ["Criterion", "Row 0"] == texts[:2] and "Row 39" == texts[-1] and "⋮" in texts
    assert f"{40 - shown} rows between them are left out; the annex has them." in slide_texts(data)[1]
    assert_it_fits(data)


def strengths(site_notebook):
    return next(figure for figure in page.read(site_notebook).figures("deck") if figure.id == "strengths")


def test_bars_begin_at_the_target_and_have_the_colour_of_their_side(site):
    notebook = nbformat.read(site / "build/notebooks/client/brand-07.ipynb", as_version=4)
    figure = strengths(notebook)
    data = MAKE["pptx"](notebook)
    slide = next(slide for slide in deck(data).slides if any(shape.has_chart for shape in slide.shapes))
    (shape,) = (shape for shape in slide.shapes if shape.has_chart)
    assert figure.alt == shape._element.nvGraphicFramePr.cNvPr.get("descr")
    drawn = ElementTree.fromstring(shape.chart.part.blob)
    c, a = (
        "{http://schemas.openxmlformats.org/drawingml/2006/chart}",
        "{http://schemas.openxmlformats.org/drawingml/2006/main}",
    )
    assert "4" == drawn.find(f".//{c}catAx/{c}crossesAt").get("val")
    own = drawn.find(f".//{c}ser")
    fills = [point.find(f"{c}spPr/{a}solidFill/*").get("val") for point in own.findall(f"{c}dPt")]
    expected = ["accent1" if row["score"] >= row["target"] else "FBECE3" for row in figure.rows]
    assert expected == fills


def test_a_role_that_does_not_fit_its_row_colours_nothing(site):
    notebook = nbformat.read(site / "build/notebooks/client/brand-07.ipynb", as_version=4)
    figure = strengths(notebook)
    roles = {"strength score": plotted.GAINED, "missed score": plotted.MISSED, "unresolved score": plotted.OPEN}
    assert {plotted.GAINED, plotted.MISSED} == set(plotted.Plotted(figure).roles("score", roles))
    for trace in figure.forms["wide"]["data"]:
        if trace["meta"]["role"] == "missed score":
            trace["x"] = [value + 1 for value in trace["x"]]
    assert {plotted.NEUTRAL} == set(plotted.Plotted(figure).roles("score", roles))


def test_a_german_deck_and_annex_speak_german():
    pieces = {"rows": ["s", [["5,0", "Dialog", "Über dem Ziel"]]], "gate_slide": office.PIECES["gate_slide"]}
    notebook = office.notebook(
        [office.piece(layout, content) for layout, content in pieces.items()],
        language="de", notice="Die Werte sind rekonstruiert.", notice_tag="Werte rekonstruiert",
    )  # fmt: skip
    data = {name: make(notebook) for name, make in MAKE.items()}
    book = workbook(data["xlsx"])
    assert ["Zusammenfassung", "Scorecard", "Zahlen", "Abbildung 1"] == book.sheetnames[:4]
    assert ["Testverzeichnis", "Glossar", "Über den Anhang"] == book.sheetnames[-3:]
    assert "Grundlage: rekonstruiert" == book["Zahlen"]["A3"].value
    assert "2. August 2010" in [row[1].value for row in book["Zusammenfassung"].iter_rows()]
    texts = slide_texts(data["pptx"])
    assert "Halten: Dialog" in texts[2]
    assert all("Werte rekonstruiert" in text for text in texts)
    assert 'lang="de-DE"' in part(data["pptx"], "ppt/slides/slide2.xml")


def test_a_clients_own_type_and_colour_are_the_decks():
    fonts = {
        "headings": {"family": "Garamond", "data": ""},
        "text": {"family": "client text", "data": "data:font/woff2,x"},
    }
    data = MAKE["pptx"](office.notebook([], fonts=fonts, colours={"primary": "#7a1f5c"}))
    theme = part(data, "ppt/theme/theme1.xml")
    # A font that only the page carries cannot travel in the deck.
    assert 'typeface="Garamond"' in theme and 'typeface="Arial"' in theme
    assert '<a:accent6><a:srgbClr val="7A1F5C"/>' in theme


def test_a_clients_logo_stands_on_the_first_slide_in_its_own_shape():
    file = io.BytesIO()
    Image.new("RGB", (400, 100), "#7a1f5c").save(file, "PNG")
    logo = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    first = deck(MAKE["pptx"](office.notebook([], logo=logo))).slides[0]
    (picture,) = (shape for shape in first.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE)
    # 34 points high at most, and four times as wide.
    assert (136, 34) == (round(picture.width / 12_700), round(picture.height / 12_700))
    assert template.RIGHT == round((picture.left + picture.width) / 12_700)
    assert "Brand 19" == picture._element.nvPicPr.cNvPr.get("descr")


# Bytes and gates


@pytest.mark.parametrize("name", MAKE)
def test_equal_notebooks_give_equal_bytes_without_times(name, made):
    assert made[name] == MAKE[name](office.notebook())
    with zipfile.ZipFile(io.BytesIO(made[name])) as package:
        assert {(1980, 1, 1, 0, 0, 0)} == {entry.date_time for entry in package.infolist()}
        assert "[Content_Types].xml" == package.namelist()[0]
        embedded = [package.read(inner) for inner in package.namelist() if inner.endswith(".xlsx")]
    for inner in embedded:
        with zipfile.ZipFile(io.BytesIO(inner)) as package:
            assert {(1980, 1, 1, 0, 0, 0)} == {entry.date_time for entry in package.infolist()}


@pytest.mark.parametrize("name", MAKE)
def test_a_notebook_without_results_is_refused(name):
    notebook = office.notebook()
    notebook.cells.pop()
    with pytest.raises(GateFailed, match="displayed 0 results"):
        MAKE[name](notebook)


def a_workbook_with(text: str) -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = text
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


HIDDEN = {
    "the workbook behind a chart": {"ppt__embeddings__own_dot_xlsx": a_workbook_with("Brand 03")},
    "speaker notes": {"ppt__notesSlides__notesSlide1_dot_xml": "<p><t>by Brand</t><t> 03</t></p>"},
    "an attribute": {"ppt__slides__slide9_dot_xml": '<sp descr="of Brand 03"/>'},
    "the properties": {"docProps__app_dot_xml": "<Properties><Company>Brand 03</Company></Properties>"},
    "a picture": {"ppt__media__image1_dot_png": b"\x89PNG\r\n\x1a\nComment: by Brand 03, drawn"},
}


@pytest.mark.parametrize("place", HIDDEN)
def test_another_clients_name_is_found_in(place, made):
    found = delivery(None, {}, {"pptx": edited(made["pptx"], **HIDDEN[place])}, others=("Brand 03",))
    assert "pptx: holds the name of 'Brand 03'" == gates.leaks(found)
    assert "" == gates.leaks(delivery(None, {}, {"pptx": made["pptx"]}, others=("Brand 03",)))


def test_a_name_in_escaped_letters_of_a_workbook_is_found(made):
    strings = part(made["xlsx"], "xl/sharedStrings.xml").replace("Dialog", "Brand_x0020_03")
    data = edited(made["xlsx"], xl__sharedStrings_dot_xml=strings)
    assert "holds the name" in gates.leaks(delivery(None, {}, {"xlsx": data}, others=("Brand 03",)))


def test_a_path_of_this_machine_is_found_in_a_package(made):
    data = edited(made["pptx"], docProps__app_dot_xml="<Properties><Path>/tmp/kernel/x</Path></Properties>")
    assert "pptx: holds '/tmp/', a path of this machine" == gates.private(delivery(None, {}, {"pptx": data}))


def test_a_sheet_or_slide_without_its_notice_is_caught(made):
    said = {"notice": sample.NOTICE}
    assert "" == gates.notice(delivery(None, said, made))
    bare = part(made["pptx"], "ppt/slides/slide3.xml").replace("brand scores reconstructed", "brand scores")
    found = gates.notice(delivery(None, said, {"pptx": edited(made["pptx"], ppt__slides__slide3_dot_xml=bare)}))
    assert "pptx: no tag about the data on ppt/slides/slide3.xml" == found
    empty = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    found = gates.notice(delivery(None, said, {"xlsx": edited(made["xlsx"], xl__worksheets__sheet2_dot_xml=empty)}))
    assert "xlsx: no notice about the data on xl/worksheets/sheet2.xml" == found


ACTIVE = {
    "a formula": {"xl__worksheets__sheet9_dot_xml": "<worksheet><c r='A1'><f>1+1</f></c></worksheet>"},
    "a link": {"xl__worksheets__sheet9_dot_xml": "<worksheet><hyperlink ref='A1'/></worksheet>"},
    "something outside the file": {"xl___rels__x_dot_rels": '<Relationship TargetMode="External" Target="https://x"/>'},
    "a name that is computed": {
        "xl__workbook_dot_xml": '<workbook><definedName name="Auto_Open">x</definedName></workbook>'
    },
    "holds xl/vbaProject.bin": {"xl__vbaProject_dot_bin": b"macro"},
    "holds xl/externalLinks/externalLink1.xml": {"xl__externalLinks__externalLink1_dot_xml": "<externalLink/>"},
    "embeddings/own.xlsx: xl/worksheets/sheet1.xml holds a formula": {
        "embeddings__own_dot_xlsx": a_workbook_with("=1+1")
    },
}


@pytest.mark.parametrize("what", ACTIVE)
def test_a_workbook_that_would_do_something_is_caught(what, made):
    found = gates.inert(delivery(None, {}, {"xlsx": edited(made["xlsx"], **ACTIVE[what])}))
    assert found.startswith("xlsx: ") and what in found


def test_texts_of_a_package_are_whole_where_the_package_splits_them(made):
    texts = contents.texts(edited(made["pptx"], ppt__notesSlides__n_dot_xml="<x><p><t>One</t><t> name</t></p></x>"))
    assert "One name" in texts


def test_answers_and_objectives_are_native_charts_with_the_numbers_of_the_page():
    for name, own in (("standing", "same"), ("progress", "way")):
        figure = EXAMPLES[name]()
        bundle = {sample.PLOTLY: json.loads(figure.to_json()), "text/plain": "Figure"}
        drawn = deck(MAKE["pptx"](office.notebook([sample.shown("figure", bundle)]))).slides[1]
        (chart,) = (shape.chart for shape in drawn.shapes if shape.has_chart)
        rows = list(workbook(chart.part.chart_workbook.xlsx_part.blob).active.iter_rows(min_row=2, values_only=True))
        expected = {row["name"]: row for row in figure.layout.meta["rows"]}

        assert {key: row[own] for key, row in expected.items()} == {row[0]: row[1] for row in rows}
        if name == "standing":
            for row in rows:
                page_row = expected[row[0]]
                yes = page_row["answer"] == "yes"
                # Those who say no have what the interval of yes leaves of 100.
                low = page_row["low"] if yes else 100 - page_row["high"]
                if page_row["low"] is not None:
                    assert row[2] == pytest.approx(page_row["same"] - low, abs=1e-9)
