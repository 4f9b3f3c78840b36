"""The smallest signed-rank statistic for every total of the differences, by dynamic programming.

n differences take values on a grid.  Sorted by size, those of one size share their mid-rank, which
depends only on how many are smaller.  So the sizes can be worked through in ascending order, and all
that the rest needs to know is the *state*: how many differences are used up, their sum, and the sum
of their signed ranks T.  Of all ways into a state the one with the largest variance V (the sum of
squared ranks) is kept, because for T > 0 it makes z = T / sqrt(V) smallest.  At the end each total
has one V for each T, and the smallest z over T is the smallest z over all differences with that
total, exactly.

Where z is not positive the rank sum can vanish or point against the total.  How far is of no interest
(it would need the smallest V).

Under Pratt's rule differences of zero are used up first and their ranks have no sign; under
Wilcoxon's they are dropped, and n becomes whatever is left.

Memory and time grow as n^4 and n^6; `within_reach` says where that is too much.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kernels_lib.store import remember, remember_together

# Raise with every change of what `smallest_z` returns.
VERSION = 1
KIND = "signed-rank"

# What is done with differences of zero.
RULES = ("pratt", "wilcox")

# About what 30 brands on 20 steps take: 3 s, and states of 2 bytes each for a moment.
_LARGEST_WORK = 2.7e9
_MOST_STATES = 6e7


class Size(NamedTuple):
    """Differences of one size: what a positive and a negative one add to the sum (None: none there)."""

    plus: int | None
    minus: int | None


@dataclass(frozen=True, eq=False)
class SmallestZ:
    """For each total of the differences the smallest z, and differences that have it.

    Attributes
    ----------
    first : int
        The total of row 0, in steps; the rows follow each other in single steps.
    z : ndarray, shape (n_totals,)
        NaN where no differences have the total.  Where it is not positive, there are differences with
        a rank sum of zero or less.
    values : ndarray of int, shape (n_totals, n)
        What each difference adds to the total, ascending.
    """

    first: int
    z: np.ndarray
    values: np.ndarray

    def at(self, total: int) -> tuple[float, np.ndarray]:
        """Smallest z and values for one total."""
        return float(self.z[total - self.first]), self.values[total - self.first]


def within_reach(n: int, sizes: tuple[Size, ...]) -> bool:
    """Whether `smallest_z` is a matter of seconds: about 30 brands on 20 steps, 40 on 8, 50 on 4."""
    low = high = 0
    work = states = 0.0
    for size in sizes:
        low, high = (end(reached, *(e for e in size if e is not None)) for end, reached in ((min, low), (max, high)))
        span = high if _mirror_each_other(sizes) else high - low
        states += span * n**4 / 4
        # Where one sign only is possible there is one way instead of m + 1 to sign m differences.
        work += span * n**6 / 60 if None not in size else span * n**5 / 20
    return work <= _LARGEST_WORK and states <= _MOST_STATES


@functools.lru_cache(maxsize=32)
def smallest_z(n: int, sizes: tuple[Size, ...], zero: bool, rule: str, folder: Path | None = None) -> SmallestZ:
    """The smallest z of the signed-rank test for every total that n differences can have.

    Parameters
    ----------
    n : int
        Differences.
    sizes : tuple of Size
        Sizes that a difference can have, ascending, without zero.
    zero : bool
        Whether a difference can be zero; a zero adds nothing to the total.
    rule : {"pratt", "wilcox"}
        What is done with zeros.
    folder : Path, optional
        As for `store.remember`.

    Returns
    -------
    SmallestZ
        Where every size has both signs and they mirror each other, totals from 0 only.
    """
    kept = remember(KIND, *_as_kept(n, sizes, zero, rule), folder=folder)
    return SmallestZ(int(kept["first"]), kept["z"], kept["values"])


def compute_together(tables: Iterable[tuple[int, tuple[Size, ...], bool, str]], folder: Path | None = None) -> None:
    """Have the tables of several calls of `smallest_z` at hand; processes that want the same share the work.

    Parameters
    ----------
    tables : iterable of (n, sizes, zero, rule)
        As for `smallest_z`.
    folder : Path, optional
        As for `store.remember`.
    """
    remember_together(KIND, {table: _as_kept(*table) for table in tables}, folder=folder)


def _as_kept(
    n: int, sizes: tuple[Size, ...], zero: bool, rule: str
) -> tuple[dict[str, Any], Callable[[], dict[str, np.ndarray]]]:
    """The key under which a table is kept, and what makes it."""

    def make() -> dict[str, np.ndarray]:
        first, z, values = _compute(n, sizes, zero, rule)
        return {"first": np.array(first), "z": z, "values": values}

    return {"version": VERSION, "n": int(n), "sizes": sizes, "zero": zero, "rule": rule}, make


class _Stage:
    """Largest 4 V + 1 by state after some sizes; 0 where no differences lead there.

    Doubled ranks make all numbers whole.  One box of sums by rank sums for each number of
    differences used, all in one buffer, so that states with different numbers can be looked up in one go.
    T is kept undoubled: m tied doubled ranks r = 2 c + m + 1 add (2 p - m) r / 2, always whole.
    """

    def __init__(self, n: int, low: int, high: int, *, mirrored: bool) -> None:
        self.low, self.high, self.mirrored = low, high, mirrored
        self.used = np.arange(n + 1)
        self.first = np.zeros(n + 1, dtype=int) if mirrored else self.used * low
        self.rows = self.used * high - self.first + 1
        self.half = self.used * (self.used + 1) // 2
        self.width = 2 * self.half + 1
        self.start = np.concatenate([[0], np.cumsum(self.rows * self.width)])
        largest = 4 * n * (n + 1) * (2 * n + 1) // 6 + 1
        self.flat = np.zeros(self.start[-1], dtype=np.uint16 if largest < 2**16 else np.uint32)

    def box(self, used: int) -> np.ndarray:
        part = self.flat[self.start[used] : self.start[used + 1]]
        return part.reshape(self.rows[used], self.width[used])

    def whole_box(self, used: int) -> tuple[np.ndarray, int]:
        """The box and the sum of its first row, the mirrored half restored."""
        box = self.box(used)
        if not self.mirrored:
            return box, int(self.first[used])
        # All signs turned: the sum and the rank sum change their sign, V stays.
        return np.concatenate([box[:0:-1, ::-1], box]), 1 - int(self.rows[used])

    def look_up(self, used: np.ndarray, total: np.ndarray, rank_sum: np.ndarray) -> np.ndarray:
        """4 V + 1 of many states; 0 outside of the boxes."""
        if self.mirrored:
            turned = total < 0
            total, rank_sum = np.where(turned, -total, total), np.where(turned, -rank_sum, rank_sum)
        clipped = np.clip(used, 0, None)
        row, column = total - self.first[clipped], rank_sum + self.half[clipped]
        inside = (used >= 0) & (row >= 0) & (row < self.rows[clipped])
        inside &= (column >= 0) & (column < self.width[clipped])
        place = np.where(inside, self.start[clipped] + row * self.width[clipped] + column, 0)
        return np.where(inside, self.flat[place].astype(np.int64), 0)


def _compute(n: int, sizes: tuple[Size, ...], zero: bool, rule: str) -> tuple[int, np.ndarray, np.ndarray]:
    mirrored = _mirror_each_other(sizes)
    stage = _Stage(n, 0, 0, mirrored=mirrored)
    for used in range(n + 1 if zero and rule == "pratt" else 1):
        stage.box(used)[0, stage.half[used]] = 1
    # Zeros that are dropped leave any number of differences; otherwise all n are used.
    ends = range(n + 1) if zero and rule == "wilcox" else (n,)
    stages = [stage]
    for place, size in enumerate(sizes, 1):
        # After the last size nothing follows that could use the other differences.
        wanted = ends if place == len(sizes) else range(n + 1)
        stages.append(_with_size(stages[-1], n, size, wanted, mirrored=mirrored))
    last = stages[-1]
    largest = np.zeros_like(last.box(n))
    for used in ends:
        box, top, left = last.box(used), last.first[used] - last.first[n], last.half[n] - last.half[used]
        part = largest[top : top + box.shape[0], left : left + box.shape[1]]
        np.maximum(part, box, out=part)

    rank_sums = np.arange(-last.half[n], last.half[n] + 1)
    # Both doubled; without any non-zero difference T = V = 0 and z is 0.
    spread = np.sqrt(np.maximum(largest.astype(float) - 1, 1))
    z = np.where(largest > 0, 2 * rank_sums / spread, np.inf)
    chosen = z.argmin(axis=1)
    rows = np.arange(len(z))
    z = z[rows, chosen]
    total, rank_sum, value = rows + last.first[n], rank_sums[chosen], largest[rows, chosen].astype(np.int64)
    used = np.full(len(rows), n)
    for candidate in ends:
        at = np.full(len(rows), candidate)
        used = np.where(last.look_up(at, total, rank_sum) == value, candidate, used)
    values = _trace_back(stages, sizes, n, used, total, rank_sum, value)
    return int(last.first[n]), np.where(np.isfinite(z), z, np.nan), values


def _mirror_each_other(sizes: tuple[Size, ...]) -> bool:
    return all(size.plus is not None and size.plus == -(size.minus or 0) for size in sizes)


def _signs(size: Size, m: int) -> Iterator[tuple[int, int]]:
    """Positive and negative ones among m differences of this size, fewest negative first."""
    if size.plus is None:
        yield 0, m
    elif size.minus is None:
        yield m, 0
    else:
        for negative in range(m + 1):
            yield m - negative, negative


def _added(size: Size, positive: int, negative: int) -> int:
    return (positive * size.plus if positive else 0) + (negative * size.minus if negative else 0)


def _with_size(before: _Stage, n: int, size: Size, wanted: Collection[int], *, mirrored: bool) -> _Stage:
    """The next stage: any number of differences of this size, any of them negative.

    Only states with so many differences used as are `wanted`.
    """
    ends = [end for end in size if end is not None]
    after = _Stage(n, min(before.low, *ends), max(before.high, *ends), mirrored=mirrored)
    for used in range(n + 1):
        box, first = before.whole_box(used)
        reached = box > 0
        if not reached.any():
            continue
        height, width = box.shape
        for m in range(n - used + 1):
            # Doubled mid-rank of m tied differences after `used` smaller ones.
            rank, now = 2 * used + m + 1, used + m
            if now not in wanted:
                continue
            value = box + box.dtype.type(m * rank * rank)
            value *= reached
            target, lowest = after.box(now), after.first[now]
            for positive, negative in _signs(size, m):
                top = int(first + _added(size, positive, negative) - lowest)
                left = int(after.half[now] - before.half[used] + (positive - negative) * rank // 2)
                # Of a mirrored stage only sums from 0 are kept.
                cut = max(0, -top)
                if cut < height:
                    part = target[top + cut : top + height, left : left + width]
                    np.maximum(part, value[cut:], out=part)
    return after


def _trace_back(
    stages: list[_Stage],
    sizes: tuple[Size, ...],
    n: int,
    used: np.ndarray,
    total: np.ndarray,
    rank_sum: np.ndarray,
    value: np.ndarray,
) -> np.ndarray:
    """Differences that lead to each of these states, for all of them at once."""
    rows = np.arange(len(used))
    found = [[] for _ in rows]
    for before, size in zip(stages[-2::-1], reversed(sizes), strict=True):
        ways = np.array([(p, q) for m in range(n + 1) for p, q in _signs(size, m)])
        # Fewest negative ones first: they need room below and above that a table may not have.
        ways = ways[np.lexsort((ways.sum(axis=1), ways[:, 1]))]
        positive, negative = ways.T
        m = positive + negative
        added = positive * (size.plus or 0) + negative * (size.minus or 0)
        used_before = used[:, None] - m
        rank = 2 * used_before + m + 1
        total_before = total[:, None] - added
        rank_sum_before = rank_sum[:, None] - (positive - negative) * rank // 2
        value_before = value[:, None] - m * rank * rank
        same = before.look_up(used_before, total_before, rank_sum_before) == value_before
        way = (same & (value_before > 0)).argmax(axis=1)
        for row in rows:
            p, q = ways[way[row]]
            found[row] += [size.plus] * p + [size.minus] * q
        used, total = used_before[rows, way], total_before[rows, way]
        rank_sum, value = rank_sum_before[rows, way], value_before[rows, way]
    return np.array([sorted(d + [0] * (n - len(d))) for d in found], dtype=np.int16)
