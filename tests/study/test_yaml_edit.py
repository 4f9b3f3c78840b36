"""A value is replaced where it stands; every other byte stays."""

from __future__ import annotations

import datetime as dt
import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels_lib.errors import BadParameters
from kernels_lib.study.yamledit import as_yaml, with_value, without_value
from kernels_lib.study.yamlfile import parse_scalar, parse_yaml
from tests.conftest import ROOT

STUDY = (ROOT / "params/study.yaml").read_text(encoding="utf-8")
CLIENT = (ROOT / "params/clients/brand-24.yaml").read_text(encoding="utf-8")


def differing(before: str, after: str) -> list[str]:
    """The lines taken out and put in."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[0] in "+-" and not line.startswith(("+++", "---"))]


EDITS = {
    "a number": (STUDY, "alpha", 0.01, ["-alpha: 0.05 ", "+alpha: 0.01 "]),
    "the first of an empty mapping": (STUDY, "target.dialog", 3.5, ["-target: {} ", "+target: {dialog: 3.5} "]),
    "a nested number": (CLIENT, "target.dialog", 3, ["-  dialog: 3.5", "+  dialog: 3"]),
    "one more in a mapping": (CLIENT, "target.advocacy", 3.25, ["+  advocacy: 3.25"]),
    "a mapping that is not there": (CLIENT, "weights.dialog", 2, ["+weights:", "+  dialog: 2"]),
    "a date": (STUDY, "report_date", dt.date(2010, 8, 2), ["-report_date: null ", "+report_date: 2010-08-02 "]),
    "a list on one line": (STUDY, "formats", ["html"], ["-formats: [html, slides] ", "+formats: [html] "]),
    "one of several languages": (CLIENT, "confidentiality.en", "A: b", ["-  en: Prep", '+  en: "A: b"']),
}


@pytest.mark.parametrize("name", EDITS)
def test_only_the_lines_of_the_value_change(name):
    text, key, value, expected = EDITS[name]

    found = differing(text, with_value(text, key.split("."), value, "x.yaml"))

    assert len(expected) == len(found)
    assert all(line.startswith(start) for line, start in zip(found, expected, strict=True)), found


def test_a_comment_behind_a_value_stays_in_its_column():
    line = next(line for line in STUDY.splitlines() if line.startswith("target:"))
    changed = with_value(STUDY, ["target", "dialog"], 3.5, "x.yaml")
    now = next(line for line in changed.splitlines() if line.startswith("target:"))

    assert line.index("#") == now.index("#")


def test_a_list_of_one_item_a_line_keeps_the_comments_of_its_items():
    text = "brand: A\nsections:\n  - scorecard # one\n  - pairs\n  # why\n  - method\nalpha: 0.1\n"
    expected = "brand: A\nsections:\n  - scorecard # one\n  # why\n  - method\n  - noise\nalpha: 0.1\n"

    assert expected == with_value(text, ["sections"], ["scorecard", "method", "noise"], "x.yaml")


def test_what_is_taken_out_leaves_no_empty_mapping():
    without = without_value(CLIENT, ["target", "dialog"], "x.yaml")

    assert ["-target:", "-  dialog: 3.5"] == differing(CLIENT, without)


def test_a_file_with_windows_line_ends_keeps_them():
    changed = with_value("brand: A\r\nalpha: 0.1\r\n", ["target", "dialog"], 3, "x.yaml")

    assert "brand: A\r\nalpha: 0.1\r\ntarget:\r\n  dialog: 3\r\n" == changed


def test_a_key_without_a_value_gets_one():
    assert "target: {dialog: 3}\nalpha: 0.1\n" == with_value("target:\nalpha: 0.1\n", ["target", "dialog"], 3, "x.yaml")


def test_a_value_that_stands_elsewhere_is_left_to_its_author():
    with pytest.raises(BadParameters, match=r"x\.yaml, line 2: 'correction' stands there in a way"):
        with_value("client_name: &it A\ncorrection: *it\n", ["correction"], "holm", "x.yaml")


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=20)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6), TEXTS, st.lists(TEXTS))


@given(VALUES)
def test_any_value_reads_back_as_it_was_written(value):
    assert value == parse_scalar(as_yaml(value)) or not isinstance(value, str | list | float)
    assert value == parse_yaml(with_value("brand: A\n", ["key"], value, "x.yaml"), "x.yaml").values["key"]


@given(st.dictionaries(st.sampled_from("abcdef"), VALUES, min_size=1), st.sampled_from("abcdef"), VALUES)
def test_other_keys_and_all_comments_stay(mapping, key, value):
    text = "".join(f"# about {name}\n{name}: {as_yaml(held)}  # {name} it is\n" for name, held in mapping.items())
    changed = with_value(text, [key], value, "x.yaml")

    assert {**mapping, key: value} == parse_yaml(changed, "x.yaml").values
    assert all(f"# about {name}\n" in changed and f"# {name} it is\n" in changed for name in mapping)
