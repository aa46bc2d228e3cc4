"""Decisions: a question each, and the events of its life."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.model_rows import RegisteredModel
from driftline.store.values import Prose


class DecisionKind(StrEnum):
    """What is decided: whether to retrain, a switch by hand, a bandit's version to keep, or the level to be kept."""

    RETRAIN = "retrain"
    SWITCH = "switch"
    BANDIT = "bandit"
    LEVEL = "level"


class Trigger(StrEnum):
    """What asked for a decision."""

    DRIFT = "drift"
    AGE = "age"
    LABELS = "labels"
    SCHEDULE = "schedule"
    MANUAL = "manual"
    BANDIT = "bandit"


class DecisionStatus(StrEnum):
    """What happened to a decision; the newest of its events says where it stands."""

    DECLINED = "declined"
    REQUESTED = "requested"
    TRAINING = "training"
    TRAINED = "trained"
    JUDGED = "judged"
    PROMOTED = "promoted"
    KEPT = "kept"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ACCEPTED = "accepted"


FIRST_MODEL = "first_model"  # the rule of the decision that a model begins with
PROCESS_ENDED = "process_ended"  # the rule by which a retraining has failed whose process died


LookOrLevel = tuple[DecisionKind, datetime, DecisionStatus, Mapping[str, Any]]


class DecisionRow(SQLModel, table=True):
    """One row is a question about a model, with what it was asked on; what became of it are its events."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("drift_report_id"),
        Index("ix_decision_model_status", "model_id", "status"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    model_id: int = Field(foreign_key="registered_model.id")
    kind: DecisionKind = Field(sa_type=String)
    trigger: Trigger = Field(sa_type=String)
    actor: str
    as_of: datetime = Field(description="the time that was decided at; a replay dates it back")
    recorded_at: datetime
    drift_report_id: int | None = Field(default=None, foreign_key="drift_report.id")
    declaration_digest: str | None = Field(
        default=None, foreign_key="declaration.digest", description="the declaration that was in force"
    )
    status: DecisionStatus = Field(sa_type=String, description="of the newest event, kept here for searches")


class DecisionEventRow(SQLModel, table=True):
    """One row is something that happened to a decision; rows are only ever appended."""

    __tablename__ = "decision_event"
    __table_args__ = (UniqueConstraint("decision_id", "number"), {"sqlite_autoincrement": True})

    id: int = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="decision.id")
    number: int = Field(description="of the events of the decision, from 1")
    status: DecisionStatus = Field(sa_type=String)
    recorded_at: datetime
    actor: str
    rule: str = Field(description="the code of the rule that decided")
    details: dict[str, Any] = Field(sa_type=JSON, description="the values it decided on")
    text: str = Field(sa_type=Prose, description="both as a sentence")
    attempt: int = 1
    dagster_run_id: str | None = None
    challenger_version_id: int | None = Field(default=None, foreign_key="model_version.id")
    holdout_version_id: int | None = Field(default=None, foreign_key="dataset_version.id")
    serving_version_id: int | None = Field(
        default=None, foreign_key="model_version.id", description="the champion from then on"
    )


def ask(session: Session, **values: Any) -> DecisionRow:
    """Store a question and return it with its id; its first event is to follow in the same transaction."""
    row = DecisionRow(**values)
    session.add(row)
    session.flush()
    return row


def append_event(session: Session, decision_id: int, **values: Any) -> DecisionEventRow:
    """Append an event to a decision; its status becomes that of the decision."""
    decision = session.get_one(DecisionRow, decision_id)
    newest = select(func.max(DecisionEventRow.number)).where(DecisionEventRow.decision_id == decision_id)
    row = DecisionEventRow(decision_id=decision_id, number=(session.exec(newest).one() or 0) + 1, **values)
    session.add(row)
    decision.status = row.status
    session.flush()
    return row


def decisions(
    session: Session,
    model_id: int | None,
    *,
    status: DecisionStatus | None = None,
    without: DecisionStatus | None = None,
    kind: DecisionKind | None = None,
    first: int | None = 100,
    before: int | None = None,
) -> Sequence[DecisionRow]:
    """Return decisions about a model (None: all), newest first; `before` is the id of the last one seen."""
    statement = select(DecisionRow)
    if model_id is not None:
        statement = statement.where(DecisionRow.model_id == model_id)
    if status is not None:
        statement = statement.where(DecisionRow.status == status)
    if without is not None:
        statement = statement.where(DecisionRow.status != without)
    if kind is not None:
        statement = statement.where(DecisionRow.kind == kind)
    if before is not None:
        statement = statement.where(col(DecisionRow.id) < before)
    return session.exec(statement.order_by(col(DecisionRow.id).desc()).limit(first)).all()


def by_id(session: Session, decision_ids: Collection[int]) -> Sequence[DecisionRow]:
    """Return the decisions with these ids, in any order."""
    return session.exec(select(DecisionRow).where(col(DecisionRow.id).in_(decision_ids))).all()


def events(session: Session, decision_ids: Collection[int]) -> dict[int, list[DecisionEventRow]]:
    """Return the events of decisions, oldest first, one statement."""
    rows: dict[int, list[DecisionEventRow]] = {id_: [] for id_ in decision_ids}
    statement = select(DecisionEventRow).where(col(DecisionEventRow.decision_id).in_(decision_ids))
    for row in session.exec(statement.order_by(col(DecisionEventRow.decision_id), col(DecisionEventRow.number))):
        rows[row.decision_id].append(row)
    return rows


def on_reports(session: Session, report_ids: Collection[int]) -> dict[int, DecisionRow]:
    """Return the decision on each drift report; one without a decision is left out."""
    rows = session.exec(select(DecisionRow).where(col(DecisionRow.drift_report_id).in_(report_ids)))
    return {row.drift_report_id: row for row in rows if row.drift_report_id is not None}


def newest_ended(session: Session) -> dict[int, DecisionRow]:
    """Return the newest retraining of each model that was promoted, kept or failed, by model."""
    ended = [DecisionStatus.PROMOTED, DecisionStatus.KEPT, DecisionStatus.FAILED]
    newest = (
        select(func.max(DecisionRow.id))
        .where(col(DecisionRow.status).in_(ended), DecisionRow.kind == DecisionKind.RETRAIN)
        .group_by(col(DecisionRow.model_id))
    )
    return {row.model_id: row for row in session.exec(select(DecisionRow).where(col(DecisionRow.id).in_(newest)))}


def ended_since(session: Session, time: datetime) -> Sequence[DecisionRow]:
    """Return the decisions that were promoted, kept or accepted after `time` by the machine's clock, oldest first."""
    ended = [DecisionStatus.PROMOTED, DecisionStatus.KEPT, DecisionStatus.ACCEPTED]
    statement = (
        select(DecisionRow)
        .join(DecisionEventRow, col(DecisionEventRow.decision_id) == DecisionRow.id)
        .where(col(DecisionEventRow.status).in_(ended), DecisionEventRow.recorded_at > time)
        .order_by(col(DecisionEventRow.id))
    )
    return session.exec(statement).all()


def looks_and_levels(session: Session, model_id: int) -> Sequence[LookOrLevel]:
    """Return (kind, as of, status, first details) of judged retrainings and of accepted levels, oldest first.

    The first model is left out: nothing was looked for when it was trained.
    """
    statement = (
        select(DecisionRow.kind, DecisionRow.as_of, DecisionRow.status, DecisionEventRow.details)
        .join(DecisionEventRow, col(DecisionEventRow.decision_id) == DecisionRow.id)
        .where(DecisionRow.model_id == model_id, DecisionEventRow.number == 1)
        .where(DecisionEventRow.rule != FIRST_MODEL)
        .where(col(DecisionRow.kind).in_([DecisionKind.RETRAIN, DecisionKind.LEVEL]))
        .where(col(DecisionRow.status).in_([DecisionStatus.PROMOTED, DecisionStatus.KEPT, DecisionStatus.ACCEPTED]))
        .order_by(col(DecisionRow.as_of), col(DecisionRow.id))
    )
    return [
        (DecisionKind(kind), at, DecisionStatus(status), details)
        for kind, at, status, details in session.exec(statement)
    ]


def requested_on_reports(session: Session) -> Sequence[tuple[DecisionRow, str]]:
    """Return (decision, model name) of all that a drift report led to and that have no end yet, oldest first."""
    going = [DecisionStatus.REQUESTED, DecisionStatus.TRAINING, DecisionStatus.TRAINED]
    statement = (
        select(DecisionRow, RegisteredModel.name)
        .join(RegisteredModel, col(DecisionRow.model_id) == RegisteredModel.id)
        .where(col(DecisionRow.status).in_(going), col(DecisionRow.drift_report_id).is_not(None))
        .order_by(col(DecisionRow.id))
    )
    return session.exec(statement).all()


def in_training(session: Session) -> Sequence[tuple[DecisionRow, str]]:
    """Return (decision, model name) of all retrainings that train, oldest first."""
    statement = (
        select(DecisionRow, RegisteredModel.name)
        .join(RegisteredModel, col(DecisionRow.model_id) == RegisteredModel.id)
        .where(DecisionRow.status == DecisionStatus.TRAINING)
        .order_by(col(DecisionRow.id))
    )
    return session.exec(statement).all()


def retraining_starts(session: Session, model_id: int) -> Sequence[tuple[DecisionRow, datetime]]:
    """Return (decision, when it last began to train) of the retrainings of a model that were started, oldest first."""
    began = func.max(DecisionEventRow.recorded_at)
    statement = (
        select(DecisionRow, began)
        .join(DecisionEventRow, col(DecisionEventRow.decision_id) == DecisionRow.id)
        .where(DecisionRow.model_id == model_id, DecisionEventRow.status == DecisionStatus.TRAINING)
        .group_by(col(DecisionRow.id))
    )
    return session.exec(statement.order_by(col(DecisionRow.id))).all()


def cut_off(session: Session, model_id: int) -> set[int]:
    """Return the ids of the retrainings of a model that have failed because their process ended."""
    statement = (
        select(DecisionRow.id)
        .join(DecisionEventRow, col(DecisionEventRow.decision_id) == DecisionRow.id)
        .where(DecisionRow.model_id == model_id, DecisionEventRow.rule == PROCESS_ENDED)
    )
    return set(session.exec(statement))


def newest_promotion(session: Session, model_id: int) -> int:
    """Return the id of the newest decision about a model by which a version was promoted; 0 without any."""
    statement = select(func.max(DecisionRow.id)).where(
        DecisionRow.model_id == model_id, DecisionRow.status == DecisionStatus.PROMOTED
    )
    return session.exec(statement).one() or 0
