"""Backtests: what other policies would have made of the past."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, SQLModel, col, select


class StoredBacktest(SQLModel, table=True):
    """One row is the past of one pipeline under several policies."""

    __tablename__ = "backtest"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(default=None, primary_key=True)
    pipeline: str = Field(index=True)
    window_start: datetime
    window_end: datetime
    metric: str = Field(description="shown over time")
    length: str = Field(description="of the windows over time, such as 7d")
    created_at: datetime
    outcomes: list[dict[str, Any]] = Field(sa_type=JSON, description="the figures of each policy")


def newest_backtests(
    session: Session, pipeline: str | None, *, first: int = 20, before: int | None = None
) -> Sequence[StoredBacktest]:
    """Return the backtests of a pipeline (None: of all), newest first; `before` is the id of the last one seen."""
    statement = select(StoredBacktest)
    if pipeline is not None:
        statement = statement.where(StoredBacktest.pipeline == pipeline)
    if before is not None:
        statement = statement.where(col(StoredBacktest.id) < before)
    return session.exec(statement.order_by(col(StoredBacktest.id).desc()).limit(first)).all()
