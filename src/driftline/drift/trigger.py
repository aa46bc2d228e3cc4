"""Whether the champion's loss rose enough to train a challenger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from driftline.clock import parse_duration
from driftline.drift.finding import Finding
from driftline.drift.performance import PerformanceDrift, performance_finding
from driftline.drift.rule import Need, ServiceView, first_windows, invalid_rule
from driftline.drift.verdict import FindingRule, Verdict
from driftline.drift.window_verdict import window_verdict
from driftline.metrics import Measurement, Task, metric


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
        min_relative_drop: smallest rise of the loss that counts, as a share of the reference.
        min_labels: labelled rows that a window needs, of the reference and later.

    Raises:
        InvalidDriftRuleError: a value breaks its rule.
        InvalidTimeError: `window` is not a length.
        UnknownMetricError: no metric has that name.
    """

    metric: str | None = None
    window: str = "3d"
    reference_windows: int = 4
    confidence: float = 0.90
    min_relative_drop: float = 0.05
    min_labels: int = 30

    needs: ClassVar[frozenset[Need]] = frozenset()

    def __post_init__(self) -> None:
        if self.metric is not None:
            entry = metric(self.metric)
            object.__setattr__(self, "metric", entry.name)
            if entry.greater_is_better:
                problem = f"{self.metric} is better when it is greater"
                raise invalid_rule(self, problem, "Give a loss, such as brier or rmse")
        if self.reference_windows < 1:
            raise invalid_rule(self, f"reference_windows is {self.reference_windows}", "Give 1 or more, such as 4")
        for task in Task:
            self.rule(task)

    @property
    def length(self) -> timedelta:
        """Return the length of a window."""
        return parse_duration(self.window)

    @property
    def reach(self) -> timedelta:
        """Return how far back the judged window reaches."""
        return self.length

    @property
    def tenure_span(self) -> timedelta:
        """Return the champion's first windows, which are the reference."""
        return self.reference_windows * self.length

    def findings(self, view: ServiceView) -> Iterator[Finding]:
        """Give whether the newest window is worse than the champion's first ones; nothing before it has served."""
        if view.start is None:
            return
        metric_name = self.rule(view.task).metric
        windows = first_windows(view.start, self.length, self.reference_windows, until=view.end - self.length)
        parts = [view.within(start, end) for start, end in windows]
        members = view.window(self.length)
        yield trigger_finding(
            self,
            view.task,
            view.measure(metric_name, tuple(member for part in parts for member in part)),
            view.measure(metric_name, members),
            reference_labels=[view.label_count(part) for part in parts],
            prediction_count=view.row_count(members),
        )

    def rule(self, task: Task) -> PerformanceDrift:
        """Return the rule that one window is compared by."""
        return PerformanceDrift(
            self.metric or _LOSSES[task],
            window=self.window,
            confidence=self.confidence,
            min_relative_drop=self.min_relative_drop,
            m_of_n=(1, 1),
            min_labels=self.min_labels,
        )


_LOSSES = {Task.BINARY: "brier", Task.MULTICLASS: "log_loss", Task.REGRESSION: "rmse"}


def trigger_finding(
    trigger: RetrainTrigger,
    task: Task,
    reference: Measurement,
    window: Measurement,
    *,
    reference_labels: Sequence[int],
    prediction_count: int | None = None,
) -> Finding:
    """Return whether one window is worse than the champion's first live windows, marked as the trigger's.

    Args:
        trigger: what was declared.
        task: of the model; decides the metric where none is declared.
        reference: the metric over all rows of the reference windows.
        window: the metric over the labelled rows of a window after them.
        reference_labels: labelled rows of each reference window that has passed; without one that has enough of them
            the trigger is silent: too few rows.
        prediction_count: all predictions of the window, labelled or not; only part of the sentence.
    """
    rule, method = trigger.rule(task), "z test against the first live windows"
    live = sum(labels >= trigger.min_labels for labels in reference_labels)
    if not live:
        return Finding(
            kind="performance",
            name=rule.metric,
            method=method,
            verdict=Verdict.TOO_FEW_ROWS,
            rule=FindingRule.NO_LIVE_REFERENCE,
            values={"metric": rule.metric, "window": trigger.window, "min_labels": trigger.min_labels},
            effect_name="drop",
            reference_rows=sum(reference_labels),
            analysis_rows=window.row_count,
            role="trigger",
        )
    newest = window_verdict(rule, reference, window, prediction_count=prediction_count)
    compared = {"reference_windows": live, "reference_windows_considered": trigger.reference_windows}
    return replace(
        performance_finding(rule, [newest]), method=method, role="trigger", values={**newest.values, **compared}
    )
