"""Values that lie in a range."""

import math
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime
from typing import ClassVar

import numpy as np
import pandas as pd
from pandas.api import types

from driftline.datasets import content_of
from driftline.quality.errors import unfit_bound, unfit_column
from driftline.quality.examples import column_of, first_examples
from driftline.quality.rule import CheckedRows, QualityRule, RuleResult, row_result

_DAY = len("2026-05-03")


@dataclass(frozen=True)
class AcceptedRange(QualityRule):
    """Each value of a column of numbers or times lies between two bounds, or on one of them.

    A missing value is not out of range: how many may be missing says `MissingShare`. An infinity is a value.

    Attributes:
        column: its name.
        min_value: the least value; None: any is large enough. A time is ISO 8601 text, or a `datetime`, which is kept
            as text; a day is its midnight, in UTC for a column of times with a zone.
        max_value: the largest value, likewise.
    """

    column: str
    _: KW_ONLY
    min_value: float | str | date | None = None
    max_value: float | str | date | None = None

    kind: ClassVar[str] = "accepted_range"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_column(self.column)
        low, high = self._plain_bound("min_value"), self._plain_bound("max_value")
        if low is None and high is None:
            raise self.invalid("min_value", low, "a bound, or a max_value, or both")
        if low is not None and high is not None:
            if isinstance(low, str) is not isinstance(high, str):
                raise self.invalid("max_value", high, f"a bound of the same kind as its min_value {low!r}")
            if _order(low) > _order(high):
                raise self.invalid("max_value", high, f"a bound that is not below its min_value {low!r}")
        object.__setattr__(self, "min_value", low)
        object.__setattr__(self, "max_value", high)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the column."""
        return (self.column,)

    @property
    def description(self) -> str:
        """Return what must hold, as a sentence."""
        return f"Each value of {self.column!r} is {self._range}."

    def check(self, rows: CheckedRows) -> RuleResult:
        """Return which values are out of range.

        Raises:
            MissingColumnError: the table lacks the column.
            InvalidColumnError: the column holds neither numbers nor times, or others than the bounds.
        """
        values = column_of(rows.frame, self.column)
        broken = np.zeros(len(values), dtype=bool)
        if values.notna().any():  # a column without any value has any type
            if self.min_value is not None:
                broken |= (values < self._limit(self.min_value, values)).to_numpy(dtype=bool, na_value=False)
            if self.max_value is not None:
                broken |= (values > self._limit(self.max_value, values)).to_numpy(dtype=bool, na_value=False)
        fault = f"a value of {self.column!r} that is not {self._range}"
        remedy = "Correct the source, or declare another range."
        return row_result(self, broken, first_examples(values[broken]), fault=fault, remedy=remedy)

    @property
    def _range(self) -> str:
        if self.min_value is None:
            return f"{self.max_value} or less"
        return f"{self.min_value} or more" if self.max_value is None else f"from {self.min_value} to {self.max_value}"

    def _plain_bound(self, name: str) -> float | str | None:
        """Return a bound as a number or as text."""
        given = getattr(self, name)
        bound = given.item() if isinstance(given, np.generic) else given
        if isinstance(bound, date):
            bound = bound.isoformat()
        if bound is None or (isinstance(bound, int | float) and math.isfinite(bound) and not isinstance(bound, bool)):
            return bound
        if not isinstance(bound, str) or _time(bound) is None:
            raise self.invalid(name, given, "a finite number, or a time as '2026-05-03' or '2026-05-03T07:00:00Z'")
        return bound

    def _limit(self, bound: object, values: pd.Series) -> float | pd.Timestamp:
        """Return a bound in the kind of the values."""
        if types.is_datetime64_any_dtype(values.dtype):
            limit = pd.Timestamp(bound) if isinstance(bound, str) else None
            if limit is not None and values.dt.tz is not None and len(str(bound)) <= _DAY:
                limit = limit.tz_localize("UTC")
            if limit is not None and (limit.tz is None) is (values.dt.tz is None):
                return limit
            raise unfit_bound(self.column, content_of(values), bound)
        if not types.is_numeric_dtype(values.dtype) or types.is_bool_dtype(values.dtype):
            raise unfit_column(self.column, content_of(values))
        if not isinstance(bound, int | float):
            raise unfit_bound(self.column, content_of(values), bound)
        return bound


def _time(text: str) -> datetime | None:
    """Return the time that ISO 8601 text names, in UTC where it names no zone; None where it names no time."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _order(bound: float | str) -> float:
    """Return what two bounds of one kind are compared by: of a time its seconds since 1970."""
    time = _time(bound) if isinstance(bound, str) else None
    return float(bound) if time is None else time.timestamp()
