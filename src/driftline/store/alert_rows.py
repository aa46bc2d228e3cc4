"""Alerts and their outbox."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, func, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.upsert import insert_missing
from driftline.store.values import Prose

KEYS_PER_STATEMENT = 1000
_OPEN = text("resolved_at IS NULL")


class DeliveryState(StrEnum):
    """Where a message to one channel stands."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class AlertRow(SQLModel, table=True):
    """One row is an incident, from detection to resolution.

    The unique index lets at most one alert about the same incident be open. Something that merely happened,
    such as a promotion, is resolved at once.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_open", "dedupe_key", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    dedupe_key: str = Field(index=True, description="what makes two rule results the same incident")
    what: str = Field(description="drift, evaluation, decision, failure or label_lateness")
    severity: str
    model: str
    evidence: str = Field(description="the row it stood on when a message was last sent, such as `report 7`")
    title: str = Field(sa_type=Prose)
    text: str = Field(sa_type=Prose)
    opened_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None = None
    notified_at: datetime | None = Field(default=None, description="when a message was last sent that it is there")
    messages: int = Field(default=0, description="messages written into the outbox, counted per event")


class AlertDeliveryRow(SQLModel, table=True):
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
    subject: str = Field(sa_type=Prose)
    body: str = Field(sa_type=Prose)
    state: DeliveryState = Field(sa_type=String)
    attempts: int = 0
    next_attempt_at: datetime = Field(description="not to be tried before; while it is being sent, its claim's end")
    last_error: str | None = Field(default=None, sa_type=Prose)
    created_at: datetime
    sent_at: datetime | None = None


def open_alerts(session: Session, model: str | None = None) -> Sequence[AlertRow]:
    """Return the alerts that are open, of one model or of all, oldest first."""
    statement = select(AlertRow).where(col(AlertRow.resolved_at).is_(None))
    if model is not None:
        statement = statement.where(AlertRow.model == model)
    return session.exec(statement.order_by(col(AlertRow.id))).all()


def newest_alerts(
    session: Session,
    *,
    model: str | None = None,
    is_open: bool | None = None,
    first: int = 50,
    before: int | None = None,
) -> Sequence[AlertRow]:
    """Return alerts, newest first, of one model or of all, open ones, resolved ones, or both.

    `before` is the id of the last one seen.
    """
    statement = select(AlertRow)
    if model is not None:
        statement = statement.where(AlertRow.model == model)
    if is_open is not None:
        resolved = col(AlertRow.resolved_at).is_not(None)
        statement = statement.where(~resolved if is_open else resolved)
    if before is not None:
        statement = statement.where(col(AlertRow.id) < before)
    return session.exec(statement.order_by(col(AlertRow.id).desc()).limit(first)).all()


def newest_by_key(session: Session, dedupe_keys: Sequence[str]) -> dict[str, tuple[AlertRow, datetime | None]]:
    """Return the newest alert about each incident, open or resolved, and when a message was last sent about it.

    An incident without an alert is left out; a message counts in any of its alerts.
    """
    found: dict[str, tuple[AlertRow, datetime | None]] = {}
    for start in range(0, len(dedupe_keys), KEYS_PER_STATEMENT):
        keys = dedupe_keys[start : start + KEYS_PER_STATEMENT]
        newest = (
            select(func.max(AlertRow.id).label("id"), func.max(AlertRow.notified_at).label("notified_at"))
            .where(col(AlertRow.dedupe_key).in_(keys))
            .group_by(AlertRow.dedupe_key)
            .subquery()
        )
        rows = select(AlertRow, newest.c.notified_at).join(newest, newest.c.id == AlertRow.id)
        found |= {alert.dedupe_key: (alert, notified_at) for alert, notified_at in session.exec(rows)}
    return found


def open_alert(
    session: Session,
    *,
    dedupe_key: str,
    what: str,
    severity: str,
    model: str,
    evidence: str,
    title: str,
    text: str,
    now: datetime,
) -> int:
    """Store a new alert and return its id."""
    row = AlertRow(
        dedupe_key=dedupe_key,
        what=what,
        severity=severity,
        model=model,
        evidence=evidence,
        title=title,
        text=text,
        opened_at=now,
        last_seen_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def resolve(session: Session, alert_id: int, now: datetime) -> None:
    """End an alert."""
    session.get_one(AlertRow, alert_id).resolved_at = now


def mark_seen(session: Session, alert_id: int, now: datetime, *, text: str | None) -> None:
    """Note that an alert's incident goes on; a new text replaces the one that is there."""
    row = session.get_one(AlertRow, alert_id)
    row.last_seen_at = now
    if text is not None:
        row.text = text


def mark_all_seen(session: Session, alert_ids: Sequence[int], now: datetime) -> None:
    """Note that the incidents of open alerts go on, without news."""
    for start in range(0, len(alert_ids), KEYS_PER_STATEMENT):
        ids = alert_ids[start : start + KEYS_PER_STATEMENT]
        are_open = col(AlertRow.id).in_(ids) & col(AlertRow.resolved_at).is_(None)
        session.connection().execute(update(AlertRow).where(are_open).values(last_seen_at=now))


def append_messages(
    session: Session,
    alert_id: int,
    *,
    event: str,
    severity: str,
    subject: str,
    body: str,
    channels: int,
    now: datetime,
    evidence: str | None,
) -> None:
    """Put the next message about an alert into the outbox, once for each channel from 1 to `channels`.

    `evidence` is what the alert stands on from now on; None for a message that it is resolved.
    """
    alert = session.get_one(AlertRow, alert_id)
    alert.messages += 1
    if evidence is not None:
        alert.notified_at, alert.evidence = now, evidence
    row = {
        "alert_id": alert_id,
        "number": alert.messages,
        "event": event,
        "severity": severity,
        "subject": subject,
        "body": body,
        "state": DeliveryState.PENDING.value,
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
    }
    insert_missing(session, AlertDeliveryRow, [{**row, "channel": channel} for channel in range(1, channels + 1)])


def claim_due(session: Session, *, now: datetime, lease: timedelta, limit: int) -> Sequence[AlertDeliveryRow]:
    """Return the messages that are due, at most `limit` of each channel, so that none waits for another's.

    Of a channel they come oldest first. Each is counted as tried, and nobody else's until `lease` ends.
    """
    is_due = (col(AlertDeliveryRow.state) == DeliveryState.PENDING) & (col(AlertDeliveryRow.next_attempt_at) <= now)
    channels = session.exec(select(AlertDeliveryRow.channel).where(is_due).distinct()).all()
    oldest = (
        select(AlertDeliveryRow)
        .where(is_due)
        .order_by(col(AlertDeliveryRow.next_attempt_at), col(AlertDeliveryRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    due = [
        row for channel in sorted(channels) for row in session.exec(oldest.where(AlertDeliveryRow.channel == channel))
    ]
    for row in due:
        row.attempts += 1
        row.next_attempt_at = now + lease
    return due


def record_attempt(
    session: Session,
    delivery_id: int,
    attempt: int,
    *,
    fault: str | None,
    retry_at: datetime | None,
    now: datetime,
) -> DeliveryState:
    """Store what became of an attempt to send a message, and return where the message stands.

    Nothing is stored where somebody else has claimed the message since.

    Args:
        session: the transaction.
        delivery_id: the message.
        attempt: the attempt, as it was claimed.
        fault: why it was not taken; None: it was.
        retry_at: when to try again; None: the message is given up.
        now: the time of the result.
    """
    row = session.get(AlertDeliveryRow, delivery_id, with_for_update=True)
    if row is None or row.state != DeliveryState.PENDING or row.attempts != attempt:
        return DeliveryState.SENT if fault is None else DeliveryState.PENDING
    row.last_error = fault
    if fault is None:
        row.state, row.sent_at = DeliveryState.SENT, now
    elif retry_at is None:
        row.state = DeliveryState.FAILED
    else:
        row.next_attempt_at = retry_at
    return DeliveryState(row.state)


def deliveries(session: Session, alert_ids: Sequence[int]) -> dict[int, list[AlertDeliveryRow]]:
    """Return the messages of each alert, oldest first."""
    rows: dict[int, list[AlertDeliveryRow]] = {id_: [] for id_ in alert_ids}
    statement = select(AlertDeliveryRow).where(col(AlertDeliveryRow.alert_id).in_(alert_ids))
    for row in session.exec(statement.order_by(col(AlertDeliveryRow.id))):
        rows[row.alert_id].append(row)
    return rows
