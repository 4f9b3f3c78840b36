"""The deck: reveal.js in one file, 1280 by 720, one message a slide.

A presenter's deck also has the speaker notes and how each chart is read, below the slide; a client
never gets that file, because whoever has a file can read all of it.

`ScorecardSlidesExporter` is an nbconvert exporter (``jupyter nbconvert --to scorecard_slides``).
"""

from __future__ import annotations

from traitlets import Bool, default

from kernels_lib.errors import GateFailed
from kernels_lib.production.publish import assets, page
from kernels_lib.production.publish.html import DocumentExporter


class ScorecardSlidesExporter(DocumentExporter):
    """An executed notebook as one deck."""

    export_from_notebook = "Scorecard slides"

    presenter = Bool(False, help="Whether the deck is the presenter's own, with speaker notes.").tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".slides.html"

    @default("template_file")
    def _template_file_default(self) -> str:
        return "deck.html.j2"

    def render(self, document: page.Document) -> str:
        if not document.slides:
            raise GateFailed("no cell of the notebook is part of a slide.", remedy="Give cells slideshow metadata.")
        scripts = ["reveal/reveal.js", "deck.js"]
        if shown := document.figures("deck"):
            plotly = assets.PLOTLY_FULL if any(figure.extra for figure in shown) else assets.PLOTLY
            scripts = [plotly, "draw.js", *scripts]
        style = assets.style(
            "reveal/reset.css",
            "reveal/reveal.css",
            "deck.css",
            modes=False,
            client=document.masthead.colours.get("primary", ""),
            fonts=document.masthead.fonts,
        )
        return self._render(document, style, scripts, presenter=self.presenter)
