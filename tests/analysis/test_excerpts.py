"""What a page shows of a list that is too long to be read."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels_lib.analysis.excerpts import MOST_LISTED, PART, excerpt, left_out, places, rule, shown_rows
from kernels_lib.study.language import speaking


@pytest.mark.parametrize("count", [0, 1, MOST_LISTED])
def test_a_list_that_can_be_read_is_shown_whole_and_nothing_is_said(count):
    assert list(range(count)) == places(count) == excerpt(range(count)) == shown_rows(count, "brand", "brands")
    assert "" == rule(count, "brands")


def test_of_three_thousand_the_first_the_middle_and_the_last_twenty_are_shown():
    # The middle of 3,000 places lies between 1,500 and 1,501: places 1,491 to 1,510, from 0 one less
    assert [*range(20), *range(1490, 1510), *range(2980, 3000)] == places(3000)
    assert ["1470 brands between these are left out"] * 2 == [
        row for row in shown_rows(3000, "brand", "brands") if isinstance(row, str)
    ]


@given(st.integers(0, 4000), st.data())
def test_what_is_shown_and_what_is_left_out_make_the_whole_list_in_its_order(count, data):
    keep = data.draw(st.lists(st.integers(0, count - 1), max_size=3)) if count else []
    shown = excerpt(range(count), keep=lambda item: item in keep)
    rows = shown_rows(count, "brand", "brands", keep)

    at = 0
    for item, row in zip(shown, rows, strict=True):
        if isinstance(row, str):
            assert left_out(item, "brand", "brands") == row
            at += item
        else:
            assert at == item == row
            at += 1
    assert count == at
    assert set(keep) <= {row for row in rows if isinstance(row, int)}
    assert len(rows) <= MOST_LISTED + 2 * (3 + 1)


def test_the_choice_knows_places_only():
    # Whatever is in the list, the same places are shown
    assert excerpt("a" * 500) == ["a" if isinstance(item, str) else item for item in excerpt("ab" * 250)]


def test_the_rule_is_said_with_its_numbers_in_both_languages():
    said = rule(3000, "brands", kept="Brand 7")
    assert f"the first {PART}, the middle {PART} and the last {PART} of 3000 brands, and Brand 7." in said
    assert "annex" in said
    with speaking("de"):
        german = rule(3000, "Marken")
    assert german.startswith(
        "Gezeigt nach dem Platz: die ersten 20, die mittleren 20 und die letzten 20 von 3000 Marken."
    )
