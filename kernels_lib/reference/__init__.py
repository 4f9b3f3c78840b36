"""The pages of ``docs/reference/``, made from the code: ``python -m kernels_lib.reference`` writes them.

A test keeps the committed pages equal to what this makes.  Nothing of a build imports it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kernels_lib.reference import codebooks, commands, description, failures, outputs, parameters

FOLDER = "docs/reference"

# Pages that depend on the code alone.
PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands.page,
    "parameters.md": parameters.page,
    "instruments.md": parameters.instruments_page,
    "datapackage.md": description.page,
    "files.md": outputs.page,
    "errors.md": failures.page,
}


def pages(root: Path) -> dict[str, str]:
    """Every page by its path below `FOLDER`: those of the code, and a codebook for each dataset."""
    made = {name: make() for name, make in PAGES.items()}
    return made | {f"datasets/{name}.md": codebooks.page(root, name) for name in codebooks.names(root)}


def write(root: Path) -> list[Path]:
    """Write every page, and remove codebooks of datasets that are gone."""
    folder = root / FOLDER
    made = pages(root)
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in folder.rglob("*.md"):
        if path.relative_to(folder).as_posix() not in made:
            path.unlink()
    return [folder / name for name in made]
