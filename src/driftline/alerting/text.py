"""What people read: the subject and the body of a message about an alert."""

import re
from dataclasses import dataclass
from datetime import datetime

from driftline.alerting.rule_results import Sighting
from driftline.alerting.steps import Event

LONGEST_LINE = 600  # characters; an exception's text may be pages, and all of it is in the database
_NAMES = {
    "drift": "drift",
    "evaluation": "a poor evaluation",
    "decision": "a decision",
    "failure": "a failed retraining",
    "label_lateness": "late labels",
}


@dataclass(frozen=True, kw_only=True)
class Message:
    """A subject of one line and a body in plain text."""

    subject: str
    body: str


def message(event: Event, sighting: Sighting, *, opened_at: datetime, now: datetime, dagster_url: str) -> Message:
    """Return what to tell people of an alert: what, how bad, since when, what happens now, where to look."""
    since = f"{opened_at:%Y-%m-%d %H:%M} UTC"
    if event is Event.RESOLVED:
        said = f"Over: {_NAMES[sighting.on]}. {sighting.what}" if sighting.on != "drift" else "Over: no drift any more."
        lines = [("It lasted", f"from {since} to {now:%Y-%m-%d %H:%M} UTC"), ("Now", sighting.bad)]
    else:
        said = f"Still: {sighting.what}" if event is Event.REMINDER else sighting.what
        lines = [("How bad", sighting.bad), ("Since", since), ("What happens now", sighting.next)]
        if event is Event.HAPPENED:
            lines = [("Why", sighting.bad), ("When", since)]
    model = f"{sighting.model}, version {sighting.version}" if sighting.version else sighting.model
    lines = [("Model", model), *lines, ("Evidence", sighting.evidence)]
    lines.append(("Look", dagster_url.rstrip("/") + sighting.path))
    level = "resolved" if event is Event.RESOLVED else sighting.severity
    told = "\n".join(f"{name}: {_safe(text)}" for name, text in lines if text)
    return Message(subject=f"[{level}] {sighting.model}: {_safe(said)}", body=f"{_safe(said)}\n\n{told}\n")


def _safe(text: str) -> str:
    """Return one line that is not too long and holds no password of a URL."""
    line = re.sub(r"://[^/\s@]+@", "://***@", " ".join(text.split()))
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"
