"""Predictions joined with their ground truth, as far as it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from driftline.datasets import encode
from driftline.declaration import ModelPipeline
from driftline.errors import DuplicateRowError, MissingColumnError
from driftline.evaluation import Task
from driftline.models import Label, Model
from driftline.monitoring.outcome import Outcome, together
from driftline.monitoring.predictions import read_batches, score_columns, serving_versions
from driftline.monitoring.rows import read_rows
from driftline.registry import load_version
from driftline.store import monitoring
from driftline.store.registry import ModelVersion
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """The labelled predictions of one partition.

    Attributes:
        version: whose predictions they are.
        task: what truth and scores mean.
        truth: encoded labels, shape (n_labelled,).
        times: of the labelled rows' events in UTC, shape (n_labelled,); NaT for a table.
        scores: what the version said of them, shape (n_labelled,) or (n_labelled, n_classes).
        all_scores: what it said of all rows, labelled or not, shape (row_count,) or (row_count, n_classes).
        classes: that it tells apart, in their order; empty for numbers.
        row_count: predictions of the partition, labelled or not.
        features: the rows that were predicted, shape (row_count, n_columns).
    """

    version: ModelVersion
    task: Task
    truth: np.ndarray
    times: np.ndarray
    scores: np.ndarray
    all_scores: np.ndarray
    classes: tuple[Label, ...]
    row_count: int
    features: pd.DataFrame


def read_labelled(
    workspace: Workspace, pipeline: ModelPipeline, keys: Sequence[str], *, version: int | None = None
) -> Outcome[Labelled]:
    """Return the predictions of each partition with the labels known by now.

    A partition of which no label is known yet is there with none; one that was not predicted has failed.
    """
    serving = serving_versions(workspace, pipeline, keys, version=version)
    by_id = {found.id: found for found in serving.done.values()}
    with workspace.database.reading() as session:
        stored = monitoring.batches(session, list(by_id), list(serving.done))
    batches = {
        batch.partition_key: batch for batch in stored if serving.done[batch.partition_key].id == batch.version_id
    }
    failed = dict(serving.failed)
    for key in serving.done.keys() - batches.keys():
        failed[key] = f"{key or pipeline.name} was not predicted yet. Materialize {pipeline.name}/predictions first."
    rows = read_rows(workspace, pipeline, list(batches))
    failed |= rows.failed
    done: dict[str, Labelled] = {}
    for own_version in by_id.values():
        own = [key for key in rows.done if serving.done[key].id == own_version.id]
        if not own:
            continue
        model = load_version(workspace, own_version, trusted=pipeline.trusted)
        tables = read_batches(workspace, [batches[key].digest for key in own])
        pairs = {key: (rows.done[key], table) for key, table in zip(own, tables, strict=True)}
        joined = together(partial(_join, workspace, pipeline, own_version, model), pairs)
        done |= joined.done
        failed |= joined.failed
    if pipeline.partitions is None:
        for key in [key for key, found in done.items() if not len(found.truth)]:
            del done[key]
            failed[key] = (
                f"The holdout of {pipeline.name!r} was read again since it was predicted. "
                f"Materialize {pipeline.name}/predictions first."
            )
    return Outcome(done=done, failed=failed)


def _join(
    workspace: Workspace,
    pipeline: ModelPipeline,
    version: ModelVersion,
    model: Model,
    pairs: Mapping[str, tuple[pd.DataFrame, pa.Table]],
) -> dict[str, Labelled]:
    """Join rows and predictions of many partitions in one merge, and keep what is labelled."""
    truths = pd.concat([rows for rows, _ in pairs.values()], ignore_index=True)
    tables = [table for _, table in pairs.values()]
    predictions = pa.concat_tables(tables, promote_options="permissive").to_pandas()
    key = list(pipeline.row_key)
    doubled = int(truths.duplicated(key).sum() + predictions.duplicated(key).sum())
    if doubled:
        raise DuplicateRowError(pipeline.name, key, doubled)
    labels = truths[[*key, pipeline.target.column]]
    labels = labels[_known(workspace, pipeline, truths)]
    joined = predictions.merge(labels, on=key, how="left", sort=False)
    labelled = joined[pipeline.target.column].notna().to_numpy()
    truth = encode(pipeline.target, joined[labelled], classes=model.classes)
    times = _times(pipeline, joined[labelled])
    said = joined[score_columns(model)].to_numpy(dtype=float)
    said = said[:, 0] if said.shape[1] == 1 else said
    counts = [table.num_rows for _, table in pairs.values()]
    cuts = np.cumsum(counts)[:-1]
    ends = np.cumsum(np.add.reduceat(labelled, np.append(0, cuts), dtype=int))[:-1]
    by_label = (np.split(values, ends) for values in (truth, times, said[labelled]))
    parts = zip(*by_label, np.split(said, cuts), strict=True)
    return {
        key: Labelled(
            version=version,
            task=model.task,
            truth=own_truth,
            times=own_times,
            scores=scores,
            all_scores=all_scores,
            classes=model.classes,
            row_count=table.num_rows,
            features=rows,
        )
        for (key, (rows, table)), (own_truth, own_times, scores, all_scores) in zip(pairs.items(), parts, strict=True)
    }


def _times(pipeline: ModelPipeline, rows: pd.DataFrame) -> np.ndarray:
    if pipeline.partitions is None:
        return np.full(len(rows), np.datetime64("NaT"))
    return np.asarray(rows[pipeline.time_column].dt.tz_convert(None), dtype="datetime64[us]")


def _known(workspace: Workspace, pipeline: ModelPipeline, rows: pd.DataFrame) -> np.ndarray:
    """Return for each row whether its label is there and, by the delay of the ground truth, known by now."""
    if pipeline.target.column not in rows.columns:
        raise MissingColumnError([pipeline.target.column], rows.columns)
    there = rows[pipeline.target.column].notna()
    if pipeline.partitions is not None:
        there &= rows[pipeline.time_column] + pipeline.ground_truth.lag <= workspace.as_of()
    return there.to_numpy(dtype=bool)
