"""Results as tidy tables with a codebook, for whoever goes on computing."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels_lib.production.jobs import TABLES
from kernels_lib.production.publish import tidy

REPORTS = ["", "methods/", "industries/retail/", "clients/brand-07/"]


def table(site, name):
    with (site / "build/results" / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def results(site, place):
    name = {"": "results", "methods/": "methods"}.get(place, place.rstrip("/"))
    return json.loads((site / f"build/results/{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("place", REPORTS)
def test_every_record_is_a_row_with_the_same_numbers(site, place):
    stated = results(site, place)
    for name in tidy.TABLES:
        rows = table(site, f"{place}{name}.csv")
        records = list(stated[name].values()) if name == "numbers" else stated[name]
        assert len(records) == len(rows), name
        for record, row in zip(records, rows, strict=True):
            for key, value in record.items():
                if isinstance(value, float):
                    assert value == float(row[key]), (name, key)
                elif value is None:
                    assert "" == row[key]


def test_the_tables_are_those_that_a_job_says_it_has():
    assert {f"{name}.csv" for name in (*tidy.TABLES, tidy.CODEBOOK)} == set(TABLES)


@pytest.mark.parametrize("place", REPORTS)
def test_the_codebook_has_every_column_of_every_table_once(site, place):
    rows = table(site, f"{place}codebook.csv")
    listed = [(row["table"], row["column"]) for row in rows[:-1]]
    found = []
    for name in tidy.TABLES:
        with (site / "build/results" / f"{place}{name}.csv").open(newline="", encoding="utf-8") as file:
            found += [(name, column) for column in next(csv.reader(file))]
    assert found == listed
    assert all(row["label"] for row in table(site, f"{place}codebook.csv"))


def test_the_studys_criteria_are_the_published_ones(site):
    rows = table(site, "criteria.csv")
    assert ("2.0833333333333335", "published", "main", "study") == tuple(
        rows[0][key] for key in ("mean", "basis", "study", "report")
    )
    assert 8 == len(rows)


def test_a_clients_tables_name_no_other_brand(site):
    folder = site / "build/results/clients/brand-07"
    text = "".join(path.read_text() for path in folder.iterdir())
    others = [f"Brand {number:02d}" for number in range(1, 31) if number != 7]

    assert "Brand 07" in text or "brand-07" in text
    assert [] == [name for name in others if name in text]


def test_codes_stay_english_in_a_german_report(site):
    verdicts = {row["verdict"] for row in table(site, "clients/brand-24/criteria.csv")}
    assert verdicts <= {"strength", "missed opportunity", "unresolved"}


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()))
def test_a_cell_gives_its_value_back(value):
    text = io.StringIO()
    csv.writer(text).writerow([tidy._cell(value), "end"])
    (cell, _), *_rest = csv.reader(io.StringIO(text.getvalue(), newline=""))

    if value is None:
        assert "" == cell
    elif isinstance(value, bool):
        assert cell == str(value).lower()
    elif isinstance(value, float):
        assert float(cell) == value or math.isinf(value)
    else:
        assert str(value) == (tidy.original(cell) if isinstance(value, str) else cell)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_text_that_a_spreadsheet_would_run_is_inert_and_comes_back(start):
    name = f"{start}HYPERLINK(1)"
    results = {"study": "main", "wave": "2026", "report": "study", "subject": name}
    results |= {"criteria": [{"id": name, "mean": -0.5}], "brands": [], "industries": [], "numbers": {}, "tests": []}
    row = next(csv.DictReader(io.StringIO(tidy.tables(results)["criteria.csv"].decode(), newline="")))

    assert f"'{name}" == row["id"] == row["subject"]
    assert name == tidy.original(row["id"])
    # A negative number is a number.
    assert "-0.5" == row["mean"]


@pytest.mark.parametrize("said", ["-0.5", "+1.25", "-3", "2010", "Brand 07", ""])
def test_numbers_and_plain_names_are_as_they_are(said):
    assert said == tidy.inert(said)


def test_the_codebook_tells_the_rule(site):
    rows = table(site, "codebook.csv")
    assert "apostrophe" in rows[-1]["meaning"]
    # The code book keeps its own rule: none of its cells begins like a formula.
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
