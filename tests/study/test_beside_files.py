"""A client's own figures as files: what is wrong is told with file and line, all of it at once."""

from __future__ import annotations

import pytest

from kernels_lib.errors import ScorecardError
from kernels_lib.production import build
from kernels_lib.study.beside import check_beside, read_benchmarks, read_beside
from tests.conftest import change

FOLDER = "datasets/altimeter-2010/beside/2010"
OWN = f"{FOLDER}/brand-19.yaml"
ASSESSMENT = "params/instruments/beside/self_assessment.yaml"
BENCHMARKS = "datasets/external-benchmarks/benchmarks.csv"


def read(project):
    return read_beside(project, "altimeter-2010", "2010", "brand-19")


def line_of(path, text):
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('customers_talk: "yes"', 'customer_talk: "yes"', "unknown question 'customer_talk'. Did you mean 'customers_"),
        ('customers_talk: "yes"', "customers_talk: perhaps", "'self_assessment.customers_talk': input should be 'yes'"),
        ("  churn:", "  chrun:", "unknown objective 'chrun'. Did you mean 'churn'?"),
        ("    goals:", "    gaols:", "unknown metric 'gaols'. Did you mean 'goals'?"),
        ("milestone: {value: 200,", "milestone: {value: 400,", "the milestone 400 is not between start and target"),
        ("target: {value: 300,", "target: {value: 120,", "start and target are both 120"),
        ("basis: illustrative", "basis: guessed", "'basis': input should be 'measured' or 'illustrative'"),
        ("{conversation: 214, selling: 86}", "{conversation: 0, selling: 0}", "no message was counted"),
        ("  to: 2010-06-30", "  to: 2010-03-30", "before it begins on 2010-04-01"),
    ],
)
def test_a_mistake_in_a_clients_figures_is_told_with_its_line(project, old, new, told):
    change(project / OWN, old, new)

    with pytest.raises(ScorecardError) as caught:
        read(project)
    assert str(caught.value).startswith(f"{OWN}, line ")
    assert told in str(caught.value)


def test_every_unknown_name_is_told_at_once(project):
    change(project / OWN, "  churn:", "  chrun:")
    change(project / OWN, "    goals:", "    gaols:")

    with pytest.raises(ScorecardError) as caught:
        read(project)
    lines = [line_of(project / OWN, name) for name in ("chrun", "gaols")]
    assert [f"{OWN}, line {line}" for line in lines] == [m.partition(": ")[0] for m in str(caught.value).splitlines()]


def test_a_file_for_a_client_or_wave_that_is_not_there_is_no_silence(project):
    (project / FOLDER / "brand-91.yaml").write_text((project / OWN).read_text(encoding="utf-8"), encoding="utf-8")
    (project / FOLDER).with_name("2009").mkdir()
    (project / FOLDER).with_name("2009").joinpath("brand-19.yaml").write_text("basis: measured\n")

    with pytest.raises(ScorecardError) as caught:
        build.plan(build.Request(root=project))
    assert "beside/2009/brand-19.yaml: unknown wave '2009'" in str(caught.value)
    assert "beside/2010/brand-91.yaml: unknown client 'brand-91'. Did you mean 'brand-" in str(caught.value)


def test_check_reads_every_file_beside_the_scores(project):
    change(project / OWN, "  churn:", "  chrun:")

    with pytest.raises(ScorecardError, match=r"unknown objective 'chrun'\. Did you mean 'churn'\?"):
        build.plan(build.Request(root=project), thorough=True)


def test_a_withdrawn_benchmark_cannot_be_compared_with(project):
    change(project / ASSESSMENT, "benchmark: analytic_tools", "benchmark: million_dollar_communities")

    with pytest.raises(ScorecardError, match=r"self_assessment.yaml, line \d+: 'million_dollar_communities' was withd"):
        read(project)


def test_a_benchmark_that_got_an_erratum_can_no_longer_be_compared_with(project):
    change(project / BENCHMARKS, "analytic_tools,0.23,", "analytic_tools,,")
    text = (project / BENCHMARKS).read_text(encoding="utf-8").splitlines()
    changed = [line + "Taken back." if line.startswith("analytic_tools") else line for line in text]
    (project / BENCHMARKS).write_text("\n".join(changed) + "\n", encoding="utf-8")

    with pytest.raises(ScorecardError, match="'analytic_tools' was withdrawn by its publisher"):
        read(project)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("effective_use,0.12,", "effective_use,12,", "'effective_use' has share '12'"),
        ("effective_use,0.12,", "effective_use,,", "has neither a share nor an erratum"),
        ("communities,,Comm", "communities,0.6,Comm", "has a share and an erratum"),
        (",2010,2100,", ",2010,many,", "a number of 'effective_use' cannot be read"),
    ],
)
def test_a_benchmark_that_cannot_be_right_is_told_with_its_line(project, old, new, told):
    change(project / BENCHMARKS, old, new)

    with pytest.raises(ScorecardError) as caught:
        read_benchmarks(project, "external-benchmarks")
    assert str(caught.value).startswith(f"{BENCHMARKS}, line ")
    assert told in str(caught.value)


def test_a_field_of_an_instrument_without_a_status_is_refused(project):
    change(project / ASSESSMENT, "status: {question: published, short: assumed, ", "status: {question: published, ")

    with pytest.raises(ScorecardError, match=r"no status \(published or assumed\) for: short"):
        read(project)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_shipped_figures_and_instruments_have_every_text_in_every_language(root, language):
    found = read_beside(root, "altimeter-2010", "2010", "brand-19", language=language)

    assert ("self_assessment", "objectives", "activity") == found.sections
    assert all(found.words)


def test_a_client_without_a_file_has_nothing(root):
    assert read_beside(root, "altimeter-2010", "2010", "brand-07") is None
    check_beside(root, "altimeter-2010", ["2010"], ["brand-19"])
