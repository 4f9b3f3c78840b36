"""One executed notebook in several formats, read once.

    notebook  ->  page model  ->  page, deck, workbook, PowerPoint deck; the page printed

The single formats of `kernels_lib.production.publish` and nbconvert's exporters give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kernels_lib.errors import UnknownName
from kernels_lib.production.publish import page, render


@dataclass(frozen=True)
class Documents:
    """What was made of one notebook.

    Attributes
    ----------
    files : mapping of str to str or bytes
        Format to document: text for what a browser opens, bytes for the rest.
    model : page.Document
        What they were laid out from.
    presenter : str
        The presenter's own deck, where it was asked for: no client gets it.
    """

    files: Mapping[str, str | bytes]
    model: page.Document
    presenter: str = ""

    @property
    def pages(self) -> dict[str, str]:
        """The documents that open in a browser."""
        return {name: made for name, made in self.files.items() if isinstance(made, str)}

    @property
    def packages(self) -> dict[str, bytes]:
        """The others: workbook, PowerPoint deck, PDF."""
        return {name: made for name, made in self.files.items() if isinstance(made, bytes)}

    @property
    def warnings(self) -> list[str]:
        """What whoever builds them should know."""
        return self.model.warnings


@dataclass(frozen=True)
class _Source:
    notebook: Mapping[str, Any]
    model: page.Document


def _xlsx(source: _Source) -> bytes:
    from kernels_lib.production.publish.office.xlsx import to_xlsx

    return to_xlsx(source.notebook, source.model)


def _pptx(source: _Source) -> bytes:
    from kernels_lib.production.publish.office.pptx import to_pptx

    return to_pptx(source.notebook, source.model)


def _pdf(source: _Source) -> bytes:
    from kernels_lib.production.publish.pdf import to_pdf

    return to_pdf(render.report(source.model))


MAKE: dict[str, Callable[[_Source], str | bytes]] = {
    "html": lambda source: render.report(source.model),
    "slides": lambda source: render.deck(source.model),
    "xlsx": _xlsx,
    "pptx": _pptx,
    "pdf": _pdf,
}


def make(notebook: Mapping[str, Any], formats: Iterable[str], *, presenter: bool = False) -> Documents:
    """See `kernels_lib.production.publish.documents`."""
    wanted = list(formats)
    for name in wanted:
        if name not in MAKE:
            raise UnknownName("format", name, MAKE)

    model = page.read(notebook)
    files = {name: MAKE[name](_Source(notebook, model)) for name in wanted}
    return Documents(files, model, render.deck(model, presenter=True) if presenter else "")
