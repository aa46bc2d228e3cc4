"""Alerts as people and scripts list them."""

from typing import Any

from driftline.store import alert_rows
from driftline.workspace import Workspace


def list_alerts(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the open alerts, oldest first, each with what became of the messages about it."""
    with workspace.database.reading() as session:
        found = alert_rows.open_alerts(session)
        sent = alert_rows.deliveries(session, [episode.id for episode in found])
    return [
        {
            "alert_id": episode.id,
            "model": episode.model,
            "what": episode.what,
            "severity": episode.severity,
            "opened_at": episode.opened_at,
            "last_seen_at": episode.last_seen_at,
            "title": episode.title,
            "text": episode.text,
            "messages": [
                {
                    "channel": row.channel,
                    "event": row.event,
                    "state": str(row.state),
                    "attempts": row.attempts,
                    "sent_at": row.sent_at,
                    "last_error": row.last_error,
                }
                for row in sent[episode.id]
            ],
        }
        for episode in found
    ]
