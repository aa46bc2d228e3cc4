"""The values that a model is also measured by: columns of few values."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from driftline.datasets.errors import MissingColumnError, too_many_slices
from driftline.metrics import MOST_VALUES

MISSING = "(missing)"


def slice_values(frame: pd.DataFrame, columns: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the values of each column as texts, shape (n_rows,); a missing one is "(missing)".

    Raises:
        MissingColumnError: the table lacks one of `columns`.
    """
    lacking = [name for name in columns if name not in frame.columns]
    if lacking:
        raise MissingColumnError(lacking, frame.columns)
    return {name: _texts(frame[name]) for name in columns}


def slice_faults(frame: pd.DataFrame, columns: Sequence[str]) -> Iterator[str]:
    """Give a sentence for each of `columns` that the table cannot be sliced by."""
    for name in columns:
        if name not in frame.columns:
            yield str(MissingColumnError([name], frame.columns))
            continue
        distinct = frame[name].nunique(dropna=False)
        if distinct > MOST_VALUES:
            yield str(too_many_slices(name, distinct, MOST_VALUES))


def _texts(column: pd.Series) -> np.ndarray:
    is_present = column.notna().to_numpy()
    texts = np.full(len(column), MISSING, dtype=object)
    texts[is_present] = column[is_present].astype(object).map(str)
    return texts.astype(str) if len(texts) else np.array([], dtype=str)
