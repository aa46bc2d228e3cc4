"""A window of time: half-open, in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pandas as pd

from driftline.clock import not_a_time
from driftline.datasets.errors import inverted_window, not_a_time_column


@dataclass(frozen=True)
class Window:
    """The times from `start` (inclusive) to `end` (exclusive).

    Attributes:
        start: the first time inside; kept in UTC.
        end: the first time after; kept in UTC.

    Raises:
        InvalidTimeError: a time has no zone.
        EmptyWindowError: `end` is not after `start`.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            time = getattr(self, name)
            if time.tzinfo is None:
                raise not_a_time(str(time))
            object.__setattr__(self, name, time.astimezone(UTC))
        if self.end <= self.start:
            raise inverted_window(self.start.isoformat(), self.end.isoformat())

    @property
    def days(self) -> float:
        """The length in days of 24 hours."""
        return (self.end - self.start) / timedelta(days=1)

    def contains(self, times: pd.Series) -> pd.Series:
        """Return for each of `times` whether it is inside; a missing time is not.

        Raises:
            InvalidColumnError: `times` are not times, or have no zone.
        """
        if not isinstance(times.dtype, pd.DatetimeTZDtype):
            raise not_a_time_column(times.name, f"holds {times.dtype}, not times with a zone")
        return (times >= self.start) & (times < self.end)

    def __str__(self) -> str:
        return f"[{_short(self.start)}, {_short(self.end)})"


def _short(time: datetime) -> str:
    text = time.replace(tzinfo=None).isoformat()
    return text.removesuffix("T00:00:00") if text.endswith("T00:00:00") else f"{text}Z"
