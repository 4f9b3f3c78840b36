"""A build: which reports to make, all checked before the first one runs, then the index.

One client's failure stops nobody else's report.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from kernels_lib import __version__
from kernels_lib.errors import BadParameters, ScorecardError, UnknownName
from kernels_lib.paths import build_folder
from kernels_lib.production.browser import missing_for_browser, missing_for_pdf
from kernels_lib.production.engines import ENGINES
from kernels_lib.production.runner import FILES, Job, Outcome, prepare, replace, run_job
from kernels_lib.study.messages import missing
from kernels_lib.study.params import SECTIONS, Effective, parse_overrides, read_layers
from kernels_lib.study.results import Basis
from kernels_lib.study.roster import Client, Industry, Roster, read_roster
from kernels_lib.study.theme import remark
from kernels_lib.study.validation import ANY, joined


@dataclass(frozen=True)
class Request:
    """What a user asked to build."""

    root: Path
    study_name: str = ""
    clients: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    wave: str = ""
    engine: str = "auto"
    inspect: bool = False
    presenter: bool = False


@dataclass(frozen=True)
class Plan:
    """Jobs in the order in which they start, and what they are made from."""

    request: Request
    roster: Roster
    jobs: tuple[Job, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """A finished build."""

    outcomes: tuple[Outcome, ...]
    site: Path
    warnings: tuple[str, ...] = field(default=())

    @property
    def failed(self) -> list[Outcome]:
        """Jobs that did not end in published files."""
        return [outcome for outcome in self.outcomes if not outcome.ok]

    @property
    def exit_code(self) -> int:
        """0 all well, 1 some failed, 2 all failed for bad input."""
        if not self.failed:
            return 0
        bad_input = all(outcome.exit_code == 2 for outcome in self.failed)
        return 2 if bad_input and len(self.failed) == len(self.outcomes) else 1


def plan(request: Request) -> Plan:
    """Check everything and list the jobs; nothing is run or written.

    Raises
    ------
    ScorecardError
        All problems of all layers at once.
    """
    if request.engine not in ENGINES:
        raise UnknownName("engine", request.engine, ENGINES, where="--engine")
    pairs = tuple(pair for text in request.overrides for pair in parse_overrides(_quoted(text)))
    roster = _roster(request, pairs)
    if roster.scores is None:
        raise BadParameters("no resource has the role 'scores'.", where=roster.dataset.shown)
    if request.inspect and (lacking := missing_for_browser()):
        raise BadParameters(f"nothing can be inspected: {lacking}", where="--inspect")
    jobs: list[Job] = []
    problems: list[ScorecardError] = []
    subjects: list[tuple[Subject, Effective]] = []
    for subject in _subjects(request, roster):
        try:
            subjects.append((subject, _effective(roster, pairs, subject)))
        except ScorecardError as error:
            problems.append(error)
    rosters, untranslated = _spoken(roster, [effective.values.language for _, effective in subjects])
    problems += untranslated
    for subject, effective in subjects:
        if effective.values.language not in rosters:
            continue
        try:
            job = _job(request, rosters[effective.values.language], effective, pairs, subject)
            prepare(job)
            jobs.append(job)
        except ScorecardError as error:
            problems.append(error)
    if problems:
        raise joined(problems)
    warnings = []
    if not roster.scores.as_recorded:
        resource = roster.dataset.scores
        warnings.append(f"{resource.shown}: differs from the checksum in {roster.dataset.shown}. The reports say so.")
    if "all" in request.formats and (lacking := missing_for_pdf()):
        warnings.append(f"report.pdf is left out: {lacking} Everything else is built.")
    warnings += _about_colours(roster, jobs)
    return Plan(request, roster, tuple(jobs), tuple(warnings))


def _roster(request: Request, pairs: tuple[tuple[str, str], ...]) -> Roster:
    """The study's data; texts of its files and of the notebooks that it has no translation for, all at once."""
    try:
        return read_roster(request.root, request.study_name, request.wave, pairs)
    except ScorecardError as error:
        found = read_layers(request.root, request.study_name, overrides=pairs, language=ANY)
        raise joined([error, *missing(request.root, found.values.language)]) from error


def _spoken(roster: Roster, languages: Iterable[str]) -> tuple[dict[str, Roster], list[ScorecardError]]:
    """The data in each language that a report is read in, and every text and message that lacks one."""
    rosters: dict[str, Roster] = {}
    problems: list[ScorecardError] = []
    for language in dict.fromkeys(languages):
        try:
            rosters[language] = roster.speaking(language)
        except ScorecardError as error:
            problems.append(error)
        problems += missing(roster.root, language)
    return rosters, problems


def _about_colours(roster: Roster, jobs: Iterable[Job]) -> list[str]:
    """What should be known about clients' colours, each with the line that says it."""
    said = {}
    for job in jobs:
        if job.kind != "client":
            continue
        effective = roster.parameters(client=roster.clients[job.slug])
        if about := remark(effective.values.colours.primary):
            said[str(effective.origin("colours.primary"))] = about
    return [f"{origin}: {about}" for origin, about in said.items()]


Subject = tuple[str, Client | Industry | None]


def _subjects(request: Request, roster: Roster) -> Iterator[Subject]:
    if not request.clients and not request.industries:
        yield "study", None
        yield "methods", None
        for industry in roster.industries.values():
            yield "industry", industry
        for client in roster.clients.values():
            yield "client", client
        return
    for slug in dict.fromkeys(request.industries):
        industry = roster.industry(slug)
        yield "industry", industry
        if not request.clients:
            for client in roster.clients.values():
                if client.industry == industry.id:
                    yield "client", client
    for slug in dict.fromkeys(request.clients):
        yield "client", roster.client(slug)


def _quoted(text: str) -> str:
    """``key=value with spaces``, as one override."""
    key, equals, value = text.partition("=")
    return f"{key}={json.dumps(value, ensure_ascii=False)}" if equals and " " in value else text


def _effective(roster: Roster, pairs: tuple[tuple[str, str], ...], subject: Subject) -> Effective:
    whom = subject[1]
    client = whom if isinstance(whom, Client) else None
    industry = whom if isinstance(whom, Industry) else None
    return roster.parameters(client=client, industry=industry, overrides=pairs)


def _job(
    request: Request, roster: Roster, effective: Effective, pairs: tuple[tuple[str, str], ...], subject: Subject
) -> Job:
    """One job; the roster speaks its reader's language."""
    kind, whom = subject
    client = whom if isinstance(whom, Client) else None
    industry = whom if isinstance(whom, Industry) else None
    values = effective.values
    parameters = {
        "study_name": request.study_name,
        "wave": request.wave,
        "overrides": " ".join(_quoted(f"{key}={value}") for key, value in pairs),
    }
    name = values.title
    if client is not None:
        parameters["client"] = client.slug
        name = values.client_name or client.brand
    elif industry is not None:
        parameters["industry"] = industry.slug
        name = roster.industries[industry.slug].name
    others = ()
    if client is not None and values.disclosure != "named":
        others = tuple(unit for unit in roster.scores.units if unit not in (client.brand, name))
    return Job(
        root=request.root,
        study_name=request.study_name,
        report=kind,
        kind=kind,
        slug=whom.slug if whom else "",
        name=name,
        parameters=parameters,
        sections=frozenset(_sections(roster, effective, kind)),
        formats=_formats(request, effective),
        others=others,
        quoted=(*roster.instrument.words, name),
        engine=request.engine,
        language=values.language,
        index_language=roster.language,
        inspect=request.inspect,
        presenter=request.presenter,
    )


def _formats(request: Request, effective: Effective) -> tuple[str, ...]:
    chosen = request.formats or tuple(effective.values.formats)
    for name in chosen:
        if name not in (*FILES, "all"):
            raise UnknownName("format", name, (*FILES, "all"), where="--formats")
    lacking = missing_for_pdf()
    if "all" in chosen:
        return tuple(name for name in FILES if name != "pdf" or not lacking)
    if "pdf" in chosen and lacking:
        raise BadParameters(f"report.pdf cannot be made: {lacking}", where="--formats")
    return tuple(name for name in FILES if name in chosen)


def _sections(roster: Roster, effective: Effective, kind: str) -> Iterable[str]:
    """Sections that the parameters keep and the data allow."""
    means_only = roster.dataset.means is not None and roster.dataset.scores.basis is not Basis.MEASURED
    for section in effective.values.sections:
        if section == "industry" and not roster.industries:
            continue
        if section in ("pairs", "noise") and len(roster.instrument.criteria) < 2:
            # One criterion has no other to differ from.
            continue
        if section == "brands" and kind == "study" and means_only:
            # The study's own report of published means shows no rebuilt score as a finding.
            continue
        if section in SECTIONS:
            yield section
    if means_only:
        yield from MEANS_SECTIONS
    else:
        yield from _measured_sections(roster)
    if len(roster.industries) > 1 and not (means_only and kind == "study"):
        yield "compared"
    if effective.values.disclosure != "aggregate":
        yield "others"
    if any((roster.root / REFERENCE_CASES).glob("*.json")):
        yield "verified"


# Sections that only published means have.
MEANS_SECTIONS = ("certain", "claims", "reproduced", "grid", "verdicts")
REFERENCE_CASES = "tests/reference_cases"


def _measured_sections(roster: Roster) -> Iterable[str]:
    """Sections of measured scores: some need a second criterion, raters, an earlier wave, or gaps."""
    yield "scored"
    if len(roster.instrument.criteria) > 1:
        yield "index"
    if roster.scores.rated:
        yield "raters"
    if roster.scores_before() is not None:
        yield "change"
    missing = any(score is None for row in roster.scores.values for score in row)
    if missing or roster.instrument.scale.rounded_to:
        yield "gaps"


def run(planned: Plan, *, jobs: int = 0, progress: Callable[[Outcome], None] = lambda outcome: None) -> Summary:
    """Run the jobs of a plan and write the index.

    Parameters
    ----------
    planned : Plan
    jobs : int
        Worker processes; 0: as many as processors.
    progress : callable
        Called with each outcome as it comes.

    Returns
    -------
    Summary
    """
    count = max(1, min(jobs or os.cpu_count() or 1, len(planned.jobs)))
    outcomes: list[Outcome] = []
    # Spawned, not forked: the parent may have threads (progress bars), and a worker starts clean.
    with ProcessPoolExecutor(max_workers=count, mp_context=get_context("spawn"), initializer=_finish_jobs) as pool:
        try:
            for future in as_completed([pool.submit(run_job, job) for job in planned.jobs]):
                outcomes.append(future.result())
                progress(outcomes[-1])
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    order = {(job.kind, job.slug): place for place, job in enumerate(planned.jobs)}
    outcomes.sort(key=lambda outcome: order[outcome.job.kind, outcome.job.slug])
    site = build_folder(planned.request.root, planned.request.study_name) / "site"
    _finish(planned, outcomes, site)
    return Summary(tuple(outcomes), site, planned.warnings)


def _finish_jobs() -> None:
    """In a worker: Ctrl-C is the parent's to handle; a job that has begun ends and cleans up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _finish(planned: Plan, outcomes: Sequence[Outcome], site: Path) -> None:
    """Write the index, then the manifest, last of all."""
    from kernels_lib.production.publish.index import KINDS, render_index

    request, roster = planned.request, planned.roster
    entries = _entries(site / "manifest.json", roster)
    for outcome in outcomes:
        key = f"{outcome.job.kind}/{outcome.job.slug}"
        before = entries.get(key, {})
        entries[key] = _entry(outcome, before)
    order = list(KINDS)
    entries = dict(sorted(entries.items(), key=lambda item: (order.index(item[1]["kind"]), item[1]["slug"])))
    work = build_folder(request.root, "") / "work"
    work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="i", dir=work))
    title = roster.parameters().values.title
    up = "../" * len(site.relative_to(request.root).parts)
    page = render_index(
        title=title,
        entries=[_linked(entry, up) for entry in entries.values()],
        notice=roster.dataset.scores.notice,
        subtitle=roster.dataset.title,
        wave=roster.dataset.wave,
        language=roster.language,
    )
    replace(site / "index.html", page.encode("utf-8"), folder)
    manifest = {
        "toolkit": f"scorecard-reports {__version__}",
        "study": request.study_name or "main",
        "dataset": roster.dataset.name,
        "wave": roster.dataset.wave,
        "entries": entries,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    replace(site / "manifest.json", text.encode("utf-8"), folder)
    shutil.rmtree(folder, ignore_errors=True)


def _entries(path: Path, roster: Roster) -> dict[str, dict[str, Any]]:
    """Entries of the build before, of units that still exist."""
    if not path.is_file():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))["entries"]
    known = {"study/", "methods/"} | {f"client/{slug}" for slug in roster.clients}
    known |= {f"industry/{slug}" for slug in roster.industries}
    return {key: entry for key, entry in kept.items() if key in known}


def _entry(outcome: Outcome, before: dict[str, Any]) -> dict[str, Any]:
    entry = {
        "kind": outcome.job.kind,
        "slug": outcome.job.slug,
        "name": outcome.job.name,
        "status": "built" if outcome.ok else "failed",
        "error": outcome.error,
        "failed_notebook": outcome.failed_notebook,
    }
    if outcome.ok:
        return {
            **entry,
            "files": outcome.files,
            "gates": outcome.gates,
            "headline": outcome.headline,
            "summary": outcome.summary,
            "changes": list(outcome.changes),
            "language": outcome.job.language,
        }
    # What was published before is still there.
    return {**{key: before[key] for key in KEPT if key in before}, **entry}


# Of a report that failed: what is known of the documents that were published before.
KEPT = ("files", "gates", "headline", "summary", "language")


def _linked(entry: dict[str, Any], work: str) -> dict[str, Any]:
    """An entry as the index shows it; `work` is the way from the index to the project's build folder."""
    folder = {"client": f"clients/{entry['slug']}", "industry": f"industries/{entry['slug']}"}.get(
        entry["kind"], entry["kind"]
    )
    files = entry.get("files") or {}
    links = {name: f"{folder}/{file}" for name, file in FILES.items() if file in files}
    summary = entry.get("summary") or {}
    return {
        "kind": entry["kind"],
        "name": entry["name"],
        "slug": entry["slug"],
        "links": links,
        "headline": entry.get("headline") or "",
        "status": entry["status"],
        "overall": summary.get("overall"),
        "stage": summary.get("stage", ""),
        "rank": summary.get("rank"),
        "industry": summary.get("industry", ""),
        "size": summary.get("n"),
        "error": entry["error"],
        "failed_notebook": f"{work}{entry['failed_notebook']}" if entry["failed_notebook"] else "",
        "changes": entry.get("changes", []),
    }
