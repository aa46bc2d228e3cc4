"""Bandits between two versions of a model, and the share of keys that the challenger had in each partition."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.upsert import insert_missing


class Bandit(SQLModel, table=True):
    """One row is a bandit between the champion and the challenger of a model; a model has at most one at a time.

    It is of the partitions that start from `started_at` on and before `ended_at`.
    """

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


class BanditShare(SQLModel, table=True):
    """One row is the share of keys that the challenger answers for in a partition; it is never changed."""

    __tablename__ = "bandit_share"

    bandit_id: int = Field(foreign_key="bandit.id", primary_key=True)
    partition_key: str = Field(primary_key=True)
    share: float
    probability: float = Field(description="that the challenger is the better one, as known at the partition's start")
    label_count: int = Field(description="rewards that this stands on")
    recorded_at: datetime


def bandits(session: Session, model_id: int) -> Sequence[Bandit]:
    """Return the bandits of a model, newest first."""
    return session.exec(select(Bandit).where(Bandit.model_id == model_id).order_by(col(Bandit.id).desc())).all()


def running(session: Session, model_id: int) -> Bandit | None:
    """Return the bandit of a model that has not ended, or None."""
    statement = select(Bandit).where(Bandit.model_id == model_id, col(Bandit.ended_at).is_(None))
    return session.exec(statement).one_or_none()


def put_share(session: Session, row: Mapping[str, Any]) -> None:
    """Store the share of a partition; one that is there already stays."""
    insert_missing(session, BanditShare, [row])


def shares(session: Session, bandit_id: int) -> Sequence[BanditShare]:
    """Return the shares of a bandit, by partition."""
    statement = select(BanditShare).where(BanditShare.bandit_id == bandit_id)
    return session.exec(statement.order_by(BanditShare.partition_key)).all()


def shares_of(session: Session, model_id: int, partitions: Sequence[str]) -> Sequence[tuple[Bandit, BanditShare]]:
    """Return the share of each of these partitions with its bandit; a partition without a bandit is left out."""
    statement = (
        select(Bandit, BanditShare)
        .join(BanditShare, col(BanditShare.bandit_id) == Bandit.id)
        .where(Bandit.model_id == model_id, col(BanditShare.partition_key).in_(partitions))
    )
    return session.exec(statement).all()
