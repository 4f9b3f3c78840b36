"""Several tests together: adjusted p-values of one family, and letters that sum up all pairs."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from kernels_lib.analysis.effects import numbers_of
from kernels_lib.analysis.significance.core import check_known
from kernels_lib.errors import BadParameters

ADJUSTMENTS = ("holm", "none", "bonferroni", "hochberg", "hommel", "bh", "by")
LETTERS = string.ascii_letters + "αβγδεζηθικλμνξοπρστυφχψω"


def adjust(p_values: ArrayLike, method: str = "holm") -> np.ndarray:
    """Adjusted p-values of one family; reject where they are at most alpha.

    Parameters
    ----------
    p_values : array-like
        None or NaN where nothing was tested.  Such entries do not count as tests, as in R's
        `p.adjust` (statsmodels counts them).
    method : {"holm", "bonferroni", "hochberg", "hommel", "bh", "by", "none"}
        Holm and Bonferroni hold the chance of any false finding under every dependence, Hochberg and
        Hommel under positive dependence; "bh" and "by" hold the expected share of false findings,
        "by" under every dependence.

    Returns
    -------
    ndarray of float
        NaN where nothing was tested.

    References
    ----------
    .. [1] Wright, S. P. (1992), Adjusted p-values for simultaneous inference, *Biometrics* 48,
       1005-1013 (Hommel's).  https://doi.org/10.2307/2532694

    Examples
    --------
    >>> adjust([0.01, None, 0.03])
    array([0.02,  nan, 0.03])
    """
    check_known("correction", method, ADJUSTMENTS)
    p = numbers_of(p_values)
    adjusted = p.copy()
    tested = np.flatnonzero(~np.isnan(p))
    m = tested.size
    if m == 0 or method == "none":
        return adjusted

    order = tested[np.argsort(p[tested], kind="stable")]
    ascending = p[order]
    step = np.arange(1, m + 1)
    if method == "bonferroni":
        corrected = ascending * m
    elif method == "holm":
        corrected = np.maximum.accumulate(ascending * (m - step + 1))
    elif method == "hommel":
        corrected = _hommel(ascending)
    else:
        factor = {"hochberg": m - step + 1.0, "bh": m / step, "by": m / step * (1 / step).sum()}[method]
        # Where a later, larger p-value passes, so do all smaller ones.
        corrected = np.minimum.accumulate((ascending * factor)[::-1])[::-1]
    adjusted[order] = np.minimum(corrected, 1.0)
    return adjusted


def _hommel(ascending: np.ndarray) -> np.ndarray:
    """The largest of Simes' p-values over all sets of hypotheses with this one."""
    m = ascending.size
    corrected = ascending.copy()
    for size in range(2, m + 1):
        # The hardest set: this one and the size - 1 largest.  Once it is among these itself, smaller
        # sets were harder.
        others = (size * ascending[m - size + 1 :] / np.arange(2, size + 1)).min()
        alone = slice(0, m - size + 1)
        corrected[alone] = np.maximum(corrected[alone], np.minimum(others, size * ascending[alone]))
    return corrected


def compact_letters(names: Sequence[str], different: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Letters that sum up all pairs: two names share a letter if and only if their pair is not different.

    One letter for every largest possible set of names without a different pair; the sets are
    ordered by the positions of their members, so that names sorted by size get a, b, c from above.

    Parameters
    ----------
    names : sequence of str
        In the order in which the letters should run.
    different : iterable of pairs of names
        Either order.

    Returns
    -------
    dict of str to str

    Raises
    ------
    UnknownName
        If a pair names somebody else.
    BadParameters
        If a name occurs twice or a pair has the same name twice, or there are more sets than letters
        (76, which no family of up to 11 names can exceed).

    References
    ----------
    .. [1] Piepho, H.-P. (2004), An algorithm for a letter-based representation of all-pairwise
       comparisons, *Journal of Computational and Graphical Statistics* 13, 456-466.
       https://doi.org/10.1198/1061860043515

    Examples
    --------
    >>> compact_letters(["A", "B", "C"], [("B", "C")])
    {'A': 'ab', 'B': 'a', 'C': 'b'}
    """
    names = list(names)
    place = {name: position for position, name in enumerate(names)}
    if len(place) < len(names):
        raise BadParameters("a name occurs twice.", remedy="Every name needs its own letters.")
    alike = {i: set(range(len(names))) - {i} for i in range(len(names))}
    for first, second in different:
        for name in (first, second):
            check_known("name", name, tuple(names))
        if first == second:
            raise BadParameters(f"'{first}' differs from itself.", remedy="A pair has two names.")
        alike[place[first]].discard(place[second])
        alike[place[second]].discard(place[first])

    sets = sorted(sorted(members) for members in _largest_sets(set(), set(alike), set(), alike))
    if len(sets) > len(LETTERS):
        raise BadParameters(f"{len(sets)} sets of names.", remedy=f"There are {len(LETTERS)} letters: list the pairs.")
    return {
        name: "".join(letter for letter, members in zip(LETTERS, sets, strict=False) if place[name] in members)
        for name in names
    }


def _largest_sets(
    chosen: set[int], candidates: set[int], excluded: set[int], alike: dict[int, set[int]]
) -> Iterable[set[int]]:
    """All sets that are alike throughout and cannot grow (Bron and Kerbosch, with a pivot)."""
    if not candidates and not excluded:
        if chosen:
            yield chosen
        return
    pivot = max(candidates | excluded, key=lambda i: len(alike[i] & candidates))
    for i in sorted(candidates - alike[pivot]):
        yield from _largest_sets(chosen | {i}, candidates & alike[i], excluded & alike[i], alike)
        candidates = candidates - {i}
        excluded = excluded | {i}
