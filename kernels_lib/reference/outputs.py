"""``files.md``: what a build writes, and what every column of its tables means."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from kernels_lib.production.jobs import FILES, FOLDERS
from kernels_lib.production.publish.office.codebook import CODES, Meaning
from kernels_lib.production.publish.tidy import CODEBOOK, KEYS, RULE, TABLES, TYPES
from kernels_lib.reference.markdown import code, document, sentence, table
from kernels_lib.reference.models import rows
from kernels_lib.study.results import FigureRecord, Results, Sentence, Table

# Parts of the results that no table of the folder holds.
PARTS = {"tables": Table, "figures": FigureRecord, "sentences": Sentence}

SAID = {
    "html": "The page.",
    "slides": "The slide deck.",
    "xlsx": "Scores as far as disclosure allows, results, ledger, glossary.",
    "pptx": "The slides with native charts.",
    "pdf": "The page, printed.",
}

BESIDE = (
    "Beside each report's JSON in `build/results/`: UTF-8, commas, a decimal point; what is missing is empty. "
    f"`{CODEBOOK}.csv` says the same as the tables below. A criterion's own column in `brands.csv` and "
    f"`industries.csv` is there only where the report's reader may see it. {RULE}"
)


def page() -> str:
    """The whole page."""
    folders = [(code(f"build/site/{folder}/"), f"Of reports of the kind {kind}.") for kind, folder in FOLDERS.items()]
    return document(
        "Files that a build writes",
        [
            "A further study's files lie below `build/studies/NAME/` in place of `build/`.",
            table(
                ("folder", "holds"),
                [
                    ("`build/site/index.html`", "The research team's list of all reports."),
                    *folders,
                    ("`build/results/`", "Results as JSON and tables; for the research team."),
                    ("`build/notebooks/`", "Executed notebooks."),
                    ("`build/failed/`", "Notebooks that stopped, as far as they ran."),
                    ("`build/presenter/`", "Decks with speaker notes."),
                    ("`build/compare/`", "Pages that `scorecard compare` wrote."),
                    ("`build/cache/`", "What makes the next build faster; may be removed."),
                ],
            ),
            "## A client's folder",
            table(
                ("file", "format", "holds"),
                [
                    *((code(file), code(name), SAID[name]) for name, file in FILES.items()),
                    ("`manifest.json`", "", "What each file was made from, and which checks it passed."),
                    ("`SHA256SUMS`", "", "A checksum for each file."),
                ],
            ),
            "## Tables of results",
            BESIDE,
            "Each table begins with these columns:",
            _columns(KEYS),
            *(part for name, meanings in TABLES.items() for part in (f"### {name}.csv", _columns(meanings))),
            "## Codes",
            "Words that tables and JSON keep in English, whatever language the report is in:",
            ", ".join(code(one) for one in CODES) + ".",
            "## Results as JSON",
            "The object that each report's notebook displays, in `build/results/`:",
            _keys(Results, deep=False),
            *(part for name, model in PARTS.items() for part in (f"### Each of `{name}`", _keys(model))),
        ],
    )


def _keys(model: type[BaseModel], *, deep: bool = True) -> str:
    found = rows(model, deep=deep)
    return table(("key", "meaning", "type"), [(code(row.key), sentence(row.meaning), row.type) for row in found])


def _columns(meanings: Iterable[Meaning]) -> str:
    return table(
        ("column", "called", "meaning", "type"),
        [(code(one.key), one.label, one.meaning, TYPES.get(one.kind, "number")) for one in meanings],
    )
