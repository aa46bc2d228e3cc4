"""Decisions about which version serves, and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.model_rows import (
    RegisteredModel,
)


class DecisionStatus(StrEnum):
    """Where the decision about a retraining stands."""

    DECLINED = "declined"
    REQUESTED = "requested"
    TRAINING = "training"
    TRAINED = "trained"
    PROMOTED = "promoted"
    KEPT = "kept"
    FAILED = "failed"


ENDED = (DecisionStatus.PROMOTED, DecisionStatus.KEPT, DecisionStatus.FAILED)


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


def newest_ended(session: Session) -> dict[int, Decision]:
    """Return the newest retraining of each model that was promoted, kept or failed."""
    newest = (
        select(func.max(Decision.id))
        .where(
            col(Decision.status).in_(ENDED), col(Decision.started_at).is_not(None)
        )  # a switch by hand starts nothing
        .group_by(col(Decision.model_id))
    )
    return {row.model_id: row for row in session.exec(select(Decision).where(col(Decision.id).in_(newest)))}
