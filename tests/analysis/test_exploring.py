"""Moving thresholds in JupyterLab: what is seen is what the report would show."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import builtins
import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kernels_lib.analysis import exploring, figures, findings
from kernels_lib.analysis.charts.assembling import as_json
from kernels_lib.analysis.narrative import ClientWords
from kernels_lib.errors import BadParameters, ScorecardError
from kernels_lib.production import build
from kernels_lib.study import open_study


@pytest.fixture(scope="module")
def study():
    return open_study(client="brand-07")


def test_nothing_moved_is_the_report_as_it_is(study):
    shared = findings.common(study)
    words = ClientWords(study, shared, findings.client_card(study, shared))
    found = exploring.look(study, exploring.values(study))

    assert ({}, (), words.headline().text) == (found.moved, found.changed, found.headline)
    assert as_json(figures.gap(words)) == as_json(found.figure)
    assert "scorecard build brand-07" == found.command(study)


def test_a_lower_target_makes_a_strength_of_a_missed_opportunity(study):
    # Brand 07 has 3.5 on dialog; its target is 4.
    found = exploring.look(study, {"target.dialog": 3.5, "alpha": 0.05})

    assert {"target.dialog": 3.5} == found.moved
    (said,) = found.changed
    assert said.endswith(": strength, was missed opportunity")
    assert "scorecard build brand-07 --set target.dialog=3.5" == found.command(study)
    assert "target:\n  dialog: 3.5" == found.yaml()


def test_what_is_seen_is_what_the_report_would_show_with_the_same_words(study):
    found = exploring.look(study, {"target.dialog": 3.5, "alpha": 0.01})
    other = open_study(client="brand-07", overrides="target.dialog=3.5 alpha=0.01")
    shared = findings.common(other)

    words = ClientWords(other, shared, findings.client_card(other, shared))
    assert as_json(figures.gap(words)) == as_json(found.figure)
    assert words.headline().text == found.headline


@given(
    st.dictionaries(st.sampled_from(["target.dialog", "target.advocacy"]), st.floats(1, 5).map(lambda x: round(x, 1)))
)
@settings(max_examples=8, deadline=None)
def test_the_lines_to_keep_say_what_was_moved(wanted):
    found = exploring.look(open_study(client="brand-07"), wanted)
    kept = (YAML(typ="safe").load(found.yaml()) or {}).get("target", {}) if found.moved else {}
    assert found.moved == {f"target.{key}": value for key, value in kept.items()}


def test_overrides_of_the_notebook_stay_below_what_is_moved():
    study = open_study(client="brand-07", overrides='client_name="Corner & Co"')
    found = exploring.look(study, {"target.dialog": 3}, 'client_name="Corner & Co"')
    assert found.headline.startswith("Corner & Co")


def test_a_study_opened_for_no_client_is_told():
    with pytest.raises(BadParameters, match="no client"):
        exploring.look(open_study(), {})


def test_a_notebook_without_widgets_says_what_to_install(study, monkeypatch):
    real = builtins.__import__

    def without(name, *more, **named):
        if name == "ipywidgets":
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ScorecardError, match=r"ipywidgets is not installed\. Install it with: pip install"):
        exploring.panel(study)


def test_the_notebook_is_no_report_of_a_build(project):
    planned = build.plan(build.Request(root=project))
    assert "explore" not in {job.report for job in planned.jobs}


def test_a_slider_that_moves_moves_the_chart(study):
    widgets = pytest.importorskip("ipywidgets", reason="the extra 'lab' is not installed")
    panel = exploring.panel(study)
    controls, shown = panel.children
    said, chart = shown.children
    slider = next(child for child in controls.children if child.description == study.instrument["dialog"].short)
    before = said.value
    slider.value = 3.5

    assert "Nothing is moved." in before
    assert "--set target.dialog=3.5" in said.value
    assert isinstance(chart, widgets.Output)
    controls.children[-1].click()
    assert (4.0, before) == (slider.value, said.value)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_run_all_works_and_shows_the_panel_with_its_chart(root, tmp_path):
    pytest.importorskip("ipywidgets", reason="the extra 'lab' is not installed")
    from nbclient import NotebookClient

    notebook = nbformat.read(root / "reports/explore.ipynb", as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(root / "reports")}}
    ).execute()

    (shown,) = notebook.cells[-1].outputs
    assert "application/vnd.jupyter.widget-view+json" in shown.data
    state = json.dumps(notebook.metadata.widgets)
    assert "FloatSliderModel" in state
    assert "application/vnd.plotly.v1+json" in state
