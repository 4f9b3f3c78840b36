"""What a reference case may call: tests, effect sizes and intervals.

Each function has the name and the arguments of a call in a reference case: JSON values, None for
a missing number.  It returns a dictionary of results; a result with one entry per column, group or
pair is a dictionary of its own, keyed "A" or "A,B".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kernels_lib.analysis import effects, significance
from kernels_lib.analysis.significance.core import check_known

Column = Sequence[float | None]
Matrix = Sequence[Sequence[float | None]]

EXACTNESS = ("exact", "asymptotic")


def _exact(method: str) -> bool:
    check_known("method", method, EXACTNESS)
    return method == "exact"


def _numbers(column: Column) -> np.ndarray:
    return effects.numbers_of(list(column))


def _table(matrix: Matrix) -> np.ndarray:
    return np.array(matrix, dtype=float)


def _difference(x: Column, y: Column | None, mu: float = 0) -> np.ndarray:
    return _numbers(x) - (0 if y is None else _numbers(y)) - mu


def _label(value: object) -> str:
    """A group's label as text: 5 for 5.0, because JSON and a column with gaps make floats of whole numbers."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _labels(names: Sequence[object] | None, count: int) -> list[str]:
    return [str(i + 1) for i in range(count)] if names is None else [_label(name) for name in names]


def _pairs(first: Iterable[str], second: Iterable[str], values: Iterable[float], turned: int = 1) -> dict[str, float]:
    """Each pair both ways; `turned` is -1 where the other way has the opposite sign."""
    entries: dict[str, float] = {}
    for a, b, value in zip(first, second, values, strict=True):
        entries[f"{a},{b}"], entries[f"{b},{a}"] = float(value), turned * float(value)
    return entries


def _fields(result: object, *names: str, **renamed: str) -> dict[str, Any]:
    return {name: getattr(result, name) for name in names} | {to: getattr(result, own) for to, own in renamed.items()}


def _interval(low: float | None, high: float | None) -> dict[str, Any]:
    return {"ci_low": low, "ci_high": high, "ci": [low, high]}


# --- several criteria on the same brands -----------------------------------------------------


def friedman(matrix: Matrix, names: Sequence[str] | None = None, ties: str = "corrected") -> dict[str, Any]:
    result = significance.friedman(_table(matrix), ties=ties)
    labels = _labels(names, len(result.rank_sums))
    rank_sum = dict(zip(labels, result.rank_sums, strict=True))
    return {
        **_fields(result, "statistic", "df", "p_value", "effect", "f_statistic", "df1", "df2", "f_p_value"),
        "rank_sum": rank_sum,
        "mean_rank": {label: value / result.n_used for label, value in rank_sum.items()},
    }


def friedman_posthoc(
    matrix: Matrix,
    method: str = "nemenyi",
    names: Sequence[str] | None = None,
    adjust: str = "holm",
    alpha: float = 0.05,
) -> dict[str, Any]:
    table = _table(matrix)
    result = significance.friedman_posthoc(table, method, adjust, alpha=alpha)
    labels = _labels(names, table.shape[1])
    first = [labels[i] for i in result.pairs["first"]]
    second = [labels[i] for i in result.pairs["second"]]
    return {
        "z": _pairs(first, second, result.pairs["z"], turned=-1),
        "p_value": _pairs(first, second, result.pairs["p_value"]),
        "p_adjusted": _pairs(first, second, result.pairs["p_adjusted"]),
        **_fields(result, "critical_q", "critical_difference"),
    }


def quade(matrix: Matrix) -> dict[str, Any]:
    return _fields(significance.quade(_table(matrix)), "statistic", "df1", "df2", "p_value")


def page_trend(matrix: Matrix, alternative: str = "increasing", correction: bool = False) -> dict[str, Any]:
    # Published values leave ties out of the variance.
    result = significance.page_trend(_table(matrix), alternative, correction=correction, ties="uncorrected")
    return _fields(result, "statistic", "z", "p_value")


def durbin(matrix: Matrix) -> dict[str, Any]:
    return _fields(significance.durbin(_table(matrix)), "statistic", "df", "p_value")


def skillings_mack(matrix: Matrix) -> dict[str, Any]:
    result = significance.skillings_mack(_table(matrix), ties="uncorrected")
    return _fields(result, "statistic", "df", "p_value")


# --- one sample of differences ---------------------------------------------------------------


def signed_rank(
    x: Column,
    y: Column | None = None,
    mu: float = 0,
    zeros: str = "pratt",
    alternative: str = "two-sided",
    method: str = "exact",
    correction: bool = False,
) -> dict[str, Any]:
    result = significance.signed_rank(
        _difference(x, y, mu), zeros, alternative, exact=_exact(method), correction=correction
    )
    return _fields(result, "statistic", "statistic_minus", "z", "p_value", "n_used")


def sign_test(x: Column, y: Column | None = None, mu: float = 0, alternative: str = "two-sided") -> dict[str, Any]:
    result = significance.sign_test(_difference(x, y, mu), alternative)
    return _fields(result, "statistic", "n_used", "p_value")


def sign_flip_mean(x: Column, y: Column | None = None, alternative: str = "two-sided") -> dict[str, Any]:
    return _fields(significance.sign_flip_mean(_difference(x, y), alternative), "statistic", "p_value")


def paired_t(
    x: Column, y: Column | None = None, mu: float = 0, alternative: str = "two-sided", level: float = 0.95
) -> dict[str, Any]:
    d = _difference(x, y, mu)
    low, high, _ = effects.t_interval(d, 1 - level)
    effect = effects.describe(d).mean
    result = _fields(significance.paired_t(d, alternative), "statistic", "df", "p_value")
    return {**result, "effect": effect, **_interval(low, high)}


def hodges_lehmann(x: Column, y: Column | None = None, paired: bool = True, level: float = 0.95) -> dict[str, Any]:
    if paired or y is None:
        found = effects.hodges_lehmann_interval(_difference(x, y), level)
    else:
        found = effects.hodges_lehmann_shift(_numbers(x), _numbers(y), level)
    return {"effect": found.effect, **_interval(found.low, found.high)}


def rank_biserial(x: Column, y: Column | None = None, mu: float = 0) -> dict[str, Any]:
    return {"effect": effects.rank_biserial(_difference(x, y, mu))}


# --- separate groups -------------------------------------------------------------------------


def mann_whitney(
    x: Column, y: Column, alternative: str = "two-sided", method: str = "exact", correction: bool = False
) -> dict[str, Any]:
    result = significance.mann_whitney(
        _numbers(x), _numbers(y), alternative, exact=_exact(method), correction=correction
    )
    return _fields(result, "statistic", "p_value")


def _of_pairs(table: pd.DataFrame) -> dict[str, Any]:
    first, second = table["first"].map(_label), table["second"].map(_label)
    return {
        "z": _pairs(first, second, table["z"], turned=-1),
        "p_value": _pairs(first, second, table["p_value"]),
        "p_adjusted": _pairs(first, second, table["p_adjusted"]),
    }


def pairwise_mann_whitney(
    values: Column, groups: Sequence[object], adjust: str = "holm", method: str = "exact", correction: bool = False
) -> dict[str, Any]:
    table = significance.pairwise_mann_whitney(values, groups, adjust, exact=_exact(method), correction=correction)
    found = _of_pairs(table)
    return {name: found[name] for name in ("p_value", "p_adjusted")}


def brunner_munzel(x: Column, y: Column, alternative: str = "two-sided", level: float = 0.95) -> dict[str, Any]:
    result = significance.brunner_munzel(_numbers(x), _numbers(y), alternative, level=level)
    return {
        **_fields(result, "statistic", "df", "p_value", "effect"),
        **_interval(result.ci_low, result.ci_high),
    }


def cliffs_delta(x: Column, y: Column, level: float = 0.95) -> dict[str, Any]:
    found = effects.cliffs_delta(_numbers(x), _numbers(y), level)
    return {"effect": found.effect, **_interval(found.low, found.high)}


def kruskal(values: Column, groups: Sequence[object]) -> dict[str, Any]:
    result = significance.kruskal(values, groups)
    return _fields(result, "statistic", "df", "p_value", "epsilon_squared", "eta_squared_h")


def dunn(values: Column, groups: Sequence[object], adjust: str = "holm") -> dict[str, Any]:
    return _of_pairs(significance.dunn(values, groups, adjust))


def anova_oneway(values: Column, groups: Sequence[object]) -> dict[str, Any]:
    result = significance.anova_oneway(values, groups)
    return _fields(result, "statistic", "df1", "df2", "p_value", "r_squared", "sd_residual")


# --- several tests together ------------------------------------------------------------------


def compact_letters(names: Sequence[object], different: Sequence[Sequence[object]]) -> dict[str, Any]:
    labels = _labels(names, len(names))
    letters = significance.compact_letters(labels, [(_label(a), _label(b)) for a, b in different])
    share = {f"{a},{b}": bool(set(letters[a]) & set(letters[b])) for a in labels for b in labels if a != b}
    return {"letters": letters, "share": share}


def adjust_p(p: Column, method: str = "holm", alpha: float = 0.05) -> dict[str, Any]:
    adjusted = significance.adjust(list(p), method)
    return {
        "p_adjusted": {str(i + 1): float(value) for i, value in enumerate(adjusted)},
        "n_rejected": int((adjusted <= alpha).sum()),
    }


# --- one column, one case, two columns -------------------------------------------------------


def describe(x: Column) -> dict[str, Any]:
    return effects.describe(_numbers(x))._asdict()


def wilson_interval(count: int, n: int, level: float = 0.95) -> dict[str, Any]:
    low, high, _ = effects.wilson(count, n, level)
    return {"effect": count / n if n else None, **_interval(low, high)}


def fisher_exact(count: int, n: int, other: int, other_n: int, alternative: str = "two-sided") -> dict[str, Any]:
    return _fields(significance.fisher_exact(count, n, other, other_n, alternative), "statistic", "p_value")


def share_difference(count: int, n: int, other: int, other_n: int, level: float = 0.95) -> dict[str, Any]:
    low, high, _ = effects.newcombe(count, n, other, other_n, level)
    return {"effect": count / n - other / other_n if n and other_n else None, **_interval(low, high)}


def bootstrap_ci(
    x: Column,
    statistic: str = "mean",
    y: Column | None = None,
    method: str = "bca",
    level: float = 0.95,
    resamples: int = 9999,
    seed: int = 1,
) -> dict[str, Any]:
    result = effects.bootstrap_ci(
        statistic,
        _numbers(x),
        None if y is None else _numbers(y),
        method=method,
        level=level,
        draws=resamples,
        rng=np.random.default_rng(seed),
    )
    return {
        **_fields(result, "effect", "se", "ideal_se", "jackknife_se", "acceleration"),
        **_interval(result.ci_low, result.ci_high),
    }


def prediction_interval(mean: float, sd: float, n: int, level: float = 0.95) -> dict[str, Any]:
    return _fields(significance.prediction_interval(mean, sd, n, level), "low", "high")


def crawford_howell(
    case: float, controls: Column, alternative: str = "two-sided", level: float = 0.95
) -> dict[str, Any]:
    result = significance.crawford_howell(case, _numbers(controls), alternative, level=level)
    return {
        **_fields(result, "statistic", "df", "p_value", "percent_below", "percent_low", "percent_high", effect="z_cc"),
        **_interval(result.ci_low, result.ci_high),
    }


def rank_correlation(
    x: Column, y: Column, kind: str = "kendall", method: str = "exact", alternative: str = "two-sided"
) -> dict[str, Any]:
    result = significance.rank_correlation(_numbers(x), _numbers(y), kind, alternative, exact=_exact(method))
    return _fields(result, "effect", "statistic", "p_value")


CALLS: Mapping[str, Callable[..., dict[str, Any]]] = {
    call.__name__: call
    for call in (
        friedman,
        friedman_posthoc,
        quade,
        page_trend,
        durbin,
        skillings_mack,
        signed_rank,
        sign_test,
        sign_flip_mean,
        paired_t,
        hodges_lehmann,
        rank_biserial,
        mann_whitney,
        pairwise_mann_whitney,
        brunner_munzel,
        cliffs_delta,
        kruskal,
        dunn,
        anova_oneway,
        compact_letters,
        adjust_p,
        describe,
        wilson_interval,
        fisher_exact,
        share_difference,
        bootstrap_ci,
        prediction_interval,
        crawford_howell,
        rank_correlation,
    )
}
