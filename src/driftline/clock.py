"""Time is UTC with its zone; the clock is a value that is passed in, so replays and tests choose it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from driftline.errors import (
    InvalidInputError,
)

Clock = Callable[[], datetime]
CLOCK_TOLERANCE = timedelta(minutes=5)  # clocks of machines differ by so much, and not by more

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def parse_time(text: str) -> datetime:
    """Return the time that an ISO 8601 `text` names, in UTC; a bare date is its midnight in UTC.

    Raises:
        InvalidTimeError: `text` is not an ISO time, or has a time of day without a zone.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise not_a_time(text) from None
    if time.tzinfo is None:
        if len(text) > len("2026-01-01"):
            raise not_a_time(text)
        time = time.replace(tzinfo=UTC)
    try:
        return time.astimezone(UTC)
    except OverflowError:  # before the year 1 or after 9999
        raise not_a_time(text) from None


def parse_duration(text: str) -> timedelta:
    """Return the duration that `text` names, such as `90s`, `30m`, `12h`, `7d` or `4w`.

    >>> parse_duration("7d")
    datetime.timedelta(days=7)

    Raises:
        InvalidTimeError: `text` is not such a duration, or it is zero.
    """
    match = re.fullmatch(r"\s*([0-9]{1,6})\s*([smhdw])\s*", text)
    if match is None or int(match[1]) == 0:
        raise not_a_duration(text)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


class InvalidTimeError(InvalidInputError):
    """A text is not a time with a zone, or not a duration."""

    code = "INVALID_TIME"


def not_a_time(text: str) -> InvalidTimeError:
    """Return the error where a time has no zone, or is not a time at all."""
    return InvalidTimeError(
        f"{text!r} is not an ISO 8601 time with a zone. Write a day as 2026-05-03 or a moment as 2026-05-03T07:00:00Z."
    )


def not_a_duration(text: str) -> InvalidTimeError:
    """Return the error where a text names no duration."""
    return InvalidTimeError(
        f"{text!r} is not a positive duration. Write a whole number and a unit, such as 90s, 30m, 12h, 7d or 4w."
    )
