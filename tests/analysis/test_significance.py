"""Tests of hypotheses: against R, against enumeration, and by their laws."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kernels_lib.analysis.significance import (
    adjust,
    against_target,
    crawford_howell,
    families,
    friedman,
    paired_t,
    pairwise,
    sign_test,
    signed_rank,
)
from kernels_lib.errors import UnknownName
from kernels_lib.study.language import speaking

pytestmark = pytest.mark.filterwarnings("error")

# Hollander and Wolfe (1973), p. 29f: nine patients, depression factor before and after.
BEFORE = np.array([1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3])
AFTER = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
# rcompanion, help(wilcoxonPairedRC), "some zero differences"
WITH_ZEROS = np.arange(11, 21) - np.array([12, 14, 16, 18, 20, 22, 12, 10, 19, 20])
# Hollander and Wolfe (1973), p. 140: 22 players, three ways of rounding first base.
FIRST_BASE = pd.DataFrame(
    [
        [5.4, 5.5, 5.55],
        [5.85, 5.7, 5.75],
        [5.2, 5.6, 5.5],
        [5.55, 5.5, 5.4],
        [5.9, 5.85, 5.7],
        [5.45, 5.55, 5.6],
        [5.4, 5.4, 5.35],
        [5.45, 5.5, 5.35],
        [5.25, 5.15, 5.0],
        [5.85, 5.8, 5.7],
        [5.25, 5.2, 5.1],
        [5.65, 5.55, 5.45],
        [5.6, 5.35, 5.45],
        [5.05, 5.0, 4.95],
        [5.5, 5.5, 5.4],
        [5.45, 5.55, 5.5],
        [5.55, 5.55, 5.35],
        [5.45, 5.5, 5.55],
        [5.5, 5.45, 5.25],
        [5.65, 5.6, 5.4],
        [5.7, 5.65, 5.55],
        [6.3, 6.3, 6.25],
    ],
    columns=["RoundOut", "NarrowAngle", "WideAngle"],
)

small_differences = st.lists(st.integers(-4, 4).map(lambda k: k / 2), min_size=1, max_size=9)
p_lists = st.lists(st.floats(0, 1) | st.none(), min_size=1, max_size=12)
corrections = st.sampled_from(["holm", "bonferroni", "bh", "none"])
ON_SCALE = {"floor": 1, "top": 5}


def half_point_table(brands, criteria):
    cell = st.integers(2, 10).map(lambda k: k / 2)
    row = st.lists(cell, min_size=criteria, max_size=criteria)
    return st.lists(row, min_size=brands[0], max_size=brands[1]).map(
        lambda rows: pd.DataFrame(rows, columns=[f"c{j + 1}" for j in range(criteria)])
    )


# --- signed rank -----------------------------------------------------------------------------


def test_the_signed_rank_test_agrees_with_r():
    # R 4.2.2: wilcox.test(before, after, paired = TRUE, alternative = "greater"): V = 40, p-value = 0.01953
    result = signed_rank(BEFORE - AFTER, alternative="greater")

    assert 40 == result.statistic
    assert 0.01953 == pytest.approx(result.p_value, abs=5e-6)
    assert 0.03906 == pytest.approx(signed_rank(BEFORE - AFTER).p_value, abs=5e-6)
    assert "exact" == result.exactness


@pytest.mark.parametrize(
    ("zeros", "z", "asymptotic", "exact"), [("pratt", -0.8727, 0.3829, 0.4141), ("wilcox", -0.6309, 0.5281, 0.5703)]
)
def test_zeros_and_ties_are_treated_as_in_coin(zeros, z, asymptotic, exact):
    # R 4.2.2: coin::wilcoxsign_test(A ~ B, zero.method = "Pratt", distribution = "exact")
    assert z == pytest.approx(signed_rank(WITH_ZEROS, zeros).z, abs=5e-5)
    assert exact == pytest.approx(signed_rank(WITH_ZEROS, zeros).p_value, abs=5e-5)
    assert asymptotic == pytest.approx(signed_rank(WITH_ZEROS, zeros, exact=False).p_value, abs=5e-5)


def test_zeros_and_ties_are_counted():
    result = signed_rank(WITH_ZEROS)

    # -1 -2 -3 -4 -5 -6 5 8 0 0: the two fives are tied
    assert (8, 2, 2) == (result.n_used, result.zeros, result.ties)
    assert 2 / 2**8 == result.smallest_p


def by_enumeration(d, zeros, alternative):
    """All sign flips of the non-zero differences, one by one."""
    d = np.asarray(d, dtype=float)
    if zeros == "wilcox":
        d = d[d != 0]
    ranks = stats.rankdata(np.abs(d)) if d.size else np.empty(0)
    ranks, positive = ranks[d != 0], (d > 0)[d != 0]
    observed = ranks[positive].sum()
    flips = np.array(list(product([0, 1], repeat=ranks.size))).reshape(2**ranks.size, -1) @ ranks
    upper, lower = (flips >= observed - 1e-9).mean(), (flips <= observed + 1e-9).mean()
    return {"greater": upper, "less": lower, "two-sided": min(1.0, 2 * min(upper, lower))}[alternative]


@settings(max_examples=40, deadline=None)
@given(small_differences, st.sampled_from(["pratt", "wilcox"]), st.sampled_from(["two-sided", "greater", "less"]))
def test_the_exact_p_value_is_what_enumerating_all_sign_flips_gives(d, zeros, alternative):
    assert by_enumeration(d, zeros, alternative) == pytest.approx(signed_rank(d, zeros, alternative).p_value, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-8, 8), min_size=1, max_size=40))
def test_swapping_the_sides_keeps_the_p_value_and_turns_z(d):
    for test in (signed_rank, sign_test, paired_t):
        one, other = test(d), test([-value for value in d])
        assert one.p_value == pytest.approx(other.p_value, abs=1e-12)
    assert signed_rank(d).z == pytest.approx(-signed_rank([-value for value in d]).z)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-8, 8), min_size=2, max_size=30), st.randoms())
def test_the_order_of_the_brands_makes_no_difference(d, random):
    shuffled = random.sample(d, len(d))

    assert signed_rank(d).p_value == pytest.approx(signed_rank(shuffled).p_value, abs=1e-12)


def test_differences_that_differ_in_the_sixteenth_digit_are_tied():
    d = [3.1 - 3.0, 3.3 - 3.2, -(3.6 - 3.5), 0.5]

    assert 3 == signed_rank(d).ties
    assert signed_rank([0.1, 0.1, -0.1, 0.5]).p_value == signed_rank(d).p_value


def test_no_difference_at_all_has_p_value_one():
    result = signed_rank([0.0, 0.1 - 0.1, 0.3 - 0.1 - 0.2])

    assert (1.0, 0, 3) == (result.p_value, result.n_used, result.zeros)
    assert "no difference at all" == result.reason


def test_five_brands_can_never_reach_five_per_cent():
    assert 0.0625 == signed_rank([1, 2, 3, 4, 5]).p_value == signed_rank([1, 2, 3, 4, 5]).smallest_p


def test_beyond_200_brands_the_normal_with_exact_variance_takes_over_without_a_jump():
    d = np.random.default_rng(3).integers(-7, 9, 200) / 2

    assert "exact" == signed_rank(d).exactness
    assert "asymptotic" == signed_rank(np.append(d, 0.5)).exactness
    assert signed_rank(d).p_value == pytest.approx(signed_rank(d, exact=False).p_value, rel=0.02)


# --- t, sign, Friedman, one case -------------------------------------------------------------


def test_the_paired_t_agrees_with_scipy():
    expected = stats.ttest_rel(BEFORE, AFTER)

    result = paired_t(BEFORE - AFTER)
    assert (expected.statistic, expected.pvalue, expected.df) == pytest.approx(
        (result.statistic, result.p_value, result.df)
    )
    assert stats.ttest_rel(BEFORE, AFTER, alternative="less").pvalue == pytest.approx(
        paired_t(BEFORE - AFTER, "less").p_value
    )


@pytest.mark.parametrize("d", [[2.0, 2.0, 2.0], [3.1 - 3.0, 3.3 - 3.2], [0, 0]])
def test_equal_differences_have_no_t_and_say_why(d):
    result = paired_t(d)

    assert (None, None, "no spread", "not tested") == (
        result.p_value,
        result.statistic,
        result.reason,
        result.exactness,
    )


def test_the_sign_test_agrees_with_r():
    # R 4.2.2: binom.test(7, 9, alternative = "greater"): p-value = 0.08984
    assert 0.08984 == pytest.approx(sign_test(BEFORE - AFTER, "greater").p_value, abs=5e-6)


def test_thirty_brands_on_one_side_have_the_legitimate_tiny_p_value():
    assert 2 * 2.0**-30 == pytest.approx(sign_test([1.0] * 30).p_value, rel=1e-12)


def test_friedman_agrees_with_r():
    # R 4.2.2: friedman.test: Friedman chi-squared = 11.143, df = 2, p-value = 0.003805
    # PMCMRplus::friedmanTest(dist = "FDist"): F 7.1217391, df 2 and 42, p 0.0021713
    result = friedman(FIRST_BASE)

    assert 11.143 == pytest.approx(result.statistic, abs=5e-4)
    assert (2, 2, 42) == (result.df, result.df1, result.df2)
    assert 0.003805 == pytest.approx(result.p_value, abs=5e-7)
    assert (53, 47, 32) == result.rank_sums
    assert 0.2532468 == pytest.approx(result.effect, abs=5e-8)
    assert 7.1217391 == pytest.approx(result.f_statistic, abs=5e-8)
    assert 0.0021713 == pytest.approx(result.f_p_value, abs=5e-8)


def test_friedman_leaves_out_incomplete_brands_and_counts_them():
    gap = pd.concat([FIRST_BASE, pd.DataFrame([[5.0, None, 5.2]], columns=FIRST_BASE.columns)], ignore_index=True)

    assert 1 == friedman(gap).dropped and 22 == friedman(gap).n_used
    assert friedman(FIRST_BASE).statistic == friedman(gap).statistic


def test_brands_that_tell_nothing_apart_have_p_value_one_and_no_w():
    result = friedman([[3, 3, 3], [5, 5, 5]])

    assert (1.0, 1.0, None) == (result.p_value, result.f_p_value, result.effect)
    assert "no brand tells the criteria apart" == result.reason


def test_brands_that_all_agree_have_an_exact_p_value_instead_of_an_infinite_f():
    result = friedman([[1, 2, 2, 5]] * 3)

    # 4! / 2! = 12 orders of a row; 12 of the 12^3 tables agree: 1 / 144
    assert 1 / 144 == pytest.approx(result.f_p_value)
    assert (1.0, None) == (result.effect, result.f_statistic)
    assert "alike" in result.reason


@pytest.mark.parametrize("scores", [[[1, 2, 3]], [[1], [2]], [[np.nan, 1], [2, np.nan]]])
def test_friedman_without_two_complete_brands_and_criteria_is_not_tested(scores):
    result = friedman(scores)

    assert (None, None, "not tested") == (result.p_value, result.f_p_value, result.exactness)
    assert result.reason


@settings(max_examples=30, deadline=None)
@given(half_point_table((3, 8), 4), st.permutations(range(4)))
def test_relabelling_criteria_keeps_friedman_and_scipy_agrees(scores, order):
    ours, relabelled = friedman(scores), friedman(scores.iloc[:, list(order)])

    assert ours.statistic == pytest.approx(relabelled.statistic)
    if ours.effect is not None:
        assert stats.friedmanchisquare(*scores.to_numpy().T).statistic == pytest.approx(ours.statistic)


def test_one_case_against_controls_agrees_with_singcar():
    # R, singcar: TD(case = DF_V_SWI, controls = CON_V_SWI): t = -1.7243, df = 27, p-value = 0.04804,
    # z_cc -1.754857, 4.804003 % below.  28 controls, here standardised to mean 0 and SD 1.
    controls = np.arange(28) - 13.5
    controls = controls / controls.std(ddof=1)

    result = crawford_howell(-1.754857, controls, "less")
    assert -1.7243 == pytest.approx(result.statistic, abs=5e-5)
    assert 0.04804 == pytest.approx(result.p_value, abs=5e-6)
    assert (27, -1.754857) == (result.df, pytest.approx(result.z_cc))
    assert 4.804003 == pytest.approx(result.percent_below, abs=5e-6)


@pytest.mark.parametrize(
    ("case", "controls", "reason"),
    [(2.0, [5, 5, 5], "no spread"), (2.0, [5], "fewer than two others"), (2.0, [], "fewer than two others"),
     (np.nan, [1, 2], "no score")],
)  # fmt: skip
def test_a_case_that_cannot_be_compared_says_why(case, controls, reason):
    result = crawford_howell(case, controls)

    assert (None, reason) == (result.p_value, result.reason)


def test_an_unknown_alternative_is_named_with_the_known_ones():
    with pytest.raises(UnknownName, match="two-sided"):
        signed_rank([1.0], alternative="twosided")
    with pytest.raises(UnknownName, match="pratt"):
        signed_rank([1.0], "prat")


# --- corrections -----------------------------------------------------------------------------


def test_holm_agrees_with_r():
    # R 4.2.2: p.adjust(c(0.50, 0.003, 0.32, 0.054, 0.0003), "holm")
    expected = [0.64, 0.012, 0.64, 0.162, 0.0015]

    assert expected == pytest.approx(adjust([0.50, 0.003, 0.32, 0.054, 0.0003], "holm"))


def test_what_was_not_tested_is_not_in_the_family():
    # R 4.2.2: p.adjust(c(.01, NA, .03), "holm"): 0.02 NA 0.03
    assert [0.02, None, 0.03] == [None if np.isnan(p) else pytest.approx(p) for p in adjust([0.01, None, 0.03])]
    assert np.isnan(adjust([None, float("nan")])).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_benjamini_and_hochberg_agree_with_scipy(p):
    assert stats.false_discovery_control(p) == pytest.approx(adjust(p, "bh"))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_bonferroni_on_what_is_left(p):
    expected, left, so_far = {}, sorted(range(len(p)), key=p.__getitem__), 0.0
    while left:
        so_far = max(so_far, adjust([p[i] for i in left], "bonferroni").min())
        expected[left.pop(0)] = so_far

    assert [expected[i] for i in range(len(p))] == pytest.approx(adjust(p, "holm"))


@settings(max_examples=30, deadline=None)
@given(p_lists, corrections)
def test_a_correction_never_lowers_a_p_value_and_keeps_the_order(p, correction):
    raw = np.array([np.nan if value is None else value for value in p])
    adjusted = adjust(p, correction)

    tested = ~np.isnan(raw)
    assert (np.isnan(adjusted) == ~tested).all()
    assert (adjusted[tested] >= raw[tested] - 1e-15).all() and (adjusted[tested] <= 1).all()
    assert (np.diff(adjusted[tested][np.argsort(raw[tested])]) >= 0).all()


def test_an_unknown_correction_is_an_error():
    with pytest.raises(UnknownName, match="holm"):
        adjust([0.1], "hlom")


# --- families --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def thirty_brands():
    rng = np.random.default_rng(5)
    centre = np.array([2.1, 3.9, 5.0, 2.9, 3.1, 2.0, 2.3, 2.5])
    points = np.clip(np.round((centre + rng.normal(0, 1, (30, 8))) * 2) / 2, 1, 5)
    points[:, 2] = 5.0
    return pd.DataFrame(points, columns=[f"c{j + 1}" for j in range(8)])


def test_there_is_one_row_for_every_unordered_pair(thirty_brands):
    table = pairwise(thirty_brands, alpha=0.05)

    assert 28 == len(table) == len({frozenset(pair) for pair in zip(table["first"], table["second"], strict=True)})
    assert (table["difference"] >= 0).all()
    means = thirty_brands.mean()
    assert (means[table["first"]].to_numpy() >= means[table["second"]].to_numpy()).all()
    assert set(table["holds"]) == {"firm", "unresolved"}


def test_a_pair_is_firm_only_if_both_tracks_pass():
    # Ranks see nineteen small wins; the mean is undone by one large loss.
    d = np.array([0.5] * 19 + [-4.0])
    scores = pd.DataFrame({"a": 3 + np.maximum(d, -2), "b": 3 - np.minimum(d + 2, 0)})
    table = pairwise(scores, alpha=0.05).iloc[0]

    assert table["p_adjusted"] <= 0.05 < table["t_p_adjusted"]
    assert "unresolved" == table["holds"]


def test_wins_losses_and_names_follow_the_higher_mean():
    scores = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 2.0, 5.0]})
    row = pairwise(scores, alpha=0.05, names={"a": "Apple", "b": "Berry"}).iloc[0]

    assert ("b", "a", "Berry", "Apple") == tuple(row[["first", "second", "first_name", "second_name"]])
    assert (2, 0, 1, 3) == tuple(row[["wins", "losses", "zeros", "n"]])
    # differences 1 0 2: Walsh averages 0 .5 1 1 1.5 2
    assert (1.0, 1.0) == tuple(row[["difference", "hodges_lehmann"]])


def test_a_pair_with_equal_differences_is_decided_by_the_sign_test():
    scores = pd.DataFrame({"a": np.arange(10) / 2 + 0.5, "b": np.arange(10) / 2})
    row = pairwise(scores, alpha=0.05).iloc[0]

    # 2 / 2^10 in both tracks
    assert 2 / 2**10 == pytest.approx(row["p_value"]) == pytest.approx(row["t_p_value"])
    assert "firm" == row["holds"] and "sign test" in row["method"]


@settings(max_examples=20, deadline=None)
@given(half_point_table((4, 10), 3), st.permutations(range(3)))
def test_relabelling_criteria_permutes_the_pairs(scores, order):
    def by_pair(table):
        keyed = table.assign(pair=["|".join(sorted(p)) for p in zip(table["first"], table["second"], strict=True)])
        return keyed.set_index("pair").sort_index()[["difference", "p_adjusted", "t_p_adjusted", "holds"]]

    one = by_pair(pairwise(scores, alpha=0.05))
    pd.testing.assert_frame_equal(one, by_pair(pairwise(scores.iloc[:, list(order)], alpha=0.05)))


def test_what_is_kept_of_a_criterion_is_kept_under_its_scores_target_level_scale_and_language():
    scores = pd.DataFrame({"c1": [2.0, 3, 3.5, 5, 4, 4.5], "c2": [5.0] * 6})
    asked = [
        ((4.0,), {"alpha": 0.05, **ON_SCALE}, "en"),
        ((4.5,), {"alpha": 0.05, **ON_SCALE}, "en"),
        ((4.0,), {"alpha": 0.10, **ON_SCALE}, "en"),
        ((4.0,), {"alpha": 0.05, "floor": 0, "top": 5}, "en"),
        ((4.0,), {"alpha": 0.05, **ON_SCALE}, "de"),
    ]

    def table(target, more, language, frame=scores):
        with speaking(language):
            return against_target(frame, *target, **more)

    families._beside_target.cache_clear()
    kept = [table(*each) for each in asked]
    for each, found in zip(asked, kept, strict=True):
        families._beside_target.cache_clear()
        pd.testing.assert_frame_equal(table(*each), found)
    assert len(asked) == len({found.to_csv() for found in kept})
    other = table(*asked[0], frame=scores.assign(c1=scores["c1"] + 0.5))
    assert pytest.approx(kept[0].loc["c1", "mean"] + 0.5) == other.loc["c1", "mean"]


@settings(max_examples=20, deadline=None)
@given(half_point_table((4, 10), 3), st.integers(-3, 3))
def test_shifting_all_scores_and_targets_changes_no_verdict(scores, shift):
    before = against_target(scores, 4.0, alpha=0.05, **ON_SCALE)
    after = against_target(scores + shift, 4.0 + shift, alpha=0.05, floor=1 + shift, top=5 + shift)

    assert list(before["verdict"]) == list(after["verdict"])
    assert before["p_adjusted"].to_numpy() == pytest.approx(after["p_adjusted"].to_numpy())
    assert (before["ci_low"] + shift).to_numpy() == pytest.approx(after["ci_low"].to_numpy())


def excluded(table):
    return (table["ci_low"] > table["target"]) | (table["ci_high"] < table["target"])


@settings(max_examples=30, deadline=None)
@given(
    half_point_table((1, 14), 4),
    st.sampled_from([2.5, 3.0, 4.0, 4.75]),
    st.sampled_from([0.01, 0.05, 0.2]),
    corrections,
)
def test_the_interval_excludes_the_target_if_and_only_if_the_test_of_means_passes(scores, target, alpha, correction):
    table = against_target(scores, target, alpha=alpha, correction=correction, **ON_SCALE)

    passes, spread = table["t_p_adjusted"] <= alpha, scores.nunique() > 1
    assert list(excluded(table)[spread]) == list(passes[spread])
    # Without spread the sign test must pass as well, so the exact interval may exclude more.
    assert not (passes & ~excluded(table)).any()
    assert not ((table["verdict"] != "unresolved") & ~excluded(table)).any()
    assert (table["ci_low"] >= 1).all() and (table["ci_high"] <= 5).all()
    above = table["verdict"] == "strength"
    assert (table.loc[above, "ci_low"] > target).all()


@pytest.mark.parametrize("n", range(4, 31))
@pytest.mark.parametrize("target", [2.0, 4.0])
def test_the_same_law_holds_where_all_brands_are_on_top(n, target):
    scores = pd.DataFrame({"c1": [5.0] * n, "c2": ([1.0, 5.0] * n)[:n]})
    table = against_target(scores, target, alpha=0.05, **ON_SCALE)

    assert not ((table["verdict"] != "unresolved") & ~excluded(table)).any()


def test_eight_brands_on_top_do_not_prove_a_mean_above_four():
    table = against_target(pd.DataFrame({"c1": [5.0] * 8}), 4.0, alpha=0.05, **ON_SCALE)

    # The sign test alone, 2 / 2^8 = .008, is about the median; the mean's 2 * (3/4)^8 = .20
    assert 2 / 2**8 == pytest.approx(table.loc["c1", "p_value"])
    assert 2 * 0.75**8 == pytest.approx(table.loc["c1", "t_p_value"])
    assert "unresolved" == table.loc["c1", "verdict"]
    assert "sign test" in table.loc["c1", "method"]


def test_thirty_brands_on_top_are_a_strength():
    table = against_target(pd.DataFrame({"c1": [5.0] * 30}), 4.0, alpha=0.05, **ON_SCALE)

    # 5 - 4 (1 - .025^(1/30))
    assert "strength" == table.loc["c1", "verdict"]
    assert 4.54 == pytest.approx(table.loc["c1", "ci_low"], abs=0.005)


def test_where_the_ranks_do_not_confirm_the_mean_the_interval_stays_as_it_is_and_a_note_says_so():
    # Two brands far above and eight just below: no rank finding, yet a narrow alpha makes the mean pass
    scores = pd.DataFrame({"c1": [1.0, 1.0, 1.0, 1.0, 1.0, 4.5, 4.5, 4.5, 4.5, 4.5, 4.5]})
    row = against_target(scores, 4.0, alpha=0.1, **ON_SCALE).loc["c1"]

    assert row["t_p_adjusted"] <= 0.1 < row["p_adjusted"]
    assert "unresolved" == row["verdict"]
    # mean 2.909, SD 1.828, n 11: 2.909 + 1.812 * 1.828 / sqrt 11
    assert 3.908 == pytest.approx(row["ci_high"], abs=5e-4)
    assert "the ranks do not confirm what the means show" == row["interval_note"]


def test_two_tracks_that_point_different_ways_are_never_firm():
    # Twelve brands half a point above, two far below: ranks say above, the mean (12 * .5 - 2 * 3.5) / 14 says below
    scores = pd.DataFrame({"c1": [5.0] * 12 + [1.0] * 2})
    row = against_target(scores, 4.5, alpha=0.95, correction="none", **ON_SCALE).loc["c1"]

    assert row["p_value"] <= 0.95 and row["t_p_value"] <= 0.95
    assert row["z"] > 0 > row["difference"] and "unresolved" == row["verdict"]


def test_brands_above_on_and_below_the_target_are_counted():
    table = against_target(pd.DataFrame({"c1": [4.5, 4.0, 1.0, np.nan, 3.5]}), {"c1": 4.0}, alpha=0.05, **ON_SCALE)

    assert (1, 1, 2, 4) == tuple(table.loc["c1", ["above", "at", "below", "n"]])


def test_a_criterion_without_target_is_an_error():
    with pytest.raises(UnknownName):
        against_target(pd.DataFrame({"c1": [1.0]}), {"c2": 4.0}, alpha=0.05, **ON_SCALE)


@pytest.mark.parametrize(
    "scores",
    [
        pd.DataFrame({"a": [3.0], "b": [4.0]}),  # one brand
        pd.DataFrame({"a": [3.0, 3.0], "b": [3.0, 3.0]}),  # constant and all tied
        pd.DataFrame({"a": [np.nan, np.nan], "b": [3.0, 4.0]}),  # a criterion nobody was scored on
        pd.DataFrame({"a": [np.nan, 3.0], "b": [3.0, np.nan]}),  # no brand scored on both
        pd.DataFrame({"a": [4.0, 4.0, 4.0], "b": [1.0, 2.0, 3.0]}),  # constant, on the target
        pd.DataFrame({"a": pd.Series([], dtype=float), "b": pd.Series([], dtype=float)}),
        pd.DataFrame(index=[0, 1]),
    ],
)
def test_degenerate_tables_give_no_warning_and_no_finding(scores):
    pairs = pairwise(scores, alpha=0.05)
    targets = against_target(scores, 4.0, alpha=0.05, **ON_SCALE)

    assert set(pairs["holds"]) <= {"unresolved"} and set(targets["verdict"]) <= {"unresolved"}
    assert targets.loc[targets["n"] > 0, ["p_value", "t_p_value", "ci_low", "ci_high"]].notna().all(axis=None)
    assert (targets.loc[targets["n"] == 0, "exactness"] == "not tested").all()
