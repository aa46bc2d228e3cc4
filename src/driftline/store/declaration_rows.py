"""What pipelines declare: each declaration once, by its digest, and which one each pipeline ran with last."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.upsert import insert_missing


class DeclarationRow(SQLModel, table=True):
    """One row is a declaration; it is never changed."""

    __tablename__ = "declaration"

    digest: str = Field(primary_key=True, description="sha256 of its canonical JSON")
    pipeline: str = Field(index=True)
    format: int = Field(description="the version of the JSON's form; 0: of driftline 0.1")
    content: dict[str, Any] = Field(sa_type=JSON)
    recorded_at: datetime = Field(description="when it was first seen")


class PipelineRow(SQLModel, table=True):
    """One row is a pipeline, with the declaration that it ran with last."""

    __tablename__ = "pipeline"

    name: str = Field(primary_key=True)
    declaration_digest: str = Field(foreign_key="declaration.digest")
    updated_at: datetime = Field(description="since when this declaration is in force")


def record(
    session: Session, *, pipeline: str, digest: str, content: dict[str, Any], content_format: int, at: datetime
) -> None:
    """Store a declaration where it is new, and that its pipeline runs with it from now on."""
    before = session.get(PipelineRow, pipeline)
    if before is not None and before.declaration_digest == digest:
        return
    declared = DeclarationRow(digest=digest, pipeline=pipeline, format=content_format, content=content, recorded_at=at)
    current = PipelineRow(name=pipeline, declaration_digest=digest, updated_at=at)
    insert_missing(session, DeclarationRow, [declared.model_dump()])
    insert_missing(session, PipelineRow, [current.model_dump()])  # of two that are first, one waits for the other here
    session.merge(current)


def pipelines(session: Session) -> Sequence[tuple[PipelineRow, DeclarationRow]]:
    """Return all pipelines with their declarations, by name."""
    statement = select(PipelineRow, DeclarationRow).join(
        DeclarationRow, col(PipelineRow.declaration_digest) == DeclarationRow.digest
    )
    return session.exec(statement.order_by(PipelineRow.name)).all()


def declarations(session: Session, digests: Collection[str]) -> dict[str, DeclarationRow]:
    """Return declarations by digest."""
    rows = session.exec(select(DeclarationRow).where(col(DeclarationRow.digest).in_(digests)))
    return {row.digest: row for row in rows}
