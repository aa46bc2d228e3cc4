"""Prediction batches."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.model_rows import ModelVersion, RegisteredModel
from driftline.store.upsert import insert_missing


class PredictionBatch(SQLModel, table=True):
    """One row is what one model version said about one partition; the predictions are a Parquet artifact."""

    __tablename__ = "prediction_batch"
    __table_args__ = (UniqueConstraint("version_id", "partition_key"),)

    id: int = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="model_version.id")
    partition_key: str = Field(description="empty for a table without partitions")
    window_start: datetime | None = None
    window_end: datetime | None = None
    row_count: int
    digest: str
    created_at: datetime
    dagster_run_id: str | None = None


def put_batches(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store prediction batches; a batch of the same version and partition is replaced."""
    keys = {(row["version_id"], row["partition_key"]) for row in rows}
    for version_id in {version_id for version_id, _ in keys}:
        partitions = [partition for version, partition in keys if version == version_id]
        found = select(PredictionBatch).where(
            PredictionBatch.version_id == version_id, col(PredictionBatch.partition_key).in_(partitions)
        )
        for batch in session.exec(found):
            session.delete(batch)
    session.flush()
    insert_missing(session, PredictionBatch, rows)


def batches(session: Session, version_ids: Sequence[int], partitions: Sequence[str]) -> Sequence[PredictionBatch]:
    """Return the prediction batches of these versions and partitions, by partition."""
    statement = select(PredictionBatch).where(
        col(PredictionBatch.version_id).in_(version_ids), col(PredictionBatch.partition_key).in_(partitions)
    )
    return session.exec(statement.order_by(PredictionBatch.partition_key)).all()


def predicted_partitions(
    session: Session, model: str, partitions: Sequence[str] | None = None
) -> Sequence[tuple[PredictionBatch, int]]:
    """Return (batch, version number) of the predictions of all versions of a model, by partition."""
    statement = (
        select(PredictionBatch, ModelVersion.version)
        .join(ModelVersion, col(PredictionBatch.version_id) == ModelVersion.id)
        .join(RegisteredModel, col(ModelVersion.model_id) == RegisteredModel.id)
        .where(RegisteredModel.name == model)
    )
    if partitions is not None:
        statement = statement.where(col(PredictionBatch.partition_key).in_(partitions))
    return session.exec(statement.order_by(PredictionBatch.partition_key, col(PredictionBatch.id))).all()
