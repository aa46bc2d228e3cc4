"""The rules that users declare on what needs no labels: columns, predictions, and all columns together."""

from dataclasses import dataclass, fields
from datetime import timedelta

from driftline.clock import parse_duration
from driftline.drift.errors import InvalidDriftRuleError


@dataclass(frozen=True, kw_only=True)
class DataDrift:
    """When a column of a window differs from the reference.

    A column drifts if a test is significant at `alpha`, Holm-adjusted over all checks of the report, and the
    effect reaches its floor: a test alone rings on trifles of large windows, a floor alone on the noise of
    small ones. The floors are our own choice. Simulated with 30 unchanged columns, 1.0 % of 1,000 reports
    rang at 2,000 reference rows and 300 in the window, 1.5 % at 10,000 and 500; expect at most 2 %.

    Attributes:
        columns: names of the columns to check; None checks all of the reference.
        window: length of a window, like "7d" or "48h".
        alpha: chance that a report without drift names any column, in (0, 1).
        min_rows: present rows that a check needs, of the reference and of the window.
        wasserstein_floor: Wasserstein-1 distance in standard deviations of the reference.
        ks_floor: Kolmogorov-Smirnov distance, in [0, 1]; reaching this or the former counts.
        tvd_floor: total variation distance of categories, the share of rows that changed category.
        unseen_floor: share of rows in categories that the reference does not list; this or the former counts.
        missing_floor: change of the share of missing (or of non-finite) rows, either way.

    Raises:
        InvalidDriftRuleError: a value breaks its rule.
        DurationError: `window` is no length.
    """

    columns: tuple[str, ...] | None = None
    window: str = "7d"
    alpha: float = 0.01
    min_rows: int = 30
    wasserstein_floor: float = 0.10
    ks_floor: float = 0.10
    tvd_floor: float = 0.03
    unseen_floor: float = 0.01
    missing_floor: float = 0.03

    def __post_init__(self) -> None:
        parse_duration(self.window)
        _check_columns(self)
        _check_test(self)

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""
        return parse_duration(self.window)


@dataclass(frozen=True, kw_only=True)
class PredictionDrift:
    """When what the champion says in a window differs from what it said on its holdout.

    It needs no labels, so it is the earliest signal. Probabilities, or predicted numbers, are tested like a numeric
    column and the shares of the predicted classes like categories, by the same policy as `DataDrift`. The reference
    is the champion's scores on its holdout, since those on its training rows are too sure; it moves with a promotion.

    Attributes:
        window: length of a window, like "7d" or "48h".
        alpha: chance that a report without drift names any of the predictions, in (0, 1).
        min_rows: predictions that are needed, of the holdout and of the window.
        wasserstein_floor: Wasserstein-1 distance of the scores in standard deviations of the reference.
        ks_floor: Kolmogorov-Smirnov distance of the scores, in [0, 1]; reaching this or the former counts.
        tvd_floor: share of the predictions that changed class.

    Raises:
        InvalidDriftRuleError: a value breaks its rule.
        DurationError: `window` is no length.
    """

    window: str = "7d"
    alpha: float = 0.01
    min_rows: int = 30
    wasserstein_floor: float = 0.10
    ks_floor: float = 0.10
    tvd_floor: float = 0.03

    def __post_init__(self) -> None:
        parse_duration(self.window)
        _check_test(self)

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""
        return parse_duration(self.window)

    @property
    def rule(self) -> DataDrift:
        """Return the rule that scores and classes are compared by."""
        return DataDrift(**{field.name: getattr(self, field.name) for field in fields(self)})


@dataclass(frozen=True, kw_only=True)
class MultivariateDrift:
    """When the columns of a window moved together, also where none of them moved alone.

    A classifier tries to tell the window's rows from those that the champion was trained on. It takes about a second
    for each report and a thousand rows on each side. It is a rule of its own beside `DataDrift`, with its own window
    and its own chance of ringing without drift: 3 standard errors and the floor, which none of 120 simulated windows
    without drift reached.

    Attributes:
        columns: names of the columns to look at; None looks at all but the entity and those that look like ids.
        window: length of a window, like "7d" or "48h".
        min_rows: rows that are needed on each side, 100 or more.
        floor: smallest area under the ROC curve that counts, in (0.5, 1).
        smallest_z: standard errors above chance that it must also have.

    Raises:
        InvalidDriftRuleError: a value breaks its rule.
        DurationError: `window` is no length.
    """

    columns: tuple[str, ...] | None = None
    window: str = "7d"
    min_rows: int = 1000
    floor: float = 0.55
    smallest_z: float = 3.0

    def __post_init__(self) -> None:
        parse_duration(self.window)
        _check_columns(self)
        if self.min_rows < 100:
            raise _invalid(self, f"min_rows is {self.min_rows}", "Give 100 or more")
        if not 0.5 < self.floor < 1.0:
            raise _invalid(self, f"floor is {self.floor}", "Give an AUROC between 0.5 and 1, like 0.55")
        if not self.smallest_z > 0.0:
            raise _invalid(self, f"smallest_z is {self.smallest_z}", "Give more than 0.0, like 3.0")

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""
        return parse_duration(self.window)


def _check_columns(rule: DataDrift | MultivariateDrift) -> None:
    if rule.columns is not None and (isinstance(rule.columns, str) or not rule.columns):
        raise _invalid(rule, f"columns is {rule.columns!r}", "Give a tuple of names, or None for all columns")


def _check_test(rule: DataDrift | PredictionDrift) -> None:
    if not 0.0 < rule.alpha < 1.0:
        raise _invalid(rule, f"alpha is {rule.alpha}", "Give a value between 0 and 1, like 0.01")
    if rule.min_rows < 1:
        raise _invalid(rule, f"min_rows is {rule.min_rows}", "Give 1 or more")
    for name in (field.name for field in fields(rule) if field.name.endswith("_floor")):
        # A floor of 0 would let any significant trifle ring, and leaves no scale to say how large a change is.
        if not getattr(rule, name) > 0.0:
            raise _invalid(rule, f"{name} is {getattr(rule, name)}", "Give more than 0.0")


def _invalid(rule: object, problem: str, remedy: str) -> InvalidDriftRuleError:
    return InvalidDriftRuleError(type(rule).__name__, problem, remedy)
