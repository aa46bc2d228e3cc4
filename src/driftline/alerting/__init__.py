"""Alerts: what people are notified of, when, and through which channels; stored before anything is sent."""

from driftline.alerting.channels import open_channels
from driftline.alerting.facts import FailedRun
from driftline.alerting.listing import list_alerts
from driftline.alerting.outbox import DeliveryResult, deliver, send_test
from driftline.alerting.raise_alerts import RaisedAlert, raise_alerts
from driftline.alerting.steps import AlertEvent

__all__ = [
    "AlertEvent",
    "DeliveryResult",
    "FailedRun",
    "RaisedAlert",
    "deliver",
    "list_alerts",
    "open_channels",
    "raise_alerts",
    "send_test",
]
