"""What the pages of docs/ show: commands with their output, and files, read so that tests can try them.

A command stands in a ```console block after ``$``; the lines below it are what it prints, standard
error included.  ``...`` is left out: as a line any lines, inside a line any text.  A comment before the
block says what a test is to do with it: ``<!-- long -->``, ``<!-- not run: why -->``, or ``<!-- fails -->``
where each command ends with code 2.  A block whose fence names a file, as in ```yaml params/study.yaml,
is that file; with ``(wrong)`` behind it is one that must be refused.

``python -m tests.documented PAGE...`` follows pages and puts the output of each command in place of a line
``@`` below it; ``@5`` takes its first five lines, ``@-5`` its last.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
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
    name: str
    comment: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One command, and what it is said to print."""

    where: str
    comment: str
    command: str
    shown: tuple[str, ...]


@dataclass(frozen=True)
class File:
    """A file that a page shows; `wrong` where it must be refused."""

    where: str
    path: str
    text: str
    wrong: bool


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    inside: list[str] | None = None
    begun, language, name, comment = 0, "", "", ""
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if fence and inside is None:
            inside, begun, language, name = [], number, fence[1], fence[2]
            said = _COMMENT.match(lines[number - 2]) if number > 1 else None
            comment = said[1] if said else ""
        elif fence:
            yield Block(page, begun, language, name, comment, tuple(inside or ()))
            inside = None
        elif inside is not None:
            inside.append(line)
    assert inside is None, f"{page.name}, line {begun}: this block has no end"


def parts(page: Path) -> list[Step | File]:
    """The files and commands of a page in their order."""
    found: list[Step | File] = []
    for block in blocks(page):
        if block.language == "console":
            found += _steps(block)
        elif block.name:
            path, _, wrong = block.name.partition(" ")
            text = "".join(f"{line}\n" for line in block.lines)
            found.append(File(f"{page.name}, line {block.line}", path, text, wrong == "(wrong)"))
    return found


def steps(page: Path) -> list[Step]:
    """The commands of a page in their order."""
    return [part for part in parts(page) if isinstance(part, Step)]


def _steps(block: Block) -> Iterator[Step]:
    command, shown, at = "", [], 0
    for number, line in enumerate((*block.lines, "$ "), block.line + 1):
        if line.startswith("$ "):
            if command:
                yield Step(f"{block.page.name}, line {at}", block.comment, command, tuple(shown))
            command, shown, at = line.removeprefix("$ "), [], number
        elif command.endswith("\\"):
            command = command.removesuffix("\\") + line.strip()
        else:
            assert command, f"{block.page.name}, line {number}: output without a command"
            shown.append(line)


def scorecards(page: Path) -> list[tuple[str, list[str]]]:
    """Every ``scorecard ...`` of a page, in blocks and inside of lines: where it stands, and its words."""
    found = [(step.where, step.command) for step in steps(page)]
    for block in blocks(page):
        if block.language in ("", "sh"):
            lines = enumerate(block.lines, block.line + 1)
            found += [(f"{page.name}, line {n}", line) for n, line in lines if line.startswith("scorecard ")]
    text = re.sub(
        r"^```.*?^```$", lambda block: "\n" * block[0].count("\n"), page.read_text("utf-8"), flags=re.M | re.S
    )
    for number, line in enumerate(text.splitlines(), 1):
        found += [(f"{page.name}, line {number}", said) for said in re.findall(r"`(scorecard [^`]+)`", line)]
    words = [(where, shlex.split(command, comments=True)) for where, command in found]
    return [(where, each[1:]) for where, each in words if each[0] == "scorecard"]


class Session:
    """A shell in a project, as far as the pages need one; `code` is that of the last command."""

    def __init__(self, project: Path, monkeypatch) -> None:
        self.project, self.code = project, 0
        self._patch = monkeypatch
        monkeypatch.chdir(project)
        monkeypatch.setenv("NO_COLOR", "1")
        # As many CI services do: no bar moves through a log for that.
        monkeypatch.setenv("FORCE_COLOR", "1")

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

    def put(self, file: File) -> None:
        """Write a file that a page shows."""
        path = self.project / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")

    def follow(self, step: Step, then: str = "") -> None:
        """Run a step; it prints what the page shows and ends well, unless the page says otherwise or asks next."""
        said = self.run(step.command)
        assert matches(step.shown, said), f"{step.where}: $ {step.command}\n{said}"
        if then == "echo $?" or step.command == "echo $?":
            return
        wanted = {2} if "fails" in step.comment and step.shown != (ELIDED,) else {0}
        assert self.code in wanted, f"{step.where}: code {self.code}\n{said}"


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


def _record(page: Path, session: Session) -> None:
    """Put the output of commands where a page asks for it."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for part in parts(page):
        if isinstance(part, File):
            session.put(part)
        elif "not run" not in part.comment:
            said = [_masked(line) for line in session.run(part.command).splitlines()]
            if len(part.shown) == 1 and part.shown[0].startswith("@"):
                place = lines.index(part.shown[0], lines.index(f"$ {part.command}"))
                lines[place : place + 1] = _shortened(said, int(part.shown[0][1:] or 0))
    page.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


# What differs from run to run or is no use to a reader, and what is shown of it.
_MASKS = (
    (r"\(\d+\.\d s\)", "(... s)"),
    (r"\d+\.\d MB", "... MB"),
    (r"[\d,]+ bytes", "... bytes"),
    (r"(scorecard-reports) [\d.]+\d", r"\1 ..."),
    (r"(Known: (?:[^,]+, ){3})(?:[^,]+, ){4,}.*", r"\1..."),
)


def _masked(line: str) -> str:
    for pattern, shown in _MASKS:
        line = re.sub(pattern, shown, line)
    return line


def _shortened(said: list[str], most: int) -> list[str]:
    if not most or abs(most) >= len(said):
        return said
    return [*said[:most], ELIDED] if most > 0 else [ELIDED, *said[most:]]


if __name__ == "__main__":
    import tempfile

    import pytest

    from tests.conftest import copy_project

    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            copied = copy_project(Path(folder) / "project")
            patch.setenv("SCORECARD_ROOT", str(copied))
            shutil.copytree(DOCS / "tutorial", copied / "docs/tutorial")
            _record(Path(name).resolve(), Session(copied, patch))
