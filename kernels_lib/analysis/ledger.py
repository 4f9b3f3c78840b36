"""The test ledger: one row a p-value, whatever came of it.

A family is a question asked many times and corrected as one.  Each function takes the frame that
answered a family and gives its rows:

    omnibus      do the criteria differ at all
    targets      is each criterion's mean on its target
    margins      is it within the margin of the target
    pairs        which criteria differ
    overall      which criteria stand apart from the overall score, where pairs would be too many
    industries   do the industries differ
    pairs_of_industries  which of them, by Dunn's test
    waves        what changed since the wave before
    peers        is a client's score unusual among its peers
    model        the ordinal model, beside the tests
    benchmarks   do a pool of clients and a published survey answer alike

The rows of one question (`about`) share its conclusion: a question is firm only if its test of
ranks and its test of means both pass after the correction.  Where only means were published the
rows hold worst cases over every consistent table.  Nothing here decides: conclusions come with the
frames.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd
from scipy import special

from kernels_lib.analysis import apa, power
from kernels_lib.analysis.rows import Row, by_row
from kernels_lib.analysis.tables import as_given
from kernels_lib.study.language import N_, SOURCE, _, _n, spoken
from kernels_lib.study.opening import Study
from kernels_lib.study.results import Basis, Test


class Family(NamedTuple):
    """A question that is asked of many things at once, in the words of a reader.

    `over_tables` is the same question where only means were published.  The name is also the
    family's key in the results, in English; all else is translated where it is shown.
    """

    name: str
    question: str
    plain: str
    over_tables: str = ""


FAMILIES = {
    "omnibus": Family(
        N_("do the criteria differ"),
        N_("Are the criteria scored alike?"),
        N_("If all criteria were scored alike, differences as large as these would come up by chance this rarely."),
        N_("Are the criteria scored alike, whatever the single scores were?"),
    ),
    "targets": Family(
        N_("against the target"),
        N_("Is the mean on the target?"),
        N_("A criterion is firmly above or below its target if chance alone would hardly put its mean so far off."),
        N_("Is the mean on the target, whatever the single scores were?"),
    ),
    "margins": Family(
        N_("on the target, within the margin"),
        N_("Is the mean within the margin of the target?"),
        N_("Not being firmly off the target does not make a criterion on target; this asks for it directly."),
    ),
    "pairs": Family(
        N_("pairs of criteria"),
        N_("Do the two criteria differ?"),
        N_("Two criteria are in a firm order if chance alone would hardly set them so far apart."),
        N_("Do the two criteria differ, whatever the single scores were?"),
    ),
    "overall": Family(
        N_("criteria against the overall score"),
        N_("Does the criterion differ from the overall score?"),
        N_("A criterion stands apart if chance alone would hardly set it so far from the overall score."),
    ),
    "industries": Family(
        N_("industries"),
        N_("Do the industries differ on this criterion?"),
        N_("Exploratory: few stand behind each industry, so only very large differences can show."),
    ),
    "waves": Family(
        N_("change between waves"),
        N_("Did the mean change since the wave before?"),
        N_("A change is firm if chance alone would hardly move the mean so far."),
    ),
    "peers": Family(
        N_("client against peers"),
        N_("Is the client's score unusual among its peers?"),
        N_("One score against few others: it has to stand far outside them before a test can take note."),
    ),
    "model": Family(
        N_("ordinal model"),
        N_("Is this criterion scored differently from the reference criterion?"),
        N_("A second opinion from one model of all scores; it never changes a verdict."),
    ),
    "benchmarks": Family(
        N_("pool against published shares"),
        N_("Do the pool of clients and the published survey answer alike?"),
        N_("Two samples, one test a question: firm if chance alone would hardly part their shares so far."),
    ),
}

PROFILES = N_("profiles of industries")
VERDICT_WORDS = {"strength": N_("above the target"), "missed opportunity": N_("below the target")}
UNRESOLVED = N_("unresolved")
POWER = 0.8

# Effects that have a direction: their sign is always shown.
SIGNED = (
    N_("difference of means"),
    N_("mean minus target"),
    N_("difference of mean ranks"),
    N_("change of the mean"),
    N_("difference of shares"),
)


def is_signed(test: Test) -> bool:
    """Whether the sign of a test's effect says which of two is higher."""
    return test.effect_name in [_(name) for name in SIGNED]


def family_words(study: Study, family: str, about: str) -> str:
    """The name of a family in the reader's language; `about` is a question of it."""
    kind, __, rest = about.partition(".")
    if kind == "dunn":
        criterion = study.instrument[rest.partition(".")[0]].short
        # English goes on in the middle of a sentence; a German noun keeps its capital.
        name = criterion.lower() if spoken() == SOURCE else criterion
        return _("pairs of industries on {criterion}").format(criterion=name)
    return _(family)


def first_step(alpha: float, size: int, correction: str) -> float:
    """The level at which the smallest p-value of a family is tested."""
    return alpha if correction == "none" or size < 1 else alpha / size


def detectable(n: int, sd: float | None, level: float, *, ranks: bool = False) -> float | None:
    """Smallest mean difference found with a power of 80 % at this level, in points; None where unknown."""
    if sd is None or math.isnan(sd) or sd == 0:
        return None
    deviations = power.mde_dz(n, level, POWER, test="signed_rank" if ranks else "paired_t")
    return None if deviations is None else deviations * sd


def known(value: float | None) -> float | None:
    """None for None and NaN: results hold no NaN."""
    return None if value is None or math.isnan(value) else float(value)


def question(family: str, *parts: str) -> str:
    """The key of a question, as rows and statements name it."""
    return ".".join((family, *parts))


def untested(reason: str) -> str:
    """The conclusion where there is no p-value; the reason is in the reader's language."""
    return _("cannot be tested: {reason}").format(reason=reason)


def zeros(count: int) -> str:
    """``1 zero``, ``3 zeros``."""
    return _n("{count} zero", "{count} zeros", count).format(count=count)


def omnibus(study: Study, answer: pd.Series) -> list[Test]:
    """Friedman's test, its check by permutation, and the test of means.

    Parameters
    ----------
    study : Study
    answer : Series
        `findings.omnibus`.
    """
    alpha = study.parameters.alpha
    firm = bool(answer["firm"])
    if answer["reason"]:
        conclusion = untested(answer["reason"])
    else:
        conclusion = _("the criteria differ") if firm else _("unresolved")
    shared = {
        "about": question("omnibus"),
        "family": FAMILIES["omnibus"].name,
        "family_size": 1,
        "question": _(FAMILIES["omnibus"].question),
        "subject": _("all criteria"),
        "correction": "none",
        "alpha": alpha,
        "firm": firm,
        "conclusion": conclusion,
        "basis": study.basis,
        "n_used": int(answer["n"]),
    }
    w = {
        "effect_name": _("Kendall's W"),
        "effect": known(answer["w"]),
        "ci_low": known(answer["w_low"]),
        "ci_high": known(answer["w_high"]),
        "ci_level": 1 - alpha,
    }
    df = apa.freedom(answer["df1"], answer["df2"]) if known(answer["df1"]) else ""
    rows = [
        ("ranks", answer["method"], "asymptotic", "f", "f_p_value", df, w),
        ("permutation", _("Friedman, scores permuted within each unit"), "permutation", "f", "permutation_p", df, w),
        (
            "means",
            _("repeated-measures analysis of variance, Greenhouse-Geisser"),
            "asymptotic",
            "anova_f",
            "anova_p",
            df,
            {"effect_name": _("partial eta squared"), "effect": known(answer["anova_effect"])},
        ),
    ]
    return [
        Test(
            id=question("omnibus", track),
            method=method,
            exactness=exactness if known(answer[p]) is not None else "not tested",
            statistic=known(answer[statistic]),
            df=known(answer["df1"]),
            p_value=known(answer[p]),
            p_adjusted=known(answer[p]),
            smallest_p=known(answer["smallest_p"]) if track == "permutation" else None,
            apa=apa.line(
                [
                    apa.symbol("F", known(answer[statistic]), df=freedom),
                    apa.p_value(known(answer[p])),
                    apa.symbol("W", effect["effect"], bounded=True) if track != "means" else "",
                    apa.interval(effect.get("ci_low"), effect.get("ci_high"), effect.get("ci_level")),
                    f"n = {int(answer['n'])}",
                ]
            ),
            **shared,
            **effect,
        )
        for track, method, exactness, statistic, p, freedom, effect in rows
    ]


def _tracks(study: Study, row: Row, size: int, **shared: object) -> list[Test]:
    """The rows of one question: test of ranks, test of means."""
    parameters = study.parameters
    level = first_step(parameters.alpha, size, parameters.correction)
    rank_method, __, mean_method = row["method"].partition("; ")
    about = str(shared["about"])
    n = int(row["n"])
    common = {
        **shared,
        "family_size": size,
        "correction": parameters.correction,
        "alpha": parameters.alpha,
        "basis": study.basis,
    }
    tested = known(row["p_value"]) is not None
    ranks = Test(
        id=f"{about}.ranks",
        method=rank_method,
        exactness=row["exactness"] if tested else "not tested",
        n_used=int(row["n_used"]),
        ties=int(row["ties"]),
        zeros=int(row["zeros"]),
        statistic=known(row["statistic"]),
        p_value=known(row["p_value"]),
        p_adjusted=known(row["p_adjusted"]),
        effect_name=_("Hodges-Lehmann shift"),
        effect=known(row["hodges_lehmann"]),
        ci_low=known(row["hl_low"]),
        ci_high=known(row["hl_high"]),
        ci_level=known(row["hl_level"]),
        smallest_p=known(row["smallest_p"]),
        detectable=detectable(n, row["sd"], level, ranks=True),
        apa=_signed_rank_line(row),
        **common,
    )
    low, high = _t_limits(row, parameters.alpha)
    means = Test(
        id=f"{about}.means",
        method=mean_method or "t",
        exactness="asymptotic" if known(row["t_p_value"]) is not None else "not tested",
        n_used=n,
        statistic=known(row["t"]),
        df=n - 1 if known(row["t"]) is not None else None,
        p_value=known(row["t_p_value"]),
        p_adjusted=known(row["t_p_adjusted"]),
        effect_name=_("difference of means"),
        effect=known(row["difference"]),
        ci_low=low,
        ci_high=high,
        ci_level=None if low is None else 1 - parameters.alpha,
        detectable=detectable(n, row["sd"], level),
        apa=_t_line(row, low, high, 1 - parameters.alpha),
        **common,
    )
    return [ranks, means]


def _t_limits(row: Row, alpha: float) -> tuple[float | None, float | None]:
    """The t interval of the difference, for one question at a time: it belongs to the p-value beside it."""
    if known(row["t"]) is None or (row["t"] == 0 and row["difference"] != 0):
        return None, None
    n = int(row["n"])
    half = -float(special.stdtrit(n - 1, alpha / 2)) * row["sd"] / math.sqrt(n)
    return row["difference"] - half, row["difference"] + half


def _signed_rank_line(row: Row) -> str:
    if known(row["p_value"]) is None:
        return ""
    return apa.line(
        [
            apa.symbol("V", known(row["statistic"]), decimals=1),
            apa.symbol("z", known(row["z"])),
            _("{p} (exact)").format(p=apa.p_value(row["p_value"]))
            if row["exactness"] == "exact"
            else apa.p_value(row["p_value"]),
            apa.symbol(_("r without zeros"), known(row["rank_biserial"]), bounded=True),
            f"n = {int(row['n'])}",
            zeros(int(row["zeros"])),
        ]
    )


def _t_line(row: Row, low: float | None, high: float | None, level: float) -> str:
    if known(row["t_p_value"]) is None:
        return ""
    return apa.line(
        [
            apa.symbol("t", known(row["t"]), df=str(int(row["n"]) - 1)),
            apa.p_value(row["t_p_value"]),
            apa.symbol("ΔM", known(row["difference"])),
            apa.interval(low, high, level),
        ]
    )


def targets(study: Study, card: pd.DataFrame) -> list[Test]:
    """Every criterion against its target: ranks, means, and the sign test beside them."""
    rows: list[Test] = []
    size = int(card["p_value"].notna().sum())
    for criterion, row in by_row(card):
        firm = bool(row["firm"])
        shared = {
            "about": question("targets", str(criterion)),
            "family": FAMILIES["targets"].name,
            "question": _(FAMILIES["targets"].question),
            "subject": row["short"],
            "firm": firm,
            "conclusion": _(VERDICT_WORDS.get(row["verdict"], UNRESOLVED)) if row["n"] else untested(_("not scored")),
        }
        rows += _tracks(study, row, size, **shared)
        known_p = known(row["sign_p_value"])
        rows.append(
            Test(
                id=f"{shared['about']}.signs",
                method=_("sign test, exact, beside the others"),
                exactness="exact" if known_p is not None else "not tested",
                n_used=int(row["n_used"]),
                zeros=int(row["zeros"]),
                statistic=float(row["above"]),
                p_value=known_p,
                p_adjusted=known(row["sign_p_adjusted"]),
                family_size=size,
                correction=study.parameters.correction,
                alpha=study.parameters.alpha,
                effect_name=_("share at or above the target"),
                effect=known(row["share"]),
                ci_low=known(row["share_low"]),
                ci_high=known(row["share_high"]),
                ci_level=1 - study.parameters.alpha,
                smallest_p=known(row["smallest_p"]),
                apa=apa.line(
                    [
                        _("{above} above, {at} on, {below} below").format(
                            above=int(row["above"]), at=int(row["at"]), below=int(row["below"])
                        ),
                        apa.p_value(known_p),
                    ]
                ),
                basis=study.basis,
                **shared,
            )
        )
    return rows


def margins(study: Study, card: pd.DataFrame) -> list[Test]:
    """Whether means are on target within the margin, where that was asked."""
    asked = card[card["margin_p_value"].notna()]
    margin = as_given(study.numerals, study.instrument.margin.value)
    return [
        Test(
            id=question("margins", str(criterion), "means"),
            about=question("margins", str(criterion)),
            family=FAMILIES["margins"].name,
            family_size=len(asked),
            question=_(FAMILIES["margins"].question),
            subject=row["short"],
            method=_("two one-sided t-tests, margin {margin}").format(margin=margin),
            exactness="asymptotic",
            n_used=int(row["n"]),
            p_value=float(row["margin_p_value"]),
            p_adjusted=float(row["margin_p_adjusted"]),
            correction=study.parameters.correction,
            alpha=study.parameters.alpha,
            effect_name=_("mean minus target"),
            effect=known(row["difference"]),
            firm=bool(row["on_target"]),
            conclusion=_("within {margin} of the target").format(margin=margin)
            if row["on_target"]
            else _("unresolved"),
            apa=apa.line([f"TOST {apa.p_value(row['margin_p_value'])}", f"n = {int(row['n'])}"]),
            basis=study.basis,
        )
        for criterion, row in by_row(asked)
    ]


def pairs(study: Study, frame: pd.DataFrame) -> list[Test]:
    """Every pair of criteria: ranks and means."""
    rows: list[Test] = []
    size = int(frame["p_value"].notna().sum())
    for __, row in by_row(frame):
        firm = row["holds"] in ("firm", "every")
        if math.isnan(row["difference"]):
            conclusion = untested(_("no unit was scored on both"))
        elif firm:
            conclusion = _("{first_name} is above {second_name}").format(**row)
        else:
            conclusion = _("unresolved")
        rows += _tracks(
            study,
            row,
            size,
            about=question("pairs", row["first"], row["second"]),
            family=FAMILIES["pairs"].name,
            question=_(FAMILIES["pairs"].question),
            subject=f"{row['first_name']} {apa.MINUS} {row['second_name']}",
            firm=firm,
            conclusion=conclusion,
        )
    return rows


def overall(study: Study, frame: pd.DataFrame) -> list[Test]:
    """Every criterion against the overall score: ranks and means."""
    rows: list[Test] = []
    size = int(frame["p_value"].notna().sum())
    for criterion, row in by_row(frame):
        if math.isnan(row["difference"]):
            conclusion = untested(_("not scored"))
        elif row["firm"]:
            above = row["difference"] > 0
            conclusion = _("above the overall score") if above else _("below the overall score")
        else:
            conclusion = _("unresolved")
        rows += _tracks(
            study,
            row,
            size,
            about=question("overall", str(criterion)),
            family=FAMILIES["overall"].name,
            question=_(FAMILIES["overall"].question),
            subject=f"{row['short']} {apa.MINUS} {_('overall score')}",
            firm=bool(row["firm"]),
            conclusion=conclusion,
        )
    return rows


def _worst(study: Study, row: Row, size: int, **shared: object) -> list[Test]:
    """The worst cases of both tracks over every table with the published means."""
    parameters = study.parameters
    about = str(shared["about"])
    level = first_step(parameters.alpha, size, parameters.correction)
    n = study.published.n
    common = {
        **shared,
        "family_size": size,
        "n_used": n,
        "correction": parameters.correction,
        "alpha": parameters.alpha,
        "basis": Basis.EVERY_TABLE,
        "effect_name": _("difference of means"),
        "effect": known(row["difference"]),
    }
    # Where no rank bound was computed, 1 is the safe p-value; `rank_reason` says why.
    rank_p = known(row["rank_p_sure"])
    return [
        Test(
            id=f"{about}.ranks",
            method=_("signed rank, no table has a larger exact p ({why})").format(why=row["rank_reason"])
            if row["rank_reason"]
            else _("signed rank, no table has a larger exact p"),
            exactness="worst case" if rank_p is not None else "not tested",
            p_value=rank_p,
            p_adjusted=known(row["rank_p_sure_adjusted"]),
            smallest_p=known(row["rank_p_floor"]),
            detectable=detectable(n, row["largest_sd"], level, ranks=True),
            apa=apa.line([apa.p_value(rank_p).replace("=", "≤") if rank_p is not None else "", f"n = {n}"]),
            **common,
        ),
        Test(
            id=f"{about}.means",
            method=_(row.get("method", N_("paired t, largest spread that the means allow"))),
            exactness="worst case",
            p_value=known(row["p_worst"]),
            p_adjusted=known(row["p_worst_adjusted"]),
            smallest_p=known(row["p_best"]),
            ci_low=known(row.get("ci_low")),
            ci_high=known(row.get("ci_high")),
            ci_level=known(row.get("ci_level")),
            detectable=detectable(n, row["largest_sd"], level),
            apa=apa.line(
                [
                    _("worst case {p}").format(p=apa.p_value(known(row["p_worst"]))),
                    apa.symbol("ΔM", known(row["difference"])),
                    _("largest SD = {sd}").format(sd=apa.number(row["largest_sd"])),
                ]
            ),
            **common,
        ),
    ]


# Grade and verdict of a criterion over every consistent table, in words.
OVER_TABLES = {
    ("both tracks", "strength"): N_("above the target in every consistent table, by both tests"),
    ("both tracks", "missed opportunity"): N_("below the target in every consistent table, by both tests"),
    ("test of means only", "strength"): N_(
        "above the target in every consistent table by the test of means; by ranks only in some"
    ),
    ("test of means only", "missed opportunity"): N_(
        "below the target in every consistent table by the test of means; by ranks only in some"
    ),
}


def targets_over_tables(study: Study, card: pd.DataFrame) -> list[Test]:
    """Every criterion against its target, whatever the single scores were."""
    rows: list[Test] = []
    for criterion, row in by_row(card):
        decided = row["verdict"] in VERDICT_WORDS
        words = OVER_TABLES[row["grade"], row["verdict"]] if decided else N_("not decidable from the means")
        rows += _worst(
            study,
            row,
            len(card),
            about=question("targets", str(criterion)),
            family=FAMILIES["targets"].name,
            question=_(FAMILIES["targets"].over_tables),
            subject=row["short"],
            firm=bool(row["firm"]),
            conclusion=_(words),
        )
    return rows


def pairs_over_tables(study: Study, frame: pd.DataFrame) -> list[Test]:
    """Every pair of criteria, whatever the single scores were."""
    words = {
        "every": _("{first_name} is above {second_name} in every consistent table, by both tests"),
        "some": _("only in some consistent tables"),
        "none": _("in no consistent table"),
    }
    rows: list[Test] = []
    for __, row in by_row(frame):
        rows += _worst(
            study,
            row,
            len(frame),
            about=question("pairs", row["first"], row["second"]),
            family=FAMILIES["pairs"].name,
            question=_(FAMILIES["pairs"].over_tables),
            subject=f"{row['first_name']} {apa.MINUS} {row['second_name']}",
            firm=row["holds"] == "every",
            conclusion=words[row["holds"]].format(**row),
        )
    return rows


def omnibus_over_tables(study: Study, answer: pd.Series) -> list[Test]:
    """Whether the criteria differ at all, whatever the single scores were."""
    firm = bool(answer["firm"])
    alpha = study.parameters.alpha
    common = {
        "about": question("omnibus"),
        "family": FAMILIES["omnibus"].name,
        "family_size": 1,
        "question": _(FAMILIES["omnibus"].over_tables),
        "subject": _("all criteria"),
        "n_used": study.published.n,
        "correction": "none",
        "alpha": alpha,
        "firm": firm,
        "conclusion": _("the criteria differ in every consistent table") if firm else _("not decidable from the means"),
        "basis": Basis.EVERY_TABLE,
    }
    rank_p = known(answer["p_worst"])
    mean_p = known(answer["anova_p_worst"])
    return [
        Test(
            id=question("omnibus", "ranks"),
            method=_("Friedman, smallest statistic that any table allows (certified)")
            if rank_p is not None
            else _("Friedman: {reason}").format(reason=answer["reason"]),
            exactness="worst case" if rank_p is not None else "not tested",
            statistic=known(answer["statistic_low"]),
            df=known(answer["df"]),
            p_value=rank_p,
            p_adjusted=rank_p,
            effect_name=_("Kendall's W, at least"),
            effect=known(answer["w_low"]),
            apa=apa.line(
                [
                    apa.symbol("χ²", known(answer["statistic_low"]), df=f"{answer['df']:.0f}").replace("=", "≥"),
                    apa.p_value(rank_p).replace("=", "≤"),
                    apa.symbol("W", known(answer["w_low"]), bounded=True).replace("=", "≥"),
                ]
            )
            if rank_p is not None
            else "",
            **common,
        ),
        Test(
            id=question("omnibus", "means"),
            method=_("repeated-measures F, smallest that any table allows, degrees of freedom at their lower bound"),
            exactness="worst case",
            statistic=known(answer["anova_f_low"]),
            df=1,
            p_value=mean_p,
            p_adjusted=mean_p,
            apa=apa.line(
                [
                    apa.symbol("F", known(answer["anova_f_low"]), df=apa.freedom(1, study.published.n - 1)).replace(
                        "=", "≥"
                    ),
                    apa.p_value(mean_p).replace("=", "≤"),
                ]
            ),
            **common,
        ),
    ]


def industries(study: Study, frame: pd.DataFrame, profile: pd.Series) -> list[Test]:
    """Every criterion across industries, and their profiles as a whole."""
    alpha = study.parameters.alpha
    tested = int(frame["p_value"].notna().sum())
    rows: list[Test] = []
    for criterion, row in by_row(frame):
        about = question("industries", str(criterion))
        if row["reason"]:
            conclusion = untested(row["reason"])
        else:
            conclusion = _("the industries differ (exploratory)") if row["firm"] else _("unresolved")
        common = {
            "about": about,
            "family": FAMILIES["industries"].name,
            "family_size": tested,
            "question": _(FAMILIES["industries"].question),
            "subject": row["short"],
            "n_used": int(row["n"]),
            "correction": "bh",
            "alpha": alpha,
            "firm": bool(row["firm"]),
            "conclusion": conclusion,
            "basis": study.basis,
        }
        df = apa.freedom(row["df"]) if known(row["df"]) else ""
        dfs = apa.freedom(row["df"], row["df2"]) if df and known(row["df2"]) else df
        rows.append(
            Test(
                id=f"{about}.ranks",
                method=_("Kruskal-Wallis, tie-corrected, industries permuted"),
                exactness=row["exactness"] if known(row["p_value"]) is not None else "not tested",
                statistic=known(row["statistic"]),
                df=known(row["df"]),
                p_value=known(row["p_value"]),
                p_adjusted=known(row["p_adjusted"]),
                effect_name=_("epsilon squared"),
                effect=known(row["epsilon_squared"]),
                smallest_p=known(row["smallest_p"]),
                apa=apa.line(
                    [
                        apa.symbol("H", known(row["statistic"]), df=df),
                        apa.p_value(known(row["p_value"])),
                        apa.symbol("ε²", known(row["epsilon_squared"]), bounded=True),
                    ]
                ),
                **common,
            )
        )
        rows.append(
            Test(
                id=f"{about}.means",
                method=_("one-way analysis of variance"),
                exactness="asymptotic" if known(row["f_p_value"]) is not None else "not tested",
                statistic=known(row["f"]),
                df=known(row["df"]),
                p_value=known(row["f_p_value"]),
                p_adjusted=known(row["f_p_adjusted"]),
                apa=apa.line([apa.symbol("F", known(row["f"]), df=dfs), apa.p_value(known(row["f_p_value"]))]),
                **common,
            )
        )
    about = question("industries", "profiles")
    p = known(profile["p_value"])
    firm = p is not None and p <= alpha
    rows.append(
        Test(
            id=f"{about}.means",
            about=about,
            family=PROFILES,
            family_size=1,
            question=_("Do the industries have different profiles over the criteria?"),
            subject=_("all criteria together"),
            method=_("industries permuted over whole rows, scores centred within each unit"),
            exactness="permutation" if p is not None else "not tested",
            n_used=int(profile["n"]),
            statistic=known(profile["statistic"]),
            p_value=p,
            p_adjusted=p,
            correction="none",
            alpha=alpha,
            effect_name=_("share of the variance"),
            effect=known(profile["effect"]),
            smallest_p=known(profile["smallest_p"]),
            firm=firm,
            conclusion=untested(profile["reason"])
            if p is None
            else _("the profiles differ (exploratory)")
            if firm
            else _("unresolved"),
            apa=apa.line([apa.symbol("pseudo-F", known(profile["statistic"])), apa.p_value(p)]),
            basis=study.basis,
        )
    )
    return rows


def pairs_of_industries(study: Study, frame: pd.DataFrame) -> list[Test]:
    """Dunn's test of two industries at a time, on the criteria that set them apart."""
    return [
        Test(
            id=question("dunn", row["criterion"], str(row["first"]), str(row["second"]), "ranks"),
            about=question("dunn", row["criterion"], str(row["first"]), str(row["second"])),
            family=f"pairs of industries on {row['short'].lower()}",
            family_size=int((frame["criterion"] == row["criterion"]).sum()),
            question=_("Do the two industries differ?"),
            subject=f"{row['first_name']} {apa.MINUS} {row['second_name']}",
            method=_("Dunn, corrected for ties"),
            exactness="asymptotic",
            n_used=int(row["n_first"] + row["n_second"]),
            statistic=known(row["z"]),
            p_value=known(row["p_value"]),
            p_adjusted=known(row["p_adjusted"]),
            correction="holm",
            alpha=study.parameters.alpha,
            effect_name=_("difference of mean ranks"),
            effect=known(row["statistic"]),
            firm=bool(row["p_adjusted"] <= study.parameters.alpha),
            conclusion=_("the two industries differ (exploratory)")
            if row["p_adjusted"] <= study.parameters.alpha
            else _("unresolved"),
            apa=apa.line([apa.symbol("z", known(row["z"])), apa.p_value(row["p_value"])]),
            basis=study.basis,
        )
        for __, row in by_row(frame)
    ]


def peers(study: Study, card: pd.DataFrame) -> list[Test]:
    """The client against its peers; what was withheld stays out."""
    rows = []
    tested = int(card["p_value"].notna().sum())
    for criterion, row in by_row(card):
        about = question("peers", str(criterion))
        p = known(row["p_value"])
        n = int(row["base"])
        if p is not None:
            conclusion = _("differs from its peers") if row["firm"] else _("not firm")
        elif row["verdict"] == "not scored":
            conclusion = untested(_("not scored"))
        elif row["base"] < study.parameters.minimum_base:
            conclusion = _("withheld: too few peers")
        else:
            conclusion = untested(_("the peers all have the same score"))
        rows.append(
            Test(
                id=f"{about}.means",
                about=about,
                family=FAMILIES["peers"].name,
                family_size=tested,
                question=_(FAMILIES["peers"].question),
                subject=row["short"],
                method=_("Crawford and Howell's t (by ranks p could not be below 2 in n + 1)"),
                exactness="asymptotic" if p is not None else "not tested",
                n_used=n,
                statistic=known(row["t"]),
                df=n - 1 if p is not None else None,
                p_value=p,
                p_adjusted=known(row["p_adjusted"]),
                correction="bh",
                alpha=study.parameters.alpha,
                effect_name=_("standard deviations from the peers' mean"),
                effect=known(row["z"]),
                ci_low=known(row["z_low"]),
                ci_high=known(row["z_high"]),
                ci_level=1 - study.parameters.alpha if p is not None else None,
                firm=bool(row["firm"]),
                conclusion=conclusion,
                apa=apa.line(
                    [
                        apa.symbol("t", known(row["t"]), df=str(n - 1)),
                        apa.p_value(p),
                        apa.symbol("z_CC", known(row["z"])),
                        apa.interval(known(row["z_low"]), known(row["z_high"]), 1 - study.parameters.alpha),
                        _percentile(row),
                    ]
                )
                if p is not None
                else "",
                basis=study.basis,
            )
        )
    return rows


def _percentile(row: Row) -> str:
    low, high = row["percentile_low"], row["percentile_high"]
    return _("by ranks percentile {percentile} [{low}, {high}], exact, ties both ways").format(
        percentile=f"{row['percentile']:.0f}", low=f"{low:.0f}", high=f"{high:.0f}"
    )


def waves(study: Study, frame: pd.DataFrame) -> list[Test]:
    """What changed since the wave before, criterion by criterion."""
    size = int(frame["p_value"].notna().sum())
    rows: list[Test] = []
    for criterion, row in by_row(frame):
        about = question("waves", str(criterion))
        firm = row["holds"] == "firm"
        if row["reason"]:
            conclusion = untested(row["reason"])
        elif firm:
            conclusion = _("rose") if row["change"] > 0 else _("fell")
        else:
            conclusion = _("unresolved")
        rank_method, __, mean_method = str(row["method"]).partition("; ")
        for track, method, p, adjusted in (
            ("ranks", rank_method, "p_value", "p_adjusted"),
            ("means", mean_method or rank_method, "t_p_value", "t_p_adjusted"),
        ):
            p_value = known(row[p])
            rows.append(
                Test(
                    id=f"{about}.{track}",
                    about=about,
                    family=FAMILIES["waves"].name,
                    family_size=size,
                    question=_(FAMILIES["waves"].question),
                    subject=row["short"],
                    method=method,
                    exactness="not tested"
                    if p_value is None
                    else "exact"
                    if track == "ranks" and row["exactness"] == "exact"
                    else "asymptotic",
                    n_used=int(row["n_both"] if row["design"] == "paired" else row["n_before"] + row["n_after"]),
                    p_value=p_value,
                    p_adjusted=known(row[adjusted]),
                    correction=study.parameters.correction,
                    alpha=study.parameters.alpha,
                    effect_name=_("change of the mean"),
                    effect=known(row["change"]),
                    ci_low=known(row["ci_low"]),
                    ci_high=known(row["ci_high"]),
                    ci_level=1 - study.parameters.alpha,
                    firm=firm,
                    conclusion=conclusion,
                    apa=apa.line(
                        [
                            apa.p_value(p_value),
                            apa.symbol("ΔM", known(row["change"])),
                            apa.interval(known(row["ci_low"]), known(row["ci_high"]), 1 - study.parameters.alpha),
                        ]
                    )
                    if p_value is not None
                    else "",
                    basis=study.basis,
                )
            )
    return rows


def benchmarks(study: Study, frame: pd.DataFrame) -> list[Test]:
    """A pool of clients against published shares; made-up counts say so in their conclusion.

    Parameters
    ----------
    study : Study
    frame : DataFrame
        `beside.self_assessment`; empty where the client answered nothing.
    """
    asked = frame[frame["difference"].notna()] if len(frame) else frame
    size = int(asked["p_value"].notna().sum()) if len(asked) else 0
    alpha = study.parameters.alpha
    rows = []
    for item, row in by_row(asked):
        about = question("benchmarks", str(item))
        p, basis = known(row["p_value"]), Basis(study.beside.pool.basis)
        if p is None:
            conclusion = untested(row["reason"])
        elif row["firm"]:
            conclusion = _("more of the pool say yes") if row["difference"] > 0 else _("fewer of the pool say yes")
        else:
            conclusion = _("unresolved")
        if basis is Basis.ILLUSTRATIVE:
            conclusion = _("illustrative: {conclusion}").format(conclusion=conclusion)
        rows.append(
            Test(
                id=f"{about}.shares",
                about=about,
                family=FAMILIES["benchmarks"].name,
                family_size=size,
                question=_(FAMILIES["benchmarks"].question),
                subject=row["short"],
                method=row["method"],
                exactness="worst case" if p is not None else "not tested",
                n_used=int(row["pool_n"] + row["n"]),
                statistic=float(row["pool_yes"]),
                p_value=p,
                p_adjusted=known(row["p_adjusted"]),
                correction=study.parameters.correction,
                alpha=alpha,
                effect_name=_("difference of shares"),
                effect=known(row["difference"]),
                ci_low=known(row["diff_low"]),
                ci_high=known(row["diff_high"]),
                ci_level=1 - alpha,
                smallest_p=known(row["smallest_p"]),
                firm=bool(row["firm"]),
                conclusion=conclusion,
                apa=apa.line(
                    [
                        _("{yes} of {n} against {share}% of {base}").format(
                            yes=int(row["pool_yes"]),
                            n=int(row["pool_n"]),
                            share=apa.number(100 * row["share"], 0),
                            base=int(row["n"]),
                        ),
                        apa.p_value(p),
                        apa.interval(known(row["diff_low"]), known(row["diff_high"]), 1 - alpha),
                    ]
                )
                if p is not None
                else "",
                basis=basis,
            )
        )
    return rows


def families(tests: Iterable[Test]) -> pd.DataFrame:
    """The families of a ledger: how many tests, how corrected, what they can find at all.

    Returns
    -------
    DataFrame, one row a family in the ledger's order
        ``family`` (its key), ``about`` (its first question), ``question``, ``tests`` (questions tested), ``of``
        (questions asked), ``correction``, ``smallest_p``, ``smallest_p_high`` (range of the tests' floors),
        ``detectable_low``, ``detectable_high`` (points), ``expected`` false positives without a correction, ``firm``.
    """
    grouped: dict[str, list[Test]] = {}
    for test in tests:
        grouped.setdefault(test.family, []).append(test)
    rows = []
    for family, members in grouped.items():
        asked = {test.about for test in members}
        tested = {test.about for test in members if test.p_value is not None}
        floors = [
            test.smallest_p
            for test in members
            if test.smallest_p is not None and test.p_value is not None and not test.id.endswith(".means")
        ]
        found = [test.detectable for test in members if test.detectable is not None]
        rows.append(
            {
                "family": family,
                "about": members[0].about,
                "question": members[0].question,
                "tests": len(tested),
                "of": len(asked),
                "correction": members[0].correction,
                "smallest_p": min(floors) if floors else math.nan,
                "smallest_p_high": max(floors) if floors else math.nan,
                "detectable_low": min(found) if found else math.nan,
                "detectable_high": max(found) if found else math.nan,
                "expected": members[0].alpha * len(tested),
                "firm": len({test.about for test in members if test.firm}),
                "basis": members[0].basis,
            }
        )
    return pd.DataFrame(rows)
