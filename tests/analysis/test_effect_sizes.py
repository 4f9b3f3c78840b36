"""Sizes and their intervals: against R and published values, by their laws, and at their limits."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kernels_lib.analysis.effects import (
    bootstrap_ci,
    bootstrap_means,
    cliffs_delta,
    describe,
    hodges_lehmann,
    hodges_lehmann_interval,
    hodges_lehmann_shift,
    mean_interval,
    rank_biserial,
)
from kernels_lib.analysis.significance import mann_whitney, signed_rank
from kernels_lib.errors import BadParameters, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

# Efron and Tibshirani (1993), tables 2.1 and 3.1: survival of treated mice; LSAT and GPA of 15 law schools.
MICE = [94, 197, 16, 38, 99, 141, 23]
LSAT = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594]
GPA = [3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96]

half_points = st.lists(st.integers(-6, 6).map(lambda k: k / 2), min_size=1, max_size=12)
distinct = st.lists(st.integers(-50, 50), min_size=3, max_size=12, unique_by=abs)


def seeded(seed=1):
    return np.random.default_rng(seed)


# --- Hodges and Lehmann ----------------------------------------------------------------------


def test_the_rank_based_sizes_agree_with_r():
    # R 4.2.2: wilcox.test(c(1.1,2.3,0.4,-0.5,3.2,1.9,0.7,2.8), conf.int = TRUE): 1.5, 0.3 2.75
    result = hodges_lehmann_interval([1.1, 2.3, 0.4, -0.5, 3.2, 1.9, 0.7, 2.8])
    assert (1.5, 0.3, 2.75) == pytest.approx(result[:3])
    # wilcox.test(c(1.1,2.3,0.4,-0.5,3.2), conf.int = TRUE, conf.level = .9): 1.35, -0.5 3.2
    assert (1.35, -0.5, 3.2) == pytest.approx(hodges_lehmann_interval([1.1, 2.3, 0.4, -0.5, 3.2], 0.9)[:3])
    # wilcox.test(c(1.1,2.3,0.4,-0.5,3.2,1.9), c(0.2,-1.1,1.4,0.9,0.05), conf.int = TRUE): 1.025, -0.7 3
    result = hodges_lehmann_shift([1.1, 2.3, 0.4, -0.5, 3.2, 1.9], [0.2, -1.1, 1.4, 0.9, 0.05])
    assert (1.025, -0.7, 3) == pytest.approx(result[:3])


def test_too_few_differences_get_their_extremes_and_the_level_these_have():
    result = hodges_lehmann_interval([1, 2, 4, 8, 9])

    # 1 - 2 / 2^5
    assert (1, 9) == (result.low, result.high)
    assert "93.8 %" in result.method
    # 1 - 2 / C(4, 2)
    assert "66.7 %" in hodges_lehmann_shift([1, 2], [3, 4]).method


@settings(max_examples=40, deadline=None)
@given(distinct, st.integers(-20, 20))
def test_the_interval_holds_what_the_signed_rank_test_does_not_reject(d, target):
    result = hodges_lehmann_interval(d)
    shifted = [value - target - 0.25 for value in d]
    averages = {abs(a + b) for a, b in product(shifted, repeat=2)}
    # Without ties and zeros the test and the interval are the same statement.
    if len({abs(v) for v in shifted}) == len(d) and 0 not in averages and "extremes" not in result.method:
        assert (signed_rank(shifted).p_value > 0.05) == (result.low <= target + 0.25 <= result.high)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-20, 20), min_size=4, max_size=8), st.lists(st.integers(-20, 20), min_size=4, max_size=8),
    st.integers(-20, 20),
)  # fmt: skip
def test_the_interval_of_a_shift_holds_what_the_rank_sum_test_does_not_reject(x, y, target):
    if len(set(x)) < len(x) or len(set(y)) < len(y):
        return
    result = hodges_lehmann_shift(x, y)
    moved = [value - target - 0.5 for value in x]
    if "extremes" not in result.method:
        assert (mann_whitney(moved, y).p_value > 0.05) == (result.low <= target + 0.5 <= result.high)


@settings(max_examples=30, deadline=None)
@given(half_points)
def test_turning_the_sides_turns_the_interval(d):
    one, turned = hodges_lehmann_interval(d), hodges_lehmann_interval([-v for v in d])

    assert (one.effect, one.low, one.high) == pytest.approx((-turned.effect, -turned.high, -turned.low))
    assert one.low <= one.effect <= one.high
    assert one.effect == hodges_lehmann(d)


def test_many_differences_use_the_normal_order_without_a_jump():
    d = np.random.default_rng(1).normal(0.3, 1, 201)

    exact, normal = hodges_lehmann_interval(d[:200]), hodges_lehmann_interval(d)
    assert "normal" in normal.method and "exact" in exact.method
    assert (exact.low, exact.high) == pytest.approx((normal.low, normal.high), abs=0.02)
    shift = hodges_lehmann_shift(d, d[:50] - 1)
    assert "normal" in shift.method and shift.low < 1 < shift.high


def test_nothing_has_no_size():
    assert (None, None, None) == hodges_lehmann_interval([])[:3] == hodges_lehmann_shift([1], [np.nan])[:3]
    assert None is rank_biserial([]) is rank_biserial([0, 0.3 - 0.1 - 0.2])


# --- rank-biserial, Cliff's delta ------------------------------------------------------------


def test_the_rank_biserial_agrees_with_the_published_value():
    # Hollander and Wolfe (1973), p. 29, nine patients: (40 - 5) / 45
    before = np.array([1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3])
    after = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])

    assert 35 / 45 == pytest.approx(rank_biserial(before - after))


@settings(max_examples=30, deadline=None)
@given(half_points)
def test_the_rank_biserial_is_the_signed_rank_statistic_on_another_scale(d):
    effect, test = rank_biserial(d), signed_rank(d, "wilcox")
    if effect is not None:
        total = test.statistic + test.statistic_minus
        assert (test.statistic - test.statistic_minus) / total == pytest.approx(effect)
        assert effect == pytest.approx(-rank_biserial([-v for v in d]))


def test_cliffs_delta_agrees_with_effsize():
    # R 4.2.2, effsize: cliff.delta(treatment, control): -0.25, 95 % -0.7265846 0.3890062
    result = cliffs_delta([10, 10, 20, 20, 20, 30, 30, 30, 40, 50], [10, 20, 30, 40, 40, 50])

    assert -0.25 == result.effect
    assert (-0.7265846, 0.3890062) == pytest.approx((result.low, result.high), abs=5e-8)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(2, 10), min_size=2, max_size=9), st.lists(st.integers(2, 10), min_size=2, max_size=9))
def test_cliffs_delta_is_the_rank_sum_statistic_and_stays_within_its_limits(x, y):
    result, turned = cliffs_delta(x, y), cliffs_delta(y, x)

    assert 2 * mann_whitney(x, y).statistic / (len(x) * len(y)) - 1 == pytest.approx(result.effect)
    if result.low is not None:
        assert -1 <= result.low <= result.effect <= result.high <= 1
        assert (result.low, result.high) == pytest.approx((-turned.high, -turned.low))


def test_full_separation_has_an_interval_of_its_own():
    result = cliffs_delta([6, 7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 5])

    # t(.975, 10 df)^2 = 4.9646: (5 - 4.9646) / (5 + 4.9646)
    assert (1, 1) == (result.effect, result.high)
    assert 0.00355 == pytest.approx(result.low, abs=5e-5)
    assert "complete separation" in result.method
    assert (-1, -1) == cliffs_delta([1, 2], [3, 4])[:2]


@pytest.mark.parametrize(
    ("x", "y", "effect", "method"),
    [([], [1], None, "an empty group"), ([1], [2, 3], -1, "fewer than two"), ([3, 3], [3, 3], 0, "all values equal")],
)
def test_where_delta_has_no_interval_it_says_why(x, y, effect, method):
    result = cliffs_delta(x, y)

    assert (effect, None, None) == result[:3]
    assert method in result.method


# --- a column --------------------------------------------------------------------------------


def test_a_small_spread_behind_many_digits_is_exact():
    # NIST StRD NumAcc1 and NumAcc3: standard deviations 1 and 0.1
    assert (3, 10000002, 1) == describe([10000001, 10000003, 10000002])[:3]
    column = [1000000.2] + [1000000.1, 1000000.3] * 500
    assert 0.1 == pytest.approx(describe(column).sd, abs=1e-9)


def test_a_column_in_seven_numbers():
    # deviations -2 -1 3: 14 / 2
    result = describe([1, 2, 6, np.nan])

    assert (3, 3, 2, 1, 6) == (result.n, result.mean, result.median, result.min, result.max)
    assert (7**0.5, (7 / 3) ** 0.5) == pytest.approx((result.sd, result.se))
    assert (0, *[None] * 6) == describe([])
    assert (1, 4.0, None, None, 4.0, 4.0, 4.0) == describe([4])
    assert 0.0 == pytest.approx(describe([0.1] * 7).sd, abs=1e-16)


# --- bootstrap -------------------------------------------------------------------------------


def test_the_bootstrap_of_a_mean_agrees_with_the_book():
    # Efron and Tibshirani (1993), p. 45: mean 86.86, ideal standard error 23.36
    result = bootstrap_ci("mean", MICE, draws=20_000, rng=seeded())

    assert (86.86, 23.36) == pytest.approx((result.effect, result.ideal_se), abs=0.005)
    assert result.ideal_se == pytest.approx(result.se, rel=0.02)
    # For a mean the jackknife gives sd / sqrt(n).
    assert describe(MICE).se == pytest.approx(result.jackknife_se)


def test_the_bootstrap_of_a_correlation_agrees_with_r():
    # R 4.2.2: set.seed(1); b <- boot(law82, function(d, i) cor(d[i, 1], d[i, 2]), 99999); boot.ci(b)
    #   percentile (0.4594, 0.9621), BCa (0.3175, 0.9411); sd(b$t) 0.1335
    # u <- sapply(1:15, function(i) cor(l[-i], g[-i])); uu <- mean(u) - u
    # sum(uu^3) / (6 * sum(uu^2)^1.5): -0.07567156494; sqrt(14 / 15 * sum(uu^2)): 0.1425186186
    bca = bootstrap_ci("pearson", LSAT, GPA, draws=40_000, rng=seeded())
    percentile = bootstrap_ci("pearson", LSAT, GPA, method="percentile", draws=40_000, rng=seeded())

    assert stats.pearsonr(LSAT, GPA).statistic == pytest.approx(bca.effect)
    assert (0.3175, 0.9411) == pytest.approx((bca.ci_low, bca.ci_high), abs=0.015)
    assert (0.4594, 0.9621) == pytest.approx((percentile.ci_low, percentile.ci_high), abs=0.01)
    assert 0.1335 == pytest.approx(bca.se, abs=0.003)
    assert -0.07567156494 == pytest.approx(bca.acceleration, abs=5e-11)
    # Efron and Tibshirani, p. 145: jackknife standard error .1425
    assert 0.1425 == pytest.approx(bca.jackknife_se, abs=5e-5)


def test_the_bootstrap_of_a_median_agrees_with_scipy():
    sample = np.random.default_rng(3).normal(3, 1, 25)
    expected = stats.bootstrap((sample,), np.median, method="percentile", n_resamples=9999, rng=seeded(2))

    result = bootstrap_ci("median", sample, method="percentile", rng=seeded())
    assert tuple(expected.confidence_interval) == pytest.approx((result.ci_low, result.ci_high), abs=0.05)
    assert result.ideal_se is None


def test_the_two_bootstraps_of_a_mean_are_the_same_interval():
    d = np.random.default_rng(4).integers(-6, 8, 30) / 2
    general = bootstrap_ci("mean", d, draws=40_000, rng=seeded())
    special = bootstrap_means(d, draws=40_000, rng=seeded())

    assert (general.ci_low, general.ci_high) == pytest.approx((special.low, special.high), abs=0.03)
    assert (special.low, special.high) == pytest.approx(
        mean_interval(d, floor=-99, top=99, draws=40_000, rng=seeded())[:2]
    )


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(-8, 8), min_size=5, max_size=15), st.randoms())
def test_a_mean_difference_is_reproducible_in_any_order(d, random):
    shuffled = random.sample(d, len(d))
    one, other = (bootstrap_means(sample, draws=200, rng=seeded()) for sample in (d, shuffled))

    assert one == other


@pytest.mark.parametrize("statistic", ["mean", "median", "pearson"])
@pytest.mark.parametrize(
    ("column", "method"),
    [([], "fewer than"), ([3.0], "fewer than"), ([3.0] * 5, "no spread"), ([np.nan, 3.0, np.nan], "fewer than")],
)
def test_constant_or_missing_columns_have_no_bootstrap(statistic, column, method):
    second = list(range(len(column))) if statistic == "pearson" else None
    result = bootstrap_ci(statistic, column, second, draws=99, rng=seeded())

    assert (None, None, None) == (result.se, result.ci_low, result.ci_high)
    assert method in result.method


def test_a_median_that_hardly_moves_says_so_instead_of_nan():
    # Four of five scores are 5: most medians are 5, none is above.
    result = bootstrap_ci("median", [1, 5, 5, 5, 5, 5, 5, 5, 5, 5], rng=seeded())

    assert 0.0 == result.acceleration
    assert result.ci_low is None or result.ci_low <= 5 == result.ci_high
    assert not any(np.isnan(v) for v in result if isinstance(v, float))


def test_two_rows_drawn_alike_have_no_correlation_and_are_left_out():
    result = bootstrap_ci("pearson", [1, 2, 4], [2, 1, 5], draws=999, rng=seeded())

    assert not np.isnan(result.se)
    assert -1 <= result.ci_low <= result.ci_high <= 1


def test_wrong_calls_of_the_bootstrap_are_named():
    with pytest.raises(UnknownName, match="median"):
        bootstrap_ci("mode", [1, 2], rng=seeded())
    with pytest.raises(UnknownName, match="percentile"):
        bootstrap_ci("mean", [1, 2], method="bc", rng=seeded())
    with pytest.raises(BadParameters, match="pearson"):
        bootstrap_ci("mean", [1, 2], [2, 3], rng=seeded())
    with pytest.raises(BadParameters, match="pearson"):
        bootstrap_ci("pearson", [1, 2], rng=seeded())


@pytest.mark.parametrize(("d", "method"), [([], "fewer than two"), ([1.0], "fewer than two"), ([0.5] * 9, "no spread")])
def test_a_mean_difference_without_spread_has_no_interval(d, method):
    result = bootstrap_means(d, rng=seeded())

    assert (None, None) == result[:2]
    assert method in result.method
