"""Findings that many reports share, made once: in memory for this process and its children, and in `build/cache`.

A finding is found again under all that it depends on: the data, the instrument, the parameters in `PIECES`,
the language, the code of analysis and study, and the libraries behind it.  So a client with an alpha of its
own gets findings of its own, and one with another contact line shares them with all others.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from kernels_lib.analysis.packing import pack, unpack
from kernels_lib.keep import digest_of, key_text, remember_json
from kernels_lib.study.language import LOCALE, SOURCE, catalogue_files

if TYPE_CHECKING:
    from kernels_lib.study.counts import Counts
    from kernels_lib.study.opening import Study

T = TypeVar("T")

_DRAWS = ("alpha", "bootstrap_draws", "seed")
_LEAGUE = (*_DRAWS, "weights", "weight_draws")
_CARD = ("alpha", "correction", "target")
_PAIRS = (*_DRAWS, "correction")

# Each finding of `findings.Common` that is kept, and the parameters that it uses; the tests hold it to them.
PIECES: dict[str, tuple[str, ...]] = {
    "card": _CARD,
    "pairs": _PAIRS,
    "beside_overall": (*_PAIRS, "weights"),
    "league": _LEAGUE,
    "industry_means": _LEAGUE,
    "industries": (*_LEAGUE, "disclosure", "minimum_base"),
    "omnibus": _DRAWS,
    "across": _DRAWS,
    "industry_pairs": _DRAWS,
    "smallest_industry_p": (),
    "change": _PAIRS,
    "reliability": _DRAWS,
    "agreement": _DRAWS,
    "model": (),
    "multiverse": _CARD,
    "completions": (*_PAIRS, "target"),
    "tests": (*_PAIRS, "target", "weights"),
}

# Findings in memory, by key; the oldest go first.
_HELD: dict[str, Any] = {}
MOST_HELD = 400


def kept(study: Study, piece: str, make: Callable[[], T]) -> T:
    """A finding, from memory or from a file where one was made from the same.

    Parameters
    ----------
    study : Study
    piece : str
        One of `PIECES`.
    make : callable
        Makes the finding; called if there is none.

    Returns
    -------
    object
        The finding.  A frame may be changed: it is the caller's own.
    """
    key = key_of(study, piece)
    text = key_text("findings", key)
    if text not in _HELD:
        _hold(text, _found(key, make, study.root / "build" / "cache"))
    return _own(_HELD[text])


def _found(key: dict[str, Any], make: Callable[[], T], folder: Path) -> T:
    """A finding from a file; where it is made here it is handed on as it is, not as a file would have it."""
    made: list[T] = []

    def packed() -> Any:
        made.append(make())
        return pack(made[0])

    found = remember_json("findings", key, packed, folder=folder)
    return made[0] if made else unpack(found)


def _hold(text: str, finding: Any) -> None:
    while len(_HELD) >= MOST_HELD:
        del _HELD[next(iter(_HELD))]
    _HELD[text] = finding


def _own(value: Any) -> Any:
    """A finding that its caller may change: tables are copied (when they are written to), rows are frozen."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return value.copy(deep=False)
    if type(value) in (list, tuple):
        return type(value)(map(_own, value))
    return value


def forget() -> None:
    """Drop what is held in memory; files stay."""
    _HELD.clear()


def key_of(study: Study, piece: str) -> dict[str, Any]:
    """All that a finding depends on.

    Raises
    ------
    KeyError
        If there is no such finding.
    """
    parameters = study.parameters
    own = study.client.industry if study.client is not None and piece == "industries" else ""
    return {
        "version": _code(),
        "piece": piece,
        "reader": "client" if study.client is not None else f"industry {study.industry.id}" if study.industry else "",
        "own": own,
        "study": _made_of(study),
        "language": parameters.language,
        "words": "" if parameters.language == SOURCE else _words(parameters.language),
        "parameters": {name: getattr(parameters, name) for name in PIECES[piece]},
    }


def _made_of(study: Study) -> str:
    """A digest of a study's data and of its instrument and industries in the reader's words; once a study."""
    known = study.__dict__.get("_digest")
    if known is None:
        parts = [
            study.basis.value,
            study.instrument.model_dump_json(),
            [[industry.id, industry.name, industry.size] for industry in study.roster.industries.values()],
            _frame(study.scores),
            list(study.groups),
            None if study.ratings is None else [list(study.ratings.shape), _bytes(study.ratings)],
            None if study.counts is None else _counts(study.counts),
            None if study.before is None else _frame(study.before),
            None if study.published is None else [study.published.mean, study.published.stage, study.published.n],
            study.roster.dataset.wave,
            study.roster.dataset.before,
            study.roster.dataset.scores is not None and study.roster.dataset.scores.same_scale,
        ]
        known = sha256(key_text("study", {"version": 1, "parts": parts}).encode()).hexdigest()
        # The study is frozen for its readers; this is no part of what it says.
        study.__dict__["_digest"] = known
    return known


def _frame(frame: pd.DataFrame) -> list[Any]:
    return [list(frame.index), list(frame.columns), frame.index.name, _bytes(frame.to_numpy(dtype=float))]


def _counts(counts: Counts) -> list[Any]:
    cells = sha256(memoryview(counts.cells)).hexdigest()
    return [list(counts.units), list(counts.criteria), list(counts.levels), counts.empty, cells]


def _bytes(values: np.ndarray) -> str:
    return sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


@cache
def _code() -> str:
    """The code that makes findings, and the libraries behind it; neither changes under way."""
    package = Path(__file__).resolve().parent.parent
    ours = [path for room in ("analysis", "study") for path in (package / room).rglob("*.py")]
    libraries = ["numpy", "pandas", "scipy", "statsmodels", "pyarrow", "babel"]
    return ", ".join([digest_of(ours, package), sys.version.split()[0], *map(_version, libraries)])


def _version(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return f"no {library}"


@cache
def _words(language: str) -> str:
    return digest_of(catalogue_files(language), LOCALE)
