"""The analysis plan, frozen before the data are looked at: parameters, instrument and tests, in ``plan.lock``.

Reports quote a frozen plan, and say what is no longer as it was.  What a report looks like, in which
language it is and who sees what is no part of a plan.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadParameters
from kernels_lib.paths import params_folder, shown
from kernels_lib.study.instrument import Instrument
from kernels_lib.study.params import UNSEEN, Parameters
from kernels_lib.study.roster import Client, Industry, Roster

NAME = "plan.lock"
# Parameters that change no test and no number that is computed.
NOT_PLANNED = (
    *UNSEEN, "title", "wave", "report_date", "disclosure", "minimum_base", "sections", "client_name", "language",
)  # fmt: skip
# Reports of industries and clients with parameters of their own.
OWN = "own"


@dataclass(frozen=True)
class Frozen:
    """A plan as it was frozen.

    Attributes
    ----------
    date : date
        The day it was frozen.
    digest : str
        SHA-256 of the plan.
    plan : mapping
        ``parameters``, ``instrument``, ``tests``, and ``own``: parameters of industries and clients that differ.
    """

    date: dt.date
    digest: str
    plan: Mapping[str, Any]


def plan_of(roster: Roster, tests: Sequence[str]) -> dict[str, Any]:
    """The plan as it is now.

    Parameters
    ----------
    roster : Roster
    tests : sequence of str
        Names of the methods, and of the families that they are corrected in.
    """
    study = planned(roster.parameters().values)
    own: dict[str, Any] = {}
    for industry in roster.industries.values():
        own[f"industry/{industry.slug}"] = planned(roster.parameters(industry=industry).values)
    for client in roster.clients.values():
        own[f"client/{client.slug}"] = planned(roster.parameters(client=client).values)
    return {
        "parameters": study,
        "instrument": _measured(roster.instrument),
        "tests": sorted(tests),
        OWN: {subject: values for subject, values in own.items() if values != study},
    }


def planned(values: Parameters) -> dict[str, Any]:
    """The parameters that a plan fixes, as plain values."""
    return {key: value for key, value in values.model_dump(mode="json").items() if key not in NOT_PLANNED}


def _measured(instrument: Instrument) -> dict[str, Any]:
    """What is measured and against what; names and advice may be reworded."""
    return {
        "id": instrument.id,
        "scale": instrument.scale.model_dump(mode="json", exclude={"status"}),
        "target": instrument.target.value,
        "margin": instrument.margin.value,
        "stages": {stage.id: stage.from_ for stage in instrument.stages},
        "gate": None if instrument.gate is None else [instrument.gate.criterion, instrument.gate.requires],
        "criteria": {c.id: {"side": c.side, "weight": c.weight} for c in instrument.criteria},
    }


def digest_of(plan: Mapping[str, Any]) -> str:
    """SHA-256 of a plan, whatever the order of its keys."""
    return sha256(json.dumps(plan, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def lock_file(root: Path, study_name: str) -> Path:
    """Where a study's frozen plan lies."""
    return params_folder(root, study_name) / NAME


def read_frozen(root: Path, study_name: str) -> Frozen | None:
    """The frozen plan; None where none was frozen.

    Raises
    ------
    BadParameters
        If the file is damaged, or was changed by hand.
    """
    path = lock_file(root, study_name)
    if not path.is_file():
        return None
    where, remedy = shown(path, root), "Take it from version control, or freeze the plan again: plan --freeze --again."
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        frozen = Frozen(dt.date.fromisoformat(held["frozen"]), held["digest"], held["plan"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadParameters("this is no frozen plan.", where=where, remedy=remedy) from error
    if digest_of(frozen.plan) != frozen.digest:
        raise BadParameters("the plan is not the one that was frozen.", where=where, remedy=remedy)
    return frozen


def freeze(root: Path, study_name: str, plan: Mapping[str, Any], today: dt.date, *, again: bool = False) -> Frozen:
    """Freeze a plan; what was frozen before is kept in the file.

    Raises
    ------
    BadParameters
        If another plan is frozen already and `again` is false; it says what differs.
    """
    path = lock_file(root, study_name)
    earlier: list[Any] = []
    if path.is_file() and again:
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
            earlier = [*before.pop("earlier", []), before]
        except (ValueError, AttributeError, TypeError):
            # Damaged: the reason for freezing again.
            earlier = []
    elif (frozen := read_frozen(root, study_name)) is not None:
        if frozen.digest == digest_of(plan):
            return frozen
        raise BadParameters(
            f"another plan was frozen on {frozen.date}; since then changed: {', '.join(differing(frozen.plan, plan))}.",
            where=shown(path, root),
            remedy="Take the changes back, or freeze the plan as it is now with --again: reports will say so.",
        )
    made = Frozen(today, digest_of(plan), plan)
    text = {"frozen": today.isoformat(), "digest": made.digest, "plan": dict(plan), "earlier": earlier}
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    beside.write_text(json.dumps(text, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    beside.replace(path)
    return made


def times_frozen(root: Path, study_name: str) -> int:
    """How often a plan was frozen, the last time included."""
    path = lock_file(root, study_name)
    return 1 + len(json.loads(path.read_text(encoding="utf-8")).get("earlier", [])) if path.is_file() else 0


def differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is not as it was, as a person would name it: ``alpha``, ``target.dialog``, ``instrument.scale.top``."""
    places = _unequal(before, now, ())
    found = [".".join(place[1:] if place[0] == "parameters" else place) for place in places if place[0] != OWN]
    # What changed for all changed for each; of single ones only what is theirs is told.
    own = [
        f"{place[1]}: {'.'.join(place[2:])}" for place in places if place[0] == OWN and ".".join(place[2:]) not in found
    ]
    return list(dict.fromkeys([*found, *own]))


def _unequal(before: Any, now: Any, place: tuple[str, ...]) -> list[tuple[str, ...]]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        keys = dict.fromkeys([*before, *now])
        return [
            one for key in keys for one in _unequal(before.get(key, _ABSENT), now.get(key, _ABSENT), (*place, str(key)))
        ]
    # By what is written: True is no 1 there, and a key with nothing is there.
    return [] if before is now or (_ABSENT not in (before, now) and json.dumps(before) == json.dumps(now)) else [place]


_ABSENT = object()


def departures(
    frozen: Frozen,
    values: Parameters,
    instrument: Instrument,
    tests: Sequence[str],
    *,
    client: Client | None = None,
    industry: Industry | None = None,
) -> list[str]:
    """What one report does otherwise than its frozen plan; parameters of its own that were planned are none."""
    own = frozen.plan[OWN]
    subjects = [f"client/{client.slug}"] if client else []
    subjects += [f"industry/{industry.slug}"] if industry else []
    wanted = next((own[subject] for subject in subjects if subject in own), frozen.plan["parameters"])
    before = {"parameters": wanted, **{key: frozen.plan[key] for key in ("instrument", "tests")}}
    return differing(
        before, {"parameters": planned(values), "instrument": _measured(instrument), "tests": sorted(tests)}
    )
