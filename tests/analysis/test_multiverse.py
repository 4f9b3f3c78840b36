"""Conclusions under every choice of test and correction."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kernels_lib.analysis import multiverse
from kernels_lib.analysis.multiverse import CORRECTIONS, TESTS, multiverse_of, summary
from kernels_lib.analysis.significance import adjust, pairwise
from kernels_lib.analysis.significance import against_target as verdicts
from kernels_lib.errors import BadData, UnknownName

pytestmark = pytest.mark.filterwarnings("error")

half_points = st.integers(2, 10).map(lambda k: k / 2)


def scores_of(seed=4, brands=20):
    rng = np.random.default_rng(seed)
    base = rng.integers(2, 8, brands)
    columns = {f"c{j}": np.clip(base + rng.integers(-2, 3, brands) + j, 2, 10) / 2 for j in range(4)}
    return pd.DataFrame(columns)


# --- p-values from anywhere ------------------------------------------------------------------


def worst_cases():
    return pd.DataFrame(
        {"t, floor 1": [0.001, 0.02, 0.2], "t, floor 0": [0.004, np.nan, 0.3], "ranks": [0.01, 0.03, 0.04]},
        index=["A above B", "C above D", "E above F"],
    )


def test_each_test_is_a_family_of_its_own_and_each_correction_a_column_of_cells():
    frame = multiverse_of(worst_cases(), CORRECTIONS, alpha=0.05)

    assert 3 * 3 * 4 == len(frame)
    cells = frame.set_index(["name", "test", "correction"])
    # two tests were made with floor 0: .004 * 2
    assert 0.008 == cells.loc[("A above B", "t, floor 0", "bonferroni"), "p_adjusted"]
    assert not cells.loc[("C above D", "t, floor 0", "none"), "passes"]
    # Holm: .01 * 3, .03 * 2
    assert 0.06 == pytest.approx(cells.loc[("C above D", "ranks", "holm"), "p_adjusted"])


def test_a_test_that_points_the_other_way_does_not_pass():
    p = worst_cases()
    agrees = pd.DataFrame(True, index=p.index, columns=p.columns)
    agrees.loc["A above B", "ranks"] = False
    cells = multiverse_of(p, ["none"], alpha=0.05, agrees=agrees).set_index(["name", "test"])["passes"]

    assert not cells["A above B", "ranks"] and cells["A above B", "t, floor 1"]


def test_a_conclusion_that_stands_twice_is_refused():
    with pytest.raises(BadData, match="'A' stands twice"):
        multiverse_of(pd.DataFrame({"t": [0.1, 0.2]}, index=["A", "A"]), alpha=0.05)


def test_an_unknown_correction_is_refused():
    with pytest.raises(UnknownName, match="unknown correction 'holmes'"):
        multiverse_of(worst_cases(), ["holmes"], alpha=0.05)


# --- summaries -------------------------------------------------------------------------------


def cells(passes, tests=("ranks", "t"), corrections=("holm", "none")):
    """One conclusion from a grid of passes, tests by corrections."""
    rows = [
        {"name": "A above B", "test": test, "correction": how, "passes": passes[i][j]}
        for i, test in enumerate(tests)
        for j, how in enumerate(corrections)
    ]
    return summary(pd.DataFrame(rows), chosen=(tests, "holm")).loc["A above B"]


@pytest.mark.parametrize(
    ("passes", "status", "decided_by", "flips"),
    [
        ([[1, 1], [1, 1]], "robust", "", ""),
        ([[0, 0], [0, 0]], "never", "", ""),
        ([[0, 1], [0, 1]], "fragile", "correction", "passes only without correction"),
        ([[1, 1], [0, 0]], "fragile", "test", "passes only by ranks"),
        (
            [[1, 1], [0, 1]],
            "fragile",
            "test and correction",
            "with Holm it passes only by ranks; without correction it passes by every test",
        ),
        (
            [[0, 1], [0, 0]],
            "fragile",
            "test and correction",
            "with Holm it never passes; without correction it passes only by ranks",
        ),
    ],
)
def test_the_choice_that_decides_is_named(passes, status, decided_by, flips):
    row = cells(passes)

    assert (status, decided_by, flips) == (row["status"], row["decided_by"], row["flips"])
    assert sum(map(sum, passes)) == row["passed"]
    assert 4 == row["specifications"]
    assert bool(passes[0][0] and passes[1][0]) == row["holds_as_chosen"]


def test_of_many_tests_the_fewer_are_listed():
    row = cells([[1], [1], [0]], tests=("ranks", "t", "signs"), corrections=("holm",))
    assert "passes only by ranks or by t" == row["flips"]
    row = cells([[1, 1], [1, 1], [0, 1]], tests=("ranks", "t", "signs"))
    assert "with Holm it passes but not by signs; without correction it passes by every test" == row["flips"]


# --- the families of a report ----------------------------------------------------------------


def test_the_verdict_of_the_report_is_one_of_the_specifications():
    scores = scores_of()
    table = pairwise(scores, alpha=0.05).set_index(["first", "second"])
    frame = multiverse.pairs(scores, alpha=0.05).set_index(["first", "second", "test", "correction"])
    for pair, row in table[table["difference"] > 0].iterrows():
        for test, column in ((multiverse.PRATT, "p_adjusted"), (multiverse.MEANS, "t_p_adjusted")):
            assert row[column] == pytest.approx(frame.loc[(*pair, test, "holm"), "p_adjusted"])
        firm = all(frame.loc[(*pair, test, "holm"), "passes"] for test in (multiverse.PRATT, multiverse.MEANS))
        assert ("firm" == row["holds"]) == firm

    scores = scores.assign(c3=5.0)  # no spread: sign test and end-point test
    against = verdicts(scores, 3.0, alpha=0.05, floor=1, top=5)
    frame = multiverse.against_target(scores, 3.0, alpha=0.05, floor=1, top=5).set_index(
        ["criterion", "test", "correction"]
    )
    for criterion, row in against.iterrows():
        for test, column in ((multiverse.PRATT, "p_adjusted"), (multiverse.MEANS, "t_p_adjusted")):
            assert row[column] == pytest.approx(frame.loc[(criterion, test, "holm"), "p_adjusted"])
        assert (row["difference"] > 0) == ("above" in frame.loc[(criterion, multiverse.PRATT, "holm"), "name"])


def test_six_pairs_are_tested_in_twenty_ways():
    frame = multiverse.pairs(scores_of(), alpha=0.05, names={"c0": "Dialog"})

    assert 6 * len(TESTS) * len(CORRECTIONS) == len(frame)
    assert "c1 above Dialog" in set(frame["name"])
    assert set(summary(frame)["status"]) <= {"robust", "fragile", "never"}


def test_equal_means_have_no_conclusion_but_count_in_the_correction():
    scores = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 1], "b": [5.0, 4, 3, 2, 1, 1], "c": [5.0] * 6})
    frame = multiverse.pairs(scores, alpha=0.05)

    assert {"c above a", "c above b"} == set(frame["name"])
    cell = frame.query("name == 'c above a' and test == 't' and correction == 'bonferroni'").iloc[0]
    assert 3 * cell["p_value"] == pytest.approx(cell["p_adjusted"])


DEGENERATE = {
    "no brands": pd.DataFrame({"a": [], "b": []}, dtype=float),
    "all missing": pd.DataFrame({"a": [np.nan] * 3, "b": [1.0, 2, 3]}),
    "one brand": pd.DataFrame({"a": [1.0], "b": [2.0]}),
    "all equal": pd.DataFrame({"a": [2.0] * 4, "b": [2.0] * 4}),
    "no spread": pd.DataFrame({"a": [2.0] * 9, "b": [3.0] * 9}),
    "one criterion": pd.DataFrame({"a": [1.0, 2, 3]}),
    "no criterion": pd.DataFrame(index=[0, 1]),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_scores_give_a_frame_and_no_warning(name):
    for frame in (
        multiverse.pairs(DEGENERATE[name], alpha=0.05),
        multiverse.against_target(DEGENERATE[name], 2.5, alpha=0.05, floor=1, top=5),
    ):
        assert {"name", "test", "correction", "p_value", "p_adjusted", "passes"} <= set(frame.columns)
        assert len(summary(frame)) == frame["name"].nunique()


def test_criteria_with_one_display_name_stay_apart():
    frame = multiverse.pairs(scores_of(), alpha=0.05, names={"c0": "Dialog", "c1": "Dialog"})

    assert 6 == frame["name"].nunique() == len(summary(frame))


def test_a_criterion_without_a_target_is_refused():
    with pytest.raises(UnknownName, match="criterion without a target 'c3'"):
        multiverse.against_target(scores_of(), {"c0": 3, "c1": 3, "c2": 3}, alpha=0.05, floor=1, top=5)


@settings(max_examples=30, deadline=None)
@given(arrays(float, (8, 3), elements=half_points))
def test_a_stricter_correction_never_lets_more_pass_and_the_order_of_criteria_is_nothing(points):
    scores = pd.DataFrame(points, columns=["a", "b", "c"])
    frame = multiverse.pairs(scores, alpha=0.05)
    passes = frame.pivot(index=["name", "test"], columns="correction", values="passes")
    for strict, lenient in (("bonferroni", "holm"), ("holm", "bh"), ("bh", "none")):
        if len(passes):
            assert (passes[strict] <= passes[lenient]).all()

    turned = multiverse.pairs(scores[["c", "a", "b"]], alpha=0.05)
    key = ["name", "test", "correction"]
    pd.testing.assert_frame_equal(
        frame.drop(columns=["first", "second"]).sort_values(key).reset_index(drop=True),
        turned.drop(columns=["first", "second"]).sort_values(key).reset_index(drop=True),
    )


def test_holm_of_the_multiverse_is_holm_of_the_ledger():
    p = worst_cases()
    frame = multiverse_of(p, ["holm"], alpha=0.05)
    for test in p.columns:
        assert adjust(p[test], "holm").tolist() == pytest.approx(
            frame.loc[frame["test"] == test, "p_adjusted"].tolist(), nan_ok=True
        )
