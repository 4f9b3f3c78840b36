"""`scorecard plan` as a newcomer types it."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import json
import re
import sys

import pytest

from kernels_lib import cli


def scorecard(monkeypatch, capsys, *arguments):
    """Exit code, output, errors."""
    monkeypatch.setattr(sys, "argv", ["scorecard", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    captured = capsys.readouterr()
    return stopped.value.code, captured.out, captured.err


def test_a_plan_says_how_many_brands_and_what_it_rests_on(monkeypatch, capsys):
    code, out, err = scorecard(monkeypatch, capsys, "plan", "--effect", "1", "--power", "0.8")

    assert 0 == code
    assert "a true difference of 1 points between two criteria" in out
    assert "one of 28 comparisons" in out
    assert re.search(r"\d+ brands  typical pair: .+ - .+ \(differences spread by \d\.\d\d points\)", out)
    assert "Fewer than 11 brands can never pass" in out
    assert "Planned on reconstructed scores." in err


@pytest.mark.slow
def test_measured_scores_are_planned_with_in_their_own_words(monkeypatch, capsys):
    code, out, err = scorecard(
        monkeypatch, capsys, "plan", "--effect", "8", "--study", "attitude", "--icc", "0.6", "--raters", "1,2"
    )

    assert (0, "") == (code, err)
    assert "one of 21 comparisons" in out
    assert re.search(r"\d+ departments  2 raters", out)
    assert "brands" not in out


def test_json_holds_every_number(monkeypatch, capsys):
    code, out, _ = scorecard(monkeypatch, capsys, "plan", "--effect", "1.5", "--comparisons", "1", "--json")
    found = json.loads(out)

    assert 0 == code
    assert ("reconstructed", 1, 0.05) == (found["planned_on"], found["comparisons"], found["level"])
    typical = found["typical"][0]
    assert typical["power_low"] <= typical["power"] <= typical["power_high"]
    assert 1 == len(found["why"]) and str(typical["n"]) in found["why"][0]


WRONG = {
    "no effect": (["--effect", "0"], "effect 0 is not above 0."),
    "negative effect": (["--effect", "-0.5"], "effect -0.5 is not above 0."),
    "effect beyond the scale": (["--effect", "6"], "does not fit the scale 1-5"),
    "certain power": (["--effect", "1", "--power", "1"], "power 1 is not between"),
    "alpha": (["--effect", "1", "--alpha", "1.5"], "alpha 1.5 is not between 0 and 1."),
    "no comparison": (["--effect", "1", "--comparisons", "0"], "comparisons 0 is not 1 or more."),
    "raters without agreement": (["--effect", "1", "--raters", "1,2"], "not in the data. Give icc"),
    "raters in words": (["--effect", "1", "--raters", "two", "--icc", "0.6"], "'two' are not whole numbers"),
    "agreement": (["--effect", "1", "--icc", "6"], "icc 6 is not above 0 and at most 1."),
    "no effect given": ([], "--effect: no effect. Give it in points"),
    "effect in words": (["--effect", "big"], "Invalid value for '--effect'"),
    "unknown study": (["--effect", "1", "--study", "atitude"], "Did you mean 'attitude'?"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_wishes_give_one_message_and_exit_code_2(name, monkeypatch, capsys):
    arguments, message = WRONG[name]
    code, out, err = scorecard(monkeypatch, capsys, "plan", *arguments)

    assert (2, "") == (code, out)
    assert message in err
    assert "Traceback" not in err
