"""What a version scored on its holdout: stored when it is trained, and what it is later compared with."""

from collections.abc import Sequence
from dataclasses import asdict

from driftline.declaration import ModelPipeline
from driftline.metrics import Measurement, Slice
from driftline.registry import ModelVersion
from driftline.store import evaluation_rows
from driftline.store.dataset_rows import DatasetVersion
from driftline.store.evaluation_rows import Evaluation, EvaluationMetric
from driftline.workspace import Workspace


def holdout_scores(workspace: Workspace, pipeline: ModelPipeline, version: ModelVersion) -> dict[str, Measurement]:
    """Return what a version scored on the newest holdout it was judged on, by metric; empty where it never was."""
    judged = version.judged_version_id or version.id
    with workspace.database.reading() as session:
        stored = evaluation_rows.newest_metrics(session, [judged], f"{pipeline.name}/holdout")
    return {row.metric: stored_measurement(evaluation, row) for evaluation, row in stored}


def store_holdout(
    workspace: Workspace,
    pipeline: ModelPipeline,
    version: ModelVersion,
    holdout: DatasetVersion,
    measurements: Sequence[Measurement],
    *,
    slices: Sequence[Slice] = (),
    dagster_run_id: str | None = None,
) -> None:
    """Store what a version scored on a holdout and on its slices: what it is later compared with."""
    row = {
        "version_id": version.id,
        "dataset": holdout.dataset,
        "dataset_version_id": holdout.id,
        "partition_key": "",
        "row_count": holdout.row_count,
        "label_count": holdout.row_count,
        "evaluated_at": workspace.clock(),
        "digest": holdout.digest,
        "dagster_run_id": dagster_run_id,
    }
    with workspace.database.transaction() as session:
        metrics = [metric_row(measured) for measured in measurements]
        evaluation_rows.add_evaluations(session, [row], [metrics], [slice_rows(slices)])


def stored_measurement(evaluation: Evaluation, row: EvaluationMetric) -> Measurement:
    """Return a stored metric as the measurement that it was."""
    return Measurement(
        metric=row.metric,
        value=row.value,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        standard_error=row.standard_error,
        row_count=evaluation.label_count,
        note=row.note,
    )


def slice_rows(slices: Sequence[Slice]) -> list[dict[str, object]]:
    """Return what was measured on each slice, a value for each column of its row in the store."""
    return [
        {"slice_column": part.column, "slice_value": part.value, **asdict(measured)}
        for part in slices
        for measured in part.measurements
    ]


def metric_row(measured: Measurement) -> dict[str, object]:
    """Return a measurement as the columns of its row."""
    return {name: value for name, value in asdict(measured).items() if name != "row_count"}
