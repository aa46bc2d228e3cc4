"""Whether the world has changed: drift of columns and of performance, as statements with evidence."""

from driftline.drift.bins import CategoryBins, NumericBins
from driftline.drift.columns import column_findings
from driftline.drift.contingency import (
    ChiSquare,
    chi_square,
    share_change_p_value,
    share_rise_p_value,
)
from driftline.drift.counts import ColumnCounts, total_counts
from driftline.drift.design_effect import EARLIEST_WINDOWS, design_effect
from driftline.drift.domain_classifier import Separation, multivariate_finding
from driftline.drift.e_detector import DetectorPath, allowed_loss, e_detector, sequential_finding
from driftline.drift.effects import (
    jensen_shannon_distance,
    kolmogorov_smirnov_distance,
    population_stability_index,
    total_variation_distance,
    wasserstein_distance,
)
from driftline.drift.finding import Finding, FindingKind, overall_verdict
from driftline.drift.holm import holm_adjusted
from driftline.drift.performance import WindowVerdict, m_of_n, performance_finding, window_verdict
from driftline.drift.predictions import prediction_columns, prediction_findings
from driftline.drift.profile import (
    ColumnProfile,
    ReferenceProfile,
    count_column,
    count_columns,
    profile_column,
    profile_columns,
)
from driftline.drift.rules import PerformanceDrift, RetrainTrigger
from driftline.drift.shift_rules import DataDrift, MultivariateDrift, PredictionDrift
from driftline.drift.status import Verdict
from driftline.drift.trigger import trigger_finding

__all__ = [
    "EARLIEST_WINDOWS",
    "CategoryBins",
    "ChiSquare",
    "ColumnCounts",
    "ColumnProfile",
    "DataDrift",
    "DetectorPath",
    "Finding",
    "FindingKind",
    "MultivariateDrift",
    "NumericBins",
    "PerformanceDrift",
    "PredictionDrift",
    "ReferenceProfile",
    "RetrainTrigger",
    "Separation",
    "Verdict",
    "WindowVerdict",
    "allowed_loss",
    "chi_square",
    "column_findings",
    "count_column",
    "count_columns",
    "design_effect",
    "e_detector",
    "holm_adjusted",
    "jensen_shannon_distance",
    "kolmogorov_smirnov_distance",
    "m_of_n",
    "multivariate_finding",
    "overall_verdict",
    "performance_finding",
    "population_stability_index",
    "prediction_columns",
    "prediction_findings",
    "profile_column",
    "profile_columns",
    "sequential_finding",
    "share_change_p_value",
    "share_rise_p_value",
    "total_counts",
    "total_variation_distance",
    "trigger_finding",
    "wasserstein_distance",
    "window_verdict",
]
