"""Drift reports with their findings as evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, func, text
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.decision_rows import DecisionRow
from driftline.store.model_rows import RegisteredModel
from driftline.store.upsert import insert_missing
from driftline.store.values import Prose

_JSON_OR_NULL = JSON(none_as_null=True)


class DriftReportRow(SQLModel, table=True):
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
    verdict: str = Field(description="ok, drift, degraded, too_few_rows or undefined")
    summary: str = Field(sa_type=Prose)
    digest: str = Field(description="sha256 of the findings: the same evidence is reported once")
    created_at: datetime
    dagster_run_id: str | None = None
    health: dict[str, Any] | None = Field(
        default=None, sa_type=_JSON_OR_NULL, description="how the pipeline stood against the level that it had reached"
    )


class DriftFindingRow(SQLModel, table=True):
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
    note: str | None = Field(default=None, sa_type=Prose)
    role: str = Field(
        default="alert",
        sa_column_kwargs={"server_default": "alert"},
        description="the rule it serves: alert, trigger or health",
    )
    rule: str = Field(
        default="recorded",
        sa_column_kwargs={"server_default": "recorded"},
        description="which rule the verdict follows from; `recorded` where only the sentence was stored",
    )
    details: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSON,
        sa_column_kwargs={"server_default": text("'{}'")},
        description="the values that the rule decided on",
    )


def reported_partitions(session: Session, model_name: str) -> set[str]:
    """Return the partitions of a model that any drift report is about."""
    statement = select(DriftReportRow.partition_key).join(
        RegisteredModel, col(DriftReportRow.model_id) == RegisteredModel.id
    )
    return set(session.exec(statement.where(RegisteredModel.name == model_name).distinct()))


def add_report(
    session: Session,
    *,
    model_id: int,
    version_id: int,
    partition_key: str,
    reference: str,
    verdict: str,
    summary: str,
    digest: str,
    created_at: datetime,
    findings: Sequence[Mapping[str, Any]] = (),
    window_start: datetime | None = None,
    window_end: datetime | None = None,
    dagster_run_id: str | None = None,
    health: Mapping[str, Any] | None = None,
) -> int:
    """Store a report with its findings and return its id; the same evidence again returns the id that is there."""
    same = select(DriftReportRow.id).where(
        DriftReportRow.version_id == version_id,
        DriftReportRow.partition_key == partition_key,
        DriftReportRow.digest == digest,
    )
    stored = session.exec(same).one_or_none()
    if stored is not None:
        return stored
    row = DriftReportRow(
        model_id=model_id,
        version_id=version_id,
        partition_key=partition_key,
        reference=reference,
        window_start=window_start,
        window_end=window_end,
        verdict=verdict,
        summary=summary,
        digest=digest,
        created_at=created_at,
        dagster_run_id=dagster_run_id,
        health=None if health is None else dict(health),
    )
    session.add(row)
    session.flush()
    rows = [{"report_id": row.id, "position": i, **finding} for i, finding in enumerate(findings)]
    insert_missing(session, DriftFindingRow, rows)
    return row.id


def reports(
    session: Session, model_id: int | None, *, first: int = 100, before: int | None = None
) -> Sequence[DriftReportRow]:
    """Return the drift reports of a model (None: of all), newest first; `before` is the id of the last one seen."""
    statement = select(DriftReportRow)
    if model_id is not None:
        statement = statement.where(DriftReportRow.model_id == model_id)
    if before is not None:
        statement = statement.where(col(DriftReportRow.id) < before)
    return session.exec(statement.order_by(col(DriftReportRow.id).desc()).limit(first)).all()


def partition_decided_on(session: Session, decision_id: int) -> str | None:
    """Return the partition of the drift report that a decision is about; None where it is about none."""
    statement = (
        select(DriftReportRow.partition_key)
        .join(DecisionRow, col(DecisionRow.drift_report_id) == DriftReportRow.id)
        .where(DecisionRow.id == decision_id)
    )
    return session.exec(statement).first()


def newest_report(session: Session, model_id: int, partition_key: str) -> DriftReportRow | None:
    """Return the newest report of a partition, or None."""
    statement = select(DriftReportRow).where(
        DriftReportRow.model_id == model_id, DriftReportRow.partition_key == partition_key
    )
    return session.exec(statement.order_by(col(DriftReportRow.id).desc()).limit(1)).first()


def newest_health(session: Session, model_id: int, *, before: str | None = None) -> Mapping[str, Any] | None:
    """Return the health of the newest report on the newest partition of a model, of those before a partition."""
    statement = select(DriftReportRow.health).where(
        DriftReportRow.model_id == model_id, col(DriftReportRow.health).is_not(None)
    )
    if before is not None:
        statement = statement.where(DriftReportRow.partition_key < before)
    newest = (col(DriftReportRow.partition_key).desc(), col(DriftReportRow.id).desc())
    return session.exec(statement.order_by(*newest).limit(1)).first()


def health_between(session: Session, model_id: int, first: str, last: str) -> dict[str, Mapping[str, Any]]:
    """Return the health of the newest report on each partition from `first` to `last`, by partition in their order."""
    statement = select(DriftReportRow.partition_key, DriftReportRow.health).where(
        DriftReportRow.model_id == model_id,
        col(DriftReportRow.health).is_not(None),
        DriftReportRow.partition_key >= first,
        DriftReportRow.partition_key <= last,
    )
    rows = session.exec(statement.order_by(DriftReportRow.partition_key, col(DriftReportRow.id)))
    return {key: health for key, health in rows if health is not None}


def reports_with_health(session: Session, model_id: int) -> Sequence[DriftReportRow]:
    """Return the newest report on each partition of a model that keeps health, in the order of the partitions."""
    newest = (
        select(func.max(DriftReportRow.id))
        .where(DriftReportRow.model_id == model_id, col(DriftReportRow.health).is_not(None))
        .group_by(DriftReportRow.partition_key)
    )
    statement = select(DriftReportRow).where(col(DriftReportRow.id).in_(newest))
    return session.exec(statement.order_by(DriftReportRow.partition_key)).all()


def first_reports(session: Session, model_id: int, *, verdict: str, kind: str) -> Sequence[DriftReportRow]:
    """Return, for each version of a model, the first report with an alert of this kind and verdict."""
    first = (
        select(func.min(DriftReportRow.id))
        .join(DriftFindingRow, col(DriftFindingRow.report_id) == DriftReportRow.id)
        .where(DriftReportRow.model_id == model_id, DriftFindingRow.verdict == verdict, DriftFindingRow.kind == kind)
        .where(DriftFindingRow.role == "alert")
        .group_by(col(DriftReportRow.version_id))
    )
    return session.exec(
        select(DriftReportRow).where(col(DriftReportRow.id).in_(first)).order_by(col(DriftReportRow.id))
    ).all()


def findings(session: Session, report_ids: Sequence[int]) -> dict[int, list[DriftFindingRow]]:
    """Return the findings of drift reports, one statement."""
    rows: dict[int, list[DriftFindingRow]] = {id_: [] for id_ in report_ids}
    statement = select(DriftFindingRow).where(col(DriftFindingRow.report_id).in_(report_ids))
    for row in session.exec(statement.order_by(col(DriftFindingRow.report_id), col(DriftFindingRow.position))):
        rows[row.report_id].append(row)
    return rows


def undecided_reports(session: Session, *, limit: int | None = None) -> Sequence[tuple[DriftReportRow, str]]:
    """Return (report, model name) of all reports without a decision, oldest first."""
    statement = (
        select(DriftReportRow, RegisteredModel.name)
        .join(RegisteredModel, col(DriftReportRow.model_id) == RegisteredModel.id)
        .outerjoin(DecisionRow, col(DecisionRow.drift_report_id) == DriftReportRow.id)
        .where(col(DecisionRow.id).is_(None))
        .order_by(col(DriftReportRow.id))
        .limit(limit)
    )
    return session.exec(statement).all()


def newest_reports(session: Session) -> dict[int, DriftReportRow]:
    """Return the newest drift report on the newest partition of each model; a backfill of older ones changes nothing.

    One statement that asks an index once for each model: alerts look at all models in each tick.
    """
    report = aliased(DriftReportRow)
    newest = select(report.id).where(report.model_id == RegisteredModel.id).correlate(RegisteredModel)
    newest = newest.order_by(col(report.partition_key).desc(), col(report.id).desc()).limit(1)
    statement = select(DriftReportRow).join(RegisteredModel, col(DriftReportRow.id) == newest.scalar_subquery())
    return {row.model_id: row for row in session.exec(statement)}
