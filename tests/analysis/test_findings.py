"""Findings: what the two routes, scores and means alone, conclude."""

from __future__ import annotations

import math

import pytest

from kernels_lib.analysis import findings, ledger
from kernels_lib.study import open_study
from tests.conftest import change


@pytest.fixture(scope="module")
def study_common():
    from tests.conftest import ROOT

    return findings.common(open_study(root=ROOT))


def common_of(root, **who):
    return findings.common(open_study(root=root, **who))


def test_six_criteria_are_below_one_above_and_one_undecided_in_every_table(study_common):
    card = study_common.card
    # Computed beforehand: largest adjusted p .040, that of the fifth criterion, 3.10
    below = card[card["verdict"] == "missed opportunity"]
    assert 6 == len(below)
    assert 0.040 == round(below["p_adjusted"].max(), 3)
    assert 3.10 == below.loc[below["p_adjusted"].idxmax(), "mean"]
    assert [5.0] == list(card.loc[card["verdict"] == "strength", "mean"])
    assert [3.9] == list(card.loc[card["verdict"] == "unresolved", "mean"])


def test_fact_and_grade_are_kept_apart(study_common):
    # 3.90 is below 4 as a fact, and not decidable as a statement about more than these brands
    row = study_common.card.query("verdict == 'unresolved'").iloc[0]
    assert ("below", "not decidable from the means") == (row["fact"], row["grade"])


def test_a_pair_that_leans_on_the_assumed_step_is_not_claimed(study_common):
    # 5.00 above 3.90 passes Holm with half points at .047, and not when scores may have any value
    pairs = study_common.pairs.set_index(["first", "second"])
    row = pairs[(pairs["difference"].round(2) == 1.10)].iloc[0]
    assert 0.047 == round(row["p_worst_adjusted"], 3)
    assert "some" == row["holds"]
    assert {"every": 6, "some": 21, "none": 1} == pairs["holds"].value_counts().to_dict()


def test_on_a_scale_from_zero_less_is_certain(project):
    change(project / "params/instruments/facebook_page.yaml", "  floor: 1 ", "  floor: 0 ")
    change(project / "params/instruments/facebook_page.yaml", "from: 1, status", "from: 0, status")
    card = common_of(project).card
    # Computed beforehand, 0 to 5: four below (4 has .056, 5 has .10), one above
    assert 4 == (card["verdict"] == "missed opportunity").sum()
    assert 0.056 == round(card.loc[card["mean"].round(2) == 2.87, "p_adjusted"].iloc[0], 3)
    assert 0.10 == round(card.loc[card["mean"] == 3.10, "p_adjusted"].iloc[0], 2)


def test_a_claim_that_holds_in_every_table_holds_in_the_reconstruction(root, study_common):
    client = common_of(root, client="brand-07")
    sure = {(r.first, r.second) for r in study_common.pairs.itertuples() if r.holds == "every"}
    here = {(r.first, r.second) for r in client.pairs.itertuples() if r.holds == "every"}
    assert sure == here


def test_picture_and_ledger_cannot_disagree(root):
    for who in ({}, {"client": "brand-07"}, {"industry": "retail"}):
        for row in common_of(root, **who).card.itertuples():
            outside = not row.ci_low <= row.target <= row.ci_high
            assert outside == (
                row.t_p_adjusted <= 0.05 if hasattr(row, "t_p_adjusted") else row.verdict != "unresolved"
            )


def test_the_ledger_has_a_row_for_every_p_value(root, study_common):
    # the omnibus, 8 criteria and 28 pairs, worst cases of ranks and of means
    assert 2 * (1 + 8 + 28) == len(study_common.tests)
    client = open_study(client="brand-07", root=root)
    shared = findings.common(client)
    # omnibus 3 (with its check by permutation); 8 criteria by ranks, means and signs, and within the
    # margin (not where all scores are equal); 28 pairs by ranks and means
    assert 3 + 3 * 8 + 7 + 2 * 28 == len(shared.tests)
    assert 8 == len(ledger.peers(client, findings.client_card(client, shared)))
    assert len(shared.tests) == len({test.id for test in shared.tests})


def test_a_client_on_the_target_has_a_strength_and_half_a_step_below_a_miss(root):
    study = open_study(client="brand-13", root=root)
    card = findings.client_card(study, findings.common(study))
    on, below = card[card["score"] == 4.0], card[card["score"] == 3.5]
    assert set(on["verdict"]) == {"strength"}
    assert set(below["verdict"]) <= {"missed opportunity"}


def test_a_target_of_the_clients_own_moves_its_verdict_only(root):
    lower = open_study(client="brand-07", overrides="target.dialog=3.5", root=root)
    usual = open_study(client="brand-07", root=root)
    moved = findings.client_card(lower, findings.common(lower)).loc["dialog"]
    before = findings.client_card(usual, findings.common(usual)).loc["dialog"]
    assert ("strength", "missed opportunity") == (moved["verdict"], before["verdict"])
    assert moved["score"] == before["score"]


def test_a_missing_score_is_unknown_and_no_zero(project):
    path = project / "datasets/altimeter-2010/reconstruction.csv"
    change(path, "Brand 07,food_drink,1.0,", "Brand 07,food_drink,,")
    study = open_study(client="brand-07", root=project)
    shared = findings.common(study)
    card = findings.client_card(study, shared)
    assert "not scored" == card.iloc[0]["verdict"]
    # (5 + 5 + 3 + 3.5 + 1 + 2.5 + 1.5) / 7
    assert 3.07 == round(shared.league.loc["Brand 07", "overall"], 2)
    assert math.isnan(card.iloc[0]["difference"])


def test_weights_change_the_overall_score_of_everyone_alike(root):
    plain = common_of(root, client="brand-07").league
    heavy = findings.common(open_study(client="brand-07", overrides="weights.dialog=3", root=root)).league
    row = open_study(root=root).scores.loc["Brand 07"]
    # (sum of the eight + two more dialogs) / 10
    assert round((row.sum() + 2 * row["dialog"]) / 10, 9) == round(heavy.loc["Brand 07", "overall"], 9)
    assert plain.loc["Brand 07", "overall"] != heavy.loc["Brand 07", "overall"]


def test_industry_intervals_are_the_same_for_every_client(root):
    one = common_of(root, client="brand-07").industries
    other = common_of(root, client="brand-19").industries
    both = ~(one["withheld"] | other["withheld"])
    assert one.loc[both, ["mean", "ci_low", "ci_high"]].equals(other.loc[both, ["mean", "ci_low", "ci_high"]])


def test_measured_scores_need_no_bounds(root):
    shared = findings.common(open_study("attitude", root=root))
    assert not shared.of_means
    assert {"firm", "unresolved"} == set(shared.pairs["holds"])
    assert {"measured"} == {test.basis for test in shared.tests}
