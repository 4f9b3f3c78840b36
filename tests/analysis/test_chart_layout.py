"""Words of charts: large enough, inside the drawing, none cut, none on another; whatever the names and the language."""

from __future__ import annotations

import ast
import itertools
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis import charts
from kernels_lib.analysis.charts import CHARTS, house
from kernels_lib.study.language import speaking
from tests.analysis.chart_samples import (
    EXAMPLES,
    JAPANESE,
    LONG,
    LONG_CRITERION,
    SCALE,
    WORDS,
    examples,
    forms_of,
    forms_of_example,
    heat,
    league,
    score_table,
    texts,
)

FORMS = {form.name: form for form in house.FORMS}
LEAST = {"wide": 11.5, "narrow": 11.5, "deck": 16}
WIDTHS = {"wide": (824,), "narrow": (300, 358, 460), "deck": (1152,)}
# A word may be set in any of these; with two criteria swapped for one whose name is long.
CASES = {
    "short names": {},
    "sixty letters": {"name": LONG},
    "Japanese": {"name": JAPANESE, "criterion": JAPANESE},
    "long criterion": {"criterion": LONG_CRITERION},
    "thirty": {"units": 30},
    "thirty, sixty letters": {"name": LONG, "units": 30},
}


@cache
def drawn(name: str, case: str, language: str) -> dict[str, dict]:
    with speaking(language):
        return forms_of(examples(language=language, **CASES[case])[name]())


def lines_of(note: dict) -> list[str]:
    found = re.sub(r"<br\s*/?>", "\n", note["text"])
    return re.sub(r"<[^>]+>", "", found).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").split("\n")


def boxes(form: dict, width: int) -> list[tuple[str, float, float, float, float]]:
    """Every annotation as text, left, right, top, bottom in pixels, by the widths of Arial."""
    layout = form["layout"]
    margin, (low, high) = layout["margin"], layout["yaxis"]["range"]
    plot_w, plot_h = width - margin["l"] - margin["r"], layout["height"] - margin["t"] - margin["b"]
    found = []
    for note in layout["annotations"]:
        size, lines = note["font"]["size"], lines_of(note)
        bold = note["font"].get("weight", 400) > 500
        # The helper is generous; what is asked here is whether the words really fit.
        wide = max(house.text_width(line, size, bold=bold) for line in lines) / (1.06 if bold else 1.03)
        tall = size * (1.3 * len(lines) - 0.45)
        if note.get("textangle"):
            wide, tall = tall, wide
        x = margin["l"] + note["x"] * plot_w + note["xshift"]
        part = (high - note["y"]) / (high - low) if note["yref"] == "y" else 1 - note["y"]
        y = margin["t"] + part * plot_h - note["yshift"]
        left = x - {"left": 0, "center": wide / 2, "right": wide}[note["xanchor"]]
        top = y - {"top": -0.3 * size, "middle": tall / 2, "bottom": tall + 0.3 * size}[note["yanchor"]]
        found.append((" ".join(lines), left, left + wide, top, top + tall))
    return found


def sizes(form: dict) -> list[float]:
    layout = form["layout"]
    found = [note["font"]["size"] for note in layout["annotations"]]
    found += [float(px) for note in layout["annotations"] for px in re.findall(r"font-size:([\d.]+)px", note["text"])]
    found += [one["textfont"]["size"] for one in form["data"] if "textfont" in one]
    return found + [axis["tickfont"]["size"] for axis in (layout["xaxis"],) if "tickfont" in axis]


def everything(test):
    """Every chart in every case and language; make test draws every fifth."""
    each = [(name, case, language) for name in CHARTS for case in CASES for language in ("en", "de")]
    return pytest.mark.sample(5)(pytest.mark.parametrize(("name", "case", "language"), each)(test))


@everything
def test_no_word_is_smaller_than_its_form_allows(name, case, language):
    for form, one in drawn(name, case, language).items():
        assert min(sizes(one)) >= LEAST[form], form


@everything
def test_every_word_lies_inside_the_drawing(name, case, language):
    for form, one in drawn(name, case, language).items():
        for width in WIDTHS[form]:
            out = [box for box in boxes(one, width) if box[1] < -3 or box[2] > width + 3]
            out += [box for box in boxes(one, width) if box[3] < -3 or box[4] > one["layout"]["height"] + 3]
            assert out == [], (form, width)


@everything
def test_no_word_lies_on_another(name, case, language):
    for form, one in drawn(name, case, language).items():
        for width in WIDTHS[form]:
            pairs = itertools.combinations(boxes(one, width), 2)
            touching = [
                (a[0], b[0])
                for a, b in pairs
                if min(a[2], b[2]) - max(a[1], b[1]) > 2 and min(a[4], b[4]) - max(a[3], b[3]) > 2
            ]
            assert touching == [], (form, width)


@everything
def test_no_word_is_cut(name, case, language):
    for form, one in drawn(name, case, language).items():
        assert [note["text"] for note in one["layout"]["annotations"] if "…" in note["text"]] == [], form


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", ["ranking", "heatmap"])
def test_thirty_brands_are_all_named_in_every_form(make, form):
    scores = score_table(units=30)
    ranked = charts.ranking(league(scores), target=4, **SCALE, **WORDS)
    figure = ranked if make == "ranking" else heat(scores)
    assert {f"Brand {i:02d}" for i in range(1, 31)} <= set(texts(figure, form))


def test_a_slide_has_two_panels_of_fifteen_brands_each_on_its_own_axis():
    scores = score_table(units=30)
    deck = forms_of(charts.ranking(league(scores), target=4, **SCALE, **WORDS))["deck"]

    assert ["1", "2", "3", "<b>4</b>", "5"] * 2 == deck["layout"]["xaxis"]["ticktext"]
    (dots,) = [one for one in deck["data"] if one["meta"]["role"] == "score"]
    heights = sorted(set(dots["y"]))
    assert 15 == len(heights)
    assert 2 == sum(one["meta"]["role"] == "target" for one in deck["data"])


def test_a_slide_of_more_than_thirty_brands_says_how_many_are_left_out():
    scores = score_table(units=40)
    for figure in (charts.ranking(league(scores), **SCALE, **WORDS), heat(scores)):
        assert any("11 brands between these are left out here" in text for text in texts(figure, "deck"))
        assert not any("left out" in text for text in texts(figure))


def test_a_long_name_is_whole_in_the_ranking_and_its_row_is_higher():
    figure = examples(LONG)["ranking"]()
    rows = sorted({y for one in forms_of(figure)["wide"]["data"] if "score" in one["meta"]["role"] for y in one["y"]})

    assert LONG in [" ".join(text.split()).replace("- und", "- und") for text in texts(figure)]
    assert max(b - a for a, b in itertools.pairwise(rows)) > 1


def test_names_of_one_chart_have_one_size():
    for name in ("strengths", "scorecard", "peers", "industries"):
        for form, one in drawn(name, "long criterion", "de").items():
            labels = [note for note in one["layout"]["annotations"] if note["x"] == 0 and note["font"]["weight"] == 600]
            assert 1 >= len({note["font"]["size"] for note in labels}), (name, form)


def test_every_verdict_fits_the_right_column_in_both_languages():
    for language in ("en", "de"):
        with speaking(language):
            for verdicts, form in itertools.product((house.VERDICTS, house.BY_MEANS), (house.WIDE, house.DECK)):
                for name in verdicts:
                    text = " ".join(house.verdict(name, firm=verdicts is house.VERDICTS))
                    room = form.right - 34 - (70 if form is house.DECK else 0) - 14
                    assert house.whole(house.fit(text, room, form.least), text), (text, form.name)


@pytest.mark.parametrize("name", CHARTS)
def test_hovers_are_sentences(name):
    for one in forms_of_example(name)["wide"]["data"]:
        found = one.get("hovertext", [])
        flat = [text for line in found for text in (line if isinstance(line, list) else [line]) if text]
        assert all(text.endswith(".") and text[0].isupper() for text in flat), (one["meta"]["role"], flat[:1])


def test_the_table_behind_a_chart_holds_what_its_lines_say():
    rows = EXAMPLES["industries"]().layout.meta["rows"]
    assert 2.96 in [row["mean"] for row in rows]
    assert {"To target"} <= {column["label"] for column in EXAMPLES["ranking"]().layout.meta["columns"]}
    assert {"Passes"} <= {column["label"] for column in EXAMPLES["multiverse"]().layout.meta["columns"]}


def test_conclusions_stand_in_the_order_of_how_often_they_pass():
    counts = [row["count"] for row in EXAMPLES["multiverse"]().layout.meta["rows"]]
    assert counts == sorted(counts, reverse=True)


# Lines of text


@settings(max_examples=80, deadline=None)
@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60),
    width=st.floats(60, 400),
    lines=st.integers(1, 4),
)
def test_lines_say_all_of_a_text_or_end_in_an_ellipsis_or_a_hyphen(text, width, lines):
    fitted = house.fit(text, width, 14, lines=lines)

    if not house.whole(fitted, text):
        assert any(line.endswith(("…", "-")) for line in fitted)


def test_japanese_breaks_between_letters_but_not_before_a_closing_sign():
    lines = house.fit("日本のコミュニケーション、広告。", 70, 14, lines=6)
    assert house.whole(lines, "日本のコミュニケーション、広告。")
    assert not any(line.startswith(("、", "。", "ー", "ョ")) for line in lines)


def test_a_long_german_word_breaks_where_its_parts_join():
    assert ["Erwartungs-", "management"] == house.fit("Erwartungsmanagement", 100, 14)
    assert ["Peer-to-Peer-", "Austausch"] == house.fit("Peer-to-Peer-Austausch", 100, 14)


def test_words_become_smaller_before_they_are_cut():
    lines, size = house.fitted("Community expectations", 150, 15, 12.5)
    assert (["Community expectations"], 13.0) == (lines, size)


# The parts of the house, each may import those before it.
PARTS = ("look", "lettering", "scales", "wording", "sheet", "marks", "drawing", "assembling", "house")


def test_parts_of_the_house_import_downwards_only():
    folder = Path(house.__file__).parent
    for place, part in enumerate(PARTS):
        tree = ast.parse((folder / f"{part}.py").read_text(encoding="utf-8"))
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        used = {name.rpartition(".")[2] for name in modules if name.startswith("kernels_lib.analysis.charts")}
        assert used <= set(PARTS[:place]), part


def test_cells_are_painted_so_that_a_dark_page_can_recolour_them():
    for name in ("heatmap", "pairs"):
        for one in forms_of_example(name).values():
            heat_maps = [trace for trace in one["data"] if trace["type"] == "heatmap"]
            assert {house.CLEAR} == {colour for trace in heat_maps for __, colour in trace["colorscale"]}
            painted = sum(s["path"].count("M") for s in one["layout"]["shapes"] if s["type"] == "path")
            assert painted == sum(cell is not None for t in heat_maps for line in t["z"] for cell in line)
