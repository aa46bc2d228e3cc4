"""The schema of a table: its columns in order, each with its logical type."""

from dataclasses import dataclass

import pandas as pd
from pandas.api import types

from driftline.datasets.errors import unstorable_column
from driftline.datasets.storage import content_of, plain_column

_NUMBERS = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)} | {"float32", "float64"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes:
        name: its name.
        dtype: its logical type, as `column_type` names it.
    """

    name: str
    dtype: str


def column_type(name: object, values: pd.Series) -> str:
    """Return the logical type of a column: what it holds, whatever holds it in memory.

    `int8` … `uint64`, `float32` and `float64` (pandas' nullable and Arrow-backed kinds, and objects, have the same
    names), `bool`, `string` (any text, with None, NaN or NA as missing), `category` (of text) and `datetime` or
    `datetime[ZONE]` (of any resolution).

    Raises:
        InvalidColumnError: the name is not text, or the column holds something else.
    """
    if not isinstance(name, str):
        raise unstorable_column(name, f"is named by a {type(name).__name__}, not by text")
    values = plain_column(values)
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        if len(dtype.categories) and dtype.categories.dtype != "str":
            raise unstorable_column(name, f"has categories of type {dtype.categories.dtype}, not text")
        return "category"
    if dtype == "str" or (types.is_object_dtype(dtype) and not values.notna().any()):
        return "string"
    if types.is_bool_dtype(dtype):
        return "bool"
    if types.is_datetime64_any_dtype(dtype):
        zone = values.dt.tz
        return "datetime" if zone is None else f"datetime[{zone}]"
    if str(dtype).lower() in _NUMBERS:
        return str(dtype).lower()
    raise unstorable_column(name, f"holds {content_of(values)}")


def schema_of(frame: pd.DataFrame) -> tuple[Column, ...]:
    """Return the columns of `frame` in their order; the index is not a column.

    Raises:
        InvalidColumnError: a column's name or type is not kept.
    """
    return tuple(Column(name=str(name), dtype=column_type(name, values)) for name, values in frame.items())


def schema_changes(old: tuple[Column, ...], new: tuple[Column, ...]) -> tuple[str, ...]:
    """Return one sentence per difference between two schemas; empty when they are equal."""
    before = {column.name: column.dtype for column in old}
    after = {column.name: column.dtype for column in new}
    changes = [f"The column {name!r} ({before[name]}) is gone." for name in before if name not in after]
    changes += [f"The column {name!r} ({after[name]}) is new." for name in after if name not in before]
    changes += [
        f"The column {name!r} changed its type from {before[name]} to {after[name]}."
        for name in before
        if name in after and before[name] != after[name]
    ]
    if not changes and old != new:
        changes.append(f"The order of the columns changed to {', '.join(column.name for column in new)}.")
    return tuple(changes)
