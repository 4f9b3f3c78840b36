"""The built site: what ``make reports`` leaves behind."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess

import pytest

from kernels_lib.production.browser import INSPECTIONS
from kernels_lib.study.instrument import read_instrument
from tests.conftest import ROOT, SAMPLE, change
from tests.test_cli import scorecard

PUBLISHED = {
    "community_expectations": 2.08, "cohesive_branding": 3.90, "up_to_date": 5.00, "authenticity": 2.87,
    "dialog": 3.10, "peer_to_peer": 2.03, "advocacy": 2.27, "call_to_action": 2.45,
}  # fmt: skip
STAGES = ["Immature", "Adolescence", "Exceptional", "Immature", "Adolescence", "Immature", "Immature", "Immature"]
NOTICE = (
    "Brand-level scores are a reconstruction that is consistent with the published means; "
    "they are not Altimeter's data."
)
GERMAN_NOTICE = (
    "Die Werte der einzelnen Marken sind eine Rekonstruktion, die mit den veröffentlichten Mittelwerten vereinbar ist; "
    "sie sind nicht die Daten von Altimeter."
)


def results(site, name="results"):
    return json.loads((site / f"build/results/{name}.json").read_text(encoding="utf-8"))


def documents(site):
    return sorted((site / "build/site").rglob("*.html"))


def test_every_client_industry_and_the_study_have_both_documents(site):
    has_both_documents(site, clients=len(SAMPLE))


@pytest.mark.slow
def test_make_reports_makes_all_thirty_clients(whole_site):
    has_both_documents(whole_site, clients=30)
    no_client_finds_another_brands_name(whole_site)
    all_gates_passed(whole_site, reports=38)


def has_both_documents(site, clients):
    folders = [path.parent for path in (site / "build/site").rglob("report.html")]
    kinds = [folder.parent.name for folder in folders]
    assert (clients, 6, 2) == (kinds.count("clients"), kinds.count("industries"), kinds.count("site"))
    for folder in folders:
        names = {path.name for path in folder.iterdir()}
        assert {"report.html", "slides.html", "manifest.json", "SHA256SUMS"} == names
    assert (site / "build/site/index.html").is_file()


def test_the_results_have_the_eight_published_means_with_stages(site):
    criteria = {c["id"]: c for c in results(site)["criteria"]}
    assert PUBLISHED == {name: round(c["mean"], 2) for name, c in criteria.items()}
    assert STAGES == [c["stage"] for c in criteria.values()]
    assert {"published"} == {c["basis"] for c in criteria.values()}
    assert {"every table"} == {c["ci_basis"] for c in criteria.values()}


def test_the_studys_verdicts_are_those_that_hold_in_every_table(site):
    verdicts = {c["id"]: c["verdict"] for c in results(site)["criteria"]}
    assert "strength" == verdicts.pop("up_to_date")
    assert "unresolved" == verdicts.pop("cohesive_branding")
    assert {"missed opportunity"} == set(verdicts.values())


def test_an_interval_leaves_the_target_outside_exactly_where_the_verdict_is_firm(site):
    for criterion in results(site)["criteria"]:
        outside = not criterion["ci_low"] <= criterion["target"] <= criterion["ci_high"]
        assert outside == (criterion["verdict"] != "unresolved"), criterion["id"]


def test_the_study_carries_no_number_of_the_reconstruction_as_a_finding(site):
    found = results(site)
    assert {"every table"} == {test["basis"] for test in found["tests"]}
    assert all("overall" not in brand for brand in found["brands"])
    assert all("mean" not in industry for industry in found["industries"])
    rebuilt = [ref for ref, number in found["numbers"].items() if number["basis"] == "reconstructed"]
    assert all(ref.startswith(("reproduced.", "claims.")) for ref in rebuilt)


def test_every_row_of_a_clients_results_says_reconstructed(site):
    found = results(site, "clients/brand-07")
    assert {"reconstructed"} == {test["basis"] for test in found["tests"]}
    assert {"reconstructed"} == {number["basis"] for number in found["numbers"].values()}
    assert {"reconstructed"} == {figure["basis"] for figure in found["figures"]}


def test_the_reproduced_means_differ_from_the_published_by_less_than_half_a_hundredth(site):
    rows = next(t for t in results(site)["tables"] if t["id"] == "reproduced-table")["rows"]
    assert 8 == len(rows)
    for row in rows:
        assert abs(row["published"] - row["reproduced"]) < 0.005
        assert row["same"].startswith("same: ")


def test_the_headline_of_the_source_is_told_as_published(site):
    numbers = results(site)["numbers"]
    assert (14, "published") == tuple(numbers["claims.word_of_mouth.count"][key] for key in ("value", "basis"))
    assert (14, "reconstructed") == tuple(numbers["claims.word_of_mouth.rebuilt"][key] for key in ("value", "basis"))


def test_every_document_carries_the_notice_in_full_and_every_slide_a_tag(site):
    for path in documents(site):
        text = path.read_text(encoding="utf-8").replace("&#39;", "'")
        german = '<html lang="de"' in text
        notice, tag = (GERMAN_NOTICE, "rekonstruiert") if german else (NOTICE, "reconstructed")
        assert german == (path.parent.name == "brand-24"), path
        assert notice in text, path
        if path.name == "slides.html":
            slides = re.findall(r"<section\b.*?</section>", text, re.S)
            assert len(slides) >= (10 if path.parent.parent.name == "clients" else 6), path
            assert all(tag in slide or notice in slide for slide in slides), path


def test_no_client_finds_another_brands_name(site):
    no_client_finds_another_brands_name(site)


def no_client_finds_another_brands_name(site):
    names = [f"Brand {i:02d}" for i in range(1, 31)]
    for folder in sorted((site / "build/site/clients").iterdir()):
        own = json.loads((folder / "manifest.json").read_text())["name"]
        for path in folder.iterdir():
            text = path.read_text(encoding="utf-8")
            assert [own] == [name for name in names if name in text] or path.name == "SHA256SUMS", path


def test_checksums_are_those_of_the_files(site):
    for sums in (site / "build/site").rglob("SHA256SUMS"):
        for line in sums.read_text().splitlines():
            digest, name = line.split("  ")
            assert digest == hashlib.sha256((sums.parent / name).read_bytes()).hexdigest()


def test_every_gate_passed_for_every_report(site):
    all_gates_passed(site, reports=8 + len(SAMPLE))


def all_gates_passed(site, reports):
    manifest = json.loads((site / "build/site/manifest.json").read_text())
    assert reports == len(manifest["entries"])
    for entry in manifest["entries"].values():
        assert "built" == entry["status"]
        static = {gate: state for gate, state in entry["gates"].items() if gate not in INSPECTIONS}
        assert {"passed"} == set(static.values())
        # Only a browser can see to these, and this build had none: the manifest does not say that it had.
        assert {"not run"} == {entry["gates"][gate] for gate in INSPECTIONS}


def test_every_number_of_the_prose_is_in_the_results(site):
    found = results(site, "clients/brand-19")
    refs = {ref for sentence in found["sentences"] for ref in sentence["refs"]}
    assert len(refs) > 20
    assert refs <= set(found["numbers"])


def test_no_advice_is_given_on_the_gated_criterion_while_the_gate_is_closed(site):
    gated = read_instrument(ROOT, "facebook_page")[read_instrument(ROOT, "facebook_page").gate.criterion]
    for path in sorted((site / "build/results/clients").glob("*.json")):
        found = json.loads(path.read_text())
        scores = found["summary"]["scores"]
        closed = any(row["score"] < 4 for name, row in scores.items() if name != gated.id)
        steps = next(s for s in found["sentences"] if s["id"] == "steps")["text"]
        assert not (closed and gated.action.rstrip(".") in steps), path.stem


@pytest.mark.slow
def test_one_client_is_rebuilt_with_another_parameter_and_the_others_stay(small_site):
    other = small_site / "build/site/clients/brand-09/report.html"
    before = other.read_bytes()

    done = scorecard("build", "brand-08", "--set", "alpha=0.01", "--json", project=small_site)

    assert 0 == done.returncode, done.stderr
    assert [("brand-08", True)] == [(r["slug"], r["ok"]) for r in json.loads(done.stdout)["reports"]]
    found = results(small_site, "clients/brand-08")
    assert 0.01 == found["parameters"]["alpha"]
    assert {0.01} == {test["alpha"] for test in found["tests"]}
    assert before == other.read_bytes()
    assert 2 == len(json.loads((small_site / "build/site/manifest.json").read_text())["entries"])


@pytest.mark.slow
def test_a_notebook_that_raises_fails_one_report_and_leaves_the_old_one(small_site):
    target = small_site / "build/site/clients/brand-09"
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    notebook = small_site / "reports/client.ipynb"
    change(notebook, "report.title(words.peers_title())", "report.title(words.pears_title())")

    done = scorecard("build", "brand-09", project=small_site)

    assert 1 == done.returncode
    message = "reports/client.ipynb: stopped for 'brand-09' at cell "
    assert message in done.stderr
    assert (
        "(\"Against your peers\"): AttributeError: 'ClientWords' object has no attribute 'pears_title'" in done.stderr
    )
    assert "The partly run notebook: build/failed/brand-09/client.ipynb" in done.stderr
    assert "What was published before is untouched." in done.stderr
    assert (small_site / "build/failed/brand-09/client.ipynb").is_file()
    assert before == {path.name: path.read_bytes() for path in target.iterdir()}
    entry = json.loads((small_site / "build/site/manifest.json").read_text())["entries"]["client/brand-09"]
    assert ("failed", True) == (entry["status"], bool(entry["files"]))


@pytest.mark.slow
def test_a_kernel_that_dies_fails_one_report_and_says_so(small_site):
    notebook = small_site / "reports/client.ipynb"
    change(notebook, "report.title(words.peers_title())", "import os; os.kill(os.getpid(), 9)")

    done = scorecard("build", "brand-09", project=small_site)

    assert 1 == done.returncode
    told = r"reports/client\.ipynb: stopped for 'brand-09' at cell \d+ \(\".+\"\): the kernel died, twice; "
    assert re.search(told, done.stderr)
    assert "SIGKILL" in done.stderr
    assert "Traceback" not in done.stderr


def measured_site_is_right(folder):
    found = json.loads((folder / "results/results.json").read_text())
    assert {"measured"} == {c["basis"] for c in found["criteria"]}
    assert 64.63 == round(found["criteria"][0]["mean"], 2)
    page = (folder / "site/clients/department-03/report.html").read_text(encoding="utf-8")
    words = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.S))
    assert "reconstruct" not in words
    assert "brand" not in words.lower()


@pytest.mark.slow
def test_a_second_measured_study_is_built_whole(project):
    done = scorecard("build", "--study", "attitude", "--json", project=project, timeout=280)

    assert 0 == done.returncode, done.stderr
    folder = project / "build/studies/attitude"
    assert 32 == len(list((folder / "site").rglob("report.html")))
    measured_site_is_right(folder)


@pytest.mark.slow
def test_a_department_of_the_measured_study_has_its_report_and_deck(project):
    done = scorecard("build", "--study", "attitude", "department-03", "--json", project=project)

    assert 0 == done.returncode, done.stderr
    client = project / "build/studies/attitude/site/clients/department-03"
    assert {"report.html", "slides.html", "manifest.json", "SHA256SUMS"} == {path.name for path in client.iterdir()}


def test_nothing_is_left_in_the_work_folder(site):
    assert [] == list((site / "build/work").iterdir())


@pytest.mark.slow
def test_two_builds_of_the_same_inputs_are_byte_identical(tmp_path):
    from kernels_lib.production import build
    from tests.conftest import copy_project

    contents = []
    for name in ("one", "another-folder"):
        project = copy_project(tmp_path / name)
        summary = build.run(
            build.plan(build.Request(root=project, clients=("brand-07", "brand-24"), industries=("retail",)))
        )
        assert not summary.failed
        # What is kept for the next build notes times.
        folders = (project / "build" / name for name in ("site", "results", "notebooks"))
        files = [p for folder in folders for p in folder.rglob("*") if p.is_file()]
        contents.append({p.relative_to(project).as_posix(): p.read_bytes() for p in files})
    assert contents[0] == contents[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["study", "industry", "client", "methods"])
def test_run_all_works_for_whoever_opens_a_notebook(name, tmp_path):
    out = tmp_path / f"{name}.ipynb"
    done = subprocess.run(
        ["jupyter", "nbconvert", "--to", "notebook", "--execute", "--output", str(out), f"{name}.ipynb"],
        cwd=ROOT / "reports", capture_output=True, text=True, timeout=180,
        env={**__import__("os").environ, "PATH": f"{ROOT / '.venv/bin'}:{__import__('os').environ['PATH']}"},
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr[-2000:]
    assert "application/vnd.scorecard.results+json" in out.read_text()


def said(found, identity):
    return next(sentence["text"] for sentence in found["sentences"] if sentence["id"] == identity)


def test_the_study_leads_with_what_every_consistent_table_shows(site):
    found = results(site)
    ids = [sentence["id"] for sentence in found["sentences"]]
    assert ids.index("verdicts.items") < ids.index("target.title")
    words = said(found, "verdicts.items")
    assert "The order of the eight means and their 28 differences describe these 30 brands and need no test." in words
    assert "Up to date is above six of the other seven by 1.9 to 3.0 points." in words
    assert "after Holm's correction over 28 pairs" in words
    assert "Nothing inside the low group can be settled" in words
    table = next(t for t in found["tables"] if t["id"] == "worst-table")
    verdicts = [row["holds"].split(" (")[0] for row in table["rows"]]
    counts = [verdicts.count(v) for v in ("holds in every consistent table", "only in some", "in none")]
    assert [6, 21, 1] == counts


def test_the_methods_report_shows_every_published_answer_beside_ours(site):
    found = results(site, "methods")
    table = next(t for t in found["tables"] if t["id"] == "verified-table")
    assert 37 == len({row["case"].rpartition(" (")[0] for row in table["rows"]})
    assert {"agrees"} == {row["agrees"] for row in table["rows"]}


def test_every_report_closes_with_a_ledger_that_says_what_could_be_found(site):
    for name in ("results", "methods", "industries/retail", "clients/brand-07"):
        found = results(site, name)
        assert "ledger-table" in {t["id"] for t in found["tables"]}
        assert any(test["detectable"] for test in found["tests"]), name
        assert any(test["smallest_p"] for test in found["tests"]), name
        assert all(test["conclusion"] for test in found["tests"])
