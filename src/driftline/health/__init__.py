"""Health: the level that a pipeline has reached, whether it is kept, and since when it is lost."""

from driftline.health.assessment import Accepted, HoldoutLoss, assess, watched_length
from driftline.health.change import holdout_after
from driftline.health.health import Condition, Health, HealthRule, health_of_json
from driftline.health.losses import (
    LOSSES,
    MeanLoss,
    PartitionLoss,
    error_between,
    losses_and_excess,
    partition_loss,
    sample_mean,
)
from driftline.health.recovery import Recovery

__all__ = [
    "LOSSES",
    "Accepted",
    "Condition",
    "Health",
    "HealthRule",
    "HoldoutLoss",
    "MeanLoss",
    "PartitionLoss",
    "Recovery",
    "assess",
    "error_between",
    "health_of_json",
    "holdout_after",
    "losses_and_excess",
    "partition_loss",
    "sample_mean",
    "watched_length",
]
