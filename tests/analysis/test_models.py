"""Models: lme4's and ordinal's digits, and what the data cannot determine."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis.models import criteria_model, mixed_model, ordered_logit
from kernels_lib.errors import BadData, BadParameters, UnknownName
from tests.conftest import ROOT

pytestmark = pytest.mark.filterwarnings("error")


def data_of(case):
    return json.loads((ROOT / "tests/reference_cases" / f"{case}.json").read_text())["data"]


WINE = data_of("ordinal_clm_wine")
SLEEP = data_of("mixedlm_sleepstudy")
FACTORS = {"temp": WINE["temp"], "contact": WINE["contact"]}
REFERENCE = {"temp": "cold", "contact": "no"}
LEVELS = [1, 2, 3, 4, 5]


def wine(**more):
    return ordered_logit(WINE["rating"], FACTORS, levels=LEVELS, reference=REFERENCE, **more)


# --- ordered logit


def test_the_ordered_logit_agrees_with_clm_to_its_last_digit():
    # R 4.2.2, ordinal: m <- clm(rating ~ temp + contact, data = wine); summary(m)$coefficients; logLik(m)
    found = wine()

    assert {"tempwarm": 2.503102008, "contactyes": 1.527797658} == pytest.approx(found.coef, abs=1e-8)
    assert {"tempwarm": 0.5286801008, "contactyes": 0.4766226296} == pytest.approx(found.se, abs=1e-8)
    assert (-1.344383411, 1.250808798, 3.466886926, 5.006404204) == pytest.approx(found.threshold, abs=1e-8)
    assert {"tempwarm": 2.194605130e-06, "contactyes": 1.348439529e-03} == pytest.approx(found.p_value, rel=1e-6)
    assert -86.4919233656 == pytest.approx(found.log_likelihood, abs=1e-9)


def test_errors_by_cluster_agree_with_rs_sandwich():
    # R: m <- polr(rating ~ temp + contact, wine, Hess = TRUE); sqrt(diag(vcovCL(m, cluster = wine$judge)))
    found = wine(cluster=WINE["judge"])

    # polr stops four digits early.
    assert {"tempwarm": 0.3538983, "contactyes": 0.4343948} == pytest.approx(found.se, abs=5e-6)
    assert 8 == found.df


def test_it_agrees_with_statsmodels():
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    # statsmodels stores thresholds as a first one and logarithms of steps.
    table = pd.DataFrame({"warm": np.array(WINE["temp"]) == "warm"}, dtype=float)
    model = OrderedModel(np.array(WINE["rating"]), table, distr="logit")
    theirs = model.fit(method="bfgs", disp=False, gtol=1e-8)
    ours = ordered_logit(WINE["rating"], {"warm": table["warm"]}, levels=LEVELS)
    assert theirs.params["warm"] == pytest.approx(ours.coef["warm"], abs=1e-5)
    assert list(model.transform_threshold_params(theirs.params)[1:-1]) == pytest.approx(list(ours.threshold), abs=1e-5)


def test_weights_are_repeated_observations():
    doubled = {name: column * 2 for name, column in FACTORS.items()}
    repeated = ordered_logit(WINE["rating"] * 2, doubled, levels=LEVELS, reference=REFERENCE)
    weighted = wine(weights=[2] * 72)

    assert repeated.coef == pytest.approx(weighted.coef, abs=1e-9)
    assert repeated.se == pytest.approx(weighted.se, abs=1e-9)
    assert (144, repeated.deviance) == (weighted.n, pytest.approx(weighted.deviance))


def test_without_predictors_the_thresholds_are_the_shares():
    found = ordered_logit([1, 1, 2, 3, None], {}, levels=[1, 2, 3])
    # logit(2/4), logit(3/4); 2 log(1/2) + 2 log(1/4)
    assert (0.0, np.log(3)) == pytest.approx(found.threshold, abs=1e-9)
    assert -6 * np.log(2) == pytest.approx(found.log_likelihood)


@given(st.integers(0, 10_000), st.floats(0.01, 1000), st.floats(-1000, 1000))
@settings(max_examples=25, deadline=None)
def test_the_unit_of_a_predictor_changes_its_coefficient_alone(seed, size, shift):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=60), rng.integers(1, 5, 60)
    plain = ordered_logit(y, {"x": x}, levels=[1, 2, 3, 4])
    other = ordered_logit(y, {"x": x * size + shift}, levels=[1, 2, 3, 4])
    assert plain.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-7)
    assert plain.coef["x"] == pytest.approx(other.coef["x"] * size, rel=1e-4, abs=1e-6)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_reversing_the_scale_reverses_the_coefficient(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=50), rng.integers(1, 4, 50)
    one = ordered_logit(y, {"x": x}, levels=[1, 2, 3])
    other = ordered_logit(y, {"x": x}, levels=[3, 2, 1])
    assert one.coef["x"] == pytest.approx(-other.coef["x"], abs=1e-7)
    assert list(one.threshold) == pytest.approx([-t for t in reversed(other.threshold)], abs=1e-7)


def test_what_cannot_be_estimated_is_named():
    x = [1, 2, 3, 4, 5, 6, 7, 8]
    group = list("aaabbbcc")
    found = ordered_logit(
        [1, 2, 2, 1, 2, 1, 3, 3],
        {"x": x, "same": [2 * v for v in x], "flat": [1] * 8, "g": group},
        levels=[1, 2, 3],
        reference={"g": "a"},
    )

    assert "its outcomes are all at one end of the scale" == found.not_estimable["gc"]
    assert "it has the same value everywhere" == found.not_estimable["flat"]
    assert "it says the same as the other predictors" == found.not_estimable["same"]
    # What the group at the end explains fully says nothing of the others: the same without it.
    without = ordered_logit([1, 2, 2, 1, 2, 1], {"x": x[:6], "g": group[:6]}, levels=[1, 2, 3], reference={"g": "a"})
    assert without.coef == pytest.approx(found.coef)
    assert (6, (1, 2)) == (found.n, found.levels)


def test_separated_numbers_are_not_taken_for_a_large_effect():
    found = ordered_logit([1, 1, 1, 2, 2, 2], {"x": [1, 2, 3, 7, 8, 9]}, levels=[1, 2])
    assert {"x": "the outcomes are separated: the estimate runs away"} == found.not_estimable
    assert {} == found.coef


def test_small_units_are_not_separation():
    found = ordered_logit([1, 2, 1, 2, 1, 2, 2, 1], {"x": [v / 1000 for v in range(8)]}, levels=[1, 2])
    assert abs(found.coef["x"]) > 10


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [([2, 2, 2, 2], "every outcome is the same"), ([None] * 4, "no complete observations")],
)
def test_outcomes_without_a_model_say_why(outcome, reason):
    assert reason == ordered_logit(outcome, {"x": [1, 2, 3, 5]}, levels=[1, 2, 3]).reason


def test_wrong_calls_say_what_would_have_worked():
    with pytest.raises(UnknownName, match="unknown level '4'"):
        ordered_logit([1, 4], {}, levels=[1, 2])
    with pytest.raises(UnknownName, match="unknown reference level of 'g' 'c'"):
        ordered_logit([1, 2], {"g": ["a", "b"]}, levels=[1, 2], reference={"g": "c"})
    with pytest.raises(BadParameters, match="predictor 'g' is text"):
        ordered_logit([1, 2], {"g": ["a", "b"]}, levels=[1, 2])
    with pytest.raises(BadData, match="'g' has 3 values for 2 outcomes"):
        ordered_logit([1, 2], {"g": [1, 2, 3]}, levels=[1, 2])


# --- criteria


@pytest.fixture
def scores():
    rng = np.random.default_rng(7)
    table = pd.DataFrame(rng.integers(2, 11, (30, 4)) / 2, columns=["a", "b", "low", "top"])
    table["low"] = np.clip(table["low"] - 1.5, 1, 5)
    table["top"] = 5.0
    table.loc[3, ["b", "top"]] = np.nan
    return table


def test_a_criterion_at_the_top_for_everyone_is_not_estimable(scores):
    found = criteria_model(scores)

    assert ["a", "b", "low", "top"] == list(found.index)
    assert (False, "not estimable: every brand has the same score") == (
        found.loc["top", "estimable"],
        found.loc["top", "reason"],
    )
    assert (0.0, 1.0, "the reference") == tuple(found.loc["a", ["coef", "odds_ratio", "reason"]])
    low = found.loc["low"]
    assert low["odds_ratio"] == pytest.approx(np.exp(low["coef"]))
    assert low["ci_low"] < low["odds_ratio"] < low["ci_high"] < 1
    assert low["p_value"] < 0.05
    # Nothing is known from the others about the one at the top, and nothing from it about them.
    pd.testing.assert_frame_equal(found.drop("top"), criteria_model(scores.drop(columns="top")))


def test_long_and_wide_scores_give_the_same_model(scores):
    wide = scores.rename_axis("brand")
    long = wide.reset_index().melt(id_vars="brand", var_name="criterion", value_name="score")
    pd.testing.assert_frame_equal(criteria_model(wide), criteria_model(long))


def test_another_reference_turns_the_odds_round(scores):
    one, other = criteria_model(scores, "a").loc["low"], criteria_model(scores, "low").loc["a"]
    assert -one["coef"] == pytest.approx(other["coef"])
    assert 1 / one["ci_low"] == pytest.approx(other["ci_high"])
    assert one["p_value"] == pytest.approx(other["p_value"])


def test_too_little_data_is_worded(scores):
    two = criteria_model(scores.iloc[:2])
    assert "no interval: fewer than 6 brands" == two.loc["b", "reason"]
    assert np.isnan(two.loc["b", "p_value"])
    assert ["not estimable: no second criterion varies"] == list(criteria_model(scores[["a"]])["reason"])
    assert {"not estimable: every brand has the same score"} == set(criteria_model(scores.iloc[:1])["reason"])
    assert {"not estimable: no scores"} == set(criteria_model(scores.iloc[:0])["reason"])
    assert "not estimable: the reference 'top' does not vary" == criteria_model(scores, "top").loc["a", "reason"]
    with pytest.raises(UnknownName, match="unknown criterion 'bb'"):
        criteria_model(scores, "bb")


@given(
    st.integers(1, 8).flatmap(
        lambda n: st.lists(
            st.lists(st.one_of(st.just(np.nan), st.integers(1, 4).map(float)), min_size=n, max_size=n),
            min_size=1,
            max_size=4,
        )
    )
)
@settings(max_examples=40, deadline=None)
def test_whatever_the_scores_every_criterion_has_a_p_value_or_a_reason(columns):
    found = criteria_model(pd.DataFrame({f"c{i}": column for i, column in enumerate(columns)}))
    assert (found["p_value"].notna() | (found["reason"] != "")).all()
    assert (found["coef"].notna() == found["estimable"]).all()
    assert not np.isinf(found[["coef", "odds_ratio", "ci_low", "ci_high"]].to_numpy()).any()


# --- mixed model


def sleep(**more):
    return mixed_model(SLEEP["Reaction"], {"Days": SLEEP["Days"]}, SLEEP["Subject"], **more)


# R 4.2.2, lme4: m <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy); VarCorr(m); -2 * logLik(m), the
# optimiser bobyqa; and with (1 | Subject), and with REML = FALSE.
@pytest.mark.parametrize(
    ("more", "se", "sds", "deviance"),
    [
        ({"slopes": ["Days"]}, (6.824555770, 1.545788935), (24.74044758729, 5.92213327391, 25.59181589), 1743.62827196),
        ({"slopes": ["Days"], "reml": False}, (6.63228, 1.502237), (23.78057, 5.716834, 25.591816), 1751.939344463),
        ({}, (9.7467162692, 0.8042214289), (37.12382677, 30.99123390), 1786.46508539),
        ({"reml": False}, (9.5061851929, 0.8017354217), (36.01208194, 30.89543387), 1794.07864301),
    ],
)
def test_the_mixed_model_agrees_with_lme4(more, se, sds, deviance):
    found = sleep(**more)

    assert {"Intercept": 251.40510485, "Days": 10.46728596} == pytest.approx(found.coef, abs=1e-7)
    assert se == pytest.approx(tuple(found.se.values()), rel=2e-6)
    assert sds == pytest.approx((*found.sd_group.values(), found.sd_residual), rel=2e-6)
    assert deviance == pytest.approx(found.deviance, abs=1e-7)
    assert (180, 18, "") == (found.n, found.groups, found.reason)


def test_random_effects_correlate_the_same_both_ways():
    found = sleep(slopes=["Days"])
    # lme4, bobyqa: 0.06555133353
    assert 0.0655513 == pytest.approx(found.corr_group["Intercept", "Days"], abs=5e-7)
    assert found.corr_group["Intercept", "Days"] == found.corr_group["Days", "Intercept"]


@pytest.mark.slow
def test_it_agrees_with_statsmodels_where_that_converges():
    from statsmodels.regression.mixed_linear_model import MixedLM

    x = np.column_stack([np.ones(180), SLEEP["Days"]])
    theirs = MixedLM(np.array(SLEEP["Reaction"]), x, np.array(SLEEP["Subject"])).fit(method="bfgs", gtol=1e-8)
    ours = sleep()
    assert theirs.llf == pytest.approx(ours.log_likelihood, abs=1e-6)
    assert list(theirs.bse_fe) == pytest.approx(list(ours.se.values()), rel=1e-6)


def test_the_unit_of_the_outcome_and_of_a_predictor_scale_everything():
    plain = sleep(slopes=["Days"])
    hours = [24 * day for day in SLEEP["Days"]]
    seconds = [value / 1000 for value in SLEEP["Reaction"]]
    other = mixed_model(seconds, {"Hours": hours}, SLEEP["Subject"], slopes=["Hours"])

    assert plain.coef["Days"] == pytest.approx(other.coef["Hours"] * 24 * 1000, rel=1e-7)
    assert plain.sd_group["Days"] == pytest.approx(other.sd_group["Hours"] * 24 * 1000, rel=1e-6)
    # Densities: 178 log 1000 for the outcome, log 24 for the determinant of x'x.
    expected = plain.log_likelihood + 178 * np.log(1000) - np.log(24)
    assert expected == pytest.approx(other.log_likelihood, abs=1e-7)


def test_balanced_groups_have_the_variances_of_the_analysis_of_variance():
    found = mixed_model([1, 2, 4, 5, 6, 9], {}, [1, 1, 2, 2, 3, 3])
    # Means 1.5, 4.5, 7.5: mean square between 18, within (.5 + .5 + 4.5)/3; (18 - 11/6)/2
    assert (11 / 6, 97 / 12) == pytest.approx((found.sd_residual**2, found.sd_group["Intercept"] ** 2), rel=1e-6)


def test_equal_groups_are_refused_in_words():
    # The means of the groups are equal: no variance between them.
    found = mixed_model([1, 3, 0, 4, 2, 2.1], {}, [1, 1, 2, 2, 3, 3])
    assert "the groups do not differ: the variance of Intercept is estimated as zero" == found.reason
    assert {} == found.coef


def test_a_singular_fit_is_found_and_said():
    # R: set of 15 groups of 4; lmer(y ~ x + (x | g)): "boundary (singular) fit", -2 logLik 130.7033068,
    # sd 0.43470 and 0.28980, correlation -1, residual 0.63739.  statsmodels stops at 132.49 and says it converged.
    y = np.random.default_rng(1).normal(size=60).reshape(15, 4)
    y = (y - y.mean(axis=1, keepdims=True)).ravel()
    found = mixed_model(y, {"x": np.tile(np.arange(4.0), 15)}, np.repeat(np.arange(15), 4), slopes=["x"])

    assert 130.7033068 == pytest.approx(found.deviance, abs=1e-6)
    assert (0.43470, 0.28980, 0.63739) == pytest.approx((*found.sd_group.values(), found.sd_residual), abs=1e-5)
    assert "the random effects cannot be told apart: they are estimated to correlate fully" == found.reason


@pytest.mark.parametrize(
    ("outcome", "predictor", "groups", "reason"),
    [
        ([1, 2, 3], [1, 2, 4], [1, 1, 1], "fewer than two groups"),
        ([None] * 3, [1, 2, 4], [1, 1, 2], "fewer than two groups"),
        ([1, 2, 3], [1, 2, 4], [1, 2, 3], "every group has one observation: groups and error cannot be told apart"),
        ([1, 2, 3], [1, 2, 4], [1, 1, 2], "fewer observations than parameters"),
        ([1, 2, 3, 5, 4], [1] * 5, [1, 1, 2, 2, 2], "some predictors say the same, or have the same value everywhere"),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [1, 1, 2, 2, 2], "the predictors explain every observation"),
    ],
)
def test_mixed_models_without_an_answer_say_why(outcome, predictor, groups, reason):
    assert mixed_model(outcome, {"x": predictor}, groups).reason.startswith(reason)


def test_groups_without_inner_variance_are_refused():
    assert "nothing varies within the groups: the error is estimated as zero" == (
        mixed_model([1, 1, 2, 2, 4, 4], {}, [1, 1, 2, 2, 3, 3]).reason
    )


def test_wrong_mixed_models_say_so():
    with pytest.raises(UnknownName, match="unknown predictor 'z'"):
        mixed_model([1, 2], {"x": [1, 2]}, [1, 2], slopes=["z"])
    with pytest.raises(BadData, match="'x' is text"):
        mixed_model([1, 2], {"x": ["a", "b"]}, [1, 2])
    with pytest.raises(BadData, match="has 2 values for 3 group labels"):
        mixed_model([1, 2], {}, [1, 2, 3])
