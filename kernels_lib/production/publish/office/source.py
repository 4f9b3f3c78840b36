"""What office formats are made from: the page model and the results of one executed notebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kernels_lib.errors import GateFailed
from kernels_lib.production.publish import page
from kernels_lib.production.publish.figures import Figure
from kernels_lib.production.publish.words import words
from kernels_lib.study.numerals import MINUS, Numerals
from kernels_lib.study.results import MIME


@dataclass(frozen=True)
class Source:
    """One report as data.

    Attributes
    ----------
    document : Document
        The page model.
    results : mapping
        What the notebook's last cell displayed, see `kernels_lib.study.results`.
    """

    document: page.Document
    results: Mapping[str, Any]

    @property
    def head(self) -> page.Masthead:
        return self.document.masthead

    @property
    def who(self) -> str:
        """What stands at the foot of slides and sheets."""
        return self.head.foot or self.head.subject

    @cached_property
    def numerals(self) -> Numerals:
        """Numbers as this report writes them; the decimals are read off the numbers that it states."""
        language = self.head.language
        plain = Numerals(language)
        scores = [self._decimals(ref) for ref in self.results["numbers"] if ref.endswith(".score") and "." in ref]
        means = [
            self._decimals(ref)
            for ref in self.results["numbers"]
            if ref.endswith((".mean", ".group_mean")) or ref in ("overall.score", "group.overall")
        ]
        score = min((found for found in scores if found is not None), default=plain.score_decimals)
        mean = max((found for found in means if found is not None), default=max(plain.mean_decimals, score))
        return Numerals(language, score, mean)

    def _decimals(self, ref: str) -> int | None:
        found = parsed(self.results["numbers"][ref]["text"], self.head.language)
        return found[1] if found else None

    @cached_property
    def figures(self) -> dict[int | str, Figure]:
        """Every figure: of the page by its number there, then those that only the deck shows, by their id."""
        found: dict[int | str, Figure] = dict(enumerate(self.document.figures("page"), 1))
        known = {figure.id for figure in found.values()}
        return found | {figure.id: figure for figure in self.document.figures("deck") if figure.id not in known}

    def basis(self, basis: str) -> str:
        """A basis in the reader's language."""
        return words(self.head.language)[basis]

    def table(self, identity: str) -> Mapping[str, Any] | None:
        """A table of the results."""
        return next((table for table in self.results["tables"] if table["id"] == identity), None)


def read(notebook: Mapping[str, Any], document: page.Document | None = None) -> Source:
    """The source of one executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
    document : Document, optional
        Its page model, where it has been read already.

    Raises
    ------
    GateFailed
        If it cannot be published (see `page.read`), or displayed no results or several.
    """
    found = [
        output["data"][MIME]
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
        if MIME in output.get("data", {})
    ]
    if len(found) != 1:
        raise GateFailed(
            f"the notebook displayed {len(found)} results and office formats need one.",
            remedy="End it with one report.close().",
        )
    return Source(document or page.read(notebook), found[0])


def parsed(text: str, language: str) -> tuple[float, int] | None:
    """A number that a text consists of, and its decimals; None for any other text.

    Examples
    --------
    >>> parsed("−1.5", "en"), parsed("+2,08", "de"), parsed("1,200", "en"), parsed("8th", "en")
    ((-1.5, 1), (2.08, 2), (1200.0, 0), None)
    """
    mark, group = re.escape(Numerals(language).separators[0]), re.escape(Numerals(language).separators[1])
    found = re.fullmatch(rf"([+{MINUS}-]?)((?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?:{mark}(\d+))?)", text.strip())
    if not found:
        return None
    digits = re.sub(group, "", found[2]).replace(Numerals(language).separators[0], ".")
    value = float(digits)
    return (-value if found[1] in (MINUS, "-") else value), len(found[3] or "")
