"""The column of event times: how its values are read."""

import json
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd
from pandas.api import types

from driftline.starter.errors import ambiguous_times, not_times

_NUMBERED = tuple(f"{first}{sign}{second}{sign}%Y" for sign in "./-" for first, second in (("%d", "%m"), ("%m", "%d")))
_NAMED = ("%d-%b-%Y", "%d/%b/%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%a, %d %b %Y")
_DATES = (*_NUMBERED, *(form.replace("%Y", "%y") for form in _NUMBERED), *_NAMED, "%Y-%m-%d")  # most others are ISO
_CLOCKS = ("", *(f" {clock}" for clock in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")))
_FORMS = tuple(f"{date}{clock}{zone}" for date in _DATES for clock in _CLOCKS for zone in ("", " UTC", " GMT"))
_DIGITS = {12: ("%Y%m%d%H%M",), 14: ("%Y%m%d%H%M%S",)}  # by their number; eight are ISO
_Unit = Literal["s", "ms", "us", "ns"]
_EPOCHS: dict[_Unit, tuple[float, float]] = {
    "s": (1e8, 1e11),
    "ms": (1e11, 1e14),
    "us": (1e14, 1e17),
    "ns": (1e17, 1e19),
}  # from 1973 to 5138
_ZONE = r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|:\d{2}(?:\.\d+)?[+-]\d{2})$"
_DAY_AS_NUMBER = r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])(([01]\d|2[0-3])[0-5]\d([0-5]\d)?)?"  # or its second


@dataclass(frozen=True, kw_only=True)
class EventTimes:
    """The times of a stream's rows.

    Attributes:
        code: the Python expression that makes them from `table`.
        is_naive: whether some came without a zone, and are taken as UTC.
        moments: the times in UTC; missing where the column is.
    """

    code: str
    is_naive: bool
    moments: pd.Series = field(repr=False)


def read_times(column: pd.Series) -> EventTimes:
    """Return the times in a column: of a time type, ISO 8601, in one other written form, or numbers since 1970.

    Times without a zone are taken as UTC.

    Raises:
        SourceTableError: a value is not a time, or days and months cannot be told apart.
    """
    name, present = str(column.name), column.dropna()
    if present.empty:
        raise not_times(name, None)
    is_naive = False
    source, options = f"table[{json.dumps(name, ensure_ascii=False)}]", ""
    if types.is_datetime64_any_dtype(column.dtype):
        is_naive, moments = column.dt.tz is None, pd.to_datetime(column, utc=True)
    elif types.is_numeric_dtype(column.dtype) and not _are_days(present):
        unit = _epoch(name, present)
        options, moments = f', unit="{unit}"', pd.to_datetime(column, unit=unit, utc=True)
    else:
        if types.is_numeric_dtype(column.dtype):
            source, column = f'{source}.astype("Int64").astype("str")', column.astype("Int64").astype("str")
        form = _written_form(name, column)
        is_naive = not present.astype("str").str.contains(_ZONE).all()
        options, moments = f', format="{form}"', pd.to_datetime(column, format=form, utc=True)
    return EventTimes(code=f"pd.to_datetime({source}{options}, utc=True)", is_naive=is_naive, moments=moments)


def _are_days(present: pd.Series) -> bool:
    return bool((present % 1 == 0).all() and present.astype("int64").astype("str").str.fullmatch(_DAY_AS_NUMBER).all())


def _epoch(name: str, present: pd.Series) -> _Unit:
    for unit, (low, high) in _EPOCHS.items():
        if ((present >= low) & (present < high)).all():
            return unit
    raise not_times(name, present.iloc[0].item())


def _written_form(name: str, column: pd.Series) -> str:
    """Return the format that all texts have."""
    present = column.dropna().astype("str")
    unread = pd.to_datetime(present, format="ISO8601", errors="coerce", utc=True).isna()
    if not unread.any():
        return "ISO8601"
    forms = _DIGITS.get(len(present.iloc[0]), ()) if present.str.isdecimal().all() else _FORMS
    fitting = {form: times for form in forms if (times := _read(present, form)) is not None}
    if not fitting:
        raise not_times(name, present[unread].iloc[0])
    first, *others = fitting.values()  # May is short and long
    if not all(first.equals(other) for other in others):
        raise ambiguous_times(name, present.iloc[0])
    return next(iter(fitting))


def _read(texts: pd.Series, form: str) -> pd.Series | None:
    """Return the times that are written in a form; None where one is not."""
    for some in (texts.iloc[:1], texts):  # most forms fail at the first
        times = pd.to_datetime(some, format=form, errors="coerce", utc=True)
        if times.isna().any():
            return None
    return times
