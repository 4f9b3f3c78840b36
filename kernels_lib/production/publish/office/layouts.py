"""Laid-out pieces as native shapes and tables: one function a layout of the pieces' template.

A piece arrives as plain values (`Block.content`), the arguments of its macro.  Each function fills the
frame that it is given and says nothing of its own but the words around a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kernels_lib.production.publish.office.canvas import (
    Canvas,
    Frame,
    Par,
    Run,
    Td,
    fitted,
    height,
    par,
    row_height,
    settled,
    td,
)
from kernels_lib.production.publish.office.source import Source
from kernels_lib.production.publish.office.template import SMALLEST
from kernels_lib.production.publish.office.typeset import widest_word
from kernels_lib.production.publish.office.typeset import width as text_width
from kernels_lib.study.language import _, _n

GAP = 36.0
SMALL = 14.5
_INK = {"s": "blue", "m": "verm"}


def answer(canvas: Canvas, frame: Frame, source: Source, said: Mapping[str, Any]) -> None:
    """The overall score, three strengths, three missed opportunities, and what to do first."""
    runs = (Run(f"{said['first_head']}: ", bold=True), Run(said["first"]), Run(f" {said['first_note']}", "mut"))
    (first,) = fitted([Par(runs if said["first_note"] else runs[:2], 19)], frame.width - 32, 78)
    foot = first.height(frame.width - 32) + 20
    box = Frame(frame.x, frame.bottom - foot, frame.width, foot)
    body = frame.top(frame.height - foot - 16)
    left, middle, right = body.columns([225, 284, 284], GAP)
    _score(canvas, left, said)
    _listing(canvas, middle, "▸ " + said["strengths_head"], said["strengths"], said["no_strengths"], "blue")
    _listing(canvas, right, "◂ " + said["misses_head"], said["misses"], said["no_misses"], "verm")
    canvas.text(box, [first], anchor="ctr", fill="wash", inset=10, name="First", fit=False)
    canvas.rule(box.x, box.y, box.width, colour="ink", weight=2.25)


def _score(canvas: Canvas, frame: Frame, said: Mapping[str, Any]) -> None:
    size = _as_large(said["score"], 84, frame.width)
    canvas.text(frame.below(8).top(size * 1.05), [par(said["score"], size, serif=True, line=1.0)], name="Score")
    rest: list[Par] = [par(said["range"], SMALL, "mut", after=12)] if said["range"] else []
    for term, value, small in said["facts"]:
        rest += [par(term, SMALLEST, "mut"), par(value, 18, after=0 if small else 9)]
        rest += [par(small, SMALL, "mut", after=9)] if small else []
    canvas.text(frame.below(size * 1.05 + 14), rest, name="Facts")


def _as_large(text: str, size: float, room: float) -> float:
    """A size at which a numeral stands on one line."""
    return max(24.0, min(size, size * (room - 4) / max(text_width(text, size, serif=True), 1)))


def _listing(canvas: Canvas, frame: Frame, head: str, rows: Sequence[Sequence[str]], absent: str, colour: str) -> None:
    (title,) = fitted([par(head, 17, colour, bold=True)], frame.width, 44)
    top = title.height(frame.width) + 6
    canvas.text(frame.top(top), [title], name="Heading", fit=False)
    canvas.rule(frame.x, frame.y + top, frame.width, colour=colour, weight=2.25)
    below = frame.below(top + 3)
    if not rows:
        canvas.text(below.below(9), [par(absent, 17, "ink2")], name="None")
        return
    number = max(54.0, *(text_width(row[0], 27, bold=True) + 10 for row in rows))
    widths = [min(number, 110.0), frame.width - min(number, 110.0)]
    made = [[td(text, 27, colour, bold=True, anchor="t"), Td((par(name, 19), par(note, SMALL, "mut")), anchor="t")]
            for text, name, note in rows]  # fmt: skip
    padding = (0.0, 8.0, 6.0, 8.0)
    canvas.table(below, settled(made, widths, below.height, padding), widths, name=head, padding=padding)


def summary(canvas: Canvas, frame: Frame, source: Source, said: Mapping[str, Any]) -> None:
    """The page's summary, as a slide."""
    answer(canvas, frame, source, said)


def numerals(canvas: Canvas, frame: Frame, source: Source, columns: Sequence[Sequence[Any]], note: str = "") -> None:
    """Large numbers side by side, each with what it counts."""
    if note:
        words = fitted([par(note, SMALL, "mut")], frame.width, frame.height * 0.3)
        foot = height(words, frame.width) + 10
        canvas.rule(frame.x, frame.bottom - foot, frame.width)
        canvas.text(Frame(frame.x, frame.bottom - foot + 8, frame.width, foot - 8), words, name="Source", fit=False)
        frame = frame.top(frame.height - foot - 10)
    places = frame.columns([1] * max(3, len(columns)), GAP)
    for place, (head, number, of, words, quiet) in zip(places, columns, strict=False):
        _headed(canvas, place, head, quiet=quiet)
        size = _as_large(number, 78, place.width)
        ink = "mut" if quiet else "ink"
        canvas.text(place.below(46).top(size * 1.1), [par(number, size, ink, serif=True, line=1.0)], name="Number")
        said = [par(of, SMALL + 0.5, "mut", after=10), *([par(words, 18, line=1.3)] if words else [])]
        canvas.text(place.below(52 + size * 1.1), said, name="Words")


def _headed(canvas: Canvas, frame: Frame, head: str, *, quiet: bool = False) -> None:
    canvas.rule(frame.x, frame.y + 4, frame.width, colour="quiet" if quiet else "ink", weight=2.25,
                dash="dash" if quiet else "")  # fmt: skip
    look: dict[str, Any] = {"italic": True} if quiet else {"bold": True}
    canvas.text(frame.below(10).top(24), [par(head, 18, "mut" if quiet else "ink", **look)], name="Heading")


def one(
    canvas: Canvas, frame: Frame, source: Source, number: str, of: str, words: Sequence[str], colour: str = "verm"
) -> None:
    """One number, and what it means."""
    left, right = frame.columns([250, 590], 40)
    size = _as_large(number, 140, left.width)
    label = fitted([par(of, 17, "mut")], left.width, 70)
    tall = size * 1.05 + 10 + height(label, left.width)
    top = frame.below(max(0.0, (frame.height - tall) / 2 - 14))
    canvas.text(
        Frame(left.x, top.y, left.width, size * 1.1), [par(number, size, colour, serif=True, line=1.0)], name="Number"
    )
    canvas.text(Frame(left.x, top.y + size * 1.05 + 10, left.width, 72), label, name="Of")
    lines = fitted([par(text, 21, line=1.35, after=16) for text in words], right.width - 30, frame.height - 20)
    deep = height(lines, right.width - 30)
    y = frame.y + max(0.0, (frame.height - deep) / 2 - 14)
    canvas.upright(right.x, y, deep)
    canvas.text(Frame(right.x + 30, y, right.width - 30, deep + 4), lines, name="Words", fit=False)


def rows(canvas: Canvas, frame: Frame, source: Source, kind: str, lines: Sequence[Sequence[str]]) -> None:
    """A list with a number before each line, in two columns if it is long."""
    columns = frame.columns([1, 1], GAP) if len(lines) > 6 else [frame]
    share = -(-len(lines) // len(columns))
    few = len(lines) <= 4
    ink = _INK.get(kind, "ink")
    for place, column in enumerate(columns):
        part = lines[place * share : (place + 1) * share]
        numbered = any(number for number, *_rest in part)
        size, name, note = (46 if len(lines) < 4 else 40, 25, 17) if few else (27, 20, SMALL)
        wide = max((text_width(number[:99], size, serif=few, bold=not few) for number, *_rest in part), default=0.0)
        wide = min(wide + 24, column.width * 0.35)
        widths = [wide, column.width - wide] if numbered else [column.width]
        made = []
        for number, title, small in part:
            words = Td((par(title, name, bold=not numbered), *([par(small, note, "mut", after=0)] if small else [])))
            made.append([td(number, size, ink, serif=few, bold=not few, line=1.05), words] if numbered else [words])
        padding = (0.0, 15.0 if few else 6.0, 8.0, 15.0 if few else 6.0)
        fits = settled(made, widths, column.height - 8, padding)
        # A few rows stand in the middle, a little above it.
        free = column.height - 8 - sum(row_height(row, widths, padding) for row in fits)
        body = column.below(8 + max(0.0, free * 0.35) if few else 8)
        canvas.rule(body.x, body.y - 2, body.width, colour=ink if kind in _INK else "rule", weight=2.25)
        canvas.table(body, fits, widths, name=_("List"), padding=padding)


def gate_slide(
    canvas: Canvas, frame: Frame, source: Source, gate: Mapping[str, Any], plan: Sequence[Mapping[str, str]]
) -> None:
    """What to do, in order, what to keep, and the gate that opens when all is met."""
    right = 196.0 if gate["name"] else 0.0
    body = Frame(frame.x, frame.y, frame.width - right, frame.height)
    words = max((text_width(step["words"], 17, bold=True) for step in plan), default=0.0)
    met = [row for row in gate["rows"] if row["met"]]
    words = min(max(words, *(text_width(row["words"], 16, bold=True) for row in met), 60.0) + 14, 170.0)
    name = min(max((text_width(step["name"], 15) for step in plan), default=60.0), 154.0)
    name = max(name, *(widest_word(step["name"], 15) for step in plan), 0.0) + 16
    widths = [40.0, body.width - 40 - name - words, name, words]
    made = [
        [td(str(number), 30, serif=True, line=1.0), td(step["action"], 17, bold=True), td(step["name"], 15, "mut"),
         td(step["words"], 17, "verm", bold=True, side="r")]
        for number, step in enumerate(plan, 1)
    ]  # fmt: skip
    made += [
        [td("✓", 18, "blue", bold=True), td(_("Keep: {name}").format(name=row["name"]), 16, "ink2"), Td(),
         td(row["words"], 16, "blue", bold=True, side="r")]
        for row in met
    ]  # fmt: skip
    padding = (0.0, 7.0, 8.0, 7.0)
    fits = settled(made, widths, body.height, padding)
    heights = _stretched([row_height(row, widths, padding) for row in fits], body.height, 1.35)
    used = canvas.table(body, fits, widths, name=gate["label"], padding=padding, heights=heights)
    if gate["name"]:
        _call(canvas, Frame(frame.right - 160, frame.y, 160, used), gate, gate["score_number"])
        canvas.upright(frame.right - right + 14, frame.y, used, weight=4.5)
        canvas.rule(frame.right - right + 16, frame.y + used / 2, 20, colour="quiet", weight=3, dash="sysDot")


def _call(canvas: Canvas, frame: Frame, gate: Mapping[str, Any], score: str) -> None:
    """The box behind the gate."""
    numeral = [par(score, _as_large(score, 45, frame.width - 28), serif=True, line=1.05, after=4)] if score else []
    said = [par(gate["name"], 18, bold=True), *numeral, par(gate["state"], 15, "mut")]
    said = fitted(said, frame.width - 28, max(frame.height, 120) - 28)
    tall = height(said, frame.width - 28) + 30
    y = max(frame.y, frame.y + (frame.height - tall) / 2)
    canvas.text(
        Frame(frame.x, y, frame.width, tall),
        said,
        anchor="ctr",
        edge="quiet",
        dash="dash",
        inset=14,
        name="Gate",
        fit=False,
    )


def _stretched(heights: Sequence[float], room: float, most: float) -> list[float]:
    factor = min(most, room / max(sum(heights), 1))
    return [tall * max(1.0, factor) for tall in heights]


def gate(canvas: Canvas, frame: Frame, source: Source, said: Mapping[str, Any]) -> None:
    """Every condition of the gate, met or not."""
    body = Frame(frame.x, frame.y, frame.width - 196, frame.height)
    widths = [34.0, body.width - 34 - 190, 190.0]
    made = [
        [td("✓" if row["met"] else "□", 17, "blue" if row["met"] else "verm", bold=True), td(row["name"], 18),
         td(row["words"], 17, "blue" if row["met"] else "verm", bold=True, side="r")]
        for row in said["rows"]
    ]  # fmt: skip
    fits = settled(made, widths, body.height)
    heights = _stretched([row_height(row, widths) for row in fits], body.height, 1.6)
    used = canvas.table(body, fits, widths, name=said["label"], heights=heights)
    _call(
        canvas, Frame(frame.right - 160, frame.y, 160, used), {**said, "state": f"{said['score']}. {said['state']}"}, ""
    )
    canvas.upright(frame.right - 182, frame.y, used, weight=4.5)


def quarter(canvas: Canvas, frame: Frame, source: Source, columns: Sequence[Sequence[str]]) -> None:
    """What to do when, side by side."""
    places = frame.columns([1] * max(3, len(columns)), GAP)
    for place, (when, action, how, measure) in zip(places, columns, strict=False):
        _headed(canvas, place, when)
        said = [
            par(how, 16, "mut", after=8),
            par(action, 22, bold=True, after=14, line=1.25),
            par(measure, 18, line=1.3),
        ]
        canvas.text(place.below(44), [p for p in said if p.text], name="Step")


def lines(canvas: Canvas, frame: Frame, source: Source, paragraphs: Sequence[str]) -> None:
    """A few statements, each beside a rule."""
    size = 21 if len(paragraphs) < 5 else 18
    room = frame.width - 60
    said = fitted([par(text, size, line=1.35, after=20) for text in paragraphs], room, frame.height - 10)
    y = frame.y + max(0.0, (frame.height - height(said, room)) / 2 - 12)
    for p in said:
        tall = p.height(room)
        canvas.upright(frame.x + 1, y, tall)
        canvas.text(Frame(frame.x + 21, y, room, tall + 2), [p], name="Statement", fit=False)
        y += tall + p.after


def say(canvas: Canvas, frame: Frame, source: Source, items: Sequence[Sequence[Any]]) -> None:
    """Statements with the grade of their evidence."""
    wide = min(max((text_width(tag, 16, bold=True) for tag, *_rest in items), default=0.0) + 18, 200.0)
    widths = [wide, frame.width - wide]
    made = [
        [
            td(tag, 16, "mut" if quiet else "ink", bold=not quiet, italic=bool(quiet), anchor="t"),
            td(words, 18, anchor="t"),
        ]
        for tag, quiet, words in items
    ]
    padding = (0.0, 8.0, 8.0, 8.0)
    canvas.table(frame, settled(made, widths, frame.height, padding), widths, name=_("List"), padding=padding)


def steps(canvas: Canvas, frame: Frame, source: Source, listed: Sequence[Sequence[str]], note: str = "") -> None:
    """Numbered steps, the first thing first."""
    if note:
        words = fitted([par(note, SMALL, "mut")], frame.width, 60)
        foot = height(words, frame.width)
        canvas.text(Frame(frame.x, frame.bottom - foot, frame.width, foot + 2), words, name="Note", fit=False)
        frame = frame.top(frame.height - foot - 10)
    widths = [44.0, frame.width - 44]
    made = [
        [
            td(str(number), 30, serif=True, line=1.0, anchor="t"),
            Td((par(action, 18, bold=True), par(how, SMALL, "mut")), anchor="t"),
        ]
        for number, (action, how) in enumerate(listed, 1)
    ]
    canvas.table(frame, settled(made, widths, frame.height), widths, name=_("List"))


def fold(canvas: Canvas, frame: Frame, source: Source, head: str, terms: Sequence[Sequence[str]]) -> None:
    """Words and what they mean, as many as fit."""
    canvas.text(frame.top(26), [par(head, 18, bold=True)], name="Heading")
    body = frame.below(30)
    wide = min(max((text_width(term, 15, bold=True) for term, _words in terms), default=60.0) + 16, 220.0)
    widths = [wide, body.width - wide]
    most = max(1, int((body.height - 24) / 24))
    shown, left = terms[:most], len(terms) - most
    made = [[td(term, 15, bold=True, anchor="t"), td(words, 15, anchor="t")] for term, words in shown]
    used = canvas.table(body, settled(made, widths, body.height - (24 if left > 0 else 0)), widths, name=head)
    if left > 0:
        words = _n("{n} further word is in the annex.", "{n} further words are in the annex.", left).format(n=left)
        canvas.text(body.below(used + 2).top(22), [par(words, SMALLEST, "mut", italic=True)], name="Left out")


LAYOUTS: dict[str, Callable[..., None]] = {
    "answer": answer,
    "summary": summary,
    "numerals": numerals,
    "one": one,
    "rows": rows,
    "gate_slide": gate_slide,
    "gate": gate,
    "quarter": quarter,
    "lines": lines,
    "say": say,
    "steps": steps,
    "fold": fold,
}
