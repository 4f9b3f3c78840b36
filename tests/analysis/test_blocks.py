"""Several criteria on the same brands: against R, against enumeration, and by their laws."""

from __future__ import annotations

from itertools import combinations, permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kernels_lib.analysis.significance import (
    durbin,
    friedman,
    friedman_permutation,
    friedman_posthoc,
    kendall_w_interval,
    page_trend,
    quade,
    rm_anova,
    rm_anova_permutation,
    skillings_mack,
)
from kernels_lib.errors import BadParameters, UnknownName
from tests.analysis.test_significance import FIRST_BASE

pytestmark = pytest.mark.filterwarnings("error")

# Six brands, four criteria, half points with ties.  In R 4.2.2:
# h <- matrix(c(3,4,4.5,2, 2,2.5,4,1, 3,3,5,2, 1,1,4,1, 3.5,3,3,2, 2,4,4.5,3.5), 6, 4, byrow = TRUE)
HALF_POINTS = pd.DataFrame(
    [[3, 4, 4.5, 2], [2, 2.5, 4, 1], [3, 3, 5, 2], [1, 1, 4, 1], [3.5, 3, 3, 2], [2, 4, 4.5, 3.5]],
    columns=["a", "b", "c", "d"],
)
# Brady (1969), three rhythms of a metronome, in Hollander and Wolfe (1999), p. 329.
METRONOME = [
    [3, 5, 15], [1, 3, 18], [5, 4, 21], [2, np.nan, 6], [0, 2, 17], [0, 2, 10], [0, 3, 8], [0, 2, 13],
]  # fmt: skip
EVERY_TEST = [friedman, quade, page_trend, durbin, skillings_mack, rm_anova]

cell = st.integers(2, 10).map(lambda k: k / 2)


def table(brands, criteria):
    row = st.lists(cell, min_size=criteria, max_size=criteria)
    return st.lists(row, min_size=brands[0], max_size=brands[1]).map(np.array)


# --- against R -------------------------------------------------------------------------------


def test_quade_and_friedman_agree_with_r():
    # R 4.2.2: friedman.test(h): 12.0555556, p 0.00719525347; quade.test(h): 10.7577855, p 0.000501654815
    assert (12.0555556, 0.00719525347) == pytest.approx(
        (friedman(HALF_POINTS).statistic, friedman(HALF_POINTS).p_value), abs=5e-8
    )
    result = quade(HALF_POINTS)
    assert (10.7577855, 0.000501654815) == pytest.approx((result.statistic, result.p_value), abs=5e-8)
    assert (3, 15) == (result.df1, result.df2)


def test_the_repeated_measures_anova_agrees_with_r():
    # R 4.2.2: anova(lm(h ~ 1), X = ~1, test = "Spherical"):
    # Greenhouse-Geisser epsilon: 0.8108; F 10.78313, 3 and 15 df, Pr(>F) 0.0004957993, G-G Pr 0.001418489
    result = rm_anova(HALF_POINTS)

    assert 10.78313 == pytest.approx(result.statistic, abs=5e-6)
    assert 0.0004957993 == pytest.approx(result.p_value, abs=5e-11)
    assert 0.001418489 == pytest.approx(result.p_gg, abs=5e-10)
    assert (3, 15, 0.8108) == (result.df1, result.df2, round(result.epsilon, 4))
    # summary(aov(y ~ c + Error(s/c))): sums of squares 16.78125 and 7.78125
    assert 16.78125 / (16.78125 + 7.78125) == pytest.approx(result.effect)


def test_the_trend_with_ties_corrected_agrees_with_coin():
    # R 4.2.2, coin: independence_test(v ~ g | b, d, teststat = "scalar", scores = list(g = 1:4),
    #   ytrafo = function(data) trafo(data, numeric_trafo = rank_trafo, block = d$b)): Z = -0.7453559925
    result = page_trend(HALF_POINTS)

    assert -0.7453559925 == pytest.approx(result.z, abs=5e-10)
    # rank sums 13.5 16 22.5 8: 13.5 + 32 + 67.5 + 32
    assert (145.0, (13.5, 16.0, 22.5, 8.0)) == (result.statistic, result.rank_sums)


@settings(max_examples=20, deadline=None)
@given(table((3, 8), 4))
def test_the_trend_without_the_correction_agrees_with_scipy(points):
    if np.ptp(stats.rankdata(points, axis=1)) > 0:
        expected = stats.page_trend_test(points, method="asymptotic")
        result = page_trend(points, ties="uncorrected")
        assert (expected.statistic, expected.pvalue) == pytest.approx((result.statistic, result.p_value))


def test_falling_is_rising_from_behind():
    up, down = (
        page_trend(HALF_POINTS, "decreasing", correction=True),
        page_trend(HALF_POINTS.iloc[:, ::-1], correction=True),
    )

    assert up.p_value == pytest.approx(down.p_value)
    assert up.z == pytest.approx(-down.z)
    with pytest.raises(UnknownName, match="increasing"):
        page_trend(HALF_POINTS, "greater")


def test_skillings_and_mack_agree_with_the_published_value():
    # R 4.2.2, PMCMRplus: skillingsMackTest: 13.281, df = 2, p-value = 0.001306
    result = skillings_mack(METRONOME, ties="uncorrected")

    assert 13.281 == pytest.approx(result.statistic, abs=5e-4)
    assert (2, 0.001306) == (result.df, pytest.approx(result.p_value, abs=5e-7))


def test_a_balanced_incomplete_design_with_ties_agrees_with_conovers_formula():
    design = [[1, 2, None, 4], [3, None, 1, 2], [2, 5, 4, None], [None, 1, 2, 2]]

    # Ranks 1 2 - 3 / 3 - 1 2 / 1 3 2 - / - 1 2.5 2.5: sums 5 6 5.5 7.5, mean 6: 3 * 3.5 / 7.5
    assert 1.4 == pytest.approx(durbin(design).statistic)


@pytest.mark.parametrize(
    ("method", "adjustment", "expected"),
    [
        ("nemenyi", "none", [0.6374, 0.0044, 0.0614]),
        ("conover", "none", [0.3012, 0.00069, 0.0123]),
        ("conover", "holm", [0.3012, 0.0021, 0.0246]),
        ("siegel", "holm", [0.3657, 0.0046, 0.0475]),
        ("exact", "none", [0.4097, 0.0016, 0.0278]),
    ],
)
def test_pairs_after_friedman_agree_with_pmcmrplus(method, adjustment, expected):
    # R 4.2.2, PMCMRplus: frdAllPairsNemenyiTest, frdAllPairsConoverTest, frdAllPairsSiegelTest, frdAllPairsExactTest
    # of Hollander and Wolfe's 22 players; NarrowAngle-RoundOut, WideAngle-RoundOut, WideAngle-NarrowAngle
    pairs = friedman_posthoc(FIRST_BASE, method, adjustment).pairs

    assert [(0, 1), (0, 2), (1, 2)] == list(zip(pairs["first"], pairs["second"], strict=True))
    assert expected == pytest.approx(pairs["p_adjusted"].tolist(), abs=5e-5)
    assert (pairs["z"] > 0).all()


# --- relations between the tests -------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(table((2, 8), 4))
def test_on_complete_tables_all_relatives_are_friedman(points):
    expected = friedman(points).statistic
    assert expected == pytest.approx(skillings_mack(points).statistic, abs=1e-9)
    assert expected == pytest.approx(durbin(points).statistic, abs=1e-9)
    plain = friedman(points, ties="uncorrected").statistic
    assert plain == pytest.approx(skillings_mack(points, ties="uncorrected").statistic, abs=1e-9)
    assert plain <= expected + 1e-9


@settings(max_examples=30, deadline=None)
@given(table((3, 7), 4), st.permutations(range(4)), st.randoms())
def test_order_of_brands_and_criteria_and_a_shift_of_a_brand_make_no_difference(points, columns, random):
    rows = random.sample(range(len(points)), len(points))
    moved = points[rows][:, columns] + np.arange(len(points))[:, None]
    for test in (friedman, durbin, skillings_mack, rm_anova, quade):
        one, other = test(points), test(moved)
        if one.p_value is None:
            assert other.p_value is None
        else:
            assert one.p_value == pytest.approx(other.p_value, rel=1e-6)


def test_two_criteria_make_quade_a_signed_rank_and_the_anova_a_paired_t():
    x, y = HALF_POINTS["a"], HALF_POINTS["c"]

    assert stats.ttest_rel(x, y).pvalue == pytest.approx(rm_anova(HALF_POINTS[["a", "c"]]).p_value)
    assert 1.0 == rm_anova(HALF_POINTS[["a", "c"]]).epsilon


def test_a_gap_costs_friedman_a_brand_and_skillings_mack_only_a_cell():
    gap = HALF_POINTS.copy()
    gap.iloc[0, 1] = np.nan

    assert (5, 1) == (friedman(gap).n_used, friedman(gap).dropped)
    assert (6, 0) == (skillings_mack(gap).n_used, skillings_mack(gap).dropped)


# --- permutations ----------------------------------------------------------------------------


def by_all_orders(points, measure):
    reached = total = 0
    observed = measure(np.asarray(points, dtype=float))
    for rows in product(*[list(permutations(row)) for row in points]):
        reached += measure(np.array(rows)) >= observed - 1e-9
        total += 1
    return reached / total


def test_permuting_within_brands_approaches_all_orders():
    points = [[1, 2, 4], [2, 2, 3], [1, 3, 2.5], [4, 1, 5]]
    draws = 20_000

    def friedman_measure(t):
        return (stats.rankdata(t, axis=1).sum(axis=0) ** 2).sum()

    for test, measure in (
        (friedman_permutation, friedman_measure),
        (rm_anova_permutation, lambda t: (t.sum(0) ** 2).sum()),
    ):
        exact = by_all_orders(points, measure)
        result = test(points, draws, np.random.default_rng(1))
        # Four standard errors.
        assert exact == pytest.approx(result.p_value, abs=4 * (exact * (1 - exact) / draws) ** 0.5)
        assert ("permutation", 1 / (draws + 1)) == (result.exactness, result.smallest_p)


def test_permuting_within_brands_agrees_with_coin():
    # R 4.2.2, coin: set.seed(1); pvalue(friedman_test(v ~ g | b, d, distribution = approximate(200000))): 0.002315
    result = friedman_permutation(HALF_POINTS, 50_000, np.random.default_rng(2))

    assert 0.002315 == pytest.approx(result.p_value, abs=0.0009)
    assert friedman(HALF_POINTS).effect == result.effect


def test_the_same_seed_gives_the_same_p_value_and_a_seed_is_the_only_chance():
    one, two = (friedman_permutation(HALF_POINTS, 99, np.random.default_rng(7)) for _ in range(2))

    assert one == two
    with pytest.raises(BadParameters, match="draws"):
        friedman_permutation(HALF_POINTS, 0, np.random.default_rng(1))


# --- Kendall's W -----------------------------------------------------------------------------


def test_the_interval_of_w_holds_w_and_narrows_with_more_brands():
    rng = np.random.default_rng(3)
    few = np.clip(np.round(2 * (3 + np.linspace(-1, 1, 6) + rng.normal(0, 1, (12, 6)))) / 2, 1, 5)
    many = np.tile(few, (6, 1))

    low, high, _ = kendall_w_interval(few, rng=np.random.default_rng(1))
    narrow_low, narrow_high, _ = kendall_w_interval(many, rng=np.random.default_rng(1))
    assert 0 <= low < friedman(few).effect < high <= 1
    assert narrow_high - narrow_low < (high - low) / 2


def test_the_drawn_agreement_is_not_lifted_by_brands_drawn_twice():
    # Without any agreement a plain bootstrap doubles W = 1/n; the middle of this interval stays near it.
    noise = np.random.default_rng(5).permuted(np.tile(np.arange(8.0), (40, 1)), axis=1)
    low, high, _ = kendall_w_interval(noise, 0.02, rng=np.random.default_rng(1))

    assert friedman(noise).effect == pytest.approx((low + high) / 2, abs=0.01)


def test_few_brands_that_agree_are_not_drawn_apart():
    # Without the factor n / (n-1) the drawn agreement of five brands would be a fifth too small.
    alike = np.array(
        [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 6, 5], [1, 3, 2, 4, 5, 6], [2, 1, 3, 4, 5, 6], [1, 2, 4, 3, 5, 6]]
    )
    low, high, _ = kendall_w_interval(alike, 0.02, rng=np.random.default_rng(1))

    assert friedman(alike).effect == pytest.approx((low + high) / 2, abs=0.05)


@pytest.mark.parametrize(
    ("scores", "reason"),
    [([[1, 2, 3]] * 4, "none: all brands rank the criteria alike"), ([[2, 2], [3, 3]], "none: no brand tells"),
     ([[1, 2]], "none: fewer than two brands")],
)  # fmt: skip
def test_where_there_is_no_w_there_is_no_interval(scores, reason):
    result = kendall_w_interval(scores, rng=np.random.default_rng(1))

    assert (None, None) == result[:2]
    assert result.method.startswith(reason)


# --- degenerate input ------------------------------------------------------------------------


@pytest.mark.parametrize("test", EVERY_TEST, ids=lambda test: test.__name__)
@pytest.mark.parametrize(
    ("scores", "reason"),
    [([[3, 3, 3], [5, 5, 5], [1, 1, 1]], "no brand tells the criteria apart")],
)
def test_brands_that_tell_nothing_apart_have_p_value_one(test, scores, reason):
    assert (1.0, reason) == (test(scores).p_value, test(scores).reason)


@pytest.mark.parametrize("test", EVERY_TEST, ids=lambda test: test.__name__)
@pytest.mark.parametrize("scores", [[[1, 2, 3]], [[1], [2]], [[]], [[np.nan, np.nan], [np.nan, np.nan]], [[1, np.nan]]])
def test_one_brand_or_one_criterion_is_not_tested_and_says_why(test, scores):
    result = test(scores)

    assert (None, "not tested") == (result.p_value, result.exactness)
    assert "fewer than two" in result.reason or "no brand was scored on" in result.reason


def test_a_criterion_that_nobody_was_scored_on_is_named():
    gap = HALF_POINTS.assign(c=np.nan)

    assert "no brand was scored on c" == friedman(gap).reason == rm_anova(gap).reason == quade(gap).reason
    assert (2, (0, 1, 3)) == (skillings_mack(gap).df, skillings_mack(gap).criteria_used)
    assert skillings_mack(gap.drop(columns="c")).statistic == pytest.approx(skillings_mack(gap).statistic)


def test_full_agreement_is_worded_where_f_would_be_infinite():
    alike = [[1, 2, 4], [2, 3, 5], [0, 1, 3]]

    # (1 / 3!)^2
    assert (None, pytest.approx(1 / 36)) == (quade(alike).statistic, quade(alike).p_value)
    assert "all brands rank the criteria alike" in quade(alike).reason
    assert (None, None) == (rm_anova(alike).statistic, rm_anova(alike).p_value)
    assert "same profile" in rm_anova(alike).reason
    # Of 6^3 tables the six with three equal rows reach it.
    assert 1 / 36 == pytest.approx(rm_anova_permutation(alike, 9999, np.random.default_rng(1)).p_value, abs=0.007)


def test_a_design_out_of_balance_is_sent_elsewhere():
    result = durbin([[1, 2, None], [2, 1, 3], [None, 1, 2]])

    assert (None, "the missing cells do not follow a balanced design") == (result.p_value, result.reason)


def test_criteria_that_no_brand_links_are_not_compared():
    result = skillings_mack([[1, 2, None, None], [2, 1, None, None], [None, None, 1, 2], [None, None, 3, 4]])

    assert (None, "the criteria fall into sets that no brand links") == (result.p_value, result.reason)


def test_a_link_that_ties_everything_still_gives_a_p_value():
    # Only the last brand links the two pairs, and it ties them: it has no say.
    result = skillings_mack(
        [[1, 2, None, None], [1, 2, None, None], [None, None, 1, 2], [None, None, 1, 2], [3, 3, 3, 3]]
    )

    assert 2 == result.df
    assert 0 < result.p_value < 1


# --- pairs by mean ranks ---------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.floats(0.1, 8), st.integers(2, 10))
def test_the_range_of_normal_values_agrees_with_scipy(q, k):
    from kernels_lib.analysis.significance.posthoc import _range_tail

    assert stats.studentized_range.sf(q, k, np.inf) == pytest.approx(_range_tail(q, k), abs=1e-8)


@pytest.mark.parametrize(("n", "k"), [(3, 3), (2, 4)])
def test_the_exact_distance_of_rank_sums_is_that_of_all_tables(n, k):
    distances = [abs(sum(row[0] - row[1] for row in rows)) for rows in product(permutations(range(1, k + 1)), repeat=n)]
    points = np.tile(np.arange(k), (n, 1))

    pairs = friedman_posthoc(points, "exact", "none").pairs
    for (first, second), p in zip(combinations(range(k), 2), pairs["p_value"], strict=True):
        assert np.mean(np.array(distances) >= n * (second - first)) == pytest.approx(p)


def test_pairs_by_mean_ranks_without_anything_to_compare_are_untested():
    alike = friedman_posthoc([[1, 2, 3]] * 3, "conover")

    assert alike.pairs["p_value"].isna().all() and "nothing is left" in alike.reason
    assert "fewer than two brands" in friedman_posthoc([[1, 2, 3]]).reason
    assert [1.0] == friedman_posthoc([[1, 1], [2, 2]], "siegel").pairs["p_value"].tolist()
    with pytest.raises(UnknownName, match="nemenyi"):
        friedman_posthoc([[1, 2]], "tukey")
