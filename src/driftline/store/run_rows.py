"""Experiments and their runs, with params, tags, artifacts and inputs; their metrics are in `metric_rows`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.process import Process, described
from driftline.store import lock_rows
from driftline.store.exact_json import ExactJson
from driftline.store.upsert import insert_missing
from driftline.store.values import Prose

HELD = "run "  # of the lock that the process of a run holds: this, and the id of the run


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
    error: str | None = Field(default=None, sa_type=Prose)


class Param(SQLModel, table=True):
    """One row is an input value of a run, as JSON."""

    run_id: str = Field(primary_key=True, foreign_key="run.run_id")
    key: str = Field(primary_key=True)
    value: Any = Field(sa_type=ExactJson)


class Tag(SQLModel, table=True):
    """One row is a mutable key-value tag on a run."""

    run_id: str = Field(primary_key=True, foreign_key="run.run_id")
    key: str = Field(primary_key=True)
    value: str


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


def create_run(
    session: Session,
    *,
    run_id: str,
    experiment: str,
    name: str,
    started_at: datetime,
    process: Process,
    user_name: str,
    user_email: str | None = None,
    source_url: str | None = None,
    git_commit: str | None = None,
    git_dirty: bool | None = None,
    dagster_run_id: str | None = None,
) -> None:
    """Store a run that `process` starts now and holds while it lives; its experiment is made where it is new."""
    session.add(
        Run(
            run_id=run_id,
            experiment_id=experiment_named(session, experiment, started_at).id,
            name=name,
            status=RunStatus.RUNNING,
            started_at=started_at,
            user_name=user_name,
            user_email=user_email,
            source_url=source_url,
            git_commit=git_commit,
            git_dirty=git_dirty,
            dagster_run_id=dagster_run_id,
        )
    )
    session.flush()
    lock_rows.take(session, HELD + run_id, process, now=started_at)


def end_run(session: Session, run_id: str, status: RunStatus, *, ended_at: datetime, error: str | None = None) -> None:
    """Store how a run ended, and when; `error` is the traceback of one that failed or was killed.

    A run that was taken for lost, and was not, ends as what it came to.
    """
    row = session.get_one(Run, run_id)
    row.status, row.error, row.ended_at = status, error, ended_at
    lock_rows.free(session, HELD + run_id)


def abandoned_runs(session: Session, *, now: datetime) -> Sequence[str]:
    """Return the ids of the runs whose process is gone, although they have not ended."""
    return [lock.name.removeprefix(HELD) for lock in lock_rows.abandoned(session, HELD, now=now)]


def end_abandoned_runs(session: Session, *, now: datetime) -> None:
    """Store that runs whose process is gone are lost, since its last sign of life."""
    for lock in lock_rows.abandoned(session, HELD, now=now, locked=True):
        run_id = lock.name.removeprefix(HELD)
        row = session.get_one(Run, run_id)
        ended_at = max(lock.renewed_at, row.started_at)
        error = f"Lost: {described(lock.holder)} ended without saying how, after {ended_at:%Y-%m-%d %H:%M:%S} UTC."
        end_run(session, run_id, RunStatus.LOST, ended_at=ended_at, error=error)


def set_tags(session: Session, run_id: str, tags: Mapping[str, str]) -> None:
    """Set tags of a run; a key that is there already gets the new value."""
    for key, value in tags.items():
        session.merge(Tag(run_id=run_id, key=key, value=value))


def add_artifact(
    session: Session, run_id: str, path: str, *, digest: str, size_bytes: int, created_at: datetime
) -> None:
    """Store which file a run has under `path`; the same path again names the newer file."""
    row = Artifact(run_id=run_id, path=path, digest=digest, size_bytes=size_bytes, created_at=created_at)
    session.merge(row)


def artifact(session: Session, run_id: str, path: str) -> Artifact | None:
    """Return the file that a run has under `path`, or None."""
    return session.get(Artifact, (run_id, path))


def add_input(session: Session, run_id: str, dataset_version_id: int, *, role: str) -> None:
    """Store that a run used a dataset version in this role; the same again changes nothing."""
    insert_missing(session, RunInput, [{"run_id": run_id, "dataset_version_id": dataset_version_id, "role": role}])


def run(session: Session, run_id: str) -> Run | None:
    """Return one run, or None."""
    return session.get(Run, run_id)


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
    """Return the rows of `table` (Param, Tag, Artifact, RunInput, or MetricSummary) of each run, one statement."""
    rows: dict[str, list[Any]] = {run_id: [] for run_id in run_ids}
    order = list(table.__table__.primary_key)
    for row in session.exec(select(table).where(col(table.run_id).in_(rows)).order_by(*order)):
        rows[row.run_id].append(row)
    return rows


def add_params(session: Session, run_id: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Store params of a run; the same key again keeps the first value. Return those that were kept against another."""
    insert_missing(session, Param, [{"run_id": run_id, "key": k, "value": v} for k, v in params.items()])
    stored = select(Param).where(Param.run_id == run_id, col(Param.key).in_(params))
    return {row.key: row.value for row in session.exec(stored) if repr(row.value) != repr(params[row.key])}
