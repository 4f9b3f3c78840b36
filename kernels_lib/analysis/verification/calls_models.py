"""Calls of reference cases: models.

The form is that of `calls_agreement`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernels_lib.analysis import models

Results = Mapping[str, Any]


def ordered_logit(
    outcome: Sequence[Any],
    levels: Sequence[Any],
    predictors: Mapping[str, Sequence[Any]],
    reference: Mapping[str, Any] | None = None,
    weights: Sequence[float] | None = None,
) -> Results:
    found = models.ordered_logit(outcome, predictors, levels=levels, reference=reference, weights=weights)
    none = dict.fromkeys(found.not_estimable)
    told = [f"{name}: {why}" for name, why in found.not_estimable.items()]
    return {
        "coef": found.coef | none,
        "se": found.se | none,
        "threshold": found.threshold,
        "log_likelihood": found.log_likelihood,
        "deviance": found.deviance,
        "_reason": "; ".join(filter(None, [found.reason, *told])),
    }


def mixed_model(
    outcome: Sequence[Any],
    predictors: Mapping[str, Sequence[Any]],
    groups: Sequence[Any],
    slopes: Sequence[str] = (),
    reml: bool = True,
) -> Results:
    found = models.mixed_model(outcome, predictors, groups, slopes=slopes, reml=reml)
    return {
        "coef": found.coef,
        "se": found.se,
        "sd_group": found.sd_group,
        "corr_group": found.corr_group,
        "sd_residual": found.sd_residual,
        "log_likelihood": found.log_likelihood,
        "deviance": found.deviance,
        "_reason": found.reason,
    }


CALLS = {"ordered_logit": ordered_logit, "mixed_model": mixed_model}
