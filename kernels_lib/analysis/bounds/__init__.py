"""What published means alone can prove: facts that hold in every table that fits them.

    totals       which totals a printed mean can stand for (the GRIM test)
    mean_based   worst and best cases of the tests of means over all tables with these totals

A *table* is any brand x criterion matrix of scores on the instrument's grid.  What is called
certain here is true of every table consistent with the published means; no table is preferred to
another and none is simulated.
"""

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
from kernels_lib.analysis.bounds.totals import Grid, grim_probability, grim_table, possible_totals

__all__ = [
    "Bound",
    "Grid",
    "against_over_tables",
    "best_paired_t",
    "best_t_against",
    "certainties",
    "evenest_table",
    "grim_probability",
    "grim_table",
    "guaranteed_counts",
    "pairs_over_tables",
    "possible_totals",
    "sd_bounds",
    "worst_paired_t",
    "worst_t_against",
]
