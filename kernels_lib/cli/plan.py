"""``scorecard plan``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from kernels_lib.cli.app import JsonOption, StudyOption, app


@app.command()
def plan(
    effect: Annotated[
        float | None, typer.Option("--effect", metavar="POINTS", help="True difference to be found.")
    ] = None,
    power: Annotated[
        float, typer.Option("--power", metavar="SHARE", help="Probability of finding it, such as 0.8.")
    ] = 0.8,
    study: StudyOption = "",
    alpha: Annotated[
        float | None, typer.Option("--alpha", metavar="SHARE", help="Error rate of the family; the study's by default.")
    ] = None,
    comparisons: Annotated[
        int | None,
        typer.Option("--comparisons", metavar="N", help="Tests in the family; all pairs of criteria by default."),
    ] = None,
    raters: Annotated[
        str, typer.Option("--raters", metavar="1,2,3", help="Raters of each brand; more than 1 need --icc.")
    ] = "",
    icc: Annotated[
        float | None,
        typer.Option(
            "--icc",
            metavar="SHARE",
            help="Agreement of single raters, ICC(A,1), such as 0.6; from the data where they have raters.",
        ),
    ] = None,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Freeze parameters, instrument and tests; reports then quote them.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="With --freeze: in place of a plan frozen before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say how many brands, and raters, a new study needs to find an effect; or freeze its analysis plan.

    Example: scorecard plan --effect 0.5 --power 0.8
    """
    if freeze:
        _freeze(study, again, as_json)
        return
    if effect is None:
        from kernels_lib.errors import BadParameters

        raise BadParameters("no effect.", where="--effect", remedy="Give it in points, or --freeze a plan.")
    from dataclasses import asdict

    from kernels_lib.analysis import planning
    from kernels_lib.study.opening import open_study
    from kernels_lib.study.results import Basis

    opened = open_study(study)
    scale = opened.instrument.scale
    raters_now, agreement = planning.raters_in(opened.ratings, opened.counts)
    icc = agreement if icc is None else icc
    planned = planning.plan(
        opened.scores,
        effect=effect,
        power=power,
        alpha=opened.parameters.alpha if alpha is None else alpha,
        floor=scale.floor,
        top=scale.top,
        step=scale.step,
        comparisons=comparisons,
        raters=planning.read_raters(raters, icc, raters_now),
        icc=icc,
        raters_now=raters_now,
        rng=opened.rng("plan"),
    )
    unit = opened.instrument.unit
    if as_json:
        why = [planning.why_they_differ(answer, unit.many) for answer in planned.typical]
        facts = {"planned_on": opened.basis.value, "dataset": opened.roster.dataset.name, **asdict(planned), "why": why}
        typer.echo(json.dumps(facts, indent=1, ensure_ascii=False))
        return
    if opened.basis is not Basis.MEASURED:
        typer.echo(f"Planned on {opened.basis.value} scores. {opened.notice}\n", err=True)
    names = {criterion.id: criterion.short for criterion in opened.instrument.criteria}
    typer.echo(planning.in_words(planned, names=names, one=unit.one, many=unit.many))


def _freeze(study: str, again: bool, as_json: bool) -> None:
    import datetime as dt

    from kernels_lib.analysis.frozen import freeze_now
    from kernels_lib.paths import shown
    from kernels_lib.study.freezing import lock_file
    from kernels_lib.study.opening import open_study

    opened = open_study(study)
    made = freeze_now(opened, dt.date.today(), again=again)
    where = shown(lock_file(opened.root, study), opened.root)
    if as_json:
        facts = {"frozen": made.date.isoformat(), "digest": made.digest, "file": where}
        typer.echo(json.dumps(facts, indent=1, ensure_ascii=False))
        return
    typer.echo(f"Frozen on {made.date}: {made.digest[:12]}, in {where}. Keep it in version control; reports quote it.")
