"""A table on the terminal; plain lines where the output is no terminal."""

from __future__ import annotations

from collections.abc import Sequence

import typer


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, err: bool = False) -> None:
    """Print rows in columns: drawn on a terminal, in blanks elsewhere."""
    import sys

    if (sys.stderr if err else sys.stdout).isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        drawn = Table(*header, box=None, pad_edge=False)
        for row in rows:
            # Text, not markup: a cell of the data may hold brackets.
            drawn.add_row(*(Text(cell) for cell in row))
        Console(stderr=err).print(drawn)
        return
    widths = [max(len(str(cell)) for cell in column) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        line = "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo(line.rstrip(), err=err)
