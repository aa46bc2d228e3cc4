"""Row keys in the form that joins everywhere, and where one key stands among others."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from driftline.rows.errors import unfit_key_type


def plain_keys(frame: pd.DataFrame, row_key: Sequence[str]) -> pd.DataFrame:
    """Return `frame` with its key in the form that joins everywhere: times in UTC by microseconds, plain categories."""
    plain: pd.DataFrame = frame.assign(**{name: _plain(frame[name]) for name in row_key})
    return plain


def key_texts(frame: pd.DataFrame, row_key: Sequence[str]) -> Iterator[str]:
    """Give the key of each row as people read it."""
    for values in frame[list(row_key)].itertuples(index=False):
        yield " ".join(value.isoformat() if isinstance(value, pd.Timestamp) else str(value) for value in values)


def _plain(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    elif isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    return column


def places_of(rows: pd.DataFrame, others: pd.DataFrame, row_key: Sequence[str]) -> np.ndarray:
    """Return for each row where its key stands in `others`, whose keys are unique; -1 for nowhere, shape (n_rows,).

    Raises:
        InvalidColumnError: a key column holds text on one side only.
    """
    if others.empty or rows.empty:
        return np.full(len(rows), -1)
    key = list(row_key)
    left, right = plain_keys(rows[key], key), plain_keys(others[key], key)
    try:
        joined = left.merge(right.assign(place=np.arange(len(right))), on=key, how="left", sort=False)
    except ValueError:  # of pandas, which does not compare text with numbers
        differing = [name for name in key if left[name].dtype != right[name].dtype] or key
        name = differing[-1]
        raise unfit_key_type(name, str(right[name].dtype), str(left[name].dtype)) from None
    return joined["place"].fillna(-1).to_numpy(dtype=np.int64)
