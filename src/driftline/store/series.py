"""The newest of each series that alerts and decisions watch: of who served, not of who scored beside."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, DateTime, func, literal
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from driftline.store.monitoring import DriftReport, Evaluation, PredictionBatch
from driftline.store.registry import AliasEvent, Decision, DecisionStatus, ModelVersion, RegisteredModel

ENDED = (DecisionStatus.PROMOTED, DecisionStatus.KEPT, DecisionStatus.FAILED)


def newest_reports(session: Session) -> dict[int, DriftReport]:
    """Return the newest drift report on the newest partition of each model; a backfill of older ones changes nothing.

    One statement that asks an index once for each model: alerts look at all models in each tick.
    """
    own = aliased(DriftReport)
    newest = select(own.id).where(own.model_id == RegisteredModel.id).correlate(RegisteredModel)
    newest = newest.order_by(col(own.partition_key).desc(), col(own.id).desc()).limit(1)
    statement = select(DriftReport).join(RegisteredModel, col(DriftReport.id) == newest.scalar_subquery())
    return {row.model_id: row for row in session.exec(statement)}


def served(alias: str, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a prediction batch of a joined version is of who held `alias` at its start.

    A batch of a table has no start: it is of who holds the alias `now`.
    """
    start = func.coalesce(col(PredictionBatch.window_start), literal(now, DateTime(timezone=True)))
    holder = (
        select(AliasEvent.version_id)
        .where(AliasEvent.model_id == ModelVersion.model_id, AliasEvent.alias == alias)
        .where(col(AliasEvent.effective_at) <= start)
        .order_by(col(AliasEvent.revision).desc())
        .limit(1)
        .correlate(PredictionBatch, ModelVersion)
        .scalar_subquery()
    )
    return col(PredictionBatch.version_id) == holder


def newest_evaluation(session: Session, model_id: int, dataset: str, *, alias: str, now: datetime) -> Evaluation | None:
    """Return the newest evaluation on the newest partition of `dataset` of who held `alias` at its time."""
    statement = (
        select(Evaluation)
        .join(ModelVersion, col(Evaluation.version_id) == ModelVersion.id)
        .join(
            PredictionBatch,
            (col(PredictionBatch.version_id) == Evaluation.version_id)
            & (col(PredictionBatch.partition_key) == Evaluation.partition_key),
        )
        .where(ModelVersion.model_id == model_id, Evaluation.dataset == dataset, served(alias, now))
    )
    order = (col(Evaluation.partition_key).desc(), col(Evaluation.id).desc())
    return session.exec(statement.order_by(*order).limit(1)).one_or_none()


def newest_ended(session: Session) -> dict[int, Decision]:
    """Return the newest retraining of each model that was promoted, kept or failed."""
    newest = select(func.max(Decision.id)).where(col(Decision.status).in_(ENDED)).group_by(col(Decision.model_id))
    return {row.model_id: row for row in session.exec(select(Decision).where(col(Decision.id).in_(newest)))}


def batches_until(
    session: Session, model_id: int, end: datetime, *, alias: str, first: int
) -> Sequence[PredictionBatch]:
    """Return the `first` newest prediction batches that ended by `end`, of who held `alias` then, newest first."""
    statement = select(PredictionBatch).join(ModelVersion, col(PredictionBatch.version_id) == ModelVersion.id)
    statement = statement.where(ModelVersion.model_id == model_id, col(PredictionBatch.window_end) <= end)
    order = (col(PredictionBatch.window_end).desc(), col(PredictionBatch.id).desc())
    return session.exec(statement.where(served(alias, end)).order_by(*order).limit(first)).all()


def label_count(
    session: Session, model_id: int, dataset: str, *, alias: str, first_partition: str, now: datetime
) -> int:
    """Return how many labels the newest evaluations of who held `alias` hold, from `first_partition` on."""
    newest = (
        select(func.max(Evaluation.id))
        .join(ModelVersion, col(Evaluation.version_id) == ModelVersion.id)
        .join(
            PredictionBatch,
            (col(PredictionBatch.version_id) == Evaluation.version_id)
            & (col(PredictionBatch.partition_key) == Evaluation.partition_key),
        )
        .where(ModelVersion.model_id == model_id, Evaluation.dataset == dataset, served(alias, now))
        .where(col(Evaluation.partition_key) >= first_partition)
        .group_by(Evaluation.partition_key)
    )
    return session.exec(select(func.sum(Evaluation.label_count)).where(col(Evaluation.id).in_(newest))).one() or 0
