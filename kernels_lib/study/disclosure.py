"""What may leave the analysis about units other than the client.

`minimum_base` counts the *other* units in an aggregate: with fewer, the aggregate is withheld.
Enforced on frames, before any chart, table or sentence sees them.
"""

from __future__ import annotations

import hmac
import itertools
import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

# Everything in a client's card that describes its peers.
_ABOUT_PEERS = [
    "peers_mean",
    "peers_q1",
    "peers_q3",
    "best_quarter",
    "below",
    "tied",
    "above",
    "difference",
    "p_value",
    "p_adjusted",
    "z",
    "z_low",
    "z_high",
    "t",
    "expected_low",
    "expected_high",
    "percentile",
    "percentile_low",
    "percentile_high",
]


def withhold_peers(card: pd.DataFrame, minimum_base: int) -> pd.DataFrame:
    """A client's card without what too few peers would give away.

    Parameters
    ----------
    card : DataFrame, index criterion
        With `base`, the number of other units behind each row.
    minimum_base : int

    Returns
    -------
    DataFrame
        NaN in the peers' columns, and `firm` false, where `base` is below `minimum_base`.
    """
    few = card["base"].to_numpy() < minimum_base
    if not few.any():
        return card.copy()
    withheld = {
        column: np.where(few, math.nan, card[column].to_numpy(dtype=float)) for column in _ABOUT_PEERS if column in card
    }
    return card.assign(**withheld, firm=card["firm"].to_numpy(dtype=bool) & ~few)


def withhold_industries(industries: pd.DataFrame, minimum_base: int) -> pd.DataFrame:
    """Industry means without those that rest on too few other units.

    A single withheld industry could be computed back from the mean of all units, so the next
    smallest is withheld with it until the withheld ones together reach `minimum_base`.

    Parameters
    ----------
    industries : DataFrame, index industry
        With `n`, `own` (bool), `mean`, `ci_low`, `ci_high`.
    minimum_base : int

    Returns
    -------
    DataFrame
        The same with `withheld` (bool), NaN in the numbers of withheld rows.
    """
    shown = industries.copy()
    others = shown["n"] - shown["own"].astype(int)
    withheld = others < minimum_base
    # Of two that would do, the reader's own is withheld last.
    order = shown.assign(others=others).sort_values(["others", "own"], kind="stable").index
    for index in order:
        if not withheld.any() or (others[withheld].sum() >= minimum_base and withheld.sum() > 1):
            break
        withheld[index] = True
    shown["withheld"] = withheld
    numbers = ["mean", "ci_low", "ci_high"]
    shown[numbers] = shown[numbers].astype(float)
    shown.loc[withheld, numbers] = float("nan")
    return shown


def other_names(names: list[str], *, reader: str, disclosure: str, unit: str, key: bytes = b"") -> dict[str, str]:
    """Display names of single units for one reader.

    Parameters
    ----------
    names : list of str
    reader : str
        The client's slug: masked names are stable within a client and differ between clients.
    disclosure : {"masked", "named"}
    unit : str
        ``brand``: masked units are called ``Brand A1``.
    key : bytes
        What no reader knows: whoever knew it could work out who is who from a list of names.

    Returns
    -------
    dict of str to str
    """
    if disclosure == "named":
        return {name: name for name in names}
    order = sorted(names, key=lambda name: hmac.digest(key, f"{reader}\0{name}".encode(), "sha256"))
    # A unit may really be called so.
    free = (label for label in _labels(unit.capitalize()) if label not in names)
    return dict(zip(order, free, strict=False))


def _labels(word: str) -> Iterable[str]:
    """``Brand A1`` to ``Brand A9``, ``Brand B1``, ..., ``Brand Z9``, ``Brand AA1``, without end."""
    for place in itertools.count():
        letters, rest = "", place // 9 + 1
        while rest:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(65 + letter) + letters
        yield f"{word} {letters}{place % 9 + 1}"
