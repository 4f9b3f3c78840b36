"""One brand against the others."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis.peers import against_peers
from kernels_lib.errors import UnknownName

pytestmark = pytest.mark.filterwarnings("error")


def one(score, others, **more):
    row = pd.Series({"c1": score}, dtype=float)
    return against_peers(row, pd.DataFrame({"c1": pd.Series(others, dtype=float)}), alpha=0.05, **more).loc["c1"]


def test_peers_are_summed_up_and_counted():
    row = one(3.0, [1, 2, 3, 4, 5, 5, np.nan])

    # mean 20/6; quartiles of 1 2 3 4 5 5 at positions 1.25 and 3.75
    assert 20 / 6 == pytest.approx(row["peers_mean"])
    assert (2.25, 4.75) == (row["peers_q1"], row["peers_q3"])
    assert (6, 2, 1, 3) == tuple(row[["base", "below", "tied", "above"]])
    assert 3 - 20 / 6 == pytest.approx(row["difference"])


def test_the_best_quarter_is_rounded_up_and_has_the_minimum_base():
    # 29 peers: ceil(29/4) = 8; 6 peers: 4 rather than 2
    assert np.mean(np.arange(22, 30)) == one(3.0, range(1, 30))["best_quarter"]
    assert (2 + 3 + 4 + 5) / 4 == one(3.0, [0, 1, 2, 3, 4, 5])["best_quarter"]
    assert (4 + 5) / 2 == one(3.0, [0, 1, 2, 3, 4, 5], minimum_base=1)["best_quarter"]


def test_there_is_no_best_quarter_of_fewer_than_the_minimum_base():
    assert np.isnan(one(3.0, [1, 2, 3])["best_quarter"])


def test_a_brand_far_from_its_peers_is_firm():
    row = one(1.0, [4, 4.5, 5, 4, 4.5, 4])

    # mean 13/3, variance 1/6 (sum of squares 5/6 over 5), t = z / sqrt(7/6)
    assert (1 - 13 / 3) / (1 / 6) ** 0.5 == pytest.approx(row["z"])
    assert row["firm"] and row["p_value"] == row["p_adjusted"] < 0.01


def test_ties_are_found_in_spite_of_floats():
    assert 1 == one(0.1 + 0.2, [0.3, 5])["tied"]


def test_a_brand_that_was_not_scored_is_not_compared():
    row = one(np.nan, [1, 2, 3, 4])

    assert row[["below", "tied", "above", "difference", "p_value", "z"]].isna().all()
    assert (4, 2.5, False) == (row["base"], row["peers_mean"], row["firm"])


@pytest.mark.parametrize("others", [[], [np.nan], [3.0], [5.0, 5.0, 5.0]])
def test_no_peers_one_peer_and_equal_peers_give_no_warning_and_no_finding(others):
    row = one(2.0, others)

    assert np.isnan(row["p_value"]) and np.isnan(row["p_adjusted"]) and not row["firm"]
    assert row["base"] == np.isfinite(others).sum()


def test_only_what_was_tested_is_corrected_for():
    scores = pd.Series({"c1": 1.0, "c2": 3.0, "c3": np.nan})
    peers = pd.DataFrame({"c1": [3.0, 4.0, 5.0, 4.0], "c2": [5.0] * 4, "c3": [1.0, 2.0, 3.0, 4.0]})
    table = against_peers(scores, peers, alpha=0.05)

    assert table.loc["c1", "p_value"] == table.loc["c1", "p_adjusted"]
    assert [False, False] == list(table.loc[["c2", "c3"], "firm"])


def test_a_criterion_that_peers_lack_is_an_error():
    with pytest.raises(UnknownName, match="c2"):
        against_peers(pd.Series({"c1": 1.0}), pd.DataFrame({"c2": [1.0]}), alpha=0.05)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(2, 10).map(lambda k: k / 2), min_size=1, max_size=30), st.randoms())
def test_the_order_of_the_peers_makes_no_difference_and_counts_add_up(others, random):
    row = one(3.0, others)

    pd.testing.assert_series_equal(row, one(3.0, random.sample(others, len(others))))
    assert row["base"] == row["below"] + row["tied"] + row["above"]
