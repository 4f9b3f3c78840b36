"""Exact distributions under "no difference", found by counting.

    sign_flips      a sum of sizes when each sign is a fair coin
    subset_sums     a sum over a random subset of given size
    arrangements    every way to deal things to groups
    permutations    a sum of products over all orders of one of two columns

Whole numbers in, probabilities out; ties cost nothing.  Nothing here knows what is tested.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy import special


def sign_flips(sizes: np.ndarray) -> np.ndarray:
    """Probability of every sum of the positive `sizes` when each sign is a fair coin.

    Parameters
    ----------
    sizes : ndarray of int
        Positive whole numbers.

    Returns
    -------
    ndarray, shape (sum of sizes + 1,)
        Entry s is the probability of the sum s.

    Examples
    --------
    >>> sign_flips(np.array([1, 2]))  # 0, 1, 2, 1 + 2
    array([0.25, 0.25, 0.25, 0.25])
    """
    share = np.zeros(int(sizes.sum()) + 1)
    share[0] = 1.0
    filled = 1
    for size in sizes.tolist():
        # Only the part that earlier sizes can have reached; the right-hand side is built first.
        share[size : filled + size] += share[:filled].copy()
        filled += size
        share[:filled] /= 2
    return share


def subset_sums(weights: np.ndarray, size: int) -> np.ndarray:
    """Probability of every sum over a subset of `size` of the weights, all subsets alike.

    Parameters
    ----------
    weights : ndarray of int
        Whole numbers, none negative.
    size : int
        At most the number of weights.

    Returns
    -------
    ndarray, shape (sum of weights + 1,)

    Examples
    --------
    >>> 3 * subset_sums(np.array([1, 2, 4]), 2)  # 3, 5 and 6, a third each
    array([0., 0., 0., 1., 0., 1., 1., 0.])
    """
    n = weights.size
    ways = np.zeros((size + 1, int(weights.sum()) + 1))
    ways[0, 0] = 1.0
    filled = 1
    # Counts of subsets reach 1e308 only beyond a thousand weights; callers stop well before.
    for done, weight in enumerate(np.sort(weights).tolist()):
        most = min(done + 1, size)
        ways[1 : most + 1, weight : filled + weight] += ways[:most, :filled].copy()
        filled += weight
    return ways[size] / float(special.comb(n, size))


def permutations(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Probability of every sum of products when `second` is put in random order beside `first`.

    Counted over subsets, not orders: 2^n steps instead of n!.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        Whole numbers, none negative; n up to about 12.

    Returns
    -------
    ndarray
        Entry s is the probability of the sum s; the last entry is the largest possible sum.

    Examples
    --------
    >>> permutations(np.array([0, 1]), np.array([1, 2]))  # 0*1 + 1*2 and 0*2 + 1*1
    array([0. , 0.5, 0.5])
    """
    n = first.size
    largest = int(np.sort(first) @ np.sort(second))
    # A subset holds those entries of `second` that stand beside the first few of `first`.
    layer = {0: np.ones(1)}
    for placed, x in enumerate(first.tolist()):
        grown: dict[int, np.ndarray] = {}
        for subset, share in layer.items():
            for j, y in enumerate(second.tolist()):
                if subset >> j & 1:
                    continue
                room = grown.setdefault(subset | 1 << j, np.zeros(largest + 1))
                room[x * y : x * y + share.size] += share[: room.size - x * y] / (n - placed)
        layer = {subset: np.trim_zeros(share, "b") for subset, share in grown.items()}
    (share,) = layer.values()
    return share


def arrangements(sizes: Sequence[int], at_most: int) -> np.ndarray | None:
    """Every way to deal things to groups of these sizes; None where there are more than `at_most`.

    Returns
    -------
    ndarray of int, shape (n_arrangements, sum of sizes)
        Which thing stands at each place, the places of a group side by side.

    Examples
    --------
    >>> arrangements([1, 2], 10)
    array([[0, 1, 2],
           [1, 0, 2],
           [2, 0, 1]])
    """
    total, count = sum(sizes), 1
    left = total
    for size in sizes:
        count *= math.comb(left, size)
        left -= size
        if count > at_most:
            return None
    dealt: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), tuple(range(total)))]
    for size in sizes:
        dealt = [
            (taken + chosen, tuple(thing for thing in rest if thing not in chosen))
            for taken, rest in dealt
            for chosen in combinations(rest, size)
        ]
    return np.array([taken for taken, _ in dealt], dtype=int)
