"""Evaluations with their metrics and slices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.batch_rows import PredictionBatch
from driftline.store.model_rows import ModelVersionRow
from driftline.store.upsert import insert_missing
from driftline.store.values import Prose


class Evaluation(SQLModel, table=True):
    """One row is a measurement of one version on one partition, or on a holdout; older ones are kept."""

    __table_args__ = (
        Index("ix_evaluation_version_partition", "version_id", "dataset", "partition_key", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="model_version.id")
    dataset: str = Field(description="the pipeline's name, <pipeline>/holdout, or <pipeline>/estimated")
    dataset_version_id: int | None = Field(default=None, foreign_key="dataset_version.id")
    partition_key: str = Field(description="empty for a table without partitions")
    row_count: int
    label_count: int
    left_out: list[str] = Field(default=[], sa_type=JSON, description="why some labelled predictions are not measured")
    evaluated_at: datetime
    as_of: datetime | None = Field(default=None, description="the labels known at this time are in it")
    digest: str = Field(description="sha256 of the predictions and labels it stands on")
    dagster_run_id: str | None = None
    batch_id: int | None = Field(
        default=None, foreign_key="prediction_batch.id", description="the predictions it measured; NULL on a holdout"
    )


class EvaluationMetric(SQLModel, table=True):
    """One row is one metric of an evaluation; NULL says that it is not defined, and `note` why."""

    __tablename__ = "evaluation_metric"

    evaluation_id: int = Field(primary_key=True, foreign_key="evaluation.id")
    metric: str = Field(primary_key=True)
    value: float | None
    ci_low: float | None
    ci_high: float | None
    standard_error: float | None
    note: str | None = Field(default=None, sa_type=Prose)


class EvaluationSlice(SQLModel, table=True):
    """One row is one metric of an evaluation on the rows that share a value of a column."""

    __tablename__ = "evaluation_slice"

    evaluation_id: int = Field(primary_key=True, foreign_key="evaluation.id")
    slice_column: str = Field(primary_key=True)
    slice_value: str = Field(primary_key=True, sa_type=Prose, description="as text")
    metric: str = Field(primary_key=True)
    value: float | None
    ci_low: float | None
    ci_high: float | None
    standard_error: float | None
    row_count: int
    note: str | None = Field(default=None, sa_type=Prose, description="why there is no value: too small, or undefined")


def newest_evaluations(
    session: Session, version_ids: Sequence[int], dataset: str, partitions: Sequence[str] | None = None
) -> Sequence[Evaluation]:
    """Return the newest evaluation of each (version, partition) on `dataset`, by partition."""
    newest = select(func.max(Evaluation.id)).where(
        col(Evaluation.version_id).in_(version_ids), Evaluation.dataset == dataset
    )
    if partitions is not None:
        newest = newest.where(col(Evaluation.partition_key).in_(partitions))
    newest = newest.group_by(col(Evaluation.version_id), Evaluation.partition_key)
    statement = select(Evaluation).where(col(Evaluation.id).in_(newest)).order_by(Evaluation.partition_key)
    return session.exec(statement).all()


def newest_metrics(
    session: Session, version_ids: Sequence[int], dataset: str
) -> Sequence[tuple[Evaluation, EvaluationMetric]]:
    """Return the metrics of the newest evaluation of each (version, partition) on `dataset`, one statement."""
    newest = (
        select(func.max(Evaluation.id))
        .where(col(Evaluation.version_id).in_(version_ids), Evaluation.dataset == dataset)
        .group_by(col(Evaluation.version_id), Evaluation.partition_key)
    )
    statement = (
        select(Evaluation, EvaluationMetric)
        .join(EvaluationMetric, col(EvaluationMetric.evaluation_id) == Evaluation.id)
        .where(col(Evaluation.id).in_(newest))
    )
    return session.exec(statement.order_by(Evaluation.partition_key, EvaluationMetric.metric)).all()


def evaluated_partitions(session: Session, dataset: str) -> set[str]:
    """Return the partitions of `dataset` that any version was evaluated on."""
    return set(session.exec(select(Evaluation.partition_key).where(Evaluation.dataset == dataset).distinct()))


def add_evaluations(
    session: Session,
    rows: Sequence[Mapping[str, Any]],
    metrics: Sequence[Sequence[Mapping[str, Any]]],
    slices: Sequence[Sequence[Mapping[str, Any]]] | None = None,
) -> None:
    """Store evaluations, each with its metrics and slices; all of one call are inserted together."""
    if not rows:
        return
    table = Evaluation.__table__  # type: ignore[attr-defined]
    inserted = session.connection().execute(
        table.insert().returning(table.c.id, sort_by_parameter_order=True), [dict(row) for row in rows]
    )
    ids = [row.id for row in inserted]
    measured = [{"evaluation_id": id_, **metric} for id_, parts in zip(ids, metrics, strict=True) for metric in parts]
    insert_missing(session, EvaluationMetric, measured)
    sliced = [{"evaluation_id": id_, **part} for id_, parts in zip(ids, slices or (), strict=False) for part in parts]
    insert_missing(session, EvaluationSlice, sliced)


def evaluation_metrics(session: Session, evaluation_ids: Sequence[int]) -> dict[int, list[EvaluationMetric]]:
    """Return the metrics of evaluations, one statement."""
    rows: dict[int, list[EvaluationMetric]] = {id_: [] for id_ in evaluation_ids}
    statement = select(EvaluationMetric).where(col(EvaluationMetric.evaluation_id).in_(evaluation_ids))
    for row in session.exec(statement.order_by(EvaluationMetric.metric)):
        rows[row.evaluation_id].append(row)
    return rows


def evaluation_slices(session: Session, evaluation_ids: Sequence[int]) -> dict[int, list[EvaluationSlice]]:
    """Return the slices of evaluations by column and value, one statement."""
    rows: dict[int, list[EvaluationSlice]] = {id_: [] for id_ in evaluation_ids}
    statement = select(EvaluationSlice).where(col(EvaluationSlice.evaluation_id).in_(evaluation_ids))
    order = (EvaluationSlice.slice_column, EvaluationSlice.slice_value, EvaluationSlice.metric)
    for row in session.exec(statement.order_by(*order)):
        rows[row.evaluation_id].append(row)
    return rows


def evaluations(
    session: Session,
    model_id: int,
    *,
    version: int | None = None,
    dataset: str | None = None,
    first_partition: str | None = None,
    last_partition: str | None = None,
    first: int = 100,
    before: int | None = None,
) -> Sequence[Evaluation]:
    """Return evaluations of a model's versions, newest first; partitions from first to last, both included.

    `before` is the id of the last one seen.
    """
    statement = select(Evaluation).join(ModelVersionRow, col(Evaluation.version_id) == ModelVersionRow.id)
    statement = statement.where(ModelVersionRow.model_id == model_id)
    if version is not None:
        statement = statement.where(ModelVersionRow.version == version)
    if dataset is not None:
        statement = statement.where(Evaluation.dataset == dataset)
    if first_partition is not None:
        statement = statement.where(Evaluation.partition_key >= first_partition)
    if last_partition is not None:
        statement = statement.where(Evaluation.partition_key <= last_partition)
    if before is not None:
        statement = statement.where(col(Evaluation.id) < before)
    return session.exec(statement.order_by(col(Evaluation.id).desc()).limit(first)).all()


def newest_on_partitions(
    session: Session,
    model_id: int,
    dataset: str,
    *,
    first: int | None,
    offset: int = 0,
    first_partition: str | None = None,
) -> Sequence[tuple[Evaluation, datetime | None]]:
    """Return (evaluation, start of its partition) of a model on `dataset`, by descending partition.

    The newest evaluation of each version and partition that was predicted, `first` after `offset`; who of the versions
    served is not asked here.
    """
    newest = (
        select(func.max(Evaluation.id))
        .join(ModelVersionRow, col(Evaluation.version_id) == ModelVersionRow.id)
        .where(ModelVersionRow.model_id == model_id, Evaluation.dataset == dataset)
        .group_by(col(Evaluation.version_id), Evaluation.partition_key)
    )
    if first_partition is not None:
        newest = newest.where(col(Evaluation.partition_key) >= first_partition)
    started = (
        select(func.max(PredictionBatch.window_start))
        .where(
            col(PredictionBatch.version_id) == Evaluation.version_id,
            col(PredictionBatch.partition_key) == Evaluation.partition_key,
        )
        .correlate(Evaluation)
        .scalar_subquery()
    )
    predicted = (
        select(PredictionBatch.id)
        .where(
            col(PredictionBatch.version_id) == Evaluation.version_id,
            col(PredictionBatch.partition_key) == Evaluation.partition_key,
        )
        .correlate(Evaluation)
        .exists()
    )
    statement = select(Evaluation, started).where(col(Evaluation.id).in_(newest), predicted)
    order = (col(Evaluation.partition_key).desc(), col(Evaluation.id).desc())
    return session.exec(statement.order_by(*order).limit(first).offset(offset)).all()
