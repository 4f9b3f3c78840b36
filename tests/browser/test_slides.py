"""The static rule of slide sizes against a real browser: what it passes does not overflow there."""

from __future__ import annotations

import random
import shutil
import subprocess
from typing import Any

import pytest
from markupsafe import Markup

from kernels_lib.analysis.tables import environment
from kernels_lib.production.inspection import look
from kernels_lib.production.publish import fit, page
from kernels_lib.production.publish.slides import ScorecardSlidesExporter

pytestmark = pytest.mark.browser

PIECES = environment().get_template("pieces.html.j2").module
SAID = """
a of in the page brand score target members answer people first criterion peer-to-peer expectations community branding
strengths quarter unresolved reconstruction Erwartungen Vergleichsgruppe Community-Erwartungen 2.5 29 (4.0) 1.83–2.33
and, is. what keeps everyone consistently Mindestbesetzung
"""
WORDS = SAID.split()


class Writer:
    """Texts of some length, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def words(self, most: float) -> str:
        return " ".join(self.random.choice(WORDS) for _ in range(max(1, round(self.random.uniform(0.5, 1) * most))))

    def number(self) -> str:
        return self.random.choice(["2.0", "4.5", "−1.5", "82.9", "18"])

    def count(self, least: int, most: int) -> int:
        return self.random.randint(least, most)


def answer(w: Writer, size: float) -> str:
    def listed(count: int) -> list[tuple[str, ...]]:
        return [(w.number(), w.words(1 + size), w.words(1 + 3 * size)) for _ in range(count)]

    said = {
        "score": w.number(),
        "range": Text(w.words(2 + 3 * size)),
        "facts": [(w.words(1), w.words(1 + size), w.words(2 * size)) for _ in range(2)],
        "strengths_head": w.words(3),
        "misses_head": w.words(3),
        "no_strengths": w.words(4 * size),
        "no_misses": "none",
        "strengths": listed(w.count(0, 3)),
        "misses": listed(3),
        "first_tag": "First:",
        "first": w.words(4 + 5 * size),
    }
    return PIECES.answer(said)


def numerals(w: Writer, size: float) -> str:
    columns = [
        (w.words(2), w.number(), w.words(1 + 3 * size), w.words(2 + 9 * size), w.count(0, 1))
        for _ in range(w.count(1, 4))
    ]
    return PIECES.numerals(columns, w.words(12 * size) if w.count(0, 1) else "")


def one(w: Writer, size: float) -> str:
    return PIECES.one(w.number(), w.words(2 + 3 * size), [w.words(2 + 12 * size) for _ in range(w.count(1, 3))], "verm")


def rows(w: Writer, size: float) -> str:
    first = w.number() if w.count(0, 2) else ""
    lines = [(first and w.number(), w.words(1 + 2 * size), w.words(1 + 4 * size)) for _ in range(w.count(1, 10))]
    return PIECES.rows(w.random.choice(["s", "m", "b", "plain"]), lines)


def gate_slide(w: Writer, size: float) -> str:
    plan = [
        {"action": w.words(2 + 3 * size), "name": w.words(1 + size), "words": w.words(2)} for _ in range(w.count(1, 8))
    ]
    kept = [{"met": True, "keep": w.words(3), "words": w.words(1)} for _ in range(w.count(0, 4))]
    gate = {"label": "conditions", "name": w.words(2), "score_number": "2.5", "state": w.words(1 + 3 * size)}
    return PIECES.gate_slide({**gate, "rows": kept}, plan)


def quarter(w: Writer, size: float) -> str:
    def column() -> tuple[str, ...]:
        return w.words(2), w.words(2 + 3 * size), w.words(2 + 4 * size), w.words(2 + 5 * size)

    return PIECES.quarter([column() for _ in range(w.count(1, 3))])


def lines(w: Writer, size: float) -> str:
    return PIECES.lines([w.words(3 + 6 * size) for _ in range(w.count(1, 8))])


def table(w: Writer, size: float) -> str:
    columns = range(w.count(2, 6))
    head = "".join(f'<th scope="col"{" class=num" if n else ""}>{w.words(2)}</th>' for n in columns)
    body = "".join(
        f'<tr><th scope="row">{w.words(1 + size)}<small>{w.words(2)}</small></th>'
        + "".join(f"<td>{w.words(size)}</td>" if n % 2 else f'<td class="num">{w.number()}</td>' for n in columns[1:])
        + "</tr>"
        for _ in range(w.count(2, 12))
    )
    return f"<table><caption>{w.words(8)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def say(w: Writer, size: float) -> str:
    return PIECES.say([(w.words(1), w.count(0, 1), w.words(3 + 7 * size)) for _ in range(w.count(1, 6))])


def steps(w: Writer, size: float) -> str:
    return PIECES.steps([(w.words(2 + 3 * size), w.words(3 + 6 * size)) for _ in range(w.count(1, 7))], Text(""))


def prose(w: Writer, size: float) -> str:
    return "".join(f"<p>{w.words(4 + 10 * size)}</p>" for _ in range(w.count(1, 5)))


class Text(str):
    """A statement for a template: a text that knows whether it is one."""

    @property
    def text(self) -> str:
        return str(self)


LAYOUTS = (answer, numerals, one, rows, gate_slide, quarter, lines, table, say, steps, prose)
SIZES = (0.6, 1.0, 1.5, 2.0, 2.6, 3.3, 4.2, 5.5)


def slides(repeats: int) -> list[page.Slide]:
    """Slides of every layout, from nearly empty to far too full."""
    made = [page.Slide("Slides of every layout", "cell 1")]
    for repeat in range(repeats):
        for place, layout in enumerate(LAYOUTS):
            for number, size in enumerate(SIZES):
                writer = Writer(1000 * repeat + 100 * place + number)
                block = page.Block("slide", html=Markup(str(layout(writer, size)).replace("\n", "")))
                title = f"{layout.__name__} {len(made)}: {writer.words(4 + size)}"
                made.append(page.Slide(title, "cell", blocks=[block]))
    return made


def opening(size: int) -> page.Slide:
    """A title slide with so much to say."""
    writer = Writer(size)
    return page.Slide(writer.words(4 + 3 * size), "cell", lead=Markup(f"<p>{writer.words(3 * size)}</p>"))


def document(made: list[page.Slide]) -> page.Document:
    """A page model with these slides and a notice."""
    notice = "Scores are reconstructed. " + Writer(1).words(12)
    head = page.Masthead("Deck", "Deck", notice=notice, notice_tag="made up")
    return page.Document(head, made[0].title, page.Section("summary", ""), (), tuple(made))


def overflowing(open_page: Any, made: list[page.Slide], folder: Any) -> dict[int, int]:
    """Number of each slide that overflows in the browser, and by how many px."""
    path = folder / "deck.html"
    path.write_text(ScorecardSlidesExporter().render(document(made)), encoding="utf-8")
    seen = look(open_page(1280, 720), path)
    return {found["slide"]: found["over"] for found in seen["overflow"]["slides"]}


def refused(made: list[page.Slide]) -> dict[int, str]:
    """Number of each slide that the rule refuses, and why."""
    found = fit.too_much(document(made))
    return {int(problem.split(" ")[1].rstrip(",")): problem for problem in found}


def check(open_page: Any, made: list[page.Slide], folder: Any) -> None:
    seen = overflowing(open_page, made, folder)
    said = refused(made)

    assert len(seen) > len(made) / 10
    assert [] == [(made[number - 1].title, over) for number, over in seen.items() if number not in said]
    # What it refuses has no room to spare: with a line or two more it would overflow in the browser as well.
    strict = [problem for number, problem in said.items() if number not in seen]
    spare = (2 if has_wide_serif() else 4) * fit.LINE
    assert [] == [problem for problem in strict if "for its place" in problem or too_full(problem) > spare]


def has_wide_serif() -> bool:
    """Whether this machine has the family whose widths the rule takes; a narrower one leaves lines to spare."""
    found = shutil.which("fc-list") and subprocess.run(["fc-list"], capture_output=True, text=True, check=True).stdout
    return "P052" in (found or "")


def too_full(problem: str) -> int:
    return int(problem.split(" is about ")[1].split(" px")[0])


def test_a_slide_that_the_rule_passes_does_not_overflow(open_page, tmp_path):
    check(open_page, slides(1), tmp_path)


@pytest.mark.slow
def test_none_of_a_thousand_slides_that_the_rule_passes_overflows(open_page, tmp_path):
    check(open_page, slides(12), tmp_path)


@pytest.mark.parametrize("size", [4, *(pytest.param(size, marks=pytest.mark.slow) for size in (5, 6, 7, 8))])
def test_a_title_slide_that_the_rule_passes_does_not_overflow(open_page, tmp_path, size):
    made = [opening(size)]

    assert not overflowing(open_page, made, tmp_path) or refused(made)
