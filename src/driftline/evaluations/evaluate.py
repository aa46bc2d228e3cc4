"""Evaluations: production measured as ground truth arrives."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from driftline.declaration import Declaration, ModelPipeline
from driftline.dossier import metric_row, slice_rows, stored_measurement
from driftline.evaluations.label_counts import unlabelled
from driftline.evaluations.label_encoding import left_out
from driftline.evaluations.labelled import LabelledReader
from driftline.evaluations.labelled_rows import LabelledRows
from driftline.metrics import Measurement, Slice, measure_rows, measure_slices, scored_rows
from driftline.rows import Outcome, serving_versions
from driftline.store import evaluation_rows
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """The measurements of one partition.

    Attributes:
        version: who was measured.
        row_count: predictions.
        label_count: predictions whose label was known; the metrics are over these.
        measurements: one for each metric.
        slices: the same of the rows that share a value of a slice column.
        left_out: a sentence on predictions whose label the version cannot be measured on.
    """

    version: int
    row_count: int
    label_count: int
    measurements: tuple[Measurement, ...]
    slices: tuple[Slice, ...] = ()
    left_out: tuple[str, ...] = ()


def evaluate(
    workspace: Workspace,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    version: int | None = None,
    dagster_run_id: str | None = None,
    reader: LabelledReader | None = None,
) -> Outcome[Evaluated]:
    """Measure the stored predictions of partitions against the labels known by now, and store it.

    A partition without any label waits. A label of a class that the version does not know leaves its row out, and a
    partition with no other label has failed. The same predictions and labels are stored once; when more labels have
    come a new evaluation is added and the older one stays.

    Args:
        workspace: where predictions come from and evaluations go.
        pipeline: the declaration.
        keys: partitions, in any order; of a table, the one key TABLE_KEY.
        version: this version instead of the champion of the time.
        dagster_run_id: the Dagster run that this is part of.
        reader: what has been read already.
    """
    reader = reader or LabelledReader(workspace, pipeline)
    outcome = reader.read(keys, version=version)
    ready = {key: labelled for key, labelled in outcome.done.items() if labelled.label_count}
    others = {key: labelled for key, labelled in outcome.done.items() if key not in ready}
    failed = {key: " ".join(left_out(pipeline, [part])) for key, part in others.items() if len(part.unknown)}
    waiting = {key: unlabelled(pipeline, key, others[key].row_count) for key in others if key not in failed}
    done = {
        key: Evaluated(
            version=labelled.version,
            row_count=labelled.row_count,
            label_count=labelled.label_count,
            measurements=measure_all(pipeline, labelled),
            slices=slices_of(pipeline, labelled),
            left_out=left_out(pipeline, [labelled]),
        )
        for key, labelled in ready.items()
    }
    _store(workspace, pipeline, ready, done, as_of=reader.as_of, dagster_run_id=dagster_run_id)
    return Outcome(done=done, waiting=waiting, failed={**outcome.failed, **failed})


def measure_all(pipeline: ModelPipeline, labelled: LabelledRows) -> tuple[Measurement, ...]:
    """Return each metric of the pipeline on labelled predictions, with its interval."""
    rows = scored_rows(labelled.task, labelled.truth, labelled.scores)
    return tuple(measure_rows(name, rows) for name in pipeline.metrics)


def slices_of(pipeline: ModelPipeline, labelled: LabelledRows) -> tuple[Slice, ...]:
    """Return each metric of the pipeline on each slice of labelled predictions."""
    rows = scored_rows(labelled.task, labelled.truth, labelled.scores)
    return measure_slices(pipeline.metrics, rows, labelled.slices)


def evaluations_of(
    workspace: Workspace, pipeline: Declaration, keys: Sequence[str], *, version: int | None = None
) -> dict[str, tuple[Measurement, ...]]:
    """Return the newest measurements of each partition that is evaluated, in the order of `keys` and of the metrics.

    Args:
        workspace: where they are stored.
        pipeline: the declaration.
        keys: partitions.
        version: of this version; None for the champion of the time.
    """
    serving = serving_versions(workspace, pipeline, keys, version=version).done
    with workspace.database.reading() as session:
        ids = list({version.id for version in serving.values()})
        rows = evaluation_rows.newest_evaluations(session, ids, pipeline.name, list(keys))
        newest = {row.partition_key: row for row in rows if serving[row.partition_key].id == row.version_id}
        metrics = evaluation_rows.evaluation_metrics(session, [row.id for row in newest.values()])
    order = {name: position for position, name in enumerate(pipeline.metrics)}
    return {
        key: tuple(
            stored_measurement(newest[key], row)
            for row in sorted(metrics[newest[key].id], key=lambda row: order.get(row.metric, len(order)))
        )
        for key in keys
        if key in newest
    }


def unevaluated(
    workspace: Workspace, pipeline: Declaration, keys: Sequence[str], *, version: int | None = None
) -> list[str]:
    """Return those of `keys` that were never evaluated with the champion of their time, or with `version`."""
    evaluated = evaluations_of(workspace, pipeline, keys, version=version)
    return [key for key in keys if key not in evaluated]


def production_metric(workspace: Workspace, pipeline: ModelPipeline, metric: str) -> Sequence[tuple[str, float]]:
    """Return (partition, newest value) of a metric in production, oldest first; undefined values are left out.

    Production is the champion of each partition's time: what another version would have done is not in it.
    """
    keys = pipeline.partitions.over_by(workspace.as_of())
    return [
        (key, measured.value)
        for key, measurements in evaluations_of(workspace, pipeline, keys).items()
        for measured in measurements
        if measured.metric == metric and measured.value is not None
    ]


def _store(
    workspace: Workspace,
    pipeline: ModelPipeline,
    ready: dict[str, LabelledRows],
    done: dict[str, Evaluated],
    *,
    as_of: datetime,
    dagster_run_id: str | None,
) -> None:
    at = workspace.clock()
    digests = {key: evidence_digest(pipeline, labelled) for key, labelled in ready.items()}
    with workspace.database.transaction() as session:
        versions = list({labelled.version_id for labelled in ready.values()})
        stored = {
            (old.version_id, old.partition_key): old.digest
            for old in evaluation_rows.newest_evaluations(session, versions, pipeline.name, list(ready))
        }
        fresh = [key for key in ready if stored.get((ready[key].version_id, key)) != digests[key]]
        rows = [
            {
                "version_id": ready[key].version_id,
                "dataset": pipeline.name,
                "dataset_version_id": None,
                "partition_key": key,
                "row_count": done[key].row_count,
                "label_count": done[key].label_count,
                "left_out": list(done[key].left_out),
                "evaluated_at": at,
                "as_of": as_of,
                "digest": digests[key],
                "dagster_run_id": dagster_run_id,
                "batch_id": ready[key].batch_id,
            }
            for key in fresh
        ]
        metrics = [[metric_row(measurement) for measurement in done[key].measurements] for key in fresh]
        evaluation_rows.add_evaluations(session, rows, metrics, [slice_rows(done[key].slices) for key in fresh])


def evidence_digest(pipeline: ModelPipeline, labelled: LabelledRows) -> str:
    """Return the sha256 of the metrics' and slices' names, the labels and predictions that an evaluation stands on.

    Labels that cannot be measured count by their texts: the same without any has the digest that it always had.
    """
    content = hashlib.sha256("\0".join((*pipeline.metrics, *(f"by {name}" for name in pipeline.slices))).encode())
    content.update(labelled.row_count.to_bytes(8, "little"))
    content.update(labelled.truth.tobytes())
    content.update(labelled.scores.tobytes())
    if len(labelled.unknown):
        content.update("\0".join(labelled.unknown).encode())
    return content.hexdigest()
