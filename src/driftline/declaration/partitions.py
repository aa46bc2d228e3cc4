"""Time partitions: the days or hours that a stream is predicted and evaluated by."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from driftline.clock import parse_time
from driftline.datasets import Window
from driftline.declaration.errors import PartitionsError, UnalignedPartitionsError, UnknownPartitionError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Partitions:
    """Equal steps of time in UTC, from `start` to `end`; use `Daily` or `Hourly`.

    Attributes:
        start: the first time that is predicted, as 2026-05-03; the first model learns from what lies before it.
        end: the first time after a stream that has ended; None for one that goes on.
    """

    start: str
    _: KW_ONLY
    end: str | None = None

    step: ClassVar[timedelta]
    key_format: ClassVar[str]

    def __post_init__(self) -> None:
        for text in filter(None, (self.start, self.end)):
            if (parse_time(text) - _EPOCH) % self.step:
                raise UnalignedPartitionsError(text, self.step)
        if self.end is not None and parse_time(self.end) <= self.first:
            raise PartitionsError(self.start, self.end)

    @property
    def first(self) -> datetime:
        """Return the first time that is predicted."""
        return parse_time(self.start)

    @property
    def last(self) -> datetime | None:
        """Return the first time after the stream, or None."""
        return None if self.end is None else parse_time(self.end)

    def clip(self, time: datetime) -> datetime:
        """Return `time`, or the end of the stream where that is earlier."""
        return time if self.last is None else min(time, self.last)

    def after(self, time: datetime) -> datetime:
        """Return the end of the partition that `time` lies in: a range that includes that partition ends there."""
        return self.first + ((time - self.first) // self.step + 1) * self.step

    def key(self, start: datetime) -> str:
        """Return the key of the partition that starts at `start`."""
        return start.strftime(self.key_format)

    def window(self, key: str) -> Window:
        """Return the times of partition `key`.

        Raises:
            UnknownPartitionError: no partition has this key.
        """
        try:
            start = parse_time(datetime.strptime(key, self.key_format).isoformat() + "Z")  # noqa: DTZ007
        except ValueError:
            raise UnknownPartitionError(key, self) from None
        late = self.last is not None and start >= self.last
        if start < self.first or late or self.key(start) != key:
            raise UnknownPartitionError(key, self)
        return Window(start, start + self.step)

    def keys(self, window: Window) -> Sequence[str]:
        """Return the keys of all partitions that lie wholly in `window`, oldest first."""
        steps = -((self.first - window.start) // self.step)  # rounded up to the next whole step
        start = self.first + max(0, steps) * self.step
        end = self.clip(window.end)
        keys = []
        while start + self.step <= end:
            keys.append(self.key(start))
            start += self.step
        return keys


class Daily(Partitions):
    """A partition for each day in UTC, keyed 2026-05-03."""

    step = timedelta(days=1)
    key_format = "%Y-%m-%d"


class Hourly(Partitions):
    """A partition for each hour in UTC, keyed 2026-05-03-07:00."""

    step = timedelta(hours=1)
    key_format = "%Y-%m-%d-%H:%M"
