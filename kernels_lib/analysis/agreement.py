"""Do criteria belong together, and do raters agree?

    cronbach_alpha, omega                    criteria as one scale: brands x criteria
    icc, krippendorff_alpha, gwet_ac,
    fleiss_kappa, weighted_kappa             raters: units x raters
    one_way_icc, spread                      counted ratings: units x criteria x scores
    sem, minimal_detectable_change           agreement as points on the scale
    reliability, rater_agreement,
    counted_agreement                        everything a report needs, at once

Counts of ratings do not say who gave them.  So nothing here separates severe from lenient raters
where only counts are known; what needs no names (alpha, AC2, the one-way model) is exact.

A coefficient that does not exist is None with a reason in plain words, never NaN.  Nothing here
judges: "acceptable above 0.7" is a custom, not a result.
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

from kernels_lib.analysis.effects import DIGITS, times_drawn
from kernels_lib.analysis.significance.core import check_known, or_nan
from kernels_lib.errors import BadData, BadParameters
from kernels_lib.study.language import N_, _

KINDS = ("1,1", "A,1", "C,1", "1,k", "A,k", "C,k")
METRICS = ("ordinal", "nominal", "interval", "ratio")
WEIGHTS = ("identity", "linear", "quadratic", "ordinal")

# No criterion is taken as more than 99.5 % explained by the factor: beyond, the likelihood has no maximum.
_LEAST_UNIQUE = 0.005
_STEPS = 3000
_LONGEST_LEAP = 1e8
_CLOSE = 1e-9
# An interval from fewer brands, or from fewer than half of the draws, would be an accident.
_FEWEST_RESAMPLED = 3
_DRAWS_NEEDED = 0.5


@dataclass(frozen=True)
class Coefficient:
    """One coefficient.

    Attributes
    ----------
    effect : float or None
        The coefficient; None where it does not exist, see `reason`.
    ci_low, ci_high : float or None
        Confidence limits; None where there are none.
    n : int
        Brands (units, subjects) used.
    method : str
        The coefficient and its conventions, as a ledger prints them.
    reason : str
        Why there is no coefficient, or no interval; empty otherwise.
    """

    effect: float | None
    ci_low: float | None = None
    ci_high: float | None = None
    n: int = 0
    method: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Alpha(Coefficient):
    """Cronbach's alpha.

    Attributes
    ----------
    standardized, average_r : float or None
        Alpha of standardized criteria; mean correlation of two criteria.
    if_dropped, item_rest : mapping of str to float or None
        Per criterion: alpha of the others; correlation with the sum of the others.
    left_out : tuple of str
        Criteria without variance: they cannot enter.
    """

    standardized: float | None = None
    average_r: float | None = None
    if_dropped: Mapping[str, float | None] = field(default_factory=dict)
    item_rest: Mapping[str, float | None] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Omega(Coefficient):
    """McDonald's omega.

    Attributes
    ----------
    loading : mapping of str to float
        Correlation of each criterion with the factor, signed to a positive sum.
    left_out : tuple of str
        Criteria without variance.
    draws_used : int
        Bootstrap draws behind the interval; 0 without one.
    at_bound : tuple of str
        Criteria that the factor would explain fully (Heywood cases), held at 99.5 %.
    """

    loading: Mapping[str, float] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    at_bound: tuple[str, ...] = ()
    draws_used: int = 0


@dataclass(frozen=True)
class Icc(Coefficient):
    """An intraclass correlation with the F test that it is zero.

    Attributes
    ----------
    statistic, df1, df2, p_value : float or None
        F of the units; None where the raters do not differ at all.
    dropped : int
        Units left out because a rating is missing.
    """

    statistic: float | None = None
    df1: float | None = None
    df2: float | None = None
    p_value: float | None = None
    dropped: int = 0


@dataclass(frozen=True)
class Gwet(Coefficient):
    """Gwet's AC1 or AC2.

    Attributes
    ----------
    se : float or None
        Standard error for sampled units and given raters.
    observed_agreement, chance_agreement : float or None
        Shares in [0, 1], weighted.
    """

    se: float | None = None
    observed_agreement: float | None = None
    chance_agreement: float | None = None


@dataclass(frozen=True)
class Kappa(Coefficient):
    """Fleiss' kappa.

    Attributes
    ----------
    z, p_value : float or None
        Test that agreement is by chance only; None where ratings are missing.
    """

    z: float | None = None
    p_value: float | None = None


@dataclass(frozen=True)
class Reliability:
    """What a report says about an index as a scale.

    Attributes
    ----------
    n : int
        Brands scored on every criterion that enters.
    criteria : tuple of str
        Criteria that enter.
    left_out : tuple of str
        Criteria on which all brands have the same score, or none.
    alpha, omega : Coefficient
    item_rest : mapping of str to float or None
        Correlation of each criterion with the sum of the others.
    """

    n: int
    criteria: tuple[str, ...]
    left_out: tuple[str, ...]
    alpha: Alpha
    omega: Omega
    item_rest: Mapping[str, float | None]


# --- criteria as one scale ---------------------------------------------------------------------


def cronbach_alpha(
    scores: pd.DataFrame | ArrayLike,
    *,
    names: Sequence[str] | None = None,
    level: float = 0.95,
    missing: str = "complete",
) -> Alpha:
    """Cronbach's alpha: k/(k-1) (1 - sum of variances / variance of the sum), with Feldt's interval.

    Parameters
    ----------
    scores : DataFrame or array-like, shape (n_brands, n_criteria)
        Points.  A criterion without variance is left out and named.
    names : sequence of str, optional
        Names of the criteria; else the columns, or positions from 1.
    level : float
        Of the interval, such as 0.95.
    missing : {"complete", "pairwise"}
        A brand with a gap is left out; or every covariance uses the brands it can (as `psych` does).

    Returns
    -------
    Alpha
        None with fewer than two criteria that vary, or two brands.

    References
    ----------
    .. [1] Cronbach, L. J. (1951), *Psychometrika* 16, 297-334.  https://doi.org/10.1007/BF02310555
    .. [2] Feldt, L. S., Woodruff, D. J. and Salih, F. A. (1987), *Applied Psychological Measurement* 11, 93-103.
       https://doi.org/10.1177/014662168701100107

    Examples
    --------
    >>> round(cronbach_alpha([[1, 2], [2, 2], [3, 5]]).effect, 4)  # 2 (1 - (1 + 3) / 7)
    0.8571
    """
    check_known("treatment of missing scores", missing, ("complete", "pairwise"))
    method = "Cronbach's alpha (raw), Feldt's interval"
    table, left_out = _varying(scores, names, complete=missing == "complete")
    n, k = table.shape
    common: dict[str, Any] = {"n": n, "method": method, "left_out": left_out}
    reason = _too_little(n, k, 2)
    if reason:
        return Alpha(None, reason=reason, **common)

    c = table.cov().to_numpy()
    if np.isnan(c).any():
        return Alpha(None, reason=_("no two brands were scored on both of some two criteria"), **common)
    alpha = _alpha(c)
    if alpha is None:
        return Alpha(None, reason=_("the criteria cancel out: their sum has no variance"), **common)
    correlations = c / np.sqrt(np.outer(np.diag(c), np.diag(c)))
    average = float((correlations.sum() - k) / (k * (k - 1)))
    standardized = k * average / (1 + (k - 1) * average) if 1 + (k - 1) * average > _CLOSE else None
    rest = {name: [j for j in range(k) if j != i] for i, name in enumerate(table.columns)}
    tail = (1 - level) / 2
    low, high = (1 - (1 - alpha) * float(special.fdtri(n - 1, (n - 1) * (k - 1), p)) for p in (1 - tail, tail))
    return Alpha(
        effect=alpha,
        ci_low=low,
        ci_high=high,
        standardized=standardized,
        average_r=average,
        if_dropped={name: _alpha(c[np.ix_(r, r)]) if k > 2 else None for name, r in rest.items()},
        item_rest={name: _item_rest(c, i, r) for i, (name, r) in enumerate(rest.items())},
        **common,
    )


def omega(
    scores: pd.DataFrame | ArrayLike,
    *,
    names: Sequence[str] | None = None,
    level: float = 0.95,
    draws: int = 0,
    rng: np.random.Generator | None = None,
) -> Omega:
    """McDonald's omega of one factor, fitted to the correlations by maximum likelihood.

    omega = (sum l)^2 / ((sum l)^2 + sum (1 - l^2)) with the loadings l.  The interval is the
    percentile bootstrap over brands; it says nothing about whether one factor is enough.

    Parameters
    ----------
    scores : DataFrame or array-like, shape (n_brands, n_criteria)
        Points.  A brand with a gap and a criterion without variance are left out.
    names : sequence of str, optional
        Names of the criteria; else the columns, or positions from 1.
    level : float
        Of the interval.
    draws : int
        Bootstrap samples; 0 for no interval.
    rng : numpy Generator
        The only source of chance; needed with `draws`.

    Returns
    -------
    Omega
        None with fewer than three criteria that vary, or where the brands are too few or some
        criterion is the sum of others (the correlations are singular).

    References
    ----------
    .. [1] McDonald, R. P. (1999), *Test Theory: A Unified Treatment*, chapter 6.

    Examples
    --------
    >>> rows = [[1, 1, 2], [2, 3, 1], [3, 5, 5], [4, 2, 4], [5, 4, 3]]  # every correlation is 1/2
    >>> round(omega(rows).effect, 6)  # l^2 = 1/2: (9/2) / (9/2 + 3/2)
    0.75
    """
    table, left_out = _varying(scores, names, complete=True)
    n, k = table.shape
    common: dict[str, Any] = {"n": n, "method": "McDonald's omega (one factor, ML)", "left_out": left_out}
    reason = _too_little(n, k, 3)
    if reason:
        return Omega(None, reason=reason, **common)

    x = table.to_numpy()
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    correlations = x.T @ x / n
    if np.linalg.eigvalsh(correlations)[0] < _CLOSE:
        few = _("no factor can be fitted: there are too few brands")
        tied = _("no factor can be fitted: some criteria determine another")
        return Omega(None, reason=few if n <= k else tied, **common)
    loadings, converged = _one_factor(correlations[None])
    if not converged[0]:
        return Omega(None, reason=_("the factor model did not converge"), **common)
    loading = dict(zip(table.columns, map(float, loadings[0]), strict=True))
    bound = tuple(name for name, value in loading.items() if 1 - value**2 < _LEAST_UNIQUE + 1e-6)
    common |= {"loading": loading, "at_bound": bound}
    effect = float(_omega(loadings)[0])
    if not draws:
        return Omega(effect, **common)
    if rng is None:
        raise BadParameters("an interval by bootstrap needs a random generator.", remedy="Give rng.")
    found = _resampled_omegas(x, draws, rng)
    low, high, reason = _percentiles(found, draws, n, level)
    return Omega(effect, low, high, reason=reason, draws_used=found.size, **common)


def reliability(
    scores: pd.DataFrame, *, level: float = 0.95, draws: int = 2000, rng: np.random.Generator
) -> Reliability:
    """Alpha, omega and item-rest correlations of an index, on the brands scored on every criterion.

    An index of criteria that need not go together (a formative one) may have a low alpha without fault.

    Parameters
    ----------
    scores : DataFrame, shape (n_brands, n_criteria)
        Points; NaN where a brand was not scored.
    level : float
        Of both intervals.
    draws : int
        Bootstrap samples of omega's interval.
    rng : numpy Generator

    Returns
    -------
    Reliability

    Examples
    --------
    >>> points = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3], "top": [5, 5, 5, 5]})
    >>> found = reliability(points, rng=np.random.default_rng(1))
    >>> found.left_out, round(found.alpha.effect, 2), found.omega.reason
    (('top',), 0.75, 'fewer than three criteria that vary')
    """
    alpha = cronbach_alpha(scores, level=level)
    table, left_out = _varying(scores, None, complete=True)
    return Reliability(
        n=len(table),
        criteria=tuple(table.columns),
        left_out=left_out,
        alpha=alpha,
        omega=omega(scores, level=level, draws=draws, rng=rng),
        item_rest=alpha.item_rest,
    )


def _varying(
    scores: pd.DataFrame | ArrayLike, names: Sequence[str] | None, *, complete: bool
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The criteria that vary, on the brands that count, and the names of the other criteria."""
    points = np.atleast_2d(np.asarray(scores, dtype=float))
    if names is None:
        given = scores.columns if isinstance(scores, pd.DataFrame) else range(1, points.shape[1] + 1)
        names = [str(name) for name in given]
    if points.shape[1] != len(names):
        raise BadParameters(f"{len(names)} names for {points.shape[1]} criteria.")
    table = pd.DataFrame(points, columns=list(names))
    left_out: list[str] = []
    while True:
        constant = [name for name in table.columns if table[name].round(DIGITS).nunique() < 2]
        # Only now the rows: a criterion that nobody was scored on must not cost every brand.
        kept = table.drop(columns=constant).dropna(how="any" if complete else "all")
        left_out += constant
        if not constant and len(kept) == len(table):
            return table, tuple(name for name in names if name in left_out)
        table = kept


def _too_little(n: int, k: int, criteria: int) -> str:
    if k < criteria:
        return _("fewer than two criteria that vary") if criteria == 2 else _("fewer than three criteria that vary")
    return _("fewer than two brands") if n < 2 else ""


def _alpha(covariances: np.ndarray) -> float | None:
    k = len(covariances)
    total = float(covariances.sum())
    own = float(np.trace(covariances))
    return k / (k - 1) * (1 - own / total) if total > _CLOSE * own else None


def _item_rest(c: np.ndarray, i: int, rest: list[int]) -> float | None:
    spread = float(c[np.ix_(rest, rest)].sum())
    if spread <= _CLOSE * c[rest, rest].sum():
        return None
    return float(np.clip(c[i, rest].sum() / math.sqrt(c[i, i] * spread), -1, 1))


def _omega(loadings: np.ndarray) -> np.ndarray:
    common = loadings.sum(axis=1) ** 2
    return common / (common + (1 - loadings**2).sum(axis=1))


def _resampled_omegas(x: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Omega of each bootstrap sample in which every criterion varies and the fit converged."""
    n, k = x.shape
    weights = times_drawn(n, draws, rng) / n
    means = weights @ x
    products = (weights @ (x[:, :, None] * x[:, None, :]).reshape(n, k * k)).reshape(draws, k, k)
    c = products - means[:, :, None] * means[:, None, :]
    variances = np.einsum("bii->bi", c)
    varying = (variances > _CLOSE).all(axis=1)
    sd = np.sqrt(variances[varying])
    loadings, converged = _one_factor(c[varying] / (sd[:, :, None] * sd[:, None, :]))
    return _omega(loadings[converged])


def _one_factor(correlations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Loadings of the one-factor model of each correlation matrix, and whether they were reached.

    The EM algorithm of Rubin and Thayer (1982), each two steps extrapolated as SQUAREM does; an
    extrapolation that is less likely than the two steps is not taken.

    Parameters
    ----------
    correlations : ndarray, shape (b, k, k)

    Returns
    -------
    loadings : ndarray, shape (b, k), with positive sums
    converged : ndarray of bool, shape (b,)
    """
    b, k = correlations.shape[:2]
    values, vectors = np.linalg.eigh(correlations)
    loading = np.clip(vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:] - 0.5, 0.1)), -0.95, 0.95)
    state = np.concatenate([loading, np.maximum(1 - loading**2, _LEAST_UNIQUE)], axis=1)
    open_ = np.arange(b)
    for __ in range(_STEPS):
        r, now = correlations[open_], state[open_]
        first = _em_step(r, now)
        second = _em_step(r, first)
        change, bend = first - now, second - 2 * first + now
        size = np.linalg.norm(change, axis=1) / np.maximum(np.linalg.norm(bend, axis=1), 1e-300)
        # A fit that has arrived does not bend: without an upper limit its leap would leave the numbers.
        size = np.clip(size, 1.0, _LONGEST_LEAP)[:, None]
        leap = now + 2 * size * change + size**2 * bend
        leap[:, k:] = np.clip(leap[:, k:], _LEAST_UNIQUE, 1.0)
        leap = _em_step(r, leap)
        better = _misfit(r, leap) < _misfit(r, second)
        state[open_] = np.where(better[:, None], leap, second)
        # EM is slow: a step must be far smaller than the precision wanted.
        open_ = open_[np.abs(change).max(axis=1) > 1e-11]
        if not open_.size:
            break
    converged = np.ones(b, dtype=bool)
    if open_.size:
        converged[open_] = np.abs(_em_step(correlations[open_], state[open_]) - state[open_]).max(axis=1) < 1e-8
    loading = state[:, :k]
    return loading * np.where(loading.sum(axis=1, keepdims=True) < 0, -1.0, 1.0), converged


def _em_step(r: np.ndarray, state: np.ndarray) -> np.ndarray:
    k = r.shape[1]
    loading, unique = state[:, :k], state[:, k:]
    ratio = loading / unique
    scale = 1 + (ratio * loading).sum(axis=1, keepdims=True)
    beta = ratio / scale
    with_factor = np.einsum("bij,bj->bi", r, beta)
    factor = 1 / scale + (beta * with_factor).sum(axis=1, keepdims=True)
    loading = with_factor / factor
    return np.concatenate([loading, np.maximum(1 - loading * with_factor, _LEAST_UNIQUE)], axis=1)


def _misfit(r: np.ndarray, state: np.ndarray) -> np.ndarray:
    """log |S| + tr(S^-1 R) of the fitted S: minus twice the log-likelihood, up to constants."""
    k = r.shape[1]
    loading, unique = state[:, :k], state[:, k:]
    ratio = loading / unique
    scale = 1 + (ratio * loading).sum(axis=1)
    explained = np.einsum("bi,bij,bj->b", ratio, r, ratio) / scale
    return np.log(unique).sum(axis=1) + np.log(scale) + (1 / unique).sum(axis=1) - explained


# --- raters ------------------------------------------------------------------------------------


def icc(ratings: pd.DataFrame | ArrayLike, kind: str = "A,1", *, level: float = 0.95) -> Icc:
    """Intraclass correlation in McGraw and Wong's names, with Shrout and Fleiss' limits.

    ``1`` is the one-way model (raters differ from unit to unit), ``A`` absolute agreement, ``C``
    consistency (a rater's leniency does not count); ``1`` after the comma is one rater, ``k`` the
    mean of all.

    Parameters
    ----------
    ratings : DataFrame or array-like, shape (n_units, n_raters)
        A unit with a missing rating is left out and counted.
    kind : {"A,1", "C,1", "1,1", "A,k", "C,k", "1,k"}
    level : float
        Of the interval.

    Returns
    -------
    Icc
        None with one rater, with fewer than two units, or where all ratings are equal.  Where
        raters do not differ at all there is no F and no interval.

    References
    ----------
    .. [1] Shrout, P. E. and Fleiss, J. L. (1979), *Psychological Bulletin* 86, 420-428.
       https://doi.org/10.1037/0033-2909.86.2.420
    .. [2] McGraw, K. O. and Wong, S. P. (1996), *Psychological Methods* 1, 30-46.
       https://doi.org/10.1037/1082-989X.1.1.30

    Examples
    --------
    >>> round(icc([[1, 2], [3, 4], [5, 6]], "C,1").effect, 2), round(icc([[1, 2], [3, 4], [5, 6]], "A,1").effect, 2)
    (1.0, 0.89)
    """
    check_known("kind of intraclass correlation", kind, KINDS)
    x = _rated(ratings)
    complete = ~np.isnan(x).any(axis=1)
    x = x[complete]
    n, k = x.shape
    common: dict[str, Any] = {"n": n, "dropped": int((~complete).sum()), "method": f"ICC({kind})"}
    reason = (
        _("fewer than two raters")
        if k < 2
        else _("fewer than two units rated by every rater")
        if n < 2
        else _("all ratings are equal: there is no variance")
        if np.ptp(x) == 0
        else ""
    )
    if reason:
        return Icc(None, reason=reason, **common)

    squares = _mean_squares(x)
    error = squares.within if kind.startswith("1") else squares.residual
    effect = _icc_value(kind, squares, n, k)
    if effect is None:
        return Icc(None, reason=_("the ratings vary in a way that leaves nothing to compare"), **common)
    if error == 0:
        reason = _("the ratings leave no error: no F and no interval")
        return Icc(effect, reason=reason, **common)
    df1, df2 = n - 1, n * (k - 1) if kind.startswith("1") else (n - 1) * (k - 1)
    f = squares.rows / error
    low, high = _icc_limits(kind, squares, n, k, (1 - level) / 2)
    reason = "" if low is not None else _("no interval: the limits are not finite")
    if low is not None and not low - 1e-9 <= effect <= high + 1e-9:
        # Satterthwaite's degrees of freedom are of no use where raters differ more than what they rate.
        low, high, reason = None, None, _("no interval: the approximate limits leave the coefficient out")
    common |= {"statistic": f, "df1": df1, "df2": df2, "p_value": float(special.fdtrc(df1, df2, f)), "reason": reason}
    return Icc(effect, low, high, **common)


class _MeanSquares(NamedTuple):
    rows: float
    columns: float
    residual: float
    within: float


def _mean_squares(x: np.ndarray) -> _MeanSquares:
    n, k = x.shape
    x = x - x.mean()
    by_row, by_column = x.mean(axis=1, keepdims=True), x.mean(axis=0, keepdims=True)
    total = float((x**2).sum())

    def tidy(squares: float, df: int) -> float:
        # Rounding leaves 1e-30 where raters agree fully.
        return squares / df if squares > 1e-13 * total else 0.0

    residual = tidy(float(((x - by_row - by_column) ** 2).sum()), (n - 1) * (k - 1))
    return _MeanSquares(
        rows=tidy(k * float((by_row**2).sum()), n - 1),
        columns=tidy(n * float((by_column**2).sum()), k - 1),
        residual=residual,
        within=tidy(float(((x - by_row) ** 2).sum()), n * (k - 1)),
    )


def _icc_value(kind: str, ms: _MeanSquares, n: int, k: int) -> float | None:
    error = ms.within if kind.startswith("1") else ms.residual
    raters = ms.columns - ms.residual if kind.startswith("A") else 0.0
    # The mean of k raters has a k-th of each error.
    one = kind.endswith("1")
    below = ms.rows + (k - 1) * error + k * raters / n if one else ms.rows + raters / n
    return (ms.rows - error) / below if below > 0 else None


def _icc_limits(kind: str, ms: _MeanSquares, n: int, k: int, tail: float) -> tuple[float | None, float | None]:
    """Shrout and Fleiss' limits; for the mean of k raters by Spearman and Brown from one rater."""
    quantile = 1 - tail
    if kind.startswith("A"):
        limits = _absolute_limits(ms, n, k, quantile)
    else:
        df1 = n - 1
        df2, error = (n * (k - 1), ms.within) if kind.startswith("1") else ((n - 1) * (k - 1), ms.residual)
        f = ms.rows / error
        low = f / special.fdtri(df1, df2, quantile)
        high = f * special.fdtri(df2, df1, quantile)
        limits = (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)
    if kind.endswith("k"):
        limits = tuple(k * limit / (1 + (k - 1) * limit) if 1 + (k - 1) * limit > 0 else math.nan for limit in limits)
    low, high = (float(limit) for limit in limits)
    return (low, high) if math.isfinite(low) and math.isfinite(high) else (None, None)


def _absolute_limits(ms: _MeanSquares, n: int, k: int, quantile: float) -> tuple[float, float]:
    r = _icc_value("A,1", ms, n, k)
    ratio = ms.columns / ms.residual
    a, b = k * r * ratio, n * (1 + (k - 1) * r) - k * r
    below = (n - 1) * a**2 + b**2
    df = (k - 1) * (n - 1) * (a + b) ** 2 / below if below else 0.0
    if df <= 0:
        return math.nan, math.nan
    upper, lower = float(special.fdtri(n - 1, df, quantile)), float(special.fdtri(df, n - 1, quantile))
    if not (0 < upper < math.inf and 0 < lower < math.inf):
        return math.nan, math.nan
    spread = k * ms.columns + (k * n - k - n) * ms.residual
    return (
        n * (ms.rows - upper * ms.residual) / (upper * spread + n * ms.rows),
        n * (lower * ms.rows - ms.residual) / (spread + n * lower * ms.rows),
    )


def krippendorff_alpha(
    ratings: pd.DataFrame | ArrayLike,
    metric: str = "ordinal",
    *,
    level: float = 0.95,
    draws: int = 0,
    rng: np.random.Generator | None = None,
) -> Coefficient:
    """Krippendorff's alpha: 1 - observed / expected disagreement; ratings may be missing.

    Every pair of ratings of a unit with m ratings has the weight 1/(m-1), so that each rating
    counts once.

    Parameters
    ----------
    ratings : DataFrame or array-like, shape (n_units, n_raters)
        Numbers; text for ``"nominal"`` only.  None or NaN where a rater did not rate.
    metric : {"ordinal", "nominal", "interval", "ratio"}
        What a difference of two ratings means.
    level : float
        Of the interval.
    draws : int
        Bootstrap samples of units for the interval (percentiles); 0 for none.
    rng : numpy Generator
        Needed with `draws`.

    Returns
    -------
    Coefficient
        None where no unit has two ratings, or where all ratings that can be paired are equal.

    References
    ----------
    .. [1] Krippendorff, K. (2011), *Computing Krippendorff's Alpha-Reliability*.
       https://repository.upenn.edu/handle/20.500.14332/2089

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 1], [2, 2], [1, 2]], "nominal").effect, 4)  # 1 - (2/6) / (18/30)
    0.4444
    """
    check_known("metric", metric, METRICS)
    codes, categories = _codes(ratings, None)
    if metric != "nominal" and any(isinstance(value, str) for value in categories):
        raise BadData(f"ratings are text, which has no {metric} differences.", remedy="Use metric 'nominal'.")
    if metric == "ratio" and categories and min(categories) < 0:
        raise BadData("ratings below 0 have no ratios.", remedy="Use metric 'interval'.")
    values = np.arange(len(categories)) if metric == "nominal" else np.array(categories, dtype=float)
    counts, none = _counts(codes, len(categories)), _no_pairs(codes)
    return _alpha_of_counts(counts, values, metric, none, level=level, draws=draws, rng=rng)


def _alpha_of_counts(
    counts: np.ndarray,
    values: np.ndarray,
    metric: str,
    no_pairs: str,
    *,
    level: float,
    draws: int,
    rng: np.random.Generator | None,
) -> Coefficient:
    """Krippendorff's alpha of counts, shape (n_units, n_values); `no_pairs` says why no two can be compared."""
    counts = counts[counts.sum(axis=1) >= 2]
    n = len(counts)
    common: dict[str, Any] = {"n": n, "method": f"Krippendorff's alpha ({metric})"}
    if n == 0:
        return Coefficient(None, reason=no_pairs, **common)

    rated = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    diagonal = np.arange(len(values))
    pairs[:, diagonal, diagonal] -= counts
    pairs = pairs / (rated - 1)[:, None, None]
    effect = float(_krippendorff(pairs.sum(axis=0)[None], values, metric)[0])
    if math.isnan(effect):
        reason = _("all ratings are equal: there is no variance that raters could agree on")
        return Coefficient(None, reason=reason, **common)
    if not draws:
        return Coefficient(effect, **common)
    if rng is None:
        raise BadParameters("an interval by bootstrap needs a random generator.", remedy="Give rng.")
    weights = rng.multinomial(n, np.full(n, 1 / n), size=draws)
    sums = (weights @ pairs.reshape(n, -1)).reshape(draws, *pairs.shape[1:])
    found = _krippendorff(sums, values, metric)
    low, high, reason = _percentiles(found[~np.isnan(found)], draws, n, level)
    return Coefficient(effect, low, high, reason=reason, **common)


def _krippendorff(coincidences: np.ndarray, values: np.ndarray, metric: str) -> np.ndarray:
    """Alpha of each matrix of coincidences, shape (b, v, v); NaN where only one value occurs."""
    occurs = coincidences.sum(axis=2)
    total = occurs.sum(axis=1)
    distance = _distances(occurs, values, metric)
    observed = (coincidences * distance).sum(axis=(1, 2))
    expected = np.einsum("bi,bij,bj->b", occurs, np.broadcast_to(distance, coincidences.shape), occurs)
    known = expected > 0
    alpha = np.full(len(coincidences), np.nan)
    alpha[known] = 1 - (total[known] - 1) * observed[known] / expected[known]
    return alpha


def _distances(occurs: np.ndarray, values: np.ndarray, metric: str) -> np.ndarray:
    """Squared differences of two values, shape (b or 1, v, v)."""
    if metric == "ordinal":
        # The ratings from c to k, half of both ends, are the distance of their mid-ranks.
        rank = occurs.cumsum(axis=1) - occurs / 2
        return (rank[:, :, None] - rank[:, None, :]) ** 2
    difference = values[:, None] - values[None, :]
    if metric == "nominal":
        return (difference != 0).astype(float)[None]
    if metric == "ratio":
        both = values[:, None] + values[None, :]
        return np.divide(difference, both, out=np.zeros_like(difference), where=both > 0)[None] ** 2
    return (difference**2)[None]


def gwet_ac(
    ratings: pd.DataFrame | ArrayLike,
    categories: Sequence[Any],
    weights: str = "identity",
    *,
    level: float = 0.95,
) -> Gwet:
    """Gwet's AC1 (identity weights) or AC2 (others), for any number of raters and missing ratings.

    Chance agreement depends on the number of categories, so that the whole scale must be given,
    used or not.  Where everyone gives the same score alpha and kappa do not exist; this is 1.

    Parameters
    ----------
    ratings : DataFrame or array-like, shape (n_units, n_raters)
        None or NaN where a rater did not rate.  A unit without any rating is left out; one with a
        single rating says how often scores are given, not whether raters agree.
    categories : sequence
        Every score that could have been given, in order.
    weights : {"identity", "linear", "quadratic", "ordinal"}
        Credit for near misses, by the categories' positions.
    level : float
        Of the interval (Student's t, cut off at 1).

    Returns
    -------
    Gwet
        The standard error is that of sampled units with the raters as they are.

    Raises
    ------
    BadData
        If a rating is not among the categories.

    References
    ----------
    .. [1] Gwet, K. L. (2008), *British Journal of Mathematical and Statistical Psychology* 61, 29-48.
       https://doi.org/10.1348/000711006X126600
    .. [2] Gwet, K. L. (2014), *Handbook of Inter-Rater Reliability*, 4th edition, chapter 5.

    Examples
    --------
    >>> round(gwet_ac([[1, 1], [2, 2], [1, 2]], [1, 2]).effect, 4)  # (2/3 - 1/2) / (1 - 1/2)
    0.3333
    >>> gwet_ac([[5, 5], [5, 5]], [1, 2, 3, 4, 5], "quadratic").effect
    1.0
    """
    check_known("weights", weights, WEIGHTS)
    codes, known = _codes(ratings, categories)
    q = len(known)
    return _gwet_of_counts(_counts(codes, q), weights, _no_pairs(codes), level=level)


def _gwet_of_counts(counts: np.ndarray, weights: str, no_pairs: str, *, level: float) -> Gwet:
    """Gwet's coefficient of counts, shape (n_units, n_categories)."""
    q = counts.shape[1]
    name = f"Gwet's {'AC1' if weights == 'identity' else f'AC2 ({weights} weights)'}"
    counts = counts[counts.sum(axis=1) >= 1]
    n, rated = len(counts), counts.sum(axis=1)
    several = rated >= 2
    common: dict[str, Any] = {"n": n, "method": name}
    reason = _("fewer than two categories") if q < 2 else "" if several.any() else no_pairs
    if reason:
        return Gwet(None, reason=reason, **common)

    w = _weights(q, weights)
    own = np.zeros(n)
    agreeing = (counts * (counts @ w - 1)).sum(axis=1)
    own[several] = agreeing[several] / (rated * (rated - 1))[several]
    observed = float(own.sum() / several.sum())
    shares = (counts / rated[:, None]).mean(axis=0)
    credit = w.sum() / (q * (q - 1))
    chance = float(credit * (shares * (1 - shares)).sum())
    if chance >= 1 - 1e-12:
        return Gwet(None, reason=_("agreement by chance would be complete"), **common)
    effect = (observed - chance) / (1 - chance)
    common |= {"observed_agreement": observed, "chance_agreement": chance}
    if n < 2:
        return Gwet(effect, reason=_("one unit: no interval"), **common)

    own_effect = n / several.sum() * (own - chance * several) / (1 - chance)
    own_chance = credit * (counts @ (1 - shares)) / rated
    parts = own_effect - 2 * (1 - effect) * (own_chance - chance) / (1 - chance)
    se = math.sqrt(float(((parts - effect) ** 2).sum()) / (n * (n - 1)))
    if se < _CLOSE:
        return Gwet(effect, se=0.0, reason=_("all units are rated alike: no interval"), **common)
    half = -float(special.stdtrit(n - 1, (1 - level) / 2)) * se
    return Gwet(effect, effect - half, min(1.0, effect + half), se=se, **common)


def fleiss_kappa(ratings: pd.DataFrame | ArrayLike, categories: Sequence[Any] | None = None) -> Kappa:
    """Fleiss' kappa; the test against chance agreement for complete ratings only.

    Parameters
    ----------
    ratings : DataFrame or array-like, shape (n_units, n_raters)
        Numbers or text; None or NaN where a rater did not rate.
    categories : sequence, optional
        Every possible rating; those that occur if not given.  The coefficient does not depend on
        categories that nobody used.

    Returns
    -------
    Kappa
        None where no unit has two ratings or only one category occurs.

    References
    ----------
    .. [1] Fleiss, J. L. (1971), *Psychological Bulletin* 76, 378-382.  https://doi.org/10.1037/h0031619
    .. [2] Fleiss, J. L., Nee, J. C. M. and Landis, J. R. (1979), *Psychological Bulletin* 86, 974-977 (z).

    Examples
    --------
    >>> round(fleiss_kappa([[1, 1], [2, 2], [1, 2]]).effect, 4)  # (2/3 - 1/2) / (1 - 1/2)
    0.3333
    """
    codes, known = _codes(ratings, categories)
    counts = _counts(codes, len(known))
    counts = counts[counts.sum(axis=1) >= 1]
    n, rated = len(counts), counts.sum(axis=1)
    several = rated >= 2
    common: dict[str, Any] = {"n": n, "method": "Fleiss' kappa"}
    if not several.any():
        return Kappa(None, reason=_no_pairs(codes), **common)

    agreeing = (counts * (counts - 1)).sum(axis=1)[several] / (rated * (rated - 1))[several]
    shares = (counts / rated[:, None]).mean(axis=0)
    chance = float((shares**2).sum())
    if chance >= 1 - 1e-12:
        return Kappa(None, reason="all ratings are equal: there is nothing to agree on beyond chance", **common)
    effect = (float(agreeing.mean()) - chance) / (1 - chance)
    if np.ptp(rated) > 0:
        return Kappa(effect, reason="ratings are missing: no test", **common)
    k = int(rated[0])
    spread = float((shares * (1 - shares)).sum())
    skew = float((shares * (1 - shares) * (1 - 2 * shares)).sum())
    variance = 2 * (spread**2 - skew) / (spread**2 * n * k * (k - 1))
    if variance <= 0:
        return Kappa(effect, reason="no test: its variance is zero", **common)
    z = effect / math.sqrt(variance)
    return Kappa(effect, z=z, p_value=float(2 * special.ndtr(-abs(z))), **common)


def weighted_kappa(x: ArrayLike, y: ArrayLike, categories: Sequence[Any], weights: str = "quadratic") -> Coefficient:
    """Cohen's kappa of two raters, weighted by the distance of the categories' positions.

    Parameters
    ----------
    x, y : array-like, same length
        Ratings of the same units; a unit that one of them did not rate is left out.
    categories : sequence
        Every possible rating, in order.
    weights : {"quadratic", "linear", "identity"}

    Returns
    -------
    Coefficient
        None without common units, or where both raters always give the same one rating.

    References
    ----------
    .. [1] Cohen, J. (1968), *Psychological Bulletin* 70, 213-220.  https://doi.org/10.1037/h0026256

    Examples
    --------
    >>> weighted_kappa([1, 2, 3], [1, 2, 2], [1, 2, 3], "linear").effect  # 1 - (1/6) / (7/18)
    0.5714285714285714
    """
    check_known("weights", weights, ("quadratic", "linear", "identity"))
    if len(x) != len(y):
        raise BadData(f"the raters have {len(x)} and {len(y)} ratings.", remedy="Give one rating a unit and rater.")
    both = np.empty((len(x), 2), dtype=object)
    both[:, 0], both[:, 1] = list(x), list(y)
    codes, known = _codes(both, categories)
    codes = codes[(codes >= 0).all(axis=1)]
    n, q = len(codes), len(known)
    common: dict[str, Any] = {"n": n, "method": f"weighted kappa ({weights})"}
    if n == 0 or q < 2:
        reason = "no unit was rated by both raters" if n == 0 else "fewer than two categories"
        return Coefficient(None, reason=reason, **common)
    table = np.zeros((q, q))
    np.add.at(table, (codes[:, 0], codes[:, 1]), 1 / n)
    missed = 1 - _weights(q, weights)
    expected = float((missed * np.outer(table.sum(axis=1), table.sum(axis=0))).sum())
    if expected <= 0:
        return Coefficient(None, reason="all ratings are equal: there is nothing to agree on beyond chance", **common)
    return Coefficient(1 - float((missed * table).sum()) / expected, **common)


def sem(sd: float, icc: float) -> float:
    """Standard error of measurement, sd sqrt(1 - ICC), in the units of `sd`.

    An ICC below 0 counts as 0: no score is less certain than its own spread.

    Examples
    --------
    >>> sem(2.0, 0.75)
    1.0
    """
    return float(sd) * math.sqrt(1 - min(1.0, max(0.0, float(icc))))


def minimal_detectable_change(standard_error: float, level: float = 0.95) -> float:
    """The smallest change between two measurements that error alone seldom makes: z sqrt(2) SEM.

    Examples
    --------
    >>> round(minimal_detectable_change(1.0), 3)  # 1.96 * 1.414
    2.772
    """
    return float(special.ndtri((1 + level) / 2)) * math.sqrt(2) * float(standard_error)


def rater_agreement(
    ratings: np.ndarray | Mapping[str, pd.DataFrame],
    *,
    categories: Sequence[float],
    level: float = 0.95,
    draws: int = 2000,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """How well raters agree, one row a criterion.

    Parameters
    ----------
    ratings : ndarray, shape (n_units, n_criteria, n_raters), or mapping of str to DataFrame
        NaN where a rater did not rate; as a mapping: per criterion units x raters.
    categories : sequence of float
        Every score of the scale, in order.
    level : float
        Of all intervals.
    draws : int
        Bootstrap samples of units for Krippendorff's alpha.
    rng : numpy Generator

    Returns
    -------
    DataFrame, index: criterion
        * ``n_units`` with any rating, ``n_raters`` who rated the criterion at all
        * ``alpha``, ``alpha_low``, ``alpha_high``: Krippendorff, ordinal
        * ``icc_single``, ``icc_single_low``, ``icc_single_high``: ICC(A,1), one rater;
          ``icc_mean``, ``icc_mean_low``, ``icc_mean_high``: ICC(A,k), the published mean
        * ``ac2``, ``ac2_low``, ``ac2_high``: Gwet, ordinal weights
        * ``sem``: points; standard error of measurement of the mean over the raters, from the
          spread of these means and ICC(A,k)
        * ``reason``: why a number is missing; empty otherwise

        NaN where a number does not exist.
    """
    if not isinstance(ratings, Mapping):
        cube = np.asarray(ratings, dtype=float)
        if cube.ndim != 3:
            raise BadData(
                f"ratings have {cube.ndim} dimensions, not 3.", remedy="Give units x criteria x raters, or a mapping."
            )
        ratings = {str(j + 1): pd.DataFrame(cube[:, j, :]) for j in range(cube.shape[1])}
    rows = {str(name): _agreement_row(table, categories, level, draws, rng) for name, table in ratings.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(_AGREEMENT_COLUMNS))
    return table.rename_axis("criterion")


_AGREEMENT_COLUMNS = (
    *("n_units", "n_raters", "alpha", "alpha_low", "alpha_high"),
    *("icc_single", "icc_single_low", "icc_single_high", "icc_mean", "icc_mean_low", "icc_mean_high"),
    *("ac2", "ac2_low", "ac2_high", "sem", "reason"),
)


def _why(found: Mapping[str, Coefficient]) -> str:
    """Why coefficients or intervals are missing, each reason once."""
    told: dict[str, list[str]] = {}
    for name, one in found.items():
        if one.reason:
            told.setdefault(one.reason, []).append(_(_SAID[name]))
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in told.items())


def _agreement_row(
    table: pd.DataFrame, categories: Sequence[float], level: float, draws: int, rng: np.random.Generator
) -> dict[str, Any]:
    x = _rated(table)
    found: dict[str, Coefficient] = {
        "alpha": krippendorff_alpha(x, "ordinal", level=level, draws=draws, rng=rng),
        "icc_single": icc(x, "A,1", level=level),
        "icc_mean": icc(x, "A,k", level=level),
        "ac2": gwet_ac(x, categories, "ordinal", level=level),
    }
    row: dict[str, Any] = {"n_units": len(x), "n_raters": x.shape[1]}
    for name, one in found.items():
        row |= {name: or_nan(one.effect), f"{name}_low": or_nan(one.ci_low), f"{name}_high": or_nan(one.ci_high)}
    complete = x[~np.isnan(x).any(axis=1)]
    row["sem"] = math.nan
    if found["icc_mean"].effect is not None:
        row["sem"] = sem(complete.mean(axis=1).std(ddof=1), found["icc_mean"].effect)
    row["reason"] = _why(found)
    return row


_SAID = {
    "alpha": N_("alpha"),
    "icc_single": N_("ICC of one rater"),
    "icc_mean": N_("ICC of the mean"),
    "ac2": N_("AC2"),
}


# --- counted ratings ---------------------------------------------------------------------------


class Spread(NamedTuple):
    """What counts say of every score; each an array of shape (n_units, n_criteria).

    Attributes
    ----------
    n : ndarray of int
        Ratings behind the score.
    mean, sd : ndarray
        Points; NaN where there are no ratings, or no two.
    sem : ndarray
        Standard error of measurement of the mean, in points: other respondents, as many, of the same
        kind.  From the spread within all units together, and the unit's own `n`.
    """

    n: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    sem: np.ndarray


def spread(counts: np.ndarray, levels: Sequence[float]) -> Spread:
    """Base, mean, spread and error of every score, from counts.

    Parameters
    ----------
    counts : ndarray of int, shape (n_units, n_criteria, n_levels)
        How often each unit was given each score.
    levels : sequence of float
        The scores, in points.

    Examples
    --------
    >>> found = spread(np.array([[[1, 0, 1]], [[0, 2, 0]]]), [1, 2, 3])  # ratings 1 3 and 2 2
    >>> found.mean.tolist(), found.sem.tolist()  # within: (1 + 1) / 2 degrees of freedom, then the root of 1 / 2
    ([[2.0], [2.0]], [[0.7071067811865476], [0.7071067811865476]])
    """
    n, mean, within = _moments(counts, levels)
    some, several = n > 0, n > 1
    variance = np.divide(within, n - 1, out=np.full(mean.shape, np.nan), where=several)
    freedom = n.sum(axis=0) - some.sum(axis=0)
    pooled = np.divide(within.sum(axis=0), freedom, out=np.full(len(freedom), np.nan), where=freedom > 0)
    error = np.divide(pooled, n, out=np.full(mean.shape, np.nan), where=some)
    return Spread(n, mean, np.sqrt(variance), np.sqrt(error))


def _moments(counts: np.ndarray, levels: Sequence[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings, their mean, and the sum of squares about it; the last axis is that of the levels."""
    points = np.asarray(levels, dtype=float)
    n = counts.sum(axis=-1)
    mean = np.divide(counts @ points, n, out=np.full(n.shape, np.nan), where=n > 0)
    about = points - np.where(n > 0, mean, 0.0)[..., None]
    return n, mean, (counts * about**2).sum(axis=-1)


def one_way_icc(counts: np.ndarray, levels: Sequence[float], kind: str = "1,1", *, level: float = 0.95) -> Icc:
    """Intraclass correlation of the one-way model from counts, where each unit has respondents of its own.

    Units may have different numbers of ratings.  ICC(1,k) is the reliability of the mean of k0
    ratings, k0 = (N - sum n^2 / N) / (units - 1): with equal numbers, that number.  The interval is
    exact with equal numbers (Shrout and Fleiss), else Thomas and Hultquist's approximation.

    Parameters
    ----------
    counts : ndarray of int, shape (n_units, n_levels)
        How often each unit was given each score.  A unit without ratings is left out.
    levels : sequence of float
        The scores, in points.
    kind : {"1,1", "1,k"}
        One rating, or the mean of k0.
    level : float
        Of the interval.

    Returns
    -------
    Icc
        None with fewer than two units, where no unit has two ratings, or where all are equal.

    References
    ----------
    .. [1] Shrout, P. E. and Fleiss, J. L. (1979), *Psychological Bulletin* 86, 420-428.
       https://doi.org/10.1037/0033-2909.86.2.420
    .. [2] Donner, A. (1986), *International Statistical Review* 54, 67-82 (k0).  https://doi.org/10.2307/1403259
    .. [3] Thomas, J. D. and Hultquist, R. A. (1978), *Annals of Statistics* 6, 582-587 (interval).
       https://doi.org/10.1214/aos/1176344202

    Examples
    --------
    >>> ratings = np.array([[1, 1, 0, 0], [0, 0, 1, 1]])  # 1 2 and 3 4
    >>> round(one_way_icc(ratings, [1, 2, 3, 4]).effect, 4)  # between 4, within 1/2: (4 - 1/2) / (4 + 1/2)
    0.7778
    """
    check_known("kind of intraclass correlation", kind, ("1,1", "1,k"))
    counts = counts[counts.sum(axis=1) > 0]
    n, mean, squares = _moments(counts, levels)
    units, ratings = len(counts), int(n.sum())
    common: dict[str, Any] = {"n": units, "method": f"ICC({kind})"}
    reason = (
        _("fewer than two units were rated")
        if units < 2
        else _("no unit was rated by two raters")
        if ratings == units
        else _("all ratings are equal: there is no variance")
        if np.count_nonzero(counts.sum(axis=0)) < 2
        else ""
    )
    if reason:
        return Icc(None, reason=reason, **common)

    df1, df2 = units - 1, ratings - units
    within = float(squares.sum()) / df2
    between = float((n * (mean - float(n @ mean) / ratings) ** 2).sum()) / df1
    size = (ratings - float((n.astype(float) ** 2).sum()) / ratings) / df1
    below = between + (size - 1) * within if kind == "1,1" else between
    if below <= 0:
        return Icc(None, reason=_("the ratings vary in a way that leaves nothing to compare"), **common)
    effect = (between - within) / below
    if within == 0:
        return Icc(effect, reason=_("the ratings leave no error: no F and no interval"), **common)
    f = between / within
    common |= {"statistic": f, "df1": df1, "df2": df2, "p_value": float(special.fdtrc(df1, df2, f))}
    harmonic = units / float((1 / n).sum())
    ratio, tail = harmonic * float(mean.var(ddof=1)) / within, (1 - level) / 2
    limits = []
    for one in (ratio / special.fdtri(df1, df2, 1 - tail), ratio * special.fdtri(df2, df1, 1 - tail)):
        single = (one - 1) / (one + harmonic - 1)
        several = size * single / (1 + (size - 1) * single) if 1 + (size - 1) * single > 0 else math.nan
        limits.append(float(single if kind == "1,1" else several))
    if not all(map(math.isfinite, limits)):
        return Icc(effect, reason=_("no interval: the limits are not finite"), **common)
    return Icc(effect, limits[0], limits[1], **common)


# Of pairs of scores in all units: 80 MB. A bootstrap of more would need memory that nothing else here does.
_MOST_PAIRS = 10_000_000
_MOST_DRAWN = 20_000_000


def counted_agreement(
    counts: np.ndarray,
    levels: Sequence[float],
    names: Sequence[str],
    *,
    categories: Sequence[float],
    level: float = 0.95,
    draws: int = 2000,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """How well respondents agree, one row a criterion, where only counts of their ratings are known.

    Parameters
    ----------
    counts : ndarray of int, shape (n_units, n_criteria, n_levels)
        How often each unit was given each score.
    levels : sequence of float
        The scores that occur, in points, rising.
    names : sequence of str
        The criteria.
    categories : sequence of float
        Every score of the scale, in order; `levels` are among them.
    level, draws, rng
        As `rater_agreement`.

    Returns
    -------
    DataFrame, index: criterion
        As `rater_agreement`, but ``icc_single`` is ICC(1) and ``icc_mean`` ICC(1,k), see `one_way_icc`;
        ``sem`` is that of a mean of k0 ratings; in place of ``n_raters``: ``n_ratings``, and the
        ``fewest`` and the ``most`` ratings of a unit that was rated at all.
    """
    place = {round(float(value), DIGITS): i for i, value in enumerate(categories)}
    spots = [place[round(float(value), DIGITS)] for value in levels]
    rows = {}
    for j, name in enumerate(names):
        on_scale = np.zeros((len(counts), len(place)), dtype=np.int64)
        on_scale[:, spots] = counts[:, j, :]
        rows[str(name)] = _counted_row(counts[:, j, :], np.asarray(levels, dtype=float), on_scale, level, draws, rng)
    columns = [column for column in _AGREEMENT_COLUMNS if column != "n_raters"] + ["n_ratings", "fewest", "most"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("criterion")


def _counted_row(
    counts: np.ndarray,
    levels: np.ndarray,
    on_scale: np.ndarray,
    level: float,
    draws: int,
    rng: np.random.Generator,
) -> dict[str, Any]:
    rated = counts.sum(axis=1)
    rated = rated[rated > 0]
    no_pairs = _("no unit was rated by two raters") if rated.size else _("no ratings")
    occurs = counts.sum(axis=0) > 0
    used = counts[:, occurs]
    pairs = used.shape[1] ** 2
    small = len(used) * pairs <= _MOST_PAIRS and draws * pairs <= _MOST_DRAWN
    found: dict[str, Coefficient] = {
        "alpha": _alpha_of_counts(
            used, levels[occurs], "ordinal", no_pairs, level=level, draws=draws if small else 0, rng=rng
        )
        if len(used) * pairs <= _MOST_PAIRS
        else Coefficient(None, reason=_("too many units and scores")),
        "icc_single": one_way_icc(counts, levels, "1,1", level=level),
        "icc_mean": one_way_icc(counts, levels, "1,k", level=level),
        "ac2": _gwet_of_counts(on_scale, "ordinal", no_pairs, level=level),
    }
    row: dict[str, Any] = {"n_units": rated.size, "n_ratings": int(rated.sum())}
    row |= {"fewest": int(rated.min()) if rated.size else 0, "most": int(rated.max(initial=0))}
    for name, one in found.items():
        row |= {name: or_nan(one.effect), f"{name}_low": or_nan(one.ci_low), f"{name}_high": or_nan(one.ci_high)}
    row["sem"] = _typical_error(counts, levels, rated)
    row["reason"] = _why(found)
    return row


def _typical_error(counts: np.ndarray, levels: np.ndarray, rated: np.ndarray) -> float:
    """Standard error of measurement of a mean of k0 ratings; NaN without two of one unit."""
    freedom = int(rated.sum()) - rated.size
    if freedom < 1:
        return math.nan
    size = rated.mean() if rated.size < 2 else (rated.sum() - (rated**2.0).sum() / rated.sum()) / (rated.size - 1)
    return math.sqrt(float(_moments(counts, levels)[2].sum()) / freedom / float(size))


# --- shared ------------------------------------------------------------------------------------


def _rated(ratings: pd.DataFrame | ArrayLike) -> np.ndarray:
    """Ratings as numbers, without raters and units that have none."""
    x = np.round(np.asarray(ratings, dtype=float), DIGITS)
    if x.ndim != 2:
        raise BadData(f"ratings have {x.ndim} dimensions, not 2.", remedy="Give units x raters.")
    rated = ~np.isnan(x)
    return x[rated.any(axis=1)][:, rated.any(axis=0)]


def _codes(ratings: Any, categories: Sequence[Any] | None) -> tuple[np.ndarray, list[Any]]:
    """Positions of the ratings among the categories, -1 where missing; and the categories."""
    table = pd.DataFrame(ratings, dtype=object)
    missing = table.isna().to_numpy(dtype=bool)
    values = table.to_numpy(dtype=object)
    if categories is None:
        known = sorted({_plain(value) for value in values[~missing]}, key=lambda value: (isinstance(value, str), value))
    else:
        known = [_plain(value) for value in categories]
    position = {value: i for i, value in enumerate(known)}
    if len(position) < len(known):
        raise BadParameters("a category is listed twice.")
    codes = np.full(values.shape, -1)
    for place in np.argwhere(~missing):
        value = _plain(values[tuple(place)])
        if value not in position:
            raise BadData(
                f"rating {value!r} is not among the categories.",
                remedy=f"Known: {', '.join(map(str, known))}.",
            )
        codes[tuple(place)] = position[value]
    return codes, known


def _plain(value: Any) -> Any:
    """Numbers rounded, so that 3 and 3.0000000001 are one category; all else as text."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)
    return round(float(value), DIGITS) + 0.0 if number else str(value)


def _counts(codes: np.ndarray, q: int) -> np.ndarray:
    """How many raters gave each unit each category, shape (n_units, q)."""
    return (codes[:, :, None] == np.arange(q)).sum(axis=1)


def _no_pairs(codes: np.ndarray) -> str:
    raters = int((codes >= 0).any(axis=0).sum())
    if raters == 0:
        return _("no ratings")
    return _("only one rater") if raters == 1 else _("no unit was rated by two raters")


def _weights(q: int, name: str) -> np.ndarray:
    """Credit for two categories, by position: 1 on the diagonal, 0 for the two ends of the scale."""
    distance = np.abs(np.arange(q)[:, None] - np.arange(q)[None, :])
    credit: dict[str, Callable[[], np.ndarray]] = {
        "identity": lambda: distance == 0,
        "linear": lambda: 1 - distance / (q - 1),
        "quadratic": lambda: 1 - (distance / (q - 1)) ** 2,
        # Pairs of categories from one to the other, both included.
        "ordinal": lambda: 1 - distance * (distance + 1) / (q * (q - 1)),
    }
    return credit[name]().astype(float)


def _percentiles(found: np.ndarray, draws: int, n: int, level: float) -> tuple[float | None, float | None, str]:
    """Percentile limits of bootstrap values, or why there are none."""
    if n < _FEWEST_RESAMPLED:
        return None, None, _("fewer than three units to resample: no interval")
    if found.size < _DRAWS_NEEDED * draws:
        return None, None, _("most bootstrap samples have no variance: no interval")
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high), ""
