"""Two waves that are not the same study: brands come and go, a criterion is dropped, the scale is another."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import csv
import json
import sys

import pandas as pd
import pytest

from kernels_lib import cli
from kernels_lib.analysis import findings, waves
from kernels_lib.analysis.narrative import StudyWords
from kernels_lib.errors import BadData
from kernels_lib.study import open_study

BRANDS = [f"Brand {number:02d}" for number in range(1, 13)]


def points(place, criterion, rater, top):
    return (3 * place + 5 * criterion + rater) % (top + 1)


def records(wave, brands, criteria, top):
    return [
        [brand, wave, rater, name, points(place, j, i, top)]
        for place, brand in enumerate(brands)
        for i, rater in enumerate(["Ann", "Ben"])
        for j, name in enumerate(criteria)
    ]


@pytest.fixture
def words(project, tmp_path, monkeypatch):
    def make(top_before, scale):
        rows = records("2024", BRANDS, ["Clarity", "Speed", "Trust"], top_before)
        rows += records("2025", [*BRANDS[1:], "Brand 13"], ["Clarity", "Swiftness", "Trust"], 10)
        path = tmp_path / "waves.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["Brand", "Wave", "Rater", "Criterion", "Score"], *rows])
        monkeypatch.chdir(project)
        monkeypatch.setattr(sys, "argv", ["scorecard", "import", str(path), "--as", "two", "--yes", "--scale", scale])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert not left.value.code
        study = open_study("two")
        return StudyWords(study, findings.common(study))

    return make


def test_a_wave_on_a_shorter_scale_is_not_compared_and_says_why(words):
    told = words(4, "0-10/1")

    assert told.shared.change is None
    assert not [test for test in told.shared.tests if test.about.startswith("waves.")]
    assert "Not compared with wave 2024: the scales seem to differ" == told.change_title().text
    assert "No score of wave 2024 lies above the middle of the scale of 0 to 10" in told.change().text


def test_waves_that_the_source_says_are_on_one_scale_are_compared(words, project):
    words(4, "0-10/1")
    path = project / "datasets/two/datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if "role" in resource["scorecard"]:
            resource["scorecard"]["same_scale"] = True
    path.write_text(json.dumps(package), encoding="utf-8")

    study = open_study("two")
    assert findings.common(study).change is not None

    path.write_text(json.dumps(package).replace('"same_scale": true', '"same_scale": "yes"'), encoding="utf-8")
    with pytest.raises(BadData, match="'same_scale' is \"yes\""):
        open_study("two")


def test_who_came_who_went_and_what_one_wave_alone_has_is_told(words):
    told = words(10, "0-10/1")

    assert told.shared.change is not None
    said = told.change().text
    assert "New in this wave: Brand 13." in said
    assert "No longer scored: Brand 01." in said
    # Speed became swiftness: nothing says that they are the same, so neither is compared.
    assert "Not compared, because only one wave has scores on it: speed and swiftness." in said
    untested = {test.about for test in told.shared.tests if test.about.startswith("waves.") and test.p_value is None}
    assert {"waves.speed", "waves.swiftness"} == untested


def test_few_scores_or_a_wave_that_reaches_over_the_middle_are_compared():
    low, high = pd.DataFrame({"a": [0.0, 4.0] * 9}), pd.DataFrame({"a": [0.0, 10.0] * 9})
    over = pd.DataFrame({"a": [*[4.0] * 39, 6.0]})

    assert "" == waves.other_scale(low, high, floor=0, top=10)  # 18 scores say too little
    assert "" == waves.other_scale(over, pd.DataFrame({"a": [10.0] * 40}), floor=0, top=10)
