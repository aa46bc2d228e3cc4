"""Measuring a metric by its name, driftline's or scikit-learn's."""

import numpy.typing as npt

from driftline.metrics.catalogue import ALIASES, METRICS, Metric
from driftline.metrics.errors import metric_not_for_task, not_a_mean, unknown_metric
from driftline.metrics.measurement import Measurement, unmeasured
from driftline.metrics.rows import FloatArray, ScoredRows, scored_rows
from driftline.metrics.task import Task


def metrics_for(task: Task) -> tuple[str, ...]:
    """Return the names of the metrics that are defined for `task`, in the order of the registry."""
    return tuple(entry.name for entry in METRICS.values() if task in entry.tasks)


def metric(name: str, task: Task | None = None) -> Metric:
    """Return the metric of that name, or of scikit-learn's; with a `task`, only if it is defined for it.

    Raises:
        UnknownMetricError: no metric has that name.
        UnknownMetricError: it is not defined for `task`.
    """
    entry = METRICS.get(ALIASES.get(name, name))
    if entry is None:
        raise unknown_metric(name, METRICS, ALIASES)
    if task is not None and task not in entry.tasks:
        raise metric_not_for_task(name, task, metrics_for(task))
    return entry


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
        UnknownMetricError: it is not defined for `task`.
    """
    return measure_rows(name, scored_rows(task, truth, scores), confidence=confidence)


def measure_rows(name: str, rows: ScoredRows, *, confidence: float = 0.95) -> Measurement:
    """Return what `measure` returns, for checked rows: several metrics then share one check."""
    entry = metric(name, rows.task)
    if rows.row_count == 0:
        return unmeasured(entry.name, 0, "no rows")
    return entry.estimate(entry.name, rows, confidence)


def row_losses(name: str, task: Task, truth: npt.ArrayLike, scores: npt.ArrayLike) -> FloatArray:
    """Return what each row loses, shape (n_rows,); their mean is the metric, or 1 less it where greater is better.

    Raises:
        InvalidScoresError: truth or scores break the rules of the task.
        UnknownMetricError: no metric has that name, it is not defined for `task`, or it is not a mean over rows.
    """
    entry = metric(name, task)
    if entry.losses is None:
        raise not_a_mean(name, [other for other in metrics_for(task) if METRICS[other].losses is not None])
    return entry.losses(scored_rows(task, truth, scores))
