"""Sentences: grammar, hedges, and the numbers they state."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from markupsafe import Markup

from kernels_lib.analysis import exhibits, findings, pieces
from kernels_lib.analysis.narrative import Advice, ClientWords, IndustryWords, MethodsWords, StudyWords
from kernels_lib.analysis.statement import Numbers, note, state
from kernels_lib.study import open_study
from kernels_lib.study.language import speak, speaking
from kernels_lib.study.numerals import Numerals
from kernels_lib.study.results import Basis
from tests.conftest import ROOT


def words_of(client, root=ROOT, study_name="", **keys):
    words = _words_of(client, root, study_name, **keys)
    # Opened only once, but spoken in its own language each time.
    speak(words.study.parameters.language)
    return words


@cache
def _words_of(client, root, study_name, **keys):
    study = open_study(study_name, client=client, root=root, **keys)
    shared = findings.common(study)
    return ClientWords(study, shared, findings.client_card(study, shared))


@pytest.fixture(autouse=True)
def english():
    with speaking("en"):
        yield


def everything(words):
    """Every sentence a client may read."""
    advice = Advice(words)
    made = [
        words.headline(), words.overall(), words.rank(), words.rank_range(), words.scorecard_title(), words.scorecard(),
        words.gap_title(), words.gap_message(), words.gap_caption(), words.gap_meaning(), words.peers_title(),
        words.peers(), words.peers_message(), words.peers_caption(), words.pairs_title(), words.industry_title(),
        words.industry(), words.industry_message(), words.answer_title(), words.meaning_title(),
        words.strengths_title(), words.best_title(), words.method(), advice.title(), advice.reason(), advice.first(),
        advice.first_note(), advice.order(), advice.quarter_title(), pieces.summary(words, advice),
        pieces.answer(words, advice), pieces.noise(words), pieces.gate(advice), pieces.steps(advice),
        pieces.gate_slide(advice), pieces.quarter(advice), pieces.meaning(words), pieces.strengths(words),
        pieces.best(words), pieces.noise_slide(words),
    ]  # fmt: skip
    return [statement for statement in made if statement.text]


CLIENTS = [f"brand-{i:02d}" for i in range(1, 31)]


@pytest.mark.parametrize("client", CLIENTS[::3])
@pytest.mark.sample(2)
def test_no_sentence_has_a_hole_a_doubled_word_or_a_zero_count(client):
    for statement in everything(words_of(client)):
        assert not re.search(r"\bnan\b|\bNone\b(?! of|:)|\{|\}|  |\.\.| ,| \.", statement.text), statement
        assert not re.search(r"\b(\w+) \1\b", statement.text), statement
        assert not re.search(
            r"\b(0|zero|no) strengths\b|(?<![\d.,])1 points\b|\bone criteria\b|−0[.,]0\b", statement.text
        ), statement


@pytest.mark.parametrize("client", CLIENTS[::3])
def test_every_number_in_a_sentence_that_is_marked_is_in_its_list(client):
    for statement in everything(words_of(client)):
        refs = set(re.findall(r'data-ref="([^"]+)"', str(statement.html)))
        assert refs == {number.ref for number in statement.numbers}


def test_a_sentence_about_peers_is_firm_only_where_the_ledger_is(root):
    for client in [*CLIENTS[::3], "brand-19"]:
        words = words_of(client)
        said = "firmly" in words.peers_title().text and "not firmly" not in words.peers_title().text
        assert said == bool(words.card["firm"].any()) or not said, client
        if not words.card["firm"].any():
            assert "firm" not in words.peers_title().text.replace("neither is firm", "").replace("not firmly", "")


def test_the_first_step_is_the_widest_gap_that_is_not_gated():
    words = words_of("brand-07")
    advice = Advice(words)
    gaps = words.card["gap"].drop(advice.gate.criterion)
    assert gaps[advice.steps[0]] == gaps.min()
    assert advice.gate.criterion not in advice.steps


def test_an_open_gate_lets_the_gated_criterion_in(project):
    path = project / "datasets/altimeter-2010/reconstruction.csv"
    lines = path.read_text().splitlines()
    lines[7] = "Brand 07,food_drink,4.0,5.0,5.0,4.0,4.0,4.0,4.0,2.0"
    path.write_text("\n".join(lines) + "\n")
    words = words_of("brand-07", root=project)
    advice = Advice(words)
    assert advice.open
    assert advice.title().text.startswith("The gate is open")
    assert [advice.gate.criterion] == advice.steps


def gallery(project, row, client="brand-07"):
    path = project / "datasets/altimeter-2010/reconstruction.csv"
    lines = path.read_text().splitlines()
    lines[7] = f"Brand 07,food_drink,{row}"
    path.write_text("\n".join(lines) + "\n")
    return words_of(client, root=project)


@pytest.mark.parametrize(
    ("row", "rows", "left_out"),
    [
        # Five of the eight are on the target of 4.
        ("5.0,5.0,5.0,4.0,4.0,1.0,1.0,1.0", 5, ""),
        ("5.0,5.0,5.0,4.0,4.0,4.0,1.0,1.0", 5, "Two further criteria are left out here; the report shows all"),
    ],
)
def test_a_slide_of_strengths_shows_all_or_says_how_many_it_leaves_out(project, row, rows, left_out):
    _, lines = pieces.strengths(gallery(project, row)).content

    assert rows == len(lines)
    assert ("", left_out) == tuple(lines[-1][:2]) if left_out else lines[-1][0]


@pytest.mark.parametrize(
    ("row", "headline"),
    [
        ("5.0,5.0,5.0,5.0,5.0,5.0,5.0,5.0", "Brand 07 is on target on all eight criteria"),
        pytest.param("1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0", "No criterion is on target yet.", marks=pytest.mark.slow),
        pytest.param(",,,,,,,", "Brand 07 was not scored in this wave", marks=pytest.mark.slow),
        pytest.param("5.0,5.0,5.0,5.0,5.0,5.0,5.0,3.5", "It ", marks=pytest.mark.slow),
        pytest.param(
            "4.0,,,,,,,", "Brand 07 is on target on the one criterion it was scored on", marks=pytest.mark.slow
        ),
    ],
)
@pytest.mark.slow
def test_extreme_clients_read_well(project, row, headline):
    words = gallery(project, row)
    assert headline in words.headline().text
    for statement in everything(words):
        assert not re.search(r"\bnan\b|\bNone\b(?! of|:)|  |\b0 strengths\b", statement.text), statement
    exhibits.client_scorecard(words)


def test_german_numbers_have_a_decimal_comma_and_english_ones_a_point():
    german, english = words_of("brand-24"), words_of("brand-07")
    assert "2,38" in german.scorecard_title().text
    assert "2.81" in english.scorecard_title().text


def test_a_hostile_name_is_text_everywhere(project):
    path = project / "params/clients/brand-07.yaml"
    path.write_text("brand: Brand 07\nclient_name: \"<img src=x onerror=alert(1)> & {co} 'x'\"\n")
    words = words_of("brand-07", root=project)
    for statement in everything(words):
        assert "<img" not in str(statement.html), statement.id


def test_names_in_braces_are_no_template():
    assert "A {b} c" == state("id", "a {name} c", name="{b}").text
    assert "&lt;b&gt;" == str(state("id", "{name}", name="<b>").html)


def test_a_sentence_begins_with_a_capital_and_a_note_does_not():
    count = Numbers(Numerals(), Basis.MEASURED).count("n", 3)
    assert "Three brands" == state("id", "{n} brands", n=count).text
    assert Markup('<data value="3" data-ref="n">Three</data> brands') == state("id", "{n} brands", n=count).html
    assert "three brands" == note("id", "{n} brands", n=count).text


def test_one_point_is_singular():
    one = Numbers(Numerals("en", 0, 1), Basis.MEASURED).distance("n", 1.0)
    assert "1 point short" == state("id", "{n} points short", n=one).text
    assert "1</data> point short" in str(state("id", "{n} points short", n=one).html)
    half = Numbers(Numerals("en", 1, 2), Basis.MEASURED).distance("n", 1.1)
    assert "1.1 points short" == state("id", "{n} points short", n=half).text


def test_the_study_says_what_needs_no_test(root):
    study = open_study(root=root)
    words = StudyWords(study, findings.common(study))
    said = " ".join(f"{name}: {text.text}" for name, _, text in words.certainties())
    # By hand: at least 14 of 30 below 3 on the first criterion, 15 on the sixth, 11 and 9; 17 reached 3
    for expected in ("At least 14 of 30", "At least 15 of 30", "At least 11 of 30", "At least 9 of 30"):
        assert f"{expected} brands scored below 3" in said
    assert "At least 17 of 30 brands reached 3" in said
    assert "All 30 brands must have scored 5" in said


def test_no_study_sentence_orders_what_is_unresolved(root):
    study = open_study(root=root)
    words = StudyWords(study, findings.common(study))
    firm = words.order(words.firm_always, "x").text
    assert "Up to date is above six of the other seven by 1.9 to 3.0 points." == firm
    assert not words.order(words.firm_here, "y").text


@pytest.mark.parametrize("industry", ["retail", "luxury-hotels"])
def test_an_industry_too_small_to_settle_anything_says_so(root, industry):
    study = open_study(industry=industry, root=root)
    words = IndustryWords(study, findings.common(study))
    assert "too few to settle any criterion" in words.headline().text
    assert "smallest p-value" in words.summary().text


def test_what_there_is_none_of_is_not_counted(root):
    for who in ({}, {"industry": "retail"}):
        study = open_study(root=root, **who)
        shared = findings.common(study)
        words = IndustryWords(study, shared) if who else StudyWords(study, shared)
        assert all(column[1] != "0" for column in words.answer_columns())
    # Every stratum is there where it has members: 1 + 6 + 1
    words = StudyWords(open_study(root=root), findings.common(open_study(root=root)))
    assert ["1", "6", "1"] == [column[1] for column in words.answer_columns()]


def test_the_methods_report_names_the_grid(root):
    study = open_study(root=root)
    words = MethodsWords(study, findings.common(study))
    assert "Whole points cannot give two of the published means; half points can" == words.grid_title().text
    rows = exhibits.grid(words).record.rows
    assert {"1"} == {row["half"] for row in rows}
    assert 2 == sum(row["whole"] == "none" for row in rows)


def test_measured_data_have_no_word_of_a_reconstruction():
    words = words_of("department-03", study_name="attitude")
    for statement in everything(words):
        assert "reconstruct" not in statement.text.lower()
        assert "brand" not in statement.text.lower(), statement


def test_results_of_a_report_keep_what_was_said(root, monkeypatch):
    from kernels_lib.analysis import report as module

    shown = []
    monkeypatch.setattr(module, "display", lambda bundle, raw, metadata: shown.append((bundle, metadata)))
    words = words_of("brand-07")
    report = module.Report(words.study, "client", words.shared.basis)
    report.headline(words.headline())
    report.say(words.scorecard())
    report.close()
    results = shown[-1][0]["application/vnd.scorecard.results+json"]
    assert words.headline().text == results["headline"]
    assert {"headline", "scorecard"} == {sentence["id"] for sentence in results["sentences"]}
    json.dumps(results, allow_nan=False)


def test_one_reference_cannot_state_two_numbers(root, monkeypatch):
    from kernels_lib.analysis import report as module

    monkeypatch.setattr(module, "display", lambda *args, **keys: None)
    words = words_of("brand-07")
    report = module.Report(words.study, "client", words.shared.basis)
    report.say(state("one", "{n}", n=words.numbers.mean("x", 1.0)))
    with pytest.raises(ValueError, match=r"'x' is stated as 1\.00 and as 2\.00"):
        report.say(state("two", "{n}", n=words.numbers.mean("x", 2.0)))


def test_a_criterion_at_the_top_for_all_says_what_that_proves_and_what_not(root):
    study = open_study(root=root)
    words = StudyWords(study, findings.common(study)).all_at_an_end().text
    # 1 - .025^(1/30) = .1157; 5 - 4 * .1157 = 4.54
    assert (
        "All 30 brands have 5.00 on up to date: with 95% confidence at most 11.6% of such brands score lower" in words
    )
    assert words.endswith("their mean is at least 4.54.")
