"""Alerts, and the messages about them."""

from datetime import datetime

import strawberry

from driftline.api.context import Info
from driftline.api.field import field
from driftline.store import alert_rows
from driftline.store.alert_rows import DeliveryState

strawberry.enum(DeliveryState, description="PENDING: to be sent, or sent again; FAILED: given up.")


@strawberry.type(description="A message to one channel; it was stored before anything was sent.")
class AlertDelivery:
    """A message about an alert."""

    channel: int = strawberry.field(description="Its place in DRIFTLINE_ALERT_URLS, from 1; no address is shown.")
    event: str = strawberry.field(description="opened, reminder, resolved or happened.")
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
    what: str = strawberry.field(description="drift, evaluation, decision, failure or label_lateness.")
    severity: str = strawberry.field(description="info, warning or critical.")
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
