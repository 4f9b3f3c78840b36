"""JSON values kept between runs: found again as they were, never trusted blindly."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import math
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernels_lib.errors import BadParameters
from kernels_lib.keep import cache_beside, digest_of, prune, remember_json

KEY = {"version": 1, "n": 30}


class Maker:
    """Counts how often it had to make the value."""

    def __init__(self, value):
        self.calls, self.value = 0, value

    def __call__(self):
        self.calls += 1
        return self.value


def only_file(folder):
    (path,) = folder.iterdir()
    return path


def test_the_second_time_nothing_is_made(tmp_path):
    make = Maker({"b": [1, 2.5, None], "a": {"x": True}})
    first = remember_json("sums", KEY, make, folder=tmp_path)
    second = remember_json("sums", dict(reversed(KEY.items())), make, folder=tmp_path)

    assert 1 == make.calls
    assert repr(make.value) == repr(first) == repr(second)


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}])
def test_a_value_that_counts_as_false_is_kept_as_well(tmp_path, value):
    make = Maker(value)
    for _ in range(2):
        assert repr(value) == repr(remember_json("sums", KEY, make, folder=tmp_path))
    assert 1 == make.calls


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=values)
def test_whatever_is_remembered_comes_back_as_it_was(tmp_path, value):
    remember_json("sums", {"version": 1, "of": repr(value)}, lambda: value, folder=tmp_path)

    # NaN is no equal of itself, and True is one of 1: by repr.
    assert repr(value) == repr(remember_json("sums", {"version": 1, "of": repr(value)}, lambda: value, folder=tmp_path))


@pytest.mark.parametrize("value", ["\ud83d\ude00", {"\ud83d\ude00": 1}, {1: "a"}, (1, 2)])
def test_what_json_would_change_is_made_every_time(tmp_path, value):
    make = Maker(value)
    for _ in range(2):
        assert repr(value) == repr(remember_json("sums", KEY, make, folder=tmp_path))

    assert 2 == make.calls


@pytest.mark.parametrize("change", [{"version": 2}, {"n": 31}, {"more": [1, None]}])
def test_another_key_is_another_value(tmp_path, change):
    make = Maker(math.pi)
    remember_json("sums", KEY, make, folder=tmp_path)
    remember_json("sums", {**KEY, **change}, make, folder=tmp_path)
    remember_json("tables", KEY, make, folder=tmp_path)

    assert 3 == make.calls == len(list(tmp_path.iterdir()))


def test_a_key_without_the_version_of_its_code_is_refused(tmp_path):
    with pytest.raises(BadParameters, match="version"):
        remember_json("sums", {"n": 30}, Maker(1), folder=tmp_path)


@pytest.mark.slow
def test_a_file_cut_off_or_changed_anywhere_is_made_again(tmp_path):
    make = Maker({"sum": 3})
    remember_json("sums", KEY, make, folder=tmp_path)
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]):
            path.write_bytes(damaged)
            before = make.calls
            assert {"sum": 3} == remember_json("sums", KEY, make, folder=tmp_path)
            assert before + 1 == make.calls
            assert whole == path.read_bytes()


def test_a_file_under_the_wrong_name_is_not_believed(tmp_path):
    remember_json("sums", KEY, Maker(1), folder=tmp_path / "one")
    remember_json("sums", {**KEY, "n": 5}, Maker(2), folder=tmp_path / "two")
    only_file(tmp_path / "one").replace(only_file(tmp_path / "two"))

    assert 2 == remember_json("sums", {**KEY, "n": 5}, Maker(2), folder=tmp_path / "two")


def test_what_cannot_be_written_is_made_every_time(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    make = Maker(7)
    for _ in range(2):
        assert 7 == remember_json("sums", KEY, make, folder=blocked / "cache")

    assert 2 == make.calls


def test_a_failure_is_not_remembered(tmp_path):
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        remember_json("sums", KEY, fail, folder=tmp_path)
    assert [] == list(tmp_path.iterdir())


def test_a_projects_values_go_below_its_root(tmp_path):
    (tmp_path / "project" / "params" / "clients").mkdir(parents=True)
    (tmp_path / "project" / "params" / "study.yaml").write_text("")

    assert tmp_path / "project/build/cache" == cache_beside(tmp_path / "project/params/clients")
    assert cache_beside(tmp_path / "elsewhere") is None


def test_the_digest_of_files_knows_their_names_and_their_bytes_but_no_order(tmp_path):
    for name, text in {"a": "1", "b": "2"}.items():
        (tmp_path / name).write_text(text)
    files = [tmp_path / "a", tmp_path / "b"]
    first = digest_of(files, tmp_path)

    assert first == digest_of(reversed(files), tmp_path)
    assert first != digest_of(files[:1], tmp_path)
    (tmp_path / "b").rename(tmp_path / "c")
    assert first != digest_of([tmp_path / "a", tmp_path / "c"], tmp_path)
    (tmp_path / "c").rename(tmp_path / "b")
    (tmp_path / "b").write_text("3")
    assert first != digest_of(files, tmp_path)


def test_of_too_many_values_the_oldest_go_and_nothing_else(tmp_path):
    for number in range(8):
        remember_json("sums", {"version": 1, "n": number}, lambda: "x" * 1000, folder=tmp_path)
    paths = sorted(tmp_path.iterdir())
    for second, path in enumerate(paths):
        os.utime(path, (second, second))
    for other in ("build.lock", "notes-of-mine.json"):
        (tmp_path / other).write_text("x" * 5000)
    size = paths[0].stat().st_size

    assert 0 == prune(tmp_path, 8 * size)
    # Of eight, seven and a half may stay: below three quarters of that, 5.6, are five.
    assert 3 == prune(tmp_path, int(7.5 * size))
    assert sorted([*paths[3:], tmp_path / "build.lock", tmp_path / "notes-of-mine.json"]) == sorted(tmp_path.iterdir())
    assert 0 == prune(tmp_path / "no such folder", 0)


def test_a_value_that_was_removed_is_made_again(tmp_path):
    make = Maker(3)
    remember_json("sums", KEY, make, folder=tmp_path)

    assert 1 == prune(tmp_path, 0)
    assert 3 == remember_json("sums", KEY, make, folder=tmp_path)
    assert 2 == make.calls
