"""How good a model is: metrics, their intervals, and paired comparisons on the same rows."""

from driftline.metrics.bootstrap import GROUPS, resampled_weights
from driftline.metrics.comparison import Comparison, compare
from driftline.metrics.delong import auroc_covariance
from driftline.metrics.intervals import Interval, mean_interval, wilson
from driftline.metrics.losses import unit_losses
from driftline.metrics.measurement import Measurement, unmeasured
from driftline.metrics.metrics import measure, measure_rows, metric, row_losses
from driftline.metrics.rows import FloatArray, ScoredRows, most_probable, predicted_classes, scored_rows
from driftline.metrics.slices import MOST_VALUES, Slice, SliceComparison, compare_slices, measure_slices
from driftline.metrics.task import Task
from driftline.metrics.unlabelled import ESTIMATED, estimated

__all__ = [
    "ESTIMATED",
    "GROUPS",
    "MOST_VALUES",
    "Comparison",
    "FloatArray",
    "Interval",
    "Measurement",
    "ScoredRows",
    "Slice",
    "SliceComparison",
    "Task",
    "auroc_covariance",
    "compare",
    "compare_slices",
    "estimated",
    "mean_interval",
    "measure",
    "measure_rows",
    "measure_slices",
    "metric",
    "most_probable",
    "predicted_classes",
    "resampled_weights",
    "row_losses",
    "scored_rows",
    "unit_losses",
    "unmeasured",
    "wilson",
]
