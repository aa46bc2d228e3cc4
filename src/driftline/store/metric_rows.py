"""Metrics of runs: the points that were logged, and a summary of each key that grows with them."""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.upsert import insert_all, insert_missing, insert_new


class MetricPoint(SQLModel, table=True):
    """One row is a measured float at a step; a value that no JSON has stands in `special`."""

    __tablename__ = "metric_point"
    run_id: str = Field(primary_key=True, foreign_key="run.run_id")
    key: str = Field(primary_key=True)
    step: int = Field(primary_key=True, sa_type=BigInteger)
    logged_at: datetime = Field(primary_key=True)
    value: float | None
    special: str | None = Field(default=None, description="nan, inf or -inf; the value is then NULL")


class MetricSummary(SQLModel, table=True):
    """One row is what searches need of one metric of a run; non-finite points only count."""

    __tablename__ = "metric_summary"
    __table_args__ = (Index("ix_metric_summary_key_last", "key", "last", "run_id"),)

    run_id: str = Field(primary_key=True, foreign_key="run.run_id")
    key: str = Field(primary_key=True)
    count: int
    finite_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"}, description="points of the mean")
    first: float | None
    first_step: int = Field(sa_type=BigInteger)
    last: float | None
    last_step: int = Field(sa_type=BigInteger)
    min: float | None
    min_step: int | None = Field(sa_type=BigInteger)
    max: float | None
    max_step: int | None = Field(sa_type=BigInteger)
    mean: float | None


def add_points(session: Session, run_id: str, points: Sequence[tuple[str, int, datetime, float]]) -> None:
    """Store (key, step, logged_at, value) points, and count them in the summaries of their keys.

    A (key, step, logged_at) that is there already is left as it is. What is read does not grow with the points that
    were logged before.
    """
    if not points:
        return
    rows = [
        {
            "run_id": run_id,
            "key": key,
            "step": step,
            "logged_at": at,
            "value": value if math.isfinite(value) else None,
            "special": None if math.isfinite(value) else str(float(value)),
        }
        for key, step, at, value in points
    ]
    fresh: dict[str, list[tuple[int, float | None]]] = defaultdict(list)
    if insert_all(session, MetricPoint, rows):
        for key, step, _, value in points:
            fresh[key].append((step, value if math.isfinite(value) else None))
    else:
        for key, step, value in insert_new(session, MetricPoint, rows, ("key", "step", "value")):
            fresh[key].append((step, value))
    for summary in _locked_summaries(session, run_id, sorted(fresh)):
        _move_ends(session, summary, fresh[summary.key])
        _count(summary, fresh[summary.key])


def history(session: Session, run_id: str, key: str) -> Sequence[tuple[int, datetime, float]]:
    """Return the (step, time, value) points of a metric of a run, by step and time."""
    of_key = (MetricPoint.run_id == run_id, MetricPoint.key == key)
    statement = select(MetricPoint.step, MetricPoint.logged_at, MetricPoint.value, MetricPoint.special).where(*of_key)
    found = session.exec(statement.order_by(col(MetricPoint.step), col(MetricPoint.logged_at)))
    return [(step, at, float(special or value or 0.0)) for step, at, value, special in found]


def _locked_summaries(session: Session, run_id: str, keys: Sequence[str]) -> Sequence[MetricSummary]:
    """Return the summaries of these keys, empty ones where they are new; nobody else changes them meanwhile."""
    of_run = (MetricSummary.run_id == run_id, col(MetricSummary.key).in_(keys))
    statement = select(MetricSummary).where(*of_run).order_by(MetricSummary.key).with_for_update()
    there = session.exec(statement).all()
    missing = set(keys) - {summary.key for summary in there}
    if not missing:
        return there
    empty = {"run_id": run_id, "count": 0, "finite_count": 0, "first_step": 0, "last_step": 0}
    insert_missing(session, MetricSummary, [{**empty, "key": key} for key in sorted(missing)])
    return session.exec(statement.execution_options(populate_existing=True)).all()


def _move_ends(session: Session, summary: MetricSummary, fresh: Sequence[tuple[int, float | None]]) -> None:
    """Renew the first and the last value: the order is that of the steps, and of the times within one."""
    before = summary.count > 0
    first_step = min([step for step, _ in fresh] + [summary.first_step] * before)
    last_step = max([step for step, _ in fresh] + [summary.last_step] * before)
    at_first = [value for step, value in fresh if step == first_step]
    at_last = [value for step, value in fresh if step == last_step]
    if at_first:
        is_only = len(at_first) == 1 and not (before and summary.first_step == first_step)
        summary.first = at_first[0] if is_only else _value_at(session, summary, first_step, newest=False)
    if at_last:
        is_only = len(at_last) == 1 and not (before and summary.last_step == last_step)
        summary.last = at_last[0] if is_only else _value_at(session, summary, last_step, newest=True)
    summary.first_step, summary.last_step = first_step, last_step


def _value_at(session: Session, summary: MetricSummary, step: int, *, newest: bool) -> float | None:
    """Return the value of the oldest or newest point at a step, by the index of the points."""
    of_step = (MetricPoint.run_id == summary.run_id, MetricPoint.key == summary.key, MetricPoint.step == step)
    time = col(MetricPoint.logged_at)
    statement = select(MetricPoint.value).where(*of_step).order_by(time.desc() if newest else time).limit(1)
    return session.exec(statement).one()


def _count(summary: MetricSummary, fresh: Sequence[tuple[int, float | None]]) -> None:
    """Count points in; of equal extremes that of the first step stands."""
    summary.count += len(fresh)
    finite = [(value, step) for step, value in fresh if value is not None]
    if not finite:
        return
    before, summary.finite_count = summary.finite_count, summary.finite_count + len(finite)
    mean = math.fsum(value / len(finite) for value, _ in finite)  # of shares: a sum of large values may overflow
    share = len(finite) / summary.finite_count
    summary.mean = mean if not before else (summary.mean or 0.0) * (1.0 - share) + mean * share
    smallest = min(finite)
    if summary.min is None or summary.min_step is None or smallest < (summary.min, summary.min_step):
        summary.min, summary.min_step = smallest
    largest = min((-value, step) for value, step in finite)
    if summary.max is None or summary.max_step is None or largest < (-summary.max, summary.max_step):
        summary.max, summary.max_step = -largest[0], largest[1]
