"""The one declaration: what a user says about a model, as plain values; everything else follows from it."""

from driftline.declaration.alerts import Alert, AlertKind, Severity
from driftline.declaration.ground_truth import GroundTruth
from driftline.declaration.label_contract import LabelContract, described_contract
from driftline.declaration.partitions import Daily, Hourly, Partitions
from driftline.declaration.pipeline import ModelPipeline
from driftline.declaration.policies import Promote, Retrain

__all__ = [
    "Alert",
    "AlertKind",
    "Daily",
    "GroundTruth",
    "Hourly",
    "LabelContract",
    "ModelPipeline",
    "Partitions",
    "Promote",
    "Retrain",
    "Severity",
    "described_contract",
]
