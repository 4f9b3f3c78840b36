"""What the pages of docs/ show: commands with their output, and files in YAML, read so that tests can try them.

A command stands in a ```console block after ``$``; the lines below it are what it prints, standard
error included.  ``...`` is left out: as a line any lines, inside a line any text.  A comment before the
block, ``<!-- long -->`` or ``<!-- not run: why -->``, says what a test is to do with it.
"""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from kernels_lib.__main__ import main

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
_FENCE = re.compile(r"^```(\w*)\s*(.*)$")
_COMMENT = re.compile(r"^<!-- (.*) -->$")
ELIDED = "..."


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what stands in the comment before it, its lines, and where it is."""

    page: Path
    line: int
    language: str
    comment: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One command, and what it is said to print."""

    where: str
    comment: str
    command: str
    shown: tuple[str, ...]


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    inside: list[str] | None = None
    begun, language, comment = 0, "", ""
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if fence and inside is None:
            inside, begun, language = [], number, fence[1]
            said = _COMMENT.match(lines[number - 2]) if number > 1 else None
            comment = said[1] if said else ""
        elif fence:
            yield Block(page, begun, language, comment, tuple(inside or ()))
            inside = None
        elif inside is not None:
            inside.append(line)
    assert inside is None, f"{page.name}, line {begun}: this block has no end"


def steps(page: Path) -> list[Step]:
    """The commands of a page in their order."""
    found: list[Step] = []
    for block in blocks(page):
        if block.language != "console":
            continue
        command, shown, at = "", [], 0
        for number, line in enumerate((*block.lines, "$ "), block.line + 1):
            if line.startswith("$ "):
                if command:
                    found.append(Step(f"{page.name}, line {at}", block.comment, command, tuple(shown)))
                command, shown, at = line.removeprefix("$ "), [], number
            elif command.endswith("\\"):
                command = command.removesuffix("\\") + line.strip()
            else:
                assert command, f"{page.name}, line {number}: output without a command"
                shown.append(line)
    return found


def scorecards(text: str) -> Iterator[list[str]]:
    """The words of each ``scorecard ...`` in a command line; what stands after ``#`` is a remark."""
    words = shlex.split(text, comments=True)
    if words[:1] == ["scorecard"]:
        yield words[1:]


class Session:
    """A shell in a project, as far as the pages need one; `code` is that of the last command."""

    def __init__(self, project: Path, monkeypatch) -> None:
        self.project, self.code = project, 0
        self._patch = monkeypatch
        monkeypatch.chdir(project)
        monkeypatch.setenv("NO_COLOR", "1")

    def run(self, command: str) -> str:
        """What a command prints."""
        if command == "echo $?":
            return f"{self.code}\n"
        if command.startswith("scorecard "):
            return self._scorecard(shlex.split(command, comments=True))
        done = subprocess.run(
            ["sh", "-c", command], cwd=self.project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.code = done.returncode
        return done.stdout

    def _scorecard(self, words: list[str]) -> str:
        said = io.StringIO()
        self._patch.setattr(sys, "argv", words)
        with redirect_stdout(said), redirect_stderr(said):
            try:
                main()
                self.code = 0
            except SystemExit as ended:
                self.code = int(ended.code or 0)
        return said.getvalue()

    def follow(self, step: Step, then: str = "") -> None:
        """Run a step; it prints what the page shows and ends well, unless the page asks for its code next."""
        said = self.run(step.command)
        assert matches(step.shown, said), f"{step.where}: $ {step.command}\n{said}"
        if then != "echo $?":
            assert 0 == self.code or step.command == "echo $?", f"{step.where}: code {self.code}\n{said}"


def matches(shown: tuple[str, ...], said: str) -> bool:
    """Whether what was printed is what is shown, but for what is left out.

    Examples
    --------
    >>> matches(("a", "...", "b (... s)"), "a\\nx\\ny\\nb (0.3 s)\\n")
    True
    >>> matches(("a",), "a\\nb\\n"), matches((), "a\\n")
    (False, False)
    """
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == ELIDED else r".*".join(map(re.escape, line.rstrip().split(ELIDED))) + r"\n"
        for line in shown
    )
    printed = "".join(f"{line.rstrip()}\n" for line in said.splitlines())
    return re.fullmatch(pattern, printed) is not None
