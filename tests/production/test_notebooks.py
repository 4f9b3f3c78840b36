"""What is refused before a notebook runs, and how one is written."""

from __future__ import annotations

import copy
import json

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.errors import BadParameters, ScorecardError, UnknownName
from kernels_lib.production import build, indented
from kernels_lib.production.notebooks import (
    check_parameters,
    check_tags,
    declared_parameters,
    heading_above,
    read_report,
    without_sections,
    write,
)
from kernels_lib.study.params import SECTIONS


def edit(project, name, edit):
    path = project / f"reports/{name}.ipynb"
    notebook = json.loads(path.read_text())
    edit(notebook["cells"])
    path.write_text(json.dumps(notebook))


def test_the_parameters_of_a_report_have_names_and_types(root):
    declared = declared_parameters(read_report(root, "client"), "client")
    assert {"study_name": "str", "client": "str", "wave": "str", "overrides": "str"} == declared


def test_a_misspelt_parameter_is_refused_and_never_runs_with_the_default():
    with pytest.raises(UnknownName, match="Did you mean 'client'"):
        check_parameters({"client": "str"}, {"cleint": "brand-07"}, "reports/client.ipynb")


def test_a_parameter_of_another_type_is_refused():
    with pytest.raises(BadParameters, match="not str"):
        check_parameters({"client": "str"}, {"client": 7}, "reports/client.ipynb")


def test_a_notebook_without_a_tagged_cell_is_refused(project):
    edit(project, "client", lambda cells: [cell["metadata"].pop("tags", None) for cell in cells])
    with pytest.raises(ScorecardError, match="no cells are tagged 'parameters'"):
        build.plan(build.Request(root=project, clients=("brand-07",)))


def test_a_misspelt_tag_is_refused(project):
    edit(project, "client", lambda cells: cells[5]["metadata"].update(tags=["report-onyl"]))
    with pytest.raises(UnknownName, match="Did you mean 'report-only'"):
        check_tags(read_report(project, "client"), SECTIONS, "reports/client.ipynb")


def test_a_file_that_is_no_notebook_is_refused_with_its_name(project):
    (project / "reports/client.ipynb").write_text("{")
    with pytest.raises(ScorecardError, match=r"reports/client.ipynb: this is no notebook of format 4"):
        build.plan(build.Request(root=project, clients=("brand-07",)))


def test_a_dropped_section_takes_its_heading_with_it(root):
    notebook = read_report(root, "client")
    kept = without_sections(notebook, set(SECTIONS) - {"peers"})
    assert any("Against your peers" in cell.source for cell in notebook.cells)
    assert not any("Against your peers" in cell.source for cell in kept.cells)
    assert any("parameters" in cell.metadata.get("tags", []) for cell in kept.cells)


def test_the_heading_above_a_cell_is_found(root):
    notebook = read_report(root, "client")
    index = next(i for i, cell in enumerate(notebook.cells) if "figures.peers" in cell.source)
    assert "Against your peers" == heading_above(notebook, index)


def test_the_plan_has_a_report_for_the_study_the_methods_six_industries_and_thirty_clients(root):
    kinds = [job.kind for job in build.plan(build.Request(root=root)).jobs]
    assert {"study": 1, "methods": 1, "industry": 6, "client": 30} == {kind: kinds.count(kind) for kind in set(kinds)}


def test_the_study_report_of_published_means_has_no_section_of_rebuilt_scores(root):
    jobs = {job.kind: job for job in build.plan(build.Request(root=root)).jobs}
    assert "brands" not in jobs["study"].sections
    assert "brands" in jobs["industry"].sections
    measured = {job.kind: job for job in build.plan(build.Request(root=root, study_name="attitude")).jobs}
    assert "brands" in measured["study"].sections
    assert "reproduced" not in measured["study"].sections


def test_a_parameter_drops_a_section(root):
    request = build.Request(root=root, clients=("brand-07",), overrides=("sections=scorecard,strengths",))
    assert {"peers", "noise"}.isdisjoint(build.plan(request).jobs[0].sections)


def test_single_scores_of_others_have_a_section_only_where_disclosure_allows(root):
    aggregate = build.plan(build.Request(root=root, clients=("brand-07",))).jobs[0]
    masked = build.plan(build.Request(root=root, clients=("brand-07",), overrides=("disclosure=masked",))).jobs[0]
    assert "others" not in aggregate.sections
    assert "others" in masked.sections


def test_an_industry_brings_its_clients(root):
    jobs = build.plan(build.Request(root=root, industries=("luxury-hotels",))).jobs
    assert ["luxury-hotels", "brand-16", "brand-28"] == [job.slug for job in jobs]


def test_no_other_brand_may_be_named_in_a_clients_documents(root):
    aggregate, named = (
        build.plan(build.Request(root=root, clients=("brand-07",), overrides=(f"disclosure={level}",))).jobs[0]
        for level in ("aggregate", "named")
    )
    assert {"Brand 07"} == set(aggregate.hides)
    assert named.hides is None


# Written as files: what nbformat writes, but that JSON for programs stands on one line


@pytest.mark.slow
def test_an_executed_report_is_written_as_nbformat_writes_it(site):
    files = sorted((site / "build/notebooks").rglob("*.ipynb"))
    assert len(files) >= 3
    for path in files:
        notebook = nbformat.read(path, as_version=4)
        before = copy.deepcopy(notebook)
        written = write(notebook)

        assert written == path.read_bytes()
        assert notebook == before == nbformat.reads(written.decode("utf-8"), as_version=4)
        assert loaded(nbformat.writes(notebook)) == loaded(written)


def loaded(written: str | bytes) -> str:
    """What JSON says, and in which order; NaN too is like itself."""
    return repr(json.loads(written))


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(plain, lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside), max_leaves=25)
bundles = st.dictionaries(
    st.sampled_from(["text/plain", "text/html", "image/svg+xml", "application/javascript", "image/png"])
    | st.text(min_size=1),
    st.text(),
) | st.dictionaries(st.just("application/vnd.plotly.v1+json"), values)
outputs = st.one_of(
    st.fixed_dictionaries(
        {"output_type": st.sampled_from(["display_data", "execute_result"]), "data": bundles, "metadata": st.just({})}
    ),
    st.fixed_dictionaries({"output_type": st.just("stream"), "name": st.just("stderr"), "text": st.text()}),
    st.fixed_dictionaries({"output_type": st.just("error"), "ename": st.text(), "traceback": st.lists(st.text())}),
)
marks = st.dictionaries(st.sampled_from(["tags", "trusted", "slideshow", "x"]), values)
said = {"source": st.text(), "metadata": marks, "id": st.text()}
cells = st.one_of(
    st.fixed_dictionaries({"cell_type": st.just("code"), "outputs": st.lists(outputs, max_size=3), **said}),
    st.fixed_dictionaries(
        {"cell_type": st.just("markdown"), "attachments": st.fixed_dictionaries({"a.png": bundles}), **said}
    ),
    st.fixed_dictionaries({"cell_type": st.just("raw"), **said}),
)
heads = st.dictionaries(st.sampled_from(["kernelspec", "signature", "orig_nbformat", "authors"]), values)


@settings(max_examples=60, deadline=None)
@given(st.lists(cells, max_size=4), heads)
def test_any_notebook_is_written_as_nbformat_writes_it(made, metadata):
    notebook = nbformat.from_dict({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})

    # Its writer alone: the whole function also validates, which these need not pass.
    assert loaded(nbformat.v4.nbjson.writes(notebook)) == loaded(write(notebook))


@settings(max_examples=150, deadline=None)
@given(values)
def test_json_with_an_item_a_line_is_that_of_the_standard_library(value):
    assert json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) == indented.text(value)
    assert repr(json.dumps(value, ensure_ascii=False, sort_keys=True)) == repr(indented.text(indented.OneLine(value)))


def test_numbers_of_numpy_and_unusual_keys_are_written_as_well():
    odd = {1: np.float64(0.1), 2: [np.float64("nan"), float("-inf")], 3: {True: b"ascii"}, 4: {"a": {None: (1, [])}}}
    data = {"application/json": odd}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[])])
    notebook.cells[0].outputs = [nbformat.NotebookNode(output_type="display_data", metadata={}, data=data)]

    assert loaded(nbformat.v4.nbjson.writes(notebook)) == loaded(write(notebook))
    data["application/json"] = {"x": {1, 2}}
    with pytest.raises(TypeError, match="set is not JSON"):
        write(notebook)
