"""What a report finds: the study's questions put to the scores, or to the published means alone.

    group_card    every criterion against its target      -> strengths, missed opportunities
    pairs         every pair of criteria                   -> which differ, and how surely
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

import numpy as np
import pandas as pd

from kernels_lib.analysis import bounds, effects, peers, scoring, significance
from kernels_lib.study.disclosure import withhold_industries, withhold_peers
from kernels_lib.study.opening import Study
from kernels_lib.study.results import Basis, Criterion, Test

TARGET_FAMILY = "against the target"
PAIRS_FAMILY = "pairs of criteria"
PEERS_FAMILY = "client against peers"
OMNIBUS_FAMILY = "do the criteria differ"


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

    @cached_property
    def card(self) -> pd.DataFrame:
        """Every criterion of the group against its target."""
        return card_over_tables(self.study) if self.of_means else card_of_scores(self.study)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Every pair of criteria."""
        if self.of_means:
            return pairs_over_tables(self.study)
        return pairs_of_scores(self.study)

    @cached_property
    def league(self) -> pd.DataFrame:
        """Every unit's overall score and rank, with their ranges under other weights."""
        return league(self.study)

    @cached_property
    def industries(self) -> pd.DataFrame:
        """Every industry's mean, withheld where too few others stand behind it."""
        return industries(self.study, self.league)

    @cached_property
    def tests(self) -> list[Test]:
        """The ledger of everything above."""
        if self.of_means:
            return [*_target_tests_over_tables(self), *_pair_tests_over_tables(self)]
        return [*_omnibus_tests(self), *_target_tests(self), *_pair_tests(self)]

    @cached_property
    def omnibus(self) -> significance.FriedmanResult:
        """Whether the criteria are scored alike at all, on the group's scores."""
        return significance.friedman(self.study.members)

    def criteria(self) -> tuple[Criterion, ...]:
        """The card as it goes into the results."""
        published = self.study.published
        rows = []
        for criterion, row in self.card.iterrows():
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
    return card


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
    bounded = bounds.against_over_tables(_printed(study), study.targets, study.published.n, **_bounds_arguments(study))
    card = _with_stages(study, _names(study).join(bounded))
    card["p_adjusted"] = card["p_worst_adjusted"]
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
    pairs = bounds.pairs_over_tables(_printed(study), study.published.n, **_bounds_arguments(study), names=names)
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
    if not study.means_only or study.industry is not None:
        return tested
    certain = pairs_over_tables(study)
    sure = {frozenset((row.first, row.second)) for row in certain.itertuples() if row.holds == "every"}
    in_every = np.array([frozenset((row.first, row.second)) in sure for row in tested.itertuples()], dtype=bool)
    tested["holds"] = np.where(in_every & (tested["holds"] == "firm"), "every", tested["holds"])
    return tested


def league(study: Study) -> pd.DataFrame:
    """Overall score, rank, and their ranges under other weights, for every unit.

    Returns
    -------
    DataFrame, best first, index unit
        `overall`, `coverage`, `rank`, `low`, `high`, `rank_low`, `rank_high`, `industry`.
    """
    table = scoring.overall(study.scores, study.weights)
    ranges = scoring.reweighted(
        study.scores, draws=study.parameters.weight_draws, rng=study.rng("weights of the criteria")
    )
    table = table.join(ranges)
    names = {industry.id: industry.name for industry in study.roster.industries.values()}
    table["industry"] = [names.get(study.groups[unit], "") for unit in table.index]
    return table


def industries(study: Study, league_table: pd.DataFrame) -> pd.DataFrame:
    """Mean overall score of every industry, with its interval.

    Returns
    -------
    DataFrame, index industry id
        `name`, `n`, `mean`, `ci_low`, `ci_high`, `own`, `withheld`.  For a client, industries with
        too few other units are withheld.
    """
    scale = study.instrument.scale
    own = study.client.industry if study.client else study.industry.id if study.industry else ""
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
            "own": industry.id == own,
            "withheld": False,
        }
    columns = ["name", "n", "mean", "ci_low", "ci_high", "own", "withheld"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table = table.astype({"n": int, "mean": float, "ci_low": float, "ci_high": float, "own": bool, "withheld": bool})
    table.index.name = "industry"
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
    card = _names(study)
    card["score"] = own
    card["target"] = pd.Series(study.targets)
    card["gap"] = card["score"] - card["target"]
    card["verdict"] = [
        scoring.verdict_of_score(score, target) for score, target in zip(card["score"], card["target"], strict=True)
    ]
    card["stage"] = [scoring.stage(score, study.instrument.stage_cuts).name for score in card["score"]]
    beside = peers.against_peers(
        own, study.peers, alpha=study.parameters.alpha, minimum_base=study.parameters.minimum_base
    )
    card = withhold_peers(card.join(beside), study.parameters.minimum_base)
    group = shared.card
    card["group_mean"], card["group_low"], card["group_high"] = group["mean"], group["ci_low"], group["ci_high"]
    card["group_verdict"] = group["verdict"]
    return card


def client_tests(study: Study, card: pd.DataFrame) -> list[Test]:
    """Ledger rows of the client against its peers; what was withheld stays out."""
    rows = []
    tested = card["p_value"].notna()
    for _, row in card.iterrows():
        known = not math.isnan(row["p_value"])
        if known:
            conclusion = "differs from its peers" if row["firm"] else "not firm"
        elif row["verdict"] == "not scored":
            conclusion = "cannot be tested: not scored"
        elif row["base"] < study.parameters.minimum_base:
            conclusion = "withheld: too few peers"
        else:
            conclusion = "cannot be tested: the peers all have the same score"
        rows.append(
            Test(
                family=PEERS_FAMILY,
                family_size=int(tested.sum()),
                question="Is the client's score unusual among its peers?",
                subject=row["short"],
                method="Crawford and Howell's t",
                exactness="asymptotic" if known else "not tested",
                n_used=int(row["base"]),
                statistic=None,
                p_value=_known(row["p_value"]),
                p_adjusted=_known(row["p_adjusted"]),
                correction="bh",
                alpha=study.parameters.alpha,
                effect_name="standard deviations from the peers' mean",
                effect=_known(row["z"]),
                conclusion=conclusion,
                basis=study.basis,
            )
        )
    return rows


def _omnibus_tests(shared: Common) -> list[Test]:
    study, result = shared.study, shared.omnibus
    alpha = study.parameters.alpha
    if result.p_value is None or result.f_p_value is None:
        conclusion, exactness = f"cannot be tested: {result.reason}", "not tested"
    else:
        conclusion = "the criteria differ" if result.f_p_value <= alpha else "unresolved"
        exactness = "asymptotic"
    return [
        Test(
            family=OMNIBUS_FAMILY,
            family_size=1,
            question="Are the criteria scored alike?",
            subject="all criteria",
            method="Friedman, tie-corrected; Iman-Davenport F",
            exactness=exactness,
            n_used=result.n_used,
            statistic=result.f_statistic,
            df=result.df1,
            p_value=result.f_p_value,
            p_adjusted=result.f_p_value,
            correction="none",
            alpha=alpha,
            effect_name="Kendall's W",
            effect=result.effect,
            conclusion=conclusion,
            basis=study.basis,
        )
    ]


_VERDICT_WORDS = {"strength": "above the target", "missed opportunity": "below the target"}


def _both_tracks(shared: Common, row: pd.Series, **fields: object) -> list[Test]:
    """One row a p-value: the test of ranks and the test of means."""
    parameters = shared.study.parameters
    rank_method, _, mean_method = row["method"].partition("; ")
    tracks = (
        (rank_method, row["exactness"], "p_value", "p_adjusted"),
        (mean_method or "t", "asymptotic", "t_p_value", "t_p_adjusted"),
    )
    rows = []
    for method, exactness, raw, adjusted in tracks:
        known = not math.isnan(row[raw])
        rows.append(
            Test(
                **fields,
                method=method,
                exactness=exactness if known else "not tested",
                n_used=int(row["n_used"] if raw == "p_value" else row["n"]),
                ties=int(row["ties"]),
                zeros=int(row["zeros"]),
                p_value=_known(row[raw]),
                p_adjusted=_known(row[adjusted]),
                correction=parameters.correction,
                alpha=parameters.alpha,
                basis=shared.study.basis,
            )
        )
    return rows


def _target_tests(shared: Common) -> list[Test]:
    card = shared.card
    rows = []
    for _, row in card.iterrows():
        rows += _both_tracks(
            shared,
            row,
            family=TARGET_FAMILY,
            family_size=int(card["p_value"].notna().sum()),
            question="Is the mean on the target?",
            subject=row["short"],
            effect_name="mean minus target",
            effect=_known(row["difference"]),
            ci_low=_known(row["ci_low"]),
            ci_high=_known(row["ci_high"]),
            conclusion=_VERDICT_WORDS.get(row["verdict"], "unresolved") if row["n"] else "cannot be tested: not scored",
        )
    return rows


def _pair_tests(shared: Common) -> list[Test]:
    pairs = shared.pairs
    rows = []
    for _, row in pairs.iterrows():
        firm = row["holds"] in ("firm", "every")
        if math.isnan(row["difference"]):
            conclusion = "cannot be tested: no unit was scored on both"
        else:
            conclusion = f"{row['first_name']} is above {row['second_name']}" if firm else "unresolved"
        rows += _both_tracks(
            shared,
            row,
            family=PAIRS_FAMILY,
            family_size=int(pairs["p_value"].notna().sum()),
            question="Do the two criteria differ?",
            subject=f"{row['first_name']} − {row['second_name']}",
            effect_name="difference of means",
            effect=_known(row["difference"]),
            conclusion=conclusion,
        )
    return rows


def _worst_case(shared: Common, row: pd.Series, **fields: object) -> Test:
    parameters = shared.study.parameters
    return Test(
        **fields,
        exactness="worst case",
        n_used=shared.study.published.n,
        p_value=_known(row["p_worst"]),
        p_adjusted=_known(row["p_worst_adjusted"]),
        correction=parameters.correction,
        alpha=parameters.alpha,
        basis=Basis.EVERY_TABLE,
    )


def _target_tests_over_tables(shared: Common) -> list[Test]:
    card = shared.card
    return [
        _worst_case(
            shared,
            row,
            family=TARGET_FAMILY,
            family_size=len(card),
            question="Is the mean on the target, whatever the single scores were?",
            subject=row["short"],
            method=row["method"],
            effect_name="mean minus target",
            effect=_known(row["difference"]),
            ci_low=_known(row["ci_low"]),
            ci_high=_known(row["ci_high"]),
            conclusion=f"{_VERDICT_WORDS[row['verdict']]} in every consistent table"
            if row["verdict"] in _VERDICT_WORDS
            else "not decidable from the means",
        )
        for _, row in card.iterrows()
    ]


def _pair_tests_over_tables(shared: Common) -> list[Test]:
    words = {
        "every": "{first_name} is above {second_name} in every consistent table",
        "some": "only in some consistent tables",
        "none": "in no consistent table",
    }
    return [
        _worst_case(
            shared,
            row,
            family=PAIRS_FAMILY,
            family_size=len(shared.pairs),
            question="Do the two criteria differ, whatever the single scores were?",
            subject=f"{row['first_name']} − {row['second_name']}",
            method="paired t, largest spread that the means allow",
            effect_name="difference of means",
            effect=_known(row["difference"]),
            conclusion=words[row["holds"]].format(**row),
        )
        for _, row in shared.pairs.iterrows()
    ]


def study_facts(study: Study, shared: Common) -> dict[str, object]:
    """Plain facts of the study's, an industry's or the methods report for its results."""
    members = shared.league.loc[[unit for unit in shared.league.index if unit in study.members.index]]
    summary: dict[str, object] = {"n": len(members)}
    if study.industry is not None:
        summary["overall"] = _known(float(members["overall"].mean()))
        summary["stage"] = scoring.stage(float(members["overall"].mean()), study.instrument.stage_cuts).name
    rows: list[dict[str, object]] = []
    for unit, row in members.iterrows():
        entry: dict[str, object] = {"name": unit, "industry": row["industry"], "basis": study.basis.value}
        if not shared.of_means:
            # The study's own report of published means carries no rebuilt score.
            rank = _known(row["rank"])
            entry |= {"overall": _known(row["overall"]), "rank": None if rank is None else int(rank)}
        rows.append(entry)
    facts: dict[str, object] = {"criteria": shared.criteria(), "summary": summary, "brands": tuple(rows)}
    industry_rows = []
    for identity, row in shared.industries.iterrows():
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
        for criterion, row in card.iterrows()
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
