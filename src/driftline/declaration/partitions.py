"""Time partitions: the hours, days, weeks or months that a stream is predicted and evaluated by."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np

from driftline.clock import not_a_time, parse_duration, parse_time
from driftline.datasets import Window
from driftline.declaration.errors import (
    UnknownPartitionError,
    inverted_partitions,
    missing_training_window,
    unaligned_partitions,
)
from driftline.declaration.time_zones import local_text, midnight, time_zone

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True)
class Partitions(ABC):
    """Times from `start` to `end`, cut at the borders of a calendar; use `Hourly`, `Daily`, `Weekly` or `Monthly`.

    Borders and keys are those of Dagster's partitions definition of the same name and time zone, so a day on which
    clocks are changed has 23 or 25 hours. The borders go on before `start`, for the rows that the first model learns
    from.

    Attributes:
        start: the first time that is predicted, as 2026-05-03, which is the midnight of the time zone; the first model
            learns from what lies before it.
        end: the first time after a stream that has ended; None for one that goes on.
        timezone: whose midnights and hours, as Europe/Zurich; times are kept in UTC all the same.

    Raises:
        PartitionsError: there is no such time zone.
        PartitionsError: `start` or `end` does not lie on a border.
        PartitionsError: `end` is not after `start`.
    """

    start: str
    _: KW_ONLY
    end: str | None = None
    timezone: str = "UTC"

    is_stream: ClassVar[bool] = True
    unit: ClassVar[str]
    hint: ClassVar[str]
    key_format: ClassVar[str] = "%Y-%m-%d"

    def __post_init__(self) -> None:
        for text in filter(None, (self.start, self.end)):
            time = self.moment(text)
            if self._border(self._position(time)) != time:
                raise unaligned_partitions(text, self.unit, self.timezone, self.hint)
        if self.last is not None and self.last <= self.first:
            raise inverted_partitions(self.start, str(self.end))

    @cached_property
    def zone(self) -> tzinfo:
        """Return the time zone."""
        return time_zone(self.timezone)

    @cached_property
    def first(self) -> datetime:
        """Return the first time that is predicted."""
        return self.moment(self.start)

    @cached_property
    def last(self) -> datetime | None:
        """Return the first time after the stream, or None."""
        return None if self.end is None else self.moment(self.end)

    def clip(self, time: datetime) -> datetime:
        """Return `time`, or the end of the stream where that is earlier."""
        return time if self.last is None else min(time, self.last)

    @property
    def is_ongoing(self) -> bool:
        """Return whether new partitions come for as long as nobody ends the stream."""
        return self.end is None

    def after(self, time: datetime) -> datetime:
        """Return the end of the partition that `time` lies in: a range that includes that partition ends there."""
        return self._border(self._position(time) + 1)

    def key(self, time: datetime) -> str:
        """Return the key of the partition that `time` lies in, also before the first one."""
        return self._key(self._position(time))

    def window(self, key: str) -> Window:
        """Return the times of partition `key`.

        Raises:
            UnknownPartitionError: no partition has this key.
        """
        try:
            position = self._position(self._parsed(key))
            start, canonical = self._border(position), self._key(position)
        except (ValueError, OverflowError):
            raise UnknownPartitionError(key, self, self.key(self.first)) from None
        late = self.last is not None and start >= self.last
        if start < self.first or late or canonical != key:
            raise UnknownPartitionError(key, self, self.key(self.first))
        return Window(start, self._border(position + 1))

    def keys(self, window: Window) -> Sequence[str]:
        """Return the keys of all partitions that lie wholly in `window`, oldest first."""
        low = self._position(window.start)
        return self._keys(low + (self._border(low) < window.start), self._position(self.clip(window.end)))

    def ending_in(self, window: Window) -> Sequence[str]:
        """Return the keys of all partitions that end after the start of `window` and not after its end, oldest first.

        These are the partitions of a sliding window: the oldest may start before it.
        """
        return self._keys(self._position(window.start), self._position(self.clip(window.end)))

    def keys_at(self, times: np.ndarray) -> np.ndarray:
        """Return the key of the partition that each time lies in, also before the first one.

        Args:
            times: `datetime64` in UTC, shape (n_times,), none missing.
        """
        moments = times.astype("datetime64[us]")
        if not moments.size:
            return np.array([], dtype=object)
        low, high = (self._position(edge.item().replace(tzinfo=UTC)) for edge in (moments.min(), moments.max()))
        borders = [self._border(position).replace(tzinfo=None) for position in range(low, high + 1)]
        places = np.array(borders, dtype="datetime64[us]").searchsorted(moments, side="right") - 1
        used, inverse = np.unique(places, return_inverse=True)
        return np.array([self._key(low + int(place)) for place in used], dtype=object)[inverse]

    def span(self, text: str) -> Window:
        """Return the whole partitions that the month, day, time or key `text` of a person reaches into.

        A month (2026-05) and a day (2026-05-03) are those of the time zone. The partitions may lie outside of the
        stream; `keys` of the span gives those that do not.

        >>> from driftline.declaration import Hourly
        >>> print(Hourly("2026-01-01").span("2026-05-03"))
        [2026-05-03, 2026-05-04)

        Raises:
            InvalidTimeError: `text` is none of these, or a time of day without a zone.
        """
        try:
            start, end = self._period(text)
            return Window(self._border(self._position(start)), self.after(end - timedelta.resolution))
        except OverflowError:
            raise not_a_time(text) from None

    def stream(self, pipeline: str) -> Self:
        """Return these partitions; of a table, the refusal that names the pipeline."""
        return self

    def over_by(self, now: datetime, *, since: datetime | None = None) -> Sequence[str]:
        """Return the keys of those that start at `since` (None: any time) or later and are over at `now`, by time."""
        start, end = self.first if since is None else since, self.clip(now)
        return self.keys(Window(start, end)) if start < end else []

    def covering(self, keys: Sequence[str]) -> Window:
        """Return the times from the start of the first to the end of the last of `keys`, oldest first."""
        return Window(self.window(keys[0]).start, self.window(keys[-1]).end)

    def trailing_window(self, key: str, length: timedelta) -> Window:
        """Return the times, `length` long, that end with partition `key`."""
        end = self.window(key).end
        return Window(end - length, end)

    def trailing_keys(self, key: str, length: timedelta, *, back: int = 0) -> Sequence[str]:
        """Return the partitions that end in the times, `length` long, up to `key`; or `back` lengths before these."""
        end = self.window(key).end - back * length
        return self.ending_in(Window(end - length, end)) if length else [key]

    def contiguous(self, keys: Iterable[str]) -> list[list[str]]:
        """Return `keys` in time order, cut where a partition is missing between two."""
        runs: list[list[str]] = []
        end: datetime | None = None
        windows = {key: self.window(key) for key in keys}
        for key, window in sorted(windows.items(), key=lambda item: item[1].start):
            if window.start == end:
                runs[-1].append(key)
            else:
                runs.append([key])
            end = window.end
        return runs

    def champion_time(self, key: str, as_of: datetime) -> datetime:
        """Return the time whose champion serves the partition: its start."""
        return self.window(key).start

    def training_time(self, as_of: datetime, *, first: bool) -> datetime:
        """Return the time up to which a training at `as_of` may look.

        The first model learns from what lies before the first partition, so that every partition has a champion; a
        stream that has ended is looked at as of its end.
        """
        return self.first if first else self.clip(as_of)

    def training_window(self, until: datetime, length: str | None) -> Window:
        """Return the times that a training up to `until` reads, `length` (as 30d) long.

        Raises:
            PartitionsError: no length is declared.
        """
        if length is None:
            raise missing_training_window()
        return Window(until - parse_duration(length), until)

    def row_key(self, time_column: str, entity: tuple[str, ...]) -> tuple[str, ...]:
        """Return the columns that a prediction and its label are joined by."""
        return (time_column, *entity)

    def time_columns(self, time_column: str) -> tuple[str, ...]:
        """Return the columns of the event time, which no model sees."""
        return (time_column,)

    def title(self, key: str) -> str:
        """Return what people are shown for a partition: its key."""
        return key

    def time_title(self, time: datetime) -> str:
        """Return what people are shown for a time: its day in the time zone, amid a day the time, too."""
        return local_text(time, self.zone)

    def window_title(self, window: Window) -> str:
        """Return what people are shown for a window: its days in the time zone."""
        return f"[{self.time_title(window.start)}, {self.time_title(window.end)})"

    def _period(self, text: str) -> tuple[datetime, datetime]:
        """Return the start and the end of what `text` names."""
        month = _MONTH.fullmatch(text)
        try:
            if month is not None:
                day = date(int(month[1]), int(month[2]), 1)
                return midnight(day, self.zone), midnight((day + timedelta(days=31)).replace(day=1), self.zone)
            day = date.fromisoformat(text)
            start, end = midnight(day, self.zone), midnight(day + timedelta(days=1), self.zone)
        except ValueError:
            try:
                start = self._parsed(text)
            except ValueError:
                start = parse_time(text)
            end = start
        return start, max(end, start + timedelta.resolution)

    def moment(self, text: str) -> datetime:
        """Return the time that `text` names; a bare date is its midnight in the time zone.

        Raises:
            InvalidTimeError: `text` is not a time, or a time of day without a zone.
        """
        time = parse_time(text)
        try:
            return midnight(date.fromisoformat(text), self.zone)
        except ValueError:
            return time
        except OverflowError:
            raise not_a_time(text) from None

    def _parsed(self, key: str) -> datetime:
        """Return the start of the partition `key`; a ValueError where it is not written as one."""
        return midnight(datetime.strptime(key, self.key_format).date(), self.zone)  # noqa: DTZ007

    def _keys(self, low: int, high: int) -> list[str]:
        """Return the keys of the partitions from position `low` up to `high`, as far as they belong to the stream."""
        low = max(low, self._position(self.first))
        if low >= high:
            return []
        borders = [self._border(position) for position in range(low, high + 1)]
        return [self._key(low + place) for place, (start, end) in enumerate(pairwise(borders)) if start < end]

    @abstractmethod
    def _position(self, time: datetime) -> int:
        """Return the number of the partition that `time` lies in; consecutive partitions have consecutive numbers."""

    @abstractmethod
    def _border(self, position: int) -> datetime:
        """Return the start of a partition, in UTC."""

    @abstractmethod
    def _key(self, position: int) -> str:
        """Return the key of a partition."""
