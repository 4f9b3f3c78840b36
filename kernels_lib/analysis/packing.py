"""Findings as JSON and back, exactly as they were: frames, series, ledger rows, results of a computation.

Kinds of columns, missing values, names and order of rows and columns, the last bit of every number and the
kind of every text come back.  Only the kinds of objects that are listed here are made, so reading a file
runs no code of its own.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from kernels_lib.study.language import Said

# Classes of records, and where they stand: their modules are loaded when one is read.
RECORDS = {
    "Test": "kernels_lib.study.results",
    "Criterion": "kernels_lib.study.results",
    "Basis": "kernels_lib.study.results",
    "Reliability": "kernels_lib.analysis.agreement",
    "Coefficient": "kernels_lib.analysis.agreement",
    "Alpha": "kernels_lib.analysis.agreement",
    "Omega": "kernels_lib.analysis.agreement",
}

_PLAIN = (type(None), bool, int, float, str)


def pack(value: Any) -> Any:
    """A value as JSON can hold it (with NaN and infinities, as Python's `json` writes them).

    Parameters
    ----------
    value : None, bool, number, str, Said, list, tuple, dict, numpy scalar or array, Index, Series, DataFrame, record
        Also any nesting of these.

    Raises
    ------
    TypeError
        If a value is of another kind; such a thing cannot be kept.

    Examples
    --------
    >>> unpack(pack({"low": (1.5, None), 3: np.float64("nan")}))
    {'low': (1.5, None), 3: np.float64(nan)}
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is Said:
        return ["said", str(value)]
    if kind in (list, tuple):
        return [kind.__name__, *map(pack, value)]
    if kind is dict:
        return ["dict", *([pack(key), pack(inner)] for key, inner in value.items())]
    if kind.__name__ in RECORDS and kind.__module__ == RECORDS[kind.__name__]:
        return _pack_record(value)
    if isinstance(value, np.generic):
        return ["scalar", *_numbers(np.asarray(value))]
    if isinstance(value, np.ndarray):
        return _pack_array(value)
    if isinstance(value, pd.Series | pd.DataFrame) and not value.attrs:
        return _pack_table(value)
    if isinstance(value, pd.Index) and not isinstance(value, pd.MultiIndex):
        return _pack_index(value)
    raise TypeError(f"a value of the kind {kind.__module__}.{kind.__qualname__} cannot be kept")


def _pack_record(value: Any) -> list[Any]:
    name = type(value).__name__
    if isinstance(value, Enum):
        return ["enum", name, value.value]
    if isinstance(value, BaseModel):
        return ["model", name, *([key, pack(inner)] for key, inner in value.__dict__.items())]
    if is_dataclass(value):
        return ["data", name, *([field.name, pack(getattr(value, field.name))] for field in fields(value))]
    raise TypeError(f"a record of the kind {name} cannot be kept")


def _numbers(array: np.ndarray) -> tuple[str, str]:
    """Kind and bytes of numbers or truths."""
    if array.dtype.kind not in "biuf":
        raise TypeError(f"numbers of the kind {array.dtype} cannot be kept")
    return array.dtype.str, b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def _pack_array(array: np.ndarray) -> list[Any]:
    if array.dtype == object and array.ndim == 1:
        return ["objects", *map(pack, array)]
    return ["numbers", list(array.shape), *_numbers(array)]


def _pack_column(column: pd.Series | pd.Index) -> list[Any]:
    """The values of a column or an index."""
    kind = column.dtype
    if isinstance(kind, pd.StringDtype):
        missing = "NA" if kind.na_value is pd.NA else "nan"
        return ["texts", kind.storage, missing, *(pack(None if pd.isna(text) else text) for text in column.array)]
    if isinstance(kind, np.dtype):
        return _pack_array(column.to_numpy())
    raise TypeError(f"a column of the kind {kind} cannot be kept")


def _pack_index(index: pd.Index) -> list[Any]:
    if isinstance(index, pd.RangeIndex):
        return ["range", pack(index.name), index.start, index.stop, index.step]
    return ["index", pack(index.name), _pack_column(index)]


def _pack_table(table: pd.Series | pd.DataFrame) -> list[Any]:
    if isinstance(table, pd.Series):
        return ["series", pack(table.name), pack(table.index), _pack_column(table)]
    columns = [_pack_column(table.iloc[:, place]) for place in range(table.shape[1])]
    return ["frame", pack(table.index), pack(table.columns), *columns]


def unpack(packed: Any) -> Any:
    """What `pack` was given."""
    return _UNPACK[packed[0]](*packed[1:]) if type(packed) is list else packed


def _unpack_numbers(shape: list[int], kind: str, text: str) -> np.ndarray:
    # A copy of their own: what lies in bytes could not be written to.
    return np.frombuffer(b64decode(text), dtype=kind).reshape(shape).copy()


def _unpack_objects(*parts: Any) -> np.ndarray:
    array = np.empty(len(parts), dtype=object)
    for place, part in enumerate(parts):
        array[place] = unpack(part)
    return array


def _unpack_texts(storage: str, missing: str, *texts: Any) -> Any:
    na = pd.NA if missing == "NA" else np.nan
    objects = np.empty(len(texts), dtype=object)
    for place, text in enumerate(texts):
        objects[place] = na if text is None else unpack(text)
    return pd.array(objects, dtype=pd.StringDtype(storage, na_value=na))


def _unpack_frame(index: Any, columns: Any, *arrays: Any) -> pd.DataFrame:
    rows = unpack(index)
    table = pd.DataFrame({place: _typed(unpack(array), rows) for place, array in enumerate(arrays)}, index=rows)
    table.columns = unpack(columns)
    return table


def _typed(array: Any, index: pd.Index) -> Any:
    """A column whose kind pandas does not guess anew."""
    return pd.Series(array, index=index, dtype=object) if array.dtype == object else array


def _unpack_index(name: Any, column: Any) -> pd.Index:
    array = unpack(column)
    return pd.Index(array, dtype=array.dtype, name=unpack(name))


def _unpack_series(name: Any, index: Any, column: Any) -> pd.Series:
    array = unpack(column)
    return pd.Series(array, index=unpack(index), dtype=array.dtype, name=unpack(name))


def _record(name: str) -> Any:
    return getattr(import_module(RECORDS[name]), name)


def _unpack_data(name: str, *named: Any) -> Any:
    return _record(name)(**{key: unpack(inner) for key, inner in named})


def _unpack_model(name: str, *named: Any) -> BaseModel:
    # Checked when it was made; checked again, a text of ours would become a plain one.
    return _record(name).model_construct(**{key: unpack(inner) for key, inner in named})


_UNPACK: dict[str, Any] = {
    "said": Said,
    "list": lambda *parts: [unpack(part) for part in parts],
    "tuple": lambda *parts: tuple(unpack(part) for part in parts),
    "dict": lambda *pairs: {unpack(key): unpack(inner) for key, inner in pairs},
    "enum": lambda name, value: _record(name)(value),
    "model": _unpack_model,
    "data": _unpack_data,
    "scalar": lambda kind, text: _unpack_numbers([], kind, text)[()],
    "numbers": _unpack_numbers,
    "objects": _unpack_objects,
    "texts": _unpack_texts,
    "range": lambda name, start, stop, step: pd.RangeIndex(start, stop, step, name=unpack(name)),
    "index": _unpack_index,
    "series": _unpack_series,
    "frame": _unpack_frame,
}
