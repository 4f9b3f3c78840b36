"""Separate groups of brands: against R and scipy, against enumeration, and by their laws."""

from __future__ import annotations

import math
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kernels_lib.analysis.significance import (
    anova_oneway,
    brunner_munzel,
    dunn,
    kruskal,
    kruskal_permutation,
    mann_whitney,
    pairwise_mann_whitney,
    profile_permutation,
    smallest_pairwise_p,
    welch_t,
)
from kernels_lib.errors import BadParameters, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

X, Y = [1, 2, 2, 5, 6], [2, 3, 3, 4, 7, 8, 8, 9]
VALUES, GROUPS = [1, 2, 2, 3, 3, 4, 4.5, 2, 5, 5, 5], list("aaaabbbcccc")
alternatives = st.sampled_from(["two-sided", "greater", "less"])
scores = st.lists(st.integers(2, 10).map(lambda k: k / 2), min_size=1, max_size=5)


# --- two groups ------------------------------------------------------------------------------


def test_the_rank_sum_with_ties_agrees_with_r():
    # R 4.2.2, exactRankTests: wilcox.exact(x, y, alternative = a): W = 9, less 0.0621600622, greater 0.957264957
    assert 9 == mann_whitney(X, Y).statistic
    assert 0.0621600622 == pytest.approx(mann_whitney(X, Y, "less").p_value, abs=5e-10)
    assert 0.957264957 == pytest.approx(mann_whitney(X, Y, "greater").p_value, abs=5e-10)
    # Twice the smaller tail.
    assert 2 * 0.0621600622 == pytest.approx(mann_whitney(X, Y).p_value, abs=1e-9)

    # wilcox.test(x, y, exact = FALSE): 0.12117288; correct = FALSE: 0.104445693; alternative = "less": 0.0605864399
    assert 0.12117288 == pytest.approx(mann_whitney(X, Y, exact=False, correction=True).p_value, abs=5e-9)
    assert 0.104445693 == pytest.approx(mann_whitney(X, Y, exact=False).p_value, abs=5e-10)
    assert 0.0605864399 == pytest.approx(mann_whitney(X, Y, "less", exact=False, correction=True).p_value, abs=5e-11)


def test_groups_of_equal_size_agree_with_coin_on_both_sides():
    # R 4.2.2, coin: wilcox_test(v ~ g, distribution = "exact") of c(1,2,2,4,6) and c(3,3,6,7,7): 0.0873015873
    assert 0.0873015873 == pytest.approx(mann_whitney([1, 2, 2, 4, 6], [3, 3, 6, 7, 7]).p_value, abs=5e-11)


@settings(max_examples=40, deadline=None)
@given(scores, scores, alternatives)
def test_the_exact_p_value_is_what_enumerating_all_choices_gives(x, y, alternative):
    ranks = stats.rankdata(x + y)
    observed = ranks[: len(x)].sum()
    sums = np.array([sum(chosen) for chosen in combinations(ranks, len(x))])
    upper, lower = (sums >= observed - 1e-9).mean(), (sums <= observed + 1e-9).mean()
    expected = {"greater": upper, "less": lower, "two-sided": min(1.0, 2 * min(upper, lower))}[alternative]

    assert expected == pytest.approx(mann_whitney(x, y, alternative).p_value, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(scores, scores, st.integers(-5, 5))
def test_swapping_shifting_and_reordering_keep_the_p_value(x, y, shift):
    one = mann_whitney(x, y, "greater")

    assert one.p_value == pytest.approx(mann_whitney(y, x, "less").p_value, abs=1e-12)
    assert len(x) * len(y) == pytest.approx(one.statistic + mann_whitney(y, x).statistic)
    moved = mann_whitney([v + shift for v in reversed(x)], [v + shift for v in y], "greater")
    assert one.p_value == pytest.approx(moved.p_value, abs=1e-12)


def test_large_groups_turn_to_the_normal_without_a_jump():
    rng = np.random.default_rng(2)
    x, y = rng.integers(2, 11, 60) / 2, rng.integers(3, 12, 50) / 2

    exact, normal = mann_whitney(x, y), mann_whitney(x, y, exact=False)
    assert ("exact", "asymptotic") == (exact.exactness, normal.exactness)
    assert exact.p_value == pytest.approx(normal.p_value, rel=0.05)
    assert "asymptotic" == mann_whitney(np.tile(x, 20), y).exactness


def test_the_smallest_p_value_is_the_one_that_full_separation_has():
    # 2 / C(10, 5), times 15 pairs of six industries: .119
    assert 2 / 252 == smallest_pairwise_p(5, 5) == mann_whitney(range(5), range(5, 10)).p_value
    assert smallest_pairwise_p(5, 5) == pytest.approx(mann_whitney(range(5), range(3, 8)).smallest_p, abs=0.02)
    assert 1.0 == smallest_pairwise_p(1, 1) == smallest_pairwise_p(0, 5)
    assert 0 < smallest_pairwise_p(5000, 5000)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(2, 10), min_size=2, max_size=8),
    st.lists(st.integers(2, 10), min_size=2, max_size=8),
    alternatives,
)
def test_brunner_and_munzel_agree_with_scipy(x, y, alternative):
    result = brunner_munzel(x, y, alternative)
    pairs = np.sign(np.subtract.outer(y, x))
    assert (pairs.mean() + 1) / 2 == pytest.approx(result.effect)
    if result.statistic is not None:
        expected = stats.brunnermunzel(x, y, alternative=alternative)
        assert (expected.statistic, expected.pvalue) == pytest.approx((result.statistic, result.p_value), abs=1e-12)
        assert result.ci_low <= result.effect <= result.ci_high


def test_groups_that_do_not_overlap_get_the_exact_p_value():
    result = brunner_munzel([1, 2, 3], [4, 5, 6])

    # 2 / C(6, 3)
    assert (0.1, 1.0, "exact", None) == (result.p_value, result.effect, result.exactness, result.ci_low)
    assert "do not overlap" in result.reason
    equal = brunner_munzel([2, 2], [2, 2])
    assert (1.0, 0.5, "all scores are equal") == (equal.p_value, equal.effect, equal.reason)


def test_welch_agrees_with_r():
    # R 4.2.2: t.test(x, y): t -1.66671668, df 10.2514629, p 0.125788434, interval -5.36454665 0.764546648
    result = welch_t(X, Y)

    assert (-1.66671668, 10.2514629, 0.125788434) == pytest.approx(
        (result.statistic, result.df, result.p_value), abs=5e-8
    )
    assert (-5.36454665, 0.764546648) == pytest.approx((result.ci_low, result.ci_high), abs=5e-9)
    assert stats.ttest_ind(X, Y, equal_var=False, alternative="less").pvalue == pytest.approx(
        welch_t(X, Y, "less").p_value
    )


@pytest.mark.parametrize("test", [mann_whitney, brunner_munzel, welch_t], ids=lambda test: test.__name__)
def test_two_groups_without_enough_scores_say_why(test):
    for x, y in (([], [1, 2]), ([1, 2], [np.nan]), ([], [])):
        assert (None, "a group without scores") == (test(x, y).p_value, test(x, y).reason)
    if test is not mann_whitney:
        assert "a group with a single score" == test([1], [1, 2]).reason
    with pytest.raises(UnknownName, match="two-sided"):
        test([1, 2], [2, 3], "both")


def test_equal_scores_have_nothing_to_rank_or_to_compare():
    result = mann_whitney([3, 3], [3, 3, 3])

    assert (1.0, 3.0, "all scores are equal") == (result.p_value, result.statistic, result.reason)
    assert "no spread" == welch_t([3, 3], [4, 4]).reason


# --- several groups --------------------------------------------------------------------------


def test_several_groups_agree_with_r():
    # R 4.2.2: kruskal.test(v, g): 5.25078989, p 0.072411153
    result = kruskal(VALUES, GROUPS)
    assert (5.25078989, 0.072411153) == pytest.approx((result.statistic, result.p_value), abs=5e-9)
    # H / 10 and (H - 2) / 8
    assert (0.525078989, 0.40634873625) == pytest.approx((result.epsilon_squared, result.eta_squared_h), abs=5e-9)

    # anova(lm(v ~ g)): F 4.525592055, p 0.04845535426; R squared 0.5308243728, residual sd 1.113365768
    result = anova_oneway(VALUES, GROUPS)
    assert (4.525592055, 0.04845535426) == pytest.approx((result.statistic, result.p_value), abs=5e-10)
    assert (0.5308243728, 1.113365768) == pytest.approx((result.r_squared, result.sd_residual), abs=5e-10)


def test_pairs_of_groups_agree_with_r():
    # R 4.2.2: pairwise.wilcox.test(v, g, p.adjust = "holm", exact = FALSE): a-b a-c 0.215484469, b-c 0.3590120538
    table = pairwise_mann_whitney(VALUES, GROUPS, exact=False, correction=True)

    assert [("a", "b"), ("a", "c"), ("b", "c")] == list(zip(table["first"], table["second"], strict=True))
    assert [0.215484469, 0.215484469, 0.3590120538] == pytest.approx(table["p_adjusted"].tolist(), abs=5e-10)


def test_dunn_is_kruskal_for_two_groups():
    table = dunn(X + Y, ["x"] * 5 + ["y"] * 8)

    # One degree of freedom: the square of z is H.
    assert kruskal(X + Y, ["x"] * 5 + ["y"] * 8).statistic == pytest.approx(table["z"][0] ** 2)
    assert table["z"][0] < 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(2, 10), st.sampled_from("abc")), min_size=6, max_size=20), st.randoms())
def test_names_and_order_of_the_groups_make_no_difference(rows, random):
    shuffled = random.sample(rows, len(rows))
    renamed = {"a": "z", "b": "q", "c": "a"}
    for test in (kruskal, anova_oneway):
        one = test(*zip(*rows, strict=True))
        other = test([v for v, _ in shuffled], [renamed[g] for _, g in shuffled])
        if one.p_value is None:
            assert one.reason == other.reason
        else:
            assert one.p_value == pytest.approx(other.p_value, rel=1e-9)


@pytest.mark.slow
def test_permuting_the_groups_approaches_all_deals():
    values, groups = [1, 2, 2, 4, 5, 5, 3], list("aabbbcc")

    def measure(order):
        ranks = stats.rankdata(values)[list(order)]
        return ranks[:2].sum() ** 2 / 2 + ranks[2:5].sum() ** 2 / 3 + ranks[5:].sum() ** 2 / 2

    deals = np.array([measure(order) for order in permutations(range(7))])
    exact = (deals >= measure(range(7)) - 1e-9).mean()
    # 7! / (2! 3! 2!) = 210 arrangements: all are counted where that many draws are allowed.
    result = kruskal_permutation(values, groups, 210, np.random.default_rng(3))
    assert ("exact", pytest.approx(exact)) == (result.exactness, result.p_value)
    assert result.smallest_p <= result.p_value
    draws = 209
    drawn = kruskal_permutation(values, groups, draws, np.random.default_rng(3))
    # Four standard errors.
    assert "permutation" == drawn.exactness
    assert exact == pytest.approx(drawn.p_value, abs=4 * math.sqrt(exact * (1 - exact) / draws))
    assert kruskal(values, groups).statistic == result.statistic


def test_permuting_the_groups_agrees_with_coin():
    # R 4.2.2, coin: set.seed(1); kruskal_test(v ~ g, distribution = approximate(200000)): 0.0689
    result = kruskal_permutation(VALUES, GROUPS, 50_000, np.random.default_rng(1))

    assert 0.0689 == pytest.approx(result.p_value, abs=0.005)


def test_four_against_four_cannot_go_below_two_in_seventy():
    # C(8, 4) = 70 arrangements, the observed one and its mirror: 2 / 70
    result = kruskal_permutation([1, 2, 3, 4, 5, 6, 7, 8], list("aaaabbbb"), 2000, np.random.default_rng(1))

    assert (pytest.approx(2 / 70), pytest.approx(2 / 70)) == (result.p_value, result.smallest_p)


@pytest.mark.parametrize("test", [kruskal, anova_oneway], ids=lambda test: test.__name__)
@pytest.mark.parametrize(
    ("values", "groups", "reason"),
    [([], [], "fewer than two groups"), ([1, 2], ["a", "a"], "fewer than two groups"),
     ([1, 2, 3], ["a", "b", "c"], "every group has a single score"), ([1, None, 2], ["a", "b", "a"], "fewer than two"),
     ([1, 2, 3], ["a", None, "a"], "fewer than two groups")],
)  # fmt: skip
def test_too_few_groups_or_scores_are_worded(test, values, groups, reason):
    result = test(values, groups)

    assert (None, "not tested") == (result.p_value, result.exactness)
    assert result.reason.startswith(reason)


def test_constant_scores_are_worded():
    equal = kruskal([3] * 4, list("aabb"))
    assert (1.0, None, "all scores are equal") == (equal.p_value, equal.epsilon_squared, equal.reason)
    assert 1.0 == kruskal_permutation([3] * 4, list("aabb"), 99, np.random.default_rng(1)).p_value
    assert "no spread within the groups" == anova_oneway([3, 3, 4, 4], list("aabb")).reason
    assert [1.0] == dunn([3, 3, 3], list("aab"))["p_value"].tolist()
    assert pairwise_mann_whitney([], []).empty
    with pytest.raises(BadParameters, match="groups"):
        kruskal([1, 2], ["a"])


# --- profiles --------------------------------------------------------------------------------


def test_the_pseudo_f_is_that_of_squared_distances():
    rng = np.random.default_rng(6)
    points, groups = rng.integers(2, 11, (12, 4)) / 2, list("aaaabbbbcccc")
    result = profile_permutation(points, groups, 99, rng)

    # Anderson (2001): sums of squared distances over all pairs / n, less those within groups / their sizes.
    profiles = points - points.mean(axis=1, keepdims=True)
    squares = ((profiles[:, None] - profiles) ** 2).sum(axis=2)
    total = np.triu(squares).sum() / 12
    within = sum(np.triu(squares[i : i + 4, i : i + 4]).sum() / 4 for i in (0, 4, 8))
    assert (total - within) / 2 / (within / 9) == pytest.approx(result.statistic)
    assert 1 - within / total == pytest.approx(result.effect)


def test_a_difference_of_level_is_no_difference_of_profile():
    rng = np.random.default_rng(8)
    profile = rng.integers(2, 7, (16, 5)) / 2
    groups = ["low"] * 8 + ["high"] * 8
    lifted = profile + np.repeat([0.0, 1.5], 8)[:, None]

    one, other = (profile_permutation(points, groups, 499, np.random.default_rng(1)) for points in (profile, lifted))
    assert one.statistic == pytest.approx(other.statistic)
    assert one.p_value == other.p_value


def test_groups_with_different_profiles_are_told_apart():
    rising = np.random.default_rng(9).normal([2, 3, 4], 0.5, (10, 3))
    falling = rising[:, ::-1]
    result = profile_permutation(np.vstack([rising, falling]), ["r"] * 10 + ["f"] * 10, 999, np.random.default_rng(1))

    assert 0.001 == result.p_value == result.smallest_p


def test_profiles_keep_their_level_without_any_difference():
    rng = np.random.default_rng(10)
    p = [
        profile_permutation(rng.integers(2, 11, (15, 4)) / 2, list("aaaaabbbbbccccc"), 99, rng).p_value
        for _ in range(200)
    ]
    # 10 of 200 expected; more than 20 in one of 1,000 such runs.
    assert (np.array(p) <= 0.05).sum() <= 20


@pytest.mark.parametrize(
    ("points", "groups", "p", "reason"),
    [([[1, 2], [2, 3], [3, 4]], "aab", 1.0, "all brands have the same profile"),
     ([[1, 2], [2, 3]], "aa", None, "fewer than two groups with scores"),
     ([[1, 2], [2, 1]], "ab", None, "every group has a single score"),
     ([[1], [2], [3]], "aab", None, "fewer than two criteria"),
     ([[np.nan, 1], [2, 3], [3, 4]], "aab", None, "every group has a single score")],
)  # fmt: skip
def test_profiles_that_cannot_be_compared_say_why(points, groups, p, reason):
    result = profile_permutation(points, list(groups), 9, np.random.default_rng(1))

    assert (p, reason) == (result.p_value, result.reason)


def test_groups_without_inner_spread_have_a_p_value_and_no_f():
    result = profile_permutation([[1, 3], [2, 4], [3, 1], [4, 2]], list("aabb"), 999, np.random.default_rng(1))

    # 2 of 6 deals
    assert (None, 1.0) == (result.statistic, result.effect)
    assert 1 / 3 == pytest.approx(result.p_value, abs=0.06)
    assert "nothing varies within the groups" == result.reason
