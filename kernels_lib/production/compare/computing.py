"""Results of a report under other parameters or another wave, computed in a warm process; nothing is published."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any

from kernels_lib.errors import ScorecardError
from kernels_lib.production import build
from kernels_lib.production.alike import project_like
from kernels_lib.production.preview.workshop import Workshop

ASK = f"{__name__}:results_of"


@dataclass(frozen=True)
class Variant:
    """One report under a wave and overrides."""

    key: str
    wave: str = ""
    overrides: tuple[str, ...] = ()


class Computer:
    """Computes reports of one study; equal ones once.

    Parameters
    ----------
    root : Path
    study_name : str
    told : callable, optional
        Called after each report with how many are done and how many there are in all.
    """

    def __init__(self, root: Path, study_name: str, told: Callable[[int, int], None] = lambda done, all_: None) -> None:
        self._root, self._study = root, study_name
        self._told = told
        self._workshop: Workshop | None = None
        self._known: dict[Variant, dict[str, Any]] = {}
        self._stack = ExitStack()
        self._lock = Lock()

    def __enter__(self) -> Computer:
        return self

    def __exit__(self, *_: object) -> None:
        if self._workshop is not None:
            self._workshop.close()
        self._stack.close()

    def compute(self, variants: Iterable[Variant]) -> list[dict[str, Any]]:
        """The results of each.

        Raises
        ------
        ScorecardError
            If one cannot be computed, with what a build would say.
        """
        asked = list(variants)
        new = [variant for variant in dict.fromkeys(asked) if variant not in self._known]
        if new:
            self._start()
            done, stop = 0, Event()

            def one(variant: Variant) -> dict[str, Any]:
                nonlocal done
                found = self._one(variant, stop)
                with self._lock:
                    done += 1
                    self._told(done, len(new))
                return found

            self._told(0, len(new))
            with ThreadPoolExecutor(max(1, min(os.cpu_count() or 1, len(new)))) as pool:
                try:
                    self._known |= dict(zip(new, pool.map(one, new), strict=True))
                except BaseException:
                    stop.set()
                    raise
        return [self._known[variant] for variant in asked]

    def _start(self) -> None:
        if self._workshop is None:
            self._workshop = Workshop(self._root)
            self._workshop.start()

    def _one(self, variant: Variant, stop: Event) -> dict[str, Any]:
        assert self._workshop is not None
        with project_like(self._root) as folder:
            question = {
                "root": str(folder),
                "study": self._study,
                "key": variant.key,
                "wave": variant.wave,
                "overrides": list(variant.overrides),
            }
            answer = self._workshop.ask(ASK, question, outdated=stop.is_set)
        if "error" in answer:
            raise ScorecardError(answer["error"])
        return answer["results"]


def results_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """In a child: build one report in a project like this one, and hand over its results."""
    gc.disable()
    request = build.Request(
        root=Path(asked["root"]),
        study_name=asked["study"],
        only=asked["key"],
        wave=asked["wave"],
        overrides=tuple(asked["overrides"]),
        formats=("html",),
    )
    try:
        planned = build.plan(request)
        summary = build.run_here(planned)
    except ScorecardError as error:
        return {"error": str(error)}
    if summary.failed:
        return {"error": summary.failed[0].error}
    return {"results": json.loads(planned.jobs[0].results_file.read_text(encoding="utf-8"))}
