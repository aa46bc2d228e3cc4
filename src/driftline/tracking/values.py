"""What of the values that people log can be kept, and as what."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from operator import index
from typing import Any, SupportsFloat, SupportsIndex

from driftline.storable_text import is_storable
from driftline.tracking.errors import (
    InvalidExperimentError,
    InvalidKeyError,
    InvalidMetricError,
    InvalidParamError,
    InvalidRunIdError,
    InvalidStepError,
    InvalidTimestampError,
)

LONGEST_KEY = 250
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_LOSING = (Decimal, Fraction, complex, bytes, bytearray, date, time, timedelta)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def checked_experiment(name: object) -> str:
    """Return the name of an experiment.

    Raises:
        InvalidExperimentError: it is not a text of 1 to 250 characters, or blank.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_KEY or not is_storable(name):
        raise InvalidExperimentError(name)
    return name


def checked_run_id(run_id: object) -> str:
    """Return the id of a run.

    Raises:
        InvalidRunIdError: it is not 32 hexadecimal digits.
    """
    if not (isinstance(run_id, str) and _RUN_ID.fullmatch(run_id)):
        raise InvalidRunIdError(run_id)
    return run_id


@lru_cache(maxsize=10_000)
def checked_key(key: object) -> str:
    """Return a key: one that could be a relative path, since keys name series, columns and files.

    Raises:
        InvalidKeyError: it could not.
    """
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
        raise InvalidKeyError(key)
    if "/" in key or "." in key:
        parts = key.split("/")
        if "" in parts or "." in parts or ".." in parts:
            raise InvalidKeyError(key)
    if not is_storable(key):
        raise InvalidKeyError(key)
    return key


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


def microseconds(at: datetime) -> int:
    """Return a time with a zone in microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def timestamp_us(timestamp: datetime | float) -> int:
    """Return a time that somebody gave in microseconds since 1970; a number is of milliseconds, as MLflow has it.

    Raises:
        InvalidTimestampError: it is no such time, or has no zone.
    """
    if isinstance(timestamp, datetime) and timestamp.tzinfo is not None:
        return microseconds(timestamp)
    if isinstance(timestamp, int | float) and not isinstance(timestamp, bool) and abs(timestamp) < 4e15:
        return int(timestamp * 1000)
    raise InvalidTimestampError(timestamp)


def param_value(key: str, value: Any) -> Any:
    """Return a value as JSON holds it without a loss: numpy's scalars as Python's, other objects as their text.

    Raises:
        InvalidParamError: it is a number or a time that would come back as something else.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if type(value) in {int, float}:
        return value
    if isinstance(value, Mapping):
        return {str(name): param_value(f"{key}.{name}", item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [param_value(key, item) for item in value]
    plain = _without_numpy(key, value)
    if isinstance(plain, _LOSING):
        raise InvalidParamError(key, value)
    if isinstance(plain, list):
        return [param_value(key, item) for item in plain]
    return plain if isinstance(plain, str | int | float | bool | None) else str(plain)


def _without_numpy(key: str, value: Any) -> Any:
    """Return an array of numpy as a list and its scalars as Python's, without importing numpy."""
    if not any(kind.__module__ == "numpy" and kind.__name__ in {"ndarray", "generic"} for kind in type(value).__mro__):
        return value
    plain = value.tolist()
    if any(kind.__module__ == "numpy" for kind in type(plain).__mro__):  # a long double has no other form
        raise InvalidParamError(key, value)
    if type(value).__name__.startswith(("datetime64", "timedelta64")):  # which may come back as whole numbers
        raise InvalidParamError(key, value)
    return plain
