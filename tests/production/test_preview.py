"""The preview: parameters as a form, values into files, who may ask what, what asks for a build."""

from __future__ import annotations

import http.client
import json
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from kernels_lib.errors import BadParameters, GateFailed, ScorecardError, UnknownName
from kernels_lib.production import build, gates
from kernels_lib.production.keys import LIBRARY
from kernels_lib.production.preview import form, making, watching, workshop, writing
from kernels_lib.production.preview.desk import Desk
from kernels_lib.production.preview.server import Server
from kernels_lib.production.publish import fit
from kernels_lib.study.params import Parameters
from tests.test_cli_plan import scorecard

CLIENT = "client/brand-07"


def fields(root: Path, subject: str = CLIENT) -> dict[str, dict]:
    made = form.of_report(root, "", subject)
    return {field["key"]: field for group in made["groups"] for field in group["fields"]}


def test_every_parameter_is_in_the_form(root):
    assert set(Parameters.model_fields) == {key.partition(".")[0] for key in fields(root)}


KINDS = {
    "alpha": "slider",
    "target.dialog": "slider",
    "correction": "select",
    "sections": "choices",
    "formats": "choices",
    "colours.primary": "colour",
    "report_date": "date",
    "seed": "number",
    "contact": "text",
}


@pytest.mark.parametrize("key", KINDS)
def test_the_schema_decides_the_kind_of_field(key, root):
    assert KINDS[key] == fields(root)[key]["kind"]


def test_a_slider_never_reaches_a_bound_that_is_refused(root):
    field = fields(root)["alpha"]

    assert 0 < field["min"] and field["max"] < 0.5  # both ends are outside in the model


def test_a_field_says_the_line_its_value_came_from(root):
    found = fields(root, "client/brand-24")
    lines = (root / "params/clients/brand-24.yaml").read_text().splitlines()
    instrument = (root / "params/instruments/facebook_page.yaml").read_text().splitlines()

    own = found["target.dialog"]["origin"]
    assert ("params/clients/brand-24.yaml", "client") == (own["file"], own["layer"])
    assert "dialog: 3.5" in lines[own["line"] - 1]
    # No layer has a target for advocacy: it is the instrument's.
    other = found["target.advocacy"]["origin"]
    assert "value: 4" in instrument[other["line"] - 1]


def wrote(project: Path, key: str, value, *, layer: str = "client", subject: str = CLIENT) -> dict:
    return writing.write(project, "", subject, layer, key, value)


def test_a_value_goes_to_the_clients_file_and_the_comments_stay(project):
    path = project / "params/clients/brand-07.yaml"
    before = path.read_text()

    answer = wrote(project, "target.dialog", 3.5)

    assert path.read_text() == before + "target:\n  dialog: 3.5\n"
    assert {"file": "params/clients/brand-07.yaml", "line": 15, "note": "", "changed": True} == answer
    assert 3.5 == fields(project)["target.dialog"]["value"]


def test_a_client_without_a_file_gets_one_that_a_build_reads(project):
    wrote(project, "alpha", 0.01, subject="client/brand-01")

    text = (project / "params/clients/brand-01.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../schema/client.schema.json\n\nbrand: Brand 01  #")
    planned = build.plan(build.Request(root=project, clients=("brand-01",)))
    assert 0.01 == planned.jobs[0].values["alpha"]


def test_an_industry_without_a_file_gets_one(project):
    path = project / "params/industries/retail.yaml"
    path.unlink()

    wrote(project, "minimum_base", 3, layer="industry", subject="client/brand-19")

    assert "industry: retail  # as in the data\nname: Retail\nminimum_base: 3\n" in path.read_text()


REFUSED = {
    "outside the scale": ("target.dialog", 7, "line 15: target 7 for 'dialog' is outside the scale 1-5."),
    "outside its bounds": ("alpha", 0.7, "'alpha': input should be less than 0.5 (found 0.7)."),
    "no such choice": ("correction", "sidak", "'correction': input should be 'holm', 'bonferroni', 'bh' or 'none'"),
    "no such criterion": ("target.dialogue", 3, "unknown criterion 'dialogue'. Did you mean 'dialog'?"),
    "no such parameter": ("alfa", 0.1, "unknown parameter 'alfa'. Did you mean 'alpha'?"),
    "of the study alone": ("seed", 3, "unknown parameter 'seed'"),
    "no such picture": ("logo", "none.png", "logo 'none.png' is no file below params/."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_build_refuses_is_refused_in_its_words_and_the_file_stays(name, project):
    key, value, message = REFUSED[name]
    path = project / "params/clients/brand-07.yaml"
    before = path.read_bytes()

    with pytest.raises(ScorecardError) as refused:
        wrote(project, key, value)

    assert message in str(refused.value)
    assert before == path.read_bytes()
    assert [] == list((project / "build/work").glob("*"))
    assert sorted(path.parent.glob("*")) == sorted(path.parent.glob("*.yaml"))
    # The command line says the very same of the same text.
    if key in ("target.dialog", "alpha"):
        path.write_text(before.decode() + ("target:\n  dialog: 7\n" if "." in key else "alpha: 0.7\n"))
        with pytest.raises(ScorecardError) as said:
            build.plan(build.Request(root=project, clients=("brand-07",)))
        assert str(said.value) == str(refused.value)


def test_a_value_that_a_later_file_outdoes_is_written_and_said(project):
    answer = wrote(project, "target.dialog", 3, layer="study", subject="client/brand-24")

    assert "target: {dialog: 3} " in (project / "params/study.yaml").read_text()
    assert "params/clients/brand-24.yaml, line 10 has 'target.dialog' too, and decides" in answer["note"]


def test_a_value_taken_out_lets_the_layer_below_count(project):
    wrote(project, "target.dialog", None, subject="client/brand-24")

    assert "\ntarget:" not in (project / "params/clients/brand-24.yaml").read_text()
    assert 4 == fields(project, "client/brand-24")["target.dialog"]["value"]


def test_a_text_is_changed_in_the_language_that_is_read(project):
    wrote(project, "confidentiality", {"de": "Geheim."}, subject="client/brand-24")

    text = (project / "params/clients/brand-24.yaml").read_text()
    assert "  en: Prepared for Brand 24 only." in text
    assert "  de: Geheim.\n" in text


def test_a_build_that_cannot_be_planned_says_what_the_command_line_says(project):
    (project / "params/clients/brand-07.yaml").write_text("brand: Brand 07\nalpah: 0.1\n")

    made = making.make({"root": str(project), "study": "", "subject": CLIENT})

    assert ["params/clients/brand-07.yaml, line 2: unknown parameter 'alpah'."] == [
        error.partition(" Did you")[0] for error in made["errors"]
    ]


def test_code_that_cannot_be_imported_is_told_and_nothing_waits_for_it(project, monkeypatch):
    monkeypatch.setattr(workshop, "RUNNING_NEEDS", ())
    monkeypatch.setattr(workshop, "PUBLISHING", ())
    monkeypatch.setattr(workshop, "MAKING", "kernels_lib.no_such_module")
    shop = workshop.Workshop(project)

    with pytest.raises(ScorecardError, match=r"No module named 'kernels_lib\.no_such_module'"):
        shop.start()
    with pytest.raises(ScorecardError, match="the toolkit cannot be imported"):
        shop.ask("describe", {})
    shop.close()
    with pytest.raises(ScorecardError, match="the preview has ended"):
        shop.start()


@pytest.mark.parametrize(
    ("subject", "layers"), [("study/", ["study"]), ("industry/retail", ["industry", "study"]), ("methods/", ["study"])]
)
def test_reports_that_are_no_clients_have_a_form_too(subject, layers, root):
    assert layers == [layer["name"] for layer in form.of_report(root, "", subject)["layers"]]


def test_every_report_can_be_chosen(root):
    keys = [subject["key"] for subject in form.subjects(root, "")]

    assert ["study/", "methods/"] == keys[:2]
    assert {"industry/retail", "client/brand-07"} <= set(keys)


def test_what_a_template_went_through_does_not_hide_a_later_change(project):
    asked = {"root": str(project), "study": "", "subject": CLIENT}
    making.warm(asked)
    wrote(project, "target.dialog", 3)

    (planned,) = build.plan(making.request_of(asked)).jobs
    assert {"dialog": 3.0} == planned.values["target"]


def test_going_through_a_report_measures_its_slides_and_writes_nothing(small_site):
    before = {path: path.read_bytes() for path in (small_site / "build").rglob("*") if path.is_file()}
    slides = (small_site / "build/site/clients/brand-08/slides.html").read_text().count("data-slide=")
    fit.forget()

    making.warm({"root": str(small_site), "study": "", "subject": "client/brand-08"})

    assert slides == len(fit._KNOWN)
    after = {path: path.read_bytes() for path in (small_site / "build").rglob("*") if path.is_file()}
    assert before == {path: after[path] for path in before}
    # What was read for the first time, such as a parsed file, may be kept.
    assert {"cache"} >= {path.relative_to(small_site / "build").parts[0] for path in after.keys() - before}


def test_a_report_that_cannot_be_published_is_left_to_its_build(small_site, monkeypatch):
    monkeypatch.setitem(gates.GATES, "size", lambda delivery: "too large")

    making.warm({"root": str(small_site), "study": "", "subject": "client/brand-08"})

    with pytest.raises(GateFailed, match="too large"):
        build.rehearse(build.plan(making.request_of({"root": small_site, "study": "", "subject": "client/brand-08"})))


def test_code_asks_for_a_new_process_and_a_parameter_does_not(root):
    assert watching.is_code(LIBRARY / "analysis" / "scoring.py")
    assert not watching.is_code(root / "params" / "study.yaml")


def test_what_was_written_here_is_no_news_until_somebody_else_writes_it(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("alpha: 0.1\n")
    own = watching.OwnWrites()
    own.note(path)

    assert [] == own.others([path])
    path.write_text("alpha: 0.2\n")
    assert [path] == own.others([path])


@contextmanager
def served(project: Path):
    """A server whose desk makes nothing."""
    with Server(Desk(project, "", CLIENT)) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def answer(server: Server, method: str, path: str, body=None, **headers) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        found = connection.getresponse()
        return found.status, found.read().decode(), dict(found.headers)
    finally:
        connection.close()


def test_the_page_loads_nothing_from_elsewhere(project):
    with served(project) as server:
        status, text, headers = answer(server, "GET", "/")

    assert 200 == status
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert server.token in text
    assert "http://" not in text and "https://" not in text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1"])
def test_another_host_name_is_refused(host, project):
    with served(project) as server:
        assert 403 == answer(server, "GET", "/", Host=host)[0]


def test_the_page_of_another_site_gets_nothing(project):
    with served(project) as server:
        assert 403 == answer(server, "GET", "/", **{"Sec-Fetch-Site": "cross-site"})[0]


WRITERS = {
    "no origin": {"Origin": ""},
    "another origin": {"Origin": "http://evil.example"},
    "no token": {"X-Preview-Token": ""},
    "another token": {"X-Preview-Token": "x" * 32},
    "a form's own type": {"Content-Type": "text/plain"},
}


@pytest.mark.parametrize("name", WRITERS)
def test_only_the_pages_own_writes_are_taken(name, project, monkeypatch):
    monkeypatch.setattr(Desk, "write", lambda *_: pytest.fail("it was taken"))
    path = project / "params/clients/brand-07.yaml"
    before = path.read_bytes()
    with served(project) as server:
        right = {
            "Origin": server.url.rstrip("/"),
            "X-Preview-Token": server.token,
            "Content-Type": "application/json",
        }
        asked = {"layer": "client", "key": "alpha", "value": 0.01}
        assert 403 == answer(server, "POST", "/set", asked, **{**right, **WRITERS[name]})[0]

        monkeypatch.setattr(Desk, "write", lambda *given: {"got": given[1:]})
        assert '{"got": ["client", "alpha", 0.01]}' == answer(server, "POST", "/set", asked, **right)[1]
    assert before == path.read_bytes()


@pytest.mark.parametrize("path", ["../../params/study.yaml", "%2e%2e/%2e%2e/params/study.yaml", "/etc/hostname", ""])
def test_nothing_outside_the_site_is_shown(path, project):
    (project / "build/site").mkdir(parents=True)
    with served(project) as server:
        assert 404 == answer(server, "GET", f"/site/{path}")[0]


def test_a_taken_port_is_told_and_without_one_the_next_is_used(project):
    with served(project) as first:
        with pytest.raises(BadParameters, match=rf"--port: port {first.server_port} is taken"):
            Server(Desk(project, "", CLIENT), first.server_port)
        with Server(Desk(project, "", CLIENT)) as second:
            assert first.server_port < second.server_port


def test_an_unknown_client_is_told_before_anything_starts(project):
    with pytest.raises(UnknownName, match="Did you mean 'brand-07'"):
        form.first_subject(project, "", "brandd-07")


def test_the_command_says_it_too(monkeypatch, capsys):
    code, out, err = scorecard(monkeypatch, capsys, "preview", "brandd-07", "--no-browser")

    assert (2, "") == (code, out)
    assert "Did you mean 'brand-07'?" in err


def test_without_a_client_the_study_is_shown(project):
    assert "study/" == form.first_subject(project, "", "")
