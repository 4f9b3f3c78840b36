"""A Dask cluster on this machine, started with the two commands that the README names."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


@dataclass
class Cluster:
    """A scheduler and its workers, all on the loopback."""

    address: str
    folder: Path
    processes: list[subprocess.Popen] = field(default_factory=list)

    def start(self, *command: str, **environment: str) -> subprocess.Popen:
        with (self.folder / f"{len(self.processes)}.log").open("w") as log:
            process = subprocess.Popen(
                [str(BIN / "dask"), *command],
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                cwd=self.folder,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def workers(self, count: int, **environment: str) -> subprocess.Popen:
        """Start worker processes, and wait until the scheduler knows them."""
        from distributed import Client

        with Client(self.address, timeout="60s", set_as_default=False) as client:
            before = len(client.scheduler_info(n_workers=-1)["workers"])
            started = self.start(
                "worker", self.address, "--nworkers", str(count), "--nthreads", "1", "--no-dashboard", **environment
            )
            client.wait_for_workers(before + count, timeout=60)
        return started

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def started(folder: Path) -> Iterator[Cluster]:
    """A scheduler; its workers are started by whoever needs them, and all end here."""
    own = Path(tempfile.mkdtemp(prefix="cluster-", dir=folder))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Cluster(f"tcp://127.0.0.1:{port}", own)
    try:
        scheduler = made.start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        deadline = time.monotonic() + 60
        while not _listens(port):
            assert scheduler.poll() is None and time.monotonic() < deadline, (own / "0.log").read_text()
            time.sleep(0.05)
        yield made
    finally:
        made.stop()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def cluster(tmp_path) -> Iterator[Cluster]:
    """A scheduler; its workers are started by the test."""
    with started(tmp_path) as made:
        yield made
