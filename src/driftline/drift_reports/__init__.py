"""Drift reports: what the windows that end with each partition say about the champion of the time."""

from driftline.drift_reports.history import DriftHistory
from driftline.drift_reports.report import DriftReportResult, drift_report, report_drift
from driftline.drift_reports.tenures import Tenure, tenure

__all__ = ["DriftHistory", "DriftReportResult", "Tenure", "drift_report", "report_drift", "tenure"]
