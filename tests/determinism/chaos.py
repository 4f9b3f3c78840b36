"""Builds killed at random: a program of its own, because it forks.

    python -m tests.determinism.chaos PROJECT KILLS SEED

A build that changes every client's documents is killed (SIGKILL) at a file operation drawn at
random: opening, making, linking, renaming or removing.  After each kill every client's folder must be,
byte for byte, the old one or the new one; then the next build has to complete.  One line of JSON says
what was tried.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kernels_lib.production import build, engines, tasks
from kernels_lib.production.engines import RUNNING_NEEDS, shell

CLIENTS = ("brand-07", "brand-08", "brand-24")
# What changes from build to build: a colour makes documents anew, an error rate runs the notebooks again.
LOOKS, NUMBERS = ("#123456", "#654321"), ("0.05", "0.01")
OPERATIONS = ("open", "os.rename", "os.mkdir", "os.link", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree")


class Chaos:
    """One project, built again and again in processes that die."""

    def __init__(self, project: Path, seed: int) -> None:
        self.project, self.random = project, random.Random(seed)
        self.tally: Counter[str] = Counter()

    def versions(self) -> Iterator[tuple[tuple[str, str], ...]]:
        """Overrides of one build after the other; one in five changes numbers too."""
        look = number = 0
        while True:
            look = 1 - look
            number = 1 - number if self.random.random() < 0.2 else number
            yield (("alpha", NUMBERS[number]), ("colours.primary", LOOKS[look]))

    def build(self, overrides: Sequence[tuple[str, str]], *, die_at: int = 0) -> int:
        """Build in a forked process; it kills itself at its n-th file operation.  Returns how many it did."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self._be_the_build(overrides, die_at, writer)
            finally:  # whatever happens, this is no second test
                traceback.print_exc()
                os._exit(1)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            return 0
        told = json.loads(said)
        assert not told["failed"], told["failed"]
        return told["operations"]

    def _be_the_build(self, overrides: Sequence[tuple[str, str]], die_at: int, writer: int) -> None:
        count = 0

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal count
            if event in OPERATIONS and str(arguments[0] if arguments else "").startswith(str(self.project)):
                count += 1
                if count == die_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        request = build.Request(
            root=self.project, clients=CLIENTS, overrides=tuple(f"{key}={value}" for key, value in overrides)
        )
        planned = build.plan(request)
        sys.addaudithook(hook)
        summary = build.run(planned)
        failed = [outcome.error for outcome in summary.failed]
        os.write(writer, json.dumps({"failed": failed, "operations": count}).encode())
        os._exit(0)

    def folders(self) -> dict[str, dict[str, bytes]]:
        """Every client's folder as it is."""
        clients = self.project / "build/site/clients"
        return {
            folder.name: {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
            for folder in sorted(clients.iterdir())
        }

    def run(self, kills: int) -> dict[str, Any]:
        """Kill so many builds."""
        versions = self.versions()
        wanted = next(versions)
        operations = self.build(wanted)
        now = self.folders()
        known = {wanted: now}
        while self.tally["kills"] < kills:
            before, wanted = now, next(versions)
            # A build that dies late enough has done everything: drawn a little beyond its end on purpose.
            self.build(wanted, die_at=self.random.randint(1, operations + operations // 20))
            found = self.folders()
            self.build(wanted)
            now = self.folders()
            assert now == known.setdefault(wanted, now), "the same inputs gave other bytes"
            self._judge(before, found, now)
        return {**self.tally, "operations": operations}

    def _judge(self, before: Any, found: Any, after: Any) -> None:
        self.tally["kills"] += 1
        assert found.keys() == after.keys()
        for client, folder in found.items():
            state = "old" if folder == before[client] else "new" if folder == after[client] else ""
            assert state, f"{client} is neither the old one nor the new one: {sorted(folder)}"
            self.tally[state] += 1
            self.tally["bytes compared"] += sum(map(len, folder.values()))
        if len({folder == after[client] for client, folder in found.items()}) == 2:
            self.tally["between clients"] += 1
        left = [path.name for path in (self.project / "build/work").iterdir()]
        assert not left, left


def _in_this_process(request: Any, todo: Sequence[Any], units: Any, crew: Any, jobs: int) -> Iterator[Any]:
    tasks.remember_units(units)
    return map(tasks.perform, todo)


def main(project: str, kills: str, seed: str) -> None:
    """Import everything once, then kill."""
    os.environ.update(engines.kernel_environment(Path(project)))
    import importlib

    with shell.importing():
        for module in RUNNING_NEEDS:
            importlib.import_module(module)
    tasks.get_ready({"assets": "inline"})
    build._worked = _in_this_process  # the files are moved by the same code in a process of its own
    print(json.dumps(Chaos(Path(project).resolve(), int(seed)).run(int(kills))))


if __name__ == "__main__":
    main(*sys.argv[1:])
