"""Several tests together: corrections against R, letters by their law."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kernels_lib.analysis.significance import ADJUSTMENTS, adjust, compact_letters
from kernels_lib.analysis.significance.multiplicity import LETTERS
from kernels_lib.errors import BadParameters, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

p_lists = st.lists(st.floats(0, 1) | st.none(), min_size=1, max_size=10)
any_names = st.integers(1, 8).map(lambda n: [f"n{i}" for i in range(n)])


# --- corrections -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("none", [0.01, 0.02, 0.022, 0.03, 0.04, 0.2, 0.5]),
        ("holm", [0.07, 0.12, 0.12, 0.12, 0.12, 0.4, 0.5]),
        ("bonferroni", [0.07, 0.14, 0.154, 0.21, 0.28, 1, 1]),
        ("hochberg", [0.07, 0.11, 0.11, 0.12, 0.12, 0.4, 0.5]),
        ("hommel", [0.06, 0.08, 0.08, 0.09, 0.12, 0.4, 0.5]),
        ("bh", [0.05133333, 0.05133333, 0.05133333, 0.0525, 0.056, 0.2333333, 0.5]),
        ("by", [0.1331, 0.1331, 0.1331, 0.136125, 0.1452, 0.605, 1]),
    ],
)
def test_every_correction_agrees_with_r(method, expected):
    # R 4.2.2: signif(p.adjust(c(.01, .02, .022, .03, .04, .2, .5), method), 7)
    p = [0.01, 0.02, 0.022, 0.03, 0.04, 0.2, 0.5]

    assert expected == pytest.approx(adjust(p, method).tolist(), rel=1e-6)
    # In any order, and without what was not tested.
    assert expected[::-1] == pytest.approx(adjust(p[::-1], method).tolist(), rel=1e-6)
    with_gap = adjust([None, *p, float("nan")], method)
    assert np.isnan(with_gap[[0, -1]]).all()
    assert expected == pytest.approx(with_gap[1:-1].tolist(), rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_hommel_is_the_closed_test_of_simes(p):
    # The largest of Simes' p-values over all sets with the hypothesis in it.
    expected = np.zeros(len(p))
    for size in range(1, len(p) + 1):
        for chosen in combinations(range(len(p)), size):
            ordered = np.sort([p[i] for i in chosen])
            simes = (size * ordered / np.arange(1, size + 1)).min()
            expected[list(chosen)] = np.maximum(expected[list(chosen)], simes)

    assert expected.tolist() == pytest.approx(adjust(p, "hommel").tolist(), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_dependent_false_discovery_rate_agrees_with_scipy(p):
    assert stats.false_discovery_control(p, method="by") == pytest.approx(adjust(p, "by"))


@settings(max_examples=40, deadline=None)
@given(p_lists)
def test_the_corrections_are_ordered_by_strictness(p):
    by = {method: np.nan_to_num(adjust(p, method)) for method in ADJUSTMENTS}

    for lax, strict in (("none", "bh"), ("bh", "by"), ("bh", "hommel"), ("hommel", "hochberg"), ("hochberg", "holm"),
                        ("holm", "bonferroni")):  # fmt: skip
        assert (by[lax] <= by[strict] + 1e-12).all()


def test_an_unknown_correction_lists_the_known_ones():
    with pytest.raises(UnknownName, match="hommel"):
        adjust([0.1], "homel")


# --- letters ---------------------------------------------------------------------------------


def test_letters_agree_with_multcompview():
    # R 4.2.2: multcompView::multcompLetters(c("A-B" = FALSE, "A-C" = FALSE, "B-C" = TRUE)): "ab" "a" "b"
    assert {"A": "ab", "B": "a", "C": "b"} == compact_letters(["A", "B", "C"], [("B", "C")])


def test_letters_run_in_the_order_of_the_names():
    different = [("top", "low"), ("top", "last"), ("middle", "last")]

    assert {"top": "a", "middle": "ab", "low": "bc", "last": "c"} == compact_letters(
        ["top", "middle", "low", "last"], different
    )


@settings(max_examples=40, deadline=None)
@given(any_names, st.data())
def test_two_names_share_a_letter_if_and_only_if_their_pair_is_not_different(names, data):
    pairs = list(combinations(names, 2))
    different = [pair for pair in pairs if data.draw(st.booleans())]
    letters = compact_letters(names, [pair[:: data.draw(st.sampled_from([1, -1]))] for pair in different])

    for pair in pairs:
        assert (pair not in different) == bool(set(letters[pair[0]]) & set(letters[pair[1]]))
    # No letter says what another says already, and all are used from a on.
    members = {letter: {n for n in names if letter in letters[n]} for letter in set("".join(letters.values()))}
    assert not [1 for a, b in combinations(members.values(), 2) if a <= b or b <= a]
    assert set(LETTERS[: len(members)]) == set(members)


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_another_order_of_the_names_only_renames_the_letters(order):
    names = list("pqrstu")
    different = [("p", "s"), ("p", "t"), ("q", "u"), ("r", "u"), ("s", "u")]
    one = compact_letters(names, different)
    other = compact_letters([names[i] for i in order], different)

    def sets(letters):
        return {frozenset(n for n in names if a in letters[n]) for a in "".join(letters.values())}

    assert sets(one) == sets(other)


def test_the_extremes_of_letters():
    names = [f"n{i}" for i in range(20)]
    everything = list(combinations(names, 2))

    assert {} == compact_letters([], [])
    assert set("a") == set(compact_letters(names, []).values())
    assert list(LETTERS[:20]) == list(compact_letters(names, everything).values())


def test_wrong_names_and_too_many_sets_are_errors():
    with pytest.raises(UnknownName, match="b"):
        compact_letters(["a", "b"], [("a", "c")])
    with pytest.raises(BadParameters, match="itself"):
        compact_letters(["a", "b"], [("a", "a")])
    with pytest.raises(BadParameters, match="twice"):
        compact_letters(["a", "a"], [])
    # Four triples, different within each: 3^4 = 81 sets.
    names = [f"{i}{j}" for i in range(4) for j in range(3)]
    within = [(a, b) for a, b in combinations(names, 2) if a[0] == b[0]]
    with pytest.raises(BadParameters, match="81 sets"):
        compact_letters(names, within)
