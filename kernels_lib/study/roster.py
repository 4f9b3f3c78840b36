"""Who gets a report: the units of the data as clients, and their industries.

Every unit of the data is a client by default; a file in ``params/clients/`` gives it other
parameters and may give it another slug.  Nothing here imports pandas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from kernels_lib.errors import BadParameters, ScorecardError, UnknownName
from kernels_lib.paths import slug_of
from kernels_lib.study.datasets import Dataset, Resource, Scores, read_dataset, read_scores
from kernels_lib.study.instrument import Instrument, read_instrument
from kernels_lib.study.language import SOURCE, pick
from kernels_lib.study.params import (
    Effective,
    Merged,
    check_against_instrument,
    effective,
    layer_files,
    merged_layers,
    read_layers,
    study_file,
)
from kernels_lib.study.validation import ANY, joined
from kernels_lib.study.yamlfile import YamlFile


@dataclass(frozen=True)
class Industry:
    """A group of units: `id` as in the data, `slug` in file names."""

    slug: str
    id: str
    name: str
    size: int
    file: YamlFile | None


@dataclass(frozen=True)
class Client:
    """A unit that receives a report."""

    slug: str
    brand: str
    industry: str
    file: YamlFile | None


@dataclass(frozen=True)
class Roster:
    """A study's data, read once, and who gets a report from it."""

    root: Path
    study_name: str
    dataset: Dataset
    instrument: Instrument
    scores: Scores | None
    clients: Mapping[str, Client]
    industries: Mapping[str, Industry]
    instrument_name: str = ""
    language: str = SOURCE
    # What was worked out once for all clients; the same in every language.
    known: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False, compare=False)

    def speaking(self, language: str) -> Roster:
        """The same in another language: texts of instrument, dataset and industries.

        Raises
        ------
        BadParameters, BadData
            If texts have no translation; all of them at once.
        """
        if language == self.language:
            return self
        instrument, dataset, named = _each(
            lambda: read_instrument(self.root, self.instrument_name, language),
            lambda: read_dataset(self.root, self.dataset.name, self.dataset.wave, language=language),
            lambda: _each(*(partial(_named, industry, language) for industry in self.industries.values())),
        )
        industries = {industry.slug: industry for industry in named}
        return replace(self, dataset=dataset, instrument=instrument, industries=industries, language=language)

    def scores_before(self) -> Scores | None:
        """Scores of the wave before this one; None where there is none, or it has no scores."""
        key = ("before", self.language)
        if key not in self.known:
            self.known[key] = self._scores_before()
        return self.known[key]

    def _scores_before(self) -> Scores | None:
        if not self.dataset.before:
            return None
        earlier = read_dataset(self.root, self.dataset.name, self.dataset.before, language=self.language)
        return _scores(earlier.scores, self.instrument) if earlier.scores else None

    def client(self, slug: str) -> Client:
        """The client of this slug or of this name in the data.

        Raises
        ------
        UnknownName
        """
        if ("clients",) not in self.known:
            named: dict[str, Client] = {}
            for client in self.clients.values():
                # Where a name is one client's slug and another's brand, the first one has it.
                named.setdefault(client.slug, client)
                named.setdefault(client.brand, client)
            self.known["clients",] = named
        found = self.known["clients",].get(slug)
        if found is None:
            raise UnknownName("client", slug, self.clients)
        return found

    def industry(self, slug: str) -> Industry:
        """The industry of this slug or of this id in the data.

        Raises
        ------
        UnknownName
        """
        for industry in self.industries.values():
            if slug in (industry.slug, industry.id):
                return industry
        raise UnknownName("industry", slug, self.industries)

    def industry_of(self, client: Client) -> Industry | None:
        """The client's industry, None where the data have none."""
        return next((i for i in self.industries.values() if i.id == client.industry), None)

    def parameters(
        self,
        *,
        client: Client | None = None,
        industry: Industry | None = None,
        overrides: tuple[tuple[str, str], ...] = (),
    ) -> Effective:
        """Effective parameters of one report, checked against the instrument.

        A client's report takes its industry's layer and its own.
        """
        if client is not None:
            industry = self.industry_of(client)
        file = client.file if client else None
        # Clients without a file of their own differ in nothing.
        key = ("parameters", industry.slug if industry else "", tuple(overrides))
        if file is None and key in self.known:
            return self.known[key]
        found = effective(self._shared(industry), file, overrides)
        check_against_instrument(found, self.instrument)
        if file is None:
            self.known[key] = found
        return found

    def _shared(self, industry: Industry | None) -> Merged:
        """The layers below a client's own, read once."""
        key = ("layers", industry.slug if industry else "")
        if key not in self.known:
            self.known[key] = merged_layers(self.root, self.study_name, industry.file if industry else None)
        return self.known[key]


def read_roster(
    root: Path, study_name: str = "", wave: str = "", overrides: tuple[tuple[str, str], ...] = ()
) -> Roster:
    """Read a study's dataset, instrument and layers.

    Texts come in the study's language; where they lack it, all of them are named at once.

    Raises
    ------
    UnknownName, BadParameters, BadData
    """
    found = read_layers(root, study_name, overrides=overrides, language=ANY)
    values, origin = found.values, found.origin("dataset")
    file = study_file(root, study_name)
    language = values.language
    own, instrument, dataset, files = _each(
        lambda: read_layers(root, study_name, overrides=overrides),
        lambda: read_instrument(root, values.instrument, language, where=file.shown, line=file.line("instrument")),
        lambda: read_dataset(
            root, values.dataset, wave or values.wave, language=language, where=origin.file, line=origin.line
        ),
        lambda: _with_names(layer_files(root, study_name, "industries"), language),
    )
    scores = _scores(dataset.scores, instrument) if dataset.scores else None
    check_against_instrument(own, instrument)
    industries = _industries(files, scores, language)
    clients = _known_clients(root, study_name, layer_files(root, study_name, "clients"), scores)
    return Roster(root, study_name, dataset, instrument, scores, clients, industries, values.instrument, language)


# What was read last of few data files, under their contents: reports made in one process, or in children forked
# from it, read each cell once and not once a client.
_SCORES: dict[tuple[object, ...], Scores] = {}
MOST_HELD = 4
MOST_BYTES_HELD = 20_000_000


def _scores(resource: Resource, instrument: Instrument) -> Scores:
    """The scores, from memory where the file, its description and the instrument's scale are the same."""
    if resource.path.stat().st_size > MOST_BYTES_HELD:
        return read_scores(resource, instrument)
    as_read = (resource, instrument.id, tuple(instrument.ids), instrument.scale.model_dump_json())
    digest = sha256(resource.path.read_bytes()).hexdigest()
    found = _SCORES.get((*as_read, digest))
    if found is None:
        found = read_scores(resource, instrument)
        while len(_SCORES) >= MOST_HELD:
            del _SCORES[next(iter(_SCORES))]
        # Under the bytes that were read just now, should the file have changed in between.
        _SCORES[(*as_read, found.sha256)] = found
    return found


# Of each study, the scores and files that its clients were last listed from.
_LISTED: dict[tuple[Path, str], tuple[Scores, list[YamlFile], dict[str, Client]]] = {}


def _known_clients(
    root: Path, study_name: str, files: Mapping[str, YamlFile], scores: Scores | None
) -> dict[str, Client]:
    """The clients, listed anew only where scores or files are others than before."""
    before = _LISTED.get((root, study_name))
    if before is not None and before[0] is scores and list(map(id, before[1])) == list(map(id, files.values())):
        return before[2]
    clients = _clients(files, scores)
    if scores is not None:
        _LISTED[root, study_name] = (scores, list(files.values()), clients)
    return clients


def _industries(files: Mapping[str, YamlFile], scores: Scores | None, language: str) -> dict[str, Industry]:
    present = [] if scores is None else [g for g in dict.fromkeys(scores.groups) if g]
    by_id = {}
    for slug, file in files.items():
        value = file.values["industry"]
        if value not in present:
            raise UnknownName("industry", value, present, where=file.shown, line=file.line("industry"))
        by_id[value] = (slug, file)
    industries = {}
    for value in present:
        slug, file = by_id.get(value, (slug_of(value), None))
        if slug in industries:
            raise _same_slug(slug, industries[slug].id, value, "industries")
        unnamed = Industry(slug, value, value.replace("_", " ").capitalize(), scores.groups.count(value), file)
        industries[slug] = _named(unnamed, language)
    return industries


def _named(industry: Industry, language: str) -> Industry:
    """The industry with its name in one language; without a file, as in the data."""
    return industry if industry.file is None else replace(industry, name=_name(industry.file, language))


def _name(file: YamlFile, language: str) -> str:
    try:
        return pick(file.values["name"], language)
    except ValueError as error:
        raise BadParameters(f"'name': {error}.", where=file.shown, line=file.line("name")) from error


def _with_names(files: Mapping[str, YamlFile], language: str) -> Mapping[str, YamlFile]:
    """The files, once all of them are known to have a name in this language."""
    _each(*(partial(_name, file, language) for file in files.values()))
    return files


def _each(*readers: Callable[[], Any]) -> list[Any]:
    """What each reader returns; what is wrong with all of them, at once."""
    found: list[Any] = []
    problems: list[ScorecardError] = []
    for read in readers:
        try:
            found.append(read())
        except ScorecardError as error:
            problems.append(error)
    if problems:
        raise joined(problems)
    return found


def _clients(files: Mapping[str, YamlFile], scores: Scores | None) -> dict[str, Client]:
    if scores is None:
        return {}
    by_brand: dict[str, tuple[str, YamlFile]] = {}
    units = set(scores.units)
    for slug, file in files.items():
        brand = file.values["brand"]
        if brand not in units:
            raise UnknownName("brand", brand, scores.units, where=file.shown, line=file.line("brand"))
        if brand in by_brand:
            raise BadParameters(
                f"'{brand}' is the client of {by_brand[brand][1].shown} already.",
                where=file.shown,
                line=file.line("brand"),
                remedy="One file a client.",
            )
        by_brand[brand] = (slug, file)
    clients: dict[str, Client] = {}
    for brand, group in zip(scores.units, scores.groups, strict=True):
        slug, file = by_brand.get(brand, (slug_of(brand), None))
        if slug in clients:
            raise _same_slug(slug, clients[slug].brand, brand, "clients")
        clients[slug] = Client(slug, brand, group, file)
    return clients


def _same_slug(slug: str, first: str, second: str, folder: str) -> BadParameters:
    return BadParameters(
        f"'{first}' and '{second}' would both be written to '{slug}'.",
        where=f"params/{folder}",
        remedy=f"Give one of them a file of another name in params/{folder}/.",
    )
