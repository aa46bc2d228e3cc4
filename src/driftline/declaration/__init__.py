"""The one declaration: what a user says about a model, as plain values; everything else follows from it."""

from driftline.declaration.alerts import Alert, AlertKind, Severity
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
from driftline.declaration.ground_truth import GroundTruth
from driftline.declaration.label_contract import LabelContract, described_contract
from driftline.declaration.partitions import Daily, Hourly, Partitions
from driftline.declaration.pipeline import HOLDOUT_ROW, ModelPipeline
from driftline.declaration.policies import Promote, Retrain

__all__ = [
    "Alert",
    "AlertKind",
    "DECISION_TAG",
    "Daily",
    "GroundTruth",
    "HOLDOUT_ROW",
    "Hourly",
    "Kind",
    "LabelContract",
    "ModelPipeline",
    "PIPELINE_TAG",
    "Partitions",
    "Promote",
    "RETRAINING",
    "Retrain",
    "Severity",
    "TRIGGER_TAG",
    "VERSION_TAG",
    "backtest_job",
    "described_contract",
    "replay_op",
]
