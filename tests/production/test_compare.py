"""Two sides beside each other: what moved, what flipped, and why."""

from __future__ import annotations

import copy
import csv
import json
import shutil
import zipfile
from hashlib import sha256

import pytest

from kernels_lib import cli
from kernels_lib.errors import BadParameters, UnknownName
from kernels_lib.production.compare import causes, comparing, page
from kernels_lib.production.compare.causes import Cell, Input, Tried
from kernels_lib.production.compare.differences import Item, apart, differences, in_words
from kernels_lib.production.compare.sides import chosen, read_side
from tests.test_cli_plan import scorecard


@pytest.fixture(scope="module")
def results(site):
    """Results of one client's report; copied before they are changed."""
    return json.loads((site / "build/results/clients/brand-08.json").read_text())


def changed(results, **what):
    other = copy.deepcopy(results)
    for name, value in what.items():
        other[name] = value
    return other


def test_equal_results_have_no_difference(results):
    assert [] == differences(results, copy.deepcopy(results))


def test_a_number_that_is_printed_alike_has_not_moved(results):
    other = copy.deepcopy(results)
    other["numbers"]["overall.score"]["value"] += 0.0001

    assert [] == differences(results, other)


def test_a_number_that_is_printed_differently_has_moved(results):
    other = copy.deepcopy(results)
    other["numbers"]["overall.score"]["text"] = "0.12"

    found = differences(results, other)
    assert [("overall.score", "number", results["numbers"]["overall.score"]["text"], "0.12")] == [
        (item.id, item.kind, item.before, item.after) for item in found
    ]


def test_a_question_that_is_no_longer_firm_is_one_flip_whatever_its_tests(results):
    other = copy.deepcopy(results)
    about = next(row["about"] for row in results["tests"] if row["firm"] and row["about"].startswith("pairs."))
    for row in other["tests"]:
        if row["about"] == about:
            row |= {"firm": False, "conclusion": "unresolved", "p_adjusted": 0.9}

    found = differences(results, other)
    assert [(f"question.{about}", "unresolved", "weaker")] == [(item.id, item.after, item.way) for item in found]
    assert tuple(about.split(".")[1:]) == found[0].criteria


def test_a_test_that_crosses_its_level_alone_is_told_by_its_method(results):
    other = copy.deepcopy(results)
    row = next(row for row in other["tests"] if row["p_adjusted"] is not None and row["p_adjusted"] <= 0.05)
    row["p_adjusted"] = 0.25

    found = differences(results, other)
    assert [f"test.{row['id']}"] == [item.id for item in found]
    assert found[0].words.endswith(f"by {row['method']}")
    assert "not significant at 0.05 (p = 0.250)" == found[0].after


def test_a_clients_verdict_that_flipped_is_told(results):
    other = copy.deepcopy(results)
    criterion, entry = next(iter(other["summary"]["scores"].items()))
    before, entry["verdict"] = entry["verdict"], "not scored"

    found = differences(results, other)
    assert [(f"verdict.score.{criterion}", before, "not scored", "weaker")] == [
        (item.id, item.before, item.after, item.way) for item in found
    ]


def test_numbers_of_one_side_only_are_listed(results):
    other = copy.deepcopy(results)
    del other["numbers"]["overall.score"]

    assert (["overall.score"], []) == apart(results, other)


def test_a_ref_is_said_in_words():
    names = {"dialog": "Participate in dialog", "advocacy": "Advocacy"}

    assert "Participate in dialog and Advocacy: pairs, low" == in_words("pairs.dialog.advocacy.low", names)


# Causes

ALPHA = Input("alpha", "parameter", "0.05", "0.01", "params/study.yaml, line 15")
HOLM = Input("correction", "parameter", "holm", "bonferroni")
BASE = Input("minimum_base", "parameter", "4", "5")
FLIP = Item("question.a", "conclusion", "A", "firm", "unresolved", "weaker", ("dialog",))


def why(item, *inputs, **tried):
    (found,) = causes.explain([item], inputs, key="client/brand-08", unit="Brand 08", tried=Tried(**tried))
    return found.cause, found.sure


def test_the_only_input_that_differs_is_the_cause():
    assert ("alpha 0.05 → 0.01 (params/study.yaml, line 15)", True) == why(FLIP, ALPHA)


def test_of_several_the_one_that_does_it_alone_is_the_cause():
    assert (str(ALPHA), True) == why(FLIP, ALPHA, HOLM, alone={"alpha": [FLIP], "correction": []})


def test_what_only_two_do_together_has_both_as_cause():
    # Without either of the two it does not happen; without the third it does.
    cause = why(
        FLIP, ALPHA, HOLM, BASE,
        alone={"alpha": [], "correction": [], "minimum_base": []},
        without={"alpha": [], "correction": [], "minimum_base": [FLIP]},
    )  # fmt: skip

    assert (f"only together: {ALPHA}; {HOLM}", True) == cause


def test_what_cannot_be_tried_is_one_of_several():
    cause, sure = why(FLIP, ALPHA, HOLM, why_not="an earlier toolkit cannot be run from here")

    assert not sure
    assert cause.startswith("one of, or several together: alpha 0.05")
    assert cause.endswith("(an earlier toolkit cannot be run from here)")


def test_of_the_data_the_cells_of_the_criterion_are_named():
    cells = (
        Cell("datasets/x/scores.csv", 5, "Brand 04", "dialog", "2", "4"),
        Cell("datasets/x/scores.csv", 6, "Brand 05", "advocacy", "1", "2"),
    )
    data = Input("data", "data", "x", "y", cells=cells)

    assert ("datasets/x/scores.csv, line 5: Brand 04, dialog 2 → 4", True) == why(FLIP, data)
    assert not why(Item("overall.rank", "number", "rank", "1", "2"), data)[1]  # two cells: nobody knows which


# Sides


def test_a_build_a_copy_and_a_zip_of_it_are_the_same_side(site, tmp_path):
    shutil.copytree(site / "build/results", tmp_path / "kept/results")
    with zipfile.ZipFile(tmp_path / "kept.zip", "w") as archive:
        for path in sorted((site / "build/results").rglob("*.json")):
            archive.write(path, path.relative_to(site).as_posix())

    sides = [read_side(site, "", str(path)) for path in (site / "build", tmp_path / "kept", tmp_path / "kept.zip")]

    assert sides[0].results == sides[1].results == sides[2].results
    assert {"study/", "methods/", "client/brand-08"} <= sides[0].results.keys()
    assert (site, None) == (sides[0].project, sides[1].project)


WRONG = {
    "no such thing": ("parms", "'parms' is no file or folder. Did you mean 'params'? Give a folder or .zip"),
    "no results": ("params", "params: there are no results."),
    "nothing set": ("set:", "'set:' sets nothing."),
    "no key": ("set:alpha", "'alpha' is no key=value."),
    "nothing delivered": ("last delivered", "deliveries.csv: the file does not exist"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_side_that_is_nothing_is_told(name, project):
    text, message = WRONG[name]
    with pytest.raises(BadParameters) as told:
        read_side(project, "", text)
    assert message in str(told.value)


def delivered(project, *rows):
    with (project / "deliveries.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["client", "date", "checksum", "build"])
        table.writerows(rows)


@pytest.mark.slow
def test_the_last_delivery_is_found_where_it_was_kept(small_site, results):
    folder = small_site / "build/delivered/abc"
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(json.dumps(changed(results, headline="As it was sent")))
    delivered(small_site, ["brand-08", "2026-02-01", "abc", ""], ["brand-08", "2026-01-01", "older", ""])

    side = read_side(small_site, "", "last delivered")
    assert {"client/brand-08": "As it was sent"} == {key: one["headline"] for key, one in side.results.items()}


def test_a_delivery_of_what_is_still_built_needs_no_copy(small_site, results):
    sums = (small_site / "build/site/clients/brand-08/SHA256SUMS").read_bytes()
    delivered(small_site, ["brand-08", "2026-02-01", sha256(sums).hexdigest(), ""])

    assert {"client/brand-08": results} == read_side(small_site, "", "last-delivered").results


def test_a_delivery_that_was_not_kept_is_told_with_its_date(small_site):
    delivered(small_site, ["brand-08", "2026-02-01", "0123456789abcdef", ""])

    with pytest.raises(BadParameters, match=r"brand-08 \(2026-02-01, checksum 0123456789ab\)\..* build/delivered/"):
        read_side(small_site, "", "last delivered")


def test_a_client_that_no_side_has_is_told():
    with pytest.raises(UnknownName, match="Did you mean 'brand-08'"):
        chosen(["client/brand-08"], ["brand08"])


# The whole


def test_two_builds_are_compared_without_computing_anything(small_site, monkeypatch, capsys):
    before = small_site / "before"
    shutil.copytree(small_site / "build/results", before / "results")
    path = small_site / "build/results/clients/brand-08.json"
    now = json.loads(path.read_text())
    now["parameters"]["alpha"] = 0.01
    now["numbers"]["overall.score"]["text"] = "0.12"
    path.write_text(json.dumps(now))

    code, out, err = scorecard(monkeypatch, capsys, "compare", str(before), str(small_site / "build"), "--json")

    assert (0, "") == (code, err)
    found = json.loads(out)
    by_key = {report["key"]: report for report in found["reports"]}
    assert [] == by_key["client/brand-09"]["numbers"]
    (moved,) = by_key["client/brand-08"]["numbers"]
    # The one parameter that differs; its line is the study's, where the first side's value stands.
    assert ("0.12", "alpha 0.05 → 0.01 (params/study.yaml, line 15)", True) == (
        moved["after"], moved["cause"], moved["sure"],
    )  # fmt: skip
    assert ("before", "build", "build/compare/before--build.html") == (found["first"], found["second"], found["page"])
    text = (small_site / found["page"]).read_text()
    assert "http://" not in text and "https://" not in text
    assert "No conclusion flipped, 1 number moved." in text


def with_a_second_wave(project):
    """The attitude survey with one cell changed a year later."""
    folder = project / "datasets/attitude"
    package = json.loads((folder / "datapackage.json").read_text())
    package["scorecard"]["waves"]["1978"] = "1978-01-01"
    (resource,) = package["resources"]
    resource["scorecard"]["wave"] = "1977"
    later = copy.deepcopy(resource)
    later |= {"name": "scores-1978", "path": "scores-1978.csv"}
    later["scorecard"]["wave"] = "1978"
    text = (folder / "scores.csv").read_text().replace("Department 02,63,64", "Department 02,63,94")
    (folder / "scores-1978.csv").write_text(text)
    later |= {"hash": f"sha256:{sha256(text.encode()).hexdigest()}", "bytes": len(text)}
    package["resources"].append(later)
    (folder / "datapackage.json").write_text(json.dumps(package))


@pytest.mark.slow
def test_two_waves_name_the_cell_and_two_parameters_the_one_that_did_it(project):
    with_a_second_wave(project)

    compared = comparing.compare(project, "attitude", "wave=1977", "wave=1978")
    (report,) = compared.reports
    moved = {each.item.id: each for each in report.numbers}
    # (64 -> 94) / 30 = one point more
    assert moved["criteria.complaints.mean"].cause == (
        "datasets/attitude/scores-1978.csv, line 3: Department 02, complaints 64 → 94"
    )
    assert 1 == float(moved["criteria.complaints.mean"].item.after) - float(
        moved["criteria.complaints.mean"].item.before
    )
    assert "Department 02" in page.render(compared)

    both = comparing.compare(project, "attitude", "wave=1977", "set:wave=1977 alpha=0.001 minimum_base=5")
    (report,) = both.reports
    assert {"alpha", "minimum_base"} == {each.name for each in report.inputs}
    assert report.conclusions
    assert {"alpha 0.05 → 0.001"} == {each.cause for each in report.explained}
    assert all(each.sure for each in report.explained)
    # What was computed is gone; the site was never touched.
    assert not (project / "build/studies").exists()
    assert [] == list((project / "build/work").glob("*"))


def test_the_verb_is_known():
    assert cli.compare
