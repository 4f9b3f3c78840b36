"""One report from parameters to published files: run, publish, pass the gates, move into place.

Each job works in a temporary folder below build/ and moves finished files into the site one by
one; whatever was there before stays until then, and stays if anything fails.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat

from kernels_lib.errors import NotebookFailed, ScorecardError
from kernels_lib.paths import build_folder, shown
from kernels_lib.production import changes, engines, gates
from kernels_lib.production.browser import INSPECTIONS
from kernels_lib.production.notebooks import (
    check_parameters,
    check_tags,
    declared_parameters,
    in_language,
    read_report,
    without_sections,
)
from kernels_lib.study.language import SOURCE
from kernels_lib.study.params import SECTIONS
from kernels_lib.study.results import MIME

FILES = {
    "html": "report.html",
    "slides": "slides.html",
    "xlsx": "annex.xlsx",
    "pptx": "deck.pptx",
    "pdf": "report.pdf",
}


@dataclass(frozen=True)
class Job:
    """One report for one reader.

    Attributes
    ----------
    report : str
        Notebook in reports/.
    kind : {"study", "methods", "industry", "client"}
    slug, name : str
        Of whom it is for; the slug names its folder.
    parameters : dict
        Scalars for the notebook's parameters cell.
    sections : frozenset of str
        Sections to keep.
    others : tuple of str
        Names of single units that must not be in the documents.
    quoted : tuple of str
        Texts of the instrument and the client's name: words that are not the report's own.
    """

    root: Path
    study_name: str
    report: str
    kind: str
    slug: str
    name: str
    parameters: dict[str, Any]
    sections: frozenset[str]
    formats: tuple[str, ...]
    others: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    engine: str = "auto"
    language: str = SOURCE
    index_language: str = SOURCE
    inspect: bool = False
    presenter: bool = False

    @property
    def folder(self) -> Path:
        """The job's folder in the site."""
        site = build_folder(self.root, self.study_name) / "site"
        return {
            "study": site / "study",
            "methods": site / "methods",
            "industry": site / "industries" / self.slug,
            "client": site / "clients" / self.slug,
        }[self.kind]

    @property
    def results_file(self) -> Path:
        """Where the job's results go."""
        results = build_folder(self.root, self.study_name) / "results"
        return {
            "study": results / "results.json",
            "methods": results / "methods.json",
            "industry": results / "industries" / f"{self.slug}.json",
            "client": results / "clients" / f"{self.slug}.json",
        }[self.kind]

    @property
    def presenter_file(self) -> Path:
        """Where a presenter's deck goes: outside the site, so that nobody hands it over with a client's files."""
        return build_folder(self.root, self.study_name) / "presenter" / self.kind / f"{self.slug or self.kind}.html"

    @property
    def label(self) -> str:
        """How messages call it."""
        return self.slug or self.kind


@dataclass(frozen=True)
class Outcome:
    """What became of a job."""

    job: Job
    ok: bool
    seconds: float
    error: str = ""
    exit_code: int = 0
    failed_notebook: str = ""
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    gates: dict[str, str] = field(default_factory=dict)
    headline: str = ""
    summary: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


def run_job(job: Job) -> Outcome:
    """Run one job; never raises for what the user can cause.

    Called in a worker process.
    """
    started = time.monotonic()
    work = build_folder(job.root, "") / "work"
    work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="j", dir=work))
    try:
        outcome = _run(job, folder, started)
    except ScorecardError as error:
        outcome = Outcome(
            job,
            ok=False,
            seconds=time.monotonic() - started,
            error=str(error),
            exit_code=error.exit_code,
            failed_notebook=_keep_failed(job, error),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _run(job: Job, folder: Path, started: float) -> Outcome:
    from kernels_lib.production.publish import FORMATS, PAGES, page, to_presenter

    where = f"reports/{job.report}.ipynb"
    notebook = prepare(job)
    executed = engines.run(
        notebook, job.parameters, root=job.root, folder=folder, name=job.report, subject=job.label, kind=job.engine
    )
    results = results_of(executed, where)
    try:
        made = {name: FORMATS[name](executed) for name in job.formats}
        pages = {name: content for name, content in made.items() if name in PAGES}
        packages = {name: content for name, content in made.items() if name not in PAGES}
        subject = f"{job.kind} {job.slug}".strip()
        passed = gates.check(
            gates.Delivery(executed, results, pages, job.root, job.others, job.quoted, packages=packages), subject
        )
        passed |= _inspected(pages, subject) if job.inspect else dict.fromkeys(INSPECTIONS, "not run")
    except ScorecardError as error:
        error.notebook = executed  # type: ignore[attr-defined]
        raise
    changed = changes.between(_results_before(job), results, job.index_language)
    files = _publish(job, made, results, executed, folder, passed)
    if job.presenter:
        replace(job.presenter_file, to_presenter(executed).encode("utf-8"), folder)
    return Outcome(
        job,
        ok=True,
        seconds=time.monotonic() - started,
        files=files,
        gates=passed,
        headline=results["headline"],
        summary=results["summary"],
        warnings=tuple(page.read(executed).warnings),
        changes=tuple(changed),
    )


def _results_before(job: Job) -> dict[str, Any] | None:
    """What the same report stated when it was last built; None where it was not."""
    if not job.results_file.is_file():
        return None
    return json.loads(job.results_file.read_text(encoding="utf-8"))


def _inspected(pages: dict[str, str], subject: str) -> dict[str, str]:
    """The browser's own checks; only a build with ``--inspect`` needs a browser for them."""
    from kernels_lib.production.inspection import inspect

    return inspect(pages, subject)


def prepare(job: Job) -> nbformat.NotebookNode:
    """The notebook as it will run: parameters checked, sections chosen, its words in the reader's language."""
    where = f"reports/{job.report}.ipynb"
    notebook = read_report(job.root, job.report)
    check_tags(notebook, SECTIONS, where)
    check_parameters(declared_parameters(notebook, where), job.parameters, where)
    # Translated first: a cell is named by its number in the file.
    return without_sections(in_language(notebook, job.language, where), set(job.sections))


def results_of(executed: nbformat.NotebookNode, where: str) -> dict[str, Any]:
    """The results that the notebook's last cell displayed.

    Raises
    ------
    NotebookFailed
        If there are none, or several.
    """
    found = [
        output.data[MIME]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]
    if len(found) != 1:
        raise NotebookFailed(
            f"{len(found) or 'no'} results were displayed.", where=where, remedy="End with one report.close()."
        )
    return found[0]


def _publish(
    job: Job,
    documents: dict[str, str | bytes],
    results: dict[str, Any],
    executed: nbformat.NotebookNode,
    folder: Path,
    passed: dict[str, str],
) -> dict[str, dict[str, Any]]:
    """Move finished files into place, the manifest last.

    A file of another format that was made from other results goes: beside this one it would contradict it.
    """
    kept = json.dumps(results, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    digest = sha256(kept.encode("utf-8")).hexdigest()
    files = _still_true(job, digest)
    for name, document in documents.items():
        raw = document.encode("utf-8") if isinstance(document, str) else document
        replace(job.folder / FILES[name], raw, folder)
        files[FILES[name]] = {"sha256": sha256(raw).hexdigest(), "bytes": len(raw)}
    for name in FILES.values():
        if name not in files:
            (job.folder / name).unlink(missing_ok=True)
    replace(job.results_file, kept.encode("utf-8"), folder)
    notebook = build_folder(job.root, job.study_name) / "notebooks" / job.kind / f"{job.slug or job.kind}.ipynb"
    replace(notebook, nbformat.writes(_portable(executed)).encode("utf-8"), folder)
    sums = "".join(f"{entry['sha256']}  {name}\n" for name, entry in sorted(files.items()))
    replace(job.folder / "SHA256SUMS", sums.encode("utf-8"), folder)
    manifest = {
        "name": job.name,
        "report": job.kind,
        "files": files,
        "results_sha256": digest,
        "gates": passed,
        "provenance": results["provenance"],
        "report_date": results["report_date"],
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    replace(job.folder / "manifest.json", text.encode("utf-8"), folder)
    return files


def _still_true(job: Job, digest: str) -> dict[str, dict[str, Any]]:
    """Files of the build before that were made from the same results."""
    path = job.folder / "manifest.json"
    if not path.is_file():
        return {}
    before = json.loads(path.read_text(encoding="utf-8"))
    if before.get("results_sha256") != digest:
        return {}
    return {name: entry for name, entry in before["files"].items() if (job.folder / name).is_file()}


def _portable(executed: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The executed notebook without times and paths, so that equal inputs give equal files."""
    notebook = nbformat.from_dict(executed)
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"  # papermill draws one anew each time
    return notebook


def replace(target: Path, content: bytes, folder: Path) -> None:
    """Write beside the target's file system and move into place, so that no reader sees half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix="w", dir=folder)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(target)


def _keep_failed(job: Job, error: ScorecardError) -> str:
    """Keep a partly run notebook for whoever mends it; its path as messages print it."""
    executed = getattr(error, "notebook", None)
    if executed is None:
        return ""
    path = build_folder(job.root, job.study_name) / "failed" / job.label / f"{job.report}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(executed, path)
    return shown(path, job.root)
