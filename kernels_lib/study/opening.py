"""`open_study`: everything that one report needs, in one frozen object."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from kernels_lib.errors import BadData, BadParameters, UnknownName
from kernels_lib.paths import find_root
from kernels_lib.study.beside import Beside, own_file, read_beside
from kernels_lib.study.counts import Counts
from kernels_lib.study.datasets import Means, Scores, read_means
from kernels_lib.study.instrument import Instrument
from kernels_lib.study.language import speak
from kernels_lib.study.numerals import Numerals
from kernels_lib.study.params import UNSEEN, Effective, Parameters, check_base, parse_overrides
from kernels_lib.study.results import Basis
from kernels_lib.study.roster import Client, Industry, Roster, read_roster


@dataclass(frozen=True)
class Study:
    """One study, seen for one reader.

    Attributes
    ----------
    name : str
        Folder in ``params/studies/``; empty for the main study.
    scores : DataFrame, shape (n_units, n_criteria)
        Points on the instrument's scale; NaN where a unit was not scored.  Index: unit names.
    groups : Series
        Industry id of each unit; empty text where the data have none.
    basis : Basis
        What the unit scores rest on.
    notice : str
        What every page must say about that; empty for measured data.
    published : Means or None
        Published means, where the dataset has them.
    client, industry
        Whom the report is for; None in the study's own.
    ratings : ndarray, shape (n_units, n_criteria, n_raters), or None
        What each rater gave, NaN where one did not score; None where the data have no raters, or
        so many that they were counted (`counts`).
    before : DataFrame or None
        Scores of the wave before this one, as `scores`; None where there is none.
    """

    root: Path
    name: str
    roster: Roster
    effective: Effective
    scores: pd.DataFrame
    groups: pd.Series
    basis: Basis
    notice: str
    published: Means | None
    client: Client | None
    industry: Industry | None
    ratings: np.ndarray | None = None
    before: pd.DataFrame | None = None

    @property
    def instrument(self) -> Instrument:
        """Criteria, scale, stages, gate."""
        return self.roster.instrument

    @property
    def parameters(self) -> Parameters:
        """Effective values."""
        return self.effective.values

    @cached_property
    def numerals(self) -> Numerals:
        """Formatter of the report's language and the instrument's decimals."""
        return self.instrument.numerals(self.parameters.language)

    @property
    def counts(self) -> Counts | None:
        """How often each unit was given each score, where the ratings were counted; see `ratings` otherwise."""
        return self.roster.scores.counts

    @property
    def rated(self) -> bool:
        """Whether several ratings stand behind each score, so that its error is known."""
        return self.roster.scores.rated

    @cached_property
    def mask_key(self) -> bytes:
        """What masked names are drawn with: known to whoever has all scores, and to no reader."""
        held = self.roster.scores
        return sha256(json.dumps(["masked names", held.units, held.values]).encode("utf-8")).digest()

    @property
    def wave(self) -> str:
        """The wave that is reported."""
        return self.roster.dataset.wave

    @property
    def report_date(self) -> dt.date:
        """Declared date, by default the wave's: no document reads a clock."""
        return self.parameters.report_date or self.roster.dataset.wave_date

    @cached_property
    def weights(self) -> dict[str, float]:
        """Weight of each criterion."""
        own = self.parameters.weights
        return {c.id: float(own.get(c.id, c.weight)) for c in self.instrument.criteria}

    @cached_property
    def targets(self) -> dict[str, float]:
        """Score that counts as gained, by criterion."""
        own = self.parameters.target
        return {c: float(own.get(c, self.instrument.target.value)) for c in self.instrument.ids}

    @property
    def means_only(self) -> bool:
        """Whether the study's findings rest on published means alone."""
        return self.published is not None and self.basis is not Basis.MEASURED

    @property
    def n_units(self) -> int:
        """Units in the data."""
        return len(self.scores)

    @property
    def subject(self) -> str:
        """Display name of whom the report is for."""
        if self.client:
            return self.parameters.client_name or self.client.brand
        return self.industry.name if self.industry else self.parameters.title

    def unit(self, count: int) -> str:
        """``brand`` or ``brands``, as the count asks."""
        return self.instrument.unit.one if count == 1 else self.instrument.unit.many

    @cached_property
    def members(self) -> pd.DataFrame:
        """Scores of the report's own industry; of all units where there is none."""
        if self.industry is None:
            return self.scores
        return self.scores[self.groups == self.industry.id]

    @cached_property
    def peers(self) -> pd.DataFrame:
        """Scores of the units that the client is compared with, the client excluded."""
        if self.client is None:
            raise BadParameters("this report has no client, so it has no peers.", where="open_study")
        others = self.scores.drop(index=self.client.brand)
        if self.parameters.peer_group == "industry":
            others = others[self.groups.drop(index=self.client.brand) == self.client.industry]
        return others

    @cached_property
    def beside(self) -> Beside | None:
        """What the client tracks beside the scorecard, in the reader's language; None where it has nothing."""
        if self.client is None:
            return None
        names = self.roster.dataset.name, self.wave, self.client.slug
        return read_beside(self.root, *names, language=self.parameters.language)

    def rng(self, purpose: str) -> np.random.Generator:
        """Random numbers of one purpose: the same in every document and engine.

        The client is no part of it, so that one criterion has one interval everywhere.
        """
        digest = sha256(f"{self.parameters.seed}:{purpose}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:16], "big"))

    @cached_property
    def provenance(self) -> dict[str, str]:
        """What this report was made from, in a form that can be quoted."""
        from kernels_lib import __version__

        # How a report looks is no part of what it was made from.
        settings = self.parameters.model_dump_json(exclude=set(UNSEEN)).encode()
        dataset = self.roster.dataset
        found = {
            "dataset": f"{dataset.name}, wave {dataset.wave}",
            "parameters": sha256(settings).hexdigest()[:12],
            "seed": str(self.parameters.seed),
            "toolkit": f"scorecard-reports {__version__}",
        }
        if self.roster.scores is not None:
            state = "" if self.roster.scores.as_recorded else " (differs from the recorded checksum)"
            found["scores"] = self.roster.scores.sha256[:12] + state
        if self.counts is not None:
            found["ratings"] = str(self.counts.ratings)
        if self.beside is not None:
            own = own_file(self.root, dataset.name, dataset.wave, self.client.slug)
            found["own figures"] = sha256(own.read_bytes()).hexdigest()[:12]
        if self.published is not None:
            state = "" if self.published.as_recorded else " (differs from the recorded checksum)"
            found["published means"] = self.published.sha256[:12] + state
        return found


def open_study(
    study_name: str = "",
    *,
    client: str = "",
    industry: str = "",
    wave: str = "",
    overrides: str = "",
    root: Path | None = None,
) -> Study:
    """Open a study for one reader; from now on the report's own words come in the reader's language.

    Parameters
    ----------
    study_name : str
        Folder in ``params/studies/``; empty: the main study.
    client, industry : str
        Slug (or name in the data) of whom the report is for; both empty: the study's own report.
    wave : str
        A wave of the dataset; empty: the newest.
    overrides : str
        As on the command line: ``"alpha=0.01 correction=holm"``.
    root : Path, optional
        The project's root; found from the working directory by default.

    Returns
    -------
    Study

    Raises
    ------
    UnknownName
        If a study, client, industry, wave, dataset, instrument or parameter is unknown.
    BadParameters, BadData
        If a file is wrong; the message names file and line.
    """
    if client and industry:
        raise BadParameters("a report is for a client or for an industry, not both.", where="open_study")
    root = (root or find_root()).resolve()
    pairs = tuple(parse_overrides(overrides))
    roster = read_roster(root, study_name, wave, pairs)
    if roster.scores is None:
        raise BadData("no resource has the role 'scores'.", where=roster.dataset.shown)
    chosen_client = roster.client(client) if client else None
    chosen_industry = roster.industry(industry) if industry else None
    effective = roster.parameters(client=chosen_client, industry=chosen_industry, overrides=pairs)
    if chosen_client:
        check_base(len(roster.scores.units) - 1, effective)
    speak(effective.values.language)
    roster = roster.speaking(effective.values.language)
    if chosen_industry:
        chosen_industry = roster.industries[chosen_industry.slug]
    if effective.values.peer_group == "industry" and not roster.industries:
        origin = effective.origin("peer_group")
        raise UnknownName("peer group", "industry", ["all"], where=origin.file, line=origin.line)
    scores = _frame(roster.scores, roster.instrument)
    earlier = roster.scores_before()
    return Study(
        root=root,
        name=study_name,
        roster=roster,
        effective=effective,
        scores=scores,
        groups=pd.Series(roster.scores.groups, index=scores.index),
        basis=roster.dataset.scores.basis,
        notice=roster.dataset.scores.notice,
        published=read_means(roster.dataset.means, roster.instrument) if roster.dataset.means else None,
        client=chosen_client,
        industry=chosen_industry,
        ratings=np.array(roster.scores.ratings, dtype=float) if roster.scores.raters else None,
        before=None if earlier is None else _frame(earlier, roster.instrument),
    )


def _frame(scores: Scores, instrument: Instrument) -> pd.DataFrame:
    index = pd.Index(scores.units, name=instrument.unit.one)
    # None becomes NaN: a gap.
    return pd.DataFrame(np.array(scores.values, dtype=float), index=index, columns=instrument.ids)
