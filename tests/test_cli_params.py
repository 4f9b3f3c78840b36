"""`scorecard params`: what holds for a client, where it was said, and how two clients differ."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import json
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


def test_a_value_inside_a_mapping_has_its_own_file_and_line(monkeypatch, capsys):
    code, out, _ = scorecard(monkeypatch, capsys, "params", "brand-24", "--json")
    rows = json.loads(out)

    assert 0 == code
    assert (3.5, "params/clients/brand-24.yaml") == (rows["target.dialog"]["value"], rows["target.dialog"]["file"])
    assert rows["target.dialog"]["line"] > 1
    assert not rows["target.dialog"]["default"]


def test_a_value_that_nobody_changed_is_a_default_whether_a_file_says_it_or_not(monkeypatch, capsys):
    _, out, _ = scorecard(monkeypatch, capsys, "params", "brand-07", "--set", "alpha=0.01", "--json")
    rows = json.loads(out)

    assert ("params/study.yaml", True) == (rows["correction"]["file"], rows["correction"]["default"])
    assert ("built-in default", True) == (rows["type.text"]["file"], rows["type.text"]["default"])
    assert (0.01, "--set", False) == tuple(rows["alpha"][key] for key in ("value", "origin", "default"))


def test_defaults_are_dimmed_on_a_terminal_and_nowhere_else(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    _, shown, _ = scorecard(monkeypatch, capsys, "params", "brand-07")
    dim = [line for line in shown.splitlines() if line.startswith("\x1b[2m")]
    monkeypatch.delenv("FORCE_COLOR")
    _, piped, _ = scorecard(monkeypatch, capsys, "params", "brand-07")

    assert any("correction" in line for line in dim)
    assert not any("colours.primary" in line for line in dim)
    assert "\x1b" not in piped


def test_no_color_is_respected(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    _, shown, _ = scorecard(monkeypatch, capsys, "params", "brand-07")

    assert "\x1b" not in shown


def test_diff_shows_only_what_differs_with_both_values_and_both_places(monkeypatch, capsys):
    code, out, _ = scorecard(monkeypatch, capsys, "params", "brand-07", "--diff", "brand-24")

    assert 0 == code
    assert 'brand-07  "en"  # params/study.yaml, line' in out
    assert 'brand-24  "de"  # params/clients/brand-24.yaml, line' in out
    assert "target.dialog\n  brand-07  not set\n  brand-24  3.5" in out
    assert "alpha" not in out


def test_clients_that_differ_in_nothing_are_said_to(monkeypatch, capsys):
    # Both are in the same industry and have no file of their own.
    code, out, _ = scorecard(monkeypatch, capsys, "params", "brand-01", "--diff", "brand-01")
    _, plain, _ = scorecard(monkeypatch, capsys, "params", "brand-01", "--diff", "brand-01", "--json")

    assert (0, "'brand-01' and 'brand-01' have the same parameters.\n") == (code, out)
    assert {} == json.loads(plain)


def test_an_unknown_other_client_is_told_with_the_nearest(monkeypatch, capsys):
    code, _, err = scorecard(monkeypatch, capsys, "params", "brand-07", "--diff", "brnad-24")

    assert 2 == code
    assert "unknown client 'brnad-24'. Did you mean 'brand-24'?" in err
