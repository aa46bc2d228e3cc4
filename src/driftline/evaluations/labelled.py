"""Predictions joined with their ground truth, as far as it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from driftline.datasets import slice_values
from driftline.datasets.errors import MissingColumnError
from driftline.declaration import ModelPipeline
from driftline.evaluations.errors import duplicate_rows
from driftline.evaluations.label_encoding import encode_labels
from driftline.evaluations.labelled_rows import LabelledRows, Scorer, labelled_frame
from driftline.ground_truth import known_truth
from driftline.models import Model
from driftline.predictions import PROPENSITY, SERVED, read_batches, score_columns
from driftline.registry import ModelVersion
from driftline.rows import Outcome, PartitionReader, match_positions, run_batched
from driftline.store import batch_rows
from driftline.workspace import Workspace


class LabelledReader:
    """Reads the labelled predictions of partitions once, however often they are asked for in one piece of work.

    Attributes:
        partitions: who serves them, their models and the rows of the dataset, read once, too.
        as_of: all labels that had arrived by this time are known; of later ones, some may be.
    """

    def __init__(self, workspace: Workspace, pipeline: ModelPipeline) -> None:
        self.partitions = PartitionReader(workspace, pipeline)
        self.as_of = workspace.as_of()
        self._workspace = workspace
        self._pipeline = pipeline
        self._done: dict[tuple[int | None, str], LabelledRows] = {}
        self._failed: dict[tuple[int | None, str], str] = {}

    def read(self, keys: Sequence[str], *, version: int | None = None) -> Outcome[LabelledRows]:
        """Return what `read_labelled` returned for each partition when it was first asked for."""
        fresh = [key for key in keys if (version, key) not in self._done and (version, key) not in self._failed]
        if fresh:
            outcome = read_labelled(self._workspace, self._pipeline, fresh, version=version, reader=self.partitions)
            self._done |= {(version, key): labelled for key, labelled in outcome.done.items()}
            self._failed |= {(version, key): why for key, why in outcome.failed.items()}
        return Outcome(
            done={key: self._done[version, key] for key in keys if (version, key) in self._done},
            failed={key: self._failed[version, key] for key in keys if (version, key) in self._failed},
        )

    def score_again(self, version: ModelVersion, keys: Sequence[str]) -> dict[str, LabelledRows]:
        """Return what a version would have predicted for partitions, with their labels; nothing of it is stored.

        A partition whose rows cannot be read or scored is left out.
        """
        rows = self.partitions.rows(keys).done
        scored = run_batched(partial(self._score, version), rows)
        return dict(scored.done)

    def _score(self, version: ModelVersion, rows: Mapping[str, pd.DataFrame]) -> dict[str, LabelledRows]:
        pipeline, model = self._pipeline, self.partitions.model(version)
        frame = pd.concat(list(rows.values()), ignore_index=True)
        encoded = encode_labels(pipeline, model, known_truth(self._workspace, pipeline, frame, until=self.as_of))
        keys = frame[list(pipeline.row_key)]
        labelled = labelled_frame(
            Scorer(version_id=version.id, version=version.version, task=model.task, classes=model.classes),
            {key: len(part) for key, part in rows.items()},
            keys=keys,
            times=_times(pipeline, keys),
            truth=encoded.truth,
            scores=model.score(frame),
            unknown=encoded.unknown,
        )
        return labelled.by_partition(rows)


def read_labelled(
    workspace: Workspace,
    pipeline: ModelPipeline,
    keys: Sequence[str],
    *,
    version: int | None = None,
    reader: PartitionReader | None = None,
) -> Outcome[LabelledRows]:
    """Return the predictions of each partition with the labels known by now.

    A partition of which no label is known yet is there with none; one that was not predicted has failed.

    Args:
        workspace: where predictions and delivered labels are.
        pipeline: the declaration.
        keys: partitions, in any order; of a table, the one key TABLE_KEY.
        version: of this version instead of the champion of the time.
        reader: what has been read already.
    """
    reader = reader or PartitionReader(workspace, pipeline)
    serving = reader.serving(keys, version=version)
    by_id = {version.id: version for version in serving.done.values()}
    with workspace.database.reading() as session:
        stored = batch_rows.batches(session, list(by_id), list(serving.done))
    batches = {
        batch.partition_key: batch for batch in stored if serving.done[batch.partition_key].id == batch.version_id
    }
    failed = dict(serving.failed)
    for key in serving.done.keys() - batches.keys():
        title = pipeline.partitions.title(key)
        failed[key] = f"There is no prediction of {title} yet. Materialize {pipeline.name}/predictions first."
    read = reader.rows(list(batches))
    failed |= read.failed
    done: dict[str, LabelledRows] = {}
    for scorer_version in by_id.values():
        keys_of_version = [key for key in read.done if serving.done[key].id == scorer_version.id]
        if not keys_of_version:
            continue
        model = reader.model(scorer_version)
        tables = read_batches(workspace, pipeline, [batches[key].digest for key in keys_of_version])
        joined = run_batched(
            partial(_join, workspace, pipeline, scorer_version, model),
            {
                key: _Predictions(batch_id=batches[key].id, table=table, rows=read.done[key])
                for key, table in zip(keys_of_version, tables, strict=True)
            },
        )
        done |= joined.done
        failed |= joined.failed
    if not pipeline.partitions.is_stream:
        for key in [key for key, labelled in done.items() if not labelled.label_count + len(labelled.unknown)]:
            del done[key]
            failed[key] = (
                f"The holdout of {pipeline.name!r} was read again since it was predicted. "
                f"Materialize {pipeline.name}/predictions first."
            )
    return Outcome(done=done, failed=failed)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Predictions:
    """The stored predictions of a partition, and its rows of the dataset."""

    batch_id: int
    table: pa.Table
    rows: pd.DataFrame


def _join(
    workspace: Workspace,
    pipeline: ModelPipeline,
    version: ModelVersion,
    model: Model,
    parts: Mapping[str, _Predictions],
) -> dict[str, LabelledRows]:
    """Join rows and predictions of many partitions by one match of their keys."""
    rows = pd.concat([part.rows for part in parts.values()], ignore_index=True)
    predictions = pa.concat_tables([part.table for part in parts.values()], promote_options="permissive").to_pandas()
    key = list(pipeline.row_key)
    keys = predictions[key]
    doubled = int(rows.duplicated(key).sum() + keys.duplicated().sum())
    if doubled:
        raise duplicate_rows(pipeline.name, key, doubled)
    predicted = _rows_of_predictions(pipeline, keys, rows)
    truth_known = known_truth(workspace, pipeline, predicted.labels, until=workspace.as_of())
    encoded = encode_labels(pipeline, model, truth_known)
    scorer = Scorer(version_id=version.id, version=version.version, task=model.task, classes=model.classes)
    frame = labelled_frame(
        scorer,
        {key: part.table.num_rows for key, part in parts.items()},
        keys=keys,
        times=_times(pipeline, keys),
        truth=encoded.truth,
        scores=predictions[score_columns(model)].to_numpy(dtype=float),
        unknown=encoded.unknown,
        delivered=truth_known.delivered,
        slices=predicted.slices,
        logged=_logged(predictions),
    )
    return frame.by_partition(
        {key: part.rows for key, part in parts.items()}, {key: part.batch_id for key, part in parts.items()}
    )


@dataclass(frozen=True, kw_only=True)
class _DatasetRows:
    """What the dataset says of each prediction: its key with the label, and the values of the slice columns."""

    labels: pd.DataFrame
    slices: Mapping[str, np.ndarray]


def _rows_of_predictions(pipeline: ModelPipeline, keys: pd.DataFrame, rows: pd.DataFrame) -> _DatasetRows:
    target, lacking = pipeline.target.column, [name for name in pipeline.slices if name not in rows.columns]
    if lacking:
        raise MissingColumnError(lacking, rows.columns)
    labels = [target] if not pipeline.ground_truth.delivered and target in rows.columns else []
    if not labels and not pipeline.slices:
        return _DatasetRows(labels=keys, slices={})
    matched = rows[[*labels, *pipeline.slices]].reindex(match_positions(keys, rows[list(keys.columns)]))
    return _DatasetRows(
        labels=keys.assign(**{name: matched[name].array for name in labels}),
        slices=slice_values(matched[list(pipeline.slices)], pipeline.slices) if pipeline.slices else {},
    )


def _logged(predictions: pd.DataFrame) -> pd.DataFrame | None:
    """Return what a bandit logged of each prediction, missing where none ran; None where none ran at all."""
    if SERVED not in predictions.columns:
        return None
    return pd.DataFrame({"served": predictions[SERVED], "propensity": predictions[PROPENSITY]})


def _times(pipeline: ModelPipeline, keys: pd.DataFrame) -> np.ndarray | None:
    if not pipeline.partitions.is_stream:
        return None
    return np.asarray(keys[pipeline.time_column].dt.tz_convert(None), dtype="datetime64[us]")
