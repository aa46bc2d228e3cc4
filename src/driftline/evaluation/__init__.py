"""How good a model is: metrics, their intervals, and paired comparisons on the same rows."""

from driftline.evaluation.assignment import assigned_to_challenger, assignment_units
from driftline.evaluation.bandit import BanditRule, BanditStep, bandit_step
from driftline.evaluation.comparison import Comparison, compare
from driftline.evaluation.curves import (
    Calibration,
    ConfusionMatrix,
    RocCurve,
    calibration,
    confusion_matrix,
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
from driftline.evaluation.metrics import METRICS, Metric, measure, measure_rows, metric, metrics_for
from driftline.evaluation.off_policy import OffPolicyValue, off_policy_value
from driftline.evaluation.paired_tests import PairedTest, mcnemar
from driftline.evaluation.posterior import Beta, Cohort, Posterior, expected_loss, posterior, probability_greater
from driftline.evaluation.rows import ScoredRows, most_probable, predicted_classes, scored_rows
from driftline.evaluation.task import Task
from driftline.evaluation.unlabelled import CALIBRATION_ERROR, ESTIMATED, calibration_error, estimated

__all__ = [
    "CALIBRATION_ERROR",
    "ESTIMATED",
    "METRICS",
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
    "Posterior",
    "RocCurve",
    "ScoredRows",
    "Task",
    "assigned_to_challenger",
    "assignment_units",
    "auroc_covariance",
    "auroc_variance",
    "bandit_step",
    "calibration",
    "calibration_error",
    "compare",
    "confusion_matrix",
    "estimated",
    "expected_loss",
    "logit_interval",
    "mcnemar",
    "mean_interval",
    "measure",
    "measure_rows",
    "metric",
    "metrics_for",
    "most_probable",
    "newcombe",
    "normal_interval",
    "normal_quantile",
    "off_policy_value",
    "placements",
    "posterior",
    "predicted_classes",
    "probability_greater",
    "roc_curve",
    "scored_rows",
    "unit_losses",
    "unmeasured",
    "wilson",
]
