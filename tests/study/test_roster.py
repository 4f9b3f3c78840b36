"""A roster reads a study once: what it says of each client is what the files say."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

from pathlib import Path

import pytest

from kernels_lib.errors import BadData, BadParameters, UnknownName
from kernels_lib.study import params
from kernels_lib.study import roster as roster_module
from kernels_lib.study.params import read_layers
from kernels_lib.study.roster import read_roster

OVERRIDES = [(), (("alpha", "0.01"),), (("weights.dialog", "3"), ("correction", "bh")), (("contact", "me"),)]


@pytest.mark.parametrize("overrides", OVERRIDES, ids=str)
def test_parameters_of_a_report_are_those_of_its_files(root, overrides):
    roster = read_roster(root, overrides=overrides)
    for _ in range(2):
        for client in roster.clients.values():
            industry = roster.industry_of(client)
            files = {"industry_file": industry.file if industry else None, "client_file": client.file}
            assert read_layers(root, "", **files, overrides=overrides) == roster.parameters(
                client=client, overrides=overrides
            )
        for industry in roster.industries.values():
            expected = read_layers(root, "", industry_file=industry.file, overrides=overrides)
            assert expected == roster.parameters(industry=industry, overrides=overrides)
        assert read_layers(root, "", overrides=overrides) == roster.parameters(overrides=overrides)


def test_a_client_with_a_file_keeps_its_values_to_itself(project):
    path = project / "params/clients/brand-07.yaml"
    path.write_text("brand: Brand 07\nweights: {dialog: 9}\nalpha: 0.2\n", encoding="utf-8")
    roster = read_roster(project)
    before = roster.parameters(client=roster.clients["brand-08"])
    own = roster.parameters(client=roster.clients["brand-07"])

    assert (0.2, 9.0) == (own.values.alpha, own.values.weights["dialog"])
    assert "params/clients/brand-07.yaml, line 2" == str(own.origin("weights.dialog"))
    assert before == roster.parameters(client=roster.clients["brand-08"])
    assert 0.05 == before.values.alpha


def test_once_a_study_is_read_no_file_is_read_for_a_client(project, monkeypatch):
    roster = read_roster(project)
    roster.parameters()
    for industry in roster.industries.values():
        roster.parameters(industry=industry)

    def never(*arguments, **options):
        raise AssertionError("read again")

    for name in ("read_bytes", "read_text", "open"):
        monkeypatch.setattr(Path, name, never)
    for client in roster.clients.values():
        assert "en" == roster.parameters(client=client).values.language or client.file
        assert client == roster.client(client.slug) == roster.client(client.brand)
    assert roster.scores_before() is None


def test_wrong_overrides_are_refused_every_time(root):
    roster = read_roster(root)
    for _ in range(2):
        with pytest.raises(UnknownName, match="criterion 'dialogue'"):
            roster.parameters(overrides=(("weights.dialogue", "1"),))
        with pytest.raises(BadParameters, match="alpha"):
            roster.parameters(overrides=(("alpha", "2"),))


def test_a_file_is_checked_again_when_it_changes_and_only_then(project, monkeypatch):
    path = project / "params/clients/brand-07.yaml"
    read_roster(project)
    checked = []
    check = params.check_model
    monkeypatch.setattr(params, "check_model", lambda model, file, **rest: checked.append(file) or check(model, file))
    read_roster(project)
    assert [] == checked

    path.write_text("brand: Brand 07\nalpah: 0.1\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(UnknownName, match="alpah"):
            read_roster(project)
    assert 2 == len(checked)


def test_a_slug_that_is_anothers_name_means_the_first_of_both(project):
    path = project / "params/clients/brand-09.yaml"
    path.write_text("brand: Brand 08\n", encoding="utf-8")
    (project / "params/clients/ninth.yaml").write_text("brand: Brand 09\n", encoding="utf-8")
    roster = read_roster(project)

    assert "Brand 08" == roster.client("brand-09").brand
    with pytest.raises(UnknownName, match="client 'brand-08'"):
        roster.client("brand-08")


def test_scores_are_read_once_for_the_same_bytes_and_again_for_others(project, monkeypatch):
    monkeypatch.setattr(roster_module, "_SCORES", {})
    reads = []
    read = roster_module.read_scores
    monkeypatch.setattr(roster_module, "read_scores", lambda *given: reads.append(1) or read(*given))
    first = read_roster(project)
    again = read_roster(project)
    assert (1, True, True) == (len(reads), first.scores is again.scores, first.clients is again.clients)

    path = first.dataset.scores.path
    path.write_text(path.read_text(encoding="utf-8").replace("Brand 07", "Brand 77"), encoding="utf-8")
    (project / "params/clients/brand-07.yaml").unlink()
    other = read_roster(project)
    assert 2 == len(reads)
    assert "brand-77" in other.clients and "brand-77" not in first.clients
    assert not other.scores.as_recorded


def test_another_description_or_scale_reads_the_scores_anew(project, monkeypatch):
    monkeypatch.setattr(roster_module, "_SCORES", {})
    read_roster(project)
    path = project / "params/instruments/facebook_page.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("top: 5", "top: 4", 1), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(BadData, match="outside the scale 1-4"):
            read_roster(project)


def test_a_new_or_changed_client_file_is_seen(project):
    read_roster(project)
    path = project / "params/clients/tenth.yaml"
    path.write_text("brand: Brand 10\n", encoding="utf-8")
    assert "Brand 10" == read_roster(project).clients["tenth"].brand

    path.write_text("brand: Brand 11\n", encoding="utf-8")
    roster = read_roster(project)
    assert ("Brand 11", "Brand 10") == (roster.clients["tenth"].brand, roster.clients["brand-10"].brand)


def test_memory_of_scores_does_not_grow(project, monkeypatch):
    monkeypatch.setattr(roster_module, "_SCORES", {})
    for study in ("", "attitude", "wine"):
        for _ in range(2):
            read_roster(project, study)
    path = project / "datasets/altimeter-2010/reconstruction.csv"
    text = path.read_text(encoding="utf-8")
    for number in range(4):
        path.write_text(text + "\n" * number, encoding="utf-8")
        read_roster(project)

    assert roster_module.MOST_HELD == len(roster_module._SCORES)
