"""From a file to a dataset: what is read, what is proposed, what a person declares, what is written."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kernels_lib.errors import BadParameters, UnknownName
from kernels_lib.paths import shown
from kernels_lib.study.importing import wording
from kernels_lib.study.importing.drafting import decimals_of, draft_instrument, draft_study, plural
from kernels_lib.study.importing.mapping import IGNORE, ROLES, Declaration, Ends, changed, read_declaration
from kernels_lib.study.importing.proposing import (
    Known,
    Proposal,
    Wish,
    dates_of_waves,
    holds,
    mentioned,
    names_of,
    propose,
)
from kernels_lib.study.importing.reading import Sheet, read_sheet
from kernels_lib.study.importing.tidying import Tidy, tidy
from kernels_lib.study.importing.writing import Content, write_dataset
from kernels_lib.study.instrument import Instrument, read_instrument
from kernels_lib.study.language import LANGUAGES
from kernels_lib.study.params import known_studies, study_file
from kernels_lib.study.validation import ANY
from kernels_lib.study.yamlfile import read_yaml

NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")


@dataclass(frozen=True)
class Order:
    """What a person asked for."""

    root: Path
    path: Path
    name: str
    sheet: str = ""
    wish: Wish = field(default_factory=Wish)
    map_file: Path | None = None
    pairs: tuple[str, ...] = ()
    replace: bool = False


@dataclass(frozen=True)
class Draft:
    """A dataset that could be written now.

    Attributes
    ----------
    again : bool
        Whether the mapping of an earlier import of this dataset was taken.
    """

    order: Order
    sheet: Sheet
    proposal: Proposal
    declared: Declaration
    tables: tuple[Tidy, ...]
    instrument: Instrument | None
    again: bool = False

    @property
    def meanings(self) -> list[tuple[str, str, str, str]]:
        """Each column: its name, what it holds, what it means, and why."""
        roles = {column: role for role, column in self.declared.roles().items()}
        whys = {one.column: (one.means, one.why) for one in self.proposal.meanings}
        rows = []
        for column in self.proposal.profile.columns:
            means = roles.get(column.name, "")
            if not means and self.declared.layout == "wide":
                means = self.declared.criteria.get(column.name, "")
            means = means or "not used"
            proposed, why = whys.get(column.name, ("", ""))
            rows.append((column.name, holds(column), means, why if proposed == means else "declared"))
        if self.declared.layout == "long":
            rows += [
                (f"{self.declared.criterion} = {text}", "", one, "") for text, one in self.declared.criteria.items()
            ]
        return rows


@dataclass(frozen=True)
class Written:
    """What an import wrote."""

    folder: Path
    moved: Path | None
    files: tuple[str, ...]
    study: str


def prepare(order: Order) -> Draft:
    """Read the file, propose a mapping, and put over it what is declared; nothing is written.

    Raises
    ------
    ScorecardError
        If the file cannot be read, or names nothing that is there.
    """
    _check_order(order)
    asked = read_declaration(order.map_file) if order.map_file else {}
    sheet = read_sheet(
        order.path,
        sheet=order.sheet or str(asked.get("sheet", "")),
        encoding=str(asked.get("encoding", "")),
        delimiter=str(asked.get("delimiter", "")),
    )
    known = known_instruments(order.root)
    wish = replace(order.wish, header_row=int(asked.get("header_row", order.wish.header_row)))
    if asked.get("instrument"):
        wish = replace(wish, instrument=str(asked["instrument"]))
    wish = replace(wish, meanings=_meanings(asked, order.pairs), only=bool(asked.get("criteria")))
    before = {} if asked or order.pairs or wish != Wish() else _mapping_before(order)
    _check_scale(wish, known)
    if wave := _wave_before(before):
        wish = replace(wish, wave=wave)
    proposal = propose(sheet, known, order.name, wish, _day_of(order.path))
    again = _fitting(before, proposal) if before else None
    declared = again or changed(proposal.declaration, asked, order.pairs, proposal.names)
    if not declared.wave and wish.wave and wish.wave not in declared.waves:
        declared = declared.model_copy(update={"waves": dates_of_waves([wish.wave], _day_of(order.path))})
    return _draft(order, sheet, proposal, declared, again=again is not None)


def changed_draft(draft: Draft, pairs: Sequence[str]) -> Draft:
    """The draft with ``column=meaning`` put over it; what follows from that is guessed anew.

    Raises
    ------
    BadParameters, UnknownName
    """
    return prepare(replace(draft.order, pairs=(*draft.order.pairs, *pairs)))


def _meanings(asked: Mapping[str, Any], pairs: Sequence[str]) -> dict[str, str]:
    """Column to meaning, as a file of a mapping and the command line declare them."""
    found = {str(asked[role]): role for role in ROLES if asked.get(role)}
    if asked.get("layout") != "long":
        found |= {str(column): str(criterion) for column, criterion in asked.get("criteria", {}).items()}
    found |= {str(column): IGNORE for column in asked.get("ignore", ())}
    for pair in pairs:
        column, _, meaning = pair.rpartition("=")
        found[column.strip()] = meaning.strip()
    return found


def _draft(order: Order, sheet: Sheet, proposal: Proposal, declared: Declaration, *, again: bool) -> Draft:
    known = {one.name: one for one in known_instruments(order.root)}
    found = known.get(declared.instrument)
    if found is None and declared.scale is None:
        declared = declared.model_copy(update={"scale": proposal.declaration.scale})
    instrument = found.instrument if found else None
    if instrument is not None:
        # Ids that the instrument does not have stay: `check` names them. Those that are near are told at once.
        for criterion in declared.criteria.values():
            if criterion not in instrument.ids and declared.layout == "wide":
                raise UnknownName("criterion", criterion, instrument.ids, where="the mapping")
    criteria = list(instrument.ids) if instrument else list(declared.criteria.values())
    if instrument is None:
        for criterion in criteria:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", criterion):
                raise BadParameters(
                    f"'{criterion}' cannot name a criterion.",
                    where="the mapping",
                    remedy="Use lower-case letters, digits and underscores, a letter first.",
                )
    unit = _unit(declared, instrument, proposal)
    return Draft(order, sheet, proposal, declared, tidy(sheet, declared, criteria, unit[0]), instrument, again)


def write(draft: Draft) -> Written:
    """Write the dataset, and an instrument and a study where there are none.

    Raises
    ------
    BadParameters
        If there is such a dataset and it is not to be replaced.
    """
    root, name = draft.order.root, draft.order.name
    declared = draft.declared
    asks = _asks(draft)
    scale = _scale(draft)
    unit = _unit(declared, draft.instrument, draft.proposal)
    title = name.replace("-", " ").capitalize()
    content = Content(name, draft.order.path, draft.sheet, declared, draft.tables, scale, asks, unit, title)
    folder, moved = write_dataset(root, content, replace=draft.order.replace)
    files = []
    if draft.instrument is None:
        texts = [text for table in draft.tables for row in table.rows for text in row if text]
        text = draft_instrument(
            declared.instrument, title=title, source=draft.order.path.name, unit=unit, scale=scale, criteria=asks,
            decimals=decimals_of(scale, texts),
        )  # fmt: skip
        files.append(_new_file(root, root / "params" / "instruments" / f"{declared.instrument}.yaml", text))
    study = study_of(root, name)
    if study is None:
        units = len({row[0] for table in draft.tables if table.role != "remarks" for row in table.rows})
        text = draft_study(name, title=title, instrument=declared.instrument, units=units)
        files.append(_new_file(root, root / "params" / "studies" / name / "study.yaml", text))
        study = name
    return Written(folder, moved, tuple(file for file in files if file), study)


def study_of(root: Path, dataset: str) -> str | None:
    """The study that uses a dataset, empty for the main one; None where none does."""
    for study in ["", *known_studies(root)]:
        if study_file(root, study).values.get("dataset") == dataset:
            return study
    return None


def known_instruments(root: Path) -> list[Known]:
    """Every instrument of the project, with the names of its criteria in all languages.

    Raises
    ------
    BadParameters
        If one is wrong.
    """
    found = []
    for path in sorted((root / "params" / "instruments").glob("*.yaml")):
        values = read_yaml(path, shown(path, root)).values
        instrument = read_instrument(root, path.stem, ANY)
        words = {entry["id"]: _names(entry) for entry in values["criteria"]}
        found.append(Known(path.stem, instrument, words, _texts(values["unit"]["one"])))
    return found


def _names(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t for key in ("id", "name", "short", "question") for t in _texts(entry.get(key, ""))))


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        return tuple(str(value[name]) for name in LANGUAGES if value.get(name))
    return (str(value),) if value else ()


def _check_order(order: Order) -> None:
    if not NAME.match(order.name):
        raise BadParameters(
            f"'{order.name}' cannot name a dataset.",
            where="--as",
            remedy="Use up to 40 lower-case letters, digits and hyphens.",
        )
    folder = order.root / "datasets" / order.name
    if folder.exists() and not order.replace:
        raise BadParameters(
            f"there is a dataset '{order.name}' already.",
            where=shown(folder, order.root),
            remedy="Add --replace (the old one is kept in datasets/.earlier), or choose another name with --as.",
        )


def _check_scale(wish: Wish, known: Sequence[Known]) -> None:
    if wish.scale and wish.instrument in {one.name for one in known}:
        raise BadParameters(
            f"the instrument '{wish.instrument}' has a scale already.",
            where="--scale",
            remedy=f"Leave --scale out, or change `scale` in params/instruments/{wish.instrument}.yaml.",
        )


def _mapping_before(order: Order) -> dict[str, Any]:
    """The mapping that this dataset was brought in with before."""
    path = order.root / "datasets" / order.name / "datapackage.json"
    if not order.replace or not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("scorecard", {}).get("import", {}).get("mapping", {})
    except ValueError:
        # A damaged description is told when it is replaced.
        return {}


def _wave_before(before: Mapping[str, Any]) -> str:
    """The wave of a dataset that has one, and no column for it: who replaces the data means the same wave."""
    waves = () if before.get("wave") else tuple(before.get("waves", ()))
    return waves[0] if len(waves) == 1 else ""


def _fitting(before: Mapping[str, Any], proposal: Proposal) -> Declaration | None:
    """The mapping of last time, where every column that it names is there; what depends on the file is new."""
    try:
        declared = Declaration.model_validate(before)
    except ValidationError:
        return None
    now = proposal.declaration
    columns = [*declared.roles().values(), *(declared.criteria if declared.layout == "wide" else ())]
    if declared.layout != now.layout or not set(columns) <= set(proposal.profile.names):
        return None
    update: dict[str, Any] = {
        key: getattr(now, key) for key in ("sheet", "encoding", "delimiter", "header_row", "first_row", "label_row")
    }
    if declared.wave:
        update["waves"] = {wave: declared.waves.get(wave, day) for wave, day in now.waves.items()}
    return declared.model_copy(update=update)


def _day_of(path: Path) -> dt.date:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC).date()


def _unit(declared: Declaration, instrument: Instrument | None, proposal: Proposal) -> tuple[str, str]:
    if instrument is not None:
        return instrument.unit.one, instrument.unit.many
    flat = wording.singular(wording.plain(declared.unit))
    known = flat in {wording.plain(word) for word in wording.ROLE_WORDS["unit"][:-1]} and flat
    if not known and declared.unit in proposal.profile.names:
        known = mentioned(proposal.profile[declared.unit].asks)
    word = known or ("respondent" if declared.number_units == "Respondent" else "unit")
    word = "brand" if word in ("which brand", "brand name") else word
    return word, plural(word)


def _asks(draft: Draft) -> dict[str, str]:
    """What each criterion asks, in the instrument's order."""
    if draft.instrument is not None:
        return {criterion.id: criterion.name for criterion in draft.instrument.criteria}
    declared, profile = draft.declared, draft.proposal.profile
    if declared.layout == "long":
        return {criterion: text for text, criterion in declared.criteria.items()}
    columns = [profile[name] for name in declared.criteria]
    names = names_of([column.asks for column in columns], [column.name for column in columns])
    return dict(zip(declared.criteria.values(), [_spaced(name) for name in names], strict=True))


def _spaced(name: str) -> str:
    """A column's name as a person would write it: ``customer_service`` is Customer service."""
    text = name.replace("_", " ").strip() if " " not in name else name
    return text[:1].upper() + text[1:]


def _scale(draft: Draft) -> Ends:
    if draft.instrument is not None:
        scale = draft.instrument.scale
        return Ends(floor=scale.floor, top=scale.top, step=scale.step)
    assert draft.declared.scale is not None, "a drafted instrument has a scale"
    return draft.declared.scale


def _new_file(root: Path, path: Path, text: str) -> str:
    """Write a file that is not there yet; empty text where it is."""
    if path.exists():
        return ""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return shown(path, root)
