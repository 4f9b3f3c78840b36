"""What stands beside the scorecard, as frames: where a client's own figures lie among what is known.

    self_assessment  own answers among published shares; a pool of clients against them
    objectives       measured values between their start, milestone and target
    activity         what a team counted, the meaningful before the vain

Nothing here words a sentence.  One organisation's answers and values are no sample: nothing tests them.
"""

from kernels_lib.analysis.beside.activity import activity, conversation
from kernels_lib.analysis.beside.objectives import objectives
from kernels_lib.analysis.beside.self_assessment import self_assessment

__all__ = ["activity", "conversation", "objectives", "self_assessment"]
