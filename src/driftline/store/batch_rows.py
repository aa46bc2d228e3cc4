"""Prediction batches."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from driftline.store.model_rows import ModelVersionRow, RegisteredModel
from driftline.store.upsert import insert_missing


class PredictionBatch(SQLModel, table=True):
    """One row is what one model version said about one partition; the predictions are a Parquet artifact.

    A partition that is predicted again gets another revision; the newest one counts, and the older ones are kept.
    """

    __tablename__ = "prediction_batch"
    __table_args__ = (UniqueConstraint("version_id", "partition_key", "revision"),)

    id: int = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="model_version.id")
    partition_key: str = Field(description="empty for a table without partitions")
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    window_start: datetime | None = None
    window_end: datetime | None = None
    row_count: int
    digest: str
    created_at: datetime
    dagster_run_id: str | None = None
    declaration_digest: str | None = Field(
        default=None, foreign_key="declaration.digest", description="the declaration that was in force"
    )


def append_batches(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store prediction batches; one with other content than the newest of its version and partition is a new revision.

    The content that is stored already stays as it is.
    """
    versions = list({row["version_id"] for row in rows})
    newest = {
        (batch.version_id, batch.partition_key): batch
        for batch in batches(session, versions, [row["partition_key"] for row in rows])
    }
    fresh = []
    for row in rows:
        before = newest.get((row["version_id"], row["partition_key"]))
        if before is None or before.digest != row["digest"]:
            fresh.append({**row, "revision": before.revision + 1 if before else 1})
    insert_missing(session, PredictionBatch, fresh)


def batches(session: Session, version_ids: Sequence[int], partitions: Sequence[str]) -> Sequence[PredictionBatch]:
    """Return the newest prediction batches of these versions and partitions, by partition."""
    newest = _newest().where(
        col(PredictionBatch.version_id).in_(version_ids), col(PredictionBatch.partition_key).in_(partitions)
    )
    statement = select(PredictionBatch).where(col(PredictionBatch.id).in_(newest))
    return session.exec(statement.order_by(PredictionBatch.partition_key)).all()


def predicted_partitions(
    session: Session, model: str, partitions: Sequence[str] | None = None
) -> Sequence[tuple[PredictionBatch, int]]:
    """Return (newest batch, version number) of the predictions of all versions of a model, by partition."""
    newest = (
        _newest()
        .join(ModelVersionRow, col(PredictionBatch.version_id) == ModelVersionRow.id)
        .join(RegisteredModel, col(ModelVersionRow.model_id) == RegisteredModel.id)
        .where(RegisteredModel.name == model)
    )
    if partitions is not None:
        newest = newest.where(col(PredictionBatch.partition_key).in_(partitions))
    statement = (
        select(PredictionBatch, ModelVersionRow.version)
        .join(ModelVersionRow, col(PredictionBatch.version_id) == ModelVersionRow.id)
        .where(col(PredictionBatch.id).in_(newest))
    )
    return session.exec(statement.order_by(PredictionBatch.partition_key, col(PredictionBatch.id))).all()


def ended_by(session: Session, model_id: int, end: datetime, *, first: int, offset: int) -> Sequence[PredictionBatch]:
    """Return newest batches of all versions of a model that ended by `end`, newest first, `first` after `offset`."""
    newest = (
        _newest()
        .join(ModelVersionRow, col(PredictionBatch.version_id) == ModelVersionRow.id)
        .where(ModelVersionRow.model_id == model_id, col(PredictionBatch.window_end) <= end)
    )
    statement = select(PredictionBatch).where(col(PredictionBatch.id).in_(newest))
    order = (col(PredictionBatch.window_end).desc(), col(PredictionBatch.id).desc())
    return session.exec(statement.order_by(*order).limit(first).offset(offset)).all()


def _newest() -> SelectOfScalar[int]:
    """Return the statement of the ids of the newest revision of each version and partition."""
    group = (col(PredictionBatch.version_id), col(PredictionBatch.partition_key))
    return select(func.max(PredictionBatch.id)).group_by(*group)
