"""Labels that are delivered: checked, counted against what was known and predicted, and kept for good."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from driftline.datasets import content_digest, to_parquet
from driftline.declaration import LabelContract, ModelPipeline
from driftline.ground_truth.errors import delivery_in_the_past, other_model_labels
from driftline.ground_truth.labels import delivered_labels
from driftline.ground_truth.validation import MODEL_VERSION, SHOWN, Expected, checked_labels, same_labels
from driftline.models import Label
from driftline.registry import known_classes, load_timeline, version_of_row
from driftline.rows import key_texts, places_of, plain_keys
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
    workspace: Workspace, pipeline: ModelPipeline, frame: pd.DataFrame, *, actor: str, source: str | None = None
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
    return add_labels(workspace, pipeline.label_contract, frame, actor=actor, source=source)


def add_labels(
    workspace: Workspace, contract: LabelContract, frame: pd.DataFrame, *, actor: str, source: str | None = None
) -> AddedGroundTruth:
    """Do what `add_ground_truth` does, for a pipeline of which only its contract is at hand."""
    labels = checked_labels(contract, expected_labels(workspace, contract), frame, workspace.as_of())
    with workspace.lock(f"ground truth of {contract.pipeline}"):  # counts stand on what is stored, and are stored
        return _add(workspace, contract, labels, actor=actor, source=source)


def expected_labels(workspace: Workspace, contract: LabelContract) -> Expected:
    """Return what the newest dataset and the newest model say of keys and labels."""
    with workspace.database.reading() as session:
        reading = dataset_rows.newest_reading(session, contract.pipeline, passed=True)
    types = {column["name"]: column["dtype"] for column in reading.columns} if reading else {}
    held = {name: types[name] for name in contract.entity if name in types}
    texts = frozenset(name for name, dtype in held.items() if dtype in {"string", "category"})
    numbers = frozenset(name for name, dtype in held.items() if dtype.startswith(("int", "uint", "float")))
    return Expected(texts=texts, numbers=numbers, classes=_known_classes(workspace, contract.pipeline))


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
    workspace: Workspace, contract: LabelContract, labels: pd.DataFrame, *, actor: str, source: str | None
) -> AddedGroundTruth:
    _check_order(workspace, contract.pipeline)
    as_of, partitions = workspace.as_of(), contract.partition_keys(labels[contract.time_column])
    touched = list(dict.fromkeys(partitions))
    predicted = predicted_rows(workspace, contract, touched)
    _check_versions(contract, labels, predicted)
    labels = labels.drop(columns=MODEL_VERSION, errors="ignore").drop_duplicates(ignore_index=True)
    partitions = contract.partition_keys(labels[contract.time_column])
    changes = _changes(contract, labels, delivered_labels(workspace, contract, touched, as_of))
    digest = content_digest(labels)
    with workspace.database.reading() as session:
        before = delivery_rows.delivery_of(session, contract.pipeline, digest)
    if before is not None and not (changes.new | changes.corrected).any():
        again = _told(before, already=True, partitions=())
        return replace(again, new_count=0, same_count=again.row_count, corrected_count=0)
    parts = _parts(workspace, labels, partitions, changes)
    delivery = GroundTruthDelivery(
        pipeline=contract.pipeline,
        digest=digest,
        arrived_at=workspace.as_of(),
        recorded_at=workspace.clock(),
        actor=actor,
        source=source,
        row_count=len(labels),
        new_count=int(changes.new.sum()),
        same_count=int((~changes.new & ~changes.corrected).sum()),
        corrected_count=int(changes.corrected.sum()),
        **unpredicted(contract, labels, predicted, as_of),
    )
    with workspace.database.transaction() as session:
        delivery_rows.add_delivery(session, delivery, parts)
    return _told(delivery, already=False, partitions=tuple(str(part["partition_key"]) for part in parts))


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


def _changes(contract: LabelContract, labels: pd.DataFrame, known: pd.DataFrame) -> _Changes:
    places = places_of(labels, known, contract.row_key)
    there = places >= 0
    column = contract.target.column
    corrected = np.zeros(len(labels), dtype=bool)
    corrected[there] = ~same_labels(labels.loc[there, column], known[column].iloc[places[there]])
    return _Changes(new=~there, corrected=corrected)


def predicted_rows(workspace: Workspace, contract: LabelContract, partitions: Sequence[str]) -> pd.DataFrame:
    """Return the row key and the version number of all predictions of these partitions."""
    with workspace.database.reading() as session:
        found = batch_rows.predicted_partitions(session, contract.pipeline, partitions)
    key = list(contract.row_key)
    frames = [
        pq.read_table(io.BytesIO(workspace.artifacts.get(batch.digest)), columns=key, use_threads=False)
        .to_pandas()
        .assign(**{MODEL_VERSION: version})
        for batch, version in found
    ]
    return pd.concat([plain_keys(frame, key) for frame in frames], ignore_index=True) if frames else pd.DataFrame()


def _check_versions(contract: LabelContract, labels: pd.DataFrame, predicted: pd.DataFrame) -> None:
    """Refuse labels that are meant for another model than the one that predicted their rows."""
    if MODEL_VERSION not in labels.columns:
        return
    named = labels[labels[MODEL_VERSION].notna()]
    key = [*contract.row_key, MODEL_VERSION]
    wrong = named[places_of(named, predicted.drop_duplicates(), key) < 0]
    if len(wrong):
        rows = wrong.head(SHOWN)
        keys = zip(rows[MODEL_VERSION], key_texts(rows, contract.row_key), strict=True)
        shown = [f"version {version:g} for {text}" for version, text in keys]
        raise other_model_labels(contract.pipeline, len(wrong), len(labels), shown)


def unpredicted(
    contract: LabelContract, labels: pd.DataFrame, predicted: pd.DataFrame, as_of: datetime
) -> dict[str, int]:
    """Return how many labels have no prediction, by what that means."""
    key, times = list(contract.row_key), labels[contract.time_column]
    rows = predicted[key].drop_duplicates() if len(predicted) else predicted
    unknown = places_of(labels, rows, key) < 0
    history = (times < contract.partitions.first).to_numpy(dtype=bool)
    waiting = (times + contract.ground_truth.lag > as_of).to_numpy(dtype=bool)
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
    rows = labels[changed].assign(corrected=changes.corrected[changed])
    return [
        {
            "partition_key": key,
            "row_count": len(own),
            "corrected_count": int(own["corrected"].sum()),
            "digest": workspace.artifacts.put(to_parquet(own.drop(columns="corrected"))),
        }
        for key, own in rows.groupby(partitions[changed], sort=False)
    ]


def _told(delivery: GroundTruthDelivery, *, already: bool, partitions: tuple[str, ...]) -> AddedGroundTruth:
    counts = {field.name: getattr(delivery, field.name) for field in fields(AddedGroundTruth) if "_count" in field.name}
    return AddedGroundTruth(delivery_id=delivery.id, already=already, partitions=partitions, **counts)
