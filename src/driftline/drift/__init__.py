"""Whether the world has changed: drift of columns and of performance, as statements with evidence."""

from driftline.drift.columns import column_findings
from driftline.drift.design_effect import EARLIEST_WINDOWS, design_effect
from driftline.drift.domain_classifier import Separation, multivariate_finding
from driftline.drift.e_detector import DetectorPath, allowed_loss, e_detector, sequential_finding
from driftline.drift.finding import Finding, FindingKind, overall_verdict
from driftline.drift.holm import holm_adjusted
from driftline.drift.performance import WindowVerdict, performance_finding, window_verdict
from driftline.drift.predictions import prediction_columns, prediction_findings
from driftline.drift.rules import PerformanceDrift, RetrainTrigger
from driftline.drift.shift_rules import DataDrift, MultivariateDrift, PredictionDrift
from driftline.drift.status import Verdict
from driftline.drift.trigger import trigger_finding

__all__ = [
    "EARLIEST_WINDOWS",
    "DataDrift",
    "DetectorPath",
    "Finding",
    "FindingKind",
    "MultivariateDrift",
    "PerformanceDrift",
    "PredictionDrift",
    "RetrainTrigger",
    "Separation",
    "Verdict",
    "WindowVerdict",
    "allowed_loss",
    "column_findings",
    "design_effect",
    "e_detector",
    "holm_adjusted",
    "multivariate_finding",
    "overall_verdict",
    "performance_finding",
    "prediction_columns",
    "prediction_findings",
    "sequential_finding",
    "trigger_finding",
    "window_verdict",
]
