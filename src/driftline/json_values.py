"""NaN and the infinities, which JSON has no word for: null where they were measured, a text where they were given."""

import math
from collections.abc import Callable
from typing import Any


def finite(value: Any) -> Any:
    """Return `value` with None for each NaN and infinity in it.

    >>> finite({"auroc": float("nan"), "rows": [1, 2.5]})
    {'auroc': None, 'rows': [1, 2.5]}
    """
    return _replaced(value, lambda number: None if not math.isfinite(number) else number)


def plain(value: Any) -> Any:
    """Return `value` with "NaN", "Infinity" and "-Infinity" as text in it.

    >>> plain({"gamma": [1.5, float("-inf")]})
    {'gamma': [1.5, '-Infinity']}
    """
    return _replaced(value, _named)


def _replaced(value: Any, replace: Callable[[float], object]) -> Any:
    if isinstance(value, dict):
        return {str(key): _replaced(item, replace) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item, replace) for item in value]
    return replace(value) if isinstance(value, float) else value


def _named(number: float) -> float | str:
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
