"""Bounds of the tests of ranks and signs: brute force over all small tables, R, and the known answers."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import json
import math
from itertools import combinations_with_replacement, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis.bounds import (
    Grid,
    against_over_tables,
    against_target_by_both_tracks,
    best_paired_ranks,
    best_ranks_against,
    paired_signs,
    pairs_by_both_tracks,
    pairs_over_tables,
    possible_totals,
    signed_rank_z,
    signs_against,
    tipping_points,
    worst_paired_ranks,
    worst_ranks_against,
)
from kernels_lib.analysis.bounds.rank_tables import RULES, Size, smallest_z, within_reach
from kernels_lib.analysis.significance import against_target, pairwise, sign_test, signed_rank
from kernels_lib.errors import BadData, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

KNOWN = json.loads((Path(__file__).parent / "published_means_bounds.json").read_text(encoding="utf-8"))
MEANS = KNOWN["means"]
TOTALS = dict(zip(MEANS, [125, 234, 300, 172, 186, 122, 136, 147], strict=True))
SCALES = {"1-5": {"step": 0.5, "floor": 1, "top": 5}, "0-5": {"step": 0.5, "floor": 0, "top": 5}}
HALF_POINTS = Grid(30, 0.5, 1, 5)
TINY = Grid(4, 1, 1, 4)
CLOSE = 1e-9


@pytest.fixture(scope="module", autouse=True)
def own_project(tmp_path_factory):
    """A project with an empty cache, so that nothing computed earlier is believed."""
    root = tmp_path_factory.mktemp("project")
    (root / "params").mkdir()
    (root / "params" / "study.yaml").write_text("")
    smallest_z.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCORECARD_ROOT", str(root))
        yield root


@pytest.fixture(scope="module")
def tables_by_scale():
    return {scale: pairs_by_both_tracks(MEANS, 30, **grid, alpha=0.05) for scale, grid in SCALES.items()}


# --- the dynamic programme itself ----------------------------------------------------------------


def by_brute_force(n, values, rule):
    """Smallest z over all differences with each total, or 0 if it can be below."""
    found = {}
    for d in combinations_with_replacement(values, n):
        z = signed_rank(d, rule, exact=False).z
        found[sum(d)] = min(found.get(sum(d), math.inf), max(z, 0.0))
    return found


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("reach", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_the_smallest_z_is_exact_over_all_differences_with_a_total(n, reach, rule):
    both = smallest_z(n, tuple(Size(a, -a) for a in range(1, reach + 1)), True, rule)
    for total, z in by_brute_force(n, range(-reach, reach + 1), rule).items():
        if total >= 0:
            assert z == pytest.approx(max(0.0, both.at(total)[0]))
    upwards = smallest_z(n, tuple(Size(a, None) for a in range(1, reach + 1)), True, rule)
    for total, z in by_brute_force(n, range(reach + 1), rule).items():
        assert z == pytest.approx(upwards.at(total)[0])


@pytest.mark.parametrize("rule", RULES)
def test_the_differences_traced_back_have_the_total_and_the_z(rule):
    sizes = tuple(Size(a, -a) for a in range(1, 9))
    table = smallest_z(30, sizes, True, rule)

    assert (0, 241, (241, 30)) == (table.first, table.z.size, table.values.shape)
    assert list(range(241)) == list(table.values.sum(axis=1))
    assert np.abs(table.values).max() <= 8
    np.testing.assert_allclose(signed_rank_z(table.values, rule), table.z, atol=CLOSE)
    some = range(1, 241, 12)
    assert [signed_rank(table.values[row], rule).z for row in some] == pytest.approx(list(table.z[some]))


def test_a_table_is_kept_and_read_back_alike(own_project):
    sizes = (Size(1, None), Size(2, None))
    first = smallest_z(6, sizes, True, "pratt")
    count = len(list((own_project / "build" / "cache").iterdir()))
    smallest_z.cache_clear()
    again = smallest_z(np.int64(6), sizes, True, "pratt")

    assert count == len(list((own_project / "build" / "cache").iterdir()))
    assert first.first == again.first
    np.testing.assert_array_equal(first.z, again.z)
    np.testing.assert_array_equal(first.values, again.values)


def both_signs(reach):
    return tuple(Size(a, -a) for a in range(1, reach + 1))


def test_what_takes_seconds_is_within_reach_and_no_more():
    assert within_reach(30, both_signs(20)) and not within_reach(30, both_signs(24))
    assert within_reach(40, both_signs(8)) and not within_reach(60, both_signs(8))
    assert within_reach(50, both_signs(4))
    # One sign takes less time but as much memory.
    assert within_reach(50, (Size(1, None), Size(2, None))) and not within_reach(
        30, tuple(Size(a, None) for a in range(1, 41))
    )


# --- two criteria and one, against brute force over all tables -------------------------------------


class Extremes:
    """What all tables seen so far have: smallest z, largest and smallest p-values, by rule."""

    def __init__(self):
        self.z = dict.fromkeys(RULES, math.inf)
        self.p_worst, self.p_best = dict.fromkeys(RULES, 0.0), dict.fromkeys(RULES, 1.0)
        self.sign_worst, self.sign_best = 0.0, 1.0

    def see(self, d, facts):
        for rule in RULES:
            z, p = facts[d][rule]
            self.z[rule] = min(self.z[rule], max(z, 0.0))
            self.p_worst[rule] = max(self.p_worst[rule], p)
            self.p_best[rule] = min(self.p_best[rule], p)
        self.sign_worst = max(self.sign_worst, facts[d]["signs"])
        self.sign_best = min(self.sign_best, facts[d]["signs"])


class Facts(dict):
    """z and exact p-values of differences; the p-value is 1 where they do not point up."""

    def __missing__(self, d):
        facts = {}
        for rule in RULES:
            result = signed_rank(d, rule)
            facts[rule] = (result.z, result.p_value if result.z > 0 else 1.0)
        signs = sign_test(d)
        facts["signs"] = signs.p_value if signs.z > 0 else 1.0
        self[d] = facts
        return facts


def check(extremes, worst, best, signs, gap):
    for rule in RULES:
        bound = worst(rule)
        assert bound.z <= extremes.z[rule] + CLOSE
        if bound.attained:
            # Equal totals: the direction is nobody's, so z counts as 0.
            assert bound.z == pytest.approx(extremes.z[rule] if gap else 0.0, abs=CLOSE)
            assert bound.differences is not None
        largest = extremes.p_worst[rule] if gap else 1.0
        assert bound.p_sure >= largest - CLOSE
        if bound.exactness == "exact":
            assert largest == pytest.approx(bound.p_exact) == pytest.approx(bound.p_sure)
        elif bound.p_exact is not None:
            assert bound.p_exact <= largest + CLOSE
        lucky = best(rule)
        smallest = extremes.p_best[rule] if gap else 1.0
        assert lucky.floor <= smallest + CLOSE
        assert lucky.p_value >= smallest - CLOSE
    if gap:
        assert (extremes.sign_worst, extremes.sign_best) == pytest.approx((signs.p_worst, signs.p_best))


def test_bounds_of_every_pair_of_totals_contain_all_tables():
    facts, found = Facts(), {}
    scores = range(TINY.low, TINY.high + 1)
    for x in combinations_with_replacement(scores, TINY.n):
        for y in product(scores, repeat=TINY.n):
            if sum(x) >= sum(y):
                d = tuple(sorted(a - b for a, b in zip(x, y, strict=True)))
                found.setdefault((sum(x), sum(y)), Extremes()).see(d, facts)

    # 13 totals of each, one not above the other
    assert 13 * 14 // 2 == len(found)
    attained = 0
    for (x, y), extremes in found.items():
        check(
            extremes,
            lambda rule, x=x, y=y: worst_paired_ranks(x, y, TINY, rule),
            lambda rule, x=x, y=y: best_paired_ranks(x, y, TINY, rule),
            paired_signs(x, y, TINY),
            x - y,
        )
        attained += worst_paired_ranks(x, y, TINY).attained
    # The room of the scale is left out of the programme, yet mostly there is enough of it.
    assert attained >= 0.8 * len(found)


@pytest.mark.parametrize("target", [1.0, 2.0, 2.5, 2.3, 3.8, 4.5, 0.2])
def test_bounds_against_a_target_are_attained_and_never_passed(target):
    facts, found = Facts(), {}
    for x in combinations_with_replacement(range(TINY.low, TINY.high + 1), TINY.n):
        d = np.round(np.array(x) - target, 9)
        if sum(x) < TINY.n * target:
            d = -d
        found.setdefault(sum(x), Extremes()).see(tuple(sorted(d + 0.0)), facts)

    assert 13 == len(found)
    for total, extremes in found.items():
        check(
            extremes,
            lambda rule, total=total: worst_ranks_against(total, TINY, target, rule),
            lambda rule, total=total: best_ranks_against(total, TINY, target, rule),
            signs_against(total, TINY, target),
            total - TINY.n * target,
        )
        assert all(worst_ranks_against(total, TINY, target, rule).attained for rule in RULES)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(2, 10), st.integers(2, 10)), min_size=1, max_size=9), st.sampled_from(RULES))
def test_the_bounds_contain_every_consistent_table(rows, rule):
    x, y = np.array(rows).T
    if x.sum() < y.sum():
        x, y = y, x
    grid = Grid(len(rows), 0.5, 1, 5)
    measured = signed_rank(x - y, rule)
    worst, best = worst_paired_ranks(x.sum(), y.sum(), grid, rule), best_paired_ranks(x.sum(), y.sum(), grid, rule)

    assert worst.z <= max(0.0, measured.z) + CLOSE
    if x.sum() > y.sum() and measured.z > 0:
        assert best.floor * (1 - CLOSE) <= measured.p_value <= worst.p_sure * (1 + CLOSE)
        assert paired_signs(x.sum(), y.sum(), grid).p_worst >= sign_test(x - y).p_value * (1 - CLOSE)
    for target in (4.0, 3.2):
        d = np.round(x / 2 - target, 9)
        measured = signed_rank(d, rule)
        worst = worst_ranks_against(x.sum(), grid, target, rule)
        best = best_ranks_against(x.sum(), grid, target, rule)
        z = measured.z * np.sign(round(d.sum(), 9))
        assert worst.z <= max(0.0, z) + CLOSE
        if z > 0:
            assert best.floor * (1 - CLOSE) <= measured.p_value <= worst.p_sure * (1 + CLOSE)


def test_the_certificate_of_random_signs_is_needed_and_suffices():
    # Two differences of one size: z = sqrt 2 and chance reaches it once in 4, the case that the factor is made for.
    assert 0.5 == signed_rank([1, 1]).p_value
    assert 0.25 / (math.erfc(1.0) / 2) == pytest.approx(3.1786, abs=1e-4)
    assert 1.0 == worst_ranks_against(5, Grid(2, 1, 1, 4), 2.0).p_sure


# --- against R -------------------------------------------------------------------------------------


def test_the_worst_table_of_two_criteria_agrees_with_r():
    # R 4.2.2, exactRankTests 0.8 and coin: d <- c(rep(-4, 6), 0, 3, rep(3.5, 22))
    #   wilcox.exact(d)$p.value                                                     0.1855787598
    #   wilcoxsign_test(d ~ rep(0, 30), zero.method = "Wilcoxon")    Z = 1.3375141371, p = 0.1810548708
    bound = worst_paired_ranks(TOTALS["c2"], TOTALS["c6"], HALF_POINTS, "wilcox")

    assert [-4.0] * 6 + [0.0, 3.0] + [3.5] * 22 == list(bound.differences)
    assert (1.3375141371, 0.1810548708) == pytest.approx((bound.z, bound.p_normal), abs=1e-10)
    assert 0.1855787598 == pytest.approx(bound.p_exact, abs=1e-10)


def test_the_worst_table_against_a_target_agrees_with_r():
    # R 4.2.2, coin: d <- c(rep(-0.5, 10), 0, rep(3, 19))
    #   wilcoxsign_test(d ~ rep(0, 30), zero.method = "Pratt")       Z = 3.5601485543157, p = 0.0003706450577
    #   the same with distribution = "exact"                                           p = 0.0001795627177
    bound = worst_ranks_against(TOTALS["c7"], HALF_POINTS, 4.0)

    # Signs turned: the mean is below the target.
    assert [-0.5] * 10 + [0.0] + [3.0] * 19 == list(bound.differences)
    assert (3.5601485543157, 0.0003706450577) == pytest.approx((bound.z, bound.p_normal), rel=1e-9)
    assert 0.0001795627177 == pytest.approx(bound.p_exact, rel=1e-9)


# --- the study of 2010 -----------------------------------------------------------------------------


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.sample(2)
def test_worst_ranks_of_all_pairs_agree_with_the_known_answers(scale):
    grid = Grid(30, **SCALES[scale])
    assert 28 == len(KNOWN["scales"][scale])
    for known in KNOWN["scales"][scale]:
        x, y = TOTALS[known["first"]], TOTALS[known["second"]]
        for rule in RULES:
            bound = worst_paired_ranks(x, y, grid, rule)
            # Below zero the known answers go on, as the rank sum can point the other way.
            assert max(0.0, known[f"z_{rule}"]) == pytest.approx(bound.z, abs=1e-7)
            assert known[f"p_{rule}"] == pytest.approx(bound.p_normal, rel=1e-6)
            if known["p_exact"] is not None:
                assert "exact" == bound.exactness and bound.attained
                assert known["p_exact"] == pytest.approx(bound.p_exact) == pytest.approx(bound.p_sure)


@pytest.mark.parametrize("scale", SCALES)
def test_both_tracks_of_all_pairs_agree_with_the_known_answers(scale, tables_by_scale):
    table = tables_by_scale[scale].set_index(["first", "second"])
    for known in KNOWN["scales"][scale]:
        row = table.loc[(known["first"], known["second"])]
        assert known["difference"] == pytest.approx(row["difference"])
        assert (known["largest_sd"], known["tipping_sd"]) == pytest.approx((row["largest_sd"], row["tipping_sd"]))
        assert known["t_p_worst"] == pytest.approx(row["p_worst"], rel=1e-6)
        assert known["t_p_worst_holm"] == pytest.approx(row["p_worst_adjusted"], rel=1e-6)
        # The corrected ranks: exact where known, else by the normal approximation.
        assert known["p_holm"] == pytest.approx(row["rank_p_worst_adjusted"], rel=1e-6)


def test_what_the_published_means_prove_on_both_tracks(tables_by_scale):
    grades = {
        scale: table.groupby("grade")[["first", "second"]].apply(lambda rows: {tuple(row) for row in rows.to_numpy()})
        for scale, table in tables_by_scale.items()
    }
    six = {("c3", f"c{j}") for j in (1, 4, 5, 6, 7, 8)}

    assert six == grades["1-5"]["both tracks"] == grades["0-5"]["both tracks"]
    assert {("c3", "c2")} == grades["1-5"]["test of means only"] and "test of means only" not in grades["0-5"]
    assert {("c1", "c6")} == grades["1-5"]["in no table"]
    assert 20 == len(grades["1-5"]["not decidable from the means"])
    for table in tables_by_scale.values():
        assert six == {tuple(pair) for pair in table.loc[table["holds"] == "every", ["first", "second"]].to_numpy()}


def test_that_the_order_of_the_means_is_a_plain_fact(tables_by_scale):
    assert all(table["sure_sign"].all() for table in tables_by_scale.values())


def test_the_third_over_the_second_criterion_is_exact_but_not_certain_after_holm(tables_by_scale):
    row = tables_by_scale["1-5"].set_index(["first", "second"]).loc[("c3", "c2")]

    # 66 steps at 8 a brand: at least 9 brands differ, 2 / 2^9, the seventh of 28: times 22
    assert ("exact", 2 / 2**9, 22 * 2 / 2**9) == tuple(row[["rank_exactness", "rank_p_worst", "rank_p_worst_adjusted"]])
    assert ("every", "some", "some") == tuple(row[["holds_means", "holds_ranks", "holds"]])


def test_the_four_pairs_of_the_second_criterion_have_tables_as_bad_as_the_bound(tables_by_scale):
    table = tables_by_scale["1-5"].set_index(["first", "second"])
    rows = table.loc[[("c2", "c6"), ("c2", "c1"), ("c2", "c7"), ("c2", "c8")]]

    assert [0.18, 0.22, 0.42, 0.66] == [round(p, 2) for p in rows["rank_p_worst"]]
    assert rows["rank_attained"].all()
    assert {"normal approximation"} == set(rows["rank_exactness"])
    # The exact p-values of these very tables lie near, and nothing lies above the certificate.
    assert (abs(rows["rank_p_exact"] / rows["rank_p_worst"] - 1) < 0.12).all()
    assert (rows["rank_p_exact"] <= rows["rank_p_sure"]).all()


def test_against_four_on_both_tracks():
    table = against_target_by_both_tracks(MEANS, 4.0, 30, **SCALES["1-5"], alpha=0.05)

    assert ["c1", "c6", "c7", "c8"] == list(table.index[table["verdict"] == "missed opportunity"])
    assert ["c3"] == list(table.index[table["verdict"] == "strength"])
    assert ["c4", "c5"] == list(table.index[table["grade"] == "test of means only"])
    assert ["c1", "c4", "c5", "c6", "c7", "c8"] == list(table.index[table["verdict_means"] == "missed opportunity"])
    # All 30 brands at the top: 2 / 2^30
    assert ("exact", 2 / 2**30) == tuple(table.loc["c3", ["rank_exactness", "rank_p_worst"]])


def test_against_three_only_the_sixth_and_third_pass_by_ranks_unadjusted():
    table = against_target_by_both_tracks(MEANS, 3.0, 30, **SCALES["1-5"], alpha=0.05, correction="none")

    assert ["c3", "c6"] == list(table.index[table["rank_p_worst"] <= 0.05])
    assert 0.039 == pytest.approx(table.loc["c6", "rank_p_worst"], abs=5e-4)
    # The exact p-value of a table with this z is larger still, so the normal one certifies nothing.
    assert 0.0455 == pytest.approx(table.loc["c6", "rank_p_exact"], abs=5e-5)
    assert ["c3"] == list(table.index[table["holds"] == "every"])


def test_all_columns_of_the_test_of_means_are_kept(tables_by_scale):
    means = pairs_over_tables(MEANS, 30, **SCALES["1-5"], alpha=0.05)
    both = tables_by_scale["1-5"]
    pd.testing.assert_frame_equal(means.drop(columns="holds"), both[[c for c in means if c != "holds"]])
    assert list(means["holds"]) == list(both["holds_means"])

    means = against_over_tables(MEANS, 4.0, 30, **SCALES["1-5"], alpha=0.05)
    both = against_target_by_both_tracks(MEANS, 4.0, 30, **SCALES["1-5"], alpha=0.05)
    kept = [c for c in means if c not in ("grade", "verdict")]
    pd.testing.assert_frame_equal(means[kept], both[kept])
    assert list(means["verdict"]) == list(both["verdict_means"])


def test_the_certificates_bracket_what_is_shown(tables_by_scale):
    for table in tables_by_scale.values():
        for end in ("", "_adjusted"):
            floor, best, worst, sure = (table[f"rank_p_{name}{end}"] for name in ("floor", "best", "worst", "sure"))
            assert ((floor <= best) & (best <= worst) & (worst <= sure)).all()
        exact = table["rank_p_exact"].dropna()
        assert (exact <= table.loc[exact.index, "rank_p_sure"]).all()


def test_tipping_points_lie_beside_what_the_means_allow():
    table = tipping_points(MEANS, 30, **SCALES["1-5"], alpha=0.05, rng=np.random.default_rng(2010), draws=500)
    table = table.set_index(["first", "second"])

    known = {("c5", "c6"): 2.86, ("c2", "c5"): 2.14, ("c5", "c8"): 1.74, ("c4", "c8"): 1.12, ("c1", "c6"): 0.13}
    assert known == {pair: round(table.loc[pair, "tipping_sd"], 2) for pair in known}
    assert ((table["smallest_sd"] <= table["typical_sd"]) & (table["typical_sd"] <= table["largest_sd"])).all()
    without_top = ["c3" not in pair for pair in table.index]
    assert 21 == sum(without_top) and table.loc[without_top, "typical_sd"].between(1.4, 1.9).all()
    assert ((table["tipping_sd"] > table["largest_sd"]) == (table["passes"] == "every")).all()
    assert [("c1", "c6")] == list(table.index[table["tipping_sd"] < table["smallest_sd"]])
    assert "none" == table.loc[("c1", "c6"), "passes"]


def test_the_smallest_sd_is_that_of_the_evenest_table():
    # c4 - c1: 47 steps over 30 brands, 17 at 2 and 13 at 1: sqrt(17 * 13 / (30 * 29)) half points
    table = tipping_points(MEANS, 30, **SCALES["1-5"], alpha=0.05, rng=np.random.default_rng(1), draws=1)
    row = table.set_index(["first", "second"]).loc[("c4", "c1")]

    assert np.std([1.0] * 17 + [0.5] * 13, ddof=1) == pytest.approx(row["smallest_sd"])


# --- laws ------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 8), st.sampled_from(["holm", "bh", "none"]))
def test_what_holds_in_every_table_is_firm_in_a_random_one(seed, n, correction):
    rng = np.random.default_rng(seed)
    # Criteria far apart, so that something is certain even with few brands.
    units = np.clip(rng.integers(-1, 2, (n, 3)) + np.array([2, 6, 10]), 2, 10)
    scores = pd.DataFrame(units / 2, columns=["a", "b", "c"])
    means = {criterion: f"{value:.2f}" for criterion, value in scores.mean().items()}
    alpha = 0.1

    certain = pairs_by_both_tracks(means, n, **SCALES["1-5"], alpha=alpha, correction=correction)
    measured = pairwise(scores, alpha=alpha, correction=correction)
    firm = {frozenset(row[:2]): row[2] for row in measured[["first", "second", "holds"]].itertuples(index=False)}
    for first, second, holds in certain[["first", "second", "holds"]].itertuples(index=False):
        assert holds != "every" or "firm" == firm[frozenset((first, second))]
        assert holds != "none" or "unresolved" == firm[frozenset((first, second))]

    certain = against_target_by_both_tracks(means, 3.0, n, **SCALES["1-5"], alpha=alpha, correction=correction)
    measured = against_target(scores, 3.0, alpha=alpha, correction=correction, floor=1, top=5)
    for criterion in means:
        if certain.loc[criterion, "holds"] == "every":
            assert certain.loc[criterion, "verdict"] == measured.loc[criterion, "verdict"] != "unresolved"
        if certain.loc[criterion, "holds"] == "none":
            assert "unresolved" == measured.loc[criterion, "verdict"]


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 8), st.data())
def test_swapping_the_sides_changes_nothing(n, data):
    grid = Grid(n, 1, 1, 5)
    x, y = data.draw(st.integers(n, 5 * n)), data.draw(st.integers(n, 5 * n))

    assert worst_paired_ranks(x, y, grid) == worst_paired_ranks(y, x, grid)
    # Both criteria seen from the other end of the scale.
    assert worst_paired_ranks(x, y, grid).z == worst_paired_ranks(6 * n - y, 6 * n - x, grid).z
    assert worst_ranks_against(x, grid, 2.0).p_sure == worst_ranks_against(6 * n - x, grid, 4.0).p_sure


# --- ends and errors -------------------------------------------------------------------------------


def test_a_printed_mean_that_fits_totals_on_both_sides_decides_nothing():
    # 4.0 over 30 brands is any total from 237 to 243 half points
    pair = pairs_by_both_tracks({"a": "4.0", "b": "4.0"}, 30, **SCALES["1-5"], alpha=0.05).iloc[0]
    assert (False, 1.0, 1.0) == tuple(pair[["sure_sign", "rank_p_worst", "rank_p_sure"]])
    assert ("not decidable from the means", 0.0) == tuple(pair[["grade", "rank_z"]])

    against = against_target_by_both_tracks({"c": "4.0"}, 4.0, 30, **SCALES["1-5"], alpha=0.05)
    assert ("undecided", "unresolved", 1.0) == tuple(against.loc["c", ["fact", "verdict", "rank_p_sure"]])


@pytest.mark.parametrize(("first", "second"), [("4.4", "2.1"), ("5.0", "3.1"), ("4.9", "3.0"), ("3.1", "2.9")])
def test_several_totals_give_the_worst_and_the_best_of_them(first, second):
    scale = {"step": 0.25, "floor": 1, "top": 5}
    grid = Grid(8, **scale)
    pair = pairs_by_both_tracks({"a": first, "b": second}, 8, **scale, alpha=0.05).iloc[0]
    both = list(product(possible_totals(first, 8, **scale), possible_totals(second, 8, **scale)))
    bounds = [worst_paired_ranks(x, y, grid, rule) for x, y in both for rule in RULES]
    signs = [paired_signs(x, y, grid) for x, y in both]

    assert len(both) >= 6
    assert min(bound.z for bound in bounds) == pytest.approx(pair["rank_z"])
    assert max(bound.p_value for bound in bounds) == pytest.approx(pair["rank_p_worst"])
    assert max(bound.p_sure for bound in bounds) == pytest.approx(pair["rank_p_sure"])
    assert min(best_paired_ranks(x, y, grid).floor for x, y in both) == pair["rank_p_floor"]
    assert max(bound.p_worst for bound in signs) == pytest.approx(pair["sign_p_worst"])
    assert min(bound.p_best for bound in signs) == pytest.approx(pair["sign_p_best"])


def test_beyond_the_limit_the_test_of_means_stands_alone():
    bound = worst_paired_ranks(1600, 1200, Grid(100, 0.25, 1, 5))
    assert (None, None, None, 1.0, "not computed") == (
        bound.z, bound.p_value, bound.p_exact, bound.p_sure, bound.exactness,
    )  # fmt: skip
    assert bound.reason == (
        "not computed beyond about 30 brands on 20 steps (100 on 16 here); the bound of the test of means alone holds"
    )

    means = {"a": "4.00", "b": "2.00"}
    pair = pairs_by_both_tracks(means, 100, step=0.25, floor=1, top=5, alpha=0.05).iloc[0]
    assert ("every", "some", "test of means only") == tuple(pair[["holds_means", "holds_ranks", "grade"]])
    assert ("not computed", 1.0) == tuple(pair[["rank_exactness", "rank_p_worst"]])
    assert pair["rank_reason"] == bound.reason


def test_beyond_the_limit_a_criterion_at_the_top_is_still_exact():
    # 400 steps above the top of the other, 16 a brand: 25 brands, 2 / 2^25
    bound = worst_paired_ranks(2000, 1600, Grid(100, 0.25, 1, 5))

    assert ("exact", 2 / 2**25, 2 / 2**25, "") == (bound.exactness, bound.p_value, bound.p_sure, bound.reason)
    assert bound.z is None


def test_equal_means_differ_in_no_table():
    pair = pairs_by_both_tracks({"a": "3.00", "b": "3.00"}, 30, **SCALES["1-5"], alpha=0.05).iloc[0]

    assert ("none", False, 1.0, 1.0) == tuple(pair[["holds", "sure_sign", "rank_p_worst", "rank_p_best"]])
    assert "in no table" == pair["grade"]


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_brands_prove_nothing_and_give_no_warning(n):
    means = {"a": "5.0", "b": "1.0", "c": "3.0"}

    assert {"none"} == set(pairs_by_both_tracks(means, n, **SCALES["1-5"], alpha=0.05)["holds"])
    assert {"unresolved"} == set(against_target_by_both_tracks(means, 4.0, n, **SCALES["1-5"], alpha=0.05)["verdict"])
    assert 3 == len(tipping_points(means, n, **SCALES["1-5"], alpha=0.05, rng=np.random.default_rng(1), draws=3))


@pytest.mark.parametrize("means", [{}, {"a": "3.00"}])
def test_fewer_than_two_criteria_have_no_pairs(means):
    table = pairs_by_both_tracks(means, 30, **SCALES["1-5"], alpha=0.05)
    assert (0, True) == (len(table), "rank_p_sure" in table)
    assert len(means) == len(against_target_by_both_tracks(means, 4.0, 30, **SCALES["1-5"], alpha=0.05))
    assert 0 == len(tipping_points(means, 30, **SCALES["1-5"], alpha=0.05, rng=np.random.default_rng(1)))


def test_wrong_calls_are_told():
    with pytest.raises(UnknownName, match="pratt"):
        worst_paired_ranks(300, 234, HALF_POINTS, "drop")
    with pytest.raises(UnknownName):
        against_target_by_both_tracks(MEANS, {"c1": 4.0}, 30, **SCALES["1-5"], alpha=0.05)
    with pytest.raises(BadData, match=r"2\.08 of 'c1'"):
        pairs_by_both_tracks(MEANS, 30, step=1, floor=1, top=5, alpha=0.05)


@pytest.mark.slow
def test_what_the_pairs_rest_on_is_kept_once_for_both_rules_and_signs(own_project):
    pairs_by_both_tracks(MEANS, 30, **SCALES["1-5"], alpha=0.05)

    # Two rules, for two signs and for one.
    assert len(list((own_project / "build" / "cache").glob("signed-rank-*.npz"))) >= 4
