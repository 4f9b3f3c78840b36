"""``scorecard check``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kernels_lib.cli.app import JsonOption, SetOption, StudyOption, app

if TYPE_CHECKING:
    from kernels_lib.production.checking import Checked

# Lines of a table on the terminal; --json has all.
MOST_SHOWN = 60


@app.command()
def check(
    dataset: Annotated[
        str, typer.Argument(metavar="DATASET", help="A folder in datasets/; the study's own by default.")
    ] = "",
    study: StudyOption = "",
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Validate data, parameters and notebooks without running anything; all problems at once.

    Example: scorecard check --study attitude
    """
    from kernels_lib.analysis.screening import screen
    from kernels_lib.paths import find_root
    from kernels_lib.production import checking

    found = checking.check(find_root(), dataset, study, tuple(set_ or ()), screen=screen)
    if as_json:
        typer.echo(json.dumps(found.as_object(), indent=1, ensure_ascii=False))
    else:
        _tell(found)
    raise typer.Exit(2 if found.errors else 0)


def _tell(found: Checked) -> None:
    from kernels_lib.cli.tables import table

    for line in _facts(found.summary):
        typer.echo(line)
    for title, problems in (("errors", found.errors), ("warnings", found.warnings)):
        if not problems:
            continue
        one = title.removesuffix("s")
        typer.echo(f"\n{len(problems)} {one if len(problems) == 1 else title}:")
        rows = [(one.where, one.value, one.wrong, one.mend) for one in problems[:MOST_SHOWN]]
        table(("where", "value", "what is wrong", "what to do"), rows)
        if len(problems) > MOST_SHOWN:
            typer.echo(f"... and {len(problems) - MOST_SHOWN} more; --json shows all.")
    typer.echo("")
    typer.echo(found.verdict)
    for line in found.next:
        typer.echo(f"Next: {line}")


def _facts(summary: dict[str, Any]) -> list[str]:
    lines = []
    for wave in summary.get("waves", []):
        criteria = _counted(wave["criteria"], "criterion", "criteria")
        raters = f", {_counted(wave['raters'], 'rater', 'raters')}" if wave["raters"] else ""
        industries = f", {_counted(wave['industries'], 'industry', 'industries')}" if wave["industries"] else ""
        lines.append(
            f"{summary['dataset']}, wave {wave['wave']}: {wave['units']} {summary['unit']}, {criteria}"
            f"{raters}{industries}; {_counted(wave['scores'], 'score', 'scores')}, {wave['missing']} missing"
            f" ({_percent(wave['coverage'])} covered)."
        )
        lines.append(f"At the lowest score: {_percent(wave['floor'])}; at the highest: {_percent(wave['ceiling'])}.")
        if agreement := wave.get("agreement"):
            known = [one["icc_single"] for one in agreement if one["icc_single"] is not None]
            if known:
                ends = dict.fromkeys((f"{min(known):.2f}", f"{max(known):.2f}"))
                lines.append(f"Agreement of single raters (ICC), by criterion: {' to '.join(ends)}.")
    return lines


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.0%}"
