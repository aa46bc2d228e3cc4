"""The signature of a model: the columns it was trained on, and how new rows are held to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api import types

from driftline.datasets.errors import MissingColumnError, duplicate_columns, unstorable_column
from driftline.models.errors import unfit_column_type

InputType = Literal["integer", "float", "boolean", "string", "datetime"]


@dataclass(frozen=True, kw_only=True)
class InputColumn:
    """One column that a model reads.

    Attributes:
        name: its name.
        type: what it holds. Only floats, strings and datetimes may miss values.
        categories: the strings that occurred in training, sorted; None for other types.
    """

    name: str
    type: InputType
    categories: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Signature:
    """The columns that a model reads, in the order of its training table."""

    columns: tuple[InputColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def signature_of(frame: pd.DataFrame) -> Signature:
    """Return the signature of a model that is trained on `frame`, whose columns are all features.

    A nullable integer or boolean column with missing values is a float column. Text, objects that are text
    and categories of text are strings; a column without any value is a float, unless it is text by its type.

    Raises:
        InvalidColumnError: two columns have one name.
        InvalidColumnError: a column's name is not text, or it holds something else.
    """
    _refuse_duplicates(frame)
    return Signature(columns=tuple(_input_column(name, values) for name, values in frame.items()))


def enforce(signature: Signature, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of `signature` from `frame`, in its order and with plain types; the index is kept.

    Types afterwards: int64, float64 (missing: NaN), bool, str (missing: NaN), and datetimes as they are.
    Other columns are left out. Integers, booleans and decimals are taken as floats, where a float is expected, and a
    column without any value as a missing float or string; nothing else is converted. Strings that did not
    occur in training stay as they are here: a LightGBM model reads them as missing, a pipeline as its encoder
    says.

    Raises:
        InvalidColumnError: two columns of `frame` have one name.
        MissingColumnError: `frame` lacks columns.
        ScoringError: a column holds another type, or misses values where the model has seen none.
    """
    _refuse_duplicates(frame)
    missing = [name for name in signature.names if name not in frame.columns]
    if missing:
        raise MissingColumnError(missing, frame.columns)
    plain = {column.name: _plain(column, frame[column.name]) for column in signature.columns}
    return pd.DataFrame(plain, index=frame.index, copy=False)


def columns_as_json(signature: Signature) -> list[dict[str, object]]:
    """Return `signature` as values that JSON can hold."""
    return [
        {"name": column.name, "type": column.type}
        | ({} if column.categories is None else {"categories": list(column.categories)})
        for column in signature.columns
    ]


def columns_from_json(columns: list[Mapping[str, Any]]) -> Signature:
    """Return the signature that `columns_as_json` gave."""
    return Signature(columns=tuple(_column_from_json(column) for column in columns))


def _refuse_duplicates(frame: pd.DataFrame) -> None:
    if not frame.columns.is_unique:
        raise duplicate_columns(dict.fromkeys(map(str, frame.columns[frame.columns.duplicated()])))


def _column_from_json(column: Mapping[str, Any]) -> InputColumn:
    categories = column.get("categories")
    texts = None if categories is None else tuple(categories)
    return InputColumn(name=column["name"], type=column["type"], categories=texts)


def _input_column(name: object, values: pd.Series) -> InputColumn:
    if not isinstance(name, str):
        raise unstorable_column(name, f"is named by a {type(name).__name__}, not by text")
    type_ = _type_of(values)
    if type_ is None:
        if values.notna().any():
            raise unstorable_column(name, f"holds {_description(values)}, which no model here reads")
        type_ = "float"
    if type_ in {"integer", "boolean"} and values.hasnans:
        type_ = "float"
    if type_ != "string":
        return InputColumn(name=name, type=type_)
    categories = sorted(str(category) for category in values.dropna().unique())
    return InputColumn(name=name, type="string", categories=tuple(categories))


def _type_of(values: pd.Series) -> InputType | None:
    """Return what a column holds; None for an object column without values and for what no model reads."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        text = types.infer_dtype(dtype.categories, skipna=True) in {"string", "empty"}
        return "string" if text else None
    if dtype == "object":
        inferred = types.infer_dtype(values, skipna=True)
        return _INFERRED.get(inferred)
    if types.is_string_dtype(dtype):
        return "string"
    return _KINDS.get(dtype.kind)


_KINDS: dict[str, InputType] = {"i": "integer", "u": "integer", "f": "float", "b": "boolean", "M": "datetime"}
_INFERRED: dict[str, InputType] = {
    "string": "string",
    "integer": "integer",
    "floating": "float",
    "mixed-integer-float": "float",
    "boolean": "boolean",
    "decimal": "float",
}


def _description(values: pd.Series) -> str:
    type_ = _type_of(values)
    if type_ is not None:
        return f"{type_} ({values.dtype})"
    present = values.dropna()
    return str(values.dtype) if present.empty else f"values such as {present.iloc[0]!r} ({values.dtype})"


def _plain(column: InputColumn, values: pd.Series) -> pd.Series:
    """Return `values` in the plain type of `column`."""
    type_ = _type_of(values)
    if column.type == "float":
        if type_ in {"float", "integer", "boolean"} or not values.notna().any():
            return values if values.dtype == np.float64 else _floats(values)
    elif column.type == "string":
        if type_ == "string" or not values.notna().any():
            return values if values.dtype == "str" else values.astype("str")
    elif type_ == column.type:
        return _without_missing(column, values)
    raise unfit_column_type(column.name, column.type, _description(values))


def _floats(values: pd.Series) -> pd.Series:
    return pd.Series(values.to_numpy(dtype=np.float64, na_value=np.nan), index=values.index)


def _without_missing(column: InputColumn, values: pd.Series) -> pd.Series:
    if column.type == "datetime" or values.dtype in (np.int64, np.bool_):
        return values
    if values.hasnans:
        count = int(values.isna().sum())
        raise unfit_column_type(column.name, f"{column.type} without missing values", f"{count} missing values")
    return values.astype("int64" if column.type == "integer" else "bool")
