"""Parameters in layers: study < industry < the client's row of clients.csv < client < ``--set``.

Each layer is one YAML file (or a row); a later one replaces single keys of an earlier one.  Every effective
value knows the file and line it came from.  Unknown keys are refused with the nearest known one.
"""

from __future__ import annotations

import datetime as dt
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from kernels_lib.errors import BadParameters, UnknownName, quoted
from kernels_lib.paths import SLUG, inside, params_folder, shown
from kernels_lib.study.commentary import Commentary
from kernels_lib.study.instrument import Instrument
from kernels_lib.study.language import LANGUAGES, SOURCE
from kernels_lib.study.validation import ANY, Quoted, Spoken, check_model, joined
from kernels_lib.study.yamlfile import YamlFile, parse_scalar, read_yaml

# Optional sections of the reports, in their order; a notebook marks its cells `section-NAME`.
SECTIONS = ("scorecard", "strengths", "pairs", "brands", "peers", "noise", "first", "industry", "method")

# What a report can be published as, in this order; a study makes the first two unless it says otherwise.
FORMATS = ("html", "slides", "xlsx", "pptx", "pdf")
USUAL_FORMATS = FORMATS[:2]

# Parameters that change how a report looks and not what it says; a notebook that ran need not run again for them.
THEME = ("colours", "type", "logo", "contact", "confidentiality")
# What analysts say of a report: put into its documents when they are published, no part of what is computed.
SAID = ("commentary", "status")
UNSEEN = (*THEME, *SAID, "formats", "limits")


def _text_of_number(value: Any) -> Any:
    # `wave: 2010` is a number in YAML and a name to everyone else.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Colours(BaseModel):
    """A client's colours."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    primary: str = Field("", pattern=r"^(#[0-9a-fA-F]{6})?$", description="Colour of the client's own marks, #rrggbb.")


class Type(BaseModel):
    """A client's type: the name of a family that its readers have, or a .woff2 file inside params/."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    headings: str = Field("", max_length=200, description="Of headings and large numerals.")
    text: str = Field("", max_length=200, description="Of text and tables; charts keep the house's type.")


class Limits(BaseModel):
    """What a report's kernel may use; seen in no document."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    cell_s: float = Field(300, gt=0, le=86_400, description="Longest that one cell may run, in seconds.")
    notebook_s: float = Field(1800, gt=0, le=86_400, description="Longest that a notebook may run, in seconds.")
    memory_mb: int = Field(4096, ge=0, le=1_048_576, description="Memory beyond its libraries'; 0: no limit.")
    network: bool = Field(False, description="Whether notebooks may use the network.")


class Parameters(BaseModel):
    """Effective parameters of one report."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    title: Spoken = Field(max_length=160, description="Title of the study.")
    dataset: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="A folder in datasets/.")
    instrument: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="A file in params/instruments/.")
    wave: Annotated[str, BeforeValidator(_text_of_number)] = Field("", description="Empty: the newest wave.")
    report_date: dt.date | None = Field(None, description="Empty: the date of the wave.")
    alpha: float = Field(0.05, gt=0, lt=0.5, description="Error rate of a family of tests.")
    correction: Literal["holm", "bonferroni", "bh", "none"] = Field("holm", description="For families of tests.")
    bootstrap_draws: int = Field(2000, ge=200, le=200_000, description="Draws behind an interval of a mean.")
    weight_draws: int = Field(5000, ge=200, le=200_000, description="Random weightings behind a range.")
    seed: int = Field(0, ge=0, lt=2**63, description="Seed of every random draw.")
    weights: dict[str, Annotated[float, Field(ge=0, le=1e6)]] = Field(
        default_factory=dict, description="Criterion: weight in the overall score; empty: the instrument's."
    )
    target: dict[str, float] = Field(default_factory=dict, description="Criterion: score that counts as gained.")
    peer_group: Literal["all", "industry"] = Field("all", description="Who the client is compared with.")
    disclosure: Literal["aggregate", "masked", "named"] = Field("aggregate", description="What clients see of others.")
    minimum_base: int = Field(4, ge=2, le=1000, description="Fewest other units in an aggregate that is shown.")
    formats: list[Literal["html", "slides", "xlsx", "pptx", "pdf"]] = Field(
        default_factory=lambda: list(USUAL_FORMATS), min_length=1, description="What a report is published as."
    )
    sections: list[str] = Field(default_factory=lambda: list(SECTIONS), description="Sections of the reports.")
    client_name: Quoted = Field("", max_length=120, description="Name in the client's report; empty: as in the data.")
    colours: Colours = Colours()
    type: Type = Type()
    logo: str = Field("", max_length=200, description="A PNG, JPEG or SVG file inside params/.")
    language: Literal["en", "de"] = Field("en", description="Of the whole document: words, numbers and dates.")
    limits: Limits = Limits()
    contact: Quoted = Field("", max_length=200, description="Whom to ask; stands at the end of the report.")
    confidentiality: Quoted = Field("", max_length=200, description="Stands at the head of the report.")
    status: Literal["draft", "final"] = Field("final", description="A draft says so on every page; none is delivered.")
    commentary: Commentary = Field(Commentary(), description="The analyst's own words, in a client's file only.")


# Keys that say which study it is: only study.yaml and --set may give them.
STUDY_ONLY = ("title", "dataset", "instrument", "seed")
# Words on one client, which no other may inherit.
CLIENT_ONLY = ("commentary",)


def _layer(name: str, doc: str, /, without: tuple[str, ...] = (), **identity: Any) -> type[BaseModel]:
    """A model of one layer: its identity, and every parameter optional."""
    optional = {
        key: (field.annotation | None if key != "report_date" else dt.date | None, _without_default(field))
        for key, field in Parameters.model_fields.items()
        if key not in (*STUDY_ONLY, *without)
    }
    config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)
    model = create_model(name, __config__=config, **identity, **optional)
    model.__doc__ = doc
    return model


def _without_default(field: Any) -> Any:
    copied = Field(None, description=field.description)
    copied.metadata = list(field.metadata)
    return copied


IndustryFile = _layer(
    "IndustryFile",
    "What differs for one industry.",
    CLIENT_ONLY,
    industry=(str, Field(min_length=1, description="The industry's value in the data.")),
    name=(Spoken, Field(max_length=80, description="Its name in reports.")),
)
ClientFile = _layer(
    "ClientFile",
    "What differs for one client.",
    brand=(str, Field(min_length=1, description="The unit's name in the data.")),
)


@dataclass(frozen=True)
class Origin:
    """Where a value came from."""

    file: str
    line: int | None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}, line {self.line}"


@dataclass(frozen=True)
class Effective:
    """Parameters of one report, with the origin of each value."""

    values: Parameters
    origins: Mapping[str, Origin]

    def origin(self, key: str) -> Origin:
        """File and line of a key, or its nearest parent's; the built-in default has no line."""
        while key:
            if key in self.origins:
                return self.origins[key]
            key = key.rpartition(".")[0]
        return Origin("built-in default", None)


def read_layers(
    root: Path,
    study_name: str,
    *,
    industry_file: YamlFile | None = None,
    client_file: YamlFile | None = None,
    overrides: Sequence[tuple[str, str]] = (),
    language: str = "",
) -> Effective:
    """Merge the layers and validate the result, texts in the reader's language unless another is given.

    Raises
    ------
    UnknownName
        If a key is unknown.
    BadParameters
        If a value is wrong; the message names the file and line it stands in.
    """
    return effective(merged_layers(root, study_name, industry_file), client_file, overrides, language)


@dataclass(frozen=True)
class Merged:
    """Layers put together and not yet validated; further ones go on top of a copy."""

    values: Mapping[str, Any]
    origins: Mapping[str, Origin]


def merged_layers(root: Path, study_name: str, industry_file: YamlFile | None = None) -> Merged:
    """The layers that clients share: study < industry.

    Raises
    ------
    UnknownName, BadParameters
        If the study's own file is wrong.
    """
    merged: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    _merge(merged, origins, study_file(root, study_name), drop=())
    if industry_file is not None:
        _merge(merged, origins, industry_file, drop=("industry", "name"))
    return Merged(merged, origins)


def effective(
    below: Merged,
    client_file: YamlFile | None,
    overrides: Sequence[tuple[str, str]] = (),
    language: str = "",
    *,
    row: YamlFile | None = None,
) -> Effective:
    """Parameters of one report: a client's layers and ``--set`` on top of what clients share, validated.

    `row` is the client's row of ``clients.csv``; its own file replaces single values of it.

    Raises
    ------
    UnknownName, BadParameters
        As for `read_layers`.
    """
    merged, origins = dict(below.values), dict(below.origins)
    for layer in (row, client_file):
        if layer is not None:
            _merge(merged, origins, layer, drop=("brand",))
    for key, text in overrides:
        _override(merged, origins, key, text)
    return Effective(_validated(merged, origins, language), origins)


def study_file(root: Path, study_name: str) -> YamlFile:
    """The study's own YAML, already validated.

    Raises
    ------
    UnknownName
        If there is no such study.
    """
    folder = params_folder(root, study_name)
    # A name, not a way: '..' or '/tmp/x' would leave the folder of the studies.
    if study_name and study_name not in known_studies(root):
        raise UnknownName("study", study_name, known_studies(root), where="--study")
    path = folder / "study.yaml"
    file = _checked(path, Parameters, root)
    for key in CLIENT_ONLY:
        if key in file.values:
            raise BadParameters(
                f"'{key}' is for one client.",
                where=file.shown,
                line=file.line(key),
                remedy="Move it to a file in clients/.",
            )
    return file


# What was last found right in each file: the same contents are not checked again.
_RIGHT: dict[Path, tuple[type[BaseModel], YamlFile]] = {}


def _checked(path: Path, model: type[BaseModel], root: Path) -> YamlFile:
    """A file whose keys and values are right.

    Raises
    ------
    BadParameters, UnknownName
    """
    if path not in _RIGHT and not inside(path, root / "params"):
        raise BadParameters(
            "is a link that leaves params/.",
            where=shown(path, root),
            remedy="Put the file itself there: what a report is made from stays in the project.",
        )
    file = read_yaml(path, shown(path, root))
    known = _RIGHT.get(path)
    if known is None or known[0] is not model or known[1] is not file:
        check_model(model, file, what="parameter", language=ANY)
        _RIGHT[path] = (model, file)
    return file


def known_studies(root: Path) -> list[str]:
    """Names of the further studies in ``params/studies/``."""
    return sorted(path.parent.name for path in (root / "params" / "studies").glob("*/study.yaml"))


def layer_files(root: Path, study_name: str, kind: Literal["industries", "clients"]) -> dict[str, YamlFile]:
    """Validated files of one layer, by slug (the file's name).

    Raises
    ------
    BadParameters, UnknownName
        All problems of all files at once.
    """
    model = IndustryFile if kind == "industries" else ClientFile
    files: dict[str, YamlFile] = {}
    problems = []
    for path in sorted((params_folder(root, study_name) / kind).glob("*.yaml")):
        if not SLUG.match(path.stem):
            problems.append(
                BadParameters(
                    f"'{quoted(path.stem)}' cannot name a folder of the site.",
                    where=quoted(shown(path, root)),
                    remedy="Use 2 to 40 lower-case letters, digits and hyphens, a letter first.",
                )
            )
            continue
        try:
            files[path.stem] = _checked(path, model, root)
        except (BadParameters, UnknownName) as problem:
            problems.append(problem)
    if problems:
        raise joined(problems)
    return files


def parse_overrides(text: str) -> list[tuple[str, str]]:
    """``"alpha=0.01 correction=holm"`` as pairs; quote values with spaces.

    Raises
    ------
    BadParameters
        If a part has no ``=``.

    Examples
    --------
    >>> parse_overrides('alpha=0.01 client_name="Acme & Co"')
    [('alpha', '0.01'), ('client_name', 'Acme & Co')]
    """
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise BadParameters(f"'{text}' has an unclosed quote.", where="--set") from error
    return [_pair(part) for part in parts]


def _pair(part: str) -> tuple[str, str]:
    key, equals, value = part.partition("=")
    if not equals or not key:
        raise BadParameters(f"'{part}' is no key=value.", where="--set", remedy="Write for example --set alpha=0.01.")
    return key.strip(), value


def _merge(merged: dict[str, Any], origins: dict[str, Origin], file: YamlFile, *, drop: tuple[str, ...]) -> None:
    for key, value in file.values.items():
        if key in drop or (value is None and key != "report_date"):
            continue
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = {**merged[key], **value}
        else:
            merged[key] = value
        if isinstance(value, dict):
            for inner, below in value.items():
                origins[f"{key}.{inner}"] = Origin(*file.place(key, inner))
                for one in below if isinstance(below, dict) else ():
                    origins[f"{key}.{inner}.{one}"] = Origin(*file.place(key, inner, one))
        origins[key] = Origin(*file.place(key))


_KEY = re.compile(r"^[a-z_]+(\.[a-z0-9_]+)?$")


def _override(merged: dict[str, Any], origins: dict[str, Origin], key: str, text: str) -> None:
    head, _, inner = key.partition(".")
    if not _KEY.match(key) or head not in Parameters.model_fields:
        raise UnknownName("parameter", head, Parameters.model_fields, where="--set")
    annotation = Parameters.model_fields[head].annotation
    fields = getattr(annotation, "model_fields", {})
    plain = annotation is str or (inner in fields and fields[inner].annotation is str)
    value: Any = text if plain else parse_scalar(text)
    if inner:
        value = {**(merged.get(head) or {}), inner: value}
    elif isinstance(value, str) and getattr(annotation, "__origin__", None) is list:
        value = [part.strip() for part in value.split(",") if part.strip()]
    merged[head] = value
    origins[key] = origins[head] = Origin("--set", None)


def _validated(merged: dict[str, Any], origins: Mapping[str, Origin], language: str) -> Parameters:
    from pydantic import ValidationError

    # A wrong language is a problem of its own; the texts are then read as English.
    language = language or (merged.get("language") if merged.get("language") in LANGUAGES else SOURCE)
    try:
        return Parameters.model_validate(merged, context={"language": language})
    except ValidationError as failure:
        problems = []
        for error in failure.errors():
            key = ".".join(str(part) for part in error["loc"][:2])
            origin = origins.get(key) or origins.get(str(error["loc"][0])) or Origin("parameters", None)
            message = error["msg"].removeprefix("Value error, ")
            message = message[0].lower() + message[1:]
            problems.append(
                BadParameters(f"'{key}': {message} (found {error['input']!r}).", where=origin.file, line=origin.line)
            )
    raise joined(problems)


def check_base(others: int, effective: Effective) -> None:
    """Whether enough others stand behind the means of all units, which every client's report shows.

    Raises
    ------
    BadParameters
        If there are fewer than `minimum_base` others, and the client may not see single ones.
    """
    values = effective.values
    if others >= values.minimum_base or values.disclosure == "named":
        return
    place = effective.origin("minimum_base")
    raise BadParameters(
        f"minimum_base is {values.minimum_base}, and there are {others} others: a client could work out single "
        "scores from the mean of all.",
        where=place.file,
        line=place.line,
        remedy="Set 'disclosure: named' if everybody agreed to that, or a smaller minimum_base.",
    )


def check_against_instrument(effective: Effective, instrument: Instrument) -> None:
    """Names and values that only the instrument can judge.

    Raises
    ------
    UnknownName
        If a weight, a target or a section names nothing known.
    BadParameters
        If a target is outside the scale, or no weight is above zero.
    """
    values = effective.values
    for kind in ("weights", "target"):
        for criterion in getattr(values, kind):
            if criterion not in instrument.ids:
                origin = effective.origin(f"{kind}.{criterion}")
                raise UnknownName("criterion", criterion, instrument.ids, where=origin.file, line=origin.line)
    for criterion in values.commentary.criteria:
        if criterion not in instrument.ids:
            origin = effective.origin(f"commentary.criteria.{criterion}")
            raise UnknownName("criterion", criterion, instrument.ids, where=origin.file, line=origin.line)
    scale = instrument.scale
    for criterion, target in values.target.items():
        if not scale.floor <= target <= scale.top:
            origin = effective.origin(f"target.{criterion}")
            raise BadParameters(
                f"target {target:g} for '{criterion}' is outside the scale {scale.floor:g}-{scale.top:g}.",
                where=origin.file,
                line=origin.line,
            )
    for section in values.sections:
        if section not in SECTIONS:
            origin = effective.origin("sections")
            raise UnknownName("section", section, SECTIONS, where=origin.file, line=origin.line)
    weights = {c.id: values.weights.get(c.id, c.weight) for c in instrument.criteria}
    if not sum(weights.values()) > 0:
        origin = effective.origin("weights")
        raise BadParameters("no criterion has a weight above zero.", where=origin.file, line=origin.line)
