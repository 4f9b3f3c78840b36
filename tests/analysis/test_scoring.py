"""Overall scores, ranks, stages and a single brand's verdict."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kernels_lib.analysis.scoring import overall, rank_intervals, reweighted, stage, verdict_of_score
from kernels_lib.errors import BadParameters, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

STAGES = [
    (1, "Assumed first", "assumed"),
    (2, "Immature", "published"),
    (3, "Adolescence", "published"),
    (4, "Assumed fourth", "assumed"),
    (5, "Exceptional", "published"),
]
half_points = st.integers(2, 10).map(lambda k: k / 2)


def score_tables(brands=6, criteria=4):
    return arrays(float, (brands, criteria), elements=half_points)


def frame(points):
    points = np.asarray(points, dtype=float)
    return pd.DataFrame(
        points,
        index=[f"Brand {i + 1:02d}" for i in range(points.shape[0])],
        columns=[f"c{j + 1}" for j in range(points.shape[1])],
    )


@pytest.fixture
def three_brands():
    return pd.DataFrame(
        {"branding": [4.0, 5.0, np.nan], "dialog": [2.0, np.nan, 3.0]}, index=["Brand 01", "Brand 02", "Brand 03"]
    )


def test_the_overall_score_is_the_weighted_mean(three_brands):
    table = overall(three_brands, {"branding": 3, "dialog": 1})

    # (3 * 4 + 1 * 2) / 4
    assert 3.5 == table.loc["Brand 01", "overall"]


def test_a_gap_is_unknown_and_not_a_zero(three_brands):
    table = overall(three_brands, {"branding": 3, "dialog": 1})

    # 3 * 5 / 3, scored on 3 of 4 parts of the weight
    assert 5.0 == table.loc["Brand 02", "overall"]
    assert 0.75 == table.loc["Brand 02", "coverage"]


def test_too_little_coverage_gives_no_score_and_the_last_place(three_brands):
    table = overall(three_brands, {"branding": 3, "dialog": 1})

    assert ["Brand 02", "Brand 01", "Brand 03"] == list(table.index)
    assert np.isnan(table.loc["Brand 03", "overall"]) and np.isnan(table.loc["Brand 03", "rank"])
    assert 0.25 == table.loc["Brand 03", "coverage"]


def test_coverage_on_the_limit_counts_in_spite_of_floats():
    scores = frame([[1.0] * 7 + [np.nan] * 3])
    weights = {f"c{j + 1}": 0.1 for j in range(10)}

    # 7 * 0.1 / (10 * 0.1) is 0.7000000000000001 or 0.6999999999999999
    assert overall(scores, weights, min_coverage=0.7)["overall"].notna().all()


def test_ties_share_the_better_rank():
    table = overall(frame([[5], [3], [3], [1]]), {"c1": 1})

    assert [1, 2, 2, 4] == list(table["rank"])


def test_scores_that_differ_in_the_sixteenth_digit_tie():
    scores = frame([[0.1 + 0.2, 3.0], [0.3, 3.0]])

    assert [1, 1] == list(overall(scores, {"c1": 1, "c2": 1})["rank"])


def test_a_criterion_without_weight_is_an_error_that_suggests_the_nearest():
    with pytest.raises(UnknownName) as caught:
        overall(frame([[3.0]]), {"c11": 1})
    assert "c11" == caught.value.suggestion


@pytest.mark.parametrize("weights", [{"c1": 0, "c2": 0}, {"c1": -1, "c2": 2}, {"c1": float("nan"), "c2": 1}])
def test_weights_that_cannot_be_used_are_refused(weights):
    with pytest.raises(BadParameters):
        overall(frame([[3.0, 4.0]]), weights)


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (3, 0)])
def test_empty_and_single_tables_have_the_same_columns(shape):
    table = overall(frame(np.full(shape, np.nan)), {f"c{j}": 1 for j in range(1, 4)})

    assert ["overall", "coverage", "rank"] == list(table.columns)
    assert shape[0] == len(table) and table["rank"].isna().all()


@settings(max_examples=30, deadline=None)
@given(score_tables(), st.permutations(range(6)))
def test_relabelling_brands_permutes_the_ranks(points, order):
    weights = {f"c{j + 1}": j + 1 for j in range(4)}
    scores = frame(points)

    pd.testing.assert_frame_equal(
        overall(scores, weights).sort_index(), overall(scores.iloc[list(order)], weights).sort_index()
    )


@settings(max_examples=30, deadline=None)
@given(score_tables(), st.integers(-4, 4))
def test_adding_a_constant_keeps_the_ranks(points, shift):
    weights = {f"c{j + 1}": j + 1 for j in range(4)}

    before, after = overall(frame(points), weights), overall(frame(points + shift), weights)
    pd.testing.assert_series_equal(before["rank"], after["rank"])


@settings(max_examples=30, deadline=None)
@given(score_tables(), st.integers(1, 1000))
def test_only_ratios_of_weights_matter(points, unit):
    weights = {f"c{j + 1}": j + 1 for j in range(4)}
    larger = {criterion: weight * unit / 7 for criterion, weight in weights.items()}

    pd.testing.assert_frame_equal(overall(frame(points), weights), overall(frame(points), larger))


@settings(max_examples=30, deadline=None)
@given(score_tables(brands=2))
def test_a_brand_better_on_every_criterion_ranks_above(points):
    points[1] = points[0] - 0.5

    table = overall(frame(points), {f"c{j + 1}": 1 for j in range(4)})
    assert ["Brand 01", "Brand 02"] == list(table.index) and [1, 2] == list(table["rank"])


def test_a_stage_is_truncated_and_not_rounded():
    # 2.87 and 3.10 differ in stage although both round to 3
    assert ("Immature", "published") == stage(2.87, STAGES)
    assert ("Adolescence", "published") == stage(3.10, STAGES)


def test_a_float_sum_just_below_a_cut_has_reached_it():
    assert "Adolescence" == stage(2.9999999999, STAGES).name
    assert "Immature" == stage(2.9999, STAGES).name


def test_the_order_of_the_stages_makes_no_difference():
    assert stage(3.9, STAGES) == stage(3.9, reversed(STAGES))


@pytest.mark.parametrize("value", [float("nan"), None, 0.5])
def test_no_score_and_a_score_below_the_first_stage_have_no_stage(value):
    assert ("", "") == stage(value, STAGES)


def test_reweighting_cannot_move_a_brand_that_is_best_on_everything():
    table = reweighted(frame([[5, 5, 5], [4, 1, 2], [1, 4, 2]]), draws=500, rng=np.random.default_rng(1))

    assert (1, 1) == tuple(table.loc["Brand 01", ["rank_low", "rank_high"]])
    assert (5, 5) == tuple(table.loc["Brand 01", ["low", "high"]].round(9))


def test_brands_that_trade_places_have_the_full_range_of_ranks():
    table = reweighted(frame([[4, 1], [1, 4]]), draws=2000, rng=np.random.default_rng(1))

    # With two criteria the weight is uniform: 1 + 3 w runs from 1.075 to 3.925 between 2.5 % and 97.5 %
    assert [1, 1] == list(table["rank_low"]) and [2, 2] == list(table["rank_high"])
    assert table["low"].to_numpy() == pytest.approx([1.075, 1.075], abs=0.06)
    assert table["high"].to_numpy() == pytest.approx([3.925, 3.925], abs=0.06)


def test_reweighting_repeats_with_the_seed_and_copes_with_gaps():
    scores = frame([[4, 1, 3, 2], [np.nan, 4, 2, 2], [np.nan] * 4, [5, np.nan, np.nan, 5]])
    first, second = (reweighted(scores, draws=200, rng=np.random.default_rng(7)) for _ in range(2))

    pd.testing.assert_frame_equal(first, second)
    assert first.loc[["Brand 03", "Brand 04"]].isna().all(axis=None)
    assert first.loc[["Brand 01", "Brand 02"]].notna().all(axis=None)


def test_equal_brands_share_the_better_rank_in_every_draw():
    table = reweighted(frame([[3, 4], [3, 4], [1, 1]]), draws=100, rng=np.random.default_rng(1))

    assert [1, 1, 3] == list(table["rank_high"])


def intervals(points, weights=None, **more):
    scores = points if isinstance(points, pd.DataFrame) else frame(points)
    weights = weights or dict.fromkeys(scores.columns, 1)
    return rank_intervals(scores, weights, **({"draws": 500, "rng": np.random.default_rng(1)} | more))


def test_the_rank_of_a_brand_that_is_best_on_everything_is_sure():
    table = intervals([[5, 5, 5], [4, 1, 2], [1, 4, 2]])

    assert (1, 1, 1) == tuple(table.loc["Brand 01"])
    # with equal weights, 7 points each
    assert [2, 2, 3] == list(table.loc["Brand 02"]) == list(table.loc["Brand 03"])


def test_rank_limits_agree_with_counting_all_draws_of_two_criteria():
    # drawn: first twice 1/4, one each 1/2, second twice 1/4; means of C 2.6, 2.55 and 2.5
    scores = frame([[4, 1], [1, 4], [2.6, 2.5]])
    table = intervals(scores, draws=4000)

    # C is second when one criterion is drawn twice, first when both are (2.55 against 2.5 and 2.5)
    assert [1, 1, 1] == list(table["rank_low"])
    assert [3, 3, 2] == list(table["rank_high"])
    # at 40 % only the middle of the draws counts: 30 % to 70 %
    middle = intervals(scores, draws=4000, level=0.4)
    assert [2, 2, 1] == list(middle["rank_low"]) and [2, 2, 2] == list(middle["rank_high"])


def test_a_criterion_without_weight_is_never_drawn():
    table = intervals([[5, 1], [4, 5]], weights={"c1": 1, "c2": 0})

    assert [1, 2] == list(table["rank_low"]) == list(table["rank_high"])


def test_a_drawn_criterion_keeps_its_weight():
    table = intervals([[4, 1], [2, 5]], weights={"c1": 3, "c2": 1}, level=0.4)

    # half of the draws have each once, (3 * 4 + 1) / 4 against (3 * 2 + 5) / 4; the rest lies outside 30 % to 70 %
    assert [1, 2] == list(table["rank_low"]) == list(table["rank_high"])


def test_equal_brands_share_the_better_rank_of_every_draw_and_gaps_stay_gaps():
    scores = frame([[3, 4, 2, 3], [3, 4, 2, 3], [1, 1, 1, 1], [np.nan, np.nan, 5, 5], [np.nan, 5, 5, 5]])
    table = intervals(scores)

    assert [2, 2, 4] == list(table.loc[["Brand 01", "Brand 02", "Brand 03"], "rank_high"])
    assert table.loc["Brand 04"].isna().all()
    assert [1, 1, 1] == list(table.loc["Brand 05"])


def test_a_brand_that_no_drawn_criterion_covers_has_no_rank_in_that_draw():
    table = intervals([[5, np.nan], [4, 3]], min_coverage=0.5, draws=400)

    # first on c1; where c2 alone is drawn, the other brand is ranked alone
    assert [1, 1, 1] == list(table.loc["Brand 01"])
    assert [1, 2] == list(table.loc["Brand 02", ["rank_low", "rank_high"]])
    # a single draw that leaves it out altogether: no limits, no warning
    lonely = [
        intervals([[5, np.nan], [4, 3]], min_coverage=0.5, draws=1, rng=np.random.default_rng(s)) for s in range(12)
    ]
    assert any(table.loc["Brand 01", ["rank_low", "rank_high"]].isna().all() for table in lonely)


def test_raters_who_agree_change_nothing_and_raters_who_do_not_widen_the_interval():
    points = np.array([[4.0, 4.0], [3.5, 3.5], [1.0, 1.0]])
    alike = np.repeat(points[:, :, None], 3, axis=2)
    # one rater in three sees the first two brands the other way round
    split = alike.copy()
    split[:2, :, 2] = [[1.5, 1.5], [5.0, 5.0]]

    pd.testing.assert_frame_equal(intervals(points), intervals(points, ratings=alike))
    table = intervals(points, ratings=split)
    assert [1, 1, 3] == list(table["rank_low"]) and [2, 2, 3] == list(table["rank_high"])


def test_a_cell_that_no_drawn_rater_scored_keeps_its_score():
    ratings = np.array([[[4.0, np.nan]], [[np.nan, 3.0]]])

    assert [1, 2] == list(intervals([[4.0], [3.0]], ratings=ratings)["rank_high"])


def test_ratings_that_do_not_fit_are_refused_and_no_brand_at_all_is_none():
    with pytest.raises(BadParameters, match="do not fit"):
        intervals([[4.0], [3.0]], ratings=np.zeros((2, 2, 3)))
    with pytest.raises(UnknownName, match="criterion without a weight"):
        intervals([[4.0]], weights={"c9": 1})
    assert intervals(frame([[np.nan, np.nan]])).isna().all(axis=None)


@settings(max_examples=30, deadline=None)
@given(score_tables())
def test_a_rank_interval_is_a_range_of_ranks(points):
    table = intervals(points, draws=200)

    assert (table["rank_low"] <= table["rank_high"]).all()
    assert table["rank_low"].min() == 1 and table["rank_high"].max() <= len(points)


@pytest.mark.parametrize(
    ("score", "sem", "expected"),
    [
        (4.0, None, "strength"),  # just on it
        (3.9999999999, None, "strength"),
        (3.5, None, "missed opportunity"),
        (3.5, 0.2, "missed opportunity"),  # 3.5 + 0.392 < 4
        (3.5, 0.3, "too close to call"),  # 3.5 + 0.588 > 4
        (4.0, 0.3, "too close to call"),
        (5.0, 0.3, "strength"),
        (4.0, 0.0, "strength"),
        (4.0, float("nan"), "strength"),
        (float("nan"), None, "not scored"),
        (None, 0.3, "not scored"),
    ],
)
def test_a_single_score_against_the_target(score, sem, expected):
    assert expected == verdict_of_score(score, 4.0, sem)
