"""A client's own change since the wave before, and how far error of measurement alone would move it."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import csv
import sys

import pytest

from kernels_lib import cli
from kernels_lib.analysis import exhibits, findings
from kernels_lib.analysis.narrative import ClientWords, Since
from kernels_lib.study import open_study

BRANDS = [f"Brand {number:02d}" for number in range(1, 9)]


def scored(brand, criterion, rater, wave):
    """Raters are half a point apart; Brand 03 rises by two on clarity and by nothing on trust."""
    own = 1 + BRANDS.index(brand) % 3 if brand in BRANDS else 2
    rise = 2 if (brand, criterion, wave) == ("Brand 03", "Clarity", "2025") else 0
    return min(5, own + rise + (rater == "Ben" and BRANDS.index(brand) % 2 if brand in BRANDS else 0))


@pytest.fixture
def since(project, tmp_path, monkeypatch):
    def make(client, raters=("Ann", "Ben"), scale="0-5/1"):
        rows = [
            [brand, wave, rater, criterion, scored(brand, criterion, rater, wave)]
            for wave, brands, criteria in (
                ("2024", BRANDS, ("Clarity", "Trust", "Price")),
                ("2025", [*BRANDS[1:], "Brand 09"], ("Clarity", "Trust", "Care")),
            )
            for brand in brands
            for rater in raters
            for criterion in criteria
        ]
        head = ["Brand", "Wave", "Rater", "Criterion", "Score"]
        if len(raters) == 1:
            head, rows = [h for h in head if h != "Rater"], [[r[0], r[1], r[3], r[4]] for r in rows]
        path = tmp_path / "waves.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows])
        monkeypatch.chdir(project)
        monkeypatch.setattr(sys, "argv", ["scorecard", "import", str(path), "--as", "two", "--yes", "--scale", scale])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert not left.value.code
        study = open_study("two", client=client)
        shared = findings.common(study)
        return Since(ClientWords(study, shared, findings.client_card(study, shared)))

    return make


def test_a_change_is_told_beside_what_error_alone_would_do(since):
    told = since("brand-03")

    rows = told.table.rows
    # Brand 03 is an even place: both raters give 3 and 3; on clarity both give 5 in the second wave.
    assert {"clarity": 2.0, "trust": 0.0} == rows["change"].dropna().to_dict()
    # 1.96 sqrt(2) SEM, with the SEM of the agreement table.
    sem = told.words.shared.agreement.loc["clarity", "sem"]
    assert 1.959964 * 2**0.5 * sem == pytest.approx(rows.loc["clarity", "least"], rel=1e-6)
    assert ("beyond", "within") == (rows.loc["clarity", "reach"], rows.loc["trust", "reach"])
    assert "Since wave 2024: 1 up, 0 down, 1 as before" == told.title().text
    said = told.how().text
    # Over clarity and trust alone: (3 + 3) / 2 = 3 then, (5 + 3) / 2 = 4 now.
    assert "On the two criteria that both waves have, the overall score was 3.0 then and is 4.0 now" in said
    assert "one change is larger than that." in said.lower()
    # One SEM stands for both waves, and the reader is told.
    assert "this wave's raters say; the wave before is taken to have had the same." in said
    assert "Not compared, because only one wave has scores on it: price and care." in said


def test_scores_of_one_rater_are_described_and_not_judged(since):
    told = since("brand-03", raters=("Ann",))

    assert ["unknown"] * 4 == list(told.table.rows["reach"])
    assert "nobody knows how much of a change is error" in told.how().text
    assert "reach" not in {column.key for column in exhibits.client_change(told).record.columns}


def test_a_client_that_is_new_says_so_and_shows_no_table(since):
    told = since("brand-09")

    assert told.table is None
    assert "Brand 09 has no scores of wave 2024" == told.title().text
    assert "" == told.how().text
    assert exhibits.client_change(told) is None


def test_waves_that_seem_to_be_on_other_scales_are_not_compared_for_a_client_either(since, monkeypatch):
    told = since("brand-03")
    monkeypatch.setitem(told.words.shared.__dict__, "other_scale", "before")

    assert told.table is None
    assert "the scales seem to differ" in told.title().text


def test_the_shown_table_has_the_largest_rise_first_and_dashes_where_a_wave_lacks_a_score(since):
    record = exhibits.client_change(since("brand-03")).record

    assert ["Clarity", "Trust"] == [row["criterion"] for row in record.rows[:2]]
    assert [3.0, 5.0] == [record.rows[0]["before"], record.rows[0]["after"]]
    assert {"–"} == {row["change"] for row in record.rows[2:]}
