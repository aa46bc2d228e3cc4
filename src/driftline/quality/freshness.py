"""How old the newest row is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pandas as pd

from driftline.clock import parse_duration
from driftline.datasets.errors import not_a_time_column
from driftline.quality.errors import no_event_time, no_time
from driftline.quality.examples import column_of
from driftline.quality.rule import CheckedRows, QualityRule, RuleResult

_MINUTES = "%Y-%m-%dT%H:%MZ"


@dataclass(frozen=True, kw_only=True)
class Freshness(QualityRule):
    """The newest time of a column is at most so old, as of the time up to which was read.

    That is now, in a replay the time of the past that is replayed, and for the first model of a stream the start of its
    first partition. Looked at are all rows that were read, also those whose label is not known yet; a missing time is
    left aside.

    Attributes:
        max_age: the largest age, such as `2d`.
        column: of times with a zone; None: the event time of a stream.

    Raises:
        InvalidTimeError: `max_age` is not a duration.
    """

    max_age: str
    column: str | None = None

    kind: ClassVar[str] = "freshness"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.column is not None:
            self.check_column(self.column)
        _ = self.longest_age

    @property
    def longest_age(self) -> timedelta:
        """Return the largest age."""
        return parse_duration(self.max_age)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the column; none where it is the event time."""
        return () if self.column is None else (self.column,)

    @property
    def description(self) -> str:
        """Return what must hold, as a sentence."""
        named = "event" if self.column is None else repr(self.column)
        return f"The newest {named} is at most {self.max_age} old."

    def check(self, rows: CheckedRows) -> RuleResult:
        """Return how old the newest row is.

        Raises:
            MissingColumnError: the table lacks the column.
            InvalidColumnError: it holds no times with a zone.
        """
        column = self.column or rows.time_column
        if column is None:
            raise no_event_time()
        times = column_of(rows.source, column)
        if not times.notna().any():
            raise no_time(column)
        if not isinstance(times.dtype, pd.DatetimeTZDtype):
            raise not_a_time_column(column, f"holds {times.dtype}, not times with a zone")
        time = times.max().tz_convert("UTC")
        age = rows.as_of - time.to_pydatetime(warn=False)
        newest, as_of = f"{time:{_MINUTES}}", f"{rows.as_of:{_MINUTES}}"
        message = (
            f"The newest {column!r} is {newest}, {_rounded(age)} before {as_of}, and at most {self.max_age} are "
            "accepted. Look whether the source still delivers."
        )
        return RuleResult(
            rule=self,
            message=message if age > self.longest_age else None,
            row_count=len(times),
            measured={"newest": newest, "age": _rounded(age)},
        )


def _rounded(age: timedelta) -> str:
    """Return an age in full minutes."""
    return str(age - age % timedelta(minutes=1))
