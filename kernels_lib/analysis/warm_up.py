"""What a kernel would otherwise do at its first figure, table and parameter file.

Imported by the template of warm kernels, before it forks; importing it anywhere else is harmless.
`prepare` also has the findings that clients share at hand, so that every child forked afterwards has them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import IPython.display  # noqa: F401 - loaded for the kernels

import kernels_lib.analysis.beside.exhibits  # noqa: F401 - loaded for the kernels
from kernels_lib.analysis import exhibits, figures, findings, ledger, pieces
from kernels_lib.analysis.charts.assembling import NO_TEMPLATE, as_json, unchecked
from kernels_lib.analysis.narrative import Advice, ClientWords
from kernels_lib.analysis.tables import environment
from kernels_lib.study import Study, open_study
from kernels_lib.study.language import LANGUAGES, speaking, spoken
from kernels_lib.study.numerals import Numerals
from kernels_lib.study.results import FigureRecord, Results, Sentence

for _model in (FigureRecord, Sentence, Results):
    _model.model_rebuild()
for _language in LANGUAGES:
    Numerals(_language).date(dt.date(2010, 8, 2))
environment().get_template("table.html.j2")
_ = environment().get_template("pieces.html.j2").module
as_json(
    unchecked(
        [{"type": "scatter", "x": [0], "y": [0], "text": ["a"]}, {"type": "bar", "x": [0], "y": [0]}],
        {"template": NO_TEMPLATE, "shapes": [{"type": "line"}], "annotations": [{"text": "a"}], "meta": {"id": "warm"}},
    )
)


def prepare(
    study_name: str = "",
    *,
    clients: Sequence[str] = (),
    wave: str = "",
    overrides: str = "",
    root: Path | None = None,
    changing: bool = False,
    asks: bool = True,
) -> None:
    """Make or load what the reports of these clients share, and go through one of them without showing it.

    A client that differs in a parameter that matters (alpha, weights, language) has findings of its own: name
    one client of each kind.  Nothing is displayed, and the language that was spoken is spoken afterwards.

    Parameters
    ----------
    study_name, wave, overrides
        As for `open_study`.
    clients : sequence of str
        Slugs; the first client of the study where none is given.
    root : Path, optional
        The project's root; found from the working directory by default.
    changing : bool, default False
        Whether parameters will change: then what another level or target asks for again, and what a finding from
        a file does not bring along, is computed as well.
    asks : bool, default True
        Whether the reports ask for what clients share; else their study is opened, and that is all.

    Raises
    ------
    ScorecardError
        If the study or a client cannot be opened; the client's own report says the same.
    """
    with speaking(spoken()):
        for client in clients or [""]:
            if not client:
                study = open_study(study_name, wave=wave, overrides=overrides, root=root)
                client = next(iter(study.roster.clients), "")
                if not client:
                    return
            if not asks:
                open_study(study_name, client=client, wave=wave, overrides=overrides, root=root)
                continue
            study = _go_through(study_name, client, wave, overrides, root)
            if changing:
                _compute_again(study)


def _compute_again(study: Study) -> None:
    """Findings whose parts are kept in this process, whatever was found in a file."""
    if study.means_only:
        findings.pairs_over_tables(study)
    findings.card_of_scores(study)


def _go_through(study_name: str, client: str, wave: str, overrides: str, root: Path | None) -> Study:
    """Everything that a client's report says, said to nobody."""
    study = open_study(study_name, client=client, wave=wave, overrides=overrides, root=root)
    shared = findings.common(study)
    card = findings.client_card(study, shared)
    words = ClientWords(study, shared, card)
    advice = Advice(words)
    tests = [*shared.tests, *ledger.peers(study, card)]
    drawn = [figures.gap(words), figures.peers(words), figures.pairs(words), figures.industries(words)]
    for figure in (*drawn, figures.others(words)):
        if figure is not None:
            as_json(figure)
    pieces.summary(words, advice)
    pieces.answer(words, advice)
    for of_steps in (pieces.gate, pieces.steps, pieces.gate_slide, pieces.quarter):
        of_steps(advice)
    for of_words in (pieces.meaning, pieces.strengths, pieces.best, pieces.noise, pieces.noise_slide):
        of_words(words)
    for said in (words.headline, words.scorecard, words.peers, words.industry, words.method):
        said()
    exhibits.client_scorecard(words)
    exhibits.assumptions(study)
    exhibits.families(study, tests)
    exhibits.ledger(study, tests)
    exhibits.quotable(study)
    pieces.glossary(exhibits.glossary_rows(study))
    findings.client_facts(study, shared, card)
    return study
