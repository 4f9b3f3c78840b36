"""Each gate is seen to fail once: a fault is planted in a real document."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest

from kernels_lib.errors import GateFailed
from kernels_lib.production import gates
from tests.conftest import ROOT

CLIENT = "brand-19"


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
        others=tuple(f"Brand {i:02d}" for i in range(1, 31) if i != 19),
    )


def test_a_sound_delivery_passes_every_gate(delivered):
    assert dict.fromkeys(gates.GATES, "passed") == gates.check(delivered, CLIENT)


def broken(delivered, **documents):
    return gates.Delivery(
        delivered.notebook, delivered.results, {**delivered.documents, **documents}, delivered.root, delivered.others
    )


def edited(delivered, edit):
    notebook = copy.deepcopy(delivered.notebook)
    edit(notebook)
    return gates.Delivery(notebook, delivered.results, delivered.documents, delivered.root, delivered.others)


def figure_cell(notebook):
    return next(c for c in notebook.cells if any(gates.PLOTLY in o.get("data", {}) for o in c.get("outputs", [])))


DOCUMENT_FAULTS = {
    "figures": lambda page: page.replace('id="fig-peers"', 'id="peers"'),
    "offline": lambda page: page.replace("</body>", '<img src="https://example.org/x.png"></body>'),
    "named": lambda page: page.replace("<title>", "<title></title><x>", 1),
    "notice": lambda page: page.replace("Brand-level scores are a reconstruction", "Brand-level scores are measured"),
    "private": lambda page: page.replace("</body>", f"<p>{ROOT.anchor}tmp/kernel/x.json</p></body>"),
    "leaks": lambda page: page.replace("</body>", "<!-- Brand 03 --></body>"),
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
        next(o for o in outputs if gates.PLOTLY in o.data)["data"][gates.PLOTLY]["data"][0]["type"] = "scatterpolar"

    with pytest.raises(GateFailed, match="trace type 'scatterpolar' is not in the plotly bundle"):
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


def test_words_that_explain_the_method_need_no_row(delivered):
    explained = {**delivered.results, "sentences": [
        {"id": "method.tests", "text": "A statement is called firm if both tests agree.", "claims": []}
    ]}  # fmt: skip
    assert "" == gates.claims(gates.Delivery(delivered.notebook, explained, delivered.documents, delivered.root))
