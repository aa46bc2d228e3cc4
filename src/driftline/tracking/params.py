"""What of the values that people log can be kept, and as what."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from operator import index
from typing import Any, SupportsFloat, SupportsIndex

import numpy as np

from driftline.tracking.errors import InvalidMetricError, InvalidParamError, InvalidStepError

_LOSING = (Decimal, Fraction, complex, bytes, bytearray, date, time, timedelta, np.datetime64, np.timedelta64)


def step_number(step: SupportsIndex) -> int:
    """Return a step as Python's whole number, also numpy's.

    Raises:
        InvalidStepError: it is none, or has more than 64 bits.
    """
    try:
        number = index(step)
    except TypeError:
        raise InvalidStepError(step) from None
    if not -(2**63) <= number < 2**63:
        raise InvalidStepError(step)
    return number


def metric_value(key: str, value: SupportsFloat) -> float:
    """Return the value of a metric as a float; NaN and the infinities are what they are.

    Raises:
        InvalidMetricError: it is not a number.
    """
    if isinstance(value, str | bytes):  # which Python would read as a number
        raise InvalidMetricError(key, value)
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise InvalidMetricError(key, value) from None


def param_value(key: str, value: Any) -> Any:
    """Return a value as JSON holds it without a loss: numpy's scalars as Python's, other objects as their text.

    Raises:
        InvalidParamError: it is a number or a time that would come back as something else.
    """
    if isinstance(value, np.ndarray):
        value = value.tolist()
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, _LOSING) or isinstance(plain, (*_LOSING, np.generic)):  # a long double has no other form
        raise InvalidParamError(key, value)
    value = plain
    if isinstance(value, Mapping):
        return {str(name): param_value(f"{key}.{name}", item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [param_value(key, item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
