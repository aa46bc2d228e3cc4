"""Drift reports as plain values, for lists and scripts."""

from typing import Any

from driftline.drift_reports.errors import no_report
from driftline.registry import known_model, versions_by_id
from driftline.store import drift_rows
from driftline.store.drift_rows import DriftReportRow
from driftline.workspace import Workspace


def list_reports(workspace: Workspace, model: str, *, first: int = 50) -> list[dict[str, Any]]:
    """Return the drift reports of a model, newest first.

    Raises:
        UnknownModelError: no model has this name.
    """
    with workspace.database.reading() as session:
        reports = drift_rows.reports(session, known_model(session, model).id, first=first)
        versions = versions_by_id(session, {report.version_id for report in reports})
    return [_facts(model, report, versions[report.version_id].version) for report in reports]


def describe_report(workspace: Workspace, model: str, partition: str) -> dict[str, Any]:
    """Return the newest report of a partition with all its findings.

    Raises:
        UnknownModelError: no model has this name.
        NotMaterializedError: the partition has no report.
    """
    with workspace.database.reading() as session:
        report = drift_rows.newest_report(session, known_model(session, model).id, partition)
        if report is None:
            raise no_report(model, partition)
        [version] = versions_by_id(session, {report.version_id}).values()
        findings = drift_rows.findings(session, [report.id])[report.id]
    return {
        **_facts(model, report, version.version),
        "health": report.health,
        "findings": [
            finding.model_dump(exclude={"report_id", "position", "details"}) | {"details": finding.details}
            for finding in findings
        ],
    }


def _facts(model: str, report: DriftReportRow, version: int) -> dict[str, Any]:
    return {
        "id": report.id,
        "model": model,
        "partition": report.partition_key,
        "version": version,
        "verdict": report.verdict,
        "summary": report.summary,
        "dagster_run_id": report.dagster_run_id,
        "window_start": report.window_start,
        "window_end": report.window_end,
        "created_at": report.created_at,
    }
