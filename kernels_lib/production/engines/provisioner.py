"""Real kernels that start warm: forked from a template process that has imported what reports import.

A stock kernel spends two seconds on starting Python and importing pandas, plotly and the library,
the same for every client.  Here the template (see `template`) forks, and the child becomes an
ordinary ipykernel before any socket, thread or event loop exists, so a notebook sees what it always
sees.  Used through jupyter_client's provisioners, without papermill knowing.

Only where forking is safe (Linux): elsewhere kernels start as usual.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from kernels_lib.production import limits
from kernels_lib.production.engines import PRELOAD, template
from kernels_lib.production.engines.template import Child, ForkRefused

NAME = "scorecard-warm"

POLL_S = 0.01


class ForkedProcess:
    """A forked kernel as jupyter_client expects a process; the template is its parent and reports its end."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self.pid = child.pid
        self.stdin = self.stdout = self.stderr = None

    @property
    def returncode(self) -> int | None:
        """Exit code, negative for a signal; None while it runs."""
        return self._child.poll()

    def poll(self) -> int | None:
        """As `returncode`."""
        return self._child.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""
        code = self._child.wait(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return code

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


class WarmProvisioner(LocalProvisioner):
    """jupyter_client's local provisioner, with kernels forked instead of started."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork a Python kernel; any other kernel starts as usual, and so does one that must not be forked."""
        if "ipykernel_launcher" not in cmd or not template.supported():
            return await super().launch_kernel(cmd, **kwargs)
        environment = dict(kwargs.get("env") or os.environ)
        try:
            child = template.shared(PRELOAD, environment).fork(
                f"{__name__}:become_kernel",
                cmd[cmd.index("ipykernel_launcher") + 1 :],
                environment=environment,
                folder=kwargs.get("cwd") or Path.cwd(),
            )
        except ForkRefused as error:
            self.log.warning("%s This kernel starts cold.", error)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = ForkedProcess(child)
        self.pid = self.pgid = child.pid  # its own session
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel's end; the parent's method looks ten times a second."""
        if isinstance(self.process, ForkedProcess):
            while self.process.poll() is None:
                await asyncio.sleep(POLL_S)
        return await super().wait()


def become_kernel(arguments: list[str]) -> None:
    """In a child: an ordinary ipykernel, as its launcher would start it; returns when it is shut down."""
    import ipykernel.ipkernel
    import ipykernel_launcher
    from ipykernel.kernelapp import IPKernelApp

    from kernels_lib.production.engines import shell

    if limits.apply_from_environment():
        from kernels_lib.production.engines.piped import through_files

        through_files()
    # The template's kernel has no sockets.
    shell.forget()
    ipykernel.ipkernel._comm_manager = None
    sys.argv = [ipykernel_launcher.__file__, *arguments]
    app = IPKernelApp.instance()
    # Parallel kernels share no history file.
    app.initialize([*arguments, "--HistoryManager.enabled=False"])
    app.start()
