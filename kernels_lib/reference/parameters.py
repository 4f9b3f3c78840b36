"""``parameters.md`` and ``instruments.md``: every key of the YAML files, from the models that check them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kernels_lib.reference.markdown import code, document, sentence, table
from kernels_lib.reference.models import Row, rows
from kernels_lib.study.beside import Activity, Figures, Objectives, Pool, SelfAssessment
from kernels_lib.study.importing.mapping import Declaration
from kernels_lib.study.instrument import Instrument
from kernels_lib.study.params import (
    CLIENT_ONLY,
    SAID,
    STUDY_ONLY,
    THEME,
    UNSEEN,
    ClientFile,
    IndustryFile,
    Parameters,
)

LAYERS = (
    "One value of each parameter stands behind a report. Layers give it, a later one replaces an earlier one: "
    "built-in default, `params/study.yaml` (of a further study `params/studies/NAME/study.yaml`), "
    "`industries/*.yaml`, the client's row of `clients.csv`, `clients/*.yaml`, `--set KEY=VALUE`. `scorecard params "
    "CLIENT` shows each value with the file and line that it came from."
)
COSTS = (
    "In the column *stands in*, `all` means any of these layers. *Made again* says what a changed value costs: the "
    "reports (their notebooks run), documents only (published anew from kept outputs), or nothing that exists. A key "
    "inside a mapping is written with a dot on the command line: `--set limits.cell_s=600`."
)
COLUMNS = (
    "`brand` (as in the data), `client` (folder in the site; may be missing), and any parameter of a client, with a "
    "dot inside a mapping: `colours.primary`, `target.dialog`, `commentary.summary`. An empty cell says nothing. A "
    "list is written with commas or semicolons in one cell. Comma or semicolon may separate cells."
)
TEXTS = (
    "A text may be one text, or one for each language: `{en: Text, de: Text}`. `[]` marks a key of each entry of a "
    "list, `.NAME` one of each entry of a mapping."
)
STATUS = (
    "`status` marks every field as `published` (the source says so) or `assumed` (we chose it); reports print what is "
    "assumed."
)
LEFT_OUT = (
    "Keys that are left out keep what was proposed. The same keys stand in `datapackage.json` as "
    "`scorecard.import.mapping`."
)

HEADER = ("key", "meaning", "type", "default", "bounds")


def _table(found: Iterable[Row], further: Sequence[str] = (), say: object = None) -> str:
    def cells(row: Row) -> tuple[str, ...]:
        first = (code(row.key), sentence(row.meaning), row.type, row.default, row.bounds)
        return (*first, *say(row.key.partition(".")[0])) if callable(say) else first

    return table((*HEADER, *further), map(cells, found))


def _places(key: str) -> tuple[str, str]:
    """Where a parameter may stand, and what is made again when it changes."""
    if key in STUDY_ONLY:
        where = "study, `--set`"
    elif key in CLIENT_ONLY:
        where = "client, clients.csv"
    else:
        where = "all"
    return where, _made(key)


def _made(key: str) -> str:
    if key in (*THEME, *SAID):
        return "documents only"
    if key in UNSEEN:
        return "nothing that exists"
    return "the reports"


def page() -> str:
    """Parameters of reports, and the files of clients and industries."""
    identity = [row for row in rows(IndustryFile, deep=False) if row.key in ("industry", "name")]
    brand = [row for row in rows(ClientFile, deep=False) if row.key == "brand"]
    return document(
        "Parameters",
        [
            LAYERS,
            COSTS,
            _table(rows(Parameters), ("stands in", "made again"), _places),
            "## In `industries/NAME.yaml` also",
            _table(identity),
            "## In `clients/NAME.yaml` also",
            _table(brand),
            "## Columns of `clients.csv`",
            COLUMNS,
        ],
    )


def instruments_page() -> str:
    """Keys of instruments, of what stands beside the scorecard, and of an import's mapping."""
    return document(
        "Instruments and other files",
        [
            TEXTS,
            "## `params/instruments/NAME.yaml`",
            STATUS,
            _table(rows(Instrument)),
            "## `datasets/DATASET/beside/WAVE/CLIENT.yaml`",
            "A client's own figures, shown beside the scorecard. A client without the file has none of these sections.",
            _table(rows(Figures)),
            "## `datasets/DATASET/beside/WAVE/_pool.yaml`",
            "Answers of an agency's own pool of clients.",
            _table(rows(Pool)),
            "## `params/instruments/beside/self_assessment.yaml`",
            _table(rows(SelfAssessment)),
            "## `params/instruments/beside/objectives.yaml`",
            _table(rows(Objectives)),
            "## `params/instruments/beside/activity.yaml`",
            _table(rows(Activity)),
            "## A mapping for `scorecard import --map FILE.yaml`",
            LEFT_OUT,
            _table(rows(Declaration)),
        ],
    )
