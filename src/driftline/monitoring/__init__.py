"""Production as it is watched: predictions, ground truth, evaluations, drift reports, alerts and their outbox."""

from driftline.monitoring.alert_inbox import Raised, raise_alerts
from driftline.monitoring.alert_listing import list_alerts
from driftline.monitoring.alert_text import Message
from driftline.monitoring.alerts import FailedRun
from driftline.monitoring.bandit import BanditPartition, BanditStatus, bandit_status, judge_bandit, settle_shares
from driftline.monitoring.channels import Channel, open_channels
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
from driftline.monitoring.outbox import Delivered, deliver, send_test
from driftline.monitoring.outcome import Outcome
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
from driftline.monitoring.rows import TABLE, call_dataset, neighbours, partitions_between, past_partitions, read_rows
from driftline.monitoring.shadow import evaluate_shadow, predict_shadow, shadows
from driftline.monitoring.shadow_comparison import ShadowComparison, compare_shadow
from driftline.monitoring.tenures import Tenure, tenure
from driftline.monitoring.truth_status import TruthStatus, truth_status

__all__ = [
    "TABLE",
    "AddedGroundTruth",
    "BanditPartition",
    "BanditStatus",
    "Channel",
    "Delivered",
    "DriftHistory",
    "Evaluated",
    "FailedRun",
    "KnownTruth",
    "LabelCount",
    "Labelled",
    "LabelledReader",
    "LiveReference",
    "Message",
    "Outcome",
    "Predicted",
    "Raised",
    "References",
    "Reported",
    "ShadowComparison",
    "Tenure",
    "TruthStatus",
    "add_ground_truth",
    "add_labels",
    "bandit_status",
    "call_dataset",
    "column_values",
    "compare_shadow",
    "count_labels",
    "deliver",
    "drawn_rows",
    "drift_report",
    "evaluate",
    "evaluate_shadow",
    "evaluations_of",
    "expected_labels",
    "from_texts",
    "holdout_score",
    "is_outdated",
    "joint_values",
    "judge_bandit",
    "known_truth",
    "list_alerts",
    "live_reference",
    "load_prediction_profile",
    "load_profile",
    "load_reference_rows",
    "neighbours",
    "open_channels",
    "outdated",
    "partitions_between",
    "past_partitions",
    "predict",
    "predict_shadow",
    "production_metric",
    "raise_alerts",
    "read_label_file",
    "read_labelled",
    "read_rows",
    "report_drift",
    "send_test",
    "separate",
    "serving_versions",
    "settle_shares",
    "shadows",
    "store_holdout",
    "store_prediction_profile",
    "store_profile",
    "store_reference_rows",
    "tenure",
    "truth_status",
    "unevaluated",
]
