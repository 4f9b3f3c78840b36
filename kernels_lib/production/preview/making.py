"""What a child of the warm process does for the preview: each function takes and gives JSON.

All run in a process of their own that was forked for one question, so what they read is read anew and
a notebook may leave anything behind.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kernels_lib.errors import ScorecardError
from kernels_lib.production import build
from kernels_lib.production.engines import template
from kernels_lib.production.jobs import FOLDERS, Outcome
from kernels_lib.production.preview import form, writing
from kernels_lib.production.publish import render_index
from kernels_lib.study.yamlfile import parse_yaml


def request_of(asked: Mapping[str, Any], root: Path | None = None) -> build.Request:
    """What a build of the previewed report asks for."""
    return build.Request(root=root or Path(asked["root"]), study_name=asked["study"], only=asked["subject"])


def make(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Build one report; what became of it is reported before the index is written.

    Returns
    -------
    dict
        ``errors``: as the command line says them; ``failed_notebook``; ``notes``; ``made``; ``documents``: digest
        of each file, by its name; ``folder``: of the documents in the site.
    """
    # This process ends with its answer: looking for what it could throw away takes a twentieth of its time.
    gc.disable()
    told: dict[str, Any] = {}

    def tell(outcome: Outcome) -> None:
        told.update(_told(outcome, planned.warnings))
        if template.in_child():
            template.report(told)

    try:
        planned = build.plan(request_of(asked))
        build.run_here(planned, published=tell)
    except ScorecardError as error:
        return {"errors": [str(error)], "notes": [], "failed_notebook": "", "documents": {}, "made": []}
    return told


def _told(outcome: Outcome, warnings: tuple[str, ...]) -> dict[str, Any]:
    job = outcome.job
    return {
        "errors": [] if outcome.ok else [outcome.error],
        "failed_notebook": outcome.failed_notebook,
        "notes": [*warnings, *outcome.warnings],
        "made": list(outcome.made),
        "documents": {name: entry["sha256"] for name, entry in outcome.files.items()},
        "folder": "/".join(filter(None, (FOLDERS[job.kind], job.slug))),
        "headline": outcome.headline,
        "changes": list(outcome.changes or ()),
    }


def describe(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the previewed report as a form; what is wrong with the files where they cannot be read."""
    try:
        return {"form": form.of_report(Path(asked["root"]), asked["study"], asked["subject"]), "errors": []}
    except ScorecardError as error:
        return {"form": None, "errors": [str(error)]}


def write(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Write one value into a YAML file, or say why not: ``{"file", "line", "note"}`` or ``{"error"}``."""
    try:
        return writing.write(
            Path(asked["root"]), asked["study"], asked["subject"], asked["layer"], asked["key"], asked["value"]
        )
    except ScorecardError as error:
        return {"error": str(error)}


def settle(asked: Mapping[str, Any]) -> None:
    """In the template: go to the project's folder, and remove what builds that were killed left."""
    from kernels_lib.production.workers import sweep

    os.chdir(asked["root"])
    sweep(Path(asked["root"]) / "build" / "work")


def warm(asked: Mapping[str, Any]) -> None:
    """In the template: go through what every build of this report begins with, so that its children find it done.

    All that is kept by this is kept under what was read, or is of the code, and another code is another template.
    """
    # The parser of the file that will have changed.
    parse_yaml("a: 1", "")
    render_index("", [])
    with suppress(ScorecardError):
        build.rehearse(build.plan(request_of(asked)))
