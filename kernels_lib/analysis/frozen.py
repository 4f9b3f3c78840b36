"""The frozen analysis plan as reports quote it: when it was frozen, and what is not as it was."""

from __future__ import annotations

import datetime as dt

from kernels_lib.analysis.ledger import FAMILIES
from kernels_lib.analysis.significance import TESTS
from kernels_lib.analysis.statement import NOTHING, Statement, state
from kernels_lib.study.freezing import Frozen, departures, freeze, plan_of, read_frozen, times_frozen
from kernels_lib.study.language import _
from kernels_lib.study.numerals import listed
from kernels_lib.study.opening import Study

SHORT = 12  # digits of a hash that reports quote

# Methods, and the families that they are corrected in.
NAMES = (*TESTS, *(f"family: {name}" for name in FAMILIES))


def freeze_now(study: Study, today: dt.date, *, again: bool = False) -> Frozen:
    """Freeze the plan of a study as it is now; see `kernels_lib.study.freezing.freeze`."""
    return freeze(study.root, study.name, plan_of(study.roster, NAMES), today, again=again)


def changed(study: Study) -> list[str]:
    """What this report does otherwise than the frozen plan; empty also where none was frozen."""
    frozen = read_frozen(study.root, study.name)
    if frozen is None:
        return []
    return departures(frozen, study.parameters, study.instrument, NAMES, client=study.client, industry=study.industry)


def provenance(study: Study) -> dict[str, str]:
    """The plan for `Results.provenance`; empty where none was frozen."""
    frozen = read_frozen(study.root, study.name)
    if frozen is None:
        return {}
    since = changed(study)
    state_now = f"; changed since: {', '.join(since)}" if since else ""
    return {"analysis plan": f"{frozen.digest[:SHORT]}, frozen {frozen.date.isoformat()}{state_now}"}


def quoted(study: Study) -> str:
    """The plan as a line of the table of what a report was made from; empty where none was frozen."""
    frozen = read_frozen(study.root, study.name)
    if frozen is None:
        return ""
    date = study.numerals.date(frozen.date)
    since = changed(study)
    if not since:
        return _("{hash}, frozen on {date}").format(hash=frozen.digest[:SHORT], date=date)
    return _("{hash}, frozen on {date}; changed since: {what}").format(
        hash=frozen.digest[:SHORT], date=date, what=", ".join(since)
    )


def said(study: Study) -> Statement:
    """Whether the report follows the plan that was frozen; nothing where none was."""
    frozen = read_frozen(study.root, study.name)
    if frozen is None:
        return NOTHING
    date, digest = study.numerals.date(frozen.date), frozen.digest[:SHORT]
    since = changed(study)
    if since:
        return state(
            "method.plan",
            "The analysis plan was frozen on {date} ({hash}). This report departs from it in: {what}.",
            date=date,
            hash=digest,
            what=listed(since),
        )
    if times_frozen(study.root, study.name) > 1:
        return state(
            "method.plan",
            "The analysis plan was frozen on {date} ({hash}), not for the first time. This report follows it.",
            date=date,
            hash=digest,
        )
    return state(
        "method.plan",
        "The analysis plan was frozen on {date} ({hash}). This report follows it.",
        date=date,
        hash=digest,
    )
