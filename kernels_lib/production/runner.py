"""One report from parameters to published files: run, publish, pass the gates, move into place.

Each job works in a temporary folder below build/, makes its whole folder there and lets it change
places with that in the site; whatever was there before stays until then, and stays if anything fails.
What running gave is kept with its record before anything is published, so a build that is killed goes
on from there.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from kernels_lib import __version__
from kernels_lib.errors import NotebookFailed, ScorecardError
from kernels_lib.paths import build_folder, shown
from kernels_lib.production import changes, engines, indented, reads, records
from kernels_lib.production.browser import INSPECTIONS
from kernels_lib.production.engines.here import run_here
from kernels_lib.production.jobs import FILES, Job, Outcome
from kernels_lib.production.keys import Keys, digest
from kernels_lib.production.leaks import Secrets
from kernels_lib.production.limits import Limits
from kernels_lib.production.moving import replace, replace_folder, workplace
from kernels_lib.production.notebooks import (
    check_parameters,
    check_tags,
    declared_parameters,
    in_language,
    read,
    read_report,
    refilled,
    without_sections,
    write,
)
from kernels_lib.production.records import Need
from kernels_lib.study.dressing import dressing
from kernels_lib.study.params import SECTIONS
from kernels_lib.study.results import MIME

if TYPE_CHECKING:
    from kernels_lib.production.publish.formats import Documents


def run_job(job: Job, keys: Keys, need: Need, secrets: Secrets | None = None) -> Outcome:
    """Do what a job needs; never raises for what the user can cause.

    Called in a worker process.

    Parameters
    ----------
    job : Job
    keys : Keys
        What it is made from; noted in its record.
    need : Need
        What has to be done.
    secrets : Secrets, optional
        Names and scores of all units; those that the job hides must not be in its documents.
    """
    return _kept_from_harm(job, lambda folder, started: _run(job, keys, need, secrets, folder, started))


def run_only(job: Job, keys: Keys) -> Outcome | None:
    """Run a job's notebook and keep what it gave; the outcome if that failed, else None."""

    def ran(folder: Path, started: float) -> None:
        _executed(job, keys, folder)

    return _kept_from_harm(job, ran)


def _kept_from_harm(job: Job, action: Callable[[Path, float], Any]) -> Any:
    """What an action gives in a working folder of its own; an outcome if the user's input made it fail."""
    started = time.monotonic()
    folder = None
    try:
        folder = workplace(build_folder(job.root, ""))
        return action(folder, started)
    except ScorecardError as error:
        return Outcome(
            job,
            ok=False,
            seconds=time.monotonic() - started,
            error=str(error),
            exit_code=error.exit_code,
            failed_notebook=_keep_failed(job, error),
        )
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _run(job: Job, keys: Keys, need: Need, secrets: Secrets | None, folder: Path, started: float) -> Outcome:
    executed, record = _executed(job, keys, folder) if need.run else _kept(job, folder)
    results = results_of(executed, f"reports/{job.report}.ipynb")
    try:
        made, passed = _documents(job, keys, executed, results, need.formats, secrets)
    except ScorecardError as error:
        error.notebook = executed  # type: ignore[attr-defined]
        raise
    changed = changes.between(_results_before(job), results, job.index_language)
    files = _publish(job, keys, made.files, results, folder, passed)
    if job.presenter:
        replace(job.presenter_file, made.presenter.encode("utf-8"), folder)
    outcome = Outcome(
        job,
        ok=True,
        seconds=time.monotonic() - started,
        files=files,
        gates=passed,
        headline=results["headline"],
        summary=results["summary"],
        warnings=tuple(made.warnings),
        changes=tuple(changed),
        made=("run",) * need.run + tuple(need.formats),
    )
    _note(job, records.published(record, job, keys, files, need.formats, records.told(outcome)), folder)
    return outcome


def _documents(
    job: Job,
    keys: Keys,
    executed: nbformat.NotebookNode,
    results: dict[str, Any],
    formats: Iterable[str],
    secrets: Secrets | None,
) -> tuple[Documents, dict[str, str]]:
    """A job's documents, and the gates that they have passed."""
    from kernels_lib.production import gates
    from kernels_lib.production.publish import documents

    to_assets = f"{job.to_site}assets/"
    made = documents(executed, formats, assets=job.assets, to_assets=to_assets, presenter=job.presenter)
    subject = f"{job.kind} {job.slug}".strip()
    passed = gates.check(
        gates.Delivery(
            executed,
            results,
            made.encoded,
            job.root,
            secrets=secrets if job.hides is not None else None,
            shown=job.hides or (),
            disclosed=str(job.values["disclosure"]) if job.hides is not None else "named",
            beside=_beside(job, keys, results),
            quoted=job.quoted,
            packages=made.packages,
            model=made.model,
            to_assets=to_assets if job.assets == "shared" else "",
            exporters=keys.publishing["the templates and exporters"],
        ),
        subject,
    )
    return made, passed | (_inspected(made.pages, subject) if job.inspect else dict.fromkeys(INSPECTIONS, "not run"))


def rehearse(job: Job, keys: Keys, secrets: Secrets | None = None) -> None:
    """Go through what publishing a job's last run takes, so that processes forked from this one find it done.

    Nothing is written.

    Raises
    ------
    ScorecardError
        If it cannot be published; the build of it says the same.
    """
    if records.read(job) is None or not job.notebook_file.is_file():
        return
    executed = _last_run(job)
    results = results_of(executed, f"reports/{job.report}.ipynb")
    _documents(job, keys, executed, results, ("html", "slides"), secrets)


def _beside(job: Job, keys: Keys, results: dict[str, Any]) -> dict[str, str]:
    """What else will be in the folder: the manifest, but for checksums and gates."""
    return {"manifest.json": json.dumps(_manifest(job, keys, results, {}, {}), ensure_ascii=False)}


def _executed(job: Job, keys: Keys, folder: Path) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
    """Run the notebook, and keep what it gave with its record before anything is published from it."""
    notebook = prepare(job)
    how = engines.choose(notebook, job.engine)
    # In this process every file that a cell opens is seen; what a kernel of its own opens is not.
    watched = reads.Reads(job.root, known=_known_files(job), work=folder) if how == "warm" else None
    if watched:
        watched.watch()
    here = partial(run_here, begun=_begun(job), save=partial(_save, job))
    run = here if how == "warm" else partial(engines.run, kind=how)
    executed = run(
        notebook,
        job.parameters,
        root=job.root,
        folder=folder,
        name=job.report,
        subject=job.label,
        limits=Limits.of(job.values),
    )
    further = watched.found() if watched else reads.nothing()
    executed = _portable(executed)
    _dress(executed, job)
    kept = write(executed)
    replace(job.notebook_file, kept, folder)
    record = records.new(job, keys, further, kept)
    _note(job, record, folder)
    failed_file(job).unlink(missing_ok=True)
    # Read again, so that publishing now and publishing later begin with the same.
    return read(kept), record


def _begun(job: Job) -> Sequence[nbformat.NotebookNode]:
    """First cells that the process from which this one was forked ran for all clients."""
    from kernels_lib.production import sharing

    return sharing.cells_for(job)


def _kept(job: Job, folder: Path) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
    """The notebook as it is now, with the outputs of the run that is still true; kept as it is now, too."""
    record = records.read(job)
    if record is None:
        raise NotebookFailed("its record vanished during the build.", where=shown(job.record_file, job.root))
    executed = _last_run(job)
    kept = write(executed)
    replace(job.notebook_file, kept, folder)
    return executed, {**record, "notebook": digest(kept)}


def _last_run(job: Job) -> nbformat.NotebookNode:
    """The notebook as it is now, in the theme of now, with the outputs of its last run."""
    executed = refilled(prepare(job), read(job.notebook_file.read_bytes()))
    _dress(executed, job)
    return executed


def _note(job: Job, record: Mapping[str, Any], folder: Path) -> None:
    replace(job.record_file, json.dumps(record, ensure_ascii=False).encode("utf-8"), folder)


def _known_files(job: Job) -> tuple[Path, ...]:
    """Files that are part of every key already: they are no discovery when a notebook opens them."""
    params = job.root / "params"
    named = [job.values.get("logo"), *dict(job.values.get("type") or {}).values()]
    return (params, job.root / "datasets", *(params / name for name in named if name))


def _dress(executed: nbformat.NotebookNode, job: Job) -> None:
    """Give the document its theme as it is now; after a fresh run this changes nothing."""
    worn = dressing(job.root, job.values)
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            said = output.get("metadata", {}).get("scorecard", {})
            if said.get("kind") == "masthead":
                said.update(worn)
            elif MIME in output.get("data", {}):
                output.data[MIME]["parameters"] = dict(job.values)


def _inspected(pages: dict[str, str], subject: str) -> dict[str, str]:
    """The browser's own checks; only a build with ``--inspect`` needs a browser for them."""
    from kernels_lib.production.inspection import inspect

    return inspect(pages, subject)


def prepare(job: Job) -> nbformat.NotebookNode:
    """The notebook as it will run: parameters checked, sections chosen, its words in the reader's language.

    Jobs that agree in all this share one object; whoever fills it copies it first.
    """
    where = f"reports/{job.report}.ipynb"
    notebook, declared = _prepared(job.root, job.report, job.language, job.sections)
    check_parameters(declared, job.parameters, where)
    return notebook


def forget() -> None:
    """Read notebooks anew: a new build begins."""
    _prepared.cache_clear()


@lru_cache(maxsize=256)
def _prepared(root: Path, report: str, language: str, sections: tuple[str, ...]) -> tuple[Any, dict[str, str]]:
    where = f"reports/{report}.ipynb"
    notebook = read_report(root, report)
    check_tags(notebook, SECTIONS, where)
    declared = declared_parameters(notebook, where)
    # Translated first: a cell is named by its number in the file.
    return without_sections(in_language(notebook, language, where), set(sections)), declared


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


def _results_before(job: Job) -> dict[str, Any] | None:
    """What the same report stated when it was last built; None where it was not."""
    return records.read_json(job.results_file)


def _publish(
    job: Job,
    keys: Keys,
    documents: Mapping[str, str | bytes],
    results: dict[str, Any],
    folder: Path,
    passed: dict[str, str],
) -> dict[str, dict[str, Any]]:
    """Put a job's finished folder into place, all files at once.

    A file of another format that was made from other results goes: beside this one it would contradict it.
    """
    from kernels_lib.production.publish import tidy

    kept = indented.text(results) + "\n"
    told = sha256(kept.encode("utf-8")).hexdigest()
    made = {
        FILES[name]: document.encode("utf-8") if isinstance(document, str) else document
        for name, document in documents.items()
    }
    files = _still_true(job, told)
    files |= {name: {"sha256": sha256(raw).hexdigest(), "bytes": len(raw)} for name, raw in made.items()}
    manifest = _manifest(job, keys, results, files, passed) | {"results_sha256": told}
    text = indented.text(manifest) + "\n"
    whole = {**made, "manifest.json": text.encode("utf-8")}
    sums = {name: entry["sha256"] for name, entry in files.items()}
    sums["manifest.json"] = sha256(whole["manifest.json"]).hexdigest()
    # As sha256sum -c reads it.
    whole["SHA256SUMS"] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode("utf-8")
    replace_folder(job.folder, whole, folder, keep=_stays(job, files, made))
    replace(job.results_file, kept.encode("utf-8"), folder)
    for name, table in tidy.tables(results).items():
        replace(job.tables_folder / name, table, folder)
    return files


def _manifest(
    job: Job, keys: Keys, results: dict[str, Any], files: Mapping[str, Any], passed: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "name": job.name,
        "report": job.kind,
        "files": files,
        "gates": passed,
        "provenance": results["provenance"],
        "report_date": results["report_date"],
        "made_from": dict(keys.running),
        "rebuild": rebuild(job, files),
    }


def rebuild(job: Job, files: Iterable[str]) -> dict[str, str]:
    """What makes the same files again, in a project with the same data, parameters and packages."""
    words = ["scorecard", "build"]
    words += {"client": [job.slug], "industry": ["--industry", job.slug]}.get(job.kind, [])
    words += ["--study", job.study_name] if job.study_name else []
    words += ["--wave", str(job.parameters["wave"])] if job.parameters.get("wave") else []
    for pair in job.asked:
        words += ["--set", pair]
    words += ["--formats", ",".join(name for name, file in FILES.items() if file in files)]
    words += ["--assets", job.assets] if job.assets != "inline" else []
    return {
        "command": shlex.join(words),
        "python": platform.python_version(),
        "toolkit": f"scorecard-reports {__version__}",
    }


def _stays(job: Job, files: Mapping[str, Any], made: Mapping[str, bytes]) -> list[str]:
    """What stays in a job's folder: formats that are still true, and whatever somebody else put there."""
    if not job.folder.is_dir():
        return []
    own = {*FILES.values(), "SHA256SUMS", "manifest.json"}
    return sorted(
        entry.name for entry in job.folder.iterdir() if entry.name not in own or entry.name in files.keys() - made
    )


def _still_true(job: Job, digest: str) -> dict[str, dict[str, Any]]:
    """Files of the build before that were made from the same results."""
    before = records.read_json(job.folder / "manifest.json")
    if before is None or before.get("results_sha256") != digest:
        return {}
    return {name: entry for name, entry in before["files"].items() if (job.folder / name).is_file()}


def _portable(executed: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The executed notebook, which is changed, without times and paths: equal inputs give equal files."""
    notebook = executed
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"  # papermill draws one anew each time
    return notebook


def _keep_failed(job: Job, error: ScorecardError) -> str:
    """Keep a partly run notebook for whoever mends it; its path as messages print it."""
    executed = getattr(error, "notebook", None)
    if executed is None:
        return ""
    try:
        _save(job, executed)
    except OSError:  # the disk that is full, say, which is what the message is about
        return ""
    return shown(failed_file(job), job.root)


def failed_file(job: Job) -> Path:
    """Where a notebook is kept that did not come to its end: partly run, for whoever mends it."""
    return job.build / "failed" / job.label / f"{job.report}.ipynb"


def _save(job: Job, executed: nbformat.NotebookNode) -> None:
    """Keep a notebook as far as it ran: when it failed, and every half minute while it runs."""
    path = failed_file(job)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(write(executed))
    beside.replace(path)
