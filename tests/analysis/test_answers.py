"""The questions beside targets and pairs, put to whole studies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kernels_lib.analysis import answers, findings
from kernels_lib.study import open_study
from tests.conftest import ROOT

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def attitude():
    return open_study("attitude", root=ROOT)


def test_the_omnibus_of_the_departments_is_that_of_r(attitude):
    found = answers.omnibus(attitude, attitude.members)
    # R 4.2.2: f <- friedman.test(as.matrix(attitude)); Q <- f$statistic; W <- Q / (30 * 6); c(Q, W, 29 * W / (1 - W))
    # 104.87523 0.58264 40.48440
    assert 104.87523 == pytest.approx(found["w"] * 30 * 6, abs=5e-4)
    assert 40.48440 == pytest.approx(found["f"], abs=5e-4)
    assert found["w_low"] < found["w"] < found["w_high"]
    # None of 2,000 tables with shuffled scores comes near: 1 / 2001
    assert 1 / 2001 == pytest.approx(found["permutation_p"])
    assert found["firm"]


def test_letters_are_shared_exactly_where_an_order_is_not_firm(attitude):
    shared = findings.common(attitude)
    letters = shared.letters
    for row in shared.pairs.itertuples():
        together = bool(set(letters[row.first]) & set(letters[row.second]))
        assert together == (row.holds == "unresolved")


def test_industries_of_five_can_never_be_told_apart_in_pairs():
    study = open_study(root=ROOT)
    study.groups[:] = [f"industry {i % 6}" for i in range(30)]
    # 2 / C(10, 5) = .0079, times 15 pairs
    smallest, pairs = answers.smallest_industry_p(study)
    assert (0.119, 15) == (round(smallest, 3), pairs)
    across = pd.DataFrame({"firm": [True], "short": ["Dialog"]}, index=["dialog"])
    assert not len(answers.pairs_of_industries(study, study.scores, across))


def test_warm_wine_is_more_bitter_by_both_tests():
    shared = findings.common(open_study("wine", root=ROOT))
    table, profiles = shared.across
    row = table.loc["bitterness"]
    # R 4.2.2: m <- tapply(as.integer(wine$rating), wine$bottle, mean); kruskal.test(m, rep(1:2, each = 4))$statistic
    # Kruskal-Wallis chi-squared 5.3333: every warm bottle is above every cold one; H / (n - 1) = 5.3333 / 7
    assert 5.3333 == pytest.approx(row["statistic"], abs=5e-5)
    assert 0.7619 == pytest.approx(row["epsilon_squared"], abs=5e-5)
    assert row["firm"]
    assert "fewer than two criteria" in profiles["reason"]


def test_a_mean_near_its_target_is_on_it_only_if_that_was_shown(attitude):
    rng = np.random.default_rng(1)
    near = attitude.members.copy()
    near["rating"] = 60 + rng.integers(-2, 3, len(near))
    card = pd.DataFrame({"target": 60.0}, index=pd.Index(near.columns, name="criterion"))
    found = answers.on_target(attitude, card, near)
    # Within 5 points: the constructed criterion is, the others are not shown to be
    assert [True, *[False] * 6] == found["on_target"].tolist()


def test_the_published_means_prove_that_the_criteria_differ_and_not_more():
    study = open_study(root=ROOT)
    found = findings.common(study).omnibus
    assert found["firm"]
    assert 35.55 < found["statistic_low"] <= 35.5570
    # A table that comes close shows how tight the bound is.
    assert found["statistic_low"] < found["attained"] < 38
