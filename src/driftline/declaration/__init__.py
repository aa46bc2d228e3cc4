"""The one declaration: what a user says about a model, as plain values; everything else follows from it."""

from driftline.declaration.alerts import Alert, AlertKind, Severity
from driftline.declaration.choice import Choice
from driftline.declaration.dagster_names import (
    DECISION_TAG,
    PIPELINE_TAG,
    RETRAINING,
    TRIGGER_TAG,
    VERSION_TAG,
    Kind,
    backtest_job,
    replay_op,
)
from driftline.declaration.declaration import Declaration
from driftline.declaration.description import FORMAT, describe, read_declaration
from driftline.declaration.ground_truth import GroundTruth
from driftline.declaration.partition_calendars import Daily, Hourly, Monthly, Weekly
from driftline.declaration.partitions import Partitions
from driftline.declaration.pipeline import ModelPipeline
from driftline.declaration.policies import Promote, Retrain
from driftline.declaration.reserved_names import HOLDOUT_ROW, RESERVED_PREFIX, reserved_names
from driftline.declaration.whole_table import TABLE_KEY, Partitioning

__all__ = [
    "DECISION_TAG",
    "FORMAT",
    "HOLDOUT_ROW",
    "PIPELINE_TAG",
    "RESERVED_PREFIX",
    "RETRAINING",
    "TABLE_KEY",
    "TRIGGER_TAG",
    "VERSION_TAG",
    "Alert",
    "AlertKind",
    "Choice",
    "Daily",
    "Declaration",
    "GroundTruth",
    "Hourly",
    "Kind",
    "ModelPipeline",
    "Monthly",
    "Partitioning",
    "Partitions",
    "Promote",
    "Retrain",
    "Severity",
    "Weekly",
    "backtest_job",
    "describe",
    "read_declaration",
    "replay_op",
    "reserved_names",
]
