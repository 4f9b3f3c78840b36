"""What a client gets, handed over: built, inspected, checked file by file, put in its place whole, and noted.

A destination is a folder (each client a folder in it), a ``.zip`` file, or either of them behind a URL
that fsspec knows (``s3://bucket/2026``, ``memory://``).  Whatever is written is written beside its place
and moved there, so that nobody sees half of it.

Documents read no clock; a delivery has a date, and this is the one place that asks for it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from kernels_lib import __version__
from kernels_lib.errors import BadParameters, GateFailed, ScorecardError
from kernels_lib.production import build
from kernels_lib.production.browser import INSPECTIONS, missing_for_browser
from kernels_lib.production.gates import CANNOT_TELL
from kernels_lib.production.jobs import Job, Outcome
from kernels_lib.production.moving import replace as replace_file
from kernels_lib.production.moving import workplace
from kernels_lib.study.validation import joined

LOG = "deliveries.csv"
COLUMNS = ("date", "study", "client", "checksum", "build", "files", "inspected", "to")


@dataclass(frozen=True)
class Parcel:
    """One client's files, as they leave.

    Attributes
    ----------
    files : mapping of str to bytes
        The documents, then SHA256SUMS, then manifest.json.
    checksum : str
        SHA-256 of SHA256SUMS: the same for the same documents.
    """

    job: Job
    files: Mapping[str, bytes]
    checksum: str
    made_from: str
    inspected: bool

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(map(len, self.files.values()))


@dataclass(frozen=True)
class Delivered:
    """A parcel at its place, or why it is not there."""

    slug: str
    place: str = ""
    parcel: Parcel | None = None
    error: str = ""


def deliver(
    root: Path,
    clients: Sequence[str],
    to: str,
    *,
    study_name: str = "",
    jobs: int = 0,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> list[Delivered]:
    """Build what clients get in all formats, inspect it, put it in its place and note it.

    Parameters
    ----------
    root : Path
    clients : sequence of str
        Slugs, or names in the data; none: all.
    to : str
        A folder, a ``.zip`` file, or a URL of either.
    study_name : str
    jobs : int
        Workers; 0: as many as processors.
    now : callable
        The time of a delivery.

    Returns
    -------
    list of Delivered
        In the order of the clients; one that failed keeps nobody else's from going out, unless all go into one file.

    Raises
    ------
    BadParameters
        If a client's report is a draft, or the destination is none; nothing is built then.
    """
    place = _place(to)
    inspects = not missing_for_browser()
    request = build.Request(
        root=root, study_name=study_name, clients=tuple(clients), formats=("all",), inspect=inspects
    )
    planned = _clients_only(build.plan(request), clients)
    _refuse_drafts(planned)
    summary = build.run(planned, jobs=jobs)
    packed = [_packed(outcome) for outcome in summary.outcomes]
    ready = [one.parcel for one in packed if one.parcel]
    done: dict[str, Delivered] = {one.slug: one for one in packed}
    if place.single and len(ready) < len(packed):
        return [one if one.error else _held_back(one.slug) for one in packed]
    for parcels in [ready] if place.single else [[parcel] for parcel in ready]:
        if not parcels:
            continue
        slugs = [parcel.job.slug for parcel in parcels]
        try:
            where = place.put(parcels)
        except (ScorecardError, OSError) as error:
            why = str(error) if isinstance(error, ScorecardError) else f"{to}: {error.strerror or error}."
            done |= {slug: Delivered(slug, error=why) for slug in slugs}
            continue
        done |= {parcel.job.slug: Delivered(parcel.job.slug, where, parcel) for parcel in parcels}
        _note(root, study_name, parcels, where, now())
        _keep(root, parcels)
    return list(done.values())


def _clients_only(planned: build.Plan, clients: Sequence[str]) -> build.Plan:
    """All clients where none is named; the study's and the industries' reports are for the team."""
    if clients:
        return planned
    return replace(planned, jobs=tuple(job for job in planned.jobs if job.kind == "client"))


def _refuse_drafts(planned: build.Plan) -> None:
    problems = []
    for job in planned.jobs:
        if job.values.get("status") == "draft":
            origin = planned.origins[job.key]["status"]
            problems.append(
                BadParameters(
                    f"the report of '{job.slug}' is a draft.",
                    where=origin.file,
                    line=origin.line,
                    remedy="Set status: final once it is approved.",
                )
            )
    if problems:
        raise joined(problems)


def _held_back(slug: str) -> Delivered:
    return Delivered(slug, error="not delivered: all go into one file, and another one failed.")


def _packed(outcome: Outcome) -> Delivered:
    """An outcome's files, once each is what the build left."""
    job = outcome.job
    if not outcome.ok:
        return Delivered(job.slug, error=outcome.error)
    try:
        return Delivered(job.slug, parcel=_parcel(outcome))
    except ScorecardError as error:
        return Delivered(job.slug, error=str(error))


def _parcel(outcome: Outcome) -> Parcel:
    job = outcome.job
    files: dict[str, bytes] = {}
    for name, entry in sorted(outcome.files.items()):
        raw = (job.folder / name).read_bytes()
        if sha256(raw).hexdigest() != entry["sha256"]:
            raise GateFailed(f"{name} is not what was built.", where=job.slug, remedy="Build it again with --force.")
        files[name] = raw
    may_not_run = {*INSPECTIONS, *CANNOT_TELL}  # the manifest says so of them
    unseen = [gate for gate, state in outcome.gates.items() if state != "passed" and gate not in may_not_run]
    if unseen:
        raise GateFailed(f"gate '{unseen[0]}' was not passed.", where=job.slug)
    manifest = (job.folder / "manifest.json").read_bytes()
    results = json.loads(manifest)["results_sha256"][:12]
    summed = {**files, "manifest.json": manifest}
    sums = "".join(f"{sha256(summed[name]).hexdigest()}  {name}\n" for name in sorted(summed)).encode()
    return Parcel(
        job,
        {**files, "SHA256SUMS": sums, "manifest.json": manifest},
        sha256(sums).hexdigest(),
        f"scorecard-reports {__version__}, results {results}",
        all(outcome.gates.get(gate) == "passed" for gate in INSPECTIONS),
    )


# Places


class Folder:
    """A folder of this machine; each client gets a folder in it."""

    single = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, parcels: Sequence[Parcel]) -> str:
        """The files of one client, all at once, in place of an earlier delivery."""
        (parcel,) = parcels
        target = self.path / parcel.job.slug
        if target.exists() and not (target / "manifest.json").is_file():
            raise BadParameters(
                f"'{target.name}' is there and is no delivery.", where="--to", remedy="Choose another folder."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        mark = secrets.token_hex(6)
        beside, old = (self.path / f".{target.name}.{kind}-{mark}" for kind in ("new", "old"))
        try:
            beside.mkdir()
            for name, raw in parcel.files.items():
                (beside / name).write_bytes(raw)
            if target.exists():
                target.rename(old)
            try:
                beside.rename(target)
            except OSError:
                if old.exists():
                    old.rename(target)
                raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
        return str(target)


class ZipFile:
    """One zip on this machine, a folder in it for each client."""

    single = True

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, parcels: Sequence[Parcel]) -> str:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f".{self.path.name}.new-{secrets.token_hex(6)}")
        try:
            beside.write_bytes(zipped(parcels))
            beside.replace(self.path)
        finally:
            beside.unlink(missing_ok=True)
        return str(self.path)


class Store:
    """A folder or a zip behind a URL; fsspec is imported for it only."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.single = self.url.endswith(".zip")
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise BadParameters(
                "the Python package fsspec is not installed.",
                where="--to",
                remedy="Install it with: pip install 'scorecard-reports[cluster]', or deliver to a folder.",
            ) from error
        try:
            self.system, self.path = url_to_fs(self.url)
        except (ValueError, ImportError) as error:
            raise BadParameters(f"'{_unlocked(url)}': {error}", where="--to") from error

    def put(self, parcels: Sequence[Parcel]) -> str:
        if self.single:
            self._move({self.path: zipped(parcels)})
            return _unlocked(self.url)
        (parcel,) = parcels
        # The manifest comes last: who finds it finds everything that it lists.
        self._move({f"{self.path}/{parcel.job.slug}/{name}": raw for name, raw in parcel.files.items()})
        return f"{_unlocked(self.url)}/{parcel.job.slug}"

    def _move(self, files: Mapping[str, bytes]) -> None:
        mark = f".new-{secrets.token_hex(6)}"
        written = []
        try:
            for name, raw in files.items():
                self.system.makedirs(name.rpartition("/")[0], exist_ok=True)
                written.append(name + mark)
                self.system.pipe_file(name + mark, raw)
                if self.system.info(name + mark)["size"] != len(raw):
                    raise GateFailed(f"{name} did not arrive whole.", where="--to", remedy="Deliver it again.")
            for name in files:
                self.system.mv(name + mark, name)
        finally:
            for name in written:
                if self.system.exists(name):
                    self.system.rm_file(name)


def _place(to: str) -> Folder | ZipFile | Store:
    if not to.strip():
        raise BadParameters("no destination.", where="--to", remedy="Give a folder, a .zip file or a URL.")
    if re.match(r"[a-z][a-z0-9+.-]+:(//|:)", to):
        return Store(to)
    path = Path(to)
    if path.suffix == ".zip":
        if path.is_dir():
            raise BadParameters(f"'{path.name}' is a folder.", where="--to")
        return ZipFile(path)
    if path.exists() and not path.is_dir():
        raise BadParameters(f"'{path.name}' is a file.", where="--to", remedy="Give a folder, a .zip file or a URL.")
    return Folder(path)


def _unlocked(url: str) -> str:
    """A URL without what opens it: user, password, query."""
    return re.sub(r"(?<=://)[^/@]*@", "", url.partition("?")[0])


def zipped(parcels: Iterable[Parcel]) -> bytes:
    """A zip that is the same for the same documents, whenever it is made."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for parcel in parcels:
            date = json.loads(parcel.files["manifest.json"])["report_date"].split("-")
            for name, raw in parcel.files.items():
                # A zip knows no year before 1980.
                year = max(1980, int(date[0]))
                entry = zipfile.ZipInfo(f"{parcel.job.slug}/{name}", (year, int(date[1]), int(date[2]), 0, 0, 0))
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                package.writestr(entry, raw)
    return file.getvalue()


# The log


def _keep(root: Path, parcels: Iterable[Parcel]) -> None:
    """Keep the results behind each delivery, so that a later build can be compared with what was sent."""
    work = workplace(root / "build")
    for parcel in parcels:
        kept = root / "build" / "delivered" / parcel.checksum / f"{parcel.job.slug}.json"
        replace_file(kept, parcel.job.results_file.read_bytes(), work)
    shutil.rmtree(work, ignore_errors=True)


def _note(root: Path, study_name: str, parcels: Iterable[Parcel], where: str, at: dt.datetime) -> None:
    """A line for each client in the project's own log."""
    path = root / LOG
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    for parcel in parcels:
        row: dict[str, Any] = {
            "date": at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "study": study_name or "main",
            "client": parcel.job.slug,
            "checksum": parcel.checksum,
            "build": parcel.made_from,
            "files": len(parcel.files),
            "inspected": "yes" if parcel.inspected else "no",
            "to": where,
        }
        table.writerow([_inert(str(row[column])) for column in COLUMNS])
    _begin(path)
    # In one piece at the end of the file: deliveries that end at the same moment keep each a line.
    with path.open("ab", buffering=0) as file:
        file.write(text.getvalue().encode())


def _begin(path: Path) -> None:
    """The log with its head, where there is none: it appears with its head or not at all."""
    if path.exists():
        return
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    beside.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        # Another delivery began it at the same moment.
        return
    finally:
        beside.unlink()


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
