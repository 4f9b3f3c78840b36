"""Charts of one report: a chart function, given the words and numbers of its reader.

`charts` draws; what a figure says comes from `narrative`.  A client's figures take the client's
card, which is already disclosed, never the scores.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kernels_lib.analysis import charts
from kernels_lib.analysis.multiverse import DROPPED, FLIPS, MEANS, PRATT, SIGN
from kernels_lib.analysis.narrative import ClientWords, IndustryWords, MethodsWords, StudyWords
from kernels_lib.analysis.narrative.base import Words
from kernels_lib.study.disclosure import other_names
from kernels_lib.study.language import N_, _, _n
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
        caption += " " + _("Criteria that share a letter are not in a firm order.")
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
        key=study.mask_key,
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
    if firm:
        message = _n("{firm} of {total} pairs differs firmly", "{firm} of {total} pairs differ firmly", firm)
    else:
        message = _n("The only pair does not differ firmly", "None of {total} pairs differs firmly", total)
    caption = words.pairs_caption().text
    tracks = ("p_worst_adjusted", "rank_p_sure_adjusted") if words.shared.of_means else ("p_adjusted", "t_p_adjusted")
    # What is firm passes by both tests: the larger p-value is the one that decides.
    frame = words.shared.pairs.assign(p_adjusted=words.shared.pairs[list(tracks)].max(axis=1))
    return charts.pairs(
        frame, **_words(words, message.format(firm=firm, total=total), caption, words.shared.pairs_basis)
    )


def multiverse(words: StudyWords) -> go.Figure | None:
    """Which conclusions hang on a choice of method: every target, and the pairs that do; None without any."""
    table = words.shared.multiverse
    if not len(table):
        return None
    status = words.shared.robustness.set_index("name")["status"]
    drawn = table[(table["family"] == "targets") | (table["name"].map(status) == "fragile")]
    left_out = table["name"].nunique() - drawn["name"].nunique()
    caption = _("Every criterion against its target, and the pairs that hang on a choice.")
    if words.shared.many:
        caption = _("Every criterion against its target.")
    if left_out:
        caption += " " + _n(
            "{n} pair that passes everywhere or nowhere is not drawn.",
            "{n} pairs that pass everywhere or nowhere are not drawn.",
            left_out,
        ).format(n=left_out)
    drawn = drawn.assign(
        correction=[_(CORRECTION_NAMES[how]) for how in drawn["correction"]],
        test=[_test_name(test) for test in drawn["test"]],
    )
    # Where only means were published, the first two tests are those on the assumed scale.
    first = list(dict.fromkeys(drawn["test"]))[:2]
    deciding = first if words.shared.of_means else [_test_name(PRATT), _test_name(MEANS)]
    return charts.multiverse(
        drawn,
        chosen=(deciding, _(CORRECTION_NAMES[words.study.parameters.correction])),
        **_words(words, words.robust_title().text, caption, words.shared.pairs_basis),
    )


# Short enough to stand above a block of cells.
TEST_NAMES = {
    PRATT: N_("ranks, Pratt"),
    DROPPED: N_("ranks, no zeros"),
    SIGN: N_("signs"),
    MEANS: N_("t"),
    FLIPS: N_("sign flips"),
}
CORRECTION_NAMES = {
    "bonferroni": N_("Bonferroni"),
    "holm": N_("Holm"),
    "bh": N_("Benjamini-Hochberg"),
    "none": N_("no correction"),
}
_WORST_CASE = re.compile(r"(ranks|means), (\S+) to (\S+)")


def _test_name(test: str) -> str:
    """A test as a chart names it: by what it compares, or by track and scale where it is a worst case."""
    found = _WORST_CASE.fullmatch(test)
    if found is None:
        return _(TEST_NAMES[test]) if test in TEST_NAMES else test
    words = _("ranks, {low} to {high}") if found[1] == "ranks" else _("means, {low} to {high}")
    return words.format(low=found[2], high=found[3])


def industries(words: ClientWords | IndustryWords) -> go.Figure | None:
    """Mean overall score of every industry; None where the data name none."""
    if not len(words.shared.industries):
        return None
    client = isinstance(words, ClientWords)
    message = words.industry_message() if client else words.place_title()
    caption = words.industries_caption()
    return charts.industries(
        words.shared.industries,
        mean_all=float(words.shared.league["overall"].mean()),
        n_all=words.study.n_units,
        minimum_base=words.study.parameters.minimum_base,
        own_words=_("yours") if client else _("this one"),
        **_context(words, message.text, caption.text),
    )


def heatmap(words: StudyWords | IndustryWords | MethodsWords) -> go.Figure:
    """Every unit's score on every criterion; for the research team only."""
    study = words.study
    if isinstance(words, IndustryWords):
        message = words.units_title().text
        caption = _("Shown: {brands}, the highest overall score at the top.").format(
            brands=words.brand_count(words.size)
        )
    elif isinstance(words, MethodsWords):
        message, caption = words.units_message().text, words.units_caption().text
    else:
        message = words.heat_message().text
        caption = _("Scores of all {n} {units}, the highest overall score at the top.").format(
            n=study.n_units, units=words.units
        )
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
