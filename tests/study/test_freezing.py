"""The frozen analysis plan: what it fixes, what reports say of it, and that it is not changed unseen."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import datetime as dt
import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kernels_lib.analysis import frozen
from kernels_lib.errors import BadParameters
from kernels_lib.study import freezing, open_study
from kernels_lib.study.params import Parameters
from tests.conftest import ROOT, change
from tests.production.test_incremental import needs
from tests.test_cli_params import scorecard

DAY = dt.date(2010, 7, 1)


def froze(project, **more):
    return frozen.freeze_now(open_study(), DAY, **more)


def test_a_report_that_follows_its_plan_says_so_and_quotes_it(project):
    made = froze(project)
    study = open_study(client="brand-07")

    assert f"The analysis plan was frozen on 1 July 2010 ({made.digest[:12]}). This report follows it." == (
        frozen.said(study).text
    )
    assert f"{made.digest[:12]}, frozen on 1 July 2010" == frozen.quoted(study)
    assert {"analysis plan": f"{made.digest[:12]}, frozen 2010-07-01"} == frozen.provenance(study)


def test_nothing_is_said_where_no_plan_was_frozen(project):
    study = open_study(client="brand-07")
    assert ("", "", {}) == (frozen.said(study).text, frozen.quoted(study), frozen.provenance(study))


CHANGES = {
    "alpha": ("params/study.yaml", "alpha: 0.05", "alpha: 0.01", "alpha"),
    "correction": ("params/study.yaml", "correction: holm", "correction: none", "correction"),
    "target": ("params/study.yaml", "target: {}", "target: {dialog: 3}", "target.dialog"),
    "scale": ("params/instruments/facebook_page.yaml", "  top: 5", "  top: 6", "instrument.scale.top"),
    "weight": ("params/instruments/facebook_page.yaml", "weight: 1", "weight: 2", "weight"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_since_is_said_plainly(project, name):
    froze(project)
    file, old, new, what = CHANGES[name]
    change(project / file, old, new)
    (found,) = frozen.changed(open_study(client="brand-07"))

    assert what in found
    assert f"This report departs from it in: {found}." in frozen.said(open_study(client="brand-07")).text


def test_words_looks_and_disclosure_are_no_part_of_a_plan(project):
    made = froze(project)
    path = project / "params/study.yaml"
    change(path, "language: en", "language: de")
    change(path, "disclosure: aggregate", "disclosure: named")
    change(path, "formats: [html, slides]", "formats: [html]")
    change(project / "params/instruments/facebook_page.yaml", "name: {en: Set community", "name: {en: Settle community")

    assert made.digest == froze(project).digest


def test_what_a_client_was_planned_to_have_is_no_departure(project):
    # brand-24 has a target of its own on dialog, 3.5; technology weighs dialog by 1.5.
    froze(project)
    assert [] == frozen.changed(open_study(client="brand-24"))
    assert [] == frozen.changed(open_study(industry="technology"))
    assert ["target.dialog"] == frozen.changed(open_study(client="brand-24", overrides="target.dialog=2"))
    change(project / "params/clients/brand-24.yaml", "dialog: 3.5", "dialog: 3")
    with pytest.raises(BadParameters, match=r"since then changed: client/brand-24: target\.dialog\. Take"):
        froze(project)


def test_a_change_for_all_is_not_told_for_each(project):
    froze(project)
    change(project / "params/study.yaml", "alpha: 0.05", "alpha: 0.01")
    with pytest.raises(BadParameters, match=r"frozen on 2010-07-01; since then changed: alpha\. Take the changes back"):
        froze(project)


def test_a_plan_frozen_again_keeps_the_first_and_says_so(project):
    first = froze(project)
    change(project / "params/study.yaml", "alpha: 0.05", "alpha: 0.01")
    second = froze(project, again=True)
    held = json.loads((project / "params/plan.lock").read_text())

    assert [first.digest] == [one["digest"] for one in held["earlier"]]
    assert second.digest == held["digest"] != first.digest
    assert "not for the first time" in frozen.said(open_study()).text


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"frozen": "x", "digest": "", "plan": {}}'])
def test_a_damaged_lock_is_told(project, text):
    (project / "params/plan.lock").write_text(text)
    with pytest.raises(
        BadParameters, match=r"params/plan\.lock: this is no frozen plan\. Take it from version control"
    ):
        frozen.said(open_study())


def test_a_lock_changed_by_hand_is_told(project):
    froze(project)
    change(project / "params/plan.lock", '"alpha": 0.05', '"alpha": 0.01')
    with pytest.raises(BadParameters, match="the plan is not the one that was frozen"):
        frozen.said(open_study())


def test_a_frozen_plan_runs_reports_again(small_site):
    froze(small_site)
    assert {"the frozen plan"} == {
        why.removeprefix("changed: ") for *_, reasons in needs(small_site).values() for why in reasons
    }


def test_a_study_of_its_own_has_a_lock_of_its_own(project, monkeypatch, capsys):
    code, out, _ = scorecard(monkeypatch, capsys, "plan", "--freeze", "--study", "attitude", "--json")

    assert (0, "params/studies/attitude/plan.lock") == (code, json.loads(out)["file"])
    assert dt.date.today().isoformat() == json.loads(out)["frozen"]
    assert freezing.read_frozen(project, "") is None


def test_plan_without_an_effect_says_what_to_give(monkeypatch, capsys):
    code, _, err = scorecard(monkeypatch, capsys, "plan")
    assert (2, "Error: --effect: no effect. Give it in points, or --freeze a plan.\n") == (code, err)


def test_every_parameter_that_is_not_planned_is_one():
    assert set(freezing.NOT_PLANNED) <= set(Parameters.model_fields)
    assert {"alpha", "correction", "target", "weights", "seed", "dataset"} <= set(Parameters.model_fields) - set(
        freezing.NOT_PLANNED
    )


plans = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(plans, plans)
def test_plans_differ_exactly_where_their_digests_do(one, other):
    before, now = ({"parameters": plan, "own": {}} for plan in (one, other))
    if freezing.digest_of(before) == freezing.digest_of(now):
        assert [] == freezing.differing(before, now)
    else:
        assert [] != freezing.differing(before, now)


def test_the_citation_file_names_this_version():
    held = YAML(typ="safe").load(ROOT / "CITATION.cff")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert (project["name"], project["version"], project["license"]) == (
        held["title"],
        held["version"],
        held["license"],
    )
    assert {"cff-version", "message", "authors"} <= set(held)


def test_a_report_says_how_to_cite_it(site):
    for place in ("study", "methods"):
        page = (site / "build/site" / place / "report.html").read_text()
        assert "To cite: Eight success criteria for Facebook pages, 30 brands, 2010 (2010)." in page
