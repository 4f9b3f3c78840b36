"""``scorecard doctor``."""

from __future__ import annotations

import json

import typer

from kernels_lib.cli.app import JsonOption, app


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Say what is installed, what is missing, and what that switches off.

    Example: scorecard doctor
    """
    from kernels_lib.paths import find_root
    from kernels_lib.production.doctor import diagnose, healthy

    findings = diagnose(find_root())
    well = healthy(findings)
    if as_json:
        found = {"ok": well, "findings": [finding.as_json() for finding in findings]}
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
        raise typer.Exit(0 if well else 1)
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        typer.echo(f"{finding.state.ljust(7)}  {finding.what.ljust(width)}  {finding.found}")
        pad = " " * (width + 11)
        if finding.disables:
            typer.echo(f"{pad}Switched off: {finding.disables}.")
        if finding.remedy:
            typer.echo(f"{pad}{finding.remedy}")
    lacking = sum(finding.state == "missing" for finding in findings)
    if not well:
        typer.echo("Mend what is broken first.")
    else:
        optional = "1 optional thing is" if lacking == 1 else f"{lacking} optional things are"
        typer.echo("Reports can be made." + (f" {optional} missing." if lacking else ""))
    raise typer.Exit(0 if well else 1)
