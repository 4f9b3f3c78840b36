"""What the index says has changed since the last build."""

from __future__ import annotations

import copy

import pytest

from kernels_lib.production.changes import between

BEFORE = {
    "headline": "A is strong in dialog.",
    "numbers": {"overall.score": {"text": "3.10"}, "overall.rank": {"text": "9th"}},
    "summary": {"stage": "Adolescence", "scores": {"dialog": {"verdict": "unresolved"}}},
    "criteria": [{"id": "dialog", "name": "Dialog", "verdict": "missed opportunity"}],
    "provenance": {"scores": "ab", "parameters": "cd", "toolkit": "1"},
    "tables": ["a table"],
}


def changed(**parts):
    after = copy.deepcopy(BEFORE)
    for path, value in parts.items():
        *way, last = path.split("__")
        node = after
        for key in way:
            node = node[key]
        node[last] = value
    return between(BEFORE, after, "en")


def test_a_first_build_says_so_and_equal_results_say_nothing():
    assert ["first build"] == between(None, BEFORE, "en")
    assert [] == between(BEFORE, copy.deepcopy(BEFORE), "en")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"numbers__overall.score": {"text": "3.25"}}, ["score 3.25, was 3.10"]),
        ({"numbers__overall.rank": {"text": "8th"}}, ["rank 8th, was 9th"]),
        ({"summary__stage": "Exceptional"}, ["stage Exceptional, was Adolescence"]),
        ({"summary__scores__dialog": {"verdict": "strength"}}, ["Dialog: strength, was unresolved"]),
        ({"headline": "A is weak."}, ["another headline"]),
        ({"tables": []}, ["wording or tables only"]),
        ({"provenance__scores": "xy", "provenance__parameters": "zz"},
         ["wording or tables only", "changed: the scores, the parameters"]),
    ],
)  # fmt: skip
def test_each_kind_of_change_is_named_with_what_was_before(parts, said):
    assert said == changed(**parts)


def test_a_group_is_compared_by_its_own_verdicts():
    before, after = ({**BEFORE, "summary": {"n": 30}, "criteria": [{"id": "d", "name": "Dialog", "verdict": verdict}]}
                     for verdict in ("unresolved", "strength"))  # fmt: skip
    assert ["Dialog: strength, was unresolved"] == between(before, after, "en")


def test_the_words_come_in_the_language_of_the_index():
    after = {**BEFORE, "summary": {**BEFORE["summary"], "scores": {"dialog": {"verdict": "strength"}}}}
    assert ["Dialog: Stärke, vorher offen"] == between(BEFORE, after, "de")
