"""What stands beside the scorecard: who sees it, what it says, what it never says."""

from __future__ import annotations

import json
import re

import pytest

from kernels_lib.analysis import beside as frames
from kernels_lib.analysis import ledger
from kernels_lib.analysis import report as report_module
from kernels_lib.analysis.beside import exhibits as own
from kernels_lib.analysis.beside.objectives import AHEAD, BEHIND, ON_THE_WAY, REACHED
from kernels_lib.analysis.narrative import BesideWords
from kernels_lib.analysis.report import Report
from kernels_lib.production import build, gates, keys
from kernels_lib.production.notebooks import read_report, tags, without_sections
from kernels_lib.study import open_study
from kernels_lib.study.beside import read_beside
from tests.conftest import ROOT, change

FOLDER = "datasets/altimeter-2010/beside/2010"
OWN, POOL = f"{FOLDER}/brand-19.yaml", f"{FOLDER}/_pool.yaml"
OURS = ("section-self_assessment", "section-objectives", "section-activity")
NUMBERS = {"alpha": 0.05, "correction": "holm", "minimum_base": 4}


def read(root):
    return read_beside(root, "altimeter-2010", "2010", "brand-19")


def sentence(found, identity):
    return next(s["text"] for s in found["sentences"] if s["id"] == identity)


def results_of(root, overrides="", client="brand-19"):
    """Results of the cells beside the scorecard alone, without the findings that they do not need; and what they show.

    The whole notebook is run elsewhere: the shipped example is one of the clients whose site many tests read.
    """
    patch, shown = pytest.MonkeyPatch(), []
    patch.setattr(report_module, "display", lambda bundle, **_: shown.extend(map(str, bundle.values())))
    try:
        study = open_study(client=client, overrides=overrides, root=root)
        names = {
            "study": study,
            "beside": BesideWords(study),
            "report": Report(study, "client", study.basis),
            "own": own,
        }
        names["report"].tests(ledger.benchmarks(study, names["beside"].answers))
        for cell in read_report(root, "client").cells:
            if cell.cell_type == "code" and any(tag in OURS for tag in tags(cell)):
                exec(cell.source, names)
    finally:
        patch.undo()
    found = json.loads(names["report"].results().model_dump_json())
    quoted = (*study.instrument.words, *(study.beside.words if study.beside else ()), study.subject)
    assert not (broken := gates.claims(gates.Delivery(None, found, {}, root, quoted=quoted))), broken
    return {**found, "shown": re.sub(r"<[^>]+>", "", "\n".join(shown))}


@pytest.fixture(scope="module")
def shipped():
    """What the shipped worked example says beside its scorecard."""
    return results_of(ROOT)


# Who sees it


def test_a_client_without_figures_of_its_own_has_no_section_no_cell_and_no_sentence(root):
    jobs = {job.slug: job for job in build.plan(build.Request(root=root, clients=("brand-07", "brand-19"))).jobs}
    ours = {"self_assessment", "objectives", "activity"}

    assert not ours & set(jobs["brand-07"].sections)
    assert ours <= set(jobs["brand-19"].sections)
    left = without_sections(read_report(root, "client"), set(jobs["brand-07"].sections))
    shown = " ".join(cell.source for cell in left.cells if cell.cell_type == "markdown" or "report." in cell.source)
    assert not re.search(r"assessment\(|objectives|activity|Your own", shown)


def test_a_client_with_objectives_alone_sees_objectives_alone(project):
    text = (project / OWN).read_text(encoding="utf-8")
    head, __, rest = text.partition("self_assessment:")
    (project / OWN).write_text(head + "objectives:" + rest.partition("objectives:")[2].partition("activity:")[0])

    (job,) = build.plan(build.Request(root=project, clients=("brand-19",))).jobs
    found = results_of(project)
    assert {"objectives"} == {"self_assessment", "objectives", "activity"} & set(job.sections)
    assert ["objectives-table"] == [table["id"] for table in found["tables"]]
    assert [] == found["tests"]


def test_run_all_words_what_a_client_does_not_have(root):
    found = results_of(root, client="brand-08")

    for words in ("has not assessed itself", "has named no objectives", "has counted no activity"):
        assert f"Brand 08 {words}" in found["shown"]


def test_a_change_of_a_clients_figures_runs_that_client_alone(project):
    def digests():
        planned = build.plan(build.Request(root=project, clients=("brand-07", "brand-19")))
        ring = keys.Keyring(planned.roster)
        notebook = read_report(project, "client")
        return {job.slug: ring.keys(job, notebook, planned.origins[job.key]).running for job in planned.jobs}

    before = digests()
    change(project / OWN, "goals: {value: 640", "goals: {value: 641")
    after = digests()

    assert before["brand-07"] == after["brand-07"]
    assert ["the client's own figures"] == keys.differing(before["brand-19"], after["brand-19"])


# What it says


def test_made_up_figures_say_so_in_every_section_figure_table_and_ledger_row(shipped):
    ours = ("assessment-table", "objectives-table", "activity-table", "vanity-table")

    assert 3 == sum("made up" in s["text"] for s in shipped["sentences"] if s["id"] == "own.source")
    assert {"illustrative"} == {t["basis"] for t in shipped["tables"] if t["id"] in ours}
    assert {"illustrative"} == {f["basis"] for f in shipped["figures"] if f["id"] in ("standing", "progress")}
    rows = [test for test in shipped["tests"] if test["about"].startswith("benchmarks.")]
    assert 5 == len(rows)
    assert all(row["basis"] == "illustrative" and row["conclusion"].startswith("illustrative: ") for row in rows)
    assert "Illustrative: These figures are made up" in sentence(shipped, "own.activity.slide")
    assert not [s["text"] for s in shipped["sentences"] if "<" in s["text"]]
    # No number of the client's own is called measured
    stated = {ref: number for ref, number in shipped["numbers"].items() if ref.startswith("own.")}
    assert {"illustrative", "published"} == {number["basis"] for number in stated.values()}


def test_the_answers_stand_among_published_shares_and_are_not_tested(root, shipped):
    table = frames.self_assessment(read(root), **NUMBERS)

    # "No" to effective use: 100% - 12%; "yes" to knowing where customers talk: 100% - 75% who do not
    assert [0.88, 0.25, 0.69, 0.23, 0.93] == [round(share, 9) for share in table["same"]]
    # Wilson for 252 of 2,100, turned round
    low, high = table.loc["effective_use", ["same_low", "same_high"]]
    assert (0.8654, 0.8932) == (round(low, 4), round(high, 4))
    assert "no test can be made" in sentence(shipped, "own.assessment")
    assert {"benchmarks"} == {test["about"].partition(".")[0] for test in shipped["tests"]}


def test_the_pool_is_one_family_after_the_correction_and_its_claims_are_in_the_ledger(root, shipped):
    table = frames.self_assessment(read(root), **NUMBERS)
    rows = {test["about"]: test for test in shipped["tests"] if test["about"].startswith("benchmarks.")}

    assert ["customers_talk", "analytic_tools"] == list(table.index[table["firm"]])
    # The interval of a difference covers zero where nothing is firm, rounding included: 9 of 40 against 12%
    assert table.loc["effective_use", "diff_low"] < 0 < table.loc["customers_talk", "diff_low"]
    # Holm, smallest of five first
    assert 5 * table["p_value"].min() == pytest.approx(table["p_adjusted"].min())
    assert {(5, "holm")} == {(row["family_size"], row["correction"]) for row in rows.values()}
    claims = next(s["claims"] for s in shipped["sentences"] if s["id"] == "own.pool")
    assert {about: row["firm"] for about, row in rows.items()} == {c["question"]: c["firm"] for c in claims}


def test_a_withdrawn_benchmark_is_shown_with_its_reason_and_without_a_share(shipped):
    (table,) = (t for t in shipped["tables"] if t["id"] == "assessment-table")
    (row,) = (r for r in table["rows"] if "million" in r["question"])

    assert "corrected" in row["question"]
    assert ("withdrawn", "–", "–") == (row["share"], row["same"], row["pool"])


def test_a_pool_too_small_to_hide_its_members_is_not_shown(project):
    text = (project / POOL).read_text(encoding="utf-8")
    (project / POOL).write_text(re.sub(r"\{yes: \d+, of: \d+\}", "{yes: 2, of: 4}", text), encoding="utf-8")

    table = frames.self_assessment(read(project), **NUMBERS)
    # 4 clients are 3 others, fewer than 4
    assert table["pool"].isna().all() and table["p_value"].isna().all()


def test_each_objective_is_in_the_state_that_its_dates_and_values_say(root):
    table = frames.objectives(read(root))

    assert {
        "lead_generation": ON_THE_WAY, "evangelists": BEHIND, "churn": REACHED, "satisfaction": AHEAD,
    } == dict(table["state"])  # fmt: skip
    # (215 - 120) / (300 - 120)
    assert 0.527777778 == table.loc["lead_generation", "way"]
    # Churn falls: (9.5 - 14) / (10 - 14)
    assert 1.125 == table.loc["churn", "way"]
    assert 12 == table.loc["evangelists", "missing"]


def test_a_milestone_is_due_on_its_own_day(project):
    change(project / OWN, "measured: {value: 28, on: 2010-06-30}", "measured: {value: 28, on: 2010-06-29}")
    assert AHEAD == frames.objectives(read(project)).loc["evangelists", "state"]


def test_vanity_comes_last_whatever_the_order_of_instrument_and_file(project):
    # Engagement, the first in both, is called vain
    change(project / "params/instruments/beside/activity.yaml", "kind: meaningful", "kind: vanity")
    table = frames.activity(read(project))

    assert "goals" == table.index[0]
    assert ["engagement", "fans", "likes"] == list(table.index[table["kind"] == "vanity"]) == list(table.index[-3:])


def test_no_sentence_but_the_one_that_demotes_them_rests_on_a_vanity_metric(shipped):
    naming = [s["id"] for s in shipped["sentences"] if re.search(r"\bfans\b|\blikes\b", s["text"], re.I)]
    assert {"own.activity.slide"} == set(naming)
    assert "not used for a conclusion: fans 48,200, likes 9,150" in sentence(shipped, "own.activity.slide")


@pytest.mark.parametrize(
    ("messages", "verdict"),
    [
        ("{conversation: 80, selling: 20}", "reached"),
        ("{conversation: 79, selling: 21}", "short"),
        # Wilson of 79 of 100: 70% to 86%, which covers 80%
        ("{conversation: 79, selling: 21, sampled: true}", "too close"),
        ("{conversation: 790, selling: 1210, sampled: true}", "short"),
    ],
)
def test_the_rule_of_80_to_20_is_judged_with_an_interval_only_where_messages_were_sampled(project, messages, verdict):
    change(project / OWN, "{conversation: 214, selling: 86}", messages)
    found = frames.conversation(read(project), alpha=0.05)

    assert verdict == found.verdict
    assert ("sampled" in messages) == (found.low == found.low)  # NaN is unlike itself


@pytest.mark.parametrize(("left", "said"), [("79.6%", "79.6%"), ("80%", "80%")])
def test_a_share_just_short_of_the_rule_does_not_read_like_the_rule(project, left, said):
    # 796 of 1,000 would round to 80%
    messages = {"79.6%": "{conversation: 796, selling: 204}", "80%": "{conversation: 800, selling: 200}"}[left]
    change(project / OWN, "{conversation: 214, selling: 86}", messages)

    assert sentence(results_of(project), "own.activity.title").startswith(f"{said} of the messages")


def test_a_client_that_answered_one_question_has_no_rarest_answer(project):
    text = (project / OWN).read_text(encoding="utf-8")
    head, __, rest = text.partition("  customers_talk:")
    (project / OWN).write_text(head + "\nobjectives:" + rest.partition("objectives:")[2], encoding="utf-8")
    found = results_of(project)

    assert "Brand 19 says yes to 0 of 1 question about itself" in sentence(found, "own.assessment.title")
    assert "rarest" not in sentence(found, "own.assessment")
    assert "Its answer to “Do you use social media effectively?” is “no”: 88%" in sentence(found, "own.assessment")


def test_the_german_report_has_no_english_in_what_stands_beside(root):
    found = results_of(root, "language=de")

    said = [s["text"] for s in found["sentences"] if s["id"].startswith("own.")]
    said += [f["message"] for f in found["figures"] if f["id"] in ("standing", "progress")]
    assert len(said) > 10
    english = re.compile(r"\b(the|of|is|are|which|that|others?|says?|due|figures)\b", re.I)
    assert [] == [text for text in said if english.search(text)]
    assert "Brand 19 beantwortet 3 von 5 Fragen über sich mit Ja" in said
