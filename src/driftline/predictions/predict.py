"""Prediction batches: what the champion of the time predicts for each partition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from driftline.datasets import column_type
from driftline.declaration import ModelPipeline
from driftline.metrics import Measurement
from driftline.models import Model
from driftline.predictions.batch_files import score_columns, write_batch
from driftline.predictions.errors import unusable_scores
from driftline.predictions.estimates import Estimate, estimates, store_estimates
from driftline.predictions.traffic import splits, with_split
from driftline.registry import ModelVersion, record_declaration
from driftline.rows import Outcome, PartitionReader, run_batched
from driftline.store import batch_rows
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """One stored prediction batch, with what its metrics are estimated to be where the version is calibrated."""

    version: int
    row_count: int
    mean_score: float | None
    digest: str
    estimates: tuple[Measurement, ...] = ()


def predict(
    workspace: Workspace,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    version: int | None = None,
    dagster_run_id: str | None = None,
    reader: PartitionReader | None = None,
) -> Outcome[Predicted]:
    """Predict partitions with the version that was champion at each one's start, and store the batches.

    While a bandit runs, the batch says of each row whether this version serves it, and how probable that was.

    Args:
        workspace: where models come from and batches go.
        pipeline: the declaration.
        keys: partitions, in any order; of a table, the one key TABLE_KEY.
        version: this version instead of the champion of the time.
        dagster_run_id: the Dagster run that this is part of.
        reader: what has been read already.
    """
    reader = reader or PartitionReader(workspace, pipeline)
    serving = reader.serving(keys, version=version)
    read = reader.rows(list(serving.done))
    failed = {**serving.failed, **read.failed}
    model_id = reader.model_id
    split = {} if model_id is None else splits(workspace, pipeline.name, model_id, list(read.done))
    done: dict[str, Predicted] = {}
    stored = []
    estimated: list[Estimate] = []
    for of_version in {version.id: version for version in serving.done.values()}.values():
        keys_of_version = [key for key in read.done if serving.done[key].id == of_version.id]
        model = reader.model(of_version)
        scored = run_batched(partial(_scores, pipeline, model), {key: read.done[key] for key in keys_of_version})
        failed |= scored.failed
        if not scored.done:
            continue
        table = _table(pipeline, model, [read.done[key] for key in scored.done], list(scored.done.values()))
        expected = estimates(workspace, pipeline, of_version, model.task, scored.done)
        start = 0
        for key, key_scores in scored.done.items():
            predicted = with_split(pipeline, table.slice(start, len(key_scores)), of_version.id, split.get(key))
            digest = workspace.artifacts.put(write_batch(predicted))
            start += len(key_scores)
            mean = float(key_scores.mean()) if key_scores.ndim == 1 else None
            done[key] = Predicted(
                version=of_version.version,
                row_count=len(key_scores),
                mean_score=mean,
                digest=digest,
                estimates=expected.get(key, ()),
            )
            if done[key].estimates:
                estimated.append(_estimate(key, of_version, done[key]))
            batch = _batch(pipeline, key, of_version, done[key])
            stored.append({**batch, "created_at": workspace.clock(), "dagster_run_id": dagster_run_id})
    with workspace.database.transaction() as session:
        declared = record_declaration(session, pipeline, workspace.clock()) if stored else None
        batch_rows.append_batches(session, [{**batch, "declaration_digest": declared} for batch in stored])
        store_estimates(session, pipeline, estimated, at=workspace.clock(), dagster_run_id=dagster_run_id)
    return Outcome(done=done, waiting=serving.waiting, failed=failed)


def _scores(pipeline: ModelPipeline, model: Model, frames: Mapping[str, pd.DataFrame]) -> dict[str, np.ndarray]:
    """Return the scores of each partition from one call of the model; keys that cannot be kept are refused first."""
    rows = pd.concat(frames.values(), ignore_index=True)
    for name in pipeline.row_key:
        column_type(name, rows[name])
    scores = model.score(rows)
    unusable = int((~np.isfinite(scores)).sum())
    if unusable:
        raise unusable_scores(unusable, scores.size)
    cuts = np.cumsum([len(frame) for frame in frames.values()])[:-1]
    return dict(zip(frames, np.split(scores, cuts), strict=True))


def _table(
    pipeline: ModelPipeline, model: Model, frames: Sequence[pd.DataFrame], scores: Sequence[np.ndarray]
) -> pa.Table:
    keys = pd.concat(frames, ignore_index=True)[list(pipeline.row_key)]
    for name, column in keys.select_dtypes("category").items():  # other batches may hold the same as plain text
        keys[name] = column.astype(column.cat.categories.dtype)
    stacked = np.concatenate(scores)
    columns = stacked.T if stacked.ndim > 1 else [stacked]
    table = pa.Table.from_pandas(keys, preserve_index=False)
    for name, values in zip(score_columns(model), columns, strict=True):
        table = table.append_column(name, pa.array(values))
    return table


def _batch(pipeline: ModelPipeline, key: str, version: ModelVersion, predicted: Predicted) -> dict[str, object]:
    window = pipeline.partitions.window(key)
    return {
        "version_id": version.id,
        "partition_key": key,
        "window_start": window.start if window else None,
        "window_end": window.end if window else None,
        "row_count": predicted.row_count,
        "digest": predicted.digest,
    }


def _estimate(key: str, version: ModelVersion, predicted: Predicted) -> Estimate:
    return Estimate(
        version_id=version.id,
        partition_key=key,
        row_count=predicted.row_count,
        digest=predicted.digest,
        measurements=predicted.estimates,
    )
