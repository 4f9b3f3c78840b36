"""One preview: which report is looked at, what became of it, and who is told.

One thread makes; it takes whatever changed since it last looked, gives up what that makes out of date,
and keeps the last good documents where a build fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Condition, Event, Lock, Thread
from typing import Any

from kernels_lib.errors import ScorecardError
from kernels_lib.paths import shown
from kernels_lib.production.keys import LIBRARY
from kernels_lib.production.preview import watching
from kernels_lib.production.preview.workshop import GaveUp, Workshop

# A build that took longer than this had something to compute that the next ones may find done.
LONG_S = 2.0


class Desk:
    """The state of one preview.

    Parameters
    ----------
    root : Path
    study_name : str
    subject : str
        Key of a report, such as ``"client/brand-07"``.
    said : callable, optional
        Called with a line for the terminal.
    """

    def __init__(
        self, root: Path, study_name: str, subject: str, said: Callable[[str], None] = lambda line: None
    ) -> None:
        self.root, self.study_name = root, study_name
        self._said = said
        self._workshop = Workshop(root)
        self._own = watching.OwnWrites()
        self._writing = Lock()
        self._news = Condition()
        self._changed: list[Path] = []
        self._since = time.time()
        self._asked = self._renew = True
        self._rehearsed = False
        self._stop = Event()
        self._readers: list[SimpleQueue[dict[str, Any]]] = []
        self._state: dict[str, Any] = {
            "number": 0,
            "phase": "starting",
            "subject": subject,
            "errors": [],
            "notes": [],
            "failed_notebook": "",
            "documents": {},
            "folder": "",
            "headline": "",
            "changes": [],
            "because": [],
            "seconds": None,
            "saved_at": 0.0,
            "form": 0,
        }
        self._threads = [
            Thread(target=self._work, name="making", daemon=True),
            Thread(target=watching.watch, args=(root, self._stop, self._noticed), name="watching", daemon=True),
        ]

    def start(self) -> None:
        """Begin to make and to watch."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End everything; what was published stays."""
        self._stop.set()
        with self._news:
            self._news.notify_all()
        self._workshop.close()
        for thread in self._threads:
            thread.join(timeout=3)

    @property
    def state(self) -> dict[str, Any]:
        """As it is now."""
        with self._news:
            return dict(self._state)

    def events(self, every_s: float = 15) -> Any:
        """The state, now and whenever it changes; None where nothing happened for a while."""
        queue: SimpleQueue[dict[str, Any]] = SimpleQueue()
        with self._news:
            self._readers.append(queue)
            queue.put(dict(self._state))
        try:
            while not self._stop.is_set():
                try:
                    yield queue.get(timeout=every_s)
                except Empty:
                    yield None
        finally:
            with self._news:
                self._readers.remove(queue)

    def look_at(self, subject: str) -> None:
        """Show another report."""
        with self._news:
            if subject == self._state["subject"]:
                return
            self._tell(subject=subject, documents={}, folder="", errors=[], notes=[], headline="", changes=[])
            self._ask([])

    def form(self) -> dict[str, Any]:
        """The parameters of the report as a form, or what is wrong with the files."""
        return self._answered("describe", self._question())

    def write(self, layer: str, key: str, value: Any) -> dict[str, Any]:
        """Write one value, and make the report anew; ``{"error": ...}`` where it was refused."""
        with self._writing:
            saved_at = time.time()
            answer = self._answered("write", {**self._question(), "layer": layer, "key": key, "value": value})
            if "error" in answer:
                return answer
            path = self.root / answer["file"]
            self._own.note(path)
            if answer["changed"]:
                with self._news:
                    self._ask([path], saved_at)
        return answer

    def _answered(self, name: str, question: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._workshop.ask(name, question)
        except ScorecardError as error:
            return {"error": str(error), "errors": [str(error)], "form": None}

    def _question(self) -> dict[str, Any]:
        return {"root": str(self.root), "study": self.study_name, "subject": self.state["subject"]}

    def _noticed(self, paths: list[Path]) -> None:
        paths = self._own.others(paths)
        if not paths:
            return
        with self._news:
            self._renew = self._renew or any(map(watching.is_code, paths))
            self._ask(paths, _saved(paths))

    def _ask(self, paths: Iterable[Path], saved_at: float = 0.0) -> None:
        """Have a build made; called with the lock held."""
        if not self._asked:
            self._since = saved_at or time.time()
        self._changed += paths
        self._asked = True
        self._news.notify_all()

    def _tell(self, **what: Any) -> None:
        """Change the state and say so; called with the lock held."""
        self._state.update(what, number=self._state["number"] + 1)
        for queue in self._readers:
            queue.put(dict(self._state))

    def _work(self) -> None:
        while not self._stop.is_set():
            with self._news:
                self._news.wait_for(lambda: self._asked or self._stop.is_set())
                if self._stop.is_set():
                    return
                paths, self._changed, self._asked = self._changed, [], False
                renew, self._renew = self._renew, False
                since = self._since
                because = list(dict.fromkeys(_named(path, self.root) for path in paths))
                self._tell(phase="starting" if renew else "building", because=because)
            try:
                if renew or not self._workshop.running:
                    self._rehearsed = False
                    self._workshop.start()
                self._make(since, because)
            except GaveUp:
                continue
            except ScorecardError as error:
                self._failed(str(error), since)
            if self._stop.is_set():
                return

    def _make(self, since: float, because: list[str]) -> None:
        question = self._question()
        started = time.time()
        shown_already: list[bool] = []

        def tell(result: dict[str, Any]) -> None:
            shown_already.append(True)
            self._show(result, since, started, because)

        result = self._workshop.ask("make", question, told=tell, outdated=lambda: self._asked or self._stop.is_set())
        if not shown_already:
            self._show(result, since, started, because)
        if time.time() - started > LONG_S or not self._rehearsed:
            self._rehearsed = True
            with suppress(ScorecardError):
                self._workshop.rehearse(question)

    def _show(self, result: dict[str, Any], since: float, started: float, because: list[str]) -> None:
        seconds = time.time() - started
        with self._news:
            failed = bool(result["errors"])
            # A report that failed leaves the documents of the build before where they are.
            kept = {"documents": self._state["documents"], "folder": self._state["folder"]} if failed else {}
            self._tell(
                **{**{name: result[name] for name in result if name in self._state}, **kept},
                phase="ready",
                seconds=round(seconds, 3),
                saved_at=since,
                form=self._state["form"] + 1,
            )
            subject = self._state["subject"]
        why = f" ({', '.join(because)})" if because else ""
        if failed:
            self._said("\n".join(f"Error: {error}" for error in result["errors"]))
        elif result["made"]:
            self._said(f"built  {subject.rstrip('/').replace('/', ' ')} in {seconds:.2f} s{why}")

    def _failed(self, message: str, since: float) -> None:
        if self._stop.is_set():
            return
        with self._news:
            self._tell(phase="ready", errors=[message], saved_at=since, form=self._state["form"] + 1)
        self._said(f"Error: {message}")


def _saved(paths: Iterable[Path]) -> float:
    """When the last of the files was saved; now, where none is there any more."""
    times = []
    for path in paths:
        with suppress(OSError):
            times.append(path.stat().st_mtime)
    return max(times, default=time.time())


def _named(path: Path, root: Path) -> str:
    return shown(path, LIBRARY.parent) if watching.is_code(path) else shown(path, root)
