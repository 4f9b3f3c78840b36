"""One cell of a table as a score, or the sentence that says why it is none."""

from __future__ import annotations

import math

from kernels_lib.errors import BadData
from kernels_lib.study.instrument import Instrument


def score_of(
    cell: str, instrument: Instrument, unit: str, criterion: str, where: str, line: int | None = None
) -> float | None:
    """The score in a cell; None where it is empty.

    Parameters
    ----------
    cell : str
        As it stands in the file.
    instrument : Instrument
        Its scale says what a score may be.
    unit, criterion : str
        For the message only.
    where, line
        As for `ScorecardError`.

    Raises
    ------
    BadData
        If the cell is no number, or none of the scale.
    """
    text = cell.strip()
    if not text:
        return None
    value = number_of(text, where, line, criterion, instrument, unit)
    if instrument.scale.step is not None and not instrument.scale.allows(value):
        raise BadData(
            f"score {text} for '{unit}' on '{criterion}' is between the steps of {instrument.scale.step:g}.",
            where=where,
            line=line,
            remedy=f"Correct the source, or change `step` in params/instruments/{instrument.id}.yaml.",
        )
    return value


def number_of(text: str, where: str, line: int | None, column: str, instrument: Instrument, unit: str = "") -> float:
    """A number between the ends of the scale; a mean may lie between the steps.

    Raises
    ------
    BadData
    """
    try:
        value = float(text)
    except ValueError as error:
        raise BadData(
            f"'{text}' in column '{column}' is no number.",
            where=where,
            line=line,
            remedy="Use a decimal point; leave the cell empty where there is no score.",
        ) from error
    scale = instrument.scale
    if math.isnan(value) or not scale.floor <= value <= scale.top:
        whose = f" for '{unit}'" if unit else ""
        raise BadData(
            f"score {text}{whose} on '{column}' is outside the scale {scale.floor:g}-{scale.top:g}.",
            where=where,
            line=line,
            remedy=f"Correct the source, or change `scale` in params/instruments/{instrument.id}.yaml.",
        )
    return value
