"""Rows of a table one by one, where a value or two of each is looked up."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

# What a function that only looks values up takes: a row from here, or one that pandas gives.
Row = Mapping[str, Any] | pd.Series


def by_row(frame: pd.DataFrame) -> list[tuple[Hashable, dict[str, Any]]]:
    """Each row's label, and its values by column: as ``iterrows``, without making a Series of each.

    Parameters
    ----------
    frame : DataFrame
        Columns of different names.

    Returns
    -------
    list of (label, dict of str to object)
        Numbers as Python's own; what is missing is NaN or what the column has for it.

    Examples
    --------
    >>> by_row(pd.DataFrame({"score": [2.5], "firm": [True]}, index=["dialog"]))
    [('dialog', {'score': 2.5, 'firm': True})]
    """
    names = list(frame.columns)
    values = frame.to_numpy(dtype=object).tolist()
    return [(label, dict(zip(names, row, strict=True))) for label, row in zip(frame.index, values, strict=True)]
