"""The command ``scorecard``: words in, calls out.  No rule lives here.

One module a verb.  Every room is imported inside the verb that needs it, so that help is instant.
"""

from __future__ import annotations

import signal
import sys

import typer

from kernels_lib.cli import (
    audit,
    build,
    check,
    compare,
    deliver,
    doctor,
    importing,
    lab,
    new,
    params,
    plan,
    preview,
    verify,
)
from kernels_lib.cli.app import app
from kernels_lib.errors import INTERRUPTED, INTERRUPTED_SAID, ScorecardError

__all__ = [
    "app",
    "audit",
    "build",
    "check",
    "compare",
    "deliver",
    "doctor",
    "importing",
    "lab",
    "main",
    "new",
    "params",
    "plan",
    "preview",
    "verify",
]


def main() -> None:
    """Run the command; errors become one message and the right exit code."""
    # Whoever asks for an end gets one that cleans up, as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        # Not standalone: the code of a typer.Exit comes back as a value, and Ctrl-C as this one.
        code = app(standalone_mode=False) or 0
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code)
    except (typer.Abort, KeyboardInterrupt):
        typer.echo(INTERRUPTED_SAID, err=True)
        sys.exit(INTERRUPTED)
    except ScorecardError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except typer.TyperException as error:
        # A word on the command line that is no command, option or value.
        typer.echo(f"Error: {error.format_message()}", err=True)
        sys.exit(2)
    except Exception:
        import traceback

        traceback.print_exc()
        typer.echo(
            "This is a fault of the toolkit, not of your input. Please report it with the lines above.", err=True
        )
        sys.exit(3)
