"""A file as a researcher has it becomes a dataset: formats, guesses, and what is never done to data."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import csv
import datetime as dt
import json

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from kernels_lib.errors import BadData, BadParameters, CannotWrite, UnknownName
from kernels_lib.study.importing import bringing
from kernels_lib.study.importing.mapping import Declaration, Ends
from kernels_lib.study.importing.proposing import Wish, scale_of
from kernels_lib.study.importing.reading import Sheet, read_sheet
from kernels_lib.study.importing.tidying import tidy
from kernels_lib.study.importing.values import number_in
from kernels_lib.study.importing.writing import make_again

WIDE = [["Company", "Service", "Delivery"], ["Northwind", 4, 3], ["Contoso", 2, 5], ["Fabrikam", 1, 4]]


def workbook(path, rows, title="Scores"):
    book = Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def text(path, lines, encoding="utf-8"):
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def bring(project, path, name="new", **order):
    """Import a file; the draft and the rows of the table that was written."""
    draft = bringing.prepare(bringing.Order(project, path, name, **order))
    bringing.write(draft)
    return draft, written(project, name)


def written(project, name="new", file=""):
    folder = project / "datasets" / name
    path = folder / file if file else next(iter(sorted(folder.glob("*.csv"))))
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def refused(project, path, **order):
    with pytest.raises((BadData, BadParameters, UnknownName)) as stopped:
        bring(project, path, **order)
    assert not (project / "datasets/new").exists()
    return str(stopped.value)


# ---- formats --------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_file_of_any_delimiter_is_read(project, delimiter):
    path = text(project / "a.csv", [delimiter.join(map(str, row)) for row in WIDE])

    assert [["company", "service", "delivery"], ["Northwind", "4", "3"]] == bring(project, path)[1][:2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_umlauts_arrive_in_every_common_encoding(project, encoding):
    path = text(project / "a.csv", ["Marke;Güte;Größe", "Müller;3,5;4", "Café;2;1,5"], encoding)

    draft, rows = bring(project, path)
    assert [["Müller", "3.5", "4"], ["Café", "2", "1.5"]] == rows[1:]
    assert ["marke", "gute", "grosse"] == rows[0]
    assert "," == draft.declared.decimal


def test_the_sheet_with_the_numbers_is_found_below_its_title(project):
    book = Workbook()
    book.active["A1"] = "About this file"
    page = book.create_sheet("Wave 1")
    page["A1"] = "Scores of spring"
    for i, row in enumerate(WIDE, 3):
        for j, value in enumerate(row, 1):
            page.cell(i, j, value)
    book.save(project / "a.xlsx")

    draft, rows = bring(project, project / "a.xlsx")
    assert ("Wave 1", 3, 4) == (draft.sheet.name, draft.declared.header_row, draft.declared.first_row)
    assert ["Contoso", "2", "5"] == rows[2]


def test_an_unknown_sheet_is_told_with_the_known_ones(project):
    path = workbook(project / "a.xlsx", WIDE)

    assert "unknown sheet 'Score'. Did you mean 'Scores'?" in refused(project, path, sheet="Score")


def test_a_merged_header_is_refused_with_its_cell(project):
    path = workbook(project / "a.xlsx", WIDE)
    book = Workbook()
    for row in WIDE:
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    book.save(path)

    found = refused(project, path)
    assert "a.xlsx, sheet Sheet, cell B1: the header is merged in B1:C1. Split the cells" in found


def test_a_parquet_file_is_read(project):
    path = project / "a.parquet"
    duckdb.sql(f"copy (select * from (values ('A', 1.5, 2), ('B', null, 5)) t(brand, x, y)) to '{path}'")

    assert [["brand", "x", "y"], ["A", "1.5", "2"], ["B", "", "5"]] == bring(project, path)[1]


def test_an_spss_file_brings_its_questions_and_its_missing_codes(project):
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    frame = pd.DataFrame({"firm": ["A", "B", "C"], "q1": [1.0, 9.0, 5.0], "q2": [2.0, 3.0, 4.0]})
    labels = {"q1": "Is it reliable?", "q2": "Is it friendly?"}
    ranges = {"q1": [{"lo": 9, "hi": 9}]}
    pyreadstat.write_sav(frame, str(project / "a.sav"), column_labels=labels, missing_ranges=ranges)

    draft, rows = bring(project, project / "a.sav")
    assert [["A", "1", "2"], ["B", "", "3"], ["C", "5", "4"]] == rows[1:]
    assert ("9",) == draft.declared.missing
    assert "Is it reliable?" in (project / "params/instruments/new.yaml").read_text()


def test_a_google_forms_export_is_understood(project):
    question = "How do you rate the brand? "
    path = text(
        project / "answers.csv",
        [
            f"Timestamp,Email address,Which brand do you rate?,{question}[Service],{question}[Price]",
            "2026/03/05 10:21:33 AM GMT+1,a@example.org,Northwind,5,4",
            "2026/03/06 10:21:33 AM GMT+1,b@example.org,Northwind,4,3",
            "2026/03/07 10:21:33 AM GMT+1,c@example.org,Contoso,1,2",
            "2026/03/09 10:21:33 AM GMT+1,d@example.org,Contoso,2,2",
        ],
    )

    draft, rows = bring(project, path)
    assert ["brand", "rater", "service", "price"] == rows[0]
    assert ["Contoso", "c@example.org", "1", "2"] == rows[3]
    assert {"2026": dt.date(2026, 3, 9)} == draft.declared.waves
    assert any("says who people are (Email address)" in remark for remark in draft.proposal.remarks)


def test_a_qualtrics_export_with_answers_in_words_is_understood(project):
    path = project / "export.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["StartDate", "EndDate", "ResponseId", "Q1", "Q2_1", "Q2_2"])
        writer.writerow(
            ["Start Date", "End Date", "Response ID", "Which brand?", "Rate it - Service", "Rate it - Price"]
        )
        writer.writerow([f'{{"ImportId":"{name}"}}' for name in ("s", "e", "r", "QID1", "QID2_1", "QID2_2")])
        days = ("2026-01-02 10:00:00", "2026-01-03 10:00:00")
        writer.writerow([*days, "R_1", "Northwind", "Strongly agree", "Neither agree nor disagree"])
        writer.writerow([*days, "R_2", "Contoso", "Disagree", "Agree"])
        writer.writerow([*days, "R_3", "Contoso", "", "Strongly disagree"])

    draft, rows = bring(project, path)
    # strongly disagree is 1, strongly agree 5
    assert [["Northwind", "R_1", "5", "3"], ["Contoso", "R_2", "2", "4"], ["Contoso", "R_3", "", "1"]] == rows[1:]
    assert ["brand", "rater", "service", "price"] == rows[0]
    assert 5 == draft.declared.words["Strongly agree"]


# ---- long ----------------------------------------------------------------------------------------


def long_rows(path):
    lines = ["brand,criterion,score,rater,wave,industry,note"]
    for wave, shift in (("2025", 0), ("2026", 1)):
        for brand, base in (("A", 1), ("B", 3)):
            for rater in ("Ann", "Bob"):
                lines += [f"{brand},{name},{base + shift},{rater},{wave},food," for name in ("Service", "Price")]
    lines[1] += "seen in person"
    return text(path, lines)


def test_a_long_table_becomes_a_table_a_wave_with_its_raters(project):
    draft, rows = bring(project, long_rows(project / "long.csv"))

    assert "long" == draft.declared.layout
    files = sorted(path.name for path in (project / "datasets/new").glob("*.csv"))
    assert ["ratings-2025.csv", "ratings-2026.csv", "remarks.csv"] == files
    assert ["brand", "industry", "rater", "service", "price"] == rows[0]
    assert ["B", "food", "Ann", "4", "4"] == written(project, "new", files[1])[3]
    assert [["A", "Ann", "service", "2025", "seen in person"]] == written(project, "new", "remarks.csv")[1:]


def test_a_score_that_stands_twice_keeps_both_rows(project):
    path = text(
        project / "long.csv", ["brand,criterion,score", "A,x,1", "A,y,2", "B,x,3", "B,y,3", "B,y,4", "C,x,1", "C,y,1"]
    )

    assert [["B", "3", "3"], ["B", "", "4"]] == [row for row in bring(project, path)[1] if row[0] == "B"]


# ---- guesses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({1: 9, 3: 4, 5: 2}, Ends(floor=1, top=5, step=1)),
        ({0: 1, 2.5: 4, 5: 2}, Ends(floor=0, top=5, step=0.5)),
        ({1: 9, 7: 4}, Ends(floor=1, top=7, step=1)),
        ({2: 9, 10: 4}, Ends(floor=1, top=10, step=1)),
        ({0: 3, 55: 9, 100: 1}, Ends(floor=0, top=100, step=1)),
        ({0.25: 2, 0.9: 1}, Ends(floor=0, top=1, step=None)),
        # one slip of the keyboard among two hundred
        ({1: 90, 3: 60, 5: 49, 45: 1}, Ends(floor=1, top=5, step=1)),
        ({5.7: 1, 10.6: 1}, Ends(floor=0, top=11, step=None)),
    ],
)
def test_the_scale_is_the_usual_one_that_holds_the_values(values, expected):
    assert expected == scale_of({float(value): n for value, n in values.items()})


def test_columns_of_a_known_instrument_are_found_by_name_and_by_likeness(project):
    header = "Department;Overall rating;Complaint;Privileges;Learnings;Raises;critical;Advancement;Staff"
    path = text(project / "a.csv", [header, "X;60;50;40;30;20;10;0;12", "Y;61;51;41;31;21;11;1;900"])

    draft, rows = bring(project, path)
    assert "attitude" == draft.declared.instrument
    assert ["department", "rating", "complaints", "privileges", "learning", "raises", "critical", "advance"] == rows[0]
    assert not (project / "params/instruments/new.yaml").exists()


def test_codes_outside_the_scale_are_taken_as_missing_and_a_brand_called_na_is_not(project):
    path = text(project / "a.csv", ["brand,x,y", "NA,1,99", "B,n/a,5", "C,-,3", "D,2,2"])

    draft, rows = bring(project, path)
    assert [["NA", "1", ""], ["B", "", "5"], ["C", "", "3"], ["D", "2", "2"]] == rows[1:]
    assert any("99 (1 cell) is taken as missing" in remark for remark in draft.proposal.remarks)


def test_99_on_a_scale_to_100_is_a_score(project):
    path = text(project / "a.csv", ["brand,x,y", "A,1,99", "B,50,5", "C,70,98"])

    assert ["A", "1", "99"] == bring(project, path)[1][1]


def test_words_that_are_no_known_answers_stay_for_check_to_tell(project):
    path = text(project / "a.csv", ["brand,x,y", "A,four,2", "B,5,5", "C,3,4"])

    assert ["A", "four", "2"] == bring(project, path)[1][1]


def test_columns_about_people_and_on_another_scale_are_left_out(project):
    rows = ["brand,q1,q2,q3,q4,age,turnover"] + [
        f"B{i},{1 + i % 5},{1 + i % 4},3,{5 - i % 5},{30 + i},{1000 * i}" for i in range(8)
    ]
    draft, found = bring(project, text(project / "a.csv", rows))

    assert ["brand", "q1", "q2", "q3", "q4"] == found[0]
    assert {"age", "turnover"} == set(draft.declared.ignore)


# ---- declarations --------------------------------------------------------------------------------


def test_a_declared_column_beats_every_guess(project):
    path = text(project / "a.csv", ["d,s,y,dept", "7,1,5,2", "7,2,4,2", "8,1,1,3", "8,3,2,3"])
    pairs = ("d=unit", "s=rater", "y=rating", "dept=industry")

    draft, rows = bring(project, path, pairs=pairs)
    assert ["unit", "industry", "rater", "rating"] == rows[0]
    # A name that is a number could not be told from the numbers of a report.
    assert ["Unit 7", "2", "1", "5"] == rows[1]
    assert Ends(floor=1, top=5, step=1) == draft.declared.scale


def test_a_file_of_a_mapping_is_the_whole_list_of_criteria(project):
    path = text(project / "a.csv", ["brand,x,y,z", "A,1,2,3", "B,3,4,5"])
    mapping = text(
        project / "map.yaml", ["criteria: {x: service}", "missing: ['3']", "scale: {floor: 0, top: 10, step: 1}"]
    )

    assert [["brand", "service"], ["A", "1"], ["B", ""]] == bring(project, path, map_file=mapping)[1]


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (("Servise=dialog",), "unknown column 'Servise'. Did you mean 'Service'?"),
        (("Service=delivery", "Delivery=delivery"), "'Service' and 'Delivery' are both 'delivery'. Keep one"),
        (("Service=Top notch",), "'Top notch' cannot name a criterion."),
    ],
)
def test_a_wrong_declaration_says_what_would_have_worked(project, pairs, message):
    assert message in refused(project, workbook(project / "a.xlsx", WIDE), pairs=pairs)


def test_a_mapping_with_an_unknown_key_is_refused_with_its_line(project):
    mapping = text(project / "map.yaml", ["layout: wide", "ratr: Who"])

    found = refused(project, workbook(project / "a.xlsx", WIDE), map_file=mapping)
    assert "map.yaml, line 2: unknown key 'ratr'. Did you mean 'rater'?" in found


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xls", b"x", "files that end in '.xls' are not read. Save it as .xlsx."),
        ("a.xlsx", b"no zip", "it cannot be opened as a workbook."),
        ("a.csv", b"\n\n", "there is nothing in it."),
        ("a.csv", b"brand,remark\nA,good\nB,bad\n", "no column holds scores."),
        ("a.parquet", b"PAR1", "it cannot be read"),
        ("a.csv", b"a\0b", "it is no text."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_so_and_writes_nothing(project, name, content, message):
    (project / name).write_bytes(content)

    assert message in refused(project, project / name)


# ---- what is written ------------------------------------------------------------------------------


def test_the_original_is_kept_byte_by_byte_and_the_table_can_be_made_again(project):
    path = workbook(project / "a.xlsx", [*WIDE, ["Litware", "n/a", "four"]])
    bring(project, path)
    folder = project / "datasets/new"

    assert path.read_bytes() == (folder / "original/a.xlsx").read_bytes()
    again = make_again(folder)
    assert (folder / "scores.csv").read_text() == again.tables["scores.csv"].text()
    assert ["Litware", "", "four"] == written(project)[-1]


def test_every_shipped_dataset_that_was_imported_can_be_made_again(root):
    made = {}
    for path in sorted((root / "datasets").glob("*/datapackage.json")):
        again = make_again(path.parent)
        if again is not None:
            made[path.parent.name] = again
            assert again.as_recorded
            for name, table in again.tables.items():
                assert table.text().encode() == (path.parent / name).read_bytes()
    assert "attitude" in made


def test_a_dataset_is_replaced_only_if_asked_and_then_kept(project):
    path = workbook(project / "a.xlsx", WIDE)
    bring(project, path)
    first = (project / "datasets/new/datapackage.json").read_bytes()

    with pytest.raises(BadParameters, match="there is a dataset 'new' already"):
        bring(project, path)
    for number in (1, 2):
        bring(project, workbook(path, [*WIDE, ["Litware", number, 3]]), replace=True)
    assert first == (project / "datasets/.earlier/new-1/datapackage.json").read_bytes()
    assert (project / "datasets/.earlier/new-2").is_dir()
    assert ["Litware", "2", "3"] == written(project)[-1]


def test_clients_own_figures_stay_when_a_dataset_is_replaced(project):
    path = workbook(project / "a.xlsx", WIDE)
    bring(project, path)
    own = project / "datasets/new/beside/1/acme.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("objectives: []\n")

    bring(project, path, replace=True)

    assert "objectives: []\n" == own.read_text()


def test_a_dataset_that_cannot_be_replaced_stays_where_it_is(project, monkeypatch):
    path = workbook(project / "a.xlsx", WIDE)
    bring(project, path)
    before = (project / "datasets/new/datapackage.json").read_bytes()
    real = type(path).rename

    def refuses(source, target):
        if target.name == "new" and source.name.startswith(".new-"):
            raise PermissionError("no")
        return real(source, target)

    monkeypatch.setattr(type(path), "rename", refuses)
    with pytest.raises(CannotWrite, match=r"datasets/new: cannot be written: .* What was there is untouched\."):
        bring(project, path, replace=True)

    assert before == (project / "datasets/new/datapackage.json").read_bytes()


def test_a_write_that_fails_leaves_what_was_there(project, monkeypatch):
    path = workbook(project / "a.xlsx", WIDE)
    bring(project, path)
    before = sorted((p.name, p.read_bytes()) for p in (project / "datasets/new").rglob("*") if p.is_file())

    monkeypatch.setattr("kernels_lib.study.importing.writing.shutil.copyfile", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring(project, path, replace=True)
    assert before == sorted((p.name, p.read_bytes()) for p in (project / "datasets/new").rglob("*") if p.is_file())
    assert [] == [p.name for p in (project / "datasets").iterdir() if p.name.startswith(".new")]


def test_a_new_import_keeps_the_mapping_and_what_people_wrote(project):
    path = text(project / "a.csv", ["brand,x,y", "A,1,2", "B,3,4"])
    bring(project, path, pairs=("x=service", "y=ignore"))
    package = project / "datasets/new/datapackage.json"
    described = json.loads(package.read_text())
    described["licenses"] = [{"name": "CC-BY-4.0"}]
    described["resources"][0]["schema"]["fields"][1]["description"] = "How people were served."
    package.write_text(json.dumps(described))

    draft, rows = bring(project, text(path, ["brand,x,y", "A,1,2", "B,5,4"]), replace=True)
    assert draft.again
    assert [["brand", "service"], ["A", "1"], ["B", "5"]] == rows
    now = json.loads(package.read_text())
    assert [{"name": "CC-BY-4.0"}] == now["licenses"]
    assert "How people were served." == now["resources"][0]["schema"]["fields"][1]["description"]


def test_who_replaces_data_means_the_same_wave_unless_another_is_named(project):
    path = text(project / "a.csv", ["brand,x,y", "A,1,2", "B,3,4"])
    bring(project, path, wish=Wish(wave="2026 Q2"))
    again, _ = bring(project, path, replace=True)
    other, _ = bring(project, path, replace=True, wish=Wish(wave="2026 Q3"))

    assert {"2026 Q2": dt.date(2026, 4, 1)} == again.declared.waves
    # "the wave is called 2026, after the file's date" would be untrue.
    assert not [remark for remark in again.proposal.remarks if "wave" in remark]
    assert {"2026 Q3": dt.date(2026, 7, 1)} == other.declared.waves


def test_a_draft_is_an_instrument_and_a_study_that_can_be_opened(project):
    from kernels_lib.study.opening import open_study

    bring(project, workbook(project / "a.xlsx", WIDE), wish=Wish(scale=Ends(floor=1, top=7, step=1)))

    study = open_study("new", root=project)
    assert (["service", "delivery"], "company", "companies") == (
        study.instrument.ids, study.instrument.unit.one, study.instrument.unit.many
    )  # fmt: skip
    assert (1, 7, 1) == (study.instrument.scale.floor, study.instrument.scale.top, study.instrument.scale.step)
    # three quarters of the way from 1 to 7
    assert 5.5 == study.instrument.target.value
    assert [[4, 3], [2, 5], [1, 4]] == study.scores.to_numpy().tolist()


# ---- laws ----------------------------------------------------------------------------------------

cells = st.one_of(st.none(), st.integers(-5, 120), st.floats(-1e6, 1e6), st.text(max_size=8))


@given(st.lists(st.tuples(st.text(min_size=1, max_size=6), cells, cells), min_size=1, max_size=8))
def test_no_value_is_invented_and_none_is_lost(rows):
    sheet = Sheet("a.csv", "", [["brand", "x", "y"], *map(list, rows)], range(1, len(rows) + 2), "csv")
    declared = Declaration(
        unit="brand", criteria={"x": "x", "y": "y"}, waves={"2026": dt.date(2026, 1, 1)}, missing=("n/a",)
    )
    (table,) = tidy(sheet, declared, ["x", "y"], "brand")

    for row, spots in zip(table.rows, table.spots, strict=True):
        for shown, spot in zip(row, spots, strict=True):
            cell = sheet.rows[spot[0]][spot[1]]
            number = number_in(cell)
            if number is not None:
                # Printed to 15 digits.
                assert float(number) == pytest.approx(float(cell), rel=1e-14)
            kept = {"", number, " ".join(str(cell).split()), str(cell).strip()} if cell is not None else {""}
            assert shown in kept
    assert len(table.rows) <= len(rows)


def test_spots_are_the_cells_of_the_workbook(project):
    path = workbook(project / "a.xlsx", [["Notes"], [], *WIDE])
    draft, _ = bring(project, path)
    (table,) = draft.tables

    assert "D4" != draft.sheet.place(*table.spots[0][2]).cell
    assert ("C4", "C5") == tuple(draft.sheet.place(*table.spots[row][2]).cell for row in (0, 1))
    assert 5 == read_sheet(path).rows[3][2]
