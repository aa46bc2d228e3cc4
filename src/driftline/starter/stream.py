"""How a stream is cut: its partitions, and how much of it the first model learns from."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from driftline.starter.errors import too_short_a_stream

ENOUGH_ROWS = 30  # in most partitions; an evaluation of fewer says little
MOST_HOURS = timedelta(days=14)  # a shorter stream is cut by hours
LEAST_PARTITIONS, LEAST_HOURS = 8, 24
FIRST_SHARE, MOST_FIRST = 0.3, 90  # of the stream, and of partitions, which the first model learns from
HOLDOUT_SHARE = 0.2  # of what it learns from


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """A granularity of partitions: its class, its unit, pandas' period, its length, and how its borders are written."""

    name: str
    unit: str
    period: str
    length: timedelta
    form: str = "%Y-%m-%d"


HOURLY = Calendar(name="Hourly", unit="hour", period="h", length=timedelta(hours=1), form="%Y-%m-%dT%H:%M:%SZ")
DAILY = Calendar(name="Daily", unit="day", period="D", length=timedelta(days=1))
WEEKLY = Calendar(name="Weekly", unit="week", period="W-SUN", length=timedelta(days=7))
MONTHLY = Calendar(name="Monthly", unit="month", period="M", length=timedelta(days=31))
CALENDARS = (HOURLY, DAILY, WEEKLY, MONTHLY)  # the finest first


@dataclass(frozen=True, kw_only=True)
class StreamCut:
    """The partitions of a stream and the lengths that go with them, as a declaration writes them.

    Attributes:
        calendar: the granularity.
        rows: in the median partition that has any.
        start: the first time that is predicted.
        end: the first time after the stream; None for one that goes on.
        training_window: what a model learns from.
        holdout: the newest part of it.
        delay: how long after the event a label is taken to be known.
        window: of a look at performance and columns.
    """

    calendar: Calendar
    rows: int
    start: str
    end: str | None
    training_window: str
    holdout: str
    delay: str
    window: str


def cut_stream(name: str, times: pd.Series, now: datetime) -> StreamCut:
    """Return how to cut a stream with these times.

    Args:
        name: of the column.
        times: in UTC.
        now: a stream whose last row is two partitions old has ended.

    Raises:
        SourceTableError: the times span less than a day.
    """
    present = times.dropna()
    first, last = present.min(), present.max()
    if last - first < timedelta(hours=LEAST_HOURS):
        raise too_short_a_stream(name, last - first, LEAST_HOURS)
    calendar = _calendar(present, last - first)
    borders = pd.period_range(first.tz_localize(None), last.tz_localize(None), freq=calendar.period)
    begun = borders[0].start_time
    learnt = min(FIRST_SHARE * (last - first), MOST_FIRST * calendar.length)
    start = next(border.start_time for border in borders[1:] if border.start_time - begun >= learnt)
    end = None if now - last < 2 * calendar.length else (borders[-1] + 1).start_time
    holdout = max(_whole(HOLDOUT_SHARE * (start - begun), calendar), calendar.length)
    return StreamCut(
        calendar=calendar,
        rows=int(_counts(present, calendar).median()),
        start=start.strftime(calendar.form),
        end=None if end is None else end.strftime(calendar.form),
        training_window=_written(start - begun),
        holdout=_written(holdout),
        delay=_written(calendar.length),
        window=_written(max(4 * calendar.length, min(timedelta(days=7), 24 * calendar.length))),
    )


def _calendar(times: pd.Series, span: timedelta) -> Calendar:
    """Return the finest granularity whose partitions have enough rows, else the coarsest; hours are for few days."""
    possible = [
        one for one in CALENDARS if LEAST_PARTITIONS * one.length <= span and (one is not HOURLY or span < MOST_HOURS)
    ]
    return next((one for one in possible if _counts(times, one).median() >= ENOUGH_ROWS), possible[-1])


def _counts(times: pd.Series, calendar: Calendar) -> pd.Series:
    counts: pd.Series = times.dt.tz_localize(None).dt.to_period(calendar.period).value_counts()
    return counts


def _whole(length: timedelta, calendar: Calendar) -> timedelta:
    return length // calendar.length * calendar.length


def _written(length: timedelta) -> str:
    days, rest = divmod(length, timedelta(days=1))
    return f"{days}d" if not rest else f"{length // timedelta(hours=1)}h"
