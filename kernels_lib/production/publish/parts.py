"""A finished document taken apart: its markup, its data, its scripts.

Most of a document is the same in every other: the chart library, the deck's library, the style sheets.
These are known by their content, so that whoever looks through many documents reads them once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kernels_lib.production.publish import assets

DATA = "application/json"

_BEGIN, _CLOSING = b"<script", b"</script>"
_OPENING = re.compile(rb"<script\b([^>]*)>")
_SOURCE = re.compile(r"""\bsrc\s*=\s*["']?([^"'\s>]*)""", re.I)


@dataclass(frozen=True)
class Parts:
    """What a document is made of.

    Attributes
    ----------
    markup : str
        Everything but its script elements.
    own : str
        The same without the style sheets that are every document's.
    styles : tuple of str
        These style sheets, as assets.
    data : tuple of str
        What its data islands hold.
    libraries : tuple of str
        The scripts that are published with it, as assets.
    scripts : tuple of str
        What any other script element holds.
    loads : tuple of str
        Addresses that script elements name and that are none of the shared assets.
    size : int
        Of the document, in bytes.
    """

    markup: str
    own: str
    styles: tuple[str, ...]
    data: tuple[str, ...]
    libraries: tuple[str, ...]
    scripts: tuple[str, ...]
    loads: tuple[str, ...] = ()
    size: int = 0

    @property
    def text(self) -> str:
        """All that is this document's own: markup, data, and scripts that no other has."""
        return "\n".join(self.pieces)

    @property
    def pieces(self) -> tuple[str, ...]:
        """The same, each of them alone."""
        return (self.own, *self.data, *self.scripts)


def take_apart(document: str | bytes, to_assets: str = "") -> Parts:
    """The parts of a page or deck.

    Parameters
    ----------
    document : str or bytes
    to_assets : str, optional
        Where the shared assets are, seen from the document; empty: it holds everything itself.

    Examples
    --------
    >>> parts = take_apart('<p>a</p><script type="application/json">{}</script><script>b()</script>')
    >>> parts.markup, parts.data, parts.scripts
    ('<p>a</p>', ('{}',), ('b()',))
    """
    raw = document.encode("utf-8") if isinstance(document, str) else document
    markup: list[bytes] = []
    data, libraries, scripts, loads = [], [], [], []
    shared = addresses(to_assets)
    at = end = 0
    while (start := raw.find(_BEGIN, at)) >= 0:
        opening = _OPENING.match(raw, start)
        library = _library(raw, opening.end()) if opening else ""
        known = len(_encoded(library)) if library else 0
        close = raw.find(_CLOSING, opening.end() + known) if opening else -1
        if opening is None or close < 0:
            # Not an element: it stays in the markup, where every gate looks.
            at = start + 1
            continue
        markup.append(raw[end:start])
        at = end = close + len(_CLOSING)
        body, said = raw[opening.end() : close], opening[1].decode("utf-8")
        for address in _SOURCE.findall(said):
            (libraries if address in shared else loads).append(shared.get(address, address))
        if DATA in said:
            data.append(body.decode("utf-8"))
        elif library:
            libraries.append(library)
        elif body:
            scripts.append(body.decode("utf-8"))
    whole = b"".join([*markup, raw[end:]]).decode("utf-8")
    own, styles = _without_styles(whole)
    return Parts(whole, own, styles, tuple(data), tuple(libraries), tuple(scripts), tuple(loads), len(raw))


@cache
def addresses(to_assets: str) -> dict[str, str]:
    """Address of each shared asset, seen from a document; none where it holds everything itself."""
    if not to_assets:
        return {}
    return {to_assets + assets.shared_name(name): name for name in (*assets.SCRIPTS, *assets.LIBRARIES, *assets.STYLES)}


def _library(raw: bytes, at: int) -> str:
    """The published script that stands here as the whole content of an element; empty if it is none."""
    names = (*assets.SCRIPTS, assets.PLOTLY_FULL) if len(raw) - at > _LARGE else assets.SCRIPTS
    for name in names:
        body = _encoded(name)
        if raw.startswith(body, at) and raw.startswith(_CLOSING, at + len(body)):
            return name
    return ""


@cache
def _encoded(name: str) -> bytes:
    return assets.script(name).encode("utf-8")


# The full chart library is read only where a script may be as long.
_LARGE = 4_000_000


def _without_styles(markup: str) -> tuple[str, tuple[str, ...]]:
    found = []
    for name in assets.STYLES:
        shorter = markup.replace(assets.text(name), "\n", 1)
        if len(shorter) != len(markup):
            markup = shorter
            found.append(name)
    return markup, tuple(found)
