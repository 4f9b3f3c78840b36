"""Pages that load their scripts and styles from a folder of their site: from a server, and from files."""

from __future__ import annotations

import functools
import http.server
import threading

import pytest

from kernels_lib.production import publish
from kernels_lib.production.inspection import draw_all, look
from kernels_lib.production.publish import PAGES
from tests.production import sample_notebook as sample

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("hosted")
    client = root / "clients" / "brand-19"
    client.mkdir(parents=True)
    (root / "assets").mkdir()
    for name, content in publish.shared_assets().items():
        (root / "assets" / name).write_bytes(content)
    made = publish.documents(sample.notebook(), PAGES, assets="shared", to_assets="../../assets/")
    for name, text in made.pages.items():
        (client / f"{name}.html").write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def address(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *said):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", PAGES)
def test_a_shared_page_on_a_server_draws_its_charts_and_asks_only_its_own_site(browser, address, name):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}/clients/brand-19/{name}.html", wait_until="load")
    drawn = draw_all(page)
    marks = page.evaluate("Array.from(document.querySelectorAll('.draw'), (d) => d.querySelectorAll('.trace').length)")
    context.close()

    assert [] == said
    assert 2 == drawn and all(marks)
    files = {f"{address}/assets/{file}" for file in publish.shared_assets()}
    assert set(asked) - {f"{address}/clients/brand-19/{name}.html", f"{address}/favicon.ico"} <= files


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", PAGES)
def test_a_shared_page_opens_from_its_folder_as_well(open_page, folder, name):
    seen = look(open_page(1280, 720), folder / "clients/brand-19" / f"{name}.html")

    assert [] == seen["console"]
    assert {(folder / "assets").as_uri()} == {asked.rpartition("/")[0] for asked in seen["requests"]}
    assert {"sideways": 0, "widest": "", "slides": []} == seen["overflow"]
    assert [] == [t for figure in seen["figures"] for t in figure["traces"] if t["points"] and not t["marks"]]
