"""Datasets, instruments and clients as they are read."""

from __future__ import annotations

import json

import pytest

from kernels_lib.errors import BadData, BadParameters, UnknownName
from kernels_lib.study import open_study
from kernels_lib.study.instrument import read_instrument
from kernels_lib.study.roster import read_roster
from tests.conftest import change

CSV = "datasets/altimeter-2010/reconstruction.csv"


def test_a_score_outside_the_scale_names_line_brand_and_criterion(project):
    path = project / CSV
    lines = path.read_text().splitlines()
    lines[7] = lines[7].rsplit(",", 1)[0] + ",11.5"
    path.write_text("\n".join(lines) + "\n")

    with pytest.raises(BadData) as caught:
        read_roster(project)

    assert (
        f"{CSV}, line 8: score 11.5 for 'Brand 07' on 'call_to_action' is outside the scale 1-5. "
        "Correct the source, or change `scale` in params/instruments/facebook_page.yaml." == str(caught.value)
    )


@pytest.mark.parametrize(
    ("cell", "says"),
    [("3.3", "between the steps of 0.5"), ("n/a", "is no number"), ("nan", "outside the scale"), ("1e999", "outside")],
)
def test_a_cell_that_is_no_score_is_refused(project, cell, says):
    path = project / CSV
    lines = path.read_text().splitlines()
    lines[1] = lines[1].rsplit(",", 1)[0] + f",{cell}"
    path.write_text("\n".join(lines) + "\n")

    with pytest.raises(BadData, match="line 2") as caught:
        read_roster(project)
    assert says in str(caught.value)


def test_an_empty_cell_is_a_missing_score(project):
    path = project / CSV
    lines = path.read_text().splitlines()
    lines[1] = lines[1].rsplit(",", 1)[0] + ","
    path.write_text("\n".join(lines) + "\n")

    study = open_study(root=project)

    assert 1 == int(study.scores.isna().sum().sum())
    assert "differs from the recorded checksum" in study.provenance["scores"]


def test_a_brand_called_na_stays_a_name(project):
    change(project / CSV, "Brand 01,", "NA,")
    assert "NA" in open_study(root=project).scores.index


def test_a_row_with_a_field_too_many_is_refused_and_shifts_nothing(project):
    change(project / CSV, "Brand 02,", "Brand, 02,")
    with pytest.raises(BadData, match="line 3: 11 fields where the header has 10"):
        read_roster(project)


def test_a_brand_that_stands_twice_is_refused(project):
    change(project / CSV, "Brand 02,", "brand 01,")
    with pytest.raises(BadData, match="stands here and in line 2"):
        read_roster(project)


def test_a_missing_dataset_names_those_that_are_there(project):
    with pytest.raises(UnknownName) as caught:
        read_roster(project, overrides=(("dataset", "altimeter-2011"),))
    assert "unknown dataset 'altimeter-2011'. Did you mean 'altimeter-2010'?" in str(caught.value)


def test_a_file_that_is_described_but_gone_is_named(project):
    (project / CSV).unlink()
    with pytest.raises(BadData, match=r"'reconstruction.csv' is described but not there"):
        read_roster(project)


def test_a_resource_may_not_leave_its_folder(project):
    path = project / "datasets/altimeter-2010/datapackage.json"
    package = json.loads(path.read_text())
    package["resources"][1]["path"] = "../attitude/scores.csv"
    path.write_text(json.dumps(package))
    with pytest.raises(BadData, match="leaves the dataset's folder"):
        read_roster(project)


def test_an_unknown_client_wave_or_study_names_the_known_ones(project):
    with pytest.raises(UnknownName, match="Did you mean 'brand-07'"):
        open_study(client="brnad-07", root=project)
    with pytest.raises(UnknownName, match="Known: 2010"):
        open_study(wave="2011", root=project)
    with pytest.raises(UnknownName, match="Did you mean 'attitude'"):
        open_study("atitude", root=project)


def test_a_client_file_must_name_a_brand_of_the_data(project):
    (project / "params/clients/acme.yaml").write_text("brand: Acme\n")
    with pytest.raises(UnknownName, match=r"params/clients/acme.yaml, line 1: unknown brand 'Acme'"):
        read_roster(project)


def test_two_brands_may_not_share_a_folder_of_the_site(project):
    change(project / CSV, "Brand 02,", "Brand: 01,")
    with pytest.raises(BadParameters, match="would both be written to 'brand-01'"):
        read_roster(project)


def test_a_client_file_may_give_another_slug(project):
    (project / "params/clients/acme.yaml").write_text("brand: Brand 01\nclient_name: Acme & Co\n")
    roster = read_roster(project)
    assert "acme" in roster.clients
    assert "brand-01" not in roster.clients
    assert "Acme & Co" == open_study(client="acme", root=project).subject


def test_both_instruments_are_read_and_no_criterion_stands_in_code(root):
    names = [read_instrument(root, name).ids for name in ("facebook_page", "attitude")]
    assert [8, 7] == [len(ids) for ids in names]
    code = "\n".join(path.read_text(encoding="utf-8") for path in (root / "kernels_lib").rglob("*.py"))
    # Plain English words ("rating", "dialog") may stand in prose; identifiers with an underscore may not.
    for criterion in [c for c in names[0] if "_" in c]:
        assert criterion not in code


def test_an_instrument_must_mark_every_field_as_published_or_assumed(project):
    path = project / "params/instruments/facebook_page.yaml"
    change(path, "question: assumed, ", "")
    with pytest.raises(BadParameters, match=r"no status .*question"):
        read_instrument(project, "facebook_page")


def test_random_draws_do_not_depend_on_the_client(root):
    first = open_study(client="brand-07", root=root).rng("purpose").random()
    assert first == open_study(client="brand-19", root=root).rng("purpose").random()
    assert first != open_study(client="brand-19", root=root).rng("other purpose").random()


def test_the_report_date_is_that_of_the_wave(root):
    assert "2010-08-02" == open_study(root=root).report_date.isoformat()
