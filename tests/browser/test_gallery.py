"""The gallery's hard cases in a real browser: every client's page and deck, wide and narrow, light and dark."""

from __future__ import annotations

import pytest

from kernels_lib.paths import slug_of
from kernels_lib.production import build
from kernels_lib.production.inspection import look
from tests import gallery
from tests.conftest import copy_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module", params=["en", "de"])
def built(request, tmp_path_factory):
    root = copy_project(tmp_path_factory.mktemp("gallery") / "project")
    gallery.write(root)
    asked = build.Request(
        root=root,
        study_name="gallery",
        clients=tuple(slug_of(name) for name in gallery.CLIENTS),
        overrides=(f"language={request.param}",),
    )
    summary = build.run(build.plan(asked))
    assert [] == [outcome.error for outcome in summary.failed]
    return summary.site


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "width"), [("report.html", 1440), ("report.html", 390), ("slides.html", 1280)])
def test_every_hard_case_fits_is_drawn_and_asks_for_nothing(built, open_page, name, width, scheme):
    page = open_page(width, 720, color_scheme=scheme)
    for client in gallery.CLIENTS:
        seen = look(page, built / "clients" / slug_of(client) / name)
        assert [] == seen["requests"] + seen["console"], client
        assert (0, []) == (seen["overflow"]["sideways"], seen["overflow"]["slides"]), client
        empty = [t for figure in seen["figures"] for t in figure["traces"] if t["points"] and not t["marks"]]
        assert [] == empty, client


def test_every_hard_case_has_a_deck_of_ten_to_fourteen_slides(built):
    for client in gallery.CLIENTS:
        deck = (built / "clients" / slug_of(client) / "slides.html").read_text(encoding="utf-8")
        assert 10 <= deck.count("<section class=") <= 14, client
