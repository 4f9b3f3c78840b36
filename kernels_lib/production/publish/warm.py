"""Everything that documents share, compiled and read once, before a process is forked for each of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kernels_lib.production.publish import PAGES, cascade, figures, fit, formats, page, parts
from kernels_lib.production.publish.words import words
from kernels_lib.study.language import LANGUAGES
from kernels_lib.study.numerals import Numerals


def compile_all(way: str, notebooks: Iterable[Any]) -> None:
    """See `kernels_lib.production.publish.compile_all`."""
    for language in LANGUAGES:
        words(language)
        Numerals(language).fixed(1.5, 1)
    cascade.rules()
    for notebook in notebooks:
        page.render_markdown(notebook)
    model, to_assets = _document(), "../../assets/" if way == "shared" else ""
    source = formats.Source({}, model, to_assets)
    for name in PAGES:
        parts.take_apart(formats.MAKE[name](source), to_assets)
    fit.too_much(model)


def _document() -> page.Document:
    """A page model with one of each thing that a template lays out."""
    said = dict.fromkeys(("id", "message", "alt", "how_to_read"), "x")
    table = {"columns": [{"key": "x", "label": "x", "unit": ""}], "rows": [{"x": 1.5}]}
    meta = {**said, **table, "basis": "measured"}
    figure = figures.read({"data": [{"type": "bar"}], "layout": {"meta": meta}}, where="x")
    shown = page.Block("figure", figure=figure, number=1)
    section = page.Section("x", "x", lead=page.Markup(page.marked_up("*x*")[0]), message="x", blocks=[shown])
    slides = (page.Slide("x", "x"), page.Slide("x", "x", blocks=[shown]))
    return page.Document(page.Masthead("x", "x"), "x", page.Section("summary", ""), (section,), slides)
