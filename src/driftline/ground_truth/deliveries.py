"""Labels that are delivered: checked, counted against what was known and predicted, and kept for good."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from driftline.datasets import Label, content_digest, to_parquet
from driftline.declaration import Declaration
from driftline.ground_truth.errors import delivery_in_the_past, other_model_labels
from driftline.ground_truth.labels import delivered_labels
from driftline.ground_truth.validation import (
    MODEL_VERSION,
    SHOWN,
    Expected,
    checked_labels,
    names_versions,
    same_labels,
)
from driftline.registry import known_classes, load_timeline, version_of_row
from driftline.rows import key_texts, match_positions, normalize_keys
from driftline.store import batch_rows, dataset_rows, delivery_rows, model_rows
from driftline.store.delivery_rows import GroundTruthDelivery
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class AddedGroundTruth:
    """What came of a delivery; each labelled row is counted once.

    Attributes:
        delivery_id: its row in the store.
        already: whether it was there before: then it changes nothing, and all labels are the same.
        row_count: labelled rows.
        new_count: not known before.
        same_count: known before with the same label.
        corrected_count: known before with another label; the older one is kept.
        waiting_count: of rows that are not predicted yet, while the delay runs.
        orphan_count: of rows that were never predicted, although the delay is over.
        history_count: of rows from before the first partition, which only training reads.
        partitions: those in which a label is new or corrected, oldest first.
    """

    delivery_id: int
    already: bool
    row_count: int
    new_count: int
    same_count: int
    corrected_count: int
    waiting_count: int
    orphan_count: int
    history_count: int
    partitions: tuple[str, ...]


def add_ground_truth(
    workspace: Workspace, pipeline: Declaration, frame: pd.DataFrame, *, actor: str, source: str | None = None
) -> AddedGroundTruth:
    """Store the labels of a stream's rows, known from now on, and return what is new in them.

    The same content again changes nothing. A label that differs from the one that was known is a correction:
    from now on it counts, and before it the older one did.

    Args:
        workspace: where predictions are and labels go.
        pipeline: the declaration of a stream.
        frame: the time column, the entity columns and the target column; with a column `model_version`, each label
            must be about a row that this version predicted.
        actor: who delivers.
        source: where the labels come from, in words.

    Raises:
        InvalidInputError: the labels cannot be used; nothing was stored.
        NotAStreamError: the pipeline has no partitions.
        HistoryRewriteError: labels that arrived later are stored already.
        LockedError: somebody else delivers for this pipeline just now.
    """
    pipeline.partitions.stream(pipeline.name)  # a table is refused
    labels = checked_labels(pipeline, expected_labels(workspace, pipeline), frame, workspace.as_of())
    with workspace.lock(f"ground truth of {pipeline.name}"):  # counts stand on what is stored, and are stored
        return _add(workspace, pipeline, labels, actor=actor, source=source)


def expected_labels(workspace: Workspace, pipeline: Declaration) -> Expected:
    """Return what the newest dataset and the newest model say of keys and labels."""
    with workspace.database.reading() as session:
        reading = dataset_rows.newest_reading(session, pipeline.name, passed=True)
    types = {column["name"]: column["dtype"] for column in reading.columns} if reading else {}
    held = {name: types[name] for name in pipeline.entity if name in types}
    texts = frozenset(name for name, dtype in held.items() if dtype in {"string", "category"})
    numbers = frozenset(name for name, dtype in held.items() if dtype.startswith(("int", "uint", "float")))
    return Expected(texts=texts, numbers=numbers, classes=_known_classes(workspace, pipeline.name))


def _known_classes(workspace: Workspace, pipeline: str) -> tuple[Label, ...] | None:
    """Return the classes that the champion knows, or the newest version where nobody serves."""
    with workspace.database.reading() as session:
        model = model_rows.find_model(session, pipeline)
        if model is None:
            return None
        champion = load_timeline(session, model.id).holder(workspace.as_of())
        newest = next(iter(model_rows.versions(session, model.id)), None)
    version = champion or (version_of_row(newest) if newest else None)
    return None if version is None else known_classes(workspace, version)


def _add(
    workspace: Workspace, pipeline: Declaration, labels: pd.DataFrame, *, actor: str, source: str | None
) -> AddedGroundTruth:
    _check_order(workspace, pipeline.name)
    as_of, partitions = workspace.as_of(), pipeline.partition_keys(labels[pipeline.time_column])
    touched = list(dict.fromkeys(partitions))
    predicted = predicted_rows(workspace, pipeline, touched)
    _check_versions(pipeline, labels, predicted)
    labels = labels[[*pipeline.row_key, pipeline.target.column]].drop_duplicates(ignore_index=True)
    partitions = pipeline.partition_keys(labels[pipeline.time_column])
    changes = _changes(pipeline, labels, delivered_labels(workspace, pipeline, touched, as_of))
    digest = content_digest(labels)
    with workspace.database.reading() as session:
        before = delivery_rows.delivery_of(session, pipeline.name, digest)
    if before is not None and not (changes.new | changes.corrected).any():
        again = _added(before, already=True, partitions=())
        return replace(again, new_count=0, same_count=again.row_count, corrected_count=0)
    parts = _parts(workspace, labels, partitions, changes)
    values = {
        "pipeline": pipeline.name,
        "digest": digest,
        "arrived_at": workspace.as_of(),
        "recorded_at": workspace.clock(),
        "actor": actor,
        "source": source,
        "row_count": len(labels),
        "new_count": int(changes.new.sum()),
        "same_count": int((~changes.new & ~changes.corrected).sum()),
        "corrected_count": int(changes.corrected.sum()),
        **unpredicted(pipeline, labels, predicted, as_of),
    }
    with workspace.database.transaction() as session:
        delivery = delivery_rows.add_delivery(session, values, parts)
    return _added(delivery, already=False, partitions=tuple(str(part["partition_key"]) for part in parts))


def _check_order(workspace: Workspace, pipeline: str) -> None:
    """Refuse to rewrite what was known: a delivery never arrives before one that is stored."""
    with workspace.database.reading() as session:
        last = delivery_rows.newest_delivery(session, pipeline)
    if last is not None and last.arrived_at > workspace.as_of():
        raise delivery_in_the_past(pipeline, last.arrived_at, workspace.as_of())


@dataclass(frozen=True, kw_only=True)
class _Changes:
    """Which labels of a delivery say something that was not known, shape (n_rows,) each."""

    new: np.ndarray
    corrected: np.ndarray


def _changes(pipeline: Declaration, labels: pd.DataFrame, delivered: pd.DataFrame) -> _Changes:
    key = list(pipeline.row_key)
    places = match_positions(labels[key], delivered[key])
    there = places >= 0
    column = pipeline.target.column
    corrected = np.zeros(len(labels), dtype=bool)
    corrected[there] = ~same_labels(labels.loc[there, column], delivered[column].iloc[places[there]])
    return _Changes(new=~there, corrected=corrected)


@dataclass(frozen=True, kw_only=True, eq=False)
class PredictedRows:
    """Predictions of any version: the row key and the version's number of each, shape (n_rows,)."""

    keys: pd.DataFrame
    versions: np.ndarray


def predicted_rows(workspace: Workspace, pipeline: Declaration, partitions: Sequence[str]) -> PredictedRows:
    """Return all predictions of these partitions."""
    with workspace.database.reading() as session:
        batches = batch_rows.predicted_partitions(session, pipeline.name, partitions)
    key = list(pipeline.row_key)
    contents = [io.BytesIO(workspace.artifacts.get(batch.digest)) for batch, _ in batches]
    frames = [pq.read_table(content, columns=key, use_threads=False).to_pandas() for content in contents]
    return PredictedRows(
        keys=pd.concat([normalize_keys(frame, key) for frame in frames], ignore_index=True)
        if frames
        else pd.DataFrame(columns=key),
        versions=np.repeat([version for _, version in batches], [len(frame) for frame in frames]).astype(np.int64),
    )


def _check_versions(pipeline: Declaration, labels: pd.DataFrame, predicted: PredictedRows) -> None:
    """Refuse labels that are meant for another model than the one that predicted their rows."""
    if not names_versions(pipeline, labels):
        return
    named, key = labels[labels[MODEL_VERSION].notna()], list(pipeline.row_key)
    scored = _with_versions(predicted.keys, predicted.versions).drop_duplicates()
    wrong = named[match_positions(_with_versions(named[key], named[MODEL_VERSION].to_numpy()), scored) < 0]
    if len(wrong):
        rows = wrong.head(SHOWN)
        keys = zip(rows[MODEL_VERSION], key_texts(rows, pipeline.row_key), strict=True)
        shown = [f"version {version:g} for {text}" for version, text in keys]
        raise other_model_labels(pipeline.name, len(wrong), len(labels), shown)


def _with_versions(keys: pd.DataFrame, versions: np.ndarray) -> pd.DataFrame:
    return pd.concat([keys.reset_index(drop=True), pd.Series(versions)], axis=1)


def unpredicted(
    pipeline: Declaration, labels: pd.DataFrame, predicted: PredictedRows, as_of: datetime
) -> dict[str, int]:
    """Return how many labels have no prediction, by what that means."""
    key, times = list(pipeline.row_key), labels[pipeline.time_column]
    unknown = match_positions(labels[key], predicted.keys.drop_duplicates()) < 0
    history = (times < pipeline.stream.first).to_numpy(dtype=bool)
    waiting = (times + pipeline.ground_truth.lag > as_of).to_numpy(dtype=bool)
    return {
        "waiting_count": int((unknown & ~history & waiting).sum()),
        "orphan_count": int((unknown & ~history & ~waiting).sum()),
        "history_count": int((unknown & history).sum()),
    }


def _parts(
    workspace: Workspace, labels: pd.DataFrame, partitions: np.ndarray, changes: _Changes
) -> list[dict[str, object]]:
    """Store what is new or corrected, an artifact for each partition."""
    changed = changes.new | changes.corrected
    numbers = pd.Series(np.flatnonzero(changed))
    return [
        {
            "partition_key": key,
            "row_count": len(rows),
            "corrected_count": int(changes.corrected[rows].sum()),
            "digest": workspace.artifacts.put(to_parquet(labels.iloc[rows])),
        }
        for key, rows in numbers.groupby(partitions[changed], sort=False)
    ]


def _added(delivery: GroundTruthDelivery, *, already: bool, partitions: tuple[str, ...]) -> AddedGroundTruth:
    counts = {field.name: getattr(delivery, field.name) for field in fields(AddedGroundTruth) if "_count" in field.name}
    return AddedGroundTruth(delivery_id=delivery.id, already=already, partitions=partitions, **counts)
