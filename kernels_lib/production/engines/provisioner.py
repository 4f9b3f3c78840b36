"""Real kernels that start warm: forked from a template process that has imported what reports import.

A stock kernel spends two seconds on starting Python and importing pandas, plotly and the library,
the same for every client.  Here one template process a worker does that once and then forks; the
child becomes an ordinary ipykernel before any socket, thread or event loop exists, so a notebook
sees what it always sees.  Used through jupyter_client's provisioners, without papermill knowing.

Only where forking is safe (Linux): elsewhere kernels start as usual.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

NAME = "scorecard-warm"

# What reports import; the template imports it once.
PRELOAD = (
    "numpy",
    "pandas",
    "plotly.graph_objects",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "kernels_lib.analysis.exhibits",
    "kernels_lib.analysis.figures",
    "kernels_lib.analysis.findings",
    "kernels_lib.analysis.pieces",
    "kernels_lib.analysis.report",
    "kernels_lib.analysis.narrative",
    "kernels_lib.analysis.warm_up",
    "kernels_lib.study.opening",
)


def supported() -> bool:
    """Whether kernels can be forked safely here."""
    return sys.platform == "linux" and hasattr(os, "fork")


class ForkedProcess:
    """A forked kernel as jupyter_client expects a process; it is a child of the template, not ours."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdin = self.stdout = self.stderr = None

    def poll(self) -> int | None:
        """None while it runs; afterwards 0, because only the template knows the real code."""
        if self.returncode is None:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                self.returncode = 0
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            time.sleep(0.01)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Send a signal to a running kernel."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class Template:
    """The template process of this worker, started on first use."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kernels_lib.production.engines.provisioner", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        theirs.close()
        self._lines = ours.makefile("rw", encoding="utf-8")
        self._socket = ours
        atexit.register(self.close)

    @property
    def alive(self) -> bool:
        """Whether it can still fork."""
        return self._process.poll() is None

    def fork(self, arguments: list[str], environment: dict[str, str], folder: str) -> ForkedProcess:
        """A new kernel."""
        request = {"arguments": arguments, "environment": environment, "folder": folder}
        self._lines.write(json.dumps(request) + "\n")
        self._lines.flush()
        answer = self._lines.readline()
        if not answer:
            raise RuntimeError("the template of warm kernels ended; build with --engine stock")
        reply = json.loads(answer)
        if "error" in reply:
            raise RuntimeError(f"no warm kernel: {reply['error']}; build with --engine stock")
        return ForkedProcess(reply["pid"])

    def close(self) -> None:
        """End the template; kernels end with it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._process.terminate()


_template: Template | None = None


def template() -> Template:
    """This worker's template."""
    global _template
    if _template is None or not _template.alive:
        _template = Template()
    return _template


class WarmProvisioner(LocalProvisioner):
    """jupyter_client's local provisioner, with kernels forked instead of started."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork a Python kernel; any other kernel starts as usual."""
        if "ipykernel_launcher" not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        environment = dict(kwargs.get("env") or os.environ)
        self.process = template().fork(arguments, environment, kwargs.get("cwd") or str(Path.cwd()))
        self.pid = self.pgid = self.process.pid
        return self.connection_info


def _serve(descriptor: int) -> None:
    """The template: import, then fork a kernel for every line that arrives."""
    import importlib

    for name in PRELOAD:
        importlib.import_module(name)
    import gc

    gc.collect()
    gc.freeze()  # keeps the pages of what is imported shared between kernels
    # Ended kernels are reaped by the system.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    channel = socket.socket(fileno=descriptor)
    lines = channel.makefile("rw", encoding="utf-8")
    for line in lines:
        request = json.loads(line)
        threads = len(list(Path("/proc/self/task").iterdir()))
        if threads != 1:
            reply = {"error": f"the template has {threads} threads, and forking needs one"}
        else:
            pid = os.fork()
            if pid == 0:
                channel.close()
                _become_kernel(request)
            reply = {"pid": pid}
        lines.write(json.dumps(reply) + "\n")
        lines.flush()


def _become_kernel(request: dict[str, Any]) -> None:
    """In the child: an ordinary ipykernel, as its launcher would start it."""
    import random

    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    # Children of one template would otherwise draw the same numbers.
    random.seed()
    np.random.seed()
    sys.argv = ["ipykernel_launcher", *request["arguments"]]
    code = 1
    try:
        # Parallel kernels share no history file.
        app = IPKernelApp.instance()
        app.initialize([*request["arguments"], "--HistoryManager.enabled=False"])
        app.start()
        code = 0
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
