"""Which criteria differ: every pair in a lower triangle, names on the diagonal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.analysis.charts.remembering import drawn_once
from kernels_lib.study.language import N_, _
from kernels_lib.study.numerals import Numerals

# Look and words of how far a difference holds.
LOOKS = {
    "every": ("pair in every table", N_("firm in every table that fits the published means")),
    "firm": ("firm pair", N_("firm in these data")),
    "some": ("unresolved pair", N_("firm in some tables that fit the published means: unresolved")),
    "unresolved": ("unresolved pair", N_("unresolved")),
    "none": ("untold pair", N_("firm in no table that fits the published means")),
}

# The looks in words.
KEY = {
    "every": N_("Solid: firm in every table that fits the published means."),
    "firm": N_("Shaded: firm in these data."),
    "some": N_("Outlined, italic ≈: unresolved."),
    "unresolved": N_("Outlined, italic ≈: unresolved."),
    "none": N_("=?: firm in no table."),
}


@drawn_once
def pairs(
    frame: pd.DataFrame,
    *,
    numerals: Numerals,
    message: str,
    basis: str,
    caption: str = "",
    subtitle: str = "",
    identity: str = "pairs",
) -> go.Figure:
    """How far each criterion is ahead of each lower one, and whether that is firm.

    Parameters
    ----------
    frame : DataFrame, one row a pair
        `first`, `second` (ids; the first has the higher mean), `first_name`, `second_name`,
        `difference`, `holds`: "every", "firm", "some", "unresolved" or "none".
    numerals : Numerals
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: pair in every table, firm pair, unresolved pair, untold pair.
    """
    pairs_of = frame.to_dict("records")
    ids, names = _order(pairs_of)
    cells = {frozenset((str(row["first"]), str(row["second"]))): row for row in pairs_of}
    listed = [
        (i, j, cells[frozenset((ids[j], ids[i]))])
        for i in range(len(ids))
        for j in range(i)
        if frozenset((ids[j], ids[i])) in cells
    ]
    present = [key for key in LOOKS if any(row["holds"] == key for __, __, row in listed)]
    # Only those that occur.
    key = " ".join(dict.fromkeys(_(KEY[look]) for look in present))
    ahead = _("How far the criterion named above a column is ahead of the one in the row, in points.")
    largest = _("the larger of both tests")

    def draw(form: Form) -> Drawing:
        return _draw(form, names, listed, numerals)

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or f"{ahead} {key}",
        caption=caption,
        alt_rows=[_phrase(row, numerals) for __, __, row in listed],
        how_to_read=" ".join(
            [
                _(
                    "Every cell is one pair of criteria; names stand on the diagonal, best mean first. Go down from a "
                    "name to see how far it is ahead of those below it, left from a name to see what is ahead of it."
                ),
                key,
                _("Unresolved means that the data fit either order, not that the two are equal."),
            ]
        ),
        basis=basis,
        columns=[
            ("first", _("Criterion"), "", "text"),
            ("second", _("Ahead of"), "", "text"),
            ("difference", _("Difference"), _("points"), "number"),
            ("holds", _("Holds"), "", "text"),
            *([("p_adjusted", _("Adjusted p"), largest, "number")] if "p_adjusted" in frame else []),
        ],
        rows=[
            {
                "first": str(row["first_name"]),
                "second": str(row["second_name"]),
                "difference": house.number(row["difference"], numerals.mean_decimals),
                "holds": _(LOOKS[row["holds"]][1]),
                **({"p_adjusted": numerals.p_value(row["p_adjusted"])} if "p_adjusted" in frame else {}),
            }
            for __, __, row in listed
        ],
        numerals=numerals,
    )


def _order(pairs_of: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Criteria by mean, best first: who is first in more pairs has the higher mean."""
    names: dict[str, str] = {}
    ahead: dict[str, int] = {}
    for row in pairs_of:
        for place in ("first", "second"):
            names.setdefault(str(row[place]), str(row[f"{place}_name"]))
            ahead.setdefault(str(row[place]), 0)
        ahead[str(row["first"])] += 1
    ids = sorted(names, key=lambda c: -ahead[c])
    return ids, [names[c] for c in ids]


def _draw(form: Form, names: list[str], listed: list[tuple[int, int, Any]], numerals: Numerals) -> Drawing:
    narrow, deck = form.names_above, form.height is not None
    count = len(names)
    size = 12.0 if narrow else 14.0 if not deck else 17.0
    columns = max(count - 1, 1)
    height = 34.0 if narrow else 38.0 if not deck else 50.0
    # Names in two lines where they are long; left of the rows, too, unless a phone has no room.
    widest = 84 if narrow else 180 if not deck else 240
    name_size = house.one_size(names, widest, size, form.least, bold=True, lines=2)
    written = {name: house.fit(name, widest, name_size, bold=True) for name in names}
    if not all(house.whole(lines, name) for name, lines in written.items()):
        written = {name: house.fit(name, widest, name_size, bold=True, lines=5) for name in names}
    label = max(house.text_width(line, name_size, bold=True) for lines in written.values() for line in lines) + 14
    left = 4 if narrow else round(label)
    tail = round(label)
    room = form.width - left - tail
    wide = min(room / columns, 68.0 if not deck else 84.0)
    right = round(form.width - left - wide * columns)
    lines = max(map(len, written.values()))
    if count > 12 or wide < 30:
        height = min(height, 28.0)
    height = max(height, lines * name_size * 1.25 + 4)
    # Smaller before a cell goes without its number; a narrow page may shrink the cells a little.
    slack = max(form.slack, 0.9)

    numbers = [(_cell(row, numerals), _holds(row)) for __, __, row in listed]

    def widest_number(size: float) -> float:
        return max(house.text_width(text, size, bold=bold) for text, bold in numbers) + 3

    while widest_number(size) > wide * slack - 2 and size > form.least:
        size = max(form.least, size - 0.5)
    printed = widest_number(size) <= wide * slack
    d = Drawing(
        form, low=-0.5, high=columns - 0.5, rows=columns, row=height, left=left, right=right,
        top=round(lines * name_size * 1.25) + (14 if not deck else 18), bottom=6,
    )  # fmt: skip
    kinds: dict[str, list[tuple[int, float, str, str]]] = {}
    for (i, j, row), (text, __) in zip(listed, numbers, strict=True):
        short = text if printed else {"every": "", "firm": "", "none": "?"}.get(row["holds"], "≈")
        shown = f"<b>{short}</b>" if _holds(row) and short else f"<i>{short}</i>" if short else ""
        kinds.setdefault(LOOKS[row["holds"]][0], []).append((j, d.y(i - 1), shown, _hover(row, numerals)))
    common = {"columns": columns, "text_size": size}
    every = kinds.get("pair in every table", [])
    d.cells("pair in every table", every, fill=house.INK2, text_colour=house.PAPER, **common)
    d.cells("firm pair", kinds.get("firm pair", []), fill=house.BAND, text_colour=house.INK, **common)
    loose = kinds.get("unresolved pair", [])
    d.cells("unresolved pair", loose, fill=house.PAPER, text_colour=house.MUT, edge=house.RULE, **common)
    d.cells("untold pair", kinds.get("untold pair", []), fill=house.PAPER, text_colour=house.MUT, **common)

    for i, name in enumerate(names):
        text = house.stacked(written[name])
        cut = "" if house.whole(written[name], name) else name
        look: dict[str, Any] = {"size": name_size, "bold": True, "hover": cut}
        if i and not narrow:
            d.note(text, x=0, y=d.y(i - 1), dx=-10, colour=house.INK, anchor="right", **look)
        if i == count - 1 and not narrow:
            continue
        # Above the first column, else in the row of the same name, right of its last cell.
        place = {"above": 4.0, "valign": "bottom"} if i == 0 else {"y": d.y(i - 1)}
        d.note(text, x=i / columns, dx=6, colour=house.INK if narrow else house.MUT, **place, **look)
    return d


def _holds(row: Mapping[str, Any]) -> bool:
    return row["holds"] in ("every", "firm")


def _cell(row: Mapping[str, Any], numerals: Numerals) -> str:
    if row["holds"] == "none":
        return "=?"
    if not known(row["difference"]):
        return "≈?"
    size = house.distance(float(row["difference"]), numerals)
    return size if _holds(row) else f"≈{size}"


def _phrase(row: Mapping[str, Any], numerals: Numerals) -> str:
    """A pair for those who do not see the chart; where the order is open, none is stated."""
    if not known(row["difference"]):
        words = _("{first} and {second}: {holds}")
    elif _holds(row):
        words = _("{first} {gap} ahead of {second} ({holds})")
    else:
        words = _("{first} and {second} {gap} apart ({holds})")
    return words.format(**_values(row, numerals))


def _hover(row: Mapping[str, Any], numerals: Numerals) -> str:
    if not known(row["difference"]):
        words = _("{first} and {second}: {holds}.")
    elif _holds(row):
        words = _("{first} is {gap} ahead of {second}: {holds}.")
    else:
        words = _("{first} and {second} are {gap} apart: {holds}.")
    return words.format(**_values(row, numerals))


def _values(row: Mapping[str, Any], numerals: Numerals) -> dict[str, str]:
    gap = house.distance(float(row["difference"]), numerals) if known(row["difference"]) else ""
    holds = _(LOOKS[row["holds"]][1])
    return {"first": row["first_name"], "second": row["second_name"], "gap": gap, "holds": holds}
