"""Evidence in German: test ledger, tables, reasons, and the sentences about what is sure."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from kernels_lib.analysis import agreement, apa, evidence, exhibits, findings, ledger, models, significance, waves
from kernels_lib.analysis.multiverse import above, beside_target
from kernels_lib.analysis.narrative import IndustryWords, StudyWords
from kernels_lib.analysis.verification.runner import run_case
from kernels_lib.study import messages, open_study
from kernels_lib.study.language import catalogue, speaking
from tests.conftest import ROOT

GERMAN = "language=de"
STUDIES = {
    "means": {},
    "measured": {"study_name": "attitude"},
    "raters": {"study_name": "wine"},
    "industry": {"industry": "retail"},
}
# Words that no German text here needs; titles of publications are not ours.
ENGLISH = re.compile(
    r"\b(?:the|of|and|is|are|with|from|which|not|that|this|each|other|others|than|they|there|by|on|as|to|for|has|have|"
    r"above|below|scores?|brands?|criteri(?:on|a)|means?|tests?|ranks?|points?|published|measured|target|wave|peers?)\b"
)


@pytest.fixture(autouse=True)
def _english_afterwards():
    with speaking("en"):
        yield


@pytest.fixture(scope="module")
def commons():
    with speaking("de"):
        yield {name: findings.common(open_study(root=ROOT, overrides=GERMAN, **who)) for name, who in STUDIES.items()}


def _messages():
    found, _problems = messages.all_messages(ROOT)
    places = ("narrative/evidence", "evidence", "exhibits", "tables", "ledger", "apa", "answers", "findings")
    places += ("multiverse", "models", "waves", "agreement", "significance/", "bounds/")
    mine = tuple(f"kernels_lib/analysis/{place}" for place in places)
    return {message.text: message for message in found if message.where.startswith(mine)}


def test_every_message_about_evidence_is_german_and_says_the_same_values():
    words = catalogue("de")
    for text, message in _messages().items():
        forms = words[text]
        assert len(forms) == (2 if message.many else 1), text
        holes = set(re.findall(r"{\w*}", text + message.many))
        for form in forms:
            assert set(re.findall(r"{\w*}", form)) <= holes, text
            assert not ENGLISH.search(re.sub(r"{\w*}|scorecard verify", "", form)), form
        # Only a form for one may leave its count out.
        assert set(re.findall(r"{\w*}", forms[-1])) == set(re.findall(r"{\w*}", message.many or text)), text


def test_apa_in_german_has_commas_leading_zeros_and_semicolons():
    with speaking("de"):
        assert apa.p_value(0.0213) == "p = 0,021"
        assert apa.p_value(4e-9) == "p < 0,001"
        assert apa.share(-0.554) == "−0,55"
        assert apa.symbol("F", 4.2, df=apa.freedom(7, 203)) == "F(7; 203) = 4,20"
        assert apa.interval(0.12, 0.58, 0.975) == "97,5-%-KI [0,12; 0,58]"
        assert apa.line(["t(29) = 2,31", "", "p = 0,021"]) == "t(29) = 2,31; p = 0,021"


def test_a_single_zero_and_several_have_their_own_words():
    with speaking("de"):
        assert [ledger.zeros(count) for count in (0, 1, 3)] == ["0 Nullen", "1 Null", "3 Nullen"]


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.sample(4)
def test_the_ledger_is_german_but_its_keys_stay_english(commons, name):
    english = {family.name for family in ledger.FAMILIES.values()} | {ledger.PROFILES}
    with speaking("de"):
        for test in commons[name].tests:
            assert test.family in english
            assert test.exactness in ("exact", "asymptotic", "permutation", "worst case", "not tested")
            assert test.correction in ("holm", "bonferroni", "bh", "none")
            shown = [test.question, test.method, test.conclusion, test.effect_name, test.apa]
            shown.append(ledger.family_words(commons[name].study, test.family, test.about))
            for text in shown:
                assert not ENGLISH.search(text), text
                assert not re.search(r"\d\.\d|(?<!\d)\.\d", text), text


def test_the_sign_of_a_difference_is_shown_in_german_too(commons):
    with speaking("de"):
        signed = {test.id.rpartition(".")[2] for test in commons["measured"].tests if ledger.is_signed(test)}
        table = exhibits.ledger(commons["measured"].study, commons["measured"].tests)
    assert signed == {"means"}
    assert any(row["effect"].startswith("+") for row in table.record.rows)


def test_ranks_and_means_of_one_question_keep_their_own_method():
    scores = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 2, 4, 4, 5], "c": [2, 3, 4, 5, 6]})
    with speaking("de"):
        for method in significance.pairwise(scores, alpha=0.05)["method"]:
            ranks, means = method.split("; ")
            assert ranks == "Vorzeichen-Rang-Test (Pratt), exakt"
            assert means in ("gepaarter t-Test", "keine Streuung: Vorzeichentest")


def test_equal_changes_are_tested_alike_in_both_languages():
    before = pd.DataFrame({"a": [1.0, 2.0, 3.0, 2.0]}, index=list("wxyz"))

    def found():
        rng = np.random.default_rng(1)
        return waves.wave_change(before, before + 1, alpha=0.05, floor=1, top=5, rng=rng, draws=50).loc["a"]

    english = found()
    with speaking("de"):
        german = found()
    assert german["t_p_value"] == english["t_p_value"] > english["p_value"]
    assert german["method"].endswith("keine Streuung: Vorzeichentest, exakt, dazu der exakte Endpunkttest")


def test_a_family_of_two_industries_names_its_criterion_with_a_capital(commons):
    study = commons["raters"].study
    with speaking("de"):
        words = ledger.family_words(study, "pairs of industries on bitterness", "dunn.bitterness.a.b")
    assert words == "Branchenpaare bei „Bitterkeit“"


def test_conclusions_of_the_multiverse_are_the_ones_that_the_floor_is_checked_with(commons):
    words = StudyWords(commons["means"].study, commons["means"])
    with speaking("de"):
        kept, firm = words._on_the_other_floor()
        names = set(commons["means"].multiverse["name"])
        assert len(kept) == 7 and len(firm) == 11 and set(firm) <= names
        assert above("Dialog", "Fürsprache") == "Dialog über Fürsprache"
        assert beside_target("Dialog", "below") == "Dialog unter dem Ziel"
        assert set(commons["means"].multiverse["test"]) == {
            f"{track}, {floor} to 5" for track in ("ranks", "means") for floor in (0, 1)
        }


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.sample(4)
def test_no_table_of_evidence_has_an_english_head_or_a_decimal_point(commons, name):
    shared = commons[name]
    with speaking("de"):
        words = (IndustryWords if name == "industry" else StudyWords)(shared.study, shared)
        made = [evidence.pairs(words), evidence.worst_cases(words), evidence.illustration(words)]
        made += [evidence.across(words), evidence.raters(words), evidence.index(words), evidence.model(words)]
        made += [evidence.gaps(words), exhibits.families(shared.study, shared.tests), exhibits.group_scorecard(words)]
        for table in filter(None, made):
            heads = [text for column in table.record.columns for text in (column.label, column.unit)]
            for text in [table.record.caption, *heads, re.sub(r"<[^>]+>", "", table.record.note)]:
                assert not ENGLISH.search(text), text
            for row in table.record.rows:
                for cell in row.values():
                    assert not isinstance(cell, str) or not re.search(r"\d\.\d(?!\d\d\b)", cell), cell


@pytest.mark.parametrize(
    ("client", "caption"),
    [
        ("brand-30", "Vier Kriterien sind am Ziel; vier liegen 0,5 bis 1,5 Punkte darunter"),
        ("brand-24", "Ein Kriterium ist am Ziel; sieben liegen 1,0 bis 3,0 Punkte darunter"),
    ],
)
def test_the_scorecards_message_counts_in_german(client, caption):
    from kernels_lib.analysis.narrative import ClientWords

    study = open_study(root=ROOT, client=client, overrides=GERMAN)
    shared = findings.common(study)
    words = ClientWords(study, shared, findings.client_card(study, shared))
    assert exhibits.client_scorecard(words).record.caption == caption


def test_a_reason_is_said_in_the_readers_language():
    same = pd.DataFrame({"a": [3, 3, 3], "b": [1, 2, 3]})
    with speaking("de"):
        assert models.criteria_model(same)["reason"]["a"] == "nicht schätzbar: überall derselbe Wert"
        assert agreement.cronbach_alpha(same).reason == "weniger als zwei Kriterien, die variieren"
        assert significance.kruskal([1, 2], ["a", "b"]).reason == "jede Gruppe hat nur einen Wert"


def test_what_the_report_was_made_from_is_named_in_german(commons):
    with speaking("de"):
        table = exhibits.quotable(commons["means"].study)
    values = {row["item"]: row["value"] for row in table.record.rows}
    assert list(values) == [
        "Datensatz", "Parameter", "Startwert", "Werkzeug", "Werte", "Veröffentlichte Mittelwerte", "Datum des Berichts",
    ]  # fmt: skip
    assert values["Datensatz"] == "altimeter-2010, Erhebung 2010"


def test_parameters_say_in_german_where_they_come_from(commons):
    with speaking("de"):
        origins = {row["key"]: row["origin"] for row in exhibits.parameters(commons["measured"].study).record.rows}
    assert origins["language"] == "--set" and origins["colours"] == "Voreinstellung"
    assert re.fullmatch(r"params/studies/attitude/study\.yaml, Zeile \d+", origins["dataset"])


def test_every_reference_case_has_a_german_title_and_one_text_alone_stands_in_every_language(tmp_path):
    for path in sorted((ROOT / "tests" / "reference_cases").glob("*.json")):
        title = json.loads(path.read_text(encoding="utf-8"))["title"]
        assert set(title) == {"en", "de"} and title["de"] != title["en"], path.name
    case = {"title": "Only so", "checks": [{"call": "none", "result": "x", "expected": 1}]}
    (tmp_path / "one.json").write_text(json.dumps(case), encoding="utf-8")
    with speaking("de"):
        assert run_case(tmp_path / "one.json").title == "Only so"
        german = run_case(ROOT / "tests" / "reference_cases" / "quade_1979.json")
    assert german.title == "Friedman- und Quade-Test auf einer kleinen Tabelle" and german.agrees
