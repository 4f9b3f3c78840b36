"""Verdicts over all tables that complete a partly known one, against brute force and against the ordinary tests."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis.bounds import (
    against_target_over_completions,
    boxes,
    mean_extremes,
    missing_box,
    pairs_over_completions,
    rank_extremes,
    rounding_box,
)
from kernels_lib.analysis.significance import against_target, paired_t, pairwise, sign_test, signed_rank
from kernels_lib.errors import BadData, BadParameters, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

SCALE = {"floor": 1, "top": 5}
NAN = math.nan


@pytest.fixture(scope="module", autouse=True)
def own_project(tmp_path_factory):
    """A project with an empty cache, so that nothing computed earlier is believed."""
    root = tmp_path_factory.mktemp("project")
    (root / "params").mkdir()
    (root / "params" / "study.yaml").write_text("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCORECARD_ROOT", str(root))
        yield root


def p_of_mean(d):
    """The mean track of `pairwise`."""
    p = paired_t(d).p_value
    return sign_test(d).p_value if p is None else p


def box_of(rng, n, uncertain, reach=4):
    """Whole numbers, the first few of them intervals."""
    low = rng.integers(-1, 5, n).astype(float)
    high = low.copy()
    for at in range(uncertain):
        low[at], high[at] = np.sort(rng.integers(-reach if rng.random() < 0.5 else 0, reach + 1, 2))
    return low, high


# --- one test over a box, against brute force ---------------------------------------------------


BOXES = [box_of(np.random.default_rng(seed), 5 + seed % 4, 1 + seed % 3) for seed in range(24)]


@pytest.fixture(scope="module")
def by_brute_force():
    """Per box the largest and the smallest p-value of either test over all whole-number completions."""
    found = []
    for low, high in BOXES:
        completions = [np.array(d) for d in product(*(np.arange(a, b + 1) for a, b in zip(low, high, strict=True)))]
        ranks, means = [signed_rank(d).p_value for d in completions], [p_of_mean(d) for d in completions]
        found.append((max(ranks), min(ranks), max(means), min(means), completions))
    return found


def test_rank_bounds_are_never_passed_and_mostly_attained(by_brute_force):
    attained = 0
    for (low, high), (worst, best, _, _, completions) in zip(BOXES, by_brute_force, strict=True):
        found = rank_extremes(low, high, step=1)
        sums = [signed_rank(d).statistic - signed_rank(d).statistic_minus for d in completions]

        assert (min(sums), max(sums)) == (found.low, found.high)
        # Where the direction is open the worst case is 1 by definition.
        assert worst <= found.p_worst + 1e-12 and found.p_best <= best + 1e-12
        assert found.p_worst == 1 or found.p_worst <= 1.25 * worst
        attained += math.isclose(found.p_worst, worst) and math.isclose(found.p_best, best)
    assert attained > 0.8 * len(BOXES)


def test_mean_bounds_are_never_passed_and_the_worst_is_attained(by_brute_force):
    for (low, high), (_, _, worst, best, _) in zip(BOXES, by_brute_force, strict=True):
        found = mean_extremes(low, high)

        assert found.p_best <= best + 1e-12
        # The best case may lie between whole numbers.
        assert best - found.p_best < 0.01 or found.p_best == 0
        if found.low > 0 or found.high < 0:
            assert worst == pytest.approx(found.p_worst, rel=1e-9)
        else:
            assert found.p_worst == 1


def test_lifting_one_difference_can_raise_the_rank_p_value():
    # Ranks 4, 1.5, 1.5, 3 become 4, 2, 1, 3: the same sum, another distribution.
    before, after = signed_rank([-5, 1, 1, 4]), signed_rank([-5, 2, 1, 4])

    assert (0.75, 0.875) == (before.p_value, after.p_value) and before.z > 0
    # The bound knows: both are completions of this box.
    found = rank_extremes(np.array([-5.0, 1, 1, 4]), np.array([-5.0, 2, 1, 4]), step=1)
    assert 0.875 <= found.p_worst and found.p_best <= 0.75


# Quarters, so that ends, zeros and ties meet often.
QUARTERS = st.integers(-16, 16).map(lambda x: x / 4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(QUARTERS, QUARTERS, st.booleans()), min_size=2, max_size=9), st.data())
def test_bounds_contain_every_completion(pairs, data):
    low = np.array([min(a, b) if uncertain else a for a, b, uncertain in pairs])
    high = np.array([max(a, b) if uncertain else a for a, b, uncertain in pairs])
    ranks, means = rank_extremes(low, high), mean_extremes(low, high)

    for _ in range(4):
        shares = data.draw(st.lists(st.sampled_from([0, 0.25, 0.5, 0.9, 1]), min_size=len(low), max_size=len(low)))
        d = low + np.array(shares) * (high - low)
        assert ranks.p_best - 1e-9 <= signed_rank(d).p_value <= ranks.p_worst + 1e-9
        assert means.p_best - 1e-9 <= p_of_mean(d) <= means.p_worst + 1e-9


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(QUARTERS, QUARTERS), min_size=1, max_size=5))
def test_turning_the_box_round_keeps_the_p_values(pairs):
    low, high = np.sort(np.array(pairs), axis=1).T

    for extremes in (mean_extremes, rank_extremes):
        here, there = extremes(low, high), extremes(-high, -low)
        assert (here.p_worst, here.p_best) == pytest.approx((there.p_worst, there.p_best), rel=1e-9)
        assert (here.low, here.high) == (-there.high, -there.low)


@settings(max_examples=30, deadline=None)
@given(st.lists(QUARTERS, min_size=1, max_size=40))
def test_a_box_of_points_has_the_p_values_of_the_ordinary_tests(d):
    d = np.array(d)

    ranks, means = rank_extremes(d, d), mean_extremes(d, d)
    assert ranks.p_worst == ranks.p_best == signed_rank(d).p_value
    assert means.p_worst == means.p_best == p_of_mean(d)
    assert "exact" == ranks.exactness


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-6, 6), min_size=1, max_size=12))
def test_the_programmes_themselves_are_exact_without_uncertainty(d):
    d = np.array(d, dtype=float)
    box, total = boxes._Box.of(d, d, 1), boxes._signed_sum(d)
    upper = signed_rank(d, alternative="greater").p_value

    for programme in (boxes._Signed(box), boxes._Sized(box, total, total)):
        assert upper == pytest.approx(programme.tail(worst=True)) == pytest.approx(programme.tail(worst=False))


def test_a_narrower_box_has_narrower_bounds():
    rng = np.random.default_rng(1)
    d = rng.integers(-2, 7, 20) / 2
    found = [rank_extremes(d - width, d + width) for width in (0, 0.1, 0.25, 0.5)]
    means = [mean_extremes(d - width, d + width) for width in (0, 0.1, 0.25, 0.5)]

    assert sorted(f.p_worst for f in found) == [f.p_worst for f in found]
    assert sorted((f.p_best for f in found), reverse=True) == [f.p_best for f in found]
    assert sorted(f.p_worst for f in means) == [f.p_worst for f in means]


def test_bounds_for_30_brands_are_close_to_what_corners_attain():
    rng = np.random.default_rng(3)
    x, y = rng.integers(5, 11, 30) / 2, rng.integers(2, 8, 30) / 2
    low, high = x - y, x - y
    low[:4], high[:4] = x[:4] - 5, x[:4] - 1
    found = rank_extremes(low, high, step=0.5)

    assert "certified" == found.exactness
    attained = signed_rank(low).p_value
    assert attained <= found.p_worst <= 1.5 * attained


def test_too_many_uncertain_ties_are_bounded_by_twice_the_untied(monkeypatch):
    d = np.repeat([1.0, 2.0, -1.0, 3.0], 4)
    low, high = d - 0.25, d + 0.25
    close = rank_extremes(low, high)
    monkeypatch.setattr(boxes, "SIGNED_UP_TO", 0)
    monkeypatch.setattr(boxes, "SIZED_UP_TO", 0)
    coarse = rank_extremes(low, high)

    assert ("certified", "safe") == (close.exactness, coarse.exactness)
    assert signed_rank(d).p_value <= close.p_worst <= coarse.p_worst < 1
    assert 2 * 0.5**16 == coarse.p_best <= close.p_best


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=14))
def test_no_tied_tail_is_more_than_twice_the_untied(d):
    tied, n = signed_rank(d, alternative="greater"), len(d)
    total = tied.statistic - (tied.statistic_minus or 0.0) if tied.n_used else 0.0
    # Positive ranks of 1 ... n that reach the same sum of signed ranks, counted directly.
    counts = np.zeros(n * (n + 1) // 2 + 1)
    counts[0] = 1
    for rank in range(1, n + 1):
        counts[rank:] += counts[:-rank].copy()
    untied = sum(c for w, c in enumerate(counts) if 2 * w - n * (n + 1) / 2 >= total) / 2**n

    assert tied.p_value <= 2 * untied + 1e-12


def test_beyond_200_brands_the_normal_bounds_contain_the_completions():
    rng = np.random.default_rng(5)
    d = rng.integers(-3, 5, 220) / 2
    low, high = d.copy(), d.copy()
    low[:10], high[:10] = -2, 2
    found = rank_extremes(low, high)

    assert "safe" == found.exactness
    for share in (0, 0.3, 0.5, 1):
        assert found.p_best <= signed_rank(low + share * (high - low)).p_value <= found.p_worst


def test_many_corners_are_joined_safely(monkeypatch):
    rng = np.random.default_rng(7)
    low = rng.random(16) * 2
    high = low + rng.random(16)
    exact = mean_extremes(low, high).p_worst
    monkeypatch.setattr(boxes, "CORNERS_UP_TO", 200)
    joined = mean_extremes(low, high).p_worst

    assert exact <= joined <= 2 * exact


# --- boxes -------------------------------------------------------------------------------------


def test_a_missing_score_can_be_anything_on_the_scale():
    scores = pd.DataFrame({"a": [2.0, NAN], "b": [4.0, 5.0]}, index=["x", "y"])
    low, high = missing_box(scores, 1, 5)

    assert [[2, 4], [1, 5]] == low.to_numpy().tolist() and [[2, 4], [5, 5]] == high.to_numpy().tolist()
    assert low.index.equals(scores.index) and low.columns.equals(scores.columns)


def test_a_rounded_score_was_within_half_a_unit_and_on_the_scale():
    low, high = rounding_box(pd.DataFrame({"a": [1.0, 3.0, 5.0, NAN]}), 0.5, 1, 5)

    assert [1, 2.75, 4.75, 1] == list(low["a"]) and [1.25, 3.25, 5, 5] == list(high["a"])


@pytest.mark.parametrize("unit", [-0.5, NAN, math.inf])
def test_a_unit_that_is_none_is_refused(unit):
    with pytest.raises(BadParameters, match="rounding unit"):
        rounding_box(pd.DataFrame({"a": [1.0]}), unit, 1, 5)


def test_scores_off_the_scale_and_empty_intervals_are_refused_by_name():
    with pytest.raises(BadData, match=r"'x' on 'a' is outside the scale 1-5"):
        missing_box(pd.DataFrame({"a": [6.0]}, index=["x"]), 1, 5)
    one, two = pd.DataFrame({"a": [1.0], "b": [1.0]}), pd.DataFrame({"a": [2.0], "b": [2.0]})
    with pytest.raises(BadData, match="no scores between"):
        pairs_over_completions(two, one, alpha=0.05, **SCALE)
    with pytest.raises(BadData, match="no scores between"):
        pairs_over_completions(one, two * NAN, alpha=0.05, **SCALE)
    with pytest.raises(BadData, match="same brands"):
        pairs_over_completions(one, two[["a"]], alpha=0.05, **SCALE)


# --- families ----------------------------------------------------------------------------------


def random_scores(rng, n, k, missing=0):
    centre = np.linspace(2, 4.5, k)
    scores = np.clip(np.round(2 * (centre + rng.normal(0, 0.7, (n, k)))) / 2, 1, 5)
    for _ in range(missing):
        scores[rng.integers(n), rng.integers(k)] = NAN
    return pd.DataFrame(scores, columns=[f"c{j}" for j in range(k)])


@pytest.mark.parametrize("correction", ["holm", "bonferroni", "bh", "none"])
def test_complete_data_give_the_ordinary_verdicts(correction):
    scores = random_scores(np.random.default_rng(11), 14, 5)
    scores["c9"] = 5.0
    boxed = pairs_over_completions(*rounding_box(scores, 0, 1, 5), alpha=0.05, correction=correction, **SCALE)
    usual = pairwise(scores, alpha=0.05, correction=correction)

    assert list(usual["first"]) == list(boxed["first"]) and list(usual["second"]) == list(boxed["second"])
    for column in ("difference_low", "difference_high"):
        assert list(usual["difference"]) == pytest.approx(list(boxed[column]))
    for ours, theirs in (("rank_p", "p_value"), ("p", "t_p_value")):
        for end in ("worst", "best"):
            assert list(usual[theirs]) == list(boxed[f"{ours}_{end}"])
            assert list(usual[theirs.replace("value", "adjusted")]) == list(boxed[f"{ours}_{end}_adjusted"])
    assert ["every" if holds == "firm" else "none" for holds in usual["holds"]] == list(boxed["holds"])
    assert {"every", "none"} == set(boxed["holds"])


@pytest.mark.parametrize("target", [2.0, 3.0, 4.0])
def test_complete_data_give_the_ordinary_verdicts_against_targets(target):
    scores = random_scores(np.random.default_rng(12), 14, 5)
    scores["c9"] = 5.0
    low, high = missing_box(scores, 1, 5)
    boxed = against_target_over_completions(low, high, target, alpha=0.05, **SCALE)
    usual = against_target(scores, target, alpha=0.05, **SCALE)

    assert list(usual["verdict"]) == list(boxed["verdict"])
    assert list(usual["p_value"]) == list(boxed["rank_p_worst"]) == list(boxed["rank_p_best"])
    assert list(usual["t_p_adjusted"]) == pytest.approx(list(boxed["p_worst_adjusted"]))
    assert "some" not in set(boxed["holds"])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.sample(3)
def test_verdicts_are_those_of_all_completions_on_the_grid(seed):
    rng = np.random.default_rng(seed)
    scores = pd.DataFrame(rng.integers(1, 5, (8, 3)), columns=list("abc"), dtype=float)
    scores["c"] = np.minimum(scores["c"] + 2, 5)
    cells = [(int(rng.integers(8)), 0), (int(rng.integers(8)), 2)]
    for cell in cells:
        scores.iloc[cell] = NAN
    low, high = missing_box(scores, 1, 5)
    pairs = pairs_over_completions(low, high, alpha=0.05, step=1, **SCALE)
    targets = against_target_over_completions(low, high, 3.0, alpha=0.05, step=1, **SCALE)

    firm, verdicts = [], []
    for values in product(range(1, 6), repeat=2):
        table = scores.copy()
        for cell, value in zip(cells, values, strict=True):
            table.iloc[cell] = value
        usual = pairwise(table, alpha=0.05)
        usual["pair"] = [frozenset(pair) for pair in zip(usual["first"], usual["second"], strict=True)]
        firm.append(usual.set_index("pair")["holds"] == "firm")
        verdicts.append(against_target(table, 3.0, alpha=0.05, **SCALE)["verdict"])
    for pair in pairs.itertuples():
        held = [bool(one[frozenset((pair.first, pair.second))]) for one in firm]
        assert "every" != pair.holds or all(held)
        assert "none" != pair.holds or not any(held)
        # "some" may be said too often, but not where nothing is unknown.
        assert "some" != pair.holds or pair.uncertain > 0
    for criterion, row in targets.iterrows():
        found = {one[criterion] for one in verdicts}
        assert "every" != row["holds"] or {row["verdict"]} == found
        assert "none" != row["holds"] or {"unresolved"} == found


def test_verdicts_over_rounding_hold_in_every_table_drawn_from_the_box():
    rng = np.random.default_rng(21)
    scores = random_scores(rng, 16, 4, missing=2)
    low, high = rounding_box(scores, 0.5, 1, 5)
    pairs = pairs_over_completions(low, high, alpha=0.05, **SCALE)

    assert {"every", "some"} <= set(pairs["holds"])
    for _ in range(15):
        # Ends and inner points: ties open and close.
        shares = rng.choice([0, 0.5, 1, rng.random()], low.shape)
        usual = pairwise(low + shares * (high - low), alpha=0.05)
        for pair, other in zip(pairs.itertuples(), usual.itertuples(), strict=True):
            assert {pair.first, pair.second} == {other.first, other.second}
            assert pair.p_best - 1e-9 <= other.t_p_value <= pair.p_worst + 1e-9
            assert pair.rank_p_best - 1e-9 <= other.p_value <= pair.rank_p_worst + 1e-9
            assert "every" != pair.holds or ("firm", pair.first) == (other.holds, other.first)
            assert "none" != pair.holds or "firm" != other.holds


def test_rounding_to_half_points_can_undo_a_narrow_difference():
    # All eight differences are half a point; each could be nothing or a whole one.
    scores = pd.DataFrame(
        {"a": [3.0, 3.5, 4.0, 3.0, 3.5, 4.0, 3.0, 3.5], "b": [2.5, 3.0, 3.5, 2.5, 3.0, 3.5, 2.5, 3.0]}
    )

    known = pairs_over_completions(*rounding_box(scores, 0, 1, 5), alpha=0.05, **SCALE).loc[0]
    rounded = pairs_over_completions(*rounding_box(scores, 0.5, 1, 5), alpha=0.05, **SCALE).loc[0]
    assert ("every", 0.5, 0.5) == tuple(known[["holds", "difference_low", "difference_high"]])
    assert ("some", 0.0, 1.0, 1.0) == tuple(rounded[["holds", "difference_low", "difference_high", "rank_p_worst"]])
    assert "only in some" == rounded["grade"]


def test_one_missing_score_does_not_undo_a_clear_difference():
    scores = pd.DataFrame({"a": [5.0, 4.5, 5.0, 4.0, 5.0, 4.5, 5.0, 4.0, 5.0, NAN], "b": [1.0, 1.5, 2.0, 1.0, 1.5] * 2})
    pair = pairs_over_completions(*missing_box(scores, 1, 5), alpha=0.05, step=0.5, **SCALE).loc[0]

    assert ("every", "a", 1, 10) == tuple(pair[["holds", "first", "uncertain", "n"]])
    assert "holds in every consistent table" == pair["grade"] and "" == pair["note"]
    # The worst case is the score 1: d = -0.5 has the smallest size, so nine positive of ten.
    assert signed_rank([4, 3, 3, 3, 3.5, 3.5, 3.5, 2, 4, -0.5]).p_value == pytest.approx(pair["rank_p_worst"], rel=0.3)


def test_a_criterion_without_any_score_makes_nothing_certain():
    scores = pd.DataFrame({"a": [4.0, 5.0] * 5, "b": [NAN] * 10, "c": [1.0, 2.0] * 5})
    low, high = missing_box(scores, 1, 5)
    pairs = pairs_over_completions(low, high, alpha=0.05, **SCALE).set_index(["first", "second"])
    targets = against_target_over_completions(low, high, 3.0, alpha=0.05, **SCALE)

    assert ("some", "no score is known of b: nothing is certain") == tuple(pairs.loc[("a", "b"), ["holds", "note"]])
    assert "every" == pairs.loc[("a", "c"), "holds"]
    assert ("some", "unresolved") == tuple(targets.loc["b", ["holds", "verdict"]])
    assert ("strength", "missed opportunity") == tuple(targets.loc[["a", "c"], "verdict"])
    assert "nothing is certain" in targets.loc["b", "note"]


@pytest.mark.parametrize("scores", [
    {"a": [5.0], "b": [1.0]}, {"a": [NAN], "b": [1.0]}, {"a": [5.0, 5.0], "b": [NAN, 1.0]},
    {"a": [3.0] * 9, "b": [3.0] * 9}, {"a": [3.0] * 4, "b": [2.0, 2.0, NAN, NAN]},
])  # fmt: skip
def test_few_brands_and_no_spread_prove_nothing_and_give_no_warning(scores):
    low, high = missing_box(pd.DataFrame(scores), 1, 5)

    pair = pairs_over_completions(low, high, alpha=0.05, **SCALE).loc[0]
    assert pair["holds"] in {"some", "none"} and 0 <= pair["p_best"] <= pair["p_worst"] <= 1
    table = against_target_over_completions(low, high, 3.0, alpha=0.05, **SCALE)
    assert {"unresolved"} == set(table["verdict"])


def test_one_brand_and_no_brand_are_never_enough():
    one = pairs_over_completions(*missing_box(pd.DataFrame({"a": [5.0], "b": [NAN]}), 1, 5), alpha=0.05, **SCALE)
    assert ("none", 1.0, 1.0) == tuple(one.loc[0, ["holds", "p_worst", "p_best"]])

    empty = pd.DataFrame({"a": [], "b": []}, dtype=float)
    none = pairs_over_completions(*missing_box(empty, 1, 5), alpha=0.05, **SCALE)
    assert ("none", "no brands", "not tested") == tuple(none.loc[0, ["holds", "note", "exactness"]])
    assert "unresolved" == against_target_over_completions(empty, empty, 3.0, alpha=0.05, **SCALE)["verdict"].iloc[0]


@pytest.mark.parametrize("columns", [[], ["a"]])
def test_fewer_than_two_criteria_have_no_pairs(columns):
    scores = pd.DataFrame({column: [3.0, 4.0] for column in columns})
    low, high = missing_box(scores, 1, 5)

    assert 0 == len(pairs_over_completions(low, high, alpha=0.05, **SCALE))
    assert len(columns) == len(against_target_over_completions(low, high, 3.0, alpha=0.05, **SCALE))


def test_all_equal_scores_on_top_are_judged_as_against_their_target():
    scores = pd.DataFrame({"a": [5.0] * 29 + [NAN]})
    low, high = missing_box(scores, 1, 5)
    row = against_target_over_completions(low, high, 4.0, alpha=0.05, step=0.5, **SCALE).loc["a"]

    # Thirty fives, 2 (3/4)^30 of the mean, are worse than twenty-nine and a one.
    assert paired_t([1.0] * 29 + [-3.0]).p_value < 2 * 0.75**30 == pytest.approx(row["p_worst"])
    assert ("every", "strength") == tuple(row[["holds", "verdict"]])


def test_tracks_that_point_opposite_ways_are_not_firm():
    # Many small gains, few large losses: the ranks say more, the mean says less.
    scores = pd.DataFrame({"a": [1.5] * 26 + [1.0] * 4, "b": [1.0] * 26 + [5.0] * 4})
    pair = pairs_over_completions(scores, scores, alpha=0.999, correction="none", **SCALE).loc[0]

    assert "unresolved" == pairwise(scores, alpha=0.999, correction="none").loc[0, "holds"]
    assert "none" == pair["holds"]


def test_a_criterion_without_target_is_an_error():
    scores = pd.DataFrame({"a": [3.0, 4.0]})
    with pytest.raises(UnknownName):
        against_target_over_completions(scores, scores, {"b": 3.0}, alpha=0.05, **SCALE)


def test_display_names_are_used(own_project):
    scores = pd.DataFrame({"a": [3.0, 4.0], "b": [1.0, 2.0]})
    names = {"a": "Alpha", "b": "Beta"}

    pair = pairs_over_completions(scores, scores, alpha=0.05, names=names, **SCALE).loc[0]
    assert ("Alpha", "Beta") == tuple(pair[["first_name", "second_name"]])
    table = against_target_over_completions(scores, scores, 3.0, alpha=0.05, names=names, **SCALE)
    assert ["Alpha", "Beta"] == list(table["name"])


def test_bounds_of_ranks_are_kept_and_read_back_alike(tmp_path):
    scores = random_scores(np.random.default_rng(31), 10, 3, missing=2)
    low, high = missing_box(scores, 1, 5)
    first, again = (pairs_over_completions(low, high, alpha=0.05, step=0.5, folder=tmp_path, **SCALE) for _ in range(2))

    pd.testing.assert_frame_equal(first, again)
    assert 1 == len(list(tmp_path.iterdir()))


@pytest.mark.slow
def test_all_pairs_of_30_brands_take_less_than_ten_seconds_when_all_scores_were_rounded(tmp_path):
    scores = random_scores(np.random.default_rng(41), 30, 8)
    pairs = pairs_over_completions(*rounding_box(scores, 0.5, 1, 5), alpha=0.05, folder=tmp_path, **SCALE)

    assert 28 == len(pairs) and {"certified"} == set(pairs["exactness"])
