"""Agreement from counts: the same as from the ratings themselves, where names are not needed."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kernels_lib.analysis.agreement import counted_agreement, icc, one_way_icc, rater_agreement, spread
from kernels_lib.errors import UnknownName
from tests.conftest import ROOT

SCALE = [1.0, 2.0, 3.0, 4.0, 5.0]
SHROUT_FLEISS = json.loads((ROOT / "tests/reference_cases/icc_shrout_fleiss_1979.json").read_text())["data"]["ratings"]


def counted(ratings: list[list[float]], levels: list[float]) -> np.ndarray:
    return np.array([[row.count(level) for level in levels] for row in ratings])


# Ratings 1 3, 5, 4 4 7: means 2, 5, 5 about 4; between (2 * 4 + 1 + 3) / 2 = 6, within (2 + 0 + 6) / 3 = 8/3,
# k0 = (6 - 14/6) / 2 = 11/6.
UNEQUAL = counted([[1, 3], [5], [4, 4, 7]], [1, 3, 4, 5, 7])
LEVELS = [1, 3, 4, 5, 7]


def test_the_published_one_way_coefficients_come_from_counts():
    # Shrout and Fleiss (1979), table 4: ICC(1,1) = .17, ICC(1,4) = .44
    levels = sorted({score for row in SHROUT_FLEISS for score in row})
    counts = counted(SHROUT_FLEISS, levels)
    assert (0.17, 0.44) == tuple(round(one_way_icc(counts, levels, kind).effect, 2) for kind in ("1,1", "1,k"))


def test_unequal_numbers_of_ratings_have_their_typical_number():
    # (6 - 8/3) / (6 + (11/6 - 1) 8/3) = 15/37, and (6 - 8/3) / 6 = 5/9
    one, mean = (one_way_icc(UNEQUAL, LEVELS, kind) for kind in ("1,1", "1,k"))
    assert (15 / 37, 5 / 9) == pytest.approx((one.effect, mean.effect))
    assert (6 / (8 / 3), 2, 3, 3) == pytest.approx((one.statistic, one.df1, one.df2, one.n))


def test_the_interval_of_unequal_numbers_is_thomas_and_hultquist_s():
    found = one_way_icc(UNEQUAL, LEVELS, level=0.9)
    # Harmonic mean 3 / (1/2 + 1 + 1/3) = 18/11; variance of the means 3; ratio 18/11 * 3 / (8/3) = 81/44
    low, high = 81 / 44 / stats.f(2, 3).ppf(0.95), 81 / 44 / stats.f(2, 3).ppf(0.05)
    assert ((low - 1) / (low + 7 / 11), (high - 1) / (high + 7 / 11)) == pytest.approx((found.ci_low, found.ci_high))


def test_its_interval_covers_the_truth_as_often_as_it_says():
    rng, sizes, truth = np.random.default_rng(1), np.array([2, 2, 3, 5, 8, 13, 21, 34, 2, 3]), 0.3
    covered = 0
    for _ in range(400):
        ratings = [list(rng.normal(unit, math.sqrt(1 - truth), n).round(2)) for unit, n in
                   zip(rng.normal(0, math.sqrt(truth), len(sizes)), sizes, strict=True)]  # fmt: skip
        levels = sorted({score for row in ratings for score in row})
        found = one_way_icc(counted(ratings, levels), levels)
        covered += found.ci_low <= truth <= found.ci_high
    # 95 % of 400, within three standard errors of 1.1 points
    assert 0.917 <= covered / 400 <= 0.983


complete = st.integers(2, 6).flatmap(
    lambda k: st.lists(st.lists(st.sampled_from(SCALE), min_size=k, max_size=k), min_size=1, max_size=7)
)


@given(complete)
def test_with_equal_numbers_it_is_the_one_way_coefficient_of_the_ratings(ratings):
    counts = counted(ratings, SCALE)
    for kind in ("1,1", "1,k"):
        ours, theirs = one_way_icc(counts, SCALE, kind), icc(ratings, kind)
        assert (ours.effect is None) == (theirs.effect is None)
        for name in ("effect", "ci_low", "ci_high", "statistic", "p_value"):
            expected = getattr(theirs, name)
            assert expected is None or expected == pytest.approx(getattr(ours, name), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(complete)
def test_alpha_and_ac2_are_those_of_the_ratings(ratings):
    arguments = {"categories": SCALE, "level": 0.9, "draws": 40}
    theirs = rater_agreement({"c": pd.DataFrame(ratings)}, **arguments, rng=np.random.default_rng(1))
    counts = counted(ratings, SCALE)[:, None, :]
    ours = counted_agreement(counts, SCALE, ["c"], **arguments, rng=np.random.default_rng(1))
    same = [f"{name}{end}" for name in ("alpha", "ac2") for end in ("", "_low", "_high")]
    assert theirs.loc["c", same].tolist() == pytest.approx(ours.loc["c", same].tolist(), nan_ok=True)
    assert [len(ratings), len(ratings[0]), len(ratings[0])] == ours.loc["c", ["n_units", "fewest", "most"]].tolist()


@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=2, max_size=6), st.permutations(range(3)))
def test_spread_is_that_of_the_ratings_written_out(counts, order):
    levels = [1.0, 2.5, 4.0]
    found = spread(np.array(counts)[:, None, :], levels)
    ratings = [np.repeat(levels, row) for row in counts]
    for place, given_ratings in enumerate(ratings):
        n = len(given_ratings)
        assert n == found.n[place, 0]
        assert (given_ratings.mean() if n else math.nan) == pytest.approx(found.mean[place, 0], nan_ok=True)
        sd = given_ratings.std(ddof=1) if n > 1 else math.nan
        assert sd == pytest.approx(found.sd[place, 0], nan_ok=True)
    # The order of units carries no meaning.
    again = spread(np.array(counts)[::-1][:, None, :], levels)
    assert found.sem[:, 0].tolist() == pytest.approx(again.sem[::-1, 0].tolist(), nan_ok=True)


def test_a_mean_s_error_is_the_common_spread_over_its_own_number():
    found = spread(UNEQUAL[:, None, :], LEVELS)
    # Within 8/3: the roots of 8/3 / 2, 8/3 / 1 and 8/3 / 3
    assert [math.sqrt(4 / 3), math.sqrt(8 / 3), math.sqrt(8 / 9)] == pytest.approx(found.sem[:, 0].tolist())
    table = counted_agreement(
        UNEQUAL[:, None, :], LEVELS, ["c"], categories=range(1, 8), draws=0, rng=np.random.default_rng(1)
    )
    # of a mean of k0 = 11/6 ratings
    assert math.sqrt(8 / 3 / (11 / 6)) == pytest.approx(table.loc["c", "sem"])
    assert [3, 6, 1, 3] == table.loc["c", ["n_units", "n_ratings", "fewest", "most"]].tolist()


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        ([[1, 2]], "fewer than two units were rated"),
        ([[1, 2], []], "fewer than two units were rated"),
        ([[1], [2]], "no unit was rated by two raters"),
        ([[2, 2], [2]], "all ratings are equal: there is no variance"),
    ],
)
def test_where_there_is_no_coefficient_it_is_said_why(ratings, reason):
    found = one_way_icc(counted(ratings, [1, 2]), [1, 2])
    assert (None, reason) == (found.effect, found.reason)


def test_without_any_error_there_is_no_interval():
    found = one_way_icc(counted([[1, 1], [2, 2, 2]], [1, 2]), [1, 2])
    assert (1.0, None) == (found.effect, found.ci_low)
    assert "no F and no interval" in found.reason


def test_units_nobody_rated_change_nothing():
    more = np.vstack([UNEQUAL, np.zeros((2, 5), dtype=int)])
    assert one_way_icc(UNEQUAL, LEVELS) == one_way_icc(more, LEVELS)
    assert math.isnan(spread(more[:, None, :], LEVELS).sem[4, 0])


def test_two_way_coefficients_do_not_come_from_counts():
    with pytest.raises(UnknownName, match=r"'A,1'.* Known: 1,1, 1,k"):
        one_way_icc(UNEQUAL, LEVELS, "A,1")


def test_a_criterion_that_nobody_rated_has_reasons_and_no_numbers():
    counts = np.zeros((3, 1, 2), dtype=int)
    row = counted_agreement(counts, [1, 2], ["c"], categories=[1, 2], draws=10, rng=np.random.default_rng(1)).loc["c"]
    assert row[["alpha", "icc_single", "icc_mean", "ac2", "sem"]].isna().all()
    assert "no ratings" in row["reason"]


def test_a_hundred_million_ratings_of_one_unit_overflow_nothing():
    counts = np.array([[10**8, 3 * 10**8], [2 * 10**8, 2 * 10**8]])
    found = one_way_icc(counts, [1, 2])
    # Shares 3/4 and 1/2: between units (1/8)^2 times 4e8 each, within 3/16 and 1/4
    assert (2 * 4e8 / 64) / ((4e8 * 3 / 16 + 4e8 / 4) / (8e8 - 2)) == pytest.approx(found.statistic)
    arguments = {"categories": [1, 2], "draws": 0, "rng": np.random.default_rng(1)}
    alpha = counted_agreement(counts[:, None, :], [1, 2], ["c"], **arguments).loc["c", "alpha"]
    # 1 - observed / expected disagreement: (2 * 3/16 + 2 * 1/4) / 2 against 2 * 5/8 * 3/8
    assert 1 - (7 / 16) / (15 / 32) == pytest.approx(alpha, abs=1e-7)
