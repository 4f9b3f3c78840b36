"""Every error that a user can cause, in one tree.

    ScorecardError                      exit code 2 unless noted
    ├── UnknownName                     a look-up failed; suggests the nearest name
    ├── BadParameters                   a parameter file or --set value is wrong
    ├── BadData                         a dataset is missing, damaged or outside its scale
    ├── CannotWrite                     the disk is full, or a place is not writable (exit code 1)
    ├── MissingTranslation              a message has no translation into the reader's language
    ├── NotebookFailed                  a report's notebook stopped (exit code 1)
    └── GateFailed                      a finished document must not reach a client (exit code 1)

A message says where, what was found, what would have worked and what to do.  The parts stay
attributes, so that `--json` and tests read them without parsing the text.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable
from pathlib import Path

# What the command says, and its exit code, when somebody stops it.
INTERRUPTED = 130
INTERRUPTED_SAID = "Interrupted. What was published before is untouched."


class ScorecardError(Exception):
    """A mistake that the user can mend.

    Parameters
    ----------
    found : str
        What is wrong, as a sentence.
    where : str or Path, optional
        File, or command-line option, that holds the mistake.
    line : int, optional
        Line in `where`, counted from 1.
    remedy : str, optional
        What would have worked, or what to do now.
    """

    exit_code = 2

    def __init__(
        self, found: str, *, where: str | Path | None = None, line: int | None = None, remedy: str = ""
    ) -> None:
        self.found = found
        self.where = None if where is None else str(where)
        self.line = line
        self.remedy = remedy
        super().__init__(self._message())

    def _message(self) -> str:
        place = ""
        if self.where is not None:
            place = self.where + (f", line {self.line}" if self.line is not None else "") + ": "
        return visible(f"{place}{self.found}" + (f" {self.remedy}" if self.remedy else ""))


class UnknownName(ScorecardError):
    """A name that is not among the known ones.

    Parameters
    ----------
    kind : str
        What was looked up, such as ``"industry"``.
    name : str
        What was asked for.
    known : iterable of str
        Every name that would have worked.
    where, line
        As for `ScorecardError`.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        known: Iterable[str],
        *,
        where: str | Path | None = None,
        line: int | None = None,
    ) -> None:
        self.kind, self.name, self.known = kind, name, sorted(known)
        self.suggestion = suggest(name, self.known)
        hint = f"Did you mean '{self.suggestion}'? " if self.suggestion else ""
        listed = ", ".join(self.known) if self.known else "none"
        super().__init__(f"unknown {kind} '{quoted(name)}'.", where=where, line=line, remedy=f"{hint}Known: {listed}.")


class BadParameters(ScorecardError):
    """A value in a parameter file or on the command line is wrong."""


class BadData(ScorecardError):
    """A dataset cannot be used as it is."""


_REMEDIES = {
    errno.ENOSPC: "Free some space on the disk, then run it again.",
    errno.EDQUOT: "Free some space within your quota, then run it again.",
    errno.EROFS: "This file system can only be read: build in a copy of the project elsewhere.",
    errno.EACCES: "Give yourself the right to write there.",
    errno.EPERM: "Give yourself the right to write there.",
}


class CannotWrite(ScorecardError):
    """A file or folder could not be written; what was there is as it was.

    Parameters
    ----------
    where : str
        The file or folder, as messages print it.
    error : OSError
        What the system says.
    """

    exit_code = 1

    def __init__(self, where: str | Path, error: OSError) -> None:
        self.number = error.errno
        reason = (error.strerror or str(error)).lower()
        remedy = _REMEDIES.get(error.errno or 0, "Mend that, then run it again.")
        super().__init__(f"cannot be written: {reason}. What was there is untouched.", where=where, remedy=remedy)


class MissingTranslation(ScorecardError):
    """A message that the reader's language has no words for.

    Parameters
    ----------
    message : str
        The message in English.
    language : str
        Name of the language.
    where, line
        As for `ScorecardError`.
    why : str
        What is wrong with it.
    """

    def __init__(
        self,
        message: str,
        language: str,
        *,
        where: str | Path | None = None,
        line: int | None = None,
        why: str = "is not translated",
    ) -> None:
        self.message, self.language = message, language
        short = message if len(message) <= 90 else message[:87] + "..."
        super().__init__(
            f"'{short}' {why} ({language}).", where=where, line=line, remedy="Add it to the language's .po files."
        )


class NotebookFailed(ScorecardError):
    """A cell of a report raised, or the kernel died."""

    exit_code = 1


class GateFailed(ScorecardError):
    """A finished document broke a rule of publishing; it was not put into the site."""

    exit_code = 1


# What would move a terminal's cursor or turn the direction of a line; lines themselves stay lines.
_UNSEEN = re.compile(
    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ud800-\\udfff]"
)


def visible(text: str) -> str:
    """A text with what nobody can see written out, so that no name can change what a message looks like.

    Examples
    --------
    >>> visible("a\\u202eb")
    'a\\\\u202eb'
    """
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def quoted(text: str, longest: int = 80) -> str:
    """What somebody wrote, as a message quotes it: on one line, and not endless.

    Examples
    --------
    >>> quoted("a\\nb"), quoted("x" * 9, 5)
    ('a\\\\nb', 'xxxxx...')
    """
    line = text.replace("\n", "\\n")
    return line if len(line) <= longest else f"{line[:longest]}..."


def suggest(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to `name`, or None if nothing is near.

    Examples
    --------
    >>> suggest("retial", ["hotels", "retail", "technology"])
    'retail'
    >>> suggest("zzz", ["hotels"]) is None
    True
    """
    folded = {candidate.casefold(): candidate for candidate in known}
    import difflib  # most processes suggest nothing

    near = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else None
