"""Report notebooks before they run: their parameters, their sections, their headings; and written as files."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import math
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import nbjson

from kernels_lib.errors import BadParameters, MissingTranslation, ScorecardError, UnknownName
from kernels_lib.keep import remember_json
from kernels_lib.paths import shown
from kernels_lib.production import indented
from kernels_lib.study.beside import SECTIONS as BESIDE
from kernels_lib.study.language import SOURCE
from kernels_lib.study.messages import translated

# Sections that only some studies have the data for, beside those a parameter may drop.
DATA_SECTIONS = (
    *("certain", "claims", "reproduced", "grid", "verdicts"),  # published means
    "overall",  # criteria too many for pairs
    *("scored", "index", "compared", "change", "raters", "gaps"),  # measured scores, and what some of them have
    *("verified", "others"),
    *BESIDE,  # a client's own figures
)


def read_report(root: Path, name: str) -> nbformat.NotebookNode:
    """Read ``reports/NAME.ipynb``.

    Raises
    ------
    UnknownName
        If there is no such notebook.
    ScorecardError
        If the file is no notebook of format 4.
    """
    path = root / "reports" / f"{name}.ipynb"
    if not path.is_file():
        known = [file.stem for file in (root / "reports").glob("*.ipynb")]
        raise UnknownName("report", name, known, where="reports")
    try:
        raw = path.read_bytes()
        notebook = nbjson.reads(raw.decode("utf-8"))
        if notebook.get("nbformat") != 4:
            raise ValueError(f"its format is {notebook.get('nbformat')}")
        _check_ids(notebook)
        # That these bytes are a notebook is remembered: validating them costs more than all else here.
        key = {"version": 1, "nbformat": nbformat.__version__, "bytes": sha256(raw).hexdigest()}
        remember_json("notebook", key, lambda: _validated(raw), folder=root / "build" / "cache")
    except Exception as error:  # nbformat raises many kinds; each means the same to the user
        raise ScorecardError(
            f"this is no notebook of format 4: {str(error).splitlines()[0]}.",
            where=shown(path, root),
            remedy="Open it in JupyterLab and save it again, or restore it from git.",
        ) from error
    return notebook


def _check_ids(notebook: nbformat.NotebookNode) -> None:
    # nbformat would draw ids at random, and no two builds would be alike.
    seen: dict[str, int] = {}
    for number, cell in enumerate(notebook.cells, 1):
        identity = cell.get("id")
        if not identity:
            raise ValueError(f"cell {number} has no id")
        if identity in seen:
            raise ValueError(f"cells {seen[identity]} and {number} have the same id, '{identity}'")
        seen[identity] = number


def _validated(raw: bytes) -> bool:
    nbformat.validate(nbformat.reads(raw.decode("utf-8"), as_version=4))
    return True


def declared_parameters(notebook: nbformat.NotebookNode, where: str) -> dict[str, str]:
    """Name and type of every parameter in the one cell tagged ``parameters``.

    Raises
    ------
    ScorecardError
        If there is no such cell, or more than one.
    """
    tagged = [cell for cell in notebook.cells if "parameters" in tags(cell)]
    if len(tagged) != 1:
        raise ScorecardError(
            f"{len(tagged) or 'no'} cells are tagged 'parameters'.",
            where=where,
            remedy="Tag exactly one code cell: without it the notebook's own defaults would win.",
        )
    found = {}
    for node in ast.parse(tagged[0].source).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = ast.unparse(node.annotation)
        elif isinstance(node, ast.Assign):
            found.update({target.id: "" for target in node.targets if isinstance(target, ast.Name)})
    for name in found:
        check_name(name, where)
    return found


def check_name(name: object, where: str) -> None:
    """Refuse a name that papermill would write into a cell although it is none, or hides what Python itself uses.

    Raises
    ------
    BadParameters
    """
    text = name if isinstance(name, str) else ""
    if not text.isidentifier() or keyword.iskeyword(text) or text.startswith("__") or hasattr(builtins, text):
        raise BadParameters(
            f"{name!r} cannot name a parameter.",
            where=where,
            remedy="Use letters, digits and underscores, a letter first; no word that Python itself uses.",
        )


_TYPES = {"str": str, "int": int, "float": float, "bool": bool}


def check_parameters(declared: Mapping[str, str], given: Mapping[str, Any], where: str) -> None:
    """Refuse what papermill would let through: unknown names and wrong types.

    Raises
    ------
    UnknownName, BadParameters
    """
    for name, value in given.items():
        if name not in declared:
            raise UnknownName("parameter", name, declared, where=where)
        kind = _TYPES.get(declared[name])
        if kind is not None and type(value) is not kind:
            raise BadParameters(f"parameter '{name}' is {value!r}, not {declared[name]}.", where=where)
        check_value(name, value, where)


def check_value(name: str, value: Any, where: str) -> None:
    """Refuse what would not be the same value again once it is written into a cell: it could become code.

    Raises
    ------
    BadParameters
    """
    plain = value is None or type(value) in _TYPES.values()
    if not plain or (isinstance(value, float) and not math.isfinite(value)):
        raise BadParameters(
            f"parameter '{name}' is {value!r}, a {type(value).__name__}.",
            where=where,
            remedy="Give a text, a finite number, true, false or null.",
        )


def tags(cell: nbformat.NotebookNode) -> list[str]:
    """Tags of a cell."""
    return list(cell.metadata.get("tags", []))


def without_sections(notebook: nbformat.NotebookNode, keep: set[str]) -> nbformat.NotebookNode:
    """The notebook without the cells of sections that are not kept, headings included."""
    kept = []
    for cell in notebook.cells:
        sections = {tag.removeprefix("section-") for tag in tags(cell) if tag.startswith("section-")}
        if sections <= keep:
            kept.append(cell)
    return nbformat.from_dict({**notebook, "cells": kept})


def in_language(notebook: nbformat.NotebookNode, language: str, where: str) -> nbformat.NotebookNode:
    """The notebook with its published markdown in another language.

    Raises
    ------
    MissingTranslation
        At the first paragraph that has none; the message names the cell.
    """
    if language == SOURCE:
        return notebook
    cells = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown" and "remove-cell" not in tags(cell):
            try:
                cell = {**cell, "source": translated(cell.source, language)}
            except MissingTranslation as error:
                raise MissingTranslation(error.message, error.language, where=f"{where}, cell {number}") from error
        cells.append(cell)
    return nbformat.from_dict({**notebook, "cells": cells})


def known_tags(sections: tuple[str, ...]) -> set[str]:
    """Every tag that means something."""
    plain = {"parameters", "injected-parameters", "remove-cell", "report-only", "slides-only", "notes"}
    return plain | {f"section-{name}" for name in (*sections, *DATA_SECTIONS)}


def check_tags(notebook: nbformat.NotebookNode, sections: tuple[str, ...], where: str) -> None:
    """Refuse tags that mean nothing: a misspelt one would put a cell into the wrong document.

    Raises
    ------
    UnknownName
    """
    known = known_tags(sections)
    for cell in notebook.cells:
        for tag in tags(cell):
            if tag not in known:
                raise UnknownName("tag", tag, known, where=where)


def heading_above(notebook: nbformat.NotebookNode, index: int) -> str:
    """The nearest heading above a cell, for messages."""
    for cell in reversed(notebook.cells[: index + 1]):
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("#"):
                    return line.lstrip("#").strip()
    return ""


def refilled(notebook: nbformat.NotebookNode, executed: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook with the outputs of an earlier run of the same code.

    Parameters
    ----------
    notebook : NotebookNode
        As it would run now; its words and tags may have changed since.
    executed : NotebookNode
        As it ran, with papermill's cell of injected parameters.

    Returns
    -------
    NotebookNode
        New; neither argument is changed.
    """
    ran = iter([cell for cell in executed.cells if cell.cell_type == "code"])
    cells = []
    for cell in notebook.cells:
        # As papermill leaves each cell that it loads.
        own = nbformat.from_dict({**cell, "metadata": {"tags": [], **cell.metadata}, "outputs": []})
        cells.append(own)
        if own.cell_type != "code":
            del own["outputs"]
            continue
        before = next(ran)
        dict.update(own, outputs=_own_outputs(before), execution_count=before.execution_count)
        if "parameters" in own.metadata.tags:
            injected = next(ran)
            cells.append(_node({**nbformat.from_dict({**injected, "outputs": []}), "outputs": _own_outputs(injected)}))
    # What only a run adds.
    added = {key: executed.metadata[key] for key in ("language_info", "widgets") if key in executed.metadata}
    metadata = nbformat.from_dict({**notebook.metadata, **added})
    return _node({**notebook, "metadata": metadata, "cells": cells})


def _own_outputs(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """A cell's outputs, to be changed down to the values of what they show; deeper, nobody changes anything."""
    made = []
    for output in cell.outputs:
        own = _node(output)
        if "metadata" in output:
            dict.update(own, metadata=nbformat.from_dict(output.metadata))
        if "data" in output:
            shown = {mime: dict(v) if isinstance(v, dict) else v for mime, v in output.data.items()}
            dict.update(own, data=_node(shown))
        made.append(own)
    return made


# Read from and written as files


def read(raw: bytes) -> nbformat.NotebookNode:
    """An executed notebook from the bytes that `write` gave; equal to what ``nbformat.reads`` gives.

    nbformat wraps every mapping down to the last trace of a chart; here only those that are looked at by
    attribute are wrapped: notebook, cells, outputs, their metadata and data.

    Parameters
    ----------
    raw : bytes
        A valid notebook of format 4, written here.
    """
    plain = json.loads(raw)
    cells = [_cell_from_file(cell) for cell in plain["cells"]]
    return _node({**plain, "metadata": nbformat.from_dict(plain["metadata"]), "cells": cells})


def _node(fields: Mapping[str, Any]) -> nbformat.NotebookNode:
    node = nbformat.NotebookNode()
    dict.update(node, fields)
    return node


def _cell_from_file(cell: dict[str, Any]) -> nbformat.NotebookNode:
    made = {**cell, "metadata": nbformat.from_dict(cell["metadata"]), "source": _joined(cell.get("source", ""))}
    if "attachments" in cell:
        made["attachments"] = _node({name: _bundle_from_file(bundle) for name, bundle in cell["attachments"].items()})
    if cell.get("cell_type") == "code":
        made["outputs"] = [_output_from_file(output) for output in cell.get("outputs", ())]
    return _node(made)


def _output_from_file(output: dict[str, Any]) -> nbformat.NotebookNode:
    made = dict(output)
    if "metadata" in output:
        made["metadata"] = nbformat.from_dict(output["metadata"])
    if output.get("output_type") in ("execute_result", "display_data"):
        made["data"] = _bundle_from_file(output.get("data", {}))
    if output.get("output_type") == "stream":
        made["text"] = _joined(output.get("text", ""))
    return _node(made)


def _bundle_from_file(bundle: Mapping[str, Any]) -> nbformat.NotebookNode:
    texts = (list, str)
    return _node(
        {
            mime: _joined(value) if isinstance(value, texts) and not _is_json(mime) else value
            for mime, value in bundle.items()
        }
    )


def _is_json(mime: str) -> bool:
    return mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))


def _joined(text: Any) -> Any:
    whole = isinstance(text, list) and all(isinstance(line, str) for line in text)
    return "".join(text) if whole else text


def write(notebook: Mapping[str, Any]) -> bytes:
    """A notebook of format 4 as a file: what ``nbformat.writes`` gives, but for line breaks.

    nbformat copies the whole notebook, validates it and writes it in Python, item by item; an executed
    report has some ten thousand of them.  Here nothing is copied or validated, and what programs read,
    such as a figure's JSON, stands on one line.

    Parameters
    ----------
    notebook : NotebookNode or mapping
        Not changed.

    Returns
    -------
    bytes
        UTF-8.

    Raises
    ------
    TypeError
        If it holds what JSON has no form for.
    """
    return indented.text(_as_file(notebook)).encode("utf-8")


def _as_file(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook with long texts as lists of lines, without what belongs to a session."""
    session = ("orig_nbformat", "orig_nbformat_minor", "signature")
    metadata = {key: value for key, value in notebook["metadata"].items() if key not in session}
    return {**notebook, "metadata": metadata, "cells": [_cell_as_file(cell) for cell in notebook["cells"]]}


def _cell_as_file(cell: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in cell["metadata"].items() if key != "trusted"}
    made = {**cell, "metadata": metadata}
    if isinstance(made.get("source"), str):
        made["source"] = made["source"].splitlines(True)
    if "attachments" in made:
        made["attachments"] = {name: _bundle_as_file(bundle) for name, bundle in made["attachments"].items()}
    if made.get("cell_type") == "code":
        made["outputs"] = [_output_as_file(output) for output in made.get("outputs", ())]
    return made


def _output_as_file(output: Mapping[str, Any]) -> Mapping[str, Any]:
    kind = output.get("output_type")
    if kind in ("execute_result", "display_data"):
        return {**output, "data": _bundle_as_file(output.get("data", {}))}
    if kind == "stream" and isinstance(output.get("text"), str):
        return {**output, "text": output["text"].splitlines(True)}
    return output


def _bundle_as_file(bundle: Mapping[str, Any]) -> dict[str, Any]:
    return {mime: _value_as_file(mime, value) for mime, value in bundle.items()}


def _value_as_file(mime: str, value: Any) -> Any:
    if isinstance(value, str):
        return value.splitlines(True) if _is_text(mime) else value
    return indented.OneLine(value)


def _is_text(mime: str) -> bool:
    return mime.startswith("text/") or mime in ("application/javascript", "image/svg+xml")
