"""One storage for a table: equal values are equal columns, whatever held them in memory."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api import types

_SHOWN = 60  # characters of a value in a message
_LARGEST_EXACT = 2**53  # a float holds all whole numbers up to here


def plain_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the same table with each column in its plain storage (`plain_column`); the index is kept."""
    changed = {}
    for place in range(frame.shape[1]):  # by place: names may be doubled
        column = frame.iloc[:, place]
        plain = plain_column(column)
        if plain is not column:
            changed[place] = plain
    if not changed:
        return frame
    columns = [changed.get(place, frame.iloc[:, place]) for place in range(frame.shape[1])]
    found = pd.concat(columns, axis=1)
    found.columns = frame.columns
    return found


def plain_column(values: pd.Series) -> pd.Series:
    """Return the same values in the one storage that is computed with; a column that is in it already is returned.

    Whole numbers and booleans are numpy's, or pandas' nullable ones where a value is missing; other numbers are
    floats, NaN where missing; text is `str`; times count microseconds, or nanoseconds where one of them needs it, in
    their zone, which is UTC where there are several. Objects become what all of them are. What no storage holds without
    losing something stays as it is: whole numbers beyond 64 bits, decimals with more digits than a float has, text that
    is no valid Unicode, times of which only some have a zone, mixtures, and anything else.
    """
    dtype = values.dtype
    if isinstance(dtype, pd.ArrowDtype):
        return _from_arrow(values, dtype.pyarrow_dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        return _plain_categories(values)
    if types.is_object_dtype(dtype):
        return _from_objects(values)
    if isinstance(dtype, pd.StringDtype):
        return values if str(dtype) == "str" else values.astype("str")
    if types.is_datetime64_any_dtype(dtype):
        return _plain_times(values)
    return _from_nullable(values) if types.is_extension_array_dtype(dtype) and dtype.kind in "biuf" else values


def odd_rows(values: pd.Series) -> np.ndarray:
    """Return which rows hold another kind of value than most of a column does, shape (n_rows,); missing is no kind."""
    if not types.is_object_dtype(values.dtype):
        return np.zeros(len(values), dtype=bool)
    kinds = np.array(["" if missing else kind_of(value) for value, missing in zip(values, values.isna(), strict=True)])
    is_present = np.asarray(kinds != "", dtype=bool)
    found, counts = np.unique(kinds[is_present], return_counts=True)
    return np.asarray(is_present & (kinds != found[counts.argmax()])) if len(found) else is_present


def content_of(values: pd.Series) -> str:
    """Return what a column holds, for people, and which cell differs from the others where one does."""
    if not types.is_object_dtype(values.dtype):
        return str(values.dtype)
    present, odd = values.notna().to_numpy(), odd_rows(values)
    usual = np.flatnonzero(present & ~odd)
    if not len(usual):
        return "objects, all of them missing"
    shown = f"{kind_of(values.iloc[usual[0]])} such as {value_text(values.iloc[usual[0]])}"
    if not odd.any():
        return shown
    first = int(np.flatnonzero(odd)[0])
    other = f"{value_text(values.iloc[first])}, {kind_of(values.iloc[first])}"
    return f"{shown}, but {int(odd.sum())} of {len(values)} rows differ, the first at position {first}: {other}"


def kind_of(value: object) -> str:
    """Return what a single value is, for people; what no column can hold has a kind of its own."""
    if isinstance(value, (bool, np.bool_)):
        return "boolean"
    if isinstance(value, (int, np.integer)):
        return "number" if -(2**63) <= value < 2**63 else "whole number beyond 64 bits"
    if isinstance(value, (float, np.floating)):
        return "number"
    if isinstance(value, Decimal):
        return "number" if _is_exact(value) else "decimal with more digits than a float"
    if isinstance(value, str):
        return "text" if _is_unicode(value) else "text that is not valid Unicode"
    return type(value).__name__


def value_text(value: object) -> str:
    r"""Return a value for people: short, and free of what a terminal or a database cannot take.

    >>> value_text("\x1b[31mred")
    "'\\x1b[31mred'"
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, datetime):
        return value.isoformat()
    text = repr(value) if isinstance(value, str) else ascii(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _plain_categories(values: pd.Series) -> pd.Series:
    categories = values.cat.categories
    plain = plain_column(pd.Series(categories))
    if plain.dtype != "str" or categories.dtype == "str":
        return values
    return values.cat.rename_categories(pd.Index(plain))


def _from_arrow(values: pd.Series, kind: pa.DataType) -> pd.Series:
    if pa.types.is_timestamp(kind):
        zone = "" if kind.tz is None else f", {kind.tz}"
        return _plain_times(values.astype(types.pandas_dtype(f"datetime64[{kind.unit}{zone}]")))
    if pa.types.is_dictionary(kind):
        return _plain_categories(values.astype(object).astype("category"))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return values.astype("str")
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _from_nullable(values)
    if pa.types.is_decimal(kind) or pa.types.is_null(kind) or pa.types.is_date(kind):
        return _from_objects(values.astype(object))
    return values


def _from_nullable(values: pd.Series) -> pd.Series:
    """Return numpy's numbers or booleans where none is missing or NaN can say so; else pandas' nullable ones."""
    name = types.pandas_dtype(getattr(values.dtype, "numpy_dtype", values.dtype)).name
    if values.dtype.kind == "f":
        return pd.Series(values.to_numpy(dtype=name, na_value=np.nan), index=values.index, name=values.name)
    if not values.isna().any():
        return values.astype(types.pandas_dtype(name))
    nullable = {"bool": "boolean"}.get(name, name.replace("int", "Int").replace("uI", "UI"))
    return values if str(values.dtype) == nullable else values.astype(types.pandas_dtype(nullable))


def _plain_times(values: pd.Series) -> pd.Series:
    unit = values.dt.unit
    if unit == "us":
        return values
    if unit == "ns" and values.dt.nanosecond.any():
        return values
    micros: pd.Series = values.dt.as_unit("us")
    return micros


def _from_objects(values: pd.Series) -> pd.Series:
    make = _MAKERS.get(types.infer_dtype(values, skipna=True))
    if make is None:
        return values
    try:
        return make(values)
    except (OverflowError, TypeError, ValueError):  # ValueError is also that of text, UnicodeEncodeError
        return values


def _booleans(values: pd.Series) -> pd.Series:
    return _from_nullable(values.astype("boolean"))


def _integers(values: pd.Series) -> pd.Series:
    try:
        return _from_nullable(values.astype("Int64"))
    except (OverflowError, TypeError, ValueError):
        return _from_nullable(values.astype("UInt64"))


def _floats(values: pd.Series) -> pd.Series:
    """Return objects as floats.

    Raises:
        ValueError: one of them is none without a loss.
    """
    present = values.notna()
    if not all(_is_exact(value) for value in values[present]):
        raise ValueError("not exact")
    return values.where(present, np.nan).astype(np.float64)


def _times(values: pd.Series) -> pd.Series:
    zones = {value.tzinfo is not None for value in values.dropna()}
    if len(zones) > 1:
        raise ValueError("some without a zone")
    try:
        times = pd.DatetimeIndex(values)
    except ValueError:  # several zones
        times = pd.to_datetime(pd.Index(values), utc=True)
    return _plain_times(pd.Series(times, index=values.index, name=values.name))


def _days(values: pd.Series) -> pd.Series:
    return _plain_times(pd.Series(pd.DatetimeIndex(values), index=values.index, name=values.name))


_MAKERS: dict[str, Callable[[pd.Series], pd.Series]] = {
    "string": lambda values: values.astype("str"),
    "boolean": _booleans,
    "integer": _integers,
    "floating": _floats,
    "mixed-integer-float": _floats,
    "decimal": _floats,
    "datetime": _times,
    "date": _days,
}


def _is_exact(value: object) -> bool:
    """Return whether a number is the same as a float; a decimal also where it is the shortest text of the float."""
    if isinstance(value, Decimal):
        return not value.is_finite() or value in (Decimal(float(value)), Decimal(repr(float(value))))
    if isinstance(value, (int, np.integer)):
        return bool(-_LARGEST_EXACT <= value <= _LARGEST_EXACT)
    return True


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
