"""How a stream is cut: its partitions, and how much of it the first model learns from."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from driftline.starter.errors import no_first_model, times_ahead, too_rare_rows, too_short_a_stream

ENOUGH_ROWS = 30  # in most partitions; an evaluation of fewer says little
MOST_HOURS = timedelta(days=14)  # a shorter stream is cut by hours
LEAST_PARTITIONS, LEAST_HOURS = 8, 24
FIRST_SHARE, MOST_FIRST = 0.3, 90  # of the stream, and of partitions, which the first model learns from
HOLDOUT_SHARE = 0.2  # of what it learns from
LEAST_LEARNT, LEAST_HELD_OUT = 40, 10  # labels that it learns from, and that it is measured on
FEW = 0.001  # of the rows: what lies before the others by more than half of the whole span is a slip of a clock


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
        notes: sentences on rows that it takes no notice of.
    """

    calendar: Calendar
    rows: int
    start: str
    end: str | None
    training_window: str
    holdout: str
    delay: str
    window: str
    notes: tuple[str, ...]


def cut_stream(name: str, times: pd.Series, labels: pd.Series, now: datetime) -> StreamCut:
    """Return how to cut a stream with these times.

    Args:
        name: of the column.
        times: in UTC.
        labels: of the same rows; missing where they are not known.
        now: a stream whose last row is two partitions old has ended.

    Raises:
        SourceTableError: all times lie ahead of now, most months have none, they span less than a day from the first
            label, or no beginning of the stream has the labels that a first model needs.
    """
    present, notes = _bulk(name, times.dropna(), now)
    known = _known(present, labels)
    first, last = present[labels.reindex(present.index).notna()].min(), present.max()  # nothing is learnt before labels
    if last - first < timedelta(hours=LEAST_HOURS):
        raise too_short_a_stream(name, last - first, LEAST_HOURS)
    calendar = _calendar(name, present, last - first)
    borders = pd.period_range(first.tz_localize(None), last.tz_localize(None), freq=calendar.period)
    begun = borders[0].start_time
    learnt = min(FIRST_SHARE * (last - first), MOST_FIRST * calendar.length)
    starts = [border.start_time for border in borders[1:] if border.start_time - begun >= learnt]
    start = next((one for one in starts if _can_be_learnt(known, begun, one, calendar)), None)
    if start is None:
        raise no_first_model(name, LEAST_LEARNT + LEAST_HELD_OUT)
    end = None if now - last < 2 * calendar.length else (borders[-1] + 1).start_time
    holdout = _holdout(start - begun, calendar)
    return StreamCut(
        calendar=calendar,
        rows=int(_counts(present, calendar).median()),
        start=start.strftime(calendar.form),
        end=None if end is None else end.strftime(calendar.form),
        training_window=_written(start - begun),
        holdout=_written(holdout),
        delay=_written(calendar.length),
        window=_written(max(4 * calendar.length, min(timedelta(days=7), 24 * calendar.length))),
        notes=tuple(notes),
    )


def _bulk(name: str, times: pd.Series, now: datetime) -> tuple[pd.Series, list[str]]:
    """Return the times that a stream is cut by, and a sentence for each kind of others."""
    notes, past = [], times[times <= now]
    if past.empty:
        raise times_ahead(name, _minute(times.min()))
    if len(past) < len(times):
        notes.append(f"{_rows(len(times) - len(past))} ahead of now, the last at {_minute(times.max())}.")
    first, last = past.quantile(FEW, interpolation="higher"), past.max()
    bulk = past[past >= first - (last - first)]
    if len(bulk) < len(past):
        notes.append(f"{_rows(len(past) - len(bulk))} long before all others, the first at {_minute(past.min())}.")
    return bulk, notes


def _minute(time: pd.Timestamp) -> str:
    return time.tz_localize(None).isoformat(" ", "minutes")  # with four digits of the year, whichever it is


def _rows(count: int) -> str:
    return f"{count:,} {'row lies' if count == 1 else 'rows lie'}"


def _known(times: pd.Series, labels: pd.Series) -> pd.DataFrame:
    """Return the times of the labels, sorted, each with the number of its label."""
    frame = pd.DataFrame({"time": times.dt.tz_localize(None), "label": labels.reindex(times.index)}).dropna()
    return frame.assign(label=pd.factorize(frame["label"])[0]).sort_values("time", ignore_index=True)


def _can_be_learnt(known: pd.DataFrame, begun: pd.Timestamp, start: pd.Timestamp, calendar: Calendar) -> bool:
    """Return whether what is known at the start can be learnt from, and measured on its newest part."""
    first, end = known["time"].searchsorted([begun, start - calendar.length])
    if end == first:
        return False
    newest = known["time"].iloc[end - 1] - _holdout(start - begun, calendar)
    middle = known["time"].searchsorted(newest, side="right")
    parts = (known["label"].iloc[first:middle], known["label"].iloc[middle:end])
    return all(
        len(part) >= least and part.min() < part.max()
        for part, least in zip(parts, (LEAST_LEARNT, LEAST_HELD_OUT), strict=True)
    )


def _holdout(learnt: timedelta, calendar: Calendar) -> timedelta:
    return max(_whole(HOLDOUT_SHARE * learnt, calendar), calendar.length)


def _calendar(name: str, times: pd.Series, span: timedelta) -> Calendar:
    """Return the finest granularity whose partitions follow each other with enough rows, else the coarsest.

    Hours are for few days.

    Raises:
        SourceTableError: most months have no rows.
    """
    possible = [
        one for one in CALENDARS if LEAST_PARTITIONS * one.length <= span and (one is not HOURLY or span < MOST_HOURS)
    ]
    counted = {one: _counts(times, one) for one in possible}
    fit = (one for one in possible if counted[one].median() >= ENOUGH_ROWS and _distance(counted[one]) == 1)
    if _distance(counted[possible[-1]]) > 1 and possible[-1] is MONTHLY:
        raise too_rare_rows(name, round(_distance(counted[MONTHLY])))
    return next(fit, possible[-1])


def _distance(counts: pd.Series) -> float:
    """Return from how many partitions one has rows, mostly."""
    return float(np.median(np.diff(np.sort(counts.index.astype("int64")))))


def _counts(times: pd.Series, calendar: Calendar) -> pd.Series:
    counts: pd.Series = times.dt.tz_localize(None).dt.to_period(calendar.period).value_counts()
    return counts


def _whole(length: timedelta, calendar: Calendar) -> timedelta:
    return length // calendar.length * calendar.length


def _written(length: timedelta) -> str:
    days, rest = divmod(length, timedelta(days=1))
    return f"{days}d" if not rest else f"{length // timedelta(hours=1)}h"
