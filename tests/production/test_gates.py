"""Each gate is seen to fail once: a fault is planted in a real document."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import re

import nbformat
import openpyxl
import pytest

from kernels_lib.errors import GateFailed
from kernels_lib.production import gates, leaks, publish
from kernels_lib.production.browser import INSPECTIONS
from kernels_lib.study import messages
from kernels_lib.study.language import catalogue
from kernels_lib.study.roster import read_roster
from tests.conftest import ROOT

CLIENT, OWN = "brand-19", "Brand 19"


@pytest.fixture(scope="module")
def delivered(site):
    folder = site / "build/site/clients" / CLIENT
    return gates.Delivery(
        notebook=nbformat.read(site / f"build/notebooks/client/{CLIENT}.ipynb", as_version=4),
        results=json.loads((site / f"build/results/clients/{CLIENT}.json").read_text()),
        documents={
            "html": (folder / "report.html").read_text(encoding="utf-8"),
            "slides": (folder / "slides.html").read_text(encoding="utf-8"),
        },
        root=site,
        secrets=secrets_of(site),
        shown=(OWN,),
    )


def secrets_of(root):
    scores = read_roster(root).scores
    units = zip(scores.units, scores.groups, scores.values, strict=True)
    return leaks.Secrets({name: (group, row) for name, group, row in units})


def test_a_sound_delivery_passes_every_gate(delivered):
    assert dict.fromkeys(gates.GATES, "passed") == gates.check(delivered, CLIENT)


def broken(delivered, **documents):
    return dataclasses.replace(delivered, documents={**delivered.documents, **documents})


def edited(delivered, edit):
    notebook = copy.deepcopy(delivered.notebook)
    edit(notebook)
    return dataclasses.replace(delivered, notebook=notebook)


def figure_cell(notebook):
    return next(c for c in notebook.cells if any(gates.PLOTLY in o.get("data", {}) for o in c.get("outputs", [])))


SCORES_OF_3 = ", ".join(map(str, read_roster(ROOT).scores.values[2]))
DOCUMENT_FAULTS = {
    "figures": lambda page: page.replace('id="fig-peers"', 'id="peers"'),
    "offline": lambda page: page.replace("</body>", '<img src="https://example.org/x.png"></body>'),
    "named": lambda page: page.replace("<title>", "<title></title><x>", 1),
    "notice": lambda page: page.replace("Brand-level scores are a reconstruction", "Brand-level scores are measured"),
    "private": lambda page: page.replace("</body>", f"<p>{ROOT.anchor}tmp/kernel/x.json</p></body>"),
    "leaks": lambda page: page.replace("</body>", "<!-- Brand 03 --></body>"),
    "scores": lambda page: page.replace("</body>", f"<!-- {SCORES_OF_3} --></body>"),
    "numbers": lambda page: page.replace('data-ref="overall.score">', 'data-ref="overall.score">9', 1),
    "closed": lambda page: page.replace("showSendToCloud", "showSendToClod"),
    "size": lambda page: page + " " * 3_000_000,
}


@pytest.mark.parametrize("gate", DOCUMENT_FAULTS)
def test_a_fault_planted_in_the_page_is_caught_by_its_gate(delivered, gate):
    page = delivered.documents["html"]
    planted = DOCUMENT_FAULTS[gate](page)
    assert planted != page
    with pytest.raises(GateFailed, match=f"gate '{gate}': html: "):
        gates.check(broken(delivered, html=planted), CLIENT)


def test_a_leak_in_the_data_of_a_figure_is_caught(delivered):
    island = delivered.documents["html"].index('<script type="application/json"')
    at = delivered.documents["html"].index("{", island) + 1
    page = delivered.documents["html"][:at] + '"hidden":"Brand 04",' + delivered.documents["html"][at:]
    with pytest.raises(GateFailed, match="holds the name of 'Brand 04'"):
        gates.check(broken(delivered, html=page), CLIENT)


# Every gate has its fault: in a page, in the notebook, in the results or in a package

NOTEBOOK_FAULTS = {
    "executed": lambda notebook: figure_cell(notebook).update(execution_count=None),
    "traces": lambda notebook: first_figure(notebook)["data"][0].update(type="choropleth"),
}
OTHER_FAULTS = {
    "inert": lambda sound: dataclasses.replace(sound, packages={"xlsx": workbook_with_a_formula()}),
    "claims": lambda sound: dataclasses.replace(sound, results=sound.results | {"sentences": [CLAIMING]}),
    "draft": lambda sound: dataclasses.replace(sound, results=with_status(sound.results, "draft")),
    "slides": lambda sound: broken(sound, slides=sound.documents["slides"].replace(CONTENT, CONTENT + TOO_MUCH, 1)),
}
CLAIMING = {"id": "planted", "text": "This is significant.", "html": "", "refs": [], "claims": []}
CONTENT, TOO_MUCH = '<div class="content">', "<p>Too much.</p>" * 30


def with_status(results, status):
    return results | {"parameters": results["parameters"] | {"status": status}}


def first_figure(notebook):
    return next(o.data[gates.PLOTLY] for o in figure_cell(notebook).outputs if gates.PLOTLY in o.get("data", {}))


def workbook_with_a_formula():
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "=1+1"
    book.save(made)
    return made.getvalue()


def with_words(notebook, words):
    next(cell for cell in notebook.cells if cell.cell_type == "markdown").update(source=words, metadata={"tags": []})


@pytest.mark.parametrize("words", ["The mean is 9.87 today.", "About 97 % agree.", "Es sind 9,87 Punkte."])
def test_a_figure_that_was_typed_into_the_words_is_caught(delivered, words):
    with pytest.raises(GateFailed, match=r"gate 'numbers': the words of cell '\S+' say '(9.87|97 %|9,87)', which the"):
        gates.check(edited(delivered, lambda notebook: with_words(notebook, words)), CLIENT)


@pytest.mark.parametrize(
    "words",
    [
        f"The target is {4:.1f}.",  # in the results
        "Elsewhere 97 % agree.[^elsewhere]",  # a source's
        "[^elsewhere]: Elsewhere, 12, 98.7.",
        "See [doi.org/10.1080/0162](https://doi.org/10.1080/0162), version 2.1.3, on eight criteria of 30 brands.",
    ],
)
def test_a_figure_of_the_results_or_of_a_source_may_stand_in_the_words(delivered, words):
    assert "" == gates.numbers(edited(delivered, lambda notebook: with_words(notebook, words)))


def test_every_gate_has_a_fault_that_it_is_seen_to_catch():
    assert set(gates.GATES) == {*DOCUMENT_FAULTS, *NOTEBOOK_FAULTS, *OTHER_FAULTS}


@pytest.mark.parametrize("gate", NOTEBOOK_FAULTS)
def test_a_fault_planted_in_the_notebook_is_caught_by_its_gate(delivered, gate):
    with pytest.raises(GateFailed, match=f"gate '{gate}': "):
        gates.check(edited(delivered, NOTEBOOK_FAULTS[gate]), CLIENT)


@pytest.mark.parametrize("gate", OTHER_FAULTS)
def test_a_fault_planted_elsewhere_is_caught_by_its_gate(delivered, gate):
    said = gates.GATES[gate](OTHER_FAULTS[gate](delivered))
    assert said and "" == gates.GATES[gate](delivered)


def test_every_gate_has_its_row_in_the_manifest(site):
    manifest = json.loads((site / f"build/site/clients/{CLIENT}/manifest.json").read_text())
    assert set(manifest["gates"]) == {*gates.GATES, *INSPECTIONS}
    assert {"passed"} == {manifest["gates"][gate] for gate in gates.GATES}
    # Nobody asked for a browser.
    assert {"not run"} == {manifest["gates"][gate] for gate in INSPECTIONS}


def test_a_gate_that_cannot_tell_is_not_counted_as_passed(delivered):
    few = leaks.Secrets(dict.fromkeys(delivered.secrets.names, ("", (3.0, 4.0))))
    found = gates.check(dataclasses.replace(delivered, secrets=few), CLIENT)
    assert "not run" == found.pop("scores")
    assert {"passed"} == set(found.values())


def test_the_manifest_is_looked_at_as_well(delivered):
    beside = {"manifest.json": '{"rebuild": {"command": "scorecard build --set client_name=brand-03"}}'}
    assert "manifest.json: holds the name of 'Brand 03'" == gates.leaks(dataclasses.replace(delivered, beside=beside))


def test_a_policy_that_lets_any_script_run_is_caught(delivered):
    page = delivered.documents["html"].replace("script-src ", "script-src 'unsafe-inline' ", 1)
    assert "html: the Content-Security-Policy lets any script run" == gates.offline(broken(delivered, html=page))


@pytest.mark.parametrize("address", ["javascript:x()", "data:text/html,x", "file:///etc/x", "ftp://x.org", "//x.org"])
def test_a_link_leads_to_the_web_to_mail_or_nowhere(delivered, address):
    page = delivered.documents["html"].replace("</body>", f'<a href="{address}">x</a></body>')
    assert gates.offline(broken(delivered, html=page)).startswith("html: refers to ")


@pytest.mark.parametrize(
    "said",
    ["<p>&lt;a href=&#34;javascript:x()&#34;&gt;</p>", '<p title="&lt;img src=x onerror=y&gt;">x</p>',
     "<p>&lt;a href=javascript:x&gt; <b>&lt;img src=y</b></p>"],
)  # fmt: skip
def test_what_is_only_said_asks_for_nothing(delivered, said):
    page = delivered.documents["html"].replace("</body>", f"{said}</body>")
    assert "" == gates.offline(broken(delivered, html=page))


@pytest.mark.parametrize(
    "element",
    ["<a title='&lt;' href=javascript:x>", '<img alt="&lt;a" src=x>', "<p>&lt;</p><img src=x>", "&lt;<img\nsrc=x>",
     '<a title="a>b &lt;" href="file:x">'],
)  # fmt: skip
def test_what_only_looks_like_text_is_caught(delivered, element):
    page = delivered.documents["html"].replace("</body>", f"{element}</body>")
    assert gates.offline(broken(delivered, html=page)).startswith("html: refers to ")


# Known scripts and styles are read once a process: whatever is not known is looked at


@pytest.mark.parametrize(
    "element",
    ['<script type="text/plain">Brand 03</script>', "<script>/* Brand 03 */</script>", "<style>/* Brand 03 */</style>",
     '<script type="text/plain" id="chart-library">Brand&nbsp;03, Brand 03</script>', "<script>Brand 03"],
)  # fmt: skip
def test_a_leak_in_a_script_or_style_of_the_documents_own_is_caught(delivered, element):
    page = delivered.documents["html"].replace("</body>", f"{element}</body>")
    with pytest.raises(GateFailed, match="gate 'leaks': html: holds the name of 'Brand 03'"):
        gates.check(broken(delivered, html=page), CLIENT)


def test_a_leak_inside_the_chart_library_is_caught(delivered):
    page = delivered.documents["html"].replace("showSendToCloud", "/*Brand 03*/showSendToCloud", 1)
    assert "holds the name of 'Brand 03'" in gates.leaks(broken(delivered, html=page))


@pytest.mark.parametrize("source", ["https://example.org/x.js", "x.js", "../../assets/draw.000000000000.js"])
def test_a_script_that_is_loaded_is_caught(delivered, source):
    page = delivered.documents["html"].replace("</body>", f'<script src="{source}"></script></body>')
    with pytest.raises(GateFailed, match="gate 'offline': html: a script is loaded from"):
        gates.check(broken(delivered, html=page), CLIENT)


def with_names(delivered, *names):
    return gates.Delivery(delivered.notebook, delivered.results, {"html": "<p>Ann-Lee &amp; Co., C+</p>"}, ROOT, names)


@pytest.mark.parametrize("name", ["Ann-Lee", "ann-lee", "Ann Lee", "Lee & Co.", "C+", "Ann-Lee & Co., C+", "Co., C+"])
@pytest.mark.parametrize("others", [0, 300])
def test_a_name_is_found_among_few_and_among_many(delivered, name, others):
    many = [f"Brand {i}" for i in range(others)] + [f"Anna{i}" for i in range(others)]
    assert f"html: holds the name of '{name}'" == gates.leaks(with_names(delivered, *many, name))


def test_a_unit_called_like_a_family_of_type_is_found_in_texts_and_not_in_styles(delivered):
    georgia = dataclasses.replace(delivered, others=("Georgia",), secrets=None, shown=())
    assert "Georgia" in delivered.documents["html"]
    assert "" == gates.leaks(georgia)
    page = delivered.documents["html"].replace("</body>", "<p>Georgia</p></body>")
    assert "html: holds the name of 'Georgia'" == gates.leaks(broken(georgia, html=page))


@pytest.mark.parametrize("name", ["Ann-Le", "ee", "nn-Lee", "co", "Lee &amp;"])
@pytest.mark.parametrize("others", [0, 300])
def test_a_part_of_a_word_is_no_name(delivered, name, others):
    assert "" == gates.leaks(with_names(delivered, *(f"x{i}" for i in range(others)), name))


@pytest.fixture(scope="module")
def shared(delivered):
    made = publish.documents(delivered.notebook, ["html", "slides"], assets="shared", to_assets="../../assets/")
    return dataclasses.replace(delivered, documents=made.pages, to_assets="../../assets/", model=made.model)


def test_a_sound_delivery_with_shared_assets_passes_every_gate(shared):
    assert dict.fromkeys(gates.GATES, "passed") == gates.check(shared, CLIENT)


SHARED_FAULTS = {
    "another script": (lambda page: page.replace("/draw.", "/drew.", 1), "a script is loaded from '../../assets/drew"),
    "another folder": (lambda page: page.replace('src="../../', 'src="../', 1), "a script is loaded from '../assets/"),
    "another site": (
        lambda page: page.replace("</body>", "<script src=//x.org/a.js></script>"),
        "loaded from '//x.org",
    ),
    "another style": (lambda page: page.replace("/report.", "/reports.", 1), "refers to '../../assets/reports"),
    "a picture": (lambda page: page.replace("</body>", '<img src="../../assets/a.png">'), "refers to '../../assets/a"),
}


@pytest.mark.parametrize("fault", SHARED_FAULTS)
def test_a_shared_page_loads_nothing_but_what_is_shared(shared, fault):
    plant, told = SHARED_FAULTS[fault]
    planted = plant(shared.documents["html"])
    assert planted != shared.documents["html"]
    with pytest.raises(GateFailed, match=f"gate 'offline': html: .*{re.escape(told)}"):
        gates.check(dataclasses.replace(shared, documents={**shared.documents, "html": planted}), CLIENT)


def test_a_page_that_is_to_stand_alone_must_not_load_what_is_shared(shared):
    with pytest.raises(GateFailed, match=r"gate 'offline': html: a script is loaded from '\.\./\.\./assets/"):
        gates.check(dataclasses.replace(shared, to_assets=""), CLIENT)


def test_a_shared_page_without_our_drawing_script_does_not_pass(shared):
    planted = re.sub(r'<script src="[^"]*/draw\.[^"]*"></script>', "", shared.documents["html"])
    with pytest.raises(GateFailed, match="gate 'closed': html: plotly's share button"):
        gates.check(dataclasses.replace(shared, documents={**shared.documents, "html": planted}), CLIENT)


def test_a_document_without_a_chart_has_no_share_button_to_switch_off(delivered):
    bare = "<!doctype html><html><body><p>No chart.</p>{}</body></html>"
    without = dataclasses.replace(delivered, documents={"html": bare.format("")})
    assert "" == gates.closed(without)
    drawn = dataclasses.replace(delivered, documents={"html": bare.format('<figure data-figure="x"></figure>')})
    assert "html: plotly's share button is not switched off" == gates.closed(drawn)


def test_a_deck_that_is_fuller_than_its_notebook_is_caught(delivered):
    deck = delivered.documents["slides"].replace(
        '<div class="content">', '<div class="content">' + "<p>Too much.</p>" * 30, 1
    )
    with pytest.raises(GateFailed, match=r"gate 'slides': slide 2, .* px too full"):
        gates.check(broken(delivered, slides=deck), CLIENT)


def test_a_slide_without_its_tag_is_caught(delivered):
    deck = delivered.documents["slides"].replace("reconstructed", "measured")
    with pytest.raises(GateFailed, match="gate 'notice': slides: no tag about the data on slide"):
        gates.check(broken(delivered, slides=deck), CLIENT)


def test_a_cell_that_did_not_run_is_caught(delivered):
    def edit(notebook):
        figure_cell(notebook).execution_count = None

    with pytest.raises(GateFailed, match=r"gate 'executed': cell .* did not run"):
        gates.check(edited(delivered, edit), CLIENT)


def test_a_warning_on_stderr_is_caught(delivered):
    def edit(notebook):
        figure_cell(notebook).outputs.append(nbformat.v4.new_output("stream", name="stderr", text="UserWarning: odd"))

    with pytest.raises(GateFailed, match="printed to stderr: UserWarning: odd"):
        gates.check(edited(delivered, edit), CLIENT)


def test_a_trace_that_the_bundle_cannot_draw_is_caught(delivered):
    def edit(notebook):
        outputs = figure_cell(notebook).outputs
        next(o for o in outputs if gates.PLOTLY in o.data)["data"][gates.PLOTLY]["data"][0]["type"] = "choropleth"

    with pytest.raises(GateFailed, match="trace type 'choropleth' cannot be drawn"):
        gates.check(edited(delivered, edit), CLIENT)


def test_code_in_a_document_is_caught(delivered):
    source = next(c.source for c in delivered.notebook.cells if c.source.startswith("report.title("))
    page = delivered.documents["html"].replace("</body>", f"<pre>{source}</pre></body>")
    with pytest.raises(GateFailed, match="gate 'closed': html: shows the code of cell"):
        gates.check(broken(delivered, html=page), CLIENT)


# What a report claims, against its ledger


def claiming(delivered, text, claims=(), quoted=()):
    sentence = {"id": "planted", "text": text, "html": text, "refs": [], "claims": list(claims)}
    results = {**delivered.results, "sentences": [*delivered.results["sentences"], sentence]}
    return gates.claims(gates.Delivery(delivered.notebook, results, delivered.documents, delivered.root, quoted=quoted))


def asked(delivered, *, firm):
    return next(test["about"] for test in delivered.results["tests"] if test["firm"] is firm)


@pytest.mark.parametrize(
    "text",
    ["Dialog differs from advocacy.", "This is significant.", "It is firmly below.", "Dialog stands above the rest.",
     "More than noise: dialog.", "Which is lowest is unresolved."],
)  # fmt: skip
def test_a_sentence_about_evidence_must_name_its_rows_of_the_ledger(delivered, text):
    assert "rests on no row of the ledger" in claiming(delivered, text)


GERMAN_CLAIMS = [
    "Der Unterschied ist signifikant.",
    "„Dialog“ liegt gesichert unter dem Ziel.",
    "Ungesichert ist nur ein Paar.",
    "Die Reihenfolge unten ist nicht entschieden.",
    "Drei Marken sind zu wenige, um auch nur ein Kriterium zu entscheiden.",
    "Innerhalb der Gruppe lässt sich nichts entscheiden.",
    "Die Branchen unterscheiden sich.",
    "Brand 07 unterscheidet sich bei „Dialog“ von den anderen.",
    "Die beiden sind nicht unterscheidbar.",
    "„Dialog“ und „Fürsprache“ sind verschieden.",
    "„Dialog“ weicht von der Vergleichsgruppe ab.",
    "Das ist mehr als Zufall.",
    "Mehr als bloßer Zufall: Dialog",
    "Welches Kriterium am niedrigsten liegt, ist offen.",
    "Offen bleibt, welches Kriterium am niedrigsten liegt.",
    "≈ Offen: drei Paare",
    "Eines gesunken, zwei offen",
    "Zwölf offene Paare",
    "„Dialog“ liegt über „Fürsprache“.",
    "„Dialog“ liegt 0,5 bis 1,2 Punkte über den anderen.",
    "„Dialog“ liegt 0,5 Punkte höher als „Fürsprache“.",
    "„Aktualität“ steht über allen sieben anderen.",
    "„Aktualität“ liegt vor „Dialog“.",
    "„Aktualität“ liegt damit klar vor den anderen.",
    "Sicher ist nur, dass Aktualität über „Dialog“ und „Fürsprache“ liegt.",
    "Aktualität übertrifft Dialog um 1,5 Punkte.",
    "Aktualität kommt auf 1,5 bis 2 Punkte mehr als „Dialog“.",
    "Die Schranke ist zu, und die Reihenfolge ist offen.",
]
GERMAN_PLAIN = [
    "Die Schranke ist offen: Jetzt ist „Handlungsaufruf“ an der Reihe.",
    "Schranke offen: vier von sieben Bedingungen erfüllt",
    "Drei von sieben Bedingungen sind noch offen.",
    "Offen sind noch drei Bedingungen.",
    "Die Stufe der Offenlegung lässt nur Mittelwerte zu.",
    "Der offene Kasten zeigt, wie viele Punkte fehlen.",
    "Die Daten liegen vor und werden aufbewahrt.",
    "Für diese Erhebung liegen keine Werte vor.",
    "Das liegt vor allem an den Gewichten.",
    "Überall liegen die Werte am oberen Ende der Skala.",
    "Dialog: 0,5 Punkte über dem Ziel",
    "24 von 29 anderen liegen höher.",
    "Welche Branchen vorn liegen, sagt die Quelle.",
    "Zu knapp, um zu entscheiden: Andere Beurteilende hätten vielleicht anders entschieden.",
    "Die Werte der Marken sind verschieden stark gerundet.",
    "Die Spanne zeigt verschiedene Gewichtungen.",
    "Mehr als Mittelwerte wurde nicht veröffentlicht.",
    "Der Mittelwert über alle 30 Marken steht in der Tabelle.",
    "Als Erstes den Zweck der Seite nennen.",
]


@pytest.mark.parametrize("text", GERMAN_CLAIMS)
def test_a_german_sentence_about_evidence_must_name_its_rows_of_the_ledger(text):
    assert "rests on no row of the ledger" in gates.claims(saying(text))


@pytest.mark.parametrize("text", GERMAN_PLAIN)
def test_german_words_that_only_sound_like_evidence_need_no_row(text):
    assert "" == gates.claims(saying(text))


def test_a_german_sentence_may_say_what_its_row_says():
    tests = [{"about": "pairs.a.b", "firm": True}, {"about": "pairs.a.c", "firm": False}]
    text = "„a“ liegt gesichert über „b“; ob auch über „c“, ist offen."
    as_tested = [{"question": "pairs.a.b", "firm": True}, {"question": "pairs.a.c", "firm": False}]

    assert "" == gates.claims(saying(text, as_tested, tests))
    assert "says otherwise" in gates.claims(saying(text, [{"question": "pairs.a.c", "firm": True}], tests))


def test_the_words_of_a_german_instrument_are_no_claim_of_the_report():
    reason = "Die Praxis ist von Marke zu Marke verschieden."
    assert "rests on no row" in gates.claims(saying(reason))
    assert "" == gates.claims(saying(reason, quoted=(reason,)))


def test_german_sentences_speak_of_evidence_where_the_english_ones_do():
    found, _ = messages.all_messages(ROOT)
    german = catalogue("de")
    narrative = [message for message in found if "/narrative/" in message.where and message.text in german]
    lost = [
        (message.text, form)
        for message in narrative
        for form in german[message.text]
        if gates._claim_in(message.text) and not gates._claim_in(form)
    ]

    assert len(narrative) > 300
    assert [] == lost


def test_no_word_of_evidence_is_missed_for_the_part_that_is_looked_for_first():
    found, _ = messages.all_messages(ROOT)
    texts = [*(message.text for message in found), *(form for forms in catalogue("de").values() for form in forms)]
    texts += [*GERMAN_CLAIMS, *GERMAN_PLAIN, *(text.upper() for text in GERMAN_CLAIMS)]
    by_all = [any(p.search(gates._OPEN_OTHERWISE.sub("", text)) for p in gates._CLAIM.values()) for text in texts]

    assert 100 < sum(by_all) < len(texts)
    assert by_all == [bool(gates._claim_in(text)) for text in texts]


def saying(text, claims=(), tests=(), quoted=()):
    """A delivery that says one sentence."""
    sentence = {"id": "planted", "text": text, "html": text, "refs": [], "claims": list(claims)}
    results = {"tests": list(tests), "sentences": [sentence], "figures": []}
    return gates.Delivery(nbformat.v4.new_notebook(), results, {}, ROOT, quoted=quoted)


def test_a_german_slide_without_its_tag_is_caught():
    results = {"notice": "Werte sind erfunden.", "tests": [], "sentences": [], "figures": []}
    tagged = '<p>Werte sind erfunden.</p><section class="slide"><p>Werte je Marke rekonstruiert</p></section>'
    documents = {"slides": tagged}
    assert "" == gates.notice(gates.Delivery(nbformat.v4.new_notebook(), results, documents, ROOT))

    documents = {"slides": tagged.replace("rekonstruiert", "gemessen")}
    found = gates.notice(gates.Delivery(nbformat.v4.new_notebook(), results, documents, ROOT))
    assert "slides: no tag about the data on slide 1" == found


def test_a_sentence_may_not_say_more_than_its_row(delivered):
    sure, open_ = asked(delivered, firm=True), asked(delivered, firm=False)
    assert "" == claiming(delivered, "It is firm.", [{"question": sure, "firm": True}])
    assert "" == claiming(delivered, "It is unresolved.", [{"question": open_, "firm": False}])
    assert "the ledger says otherwise" in claiming(delivered, "It is firm.", [{"question": open_, "firm": True}])
    assert "the ledger says otherwise" in claiming(delivered, "It is open.", [{"question": sure, "firm": False}])
    assert "not in the ledger" in claiming(delivered, "It is firm.", [{"question": "no.such", "firm": True}])


def test_the_instruments_own_words_are_no_claim_of_the_report(delivered):
    text = "Practice differs from brand to brand."
    assert "rests on no row" in claiming(delivered, text)
    assert "" == claiming(delivered, text, quoted=(text,))


def test_a_quoted_text_is_known_in_any_case_and_only_as_a_whole(delivered):
    assert "" == claiming(delivered, "PRACTICE DIFFERS from brand to brand.", quoted=("Practice differs", "never said"))
    assert "" == claiming(delivered, "Der Weg İst Verschıeden.", quoted=("ist verschieden",))
    assert "rests on no row" in claiming(delivered, "Practice differs.", quoted=("Practice differs a lot",))


def test_words_that_explain_the_method_need_no_row(delivered):
    explained = {**delivered.results, "sentences": [
        {"id": "method.tests", "text": "A statement is called firm if both tests agree.", "claims": []}
    ]}  # fmt: skip
    assert "" == gates.claims(gates.Delivery(delivered.notebook, explained, delivered.documents, delivered.root))
