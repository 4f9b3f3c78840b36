"""The analyst's own words laid out: markdown into HTML that runs nothing and fetches nothing.

Headings become bold lines, so that the document keeps its own outline; HTML is shown as text; a link
that is no https, http or mailto keeps its words alone, and of a picture the words remain.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup, escape

from kernels_lib.study.commentary import SAFE

# Letters that a slide holds in comfort.
MOST_ON_A_SLIDE = 520


@cache
def _renderer() -> Any:
    import mistune

    class Harmless(mistune.HTMLRenderer):
        """mistune's own, without what a remark must not do."""

        def heading(self, text: str, level: int, **attrs: Any) -> str:
            return f"<p><b>{text}</b></p>\n"

        def link(self, text: str, url: str, title: str | None = None) -> str:
            return f'<a href="{escape(url)}">{text}</a>' if SAFE.match(url) else text

        def image(self, text: str, url: str, title: str | None = None) -> str:
            return str(escape(text))

        def thematic_break(self) -> str:
            return ""

    return mistune.create_markdown(renderer=Harmless(escape=True))


@lru_cache(maxsize=256)
def as_html(text: str) -> Markup:
    """Markdown as harmless HTML."""
    return Markup(_renderer()(text.strip()).strip())


def as_text(text: str) -> str:
    """Markdown as plain text: a line for each paragraph or point; addresses of links stand behind their words."""
    html = with_addresses(as_html(text))
    html = re.sub(r"<li>\s*(?:<p>)?", "• ", html)
    lines = (
        " ".join(Markup(part).striptags().split()) for part in re.split(r"</(?:p|li|pre|blockquote)>|<br ?/?>", html)
    )
    return "\n".join(line for line in lines if line and line != "•")


def with_addresses(html: str) -> str:
    """The address of each link behind its words, for formats that hold no links."""
    return re.sub(r'<a href="([^"]*)">(.*?)</a>', _with_address, str(html), flags=re.S)


def _with_address(found: re.Match[str]) -> str:
    address = found[1].removeprefix("mailto:")
    return found[2] if address in found[2] else f"{found[2]} ({address})"


def for_slides(text: str) -> list[Markup]:
    """Markdown as HTML in parts that a slide holds each; a long paragraph is parted between its sentences."""
    parts: list[list[str]] = [[]]
    for piece in _pieces(text):
        if parts[-1] and sum(map(len, parts[-1])) + len(piece) > MOST_ON_A_SLIDE:
            parts.append([])
        parts[-1].append(piece)
    return [as_html("\n\n".join(part)) for part in parts if part]


def _pieces(text: str) -> list[str]:
    """Paragraphs and lists, none longer than a slide holds where it can be parted."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        rest = paragraph.strip("\n")
        listed = re.match(r"\s*(?:[-*+]|\d+[.)])\s", rest)
        units = re.split(r"\n(?=\s*(?:[-*+]|\d+[.)])\s)" if listed else r"(?<=[.!?])\s+", rest)
        piece: list[str] = []
        for unit in units:
            if piece and sum(map(len, piece)) + len(unit) > MOST_ON_A_SLIDE:
                found.append(("\n" if listed else " ").join(piece))
                piece = []
            piece.append(unit)
        found.append(("\n" if listed else " ").join(piece))
    return [piece for piece in found if piece.strip()]
