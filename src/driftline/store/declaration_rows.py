"""What pipelines declare about themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, SQLModel, select

from driftline.store.upsert import insert_missing


class Pipeline(SQLModel, table=True):
    """One row is what a pipeline wrote about itself when it last ran."""

    name: str = Field(primary_key=True)
    declaration: dict[str, Any] = Field(sa_type=JSON)
    updated_at: datetime


def put_pipeline(session: Session, name: str, declaration: dict[str, Any], updated_at: datetime) -> None:
    """Store what a pipeline says about itself in place of what it said before."""
    row = {"name": name, "declaration": declaration, "updated_at": updated_at}
    insert_missing(session, Pipeline, [row])  # of two that are the first, one waits for the other here
    session.merge(Pipeline(name=name, declaration=declaration, updated_at=updated_at))


def pipelines(session: Session) -> Sequence[Pipeline]:
    """Return what all pipelines say about themselves, by name."""
    return session.exec(select(Pipeline).order_by(Pipeline.name)).all()
