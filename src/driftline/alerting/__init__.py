"""Alerts: what people are told of, when, and through which channels; stored before anything is sent."""

from driftline.alerting.channels import Channel, open_channels
from driftline.alerting.inbox import Raised, raise_alerts
from driftline.alerting.listing import list_alerts
from driftline.alerting.outbox import Delivered, deliver, send_test
from driftline.alerting.sightings import FailedRun
from driftline.alerting.text import Message

__all__ = [
    "Channel",
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
