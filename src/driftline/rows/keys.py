"""Row keys in the form that joins everywhere, and where one key stands among others."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from driftline.datasets import column_type, plain_column
from driftline.rows.errors import unfit_key_type


def normalize_keys(frame: pd.DataFrame, row_key: Sequence[str]) -> pd.DataFrame:
    """Return `frame` with its key in the form that joins everywhere: times in UTC by microseconds, plain categories.

    Raises:
        InvalidColumnError: a key column holds what a dataset cannot keep.
    """
    for name in row_key:
        column_type(name, frame[name])
    plain: pd.DataFrame = frame.assign(**{name: key_column(frame[name]) for name in row_key})
    return plain


def key_texts(frame: pd.DataFrame, row_key: Sequence[str]) -> Iterator[str]:
    """Give the key of each row as people read it."""
    for values in frame[list(row_key)].itertuples(index=False):
        yield " ".join(value.isoformat() if isinstance(value, pd.Timestamp) else str(value) for value in values)


def key_column(column: pd.Series) -> pd.Series:
    """Return a key or a label in the form that joins everywhere: times in UTC by microseconds, plain categories."""
    column = plain_column(column)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    elif isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    return column


def match_positions(keys: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    """Return for each row of `keys` where it stands in `others`, which are unique; -1 for nowhere, shape (n_rows,).

    Columns are compared by their place, whatever their names are.

    Raises:
        InvalidColumnError: a key column holds text on one side only.
    """
    if others.empty or keys.empty:
        return np.full(len(keys), -1)
    left, right, place = _numbered(keys), _numbered(others), keys.shape[1]
    right[place] = np.arange(len(right))
    try:
        joined = left.merge(right, on=list(left.columns), how="left", sort=False)
    except ValueError:  # of pandas, which does not compare text with numbers
        types = [(left.dtypes.iloc[number], right.dtypes.iloc[number]) for number in range(place)]
        number = max((number for number, (type_, other) in enumerate(types) if type_ != other), default=place - 1)
        raise unfit_key_type(str(keys.columns[number]), str(types[number][1]), str(types[number][0])) from None
    return joined[place].fillna(-1).to_numpy(dtype=np.int64)


def _numbered(keys: pd.DataFrame) -> pd.DataFrame:
    """Return keys in the form that joins everywhere, their columns numbered and their rows, too."""
    return pd.DataFrame({number: key_column(keys.iloc[:, number]).array for number in range(keys.shape[1])})
