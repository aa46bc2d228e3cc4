"""The events that move aliases: appended, never changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select


class AliasEvent(SQLModel, table=True):
    """One row moves an alias, or ends it; rows are only ever appended, and the newest revision holds.

    The unique revision is what lets at most one version hold an alias: of two writers one is refused.
    """

    __tablename__ = "alias_event"
    __table_args__ = (
        UniqueConstraint("model_id", "alias", "revision"),
        Index("ix_alias_event_effective", "model_id", "alias", "effective_at"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    model_id: int = Field(foreign_key="registered_model.id")
    alias: str
    revision: int
    version_id: int | None = Field(
        default=None, foreign_key="model_version.id", description="who holds it from then on; NULL: nobody"
    )
    previous_version_id: int | None = Field(default=None, foreign_key="model_version.id")
    effective_at: datetime = Field(description="from when on the version holds the alias; a replay dates it back")
    recorded_at: datetime
    actor: str
    reason: str
    decision_id: int | None = Field(default=None, foreign_key="decision.id")


def newest_events(
    session: Session, alias: str, first: int, before: int | None, model_ids: Sequence[int]
) -> dict[int, list[AliasEvent]]:
    """Return the newest `first` events of an alias of each model, only revisions below `before`, newest first."""
    revision = col(AliasEvent.revision)
    place = func.row_number().over(partition_by=col(AliasEvent.model_id), order_by=revision.desc())
    ranked = select(AliasEvent.id, place.label("place")).where(
        col(AliasEvent.model_id).in_(model_ids), AliasEvent.alias == alias
    )
    if before is not None:
        ranked = ranked.where(revision < before)
    newest = ranked.subquery()
    rows: dict[int, list[AliasEvent]] = {id_: [] for id_ in model_ids}
    statement = select(AliasEvent).join(newest, newest.c.id == AliasEvent.id).where(newest.c.place <= first)
    for row in session.exec(statement.order_by(revision.desc())):
        rows[row.model_id].append(row)
    return rows


def alias_events(session: Session, model_id: int, alias: str) -> Sequence[AliasEvent]:
    """Return the events of an alias, newest first."""
    statement = select(AliasEvent).where(AliasEvent.model_id == model_id, AliasEvent.alias == alias)
    return session.exec(statement.order_by(col(AliasEvent.revision).desc())).all()


def alias_event_at(session: Session, model_id: int, alias: str, at: datetime | None) -> AliasEvent | None:
    """Return the event that holds at time `at` (the newest one for None), or None."""
    statement = select(AliasEvent).where(AliasEvent.model_id == model_id, AliasEvent.alias == alias)
    if at is not None:
        statement = statement.where(col(AliasEvent.effective_at) <= at)
    return session.exec(statement.order_by(col(AliasEvent.revision).desc()).limit(1)).one_or_none()


def alias_event_now(session: Session, model_id: int, alias: str, now: datetime) -> AliasEvent | None:
    """Return the event that holds at `now`; before the first one takes effect, the newest that is planned, or None."""
    return alias_event_at(session, model_id, alias, now) or alias_event_at(session, model_id, alias, None)


def alias_events_at(
    session: Session, alias: str, at: datetime | None, model_ids: Sequence[int]
) -> dict[int, AliasEvent]:
    """Return the event that holds at time `at` (None: the newest) for each model; one without is left out."""
    newest = select(AliasEvent.model_id, func.max(AliasEvent.revision).label("revision")).where(
        col(AliasEvent.model_id).in_(model_ids), AliasEvent.alias == alias
    )
    if at is not None:
        newest = newest.where(col(AliasEvent.effective_at) <= at)
    held = newest.group_by(col(AliasEvent.model_id)).subquery()
    statement = (
        select(AliasEvent)
        .join(held, (held.c.model_id == AliasEvent.model_id) & (held.c.revision == AliasEvent.revision))
        .where(AliasEvent.alias == alias)
    )
    return {row.model_id: row for row in session.exec(statement)}
