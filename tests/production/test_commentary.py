"""The analyst's own words and the status of a draft, from YAML to every format."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels_lib.errors import ScorecardError
from kernels_lib.production import build, gates
from kernels_lib.production.publish.commentary import MOST_ON_A_SLIDE, as_html, as_text, for_slides
from kernels_lib.production.publish.office import contents
from kernels_lib.study.roster import read_roster
from tests.production.test_incremental import BOTH, needs

WORDS = """brand: Brand 08
status: draft
commentary:
  summary: |
    They **know**; see [the guide](https://example.org/a?b=1&c=2).

    - one
    - two
  criteria:
    dialog: Two people answer.
"""


@pytest.fixture
def said(small_site):
    """A project in which one of two built clients got words and became a draft."""
    (small_site / "params/clients/brand-08.yaml").write_text(WORDS)
    return small_site


def made(project, formats=()):
    summary = build.run(build.plan(build.Request(root=project, clients=("brand-08",), formats=formats)))
    assert not summary.failed, summary.failed[0].error
    return project / "build/site/clients/brand-08"


def test_words_and_status_publish_one_client_anew_and_run_nothing(said):
    assert {"brand-08": (False, BOTH, ("changed: the analyst's words and the status",))} == needs(said)


@pytest.mark.slow
def test_a_draft_and_the_words_are_in_every_format(said):
    folder = made(said, ("html", "slides", "xlsx", "pptx"))
    page, deck = ((folder / name).read_text() for name in ("report.html", "slides.html"))

    assert '<h2 id="view-h">Our view</h2>' in page
    assert '<a href="https://example.org/a?b=1&amp;c=2">the guide</a>' in page
    assert "Two people answer." in page and "Two people answer." not in deck
    assert "<b>Draft.</b> Numbers and words may still change." in page
    slides = re.findall(r"<section\b.*?</section>", deck, re.S)
    assert len(slides) == sum('<span class="rec">Draft; ' in slide for slide in slides) > 5
    assert 1 == sum("<h2>Our view</h2>" in slide for slide in slides)
    for name, parts in (("annex.xlsx", r"xl/worksheets/sheet"), ("deck.pptx", r"ppt/slides/slide\d")):
        shown = {
            part: texts for part, texts in contents.parts((folder / name).read_bytes()).items() if re.match(parts, part)
        }
        assert len(shown) > 5
        assert all(any("Draft" in text for text in texts) for texts in shown.values())
        # Neither holds a link.
        assert any("the guide (https://example.org/a?b=1&c=2)" in text for texts in shown.values() for text in texts)
    index = (said / "build/site/index.html").read_text()
    assert 1 == index.count("<td>✎ draft")


def test_a_final_report_says_nothing_of_drafts(small_site):
    folder = small_site / "build/site/clients/brand-08"
    assert "Draft" not in re.sub(r"(?s)<(script|style)\b.*?</\1>", "", (folder / "report.html").read_text())


@pytest.mark.slow
def test_a_german_report_has_a_german_heading(said):
    (said / "params/clients/brand-08.yaml").write_text(WORDS.replace("status:", "language: de\nstatus:"))
    page = (made(said) / "report.html").read_text()

    assert '<h2 id="view-h">Unsere Einschätzung</h2>' in page
    assert "<b>Entwurf.</b>" in page


def test_what_is_computed_does_not_know_the_words(said):
    folder = made(said)
    results = (said / "build/results/clients/brand-08.json").read_text()
    sentences = results[results.index('"sentences"') : results.index('"study"')]

    assert "Two people answer" not in sentences
    assert (folder / "manifest.json").is_file()


def test_a_name_that_the_client_must_not_see_stops_its_report(said):
    path = said / "params/clients/brand-08.yaml"
    path.write_text(path.read_text().replace("Two people answer.", "Brand 09 is faster."))
    summary = build.run(build.plan(build.Request(root=said, clients=("brand-08",))))

    assert "gate 'leaks': html: holds the name of 'Brand 09'" in summary.failed[0].error


def test_a_draft_whose_mark_is_lost_does_not_pass(said, monkeypatch):
    from kernels_lib.production.publish import page

    monkeypatch.setattr(page.Masthead, "draft", property(lambda head: ""))
    monkeypatch.setattr(page.Masthead, "draft_line", property(lambda head: ""))
    planned = build.plan(build.Request(root=said, clients=("brand-08",)))
    from kernels_lib.production import tasks

    (task,) = build.explain(planned)
    assert "gate 'draft': html: does not say that it is a draft" in tasks.perform(task).error


WRONG = {
    "html": ("a <script>b</script>", r"holds HTML \('<script>'\): write markdown"),
    "html attribute": ("a <img src=x onerror=y>", "holds HTML"),
    "comment": ("a <!-- b -->", "holds HTML"),
    "script link": ("[a](javascript:alert(1))", "link to 'javascript:alert"),
    "data link": ("[a]( <data:text/html,x>)", "link to 'data:text/html,x' is none: write https://"),
    "relative link": ("[a](other.html)", "link to 'other.html'"),
    "reference": ("[a][b]\n\n[b]: file:///etc/passwd", "link to 'file:///etc/passwd'"),
    "odd autolink": ("<ftp://a.b>", "link to 'ftp://a.b'"),
    "picture": ("![a](https://a.b/c.png)", "holds a picture: write words only"),
    "control character": ("a\x07b", "holds a control character"),
    "too long": ("a" * 4001, "at most 4000 characters"),
}  # fmt: skip


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_plain_markdown_is_told_with_its_line(project, name):
    text, message = WRONG[name]
    quoted = '"' + "".join(f"\\x{ord(c):02x}" if c in '\x07"\\\n' else c for c in text) + '"'
    (project / "params/clients/brand-08.yaml").write_text(f"brand: Brand 08\ncommentary:\n  summary: {quoted}\n")
    with pytest.raises(ScorecardError, match=message) as stopped:
        read_roster(project)
    assert str(stopped.value).startswith("params/clients/brand-08.yaml, line 3: 'commentary.summary'")


def test_code_and_comparisons_and_autolinks_are_words(project):
    text = "`<b>` if 3 < 4 and 5 > 2, see <https://a.b> or <me@a.b>"
    (project / "params/clients/brand-08.yaml").write_text(f"brand: Brand 08\ncommentary: {{summary: '{text}'}}\n")
    roster = read_roster(project)

    assert text == roster.parameters(client=roster.client("brand-08")).values.commentary.summary


def test_words_for_all_clients_are_refused(project):
    with (project / "params/study.yaml").open("a") as file:
        file.write("commentary: {summary: A word to everyone.}\n")
    with pytest.raises(ScorecardError, match=r"params/study.yaml, line \d+: 'commentary' is for one client. Move it"):
        read_roster(project)


@given(
    st.lists(
        st.sampled_from([*"ab \n<>[]()!:/'#*`_-=\"&", "javascript:", "https://a.b", "src=x", "]("]), max_size=40
    ).map("".join)
)
def test_no_markdown_becomes_html_that_acts(text):
    html = str(as_html(text))

    assert set(re.findall(r"<([a-z0-9]+)", html)) <= {
        "p", "b", "a", "em", "strong", "ul", "ol", "li", "code", "pre", "blockquote", "br",
    }  # fmt: skip
    assert all(re.match(r"https?://|mailto:", link) for link in re.findall(r'href="([^"]*)"', html))
    assert not re.search(r"<[^>]*\s(?!href=|class=\"language|start=)[a-z]+=", html)


@given(st.lists(st.text(alphabet="abc ", min_size=1, max_size=400).filter(str.strip), min_size=1, max_size=8))
def test_slides_hold_every_word_once_and_none_too_many(sentences):
    text = "\n\n".join(f"{sentence.strip()}." for sentence in sentences)
    parts = for_slides(text)
    words = " ".join(part.striptags() for part in parts).split()

    assert " ".join(text.split()) == " ".join(words)
    assert all(len(part.striptags()) <= MOST_ON_A_SLIDE for part in parts)


def test_as_text_keeps_points_and_addresses():
    # A workbook and a PowerPoint deck hold no links.
    expected = "Look:\n• one\n• two (https://a.b)\nend"
    assert expected == as_text("Look:\n\n- *one*\n- [two](https://a.b)\n\nend")


def test_every_gate_of_drafts_is_run():
    assert "draft" in gates.GATES
