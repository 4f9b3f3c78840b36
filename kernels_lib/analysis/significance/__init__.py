"""Tests of hypotheses, and the families of questions that reports need.

    core            what every test shares
    paired          one sample of differences: signed rank, signs, mean
    blocks          several criteria on the same brands: Friedman and its relatives
    single_case     one brand against its peers
    multiplicity    corrections
    families        pairs of criteria, criteria against their targets

Single tests take numbers and return one `TestResult`; families take a frame and return a frame
with one row per question.  Nothing here words a sentence.
"""

from collections.abc import Callable

from kernels_lib.analysis.effects import DIGITS
from kernels_lib.analysis.significance.blocks import FriedmanResult, friedman
from kernels_lib.analysis.significance.core import TestResult
from kernels_lib.analysis.significance.families import against_target, pairwise
from kernels_lib.analysis.significance.multiplicity import adjust
from kernels_lib.analysis.significance.paired import EXACT_UP_TO, paired_t, sign_test, signed_rank
from kernels_lib.analysis.significance.single_case import CrawfordHowellResult, crawford_howell

TESTS: dict[str, Callable[..., TestResult]] = {
    "signed_rank": signed_rank,
    "paired_t": paired_t,
    "sign_test": sign_test,
    "friedman": friedman,
    "crawford_howell": crawford_howell,
}

__all__ = [
    "DIGITS",
    "EXACT_UP_TO",
    "TESTS",
    "CrawfordHowellResult",
    "FriedmanResult",
    "TestResult",
    "adjust",
    "against_target",
    "crawford_howell",
    "friedman",
    "paired_t",
    "pairwise",
    "sign_test",
    "signed_rank",
]
