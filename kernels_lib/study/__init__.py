"""What is studied: instrument, parameters, datasets, theme, disclosure, results.

Imports neither analysis nor production.  `open_study` is loaded on first use, because production
reads parameters and results without needing pandas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernels_lib.study.opening import Study, open_study

__all__ = ["Study", "open_study"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from kernels_lib.study import opening

        return getattr(opening, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
