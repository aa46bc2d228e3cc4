"""Backtests: what other policies would have made of the past."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, SQLModel, col, select


class BacktestRow(SQLModel, table=True):
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


def add_backtest(
    session: Session,
    *,
    pipeline: str,
    window_start: datetime,
    window_end: datetime,
    metric: str,
    length: str,
    created_at: datetime,
    outcomes: Sequence[Mapping[str, Any]],
) -> int:
    """Store a backtest and return its id."""
    row = BacktestRow(
        pipeline=pipeline,
        window_start=window_start,
        window_end=window_end,
        metric=metric,
        length=length,
        created_at=created_at,
        outcomes=[dict(outcome) for outcome in outcomes],
    )
    session.add(row)
    session.flush()
    return row.id


def newest_backtests(
    session: Session, pipeline: str | None, *, first: int = 20, before: int | None = None
) -> Sequence[BacktestRow]:
    """Return the backtests of a pipeline (None: of all), newest first; `before` is the id of the last one seen."""
    statement = select(BacktestRow)
    if pipeline is not None:
        statement = statement.where(BacktestRow.pipeline == pipeline)
    if before is not None:
        statement = statement.where(col(BacktestRow.id) < before)
    return session.exec(statement.order_by(col(BacktestRow.id).desc()).limit(first)).all()
