"""The warm process of a preview: it imports once, and a child of it answers each question.

Where processes cannot be forked safely, one ordinary process answers them all, warm as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Lock
from typing import Any

from kernels_lib.errors import ScorecardError
from kernels_lib.production import engines
from kernels_lib.production.engines import COMPILE, PUBLISHING, RUNNING_NEEDS, template

MAKING = "kernels_lib.production.preview.making"
# How soon a child notices that what it makes is out of date.
LOOK_S = 0.02


class GaveUp(Exception):
    """What was asked for is out of date."""


class Workshop:
    """A warm process for one project.

    Parameters
    ----------
    root : Path
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._template: template.Template | None = None
        self._pool: ProcessPoolExecutor | None = None
        self._open = Event()
        self._lock = Lock()
        self._closed = self._broken = False

    def start(self) -> None:
        """Import everything, from the files as they are now; whatever ran before is ended.

        Raises
        ------
        TemplateFailed
            If the code cannot be imported.
        """
        with self._lock:
            self._open.clear()
            self._broken = False
            self._end()
            if self._closed:
                raise ScorecardError("the preview has ended.")
            if template.supported():
                environment = engines.kernel_environment(self._root)
                self._template = template.Template(
                    (*RUNNING_NEEDS, *PUBLISHING, MAKING), environment, prepare=(COMPILE,)
                )
            else:
                self._pool = ProcessPoolExecutor(1, get_context("spawn"))
        # Without the lock: whoever closes it need not wait until everything is imported.
        started = self._template
        if started is not None:
            try:
                started.run(f"{MAKING}:settle", {"root": str(self._root)})
            except template.TemplateFailed:
                started.close()
                self._template, self._broken = None, True
                raise
        self._open.set()

    @property
    def running(self) -> bool:
        """Whether it has started and can answer."""
        return self._open.is_set()

    def rehearse(self, asked: Mapping[str, Any]) -> None:
        """Have what every build of a report begins with, and the findings that reports share, at hand in each child."""
        if self._template is not None:
            self._template.run(f"{MAKING}:warm", asked)
        kind, _, slug = asked["subject"].partition("/")
        if self._template is not None and kind == "client":
            parameters = {"study_name": asked["study"], "client": slug, "wave": "", "overrides": ""}
            self._template.run("kernels_lib.production.tasks:rehearse", {**parameters, "changing": True})

    def ask(
        self,
        name: str,
        asked: Mapping[str, Any],
        *,
        told: Callable[[Any], None] = lambda value: None,
        outdated: Callable[[], bool] = lambda: False,
    ) -> Any:
        """What a function answers.

        Parameters
        ----------
        name : str
            In `making`, or anywhere as "module:name".
        asked : mapping
            A JSON value.
        told : callable
            Called with what the child reports before it has finished.
        outdated : callable
            Asked again and again; the child is ended once it is true.

        Raises
        ------
        GaveUp
            If it was ended.
        ScorecardError
            If the warm process cannot start, died, or something is wrong with the toolkit.
        """
        while not self._open.wait(0.1):
            if self._broken:
                raise ScorecardError(
                    "the toolkit cannot be imported.", remedy="Mend its code; the preview goes on then."
                )
        current = self._template
        if current is not None:
            return self._from_child(current.fork(_full(name), asked), told, outdated)
        if self._pool is None:
            raise ScorecardError("the preview has ended.")
        return _from_pool(self._pool.submit(_call, name, dict(asked)), outdated)

    def close(self) -> None:
        """End it and all that it makes; it does not start again."""
        with self._lock:
            self._closed = True
            self._end()
            self._open.set()

    def _end(self) -> None:
        if self._template is not None:
            self._template.close()
            self._template = None
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _from_child(self, child: template.Child, told: Callable[[Any], None], outdated: Callable[[], bool]) -> Any:
        while True:
            if outdated():
                child.kill()
                raise GaveUp
            try:
                for value in child.reports(until=time.monotonic() + LOOK_S):
                    told(value)
                return child.result()
            except TimeoutError:
                continue
            except template.ChildRaised as raised:
                raise ScorecardError(
                    f"{raised.traceback}This is a fault of the toolkit, not of your input."
                ) from raised


def _from_pool(future: Future[Any], outdated: Callable[[], bool]) -> Any:
    while True:
        try:
            return future.result(LOOK_S)
        except NotYet:
            if outdated() and future.cancel():
                raise GaveUp from None
        except BrokenProcessPool as broken:
            raise ScorecardError("the process that makes the report died.") from broken


def _full(name: str) -> str:
    return name if ":" in name else f"{MAKING}:{name}"


def _call(name: str, asked: dict[str, Any]) -> Any:
    module, _, function = _full(name).partition(":")
    return getattr(import_module(module), function)(asked)
