"""What a report finds: the study's questions put to the scores, or to the published means alone.

    group_card    every criterion against its target      -> strengths, missed opportunities
    pairs         every pair of criteria                   -> which differ, and how surely
    beside_overall  of many criteria each against the overall score, in place of pairs
    league        every unit's overall score and rank
    industries    every industry's mean
    client_card   one client's scores, against target and peers

`common` returns what does not depend on the client.  Where a study has published means only, its
own report rests on what holds in every table consistent with them (`bounds`); documents for
industries and clients are worked examples on the reconstructed scores and say so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kernels_lib.analysis import agreement, answers, bounds, effects, ledger, models, peers, scoring, significance
from kernels_lib.analysis import multiverse as choices
from kernels_lib.analysis import waves as change_of_waves
from kernels_lib.analysis.keeping import kept
from kernels_lib.analysis.rows import by_row
from kernels_lib.store import remember
from kernels_lib.study.disclosure import withhold_industries, withhold_peers
from kernels_lib.study.instrument import MANY_CRITERIA
from kernels_lib.study.language import _
from kernels_lib.study.opening import Study
from kernels_lib.study.results import Basis, Criterion, Test

if TYPE_CHECKING:
    from kernels_lib.analysis.verification.runner import CaseResult

# An ordinal model has a threshold between any two neighbouring scores.
MOST_LEVELS = 25


@dataclass(frozen=True)
class Common:
    """Findings that are the same for every client of a study.

    Attributes are computed when first read.
    """

    study: Study

    @property
    def of_means(self) -> bool:
        """Whether the report may use published means only."""
        return self.study.means_only and self.study.client is None and self.study.industry is None

    @property
    def basis(self) -> Basis:
        """What this report's findings rest on."""
        return Basis.PUBLISHED if self.of_means else self.study.basis

    @property
    def pairs_basis(self) -> Basis:
        """What comparisons rest on: published means are compared over all tables that have them."""
        return Basis.EVERY_TABLE if self.of_means else self.study.basis

    @cached_property
    def card(self) -> pd.DataFrame:
        """Every criterion of the group against its target."""
        return kept(self.study, "card", self._card)

    def _card(self) -> pd.DataFrame:
        return card_over_tables(self.study) if self.of_means else card_of_scores(self.study)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Every pair of criteria."""
        return kept(self.study, "pairs", self._pairs)

    def _pairs(self) -> pd.DataFrame:
        if self.of_means:
            return pairs_over_tables(self.study)
        if self.many:
            # None is asked: see `beside_overall`.  The frame has its columns all the same.
            return significance.pairwise(self.study.members.iloc[:, :1], alpha=self.study.parameters.alpha)
        return pairs_of_scores(self.study)

    @property
    def many(self) -> bool:
        """Whether the criteria are too many for pairs; published means are compared in pairs whatever their number."""
        return len(self.study.instrument.criteria) >= MANY_CRITERIA and not self.study.means_only

    @cached_property
    def beside_overall(self) -> pd.DataFrame:
        """Of many criteria each against the overall score; empty where there are pairs."""
        return kept(self.study, "beside_overall", self._beside_overall)

    def _beside_overall(self) -> pd.DataFrame:
        return beside_overall(self.study) if self.many else pd.DataFrame()

    @cached_property
    def league(self) -> pd.DataFrame:
        """Every unit's overall score and rank, with their ranges under other weights."""
        return kept(self.study, "league", self._league)

    def _league(self) -> pd.DataFrame:
        return league(self.study)

    @cached_property
    def industries(self) -> pd.DataFrame:
        """Every industry's mean, withheld where too few others stand behind it."""
        return kept(self.study, "industries", self._industries)

    def _industries(self) -> pd.DataFrame:
        return industries(self.study, self.industry_means)

    @cached_property
    def industry_means(self) -> pd.DataFrame:
        """The same for every reader: none is withheld here, so nothing of it is shown."""
        return kept(self.study, "industry_means", self._industry_means)

    def _industry_means(self) -> pd.DataFrame:
        return industry_means(self.study, self.league)

    @cached_property
    def omnibus(self) -> pd.Series:
        """Whether the criteria are scored alike at all; see `answers`."""
        return kept(self.study, "omnibus", self._omnibus)

    def _omnibus(self) -> pd.Series:
        if self.of_means:
            return answers.omnibus_over_tables(self.study, _printed(self.study))
        return answers.omnibus(self.study, self.study.members)

    @cached_property
    def across(self) -> tuple[pd.DataFrame, pd.Series]:
        """Each criterion across all industries, and their profiles."""
        return kept(self.study, "across", self._across)

    def _across(self) -> tuple[pd.DataFrame, pd.Series]:
        return answers.across_industries(self.study, self.study.scores)

    @cached_property
    def industry_pairs(self) -> pd.DataFrame:
        """Which industries differ, on the criteria that set them apart; see `answers`."""
        return kept(self.study, "industry_pairs", self._industry_pairs)

    def _industry_pairs(self) -> pd.DataFrame:
        return answers.pairs_of_industries(self.study, self.study.scores, self.across[0])

    @cached_property
    def smallest_industry_p(self) -> tuple[float, int]:
        """Smallest corrected p-value that two industries can reach, and how many pairs there are."""
        return kept(self.study, "smallest_industry_p", self._smallest_industry_p)

    def _smallest_industry_p(self) -> tuple[float, int]:
        return answers.smallest_industry_p(self.study)

    @property
    def compares_industries(self) -> bool:
        """Whether this report puts the industries side by side: never on published means, never to a client."""
        return not self.of_means and self.study.client is None and len(self.study.roster.industries) > 1

    @cached_property
    def change(self) -> pd.DataFrame | None:
        """What changed since the wave before; None for the first wave, and for one industry or client."""
        return kept(self.study, "change", self._change)

    def _change(self) -> pd.DataFrame | None:
        study = self.study
        if study.before is None or self.of_means or study.client is not None or study.industry is not None:
            return None
        scale = study.instrument.scale
        if self.other_scale:
            # Points of two scales have no difference.
            return None
        table = change_of_waves.wave_change(
            study.before,
            study.scores,
            alpha=study.parameters.alpha,
            correction=study.parameters.correction,
            floor=scale.floor,
            top=scale.top,
            level=1 - study.parameters.alpha,
            draws=study.parameters.bootstrap_draws,
            rng=study.rng("change between waves"),
            sem=self.agreement["sem"].dropna().to_dict() if len(self.agreement) else None,
        )
        return _names(study)[["short"]].join(table)

    @cached_property
    def other_scale(self) -> str:
        """The wave that seems to be scored on another scale, "before" or "after"; empty where neither is."""
        study, scale = self.study, self.study.instrument.scale
        if study.before is None or self.of_means or study.industry is not None:
            return ""
        scores = study.roster.dataset.scores
        if scores is not None and scores.same_scale:
            return ""
        return change_of_waves.other_scale(study.before, study.scores, floor=scale.floor, top=scale.top)

    @cached_property
    def letters(self) -> dict[str, str]:
        """Criteria that share a letter are not in a firm order; none where no pair was asked."""
        return {} if self.many else answers.letters(self.card, self.pairs)

    @cached_property
    def reliability(self) -> agreement.Reliability:
        """How the criteria hang together as one scale, which they need not."""
        return kept(self.study, "reliability", self._reliability)

    def _reliability(self) -> agreement.Reliability:
        study = self.study
        return agreement.reliability(
            study.scores,
            level=1 - study.parameters.alpha,
            draws=study.parameters.bootstrap_draws,
            rng=study.rng("reliability of the criteria"),
        )

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """How far raters agree, criterion by criterion; empty without raters."""
        return kept(self.study, "agreement", self._agreement)

    def _agreement(self) -> pd.DataFrame:
        return rater_agreement(self.study)

    @cached_property
    def model(self) -> pd.DataFrame:
        """The ordinal model of all scores."""
        return kept(self.study, "model", self._model)

    def _model(self) -> pd.DataFrame:
        distinct = np.unique(np.round(self.study.members.to_numpy(), significance.DIGITS))
        table = models.criteria_model(self.study.members) if distinct.size <= MOST_LEVELS else _no_model(self.study)
        return _names(self.study)[["short"]].join(table)

    @cached_property
    def robustness(self) -> pd.DataFrame:
        """In how many combinations of test and correction each conclusion passes."""
        return choices.summary(self.multiverse).reset_index()

    @cached_property
    def multiverse(self) -> pd.DataFrame:
        """Every conclusion under every combination of test and correction."""
        return kept(self.study, "multiverse", self._multiverse)

    def _multiverse(self) -> pd.DataFrame:
        return multiverse(self)

    @property
    def missing(self) -> int:
        """Scores that are missing in the group."""
        return int(self.study.members.isna().to_numpy().sum())

    @property
    def has_gaps(self) -> bool:
        """Whether some scores are missing or were rounded, in scores that may be used at all."""
        return not self.of_means and bool(self.missing or self.study.instrument.scale.rounded_to)

    @cached_property
    def completions(self) -> pd.DataFrame:
        """Targets and pairs over every table that the missing or rounded scores allow."""
        return kept(self.study, "completions", self._completions)

    def _completions(self) -> pd.DataFrame:
        return completions(self)

    @cached_property
    def tests(self) -> list[Test]:
        """The ledger of everything above."""
        return kept(self.study, "tests", self._tests)

    def _tests(self) -> list[Test]:
        study = self.study
        if self.of_means:
            return [
                *ledger.omnibus_over_tables(study, self.omnibus),
                *ledger.targets_over_tables(study, self.card),
                *ledger.pairs_over_tables(study, self.pairs),
            ]
        rows = [
            *ledger.omnibus(study, self.omnibus),
            *ledger.targets(study, self.card),
            *ledger.margins(study, self.card),
            *ledger.pairs(study, self.pairs),
        ]
        if self.many:
            rows += ledger.overall(study, self.beside_overall)
        if self.compares_industries:
            rows += ledger.industries(study, *self.across)
            rows += ledger.pairs_of_industries(study, self.industry_pairs)
        if self.change is not None:
            rows += ledger.waves(study, self.change)
        return rows

    def criteria(self) -> tuple[Criterion, ...]:
        """The card as it goes into the results."""
        published = self.study.published
        rows = []
        for criterion, row in by_row(self.card):
            rows.append(
                Criterion(
                    id=str(criterion),
                    name=row["name"],
                    side=row["side"],
                    n=int(row["n"]),
                    mean=float(row["mean"]),
                    ci_low=_known(row["ci_low"]),
                    ci_high=_known(row["ci_high"]),
                    ci_level=_known(row["ci_level"]),
                    target=float(row["target"]),
                    stage=row["stage"],
                    stage_status=row["stage_status"],
                    verdict=row["verdict"],
                    grade=row["grade"],
                    published_mean=float(published.mean[str(criterion)]) if published else None,
                    basis=row["basis"],
                    ci_basis=row["ci_basis"],
                )
            )
        return tuple(rows)


def common(study: Study) -> Common:
    """What does not depend on the client."""
    return Common(study)


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _names(study: Study) -> pd.DataFrame:
    criteria = study.instrument.criteria
    return pd.DataFrame(
        {
            "name": [c.name for c in criteria],
            "short": [c.short for c in criteria],
            "side": [study.instrument.side_name(c.side) for c in criteria],
            "side_id": [c.side for c in criteria],
        },
        index=pd.Index([c.id for c in criteria], name="criterion"),
    )


def _with_stages(study: Study, card: pd.DataFrame) -> pd.DataFrame:
    stages = [scoring.stage(mean, study.instrument.stage_cuts) for mean in card["mean"]]
    card["stage"] = [stage.name for stage in stages]
    card["stage_status"] = [stage.status or "assumed" for stage in stages]
    return card


def card_of_scores(study: Study) -> pd.DataFrame:
    """Every criterion against its target, from the scores of the report's group.

    Returns
    -------
    DataFrame, index criterion
        Names, `n`, `mean`, `ci_low`, `ci_high` at the family's level, `verdict`, `stage`, p-values
        of both tracks, `basis`.
    """
    scale = study.instrument.scale
    tested = significance.against_target(
        study.members,
        study.targets,
        alpha=study.parameters.alpha,
        correction=study.parameters.correction,
        floor=scale.floor,
        top=scale.top,
    )
    card = _with_stages(study, _names(study).join(tested))
    card["grade"] = np.where(card["verdict"] == "unresolved", "not decided by both tests", "both tests agree")
    card["fact"] = [_side_of(difference) for difference in card["difference"]]
    card["basis"] = card["ci_basis"] = study.basis
    card["firm"] = card["verdict"] != "unresolved"
    return card.join(answers.on_target(study, card, study.members))


def _side_of(difference: float) -> str:
    if math.isnan(difference):
        return "not scored"
    rounded = round(difference, significance.DIGITS)
    return "above" if rounded > 0 else "below" if rounded < 0 else "at"


def card_over_tables(study: Study) -> pd.DataFrame:
    """Every criterion against its target, from its published mean alone.

    Returns
    -------
    DataFrame, index criterion
        As `card_of_scores`; `ci_low` and `ci_high` are the widest interval over all tables
        consistent with the means, `verdict` is a strength or a missed opportunity only where the
        test passes in every such table.
    """
    bounded = bounds.against_target_by_both_tracks(
        _printed(study), study.targets, study.published.n, **_bounds_arguments(study)
    )
    card = _with_stages(study, _names(study).join(bounded))
    card["p_adjusted"] = card["p_worst_adjusted"]
    card["largest_sd"] = card["sd_max"]
    # The verdict is that of the test of means; firm is only what both tests say (see `grade`).
    card["firm"] = card["verdict"] != "unresolved"
    card["verdict"] = card["verdict_means"]
    card["basis"] = Basis.PUBLISHED
    card["ci_basis"] = Basis.EVERY_TABLE
    return card


def _printed(study: Study) -> pd.DataFrame:
    return pd.DataFrame({"mean": pd.Series(study.published.mean)}).loc[study.instrument.ids]


def _bounds_arguments(study: Study) -> dict[str, object]:
    scale = study.instrument.scale
    return {
        "step": scale.step,
        "floor": scale.floor,
        "top": scale.top,
        "alpha": study.parameters.alpha,
        "correction": study.parameters.correction,
    }


def pairs_over_tables(study: Study) -> pd.DataFrame:
    """Every pair of criteria, from the published means alone."""
    names = {c.id: c.short for c in study.instrument.criteria}
    pairs = bounds.pairs_by_both_tracks(_printed(study), study.published.n, **_bounds_arguments(study), names=names)
    # The step of the scale is assumed: a claim about every table must not lean on it.
    leaning = (pairs["holds"] == "every") & ~pairs["any_step"]
    if study.instrument.scale.status["step"] == "assumed":
        pairs["holds"] = np.where(leaning, "some", pairs["holds"])
    return pairs


def pairs_of_scores(study: Study) -> pd.DataFrame:
    """Every pair of criteria, from the scores; `every` where the published means alone suffice."""
    names = {c.id: c.short for c in study.instrument.criteria}
    tested = significance.pairwise(
        study.members, alpha=study.parameters.alpha, correction=study.parameters.correction, names=names
    )
    tested = _with_intervals(study, tested)
    if not study.means_only or study.industry is not None:
        return tested
    sure = certain_pairs(study)
    in_every = np.array([frozenset((row.first, row.second)) in sure for row in tested.itertuples()], dtype=bool)
    tested["holds"] = np.where(in_every & (tested["holds"] == "firm"), "every", tested["holds"])
    return tested


def beside_overall(study: Study) -> pd.DataFrame:
    """Each criterion against the overall score of the same units: `significance.against_overall`, by criterion."""
    level = 1 - study.parameters.alpha
    total = scoring.overall(study.members, study.weights)["overall"]
    table = significance.against_overall(
        study.members, total, alpha=study.parameters.alpha, correction=study.parameters.correction
    )
    intervals = [
        effects.bootstrap_means(
            study.members[criterion] - total.reindex(study.members.index),
            level=level,
            draws=study.parameters.bootstrap_draws,
            rng=study.rng(f"interval of {criterion} and the overall score"),
        )
        for criterion in table.index
    ]
    table["ci_low"] = [math.nan if interval.low is None else interval.low for interval in intervals]
    table["ci_high"] = [math.nan if interval.high is None else interval.high for interval in intervals]
    table["ci_level"] = level
    return _names(study)[["short"]].join(table)


def certain_pairs(study: Study) -> set[frozenset[str]]:
    """Pairs in whose order every table with the published means agrees; the same for every client."""
    arguments = _bounds_arguments(study)
    key = {
        "version": 1,
        "means": dict(study.published.mean),
        "n": study.published.n,
        "status": study.instrument.scale.status["step"],
        **arguments,
    }

    def make() -> dict[str, np.ndarray]:
        rows = pairs_over_tables(study)
        sure = rows[rows["holds"] == "every"]
        return {"first": sure["first"].to_numpy(dtype=str), "second": sure["second"].to_numpy(dtype=str)}

    found = remember("certain pairs", key, make)
    return {frozenset(map(str, pair)) for pair in zip(found["first"], found["second"], strict=True)}


def _with_intervals(study: Study, pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs with the bootstrap interval of each difference of means, one by one at 1 - alpha."""
    level = 1 - study.parameters.alpha
    intervals = [
        effects.bootstrap_means(
            study.members[row.first] - study.members[row.second],
            level=level,
            draws=study.parameters.bootstrap_draws,
            rng=study.rng(f"interval of {row.first} and {row.second}"),
        )
        for row in pairs.itertuples()
    ]
    pairs["ci_low"] = [math.nan if interval.low is None else interval.low for interval in intervals]
    pairs["ci_high"] = [math.nan if interval.high is None else interval.high for interval in intervals]
    pairs["ci_level"] = level
    return pairs


def _no_model(study: Study) -> pd.DataFrame:
    """The ordinal model where the scores have too many values for one."""
    columns = ["coef", "odds_ratio", "ci_low", "ci_high", "p_value"]
    table = pd.DataFrame(math.nan, index=pd.Index(study.instrument.ids, name="criterion"), columns=columns)
    table["estimable"] = False
    why = _("not estimable: the scores have more than {most} different values")
    table["reason"] = why.format(most=MOST_LEVELS)
    return table


def rater_agreement(study: Study) -> pd.DataFrame:
    """How far raters agree, one row a criterion; empty where the data have no raters.

    Returns
    -------
    DataFrame, index criterion
        As `agreement.rater_agreement`, or `agreement.counted_agreement` where the ratings were counted;
        the categories are the whole scale of single ratings.
    """
    if not study.rated:
        return pd.DataFrame()
    scale = study.instrument.scale
    if scale.step is not None:
        categories = [scale.floor + i * scale.step for i in range(round((scale.top - scale.floor) / scale.step) + 1)]
    elif study.counts is not None:
        categories = list(study.counts.levels)
    else:
        categories = sorted(set(study.ratings[~np.isnan(study.ratings)].tolist()))
    if study.counts is not None:
        return agreement.counted_agreement(
            study.counts.table(),
            study.counts.levels,
            study.counts.criteria,
            categories=categories,
            level=1 - study.parameters.alpha,
            draws=study.parameters.bootstrap_draws,
            rng=study.rng("agreement of raters"),
        )
    return agreement.rater_agreement(
        {
            criterion: pd.DataFrame(study.ratings[:, place, :], index=study.scores.index)
            for place, criterion in enumerate(study.scores.columns)
        },
        categories=categories,
        level=1 - study.parameters.alpha,
        draws=study.parameters.bootstrap_draws,
        rng=study.rng("agreement of raters"),
    )


def multiverse(shared: Common) -> pd.DataFrame:
    """Every conclusion under every combination of test and correction.

    Where only means were published the tests are worst cases, on the assumed scale and, where its
    floor is assumed, on one that begins a point lower.

    Returns
    -------
    DataFrame, one row a conclusion and combination
        ``family``, ``name``, ``test`` (in English), ``correction``, ``p_adjusted``, ``passes``.
    """
    study, alpha = shared.study, shared.study.parameters.alpha
    names, scale = {c.id: c.short for c in study.instrument.criteria}, study.instrument.scale
    if shared.of_means:
        frames = [choices.multiverse_of(_worst_p(study, family), alpha=alpha) for family in ("targets", "pairs")]
    else:
        frames = [
            choices.against_target(
                study.members, study.targets, alpha=alpha, names=names, floor=scale.floor, top=scale.top
            ),
            *([] if shared.many else [choices.pairs(study.members, alpha=alpha, names=names)]),
        ]
    for frame, family in zip(frames, ("targets", "pairs"), strict=False):
        frame["family"] = family
    return pd.concat(frames, ignore_index=True)


def _worst_p(study: Study, family: str) -> pd.DataFrame:
    """Worst cases of both tests, for each floor of the scale that is possible; one row a conclusion."""
    scale, names = study.instrument.scale, {c.id: c.short for c in study.instrument.criteria}
    floors = [scale.floor]
    if scale.status["floor"] == "assumed":
        floors.append(scale.floor - 1)
    columns = {}
    for floor in floors:
        arguments = {**_bounds_arguments(study), "floor": floor}
        if family == "pairs":
            frame = bounds.pairs_by_both_tracks(_printed(study), study.published.n, **arguments, names=names)
            frame.index = pd.Index([choices.above(row.first_name, row.second_name) for row in frame.itertuples()])
        else:
            frame = bounds.against_target_by_both_tracks(_printed(study), study.targets, study.published.n, **arguments)
            frame = frame[frame["fact"].isin(["above", "below"])]
            frame.index = pd.Index([choices.beside_target(names[str(c)], fact) for c, fact in frame["fact"].items()])
        on = f"{floor:g} to {scale.top:g}"
        columns[f"ranks, {on}"] = frame["rank_p_sure"]
        columns[f"means, {on}"] = frame["p_worst"]
    return pd.DataFrame(columns)


def _pair_names(pairs: pd.DataFrame) -> list[str]:
    return [
        _("{first} over {second}").format(first=row.first_name, second=row.second_name) for row in pairs.itertuples()
    ]


def _pair_keys(pairs: pd.DataFrame) -> list[tuple[str, str]]:
    return [(row.first, row.second) for row in pairs.itertuples()]


def completions(shared: Common) -> pd.DataFrame:
    """Targets and pairs over every table that missing or rounded scores allow.

    Returns
    -------
    DataFrame, one row a claim
        ``family``, ``name``, ``difference_low``, ``difference_high``, ``p_worst``, ``p_best``,
        ``rank_p_worst``, ``rank_p_best``, ``holds``, ``verdict`` (on the scores at hand).
    """
    study, scale = shared.study, shared.study.instrument.scale
    scores = study.members
    if shared.missing:
        low, high = bounds.missing_box(scores, scale.floor, scale.top)
    else:
        low, high = bounds.rounding_box(scores, scale.rounded_to or 0.0, scale.floor, scale.top)
    common = {"alpha": study.parameters.alpha, "correction": study.parameters.correction}
    grid = {"floor": scale.floor, "top": scale.top, "step": scale.step if shared.missing else None}
    targets = bounds.against_target_over_completions(low, high, study.targets, **common, **grid)
    targets["name"] = shared.card["short"].reindex(targets.index)
    targets["verdict"] = shared.card["verdict"].reindex(targets.index)
    columns = ["name", "difference_low", "difference_high", "p_worst", "p_best", "rank_p_worst", "rank_p_best"]
    if shared.many:
        return targets.assign(family="targets")[["family", *columns, "holds", "verdict"]].reset_index(drop=True)
    names = {c.id: c.short for c in study.instrument.criteria}
    pairs = bounds.pairs_over_completions(low, high, **common, names=names, **grid)
    pairs["name"] = _pair_names(pairs)
    known = {frozenset(key): holds for key, holds in zip(_pair_keys(shared.pairs), shared.pairs["holds"], strict=True)}
    pairs["verdict"] = [known[frozenset(key)] for key in _pair_keys(pairs)]
    parts = [frame.assign(family=family) for frame, family in ((targets, "targets"), (pairs, "pairs"))]
    return pd.concat([part[["family", *columns, "holds", "verdict"]] for part in parts], ignore_index=True)


def reference_cases(study: Study) -> list[CaseResult]:
    """Published answers, rerun by the functions that made the reports."""
    # Every method at once: only the methods report needs them.
    from kernels_lib.analysis.verification.runner import run_folder

    return run_folder(study.root / "tests" / "reference_cases")


def league(study: Study) -> pd.DataFrame:
    """Overall score, rank, and their ranges under other weights, for every unit.

    Returns
    -------
    DataFrame, best first, index unit
        `overall`, `coverage`, `rank`, `low`, `high`, `rank_low`, `rank_high` (other weights),
        `rank_ci_low`, `rank_ci_high` (other criteria or raters of the same kind), `industry`.
    """
    table = scoring.overall(study.scores, study.weights)
    ranges = scoring.reweighted(
        study.scores, draws=study.parameters.weight_draws, rng=study.rng("weights of the criteria")
    )
    ranks = scoring.rank_intervals(
        study.scores,
        study.weights,
        level=1 - study.parameters.alpha,
        draws=study.parameters.bootstrap_draws,
        rng=study.rng("rank intervals"),
        ratings=study.ratings,
    )
    table = table.join(ranges).join(ranks[["rank_low", "rank_high"]].add_prefix("ci_"))
    table = table.rename(columns={"ci_rank_low": "rank_ci_low", "ci_rank_high": "rank_ci_high"})
    names = {industry.id: industry.name for industry in study.roster.industries.values()}
    table["industry"] = [names.get(study.groups[unit], "") for unit in table.index]
    return table


def industry_means(study: Study, league_table: pd.DataFrame) -> pd.DataFrame:
    """Mean overall score of every industry, with its interval.

    Returns
    -------
    DataFrame, index industry id
        `name`, `n`, `mean`, `ci_low`, `ci_high`.
    """
    scale = study.instrument.scale
    rows = {}
    for industry in study.roster.industries.values():
        units = study.groups.index[study.groups == industry.id]
        values = league_table.loc[units, "overall"].dropna()
        interval = effects.mean_interval(
            values,
            level=1 - study.parameters.alpha,
            floor=scale.floor,
            top=scale.top,
            draws=study.parameters.bootstrap_draws,
            rng=study.rng(f"interval of industry {industry.id}"),
        )
        rows[industry.id] = {
            "name": industry.name,
            "n": len(values),
            "mean": float(values.mean()) if len(values) else math.nan,
            "ci_low": math.nan if interval.low is None else interval.low,
            "ci_high": math.nan if interval.high is None else interval.high,
        }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["name", "n", "mean", "ci_low", "ci_high"])
    table = table.astype({"n": int, "mean": float, "ci_low": float, "ci_high": float})
    table.index.name = "industry"
    return table


def industries(study: Study, means: pd.DataFrame) -> pd.DataFrame:
    """Mean overall score of every industry, as one reader may see it.

    Parameters
    ----------
    study : Study
    means : DataFrame
        `industry_means`.

    Returns
    -------
    DataFrame, index industry id
        `name`, `n`, `mean`, `ci_low`, `ci_high`, `own`, `withheld`.  For a client, industries with
        too few other units are withheld.
    """
    own = study.client.industry if study.client else study.industry.id if study.industry else ""
    table = means.assign(own=np.array(means.index == own, dtype=bool), withheld=False)
    if study.client is not None and len(table) and study.parameters.disclosure != "named":
        table = withhold_industries(table, study.parameters.minimum_base)
    return table


def client_card(study: Study, shared: Common) -> pd.DataFrame:
    """One client's scores, against their targets and the peers; already disclosed.

    Returns
    -------
    DataFrame, index criterion
        Names, `score`, `target`, `gap`, `verdict`, `stage`; of the peers `peers_mean`, `peers_q1`,
        `peers_q3`, `best_quarter`, `base`, `below`, `tied`, `above`, `difference`, `p_adjusted`,
        `firm`; of all units `group_mean`, `group_low`, `group_high`, `group_verdict`.
    """
    own = study.scores.loc[study.client.brand]
    names, group = _names(study), shared.card
    scores = own.reindex(names.index).to_numpy(dtype=float)
    targets = np.array([study.targets.get(criterion, math.nan) for criterion in names.index], dtype=float)
    # Scored once, a score has no known error; scored by several raters, it is known up to its SEM.
    errors = _aligned(errors_of_measurement(study, shared), names.index)
    beside = peers.against_peers(
        own, study.peers, alpha=study.parameters.alpha, minimum_base=study.parameters.minimum_base
    )
    # Put together at once: a column that is added to a table costs as much as a whole table.
    card = pd.DataFrame(
        {
            **_columns(names),
            "score": scores,
            "target": targets,
            "gap": scores - targets,
            "sem": errors,
            "verdict": list(map(scoring.verdict_of_score, scores, targets, errors)),
            "stage": [scoring.stage(score, study.instrument.stage_cuts).name for score in scores],
            **_columns(beside.reindex(names.index)),
            **_columns(group.reindex(names.index)[list(_OF_GROUP)].rename(columns=_OF_GROUP)),
        },
        index=names.index,
    )
    return withhold_peers(card, study.parameters.minimum_base)


_OF_GROUP = {
    "mean": "group_mean",
    "ci_low": "group_low",
    "ci_high": "group_high",
    "verdict": "group_verdict",
    "firm": "group_firm",
}


def _columns(frame: pd.DataFrame) -> dict[str, Any]:
    return {name: column.array for name, column in frame.items()}


def _aligned(values: pd.Series | float, index: pd.Index) -> np.ndarray:
    if isinstance(values, pd.Series):
        return values.reindex(index).to_numpy(dtype=float)
    return np.full(len(index), values, dtype=float)


@dataclass(frozen=True)
class ClientChange:
    """One client's scores in two waves.

    Attributes
    ----------
    rows : DataFrame, index criterion
        `short`, `before`, `after`, `change` in points (NaN where a wave lacks the score), `least` (the smallest
        change that error of measurement seldom makes; NaN where it is not known) and `reach`: "beyond" it,
        "within" it, or "unknown".
    overall_before, overall_after : float
        The overall score of each wave over the criteria that the client was scored on in both, under today's
        weights; NaN without one.
    """

    rows: pd.DataFrame
    overall_before: float
    overall_after: float


def client_change(study: Study, shared: Common, card: pd.DataFrame) -> ClientChange | None:
    """What a client's own scores did since the wave before.

    Returns
    -------
    ClientChange or None
        None without an earlier wave, where it does not have the client, and where the waves seem to be on
        different scales.
    """
    if study.before is None or study.client.brand not in study.before.index or shared.other_scale:
        return None
    before = study.before.loc[study.client.brand].reindex(card.index).to_numpy(dtype=float)
    after = card["score"].to_numpy(dtype=float)
    change = np.round(after - before, 9) + 0.0
    least = np.array([agreement.minimal_detectable_change(error) for error in card["sem"].to_numpy(dtype=float)])
    known = ~np.isnan(change) & ~np.isnan(least)
    reach = np.where(known, np.where(np.abs(change) > least, "beyond", "within"), "unknown")
    rows = pd.DataFrame(
        {"short": card["short"], "before": before, "after": after, "change": change, "least": least, "reach": reach},
        index=card.index,
    )
    common = list(rows.index[rows["change"].notna()])
    then, now = (_overall_of(study, scores[common]) for scores in (study.before, study.scores))
    return ClientChange(rows, then, now)


def _overall_of(study: Study, scores: pd.DataFrame) -> float:
    if not len(scores.columns):
        return math.nan
    return float(scoring.overall(scores.loc[[study.client.brand]], study.weights)["overall"].iloc[0])


def errors_of_measurement(study: Study, shared: Common) -> pd.Series | float:
    """Standard error of measurement of a client's score on each criterion, in points; NaN where it is not known."""
    if study.counts is not None:
        place = study.counts.units.index(study.client.brand)
        errors = agreement.spread(study.counts.table(), study.counts.levels).sem[place]
        return pd.Series(errors, index=list(study.counts.criteria))
    return shared.agreement["sem"] if len(shared.agreement) else math.nan


def study_facts(study: Study, shared: Common) -> dict[str, object]:
    """Plain facts of the study's, an industry's or the methods report for its results."""
    members = shared.league.loc[[unit for unit in shared.league.index if unit in study.members.index]]
    summary: dict[str, object] = {"n": len(members)}
    if study.industry is not None:
        summary["overall"] = _known(float(members["overall"].mean()))
        summary["stage"] = scoring.stage(float(members["overall"].mean()), study.instrument.stage_cuts).name
    rows: list[dict[str, object]] = []
    for unit, row in by_row(members):
        entry: dict[str, object] = {"name": unit, "industry": row["industry"], "basis": study.basis.value}
        if not shared.of_means:
            # The study's own report of published means carries no rebuilt score.
            rank = _known(row["rank"])
            entry |= {"overall": _known(row["overall"]), "rank": None if rank is None else int(rank)}
        rows.append(entry)
    facts: dict[str, object] = {"criteria": shared.criteria(), "summary": summary, "brands": tuple(rows)}
    industry_rows = []
    for identity, row in by_row(shared.industries):
        entry = {"id": identity, "name": row["name"], "n": int(row["n"]), "basis": study.basis.value}
        if not shared.of_means:
            entry |= {key: _known(row[key]) for key in ("mean", "ci_low", "ci_high")}
        industry_rows.append(entry)
    return {**facts, "industries": tuple(industry_rows)}


def client_facts(study: Study, shared: Common, card: pd.DataFrame) -> dict[str, object]:
    """Plain facts of a client's report for its results; only what the client may see."""
    place = shared.league.loc[study.client.brand]
    overall, rank = _known(place["overall"]), _known(place["rank"])
    rows = {
        str(criterion): {
            "score": _known(row["score"]),
            "target": float(row["target"]),
            "verdict": row["verdict"],
            "peers_mean": _known(row["peers_mean"]),
            "best_quarter": _known(row["best_quarter"]),
        }
        for criterion, row in by_row(card)
    }
    return {
        "criteria": shared.criteria(),
        "summary": {
            "overall": overall,
            "rank": None if rank is None else int(rank),
            "stage": scoring.stage(math.nan if overall is None else overall, study.instrument.stage_cuts).name,
            "industry": place["industry"],
            "scores": rows,
        },
    }
