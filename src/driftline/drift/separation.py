"""What a classifier that tells two sides apart is asked for, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from driftline.metrics import FloatArray

Columns = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Separation:
    """What a classifier that was trained to tell two sides apart says.

    Attributes:
        scores: of rows that it did not see, shape (n_rows,); higher is more like the window.
        importance: of each column for telling them apart, shape (n_columns,); 0.0 is unused.
    """

    scores: FloatArray
    importance: FloatArray


class Separator(Protocol):
    """Trains a classifier on the rows of two sides and scores others with it."""

    def __call__(self, rows: FloatArray, in_window: npt.NDArray[np.bool_], unseen: FloatArray) -> Separation:
        """Return what it says of `unseen`; both matrices of shape (n_rows, n_columns), missing is NaN."""
