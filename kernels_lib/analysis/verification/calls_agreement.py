"""Calls of reference cases: agreement, reliability, power and possible means.

Each function takes a case's arguments by name, with the defaults of tests/reference_cases/README.md,
and returns result names and values as `runner` describes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernels_lib.analysis import agreement
from kernels_lib.analysis.bounds import totals
from kernels_lib.analysis.power_t import t_power as power_of_t

Results = Mapping[str, Any]


def cronbach_alpha(matrix: Sequence[Any], names: Sequence[str] | None = None, level: float = 0.95) -> Results:
    found = agreement.cronbach_alpha(matrix, names=_names(names), level=level, missing="pairwise")
    return _interval(found) | {
        "standardized": found.standardized,
        "average_r": found.average_r,
        "if_dropped": found.if_dropped,
        "item_rest": found.item_rest,
    }


def omega(matrix: Sequence[Any], names: Sequence[str] | None = None) -> Results:
    found = agreement.omega(matrix, names=_names(names))
    return {"effect": found.effect, "loading": found.loading, "_reason": found.reason}


def icc(ratings: Sequence[Any], kind: str = "1,1", level: float = 0.95) -> Results:
    found = agreement.icc(ratings, kind, level=level)
    return _interval(found) | {
        "statistic": found.statistic,
        "df1": found.df1,
        "df2": found.df2,
        "p_value": found.p_value,
    }


def krippendorff_alpha(ratings: Sequence[Any], level: str = "ordinal") -> Results:
    found = agreement.krippendorff_alpha(ratings, level)
    return {"effect": found.effect, "_reason": found.reason}


def gwet_ac(
    ratings: Sequence[Any], categories: Sequence[Any], weights: str = "identity", level: float = 0.95
) -> Results:
    found = agreement.gwet_ac(ratings, categories, weights, level=level)
    return _interval(found) | {
        "se": found.se,
        "observed_agreement": found.observed_agreement,
        "chance_agreement": found.chance_agreement,
    }


def fleiss_kappa(ratings: Sequence[Any], categories: Sequence[Any] | None = None) -> Results:
    found = agreement.fleiss_kappa(ratings, categories)
    return {"effect": found.effect, "z": found.z, "p_value": found.p_value, "_reason": found.reason}


def weighted_kappa(
    x: Sequence[Any], y: Sequence[Any], categories: Sequence[Any], weights: str = "quadratic"
) -> Results:
    found = agreement.weighted_kappa(x, y, categories, weights)
    return {"effect": found.effect, "_reason": found.reason}


def t_power(
    delta: float,
    sd: float,
    alpha: float,
    design: str = "two-sample",
    alternative: str = "two-sided",
    n: float | None = None,
    power: float | None = None,
) -> Results:
    found = power_of_t(design, delta, sd, alpha, alternative, n=n, power=power)
    return {"power": found.power, "n": found.n, "_reason": found.reason}


def grim(means: Sequence[str] | str, n: Sequence[int] | int, items: Sequence[int] | int = 1) -> Results:
    texts = [means] if isinstance(means, str) else list(means)
    values = [_each(numbers, len(texts)) for numbers in (n, items)]
    answers = [size * count for size, count in zip(*values, strict=True)]
    # Whole answers of any size: no scale limits them.
    whole = {"step": 1, "floor": -(10**9), "top": 10**9}
    return {
        "consistent": [
            bool(totals.possible_totals(text, count, **whole)) for text, count in zip(texts, answers, strict=True)
        ],
        "probability": [totals.grim_probability(text, count) for text, count in zip(texts, answers, strict=True)],
    }


def _interval(found: agreement.Coefficient) -> dict[str, Any]:
    return {"effect": found.effect, "ci_low": found.ci_low, "ci_high": found.ci_high, "_reason": found.reason}


def _names(names: Sequence[Any] | None) -> list[str] | None:
    return None if names is None else [str(name) for name in names]


def _each(numbers: Sequence[int] | int, length: int) -> list[int]:
    return list(numbers) if isinstance(numbers, Sequence) else [numbers] * length


CALLS = {
    "cronbach_alpha": cronbach_alpha,
    "omega": omega,
    "icc": icc,
    "krippendorff_alpha": krippendorff_alpha,
    "gwet_ac": gwet_ac,
    "fleiss_kappa": fleiss_kappa,
    "weighted_kappa": weighted_kappa,
    "t_power": t_power,
    "grim": grim,
}
