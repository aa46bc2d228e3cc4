"""Deliveries of ground truth: an append-only record of which labels arrived when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.upsert import insert_missing


class GroundTruthDelivery(SQLModel, table=True):
    """One row is a delivery of labels; its rows are new, the same as known, or correct what was known."""

    __tablename__ = "ground_truth_delivery"
    __table_args__ = (
        Index("ix_ground_truth_delivery_pipeline", "pipeline", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    pipeline: str
    digest: str = Field(description="sha256 of the keys and labels, in the order of the keys")
    arrived_at: datetime = Field(description="from when on the labels are known; a replay dates it back")
    recorded_at: datetime
    actor: str
    source: str | None = Field(default=None, description="where the labels come from, in words")
    row_count: int = Field(description="labelled rows, each counted once")
    new_count: int
    same_count: int = Field(description="known before with the same label")
    corrected_count: int = Field(description="known before with another label")
    waiting_count: int = Field(description="not predicted yet, and the delay is not over")
    orphan_count: int = Field(description="never predicted, although the delay is over")
    history_count: int = Field(description="from before the first partition: only training reads them")


class GroundTruthPart(SQLModel, table=True):
    """One row is what a delivery changed in one partition: its new and corrected labels are a Parquet artifact."""

    __tablename__ = "ground_truth_part"
    __table_args__ = (Index("ix_ground_truth_part_partition", "partition_key", "delivery_id"),)

    delivery_id: int = Field(primary_key=True, foreign_key="ground_truth_delivery.id")
    partition_key: str = Field(primary_key=True)
    row_count: int
    corrected_count: int
    digest: str


class Arrival(NamedTuple):
    """Labels of a partition arrived."""

    partition_key: str
    arrived_at: datetime
    corrected_count: int


def newest_delivery(session: Session, pipeline: str) -> GroundTruthDelivery | None:
    """Return the newest delivery for a pipeline, or None."""
    statement = select(GroundTruthDelivery).where(GroundTruthDelivery.pipeline == pipeline)
    return session.exec(statement.order_by(col(GroundTruthDelivery.id).desc()).limit(1)).one_or_none()


def delivery_of(session: Session, pipeline: str, digest: str) -> GroundTruthDelivery | None:
    """Return the newest delivery with this content, or None."""
    statement = select(GroundTruthDelivery).where(
        GroundTruthDelivery.pipeline == pipeline, GroundTruthDelivery.digest == digest
    )
    return session.exec(statement.order_by(col(GroundTruthDelivery.id).desc()).limit(1)).one_or_none()


def add_delivery(
    session: Session, values: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]
) -> GroundTruthDelivery:
    """Store a delivery with its parts, both by column, and return it."""
    delivery = GroundTruthDelivery(**values)
    session.add(delivery)
    session.flush()
    insert_missing(session, GroundTruthPart, [{"delivery_id": delivery.id, **part} for part in parts])
    return delivery


def deliveries(
    session: Session, pipeline: str, *, first: int | None = 100, before: int | None = None
) -> Sequence[GroundTruthDelivery]:
    """Return the deliveries for a pipeline, newest first; `before` is the id of the last one seen."""
    statement = select(GroundTruthDelivery).where(GroundTruthDelivery.pipeline == pipeline)
    if before is not None:
        statement = statement.where(col(GroundTruthDelivery.id) < before)
    return session.exec(statement.order_by(col(GroundTruthDelivery.id).desc()).limit(first)).all()


def parts_known(
    session: Session, pipeline: str, partitions: Sequence[str] | None, as_of: datetime
) -> Sequence[GroundTruthPart]:
    """Return the parts of these partitions (None: all) that had arrived by `as_of`, in the order of their arrival."""
    statement = (
        select(GroundTruthPart)
        .join(GroundTruthDelivery, col(GroundTruthPart.delivery_id) == GroundTruthDelivery.id)
        .where(GroundTruthDelivery.pipeline == pipeline, col(GroundTruthDelivery.arrived_at) <= as_of)
    )
    if partitions is not None:
        statement = statement.where(col(GroundTruthPart.partition_key).in_(partitions))
    return session.exec(statement.order_by(col(GroundTruthPart.delivery_id))).all()


def arrivals(session: Session, pipeline: str, partitions: Sequence[str] | None, as_of: datetime) -> list[Arrival]:
    """Return when labels of these partitions (None: all) arrived, by `as_of`, in that order."""
    statement = (
        select(GroundTruthPart.partition_key, GroundTruthDelivery.arrived_at, GroundTruthPart.corrected_count)
        .join(GroundTruthDelivery, col(GroundTruthPart.delivery_id) == GroundTruthDelivery.id)
        .where(GroundTruthDelivery.pipeline == pipeline, col(GroundTruthDelivery.arrived_at) <= as_of)
    )
    if partitions is not None:
        statement = statement.where(col(GroundTruthPart.partition_key).in_(partitions))
    return [Arrival(*row) for row in session.exec(statement.order_by(col(GroundTruthPart.delivery_id)))]
