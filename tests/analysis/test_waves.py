"""Change between two waves: same brands, other brands, some of each."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis.effects import hodges_lehmann, mean_interval
from kernels_lib.analysis.significance import paired_t, signed_rank
from kernels_lib.analysis.significance.groups import brunner_munzel, mann_whitney, welch_t
from kernels_lib.analysis.waves import overlap_ranks, overlap_t, wave_change
from kernels_lib.errors import BadData

pytestmark = pytest.mark.filterwarnings("error")

NAN = np.nan
# Derrick, Toher and White (2017), The Quantitative Methods in Psychology 13(2), 120-126: the example
# that the R package Partiallyoverlapping ships with.
A = np.array([20, 21, 16, 18, 14, 12, 14, 17, *[NAN] * 8, 14, 15, 18, 20, 11, 19, 14, 15])
B = np.array([*[NAN] * 8, 10, 16, 18, 16, 15, 14, 13, 10, 15, 10, 15, 17, 13, 19, 12, 13])


def changed(before, after, **more):
    settings_ = {"alpha": 0.05, "floor": 1, "top": 5, "draws": 400, "rng": np.random.default_rng(1)}
    return wave_change(before, after, **(settings_ | more))


def wave(points, brands=None, criterion="dialog"):
    points = np.asarray(points, dtype=float)
    index = [f"Brand {i:02d}" for i in (range(len(points)) if brands is None else brands)]
    return pd.DataFrame({criterion: points}, index=index)


def two_waves(n=24, shift=0.5, seed=3):
    rng = np.random.default_rng(seed)
    before = rng.integers(2, 9, n) / 2
    return before, np.clip(before + rng.choice([-0.5, 0, 0.5, 1], n) + shift - 0.5, 1, 5)


# --- the mean track --------------------------------------------------------------------------


def test_the_partly_overlapping_t_agrees_with_its_authors():
    result = overlap_t(B, A)

    # R 4.2.2, the formulas of Partiallyoverlapping::Partover.test(var.equal = FALSE) on this example:
    # t = 2.419098, df = 18.42233, p = 0.02610444; the paper prints 0.026
    assert 2.419098 == pytest.approx(result.statistic, abs=5e-7)
    assert 18.42233 == pytest.approx(result.df, abs=5e-6)
    assert 0.02610444 == pytest.approx(result.p_value, abs=5e-9)


def test_with_all_brands_twice_it_is_the_paired_t_and_with_none_welchs():
    x, y = two_waves()
    paired, ours = paired_t(y - x), overlap_t(x, y)
    assert (paired.statistic, paired.df, paired.p_value) == pytest.approx((ours.statistic, ours.df, ours.p_value))

    apart = overlap_t(np.append(x, np.full(24, NAN)), np.append(np.full(24, NAN), y))
    welch = welch_t(y, x)
    assert (welch.statistic, welch.df, welch.p_value) == pytest.approx((apart.statistic, apart.df, apart.p_value))


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ([1, NAN, NAN], [2, 3, 4], "fewer than two scores in a wave"),
        ([2, 2, NAN], [NAN, 3, 3], "no spread"),
        ([1, 2, 3], [2, 3, 4], "no spread"),  # everybody rose by one
        ([], [], "fewer than two scores in a wave"),
    ],
)
def test_means_that_cannot_be_tested_say_why(before, after, reason):
    result = overlap_t(before, after)
    assert result.p_value is None
    assert reason == result.reason


def test_one_brand_twice_or_no_spread_among_them_counts_as_no_correlation():
    assert overlap_t([1, 2, 4, NAN, NAN], [2, NAN, NAN, 3, 5]).p_value is not None
    assert overlap_t([2, 2, 4, NAN, NAN], [2, 3, NAN, 3, 5]).p_value is not None


# --- the rank track --------------------------------------------------------------------------


def enumerated(before, after):
    """Two-sided p-value by trying every sign and every choice of brands scored once."""
    x, y = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    both = ~np.isnan(x) & ~np.isnan(y)
    d = y[both] - x[both]
    only_x, only_y = x[np.isnan(y)], y[np.isnan(x)]
    size = pd.Series(np.abs(d)).rank().to_numpy()[d != 0]
    sums = [sum(r for r, up in zip(size, ups, strict=True) if up) for ups in product([0, 1], repeat=len(size))]
    ranks = pd.Series(np.append(only_y, only_x)).rank().to_numpy()
    picks = [sum(ranks[list(pick)]) for pick in combinations(range(ranks.size), only_y.size)]
    observed = size[d[d != 0] > 0].sum() + ranks[: only_y.size].sum()
    every = np.add.outer(sums, picks).ravel()
    return min(1, 2 * min((every >= observed - 1e-9).mean(), (every <= observed + 1e-9).mean()))


scored = st.integers(2, 10).map(lambda k: k / 2)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(scored, scored), max_size=6),
    st.lists(scored, min_size=1, max_size=4),
    st.lists(scored, min_size=1, max_size=4),
)
def test_the_combined_rank_test_agrees_with_enumeration_and_has_two_equal_sides(pairs, only_before, only_after):
    x = [a for a, _ in pairs] + only_before + [NAN] * len(only_after)
    y = [b for _, b in pairs] + [NAN] * len(only_before) + only_after

    assert enumerated(x, y) == pytest.approx(overlap_ranks(x, y).p_value, abs=1e-9)
    assert overlap_ranks(y, x).p_value == pytest.approx(overlap_ranks(x, y).p_value, abs=1e-9)


def test_with_all_brands_twice_it_is_the_signed_rank_and_with_none_mann_whitney():
    x, y = two_waves()
    assert signed_rank(y - x).p_value == pytest.approx(overlap_ranks(x, y).p_value)
    assert signed_rank(y - x).z == pytest.approx(overlap_ranks(x, y).z)

    apart = overlap_ranks(np.append(x, np.full(24, NAN)), np.append(np.full(24, NAN), y))
    counted = mann_whitney(y, x)
    assert (counted.statistic, counted.p_value) == pytest.approx((apart.statistic, apart.p_value))


def test_many_brands_scored_once_get_the_normal_with_the_exact_variance():
    rng = np.random.default_rng(4)
    few = [np.round(rng.normal(m, 1, 45), 1) for m in (3, 3.4)]
    exact, rough = (
        overlap_ranks(np.append(x, np.full(y.size, NAN)), np.append(np.full(x.size, NAN), y))
        for x, y in (few, [np.repeat(wave, 3) for wave in few])
    )
    assert ("exact", "asymptotic") == (exact.exactness, rough.exactness)
    # R 4.2.2: wilcox.test(y, x, exact = FALSE, correct = FALSE)$p.value
    x, y = (np.repeat(wave, 3) for wave in few)
    assert mann_whitney(y, x, exact=False).p_value == pytest.approx(rough.p_value, rel=1e-9)


# --- the table -------------------------------------------------------------------------------


def test_the_same_brands_are_compared_with_themselves():
    x, y = two_waves()
    before, after = wave(x), wave(y).sample(frac=1, random_state=1)  # matched by name, not by place
    row = changed(before, after, sem=0.5).loc["dialog"]

    assert "paired" == row["design"]
    assert (24, 24, 24) == (row["n_before"], row["n_after"], row["n_both"])
    assert (y - x).mean() == pytest.approx(row["change"])
    assert signed_rank(y - x).p_value == pytest.approx(row["p_value"])
    assert paired_t(y - x).p_value == pytest.approx(row["t_p_value"])
    assert hodges_lehmann(y - x) == pytest.approx(row["hodges_lehmann"])
    expected = mean_interval(y - x, floor=-4, top=4, draws=400, rng=np.random.default_rng(1))
    assert (expected.low, expected.high) == (row["ci_low"], row["ci_high"])
    # 1.96 * sqrt(2) * 0.5
    assert 1.386 == pytest.approx(row["mdc"], abs=5e-4)


def test_other_brands_are_compared_as_two_groups():
    x, y = two_waves()
    row = changed(wave(x), wave(y, brands=range(50, 74))).loc["dialog"]

    assert "unpaired" == row["design"]
    assert brunner_munzel(y, x).p_value == pytest.approx(row["p_value"])
    assert welch_t(y, x).p_value == pytest.approx(row["t_p_value"])
    # median of all 576 gaps
    assert np.median(y[:, None] - x[None, :]) == pytest.approx(row["hodges_lehmann"])


def test_few_other_brands_get_the_exact_rank_test():
    row = changed(wave([1, 2, 2.5]), wave([3, 4, 5], brands=range(7, 10))).loc["dialog"]

    # complete separation of 3 and 3: 2 / 20
    assert 0.1 == pytest.approx(row["p_value"])
    assert "Gaffke, wave by wave" == row["interval_method"]


def test_brands_scored_once_are_never_discarded():
    x, y = two_waves()
    before, after = wave(x[:18]), wave(y[6:], brands=range(6, 24))
    row = changed(before, after).loc["dialog"]

    assert "partly overlapping" == row["design"]
    assert (18, 18, 12) == (row["n_before"], row["n_after"], row["n_both"])
    # all of each wave
    assert y[6:].mean() - x[:18].mean() == pytest.approx(row["change"])
    padded = np.append(x[:18], np.full(6, NAN)), np.append(np.full(6, NAN), y[6:])
    assert overlap_t(*padded).p_value == pytest.approx(row["t_p_value"])
    assert overlap_ranks(*padded).p_value == pytest.approx(row["p_value"])
    assert row["ci_low"] < row["change"] < row["ci_high"]


def test_brands_scored_once_in_one_wave_only_are_told():
    x, y = two_waves()
    row = changed(wave(x[:20]), wave(y)).loc["dialog"]

    assert "only one wave has brands scored once" in row["note"]
    assert signed_rank(y[:20] - x[:20]).p_value == pytest.approx(row["p_value"])
    # the means use all 24
    assert y.mean() - x[:20].mean() == pytest.approx(row["change"])


def test_the_design_follows_the_scores_of_each_criterion():
    x, y = two_waves()
    before = pd.concat([wave(x), wave(x, criterion="advocacy")], axis=1)
    after = pd.concat([wave(y), wave(y, criterion="advocacy")], axis=1)
    after.iloc[0, 1] = NAN

    assert ["paired", "partly overlapping"] == changed(before, after)["design"].tolist()


def test_only_tested_criteria_count_in_the_correction():
    x, y = two_waves(shift=0.6)
    before = pd.concat([wave(x), wave(np.full(24, NAN), criterion="new")], axis=1)
    after = pd.concat([wave(y), wave(y, criterion="new"), wave(y, criterion="newer")], axis=1)
    table = changed(before, after)

    assert table.loc["dialog", "p_value"] == table.loc["dialog", "p_adjusted"]
    assert ["", "no brand was scored in the wave before", "the wave before does not have this criterion"] == table[
        "reason"
    ].tolist()
    assert table.loc[["new", "newer"], ["p_value", "change", "ci_low"]].isna().all(axis=None)
    assert ["firm", "unresolved", "unresolved"] == table["holds"].tolist()


def test_firm_needs_both_tracks():
    # eleven rise a little, one falls from top to floor: ranks 2 * 68 of 4096, mean change 0.125
    before = np.array([2.0] * 11 + [5.0])
    after = np.array([2.5] * 11 + [1.0])
    row = changed(wave(before), wave(after)).loc["dialog"]

    assert row["p_value"] < 0.05 < row["t_p_value"]
    assert "unresolved" == row["holds"]


def test_brands_on_an_end_of_the_scale_are_counted():
    row = changed(wave([5, 5, 4, 1]), wave([5, 4, 4, 2])).loc["dialog"]

    assert (2, 1) == (row["at_top_before"], row["at_floor_before"])


@pytest.mark.parametrize(
    ("brands", "design"), [(range(9), "paired"), (range(20, 29), "unpaired"), (range(4, 13), "partly overlapping")]
)
def test_everyone_at_five_in_both_waves_is_no_change_and_said(brands, design):
    row = changed(wave([5] * 9), wave([5] * 9, brands=brands)).loc["dialog"]

    assert design == row["design"]
    assert (1.0, 1.0, 0.0) == (row["p_value"], row["t_p_value"], row["change"])
    assert "every brand has 5 in both waves" == row["note"]
    assert "unresolved" == row["holds"]
    assert row["ci_low"] < 0 < row["ci_high"]


@pytest.mark.parametrize("brands", [range(9), range(20, 29), range(4, 13)])
def test_a_change_without_spread_is_not_firm_while_its_interval_holds_zero(brands):
    row = changed(wave([3] * 9), wave([4] * 9, brands=brands)).loc["dialog"]

    assert 1.0 == row["change"]
    assert row["p_value"] < 0.05 < row["t_p_value"]
    assert "end-point test" in row["method"]
    assert row["ci_low"] < 0 < row["ci_high"]
    # sixty brands that all went from floor to top are another matter
    sure = changed(wave([1] * 60), wave([5] * 60, brands=range(len(brands), 60 + len(brands)))).loc["dialog"]
    assert "firm" == sure["holds"]


@pytest.mark.parametrize(("n_before", "n_after"), [(0, 3), (3, 0), (0, 0), (1, 1), (1, 3), (2, 2), (2, 1)])
@pytest.mark.parametrize("first_after", [0, 1, 9])
def test_hardly_any_brands_give_words_and_no_warning(n_before, n_after, first_after):
    before = wave([2.0, 3.5, 4.0][:n_before])
    after = wave([3.0, 3.0, 5.0][:n_after], brands=range(first_after, first_after + n_after))
    row = changed(before, after).loc["dialog"]

    assert "unresolved" == row["holds"]
    assert bool(row["reason"]) == (0 in (n_before, n_after)) == np.isnan(row["p_value"])


def test_no_common_criterion_and_no_criterion_at_all():
    table = changed(wave([1, 2, 3]), wave([1, 2, 3], criterion="advocacy"))

    assert ["advocacy", "dialog"] == table.index.tolist()
    assert table["reason"].str.contains("does not have this criterion").all()
    assert 0 == len(changed(wave([1, 2])[[]], wave([1, 2])[[]]))


def test_a_brand_that_stands_twice_is_refused():
    with pytest.raises(BadData, match="'Brand 01' stands twice in the wave after"):
        changed(wave([1, 2]), wave([1, 2], brands=[1, 1]))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(scored, scored), min_size=3, max_size=12), st.integers(0, 4))
def test_swapping_the_waves_turns_the_change_and_keeps_the_p_values(pairs, apart):
    x, y = wave([a for a, _ in pairs]), wave([b for _, b in pairs], brands=range(apart, apart + len(pairs)))
    there, back = (changed(*waves, draws=200).loc["dialog"] for waves in ((x, y), (y, x)))

    assert there["change"] == -back["change"]
    assert there["hodges_lehmann"] == pytest.approx(-back["hodges_lehmann"])
    for p in ("p_value", "t_p_value"):
        assert there[p] == pytest.approx(back[p], rel=1e-6, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("pairs", "only_before", "only_after"), [(20, 10, 10), (10, 20, 5), (3, 12, 12), (25, 5, 0)])
@pytest.mark.parametrize("spread_after", [1.0, 2.0])
def test_without_a_change_both_tracks_keep_their_size(pairs, only_before, only_after, spread_after):
    rng = np.random.default_rng(pairs)
    runs, n = 3000, pairs + only_before + only_after
    means = ranks = either = 0
    for _ in range(runs):
        common = rng.normal(0, 1, n)
        x = np.round(2 * (common + rng.normal(0, 1, n))) / 2
        y = np.round(2 * spread_after * (common + rng.normal(0, 1, n))) / 2
        x[pairs + only_before :] = NAN
        y[pairs : pairs + only_before] = NAN
        by_means, by_ranks = overlap_t(x, y).p_value <= 0.05, overlap_ranks(x, y).p_value <= 0.05
        means, ranks, either = means + by_means, ranks + by_ranks, either + (by_means and by_ranks)
    # three standard errors of .05 in 3000 runs are .012; rank sums presume equal spreads
    assert means / runs <= 0.062
    assert spread_after != 1.0 or ranks / runs <= 0.062
    assert either / runs <= 0.062
