"""Performance before any label is there: estimates apart from measurements, and only of a calibrated champion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from driftline.declaration import ModelPipeline
from driftline.dossier import holdout_scores, metric_row
from driftline.metrics import ESTIMATED, Measurement, Task, estimated
from driftline.plots import CALIBRATION_ERROR
from driftline.registry import ModelVersion
from driftline.store import Session, batch_rows, evaluation_rows
from driftline.workspace import Workspace

MOST_CALIBRATION_ERROR = 0.02  # on the holdout; probabilities that are further off estimate nothing


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What is estimated of one prediction batch, which its digest names."""

    version_id: int
    partition_key: str
    row_count: int
    digest: str
    measurements: tuple[Measurement, ...]


def estimates(
    workspace: Workspace, pipeline: ModelPipeline, version: ModelVersion, task: Task, scores: Mapping[str, np.ndarray]
) -> dict[str, tuple[Measurement, ...]]:
    """Return what the pipeline's metrics are estimated to be on each partition; empty without calibration."""
    names = [name for name in pipeline.metrics if name in ESTIMATED]
    if task is not Task.BINARY or not names or not _is_calibrated(workspace, pipeline, version):
        return {}
    return {key: tuple(estimated(name, version_scores) for name in names) for key, version_scores in scores.items()}


def store_estimates(
    session: Session, pipeline: ModelPipeline, made: Sequence[Estimate], *, at: datetime, dagster_run_id: str | None
) -> None:
    """Store estimates in a series of their own; the same predictions are estimated once."""
    if not made:
        return
    dataset = f"{pipeline.name}/estimated"
    versions, keys = list({estimate.version_id for estimate in made}), [estimate.partition_key for estimate in made]
    stored = {
        (old.version_id, old.partition_key, old.digest)
        for old in evaluation_rows.newest_evaluations(session, versions, dataset, keys)
    }
    batches = {
        (batch.version_id, batch.partition_key): batch.id for batch in batch_rows.batches(session, versions, keys)
    }
    fresh = [
        estimate for estimate in made if (estimate.version_id, estimate.partition_key, estimate.digest) not in stored
    ]
    rows = [
        {
            "version_id": estimate.version_id,
            "dataset": dataset,
            "dataset_version_id": None,
            "partition_key": estimate.partition_key,
            "row_count": estimate.row_count,
            "label_count": 0,
            "evaluated_at": at,
            "digest": estimate.digest,
            "dagster_run_id": dagster_run_id,
            "batch_id": batches[estimate.version_id, estimate.partition_key],
        }
        for estimate in fresh
    ]
    evaluation_rows.add_evaluations(
        session, rows, [[metric_row(measured) for measured in estimate.measurements] for estimate in fresh]
    )


def _is_calibrated(workspace: Workspace, pipeline: ModelPipeline, version: ModelVersion) -> bool:
    error = holdout_scores(workspace, pipeline, version).get(CALIBRATION_ERROR)
    return error is not None and error.value is not None and error.value <= MOST_CALIBRATION_ERROR
