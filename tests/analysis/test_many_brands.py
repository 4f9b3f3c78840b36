"""Thousands of brands: ranks as pandas gives them, and random draws with the same distribution, only sooner."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from kernels_lib.analysis import effects, scoring
from kernels_lib.analysis.effects import MANY, bootstrap_means, times_drawn
from kernels_lib.analysis.significance import friedman_permutation, kendall_w_interval, kruskal, kruskal_permutation
from kernels_lib.analysis.significance.blocks import shuffled_column_sums
from kernels_lib.analysis.significance.groups import _dealt_sums

pytestmark = pytest.mark.filterwarnings("error")
LIMITS = [0.025, 0.975]

# Values that tie, that differ in the tenth digit only, and missing ones.
values = st.one_of(
    st.sampled_from([1.0, 2.5, 2.5 + 1e-10, 0.1 + 0.2, 0.3, -0.0, 0.0, np.nan]), st.floats(-5, 5, allow_nan=False)
)
tables = arrays(float, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12), elements=values)


def ranks_by_pandas(table):
    return pd.DataFrame(-np.round(table, 9)).rank(axis=1, method="min").to_numpy()


@given(tables)
def test_ranks_of_rows_are_those_of_pandas(table):
    np.testing.assert_array_equal(ranks_by_pandas(table), scoring.ranks_by_row(table))


def test_ranks_of_rows_are_those_of_pandas_in_several_blocks():
    # 300 rows of 3,000 are ranked 83 at a time
    table = np.random.default_rng(1).integers(0, 2000, (300, 3000)) / 7

    np.testing.assert_array_equal(ranks_by_pandas(table), scoring.ranks_by_row(table))


@given(tables, st.sampled_from(["linear", "inverted_cdf"]))
def test_quantiles_of_columns_are_those_of_numpy_to_the_last_bit(table, method):
    table = table[:, ~np.isnan(table).all(axis=0)]
    assume(table.size)

    np.testing.assert_array_equal(
        np.nanquantile(table, LIMITS, axis=0, method=method), scoring._quantiles(table, LIMITS, method)
    )


half_points = st.one_of(st.integers(2, 10).map(lambda k: k / 2), st.just(np.nan))


@settings(max_examples=40, deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 40), st.integers(1, 6)), elements=half_points), st.integers(0, 99))
def test_ranges_under_other_weights_are_those_of_the_plain_way(points, seed):
    scores = pd.DataFrame(points)

    pd.testing.assert_frame_equal(
        reweighted_plainly(scores, 200, np.random.default_rng(seed)),
        scoring.reweighted(scores, draws=200, rng=np.random.default_rng(seed)),
        check_exact=True,
    )


def reweighted_plainly(scores, draws, rng):
    points = scores.to_numpy()
    scored = ~np.isnan(points)
    share = scored.mean(axis=1)
    counted = (np.round(share, 9) >= 0.75) & (share > 0)
    table = pd.DataFrame(np.nan, index=scores.index, columns=["low", "high", "rank_low", "rank_high"])
    if not counted.any():
        return table
    weights = rng.dirichlet(np.ones(points.shape[1]), size=draws)
    points, scored = points[counted], scored[counted]
    drawn = (weights @ np.where(scored, points, 0.0).T) / (weights @ scored.T)
    ranks = ranks_by_pandas(drawn)
    table.loc[counted, :] = np.column_stack(
        [*np.quantile(drawn, LIMITS, axis=0), *np.quantile(ranks, LIMITS, axis=0, method="inverted_cdf")]
    )
    return table


@settings(max_examples=40, deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 40), st.integers(1, 6)), elements=half_points), st.integers(0, 99))
@pytest.mark.slow
def test_intervals_of_ranks_are_those_of_the_plain_way(points, seed):
    scores = pd.DataFrame(points, columns=[f"c{i}" for i in range(points.shape[1])])
    weights = dict.fromkeys(scores.columns, 1.0)

    found = scoring.rank_intervals(scores, weights, draws=200, rng=np.random.default_rng(seed))
    expected = intervals_plainly(scores, weights, 200, np.random.default_rng(seed))
    np.testing.assert_array_equal(expected, found[["rank_low", "rank_high"]].to_numpy())


def intervals_plainly(scores, weights, draws, rng):
    counted = scoring.overall(scores, weights)["rank"].reindex(scores.index).notna().to_numpy()
    table = np.full((len(scores), 2), np.nan)
    if not counted.any():
        return table
    points, k = scores.to_numpy()[counted], scores.shape[1]
    drawn = rng.multinomial(k, np.full(k, 1 / k), size=draws) * np.ones(k)
    scored = ~np.isnan(points)
    total, covered = drawn @ np.where(scored, points, 0.0).T, drawn @ scored.T
    means = np.divide(total, covered, out=np.full(total.shape, np.nan), where=covered > 0)
    ranks = ranks_by_pandas(means)
    ever = ~np.isnan(ranks).all(axis=0)
    shares = [(1 - 0.95) / 2, (1 + 0.95) / 2]
    limits = np.nanquantile(ranks[:, ever], shares, axis=0, method="inverted_cdf")
    table[np.flatnonzero(counted)[ever]] = limits.T
    return table


# ---- random draws -------------------------------------------------------------------------------


@given(st.lists(st.integers(-8, 8), min_size=2, max_size=MANY), st.integers(0, 9))
def test_up_to_200_brands_the_draws_of_a_bootstrap_are_those_they_always_were(differences, seed):
    distinct, counts = np.unique(np.array(differences) / 2, return_counts=True)
    n = len(differences)
    expected = np.random.default_rng(seed).multinomial(n, counts / n, size=20) @ distinct / n

    np.testing.assert_array_equal(expected, effects._drawn_means(distinct, counts, 20, np.random.default_rng(seed)))
    np.testing.assert_array_equal(
        np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=20),
        times_drawn(n, 20, np.random.default_rng(seed)),
    )


def test_means_of_many_different_values_scatter_as_a_bootstrap_does():
    values = np.sort(np.random.default_rng(1).normal(0, 1, 500))
    ones = np.ones(values.size, dtype=int)
    drawn = effects._drawn_means(values, ones, 20_000, np.random.default_rng(2))
    plainly = np.random.default_rng(3).multinomial(500, ones / 500, size=20_000) @ values / 500

    # Mean and standard error of a bootstrap mean: the sample's mean, its spread over the root of n
    assert values.mean() == pytest.approx(drawn.mean(), abs=4 * values.std() / 500**0.5 / 20_000**0.5)
    assert values.std() / 500**0.5 == pytest.approx(drawn.std(), rel=0.02)
    assert stats.ks_2samp(plainly, drawn).pvalue > 0.001


def test_an_interval_of_many_differences_does_not_hang_on_how_they_are_drawn():
    differences = np.random.default_rng(4).normal(0.2, 1, 3000)
    found = bootstrap_means(differences, draws=9999, rng=np.random.default_rng(5))

    # Normal: .2 and so much of chance as 3,000 have, -+ 1.96 / sqrt(3000) = .0358
    middle, half = differences.mean(), 1.96 * differences.std() / 3000**0.5
    assert (middle - half, middle + half) == pytest.approx((found.low, found.high), abs=0.0015)
    assert "BCa bootstrap" == found.method


def test_how_often_brands_are_drawn_is_binomial():
    drawn = times_drawn(400, 2000, np.random.default_rng(1))

    assert (2000, 400) == drawn.shape
    assert {400} == set(drawn.sum(axis=1))
    # One brand in 400 draws of 1/400: never with (399/400)^400 = .3674, once with 400/399 of that
    assert (0.3674, 0.3683) == pytest.approx(((drawn == 0).mean(), (drawn == 1).mean()), abs=0.002)


@settings(max_examples=25, deadline=None)
@given(arrays(np.int64, st.tuples(st.integers(MANY + 1, 240), st.integers(2, 5)), elements=st.integers(-9, 9)))
def test_shuffled_rows_keep_their_sums(table):
    sums = np.concatenate(list(shuffled_column_sums(table, 30, np.random.default_rng(1))))

    assert (30, table.shape[1]) == sums.shape
    assert {table.sum()} == set(sums.sum(axis=1))


def test_sums_of_shuffled_rows_scatter_as_those_of_a_random_order_do():
    table = np.random.default_rng(1).integers(-7, 8, (300, 4))
    sums = np.concatenate(list(shuffled_column_sums(table, 20_000, np.random.default_rng(2))))

    # Each place of a row holds each of its numbers equally often, independently of the other rows
    expected, variance = table.mean(axis=1).sum(), table.var(axis=1).sum()
    assert [expected] * 4 == pytest.approx(sums.mean(axis=0).tolist(), abs=4 * (variance / 20_000) ** 0.5)
    assert [variance] * 4 == pytest.approx(sums.var(axis=0).tolist(), rel=0.05)
    # Two places of one row share its sum: a covariance of -variance / (4 - 1)
    assert -variance / 3 == pytest.approx(np.cov(sums[:, 0], sums[:, 3])[0, 1], rel=0.1)


def test_the_permutation_of_many_blocks_agrees_with_the_approximation():
    points = np.random.default_rng(8).integers(2, 11, (400, 4)) / 2 + np.array([0, 0, 0, 0.35])
    found = friedman_permutation(points, 4000, np.random.default_rng(1))
    expected = stats.friedmanchisquare(*points.T).pvalue

    assert 0.001 < expected < 0.5
    assert expected == pytest.approx(found.p_value, abs=4 * (expected / 4000) ** 0.5 + 0.003)


def test_the_interval_of_w_of_many_brands_holds_it():
    points = np.random.default_rng(2).normal(0, 1, (300, 4)) + np.array([0, 0.3, 0.6, 0.9])
    found = kendall_w_interval(points, 0.95, 2000, rng=np.random.default_rng(1))
    w = stats.friedmanchisquare(*points.T).statistic / (300 * 3)

    assert found.low < w < found.high
    assert found.high - found.low < 0.1


def test_values_dealt_to_groups_are_those_that_were_there():
    distinct, times, sizes = np.array([-3, 0, 5]), np.array([100, 150, 50]), np.array([120, 80, 100])
    sums = _dealt_sums(distinct, times, sizes, 20_000, np.random.default_rng(1))
    values = np.repeat(distinct, times)

    assert {values.sum()} == set(sums.sum(axis=1))
    # A sum of m out of N without replacement: m times the mean; variance m (N - m) / (N - 1) times that of all
    expected = sizes * values.mean()
    variance = sizes * (300 - sizes) / 299 * values.var()
    assert expected.tolist() == pytest.approx(sums.mean(axis=0).tolist(), abs=4 * (variance.max() / 20_000) ** 0.5)
    assert variance.tolist() == pytest.approx(sums.var(axis=0).tolist(), rel=0.05)


def test_many_scores_permuted_over_groups_agree_with_the_approximation():
    rng = np.random.default_rng(3)
    groups = np.repeat(list("abcdef"), 60)
    values = rng.integers(2, 11, 360) / 2 + 0.5 * (groups == "f")
    found, approximate = kruskal_permutation(values, groups, 9999, np.random.default_rng(1)), kruskal(values, groups)

    assert 0.005 < approximate.p_value < 0.5
    assert approximate.p_value == pytest.approx(found.p_value, abs=0.02)
    assert "permutation" == found.exactness
