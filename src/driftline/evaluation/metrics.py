"""The metrics that driftline knows, and measuring one of them."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy.typing as npt

from driftline.errors import MetricNotForTaskError, UnknownMetricError
from driftline.evaluation.estimates import (
    Estimate,
    accuracy_estimate,
    auroc_estimate,
    mean_estimate,
    r2_estimate,
    rmse_estimate,
)
from driftline.evaluation.losses import absolute_errors, log_losses, squared_errors
from driftline.evaluation.measurement import Measurement, unmeasured
from driftline.evaluation.paired_tests import (
    RunPairedTest,
    paired_delong,
    paired_mcnemar,
    paired_r2,
    paired_rmse,
    paired_t,
)
from driftline.evaluation.rows import ScoredRows, scored_rows
from driftline.evaluation.task import Task


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What is known about a metric.

    Attributes:
        name: as users write it.
        tasks: for which it is defined.
        greater_is_better: its direction.
        unit_interval: whether every value lies in [0, 1].
        scale: of its one-sided limits: as it is, the logit, or a proportion of the rows.
        estimate: measures it with its interval.
        paired_test: compares two models on the same rows.
    """

    name: str
    tasks: tuple[Task, ...]
    greater_is_better: bool
    unit_interval: bool
    scale: Literal["identity", "logit", "proportion"] = "identity"
    estimate: Estimate
    paired_test: RunPairedTest


_CLASSES = (Task.BINARY, Task.MULTICLASS)

METRICS: dict[str, Metric] = {
    known.name: known
    for known in (
        Metric(
            name="auroc",
            tasks=(Task.BINARY,),
            greater_is_better=True,
            unit_interval=True,
            scale="logit",
            estimate=auroc_estimate,
            paired_test=paired_delong,
        ),
        Metric(
            name="accuracy",
            tasks=_CLASSES,
            greater_is_better=True,
            unit_interval=True,
            scale="proportion",
            estimate=accuracy_estimate,
            paired_test=paired_mcnemar,
        ),
        Metric(
            name="log_loss",
            tasks=_CLASSES,
            greater_is_better=False,
            unit_interval=False,
            estimate=partial(mean_estimate, log_losses),
            paired_test=partial(paired_t, log_losses),
        ),
        Metric(
            name="brier",
            tasks=(Task.BINARY,),
            greater_is_better=False,
            unit_interval=True,
            estimate=partial(mean_estimate, squared_errors),
            paired_test=partial(paired_t, squared_errors),
        ),
        Metric(
            name="rmse",
            tasks=(Task.REGRESSION,),
            greater_is_better=False,
            unit_interval=False,
            estimate=rmse_estimate,
            paired_test=paired_rmse,
        ),
        Metric(
            name="mae",
            tasks=(Task.REGRESSION,),
            greater_is_better=False,
            unit_interval=False,
            estimate=partial(mean_estimate, absolute_errors),
            paired_test=partial(paired_t, absolute_errors),
        ),
        Metric(
            name="r2",
            tasks=(Task.REGRESSION,),
            greater_is_better=True,
            unit_interval=False,
            estimate=r2_estimate,
            paired_test=paired_r2,
        ),
    )
}


def metrics_for(task: Task) -> tuple[str, ...]:
    """Return the names of the metrics that are defined for `task`, in the order of the registry."""
    return tuple(known.name for known in METRICS.values() if task in known.tasks)


def metric(name: str, task: Task | None = None) -> Metric:
    """Return the metric of that name; with a `task`, only if it is defined for it.

    Raises:
        UnknownMetricError: no metric has that name.
        MetricNotForTaskError: it is not defined for `task`.
    """
    if name not in METRICS:
        raise UnknownMetricError(name, METRICS)
    found = METRICS[name]
    if task is not None and task not in found.tasks:
        raise MetricNotForTaskError(name, task, metrics_for(task))
    return found


def measure(
    name: str, task: Task, truth: npt.ArrayLike, scores: npt.ArrayLike, *, confidence: float = 0.95
) -> Measurement:
    """Return the value of a metric on some rows with its standard error and two-sided interval.

    Args:
        name: of the metric.
        task: decides the shapes and ranges of the two arrays, see `Task`.
        truth: shape (n_rows,).
        scores: shape (n_rows,), or (n_rows, n_classes) for multiclass.
        confidence: two-sided, in (0, 1).

    The value is None with a note where there is no row or the metric is undefined on these rows (AUROC of one
    class, R² of a constant truth).

    Raises:
        InvalidScoresError: NaN, infinity, a probability outside [0, 1], a wrong label or shape; with counts.
        UnknownMetricError: no metric has that name.
        MetricNotForTaskError: it is not defined for `task`.
    """
    return measure_rows(name, scored_rows(task, truth, scores), confidence=confidence)


def measure_rows(name: str, rows: ScoredRows, *, confidence: float = 0.95) -> Measurement:
    """Return what `measure` returns, for checked rows: several metrics then share one check."""
    found = metric(name, rows.task)
    if rows.row_count == 0:
        return unmeasured(name, 0, "no rows")
    return found.estimate(name, rows, confidence)
