"""Power by formula, plans by simulation, and the row-wise tests behind them."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis import planning, power, row_tests
from kernels_lib.analysis.significance import paired_t, sign_test, signed_rank
from kernels_lib.errors import BadData, BadParameters, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

HALF_POINTS = np.arange(2, 11) / 2


# --- by formula ------------------------------------------------------------------------------


@pytest.mark.parametrize(("comparisons", "delta"), [(1, 0.5292362), (8, 0.6983271), (28, 0.7909940)])
def test_the_detectable_effect_of_thirty_brands_agrees_with_r(comparisons, delta):
    # R 4.2.2: power.t.test(n = 30, sd = 1, sig.level = 0.05 / c(1, 8, 28), power = 0.8, type = "paired",
    #                       tol = 1e-10)$delta, one after the other: 0.5292362 0.6983271 0.7909940
    assert delta == pytest.approx(power.mde_dz(30, 0.05 / comparisons, 0.8), abs=5e-7)


def test_ranks_need_a_little_more_than_means():
    # .5292 / sqrt(3 / pi)
    assert 0.5416 == pytest.approx(power.mde_dz(30, 0.05, 0.8, test="signed_rank"), abs=5e-5)


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_brands_detect_nothing(n):
    assert power.mde_dz(n, 0.05, 0.8) is None


def test_two_brands_detect_a_huge_effect_by_means_and_none_by_ranks():
    assert power.mde_dz(2, 0.05, 0.8) > 10
    assert power.mde_dz(2, 0.05 / 28, 0.99) > 100
    assert power.mde_dz(5, 0.05, 0.8, test="signed_rank") is None


@pytest.mark.parametrize(
    ("m", "comparisons", "smallest", "passes"),
    [
        (5, 1, 0.0625, False),
        (6, 1, 0.03125, True),
        (10, 28, 2 / 1024, False),
        (11, 28, 2 / 2048, True),
        (0, 1, 1, False),
    ],
)
def test_the_smallest_p_decides_whether_a_family_can_be_entered(m, comparisons, smallest, passes):
    step = power.first_step(m, 0.05, comparisons)

    assert smallest == power.smallest_p(m) == step.smallest_p
    assert passes == step.can_pass == (m >= step.pairs_needed)


def test_few_brands_and_a_strict_level_agree_with_r():
    # scipy's noncentral t is NaN in the far tail here
    # R 4.2.2: power.t.test(n = 6, delta = 3.13, sd = 1, sig.level = 0.05 / 31, type = "paired")$power is 0.7991634
    assert 3.13 == pytest.approx(power.mde_dz(6, 0.05 / 31, 0.7991634), abs=1e-5)


def test_brands_needed_agree_with_r():
    # R 4.2.2: power.t.test(delta = 0.5, sd = 1.2, sig.level = 0.05 / 28, power = 0.8, type = "paired",
    #                       tol = 1e-10)$n  is 95.450609; times pi / 3 = 99.96
    assert (96, 100) == power.brands_needed(0.5, 1.2, 0.8, 0.05, 28)


def test_a_huge_effect_still_needs_the_brands_that_a_small_p_needs():
    assert 11 == power.brands_needed(100.0, 1.0, 0.8, 0.05, 28).signed_rank


@settings(max_examples=20, deadline=None)
@given(st.floats(0.2, 3), st.floats(0.5, 3), st.integers(1, 40))
def test_the_brands_needed_detect_the_effect_and_one_fewer_do_not(effect, sd, comparisons):
    n = power.brands_needed(effect, sd, 0.8, 0.05, comparisons).paired_t

    assert power.mde_dz(n, 0.05 / comparisons, 0.8) * sd <= effect * (1 + 1e-6) or n == 2
    assert n == 2 or power.mde_dz(n - 1, 0.05 / comparisons, 0.8) * sd > effect * (1 - 1e-6)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"alpha": 0}, "alpha 0 is not between 0 and 1"),
        ({"alpha": 1}, "alpha 1 is not between 0 and 1"),
        ({"power": 1.0}, "power 1 is not between 0.05 and 1"),
        ({"power": 0.01}, "power 0.01 is not between 0.05 and 1"),
    ],
)
def test_impossible_levels_and_powers_are_refused(wrong, message):
    with pytest.raises(BadParameters, match=message):
        power.mde_dz(**({"n": 30, "alpha": 0.05, "power": 0.8} | wrong))
    with pytest.raises(UnknownName, match="unknown test"):
        power.mde_dz(30, 0.05, 0.8, test="welch")


# --- many samples at once --------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 7, 20, 30, 60])
def test_row_tests_are_the_tests_of_the_reports(n):
    rng = np.random.default_rng(n)
    d = np.vstack([
        rng.integers(-4, 6, (20, n)) / 2,  # ties and zeros
        np.round(rng.normal(0.3, 1, (20, n)), 3),  # hardly any
        np.zeros((1, n)),
        np.ones((1, n)),
    ])  # fmt: skip

    assert [signed_rank(row).p_value for row in d] == pytest.approx(row_tests.signed_rank_p(d), abs=1e-12)
    # no spread: the sign test
    means = [sign_test(row).p_value if np.ptp(row) == 0 else paired_t(row).p_value for row in d]
    assert means == pytest.approx(row_tests.paired_t_p(d), abs=1e-12)


def test_a_level_changes_no_decision():
    rng = np.random.default_rng(5)
    for n, shift in ((21, 1.0), (30, 0.8), (45, 0.6)):
        d = np.round(2 * rng.normal(shift, 1.2, (300, n))) / 2
        level = 0.05 / 28
        exact = row_tests.signed_rank_p(d) <= level
        assert np.array_equal(exact, row_tests.signed_rank_p(d, level=level) <= level)
        assert 0.1 < exact.mean() < 0.95


def test_beyond_sixty_differences_the_approximation_is_within_6_percent():
    d = np.random.default_rng(3).choice([-2, -1.5, -1, -0.5, 0, 0, 0.5, 0.5, 1, 1, 1.5, 2], (40, 61))
    exact = np.array([signed_rank(row).p_value for row in d])

    assert row_tests.signed_rank_p(d) == pytest.approx(exact, rel=0.06, abs=1e-6)


def test_firm_means_both_tests_and_one_side():
    clear, none = np.linspace(0.5, 1.5, 12), np.tile([-1.0, 1.0], 6)
    # eleven small rises and one great fall: ranks pass, the mean does not
    split = np.append(np.full(11, 0.5), -9.0)

    assert [1, -1, 0, 0] == row_tests.firm(np.array([clear, -clear, none, split]), 0.05).tolist()


# --- plans -----------------------------------------------------------------------------------


def normal_scores(brands=400, sd=1.0, criteria=2, seed=1):
    """Far from any end of the scale, so that the formula should hold."""
    points = np.random.default_rng(seed).normal(0, sd, (brands, criteria))
    return pd.DataFrame(points, columns=[f"c{j + 1}" for j in range(criteria)])


def planned(scores, **more):
    asked = {"effect": 1.0, "power": 0.8, "alpha": 0.05, "floor": -50, "top": 50, "step": None, "runs": 1000}
    return planning.plan(scores, **(asked | {"rng": np.random.default_rng(7)} | more))


def test_far_from_the_ends_of_the_scale_simulation_and_formula_agree():
    answer = planned(normal_scores()).hardest

    # sd of a difference about sqrt 2: 1 / 1.41 = .7 standard deviations
    assert 17 <= answer.closed_form <= 20
    assert abs(answer.n - answer.closed_form) <= 2
    assert answer.power_low <= 0.8 + 0.02 and 0.8 <= answer.power <= answer.power_high
    assert 0 == answer.zeros == answer.at_ends


def test_no_effect_is_rarely_found():
    # the shift that makes 0.001 points out of nothing: both tests pass in fewer than 1 of 20 studies
    pair = planning._moved_pairs(normal_scores(), 0.001, -50, 50, None)[0]
    d = planning._draw(pair, np.random.default_rng(3).random((2, 1000, 25)), 0.001, 1.0, 1, 100.0, None)

    assert (row_tests.firm(d, 0.05) != 0).mean() < 0.07


def test_the_moved_scores_differ_by_the_effect_exactly():
    rng = np.random.default_rng(2)
    scores = pd.DataFrame(rng.choice(HALF_POINTS, (30, 3), p=[0.4, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05]))
    # 6 minus the scores: crowded at the top, where moving down moves least
    for effect, points in product((0.13, 0.5, 1.7), (scores, 6 - scores)):
        for pair in planning._moved_pairs(points, effect, 1, 5, 0.5):
            mean = ((1 - pair.share_high) * pair.low + pair.share_high * pair.high).mean()
            assert effect == pytest.approx(mean, abs=1e-9)
            # differences of half points
            assert np.allclose(np.rint(2 * pair.low), 2 * pair.low) and np.allclose(
                np.rint(2 * pair.high), 2 * pair.high
            )


@pytest.mark.slow
def test_more_comparisons_smaller_effects_and_more_power_need_more_brands():
    scores = normal_scores(60)
    base = planned(scores).hardest.n

    assert base < planned(scores, comparisons=28).hardest.n
    assert base < planned(scores, effect=0.8).hardest.n
    assert base < planned(scores, power=0.95).hardest.n


def test_brands_are_counted_from_those_scored_on_both_criteria():
    scores = normal_scores(12)
    scores.iloc[:4, 0] = np.nan

    assert 8 == planned(scores).brands_at_hand


@pytest.mark.slow
def test_raters_shrink_the_error_and_not_the_truth():
    # sd of scores about 1, ICC .5: error variance 2 * .5 of a difference's variance 2
    scores = normal_scores(400)
    one, two, many = planned(scores, raters=(1, 2, 1000), icc=0.5).typical

    assert one.sd**2 * 0.75 == pytest.approx(two.sd**2, rel=0.05)
    assert one.sd**2 * 0.50 == pytest.approx(many.sd**2, rel=0.05)
    assert one.n > two.n > many.n
    # a perfect agreement: raters change nothing
    first, second = planned(scores, raters=(1, 3), icc=1.0).typical
    assert (first.n, first.sd) == (second.n, second.sd)


def test_scores_that_are_means_of_raters_know_their_error():
    # truth 1, error of one rater 1: ICC .5; the mean of four varies by 1.25
    rng = np.random.default_rng(6)
    ratings = rng.normal(0, 1, (500, 2, 1)) + rng.normal(0, 1, (500, 2, 4))
    now, agreement = planning.raters_in(ratings)
    assert 4 == now and 0.5 == pytest.approx(agreement, abs=0.05)
    assert (1, None) == planning.raters_in(None)

    scores = pd.DataFrame(ratings.mean(axis=2), columns=["a", "b"])
    one, four = planned(scores, raters=(1, 4), raters_now=4, icc=agreement).typical
    # a difference: 2 * (1 + 1) and 2 * (1 + 1/4)
    assert (2.0, 1.58) == (pytest.approx(one.sd, abs=0.1), pytest.approx(four.sd, abs=0.1))
    assert one.n > four.n
    # without an agreement only the raters at hand can be planned with
    assert 1 == len(planned(scores, raters=(4,), raters_now=4).typical)
    with pytest.raises(BadParameters, match="not in the data"):
        planned(scores, raters=(1,), raters_now=4)


def test_an_agreement_that_leaves_no_room_for_truth_is_said():
    x = np.random.default_rng(1).normal(0, 1, 40)
    scores = pd.DataFrame({"a": x, "b": x + np.random.default_rng(2).normal(0, 0.3, 40)})
    found = planned(scores, raters=(1, 2), icc=0.3)

    assert any("all their spread is taken to be error" in note for note in found.notes)
    assert found.typical[0].sd / math.sqrt(2) == pytest.approx(found.typical[1].sd)


def test_without_an_agreement_the_plan_says_what_it_cannot_know():
    assert any("cannot be known" in note for note in planned(normal_scores(30)).notes)


def test_more_brands_than_are_simulated_leave_the_formula_alone():
    answer = planned(normal_scores(30), effect=0.02).hardest

    assert answer.n is None and answer.power is None
    assert answer.closed_form > 600
    assert "more than 600" in answer.reason
    assert "" == planning.why_they_differ(answer)


def test_a_pair_without_room_or_spread_is_left_out_and_counted():
    scores = normal_scores(30, criteria=3).clip(-5, 5)
    scores["c3"] = scores["c1"] + 1  # no spread of the difference
    found = planned(scores, effect=1.0)

    assert 2 == found.pairs
    assert any("1 pair of criteria is left out" in note for note in found.notes)


DEGENERATE = {
    "one criterion": (normal_scores(30, criteria=1), BadData, "needs two criteria"),
    "four brands": (normal_scores(4), BadData, "5 brands scored on both"),
    "all missing": (normal_scores(30) * np.nan, BadData, "5 brands scored on both"),
    "no spread": (pd.DataFrame({"a": [1.0] * 9, "b": [2.0] * 9}), BadData, "no brand differs"),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_data_that_cannot_be_planned_with_are_refused_in_words(name):
    scores, error, message = DEGENERATE[name]
    with pytest.raises(error, match=message):
        planned(scores)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"effect": 0}, "effect 0 is not above 0"),
        ({"effect": -1}, "effect -1 is not above 0"),
        ({"effect": math.nan}, "effect nan is not above 0"),
        ({"effect": 101}, "does not fit the scale -50-50.*An effect below 50"),
        ({"power": 1}, "power 1 is not between"),
        ({"alpha": 2}, "alpha 2 is not between"),
        ({"comparisons": 0}, "comparisons 0 is not 1 or more"),
        ({"raters": (1, 2)}, "not in the data"),
        ({"raters": (0,), "icc": 0.5}, "whole numbers from 1"),
        ({"raters": (), "icc": 0.5}, "whole numbers from 1"),
        ({"icc": 0}, "icc 0 is not above 0"),
        ({"icc": 1.2}, "icc 1.2 is not above 0"),
    ],
)
def test_wrong_wishes_are_answered_with_what_would_work(wrong, message):
    with pytest.raises(BadParameters, match=message):
        planned(normal_scores(30), **wrong)


def test_a_plan_in_words_names_pairs_numbers_and_reasons():
    found = planned(normal_scores(40), raters=(1, 2), icc=0.6)
    text = planning.in_words(found, names={"c1": "Dialog"}, one="shop", many="shops")

    assert "a true difference of 1 points" in text
    assert f"{found.hardest.n} shops  the one pair: Dialog - c2" in text
    assert f"{found.typical[1].n} shops  2 raters" in text
    assert "brands" not in text
    assert "The simulation needs" in text


def test_the_same_numbers_give_the_same_plan():
    assert planned(normal_scores(30)) == planned(normal_scores(30))
