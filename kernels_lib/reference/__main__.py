"""``python -m kernels_lib.reference`` writes ``docs/reference/``."""

from __future__ import annotations

from kernels_lib.paths import find_root, shown
from kernels_lib.reference import write

if __name__ == "__main__":
    root = find_root()
    for path in write(root):
        print(shown(path, root))
