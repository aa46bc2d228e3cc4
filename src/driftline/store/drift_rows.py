"""Drift reports with their findings as evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, func
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from driftline.store.decision_rows import DecisionRow
from driftline.store.model_rows import RegisteredModel
from driftline.store.upsert import insert_missing


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


def reported_partitions(session: Session, model_name: str) -> set[str]:
    """Return the partitions of a model that any drift report is about."""
    statement = select(DriftReport.partition_key).join(RegisteredModel, col(DriftReport.model_id) == RegisteredModel.id)
    return set(session.exec(statement.where(RegisteredModel.name == model_name).distinct()))


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
        .outerjoin(DecisionRow, col(DecisionRow.drift_report_id) == DriftReport.id)
        .where(col(DecisionRow.id).is_(None))
        .order_by(col(DriftReport.id))
        .limit(limit)
    )
    return session.exec(statement).all()


def newest_reports(session: Session) -> dict[int, DriftReport]:
    """Return the newest drift report on the newest partition of each model; a backfill of older ones changes nothing.

    One statement that asks an index once for each model: alerts look at all models in each tick.
    """
    own = aliased(DriftReport)
    newest = select(own.id).where(own.model_id == RegisteredModel.id).correlate(RegisteredModel)
    newest = newest.order_by(col(own.partition_key).desc(), col(own.id).desc()).limit(1)
    statement = select(DriftReport).join(RegisteredModel, col(DriftReport.id) == newest.scalar_subquery())
    return {row.model_id: row for row in session.exec(statement)}
