"""Each unit of a study has words and scores of its own, and none of them is in another client's folder.

The decoder here is the test's own: it shares nothing with the gates, which would not see what they miss.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import random
import re
import shutil
import struct
import urllib.parse
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kernels_lib.production import build, gates, jobs, leaks
from kernels_lib.production.browser import missing_for_pdf
from kernels_lib.production.delivering import deliver
from kernels_lib.production.engines import ENGINES
from tests.conftest import change, copy_project

CRITERIA = (
    "community_expectations", "cohesive_branding", "up_to_date", "authenticity", "dialog", "peer_to_peer", "advocacy",
    "call_to_action",
)  # fmt: skip
# Eleven units, no two with the same scores in whatever order; two industries large enough to be shown.
_DRAWN = random.Random(2011)
ROWS = {f"Canary Zyqv{i:02d} & Söhne": [_DRAWN.randint(2, 10) / 2 for _ in CRITERIA] for i in range(1, 12)}
assert len({tuple(sorted(row)) for row in ROWS.values()}) == len(ROWS)
NAMES = tuple(ROWS)
CLIENTS = tuple(f"canary-{i:02d}" for i in range(1, len(NAMES) + 1))


def token(kind: str, number: int) -> str:
    """A word that stands in one unit's data and nowhere else."""
    return f"{kind}{number:02d}"


def write(root: Path) -> None:
    """A study in which every unit has words of its own: its name, a note, evidence, whom to ask."""
    folder = root / "datasets/canary"
    folder.mkdir()
    with (folder / "scores.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["brand", "industry", *CRITERIA, "note", "evidence"])
        for number, (name, row) in enumerate(ROWS.items(), 1):
            own = [token("noteqj", number), f"https://example.org/{token('evidqk', number)}"]
            writer.writerow([name, "retail" if number % 2 else "services", *row, *own])
    package = {
        "name": "canary",
        "title": "Canaries",
        "sources": [{"title": "Made up for tests"}],
        "licenses": [{"name": "CC0-1.0"}],
        "scorecard": {"waves": {"2011": "2011-03-01"}, "title": {"en": "Canaries", "de": "Kanarienvögel"}},
        "resources": [
            {
                "name": "scores",
                "path": "scores.csv",
                "scorecard": {
                    "role": "scores", "basis": "measured", "unit_column": "brand", "group_column": "industry",
                },
            }
        ],
    }  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    params = root / "params/studies/canary"
    (params / "clients").mkdir(parents=True)
    (params / "study.yaml").write_text(
        "title: {en: Canaries, de: Kanarienvögel}\ndataset: canary\ninstrument: facebook_page\nseed: 1\n"
        "bootstrap_draws: 200\nweight_draws: 200\n",
        encoding="utf-8",
    )
    for number, (slug, name) in enumerate(zip(CLIENTS, NAMES, strict=True), 1):
        (params / f"clients/{slug}.yaml").write_text(
            f"brand: {name}\ncontact: {token('contqw', number)}@example.org\n"
            f"confidentiality: For {token('confqx', number)} only.\n",
            encoding="utf-8",
        )


def built(root: Path, *, clients=CLIENTS, engine="auto", level="aggregate", formats=("html", "slides")) -> None:
    request = build.Request(
        root=root, study_name="canary", clients=clients, engine=engine, formats=formats,
        overrides=(f"disclosure={level}",),
    )  # fmt: skip
    summary = build.run(build.plan(request))
    assert not summary.failed, "\n".join(outcome.error for outcome in summary.failed)


def secret(number: int, level: str) -> list[str]:
    """Words of one unit that no other client may read at this level."""
    words = [token(kind, number) for kind in ("noteqj", "evidqk", "contqw", "confqx")]
    named = [f"zyqv{number:02d}", f"canary-{number:02d}"] if level != "named" else []
    return words + named


# The decoder


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.held: list[str] = []

    def handle_data(self, data):
        self.held.append(data)

    def handle_comment(self, data):
        self.held.append(data)

    def handle_starttag(self, tag, attrs):
        self.held += [value for _, value in attrs if value]


def strings(data: bytes, depth: int = 0) -> Iterator[str]:
    """Every text in a file, down to what is encoded in what is encoded."""
    if depth > 5:
        return
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                yield name
                yield from strings(package.read(name), depth + 1)
    elif data[:4] == b"%PDF":
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(data))
        yield from (page.extract_text() for page in reader.pages)
        yield str(reader.metadata)
        yield str(reader.trailer["/Root"].get("/StructTreeRoot"))
    else:
        yield from in_text(data.decode("utf-8", "replace"), depth)


def in_text(text: str, depth: int) -> Iterator[str]:
    yield text
    if depth > 5:
        return
    if "<" in text:
        page = _Page()
        page.feed(text)
        page.close()
        yield "".join(page.held)
        for held in page.held:
            if held.lstrip()[:1] in "{[" and len(held) > 2:
                yield from of_json(held)
            elif len(held) > 20:
                yield from encoded(held, depth)
    else:
        yield from of_json(text)
        yield from encoded(text, depth)


def of_json(text: str) -> Iterator[str]:
    try:
        plain = json.loads(text)
    except ValueError:
        return
    waiting = [plain]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
            yield from one
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            yield one


def encoded(text: str, depth: int) -> Iterator[str]:
    if "%" in text:
        yield urllib.parse.unquote(text)
    for run in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        letters = run.rstrip("=")
        content = base64.b64decode(letters[: len(letters) // 4 * 4])
        if content[:4] != b"wOF2":
            yield from strings(content, depth + 1)


def number_lists(data: bytes) -> Iterator[list[float]]:
    """Every list of numbers: arrays of figures, also packed; rows and columns of tables, sheets and charts."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                content = package.read(name)
                if content[:4] == b"PK\x03\x04":
                    yield from number_lists(content)
                elif name.endswith(".xml"):
                    yield from of_xml(content)
    elif data[:4] == b"%PDF":
        yield from (numbers_of(text) for text in strings(data))
    elif data[:1] == b"{":
        yield from arrays(json.loads(data))
    elif b"<" not in data:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"))))
        yield from (numbers_of(" ".join(row)) for row in rows)
        yield from (numbers_of(" ".join(column)) for column in zip_longest(*rows, fillvalue=""))
    else:
        text = data.decode("utf-8")
        for island in re.findall(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', text, re.S):
            yield from arrays(json.loads(island))
        for table in re.findall(r"<table.*?</table>", text, re.S):
            cells = (
                re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S) for row in re.findall("<tr.*?</tr>", table, re.S)
            )
            rows = [[re.sub("<[^>]*>", "", cell).strip() for cell in row] for row in cells]
            yield from (numbers_of(" ".join(row)) for row in rows)
            for place in range(max(map(len, rows), default=0)):
                yield numbers_of(" ".join(row[place] for row in rows if place < len(row)))


def arrays(plain) -> Iterator[list[float]]:
    if isinstance(plain, dict):
        if "bdata" in plain:
            kind = {"f8": "d", "f4": "f", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I"}[
                plain["dtype"]
            ]
            raw = base64.b64decode(plain["bdata"])
            yield list(struct.unpack(f"<{len(raw) // struct.calcsize(kind)}{kind}", raw))
        for value in plain.values():
            yield from arrays(value)
    elif isinstance(plain, list):
        yield [float(value) for value in plain if isinstance(value, (int, float))]
        yield from columns_of(plain)
        if plain and all(isinstance(value, list) for value in plain):
            for place in range(min(map(len, plain))):
                yield [float(row[place]) for row in plain if isinstance(row[place], (int, float))]
        for value in plain:
            yield from arrays(value)
    elif isinstance(plain, str):
        yield numbers_of(plain)


def columns_of(records: list) -> Iterator[list[float]]:
    """One field of a list of records each."""
    records = [record for record in records if isinstance(record, dict)]
    for key in {key for record in records for key in record}:
        yield [float(record[key]) for record in records if isinstance(record.get(key), (int, float))]


def of_xml(content: bytes) -> Iterator[list[float]]:
    root = ElementTree.fromstring(content)
    by_column: dict[str, list[str]] = {}
    for element in root.iter():
        kind = element.tag.rpartition("}")[2]
        if kind in ("numCache", "row", "tr", "txBody"):
            yield numbers_of(" ".join(text for text in element.itertext()))
        if kind == "c" and element.get("t") != "s" and element.get("r"):
            by_column.setdefault(element.get("r").rstrip("0123456789"), []).append("".join(element.itertext()))
    yield from (numbers_of(" ".join(column)) for column in by_column.values())


def numbers_of(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w])", text)]


def holds(numbers: list[float], row: list[float]) -> bool:
    """Whether a row stands in a list of numbers, in order; or in any order, where there is nothing else."""
    width = len(row)
    if len(numbers) == width and sorted(numbers) == sorted(row):
        return True
    return any(numbers[i : i + width] == row for i in range(len(numbers) - width + 1))


@dataclass
class Search:
    """How many tokens were looked for in other clients' files, in what, and what was found."""

    level: str
    tokens: int = 0
    size: int = 0
    files: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def look(self, slug: str, name: str, data: bytes) -> None:
        """Look through one file of a client for everybody else's words and scores."""
        own = CLIENTS.index(slug) + 1
        said = "\n".join(strings(data)).casefold()
        lists = list(number_lists(data)) if name.endswith((".html", ".xlsx", ".pptx", ".pdf", ".csv", ".json")) else []
        self.files.append(name)
        self.size += len(data)
        for number, unit in enumerate(NAMES, 1):
            if number == own:
                continue
            words = secret(number, self.level)
            self.found += [f"{name} of {slug}: '{word}'" for word in words if word in said]
            if self.level == "aggregate":
                self.found += [f"{name} of {slug}: {unit}'s {n}" for n in lists if holds(n, ROWS[unit])]
            self.tokens += len(words) + (self.level == "aggregate")

    def tell(self, told) -> None:
        told("tokens searched", self.tokens)
        told("files searched for tokens", len(self.files))
        told("bytes searched for tokens", self.size)


def searched(root: Path, level: str, clients=CLIENTS) -> Search:
    """What is in clients' folders, and in their results and tables, that is another's."""
    search = Search(level)
    build_folder = root / "build/studies/canary"
    for slug in clients:
        results = [build_folder / f"results/clients/{slug}.json", *(build_folder / "results/clients" / slug).iterdir()]
        for path in [*sorted((build_folder / "site/clients" / slug).rglob("*")), *sorted(results)]:
            search.look(slug, path.name, path.read_bytes())
    return search


def searched_in_zip(data: bytes, level: str) -> Search:
    """The same in what is handed over as one zip, whose folders say whose files they are."""
    search = Search(level)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            slug, _, file = name.partition("/")
            search.look(slug, file, package.read(name))
    return search


# The tests


@pytest.fixture(scope="module")
def canary(tmp_path_factory, made_once):
    """A project of this module's own, with the first two clients built in four formats."""
    made = made_once("canary", _first_two)
    return shutil.copytree(made, tmp_path_factory.mktemp("canary") / "project")


def _first_two(folder: Path) -> None:
    copy_project(folder)
    write(folder)
    built(folder, clients=TWO, formats=FOUR)


TWO = CLIENTS[:2]
FOUR = ("html", "slides", "xlsx", "pptx")
FILES_OF_FOUR = {"report.html", "slides.html", "annex.xlsx", "deck.pptx", "manifest.json", "SHA256SUMS"}
TABLES = set(jobs.TABLES)


@pytest.fixture(scope="module")
def aggregate(canary):
    # Nothing to do, or what other tests built in between at another level.
    built(canary, clients=TWO, formats=FOUR)
    return canary


def test_nothing_of_another_unit_is_in_a_clients_folder(aggregate, told):
    search = searched(aggregate, "aggregate", TWO)
    search.tell(told)
    assert [] == search.found
    assert {*FILES_OF_FOUR, "canary-01.json", "canary-02.json", *TABLES} == set(search.files)


def test_the_search_finds_the_readers_own_words_and_scores_in_every_format(aggregate):
    folder = aggregate / "build/studies/canary/site/clients" / TWO[0]
    for name in ("report.html", "slides.html", "annex.xlsx", "deck.pptx"):
        data = (folder / name).read_bytes()
        said = "\n".join(strings(data)).casefold()
        assert "zyqv01" in said, name
        assert token("contqw", 1) in said or name != "report.html", name
        if name != "slides.html":
            assert any(sorted(n) == sorted(ROWS[NAMES[0]]) or holds(n, ROWS[NAMES[0]]) for n in number_lists(data)), (
                name
            )


# Every engine where nothing of another may be shown, and every level once.
EVERY = [*((engine, "aggregate") for engine in ENGINES), ("warm", "masked"), ("warm", "named")]


@pytest.mark.slow
@pytest.mark.timeout(480)
@pytest.mark.parametrize(("engine", "level"), EVERY)
def test_nothing_leaks_through_any_engine_in_any_format_at_any_level(tmp_path, told, engine, level):
    root = copy_project(tmp_path / "project")
    write(root)
    pdf = () if missing_for_pdf() else ("pdf",)
    built(root, clients=TWO, engine=engine, level=level, formats=(*FOUR, *pdf))
    search = searched(root, level, TWO)
    search.tell(told)
    assert [] == search.found
    assert {jobs.FILES[name] for name in (*FOUR, *pdf)} < set(search.files)
    assert set(jobs.TABLES) < set(search.files)


@pytest.mark.slow
@pytest.mark.timeout(480)
@pytest.mark.parametrize("level", ["aggregate", "masked", "named"])
def test_nothing_leaks_through_a_zip_that_is_handed_over(tmp_path, told, monkeypatch, level):
    monkeypatch.setattr("kernels_lib.production.delivering.missing_for_browser", lambda: "nothing is inspected here.")
    root = copy_project(tmp_path / "project")
    write(root)
    change(root / "params/studies/canary/study.yaml", "seed: 1", f"seed: 1\ndisclosure: {level}")
    done = deliver(root, TWO, str(tmp_path / "all.zip"), study_name="canary", jobs=1)
    assert [""] == list({one.error for one in done})
    search = searched_in_zip((tmp_path / "all.zip").read_bytes(), level)
    search.tell(told)
    assert [] == search.found
    assert FILES_OF_FOUR <= set(search.files)


@pytest.mark.slow
def test_the_search_finds_every_name_where_all_are_named(tmp_path):
    root = copy_project(tmp_path / "project")
    write(root)
    pdf = () if missing_for_pdf() else ("pdf",)
    built(root, clients=TWO[:1], level="named", formats=(*FOUR, *pdf))
    found = searched(root, "aggregate", TWO[:1]).found
    others = {f"zyqv{number:02d}" for number in range(2, len(NAMES) + 1)}
    # A client's deck names nobody else at any level.
    for file in ("report.html", "annex.xlsx", "canary-01.json", *(["report.pdf"] if pdf else [])):
        assert others <= {text.split("'")[1] for text in found if text.startswith(file) and text.endswith("'")}, file


@pytest.mark.slow
def test_masked_names_differ_between_clients_and_not_between_builds(tmp_path):
    root = copy_project(tmp_path / "project")
    write(root)
    shown = []
    for _ in range(2):
        built(root, clients=TWO, level="masked", formats=("html",))
        pages = [(root / f"build/studies/canary/site/clients/{slug}/report.html").read_text() for slug in TWO]
        shown.append([re.findall(r"Brand [A-Z]\d", page) for page in pages])
    assert shown[0] == shown[1]
    assert shown[0][0] != shown[0][1]
    assert len(set(shown[0][0])) == len(NAMES) - 1


# One leak planted in each format: the gates refuse it


def delivery(root: Path, name: str, data: bytes) -> gates.Delivery:
    units = {unit: ("", tuple(row)) for unit, row in ROWS.items()}
    held = {"html": "documents", "slides": "documents", "xlsx": "packages", "pptx": "packages", "pdf": "packages"}[name]
    fields = {"documents": {}, "packages": {}, held: {name: data}}
    return gates.Delivery(None, {"parameters": {"language": "en"}}, root=root, secrets=leaks.Secrets(units),
                          shown=(NAMES[0],), **fields)  # fmt: skip


FILE = {"html": "report.html", "slides": "slides.html", "xlsx": "annex.xlsx", "pptx": "deck.pptx"}
INSIDE = {
    "html": [("</body>", "<!--{}--></body>"), ('"layout":{', '"layout":{{"hint":"{}",'), ("<title>", "<title>{} ")],
    "slides": [("</section>", '<aside class="x">{}</aside></section>'), ('aria-label="', 'aria-label="{} ')],
    "xlsx": ["docProps/core.xml", "xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"],
    "pptx": ["docProps/core.xml", "ppt/slides/slide2.xml", "ppt/charts/chart1.xml", "ppt/embeddings/"],
}
PLACES = [(name, place) for name, places in INSIDE.items() for place in range(len(places))]
LEAKS = {"a name": (NAMES[1], "leaks"), "scores": (", ".join(map(str, ROWS[NAMES[1]])), "scores")}


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize(("name", "place"), PLACES)
def test_a_leak_planted_in_a_file_is_refused(aggregate, name, place, leak):
    data = (aggregate / "build/studies/canary/site/clients" / TWO[0] / FILE[name]).read_bytes()
    text, gate = LEAKS[leak]
    assert "" == gates.GATES[gate](delivery(aggregate, name, data))
    planted = planted_in(data, INSIDE[name][place], text.replace("&", "&amp;"))
    assert planted != data
    said = gates.GATES[gate](delivery(aggregate, name, planted))
    assert said.startswith(f"{name}: holds the ") and NAMES[1] in said


def planted_in(data: bytes, where, text: str) -> bytes:
    if isinstance(where, tuple):
        old, new = where
        held = data.decode("utf-8")
        at = held.index(old, held.index("<body") if old != "<title>" else 0)
        return (held[:at] + new.format(text) + held[at + len(old) :]).encode("utf-8")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(made, "w") as package:
        done = False
        for name in given.namelist():
            content = given.read(name)
            if name.startswith(where) and not done:
                done = True
                inside = content[:2] == b"PK"
                content = planted_in(content, "xl/worksheets/sheet1.xml", text) if inside else in_xml(content, text)
            package.writestr(name, content)
    return made.getvalue() if done else data


def in_xml(content: bytes, text: str) -> bytes:
    """A text inside the last element of a part."""
    at = content.rindex(b"</")
    return content[:at] + b"<t>" + text.encode() + b"</t>" + content[at:]
