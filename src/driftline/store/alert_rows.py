"""Alerts and their outbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, func, text
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.upsert import insert_missing

_OPEN = text("resolved_at IS NULL")


class DeliveryState(StrEnum):
    """Where a message to one channel stands."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class AlertEpisode(SQLModel, table=True):
    """One row is a trouble from when it was first seen until it was seen to be over.

    The unique index is what lets at most one episode of a trouble be open. Something that merely happened,
    such as a promotion, is over at once.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_open", "dedupe_key", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    dedupe_key: str = Field(index=True, description="what makes two sightings the same trouble")
    what: str = Field(description="drift, evaluation, decision, failure or label_lateness")
    severity: str
    model: str
    evidence: str = Field(description="the row it stood on when people were last told, such as `report 7`")
    title: str
    text: str
    opened_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None = None
    notified_at: datetime | None = Field(default=None, description="when people were last told that it is there")
    messages: int = Field(default=0, description="messages written into the outbox, counted per event")


class AlertDelivery(SQLModel, table=True):
    """One row is one message to one channel; it is there before anything is sent."""

    __tablename__ = "alert_delivery"
    __table_args__ = (
        UniqueConstraint("alert_id", "number", "channel"),
        Index("ix_alert_delivery_due", "state", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id")
    number: int = Field(description="of the messages of this alert, from 1")
    channel: int = Field(description="the place in DRIFTLINE_ALERT_URLS, from 1; the address is stored nowhere")
    event: str = Field(description="opened, reminder, resolved or happened")
    severity: str
    subject: str
    body: str
    state: DeliveryState = Field(sa_type=String)
    attempts: int = 0
    next_attempt_at: datetime = Field(description="not to be tried before; while it is being sent, its claim's end")
    last_error: str | None = None
    created_at: datetime
    sent_at: datetime | None = None


def open_alerts(session: Session, model: str | None = None) -> Sequence[AlertEpisode]:
    """Return the alerts that are not over, of one model or of all, oldest first."""
    statement = select(AlertEpisode).where(col(AlertEpisode.resolved_at).is_(None))
    if model is not None:
        statement = statement.where(AlertEpisode.model == model)
    return session.exec(statement.order_by(col(AlertEpisode.id))).all()


def newest_alerts(
    session: Session,
    *,
    model: str | None = None,
    is_open: bool | None = None,
    first: int = 50,
    before: int | None = None,
) -> Sequence[AlertEpisode]:
    """Return alerts, newest first, of one model or of all, open ones, those that are over, or both.

    `before` is the id of the last one seen.
    """
    statement = select(AlertEpisode)
    if model is not None:
        statement = statement.where(AlertEpisode.model == model)
    if is_open is not None:
        over = col(AlertEpisode.resolved_at).is_not(None)
        statement = statement.where(~over if is_open else over)
    if before is not None:
        statement = statement.where(col(AlertEpisode.id) < before)
    return session.exec(statement.order_by(col(AlertEpisode.id).desc()).limit(first)).all()


def newest_alert(session: Session, dedupe_key: str) -> AlertEpisode | None:
    """Return the newest episode of a trouble, over or not, or None."""
    statement = select(AlertEpisode).where(AlertEpisode.dedupe_key == dedupe_key)
    return session.exec(statement.order_by(col(AlertEpisode.id).desc()).limit(1)).one_or_none()


def last_notified(session: Session, dedupe_key: str) -> datetime | None:
    """Return when people were last told of a trouble in any of its episodes, or None."""
    statement = select(func.max(AlertEpisode.notified_at)).where(AlertEpisode.dedupe_key == dedupe_key)
    return session.exec(statement).one()


def add_deliveries(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store messages to send; one that is there already is left as it is."""
    insert_missing(session, AlertDelivery, rows)


def claim_due(session: Session, *, now: datetime, lease: timedelta, limit: int) -> Sequence[AlertDelivery]:
    """Return the messages that are due, oldest first, each counted as tried and nobody else's until `lease` ends."""
    statement = (
        select(AlertDelivery)
        .where(AlertDelivery.state == DeliveryState.PENDING, col(AlertDelivery.next_attempt_at) <= now)
        .order_by(col(AlertDelivery.next_attempt_at), col(AlertDelivery.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    due = session.exec(statement).all()
    for row in due:
        row.attempts += 1
        row.next_attempt_at = now + lease
    return due


def claimed(session: Session, delivery_id: int, attempt: int) -> AlertDelivery | None:
    """Return a message whose claim is still that of `attempt`, held until the transaction ends, or None."""
    row = session.get(AlertDelivery, delivery_id, with_for_update=True)
    return row if row is not None and row.state == DeliveryState.PENDING and row.attempts == attempt else None


def deliveries(session: Session, alert_ids: Sequence[int]) -> dict[int, list[AlertDelivery]]:
    """Return the messages of each alert, oldest first."""
    rows: dict[int, list[AlertDelivery]] = {id_: [] for id_ in alert_ids}
    statement = select(AlertDelivery).where(col(AlertDelivery.alert_id).in_(alert_ids))
    for row in session.exec(statement.order_by(col(AlertDelivery.id))):
        rows[row.alert_id].append(row)
    return rows
