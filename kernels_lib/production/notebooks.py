"""Report notebooks before they run: their parameters, their sections, their headings."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from kernels_lib.errors import BadParameters, MissingTranslation, ScorecardError, UnknownName
from kernels_lib.paths import shown
from kernels_lib.study.language import SOURCE
from kernels_lib.study.messages import translated

# Sections that only some studies have the data for, beside those a parameter may drop.
DATA_SECTIONS = (
    *("certain", "claims", "reproduced", "grid", "verdicts"),  # published means
    *("scored", "index", "compared", "change", "raters", "gaps"),  # measured scores, and what some of them have
    *("verified", "others"),
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
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises many kinds; each means the same to the user
        raise ScorecardError(
            f"this is no notebook of format 4: {str(error).splitlines()[0]}.",
            where=shown(path, root),
            remedy="Open it in JupyterLab and save it again, or restore it from git.",
        ) from error
    return notebook


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
    return found


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
        if cell.cell_type != "code":
            cells.append(cell)
            continue
        before = next(ran)
        cells.append({**cell, "outputs": before.outputs, "execution_count": before.execution_count})
        if "parameters" in tags(cell):
            cells.append(next(ran))
    return nbformat.from_dict({**notebook, "cells": cells})
