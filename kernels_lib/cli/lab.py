"""``scorecard lab``."""

from __future__ import annotations

from typing import Annotated

import typer

from kernels_lib.cli.app import app


@app.command()
def lab(
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address and open no browser.")] = False,
) -> None:
    """Open JupyterLab on the reports, with this environment's kernel.

    Example: scorecard lab
    """
    import os
    import sys
    from importlib.util import find_spec

    from kernels_lib.errors import ScorecardError
    from kernels_lib.paths import find_root

    root = find_root()
    if find_spec("jupyterlab") is None:
        raise ScorecardError(
            "JupyterLab is not installed.", remedy="Install it with: pip install 'scorecard-reports[lab]'."
        )
    command = [sys.executable, "-m", "jupyterlab", str(root / "reports"), *(["--no-browser"] if no_browser else [])]
    # The interpreter that runs the command also runs the notebooks, whatever is first on the path.
    os.environ["SCORECARD_ROOT"] = str(root)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (_library(), os.environ.get("PYTHONPATH", ""))))
    os.execv(sys.executable, command)


def _library() -> str:
    """The folder that this very library is imported from."""
    from pathlib import Path

    import kernels_lib

    return str(Path(kernels_lib.__file__).parents[1])
