"""The one shape of a drift rule: what it states of itself, and what it may look at."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from driftline.drift.e_detector import DetectorPath, ErrorSequence
from driftline.drift.errors import InvalidDriftRuleError, unusable_rule
from driftline.drift.finding import Finding
from driftline.drift.separation import Columns, Separator
from driftline.metrics import Measurement, Task
from driftline.profiles import ColumnCounts, ReferenceProfile

Members = tuple[str, ...]


class Need(StrEnum):
    """A reference of a version that a rule compares with; one that no rule needs is not made."""

    SCORE = "score"
    PROFILE = "profile"
    PREDICTION_PROFILE = "prediction_profile"
    ROWS = "rows"


class ServiceView(Protocol):
    """What one version served up to the end of a partition, and the references that it is compared with.

    A window is given by the keys of its partitions, oldest first; every window of a table is the table. What is
    asked for twice is computed once.
    """

    @property
    def task(self) -> Task:
        """Return the task of the version."""

    @property
    def is_stream(self) -> bool:
        """Return whether there are time partitions."""

    @property
    def start(self) -> datetime | None:
        """Return the start of the first partition of the champion's tenure; None where it is not known."""

    @property
    def end(self) -> datetime:
        """Return the end of the newest partition of a stream."""

    def window(self, length: timedelta, *, back: int = 0) -> Members:
        """Return the partitions that end in the window `back` lengths before the newest one."""

    def between(self, start: datetime, end: datetime) -> Members:
        """Return the partitions of a stream that end after `start` and not after `end`."""

    def within(self, start: datetime, end: datetime) -> Members:
        """Return the partitions of a stream that lie wholly between `start` and `end`."""

    def row_count(self, members: Members) -> int:
        """Return how many predictions these partitions hold, labelled or not."""

    def label_count(self, members: Members) -> int:
        """Return how many labelled rows these partitions hold."""

    def smallest_class(self, members: Members) -> int | None:
        """Return the labelled rows of the rarer class; None where there are not two."""

    def measure(self, metric: str, members: Members) -> Measurement:
        """Return the metric over the labelled rows of these partitions together."""

    def errors(self, metric: str) -> ErrorSequence:
        """Return the losses of the whole tenure in the order of their events, also those after `end`."""

    def detect(self, metric: str, *, reference: float, arl: float) -> DetectorPath:
        """Return what the e-detector says after each of `errors`."""

    def column_names(self) -> Sequence[str]:
        """Return the columns of the newest partition that are watched."""

    def column_counts(self, members: Members) -> Mapping[str, ColumnCounts]:
        """Return the counts of all partitions together on the bins of `profile`; shared columns only."""

    def prediction_counts(self, members: Members) -> Mapping[str, ColumnCounts]:
        """Return likewise the counts of the predictions on the bins of `prediction_profile`."""

    def columns(self, members: Members) -> Columns:
        """Return the columns that are watched together, of all rows of these partitions."""

    def score(self, metric: str) -> Measurement | None:
        """Return what the version scored on its holdout."""

    def profile(self) -> ReferenceProfile | None:
        """Return the profile of its training rows."""

    def prediction_profile(self) -> ReferenceProfile | None:
        """Return the profile of its predictions on its holdout."""

    def reference_rows(self) -> Columns | None:
        """Return some of its training rows, by column."""

    @property
    def separate(self) -> Separator:
        """Return the classifier that tells a window from the reference."""


class DriftRule(Protocol):
    """When something has drifted, as users declare it: one frozen dataclass in a file of its own."""

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""

    @property
    def reach(self) -> timedelta:
        """Return how far back the windows of one report reach."""

    @property
    def needs(self) -> frozenset[Need]:
        """Return the references that windows are compared with."""

    @property
    def tenure_span(self) -> timedelta:
        """Return how much of the champion's tenure is looked at, from its start; 0 is none, `timedelta.max` all."""

    def findings(self, view: ServiceView) -> Iterable[Finding]:
        """Give what the rule finds in the windows that end with the newest partition of `view`."""


def first_windows(
    start: datetime, length: timedelta, count: int, *, until: datetime
) -> list[tuple[datetime, datetime]]:
    """Return start and end of the first `count` windows of a tenure, those that end by `until`."""
    ends = [start + (number + 1) * length for number in range(count)]
    return [(end - length, end) for end in ends if end <= until]


def invalid_rule(rule: object, problem: str, remedy: str) -> InvalidDriftRuleError:
    """Return the error of a rule that makes no sense."""
    return unusable_rule(type(rule).__name__, problem, remedy)


def check_columns(rule: object, columns: Sequence[str] | None) -> None:
    """Refuse a text, or no column at all, where a tuple of names is asked for."""
    if columns is not None and (isinstance(columns, str) or not columns):
        raise invalid_rule(rule, f"columns is {columns!r}", "Give a tuple of names, or None for all columns")
