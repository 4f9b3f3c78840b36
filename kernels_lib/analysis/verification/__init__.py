"""The library's methods held against published answers.

    CALLS              every method that a reference case can call
    runner             runs cases and compares
    calls_tests, calls_agreement, calls_models
                       what a case's call means in this library

The cases are in tests/reference_cases/, whose README.md describes their form.  Of the library
only `scorecard verify` and reports that show its outcome import this.
"""

from kernels_lib.analysis.verification import calls_agreement, calls_models, calls_tests

CALLS = {**calls_tests.CALLS, **calls_agreement.CALLS, **calls_models.CALLS}

__all__ = ["CALLS"]
