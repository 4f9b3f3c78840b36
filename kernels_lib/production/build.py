"""A build: which reports to make, all checked before the first one runs, then the index.

One client's failure stops nobody else's report.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any

from kernels_lib import __version__
from kernels_lib.errors import BadParameters, ScorecardError, UnknownName
from kernels_lib.keep import prune
from kernels_lib.paths import build_folder
from kernels_lib.production import records
from kernels_lib.production.browser import missing_for_browser, missing_for_pdf
from kernels_lib.production.engines import ENGINES
from kernels_lib.production.jobs import FILES, FOLDERS, Job, Outcome
from kernels_lib.production.keys import looks_at_all
from kernels_lib.production.leaks import Units
from kernels_lib.production.moving import lock, recover, replace, workplace
from kernels_lib.production.runner import forget, prepare
from kernels_lib.production.tasks import Task, decide, perform, rehearse_publishing, remember_units
from kernels_lib.production.uptodate import states
from kernels_lib.production.workers import Crew, sweep
from kernels_lib.study.beside import Beside, check_beside, made_from, read_beside
from kernels_lib.study.datasets import Scores
from kernels_lib.study.dressing import dressing
from kernels_lib.study.instrument import MANY_CRITERIA
from kernels_lib.study.messages import missing
from kernels_lib.study.params import SECTIONS, UNSEEN, Effective, check_base, parse_overrides, read_layers
from kernels_lib.study.results import Basis
from kernels_lib.study.roster import Client, Industry, Roster, read_roster
from kernels_lib.study.theme import remark
from kernels_lib.study.validation import ANY, joined


@dataclass(frozen=True)
class Request:
    """What a user asked to build.

    `only` names one report by its job's key, such as ``"industry/retail"``; clients and industries are then
    not looked at.
    """

    root: Path
    study_name: str = ""
    clients: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    only: str = ""
    overrides: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    wave: str = ""
    engine: str = "auto"
    inspect: bool = False
    presenter: bool = False
    assets: str = "inline"
    shard: str = ""
    force: bool = False
    scheduler: str = ""
    store: str = ""
    share_cells: bool = False


@dataclass(frozen=True)
class Plan:
    """Jobs in the order in which they start, and what they are made from.

    `origins` has the file and line of each parameter, by the job's key; `inputs`, size and time of every file
    that the reports may be made from, noted before the first of them was read.
    """

    request: Request
    roster: Roster
    jobs: tuple[Job, ...]
    warnings: tuple[str, ...] = ()
    origins: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    inputs: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """A finished build; `changed` names the files that were changed or removed while it ran."""

    outcomes: tuple[Outcome, ...]
    site: Path
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def failed(self) -> list[Outcome]:
        """Jobs that did not end in published files."""
        return [outcome for outcome in self.outcomes if not outcome.ok]

    @property
    def made(self) -> list[Outcome]:
        """Jobs for which something was done, and well."""
        return [outcome for outcome in self.outcomes if outcome.ok and outcome.made]

    @property
    def exit_code(self) -> int:
        """0 all well, 1 some failed (or were made from files that changed meanwhile), 2 all failed for bad input."""
        if not self.failed:
            return 1 if self.changed else 0
        bad_input = all(outcome.exit_code == 2 for outcome in self.failed)
        return 2 if bad_input and len(self.failed) == len(self.outcomes) else 1


def plan(request: Request, *, thorough: bool = False) -> Plan:
    """Check everything and list the jobs; nothing is run or written.

    Parameters
    ----------
    request : Request
    thorough : bool, default False
        Whether the toolkit's own words are looked at too, in every language that a report is read in.

    Raises
    ------
    ScorecardError
        All problems of all layers at once.
    """
    if request.engine not in ENGINES:
        raise UnknownName("engine", request.engine, ENGINES, where="--engine")
    if request.assets not in ASSETS:
        raise UnknownName("way to hold assets", request.assets, ASSETS, where="--assets")
    forget()
    inputs = states(str(request.root), ["params", "reports", "datasets"])
    pairs = tuple(pair for text in request.overrides for pair in parse_overrides(_quoted(text)))
    roster = _roster(request, pairs, thorough)
    if roster.scores is None:
        raise BadParameters("no resource has the role 'scores'.", where=roster.dataset.shown)
    if request.inspect and (lacking := missing_for_browser()):
        raise BadParameters(f"nothing can be inspected: {lacking}", where="--inspect")
    jobs: list[Job] = []
    origins: dict[str, Mapping[str, Any]] = {}
    problems: list[ScorecardError] = []
    try:
        check_beside(request.root, roster.dataset.name, roster.dataset.waves, roster.clients, contents=thorough)
    except ScorecardError as error:
        problems.append(error)
    subjects: list[tuple[Subject, Effective]] = []
    too_few: list[ScorecardError] = []
    for subject in _subjects(request, roster):
        try:
            found = _effective(roster, pairs, subject)
        except ScorecardError as error:
            problems.append(error)
            continue
        try:
            if subject[0] == "client":
                check_base(len(roster.scores.units) - 1, found)
            subjects.append((subject, found))
        except BadParameters as error:
            too_few.append(error)
    if request.clients:
        # Who asks for one client by name is told; a build of everything makes the other reports.
        problems += too_few[:1]
    rosters, untranslated = _spoken(roster, [effective.values.language for _, effective in subjects], thorough)
    problems += untranslated
    for subject, effective in subjects:
        if effective.values.language not in rosters:
            continue
        try:
            job = _job(request, rosters[effective.values.language], effective, pairs, subject)
            if not looks_at_all(prepare(job)):
                job = _unseen_left_out(job, pairs)
            dressing(job.root, job.values, effective.origin)
            jobs.append(job)
            origins[job.key] = effective.origins
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
    warnings += [f"No client's report is made. {error}" for error in too_few[:1]]
    warnings += _about_colours(roster, jobs)
    own = f"datasets/{roster.dataset.name}/"
    inputs = {name: state for name, state in inputs.items() if not name.startswith("datasets/") or name.startswith(own)}
    return Plan(request, roster, _share(jobs, request.shard), tuple(warnings), origins, inputs)


def _unseen_left_out(job: Job, pairs: Iterable[tuple[str, str]]) -> Job:
    """The job without overrides that its notebook does not look at: a theme tried out re-runs nothing."""
    return replace_fields(job, parameters={**job.parameters, "overrides": _overrides(pairs, leave_out=UNSEEN)})


def _overrides(pairs: Iterable[tuple[str, str]], leave_out: Sequence[str] = ()) -> str:
    seen = [(key, value) for key, value in pairs if key.partition(".")[0] not in leave_out]
    return " ".join(_quoted(f"{key}={value}") for key, value in seen)


# Whether scripts stand in each document, or once beside them.
ASSETS = ("inline", "shared")


def _share(jobs: Sequence[Job], shard: str) -> tuple[Job, ...]:
    """The jobs of one shard, ``i/n``: the same on every machine, whatever the others do."""
    if not shard:
        return tuple(jobs)
    part, _, parts = shard.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise BadParameters(
            f"'{shard}' is no shard.", where="--shard", remedy="Write the part and the number of parts: 2/8."
        )
    return tuple(job for place, job in enumerate(jobs) if place % int(parts) == int(part) - 1)


def _roster(request: Request, pairs: tuple[tuple[str, str], ...], thorough: bool) -> Roster:
    """The study's data; texts of its files and of the notebooks that it has no translation for, all at once."""
    try:
        return read_roster(request.root, request.study_name, request.wave, pairs)
    except ScorecardError as error:
        found = read_layers(request.root, request.study_name, overrides=pairs, language=ANY)
        raise joined([error, *missing(request.root, found.values.language, library=thorough)]) from error


def _spoken(roster: Roster, languages: Iterable[str], thorough: bool) -> tuple[dict[str, Roster], list[ScorecardError]]:
    """The data in each language that a report is read in, and every text and message that lacks one."""
    rosters: dict[str, Roster] = {}
    problems: list[ScorecardError] = []
    for language in dict.fromkeys(languages):
        try:
            rosters[language] = roster.speaking(language)
        except ScorecardError as error:
            problems.append(error)
        problems += missing(roster.root, language, library=thorough)
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
    if request.only:
        yield _subject(request.only, roster)
        return
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


def _subject(key: str, roster: Roster) -> Subject:
    kind, _, slug = key.partition("/")
    if kind == "client":
        return kind, roster.client(slug)
    if kind == "industry":
        return kind, roster.industry(slug)
    if kind not in FOLDERS:
        raise UnknownName("kind of report", kind, FOLDERS)
    return kind, None


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
        "overrides": _overrides(pairs),
    }
    name = values.title
    if client is not None:
        parameters["client"] = client.slug
        name = values.client_name or client.brand
    elif industry is not None:
        parameters["industry"] = industry.slug
        name = roster.industries[industry.slug].name
    own = _own_figures(roster, client, values.language)
    hides = (client.brand, name) if client is not None and values.disclosure != "named" else None
    return Job(
        root=request.root,
        study_name=request.study_name,
        report=kind,
        kind=kind,
        slug=whom.slug if whom else "",
        name=name,
        parameters=parameters,
        values=values.model_dump(mode="json"),
        sections=tuple(sorted({*_sections(roster, effective, kind), *(own.sections if own else ())})),
        formats=_formats(request, effective),
        hides=hides,
        quoted=(*roster.instrument.words, *(own.words if own else ()), name),
        engine=request.engine,
        language=values.language,
        index_language=roster.language,
        inspect=request.inspect,
        presenter=request.presenter,
        assets=request.assets,
        asked=request.overrides,
        beside=_own_files(roster, client),
    )


def _own_figures(roster: Roster, client: Client | None, language: str) -> Beside | None:
    """What a client tracks beside the scorecard; None where it has nothing."""
    if client is None:
        return None
    return read_beside(roster.root, roster.dataset.name, roster.dataset.wave, client.slug, language=language)


def _own_files(roster: Roster, client: Client | None) -> tuple[str, ...]:
    """Files that those figures are made from: they are in this client's key and in no other's."""
    if client is None:
        return ()
    files = made_from(roster.root, roster.dataset.name, roster.dataset.wave, client.slug)
    return tuple(path.relative_to(roster.root).as_posix() for path in files)


def _formats(request: Request, effective: Effective) -> tuple[str, ...]:
    chosen = request.formats or tuple(effective.values.formats)
    for name in chosen:
        if name not in (*FILES, "all"):
            raise UnknownName("format", name, (*FILES, "all"), where="--formats")
    lacking = missing_for_pdf() if {"all", "pdf"} & set(chosen) else ""
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
        if section == "pairs" and len(roster.instrument.criteria) >= MANY_CRITERIA and not means_only:
            # Each is compared with the overall score, in a section of its own.
            yield "overall"
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
    if roster.scores.has_gaps or roster.instrument.scale.rounded_to:
        yield "gaps"


def run(
    planned: Plan,
    *,
    jobs: int = 0,
    crew: Crew | None = None,
    progress: Callable[[Outcome], None] = lambda outcome: None,
    begin: Callable[[int], None] = lambda count: None,
    waiting: Callable[[str], None] = lambda holder: None,
) -> Summary:
    """Do what the jobs of a plan need, and write the index.

    Parameters
    ----------
    planned : Plan
    jobs : int
        Workers; 0: as many as processors.
    crew : Crew, optional
        Workers that were started while the build was planned; closed at the end.
    progress : callable
        Called with each outcome as it comes.
    begin : callable
        Called once with the number of jobs that have something to do.
    waiting : callable
        Called, with the process that holds it, if another build of this study has to end first.

    Returns
    -------
    Summary
    """
    request, roster = planned.request, planned.roster
    site = build_folder(request.root, request.study_name) / "site"
    work = build_folder(request.root, "") / "work"
    with crew or Crew(request.root, request.engine) as workers, _one_build(request, site.parent, waiting):
        recover(site)
        sweep(work)
        tasks, outcomes = decide(roster, planned.jobs, planned.origins, force=request.force)
        begin(len(tasks))
        if tasks:
            _share_assets(request)
        for outcome in _worked(request, tasks, _units(roster.scores), workers, jobs) if tasks else ():
            outcomes.append(outcome)
            progress(outcome)
        sweep(work)
        order = {job.key: place for place, job in enumerate(planned.jobs)}
        outcomes.sort(key=lambda outcome: order[outcome.job.key])
        if tasks or _index_is_behind(outcomes, site):
            _finish(planned, outcomes, site)
        changed = _changed(planned) if tasks else ()
    return Summary(tuple(outcomes), site, planned.warnings, tuple(workers.notes), changed)


def _changed(planned: Plan) -> tuple[str, ...]:
    """Files that were changed while the build read them: who read which version is not known.

    The records of what it made go, so that the next build makes all of it from one version.
    """
    now = states(str(planned.request.root), ["params", "reports", f"datasets/{planned.roster.dataset.name}"])
    changed = tuple(sorted(name for name, state in planned.inputs.items() if now.get(name) != state))
    if changed:
        for job in planned.jobs:
            job.record_file.unlink(missing_ok=True)
    return changed


def run_here(planned: Plan, *, published: Callable[[Outcome], None] = lambda outcome: None) -> Summary:
    """Do what the jobs of a plan need in this very process, one after the other.

    For a process that was forked for it: a notebook may leave anything behind.

    Parameters
    ----------
    planned : Plan
    published : callable
        Called with each outcome before the index is written.
    """
    site = build_folder(planned.request.root, planned.request.study_name) / "site"
    with _one_build(planned.request, site.parent, lambda holder: None):
        recover(site)
        tasks, outcomes = decide(planned.roster, planned.jobs, planned.origins, force=planned.request.force)
        remember_units(_units(planned.roster.scores))
        for outcome in outcomes:
            published(outcome)
        for task in tasks:
            outcome = perform(task)
            outcomes.append(outcome)
            published(outcome)
        if tasks or _index_is_behind(outcomes, site):
            _finish(planned, outcomes, site)
    return Summary(tuple(outcomes), site, planned.warnings)


def _units(scores: Scores) -> Units:
    return {name: (group, row) for name, group, row in zip(scores.units, scores.groups, scores.values, strict=True)}


def _worked(request: Request, tasks: Sequence[Task], units: Units, workers: Crew, jobs: int) -> Iterator[Outcome]:
    if request.scheduler:
        from kernels_lib.production import cluster

        return cluster.work(tasks, units, root=request.root, address=request.scheduler, store=request.store)
    count = max(1, min(jobs or os.cpu_count() or 1, len(tasks)))
    return workers.work(tasks, units, count=count, share=request.share_cells, meanwhile=_prepare_index)


def _prepare_index() -> None:
    """Compile what the index needs, which is written when everybody waits for it."""
    from kernels_lib.production.publish.index import render_index

    render_index("", ())


def _index_is_behind(outcomes: Iterable[Outcome], site: Path) -> bool:
    """Whether the index does not know the reports as they are: the build before may have been killed, or failed."""
    known = _known_entries(site / "manifest.json")
    if not known or not (site / "index.html").is_file():
        return True
    for outcome in outcomes:
        entry = known.get(outcome.job.key, {})
        if entry.get("status") != "built" or entry.get("files") != outcome.files:
            return True
    return False


def places(planned: Plan, summary: Summary) -> tuple[list[str], list[str]]:
    """What a build made, and what notebooks read by themselves, relative to the root: see `uptodate`."""
    root = planned.request.root
    made = [summary.site / "index.html", summary.site / "manifest.json"]
    further: set[str] = set()
    for job in planned.jobs:
        made += [job.folder, *job.results_files, job.record_file]
        if job.presenter:
            made.append(job.presenter_file)
        record = records.read(job) or {"further": {}}
        further.update(*(found for found in record["further"].values()))
    return [path.relative_to(root).as_posix() for path in made], sorted(further)


def _share_assets(request: Request) -> None:
    """Put the scripts of ``--assets shared`` beside the documents before the first of them needs one."""
    if request.assets != "shared":
        return
    from kernels_lib.production.publish import shared_assets

    folder = build_folder(request.root, request.study_name) / "site" / "assets"
    work = workplace(build_folder(request.root, ""))
    for name, content in shared_assets().items():
        if not (folder / name).is_file():
            replace(folder / name, content, work)
    shutil.rmtree(work, ignore_errors=True)


def explain(planned: Plan) -> list[Task]:
    """What a build would do now, and why; nothing is done."""
    return decide(planned.roster, planned.jobs, planned.origins, force=planned.request.force)[0]


def rehearse(planned: Plan) -> None:
    """Go through what publishing the last runs of a plan's reports takes; nothing is written.

    For a process from which those that build are forked: what is kept by this is kept under what was read.

    Raises
    ------
    ScorecardError
        If a report cannot be published; its build says the same.
    """
    remember_units(_units(planned.roster.scores))
    for job in planned.jobs:
        rehearse_publishing(planned.roster, job, planned.origins.get(job.key, {}))


@contextmanager
def _one_build(request: Request, build: Path, waiting: Callable[[str], None]) -> Iterator[None]:
    """One build of a study at a time; its shards may run at once, on this machine and on others."""
    with lock(build / "cache" / "build.lock", shared=bool(request.shard), waiting=waiting):
        yield


def _finish(planned: Plan, outcomes: Sequence[Outcome], site: Path) -> None:
    """Write the index, then the manifest, last of all."""
    # Another shard may end at the same moment.
    with lock(build_folder(planned.request.root, planned.request.study_name) / "cache" / "index.lock"):
        _write_index(planned, outcomes, site)
    prune(build_folder(planned.request.root, "") / "cache")


def _write_index(planned: Plan, outcomes: Sequence[Outcome], site: Path) -> None:
    """Write the index, then the manifest, last of all."""
    from kernels_lib.production.publish.index import KINDS, render_index

    request, roster = planned.request, planned.roster
    entries = _entries(site / "manifest.json", roster)
    for outcome in outcomes:
        before = entries.get(outcome.job.key, {})
        entries[outcome.job.key] = _entry(outcome, before)
    order = list(KINDS)
    entries = dict(sorted(entries.items(), key=lambda item: (order.index(item[1]["kind"]), item[1]["slug"])))
    folder = workplace(build_folder(request.root, ""))
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


def _known_entries(path: Path) -> dict[str, dict[str, Any]]:
    """What the site's manifest lists; nothing where it is damaged, or of another version of this toolkit."""
    entries = (records.read_json(path) or {}).get("entries")
    sound = isinstance(entries, dict) and all(
        isinstance(e, dict) and {"kind", "slug"} <= e.keys() for e in entries.values()
    )
    return entries if sound else {}


def _entries(path: Path, roster: Roster) -> dict[str, dict[str, Any]]:
    """Entries of the build before, of units that still exist."""
    kept = _known_entries(path)
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
            "changes": before.get("changes", []) if outcome.changes is None else list(outcome.changes),
            "language": outcome.job.language,
            "draft": outcome.job.values.get("status") == "draft",
        }
    # What was published before is still there.
    return {**{key: before[key] for key in KEPT if key in before}, **entry}


# Of a report that failed: what is known of the documents that were published before.
KEPT = ("files", "gates", "headline", "summary", "language", "draft")


def _linked(entry: dict[str, Any], work: str) -> dict[str, Any]:
    """An entry as the index shows it; `work` is the way from the index to the project's build folder."""
    folder = "/".join(filter(None, (FOLDERS[entry["kind"]], entry["slug"])))
    files = entry.get("files") or {}
    links = {name: f"{folder}/{file}" for name, file in FILES.items() if file in files}
    summary = entry.get("summary") or {}
    return {
        "kind": entry["kind"],
        "name": entry["name"],
        "slug": entry["slug"],
        "links": links,
        "headline": entry.get("headline") or "",
        "status": "draft" if entry["status"] == "built" and entry.get("draft") else entry["status"],
        "overall": summary.get("overall"),
        "stage": summary.get("stage", ""),
        "rank": summary.get("rank"),
        "industry": summary.get("industry", ""),
        "size": summary.get("n"),
        "error": entry["error"],
        "failed_notebook": f"{work}{entry['failed_notebook']}" if entry["failed_notebook"] else "",
        "changes": entry.get("changes", []),
    }
