"""Whether a conclusion depends on a choice of method: a strip of cells for each conclusion."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form
from kernels_lib.study.numerals import Numerals

# Space between the strips of two tests, in cells.
GAP = 0.5


def multiverse(
    frame: pd.DataFrame,
    *,
    numerals: Numerals,
    message: str,
    basis: str,
    caption: str = "",
    subtitle: str = "",
    chosen: tuple[Sequence[str], str] = ((), ""),
    identity: str = "multiverse",
) -> go.Figure:
    """Which combinations of test and correction let each conclusion pass.

    Parameters
    ----------
    frame : DataFrame, one row a conclusion and combination
        `name` (of the conclusion), `test`, `correction`: texts, in the order to be drawn; `passes`.
    numerals : Numerals
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    chosen : (sequence of str, str)
        Tests and correction that the report's verdicts use; marked in the drawing.
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: passes, outline, fails.
    """
    names = list(dict.fromkeys(frame["name"]))
    tests = list(dict.fromkeys(frame["test"]))
    corrections = list(dict.fromkeys(frame["correction"]))
    passed = {(row.name_, row.test, row.correction): bool(row.passes) for row in _rows(frame)}
    counts = {name: sum(ok for (of, _, _), ok in passed.items() if of == name) for name in names}
    each = len(corrections)
    total = len(tests) * each

    def draw(form: Form) -> Drawing:
        return _draw(form, names, tests, corrections, passed, counts, chosen)

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle
        or f"A filled cell: the conclusion passes. The {each} cells of a block are {', '.join(corrections)}.",
        caption=caption,
        alt_rows=[f"{name}: passes in {counts[name]} of {total} combinations" for name in names],
        how_to_read=(
            "Each row is one conclusion, each block one test, each cell of a block one correction, from the strictest "
            "to none. A row that is filled throughout does not hang on a choice; a row that is filled in parts does. "
            "What the verdicts use was fixed beforehand and is underlined: both tests must pass."
        ),
        basis=basis,
        columns=[
            ("name", "Conclusion", "", "text"),
            *((f"test{place}", test, "passes with", "text") for place, test in enumerate(tests)),
        ],
        rows=[
            {"name": name}
            | {
                f"test{place}": _passes_with([how for how in corrections if passed.get((name, test, how))], each)
                for place, test in enumerate(tests)
            }
            for name in names
        ],
        numerals=numerals,
    )


def _passes_with(found: Sequence[str], each: int) -> str:
    if not found:
        return "nothing"
    return "everything" if len(found) == each else ", ".join(found)


def _rows(frame: pd.DataFrame):
    return frame.rename(columns={"name": "name_"}).itertuples()


def _draw(
    form: Form,
    names: Sequence[str],
    tests: Sequence[str],
    corrections: Sequence[str],
    passed: dict[tuple[str, str, str], bool],
    counts: dict[str, int],
    chosen: tuple[Sequence[str], str],
) -> Drawing:
    each = len(corrections)
    width = len(tests) * each + (len(tests) - 1) * GAP
    height = 32.0 if form.name == "wide" else 54.0 if form.names_above else 34.0
    deck = form.name == "deck"
    d = Drawing(
        form, low=0.0, high=width, rows=len(names), row=height, left=None if form.names_above else 380 if deck else 262,
        right=8 if form.names_above else 110 if deck else 64, top=60 if deck else 44, bottom=8,
        names=names, cross=width,
    )  # fmt: skip
    cell = d.plot_width / width
    thick = min(0.56 * d.body, 20.0)
    boxes: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
    hover: dict[bool, list[str]] = {True: [], False: []}
    for i, name in enumerate(names):
        for b, test in enumerate(tests):
            for c, how in enumerate(corrections):
                ok = passed.get((name, test, how), False)
                start = b * (each + GAP) + c
                boxes[ok].append((start + 0.06, start + 0.94, d.under(i) if form.names_above else d.y(i)))
                hover[ok].append(f"{name}: {'passes' if ok else 'does not pass'} ({test}, {how})")
    d.bars("passes", boxes[True], thickness=thick, fill=house.INK2, hover=hover[True])
    d.bars("fails", boxes[False], thickness=thick - 1.5, fill=house.PAPER, edge=house.RULE, hover=hover[False])
    for b, test in enumerate(tests):
        start = b * (each + GAP)
        room = each * cell + GAP * cell - 6
        size = form.small if not form.names_above else form.small - 1.5
        lines = house.fit(test, room, size, bold=True, lines=2)
        d.note(
            "<br>".join(house.escaped(line) for line in lines), x=d.across(start), above=d.top - 2, size=size,
            colour=house.INK, bold=True, valign="top", hover=test,
        )  # fmt: skip
        if test in chosen[0] and chosen[1] in corrections:
            at = start + corrections.index(chosen[1])
            d.rect(d.across(at + 0.06), d.across(at + 0.94), -4 / d.plot_height, -1 / d.plot_height, fill=house.INK)
    for i, name in enumerate(names):
        d.name(i, name, bold=False)
        if not form.names_above:
            total = len(tests) * each
            d.note(f"{counts[name]} of {total}", x=1, y=d.y(i), dx=8, size=form.small, colour=house.MUT, anchor="left")
    return d
