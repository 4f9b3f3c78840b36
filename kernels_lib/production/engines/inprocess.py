"""papermill's engine of this toolkit; being written."""

from __future__ import annotations

from papermill.engines import NBClientEngine


class ScorecardEngine(NBClientEngine):
    """Runs a notebook as papermill's own engine does."""
