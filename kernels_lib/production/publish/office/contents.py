"""Every text inside a package, so that gates can look for what must not, and what must, be in it.

A package is a zip of parts: XML, further packages (the workbook behind a chart), pictures.  All are
opened, and what XML escapes, splits into runs or keeps in a table of strings is put together again,
because a search of the bytes would find nothing.  A PDF gives the text of its pages.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

# Runs inside these belong together: a paragraph of a slide, a string of a workbook, its header.
_WHOLE = {"p", "si", "is"}
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACED = re.compile(r"&(?:\"[^\"]*\"|K[0-9A-Fa-f]{6}|[0-9]+|[A-Z+-])")
_RUNS = re.compile(rb"[\x20-\x7e\xa0-\xff]{6,}")
_LETTERS = re.compile(rb"(?:[\t\n\r\x20-\x7e]|[\xc2-\xf4][\x80-\xbf]{1,3}){6,}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def texts(data: bytes) -> list[str]:
    """Every text inside a package, decoded.

    Parameters
    ----------
    data : bytes
        An xlsx, a pptx or a PDF.

    Returns
    -------
    list of str
        Paragraphs and strings whole, then every single text and attribute.
    """
    return [text for part in parts(data).values() for text in part]


def parts(data: bytes) -> dict[str, list[str]]:
    """Texts by the part that holds them; a part of a package inside is ``outer.xlsx!inner.xml``.

    A sheet of a workbook holds its strings, although the package keeps them elsewhere.
    """
    if data.startswith(b"%PDF"):
        return _of_pdf(data)
    found: dict[str, list[str]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        strings = _shared(package)
        for name in package.namelist():
            content = package.read(name)
            if content.startswith(b"PK\x03\x04"):
                found |= {f"{name}!{inner}": held for inner, held in parts(content).items()}
            elif name.endswith((".xml", ".rels", ".vml")):
                found[name] = [name, *_of_xml(content, strings)]
            else:
                found[name] = [name, *_of_bytes(content)]
    return found


def in_order(data: bytes) -> dict[str, list[str]]:
    """Texts and numbers of each part as they stand: rows of a sheet or a table one after the other."""
    if data.startswith(b"%PDF"):
        return parts(data)
    found: dict[str, list[str]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        strings = _shared(package)
        for name in package.namelist():
            content = package.read(name)
            if content.startswith(b"PK\x03\x04"):
                found |= {f"{name}!{inner}": held for inner, held in in_order(content).items()}
            elif name.endswith((".xml", ".vml")):
                root = ElementTree.fromstring(content)
                found[name] = [" ".join(_values(root, strings)), *_lists_in_attributes(root)]
            elif not name.endswith(".rels"):
                found[name] = list(_of_bytes(content))
    return found


def _lists_in_attributes(root: ElementTree.Element) -> Iterator[str]:
    """Attributes that hold several numbers, such as an alternative text; styles and places of cells hold one or two."""
    for element in root.iter():
        # A number and what stands between two of them take two letters at least.
        yield from (value for value in element.attrib.values() if len(value) > 6 and len(_NUMBER.findall(value)) > 3)


def _values(root: ElementTree.Element, strings: list[str]) -> Iterator[str]:
    """Texts of the elements in order; where a cell points into the table of strings, the string."""
    pointing = False
    for element in root.iter():
        if _bare(element.tag) == "c":
            pointing = element.get("t") == "s"
        if element.text and element.text.strip():
            yield strings[int(element.text)] if pointing and _bare(element.tag) == "v" else _said(element)


def _shared(package: zipfile.ZipFile) -> list[str]:
    """A workbook's table of strings; empty for a package that has none."""
    name = "xl/sharedStrings.xml"
    if name not in package.namelist():
        return []
    root = ElementTree.fromstring(package.read(name))
    # A workbook may write any letter as _x0041_.
    return [
        _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(entry.itertext()))
        for entry in root
        if _bare(entry.tag) == "si"
    ]


def _of_xml(content: bytes, strings: list[str]) -> Iterator[str]:
    root = ElementTree.fromstring(content)
    for element in root.iter():
        kind = _bare(element.tag)
        if kind in _WHOLE:
            yield "".join(element.itertext())
        if kind == "c" and element.get("t") == "s":
            yield strings[int("".join(element.itertext()))]
        if element.text and element.text.strip():
            yield _said(element)
        if element.tail and element.tail.strip():
            yield element.tail
        yield from element.attrib.values()


def _said(element: ElementTree.Element) -> str:
    """Text of an element without what only a spreadsheet reads: letters as _x0041_, places and fonts of a header."""
    text = element.text or ""
    if _bare(element.tag).endswith(("Header", "Footer")):
        text = _PLACED.sub(" ", text)
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _of_bytes(content: bytes) -> Iterator[str]:
    """What reads like text in a picture or an unknown part: letters of one byte, of two, in UTF-8, or compressed."""
    for part in (content, *noted(content)):
        for run in _RUNS.findall(part) + _RUNS.findall(part.replace(b"\0", b"")):
            yield run.decode("latin-1")
        for run in _LETTERS.findall(part):
            if not run.isascii():
                yield run.decode("utf-8", "replace")


def noted(picture: bytes) -> Iterator[bytes]:
    """What a PNG says of itself, each note alone, and the same unpacked where it is compressed."""
    at = 8
    while picture.startswith(b"\x89PNG") and at + 8 <= len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] in _NOTES:
            content = picture[at + 8 : at + 8 + length]
            yield content
            for place in range(len(content)):
                if content[place : place + 1] == b"\x78":
                    try:
                        yield zlib.decompressobj().decompress(content[place:], 1_000_000)
                    except zlib.error:
                        continue
        at += 12 + length


_NOTES = (b"tEXt", b"zTXt", b"iTXt", b"eXIf")


def _of_pdf(data: bytes) -> dict[str, list[str]]:
    from pypdf import PdfReader

    document = PdfReader(io.BytesIO(data))
    found = {f"page {number}": [page.extract_text()] for number, page in enumerate(document.pages, 1)}
    found["properties"] = [str(value) for value in (document.metadata or {}).values()]
    objects = list(_objects(document))
    found["actions"] = [action for held in objects for action in _actions(held)]
    return found | {"objects": [text for held in objects for text in _strings_of(held)]}


def _objects(document: Any) -> Iterator[Any]:
    """Every object of a PDF, whether a page leads to it or not."""
    from pypdf.generic import IndirectObject

    numbers = {(number, generation) for generation, held in document.xref.items() for number in held}
    numbers |= {(number, 0) for number in document.xref_objStm}
    for number, generation in sorted(numbers):
        yield document.get_object(IndirectObject(number, generation, document)) if number else None


# What a reader of a PDF may be told to do: to go to a place in the file, and to the web where a link was clicked.
_HARMLESS = ("/GoTo", "/URI")
_DOING = re.compile(
    "/(JavaScript|Launch|URI|GoTo|GoToR|GoToE|GoTo3DView|SubmitForm|ResetForm|ImportData|Rendition|Sound|Movie|Named|"
    "Hide|SetOCGState|Trans|Thread|RichMediaExecute|ECMAScript)"
)
_RUNNING = ("/JS", "/AA", "/XFA", "/RichMediaContent", "/EmbeddedFiles")
_WEB = re.compile("(https?://|mailto:)", re.I)


def _actions(held: Any) -> Iterator[str]:
    """What an object of a PDF does or holds that a page on paper could not."""
    if isinstance(held, dict):
        kind = str(dict.get(held, "/S", ""))
        if _DOING.fullmatch(kind) and kind not in _HARMLESS:
            yield f"an action {kind}"
        address = dict.get(held, "/URI")
        if isinstance(address, (str, bytes)):
            text = address if isinstance(address, str) else address.decode("latin-1")
            if not _WEB.match(text):
                yield f"a link to '{text[:80]}'"
        yield from (f"an entry {key}" for key in _RUNNING if key in held)
        for key in held:
            yield from _actions(dict.__getitem__(held, key))
    elif isinstance(held, list):
        for item in list.__iter__(held):
            yield from _actions(item)


def _strings_of(held: Any) -> Iterator[str]:
    """Alternative texts, links, outlines, notes, XMP and attachments: strings and text streams of one object."""
    from pypdf.generic import DecodedStreamObject, EncodedStreamObject, StreamObject

    kinds = (DecodedStreamObject, EncodedStreamObject, StreamObject)
    yield from _strings_in(held)
    if isinstance(held, dict) and "/EF" in held:
        for attached in held["/EF"].values():
            content = attached.get_object().get_data()
            yield from texts(content) if content.startswith((b"PK\x03\x04", b"%PDF")) else _of_bytes(content)
    if isinstance(held, kinds) and held.get("/Type") == "/Metadata":
        yield from _of_bytes(held.get_data())
    if isinstance(held, kinds) and held.get("/Subtype") == "/Image":
        # As it is kept: a photograph brings what its camera noted.
        yield from _of_bytes(held._data)


def _strings_in(held: Any) -> Iterator[str]:
    """Strings of one object; what it refers to is an object of its own."""
    if isinstance(held, dict):
        # Read raw: a reference is not followed.
        for key in held:
            yield from _strings_in(dict.__getitem__(held, key))
    elif isinstance(held, list):
        for item in list.__iter__(held):
            yield from _strings_in(item)
    elif isinstance(held, (str, bytes)) and not str(type(held).__name__).startswith("Name"):
        yield held if isinstance(held, str) else held.decode("latin-1")
