"""A build's template, started before the words of the command are even read.

Reading them takes longer than starting a process, and the template has the most to import.  What is guessed
here from the words is looked at again by the command: a wrong guess costs a process that ends at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kernels_lib.production.engines.template import Template

# Options of ``scorecard build`` whose next word is their value.
VALUED = frozenset(
    ("--study", "--industry", "--set", "--formats", "--wave", "--jobs", "--shard", "--scheduler", "--store",
     "--engine", "--assets")
)  # fmt: skip
# Words with which a build needs no template here, or ends at once.
WITHOUT = ("--help", "--explain", "--scheduler", "--engine")

_begun: tuple[Path, bool, Template] | None = None


def begin(arguments: Sequence[str], root: str) -> None:
    """Start a template for ``scorecard build`` with these words, if it will probably need one.

    Parameters
    ----------
    arguments : sequence of str
        Words after ``build``.
    root : str
        The project's; nothing is started where it is empty.
    """
    global _begun
    from kernels_lib.production.engines import template

    if not root or not template.supported() or any(word.partition("=")[0] in WITHOUT for word in arguments):
        return
    from kernels_lib.production import engines

    one = len(clients(arguments)) == 1
    _begun = Path(root), one, engines.begin(Path(root), one=one)


def taken(root: Path, *, one: bool) -> Template | None:
    """The template that was begun for this build, once; one that was begun for another is ended."""
    global _begun
    if _begun is None:
        return None
    begun_for, begun_as, begun = _begun
    _begun = None
    if (begun_for, begun_as) == (root, one):
        return begun
    begun.close()
    return None


def clients(arguments: Sequence[str]) -> list[str]:
    """The clients that the words name.

    Examples
    --------
    >>> clients(["brand-07", "--set", "alpha=0.01", "--force"])
    ['brand-07']
    """
    found, value = [], False
    for word in arguments:
        if value:
            value = False
        elif word.startswith("-"):
            value = word in VALUED
        else:
            found.append(word)
    return found
