"""Models beside the tests: scores as ordered categories, and brands as random effects.

    ordered_logit     proportional odds, by maximum likelihood
    mixed_model       linear, with random intercepts and slopes per group
    criteria_model    "score ~ criterion", with errors clustered by brand

A coefficient that the data cannot determine is left out and named with a reason; a model that
cannot be fitted at all has no coefficients and one reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from kernels_lib.analysis.effects import DIGITS
from kernels_lib.errors import BadData, BadParameters, UnknownName
from kernels_lib.study.language import _

INTERCEPT = "Intercept"
# Log odds beyond this are odds of more than 20,000 to 1: a sign of separation, not a finding.
RUNAWAY = 10.0
# Random effects below this size, in residual standard deviations, count as none (lme4 says "singular").
LEAST_EFFECT = 1e-4
# With fewer clusters their robust errors are far too small.
FEWEST_CLUSTERS = 6

_STEPS = 100
_TINY = 1e-300


@dataclass(frozen=True)
class OrderedLogit:
    """A fitted proportional-odds model, logit P(score <= level j) = threshold_j - x b.

    Attributes
    ----------
    coef, se, p_value : mapping of str to float
        Per coefficient that could be determined; `se` and `p_value` lack those without an error.
    threshold : tuple of float
        One fewer than `levels`.
    levels : tuple
        The levels that occur, in order.
    log_likelihood, deviance : float or None
        Deviance is minus twice the log-likelihood.
    n : float
        Observations used, counted with their weights.
    df : float or None
        Clusters minus one, for intervals; None without clusters (normal distribution).
    not_estimable : mapping of str to str
        Coefficients that the data cannot determine, and why.
    reason : str
        Why there is no model, or what its errors lack; empty otherwise.
    """

    coef: Mapping[str, float] = field(default_factory=dict)
    se: Mapping[str, float] = field(default_factory=dict)
    p_value: Mapping[str, float] = field(default_factory=dict)
    threshold: tuple[float, ...] = ()
    levels: tuple[Any, ...] = ()
    log_likelihood: float | None = None
    deviance: float | None = None
    n: float = 0
    df: float | None = None
    not_estimable: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class MixedModel:
    """A fitted linear mixed model.

    Attributes
    ----------
    coef, se : mapping of str to float
        Fixed effects, ``"Intercept"`` first.
    sd_group : mapping of str to float
        Standard deviations of the random effects between groups.
    corr_group : mapping of (str, str) to float
        Correlations of the random effects, both orders of each pair.
    sd_residual : float or None
    log_likelihood, deviance : float or None
        Restricted or full, as fitted; deviance is minus twice the log-likelihood (lme4's REML criterion).
    n, groups : int
        Observations and groups used.
    reason : str
        Why there is no model, or what is doubtful about it; empty otherwise.
    """

    coef: Mapping[str, float] = field(default_factory=dict)
    se: Mapping[str, float] = field(default_factory=dict)
    sd_group: Mapping[str, float] = field(default_factory=dict)
    corr_group: Mapping[tuple[str, str], float] = field(default_factory=dict)
    sd_residual: float | None = None
    log_likelihood: float | None = None
    deviance: float | None = None
    n: int = 0
    groups: int = 0
    reason: str = ""


# --- ordered logit -----------------------------------------------------------------------------


def ordered_logit(
    outcome: ArrayLike,
    predictors: Mapping[str, ArrayLike],
    *,
    levels: Sequence[Any],
    reference: Mapping[str, Any] | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> OrderedLogit:
    """Proportional-odds regression by maximum likelihood (Newton's method, observed information).

    The log-likelihood is concave, so that Newton's method with halved steps finds its only
    maximum, where there is one.

    Parameters
    ----------
    outcome : array-like, length n
        Levels; None or NaN where missing: such observations are left out, as are those with a
        missing predictor.
    predictors : mapping of str to array-like of length n
        Numbers, or text if the predictor has a reference level.
    levels : sequence
        Every level, lowest first.
    reference : mapping of str to level, optional
        Predictors that are text, and the level each other level is compared with.  Their
        coefficients are called name + level.
    weights : array-like, optional
        How often each observation was made.
    cluster : array-like, optional
        Groups of dependent observations, such as brands: standard errors are then robust
        (sandwich, times G/(G-1) for G clusters) and p-values from Student's t with G - 1 degrees
        of freedom.

    Returns
    -------
    OrderedLogit
        A predictor that is constant, says the same as others, or whose observations are all at
        one end of the outcome is not estimable; the observations that such a predictor explains
        fully are left out.  So is a coefficient or standard error above 10 (per standard
        deviation, for numbers), the mark of separation.

    Raises
    ------
    UnknownName
        If an outcome is not among the levels, or a reference level does not occur.
    BadParameters, BadData
        If a text predictor has no reference level, or lengths differ.

    References
    ----------
    .. [1] McCullagh, P. (1980), *Journal of the Royal Statistical Society B* 42, 109-142.
       https://doi.org/10.1111/j.2517-6161.1980.tb01109.x

    Examples
    --------
    >>> model = ordered_logit([1, 2, 1, 2, 2, 1, 2, 1], {"x": list("aaaabbbb")}, levels=[1, 2], reference={"x": "a"})
    >>> round(model.coef["xb"] + 0.0, 6), round(model.log_likelihood, 4)  # 8 log(1/2)
    (0.0, -5.5452)
    """
    y, design, w, groups = _prepared(outcome, predictors, levels, reference or {}, weights, cluster)
    lost: dict[str, str] = {}
    if y.size == 0:
        return OrderedLogit(reason=_("no complete observations"))
    keep, design = _estimable(y, design, w, lost)
    y, w = y[keep], w[keep]
    groups = None if groups is None else groups[keep]
    used, y = np.unique(y, return_inverse=True)
    if used.size < 2:
        why = _("every outcome is the same")
        everything = dict.fromkeys(design.columns, why)
        return OrderedLogit(n=float(w.sum()), not_estimable=lost | everything, reason=why)

    x = design.to_numpy()
    cuts = used.size - 1
    found = _newton(y, x, w, cuts)
    if found is None:
        return OrderedLogit(n=float(w.sum()), not_estimable=lost, reason=_("the model did not converge"))
    value, information = found
    log_likelihood = _log_likelihood(value, y, x, w, cuts)[0]
    covariance = np.linalg.pinv(information)
    reason, df = "", None
    if groups is not None:
        count = np.unique(groups).size
        if count < FEWEST_CLUSTERS:
            reason = f"{count} clusters are too few for errors by cluster"
        else:
            covariance, df = _sandwich(value, y, x, w, cuts, covariance, groups), count - 1.0
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    plain_errors = np.sqrt(np.maximum(np.diag(np.linalg.pinv(information)), 0.0))

    coef, se, p = {}, {}, {}
    for j, name in enumerate(design.columns):
        estimate, error = float(value[cuts + j]), float(errors[cuts + j])
        per = 1.0 if set(np.unique(x[:, j])) <= {0.0, 1.0} else float(x[:, j].std())
        if max(abs(estimate), error, plain_errors[cuts + j]) * per > RUNAWAY:
            lost[name] = _("the outcomes are separated: the estimate runs away")
            continue
        coef[name] = estimate
        if reason or error <= 1e-9:
            continue
        se[name] = error
        z = abs(estimate / error)
        p[name] = float(2 * special.ndtr(-z) if df is None else 2 * special.stdtr(df, -z))
    return OrderedLogit(
        coef=coef,
        se=se,
        p_value=p,
        threshold=tuple(map(float, value[:cuts])),
        levels=tuple(levels[i] for i in used),
        log_likelihood=log_likelihood,
        deviance=-2 * log_likelihood,
        n=float(w.sum()),
        df=df,
        not_estimable=lost,
        reason=reason,
    )


def criteria_model(scores: pd.DataFrame, reference: str | None = None, *, level: float = 0.95) -> pd.DataFrame:
    """The proportional-odds model "score ~ criterion", its errors clustered by brand.

    A secondary analysis: one model for all criteria, on the order of the scores alone.

    Parameters
    ----------
    scores : DataFrame
        Brands x criteria, points, NaN where a brand was not scored; or long, with the columns
        ``brand``, ``criterion`` and ``score``.
    reference : str, optional
        Criterion that the others are compared with; the first that varies if not given.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame, index: criterion, in the order of the columns
        * ``coef``: log odds of scoring higher than on the reference; 0 for the reference itself
        * ``odds_ratio``, and its limits ``ci_low``, ``ci_high``
        * ``p_value``: not corrected
        * ``estimable``: whether there is a coefficient
        * ``reason``: why not, or why there is no interval; "the reference" for the reference

        NaN where there is no number.

    Raises
    ------
    UnknownName
        If `reference` is not a criterion.

    Examples
    --------
    >>> points = pd.DataFrame({"a": [1, 2, 3], "b": [2, 3, 3], "top": [5, 5, 5]})
    >>> criteria_model(points)["reason"]["top"]
    'not estimable: every brand has the same score'
    """
    table = _wide(scores)
    if reference is not None and reference not in table.columns:
        raise UnknownName("criterion", str(reference), map(str, table.columns))
    reasons: dict[Any, str] = {}
    for name in table.columns:
        distinct = table[name].round(DIGITS).nunique()
        if distinct < 2:
            reasons[name] = _(
                "not estimable: every brand has the same score" if distinct else "not estimable: no scores"
            )
    varying = [name for name in table.columns if name not in reasons]
    rows = {name: _no_row(reasons.get(name, "")) for name in table.columns}
    if reference is None and varying:
        reference = varying[0]
    if reference in reasons or len(varying) < 2:
        why = _("not estimable: the reference '{reference}' does not vary").format(reference=reference)
        if reference in varying:
            why = _("not estimable: no second criterion varies")
        rows |= {name: _no_row(why) for name in varying}
    else:
        rows |= _compared(table[varying], reference, level)
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(_NO_ROW)).rename_axis("criterion")


_NO_ROW: dict[str, Any] = {
    "coef": math.nan,
    "odds_ratio": math.nan,
    "ci_low": math.nan,
    "ci_high": math.nan,
    "p_value": math.nan,
    "estimable": False,
    "reason": "",
}


def _no_row(reason: str) -> dict[str, Any]:
    return _NO_ROW | {"reason": reason}


def _wide(scores: pd.DataFrame) -> pd.DataFrame:
    long = {"brand", "criterion", "score"}
    if long <= set(scores.columns):
        if scores.duplicated(["brand", "criterion"]).any():
            raise BadData("a brand has two scores on one criterion.", remedy="Average its raters first.")
        order = list(dict.fromkeys(scores["criterion"]))
        scores = scores.pivot(index="brand", columns="criterion", values="score")[order]
    return scores.astype(float)


def _compared(table: pd.DataFrame, reference: Any, level: float) -> dict[Any, dict[str, Any]]:
    """Rows of the criteria that vary."""
    n, k = table.shape
    points = table.round(DIGITS).to_numpy()
    # Criteria by position: names need not be text, nor differ as text.
    model = ordered_logit(
        points.ravel(),
        {"c": np.tile(np.arange(k), n).astype(str)},
        levels=sorted(np.unique(points[~np.isnan(points)])),
        reference={"c": str(table.columns.get_loc(reference))},
        cluster=np.repeat(np.arange(n), k),
    )
    quantile = -float(
        special.ndtri((1 - level) / 2) if model.df is None else special.stdtrit(model.df, (1 - level) / 2)
    )
    rows = {}
    for position, name in enumerate(table.columns):
        label = f"c{position}"
        if name == reference:
            rows[name] = _no_row(_("the reference")) | {"coef": 0.0, "odds_ratio": 1.0, "estimable": True}
        elif label not in model.coef:
            why = model.not_estimable.get(label, model.reason)
            rows[name] = _no_row(_("not estimable: {why}").format(why=why))
        else:
            coef = model.coef[label]
            rows[name] = _no_row("") | {"coef": coef, "odds_ratio": math.exp(coef), "estimable": True}
            if label in model.se:
                half = quantile * model.se[label]
                limits = {"ci_low": math.exp(coef - half), "ci_high": math.exp(coef + half)}
                rows[name] |= limits | {"p_value": model.p_value[label]}
            else:
                few = _("no interval: fewer than {least} brands").format(least=FEWEST_CLUSTERS)
                rows[name]["reason"] = few if model.reason else _("no interval: all brands differ by the same")
    return rows


def _prepared(
    outcome: ArrayLike,
    predictors: Mapping[str, ArrayLike],
    levels: Sequence[Any],
    reference: Mapping[str, Any],
    weights: ArrayLike | None,
    cluster: ArrayLike | None,
) -> tuple[np.ndarray, pd.DataFrame, np.ndarray, np.ndarray | None]:
    """Positions of the outcomes, design matrix, weights and clusters of the complete observations."""
    raw = pd.Series(outcome, dtype=object)
    columns = {name: pd.Series(column, dtype=object) for name, column in predictors.items()}
    extra = {"weights": weights, "cluster": cluster}
    given = {name: pd.Series(value, dtype=object) for name, value in extra.items() if value is not None}
    for name, column in {**columns, **given}.items():
        if len(column) != len(raw):
            raise BadData(f"'{name}' has {len(column)} values for {len(raw)} outcomes.")
    for name in reference:
        if name not in columns:
            raise UnknownName("predictor", name, columns)
    complete = raw.notna()
    for column in (*columns.values(), *given.values()):
        complete &= column.notna()
    w = np.ones(len(raw)) if weights is None else given["weights"].to_numpy(dtype=float, na_value=math.nan)
    if (w[complete] < 0).any():
        raise BadData("a weight is below 0.", remedy="Weights say how often an observation was made.")
    complete &= w > 0

    position = {_key(level): i for i, level in enumerate(levels)}
    kept = raw[complete]
    unknown = next((value for value in kept if _key(value) not in position), None)
    if unknown is not None:
        raise UnknownName("level", str(unknown), map(str, levels))
    y = np.array([position[_key(value)] for value in kept], dtype=int)
    design = _design({name: column[complete] for name, column in columns.items()}, reference, y.size)
    groups = pd.factorize(given["cluster"][complete])[0] if "cluster" in given else None
    return y, design, w[complete.to_numpy()], groups


def _key(value: Any) -> Any:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)
    return round(float(value), DIGITS) if number else str(value)


def _design(columns: Mapping[str, pd.Series], reference: Mapping[str, Any], length: int) -> pd.DataFrame:
    """One column of numbers per coefficient."""
    found: dict[str, np.ndarray] = {}
    for name, column in columns.items():
        if name in reference:
            text = column.map(str)
            against = str(reference[name])
            seen = list(dict.fromkeys(text))
            if seen and against not in seen:
                raise UnknownName(f"reference level of '{name}'", against, seen)
            found |= {f"{name}{one}": (text == one).to_numpy(dtype=float) for one in seen if one != against}
        elif any(isinstance(value, str) for value in column):
            raise BadParameters(f"predictor '{name}' is text.", remedy="Give its reference level in `reference`.")
        else:
            found[name] = column.to_numpy(dtype=float)
    return pd.DataFrame(found, index=range(length))


def _estimable(
    y: np.ndarray, design: pd.DataFrame, w: np.ndarray, lost: dict[str, str]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Observations and columns that remain; `lost` gains the other columns and their reasons."""
    keep = np.ones(y.size, dtype=bool)
    while True:
        before = len(lost)
        for name in list(design.columns):
            column, here = design[name].to_numpy()[keep], y[keep]
            if column.size and np.ptp(column) == 0:
                lost[name] = _("it has the same value everywhere")
            elif set(np.unique(column)) == {0.0, 1.0} and (fully := _explained(column, here)) is not None:
                # In the limit its coefficient explains these outcomes fully; they say nothing about the others.
                lost[name] = _("its outcomes are all at one end of the scale")
                keep[np.flatnonzero(keep)[fully]] = False
            else:
                continue
            design = design.drop(columns=name)
        if len(lost) == before:
            break
    design = design[keep]
    base = np.column_stack([np.ones(len(design)), design.to_numpy()])
    scale = np.linalg.norm(base, axis=0)
    chosen = [0]
    for j in range(1, base.shape[1]):
        if np.linalg.matrix_rank(base[:, [*chosen, j]] / scale[[*chosen, j]], tol=1e-9) == len(chosen) + 1:
            chosen.append(j)
        else:
            lost[design.columns[j - 1]] = _("it says the same as the other predictors")
    return keep, design.iloc[:, [j - 1 for j in chosen[1:]]]


def _explained(column: np.ndarray, y: np.ndarray) -> np.ndarray | None:
    """The observations on one side of a 0/1 column, if all are at one end of the outcome."""
    if y.min() == y.max():
        return None
    for side in (1.0, 0.0):
        rows = column == side
        if (y[rows] == y.max()).all() or (y[rows] == y.min()).all():
            return rows
    return None


def _newton(y: np.ndarray, x: np.ndarray, w: np.ndarray, cuts: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Thresholds and coefficients at the maximum, and the observed information there."""
    below = np.cumsum(np.bincount(y, weights=w, minlength=cuts + 1))[:-1] / w.sum()
    # Centred and scaled predictors, or Newton's steps are lost between 1e-6 and 1e6.
    centre, spread = (x.mean(axis=0), x.std(axis=0)) if x.size else (np.zeros(0), np.ones(0))
    scaled = (x - centre) / spread
    value = np.concatenate([special.logit(below), np.zeros(x.shape[1])])
    best, gradient, hessian = _log_likelihood(value, y, scaled, w, cuts)
    for __ in range(_STEPS):
        step = np.linalg.lstsq(-hessian, gradient, rcond=1e-14)[0]
        size = 1.0
        while size > 1e-10:
            tried = value + size * step
            likelihood, g, h = _log_likelihood(tried, y, scaled, w, cuts)
            if likelihood >= best - 1e-12 * abs(best):
                break
            size /= 2
        else:
            return None
        gain, value, best, gradient, hessian = likelihood - best, tried, max(best, likelihood), g, h
        if abs(gain) < 1e-10 * (1 + abs(best)) and np.abs(step).max() < 1e-7 * (1 + np.abs(value).max()):
            break
        if np.abs(value).max() > 100:
            # Runs away: it is flagged, not refined.
            break
    slopes = value[cuts:] / spread
    result = np.concatenate([value[:cuts] + slopes @ centre, slopes])
    return result, -_log_likelihood(result, y, x, w, cuts)[2]


def _log_likelihood(
    value: np.ndarray, y: np.ndarray, x: np.ndarray, w: np.ndarray, cuts: int
) -> tuple[float, np.ndarray, np.ndarray]:
    """Log-likelihood, its gradient and its second derivatives; minus infinity where thresholds cross."""
    size = value.size
    if (np.diff(value[:cuts]) <= 0).any():
        return -math.inf, np.zeros(size), np.zeros((size, size))
    p, first, second, upper, lower = _pieces(value, y, x, cuts)
    rows = first / p[:, None]
    curved = (upper * (second[:, :1] * (w / p)[:, None])).T @ upper
    curved -= (lower * (second[:, 1:] * (w / p)[:, None])).T @ lower
    return float(w @ np.log(p)), w @ rows, curved - (rows * w[:, None]).T @ rows


def _pieces(
    value: np.ndarray, y: np.ndarray, x: np.ndarray, cuts: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Per observation: its probability, that one's gradient, curvatures of both ends, and the ends' rows."""
    edge = np.concatenate([[-math.inf], value[:cuts], [math.inf]])
    linear = x @ value[cuts:]
    high, low = edge[y + 1] - linear, edge[y] - linear
    # The smaller tail keeps its digits.
    p = np.where(low > 0, special.expit(-low) - special.expit(-high), special.expit(high) - special.expit(low))
    p = np.maximum(p, _TINY)
    unit = np.vstack([np.zeros(cuts), np.eye(cuts), np.zeros(cuts)])
    upper, lower = np.hstack([unit[y + 1], -x]), np.hstack([unit[y], -x])
    density = [special.expit(end) * special.expit(-end) for end in (high, low)]
    second = np.column_stack(
        [d * (special.expit(-end) - special.expit(end)) for d, end in zip(density, (high, low), strict=True)]
    )
    return p, upper * density[0][:, None] - lower * density[1][:, None], second, upper, lower


def _sandwich(
    value: np.ndarray,
    y: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    cuts: int,
    bread: np.ndarray,
    groups: np.ndarray,
) -> np.ndarray:
    p, first, *__ = _pieces(value, y, x, cuts)
    scores = first * (w / p)[:, None]
    count = int(groups.max()) + 1
    sums = np.zeros((count, value.size))
    np.add.at(sums, groups, scores)
    occurring = np.unique(groups).size
    return bread @ (sums.T @ sums) @ bread * occurring / (occurring - 1)


# --- mixed model -------------------------------------------------------------------------------


def mixed_model(
    outcome: ArrayLike,
    predictors: Mapping[str, ArrayLike],
    groups: ArrayLike,
    *,
    slopes: Sequence[str] = (),
    reml: bool = True,
) -> MixedModel:
    """Linear mixed model with a random intercept, and correlated random slopes, per group.

    The (restricted) likelihood is profiled down to the factor of the random effects' covariance
    relative to the error, as lme4 does: a few numbers, searched without derivatives from two
    starts, so that the edge of no variance is reached like any other point.

    Parameters
    ----------
    outcome : array-like, length n
        Numbers; an observation with anything missing is left out.
    predictors : mapping of str to array-like of length n
        Numbers.
    groups : array-like, length n
        Such as brands.
    slopes : sequence of str
        Predictors whose effect differs from group to group.
    reml : bool
        Restricted maximum likelihood; else full.

    Returns
    -------
    MixedModel
        Refused, with a reason, where the groups do not differ (a variance is zero), with fewer
        than two groups or too few observations, or where predictors say the same.  Where random
        effects are estimated to correlate fully there is a model, and a reason to leave one out.

    Raises
    ------
    UnknownName
        If a slope is not a predictor.
    BadData
        If lengths differ or a predictor is text.

    References
    ----------
    .. [1] Bates, D., Maechler, M., Bolker, B. and Walker, S. (2015), *Journal of Statistical Software* 67(1).
       https://doi.org/10.18637/jss.v067.i01

    Examples
    --------
    >>> model = mixed_model([1, 2, 4, 5, 6, 9], {}, ["a", "a", "b", "b", "c", "c"])
    >>> model.coef  # groups of equal size: the mean of all
    {'Intercept': 4.5}
    >>> round(model.sd_residual**2, 3), round(model.sd_group["Intercept"]**2, 3)  # MSW 11/6, (MSB - MSW) / 2
    (1.833, 8.083)
    """
    for name in slopes:
        if name not in predictors:
            raise UnknownName("predictor", name, predictors)
    table = _numbers({"outcome of the model": outcome, **predictors}, groups)
    y = table.iloc[:, 0].to_numpy()
    x = np.column_stack([np.ones(len(table)), table[list(predictors)].to_numpy()])
    names = [INTERCEPT, *predictors]
    random = [0, *(names.index(name) for name in slopes)]
    codes, __ = pd.factorize(table["groups of the model"])
    count = int(codes.max()) + 1 if codes.size else 0
    common: dict[str, Any] = {"n": len(table), "groups": count}
    reason = _no_mixed_model(y, x, count, len(random))
    if reason:
        return MixedModel(reason=reason, **common)

    # Sizes near 1: the search stops at absolute changes.
    y_scale, x_scale = y.std(), np.concatenate([[1.0], np.abs(x[:, 1:]).max(axis=0)])
    deviance = _profiled(y / y_scale, x / x_scale, codes, random, reml)
    factor = _lowest(lambda theta: deviance(theta).value, len(random))
    fit = deviance(factor)
    effects = [names[i] for i in random]
    triangle = _lower_triangle(factor, len(random))
    refused, reason = _at_the_edge(triangle, fit, deviance(np.zeros_like(factor)), effects)
    if refused:
        return MixedModel(reason=reason, **common)

    scale = y_scale / x_scale
    covariance = fit.covariance * np.outer(scale[random], scale[random])
    sd = np.sqrt(np.diag(covariance))
    correlations = np.clip(covariance / np.outer(sd, sd), -1, 1)
    # Densities of y itself, not of y / y_scale; the restricted likelihood also has the determinant of x'x.
    df = len(y) - (x.shape[1] if reml else 0)
    minus_twice = fit.value + 2 * df * math.log(y_scale) + (2 * float(np.log(x_scale).sum()) if reml else 0.0)
    return MixedModel(
        coef=dict(zip(names, map(float, fit.coef * scale), strict=True)),
        se=dict(zip(names, map(float, fit.se * scale), strict=True)),
        sd_group=dict(zip(effects, map(float, sd), strict=True)),
        corr_group={
            (a, b): float(correlations[i, j]) for i, a in enumerate(effects) for j, b in enumerate(effects) if i != j
        },
        sd_residual=math.sqrt(fit.error) * float(y_scale),
        log_likelihood=-minus_twice / 2,
        deviance=minus_twice,
        reason=reason,
        **common,
    )


def _numbers(columns: Mapping[str, ArrayLike], groups: ArrayLike) -> pd.DataFrame:
    """Complete observations: the columns as numbers, and their groups."""
    group = pd.Series(groups, dtype=object)
    found = {}
    for name, column in columns.items():
        values = pd.Series(column, dtype=object)
        if len(values) != len(group):
            raise BadData(f"'{name}' has {len(values)} values for {len(group)} group labels.")
        if any(isinstance(value, str) for value in values):
            raise BadData(f"'{name}' is text.", remedy="A mixed model needs numbers; code the levels as 0 and 1.")
        found[name] = values.to_numpy(dtype=float, na_value=math.nan)
    table = pd.DataFrame(found)
    table["groups of the model"] = group
    return table.dropna()


def _no_mixed_model(y: np.ndarray, x: np.ndarray, groups: int, effects: int) -> str:
    if groups < 2:
        return "fewer than two groups"
    if len(y) == groups:
        return "every group has one observation: groups and error cannot be told apart"
    if len(y) <= x.shape[1] + effects:
        return "fewer observations than parameters"
    if np.linalg.matrix_rank(x / np.maximum(np.linalg.norm(x, axis=0), _TINY), tol=1e-9) < x.shape[1]:
        return "some predictors say the same, or have the same value everywhere"
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    if (rest**2).sum() <= 1e-20 * max(1.0, (y**2).sum()):
        return "the predictors explain every observation: nothing is left for groups"
    return ""


class _Profile(NamedTuple):
    """The model at given random effects: minus twice the log-likelihood, and what follows from it."""

    value: float
    coef: np.ndarray
    se: np.ndarray
    error: float
    covariance: np.ndarray


def _lower_triangle(theta: np.ndarray, q: int) -> np.ndarray:
    factor = np.zeros((q, q))
    factor[np.tril_indices(q)] = theta
    return factor


def _profiled(
    y: np.ndarray, x: np.ndarray, groups: np.ndarray, random: list[int], reml: bool
) -> Callable[[np.ndarray], _Profile]:
    """The profiled deviance as a function of the factor's lower triangle (Bates et al., section 3.4)."""
    n, p = x.shape
    count, q = int(groups.max()) + 1, len(random)
    # From the regression on: sums of squares of residuals do not cancel.
    start = np.linalg.lstsq(x, y, rcond=None)[0]
    rest, z = y - x @ start, x[:, random]

    def by_group(products: np.ndarray) -> np.ndarray:
        sums = np.zeros((count, *products.shape[1:]))
        np.add.at(sums, groups, products)
        return sums

    zz = by_group(z[:, :, None] * z[:, None, :])
    zxy = by_group(z[:, :, None] * np.column_stack([x, rest])[:, None, :])
    xx, xr, rr = x.T @ x, x.T @ rest, float(rest @ rest)
    df = n - p if reml else n

    def profile(theta: np.ndarray) -> _Profile:
        factor = _lower_triangle(theta, q)
        root = np.linalg.cholesky(factor.T @ zz @ factor + np.eye(q))
        half = np.linalg.solve(root, factor.T @ zxy)
        with_x, with_r = half[:, :, :p], half[:, :, p]
        inner = xx - np.einsum("gqi,gqj->ij", with_x, with_x)
        upper = np.linalg.cholesky(inner)
        step = np.linalg.solve(inner, xr - np.einsum("gqi,gq->i", with_x, with_r))
        squares = rr - float((with_r**2).sum()) - float(step @ inner @ step)
        error = max(squares, _TINY) / df
        value = 2 * float(np.log(np.einsum("gqq->gq", root)).sum()) + df * (1 + math.log(2 * math.pi * error))
        if reml:
            value += 2 * float(np.log(np.diag(upper)).sum())
        se = np.sqrt(error * np.diag(np.linalg.inv(inner)))
        return _Profile(value, start + step, se, error, error * factor @ factor.T)

    return profile


def _lowest(function: Callable[[np.ndarray], float], q: int) -> np.ndarray:
    """The lower triangle at which the deviance is lowest."""
    from scipy.optimize import minimize

    exact = {"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000, "maxfev": 8000}
    unit = np.eye(q)[np.tril_indices(q)]
    found = [minimize(function, size * unit, method="Nelder-Mead", options=exact) for size in (1.0, 0.1)]
    best = min(found, key=lambda one: one.fun)
    # A simplex can collapse before it arrives: a fresh one from there on, while that helps.
    for __ in range(5):
        again = minimize(function, best.x, method="Nelder-Mead", options=exact)
        gain, best = best.fun - again.fun, again if again.fun <= best.fun else best
        if gain < 1e-9:
            break
    return best.x


def _at_the_edge(factor: np.ndarray, fit: _Profile, without: _Profile, effects: list[str]) -> tuple[bool, str]:
    """Whether the fit must be refused, and why it is refused or doubtful."""
    if fit.error < 1e-12:
        return True, "nothing varies within the groups: the error is estimated as zero"
    sizes = np.linalg.norm(factor, axis=1)
    if sizes.min() < LEAST_EFFECT or without.value - fit.value < 1e-8:
        which = effects[int(sizes.argmin())]
        return True, f"the groups do not differ: the variance of {which} is estimated as zero"
    if np.linalg.svd(factor / sizes[:, None], compute_uv=False)[-1] < LEAST_EFFECT:
        return False, "the random effects cannot be told apart: they are estimated to correlate fully"
    return False, ""
