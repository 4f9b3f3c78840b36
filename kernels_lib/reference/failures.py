"""``errors.md``: exit codes, and the classes of error that a user can cause."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getdoc

from kernels_lib import errors
from kernels_lib.errors import ScorecardError
from kernels_lib.reference.markdown import code, document, sentence, table

EXIT_CODES = {
    0: "All well.",
    1: "Something failed and the rest was done: reports that are not published, a delivery that was changed, "
    "a published answer that differs, a disk that is full, a machine that lacks what is needed.",
    2: "Bad input. Nothing was made, and what was there is untouched.",
    3: "A fault of the toolkit; the lines above the message are what to report.",
    130: "Interrupted, with Ctrl-C or SIGTERM.",
}

MESSAGES = (
    "A message says where (file with line, or sheet and cell), what was found, what would have worked and what to do. "
    "It begins with `Error:` and stands on standard error, also with `--json`. `check` lists all problems at once; so "
    "does every verb that reads parameters. What a message must say is tested: each case of `tests/bad_inputs/` is "
    "one."
)


def classes() -> list[type[ScorecardError]]:
    """The errors of `kernels_lib.errors`, each after the one it derives from."""
    return [ScorecardError, *_below(ScorecardError)]


def _below(above: type[ScorecardError]) -> Iterator[type[ScorecardError]]:
    for one in above.__subclasses__():
        if one.__module__ == errors.__name__:
            yield one
            yield from _below(one)


def page() -> str:
    """The whole page."""
    rows = [
        (code(one.__name__), sentence((getdoc(one) or "").partition("\n\n")[0]), str(one.exit_code))
        for one in classes()
    ]
    return document(
        "Exit codes and errors",
        [
            table(("code", "means"), [(str(number), said) for number, said in EXIT_CODES.items()]),
            MESSAGES,
            table(("error", "means", "exit code"), rows),
        ],
    )
