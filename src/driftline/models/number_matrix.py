"""Rows as the numbers that libraries of trees read."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from driftline.models.signature import InputColumn, Signature

SMALL_TABLE = 1000  # rows up to which starting threads costs more than scoring


def number_matrix(signature: Signature, features: pd.DataFrame) -> np.ndarray:
    """Return the numbers that trees of a library read, float64, shape (n_rows, n_columns); missing is NaN."""
    matrix = np.empty(features.shape, dtype=np.float64, order="F")
    for position, column in enumerate(signature.columns):
        matrix[:, position] = _numbers(column, features[column.name])
    return matrix


def _numbers(column: InputColumn, values: pd.Series) -> np.ndarray:
    if column.type == "string":
        categories = pa.array(column.categories, type=pa.large_string())
        codes = pc.index_in(pa.array(values, type=pa.large_string(), from_pandas=True), value_set=categories)
        return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.float64)
    if column.type == "datetime":
        zone_free = values.dt.tz_convert(None) if values.dt.tz is not None else values
        ticks = zone_free.to_numpy(dtype="datetime64[us]")
        return np.where(np.isnat(ticks), np.nan, ticks.astype(np.int64) / 1e6)
    return values.to_numpy(dtype=np.float64)


def column_names(signature: Signature) -> list[str]:
    """Return names that a library's file can hold, unique by their position."""
    return [f"{i}_{re.sub(r'[^A-Za-z0-9_]', '_', name)}" for i, name in enumerate(signature.names)]
