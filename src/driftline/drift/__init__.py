"""Whether the world has changed: drift of columns and of performance, as statements with evidence."""

from driftline.drift.columns import DataDrift
from driftline.drift.domain_classifier import MultivariateDrift
from driftline.drift.e_detector import DetectorPath, ErrorSequence, e_detector
from driftline.drift.finding import Finding, FindingKind, FindingRole, overall_verdict
from driftline.drift.holm import holm_adjusted
from driftline.drift.performance import PerformanceDrift
from driftline.drift.predictions import PredictionDrift, prediction_columns
from driftline.drift.rule import DriftRule, Members, Need
from driftline.drift.separation import Columns, Separation, Separator
from driftline.drift.trigger import RetrainTrigger
from driftline.drift.verdict import FindingRule, Verdict

__all__ = [
    "Columns",
    "DataDrift",
    "DetectorPath",
    "DriftRule",
    "ErrorSequence",
    "Finding",
    "FindingKind",
    "FindingRole",
    "FindingRule",
    "Members",
    "MultivariateDrift",
    "Need",
    "PerformanceDrift",
    "PredictionDrift",
    "RetrainTrigger",
    "Separation",
    "Separator",
    "Verdict",
    "e_detector",
    "holm_adjusted",
    "overall_verdict",
    "prediction_columns",
]
