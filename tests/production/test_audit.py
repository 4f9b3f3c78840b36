"""A delivery against its own manifest: what was changed, lost or added is named; nothing of it is taken for checked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kernels_lib import cli
from kernels_lib.errors import BadData
from kernels_lib.production.audit import audit


def test_a_zip_file_that_was_damaged_on_its_way_says_at_which_file(tmp_path):
    path = tmp_path / "sent.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("report.html", "Brand 07")
    path.write_bytes(path.read_bytes().replace(b"Brand 07", b"Brand 08"))

    with pytest.raises(BadData, match=r"sent\.zip: is damaged at 'report\.html'\. Have it sent again\."):
        audit(path)


@pytest.fixture
def delivery(site, tmp_path) -> Path:
    """A client's folder as it was published."""
    return Path(shutil.copytree(site / "build/site/clients/brand-07", tmp_path / "for-brand-07"))


def problems(place: Path) -> tuple[str, ...]:
    (found,) = audit(place).values()
    return found.problems


def test_a_delivery_as_it_was_published_is_found_whole_and_says_what_was_not_checked(delivery, told):
    (found,) = audit(delivery).values()

    assert () == found.problems
    assert {"report.html", "slides.html", "manifest.json", "SHA256SUMS"} == set(found.files)
    # Gates that need a browser; a build without --inspect runs none of them.
    assert ["console", "drawn", "fits", "requests"] == found.not_run
    told("bytes audited", sum(found.files.values()))


def change_a_letter(folder: Path) -> None:
    page = folder / "report.html"
    page.write_bytes(page.read_bytes().replace(b"Brand 07", b"Brand 08", 1))


def lose(folder: Path) -> None:
    (folder / "slides.html").unlink()


def add(folder: Path) -> None:
    (folder / "notes.txt").write_text("by the way")


def change_the_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"passed"', '"not run"', 1))


def forget_one(folder: Path) -> None:
    path = folder / "SHA256SUMS"
    path.write_text("".join(line for line in path.read_text().splitlines(True) if "report.html" not in line))


def garble_the_sums(folder: Path) -> None:
    (folder / "SHA256SUMS").write_text("nothing\n" + (folder / "SHA256SUMS").read_text())


def garble_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def lose_the_sums(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (change_a_letter, ["report.html: is not what was published", "report.html: is not what SHA256SUMS says"]),
        (lose, ["slides.html: is missing"]),
        (add, ["notes.txt: was added; nothing of it was checked"]),
        (change_the_manifest, ["manifest.json: is not what SHA256SUMS says"]),
        (forget_one, ["SHA256SUMS: says nothing of report.html"]),
        (garble_the_sums, ["SHA256SUMS: a line is no checksum and name: nothing"]),
        (garble_the_manifest, ["manifest.json: cannot be read"]),
        (lose_the_sums, ["SHA256SUMS: is missing"]),
    ],
)
def test_what_was_done_to_a_delivery_is_named(fault, said, delivery):
    fault(delivery)

    found = problems(delivery)

    assert len(said) == len(found)
    assert all(line.startswith(wanted) for line, wanted in zip(found, said, strict=True)), found


def test_sha256sum_says_the_same(delivery):
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum here")
    command = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert 0 == subprocess.run(command, cwd=delivery, check=False).returncode

    change_a_letter(delivery)

    assert 0 != subprocess.run(command, cwd=delivery, check=False, capture_output=True).returncode


def test_a_zip_and_a_folder_of_deliveries_are_audited_each(delivery, tmp_path):
    package = tmp_path / "all.zip"
    with zipfile.ZipFile(package, "w") as file:
        for path in sorted(delivery.iterdir()):
            file.write(path, f"brand-07/{path.name}")
            file.write(path, f"again/{path.name}")

    assert {"again", "brand-07"} == set(audit(package))
    assert all(not found.problems for found in audit(package).values())
    assert {"for-brand-07"} == set(audit(tmp_path)) - {"all.zip"}


def test_a_whole_site_is_audited_client_by_client(site):
    found = audit(site / "build/site")

    assert {"clients/brand-07", "industries/retail", "study", "methods"} <= set(found)
    assert not [problem for each in found.values() for problem in each.problems]


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda path: path.write_bytes(b"PK\x03\x04 broken")])
def test_what_is_no_delivery_is_refused(make, tmp_path):
    make(tmp_path / "it")
    with pytest.raises(BadData, match=r"^it: "):
        audit(tmp_path / "it")


@pytest.mark.parametrize(("fault", "code"), [(None, 0), (change_a_letter, 1)])
def test_the_command_says_so_in_words_and_in_json(fault, code, delivery, monkeypatch, capsys):
    if fault:
        fault(delivery)
    for more in ((), ("--json",)):
        monkeypatch.setattr(sys, "argv", ["scorecard", "audit", str(delivery), *more])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert code == ended.value.code
    said = capsys.readouterr()

    assert ("not as it was published" in said.err) == bool(code)
    plain = json.loads(said.out[said.out.index("{") :])
    assert (not code) == plain["ok"] == plain["deliveries"]["."]["ok"]
    assert plain["deliveries"]["."]["rebuild"]["command"].startswith("scorecard build brand-07 --formats html,slides")


@pytest.mark.slow
def test_the_manifest_is_enough_to_make_the_same_bytes_again(delivery, project):
    manifest = json.loads((delivery / "manifest.json").read_text())
    words = manifest["rebuild"]["command"].split()

    done = subprocess.run(
        [sys.executable, "-m", "kernels_lib", *words[1:]], cwd=project, capture_output=True, text=True, check=False
    )

    assert 0 == done.returncode, done.stderr
    made = project / "build/site/clients/brand-07"
    assert {path.name: path.read_bytes() for path in delivery.iterdir()} == {
        path.name: path.read_bytes() for path in made.iterdir()
    }
