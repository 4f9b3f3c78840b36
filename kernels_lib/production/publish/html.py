"""The page: one file, one column of sections, contents that follow the reader.

`ScorecardHTMLExporter` is an nbconvert exporter, so that ``jupyter nbconvert --to scorecard_html``
works.  It uses nbconvert's reading, configuration and preprocessors, and its own templates.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment
from nbconvert.exporters.exporter import Exporter
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import default

from kernels_lib.production.publish import assets, page, render


class DocumentExporter(TemplateExporter):
    """What the page and the deck share; a subclass says which template and layout."""

    output_mimetype = "text/html"

    @default("template_paths")
    def _template_paths(self, prune: bool = True, root_dirs: Any = None) -> list[str]:
        # Only our own: a template of the same name in a user's Jupyter folder must not replace it.
        return [str(assets.TEMPLATES)]

    def _create_environment(self) -> Environment:
        return assets.environment()

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str, dict[str, Any]]:
        """Convert an executed notebook.

        Raises
        ------
        GateFailed
            See `kernels_lib.production.publish.page.read`.
        """
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        return self.render(page.read(nb)), resources

    def render(self, document: page.Document) -> str:
        """Lay a page model out."""
        raise NotImplementedError


class ScorecardHTMLExporter(DocumentExporter):
    """An executed notebook as one page."""

    export_from_notebook = "Scorecard page"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_file")
    def _template_file_default(self) -> str:
        return render.REPORT

    def render(self, document: page.Document) -> str:
        return render.report(document, template=self.template).text()
