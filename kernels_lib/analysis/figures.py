"""Charts of one report: a chart function, given the words and numbers of its reader.

`charts` draws; what a figure says comes from `narrative`.  A client's figures take the client's
card, which is already disclosed, never the scores.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis import charts
from kernels_lib.analysis.multiverse import DROPPED, FLIPS, MEANS, PRATT, SIGN
from kernels_lib.analysis.narrative import ClientWords, IndustryWords, MethodsWords, StudyWords
from kernels_lib.analysis.narrative.base import Words
from kernels_lib.study.disclosure import other_names
from kernels_lib.study.results import Basis


def _words(words: Words, message: str, caption: str, basis: Basis | None = None) -> dict[str, Any]:
    return {
        "numerals": words.study.numerals,
        "message": message,
        "caption": caption,
        "basis": (basis or words.study.basis).value,
    }


def _context(words: Words, message: str, caption: str, basis: Basis | None = None) -> dict[str, Any]:
    scale = words.study.instrument.scale
    return {
        **_words(words, message, caption, basis),
        "floor": scale.floor,
        "top": scale.top,
        "unit_many": words.units,
    }


def _short_names(card: pd.DataFrame) -> pd.DataFrame:
    """The card with the criteria's short labels, as in the tables beside the charts."""
    return card.assign(name=card["short"])


def gap(words: ClientWords) -> go.Figure:
    """Strengths against missed opportunities of a client, above those of all units."""
    return charts.strengths(
        _short_names(words.shared.card),
        client=_short_names(words.card),
        subject=words.name,
        unsettled=words.bracketed,
        **_context(words, words.gap_message().text, words.gap_caption().text),
    )


def target(words: StudyWords | IndustryWords) -> go.Figure:
    """Strengths against missed opportunities of a group."""
    of_study = isinstance(words, StudyWords)
    message = words.target_message() if of_study else words.card_title()
    caption = words.target_caption() if of_study else words.card_caption()
    return charts.strengths(
        _short_names(words.shared.card),
        subject=words.group if of_study else words.name,
        unsettled=words.bracketed,
        **_context(words, message.text, caption.text, words.shared.basis),
    )


def scorecard(words: StudyWords) -> go.Figure:
    """Means with intervals on the stages of the scale."""
    letters = words.shared.letters
    caption = words.target_caption().text
    card = _short_names(words.shared.card)
    if len(set(letters.values())) > 1:
        card["letters"] = [letters.get(str(criterion), "") for criterion in card.index]
        caption += " Criteria that share a letter are not in a firm order."
    return charts.scorecard(
        card,
        stages=[(start, name) for start, name, _ in words.study.instrument.stage_cuts],
        **_context(words, words.scorecard_title().text, caption, words.shared.basis),
    )


def peers(words: ClientWords) -> go.Figure:
    """A client against its peers and the best quarter of them."""
    return charts.peers(
        _short_names(words.card),
        subject=words.name,
        **_context(words, words.peers_message().text, words.peers_caption().text),
    )


def others(words: ClientWords) -> go.Figure | None:
    """Every unit's overall score under the names that this client may see; None where it may see none."""
    study = words.study
    if study.parameters.disclosure == "aggregate":
        return None
    brand = study.client.brand
    names = other_names(
        [unit for unit in study.scores.index if unit != brand],
        reader=study.client.slug,
        disclosure=study.parameters.disclosure,
        unit=words.unit,
    )
    return charts.ranking(
        words.shared.league.rename(index={**names, brand: words.name}),
        highlight=words.name,
        target=words.common_target,
        unit_one=words.unit,
        identity="others",
        **_context(words, words.others_title().text, words.league_caption().text),
    )


def pairs(words: Words) -> go.Figure | None:
    """Which pairs of criteria are in a firm order; None for a single criterion."""
    if not len(words.shared.pairs):
        return None
    firm = len(words.firm_here) + len(words.firm_always)
    total = len(words.shared.pairs)
    message = f"{firm} of {total} pairs differ firmly" if firm else f"None of {total} pairs differs firmly"
    caption = words.unsettled().text or f"{firm} of {total} pairs are in a firm order."
    tracks = ("p_worst_adjusted", "rank_p_sure_adjusted") if words.shared.of_means else ("p_adjusted", "t_p_adjusted")
    # What is firm passes by both tests: the larger p-value is the one that decides.
    frame = words.shared.pairs.assign(p_adjusted=words.shared.pairs[list(tracks)].max(axis=1))
    return charts.pairs(frame, **_words(words, message, caption, words.shared.pairs_basis))


def multiverse(words: StudyWords) -> go.Figure | None:
    """Which conclusions hang on a choice of method: every target, and the pairs that do; None without any."""
    table = words.shared.multiverse
    if not len(table):
        return None
    status = words.shared.robustness.set_index("name")["status"]
    drawn = table[(table["family"] == "targets") | (table["name"].map(status) == "fragile")]
    left_out = table["name"].nunique() - drawn["name"].nunique()
    caption = "Every criterion against its target, and the pairs that hang on a choice."
    if left_out:
        caption += f" {left_out} pairs that pass everywhere or nowhere are not drawn."
    correction = words.study.parameters.correction
    drawn = drawn.assign(
        correction=drawn["correction"].map(CORRECTION_NAMES),
        test=drawn["test"].map(lambda test: TEST_NAMES.get(test, test)),
    )
    return charts.multiverse(
        drawn,
        chosen=(_deciding_tests(words), CORRECTION_NAMES[correction]),
        **_words(words, words.robust_title().text, caption, words.shared.pairs_basis),
    )


def _deciding_tests(words: StudyWords) -> list[str]:
    """The test of ranks and the test of means that decide, as the chart names them."""
    if not words.shared.of_means:
        return [TEST_NAMES[PRATT], TEST_NAMES[MEANS]]
    scale = words.study.instrument.scale
    return [f"{track}, {scale.floor:g} to {scale.top:g}" for track in ("ranks", "means")]


# Short enough to stand above a block of cells.
TEST_NAMES = {PRATT: "ranks, Pratt", DROPPED: "ranks, no zeros", SIGN: "signs", MEANS: "t", FLIPS: "sign flips"}
CORRECTION_NAMES = {"bonferroni": "Bonferroni", "holm": "Holm", "bh": "Benjamini-Hochberg", "none": "no correction"}


def industries(words: ClientWords | IndustryWords) -> go.Figure | None:
    """Mean overall score of every industry; None where the data name none."""
    if not len(words.shared.industries):
        return None
    client = isinstance(words, ClientWords)
    message = words.industry_message() if client else words.place_title()
    caption = words.industry() if client else words.place()
    return charts.industries(
        words.shared.industries,
        mean_all=float(words.shared.league["overall"].mean()),
        n_all=words.study.n_units,
        minimum_base=words.study.parameters.minimum_base,
        own_words="yours" if client else "this one",
        **_context(words, message.text, caption.text or message.text),
    )


def heatmap(words: StudyWords | IndustryWords | MethodsWords) -> go.Figure:
    """Every unit's score on every criterion; for the research team only."""
    study = words.study
    if isinstance(words, IndustryWords):
        message = words.units_title().text
        caption = f"Scores of {words.brand_count(words.size)}, the highest overall score at the top."
    elif isinstance(words, MethodsWords):
        message, caption = words.units_message().text, words.units_caption().text
    else:
        message, caption = words.heat_message().text, f"Scores of {words.group}, the highest overall score at the top."
    return charts.heatmap(
        study.members,
        words.shared.league,
        names={c.id: c.short for c in study.instrument.criteria},
        targets=study.targets,
        unit_one=words.unit,
        unit_many=words.units,
        **_words(words, message, caption),
    )


def ranking(words: StudyWords | MethodsWords) -> go.Figure:
    """Every unit's overall score, best first; for the research team only."""
    return charts.ranking(
        words.shared.league,
        target=words.common_target,
        unit_one=words.unit,
        **_context(words, words.league_title().text, words.league_caption().text),
    )
