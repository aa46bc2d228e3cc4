"""Which rows of a reading can be trained on: one bad cell or a label that never came costs its row, not the others."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from driftline.datasets.schema import Column, column_type
from driftline.datasets.storage import content_of, odd_rows, plain_frame
from driftline.datasets.target import Target

MOST_ODD = 0.01  # share of the rows; a column with more odd cells is another column, and its table is refused


@dataclass(frozen=True, kw_only=True)
class UsableRows:
    """The rows of a table that can be trained on.

    Attributes:
        frame: these rows, in their old order and with their old index.
        left_out: a sentence for each reason why others are not among them.
    """

    frame: pd.DataFrame
    left_out: tuple[str, ...]


def usable_rows(frame: pd.DataFrame, target: Target, *, schema: tuple[Column, ...] | None = None) -> UsableRows:
    """Return the rows with a target and without a cell that differs in kind from the rest of its column.

    Columns of another type than before become what they were, where that changes no value (`conform`).

    Args:
        frame: a table in plain storage.
        target: the column to learn; a row without a finite value in it is left out.
        schema: of the version before; None: there is none.
    """
    said, kept = [], np.ones(len(frame), dtype=bool)
    for name in frame.columns[frame.columns.duplicated(keep=False) == 0]:
        odd = odd_rows(frame[name])
        if 0 < odd.sum() <= MOST_ODD * len(frame):
            said.append(f"{_rows(odd)} left out: the column {name!r} holds {content_of(frame[name])}.")
            kept &= ~odd
    frame = plain_frame(frame[kept])
    if target.column in frame.columns and not isinstance(frame[target.column], pd.DataFrame):
        lacking = _without_target(frame[target.column])
        if lacking.any():
            first = ", ".join(map(str, np.flatnonzero(lacking)[:5]))
            fault = f"no finite value in the target column {target.column!r}, the first at positions {first}"
            said.append(f"{_rows(lacking)} left out: {fault}.")
            frame = plain_frame(frame[~lacking])
    return UsableRows(frame=frame if schema is None else conform(frame, schema), left_out=tuple(said))


def conform(frame: pd.DataFrame, schema: tuple[Column, ...]) -> pd.DataFrame:
    """Return `frame` with its columns in the types of `schema`, as far as that changes no value.

    Whole numbers that came as floats because one of them was missing are whole numbers again, numbers have their old
    width, and a column without any value has its old type. What does not fit stays as it is.
    """
    changed = {}
    for column in schema:
        if column.name not in frame.columns or isinstance(frame[column.name], pd.DataFrame):
            continue
        values = frame[column.name]
        name = _pandas_type(column.dtype, missing=bool(values.isna().any()))
        if not values.notna().any() and len(values):
            changed[column.name] = pd.Series(pd.NA, index=values.index, dtype=types.pandas_dtype(name))
        elif _is_number(values) and _is_other(column, values):
            cast = _cast(values, name)
            changed |= {} if cast is None else {column.name: cast}
    return frame.assign(**changed)


def _rows(chosen: np.ndarray) -> str:
    count = int(chosen.sum())
    return f"{count:,} of {len(chosen):,} rows {'is' if count == 1 else 'are'}"


def _without_target(values: pd.Series) -> np.ndarray:
    lacking = values.isna().to_numpy(dtype=bool)
    if types.is_float_dtype(values.dtype):
        lacking = lacking | np.isinf(values.to_numpy(dtype=np.float64, na_value=np.nan))
    return lacking


def _is_number(values: pd.Series) -> bool:
    return types.is_numeric_dtype(values.dtype) and not types.is_bool_dtype(values.dtype)


def _is_other(column: Column, values: pd.Series) -> bool:
    return column.dtype.strip("uintfloa").isdigit() and column_type(column.name, values) != column.dtype


def _pandas_type(dtype: str, *, missing: bool) -> str:
    """Return the plain storage of a logical type, as pandas names it."""
    if dtype.startswith("datetime"):
        zone = dtype.removeprefix("datetime").strip("[]")
        return f"datetime64[us, {zone}]" if zone else "datetime64[us]"
    if dtype == "string":
        return "str"
    if missing and (dtype == "bool" or "int" in dtype):
        return "boolean" if dtype == "bool" else dtype.replace("uint", "UInt").replace("int", "Int")
    return dtype


def _cast(values: pd.Series, name: str) -> pd.Series | None:
    """Return numbers in another type; None where that loses something."""
    try:
        cast = values.astype(types.pandas_dtype(name))
    except (TypeError, ValueError):
        return None
    present = values.notna()
    same = cast[present].astype(object) == values[present].astype(object)
    return cast if bool(same.all()) else None
