"""The rows of a training, as an estimator reads them and as a table; a sample of them is enough to measure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

MOST_ROWS = 10_000  # for the metrics and plots: enough for two digits, and never slower than the training


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Some rows with their truth.

    Attributes:
        inputs: as the estimator reads them.
        frame: the same as a table with named columns; None where they are none, as with sparse matrices and texts.
        truth: as it was given, shape (n_rows,); None without one.
    """

    inputs: Any
    frame: pd.DataFrame | None
    truth: np.ndarray | None


def sampled(inputs: Any, truth: Any, *, most: int = MOST_ROWS) -> Rows | None:
    """Return up to `most` rows, evenly spread over all; None where they cannot be taken apart."""
    if not hasattr(inputs, "shape") or len(inputs.shape) != 2:
        return None
    count = int(inputs.shape[0])
    kept = np.arange(count) if count <= most else np.linspace(0, count - 1, most).round().astype(int)
    part = inputs.iloc[kept] if isinstance(inputs, pd.DataFrame) else inputs[kept]
    labels = None if truth is None else np.asarray(truth)
    is_whole = labels is not None and labels.shape == (count,)
    return Rows(inputs=part, frame=table_of(part), truth=labels[kept] if labels is not None and is_whole else None)


def table_of(inputs: Any) -> pd.DataFrame | None:
    """Return rows as a table; the columns of an array are named `x0`, `x1`, as scikit-learn names them."""
    if isinstance(inputs, pd.DataFrame):
        return inputs if all(isinstance(name, str) for name in inputs.columns) else inputs.rename(columns=str)
    if isinstance(inputs, np.ndarray) and inputs.ndim == 2:
        return pd.DataFrame(inputs, columns=[f"x{number}" for number in range(inputs.shape[1])])
    return None


def class_indexes(truth: np.ndarray, classes: Sequence[object]) -> np.ndarray | None:
    """Return the index of each row's class; None where a class is not among those that are known."""
    places = {label: index for index, label in enumerate(classes)}
    indexes = [places.get(label, -1) for label in truth.tolist()]
    return None if -1 in indexes else np.array(indexes, dtype=np.float64)
