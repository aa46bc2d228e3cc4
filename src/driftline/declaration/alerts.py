"""Alerts: what people are notified of, and how often; addresses are a setting of the deployment."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from driftline.clock import parse_duration
from driftline.declaration.errors import RuleValueError
from driftline.metrics import metric

AlertKind = Literal["drift", "evaluation", "decision", "failure", "label_lateness"]
Severity = Literal["info", "warning", "critical"]


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One thing that people are notified of.

    Attributes:
        on: `drift`: the newest report shows drift, or the level that was reached is not kept. `evaluation`: the newest
            evaluation is worse than a limit. `decision`: a version was promoted or put in place by hand, a lower level
            was accepted, or the champion kept. `failure`: a retraining or a Dagster run failed. `label_lateness`:
            labels are overdue.
        severity: how bad it is.
        cooldown: the least time between two messages about the same thing; a recovery is sent at once, and so is each
            change of who serves.
        metric: of `evaluation`: what is watched; None: the pipeline's first metric.
        worse_than: of `evaluation`: the limit; None: the pipeline's floor.
        grace: of `label_lateness`: how long after the declared delay labels count as late.
    """

    on: AlertKind
    severity: Severity = "warning"
    cooldown: str = "1d"
    metric: str | None = None
    worse_than: float | None = None
    grace: str = "1d"

    def __post_init__(self) -> None:
        if self.on not in get_args(AlertKind):
            raise RuleValueError("Alert", "on", self.on, f"one of {', '.join(get_args(AlertKind))}")
        if self.severity not in get_args(Severity):
            raise RuleValueError("Alert", "severity", self.severity, f"one of {', '.join(get_args(Severity))}")
        if self.on != "evaluation" and (self.metric is not None or self.worse_than is not None):
            raise RuleValueError("Alert", "on", self.on, "'evaluation' where a metric or worse_than is given")
        if self.worse_than is not None and not math.isfinite(self.worse_than):
            raise RuleValueError("Alert", "worse_than", self.worse_than, "a finite number")
        if self.metric is not None:
            object.__setattr__(self, "metric", metric(self.metric).name)
        _ = self.cooldown_time, self.grace_time

    @property
    def cooldown_time(self) -> timedelta:
        """Return the least time between two messages about the same thing."""
        return parse_duration(self.cooldown)

    @property
    def grace_time(self) -> timedelta:
        """Return how long after their declared delay labels count as late."""
        return parse_duration(self.grace)


DEFAULT_ALERTS = (Alert(on="drift"), Alert(on="failure"), Alert(on="decision", severity="info"))
