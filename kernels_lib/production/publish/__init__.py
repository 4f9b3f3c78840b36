"""Executed notebooks into documents that open alone, offline, and ask nothing of the network.

    page       an executed notebook into a page model: title block, sections, slides
    figures    plotly's MIME type into <figure> with alternative text and the numbers behind it
    render     the page and the deck, from a page model; html, slides: the same for nbconvert
    formats    several formats of one notebook, which is read once
    index      the research team's list
    office/    the annex (xlsx) and the deck for PowerPoint (pptx), from the same page model and results
    pdf        the page, printed by a browser
    assets     vendored scripts with checksums, styles, the Content-Security-Policy

Each format is one function in `FORMATS`.  Nothing is imported before it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernels_lib.production.publish.formats import Documents

__all__ = [
    "FORMATS", "PAGES", "compile_all", "documents", "render_index", "shared_assets", "to_html", "to_presenter",
    "to_slides",
]  # fmt: skip


def documents(
    notebook: Any,
    formats: Iterable[str],
    *,
    assets: str = "inline",
    to_assets: str = "../../assets/",
    presenter: bool = False,
) -> Documents:
    """An executed notebook in several formats; it is read once.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, nbformat 4; see `kernels_lib.production.publish.page` for what its outputs may be.
    formats : iterable of str
        Keys of `FORMATS`.
    assets : {"inline", "shared"}
        Whether a page holds its scripts and styles, or loads them from a folder of its site: `shared_assets`.
    to_assets : str, default "../../assets/"
        Where that folder is, seen from the page; only with ``"shared"``.
    presenter : bool, default False
        Whether the presenter's own deck is made as well.

    Returns
    -------
    Documents
        ``files`` by format, as bytes; ``pages``: those of them that a browser opens, as text; ``warnings``; and the
        page ``model`` that they were laid out from.

    Raises
    ------
    GateFailed
        If an output must not reach a reader, or would vanish.
    UnknownName
        If there is no such format, or no such way to publish assets.
    """
    from kernels_lib.production.publish.formats import make

    return make(notebook, formats, assets=assets, to_assets=to_assets, presenter=presenter)


def shared_assets() -> dict[str, bytes]:
    """What the folder of shared assets must hold: name of each file, and its bytes."""
    from kernels_lib.production.publish.assets import shared

    return shared()


def compile_all(assets: str = "inline", notebooks: Iterable[Any] = ()) -> None:
    """Compile templates and patterns and read every asset, so that nothing is left to do but a document's own work.

    For a process that others are forked from: it starts no thread and no event loop.

    Parameters
    ----------
    assets : {"inline", "shared"}
        As documents will be published.
    notebooks : iterable of NotebookNode, optional
        Some that will be published, executed or not: their markdown is rendered.
    """
    from kernels_lib.production.publish.warm import compile_all as compile_everything

    compile_everything(assets, notebooks)


def to_html(notebook: Any) -> str:
    """An executed notebook as one page.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, nbformat 4; see `kernels_lib.production.publish.page` for what its outputs may be.

    Returns
    -------
    str
        A complete HTML document without any reference to another file.

    Raises
    ------
    GateFailed
        If an output must not reach a reader, or would vanish.
    """
    return documents(notebook, ["html"]).pages["html"]


def to_slides(notebook: Any) -> str:
    """An executed notebook as one deck; see `to_html`."""
    return documents(notebook, ["slides"]).pages["slides"]


def to_presenter(notebook: Any) -> str:
    """The deck with its speaker notes, for the presenter only: never put it beside a client's files."""
    return documents(notebook, [], presenter=True).presenter


def render_index(*args: Any, **kwargs: Any) -> str:
    """The site's index for the research team; see `kernels_lib.production.publish.index`."""
    from kernels_lib.production.publish.index import render_index as render

    return render(*args, **kwargs)


def to_xlsx(notebook: Any) -> bytes:
    """The numbers of an executed notebook as a workbook; see `kernels_lib.production.publish.office.xlsx`."""
    from kernels_lib.production.publish.office.xlsx import to_xlsx as convert

    return convert(notebook)


def to_pptx(notebook: Any) -> bytes:
    """The deck of an executed notebook for PowerPoint; see `kernels_lib.production.publish.office.pptx`."""
    from kernels_lib.production.publish.office.pptx import to_pptx as convert

    return convert(notebook)


def to_pdf(notebook: Any) -> bytes:
    """The page of an executed notebook, printed; needs a browser, see `kernels_lib.production.browser`."""
    from kernels_lib.production.publish.pdf import to_pdf as convert

    return convert(to_html(notebook))


# What opens in a browser, as text; everything else is bytes.
PAGES = {"html": to_html, "slides": to_slides}
FORMATS = {**PAGES, "xlsx": to_xlsx, "pptx": to_pptx, "pdf": to_pdf}
