"""Files to begin with: valid as they are made, never over others, never outside their folder."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import csv
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels_lib import cli
from kernels_lib.errors import BadParameters, UnknownName
from kernels_lib.production import build
from kernels_lib.study.instrument import read_instrument
from kernels_lib.study.params import layer_files
from kernels_lib.study.roster import read_roster
from kernels_lib.study.scaffolding import new_client, new_industry, new_instrument, new_study
from kernels_lib.study.scaffolds import example_scores


@pytest.mark.slow
def test_a_study_an_industry_and_a_client_are_made_checked_and_built(project):
    new_study(project, "cafes")
    new_industry(project, "north", study_name="cafes")
    made = new_client(project, "corner-cafe", study_name="cafes", brand="Example 01")

    assert ("params/studies/cafes/clients/corner-cafe.yaml",) == made.files
    assert "scorecard build corner-cafe --study cafes" == made.next
    planned = build.plan(build.Request(root=project, study_name="cafes"), thorough=True)
    # The study and methods, two industries, twelve clients.
    assert 16 == len(planned.jobs)
    summary = build.run(build.plan(build.Request(root=project, study_name="cafes", clients=("corner-cafe",))))
    assert [] == [outcome.error for outcome in summary.failed]
    page = (project / "build/studies/cafes/site/clients/corner-cafe/report.html").read_text()
    assert "These scores are made up." in page


def test_the_next_command_is_told(project, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["scorecard", "new", "client", "acme", "--brand", "Brand 12"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()

    assert 0 == stopped.value.code
    assert "Made params/clients/acme.yaml\nNext: scorecard build acme\n" == capsys.readouterr().out
    assert "Brand 12" == read_roster(project).clients["acme"].brand


def test_a_unit_is_found_by_its_name_or_by_its_folder(project):
    assert ("params/clients/brand-12.yaml",) == new_client(project, "Brand 12").files
    assert ("params/clients/brand-13.yaml",) == new_client(project, "brand-13").files


def test_every_line_that_may_be_taken_in_is_valid(project):
    new_study(project, "cafes")
    new_industry(project, "north", study_name="cafes")
    new_client(project, "example-01", study_name="cafes")
    folder = project / "params/studies/cafes"
    for path in (folder / "study.yaml", folder / "industries/north.yaml", folder / "clients/example-01.yaml"):
        text = path.read_text()
        path.write_text(re.sub(r"^# (?=[a-z_]+: )", "", text, flags=re.M))
        assert path.read_text() != text

    roster = read_roster(project, "cafes")
    values = roster.parameters(client=roster.client("example-01")).values
    assert ("Example 01 Ltd", 1.5) == (values.client_name, values.weights["speed"])


def files(project):
    """Every file but what is kept to be faster next time."""
    found = (path for path in project.rglob("*") if path.is_file() and project / "build" not in path.parents)
    return {path: path.read_bytes() for path in found}


def test_nothing_is_written_over(project):
    new_study(project, "cafes")
    (project / "params/studies/cafes/study.yaml").unlink()
    before = files(project)
    with pytest.raises(BadParameters, match=r"datasets/cafes/scores.csv, .* there already. Nothing was written"):
        new_study(project, "cafes")
    with pytest.raises(BadParameters, match=r"facebook_page.yaml: there already"):
        new_instrument(project, "facebook_page")
    with pytest.raises(BadParameters, match=r"'Brand 07' is a client with a file already\. Edit it"):
        new_client(project, "other", brand="Brand 07")
    with pytest.raises(BadParameters, match="'brand-05' is already the folder of 'Brand 05'"):
        new_client(project, "brand-05", brand="Brand 12")

    assert before == files(project)


UNSAFE = ["../up", "a/b", "..", "CON", "nul", "com1", "Cafés", "", "-x", "x" * 41, "a b", "a\n", "x-"]


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", UNSAFE)
def test_a_name_that_is_no_safe_folder_is_refused(project, name):
    with pytest.raises(BadParameters, match="cannot name"):
        new_study(project, name)
    with pytest.raises(BadParameters, match="cannot name"):
        new_client(project, name, brand="Brand 12")
    with pytest.raises(BadParameters, match="cannot name"):
        new_instrument(project, name.replace("-", "/") or "/")


def test_an_unknown_unit_is_told_with_the_nearest(project):
    with pytest.raises(UnknownName, match=r"unknown brand 'Brnad 12'. Did you mean 'Brand 12'\?"):
        new_client(project, "acme", brand="Brnad 12")
    with pytest.raises(BadParameters, match=r"unknown brand 'acme'.* say which is meant with --brand"):
        new_client(project, "acme")


def test_data_without_industries_have_none_to_make(project):
    with pytest.raises(BadParameters, match="these data have no industries"):
        new_industry(project, "north", study_name="attitude")


def test_a_study_of_a_dataset_gets_an_instrument_for_its_columns(project):
    made = new_study(project, "staff", dataset="attitude")
    read = read_instrument(project, "staff")

    assert ("params/instruments/staff.yaml", "params/studies/staff/study.yaml") == made.files
    assert ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"] == read.ids
    assert (0, 100, 1) == (read.scale.floor, read.scale.top, read.scale.step)
    build.plan(build.Request(root=project, study_name="staff"))


def test_a_study_with_an_instrument_gets_data_on_its_scale(project):
    made = new_study(project, "tasting", instrument="wine")

    assert "params/instruments" not in " ".join(made.files)
    build.plan(build.Request(root=project, study_name="tasting"))
    with (project / "datasets/tasting/scores.csv").open() as file:
        assert {row["bitterness"] for row in csv.DictReader(file)} <= set("12345")


def test_an_unknown_dataset_is_told_before_anything_is_written(project):
    with pytest.raises(UnknownName, match=r"--dataset: unknown dataset 'attitud'. Did you mean 'attitude'\?"):
        new_study(project, "staff", dataset="attitud")
    assert not (project / "params/studies/staff").exists()


def test_a_brand_with_quotes_and_colons_is_quoted(project):
    path = project / "datasets/altimeter-2010/reconstruction.csv"
    name = 'A "B": #1 \\ é'
    quoted = '"' + name.replace('"', '""') + '"'
    path.write_text(path.read_text().replace("Brand 12,", f"{quoted},", 1))
    new_client(project, "odd", brand=name)

    assert name == layer_files(project, "", "clients")["odd"].values["brand"]


@given(
    floor=st.integers(-100, 100),
    span=st.integers(1, 200),
    step=st.one_of(st.none(), st.sampled_from([0.25, 0.5, 1.0, 3.0])),
    count=st.integers(1, 9),
)
def test_example_scores_are_on_the_scale_and_its_grid(floor, span, step, count):
    rows = list(csv.reader(example_scores([f"c{n}" for n in range(count)], floor, floor + span, step).splitlines()))
    scores = [float(cell) for row in rows[1:] for cell in row[2:]]

    assert 12 * count == len(scores)
    assert all(floor <= score <= floor + span for score in scores)
    if step:
        assert all(abs((score - floor) / step - round((score - floor) / step)) < 1e-9 for score in scores)
