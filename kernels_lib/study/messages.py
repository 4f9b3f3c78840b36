"""Every message that a reader may see: collected from our code and from the notebooks' markdown.

Code is read as a syntax tree, never run.  A message must stand in the code as a literal, so that a
translator sees the whole sentence: one put together from pieces is reported as a problem.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kernels_lib.errors import MissingTranslation, ScorecardError
from kernels_lib.keep import digest_of, remember_json
from kernels_lib.paths import shown
from kernels_lib.study.language import LANGUAGES, LOCALE, SOURCE, catalogue, catalogue_files

# Function to the places of its messages; two places: one, and many.
CALLS = {"_": (0,), "N_": (0,), "_n": (0, 1), "state": (1,), "note": (1,)}
# Where those functions come from: a module that imports neither has no messages.
SPEAKERS = ("kernels_lib.study.language", "kernels_lib.analysis.statement")
ROOMS = ("study", "analysis", "production")
PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Message:
    """One message and where it stands; `many` where it has a plural."""

    text: str
    where: str
    line: int
    many: str = ""


def of_code(path: Path, where: str) -> tuple[list[Message], list[ScorecardError]]:
    """Messages of one module, and what cannot be translated in it."""
    messages: list[Message] = []
    problems: list[ScorecardError] = []
    source = path.read_text(encoding="utf-8")
    # Most modules say nothing to a reader; parsing those as well would take twice as long.
    if not any(name in source for name in SPEAKERS):
        return messages, problems
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or _name(call) not in CALLS:
            continue
        places = CALLS[_name(call)]
        if len(call.args) <= places[-1]:
            continue
        if len(places) == 2:
            texts = [list(_literals(call.args[place])) for place in places]
            if all(len(found) == 1 and isinstance(found[0], str) for found in texts):
                messages.append(Message(texts[0][0], where, call.lineno, many=texts[1][0]))
                continue
            found: Iterable[str | None] = [None]
        else:
            found = _literals(call.args[places[0]])
        for text in found:
            if text is None:
                problems.append(
                    ScorecardError(
                        f"the message of {_name(call)}() is put together from pieces.",
                        where=where,
                        line=call.lineno,
                        remedy="Write each sentence as one literal with {names}: a translator needs it whole.",
                    )
                )
            elif text:
                messages.append(Message(text, where, call.lineno))
    return messages, problems


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _literals(node: ast.expr) -> Iterator[str | None]:
    """Literals that an argument may be; None for one put together; nothing for what is marked elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.JoinedStr | ast.BinOp):
        yield None


def of_notebook(path: Path, where: str) -> list[Message]:
    """Messages of a notebook: paragraphs and headings that are published, and words on what is folded away."""
    found = []
    for number, cell in enumerate(_cells(path, where), 1):
        source, texts = "".join(cell["source"]), []
        if cell["cell_type"] == "markdown" and "remove-cell" not in cell["metadata"].get("tags", []):
            texts = paragraphs(source)
        elif cell["cell_type"] == "code":
            try:
                texts = list(_folded(source))
            except (SyntaxError, ValueError) as error:
                raise ScorecardError(
                    f"its code is no Python: {error}.", where=f"{where}, cell {number}", remedy="Mend it in JupyterLab."
                ) from error
        found += [Message(text, f"{where}, cell {number}", 0) for text in texts]
    return found


def _cells(path: Path, where: str) -> list[dict[str, Any]]:
    """The cells of a notebook's file, each with its kind, source, metadata and tags as format 4 has them."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError) as error:
        raise _no_notebook(where, str(error)) from error
    if not isinstance(cells, list):
        raise _no_notebook(where, "its cells are no list")
    for number, cell in enumerate(cells, 1):
        if not _is_cell(cell):
            raise _no_notebook(
                where, f"cell {number} lacks its cell_type, source or metadata, or has another kind of it"
            )
    return cells


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("markdown", "code", "raw"):
        return False
    source, metadata = cell.get("source"), cell.get("metadata")
    if not isinstance(metadata, dict) or not _are_texts(metadata.get("tags", [])):
        return False
    return isinstance(source, str) or _are_texts(source)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _no_notebook(where: str, found: str) -> ScorecardError:
    return ScorecardError(
        f"this is no notebook of format 4: {found}.",
        where=where,
        remedy="Open it in JupyterLab and save it again, or restore it from git.",
    )


def _folded(source: str) -> Iterator[str]:
    """Literals of ``folded=...`` in a cell; a cell that is no plain Python has none."""
    if not any(line.lstrip().startswith(("%", "!")) for line in source.splitlines()):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.keyword) and node.arg == "folded" and isinstance(node.value, ast.Constant):
                yield str(node.value.value)


_HEADING = re.compile(r"#{1,6}\s+(.*)")


def paragraphs(source: str) -> list[str]:
    """Message ids of a markdown cell: headings without their signs, and paragraphs.

    Examples
    --------
    >>> paragraphs("## The scorecard\\n\\nWhat carries\\nthe score.")
    ['The scorecard', 'What carries\\nthe score.']
    """
    blocks = [block.strip() for block in re.split(r"\n\s*\n", source) if block.strip()]
    return [heading[1].strip() if (heading := _HEADING.fullmatch(block)) else block for block in blocks]


def translated(source: str, language: str) -> str:
    """A markdown cell in another language.

    Raises
    ------
    MissingTranslation
    """
    if language == SOURCE:
        return source
    words = catalogue(language)
    shown_blocks = []
    for block in (part.strip() for part in re.split(r"\n\s*\n", source) if part.strip()):
        heading = _HEADING.fullmatch(block)
        message = heading[1].strip() if heading else block
        if message not in words:
            raise MissingTranslation(message, LANGUAGES[language])
        signs = block[: block.index(heading[1])] if heading else ""
        shown_blocks.append(signs + words[message][0])
    return "\n\n".join(shown_blocks)


def all_messages(root: Path, *, library: bool = True) -> tuple[list[Message], list[ScorecardError]]:
    """Messages of the project's notebooks and, with `library`, of the code that is running."""
    messages, problems = (list(part) for part in (_of_package() if library else ([], [])))
    for path in sorted((root / "reports").glob("*.ipynb")):
        messages += of_notebook(path, shown(path, root))
    return messages, problems


@cache
def _of_package() -> tuple[list[Message], list[ScorecardError]]:
    """Messages of the code that is running: it does not change under way."""
    messages: list[Message] = []
    problems: list[ScorecardError] = []
    for room in ROOMS:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            found, wrong = of_code(path, f"{PACKAGE.name}/{path.relative_to(PACKAGE).as_posix()}")
            messages += found
            problems += wrong
    return messages, problems


def missing(root: Path, language: str, *, library: bool = True) -> list[ScorecardError]:
    """What a language has no words for, each with the place that says it.

    That nothing is missing is remembered under the bytes of code, notebooks and catalogues.

    Parameters
    ----------
    root : Path
    language : str
    library : bool, default True
        Whether the messages of the toolkit's own code are looked at too; who did not change it need not.
    """
    if language == SOURCE:
        return []
    key = {
        "version": 1,
        "language": language,
        "code": _code() if library else "",
        "notebooks": digest_of((root / "reports").glob("*.ipynb"), root),
        "catalogues": digest_of(catalogue_files(language), LOCALE),
    }
    folder = root / "build" / "cache"
    complete = remember_json("messages", key, lambda: not _missing(root, language, library), folder=folder)
    return [] if complete else _missing(root, language, library)


@cache
def _code() -> str:
    """A digest of the code that is running: it does not change under way."""
    return digest_of((path for room in ROOMS for path in (PACKAGE / room).rglob("*.py")), PACKAGE)


def _missing(root: Path, language: str, library: bool) -> list[ScorecardError]:
    messages, problems = all_messages(root, library=library)
    known = catalogue(language)
    lacking = {message.text: message for message in reversed(messages) if message.text not in known}
    return problems + [
        MissingTranslation(message.text, LANGUAGES[language], where=message.where, line=message.line or None)
        for message in sorted(lacking.values(), key=lambda m: (m.where, m.line))
    ]
