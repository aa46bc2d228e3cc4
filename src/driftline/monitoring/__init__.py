"""Production as it is watched: prediction batches, ground truth, evaluations and drift reports."""

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
from driftline.monitoring.outcome import Outcome
from driftline.monitoring.predictions import Predicted, predict, serving_versions
from driftline.monitoring.profiles import load_profile, store_profile
from driftline.monitoring.rows import TABLE, call_dataset, neighbours, past_partitions, read_rows

__all__ = [
    "TABLE",
    "Evaluated",
    "Labelled",
    "Outcome",
    "Predicted",
    "Reported",
    "call_dataset",
    "evaluate",
    "evaluations_of",
    "holdout_score",
    "load_profile",
    "neighbours",
    "past_partitions",
    "predict",
    "production_metric",
    "read_labelled",
    "read_rows",
    "report_drift",
    "serving_versions",
    "store_holdout",
    "store_profile",
    "unevaluated",
]
