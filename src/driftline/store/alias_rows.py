"""The events that move aliases: only ever appended."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.model_rows import ModelVersionRow


class AliasMove(StrEnum):
    """What an event does: `move` and `rollback` give the alias to a version, `end` takes it from everybody."""

    MOVE = "move"
    ROLLBACK = "rollback"
    END = "end"


class AliasEventRow(SQLModel, table=True):
    """One row moves an alias, or ends it; of two rows that are in effect, the one of the greater revision holds.

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
    move: AliasMove = Field(sa_type=String, sa_column_kwargs={"server_default": "move"})
    planned: bool = Field(
        sa_column_kwargs={"server_default": "0"},
        description="it was recorded for a time to come; until then a later event may take its place",
    )


def append(session: Session, **values: Any) -> AliasEventRow:
    """Append an event and return it with its id."""
    row = AliasEventRow(**values)
    session.add(row)
    session.flush()
    return row


def names(session: Session, model_ids: Collection[int]) -> list[str]:
    """Return the aliases that versions of some models hold or held."""
    statement = select(AliasEventRow.alias).where(col(AliasEventRow.model_id).in_(model_ids)).distinct()
    return sorted(session.exec(statement))


def events(
    session: Session, aliases: Collection[str], model_ids: Collection[int]
) -> Sequence[tuple[AliasEventRow, ModelVersionRow | None]]:
    """Return all events of some aliases of some models, each with the version that it names, by revision."""
    statement = (
        select(AliasEventRow, ModelVersionRow)
        .outerjoin(ModelVersionRow, col(AliasEventRow.version_id) == ModelVersionRow.id)
        .where(col(AliasEventRow.alias).in_(aliases), col(AliasEventRow.model_id).in_(model_ids))
    )
    return session.exec(statement.order_by(col(AliasEventRow.model_id), col(AliasEventRow.revision))).all()
