"""What must not reach a client: checks of a finished document, each with its own message.

A gate looks at the executed notebook, its results and the documents; it repairs nothing.
"""

from __future__ import annotations

import getpass
import html
import io
import json
import re
import socket
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kernels_lib.errors import GateFailed
from kernels_lib.production import leaks as leaking
from kernels_lib.production import publish
from kernels_lib.production.notebooks import tags
from kernels_lib.production.publish import assets, fit, page
from kernels_lib.production.publish.office import contents
from kernels_lib.production.publish.parts import Parts, addresses, take_apart
from kernels_lib.production.publish.words import words
from kernels_lib.study.theme import SANS, SERIF

if TYPE_CHECKING:
    import nbformat

PLOTLY = "application/vnd.plotly.v1+json"


@dataclass(frozen=True)
class Delivery:
    """Everything about one report that the gates look at.

    Attributes
    ----------
    documents : mapping of str to str or bytes
        Format to the finished page or deck.
    packages : mapping of str to bytes
        Format to a finished workbook, PowerPoint deck or PDF.
    others : tuple of str
        Names of single units that this reader must not see.
    secrets : Secrets, optional
        Names and scores of all units, where they are at hand; `shown` are those that this reader may see.
    shown : tuple of str
        Names that may stand in the documents; the first is the reader's in the data.
    disclosed : str
        What this reader may see of other units: ``aggregate``, ``masked`` or ``named``.
    beside : mapping of str to str
        Further files that go into the same folder.
    quoted : tuple of str
        Texts that the report quotes: its own claims are looked for in the rest.
    to_assets : str
        Where the shared assets are, seen from the documents; empty: each holds everything itself.
    model : page.Document, optional
        The page model that the documents were laid out from, where it is at hand.
    exporters : str
        Digest of what made the documents; what is measured of them is kept under it.  Empty: it is not kept.
    """

    notebook: nbformat.NotebookNode
    results: Mapping[str, Any]
    documents: Mapping[str, str | bytes]
    root: Path
    others: tuple[str, ...] = ()
    secrets: leaking.Secrets | None = None
    shown: tuple[str, ...] = ()
    disclosed: str = "aggregate"
    beside: Mapping[str, str] = field(default_factory=dict)
    quoted: tuple[str, ...] = ()
    packages: Mapping[str, bytes] = field(default_factory=dict)
    to_assets: str = ""
    model: page.Document | None = None
    exporters: str = ""

    @cached_property
    def parts(self) -> dict[str, Parts]:
        """Each page and deck taken apart, once for all gates."""
        return {name: take_apart(document, self.to_assets) for name, document in self.documents.items()}

    @cached_property
    def plain(self) -> dict[str, str]:
        """What each page and deck says in its own markup, its entities undone."""
        return {name: html.unescape(parts.own) for name, parts in self.parts.items()}

    @cached_property
    def held(self) -> dict[str, str]:
        """All the text that is each format's own, packages opened down to their last part, and what lies beside."""
        texts = {name: parts.text for name, parts in self.parts.items()}
        return texts | {name: _joined(_opened(data)) for name, data in self.packages.items()} | dict(self.beside)

    @cached_property
    def undone(self) -> dict[str, leaking.Text]:
        """The same with every escape undone."""
        pages = {name: leaking.undone(*parts.pieces) for name, parts in self.parts.items()}
        return pages | {name: leaking.undone(text) for name, text in self.held.items() if name not in pages}

    @cached_property
    def in_order(self) -> dict[str, leaking.Text]:
        """The same, with numbers of workbooks and PowerPoint decks as they stand in their rows and tables."""
        rows = {name: data for name, data in self.packages.items() if not data.startswith(b"%PDF")}
        return self.undone | {name: leaking.undone(_joined(contents.in_order(data))) for name, data in rows.items()}


def executed(delivery: Delivery) -> str:
    """Every code cell ran, without error and without output on stderr."""
    for number, cell in enumerate(delivery.notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        if cell.execution_count is None and cell.source.strip():
            return f"cell {number} did not run"
        for output in cell.outputs:
            if output.output_type == "error":
                return f"cell {number} raised {output.ename}"
            if output.output_type == "stream":
                first = output.text.strip().splitlines()[0][:80] if output.text.strip() else ""
                return f"cell {number} printed to {output.name}: {first}"
    return ""


_FIGURE = re.compile(r'<figure[^>]* id="fig-([^"]+)"')


def figures(delivery: Delivery) -> str:
    """As many figures in each document as the notebook has for it."""
    for name, parts in delivery.parts.items():
        skipped = "slides-only" if name == "html" else "report-only"
        wanted = [
            output.data[PLOTLY]["layout"]["meta"]["id"]
            for cell in delivery.notebook.cells
            if cell.cell_type == "code"
            and skipped not in tags(cell)
            and (name == "html" or cell.metadata.get("slideshow", {}).get("slide_type", "skip") != "skip")
            for output in cell.outputs
            if PLOTLY in output.get("data", {})
        ]
        found = _FIGURE.findall(parts.own)
        if sorted(found) != sorted(wanted):
            return f"{name}: figures {found} in the document, {wanted} in the notebook"
    return ""


def traces(delivery: Delivery) -> str:
    """Every trace type is in a bundle: a missing one would be drawn as an empty chart."""
    for cell in delivery.notebook.cells:
        for output in cell.get("outputs", []):
            for trace in output.get("data", {}).get(PLOTLY, {}).get("data", []):
                if trace.get("type", "scatter") not in assets.PLOTLY_TRACES | assets.FULL_TRACES:
                    return f"trace type '{trace['type']}' cannot be drawn by the plotly.js that is published"
    return ""


_OUTSIDE = re.compile(
    r"""(?:\bsrc|\bhref|\baction|\bposter)\s*=\s*["']?(?!#|data:(?!text/|application/x)|["'])([^"'\s>]+)""", re.I
)
_MAY_ASK = ("src", "href", "action", "poster")
_LINK = re.compile(r"^(https?://|mailto:)")


# The first one counts: a second could only forbid more.
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"')
_LOADS = re.compile(r"@import|url\(\s*['\"]?(?!data:|#)")


def offline(delivery: Delivery) -> str:
    """Nothing is loaded from anywhere but the shared assets, and the policy that forbids it is in place."""
    shared = addresses(delivery.to_assets)
    for name, parts in delivery.parts.items():
        policy = _POLICY.search(parts.own)
        if not policy or "default-src 'none'" not in policy[1]:
            return f"{name}: no Content-Security-Policy that forbids loading"
        if "unsafe-" in policy[1].partition("script-src")[2].partition(";")[0]:
            return f"{name}: the Content-Security-Policy lets any script run"
        if parts.loads:
            return f"{name}: a script is loaded from '{parts.loads[0][:80]}'"
        if problem := _asked_of_others(parts.own, shared) or next(filter(None, map(_asked_by_style, parts.styles)), ""):
            return f"{name}: {problem}"
    return ""


def _asked_of_others(markup: str, shared: Mapping[str, str]) -> str:
    """What some markup loads or refers to that is not shared; a link that a reader follows is no request."""
    for match in filter(None, (_OUTSIDE.match(markup, at) for at in _places(markup))):
        is_link = match[0].lower().startswith("href") and _LINK.match(match[1])
        if not is_link and match[1] not in shared and not _only_said(markup, match.start()):
            return f"refers to '{match[1][:80]}'"
    return "a style loads a file" if _LOADS.search(markup) else ""


def _only_said(markup: str, at: int) -> bool:
    """Whether an attribute stands in escaped text, as in a name that reads ``<a href=...>``."""
    tag = markup.rfind("<", 0, at)
    found = _TAG.match(markup, max(tag, 0))
    if found is None or "&lt;" not in markup[tag:at]:
        return False
    # Behind the tag, or inside one of its quoted values.
    return found.end() <= at or len(re.sub(r"\"[^\"]*\"|'[^']*'", "", markup[tag:at]).split('"')) == 2


_TAG = re.compile(r"""</?[a-zA-Z][^\s>/"']*(?:"[^"]*"|'[^']*'|[^"'>])*>""")


def _places(markup: str) -> list[int]:
    """Where an attribute that may ask for something is named; many times quicker than a pattern that ignores case."""
    small = markup.lower()
    if len(small) != len(markup):  # a letter that is two when small: each place is tried
        return list(range(len(markup)))
    found = []
    for name in _MAY_ASK:
        at = small.find(name)
        while at >= 0:
            found.append(at)
            at = small.find(name, at + 1)
    return sorted(found)


@cache
def _asked_by_style(name: str) -> str:
    return _asked_of_others(assets.text(name), {})


def named(delivery: Delivery) -> str:
    """Title, language, and an alternative text for every figure."""
    for name, parts in delivery.parts.items():
        head = parts.own.partition("</head>")[0]
        title = re.search(r"<title>([^<]+)</title>", head)
        if not title or not title[1].strip():
            return f"{name}: no title"
        if not re.search(r'<html[^>]* lang="[a-z]{2}', parts.own):
            return f"{name}: no language"
        drawings = re.findall(r'<div[^>]* role="img"[^>]*>', parts.own)
        spoken = [tag for tag in drawings if re.search(r'aria-label="[^"]{10,}"', tag)]
        if len(spoken) < len(_FIGURE.findall(parts.own)):
            return f"{name}: a figure has no alternative text"
    return ""


def notice(delivery: Delivery) -> str:
    """What must be said about the data is said in every document, on every slide."""
    words = html.escape(delivery.results["notice"], quote=False)
    if not words:
        return ""
    for name, parts in delivery.parts.items():
        # Apostrophes may be written as entities; the first of several sentences is set in bold.
        if words not in re.sub("</?b>", "", parts.own).replace("&#39;", "'"):
            return f"{name}: the notice about the data is missing"
    tag = _tag(delivery)
    deck = delivery.parts["slides"].own if "slides" in delivery.parts else ""
    slides = re.findall(r"<section\b.*?</section>", deck, re.S)
    bare = [i for i, slide in enumerate(slides, 1) if not tag.search(html.unescape(slide))]
    if bare:
        return f"slides: no tag about the data on slide {bare[0]}"
    found = (_noticed(name, data, delivery.results["notice"], tag) for name, data in delivery.packages.items())
    return next(filter(None, found), "")


def _tag(delivery: Delivery) -> re.Pattern[str]:
    """What every slide must say: that scores were rebuilt, or whatever else the notice begins with."""
    if delivery.results.get("basis") != "measured":
        return _REBUILT
    first = delivery.results["notice"].partition(". ")[0].rstrip(".")
    # A deck shortens what does not fit into its foot.
    return re.compile(re.escape(first[:24]), re.I)


def _noticed(name: str, data: bytes, words: str, tag: re.Pattern[str]) -> str:
    """Whether a package says it: a workbook on every sheet, a deck by its tag on every slide, all of them in full."""
    said = _squeezed(words)
    parts = {part: _squeezed("\n".join(texts)) for part, texts in _opened(data).items()}
    # Pages of a PDF may break the words in two.
    if said not in "".join(parts.values()):
        return f"{name}: the notice about the data is missing"
    for part, text in parts.items():
        if part.startswith("xl/worksheets/sheet") and said not in text:
            return f"{name}: no notice about the data on {part}"
        if re.match(r"ppt/slides/slide\d", part) and not tag.search("".join(_opened(data)[part])):
            return f"{name}: no tag about the data on {part}"
    return ""


def draft(delivery: Delivery) -> str:
    """A draft says so: on the page and on every slide, sheet and printed page."""
    parameters = delivery.results["parameters"]
    if parameters.get("status") != "draft":
        return ""
    said = words(parameters["language"])
    word, whole = said["draft"], f"{said['draft']}. {said['draft_note']}"
    for name, parts in delivery.parts.items():
        if (whole if name == "html" else word) not in re.sub("</?b>", "", html.unescape(parts.own)):
            return f"{name}: does not say that it is a draft"
    deck = delivery.parts["slides"].own if "slides" in delivery.parts else ""
    slides = re.findall(r"<section\b.*?</section>", deck, re.S)
    if bare := [i for i, slide in enumerate(slides, 1) if f'<span class="rec">{word}' not in slide]:
        return f"slides: slide {bare[0]} does not say that it is a draft"
    for name, data in delivery.packages.items():
        for part, texts in _opened(data).items():
            shown = re.match(r"xl/worksheets/sheet|ppt/slides/slide\d|page ", part)
            if shown and word not in " ".join(texts):
                return f"{name}: {part} does not say that it is a draft"
    return ""


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@lru_cache(maxsize=4)  # several gates look at the same few packages
def _opened(data: bytes) -> dict[str, list[str]]:
    return contents.parts(data)


# The tag on every slide, in each language.
_REBUILT = re.compile("reconstruct|rekonstru", re.I)


def private(delivery: Delivery) -> str:
    """No path, user or host of the machine."""
    secrets = {str(delivery.root), str(Path.home()), "ipykernel_", "/tmp/", "site-packages"}
    host = socket.gethostname()
    for name, markup in delivery.held.items():
        for secret in secrets:
            if len(secret) > 4 and secret in markup:
                return f"{name}: holds '{secret}', a path of this machine"
        for word, kind in ((host, "host"), (_user(), "user")):
            if len(word) > 4 and word in markup and re.search(rf"\b{re.escape(word)}\b", markup):
                return f"{name}: holds this machine's {kind} name"
    return ""


def _user() -> str:
    # Containers may have no entry for the user; then there is no name to leak.
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def leaks(delivery: Delivery) -> str:
    """No name of a unit that this reader must not see, however it is written."""
    if delivery.disclosed == "named":
        return ""
    secrets = delivery.secrets or leaking.of_names(delivery.others)
    for name, text in delivery.undone.items():
        # The house's families of type are no names: Georgia is also a state.
        if found := secrets.name_in(text.without((SERIF, SANS)), delivery.shown):
            return f"{name}: holds the name of '{found}'"
    return ""


def scores(delivery: Delivery) -> str:
    """No scores of a unit that this reader must not see, in whatever order or form."""
    if delivery.secrets is None or delivery.disclosed != "aggregate" or not delivery.shown:
        return ""
    comma = delivery.results.get("parameters", {}).get("language") == "de"
    name, found = delivery.secrets.scores_in_any(delivery.in_order, delivery.shown[0], comma=comma)
    return f"{name}: holds {found}" if found else ""


def _untold(delivery: Delivery) -> bool:
    """Whether a reader who must see no scores has data in which scores cannot be told from chance."""
    asked = delivery.disclosed == "aggregate" and bool(delivery.shown)
    return asked and (delivery.secrets is None or not delivery.secrets.tellable)


def _joined(parts: Mapping[str, Iterable[str]]) -> str:
    """Texts of a package's parts; no name begins in one text and ends in the next."""
    return "\n|\n".join(text for part in parts.values() for text in part)


# What computes, fetches or runs when somebody opens the file.
_ACTIVE = {
    "a formula": r"<(?:\w+:)?f[\s>]",
    "a name that is computed": r"<(?:\w+:)?definedName\s[^>]*\bname=\"(?!_xlnm\.)",
    "a link": r"<(?:\w+:)?(?:hyperlink|hlinkClick|hlinkHover)\b",
    "something outside the file": r"TargetMode\s*=\s*[\"']External",
}
_ACTIVE_PARTS = re.compile(
    r"vbaProject|externalLink|connections\.xml|activeX|ctrlProp|oleObject|queryTable|ddeLink", re.I
)


def inert(delivery: Delivery) -> str:
    """A workbook or PowerPoint deck computes nothing, links to nothing, runs nothing; a PDF only links to the web."""
    for name, data in delivery.packages.items():
        problem = _active_pdf(data) if data.startswith(b"%PDF") else _active(data)
        if problem:
            return f"{name}: {problem}"
    return ""


def _active_pdf(data: bytes) -> str:
    found = _opened(data)["actions"]
    return f"holds {found[0]}" if found else ""


def _active(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for part in package.namelist():
            content = package.read(part)
            if content.startswith(b"PK\x03\x04"):
                if inside := _active(content):
                    return f"{part}: {inside}"
                continue
            if _ACTIVE_PARTS.search(part):
                return f"holds {part}"
            text = content.decode("utf-8", "replace") if part.endswith((".xml", ".rels")) else ""
            for what, pattern in _ACTIVE.items():
                # In a chart an f is where its numbers lie in the workbook behind it.
                if not (what == "a formula" and part.startswith("ppt/charts/")) and re.search(pattern, text):
                    return f"{part} holds {what}"
    return ""


_DATA = re.compile(r'<data value="([^"]*)" data-ref="([^"]+)">([^<]*)</data>')


def numbers(delivery: Delivery) -> str:
    """Every number that the prose marks is in the results, with the same value and text; none is typed in."""
    known = delivery.results["numbers"]
    for name, parts in delivery.parts.items():
        for value, ref, text in _DATA.findall(parts.own):
            number = known.get(html.unescape(ref))
            if number is None:
                return f"{name}: number '{ref}' is not in the results"
            same = (
                number["value"] is None
                if value == ""
                else number["value"] is not None
                and (abs(float(value) - number["value"]) <= 1e-9 * max(1.0, abs(number["value"])))
            )
            if not same or html.unescape(text).casefold() != number["text"].casefold():
                return f"{name}: number '{ref}' reads '{text}', the results say '{number['text']}'"
    return _typed_in(delivery)


# A decimal or a share; not a part of an address or of a digital object identifier.
_NUMERAL = re.compile(r"(?<![\w.,/])\d+(?:[.,]\d+(?!\w|/|[.,]\d)|(?:[.,]\d+)?\s?%)")


def _typed_in(delivery: Delivery) -> str:
    """A figure in the words of a notebook that no result has: it was typed in, and would not follow the data.

    A paragraph with a footnote quotes its source.
    """
    stated = ""
    for cell in delivery.notebook.cells:
        if cell.cell_type != "markdown" or "remove-cell" in cell.metadata.get("tags", []):
            continue
        for paragraph in re.split(r"\n\s*\n", cell.source):
            for figure in () if "[^" in paragraph else _NUMERAL.findall(paragraph):
                stated = stated or json.dumps(delivery.results, ensure_ascii=False)
                if not re.search(rf"(?<![\d.,]){re.escape(figure)}(?!\d|[.,]\d)", stated):
                    return (
                        f"the words of cell '{cell.get('id')}' say '{figure}', which the results do not have; let a "
                        "cell of code state it, so that it follows the data, or give its source in a footnote"
                    )
    return ""


# Words that speak of evidence: whoever uses one must name the questions of the ledger behind it.
# Every language's are looked for in every document.  Each is looked for only where a part of it stands that
# it cannot be without: most sentences have none.
_CLAIMS = {
    # English
    "significan": r"\bsignifican\w*\b",
    "firm": r"\bfirm(?:ly)?\b",
    "differ": r"\bdiffers?\b",
    "more than noise": r"\bmore than noise\b",
    "settle": r"\bsettled?\b",
    "unresolved": r"\bunresolved\b",
    "above": r"\b(?:stands? above|is above)\b",
    "is ahead of": r"\bis ahead of\b",
    # German: what is called sure, decided, different
    "signifikan": r"\bsignifikan\w*\b",
    "gesichert": r"\b(?:un)?gesichert\w*\b",
    "nachgewiesen": r"\bnachgewiesen\w*\b",
    "nachweis": r"\bnachweis(?:bar|lich)\w*\b",
    "entschieden": r"(?<!\banders )\b(?:un)?entschieden(?:e[nmrs]?)?\b",
    "entscheiden": (
        r"(?<!\bum )\bzu entscheiden\b|\bl(?:ässt|assen)\b[^.;:!?]*\bentscheiden\b|\bentscheiden l(?:ässt|assen)\b"
    ),
    "mehr als": r"\bmehr als (?:\w+ )?(?:Zufall|Rauschen)\b|\bkomm(?:t|en) auf\b[^.;:!?]*\bmehr als\b",
    "unterscheid": r"\bunterscheid(?:et|en|bar\w*)\b",
    "verschieden": r"\bverschieden\b(?! (?:viele?|gro|lang|stark|oft))",
    "weich": r"\bweich(?:t|en)\b[^.;:!?]*\bab\b",
    # German: one thing above another.  "Werte liegen vor" and "liegt vor allem an" say no such thing.
    " über": r"\b(?:lieg|steh)(?:t|en)\b(?: [^\s.;:!?]+){0,9}? über\b",
    " höher als": r"\b(?:lieg|steh)(?:t|en)\b(?: [^\s.;:!?]+){0,9}? höher als\b",
    " vor ": (
        r"\b(?:lieg|rangier|führ)(?:t|en)\b(?: [^\s.;:!?]+){0,9}? vor "
        r"(?!(?:allem|und|oder|als|wie|bei|für|in|aus|von)\b)"
    ),
    " „": r"\b(?:über|vor) „[^“]*“(?:,? (?:und )?„[^“]*“)*(?: [^\s.;:!?,]+){0,4}? (?:lieg|steh)(?:t|en)\b",
    "übertr": r"\bübertr(?:ifft|effen)\b",
    # German: what cannot be told.  Open gates and the like have been taken out before.
    "offen": r"\boffen\b|\boffene[nmrs]? (?:Fragen?|Paare?n?|Reihenfolgen?|Vergleiche?n?|Urteile?n?)\b",
}
_CLAIM = {part: re.compile(pattern, re.I) for part, pattern in _CLAIMS.items()}
# German "offen" that is no verdict: of a gate, a condition, a step; "offen gelegt", "offen für".
_OPEN_OTHERWISE = re.compile(
    r"""
      \b(?:Schranken?|Bedingung(?:en)?|Schritte?n?)\b(?:,\ die)?(?:\ [^\s.;:!?,]+){0,4}?\ offen\b
    | \boffen(?:\ [^\s.;:!?,]+){0,3}?\ (?:Schranken?|Bedingung(?:en)?|Schritte?n?)\b
    | \boffen\ (?:für|gelegt|legen|legt|gesagt|zugänglich)\b
    """,
    re.I | re.X,
)


def _claim_in(text: str) -> str:
    """The first words of a text that speak of evidence; empty if there are none."""
    said = _folded(text)
    if "offen" in said:
        text = _OPEN_OTHERWISE.sub("", text)
    found = [match for part, pattern in _CLAIM.items() if part in said and (match := pattern.search(text))]
    return min(found, key=lambda match: match.start())[0] if found else ""


def claims(delivery: Delivery) -> str:
    """No sentence calls a thing firm, different or unresolved unless the ledger does."""
    ledger: dict[str, set[bool]] = {}
    for test in delivery.results["tests"]:
        ledger.setdefault(test["about"], set()).add(test["firm"])
    spoken = [(sentence, sentence["text"]) for sentence in delivery.results["sentences"]]
    spoken += [(figure, figure["message"]) for figure in delivery.results["figures"]]
    quoted = [folded for text in delivery.quoted if (folded := _folded(text))]
    for record, text in spoken:
        for claim in record["claims"]:
            known = ledger.get(claim["question"])
            if known is None:
                return f"'{record['id']}' rests on '{claim['question']}', which is not in the ledger"
            if known != {claim["firm"]}:
                said = "firm" if claim["firm"] else "not firm"
                return f"'{record['id']}' says that '{claim['question']}' is {said}; the ledger says otherwise"
        if record["claims"] or record["id"].startswith(EXPLAINING):
            continue
        if found := _claim_in(_without(text, quoted)):
            return f"'{record['id']}' says '{found}' and rests on no row of the ledger: {text[:80]}"
    return ""


def _without(text: str, quoted: Iterable[str]) -> str:
    """A text without what it quotes, in whatever case; `quoted` is folded, as it is looked for.

    Cut by hand: a pattern of all that is quoted would be compiled anew for every sentence.
    """
    said = _folded(text)
    # Most sentences quote nothing.
    there = [words for words in quoted if words in said]
    if not there:
        return text
    # Which letter of the text each letter of the folded one came from: some become two.
    origins = [at for at, letter in enumerate(text) for _ in _folded(letter)]
    cut: set[int] = set()
    at = 0
    while found := [(start, place) for place, words in enumerate(there) if (start := said.find(words, at)) >= 0]:
        # The first in the text; of those that begin alike the first that is quoted.
        start, place = min(found)
        at = start + len(there[place])
        cut.update(origins[start:at])
    return "".join(letter for place, letter in enumerate(text) if place not in cut)


def _folded(text: str) -> str:
    # The dotless and the dotted i, which a pattern that ignores case takes for i.
    return text.casefold().replace("\u0131", "i").replace("\u0307", "")


# Statements about the method: what "firm" means, not what is firm.
EXPLAINING = ("method", "rules", "glossary", "reliability.explained", "families")


def slides(delivery: Delivery) -> str:
    """No slide holds more than it can show."""
    if "slides" not in delivery.documents:
        return ""
    model = delivery.model or page.read(delivery.notebook)
    folder = delivery.root / "build" / "cache" if delivery.exporters else None
    found = fit.too_much(model, delivery.parts["slides"].own, version=delivery.exporters, folder=folder)
    return "; ".join([*found, "shorten its texts, or make two slides of it"]) if found else ""


def size(delivery: Delivery) -> str:
    """A document can be sent by mail."""
    for name, parts in delivery.parts.items():
        # A chart of the user's own may cost the full plotly.js; the build says so.
        most = MAX_BYTES + (FULL_PLOTLY if assets.PLOTLY_FULL in parts.libraries else 0)
        # Charts and tables grow with the criteria; what grows with the brands is shown in parts.
        most += CRITERION_BYTES * max(0, len(delivery.results.get("criteria", ())) - USUAL_CRITERIA)
        if parts.size > most:
            return f"{name}: {parts.size:,} bytes, more than {most:,}"
    return ""


MAX_BYTES = 2_000_000
FULL_PLOTLY = 3_400_000
USUAL_CRITERIA = 10
CRITERION_BYTES = 80_000


def closed(delivery: Delivery) -> str:
    """No button that would upload a chart, no code."""
    firsts = [
        (number, cell.source.strip().split("\n", 1)[0])
        for number, cell in enumerate(delivery.notebook.cells, 1)
        if cell.cell_type == "code"
    ]
    for name, parts in delivery.parts.items():
        closed_off = any(map(_switched_off, parts.libraries)) or any(map(_OFF.search, parts.scripts))
        if "data-figure" in parts.markup and not closed_off:
            return f"{name}: plotly's share button is not switched off"
        markup = delivery.plain[name]
        for number, first in firsts:
            if len(first) > 12 and first in markup:
                return f"{name}: shows the code of cell {number}"
    return ""


_OFF = re.compile(r"showSendToCloud\s*:\s*(false|!1)")


@cache
def _switched_off(library: str) -> bool:
    return bool(_OFF.search(assets.script(library)))


GATES: dict[str, Callable[[Delivery], str]] = {
    "executed": executed,
    "figures": figures,
    "traces": traces,
    "offline": offline,
    "named": named,
    "notice": notice,
    "draft": draft,
    "private": private,
    "leaks": leaks,
    "scores": scores,
    "inert": inert,
    "numbers": numbers,
    "claims": claims,
    "closed": closed,
    "slides": slides,
    "size": size,
}


# Gates that cannot always be run: whether this is such a delivery.  Never counted as passed.
CANNOT_TELL: dict[str, Callable[[Delivery], bool]] = {"scores": _untold}


def check(delivery: Delivery, where: str) -> dict[str, str]:
    """Run every gate.

    Returns
    -------
    dict of str to str
        Gate to ``"passed"``; ``"not run"`` where the data do not let it tell.

    Raises
    ------
    GateFailed
        At the first gate that does not pass.
    """
    for name, gate in GATES.items():
        problem = gate(delivery)
        if problem:
            raise GateFailed(f"gate '{name}': {problem}.", where=where, remedy="Nothing of it was published.")
    untold = {name: "not run" for name, cannot in CANNOT_TELL.items() if cannot(delivery)}
    return dict.fromkeys(GATES, "passed") | untold


def compile_all(assets_way: str = "inline", notebooks: Iterable[Any] = ()) -> None:
    """What `publish.compile_all` does, and what the gates know of scripts and styles that every document has."""
    publish.compile_all(assets_way, notebooks)
    for name in assets.SCRIPTS:
        _switched_off(name)
    for name in assets.STYLES:
        _asked_by_style(name)
