"""``scorecard check``."""

from __future__ import annotations

import json

import typer

from kernels_lib.cli.app import JsonOption, SetOption, StudyOption, app


@app.command()
def check(study: StudyOption = "", set_: SetOption = None, as_json: JsonOption = False) -> None:
    """Validate data, parameters and notebooks without running anything.

    Example: scorecard check --study attitude
    """
    from kernels_lib.paths import find_root
    from kernels_lib.production import build as production

    request = production.Request(root=find_root(), study_name=study, overrides=tuple(set_ or ()))
    planned = production.plan(request, thorough=True)
    roster = planned.roster
    facts = {
        "dataset": roster.dataset.name,
        "wave": roster.dataset.wave,
        "units": len(roster.scores.units),
        "criteria": len(roster.instrument.criteria),
        "industries": len(roster.industries),
        "clients": len(roster.clients),
        "missing_scores": sum(score is None for row in roster.scores.values for score in row),
        "reports": len(planned.jobs),
        "warnings": list(planned.warnings),
    }
    if as_json:
        typer.echo(json.dumps({"ok": True, **facts}, indent=1, ensure_ascii=False))
        return
    for warning in planned.warnings:
        typer.echo(f"Note: {warning}", err=True)
    typer.echo(
        f"{facts['dataset']}, wave {facts['wave']}: {facts['units']} {roster.instrument.unit.many}, "
        f"{facts['criteria']} criteria, {facts['industries']} industries, {facts['missing_scores']} missing scores. "
        f"All parameters and notebooks are well; `scorecard build` would make {facts['reports']} reports."
    )
