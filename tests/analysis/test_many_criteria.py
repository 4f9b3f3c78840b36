"""From 20 criteria on each is compared with the overall score: 60 criteria have 1,770 pairs that nobody reads."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import csv
import sys

import numpy as np
import pandas as pd
import pytest

from kernels_lib import cli
from kernels_lib.analysis import evidence, figures, findings, pieces, significance
from kernels_lib.analysis.narrative import StudyWords
from kernels_lib.study import open_study
from kernels_lib.study.instrument import MANY_CRITERIA

UNITS = 24


def table_of(k):
    """Half of the criteria a point above the others; each unit has a level of its own, and one cell is empty."""
    rng = np.random.default_rng(k)
    level = rng.integers(2, 5, UNITS)[:, None]
    points = level + np.where(np.arange(k) < k // 2, 1, 0)[None, :] + rng.integers(-1, 2, (UNITS, k))
    rows = [[f"Shop {i:02d}", *map(str, row)] for i, row in enumerate(np.clip(points, 1, 7).tolist())]
    rows[3][2] = ""
    return [["Shop", *(f"Question {j:02d}" for j in range(k))], *rows]


@pytest.fixture
def opened(project, tmp_path, monkeypatch):
    def open_(k):
        path = tmp_path / f"of{k}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(table_of(k))
        monkeypatch.chdir(project)
        argv = ["scorecard", "import", str(path), "--as", f"of{k}", "--yes", "--scale", "1-7/1"]
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert not left.value.code
        study = open_study(f"of{k}")
        return study, findings.common(study)

    return open_


def test_a_criterion_is_set_against_the_overall_score_of_the_same_brands():
    # overall 2, 2, 2, 3: a is 1 below it three times, b 1 above; the fourth brand has no a
    scores = pd.DataFrame({"a": [1.0, 1, 1, np.nan], "b": [3.0, 3, 3, 3]})
    found = significance.against_overall(scores, scores.mean(axis=1), alpha=0.05)

    assert [-1.0, 0.75] == found["difference"].tolist()
    assert [(3, 0, 3), (4, 3, 0)] == list(found[["n", "above", "below"]].itertuples(index=False, name=None))


def test_it_is_the_test_against_the_mean_of_the_others():
    # x - mean of all = (k - 1) / k (x - mean of the others): the same t, the same ranks
    scores = pd.DataFrame(np.random.default_rng(1).integers(1, 6, (15, 20)).astype(float)).add_prefix("c")
    found = significance.against_overall(scores, scores.mean(axis=1), alpha=0.05, correction="none")
    for criterion in scores:
        others = scores.drop(columns=criterion).mean(axis=1)
        alone = significance.pairwise(
            pd.DataFrame({"one": scores[criterion], "others": others}), alpha=0.05, correction="none"
        ).iloc[0]
        row = found.loc[criterion]
        assert alone["t_p_value"] == pytest.approx(row["t_p_value"], abs=1e-9)
        assert alone["p_value"] == pytest.approx(row["p_value"], abs=1e-9)
        assert alone["difference"] * 19 / 20 == pytest.approx(abs(row["difference"]), abs=1e-9)


def test_twenty_criteria_have_twenty_questions_and_no_pairs(opened):
    study, shared = opened(MANY_CRITERIA)
    asked = {test.about for test in shared.tests}

    assert 20 == sum(about.startswith("overall.") for about in asked)
    assert not [about for about in asked if about.startswith("pairs.")]
    assert {20} == {test.family_size for test in shared.tests if test.about.startswith("overall.")}
    # The half that was made a point higher stands half a point above the overall score.
    frame = shared.beside_overall
    assert [True] * 10 == (frame["difference"].iloc[:10] > 0).tolist()
    assert 5 < frame["firm"].sum() < 20
    total = study.members.mean(axis=1)
    assert (study.members["question_05"] - total).mean() == pytest.approx(frame.loc["question_05", "difference"])


@pytest.mark.slow
def test_nineteen_criteria_are_compared_in_pairs(opened):
    __, shared = opened(MANY_CRITERIA - 1)

    assert 19 * 18 // 2 == len(shared.pairs)
    assert not shared.many
    assert not len(shared.beside_overall)


def test_prose_says_what_is_compared_and_claims_what_the_ledger_holds(opened):
    study, shared = opened(MANY_CRITERIA)
    words = StudyWords(study, shared)
    ledger = {test.about: test.firm for test in shared.tests}
    said = pieces.overall(words)

    assert "With 20 criteria there are 190 pairs" in said.text
    assert "20 questions, corrected as one family" in said.text
    title = words.pairs_title()
    assert (
        f"{(shared.beside_overall['firm'] & (shared.beside_overall['difference'] > 0)).sum()} are firmly above"
        in title.text
    )
    for statement in (title, said, pieces.noise_slide(words)):
        assert {about for about in ledger if about.startswith("overall.")} == {c.question for c in statement.claims}
        assert all(ledger[claim.question] == claim.firm for claim in statement.claims)
    assert figures.pairs(words) is None
    assert 20 == len(evidence.overall(words).record.rows)
    assert not shared.letters
    assert {"targets"} == set(shared.multiverse["family"]) == set(shared.completions["family"])
