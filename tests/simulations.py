"""What the toolkit's own rules do when the truth is known: ``python -m tests.simulations``.

    familywise_error    how often the pairs procedure finds a difference that is not there
    interval_coverage   how often `effects.mean_interval` holds the true mean

Thirty brands, eight criteria, half points from 1 to 5, level .05.  ``make bench`` writes both into
build/bench.json; the slow tests hold them to the bars below.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import NamedTuple

import numpy as np

from kernels_lib.analysis import row_tests
from kernels_lib.analysis.effects import mean_interval

BRANDS, CRITERIA, ALPHA = 30, 8, 0.05
SCALE = np.arange(2, 11) / 2
PAIRS = list(combinations(range(CRITERIA), 2))

# A familywise error of .05, and the nominal 95 %, with room for what theory leaves open.
MOST_ERROR = 0.055
LEAST_COVERAGE = 0.93

Sampler = Callable[[np.random.Generator, int], np.ndarray]


class Null(NamedTuple):
    """A truth: how studies are drawn from it, and which pairs have equal means."""

    draw: Sampler
    true_nulls: tuple[bool, ...]


class ErrorRate(NamedTuple):
    """Share of studies with a false finding, and its standard error."""

    ranks: float
    firm: float
    standard_error: float
    runs: int


class Coverage(NamedTuple):
    """Share of samples whose interval holds the true mean, its standard error, the mean width in points."""

    coverage: float
    standard_error: float
    width: float
    runs: int


def most_even(mean: float, scores: np.ndarray = SCALE) -> np.ndarray:
    """The most even chances of the half points with this mean (exponentially tilted)."""
    low, high = -20.0, 20.0
    for _ in range(100):
        tilt = (low + high) / 2
        chances = np.exp(tilt * (scores - scores.mean()))
        chances /= chances.sum()
        low, high = (tilt, high) if chances @ scores < mean else (low, tilt)
    return chances


def _spread(mean: float, width: float) -> np.ndarray:
    """Half points within `width` of `mean`, all alike."""
    inside = np.abs(SCALE - mean) <= width + 1e-9
    return inside / inside.sum()


def _columns(chances: list[np.ndarray]) -> Sampler:
    def draw(rng: np.random.Generator, runs: int) -> np.ndarray:
        return np.stack([rng.choice(SCALE, (runs, BRANDS), p=p / p.sum()) for p in chances], axis=2)

    return draw


def nulls() -> dict[str, Null]:
    """The four truths; a pair is a true null where both means are equal."""
    at_five = (SCALE == 5).astype(float)
    truths = {
        "all eight equal": [most_even(3.0)] * CRITERIA,
        "seven equal, one at 5.00": [most_even(2.6)] * (CRITERIA - 1) + [at_five],
        "four low, four high": [most_even(2.2)] * 4 + [most_even(3.8)] * 4,
        "equal means, unequal spread": [_spread(3.0, 0.5 * (1 + j % 4)) for j in range(CRITERIA)],
    }
    return {
        name: Null(_columns(chances), tuple(abs(float((chances[i] - chances[j]) @ SCALE)) < 1e-9 for i, j in PAIRS))
        for name, chances in truths.items()
    }


def populations() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Five populations of one criterion: scores and their chances."""
    return {
        "most even, mean 2.08": (SCALE, most_even(2.08)),
        "most even, mean 3.10": (SCALE, most_even(3.10)),
        # 0.8 * 5 + 0.2 * 3.3 = 4.66
        "80 % at 5, rest spread": (SCALE, np.append(0.2 * most_even(3.3, SCALE[:-1]), 0.8)),
        "97 % at 5": (np.array([3.5, 5.0]), np.array([0.03, 0.97])),
        "35 % at 1, 65 % at 5": (np.array([1.0, 5.0]), np.array([0.35, 0.65])),
    }


def holm_rejects(p: np.ndarray, alpha: float) -> np.ndarray:
    """Which tests Holm's correction rejects, shape (studies, tests)."""
    order = np.argsort(p, axis=1, kind="stable")
    ascending = np.take_along_axis(p, order, axis=1)
    passed = np.logical_and.accumulate(ascending <= alpha / np.arange(p.shape[1], 0, -1), axis=1)
    rejected = np.zeros_like(passed)
    np.put_along_axis(rejected, order, passed, axis=1)
    return rejected


def rank_p_values(differences: np.ndarray) -> np.ndarray:
    """Exact signed-rank p-values wherever they can matter to Holm's correction, shape (studies, tests)."""
    studies, tests, brands = differences.shape
    rows = differences.reshape(-1, brands)
    # Level 0 keeps every p-value approximate; those far from any of Holm's steps stay so.
    p = row_tests.signed_rank_p(rows, level=0.0)
    matter = np.flatnonzero((p > ALPHA / tests / 4) & (p < 1.5 * ALPHA))
    p[matter] = row_tests.signed_rank_p(rows[matter])
    return p.reshape(studies, tests)


def familywise_error(runs: int = 4000, seed: int = 11) -> dict[str, ErrorRate]:
    """Share of studies in which a pair with equal means is found different, truth by truth.

    Both are the procedure of `significance.pairwise`: by ranks alone, and firm (ranks and means,
    each after Holm, on the same side).
    """
    found = {}
    for name, null in nulls().items():
        rng = np.random.default_rng(seed)
        true_null = np.array(null.true_nulls)
        false_ranks = false_firm = 0
        for start in range(0, runs, 500):
            scores = null.draw(rng, min(500, runs - start))
            d = np.stack([scores[:, :, i] - scores[:, :, j] for i, j in PAIRS], axis=1)
            by_ranks = holm_rejects(rank_p_values(d), ALPHA)
            by_means = holm_rejects(row_tests.paired_t_p(d.reshape(-1, BRANDS)).reshape(by_ranks.shape), ALPHA)
            false_ranks += int((by_ranks & true_null).any(axis=1).sum())
            # The side is not asked: ranks and means that disagree about it could only lower the error.
            false_firm += int((by_ranks & by_means & true_null).any(axis=1).sum())
        error = math.sqrt(ALPHA * (1 - ALPHA) / runs)
        found[name] = ErrorRate(false_ranks / runs, false_firm / runs, error, runs)
    return found


def interval_coverage(runs: int = 2000, draws: int = 999, seed: int = 12) -> dict[str, Coverage]:
    """Share of samples of thirty whose 95 % interval holds the true mean, population by population.

    The shipped rule is called as it is; samples with the same scores share one interval.
    """
    found = {}
    for name, (values, chances) in populations().items():
        rng = np.random.default_rng(seed)
        truth = float(values @ chances)
        samples, times = np.unique(rng.multinomial(BRANDS, chances, size=runs), axis=0, return_counts=True)
        held, width = 0, 0.0
        for counts, often in zip(samples, times, strict=True):
            low, high, _ = mean_interval(np.repeat(values, counts), floor=1, top=5, draws=draws, rng=rng)
            held += int(often) * (low - 1e-9 <= truth <= high + 1e-9)
            width += int(often) * (high - low)
        coverage = held / runs
        error = math.sqrt(coverage * (1 - coverage) / runs)
        found[name] = Coverage(coverage, error, width / runs, runs)
    return found


def as_numbers(error: dict[str, ErrorRate], coverage: dict[str, Coverage]) -> dict[str, dict[str, dict[str, float]]]:
    """Both proofs as plain numbers for a JSON file."""

    def plain(rows: dict[str, ErrorRate] | dict[str, Coverage]) -> dict[str, dict[str, float]]:
        return {name: {key: round(value, 4) for key, value in row._asdict().items()} for name, row in rows.items()}

    return {"familywise_error": plain(error), "interval_coverage": plain(coverage)}


def told(error: dict[str, ErrorRate], coverage: dict[str, Coverage]) -> str:
    """Both proofs as a table."""
    lines = [f"Familywise error of 28 pairs at .05, at most {MOST_ERROR}        ranks   firm    (+- 1 s.e.)   runs"]
    lines += [
        f"  {name:52} {row.ranks:7.4f} {row.firm:7.4f}   ({row.standard_error:.4f})  {row.runs:6}"
        for name, row in error.items()
    ]
    lines += [
        f"Coverage of the 95 % interval of a mean, at least {LEAST_COVERAGE}     coverage  width   (+- 1 s.e.)   runs"
    ]
    lines += [
        f"  {name:52} {row.coverage:7.4f} {row.width:7.2f}   ({row.standard_error:.4f})  {row.runs:6}"
        for name, row in coverage.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(told(familywise_error(), interval_coverage()))
