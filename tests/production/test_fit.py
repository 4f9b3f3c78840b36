"""The static rule of slide sizes; tests/browser/test_slides.py compares it with a browser."""

from __future__ import annotations

import re

import pytest
import soupsieve
from bs4 import BeautifulSoup
from markupsafe import Markup

from kernels_lib.production import gates
from kernels_lib.production.publish import assets, cascade, fit, page, render, tree
from kernels_lib.production.publish.lettering import Type
from tests.production import sample_notebook as sample

SENTENCE = "A sentence of eight words is set here. "


def deck(*bodies: str, title: str = "What the widest gap means", **head: object) -> page.Document:
    """A title slide, and a slide for each piece of HTML."""
    made = [page.Slide("The finding", "cell 1")]
    made += [page.Slide(title, "cell", blocks=[page.Block("slide", html=Markup(body))]) for body in bodies]
    masthead = page.Masthead("Deck", "Deck", **head)
    return page.Document(masthead, "The finding", page.Section("summary", ""), (), tuple(made))


def height(body: str) -> float:
    """Height that a slide with this piece of HTML needs."""
    made = render.deck(deck(body)).html
    return list(fit.Layout(tree.parse(made[made.index('<div class="reveal">') : made.index("</main>")])).heights())[1]


def test_every_slide_of_the_sample_fits():
    assert [] == fit.too_much(page.read(sample.notebook()))


def test_a_slide_with_too_many_words_is_named_with_its_title_and_by_how_much():
    (problem,) = fit.too_much(deck("<p>short</p>", f"<p>{SENTENCE * 60}</p>"))

    assert problem.startswith("slide 3, 'What the widest gap means', is about ")
    assert problem.endswith("px too full (15 lines)")


def test_a_longer_title_leaves_less_room():
    body = f'<div class="lines">{f"<p>{SENTENCE * 3}</p>" * 6}</div>'

    assert [] == fit.too_much(deck(body))
    assert [] != fit.too_much(deck(body, title=SENTENCE * 5))


def test_a_word_wider_than_its_column_is_named():
    columns = "<div><p>Short</p></div><div><p>Donaudampfschifffahrtsgesellschaftskapitänsmütze</p></div><div></div>"
    (problem,) = fit.too_much(deck(f'<div class="mm">{columns}</div>'))

    assert "has the word 'Donaudampfschifffahrtsgesellschaftskapitänsmütze', about" in problem
    assert problem.endswith("px too wide for its place")


def test_a_row_that_cannot_grow_is_named_when_it_would_run_into_the_next():
    row = f'<li class="n"><i class="num">1</i><span class="a"><b>{SENTENCE * 6}</b></span></li>'
    (problem,) = fit.too_much(deck(f'<div class="gt"><ol>{row}</ol></div>'))

    assert "has the row '1 A sentence of eight words" in problem
    assert "too high for its place" in problem


def test_a_height_is_the_sum_of_its_lines_and_margins():
    one, two = height('<div class="lines"><p>One</p></div>'), height('<div class="lines"><p>One</p><p>Two</p></div>')

    # .lines p: 28 px at 1.42, 24 px below it
    assert 28 * 1.42 + 24 == pytest.approx(two - one)


def test_the_rule_follows_the_style_sheet(monkeypatch):
    body = f'<div class="lines">{f"<p>{SENTENCE}</p>" * 6}</div>'
    assert [] == fit.too_much(deck(body))

    larger = assets.text("deck.css").replace(".lines:has(p:nth-child(5)) p { margin-bottom: 14px; font-size: 24px }",
                                             ".lines p { font-size: 56px }")  # fmt: skip
    assert larger != assets.text("deck.css")
    _read_styles_anew()
    monkeypatch.setattr(cascade.assets, "text", lambda name: larger)
    try:
        assert [] != fit.too_much(deck(body))
    finally:
        _read_styles_anew()


def _read_styles_anew():
    cascade.rules.cache_clear()
    fit.forget()


def test_the_more_special_rule_wins_whatever_its_place():
    root = tree.parse('<ul class="rows"><li><b>1</b></li></ul><p>x</p>')
    css = cascade.Cascade(root)

    # .rows:not(:has(li:nth-child(5))) li b says 64 px, .rows li b 36 px
    assert 64 == css.type_of(root.named("b")[0], Type()).size


def test_a_clients_own_type_gets_more_room_than_the_houses():
    body = f'<div class="lines">{f"<p>{SENTENCE * 2}</p>" * 5}</div>'
    longest = next(n for n in range(1, 9) if fit.too_much(deck(body.replace(SENTENCE * 2, SENTENCE * n))))
    fonts = {"text": {"family": "Wide Sans", "data": ""}}

    own = [n for n in range(1, 9) if fit.too_much(deck(body.replace(SENTENCE * 2, SENTENCE * n), fonts=fonts))]
    assert own[0] <= longest


def test_a_gate_refuses_a_build_with_a_slide_that_is_too_full():
    made = sample.notebook()
    long = sample.html("slide", f"<p>{SENTENCE * 80}</p>")
    made.cells.append(sample.code(sample.title("Too much to say"), long, tags=("slides-only",), slide="slide"))
    delivery = gates.Delivery(made, {}, {"slides": ""}, sample.__file__)

    problem = gates.slides(delivery)
    assert problem.startswith("slide 9, 'Too much to say', is about ")
    assert problem.endswith("shorten its texts, or make two slides of it")


# What the rule reads, against the libraries that know all of HTML and CSS

SOLID = """
<div class="rows"><li>1<li><b></b> 2</div><p class='a  b' id=x data-n="1 > 0">5 &lt; 6 &amp; 7<br>8<!-- <p>9 --></p></i>
<svg viewBox="0 0 6 3"><rect width="1"/><line/></svg><ul class="rows"><li><b>1</b></li><li>2</li><li>3 < 4</li></ul>
<div class="mm"><div class="q"><p class="of">a</p><p>b</p></div><div></div></div><style>p { x: "<p>" }</style>
<div class="one"><div class="words"><p>1</p><p>2</p></div></div>
<div class="title"><p class="tl"><i class="k"></i><i class="k"></i></p></div>
"""
DECK = re.sub(r"<script\b.*?</script>", "", render.deck(page.read(sample.notebook())).html, flags=re.S)


@pytest.mark.parametrize("markup", [SOLID, DECK], ids=["odd", "deck"])
def test_markup_is_read_as_beautiful_soup_reads_it(markup):
    soup, root = BeautifulSoup(markup, "html.parser").find_all(True), list(tree.parse(markup).below())

    assert [element.name for element in soup] == [element.name for element in root]
    for theirs, ours in zip(soup, root, strict=True):
        assert theirs.get("class", []) == list(ours.classes)
        assert {n: v for n, v in theirs.attrs.items() if n != "class"} == {
            n: v for n, v in ours.attributes.items() if n != "class"
        }
        if ours.name not in ("html", "head", "style", "body", "script"):
            assert [theirs.name, *theirs.get_text(" ").split()] == [ours.name, *ours.words().split()]


@pytest.mark.parametrize("markup", [SOLID, DECK], ids=["odd", "deck"])
@pytest.mark.parametrize(
    "more", [(), ("p ~ p", "[data-n]", ":is(b, i)", "li:first-child", ".mm > div:last-of-type", "#x")]
)
def test_selectors_choose_what_soupsieve_chooses(markup, more):
    soup, root = BeautifulSoup(markup, "html.parser").find_all(True), list(tree.parse(markup).below())
    selectors = more or [rule.selector for rule in cascade.rules()]

    chosen = 0
    for selector in selectors:
        theirs = [soupsieve.match(selector, element) for element in soup]
        assert theirs == [tree.selector(selector)(element) for element in root], selector
        chosen += sum(theirs)
    assert chosen


@pytest.mark.parametrize("selector", [":nth-of-type(2)", "p::first-line", "ul:has(+ p)", "a || b"])
def test_a_selector_that_the_rule_cannot_read_is_refused_and_not_passed_over(selector):
    with pytest.raises(ValueError, match="the slide rule does not read"):
        tree.selector(selector)


def test_the_finished_deck_is_measured_and_not_a_new_one():
    sound, full = deck("<p>short</p>"), deck(f"<p>{SENTENCE * 60}</p>")

    assert [] == fit.too_much(sound, render.deck(sound).html)
    (problem,) = fit.too_much(sound, render.deck(full).html)
    assert problem.startswith("slide 2, ")
    assert ["the deck has 2 slides and the notebook 3"] == fit.too_much(
        deck("<p>a</p>", "<p>b</p>"), render.deck(full).html
    )


@pytest.mark.parametrize("body", ["<p>a</p></section><section>b", "<p>a</p></div></section></div><p>b"])
def test_markup_that_ends_a_slide_early_is_no_slide_that_fits(body):
    (problem,) = fit.too_much(deck("<p>short</p>", body))

    assert "slide 3, 'What the widest gap means', holds markup that ends a slide or begins another" == problem


def test_a_slide_needs_in_a_deck_what_it_needs_alone():
    whole = render.deck(page.read(sample.notebook())).html
    markup = re.sub(r"<script\b.*?</script>", "", whole, flags=re.S)
    together = fit.Layout(tree.parse(markup[markup.index('<div class="reveal">') : markup.index("</main>")]))
    alone = [fit._measured(slide, 1.0, 1.0) for slide in fit._slides(whole)]

    assert [[height, list(map(list, together.cramped))] for height in together.heights()] == alone
    assert 3 <= len(alone)


def test_what_was_measured_is_kept_between_builds_under_the_words_of_the_slides_and_the_code(tmp_path, monkeypatch):
    """A theme changes colours, which the deck's own style sheet holds, and no slide: nothing is measured again."""
    made = deck(f"<p>{SENTENCE * 60}</p>")
    (problem,) = fit.too_much(made, version="a", folder=tmp_path)
    measured = []
    monkeypatch.setattr(fit, "_measured", lambda slide, *type_: measured.append(slide) or [100.0, []])

    assert [problem] == fit.too_much(made, version="a", folder=tmp_path)
    assert [] == measured
    assert [] == fit.too_much(made, version="b", folder=tmp_path)
    assert [] == fit.too_much(deck("<p>other</p>"), version="a", folder=tmp_path)
    assert 4 == len(measured)
