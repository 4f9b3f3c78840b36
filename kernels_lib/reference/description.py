"""``datapackage.md``: what is read of a dataset's ``datapackage.json``, and the columns of its tables.

A test holds these lists against the code that reads: every key that it reads is here, and no other.
"""

from __future__ import annotations

from dataclasses import dataclass

from kernels_lib.reference.markdown import code, document, table
from kernels_lib.study.results import Basis


@dataclass(frozen=True)
class Key:
    """One key of a description."""

    name: str
    meaning: str
    default: str = ""


PACKAGE = (
    Key("title", "Title, in one text, for other tools; the reports' own is in `scorecard`.", "the folder's name"),
    Key("sources", "Where the data come from, a list of `{title: ...}`: the reports cite each title.", "none"),
    Key("resources", "The files, each as below.", "none"),
    Key("scorecard", "What this toolkit needs to know, as below.", "needed"),
)
OWN = (
    Key("title", "Title as reports say it; may be one text a language: `{en: ..., de: ...}`.", "the package's title"),
    Key(
        "waves",
        "Each wave with its date, as 2026-05-01. The newest is reported unless a parameter or `--wave` says another.",
        "needed",
    ),
    Key("claims", "Counts that the source states, as below: the reports hold them against the scores.", "none"),
    Key("import", "How the dataset was made; `scorecard import --replace` and `check` read it. Written by the import."),
)
RESOURCE = (
    Key("path", "The file, below the dataset's folder.", "needed"),
    Key("hash", "`sha256:` and the digest. A file that differs is a warning, and the reports say so.", "not compared"),
    Key("scorecard", "What the file holds, as below.", "the file is not read"),
)
RESOURCE_OWN = (
    Key("role", "`scores`, `ratings`, `means`, `benchmarks` or `remarks`; see below.", "not read"),
    Key("basis", f"What its numbers rest on: {', '.join(f'`{one.value}`' for one in Basis)}.", "`measured`"),
    Key("notice", "A sentence that every page, slide and sheet must carry; may be one text a language.", "none"),
    Key("wave", "The wave that the file belongs to.", "every wave"),
    Key("unit_column", "Column with what is scored.", "`brand`"),
    Key("group_column", "Column with its industry.", "no industries"),
    Key("rater_column", "Of ratings: column with who gave them.", "`rater`"),
    Key("counted", "Of ratings: true lets DuckDB count the file, whatever its size (CSV, CSV.gz or Parquet).", "false"),
    Key(
        "criterion_column", "Of counted ratings with a row a rating: column with the criterion.", "a column a criterion"
    ),
    Key("score_column", "Of counted ratings with a row a rating: column with the score.", "a column a criterion"),
    Key(
        "unique",
        "Of counted ratings, whether a respondent rates each unit once: `stated` by the source, or `check` it.",
        "not known",
    ),
    Key(
        "same_scale",
        "True where every wave was scored on the instrument's scale, although one stays in its lower half: the waves "
        "are then compared.",
        "a wave that looks as if it was scored on a shorter scale is not compared",
    ),
)
CLAIM = (
    Key("id", "A name for it.", "needed"),
    Key("text", "What the source says, to stand in a sentence; may be one text a language.", "needed"),
    Key("count", "How many units it says.", "needed"),
    Key("of", "Of how many.", "needed"),
    Key("criteria", "A list: on all of these ...", "needed"),
    Key("below", "... they score below this many points.", "needed"),
)
IMPORT = (
    Key("file", "The original, below the dataset's folder.", "needed"),
    Key("hash", "Of the original.", "needed"),
    Key("unit", "What one unit is called.", "needed"),
    Key("criteria", "Ids of the criteria, in their order.", "needed"),
    Key("mapping", "Which column is what: see [instruments.md](instruments.md), the last table.", "needed"),
)
# Columns that a file of each role has.
ROLES = {
    "scores": (
        "One row a unit. The `unit_column`, the `group_column` if it is named, and a column for each criterion, called "
        "as its id in the instrument. An empty cell is a missing score."
    ),
    "ratings": (
        "One row a unit and rater, with the `rater_column` besides. A unit's score is the mean of its raters. With "
        "`counted`, also one row a rating: `criterion_column` and `score_column`."
    ),
    "means": (
        "Published means, one row a criterion: `criterion`, `mean` (digits as printed), `stage`, and `n`, the same in "
        "every row."
    ),
    "benchmarks": (
        "Published shares, in `benchmarks.csv`: `id`, `share` (0 to 1), `source`, `year`, `n` (may be empty), and "
        "`erratum` (why it was withdrawn; then no share)."
    ),
    "remarks": "What an import keeps beside the scores: weights, evidence, notes. No report reads it.",
}

OPENING = (
    "A dataset is a folder in `datasets/` with a Frictionless `datapackage.json`. `scorecard import` writes it. These "
    "are the keys that the toolkit reads; others are for people and for other tools. `scorecard check` also holds "
    "each CSV file against its `schema` (type, `minimum`, `maximum`, `required`, `unique`), with the library "
    "frictionless."
)

_HEADER = ("key", "meaning", "if it is not there")


def _keys(keys: tuple[Key, ...]) -> str:
    return table(_HEADER, ((code(key.name), key.meaning, key.default) for key in keys))


def page() -> str:
    """The whole page."""
    return document(
        "datapackage.json",
        [
            OPENING,
            "## At the top",
            _keys(PACKAGE),
            "## In `scorecard`",
            _keys(OWN),
            "## In each entry of `resources`",
            _keys(RESOURCE),
            "## In `scorecard` of a resource",
            _keys(RESOURCE_OWN),
            "## Roles, and the columns that each needs",
            table(("role", "the file"), ((code(role), said) for role, said in ROLES.items())),
            "A wave has one file of scores or ratings. Files are UTF-8 with commas and a header.",
            "## In each entry of `claims`",
            _keys(CLAIM),
            "## In `import`",
            _keys(IMPORT),
        ],
    )
