"""One measured value of a metric with its uncertainty."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """A metric's value on some rows; a value that could not be measured is None with a note, never 0.0.

    Attributes:
        metric: the metric's name.
        value: in the metric's unit; 0.0 is a measured zero.
        ci_low: lower end of the two-sided interval (95 % unless asked otherwise), None without an interval.
        ci_high: upper end of the same interval.
        standard_error: standard error of the value, in the metric's unit; None where it is unknown.
        row_count: rows the value was computed on.
        note: why there is no value or no interval, or that the interval is approximate.
    """

    metric: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    standard_error: float | None
    row_count: int
    note: str | None = None


def unmeasured(metric: str, row_count: int, note: str) -> Measurement:
    """Return the measurement of `metric` that has no value, with the reason as its note."""
    return Measurement(
        metric=metric,
        value=None,
        ci_low=None,
        ci_high=None,
        standard_error=None,
        row_count=row_count,
        note=note,
    )
