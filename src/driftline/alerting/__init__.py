"""Alerts: what people are told of, when, and through which channels; stored before anything is sent."""

from driftline.alerting.channels import open_channels
from driftline.alerting.listing import list_alerts
from driftline.alerting.outbox import Delivered, deliver, send_test
from driftline.alerting.raise_alerts import Raised, raise_alerts
from driftline.alerting.rule_results import FailedRun
from driftline.alerting.text import Message

__all__ = [
    "Delivered",
    "FailedRun",
    "Message",
    "Raised",
    "deliver",
    "list_alerts",
    "open_channels",
    "raise_alerts",
    "send_test",
]
