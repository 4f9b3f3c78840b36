"""A study whose every text is an attack: data, instrument, parameters, logo and notebook, through every format.

Nothing of it runs: not when a page is opened, not when every link is clicked and every chart is hovered over.
"""

from __future__ import annotations

import csv
import dataclasses
import http.client
import itertools
import json
import random
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import nbformat
import openpyxl
import pytest
from nbformat import v4
from ruamel.yaml import YAML

from kernels_lib.production import build, gates
from kernels_lib.production.browser import missing_for_pdf
from kernels_lib.production.compare import comparing
from kernels_lib.production.compare import page as compare_page
from kernels_lib.production.engines import ENGINES
from kernels_lib.production.inspection import draw_all
from kernels_lib.production.jobs import FILES
from kernels_lib.production.preview.desk import Desk
from kernels_lib.production.preview.server import Server
from kernels_lib.production.publish.office import contents
from tests.conftest import copy_project

pytestmark = pytest.mark.browser

RUN = "pwned=1"
# Broken by blanks where HTML does not mind: a slide with a longer word is refused.
ATTACKS = (
    f"<script> {RUN} </script>",
    f'"><img src=x onerror= "{RUN}">',
    f"</script> <script> {RUN} </script>",
    "{{7*7}} {% raise 1 %} ${7*7}",
    r"$\href{x}{y}$ \(y\) `z`",
    "=cmd|' /C calc'!A0",
    "\u202egnp.exe\u202c",
    "javascript: alert(1)",
    f"a' onmouseover= '{RUN}' b=\" onfocus= \"{RUN}",
    f'<a href= "javascript: {RUN}"> click</a>',
    f"[click]( javascript:{RUN} )",
    "+1 +@SUM(1)|-2",
    f"<svg onload= {RUN} > <style> *{{}} </style>",
    f"<!-- <iframe srcdoc= '<script> {RUN} </script>'> --> ]]> &lt;b&gt;",
)
# What stands where there is little room.
SHORT = ("<b>x</b>", "{{7*7}}", "=1+1", "$x$", "<img src=x>", "'\"-->", "\u202ex")
BRANDS = [f"{text} {number}" for number, text in enumerate(ATTACKS, 1)]
SPOKEN = ("name", "short", "phrase", "does", "lacks", "question", "why", "improve", "action")
LOGO = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="{RUN}"><script>{RUN}</script>'
    f'<image href="https://example.org/x.png"/><circle r="9" onclick="{RUN}"><title>x</title></circle></svg>'
)


def write(root: Path) -> None:
    yaml = YAML()
    attack, short = itertools.cycle(ATTACKS), iter(SHORT)
    with (root / "params/instruments/attitude.yaml").open(encoding="utf-8") as file:
        instrument = yaml.load(file)
    instrument["id"] = "hostile"
    instrument["name"] = instrument["source"] = ATTACKS[1]
    for criterion in instrument["criteria"]:
        label = next(short)
        for key in SPOKEN:
            if key in criterion:
                text = label if key in ("name", "short", "phrase") else next(attack)
                criterion[key] = {"en": text, "de": text}
    for group, text in zip((*instrument["stages"], *instrument["sides"]), SHORT, strict=False):
        group["name"] = {"en": text, "de": text}
    with (root / "params/instruments/hostile.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(instrument, file)
    folder = root / "datasets/hostile"
    folder.mkdir()
    ids = [criterion["id"] for criterion in instrument["criteria"]]
    drawn = random.Random(1)
    with (folder / "scores.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["department", *ids])
        writer.writerows([name, *(drawn.randint(20, 95) for _ in ids)] for name in BRANDS)
    role = {"role": "scores", "basis": "measured", "unit_column": "department"}
    package = {
        "name": "hostile", "title": ATTACKS[0], "description": ATTACKS[2],
        "sources": [{"title": ATTACKS[1], "path": "https://example.org/?q=<script>"}],
        "licenses": [{"name": ATTACKS[3]}],
        "scorecard": {"waves": {"2011": "2011-03-01"}, "title": {"en": ATTACKS[0], "de": ATTACKS[1]},
                      "unit": {"one": "department", "many": "departments"}},
        "resources": [{"name": "scores", "path": "scores.csv", "scorecard": role}],
    }  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    params = root / "params/studies/hostile"
    (params / "clients").mkdir(parents=True)
    (root / "params/logo.svg").write_text(LOGO)
    with (params / "study.yaml").open("w", encoding="utf-8") as file:
        yaml.dump({"title": ATTACKS[2], "dataset": "hostile", "instrument": "hostile", "seed": 1,
                   "bootstrap_draws": 200, "weight_draws": 200, "disclosure": "named", "logo": "logo.svg",
                   "contact": ATTACKS[9], "confidentiality": ATTACKS[4]}, file)  # fmt: skip
    with (params / "clients/hostile.yaml").open("w", encoding="utf-8") as file:
        yaml.dump({"brand": BRANDS[0], "client_name": ATTACKS[0]}, file)
    attacked = nbformat.read(root / "reports/client.ipynb", as_version=4)
    for cell in attacked.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            heading, _, rest = cell.source.partition("\n")
            cell.source = f"{heading} {ATTACKS[0]} {ATTACKS[9]}\n{rest}\n\n" + "\n\n".join(ATTACKS)
        cell.metadata['x"><script>'] = RUN
    hidden = {"tags": ["remove-cell"]}
    attacked.cells.append(v4.new_raw_cell(ATTACKS[0], metadata=hidden))
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": ATTACKS[0]}, "text/html": ATTACKS[0]}
    shown = ["from IPython.display import display, Javascript", f"display({widget!r}, raw=True)"]
    shown.append(f"display(Javascript({RUN!r}))")
    attacked.cells.append(v4.new_code_cell("\n".join(shown), metadata=hidden))
    attacked.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"x": ATTACKS[0]}}}
    nbformat.write(attacked, root / "reports/client.ipynb")


def built(root: Path, *, kinds=("client",), engine="auto", formats=("html", "slides", "xlsx", "pptx")) -> list[Path]:
    planned = build.plan(build.Request(root=root, study_name="hostile", engine=engine, formats=formats))
    first = {job.kind: job for job in reversed(planned.jobs) if job.kind != "client" or job.slug == "hostile"}
    summary = build.run(dataclasses.replace(planned, jobs=tuple(first[kind] for kind in kinds)))
    assert not summary.failed, "\n".join(outcome.error for outcome in summary.failed)
    return [outcome.job.folder for outcome in summary.outcomes]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    root = copy_project(tmp_path_factory.mktemp("hostile") / "project")
    write(root)
    return root


@pytest.fixture(scope="module")
def folder(hostile):
    return built(hostile)[0]


def attacked(open_page, path: Path) -> dict[str, Any]:
    """What happened in a page that was opened, drawn, hovered over and clicked all over."""
    happened: dict[str, Any] = {"dialogs": [], "console": [], "requests": [], "pages": 0}
    page = open_page(1280)
    page.on("dialog", lambda dialog: (happened["dialogs"].append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: happened["console"].append(message.text))
    page.on("pageerror", lambda error: happened["console"].append(str(error)))
    page.on("request", lambda request: happened["requests"].append(request.url))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    draw_all(page)
    for figure in page.query_selector_all(".draw"):
        if not figure.is_visible():
            continue
        figure.scroll_into_view_if_needed()
        box = figure.bounding_box()
        for across, down in itertools.product(range(1, 12), range(1, 9)):
            page.mouse.move(box["x"] + box["width"] * across / 12, box["y"] + box["height"] * down / 9)
    # Every link is followed but those that lead out, where the reader's browser would ask.
    happened["links"] = page.evaluate(r"""() => {
      let count = 0;
      const links = Array.from(document.querySelectorAll("a, [href], [*|href]"));
      for (const link of links) {
        const target = link.getAttribute("href") || link.getAttribute("xlink:href") || "";
        if (/^(https?:|mailto:)|^[\w./-]+\.(html|xlsx|pptx|pdf)$/i.test(target)) continue;
        if (link.click) link.click(); else link.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        count += 1;
      }
      return count;
    }""")
    page.wait_for_timeout(200)
    happened["pwned"] = page.evaluate("window.pwned === undefined ? '' : 'it ran'")
    happened["addresses"] = page.evaluate(
        "Array.from(document.querySelectorAll('[href], [src]'), (e) => e.getAttribute('href') || e.getAttribute('src'))"
    )
    happened["attributes"] = page.evaluate(
        "Array.from(document.querySelectorAll('*')).flatMap((e) => Array.from(e.attributes, (a) => a.name))"
        ".filter((name) => name.startsWith('on'))"
    )
    return happened


def assert_nothing_ran(happened: dict[str, Any], path: Path) -> None:
    assert "" == happened["pwned"]
    assert [] == happened["dialogs"]
    assert not happened["console"], happened["console"]
    assert [] == happened["attributes"]
    asked = [url for url in happened["requests"] if not url.startswith(("data:", "blob:"))]
    assert {path.as_uri()} == {url.split("#")[0] for url in asked}
    allowed = re.compile(r"#|https?://|mailto:|data:image/|(?:\.\./)*[\w./-]+\.(?:html|xlsx|pptx|pdf)(?:#|$)|$")
    assert [] == [address for address in happened["addresses"] if not allowed.match(address)]


@pytest.mark.parametrize("name", ["report.html", "slides.html"])
def test_nothing_hostile_runs_in_a_clients_documents(folder, open_page, name, told):
    happened = attacked(open_page, folder / name)
    assert_nothing_ran(happened, folder / name)
    assert name != "report.html" or happened["links"] > 5
    told("hostile pages opened", 1)


def test_hostile_names_are_shown_as_they_are(folder, open_page):
    page = open_page(1280)
    page.goto((folder / "report.html").as_uri())
    # The client's name is an attack; its reader sees it as text.
    assert ATTACKS[0] in page.evaluate("document.body.textContent")


def assert_inert(folder: Path, formats: Iterable[str]) -> None:
    """What opens outside a browser computes nothing, runs nothing and leads nowhere but to the web."""
    packages = {name: (folder / FILES[name]).read_bytes() for name in formats if name not in ("html", "slides")}
    assert "" == gates.inert(gates.Delivery(None, {}, {}, folder, packages=packages))
    book = openpyxl.load_workbook(folder / "annex.xlsx")
    assert "f" not in {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    if "pdf" in packages:
        printed = contents.parts(packages["pdf"])
        # The client's name is an attack; on paper it is text, broken where the line ends.
        assert re.sub(r"\s", "", ATTACKS[0]) in re.sub(r"\s", "", "".join(map("".join, printed.values())))


def test_nothing_hostile_computes_in_a_workbook_or_a_deck(folder):
    assert_inert(folder, ("xlsx", "pptx"))


POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


@pytest.fixture(scope="module")
def compared(hostile, folder) -> Path:
    """The page that compares two hostile builds, the first in a folder with a hostile name."""
    before = hostile / "before <img src=x onerror= pwned=1>"
    shutil.copytree(hostile / "build/studies/hostile/results", before / "results")
    path = before / "results/clients/hostile.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    for number in results["numbers"].values():
        number["text"] = f"{ATTACKS[1]} {number['text']}"
    path.write_text(json.dumps(results), encoding="utf-8")
    found = comparing.compare(hostile, "hostile", str(before), str(hostile / "build/studies/hostile"))
    assert found.different
    return compare_page.write(hostile, found)


def test_every_page_of_the_site_has_a_policy_by_hash(hostile, folder, compared, open_page):
    """Whatever opens in a browser: reports, decks, the index, comparisons."""
    pages = sorted((hostile / "build").rglob("*.html"))
    assert {"report.html", "slides.html", "index.html", compared.name} <= {path.name for path in pages}
    for path in pages:
        policy = POLICY.search(path.read_text(encoding="utf-8").partition("</head>")[0])
        assert policy, path.name
        assert "default-src 'none'" in policy[1]
        scripts = policy[1].partition("script-src")[2].partition(";")[0]
        assert "unsafe" not in scripts and "http" not in scripts
    index = next(path for path in pages if path.name == "index.html")
    assert_nothing_ran(attacked(open_page, index), index)
    assert_nothing_ran(attacked(open_page, compared), compared)


def test_a_comparison_shows_hostile_texts_as_they_are(compared, open_page):
    page = open_page(1280)
    page.goto(compared.as_uri())
    assert ATTACKS[1] in page.evaluate("document.body.textContent")


@contextmanager
def previewed(project: Path, *, at_work: bool = False) -> Iterator[Server]:
    """A preview; unless it is at work, its desk makes nothing."""
    desk = Desk(project, "hostile", "client/hostile")
    with Server(desk) as server:
        if at_work:
            desk.start()
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            if at_work:
                desk.close()
            thread.join()


def policies(server: Server, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers["Content-Security-Policy"] or ""
    finally:
        connection.close()


def test_the_previews_page_and_documents_bring_their_policies(hostile, folder):
    with previewed(hostile) as server:
        own = policies(server, "/")
        document = policies(server, "/site/clients/hostile/report.html")
    # The page's one script is a file of the preview's own: it may load that and nothing else.
    rules = dict(rule.strip().partition(" ")[::2] for rule in own[1].split(";"))
    assert (200, "'none'", "'self'", "'none'") == (
        own[0],
        *map(rules.get, ("default-src", "script-src", "form-action")),
    )
    assert "unsafe" not in own[1] and "http" not in own[1] and "*" not in own[1]
    # A document brings its own, by hash; the server adds who may frame it.
    assert (200, "frame-ancestors 'self'") == document


@pytest.mark.slow
def test_nothing_hostile_runs_in_the_preview(tmp_path, browser, told):
    root = copy_project(tmp_path / "project")
    write(root)
    said, asked = [], []
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    with previewed(root, at_work=True) as server:
        page.goto(server.url)
        page.wait_for_selector("iframe[data-shown]", timeout=60_000)
        page.wait_for_selector(".field", timeout=60_000)
        # The names of all reports are attacks, and so are values of the form: they are shown as they are.
        assert ATTACKS[0] in page.evaluate("document.querySelector('#subject').textContent")
        values = page.evaluate("Array.from(document.querySelectorAll('input, textarea'), (field) => field.value)")
        assert ATTACKS[9] in values
        found = [frame.evaluate(STATE) for frame in page.frames if frame.url.startswith(server.url)]
        page.close()
    assert 2 <= len(found) and {"it did not run"} == {state for state, _ in found}
    assert [] == [name for _, names in found for name in names]
    assert [] == said
    assert [] == [url for url in asked if not url.startswith((server.url, "data:", "blob:"))]
    told("hostile pages opened", len(found))


STATE = """() => [
  window.pwned === undefined ? "it did not run" : "it ran",
  Array.from(document.querySelectorAll("*")).flatMap((e) => Array.from(e.attributes, (a) => a.name))
    .filter((name) => name.startsWith("on")),
]"""


@pytest.mark.slow
@pytest.mark.timeout(480)
@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_hostile_runs_in_any_report_through_any_engine(tmp_path, open_page, engine, told):
    root = copy_project(tmp_path / "project")
    write(root)
    kinds = ("study", "methods", "client") if engine == "warm" else ("client",)
    formats = ("html", "slides", "xlsx", "pptx", *(() if missing_for_pdf() else ("pdf",)))
    for kind, folder in zip(kinds, built(root, kinds=kinds, engine=engine, formats=formats), strict=True):
        for name in ("report.html", "slides.html"):
            assert_nothing_ran(attacked(open_page, folder / name), folder / name)
            told("hostile pages opened", 1)
        assert_inert(folder, formats if kind == "client" else [name for name in formats if name != "pdf"])


# What cannot be published at all


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ({"application/javascript": RUN}, "application/javascript"),
        ({"text/html": ATTACKS[0]}, "did not come from the report"),
        ({"text/markdown": ATTACKS[9]}, "did not come from the report"),
        ({"image/svg+xml": LOGO}, "image/svg"),
        ({"image/png": "iVBORw0KGgo="}, "image/png"),
        ({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}, "widget"),
        ({"text/latex": ATTACKS[4]}, "latex"),
    ],
)
def test_an_output_that_is_not_the_reports_own_is_refused(output, says):
    from kernels_lib.errors import GateFailed
    from kernels_lib.production.publish import page
    from tests.production import sample_notebook as sample

    made = sample.notebook()
    made.cells.append(v4.new_code_cell("x", outputs=[v4.new_output("display_data", output)], execution_count=1))
    with pytest.raises(GateFailed, match=says):
        page.read(made)


@pytest.mark.parametrize("tag", ['a" onmouseover="x', "<script>", "section-../../x", "notes\n"])
def test_a_hostile_tag_is_refused(hostile, tag):
    from kernels_lib.errors import UnknownName
    from kernels_lib.production.notebooks import check_tags

    made = v4.new_notebook(cells=[v4.new_markdown_cell("x", metadata={"tags": [tag]})])
    with pytest.raises(UnknownName, match="unknown tag"):
        check_tags(made, (), "reports/x.ipynb")
