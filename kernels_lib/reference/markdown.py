"""Markdown that the pages share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MADE = "<!-- Made from the code by `make docs`; do not edit. -->"


def document(title: str, parts: Iterable[str]) -> str:
    """A page: its title, then its parts with a blank line between."""
    return "\n\n".join([MADE, f"# {title}", *(part.strip("\n") for part in parts if part)]) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a column that is empty in all rows is left out.

    Examples
    --------
    >>> print(table(("a", "b"), [("1 | 2", "")]))
    | a |
    |---|
    | 1 \\| 2 |
    """
    rows = [tuple(map(_cell, row)) for row in rows]
    kept = [place for place in range(len(header)) if any(row[place] for row in rows)]
    lines = [[header[place] for place in kept], *([row[place] for place in kept] for row in rows)]
    drawn = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([drawn[0], "|" + "---|" * len(kept), *drawn[1:]])


def code(text: object) -> str:
    """A name or value as code."""
    return f"`{text}`"


def sentence(text: str) -> str:
    """One line, with a full stop at its end."""
    line = " ".join(text.replace("``", "`").split())
    return line if not line or line[-1] in ".?!" else f"{line}."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
