"""Whether the criteria differ at all: bounds over every table, against brute force and the known answers."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations_with_replacement, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis.bounds import Grid, certified_w, friedman_bound, omnibus, rm_anova_bound
from kernels_lib.analysis.significance import friedman
from kernels_lib.errors import BadData, BadParameters

pytestmark = pytest.mark.filterwarnings("error")

MEANS = dict(
    zip(
        [f"c{j}" for j in range(1, 9)],
        ["2.08", "3.90", "5.00", "2.87", "3.10", "2.03", "2.27", "2.45"],
        strict=True,
    )
)
TOTALS = [125, 234, 300, 172, 186, 122, 136, 147]
WITHOUT_THIRD = {criterion: mean for criterion, mean in MEANS.items() if criterion != "c3"}
ONE_TO_FIVE = {"step": 0.5, "floor": 1, "top": 5}
ZERO_TO_FIVE = {"step": 0.5, "floor": 0, "top": 5}
WHOLE = {"step": 1, "floor": 1, "top": 3}
ADVERSARIAL = json.loads(Path(__file__).with_name("adversarial_friedman.json").read_text())


def rng():
    return np.random.default_rng(2013)


@pytest.fixture(scope="module", autouse=True)
def one_attempt():
    """A single start of the search: seconds saved, and this seed needs no more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(omnibus, "_ATTEMPTS", 1)
        yield


@pytest.fixture(scope="module")
def one_to_five(tmp_path_factory, one_attempt):
    return friedman_bound(MEANS, 30, **ONE_TO_FIVE, rng=rng(), folder=tmp_path_factory.mktemp("cache"))


# --- the certificate -------------------------------------------------------------------------


def row_ranks(row):
    """Mid-ranks of one row minus their mean, by counting."""
    return [
        Fraction(sum(np.sign(value - other) for other in row)) / 2 for value in (Fraction(int(entry)) for entry in row)
    ]


def by_all_rows(direction, prices, totals, grid):
    """The certificate's definition, over all rows and in fractions."""
    u, prices = [Fraction(x) for x in direction], [Fraction(x) for x in prices]
    squared = sum(x * x for x in u)
    least = None
    for row in product(range(grid.low, grid.high + 1), repeat=len(u)):
        ranks = row_ranks(row)
        value = 2 * sum(a * r for a, r in zip(u, ranks, strict=True)) - squared * sum(r * r for r in ranks)
        value -= sum(price * score for price, score in zip(prices, row, strict=True))
        least = value if least is None else min(least, value)
    return least + sum(price * total for price, total in zip(prices, totals, strict=True)) / grid.n


# Multiples of 1/16 are kept exactly.
SIXTEENTHS = st.integers(-24, 24).map(lambda x: x / 16)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(SIXTEENTHS, SIXTEENTHS, st.integers(6, 14)), min_size=2, max_size=3))
def test_the_shortest_path_is_the_minimum_over_all_rows(columns):
    direction, prices, totals = zip(*columns, strict=True)
    grid = Grid(5, 1, 1, 3)

    assert by_all_rows(direction, prices, totals, grid) == certified_w(direction, prices, totals, grid)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(1, 4), min_size=3, max_size=3), min_size=2, max_size=6), st.data())
def test_any_two_vectors_prove_a_bound_that_no_table_breaks(rows, data):
    table = np.array(rows)
    vector = st.lists(st.floats(-3, 3), min_size=3, max_size=3)
    proved = certified_w(
        data.draw(vector), data.draw(vector), list(map(int, table.sum(axis=0))), Grid(len(rows), 1, 1, 4)
    )

    assert float(proved) <= (friedman(table).effect or 0.0) + 1e-12


def test_the_certificate_of_the_study_holds_for_known_adversarial_tables(one_to_five):
    # Explicit tables found elsewhere, by annealing.
    for name, floor in (("scale_1-5_k8", 1), ("scale_0-5_k8", 0)):
        table = np.array(ADVERSARIAL[name]["matrix"])
        assert TOTALS == list((table * 2).sum(axis=0)) and table.min() >= floor
        assert ADVERSARIAL[name]["friedman_chi2"] == pytest.approx(friedman(table).statistic)
    assert one_to_five.statistic_low <= ADVERSARIAL["scale_1-5_k8"]["friedman_chi2"]


def test_a_certificate_for_a_range_of_totals_is_the_weakest_of_them():
    grid, u, prices = Grid(5, 1, 1, 3), [0.5, -0.5], [0.25, -0.125]
    each = [certified_w(u, prices, [first, 7], grid) for first in (11, 12, 13)]

    assert min(each) == certified_w(u, prices, [(11, 13), 7], grid)


# --- against brute force ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def smallest_w():
    """Least W of three brands on three criteria scored 1 to 3, by the totals: 27^3 tables."""
    rows = np.array(list(product((1, 2, 3), repeat=3)))
    ranks = np.array([[float(r) for r in row_ranks(row)] for row in rows])
    found = {}
    for chosen in map(list, combinations_with_replacement(range(27), 3)):
        sums, spread = ranks[chosen].sum(axis=0), (ranks[chosen] ** 2).sum()
        totals = tuple(rows[chosen].sum(axis=0).tolist())
        found[totals] = min(found.get(totals, 2.0), float(sums @ sums / spread / 3) if spread else 0.0)
    return found


@pytest.mark.parametrize("totals", [(9, 9, 3), (9, 8, 4), (9, 5, 5), (8, 6, 3), (7, 5, 3), (9, 6, 3), (6, 6, 5)])
def test_the_bound_is_below_and_the_table_at_the_smallest_w_of_all_tables(totals, smallest_w, tmp_path):
    means = {f"c{j}": f"{total / 3:.2f}" for j, total in enumerate(totals)}
    bound = friedman_bound(means, 3, **WHOLE, rng=rng(), folder=tmp_path)

    assert bound.w_low <= smallest_w[totals]
    assert smallest_w[totals] == pytest.approx(bound.attained_w, abs=1e-12)
    # Three brands are few: a mixture of rows reaches lower, but not by much.
    assert bound.w_low >= smallest_w[totals] - 0.25


def test_the_smallest_f_is_below_that_of_every_table():
    rows = np.array(list(product((1, 2, 3), repeat=3)), dtype=float)
    found = {}
    for chosen in combinations_with_replacement(range(27), 3):
        table = rows[list(chosen)]
        criteria = 3 * ((table.mean(axis=0) - table.mean()) ** 2).sum()
        brands = 3 * ((table.mean(axis=1) - table.mean()) ** 2).sum()
        error = ((table - table.mean()) ** 2).sum() - criteria - brands
        if error > 1e-9:
            totals = tuple(table.sum(axis=0))
            found[totals] = min(found.get(totals, np.inf), 2 * criteria / error)
    tight = 0
    for totals, f in found.items():
        means = {f"c{j}": f"{total / 3:.2f}" for j, total in enumerate(totals)}
        bound = rm_anova_bound(means, 3, **WHOLE)
        assert bound.statistic_low <= f + 1e-9
        tight += bound.statistic_low >= f - 1e-9
    # The bound is attained unless ends of the scale and even brands exclude each other.
    assert tight > len(found) / 2


# --- the study of 2010 -----------------------------------------------------------------------


def test_the_criteria_differ_in_every_table(one_to_five):
    assert 35.5569 == pytest.approx(one_to_five.statistic_low, abs=1e-4)
    assert 0.1693185 == pytest.approx(one_to_five.w_low, abs=2e-7)
    assert 8.79e-6 == pytest.approx(one_to_five.p_high, rel=1e-3)
    assert 7 == one_to_five.df and "" == one_to_five.reason
    # F = 29 W / (1 - W)
    assert 29 * 0.1693184 / (1 - 0.1693184) == pytest.approx(one_to_five.f_low, rel=1e-5)
    assert one_to_five.f_p_high < one_to_five.p_high


def test_the_table_found_has_the_totals_and_comes_close(one_to_five):
    table = one_to_five.attained_table

    assert TOTALS == list((table * 2).sum(axis=0))
    assert table.min() >= 1 and table.max() <= 5
    result = friedman(table)
    assert result.statistic == pytest.approx(one_to_five.attained_statistic)
    assert result.effect == pytest.approx(one_to_five.attained_w)
    assert result.p_value == pytest.approx(one_to_five.attained_p)
    # The known table has 36.431; within 3 % of the bound nothing much is lost.
    assert one_to_five.statistic_low <= one_to_five.attained_statistic <= 1.03 * one_to_five.statistic_low


@pytest.mark.slow
def test_without_the_third_criterion_a_table_shows_no_difference_at_all(tmp_path):
    bound = friedman_bound(WITHOUT_THIRD, 30, **ONE_TO_FIVE, rng=rng(), folder=tmp_path)

    assert (0.0, 0.0, 1.0, 1.0) == (bound.w_low, bound.statistic_low, bound.p_high, bound.f_p_high)
    table = bound.attained_table
    assert [total for total in TOTALS if total != 300] == list((table * 2).sum(axis=0))
    # All seven rank sums are 30 * 4.
    assert (120.0,) * 7 == friedman(table).rank_sums
    assert 1.0 == friedman(table).p_value == pytest.approx(bound.attained_p)
    assert 0 == pytest.approx(friedman(ADVERSARIAL["scale_1-5_k7"]["matrix"]).statistic)


@pytest.mark.slow
def test_on_a_scale_from_zero_the_criteria_still_differ_in_every_table(tmp_path, monkeypatch):
    monkeypatch.setattr(omnibus, "_ATTEMPTS", 3)
    bound = friedman_bound(MEANS, 30, **ZERO_TO_FIVE, rng=rng(), folder=tmp_path)

    assert (23.7915, 0.1132931) == pytest.approx((bound.statistic_low, bound.w_low), rel=1e-5)
    assert 0.00124 == pytest.approx(bound.p_high, rel=1e-3)
    assert bound.attained_statistic <= 24.732
    assert 0 == friedman_bound(WITHOUT_THIRD, 30, **ZERO_TO_FIVE, rng=rng(), folder=tmp_path).attained_w


@pytest.mark.parametrize(("means", "scale", "f", "p"), [
    (MEANS, ONE_TO_FIVE, 8.993, 1.2e-9), (WITHOUT_THIRD, ONE_TO_FIVE, 3.259, 0.0046),
    (MEANS, ZERO_TO_FIVE, 5.45, 9.5e-6), (WITHOUT_THIRD, ZERO_TO_FIVE, 1.975, 0.072),
])  # fmt: skip
def test_the_analysis_of_variance_agrees_with_the_known_bounds(means, scale, f, p):
    bound = rm_anova_bound(means, 30, **scale)

    # Here slightly higher: brands' totals are whole numbers of half points, which the known bounds did not use.
    assert f <= bound.statistic_low <= f * 1.001
    assert p == pytest.approx(bound.p_high, rel=0.02)
    assert (len(means) - 1, 29 * (len(means) - 1)) == (bound.df1, bound.df2)


# --- what is kept, and the edges ---------------------------------------------------------------


def test_the_same_seed_gives_the_same_table_and_a_kept_result_is_used(tmp_path, monkeypatch):
    means = {"a": "3.0", "b": "2.2", "c": "1.4"}
    first = friedman_bound(means, 5, step=1, floor=1, top=5, rng=rng(), folder=tmp_path)
    monkeypatch.setattr(omnibus, "_search", None)
    again = friedman_bound(means, 5, step=1, floor=1, top=5, rng=rng(), folder=tmp_path)

    assert (first.attained_table == again.attained_table).all() and first.w_low == again.w_low


def test_what_was_kept_cannot_make_the_bound_too_high(monkeypatch):
    means = {"a": "3.0", "b": "2.2", "c": "1.4"}
    table = np.array([[5, 1, 1], [5, 1, 1], [1, 3, 1], [3, 3, 1], [1, 3, 3]])
    lies = {"direction": np.full(3, 7.0), "prices": np.array([9.0, 0.0, -9.0]), "table": table}
    monkeypatch.setattr(omnibus, "remember", lambda *_, **__: lies)

    assert 0.0 == friedman_bound(means, 5, step=1, floor=1, top=5, rng=rng()).w_low


def test_the_bound_does_not_depend_on_the_seed(tmp_path):
    means = {"a": "4.6", "b": "2.2", "c": "1.4"}
    low = {
        friedman_bound(means, 5, step=1, floor=1, top=5, rng=np.random.default_rng(seed), folder=tmp_path).w_low
        for seed in (1, 2)
    }

    assert 1 == len(low) and min(low) > 0


def test_several_possible_totals_lower_the_bound(tmp_path):
    exact = friedman_bound({"a": "4.75", "b": "1.50"}, 8, step=1, floor=1, top=5, rng=rng(), folder=tmp_path)
    # 5 with no digits is anything from 4.5 to 5.
    vague = friedman_bound({"a": "5", "b": "1.50"}, 8, step=1, floor=1, top=5, rng=rng(), folder=tmp_path)

    assert 0 < vague.w_low < exact.w_low
    assert rm_anova_bound({"a": "5", "b": "1.50"}, 8, step=1, floor=1, top=5).statistic_low < (
        rm_anova_bound({"a": "4.75", "b": "1.50"}, 8, step=1, floor=1, top=5).statistic_low
    )


def test_where_all_brands_must_agree_w_is_one_and_the_p_value_that_of_permutations(tmp_path):
    bound = friedman_bound({"a": "5.0", "b": "1.0"}, 4, step=1, floor=1, top=5, rng=rng(), folder=tmp_path)

    assert (1.0, 1.0) == pytest.approx((bound.w_low, bound.attained_w))
    # Two orders, four brands: 2 of 2^4.
    assert friedman([[5, 1]] * 4).f_p_value == pytest.approx(0.125) == pytest.approx(bound.f_p_high)
    assert "error" in rm_anova_bound({"a": "5.0", "b": "1.0"}, 4, step=1, floor=1, top=5).reason


def test_equal_means_prove_nothing(tmp_path):
    means = {"a": "3.0", "b": "3.0", "c": "3.0"}
    bound = friedman_bound(means, 6, step=1, floor=1, top=5, rng=rng(), folder=tmp_path)

    assert (0.0, 1.0, 0.0) == (bound.w_low, bound.p_high, bound.attained_w)
    assert (0.0, 1.0) == (rm_anova_bound(means, 6, step=1, floor=1, top=5).statistic_low, 1.0)


@pytest.mark.parametrize(("means", "n", "reason"), [
    ({"a": "3.0"}, 6, "fewer than two criteria"), ({}, 6, "fewer than two criteria"),
    ({"a": "3.0", "b": "4.0"}, 1, "fewer than two brands"),
])  # fmt: skip
def test_too_little_to_compare_is_said_not_raised(means, n, reason):
    assert reason == friedman_bound(means, n, step=1, floor=1, top=5, rng=rng()).reason
    assert reason == rm_anova_bound(means, n, step=1, floor=1, top=5).reason
    assert friedman_bound(means, n, step=1, floor=1, top=5, rng=rng()).p_high is None


def test_a_table_beyond_reach_is_said_not_tried():
    means = {f"c{j}": "3.0" for j in range(12)}

    # 3^12 * 9 is 4.8 million steps a path.
    assert "out of reach" in friedman_bound(means, 10, **ONE_TO_FIVE, rng=rng()).reason
    # Means without digits on a fine grid fit too many totals for the analysis of variance.
    vague = {f"c{j}": "3" for j in range(6)}
    assert "combinations" in rm_anova_bound(vague, 30, step=0.1, floor=1, top=5).reason


def test_a_mean_that_fits_no_table_is_refused_by_name():
    with pytest.raises(BadData, match=r"2\.08 of 'c1'"):
        friedman_bound(MEANS, 30, step=1, floor=1, top=5, rng=rng())
    with pytest.raises(BadParameters, match="step"):
        rm_anova_bound(MEANS, 30, step=None, floor=1, top=5)
