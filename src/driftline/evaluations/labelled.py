"""Predictions joined with their ground truth, as far as it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from driftline.datasets import encode, slice_values
from driftline.datasets.errors import MissingColumnError
from driftline.declaration import ModelPipeline
from driftline.evaluations.errors import duplicate_rows
from driftline.ground_truth import known_truth
from driftline.metrics import Task
from driftline.models import Label, Model
from driftline.predictions import PROPENSITY, SERVED, read_batches, score_columns, with_all_served
from driftline.registry import ModelVersion, load_version
from driftline.rows import Outcome, RowReader, serving_versions, together
from driftline.store import batch_rows
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """The labelled predictions of one partition.

    Attributes:
        version: whose predictions they are.
        task: what truth and scores mean.
        keys: of the labelled rows, shape (n_labelled, n_key_columns).
        truth: encoded labels, shape (n_labelled,).
        times: of the labelled rows' events in UTC, shape (n_labelled,); NaT for a table.
        scores: what the version said of them, shape (n_labelled,) or (n_labelled, n_classes).
        served: whether the version served them, shape (n_labelled,); all, but while a bandit ran.
        propensities: how probable it was that it serves them, shape (n_labelled,).
        all_scores: what it said of all rows, labelled or not, shape (row_count,) or (row_count, n_classes).
        classes: that it tells apart, in their order; empty for numbers.
        row_count: predictions of the partition, labelled or not.
        delivered_count: of the labels, those that were delivered; the others are the dataset's.
        features: the rows that were predicted, shape (row_count, n_columns).
        slices: of each slice column of the pipeline, the values of the labelled rows as texts, shape (n_labelled,).
    """

    version: ModelVersion
    task: Task
    keys: pd.DataFrame
    truth: np.ndarray
    times: np.ndarray
    scores: np.ndarray
    served: np.ndarray
    propensities: np.ndarray
    all_scores: np.ndarray
    classes: tuple[Label, ...]
    row_count: int
    delivered_count: int
    features: pd.DataFrame
    slices: Mapping[str, np.ndarray] = field(default_factory=dict)


class LabelledReader:
    """Reads the labelled predictions of partitions once, however often they are asked for in one piece of work.

    Attributes:
        rows: the rows of the dataset, read once, too.
        as_of: all labels that had arrived by this time are known; of later ones, some may be.
    """

    def __init__(self, workspace: Workspace, pipeline: ModelPipeline) -> None:
        self.rows = RowReader(workspace, pipeline)
        self.as_of = workspace.as_of()
        self._workspace = workspace
        self._pipeline = pipeline
        self._known: dict[tuple[int | None, str], Labelled] = {}

    def read(self, keys: Sequence[str], *, version: int | None = None) -> Outcome[Labelled]:
        """Return what `read_labelled` returned for each partition when it was first asked for."""
        fresh = [key for key in keys if (version, key) not in self._known]
        found = read_labelled(self._workspace, self._pipeline, fresh, version=version, rows=self.rows)
        self._known |= {(version, key): labelled for key, labelled in found.done.items()}
        done = {key: self._known[version, key] for key in keys if (version, key) in self._known}
        return Outcome(done=done, failed=found.failed)


def read_labelled(
    workspace: Workspace,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    version: int | None = None,
    rows: RowReader | None = None,
) -> Outcome[Labelled]:
    """Return the predictions of each partition with the labels known by now.

    A partition of which no label is known yet is there with none; one that was not predicted has failed.

    Args:
        workspace: where predictions and delivered labels are.
        pipeline: the declaration.
        keys: partitions, in any order; of a table, the one key TABLE.
        version: of this version instead of the champion of the time.
        rows: what has been read of the dataset already.
    """
    serving = serving_versions(workspace, pipeline, keys, version=version)
    by_id = {found.id: found for found in serving.done.values()}
    with workspace.database.reading() as session:
        stored = batch_rows.batches(session, list(by_id), list(serving.done))
    batches = {
        batch.partition_key: batch for batch in stored if serving.done[batch.partition_key].id == batch.version_id
    }
    failed = dict(serving.failed)
    for key in serving.done.keys() - batches.keys():
        failed[key] = f"{key or pipeline.name} was not predicted yet. Materialize {pipeline.name}/predictions first."
    read = (rows or RowReader(workspace, pipeline)).read(list(batches))
    failed |= read.failed
    done: dict[str, Labelled] = {}
    for own_version in by_id.values():
        own = [key for key in read.done if serving.done[key].id == own_version.id]
        if not own:
            continue
        model = load_version(workspace, own_version, trusted=pipeline.trusted)
        tables = [with_all_served(table) for table in read_batches(workspace, [batches[key].digest for key in own])]
        pairs = {key: (read.done[key], table) for key, table in zip(own, tables, strict=True)}
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
        raise duplicate_rows(pipeline.name, key, doubled)
    joined = _with_dataset_labels(pipeline, predictions, truths)
    known = known_truth(workspace, pipeline, joined, until=workspace.as_of())
    labelled = np.zeros(len(joined), dtype=bool)
    labelled[known.due] = known.labels.notna()
    labels = known.labels.dropna().to_frame(pipeline.target.column)
    truth = encode(pipeline.target, labels, classes=model.classes)
    times = _times(pipeline, joined[labelled])
    said = joined[score_columns(model)].to_numpy(dtype=float)
    said = said[:, 0] if said.shape[1] == 1 else said
    firsts = np.cumsum([0, *(table.num_rows for table in tables[:-1])])
    delivered = np.add.reduceat(known.delivered, firsts, dtype=int)
    ends = np.cumsum(np.add.reduceat(labelled, firsts, dtype=int))[:-1]
    logged = (joined.loc[labelled, SERVED].to_numpy(dtype=bool), joined.loc[labelled, PROPENSITY].to_numpy(dtype=float))
    sliced = {name: np.split(v, ends) for name, v in _slices(pipeline, joined[labelled], truths).items()}
    by_label = (np.split(values, ends) for values in (truth, times, said[labelled], *logged))
    keys = joined.loc[labelled, key]
    own_keys = [keys.iloc[low:high] for low, high in zip([0, *ends], [*ends, len(keys)], strict=True)]
    by_slice = [{name: own[number] for name, own in sliced.items()} for number in range(len(pairs))]
    parts = zip(own_keys, *by_label, np.split(said, firsts[1:]), delivered, by_slice, strict=True)
    return {
        partition: Labelled(
            version=version,
            task=model.task,
            keys=labelled_keys,
            truth=own_truth,
            times=own_times,
            scores=scores,
            served=served,
            propensities=propensities,
            all_scores=all_scores,
            classes=model.classes,
            row_count=table.num_rows,
            delivered_count=int(count),
            features=rows,
            slices=slices,
        )
        for (partition, (rows, table)), (
            labelled_keys,
            own_truth,
            own_times,
            scores,
            served,
            propensities,
            all_scores,
            count,
            slices,
        ) in zip(pairs.items(), parts, strict=True)
    }


def _with_dataset_labels(pipeline: ModelPipeline, predictions: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the predictions with the target column of the dataset, where it is to be read."""
    if pipeline.ground_truth.delivered or pipeline.target.column not in rows.columns:
        return predictions
    key = list(pipeline.row_key)
    return predictions.merge(rows[[*key, pipeline.target.column]], on=key, how="left", sort=False)


def _slices(pipeline: ModelPipeline, labelled: pd.DataFrame, rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the values of the slice columns of the labelled rows, in their order."""
    if not pipeline.slices:
        return {}
    lacking = [name for name in pipeline.slices if name not in rows.columns]
    if lacking:
        raise MissingColumnError(lacking, rows.columns)
    key = list(pipeline.row_key)
    told = rows[list(dict.fromkeys((*key, *pipeline.slices)))]
    return slice_values(labelled[key].merge(told, on=key, how="left", sort=False), pipeline.slices)


def _times(pipeline: ModelPipeline, rows: pd.DataFrame) -> np.ndarray:
    if pipeline.partitions is None:
        return np.full(len(rows), np.datetime64("NaT"))
    return np.asarray(rows[pipeline.time_column].dt.tz_convert(None), dtype="datetime64[us]")
