"""What hangs on each choice: tried alone, and drawn as a study with that choice would draw it."""

from __future__ import annotations

import pytest

from kernels_lib.analysis import findings, sensitivity
from kernels_lib.analysis.narrative import MethodsWords
from kernels_lib.study import open_study
from tests.conftest import ROOT

STUDIES = ("", "attitude")


def opened(name, overrides=""):
    study = open_study(name, root=ROOT, overrides=overrides)
    return study, findings.common(study)


@pytest.fixture(scope="module", params=STUDIES)
def tried(request):
    """A study, its findings and every trial."""
    study, shared = opened(request.param)
    return study, shared, sensitivity.trials(study, shared)


def of(trials, choice):
    return [trial for trial in trials if trial.choice == choice]


def test_each_choice_is_tried_and_the_chosen_level_is_not(tried):
    study, _, trials = tried

    assert ["alpha", "alpha", "target", "target", "zeros", "doubled", "left out"] == [t.choice for t in trials]
    assert 0.05 == study.parameters.alpha
    assert [0.01, 0.1] == [trial.value for trial in of(trials, "alpha")]


def test_a_level_flips_what_a_study_with_that_level_concludes_otherwise(tried):
    study, shared, trials = tried
    _, strict = opened(study.name, "alpha=0.01")
    then, now = sensitivity.conclusions(shared), sensitivity.conclusions(strict)

    assert tuple(about for about in then if then[about] != now[about]) == of(trials, "alpha")[0].flips
    # k criteria and k (k - 1) / 2 orders
    k = len(study.instrument.criteria)
    assert k + k * (k - 1) // 2 == len(then) == of(trials, "alpha")[0].conclusions


def test_a_target_flips_the_verdicts_of_a_study_with_that_target(tried):
    study, shared, trials = tried
    margin = study.instrument.margin.value
    own = {criterion: target + margin for criterion, target in study.targets.items()}
    overrides = " ".join(f"target.{criterion}={target:g}" for criterion, target in own.items())
    _, other = opened(study.name, overrides)
    higher = of(trials, "target")[1]

    verdicts = {row["short"]: (row["verdict"], other.card.loc[c, "verdict"]) for c, row in shared.card.iterrows()}
    assert margin == higher.value
    assert tuple(name for name, (then, now) in verdicts.items() if then != now) == higher.flips


def test_a_criterion_counted_twice_moves_units_by_the_mean_with_it_twice():
    study, shared = opened("attitude")
    (doubled,) = of(sensitivity.trials(study, shared), "doubled")
    scores, cuts = study.scores, [cut for cut, _, _ in study.instrument.stage_cuts]

    def band(mean):
        return sum(round(mean, 10) >= cut for cut in cuts)

    moved = {}
    for criterion in study.instrument.criteria:
        # seven scores and one of them again: a mean of eight
        means = (scores.sum(axis=1) + scores[criterion.id]) / 8
        moved[criterion.short] = {u for u in scores.index if band(means[u]) != band(scores.loc[u].mean())}
    assert set().union(*moved.values()) == set(doubled.flips)
    assert max(map(len, moved.values())) == doubled.most[1] == len(moved[doubled.most[0]])


def test_the_rule_for_zeros_flips_what_passes_with_one_of_the_two_only():
    study, shared = opened("attitude")
    (zeros,) = of(sensitivity.trials(study, shared), "zeros")
    table = shared.multiverse[shared.multiverse["correction"] == study.parameters.correction].set_index(
        ["name", "test"]
    )
    names = list(dict.fromkeys(shared.multiverse["name"]))

    def passes(name, rule):
        return table.loc[(name, rule), "passes"] and table.loc[(name, "t"), "passes"]

    expected = {n for n in names if passes(n, "signed rank (Pratt)") != passes(n, "signed rank (zeros dropped)")}
    assert expected == set(zeros.flips)


def test_over_all_tables_nothing_hangs_on_the_rule_for_zeros():
    study, shared = opened("")

    assert shared.of_means
    assert () == of(sensitivity.trials(study, shared), "zeros")[0].flips


def test_the_title_counts_each_conclusion_once(tried):
    study, shared, trials = tried
    words = MethodsWords(study, shared)
    flips = [flip for trial in trials if trial.choice in ("alpha", "target", "zeros") for flip in trial.flips]

    assert len(set(flips)) < len(flips)  # some flip under several choices, and are counted once
    count, total = len(set(flips)), len(sensitivity.conclusions(shared))
    assert f"{count} of {total} conclusions flip when one choice is another" == words.sensitivity_title().text
