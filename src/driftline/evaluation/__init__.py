"""How good a model is: metrics, their intervals, and paired comparisons on the same rows."""

from driftline.evaluation.assignment import assigned_to_challenger, assignment_units
from driftline.evaluation.bandit import BanditRule, BanditStep, bandit_step
from driftline.evaluation.catalogue import ALIASES, METRICS, Metric
from driftline.evaluation.comparison import Comparison, compare
from driftline.evaluation.curves import (
    Calibration,
    ConfusionMatrix,
    PrecisionRecallCurve,
    RocCurve,
    calibration,
    confusion_matrix,
    precision_recall_curve,
    roc_curve,
)
from driftline.evaluation.delong import (
    AurocCovariance,
    Placements,
    auroc_covariance,
    auroc_variance,
    placements,
)
from driftline.evaluation.intervals import (
    Interval,
    logit_interval,
    mean_interval,
    newcombe,
    normal_interval,
    normal_quantile,
    wilson,
)
from driftline.evaluation.losses import unit_losses
from driftline.evaluation.measurement import Measurement, unmeasured
from driftline.evaluation.metrics import measure, measure_rows, metric, metrics_for
from driftline.evaluation.off_policy import OffPolicyValue, off_policy_value
from driftline.evaluation.paired_tests import PairedTest, mcnemar
from driftline.evaluation.plots import (
    PLOTS,
    Plot,
    class_shares,
    plot,
    plots_for,
    plots_from_json,
    plots_of,
    plots_to_json,
)
from driftline.evaluation.posterior import Beta, Cohort, Posterior, expected_loss, posterior, probability_greater
from driftline.evaluation.residuals import Residuals, residuals
from driftline.evaluation.rows import ScoredRows, most_probable, predicted_classes, scored_rows
from driftline.evaluation.slices import MOST_VALUES, Slice, SliceComparison, compare_slices, measure_slices
from driftline.evaluation.task import Task
from driftline.evaluation.unlabelled import CALIBRATION_ERROR, ESTIMATED, calibration_error, estimated

__all__ = [
    "ALIASES",
    "CALIBRATION_ERROR",
    "ESTIMATED",
    "METRICS",
    "MOST_VALUES",
    "PLOTS",
    "AurocCovariance",
    "BanditRule",
    "BanditStep",
    "Beta",
    "Calibration",
    "Cohort",
    "Comparison",
    "ConfusionMatrix",
    "Interval",
    "Measurement",
    "Metric",
    "OffPolicyValue",
    "PairedTest",
    "Placements",
    "Plot",
    "Posterior",
    "PrecisionRecallCurve",
    "Residuals",
    "RocCurve",
    "ScoredRows",
    "Slice",
    "SliceComparison",
    "Task",
    "assigned_to_challenger",
    "assignment_units",
    "auroc_covariance",
    "auroc_variance",
    "bandit_step",
    "calibration",
    "calibration_error",
    "class_shares",
    "compare",
    "compare_slices",
    "confusion_matrix",
    "estimated",
    "expected_loss",
    "logit_interval",
    "mcnemar",
    "mean_interval",
    "measure",
    "measure_rows",
    "measure_slices",
    "metric",
    "metrics_for",
    "most_probable",
    "newcombe",
    "normal_interval",
    "normal_quantile",
    "off_policy_value",
    "placements",
    "plot",
    "plots_for",
    "plots_from_json",
    "plots_of",
    "plots_to_json",
    "posterior",
    "precision_recall_curve",
    "predicted_classes",
    "probability_greater",
    "residuals",
    "roc_curve",
    "scored_rows",
    "unit_losses",
    "unmeasured",
    "wilson",
]
