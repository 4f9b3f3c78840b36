"""What is wrong with data is said at once, where a person mends it."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import json

import pytest

from kernels_lib.analysis.screening import screen
from kernels_lib.production.checking import check
from kernels_lib.study.checking.inspection import inspect
from kernels_lib.study.checking.spelling import perhaps_the_same, same_but_for_looks
from kernels_lib.study.importing import bringing
from kernels_lib.study.instrument import read_instrument
from tests.conftest import change


def problems(project, lines, **order):
    """What is said of a csv file that was just imported: place and sentence."""
    path = project / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    bringing.write(bringing.prepare(bringing.Order(project, path, "new", **order)))
    found = check(project, "new", "", (), screen=screen)
    return {problem.where: problem.wrong for problem in found.problems if "draft" not in problem.wrong}


GOOD = [f"B{chr(65 + i)},{1 + i % 5},{1 + 2 * i % 5},{1 + 3 * i % 5}" for i in range(12)]


def test_sound_data_have_no_problem(project):
    assert {} == problems(project, ["brand,p,q,r", *GOOD])


def test_every_problem_of_a_csv_file_has_its_line_and_column(project):
    lines = ["brand,p,q,r", *GOOD, "BA,1,2,3", ",4,4,4", "BX,none of it,76,3"]

    assert {
        "a.csv, line 14, column 'brand'": "'BA' stands twice; first in line 2.",
        "a.csv, line 15, column 'brand'": "no brand in this row.",
        "a.csv, line 16, column 'p'": "'none of it' is no number.",
        "a.csv, line 16, column 'q'": "76 is outside the scale 1-5.",
    } == problems(project, lines)


def test_a_score_between_the_steps_is_an_error(project):
    lines = ["brand,p,q,r", *GOOD, *(f"C{line}" for line in GOOD), *(f"D{line}" for line in GOOD), "BX,2.3,1,1"]

    assert ["2.3 is between the steps of 1."] == list(problems(project, lines).values())


def test_a_hand_made_dataset_is_checked_in_its_own_file(project):
    csv = project / "datasets/altimeter-2010/reconstruction.csv"
    change(csv, "Brand 07,food_drink,1.0", "Brand 07,food_drink,11")
    change(csv, "Brand 09,", "brand 07,")
    instrument = read_instrument(project, "facebook_page")

    found = inspect(project, "altimeter-2010", instrument)
    errors = {problem.where: problem.wrong for problem in found.errors}
    where = "datasets/altimeter-2010/reconstruction.csv, line"
    assert "11 is outside the scale 1-5." == errors[f"{where} 8, column 'community_expectations'"]
    assert "the brand is 'Brand 07' in line 8: one name spelt two ways." == errors[f"{where} 10, column 'brand'"]
    assert any("differs from the checksum" in problem.wrong for problem in found.problems)


def test_parameters_and_data_are_told_together(project):
    change(project / "datasets/altimeter-2010/reconstruction.csv", "Brand 07,food_drink,1.0", "Brand 07,food_drink,x")
    change(project / "params/clients/brand-07.yaml", "brand:", "brnd:")

    found = check(project, "", "", (), screen=screen)
    assert 2 <= len(found.errors)
    assert any("'x' is no number" in problem.wrong for problem in found.errors)
    assert any("brnd" in problem.wrong for problem in found.errors)


def test_patterns_are_warnings_with_their_rows(project):
    names = "p,q,r,s,t,u"
    lines = [f"brand,{names}"]
    for i in range(20):
        level = 1 + i % 5
        lines.append(f"Brand {chr(65 + i)},{level},{level},{6 - level},{level},{level},{1 + i % 4}")
    lines += ["Same throughout,3,3,3,3,3,3", "Nothing much,1,,,,,2"]

    found = problems(project, lines)
    assert "'Same throughout' has one score throughout: 3, 6 times." == found["a.csv, line 22, column 'brand'"]
    assert "it falls where the others rise" in found["datasets/new/scores.csv, column 'r'"]
    # Brand A and Brand U have the same six: 20 = 5 * 4
    assert all("'Brand U'" not in wrong for wrong in found.values())


def test_agreement_coverage_and_ends_are_in_the_summary(project):
    lines = ["brand,judge,p"]
    lines += [f"B{b},J{j},{min(5, b + (j == 2))}" for b in range(1, 6) for j in range(3)]
    problems(project, lines)

    (wave,) = json.loads(json.dumps(check(project, "new", "", (), screen=screen).as_object()))["waves"]
    assert (5, 1, 3, 15, 1.0) == tuple(wave[key] for key in ("units", "criteria", "raters", "scores", "coverage"))
    # 1 of 15 scores is 1... two judges of B1; 5: all three of B5 and one of B4
    assert (round(2 / 15, 4), round(4 / 15, 4)) == (wave["floor"], wave["ceiling"])
    assert 0.8 < wave["agreement"][0]["icc_single"] < 1


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Acme", "ACME", "Bolt"], [("Acme", "ACME")]),
        (["Crédit & Co", "Credit and Co"], []),
        (["A-B", "AB"], [("A-B", "AB")]),
    ],
)
def test_names_that_differ_in_looks_alone_are_one(names, expected):
    assert expected == same_but_for_looks(names)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Fabrikam", "Fabrikan", True),
        ("Fabrikam", "Fabrikamm", True),
        ("Acme Inc.", "Acme", True),
        ("Brand 01", "Brand 02", False),
        ("Brand A", "Brand B", False),
        ("Iran", "Iraq", False),
        ("North Carolina", "South Carolina", False),
    ],
)
def test_names_that_differ_in_one_letter_of_a_long_word_are_told(one, other, near):
    assert ([(one, other)] if near else []) == list(perhaps_the_same([one, other]))


def counted(project, *rows):
    """The study of wine with its ratings one row each, counted, and no checksum; what check says."""
    folder = project / "datasets/wine"
    (folder / "ratings.csv").write_text("\n".join(["bottle,what,points,judge", *rows]) + "\n")
    package = json.loads((folder / "datapackage.json").read_text())
    columns = {"unit_column": "bottle", "criterion_column": "what", "score_column": "points", "rater_column": "judge"}
    own = {"role": "ratings", "basis": "measured", "counted": True, "unique": "stated", **columns}
    package["resources"] = [{"name": "ratings", "path": "ratings.csv", "scorecard": own}]
    (folder / "datapackage.json").write_text(json.dumps(package))
    # Industries of the study's files are not in these data.
    for path in (project / "params/studies/wine/industries").iterdir():
        path.unlink()
    return [problem.wrong for problem in check(project, "", "wine", (), screen=screen).problems]


RATED = [f"Bottle {i},bitterness,{1 + (i + j) % 5},J{i}{j}" for i in range(6) for j in range(3)]


def test_counted_ratings_with_a_row_each_are_well(project):
    assert [] == counted(project, *RATED)


def test_a_counted_rating_outside_the_scale_is_told(project):
    (wrong,) = counted(project, *RATED, "Bottle 1,bitterness,9,J99")
    assert "score 9 for 'Bottle 1' on 'bitterness' is outside the scale 1-5." == wrong


def test_what_is_wrong_with_published_means_is_told_before_anything_runs(project):
    change(project / "datasets/altimeter-2010/published.csv", "3.90,Adolescence,30", "3.90,Adolescence,29")

    assert "n differs between rows." in [problem.wrong for problem in check(project, "", "", (), screen=screen).errors]
