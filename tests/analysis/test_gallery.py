"""The gallery's clients in words: what is hard to say is said right."""

from __future__ import annotations

import re

import pytest

from kernels_lib.analysis import findings
from kernels_lib.analysis.narrative import ClientWords
from kernels_lib.paths import slug_of
from kernels_lib.study import open_study
from tests import gallery
from tests.analysis.reports import run_report
from tests.conftest import copy_project


@pytest.fixture(scope="module")
def hard_cases(tmp_path_factory):
    root = copy_project(tmp_path_factory.mktemp("gallery") / "project")
    gallery.write(root)
    return root


@pytest.fixture
def read(hard_cases, monkeypatch):
    """Results of a client's report, by name or slug."""
    monkeypatch.setenv("SCORECARD_ROOT", str(hard_cases))
    return lambda name: run_report(hard_cases, "client", monkeypatch, "gallery", client=slug_of(name))


def sentence(found, identity):
    return next(s["text"] for s in found["sentences"] if s["id"] == identity)


def test_a_client_with_one_weak_criterion_reads_of_its_only_gap(read):
    found = read("one-weak-spot")

    assert "only gap" in found["headline"] or "only gap" in found["shown"]
    assert 1 == sum(s["verdict"] == "missed opportunity" for s in found["summary"]["scores"].values())
    assert "one step" in sentence(found, "quarter.title").lower()
    assert not re.search(r"\bgaps\b", sentence(found, "answer.title"))


def test_a_client_without_a_gap_is_told_to_hold_and_sees_no_empty_list(read):
    found = read("nothing-missing")

    assert "on target on all eight criteria" in found["headline"]
    assert 1 == found["summary"]["rank"]
    assert "every criterion is on target" in found["shown"]
    assert not re.search(r"\b(?:0|no|zero) (?:gaps|missed opportunities|strengths)\b", found["shown"], re.I)


def test_the_last_client_has_no_strength_and_no_slide_about_strengths(read):
    found = read("last-of-all")

    assert 16 == found["summary"]["rank"]
    assert "No criterion is on target yet" in found["headline"]
    assert "strengths.rows" not in {s["id"] for s in found["sentences"]}
    # All scores are 1, so the overall score is 1 whatever the weights.
    assert "1.00 to 1.00" not in found["shown"]


def test_tied_clients_share_a_rank_and_say_so(read):
    east, west = read("twin-east"), read("twin-west")

    assert east["summary"]["rank"] == west["summary"]["rank"]
    assert "tied with" in sentence(east, "summary")


def test_missing_scores_are_named_and_not_read_as_zero(read):
    found = read("gaps-in-the-data")

    assert "up to date and peer-to-peer were not scored" in found["shown"].lower()
    # (3 + 4.5 + 2.5 + 3.5 + 2 + 3) / 6
    assert 3.0833 == round(found["summary"]["overall"], 4)


def test_an_industry_of_two_is_withheld_and_the_reason_is_given(read):
    found = read("one-of-two")

    assert "could be read off" in found["shown"]
    assert "Couple averages" not in found["shown"]


@pytest.mark.parametrize("name", [gallery.LONG, gallery.JAPANESE])
def test_a_long_or_japanese_name_stays_whole(read, name):
    found = read(name)

    assert found["headline"].startswith(name)
    assert found["subject_name"] == name


def test_ten_headlines_in_a_row_do_not_sound_alike(hard_cases, monkeypatch):
    monkeypatch.setenv("SCORECARD_ROOT", str(hard_cases))
    headlines = []
    for name in gallery.CLIENTS:
        study = open_study("gallery", client=slug_of(name))
        shared = findings.common(study)
        words = ClientWords(study, shared, findings.client_card(study, shared))
        headlines.append(words.headline().text.replace(name, "X"))

    # Two clients may share a finding, as the twins do; more would read like a form.
    assert len(set(headlines)) >= len(headlines) - 1
    assert all(re.match(r"X [a-z]", headline) for headline in headlines)
