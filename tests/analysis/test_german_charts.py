"""Charts in German: every word, singular and plural, decimal commas."""

from __future__ import annotations

import json
import math
import re

import pytest

from kernels_lib.analysis import charts
from kernels_lib.analysis.charts import CHARTS, house
from kernels_lib.analysis.figures import CORRECTION_NAMES, TEST_NAMES, _test_name
from kernels_lib.study.language import _, speaking
from kernels_lib.study.numerals import Numerals
from tests.analysis.chart_samples import (
    SCALE,
    WORDS,
    brand_card,
    examples,
    forms_of,
    league,
    pair_table,
    renamed,
    score_table,
    strings,
    study_card,
    texts,
    trace,
)

DE = Numerals("de", 1, 2)
GERMAN = {**WORDS, "numerals": DE, "message": "Eine Aussage", "unit_many": "Marken"}
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|with|from|which|not|that|its|it|other|than|they|there|on|as|to|for|above|below|score|scored|"
    r"brands?|criteri(on|a)|mean|target|short|firmly|unresolved|withheld|peers?|points?|all|range|rank|overall|interval)\b"
)


@pytest.fixture(autouse=True)
def german():
    with speaking("de"):
        yield


def german_examples(**changes):
    """Examples whose data have no English words, so that every English word would be ours."""
    made = {n: make() for n, make in examples("Marke 19", language="de", unit=("Marke", "Marken"), **changes).items()}
    return {name: json.loads(figure.to_json()) for name, figure in made.items()}


DATA = (
    "Up to date|Call to action|Peer-to-peer interaction|Community expectations|Cohesive branding|Consumer goods|"
    "social marketing|Brand \\d+|A message, as a sentence|above target"
)
TESTS = "|ranks|means|signs|none"


@pytest.mark.sample(4)
@pytest.mark.parametrize("name", CHARTS)
def test_no_english_word_is_left_in_any_text_of_a_chart(name):
    figure = german_examples()[name]
    meta = figure["layout"]["meta"]
    said = [meta[key] for key in ("subtitle", "alt", "how_to_read")]
    said += [column[key] for column in meta["columns"] for key in ("label", "unit")]
    said += [cell for row in meta["rows"] for cell in row.values() if isinstance(cell, str)]
    for form in (figure, *meta["forms"].values()):
        said += [note["text"] for note in form["layout"]["annotations"]]
        said += [text for one in form["data"] for key in ("text", "hovertext") for text in strings(one.get(key))]
    data = re.compile(DATA + (TESTS if name == "multiverse" else ""))
    left = {text: found for text in said if (found := ENGLISH.findall(data.sub("", re.sub("<[^>]+>", " ", text))))}
    assert left == {}


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", CHARTS)
def test_numbers_have_a_decimal_comma_everywhere(name):
    figure = german_examples()[name]
    meta = figure["layout"]["meta"]
    said = [meta["alt"], meta["subtitle"], meta["how_to_read"]]
    for form in (figure, *meta["forms"].values()):
        said += [re.sub("<[^>]+>", " ", note["text"]) for note in form["layout"]["annotations"]]
        said += [text for one in form["data"] for text in strings(one.get("hovertext"))]
    assert [text for text in said if re.search(r"\d\.\d", text)] == []
    assert ",." == figure["layout"]["separators"]


def test_one_point_and_more_points_are_told_apart():
    whole = Numerals("de", 0, 1)
    assert "A: 3, damit 1 Punkt unter dem Ziel von 4" == house.at_target("A", "3", -1, 4, whole)
    assert "A: 2, damit 2 Punkte unter dem Ziel von 4" == house.at_target("A", "2", -2, 4, whole)
    assert "A: 3,0. Das sind 1,0 Punkte unter dem Ziel von 4." == house.at_target_sentence("A", "3,0", -1.0, 4, DE)
    assert "A: 5. Das ist 1 Punkt über dem Ziel von 4." == house.at_target_sentence("A", "5", 1, 4, whole)
    assert "A: 4. Das ist genau das Ziel von 4." == house.at_target_sentence("A", "4", 0, 4, whole)
    assert ("1 Punkt fehlt", "1,5 Punkte fehlen") == (
        house.points_short(-1, whole)[0],
        house.points_short(-1.5, DE)[0],
    )


def test_what_is_left_out_is_counted_in_the_right_number():
    assert "Ein Kriterium dazwischen ist hier ausgelassen; der Bericht zeigt alle" == house.criteria_left_out(1)
    assert "Eine Marke dazwischen ist hier ausgelassen; der Bericht zeigt alle" == house.units_left_out(
        1, "Marke", "Marken"
    )
    assert "7 Marken dazwischen sind hier ausgelassen; der Bericht zeigt alle" == house.units_left_out(
        7, "Marke", "Marken"
    )


def test_verdicts_have_german_words_and_the_same_signs():
    assert ("▲", "gesichert darüber") == house.verdict("strength")
    assert ("▼", "gesichert darunter") == house.verdict("missed opportunity")
    assert ("◇", "offen") == house.verdict("unresolved")
    assert ("▼", "darunter, nach Mittelwerten") == tuple(
        part.replace("\u00a0", " ") for part in house.verdict("missed opportunity", firm=False)
    )


def test_the_signature_chart_names_both_sides_of_the_target():
    figure = charts.strengths(
        study_card(), client=brand_card(), subject="Marke 19", unsettled=("advocacy", "rules"), **SCALE, **GERMAN
    )
    for form in ("wide", "narrow", "deck"):
        found = " ".join(texts(figure, form))
        assert "◂ verpasste Chance" in found
        assert "Stärke ▸" in found
        assert "Ziel 4" in found
        assert "welches dieser zwei Kriterien bei den 30 Marken am niedrigsten liegt: offen" in found
    hover = next(text for text in trace(figure, "missed")["hovertext"] if text.startswith("Authenticity"))
    assert (
        "Authenticity: 2,5. Das sind 1,5 Punkte unter dem Ziel von 4. Alle 30 Marken: 2,87 (2,52 bis 3,22), gesichert "
        "darunter." == hover.replace("<br>", " ")
    )


def test_a_chart_without_scores_or_peers_says_so():
    card = brand_card()
    card.loc["dialog", ["score", "difference"]] = math.nan
    card.loc["advocacy", ["peers_mean", "difference"]] = math.nan
    peers = charts.peers(card, subject="Marke 19", **SCALE, **GERMAN)
    assert "nicht bewertet" in texts(peers)
    assert any("zurückgehalten" in text for text in texts(peers, "narrow"))
    assert "Vergleichsgruppe zurückgehalten" in peers.layout.meta["alt"]

    table = league(renamed(score_table(), "Marke 3"))
    table.loc["Marke 3", ["overall", "rank", "low", "high"]] = math.nan
    ranked = charts.ranking(table, unit_one="Marke", target=4, **SCALE, **GERMAN)
    assert "kein Gesamtwert" in texts(ranked)
    assert "Marke 3 ohne Gesamtwert" in ranked.layout.meta["alt"]


def test_an_open_order_is_not_stated():
    alt = charts.pairs(pair_table(), **{**WORDS, "numerals": DE}).layout.meta["alt"]
    phrases = alt.split("; ")
    assert any("vor" in phrase and "gesichert in diesen Daten" in phrase for phrase in phrases)
    assert not any(" vor " in phrase for phrase in phrases if phrase.endswith("(offen)"))
    assert any("auseinander" in phrase for phrase in phrases if phrase.endswith("(offen)"))


def test_every_test_and_correction_has_a_german_name():
    assert all(_(name) for name in CORRECTION_NAMES.values())
    assert "Ränge, Pratt" == _test_name(next(iter(TEST_NAMES)))
    assert "Mittelwerte, 0 bis 5" == _test_name("means, 0 to 5")


def test_tenths_and_many_rows_have_german_names():
    scores = score_table(units=200)
    figure = charts.heatmap(
        scores, league(scores), names={}, targets=4, unit_one="Marke", **GERMAN
    )  # fmt: skip
    assert "Plätze 1 bis 20" in texts(figure)
    assert "eines Zehntels der Marken" in figure.layout.meta["subtitle"]
    forty = score_table(units=40)
    deck = charts.ranking(league(forty), unit_one="Marke", **SCALE, **GERMAN)
    assert "11 Marken dazwischen sind hier ausgelassen; der Bericht zeigt alle" in " ".join(texts(deck, "deck"))
    assert forms_of(deck)["deck"]["layout"]["height"] <= 502
