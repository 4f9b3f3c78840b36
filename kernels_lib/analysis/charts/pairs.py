"""Which criteria differ: every pair in a lower triangle, names on the diagonal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form, known
from kernels_lib.study.numerals import Numerals

# Look and words of how far a difference holds.
LOOKS = {
    "every": ("pair in every table", "firm in every table that fits the published means"),
    "firm": ("firm pair", "firm in these data"),
    "some": ("unresolved pair", "firm in some tables that fit the published means: unresolved"),
    "unresolved": ("unresolved pair", "unresolved"),
    "none": ("untold pair", "firm in no table that fits the published means"),
}


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
        Roles: pair in every table, firm pair, outline, unresolved pair, untold pair.
    """
    ids, names = _order(frame)
    cells = {frozenset((str(row["first"]), str(row["second"]))): row for _, row in frame.iterrows()}
    listed = [
        (i, j, cells[frozenset((ids[j], ids[i]))])
        for i in range(len(ids))
        for j in range(i)
        if frozenset((ids[j], ids[i])) in cells
    ]
    present = [key for key in LOOKS if any(row["holds"] == key for _, _, row in listed)]
    key = _key(present)
    ahead = "How far the criterion named above a column is ahead of the one in the row, in points."

    def draw(form: Form) -> Drawing:
        return _draw(form, names, listed, numerals)

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle or f"{ahead} {key}",
        caption=caption,
        alt_rows=[_phrase(row, numerals) for _, _, row in listed],
        how_to_read=(
            "Every cell is one pair of criteria; names stand on the diagonal, best mean first. Go down from a name to "
            f"see how far it is ahead of those below it, left from a name to see what is ahead of it. {key} "
            "Unresolved means that the data fit either order, not that the two are equal."
        ),
        basis=basis,
        columns=[
            ("first", "Criterion", "", "text"),
            ("second", "Ahead of", "", "text"),
            ("difference", "Difference", "points", "number"),
            ("holds", "Holds", "", "text"),
            *([("p_adjusted", "Adjusted p", "the larger of both tests", "number")] if "p_adjusted" in frame else []),
        ],
        rows=[
            {
                "first": str(row["first_name"]),
                "second": str(row["second_name"]),
                "difference": house.number(row["difference"], numerals.mean_decimals),
                "holds": LOOKS[row["holds"]][1],
                **({"p_adjusted": numerals.p_value(row["p_adjusted"])} if "p_adjusted" in frame else {}),
            }
            for _, _, row in listed
        ],
        numerals=numerals,
    )


def _order(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Criteria by mean, best first: who is first in more pairs has the higher mean."""
    names: dict[str, str] = {}
    ahead: dict[str, int] = {}
    for _, row in frame.iterrows():
        for place in ("first", "second"):
            names.setdefault(str(row[place]), str(row[f"{place}_name"]))
            ahead.setdefault(str(row[place]), 0)
        ahead[str(row["first"])] += 1
    ids = sorted(names, key=lambda c: -ahead[c])
    return ids, [names[c] for c in ids]


def _key(present: list[str]) -> str:
    """The looks in words, only those that occur."""
    words = {
        "every": "Dark: firm in every table that fits the published means.",
        "firm": "Filled: firm in these data.",
        "some": "Outlined, italic ≈: unresolved.",
        "unresolved": "Outlined, italic ≈: unresolved.",
        "none": "=?: firm in no table.",
    }
    return " ".join(dict.fromkeys(words[key] for key in present))


def _draw(form: Form, names: list[str], listed: list[tuple[int, int, Any]], numerals: Numerals) -> Drawing:
    narrow, deck = form.names_above, form.name == "deck"
    count = len(names)
    size = 12.0 if narrow else 14.0 if not deck else 17.0
    texts = [_cell(row, numerals) for _, _, row in listed]
    number = max((house.text_width(text, size, bold=True) for text in texts), default=0) + 4
    columns = max(count - 1, 1)
    label = max(house.text_width(name, size, bold=True) for name in names) + 16
    # Names stand left of the rows, too, unless a phone has no room: those on the diagonal suffice.
    left = 4 if narrow else round(min(label, 190 if not deck else 240))
    tail = round(min(label, 112 if narrow else 150 if not deck else 200))
    room = form.width - left - tail
    wide = min(room / columns, 68.0 if not deck else 84.0)
    right = round(form.width - left - wide * columns)
    height = 34.0 if narrow else 38.0 if not deck else 50.0
    if count > 12 or wide < 30:
        height = min(height, 28.0)
    # Smaller before a cell goes without its number; a narrow page may shrink the cells a little.
    slack = max(form.slack, 0.9)
    while number > wide * slack - 2 and size > (10.5 if not deck else 15):
        size -= 0.5
        number = max(house.text_width(text, size, bold=True) for text in texts) + 4
    printed = number <= wide * slack
    d = Drawing(
        form, low=-0.5, high=columns - 0.5, rows=columns, row=height, left=left, right=right,
        top=30 if not deck else 38, bottom=6,
    )  # fmt: skip
    kinds: dict[str, list[tuple[int, float, str, str]]] = {}
    for i, j, row in listed:
        text = _cell(row, numerals)
        holds = row["holds"]
        short = text if printed else {"every": "", "firm": "", "none": "?"}.get(holds, "≈")
        shown = f"<b>{short}</b>" if holds in ("every", "firm") and short else f"<i>{short}</i>" if short else ""
        hover = f"{_phrase(row, numerals)}."
        kinds.setdefault(LOOKS[holds][0], []).append((j, d.y(i - 1), shown, hover))
    common = {"columns": columns, "text_size": size}
    every = kinds.get("pair in every table", [])
    d.cells("pair in every table", every, fill=house.INK2, text_colour=house.PAPER, **common)
    d.cells("firm pair", kinds.get("firm pair", []), fill=house.BAND, text_colour=house.INK, **common)
    loose = kinds.get("unresolved pair", [])
    # A heat map has no outlines: a cell of paper on a slightly larger one of the rule's colour.
    blank = [(column, y, "", "") for column, y, _, _ in loose]
    d.cells("outline", blank, fill=house.RULE, text_colour=house.MUT, **common)
    d.cells("unresolved pair", loose, fill=house.PAPER, text_colour=house.MUT, gap=4, **common)
    d.cells("untold pair", kinds.get("untold pair", []), fill=house.PAPER, text_colour=house.MUT, **common)

    name_size = max(11.5, size) if not deck else max(15, size)
    for i, name in enumerate(names):
        if i and not narrow:
            (text,) = house.fit(name, left - 12, name_size, bold=True, lines=1)
            d.note(
                house.escaped(text), x=0, y=d.y(i - 1), dx=-10, size=name_size, colour=house.INK, anchor="right",
                bold=True, hover=name if text != name else "",
            )  # fmt: skip
        if i == count - 1 and not narrow:
            continue
        # Above the first column, else in the row of the same name, right of its last cell.
        end = right + wide * (columns - i)
        (text,) = house.fit(name, end - 10, name_size, bold=True, lines=1)
        place = {"above": 12.0} if i == 0 else {"y": d.y(i - 1)}
        d.note(
            house.escaped(text), x=i / columns, dx=6, size=name_size, colour=house.INK if narrow else house.MUT,
            bold=True, hover=name if text != name else "", **place,
        )  # fmt: skip
    return d


def _cell(row: Mapping[str, Any], numerals: Numerals) -> str:
    if row["holds"] == "none":
        return "=?"
    if not known(row["difference"]):
        return "≈?"
    size = house.distance(float(row["difference"]), numerals)
    return size if row["holds"] in ("every", "firm") else f"≈{size}"


def _phrase(row: Mapping[str, Any], numerals: Numerals) -> str:
    words = LOOKS[row["holds"]][1]
    if not known(row["difference"]):
        return f"{row['first_name']} and {row['second_name']}: {words}"
    size = house.distance(float(row["difference"]), numerals)
    return f"{row['first_name']} {size} ahead of {row['second_name']} ({words})"
