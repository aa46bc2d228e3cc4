"""Experiments and their runs, with params, metrics, tags, artifacts and inputs."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, String, func
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.upsert import insert_missing


class RunStatus(StrEnum):
    """What became of a run; each is true, not hoped for."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"
    LOST = "lost"


class Experiment(SQLModel, table=True):
    """One row is a named set of runs."""

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    description: str = ""
    created_at: datetime


class Run(SQLModel, table=True):
    """One row is one execution of training code."""

    __table_args__ = (Index("ix_run_experiment_started", "experiment_id", "started_at", "run_id"),)

    run_id: str = Field(primary_key=True)
    experiment_id: int = Field(foreign_key="experiment.id")
    name: str
    status: RunStatus = Field(sa_type=String)
    user_name: str
    user_email: str | None = None
    started_at: datetime
    ended_at: datetime | None = None
    source_url: str | None = None
    git_commit: str | None = None
    git_dirty: bool | None = None
    dagster_run_id: str | None = Field(default=None, index=True)
    error: str | None = None


class Param(SQLModel, table=True):
    """One row is an input value of a run, as JSON."""

    run_id: str = Field(primary_key=True, foreign_key="run.run_id")
    key: str = Field(primary_key=True)
    value: Any = Field(sa_type=JSON)


class Tag(SQLModel, table=True):
    """One row is a word about a run that may change later."""

    run_id: str = Field(primary_key=True, foreign_key="run.run_id")
    key: str = Field(primary_key=True)
    value: str


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
    first: float | None
    first_step: int = Field(sa_type=BigInteger)
    last: float | None
    last_step: int = Field(sa_type=BigInteger)
    min: float | None
    min_step: int | None = Field(sa_type=BigInteger)
    max: float | None
    max_step: int | None = Field(sa_type=BigInteger)
    mean: float | None


class Artifact(SQLModel, table=True):
    """One row is an immutable file of a run; its content lies in the artifact store under `digest`."""

    run_id: str = Field(primary_key=True, foreign_key="run.run_id")
    path: str = Field(primary_key=True)
    digest: str = Field(index=True)
    size_bytes: int = Field(sa_type=BigInteger)
    created_at: datetime


class RunInput(SQLModel, table=True):
    """One row says that a run used a dataset version, and what for."""

    __tablename__ = "run_input"
    __table_args__ = (ForeignKeyConstraint(["dataset_version_id"], ["dataset_version.id"]),)

    run_id: str = Field(primary_key=True, foreign_key="run.run_id")
    dataset_version_id: int = Field(primary_key=True)
    role: str = Field(primary_key=True)


def experiment_named(session: Session, name: str, created_at: datetime) -> Experiment:
    """Return the experiment `name`, made now where it is new."""
    insert_missing(session, Experiment, [{"name": name, "description": "", "created_at": created_at}])
    return session.exec(select(Experiment).where(Experiment.name == name)).one()


def experiments(session: Session) -> Sequence[Experiment]:
    """Return all experiments by name."""
    return session.exec(select(Experiment).order_by(Experiment.name)).all()


def run(session: Session, run_id: str) -> Run | None:
    """Return one run, or None."""
    return session.get(Run, run_id)


def starting_with(session: Session, prefix: str) -> Sequence[Run]:
    """Return the first runs whose id starts with `prefix`, a few at most."""
    return session.exec(select(Run).where(col(Run.run_id).startswith(prefix, autoescape=True)).limit(5)).all()


def newest_runs(
    session: Session,
    *,
    experiment: str | None = None,
    status: RunStatus | None = None,
    first: int = 50,
    before: tuple[datetime, str] | None = None,
) -> Sequence[Run]:
    """Return runs, newest first; `before` is the (started_at, run_id) of the last one seen."""
    statement = select(Run).order_by(col(Run.started_at).desc(), col(Run.run_id).desc()).limit(first)
    if experiment is not None:
        statement = statement.join(Experiment, col(Run.experiment_id) == Experiment.id)
        statement = statement.where(Experiment.name == experiment)
    if status is not None:
        statement = statement.where(Run.status == status)
    if before is not None:
        started_at, run_id = before
        statement = statement.where(
            (col(Run.started_at) < started_at) | ((col(Run.started_at) == started_at) & (col(Run.run_id) < run_id))
        )
    return session.exec(statement).all()


def of_runs(session: Session, table: type[Any], run_ids: Iterable[str]) -> dict[str, list[Any]]:
    """Return the rows of `table` (Param, Tag, MetricSummary, Artifact, RunInput) of each run, one statement."""
    rows: dict[str, list[Any]] = {run_id: [] for run_id in run_ids}
    order = list(table.__table__.primary_key)
    for row in session.exec(select(table).where(col(table.run_id).in_(rows)).order_by(*order)):
        rows[row.run_id].append(row)
    return rows


def artifact(session: Session, run_id: str, path: str) -> Artifact | None:
    """Return the file of a run under `path`, or None."""
    return session.get(Artifact, (run_id, path))


def add_params(session: Session, run_id: str, params: Mapping[str, Any]) -> None:
    """Store params of a run; the same key again keeps the first value."""
    insert_missing(session, Param, [{"run_id": run_id, "key": k, "value": _json(v)} for k, v in params.items()])


def _json(value: Any) -> Any:
    """Return a param as JSON can hold it: NaN and the infinities as their names."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def add_points(session: Session, run_id: str, points: Sequence[tuple[str, int, datetime, float]]) -> None:
    """Store (key, step, logged_at, value) points and renew the summaries of their keys."""
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
    insert_missing(session, MetricPoint, rows)
    for key in {key for key, *_ in points}:
        session.merge(_summarize(session, run_id, key))


def _summarize(session: Session, run_id: str, key: str) -> MetricSummary:
    of_key = (MetricPoint.run_id == run_id, MetricPoint.key == key)
    time_order = (col(MetricPoint.step), col(MetricPoint.logged_at))
    points = session.exec(select(MetricPoint).where(*of_key).order_by(*time_order)).all()
    finite = [point for point in points if point.value is not None]
    lowest = min(finite, key=lambda point: point.value or 0.0, default=None)
    highest = max(finite, key=lambda point: point.value or 0.0, default=None)
    mean = session.exec(select(func.avg(MetricPoint.value)).where(*of_key)).one()
    return MetricSummary(
        run_id=run_id,
        key=key,
        count=len(points),
        first=points[0].value,
        first_step=points[0].step,
        last=points[-1].value,
        last_step=points[-1].step,
        min=lowest.value if lowest else None,
        min_step=lowest.step if lowest else None,
        max=highest.value if highest else None,
        max_step=highest.step if highest else None,
        mean=mean,
    )
