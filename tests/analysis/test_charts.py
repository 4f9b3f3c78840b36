"""Charts are data: what they draw, say and leave out is read from the figure, never from pixels."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import copy
import json
import math
import re

import numpy as np
import pandas as pd
import plotly.basedatatypes
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis import charts
from kernels_lib.analysis.charts import CHARTS, house, remembering
from kernels_lib.errors import BadData
from kernels_lib.study import theme
from kernels_lib.study.language import speaking
from kernels_lib.study.numerals import Numerals
from tests.analysis.chart_samples import (
    EXAMPLES,
    MEANS,
    META,
    SCALE,
    WORDS,
    against_peers,
    brand_card,
    forms_of,
    forms_of_example,
    heat,
    industry_table,
    league,
    of_client,
    pair_table,
    score_table,
    strings,
    study_card,
    texts,
    trace,
    traces,
)

# The contract of every chart


def test_every_chart_has_an_example_here():
    assert list(CHARTS) == list(EXAMPLES)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_everything_about_itself(name):
    meta = EXAMPLES[name]().layout.meta

    assert set(meta) >= META
    assert {"narrow", "deck"} == set(meta["forms"])
    for key in ("id", "message", "subtitle", "alt", "how_to_read", "basis"):
        assert meta[key], key
    assert meta["alt"].startswith("A message, as a sentence. ")
    assert meta["rows"]
    keys = [column["key"] for column in meta["columns"]]
    assert all(set(column) == {"key", "label", "unit", "kind"} for column in meta["columns"])
    assert all(list(row) == keys for row in meta["rows"])


@pytest.mark.parametrize("name", CHARTS)
def test_alt_text_mentions_every_row(name):
    meta = EXAMPLES[name]().layout.meta

    key = meta["columns"][1 if name == "ranking" else 0]["key"]
    names = {row[key] for row in meta["rows"]}
    assert all(row in meta["alt"] for row in names)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_plain_json_without_missing_numbers(name):
    figure = EXAMPLES[name]()
    whole = figure.to_json()

    # json.loads would also read NaN and Infinity, which a browser does not.
    assert not re.search(r"\b(NaN|Infinity)\b", whole)
    assert "bdata" not in whole
    json.dumps(figure.layout.meta, allow_nan=False)


@pytest.mark.sample(4)
@pytest.mark.parametrize("form", ["wide", "narrow", "deck"])
@pytest.mark.parametrize("name", CHARTS)
def test_plotly_finds_nothing_wrong_with_a_chart_and_changes_nothing_in_it(name, form):
    drawn = forms_of_example(name)[form]

    assert drawn["layout"].get("template", house.NO_TEMPLATE) == house.NO_TEMPLATE
    checked = go.Figure(data=drawn["data"], layout={**drawn["layout"], "template": "none"})
    if form == "wide":
        assert json.dumps(drawn) == json.dumps(json.loads(checked.to_json()))
    else:
        checked.layout.template = None
        assert drawn == json.loads(checked.to_json())


def test_what_is_changed_in_a_chart_afterwards_is_checked_by_plotly():
    figure = EXAMPLES["strengths"]()

    for change in (
        lambda: figure.update_layout(heigth=3),
        lambda: figure.update_traces(opacity=7),
        lambda: figure.layout.annotations[0].update(xanchor="middel"),
    ):
        with pytest.raises(ValueError):
            change()


def test_a_chart_is_a_figure_of_its_own_whose_parts_can_be_changed():
    drawn = EXAMPLES["strengths"]()
    made = go.Figure(json.loads(drawn.to_json()))
    assert made == drawn

    other = go.Figure(drawn)
    other.layout.annotations[0].text = "other words"
    other.layout.shapes[0].line.color = "#123456"
    other.data[0].update(name="other name")
    assert made == drawn

    drawn.layout.annotations[0].text = "my words"
    drawn.data[0].update(name="my name")
    found = house.as_json(drawn)
    assert ("my words", "my name") == (found["layout"]["annotations"][0]["text"], found["data"][0]["name"])
    assert copy.deepcopy is plotly.basedatatypes.deepcopy


@pytest.fixture
def nothing_drawn():
    remembering.forget()
    yield remembering._DRAWN
    remembering.forget()


@pytest.mark.parametrize("name", ["pairs", "industries"])
def test_a_chart_from_memory_is_the_chart_that_was_drawn_and_its_callers_own(name, nothing_drawn):
    first = EXAMPLES[name]()
    drawn = copy.deepcopy(house.as_json(first))
    again = EXAMPLES[name]()

    assert 1 == len(nothing_drawn)
    assert drawn == house.as_json(again)
    assert first == again
    first.layout.meta["rows"].clear()
    again.layout.annotations[0].text = "other words"
    again.data[0].update(name="other name")
    assert drawn == house.as_json(EXAMPLES[name]())


def test_a_chart_is_drawn_anew_from_other_numbers_in_other_words_and_another_language(nothing_drawn):
    frame = pair_table()
    charts.pairs(frame, **WORDS)
    changed = frame.assign(difference=frame["difference"].where(frame.index > 0, 0.5))
    found = [
        charts.pairs(changed, **WORDS),
        charts.pairs(frame.rename(columns={"first_name": "second_name", "second_name": "first_name"}), **WORDS),
        charts.pairs(frame, **{**WORDS, "message": "Other words"}),
        charts.pairs(frame, **{**WORDS, "numerals": Numerals("en", 1, 3)}),
    ]
    with speaking("de"):
        found.append(charts.pairs(frame, **WORDS))

    assert 1 + len(found) == len(nothing_drawn)
    assert 0.5 == found[0].layout.meta["rows"][0]["difference"]
    assert "Kriterium" in str(found[-1].layout.meta["columns"])


def test_only_the_last_charts_are_remembered(nothing_drawn, monkeypatch):
    monkeypatch.setattr(remembering, "MOST_DRAWN", 2)
    for message in ("one", "two", "three"):
        charts.pairs(pair_table(), **{**WORDS, "message": message})

    assert ["two", "three"] == [json.loads(drawn)["layout"]["meta"]["message"] for drawn in nothing_drawn.values()]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_as_json_is_what_plotly_writes(name):
    figure = EXAMPLES[name]()

    assert json.dumps(json.loads(figure.to_json())) == json.dumps(house.as_json(figure))


def test_a_chart_with_values_that_are_no_json_goes_through_plotlys_own_text():
    figure = EXAMPLES["strengths"]()
    figure.add_scatter(x=np.array([1.5, 2.5]), y=[math.nan, math.inf], uid="mine", meta={"role": ("a", 1)})
    figure.add_scatter(x=pd.to_datetime(["2010-08-02"]), y=(1,), meta={1: math.nan})

    found = house.as_json(figure)
    assert json.dumps(json.loads(figure.to_json())) == json.dumps(found)
    assert [None, None] == found["data"][-2]["y"]
    figure.data = figure.data[:1]
    figure.frames = [{"name": "a"}]
    assert json.dumps(json.loads(figure.to_json())) == json.dumps(house.as_json(figure))


@pytest.mark.parametrize("form", ["wide", "narrow", "deck"])
@pytest.mark.parametrize("name", CHARTS)
def test_traces_have_roles_known_types_and_something_to_draw(name, form):
    drawn = forms_of_example(name)[form]

    assert drawn["data"]
    for one in drawn["data"]:
        assert one["type"] in charts.TRACE_TYPES
        assert one["meta"]["role"]
        if one["type"] == "heatmap":
            assert any(cell is not None for line in one["z"] for cell in line)
        else:
            assert one["x"]
            assert len(one["x"]) == len(one["y"])
        if one["type"] == "bar":
            assert all(length != 0 for length in one["x"])
        if one.get("mode") == "lines":
            ends = list(zip(one["x"], one["y"], strict=True))
            assert all(a != b for a, b in zip(ends[::3], ends[1::3], strict=True))


@pytest.mark.parametrize("form", ["wide", "narrow", "deck"])
@pytest.mark.parametrize("name", CHARTS)
def test_colours_are_house_tokens_and_quiet_is_never_text(name, form):
    drawn = forms_of_example(name)[form]
    drawn["layout"].pop("meta", None)

    found = {colour for text in strings(drawn) for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", text)}
    assert found <= {*theme.HOUSE.values(), house.CLEAR}
    fonts = [note["font"]["color"] for note in drawn["layout"]["annotations"]]
    fonts += [one["textfont"]["color"] for one in drawn["data"] if "textfont" in one]
    assert theme.HOUSE["quiet"] not in fonts
    assert not any(theme.HOUSE["quiet"] in note["text"] for note in drawn["layout"]["annotations"])


@pytest.mark.parametrize("name", CHARTS)
def test_layout_follows_the_house(name):
    for form, drawn in forms_of_example(name).items():
        layout = drawn["layout"]
        assert layout["showlegend"] is False
        assert "title" not in layout
        assert house.CLEAR == layout["paper_bgcolor"] == layout["plot_bgcolor"]
        assert theme.SANS == layout["font"]["family"]
        assert ".," == layout["separators"]
        assert layout["height"] > 0
        if form == "deck":
            assert layout["width"] <= 1152
            assert layout["height"] <= 502


@pytest.mark.parametrize("name", ["strengths", "scorecard", "peers", "ranking", "industries"])
def test_axes_of_horizontal_charts_line_up_down_the_page(name):
    drawn = forms_of_example(name)

    margin = drawn["wide"]["layout"]["margin"]
    assert {"l": 196, "r": 184, "t": 50, "b": 58, "pad": 0} == margin
    assert 290 == drawn["deck"]["layout"]["margin"]["l"]


@pytest.mark.parametrize("name", CHARTS)
def test_a_dark_page_leaves_no_light_colour_behind(name):
    drawn = forms_of_example(name)["wide"]
    drawn["layout"].pop("meta")

    painted = theme.paint(drawn, "dark")
    left = {colour for text in strings(painted) for colour in re.findall(r"#[0-9a-f]{6}", text)}
    assert left.isdisjoint(theme.HOUSE.values())


@pytest.mark.parametrize("language", ["de"])
@pytest.mark.parametrize("name", ["strengths", "peers", "ranking"])
def test_numbers_follow_the_language(name, language):
    numerals = Numerals(language, 1, 2)
    make = {
        "strengths": lambda: of_client(numerals=numerals),
        "peers": lambda: against_peers(numerals=numerals),
        "ranking": lambda: charts.ranking(league(score_table()), **SCALE, **{**WORDS, "numerals": numerals}),
    }
    figure = make[name]()

    assert ",." == figure.layout.separators
    assert not any(re.search(r"\d\.\d", text) for text in texts(figure))


def test_a_name_cannot_smuggle_in_markup_or_templates():
    card = brand_card()
    card["name"] = [f"<b>x</b> & %{{meta.id}} {i}" for i in range(8)]
    figure = of_client(client=card)

    for drawn in forms_of(figure).values():
        notes = [note["text"] for note in drawn["layout"]["annotations"] if "x" in note["text"]]
        hovers = [text for one in drawn["data"] for text in one.get("hovertext", [])]
        assert notes
        assert hovers
        for text in [*notes, *hovers]:
            assert "<b>x" not in text
            assert "%{" not in text
    # Outside plotly's pseudo-HTML the name stays as it is: the page escapes it.
    assert "<b>x</b> & %{meta.id} 0" in figure.layout.meta["alt"]


def test_nothing_to_draw_is_an_error_not_an_empty_chart():
    with pytest.raises(BadData, match="nothing to draw"):
        charts.industries(industry_table().iloc[:0], mean_all=3.0, **SCALE, **WORDS)


# Strengths and missed opportunities


def test_boxes_reach_from_the_score_to_the_target():
    missed, gained = trace(of_client(), "missed"), trace(of_client(), "strength")

    # Scores 3.0, 2.5 three times and 2.0, each up to 4
    assert [3.0, 2.5, 2.5, 2.5, 2.0] == missed["base"]
    assert [1.0, 1.5, 1.5, 1.5, 2.0] == missed["x"]
    # 5.0 and 4.5 from 4; a score just on the target has no bar
    assert [4.0, 4.0] == gained["base"]
    assert [1.0, 0.5] == gained["x"]
    assert "4.0 just on it" in texts(of_client())


def test_rows_are_sorted_by_score_then_by_the_group_with_a_break_before_the_first_gap():
    rows = of_client().layout.meta["rows"]
    missed = trace(of_client(), "missed score")

    assert ["Authenticity", "Call to action", "Advocacy"] == [row["name"] for row in rows[4:7]]
    # Row 3, lower by the break of 0.27, its lane higher by 0.14
    assert pytest.approx(-3 - 0.27 + 0.14) == missed["y"][0]


def test_unresolved_intervals_are_dashed_and_firm_ones_solid():
    figure = of_client()

    assert "3px,3px" == trace(figure, "unresolved interval")["line"]["dash"]
    assert [3.57, 4.2] == trace(figure, "unresolved interval")["x"]
    assert "solid" == trace(figure, "interval")["line"]["dash"]
    assert "◇ unresolved" in texts(figure)


def test_without_a_client_an_unresolved_criterion_has_no_coloured_gap():
    figure = charts.strengths(study_card(), subject="The study", **SCALE, **WORDS)

    assert 3.9 not in trace(figure, "missed")["base"]
    loose = trace(figure, "unresolved score")
    assert [3.9] == loose["x"]
    assert "diamond" == loose["marker"]["symbol"]
    assert theme.HOUSE["quiet"] == loose["marker"]["line"]["color"]


def test_no_strengths_means_no_strength_heading_and_no_empty_trace():
    client = brand_card()
    client["score"], client["verdict"] = 2.0, "missed opportunity"
    figure = of_client(client=client)

    assert not traces(figure, "strength")
    assert not traces(figure, "strength score")
    assert "strength ▸" not in texts(figure)
    assert "◂ missed opportunity" in texts(figure)
    assert traces(figure, "target")


def test_no_gaps_means_no_missed_heading():
    client = brand_card()
    client["score"], client["verdict"] = 4.5, "strength"
    figure = of_client(client=client)

    assert not traces(figure, "missed")
    assert "◂ missed opportunity" not in texts(figure)


def test_targets_that_differ_become_ticks_in_their_rows():
    client = brand_card()
    client["target"] = [4, 4, 4, 3, 4, 2.5, 3, 3]
    gaps = client["score"] - client["target"]
    client["verdict"] = ["strength" if gap >= 0 else "missed opportunity" for gap in gaps]
    figure = of_client(client=client)
    target = trace(figure, "target")

    assert 8 == sum(x is None for x in target["x"]) + 1
    assert "target" in texts(figure)
    assert "target 4" not in texts(figure)


def test_a_criterion_without_a_score_stands_last_in_italic_words():
    client = brand_card()
    client.loc["dialog", "score"] = math.nan
    client.loc["dialog", "verdict"] = "not scored"
    figure = of_client(client=client)

    assert "Dialog" == figure.layout.meta["rows"][-1]["name"]
    assert figure.layout.meta["rows"][-1]["score"] is None
    assert "not scored" in texts(figure)


def test_the_bracket_has_a_tick_at_each_unsettled_criterion_and_at_no_other():
    shapes = forms_of(of_client())["wide"]["layout"]["shapes"]
    (bracket,) = [shape for shape in shapes if shape["type"] == "path"]

    # The path itself begins at the first tick; two further criteria have their own stroke.
    assert 3 == bracket["path"].count("M")
    assert "which of these three is lowest across the 30 brands: unresolved" in texts(of_client())


def test_hover_is_a_sentence():
    hovers = trace(of_client(), "missed")["hovertext"]
    hover = next(text for text in hovers if text.startswith("Authenticity")).replace("<br>", " ")

    assert "Authenticity: 2.5, which is 1.5 short of 4. All 30 brands 2.87 (2.52 to 3.22), firmly below." == hover


def test_a_slide_shows_the_ends_of_a_long_list_and_says_what_it_leaves_out():
    many = pd.concat([study_card()] * 4, ignore_index=True)
    many["name"] = [f"Criterion {i}" for i in range(32)]
    figure = charts.strengths(many, subject="The study", **SCALE, **WORDS)

    assert any("left out here" in text for text in texts(figure, "deck"))
    assert not any("left out here" in text for text in texts(figure))
    assert 32 == len(figure.layout.meta["rows"])


def test_the_phone_has_names_above_and_words_for_every_verdict():
    found = texts(of_client(), "narrow")

    assert "3.90 ◇ unresolved" in found
    assert {"3.10 ▼", "2.03 ▼", "2.08 ▼"} <= set(found)
    assert "Grey line below: all 30 brands." in of_client().layout.meta["subtitle"]


# The other charts


def test_scorecard_places_every_mean_once_by_its_verdict():
    figure = EXAMPLES["scorecard"]()
    marks = traces(figure, "mean") + traces(figure, "unresolved mean")

    assert sorted(MEANS) == sorted(x for mark in marks for x in mark["x"])
    assert [3.9] == trace(figure, "unresolved mean")["x"]
    assert {"Stage 1", "Immature", "Adolescence"} <= set(texts(figure))


def test_peers_are_sorted_by_the_lead_and_counted_in_words():
    figure = against_peers()
    found = texts(figure)

    assert ["Dialog", "Peer-to-peer interaction"] == [row["name"] for row in figure.layout.meta["rows"][:2]]
    assert {"27 of 29", "24 of 29, 5 tied", "all at 5.0", "29 peers, mean", "Brand 19"} <= set(found)
    # A score equal to the peers' mean has no line to draw: eight criteria, seven lines
    assert 6 == sum(x is None for x in trace(figure, "difference")["x"])


def test_the_clients_dot_has_the_clients_token_and_nothing_else_has():
    drawn = forms_of(against_peers())["wide"]

    assert theme.HOUSE["client"] == trace(against_peers(), "client")["marker"]["color"]
    others = [one for one in drawn["data"] if one["meta"]["role"] != "client"]
    assert theme.HOUSE["client"] not in strings([others, drawn["layout"]["annotations"], drawn["layout"]["shapes"]])


def test_withheld_peers_leave_the_dot_and_a_word_but_no_number():
    card = brand_card()
    hidden = ["peers_mean", "peers_q1", "peers_q3", "best_quarter", "below", "tied", "difference"]
    card.loc["dialog", hidden] = math.nan
    card.loc["dialog", "base"] = 3
    figure = against_peers(card)
    row = next(row for row in figure.layout.meta["rows"] if row["name"] == "Dialog")

    assert "withheld: too few peers" in texts(figure)
    assert 4.5 in trace(figure, "client")["x"]
    assert 4.5 == row["score"]
    assert all(row[key] is None for key in ("peers_mean", "q1", "q3", "best_quarter", "base", "below", "tied"))


def test_a_firm_difference_says_so():
    card = brand_card()
    card.loc["dialog", "firm"] = True

    assert "▲ firmly above" in texts(against_peers(card))
    assert "▲ firmly above" not in texts(against_peers())


def test_heat_map_cells_are_split_at_the_target_and_printed():
    scores = score_table()
    figure = heat(scores)
    gained = [text for one in traces(figure, "strength") for line in one["text"] for text in line if text]
    missed = [text for one in traces(figure, "missed") for line in one["text"] for text in line if text]

    assert int((scores >= 4).sum().sum()) == len(gained)
    assert int((scores < 4).sum().sum()) == len(missed)
    assert min(map(float, gained)) >= 4 > max(map(float, missed))
    assert ["–"] == trace(figure, "missing")["text"]


def test_heat_map_of_many_brands_shows_tenths_and_the_highlighted_brand():
    scores = score_table(units=200)
    figure = heat(scores, highlight="Brand 07")
    names = [row["name"] for row in figure.layout.meta["rows"]]

    assert 11 == len(names)
    assert {"Places 1 to 20", "Places 181 to 200", "Brand 07"} <= set(names)
    assert "Brand 08" not in figure.to_json()


def test_heat_map_of_many_criteria_keeps_every_number_readable_in_blocks():
    scores = score_table(units=4, criteria=40)
    figure = heat(scores, names={})
    cells = [t for one in forms_of(figure)["wide"]["data"] if "z" in one for line in one["text"] for t in line if t]

    # 4 times 40, one missing
    assert 159 == len(cells)
    assert any("further criteria are left out" in text for text in texts(figure, "deck"))


def test_a_ranking_of_500_draws_three_parts_and_the_highlighted_one_and_says_so():
    table = league(score_table(units=500))
    figure = charts.ranking(table, highlight="Brand 333", **SCALE, **WORDS)
    drawn = sum(len(one["x"]) for role in ("score", "highlighted score") for one in traces(figure, role))
    order = [str(unit) for unit in table.sort_values("overall", ascending=False, kind="stable").index]
    # The first, the middle and the last twenty places; the highlighted unit is in none of them
    expected = {*order[:20], *order[240:260], *order[480:], "Brand 333"}
    named = {text for text in texts(figure) if text.startswith("Brand ")}

    assert 240 > order.index("Brand 333") >= 20 or 480 > order.index("Brand 333") >= 260
    assert 61 == drawn
    assert expected == named
    assert "the first 20, the middle 20 and the last 20 of 500 brands, and Brand 333" in figure.layout.meta["subtitle"]
    assert 500 - 61 == sum(int(text.split()[0]) for text in texts(figure) if "left out" in text)
    assert 500 == len(figure.layout.meta["rows"])
    # A slide must not promise that the page has everyone
    assert not [text for form in ("wide", "narrow", "deck") for text in texts(figure, form) if "shows all" in text]
    assert any("brands between these are left out" in text for text in texts(figure, "deck"))


def test_a_ranking_of_60_draws_everyone_and_leaves_nothing_to_be_said():
    figure = charts.ranking(league(score_table(units=60)), **SCALE, **WORDS)

    assert 60 == sum(len(one["x"]) for one in traces(figure, "score"))
    assert "shown" not in figure.layout.meta
    assert "annex" not in figure.layout.meta["subtitle"]


def test_ranking_says_in_words_that_a_unit_has_no_overall_score():
    table = league(score_table())
    table.loc["Brand 05", ["overall", "rank", "low", "high"]] = math.nan
    figure = charts.ranking(table, **SCALE, **WORDS)

    assert "Brand 05" == figure.layout.meta["rows"][-1]["name"]
    assert "no overall score" in texts(figure)


def test_industries_withhold_in_words_and_mark_the_own_one():
    figure = EXAMPLES["industries"]()

    assert "withheld to protect single brands" in texts(figure)
    assert [3.16] == trace(figure, "own mean")["x"]
    assert "Consumer goods (yours)" in texts(figure)
    withheld, everything = figure.layout.meta["rows"][-2:]
    assert ("All 13 brands", 2.96) == (everything["name"], everything["mean"])
    assert withheld["mean"] is None
    assert withheld["n"] is None


def test_a_shortened_axis_is_said_in_the_subtitle():
    figure = EXAMPLES["industries"]()

    low, high = figure.layout.xaxis.range
    assert (low, high) != (1, 5)
    assert f"The axis shows {low:g} to {high:g} of the scale from 1 to 5." in figure.layout.meta["subtitle"]


def test_pairs_have_one_cell_each_in_the_look_of_their_verdict():
    frame = pair_table()
    figure = EXAMPLES["pairs"]()

    def count(role: str) -> int:
        return sum(cell is not None for one in traces(figure, role) for line in one["z"] for cell in line)

    holds = frame["holds"].value_counts()
    assert holds["every"] == count("pair in every table")
    assert holds["firm"] == count("firm pair")
    assert holds["some"] + holds["unresolved"] == count("unresolved pair")
    assert holds["none"] == count("untold pair")
    # Up to date, 5.00, is 5.00 - 3.90 ahead of branding
    assert frame.iloc[0]["second_name"] == figure.layout.meta["rows"][0]["second"]
    assert pytest.approx(1.1) == figure.layout.meta["rows"][0]["difference"]


def test_the_key_of_pairs_names_only_looks_that_occur():
    everything_firm = {(a, b): "firm" for a in range(8) for b in range(8)}
    figure = charts.pairs(pair_table(everything_firm), **WORDS)

    assert "Shaded: firm" in figure.layout.meta["subtitle"]
    assert "≈" not in figure.layout.meta["subtitle"]
    assert not traces(figure, "unresolved pair")


# Laws


@settings(max_examples=25, deadline=None)
@given(
    scores=st.lists(st.integers(2, 10).map(lambda halves: halves / 2), min_size=1, max_size=12),
    target=st.sampled_from([1.0, 2.5, 4.0, 5.0]),
)
def test_every_score_is_drawn_once_whatever_the_target(scores, target):
    card = pd.DataFrame({"name": [f"C{i}" for i in range(len(scores))], "side": "", "target": target, "score": scores})
    card["verdict"] = ["strength" if score >= target else "missed opportunity" for score in scores]
    card["group_mean"] = card["group_low"] = card["group_high"] = math.nan
    card["group_verdict"] = "unresolved"
    group = pd.DataFrame({"n": [30] * len(scores)})
    figure = charts.strengths(group, client=card, subject="B", **SCALE, **WORDS)
    drawn = [x for one in forms_of(figure)["wide"]["data"] if one["meta"]["role"].endswith(" score") for x in one["x"]]

    assert sorted(scores) == sorted(drawn)
    bars = [x for role in ("missed", "strength") for one in traces(figure, role) for x in one["x"]]
    assert sorted(abs(score - target) for score in scores if score != target) == pytest.approx(sorted(bars))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=70), width=st.floats(30, 300), size=st.floats(10, 22), lines=st.integers(1, 3))
def test_fitted_text_never_exceeds_its_lines_or_width(text, width, size, lines):
    fitted = house.fit(text, width, size, lines=lines)

    assert 1 <= len(fitted) <= lines
    assert all(house.text_width(line, size) <= width or line == "…" for line in fitted)


@given(count=st.integers(0, 80), most=st.integers(5, 20), kept=st.integers(0, 79))
def test_a_shortened_list_keeps_order_length_and_the_own_row(count, most, kept):
    result = house.shortened([f"r{i}" for i in range(count)], most, keep=lambda item: item == f"r{kept}")
    shown = [item for item in result if isinstance(item, str)]

    assert len(result) <= max(most, 1)
    assert shown == sorted(shown, key=lambda item: int(item[1:]))
    assert count == len(shown) + sum(item for item in result if isinstance(item, int))
    assert (f"r{kept}" in shown) is (kept < count)


@given(low=st.sampled_from([0, 1, -3]), span=st.sampled_from([1, 2, 3, 4, 5, 6, 7, 9, 10, 13, 100]))
def test_axis_labels_include_both_ends_and_are_few(low, span):
    values = house.ticks(low, low + span)

    assert (low, low + span) == (values[0], pytest.approx(values[-1]))
    assert 4 <= len(values) <= 7
