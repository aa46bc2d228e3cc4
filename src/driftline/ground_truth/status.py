"""How far ground truth has come: predictions labelled, labels that wait or have no prediction, what is late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from driftline.declaration import Declaration, ModelPipeline
from driftline.ground_truth.deliveries import predicted_rows, unpredicted
from driftline.ground_truth.labels import delivered_labels
from driftline.rows import match_positions, serving_versions
from driftline.store import batch_rows, delivery_rows, evaluation_rows
from driftline.store.batch_rows import PredictionBatch
from driftline.store.delivery_rows import GroundTruthDelivery
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class TruthStatus:
    """How far the ground truth of a stream has come.

    Attributes:
        pipeline: whose.
        as_of: what had arrived by this time is in it.
        deliveries: newest first.
        prediction_count: predictions of the champions of their time.
        label_count: those of them that are labelled: by deliveries as of now, by the dataset as last evaluated.
        waiting_count: delivered labels of rows that are not predicted yet, while the delay runs.
        orphan_count: delivered labels of rows that were never predicted, although the delay is over.
        history_count: delivered labels from before the first partition.
        corrected_count: labels that were corrected.
        oldest_unlabelled: the oldest predicted partition without any label; None: each has some.
        unlabelled_for: how long that partition has been over; None without one.
    """

    pipeline: str
    as_of: datetime
    deliveries: tuple[GroundTruthDelivery, ...]
    prediction_count: int
    label_count: int
    waiting_count: int
    orphan_count: int
    history_count: int
    corrected_count: int
    oldest_unlabelled: str | None
    unlabelled_for: timedelta | None


def truth_status(workspace: Workspace, pipeline: ModelPipeline) -> TruthStatus:
    """Return how far the ground truth of a stream has come.

    Raises:
        NotAStreamError: the pipeline has no partitions.
    """
    stream, as_of = pipeline.stream, workspace.as_of()
    with workspace.database.reading() as session:
        everything = delivery_rows.deliveries(session, pipeline.name, first=None)
        batches = batch_rows.predicted_partitions(session, pipeline.name)
    served = _serving(workspace, pipeline, batches)
    labelled, without = _delivered_counts(workspace, pipeline, served)
    counts = {**_evaluated_counts(workspace, pipeline, served), **labelled}
    unlabelled = next((key for key in served if not counts.get(key)), None)
    arrived = tuple(row for row in everything if row.arrived_at <= as_of)
    return TruthStatus(
        pipeline=pipeline.name,
        as_of=as_of,
        deliveries=arrived,
        prediction_count=sum(batch.row_count for batch, _ in served.values()),
        label_count=sum(counts.values()),
        **without,
        corrected_count=sum(row.corrected_count for row in arrived),
        oldest_unlabelled=unlabelled,
        unlabelled_for=as_of - stream.window(unlabelled).end if unlabelled else None,
    )


Served = Mapping[str, tuple[PredictionBatch, int]]


def _serving(workspace: Workspace, pipeline: ModelPipeline, batches: Sequence[tuple[PredictionBatch, int]]) -> Served:
    """Return the batch of the champion of the time, and its version's number, for each predicted partition."""
    keys = list(dict.fromkeys(batch.partition_key for batch, _ in batches))
    serving = serving_versions(workspace, pipeline, keys).done
    return {
        batch.partition_key: (batch, version)
        for batch, version in batches
        if batch.partition_key in serving and serving[batch.partition_key].id == batch.version_id
    }


def _delivered_counts(
    workspace: Workspace, pipeline: Declaration, batches: Served
) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many predictions of each partition have a delivered label, and how many labels have no prediction."""
    labels = delivered_labels(workspace, pipeline, None, workspace.as_of())
    if labels.empty:
        return {}, {"waiting_count": 0, "orphan_count": 0, "history_count": 0}
    keys = list(dict.fromkeys(pipeline.partition_keys(labels[pipeline.time_column])))
    predicted = predicted_rows(workspace, pipeline, keys)
    counts: dict[str, int] = {}
    if len(predicted.keys):
        partitions = pd.Series(pipeline.partition_keys(predicted.keys[pipeline.time_column]))
        served = partitions.map({key: version for key, (_, version) in batches.items()}).to_numpy()
        places = match_positions(predicted.keys, labels[list(pipeline.row_key)])
        labelled = pd.Series((places >= 0) & (predicted.versions == served))
        counts = {str(key): int(count) for key, count in labelled.groupby(partitions.to_numpy()).sum().items()}
    return counts, unpredicted(pipeline, labels, predicted, workspace.as_of())


def _evaluated_counts(workspace: Workspace, pipeline: ModelPipeline, batches: Served) -> dict[str, int]:
    """Return how many labels each partition's newest evaluation stands on."""
    with workspace.database.reading() as session:
        ids = list({batch.version_id for batch, _ in batches.values()})
        evaluations = evaluation_rows.newest_evaluations(session, ids, pipeline.name, list(batches))
    return {
        row.partition_key: row.label_count
        for row in evaluations
        if batches[row.partition_key][0].version_id == row.version_id
    }
