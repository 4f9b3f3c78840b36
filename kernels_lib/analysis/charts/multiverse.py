"""Whether a conclusion depends on a choice of method: a strip of cells for each conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis.charts import house
from kernels_lib.analysis.charts.house import Drawing, Form
from kernels_lib.study.language import _, _n
from kernels_lib.study.numerals import Numerals

# Space between the strips of two tests, in cells.
GAP = 0.5
MOST = 13  # rows of a slide


@dataclass(frozen=True)
class _Choices:
    """What was tried, and what passed."""

    tests: list[str]
    corrections: list[str]
    passed: dict[tuple[str, str, str], bool]  # by conclusion, test, correction

    @property
    def each(self) -> int:
        return len(self.corrections)

    @property
    def total(self) -> int:
        return len(self.tests) * self.each

    def passes(self, name: str, test: str, how: str) -> bool:
        return self.passed.get((name, test, how), False)

    def count(self, name: str) -> int:
        return sum(self.passes(name, test, how) for test in self.tests for how in self.corrections)

    def hangs(self, name: str) -> bool:
        """Whether the conclusion passes in some combinations only."""
        return 0 < self.count(name) < self.total

    def corrections_of(self, name: str, test: str) -> str:
        found = [how for how in self.corrections if self.passes(name, test, how)]
        if not found:
            return _("nothing")
        return _("everything") if len(found) == self.each else ", ".join(found)


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
        `name` (of the conclusion), `test`, `correction`: texts, tests and corrections in the order
        to be drawn; `passes`.
    numerals : Numerals
    message, basis, caption : str
        Title, what the numbers rest on, sentences below.
    chosen : (sequence of str, str)
        Tests and correction that the report's verdicts use; marked in the drawing.
    subtitle, identity : str, optional

    Returns
    -------
    go.Figure
        Roles: passes, fails.  What passes in most combinations stands at the top.
    """
    rows = zip(frame["name"], frame["test"], frame["correction"], frame["passes"], strict=True)
    choices = _Choices(
        tests=list(dict.fromkeys(frame["test"])),
        corrections=list(dict.fromkeys(frame["correction"])),
        passed={(name, test, how): bool(ok) for name, test, how, ok in rows},
    )
    names = sorted(dict.fromkeys(frame["name"]), key=lambda name: -choices.count(name))

    def draw(form: Form) -> Drawing:
        return _draw(form, names, choices, chosen)

    return house.figure(
        draw,
        identity=identity,
        message=message,
        subtitle=subtitle
        or _("A filled cell: the conclusion passes. Blocks are tests, their cells corrections: {corrections}.").format(
            corrections=", ".join(choices.corrections)
        ),
        caption=caption,
        alt_rows=[
            _("{name}: passes in {count} of {total} combinations").format(
                name=name, count=choices.count(name), total=choices.total
            )
            for name in names
        ],
        how_to_read=_(
            "Each row is one conclusion, each block one test, each cell of a block one correction, from the strictest "
            "to none. A row that is filled throughout does not hang on a choice; a row that is filled in parts does. "
            "What the verdicts use was fixed beforehand and is underlined: both tests must pass."
        ),
        basis=basis,
        columns=[
            ("name", _("Conclusion"), "", "text"),
            *((f"test{place}", test, _("passes with"), "text") for place, test in enumerate(choices.tests)),
            ("count", _("Passes"), _("of {total}").format(total=choices.total), "number"),
        ],
        rows=[
            {
                "name": name,
                "count": choices.count(name),
                **{f"test{place}": choices.corrections_of(name, test) for place, test in enumerate(choices.tests)},
            }
            for name in names
        ],
        numerals=numerals,
    )


def _draw(form: Form, names: list[str], choices: _Choices, chosen: tuple[Sequence[str], str]) -> Drawing:
    narrow, deck = form.names_above, form.height is not None
    shown, left_out = _shown(names, choices, deck)
    each, tests, corrections = choices.each, choices.tests, choices.corrections
    width = len(tests) * each + (len(tests) - 1) * GAP
    right = 8 if narrow else 104 if deck else 76
    left = form.left if narrow else _left(form, shown)
    cell = (form.width - left - right) / width
    small = form.least if narrow else form.small
    # Corrections are named upright over their cells, tests over their blocks.
    upright = form.least
    tall = max(house.text_width(how, upright) for how in corrections) + 6
    room = (each + GAP) * cell * max(form.slack, 0.9) - 4
    head = house.one_size(tests, room, small, form.least, bold=True, lines=2)
    heads = {test: house.balanced(test, room, head, bold=True) for test in tests}
    above = max(map(len, heads.values())) * head * 1.25
    d = Drawing(
        form, low=0.0, high=width, rows=len(shown), row=32.0 if not narrow and not deck else 54.0 if narrow else 34.0,
        left=left, right=right, top=round(above + tall + 8), bottom=12 if not left_out else 42, names=shown,
        bold=False,
    )  # fmt: skip
    thick = min(0.56 * d.body, 20.0, 0.8 * d.row)
    boxes: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
    hover: dict[bool, list[str]] = {True: [], False: []}
    for i, name in enumerate(shown):
        for b, test in enumerate(tests):
            for c, how in enumerate(corrections):
                ok = choices.passes(name, test, how)
                start = b * (each + GAP) + c
                boxes[ok].append((start + 0.06, start + 0.94, d.lane(i) - d.units(8) if narrow else d.y(i)))
                words = (
                    _("{name}: passes with {test}, {correction}.")
                    if ok
                    else _("{name}: does not pass with {test}, {correction}.")
                )
                hover[ok].append(words.format(name=name, test=test, correction=how))
    d.bars("passes", boxes[True], thickness=thick, fill=house.INK2, hover=hover[True])
    d.bars("fails", boxes[False], thickness=thick - 1.5, fill=house.PAPER, edge=house.RULE, hover=hover[False])
    for b, test in enumerate(tests):
        start = b * (each + GAP)
        d.note(
            house.stacked(heads[test]), x=d.across(start + 0.06), above=d.top - 2, size=head, colour=house.INK,
            bold=True, valign="top",
        )  # fmt: skip
        for c, how in enumerate(corrections):
            d.note(
                house.escaped(how), x=d.across(start + c + 0.5), above=4, size=upright, colour=house.MUT,
                anchor="center", valign="bottom", angle=-90,
            )  # fmt: skip
        if test in chosen[0] and chosen[1] in corrections:
            at = start + corrections.index(chosen[1])
            d.rect(d.across(at + 0.06), d.across(at + 0.94), -7 / d.plot_height, -3 / d.plot_height, fill=house.INK)
    for i, name in enumerate(shown):
        d.name(i, name, bold=False)
        if not narrow:
            count = _("{count} of {total}").format(count=choices.count(name), total=choices.total)
            d.column(i, count, dx=8, colour=house.MUT)
    if left_out:
        d.note(
            house.escaped(_left_out(left_out)), x=0, below=26, dx=-d.left, size=form.least, colour=house.MUT,
            italic=True,
        )  # fmt: skip
    return d


def _left(form: Form, names: list[str]) -> int:
    """The left margin that the longest name needs."""
    least, most = (300, 560) if form.height is not None else (200, 300)
    size = form.least if form.height is not None else form.small
    return round(min(max(least, *(house.text_width(name, size) + 14 for name in names)), most))


def _shown(names: list[str], choices: _Choices, deck: bool) -> tuple[list[str], int]:
    """The rows of a form; a slide leaves out first what does not hang on a choice."""
    if not deck or len(names) <= MOST:
        return names, 0
    hanging = [name for name in names if choices.hangs(name)][:MOST]
    others = [name for name in names if name not in hanging][: MOST - len(hanging)]
    return [name for name in names if name in hanging or name in others], len(names) - MOST


def _left_out(count: int) -> str:
    return _n(
        "{n} further conclusion is left out here; the report shows all",
        "{n} further conclusions are left out here; the report shows all",
        count,
    ).format(n=count)
