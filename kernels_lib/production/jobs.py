"""What a build consists of: one job a report, and what became of it.

Both cross process and machine borders as JSON, so a worker needs nothing but the project.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from kernels_lib.paths import build_folder
from kernels_lib.study.language import SOURCE

FILES = {
    "html": "report.html",
    "slides": "slides.html",
    "xlsx": "annex.xlsx",
    "pptx": "deck.pptx",
    "pdf": "report.pdf",
}

# A report's results as tables, see `kernels_lib.production.publish.tidy`.
TABLES = ("criteria.csv", "brands.csv", "industries.csv", "numbers.csv", "tests.csv", "codebook.csv")

# Folder of each kind of report in the site; those with a slug have a folder each below it.
FOLDERS = {"study": "study", "methods": "methods", "industry": "industries", "client": "clients"}


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
    values : dict
        Effective parameters, plain; the exporters take the theme from them.
    sections : tuple of str
        Sections to keep.
    hides : tuple of str or None
        Names of units that may stand in the documents although others may not; None: all may.
    quoted : tuple of str
        Texts of the instrument and the client's name: words that are not the report's own.
    assets : {"inline", "shared"}
        Whether scripts stand in each document or once beside them.
    asked : tuple of str
        What ``--set`` said; a manifest tells it to whoever makes the files again.
    beside : tuple of str
        Files that the client's own figures beside the scorecard are made from, relative to the root.
    """

    root: Path
    study_name: str
    report: str
    kind: str
    slug: str
    name: str
    parameters: dict[str, Any]
    sections: tuple[str, ...]
    formats: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)
    hides: tuple[str, ...] | None = None
    quoted: tuple[str, ...] = ()
    engine: str = "auto"
    language: str = SOURCE
    index_language: str = SOURCE
    inspect: bool = False
    presenter: bool = False
    assets: str = "inline"
    asked: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def build(self) -> Path:
        """Where the study's site and results go."""
        return build_folder(self.root, self.study_name)

    @property
    def folder(self) -> Path:
        """The job's folder in the site."""
        return self.build / "site" / FOLDERS[self.kind] / self.slug

    @property
    def to_site(self) -> str:
        """The relative way from the job's documents to the site."""
        return "../../" if self.slug else "../"

    @property
    def results_file(self) -> Path:
        """Where the job's results go."""
        results = self.build / "results"
        return {
            "study": results / "results.json",
            "methods": results / "methods.json",
            "industry": results / "industries" / f"{self.slug}.json",
            "client": results / "clients" / f"{self.slug}.json",
        }[self.kind]

    @property
    def tables_folder(self) -> Path:
        """Where the job's results go as tables."""
        return self.results_file.parent if self.kind == "study" else self.results_file.with_suffix("")

    @property
    def results_files(self) -> tuple[Path, ...]:
        """Every file of the job's results."""
        return (self.results_file, *(self.tables_folder / name for name in TABLES))

    @property
    def notebook_file(self) -> Path:
        """Where the executed notebook is kept."""
        return self.build / "notebooks" / self.kind / f"{self.label}.ipynb"

    @property
    def record_file(self) -> Path:
        """Where it is noted what the job's files were made from."""
        return self.build / "cache" / "made" / self.kind / f"{self.label}.json"

    @property
    def presenter_file(self) -> Path:
        """Where a presenter's deck goes: outside the site, so that nobody hands it over with a client's files."""
        return self.build / "presenter" / self.kind / f"{self.label}.html"

    @property
    def label(self) -> str:
        """How messages call it."""
        return self.slug or self.kind

    @property
    def key(self) -> str:
        """Its name among all jobs of the study."""
        return f"{self.kind}/{self.slug}"

    def as_json(self) -> dict[str, Any]:
        """Plain values; the root is left out, because each machine has its own."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        del plain["root"]
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any], root: Path) -> Job:
        """The job again, for the project in `root`."""
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
        return cls(root=root, **values)


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    Attributes
    ----------
    made : tuple of str
        What was done for it: ``run``, and the formats that were published; empty where all was up to date.
    """

    job: Job
    ok: bool
    seconds: float = 0.0
    error: str = ""
    exit_code: int = 0
    failed_notebook: str = ""
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    gates: dict[str, str] = field(default_factory=dict)
    headline: str = ""
    summary: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    changes: tuple[str, ...] | None = ()
    made: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values without the job, which whoever asked for it has."""
        plain = asdict(replace(self, job=None))  # type: ignore[arg-type]
        del plain["job"]
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any], job: Job) -> Outcome:
        """The outcome again."""
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
        return cls(job=job, **values)
