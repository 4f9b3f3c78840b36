"""One executed notebook in several formats, read once.

    notebook  ->  page model  ->  page, deck, workbook, PowerPoint deck; the page printed

The single formats of `kernels_lib.production.publish` and nbconvert's exporters give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kernels_lib.errors import UnknownName
from kernels_lib.production.publish import page, render


@dataclass(frozen=True)
class Documents:
    """What was made of one notebook.

    Attributes
    ----------
    files : mapping of str to bytes
        Format to document; pages and decks in UTF-8.
    model : page.Document
        What they were laid out from.
    presenter : str
        The presenter's own deck, where it was asked for: no client gets it.
    """

    files: Mapping[str, bytes]
    model: page.Document
    presenter: str = ""

    @property
    def encoded(self) -> dict[str, bytes]:
        """The documents that open in a browser."""
        return {name: made for name, made in self.files.items() if name in TEXT}

    @cached_property
    def pages(self) -> dict[str, str]:
        """The same as text."""
        return {name: made.decode("utf-8") for name, made in self.encoded.items()}

    @property
    def packages(self) -> dict[str, bytes]:
        """The others: workbook, PowerPoint deck, PDF."""
        return {name: made for name, made in self.files.items() if name not in TEXT}

    @property
    def warnings(self) -> list[str]:
        """What whoever builds them should know."""
        return self.model.warnings


@dataclass(frozen=True)
class Source:
    """What a format is made from."""

    notebook: Mapping[str, Any]
    model: page.Document
    to_assets: str


def _xlsx(source: Source) -> bytes:
    from kernels_lib.production.publish.office.xlsx import to_xlsx

    return to_xlsx(source.notebook, source.model)


def _pptx(source: Source) -> bytes:
    from kernels_lib.production.publish.office.pptx import to_pptx

    return to_pptx(source.notebook, source.model)


def _pdf(source: Source) -> bytes:
    from kernels_lib.production.publish.pdf import to_pdf

    # Printed from the page that opens alone, wherever the site keeps its scripts.
    return to_pdf(render.report(source.model).text())


MAKE: dict[str, Callable[[Source], bytes]] = {
    "html": lambda source: render.report(source.model, to_assets=source.to_assets).encoded(),
    "slides": lambda source: render.deck(source.model, to_assets=source.to_assets).encoded(),
    "xlsx": _xlsx,
    "pptx": _pptx,
    "pdf": _pdf,
}


# Formats that open in a browser.
TEXT = ("html", "slides")
WAYS = ("inline", "shared")
_TO_ASSETS = re.compile(r"(?:\.\./)*(?:[\w-]+/)+")


def make(
    notebook: Mapping[str, Any],
    formats: Iterable[str],
    *,
    assets: str = "inline",
    to_assets: str = "../../assets/",
    presenter: bool = False,
) -> Documents:
    """See `kernels_lib.production.publish.documents`."""
    wanted = list(formats)
    for name in wanted:
        if name not in MAKE:
            raise UnknownName("format", name, MAKE)
    if assets not in WAYS:
        raise UnknownName("way to publish assets", assets, WAYS)
    if not _TO_ASSETS.fullmatch(to_assets):
        raise ValueError(f"'{to_assets}' is no relative address of a folder, such as '../../assets/'")

    model = page.read(notebook)
    files = {name: MAKE[name](Source(notebook, model, to_assets if assets == "shared" else "")) for name in wanted}
    return Documents(files, model, render.deck(model, presenter=True).text() if presenter else "")
