"""What published means alone can prove: facts that hold in every table that fits them.

    totals       which totals a printed mean can stand for (the GRIM test)
    mean_based   worst and best cases of the tests of means over all tables with these totals
    signed_ranks the same of the tests of ranks and of signs, from `rank_tables`
    omnibus      whether the criteria differ at all: Friedman and the analysis of variance
    verdicts     both tracks together: what holds in every table, in some, in none
    completions  the same verdicts where scores are missing or rounded, from `boxes`
    sampler      tables drawn at random, to illustrate; they prove nothing

A *table* is any brand x criterion matrix of scores on the instrument's grid.  What is called
certain here is true of every table consistent with the published means; no table is preferred to
another and, outside of `sampler`, none is simulated.
"""

from kernels_lib.analysis.bounds.boxes import Extremes, mean_extremes, rank_extremes
from kernels_lib.analysis.bounds.completions import (
    against_target_over_completions,
    missing_box,
    pairs_over_completions,
    rounding_box,
)
from kernels_lib.analysis.bounds.mean_based import (
    Bound,
    against_over_tables,
    best_paired_t,
    best_t_against,
    certainties,
    evenest_table,
    guaranteed_counts,
    pairs_over_tables,
    sd_bounds,
    worst_paired_t,
    worst_t_against,
)
from kernels_lib.analysis.bounds.omnibus import (
    AnovaBound,
    OmnibusBound,
    certified_w,
    friedman_bound,
    rm_anova_bound,
)
from kernels_lib.analysis.bounds.sampler import draw_tables, halo, illustration, log10_tables
from kernels_lib.analysis.bounds.signed_ranks import (
    BestRanks,
    RankBound,
    SignBound,
    best_paired_ranks,
    best_ranks_against,
    paired_signs,
    signed_rank_z,
    signs_against,
    worst_paired_ranks,
    worst_ranks_against,
)
from kernels_lib.analysis.bounds.totals import Grid, grim_probability, grim_table, possible_totals
from kernels_lib.analysis.bounds.verdicts import against_target_by_both_tracks, pairs_by_both_tracks, tipping_points

__all__ = [
    "AnovaBound",
    "BestRanks",
    "Bound",
    "Extremes",
    "Grid",
    "OmnibusBound",
    "RankBound",
    "SignBound",
    "against_over_tables",
    "against_target_by_both_tracks",
    "against_target_over_completions",
    "best_paired_ranks",
    "best_paired_t",
    "best_ranks_against",
    "best_t_against",
    "certainties",
    "certified_w",
    "draw_tables",
    "evenest_table",
    "friedman_bound",
    "grim_probability",
    "grim_table",
    "guaranteed_counts",
    "halo",
    "illustration",
    "log10_tables",
    "mean_extremes",
    "missing_box",
    "paired_signs",
    "pairs_by_both_tracks",
    "pairs_over_completions",
    "pairs_over_tables",
    "possible_totals",
    "rank_extremes",
    "rm_anova_bound",
    "rounding_box",
    "sd_bounds",
    "signed_rank_z",
    "signs_against",
    "tipping_points",
    "worst_paired_ranks",
    "worst_paired_t",
    "worst_ranks_against",
    "worst_t_against",
]
