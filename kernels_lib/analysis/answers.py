"""The questions beside targets and pairs, put to one study: each answer is a frame or a row.

    omnibus                whether the criteria differ at all
    omnibus_over_tables    the same, whatever the single scores were
    across_industries      each criterion across the industries, and their profiles
    pairs_of_industries    which of them differ, where that can be told
    change                 since the wave before
    letters                criteria that share a letter are not firmly apart
    on_target              whether means are within the margin of their target

An answer that the data cannot give has NaN for its numbers and a `reason` that completes "cannot
be tested: ...".
"""

from __future__ import annotations

import math

import pandas as pd
from scipy import special

from kernels_lib.analysis import bounds, significance
from kernels_lib.analysis.rows import by_row
from kernels_lib.analysis.significance import adjust
from kernels_lib.study.language import _
from kernels_lib.study.opening import Study


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def omnibus(study: Study, scores: pd.DataFrame) -> pd.Series:
    """Whether the criteria are scored alike, by ranks, by permutation and by means.

    Units with a missing score stay in the test of ranks (Skillings and Mack's extension of
    Friedman's test) and drop out of the test of means.

    Returns
    -------
    Series
        ``n``, ``f``, ``df1``, ``df2``, ``f_p_value``, ``w``, ``w_low``, ``w_high``, ``permutation_p``,
        ``smallest_p``, ``anova_f``, ``anova_p``, ``anova_effect``, ``method``, ``firm`` and ``reason``.
    """
    parameters = study.parameters
    ranks = significance.friedman(scores)
    draws = parameters.bootstrap_draws
    shuffled = significance.friedman_permutation(scores, draws, study.rng("permutations within units"))
    interval = significance.kendall_w_interval(
        scores, 1 - parameters.alpha, draws, rng=study.rng("interval of Kendall's W")
    )
    means = significance.rm_anova(scores)
    rank_p, rank_f, method = ranks.f_p_value, ranks.f_statistic, _("Friedman, tie-corrected; Iman-Davenport F")
    n = ranks.n_used
    if scores.isna().to_numpy().any():
        incomplete = significance.skillings_mack(scores)
        if incomplete.p_value is not None:
            rank_p, rank_f, n = incomplete.p_value, None, incomplete.n_used
            method = _("Skillings-Mack, missing scores left open")
    tested = [p for p in (rank_p, shuffled.p_value, means.p_gg) if p is not None]
    return pd.Series(
        {
            "n": n,
            "f": _number(rank_f),
            "df1": _number(ranks.df1),
            "df2": _number(ranks.df2),
            "f_p_value": _number(rank_p),
            "w": _number(ranks.effect),
            "w_low": _number(interval.low),
            "w_high": _number(interval.high),
            "permutation_p": _number(shuffled.p_value),
            "smallest_p": _number(shuffled.smallest_p),
            "anova_f": _number(means.statistic),
            "anova_p": _number(means.p_gg),
            "anova_effect": _number(means.effect),
            "method": method,
            "firm": rank_p is not None and means.p_gg is not None and max(tested) <= parameters.alpha,
            "reason": ranks.reason if rank_p is None else "",
        }
    )


def across_industries(study: Study, scores: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Each criterion across the industries, and whether their profiles differ.

    Exploratory: corrected by Benjamini and Hochberg.

    Returns
    -------
    DataFrame, index criterion
        ``short``, ``n``, ``statistic``, ``df``, ``p_value`` (permutation; `exactness` says whether every
        arrangement was counted), ``p_adjusted``, ``f``, ``df2``, ``f_p_value``,
        ``f_p_adjusted``, ``epsilon_squared``, ``smallest_p``, ``firm``, ``reason``.
    Series
        Of the profiles: ``n``, ``statistic``, ``p_value``, ``effect``, ``smallest_p``, ``reason``.
    """
    parameters = study.parameters
    groups = study.groups.loc[scores.index]
    known = groups != ""
    rows = {}
    for criterion in scores.columns:
        values = scores.loc[known, criterion]
        scored = values.notna()
        shuffled = significance.kruskal_permutation(
            values[scored],
            groups[known][scored],
            parameters.bootstrap_draws,
            study.rng(f"industries permuted on {criterion}"),
        )
        ranks = significance.kruskal(values[scored], groups[known][scored])
        means = significance.anova_oneway(values[scored], groups[known][scored])
        rows[criterion] = {
            "short": study.instrument[str(criterion)].short,
            "n": int(scored.sum()),
            "statistic": _number(ranks.statistic),
            "df": _number(ranks.df),
            "p_value": _number(shuffled.p_value),
            "f": _number(means.statistic),
            "f_p_value": _number(means.p_value),
            "df2": _number(means.df2),
            "exactness": shuffled.exactness,
            "epsilon_squared": _number(ranks.epsilon_squared),
            "smallest_p": _number(shuffled.smallest_p),
            "reason": shuffled.reason if shuffled.p_value is None else "",
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "criterion"
    table["p_adjusted"] = adjust(table["p_value"], "bh")
    table["f_p_adjusted"] = adjust(table["f_p_value"], "bh")
    table["firm"] = (table["p_adjusted"] <= parameters.alpha) & (table["f_p_adjusted"] <= parameters.alpha)
    profiles = significance.profile_permutation(
        scores[known], groups[known], parameters.bootstrap_draws, study.rng("industries permuted over rows")
    )
    return table, pd.Series(
        {
            "n": profiles.n_used,
            "statistic": _number(profiles.statistic),
            "p_value": _number(profiles.p_value),
            "effect": _number(profiles.effect),
            "smallest_p": _number(profiles.smallest_p),
            "reason": profiles.reason if profiles.p_value is None else "",
        }
    )


def smallest_industry_p(study: Study) -> tuple[float, int]:
    """Smallest p-value that any two industries can reach after Holm over their pairs, and the pairs.

    Two industries of 5 have a smallest p-value of 2 / C(10, 5) = .0079; times 15 pairs that is .119,
    so no pair of six such industries can ever be significant.
    """
    sizes = [size for size in study.groups[study.groups != ""].value_counts() if size > 0]
    pairs = [(a, b) for i, a in enumerate(sizes) for b in sizes[i + 1 :]]
    if not pairs:
        return math.nan, 0
    smallest = min(significance.smallest_pairwise_p(a, b) for a, b in pairs)
    return min(1.0, smallest * len(pairs)), len(pairs)


def pairs_of_industries(study: Study, scores: pd.DataFrame, across: pd.DataFrame) -> pd.DataFrame:
    """Dunn's test of every two industries, on the criteria that set them apart at all.

    Left out with fewer than three industries, and where no pair could ever pass: see
    `smallest_industry_p`.

    Returns
    -------
    DataFrame, one row a criterion and pair
        ``criterion``, ``short`` and the columns of `significance.dunn`; ``first_name``, ``second_name``.
    """
    smallest, count = smallest_industry_p(study)
    if count < 2 or smallest > study.parameters.alpha:
        return pd.DataFrame()
    names = {industry.id: industry.name for industry in study.roster.industries.values()}
    groups = study.groups.loc[scores.index]
    parts = []
    for criterion in across.index[across["firm"]]:
        scored = scores[criterion].notna() & (groups != "")
        table = significance.dunn(scores.loc[scored, criterion], groups[scored])
        table["criterion"], table["short"] = criterion, across.loc[criterion, "short"]
        table["first_name"], table["second_name"] = table["first"].map(names), table["second"].map(names)
        parts.append(table)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def letters(card: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, str]:
    """Letters by criterion, best mean first: two criteria share one exactly if their order is not firm."""
    known = card.dropna(subset=["mean"])
    names = [str(c) for c in known.sort_values("mean", ascending=False, kind="stable").index]
    settled = pairs[pairs["holds"].isin(["firm", "every"])]
    different = [(row.first, row.second) for row in settled.itertuples() if row.first in names and row.second in names]
    return significance.compact_letters(names, different)


def on_target(study: Study, card: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Whether unresolved means are within the margin of their target: two one-sided tests.

    Not being firmly off the target does not make a criterion on target.  Asked of every criterion,
    so that the family does not depend on what was found.

    Returns
    -------
    DataFrame, index criterion
        ``margin_p_value``, ``margin_p_adjusted``, ``on_target``.
    """
    parameters, margin = study.parameters, study.instrument.margin.value
    p_values = [
        significance.tost(scores[criterion] - row["target"], margin, alpha=parameters.alpha).p_value
        for criterion, row in by_row(card)
    ]
    table = pd.DataFrame({"margin_p_value": [_number(p) for p in p_values]}, index=card.index)
    table["margin_p_adjusted"] = adjust(table["margin_p_value"], parameters.correction)
    table["on_target"] = table["margin_p_adjusted"] <= parameters.alpha
    return table


def omnibus_over_tables(study: Study, printed: pd.DataFrame) -> pd.Series:
    """Whether the criteria differ in every table that has the published means, and what carries it.

    Returns
    -------
    Series
        ``statistic_low``, ``df``, ``p_worst``, ``w_low`` (certified), ``attained`` (statistic of a
        table that comes near), ``anova_f_low``, ``anova_p_worst``, ``firm``, ``reason``.
    """
    scale, n, alpha = study.instrument.scale, study.published.n, study.parameters.alpha
    grid = {"step": scale.step, "floor": scale.floor, "top": scale.top}
    ranks = bounds.friedman_bound(printed, n, **grid, rng=study.rng("search for the smallest Friedman statistic"))
    means = bounds.rm_anova_bound(printed, n, **grid)
    # Greenhouse and Geisser's epsilon is at least 1 / (k - 1), whatever the correlations are.
    anova_p = None if means.statistic_low is None else float(special.fdtrc(1, n - 1, means.statistic_low))
    return pd.Series(
        {
            "statistic_low": _number(ranks.statistic_low),
            "df": len(printed) - 1,
            "p_worst": _number(ranks.p_high),
            "w_low": _number(ranks.w_low),
            "attained": _number(ranks.attained_statistic),
            "anova_f_low": _number(means.statistic_low),
            "anova_p_worst": _number(anova_p),
            "firm": ranks.p_high is not None and anova_p is not None and max(ranks.p_high, anova_p) <= alpha,
            "reason": ranks.reason or means.reason,
        }
    )
