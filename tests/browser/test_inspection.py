"""``build --inspect``: each gate of the browser is seen to fail once, on a fault that was planted."""

from __future__ import annotations

import json

import pytest

from kernels_lib.errors import GateFailed
from kernels_lib.production import inspection
from kernels_lib.production.browser import INSPECTIONS, missing_for_browser
from kernels_lib.production.publish import PAGES
from tests.production import sample_notebook as sample
from tests.test_cli import scorecard

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing_for_browser()), reason=missing_for_browser())]

POLICY = '<meta http-equiv="Content-Security-Policy"'


@pytest.fixture(scope="module")
def page():
    return PAGES["html"](sample.notebook())


@pytest.fixture(scope="module")
def deck():
    return PAGES["slides"](sample.notebook())


def test_every_gate_that_a_manifest_names_is_checked():
    assert set(INSPECTIONS) == set(inspection.CHECKS)


@pytest.mark.slow
def test_a_sound_page_and_deck_pass_every_gate(page, deck):
    assert dict.fromkeys(INSPECTIONS, "passed") == inspection.inspect({"html": page, "slides": deck}, "client brand-19")


# Gate to a fault in the page, and what the message names.
FAULTS = {
    "requests": (
        lambda page: page.replace(POLICY, '<meta name="none"').replace("</main>", '<img src="logo.png" alt=""></main>'),
        r"html at 1440 px: asks for 'file:///.*/logo\.png'",
    ),
    "console": (
        lambda page: page.replace("</body>", "<script>harm()</script></body>"),
        "html at 1440 px: the browser says 'error: .*inline script",
    ),
    "drawn": (
        lambda page: page.replace("</style>", "#fig-peers .trace { display: none }</style>", 1),
        r"html at 1440 px: figure 'peers' is blank \(traces: ",
    ),
    "fits": (
        lambda page: page.replace("</main>", '<div id="wide" style="width:1500px">wide</div></main>'),
        r"html at 1440 px: is \d+ px wider than the window \(at div#wide\)",
    ),
}


@pytest.mark.parametrize(
    "gate", [pytest.param(name, marks=() if name in ("drawn", "fits") else pytest.mark.slow) for name in INSPECTIONS]
)
def test_a_fault_planted_in_a_page_is_caught_by_its_gate(page, gate):
    plant, told = FAULTS[gate]
    planted = plant(page)
    assert planted != page
    with pytest.raises(GateFailed, match=f"client brand-19: gate '{gate}': {told}"):
        inspection.inspect({"html": planted}, "client brand-19")


@pytest.mark.slow
def test_a_page_that_is_too_wide_for_a_phone_alone_is_caught(page):
    planted = page.replace("</main>", '<div id="wide" style="width:500px">wide</div></main>')
    with pytest.raises(GateFailed, match="gate 'fits': html at 390 px"):
        inspection.inspect({"html": planted}, "client brand-19")


def test_a_slide_that_overflows_is_named_by_its_title(deck):
    planted = deck.replace('<div class="one">', '<p style="min-height:600px">long</p><div class="one">')
    assert planted != deck
    with pytest.raises(GateFailed, match=r"slides at 1440 px: slide 4, 'What the widest gap means', holds \d+ px more"):
        inspection.inspect({"slides": planted}, "client brand-19")


@pytest.mark.slow
def test_words_that_run_into_the_next_row_are_caught_though_the_slide_has_room(deck):
    planted = deck.replace("Answer as named people</b>", "Answer as named people " + "and more " * 30 + "</b>", 1)
    assert planted != deck
    with pytest.raises(GateFailed, match="'Hold the call to action until four more conditions open', holds"):
        inspection.inspect({"slides": planted}, "client brand-19")


@pytest.mark.slow
def test_a_build_with_inspect_says_so_and_one_without_says_not_run(small_site):
    manifest = small_site / "build/site/clients/brand-09/manifest.json"
    gates = json.loads(manifest.read_text())["gates"]
    assert dict.fromkeys(INSPECTIONS, "not run") == {gate: gates[gate] for gate in INSPECTIONS}

    done = scorecard("build", "brand-09", "--inspect", project=small_site)

    assert (0, "1 report built and inspected in a browser.") == (done.returncode, done.stdout.splitlines()[-2])
    gates = json.loads(manifest.read_text())["gates"]
    assert dict.fromkeys(INSPECTIONS, "passed") == {gate: gates[gate] for gate in INSPECTIONS}


def test_inspecting_without_a_browser_is_refused_before_anything_runs(monkeypatch, project):
    monkeypatch.setenv("SCORECARD_CHROMIUM", "nowhere")
    done = scorecard("build", "brand-09", "--inspect", project=project)

    assert 2 == done.returncode
    assert "--inspect: nothing can be inspected: no browser was found." in done.stderr
