"""``scorecard``: a build in which nothing changed is answered at once; everything else is the command's."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command."""
    try:
        _run()
    except KeyboardInterrupt:
        # Before the command could say so: it takes a moment to import.
        from kernels_lib.errors import INTERRUPTED, INTERRUPTED_SAID

        print(INTERRUPTED_SAID, file=sys.stderr)
        sys.exit(INTERRUPTED)


def _run() -> None:
    if sys.argv[1:2] == ["build"]:
        from kernels_lib.production import uptodate

        said, warned = uptodate.answer(sys.argv[2:], os.getcwd())
        if said:
            if warned:
                print(warned, file=sys.stderr)
            print(said)
            sys.exit(0)
        from kernels_lib.production import head_start

        head_start.begin(sys.argv[2:], uptodate.root_of(os.getcwd()))
    from kernels_lib.cli import main as command

    command()


if __name__ == "__main__":
    main()
