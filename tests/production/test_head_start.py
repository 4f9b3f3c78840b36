"""A build's process is started before the command has been read: a guess that the command looks at again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.main import get_command

from kernels_lib import __main__
from kernels_lib.cli import app
from kernels_lib.production import engines, head_start, uptodate
from kernels_lib.production.engines import template

pytestmark = pytest.mark.skipif(not template.supported(), reason="processes are forked on Linux only")


class Begun:
    """Stands for a template."""

    closed = False

    def close(self):
        self.closed = True


@pytest.fixture
def started(monkeypatch):
    found = []

    def begin(root, *, one):
        found.append((root, one))
        return Begun()

    monkeypatch.setattr(engines, "begin", begin)
    monkeypatch.setattr(head_start, "_begun", None)
    return found


def test_it_knows_every_option_of_build_that_has_a_value():
    build = get_command(app).commands["build"]
    valued = {name for p in build.params if p.param_type_name == "option" and not p.is_flag for name in p.opts}

    assert valued == head_start.VALUED


@pytest.mark.parametrize(
    "words, named",
    [
        ("", []),
        ("brand-07", ["brand-07"]),
        ("--force brand-07", ["brand-07"]),
        ("--set alpha=0.01 brand-07 --jobs 2", ["brand-07"]),
        ("--set=alpha=0.01 brand-07 brand-08", ["brand-07", "brand-08"]),
        ("--industry retail", []),
    ],
)
def test_it_counts_the_clients_that_are_named(words, named):
    assert named == head_start.clients(words.split())


@pytest.mark.parametrize("words, one", [("", False), ("brand-07", True), ("brand-07 brand-08", False)])
def test_it_starts_what_the_command_then_takes_once(started, words, one):
    head_start.begin(words.split(), "/project")

    begun = head_start.taken(Path("/project"), one=one)
    assert [(Path("/project"), one)] == started
    assert begun is not None
    assert not begun.closed
    assert head_start.taken(Path("/project"), one=one) is None


@pytest.mark.parametrize("root, one", [("/project", False), ("/other", True)])
def test_what_was_begun_for_something_else_is_ended(started, root, one):
    head_start.begin(["brand-07"], "/project")
    begun = head_start._begun[2]

    assert head_start.taken(Path(root), one=one) is None
    assert begun.closed


@pytest.mark.parametrize("words", ["--help", "--explain brand-07", "--scheduler tcp://a:1", "--engine=stock"])
def test_nothing_is_started_for_a_command_that_needs_none(started, words):
    head_start.begin(words.split(), "/project")

    assert not started
    assert head_start.taken(Path("/project"), one=True) is None


def test_nothing_is_started_outside_a_project(started):
    head_start.begin([], "")

    assert not started


@pytest.mark.parametrize("stopped", [(uptodate, "answer"), (head_start, "begin")])
def test_whoever_stops_it_before_the_command_is_there_gets_a_sentence_and_no_traceback(monkeypatch, capsys, stopped):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["scorecard", "build", "--no-such-option"])
    monkeypatch.setattr(*stopped, interrupted)

    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert 130 == ended.value.code
    assert ("", "Interrupted. What was published before is untouched.\n") == capsys.readouterr()
