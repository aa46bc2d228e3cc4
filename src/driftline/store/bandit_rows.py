"""Bandits between two versions of a model, and the share of keys that the challenger had in each partition."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.upsert import insert_missing


class BanditRow(SQLModel, table=True):
    """One row is a bandit between the champion and the challenger of a model; a model has at most one at a time.

    It is of the partitions that start from `started_at` on and before `ended_at`.
    """

    __tablename__ = "bandit"

    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(default=None, primary_key=True)
    model_id: int = Field(foreign_key="registered_model.id", index=True)
    champion_version_id: int = Field(foreign_key="model_version.id")
    challenger_version_id: int = Field(foreign_key="model_version.id")
    floor: float
    certainty: float
    epsilon: float
    min_labels: int
    max_age_s: int = Field(description="seconds after which the champion is kept")
    started_at: datetime = Field(description="the time that counts; a replay dates it back")
    recorded_at: datetime
    actor: str
    reason: str
    ended_at: datetime | None = Field(default=None, description="the time that counts; NULL: it runs")
    decision_id: int | None = Field(default=None, foreign_key="decision.id")


class BanditShareRow(SQLModel, table=True):
    """One row is the share of keys that the challenger answers for in a partition; it is never changed."""

    __tablename__ = "bandit_share"

    bandit_id: int = Field(foreign_key="bandit.id", primary_key=True)
    partition_key: str = Field(primary_key=True)
    share: float
    probability: float = Field(description="that the challenger is the better one, as known at the partition's start")
    label_count: int = Field(description="rewards that this stands on")
    recorded_at: datetime


def bandits(session: Session, model_id: int) -> Sequence[BanditRow]:
    """Return the bandits of a model, newest first."""
    return session.exec(
        select(BanditRow).where(BanditRow.model_id == model_id).order_by(col(BanditRow.id).desc())
    ).all()


def running(session: Session, model_id: int) -> BanditRow | None:
    """Return the bandit of a model that has not ended, or None."""
    statement = select(BanditRow).where(BanditRow.model_id == model_id, col(BanditRow.ended_at).is_(None))
    return session.exec(statement).one_or_none()


def add(session: Session, **values: Any) -> BanditRow:
    """Store a bandit that starts, and return it."""
    row = BanditRow(**values)
    session.add(row)
    session.flush()
    return row


def end(session: Session, bandit_id: int, *, ended_at: datetime, decision_id: int) -> None:
    """Store that a bandit has ended, and in which decision."""
    row = session.get_one(BanditRow, bandit_id)
    row.ended_at, row.decision_id = ended_at, decision_id


def put_share(session: Session, row: Mapping[str, Any]) -> None:
    """Store the share of a partition; one that is there already stays."""
    insert_missing(session, BanditShareRow, [row])


def shares(session: Session, bandit_id: int) -> Sequence[BanditShareRow]:
    """Return the shares of a bandit, by partition."""
    statement = select(BanditShareRow).where(BanditShareRow.bandit_id == bandit_id)
    return session.exec(statement.order_by(BanditShareRow.partition_key)).all()


def shares_of(session: Session, model_id: int, partitions: Sequence[str]) -> Sequence[tuple[BanditRow, BanditShareRow]]:
    """Return the share of each of these partitions with its bandit; a partition without a bandit is left out."""
    statement = (
        select(BanditRow, BanditShareRow)
        .join(BanditShareRow, col(BanditShareRow.bandit_id) == BanditRow.id)
        .where(BanditRow.model_id == model_id, col(BanditShareRow.partition_key).in_(partitions))
    )
    return session.exec(statement).all()
