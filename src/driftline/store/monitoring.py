"""Prediction batches, evaluations and drift reports."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.registry import Decision, ModelVersion, RegisteredModel
from driftline.store.upsert import insert_missing


class PredictionBatch(SQLModel, table=True):
    """One row is what one model version said about one partition; the predictions are a Parquet artifact."""

    __tablename__ = "prediction_batch"
    __table_args__ = (UniqueConstraint("version_id", "partition_key"),)

    id: int = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="model_version.id")
    partition_key: str = Field(description="empty for a table without partitions")
    window_start: datetime | None = None
    window_end: datetime | None = None
    row_count: int
    digest: str
    created_at: datetime
    dagster_run_id: str | None = None


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
    evaluated_at: datetime
    as_of: datetime | None = Field(default=None, description="the labels known at this time are in it")
    digest: str = Field(description="sha256 of the predictions and labels it stands on")
    dagster_run_id: str | None = None


class EvaluationMetric(SQLModel, table=True):
    """One row is one metric of an evaluation; NULL says that it is not defined, and `note` why."""

    __tablename__ = "evaluation_metric"

    evaluation_id: int = Field(primary_key=True, foreign_key="evaluation.id")
    metric: str = Field(primary_key=True)
    value: float | None
    ci_low: float | None
    ci_high: float | None
    standard_error: float | None
    note: str | None = None


class EvaluationSlice(SQLModel, table=True):
    """One row is one metric of an evaluation on the rows that share a value of a column."""

    __tablename__ = "evaluation_slice"

    evaluation_id: int = Field(primary_key=True, foreign_key="evaluation.id")
    slice_column: str = Field(primary_key=True)
    slice_value: str = Field(primary_key=True, description="as text")
    metric: str = Field(primary_key=True)
    value: float | None
    ci_low: float | None
    ci_high: float | None
    standard_error: float | None
    row_count: int
    note: str | None = Field(default=None, description="why there is no value: too small, or undefined")


class DriftReport(SQLModel, table=True):
    """One row is a statement about one version after one partition, with its findings as evidence."""

    __tablename__ = "drift_report"
    __table_args__ = (
        UniqueConstraint("version_id", "partition_key", "digest"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    model_id: int = Field(foreign_key="registered_model.id", index=True)
    version_id: int = Field(foreign_key="model_version.id")
    partition_key: str = Field(description="empty for a table without partitions")
    reference: str = Field(description="what the window was compared with")
    window_start: datetime | None = None
    window_end: datetime | None = None
    verdict: str = Field(description="ok, drift, too_few_rows or undefined")
    summary: str
    digest: str = Field(description="sha256 of the findings: the same evidence is reported once")
    created_at: datetime
    dagster_run_id: str | None = None


class DriftFinding(SQLModel, table=True):
    """One row is the evidence of one check of a drift report."""

    __tablename__ = "drift_finding"

    report_id: int = Field(primary_key=True, foreign_key="drift_report.id")
    position: int = Field(primary_key=True)
    kind: str
    name: str
    method: str
    statistic: float | None
    effect_name: str | None
    effect: float | None
    threshold: float | None
    p_value: float | None
    reference_rows: int
    analysis_rows: int
    verdict: str
    note: str | None = None
    role: str = Field(
        default="alert",
        sa_column_kwargs={"server_default": "alert"},
        description="the rule it serves: alert or trigger",
    )


class Pipeline(SQLModel, table=True):
    """One row is what a pipeline wrote about itself when it last ran."""

    name: str = Field(primary_key=True)
    declaration: dict[str, Any] = Field(sa_type=JSON)
    updated_at: datetime


def put_batches(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store prediction batches; a batch of the same version and partition is replaced."""
    keys = {(row["version_id"], row["partition_key"]) for row in rows}
    for version_id in {version_id for version_id, _ in keys}:
        partitions = [partition for version, partition in keys if version == version_id]
        found = select(PredictionBatch).where(
            PredictionBatch.version_id == version_id, col(PredictionBatch.partition_key).in_(partitions)
        )
        for batch in session.exec(found):
            session.delete(batch)
    session.flush()
    insert_missing(session, PredictionBatch, rows)


def batches(session: Session, version_ids: Sequence[int], partitions: Sequence[str]) -> Sequence[PredictionBatch]:
    """Return the prediction batches of these versions and partitions, by partition."""
    statement = select(PredictionBatch).where(
        col(PredictionBatch.version_id).in_(version_ids), col(PredictionBatch.partition_key).in_(partitions)
    )
    return session.exec(statement.order_by(PredictionBatch.partition_key)).all()


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


def evaluated_partitions(session: Session, dataset: str) -> set[str]:
    """Return the partitions of `dataset` that any version was evaluated on."""
    return set(session.exec(select(Evaluation.partition_key).where(Evaluation.dataset == dataset).distinct()))


def reported_partitions(session: Session, model_name: str) -> set[str]:
    """Return the partitions of a model that any drift report is about."""
    statement = select(DriftReport.partition_key).join(RegisteredModel, col(DriftReport.model_id) == RegisteredModel.id)
    return set(session.exec(statement.where(RegisteredModel.name == model_name).distinct()))


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
    measured = [{"evaluation_id": id_, **metric} for id_, own in zip(ids, metrics, strict=True) for metric in own]
    insert_missing(session, EvaluationMetric, measured)
    sliced = [{"evaluation_id": id_, **one} for id_, own in zip(ids, slices or (), strict=False) for one in own]
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
    statement = select(Evaluation).join(ModelVersion, col(Evaluation.version_id) == ModelVersion.id)
    statement = statement.where(ModelVersion.model_id == model_id)
    if version is not None:
        statement = statement.where(ModelVersion.version == version)
    if dataset is not None:
        statement = statement.where(Evaluation.dataset == dataset)
    if first_partition is not None:
        statement = statement.where(Evaluation.partition_key >= first_partition)
    if last_partition is not None:
        statement = statement.where(Evaluation.partition_key <= last_partition)
    if before is not None:
        statement = statement.where(col(Evaluation.id) < before)
    return session.exec(statement.order_by(col(Evaluation.id).desc()).limit(first)).all()


def add_report(session: Session, report: DriftReport, findings: Sequence[Mapping[str, Any]]) -> DriftReport:
    """Store a report with its findings; the same evidence again returns the report that is there."""
    known = session.exec(
        select(DriftReport).where(
            DriftReport.version_id == report.version_id,
            DriftReport.partition_key == report.partition_key,
            DriftReport.digest == report.digest,
        )
    ).one_or_none()
    if known is not None:
        return known
    session.add(report)
    session.flush()
    rows = [{"report_id": report.id, "position": i, **finding} for i, finding in enumerate(findings)]
    insert_missing(session, DriftFinding, rows)
    return report


def reports(
    session: Session, model_id: int | None, *, first: int = 100, before: int | None = None
) -> Sequence[DriftReport]:
    """Return the drift reports of a model (None: of all), newest first; `before` is the id of the last one seen."""
    statement = select(DriftReport)
    if model_id is not None:
        statement = statement.where(DriftReport.model_id == model_id)
    if before is not None:
        statement = statement.where(col(DriftReport.id) < before)
    return session.exec(statement.order_by(col(DriftReport.id).desc()).limit(first)).all()


def first_reports(session: Session, model_id: int, *, verdict: str, kind: str) -> Sequence[DriftReport]:
    """Return, for each version of a model, the first report with an alert of this kind and verdict."""
    first = (
        select(func.min(DriftReport.id))
        .join(DriftFinding, col(DriftFinding.report_id) == DriftReport.id)
        .where(DriftReport.model_id == model_id, DriftFinding.verdict == verdict, DriftFinding.kind == kind)
        .where(DriftFinding.role == "alert")
        .group_by(col(DriftReport.version_id))
    )
    return session.exec(select(DriftReport).where(col(DriftReport.id).in_(first)).order_by(col(DriftReport.id))).all()


def findings(session: Session, report_ids: Sequence[int]) -> dict[int, list[DriftFinding]]:
    """Return the findings of drift reports, one statement."""
    rows: dict[int, list[DriftFinding]] = {id_: [] for id_ in report_ids}
    statement = select(DriftFinding).where(col(DriftFinding.report_id).in_(report_ids))
    for row in session.exec(statement.order_by(col(DriftFinding.report_id), col(DriftFinding.position))):
        rows[row.report_id].append(row)
    return rows


def undecided_reports(session: Session, *, limit: int | None = None) -> Sequence[tuple[DriftReport, str]]:
    """Return (report, model name) of all reports without a decision, oldest first."""
    statement = (
        select(DriftReport, RegisteredModel.name)
        .join(RegisteredModel, col(DriftReport.model_id) == RegisteredModel.id)
        .outerjoin(Decision, col(Decision.drift_report_id) == DriftReport.id)
        .where(col(Decision.id).is_(None))
        .order_by(col(DriftReport.id))
        .limit(limit)
    )
    return session.exec(statement).all()


def put_pipeline(session: Session, name: str, declaration: dict[str, Any], updated_at: datetime) -> None:
    """Store what a pipeline says about itself in place of what it said before."""
    row = {"name": name, "declaration": declaration, "updated_at": updated_at}
    insert_missing(session, Pipeline, [row])  # of two that are the first, one waits for the other here
    session.merge(Pipeline(name=name, declaration=declaration, updated_at=updated_at))


def pipelines(session: Session) -> Sequence[Pipeline]:
    """Return what all pipelines say about themselves, by name."""
    return session.exec(select(Pipeline).order_by(Pipeline.name)).all()
