"""Power of t tests: R's numbers, the far tail, and plans that no number of brands fulfils."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels_lib.analysis.power_t import t_power
from kernels_lib.errors import BadParameters, UnknownName

pytestmark = pytest.mark.filterwarnings("error")


def test_power_agrees_with_r():
    # R 4.2.2: power.t.test(n = 30, delta = .5, type = "paired", strict = TRUE)$power
    assert 0.753964715744 == pytest.approx(t_power("paired", 0.5, 1, 0.05, n=30).power, abs=1e-11)
    # power.t.test(n = 12, delta = .5, sd = 2, sig.level = .1, type = "one.sample", alternative = "one.sided")$power
    assert 0.327063002139 == pytest.approx(t_power("one-sample", 0.5, 2, 0.1, "one-sided", n=12).power, abs=1e-11)
    # power.t.test(n = 5, delta = .1, strict = TRUE)$power; without strict .0344: the far tail is left out
    assert 0.0522526104037 == pytest.approx(t_power("two-sample", 0.1, 1, 0.05, n=5).power, abs=1e-11)
    # power.t.test(power = .8, delta = .53, type = "paired", strict = TRUE, tol = 1e-12)$n
    assert 29.9193802758 == pytest.approx(t_power("paired", 0.53, 1, 0.05, power=0.8).n, abs=1e-9)


@given(st.floats(0.05, 3), st.floats(0.3, 0.99), st.sampled_from(["two-sided", "one-sided"]))
@settings(max_examples=40, deadline=None)
def test_the_number_of_brands_has_the_power_it_was_asked_for(delta, power, alternative):
    found = t_power("two-sample", delta, 1, 0.05, alternative, power=power)
    again = t_power("two-sample", delta, 1, 0.05, alternative, n=found.n)
    assert power == pytest.approx(again.power, abs=1e-8) or (2 == found.n and again.power > power)


@given(st.floats(2, 200), st.floats(-100, 100), st.floats(0.001, 0.5))
@settings(max_examples=40, deadline=None)
def test_power_is_a_probability_and_the_sign_does_not_matter_two_sided(n, delta, alpha):
    one, other = (t_power("paired", sign * delta, 1, alpha, n=n).power for sign in (1, -1))
    assert one == other
    assert alpha - 1e-9 <= one <= 1


def test_plans_that_cannot_be_fulfilled_say_so():
    for delta, alternative in ((0, "two-sided"), (-1, "one-sided")):
        found = t_power("paired", delta, 1, 0.05, alternative, power=0.9)
        assert (None, "no number of brands up to 1,000,000,000 reaches this power") == (found.n, found.reason)
    assert 2 == t_power("paired", 100, 1, 0.05, power=0.5).n


def test_wrong_plans_say_what_is_wrong():
    with pytest.raises(BadParameters, match="exactly one of n and power"):
        t_power("paired", 1, 1, 0.05)
    with pytest.raises(BadParameters, match=r"sd 0 is not above 0; alpha 5 is not between 0 and 1; n 1 is not 2 or"):
        t_power("paired", 1, 0, 5, n=1)
    with pytest.raises(UnknownName, match="unknown design 'pared'"):
        t_power("pared", 1, 1, 0.05, n=3)


def test_the_far_tail_of_a_large_effect_adds_nothing():
    # R 4.2.2: power.t.test(n = 6, delta = 2.75, sd = 1, sig.level = .05 / 31, type = "paired")$power
    # [1] 0.6659, where scipy's noncentral t has no number for the other tail
    assert 0.6659 == pytest.approx(t_power("paired", 2.75, 1.0, 0.05 / 31, n=6).power, abs=5e-4)
