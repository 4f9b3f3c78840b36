"""What forked workers print, in a real kernel that has no network.

ipykernel's workers send what they print to the kernel through a port of this machine.  Where a notebook
may not use the network there are no ports either, and their lines would be lost; so they go through a
socket of the file system, as all else that a kernel says here does.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread
from zmq.eventloop.zmqstream import ZMQStream


def through_files() -> None:
    """Let every kernel of this process that starts from now on listen on a socket of the file system."""
    IOPubThread._setup_pipe_in = _listen
    IOPubThread._setup_pipe_out = _speak


def through_files_from_now_on(kernel: Any) -> None:
    """Let a kernel that runs already do so.

    Parameters
    ----------
    kernel : IPythonKernel
        One with sockets.
    """
    through_files()
    thread = kernel.iopub_thread
    if thread._pipe_flag:
        thread.schedule(thread._setup_pipe_in)


def _address(thread: IOPubThread) -> str:
    return f"ipc://{Path(os.environ['JUPYTER_RUNTIME_DIR']) / f'workers-{thread._master_pid}'}"


def _listen(self: IOPubThread) -> None:
    pipe = self.socket.context.socket(zmq.PULL)
    pipe.linger = 0
    pipe.bind(_address(self))
    # Whoever knows it may speak: a message of anybody else is told and dropped.
    self._pipe_uuid = os.urandom(16)
    self._pipe_in = ZMQStream(pipe, self.io_loop)
    self._pipe_in.on_recv(self._handle_pipe_msg)


def _speak(self: IOPubThread) -> tuple[zmq.Context, zmq.Socket]:
    context = zmq.Context()  # a forked process cannot use its parent's
    pipe = context.socket(zmq.PUSH)
    pipe.linger = 3000  # ms
    pipe.connect(_address(self))
    return context, pipe
