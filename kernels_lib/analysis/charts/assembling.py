"""A chart and what must be said about it: all forms of the drawing, words, the table behind it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.basedatatypes
import plotly.graph_objects as go

from kernels_lib.analysis.charts.drawing import Drawing
from kernels_lib.analysis.charts.look import FORMS, Form
from kernels_lib.errors import BadData
from kernels_lib.study.numerals import Numerals

# What plotly makes of the template "none".
NO_TEMPLATE = {"data": {"scatter": [{"type": "scatter"}]}}


def figure(
    draw: Callable[[Form], Drawing],
    *,
    identity: str,
    message: str,
    subtitle: str,
    caption: str,
    alt_rows: Iterable[str],
    how_to_read: str,
    basis: str,
    columns: Sequence[tuple[str, str, str, str]],
    rows: Sequence[Mapping[str, Any]],
    numerals: Numerals,
    shown: Sequence[int | str] | None = None,
) -> go.Figure:
    """Draw a chart in all forms and put it together with what must be said about it.

    Parameters
    ----------
    draw : callable
        Draws the chart in one form.
    identity : str
        The figure's id in the report.
    message, subtitle, caption, how_to_read : str
        The words around the drawing, as plain text.
    alt_rows : iterable of str
        One phrase for each row; with the message, the text for readers who do not see the chart.
    basis : str
        What the numbers rest on, one of `results.Basis`.
    columns : sequence of (key, label, unit, kind)
        Columns of the table behind the chart; kind is "text" or "number".
    rows : sequence of mapping
        Its rows.
    numerals : Numerals
    shown : sequence of int and str, optional
        Which rows the page's table shows, and words where it leaves some out; default all.

    Returns
    -------
    go.Figure
        The wide form; ``layout.meta["forms"]`` holds narrow and deck.

    Raises
    ------
    BadData
        If there is no row to draw.
    """
    if not rows:
        raise BadData(
            f"chart '{identity}' has nothing to draw.", remedy="Leave the figure out where its table is empty."
        )

    drawn = {form.name: draw(form).as_json(numerals) for form in FORMS}
    phrases = "; ".join(alt_rows)
    meta = {
        "id": identity,
        "message": message,
        "subtitle": subtitle,
        "caption": caption,
        "alt": f"{message.rstrip('.')}. {phrases}." if phrases else message,
        "how_to_read": how_to_read,
        "basis": str(basis),
        "columns": [dict(zip(("key", "label", "unit", "kind"), column, strict=True)) for column in columns],
        "rows": [{key: _value(row.get(key)) for key, _, _, _ in columns} for row in rows],
        "forms": {name: drawn[name] for name in ("narrow", "deck")},
    }
    if shown is not None and len(shown) != len(rows):
        meta["shown"] = list(shown)
    wide = drawn["wide"]
    return unchecked(wide["data"], {**wide["layout"], "template": NO_TEMPLATE, "meta": meta})


@contextlib.contextmanager
def _handed_over() -> Iterator[None]:
    """While a figure is made of what was drawn for it alone: plotly copies the outer mapping of each part only."""
    before = plotly.basedatatypes.deepcopy
    plotly.basedatatypes.deepcopy = dict
    try:
        yield
    finally:
        plotly.basedatatypes.deepcopy = before


def unchecked(data: list[dict[str, Any]], layout: dict[str, Any]) -> go.Figure:
    """The figure that ``go.Figure(data, layout)`` makes, in a fifth of the time.

    Plotly checks every property of every mark and label.  What our charts draw is checked in the tests, in
    all forms and not only the wide one; what is changed in the figure afterwards is checked as ever.
    """
    # Words and further forms are the most of a figure: they go to their place as they are, without a copy.
    with _handed_over():
        traces = [_ordered(trace) for trace in data]
        figure = go.Figure(data=traces, layout=_ordered({**layout, "meta": {}}), _validate=False)
    figure._layout["meta"] = layout["meta"]
    # Not figure.data, which asks for another library's tables.
    for part in (figure, figure._layout_obj, *figure._data_objs):
        part._validate = True
    return figure


def _ordered(node: Any) -> Any:
    """Properties in plotly's own order, that of the alphabet; ``meta`` is ours and stays as it is."""
    if isinstance(node, dict):
        return {key: node[key] if key == "meta" else _ordered(node[key]) for key in sorted(node)}
    return [_ordered(part) for part in node] if isinstance(node, list) and node and isinstance(node[0], dict) else node


def as_json(figure: go.Figure) -> dict[str, Any]:
    """What ``figure.to_json()`` says, for whoever copies it, as displaying does.

    A figure of plain values, as ours are, needs no walk through it in Python; one that holds anything else,
    such as an array, NaN or a frame of an animation, goes through plotly's own text.
    """
    if not figure.frames:
        traces = [{key: value for key, value in trace.items() if key != "uid"} for trace in figure._data]
        plain = {"data": traces, "layout": figure._layout}
        with contextlib.suppress(TypeError, ValueError):
            json.dumps(plain, allow_nan=False)
            return plain
    return json.loads(figure.to_json())


def shortened(items: Sequence[Any], most: int | None, *, keep: Callable[[Any], bool] | None = None) -> list[Any]:
    """At most so many items: the first and the last ones, with the number left out between them.

    Parameters
    ----------
    items : sequence
    most : int or None
        Greatest length; None for all.
    keep : callable, optional
        Items that must stay, such as the client's own row.

    Returns
    -------
    list
        Items, and one int where items were left out.

    Examples
    --------
    >>> shortened("abcdefgh", 5)
    ['a', 'b', 4, 'g', 'h']
    >>> shortened("abcdefgh", 5, keep=lambda item: item == "d")
    ['a', 2, 'd', 3, 'h']
    """
    items = list(items)
    if most is None or len(items) <= most:
        return items
    kept = [i for i, item in enumerate(items) if keep is not None and keep(item)][:1]
    inner = bool(kept) and most // 2 - 1 <= kept[0] < len(items) - (most // 2 - 1)
    ends = (most - (3 if inner else 1)) // 2
    chosen = sorted({*range(ends + (most - (3 if inner else 1)) % 2), *range(len(items) - ends, len(items)), *kept})
    result: list[Any] = []
    last = -1
    for i in chosen:
        if i - last > 1:
            result.append(i - last - 1)
        result.append(items[i])
        last = i
    return result


def _value(cell: Any) -> Any:
    if cell is None or isinstance(cell, str | bool | int):
        return str(cell) if isinstance(cell, str) else cell
    return None if pd.isna(cell) else float(cell)
