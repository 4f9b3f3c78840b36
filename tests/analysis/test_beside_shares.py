"""Two shares: Fisher's exact test, shares that were printed with few digits, the interval of a difference."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from kernels_lib.analysis import effects, significance
from kernels_lib.errors import BadParameters

tables = st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
    lambda ns: st.tuples(st.integers(0, ns[0]), st.just(ns[0]), st.integers(0, ns[1]), st.just(ns[1]))
)


def by_counting(count, n, other, other_n):
    """Fisher's two-sided p-value in whole numbers."""
    total = count + other
    ways = {
        k: math.comb(n, k) * math.comb(other_n, total - k) for k in range(max(0, total - other_n), min(n, total) + 1)
    }
    return float(Fraction(sum(w for w in ways.values() if w <= ways[count]), sum(ways.values())))


def test_the_wilson_interval_of_a_benchmark_is_that_of_statsmodels_and_of_newcombes_table():
    low, high, _ = effects.wilson(252, 2100)

    assert proportion_confint(252, 2100, method="wilson") == pytest.approx((low, high), abs=1e-12)
    # Newcombe (1998), table I: 81 of 263
    assert (0.2553, 0.3662) == tuple(round(end, 4) for end in effects.wilson(81, 263)[:2])


def test_fishers_test_of_the_tea_taster_is_34_of_70():
    # (1 + 16 + 16 + 1) / 70, all tables no likelier than hers
    assert 34 / 70 == pytest.approx(significance.fisher_exact(3, 4, 1, 4).p_value, abs=1e-12)
    assert 17 / 70 == pytest.approx(significance.fisher_exact(3, 4, 1, 4, "greater").p_value, abs=1e-12)
    # The most extreme table is one of 70, at either end
    assert 2 / 70 == pytest.approx(significance.fisher_exact(3, 4, 1, 4).smallest_p, abs=1e-12)


@given(tables)
@settings(max_examples=100, deadline=None)
def test_fishers_p_value_is_that_of_counting_tables(table):
    found = significance.fisher_exact(*table)
    if found.p_value is None:
        assert table[0] + table[2] in (0, table[1] + table[3])
    else:
        assert by_counting(*table) == pytest.approx(found.p_value, abs=1e-9)
        assert found.smallest_p <= found.p_value + 1e-12


@given(tables)
@settings(max_examples=50, deadline=None)
def test_swapping_the_groups_keeps_p_and_turns_the_interval(table):
    count, n, other, other_n = table
    there, back = significance.fisher_exact(*table), significance.fisher_exact(other, other_n, count, n)
    low, high, _ = effects.newcombe(*table)
    back_low, back_high, _ = effects.newcombe(other, other_n, count, n)

    assert there.p_value == pytest.approx(back.p_value, abs=1e-9) if there.p_value else back.p_value is None
    assert (-high, -low) == pytest.approx((back_low, back_high), abs=1e-12)


@pytest.mark.parametrize("table", [(56, 70, 48, 80), (9, 10, 3, 10), (5, 56, 0, 29), (0, 10, 0, 20)])
def test_the_interval_of_a_difference_is_newcombes(table):
    # statsmodels calls his method 10 "newcomb"
    expected = confint_proportions_2indep(*table, method="newcomb")
    assert expected == pytest.approx(effects.newcombe(*table)[:2], abs=1e-12)


def test_where_everybody_gave_the_same_answer_nothing_is_tested():
    found = significance.fisher_exact(0, 12, 0, 30)

    assert (None, "not tested") == (found.p_value, found.exactness)
    assert "same answer" in found.reason


@pytest.mark.parametrize("table", [(5, 4, 1, 9), (-1, 4, 1, 9), (1, 4, 10, 9)])
def test_a_count_beyond_its_base_is_refused(table):
    with pytest.raises(BadParameters, match="is no share"):
        significance.fisher_exact(*table)


def test_a_printed_share_stands_for_every_count_that_rounds_to_it():
    # 12% of 2,100: from 11.5%, which is 241.5, to 12.5%, which is 262.5
    assert range(242, 263) == significance.printed_counts(0.12, 2100, 0.005)
    # 35% of 140 is 49; 34.5% is 48.3 and 35.5% is 49.7
    assert range(49, 50) == significance.printed_counts(0.35, 140, 0.005)
    # No count of 3 is 50%: the nearest one stands in
    assert range(2, 3) == significance.printed_counts(0.5, 3, 0.005)


def test_the_p_value_against_a_printed_share_is_the_largest_that_its_rounding_allows():
    found = significance.against_printed(9, 40, 0.12, 2100, 0.005)
    each = [significance.fisher_exact(9, 40, other, 2100).p_value for other in range(242, 263)]

    assert max(each) == found.p_value
    assert "worst case" == found.exactness
    # The count nearest to 12% alone would have said less: R gives 0.05198125634
    assert significance.fisher_exact(9, 40, 252, 2100).p_value == pytest.approx(0.05198125634, abs=1e-9)
    assert found.p_value > 0.052
