"""Production as it is watched: predictions, ground truth, evaluations and drift reports."""

from driftline.monitoring.bandit import BanditPartition, BanditStatus, bandit_status, judge_bandit, settle_shares
from driftline.monitoring.drift_history import DriftHistory
from driftline.monitoring.drift_reports import Reported, drift_report, report_drift
from driftline.monitoring.evaluations import (
    Evaluated,
    evaluate,
    evaluations_of,
    holdout_score,
    production_metric,
    store_holdout,
    unevaluated,
)
from driftline.monitoring.ground_truth import AddedGroundTruth, add_ground_truth, add_labels, expected_labels
from driftline.monitoring.known_truth import KnownTruth, known_truth
from driftline.monitoring.label_check import from_texts
from driftline.monitoring.label_counts import LabelCount, count_labels
from driftline.monitoring.label_files import read_label_file
from driftline.monitoring.labelled import Labelled, LabelledReader, read_labelled
from driftline.monitoring.live_reference import LiveReference, live_reference
from driftline.monitoring.outcome import Outcome
from driftline.monitoring.plots import StoredPlots, draw_plot, load_plots, plot_picture, store_plots
from driftline.monitoring.predictions import Predicted, predict, serving_versions
from driftline.monitoring.profiles import (
    column_values,
    load_prediction_profile,
    load_profile,
    store_prediction_profile,
    store_profile,
)
from driftline.monitoring.reference_rows import (
    drawn_rows,
    joint_values,
    load_reference_rows,
    separate,
    store_reference_rows,
)
from driftline.monitoring.references import References
from driftline.monitoring.renewal import is_outdated, outdated
from driftline.monitoring.rows import (
    TABLE,
    call_dataset,
    future_rows,
    given_rows,
    neighbours,
    partitions_between,
    past_partitions,
    read_rows,
    rows_of,
)
from driftline.monitoring.shadow import evaluate_shadow, predict_shadow, shadows
from driftline.monitoring.shadow_comparison import ShadowComparison, compare_shadow
from driftline.monitoring.tenures import Tenure, tenure
from driftline.monitoring.truth_status import TruthStatus, truth_status
from driftline.monitoring.windows import LabelledWindow, Measured, measure_window, read_window

__all__ = [
    "TABLE",
    "AddedGroundTruth",
    "BanditPartition",
    "BanditStatus",
    "DriftHistory",
    "Evaluated",
    "KnownTruth",
    "LabelCount",
    "Labelled",
    "LabelledReader",
    "LabelledWindow",
    "LiveReference",
    "Measured",
    "Outcome",
    "Predicted",
    "References",
    "Reported",
    "ShadowComparison",
    "StoredPlots",
    "Tenure",
    "TruthStatus",
    "add_ground_truth",
    "add_labels",
    "bandit_status",
    "call_dataset",
    "column_values",
    "compare_shadow",
    "count_labels",
    "draw_plot",
    "drawn_rows",
    "drift_report",
    "evaluate",
    "evaluate_shadow",
    "evaluations_of",
    "expected_labels",
    "from_texts",
    "future_rows",
    "given_rows",
    "holdout_score",
    "is_outdated",
    "joint_values",
    "judge_bandit",
    "known_truth",
    "live_reference",
    "load_plots",
    "load_prediction_profile",
    "load_profile",
    "load_reference_rows",
    "measure_window",
    "neighbours",
    "outdated",
    "partitions_between",
    "past_partitions",
    "plot_picture",
    "predict",
    "predict_shadow",
    "production_metric",
    "read_label_file",
    "read_labelled",
    "read_rows",
    "read_window",
    "report_drift",
    "rows_of",
    "separate",
    "serving_versions",
    "settle_shares",
    "shadows",
    "store_holdout",
    "store_plots",
    "store_prediction_profile",
    "store_profile",
    "store_reference_rows",
    "tenure",
    "truth_status",
    "unevaluated",
]
