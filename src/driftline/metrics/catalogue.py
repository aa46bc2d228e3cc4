"""The metrics that driftline knows, under one name each, and scikit-learn's names for them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from driftline.metrics import confusion
from driftline.metrics.confusion import ClassCounts, ClassMetric
from driftline.metrics.losses import absolute_errors, log_losses, misses, squared_errors
from driftline.metrics.mcnemar import paired_mcnemar
from driftline.metrics.metric_estimates import (
    Estimate,
    RowLosses,
    accuracy_estimate,
    auroc_estimate,
    class_metric_estimate,
    maximum_estimate,
    mean_estimate,
    median_estimate,
    percentage_estimate,
    proportion_estimate,
    ranking_estimate,
    rmse_estimate,
    variance_estimate,
)
from driftline.metrics.paired_tests import (
    paired_class_metric,
    paired_delong,
    paired_maximum,
    paired_median,
    paired_percentages,
    paired_ranking,
    paired_rmse,
    paired_t,
    paired_variance,
)
from driftline.metrics.ranking import Rank, auroc_of_classes, average_precision
from driftline.metrics.rows import SMALLEST_CLASS, FloatArray
from driftline.metrics.significance import RunPairedTest
from driftline.metrics.task import Task


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What is known about a metric.

    Attributes:
        name: as it is stored and shown.
        tasks: for which it is defined.
        greater_is_better: its direction.
        unit_interval: whether every value lies in [0, 1].
        scale: of its one-sided limits: as it is, the logit, a proportion of the rows; none without an error.
        smallest_class: rows of each class without which its standard error is of no use; 0 where classes do not matter.
        estimate: measures it with its interval.
        paired_test: compares two models on the same rows.
        losses: what each row loses, where the metric is their mean, or 1 less their mean; None where it is neither.
    """

    name: str
    tasks: tuple[Task, ...]
    greater_is_better: bool
    unit_interval: bool
    scale: Literal["identity", "logit", "proportion", "none"] = "identity"
    smallest_class: int = 0
    estimate: Estimate
    paired_test: RunPairedTest
    losses: RowLosses | None = None


_BINARY, _CLASSES, _NUMBERS = (Task.BINARY,), (Task.BINARY, Task.MULTICLASS), (Task.REGRESSION,)


def _mean(name: str, tasks: tuple[Task, ...], losses: RowLosses, *, unit_interval: bool = False) -> Metric:
    return Metric(
        name=name,
        tasks=tasks,
        greater_is_better=False,
        unit_interval=unit_interval,
        estimate=partial(mean_estimate, losses),
        paired_test=partial(paired_t, losses),
        losses=losses,
    )


def _error(
    name: str, estimate: Estimate, paired_test: RunPairedTest, *, scale: Literal["identity", "none"] = "identity"
) -> Metric:
    return Metric(
        name=name,
        tasks=_NUMBERS,
        greater_is_better=False,
        unit_interval=False,
        estimate=estimate,
        paired_test=paired_test,
        scale=scale,
    )


def _explained(name: str, *, about_mean_error: bool) -> Metric:
    return Metric(
        name=name,
        tasks=_NUMBERS,
        greater_is_better=True,
        unit_interval=False,
        estimate=partial(variance_estimate, about_mean_error=about_mean_error),
        paired_test=partial(paired_variance, about_mean_error=about_mean_error),
    )


def _ranking(name: str, task: Task, rank: Rank) -> Metric:
    return Metric(
        name=name,
        tasks=(task,),
        greater_is_better=True,
        unit_interval=True,
        scale="logit",
        smallest_class=SMALLEST_CLASS,
        estimate=partial(ranking_estimate, rank),
        paired_test=partial(paired_ranking, rank),
    )


def _of_classes(name: str, tasks: tuple[Task, ...], metric: ClassMetric) -> Metric:
    bounded = metric.lowest == 0.0
    return Metric(
        name=name,
        tasks=tasks,
        greater_is_better=True,
        unit_interval=bounded,
        scale="logit" if bounded else "identity",
        smallest_class=SMALLEST_CLASS,
        estimate=partial(class_metric_estimate, metric),
        paired_test=partial(paired_class_metric, metric),
    )


def _share_of(name: str, metric: ClassMetric, trials: Callable[[ClassCounts], FloatArray]) -> Metric:
    return Metric(
        name=name,
        tasks=_BINARY,
        greater_is_better=True,
        unit_interval=True,
        scale="logit",
        smallest_class=SMALLEST_CLASS,
        estimate=partial(proportion_estimate, metric, trials),
        paired_test=partial(paired_class_metric, metric),
    )


METRICS: dict[str, Metric] = {
    entry.name: entry
    for entry in (
        Metric(
            name="auroc",
            tasks=_BINARY,
            greater_is_better=True,
            unit_interval=True,
            scale="logit",
            smallest_class=SMALLEST_CLASS,
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
            losses=misses,
        ),
        _mean("log_loss", _CLASSES, log_losses),
        _mean("brier", _BINARY, squared_errors, unit_interval=True),
        _ranking("average_precision", Task.BINARY, average_precision),
        _share_of("precision", confusion.PRECISION, lambda counts: counts.predicted),
        _share_of("recall", confusion.RECALL, lambda counts: counts.true),
        _of_classes("f1", _BINARY, confusion.F1),
        _of_classes("balanced_accuracy", _CLASSES, confusion.BALANCED_ACCURACY),
        _of_classes("matthews_corrcoef", _CLASSES, confusion.MATTHEWS_CORRCOEF),
        _of_classes("f1_macro", _CLASSES, confusion.F1_MACRO),
        _of_classes("f1_weighted", _CLASSES, confusion.F1_WEIGHTED),
        _of_classes("precision_macro", _CLASSES, confusion.PRECISION_MACRO),
        _of_classes("recall_macro", _CLASSES, confusion.RECALL_MACRO),
        _ranking("roc_auc_ovr", Task.MULTICLASS, auroc_of_classes),
        _error("rmse", rmse_estimate, paired_rmse),
        _mean("mae", _NUMBERS, absolute_errors),
        _explained("r2", about_mean_error=False),
        _mean("mean_squared_error", _NUMBERS, squared_errors),
        _error("mean_absolute_percentage_error", percentage_estimate, paired_percentages),
        _error("median_absolute_error", median_estimate, paired_median),
        _explained("explained_variance", about_mean_error=True),
        _error("max_error", maximum_estimate, paired_maximum, scale="none"),
    )
}

# What scikit-learn calls the same thing, as a function or as a scorer.
ALIASES = {
    "roc_auc": "auroc",
    "roc_auc_score": "auroc",
    "accuracy_score": "accuracy",
    "brier_score": "brier",
    "brier_score_loss": "brier",
    "average_precision_score": "average_precision",
    "precision_score": "precision",
    "recall_score": "recall",
    "f1_score": "f1",
    "balanced_accuracy_score": "balanced_accuracy",
    "root_mean_squared_error": "rmse",
    "mean_absolute_error": "mae",
    "r2_score": "r2",
    "explained_variance_score": "explained_variance",
}
