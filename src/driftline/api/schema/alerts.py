"""Alerts, and the messages about them."""

from datetime import datetime
from typing import get_args

import strawberry

from driftline.alerting import AlertEvent
from driftline.api.context import Info
from driftline.api.schema.fields import closed_set, field
from driftline.declaration import AlertKind, Severity
from driftline.store import alert_rows
from driftline.store.alert_rows import DeliveryState

strawberry.enum(DeliveryState, description="PENDING: to be sent, or sent again; FAILED: given up.")
_Event = closed_set(
    "DeliveryEvent",
    [event for event in AlertEvent if event is not AlertEvent.NONE],  # nothing is sent of it
    description="What a message is about: an alert that opened, goes on or was resolved, or a thing that happened.",
)
_AlertKind = closed_set("AlertKind", get_args(AlertKind), description="What people are notified of.")
_Severity = closed_set("AlertSeverity", get_args(Severity), description="How severe it is.")


@strawberry.type(description="A message to one channel; it was stored before anything was sent.")
class AlertDelivery:
    """A message about an alert."""

    channel: int = strawberry.field(description="Its place in DRIFTLINE_ALERT_URLS, from 1; no address is shown.")
    event: str = strawberry.field(graphql_type=_Event, description="What it is about.")
    subject: str = strawberry.field(description="Its first line.")
    state: DeliveryState = strawberry.field(description="Where it stands.")
    attempts: int = strawberry.field(description="How often it was tried.")
    last_error: str | None = strawberry.field(description="What the channel answered when it was last refused.")
    created_at: datetime = strawberry.field(description="When it was stored.")
    sent_at: datetime | None = strawberry.field(description="When the channel took it.")


@strawberry.type(description="An incident, from detection to resolution.")
class Alert:
    """An alert."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    what: str = strawberry.field(graphql_type=_AlertKind, description="What it is about.")
    severity: str = strawberry.field(graphql_type=_Severity, description="How severe it is.")
    model: str = strawberry.field(description="The registered model.")
    title: str = strawberry.field(description="In one line.")
    text: str = strawberry.field(description="The details, since when, and the next step.")
    opened_at: datetime = strawberry.field(description="When it was detected.")
    last_seen_at: datetime = strawberry.field(description="When it was last detected.")
    resolved_at: datetime | None = strawberry.field(description="When it was resolved; null: it is open.")

    @field("The messages about it, oldest first.")
    async def deliveries(self, info: Info) -> list[AlertDelivery]:
        """Return the messages."""
        return await info.context.reader.many(AlertDelivery, alert_rows.deliveries, key=int(self.id))
