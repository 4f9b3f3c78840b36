"""``scorecard params``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from kernels_lib.cli.app import JsonOption, SetOption, StudyOption, app


@app.command()
def params(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="A client, as in build/site/clients.")],
    study: StudyOption = "",
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a client's effective parameters, and the file and line each came from.

    Example: scorecard params brand-07
    """
    from kernels_lib.paths import find_root
    from kernels_lib.study.params import parse_overrides
    from kernels_lib.study.roster import read_roster

    pairs = tuple(pair for text in set_ or () for pair in parse_overrides(text))
    roster = read_roster(find_root(), study, overrides=pairs)
    effective = roster.parameters(client=roster.client(client), overrides=pairs)
    values = effective.values.model_dump(mode="json")
    rows = {key: {"value": value, "origin": str(effective.origin(key))} for key, value in values.items()}
    if as_json:
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    width = max(map(len, rows))
    for key, row in rows.items():
        typer.echo(f"{key.ljust(width)}  {json.dumps(row['value'], ensure_ascii=False)}  # {row['origin']}")
