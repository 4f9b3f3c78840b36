"""A client's report in German: grammar, numbers, and not a word of English."""

from __future__ import annotations

import re
import string
from functools import cache

import pytest
from babel.messages.pofile import read_po

from kernels_lib.analysis import findings, pieces
from kernels_lib.analysis.narrative import Advice, ClientWords
from kernels_lib.analysis.narrative.client import _both
from kernels_lib.production import gates
from kernels_lib.study import open_study
from kernels_lib.study.language import LOCALE, _n, speaking
from kernels_lib.study.messages import missing
from tests.conftest import ROOT

# Words that no German text of ours holds; "in", "die", "war" and "also" are German as well.
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|with|from|which|not|that|this|its|it|others?|than|they|by|on|as|for|be|has|have|above|below"
    r"|scores?|brands?|criteri(?:on|a)|means?|shown|points?|peers?|targets?|short|raters?|waves?|industry)\b",
    re.I,
)
# Names in the data, and stages that the source names in English.
NAMES = re.compile(r"\b(?:Brand|Department|Bottle) \d+\b")


@pytest.fixture(autouse=True)
def german():
    with speaking("de"):
        yield


@cache
def words_of(client, study_name="", root=ROOT, overrides=""):
    with speaking("de"):  # opening a study changes the language that is spoken
        study = open_study(study_name, client=client, overrides=f"language=de {overrides}".strip(), root=root)
        shared = findings.common(study)
        return ClientWords(study, shared, findings.client_card(study, shared))


def everything(words):
    advice = Advice(words)
    made = [
        words.headline(), words.overall(), words.rank(), words.rank_range(), words.scorecard_title(), words.scorecard(),
        words.gap_title(), words.gap_message(), words.gap_caption(), words.gap_meaning(), words.peers_title(),
        words.peers(), words.peers_message(), words.peers_caption(), words.others_title(), words.others(),
        words.industry_title(), words.industry(), words.industry_message(), words.answer_title(),
        words.meaning_title(), words.strengths_title(), words.best_title(), advice.title(), advice.reason(),
        advice.first(), advice.first_note(), advice.order(), advice.quarter_title(), pieces.summary(words, advice),
        pieces.answer(words, advice), pieces.noise(words), pieces.gate(advice), pieces.steps(advice),
        pieces.gate_slide(advice), pieces.quarter(advice), pieces.meaning(words), pieces.strengths(words),
        pieces.best(words), pieces.noise_slide(words),
    ]  # fmt: skip
    return [statement for statement in made if statement.text]


def seen(statement):
    """A statement as a reader sees it, words of neighbouring boxes apart."""
    html = re.sub(r"</?data[^>]*>", "", str(statement.html))
    return " ".join(NAMES.sub("…", re.sub(r"<[^>]+>", " ", html)).split())


CLIENTS = [
    *(("", f"brand-{number:02d}") for number in (7, 19, 24)),
    ("attitude", "department-01"),
    ("wine", "bottle-3"),
    *(pytest.param("", f"brand-{number:02d}", marks=pytest.mark.slow) for number in (1, 5, 9, 16, 23, 28, 30)),
    *(pytest.param("attitude", f"department-{number:02d}", marks=pytest.mark.slow) for number in (4, 9)),
    *(pytest.param("wine", f"bottle-{number}", marks=pytest.mark.slow) for number in (1, 8)),
]


@pytest.mark.parametrize(("study_name", "client"), CLIENTS)
def test_no_german_sentence_has_an_english_word_a_hole_or_a_decimal_point(study_name, client):
    for statement in everything(words_of(client, study_name)):
        text = seen(statement)
        assert not ENGLISH.search(text), statement
        assert not re.search(r"\bnan\b|\bNone\b|[{}⟦]|\.\. | ,(?! )| \. ", text), statement
        assert not re.search(r"\d\.\d", text), statement


@pytest.mark.parametrize(("study_name", "client"), CLIENTS)
def test_german_singular_and_plural_are_right(study_name, client):
    for statement in everything(words_of(client, study_name)):
        assert not re.search(
            r"(?i)\b(null|0) (Stärken|Lücken|Kriterien)\b|(?<![\d,])1 Punkte\b|\beins (Krit|Stär|Lück|Bedin|Punkt)"
            r"|\b(zwei|drei|vier|fünf|sechs|sieben|acht) (Kriterium|Stärke|Lücke|Bedingung)\b|\b(ein|eine) \w+ sind\b",
            seen(statement),
        ), statement


@pytest.mark.parametrize("client", ["brand-07", "brand-19"])
def test_a_number_that_a_german_sentence_marks_is_in_its_list(client):
    for statement in everything(words_of(client)):
        refs = set(re.findall(r'data-ref="([^"]+)"', str(statement.html)))
        assert refs == {number.ref for number in statement.numbers}


@pytest.mark.parametrize(("study_name", "client"), CLIENTS)
def test_a_german_sentence_without_a_claim_speaks_of_no_evidence(study_name, client):
    silent = [statement for statement in everything(words_of(client, study_name)) if not statement.claims]
    sentences = [{"id": statement.id, "text": statement.text, "claims": []} for statement in silent]
    results = {"tests": [], "sentences": sentences, "figures": []}
    assert "" == gates.claims(gates.Delivery(None, results, {}, ROOT))


def test_a_headline_that_goes_on_begins_its_second_half_with_a_subject():
    assert ", doch sie klärt die Erwartungen der Mitglieder kaum." in words_of("brand-07").headline().text
    assert "Die größte Lücke: Sie klärt" in words_of("brand-09").headline().text


def test_what_is_firm_and_what_is_not_is_said_in_the_title_about_peers():
    assert words_of("brand-19").peers_title().text.startswith("Gesichert zurück: ")
    assert words_of("brand-07").peers_title().text.endswith("beides nicht gesichert")
    assert "aber nicht gesichert" in words_of("brand-23").peers_title().text


def test_criteria_stand_between_quotation_marks_where_a_sentence_would_inflect_them():
    assert words_of("brand-07").scorecard().text.startswith("„Markenauftritt“ und „Aktualität“ erreichen")
    with speaking("en"):
        assert "„" not in words_of("brand-07").named(["dialog"])


def test_a_clause_before_and_is_closed_by_a_comma():
    assert _both(["sagt, was gilt", "antwortet"]) == "sagt, was gilt, und antwortet"
    assert _both(["sagt es", "antwortet"]) == "sagt es und antwortet"


def test_one_gap_is_a_gap_and_two_are_gaps():
    assert words_of("department-09", "attitude").answer_title().text.startswith("Sechs Stärken, noch eine Lücke: ")
    assert words_of("brand-16").answer_title().text.startswith("Eine Stärke gegen sieben Lücken: ")
    one, many = (_n("One more holds {here}.", "{count} more hold {here}.", count) for count in (1, 2))
    assert (one.split()[0], many.split()[1]) == ("Ein", "weitere")


def test_a_rank_is_an_ordinal_that_its_sentence_inflects():
    assert re.search(r"zwischen dem 10\. und dem 25\. Platz\.", words_of("brand-07").scorecard().text)
    assert words_of("brand-07").rank().text == "16. von 30, gleichauf mit einer weiteren"


def test_every_message_of_a_client_is_translated():
    mine = ("narrative/client.py", "narrative/advice.py", "analysis/pieces.py", "reports/client.ipynb")
    assert [] == [str(problem) for problem in missing(ROOT, "de") if any(path in str(problem) for path in mine)]


def test_german_mentions_no_value_that_english_has_not():
    def names(text):
        return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name}

    with (LOCALE / "de/client.po").open("rb") as file:
        for entry in read_po(file, locale="de"):
            ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
            forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
            if entry.id:
                assert set().union(*map(names, forms)) <= set().union(*map(names, ids)), entry.id
