"""What the study's, an industry's and the methods report say in German."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from babel.messages.pofile import read_po

from kernels_lib.analysis import findings
from kernels_lib.analysis.narrative import IndustryWords, MethodsWords, StudyWords
from kernels_lib.analysis.narrative.base import Words, inside, percent, plain_number
from kernels_lib.analysis.statement import Statement
from kernels_lib.study import messages, open_study
from kernels_lib.study.language import LOCALE, speaking
from kernels_lib.study.numerals import Numerals
from tests.conftest import ROOT

# Reader, study, industry.
READERS = [
    (StudyWords, "", ""),
    (StudyWords, "attitude", ""),
    (StudyWords, "wine", ""),
    (MethodsWords, "", ""),
    (MethodsWords, "attitude", ""),
    (IndustryWords, "", "retail"),
    (IndustryWords, "wine", "cold"),
]
NAMES = [f"{words.__name__} {study or 'main'} {industry}".strip() for words, study, industry in READERS]

SAID_BY_ALL = ("headline", "summary", "answer_title", "answer_columns", "pairs_title", "unsettled", "method_title",
               "method", "league_caption", "industry_intervals", "masthead")  # fmt: skip
SAID_BY = {
    StudyWords: ("reproduced_title", "reproduced", "target_title", "target_message", "target_caption", "pair_items",
                 "certainties", "league_title", "heat_message", "claims", "claims_title", "scorecard_title",
                 "pairs_count_title", "certainties_title", "reproduced_lines", "advice_title"),
    MethodsWords: ("grid_title", "grid", "units_message", "units_caption", "rules_title", "rules", "families_title",
                   "family_items", "parameters_title"),
    IndustryWords: ("card_title", "card_caption", "place_title", "place", "units_title"),
}  # fmt: skip


@cache
def words_of(reader: type[Words], study_name: str = "", industry: str = "", parameters: str = "") -> Words:
    with speaking("de"):  # opening a study changes the language that is spoken
        study = open_study(study_name, industry=industry, overrides=f"language=de {parameters}".strip(), root=ROOT)
        return reader(study, findings.common(study))


def texts(shown) -> list[str]:
    """Every text in statements, columns and items."""
    if isinstance(shown, Statement):
        return [shown.text]
    if isinstance(shown, dict):
        return [text for part in shown.values() for text in texts(part)]
    if isinstance(shown, list | tuple):
        return [text for part in shown for text in texts(part)]
    return [shown] if isinstance(shown, str) else []


@cache
def said(reader: type[Words], study_name: str, industry: str) -> tuple[str, ...]:
    words = words_of(reader, study_name, industry)
    names = SAID_BY_ALL + SAID_BY[reader]
    with speaking("de"):
        found = [text for name in names for text in texts(getattr(words, name)())]
        found += [words.group, words.at_target, words.below_target, words.here, words.ledger_fold(words.shared.tests)]
        found += texts([words.order(words.firm_here, "here"), words.order(words.firm_always, "always")])
    return tuple(text for text in found if text)


ENGLISH = re.compile(
    r"\b(the|of|and|is|are|were|with|from|which|not|that|this|these|its|others?|than|they|there|by|on|as|to|for|be"
    r"|has|have|above|below|scores?|scored|brands?|criterion|criteria|means?|shown|ranks?|points?|table|published"
    r"|measured|higher|lower|target|wave|industry|firm|firmly|unresolved|short|pairs?)\b",
    re.I,
)


@pytest.mark.parametrize(("reader", "study_name", "industry"), READERS, ids=NAMES)
def test_a_german_report_of_a_group_has_no_english_word(reader, study_name, industry):
    sources = words_of(reader, study_name, industry).study.roster.dataset.sources
    for text in said(reader, study_name, industry):
        for source in sources:
            text = text.replace(source.rstrip("."), "")
        assert not ENGLISH.search(text), text


@pytest.mark.parametrize(("reader", "study_name", "industry"), READERS, ids=NAMES)
def test_no_german_sentence_has_a_hole_a_doubled_word_or_a_point_for_a_comma(reader, study_name, industry):
    for text in said(reader, study_name, industry):
        text = re.sub(r"(scorecard-reports) [0-9.]+[0-9]", r"\1", text)  # a version has its points in every language
        assert not re.search(r"\bnan\b|\bNone\b|\{|\}|  |\.\.| ,| \.|: \.", text), text
        assert not re.search(r"\b(\w+) \1\b", text), text
        # A point inside a number groups thousands and nothing else.
        assert not re.search(r"\d\.(?!000\b)\d", text), text
        assert not re.search(r"\beins (Kriteri|Mittelwert|Mark|Abteilung|Flasche|Paar)|(?<![\d,])1 Punkte", text), text


def test_one_criterion_below_the_target_is_worded_apart_from_several():
    two = words_of(StudyWords, "attitude")
    one = words_of(StudyWords, "attitude", "", "alpha=0.01 correction=bonferroni")
    with speaking("de"):
        assert two.headline().text.startswith("Abteilungen verfehlen das Ziel bei zwei von sieben Kriterien")
        assert one.headline().text.startswith("Abteilungen verfehlen das Ziel bei einem von sieben Kriterien")
        assert "Zwei davon liegen nach einem Test der Ränge" in two.target().text
        assert "Einer davon liegt nach einem Test der Ränge" in one.target().text
        assert "Die einzige gesicherte Lücke: Aufstieg in bessere Stellen" == one.target_title().text
        assert "Eines am Ziel, eines unter dem Ziel, fünf offen" == one.answer_title().text


def test_published_means_are_worded_with_both_tests():
    words = words_of(StudyWords)
    with speaking("de"):
        assert "Sechs Kriterien liegen 0,9 bis 2,0 Punkte unter dem Ziel, vier davon gesichert" == (
            words.target_title().text
        )
        assert "bei vier davon auch ein Test der Ränge" in words.target().text
        assert "Aktualität liegt 1,9 bis 3,0 Punkte höher als sechs der sieben anderen." == (
            words.order(words.firm_always, "x").text
        )


def test_counts_of_units_are_words_with_their_article():
    words = words_of(StudyWords, "wine")
    with speaking("de"):
        assert ["keine Flaschen", "eine Flasche", "zwei Flaschen", "13 Flaschen"] == [
            words.brand_count(count) for count in (0, 1, 2, 13)
        ]


def test_a_label_inside_a_sentence_keeps_its_capital_in_german_only():
    with speaking("de"):
        assert "Aufstieg" == inside("Aufstieg")
    with speaking("en"):
        assert ["advancement", "HR contacts"] == [inside("Advancement"), inside("HR contacts")]
    words = words_of(StudyWords, "attitude")
    with speaking("de"):
        assert "42,9 (Aufstieg)" in words.summary().text
        assert "Scorecard-Studie" in words.document_title()


def test_a_percentage_and_a_level_are_written_as_the_language_does():
    with speaking("de"):
        assert "95\N{NO-BREAK SPACE}%" == percent("95")
    with speaking("en"):
        assert "95%" == percent("95")
    assert ["0,05", "0,001", "95", "99,9"] == [plain_number(Numerals("de"), v) for v in (0.05, 0.001, 95.0, 99.9)]
    assert "0.05" == plain_number(Numerals("en"), 0.05)


def test_intervals_at_a_fine_level_are_not_rounded_to_certainty():
    study = open_study("attitude", overrides="alpha=0.001", root=ROOT)
    assert "Intervals are at 99.9%" in StudyWords(study, findings.common(study)).industry_intervals().text


def test_one_criterion_is_singular_in_english_as_well():
    study = open_study("wine", industry="cold", root=ROOT)
    words = IndustryWords(study, findings.common(study))
    assert "which is more than 0.05: the criterion cannot be firm here" in words.summary().text
    assert ["of 1 criterion"] == [column[2] for column in words.answer_columns()]
    study = open_study("wine", root=ROOT)
    assert StudyWords(study, findings.common(study)).description().startswith("All 8 bottles on one criterion:")


@pytest.mark.parametrize("report", ["study", "industry", "methods"])
def test_every_heading_and_paragraph_of_a_groups_notebook_is_translated(report):
    cells = json.loads((ROOT / f"reports/{report}.ipynb").read_text(encoding="utf-8"))["cells"]
    shown = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    for source in shown[1:]:  # the first is for whoever runs the notebook
        german = messages.translated(source, "de")
        assert german != source
        assert re.findall(r"^#+", german, re.M) == re.findall(r"^#+", source, re.M)


def test_the_groups_catalogue_says_what_is_said_and_asks_for_no_other_value():
    found, _problems = messages.all_messages(ROOT)
    known = {message.text: message.many for message in found}
    with (LOCALE / "de/groups.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale="de") if entry.id]
    for entry in entries:
        one, many = entry.id if isinstance(entry.id, tuple) else (entry.id, "")
        assert known.get(one) == many, one
        forms = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        for form in forms:
            assert set(re.findall(r"{(\w+)}", form)) <= set(re.findall(r"{(\w+)}", one + many)), form
