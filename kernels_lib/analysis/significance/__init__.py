"""Tests of hypotheses, and the families of questions that reports need.

    core            what every test shares
    paired          one sample of differences: signed rank, signs, mean, equivalence
    blocks          several criteria on the same brands: Friedman and its relatives
    incomplete      the same with missing cells
    repeated        the same by means
    groups          separate groups of brands, such as industries
    single_case     one brand against its peers
    correlation     whether two columns rise together
    proportions     shares of two separate groups
    multiplicity    corrections, letters
    families        pairs of criteria, criteria against their targets
    posthoc         pairs after Friedman's test, for checks against published numbers only

Single tests take numbers and return one `TestResult`; families take a frame and return a frame
with one row per question.  Nothing here words a sentence.
"""

from collections.abc import Callable

from kernels_lib.analysis.effects import DIGITS
from kernels_lib.analysis.significance.blocks import (
    BlockPermutationResult,
    FriedmanResult,
    PageResult,
    QuadeResult,
    friedman,
    friedman_permutation,
    kendall_w_interval,
    page_trend,
    quade,
)
from kernels_lib.analysis.significance.core import TestResult
from kernels_lib.analysis.significance.correlation import RankCorrelationResult, rank_correlation
from kernels_lib.analysis.significance.families import against_overall, against_target, pairwise
from kernels_lib.analysis.significance.groups import (
    AnovaResult,
    KruskalResult,
    ProfileResult,
    TwoGroupsResult,
    anova_oneway,
    brunner_munzel,
    dunn,
    kruskal,
    kruskal_permutation,
    mann_whitney,
    pairwise_mann_whitney,
    profile_permutation,
    smallest_pairwise_p,
    welch_t,
)
from kernels_lib.analysis.significance.incomplete import IncompleteBlocksResult, durbin, skillings_mack
from kernels_lib.analysis.significance.multiplicity import ADJUSTMENTS, adjust, compact_letters
from kernels_lib.analysis.significance.paired import (
    EXACT_UP_TO,
    EquivalenceResult,
    SignedRankResult,
    paired_t,
    sign_flip_mean,
    sign_test,
    signed_rank,
    tost,
)
from kernels_lib.analysis.significance.posthoc import PosthocResult, friedman_posthoc
from kernels_lib.analysis.significance.proportions import against_printed, fisher_exact, printed_counts
from kernels_lib.analysis.significance.repeated import RepeatedMeasuresResult, rm_anova, rm_anova_permutation
from kernels_lib.analysis.significance.single_case import (
    CrawfordHowellResult,
    Percentile,
    crawford_howell,
    percentile_with_ties,
    prediction_interval,
)

TESTS: dict[str, Callable[..., TestResult]] = {
    "signed_rank": signed_rank,
    "paired_t": paired_t,
    "sign_test": sign_test,
    "sign_flip_mean": sign_flip_mean,
    "tost": tost,
    "friedman": friedman,
    "friedman_permutation": friedman_permutation,
    "quade": quade,
    "page_trend": page_trend,
    "durbin": durbin,
    "skillings_mack": skillings_mack,
    "rm_anova": rm_anova,
    "rm_anova_permutation": rm_anova_permutation,
    "mann_whitney": mann_whitney,
    "brunner_munzel": brunner_munzel,
    "welch_t": welch_t,
    "kruskal": kruskal,
    "kruskal_permutation": kruskal_permutation,
    "anova_oneway": anova_oneway,
    "profile_permutation": profile_permutation,
    "crawford_howell": crawford_howell,
    "rank_correlation": rank_correlation,
    "fisher_exact": fisher_exact,
    "against_printed": against_printed,
}

__all__ = [
    "ADJUSTMENTS",
    "DIGITS",
    "EXACT_UP_TO",
    "TESTS",
    "AnovaResult",
    "BlockPermutationResult",
    "CrawfordHowellResult",
    "EquivalenceResult",
    "FriedmanResult",
    "IncompleteBlocksResult",
    "KruskalResult",
    "PageResult",
    "Percentile",
    "PosthocResult",
    "ProfileResult",
    "QuadeResult",
    "RankCorrelationResult",
    "RepeatedMeasuresResult",
    "SignedRankResult",
    "TestResult",
    "TwoGroupsResult",
    "adjust",
    "against_overall",
    "against_printed",
    "against_target",
    "anova_oneway",
    "brunner_munzel",
    "compact_letters",
    "crawford_howell",
    "dunn",
    "durbin",
    "fisher_exact",
    "friedman",
    "friedman_permutation",
    "friedman_posthoc",
    "kendall_w_interval",
    "kruskal",
    "kruskal_permutation",
    "mann_whitney",
    "page_trend",
    "paired_t",
    "pairwise",
    "pairwise_mann_whitney",
    "percentile_with_ties",
    "prediction_interval",
    "printed_counts",
    "profile_permutation",
    "quade",
    "rank_correlation",
    "rm_anova",
    "rm_anova_permutation",
    "sign_flip_mean",
    "sign_test",
    "signed_rank",
    "skillings_mack",
    "smallest_pairwise_p",
    "tost",
    "welch_t",
]
