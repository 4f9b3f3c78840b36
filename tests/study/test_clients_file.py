"""``params/clients.csv``: one row a client, below the client's own file."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels_lib.errors import ScorecardError
from kernels_lib.production import build
from kernels_lib.study.clients_file import _rows
from kernels_lib.study.params import ClientFile
from kernels_lib.study.roster import read_roster
from tests.production.test_incremental import needs
from tests.test_cli_params import scorecard


def put(project, *lines):
    (project / "params/clients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def values(project, client, **more):
    roster = read_roster(project)
    return roster.parameters(client=roster.client(client), **more)


def test_a_row_gives_a_client_its_parameters_and_its_folder(project):
    put(
        project,
        "brand,client,alpha,contact,target.dialog,colours.primary,formats,wave,report_date,commentary.summary",
        'Brand 12,acme,0.01,"Ms Jones, room 7",3.5,#112233,"html,xlsx",2010,2011-02-03,We *know* it.',
    )
    found = values(project, "acme").values

    assert (0.01, "Ms Jones, room 7", {"dialog": 3.5}) == (found.alpha, found.contact, found.target)
    assert ("#112233", ["html", "xlsx"], "2010") == (found.colours.primary, found.formats, found.wave)
    assert ("2011-02-03", "We *know* it.") == (str(found.report_date), found.commentary.summary)


def test_an_empty_cell_says_nothing(project):
    put(project, "brand,alpha,language", "Brand 12,,de")
    assert (0.05, "de") == (values(project, "brand-12").values.alpha, values(project, "brand-12").values.language)


def test_a_clients_own_file_comes_after_its_row_and_set_after_both(project):
    # brand-24.yaml: language de, target of dialog 3.5, a contact; nothing on alpha.
    put(project, "brand,alpha,language,target.dialog,target.advocacy", "Brand 24,0.02,en,3,2")
    found = values(project, "brand-24")

    assert (0.02, "de", {"dialog": 3.5, "advocacy": 2}) == (
        found.values.alpha,
        found.values.language,
        found.values.target,
    )
    assert 0.1 == values(project, "brand-24", overrides=(("alpha", "0.1"),)).values.alpha


def test_params_says_row_and_column(project, monkeypatch, capsys):
    put(project, "brand,language,alpha", "Brand 11,,", "Brand 12,,0.01")
    code, out, _ = scorecard(monkeypatch, capsys, "params", "brand-12", "--json")

    assert 0 == code
    assert "params/clients.csv, row 3, column alpha" == json.loads(out)["alpha"]["origin"]


def test_a_spreadsheet_with_semicolons_and_a_byte_order_mark_is_read(project):
    put(project, "\ufeffbrand;alpha;contact", "Brand 12;0.01;a, b")
    assert "a, b" == values(project, "brand-12").values.contact


def test_one_changed_row_makes_one_client_anew(small_site):
    put(small_site, "brand,alpha", "Brand 08,0.01")
    assert {"brand-08": (True, ("html", "slides"), ("changed: the parameters",))} == needs(small_site)


WRONG = {
    "unknown column": (
        ["brand,alfa", "Brand 12,1"],
        "row 1, column alfa: unknown parameter 'alfa'. Did you mean 'alpha'?",
    ),
    "study's own": (["brand,seed", "Brand 12,1"], "row 1, column seed: unknown parameter 'seed'."),
    "column twice": (["brand,alpha,alpha", "Brand 12,1,1"], "row 1, column alpha: 'alpha' is there twice."),
    "no brand column": (["name,alpha", "Brand 12,1"], "row 1: no column 'brand'. The columns are: name, alpha."),
    "empty": ([""], "row 1: no column 'brand'. The columns are: none."),
    "out of range": (["brand,alpha", "Brand 12,2"], "row 2, column alpha: input should be less than 0.5 (found 2)."),
    "comma for point": (["brand;alpha", "Brand 12;0,01"], "row 2, column alpha: input should be a valid number"),
    "no such choice": (["brand,language", "", "Brand 12,fr"], "row 3, column language: input should be 'en' or 'de'"),
    "in a mapping": (["brand,colours.primary", "Brand 12,red"], "row 2, column colours.primary: string should match"),
    "in a list": (["brand,formats", "Brand 12,html;doc"], "row 2, column formats: input should be 'html',"),
    "unknown criterion": (
        ["brand,target.dialgo", "Brand 12,3"],
        "row 2, column target.dialgo: unknown criterion 'dialgo'. Did",
    ),
    "outside the scale": (
        ["brand,target.dialog", "Brand 12,9"],
        "row 2, column target.dialog: target 9 for 'dialog' is outside",
    ),
    "unknown brand": (
        ["brand,alpha", "Brnad 12,0.1"],
        "row 2, column brand: unknown brand 'Brnad 12'. Did you mean 'Brand 12'?",
    ),
    "no brand": (["brand,alpha", ",0.1"], "row 2, column brand: no brand."),
    "brand twice": (
        ["brand,alpha", "Brand 12,0.1", "Brand 12,0.2"],
        "row 3, column brand: 'Brand 12' has row 2 already.",
    ),
    "unsafe folder": (["brand,client", "Brand 12,../x"], "row 2, column client: '../x' cannot name a folder"),
    "folder twice": (
        ["brand,client", "Brand 12,acme", "Brand 13,acme"],
        "row 3, column client: 'acme' is the folder of row 2",
    ),
    "another name than its file": (
        ["brand,client", "Brand 07,acme"],
        "row 2, column client: 'Brand 07' is 'acme' here and has",
    ),
    "too many cells": (["brand,alpha", "Brand 12,0.1,a"], "row 2: 3 cells under 2 columns."),
    "html in the words": (
        ["brand,commentary.summary", "Brand 12,<b>a</b>"],
        "row 2, column commentary.summary: it holds HTML",
    ),
}


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_cell_is_told_by_row_and_column(project, name):
    lines, message = WRONG[name]
    put(project, *lines)
    with pytest.raises(ScorecardError) as stopped:
        build.plan(build.Request(root=project))
    assert f"params/clients.csv, {message}" in str(stopped.value)


def test_everything_that_is_wrong_is_told_at_once(project):
    put(project, "brand,alpha,language", "Brand 12,2,fr", "Brand 13,0.1,de", "Brand 14,x,de")
    with pytest.raises(ScorecardError) as stopped:
        read_roster(project)

    rows = [line.partition(":")[0] for line in str(stopped.value).splitlines()]
    assert [
        f"params/clients.csv, row {place}" for place in ("2, column alpha", "2, column language", "4, column alpha")
    ] == rows


def test_bytes_that_are_no_utf8_are_told(project):
    (project / "params/clients.csv").write_bytes(b"brand,contact\nBrand 12,M\xfcller\n")
    with pytest.raises(ScorecardError, match=r"params/clients.csv: byte 24 is no UTF-8. Save it as 'CSV UTF-8'"):
        read_roster(project)


@given(
    st.dictionaries(
        st.sampled_from(["contact", "client_name", "logo"]),
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=20),
    )
)
def test_a_row_says_what_a_file_of_the_same_words_says(words):
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["brand", *words])
    table.writerow(["Brand 12", *words.values()])
    row = _rows(text.getvalue().encode(), "clients.csv")["Brand 12"]

    assert ClientFile.model_validate({"brand": "Brand 12", **words}) == ClientFile.model_validate(row.values)
