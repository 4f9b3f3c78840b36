"""A page model laid out as HTML: the page, the deck.

Templates and styles are the same for every document of a process; large scripts are put in after the
template is rendered.  The exporters of nbconvert (`html`, `slides`) and `formats` both end here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from kernels_lib.errors import GateFailed
from kernels_lib.production.publish import assets, page
from kernels_lib.production.publish.words import words

REPORT, DECK = "report.html.j2", "deck.html.j2"


@dataclass(frozen=True)
class Laid:
    """A page or deck as it comes from its template, and the scripts that it is published with."""

    html: str
    scripts: tuple[str, ...]
    to_assets: str

    def text(self) -> str:
        """The complete HTML document."""
        return assets.with_scripts(self.html, self.scripts, self.to_assets)

    def encoded(self) -> bytes:
        """The complete HTML document in UTF-8."""
        return assets.with_scripts_encoded(self.html, self.scripts, self.to_assets)


def report(document: page.Document, *, template: Any = None, to_assets: str = "") -> Laid:
    """The page of a page model.

    Parameters
    ----------
    document : Document
        See `kernels_lib.production.publish.page.read`.
    template : jinja2.Template, optional
        Instead of the house's.
    to_assets : str, optional
        Where the shared assets are, seen from the page, such as ``"../../assets/"``; empty: in the page itself.

    Returns
    -------
    Laid
    """
    head = document.masthead
    foot = " ".join(part.rstrip(".") + "." for part in (head.foot, head.tag[:1].upper() + head.tag[1:]) if part)
    return _laid_out(
        template or assets.environment().get_template(REPORT),
        document,
        to_assets=to_assets,
        styles=("report.css",),
        modes=True,
        scripts=(*_drawing(document.figures("page")), "page.js"),
        running_foot=assets.css_string(foot),
    )


def deck(document: page.Document, *, presenter: bool = False, template: Any = None, to_assets: str = "") -> Laid:
    """The deck of a page model; see `report`.

    Parameters
    ----------
    presenter : bool, default False
        Whether the deck is the presenter's own, with speaker notes.

    Raises
    ------
    GateFailed
        If the model has no slide.
    """
    if not document.slides:
        raise GateFailed("no cell of the notebook is part of a slide.", remedy="Give cells slideshow metadata.")
    return _laid_out(
        template or assets.environment().get_template(DECK),
        document,
        to_assets=to_assets,
        styles=("reveal/reset.css", "reveal/reveal.css", "deck.css"),
        modes=False,
        scripts=(*_drawing(document.figures("deck")), "reveal/reveal.js", "deck.js"),
        presenter=presenter,
    )


def _drawing(shown: list[page.Figure]) -> tuple[str, ...]:
    """What draws these figures; nothing where there are none."""
    if not shown:
        return ()
    return (assets.PLOTLY_FULL if any(figure.extra for figure in shown) else assets.PLOTLY, "draw.js")


def _laid_out(
    template: Any,
    document: page.Document,
    *,
    to_assets: str,
    styles: tuple[str, ...],
    modes: bool,
    scripts: tuple[str, ...],
    **more: Any,
) -> Laid:
    head = document.masthead
    html = template.render(
        document=document,
        head=head,
        words=words(head.language),
        style=_style(() if to_assets else styles, modes, head),
        sheets=[to_assets + assets.shared_name(name) for name in styles] if to_assets else [],
        policy=assets.policy(scripts, to_assets),
        **more,
    )
    return Laid(html, scripts, to_assets)


def _style(names: tuple[str, ...], modes: bool, head: page.Masthead) -> Markup:
    client = head.colours.get("primary", "")
    if head.fonts:
        return assets.style(*names, modes=modes, client=client, fonts=head.fonts)
    return _house_type(names, modes, client)


@lru_cache(maxsize=64)
def _house_type(names: tuple[str, ...], modes: bool, client: str) -> Markup:
    # Most documents of a build have the house's type and colours.
    return assets.style(*names, modes=modes, client=client)
