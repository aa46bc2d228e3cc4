"""Production as it is watched: predictions, ground truth, evaluations, drift reports, alerts and their outbox."""

from driftline.monitoring.alert_inbox import Raised, raise_alerts
from driftline.monitoring.alert_listing import list_alerts
from driftline.monitoring.alert_text import Message
from driftline.monitoring.channels import Channel, open_channels
from driftline.monitoring.drift_reports import Reported, report_drift
from driftline.monitoring.evaluations import (
    Evaluated,
    evaluate,
    evaluations_of,
    holdout_score,
    production_metric,
    store_holdout,
    unevaluated,
)
from driftline.monitoring.labelled import Labelled, read_labelled
from driftline.monitoring.outbox import Delivered, deliver, send_test
from driftline.monitoring.outcome import Outcome
from driftline.monitoring.predictions import Predicted, predict, serving_versions
from driftline.monitoring.profiles import load_prediction_profile, load_profile, store_prediction_profile, store_profile
from driftline.monitoring.reference_rows import load_reference_rows, separate, store_reference_rows
from driftline.monitoring.rows import TABLE, call_dataset, neighbours, past_partitions, read_rows

__all__ = [
    "TABLE",
    "Channel",
    "Delivered",
    "Evaluated",
    "Labelled",
    "Message",
    "Outcome",
    "Predicted",
    "Raised",
    "Reported",
    "call_dataset",
    "deliver",
    "evaluate",
    "evaluations_of",
    "holdout_score",
    "list_alerts",
    "load_prediction_profile",
    "load_profile",
    "load_reference_rows",
    "neighbours",
    "open_channels",
    "past_partitions",
    "predict",
    "production_metric",
    "raise_alerts",
    "read_labelled",
    "read_rows",
    "report_drift",
    "send_test",
    "separate",
    "serving_versions",
    "store_holdout",
    "store_prediction_profile",
    "store_profile",
    "store_reference_rows",
    "unevaluated",
]
