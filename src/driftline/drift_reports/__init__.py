"""Drift reports: what the windows that end with each partition say about the champion of the time."""

from driftline.drift_reports.health import Champion, HealthHistory
from driftline.drift_reports.history import DriftHistory
from driftline.drift_reports.levels import accept_level, newest_health
from driftline.drift_reports.listing import describe_report, list_reports
from driftline.drift_reports.report import DriftReportResult, drift_report, report_drift
from driftline.drift_reports.tenures import Tenure, tenure

__all__ = [
    "Champion",
    "DriftHistory",
    "DriftReportResult",
    "HealthHistory",
    "Tenure",
    "accept_level",
    "describe_report",
    "drift_report",
    "list_reports",
    "newest_health",
    "report_drift",
    "tenure",
]
