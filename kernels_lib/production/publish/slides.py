"""The deck: reveal.js in one file, 1280 by 720, one message a slide.

A presenter's deck also has the speaker notes and how each chart is read, below the slide; a client
never gets that file, because whoever has a file can read all of it.

`ScorecardSlidesExporter` is an nbconvert exporter (``jupyter nbconvert --to scorecard_slides``).
"""

from __future__ import annotations

from traitlets import Bool, default

from kernels_lib.production.publish import page, render
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
        return render.DECK

    def render(self, document: page.Document) -> str:
        return render.deck(document, presenter=self.presenter, template=self.template).text()
