"""Registered models, their versions, the events that move aliases, and the decisions behind them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.upsert import insert_missing


class DecisionStatus(StrEnum):
    """Where the decision about a retraining stands."""

    DECLINED = "declined"
    REQUESTED = "requested"
    TRAINING = "training"
    TRAINED = "trained"
    PROMOTED = "promoted"
    KEPT = "kept"
    FAILED = "failed"


class RegisteredModel(SQLModel, table=True):
    """One row is a named line of model versions."""

    __tablename__ = "registered_model"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    description: str = ""
    created_at: datetime


class ModelVersion(SQLModel, table=True):
    """One row is an immutable trained model; its files are the artifacts of its run under `model/`."""

    __tablename__ = "model_version"
    __table_args__ = (UniqueConstraint("model_id", "version"),)

    id: int = Field(default=None, primary_key=True)
    model_id: int = Field(foreign_key="registered_model.id")
    version: int
    run_id: str = Field(foreign_key="run.run_id", index=True)
    digest: str = Field(description="sha256 over the paths and digests of its files")
    flavor: str
    signature: list[dict[str, Any]] = Field(sa_type=JSON, description="the columns it reads")
    trained_through: datetime = Field(description="nothing later than this was used")
    judged_version_id: int | None = Field(
        default=None,
        foreign_key="model_version.id",
        description="the version judged in its place, for a refit",
    )
    created_at: datetime


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


class Decision(SQLModel, table=True):
    """One row is a decision about retraining and what became of it: declined, or judged on a holdout."""

    __table_args__ = (
        UniqueConstraint("drift_report_id"),
        Index("ix_decision_model_status", "model_id", "status"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    model_id: int = Field(foreign_key="registered_model.id")
    trigger: str = Field(description="drift, age, labels, schedule, manual, first or bandit")
    reason: str = Field(description="why to retrain, or why not")
    status: DecisionStatus = Field(sa_type=String)
    actor: str
    as_of: datetime = Field(description="the time that was decided at; a replay dates it back")
    recorded_at: datetime
    attempt: int = 1
    drift_report_id: int | None = Field(default=None, foreign_key="drift_report.id")
    dagster_run_id: str | None = None
    started_at: datetime | None = None
    challenger_version_id: int | None = Field(default=None, foreign_key="model_version.id")
    champion_version_id: int | None = Field(default=None, foreign_key="model_version.id")
    serving_version_id: int | None = Field(
        default=None, foreign_key="model_version.id", description="the champion after the decision"
    )
    holdout_version_id: int | None = Field(default=None, foreign_key="dataset_version.id")
    metric: str | None = None
    champion_score: float | None = None
    challenger_score: float | None = None
    gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None
    p_value: float | None = None
    outcome: str | None = Field(default=None, description="why it was promoted, kept or failed")
    judged_at: datetime | None = None


def model_named(session: Session, name: str, created_at: datetime) -> RegisteredModel:
    """Return the registered model `name`, made now where it is new."""
    insert_missing(session, RegisteredModel, [{"name": name, "description": "", "created_at": created_at}])
    return session.exec(select(RegisteredModel).where(RegisteredModel.name == name)).one()


def lock_models(session: Session, model_id: int | None = None) -> None:
    """Hold one model, or all, against other writers of its history until the transaction ends.

    SQLite has one writer anyway; on PostgreSQL two could otherwise read the same newest row and both add to it.
    """
    statement = select(RegisteredModel.id).order_by(col(RegisteredModel.id)).with_for_update(key_share=True)
    if model_id is not None:
        statement = statement.where(RegisteredModel.id == model_id)
    session.exec(statement).all()


def find_model(session: Session, name: str) -> RegisteredModel | None:
    """Return the registered model `name`, or None."""
    return session.exec(select(RegisteredModel).where(RegisteredModel.name == name)).one_or_none()


def models(session: Session) -> Sequence[RegisteredModel]:
    """Return all registered models by name."""
    return session.exec(select(RegisteredModel).order_by(RegisteredModel.name)).all()


def versions(session: Session, model_id: int) -> Sequence[ModelVersion]:
    """Return the versions of a model, newest first."""
    statement = select(ModelVersion).where(ModelVersion.model_id == model_id)
    return session.exec(statement.order_by(col(ModelVersion.version).desc())).all()


def version(session: Session, version_id: int | None) -> ModelVersion | None:
    """Return a model version by its row id, or None."""
    return None if version_id is None else session.get(ModelVersion, version_id)


def version_numbered(session: Session, model_id: int, number: int) -> ModelVersion | None:
    """Return version `number` of a model, or None."""
    statement = select(ModelVersion).where(ModelVersion.model_id == model_id, ModelVersion.version == number)
    return session.exec(statement).one_or_none()


def versions_numbered(session: Session, number: int, model_ids: Sequence[int]) -> dict[int, ModelVersion]:
    """Return version `number` of each model; a model without it is left out."""
    statement = select(ModelVersion).where(col(ModelVersion.model_id).in_(model_ids), ModelVersion.version == number)
    return {row.model_id: row for row in session.exec(statement)}


def newest_versions(
    session: Session, first: int, before: int | None, model_ids: Sequence[int]
) -> dict[int, list[ModelVersion]]:
    """Return the newest `first` versions of each model, only those numbered below `before`, newest first."""
    number = col(ModelVersion.version)
    place = func.row_number().over(partition_by=col(ModelVersion.model_id), order_by=number.desc())
    ranked = select(ModelVersion.id, place.label("place")).where(col(ModelVersion.model_id).in_(model_ids))
    if before is not None:
        ranked = ranked.where(number < before)
    newest = ranked.subquery()
    rows: dict[int, list[ModelVersion]] = {id_: [] for id_ in model_ids}
    statement = select(ModelVersion).join(newest, newest.c.id == ModelVersion.id).where(newest.c.place <= first)
    for row in session.exec(statement.order_by(number.desc())):
        rows[row.model_id].append(row)
    return rows


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


def next_version(session: Session, model_id: int) -> int:
    """Return the number after the highest version; only sure inside the transaction that uses it."""
    statement = select(func.max(ModelVersion.version)).where(ModelVersion.model_id == model_id)
    return (session.exec(statement).one() or 0) + 1


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


def decision(session: Session, decision_id: int) -> Decision | None:
    """Return a decision, or None."""
    return session.get(Decision, decision_id)


def decisions(
    session: Session,
    model_id: int | None,
    *,
    status: DecisionStatus | None = None,
    first: int | None = 100,
    before: int | None = None,
) -> Sequence[Decision]:
    """Return decisions about a model (None: all), newest first; `before` is the id of the last one seen."""
    statement = select(Decision)
    if model_id is not None:
        statement = statement.where(Decision.model_id == model_id)
    if status is not None:
        statement = statement.where(Decision.status == status)
    if before is not None:
        statement = statement.where(col(Decision.id) < before)
    return session.exec(statement.order_by(col(Decision.id).desc()).limit(first)).all()


def decisions_on(session: Session, report_ids: Sequence[int]) -> dict[int, Decision]:
    """Return the decision on each drift report; one without a decision is left out."""
    found = session.exec(select(Decision).where(col(Decision.drift_report_id).in_(report_ids)))
    return {row.drift_report_id: row for row in found if row.drift_report_id is not None}


def judged_version(session: Session, version_ids: Sequence[int]) -> bool:
    """Return whether any of these versions was judged on a holdout."""
    statement = select(Decision.id).where(
        col(Decision.challenger_version_id).in_(version_ids), col(Decision.judged_at).is_not(None)
    )
    return session.exec(statement.limit(1)).first() is not None


def requested_decisions(session: Session) -> Sequence[tuple[Decision, str]]:
    """Return (decision, model name) of all that a drift report led to and that have no end yet, oldest first."""
    statement = (
        select(Decision, RegisteredModel.name)
        .join(RegisteredModel, col(Decision.model_id) == RegisteredModel.id)
        .where(col(Decision.status).in_([DecisionStatus.REQUESTED, DecisionStatus.TRAINING, DecisionStatus.TRAINED]))
        .where(col(Decision.drift_report_id).is_not(None))
        .order_by(col(Decision.id))
    )
    return session.exec(statement).all()


def running(session: Session, model_id: int, *, since: datetime) -> int | None:
    """Return a decision whose retraining waits, or was started after `since` and has no end yet, or None."""
    statement = select(func.max(Decision.id)).where(
        Decision.model_id == model_id,
        (col(Decision.status) == DecisionStatus.REQUESTED)
        | ((col(Decision.status) == DecisionStatus.TRAINING) & (col(Decision.started_at) > since)),
    )
    return session.exec(statement).one()


def last_start(session: Session, model_id: int) -> datetime | None:
    """Return the time of the newest retraining that was started, failed ones too, or None."""
    statement = select(func.max(Decision.as_of)).where(
        Decision.model_id == model_id, col(Decision.started_at).is_not(None)
    )
    return session.exec(statement).one()


def starts_since(session: Session, model_id: int, since: datetime) -> Sequence[datetime]:
    """Return the times after `since` at which retrainings were started, failed ones too, oldest first."""
    statement = select(Decision.as_of).where(
        Decision.model_id == model_id, col(Decision.started_at).is_not(None), col(Decision.as_of) > since
    )
    return session.exec(statement.order_by(col(Decision.as_of))).all()


def lost_since_promotion(session: Session, model_id: int) -> Sequence[datetime]:
    """Return the times of the retrainings since the newest promotion whose challenger lost, oldest first.

    A bandit that ended is no retraining.
    """
    promoted = select(func.coalesce(func.max(Decision.id), 0)).where(
        Decision.model_id == model_id, Decision.status == DecisionStatus.PROMOTED
    )
    statement = select(Decision.as_of).where(
        Decision.model_id == model_id,
        Decision.status == DecisionStatus.KEPT,
        col(Decision.started_at).is_not(None),
        col(Decision.id) > promoted.scalar_subquery(),
    )
    return session.exec(statement.order_by(col(Decision.id))).all()
