"""What the values of a column are: numbers, also where they are stored as objects, or text."""

from collections import Counter
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from driftline.profiles.errors import UnsupportedColumnError

_NUMERIC_KINDS = "biuf"
_TEXT_KINDS = "OUT"


def column_is_numeric(name: str, values: npt.NDArray[Any]) -> bool:
    """Return whether a column holds numbers (float, int, bool) rather than text.

    Objects are numbers if all that are present are; without any that is present they are text.

    Raises:
        UnsupportedColumnError: it holds neither, or is not of shape (n_rows,).
    """
    if values.ndim != 1:
        raise UnsupportedColumnError(name, f"shape {values.shape}")
    if values.dtype.kind not in _NUMERIC_KINDS + _TEXT_KINDS:
        raise UnsupportedColumnError(name, f"dtype {values.dtype}")
    return values.dtype.kind in _NUMERIC_KINDS or (values.dtype.kind == "O" and _are_numbers(values))


def count_texts(name: str, values: npt.NDArray[Any]) -> tuple[Counter[str], int]:
    """Return how often each text occurs, and how many rows are missing (None or NaN).

    Raises:
        UnsupportedColumnError: a value is neither text, a number, nor missing.
    """
    try:
        occurrences = Counter(values.tolist())
    except TypeError:
        raise UnsupportedColumnError(name, "a kind that cannot be hashed") from None
    texts: Counter[str] = Counter()
    missing = 0
    for value, count in occurrences.items():
        if _is_missing(value):
            missing += count
        elif isinstance(value, str) or _is_number(value):
            texts[str(value)] += count
        else:
            raise UnsupportedColumnError(name, f"type {type(value).__name__}")
    return texts, missing


def _are_numbers(values: npt.NDArray[Any]) -> bool:
    """Return whether there are objects that are present, and all of them are numbers."""
    is_any = False
    for value in values:  # mostly the first one that is present says no
        if not _is_missing(value):
            if not _is_number(value):
                return False
            is_any = True
    return is_any


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def _is_number(value: object) -> bool:
    return isinstance(value, (Real, Decimal, np.bool_))
