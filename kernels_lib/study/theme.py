"""Colours and type by role, and how a neutral figure becomes a page's, a dark page's or a print's.

Charts draw in the light house colours.  Each house colour is one token, so a drawn figure can be
recoloured later by replacing house colours with the token's value in another mode: a theme change
never re-runs a notebook.  Blue and vermilion mean "gained" and "not yet gained" and nothing else;
a client's colour may replace ink in its own marks, never these two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
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

# A family that a client's type may name: nothing that could leave its place in a style sheet.
FAMILY = re.compile(r"^[A-Za-z][A-Za-z0-9 -]{0,59}$")

_HEX = re.compile(r"^#[0-9a-f]{6}$")


def palette(mode: str, *, client: str = "") -> dict[str, str]:
    """Token values of one mode; `client` replaces the client's mark where contrast allows.

    Parameters
    ----------
    mode : {"light", "dark", "print"}
    client : str, optional
        A client's colour as ``#rrggbb``, fitted to the mode by `client_colour`.

    Returns
    -------
    dict of str to str
    """
    colours = {token: values[MODES.index(mode)] for token, values in TOKENS.items()}
    if client and not confused(client):
        colours["client"] = client_colour(client, mode)
    return colours


LEAST_CONTRAST = 3.0  # WCAG 2, of a mark against the paper
# Distance in CIELAB below which a mark would be taken for one of ours.
TOO_NEAR = 24.0
MEANINGS = {"blue": "a strength", "verm": "a missed opportunity"}


@cache
def client_colour(colour: str, mode: str) -> str:
    """A client's colour with enough contrast on a mode's paper: as it is, or mixed towards ink.

    Examples
    --------
    >>> client_colour("#7a1f5c", "light"), client_colour("#ffee00", "light")
    ('#7a1f5c', '#9d9715')
    """
    paper, ink = (TOKENS[token][MODES.index(mode)] for token in ("paper", "ink"))
    for step in range(101):
        mixed = _mixed(colour.lower(), ink, step / 100)
        if contrast(mixed, paper) >= LEAST_CONTRAST:
            return mixed
    return ink


@cache
def confused(colour: str) -> str:
    """The meaning that a client's colour would be taken for, ``"a strength"``; empty where for none."""
    for token, meaning in MEANINGS.items():
        if any(_distance(colour.lower(), known) < TOO_NEAR for known in TOKENS[token]):
            return meaning
    return ""


def remark(colour: str) -> str:
    """What an analyst should know about a client's colour, as a sentence; empty where it is used as it is.

    Examples
    --------
    >>> remark("#7a1f5c")
    ''
    >>> remark("#b0420c")
    "the colour #b0420c would be read as 'a missed opportunity'; the client's marks stay in ink."
    """
    if not colour:
        return ""
    if meaning := confused(colour):
        return f"the colour {colour} would be read as '{meaning}'; the client's marks stay in ink."
    fitted = client_colour(colour, "light")
    if fitted == colour.lower():
        return ""
    return (
        f"the colour {colour} has a contrast of {contrast(colour, TOKENS['paper'][0]):.1f}:1 on white and needs "
        f"{LEAST_CONTRAST:g}:1; {fitted} is used instead."
    )


def _mixed(first: str, second: str, share: float) -> str:
    pairs = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _distance(first: str, second: str) -> float:
    """Distance of two colours in CIELAB (CIE 1976): about 2 is just visible."""
    return sum((a - b) ** 2 for a, b in zip(_lab(first), _lab(second), strict=True)) ** 0.5


def _lab(colour: str) -> tuple[float, float, float]:
    r, g, b = _linear(colour)
    # sRGB to XYZ under D65, relative to its white.
    x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047
    y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b
    z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


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
    r, g, b = _linear(colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _linear(colour: str) -> list[float]:
    if not _HEX.match(colour.lower()):
        raise ValueError(f"'{colour}' is not a colour of the form #rrggbb")
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


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
