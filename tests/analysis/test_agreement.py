"""Agreement and reliability: published coefficients, psych's digits, and what has no answer."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis.agreement import (
    KINDS,
    METRICS,
    WEIGHTS,
    cronbach_alpha,
    fleiss_kappa,
    gwet_ac,
    icc,
    krippendorff_alpha,
    minimal_detectable_change,
    omega,
    rater_agreement,
    reliability,
    sem,
    weighted_kappa,
)
from kernels_lib.errors import BadData, BadParameters, UnknownName
from tests.conftest import ROOT

pytestmark = pytest.mark.filterwarnings("error")


def attitude():
    """R's attitude[, c(1:3, 5)], as the reference case of omega prints it."""
    data = json.loads((ROOT / "tests/reference_cases/mcdonald_omega_attitude_1factor.json").read_text())["data"]
    return pd.DataFrame(data["matrix"], columns=data["columns"])[["rating", "complaints", "privileges", "raises"]]


ATTITUDE = attitude()

# Krippendorff (2011), example C, without the unit that has one rating: 4 observers.
OBSERVERS = [
    [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1],
    [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, None, 3, None],
]  # fmt: skip

THREE_RATERS = list(zip((1, 2, 3, 3, 2, 4, 1, 5), (1, 2, 4, 3, 3, 4, 2, 5), (2, 2, 3, 4, 2, 5, 1, 4), strict=True))

ratings = st.integers(2, 7).flatmap(
    lambda k: st.lists(st.lists(st.integers(1, 5), min_size=k, max_size=k), min_size=1, max_size=8)
)


# R 4.2.2, psych: a <- alpha(attitude[, c(1:3, 5)]), with gaps in rows 4 (rating) and 8 (privileges) at the end.
PSYCH = {
    "total": (0.849596041926, 0.849771742499, 0.58577284232),
    "feldt": (0.7372503238, 0.921435687953),
    "if_dropped": [0.787219005033, 0.734605516357, 0.872127476352, 0.822201259443],
    "item_rest": [0.738279978613, 0.845047279774, 0.536056210974, 0.664381758101],
    "pairwise": 0.854396043883,
    "complete": 0.849904235915,
}
# l <- factanal(attitude[, c(1:3, 5)], 1, control = list(opt = list(factr = 100)))$loadings[, 1]
FACTANAL = {"loading": [0.839807137293, 0.981919094164, 0.566115010738, 0.684892645238], "omega": 0.859688749571}


def rng():
    return np.random.default_rng(1)


# --- criteria as one scale


def test_alpha_of_three_brands_can_be_summed_by_hand():
    found = cronbach_alpha([[1, 2], [2, 2], [3, 5]])

    # Variances 1 and 3, of the sum 7: 2 (1 - 4/7).  r = 1.5/sqrt(3): 2r/(1 + r).
    assert (6 / 7, 0.9282) == pytest.approx((found.effect, found.standardized), abs=5e-5)
    assert {"1": None, "2": None} == found.if_dropped


def test_alpha_and_its_parts_agree_with_psych():
    # a$total; a$feldt; a$alpha.drop; a$item.stats$r.drop
    found = cronbach_alpha(ATTITUDE)

    assert PSYCH["total"] == pytest.approx((found.effect, found.standardized, found.average_r), abs=1e-9)
    assert PSYCH["feldt"] == pytest.approx((found.ci_low, found.ci_high), abs=1e-9)
    assert PSYCH["if_dropped"] == pytest.approx(list(found.if_dropped.values()), abs=1e-9)
    assert PSYCH["item_rest"] == pytest.approx(list(found.item_rest.values()), abs=1e-9)


def test_missing_scores_cost_a_brand_or_only_its_pairs():
    gaps = ATTITUDE.astype(float)
    gaps.iloc[3, 0] = gaps.iloc[7, 2] = np.nan

    # R: alpha(gaps)$total$raw_alpha (pairwise), alpha(na.omit(gaps))$total$raw_alpha
    assert PSYCH["pairwise"] == pytest.approx(cronbach_alpha(gaps, missing="pairwise").effect, abs=1e-9)
    complete = cronbach_alpha(gaps)
    assert (28, PSYCH["complete"]) == (complete.n, pytest.approx(complete.effect, abs=1e-9))


def test_a_criterion_without_variance_is_left_out_and_named():
    scores = ATTITUDE.assign(top=5.0, empty=np.nan)
    found = reliability(scores, draws=50, rng=rng())

    assert (("top", "empty"), 30) == (found.left_out, found.n)
    assert cronbach_alpha(ATTITUDE).effect == found.alpha.effect
    assert set(ATTITUDE) == set(found.item_rest) == set(found.omega.loading)


def test_omega_of_equal_correlations_is_that_of_equal_loadings():
    # All correlations 0.4, so all loadings sqrt(0.4): omega = 1.6 * 4 / (1.6 * 4 + 4 * 0.6).
    root = np.linalg.cholesky(np.full((4, 4), 0.4) + 0.6 * np.eye(4))
    x = np.random.default_rng(3).normal(size=(40, 4))
    x -= x.mean(axis=0)
    exact = x @ np.linalg.inv(np.linalg.cholesky(x.T @ x)).T @ root.T

    found = omega(exact)
    assert 6.4 / 8.8 == pytest.approx(found.effect, abs=1e-8)
    assert [0.4**0.5] * 4 == pytest.approx(list(found.loading.values()), abs=1e-7)


def test_omega_agrees_with_factanal():
    found = omega(ATTITUDE)

    assert FACTANAL["loading"] == pytest.approx(list(found.loading.values()), abs=2e-6)
    assert FACTANAL["omega"] == pytest.approx(found.effect, abs=1e-7)


def test_omegas_interval_surrounds_it_and_comes_from_the_generator():
    one, same = (omega(ATTITUDE, draws=400, rng=rng()) for _ in range(2))

    assert one == same
    assert one.ci_low < one.effect < one.ci_high
    assert 400 == one.draws_used
    with pytest.raises(BadParameters, match="random generator"):
        omega(ATTITUDE, draws=10)


@pytest.mark.filterwarnings("error")
def test_omega_of_five_brands_stays_within_the_numbers():
    # Death rates of five ages in four groups (R's data set VADeaths): some resamples fit in one step.
    rates = [[11.7, 8.7, 15.4, 8.4], [18.1, 11.7, 24.3, 13.6], [26.9, 20.3, 37, 19.3], [41, 30.9, 54.6, 35.1]]
    found = omega([*rates, [66, 54.3, 71.1, 50]], draws=2000, rng=np.random.default_rng(1))

    assert found.ci_low <= found.effect <= found.ci_high


def test_a_criterion_that_the_factor_explains_fully_is_held_at_the_bound_and_named():
    # r12 = .95, r13 = .9, r23 = .5 would need l1^2 = 1.71.
    x = np.random.default_rng(4).normal(size=(50, 3))
    x -= x.mean(axis=0)
    wanted = np.array([[1, 0.85, 0.8], [0.85, 1, 0.5], [0.8, 0.5, 1]])
    exact = x @ np.linalg.inv(np.linalg.cholesky(x.T @ x)).T @ np.linalg.cholesky(wanted).T

    assert ("1",) == omega(exact).at_bound


@pytest.mark.parametrize(
    ("scores", "alpha_reason", "omega_reason"),
    [
        ([[5, 5], [5, 5]], "fewer than two criteria that vary", "fewer than three criteria that vary"),
        ([[1, 2, 3]], "fewer than two criteria that vary", "fewer than three criteria that vary"),
        (
            [[1, 3], [2, 2], [3, 1]],
            "the criteria cancel out: their sum has no variance",
            "fewer than three criteria that vary",
        ),
        ([[1, 2, 3], [3, 2.5, 4]], "", "no factor can be fitted: there are too few brands"),
        (
            [[1, 2, 3], [3, 2, 5], [2, 5, 7], [4, 1, 5]],
            "",
            "no factor can be fitted: some criteria determine another",
        ),
    ],
)
def test_scales_without_an_answer_say_why(scores, alpha_reason, omega_reason):
    assert (alpha_reason, omega_reason) == (cronbach_alpha(scores).reason, omega(scores).reason)


# --- raters


def test_all_six_iccs_agree_with_psych():
    # R 4.2.2: psych::ICC(m, lmer = FALSE)$results for the three raters above
    for kind, effect, low, high in (
        ("1,1", 0.8419354839, 0.5875776531, 0.9620901909),
        ("A,1", 0.8419354839, 0.5875271911, 0.9620917062),
        ("C,1", 0.8419354839, 0.5728715118, 0.9625186505),
        ("1,k", 0.9411057692, 0.8103940690, 0.9870357488),
        ("A,k", 0.9411057692, 0.8103620708, 0.9870362804),
        ("C,k", 0.9411057692, 0.8009414531, 0.9871860268),
    ):
        found = icc(THREE_RATERS, kind)
        assert (effect, low, high) == pytest.approx((found.effect, found.ci_low, found.ci_high), abs=1e-9), kind
    # ..., alpha = 0.1
    assert (0.6423958356, 0.9510888384) == pytest.approx(
        (icc(THREE_RATERS, "A,1", level=0.9).ci_low, icc(THREE_RATERS, "A,1", level=0.9).ci_high), abs=1e-9
    )


def test_a_lenient_rater_lowers_agreement_and_not_consistency():
    lenient = [[1, 2], [2, 3], [3, 4], [4, 5]]

    # Mean squares: rows 10/3, raters 2, rest 0.  C = 1; A = (10/3) / (10/3 + 2 * 2/4).
    assert (1.0, 10 / 13) == pytest.approx((icc(lenient, "C,1").effect, icc(lenient, "A,1").effect))
    assert "the ratings leave no error: no F and no interval" == icc(lenient, "C,1").reason


@given(ratings)
@settings(max_examples=40, deadline=None)
def test_limits_surround_the_coefficient_and_every_gap_has_a_reason(table):
    for kind in KINDS:
        found = icc(table, kind)
        if found.ci_low is None:
            assert found.reason
        else:
            assert found.ci_low - 1e-9 <= found.effect <= found.ci_high + 1e-9 <= 1 + 2e-9


@given(ratings, st.randoms())
@settings(max_examples=30, deadline=None)
def test_the_order_of_units_and_raters_makes_no_difference(table, random):
    shuffled = random.sample(table, len(table))
    order = random.sample(range(len(table[0])), len(table[0]))
    shuffled = [[row[j] for j in order] for row in shuffled]
    for coefficient in (
        lambda x: icc(x, "A,1").effect,
        lambda x: krippendorff_alpha(x).effect,
        lambda x: gwet_ac(x, range(1, 6), "ordinal").effect,
        lambda x: fleiss_kappa(x).effect,
    ):
        one, other = coefficient(table), coefficient(shuffled)
        assert (one is None) == (other is None)
        assert one is None or one == pytest.approx(other, abs=1e-9)


def test_krippendorffs_example_has_his_four_alphas():
    found = [krippendorff_alpha(OBSERVERS, metric).effect for metric in ("nominal", "ordinal", "interval", "ratio")]
    assert [0.743, 0.815, 0.849, 0.797] == [round(value, 3) for value in found]


def test_a_pair_weighs_less_in_a_unit_with_more_ratings():
    # Coincidences 1-1: 2, 1-2: 2 * 2/2 = 2, 2-2: 2/2 + 2 = 3, n = 7 ratings, 3 ones and 4 twos.
    # Observed 2, expected 2 * 3 * 4 / 6: alpha = 1 - 2 / 4.
    assert 0.5 == pytest.approx(krippendorff_alpha([[1, 1, None], [1, 2, 2], [2, 2, None]], "nominal").effect)


def test_the_interval_of_alpha_comes_from_resampled_units():
    found = krippendorff_alpha(OBSERVERS, draws=500, rng=rng())
    assert found.ci_low < found.effect < found.ci_high <= 1
    two = krippendorff_alpha(OBSERVERS[1:3], draws=500, rng=rng())
    assert (None, "fewer than three units to resample: no interval") == (two.ci_low, two.reason)


@pytest.mark.parametrize("metric", METRICS)
def test_full_agreement_is_one_and_no_variance_is_no_answer(metric):
    assert 1.0 == krippendorff_alpha([[1, 1], [2, 2], [4, 4]], metric).effect
    constant = krippendorff_alpha([[5, 5], [5, 5]], metric)
    assert constant.effect is None
    assert "all ratings are equal: there is no variance that raters could agree on" == constant.reason


def test_gwet_agrees_with_irrcac_where_ratings_are_missing():
    # irrCAC's vignette: gwet.ac1.raw(cac.raw4raters) prints 0.77544, 0.14295, (0.461,1), pa 0.8181818, pe 0.1903212
    found = gwet_ac(OBSERVERS, [1, 2, 3, 4, 5])
    assert (0.77544, 0.14295) == pytest.approx((found.effect, found.se), abs=5e-6)
    assert (0.461, 1.0) == pytest.approx((found.ci_low, found.ci_high), abs=5e-4)
    assert (0.8181818, 0.1903212) == pytest.approx((found.observed_agreement, found.chance_agreement), abs=5e-8)
    # The same formulas written out in R, for other weights and a longer scale.
    for weights, q, effect, se in (
        ("linear", 5, 0.8587391364, 0.1173290219),
        ("quadratic", 7, 0.96460996763, 0.09081907282),
        ("ordinal", 5, 0.8989397699, 0.1069035238),
        ("ordinal", 7, 0.95399492255, 0.09160677017),
    ):
        other = gwet_ac(OBSERVERS, range(1, q + 1), weights)
        assert (effect, se) == pytest.approx((other.effect, other.se), abs=1e-9)


def test_unused_categories_count_for_gwet():
    # Of 2 categories (2/3 - 1/2) / (1/2); of 3 the chance is 1/2 * 1/2 * 2 / 2 = 1/4.
    rated = [[1, 1], [2, 2], [1, 2]]
    assert (1 / 3, 5 / 9) == pytest.approx((gwet_ac(rated, [1, 2]).effect, gwet_ac(rated, [1, 2, 3]).effect))


@pytest.mark.parametrize("weights", WEIGHTS)
def test_where_everyone_gives_the_top_score_ac_is_one_while_alpha_and_kappa_do_not_exist(weights):
    ceiling = [[5, 5, 5]] * 4
    found = gwet_ac(ceiling, [1, 2, 3, 4, 5], weights)
    assert (1.0, None, "all units are rated alike: no interval") == (found.effect, found.ci_low, found.reason)
    assert krippendorff_alpha(ceiling).effect is None
    assert fleiss_kappa(ceiling).effect is None
    assert icc(ceiling).effect is None


def test_a_rating_outside_the_scale_is_named():
    with pytest.raises(BadData, match=r"rating 6.0 is not among the categories. Known: 1.0, 2.0, 3.0"):
        gwet_ac([[1, 6]], [1, 2, 3])
    with pytest.raises(UnknownName, match="unknown kind of intraclass correlation 'ICC2'"):
        icc([[1, 2], [2, 3]], "ICC2")
    with pytest.raises(BadData, match="ratings are text, which has no ordinal differences"):
        krippendorff_alpha([["a", "b"]])


def test_fleiss_kappa_and_its_z_can_be_summed_by_hand():
    # Units aa, bb, ab: observed 2/3, shares 1/2: kappa 1/3.  Variance 2 (1/4 - 0) / (1/4 * 3 * 2 * 1) = 1/3.
    found = fleiss_kappa([["a", "a"], ["b", "b"], ["a", "b"]])
    assert (1 / 3, 3**-0.5) == pytest.approx((found.effect, found.z))
    # irrCAC: fleiss.kappa.raw(cac.raw4raters) prints 0.76117
    assert 0.76117 == round(fleiss_kappa(OBSERVERS).effect, 5)
    assert (None, "ratings are missing: no test") == (fleiss_kappa(OBSERVERS).z, fleiss_kappa(OBSERVERS).reason)


def test_weighted_kappa_agrees_with_psych():
    # R: psych::cohen.kappa(table(factor(x, 1:5), factor(y, 1:5)), w = ...), with squared, plain and no distances
    x, y = [1, 2, 3, 4, 5, 3, 2, 1, 4, 4], [1, 2, 4, 4, 3, 3, 3, 1, 4, 5]
    expected = {"quadratic": 0.7878787879, "linear": 0.6527777778, "identity": 0.4871794872}
    for weights, kappa in expected.items():
        assert kappa == pytest.approx(weighted_kappa(x, y, range(1, 6), weights).effect, abs=1e-9)
    # The scale's unused steps cancel out of linear weights, and of quadratic ones.
    assert expected["linear"] == pytest.approx(weighted_kappa(x, y, range(0, 9), "linear").effect, abs=1e-9)
    assert 9 == weighted_kappa([*x[:-1], None], y, range(1, 6)).n


@pytest.mark.parametrize(
    ("rated", "reason"),
    [
        ([[1, None], [2, None]], "only one rater"),
        ([[1, None], [None, 2]], "no unit was rated by two raters"),
        ([[None, None]], "no ratings"),
    ],
)
def test_ratings_without_pairs_say_why(rated, reason):
    assert reason == krippendorff_alpha(rated).reason == gwet_ac(rated, [1, 2]).reason == fleiss_kappa(rated).reason
    assert icc(rated).effect is None
    assert icc(rated).reason


def test_measurement_error_in_points():
    # 0.8 sqrt(1 - 0.75) = 0.4 points; 1.96 * sqrt(2) * 0.4 = 1.109
    assert 0.4 == pytest.approx(sem(0.8, 0.75))
    assert 1.109 == pytest.approx(minimal_detectable_change(0.4), abs=5e-4)
    assert 0.8 == sem(0.8, -0.2)


def test_the_table_of_agreement_has_one_row_a_criterion():
    cube = np.full((8, 3, 3), np.nan)
    cube[:, 0, :] = THREE_RATERS
    cube[:, 1, :] = 5
    cube[:, 2, 0] = 3
    table = rater_agreement(cube, categories=[1, 2, 3, 4, 5], draws=100, rng=rng())

    first = table.loc["1"]
    assert (8, 3, "") == (first["n_units"], first["n_raters"], first["reason"])
    assert icc(THREE_RATERS, "A,k").effect == first["icc_mean"]
    # Means over raters have the standard deviation 1.2848; times sqrt(1 - 0.9411).
    assert 0.3118 == pytest.approx(first["sem"], abs=5e-5)
    assert 1.0 == table.loc["2", "ac2"]
    assert np.isnan(table.loc["2", ["alpha", "icc_single", "icc_mean", "sem"]].astype(float)).all()
    assert "alpha: all ratings are equal" in table.loc["2", "reason"]
    assert (
        "alpha, AC2: only one rater; ICC of one rater, ICC of the mean: fewer than two raters"
        == (table.loc["3", "reason"])
    )
    frames = {"one": pd.DataFrame(THREE_RATERS, columns=list("abc"))}
    assert first["ac2"] == rater_agreement(frames, categories=range(1, 6), draws=9, rng=rng()).loc["one", "ac2"]


def test_a_criterion_that_nobody_rated_has_reasons_and_no_numbers():
    ratings = np.full((3, 2, 2), np.nan)
    ratings[:, 0] = [[1, 2], [3, 3], [5, 4]]
    row = rater_agreement(ratings, categories=range(1, 6), draws=10, rng=np.random.default_rng(1)).loc["2"]
    assert row[["alpha", "icc_single", "icc_mean", "ac2", "sem"]].isna().all()
    assert "no ratings" in row["reason"]
