"""The comparison as one HTML page: offline, in the house's look, for the research team."""

from __future__ import annotations

import shutil
from pathlib import Path

from kernels_lib.production.compare.comparing import Comparison, ReportCompared
from kernels_lib.production.compare.sides import file_label
from kernels_lib.production.moving import replace, workplace
from kernels_lib.production.publish import assets

KINDS = {"study": "Study", "methods": "Methods", "industry": "Industry", "client": "Client"}
MARKS = {"weaker": "◇ ", "stronger": "✓ ", "other": ""}


def render(compared: Comparison) -> str:
    """The page."""
    different = compared.different
    return (
        assets.environment()
        .from_string((Path(__file__).parent / "page.html.j2").read_text(encoding="utf-8"))
        .render(
            headline=headline(compared),
            title=compared.title,
            notice=compared.notice,
            first=compared.first.label,
            second=compared.second.label,
            reports=different,
            same=[report.name for report in compared.reports if report not in different],
            missing=compared.missing,
            kinds=KINDS,
            marks=MARKS,
            counted=counted,
            style=assets.style("report.css", "index.css", modes=True),
            policy=assets.policy(()),
        )
    )


def headline(compared: Comparison) -> str:
    """What the comparison found, in one sentence."""
    flipped = sum(len(report.conclusions) for report in compared.reports)
    moved = sum(len(report.numbers) for report in compared.reports)
    if not compared.different:
        return "Nothing is different."
    flips = "No conclusion flipped" if not flipped else f"{flipped} conclusion{'s' * (flipped > 1)} flipped"
    moves = "no number moved" if not moved else f"{moved} number{'s' * (moved > 1)} moved"
    return f"{flips}, {moves}."


def counted(report: ReportCompared) -> str:
    """How much is different in one report."""
    flipped, moved = len(report.conclusions), len(report.numbers)
    parts = [f"{flipped} flipped" if flipped else "", f"{moved} moved" if moved else ""]
    return ", ".join(filter(None, parts)) or "stated by one side only"


def write(root: Path, compared: Comparison) -> Path:
    """Write the page into ``build/compare``, named after its sides, and say where it is."""
    name = f"{file_label(compared.first)}--{file_label(compared.second)}.html"
    target = root / "build" / "compare" / name
    work = workplace(root / "build")
    try:
        replace(target, render(compared).encode("utf-8"), work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target
