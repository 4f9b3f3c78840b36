"""Intervals: coverage where it is hard, agreement with verdicts, published examples."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from kernels_lib.analysis.effects import (
    agreeing_interval,
    end_point_interval,
    end_point_p,
    hodges_lehmann,
    holm_levels,
    mean_interval,
    step_levels,
    t_interval,
    wilson,
)
from kernels_lib.analysis.significance import adjust, paired_t
from kernels_lib.errors import UnknownName

pytestmark = pytest.mark.filterwarnings("error")

corrections = st.sampled_from(["holm", "bonferroni", "bh", "none"])


def interval_of(values, seed=1, **more):
    return mean_interval(values, **({"floor": 1, "top": 5, "rng": np.random.default_rng(seed)} | more))


def test_thirty_scores_at_the_top_have_the_exact_interval():
    interval = interval_of([5.0] * 30)

    # 5 - 4 (1 - .025^(1/30)) = 4.537
    assert (4.537, 5.0) == (pytest.approx(interval.low, abs=5e-4), interval.high)
    assert "exact, all scores equal" == interval.method


def test_equal_scores_inside_the_scale_can_miss_on_both_sides():
    interval = interval_of([3.0] * 30)

    # 3 -+ 2 (1 - .025^(1/30))
    assert (2.769, 3.231) == pytest.approx((interval.low, interval.high), abs=5e-4)


def test_bca_agrees_with_r():
    # R 4.2.2: boot.ci(boot(mice, mean), type = "bca"); Efron and Tibshirani (1993), treated mice: 46.3 to 138.3.
    # Seven values are too few for BCa here, so each is taken as it is through the bootstrap itself.
    from kernels_lib.analysis.effects import _bca

    distinct, counts = np.unique([94.0, 197, 16, 38, 99, 141, 23], return_counts=True)
    low, high = _bca(distinct, counts, 0.95, 99_999, np.random.default_rng(1))
    assert (46.3, 138.3) == pytest.approx((low, high), abs=1.0)


def test_thirty_spread_scores_get_bca_and_a_crowd_on_the_end_gets_gaffke():
    spread = np.tile([1.0, 2.0, 2.5, 3.0, 4.5], 6)

    assert "BCa bootstrap" == interval_of(spread).method
    assert "BCa bootstrap" == interval_of([5.0] * 24 + [3.0] * 6).method  # 80 % is not more than 80 %
    assert "Gaffke" == interval_of([5.0] * 25 + [3.0] * 5).method
    assert "Gaffke" == interval_of([1.0] * 25 + [3.0] * 5).method


def test_few_scores_get_gaffke():
    assert "Gaffke" == interval_of([1.0, 2.0, 3.0, 4.0, 4.5]).method


def test_gaffke_tends_to_the_exact_interval_as_the_last_scores_reach_the_end():
    nearly = interval_of([5.0] * 29 + [5.0 - 1e-6], draws=99_999)

    assert 4.537 == pytest.approx(nearly.low, abs=0.01)


def test_near_the_ceiling_the_interval_covers_where_the_bootstrap_does_not():
    rng = np.random.default_rng(8)
    # 97 % at 5 and 3 % at 3.5: mean 4.955; t, percentile and BCa cover it in about half of all samples
    held = 0
    for _ in range(300):
        sample = np.where(rng.random(30) < 0.97, 5.0, 3.5)
        low, high, _ = mean_interval(sample, floor=1, top=5, draws=400, rng=rng)
        held += low <= 4.955 <= high
    assert held >= 0.94 * 300


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(2, 10).map(lambda k: k / 2), min_size=2, max_size=40), st.randoms())
def test_an_interval_stays_on_the_scale_covers_the_mean_and_ignores_the_order(values, random):
    low, high, _ = interval_of(values, draws=200)

    assert 1 <= low <= np.mean(values) + 1e-9 and np.mean(values) - 1e-9 <= high <= 5
    assert (low, high) == interval_of(random.sample(values, len(values)), draws=200)[:2]


@pytest.mark.parametrize("values", [[], [3.0], [np.nan, 3.0]])
def test_fewer_than_two_scores_have_no_interval_and_say_why(values):
    assert (None, None, "none: fewer than two scores") == interval_of(values)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([1.0, 2.5, 5.0]), st.integers(1, 40), st.sampled_from([1.5, 3.0, 4.0]), st.floats(0.001, 0.3))
def test_the_end_point_interval_excludes_exactly_what_its_test_rejects(value, n, target, alpha):
    low, high, _ = end_point_interval(value, n, alpha, 1, 5)
    p = end_point_p(value, n, target, 1, 5)

    if abs(p - alpha) > 1e-9:
        assert (not low <= target <= high) == (p < alpha)


# Newcombe (1998), Table I, method 3
@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombe(count, n, low, high):
    assert (low, high) == pytest.approx(wilson(count, n)[:2], abs=5e-5)


def test_a_share_of_nobody_has_no_interval():
    assert wilson(0, 0).low is None
    assert 0.0 == wilson(0, 7).low and 1.0 == wilson(7, 7).high


def test_hodges_lehmann_agrees_with_r():
    # R 4.2.2: wilcox.test(after, before, paired = TRUE, conf.int = TRUE): (pseudo)median -0.46
    before = np.array([1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3])
    after = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])

    assert -0.46 == pytest.approx(hodges_lehmann(after - before), abs=1e-9)
    assert hodges_lehmann([]) is None


def test_holm_levels_step_down_to_the_first_failure_and_stay():
    # .001 <= .05/4; .02 > .05/3, so the rest keep .05/3 although .02 <= .05/2
    assert [0.05 / 4, 0.05 / 3, 0.05 / 3, 0.05 / 3] == pytest.approx(holm_levels([0.001, 0.02, 0.021, 0.9], 0.05))


def test_bh_levels_are_those_of_the_selected():
    # .01 <= 2 * .05/4 and .02 <= 2 * .05/4: two of four are selected
    assert [0.025] * 4 == pytest.approx(step_levels([0.01, 0.02, 0.2, 0.9], 0.05, "bh"))
    assert [0.0125] * 4 == pytest.approx(step_levels([0.1, 0.2, 0.2, 0.9], 0.05, "bh"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(1e-6, 1) | st.none(), min_size=1, max_size=12),
    st.sampled_from([0.01, 0.05, 0.1]),
    corrections,
)
def test_p_at_most_its_step_level_is_the_same_as_adjusted_p_at_most_alpha(p, alpha, correction):
    raw = np.array([np.nan if value is None else value for value in p])
    adjusted, levels = adjust(p, correction), step_levels(p, alpha, correction)
    # Apart from p-values within rounding of their level.
    clear = ~np.isnan(raw) & ~np.isclose(raw, levels, rtol=1e-9) & ~np.isclose(adjusted, alpha, rtol=1e-9)

    assert ((raw <= levels)[clear] == (adjusted <= alpha)[clear]).all()
    assert (np.isnan(levels) == np.isnan(raw)).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1.2), corrections)
def test_a_t_interval_at_its_step_level_excludes_the_target_if_and_only_if_the_family_rejects(seed, shift, correction):
    d = np.random.default_rng(seed).normal(shift, 1, (6, 9))
    p = [paired_t(row).p_value for row in d]
    rejected = adjust(p, correction) <= 0.05

    intervals = [t_interval(row, level) for row, level in zip(d, step_levels(p, 0.05, correction), strict=True)]
    assert [not low <= 0 <= high for low, high, _ in intervals] == list(rejected)


def test_an_unknown_correction_is_an_error():
    with pytest.raises(UnknownName):
        step_levels([0.1], 0.05, "fdr")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(2, 10).map(lambda k: k / 2), min_size=1, max_size=20), st.sampled_from([2.0, 4.0]))
def test_an_interval_beside_a_verdict_is_that_of_the_means_clipped_to_the_scale(values, target):
    low, high, note = agreeing_interval(values, target, step_alpha=0.05, floor=1, top=5)

    plain = t_interval(values, 0.05)
    if plain.low is None:
        assert "exact" in note or len(values) == 1
    else:
        assert (max(1, plain.low), min(5, plain.high), "") == (low, high, note)


def test_without_scores_there_is_no_agreeing_interval():
    assert (None, None) == agreeing_interval([np.nan], 4, step_alpha=0.05, floor=1, top=5)[:2]


def test_a_t_interval_is_the_textbook_one():
    # mean 2, SD 1, n 3: 2 -+ 4.3027 / sqrt 3
    low, high, _ = t_interval([1.0, 2.0, 3.0], 0.05)

    assert (2 - 4.3027 / 3**0.5, 2 + 4.3027 / 3**0.5) == pytest.approx((low, high), abs=1e-4)
    assert -special.stdtrit(2, 0.025) == pytest.approx(4.3027, abs=1e-4)
