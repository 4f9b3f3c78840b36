"""Data with raters: one row a unit and rater."""

from __future__ import annotations

import numpy as np
import pytest

from kernels_lib.errors import BadData
from kernels_lib.study import open_study
from tests.conftest import change

RATINGS = "datasets/wine/ratings.csv"


def test_a_units_score_is_the_mean_of_its_raters(root):
    study = open_study("wine", root=root)
    assert (8, 1, 9) == study.ratings.shape
    # Bottle 1: 2 1 2 3 2 3 1 2 1 = 17 / 9
    assert 17 / 9 == pytest.approx(study.scores.loc["Bottle 1", "bitterness"])
    assert ["cold"] * 4 + ["warm"] * 4 == study.groups.tolist()


def test_a_rating_that_is_missing_is_left_out_of_the_mean(project):
    change(project / RATINGS, "Bottle 1,cold,no,Judge 1,2", "Bottle 1,cold,no,Judge 1,")
    study = open_study("wine", root=project)
    # (17 - 2) / 8
    assert 15 / 8 == pytest.approx(study.scores.loc["Bottle 1", "bitterness"])
    assert 1 == np.isnan(study.ratings).sum()


def test_data_without_raters_have_no_ratings(root):
    assert open_study("attitude", root=root).ratings is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "Bottle 2,cold,no,Judge 1,3",
            "Bottle 1,cold,no,Judge 1,3",
            r"line 3: 'Bottle 1' and rater 'Judge 1' stand here",
        ),
        ("Bottle 1,cold,no,Judge 2,1", "Bottle 1,warm,no,Judge 2,1", r"line 10: 'Bottle 1' is in 'cold' above and"),
        ("Bottle 1,cold,no,Judge 1,2", "Bottle 1,cold,no,,2", r"line 2: no judge in this row"),
        ("Bottle 1,cold,no,Judge 1,2", "Bottle 1,cold,no,Judge 1,2.5", r"line 2: score 2.5 .* between the steps of 1"),
        ("contact,judge,", "contact,rater,", r"line 1: no column 'judge'"),
    ],
)
def test_a_wrong_rating_is_named_with_its_line(project, old, new, problem):
    change(project / RATINGS, old, new)
    with pytest.raises(BadData, match=problem):
        open_study("wine", root=project)


def test_the_wave_before_is_found_by_its_date(project):
    assert open_study("wine", root=project).before is None
    path = project / "datasets/wine/datapackage.json"
    change(path, '"1989": "1989-01-01"', '"1989": "1989-01-01", "1990": "1990-01-01"')
    study = open_study("wine", root=project)
    # Resources without a wave of their own belong to every wave.
    assert ("1990", "1989") == (study.wave, study.roster.dataset.before)
    assert study.before.equals(study.scores)
