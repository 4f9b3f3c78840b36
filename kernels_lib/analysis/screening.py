"""What a dataset holds in a few numbers, and patterns that look like mistakes of those who scored.

A pattern is never proof: each is a sentence with its numbers, for a person who knows the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels_lib.analysis.rows import by_row
from kernels_lib.analysis.significance.correlation import rank_correlation
from kernels_lib.study.checking.problems import Problem, at
from kernels_lib.study.checking.tables import Table
from kernels_lib.study.counts import Counts
from kernels_lib.study.instrument import Instrument

# From so many scores on, one score for all is a pattern.
STRAIGHT = 5
# Rows that agree on so many criteria were copied rather than alike.
COPIED = 6
# More than these shares of a criterion's scores at an end, or missing, and it tells little.
AT_AN_END, MISSING = 0.8, 0.2
# A criterion that runs against the others: Spearman's correlation with the mean of the rest.
AGAINST = -0.3
FEWEST = 10
# Of one pattern; the others are counted.
MOST_TOLD = 5
_DRAWS = 200


@dataclass(frozen=True)
class Screened:
    """One wave in numbers, and what looks odd in it."""

    summary: dict[str, Any]
    odd: tuple[Problem, ...]


def screen(table: Table, instrument: Instrument, counts: Counts | None = None) -> Screened:
    """Summarise a table and look for patterns.

    Parameters
    ----------
    table : Table
        One wave; cells that are no numbers count as missing.
    instrument : Instrument
    counts : Counts, optional
        Where its ratings are counted: agreement is then of respondents who each rated one thing.
    """
    scores = scores_of(table)
    odd = [*_straight(table, scores), *_copied(table, scores), *_by_criterion(table, instrument, scores)]
    odd += _against(table, instrument, scores)
    return Screened(_summary(table, instrument, scores, counts), tuple(odd))


def scores_of(table: Table) -> np.ndarray:
    """Rows x criteria, NaN where there is no number."""
    cells = [[table.number(row, column) for column in table.criteria] for row in range(len(table.rows))]
    return np.array(cells, dtype=float).reshape(len(table.rows), len(table.criteria))


# ---- summary --------------------------------------------------------------------------------------


def _summary(table: Table, instrument: Instrument, scores: np.ndarray, counts: Counts | None) -> dict[str, Any]:
    units, raters, groups = (
        list(dict.fromkeys(name for name in table.names_in(column) if name))
        for column in (table.unit, table.rater, table.group)
    )
    known = ~np.isnan(scores)
    found: dict[str, Any] = {
        "wave": table.wave,
        "units": len(units),
        "criteria": len(table.criteria),
        "raters": len(raters),
        "industries": len(groups),
        "scores": int(known.sum()),
        "missing": int((~known).sum()),
        "coverage": _share(int(known.sum()), known.size),
        "floor": _share(int((scores == instrument.scale.floor).sum()), int(known.sum())),
        "ceiling": _share(int((scores == instrument.scale.top).sum()), int(known.sum())),
        "by_criterion": [
            _of_criterion(table.header[column], scores[:, place], instrument)
            for place, column in enumerate(table.criteria)
        ],
    }
    agreement = _agreement(table, instrument, scores, units, raters, counts)
    return {**found, "agreement": agreement} if agreement else found


def _of_criterion(name: str, column: np.ndarray, instrument: Instrument) -> dict[str, Any]:
    known = column[~np.isnan(column)]
    if not len(known):
        return {"criterion": name, "scores": 0, "missing": len(column)}
    return {
        "criterion": name,
        "scores": len(known),
        "missing": len(column) - len(known),
        "mean": round(float(known.mean()), 4),
        "lowest": float(known.min()),
        "highest": float(known.max()),
        "floor": _share(int((known == instrument.scale.floor).sum()), len(known)),
        "ceiling": _share(int((known == instrument.scale.top).sum()), len(known)),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _agreement(
    table: Table,
    instrument: Instrument,
    scores: np.ndarray,
    units: Sequence[str],
    raters: Sequence[str],
    counts: Counts | None,
) -> list[dict[str, Any]]:
    """Agreement of raters by criterion; nothing where there are no two."""
    if counts is None and (len(raters) < 2 or len(units) < 2):
        return []
    # Most tables have no raters, and need not wait for what only these need.
    from kernels_lib.analysis.agreement import counted_agreement, rater_agreement

    names = [table.header[column] for column in table.criteria]
    rng = np.random.default_rng(0)
    # What is no score of this scale is told as such, and agrees with nothing.
    levels = np.array(_levels(instrument, scores))
    known = np.abs(scores[:, :, None] - levels).min(axis=2, initial=np.inf) < 1e-9
    scores = np.where(known, scores, np.nan)
    if counts is not None:
        found = counted_agreement(
            counts.table(), counts.levels, names, categories=_levels(instrument, scores), draws=_DRAWS, rng=rng
        )
    else:
        cube = np.full((len(units), len(names), len(raters)), np.nan)
        places = [{name: i for i, name in enumerate(known)} for known in (units, raters)]
        rows = zip(table.names_in(table.unit), table.names_in(table.rater), scores, strict=True)
        for unit, rater, row in rows:
            if unit and rater:
                cube[places[0][unit], :, places[1][rater]] = row
        found = rater_agreement(cube, categories=_levels(instrument, scores), draws=_DRAWS, rng=rng)
    kept = ("icc_single", "icc_mean", "alpha")
    return [
        {"criterion": name, **{key: _or_none(row[key]) for key in kept}, "reason": row["reason"]}
        for name, (_, row) in zip(names, by_row(found), strict=True)
    ]


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def _levels(instrument: Instrument, scores: np.ndarray) -> list[float]:
    scale = instrument.scale
    if scale.step is None:
        return sorted({float(value) for value in scores[~np.isnan(scores)]})
    steps = round((scale.top - scale.floor) / scale.step)
    return [scale.floor + scale.step * step for step in range(steps + 1)]


# ---- patterns -------------------------------------------------------------------------------------


def _few(found: list[Problem], what: str) -> list[Problem]:
    """The first of one pattern, and how many more there are."""
    if len(found) <= MOST_TOLD:
        return found
    first = found[0]
    rest = Problem("warning", f"{len(found) - MOST_TOLD} more {what}.", file=first.file, sheet=first.sheet)
    return [*found[:MOST_TOLD], rest]


def _straight(table: Table, scores: np.ndarray) -> list[Problem]:
    """Raters, or rows where there are none, with one score throughout."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(table.names_in(table.unit if table.rater is None else table.rater)):
        rows.setdefault(name, []).append(row)
    column = table.unit if table.rater is None else table.rater
    found = []
    for name, own in rows.items():
        given = scores[own][~np.isnan(scores[own])]
        if len(given) >= STRAIGHT and np.ptp(given) == 0:
            whose = f"'{name}' has" if table.rater is None else f"rater '{name}' gave"
            wrong = f"{whose} one score throughout: {given[0]:g}, {len(given)} times."
            found.append(
                at(table.place(own[0], column), "warning", wrong, "Ask whether the questions were read.", name)
            )
    return _few(found, "with one score throughout")


def _copied(table: Table, scores: np.ndarray) -> list[Problem]:
    """Rows that repeat an earlier one on every criterion."""
    if scores.shape[1] < COPIED:
        return []
    first: dict[bytes, int] = {}
    found = []
    for row in range(len(scores)):
        known = scores[row][~np.isnan(scores[row])]
        if len(known) < COPIED or np.ptp(known) == 0:
            continue
        before = first.setdefault(scores[row].tobytes(), row)
        if before != row:
            where = table.place(before, table.unit)
            wrong = f"every score is that of '{_who(table, before)}' ({where.cell or f'{where.counted} {where.row}'})."
            found.append(
                at(table.place(row, table.unit), "warning", wrong, "Was a row copied?", table.rows[row][table.unit])
            )
    return _few(found, "rows that repeat another")


def _who(table: Table, row: int) -> str:
    rater = "" if table.rater is None else f" by {table.rows[row][table.rater]}"
    return table.rows[row][table.unit] + rater


def _by_criterion(table: Table, instrument: Instrument, scores: np.ndarray) -> list[Problem]:
    found: list[Problem] = []
    scale = instrument.scale
    for place, column in enumerate(table.criteria):
        values = scores[:, place]
        known = values[~np.isnan(values)]
        name = table.header[column]
        about = Problem("warning", "", file=table.path, column=name)
        if len(table.rows) and len(known) < (1 - MISSING) * len(values):
            share = 1 - len(known) / len(values)
            found.append(_said(about, f"{share:.0%} of the scores are missing.", "Reports show fewer; say why."))
        if len(known) < STRAIGHT:
            continue
        if np.ptp(known) == 0:
            found.append(_said(about, f"every score is {known[0]:g}.", "It tells nobody apart; leave it out?"))
            continue
        for end, word in ((scale.floor, "lowest"), (scale.top, "highest")):
            share = float((known == end).mean())
            if share >= AT_AN_END:
                found.append(_said(about, f"{share:.0%} have the {word} score.", "It hardly tells anybody apart."))
    return found


def _said(about: Problem, wrong: str, mend: str) -> Problem:
    return Problem("warning", wrong, mend, file=about.file, column=about.column)


def _against(table: Table, instrument: Instrument, scores: np.ndarray) -> list[Problem]:
    """Criteria that run against the others: perhaps an item whose scale is reversed."""
    complete = scores[~np.isnan(scores).any(axis=1)]
    if complete.shape[1] < 3 or len(complete) < FEWEST:
        return []
    varies = np.ptp(complete, axis=0) > 0
    ranks = complete[:, varies]
    columns = [column for column, kept in zip(table.criteria, varies, strict=True) if kept]
    found = []
    for place, column in enumerate(columns):
        rest = np.delete(ranks, place, axis=1)
        if rest.shape[1] < 2 or np.ptp(rest.mean(axis=1)) == 0:
            continue
        result = rank_correlation(ranks[:, place], rest.mean(axis=1), "spearman")
        if result.effect is not None and result.effect <= AGAINST and result.p_value < 0.01:
            wrong = f"it falls where the others rise (Spearman {result.effect:.2f} with their mean)."
            high, low = instrument.scale.top, instrument.scale.floor
            mend = f"Is it reversed? Then {high:g} stands for {low:g}: turn it round in the source."
            found.append(Problem("warning", wrong, mend, file=table.path, column=table.header[column]))
    return found
