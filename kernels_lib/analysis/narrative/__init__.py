"""The sentences of the reports, each tied to the numbers it states.

One class a reader: `ClientWords` (and `BesideWords`), `StudyWords`, `IndustryWords`, `MethodsWords`.  A sentence says
"above", "below" or "differs" of a group only where the ledger row of the same question does; a
client's own score is a fact of the scoring and needs no hedge.
"""

from kernels_lib.analysis.narrative.advice import Advice
from kernels_lib.analysis.narrative.beside import BesideWords
from kernels_lib.analysis.narrative.client import ClientWords
from kernels_lib.analysis.narrative.industry import IndustryWords
from kernels_lib.analysis.narrative.methods import MethodsWords
from kernels_lib.analysis.narrative.since import Since
from kernels_lib.analysis.narrative.study import StudyWords

__all__ = ["Advice", "BesideWords", "ClientWords", "IndustryWords", "MethodsWords", "Since", "StudyWords"]
