"""Experiments, runs and who writes them, artifacts and inputs; `param_rows` and `metric_rows` have the rest."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, String, func, text
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.process import described, is_alive
from driftline.store.lock_rows import LEASE, PATIENCE
from driftline.store.upsert import insert_missing
from driftline.store.values import Prose


class RunStatus(StrEnum):
    """What became of a run. Final states are set only by what actually happened."""

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
    objective: str | None = Field(default=None, description="what its runs are to show, in words")
    metric: str | None = Field(default=None, description="the metric that decides between its runs")
    direction: str | None = Field(default=None, description="of that metric: max or min is better")
    target: float | None = Field(default=None, description="the value of that metric that is aimed at")


class Run(SQLModel, table=True):
    """One row is one execution of training code; events write it (the room `ingest`)."""

    __table_args__ = (
        Index("ix_run_experiment_started", "experiment_id", "started_at", "id"),
        Index("ix_run_started", "started_at", "id"),
        Index(
            "ix_run_running",
            "id",
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
    )

    id: int = Field(default=None, primary_key=True, description="what the tables of its events refer to")
    run_id: str = Field(unique=True)
    experiment_id: int = Field(foreign_key="experiment.id")
    parent_run_id: str | None = Field(default=None, index=True, description="of a nested run; may become known later")
    name: str
    status: RunStatus = Field(sa_type=String)
    attempt: int = Field(
        default=1, description="counts how often it was resumed", sa_column_kwargs={"server_default": "1"}
    )
    user_name: str
    user_email: str | None = None
    started_at: datetime
    ended_at: datetime | None = None
    archived_at: datetime | None = None
    source_url: str | None = None
    git_commit: str | None = None
    git_branch: str | None = None
    git_dirty: bool | None = None
    command: str | None = None
    dagster_run_id: str | None = Field(default=None, index=True)
    surroundings: dict[str, Any] = Field(
        default={},
        sa_type=JSON,
        description="of its process: Python, packages, machine",
        sa_column_kwargs={"server_default": "{}"},
    )
    hypothesis: str | None = None
    conclusion: str | None = None
    note: str | None = None
    error: str | None = Field(default=None, sa_type=Prose)


class RunWriter(SQLModel, table=True):
    """One row is a process that writes a run, or did: a script, a worker of it, each rank of a distributed training."""

    __tablename__ = "run_writer"
    __table_args__ = ({"sqlite_with_rowid": False},)

    run: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    writer: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    number: int = Field(description="tells the writers of one run apart, from 0 on")
    process: str = Field(description="as text; empty once it has ended its part")
    watermark: int = Field(sa_type=BigInteger, description="the sequence of its newest event that is stored")
    heard_at: datetime = Field(description="by the database's clock, where it has one")
    attempt: int = Field(description="of the run, when it began to write")
    from_step: int | None = Field(
        sa_type=BigInteger, description="points of earlier attempts from here on are taken back"
    )

    def is_gone(self, now: datetime) -> bool:
        """Return whether it writes no more; where only another machine could say, whether it was not heard of."""
        alive = is_alive(self.process) if self.process else False
        return alive is False or self.heard_at + LEASE + (PATIENCE if alive else timedelta(0)) < now


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


def add_experiment(session: Session, name: str, **values: Any) -> None:
    """Store an experiment unless there is one of its name."""
    insert_missing(session, Experiment, [{"name": name, **values}])


def writers_of(session: Session, run_id: str) -> Sequence[RunWriter]:
    """Return who writes a run or did."""
    statement = select(RunWriter).join(Run, col(Run.id) == RunWriter.run).where(Run.run_id == run_id)
    return session.exec(statement).all()


def experiments(session: Session) -> Sequence[Experiment]:
    """Return all experiments by name."""
    return session.exec(select(Experiment).order_by(Experiment.name)).all()


def abandoned_runs(session: Session, *, now: datetime, locked: bool = False) -> list[tuple[Run, RunWriter]]:
    """Return the running runs that nobody writes any more, each with the writer that was heard of last.

    With `locked` nobody else ends them before the transaction does; those that somebody ends just now are left out.
    """
    running = select(Run).where(Run.status == RunStatus.RUNNING)
    if locked:
        running = running.with_for_update(skip_locked=True)
    runs = {row.id: row for row in session.exec(running)}
    if not runs:
        return []
    writers: dict[int, list[RunWriter]] = {}
    for row in session.exec(select(RunWriter).where(col(RunWriter.run).in_(runs))):
        writers.setdefault(row.run, []).append(row)
    clock = session.scalar(select(func.now())) if session.get_bind().dialect.name == "postgresql" else None
    return [
        (runs[run], max(of_run, key=lambda one: one.heard_at))
        for run, of_run in writers.items()
        if all(one.is_gone(clock or now) for one in of_run)
    ]


def end_abandoned_runs(session: Session, *, now: datetime) -> None:
    """Store that runs which nobody writes any more are lost, since the last sign of life."""
    for run_, writer in abandoned_runs(session, now=now, locked=True):
        ended_at = max(writer.heard_at, run_.started_at)
        run_.status, run_.ended_at = RunStatus.LOST, ended_at
        run_.error = (
            f"Lost: {described(writer.process)} ended without saying how, after {ended_at:%Y-%m-%d %H:%M:%S} UTC."
        )


def artifact(session: Session, run_id: str, path: str) -> Artifact | None:
    """Return the file that a run has under `path`, or None."""
    return session.get(Artifact, (run_id, path))


def run(session: Session, run_id: str) -> Run | None:
    """Return one run, or None."""
    return session.exec(select(Run).where(Run.run_id == run_id)).one_or_none()


def runs_of(session: Session, run_ids: Collection[str]) -> dict[str, Run]:
    """Return runs by their ids; an id without a run is left out."""
    return {row.run_id: row for row in session.exec(select(Run).where(col(Run.run_id).in_(run_ids)))}


def dagster_run_ids(session: Session, run_ids: Collection[str]) -> dict[str, str]:
    """Return the Dagster run that each of some runs is part of; runs of scripts are left out."""
    statement = select(Run.run_id, Run.dagster_run_id).where(col(Run.run_id).in_(run_ids))
    return {run_id: dagster for run_id, dagster in session.exec(statement) if dagster is not None}


def starting_with(session: Session, prefix: str) -> Sequence[Run]:
    """Return the first runs whose id starts with `prefix`, a few at most."""
    return session.exec(select(Run).where(col(Run.run_id).startswith(prefix, autoescape=True)).limit(5)).all()


def newest_runs(
    session: Session,
    *,
    experiment: str | None = None,
    status: RunStatus | None = None,
    first: int = 50,
    before: tuple[datetime, int] | None = None,
) -> Sequence[Run]:
    """Return runs, newest first; `before` is the (started_at, id) of the last one seen."""
    statement = select(Run).order_by(col(Run.started_at).desc(), col(Run.id).desc()).limit(first)
    if experiment is not None:
        statement = statement.join(Experiment, col(Run.experiment_id) == Experiment.id)
        statement = statement.where(Experiment.name == experiment)
    if status is not None:
        statement = statement.where(Run.status == status)
    if before is not None:
        started_at, number = before
        statement = statement.where(
            (col(Run.started_at) < started_at) | ((col(Run.started_at) == started_at) & (col(Run.id) < number))
        )
    return session.exec(statement).all()


def of_runs(session: Session, table: type[Any], run_ids: Iterable[str]) -> dict[str, list[Any]]:
    """Return the rows of `table` (Artifact or RunInput) of each run, one statement."""
    rows: dict[str, list[Any]] = {run_id: [] for run_id in run_ids}
    order = list(table.__table__.primary_key)
    for row in session.exec(select(table).where(col(table.run_id).in_(rows)).order_by(*order)):
        rows[row.run_id].append(row)
    return rows
