"""A chart as plotly's MIME type into an HTML figure: words, picture, numbers.

The drawing stays data until the browser draws it.  A document gets, for each form it needs, one
JSON island (`<script type="application/json">`, which is data and never runs) without the rows and
forms that the chart carries in ``layout.meta``; the rows become an accessible table.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from kernels_lib.errors import GateFailed
from kernels_lib.production.publish.assets import FULL_TRACES, PLOTLY_TRACES
from kernels_lib.study.numerals import EN_DASH, Numerals
from kernels_lib.study.results import Basis

MIME = "application/vnd.plotly.v1+json"
HEIGHT = 440  # px, where a chart does not say

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
_SAID = ("id", "message", "alt", "how_to_read", "basis")
_HARMFUL = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True)
class Cell:
    """A cell of the table behind a figure."""

    text: str
    number: bool
    value: str = ""  # as a program reads it, for numbers


@dataclass(frozen=True)
class Figure:
    """One chart of a document.

    `forms` holds ``wide``, ``narrow`` and ``deck``, each ``{"data": [...], "layout": {...}}``; a
    form that the chart does not have is its wide one.
    """

    id: str
    message: str
    subtitle: str
    caption: str
    alt: str
    how_to_read: str
    basis: Basis
    columns: tuple[Mapping[str, Any], ...]
    rows: tuple[Mapping[str, Any], ...]
    forms: Mapping[str, Mapping[str, Any]]
    language: str = "en"
    cells: tuple[tuple[Cell, ...], ...] = field(default=(), compare=False)
    shown: tuple[int | str, ...] | None = None  # rows of the page's table, and words where some are left out

    @property
    def paged(self) -> list[tuple[Cell, ...] | str]:
        """The cells of the page's table; an annex has all of `cells`."""
        if self.shown is None:
            return list(self.cells)
        return [place if isinstance(place, str) else self.cells[place] for place in self.shown]

    @property
    def extra(self) -> list[str]:
        """Trace types that need the full plotly.js."""
        types = {trace.get("type", "scatter") for form in self.forms.values() for trace in form["data"]}
        return sorted(types - PLOTLY_TRACES)

    def height(self, form: str) -> int:
        """Height of a form in px."""
        return round(self.forms[form]["layout"].get("height") or HEIGHT)

    def island(self, form: str) -> Markup:
        """A form as JSON that is harmless inside a script element.

        The narrow form says only what it does not share with the wide one, beside which it stands;
        labels and shapes, only what most of them do not share.
        """
        drawn = {**self.forms[form], "layout": _packed(self.forms[form]["layout"])}
        if form == "narrow":
            drawn = {**drawn, "data": _unlike(drawn["data"], self.forms["wide"]["data"])}
        return island(drawn)


def _unlike(traces: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each trace as ``{"like": i, ...}``: the other form's trace at the same place, and what differs from it."""
    said: list[dict[str, Any]] = []
    for place, trace in enumerate(traces):
        other = others[place] if place < len(others) else {}
        if other and other.keys() <= trace.keys():
            changed = {key: value for key, value in trace.items() if key not in other or other[key] != value}
            said.append({"like": place, **changed})
        else:
            said.append(dict(trace))
    return said


# Lists of a layout whose items are much alike.
_LISTS = ("annotations", "shapes")


def _packed(layout: Mapping[str, Any]) -> dict[str, Any]:
    """A layout whose labels and shapes state apart, as ``alike``, what is the same in most of them."""
    packed, alike = dict(layout), {}
    for name in _LISTS:
        items = layout.get(name) or ()
        common = _common(items) if len(items) > 1 else {}
        if common:
            alike[name] = common
            packed[name] = [_apart(item, common) for item in items]
    return {**packed, "alike": alike} if alike else packed


def _common(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The most frequent value of each property that all items have; of a property with parts, of each part."""
    common: dict[str, Any] = {}
    for key in items[0]:
        if key == "text" or not all(key in item for item in items):
            continue
        values = [item[key] for item in items]
        if all(isinstance(value, Mapping) for value in values):
            found: Any = _common(values)
        elif any(isinstance(value, Mapping | list) for value in values):
            continue
        else:
            found = _most_frequent(values)
        if found not in ({}, None):
            common[key] = found
    return common


def _most_frequent(values: Sequence[Any]) -> Any:
    """Of values that are equally frequent, the first; None where hardly any is met again."""
    counts = Counter((type(value), value) for value in values)  # 1, 1.0 and True are equal and not written alike
    (_, best), count = max(counts.items(), key=lambda item: item[1])
    return best if 3 * count > len(values) else None


def _apart(item: Mapping[str, Any], common: Mapping[str, Any]) -> dict[str, Any]:
    """What an item says other than most."""
    said: dict[str, Any] = {}
    for key, value in item.items():
        if key not in common:
            said[key] = value
        elif isinstance(value, Mapping):
            if inner := _apart(value, common[key]):
                said[key] = inner
        elif type(value) is not type(common[key]) or value != common[key]:
            said[key] = value
    return said


def read(bundle: Mapping[str, Any], *, where: str, language: str = "en") -> Figure:
    """A figure from an output's plotly JSON.

    Parameters
    ----------
    bundle : mapping
        ``{"data": [...], "layout": {...}}``; ``layout.meta`` says id, message, subtitle, caption,
        alt, how_to_read, basis, columns, rows and forms.
    where : str
        The cell, for messages.
    language : str
        Of the numbers in the figure's table.

    Raises
    ------
    GateFailed
        If the chart has no words, cannot be drawn by the vendored bundle, or is not plain JSON.
    """
    meta = bundle.get("layout", {}).get("meta")
    if not isinstance(meta, Mapping):
        raise GateFailed(
            "shows a chart that says nothing about itself.", where=where, remedy="Show charts through report.figure()."
        )
    missing = [name for name in _SAID if not str(meta.get(name) or "").strip()]
    if missing:
        raise GateFailed(
            f"chart '{meta.get('id', '?')}' says no {', '.join(missing)}.",
            where=where,
            remedy="A reader who cannot see it needs these words.",
        )
    if not _ID.match(meta["id"]):
        raise GateFailed(f"chart id '{meta['id']}' is not letters, digits, - and _.", where=where)
    if meta["basis"] not in set(Basis):
        raise GateFailed(
            f"chart '{meta['id']}' has the unknown basis '{meta['basis']}'.",
            where=where,
            remedy=f"Known: {', '.join(Basis)}.",
        )
    columns, rows = tuple(meta.get("columns") or ()), tuple(meta.get("rows") or ())
    if not columns or not rows:
        raise GateFailed(f"chart '{meta['id']}' carries no numbers for its table.", where=where)
    wide = _form(bundle, meta["id"], where)
    forms = meta.get("forms") or {}
    drawn = {"wide": wide}
    for name in ("narrow", "deck"):
        drawn[name] = _form(forms[name], meta["id"], where) if forms.get(name) else wide
    return Figure(
        id=meta["id"],
        message=meta["message"],
        subtitle=meta.get("subtitle") or "",
        caption=meta.get("caption") or "",
        alt=meta["alt"],
        how_to_read=meta["how_to_read"],
        basis=Basis(meta["basis"]),
        columns=columns,
        rows=rows,
        forms=drawn,
        language=language,
        cells=_cells(columns, rows, Numerals(language)),
        shown=tuple(meta["shown"]) if meta.get("shown") else None,
    )


def _form(bundle: Mapping[str, Any], identity: str, where: str) -> dict[str, Any]:
    """One form without what belongs to the page and not to the drawing."""
    data = list(bundle.get("data", ()))
    unknown = sorted({trace.get("type", "scatter") for trace in data} - PLOTLY_TRACES - FULL_TRACES)
    if unknown:
        raise GateFailed(
            f"chart '{identity}' uses {', '.join(unknown)}, which cannot be drawn here: maps ask the network for their "
            "outlines, WebGL cannot be printed, and an unknown trace would be blank.",
            where=where,
            remedy=f"These can be drawn: {', '.join(sorted(PLOTLY_TRACES))}; at the price of the full plotly.js "
            f"in the file also: {', '.join(sorted(FULL_TRACES))}.",
        )
    if not data:
        raise GateFailed(f"chart '{identity}' has no traces.", where=where)
    layout = {key: value for key, value in bundle.get("layout", {}).items() if key not in ("meta", "template")}
    return {"data": data, "layout": layout}


def island(value: Any) -> Markup:
    """Compact JSON in which nothing can end a script element or a JavaScript line.

    Examples
    --------
    >>> island({"name": "</script><!--"})
    Markup('{"name":"\\\\u003c/script\\\\u003e\\\\u003c!--"}')
    """
    try:
        plain = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise GateFailed(f"a chart is not plain JSON: {error}.") from error
    return Markup(re.sub("[<>&\u2028\u2029]", lambda m: _HARMFUL[m[0]], plain))


def _cells(
    columns: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], numerals: Numerals
) -> tuple[tuple[Cell, ...], ...]:
    formatted = []
    for column in columns:
        values = [row.get(column["key"]) for row in rows]
        number = column.get("kind", "text") != "text" or all(_is_number(v) for v in values if v is not None)
        decimals = column.get("decimals")
        if decimals is None:
            decimals = max((_decimals(v) for v in values if isinstance(v, float)), default=0)
        formatted.append([Cell(_text(v, decimals, numerals), number, _machine(v)) for v in values])
    return tuple(zip(*formatted, strict=True))


def _machine(value: Any) -> str:
    """A number without the language's signs: ``-1.5``."""
    return f"{value:.12g}" if _is_number(value) else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _decimals(value: float) -> int:
    """Decimals that show the value, up to the two of a mean."""
    if not math.isfinite(value):
        return 0
    return next((d for d in (0, 1) if abs(round(value, d) - value) < 1e-9), 2)


def _text(value: Any, decimals: int, numerals: Numerals) -> str:
    if value is None or value == "":
        return EN_DASH
    if isinstance(value, float):
        return numerals.fixed(value, decimals)
    if _is_number(value):
        return numerals.fixed(value, 0)
    return str(value)
