"""New files to begin with: a study, an instrument, an industry, a client.

Every file is valid as it is made, says in comments what may be changed, and is never written over one
that is there.  A new study comes with an instrument and a small example dataset, or takes those that
exist, so that it can be built at once.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kernels_lib.errors import BadParameters, UnknownName
from kernels_lib.paths import SLUG, params_folder, shown, slug_of
from kernels_lib.study.instrument import Instrument, read_instrument
from kernels_lib.study.roster import read_roster
from kernels_lib.study.scaffolds import (
    EXAMPLE,
    client_text,
    criteria_of,
    example_package,
    example_scores,
    industry_text,
    instrument_text,
    study_text,
)

# Names that no file may have on Windows, where a project may be opened too.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


@dataclass(frozen=True)
class Made:
    """Files that were made, as messages print them, and the command to type next."""

    files: tuple[str, ...]
    next: str


def new_client(root: Path, name: str, *, study_name: str = "", brand: str = "") -> Made:
    """A client's file in ``params/clients/``.

    Parameters
    ----------
    root : Path
    name : str
        Of the client's folder in the site, or its name in the data.
    study_name : str
    brand : str
        Its name in the data; by default the one that `name` says, or would be written to.

    Raises
    ------
    UnknownName
        If no unit of the data is meant.
    BadParameters
        If the name is unsafe, or the unit has a file already.
    """
    roster = read_roster(root, study_name)
    units = [client.brand for client in roster.clients.values()]
    known = roster.clients.get(name)
    asked = brand or (known.brand if known else name)
    meant = _meant("brand", asked, units, exact=bool(brand), option="--brand")
    slug = _slug(name if name != meant else slug_of(meant), "client")
    before = next(client for client in roster.clients.values() if client.brand == meant)
    if before.file is not None:
        raise BadParameters(f"'{meant}' is a client with a file already.", where=before.file.shown, remedy="Edit it.")
    if slug in roster.clients and roster.clients[slug].brand != meant:
        raise BadParameters(
            f"'{slug}' is already the folder of '{roster.clients[slug].brand}'.", remedy="Choose another name."
        )
    path = params_folder(root, study_name) / "clients" / f"{slug}.yaml"
    criterion = roster.instrument.ids[0]
    files = _write(root, {path: client_text(meant, slug, criterion, roster.instrument.target.value, study_name)})
    return Made(files, f"scorecard build {slug}{_of(study_name)}")


def new_industry(root: Path, name: str, *, study_name: str = "", value: str = "") -> Made:
    """An industry's file in ``params/industries/``; as for `new_client`."""
    roster = read_roster(root, study_name)
    if not roster.industries:
        raise BadParameters(
            "these data have no industries.",
            where=roster.dataset.shown,
            remedy="Name the column that has them in 'group_column' of the scores' 'scorecard'.",
        )
    values = [industry.id for industry in roster.industries.values()]
    meant = _meant("industry", value or name, values, exact=bool(value), option="--value")
    slug = _slug(name if name != meant else slug_of(meant), "industry")
    before = next(industry for industry in roster.industries.values() if industry.id == meant)
    if before.file is not None:
        raise BadParameters(f"'{meant}' has a file already.", where=before.file.shown, remedy="Edit it.")
    if slug in roster.industries and roster.industries[slug].id != meant:
        raise BadParameters(
            f"'{slug}' is already the folder of '{roster.industries[slug].id}'.", remedy="Choose another name."
        )
    path = params_folder(root, study_name) / "industries" / f"{slug}.yaml"
    files = _write(root, {path: industry_text(meant, before.name, roster.instrument.ids[0], study_name)})
    return Made(files, f"scorecard build --industry {slug}{_of(study_name)}")


def new_instrument(root: Path, name: str) -> Made:
    """An instrument's file in ``params/instruments/``, with three criteria to write over.

    Raises
    ------
    BadParameters
        If the name is unsafe, or there is such an instrument.
    """
    name = _identifier(name)
    files = _write(root, {_instrument_file(root, name): instrument_text(name, EXAMPLE)})
    return Made(files, f"scorecard new study NAME --instrument {name}")


def new_study(root: Path, name: str, *, dataset: str = "", instrument: str = "") -> Made:
    """A further study: its parameters, and what it lacks of dataset and instrument.

    Parameters
    ----------
    root : Path
    name : str
    dataset : str
        A folder in ``datasets/``; without one, a small example dataset is made.
    instrument : str
        A file in ``params/instruments/``; without one, it is made: for the columns of `dataset`, or as an example.

    Raises
    ------
    UnknownName
        If there is no such dataset or instrument.
    BadParameters
        If the name is unsafe, or a file is there already; nothing is written then.
    """
    slug = _slug(name, "study")
    own = slug.replace("-", "_")
    texts: dict[Path, str] = {}
    if dataset:
        known = sorted(path.parent.name for path in (root / "datasets").glob("*/datapackage.json"))
        if dataset not in known:
            raise UnknownName("dataset", dataset, known, where="--dataset")
    made_of = read_instrument(root, instrument, where="--instrument") if instrument else None
    if made_of is None:
        draft = criteria_of(root, dataset) if dataset else EXAMPLE
        texts[_instrument_file(root, own)] = instrument_text(own, draft)
        ids, scale = draft.ids, draft.scale
    else:
        ids, scale = made_of.ids, _scale_of(made_of)
    if not dataset:
        folder = root / "datasets" / slug
        scores = example_scores(ids, *scale)
        texts[folder / "scores.csv"] = scores
        texts[folder / "datapackage.json"] = example_package(slug, ids, scale, scores.encode())
    path = root / "params" / "studies" / slug / "study.yaml"
    texts[path] = study_text(slug, dataset or slug, instrument or own)
    return Made(_write(root, texts), f"scorecard check --study {slug} && scorecard build --study {slug}")


def _scale_of(instrument: Instrument) -> tuple[float, float, float | None]:
    return instrument.scale.floor, instrument.scale.top, instrument.scale.step


def _instrument_file(root: Path, name: str) -> Path:
    return root / "params" / "instruments" / f"{name}.yaml"


def _of(study_name: str) -> str:
    return f" --study {study_name}" if study_name else ""


def _meant(kind: str, asked: str, known: Iterable[str], *, exact: bool, option: str) -> str:
    """The unit or industry of the data that a name means."""
    names = list(known)
    if asked in names:
        return asked
    written = [name for name in names if slug_of(name) == asked]
    if len(written) == 1 and not exact:
        return written[0]
    error = UnknownName(kind, asked, names, where=option if exact else None)
    if exact:
        raise error
    hint = f"{error.remedy} For another name than in the data say which is meant with {option}."
    raise BadParameters(error.found, remedy=hint)


def _slug(name: str, kind: str) -> str:
    """A name that is safe as a folder everywhere.

    Raises
    ------
    BadParameters
    """
    if SLUG.fullmatch(name) and name not in _DEVICES:
        return name
    safe = slug_of(name)
    hint = f" Such as '{safe}'." if safe not in _DEVICES and not safe.startswith("unit-") else ""
    raise BadParameters(
        f"'{name}' cannot name a folder of a {kind}.",
        remedy=f"Use 2 to 40 lower-case letters, digits and hyphens, a letter first.{hint}",
    )


def _identifier(name: str) -> str:
    if _IDENTIFIER.fullmatch(name) and name not in _DEVICES:
        return name
    safe = slug_of(name).replace("-", "_")
    raise BadParameters(
        f"'{name}' cannot name an instrument.",
        remedy=f"Use at most 40 lower-case letters, digits and underscores, a letter first. Such as '{safe}'.",
    )


def _write(root: Path, texts: Mapping[Path, str]) -> tuple[str, ...]:
    """Write all the files or none: each is complete before it has its name, and no file is replaced."""
    there = [path for path in texts if os.path.lexists(path)]
    if there:
        listed = ", ".join(shown(path, root) for path in there)
        raise BadParameters(f"{listed}: there already.", remedy="Nothing was written. Choose another name, or edit it.")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        beside.replace(path)
    return tuple(shown(path, root) for path in texts)
