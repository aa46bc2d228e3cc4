"""The newest of each series that alerts watch."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from driftline.store.monitoring import DriftReport, Evaluation, PredictionBatch
from driftline.store.registry import Decision, DecisionStatus, ModelVersion

ENDED = (DecisionStatus.PROMOTED, DecisionStatus.KEPT, DecisionStatus.FAILED)


def newest_report(session: Session, model_id: int) -> DriftReport | None:
    """Return the newest drift report on the newest partition of a model; a backfill of older ones changes nothing."""
    statement = select(DriftReport).where(DriftReport.model_id == model_id)
    order = (col(DriftReport.partition_key).desc(), col(DriftReport.id).desc())
    return session.exec(statement.order_by(*order).limit(1)).one_or_none()


def newest_evaluation(session: Session, model_id: int, dataset: str) -> Evaluation | None:
    """Return the newest evaluation on the newest partition of `dataset`."""
    statement = select(Evaluation).join(ModelVersion, col(Evaluation.version_id) == ModelVersion.id)
    statement = statement.where(ModelVersion.model_id == model_id, Evaluation.dataset == dataset)
    order = (col(Evaluation.partition_key).desc(), col(Evaluation.id).desc())
    return session.exec(statement.order_by(*order).limit(1)).one_or_none()


def newest_ended(session: Session, model_id: int) -> Decision | None:
    """Return the newest retraining of a model that was promoted, kept or failed."""
    statement = select(Decision).where(Decision.model_id == model_id, col(Decision.status).in_(ENDED))
    return session.exec(statement.order_by(col(Decision.id).desc()).limit(1)).one_or_none()


def batches_until(session: Session, model_id: int, end: datetime, *, first: int) -> Sequence[PredictionBatch]:
    """Return the `first` newest prediction batches of a model whose window ended by `end`, newest first."""
    statement = select(PredictionBatch).join(ModelVersion, col(PredictionBatch.version_id) == ModelVersion.id)
    statement = statement.where(ModelVersion.model_id == model_id, col(PredictionBatch.window_end) <= end)
    order = (col(PredictionBatch.window_end).desc(), col(PredictionBatch.id).desc())
    return session.exec(statement.order_by(*order).limit(first)).all()
