"""The calendars that a stream can be cut by: hours, days, weeks and months of a time zone."""

from abc import abstractmethod
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from driftline.declaration.errors import unaligned_partitions, uneven_timezone
from driftline.declaration.partitions import Partitions
from driftline.declaration.time_zones import changes_by_whole_hours, midnight

_HOUR = timedelta(hours=1)


class Hourly(Partitions):
    """A partition for each hour, keyed 2026-05-03-07:00 in the hours of the time zone.

    An hour that comes twice, when clocks are set back, is two partitions. The second has its offset in its key, as
    Dagster writes it: 2025-10-26-02:00 and 2025-10-26-02:00+0100.

    Raises:
        PartitionsError: clocks are changed by a part of an hour, as in Australia/Lord_Howe. Which hour Dagster
            takes a key for there (02:30 or 03:00) depends on the time of the year that it is asked in.
    """

    unit = "hour"
    hint = "Write a day as 2026-05-03, or a whole hour as 2026-05-03T07:00:00Z."
    key_format = "%Y-%m-%d-%H:%M"

    def __post_init__(self) -> None:
        if not changes_by_whole_hours(self.zone, self.first):
            raise uneven_timezone(self.timezone)
        if self.first.astimezone(self.zone).strftime("%M:%S.%f") != "00:00.000000":
            raise unaligned_partitions(self.start, self.unit, self.timezone, self.hint)
        super().__post_init__()

    def _position(self, time: datetime) -> int:
        return (time - self.first) // _HOUR

    def _border(self, position: int) -> datetime:
        return self.first + position * _HOUR

    def _key(self, position: int) -> str:
        local = self._border(position).astimezone(self.zone)
        return local.strftime(self.key_format + "%z" if local.fold else self.key_format)

    def _parsed(self, key: str) -> datetime:
        try:
            return datetime.strptime(key, self.key_format).replace(tzinfo=self.zone).astimezone(UTC)
        except ValueError:
            return datetime.strptime(key, self.key_format + "%z").astimezone(UTC)


class _Calendar(Partitions):
    """Partitions that start at the midnight of a day, and are keyed by that day."""

    def _position(self, time: datetime) -> int:
        position = self._near(time.astimezone(self.zone).date())
        # Clocks that are set back over midnight bring a date back after the next day has begun.
        while self._border(position + 1) <= time:
            position += 1
        while self._border(position) > time:
            position -= 1
        return position

    def _border(self, position: int) -> datetime:
        return midnight(self._day(position), self.zone)

    def _key(self, position: int) -> str:
        return self._day(position).isoformat()

    @abstractmethod
    def _day(self, position: int) -> date:
        """Return the day that a partition starts with."""

    @abstractmethod
    def _near(self, day: date) -> int:
        """Return the number of the partition that holds `day`."""


class Daily(_Calendar):
    """A partition for each day, keyed 2026-05-03.

    A day that a time zone skipped as a whole (2011-12-30 in Pacific/Apia) has no partition; Dagster lists it, empty.
    """

    unit = "day"
    hint = "Write a day as 2026-05-03."

    def _day(self, position: int) -> date:
        return date.fromordinal(position)

    def _near(self, day: date) -> int:
        return day.toordinal()


class Weekly(_Calendar):
    """A partition for each week, keyed by its first day; `start` decides which day of the week that is.

    Let `start` be a Monday for weeks of the calendar (ISO 8601). Dagster's own weeks start on Sunday if nothing is
    said; ours are handed to Dagster with their weekday.
    """

    unit = "week"
    hint = "Write a day as 2026-05-04; weeks start on the weekday of the first one, and the end lies on that weekday."

    @cached_property
    def _anchor(self) -> int:
        return self.first.astimezone(self.zone).toordinal()

    def _day(self, position: int) -> date:
        return date.fromordinal(self._anchor + 7 * position)

    def _near(self, day: date) -> int:
        return (day.toordinal() - self._anchor) // 7


class Monthly(_Calendar):
    """A partition for each month, keyed by its first day, as 2026-05-01."""

    unit = "month"
    hint = "Write the first day of a month as 2026-05-01."

    def _day(self, position: int) -> date:
        return date(position // 12, position % 12 + 1, 1)

    def _near(self, day: date) -> int:
        return day.year * 12 + day.month - 1
