"""A leak planted in every place of every format that can hold words or numbers: the gates refuse each.

Most of these places no document of ours uses. A library that makes or prints a file may.
"""

from __future__ import annotations

import base64
import functools
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest

from kernels_lib.production import gates, leaks
from tests.conftest import ROOT
from tests.production import office_notebook as sample
from tests.production.test_canary import NAMES, ROWS, planted_in

OWN, OTHER = NAMES[:2]
# As it stands in a list, and as numbers that somebody reads out.
SCORES = ", ".join(map(str, ROWS[OTHER]))
LEAKS = {"a name": (OTHER, "leaks"), "scores": (SCORES, "scores")}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;")


# Pictures


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(kind: bytes, content: bytes) -> bytes:
    """A picture of one dot, with a further chunk."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    dot = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(kind, content) + dot + chunk(b"IEND", b"")


def exif(text: str) -> bytes:
    """What a camera would note: one field, 0x010E, the picture's description."""
    words = text.encode("utf-8") + b"\0"
    return b"MM\0*\0\0\0\x08\0\x01\x01\x0e\0\x02" + struct.pack(">II", len(words), 26) + b"\0\0\0\0" + words


def jpeg(text: str) -> bytes:
    noted = b"Exif\0\0" + exif(text)
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(noted) + 2) + noted + b"\xff\xd9"


PICTURES: dict[str, Callable[[str], bytes]] = {
    "tEXt": lambda text: png(b"tEXt", b"Comment\0" + text.encode("latin-1")),
    "zTXt": lambda text: png(b"zTXt", b"Comment\0\0" + zlib.compress(text.encode("latin-1"))),
    "iTXt": lambda text: png(b"iTXt", b"Comment\0\0\0\0\0" + text.encode("utf-8")),
    "compressed iTXt": lambda text: png(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(text.encode("utf-8"))),
    "eXIf": lambda text: png(b"eXIf", exif(text)),
    "Exif of a JPEG": jpeg,
}


# Pages and decks


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def island(content: object) -> str:
    written = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
    return f'<script type="application/json" data-figure="x">{written}</script>'


PAGE = "<!doctype html><html lang='en'><head><title>x</title></head><body><p>About it.</p>{}</body></html>"
PIECES: dict[str, Callable[[str], str]] = {
    "a paragraph": lambda text: f"<p>{escaped(text)}</p>",
    "a comment": lambda text: f"<!-- {text} -->",
    "what is hidden": lambda text: f'<div hidden style="display:none">{escaped(text)}</div>',
    "a template": lambda text: f"<template>{escaped(text)}</template>",
    "noscript": lambda text: f"<noscript>{escaped(text)}</noscript>",
    "an alternative text": lambda text: f'<img src="data:," alt="{escaped(text)}">',
    "a spoken label": lambda text: f'<div role="img" aria-label="{escaped(text)}"></div>',
    "a title": lambda text: f'<span title="{escaped(text)}">x</span>',
    "data of an element": lambda text: f'<p data-x="{escaped(text)}"></p>',
    "speaker notes": lambda text: f'<aside class="notes">{escaped(text)}</aside>',
    "the title of a drawing": lambda text: f"<svg><title>{escaped(text)}</title><desc>x</desc></svg>",
    "the description of a drawing": lambda text: f"<svg><desc>{escaped(text)}</desc></svg>",
    "a style": lambda text: f"<style>p::after {{ content: '{text}' }}</style>",
    "a script": lambda text: f"<script>const x = '{text}'</script>",
    "a data island": lambda text: island({"name": text}),
    "what hovering shows": lambda text: island({"data": [{"customdata": [[text, 1]], "hovertemplate": "%{x}"}]}),
    "what hovering shows, line by line": lambda text: island({"data": [{"text": text.replace(" ", "<br>")}]}),
    "meta data": lambda text: f'<meta name="description" content="{escaped(text)}">',
    "an address": lambda text: f'<a href="https://example.org/?q={text.replace(" ", "%20").replace("&", "%26")}">x</a>',
    "a picture in the text": lambda text: f'<img src="data:image/svg+xml;base64,{in_base64(text.encode())}">',
} | {
    f"{kind} of an embedded picture": lambda text, make=make: f'<img src="data:;base64,{in_base64(make(text))}">'
    for kind, make in PICTURES.items()
}  # fmt: skip


def delivery(**held: dict[str, bytes]) -> gates.Delivery:
    units = {unit: ("", tuple(row)) for unit, row in ROWS.items()}
    fields = {"documents": {}} | held
    said = {"parameters": {"language": "en"}}
    return gates.Delivery(None, said, root=ROOT, secrets=leaks.Secrets(units), shown=(OWN,), **fields)


def refused(leak: str, name: str, sound: dict[str, bytes], planted: dict[str, bytes], held: str) -> None:
    """The gate passes what is sound, and names format and unit of what was planted."""
    gate = LEAKS[leak][1]
    assert sound != planted
    assert "" == gates.GATES[gate](delivery(**{held: sound}))
    said = gates.GATES[gate](delivery(**{held: planted}))
    assert said.startswith(f"{name}: holds the ") and f"'{OTHER}'" in said, said


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("name", ["html", "slides"])
@pytest.mark.parametrize("where", PIECES)
def test_a_leak_in_a_page_is_refused(where, name, leak):
    planted = PAGE.format(PIECES[where](LEAKS[leak][0]))
    refused(leak, name, {name: PAGE.format("").encode()}, {name: planted.encode("utf-8")}, "documents")


@pytest.mark.parametrize(("kind", "sign"), [("f8", "d"), ("f4", "f")])
def test_scores_packed_for_a_chart_are_refused(kind, sign):
    packed = in_base64(struct.pack(f"<{len(ROWS[OTHER])}{sign}", *ROWS[OTHER]))
    planted = PAGE.format(island({"data": [{"x": {"dtype": kind, "bdata": packed}}]}))
    refused("scores", "html", {"html": PAGE.format("").encode()}, {"html": planted.encode()}, "documents")


# Workbooks and PowerPoint decks


@functools.cache
def office(name: str) -> bytes:
    from kernels_lib.production.publish import documents

    return documents(sample.notebook(), [name]).packages[name]


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A package with one part more, or another."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(made, "w") as package:
        for entry in given.namelist():
            if entry != name:
                package.writestr(entry, given.read(entry))
        package.writestr(name, content)
    return made.getvalue()


def xml(kind: str, inside: str) -> Callable[[str], bytes]:
    def make(text: str) -> bytes:
        return f"<{kind} xmlns:a='a' xmlns:c='c'>{inside}</{kind}>".replace("@", escaped(text)).encode("utf-8")

    return make


CELL = '<c r="A1" t="inlineStr"><is><t>@</t></is></c>'
HIDDEN = f'<sheetData><row r="1" hidden="1">{CELL}</row></sheetData>'
PARTS: dict[str, dict[str, tuple[str, Callable[[str], bytes]]]] = {
    "xlsx": {
        "a comment": ("xl/comments1.xml", xml("comments", "<comment><text><r><t>@</t></r></text></comment>")),
        "a comment's author": ("xl/comments1.xml", xml("comments", "<authors><author>@</author></authors>")),
        "the box of a comment": ("xl/drawings/vmlDrawing1.vml", xml("xml", "<textbox><div>@</div></textbox>")),
        "a defined name": ("xl/extra.xml", xml("x", '<definedName name="X">"@"</definedName>')),
        "the name of a hidden sheet": ("xl/extra.xml", xml("x", '<sheet name="@" state="veryHidden"/>')),
        "a hidden sheet": ("xl/worksheets/sheet77.xml", xml("worksheet", HIDDEN)),
        "a header": ("xl/worksheets/sheet77.xml", xml("sheet", "<oddHeader>&amp;L&amp;14 @</oddHeader>")),
        "a rule on what may be typed": ("xl/worksheets/sheet77.xml", xml("worksheet", '<dataValidation prompt="@"/>')),
        "a number format": ("xl/extra.xml", xml("x", '<numFmt formatCode="&quot;@&quot;0"/>')),
        "a property of one's own": ("docProps/custom.xml", xml("Properties", "<lpwstr>@</lpwstr>")),
        "cells that a chart remembers": ("xl/charts/chart1.xml", xml("c", "<c:strCache><c:v>@</c:v></c:strCache>")),
        "a drawing in SVG": ("xl/media/image1.svg", xml("svg", "<title>@</title>")),
        "printer settings": ("xl/printerSettings/p.bin", lambda text: b"\1\0" + text.encode("utf-16-le") + b"\0\0"),
        "an unknown part": ("customXml/item1.dat", lambda text: b"\0\1" + text.encode("utf-8") + b"\0"),
    },
    "pptx": {
        "speaker notes": ("ppt/notesSlides/notesSlide77.xml", xml("p", "<a:p><a:r><a:t>@</a:t></a:r></a:p>")),
        "an alternative text": ("ppt/slides/slide77.xml", xml("p", '<cNvPr id="4" name="x" descr="@"/>')),
        "a comment": ("ppt/comments/comment1.xml", xml("p", "<cm><text>@</text></cm>")),
        "a layout": ("ppt/slideLayouts/slideLayout77.xml", xml("p", "<a:t>@</a:t>")),
        "the name of a series": ("ppt/charts/chart77.xml", xml("c", "<c:tx><c:v>@</c:v></c:tx>")),
        "a section": ("ppt/extra.xml", xml("p", '<section name="@"/>')),
        "a tag": ("ppt/tags/tag1.xml", xml("p", '<tag name="X" val="@"/>')),
        "properties": ("docProps/app.xml", xml("Properties", "<Company>@</Company>")),
        "an unknown part": ("customXml/item1.dat", lambda text: b"\0\1" + text.encode("utf-8") + b"\0"),
    },
}  # fmt: skip
PLACES = [(name, where) for name, parts in PARTS.items() for where in parts]


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize(("name", "where"), PLACES)
def test_a_leak_in_a_part_of_a_package_is_refused(name, where, leak):
    part, make = PARTS[name][where]
    planted = with_part(office(name), part, make(LEAKS[leak][0]))
    refused(leak, name, {name: office(name)}, {name: planted}, "packages")


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("name", ["xlsx", "pptx"])
@pytest.mark.parametrize("kind", PICTURES)
def test_a_leak_in_what_a_picture_of_a_package_says_is_refused(kind, name, leak):
    folder = {"xlsx": "xl", "pptx": "ppt"}[name]
    planted = with_part(office(name), f"{folder}/media/image77.png", PICTURES[kind](LEAKS[leak][0]))
    refused(leak, name, {name: office(name)}, {name: planted}, "packages")


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("where", ["docProps/core.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_leak_in_the_workbook_behind_a_chart_is_refused(where, leak):
    behind = "ppt/embeddings/own.xlsx"
    sound = with_part(office("pptx"), behind, office("xlsx"))
    inside = planted_in(office("xlsx"), where, escaped(LEAKS[leak][0]))
    refused(leak, "pptx", {"pptx": sound}, {"pptx": with_part(sound, behind, inside)}, "packages")


def test_a_name_in_letters_that_only_a_spreadsheet_reads_is_refused():
    # No cell points at it.
    table = xml("sst", "<si><t>@</t></si>")("".join(f"_x{ord(letter):04X}_" for letter in OTHER))
    planted = with_part(office("pptx"), "ppt/embeddings/xl/sharedStrings.xml", table)
    refused("a name", "pptx", {"pptx": office("pptx")}, {"pptx": planted}, "packages")


# PDF


def pdf(**planted: str) -> bytes:
    """A page of text, with what is asked for planted in it."""
    from pypdf import PdfWriter
    from pypdf.annotations import FreeText, Text
    from pypdf.generic import (
        ArrayObject,
        ByteStringObject,
        DecodedStreamObject,
        DictionaryObject,
        NameObject,
        NumberObject,
        TextStringObject,
    )

    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}
    named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): named})}
    )
    drawn = DecodedStreamObject()
    said = planted.get("text", "About it.").encode("latin-1").replace(b"(", rb"\(")
    drawn.set_data(b"BT /F1 9 Tf 40 700 Td (" + said + b") Tj ET")
    page[NameObject("/Contents")] = writer._add_object(drawn)
    writer.metadata = {"/Title": planted.get("title", "x"), "/Keywords": planted.get("keywords", "x")}
    if "outline" in planted:
        writer.add_outline_item(title=planted["outline"], page_number=0)
    if "note" in planted:
        writer.add_annotation(0, Text(rect=(50, 50, 90, 90), text=planted["note"]))
    if "box" in planted:
        writer.add_annotation(0, FreeText(rect=(50, 50, 90, 90), text=planted["box"]))
    if "link" in planted:
        action = DictionaryObject({NameObject("/URI"): ByteStringObject(planted["link"].encode("latin-1"))})
        link = {NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action}
        writer.add_annotation(0, DictionaryObject(link | {NameObject("/Rect"): ArrayObject([NumberObject(1)] * 4)}))
    if "alternative" in planted:
        figure = DictionaryObject(
            {NameObject("/S"): NameObject("/Figure"), NameObject("/Alt"): TextStringObject(planted["alternative"])}
        )
        writer.root_object[NameObject("/StructTreeRoot")] = writer._add_object(figure)
    if "xmp" in planted:
        about = DecodedStreamObject()
        about[NameObject("/Type")] = NameObject("/Metadata")
        about.set_data(f"<x:xmpmeta><title>{escaped(planted['xmp'])}</title></x:xmpmeta>".encode())
        writer.root_object[NameObject("/Metadata")] = writer._add_object(about)
    if "attachment" in planted:
        writer.add_attachment("a.txt", planted["attachment"].encode("utf-8"))
    if "workbook" in planted:
        sheet = PARTS["xlsx"]["a comment"]
        writer.add_attachment("a.xlsx", with_part(office("xlsx"), sheet[0], sheet[1](planted["workbook"])))
    if "picture" in planted:
        picture = DecodedStreamObject()
        picture[NameObject("/Subtype")] = NameObject("/Image")
        picture.set_data(jpeg(planted["picture"]))
        writer.root_object[NameObject("/Extra")] = writer._add_object(picture)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


IN_PDF = (
    "text", "title", "keywords", "outline", "note", "box", "link", "alternative", "xmp", "attachment", "workbook",
    "picture",
)  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("where", IN_PDF)
def test_a_leak_in_a_pdf_is_refused(where, leak):
    pytest.importorskip("pypdf")
    refused(leak, "pdf", {"pdf": pdf()}, {"pdf": pdf(**{where: LEAKS[leak][0]})}, "packages")


# What lies beside the documents


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_in_the_manifest_is_refused(leak):
    planted = {"manifest.json": json.dumps({"rebuild": {"command": LEAKS[leak][0]}})}
    refused(leak, "manifest.json", {"manifest.json": "{}"}, planted, "beside")


def test_every_format_has_places_where_a_leak_was_planted(told):
    from kernels_lib.production.jobs import FILES

    tried = {"html": PIECES, "slides": PIECES, "pdf": IN_PDF, **{name: {**PARTS[name], **PICTURES} for name in PARTS}}
    assert set(FILES) == set(tried)
    told("places where a leak was planted", sum(map(len, tried.values())))


# A PDF that would do something


def acting(**entries: object) -> bytes:
    """A PDF whose catalogue has one entry more."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    for key, value in entries.items():
        writer.root_object[NameObject(f"/{key}")] = as_pdf(value)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def as_pdf(value: object) -> object:
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject

    if isinstance(value, dict):
        return DictionaryObject({NameObject(key): as_pdf(held) for key, held in value.items()})
    return NameObject(value) if str(value).startswith("/") else TextStringObject(value)


DOING: dict[str, tuple[dict[str, object], str]] = {
    "a script": ({"OpenAction": {"/S": "/JavaScript", "/JS": "app.alert(1)"}}, "an action /JavaScript"),
    "a program": ({"OpenAction": {"/S": "/Launch", "/F": "calc.exe"}}, "an action /Launch"),
    "a form that is sent": ({"OpenAction": {"/S": "/SubmitForm", "/F": "x"}}, "an action /SubmitForm"),
    "another file": ({"OpenAction": {"/S": "/GoToR", "/F": "x.pdf"}}, "an action /GoToR"),
    "what is done later": ({"AA": {"/WC": {"/S": "/Named", "/N": "/Print"}}}, "an entry /AA"),
    "a form": ({"AcroForm": {"/XFA": "x"}}, "an entry /XFA"),
    "a link that runs": ({"X": {"/S": "/URI", "/URI": "javascript:x()"}}, "a link to 'javascript:x()'"),
    "a link to a file": ({"X": {"/S": "/URI", "/URI": "file:///etc/passwd"}}, "a link to 'file:///etc/passwd'"),
}


@pytest.mark.parametrize("what", DOING)
def test_a_pdf_that_would_do_something_is_caught(what):
    pytest.importorskip("pypdf")
    entries, says = DOING[what]
    assert f"pdf: holds {says}" == gates.inert(delivery(packages={"pdf": acting(**entries)}))


def test_a_pdf_may_lead_to_the_web_to_mail_and_to_its_own_pages():
    pytest.importorskip("pypdf")
    for address in ("https://example.org/x", "mailto:a@example.org"):
        assert "" == gates.inert(delivery(packages={"pdf": acting(X={"/S": "/URI", "/URI": address})}))
    assert "" == gates.inert(delivery(packages={"pdf": acting(X={"/S": "/GoTo", "/D": "here"})}))
