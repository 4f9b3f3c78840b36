"""What a build does again, and what it leaves: by content, never by time."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.production import build, keys, records, tasks, uptodate, workers
from kernels_lib.production.engines import template
from kernels_lib.production.jobs import Job
from kernels_lib.study.params import UNSEEN, Parameters
from tests.conftest import ROOT, change, copy_project
from tests.test_cli import scorecard

CLIENTS = ("brand-08", "brand-09")


def asked(project, **more):
    return build.Request(root=project, **{"clients": CLIENTS, **more})


def needs(project, **more):
    """What a build would do now: client to (runs, formats, reasons)."""
    tasks = build.explain(build.plan(asked(project, **more)))
    return {t.job.slug: (t.need.run, t.need.formats, t.need.why) for t in tasks}


def built(project, **more):
    summary = build.run(build.plan(asked(project, **more)))
    assert not summary.failed, summary.failed[0].error
    return {outcome.job.slug: outcome.made for outcome in summary.made}


def documents(project, clients=CLIENTS):
    return {
        f"{client}/{name}": (project / "build/site/clients" / client / name).read_bytes()
        for client in clients
        for name in ("report.html", "slides.html")
    }


BOTH = ("html", "slides")


def test_nothing_changed_and_nothing_is_needed(small_site):
    assert {} == needs(small_site)


def test_a_report_that_was_never_built_needs_everything(project):
    assert dict.fromkeys(CLIENTS, (True, BOTH, ("it was not built before",))) == needs(project)


def test_force_needs_everything_whatever_is_up_to_date(small_site):
    assert dict.fromkeys(CLIENTS, (True, BOTH, ("--force was given",))) == needs(small_site, force=True)


def test_one_clients_parameter_runs_one_client(small_site):
    (small_site / "params/clients/brand-08.yaml").write_text("brand: Brand 08\nalpha: 0.01\n")
    assert {"brand-08": (True, BOTH, ("changed: the parameters",))} == needs(small_site)


def test_a_comment_in_a_parameter_file_changes_nothing(small_site):
    path = small_site / "params/study.yaml"
    path.write_text("# a note to ourselves\n" + path.read_text())
    assert {} == needs(small_site)


def test_a_changed_theme_publishes_anew_and_runs_nothing(small_site):
    (small_site / "params/clients/brand-08.yaml").write_text("brand: Brand 08\ncolours:\n  primary: '#5b2a86'\n")
    assert {"brand-08": (False, BOTH, ("changed: the theme",))} == needs(small_site)


def test_a_changed_contact_line_publishes_anew_and_runs_nothing(small_site):
    (small_site / "params/clients/brand-08.yaml").write_text("brand: Brand 08\ncontact: Ms Jones, room 7\n")
    assert {"brand-08": (False, BOTH, ("changed: the theme",))} == needs(small_site)
    assert {"brand-08": BOTH} == built(small_site)
    assert b"Ms Jones, room 7" in documents(small_site)["brand-08/report.html"]


def test_a_logo_that_changed_under_the_same_name_publishes_anew(small_site):
    logo = small_site / "params/logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>')
    (small_site / "params/clients/brand-08.yaml").write_text("brand: Brand 08\nlogo: logo.svg\n")
    assert {"brand-08": BOTH} == built(small_site)
    assert {} == needs(small_site)
    change(logo, "M0 0h9v9z", "M0 9h9v-9z")
    assert {"brand-08": (False, BOTH, ("changed: the theme",))} == needs(small_site)


@pytest.mark.slow
def test_a_theme_put_on_later_gives_the_very_file_of_a_build_that_had_it_at_once(small_site, tmp_path):
    layer = "brand: Brand 08\ncolours:\n  primary: '#5b2a86'\ncontact: Ms Jones\n"
    fresh = copy_project(tmp_path / "fresh")
    for project in (small_site, fresh):
        (project / "params/clients/brand-08.yaml").write_text(layer)
    assert {"brand-08": BOTH} == built(small_site, clients=("brand-08",))
    assert {"brand-08": ("run", *BOTH)} == built(fresh, clients=("brand-08",))
    assert documents(fresh, ["brand-08"]) == documents(small_site, ["brand-08"])
    for name in (
        "results/clients/brand-08.json",
        "notebooks/client/brand-08.ipynb",
        "site/clients/brand-08/manifest.json",
    ):
        assert (fresh / "build" / name).read_bytes() == (small_site / "build" / name).read_bytes(), name


def test_a_changed_paragraph_runs_no_code_and_is_published(small_site):
    change(small_site / "reports/client.ipynb", "The instrument's advice, in the order of the gaps.", "In order.")
    assert dict.fromkeys(CLIENTS, (False, BOTH, ("changed: the notebook's words and tags",))) == needs(small_site)
    assert dict.fromkeys(CLIENTS, BOTH) == built(small_site)
    assert b"In order." in documents(small_site)["brand-09/report.html"]


def test_a_changed_line_of_code_runs_every_report_of_that_notebook(small_site):
    change(small_site / "reports/client.ipynb", "report.close()", "report.close()  # done")
    assert dict.fromkeys(CLIENTS, (True, BOTH, ("changed: the notebook's code",))) == needs(small_site)


def test_a_changed_score_of_one_brand_runs_whatever_read_the_scores(small_site):
    path = small_site / "datasets/altimeter-2010/reconstruction.csv"
    line = next(line for line in path.read_text().splitlines() if line.startswith("Brand 30"))
    *rest, last = line.split(",")
    change(path, line, ",".join([*rest, "1.5" if last == "1.0" else "1.0"]))
    assert dict.fromkeys(CLIENTS, (True, BOTH, ("changed: the data",))) == needs(small_site)


def test_a_changed_template_publishes_anew_and_runs_nothing(small_site, monkeypatch):
    real = keys.code
    monkeypatch.setattr(keys, "code", lambda *places: "other" if "production/publish" in places else real(*places))
    assert dict.fromkeys(CLIENTS, (False, BOTH, ("changed: the templates and exporters",))) == needs(small_site)


def test_a_changed_library_runs_everything(small_site, monkeypatch):
    real = keys.code
    monkeypatch.setattr(keys, "code", lambda *places: "other" if "analysis" in places else real(*places))
    assert dict.fromkeys(CLIENTS, (True, BOTH, ("changed: the library that computes",))) == needs(small_site)


def test_another_version_of_a_package_runs_everything(small_site, monkeypatch):
    monkeypatch.setattr(keys, "packages", lambda: "other")
    assert dict.fromkeys(CLIENTS, (True, BOTH, ("changed: the packages",))) == needs(small_site)


@pytest.mark.slow
def test_a_document_that_is_gone_or_was_edited_is_published_again(small_site):
    before = documents(small_site)
    folder = small_site / "build/site/clients"
    (folder / "brand-08/slides.html").unlink()
    (folder / "brand-09/report.html").write_bytes(before["brand-09/report.html"] + b" ")
    assert {
        "brand-08": (False, ("slides",), ("slides.html is gone",)),
        "brand-09": (False, ("html",), ("report.html was changed by hand",)),
    } == needs(small_site)
    built(small_site)
    assert before == documents(small_site)


def test_a_table_of_results_that_is_gone_is_written_again(small_site):
    path = small_site / "build/results/clients/brand-08/numbers.csv"
    before = path.read_bytes()
    path.unlink()
    assert {"brand-08": (False, BOTH, ("a file of its results is gone",))} == needs(small_site)
    built(small_site)
    assert before == path.read_bytes()


def test_a_document_that_was_only_touched_is_left(small_site):
    os.utime(small_site / "build/site/clients/brand-08/report.html")
    assert {} == needs(small_site)


def test_an_executed_notebook_that_was_edited_is_not_published_from(small_site):
    with (small_site / "build/notebooks/client/brand-08.ipynb").open("a") as file:
        file.write(" ")
    assert {"brand-08": (True, BOTH, ("its executed notebook is gone or was changed",))} == needs(small_site)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 0}'])
def test_a_damaged_record_costs_time_and_nothing_else(small_site, content):
    (small_site / "build/cache/made/client/brand-08.json").write_text(content)
    assert {"brand-08": (True, BOTH, ("it was not built before",))} == needs(small_site)


@pytest.mark.slow
def test_another_format_is_published_from_the_outputs_that_are_kept(small_site):
    before = documents(small_site)
    assert dict.fromkeys(CLIENTS, ("xlsx",)) == built(small_site, formats=("html", "slides", "xlsx"))
    assert (small_site / "build/site/clients/brand-08/annex.xlsx").is_file()
    assert before == documents(small_site)


@pytest.mark.slow
def test_a_file_that_a_cell_reads_by_itself_is_part_of_the_record(small_site):
    extra = small_site / "datasets-of-mine"
    extra.mkdir()
    (extra / "note.txt").write_text("one")
    line = (
        f"from pathlib import Path; note = [p.read_text() for p in sorted(Path('{extra}').iterdir())]; report.close()"
    )
    change(small_site / "reports/client.ipynb", '"report.close()"', json.dumps(line))
    built(small_site, clients=("brand-08",))
    assert {} == needs(small_site, clients=("brand-08",))
    (extra / "note.txt").write_text("two")
    assert ("changed: datasets-of-mine/note.txt",) == needs(small_site, clients=("brand-08",))["brand-08"][2]
    (extra / "note.txt").write_text("one")
    (extra / "new.txt").write_text("")
    assert ("changed: what is in datasets-of-mine",) == needs(small_site, clients=("brand-08",))["brand-08"][2]


def test_explain_says_what_would_be_done_and_does_nothing(small_site):
    (small_site / "params/clients/brand-08.yaml").write_text("brand: Brand 08\nalpha: 0.01\n")
    before = documents(small_site)
    done = scorecard("build", *CLIENTS, "--explain", project=small_site)
    assert 0 == done.returncode, done.stderr
    assert [
        "client brand-08: would run and publish html, slides",
        "    changed: the parameters",
        "1 report is up to date.",
    ] == done.stdout.splitlines()
    assert before == documents(small_site)


# The note that answers a build in which nothing changed


def test_a_build_with_nothing_to_do_is_answered_before_anything_is_imported(small_site):
    for _ in range(2):
        # The first notes that everything is up to date; a file changed within the last tick would hinder it.
        done = scorecard("build", *CLIENTS, project=small_site)
        assert 0 == done.returncode, done.stderr
    code = (
        "import sys; sys.argv = ['scorecard', 'build', *{clients!r}]\n"
        "from kernels_lib.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as done: print(done.code, sorted(m for m in sys.modules if m in {heavy!r}))"
    ).format(clients=CLIENTS, heavy=("typer", "rich", "pydantic", "nbformat", "pandas", "numpy", "pathlib"))
    environment = {**os.environ, "SCORECARD_ROOT": str(small_site)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=ROOT)
    assert done.stdout.splitlines()[0] == "2 reports are up to date."
    assert "0 []" == done.stdout.splitlines()[-1], done.stdout + done.stderr


@pytest.fixture
def forked(monkeypatch):
    """What was forked: function, and process; each can be given something to do to a process as it starts."""
    found, fork = [], template.Template.fork

    def noted(self, function, *args, **kwargs):
        child = fork(self, function, *args, **kwargs)
        found.append(function.partition(":")[2])
        for done in todo[:1]:
            todo.remove(done)
            done(child)
        return child

    todo = []
    monkeypatch.setattr(template.Template, "fork", noted)
    return found, todo


@pytest.mark.skipif(not template.supported(), reason="processes are forked on Linux only")
def test_reports_that_are_only_published_share_a_process_and_those_that_run_do_not(small_site, forked):
    change(small_site / "params/study.yaml", "colours:", "colours: {primary: '#7a1f5c'}\n#")
    planned, before = build.plan(asked(small_site)), documents(small_site)
    assert [False, False] == [task.need.run for task in build.explain(planned)]

    assert not build.run(planned, jobs=1).failed
    assert ["publish_each"] == forked[0]
    assert not before.items() & documents(small_site).items()
    assert not build.run(build.plan(asked(small_site, force=True)), jobs=1).failed
    assert ["publish_each", "perform_json", "perform_json"] == forked[0]


@pytest.mark.skipif(not template.supported(), reason="processes are forked on Linux only")
def test_a_process_that_dies_while_it_publishes_is_followed_by_another(small_site, forked):
    change(small_site / "params/study.yaml", "colours:", "colours: {primary: '#7a1f5c'}\n#")
    forked[1].append(lambda child: os.kill(child.pid, signal.SIGKILL))

    assert {"brand-08": BOTH, "brand-09": BOTH} == built(small_site)
    assert {"publish_each"} == set(forked[0])
    assert 3 >= len(forked[0]) >= 2
    assert {} == needs(small_site)


@pytest.mark.skipif(not template.supported(), reason="processes are forked on Linux only")
def test_a_process_publishes_so_many_and_then_another_goes_on(small_site, forked, monkeypatch):
    monkeypatch.setattr(workers, "MOST_PUBLISHED", 1)
    change(small_site / "params/study.yaml", "colours:", "colours: {primary: '#7a1f5c'}\n#")

    assert not build.run(build.plan(asked(small_site)), jobs=1).failed
    assert ["publish_each", "publish_each"] == forked[0]


def test_what_clients_share_is_gone_through_only_for_a_notebook_that_asks_for_it(small_site):
    """A report of three cells of one's own needs no test of ten thousand brands."""

    def rehearsed():
        planned = build.plan(asked(small_site, force=True))
        return [(each["client"], each["asks"]) for each in tasks.rehearsals(build.explain(planned))]

    assert [("brand-08", True)] == rehearsed()
    path = small_site / "reports/client.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        cell["source"] = [line for line in cell["source"] if "findings" not in line]
    path.write_text(json.dumps(notebook))
    assert [("brand-08", False)] == rehearsed()


@pytest.fixture
def noted(tmp_path, monkeypatch):
    """A project of a few files with a note about one output."""
    monkeypatch.setenv("SCORECARD_ROOT", str(tmp_path))
    monkeypatch.setattr(uptodate, "_LIBRARY", str(tmp_path / "library"))
    for name in ("params/study.yaml", "library/code.py", "further/a.txt", "build/site/page.html"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("as it was")
        os.utime(path, (1, 1))
    before = uptodate.made_from(str(tmp_path))
    uptodate.leave(
        str(tmp_path), ["brand-08"], "all is well", "a note", before=before, outputs=["build/site"], further=["further"]
    )
    return tmp_path


def test_a_note_answers_the_same_words_only(noted):
    assert ("all is well", "a note") == uptodate.answer(["brand-08"], str(noted))
    assert ("", "") == uptodate.answer(["brand-09"], str(noted))
    assert ("", "") == uptodate.answer([], str(noted))


@pytest.mark.parametrize("name", ["params/study.yaml", "library/code.py", "further/a.txt", "build/site/page.html"])
def test_a_note_answers_nothing_once_a_file_changed(noted, name):
    (noted / name).write_text("it is now")
    assert ("", "") == uptodate.answer(["brand-08"], str(noted))


@pytest.mark.parametrize("name", ["params/new.yaml", "library/new.py", "further/b.txt", "build/site/new.html"])
def test_a_note_answers_nothing_once_a_file_came(noted, name):
    (noted / name).write_text("")
    assert ("", "") == uptodate.answer(["brand-08"], str(noted))


def test_a_note_answers_nothing_once_a_file_went(noted):
    (noted / "build/site/page.html").unlink()
    assert ("", "") == uptodate.answer(["brand-08"], str(noted))


def test_no_note_is_left_about_a_file_that_changed_this_very_moment(noted):
    (noted / "params/study.yaml").write_text("just now")
    before = uptodate.made_from(str(noted))
    uptodate.leave(str(noted), [], "all is well", before=before, outputs=[], further=[])
    assert ("", "") == uptodate.answer([], str(noted))


def test_a_note_about_inputs_that_changed_while_the_build_ran_answers_nothing(noted):
    before = uptodate.made_from(str(noted))
    (noted / "params/study.yaml").write_text("changed under way")
    os.utime(noted / "params/study.yaml", (2, 2))
    uptodate.leave(str(noted), [], "all is well", before=before, outputs=[], further=[])
    assert ("", "") == uptodate.answer([], str(noted))


# Keys


VALUES = Parameters(title="T", dataset="d", instrument="i").model_dump(mode="json")


def key_of(values):
    notebook = build.prepare(job := _job(values))
    return keys.Keyring.keys(_Ring(), job, notebook, {})


class _Ring(keys.Keyring):
    def __init__(self):
        self._shared = {}


def _job(values):
    return Job(
        root=ROOT, study_name="", report="client", kind="client", slug="x", name="X",
        parameters={"study_name": "", "client": "x", "wave": "", "overrides": ""},
        sections=("method",), formats=BOTH, values=values,
    )  # fmt: skip


@given(st.sampled_from(sorted(VALUES)), st.integers())
@settings(max_examples=60, deadline=None)
def test_every_parameter_is_in_the_key_of_running_or_in_that_of_the_theme(name, other):
    before, after = (
        key_of(VALUES),
        key_of({**VALUES, name: {"primary": str(other)} if name in ("colours", "type") else str(other)}),
    )
    ran = before.running != after.running
    looks = before.publishing != after.publishing
    assert (ran, looks) == ((False, name not in ("formats", "limits")) if name in UNSEEN else (True, False)), name


def test_a_notebook_that_shows_its_parameters_runs_again_for_any_of_them():
    methods = dataclasses.replace(_job(VALUES), report="methods", kind="methods", parameters={})
    assert keys.looks_at_all(build.prepare(methods))
    assert not keys.looks_at_all(build.prepare(_job(VALUES)))


# Shards


@given(st.integers(0, 40), st.integers(1, 9))
def test_shards_are_disjoint_and_together_everything(count, parts):
    jobs = list(range(count))
    shards = [build._share(jobs, f"{part}/{parts}") for part in range(1, parts + 1)]
    assert jobs == sorted(job for shard in shards for job in shard)


@pytest.mark.parametrize("shard", ["0/3", "4/3", "3", "a/b", "1/", "-1/2"])
def test_a_shard_that_is_none_is_refused(project, shard):
    with pytest.raises(build.BadParameters, match="is no shard"):
        build.plan(asked(project, shard=shard))


@pytest.mark.slow
def test_two_shards_side_by_side_make_one_site_with_one_index(project):
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "kernels_lib", "build", *CLIENTS, "--shard", f"{part}/2", "--jobs", "1"],
            env={**os.environ, "SCORECARD_ROOT": str(project)}, cwd=project, stdout=subprocess.DEVNULL,
        )
        for part in (1, 2)
    ]  # fmt: skip
    assert [0, 0] == [process.wait(200) for process in running]
    entries = json.loads((project / "build/site/manifest.json").read_text())["entries"]
    assert {f"client/{client}": "built" for client in CLIENTS} == {key: e["status"] for key, e in entries.items()}
    assert {} == needs(project)


@pytest.mark.slow
def test_the_index_that_a_killed_build_did_not_write_is_written_by_the_next(small_site):
    built(small_site, clients=("brand-08",), force=True)
    manifest = small_site / "build/site/manifest.json"
    found = json.loads(manifest.read_text())
    del found["entries"]["client/brand-09"]
    manifest.write_text(json.dumps(found))
    (small_site / "build/site/index.html").unlink()
    assert {} == built(small_site)
    assert "client/brand-09" in json.loads(manifest.read_text())["entries"]
    assert "brand-09/report.html" in (small_site / "build/site/index.html").read_text()


def test_a_record_knows_the_state_of_its_files(small_site):
    planned = build.plan(asked(small_site))
    record = records.read(planned.jobs[0])
    entry = record["formats"]["html"]
    assert records.file_sha256(planned.jobs[0].folder / "report.html") == entry["sha256"]
    shutil.rmtree(planned.jobs[0].folder)
    assert "report.html is gone" in needs(small_site)["brand-08"][2]


KILLED = """
from pathlib import Path
from kernels_lib.production import build, keys, runner
from kernels_lib.production.engines import client

client.SAVE_EVERY_S = 0  # at every chance instead of every half minute
job = build.plan(build.Request(root=Path({root!r}), clients=("brand-08",))).jobs[0]
runner.run_only(job, keys.Keys({{}}, {{}}))
"""


@pytest.mark.slow
def test_what_a_killed_notebook_had_shown_is_kept_for_whoever_mends_it(small_site):
    change(
        small_site / "reports/client.ipynb", "report.title(words.peers_title())", "import os; os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", "import papermill\n" + KILLED.format(root=str(small_site))],
        cwd=ROOT,
        capture_output=True,
    )
    assert -9 == done.returncode, done.stderr.decode()[-500:]
    kept = json.loads((small_site / "build/failed/brand-08/client.ipynb").read_text())
    shown = [bool(cell["outputs"]) for cell in kept["cells"] if cell["cell_type"] == "code"]
    assert shown[4:9] == [True] * 5
    assert not any(shown[-5:])
