"""The scalars that GraphQL itself does not have, and how none of them breaks a response."""

import math
from datetime import UTC, datetime
from typing import Any, NewType

import strawberry

from driftline.clock import NaiveTimeError, parse_time

JSON = NewType("JSON", object)
BigInt = NewType("BigInt", int)


def finite(value: Any) -> Any:
    """Return `value`, or None where it is NaN or an infinity, which a GraphQL Float cannot hold."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def plain(value: Any) -> Any:
    """Return `value` with NaN and the infinities in it as text, since JSON has no word for them."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _time(value: object) -> datetime:
    """Return the time that a client wrote."""
    try:
        return parse_time(str(value))
    except OverflowError:  # a year outside 1 to 9999 once its zone is taken away
        raise NaiveTimeError(str(value)) from None


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


SCALARS: dict[object, Any] = {
    JSON: strawberry.scalar(
        name="JSON",
        description='Any JSON value. NaN and the infinities are the texts "NaN", "Infinity" and "-Infinity".',
        serialize=plain,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="An integer of up to 64 bits, as a JSON number: a step, a count or a size in bytes.",
        serialize=int,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="A time in UTC, ISO 8601: 2026-05-03T07:00:00Z. As an argument a day is its midnight: 2026-05-03.",
        serialize=_text,
        parse_value=_time,
    ),
}
