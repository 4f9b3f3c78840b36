"""A report while its notebook runs: shows each piece and remembers what was stated.

The last cell calls `close`, which displays everything stated as one `Results` object; exporters
take that out of the page.  In JupyterLab the same outputs show as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go
from IPython.display import display
from markupsafe import Markup, escape

from kernels_lib.analysis import frozen
from kernels_lib.analysis.charts.assembling import as_json
from kernels_lib.analysis.statement import Statement
from kernels_lib.analysis.tables import ShownTable
from kernels_lib.study.dressing import dressing
from kernels_lib.study.language import _, spoken
from kernels_lib.study.opening import Study
from kernels_lib.study.results import MIME, Basis, Criterion, FigureRecord, Number, Results, Sentence, Table, Test

PLOTLY_MIME = "application/vnd.plotly.v1+json"


class Report:
    """Shows pieces of one report and collects its results.

    Parameters
    ----------
    study : Study
    kind : {"study", "industry", "client", "methods"}
    basis : Basis
        What the report's findings rest on.
    """

    def __init__(self, study: Study, kind: str, basis: Basis) -> None:
        self.study = study
        self.kind = kind
        self.basis = basis
        self._headline = ""
        self._numbers: dict[str, Number] = {}
        self._sentences: list[Sentence] = []
        self._tables: dict[str, Table] = {}
        self._figures: dict[str, FigureRecord] = {}
        self._tests: list[Test] = []
        self._facts: dict[str, Any] = {}

    def masthead(
        self, kicker: list[str], *, title: str, description: str, notice_tag: str = "", made: str = ""
    ) -> None:
        """Show who the report is for, what it is about, and the notice that its data need."""
        parameters = self.study.parameters
        fields = {
            "title": title,
            "subject": self.study.subject,
            "description": description,
            "kicker": kicker,
            "language": parameters.language,
            "notice": self.study.notice,
            "notice_tag": notice_tag if self.study.notice else "",
            "made": made,
            "foot": _("{subject}, {kind}, wave {wave}").format(
                subject=self.study.subject, kind=kicker[0], wave=self.study.wave
            ),
            **dressing(self.study.root, parameters.model_dump(), self.study.effective.origin),
        }
        shown = Markup(" · ").join(escape(item) for item in [self.study.subject, *kicker])
        notice = Markup("<p><b>{}</b></p>").format(self.study.notice) if self.study.notice else ""
        self._display("masthead", {"text/html": f"<p>{shown}</p>{notice}"}, **fields)

    def headline(self, statement: Statement) -> None:
        """Show the finding of the whole report."""
        self._headline = statement.text
        self._note(statement)
        self._display("headline", {"text/markdown": f"# {_markdown(statement.text)}"}, text=statement.text)

    def title(self, statement: Statement) -> None:
        """Show the message of a section or slide."""
        self._note(statement)
        self._display("title", {"text/markdown": f"## {_markdown(statement.text)}"}, text=statement.text)

    def say(self, *statements: Statement) -> None:
        """Show one paragraph."""
        spoken = [statement for statement in statements if statement.text]
        if not spoken:
            return
        for statement in spoken:
            self._note(statement)
        html = Markup(" ").join(statement.html for statement in spoken)
        self._display("prose", {"text/html": f"<p>{html}</p>"})

    def piece(self, kind: str, shown: Statement) -> None:
        """Show a laid-out piece: summary, gate, steps, say, slide."""
        self._note(shown)
        laid_out = {"layout": shown.layout, "content": shown.content} if shown.layout else {}
        self._display(kind, {"text/html": str(shown.html)}, **laid_out)

    def table(self, shown: ShownTable | None, *, folded: str = "") -> None:
        """Show a table, folded away below the words `folded` (a message) where they are given.

        None is a table that these data do not have; the words beside it say so.
        """
        if shown is None:
            return
        self._tables[shown.record.id] = shown.record
        self._remember(shown.numbers)
        html = shown.html
        if folded:
            html = Markup('<details class="fold"><summary>{}</summary>{}</details>').format(_(folded), html)
        self._display("fold" if folded else "table", {"text/html": str(html)})

    def figure(self, figure: go.Figure | None, *rests_on: Statement) -> None:
        """Show a chart as data; the exporters draw it.  None is a chart that this reader may not see.

        `rests_on` are statements whose questions of the ledger the chart's message speaks of.
        """
        if figure is None:
            return
        drawn = as_json(figure)
        # Not figure.layout.meta: plotly would ask another library whether that is one of its tables.
        meta = drawn["layout"]["meta"]
        claims = dict.fromkeys(claim for statement in rests_on for claim in statement.claims)
        self._figures[meta["id"]] = FigureRecord(
            id=meta["id"],
            message=meta["message"],
            alt=meta["alt"],
            how_to_read=meta["how_to_read"],
            basis=Basis(meta["basis"]),
            claims=tuple(claims),
        )
        self._display("figure", {PLOTLY_MIME: drawn, "text/plain": meta["alt"]})

    def tests(self, rows: Iterable[Test]) -> None:
        """Enter tests into the ledger of this report."""
        self._tests.extend(rows)

    def facts(self, **facts: Any) -> None:
        """Remember plain facts for the results: criteria, brands, industries, summary."""
        self._facts.update(facts)

    @property
    def ledger(self) -> list[Test]:
        """Every test entered so far."""
        return list(self._tests)

    def close(self) -> None:
        """Display the results; nothing may be stated after this."""
        results = self.results()
        self._display("results", {MIME: json.loads(results.model_dump_json()), "text/plain": "results"})

    def results(self) -> Results:
        """Everything stated so far."""
        study = self.study
        criteria: tuple[Criterion, ...] = tuple(self._facts.pop("criteria", ()))
        return Results(
            study=study.name or "main",
            report=self.kind,
            subject=study.client.slug if study.client else study.industry.slug if study.industry else "",
            subject_name=study.subject,
            wave=study.wave,
            report_date=study.report_date.isoformat(),
            basis=self.basis,
            notice=study.notice,
            headline=self._headline,
            criteria=criteria,
            numbers=self._numbers,
            tables=tuple(self._tables.values()),
            figures=tuple(self._figures.values()),
            sentences=tuple(self._sentences),
            tests=tuple(self._tests),
            parameters=json.loads(study.parameters.model_dump_json()),
            provenance={**study.provenance, **frozen.provenance(study)},
            **self._facts,
        )

    def _note(self, statement: Statement) -> None:
        self._remember(statement.numbers)
        self._sentences.append(statement.record())

    def _remember(self, numbers: Iterable[Number]) -> None:
        for number in numbers:
            known = self._numbers.setdefault(number.ref, number)
            if (known.value, known.text.casefold()) != (number.value, number.text.casefold()):
                raise ValueError(f"number '{number.ref}' is stated as {known.text} and as {number.text}")

    def _display(self, kind: str, bundle: dict[str, Any], **fields: Any) -> None:
        asked = self.study.parameters.language
        if spoken() != asked:
            # A context that was lost between cells, or another study that was opened since.
            raise ValueError(
                f"this report is in '{asked}', but the words now come in '{spoken()}': open the study again"
            )
        display(bundle, raw=True, metadata={"scorecard": {"kind": kind, **fields}})


def _markdown(text: str) -> str:
    """Text that markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|$~" else c for c in text)
