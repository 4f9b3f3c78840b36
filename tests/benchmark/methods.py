"""Seconds of single methods: the best of a few runs in this process."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from kernels_lib.analysis.bounds import pairs_over_tables
from kernels_lib.analysis.bounds.sampler import draw_tables
from kernels_lib.analysis.bounds.totals import Grid, possible_totals
from kernels_lib.analysis.significance import pairwise
from kernels_lib.study import open_study
from tests.conftest import ROOT


def methods() -> dict[str, float]:
    """Key of bench.json to seconds."""
    study = open_study(root=ROOT)
    scale, alpha = study.instrument.scale, study.parameters.alpha
    on_scale = {"step": scale.step, "floor": scale.floor, "top": scale.top}
    means, count = study.published.mean, study.published.n
    grid = Grid(count, scale.step, scale.floor, scale.top)
    totals = [possible_totals(text, count, *on_scale.values())[0] for text in means.values()]
    return {
        "pairs_28_s": _best(lambda: pairwise(study.scores, alpha=alpha)),
        "bounds_28_pairs_by_means_s": _best(lambda: pairs_over_tables(means, count, **on_scale, alpha=alpha)),
        "draws_2000_tables_s": _best(lambda: draw_tables(totals, grid, 2000, np.random.default_rng(1))),
    }


def _best(action: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return round(min(taken), 4)
