"""`scorecard deliver`: what is handed over is whole, checked, noted, and never a draft."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile

import fsspec
import pytest

from kernels_lib.errors import BadParameters, UnknownName
from kernels_lib.production import delivering
from kernels_lib.production.audit import audit
from kernels_lib.production.delivering import deliver
from tests.test_cli_params import scorecard

AT = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch):
    """Without a browser: the tests of the gates that need one are in tests/browser."""
    for place in ("kernels_lib.production.delivering", "kernels_lib.production.build"):
        monkeypatch.setattr(f"{place}.missing_for_browser", lambda: "no browser was found.")
    monkeypatch.setattr("kernels_lib.production.build.missing_for_pdf", lambda: "no browser was found.")


def send(project, to, *clients):
    done = deliver(project, clients or ("brand-08",), str(to), now=lambda: AT, jobs=1)
    assert [""] == list({one.error for one in done})
    return done


def log(project):
    with (project / "deliveries.csv").open(newline="") as file:
        return list(csv.DictReader(file))


FILES = ["SHA256SUMS", "annex.xlsx", "deck.pptx", "manifest.json", "report.html", "slides.html"]


def test_a_folder_gets_every_format_and_sums_that_agree(small_site, tmp_path):
    (done,) = send(small_site, tmp_path / "out")
    folder = tmp_path / "out" / "brand-08"

    assert FILES == sorted(path.name for path in folder.iterdir())
    assert ["brand-08"] == [path.name for path in (tmp_path / "out").iterdir()]
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, _, name = line.partition("  ")
        assert digest == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    # Four documents, and the manifest that says what they were made from.
    assert 5 == len((folder / "SHA256SUMS").read_text().splitlines())
    assert all(not found.problems for found in audit(tmp_path / "out").values())
    # What compare takes for 'last delivered', whatever is built afterwards.
    kept = small_site / "build/delivered" / done.parcel.checksum / "brand-08.json"
    assert kept.read_bytes() == (small_site / "build/results/clients/brand-08.json").read_bytes()
    assert done.parcel.checksum == hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()


@pytest.mark.slow
def test_each_delivery_is_a_line_of_the_log(small_site, tmp_path):
    send(small_site, tmp_path / "out", "brand-08", "brand-09")
    (last,) = send(small_site, tmp_path / "out")
    rows = log(small_site)

    assert ["brand-08", "brand-09", "brand-08"] == [row["client"] for row in rows]
    assert {"2026-03-04T05:06:07Z"} == {row["date"] for row in rows}
    assert rows[0]["checksum"] == rows[2]["checksum"] == last.parcel.checksum
    manifest = json.loads((tmp_path / "out/brand-08/manifest.json").read_text())
    assert rows[0]["build"].endswith(f"results {manifest['results_sha256'][:12]}")


@pytest.mark.slow
def test_a_zip_is_the_same_whenever_it_is_made(small_site, tmp_path):
    send(small_site, tmp_path / "one.zip", "brand-08", "brand-09")
    send(small_site, tmp_path / "two.zip", "brand-08", "brand-09")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as package:
        assert package.testzip() is None
        assert [f"{client}/{name}" for client in ("brand-08", "brand-09") for name in FILES] == sorted(
            package.namelist()
        )


def test_an_object_store_gets_the_same_bytes(small_site, tmp_path):
    send(small_site, tmp_path / "out")
    (done,) = send(small_site, "memory://team/2026")
    send(small_site, "memory://team/all.zip")
    store = fsspec.filesystem("memory")

    assert "memory://team/2026/brand-08" == done.place
    assert FILES == sorted(name.rpartition("/")[2] for name in store.ls("/team/2026/brand-08", detail=False))
    for name in FILES:
        assert (tmp_path / "out/brand-08" / name).read_bytes() == store.cat_file(f"/team/2026/brand-08/{name}")
    assert zipfile.ZipFile(io.BytesIO(store.cat_file("/team/all.zip"))).testzip() is None


def test_a_draft_is_refused_before_anything_is_built(small_site, tmp_path):
    (small_site / "params/clients/brand-08.yaml").write_text("brand: Brand 08\nstatus: draft\n")
    with pytest.raises(BadParameters, match=r"brand-08.yaml, line 2: the report of 'brand-08' is a draft. Set status"):
        send(small_site, tmp_path / "out", "brand-08", "brand-09")

    assert not (tmp_path / "out").exists()
    assert not (small_site / "deliveries.csv").exists()


@pytest.mark.slow
def test_a_stale_build_is_made_anew_first(small_site, tmp_path):
    (small_site / "params/clients/brand-08.yaml").write_text("brand: Brand 08\nclient_name: Corner Ltd\n")
    send(small_site, tmp_path / "out")
    assert "Corner Ltd" in (tmp_path / "out/brand-08/report.html").read_text()


@pytest.mark.slow
def test_a_client_that_fails_keeps_nobody_elses_from_going_out(small_site, tmp_path):
    text = "brand: Brand 08\ncommentary: {summary: Brand 09 is faster.}\n"
    (small_site / "params/clients/brand-08.yaml").write_text(text)
    done = deliver(small_site, ("brand-08", "brand-09"), str(tmp_path / "out"), now=lambda: AT)

    assert [True, False] == ["gate 'leaks'" in one.error for one in done]
    assert ["brand-09"] == [path.name for path in (tmp_path / "out").iterdir()]
    assert ["brand-09"] == [row["client"] for row in log(small_site)]
    done = deliver(small_site, ("brand-08", "brand-09"), str(tmp_path / "all.zip"), now=lambda: AT)
    assert ["gate 'leaks'" in done[0].error, "all go into one file" in done[1].error] == [True, True]
    assert not (tmp_path / "all.zip").exists()


def test_a_disk_that_is_full_leaves_the_earlier_delivery_as_it_was(small_site, tmp_path, monkeypatch):
    send(small_site, tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    write, count = delivering.Path.write_bytes, iter(range(100))

    def fails(path, data):
        if "brand-08" in path.parent.name and next(count) == 2:
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(delivering.Path, "write_bytes", fails)
    (done,) = deliver(small_site, ("brand-08",), str(tmp_path / "out"), now=lambda: AT)

    assert "No space left on device" in done.error
    assert before == {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert 1 == len(log(small_site))


@pytest.mark.slow
def test_a_store_that_fails_halfway_shows_no_manifest(small_site, monkeypatch):
    store = fsspec.filesystem("memory")
    pipe = type(store).pipe_file

    def fails(self, path, value, **more):
        if "slides" in path:
            raise OSError(5, "connection lost")
        return pipe(self, path, value, **more)

    monkeypatch.setattr(type(store), "pipe_file", fails)
    (done,) = deliver(small_site, ("brand-08",), "memory://broken/2026", now=lambda: AT)

    assert "connection lost" in done.error
    assert [] == store.find("/broken")


@pytest.mark.slow
def test_a_folder_of_something_else_is_not_replaced(small_site, tmp_path):
    (tmp_path / "out/brand-08").mkdir(parents=True)
    (tmp_path / "out/brand-08/thesis.txt").write_text("mine")
    (done,) = deliver(small_site, ("brand-08",), str(tmp_path / "out"), now=lambda: AT)

    assert "'brand-08' is there and is no delivery" in done.error
    assert "mine" == (tmp_path / "out/brand-08/thesis.txt").read_text()


def test_a_file_changed_by_hand_is_built_again_and_never_handed_over(small_site, tmp_path):
    send(small_site, tmp_path / "out")
    built = tmp_path / "out/brand-08/report.html"
    good = built.read_bytes()
    (small_site / "build/site/clients/brand-08/report.html").write_bytes(good + b"<!-- by hand -->")
    send(small_site, tmp_path / "out")

    assert good == built.read_bytes()


WRONG = {
    "no destination": ("", BadParameters, "--to: no destination. Give a folder"),
    "a file": ("pyproject.toml", BadParameters, "'pyproject.toml' is a file"),
    "no such store": ("nosuch://a/b", BadParameters, "'nosuch://a/b': "),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_place_that_is_none_is_told(project, name, monkeypatch, root):
    to, error, message = WRONG[name]
    monkeypatch.chdir(root)
    with pytest.raises(error, match=message):
        deliver(project, ("brand-08",), to)


def test_an_unknown_client_is_told(project, tmp_path):
    with pytest.raises(UnknownName, match=r"unknown client 'brnad-08'\. Did you mean 'brand-08'"):
        deliver(project, ("brnad-08",), str(tmp_path))


def test_passwords_of_a_store_are_not_noted():
    assert "s3://bucket/a" == delivering._unlocked("s3://key:secret@bucket/a?token=1")


def test_the_command_says_what_went_where_and_that_nothing_was_inspected(small_site, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("kernels_lib.production.browser.missing_for_browser", lambda: "no browser was found.")
    code, out, err = scorecard(monkeypatch, capsys, "deliver", "brand-08", "--to", str(tmp_path / "out"))

    assert 0 == code
    assert "brand-08: 6 files, " in out and out.endswith("Noted in deliveries.csv.\n")
    assert "Note: not inspected in a browser, and without report.pdf: no browser was found." in err


@pytest.mark.parametrize("words", [[], ["brand-08", "--all"]])
def test_clients_are_named_or_all_of_them_are_meant(monkeypatch, capsys, words):
    code, _, err = scorecard(monkeypatch, capsys, "deliver", *words, "--to", "x")
    assert (2, True) == (code, "give --all" in err)
