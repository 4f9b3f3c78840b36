"""Does a conclusion hang on a choice of method?

    pairs            every pair of criteria under every test and correction
    against_target   every criterion against its target, likewise
    multiverse_of    the same for p-values from anywhere, such as worst cases over all tables
    summary          one row a conclusion: robust, fragile or never, and what decides

A *specification* is one test with one correction.  The verdicts of a report come from the ones
fixed beforehand; this module shows what others would have said and changes nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from kernels_lib.analysis.effects import DIGITS, end_point_p
from kernels_lib.analysis.significance.core import differences
from kernels_lib.analysis.significance.multiplicity import adjust
from kernels_lib.analysis.significance.paired import paired_t, sign_flip_mean, sign_test, signed_rank
from kernels_lib.errors import BadData, UnknownName
from kernels_lib.study.language import _

# From the strictest to none.
CORRECTIONS = ("bonferroni", "holm", "bh", "none")

# Keys of the tests, in English; a figure has words of its own for them.
PRATT, DROPPED, SIGN, MEANS, FLIPS = (
    "signed rank (Pratt)",
    "signed rank (zeros dropped)",
    "sign test",
    "t",
    "sign flips",
)
TESTS = (PRATT, DROPPED, SIGN, MEANS, FLIPS)


def above(first: str, second: str) -> str:
    """The conclusion that one criterion is above another, in the reader's language."""
    return _("{first} above {second}").format(first=first, second=second)


def beside_target(name: str, side: str) -> str:
    """The conclusion that a criterion is above or below its target, in the reader's language."""
    return _("{name} above target" if side == "above" else "{name} below target").format(name=name)


def pairs(
    scores: pd.DataFrame,
    *,
    alpha: float,
    names: Mapping[str, str] | None = None,
    corrections: Sequence[str] = CORRECTIONS,
) -> pd.DataFrame:
    """Every pair of criteria, tested in every way; the conclusion is "first above second".

    Tests: signed rank under two rules for zeros, sign test, paired t, and the sign-flip test of the
    mean.  Each specification corrects over all pairs that it can test.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.
    alpha : float
        Level of the family.
    names : mapping of str to str, optional
        Display names of the criteria.
    corrections : sequence of str
        From ``"bonferroni"``, ``"holm"``, ``"bh"``, ``"none"``.

    Returns
    -------
    DataFrame
        As `multiverse_of`, with ``first`` and ``second`` (criterion ids).  Pairs with equal means
        have no conclusion to draw; they count in the correction but are left out of the frame.
    """
    names = _told_apart(scores.columns, names)
    conclusions, tested = [], []
    for first, second in combinations(scores.columns, 2):
        d = differences(scores[first].to_numpy(dtype=float) - scores[second].to_numpy(dtype=float))
        mean = round(float(d.mean()), DIGITS) if d.size else 0.0
        if mean < 0:
            first, second, d = second, first, -d + 0.0
        name = above(names[first], names[second]) if mean else ""
        conclusions.append({"name": name, "first": first, "second": second})
        tested.append(_all_tests(d))
    return _spread_out(conclusions, tested, ["first", "second"], corrections, alpha)


def against_target(
    scores: pd.DataFrame,
    targets: Mapping[str, float] | float,
    *,
    alpha: float,
    floor: float,
    top: float,
    names: Mapping[str, str] | None = None,
    corrections: Sequence[str] = CORRECTIONS,
) -> pd.DataFrame:
    """Every criterion against its target, tested in every way; the conclusion is "above" or "below target".

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.
    targets : mapping of str to float, or float
        Points, per criterion id or for all.
    floor, top : float
        Ends of the scale; they matter where all scores are equal, as in `significance.against_target`.
    alpha, names, corrections
        As for `pairs`.

    Returns
    -------
    DataFrame
        As `multiverse_of`, with ``criterion``.  A criterion whose mean is its target has no
        conclusion to draw: counted, but left out.

    Raises
    ------
    UnknownName
        If a criterion has no target.
    """
    names = _told_apart(scores.columns, names)
    conclusions, tested = [], []
    for criterion in scores.columns:
        if isinstance(targets, Mapping) and criterion not in targets:
            raise UnknownName("criterion without a target", str(criterion), map(str, targets))
        target = float(targets[criterion] if isinstance(targets, Mapping) else targets)
        x = scores[criterion].dropna().to_numpy(dtype=float)
        d = differences(x - target)
        mean = round(float(d.mean()), DIGITS) if d.size else 0.0
        name = beside_target(names[criterion], "above" if mean > 0 else "below") if mean else ""
        conclusions.append({"name": name, "criterion": criterion})
        found = _all_tests(d if mean >= 0 else -d + 0.0)
        if x.size and np.ptp(d) == 0:
            p, side_agrees = found[MEANS]
            found[MEANS] = max(p, end_point_p(float(x[0]), x.size, target, floor, top)), side_agrees
        tested.append(found)
    return _spread_out(conclusions, tested, ["criterion"], corrections, alpha)


def multiverse_of(
    p_values: pd.DataFrame,
    corrections: Sequence[str] = CORRECTIONS,
    *,
    alpha: float,
    agrees: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every conclusion under every specification, from p-values.

    Parameters
    ----------
    p_values : DataFrame, one row a conclusion, one column a test
        Index: names of the conclusions, each once.  NaN where a test could not be made: not counted
        as a test, and not passed.  A column is one family.
    corrections : sequence of str
        From ``"bonferroni"``, ``"holm"``, ``"bh"``, ``"none"``.
    alpha : float
        Level of each family.
    agrees : DataFrame of bool, optional
        Same shape: whether the test points to the side that the conclusion names.  Default: yes.

    Returns
    -------
    DataFrame, one row a (conclusion, test, correction), in the order given
        * ``name``, ``test``, ``correction``
        * ``p_value``, ``p_adjusted``: NaN untested
        * ``passes``: adjusted p-value at most alpha, on the right side

    Raises
    ------
    BadData
        If a conclusion stands twice.

    Examples
    --------
    >>> p = pd.DataFrame({"t": [0.01, 0.04]}, index=["A above B", "C above D"])
    >>> multiverse_of(p, ["bonferroni", "none"], alpha=0.05)["passes"].tolist()  # .01 * 2, .01, .04 * 2, .04
    [True, True, False, True]
    """
    if not p_values.index.is_unique:
        twice = p_values.index[p_values.index.duplicated()][0]
        raise BadData(f"the conclusion '{twice}' stands twice.", remedy="Give each conclusion a name of its own.")
    found: dict[tuple[str, str], np.ndarray] = {
        (test, correction): adjust(p_values[test], correction)
        for test in p_values.columns
        for correction in corrections
    }
    rows = []
    for place, name in enumerate(p_values.index):
        for test in p_values.columns:
            right_side = True if agrees is None else bool(agrees[test].iloc[place])
            for correction in corrections:
                adjusted = float(found[test, correction][place])
                rows.append(
                    {
                        "name": name,
                        "test": test,
                        "correction": correction,
                        "p_value": float(p_values[test].iloc[place]),
                        "p_adjusted": adjusted,
                        # NaN is at most nothing.
                        "passes": right_side and adjusted <= alpha,
                    }
                )
    return pd.DataFrame(rows, columns=["name", "test", "correction", "p_value", "p_adjusted", "passes"])


def summary(multiverse: pd.DataFrame, *, chosen: tuple[Iterable[str], str] | None = None) -> pd.DataFrame:
    """One row a conclusion: in how many specifications it passes, and which choice decides.

    Parameters
    ----------
    multiverse : DataFrame
        From `pairs`, `against_target` or `multiverse_of`.
    chosen : (tests, correction), optional
        What the report's verdicts use: a conclusion holds there if all these tests pass with this
        correction.

    Returns
    -------
    DataFrame, index: ``name``, in the order of `multiverse`
        * ``passed``, ``specifications``: counts; ``share``: of specifications passed, in [0, 1]
        * ``status``: ``"robust"`` (all), ``"fragile"`` (some) or ``"never"``
        * ``decided_by``: ``"test"``, ``"correction"``, ``"test and correction"``; empty if not fragile
        * ``flips``: the choice in English, as "passes only with no correction"; empty if not fragile
        * ``holds_as_chosen``: True or False; None without `chosen`

    Examples
    --------
    >>> p = pd.DataFrame({"t": [0.01, 0.04]}, index=["A above B", "C above D"])
    >>> summary(multiverse_of(p, ["bonferroni", "none"], alpha=0.05))[["status", "flips"]].values.tolist()
    [['robust', ''], ['fragile', 'passes only without correction']]
    """
    rows = []
    for name, cells in multiverse.groupby("name", sort=False):
        grid = cells.pivot(index="test", columns="correction", values="passes").astype(bool)
        grid = grid.loc[list(dict.fromkeys(cells["test"])), list(dict.fromkeys(cells["correction"]))]
        passed = int(grid.to_numpy().sum())
        status = "robust" if passed == grid.size else "fragile" if passed else "never"
        decided_by, flips = _what_decides(grid) if status == "fragile" else ("", "")
        holds = None
        if chosen is not None:
            tests, correction = chosen
            holds = bool(all(grid.loc[test, correction] for test in tests))
        rows.append(
            {
                "name": name,
                "passed": passed,
                "specifications": grid.size,
                "share": passed / grid.size,
                "status": status,
                "decided_by": decided_by,
                "flips": flips,
                "holds_as_chosen": holds,
            }
        )
    columns = ["passed", "specifications", "share", "status", "decided_by", "flips", "holds_as_chosen"]
    return pd.DataFrame(rows, columns=["name", *columns]).set_index("name")


def _all_tests(d: np.ndarray) -> dict[str, tuple[float, bool]]:
    """p-value and whether the test points up, by test; differences point up on average."""
    if d.size == 0:
        return dict.fromkeys(TESTS, (math.nan, False))
    pratt, dropped, signs, means = signed_rank(d), signed_rank(d, "wilcox"), sign_test(d), paired_t(d)
    # Without spread there is no t: the sign test stands in, as in every verdict.
    means_p = signs.p_value if means.p_value is None else means.p_value
    return {
        PRATT: (pratt.p_value, pratt.z > 0),
        DROPPED: (dropped.p_value, dropped.z > 0),
        SIGN: (signs.p_value, signs.z > 0),
        MEANS: (means_p, True),
        FLIPS: (sign_flip_mean(d).p_value, True),
    }


def _told_apart(criteria: Iterable[str], names: Mapping[str, str] | None) -> dict[str, str]:
    """Display names, with the id beside a name that two criteria share."""
    shown = {criterion: str((names or {}).get(criterion, criterion)) for criterion in criteria}
    often = Counter(shown.values())
    return {criterion: f"{name} ({criterion})" if often[name] > 1 else name for criterion, name in shown.items()}


def _spread_out(
    conclusions: list[dict[str, str]],
    tested: list[dict[str, tuple[float, bool]]],
    keys: list[str],
    corrections: Sequence[str],
    alpha: float,
) -> pd.DataFrame:
    # Numbered, not named: conclusions that nobody draws have no name.
    p_values, agrees = (
        pd.DataFrame([{test: row[test][part] for test in TESTS} for row in tested], columns=list(TESTS))
        for part in (0, 1)
    )
    made = [test for test in TESTS if p_values[test].notna().any()]
    frame = multiverse_of(p_values[made], corrections, alpha=alpha, agrees=agrees[made])
    place = frame["name"].astype(int)
    for key in reversed(["name", *keys]):
        if key in frame:
            frame = frame.drop(columns=key)
        frame.insert(0, key, [conclusions[i][key] for i in place])
    return frame[frame["name"] != ""].reset_index(drop=True)


def _what_decides(grid: pd.DataFrame) -> tuple[str, str]:
    """Which factor decides a fragile conclusion, and how; rows are tests, columns corrections."""
    cells = grid.to_numpy()
    tests, corrections = cells.any(axis=1), cells.any(axis=0)
    if cells[:, corrections].all():
        return "correction", "passes only " + _among(grid.columns, corrections, _correction_word)
    if cells[tests].all():
        return "test", "passes only " + _among(grid.index, tests, lambda test: f"by {test}")
    return "test and correction", "; ".join(_by_correction(grid))


def _among(labels: Iterable[str], which: np.ndarray, word: Callable[[str], str]) -> str:
    return " or ".join(word(label) for label, yes in zip(labels, which, strict=True) if yes)


def _correction_word(correction: str) -> str:
    names = {"bonferroni": "Bonferroni", "holm": "Holm", "bh": "Benjamini-Hochberg"}
    return "without correction" if correction == "none" else f"with {names.get(correction, correction)}"


def _by_correction(grid: pd.DataFrame) -> list[str]:
    """ "with Holm: passes by t", correction by correction; corrections that agree are told together."""
    told: dict[str, list[str]] = {}
    for correction in grid.columns:
        passed = grid[correction].to_numpy()
        if passed.all():
            how = "passes by every test"
        elif not passed.any():
            how = "never passes"
        else:
            fewer = passed if passed.sum() <= passed.size / 2 else ~passed
            listed = ", ".join(test for test, yes in zip(grid.index, fewer, strict=True) if yes)
            how = f"passes {'only by' if fewer is passed else 'but not by'} {listed}"
        told.setdefault(how, []).append(_correction_word(correction))
    return [f"{' or '.join(words)} it {how}" for how, words in told.items()]
