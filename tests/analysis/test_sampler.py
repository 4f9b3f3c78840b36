"""Tables drawn at random: the law is uniform, totals stay, and the shares are those known."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import json
import math
from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from kernels_lib.analysis.bounds import Grid, draw_tables, halo, illustration, log10_tables, signed_rank_z
from kernels_lib.analysis.bounds.sampler import _adjust_rows, paired_t_of
from kernels_lib.analysis.significance import adjust, paired_t, signed_rank
from kernels_lib.errors import BadData, BadParameters, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

KNOWN = json.loads((Path(__file__).parent / "published_means_bounds.json").read_text(encoding="utf-8"))
TOTALS = dict(zip(KNOWN["means"], [125, 234, 300, 172, 186, 122, 136, 147], strict=True))
ONE_TO_FIVE, ZERO_TO_FIVE = Grid(30, 0.5, 1, 5), Grid(30, 0.5, 0, 5)


def test_the_number_of_consistent_tables_is_the_known_one():
    assert 175.6 == pytest.approx(log10_tables(list(TOTALS.values()), ONE_TO_FIVE), abs=0.05)
    assert 199.3 == pytest.approx(log10_tables(list(TOTALS.values()), ZERO_TO_FIVE), abs=0.05)


def test_counts_agree_with_counting():
    grid = Grid(4, 1, 1, 4)
    counted = Counter(sum(x) for x in product(range(1, 5), repeat=4))

    assert 13 == len(counted)
    for total, count in counted.items():
        assert count == pytest.approx(10 ** log10_tables([total], grid))
    assert math.log10(counted[7] * counted[10]) == pytest.approx(log10_tables([7, 10], grid))


def test_every_consistent_table_is_equally_likely():
    grid, draws = Grid(3, 1, 1, 4), 24_000
    possible = [x for x in product(range(1, 5), repeat=3) if sum(x) == 8]
    drawn = draw_tables([8], grid, draws, np.random.default_rng(20))
    seen = Counter(map(tuple, drawn[:, :, 0].tolist()))

    # 12 tables, 2,000 each
    assert 12 == len(possible) and set(possible) == set(seen)
    chi2 = sum((count - 2000) ** 2 / 2000 for count in seen.values())
    assert chi2 < special.chdtri(11, 0.001)


def test_criteria_are_drawn_independently():
    # Totals 3 of two scores from 0 to 2: (1, 2) or (2, 1) in each criterion, four tables
    drawn = draw_tables([3, 3], Grid(2, 1, 0, 2), 8000, np.random.default_rng(3))
    seen = Counter(map(tuple, drawn[:, 0, :].tolist()))

    assert {(1, 1), (1, 2), (2, 1), (2, 2)} == set(seen)
    assert sum((count - 2000) ** 2 / 2000 for count in seen.values()) < special.chdtri(3, 0.001)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 30), st.integers(-5, 5), st.data())
def test_totals_and_scale_are_kept(n, reach, low, data):
    grid = Grid(n, 1, low, low + reach)
    totals = data.draw(st.lists(st.integers(n * low, n * (low + reach)), min_size=1, max_size=3))
    tables = draw_tables(totals, grid, 3, np.random.default_rng(n))

    assert (3, n, len(totals)) == tables.shape
    assert [totals] * 3 == tables.sum(axis=1).tolist()
    assert low <= tables.min() and tables.max() <= low + reach
    coupled = halo(tables, 0.7, np.random.default_rng(1))
    np.testing.assert_array_equal(np.sort(tables, axis=1), np.sort(coupled, axis=1))


def test_many_brands_on_a_fine_scale_do_not_underflow():
    # 101^200 tables without totals; totals one step from either end have 200 tables each
    grid, totals = Grid(200, 0.05, 0, 5), [1, 19_999, 0, 20_000, 6_000]
    tables = draw_tables(totals, grid, 4, np.random.default_rng(4))

    assert [totals] * 4 == tables.sum(axis=1).tolist()
    assert math.log10(200) == pytest.approx(log10_tables([1], grid))
    assert 2 * math.log10(200) == pytest.approx(log10_tables(totals[:4], grid))
    # By the central limit theorem: 101^200 / sqrt(2 pi 200 850) tables with the middle total, Var = (101^2 - 1) / 12
    middle = 200 * math.log10(101) - math.log10(2 * math.pi * 200 * 850) / 2
    assert middle == pytest.approx(log10_tables([10_000], grid), abs=1e-3)


def test_a_halo_makes_brands_alike_across_criteria():
    rng = np.random.default_rng(7)
    drawn = draw_tables([150, 180], ONE_TO_FIVE, 400, rng)

    def correlation(rho):
        tables = halo(drawn, rho, rng).astype(float)
        return np.mean([np.corrcoef(table.T)[0, 1] for table in tables])

    assert 0 == pytest.approx(correlation(0.0), abs=0.04)
    assert 0.5 == pytest.approx(correlation(0.5), abs=0.06)
    assert correlation(1.0) > 0.9


@pytest.mark.parametrize("rule", ["pratt", "wilcox"])
def test_statistics_of_many_tables_are_those_of_each(rule):
    tables = draw_tables([20, 23], Grid(7, 1, 1, 5), 50, np.random.default_rng(9))
    d = tables[:, :, 0] - tables[:, :, 1]

    assert [signed_rank(row, rule).z for row in d] == pytest.approx(list(signed_rank_z(d, rule)))
    assert [paired_t(row).statistic for row in d] == pytest.approx(list(paired_t_of(d)))


@pytest.mark.parametrize("correction", ["holm", "bonferroni", "bh", "none"])
def test_rows_are_corrected_like_one_family_each(correction):
    p = np.random.default_rng(5).random((20, 6)) ** 3
    p[0] = p[0, 0]

    np.testing.assert_allclose(_adjust_rows(p.copy(), correction), [adjust(row, correction) for row in p])


@pytest.fixture(scope="module")
def shares():
    drawn = {}
    for scale, grid in (("1-5", ONE_TO_FIVE), ("0-5", ZERO_TO_FIVE)):
        rng = np.random.default_rng(20240601)
        drawn[scale] = illustration(TOTALS, grid, draws=2000, rng=rng, alpha=0.05)
    return drawn


@pytest.mark.parametrize("scale", ["1-5", "0-5"])
def test_shares_agree_with_the_known_ones(scale, shares):
    table = shares[scale].set_index(["halo", "first", "second"])

    assert 2 * 28 == len(table)
    for known in KNOWN["scales"][scale]:
        for rho, name in ((0.0, "share_holm"), (0.5, "share_holm_halo")):
            row = table.loc[(rho, known["first"], known["second"])]
            # The known shares are of 20,000 tables; 4.5 standard errors of 2,000 and 20,000
            error = math.sqrt(known[name] * (1 - known[name]) * (1 / 2000 + 1 / 20_000))
            assert known[name] == pytest.approx(row["share_ranks"], abs=4.5 * error + 0.002)
            assert row["share_both"] <= min(row["share_ranks"], row["share_means"])
            assert known["difference"] == pytest.approx(row["difference"])


def test_a_halo_narrows_the_differences(shares):
    table = shares["1-5"]
    plain, coupled = (table[table["halo"] == rho].set_index(["first", "second"])["typical_sd"] for rho in (0.0, 0.5))
    # The criterion at the top has nothing to be coupled to.
    free = [pair for pair in plain.index if "c3" not in pair]

    assert 21 == len(free) and (coupled[free] < plain[free]).all()
    assert plain[free].between(1.5, 1.85).all() and coupled[free].between(1.1, 1.4).all()


def test_the_same_generator_gives_the_same_tables():
    one, two = (draw_tables([125, 234], ONE_TO_FIVE, 5, np.random.default_rng(1)) for _ in range(2))

    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_brands_and_constant_criteria_give_no_warning(n):
    table = illustration(
        {"a": n, "b": 5 * n, "c": 5 * n}, Grid(n, 1, 1, 5), draws=3, rng=np.random.default_rng(1), alpha=0.05
    )

    assert {0.0} == set(table["share_ranks"]) | set(table["share_means"])
    assert [("b", "a"), ("c", "a"), ("b", "c")] * 2 == list(zip(table["first"], table["second"], strict=True))


def test_wrong_calls_are_told():
    rng = np.random.default_rng(1)
    with pytest.raises(BadData, match="total 301"):
        draw_tables([301], ONE_TO_FIVE, 1, rng)
    with pytest.raises(BadData, match="total 59"):
        log10_tables([59], ONE_TO_FIVE)
    with pytest.raises(BadParameters, match="halo"):
        halo(np.zeros((1, 2, 2)), 1.5, rng)
    with pytest.raises(BadParameters, match="0 tables"):
        illustration(TOTALS, ONE_TO_FIVE, draws=0, rng=rng, alpha=0.05)
    with pytest.raises(UnknownName, match="holm"):
        illustration(TOTALS, ONE_TO_FIVE, draws=1, rng=rng, alpha=0.05, correction="tukey")
