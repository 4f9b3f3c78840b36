"""The test ledger: one row a p-value, with what a reader needs to judge it."""

from __future__ import annotations

import math

import pytest

from kernels_lib.analysis import apa, findings, ledger, power
from kernels_lib.study import open_study
from kernels_lib.study.results import Basis
from tests.conftest import ROOT

pytestmark = pytest.mark.filterwarnings("error")

STUDIES = {
    "means": {},
    "measured": {"study_name": "attitude"},
    "raters": {"study_name": "wine"},
    "industry": {"industry": "retail"},
    "client": {"client": "brand-07"},
}


@pytest.fixture(scope="module")
def commons():
    return {name: findings.common(open_study(root=ROOT, **who)) for name, who in STUDIES.items()}


@pytest.mark.parametrize("name", STUDIES)
def test_every_row_says_what_was_asked_how_and_what_came_of_it(commons, name):
    for test in commons[name].tests:
        assert test.family and test.question.endswith("?") and test.method and test.conclusion
        assert test.family_size >= 1 or test.p_value is None
        if test.p_value is None:
            assert "not tested" == test.exactness
            assert not test.firm
        else:
            assert 0 < test.p_value <= 1
            assert test.p_adjusted >= test.p_value - 1e-12
            assert test.apa
        if test.ci_low is not None and test.family != "against the target":
            assert test.ci_low <= test.effect <= test.ci_high or test.exactness == "worst case"


@pytest.mark.parametrize("name", STUDIES)
def test_no_two_rows_have_one_id_and_the_rows_of_a_question_share_its_conclusion(commons, name):
    tests = commons[name].tests
    assert len(tests) == len({test.id for test in tests})
    for about in {test.about for test in tests}:
        mine = [test for test in tests if test.about == about]
        assert 1 == len({test.firm for test in mine})
        assert all(test.id.startswith(about) for test in mine)


@pytest.mark.parametrize("name", STUDIES)
def test_a_question_is_firm_only_if_ranks_and_means_both_pass(commons, name):
    tests = commons[name].tests
    firm = 0
    for about in {test.about for test in tests if test.family in ("against the target", "pairs of criteria")}:
        tracks = {t.id.rpartition(".")[2]: t for t in tests if t.about == about}
        both = all(tracks[track].p_adjusted is not None for track in ("ranks", "means")) and all(
            tracks[track].p_adjusted <= tracks[track].alpha for track in ("ranks", "means")
        )
        # Firm needs both; the reverse fails only where the tracks point to opposite sides or lean on the step.
        assert both or not tracks["ranks"].firm
        firm += tracks["ranks"].firm
    assert firm or name in ("raters", "industry")


def test_the_study_of_published_means_has_no_row_from_the_reconstruction(commons):
    assert {Basis.EVERY_TABLE} == {test.basis for test in commons["means"].tests}
    assert {Basis.RECONSTRUCTED} == {test.basis for test in commons["industry"].tests}
    assert {Basis.MEASURED} == {test.basis for test in commons["measured"].tests}


def test_the_worst_cases_of_the_omnibus_are_those_computed_beforehand(commons):
    ranks, means = (test for test in commons["means"].tests if test.about == "omnibus")
    # Certified chi-square 35.56 on 7 degrees of freedom, W .169; F at least 8.99, here with 1 and 29
    assert (35.56, 0.169) == (round(ranks.statistic, 2), round(ranks.effect, 3))
    assert 8.79e-6 == pytest.approx(ranks.p_value, rel=1e-3)
    assert 8.99 <= means.statistic < 9.01
    assert 0.0055 == pytest.approx(means.p_value, abs=5e-5)
    assert ranks.firm and means.firm


def test_thirty_differences_cannot_go_below_two_to_the_minus_29(commons):
    # 2 * 2^-30
    rows = [t for t in commons["measured"].tests if t.id.endswith(".ranks") and t.n_used == 30 and t.zeros is not None]
    assert rows
    assert {2.0**-29} == {test.smallest_p for test in rows}


def test_what_can_be_found_is_the_first_steps_share_of_the_spread(commons):
    shared = commons["measured"]
    row = shared.pairs.iloc[0]
    test = next(t for t in shared.tests if t.about == f"pairs.{row['first']}.{row['second']}" and "means" in t.id)
    # 21 pairs: Holm's first step is .05 / 21
    assert test.detectable == pytest.approx(power.mde_dz(30, 0.05 / 21, 0.8) * row["sd"])
    # .79 standard deviations at the first of 28
    assert 0.79 == round(ledger.detectable(30, 1.0, 0.05 / 28), 2)
    assert ledger.detectable(30, math.nan, 0.05) is None


def test_a_family_is_counted_once_a_question(commons):
    frame = ledger.families(commons["measured"].tests).set_index("family")
    assert (21, 21) == tuple(frame.loc["pairs of criteria", ["tests", "of"]])
    # 21 questions at .05 each
    assert 1.05 == pytest.approx(frame.loc["pairs of criteria", "expected"])
    assert 17 == frame.loc["pairs of criteria", "firm"]


def test_a_client_against_its_peers_has_interval_and_percentile():
    study = open_study(client="brand-07", root=ROOT)
    rows = ledger.peers(study, findings.client_card(study, findings.common(study)))
    tested = [row for row in rows if row.p_value is not None]
    # On the criterion where everybody has 5.00 nothing can be tested.
    assert (8, 7) == (len(rows), len(tested))
    for row in tested:
        assert row.ci_low < row.effect < row.ci_high
        assert "percentile" in row.apa and "z_CC" in row.apa


def test_the_interval_of_ranks_is_that_of_the_walsh_averages(commons):
    test = next(t for t in commons["measured"].tests if t.id == "pairs.critical.advance.ranks")
    # R 4.2.2: d <- attitude$critical - attitude$advance; w <- outer(d, d, "+") / 2
    #   w <- sort(w[lower.tri(w, diag = TRUE)]); q <- qsignrank(.025, 30); c(median(w), w[q], w[length(w) + 1 - q])
    # [1] 32.5 27.5 37.5
    assert (32.5, 27.5, 37.5) == (test.effect, test.ci_low, test.ci_high)


def test_results_are_quoted_as_researchers_quote_them():
    assert "t(29) = −2.31, p = .021, ΔM = 1.07" == apa.line(
        [apa.symbol("t", -2.31, df="29"), apa.p_value(0.0213), "", apa.symbol("ΔM", 1.07)]
    )
    assert ("p < .001", "p = 1.000", "") == (apa.p_value(1e-9), apa.p_value(1.0), apa.p_value(None))
    assert "95% CI [−0.10, 2.00]" == apa.interval(-0.1, 2, 0.95)
    assert ("", "infinite") == (apa.number(math.nan), apa.number(math.inf))
