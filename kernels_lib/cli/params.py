"""``scorecard params``."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kernels_lib.cli import completing
from kernels_lib.cli.app import JsonOption, SetOption, StudyOption, app

if TYPE_CHECKING:
    from kernels_lib.study.effective import Row


@app.command()
def params(
    client: Annotated[
        str,
        typer.Argument(metavar="CLIENT", help="A client, as in build/site/clients.", autocompletion=completing.clients),
    ],
    diff: Annotated[
        str,
        typer.Option(
            "--diff",
            metavar="OTHER",
            help="Only what differs from another client, both values.",
            autocompletion=completing.clients,
        ),
    ] = "",
    study: StudyOption = "",
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a client's effective parameters, and the file and line each came from.

    Example: scorecard params brand-07 --diff brand-19
    """
    from kernels_lib.paths import find_root
    from kernels_lib.study.effective import differences, rows
    from kernels_lib.study.params import parse_overrides
    from kernels_lib.study.roster import read_roster

    pairs = tuple(pair for text in set_ or () for pair in parse_overrides(text))
    roster = read_roster(find_root(), study, overrides=pairs)
    effective = roster.parameters(client=roster.client(client), overrides=pairs)
    if diff:
        other = roster.parameters(client=roster.client(diff), overrides=pairs)
        found = differences(effective, other)
        if as_json:
            plain = {one.key: {client: _plain(one.first), diff: _plain(one.second)} for one in found}
            typer.echo(json.dumps(plain, indent=1, ensure_ascii=False))
            return
        width = max(len(client), len(diff))
        for one in found:
            typer.echo(one.key)
            for name, row in ((client, one.first), (diff, one.second)):
                typer.echo(f"  {name.ljust(width)}  {_said(row)}")
        if not found:
            typer.echo(f"'{client}' and '{diff}' have the same parameters.")
        return
    shown = rows(effective)
    if as_json:
        typer.echo(json.dumps({row.key: row.as_json() for row in shown}, indent=1, ensure_ascii=False))
        return
    width = max(len(row.key) for row in shown)
    for row in shown:
        _line(f"{row.key.ljust(width)}  {_said(row)}", dim=row.default)


def _plain(row: Row | None) -> dict[str, Any] | None:
    return None if row is None else row.as_json()


def _said(row: Row | None) -> str:
    return "not set" if row is None else f"{json.dumps(row.value, ensure_ascii=False)}  # {row.origin}"


def _line(text: str, *, dim: bool) -> None:
    """A line, dimmed on a terminal that shows colours; NO_COLOR is respected."""
    from rich.console import Console

    # rich takes NO_COLOR for colours only; whoever asks for none wants plain text.
    style = "dim" if dim and not os.environ.get("NO_COLOR") else None
    Console(soft_wrap=True, highlight=False, markup=False, emoji=False).print(text, style=style)
