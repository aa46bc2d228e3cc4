"""Alerts as people and scripts list them."""

from typing import Any

from driftline.store import alert_rows
from driftline.workspace import Workspace


def list_alerts(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the open alerts, oldest first, each with what became of the messages about it."""
    with workspace.database.reading() as session:
        alerts = alert_rows.open_alerts(session)
        sent = alert_rows.deliveries(session, [alert.id for alert in alerts])
    return [
        {
            "alert_id": alert.id,
            "model": alert.model,
            "what": alert.what,
            "severity": alert.severity,
            "opened_at": alert.opened_at,
            "last_seen_at": alert.last_seen_at,
            "title": alert.title,
            "text": alert.text,
            "messages": [
                {
                    "channel": row.channel,
                    "event": row.event,
                    "state": str(row.state),
                    "attempts": row.attempts,
                    "sent_at": row.sent_at,
                    "last_error": row.last_error,
                }
                for row in sent[alert.id]
            ],
        }
        for alert in alerts
    ]
