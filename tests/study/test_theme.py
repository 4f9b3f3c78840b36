"""A client's colours and type: contrast is checked, meanings are kept apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels_lib.study import theme

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(COLOURS, st.sampled_from(theme.MODES))
def test_every_colour_of_a_client_ends_with_enough_contrast(colour, mode):
    palette = theme.palette(mode, client=colour)
    assert theme.contrast(palette["client"], palette["paper"]) >= 3


@given(COLOURS)
def test_a_colour_that_has_enough_contrast_is_kept(colour):
    if theme.contrast(colour, "#ffffff") >= 3:
        assert colour == theme.client_colour(colour, "light")


@pytest.mark.parametrize("colour", ["#00629b", "#74bdf0", "#0a6aa0"])
def test_a_colour_like_that_of_a_strength_does_not_mark_the_client(colour):
    assert "a strength" == theme.confused(colour)
    assert theme.HOUSE["client"] == theme.palette("light", client=colour)["client"]


def test_a_colour_like_that_of_a_missed_opportunity_is_remarked_on():
    assert "would be read as 'a missed opportunity'" in theme.remark("#b8450f")


def test_a_faint_colour_is_remarked_on_with_its_contrast_and_what_is_used():
    # WCAG: white has luminance 1, #ffee00 .2126 + .7152 * .855 = .824: (1 + .05) / (.824 + .05) = 1.2
    assert "contrast of 1.2:1 on white and needs 3:1; #9d9715 is used" in theme.remark("#ffee00")


@pytest.mark.parametrize("colour", ["", "#7a1f5c", "#2e7d32"])
def test_a_colour_that_is_used_as_it_is_needs_no_remark(colour):
    assert "" == theme.remark(colour)


@pytest.mark.parametrize("name", ["Georgia", "Source Serif 4", "IBM Plex Sans"])
def test_a_family_is_named_by_letters_digits_and_spaces(name):
    assert theme.FAMILY.match(name)


@pytest.mark.parametrize("name", ['x"; } body{display:none', "a,b", "url(x)", "", "x" * 61])
def test_nothing_that_could_leave_a_style_sheet_is_a_family(name):
    assert not theme.FAMILY.match(name)
