"""The newest of each series that alerts watch."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from driftline.store.monitoring import DriftReport, Evaluation, PredictionBatch
from driftline.store.registry import Decision, DecisionStatus, ModelVersion, RegisteredModel

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


def newest_evaluation(session: Session, model_id: int, dataset: str) -> Evaluation | None:
    """Return the newest evaluation on the newest partition of `dataset`."""
    statement = select(Evaluation).join(ModelVersion, col(Evaluation.version_id) == ModelVersion.id)
    statement = statement.where(ModelVersion.model_id == model_id, Evaluation.dataset == dataset)
    order = (col(Evaluation.partition_key).desc(), col(Evaluation.id).desc())
    return session.exec(statement.order_by(*order).limit(1)).one_or_none()


def newest_ended(session: Session) -> dict[int, Decision]:
    """Return the newest retraining of each model that was promoted, kept or failed."""
    newest = select(func.max(Decision.id)).where(col(Decision.status).in_(ENDED)).group_by(col(Decision.model_id))
    return {row.model_id: row for row in session.exec(select(Decision).where(col(Decision.id).in_(newest)))}


def batches_until(session: Session, model_id: int, end: datetime, *, first: int) -> Sequence[PredictionBatch]:
    """Return the `first` newest prediction batches of a model whose window ended by `end`, newest first."""
    statement = select(PredictionBatch).join(ModelVersion, col(PredictionBatch.version_id) == ModelVersion.id)
    statement = statement.where(ModelVersion.model_id == model_id, col(PredictionBatch.window_end) <= end)
    order = (col(PredictionBatch.window_end).desc(), col(PredictionBatch.id).desc())
    return session.exec(statement.order_by(*order).limit(first)).all()
