"""The signature of a model: the columns it was trained on, and how new rows are held to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from driftline.datasets import content_of, plain_column
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
        zoned: whether datetimes have a zone; None for other types, and where an older version did not keep it.
    """

    name: str
    type: InputType
    categories: tuple[str, ...] | None = None
    zoned: bool | None = None


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

    An integer or boolean column with missing values is a float column. Text and categories of text are strings; a
    column without any value is a float, unless it is text by its type.

    Raises:
        InvalidColumnError: two columns have one name.
        InvalidColumnError: a column's name is not text, or it holds something else.
    """
    _refuse_duplicates(frame)
    return Signature(columns=tuple(_input_column(name, values) for name, values in frame.items()))


def enforce(signature: Signature, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of `signature` from `frame`, in its order and with plain types; the index is kept.

    What holds a value in memory does not count (`plain_column`). Types afterwards: int64, float64 (missing: NaN),
    bool, str (missing: NaN), and datetimes as they are. Other columns are left out. Integers and booleans are taken as
    floats, where a float is expected, floats that are whole as integers, and a column without any value as a missing
    float or string; nothing else is converted. Strings that did not occur in training stay as they are here: a LightGBM
    model reads them as missing, a pipeline as its encoder says.

    Raises:
        InvalidColumnError: two columns of `frame` have one name.
        MissingColumnError: `frame` lacks columns.
        ScoringError: a column holds another type, cells of several types, or misses values where the model has seen
            none; times have a zone where those of the training had none, or the other way round.
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
        | ({} if column.zoned is None else {"zoned": column.zoned})
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
    return InputColumn(name=column["name"], type=column["type"], categories=texts, zoned=column.get("zoned"))


def _input_column(name: object, values: pd.Series) -> InputColumn:
    if not isinstance(name, str):
        raise unstorable_column(name, f"is named by a {type(name).__name__}, not by text")
    values = plain_column(values)
    type_ = _type_of(values)
    if type_ is None:
        if values.notna().any():
            raise unstorable_column(name, f"holds {content_of(values)}, which no model here reads")
        type_ = "float"
    if type_ in {"integer", "boolean"} and values.hasnans:
        type_ = "float"
    if type_ == "datetime":
        return InputColumn(name=name, type=type_, zoned=values.dt.tz is not None)
    if type_ != "string":
        return InputColumn(name=name, type=type_)
    categories = sorted(str(category) for category in values.dropna().unique())
    return InputColumn(name=name, type="string", categories=tuple(categories))


def _type_of(values: pd.Series) -> InputType | None:
    """Return what a plain column holds; None for an object column, which no model reads, or is without any value."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return "string" if dtype.categories.dtype == "str" or not len(dtype.categories) else None
    if dtype == "str":
        return "string"
    return _KINDS.get(dtype.kind)


_KINDS: dict[str, InputType] = {"i": "integer", "u": "integer", "f": "float", "b": "boolean", "M": "datetime"}


def _description(values: pd.Series) -> str:
    type_ = _type_of(values)
    return content_of(values) if type_ is None else f"{type_} ({values.dtype})"


def _plain(column: InputColumn, values: pd.Series) -> pd.Series:
    """Return `values` in the plain type of `column`."""
    values = plain_column(values)
    type_, empty = _type_of(values), not values.notna().any()
    if column.type == "float" and (type_ in {"float", "integer", "boolean"} or empty):
        return values if values.dtype == np.float64 else _floats(column, values)
    if column.type == "string" and (type_ == "string" or empty):
        return values if values.dtype == "str" else values.astype("str")
    if column.type == "datetime" and type_ == "datetime":
        return _same_zones(column, values)
    if column.type == "integer" and type_ in {"integer", "float"}:
        return _integers(column, values)
    if column.type == "boolean" and type_ == "boolean":
        return values if values.dtype == np.bool_ else _complete(column, values).astype("bool")
    raise unfit_column_type(column.name, column.type, _description(values))


def _floats(column: InputColumn, values: pd.Series) -> pd.Series:
    if not values.notna().any():
        return pd.Series(np.nan, index=values.index, name=column.name, dtype=np.float64)
    return pd.Series(values.to_numpy(dtype=np.float64, na_value=np.nan), index=values.index, name=column.name)


def _integers(column: InputColumn, values: pd.Series) -> pd.Series:
    """Return whole numbers: pandas holds them as floats where a value was missing beside them."""
    if values.dtype == np.int64:
        return values
    complete = _complete(column, values)
    if complete.dtype.kind == "f" and not (complete == complete.round()).all():
        raise unfit_column_type(column.name, column.type, _description(values))
    if complete.dtype.kind != "i" and (complete.abs() >= _LARGEST[complete.dtype.kind]).any():
        raise unfit_column_type(column.name, column.type, f"numbers as large as {complete.abs().max()}")
    return complete.astype("int64")


_LARGEST = {"u": 2**63, "f": 2**53}  # above which an integer of 64 bits, or a float, holds another number


def _complete(column: InputColumn, values: pd.Series) -> pd.Series:
    if values.hasnans:
        count = int(values.isna().sum())
        raise unfit_column_type(column.name, f"{column.type} without missing values", f"{count} missing values")
    return values


def _same_zones(column: InputColumn, values: pd.Series) -> pd.Series:
    zoned = values.dt.tz is not None
    if column.zoned is not None and zoned != column.zoned:
        kinds = {True: "times with a zone", False: "times without a zone"}
        raise unfit_column_type(column.name, kinds[column.zoned], kinds[zoned])
    return values
