"""What a document wears and does not compute: colours, logo, type, the lines of contact and confidence,
whether it is a draft, and the analyst's own words.

Taken from the parameters, both while a notebook runs and when its kept outputs are published anew:
so a changed theme re-runs nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadParameters
from kernels_lib.study.commentary import remarks
from kernels_lib.study.params import Origin
from kernels_lib.study.theme import FAMILY

MAX_EMBEDDED_BYTES = 200_000
PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
FONTS = {".woff2": "font/woff2"}


def _nowhere(key: str) -> Origin:
    return Origin("parameters", None)


def dressing(root: Path, values: Mapping[str, Any], origin: Callable[[str], Origin] = _nowhere) -> dict[str, Any]:
    """Fields of a document's title block that the theme decides.

    Parameters
    ----------
    root : Path
        The project.
    values : mapping
        Effective parameters as plain values.
    origin : callable, optional
        File and line of a parameter, for messages.

    Returns
    -------
    dict
        ``colours``, ``logo`` (a data URI or empty), ``fonts`` (by place: the family's name and its file
        as a data URI), ``contact``, ``confidentiality``, ``status``, ``commentary`` (what each remark is
        about, and its markdown).

    Raises
    ------
    BadParameters
        If a file is not below params/, of another kind or too large, or a family's name is none.
    """
    return {
        "colours": dict(values["colours"]),
        "logo": _embedded(root, "logo", values["logo"], PICTURES, "PNG, JPEG or SVG", origin) if values["logo"] else "",
        "fonts": dict(_fonts(root, values["type"], origin)),
        "contact": values["contact"],
        "confidentiality": values["confidentiality"],
        "status": values.get("status", "final"),
        "commentary": remarks(root, values),
    }


def _fonts(root: Path, asked: Mapping[str, str], origin: Callable[[str], Origin]):
    for place in ("headings", "text"):
        name, key = asked[place], f"type.{place}"
        if name.endswith(".woff2"):
            yield place, {"family": f"client {place}", "data": _embedded(root, key, name, FONTS, "WOFF2 font", origin)}
        elif name and not FAMILY.match(name):
            raise BadParameters(
                f"'{name}' is no name of a font family.",
                where=origin(key).file,
                line=origin(key).line,
                remedy="Write a name of letters, digits, spaces and hyphens, or a .woff2 file inside params/.",
            )
        elif name:
            yield place, {"family": name, "data": ""}


def _embedded(
    root: Path, key: str, name: str, kinds: Mapping[str, str], what: str, origin: Callable[[str], Origin]
) -> str:
    """A file as a data URI, read only from below params/."""
    folder = (root / "params").resolve()
    path = (folder / name).resolve()
    place = origin(key)
    if not path.is_relative_to(folder) or not path.is_file():
        raise BadParameters(f"{key} '{name}' is no file below params/.", where=place.file, line=place.line)
    if path.suffix.lower() not in kinds or path.stat().st_size > MAX_EMBEDDED_BYTES:
        raise BadParameters(
            f"{key} '{path.name}' is no {what} of at most {MAX_EMBEDDED_BYTES:,} bytes.",
            where=place.file,
            line=place.line,
        )
    return f"data:{kinds[path.suffix.lower()]};base64,{base64.b64encode(path.read_bytes()).decode()}"
