"""``python -m kernels_lib.cli``."""

from __future__ import annotations

from kernels_lib.cli import main

main()
