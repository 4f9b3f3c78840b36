"""Reference cases: all agree, none can pass by accident, and whatever is broken is told."""

from __future__ import annotations

import inspect
import json
import math
import re

import pytest

from kernels_lib.analysis.verification import CALLS
from kernels_lib.analysis.verification.runner import agreed_digits, run_case, run_folder
from kernels_lib.analysis.verification.table import as_object, as_table
from kernels_lib.errors import BadData
from tests.conftest import ROOT

pytestmark = pytest.mark.filterwarnings("error")

FOLDER = ROOT / "tests/reference_cases"
PATHS = sorted(FOLDER.glob("*.json"))
DIGITS = "Wilson's interval of a proportion"


def case_of(tmp_path, *checks, data=None, **more):
    path = tmp_path / "one.json"
    path.write_text(json.dumps({"name": "one", "data": data or {}, "checks": list(checks), **more}))
    return run_case(path)


def check_of(call, args, result, expected, tolerance=1e-9):
    return {"call": call, "args": args, "result": result, "expected": expected, "tolerance": tolerance}


def reason_of(tmp_path, check, data=None):
    case = case_of(tmp_path, check, data=data)
    assert not case.agrees
    return case.checks[0].reason


# --- the published cases


@pytest.fixture(scope="module")
def cases():
    return run_folder(FOLDER)


def test_all_thirty_seven_cases_agree(cases):
    assert 37 == len(cases)
    assert [] == [
        f"{check.case} {check.result}: {check.reason}" for case in cases for check in case.checks if check.reason
    ]
    assert all(case.agrees for case in cases)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_check_fails_when_its_number_is_shifted(path, tmp_path):
    case = json.loads(path.read_text(encoding="utf-8"))
    shifted = tmp_path / path.name
    for check in case["checks"]:
        value = check["expected"]
        if isinstance(value, bool):
            check["expected"] = not value
        elif isinstance(value, str):
            check["expected"] = value + "?"
        else:
            check["expected"] = value + 2.1 * max(check["tolerance"], 1e-12 * abs(value), 1e-15)
    shifted.write_text(json.dumps(case), encoding="utf-8")

    assert [] == [check.result for check in run_case(shifted).checks if check.agrees]


def test_the_readme_lists_every_call_with_its_arguments_and_defaults():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| .*? \| .*? \|$", (FOLDER / "README.md").read_text(), re.M)
    told = {call: re.findall(r"`(\w+)(\?|=[^`]+)?`", arguments) for call, arguments in rows if call in CALLS}
    assert set(CALLS) == set(told)
    for call, arguments in told.items():
        parameters = inspect.signature(CALLS[call]).parameters
        assert set(parameters) == {name for name, _ in arguments}, call
        for name, default in arguments:
            ours = parameters[name].default
            if default == "?":
                assert ours is None, (call, name)
            elif default:
                first = json.dumps(ours).strip('"') if not isinstance(ours, tuple) else "[]"
                assert default[1:].split("/")[0] == first, (call, name)


def test_no_case_names_a_machine_or_a_person():
    for path in [*PATHS, FOLDER / "README.md"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\.\./|/home|/root|/tmp|/Users|[A-Z]:\\\\|\w@\w", text), path.name


# --- arguments that no case uses: R 4.2.2 unless the comment says otherwise

X = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
Y = [0.878, 0.647, 0.598, 2.05, 1.05, 1.29, 1.06, 3.14, 1.28]
M = [[1, 2, 3], [2, 2, 4], [1, 3, 2], [2, 1, 4], [1, 3, 3], [2, 4, 5]]
UNTIED = [[1, 2, 3], [2, 1, 4], [1, 3, 2], [2, 1, 4], [1, 2, 3], [2, 4, 5]]
V, G = [1, 2, 4, 3, 5, 8, 7, 9, 9], [1, 1, 1, 2, 2, 2, 3, 3, 3]
RATINGS = [[1, 1, 2], [2, 2, 2], [3, 4, 3], [3, 3, 4], [2, 3, 2], [4, 4, 5], [1, 2, 1], [5, 5, 4]]
COMMON = {"x": X, "y": Y}
P = [0.01, 0.02, 0.03, 0.04, 0.045]

VARIANTS = [
    # Fisher's tea the other way round: all tables but the one with four right, 69 of 70
    ("fisher_exact", {"count": 3, "n": 4, "other": 1, "other_n": 4, "alternative": "less"}, {"p_value": 69 / 70}),
    # Newcombe (1998), table II, method 10, 9/10 against 3/10
    (
        "share_difference",
        {"count": 9, "n": 10, "other": 3, "other_n": 10},
        {"effect": 0.6, "ci_low": (0.1705, 5e-5), "ci_high": (0.8090, 5e-5)},
    ),
    # median(x), sd(x)/3
    ("describe", {"x": X}, {"median": 1.68, "se": 0.238531386241, "max": 3.06}),
    # friedman.test(M); pf(F, 2, 10, lower = FALSE)
    (
        "friedman",
        {"matrix": M, "names": ["a", "b", "c"]},
        {"statistic": 7.3636363636364, "f_statistic": 7.94117647058823, "f_p_value": 0.00860956530268,
         "mean_rank[c]": 2.75, "rank_sum[a]": 7.5},
    ),
    # (1.25 - 2.75) / sqrt(12/36), its p times 3; ptukey(2.598 * sqrt(2), 3, Inf, lower = FALSE)
    (
        "friedman_posthoc",
        {"matrix": M, "method": "siegel", "adjust": "bonferroni"},
        {"z[1,3]": -2.59807621135332, "z[3,1]": 2.59807621135332, "p_adjusted[1,3]": 0.0281243053783},
    ),
    ("friedman_posthoc", {"matrix": M}, {"p_adjusted[3,1]": 0.0254003207787}),
    ("quade", {"matrix": M}, {"statistic": 5.321064996085, "p_value": 0.026682557667, "df2": 10}),
    # The rank sums of UNTIED are 8, 11 and 17: 8 + 22 + 51 = 81; turned round 17 + 22 + 24 = 63, 72 -+ 9.
    ("page_trend", {"matrix": UNTIED}, {"statistic": 81}),
    ("page_trend", {"matrix": [row[::-1] for row in UNTIED]}, {"statistic": 63}),
    # On complete blocks without ties both are Friedman's statistic: 12/(6*3*4) (64 + 121 + 289) - 72 = 7.
    ("durbin", {"matrix": UNTIED}, {"statistic": 7, "p_value": math.exp(-3.5)}),
    ("skillings_mack", {"matrix": UNTIED}, {"statistic": 7, "df": 2, "p_value": math.exp(-3.5)}),
    # wilcox.test(x, y, paired = TRUE, alternative = "less", exact = FALSE); (x, mu = 1.6)
    (
        "signed_rank",
        COMMON | {"alternative": "less", "method": "asymptotic", "correction": True},
        {"p_value": 0.983515309378, "statistic": 40, "statistic_minus": 5},
    ),
    ("signed_rank", {"x": X, "mu": 1.6}, {"statistic": 29, "p_value": 0.49609375}),
    # binom.test(7, 9)
    ("sign_test", COMMON, {"statistic": 7, "n_used": 9, "p_value": 0.1796875}),
    ("sign_test", {"x": X, "mu": 1.55, "alternative": "less"}, {"n_used": 8}),
    # All 64 sign flips of 1 2 2 3 4 5: 60 of them reach at most 11 (perm.test, alternative = "less")
    ("sign_flip_mean", {"x": [3, -1, 4, 2, -2, 5], "alternative": "less"}, {"statistic": 14, "p_value": 0.9375}),
    # t.test(x, y, paired = TRUE, alternative = "greater"); conf.level = .9 two-sided
    ("paired_t", COMMON | {"alternative": "greater", "level": 0.9},
     {"statistic": 3.0557349348978, "p_value": 0.00784191554371, "ci_low": 0.169935558606, "ci_high": 0.698286663617}),
    # wilcox.test(x, y, conf.int = TRUE, conf.level = .9), paired and not
    ("hodges_lehmann", COMMON | {"level": 0.9}, {"effect": 0.46, "ci_low": 0.175, "ci_high": 0.726}),
    ("hodges_lehmann", COMMON | {"level": 0.9, "paired": False}, {"effect": 0.57, "ci_low": -0.098, "ci_high": 1.01}),
    # (29 - 16) / 45
    ("rank_biserial", {"x": X, "mu": 1.6}, {"effect": 13 / 45}),
    # wilcox.test(x, y[1:7], alternative = "less")
    ("mann_whitney", {"x": X, "y": Y[:7], "alternative": "less"}, {"statistic": 50, "p_value": 0.979108391608}),
    # wilcox_test(distribution = "exact") of coin
    ("mann_whitney", {"x": [1, 2, 2, 3, 5, 5], "y": [1, 1, 2, 3, 2, 4]}, {"p_value": 0.419913419913}),
    # Exact, 3 against 3: complete order 2/20; 1 2 4 against 3 5 8 has 4/20; times 3 of them.
    (
        "pairwise_mann_whitney",
        {"values": [*V[:6], 10, 11, 12], "groups": G, "adjust": "bonferroni"},
        {"p_value[1,3]": 0.1, "p_value[3,1]": 0.1, "p_adjusted[1,3]": 0.3, "p_value[1,2]": 0.2},
    ),
    # lawstat's help: statistic 3.1375, df 17.683, P(X<Y) + .5 P(X=Y) = .788961, interval .5952169 to .9827052
    (
        "brunner_munzel",
        {"x": [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1], "y": [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]},
        {"statistic": (3.1375, 5e-5), "df": (17.683, 5e-4), "p_value": (0.005786, 5e-7), "effect": (0.788961, 5e-7),
         "ci_low": (0.5952169, 5e-8), "ci_high": (0.9827052, 5e-8)},
    ),
    # Of nine pairs 1 above, 6 below, 2 equal.
    ("cliffs_delta", {"x": [1, 2, 3], "y": [2, 3, 4]}, {"effect": -5 / 9}),
    # Rank sums 3, 7, 11: 12/42 (9 + 49 + 121)/2 - 21 = 32/7; H/5, (H - 2)/3
    ("kruskal", {"values": [1, 2, 3, 4, 5, 6], "groups": list("aabbcc")},
     {"statistic": 32 / 7, "df": 2, "epsilon_squared": 32 / 35, "eta_squared_h": 6 / 7}),
    # Mean ranks 1.5 and 5.5: -4 / sqrt(6*7/12 * (1/2 + 1/2))
    ("dunn", {"values": [1, 2, 3, 4, 5, 6], "groups": list("aabbcc"), "adjust": "none"},
     {"z[a,c]": -4 / 3.5**0.5, "z[c,a]": 4 / 3.5**0.5}),
    ("compact_letters", {"names": ["x", "y", "z"], "different": [["x", "z"]]},
     {"letters[y]": "ab", "share[x,z]": False, "share[z,y]": True}),
    # p.adjust
    ("adjust_p", {"p": P}, {"p_adjusted[1]": 0.05, "p_adjusted[3]": 0.09, "n_rejected": 1}),
    ("adjust_p", {"p": P, "method": "bonferroni", "alpha": 0.1}, {"p_adjusted[5]": 0.225, "n_rejected": 2}),
    ("adjust_p", {"p": P, "method": "hochberg"}, {"p_adjusted[1]": 0.045, "n_rejected": 5}),
    ("adjust_p", {"p": P, "method": "hommel"}, {"p_adjusted[2]": 0.045}),
    ("adjust_p", {"p": P, "method": "bh"}, {"p_adjusted[4]": 0.045}),
    ("adjust_p", {"p": P, "method": "by"}, {"p_adjusted[1]": 0.10275, "n_rejected": 0}),
    # sum d^3 / (6 (sum d^2)^1.5); cor(x, y) is 10 / sqrt(8.75 * 14)
    ("bootstrap_ci", {"statistic": "mean", "x": [94, 197, 16, 38, 99, 141, 23], "resamples": 999},
     {"acceleration": 0.0291205812628, "jackknife_se": (25.24, 0.005)}),
    ("bootstrap_ci", {"statistic": "median", "x": [94, 197, 16, 38, 99, 141, 23], "method": "percentile",
                      "resamples": 999}, {"effect": 94, "ci_low": (27, 12)}),
    ("bootstrap_ci", {"statistic": "pearson", "x": [1, 2, 3, 5], "y": [1, 3, 2, 6], "method": "percentile",
                      "resamples": 999}, {"effect": 10 / 122.5**0.5}),
    # prop.test(7, 20, conf.level = .9, correct = FALSE)
    ("wilson_interval", {"count": 7, "n": 20, "level": 0.9},
     {"effect": 0.35, "ci_low": 0.202260040057, "ci_high": 0.533487311152}),
    # 10 -+ qt(.95, 19) * 2 * sqrt(1 + 1/20)
    ("prediction_interval", {"mean": 10, "sd": 2, "n": 20, "level": 0.9},
     {"low": 6.45633224251, "high": 13.54366775749}),
    # (2 - mean(x)) / (sd(x) sqrt(10/9)), pt(..., 8, lower = FALSE)
    ("crawford_howell", {"case": 2, "controls": X, "alternative": "greater"},
     {"statistic": 0.309336561112, "p_value": 0.382484458049, "effect": 0.32606936556,
      "percent_below": (61.7515541951, 1e-8)}),
    # Variances 1 and 3, of the sum 7
    ("cronbach_alpha", {"matrix": [[1, 2], [2, 2], [3, 5]], "level": 0.9},
     {"effect": 6 / 7, "item_rest[1]": 0.75**0.5, "average_r": 0.75**0.5,
      # 1 - (1/7) F(.95; 2, 2), F(.95; 2, 2) = 19
      "ci_low": 1 - 19 / 7}),
    # Three correlations of 1/2 fit one factor exactly: l^2 = 1/2, omega = (9/2) / (9/2 + 3/2)
    ("omega", {"matrix": [[1, 1, 2], [2, 3, 1], [3, 5, 5], [4, 2, 4], [5, 4, 3]], "names": ["a", "b", "c"]},
     {"effect": 0.75, "loading[b]": 0.5**0.5}),
    # psych::ICC(alpha = .1)
    ("icc", {"ratings": RATINGS, "kind": "A,k", "level": 0.9},
     {"effect": 0.9411057692308, "ci_low": 0.8434850017, "ci_high": 0.9831467377, "df2": 14}),
    ("icc", {"ratings": RATINGS}, {"effect": 0.8419354838710, "statistic": 16.979591836735, "df2": 16}),
    # Two of three units agree; 2 * 3 * 3 / 5 unequal pairs expected of 6 ratings
    ("krippendorff_alpha", {"ratings": [["a", "a"], ["b", "b"], ["a", "b"]], "level": "nominal"}, {"effect": 4 / 9}),
    ("krippendorff_alpha", {"ratings": [[1, 1], [2, 2], [1, 2]]}, {"effect": 4 / 9}),
    # Shares 1/2: chance 2 * (1/4 + 1/4) / (2 * 1)
    ("gwet_ac", {"ratings": [[1, 1], [2, 2], [1, 2]], "categories": [1, 2]},
     {"effect": 1 / 3, "observed_agreement": 2 / 3, "chance_agreement": 0.5}),
    # Ordinal weights of 3 categories 1, 2/3, 0: sum 17/3; pe = 17/3 * 1/2 / 6; pa = (1 + 1 + 2/3) / 3
    ("gwet_ac", {"ratings": [[1, 1], [2, 2], [1, 2]], "categories": [1, 2, 3], "weights": "ordinal"},
     {"effect": (8 / 9 - 17 / 36) / (1 - 17 / 36)}),
    ("fleiss_kappa", {"ratings": [["a", "a"], ["b", "b"], ["a", "b"]], "categories": ["a", "b", "c"]},
     {"effect": 1 / 3, "z": 3**-0.5}),
    # psych::cohen.kappa
    ("weighted_kappa", {"x": [1, 2, 3, 4, 5, 3, 2, 1, 4, 4], "y": [1, 2, 4, 4, 3, 3, 3, 1, 4, 5],
                        "categories": [1, 2, 3, 4, 5]}, {"effect": 0.7878787878788}),
    ("weighted_kappa", {"x": ["lo", "mid", "hi"], "y": ["lo", "mid", "mid"], "categories": ["lo", "mid", "hi"],
                        "weights": "identity"}, {"effect": 0.5}),
    # cor.test(x, y, alternative = "greater"), kendall and spearman
    ("rank_correlation", COMMON | {"alternative": "greater"}, {"statistic": 27, "p_value": 0.0375881834215}),
    ("rank_correlation", COMMON | {"kind": "spearman", "alternative": "greater"},
     {"effect": 2 / 3, "statistic": 40, "p_value": 0.0294449955908}),
    # 2 of 4 below the threshold in each group: log odds 0; thresholds of shares
    ("ordered_logit", {"outcome": [1, 2, 1, 2], "levels": [1, 2], "predictors": {"z": [0, 0, 1, 1]},
                       "weights": [1, 1, 1, 3]},
     {"coef[z]": math.log(3), "threshold[1]": 0, "se[z]": (1 + 1 + 1 + 1 / 3) ** 0.5}),
    # Mean squares 18 between and 11/6 within pairs
    ("mixed_model", {"outcome": [1, 2, 4, 5, 6, 9], "predictors": {}, "groups": list("aabbcc")},
     {"coef[Intercept]": 4.5, "se[Intercept]": (3**0.5, 1e-6), "sd_residual": ((11 / 6) ** 0.5, 1e-6),
      "sd_group[Intercept]": ((97 / 12) ** 0.5, 1e-6)}),
    # summary(aov(v ~ factor(g)))
    ("anova_oneway", {"values": V, "groups": G},
     {"statistic": 8.1, "p_value": 0.0197421672951, "sd_residual": 1.82574185835, "r_squared": 0.7297297297297}),
    # power.t.test(n = 12, delta = .5, sd = 2, sig.level = .1, type = "one.sample", alternative = "one.sided")
    ("t_power", {"design": "one-sample", "delta": 0.5, "sd": 2, "alpha": 0.1, "alternative": "one-sided", "n": 12},
     {"power": 0.327063002139, "n": 12}),
    # power.t.test(n = 5, delta = .1, strict = TRUE): the far tail counts
    ("t_power", {"delta": 0.1, "sd": 1, "alpha": 0.05, "n": 5}, {"power": 0.0522526104037}),
    # 30 half points out of 60: 62.5/30 prints as 2.08, no whole number over 30 does.
    ("grim", {"means": ["2.08", "2.08"], "n": 30, "items": [2, 1]},
     {"consistent[1]": True, "consistent[2]": False, "probability[1]": 0.4, "probability[2]": 0.7}),
]  # fmt: skip


@pytest.mark.parametrize(("call", "args", "results"), VARIANTS, ids=[f"{i}-{v[0]}" for i, v in enumerate(VARIANTS)])
def test_arguments_that_no_case_uses(tmp_path, call, args, results):
    checks = []
    for result, expected in results.items():
        value, tolerance = expected if isinstance(expected, tuple) else (expected, 2e-9)
        checks.append(check_of(call, args, result, value, tolerance))
    case = case_of(tmp_path, *checks)
    assert [] == [f"{check.result}: {check.ours} {check.reason}" for check in case.checks if not check.agrees]


def test_every_call_is_among_them():
    assert set(CALLS) == {call for call, *_ in VARIANTS}


# --- the form of a case


WILSON = {"count": 81, "n": 263}


def test_texts_with_a_dollar_are_keys_of_the_data_at_any_depth(tmp_path):
    data = {"C4.5+m": [0, 0, 1, 1], "y": [1, 2, 1, 2], "one": 1}
    args = {"outcome": "$y", "levels": ["$one", 2], "predictors": {"z": "$C4.5+m"}}
    assert case_of(tmp_path, check_of("ordered_logit", args, "coef[z]", 0.0, 1e-9), data=data).agrees


def test_one_number_is_compared_with_its_tolerance_and_counted_in_digits(tmp_path):
    case = case_of(
        tmp_path,
        check_of("wilson_interval", WILSON, "ci_low", 0.2553, 5e-5) | {"origin": "computed"},
        check_of("wilson_interval", WILSON, "ci_high", 0.3663, 5e-5),
        title=DIGITS,
        source="Newcombe (1998)",
        expected_origin="printed",
    )
    first, second = case.checks
    assert (True, "", "computed", "Newcombe (1998)", DIGITS) == (
        first.agrees,
        first.reason,
        first.origin,
        first.source,
        first.title,
    )
    # The source prints 0.3662: three digits agree.
    assert (False, 3, "off by 9.04e-05, tolerance 5e-05") == (second.agrees, second.digits, second.reason)
    assert not case.agrees


def test_digits_are_significant_and_end_at_fifteen():
    pairs = [(1e-12, 1e-12), (1743.628, 1743.627), (-0.12345, -0.1234), (3, -3), (1e-9, 0)]
    assert [15, 6, 3, 0, 9] == [agreed_digits(ours, published) for ours, published in pairs]


def test_a_tolerance_means_its_decimals_and_not_their_binary_neighbours(tmp_path):
    def eighth():
        return {"effect": 0.125}

    path = tmp_path / "one.json"
    path.write_text(json.dumps({"checks": [check_of("eighth", {}, "effect", 0.13, 0.005)]}))
    assert abs(0.125 - 0.13) > 0.005
    assert run_case(path, {"eighth": eighth}).agrees


BROKEN = {
    "unknown call": (
        check_of("wilson_intervl", WILSON, "ci_low", 1),
        "unknown call 'wilson_intervl'. Did you mean 'wilson_interval'?",
    ),
    "unknown argument": (
        check_of("wilson_interval", WILSON | {"lvel": 0.9}, "ci_low", 1),
        "unknown argument of wilson_interval 'lvel'. Did you mean 'level'?",
    ),
    "missing argument": (check_of("wilson_interval", {"n": 3}, "ci_low", 1), "wilson_interval needs count"),
    "unknown result": (
        check_of("wilson_interval", WILSON, "ci_lo", 1),
        "unknown result 'ci_lo'. Did you mean 'ci_low'?",
    ),
    "unknown entry": (
        check_of("friedman", {"matrix": M}, "rank_sum[4]", 1),
        "unknown entry of rank_sum '4'. Known: 1, 2, 3.",
    ),
    "entry of one value": (
        check_of("friedman", {"matrix": M}, "statistic[1]", 1),
        "'statistic' is one value and has no entry '1'",
    ),
    "a table whole": (
        check_of("friedman", {"matrix": M}, "rank_sum", 1),
        "'rank_sum' is a table; name one entry, such as rank_sum[1]",
    ),
    "no path": (check_of("wilson_interval", WILSON, "ci low", 1), "unknown result 'ci low'"),
    "unknown key": (check_of("describe", {"x": "$xx"}, "mean", 1), "unknown key of the data 'xx'. Known: none."),
    "null": (
        check_of("cronbach_alpha", {"matrix": [[1, 5], [2, 5]]}, "effect", 1),
        "there is no result (null): fewer than two criteria that vary",
    ),
    "no tolerance": (check_of("wilson_interval", WILSON, "ci_low", 0.2553, None), "a number needs a tolerance"),
    "tolerance below 0": (check_of("wilson_interval", WILSON, "ci_low", 0.2553, -1), "a number needs a tolerance"),
    "tolerance true": (check_of("wilson_interval", WILSON, "ci_low", 0.2553, True), "a number needs a tolerance"),
    "beyond any number": (check_of("wilson_interval", WILSON, "ci_low", 10**400), "no number, text or truth value"),
    "tolerance beyond any number": (
        check_of("wilson_interval", WILSON, "ci_low", 1, 10**400),
        "a number needs a tolerance",
    ),
    "a list expected": (check_of("wilson_interval", WILSON, "ci_low", [1]), "no number, text or truth value"),
    "nothing expected": (check_of("wilson_interval", WILSON, "ci_low", None), "no number, text or truth value"),
    "text for a number": (
        check_of("wilson_interval", WILSON, "ci_low", "0.2553"),
        "'0.2553' was published, 0.255",
    ),
    "number for a truth value": (
        check_of("grim", {"means": ["2.08"], "n": 30}, "consistent[1]", 0),
        "a number was published, false is the result",
    ),
    "truth value for a number": (check_of("friedman", {"matrix": M}, "df", True), "true was published, 2 is"),
    "error inside": (
        check_of("icc", {"ratings": [[1, 2]], "kind": "2,1"}, "effect", 1),
        "UnknownName: unknown kind of intraclass correlation '2,1'",
    ),
    "arguments no object": (check_of("wilson_interval", [1], "ci_low", 1), "'args' is not an object"),
    "no result": ({"call": "wilson_interval", "args": WILSON, "expected": 1}, "the check has no result"),
    "no object": (["wilson_interval"], "the check is not an object"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_check_fails_with_its_reason_and_the_next_one_runs(name, tmp_path):
    check, reason = BROKEN[name]
    case = case_of(tmp_path, check, check_of("wilson_interval", WILSON, "ci_low", 0.2553, 5e-5))
    assert case.checks[0].reason.startswith(reason)
    assert [False, True] == [check.agrees for check in case.checks]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_result_that_is_no_number_never_agrees(value, tmp_path):
    path = tmp_path / "one.json"
    path.write_text(json.dumps({"checks": [check_of("f", {}, "effect", 1.0, 1e300)]}))
    case = run_case(path, {"f": lambda: {"effect": value}})
    assert f"the result is {value}, not a finite number" == case.checks[0].reason
    assert json.loads(json.dumps(as_object([case]), allow_nan=False))


def test_the_same_call_is_made_once_a_case(tmp_path):
    made = []
    checks = [
        check_of("f", {"x": 1}, "effect", 1),
        check_of("f", {"x": 1}, "effect", 1),
        check_of("f", {"x": 2}, "effect", 2),
    ]
    path = tmp_path / "one.json"
    path.write_text(json.dumps({"checks": checks}))
    assert run_case(path, {"f": lambda x: made.append(x) or {"effect": x}}).agrees
    assert [1, 2] == made


DAMAGED = {
    "no JSON": ("{", "the file is not JSON"),
    "NaN": ('{"data": {"x": [NaN]}, "checks": []}', "NaN is no number there; write null"),
    "a list": ("[]", "the file does not hold one object"),
    "no checks": ('{"name": "x", "data": {}}', "there are no checks"),
    "no check": ('{"checks": []}', "there are no checks"),
    "data a list": ('{"data": [], "checks": [1]}', "'data' is not an object"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_one_failure_and_the_others_run(name, tmp_path):
    text, reason = DAMAGED[name]
    (tmp_path / "bad.json").write_text(text)
    (tmp_path / "good.json").write_text((FOLDER / "wilson_newcombe_1998.json").read_text())
    bad, good = run_folder(tmp_path)
    assert ("bad", 1, False) == (bad.name, len(bad.checks), bad.agrees)
    assert reason in bad.checks[0].reason
    assert good.agrees


def test_a_file_that_is_no_text_or_cannot_be_read_is_a_failure(tmp_path):
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    assert "the file is not text in UTF-8" == run_case(tmp_path / "bytes.json").checks[0].reason
    assert "the file cannot be read" in run_case(tmp_path / "absent.json").checks[0].reason


def test_a_folder_without_cases_says_what_would_have_worked(tmp_path):
    with pytest.raises(BadData, match="there is no case in"):
        run_folder(tmp_path)
    with pytest.raises(BadData, match="there is no folder"):
        run_folder(tmp_path / "absent")
    (tmp_path / "file").write_text("")
    with pytest.raises(BadData, match="is not a folder"):
        run_folder(tmp_path / "file")


def test_the_table_names_what_differs_and_counts(tmp_path):
    case = case_of(
        tmp_path,
        check_of("grim", {"means": ["2.08"], "n": 30}, "consistent[1]", False),
        check_of("wilson_interval", WILSON, "ci_high", 0.4, 5e-5),
    )
    heads, first, second, last = as_table([case]).splitlines()
    assert ["case", "method", "result", "published", "ours", "digits"] == heads.split()
    assert ["one", "grim", "consistent[1]", "false", "false", "exact", "agrees"] == first.split()
    assert ["one", "wilson_interval", "ci_high", "0.4"] == second.split()[:4]
    assert "DIFFERS: off by 0.0338, tolerance 5e-05" in second
    assert "1 of 2 checks in 1 cases agree" == last
    found = as_object([case])
    assert (1, 2, False, "grim, wilson_interval") == (
        found["agree"],
        found["checks"],
        found["ok"],
        found["cases"][0]["method"],
    )
