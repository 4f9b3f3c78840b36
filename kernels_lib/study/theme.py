"""Colours and type by role, and how a neutral figure becomes a page's, a dark page's or a print's.

Charts draw in the light house colours.  Each house colour is one token, so a drawn figure can be
recoloured later by replacing house colours with the token's value in another mode: a theme change
never re-runs a notebook.  Blue and vermilion mean "gained" and "not yet gained" and nothing else;
a client's colour may replace ink in its own marks, never these two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MODES = ("light", "dark", "print")

# token: (light, dark, print).  Light values are unique: they are the key to recolouring.
TOKENS: dict[str, tuple[str, str, str]] = {
    "paper": ("#ffffff", "#12171d", "#ffffff"),
    "wash": ("#f6f4ef", "#1a2028", "#fefefe"),
    "ink": ("#1b2430", "#eeeae3", "#000000"),
    "ink2": ("#46515f", "#c3c9d0", "#2b333d"),
    "mut": ("#5c6774", "#a0a9b4", "#4a535e"),
    "blue": ("#00629b", "#74bdf0", "#005a8f"),
    "verm": ("#b0420c", "#ff9f6b", "#a03a08"),
    "vermw": ("#fbece3", "#33211a", "#fefefe"),
    "quiet": ("#7b8590", "#8d97a3", "#6c7580"),
    "rule": ("#dcd8cf", "#37404b", "#b9b5ac"),
    "hair": ("#e9e6df", "#283039", "#d8d5ce"),
    "band": ("#e4e1d9", "#2d3640", "#e2e0da"),
    "zone": ("#f1f6fa", "#151f2a", "#f5f8fa"),
    "onblue": ("#fffffe", "#0c1319", "#fffffe"),
    "notice": ("#fdf6df", "#2a2513", "#fffffd"),
    "noticel": ("#a87b00", "#d9a92b", "#8a6500"),
    "client": ("#1b2431", "#eeeae4", "#000001"),
}

HOUSE: dict[str, str] = {token: values[0] for token, values in TOKENS.items()}

SERIF = '"Iowan Old Style", P052, "URW Palladio L", "Palatino Linotype", "Book Antiqua", Georgia, serif'
SANS = (
    '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", '
    '"Liberation Sans", Arial, sans-serif'
)

_HEX = re.compile(r"^#[0-9a-f]{6}$")


def palette(mode: str, *, client: str = "") -> dict[str, str]:
    """Token values of one mode; `client` replaces the client's mark where contrast allows.

    Parameters
    ----------
    mode : {"light", "dark", "print"}
    client : str, optional
        A client's colour as ``#rrggbb``.  Kept only where it has a contrast of 3:1 on the paper.

    Returns
    -------
    dict of str to str
    """
    colours = {token: values[MODES.index(mode)] for token, values in TOKENS.items()}
    if client and contrast(client, colours["paper"]) >= 3:
        colours["client"] = client.lower()
    return colours


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two ``#rrggbb`` colours, from 1 to 21.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    if not _HEX.match(colour.lower()):
        raise ValueError(f"'{colour}' is not a colour of the form #rrggbb")
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def paint(figure: Any, mode: str, *, client: str = "") -> Any:
    """A copy of a figure's JSON in which every house colour is replaced by the mode's.

    Parameters
    ----------
    figure : dict, list or scalar
        Plotly JSON drawn in `HOUSE` colours.
    mode : {"light", "dark", "print"}
    client : str, optional
        As for `palette`.
    """
    colours = palette(mode, client=client)
    swap = {HOUSE[token]: value for token, value in colours.items()}
    return _replace(figure, swap)


def _replace(node: Any, swap: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _replace(value, swap) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_replace(value, swap) for value in node]
    if isinstance(node, str):
        # Colours also stand inside annotation text, as style="color:#rrggbb".
        return swap.get(node.lower()) or _IN_TEXT.sub(lambda m: swap.get(m[0].lower(), m[0]), node)
    return node


_IN_TEXT = re.compile(r"#[0-9a-fA-F]{6}\b")
