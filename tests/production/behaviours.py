"""Small notebooks, each of one behaviour: what engines must agree on.

They stand in conformance/*.txt:

    == the behaviour, said in words  [core]
    -- cell
    code of the first cell
    -- cell: tags of the second
    its code

To add one, add it there; every engine runs it.  ``[core]`` marks those that every run of the tests
proves; the others are for the long proofs.  ``[any order]`` marks those that write past Python, to
the descriptors of the process: a stock kernel brings that through a thread that reads a pipe, in
whatever order the threads happen to run; their cells wait for it.  ``[quits]`` marks those that end
their kernel: a real one may be gone before its last answer was read, and is then asked again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import v4

FOLDER = Path(__file__).parent / "conformance"
SPEC = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


@dataclass(frozen=True)
class Behaviour:
    name: str
    core: bool
    any_order: bool
    quits: bool
    cells: tuple[tuple[str, tuple[str, ...]], ...]  # source and tags

    def notebook(self) -> nbformat.NotebookNode:
        made = v4.new_notebook(metadata=SPEC)
        for number, (source, tags) in enumerate(self.cells):
            made.cells.append(v4.new_code_cell(source, id=f"c{number}", metadata={"tags": list(tags)} if tags else {}))
        return made


def _read(path: Path) -> list[Behaviour]:
    found = []
    for part in re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, *cells = re.split(r"^-- cell(.*)\n", part, flags=re.MULTILINE)
        name, *marks = re.split(r"  \[(.+?)\]", head.strip())
        found.append(
            Behaviour(
                name,
                "core" in marks,
                "any order" in marks,
                "quits" in marks,
                tuple(
                    (source.rstrip("\n"), tuple(tags.lstrip(":").split()))
                    for tags, source in zip(cells[::2], cells[1::2], strict=True)
                ),
            )
        )
    return found


WITH_FRONT_END = _read(FOLDER / "front_end.txt")
BEHAVIOURS = [each for path in sorted(FOLDER.glob("*.txt")) if path.stem != "front_end" for each in _read(path)]
CORE = [each for each in BEHAVIOURS if each.core]
