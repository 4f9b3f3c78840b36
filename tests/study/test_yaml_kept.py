"""YAML files are parsed once for the same bytes: what is kept reads like the file, mistakes included."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kernels_lib.errors import BadParameters
from kernels_lib.study import language, messages, yamlfile
from kernels_lib.study.yamlfile import parse_scalar, read_yaml

TEXT = """\
title: A study  # with a remark
report_date: 2010-08-02
date: map
weights: {branding: 2, dialog: 0.5}
answer: NO
list:
  - map: [1, null, true]
  - {date: 2020-02-29, map: [[date, 1]]}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project whose files nobody has read yet."""
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "study.yaml").write_text(TEXT)
    forget(monkeypatch)
    return tmp_path / "params"


def forget(monkeypatch):
    monkeypatch.setattr(yamlfile, "_READ", {})


def never(*arguments):
    raise AssertionError("parsed again")


def test_kept_values_and_lines_are_those_of_the_parser(folder, monkeypatch):
    fresh = yamlfile.parse_yaml(TEXT, "study.yaml")
    first = read_yaml(folder / "study.yaml", "study.yaml")
    forget(monkeypatch)
    monkeypatch.setattr(yamlfile, "parse_yaml", never)
    again = read_yaml(folder / "study.yaml", "study.yaml")

    assert repr(fresh) == repr(first) == repr(again)
    assert dt.date(2010, 8, 2) == again.values["report_date"]
    assert (4, 7, 8) == (again.line("weights", "dialog"), again.line("list", 0), again.line("list", 1, "date"))


keys = st.text("abcdefgimpt$ ", min_size=1, max_size=5) | st.sampled_from(["date", "map", "1", "null"])
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec="utf-8"), max_size=8)
    | st.dates(min_value=dt.date(1000, 1, 1))
)
trees = st.dictionaries(
    keys,
    st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
    ),
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(tree=trees)
def test_any_mapping_is_kept_as_it_was_parsed(folder, tree):
    from ruamel.yaml import YAML

    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(tree, stream)
    path = folder / "any.yaml"
    path.write_text(stream.getvalue(), encoding="utf-8")
    try:
        fresh = yamlfile.parse_yaml(stream.getvalue(), "any.yaml")
    except BadParameters as problem:
        # Mistakes are found anew each time, with the same words.
        for _ in range(2):
            with pytest.raises(BadParameters) as found:
                read_yaml(path, "any.yaml")
            assert str(problem) == str(found.value)
        return
    for _ in range(2):
        yamlfile._READ.clear()
        assert repr(fresh) == repr(read_yaml(path, "any.yaml"))


def test_a_changed_file_is_read_anew(folder):
    path = folder / "study.yaml"
    before = read_yaml(path, "study.yaml")
    path.write_text(TEXT.replace("A study", "B study"))

    assert ["A study", "B study"] == [before.values["title"], read_yaml(path, "study.yaml").values["title"]]


def test_the_same_bytes_in_another_file_are_named_after_it(folder):
    (folder / "other.yaml").write_text(TEXT)
    read_yaml(folder / "study.yaml", "study.yaml")

    assert "other.yaml" == read_yaml(folder / "other.yaml", "other.yaml").shown
    assert "elsewhere" == read_yaml(folder / "other.yaml", "elsewhere").shown


def test_a_mistake_is_found_every_time_with_its_line(folder):
    path = folder / "study.yaml"
    path.write_text("a: 1\nb: 2\na: 3\n")
    for _ in range(2):
        with pytest.raises(BadParameters, match=r"study\.yaml, line 3"):
            read_yaml(path, "study.yaml")


def test_a_damaged_file_of_the_cache_is_passed_over_and_mended(folder, monkeypatch):
    first = read_yaml(folder / "study.yaml", "study.yaml")
    (kept,) = (folder.parent / "build" / "cache").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1])
    forget(monkeypatch)

    assert repr(first) == repr(read_yaml(folder / "study.yaml", "study.yaml"))
    assert whole == kept.read_bytes()


def test_another_version_of_the_reader_reads_anew(folder, monkeypatch):
    read_yaml(folder / "study.yaml", "study.yaml")
    forget(monkeypatch)
    monkeypatch.setattr(yamlfile, "_reader", lambda: "another")
    monkeypatch.setattr(yamlfile, "parse_yaml", lambda text, shown: yamlfile.YamlFile(shown, {"read": "anew"}))

    assert {"read": "anew"} == read_yaml(folder / "study.yaml", "study.yaml").values


scalars = st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{0,16})?|[a-zA-Z_~.:-]{1,6}|[-+0-9a-f_.xoe]{1,6}", fullmatch=True)


@settings(deadline=None)
@given(text=scalars)
@example("null")
@example("true")
@example("-0")
@example("00.5")
@example("12345678901234567.25")
def test_a_value_of_the_command_line_is_what_a_file_would_hold(text):
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        expected = yamlfile._plain(YAML(typ="rt", pure=True).load(text), (), {}, "--set")
    except YAMLError:
        expected = text
    assert repr(expected) == repr(parse_scalar(text))


PROCESS = """
import sys
from pathlib import Path
from kernels_lib.study.roster import read_roster
from kernels_lib.study.language import catalogue
from kernels_lib.study.messages import missing

root = Path(sys.argv[1])
roster = read_roster(root, overrides=(("alpha", "0.01"), ("language", "de")))
assert [] == missing(root, "de")
assert len(catalogue("de")) > 100
print([m for m in ("ruamel.yaml", "babel.messages.pofile", "numpy") if m in sys.modules])
"""


@pytest.mark.slow
def test_a_second_process_parses_no_yaml_and_no_catalogue(project):
    said = [
        subprocess.run([sys.executable, "-c", PROCESS, str(project)], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]

    assert "['ruamel.yaml', 'babel.messages.pofile']" == said[0].strip()
    assert "[]" == said[1].strip()


def test_a_kept_catalogue_is_the_one_that_is_read(project):
    language.catalogue.cache_clear()
    fresh = {message: tuple(forms) for message, forms in language._read("de")}

    for _ in range(2):
        language.catalogue.cache_clear()
        assert list(fresh.items()) == list(language.catalogue("de").items())


@pytest.mark.slow
def test_what_is_missing_is_found_again_each_time(project):
    path = project / "reports" / "client.ipynb"
    assert [] == messages.missing(project, "de")
    whole = path.read_text(encoding="utf-8")
    place = whole.index('"cells": [') + len('"cells": [')
    added = '{"cell_type": "markdown", "id": "x", "metadata": {}, "source": "My own."},'
    path.write_text(whole[:place] + added + whole[place:], encoding="utf-8")

    for _ in range(2):
        assert ["My own." in str(problem) for problem in messages.missing(project, "de")] == [True]
    path.write_text(whole, encoding="utf-8")
    assert [] == messages.missing(project, "de")
