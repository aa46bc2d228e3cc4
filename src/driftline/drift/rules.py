"""The rules on performance that users declare: for people, and for the retraining."""

from dataclasses import KW_ONLY, dataclass
from datetime import timedelta
from typing import Literal

from driftline.clock import parse_duration
from driftline.drift.errors import InvalidDriftRuleError
from driftline.metrics import Task, metric


@dataclass(frozen=True)
class PerformanceDrift:
    """When a window of the champion's predictions is worse than it should be.

    Without `below` or `above`, a window is compared with the champion's reference score: it is worse if the
    drop is significant at `confidence` and at least the floor. With one of them, it is worse if its whole
    one-sided interval lies on the wrong side of that level.

    Attributes:
        metric: name of the metric, driftline's or scikit-learn's.
        below: level under which a greater-is-better metric is bad.
        above: level over which a lower-is-better metric is bad.
        window: length of a window, like "7d" or "48h".
        confidence: one-sided, in (0.5, 1). None asks for no test: the level or the floor alone decides,
            strictly.
        floor: smallest drop that counts, for greater-is-better metrics in [0, 1], in the metric's unit.
        relative_floor: smallest drop that counts for all others, as a share of the reference's absolute
            value.
        m_of_n: drift is m of the last n evaluated windows being worse.
        min_labels: labelled rows that a window needs to be evaluated.
        alike_rows: of a stream, whether rows of one window may resemble each other, such as half-hours of one day. The
            champion's first 20 windows then tell by how much its metric varies more than that of independent rows,
            and a later window must be worse by so much more. Windows alone.
        method: "windows", or "sequential": the errors of a stream one by one, in the order of their events. It is
            about accuracy or brier alone, asks for no level, and needs `min_labels` since the champion took effect.
        arl: of the sequential method, how many labels are at least expected between false alarms; an alarm in the
            window is drift. Rows that follow each other must not be alike, or it rings far more often.

    Raises:
        InvalidDriftRuleError: a value breaks its rule.
        DurationError: `window` is no length.
        UnknownMetricError: no metric has that name.
    """

    metric: str
    _: KW_ONLY
    below: float | None = None
    above: float | None = None
    window: str = "7d"
    confidence: float | None = 0.99
    floor: float = 0.02
    relative_floor: float = 0.05
    m_of_n: tuple[int, int] = (2, 3)
    min_labels: int = 30
    alike_rows: bool = False
    method: Literal["windows", "sequential"] = "windows"
    arl: int = 10_000

    def __post_init__(self) -> None:
        parse_duration(self.window)
        object.__setattr__(self, "metric", metric(self.metric).name)
        self._check_level()
        self._check_method()
        if self.confidence is not None and not 0.5 < self.confidence < 1.0:
            raise _invalid(self, f"confidence is {self.confidence}", "Give a one-sided confidence like 0.99, or None")
        for name in ("floor", "relative_floor"):
            if not getattr(self, name) >= 0.0:
                raise _invalid(self, f"{name} is {getattr(self, name)}", "Give 0.0 or more")
        worse, windows = self.m_of_n
        if not 1 <= worse <= windows:
            raise _invalid(self, f"m_of_n is {self.m_of_n}", "Give (m, n) with 1 <= m <= n, like (2, 3)")
        if self.min_labels < 1:
            raise _invalid(self, f"min_labels is {self.min_labels}", "Give 1 or more")

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""
        return parse_duration(self.window)

    @property
    def level(self) -> float | None:
        """Return the declared level, `below` or `above`; None where the reference decides."""
        return self.below if self.below is not None else self.above

    @property
    def reach(self) -> timedelta:
        """Return how far back the disjoint windows of one verdict reach."""
        return self.length * (self.m_of_n[1] if self.method == "windows" else 1)

    def _check_method(self) -> None:
        if self.method not in {"windows", "sequential"}:
            raise _invalid(self, f"method is {self.method!r}", "Give 'windows' or 'sequential'")
        if self.arl < 2:
            raise _invalid(self, f"arl is {self.arl}", "Give 2 or more, like 10_000")
        if self.method == "sequential" and self.metric not in {"accuracy", "brier"}:
            raise _invalid(self, f"{self.metric} has no loss in [0, 1] for each row", "Watch accuracy or brier")
        if self.method == "sequential" and (self.level is not None or self.alike_rows):
            raise _invalid(
                self, "the sequential method has no level and no windows", "Leave below= and alike_rows= out"
            )
        if self.alike_rows and self.confidence is None:
            raise _invalid(self, "without a test it does not matter whether rows are alike", "Give a confidence")

    def _check_level(self) -> None:
        known = metric(self.metric)
        if known.scale == "none" and self.confidence is not None:
            raise _invalid(self, f"{self.metric} has no standard error to test with", "Give confidence=None")
        if self.below is not None and not known.greater_is_better:
            raise _invalid(self, f"{self.metric} is better when it is lower", "Give above= instead of below=")
        if self.above is not None and known.greater_is_better:
            raise _invalid(self, f"{self.metric} is better when it is greater", "Give below= instead of above=")
        if known.unit_interval and self.level is not None and not 0.0 < self.level < 1.0:
            raise _invalid(self, f"the level is {self.level}", f"Give a level of {self.metric} between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class RetrainTrigger:
    """When a window is bad enough to train a challenger: a rule for machines, where an alert is one for people.

    A needless training costs computing time and no trust, since its challenger is judged before it serves. So one
    window is enough, at a lower confidence than an alert asks for, and it is compared with the first live windows of
    the champion: a holdout from other days is another climate. One of them is enough to begin with.

    Attributes:
        metric: a loss, lower is better; None: brier, log_loss for more than two classes, rmse for numbers.
        window: length of a window, like "7d" or "48h".
        reference_windows: how many windows, from when the champion took effect, are the reference at most.
        confidence: one-sided, in (0.5, 1).
        relative_floor: smallest rise of the loss that counts, as a share of the reference.
        min_labels: labelled rows that a window needs, of the reference and later.

    Raises:
        InvalidDriftRuleError: a value breaks its rule.
        DurationError: `window` is no length.
        UnknownMetricError: no metric has that name.
    """

    metric: str | None = None
    window: str = "3d"
    reference_windows: int = 4
    confidence: float = 0.90
    relative_floor: float = 0.05
    min_labels: int = 30

    def __post_init__(self) -> None:
        if self.metric is not None:
            known = metric(self.metric)
            object.__setattr__(self, "metric", known.name)
            if known.greater_is_better:
                problem = f"{self.metric} is better when it is greater"
                raise _invalid(self, problem, "Give a loss, such as brier or rmse")
        if self.reference_windows < 1:
            raise _invalid(self, f"reference_windows is {self.reference_windows}", "Give 1 or more, such as 4")
        for task in Task:
            self.rule(task)

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""
        return parse_duration(self.window)

    def rule(self, task: Task) -> PerformanceDrift:
        """Return the rule that one window is compared by."""
        return PerformanceDrift(
            self.metric or _LOSSES[task],
            window=self.window,
            confidence=self.confidence,
            relative_floor=self.relative_floor,
            m_of_n=(1, 1),
            min_labels=self.min_labels,
        )


_LOSSES = {Task.BINARY: "brier", Task.MULTICLASS: "log_loss", Task.REGRESSION: "rmse"}


def _invalid(rule: object, problem: str, remedy: str) -> InvalidDriftRuleError:
    return InvalidDriftRuleError(type(rule).__name__, problem, remedy)
