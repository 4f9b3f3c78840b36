"""One sample of differences, one case, two columns: against R, against enumeration, and by their laws."""

from __future__ import annotations

import inspect
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kernels_lib.analysis import counting
from kernels_lib.analysis.significance import (
    TESTS,
    crawford_howell,
    paired_t,
    percentile_with_ties,
    prediction_interval,
    rank_correlation,
    sign_flip_mean,
    sign_test,
    signed_rank,
    tost,
)
from kernels_lib.errors import BadParameters, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

# Half points with two zeros and several ties.
CHANGE = [0.5, -1, 1.5, 2, 0, 2, 3, -0.5, 0, 1, 1, 2.5]
ALTERNATIVES = ("two-sided", "greater", "less")
alternatives = st.sampled_from(ALTERNATIVES)
half_points = st.lists(st.integers(-6, 6).map(lambda k: k / 2), min_size=1, max_size=9)


def by_flipping(sizes, positive, alternative):
    """All signs of the `sizes`, one by one."""
    sizes = np.asarray(sizes, dtype=float)
    observed = sizes[np.asarray(positive, dtype=bool)].sum()
    flips = np.array(list(product([0, 1], repeat=sizes.size))).reshape(2**sizes.size, -1) @ sizes
    upper, lower = (flips >= observed - 1e-9).mean(), (flips <= observed + 1e-9).mean()
    return {"greater": upper, "less": lower, "two-sided": min(1.0, 2 * min(upper, lower))}[alternative]


# --- signed rank -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alternative", "pratt", "wilcox"),
    [("two-sided", 0.03125, 0.025390625), ("greater", 0.015625, 0.0126953125), ("less", 0.9921875, 0.993164062)],
)
def test_the_exact_p_value_agrees_with_two_r_packages(alternative, pratt, wilcox):
    # R 4.2.2, d the twelve changes:
    # coin: pvalue(wilcoxsign_test(d ~ rep(0,12), zero.method = "Pratt", distribution = "exact", alternative = a))
    #   0.03125 0.015625 0.9921875
    # exactRankTests: wilcox.exact(d, alternative = a)$p.value: 0.025390625 0.0126953125 0.993164062
    assert pratt == pytest.approx(signed_rank(CHANGE, "pratt", alternative).p_value, abs=1e-9)
    assert wilcox == pytest.approx(signed_rank(CHANGE, "wilcox", alternative).p_value, abs=1e-9)


@pytest.mark.parametrize(
    ("alternative", "p"), [("two-sided", 0.0278018301), ("greater", 0.0139009151), ("less", 0.989343696)]
)
def test_the_continuity_correction_agrees_with_r(alternative, p):
    # R 4.2.2: wilcox.test(d, correct = TRUE, exact = FALSE, alternative = a): V = 49.5
    result = signed_rank(CHANGE, "wilcox", alternative, exact=False, correction=True)

    assert 49.5 == result.statistic
    assert p == pytest.approx(result.p_value, abs=5e-10)
    assert "continuity correction" in result.method


def test_the_exact_p_value_knows_no_continuity_correction():
    plain, asked = signed_rank(CHANGE), signed_rank(CHANGE, correction=True)

    assert plain == asked


@settings(max_examples=40, deadline=None)
@given(half_points, st.sampled_from(["pratt", "wilcox", "zsplit"]), alternatives)
def test_every_rule_for_zeros_is_what_enumerating_the_signs_gives(d, zeros, alternative):
    d = np.array(d)
    ranked = d[d != 0] if zeros == "wilcox" else d
    ranks = stats.rankdata(np.abs(ranked))[ranked != 0] if ranked.size else np.empty(0)

    expected = by_flipping(ranks, ranked[ranked != 0] > 0, alternative)
    assert expected == pytest.approx(signed_rank(d, zeros, alternative).p_value, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(half_points)
def test_splitting_the_zeros_is_what_scipy_does(d):
    result = signed_rank(d, "zsplit", exact=False)
    if result.n_used:
        expected = stats.wilcoxon(d, zero_method="zsplit", correction=False, method="asymptotic", alternative="greater")
        assert expected.statistic == pytest.approx(result.statistic)
        assert expected.zstatistic == pytest.approx(result.z)
    assert len(d) * (len(d) + 1) / 2 == pytest.approx(result.statistic + result.statistic_minus)


def test_zeros_alone_are_split_evenly():
    result = signed_rank([0, 0, 0], "zsplit")

    # ranks 2, 2, 2: half of 6
    assert (3.0, 3.0, 1.0) == (result.statistic, result.statistic_minus, result.p_value)


@settings(max_examples=30, deadline=None)
@given(half_points, st.sampled_from(["pratt", "wilcox", "zsplit"]), st.booleans())
def test_swapping_the_sides_swaps_greater_and_less(d, zeros, exact):
    turned = [-value for value in d]
    for correction in (False, True):
        one = signed_rank(d, zeros, "greater", exact=exact, correction=correction)
        other = signed_rank(turned, zeros, "less", exact=exact, correction=correction)
        assert one.p_value == pytest.approx(other.p_value, abs=1e-12)
        assert (one.statistic, one.statistic_minus) == (other.statistic_minus, other.statistic)
        assert one.z == pytest.approx(-other.z, abs=1e-12)


def test_the_distribution_of_signed_ranks_adds_up_to_one():
    share = counting.sign_flips(np.arange(1, 201))

    assert 1 == pytest.approx(share.sum(), abs=1e-12)
    assert share == pytest.approx(share[::-1], rel=1e-9)


# --- the mean: sign flips, equivalence -------------------------------------------------------


@pytest.mark.parametrize(
    ("alternative", "p"), [("two-sided", 0.02734375), ("greater", 0.013671875), ("less", 0.993164062)]
)
def test_flipping_signs_agrees_with_r(alternative, p):
    # R 4.2.2, exactRankTests: perm.test(round(2 * d), paired = FALSE, alternative = a, exact = TRUE)$p.value
    result = sign_flip_mean(CHANGE, alternative)

    assert p == pytest.approx(result.p_value, abs=1e-9)
    # .5 + 1.5 + 2 + 2 + 3 + 1 + 1 + 2.5
    assert (13.5, "exact", 10, 2) == (result.statistic, result.exactness, result.n_used, result.zeros)


@settings(max_examples=40, deadline=None)
@given(half_points, alternatives)
def test_flipping_signs_is_what_enumerating_them_gives(d, alternative):
    d = np.array(d)
    expected = by_flipping(np.abs(d), d > 0, alternative)

    assert expected == pytest.approx(sign_flip_mean(d, alternative).p_value, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-999_999_999, 999_999_999), min_size=1, max_size=9), alternatives)
def test_flipping_signs_in_tiny_units_is_exact_too(whole, alternative):
    # Sums of up to nine numbers of nine digits: too many for a table, so that halves are enumerated.
    d = np.array(whole) / 1e9
    result = sign_flip_mean(d, alternative)

    assert "exact" == result.exactness
    assert by_flipping(np.abs(np.array(whole, dtype=float)), d > 0, alternative) == pytest.approx(result.p_value)


def test_beyond_forty_differences_in_tiny_units_the_normal_says_so():
    d = np.random.default_rng(4).normal(0.3, 1, 41)
    exact, normal = sign_flip_mean(d[:40]), sign_flip_mean(d)

    assert ("exact", "asymptotic") == (exact.exactness, normal.exactness)
    assert "normal" in normal.method
    assert paired_t(d).p_value == pytest.approx(normal.p_value, abs=0.01)


def test_scores_too_large_for_nine_digits_are_still_counted():
    # 1e12, 2e12 and 3e12 all positive: 2 / 2^3
    assert 0.25 == sign_flip_mean([1e12, 2e12, 3e12]).p_value


@settings(max_examples=30, deadline=None)
@given(half_points, st.integers(2, 9))
def test_the_unit_makes_no_difference(d, factor):
    for test in (sign_flip_mean, signed_rank, sign_test):
        assert test(d).p_value == pytest.approx(test([factor * value for value in d]).p_value, abs=1e-12)


def test_equivalence_agrees_with_two_one_sided_tests_in_r():
    # R 4.2.2: t.test(d, mu = -1.5, alternative = "greater")$p.value 1.18589102e-05
    #          t.test(d, mu = 1.5, alternative = "less")$p.value 0.095527149
    #          t.test(d, conf.level = .9)$conf.int 0.35551031 1.64448969
    result = tost(CHANGE, 1.5)

    assert 0.095527149 == pytest.approx(result.p_value, abs=5e-10)
    assert (1.0, False, 11) == (result.effect, result.equivalent, result.df)
    assert (0.35551031, 1.64448969) == pytest.approx((result.ci_low, result.ci_high), abs=5e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-4, 4).map(lambda k: k / 2), min_size=3, max_size=12), st.sampled_from([0.5, 1.0, 2.0]))
def test_equivalence_is_the_interval_within_the_margins(d, margin):
    result = tost(d, margin)
    if result.equivalent is not None:
        inside = -margin < result.ci_low and result.ci_high < margin
        on_the_edge = np.isclose(max(-result.ci_low, result.ci_high), margin)
        assert result.equivalent == inside or on_the_edge


def test_equivalence_by_ranks_uses_the_harder_side():
    result = tost(CHANGE, 1.5, track="rank")

    shifted = [value - 1.5 for value in CHANGE]
    assert signed_rank(shifted, alternative="less").p_value == result.p_value
    assert "signed rank" in result.method


@pytest.mark.parametrize(
    ("d", "reason"),
    [([], "no data"), ([0.5], "fewer than two differences"), ([1.0, 1.0], "no spread"), ([np.nan], "no data")],
)
def test_equivalence_that_cannot_be_tested_says_why(d, reason):
    result = tost(d, 0.5)

    assert (None, None, reason) == (result.p_value, result.equivalent, result.reason)
    assert "not tested" == result.exactness


def test_a_margin_must_be_positive():
    with pytest.raises(BadParameters, match="margin"):
        tost([1, 2], 0)
    with pytest.raises(UnknownName, match="rank"):
        tost([1, 2], 1, track="ranks")


# --- one case --------------------------------------------------------------------------------


def test_the_interval_of_a_case_agrees_with_the_noncentral_t_of_r():
    # R 4.2.2: uniroot(function(d) pt(1.2 * sqrt(29), 28, d * sqrt(29)) - p, c(-3, 5), tol = 1e-13)$root
    #   p = .975: 0.713837586; p = .025: 1.673629024
    controls = np.arange(29) - 14.0
    result = crawford_howell(1.2 * controls.std(ddof=1), controls)

    assert 1.2 == pytest.approx(result.z_cc)
    assert (0.713837586, 1.673629024) == pytest.approx((result.ci_low, result.ci_high), abs=5e-9)
    assert 100 * stats.norm.cdf(0.713837586) == pytest.approx(result.percent_low, abs=1e-6)
    assert result.percent_low < result.percent_below < result.percent_high


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(2, 10), min_size=3, max_size=30), st.integers(2, 10))
def test_the_interval_of_a_case_holds_its_z_and_turns_with_it(controls, case):
    result = crawford_howell(case, controls)
    if result.p_value is not None:
        turned = crawford_howell(-case, [-value for value in controls])
        assert result.ci_low < result.z_cc < result.ci_high
        assert (result.ci_low, result.ci_high) == pytest.approx((-turned.ci_high, -turned.ci_low), abs=1e-7)
        assert stats.nct.cdf(
            result.z_cc * result.n_used**0.5, result.n_used - 1, result.ci_low * result.n_used**0.5
        ) == (pytest.approx(0.975, abs=1e-7))


def test_a_case_outside_the_prediction_interval_is_significant_and_no_other():
    controls = [2.0, 2.5, 3.0, 3.5, 4.0, 2.5, 3.0]
    low, high, _ = prediction_interval(float(np.mean(controls)), float(np.std(controls, ddof=1)), 7)

    for case in (low - 0.01, low + 0.01, high - 0.01, high + 0.01):
        assert (not low < case < high) == (crawford_howell(case, controls).p_value < 0.05)


@pytest.mark.parametrize(("sd", "n"), [(0.0, 5), (1.0, 1), (float("nan"), 5)])
def test_no_spread_or_no_peers_give_no_prediction(sd, n):
    result = prediction_interval(3.0, sd, n)

    assert (None, None) == result[:2]
    assert result.method.startswith("none")


def test_a_percentile_counts_ties_half_and_its_limits_count_them_both_ways():
    result = percentile_with_ties(3.0, [1, 2, 3, 3, 4, 5, 5, 5, 2, 1])

    # 4 below, 2 tied, 4 above: (4 + 1) / 10
    assert (50, 4, 2, 4) == (result.percent, result.below, result.tied, result.above)
    # R 4.2.2: binom.test(4, 10)$conf.int[1] 0.1215523; binom.test(6, 10)$conf.int[2] 0.8784477
    assert (12.15523, 87.84477) == pytest.approx((result.low, result.high), abs=5e-6)
    # 2 (4 + 2 + 1) / 11, more than 1
    assert 1.0 == result.rank_p


def test_the_best_of_thirty_is_never_significant_by_ranks():
    result = percentile_with_ties(5.0, np.linspace(1, 4.5, 29))

    # 2 / 30
    assert 1 / 15 == pytest.approx(result.rank_p) == pytest.approx(result.smallest_p)
    assert (100.0, 100.0) == (result.percent, result.high)
    # 0.025^(1/29)
    assert 100 * 0.025 ** (1 / 29) == pytest.approx(result.low)


@pytest.mark.parametrize(("case", "controls"), [(np.nan, [1, 2]), (3.0, []), (3.0, [np.nan])])
def test_a_percentile_without_a_score_or_others_is_none(case, controls):
    result = percentile_with_ties(case, controls)

    assert (None, None, None, None) == (result.percent, result.low, result.high, result.rank_p)
    assert result.method.startswith("none")


# --- rank correlation ------------------------------------------------------------------------

TIED_X, TIED_Y = [1, 2, 2, 3, 4, 5, 5, 7], [2, 1, 3, 3, 5, 4, 6, 8]
TWELVE_X, TWELVE_Y = range(1, 13), [3, 1, 2, 7, 4, 5, 12, 6, 8, 9, 11, 10]


def test_rank_correlations_agree_with_r():
    # R 4.2.2: cor.test(x, y, method = "kendall", alternative = "greater"): T = 55, tau 0.666666667, p 0.000901637907
    kendall = rank_correlation(TWELVE_X, TWELVE_Y, "kendall", "greater")
    assert (55, "exact") == (kendall.statistic, kendall.exactness)
    assert (0.666666667, 0.000901637907) == pytest.approx((kendall.effect, kendall.p_value), abs=5e-10)

    # cor.test(x[1:8], rank(y[1:8]), method = "spearman"): S = 22, rho 0.738095238, p 0.0458333333
    spearman = rank_correlation(TWELVE_X[:8], TWELVE_Y[:8], "spearman")
    assert (22, "exact") == (spearman.statistic, spearman.exactness)
    assert (0.738095238, 0.0458333333) == pytest.approx((spearman.effect, spearman.p_value), abs=5e-10)


def test_ties_are_corrected_as_in_r():
    # R 4.2.2: cor.test(x, y, method = "kendall", exact = FALSE): z 2.65833941, p 0.00785267653, tau 0.792593924
    result = rank_correlation(TIED_X, TIED_Y, "kendall", exact=False)
    assert (2.65833941, 0.00785267653, 0.792593924) == pytest.approx(
        (result.z, result.p_value, result.effect), abs=5e-9
    )

    # cor.test(x, y, method = "spearman", exact = FALSE): p 0.00211591612, rho 0.903046888
    result = rank_correlation(TIED_X, TIED_Y, "spearman", exact=False)
    assert (0.00211591612, 0.903046888) == pytest.approx((result.p_value, result.effect), abs=5e-10)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=5, max_size=20), alternatives)
def test_many_ties_are_corrected_as_in_scipy(pairs, alternative):
    x, y = np.array(pairs).T
    if np.ptp(x) > 0 and np.ptp(y) > 0:
        expected = stats.kendalltau(x, y, method="asymptotic", alternative=alternative)
        result = rank_correlation(x, y, "kendall", alternative, exact=False)
        assert (expected.statistic, expected.pvalue) == pytest.approx((result.effect, result.p_value), abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=5), alternatives)
def test_the_exact_p_value_of_a_correlation_is_that_of_all_orders(pairs, alternative):
    x, y = np.array(pairs).T
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert "a column is constant" == rank_correlation(x, y).reason
        return
    for kind, measure in (("kendall", stats.kendalltau), ("spearman", stats.spearmanr)):
        drawn = np.array([measure(x, order).statistic for order in permutations(y)])
        observed = measure(x, y).statistic
        upper, lower = (drawn >= observed - 1e-9).mean(), (drawn <= observed + 1e-9).mean()
        expected = {"greater": upper, "less": lower, "two-sided": min(1, 2 * min(upper, lower))}[alternative]
        result = rank_correlation(x, y, kind, alternative)
        assert observed == pytest.approx(result.effect)
        assert expected == pytest.approx(result.p_value, abs=1e-9)


@pytest.mark.parametrize("kind", ["kendall", "spearman"])
@pytest.mark.parametrize("exact", [True, False])
def test_a_perfect_correlation_of_many_has_a_p_value(kind, exact):
    x = list(range(20))
    result = rank_correlation(x, x, kind, exact=exact)

    assert 1 == pytest.approx(result.effect)
    assert 0 < result.p_value < 1e-6
    assert -1 == pytest.approx(rank_correlation(x, x[::-1], kind, exact=exact).effect)


def test_a_gap_in_either_column_leaves_the_pair_out():
    full = rank_correlation([1, 2, 3, 4], [2, 1, 3, 4])
    gaps = rank_correlation([1, 2, None, 3, 4, 9], [2, 1, 5, 3, 4, None])

    assert (4, full.p_value) == (gaps.n_used, gaps.p_value)
    assert "fewer than three pairs" == rank_correlation([1, None, 2], [1, 2, 3]).reason
    with pytest.raises(BadParameters, match="equally long"):
        rank_correlation([1, 2], [1])


# --- what every test promises ----------------------------------------------------------------


def called(name, column):
    """The test with `column` wherever it takes scores."""
    values = {
        "d": column, "x": column, "y": column, "values": column, "controls": column, "case": 3.0, "margin": 0.5,
        "scores": [column] if column else [[]], "groups": ["a", "b", "a"][: len(column)], "draws": 19,
        "rng": np.random.default_rng(1),
        "count": len(column) // 2, "n": len(column), "other": 0, "other_n": len(column),
        "share": 0.5, "share_n": len(column), "half": 0.005,
    }  # fmt: skip
    if name == "profile_permutation":
        values["scores"] = [[value, 1.0] for value in column] or np.empty((0, 2))
    needed = [p for p in inspect.signature(TESTS[name]).parameters.values() if p.default is p.empty]
    return TESTS[name](**{parameter.name: values[parameter.name] for parameter in needed})


@pytest.mark.parametrize("name", sorted(TESTS))
@pytest.mark.parametrize("column", [[], [np.nan], [3.0], [3.0, 3.0], [0.0, 0.0], [1.0, np.nan, 2.0], [5.0, 1.0, 5.0]])
def test_every_test_survives_degenerate_input_without_nan(name, column):
    result = called(name, column)

    numbers = [value for value in vars(result).values() if isinstance(value, float)]
    assert not any(np.isnan(numbers))
    assert not any(np.isinf(numbers))
    assert result.p_value is None or 0 < result.p_value <= 1
    assert result.p_value is not None or (result.reason and result.exactness == "not tested")
    assert result.method
