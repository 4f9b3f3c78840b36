"""The proofs by simulation: held to their bars, and shown to run the shipped rules."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from kernels_lib.analysis.significance import adjust, pairwise
from tests import simulations

pytestmark = pytest.mark.filterwarnings("error")


def test_the_simulated_procedure_is_that_of_the_reports():
    null = simulations.nulls()["four low, four high"]
    for scores in null.draw(np.random.default_rng(1), 3):
        d = np.stack([scores[:, i] - scores[:, j] for i, j in simulations.PAIRS])[None]
        by_ranks = simulations.holm_rejects(simulations.rank_p_values(d), 0.05)[0]
        table = pairwise(pd.DataFrame(scores), alpha=0.05)
        assert (table["p_adjusted"] <= 0.05).tolist() == by_ranks.tolist()
        # sixteen pairs differ by 1.6 points
        assert by_ranks.sum() >= 10


def test_holm_by_rows_is_holm():
    p = np.random.default_rng(2).random((40, 6)) ** 3
    expected = [adjust(row) <= 0.05 for row in p]
    assert np.array_equal(expected, simulations.holm_rejects(p, 0.05))


def test_the_truths_are_what_their_names_say():
    counts = {name: sum(null.true_nulls) for name, null in simulations.nulls().items()}

    # 28 pairs; 21 among seven; 6 + 6; all means 3
    assert [28, 21, 12, 28] == list(counts.values())
    means = [float(values @ chances) for values, chances in simulations.populations().values()]
    assert [2.08, 3.10, 4.66, 4.955, 3.6] == pytest.approx(means)


def test_both_proofs_are_plain_numbers_and_a_table():
    error, coverage = simulations.familywise_error(20), simulations.interval_coverage(20, draws=99)
    found = simulations.as_numbers(error, coverage)

    assert {"familywise_error", "interval_coverage"} == set(json.loads(json.dumps(found)))
    assert 20 == found["familywise_error"]["all eight equal"]["runs"]
    assert 11 == len(simulations.told(error, coverage).splitlines())


@pytest.mark.slow
def test_the_pairs_procedure_keeps_its_error_under_every_truth():
    for name, row in simulations.familywise_error(4000).items():
        assert row.ranks <= simulations.MOST_ERROR, name
        assert row.firm <= row.ranks, name


@pytest.mark.slow
def test_the_shipped_interval_holds_the_mean_near_the_ceiling_too():
    for name, row in simulations.interval_coverage(4000).items():
        assert row.coverage >= simulations.LEAST_COVERAGE, name
